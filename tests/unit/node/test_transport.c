#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>
#include <zmq.h>

#include "keys/channel.h"
#include "keys/hpke.h"
#include "keys/process.h"
#include "node/flow.h"
#include "node/gate.h"
#include "node/transport.h"
#include "proto/packet.h"

#define WAIT_MS 60000
#define BATCH 256

/* A node whose core is the test. */
struct node {
    const char *who;
    uint8_t raw[KEY_LEN], public[KEY_LEN];
    struct secret *key;
    char listen[64], officers[64];
    struct transport *t;
};

/* What came last, copied. */
struct got {
    enum incoming_kind kind;
    struct link from;
    size_t n;
    uint8_t bytes[64];
};

static struct node a = { .who = "QA-FIU" }, b = { .who = "QB-FIU" },
    x = { .who = "QX-FIU" };
static struct node *const nodes[] = { &a, &b, &x };
static void *zmq, *raw;
static struct got got;

/* A port that nobody has, from below those that the kernel gives to outgoing
 * connections: one of these would be taken again before it is bound. */
static void
pick_port(char *out, size_t n)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd, rc;

    do {
        at.sin_port = htons((uint16_t)(10000 + randombytes_uniform(22000)));
        fd = socket(AF_INET, SOCK_STREAM, 0);
        cr_assert_geq(fd, 0);
        rc = bind(fd, (struct sockaddr *)&at, sizeof(at));
        (void)close(fd);
    } while (rc != 0);
    (void)snprintf(out, n, "tcp://127.0.0.1:%u", ntohs(at.sin_port));
}

static void
set_up(void)
{
    cr_assert_eq(process_start(), OK);
    for (size_t i = 0; i < 3; i++) {
        struct node *n = nodes[i];

        randombytes_buf(n->raw, sizeof(n->raw));
        cr_assert_eq(secret_from(SLICE(n->raw), &n->key), OK);
        hpke_public(n->key, n->public);
        pick_port(n->listen, sizeof(n->listen));
        pick_port(n->officers, sizeof(n->officers));
    }
    cr_assert_eq(channel_context(&zmq), OK);
}

static void
tear_down(void)
{
    channel_close(raw);
    channel_context_free(zmq);
    for (size_t i = 0; i < 3; i++) {
        transport_close(nodes[i]->t);
        secret_free(nodes[i]->key);
    }
    cr_assert_eq(secret_live(), 0);
}

TestSuite(transport, .init = set_up, .fini = tear_down);

static void
no_log(void *arg, enum err e, const char *text)
{
    (void)arg;
    (void)e;
    (void)text;
}

static void
start(struct node *n, bool listen, bool officers)
{
    const struct transport_opts o = { n->key, listen ? n->listen : NULL,
        officers ? n->officers : NULL, no_log, NULL };
    const char *what;

    cr_assert_eq(transport_open(&o, &n->t, &what), OK);
}

/* n knows these peers, and dials those that are dialled. */
static void
know(struct node *n, const struct node *first, bool dial_first,
    const struct node *second, bool dial_second)
{
    struct roster_row rows[2];
    struct roster r = { 0, rows };
    const struct node *peers[] = { first, second };
    const bool dial[] = { dial_first, dial_second };

    for (size_t i = 0; i < 2; i++) {
        struct roster_row *row = &rows[r.n];

        if (peers[i] == NULL)
            continue;
        *row = (struct roster_row){ .kind = LINK_PEER, .dial = dial[i],
            .n_endpoints = 1 };
        (void)snprintf(row->who, sizeof(row->who), "%s", peers[i]->who);
        (void)memcpy(row->key, peers[i]->public, KEY_LEN);
        (void)snprintf(row->endpoints[0], sizeof(row->endpoints[0]), "%s",
            peers[i]->listen);
        r.n++;
    }
    cr_assert_eq(transport_roster(n->t, &r), OK);
}

