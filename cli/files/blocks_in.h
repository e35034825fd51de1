/*
 * What getting and putting of blocks share, for blocks*.c alone.
 */
#ifndef CLI_BLOCKS_IN_H
#define CLI_BLOCKS_IN_H

#include "cli/files/blocks.h"
#include "keys/lend.h"
#include "cli/trust/session_in.h"

#define BLOCKS_TAKE_MS 8000             /* without an answer: lost */
#define BLOCKS_ARENA 65536
#define BLOCKS_LEND_TRIES 3             /* then over the connection */

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
 * blocks_memory(s, m), blocks_memory_end(m):
 * Ask the node for memory, in place of what was there; where it is on another
 * machine, has none, or failed BLOCKS_LEND_TRIES times in a row, there is
 * none, and blocks go over the connection.  Give it up.
 */
void blocks_memory(struct session *s, struct session_memory *m);
void blocks_memory_end(struct session_memory *m);

/*
 * blocks_put_place(a, r, m, slot), blocks_send(s, type, r, req):
 * Write a place into the arguments r; send a request with these arguments.
 */
MUST_USE enum err blocks_put_place(struct arena *a, struct rec *r,
    const struct session_memory *m, uint64_t slot);
MUST_USE enum err blocks_send(struct session *s, enum request_type type,
    const struct rec *r, const uint8_t req[static REQUEST_ID_LEN]);

/*
 * blocks_take(s, answer, out):
 * The next answer, decoded from answer, which is emptied before.  The code of
 * it is in out->code and is one that exists.
 */
MUST_USE enum err blocks_take(struct session *s, struct buf *answer,
    struct answer *out);

#endif
