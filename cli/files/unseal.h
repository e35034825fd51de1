/*
 * unseal: sealed blocks in, plain bytes out in their order, on all cores.
 *
 *     whoever calls -> UNSEAL_WINDOW places -> workers decrypt -> one worker
 *     at a time hands on, in order, what is ready
 *
 * Memory is that of the places, whatever the length.  Blocks may come in any
 * order within the window.  Nothing is handed on that was not authentic.  A
 * block that does not open ends it: all before it is handed on, as far as it
 * comes, and nothing after it.
 */
#ifndef CLI_UNSEAL_H
#define CLI_UNSEAL_H

#include "keys/parcel.h"

#define UNSEAL_WINDOW 48                /* blocks at once: 12 MiB */
#define UNSEAL_WORKERS_MAX 8

/*
 * unseal_sink(arg, offset, plain):
 * The plain bytes from offset on.  Called by a thread of the engine, never by
 * two at once; what it returns other than OK ends all.
 */
typedef enum err (*unseal_sink)(void *arg, uint64_t offset,
    struct slice plain);

struct unseal_opts {
    const struct secret *payload;       /* key of the stream */
    uint64_t length;                    /* of its sealed bytes */
    uint64_t from, to;                  /* plain bytes that are handed on */
    unseal_sink sink;
    void *arg;
    unsigned workers;                   /* 0: as many as there are cores */
};

struct unseal;

/*
 * unseal_new(o, out):
 * Start the workers.  The first block to come is the one that holds from.
 */
MUST_USE enum err unseal_new(const struct unseal_opts *o,
    struct unseal **out);

/*
 * unseal_put(u, i, block):
 * Take a copy of block i; waits for a place.  E_BLOCK_INDEX for one that is
 * done or too far ahead, else why it has ended.
 */
MUST_USE enum err unseal_put(struct unseal *u, uint64_t i,
    struct slice block);

/*
 * unseal_end(u, at):
 * Wait until all that was put is handed on, and free everything.  *at (may be
 * NULL) is the offset up to which it was.  The code of the first failure.
 */
MUST_USE enum err unseal_end(struct unseal *u, uint64_t *at);

#endif
