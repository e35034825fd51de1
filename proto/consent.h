/*
 * consent: what an originator allows beyond its limits, as an object with two
 * signatures of its own (FORMAT.md section 4).
 *
 * A consent is a record whose canonical bytes are its control half; its
 * digest is digest(consent, bytes).  An officer (sig) and an approver (appr)
 * of the originator sign that digest; the signatures stand in the envelope
 * behind those of the message, in the order of consent_list.  So the same
 * consent with the same signatures travels with every copy that it allows.
 *
 * What may pass is cut into items, each the canonical bytes of a part with
 * the subjects in scope.  A message lists its items once, with a salted
 * commitment to each; every consent in it names the digest of that list.
 *
 * In a thread, what was asked and decided about one target, recipient and
 * purpose is a run: a fold of machine consent (proto/states.h) over the
 * messages at their places.
 */
#ifndef PROTO_CONSENT_H
#define PROTO_CONSENT_H

#include "proto/policy.h"
#include "proto/thread.h"

#define CONSENT_ID_LEN 16
#define CONSENT_SALT_LEN 32
#define CONSENTS_ALL 72             /* standing, and the kind's own */
#define CONSENT_BYTES_MAX 16384     /* of one consent */
#define CONSENT_RUNS_MAX 256        /* of one thread */

/*
 * consent_list(m, out, max):
 * The consents that a message carries, standing ones first; returns how many
 * there are, of which at most max are put into out.
 */
size_t consent_list(const struct message *m, const struct rec **out,
    size_t max);

/*
 * consent_own(m, consent):
 * Whether the sender itself is the originator: then the approver of the
 * message signs the consent too, and until he does it has one signature.
 */
bool consent_own(const struct message *m, const struct rec *consent);

/*
 * consent_place(m, waits, i, first, n):
 * Where in the envelope the signatures of consent i stand, and how many; waits
 * while the approver's are still to come.  consent_signatures(m, waits): how
 * many signatures the envelope has in all.
 */
void consent_place(const struct message *m, bool waits, size_t i,
    size_t *first, size_t *n);
size_t consent_signatures(const struct message *m, bool waits);

/*
 * consent_digest(consent, out):
 * E_OVERSIZE.
 */
MUST_USE enum err consent_digest(const struct rec *consent,
    uint8_t out[static HASH_LEN]);

/*
 * consent_items(m, out):
 * The digest of the list of items of a message: digest(items, the array of
 * their control halves).  E_FIELD_MISSING if it has none.
 */
MUST_USE enum err consent_items(const struct message *m,
    uint8_t out[static HASH_LEN]);

/*
 * consent_commit(type, salt, bytes, out):
 * digest(item, u8 type || salt(32) || u64 len || bytes).
 */
enum consent_item_type {
    CONSENT_ITEM_PART = 1,          /* record item_content */
    CONSENT_ITEM_DOCUMENT = 2,      /* record manifest item, as it stands in
                                     * the list of the originator's message */
    CONSENT_ITEM_CONDITION = 3      /* the text of a condition */
};
void consent_commit(uint8_t type,
    const uint8_t salt[static CONSENT_SALT_LEN], struct slice bytes,
    uint8_t out[static HASH_LEN]);

/*
 * consent_name(m, i, out):
 * What a consent can name of a message, whose header is enough: its parts,
 * then its answers, or "body" of one with neither.  False past the last.
 */
bool consent_name(const struct message *m, size_t i, struct slice *out);

/*
 * consent_cut(a, m, i, out):
 * Item i of what a message with both halves releases as it stands: its i-th
 * part with the subjects that the part names, and what those refer to.
 * ERR_NOTFOUND past the last.
 */
MUST_USE enum err consent_cut(struct arena *a, const struct message *m,
    size_t i, struct rec **out);

