/*
 * A node b (QN-FIU) with two peers, a (QM-FIU) and c (QO-FIU): what is so of
 * the one is not so of the other.
 */
#include "tests/unit/node/pull_fixture.h"

#define LONG (100 * BLOCK)

static struct world *c;
static struct stream others, others_list;

/* Blocks that b got of each, and that each got of b. */
static struct { size_t to_b, from_b; } went[2];

static bool
carry_from(struct world *from)
{
    static struct packet p;
    struct world *all[] = { a, b, c };
    struct outgoing *o = from->out;

    if (o == NULL)
        return false;
    from->out = o->next;
    o->next = NULL;
    cr_assert_eq(packet_decode(slice_of_buf(&o->bytes), &p), OK);
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(all[i]->name, o->to.who) != 0)
            continue;
        if (p.type == PACKET_BLOCK && all[i] == b)
            went[from == c].to_b++;
        else if (p.type == PACKET_BLOCK && from == b)
            went[all[i] == c].from_b++;
        world_hand(from, all[i], &o->to, slice_of_buf(&o->bytes));
    }
    outgoing_free(o);
    return true;
}

static void
carry_all(void)
{
    bool some = true;

    for (size_t i = 0; some; i++) {
        cr_assert_lt(i, 10000, "the nodes talk without end");
        some = carry_from(a);
        some |= carry_from(b);
        some |= carry_from(c);
    }
}

/* In steps of a tenth: what a pace has kept is soon full. */
static void
for_seconds(int n)
{
    struct world *all[] = { a, b, c };

    for (int step = 1; step <= 10 * n; step++) {
        for (size_t i = 0; i < 3; i++) {
            all[i]->t.mono += 100;
            if (step % 10 == 0) {
                all[i]->t.lo = all[i]->t.hi = ++all[i]->t.wall;
                world_tick(all[i]);
            }
            world_in(all[i], NULL);
        }
        carry_all();
    }
}

static void
set_up(void)
{
    char path[96];

    pull_set_up();
    (void)snprintf(path, sizeof(path), "%s/c", dir);
    c = world_new("QO-FIU", path, NULL);
    world_pin(c, b);
    world_pin(b, c);
    world_pin(c, a);
    world_pin(a, c);
    world_link(c, b);
    world_link(c, a);
    carry_all();
    memset(went, 0, sizeof(went));
    others = stream_new(LONG);
    others_list = stream_new(5000);
}

static void
tear_down(void)
{
    stream_free(&others);
    stream_free(&others_list);
    world_free(c);
    pull_tear_down();
}

TestSuite(pull_peers, .init = set_up, .fini = tear_down);

/* b with what it was given for its peers. */
static void
reopen_b(void)
{
    world_unlink(a, b);
    world_unlink(c, b);
    world_close(b);
    world_open(b);
    world_link(a, b);
    world_link(c, b);
    carry_all();
}

static struct sent
send_of(struct world *from, const struct world *to, const struct stream *f,
    const struct stream *l)
{
    const struct world_form form = form_with(to, f, l);
    struct sent s;

    stream_upload(from, f);
    stream_upload(from, l);
    world_send(from, &form, s.digest, s.id, s.thread);
    return s;
}

/* Of its own for a; c has that of all. */
static uint64_t of_a;

static bool
for_a(void *arg, struct slice authority, uint64_t *bytes)
{
    (void)arg;
    if (!slice_is(authority, "QM-FIU"))
        return false;
    *bytes = of_a;
    return true;
}

static void
expect_pace(size_t blocks, uint64_t limit, const char *who)
{
    const uint64_t a_second = limit / BLOCK;

    cr_expect_geq(blocks, 8 * a_second, "%s: %zu blocks", who, blocks);
    cr_expect_leq(blocks, 14 * a_second, "%s: %zu blocks", who, blocks);
}

/* Ten seconds, of what either peer has for longer, each way. */
static void
expect_paces(void)
{
    stream_free(&files);
    files = stream_new(LONG);
    reopen_b();
    memset(went, 0, sizeof(went));
    (void)send_of(a, b, &files, &list);
    (void)send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(10);
    expect_pace(went[0].to_b, of_a, "a gives");
    expect_pace(went[1].to_b, b->bandwidth, "c gives");
}

static void
expect_paces_out(void)
{
    stream_free(&files);
    files = stream_new(LONG);
    reopen_b();
    memset(went, 0, sizeof(went));
    (void)send_of(b, a, &files, &list);
    (void)send_of(b, c, &others, &others_list);
    carry_all();
    for_seconds(10);
    expect_pace(went[0].from_b, of_a, "a gets");
    expect_pace(went[1].from_b, b->bandwidth, "c gets");
}

Test(pull_peers, one_peer_has_a_slower_line_than_the_others)
{
    b->bandwidth = 4 * BLOCK;
    b->bandwidth_of = for_a;
    of_a = BLOCK;
    expect_paces();
}

Test(pull_peers, one_peer_has_a_faster_line_than_the_others)
{
    b->bandwidth = BLOCK;
    b->bandwidth_of = for_a;
    of_a = 4 * BLOCK;
    expect_paces();
}

Test(pull_peers, one_peer_is_given_less_in_a_second_than_the_others)
{
    b->bandwidth = 4 * BLOCK;
    b->bandwidth_of = for_a;
    of_a = BLOCK;
    expect_paces_out();
}

Test(pull_peers, one_peer_has_no_limit_where_the_others_have)
{
    b->bandwidth = BLOCK;
    b->bandwidth_of = for_a;
    of_a = 0;
    stream_free(&files);
    files = stream_new(LONG);
    reopen_b();
    (void)send_of(a, b, &files, &list);
    (void)send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(1);
    cr_expect(is_there(&files));
    cr_expect_leq(went[1].to_b, 4);
}

/* Of one row of b's: how much is here, and why not more. */
static struct store_parcel
row_at_b(const char *owner, const struct stream *s)
{
    struct store_parcel p;

    cr_assert(parcel_of(b, owner, s, &p));
    return p;
}

Test(pull_peers, one_peer_has_less_room_than_the_others)
{
    struct sent s, t;

    b->room_of = for_a;
    of_a = list.length + 2 * BLOCK;
    reopen_b();
    s = send_of(a, b, &files, &list);
    t = send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(2);
    cr_expect(is_there(&list));
    cr_expect_eq(have(&files), 0);
    cr_expect_eq(code_of(&files), E_QUOTA);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    cr_expect(marked(b, &t, EVENT_STORED));
    cr_expect_eq(row_at_b("QO-FIU", &others).code, OK);
}

Test(pull_peers, one_peer_has_more_room_than_the_others)
{
    struct sent s, t;

    b->peer_room = others_list.length + 2 * BLOCK;
    b->room_of = for_a;
    of_a = list.length + files.length;
    reopen_b();
    s = send_of(a, b, &files, &list);
    t = send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(2);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect_eq(row_at_b("QO-FIU", &others).code, E_QUOTA);
    cr_expect_eq(row_at_b("QO-FIU", &others).have, 0);
    cr_expect_not(marked(b, &t, EVENT_STORED));
}
