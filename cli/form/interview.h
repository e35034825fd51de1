/*
 * interview: a form asked field by field on a terminal, from the rows.
 *
 * What is missing is what findings_check says, so the rows alone decide what
 * is asked and in which order.  After each answer the form is kept as a
 * sealed draft.
 */
#ifndef CLI_INTERVIEW_H
#define CLI_INTERVIEW_H

#include "cli/form/compose.h"
#include "cli/form/draft_store.h"

struct interview {
    struct run *r;
    const struct home *home;
    struct compose_opts o;
    struct message m;               /* as far as it was answered */
    char id[DRAFT_ID_LEN + 1];      /* of the draft */
    bool kept;                      /* the draft is there */
    bool brief;                     /* what is missing, and nothing else */
};

/*
 * interview_start(v, text):
 * Read the form to begin with: an empty one, or a draft.  What is in it is
 * not checked yet.
 */
MUST_USE enum err interview_start(struct interview *v, struct slice text);

/*
 * interview_run(v):
 * Ask until nothing is missing and no rule objects, then whatever the person
 * wants to change.  What must be answered is asked again after an empty
 * answer; ERR_CANCELLED at the end of the input (Ctrl-D): the draft stays, if
 * v->kept.
 */
MUST_USE enum err interview_run(struct interview *v);

/*
 * interview_text(v, b):
 * Append the form as JSON.
 */
MUST_USE enum err interview_text(const struct interview *v, struct buf *b);

#endif
