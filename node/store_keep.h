/*
 * store_keep: what the store knows of the life of content after it came:
 * retention and holds, numbered copies, what was made of what, requests that
 * went another way.  The rules of store.h hold.
 */
#ifndef NODE_STORE_KEEP_H
#define NODE_STORE_KEEP_H

#include "node/store.h"
#include "proto/hash.h"
#include "proto/kinds.h"

/* The retention of one message that has a body (machine X). */
struct store_retention {
    uint64_t n;                 /* of the message */
    uint8_t state;              /* RETENTION_ */
    uint8_t before;             /* to which SEALED goes back */
    uint8_t held;               /* to which LEGAL_HOLD goes back */
    uint8_t action;             /* END_ACTION_ */
    int64_t since;              /* of the state */
    int64_t use_until;          /* seconds UTC; 0: none */
    int64_t retain_until;
    int64_t next;               /* when a timer is to look at it; 0: never */
    int64_t hold_until;
    uint8_t hold_reason;        /* HOLD_REASON_; 0: none */
    uint8_t hold_by[HASH_LEN];  /* kid; zeros: none */
    uint64_t told;              /* entry that ended the content; under a
                                 * legal hold the one by which its sender
                                 * is told of it; or STORE_NONE */
};

typedef enum err (*store_retention_fn)(void *arg,
    const struct store_retention *k);

/*
 * store_retention_put(s, k), store_retention_get(s, n, out):
 * Write the row over the one before; read it, ERR_NOTFOUND.
 */
MUST_USE enum err store_retention_put(struct store *s,
    const struct store_retention *k);
MUST_USE enum err store_retention_get(struct store *s, uint64_t n,
    struct store_retention *out);

/*
 * store_retention_due(s, now, max, fn, arg):
 * Rows whose next is reached, the earliest first.
 */
MUST_USE enum err store_retention_due(struct store *s, int64_t now,
    unsigned max, store_retention_fn fn, void *arg);

/*
 * store_retention_dates(s, after, until, max, fn, arg):
 * Rows of which a time ends before until (0: at any time), by n.
 */
MUST_USE enum err store_retention_dates(struct store *s, uint64_t after,
    int64_t until, unsigned max, store_retention_fn fn, void *arg);

/*
 * store_content_drop(s, n):
 * Delete wraps, body, remark and claims to files of a message.  store_checkpoint must follow
 * the commit.
 */
MUST_USE enum err store_content_drop(struct store *s, uint64_t n);

/* A numbered copy. */
struct store_copy {
    uint64_t n;                 /* of the message */
    uint64_t no;                /* from 1 */
    uint16_t what;              /* USE_ */
    uint16_t way;               /* WAY_; 0: none */
    struct slice to;            /* party, or empty */
    int64_t at;
    uint64_t entry;
};

/*
 * store_copy_put(s, c), store_copy_of_entry(s, n, entry, no):
 * Add a copy under the next number of its message, set in c->no; the number
 * of the one that an entry made, ERR_NOTFOUND.
 */
MUST_USE enum err store_copy_put(struct store *s, struct store_copy *c);
MUST_USE enum err store_copy_of_entry(struct store *s, uint64_t n,
    uint64_t entry, uint64_t *no);

/* What an id (of a message, or of a restriction set) is to message n. */
enum store_role {
    STORE_ITSELF = 1,          /* it or its own set has it */
    STORE_SOURCE = 2            /* it holds content of what has it */
};

/*
 * store_source_put(s, id, role, n), store_source_list(s, id, role, fn, arg):
 * Note one (again is OK); the messages of a role, by n.
 */
typedef enum err (*store_source_fn)(void *arg, uint64_t n);
MUST_USE enum err store_source_put(struct store *s, struct slice id,
    enum store_role role, uint64_t n);
MUST_USE enum err store_source_list(struct store *s, struct slice id,
    enum store_role role, store_source_fn fn, void *arg);

/*
 * store_late_put(s, n, duty, fresh):
 * The duty of message n is late; whether this was not known yet.
 */
MUST_USE enum err store_late_put(struct store *s, uint64_t n, unsigned duty,
    bool *fresh);

/* A request that went another way. */
struct store_track {
    uint64_t row;               /* only read: its place in the list */
    uint8_t id[MSG_ID_LEN];
    struct slice to;            /* party */
    uint16_t channel;           /* CHANNEL_ */
    bool ours;                  /* this side owes the answer */
    int64_t sent;
    int64_t due;                /* 0: it is over */
    struct slice remark;        /* sealed, or empty */
    uint64_t entry;             /* of the first note of it */
    bool late;                  /* that it is was told */
};

typedef enum err (*store_track_fn)(void *arg, const struct store_track *t);

/*
 * store_track_put(s, t), store_track_get(s, id, a, out),
 * store_track_list(s, after, until, max, fn, arg),
 * store_track_late(s, now, max, fn, arg):
 * Write it over the one before; read one, ERR_NOTFOUND; those that are not
 * over, by row, due before until (0: all); those due by now of which nobody
 * was told.
 */
MUST_USE enum err store_track_put(struct store *s,
    const struct store_track *t);
MUST_USE enum err store_track_get(struct store *s,
    const uint8_t id[static MSG_ID_LEN], struct arena *a,
    struct store_track *out);
MUST_USE enum err store_track_list(struct store *s, uint64_t after,
    int64_t until, unsigned max, store_track_fn fn, void *arg);
MUST_USE enum err store_track_late(struct store *s, int64_t now,
    unsigned max, store_track_fn fn, void *arg);

#endif
