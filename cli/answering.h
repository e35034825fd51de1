/*
 * answering: a form that answers a message, in its thread.
 *
 * A thread that nobody of this side has acknowledged is acknowledged first,
 * in the same command: both messages are composed and checked before either
 * leaves.
 */
#ifndef CLI_ANSWERING_H
#define CLI_ANSWERING_H

#include "cli/mail.h"
#include "cli/sending.h"

struct answering_want {
    const char *id;                 /* of the message that is answered */
    const char *path;               /* of the form */
    /* The kinds that answer this message. */
    bool (*(*fits)(const struct mail *m))(const struct kind *kind);
    const char *hint;
    bool opens;                     /* --purpose: the request is opened, so
                                     * that its subjects are known */
};

/*
 * answering_run(r, w):
 * The whole command.  Reports its failures.
 */
MUST_USE enum err answering_run(struct run *r,
    const struct answering_want *w);

#endif
