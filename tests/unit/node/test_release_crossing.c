/*
 * What both sides of an offer of evidence say at once: each pair in both
 * orders of arrival, also where an answer is lost or a node starts again
 * between the two.  Both nodes end in one state, with the same messages, and
 * the transfer went if and only if it was accepted.
 */
#include "node/store_msg.h"
#include "tests/unit/node/evidence_fixture.h"
#include "tests/unit/node/crossing.h"

TestSuite(release_crossing, .init = evidence_up, .fini = chain_down,
    .timeout = 300);

/* What each side says.  NO_MESSAGE: a does something that is none. */
enum by_a { A_WITHDRAWS, A_UPDATES, A_CANCELS, BY_A };
enum by_b { B_ACCEPTS, B_COUNTERS, B_DECLINES, BY_B };
enum trouble { NOTHING, ANSWER_LOST, A_STARTS, B_STARTS, TROUBLES };

static uint8_t by_a[HASH_LEN], by_b[HASH_LEN];

static enum err
withdraw(void)
{
    struct message m;

    evidence_message(a, KIND_WITHDRAWAL, &m);
    put_uint(a, m.own, "reason", 1);
    put_uint(a, m.own, "destroy_requested", 0);
    return submit(a, &m, b, NULL, by_a);
}

static enum err
tighten(void)
{
    struct message m;

    evidence_message(a, KIND_RESTRICTION_UPDATE, &m);
    put_uint(a, m.own, "direction", DIRECTION_TIGHTEN);
    put_text(a, m.own, "reason", "The court asks for it.");
    put_one_uint(a, m.own, "changed", LIMIT_export);
    put_one(a, m.common, "restrictions", (union item){
        .r = limits_copy(a->a, ev.set) });
    put_uint(a, message_rec(&m, "restrictions"), "rrev", 2);
    put_uint(a, message_rec(&m, "restrictions"), "export", EXPORT_NONE);
    return submit(a, &m, b, NULL, by_a);
}

static enum err
cancel(void)
{
    struct rec *args = record_new(a->a, request_row(REQUEST_CANCEL)->args);

    put_bytes(a, args, "digest", ev.transfer, HASH_LEN);
    return world_ask(a, OFFICER, REQUEST_CANCEL, ACT_CANCEL,
        SLICE(ev.transfer), args, NULL);
}

