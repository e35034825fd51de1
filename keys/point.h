/*
 * point: places at which a test ends the process, as a loss of power would.
 *
 * POINT("name") is nothing but in the build variant of tests (V=test).  There
 * VALISE_POINT="name:N" ends the process with SIGKILL at the Nth passage of
 * that point, counted from 1.
 */
#ifndef KEYS_POINT_H
#define KEYS_POINT_H

#ifdef VALISE_TEST
#define POINT(name) point_pass(name)

/*
 * point_pass(name):
 * Pass the point; see above.  Of one thread alone.
 */
void point_pass(const char *name);
#else
#define POINT(name) ((void)0)
#endif

#endif