/* The next thing that comes, within ms. */
static bool
next(struct node *n, int ms)
{
    struct pollfd p = { transport_fd(n->t), POLLIN, 0 };
    struct incoming in;

    if (poll(&p, 1, ms) != 1 || transport_take(n->t, &in, 1) != 1)
        return false;
    got = (struct got){ in.kind, in.from, in.bytes.n, { 0 } };
    if (in.bytes.n > 0)
        (void)memcpy(got.bytes, in.bytes.p,
            in.bytes.n < sizeof(got.bytes) ? in.bytes.n : sizeof(got.bytes));
    transport_done(n->t);
    return true;
}

/* Wait for something of the kind; what else comes is passed over. */
static void
expect(struct node *n, enum incoming_kind kind, const char *who)
{
    int64_t until = channel_now() + WAIT_MS, left;

    while ((left = until - channel_now()) > 0 && next(n, (int)left)) {
        if (got.kind == kind) {
            cr_assert_str_eq(got.from.who, who);
            return;
        }
    }
    cr_assert(false, "%s waited for %d from %s", n->who, (int)kind, who);
}

static void
expect_text(struct node *n, const char *who, const char *text)
{
    expect(n, IN_FRAME, who);
    cr_assert_eq(got.n, strlen(text));
    cr_assert_eq(memcmp(got.bytes, text, got.n), 0, "instead of %s", text);
}

static void
send_text(struct node *n, const struct link *to, const char *text)
{
    struct outgoing out = { .to = *to };

    buf_init(&out.bytes, 1024);
    buf_put_str(&out.bytes, text);
    cr_assert_eq(transport_send(n->t, &out), OK);
    buf_clear(&out.bytes);
}

static struct link
dialled(const struct node *to)
{
    struct link l = { .kind = LINK_PEER };

    (void)snprintf(l.who, sizeof(l.who), "%s", to->who);
    return l;
}

static void
expect_count(struct node *n, enum transport_count which, uint64_t wanted)
{
    int64_t until = channel_now() + WAIT_MS;

    while (transport_counted(n->t, which) < wanted && channel_now() < until)
        (void)next(n, 5);
    cr_assert_eq(transport_counted(n->t, which), wanted);
}

/* A socket that keeps no rule of ours, with n's key. */
static void
raw_dial(const struct node *n, const char *endpoint, const uint8_t *server,
    const char *id)
{
    const int zero = 0, unbounded = 0;

    raw = zmq_socket(zmq, ZMQ_DEALER);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_LINGER, &zero, sizeof(zero)), 0);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_SNDHWM, &unbounded,
        sizeof(unbounded)), 0);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_CURVE_SERVERKEY, server, KEY_LEN),
        0);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_CURVE_PUBLICKEY, n->public,
        KEY_LEN), 0);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_CURVE_SECRETKEY, n->raw, KEY_LEN),
        0);
    if (id != NULL)
        cr_assert_eq(zmq_setsockopt(raw, ZMQ_ROUTING_ID, id, strlen(id)), 0);
    cr_assert_eq(zmq_connect(raw, endpoint), 0);
}

Test(transport, frames_go_over_the_connection_of_either_side)
{
    struct link back;

    start(&a, true, false);
    start(&b, true, false);
    know(&a, &b, true, NULL, false);
    know(&b, &a, true, NULL, false);
    expect(&a, IN_UP, b.who);
    cr_assert_eq(got.from.n_route, 0);
    expect(&b, IN_UP, a.who);
    send_text(&a, &(struct link){ .kind = LINK_PEER, .who = "QB-FIU" }, "1");
    expect_text(&b, a.who, "1");
    cr_assert_gt(got.from.n_route, 0);
    back = got.from;
    send_text(&b, &back, "2");
    expect_text(&a, b.who, "2");
    cr_assert_eq(got.from.n_route, 0);
    send_text(&b, &(struct link){ .kind = LINK_PEER, .who = "QA-FIU" }, "3");
    expect_text(&a, b.who, "3");
    cr_assert_gt(got.from.n_route, 0);
    back = got.from;
    send_text(&a, &back, "4");
    expect_text(&b, a.who, "4");
}

