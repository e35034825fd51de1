/*
 * How much of the disk the files of one officer and of one peer may take.
 */
#include "tests/unit/node/pull_fixture.h"
#include "tests/world/world_sparse.h"

#define LARGE_BLOCKS 65536

static struct stream more, more_list;

static void
set_up(void)
{
    pull_set_up();
    more = stream_new(5 * BLOCK);
    more_list = stream_new(4112);
}

static void
tear_down(void)
{
    stream_free(&more);
    stream_free(&more_list);
    pull_tear_down();
}

TestSuite(room, .init = set_up, .fini = tear_down);

static void
reopen(struct world *w)
{
    world_unlink(a, b);
    world_close(w);
    world_open(w);
    world_link(a, b);
    (void)relay(1000);
}

static struct sent
send_more(void)
{
    stream_upload(a, &more);
    stream_upload(a, &more_list);
    return send_with(&more, &more_list);
}

/* Room for either message with its files, and the list of the other. */
static void
set_peer_room(void)
{
    b->peer_room = more.length + list.length + more_list.length;
    reopen(b);
}

Test(room, what_a_peer_sends_waits_until_the_rest_of_it_is_opened)
{
    struct sent s, t;

    set_peer_room();
    s = send_files();
    (void)relay(1000);
    cr_expect(marked(b, &s, EVENT_STORED));
    t = send_more();
    (void)relay(1000);
    cr_expect(marked(b, &t, EVENT_DELIVERED), "the message itself");
    cr_expect(is_there(&more_list));
    cr_expect_eq(have(&more), 0);
    cr_expect_eq(code_of(&more), E_QUOTA);
    cr_expect_eq(seen.stand[0].code, E_QUOTA, "its sender knows");
    both_tick();
    cr_expect_eq(code_of(&more), E_QUOTA);
    cr_assert_eq(open_it(b, s.digest), OK);
    both_tick();
    cr_expect(is_there(&more));
    cr_expect(marked(b, &t, EVENT_STORED));
    cr_expect_eq(code_of(&more), OK);
    cr_expect_eq(seen.stand[0].code, OK);
}

Test(room, what_is_opened_needs_none_of_it)
{
    struct sent s, t;

    b->peer_room = 2 * list.length;
    reopen(b);
    s = send_files();
    (void)relay(1000);
    cr_expect_eq(code_of(&files), E_QUOTA, "larger than all of it");
    t = send_more();
    (void)relay(1000);
    cr_assert_eq(open_it(b, s.digest), OK);
    both_tick();
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect_not(marked(b, &t, EVENT_STORED));
    b->peer_room = 0;
    reopen(b);
    both_tick();
    cr_expect(marked(b, &t, EVENT_STORED), "without a limit");
}

Test(room, what_is_destroyed_gives_it_back)
{
    struct sent s, t;

    set_peer_room();
    s = send_files();
    (void)relay(1000);
    t = send_more();
    (void)relay(1000);
    cr_expect_not(marked(b, &t, EVENT_STORED));
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    both_tick();
    both_tick();
    cr_expect(marked(b, &t, EVENT_STORED));
}

/* Blocks behind one that never comes are on the disk too. */
Test(room, what_was_begun_and_refused_counts)
{
    struct store_parcel p = { .length = 100 * BLOCK, .have = 3 };

    cr_expect_eq(store_parcel_here(&p), 3 * BLOCK);
    p.code = E_QUOTA;
    cr_expect_eq(store_parcel_here(&p), 3 * BLOCK);
    p.code = E_PARCEL_UNKNOWN;
    cr_expect_eq(store_parcel_here(&p), 67 * BLOCK);
    p.have = 90;
    cr_expect_eq(store_parcel_here(&p), 100 * BLOCK);
}

/* Room for one message with files, and a part of another. */
static void
set_officer_room(void)
{
    a->officer_room = files.length + list.length + 4 * BLOCK;
    reopen(a);
}

