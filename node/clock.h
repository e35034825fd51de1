/*
 * clock: the two times of an event, and whether the machine's clock is
 * trusted (FORMAT.md section 7, Time).
 *
 * While it is trusted both times are the wall clock, never below the last
 * entry of the log.  It is not trusted
 *
 *   after a step: wall clock and steady clock have come apart by more than
 *   CLOCK_STEP, or the wall clock was behind the log at the start; until the
 *   step is undone, or a peer tells a time within CLOCK_NEAR of ours;
 *
 *   when there are peers and for more than CLOCK_ALONE none of them told a
 *   time within CLOCK_NEAR of ours; until one does.
 *
 * Then lo is the last entry and the steady time since, and hi the later of
 * lo and the wall clock.  Adjusting the clock slowly is no step: what has
 * come apart is forgotten at one second a minute.  A node without peers whose
 * clock was set right by hand is started again.
 *
 * The state machine is pure; clock_read alone asks the machine.
 */
#ifndef NODE_CLOCK_H
#define NODE_CLOCK_H

#include "node/core.h"

#define CLOCK_STEP 10                   /* seconds */
#define CLOCK_NEAR 600
#define CLOCK_ALONE 86400
#define CLOCK_SLEW 60                   /* seconds to forget one */

struct clock_reading {
    int64_t wall;                       /* seconds UTC */
    int64_t mono;                       /* milliseconds; never set back */
};

/* Steady times below are mono in whole seconds. */
struct clock {
    int64_t offset;                     /* wall - steady, as trusted */
    int64_t slewed;                     /* steady time of its last change */
    int64_t heard;                      /* steady time of a peer's time */
    int64_t last, since;                /* newest entry, seen at this time */
    bool started;
    bool peers;
    bool stepped;
};

/*
 * clock_init(c, r):
 * Begin with the reading r, trusted.
 */
void clock_init(struct clock *c, const struct clock_reading *r);

/*
 * clock_peer(c, r, told):
 * A peer told its time, just now.
 */
void clock_peer(struct clock *c, const struct clock_reading *r, int64_t told);

/*
 * clock_peers(c, peers):
 * Whether there are peers, whose times are waited for; at first there are
 * none.
 */
void clock_peers(struct clock *c, bool peers);

/*
 * clock_times(c, r, last):
 * The times at r, where last is the time of the log's newest entry (0: none).
 * Call it at least every CLOCK_SLEW seconds, with steady times that never go
 * back.
 */
struct times clock_times(struct clock *c, const struct clock_reading *r,
    int64_t last);

/*
 * clock_read(r):
 * Read both clocks of the machine.  In the build variant of tests a number of
 * seconds in the file named by VALISE_CLOCK is added to the wall clock.
 */
void clock_read(struct clock_reading *r);

#endif
