/*
 * consents: the signatures of consents, made and checked (FORMAT.md section
 * 4).
 *
 * A consent is signed by two persons of its originator, over its own digest:
 * so it holds wherever it travels.  Where the sender of the message is the
 * originator these are author and approver of the message; where the consent
 * is passed on its two signatures are copied from the message that brought
 * it.
 */
#ifndef KEYS_CONSENTS_H
#define KEYS_CONSENTS_H

#include "keys/directory.h"
#include "keys/sign.h"
#include "proto/consent.h"

/*
 * consents_sign(m, role, key, brought, out, max, n):
 * The signatures of all consents of a message as they stand in its envelope:
 * of own ones this key's, in the role of author (LABEL_SIG) or approver
 * (LABEL_APPR); of others the two in brought (two each, in the order of
 * consent_list, own ones not counted; for the approver NULL: they are left
 * out).  E_OVERSIZE for more than max.
 */
MUST_USE enum err consents_sign(const struct message *m, enum label role,
    const struct sign_key *key, const struct signature *brought,
    struct signature *out, size_t max, size_t *n);

/*
 * consents_merge(m, author, n_author, second, own, n_own, out, max, n):
 * The signatures of the whole envelope: those that wait (consent_place with
 * waits), the approver's of the message, and his of the own consents.
 * E_SIGNATURE if there are not as many as the message has.
 */
MUST_USE enum err consents_merge(const struct message *m,
    const struct signature *author, size_t n_author,
    const struct signature *second, const struct signature *own,
    size_t n_own, struct signature *out, size_t max, size_t *n);

/*
 * consents_check(d, m, env, waits, f):
 * Whether each consent is signed by an officer and another person, an
 * approver, who both were in office at its originator when it was signed; a
 * later revocation leaves it good.  E_UNKNOWN_AUTHORITY for an originator
 * that is not pinned, E_LIST_MISSING for a staff list that is newer than
 * what is here, E_CONSENT_NOT_ORIGINATOR for a signer who is not the
 * originator's, E_FOUR_EYES, E_SIGNATURE; the path names the consent.
 */
MUST_USE enum err consents_check(const struct directory *d,
    const struct message *m, const struct envelope *env, bool waits,
    struct fault *f);

/*
 * consents_transfer(d, m, env):
 * Whether the header of an onward transfer is signed by its sender's officer
 * and approver, in office when it was made: a proof of use convicts nobody
 * who has not signed it.  E_UNKNOWN_AUTHORITY if there is no staff list of
 * the sender here, E_LIST_MISSING, E_SIGNATURE, E_ROLE, E_FOUR_EYES.
 */
MUST_USE enum err consents_transfer(const struct directory *d,
    const struct message *m, const struct envelope *env);

/*
 * consents_acceptance(d, domain, a, consent, head):
 * Whether head, the signed header of a message, is the grantee's acceptance
 * of this consent's conditions: CONDITIONS_DECISION ACCEPT, its consent_id,
 * an officer and an approver of the grantee, in office then.  E_BAD_STATE if
 * it is another message, E_SIGNATURE and E_ROLE, or the codes of decoding.
 */
MUST_USE enum err consents_acceptance(const struct directory *d,
    const struct domain *domain, struct arena *a, const struct rec *consent,
    struct slice head);

#endif
