/*
 * prompt: what only the person can say: a passphrase, or yes.
 *
 * A passphrase comes from the file that an option names, else from the
 * command in $VALISE_PASSPHRASE_COMMAND, else from the terminal, without
 * echo; never from argv, the environment or stdin.  The command is run by
 * /bin/sh with $VALISE_PASSPHRASE_FOR saying for whom ("o-114", "root"), and
 * prints one line.  A file holds one line and is readable by its owner only;
 * a pipe is fine.
 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli/command/command.h"

#define PROMPT_LEAST 12             /* characters of a new passphrase */

struct prompt {
    const char *option;             /* the option that names a file */
    const char *who;                /* whose it is: "o-114", "root" */
    bool fresh;                     /* it is made now: typed twice, and of
                                     * PROMPT_LEAST characters at least */
};

/*
 * prompt_typed(r, p):
 * Whether the terminal will be asked, so that asking again makes sense.
 */
bool prompt_typed(const struct run *r, const struct prompt *p);

/*
 * prompt_passphrase(r, p, out):
 * Append it to out, which the caller clears.  Reports its failures: those of
 * the file; ERR_FORMAT for more or less than one line; ERR_LOCKED where there
 * is no terminal; ERR_PASSPHRASE if it is empty, or typed differently;
 * E_FIELD_RANGE if a new one is too short.
 */
MUST_USE enum err prompt_passphrase(struct run *r, const struct prompt *p,
    struct buf *out);

/*
 * prompt_confirm(r, question):
 * OK with the option --yes, or if the terminal answers "yes".  Reports
 * ERR_CANCELLED for any other answer, ERR_USAGE where there is no terminal.
 */
MUST_USE enum err prompt_confirm(struct run *r, const char *question);

#endif
