/*
 * seal: from a message to an envelope and back (FORMAT.md section 2).
 *
 * The client alone does this.  Sealing takes a message whose fields are
 * complete and checked, the keys it is sealed to, and the author's key; it
 * makes the content key, wraps it to each epoch key, seals the body and
 * signs.  The content key is forgotten before seal_message returns.
 *
 * Opening takes one wrap and the secret of one epoch; it checks the signed
 * commitment before it decrypts, demands the exact padding and joins the body
 * half to the control half.  Every failure is ERR_CRYPTO: one error.
 */
#ifndef KEYS_SEAL_H
#define KEYS_SEAL_H

#include "keys/consents.h"
#include "keys/hpke.h"

/* One reader of a message, as a row of "seals" in its control half. */
struct seal_to {
    bool peer;                      /* the other authority; else the own */
    const struct rec *epoch;        /* of an epochs list: kid, suite, public */
    const struct rec *named;        /* an officer of a staff list, or NULL */
    bool deputy;                    /* the named one's deputy */
    const struct hpke_psk *psk;     /* outer layer only, or NULL */
};

struct seal_opts {
    const struct seal_to *to;
    size_t n_to;
    const struct sign_key *author;
    /* Of the consents of others that it carries: two each, in their order. */
    const struct signature *brought;
};

/*
 * seal_message(a, m, o, out):
 * Write "officer" and "seals" into m, seal its body half and append the
 * envelope to out, with the author's signature and those of its consents
 * (keys/consents.h).  A message whose body half is
 * empty has no body, no seals.  E_OVERSIZE if the control half or the body is
 * too large, E_KEY_STALE if a suite is not known.
 */
MUST_USE enum err seal_message(struct arena *a, struct message *m,
    const struct seal_opts *o, struct buf *out);

/*
 * seal_approve(m, in, approver, out):
 * Append the envelope in, of message m, with the approver's signature as the
 * second and behind the author's of each own consent.  E_FOUR_EYES if it has
 * them already or the author signs again.
 */
MUST_USE enum err seal_approve(const struct message *m, struct slice in,
    const struct sign_key *approver, struct buf *out);

/*
 * seal_find(m, epoch_kid, named_kid, i):
 * The index of the seal to this epoch key (32 bytes), and to this reading key
 * if named_kid is not NULL; false if there is none.
 */
bool seal_find(const struct message *m, const uint8_t *epoch_kid,
    const uint8_t *named_kid, size_t *i);

/*
 * seal_open(a, env, m, i, epoch, reading, psk, body, f):
 * Open seal i with the secret of its epoch (and the reading key, if the seal
 * is a named one), put the plain padded body into body and join it to m,
 * which keeps borrowing from body.  ERR_CRYPTO, or what message_join and
 * message_check say of the body half.
 */
MUST_USE enum err seal_open(struct arena *a, const struct envelope *env,
    struct message *m, size_t i, const struct secret *epoch,
    const struct secret *reading, const struct hpke_psk *psk,
    struct buf *body, struct fault *f);

#endif
