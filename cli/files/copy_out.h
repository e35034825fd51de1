/*
 * copy_out: where a copy is written to: a file of the officer's own, 0600,
 * that is not there yet, or stdout.
 */
#ifndef CLI_COPY_OUT_H
#define CLI_COPY_OUT_H

#include "cli/files/copying.h"

/*
 * copy_out_check(r):
 * Before anything is logged: that the file of --out is not there, and that
 * stdout is no terminal's JSON.  Reports ERR_EXISTS.
 */
MUST_USE enum err copy_out_check(struct run *r);

/*
 * copy_out_write(x):
 * The page and the content to --out, or to stdout.  Reports its failures,
 * with the number of the copy that was logged all the same.
 */
MUST_USE enum err copy_out_write(struct copying *x);

#endif
