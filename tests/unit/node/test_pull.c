/*
 * Blocks go from one node to another: whole, in any order, once each, over
 * restarts and lost connections, and only where there is room.
 */
#include <signal.h>
#include <sys/resource.h>

#include "node/store_msg.h"
#include "proto/entry.h"
#include "tests/unit/node/pull_fixture.h"

TestSuite(pull, .init = pull_set_up, .fini = pull_tear_down);

static void
replace_files(uint64_t length)
{
    stream_free(&files);
    files = stream_new(length);
}

Test(pull, files_go_over_after_the_message_and_their_list_before_them)
{
    struct sent s = send_files();

    (void)relay(1000);
    cr_expect_eq(world_state(b, ASK_IN, s.digest), STORE_RECEIVED);
    cr_expect(is_there(&list) && is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect(marked(b, &s, EVENT_DELIVERED));
    /* The receipt comes with the next answer, which is asked for at once. */
    cr_expect(marked(a, &s, EVENT_STORED));
    cr_expect_eq(alarms(a, E_BLOCK_UNASKED) + alarms(b, E_BLOCK_UNASKED), 0);
}

Test(pull, every_length_goes_over_with_at_most_eight_blocks_under_way)
{
    static const uint64_t lengths[] = { 17, CHUNK, BLOCK, 2 * BLOCK,
        8 * BLOCK, 8 * BLOCK + 17, 9 * BLOCK, 40 * BLOCK + CHUNK };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct stream l = stream_new(4112 + i);
        struct sent s;

        replace_files(lengths[i]);
        stream_upload(a, &files);
        stream_upload(a, &l);
        s = send_with(&files, &l);
        (void)relay(1000);
        cr_expect(is_there(&files) && is_there(&l));
        cr_expect(marked(b, &s, EVENT_STORED));
        stream_free(&l);
    }
    cr_expect_eq(seen.most_under_way, PACKET_WANT_MAX);
    cr_expect_eq(seen.stand[0].code, OK);
    for (size_t i = 0; i < 41; i++)
        cr_expect_leq(seen.asked[i], sizeof(lengths) / sizeof(lengths[0]));
}

/* The receipt is for the whole message: list and files. */
Test(pull, two_messages_with_one_parcel_are_stored_by_one_transfer)
{
    struct stream other = stream_new(5000);
    struct sent s = send_files(), t;

    stream_upload(a, &other);
    t = send_with(&files, &other);
    (void)relay(1000);
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect(marked(b, &t, EVENT_STORED));
    for (size_t i = 0; i < parcel_blocks(files.length); i++)
        cr_expect_eq(seen.asked[i], 1);
    stream_free(&other);
}

Test(pull, a_message_whose_files_are_here_is_stored_when_it_comes)
{
    struct sent s = send_files(), t;
    size_t wants;

    (void)relay(1000);
    wants = seen.wants;
    t = send_with(&files, &list);
    (void)relay(1000);
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect(marked(b, &t, EVENT_STORED));
    cr_expect_eq(seen.wants, wants);
}

/* Which block is to be lost, or all from then on. */
static unsigned lose_from, lose_most;

static bool
lose_blocks(const struct world *from, struct packet *p, bool *changed)
{
    (void)from;
    (void)changed;
    if (p->type != PACKET_BLOCK || memcmp(p->u.block.root, files.root,
        HASH_LEN) != 0 || p->u.block.index < lose_from || lose_most == 0)
        return true;
    lose_most--;
    return false;
}

