/*
 * outgoing: what leaves.  Frames are queued while a batch runs, answers are
 * made when it has its checkpoint; nothing is sent before the commit
 * (core.h), and outgoing_free is there.
 */
#ifndef NODE_OUTGOING_H
#define NODE_OUTGOING_H

#include "node/core_in.h"

struct reply {
    struct reply *next;
    struct link to;
    bool client;
    uint8_t req[PACKET_REQ_LEN];
    struct tlog_have have;
    /* To a peer. */
    char peer[LINK_WHO_MAX + 1];
    size_t n;
    struct result *results;
    uint64_t stored;
    /* To a client. */
    bool bare, answered;
    enum err code;
    char path[FAULT_PATH_MAX + 1];
    struct rec *result;
    uint64_t receipt;
    const char *prove;
};

/*
 * outgoing_send(c, to, packet):
 * Queue a frame that does not depend on the checkpoint.
 */
MUST_USE enum err outgoing_send(struct core *c, const struct link *to,
    const struct packet *packet);

/*
 * outgoing_give(c, to, bytes, flow):
 * Queue a frame that is made already, in a flow; its bytes are taken.
 */
MUST_USE enum err outgoing_give(struct core *c, const struct link *to,
    struct buf *bytes, struct flow *flow);

/*
 * outgoing_answer(c, to, req, result):
 * One of several answers of a client's request, without a checkpoint.
 */
MUST_USE enum err outgoing_answer(struct core *c, const struct link *to,
    const uint8_t req[static REQUEST_ID_LEN], const struct rec *result);

/*
 * outgoing_reply(c, to):
 * A reply that is made after the checkpoint; NULL without memory.
 */
struct reply *outgoing_reply(struct core *c, const struct link *to);

/*
 * outgoing_replies(c):
 * Make all of them, when the checkpoint is there.
 */
MUST_USE enum err outgoing_replies(struct core *c);

/*
 * outgoing_later(c, why):
 * The batch failed: whoever waits is told to come again.
 */
void outgoing_later(struct core *c, enum err why);

#endif
