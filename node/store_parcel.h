/*
 * store_parcel: which sealed files are here, how much of each, and which
 * messages name them.  The blocks themselves are files (blobs.h).  The rules
 * of store.h hold.
 *
 * A parcel here is either of the two streams of a message (proto/parcel.h).
 * It belongs to who sealed it: (owner, root) is its key, so that what one
 * authority names says nothing of another's.  Owner is the name of a peer; of
 * what the own authority sends the key of the officer who handed it in, which
 * is longer than any name, or empty (it was not always known).  A claim is a
 * message that names it; without claim it goes in time.
 */
#ifndef NODE_STORE_PARCEL_H
#define NODE_STORE_PARCEL_H

#include "node/store.h"
#include "proto/parcel.h"

#define BLOB_NAME_LEN 16

struct store_parcel {
    uint64_t id;                /* set by store_parcel_put */
    struct slice owner;         /* a peer's name, or an officer's kid */
    uint8_t root[HASH_LEN];     /* of an upload zeros */
    uint8_t name[BLOB_NAME_LEN];    /* of its file; of an upload its id */
    uint64_t length;            /* sealed bytes; of an upload as announced */
    uint64_t have;              /* blocks from the first on that are synced */
    bool upload;                /* is being handed in */
    uint16_t code;              /* enum err: why it waits; OK */
    int64_t at;                 /* seconds UTC of the last change */
};

typedef enum err (*store_parcel_fn)(void *arg, const struct store_parcel *p);

/*
 * store_parcel_put(s, p):
 * Add one, and set p->id.  ERR_EXISTS for (owner, root) or name.
 */
MUST_USE enum err store_parcel_put(struct store *s, struct store_parcel *p);

/*
 * store_parcel_own(p):
 * Whether it is what the own authority sends.
 */
bool store_parcel_own(const struct store_parcel *p);

/*
 * store_parcel_get(s, id, a, out), store_parcel_find(s, owner, root, a, out),
 * store_parcel_upload(s, name, a, out), store_parcel_named(s, name, a, out):
 * One by number, by key (for an empty owner an own one, whoever handed it in),
 * an upload by its id, and what was one.  ERR_NOTFOUND.
 */
MUST_USE enum err store_parcel_get(struct store *s, uint64_t id,
    struct arena *a, struct store_parcel *out);
MUST_USE enum err store_parcel_find(struct store *s, struct slice owner,
    const uint8_t root[static HASH_LEN], struct arena *a,
    struct store_parcel *out);
MUST_USE enum err store_parcel_upload(struct store *s,
    const uint8_t name[static BLOB_NAME_LEN], struct arena *a,
    struct store_parcel *out);
MUST_USE enum err store_parcel_named(struct store *s,
    const uint8_t name[static BLOB_NAME_LEN], struct arena *a,
    struct store_parcel *out);

/*
 * store_parcel_set(s, p):
 * Write root, length, have, upload, code and at over those of p->id.
 * ERR_EXISTS, ERR_NOTFOUND.
 */
MUST_USE enum err store_parcel_set(struct store *s,
    const struct store_parcel *p);

/*
 * store_parcel_drop(s, id):
 * Forget one that no message claims.
 */
MUST_USE enum err store_parcel_drop(struct store *s, uint64_t id);

/*
 * store_parcel_promised(s, since, bytes):
 * The bytes that are still to come of uploads that have changed since then.
 */
MUST_USE enum err store_parcel_promised(struct store *s, int64_t since,
    uint64_t *bytes);

/*
 * store_parcel_unsent(s, kid, since, bytes):
 * What an officer has handed in and no recipient has all of yet, with what is
 * still to come of uploads that have changed since then.
 */
MUST_USE enum err store_parcel_unsent(struct store *s,
    const uint8_t kid[static HASH_LEN], int64_t since, uint64_t *bytes);

/*
 * store_parcel_unopened(s, owner, bytes), store_parcel_here(p):
 * What is here of a peer's, of messages that nobody has opened; the same of
 * one.  Where something went wrong, that may be STORE_PARCEL_AHEAD blocks
 * more than are counted.
 */