Test(transport, a_node_that_does_not_listen_is_served_on_its_own_link)
{
    struct link to = dialled(&a), back;

    start(&a, true, false);
    start(&b, false, false);
    know(&a, &b, false, NULL, false);
    know(&b, &a, true, NULL, false);
    expect(&b, IN_UP, a.who);
    send_text(&b, &to, "question");
    expect_text(&a, b.who, "question");
    back = got.from;
    for (int i = 0; i < 3; i++) {
        send_text(&a, &back, "answer");
        expect_text(&b, a.who, "answer");
    }
}

Test(transport, frames_of_a_stranger_never_arrive)
{
    struct link to = dialled(&a);

    start(&a, true, true);
    start(&b, false, false);
    know(&a, &b, false, NULL, false);
    raw_dial(&x, a.listen, a.public, NULL);
    cr_assert_eq(zmq_send(raw, "x", 1, 0), 1);
    expect_count(&a, TRANSPORT_STRANGER, 1);
    channel_close(raw);
    /* A peer is a stranger at the officers' door. */
    raw_dial(&b, a.officers, a.public, NULL);
    cr_assert_eq(zmq_send(raw, "x", 1, 0), 1);
    expect_count(&a, TRANSPORT_STRANGER, 2);
    know(&b, &a, true, NULL, false);
    expect(&b, IN_UP, a.who);
    send_text(&b, &to, "b");
    expect_text(&a, b.who, "b");
}

Test(transport, a_routing_id_of_ones_own_choice_is_not_served)
{
    struct link to = dialled(&a), back;

    start(&a, true, false);
    start(&b, false, false);
    know(&a, &b, false, &x, false);
    know(&b, &a, true, NULL, false);
    expect(&b, IN_UP, a.who);
    send_text(&b, &to, "1");
    expect_text(&a, b.who, "1");
    back = got.from;
    raw_dial(&x, a.listen, a.public, "QB-FIU");
    cr_assert_eq(zmq_send(raw, "x", 1, 0), 1);
    expect_count(&a, TRANSPORT_SHAPE, 1);
    channel_close(raw);
    raw_dial(&x, a.listen, a.public, NULL);
    cr_assert_eq(zmq_send(raw, "x", 1, 0), 1);
    expect_text(&a, x.who, "x");
    /* The route of one is no way to another. */
    (void)memcpy(got.from.who, b.who, strlen(b.who) + 1);
    send_text(&a, &got.from, "for b");
    expect(&a, IN_DOWN, b.who);
    send_text(&a, &back, "2");
    expect_text(&b, a.who, "2");
    cr_assert_eq(zmq_recv(raw, got.bytes, 1, ZMQ_DONTWAIT), -1);
}

Test(transport, a_frame_of_many_parts_is_dropped_whole)
{
    start(&a, true, false);
    know(&a, &b, false, NULL, false);
    raw_dial(&b, a.listen, a.public, NULL);
    cr_assert_eq(zmq_send(raw, "1", 1, ZMQ_SNDMORE), 1);
    cr_assert_eq(zmq_send(raw, "2", 1, ZMQ_SNDMORE), 1);
    cr_assert_eq(zmq_send(raw, "3", 1, 0), 1);
    cr_assert_eq(zmq_send(raw, "whole", 5, 0), 5);
    expect_text(&a, b.who, "whole");
    cr_assert_eq(transport_counted(a.t, TRANSPORT_SHAPE), 1);
}

