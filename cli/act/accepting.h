/*
 * accepting: who accepts an offer of evidence sees what he accepts, word by
 * word: its text, the whole set in its newest revision, and the list of its
 * files, before he is asked; so does who signs the acceptance as the second.
 *
 * For that the offer is opened, which the node logs: for --purpose and
 * --in, or for the one purpose and in the one proceeding that its
 * limits name.
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
