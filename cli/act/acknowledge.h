/*
 * acknowledge: an officer confirms a message (RECEIPT): who deals with it,
 * that its limits are accepted, whether it can be kept confidential.
 *
 * Answering a thread that nobody acknowledged acknowledges it first, in the
 * same command; so this is a module and not only a command.
 */
#ifndef CLI_ACKNOWLEDGE_H
#define CLI_ACKNOWLEDGE_H

#include "cli/act/submit.h"
#include "cli/files/file_check.h"

/* The options of every command that may acknowledge. */
#define ACKNOWLEDGE_OPTIONS \
    { "conf", N_("ANSWER"), N_("CAN_COMPLY or TO_FOLLOW, where " \
      "confidentiality is asked for") }, \
    { "due", N_("TIME"), N_("when the answer is due, for example +21d") }

/*
 * acknowledge_owed(t):
 * The opening message of the thread, if it came in and this side has not
 * acknowledged it; else NULL.
 */
const struct thread_message *acknowledge_owed(const struct thread *t);

/*
 * acknowledge_done(t, m):
 * Whether this side has acknowledged a message that came in.
 */
bool acknowledge_done(const struct thread *t,
    const struct thread_message *m);

/*
 * acknowledge_fill(r, o, mail, check, m):
 * Put into a receipt (m) for o->target what it says: when that was delivered
 * and read (by its row, mail), who deals with it, what is accepted, what a
 * check of its files has found, and --conf and --due of the command line.  Reports its failures as
 * acknowledge_make does.
 */
MUST_USE enum err acknowledge_fill(struct run *r,
    const struct compose_opts *o, const struct mail *mail,
    const struct file_check *check, struct message *m);

/*
 * acknowledge_make(r, s, t, mail, o, c):
 * Compose the receipt for a message that came in, with --conf and --due of
 * the command line; o is filled.  It joins the thread, and is not sent yet.
 * Reports its failures: E_FIELD_MISSING where confidentiality is asked for
 * and --conf is missing, or where the message was not read.
 */
MUST_USE enum err acknowledge_make(struct run *r, struct session *s,
    struct thread *t, const struct mail *mail, struct compose_opts *o,
    struct composed *c);

#endif
