#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/channel.h"
#include "keys/point.h"
#include "node/flow.h"
#include "node/monitor.h"
#include "node/transport_in.h"
#include "node/zap.h"
#include "proto/packet.h"
#include "proto/request.h"

#define QUEUE_FRAMES 4096               /* that wait for the core */
#define QUEUE_BYTES (64 * 1048576)
#define TICK_MS 500
#define KEPT_MS 10                      /* while officers' frames are kept */
#define TELL_MS 60000
#define LARGE 32768                     /* bytes that are not copied */

_Static_assert(PACKET_MAX == REQUEST_MAX, "one limit for both sockets");

void
transport_count(struct transport *t, enum transport_count which)
{
    (void)pthread_mutex_lock(&t->lock);
    t->counts[which].n++;
    (void)pthread_mutex_unlock(&t->lock);
}

uint64_t
transport_counted(struct transport *t, enum transport_count which)
{
    uint64_t n;

    (void)pthread_mutex_lock(&t->lock);
    n = t->counts[which].n;
    (void)pthread_mutex_unlock(&t->lock);
    return n;
}

/* The first of a cause at once, then at most once a minute. */
static void
tell_counts(struct transport *t, int64_t now)
{
    for (size_t i = 0; i < TRANSPORT_COUNT; i++) {
        struct count *c = &t->counts[i];
        uint64_t n = transport_counted(t, (enum transport_count)i);
        char text[128];

        if (n == c->told || (c->told > 0 && now - c->told_at < TELL_MS))
            continue;
        (void)snprintf(text, sizeof(text), "transport: %" PRIu64 " %s",
            n - c->told, c->text);
        c->told = n;
        c->told_at = now;
        t->o.log(t->o.log_arg, OK, text);
    }
}

static void
order_free(struct order *o)
{
    if (o->kind == ORDER_SEND)
        (void)zmq_msg_close(&o->msg);
    free(o->roster.rows);
    free(o);
}

/* Without memory for so little the process ends and is started again. */
static void
down(struct transport *t, const struct link *l)
{
    struct frame *f = frame_new(IN_DOWN, l->kind, l->who);

    assert(f != NULL);
    f->in.from = *l;
    queue_force(t->in, &f->node);
}

static void
dialled(void *arg, enum incoming_kind kind, const char *who)
{
    struct transport *t = arg;
    struct frame *f = frame_new(kind, LINK_PEER, who);

    assert(f != NULL);
    queue_force(t->in, &f->node);
}

static void
log_dial(void *arg, enum err e, const char *text)
{
    const struct transport *t = arg;

    t->o.log(t->o.log_arg, e, text);
}

/* Of ZAP. */
static const char *
user_of(void *arg, const char *domain, const uint8_t key[static KEY_LEN])
{
    struct transport *t = arg;
    const struct gate_key *k = NULL;

    if (strcmp(domain, CHANNEL_PEERS) == 0)
        k = gate_of_key(t->gate, LINK_PEER, key);
    else if (strcmp(domain, CHANNEL_OFFICERS) == 0)
        k = gate_of_key(t->gate, LINK_OFFICER, key);
    if (k == NULL) {
        transport_count(t, TRANSPORT_STRANGER);
        return NULL;
    }
    if (k->kind == LINK_PEER)
        dials_shown(t->dials, k->who);
    return k->user;
}

/* Whether the socket takes a frame now; asking lets libzmq notice what its
 * own thread has done meanwhile. */
static bool
takes(void *socket)
{
    int events = 0;
    size_t n = sizeof(events);

    return zmq_getsockopt(socket, ZMQ_EVENTS, &events, &n) == 0 &&
        (events & ZMQ_POLLOUT) != 0;
}

