/*
 * file_check: whether the files of a message are the ones of its list, for
 * its receipt (domain 4: digests_verified, digest_mismatch).
 *
 * All of them are decrypted and hashed; nothing is written.  What was not
 * checked is not claimed.
 */
#ifndef CLI_FILE_CHECK_H
#define CLI_FILE_CHECK_H

#include "cli/act/mail.h"

#define FILE_CHECK_FAILED 1000          /* doc_ids that a receipt has */

struct file_check {
    bool done;
    uint64_t held, failed;
    uint64_t number[FILE_CHECK_FAILED]; /* of files that do not hold, from 1 */
};

/*
 * file_check_run(r, s, mail, set, c):
 * Check the files of a message that was read, under the limits that govern it
 * (set); --purpose, or the one purpose that there is, opens it, which is
 * logged.  done stays false for a message without files or with their list
 * alone, and where they have not all arrived; that is E_BLOCKS_MISSING for an
 * EVIDENCE_TRANSFER, whose receipt is about nothing else.  With --wait it
 * waits for them.  A mismatch is told to the node.  Reports its failures.
 */
MUST_USE enum err file_check_run(struct run *r, struct session *s,
    const struct mail *mail, const struct rec *set, struct file_check *c);

/*
 * file_check_put(c, a, receipt):
 * What a receipt says of it.
 */
MUST_USE enum err file_check_put(const struct file_check *c, struct arena *a,
    struct rec *receipt);

#endif
