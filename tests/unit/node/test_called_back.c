/*
 * Files whose message is called back, withdrawn, sealed or under a hold while
 * they are under way: neither side goes on, and what is here stays.
 */
#include "tests/unit/node/pull_fixture.h"
#include "tests/unit/node/recall_fixture.h"

#define BLOCKS 40

static void
set_up(void)
{
    pull_set_up();
    stream_free(&files);
    files = stream_new(BLOCKS * BLOCK);
}

TestSuite(called_back, .init = set_up, .fini = pull_tear_down);

/* Some of the files are there. */
static struct sent
half_way(void)
{
    struct sent s = send_files();

    while (seen.came[5] == 0 && relay(1) > 0)
        ;
    cr_assert_neq(seen.came[5], 0);
    return s;
}

/* As long as a node would have gone on asking. */
static void
go_on(void)
{
    (void)relay(10000);
    for (size_t i = 0; i < 3; i++) {
        at(a->t.lo + 61);
        (void)relay(10000);
    }
}

static size_t
wants_from_now(void)
{
    const size_t before = seen.wants;

    go_on();
    return seen.wants - before;
}

static size_t
under_way(struct world *w)
{
    struct rec *r;

    cr_assert_eq(world_ask(w, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    return record_value(r, "transfers")->n;
}

/* What stays of it at b: more than came before, and not all. */
static void
expect_no_more(const struct sent *s)
{
    const uint64_t had = have(&files);

    cr_expect_eq(wants_from_now(), 0);
    cr_expect_eq(have(&files), had);
    cr_expect_lt(had, BLOCKS - PACKET_WANT_MAX);
    cr_expect_not(marked(b, s, EVENT_STORED));
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED) + alarms(a, E_NOT_RECIPIENT), 0);
    /* The list of files has all arrived, which no receipt says. */
    cr_expect_eq(under_way(a), 0);
    cr_expect_eq(under_way(b), 1);
}

Test(called_back, what_seals_at_once_ends_the_transfer_on_both_sides)
{
    struct sent s = half_way();

    (void)send_recall(&s, RECALL_REASON_RC_WRONG_RECIPIENT);
    (void)relay(10000);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_SEALED);
    cr_expect_gt(have(&files), 5, "what came counts");
    expect_no_more(&s);
}

/* An officer of the other side decides; its node may ask until then. */
Test(called_back, for_any_reason_its_sender_gives_no_more)
{
    struct sent s = half_way(), r;
    size_t came;

    r = send_recall(&s, RECALL_REASON_RC_UNLAWFUL);
    (void)relay(10000);
    came = seen.blocks;
    go_on();
    cr_expect_eq(seen.blocks, came);
    cr_expect_lt(have(&files), BLOCKS);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    cr_expect_eq(seen.stand[1].code, E_PARCEL_UNKNOWN);
    cr_expect_eq(under_way(a), 0);
    cr_expect_eq(under_way(b), 1);
    /* It stays, says the other side. */
    cr_assert_eq(answer(&r, RECALL_RESULT_PARTIAL), OK);
    go_on();
    cr_expect(is_there(&files));
    cr_expect(marked(a, &s, EVENT_STORED));
    cr_expect_eq(under_way(a), 2);
    cr_expect_eq(under_way(b), 2);
}

Test(called_back, it_goes_on_where_it_was_once_the_seal_is_off)
{
    struct sent s = half_way(), r;

    r = send_recall(&s, RECALL_REASON_RC_SENT_IN_ERROR);
    go_on();
    cr_expect_lt(have(&files), BLOCKS);
    cr_assert_eq(answer(&r, RECALL_RESULT_PARTIAL), OK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    go_on();
    cr_expect(is_there(&files));
    for (size_t i = 0; i < BLOCKS; i++)
        cr_expect_eq(seen.came[i], 1);
}

Test(called_back, an_answer_that_it_is_sealed_ends_it)
{
    struct sent s = half_way(), r;

    r = send_recall(&s, RECALL_REASON_RC_SENT_IN_ERROR);
    (void)relay(10000);
    cr_assert_eq(answer(&r, RECALL_RESULT_SEALED), OK);
    (void)relay(10000);
    expect_no_more(&s);
}

Test(called_back, a_legal_hold_keeps_what_is_here_and_asks_for_no_more)
{
    struct sent s = half_way();

    cr_assert_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + 5 * DAY), OK);
    (void)send_recall(&s, RECALL_REASON_RC_SOURCE_RISK);
    (void)relay(10000);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_LEGAL_HOLD);
    cr_expect_gt(have(&files), 5);
    expect_no_more(&s);
}

