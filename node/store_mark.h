/*
 * store_mark: what is known of a message besides its state, what peers are
 * still to be told of, and alarms.  The rules of store.h hold.
 */
#ifndef NODE_STORE_MARK_H
#define NODE_STORE_MARK_H

#include "node/store.h"

/* The first time of an event, from the own log or from a peer's receipt. */
struct store_mark {
    uint16_t event;
    int64_t at;                 /* seconds UTC, of the entry */
    uint16_t code;
};

typedef enum err (*store_mark_fn)(void *arg, const struct store_mark *m);

/*
 * store_mark_put(s, n, m, fresh), store_mark_get(s, n, event, at),
 * store_mark_drop(s, n, event), store_marks_list(s, n, fn, arg):
 * The first of an event stays until it is dropped; fresh (may be NULL) says
 * whether this was it.  ERR_NOTFOUND.  The list is by time.
 */
MUST_USE enum err store_mark_put(struct store *s, uint64_t n,
    const struct store_mark *m, bool *fresh);
MUST_USE enum err store_mark_get(struct store *s, uint64_t n,
    uint16_t event, int64_t *at);
MUST_USE enum err store_mark_drop(struct store *s, uint64_t n,
    uint16_t event);
MUST_USE enum err store_marks_list(struct store *s, uint64_t n,
    store_mark_fn fn, void *arg);

/*
 * store_notice_put(s, peer, index), store_notices(s, peer, from, max, fn,
 * arg), store_notices_drop(s, peer, below):
 * Entries of the own log that a peer is still to be told of, by index.
 */
typedef enum err (*store_notice_fn)(void *arg, uint64_t index);
MUST_USE enum err store_notice_put(struct store *s, struct slice peer,
    uint64_t index);
MUST_USE enum err store_notices(struct store *s, struct slice peer,
    uint64_t from, unsigned max, store_notice_fn fn, void *arg);
MUST_USE enum err store_notices_drop(struct store *s, struct slice peer,
    uint64_t below);

struct store_alarm {
    int64_t at;
    struct slice peer;          /* or AUTHORITY/label of a person of the own
                                 * one; empty: about this node */
    uint16_t code;              /* enum err */
    struct slice obj;           /* digest, or empty */
};

typedef enum err (*store_alarm_fn)(void *arg, const struct store_alarm *a);

/*
 * store_alarm_put(s, a, fresh), store_alarms(s, max, fn, arg),
 * store_alarms_since(s, peer, since, n):
 * An alarm is kept once for each peer, code and obj; the list is newest
 * first; how many there are about one since a time, among the
 * STORE_ALARMS_NEWEST that were put last.
 */
#define STORE_ALARMS_NEWEST 4096
MUST_USE enum err store_alarm_put(struct store *s,
    const struct store_alarm *a, bool *fresh);
MUST_USE enum err store_alarms(struct store *s, unsigned max,
    store_alarm_fn fn, void *arg);
MUST_USE enum err store_alarms_since(struct store *s, struct slice peer,
    int64_t since, uint64_t *n);

/*
 * store_remark_put(s, n, bytes), store_remark_get(s, n, out):
 * Why a message was returned to its author, sealed.  ERR_EXISTS,
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_remark_put(struct store *s, uint64_t n,
    struct slice bytes);
MUST_USE enum err store_remark_get(struct store *s, uint64_t n,
    struct buf *out);

#endif
