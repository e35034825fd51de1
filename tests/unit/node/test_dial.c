#define _GNU_SOURCE
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>
#include <zmq.h>

#include "keys/hpke.h"
#include "keys/process.h"
#include "node/dial.h"
#include "node/zap.h"

#define WAIT_MS 10000

static void *zmq, *zap, *server;
static struct secret *own, *other;
static struct roster_row row;
static struct dials *d;
static int ups, downs;

static void
event(void *arg, enum incoming_kind kind, const char *who)
{
    (void)arg;
    cr_assert_str_eq(who, "QA-FIU");
    ups += kind == IN_UP;
    downs += kind == IN_DOWN;
}

static void
no_log(void *arg, enum err e, const char *text)
{
    (void)arg;
    (void)e;
    (void)text;
}

static const char *
anybody(void *arg, const char *domain, const uint8_t key[static KEY_LEN])
{
    (void)arg;
    (void)domain;
    (void)key;
    return "b";
}

static void
pick_port(char *out, size_t n)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_eq(bind(fd, (struct sockaddr *)&at, size), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    (void)close(fd);
    (void)snprintf(out, n, "tcp://127.0.0.1:%u", ntohs(at.sin_port));
}

static void
set_up(void)
{
    struct dial_opts o = { .event = event, .log = no_log };

    cr_assert_eq(process_start(), OK);
    cr_assert_eq(secret_random(KEY_LEN, &own), OK);
    cr_assert_eq(secret_random(KEY_LEN, &other), OK);
    cr_assert_eq(channel_context(&zmq), OK);
    cr_assert_eq(zap_open(zmq, &zap), OK);
    o.zmq = zmq;
    o.curve = own;
    cr_assert_eq(dials_new(&o, &d), OK);
    row = (struct roster_row){ .kind = LINK_PEER, .who = "QA-FIU",
        .dial = true, .n_endpoints = 1 };
    hpke_public(other, row.key);
    pick_port(row.endpoints[0], sizeof(row.endpoints[0]));
}

static void
tear_down(void)
{
    dials_free(d);
    channel_close(server);
    channel_close(zap);
    channel_context_free(zmq);
    secret_free(own);
    secret_free(other);
    cr_assert_eq(secret_live(), 0);
}

TestSuite(dial, .init = set_up, .fini = tear_down);

static struct dial *
dial_it(void)
{
    const struct roster r = { 1, &row };

    cr_assert_eq(dials_apply(d, &r, 1), OK);
    return dials_find(d, "QA-FIU");
}

static void
serve(const char *endpoint)
{
    const struct channel_opts o = { zmq, endpoint, other, NULL,
        CHANNEL_PEERS };

    cr_assert_eq(channel_listen(&o, &server), OK);
}

/* Let things happen until *flag is as wanted. */
static void
until(struct dial *l, const bool *flag, bool wanted)
{
    while (*flag != wanted) {
        zmq_pollitem_t items[] = { { zap, 0, ZMQ_POLLIN, 0 },
            { l->monitor, 0, ZMQ_POLLIN, 0 } };

        cr_assert_gt(zmq_poll(items, 2, WAIT_MS), 0);
        zap_serve(zap, anybody, NULL);
        dials_monitor(d, l, 1);
    }
}

static const char *
nobody(void *arg, const char *domain, const uint8_t key[static KEY_LEN])
{
    (void)arg;
    (void)domain;
    (void)key;
    return NULL;
}

static bool held_up;
static int (*connect_it)(void *socket, const char *endpoint);

/* In front of libzmq's own: this thread is held up right behind it, and the
 * peer refuses meanwhile. */
int
zmq_connect(void *socket, const char *endpoint)
{
    zmq_pollitem_t item = { zap, 0, ZMQ_POLLIN, 0 };
    int rc;

    if (connect_it == NULL)
        *(void **)&connect_it = dlsym(RTLD_NEXT, "zmq_connect");
    rc = connect_it(socket, endpoint);
    if (held_up && strncmp(endpoint, "tcp:", 4) == 0) {
        cr_assert_gt(zmq_poll(&item, 1, WAIT_MS), 0);
        zap_serve(zap, nobody, NULL);
        (void)zmq_poll(NULL, 0, 300);
    }
    return rc;
}

Test(dial, a_refusal_before_anybody_looks_is_seen)
{
    struct dial *l;

    serve(row.endpoints[0]);
    held_up = true;
    l = dial_it();
    held_up = false;
    until(l, &l->ended, true);
    dials_tick(d, 1 + DIAL_AGAIN_MS);
    until(l, &l->up, true);
    cr_assert_eq(ups, 1);
}

Test(dial, a_peer_that_shows_up_is_not_waited_for)
{
    struct dial *l = dial_it();

    until(l, &l->waiting, true);
    serve(row.endpoints[0]);
    dials_tick(d, 5000);
    cr_assert(l->waiting, "nobody has shown up");
    dials_shown(d, "QA-FIU");
    dials_tick(d, 5001);
    cr_assert(!l->waiting && !l->wanted);
    cr_assert_eq(l->again, 5001);
    until(l, &l->up, true);
    cr_assert_eq(ups, 1);
    dials_shown(d, "QA-FIU");
    cr_assert(!l->wanted, "it is up");
}

Test(dial, it_is_tried_out_of_turn_once_a_second_at_most)
{
    struct dial *l = dial_it();

    until(l, &l->waiting, true);
    dials_shown(d, "QA-FIU");
    dials_tick(d, 5000);
    until(l, &l->waiting, true);
    dials_shown(d, "QA-FIU");
    dials_tick(d, 5999);
    cr_assert(l->wanted && l->waiting);
    dials_tick(d, 6000);
    cr_assert(!l->wanted);
}

Test(dial, the_next_endpoint_is_tried_where_one_is_not_up)
{
    struct dial *l;

    row.n_endpoints = 2;
    pick_port(row.endpoints[1], sizeof(row.endpoints[1]));
    serve(row.endpoints[1]);
    l = dial_it();
    dials_tick(d, DIAL_TRY_MS);
    cr_assert_eq(l->endpoint, 0);
    dials_tick(d, DIAL_TRY_MS + 1);
    cr_assert_eq(l->endpoint, 1);
    until(l, &l->up, true);
    dials_tick(d, 9 * DIAL_TRY_MS);
    cr_assert_eq(l->endpoint, 1, "it is up");
    cr_assert_eq(ups, 1);
    cr_assert_eq(downs, 0);
}

Test(dial, a_peer_that_left_the_roster_is_hung_up)
{
    const struct roster none = { 0, NULL };
    struct dial *l;
    size_t n;

    serve(row.endpoints[0]);
    l = dial_it();
    until(l, &l->up, true);
    l = dial_it();
    cr_assert(l->up, "the same row changes nothing");
    cr_assert_eq(dials_apply(d, &none, 1), OK);
    cr_assert_eq(downs, 1);
    (void)dials_all(d, &n);
    cr_assert_eq(n, 0);
}