Test(called_back, a_legal_hold_alone_lets_the_rest_come)
{
    struct sent s = half_way();

    cr_assert_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + 5 * DAY), OK);
    go_on();
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
}

static bool
no_messages(const struct world *from, struct packet *p, bool *changed)
{
    (void)from;
    (void)changed;
    return p->type != PACKET_DELIVER;
}

Test(called_back, a_withdrawal_ends_it_at_the_sender_before_it_arrives)
{
    struct sent s = half_way();
    size_t came;

    hook = no_messages;
    (void)withdraw(&s);
    came = seen.blocks;
    /* What is on its way, and no more. */
    (void)relay(10000);
    cr_expect_leq(seen.blocks - came, PACKET_WANT_MAX);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    cr_expect_eq(under_way(a), 0);
    hook = NULL;
    go_on();
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(wants_from_now(), 0);
    cr_expect_eq(under_way(a), 0);
    cr_expect_eq(under_way(b), 0);
}

Test(called_back, what_an_officer_seals_here_is_not_pulled)
{
    struct sent s = half_way();

    cr_assert_eq(end_it(b, OFFICER, s.digest, END_SEAL, NULL), OK);
    world_tick(b);
    (void)relay(10000);
    cr_expect_eq(wants_from_now(), 0);
    cr_expect_lt(have(&files), BLOCKS);
    cr_expect_eq(under_way(b), 1, "the list");
}

Test(called_back, what_is_sealed_at_the_sender_is_not_given)
{
    struct sent s = half_way();
    size_t came;

    cr_assert_eq(end_it(a, OFFICER, s.digest, END_SEAL, NULL), OK);
    (void)relay(10000);
    came = seen.blocks;
    go_on();
    cr_expect_eq(seen.blocks, came);
    cr_expect_lt(have(&files), BLOCKS);
    cr_expect_eq(under_way(a), 0);
}

/* Another message that names the same files has its own right to them. */
Test(called_back, the_recall_of_one_message_is_not_that_of_another)
{
    struct stream other = stream_new(5000);
    struct sent s = half_way(), t;

    stream_upload(a, &other);
    t = send_with(&files, &other);
    (void)send_recall(&s, RECALL_REASON_RC_WRONG_RECIPIENT);
    go_on();
    cr_expect(is_there(&files));
    cr_expect(marked(b, &t, EVENT_STORED));
    stream_free(&other);
}

/* What waits for a decision for ever is passed over. */
Test(called_back, many_messages_that_are_sealed_keep_no_other_waiting)
{
    struct stream l[70];
    struct sent s[70];

    limits.retain_until = 0;
    stream_upload(a, &files);
    hook = NULL;
    world_unlink(a, b);
    for (size_t i = 0; i < 70; i++) {
        l[i] = stream_new(5000 + i);
        stream_upload(a, &l[i]);
        s[i] = send_with(&files, &l[i]);
    }
    world_close(b);
    b->bandwidth = 1;
    world_open(b);
    world_link(a, b);
    (void)relay(10000);
    for (size_t i = 0; i < 69; i++)
        cr_assert_eq(end_it(b, OFFICER, s[i].digest, END_SEAL, NULL), OK);
    world_close(b);
    b->bandwidth = 0;
    world_open(b);
    world_link(a, b);
    go_on();
    cr_expect(marked(b, &s[69], EVENT_STORED));
    cr_expect_not(marked(b, &s[0], EVENT_STORED));
    for (size_t i = 0; i < 70; i++)
        stream_free(&l[i]);
}
