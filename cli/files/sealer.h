/*
 * sealer: the files of a message and their list, sealed by all cores in
 * constant memory, from plain bytes in order to sealed blocks in order.
 *
 *     producer (a thread)  writes plain bytes of either stream into slots
 *     workers (threads)    seal a slot in place and hash it (keys/parcel.h)
 *     the caller           takes the blocks in the order in which the slots
 *                          were filled, adds them to the tree of their
 *                          stream, and hands them to the sink
 *
 * Plain bytes are read to where they are sealed and sent from, so nothing is
 * copied.  SEALER_SLOTS blocks are in memory, however much is sealed.
 */
#ifndef CLI_SEALER_H
#define CLI_SEALER_H

#include "keys/parcel.h"

#define SEALER_SLOTS 24
#define SEALER_WORKERS_MAX 8

struct sealer;

/*
 * What the callbacks are.  produce runs in a thread of its own and writes
 * with sealer_room, sealer_filled and sealer_write; when it returns OK both
 * streams are padded and ended.  sink gets each block in the thread of the
 * caller; its bytes stay until the sink, or somebody in the same thread, gives
 * owner to sealer_release, so that a few can wait for an answer; at most
 * SEALER_SLOTS - 8 may be kept at once.
 */
struct sealer_ways {
    enum err (*produce)(void *arg, struct sealer *x);
    enum err (*sink)(void *arg, enum parcel_which which, struct slice block,
        void *owner);
    void *arg;
};

/* What a stream has become. */
struct sealed {
    uint8_t root[HASH_LEN];
    uint64_t length;
};

/*
 * sealer_new(keys, out), sealer_free(x):
 * keys are those of each stream, borrowed; each is used for this one alone.
 */
MUST_USE enum err sealer_new(const struct parcel_keys keys[PARCEL_WHICH],
    struct sealer **out);
void sealer_free(struct sealer *x);

/*
 * sealer_run(x, ways, out):
 * Seal, once for a sealer.  The first code that either callback has returned;
 * E_OVERSIZE beyond PARCEL_LENGTH_MAX.
 */
MUST_USE enum err sealer_run(struct sealer *x, const struct sealer_ways *ways,
    struct sealed out[PARCEL_WHICH]);

/*
 * sealer_room(x, which, n), sealer_filled(x, which, n):
 * For the producer: where the next bytes of a stream go, *n at most and never
 * 0; how many of them were written.  NULL: it was stopped, and ERR_CANCELLED
 * is to be returned.
 */
uint8_t *sealer_room(struct sealer *x, enum parcel_which which, size_t *n);
void sealer_filled(struct sealer *x, enum parcel_which which, size_t n);

/*
 * sealer_write(x, which, s):
 * The same with a copy.
 */
MUST_USE enum err sealer_write(struct sealer *x, enum parcel_which which,
    struct slice s);

/*
 * sealer_release(owner):
 * A block is no longer needed.
 */
void sealer_release(void *owner);

/*
 * sealer_length(n):
 * Sealed bytes of n plain ones, with padding; 0 if that is too much.
 */
uint64_t sealer_length(uint64_t n);

#endif
