/*
 * channel: the one place where a CURVE socket is made (ZeroMQ, CurveZMQ).
 *
 * Every socket has all limits before it binds or connects (FORMAT.md section
 * 11): at most CHANNEL_MAX bytes a frame, a bound for the frames that wait on
 * a connection, heartbeats, a short handshake, no lingering, and nothing is
 * queued for a connection that is not up.  Of CHANNEL_FLIGHT frames under way
 * in one direction none is lost while the connection is up.  A server has the
 * ZAP domain of its kind, and who answers ZAP decides by the CURVE key alone;
 * a frame's identity is the ZAP User-Id, never a routing id.
 *
 * Endpoints are tcp://HOST:PORT or ipc://PATH.  An ipc path is bound only
 * where no socket of a living process is, with its folder's permissions.  A
 * host name is looked up for IPv4; an IPv6 address stands in brackets.
 */
#ifndef KEYS_CHANNEL_H
#define KEYS_CHANNEL_H

#include "keys/secret.h"
#include "proto/trust.h"

#define CHANNEL_MAX (294912 + 33)       /* a frame, and what CURVE adds */
#define CHANNEL_FLIGHT 16
#define CHANNEL_ENDPOINT_MAX 200
#define CHANNEL_PEERS "peers"           /* ZAP domains */
#define CHANNEL_OFFICERS "officers"

struct channel_opts {
    void *zmq;                          /* context */
    const char *endpoint;
    const struct secret *curve;         /* own CURVE key, 32 bytes */
    const uint8_t *server;              /* its public key; NULL: this side
                                         * is the server */
    const char *domain;                 /* of a server: CHANNEL_PEERS or
                                         * CHANNEL_OFFICERS */
};

/*
 * channel_context(out), channel_context_free(zmq):
 * A ZeroMQ context with the limits of a process (MAX_SOCKETS).  ERR_NOMEM.
 */
MUST_USE enum err channel_context(void **out);
void channel_context_free(void *zmq);

/*
 * channel_now():
 * Milliseconds of a clock that is never set.
 */
int64_t channel_now(void);

/*
 * channel_listen(o, out):
 * A ROUTER socket bound to the endpoint.  ERR_INUSE where the port or socket
 * is in use, ERR_CONFIG for an endpoint that is none, ERR_ACCESS, ERR_IO.
 * The caller closes *out with channel_close.
 */
MUST_USE enum err channel_listen(const struct channel_opts *o, void **out);

/*
 * channel_dial(o, out), channel_dealer(o, out):
 * A DEALER socket that connects, and connects again by itself after 1 to 30
 * seconds.  The other one waits for channel_redial, so that a monitor can be
 * put to it before anything happens.  ERR_CONFIG, ERR_NOMEM.
 */
MUST_USE enum err channel_dial(const struct channel_opts *o, void **out);
MUST_USE enum err channel_dealer(const struct channel_opts *o, void **out);

/*
 * channel_redial(socket, endpoint):
 * Connect, or connect anew at once: the peer has shown up, so waiting is
 * over.  ERR_CONFIG, ERR_IO.
 */
MUST_USE enum err channel_redial(void *socket, const char *endpoint);

void channel_close(void *socket);

/*
 * channel_up(socket, zmq, ms):
 * For a client that has just dialled: wait until the connection is up, at
 * most ms milliseconds.  ERR_ACCESS as soon as the server does not let this
 * key in, ERR_UNREACHABLE, ERR_NOMEM, ERR_IO.
 */
MUST_USE enum err channel_up(void *socket, void *zmq, int ms);

/*
 * channel_ask(socket, request, ms, answer):
 * For a client: send one frame and wait for one, at most ms milliseconds.
 * ERR_UNREACHABLE when nobody answers in time; a socket that timed out is to
 * be closed.  answer is appended to.  E_OVERSIZE for a request above the
 * limit, or an answer above the maximum of answer; E_MALFORMED, ERR_IO.
 */
MUST_USE enum err channel_ask(void *socket, struct slice request, int ms,
    struct buf *answer);

/*
 * channel_put(socket, parts, n, ms), channel_take(socket, ms, answer):
 * For a client with several requests under way: send one frame of n parts,
 * which are copied once; wait for one frame and append it to answer.
 * ERR_UNREACHABLE where that is not possible within ms milliseconds, which is
 * no reason to close the socket; else as channel_ask.
 */
MUST_USE enum err channel_put(void *socket, const struct slice *parts,
    size_t n, int ms);
MUST_USE enum err channel_take(void *socket, int ms, struct buf *answer);

/*
 * channel_ask_again(o, socket, request, first, ms, answer):
 * channel_ask over *socket, which is dialled by o where it is NULL.  A
 * connection that brings no answer within `first` milliseconds is closed and
 * made anew for the same request, with a wait twice as long, until ms are
 * over: libzmq gives up by itself after a handshake that failed, and a frame
 * goes with the connection that broke under it.  So the request may come to
 * the node more than once.  After a failure *socket is NULL, so that what
 * comes late is never read.  As channel_ask, and ERR_ACCESS as soon as the
 * server does not let this key in.
 */
MUST_USE enum err channel_ask_again(const struct channel_opts *o,
    void **socket, struct slice request, int first, int ms,
    struct buf *answer);

/*
 * channel_endpoint_ok(text):
 * Whether text is an endpoint of the two forms, within its length.
 */
bool channel_endpoint_ok(const char *text);

/*
 * channel_dial_ok(text):
 * Whether it is one that can be dialled: the star that stands for every
 * address of this machine is nobody's.
 */
bool channel_dial_ok(const char *text);

/*
 * channel_peer_ok(text):
 * Whether it is one that another authority may name on its card: a socket of
 * this machine is not another's to choose.
 */
bool channel_peer_ok(const char *text);

/*
 * channel_card_ok(card, at):
 * Whether all endpoints of a card are such; *at gets the place of the first
 * that is not.
 */
bool channel_card_ok(const struct rec *card, size_t *at);

#endif
