/*
 * flow: blocks that were given to the transport and are not written to a
 * connection yet, those to each peer and all together.
 *
 * A peer that asks and does not read leaves what it asked for with libzmq.
 * Nobody has more there than a quarter of what the others have left, so that
 * the more do so the less each has, one that reads still gets its turn, and
 * all together never have more than FLOW_MAX blocks, 32 MiB.
 *
 * The core takes for each frame; whoever frees the frame gives back, in any
 * thread.  A flow lives as long as its owner or a frame holds it.
 */
#ifndef NODE_FLOW_H
#define NODE_FLOW_H

#include <stdbool.h>

#define FLOW_MAX 128

struct flow;

/*
 * flow_new(all), flow_free(f):
 * Of a peer, a part of that of all, or for NULL that of all.  NULL without
 * memory.  Its owner does not need it any more; NULL is nothing.
 */
struct flow *flow_new(struct flow *all);
void flow_free(struct flow *f);

/*
 * flow_may(f):
 * Whether one more may be taken of the flow of a peer.
 */
bool flow_may(const struct flow *f);

/*
 * flow_take(f), flow_back(f), flow_count(f):
 * One frame more of the flow of a peer; one less, NULL is nothing; how many
 * there are.
 */
void flow_take(struct flow *f);
void flow_back(struct flow *f);
unsigned flow_count(const struct flow *f);

#endif