/*
 * consent_items_check(a, m, f):
 * For a client, with both halves: each item's bytes open its commitment
 * (where those of a part are left out they are cut from the message itself),
 * are canonical and of the part or document that the item names; the text of
 * each condition opens its own.  E_DIGEST_MISMATCH, or the codes of record_decode.
 */
MUST_USE enum err consent_items_check(struct arena *a,
    const struct message *m, struct fault *f);

/*
 * consent_encode(a, content, out):
 * The bytes of the content of an item.  E_OVERSIZE.
 */
MUST_USE enum err consent_encode(struct arena *a, const struct rec *content,
    struct slice *out);

/*
 * consent_item_content(a, m, i, out, f):
 * The content of item i of an opened message, whether it stands there or is
 * cut from it: a record item_content, or a manifest item.  ERR_NOTFOUND past
 * the last.
 */
MUST_USE enum err consent_item_content(struct arena *a,
    const struct message *m, size_t i, struct rec **out, struct fault *f);

/*
 * Documents that pass: their items stand behind those of the parts, and the
 * files of an ONWARD_TRANSFER are these and no others, in this order.
 *
 * consent_documents(m):
 * How many there are; needs the control half alone.
 *
 * consent_document(a, m, i, offset, out, f):
 * Item i, from 0, of the list of those files: what was released, but for the
 * doc_id of its place, its offset, and a translation_of that names the place
 * of its original there, or is left out where that does not pass.
 * ERR_NOTFOUND past the last; the codes of consent_item_content.
 *
 * consent_listed(a, m, i, item, f):
 * Whether item i of the list is that one; OK for a message of another kind,
 * and for a header alone.  E_DIGEST_MISMATCH.
 */
size_t consent_documents(const struct message *m);
MUST_USE enum err consent_document(struct arena *a, const struct message *m,
    size_t i, uint64_t offset, struct rec **out, struct fault *f);
MUST_USE enum err consent_listed(struct arena *a, const struct message *m,
    size_t i, const struct rec *item, struct fault *f);

/* What was asked about one target, recipient and purpose, and decided. */
struct consent_run {
    const struct thread_message *request;       /* the newest one */
    const struct thread_message *decision;      /* NULL: none yet */
    const struct thread_message *acceptance;    /* of its conditions */
    const struct thread_message *revoked;
    const struct rec *consent;                  /* NULL: refused, none yet */
    struct thread_state state;                  /* machine consent */
};

/*
 * consent_fold(t, out, max, n):
 * The runs of a folded thread, in the order in which they began.  A message
 * of a run that the machine does not allow is marked as not allowed in the
 * thread.  Called by thread_fold; afterwards it only reads.
 */
MUST_USE enum err consent_fold(struct thread *t, struct consent_run *out,
    size_t max, size_t *n);

/*
 * consent_state_at(run, uses, now):
 * The state of a run at a time, after so many uses: LAPSED, EXPIRED and
 * EXHAUSTED are not messages.
 */
uint8_t consent_state_at(const struct consent_run *run, uint64_t uses,
    int64_t now);

/*
 * consent_policy(t, m, now, out, n):
 * For policy_check: every consent of the folded thread about message m, and
 * whether it is live at `now`, in the thread's arena.  It is for the whole
 * message if it names each part and answer ("body" where there is neither)
 * and leaves out nothing; then its files go with it, unless it names
 * documents.  Uses are those of the message that brought it (thread_message),
 * which a node counts for itself.
 */
MUST_USE enum err consent_policy(struct thread *t,
    const struct thread_message *m, int64_t now,
    const struct policy_consent **out, size_t *n);

/*
 * consent_fits(consent, from, to_card, to, f):
 * Whether the consent is for this grantee and this recipient: E_CONSENT_SCOPE
 * with the field.  to_card may be NULL: then only an exact recipient fits.
 */
MUST_USE enum err consent_fits(const struct rec *consent, struct slice from,
    const struct rec *to_card, struct slice to, struct fault *f);

#endif
