/*
 * draft_store: what an officer has not sent yet, sealed under his draft key.
 *
 *   drafts/ID   a form in JSON                         ID = 12 hex digits
 *   spool/ID    a sealed message that the node has not accepted yet
 *               (ID = the first 32 hex digits of its digest)
 *   parcels/ID  the keys of files that were offered (parcel_store.h)
 *               (ID = the msg_id of the offer, 32 hex digits)
 *
 * What is in the spool is handed in again with the same bytes and is never
 * sealed anew on its own.  Its form is a draft until the node has accepted
 * it, so that the text is not lost where the node refuses.  The name of a
 * file is part of what is sealed, so that files cannot be exchanged for one
 * another.
 */
#ifndef CLI_DRAFT_STORE_H
#define CLI_DRAFT_STORE_H

#include "cli/trust/home.h"

#define DRAFT_ID_LEN 12
#define SPOOL_ID_LEN 32
#define DRAFT_STORE_MAX (1u << 20)  /* bytes of one file */

enum draft_folder { DRAFT_FORMS, DRAFT_SPOOL, DRAFT_PARCELS };

/*
 * draft_id_new(out), draft_id_of(digest, out), spool_id(digest, out):
 * A random id; that of the form of a message that is in the spool; the id of
 * a message.
 */
void draft_id_new(char out[static DRAFT_ID_LEN + 1]);
void draft_id_of(const uint8_t digest[static HASH_LEN],
    char out[static DRAFT_ID_LEN + 1]);
void spool_id(const uint8_t digest[static HASH_LEN],
    char out[static SPOOL_ID_LEN + 1]);

/*
 * draft_id_is(text):
 * Whether a text has the form of a draft's id.
 */
bool draft_id_is(const char *text);

/*
 * draft_put(h, where, id, content), draft_get(h, where, id, out),
 * draft_drop(h, where, id):
 * Keep, read and remove one.  The codes of file.h, ERR_CRYPTO.
 */
MUST_USE enum err draft_put(const struct home *h, enum draft_folder where,
    const char *id, struct slice content);
MUST_USE enum err draft_get(const struct home *h, enum draft_folder where,
    const char *id, struct buf *out);
MUST_USE enum err draft_drop(const struct home *h, enum draft_folder where,
    const char *id);

/*
 * draft_forget(r, h, where, id):
 * Remove one that has done its service; a failure is told as a note, since
 * what was done stays done.
 */
void draft_forget(struct run *r, const struct home *h,
    enum draft_folder where, const char *id);

/*
 * draft_list(h, where, a, ids, n):
 * The ids that are there, ascending; none where the folder is missing.
 */
MUST_USE enum err draft_list(const struct home *h, enum draft_folder where,
    struct arena *a, const char *const **ids, size_t *n);

#endif
