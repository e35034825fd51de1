/*
 * The inside of the transport, for transport*.c alone.
 *
 * transport.c       the thread, what the core's thread calls, what goes out
 * transport_read.c  what comes in
 */
#ifndef NODE_TRANSPORT_IN_H
#define NODE_TRANSPORT_IN_H

#include <pthread.h>

#include <zmq.h>

#include "node/dial.h"
#include "node/gate.h"
#include "node/queue.h"
#include "node/transport.h"

/* Something that came in: belongs to this thread, is lent to the core. */
struct frame {
    struct queue_node node;             /* first */
    struct incoming in;
    char user[GATE_USER_LEN + 1];       /* whose bytes count */
    zmq_msg_t msg;
};

/* Something that the core's thread wants. */
enum order_kind { ORDER_SEND, ORDER_ROSTER, ORDER_STOP };
struct order {
    struct queue_node node;             /* first */
    enum order_kind kind;
    struct link to;
    zmq_msg_t msg;                      /* of ORDER_SEND */
    struct roster roster;               /* of ORDER_ROSTER */
};

/* A listening socket. */
struct server {
    enum link_kind kind;
    void *socket, *monitor;
    struct frame *held;                 /* for which there is no room yet */
};

struct count {
    const char *text;
    uint64_t n, told;
    int64_t told_at;
};

struct transport {
    struct transport_opts o;
    void *zmq, *zap;
    struct server peers, officers;
    struct dials *dials;
    struct gate *gate;
    struct queue *in;                   /* frames to the core */
    struct queue *done;                 /* frames that the core gives back */
    struct queue *orders;
    struct queue_node *taken;           /* of the core's thread */
    struct queue_node *kept;            /* of officers above their rate */
    struct queue_node **kept_end;
    zmq_pollitem_t *items;
    size_t n_items;
    bool judged;                        /* there is a roster */
    bool stop, running;
    pthread_t thread;
    pthread_mutex_t lock;               /* of the counts */
    struct count counts[TRANSPORT_COUNT];
};

/*
 * frame_new(kind, link, who), frame_free(f), frame_of(n):
 * Something that came in over a link of who; NULL without memory.  NULL is
 * nothing to frame_free.  The frame of a node in a queue.
 */
struct frame *frame_new(enum incoming_kind kind, enum link_kind link,
    const char *who);
void frame_free(struct frame *f);
struct frame *frame_of(struct queue_node *n);

/*
 * transport_count(t, which):
 * One more of these.
 */
void transport_count(struct transport *t, enum transport_count which);

/*
 * transport_read_peers(t), transport_read_officers(t),
 * transport_read_dial(t, l):
 * Read what waits on a socket, within the bounds of its keys.
 */
void transport_read_peers(struct transport *t);
void transport_read_officers(struct transport *t);
void transport_read_dial(struct transport *t, struct dial *l);

/*
 * transport_dial_ready(t, l):
 * Whether one more frame of this connection has room: what is not read stays
 * with TCP.
 */
bool transport_dial_ready(struct transport *t, const struct dial *l);

/*
 * transport_held(t), transport_kept(t, now):
 * Pass on the peer's frame for which there was no room; the officers' frames
 * that their rates allow by now.
 */
void transport_held(struct transport *t);
void transport_kept(struct transport *t, int64_t now);

/*
 * transport_take_back(t):
 * Frames that the core is done with make room for others.
 */
void transport_take_back(struct transport *t);

#endif
