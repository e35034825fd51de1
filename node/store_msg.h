/*
 * store_msg: messages with their bodies, wraps and receipts, threads, and the
 * outbox.  The rules of store.h hold.
 *
 * n numbers messages in the order in which they came and is never used
 * again.  A sender's (peer, msg_id) is kept for ever, for IN and OUT apart,
 * since a peer chooses its own; so is the digest.
 */
#ifndef NODE_STORE_MSG_H
#define NODE_STORE_MSG_H

#include "node/store.h"
#include "proto/enums.h"
#include "proto/hash.h"
#include "proto/kinds.h"

enum store_dir {
    STORE_IN = 1,
    STORE_OUT = 2,
    STORE_BAD = 3               /* refused before its signatures held: kept
                                 * under peer and digest, takes no id */
};

/* enum_message_state of proto/enums.h:
 * PENDING (out) waits for an approver, HELD (out) for an acceptance, QUEUED
 * (out) for delivery; DELIVERED (out) has a verified receipt; REFUSED was
 * refused for good, by the peer or (in) here; NOT_DELIVERED (out) is over and
 * was never handed to transport, UNCONFIRMED (out) is over without a receipt;
 * RETURNED (out) was sent back by the approver; CANCELLED (out) lapsed or was
 * withdrawn; RECEIVED and OPENED (in); DESTROYED has no wraps and body. */
enum store_state {
#define STORE_STATE(prefix, number, word) STORE_##word = number,
    ENUM_MESSAGE_STATE(STORE_STATE)
#undef STORE_STATE
};

struct store_message {
    uint64_t n;                 /* set by store_message_put */
    enum store_dir dir;
    struct slice peer;          /* the other authority */
    uint8_t msg_id[MSG_ID_LEN];
    uint8_t thread[MSG_ID_LEN];
    uint8_t digest[HASH_LEN];
    uint16_t kind;
    uint16_t state;             /* enum store_state */
    int64_t at;                 /* seconds UTC, of the entry */
    uint64_t place;             /* in order of queueing; 0: none yet */
    uint64_t entry;             /* leaf of its first entry, or STORE_NONE */
    struct slice head;          /* header: H and signatures */
};

typedef enum err (*store_message_fn)(void *arg,
    const struct store_message *m);

/*
 * store_message_put(s, m, placed):
 * Add a message and set m->n.  With placed it takes the next place, set in
 * m->place.  ERR_EXISTS for an id or digest that is there.
 */
MUST_USE enum err store_message_put(struct store *s, struct store_message *m,
    bool placed);

/*
 * store_message_get(s, n, a, out),
 * store_message_find_id(s, dir, peer, msg_id, a, out),
 * store_message_find_digest(s, digest, a, out):
 * One message; a may be NULL.  For STORE_OUT the id is this node's own and
 * peer is not looked at.  ERR_NOTFOUND, out is unchanged then.
 */
MUST_USE enum err store_message_get(struct store *s, uint64_t n,
    struct arena *a, struct store_message *out);
MUST_USE enum err store_message_find_id(struct store *s, enum store_dir dir,
    struct slice peer, const uint8_t msg_id[static MSG_ID_LEN],
    struct arena *a, struct store_message *out);
MUST_USE enum err store_message_find_digest(struct store *s,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_message *out);

/*
 * store_message_find_bad(s, peer, digest, a, out):
 * What this peer sent and STORE_BAD was kept of, which find_digest does not
 * find: whoever sends the bytes of another's message takes nothing from it.
 */
MUST_USE enum err store_message_find_bad(struct store *s, struct slice peer,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_message *out);

/*
 * store_message_state_set(s, n, state), store_message_head_set(s, n, head),
 * store_message_place_take(s, n, place):
 * Change one message: its state, its header when more signatures are there,
 * its place (the next one; never given twice).
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_message_state_set(struct store *s, uint64_t n,
    enum store_state state);
MUST_USE enum err store_message_head_set(struct store *s, uint64_t n,
    struct slice head);
MUST_USE enum err store_message_place_take(struct store *s, uint64_t n,
    uint64_t *place);

/*
 * store_inbox_list(s, after, max, fn, arg), store_sent_list(s, after, max,
 * fn, arg), store_pending_count(s, out),
 * store_state_list(s, dir, state, after, max, fn, arg),
 * store_pending_list(s, after, max, fn, arg):
 * Messages by n: all that came in; all of this side; all in one state; those
 * that wait for an approver, and how many they are.
 */
