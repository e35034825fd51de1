/*
 * downstream: to whom a message was passed on from here, and what that asks
 * of this side still.
 *
 * A RECALL with notify_downstream, a CONSENT_REVOKE that names those who had
 * it, and a CORRECTION with CORRECT_AND_TELL bind who passed the content on
 * to do the same there (V-069; FORMAT.md section 5).  The other threads are
 * known to him alone, so it is found among his messages and is no duty of a
 * thread.
 */
#ifndef CLI_DOWNSTREAM_H
#define CLI_DOWNSTREAM_H

#include "cli/act/mail.h"
#include "proto/duty.h"

#define DOWNSTREAM_MAX 64           /* as many as a result names */

struct downstream {
    const struct mail *transfer;    /* ONWARD_TRANSFER of this side */
    uint64_t status;                /* DOWNSTREAM_; 0: nobody was asked */
    struct slice cert;              /* id of its certificate, or empty */
};

/*
 * downstream_of(b, id, now, out):
 * The transfers that were made of the message of this id and left, with what
 * became of each there; returns how many.
 */
size_t downstream_of(const struct mail_boxes *b, struct slice id,
    int64_t now, struct downstream out[static DOWNSTREAM_MAX]);

/*
 * downstream_owed(b, by, what, out):
 * The transfers in whose threads a message of the other side still asks this
 * side to act, and the duty that it is; returns how many.
 */
size_t downstream_owed(const struct mail_boxes *b, const struct mail *by,
    enum duty_what *what, struct downstream out[static DOWNSTREAM_MAX]);

#endif
