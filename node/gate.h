/*
 * gate: which keys may come in, and how much of theirs at a time.
 *
 * One entry a CURVE key of the roster.  What libzmq keeps with a connection
 * (ZAP User-Id) is the key in hex, so that a key which left the roster has
 * no standing from that moment, although its connection may still be up.
 * Of each key at most GATE_FRAMES frames and GATE_BYTES bytes wait for the
 * core (always one frame), which are the blocks that a client or a peer has
 * under way, and what messages come beside them.
 * An officer's key also has a rate: GATE_RATE a second after GATE_BURST at
 * once; a block of a file costs little, and counts as one of
 * GATE_BULK_SHARE.
 *
 * The routes of a key are the routing ids of its newest connections: a frame
 * is sent to a route only if it is of that link's owner.
 */
#ifndef NODE_GATE_H
#define NODE_GATE_H

#include "node/core.h"

#define GATE_FRAMES CHANNEL_FLIGHT
#define GATE_BYTES (9 * 294912)
#define GATE_RATE 200
#define GATE_BURST 400
#define GATE_BULK_SHARE 20
#define GATE_ROUTES 32
#define GATE_ROUTE_LEN 5                /* an id that the ROUTER made up */
#define GATE_USER_LEN (2 * KEY_LEN)

struct gate_key {
    enum link_kind kind;
    char who[LINK_WHO_MAX + 1];
    char user[GATE_USER_LEN + 1];       /* the key in hex */
    size_t frames, bytes;               /* that wait */
    int64_t tokens;                     /* thousandths */
    int64_t filled;                     /* ms */
    size_t n_routes, oldest;
    uint8_t routes[GATE_ROUTES][GATE_ROUTE_LEN];
};

struct gate;

/*
 * gate_new(out), gate_free(g):
 * A gate without a key: it lets nobody in.
 */
MUST_USE enum err gate_new(struct gate **out);
void gate_free(struct gate *g);

/*
 * gate_apply(g, r, now):
 * Take the keys of the roster; those known already keep their state.  Keys
 * found before are not valid any more.  ERR_NOMEM, and nothing has changed.
 */
MUST_USE enum err gate_apply(struct gate *g, const struct roster *r,
    int64_t now);

/*
 * gate_find(g, kind, user), gate_of_key(g, kind, key):
 * The entry of a User-Id or of a key, or NULL.
 */
struct gate_key *gate_find(struct gate *g, enum link_kind kind,
    const char *user);
struct gate_key *gate_of_key(struct gate *g, enum link_kind kind,
    const uint8_t key[static KEY_LEN]);

/*
 * gate_room(k, bytes), gate_enter(k, bytes), gate_leave(k, bytes):
 * Whether one more frame of so many bytes may wait; count it; the core is
 * done with it.
 */
bool gate_room(const struct gate_key *k, size_t bytes);
void gate_enter(struct gate_key *k, size_t bytes);
void gate_leave(struct gate_key *k, size_t bytes);

/*
 * gate_rate(k, block, now):
 * Take a frame, which is a block or not, from what the rate allows; false if
 * that is too much now.
 */
MUST_USE bool gate_rate(struct gate_key *k, bool block, int64_t now);

/*
 * gate_route(k, route), gate_owns(g, l), gate_forget(g, l):
 * Note a route of the key; whether the route of l is one of who l says;
 * forget it.
 */
void gate_route(struct gate_key *k, const uint8_t route[GATE_ROUTE_LEN]);
bool gate_owns(struct gate *g, const struct link *l);
void gate_forget(struct gate *g, const struct link *l);

#endif