MUST_USE enum err store_inbox_list(struct store *s, uint64_t after,
    unsigned max, store_message_fn fn, void *arg);
MUST_USE enum err store_sent_list(struct store *s, uint64_t after,
    unsigned max, store_message_fn fn, void *arg);
MUST_USE enum err store_pending_count(struct store *s, uint64_t *out);
MUST_USE enum err store_state_list(struct store *s, enum store_dir dir,
    enum store_state state, uint64_t after, unsigned max,
    store_message_fn fn, void *arg);
MUST_USE enum err store_pending_list(struct store *s, uint64_t after,
    unsigned max, store_message_fn fn, void *arg);

/*
 * store_thread_messages(s, peer, thread, fn, arg):
 * All messages of a thread, by place; those without one last, by n.
 */
MUST_USE enum err store_thread_messages(struct store *s, struct slice peer,
    const uint8_t thread[static MSG_ID_LEN], store_message_fn fn, void *arg);

/*
 * store_body_put(s, n, bytes), store_body_get(s, n, out),
 * store_body_drop(s, n):
 * The sealed body of message n.  ERR_EXISTS, ERR_NOTFOUND; dropping what is
 * not there is OK.
 */
MUST_USE enum err store_body_put(struct store *s, uint64_t n,
    struct slice bytes);
MUST_USE enum err store_body_get(struct store *s, uint64_t n,
    struct buf *out);
MUST_USE enum err store_body_drop(struct store *s, uint64_t n);

/* One wrap: i as in the seals; a renewed one has the same i, another epoch. */
struct store_wrap {
    uint64_t n;                 /* of the message */
    unsigned i;
    uint8_t epoch[HASH_LEN];    /* kid of the epoch key */
    struct slice bytes;
};

typedef enum err (*store_wrap_fn)(void *arg, const struct store_wrap *w);

/*
 * store_wrap_put(s, w), store_wraps_get(s, n, fn, arg):
 * Add a wrap; all wraps of a message, by i, the first one first.  ERR_EXISTS.
 */
MUST_USE enum err store_wrap_put(struct store *s,
    const struct store_wrap *w);
MUST_USE enum err store_wraps_get(struct store *s, uint64_t n,
    store_wrap_fn fn, void *arg);

/*
 * store_wraps_of(s, epoch, after, max, fn, arg):
 * The wraps to one epoch key, by message; after and max count messages.
 * Nothing but tests calls it: the end of an epoch is not built yet
 * (SECURITY.md, P7).
 */
MUST_USE enum err store_wraps_of(struct store *s,
    const uint8_t epoch[static HASH_LEN], uint64_t after, unsigned max,
    store_wrap_fn fn, void *arg);

/*
 * store_wraps_drop(s, n), store_wraps_drop_epoch(s, epoch):
 * Delete the wraps of a message, or all that are to an epoch key.  Nothing
 * but tests calls the second: see store_wraps_of.
 */
MUST_USE enum err store_wraps_drop(struct store *s, uint64_t n);
MUST_USE enum err store_wraps_drop_epoch(struct store *s,
    const uint8_t epoch[static HASH_LEN]);

/* A receipt as it came, with the note under which it was verified. */
struct store_receipt {
    uint64_t n;                 /* of the message */
    uint16_t event;             /* of the entry that it shows */
    struct slice bytes;
    struct slice note;
};

typedef enum err (*store_receipt_fn)(void *arg,
    const struct store_receipt *r);

/*
 * store_receipt_put(s, r), store_receipt_get(s, n, event, a, out),
 * store_receipt_drop(s, n, event), store_receipts_list(s, n, fn, arg):
 * The first receipt of an event stays until it is dropped: ERR_EXISTS.
 * ERR_NOTFOUND; to drop what is not there is OK.
 */
MUST_USE enum err store_receipt_put(struct store *s,
    const struct store_receipt *r);
MUST_USE enum err store_receipt_get(struct store *s, uint64_t n,
    uint16_t event, struct arena *a, struct store_receipt *out);
MUST_USE enum err store_receipt_drop(struct store *s, uint64_t n,
    uint16_t event);