Test(pull, a_lost_answer_is_asked_for_again_after_thirty_seconds)
{
    struct sent s;

    replace_files(20 * BLOCK);
    s = send_files();
    lose_from = 5;
    lose_most = 2;
    hook = lose_blocks;
    (void)relay(1000);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    /* The others came out of their order, and are here. */
    cr_expect_eq(seen.came[19], 1);
    at(a->t.lo + 10);
    (void)relay(1000);
    cr_expect_not(is_there(&files));
    at(a->t.lo + 21);
    (void)relay(1000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
    for (size_t i = 0; i < 20; i++)
        cr_expect_eq(seen.asked[i], i == 5 || i == 6 ? 2 : 1);
}

/* A block that came is never asked for again, whoever starts anew and when. */
static void
restart_at_every_block(bool of_a)
{
    struct sent s;
    size_t n = 0;

    replace_files(11 * BLOCK + CHUNK);
    s = send_files();
    while (!marked(b, &s, EVENT_STORED) && n++ < 200) {
        const size_t before = seen.blocks;

        while (seen.blocks == before && relay(1) > 0)
            ;
        restart(of_a ? a : b);
        (void)relay(20);
        both_tick();
    }
    cr_expect(is_there(&files) && is_there(&list));
    cr_expect(marked(b, &s, EVENT_STORED));
    for (size_t i = 0; i < parcel_blocks(files.length); i++)
        cr_expect_eq(seen.came[i], 1, "block %zu came %u times", i,
            seen.came[i]);
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 0);
}

Test(pull, the_recipient_goes_on_where_it_was_after_every_block)
{
    restart_at_every_block(false);
}

Test(pull, the_sender_goes_on_where_it_was_after_every_block)
{
    restart_at_every_block(true);
}

/* In the middle of sixty blocks the line breaks, for twenty days; a node may
 * have been killed, and off for as long. */
static void
twenty_days_away(struct world *off)
{
    size_t again = 0;
    struct sent s;

    replace_files(60 * BLOCK);
    s = send_files();
    while (seen.came[30] == 0)
        cr_assert_gt(relay(1), 0);
    if (off != NULL) {
        world_close(off);
        world_open(off);
    }
    world_unlink(a, b);
    outgoing_free(a->out);
    outgoing_free(b->out);
    a->out = b->out = NULL;
    if (off != NULL)
        world_close(off);
    for (int day = 0; day < 20; day++) {
        world_at(a, a->t.lo + DAY);
        world_at(b, b->t.lo + DAY);
        if (off != a)
            world_tick(a);
        if (off != b)
            world_tick(b);
    }
    if (off != NULL)
        world_open(off);
    cr_assert_eq(seen.came[59], 0);
    world_link(a, b);
    (void)relay(10000);
    both_tick();
    cr_expect(is_there(&files) && is_there(&list));
    cr_expect(marked(a, &s, EVENT_STORED) && marked(b, &s, EVENT_STORED));
    for (size_t i = 0; i < 60; i++) {
        cr_expect_eq(seen.came[i], 1, "block %zu came %u times", i,
            seen.came[i]);
        again += seen.asked[i] - 1;
    }
    cr_expect_leq(again, PACKET_WANT_MAX);
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 0);
}

Test(pull, after_twenty_days_without_a_line_it_goes_on_where_it_was)
{
    twenty_days_away(NULL);
}

Test(pull, after_twenty_days_without_the_recipient_it_goes_on_where_it_was)
{
    twenty_days_away(b);
}

Test(pull, after_twenty_days_without_the_sender_it_goes_on_where_it_was)
{
    twenty_days_away(a);
}

/* Blocks that arrive one behind the other in turned order. */
Test(pull, blocks_may_come_in_any_order)
{
    struct outgoing *o, *turned;
    struct sent s;

    replace_files(8 * BLOCK);
    s = send_files();
    for (int i = 0; i < 400 && !marked(b, &s, EVENT_STORED); i++) {
        turned = NULL;
        while ((o = a->out) != NULL) {
            a->out = o->next;
            o->next = turned;
            turned = o;
        }
        a->out = turned;
        while (relay_one(a, b))
            ;
        while (relay_one(b, a))
            ;
    }
    cr_expect(is_there(&files) && is_there(&list));
    cr_expect(marked(b, &s, EVENT_STORED));
}

