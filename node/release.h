/*
 * release: a transfer of evidence waits until its offer is accepted
 * (FORMAT.md section 7).
 *
 * A transfer with `release` is checked and stored like any message, but takes
 * no place and is not judged by the thread: it is HELD.  The acceptance
 * releases it in the transaction that takes the acceptance; what makes an
 * acceptance impossible cancels it, with its content, in the transaction that
 * takes that.  The recipient's node takes a transfer with `release` only
 * together with the acceptance, which it looks up among its own messages.
 */
#ifndef NODE_RELEASE_H
#define NODE_RELEASE_H

#include "node/core_in.h"

/*
 * release_check(c, k, f):
 * A message with `release`, before it is added to k->t, which is folded into
 * k->state.  Own: k->held says whether it has to wait; E_BAD_STATE where
 * nobody can accept the offer any more, E_OFFER_OVER where its time is over,
 * E_RESTR_FORK for another revision of its limits than is on offer.  A
 * peer's: k->acceptance is an own acceptance of this offer and these limits,
 * sent to this peer: E_RESTR_NOT_ACCEPTED, or E_ORDER where its receipt is
 * not here yet.  Nothing for any other message.
 */
MUST_USE enum err release_check(struct core *c, struct checked *k,
    struct fault *f);

/*
 * release_guard(c, k, f):
 * An acceptance of what was accepted before: E_ACCEPTED_TWICE; declined or
 * countered: E_OFFER_ANSWERED.  One that comes when accept_by has passed:
 * E_OFFER_OVER; E_CLOCK while the own clock cannot tell; when its transfer was
 * cancelled: E_OFFER_CANCELLED.  An own one that is signed by the second
 * person after accept_by: E_OFFER_OVER too.
 */
MUST_USE enum err release_guard(struct core *c, const struct checked *k,
    struct fault *f);

/*
 * release_note(c, k, n):
 * Message n, which was held or could be, takes its place now: the entry.
 * Nothing for a message without `release`.
 */
MUST_USE enum err release_note(struct core *c, const struct checked *k,
    uint64_t n);

/*
 * release_settle(c, peer, thread), release_tick(c):
 * Release or cancel what waits in a thread that has changed; all that waits
 * and whose time has come.
 */
MUST_USE enum err release_settle(struct core *c, struct slice peer,
    const uint8_t thread[static MSG_ID_LEN]);
MUST_USE enum err release_tick(struct core *c);

/*
 * release_acceptance(c, m, digest, found):
 * The digest of the acceptance that a DELIVER of message m names; found is
 * false where it names none.
 */
MUST_USE enum err release_acceptance(struct core *c,
    const struct store_message *m, uint8_t digest[static HASH_LEN],
    bool *found);

#endif
