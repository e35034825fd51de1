#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/point.h"
#include "node/transport_in.h"
#include "proto/packet.h"
#include "proto/request.h"

#define AT_ONCE 32                      /* frames read from one socket */

struct frame *
frame_new(enum incoming_kind kind, enum link_kind link, const char *who)
{
    struct frame *f = calloc(1, sizeof(*f));

    if (f == NULL)
        return NULL;
    f->in.kind = kind;
    f->in.from.kind = link;
    (void)snprintf(f->in.from.who, sizeof(f->in.from.who), "%s", who);
    (void)zmq_msg_init(&f->msg);
    return f;
}

void
frame_free(struct frame *f)
{
    if (f == NULL)
        return;
    (void)zmq_msg_close(&f->msg);
    free(f);
}

struct frame *
frame_of(struct queue_node *n)
{
    return (struct frame *)(void *)n;
}

/* Read one part into msg and, where there are more, the rest into nothing;
 * *whole says whether it was the last.  False if there is none. */
static bool
last_part(void *socket, zmq_msg_t *msg, bool *whole)
{
    bool more;

    if (zmq_msg_recv(msg, socket, ZMQ_DONTWAIT) < 0)
        return false;
    *whole = !zmq_msg_more(msg);
    for (more = !*whole; more;) {
        zmq_msg_t rest;

        (void)zmq_msg_init(&rest);
        more = zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) >= 0 &&
            zmq_msg_more(&rest);
        (void)zmq_msg_close(&rest);
    }
    return true;
}

/* Pass a frame on to the core, if there is room for it. */
static bool
enter(struct transport *t, struct gate_key *k, struct frame *f)
{
    f->node.bytes = f->in.bytes.n + sizeof(*f);
    if (!gate_room(k, f->in.bytes.n) || !queue_push(t->in, &f->node))
        return false;
    gate_enter(k, f->in.bytes.n);
    POINT("frame-read");
    return true;
}

/* Read one frame of a listening socket: its routing id, and one part.  NULL
 * if there is none; *again if it was dropped. */
static struct frame *
read_server(struct transport *t, struct server *s, bool *again)
{
    struct frame *f = frame_new(IN_FRAME, s->kind, "");
    struct gate_key *k = NULL;
    const char *user;
    bool whole;
    zmq_msg_t id;

    (void)zmq_msg_init(&id);
    *again = false;
    if (f == NULL || zmq_msg_recv(&id, s->socket, ZMQ_DONTWAIT) < 0)
        goto drop;
    *again = true;
    if (!zmq_msg_more(&id) || !last_part(s->socket, &f->msg, &whole) ||
        !whole || zmq_msg_size(&id) != GATE_ROUTE_LEN ||
        *(const uint8_t *)zmq_msg_data(&id) != 0) {
        transport_count(t, TRANSPORT_SHAPE);
        goto drop;
    }
    user = zmq_msg_gets(&f->msg, "User-Id");
    if (user == NULL || (k = gate_find(t->gate, s->kind, user)) == NULL) {
        transport_count(t, TRANSPORT_GONE);
        goto drop;
    }
    gate_route(k, zmq_msg_data(&id));
    (void)memcpy(f->user, k->user, sizeof(f->user));
    (void)memcpy(f->in.from.who, k->who, sizeof(f->in.from.who));
    f->in.from.n_route = GATE_ROUTE_LEN;
    (void)memcpy(f->in.from.route, zmq_msg_data(&id), GATE_ROUTE_LEN);
    f->in.bytes = slice_of(zmq_msg_data(&f->msg), zmq_msg_size(&f->msg));
    (void)zmq_msg_close(&id);
    return f;
drop:
    (void)zmq_msg_close(&id);
    frame_free(f);
    return NULL;
}