Test(pull, another_authority_that_names_the_root_has_a_claim_of_its_own)
{
    struct store_parcel p;
    struct sent s = send_files(), t;
    const struct world_form back = form_with(a, &files, &list);

    (void)relay(1000);
    cr_expect(is_there(&files));
    /* b hands in the same bytes as its own, and sends them to a. */
    stream_upload(b, &files);
    stream_upload(b, &list);
    world_send(b, &back, t.digest, t.id, t.thread);
    (void)relay(1000);
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect(marked(a, &t, EVENT_STORED));
    cr_expect(parcel_of(a, "QN-FIU", &files, &p));
    cr_expect_eq(p.have, parcel_blocks(files.length));
    cr_expect(parcel_of(a, "", &files, &p));
    for (size_t i = 0; i < parcel_blocks(files.length); i++)
        cr_expect_eq(seen.came[i], 2);
}

Test(pull, a_disk_without_room_lets_it_wait_and_go_on)
{
    struct store_parcel p;
    struct sent s;

    world_unlink(a, b);
    world_close(b);
    /* More than any disk has: what is free changes while this runs. */
    b->reserve = UINT64_MAX / 4;
    world_open(b);
    s = send_files();
    world_link(a, b);
    (void)relay(1000);
    cr_expect(marked(b, &s, EVENT_DELIVERED));
    cr_expect_eq(seen.wants, 0);
    cr_expect_eq(code_of(&files), E_PARCEL_ROOM);
    cr_expect_eq(code_of(&list), E_PARCEL_ROOM);
    cr_expect_eq(seen.stand[0].code, E_PARCEL_ROOM);
    both_tick();
    cr_expect_eq(seen.wants, 0);
    cr_expect_eq(seen.stands[0], 2, "told once for each");
    /* Whoever starts anew is told again. */
    restart(a);
    (void)relay(1000);
    both_tick();
    cr_expect_eq(seen.stands[0], 4);
    b->reserve = 0;
    restart(b);
    (void)relay(1000);
    both_tick();
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect_eq(seen.stand[0].code, OK);
    cr_expect(parcel_of(b, "QM-FIU", &files, &p) && p.code == OK);
}

Test(pull, a_file_that_cannot_grow_lets_messages_through)
{
    const struct rlimit small = { 24 * PARCEL_BLOCK, RLIM_INFINITY };
    const struct rlimit large = { RLIM_INFINITY, RLIM_INFINITY };
    struct sent s, t;

    (void)signal(SIGXFSZ, SIG_IGN);
    replace_files(40 * BLOCK);
    s = send_files();
    (void)relay(4);
    /* The files of the database are smaller than that. */
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    (void)relay(1000);
    cr_expect_eq(code_of(&files), E_PARCEL_ROOM);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
    t = send_to(a, b);
    (void)relay(1000);
    cr_expect_eq(world_state(b, ASK_IN, t.digest), STORE_RECEIVED);
    at(a->t.lo + 20);
    (void)relay(1000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
    for (size_t i = 0; i < 24; i++)
        cr_expect_eq(seen.came[i], 1);
}

Test(pull, what_is_destroyed_meanwhile_is_not_asked_for_any_more)
{
    struct sent s;
    struct store_message m;
    size_t wants;

    replace_files(30 * BLOCK);
    s = send_files();
    while (seen.blocks < 6 && relay(1) > 0)
        ;
    cr_assert_eq(store_message_find_digest(b->core->store, s.digest, NULL,
        &m), OK);
    cr_assert_eq(store_begin(b->core->store), OK);
    cr_assert_eq(store_content_drop(b->core->store, m.n), OK);
    cr_assert_eq(store_commit(b->core->store), OK);
    world_tick(b);
    (void)relay(1000);
    wants = seen.wants;
    both_tick();
    both_tick();
    cr_expect_eq(seen.wants, wants);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    cr_expect_eq(have(&files), 0);
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 0);
}

