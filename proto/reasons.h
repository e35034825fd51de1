/*
 * reasons: the coded reasons of the domain in words (pages 6.1 to 6.5 and
 * 3.9), for people who choose one and for people who are given one.
 *
 * A row: the code's name, what it says, where it comes from, and what to do
 * with it.  Whether a ground of refusal may be given in a thread is decided
 * by the rules (V-052); here stand the words.
 */
#ifndef PROTO_REASONS_H
#define PROTO_REASONS_H

#include "proto/slice.h"

enum reason_group {
    REASON_REFUSAL,             /* RG_: grounds of refusal */
    REASON_PROHIBITED,          /* PX_: no grounds */
    REASON_DELAY,               /* DR_: why it takes longer */
    REASON_CONSENT,             /* CG_: why a consent is refused */
    REASON_CONDITION,           /* COND_: conditions of help or consent */
    REASON_CANNOT_COMPLY,       /* CR_: why it cannot stay secret */
    REASON_RECALL,              /* RC_: why content is called back */
    REASON_NEGATIVE,            /* NG_: why there is nothing */
    REASON_REDIRECT,            /* RD_: whom to ask instead */
    REASON_URGENCY,             /* UR_: why it cannot wait */
    REASON_OPTION,              /* OPT_: what follows "cannot comply" */
    REASON_EXCEPTION,           /* EX_: copies that were not destroyed */
    REASON_BREACH,              /* BR_: what went wrong with content */
    REASON_GROUPS
};

/* What a thread is, for the grounds that may be given in it; bits. */
enum reason_scope {
    SCOPE_MLA = 1,              /* central authorities, formal requests */
    SCOPE_FIU = 2,              /* FIUs and other informal requests */
    SCOPE_CONFISCATION = 4,     /* chapter V */
    SCOPE_CIVIL = 8             /* civil and administrative matters */
};

struct reason {
    const char *name;
    enum reason_group group;
    const char *words;
    const char *source;         /* article, standard, "default of this
                                 * project" or "practice" */
    const char *todo;           /* when it may be given, or what to do */
};

/*
 * reason_find(name), reasons_all(n):
 * The row of a code by its name, NULL if there is none; all rows.
 */
const struct reason *reason_find(const char *name);
const struct reason *reasons_all(size_t *n);

/*
 * reason_group_name(group):
 * "ground of refusal" and so on.
 */
const char *reason_group_name(enum reason_group group);

#endif
