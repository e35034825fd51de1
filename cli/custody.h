/*
 * custody: who had the files of a message, from the first step that its
 * sender signed to what the own log says of it.
 *
 * Steps of the sender stand in the message, under his signatures.  The others
 * are those that this system knows: sealed (the signed header), handed over
 * and received (receipts of the other log where it has given one, else the
 * own log), opened and exported.  A chain whose times contradict each other
 * is shown with what is wrong with it.
 */
#ifndef CLI_CUSTODY_H
#define CLI_CUSTODY_H

#include "cli/mail.h"
#include "cli/sheet.h"

#define CUSTODY_STEPS_MAX 96
#define CUSTODY_BY_MAX 200
#define CUSTODY_PROOF_MAX 160

struct custody_step {
    const char *action;             /* a code of enum_custody or an event */
    int64_t at;
    char by[CUSTODY_BY_MAX + 1];
    char to[CUSTODY_BY_MAX + 1];
    char proof[CUSTODY_PROOF_MAX + 1];  /* what it rests on */
    const struct rec *said;         /* as the sender wrote it; or NULL */
    bool wrong;                     /* its time contradicts the one before */
};

struct custody {
    struct custody_step v[CUSTODY_STEPS_MAX];
    size_t n;
    size_t n_wrong;
};

/*
 * custody_collect(s, mail, at, m, out):
 * The chain of a message: its row, its place in the thread, and m with its
 * body half.  Receipts are asked for and verified: the codes of proven_ask.
 */
MUST_USE enum err custody_collect(struct session *s, const struct mail *mail,
    const struct thread_message *at, const struct message *m,
    struct custody *out);

/*
 * custody_rows(c, s), columns "at action by to proof state":
 * One row a step.
 */
void custody_rows(const struct custody *c, struct sheet *s);

/*
 * custody_form(c, opts, w):
 * The chain as a list of custody records, the beginning of the next one, for
 * a form.
 */
void custody_form(const struct custody *c, const struct json_opts *opts,
    struct emit *w);

#endif
