/*
 * asked: how many authorities are asked in one case, which is what joins
 * threads for the officer: messages that open a thread of the same kind with
 * the same case_ref (A_FANOUT; Egmont Principles, no fishing).
 */
#ifndef CLI_ASKED_H
#define CLI_ASKED_H

#include "cli/act/mail.h"

/*
 * asked_count(m, sent, n):
 * The recipients of those of sent[0..n-1] that belong to the case of m, and
 * the one of m, each counted once.  0 where m names no case.
 */
size_t asked_count(const struct message *m, const struct mail *sent,
    size_t n);

/*
 * asked_of(s, d, m, out):
 * The same over all that the own node has sent; it is asked only where m
 * names a case.  The codes of mail_list.
 */
MUST_USE enum err asked_of(struct session *s, const struct domain *d,
    const struct message *m, size_t *out);

#endif
