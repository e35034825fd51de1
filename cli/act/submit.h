/*
 * submit: hand a sealed message to the own node, at once or at the next
 * command.
 */
#ifndef CLI_SUBMIT_H
#define CLI_SUBMIT_H

#include "cli/form/compose.h"
#include "cli/trust/session.h"

/* What the node has proven of a message that it accepted. */
struct submitted {
    uint64_t state;                 /* MESSAGE_STATE_ */
    uint64_t index;                 /* of the entry in the own log */
    int64_t at;                     /* its time */
};

/*
 * submit_open(r, out):
 * session_open, and then whatever is in the spool is handed in again before
 * anything else is done, and keys that are needed no more are removed
 * (parcel_store.h).  Reports its failures; what became of the spool is told
 * as a note and is no failure.
 */
MUST_USE enum err submit_open(struct run *r, struct session **out);

/*
 * submit_with(r, fn):
 * The same, then call fn with the session and close it.
 */
MUST_USE enum err submit_with(struct run *r, session_fn fn);

/*
 * submit_opts(r, s, t, target, out):
 * What compose needs of this session.
 */
void submit_opts(struct run *r, struct session *s, struct thread *t,
    const struct thread_message *target, struct compose_opts *out);

/*
 * submit_message(r, s, bytes, out):
 * Keep the envelope in the spool, hand it in, and verify that the node's log
 * has it.  The spool is emptied when the node has accepted or refused for
 * good.  Reports its failures.
 */
MUST_USE enum err submit_message(struct run *r, struct session *s,
    struct slice bytes, struct submitted *out);

/*
 * submit_over(e):
 * Whether handing in the same bytes again can never succeed: what the node
 * refuses for good, and files that it has no more.
 */
bool submit_over(enum err e);

/*
 * submit_keep(r, s, bytes), submit_forget(r, s, bytes):
 * Keep a sealed message in the spool before it is handed in; take it out
 * again.  What is held for another is handed in after all that is not, and
 * not while that waits here still.
 */
MUST_USE enum err submit_keep(struct run *r, struct session *s,
    struct slice bytes);
void submit_forget(struct run *r, struct session *s, struct slice bytes);

/*
 * submit_composed(r, s, o, c, out):
 * Seal and submit.
 */
MUST_USE enum err submit_composed(struct run *r, struct session *s,
    const struct compose_opts *o, struct composed *c,
    struct submitted *out);

/*
 * submit_faults(r, c, e):
 * Report the findings of compose and its alerts; returns e.
 */
enum err submit_faults(struct run *r, const struct composed *c, enum err e);

/*
 * submit_tell(r, c, out):
 * What became of it: on stdout, as text or JSON, and the next step.
 */
MUST_USE enum err submit_tell(struct run *r, const struct composed *c,
    const struct submitted *out);

/*
 * submit_members(m, out, w):
 * The same as members of the JSON object that is open.
 */
void submit_members(const struct message *m, const struct submitted *out,
    struct emit *w);

#endif
