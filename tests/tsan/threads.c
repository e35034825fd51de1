/*
 * threads: what two threads share, for ThreadSanitizer: the queue, the counts
 * of a flow, and two transports that send each other frames while their
 * rosters change.
 *
 * Criterion does not run under it, so this is a program of its own.  It ends
 * with 0 where everything arrived; races are in the sanitizer's log, which
 * `make V=tsan tsan` looks at.  With the word "race" two threads count
 * without a lock: the sanitizer must see that, or the rest proves nothing.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/hpke.h"
#include "node/flow.h"
#include "node/queue.h"
#include "node/transport.h"

#define ITEMS 20000
#define FRAMES 400
#define WAIT_MS 60000

static void
must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "threads: %s\n", what);
    exit(1);
}

/* The queue: one fills, another takes, and each item comes in its order. */

struct job {
    struct queue_node node;
    unsigned n;
};

static void *
fill(void *arg)
{
    struct queue *q = arg;

    for (unsigned i = 0; i < ITEMS; i++) {
        struct job *it = calloc(1, sizeof(*it));

        must(it != NULL, "no memory");
        it->node.bytes = 10;
        it->n = i;
        if (i % 3 == 0)
            queue_force(q, &it->node);
        else
            while (!queue_push(q, &it->node))
                (void)sched_yield();
    }
    return NULL;
}

static void
run_queue(void)
{
    struct queue *q;
    struct queue_node *list, *next;
    struct pollfd p = { .events = POLLIN };
    pthread_t thread;
    unsigned n = 0;

    must(queue_new(64, 100000, &q) == OK, "no queue");
    must(pthread_create(&thread, NULL, fill, q) == 0, "no thread");
    p.fd = queue_fd(q);
    while (n < ITEMS) {
        must(poll(&p, 1, WAIT_MS) == 1, "the queue stays empty");
        for (list = queue_take(q, 7); list != NULL; list = next) {
            next = list->next;
            /* node is the first member. */
            must(((struct job *)list)->n == n++, "another order");
            free(list);
        }
    }
    must(pthread_join(thread, NULL) == 0, "no end");
    queue_free(q);
}

/* Two nodes whose cores are this program. */

struct node {
    const char *who;
    uint8_t public[KEY_LEN];
    struct secret *key;
    char listen[64];
    struct transport *t;
    unsigned got, sent;
    bool up;
    struct link from;                   /* of the last frame */
};

static void
no_log(void *arg, enum err e, const char *text)
{
    (void)arg;
    (void)e;
    (void)text;
}

static void
pick_port(char *out, size_t n)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    must(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &size) == 0, "no port");
    (void)close(fd);
    (void)snprintf(out, n, "tcp://127.0.0.1:%u", ntohs(at.sin_port));
}

static void
start(struct node *n, bool listen)
{
    struct transport_opts o = { .log = no_log };
    const char *what;

    must(secret_random(KEY_LEN, &n->key) == OK, "no key");
    hpke_public(n->key, n->public);
    pick_port(n->listen, sizeof(n->listen));
    o.curve = n->key;
    o.listen = listen ? n->listen : NULL;
    must(transport_open(&o, &n->t, &what) == OK, "no transport");
}

static void
know(struct node *n, const struct node *peer, bool dial)
{
    struct roster_row row = { .kind = LINK_PEER, .dial = dial,
        .n_endpoints = 1 };
    const struct roster r = { 1, &row };

    (void)snprintf(row.who, sizeof(row.who), "%s", peer->who);
    (void)memcpy(row.key, peer->public, KEY_LEN);
    (void)snprintf(row.endpoints[0], sizeof(row.endpoints[0]), "%s",
        peer->listen);
    must(transport_roster(n->t, &r) == OK, "no roster");
}

static void
send_one(struct node *n, const struct link *to)
{
    struct outgoing out = { .to = *to };

    buf_init(&out.bytes, 1024);
    buf_put_str(&out.bytes, "some words for the other side");
    must(transport_send(n->t, &out) == OK, "not sent");
    buf_clear(&out.bytes);
    n->sent++;
}

/* Take what is there. */
static void
take(struct node *n)
{
    struct incoming in[16];
    size_t got = transport_take(n->t, in, 16);

    for (size_t i = 0; i < got; i++) {
        n->got += in[i].kind == IN_FRAME;
        n->up = n->up || in[i].kind == IN_UP;
        if (in[i].kind == IN_FRAME)
            n->from = in[i].from;
    }
    transport_done(n->t);
}

static void
wait_both(struct node *a, struct node *b)
{
    struct pollfd p[] = { { transport_fd(a->t), POLLIN, 0 },
        { transport_fd(b->t), POLLIN, 0 } };

    must(poll(p, 2, WAIT_MS) > 0, "nothing comes");
    if (p[0].revents != 0)
        take(a);
    if (p[1].revents != 0)
        take(b);
}

static void
run_transports(void)
{
    struct node a = { .who = "QA-FIU" }, b = { .who = "QB-FIU" };
    struct link to = { .kind = LINK_PEER };

    start(&a, true);
    start(&b, false);
    know(&a, &b, false);
    know(&b, &a, true);
    (void)snprintf(to.who, sizeof(to.who), "%s", a.who);
    while (!b.up)
        wait_both(&a, &b);
    /* To and fro: a frame is answered over the link that it came by. */
    while (b.got < FRAMES) {
        if (b.sent == b.got)
            send_one(&b, &to);
        wait_both(&a, &b);
        while (a.sent < a.got)
            send_one(&a, &a.from);
        if (b.got % 50 == 0) {
            know(&a, &b, false);
            know(&b, &a, true);
            (void)transport_counted(a.t, TRANSPORT_UNSENT);
        }
    }
    transport_close(b.t);
    transport_close(a.t);
    secret_free(a.key);
    secret_free(b.key);
}

/* A flow: one takes, another gives back. */

static void *
give_back(void *arg)
{
    struct flow *f = arg;

    for (unsigned n = 0; n < ITEMS;)
        if (flow_count(f) > 0) {
            flow_back(f);
            n++;
        }
    return arg;
}

static void
run_flow(void)
{
    struct flow *all = flow_new(NULL), *f = flow_new(all);
    pthread_t thread;

    must(f != NULL, "no memory");
    flow_take(f);
    must(pthread_create(&thread, NULL, give_back, f) == 0, "no thread");
    for (unsigned n = 1; n < ITEMS;)
        if (flow_may(f)) {
            flow_take(f);
            n++;
        }
    must(pthread_join(thread, NULL) == 0, "no end");
    must(flow_count(all) == 0, "not all came back");
    flow_free(all);
    flow_free(f);
}

static unsigned counted;                /* by two threads, without a lock */

static void *
count(void *arg)
{
    for (unsigned i = 0; i < ITEMS; i++)
        counted++;
    return arg;
}

static void
run_race(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, count, NULL) == 0, "no thread");
    (void)count(NULL);
    must(pthread_join(thread, NULL) == 0, "no end");
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "race") == 0) {
        run_race();
        return 0;
    }
    must(sodium_init() >= 0, "no libsodium");
    run_queue();
    run_flow();
    run_transports();
    must(secret_live() == 0, "a secret is left");
    (void)puts("threads: everything arrived");
    return 0;
}