#define STORE_PARCEL_AHEAD 64
MUST_USE enum err store_parcel_unopened(struct store *s, struct slice owner,
    uint64_t *bytes);
uint64_t store_parcel_here(const struct store_parcel *p);

/*
 * store_parcel_uploads(s, kid, all, own), store_parcel_uploads_of(s, kid, max,
 * fn, arg):
 * How many are being handed in, and how many of them by an officer; which those
 * are, and what he handed in and no message names, the newest first.
 */
MUST_USE enum err store_parcel_uploads(struct store *s,
    const uint8_t kid[static HASH_LEN], uint64_t *all, uint64_t *own);
MUST_USE enum err store_parcel_uploads_of(struct store *s,
    const uint8_t kid[static HASH_LEN], unsigned max, store_parcel_fn fn,
    void *arg);

/*
 * store_parcels_loose(s, before, upload_before, max, fn, arg):
 * Parcels that no message claims and that have not changed since before;
 * uploads that have not since upload_before.
 */
MUST_USE enum err store_parcels_loose(struct store *s, int64_t before,
    int64_t upload_before, unsigned max, store_parcel_fn fn, void *arg);

/*
 * store_parcels_all(s, fn, arg):
 * All parcels, for who compares them with the files.
 */
MUST_USE enum err store_parcels_all(struct store *s, store_parcel_fn fn,
    void *arg);

/* A message and one of its two streams. */
struct store_claim {
    uint64_t n;                 /* of the message */
    enum parcel_which which;
    uint64_t parcel;
};

typedef enum err (*store_claim_fn)(void *arg, const struct store_claim *c,
    const struct store_parcel *p);

/*
 * store_claim_put(s, c), store_claims_drop(s, n):
 * A message names a parcel; a message names none any more, as when its
 * content is dropped (store_content_drop).  What nobody names since then is
 * loose at any time, since its `at` is 0.
 */
MUST_USE enum err store_claim_put(struct store *s,
    const struct store_claim *c);
MUST_USE enum err store_claims_drop(struct store *s, uint64_t n);

/*
 * store_claims_of(s, n, fn, arg), store_claims_on(s, parcel, fn, arg):
 * What a message names, files before list; which messages name a parcel.
 */
MUST_USE enum err store_claims_of(struct store *s, uint64_t n,
    store_claim_fn fn, void *arg);
MUST_USE enum err store_claims_on(struct store *s, uint64_t parcel,
    store_claim_fn fn, void *arg);

/*
 * store_claims_any(s, n, yes), store_parcel_claimed(s, parcel, yes):
 * Whether a message names anything; whether any message names a parcel.
 */
MUST_USE enum err store_claims_any(struct store *s, uint64_t n, bool *yes);
MUST_USE enum err store_parcel_claimed(struct store *s, uint64_t parcel,
    bool *yes);

/*
 * store_claim_find(s, n, root, which, p):
 * The stream of message n that has this root.  ERR_NOTFOUND.
 */
MUST_USE enum err store_claim_find(struct store *s, uint64_t n,
    const uint8_t root[static HASH_LEN], unsigned *which,
    struct store_parcel *p);

/*
 * store_claims_wanted(s, owner, fn, arg):
 * What of a peer's is not all here: lists before files, then in the order in
 * which the messages came.
 */
MUST_USE enum err store_claims_wanted(struct store *s, struct slice owner,
    store_claim_fn fn, void *arg);

/*
 * store_claims_recent(s, max, fn, arg), store_claims_came(s, max, fn, arg):
 * All claims, of the newest message first; those of messages that came in,
 * however many own ones are newer.
 */
MUST_USE enum err store_claims_recent(struct store *s, unsigned max,
    store_claim_fn fn, void *arg);
MUST_USE enum err store_claims_came(struct store *s, unsigned max,
    store_claim_fn fn, void *arg);

#endif
