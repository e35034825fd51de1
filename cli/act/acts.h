/*
 * acts: what an officer can do in a thread, in the words that he types.
 *
 * The one list: a row is a word, the kind that it sends, and what the word
 * already says (a negative answer, a postponement).  `valise do ID ACT`,
 * the short names, `valise next` and the hints of other commands read it;
 * what is in no row cannot be sent, and a test sees to it that each kind has
 * one.
 */
#ifndef CLI_ACTS_H
#define CLI_ACTS_H

#include "cli/command/command.h"
#include "proto/rules.h"
#include "proto/thread.h"

/* An option of a short name: the field of the form that it fills, with its
 * value, or, where it is a flag, with this one.  Without a field it is the
 * word of the act that is meant instead. */
struct acts_option {
    const char *option;             /* ends with NULL */
    const char *path;
    const char *value;
};

struct acts_row {
    const char *word;
    uint16_t kind;
    uint16_t qualifier;             /* in the table of states; 0: any */
    const struct preset *values;    /* that the word says; NULL: none */
    const char *without;            /* field that its form does not have */
    const struct acts_option *options;   /* NULL: none */
    const char *text;               /* path of the field that --text fills */
    const char *turned;             /* the word where the message meant is a
                                     * question of the other side */
    uint8_t needs;                  /* ACTS_ bits: what the limits and the
                                     * keeping of the message must be */
    bool general;                   /* a kind as such: next does not list it */
    bool brief;                     /* only what is missing is asked */
    bool inherits;                  /* nothing in it is new: its limits are
                                     * those of the request */
    const char *asks;               /* before it is sent; NULL: "Send it?" */
    uint16_t rule;                  /* V-nnn behind it */
    const char *source;             /* article; NULL: the project's own */
    const char *help;
};

enum {
    ACTS_ORIGINATOR = 1,            /* its limits are this authority's */
    ACTS_HOLDER = 2,                /* they are somebody else's */
    ACTS_RECALLABLE = 4,
    ACTS_GONE = 8,                  /* its content was destroyed or given
                                     * back here */
    ACTS_HERE = 32,                 /* its content can be opened here */
    ACTS_CONTROL = 16               /* they are this authority's, or it has
                                     * passed on another's (V-031) */
};

extern const struct acts_row acts_all[];     /* ends with a row without word */

/*
 * acts_find(d, word):
 * The act of that word; else the first of the kind that has this form name
 * or name.  NULL if there is none.
 */
const struct acts_row *acts_find(const struct domain *d, const char *word);

/*
 * acts_unknown(r, word):
 * Report a word that is none, with the nearest that is one.
 */
enum err acts_unknown(struct run *r, const char *word);

/*
 * acts_aim(act, t, state, meant):
 * Which message of the thread an act is about, when this one was meant: that
 * one where the act can be about it, else the newest that it can be about,
 * else the one meant.  NULL only in an empty thread.
 */
const struct thread_message *acts_aim(const struct acts_row *act,
    const struct thread *t, const struct thread_state *state,
    const struct thread_message *meant);

/*
 * acts_suits(act, t, state, m):
 * Whether an act can be about this message at all.
 */
bool acts_suits(const struct acts_row *act, const struct thread *t,
    const struct thread_state *state, const struct thread_message *m);

/* What acts_allowed tries. */
struct acts_try {
    const struct domain *domain;
    const struct thread *t;
    const struct thread_state *state;
    const struct thread_message *target;
    int64_t now;
};

/*
 * acts_allowed(act, x), acts_after(act, x, out):
 * Whether the thread allows the act now, about this message, and to which
 * state it leads.  Guards that ask what the message will say are taken to
 * hold.
 */
bool acts_allowed(const struct acts_row *act, const struct acts_try *x);
bool acts_after(const struct acts_row *act, const struct acts_try *x,
    struct thread_state *out);

/*
 * acts_about(act, x, out):
 * What an act is about where an officer named x->target: that one, or, where
 * no message of its kind can be meant (a thread is named by any of its
 * messages), what acts_aim chooses.  Else whether it was answered already or
 * cannot be meant; out is then what could be, the named one if nothing.
 */
enum acts_about { ACTS_ABOUT, ACTS_ANSWERED, ACTS_OTHER };
enum acts_about acts_about(const struct acts_row *act,
    const struct acts_try *x, const struct thread_message **out);

/*
 * acts_waits(act, t, m):
 * The own message that answers m in this way and has not left yet, as where
 * an approver signs it first; NULL if there is none.
 */
const struct thread_message *acts_waits(const struct acts_row *act,
    const struct thread *t, const struct thread_message *m);

/*
 * acts_files(kind, t, m):
 * Where an act of this kind is about m, an offer of ours: the transfer with
 * its files, which has left by itself and stays as it is, and which another
 * act of the kind could be about.  NULL if there is none.
 */
const struct thread_message *acts_files(unsigned kind,
    const struct thread *t, const struct thread_message *m);

/*
 * acts_fits(act, set, own, shut):
 * Whether the limits that govern what the act is about (NULL: none), and
 * what became of its content here (mail_shut), leave room for it.
 */
bool acts_fits(const struct acts_row *act, const struct rec *set,
    struct slice own, enum err shut);

/*
 * acts_between(d, m, facts, f):
 * Whether the two authorities of facts may exchange this at all (V-010 to
 * V-013, as far as that hangs on no more than the kind); else the code of the
 * rule, with the fault.
 */
MUST_USE enum err acts_between(const struct domain *d,
    const struct message *m, const struct rule_facts *facts,
    struct fault *f);

#endif
