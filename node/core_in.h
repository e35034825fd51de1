/*
 * core_in: what the files of the core share: the core itself, and what an
 * event may have sent.  The stages of an event (gather, decide, apply) are in
 * a file of their own (do_*.c); what those stand on has headers of its own:
 *
 *   core.c      open, batch, commit (core.h)
 *   roster.c    who may connect, and whom to dial (core.h)
 *   outgoing.h  what leaves: frames, and answers under a checkpoint
 *   requests.h  from a client's frame to the handler of its request
 *   ledger.h    entries, checkpoints, links and receipts of the own log
 *   trustbase.h the directory and the persons, as the store has them
 *   proposal.h  a staff list that waits for its second person
 *   check.h     what must hold of every message, at submission and on receipt
 *   receive.h   how a checked message is written down
 *   matter.h    a thread as the store has it
 *   owed.h      the duties of a thread, and the dates that were missed
 *   onward.h    consents that a message carries, and the proof of their use
 *   lists.h     greetings, and the cards and lists of peers
 *   peers.h     what is known of peers, and what is asked of them
 *   facts.h     what is known of a message that a person wants to use
 *   release.h   a transfer that waits for the acceptance of its offer
 *   keep.h      how long content stays, and how it ends (keep*.c)
 *   files.h     the sealed files of messages
 *   room.h      whether those of a message would fit
 *   pull.h      blocks of a peer's messages (pull*.c)
 *   serve.h     blocks for a peer
 *   flow.h      how many of them are on their way out
 *   store.h     what is on the disk (store*.c)
 */
#ifndef NODE_CORE_IN_H
#define NODE_CORE_IN_H

#include "node/core.h"
#include "proto/hash.h"
#include "proto/note.h"
#include "proto/packet.h"
#include "proto/request.h"
#include "proto/tlog.h"
#include "proto/version.h"

#define CORE_EVENT_ARENA (8u << 20)     /* of one event */
#define CORE_BATCH_ARENA (128u << 20)   /* of all answers of a batch */
#define CORE_VERSION "valise " VALISE_VERSION

#define CLOCK_TOLERANCE 600             /* seconds */
#define PENDING_LIFE (3 * 86400)
#define UNCONFIRMED_LIFE (35 * 86400)
#define ALIVE_EVERY 600

/* Of the files above. */
struct ask;
struct checked;
struct directory;
struct files;
struct flow;
struct peer;
struct person;
struct reply;
struct store;
struct store_message;

/* The newest checkpoint of the own log. */
struct ledger_head {
    uint64_t size;
    uint8_t root[HASH_LEN];
    struct buf note;
};

struct core {
    struct core_opts o;
    struct store *store;
    struct node_keys *keys;
    struct directory *dir;
    struct person *persons;
    struct peer *peers;
    struct arena *batch;                /* of the batch that runs */
    struct times now;
    struct ledger_head head;            /* committed */
    uint64_t size;                      /* with what is not committed yet */
    int64_t last;                       /* time of the newest entry */
    int64_t last_alive;
    int64_t last_held;                  /* what is held was looked at */
    bool trusted;                       /* what the log says of the clock */
    char origin[LOG_NAME_MAX];
    char witness[LOG_NAME_MAX];
    bool roster_changed;
    bool trust_touched;                 /* by the batch that runs */
    bool erased;                        /* content, and it is still in the
                                         * write-ahead log */
    bool peer_told;                     /* a peer told its time: */
    int64_t peer_time;
    struct files *files;                /* of messages (files.h) */
    int64_t wake;                       /* ms: a batch is due then */
    unsigned turn;                      /* whose blocks go out first */
    struct flow *flow;                  /* of blocks to all peers (flow.h) */
    struct reply *replies, **last_reply;
    struct outgoing *out, **last_out;   /* made before the commit */
};

/* do_*.c --------------------------------------------------------------- */

/* One result of a DELIVER. */
struct result {
    enum err code;
    char path[FAULT_PATH_MAX + 1];
    char suggest[LINK_WHO_MAX + 1];
    uint64_t index;                     /* entry to prove, or STORE_NONE */
};

/*
 * do_deliver(c, p, from, d):
 * Items of a peer, each with its result.
 */
MUST_USE enum err do_deliver(struct core *c, struct peer *p,
    const struct link *from, const struct packet_deliver *d);

/*
 * do_answer(c, p, an):
 * What a peer answers to our DELIVER or BEAT: link, receipts, refusals.
 */
MUST_USE enum err do_answer(struct core *c, struct peer *p,
    const struct packet_answer *an);

/*
 * do_tick(c):
 * Timers: ends of life, lapses, ALIVE, trust in the clock.
 */
MUST_USE enum err do_tick(struct core *c);

/* core.c --------------------------------------------------------------- */

/*
 * core_again(c, at):
 * A batch is due at this time (ms, monotonic), if none comes before.
 */
void core_again(struct core *c, int64_t at);

/*
 * core_log(c, e, format, ...):
 * A line of the operator's log.
 */
void core_log(struct core *c, enum err e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
