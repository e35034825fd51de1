/*
 * keep: how long the content of a message stays, and how it ends (machine X;
 * FORMAT.md section 9).
 *
 * A message with a body has a row of retention from the moment it is stored,
 * with the times of the set that governs it.  Times, messages of the other
 * side and officers move it; what ends content drops wraps, body and remark
 * at once, also of the messages of this side that were made of it, in the
 * transaction that writes the entry.  The core moves the write-ahead log
 * after the commit (c->erased).
 *
 *   keep.c      rows, times and the machine
 *   keep_end.c  sealing and destroying
 *   keep_by.c   what messages do to it, and what it does to messages
 *   keep_more.c whether more of the files of a message goes over
 */
#ifndef NODE_KEEP_H
#define NODE_KEEP_H

#include "node/core_in.h"
#include "node/store_keep.h"
#include "proto/thread.h"

#define KEEP_REVIEW (30 * 86400)        /* to decide, then it is destroyed */
#define KEEP_HOLD_MAX (366 * 86400)
#define KEEP_ENDED_MAX 64               /* of one tick */
#define KEEP_DEPTH 8                    /* copies of copies */

/*
 * keep_is_own(c, set):
 * Whether this authority is the only originator of set: it binds others.
 */
bool keep_is_own(const struct core *c, const struct rec *set);

/*
 * keep_begin(c, t, m, n):
 * The row of message n, the newest of t; nothing without a body.
 */
MUST_USE enum err keep_begin(struct core *c, const struct thread *t,
    const struct thread_message *m, uint64_t n);

/*
 * keep_refresh(c, t):
 * The times of all messages of a thread anew, when a set has changed.
 */
MUST_USE enum err keep_refresh(struct core *c, const struct thread *t);

/*
 * keep_step(c, r, event):
 * Move a row, in memory, and set its timer.  E_BAD_STATE where the machine
 * does not allow it.  KEEP_RECALL is for a reason that seals at once.
 */
enum keep_event {
    KEEP_USE_ENDS, KEEP_ENDS, KEEP_DESTROY, KEEP_RETURN, KEEP_ARCHIVE,
    KEEP_SEAL, KEEP_UNSEAL, KEEP_HOLD, KEEP_LIFT, KEEP_RECALL, KEEP_CERTIFY
};
MUST_USE enum err keep_step(const struct core *c, struct store_retention *r,
    enum keep_event event);

/*
 * keep_row(c, n, r):
 * The row of a message; HELD without times where there is none.
 */
MUST_USE enum err keep_row(struct core *c, uint64_t n,
    struct store_retention *r);

/*
 * keep_ended(r), keep_sealed(r):
 * Whether the content is gone; whether nobody may open it although it is
 * there.
 */
bool keep_ended(const struct store_retention *r);
bool keep_sealed(const struct store_retention *r);

/*
 * keep_open(c, n):
 * Whether there is content that may be opened: E_DESTROYED, E_SEALED,
 * E_RETENTION_EXPIRED.
 */
MUST_USE enum err keep_open(struct core *c, uint64_t n);

/*
 * keep_lift(c, m, r, ask, index):
 * End the legal hold on m, by a person with his statement or (NULL) by the
 * node, and tell its sender if he was told of the hold.  E_BAD_STATE without
 * one.
 */
MUST_USE enum err keep_lift(struct core *c, const struct store_message *m,
    struct store_retention *r, struct ask *ask, uint64_t *index);

/*
 * keep_tick(c):
 * What has come to its time.
 */
MUST_USE enum err keep_tick(struct core *c);

/* keep_end.c ----------------------------------------------------------- */

/*
 * Who ends it: a person with his statement (ask), or the node by itself
 * (NULL).  What goes with it, because it was made of it, is the node's doing.
 *
 * keep_destroy(c, n, returned, ask, index, derived):
 * End the content of a message and of what was made of it.  index gets the
 * entry (may be NULL), derived (may be NULL) how many others ended with it.
 * E_ON_HOLD, E_DESTROYED.
 */
MUST_USE enum err keep_destroy(struct core *c, uint64_t n, bool returned,
    struct ask *ask, uint64_t *index, uint64_t *derived);

/*
 * keep_seal(c, n, ask, index), keep_recall(c, n), keep_archive(c, n):
 * Nobody opens it from now on, nor what was made of it: by hand, by a recall,
 * also beneath a legal hold; or for good, at the end of its keeping.  Where it
 * is so already, or nobody opens it anyway, nothing is written, and index is
 * STORE_NONE.  E_DESTROYED.
 */
MUST_USE enum err keep_seal(struct core *c, uint64_t n, struct ask *ask,
    uint64_t *index);
MUST_USE enum err keep_recall(struct core *c, uint64_t n);
MUST_USE enum err keep_archive(struct core *c, uint64_t n);

/*
 * keep_unseal(c, n):
 * The recall was answered, and the content stays: it and what was made of it
 * is what it was before.
 */
MUST_USE enum err keep_unseal(struct core *c, uint64_t n);

/*
 * keep_withdraw(c, m, event, ask, index):
 * Take a message of ours that has not left out of its way: CANCELLED or
 * LAPSED, with its content.
 */
MUST_USE enum err keep_withdraw(struct core *c,
    const struct store_message *m, enum event event,
    struct ask *ask, uint64_t *index);

/* keep_more.c ---------------------------------------------------------- */

/*
 * keep_wants(r):
 * Whether more of what belongs to the content is to come here: not where it
 * has ended, is sealed, or is over, also beneath a legal hold, which keeps
 * what is here.
 */
bool keep_wants(const struct store_retention *r);

/*
 * keep_more(c, m, yes):
 * Whether more of the files of m, of either side, goes over.  Not where the
 * own side does not want it (keep_wants); where its sender has called it back
 * and was not answered that it stays (keep_stays), or has withdrawn it
 * (keep_takes_all); or where it was passed on under a consent that was revoked
 * (onward_holds).
 */
MUST_USE enum err keep_more(struct core *c, const struct store_message *m,
    bool *yes);

/*
 * keep_stays(result), keep_takes_all(m):
 * Whether a RECALL_RESULT says that all of it stays as it was; whether a
 * message ends all that its sender has sent in the thread before it.
 */
bool keep_stays(const struct message *result);
bool keep_takes_all(const struct message *m);

/* keep_by.c ------------------------------------------------------------ */

/*
 * keep_sources(c, k, f), keep_guard(c, k, f):
 * Whether what a message of ours was made of may be opened (E_DESTROYED,
 * E_SEALED, E_RETENTION_EXPIRED); whether it says what is so: a certificate
 * of what is gone, the answer to a recall (E_BAD_STATE).
 */
MUST_USE enum err keep_sources(struct core *c, const struct checked *k,
    struct fault *f);
MUST_USE enum err keep_guard(struct core *c, const struct checked *k,
    struct fault *f);

/*
 * keep_made(c, k, n), keep_placed(c, k), keep_arrived(c, k, n):
 * A message of ours is stored; it takes its place; one of a peer is here.
 */
MUST_USE enum err keep_made(struct core *c, const struct checked *k,
    uint64_t n);
MUST_USE enum err keep_placed(struct core *c, const struct checked *k);
MUST_USE enum err keep_arrived(struct core *c, const struct checked *k,
    uint64_t n);

#endif
