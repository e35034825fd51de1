/*
 * What getting and putting of blocks share, for blocks*.c alone.
 */
#ifndef CLI_BLOCKS_IN_H
#define CLI_BLOCKS_IN_H

#include "cli/blocks.h"
#include "cli/session_in.h"

#define BLOCKS_TAKE_MS 8000             /* without an answer: lost */

/* Waits that grow while nothing goes ahead. */
struct blocks_patience {
    unsigned tries;
};

/*
 * blocks_again(s, p, e):
 * Close the connection and wait, where e is a reason to ask again and there
 * were not too many; OK then, else e.
 */
MUST_USE enum err blocks_again(struct session *s, struct blocks_patience *p,
    enum err e);

/*
 * blocks_take(s, answer, out):
 * The next answer, decoded from answer, which is emptied before.  The code of
 * it is in out->code and is one that exists.
 */
MUST_USE enum err blocks_take(struct session *s, struct buf *answer,
    struct answer *out);

#endif
