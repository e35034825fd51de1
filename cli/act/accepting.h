/*
 * accepting: who accepts an offer of evidence sees what he accepts, word by
 * word: its text, the whole set in its newest revision, and the list of its
 * files, before he is asked; so does who signs the acceptance as the second.
 *
 * For that the offer is opened, which the node logs: for --purpose and
 * --in, or for the one purpose and in the one proceeding that its
 * limits name.
 *
 * Where the list is not there, nobody accepts, with --yes or without: it would
 * bind him to what he has not seen.  Where there is no room for the files he is
 * told before, and asked for that besides; --yes does not answer it, --no-room
 * does.  What goes beyond peer_room is told alone, since to read it is enough.
 */
#ifndef CLI_ACCEPTING_H
#define CLI_ACCEPTING_H

#include "cli/act/acts.h"
#include "cli/act/mail.h"

/*
 * accepting_is(act, target):
 * Whether the act accepts an offer of evidence.
 */
bool accepting_is(const struct acts_row *act,
    const struct thread_message *target);

/*
 * accepting_list(r, offer):
 * Whether the list of its files is at the own node.  Reports E_BLOCKS_MISSING,
 * with why.
 */
MUST_USE enum err accepting_list(struct run *r, const struct mail *offer);

/*
 * accepting_room(r, offer), accepting_may_wait(r, offer):
 * Tell that its files would not fit.  The same of who accepts it, to whom it is
 * E_PARCEL_ROOM with --yes alone.
 */
void accepting_room(struct run *r, const struct mail *offer);
MUST_USE enum err accepting_may_wait(struct run *r, const struct mail *offer);

/*
 * accepting_question(r, offer):
 * What who accepts is asked, NULL if as always.
 */
const char *accepting_question(const struct run *r, const struct mail *offer);

/*
 * accepting_show(r, s, offer, set):
 * Show it on stderr; set are the limits that govern it.  With --files all
 * files and not the first ones alone.  Reports its failures.
 */
MUST_USE enum err accepting_show(struct run *r, struct session *s,
    const struct mail *offer, const struct rec *set);

/*
 * accepting_too_late(m, state, now):
 * Whether m, which has not left yet, accepts an offer of evidence that is
 * accepted no more: its thread is in this state.
 */
bool accepting_too_late(const struct message *m,
    const struct thread_state *state, int64_t now);

#endif