void
transport_held(struct transport *t)
{
    struct server *s = &t->peers;
    struct gate_key *k;

    if (s->held == NULL)
        return;
    k = gate_find(t->gate, s->kind, s->held->user);
    if (k == NULL) {
        transport_count(t, TRANSPORT_GONE);
        frame_free(s->held);
        s->held = NULL;
    } else if (enter(t, k, s->held)) {
        s->held = NULL;
    }
}

void
transport_read_peers(struct transport *t)
{
    struct server *s = &t->peers;

    for (int i = 0; i < AT_ONCE && s->held == NULL; i++) {
        bool again;

        s->held = read_server(t, s, &again);
        if (s->held == NULL && !again)
            return;
        transport_held(t);
    }
}

static void
keep(struct transport *t, struct frame *f)
{
    f->node.next = NULL;
    *t->kept_end = &f->node;
    t->kept_end = &f->node.next;
}

/* Officers' frames are counted from here on, also while they are kept. */
void
transport_read_officers(struct transport *t)
{
    for (int i = 0; i < AT_ONCE; i++) {
        bool again;
        struct frame *f = read_server(t, &t->officers, &again);
        struct gate_key *k;

        if (f == NULL && !again)
            return;
        if (f == NULL)
            continue;
        k = gate_find(t->gate, LINK_OFFICER, f->user);
        if (!gate_room(k, f->in.bytes.n)) {
            transport_count(t, TRANSPORT_FLOOD);
            frame_free(f);
            continue;
        }
        gate_enter(k, f->in.bytes.n);
        f->node.bytes = f->in.bytes.n + sizeof(*f);
        keep(t, f);
    }
}

/* Pass on what officers' rates allow by now, each key's in order: `now` is
 * the same for all, so a key that has no token has none for the next. */
void
transport_kept(struct transport *t, int64_t now)
{
    struct queue_node *n = t->kept;

    t->kept = NULL;
    t->kept_end = &t->kept;
    while (n != NULL) {
        struct frame *f = frame_of(n);
        struct gate_key *k = gate_find(t->gate, LINK_OFFICER, f->user);

        n = n->next;
        if (k == NULL) {
            transport_count(t, TRANSPORT_GONE);
            frame_free(f);
            continue;
        }
        if (gate_rate(k, request_is_block(f->in.bytes), now) &&
            queue_push(t->in, &f->node))
            continue;
        keep(t, f);
    }
}

/* The largest that can come must fit. */
bool
transport_dial_ready(struct transport *t, const struct dial *l)
{
    const struct gate_key *k = gate_of_key(t->gate, LINK_PEER, l->row.key);

    return l->socket != NULL && k != NULL && gate_room(k, PACKET_MAX);
}

void
transport_read_dial(struct transport *t, struct dial *l)
{
    for (int i = 0; i < AT_ONCE && transport_dial_ready(t, l); i++) {
        struct gate_key *k = gate_of_key(t->gate, LINK_PEER, l->row.key);
        struct frame *f = frame_new(IN_FRAME, LINK_PEER, l->row.who);
        bool whole;

        if (f == NULL || !last_part(l->socket, &f->msg, &whole)) {
            frame_free(f);
            return;
        }
        if (!whole) {
            transport_count(t, TRANSPORT_SHAPE);
            frame_free(f);
            continue;
        }
        (void)memcpy(f->user, k->user, sizeof(f->user));
        f->in.bytes = slice_of(zmq_msg_data(&f->msg), zmq_msg_size(&f->msg));
        f->node.bytes = f->in.bytes.n + sizeof(*f);
        /* The key has its bound; the queue's is for all of them together,
         * and this one frame a peer may pass it. */
        gate_enter(k, f->in.bytes.n);
        queue_force(t->in, &f->node);
    }
}

void
transport_take_back(struct transport *t)
{
    struct queue_node *n = queue_take(t->done, SIZE_MAX);

    while (n != NULL) {
        struct frame *f = frame_of(n);
        struct gate_key *k = gate_find(t->gate, f->in.from.kind, f->user);

        n = n->next;
        if (k != NULL)
            gate_leave(k, f->in.bytes.n);
        frame_free(f);
    }
}
