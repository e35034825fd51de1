/*
 * The inside of doing, for doing.c and doing_about.c alone.
 */
#ifndef CLI_DOING_IN_H
#define CLI_DOING_IN_H

#include "cli/act/acts.h"
#include "cli/act/acknowledge.h"
#include "cli/act/consent_source.h"
#include "cli/files/custody.h"
#include "cli/act/doing.h"
#include "cli/act/downstream.h"
#include "cli/form/draft_store.h"
#include "cli/files/file_check.h"
#include "cli/act/opening.h"
#include "cli/files/sent_on.h"

struct doing {
    struct run *r;
    const struct doing_want *w;
    const struct acts_row *act;
    struct session *s;
    struct mail mail;               /* the message that was meant */
    struct mail about;              /* the one that the act is about */
    struct thread *t;               /* NULL: the act opens one */
    struct thread_state state;
    struct compose_opts o;
    struct opened request;          /* where --purpose was given */
    bool is_open;
    struct consent_source *source;  /* whose content the act is about */
    struct downstream passed[DOWNSTREAM_MAX];   /* made of what it ends */
    size_t n_passed;
    struct custody_of custody;      /* of the files that are sent on */
    union item *chain;              /* that, for the form */
    size_t n_chain;
    struct sent_on sent_on;         /* what binds them, and which they are */
    struct composed *receipt;       /* goes before; or NULL */
    struct compose_opts receipt_opts;
    char to[MAIL_WHO_MAX + 1];
    char draft[DRAFT_ID_LEN + 1];   /* that the interview kept; or "" */
    struct file_check check;        /* of the files that a receipt is about */
    struct attached *files;         /* that go with it; NULL: not known yet */
    struct buf text;
};

/*
 * doing_find(x):
 * What the act of x->w is about: the thread of the message that was named,
 * the message in it that the act can be about, and what must be known or
 * open of it; for an act that opens a thread, to whom it goes.  Fills x up to
 * n_passed, the receipt and to.  Reports its failures: a message that the act
 * cannot be about, an answer that waits already, a consent that is not there
 * or ended.
 */
MUST_USE enum err doing_find(struct doing *x);

#endif
