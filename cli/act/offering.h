/*
 * offering: an offer of evidence and its transfer, of one form.
 *
 * The transfer is sealed, signed and handed in with the offer, and held by
 * the own node until the offer is accepted.  What the form says of custody
 * and certificate goes into the transfer alone.
 */
#ifndef CLI_OFFERING_H
#define CLI_OFFERING_H

#include "cli/act/mail.h"
#include "cli/act/sending.h"

/*
 * offering_second(again):
 * What `valise offer` hands to doing_run; again is the id of the offer in
 * whose place this one comes, or NULL.  The keys of the files are kept
 * (parcel_store.h).
 */
struct sending_second offering_second(const char *again);

/*
 * offering_author(s, offer, out):
 * Who offered it, where that is another person of this authority: he alone
 * has the keys of its files once its transfer is gone.  False, and nothing in
 * out, where it was the user.
 */
bool offering_author(struct session *s, const struct message *offer,
    char out[static MAIL_WHO_MAX + 1]);

/*
 * offering_is_over(state, offer, now):
 * Whether an offer, the opening message of a thread in this state, came to
 * nothing: taken back or refused, declined, countered, not answered in time,
 * or its files were none of its list.
 */
bool offering_is_over(const struct thread_state *state,
    const struct thread_message *offer, int64_t now);

/*
 * offering_faulty(t, state):
 * The receipt by which the files of an own offer are not those of their
 * list, where none came after that they are; NULL if there is none.
 */
const struct thread_message *offering_faulty(const struct thread *t,
    const struct thread_state *state);

/*
 * offering_later(r, s, offer, found, out):
 * Whether it was offered to the same authority again, and that is neither
 * over nor withdrawn: the same files by this person, or any in a thread that
 * came from this one; its short id in out.  Fails with the codes of
 * session_thread, mail_list and parcel_kept_later, and then it is not known.
 */
MUST_USE enum err offering_later(struct run *r, struct session *s,
    const struct message *offer, bool *found,
    char out[static MAIL_ID_LEN + 1]);

/*
 * offering_no_keys(r, s, id, offer):
 * Report that this person has no keys of the files of an own offer: with who
 * may have them, and until when, or how they are sealed anew.
 */
enum err offering_no_keys(struct run *r, struct session *s, const char *id,
    const struct message *offer);

/*
 * offering_put(o, held, m):
 * What the offer, which is o->target, gives to its transfer: offer_msg, the
 * very limits, and with held the word that it waits for the acceptance.
 */
MUST_USE enum err offering_put(const struct compose_opts *o, bool held,
    struct message *m);

#endif