Test(transport, a_link_that_goes_down_is_told_and_so_is_its_return)
{
    struct link to = dialled(&a), back;

    start(&a, true, false);
    start(&b, false, false);
    know(&a, &b, false, NULL, false);
    send_text(&b, &to, "nobody there");
    expect(&b, IN_DOWN, a.who);
    cr_assert_eq(transport_counted(b.t, TRANSPORT_UNSENT), 1);
    know(&b, &a, true, NULL, false);
    expect(&b, IN_UP, a.who);
    send_text(&b, &to, "1");
    expect_text(&a, b.who, "1");
    back = got.from;
    transport_close(a.t);
    expect(&b, IN_DOWN, a.who);
    start(&a, true, false);
    know(&a, &b, false, NULL, false);
    send_text(&a, &back, "the old route");
    expect(&a, IN_DOWN, b.who);
    cr_assert_eq(got.from.n_route, back.n_route);
    expect(&b, IN_UP, a.who);
}

Test(transport, a_changed_roster_holds_at_once)
{
    struct link to = dialled(&a);

    start(&a, true, false);
    start(&b, true, false);
    know(&a, &b, true, NULL, false);
    know(&b, &a, true, NULL, false);
    expect(&a, IN_UP, b.who);
    expect(&b, IN_UP, a.who);
    know(&a, &x, false, NULL, false);
    expect(&a, IN_DOWN, b.who);
    send_text(&b, &to, "from one who left");
    expect_count(&a, TRANSPORT_GONE, 1);
    know(&a, &b, true, NULL, false);
    expect(&a, IN_UP, b.who);
    send_text(&b, &to, "again");
    expect_text(&a, b.who, "again");
}

Test(transport, a_peer_that_is_known_later_is_reached_later)
{
    struct link to = dialled(&a);

    start(&a, true, false);
    start(&b, false, false);
    know(&a, &x, false, NULL, false);
    know(&b, &a, true, NULL, false);
    expect_count(&a, TRANSPORT_STRANGER, 1);
    know(&a, &b, false, NULL, false);
    expect(&b, IN_UP, a.who);
    send_text(&b, &to, "b");
    expect_text(&a, b.who, "b");
}

Test(transport, who_comes_before_the_roster_waits_for_it)
{
    void *m = zmq_socket(zmq, ZMQ_PAIR);

    start(&a, true, false);
    raw_dial(&b, a.listen, a.public, NULL);
    cr_assert_eq(zmq_socket_monitor(raw, "inproc://up",
        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_SUCCEEDED), 0);
    cr_assert_eq(zmq_connect(m, "inproc://up"), 0);
    cr_assert_eq(zmq_send(raw, "early", 5, 0), 5);
    /* Longer than a refusal takes. */
    cr_assert_eq(zmq_poll(&(zmq_pollitem_t){ m, -1, ZMQ_POLLIN, 0 }, 1, 300),
        0);
    know(&a, &b, false, NULL, false);
    expect_text(&a, b.who, "early");
    cr_assert_eq(transport_counted(a.t, TRANSPORT_STRANGER), 0);
    cr_assert_eq(zmq_socket_monitor(raw, NULL, 0), 0);
    channel_close(m);
}