Test(room, an_officer_hands_in_more_when_it_has_arrived)
{
    struct sent s;

    set_officer_room();
    stream_upload(a, &files);
    stream_upload(a, &list);
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), E_QUOTA);
    cr_expect_eq(stream_begin_by(a, HEAD, &more, NULL, NULL), OK,
        "another person has his own");
    randombytes_buf(more.id, sizeof(more.id));
    cr_expect_eq(stream_begin(a, &more_list, NULL, NULL), OK, "it is small");
    world_unlink(a, b);
    s = send_with(&files, &list);
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), E_QUOTA, "on its way");
    world_link(a, b);
    (void)relay(1000);
    at(a->t.lo + 31);
    (void)relay(1000);
    cr_expect(marked(a, &s, EVENT_STORED));
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), OK);
}

Test(room, an_upload_takes_what_it_promised_for_an_hour)
{
    set_officer_room();
    cr_assert_eq(stream_begin(a, &more, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &more, 0, stream_block(&more, 0)), OK);
    cr_expect_eq(stream_begin(a, &files, NULL, NULL), E_QUOTA);
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), OK, "it goes on");
    at(a->t.lo + 3601);
    cr_expect_eq(stream_begin(a, &files, NULL, NULL), OK);
}

Test(room, nobody_writes_to_the_upload_of_another)
{
    struct rec *args = record_new(a->a, &record_ask_block_put);

    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    world_check(record_put_bytes(a->a, args, "upload", SLICE(files.id)));
    world_check(record_put_uint(a->a, args, "index", 0));
    world_check(record_put_bytes(a->a, args, "block",
        stream_block(&files, 0)));
    cr_expect_eq(world_ask(a, HEAD, REQUEST_BLOCK_PUT, ACT_NONE, SLICE_EMPTY,
        args, NULL), E_PARCEL_UNKNOWN);
}

static struct sent
wait_for_approver(void)
{
    struct world_form f = form_with(b, &files, &list);
    struct sent s;

    f.approval = true;
    stream_upload(a, &files);
    stream_upload(a, &list);
    world_send(a, &f, s.digest, s.id, s.thread);
    cr_assert_eq(stream_begin(a, &more, NULL, NULL), E_QUOTA);
    return s;
}

static enum err
cancel(const struct sent *s)
{
    return world_ask(a, OFFICER, REQUEST_CANCEL, ACT_CANCEL,
        SLICE(s->digest), args_of(a, REQUEST_CANCEL, s->digest), NULL);
}

Test(room, what_is_taken_back_gives_it_back_at_once)
{
    struct sent s;

    set_officer_room();
    s = wait_for_approver();
    cr_assert_eq(cancel(&s), OK);
    cr_expect_eq(files_in(a), 0);
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), OK);
}

Test(room, what_nobody_approved_gives_it_back)
{
    set_officer_room();
    (void)wait_for_approver();
    at(a->t.lo + PENDING_LIFE + 61);
    at(a->t.lo + 61);
    cr_expect_eq(files_in(a), 0);
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), OK);
}

Test(room, what_another_message_names_stays)
{
    struct world_form f = form_with(b, &files, &list);
    struct sent s;

    (void)send_files();
    f.approval = true;
    world_send(a, &f, s.digest, s.id, s.thread);
    cr_assert_eq(cancel(&s), OK);
    cr_expect_eq(files_in(a), 4);
}

static bool
no_blocks(const struct world *from, struct packet *p, bool *changed)
{
    (void)from;
    (void)changed;
    return p->type != PACKET_BLOCK;
}

