/*
 * core: everything that a node decides, stores and answers, without a socket.
 *
 * The core is given what came in, a batch at a time, with two times; it
 * decides each event (gather, decide, apply: one file an event, do_*.c),
 * commits all of them at once under one signed checkpoint, and only then
 * makes what goes out.  Nothing leaves before the commit.  The same core runs
 * under the daemon, in tests of two nodes in one process, and in the bench.
 *
 * One thread calls it.  Frames are not trusted; identities (who a link
 * belongs to) are, since CURVE and the roster below stand behind them.
 */
#ifndef NODE_CORE_H
#define NODE_CORE_H

#include "keys/channel.h"
#include "keys/lend.h"
#include "keys/node_keys.h"
#include "proto/kinds.h"

#define CORE_BATCH 256                  /* events decided in one commit */
#define CORE_TICK_MS 1000               /* IN_TICK comes this often */
#define LINK_WHO_MAX 64
#define LINK_ROUTE_MAX 64

enum link_kind { LINK_PEER = 1, LINK_OFFICER = 2 };

/*
 * Where a frame came from or goes to.  who: the authority of a peer, or the
 * CURVE key of a person in hex; both are what the roster says of the key that
 * the connection was made with.
 * route: the routing id on the listening socket; n_route 0: the connection
 * that this node dialled.
 */
struct link {
    enum link_kind kind;
    char who[LINK_WHO_MAX + 1];
    size_t n_route;
    uint8_t route[LINK_ROUTE_MAX];
};

/*
 * IN_FRAME   bytes came over a link
 * IN_UP      a dialled connection is up (its handshake succeeded)
 * IN_DOWN    a link is gone: a dialled connection, or a route that took no
 *            frame
 * IN_TICK    time has passed
 */
enum incoming_kind { IN_FRAME = 1, IN_UP, IN_DOWN, IN_TICK };

struct incoming {
    enum incoming_kind kind;
    struct link from;                   /* not of IN_TICK */
    struct slice bytes;                 /* of IN_FRAME; borrowed */
};

struct flow;

struct outgoing {
    struct outgoing *next;
    struct link to;
    struct buf bytes;
    struct flow *flow;                  /* that the bytes count in (flow.h), or
                                         * NULL; goes with them */
};

/* Who may connect, and whom to dial; given to the transport when it changes.
 * One row a key: a peer may have two (now and next). */
struct roster_row {
    enum link_kind kind;
    char who[LINK_WHO_MAX + 1];
    uint8_t key[KEY_LEN];
    bool dial;                          /* a peer, under its first key */
    size_t n_endpoints;
    char endpoints[4][CHANNEL_ENDPOINT_MAX + 1];
};
struct roster {
    size_t n;
    struct roster_row *rows;
};

/* The two times of an event; equal where the clock is trusted. */
struct times {
    int64_t lo, hi;                     /* seconds UTC, lo <= hi */
    int64_t wall;                       /* as the machine says */
    int64_t mono;                       /* milliseconds; never set back */
    bool trusted;
};

struct core_limits {
    uint32_t rate;                      /* messages a second and peer */
    uint32_t burst;
    uint64_t store_max;                 /* bytes of the database; 0: none */
    uint32_t beat;                      /* seconds without a request */
    uint32_t send_delay;                /* seconds in which it can be
                                         * cancelled */
    uint64_t reserve;                   /* bytes of the disk that files leave
                                         * to log and receipts */
    uint64_t bandwidth;                 /* bytes of blocks a second and peer,
                                         * each way; 0: none */
    uint64_t officer_room;              /* bytes of files of one officer that
                                         * have not arrived; 0: none */
    uint64_t peer_room;                 /* bytes of files of one peer that
                                         * nobody has opened; 0: none */
};

struct core_opts {
    const char *folder;                 /* of the node; see config.h */
    const struct domain *domain;
    struct core_limits limits;
    /* Endpoint of a peer that goes before the one on its card; NULL: none. */
    const char *(*override)(void *arg, struct slice authority);
    void *override_arg;
    /* Its bandwidth; false: the one of the limits.  NULL: always that. */
    bool (*bandwidth)(void *arg, struct slice authority, uint64_t *bytes);
    /* Its room, likewise. */
    bool (*room)(void *arg, struct slice authority, uint64_t *bytes);
    struct lends *lends;                /* memory for blocks; NULL: none */
    /* The operator's log: code, text without content. */
    void (*log)(void *arg, enum err e, const char *text);
    void *log_arg;
};

struct core;

/*
 * core_open(o, t, out, what):
 * Open the node in its folder: node.key, the store (node.db), and at the
 * first start what `valise node install` has put there (install/card,
 * install/keeper.request), which it verifies and makes the first entries of
 * the log.  ERR_NOT_INIT if nothing was installed, ERR_TRUST if the card is
 * not for these keys, or what the store says.  *what names the file at fault.
 */
MUST_USE enum err core_open(const struct core_opts *o, const struct times *t,
    struct core **out, const char **what);

/*
 * core_close(c, t):
 * Write NODE_STOPPED and close.  NULL is nothing.
 */
void core_close(struct core *c, const struct times *t);

/*
 * core_batch(c, in, n, t, out):
 * Take n events (at most CORE_BATCH, or none when one is due), commit, and
 * give what goes out as a list that the caller frees.  A failure is that of
 * the disk: nothing of the batch happened, and nothing goes out but
 * E_STORE_FULL to those who wait; ERR_IO means that the core must be opened
 * again.
 */
MUST_USE enum err core_batch(struct core *c, const struct incoming *in,
    size_t n, const struct times *t, struct outgoing **out);
void outgoing_free(struct outgoing *list);

/*
 * core_due(c):
 * When the core has something to do without an event, in ms of the monotonic
 * clock: a batch of none is due then.  INT64_MAX if nothing.
 */
int64_t core_due(const struct core *c);

/*
 * core_roster(c, out):
 * The roster, if it has changed since it was asked for last, which the first
 * time it has; false otherwise.  The caller frees it.
 */
bool core_roster(struct core *c, struct roster **out);
void roster_free(struct roster *r);

/*
 * core_last(c), core_keys(c), core_self(c):
 * Time of the newest entry, for the clock; the node's keys and name.
 */
int64_t core_last(const struct core *c);
const struct node_keys *core_keys(const struct core *c);
struct slice core_self(const struct core *c);

/*
 * core_peer_time(c, wall):
 * The newest time that a peer told within the last batch, for the clock;
 * false if none did.
 */
bool core_peer_time(struct core *c, int64_t *wall);

#endif
