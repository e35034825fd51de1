/*
 * parcel_store: the keys of files that were offered, while a new offer of the
 * same files may still be made.
 *
 * An offer names its files and has the key of their list alone; the key of
 * the files stands in the transfer, which is destroyed when other conditions
 * are proposed.  The blocks stay at the node, since the offer names them.  So
 * the person who offered them keeps both keys in his home, sealed as his
 * drafts are (draft_store.h), under the id of the offer:
 *
 *   u64 at || u64 until || thread(16) || transfer(16) || follows(16) ||
 *   parcel_key(32) || manifest_key(32) || u8 n || the n letters of the
 *   authority that it was offered to || the form
 *
 * The form is kept with them, since a new offer mostly changes a word of it.
 *
 * They go when the transfer has been delivered, since its own body has them
 * from then on for the whole desk; when the offer was withdrawn or its thread
 * closed; when a new offer has arrived in its place (follows); when the content is
 * destroyed; and at `until`, PARCEL_KEPT_DAYS after accept_by.
 */
#ifndef CLI_PARCEL_STORE_H
#define CLI_PARCEL_STORE_H

#include "cli/form/draft_store.h"
#include "cli/trust/session.h"
#include "keys/parcel.h"
#include "proto/message.h"

#define PARCEL_KEPT_DAYS 18             /* as long as an offer stands at most */
#define PARCEL_PEER_MAX 32

struct parcel_kept {
    int64_t at, until;
    uint8_t offer[MSG_ID_LEN];
    uint8_t thread[MSG_ID_LEN];
    uint8_t transfer[MSG_ID_LEN];
    uint8_t follows[MSG_ID_LEN];        /* the offer before; zeros: none */
    char peer[PARCEL_PEER_MAX + 1];
    struct secret *key[PARCEL_WHICH];   /* put: borrowed; get: owned */
    struct buf form;                    /* likewise */
};

/*
 * parcel_kept_put(h, k), parcel_kept_get(h, offer, k), parcel_kept_clear(k):
 * Keep keys; those of an offer, ERR_NOTFOUND where this person has none; wipe
 * and free what was got.  The codes of draft_store.h, ERR_FORMAT.
 */
MUST_USE enum err parcel_kept_put(const struct home *h,
    const struct parcel_kept *k);
MUST_USE enum err parcel_kept_get(const struct home *h,
    struct slice offer, struct parcel_kept *k);
void parcel_kept_clear(struct parcel_kept *k);

/*
 * parcel_kept_later(h, offer, k), parcel_kept_find(h, offer, k):
 * Those of the newest offer that this person made after this one, to the same
 * authority and of the very files that it names; its own, and where these
 * went since another took its place, those.
 */
MUST_USE enum err parcel_kept_later(const struct home *h,
    const struct message *offer, struct parcel_kept *k);
MUST_USE enum err parcel_kept_find(const struct home *h,
    const struct message *offer, struct parcel_kept *k);

/*
 * parcel_kept_of(h, msg_id):
 * Whether keys are kept of this offer, or of the offer of this transfer.
 */
bool parcel_kept_of(const struct home *h, struct slice msg_id);

/*
 * parcel_kept_forget(r, h, msg_id):
 * Remove those of this offer, or of the offer of this transfer.
 */
void parcel_kept_forget(struct run *r, const struct home *h,
    struct slice msg_id);

/*
 * parcel_kept_sweep(r, s):
 * Remove what is needed no more, as its thread stands at the node.  What
 * cannot be told stays.
 */
void parcel_kept_sweep(struct run *r, struct session *s);

#endif
