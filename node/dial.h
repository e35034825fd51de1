/*
 * dial: the connections that this node makes to its peers.
 *
 * One DEALER a peer, so that one socket has one peer: who it is was settled
 * when its key was dialled.  A monitor beside it tells when the handshake has
 * succeeded and when the connection is gone.  libzmq connects again by
 * itself, after 1 to 30 seconds, where nobody answered or the connection
 * broke; where it ended against the protocol (the peer does not know our key
 * yet, or sent too much) libzmq gives up, and it is dialled anew here, with
 * the same waits.  When the peer shows up on our own listening socket waiting
 * is over.  A card may name several endpoints: where one is not up within
 * DIAL_TRY_MS the next is tried.
 *
 * Times are milliseconds of a steady clock.
 */
#ifndef NODE_DIAL_H
#define NODE_DIAL_H

#include "node/core.h"

#define DIAL_TRY_MS 15000
#define DIAL_AGAIN_MS 1000              /* between two tries out of turn */
#define DIAL_AGAIN_MAX_MS 30000

struct dial {
    struct roster_row row;
    void *socket, *monitor;             /* both or none */
    size_t endpoint;
    bool up;
    bool waiting;                       /* for libzmq's next try */
    bool wanted;                        /* try as soon as it waits */
    bool ended;                         /* libzmq may have given up */
    unsigned failures;                  /* one after the other */
    int64_t ended_at;
    int64_t tried;                      /* this endpoint, since */
    int64_t again;                      /* last try out of turn */
};

/* Tells that a connection is up or down. */
typedef void dial_event(void *arg, enum incoming_kind kind, const char *who);

struct dial_opts {
    void *zmq;
    const struct secret *curve;
    dial_event *event;
    void (*log)(void *arg, enum err e, const char *text);
    void *arg;                          /* of both */
};

struct dials;

/*
 * dials_new(o, out), dials_free(d):
 * Nobody is dialled.  dials_free closes all and tells nothing.
 */
MUST_USE enum err dials_new(const struct dial_opts *o, struct dials **out);
void dials_free(struct dials *d);

/*
 * dials_apply(d, r, now):
 * Dial the peers of the roster that are not dialled, close the connections
 * to those that are not in it any more or changed.  ERR_NOMEM, and nothing
 * has changed.
 */
MUST_USE enum err dials_apply(struct dials *d, const struct roster *r,
    int64_t now);

/*
 * dials_all(d, n), dials_find(d, who):
 * All, to be polled; the one to a peer, or NULL.
 */
struct dial *dials_all(struct dials *d, size_t *n);
struct dial *dials_find(struct dials *d, const char *who);

/*
 * dials_monitor(d, l, now):
 * Read what the monitor of l has to tell.
 */
void dials_monitor(struct dials *d, struct dial *l, int64_t now);

/*
 * dials_shown(d, who):
 * The peer has connected to us.
 */
void dials_shown(struct dials *d, const char *who);

/*
 * dials_stuck(d, l, now):
 * The connection took no frame: it is down, and made anew.
 */
void dials_stuck(struct dials *d, struct dial *l, int64_t now);

/*
 * dials_tick(d, now):
 * Tries out of turn and next endpoints; at least once a second.
 */
void dials_tick(struct dials *d, int64_t now);

#endif
