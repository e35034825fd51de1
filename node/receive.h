/*
 * receive: how a checked message is written down, whichever way it came.
 */
#ifndef NODE_RECEIVE_H
#define NODE_RECEIVE_H

#include "node/core_in.h"

/*
 * receive_store(c, k, m, placed):
 * Store a message with its body and wraps.  The caller has set dir, state
 * and entry of *m; n and place are set here.
 */
MUST_USE enum err receive_store(struct core *c, const struct checked *k,
    struct store_message *m, bool placed);

/*
 * submit_placed(c, k, n, delay):
 * Message n of this side, which waited, takes its place and is queued; it
 * leaves after so many seconds at the earliest.
 */
MUST_USE enum err submit_placed(struct core *c, const struct checked *k,
    uint64_t n, int64_t delay);

#endif