Test(transport, a_peer_that_sends_too_much_at_once_is_reached_again)
{
    const struct channel_opts o = { zmq, a.listen, a.key, NULL,
        CHANNEL_PEERS };
    static uint8_t huge[PACKET_MAX + 1];
    void *zap = zmq_socket(zmq, ZMQ_REP);
    zmq_pollitem_t items[2] = { { zap, 0, ZMQ_POLLIN, 0 } };
    uint8_t part[256], id[GATE_ROUTE_LEN];
    struct link to = dialled(&a);
    int sent = 0;

    /* A peer that lets everybody in and keeps no limit. */
    cr_assert_eq(zmq_bind(zap, "inproc://zeromq.zap.01"), 0);
    cr_assert_eq(channel_listen(&o, &raw), OK);
    items[1] = (zmq_pollitem_t){ raw, 0, ZMQ_POLLIN, 0 };
    start(&b, false, false);
    know(&b, &a, true, NULL, false);
    while (sent < 2) {
        cr_assert_gt(zmq_poll(items, 2, WAIT_MS), 0, "after %d", sent);
        if (items[0].revents != 0) {
            for (int i = 0; i < 7; i++) {
                int n = zmq_recv(zap, part, sizeof(part), 0);

                if (i == 1)
                    (void)memcpy(id, part, (size_t)n);
            }
            cr_assert_eq(zmq_send(zap, "1.0", 3, ZMQ_SNDMORE), 3);
            cr_assert_eq(zmq_send(zap, id, 1, ZMQ_SNDMORE), 1);
            cr_assert_eq(zmq_send(zap, "200", 3, ZMQ_SNDMORE), 3);
            cr_assert_eq(zmq_send(zap, "", 0, ZMQ_SNDMORE), 0);
            cr_assert_eq(zmq_send(zap, "b", 1, ZMQ_SNDMORE), 1);
            cr_assert_eq(zmq_send(zap, "", 0, 0), 0);
            expect(&b, IN_UP, a.who);
            send_text(&b, &to, "b");
        }
        if (items[1].revents != 0) {
            cr_assert_eq(zmq_recv(raw, id, sizeof(id), 0), GATE_ROUTE_LEN);
            cr_assert_eq(zmq_recv(raw, part, sizeof(part), 0), 1);
            cr_assert_eq(zmq_send(raw, id, sizeof(id), ZMQ_SNDMORE),
                GATE_ROUTE_LEN);
            cr_assert_eq(zmq_send(raw, huge, sizeof(huge), 0), sizeof(huge));
            expect(&b, IN_DOWN, a.who);
            sent++;
        }
    }
    channel_close(zap);
}

/* Frames that wait for n's core at this moment. */
static size_t
waiting(struct node *n)
{
    static struct incoming in[BATCH];
    size_t all = transport_take(n->t, in, BATCH), frames = 0;

    for (size_t i = 0; i < all; i++)
        frames += in[i].kind == IN_FRAME;
    transport_done(n->t);
    return frames;
}

Test(transport, a_peer_that_floods_is_slowed_down_and_loses_nothing)
{
    enum { MANY = 500 };
    static uint8_t frame[4096];
    struct link to = dialled(&a);
    int64_t until = channel_now() + WAIT_MS;
    size_t came = 0, most = 0;

    start(&a, true, false);
    start(&b, false, false);
    know(&a, &b, false, &x, false);
    raw_dial(&x, a.listen, a.public, NULL);
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(zmq_send(raw, frame, sizeof(frame), 0), sizeof(frame));
    while (came < MANY && channel_now() < until) {
        struct pollfd p = { transport_fd(a.t), POLLIN, 0 };
        size_t n;

        (void)poll(&p, 1, WAIT_MS);
        n = waiting(&a);
        came += n;
        most = n > most ? n : most;
    }
    cr_assert_eq(came, MANY);
    cr_assert_leq(most, GATE_FRAMES);
    know(&b, &a, true, NULL, false);
    expect(&b, IN_UP, a.who);
    send_text(&b, &to, "b");
    expect_text(&a, b.who, "b");
}

