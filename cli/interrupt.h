/*
 * interrupt: a long command that ends in order when somebody interrupts it.
 *
 * While it is watched, the first SIGINT, SIGTERM or SIGHUP is noted, and waits
 * in system calls end early; the second one ends the process at once, as it
 * always does.  A signal that was ignored before stays ignored.
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
