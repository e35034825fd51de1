/*
 * sending: the way of a form, from the file to the node: read, composed,
 * sealed, shown, confirmed, submitted, told.  `send` and every act in a thread
 * (doing.h) take it.
 *
 * With --dry-run it ends after it was shown.  Where nobody can be asked, only
 * --yes sends; --dry-run is there to look before.
 */
#ifndef CLI_SENDING_H
#define CLI_SENDING_H

#include "cli/act/submit.h"
#include "cli/files/attach.h"

#define SENDING_OPTIONS \
    { "dry-run", NULL, N_("show what would be sent, and send nothing") }, \
    SENDING_YES

/* For what leaves without a form. */
#define SENDING_YES { "yes", NULL, N_("do not ask") }

/* A message that goes before in the same command. */
struct sending_first {
    const struct compose_opts *o;
    struct composed *c;
};

/*
 * A message that is sealed, shown and confirmed with the first, and handed in
 * right after it.  make puts it into c, which is whole then; the first one is
 * in o->thread, sealed as it will be sent.  keep writes down what has to be
 * there before either is handed in.  form appends a form that was kept, where
 * one is, from which it starts where none is given.  Both report their
 * failures.
 */
struct sending_second {
    enum err (*make)(const void *arg, const struct compose_opts *o,
        struct attached *files, const struct composed *first,
        struct composed *c);
    enum err (*keep)(const void *arg, struct run *r, struct session *s,
        const struct attached *files, const struct composed *first,
        const struct composed *c, const struct buf *form);
    enum err (*form)(const void *arg, struct run *r, struct session *s,
        struct buf *out);
    const void *arg;
};

struct sending_want {
    const char *path;                   /* a file, "-", or the id of a draft;
                                         * NULL: text is the form */
    struct slice text;
    struct thread *thread;              /* NULL: a new one */
    const struct thread_message *target;
    const struct message *opening;      /* see compose_opts; or NULL */
    unsigned kind;                      /* that this command sends; 0: any
                                         * that opens a thread */
    const char *hint;                   /* where the form is of another */
    const char *question;               /* before it is sent; NULL: the
                                         * usual one */
    enum err (*complete)(void *arg, struct message *m, struct findings *l);
    void *arg;                          /* see compose_opts; or NULL */
    const struct consent_source *source;    /* what it passes on; or NULL */
    struct attached *files;             /* that go with it; NULL: what the
                                         * options say */
    const struct sending_first *first;  /* or NULL */
    const struct sending_second *second;    /* or NULL */
    const struct sent_on *sent_on;      /* with which its files came; or
                                         * NULL */
};

/*
 * sending_run(r, s, w):
 * Reports its failures.  A form from stdin that only waits for a list or a
 * key is kept as a draft.
 */
MUST_USE enum err sending_run(struct run *r, struct session *s,
    const struct sending_want *w);

/*
 * sending_new(), sending_free(c):
 * A composed with room for findings, NULL without memory; wipe and free it.
 */
struct composed *sending_new(void);
void sending_free(struct composed *c);

#endif
