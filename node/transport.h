/*
 * transport: every socket of the node, in a thread of its own.
 *
 *     ROUTER of the peers (where the node listens)
 *     DEALER to each peer that is dialled (dial.h)
 *     ROUTER of the officers
 *     ZAP, answered in the same loop (zap.h, gate.h)
 *
 * It knows bytes, not what they mean (but for the rate of officers, where a
 * block of a file counts less).  A frame has one part (behind the
 * routing id on a ROUTER) and an owner: the key that its connection was made
 * with, looked up anew for each frame; the routing id must be one that the
 * ROUTER made up.  Everything else is dropped and counted.  The core's thread
 * takes what came, and hands out what goes; it never waits for a socket and
 * no socket waits for it:
 *
 *   - of each key only so much waits for the core as gate.h says.  Reading
 *     from a peer's connection stops there, so that TCP slows it down; where
 *     it came in on the socket that peers share, that socket waits too, until
 *     the core has taken its batch.
 *   - officers' frames above their rate are kept back, each key's within the
 *     same bound; what comes beyond it is dropped.
 *   - what goes out is given to libzmq or not sent: IN_DOWN says so.
 *   - of what goes out only so much waits for this thread, more than a batch
 *     can bring; what is above is dropped and counted.
 *
 * What is dropped is logged as a number, at most once a minute and cause.
 * libzmq closes a connection that brings a frame above the limit; it does not
 * say why, so that these are not counted.
 */
#ifndef NODE_TRANSPORT_H
#define NODE_TRANSPORT_H

#include "node/core.h"
#include "proto/packet.h"

/* That wait to go out; in bytes, two batches of the largest frames. */
#define TRANSPORT_OUT_FRAMES 8192
#define TRANSPORT_OUT_BYTES (2u * CORE_BATCH * PACKET_MAX)

struct transport_opts {
    const struct secret *curve;         /* the node's CURVE key */
    const char *listen;                 /* for peers; NULL: dials only */
    const char *officers;               /* NULL: none */
    /* The operator's log; called from the transport's thread too. */
    void (*log)(void *arg, enum err e, const char *text);
    void *log_arg;
};

/* What was not let in, or not sent; X(name, text of the log). */
#define TRANSPORT_COUNTS(X) \
X(STRANGER, "connections of unknown keys refused") \
X(HANDSHAKE, "connections ended before their handshake") \
X(SHAPE, "frames of another form dropped") \
X(GONE, "frames of keys that are not in the directory any more dropped") \
X(FLOOD, "frames of officers above their rate dropped") \
X(UNSENT, "frames not sent since a connection is gone or full") \
X(CROWDED, "frames not sent since too much waits to go out")

enum transport_count {
#define TRANSPORT_ENUM(name, text) TRANSPORT_##name,
    TRANSPORT_COUNTS(TRANSPORT_ENUM)
#undef TRANSPORT_ENUM
    TRANSPORT_COUNT
};

struct transport;

/*
 * transport_open(o, out, what):
 * Bind the sockets and start the thread; nobody is let in or refused before
 * there is a roster.  curve must live as long.  On failure *what says which
 * endpoint: ERR_INUSE and the others of channel_listen; ERR_NOMEM, ERR_IO.
 */
MUST_USE enum err transport_open(const struct transport_opts *o,
    struct transport **out, const char **what);

/*
 * transport_close(t):
 * Stop the thread and close everything.  What still waits to go out is
 * handed to libzmq, which does not linger.  NULL is nothing.
 */
void transport_close(struct transport *t);

/*
 * transport_roster(t, r):
 * Whoever connects from now on is judged by this roster, and its peers are
 * dialled.  r is copied.  ERR_NOMEM.
 */
MUST_USE enum err transport_roster(struct transport *t,
    const struct roster *r);

/*
 * transport_fd(t), transport_take(t, in, max), transport_done(t):
 * Readable while something has come; take at most max of it, whose bytes are
 * good until transport_done, which must come before the next take.
 */
int transport_fd(const struct transport *t);
size_t transport_take(struct transport *t, struct incoming *in, size_t max);
void transport_done(struct transport *t);

/*
 * transport_send(t, list), transport_answer(t, list, r):
 * Send each; the bytes of large ones are taken, of others copied.
 * transport_answer gives a roster with them, NULL for
 * none: whoever has read an answer and connects then is judged by it, and
 * whom it leaves out has his answer still.  ERR_NOMEM, where the rest of the
 * list is not sent.
 */
MUST_USE enum err transport_send(struct transport *t, struct outgoing *list);
MUST_USE enum err transport_answer(struct transport *t,
    struct outgoing *list, const struct roster *r);

/*
 * transport_counted(t, which):
 * How many there were since the start.
 */
uint64_t transport_counted(struct transport *t, enum transport_count which);

#endif