MUST_USE enum err store_receipts_list(struct store *s, uint64_t n,
    store_receipt_fn fn, void *arg);

/* What is known of a thread; derived from its messages. */
struct store_thread {
    struct slice peer;
    uint8_t id[MSG_ID_LEN];
    uint8_t machine;
    uint8_t state;
    uint32_t flags;
    int64_t due;                /* seconds UTC, 0: none */
    int64_t stopped;            /* since when the clock stands, 0: it runs */
    int64_t look;               /* when a timer is to look at it; 0: never */
    struct slice fold;          /* whatever else the fold keeps */
};

typedef enum err (*store_thread_fn)(void *arg, const struct store_thread *t);

/*
 * store_thread_put(s, t), store_thread_get(s, peer, id, a, out),
 * store_threads_look(s, now, max, fn, arg), store_threads_list(s, after, max,
 * fn, arg):
 * Write a thread over what was there; read one, ERR_NOTFOUND; those that a
 * timer is to look at, earliest first; all, by row, which fn is given.
 */
MUST_USE enum err store_thread_put(struct store *s,
    const struct store_thread *t);
MUST_USE enum err store_thread_get(struct store *s, struct slice peer,
    const uint8_t id[static MSG_ID_LEN], struct arena *a,
    struct store_thread *out);
MUST_USE enum err store_threads_look(struct store *s, int64_t now,
    unsigned max, store_thread_fn fn, void *arg);
typedef enum err (*store_threads_fn)(void *arg, uint64_t row,
    const struct store_thread *t);
MUST_USE enum err store_threads_list(struct store *s, uint64_t after,
    unsigned max, store_threads_fn fn, void *arg);

/*
 * The outbox: messages with a place that are still to be delivered.  Peer,
 * thread and place are those of the message.
 */
struct store_out {
    uint64_t n;                 /* of the message */
    uint64_t target;            /* waits for this message alone; 0: for all
                                 * before it in its thread */
    uint32_t tries;
    int64_t next;               /* not before, seconds UTC */
    int64_t expires;
    bool over;                  /* only read: see store_outbox_over */
    uint64_t place;             /* only read */
    struct slice peer;          /* only read */
};

typedef enum err (*store_out_fn)(void *arg, const struct store_out *o);

/*
 * store_outbox_put(s, o), store_outbox_tried(s, n, tries, next),
 * store_outbox_done(s, n), store_outbox_get(s, n, out):
 * Add a message (ERR_NOTFOUND without a place, ERR_EXISTS); note a try;
 * remove it, delivered or over: for one that is not there both do nothing.
 * Read one, without its peer; ERR_NOTFOUND.
 */
MUST_USE enum err store_outbox_put(struct store *s,
    const struct store_out *o);
MUST_USE enum err store_outbox_tried(struct store *s, uint64_t n,
    uint32_t tries, int64_t next);
MUST_USE enum err store_outbox_done(struct store *s, uint64_t n);
MUST_USE enum err store_outbox_get(struct store *s, uint64_t n,
    struct store_out *out);

/*
 * store_outbox_over(s, n, expires, next):
 * The message is past its life: no other waits for it any more, and it is
 * asked for until `expires`.  ERR_NOTFOUND.
 */
MUST_USE enum err store_outbox_over(struct store *s, uint64_t n,
    int64_t expires, int64_t next);

/*
 * store_outbox_due(s, peer, now, max, fn, arg):
 * What may go to the peer now, by place: next is reached, and no message for
 * which it waits is still in the outbox.
 */
MUST_USE enum err store_outbox_due(struct store *s, struct slice peer,
    int64_t now, unsigned max, store_out_fn fn, void *arg);

/*
 * store_outbox_expired(s, now, max, fn, arg):
 * What is past its end of life, by place.
 */
MUST_USE enum err store_outbox_expired(struct store *s, int64_t now,
    unsigned max, store_out_fn fn, void *arg);

/*
 * store_outbox_count(s, peer, out), store_outbox_wake(s, peer, now):
 * How many wait for a peer; let all of them that were tried be due at now,
 * when it shows up.  What was not tried yet keeps its time.
 */
MUST_USE enum err store_outbox_count(struct store *s, struct slice peer,
    uint64_t *out);
MUST_USE enum err store_outbox_wake(struct store *s, struct slice peer,
    int64_t now);

#endif