/* What goes before it is written is given back too. */
Test(transport, a_frame_counts_until_it_is_written_or_dropped)
{
    enum { MANY = 30, LARGE = 262144 };
    const int one = 1, small = 65536;
    struct flow *all = flow_new(NULL), *f = flow_new(all);
    static uint8_t frame[LARGE];
    int64_t until = channel_now() + WAIT_MS;
    struct outgoing out[MANY];
    struct link to;
    size_t came = 0;

    start(&a, true, false);
    know(&a, &x, false, NULL, false);
    raw_dial(&x, a.listen, a.public, NULL);
    cr_assert_eq(zmq_disconnect(raw, a.listen), 0);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_RCVHWM, &one, sizeof(one)), 0);
    cr_assert_eq(zmq_setsockopt(raw, ZMQ_RCVBUF, &small, sizeof(small)), 0);
    cr_assert_eq(zmq_connect(raw, a.listen), 0);
    cr_assert_eq(zmq_send(raw, "x", 1, 0), 1);
    expect_text(&a, x.who, "x");
    to = got.from;
    for (size_t i = 0; i < MANY; i++) {
        out[i] = (struct outgoing){ .to = to, .flow = f,
            .next = i + 1 < MANY ? &out[i + 1] : NULL };
        buf_init(&out[i].bytes, LARGE);
        buf_put(&out[i].bytes, frame, LARGE);
        flow_take(f);
    }
    cr_assert_eq(transport_send(a.t, out), OK);
    for (size_t i = 0; i < MANY; i++)
        cr_expect(out[i].flow == NULL && out[i].bytes.n == 0);
    /* The kernel takes some, this socket one or two, libzmq keeps the rest. */
    cr_expect_gt(flow_count(f), 4);
    while (came < MANY && channel_now() < until)
        came += zmq_recv(raw, frame, LARGE, ZMQ_DONTWAIT) == LARGE;
    cr_expect_eq(came, MANY);
    while (flow_count(f) > 0 && channel_now() < until)
        (void)next(&a, 5);
    cr_expect_eq(flow_count(f), 0);
    /* To a route that is none. */
    to.route[1] ^= 0x55;
    out[0] = (struct outgoing){ .to = to, .flow = f };
    buf_init(&out[0].bytes, LARGE);
    buf_put(&out[0].bytes, frame, LARGE);
    flow_take(f);
    cr_assert_eq(transport_send(a.t, out), OK);
    while (flow_count(f) > 0 && channel_now() < until)
        (void)next(&a, 5);
    cr_expect_eq(flow_count(all), 0);
    flow_free(f);
    flow_free(all);
}

Test(transport, an_officer_is_served_and_one_that_floods_is_cut)
{
    struct roster_row row = { .kind = LINK_OFFICER, .who = "0badc0de" };
    const struct roster r = { 1, &row };
    struct link back;
    char answer[8];

    start(&a, false, true);
    (void)memcpy(row.key, x.public, KEY_LEN);
    cr_assert_eq(transport_roster(a.t, &r), OK);
    raw_dial(&x, a.officers, a.public, NULL);
    cr_assert_eq(zmq_send(raw, "ask", 3, 0), 3);
    expect_text(&a, "0badc0de", "ask");
    cr_assert_eq(got.from.kind, LINK_OFFICER);
    back = got.from;
    send_text(&a, &back, "told");
    cr_assert_eq(zmq_recv(raw, answer, sizeof(answer), 0), 4);
    /* The core takes nothing meanwhile. */
    for (int i = 0; i < GATE_FRAMES + 24; i++)
        cr_assert_eq(zmq_send(raw, "ask", 3, 0), 3);
    for (int64_t until = channel_now() + WAIT_MS; channel_now() < until &&
        transport_counted(a.t, TRANSPORT_FLOOD) < 24;)
        (void)poll(NULL, 0, 5);
    cr_assert_eq(transport_counted(a.t, TRANSPORT_FLOOD), 24);
    cr_assert_eq(waiting(&a), GATE_FRAMES);
    cr_assert_eq(zmq_send(raw, "ask", 3, 0), 3);
    expect_text(&a, "0badc0de", "ask");
}

/* The core answers a batch as the loop does: done first, then the answers. */
static void
answer_batch(struct node *n)
{
    static struct incoming in[BATCH];
    struct pollfd p = { transport_fd(n->t), POLLIN, 0 };
    struct link to[BATCH];
    size_t all;

    if (poll(&p, 1, 0) != 1)
        return;
    all = transport_take(n->t, in, BATCH);
    for (size_t i = 0; i < all; i++)
        to[i] = in[i].from;
    transport_done(n->t);
    for (size_t i = 0; i < all; i++)
        send_text(n, &to[i], "told");
}