static bool
send_route(struct transport *t, struct order *o)
{
    struct server *s = o->to.kind == LINK_PEER ? &t->peers : &t->officers;

    if (s->socket == NULL || !gate_owns(t->gate, &o->to))
        return false;
    (void)takes(s->socket);
    if (zmq_send(s->socket, o->to.route, o->to.n_route,
            ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
        zmq_msg_send(&o->msg, s->socket, ZMQ_DONTWAIT) >= 0)
        return true;
    gate_forget(t->gate, &o->to);
    return false;
}

static void
send_frame(struct transport *t, struct order *o, int64_t now)
{
    struct dial *l;
    bool sent = false;

    if (o->to.n_route > 0) {
        sent = send_route(t, o);
    } else if ((l = dials_find(t->dials, o->to.who)) != NULL && l->up) {
        sent = takes(l->socket) &&
            zmq_msg_send(&o->msg, l->socket, ZMQ_DONTWAIT) >= 0;
        if (!sent) {
            /* Tells that it is down. */
            transport_count(t, TRANSPORT_UNSENT);
            dials_stuck(t->dials, l, now);
            return;
        }
    }
    if (!sent) {
        transport_count(t, TRANSPORT_UNSENT);
        down(t, &o->to);
    }
}

static void
apply(struct transport *t, const struct roster *r, int64_t now)
{
    enum err e = gate_apply(t->gate, r, now);

    if (e == OK)
        e = dials_apply(t->dials, r, now);
    /* Crash-only: half a roster is worse than a start. */
    assert(e == OK);
    t->judged = true;
}

/* Whether there are other sockets than before. */
static bool
follow_orders(struct transport *t, int64_t now)
{
    struct queue_node *n = queue_take(t->orders, SIZE_MAX);
    bool changed = false;

    while (n != NULL) {
        struct order *o = (struct order *)(void *)n;

        n = n->next;
        switch (o->kind) {
        case ORDER_SEND:
            send_frame(t, o, now);
            POINT("frame-sent");
            break;
        case ORDER_ROSTER:
            apply(t, &o->roster, now);
            changed = true;
            break;
        case ORDER_STOP:
            t->stop = true;
            break;
        }
        order_free(o);
    }
    return changed;
}

static void
read_monitor(struct transport *t, void *monitor)
{
    unsigned event;

    while (monitor_take(monitor, &event))
        transport_count(t, TRANSPORT_HANDSHAKE);
}

/* What is polled, in this order; then two for each that is dialled.  A
 * socket without a row has a descriptor of -1, which poll passes over. */
enum { AT_ORDERS, AT_DONE, AT_ZAP, AT_PEERS, AT_OFFICERS, AT_PEERS_MONITOR,
    AT_OFFICERS_MONITOR, AT_DIALS };

static zmq_pollitem_t
item(void *socket, bool wanted)
{
    return (zmq_pollitem_t){ wanted ? socket : NULL, -1,
        wanted && socket != NULL ? ZMQ_POLLIN : 0, 0 };
}

static size_t
poll_items(struct transport *t)
{
    size_t n;
    struct dial *all = dials_all(t->dials, &n);
    const size_t need = AT_DIALS + 2 * n;

    if (need > t->n_items) {
        zmq_pollitem_t *more = realloc(t->items, need * sizeof(*more));

        assert(more != NULL);
        t->items = more;
        t->n_items = need;
    }
    t->items[AT_ORDERS] = (zmq_pollitem_t){ NULL, queue_fd(t->orders),
        ZMQ_POLLIN, 0 };
    t->items[AT_DONE] = (zmq_pollitem_t){ NULL, queue_fd(t->done),
        ZMQ_POLLIN, 0 };
    t->items[AT_ZAP] = item(t->zap, t->judged);
    t->items[AT_PEERS] = item(t->peers.socket, t->peers.held == NULL);
    t->items[AT_OFFICERS] = item(t->officers.socket, true);
    t->items[AT_PEERS_MONITOR] = item(t->peers.monitor, true);
    t->items[AT_OFFICERS_MONITOR] = item(t->officers.monitor, true);
    for (size_t i = 0; i < n; i++) {
        t->items[AT_DIALS + 2 * i] = item(all[i].monitor, true);
        t->items[AT_DIALS + 2 * i + 1] = item(all[i].socket,
            transport_dial_ready(t, &all[i]));
    }
    return need;
}

static void
serve_dials(struct transport *t, int64_t now)
{
    size_t n;
    struct dial *all = dials_all(t->dials, &n);

    for (size_t i = 0; i < n; i++) {
        if (t->items[AT_DIALS + 2 * i].revents != 0)
            dials_monitor(t->dials, &all[i], now);
        if (t->items[AT_DIALS + 2 * i + 1].revents != 0)
            transport_read_dial(t, &all[i]);
    }
}

/* One turn.  Orders come first: whoever dials us after a roster was given
 * is judged by it.  What was polled no longer fits the sockets then.  The
 * frames that they answer were given back before them, and leave the account
 * before anything is read: what the asker sends next has its room. */
static void
turn(struct transport *t)
{
    size_t n = poll_items(t);
    int64_t now;

    if (zmq_poll(t->items, (int)n, t->kept != NULL ? KEPT_MS : TICK_MS) < 0) {
        assert(errno == EINTR);
        return;
    }
    now = channel_now();
    if (follow_orders(t, now))
        return;
    if (t->items[AT_ZAP].revents != 0)
        zap_serve(t->zap, user_of, t);
    transport_take_back(t);
    serve_dials(t, now);
    transport_held(t);
    if (t->items[AT_PEERS].revents != 0)
        transport_read_peers(t);
    if (t->items[AT_OFFICERS].revents != 0)
        transport_read_officers(t);
    if (t->items[AT_PEERS_MONITOR].revents != 0)
        read_monitor(t, t->peers.monitor);
    if (t->items[AT_OFFICERS_MONITOR].revents != 0)
        read_monitor(t, t->officers.monitor);
    transport_kept(t, now);
    dials_tick(t->dials, now);
    tell_counts(t, now);
}

static void *
run(void *arg)
{
    struct transport *t = arg;

    while (!t->stop)
        turn(t);
    return NULL;
}

static enum err
listen_on(struct transport *t, struct server *s, enum link_kind kind,
    const char *endpoint)
{
    const bool peers = kind == LINK_PEER;
    const struct channel_opts o = { t->zmq, endpoint, t->o.curve, NULL,
        peers ? CHANNEL_PEERS : CHANNEL_OFFICERS };
    enum err e;

    s->kind = kind;
    if (endpoint == NULL)
        return OK;
    if ((e = channel_listen(&o, &s->socket)) != OK)
        return e;
    return monitor_open(t->zmq, s->socket,
        peers ? "inproc://watch-peers" : "inproc://watch-officers",
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, &s->monitor);
}

static void
server_close(struct server *s)
{
    if (s->socket != NULL)
        (void)zmq_socket_monitor(s->socket, NULL, 0);
    channel_close(s->monitor);
    channel_close(s->socket);
    frame_free(s->held);
}

static enum err
open_parts(struct transport *t)
{
    const struct dial_opts o = { t->zmq, t->o.curve, dialled, log_dial, t };
    enum err e;

    if ((e = zap_open(t->zmq, &t->zap)) != OK ||
        (e = gate_new(&t->gate)) != OK || (e = dials_new(&o, &t->dials)) != OK)
        return e;
    if ((e = queue_new(QUEUE_FRAMES, QUEUE_BYTES, &t->in)) != OK ||
        (e = queue_new(SIZE_MAX, SIZE_MAX, &t->done)) != OK)
        return e;
    return queue_new(TRANSPORT_OUT_FRAMES, TRANSPORT_OUT_BYTES, &t->orders);
}

enum err
transport_open(const struct transport_opts *o, struct transport **out,
    const char **what)
{
    static const char *const texts[] = {
#define TRANSPORT_TEXT(name, text) text,
        TRANSPORT_COUNTS(TRANSPORT_TEXT)
#undef TRANSPORT_TEXT
    };
    struct transport *t = calloc(1, sizeof(*t));
    enum err e;

    *what = "transport";
    if (t == NULL)
        return ERR_NOMEM;
    t->o = *o;
    t->kept_end = &t->kept;
    for (size_t i = 0; i < TRANSPORT_COUNT; i++)
        t->counts[i].text = texts[i];
    if (pthread_mutex_init(&t->lock, NULL) != 0) {
        free(t);
        return ERR_NOMEM;
    }
    if ((e = channel_context(&t->zmq)) != OK || (e = open_parts(t)) != OK)
        goto out;
    *what = o->listen;
    if ((e = listen_on(t, &t->peers, LINK_PEER, o->listen)) != OK)
        goto out;
    *what = o->officers;
    if ((e = listen_on(t, &t->officers, LINK_OFFICER, o->officers)) != OK)
        goto out;
    *what = "transport";
    t->running = pthread_create(&t->thread, NULL, run, t) == 0;
    if (!t->running) {
        e = ERR_NOMEM;
        goto out;
    }
    *out = t;
    t = NULL;
out:
    transport_close(t);
    return e;
}

static void
free_frames(struct queue *q)
{
    struct queue_node *n = q != NULL ? queue_take(q, SIZE_MAX) : NULL;

    while (n != NULL) {
        struct frame *f = frame_of(n);

        n = n->next;
        frame_free(f);
    }
    queue_free(q);
}

static void
free_orders(struct queue *q)
{
    struct queue_node *n = q != NULL ? queue_take(q, SIZE_MAX) : NULL;

    while (n != NULL) {
        struct order *o = (struct order *)(void *)n;

        n = n->next;
        order_free(o);
    }
    queue_free(q);
}

static void
stop(struct transport *t)
{
    struct order *o = calloc(1, sizeof(*o));

    assert(o != NULL);
    o->kind = ORDER_STOP;
    queue_force(t->orders, &o->node);
    (void)pthread_join(t->thread, NULL);
}

void
transport_close(struct transport *t)
{
    if (t == NULL)
        return;
    if (t->running)
        stop(t);
    transport_done(t);
    server_close(&t->peers);
    server_close(&t->officers);
    dials_free(t->dials);
    for (struct queue_node *n = t->kept; n != NULL;) {
        struct frame *f = frame_of(n);

        n = n->next;
        frame_free(f);
    }
    free_frames(t->in);
    free_frames(t->done);
    free_orders(t->orders);
    channel_close(t->zap);
    channel_context_free(t->zmq);
    gate_free(t->gate);
    free(t->items);
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}

int
transport_fd(const struct transport *t)
{
    return queue_fd(t->in);
}

size_t
transport_take(struct transport *t, struct incoming *in, size_t max)
{
    size_t n = 0;

    assert(t->taken == NULL);
    t->taken = queue_take(t->in, max);
    for (struct queue_node *at = t->taken; at != NULL; at = at->next)
        in[n++] = frame_of(at)->in;
    return n;
}

void
transport_done(struct transport *t)
{
    while (t->taken != NULL) {
        struct queue_node *n = t->taken;

        t->taken = n->next;
        queue_force(t->done, n);
    }
}

/* The bytes of a message, and what they count in. */
struct taken {
    struct buf bytes;
    struct flow *flow;
};

/* In libzmq's thread, when it is done with them. */
static void
free_bytes(void *bytes, void *hint)
{
    struct taken *own = hint;

    (void)bytes;
    flow_back(own->flow);
    buf_clear(&own->bytes);
    free(own);
}

/* A message of these bytes, which are taken where that is worth it. */
static enum err
message_of(struct outgoing *out, zmq_msg_t *msg)
{
    struct buf *bytes = &out->bytes;
    struct taken *own;

    if (bytes->n < LARGE) {
        if (zmq_msg_init_size(msg, bytes->n) != 0)
            return ERR_NOMEM;
        if (bytes->n > 0)
            (void)memcpy(zmq_msg_data(msg), bytes->p, bytes->n);
        return OK;
    }
    if ((own = malloc(sizeof(*own))) == NULL)
        return ERR_NOMEM;
    *own = (struct taken){ *bytes, out->flow };
    if (zmq_msg_init_data(msg, bytes->p, bytes->n, free_bytes, own) != 0) {
        free(own);
        return ERR_NOMEM;
    }
    buf_init(bytes, bytes->max);
    out->flow = NULL;
    return OK;
}

/* An order to send out; *made is NULL where there is nothing to send. */
static enum err
order_send(struct transport *t, struct outgoing *out, struct order **made)
{
    const size_t n = out->bytes.n;

    struct order *o;

    *made = NULL;
    /* It would close the connection and take the next frame along. */
    if (n > PACKET_MAX) {
        t->o.log(t->o.log_arg, E_OVERSIZE, "transport: a frame is not sent");
        return OK;
    }
    if ((o = calloc(1, sizeof(*o))) == NULL)
        return ERR_NOMEM;
    if (message_of(out, &o->msg) != OK) {
        free(o);
        return ERR_NOMEM;
    }
    o->kind = ORDER_SEND;
    o->to = out->to;
    o->node.bytes = n;
    *made = o;
    return OK;
}

static enum err
order_roster(const struct roster *r, struct order **made)
{
    struct order *o = calloc(1, sizeof(*o));

    if (o == NULL)
        return ERR_NOMEM;
    o->kind = ORDER_ROSTER;
    o->roster.n = r->n;
    if (r->n > 0) {
        o->roster.rows = calloc(r->n, sizeof(*r->rows));
        if (o->roster.rows == NULL) {
            free(o);
            return ERR_NOMEM;
        }
        (void)memcpy(o->roster.rows, r->rows, r->n * sizeof(*r->rows));
    }
    *made = o;
    return OK;
}

enum err
transport_answer(struct transport *t, struct outgoing *list,
    const struct roster *r)
{
    struct queue_node *all = NULL, **end = &all, *left;
    struct order *o = NULL, *roster = NULL;
    enum err e = OK;

    for (; e == OK && list != NULL; list = list->next) {
        if ((e = order_send(t, list, &o)) == OK && o != NULL) {
            *end = &o->node;
            end = &o->node.next;
        }
    }
    if (e == OK && r != NULL)
        e = order_roster(r, &roster);
    left = queue_push_all(t->orders, all,
        roster != NULL ? &roster->node : NULL);
    while (left != NULL) {
        o = (struct order *)(void *)left;
        left = left->next;
        transport_count(t, TRANSPORT_CROWDED);
        order_free(o);
    }
    return e;
}

enum err
transport_send(struct transport *t, struct outgoing *list)
{
    return transport_answer(t, list, NULL);
}

enum err
transport_roster(struct transport *t, const struct roster *r)
{
    return transport_answer(t, NULL, r);
}
