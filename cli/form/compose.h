/*
 * compose: from a form to a message that is whole, checked and sealed.
 *
 *   form -> what the thread gives -> presence and bounds -> what the client
 *   fills -> rules, limits, state -> readers -> sealed and signed
 *
 * All faults are collected, as `valise check` shows them.  Nothing here asks
 * a node: cards and lists come from the directory, the other messages from
 * the thread.
 */
#ifndef CLI_COMPOSE_H
#define CLI_COMPOSE_H

#include "cli/form/vetting.h"
#include "keys/directory.h"
#include "keys/seal.h"
#include "proto/thread.h"

#define COMPOSE_LIFE (14 * 86400)   /* from created_at to expires_at */
#define COMPOSE_LIFE_HELD (21 * 86400)  /* of what waits to be accepted */

/* Who writes, with what he trusts, and where it belongs. */
struct compose_opts {
    struct arena *a;
    const struct domain *domain;
    const struct directory *directory;
    const struct json_people *people;
    struct slice own;               /* authority of the author */
    const struct sign_key *author;
    int64_t now;
    struct thread *thread;          /* NULL: the message opens one */
    const struct thread_message *target;    /* that it answers, or NULL */
    const struct message *opening;  /* of the thread with its body half, where
                                     * that was opened; else NULL */
    bool receipt_first;             /* the last one of the thread is a receipt
                                     * that this command sends before */
    bool trial;                     /* it does not stay in the thread */
    /* Puts into the message what the form left out, before it is checked;
     * what speaks against it goes into l.  NULL: nothing. */
    enum err (*complete)(void *arg, struct message *m, struct findings *l);
    void *arg;
    const struct signature *brought;    /* of consents of others that it
                                     * carries; see seal_opts */
    const struct rule_consent *consents;    /* see rule_facts */
    size_t n_consents;
    const char *label;              /* the author's, for hints; or NULL */
    size_t asked;                   /* see rule_facts */
};

/* One reader, for people. */
struct composed_reader {
    struct slice label;             /* empty: the whole desk */
    bool deputy;
    bool no_deputy;                 /* named, and nobody stands in for him */
};

/* A message in the making. */
struct composed {
    struct message m;
    struct json_extra extra;
    struct findings *l;             /* the caller's */
    struct alerts alerts;
    struct sizes sizes;
    const struct rec *own_card, *peer_card;     /* NULL unknown */
    struct seal_to to[ENVELOPE_SEALS_MAX];
    struct composed_reader readers[ENVELOPE_SEALS_MAX];
    size_t n_to;
};

/*
 * compose_random(a, r, name, n):
 * Put n random bytes into a field: an id or a salt.
 */
MUST_USE enum err compose_random(struct arena *a, struct rec *r,
    const char *name, size_t n);

/*
 * compose_form(o, text, c):
 * Read a form.  What belongs to the thread (recipient, purposes of an
 * answer, the message that it names) is filled where it is left out, then
 * presence and bounds are checked.  The code of the first finding.
 */
MUST_USE enum err compose_form(const struct compose_opts *o,
    struct slice text, struct composed *c);

/*
 * compose_kind(o, kind, c):
 * The same without a form, for messages that a command writes itself: common
 * fields as the target's, urgency ROUTINE.  The caller puts the others into
 * c->m before compose_finish.
 */
MUST_USE enum err compose_kind(const struct compose_opts *o,
    const struct kind *kind, struct composed *c);

/*
 * compose_finish(o, c):
 * Fill what the client fills, ask all rules with the facts, the limits, and
 * the state of the thread at the message's place (E_BAD_STATE before anything
 * leaves; not asked while something else is wrong, since it would judge
 * another message than the one that will be sent), and find the readers.  The
 * message is added to o->thread, so that a second one can follow it, unless
 * it is a trial.  The code of the first finding.
 */
MUST_USE enum err compose_finish(const struct compose_opts *o,
    struct composed *c);

/*
 * compose_seal(o, c, out):
 * Seal to the readers and sign.
 */
MUST_USE enum err compose_seal(const struct compose_opts *o,
    struct composed *c, struct buf *out);

#endif
