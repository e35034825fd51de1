/*
 * pull: blocks of a peer's messages, as they are asked for and come (FORMAT.md
 * section 7).
 *
 * Of each peer one stream is pulled at a time: lists before files, then by
 * urgency, then in the order in which the messages came; what becomes more
 * urgent goes before.  At most PACKET_WANT_MAX blocks are under way.  What
 * comes is verified before it is written; blocks may come in any order within
 * PULL_AHEAD from the first one that is missing.
 *
 * What the store says (store_parcel.have) is synced, every 64 MiB and every ten
 * seconds, and can be read; what was written beyond it is looked for on the disk when the stream is begun, and behind each gap
 * that was filled, so that nothing that was verified is asked for again.  All
 * else here is in memory: connections, runs of the node and batches that did
 * not happen end what is under way.
 *
 * A disk without room, or that fails, is no failure of the batch: the stream
 * waits with its code, and is tried again.  So does one that would take more
 * than the room of the peer (core_limits.peer_room); what somebody has opened
 * takes nothing of that.
 */
#ifndef NODE_PULL_H
#define NODE_PULL_H

#include "node/core_in.h"
#include "node/store_parcel.h"

#define PULL_AHEAD STORE_PARCEL_AHEAD

struct pull;

/*
 * pull_new(), pull_free(x):
 * What is kept of one peer.
 */
struct pull *pull_new(void);
void pull_free(struct pull *x);

/*
 * pull_pump(c, p, to):
 * Choose what is pulled, if anything may have changed, and ask for blocks.
 */
MUST_USE enum err pull_pump(struct core *c, struct peer *p,
    const struct link *to);

/*
 * pull_awaits(p, b), pull_block(c, p, b):
 * Whether a block was asked for; take it.
 */
bool pull_awaits(const struct peer *p, const struct packet_block *b);
MUST_USE enum err pull_block(struct core *c, struct peer *p,
    const struct packet_block *b);

/*
 * pull_refused(c, p, s, yes):
 * The peer does not give what was asked for; *yes is false if s is not about
 * anything that was.
 */
MUST_USE enum err pull_refused(struct core *c, struct peer *p,
    const struct packet_stand *s, bool *yes);

/*
 * pull_stored(c, n):
 * Write STORED for message n of a peer, if all that it names is here and it
 * was not written before.
 */
MUST_USE enum err pull_stored(struct core *c, uint64_t n);

/*
 * pull_look(p), pull_down(p, dialled), pull_undo(p):
 * Messages came, or time has passed: choose anew.  A connection is gone, and
 * what was asked over it.  The batch did not happen.
 */
void pull_look(struct peer *p);
void pull_down(struct peer *p, bool dialled);
void pull_undo(struct peer *p);

/*
 * pull_count(c, p, now):
 * Make durable what has come, so that it can be read and its progress stays
 * what it was: every PULL_COUNT_MS while more comes, or now, as when the peer
 * is gone or the node ends.
 */
#define PULL_COUNT_MS 10000
MUST_USE enum err pull_count(struct core *c, struct peer *p, bool now);

/*
 * pull_anew(c, p):
 * Blocks that p had are not here any more, as its row says: it is begun anew.
 */
void pull_anew(struct core *c, const struct store_parcel *p);

/*
 * pull_promised(c):
 * Bytes that the streams which are pulled now bring in FILES_PROMISE seconds,
 * as fast as they have come of late.  What a peer has only named or begun, or
 * does not send, takes nobody's room.
 */
uint64_t pull_promised(const struct core *c);

/*
 * pull_progress(c, p, rate):
 * Blocks of a parcel that are here, synced or not, from the first on; bytes a
 * second of late.
 */
uint64_t pull_progress(const struct core *c, const struct store_parcel *p,
    uint64_t *rate);

#endif