static void
say(enum by_a x, enum by_b y)
{
    enum err (*const acts[])(void) = { withdraw, tighten, cancel };
    const unsigned answers[] = { CONDITIONS_ANSWER_ACCEPT,
        CONDITIONS_ANSWER_COUNTER, CONDITIONS_ANSWER_DECLINE };

    cr_assert_eq(acts[x](), OK, "%d: %s at %.*s", x,
        err_row((enum err)a->answer.code)->name, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    cr_assert_eq(decide(answers[y], by_b), OK);
}

static void
trouble(enum trouble t, size_t when, size_t i)
{
    if (when == i && (t == A_STARTS || t == B_STARTS))
        restart(t == A_STARTS ? a : b);
}

/* What it ends in: the state of the thread, and whether b's answer stands. */
static const struct {
    unsigned state;
    bool stands;
} ends[BY_A][BY_B] = {
    [A_WITHDRAWS] = { { EVIDENCE_WITHDRAWN, false },
        { EVIDENCE_WITHDRAWN, false }, { EVIDENCE_WITHDRAWN, false } },
    /* Who accepts says which revision; who refuses needs none. */
    [A_UPDATES] = { { EVIDENCE_OFFERED, false },
        { EVIDENCE_COUNTERED, true }, { EVIDENCE_DECLINED, true } },
    [A_CANCELS] = { { EVIDENCE_OFFERED, false },
        { EVIDENCE_COUNTERED, true }, { EVIDENCE_DECLINED, true } },
};

static void
play(enum by_a x, enum by_b y, bool b_first, enum trouble t, size_t when)
{
    unsigned out, in;

    memset(&ev, 0, sizeof(ev));
    offered();
    cut();
    say(x, y);
    link_up();
    for (size_t i = 0; i < 2; i++) {
        bool by = (i == 0) == b_first;

        trouble(t, when, i);
        if (by || x != A_CANCELS)
            arrive(by ? b : a, by ? a : b, t == ANSWER_LOST && when == i);
    }
    talk();
    carry_all();
    cr_assert_eq(world_thread(a, b, ev.thread), ends[x][y].state,
        "%d %d %d %d %zu: a is in %u", x, y, b_first, t, when,
        world_thread(a, b, ev.thread));
    cr_assert_eq(world_thread(b, a, ev.thread), ends[x][y].state,
        "%d %d %d %d %zu: b is in %u", x, y, b_first, t, when,
        world_thread(b, a, ev.thread));
    out = world_state(b, ASK_OUT, by_b);
    in = world_state(a, ASK_IN, by_b);
    cr_assert_eq(out, ends[x][y].stands ? STORE_DELIVERED : STORE_REFUSED,
        "%d %d %d %d %zu: %u", x, y, b_first, t, when, out);
    cr_assert_eq(in, ends[x][y].stands ? STORE_RECEIVED : 0);
    cr_assert_eq(world_state(a, ASK_OUT, ev.transfer), STORE_CANCELLED);
    cr_assert_eq(world_state(b, ASK_IN, ev.transfer), 0);
}

static void
play_all(enum by_a x)
{
    for (int y = 0; y < BY_B; y++)
        for (int first = 0; first < 2; first++)
            for (int t = 0; t < TROUBLES; t++)
                for (size_t when = 0; when < (t == NOTHING ? 1 : 2); when++) {
                    play(x, (enum by_b)y, first != 0, (enum trouble)t,
                        when);
                    all_at(a->t.lo + 60);
                }
}

Test(release_crossing, a_withdrawal_crosses_the_answer)
{
    play_all(A_WITHDRAWS);
}

Test(release_crossing, a_revised_set_crosses_the_answer)
{
    play_all(A_UPDATES);
}

Test(release_crossing, the_transfer_is_cancelled_before_the_answer_arrives)
{
    play_all(A_CANCELS);
}

/* The acceptance arrived, and a withdraws before b knows: both are there, in
 * this order; what has not left ends. */
Test(release_crossing, a_withdrawal_follows_the_acceptance)
{
    for (int t = 0; t < TROUBLES; t++) {
        memset(&ev, 0, sizeof(ev));
        offered();
        cut();
        cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, by_b), OK);
        link_up();
        arrive(b, a, t == ANSWER_LOST);
        memcpy(ev.newest[1], by_b, HASH_LEN);
        trouble((enum trouble)t, 0, 0);
        cr_assert_eq(withdraw(), OK);
        trouble((enum trouble)t, 0, 0);
        arrive(a, b, t == ANSWER_LOST);
        all_at(a->t.lo + 60);
        cr_assert_eq(world_thread(a, b, ev.thread), EVIDENCE_WITHDRAWN);
        cr_assert_eq(world_thread(b, a, ev.thread), EVIDENCE_WITHDRAWN);
        cr_assert_eq(world_state(b, ASK_IN, ev.transfer), 0);
    }
}

/* b accepts in time and the line is down until it is over. */
Test(release_crossing, the_acceptance_is_under_way_when_its_time_ends)
{
    for (int first = 0; first < 2; first++) {
        const int64_t start = a->t.lo;

        memset(&ev, 0, sizeof(ev));
        ev.accept_by = start + 2 * DAY;
        offered();
        cut();
        world_at(b, start + 2 * DAY - 60);
        cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, by_b), OK);
        world_at(b, start + 2 * DAY + 120);
        world_at(a, start + 2 * DAY + 120);
        /* The timer sees it before the acceptance arrives, or after. */
        if (first == 0)
            world_tick(a);
        link_up();
        arrive(b, a, false);
        all_at(start + 2 * DAY + 300);
        cr_assert_eq(world_state(b, ASK_OUT, by_b), STORE_REFUSED);
        cr_assert_eq(world_state(a, ASK_OUT, ev.transfer), STORE_CANCELLED);
        cr_assert_eq(world_thread(a, b, ev.thread), EVIDENCE_OFFERED);
        cr_assert_eq(world_thread(b, a, ev.thread), EVIDENCE_OFFERED);
    }
}
