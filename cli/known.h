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

#include "cli/acts.h"
#include "cli/compose.h"

struct known {
    const struct acts_row *act;
    const struct compose_opts *o;       /* thread NULL: it opens one */
    const struct thread_state *state;   /* NULL without a thread */
};

/*
 * known_facts(k, m):
 * Put the facts that m leaves out.
 */
MUST_USE enum err known_facts(const struct known *k, struct message *m);

/*
 * known_frame(k, m):
 * Put the facts and the frame that m leaves out.
 */
MUST_USE enum err known_frame(const struct known *k, struct message *m);

/*
 * known_values(k, m, l):
 * Put what the word of the act says; a finding where m says something else.
 */
MUST_USE enum err known_values(const struct known *k, struct message *m,
    struct findings *l);

#endif
