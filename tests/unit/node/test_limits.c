/*
 * What one who may connect can make a node do is bounded: entries, answers,
 * rows of the store, connections.  The peer's node and the officer's client
 * are altered here; b is the node that stands it.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/store.h"
#include "proto/enums.h"
#include "tests/world/world.h"

static char dir[] = "/tmp/valise-limits-XXXXXX";
static struct world *a, *b;

static void
setup(void)
{
    char path[64];

    cr_assert(sodium_init() >= 0);
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    a = world_new("QM-FIU", path, NULL);
    (void)snprintf(path, sizeof(path), "%s/b", dir);
    b = world_new("QN-FIU", path, NULL);
    world_pin(a, b);
    world_pin(b, a);
    world_link(a, b);
    (void)world_carry(a, b, 100);
}

static void
teardown(void)
{
    char command[128];

    world_free(a);
    world_free(b);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(limits, .init = setup, .fini = teardown, .timeout = 60);

/* What b sends from now on is counted from here. */
static void
forget(void)
{
    outgoing_free(b->out);
    b->out = NULL;
}

/* b gets a frame of a. */
static void
tell(const struct packet *p)
{
    struct incoming in = { .kind = IN_FRAME,
        .from = { .kind = LINK_PEER, .who = "QM-FIU", .n_route = 1,
        .route = "r" } };
    struct buf frame;

    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    in.bytes = slice_of_buf(&frame);
    world_in(b, &in);
    buf_clear(&frame);
}

/* How many frames of a type b has sent; *last (may be NULL) gets the last,
 * which lives as long as b->out. */
static size_t
sent(enum packet_type type, struct packet *last)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    size_t n = 0;

    for (struct outgoing *o = b->out; o != NULL; o = o->next) {
        cr_assert_eq(packet_decode(slice_of_buf(&o->bytes), p), OK);
        if (p->type != type)
            continue;
        n++;
        if (last != NULL)
            *last = *p;
    }
    return n;
}

static uint64_t
log_size(struct world *w)
{
    cr_assert_eq(world_ask(w, OFFICER, REQUEST_HELLO, ACT_NONE, SLICE_EMPTY,
        NULL, NULL), OK);
    return w->who[OFFICER].have.size;
}

/* How many alarms of a code b shows. */
static size_t
alarms(enum err code)
{
    const struct value *v;
    struct rec *r;
    size_t n = 0;

    cr_assert_eq(world_ask(b, OFFICER, REQUEST_STATUS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "alarms");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        n += record_uint(v->v[i].r, "code") == (uint64_t)code;
    return n;
}

/* A DELIVER whose items are no messages. */
static struct packet *
junk(size_t n)
{
    struct packet *p = arena_get(a->a, sizeof(*p));

    memset(p, 0, sizeof(*p));
    p->type = PACKET_DELIVER;
    p->u.deliver.n = n;
    for (size_t i = 0; i < n; i++)
        p->u.deliver.items[i].envelope = slice_str("no envelope");
    return p;
}

Test(limits, a_hundred_refusals_at_once_are_an_alarm_too)
{
    uint64_t size;

    tell(junk(PACKET_ITEMS_MAX));
    cr_expect_eq(sent(PACKET_BUSY, NULL), 0);
    cr_expect_eq(alarms(E_RATE), 0);
    size = log_size(b);
    for (int i = 0; i < 3; i++)
        tell(junk(1));
    cr_expect_eq(sent(PACKET_BUSY, NULL), 3);
    cr_expect_eq(alarms(E_RATE), 1);
    cr_expect_eq(log_size(b), size + 1);
}

/* Lists that do not verify, each with bytes of its own. */
static void
bad_lists(unsigned from, size_t n)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    struct signature sig;
    struct buf bytes, object;

    memset(p, 0, sizeof(*p));
    memset(&sig, 7, sizeof(sig));
    p->type = PACKET_OBJECTS;
    p->u.objects.authority = slice_str(a->name);
    buf_init(&bytes, 64);
    buf_init(&object, TRUST_MAX);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&bytes);
        buf_reset(&object);
        write_map(&bytes, 1);
        write_uint(&bytes, 1);
        write_uint(&bytes, from + i);
        trust_encode(slice_of_buf(&bytes), &sig, 1, &object);
        p->u.objects.objects[i].kind = TRUST_EPOCHS;
        world_check(arena_copy(a->a, slice_of_buf(&object),
            &p->u.objects.objects[i].object));
    }
    p->u.objects.n = n;
    buf_clear(&bytes);
    buf_clear(&object);
    tell(p);
}

/* a says that it has newer lists, and b asks for them. */
static void
make_it_ask(void)
{
    const struct packet hello = { .type = PACKET_HELLO, .u.hello = {
        slice_str("test"), slice_str(a->name), { 9, 9, 9 } } };

    world_at(b, b->t.lo + 2);
    forget();
    tell(&hello);
    world_tick(b);
    cr_assert_eq(sent(PACKET_GET, NULL), 1);
}

Test(limits, alarms_about_a_peer_are_a_hundred_in_an_hour)
{
    uint64_t size = log_size(b);

    for (unsigned i = 0; i < 4; i++) {
        make_it_ask();
        bad_lists(1000 * i, PACKET_OBJECTS_MAX);
    }
    cr_expect_eq(log_size(b), size + 100);
    /* And again in the next. */
    world_at(b, b->t.lo + 3600);
    world_tick(b);
    size = log_size(b);
    make_it_ask();
    bad_lists(5000, 10);
    cr_expect_eq(log_size(b), size + 10);
}
