/*
 * custody: who had the files of a message, from the first step that its
 * sender signed to what the own log says of it.
 *
 * Steps of the sender stand in the message, under his signatures.  The others
 * are those that this system knows: sealed (the signed header), handed over
 * and received (receipts of the other log where it has given one), and what
 * was done here: each use and each numbered copy, with the officer who signed
 * for it, his purpose and proceeding, proven in the own log (steps.h).  What
 * is known by the word of the own node alone says so.  A chain whose times
 * contradict each other, or in which a copy is missing, is shown with what is
 * wrong with it.
 */
#ifndef CLI_CUSTODY_H
#define CLI_CUSTODY_H

#include "cli/act/opening.h"
#include "cli/files/steps.h"
#include "cli/text/sheet.h"

#define CUSTODY_STEPS_MAX (STEPS_MAX + 128)
#define CUSTODY_NEXT_MAX CUSTODY_STEPS_MAX
#define CUSTODY_BY_MAX 200
#define CUSTODY_PROOF_MAX 160
#define CUSTODY_NOTE_MAX 200

struct custody_step {
    const char *action;             /* a code of enum_custody or an event */
    uint64_t code;                  /* of enum_custody; 0: it has none */
    int64_t at;
    char by[CUSTODY_BY_MAX + 1];
    char to[CUSTODY_BY_MAX + 1];
    char proof[CUSTODY_PROOF_MAX + 1];  /* what it rests on */
    char note[CUSTODY_NOTE_MAX + 1];    /* where others find it */
    uint64_t number;                /* of the copy; 0: it made none */
    uint64_t purpose;               /* 0: none */
    struct slice proceeding;        /* or empty */
    const struct rec *said;         /* as the sender wrote it; or NULL */
    const struct logged_step *step;        /* of the own log; or NULL */
    bool wrong;                     /* its time contradicts the one before */
    bool gap;                       /* a copy before this one is missing */
    unsigned order;                 /* among steps of one second */
};

struct custody {
    struct custody_step *v;         /* in the session's arena */
    size_t n;
    size_t n_wrong, n_gaps;
    uint64_t size;                  /* of the checkpoint under which the steps
                                     * of the own log were proven */
};

/*
 * custody_collect(s, mail, at, m, out):
 * The chain of a message: its row, its place in the thread, and m with its
 * body half.  Receipts and steps are asked for and verified: the codes of
 * proven_ask and steps_ask; E_OVERSIZE for more than CUSTODY_STEPS_MAX.
 */
MUST_USE enum err custody_collect(struct session *s, const struct mail *mail,
    const struct thread_message *at, const struct message *m,
    struct custody *out);

/* People read what is wrong with a step where anything is. */
#define CUSTODY_COLUMNS "at action copy by to purpose proceeding proof state"
#define CUSTODY_WHOLE_COLUMNS "at action copy by to purpose proceeding proof " \
    "+state"

/*
 * custody_rows(c, s), columns CUSTODY_COLUMNS or, where nothing is wrong,
 * CUSTODY_WHOLE_COLUMNS:
 * One row a step.
 */
void custody_rows(const struct custody *c, struct sheet *s);

/*
 * custody_state(x):
 * What is wrong with a step, in words; "" if nothing is.
 */
const char *custody_state(const struct custody_step *x);

/*
 * custody_next(c, a, f, out, n):
 * The chain as records of the field f, the beginning of the next one: those
 * steps that such a record can say.  Purposes, proceedings and who had read it
 * stay here.  out has room for CUSTODY_NEXT_MAX.
 */
MUST_USE enum err custody_next(const struct custody *c, struct arena *a,
    const struct field *f, union item *out, size_t *n);

/*
 * custody_show(own, s), columns "field value":
 * A row for each step that a message of ours would say.
 */
void custody_show(const struct rec *own, struct sheet *s);

/* A message that was opened for its chain. */
struct custody_of {
    struct mail mail;
    struct thread *t;
    const struct thread_message *at;
    struct opening_want want;
    struct opened o;
    struct custody c;
};

/* Of commands that send evidence, with PURPOSE_OPTIONS. */
#define CUSTODY_OF_OPTION \
    { "custody-of", N_("ID"), N_("the files came with that message: its " \
      "chain, with the copies made here, goes on in this one") }

/*
 * custody_find(r, s, id, out), custody_read(r, s, x), custody_close(x):
 * Find a message, and for what it is opened by the options; open it where its
 * content is there, which is logged, and collect its chain.  Both report their
 * failures; the caller closes in each case.
 */
MUST_USE enum err custody_find(struct run *r, struct session *s,
    const char *id, struct custody_of *out);
MUST_USE enum err custody_read(struct run *r, struct session *s,
    struct custody_of *x);
void custody_close(struct custody_of *x);

/*
 * custody_pass(r, s, x, to):
 * Whether the content of a message that was found is there, and its limits let
 * it be passed on to this authority.  Reports what forbids it, with the command that asks for consent
 * where one could allow it.
 */
MUST_USE enum err custody_pass(struct run *r, struct session *s,
    const struct custody_of *x, struct slice to);

#endif
