/*
 * pending: messages of the own authority that wait for an approver.
 */
#ifndef CLI_PENDING_H
#define CLI_PENDING_H

#include "cli/act/mail.h"

/*
 * pending_list(r, s, all, n):
 * The messages that wait, none for who may not see messages.  Reports its
 * failures.
 */
MUST_USE enum err pending_list(struct run *r, struct session *s,
    struct mail **all, size_t *n);

/*
 * pending_find(r, s, id, out):
 * The one that waits and whose id begins so.  ERR_NOTFOUND, unreported,
 * where there is none; ERR_USAGE, reported, where there are several.
 */
MUST_USE enum err pending_find(struct run *r, struct session *s,
    const char *id, struct mail *out);

#endif
