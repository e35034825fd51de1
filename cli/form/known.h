/*
 * known: what a thread already says of a message that is about to be
 * written in it.
 *
 * Facts follow from the thread alone and stand in no form (which message is
 * meant, when the answer was due at first, which consultation came before);
 * the frame is what an officer goes on from (one answer for each question, a
 * date by the table of deadlines, the limits of the request).  Both are rows
 * of one table: kind, field, and the function that finds the value.
 */
#ifndef CLI_KNOWN_H
#define CLI_KNOWN_H

#include "cli/act/acts.h"
#include "cli/act/downstream.h"
#include "cli/files/sent_on.h"
#include "cli/form/compose.h"

struct known {
    const struct acts_row *act;
    const struct compose_opts *o;       /* thread NULL: it opens one */
    const struct thread_state *state;   /* NULL without a thread */
    struct slice to;                    /* whom it goes to then; or empty */
    struct slice from_thread;           /* id of the thread that it follows
                                         * from; or empty */
    const char *grantee;                /* whose consent is meant, where the
                                         * message has several; or NULL */
    const char *consent;                /* its id, or how that begins; or
                                         * NULL */
    const struct downstream *passed;    /* what was made of what it ends */
    size_t n_passed;
    const union item *custody;          /* steps before this one, of files
                                         * that are sent on */
    size_t n_custody;
    const struct sent_on *sent_on;      /* what binds these; or NULL */
};

/*
 * known_begin(k, m, l):
 * The message from which an act starts: the defaults of its kind, what its
 * word says, the facts and the frame.
 */
MUST_USE enum err known_begin(const struct known *k, struct message *m,
    struct findings *l);

/*
 * known_facts(k, m, l):
 * Put the facts that m leaves out, and what the word of the act says; a
 * finding where m says something else.
 */
MUST_USE enum err known_facts(const struct known *k, struct message *m,
    struct findings *l);

/*
 * known_offer_limits(a, m):
 * accept_first and subject_notice of an offer, where its form leaves them
 * out: by the kind of its proceeding.  Nothing for other kinds.
 */
MUST_USE enum err known_offer_limits(struct arena *a, struct message *m);

/*
 * known_consent(m, grantee, id, n):
 * The consent of a decision, or in advance of a message, that is for this
 * party, an authority or "COURT:ID", and whose id begins so; either may be
 * NULL.  NULL unless it is one alone; *n is how many it could be.  known_party(consent): whom it is for.
 */
struct slice known_party(const struct rec *consent);
const struct rec *known_consent(const struct message *m,
    const char *grantee, const char *id, size_t *n);

/*
 * known_word(k, m, l):
 * Put what the word of the act says, whatever stands there.
 */
MUST_USE enum err known_word(const struct known *k, struct message *m,
    struct findings *l);

/*
 * known_form(k, m, b):
 * Append the form of the kind with what m has in it, and null for what is to
 * be said still.
 */
MUST_USE enum err known_form(const struct known *k, const struct message *m,
    struct buf *b);

#endif
