/*
 * interrupt: a long command that ends in order when somebody interrupts it.
 *
 * While it is watched, the first SIGINT, SIGTERM or SIGHUP is noted, and waits
 * in system calls end early; the second one ends the process at once, as it
 * always does.  A signal that was ignored before stays ignored.
 *
 * Whoever reads what it says may be interrupted with it (`2>&1 | tee log`): from
 * the first watch on, until the process ends, a pipe that nobody reads is a
 * write that fails, and ends nothing.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/*
 * interrupt_watch(), interrupt_end(), interrupt_came():
 * Watch; end as before; whether one has come since it is watched.
 */
void interrupt_watch(void);
void interrupt_end(void);
bool interrupt_came(void);

#endif
