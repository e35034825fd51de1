/*
 * store_consent: which message brought a consent, how often each was used,
 * and the proofs of use that are still to be shown.  The rules of store.h
 * hold.
 */
#ifndef NODE_STORE_CONSENT_H
#define NODE_STORE_CONSENT_H

#include "node/store.h"
#include "proto/hash.h"

/* On which side of a transfer this node is. */
enum store_use {
    STORE_USE_MADE = 1,         /* it passed the content on */
    STORE_USE_TAKEN = 2,        /* it received it */
    STORE_USE_TOLD = 3,         /* it was told, as originator */
    STORE_USE_NOTED = 4,        /* a proof has its entry: digest is that of
                                 * the transfer, use_no which of its
                                 * consents, transfer the consent's */
    STORE_USE_HERE = 5          /* an officer of this side did under it what
                                 * the limits alone forbid: use_no is the
                                 * entry, transfer the message that it was
                                 * done with */
};

/*
 * store_consent_put(s, digest, id, n), store_consent_get(s, digest, n):
 * The message that brought a consent, the first one stays; ERR_NOTFOUND.
 */
MUST_USE enum err store_consent_put(struct store *s,
    const uint8_t digest[static HASH_LEN], const uint8_t id[static 16],
    uint64_t n);
MUST_USE enum err store_consent_get(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t *n);

/*
 * store_consent_use_put(s, digest, use_no, role, transfer),
 * store_consent_use_get(s, digest, use_no, role, transfer),
 * store_consent_uses(s, digest, role, n), store_consent_use_drop(s, transfer,
 * role):
 * A use of a consent by the message of this digest, once for each number and
 * role: ERR_EXISTS; which message it was, ERR_NOTFOUND; how many there are;
 * a transfer that did not happen leaves its number free.
 */
MUST_USE enum err store_consent_use_put(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t use_no,
    enum store_use role, const uint8_t transfer[static HASH_LEN]);
MUST_USE enum err store_consent_use_get(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t use_no,
    enum store_use role, uint8_t transfer[static HASH_LEN]);
MUST_USE enum err store_consent_uses(struct store *s,
    const uint8_t digest[static HASH_LEN], enum store_use role,
    uint64_t *n);
MUST_USE enum err store_consent_use_drop(struct store *s,
    const uint8_t transfer[static HASH_LEN], enum store_use role);

/* A proof of use (a frame) that an authority is to be shown. */
struct store_relay {
    uint8_t transfer[HASH_LEN];
    struct slice bytes;
};

typedef enum err (*store_relay_fn)(void *arg, const struct store_relay *r);

/*
 * store_relay_put(s, party, r, next), store_relay_due(s, party, now, max, fn,
 * arg), store_relay_next(s, party, transfer, next), store_relay_done(s,
 * party, transfer):
 * Add one (again is OK); those due for an authority; put one off; remove it.
 */
MUST_USE enum err store_relay_put(struct store *s, struct slice party,
    const struct store_relay *r, int64_t next);
MUST_USE enum err store_relay_due(struct store *s, struct slice party,
    int64_t now, unsigned max, store_relay_fn fn, void *arg);
MUST_USE enum err store_relay_next(struct store *s, struct slice party,
    const uint8_t transfer[static HASH_LEN], int64_t next);
MUST_USE enum err store_relay_done(struct store *s, struct slice party,
    const uint8_t transfer[static HASH_LEN]);

#endif