static void
urgent(struct arena *arena, struct message *m)
{
    carry_files(arena, m);
    world_check(record_put_uint(arena, m->common, "urgency",
        URGENCY_URGENT));
    world_check(record_put_uint(arena, m->common, "urgency_reason",
        URGENCY_REASON_UR_FLIGHT));
}

/* Two messages with one parcel: the end of the one is not that of the other. */
Test(pull, what_another_message_still_names_goes_on)
{
    struct stream other = stream_new(5000);
    struct sent s, t;

    replace_files(20 * BLOCK);
    s = send_files();
    stream_upload(a, &other);
    t = send_with(&files, &other);
    while (seen.came[4] == 0 && relay(1) > 0)
        ;
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    (void)relay(10000);
    for (size_t i = 0; i < 5; i++)
        both_tick();
    cr_expect(is_there(&files));
    cr_expect(marked(b, &t, EVENT_STORED));
    stream_free(&other);
}

/* What a message that comes later names again is its own from then on. */
Test(pull, what_is_named_again_is_kept)
{
    struct stream other = stream_new(5000);
    struct sent s, t;

    replace_files(20 * BLOCK);
    s = send_files();
    while (seen.came[4] == 0 && relay(1) > 0)
        ;
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    stream_upload(a, &other);
    t = send_with(&files, &other);
    (void)relay(10000);
    for (size_t i = 0; i < 5; i++)
        both_tick();
    cr_expect(is_there(&files));
    cr_expect(marked(b, &t, EVENT_STORED));
    stream_free(&other);
}

Test(pull, what_is_more_urgent_goes_first)
{
    struct stream more = stream_new(3 * BLOCK), l = stream_new(5000);
    struct world_form form;
    struct sent s, t;

    replace_files(30 * BLOCK);
    s = send_files();
    while (seen.blocks < 6 && relay(1) > 0)
        ;
    stream_upload(a, &more);
    stream_upload(a, &l);
    form = form_with(b, &more, &l);
    form.common = urgent;
    world_send(a, &form, t.digest, t.id, t.thread);
    for (int i = 0; i < 1000 && !marked(b, &t, EVENT_STORED); i++)
        (void)relay(1);
    cr_expect(marked(b, &t, EVENT_STORED));
    cr_expect_not(marked(b, &s, EVENT_STORED));
    (void)relay(1000);
    both_tick();
    cr_expect(marked(b, &s, EVENT_STORED));
    for (size_t i = 0; i < 30; i++)
        cr_expect_eq(seen.came[i], 1);
    stream_free(&more);
    stream_free(&l);
}

Test(pull, a_message_is_not_kept_waiting_by_blocks)
{
    struct sent s, t;

    replace_files(30 * BLOCK);
    s = send_files();
    while (seen.blocks < 6 && relay(1) > 0)
        ;
    t = send_to(a, b);
    /* What was on its way before it, and no more. */
    (void)relay(2 * PACKET_WANT_MAX + 6);
    cr_expect_eq(world_state(b, ASK_IN, t.digest), STORE_RECEIVED);
    cr_expect_not(marked(b, &s, EVENT_STORED));
}

Test(pull, the_pace_is_that_of_the_configuration_on_both_sides)
{
    struct sent s;
    int64_t began;

    for (int side = 0; side < 2; side++) {
        struct stream l = stream_new(6000 + (uint64_t)side);

        replace_files(20 * BLOCK);
        world_unlink(a, b);
        world_close(side == 0 ? a : b);
        (side == 0 ? a : b)->bandwidth = 2 * BLOCK;
        world_open(side == 0 ? a : b);
        world_link(a, b);
        stream_upload(a, &files);
        stream_upload(a, &l);
        s = send_with(&files, &l);
        began = a->t.lo;
        for (int i = 0; i < 60 && !marked(b, &s, EVENT_STORED); i++)
            both_tick();
        cr_expect(is_there(&files));
        cr_expect_geq(a->t.lo - began, 9);
        cr_expect_leq(a->t.lo - began, 24);
        (side == 0 ? a : b)->bandwidth = 0;
        restart(side == 0 ? a : b);
        (void)relay(1000);
        stream_free(&l);
    }
}

