/*
 * serve: blocks for a peer, of messages that were sent to it (FORMAT.md
 * section 7), and what it told of how far it is.
 *
 * Whether a message gives the right to its blocks is asked when they are
 * wanted and again when they go out; who has no right learns nothing.  What no
 * node asks for that keeps to the protocol is an alarm besides: what it was
 * never told of, a message or a stream that is none, a block beyond the end,
 * the same for ever.  What it may have been told of and is over is none.  Of a
 * peer at most PACKET_WANT_MAX wanted blocks wait, in memory.  They go out
 * after the commit, behind everything else, over the connection on which they
 * were asked for, if that is still up, and as the transport gets rid of what
 * went before (flow.h).
 */
#ifndef NODE_SERVE_H
#define NODE_SERVE_H

#include "node/core_in.h"

struct serve;

/*
 * serve_new(c), serve_free(x):
 * What is kept of one peer.
 */
struct serve *serve_new(struct core *c);
void serve_free(struct serve *x);

/*
 * serve_admits(p):
 * Whether one more WANT is in proportion to the blocks that the peer got; if
 * not, it counts as a frame like others.
 */
bool serve_admits(struct peer *p);

/*
 * serve_want(c, p, from, w), serve_stand(c, p, s):
 * Blocks are wanted: they are queued, or refused with a STAND.  The peer
 * tells how far it has come.
 */
MUST_USE enum err serve_want(struct core *c, struct peer *p,
    const struct link *from, const struct packet_want *w);
MUST_USE enum err serve_stand(struct core *c, struct peer *p,
    const struct packet_stand *s);

/*
 * serve_note(c):
 * Write down what was found damaged when it was to be sent.
 */
MUST_USE enum err serve_note(struct core *c);

/*
 * serve_pump(c):
 * Send what is wanted, within the limits of the peers; after the commit.
 */
void serve_pump(struct core *c);

/*
 * serve_told(p, n, which, now, have, code):
 * What the peer told of a stream of message n within this run of the node,
 * zeros if nothing; bytes a second that went to it of late.
 */
uint64_t serve_told(const struct peer *p, uint64_t n, unsigned which,
    int64_t now, uint64_t *have, uint16_t *code);

#endif