static size_t
under_way(void)
{
    const struct value *v;
    struct rec *r;

    cr_assert_eq(world_ask(a, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "transfers");
    return v == NULL ? 0 : v->n;
}

Test(room, what_is_destroyed_there_is_under_way_no_more)
{
    struct sent s;

    hook = no_blocks;
    s = send_files();
    (void)relay(1000);
    cr_assert_eq(under_way(), 2);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    at(a->t.lo + 31);
    (void)relay(1000);
    cr_assert(marked(a, &s, EVENT_DESTROYED));
    cr_expect_eq(under_way(), 0);
}

Test(room, what_is_withdrawn_is_under_way_no_more)
{
    struct sent s;

    hook = no_blocks;
    s = send_files();
    (void)relay(1000);
    cr_assert_eq(under_way(), 2);
    (void)withdraw(&s);
    cr_expect_eq(under_way(), 0);
}

/* Files of so many blocks, as if a client of w had handed them in. */
static void
have_large(struct world *w, uint64_t blocks, struct stream *out)
{
    struct store_parcel p;

    world_sparse(w->folder, w->core->store, blocks, w->t.lo, &p);
    stream_free(out);
    *out = (struct stream){ .length = p.length, .bytes = malloc(1) };
    memcpy(out->root, p.root, HASH_LEN);
}

/* A message with files that take half of the room. */
static struct sent
send_large(uint64_t *room)
{
    cr_assert_eq(stream_begin(b, &more_list, NULL, room), OK);
    have_large(a, *room / 2 / BLOCK < LARGE_BLOCKS ? *room / 2 / BLOCK :
        LARGE_BLOCKS, &files);
    stream_upload(a, &list);
    return send_with(&files, &list);
}

/* What an officer of b is told. */
static uint64_t
room_now(void)
{
    uint64_t room = 0;

    cr_assert_eq(stream_begin(b, &more_list, NULL, &room), OK);
    return room;
}

static void
relay_until_came(size_t index)
{
    while (seen.came[index] == 0)
        cr_assert_neq(relay(1), 0);
}

Test(room, what_a_peer_sends_now_is_not_given_to_an_upload)
{
    uint64_t before;

    (void)send_large(&before);
    relay_until_came(39);
    at(a->t.lo + 1);
    cr_expect_lt(room_now(), before - files.length / 2);
}

/* A second block never comes, since the peer says no. */
static struct sent refused;

static bool
refuse_after_one(const struct world *from, struct packet *p, bool *changed)
{
    const struct packet_block x = p->u.block;

    if (from != a || p->type != PACKET_BLOCK || x.index == 0 ||
        memcmp(x.root, files.root, HASH_LEN) != 0)
        return true;
    p->type = PACKET_STAND;
    p->u.stand = (struct packet_stand){ .code = E_PARCEL_UNKNOWN };
    memcpy(p->u.stand.digest, refused.digest, HASH_LEN);
    memcpy(p->u.stand.root, x.root, HASH_LEN);
    *changed = true;
    return true;
}

Test(room, a_peer_that_begins_and_refuses_keeps_none_from_officers)
{
    uint64_t before;

    hook = refuse_after_one;
    refused = send_large(&before);
    (void)relay(1000);
    cr_assert_eq(have(&files), 1);
    cr_expect_eq(code_of(&files), E_PARCEL_UNKNOWN);
    cr_expect_gt(room_now(), before - files.length / 2);
    reopen(b);
    cr_expect_gt(room_now(), before - files.length / 2);
}

static bool
lose_blocks(const struct world *from, struct packet *p, bool *changed)
{
    (void)changed;
    return from != a || p->type != PACKET_BLOCK ||
        memcmp(p->u.block.root, files.root, HASH_LEN) != 0;
}

Test(room, a_peer_that_sends_nothing_keeps_none_from_officers)
{
    uint64_t before;

    hook = lose_blocks;
    (void)send_large(&before);
    (void)relay(1000);
    cr_expect_gt(room_now(), before - files.length / 2, "it is only asked");
    hook = NULL;
    at(a->t.lo + 31);
    relay_until_came(39);
    at(a->t.lo + 1);
    cr_assert_lt(room_now(), before - files.length / 2);
    hook = lose_blocks;
    at(a->t.lo + 6);
    (void)relay(1000);
    cr_expect_gt(room_now(), before - files.length / 2);
    world_unlink(a, b);
    at(a->t.lo + 60);
    cr_expect_gt(room_now(), before - files.length / 2, "it is gone");
}

Test(room, a_slow_peer_keeps_what_it_sends_in_an_hour)
{
    uint64_t before;

    (void)send_large(&before);
    for (size_t i = 0; i < 8; i++) {
        at(a->t.lo + 4);
        relay_until_came(i);
    }
    cr_expect_gt(room_now(), before - files.length / 2);
}

/* A third authority, which sends b what does not fit beside `files`. */
static struct world *
third(uint64_t room)
{
    char path[96];
    struct world *c;
    struct sent s;

    (void)snprintf(path, sizeof(path), "%s/c", dir);
    c = world_new("QO-FIU", path, "tcp://127.0.0.1:1");
    world_at(c, a->t.lo);
    world_pin(b, c);
    world_pin(c, b);
    world_link(c, b);
    (void)world_carry(c, b, 100);
    have_large(c, (room - files.length / 2) / BLOCK, &more);
    stream_upload(c, &more_list);
    world_send(c, &(const struct world_form[]){ form_with(b, &more,
        &more_list) }[0], s.digest, s.id, s.thread);
    return c;
}

static enum err
code_of_third(void)
{
    struct store_parcel p;

    cr_assert(parcel_of(b, "QO-FIU", &more, &p));
    return (enum err)p.code;
}

Test(room, a_peer_that_falls_silent_keeps_none_from_others_for_long)
{
    uint64_t room;
    struct world *c;

    (void)send_large(&room);
    relay_until_came(39);
    world_unlink(a, b);
    c = third(room);
    (void)world_carry(c, b, 40);
    cr_expect_eq(code_of_third(), E_PARCEL_ROOM);
    at(a->t.lo + 599);
    (void)world_carry(c, b, 40);
    cr_expect_eq(code_of_third(), E_PARCEL_ROOM);
    at(a->t.lo + 20);
    (void)world_carry(c, b, 40);
    cr_expect_eq(code_of_third(), OK);
    world_free(c);
}

static unsigned let_through;

static bool
few_blocks(const struct world *from, struct packet *p, bool *changed)
{
    (void)changed;
    if (from != a || p->type != PACKET_BLOCK)
        return true;
    return let_through > 0 && let_through-- > 0;
}

Test(room, a_peer_that_sends_a_block_now_and_then_keeps_none_for_long)
{
    uint64_t room;
    struct world *c;

    (void)send_large(&room);
    relay_until_came(9);
    hook = few_blocks;
    c = third(room);
    (void)world_carry(c, b, 40);
    for (size_t i = 0; i < 3; i++) {
        const size_t came = seen.blocks;

        cr_expect_eq(code_of_third(), i < 2 ? E_PARCEL_ROOM : OK);
        let_through = 1;
        for (size_t t = 0; t < 18; t++) {
            at(a->t.lo + 31);
            (void)relay(100);
        }
        cr_expect_eq(let_through, 0, "one came");
        cr_expect_gt(seen.blocks, came);
        (void)world_carry(c, b, 40);
        at(a->t.lo + 2);
        (void)world_carry(c, b, 40);
    }
    world_free(c);
}

Test(room, a_peer_that_sends_as_fast_as_before_keeps_all_that_it_lacks)
{
    uint64_t room;
    struct world *c;

    (void)send_large(&room);
    relay_until_came(9);
    c = third(room);
    (void)world_carry(c, b, 40);
    /* Half of it in a day is 23 blocks in a minute. */
    for (size_t t = 0; t < 15; t++) {
        at(a->t.lo + 60);
        relay_until_came(9 + 60 * (t + 1));
        (void)world_carry(c, b, 4);
    }
    cr_expect_eq(code_of_third(), E_PARCEL_ROOM);
    world_free(c);
}
