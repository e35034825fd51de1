/*
 * How much of the disk the files of one officer and of one peer may take.
 */
#include "tests/unit/node/pull_fixture.h"

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
