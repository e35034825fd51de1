/*
 * Blocks on their way to peers that do not read: how many there are at once,
 * and that one that reads gets its own.
 */
#include "node/flow.h"
#include "node/serve.h"
#include "tests/unit/node/parcel_fixture.h"

#define BLOCK ((uint64_t)PARCEL_BLOCK)
#define PEERS 24
#define BLOCKS 60

static void
start(void)
{
    cr_assert(sodium_init() >= 0);
}

TestSuite(flow, .init = start);

Test(flow, nobody_has_more_than_a_quarter_of_what_is_left)
{
    struct flow *all = flow_new(NULL), *x = flow_new(all), *y = flow_new(all);

    while (flow_may(x))
        flow_take(x);
    cr_expect_eq(flow_count(x), 26, "a fifth: 26 of 128 leave 102");
    while (flow_may(y))
        flow_take(y);
    cr_expect_eq(flow_count(y), 21);
    cr_expect_eq(flow_count(all), 47);
    cr_expect_not(flow_may(x));
    while (flow_count(y) > 0)
        flow_back(y);
    flow_back(x);
    cr_expect(flow_may(x));
    flow_back(NULL);
    while (flow_count(x) > 0)
        flow_back(x);
    cr_expect_eq(flow_count(all), 0);
    flow_free(x);
    flow_free(y);
    flow_free(all);
    flow_free(NULL);
}

Test(flow, however_many_there_are_they_have_no_more_than_all_may)
{
    struct flow *all = flow_new(NULL), *x[200];
    unsigned most = 0;

    for (size_t i = 0; i < 200; i++)
        x[i] = flow_new(all);
    for (unsigned more = 1; more > 0;) {
        more = 0;
        for (size_t i = 0; i < 200; i++)
            if (flow_may(x[i])) {
                flow_take(x[i]);
                more++;
            }
    }
    cr_expect_eq(flow_count(all), FLOW_MAX);
    for (size_t i = 0; i < 200; i++) {
        most = flow_count(x[i]) > most ? flow_count(x[i]) : most;
        /* Its owner goes before what it holds. */
        flow_free(x[i]);
    }
    cr_expect_eq(most, 1);
    flow_free(all);
    for (size_t i = 0; i < FLOW_MAX; i++)
        flow_back(x[i]);
}

/* Real cores. */

static struct world *peer[PEERS];
static struct stream files, list;
static struct sent sent[PEERS];

static size_t
number_of(const struct outgoing *o)
{
    size_t i = 0;

    while (i < PEERS && strcmp(peer[i]->name, o->to.who) != 0)
        i++;
    return i;
}

/* Carry what a and this peer say; what a says to others is lost. */
static void
meet(size_t i)
{
    struct outgoing *o;

    world_pin(a, peer[i]);
    world_pin(peer[i], a);
    world_link(peer[i], a);
    while (a->out != NULL || peer[i]->out != NULL)
        for (unsigned of_a = 0; of_a < 2; of_a++) {
            struct world *from = of_a != 0 ? a : peer[i];
            struct world *to = of_a != 0 ? peer[i] : a;

            if ((o = from->out) == NULL)
                continue;
            from->out = o->next;
            o->next = NULL;
            if (of_a == 0 || number_of(o) == i)
                world_hand(from, to, &o->to, slice_of_buf(&o->bytes));
            outgoing_free(o);
        }
}

static void
send_to_all(void)
{
    files = stream_new(BLOCKS * BLOCK - 1);
    list = stream_new(4112);
    stream_upload(a, &files);
    stream_upload(a, &list);
    for (size_t i = 0; i < PEERS; i++) {
        const struct world_form form = form_with(peer[i], &files, &list);

        world_send(a, &form, sent[i].digest, sent[i].id, sent[i].thread);
    }
    world_tick(a);
}

static void
ask(size_t i, uint64_t from)
{
    const struct link dialled = { .n_route = 0 };
    struct packet p = { .type = PACKET_WANT };
    struct buf frame;

    memcpy(p.u.want.digest, sent[i].digest, HASH_LEN);
    memcpy(p.u.want.root, files.root, HASH_LEN);
    p.u.want.n = PACKET_WANT_MAX;
    for (size_t k = 0; k < PACKET_WANT_MAX; k++)
        p.u.want.index[k] = from + k;
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(&p, &frame), OK);
    world_hand(peer[i], a, &dialled, slice_of_buf(&frame));
    buf_clear(&frame);
}

/* Blocks that wait for peer i, or for all; read ones are gone. */
static size_t
waiting(size_t i, bool read)
{
    struct outgoing **at = &a->out, *o;
    size_t n = 0;

    while ((o = *at) != NULL) {
        if (o->bytes.n < PARCEL_BLOCK || (i < PEERS && number_of(o) != i)) {
            at = &o->next;
            continue;
        }
        n++;
        if (!read) {
            at = &o->next;
            continue;
        }
        *at = o->next;
        o->next = NULL;
        outgoing_free(o);
    }
    return n;
}

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    peer[0] = b;
    for (size_t i = 1; i < PEERS; i++) {
        char name[16], path[128];

        (void)snprintf(name, sizeof(name), "QA-P%02zu", i);
        (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
        peer[i] = world_new(name, path, NULL);
        meet(i);
    }
    send_to_all();
}

static void
tear_down(void)
{
    stream_free(&files);
    stream_free(&list);
    for (size_t i = 1; i < PEERS; i++)
        world_free(peer[i]);
    pair_down();
}

Test(flow, peers_that_do_not_read_hold_no_more_than_all_may,
    .init = set_up, .fini = tear_down, .timeout = 120)
{
    size_t had;

    for (uint64_t round = 0; round < 4; round++) {
        for (size_t i = 1; i < PEERS; i++)
            ask(i, round * PACKET_WANT_MAX);
        a->t.mono += 200;
        world_in(a, NULL);
    }
    cr_expect_leq(waiting(PEERS, false), FLOW_MAX);
    for (size_t i = 1; i < PEERS; i++)
        cr_expect_gt(waiting(i, false), 0, "%s", peer[i]->name);
    /* One that reads goes on, and one that comes late has its turn. */
    had = waiting(1, true);
    cr_expect_lt(had, 4 * PACKET_WANT_MAX);
    a->t.mono += 200;
    world_in(a, NULL);
    cr_expect_gt(waiting(1, false), 0);
    (void)waiting(1, true);
    cr_expect_leq(waiting(PEERS, false), FLOW_MAX);
}
