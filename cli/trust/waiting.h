/*
 * waiting: lists and pins at the node that wait for a second person.
 *
 * They are shown, never trusted; but what is shown was signed by a keeper of
 * the own card, which is checked here.
 */
#ifndef CLI_WAITING_H
#define CLI_WAITING_H

#include "cli/trust/session.h"

#define WAITING_ID_MIN 8                /* hex digits of a digest */

struct waiting {
    enum trust_kind kind;               /* TRUST_STAFF or TRUST_PIN */
    struct signed_object o;
    struct rec *rec;
    const struct rec *keeper;           /* on the own card; NULL: no keeper
                                         * has signed it */
};

/*
 * waiting_list(s, status, out, max, n):
 * Those of a status result, in the session's arena; rows that cannot be read
 * are left out.
 */
MUST_USE enum err waiting_list(struct session *s, const struct rec *status,
    struct waiting *out, size_t max, size_t *n);

/*
 * waiting_status(s, status):
 * Ask the node for its status.
 */
MUST_USE enum err waiting_status(struct session *s, struct rec **status);

/*
 * waiting_make_room(s):
 * Before a new staff list is made: where one waits, the keeper is asked
 * whether his is put in its place, or has said --replace.  E_PENDING where he
 * has not and nobody is asked; ERR_CANCELLED.  Reported.
 */
MUST_USE enum err waiting_make_room(struct session *s);

/* The option of commands that call it. */
#define WAITING_OPTION \
    { "replace", NULL, N_("in the place of a list that waits for a second " \
      "person") }

/*
 * waiting_id(w, out):
 * The short id under which it is approved.
 */
void waiting_id(const struct waiting *w, char out[static WAITING_ID_MIN + 1]);

#endif
