/*
 * matter: a thread as the store has it.
 */
#ifndef NODE_MATTER_H
#define NODE_MATTER_H

#include "node/core_in.h"
#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/thread.h"

/*
 * matter_load(c, a, peer, id, out):
 * The messages of a thread.
 */
MUST_USE enum err matter_load(struct core *c, struct arena *a,
    struct slice peer, const uint8_t id[static MSG_ID_LEN],
    struct thread **out);

/*
 * matter_put(c, t, peer, id, state), matter_keep(c, peer, id):
 * Write down what the thread has come to; fold it anew first.
 */
MUST_USE enum err matter_put(struct core *c, const struct thread *t,
    struct slice peer, const uint8_t id[static MSG_ID_LEN],
    const struct thread_state *state);
MUST_USE enum err matter_keep(struct core *c, struct slice peer,
    const uint8_t id[static MSG_ID_LEN]);

/*
 * matter_mark(c, n, event, at, code, fresh):
 * Note an event of a message.
 */
MUST_USE enum err matter_mark(struct core *c, uint64_t n, enum event event,
    int64_t at, enum err code, bool *fresh);

/*
 * matter_gone(state):
 * Whether a message in this state is out of its thread.
 */
bool matter_gone(unsigned state);

/*
 * matter_envelope(c, n, head, out):
 * Put the whole envelope together again.
 */
MUST_USE enum err matter_envelope(struct core *c, uint64_t n,
    struct slice head, struct buf *out);

#endif
