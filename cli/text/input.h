/*
 * input: what a file, a pipe or a person at a terminal says.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/command/command.h"

#define INPUT_LINE_MAX 65536

/*
 * input_read(r, path, b):
 * Append all of a file, or of stdin for "-".  Reports its failures:
 * ERR_NOTFOUND, ERR_ACCESS, ERR_IO, E_OVERSIZE past the maximum of b.
 */
MUST_USE enum err input_read(struct run *r, const char *path, struct buf *b);

/*
 * input_asks(r):
 * Whether a person can be asked: stdin and stderr are terminals.
 */
bool input_asks(const struct run *r);

/*
 * input_line(r, prompt, b):
 * Ask on stderr and append one line without its end.  ERR_CANCELLED where
 * the input ends.
 */
MUST_USE enum err input_line(struct run *r, const char *prompt,
    struct buf *b);

/*
 * input_text(r, prompt, b):
 * The same for a text of several lines, which a line with a dot alone ends.
 * From a pipe it is all of the input.
 */
MUST_USE enum err input_text(struct run *r, const char *prompt,
    struct buf *b);

#endif