Test(transport, an_officer_with_all_requests_in_flight_loses_no_answer)
{
    enum { ALL = 384 };                 /* within the burst of the rate */
    struct roster_row row = { .kind = LINK_OFFICER, .who = "0badc0de" };
    const struct roster r = { 1, &row };
    int64_t until = channel_now() + WAIT_MS;
    size_t asked = 0, told = 0;
    char answer[8];

    start(&a, false, true);
    (void)memcpy(row.key, x.public, KEY_LEN);
    cr_assert_eq(transport_roster(a.t, &r), OK);
    raw_dial(&x, a.officers, a.public, NULL);
    while (told < ALL && channel_now() < until) {
        /* All at once, after a number that is no multiple of eight. */
        size_t most = told % 23 < 7 ? 1 : GATE_FRAMES;

        for (; asked < ALL && asked - told < most; asked++)
            cr_assert_eq(zmq_send(raw, "ask", 3, 0), 3);
        answer_batch(&a);
        while (zmq_recv(raw, answer, sizeof(answer), ZMQ_DONTWAIT) == 4)
            told++;
    }
    cr_assert_eq(told, ALL);
    cr_assert_eq(transport_counted(a.t, TRANSPORT_UNSENT), 0);
    cr_assert_eq(transport_counted(a.t, TRANSPORT_FLOOD), 0);
}

Test(transport, an_answer_goes_out_before_the_roster_that_comes_with_it)
{
    struct roster_row row = { .kind = LINK_OFFICER, .who = "0badc0de" };
    const struct roster r = { 1, &row }, nobody = { 0, NULL };
    struct outgoing out = { .next = NULL };
    char answer[8];

    start(&a, false, true);
    (void)memcpy(row.key, x.public, KEY_LEN);
    cr_assert_eq(transport_roster(a.t, &r), OK);
    raw_dial(&x, a.officers, a.public, NULL);
    cr_assert_eq(zmq_send(raw, "ask", 3, 0), 3);
    expect_text(&a, "0badc0de", "ask");
    out.to = got.from;
    buf_init(&out.bytes, 8);
    buf_put_str(&out.bytes, "told");
    cr_assert_eq(transport_answer(a.t, &out, &nobody), OK);
    buf_clear(&out.bytes);
    cr_assert_eq(zmq_recv(raw, answer, sizeof(answer), 0), 4);
    cr_assert_eq(zmq_send(raw, "ask", 3, 0), 3);
    expect_count(&a, TRANSPORT_GONE, 1);
}

Test(transport, a_frame_too_large_is_not_sent_and_the_link_stays)
{
    struct link to = dialled(&a);
    struct outgoing out = { .to = to };

    start(&a, true, false);
    start(&b, false, false);
    know(&a, &b, false, NULL, false);
    know(&b, &a, true, NULL, false);
    expect(&b, IN_UP, a.who);
    buf_init(&out.bytes, PACKET_MAX + 1);
    cr_assert_not_null(buf_extend(&out.bytes, PACKET_MAX + 1));
    cr_assert_eq(transport_send(b.t, &out), OK);
    out.bytes.n--;
    cr_assert_eq(transport_send(b.t, &out), OK);
    expect(&a, IN_FRAME, b.who);
    cr_assert_eq(got.n, PACKET_MAX);
    buf_clear(&out.bytes);
}

Test(transport, an_endpoint_in_use_is_named)
{
    const struct transport_opts o = { a.key, b.listen, a.listen, no_log,
        NULL };
    const char *what;

    start(&a, true, false);
    cr_assert_eq(transport_open(&o, &b.t, &what), ERR_INUSE);
    cr_assert_str_eq(what, a.listen);
}

Test(transport, a_connection_without_a_handshake_is_counted)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    start(&a, true, false);
    at.sin_port = htons((uint16_t)atoi(strrchr(a.listen, ':') + 1));
    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    (void)close(fd);
    expect_count(&a, TRANSPORT_HANDSHAKE, 1);
}
