/*
 * point: places at which a test ends the process, as a loss of power would,
 * and the time that it tells.
 *
 * Both are nothing but in the build variant of tests (V=test).  There
 * VALISE_POINT="name:N" ends the process with SIGKILL at the Nth passage of
 * POINT("name"), counted from 1; and the number of seconds in the file that
 * VALISE_CLOCK names is what CLOCK_MOVED gives, to be added to the wall clock
 * of commands and nodes.
 */
#ifndef KEYS_POINT_H
#define KEYS_POINT_H

#ifdef VALISE_TEST
#include <stdint.h>

#define POINT(name) point_pass(name)
#define CLOCK_MOVED point_seconds()

/*
 * point_pass(name):
 * Pass the point; see above.  Of one thread alone.
 */
void point_pass(const char *name);

/*
 * point_seconds():
 * By how much the clock is moved; 0 without such a file.
 */
int64_t point_seconds(void);
#else
#define POINT(name) ((void)0)
#define CLOCK_MOVED 0
#endif

#endif
