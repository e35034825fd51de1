/*
 * owed: the open duties of a thread as the store has it, and the dates that
 * were missed: each is told once, with an alarm (A_OVERDUE) about its
 * message, and changes nothing.
 */
#ifndef NODE_OWED_H
#define NODE_OWED_H

#include "node/core_in.h"
#include "proto/duty.h"

struct store_thread;

#define OWED_MAX 64                     /* duties of a thread */

/*
 * owed_list(c, t, state, out, n):
 * The duties of a folded thread now; out has OWED_MAX places.
 */
MUST_USE enum err owed_list(struct core *c, const struct thread *t,
    const struct thread_state *state, struct duty *out, size_t *n);

/*
 * owed_note(c, t, state, row):
 * Tell what is late, and set row->look to the next date and row->flags to
 * how many duties there are.
 */
MUST_USE enum err owed_note(struct core *c, const struct thread *t,
    const struct thread_state *state, struct store_thread *row);

/*
 * owed_late(c, n, duty, peer, digest):
 * Tell that a duty about message n is late, unless it was told.
 */
MUST_USE enum err owed_late(struct core *c, uint64_t n, unsigned duty,
    struct slice peer, const uint8_t digest[static HASH_LEN]);

/*
 * owed_tick(c):
 * Threads with a date that has come, and requests that went another way.
 */
MUST_USE enum err owed_tick(struct core *c);

#endif