static struct rec *
transfer(struct world *w, size_t i, size_t *n)
{
    struct rec *r;
    const struct value *v;

    cr_assert_eq(world_ask(w, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "transfers");
    *n = v->n;
    return i < v->n ? v->v[i].r : NULL;
}

/* Blocks that are here without a hole before them, as an officer is told. */
static uint64_t
told_here(void)
{
    size_t n;

    return record_uint(transfer(b, 0, &n), "have") / BLOCK;
}

/* Nobody fetches more than the store says is here (do_block.c). */
Test(pull, what_came_ten_seconds_ago_can_be_read)
{
    uint64_t told;

    replace_files(200 * BLOCK);
    world_close(b);
    b->bandwidth = 2 * BLOCK;
    world_open(b);
    world_link(a, b);
    (void)send_files();
    for (size_t i = 0; i < 15; i++)
        both_tick();
    told = told_here();
    cr_expect_geq(told, 10);
    for (size_t i = 0; i < 11; i++)
        both_tick();
    cr_expect_geq(have(&files), told);
    cr_expect_lt(told_here(), 100);
}

Test(pull, when_the_peer_goes_what_came_counts)
{
    replace_files(100 * BLOCK);
    (void)send_files();
    while (seen.came[20] == 0 && relay(1) > 0)
        ;
    cr_assert_eq(have(&files), 0);
    world_unlink(a, b);
    world_tick(b);
    cr_expect_geq(have(&files), 20);
}

Test(pull, a_node_that_ends_tells_the_same_when_it_begins_again)
{
    uint64_t here;

    replace_files(100 * BLOCK);
    (void)send_files();
    while (seen.came[20] == 0 && relay(1) > 0)
        ;
    here = told_here();
    cr_expect_geq(here, 20);
    world_end(b);
    world_open(b);
    cr_expect_eq(told_here(), here, "its peer is away");
}

Test(pull, both_sides_see_how_far_it_is)
{
    struct rec *r;
    struct sent s;
    size_t n, told;
    uint64_t since;

    replace_files(30 * BLOCK);
    s = send_files();
    while (seen.came[9] == 0 && relay(1) > 0)
        ;
    told = seen.stands[0];
    at(a->t.lo + 3);
    while (seen.stands[0] == told && relay(1) > 0)
        ;
    r = transfer(b, 0, &n);
    cr_assert_eq(n, 2);
    cr_expect_eq(record_uint(r, "which"), PARCEL_FILES);
    cr_expect(slice_equal(record_bytes(r, "digest"), SLICE(s.digest)));
    cr_expect_eq(record_uint(r, "have") % BLOCK, 0);
    cr_expect_geq(record_uint(r, "have"), 9 * BLOCK);
    cr_expect_eq(record_uint(r, "done") + record_uint(r, "out"), 0);
    r = transfer(a, 0, &n);
    cr_assert_eq(n, 2);
    cr_expect_eq(record_uint(r, "out"), 1);
    cr_expect_geq(record_uint(r, "have"), 9 * BLOCK);
    cr_expect_lt(record_uint(r, "have"), files.length);
    cr_expect_not(record_has(r, "at"));
    since = (uint64_t)a->t.lo;
    (void)relay(1000);
    at(a->t.lo + 31);
    (void)relay(1000);
    r = transfer(a, 0, &n);
    cr_expect_eq(record_uint(r, "done"), 1);
    cr_expect_eq(record_uint(r, "have"), files.length);
    cr_expect_geq(record_uint(r, "at"), since, "since when");
    r = transfer(b, 0, &n);
    cr_expect_eq(record_uint(r, "done"), 1);
    cr_expect_eq(record_uint(r, "have"), files.length);
    cr_expect_geq(record_uint(r, "at"), since);
}
