/*
 * How long content stays: times of the limits on use, legal holds, recalls.
 */
#include "node/store_msg.h"
#include "proto/duty.h"
#include "tests/unit/node/recall_fixture.h"

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    limits.use_until = WORLD_NOW + 10 * DAY;
    limits.retain_until = WORLD_NOW + 20 * DAY;
}

TestSuite(keep, .init = set_up, .fini = pair_down);

Test(keep, after_use_until_it_is_read_and_after_retain_until_it_is_gone)
{
    struct sent s = deliver();

    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    at(limits.use_until - 1);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    at(limits.use_until);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_READ_ONLY);
    cr_expect_eq(open_it(b, s.digest), OK);
    at(limits.retain_until - 1);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_READ_ONLY);
    at(limits.retain_until);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(open_it(b, s.digest), E_DESTROYED);
    cr_expect_eq(entries_of(b, EVENT_DESTROYED, s.digest), 1);
    /* The own desk's copy ends at the same time, of its own accord. */
    cr_expect_eq(keeping(a, ASK_OUT, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(world_state(a, ASK_OUT, s.digest), STORE_DESTROYED);
}

Test(keep, what_deletes_asks_the_earlier_clock)
{
    struct sent s = deliver();

    world_at(b, limits.retain_until + DAY);
    b->t.lo = limits.use_until - DAY;
    b->t.trusted = false;
    world_tick(b);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    cr_expect_eq(open_it(b, s.digest), E_RETENTION_EXPIRED,
        "what allows asks the later one");
    b->t.lo = limits.retain_until;
    world_tick(b);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
}

Test(keep, for_a_review_there_are_thirty_days)
{
    struct sent s;

    limits.end_action = END_ACTION_REVIEW;
    s = deliver();
    at(limits.retain_until);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_END_DUE);
    world_at(b, limits.retain_until + 1);
    cr_expect_eq(open_it(b, s.digest), E_RETENTION_EXPIRED);
    at(limits.retain_until + 30 * DAY - 1);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_END_DUE);
    at(limits.retain_until + 30 * DAY);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
}

Test(keep, what_is_put_away_is_not_opened_and_what_is_given_back_is_gone)
{
    struct sent s, t;

    limits.end_action = END_ACTION_SEAL_ARCHIVE;
    s = deliver();
    limits.end_action = END_ACTION_RETURN;
    t = deliver();
    at(limits.retain_until);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_ARCHIVED);
    cr_expect_eq(open_it(b, s.digest), E_RETENTION_EXPIRED);
    cr_expect_eq(keeping(b, ASK_IN, t.digest), RETENTION_RETURNED);
    cr_expect_eq(open_it(b, t.digest), E_DESTROYED);
    /* Nobody gives back what is his own. */
    cr_expect_eq(keeping(a, ASK_OUT, t.digest), RETENTION_DESTROYED);
    at(limits.retain_until + 400 * DAY);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_ARCHIVED);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL),
        E_BAD_STATE);
}

Test(keep, a_legal_hold_is_of_few_and_for_a_year_at_most)
{
    struct sent s = deliver();
    struct rec *args = args_of(b, REQUEST_HOLD, s.digest);

    cr_expect_eq(hold_it(b, OFFICER, s.digest, WORLD_NOW + DAY), E_ROLE);
    cr_expect_eq(hold_it(b, HEAD, s.digest, WORLD_NOW), E_FIELD_RANGE);
    cr_expect_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + 367 * DAY),
        E_FIELD_RANGE);
    cr_expect_eq(hold_it(b, HEAD, s.digest, 0), E_BAD_STATE, "none is set");
    world_check(record_put_uint(b->a, args, "until", WORLD_NOW + DAY));
    cr_expect_eq(world_ask(b, HEAD, REQUEST_HOLD, ACT_HOLD,
        SLICE(s.digest), args, NULL), E_FIELD_MISSING, "a reason");
    cr_expect_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + 366 * DAY), OK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_LEGAL_HOLD);
    cr_expect_eq(record_uint(row_of(b, ASK_IN, s.digest), "hold_until"),
        WORLD_NOW + 366 * DAY);
    cr_expect_eq(entries_of(b, EVENT_HOLD_SET, s.digest), 1);
    cr_expect_eq(hold_it(b, HEAD, s.digest, 0), OK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    cr_expect_eq(entries_of(b, EVENT_HOLD_LIFTED, s.digest), 1);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    cr_expect_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + DAY), E_DESTROYED);
}

Test(keep, a_legal_hold_keeps_and_permits_nothing_and_ends_by_itself)
{
    struct sent s = deliver();
    int64_t until = limits.retain_until + 5 * DAY;

    cr_assert_eq(hold_it(b, HEAD, s.digest, until - DAY), OK);
    cr_assert_eq(hold_it(b, HEAD, s.digest, until), OK, "renewed");
    at(limits.retain_until + 1);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_LEGAL_HOLD);
    cr_expect_eq(open_it(b, s.digest), E_RETENTION_EXPIRED);
    at(until - 1);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_LEGAL_HOLD);
    at(until);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(entries_of(b, EVENT_HOLD_LIFTED, s.digest), 1);
}

/* What is accepted first. */

static void
acknowledge(const struct sent *s, uint64_t revision)
{
    const struct world_form f = { .to = a, .thread = SLICE(s->thread),
        .kind = domain_kind(&domain_valise, KIND_RECEIPT),
        .target = SLICE(s->id), .seen = SLICE(s->digest) };
    struct envelope env;
    struct message m, of;
    struct rec *set;
    uint8_t digest[HASH_LEN];
    uint64_t state;
    struct buf out;

    world_check(envelope_decode_head(record_bytes(row_of(b, ASK_IN,
        s->digest), "head"), &env, NULL));
    world_check(message_decode(b->a, &domain_valise, env.pre, &of, NULL));
    set = message_rec(&of, "restrictions");
    buf_init(&out, ENVELOPE_MAX);
    world_message(b, &f, &m);
    if (revision > 0) {
        world_check(record_put_uint(b->a, m.own, "restrictions_accepted",
            1));
        world_check(record_put_bytes(b->a, m.own, "accepted_rid",
            record_bytes(set, "rid")));
        world_check(record_put_uint(b->a, m.own, "accepted_rrev",
            revision));
    }
    world_seal(b, &m, a, &out);
    cr_assert_eq(world_submit(b, slice_of_buf(&out), &state, digest), OK);
    buf_clear(&out);
    carry();
}

Test(keep, what_is_accepted_first_is_opened_after_the_acceptance)
{
    struct world_form f = request_to(b);
    struct sent s;

    f.accept_first = true;
    world_send(a, &f, s.digest, s.id, s.thread);
    carry();
    cr_assert_eq(world_state(b, ASK_IN, s.digest), STORE_RECEIVED,
        "it is delivered whole");
    cr_expect_eq(open_it(b, s.digest), E_RESTR_NOT_ACCEPTED);
    acknowledge(&s, 1);
    cr_expect_eq(open_it(b, s.digest), OK);
    cr_expect_eq(entries_of(b, EVENT_BLOCKED, s.digest), 1);
}

Test(keep, an_acknowledgement_alone_accepts_nothing)
{
    struct world_form f = request_to(b);
    struct sent s;

    f.accept_first = true;
    world_send(a, &f, s.digest, s.id, s.thread);
    carry();
    acknowledge(&s, 0);
    cr_expect_eq(open_it(b, s.digest), E_RESTR_NOT_ACCEPTED);
}

/* Recalls. */

static struct sent
recall(const struct sent *s, uint64_t why)
{
    struct sent r = send_recall(s, why);

    carry();
    cr_assert_eq(world_state(b, ASK_IN, r.digest), STORE_RECEIVED);
    return r;
}

Test(keep, three_reasons_of_a_recall_seal_at_once)
{
    static const uint64_t seals[] = { RECALL_REASON_RC_SENT_IN_ERROR,
        RECALL_REASON_RC_WRONG_RECIPIENT, RECALL_REASON_RC_SOURCE_RISK };
    struct sent s, r;

    for (size_t i = 0; i < 3; i++) {
        s = deliver();
        (void)recall(&s, seals[i]);
        cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_SEALED);
        cr_expect_eq(open_it(b, s.digest), E_SEALED);
        cr_expect_eq(entries_of(b, EVENT_SEALED, s.digest), 1);
    }
    s = deliver();
    r = recall(&s, RECALL_REASON_RC_UNLAWFUL);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD,
        "an officer decides");
    cr_expect_eq(open_it(b, s.digest), OK);
    cr_expect_eq(open_it(b, r.digest), E_NOT_FOUND, "no body");
}

Test(keep, the_answer_to_a_recall_says_what_is_so)
{
    struct sent s = deliver(), r;

    r = recall(&s, RECALL_REASON_RC_SENT_IN_ERROR);
    cr_expect_eq(answer(&r, RECALL_RESULT_DESTROYED), E_BAD_STATE);
    cr_expect_eq(answer(&r, RECALL_RESULT_REFUSED_LEGAL_HOLD), E_BAD_STATE);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    cr_expect_eq(answer(&r, RECALL_RESULT_SEALED), E_BAD_STATE);
    cr_expect_eq(answer(&r, RECALL_RESULT_DESTROYED), OK);
}

Test(keep, where_the_answer_is_partial_it_is_as_before)
{
    struct sent s = deliver(), r;

    r = recall(&s, RECALL_REASON_RC_SENT_IN_ERROR);
    cr_expect_eq(record_uint(row_of(b, ASK_IN, s.digest), "sealed"), 1);
    cr_assert_eq(answer(&r, RECALL_RESULT_PARTIAL), OK);
    cr_expect_not(record_has(row_of(b, ASK_IN, s.digest), "sealed"));
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_HELD);
    cr_expect_eq(open_it(b, s.digest), OK);
}

Test(keep, a_recall_reaches_what_a_legal_hold_keeps)
{
    struct sent s = deliver(), r;

    cr_assert_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + 5 * DAY), OK);
    r = recall(&s, RECALL_REASON_RC_SOURCE_RISK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_LEGAL_HOLD);
    cr_expect_eq(record_uint(row_of(b, ASK_IN, s.digest), "sealed"), 1);
    cr_expect_eq(open_it(b, s.digest), E_SEALED);
    cr_expect_eq(answer(&r, RECALL_RESULT_REFUSED_LEGAL_HOLD), OK);
    cr_assert_eq(hold_it(b, HEAD, s.digest, 0), OK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_SEALED);
    at(limits.retain_until);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
}

/* Tasks. */

static struct rec *
task_of(struct world *w, unsigned what, int64_t until, size_t *n)
{
    struct rec *args = record_new(w->a, &record_ask_tasks_of), *r;
    const struct value *v;
    struct rec *found = NULL;

    world_check(record_put_uint(w->a, args, "source", 0));
    world_check(record_put_uint(w->a, args, "after", 0));
    world_check(record_put_uint(w->a, args, "most", 64));
    if (until > 0)
        world_check(record_put_uint(w->a, args, "until", (uint64_t)until));
    world_check(world_ask(w, OFFICER, REQUEST_TASKS, ACT_NONE, SLICE_EMPTY,
        args, &r));
    v = record_value(r, "tasks");
    *n = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (record_uint(v->v[i].r, "task") != what)
            continue;
        found = v->v[i].r;
        (*n)++;
    }
    return found;
}

static size_t
duty_of(struct world *w, unsigned duty)
{
    struct rec *args = record_new(w->a, &record_ask_tasks_of), *r;
    const struct value *v;
    size_t n = 0;

    world_check(record_put_uint(w->a, args, "source", 0));
    world_check(record_put_uint(w->a, args, "after", 0));
    world_check(record_put_uint(w->a, args, "most", 64));
    world_check(world_ask(w, OFFICER, REQUEST_TASKS, ACT_NONE, SLICE_EMPTY,
        args, &r));
    v = record_value(r, "tasks");
    for (size_t i = 0; i < v->n; i++)
        n += record_uint(v->v[i].r, "task") == TASK_DUTY &&
            record_uint(v->v[i].r, "duty") == duty;
    return n;
}

Test(keep, every_date_is_a_task)
{
    struct sent s = deliver();
    struct rec *t;
    size_t n;

    t = task_of(b, TASK_USE_ENDS, 0, &n);
    cr_assert_eq(n, 1);
    cr_expect_eq(record_uint(t, "due"), (uint64_t)limits.use_until);
    cr_expect(slice_equal(record_bytes(t, "digest"), SLICE(s.digest)));
    cr_expect(slice_is(record_bytes(t, "peer"), "QM-FIU"));
    (void)task_of(b, TASK_KEEPING_ENDS, 0, &n);
    cr_expect_eq(n, 1);
    (void)task_of(b, TASK_KEEPING_ENDS, limits.use_until + 1, &n);
    cr_expect_eq(n, 0, "not before this");
    cr_assert_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + DAY), OK);
    t = task_of(b, TASK_HOLD_ENDS, 0, &n);
    cr_assert_eq(n, 1);
    cr_expect_eq(record_uint(t, "late"), 0);
}

Test(keep, a_duty_is_a_task_of_both_sides_and_told_once_when_late)
{
    struct sent s = deliver();
    struct rec *t;
    size_t n;

    t = task_of(b, TASK_DUTY, WORLD_NOW + 6 * DAY, &n);
    cr_assert_eq(n, 1, "to acknowledge, within five days");
    cr_expect_eq(record_uint(t, "duty"), DUTY_ACKNOWLEDGE);
    cr_expect_eq(record_uint(t, "ours"), 1);
    cr_expect_eq(record_uint(t, "due"), WORLD_NOW + 5 * DAY);
    cr_expect(slice_equal(record_bytes(t, "digest"), SLICE(s.digest)));
    t = task_of(a, TASK_DUTY, WORLD_NOW + 6 * DAY, &n);
    cr_assert_eq(n, 1);
    cr_expect_eq(record_uint(t, "ours"), 0);
    at(WORLD_NOW + 5 * DAY - 1);
    cr_expect_eq(entries_of(b, EVENT_ALARM, s.digest), 0);
    at(WORLD_NOW + 5 * DAY);
    at(WORLD_NOW + 5 * DAY + 60);
    cr_expect_eq(entries_of(b, EVENT_ALARM, s.digest), 1);
    cr_expect_eq(entries_of(a, EVENT_ALARM, s.digest), 1);
    t = task_of(b, TASK_DUTY, WORLD_NOW + 6 * DAY, &n);
    cr_expect_eq(record_uint(t, "late"), 1);
}

Test(keep, a_certificate_is_owed_for_what_was_destroyed)
{
    struct sent s;
    size_t n;

    limits.cert_days = 7;
    s = deliver();
    (void)task_of(b, TASK_DUTY, 0, &n);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    cr_expect_eq(duty_of(b, DUTY_CERTIFICATE), 1);
    cr_expect_eq(duty_of(a, DUTY_CERTIFICATE), 0, "it was not told yet");
    at(WORLD_NOW + 60);
    (void)world_carry(a, b, 100);
    cr_expect_eq(duty_of(a, DUTY_CERTIFICATE), 1);
    at(WORLD_NOW + 8 * DAY);
    cr_expect_eq(entries_of(b, EVENT_ALARM, s.digest), 1,
        "nobody acknowledges what is gone");
}

Test(keep, a_request_that_went_another_way_has_a_date_until_it_is_over)
{
    static const uint8_t id[MSG_ID_LEN] = { 7 };
    struct rec *args = record_new(b->a, &record_ask_track), *t;
    size_t n;

    world_check(record_put_bytes(b->a, args, "id", SLICE(id)));
    world_check(record_put_bytes(b->a, args, "to", slice_str("QX-CA")));
    world_check(record_put_uint(b->a, args, "channel", CHANNEL_INTERPOL));
    world_check(record_put_uint(b->a, args, "sent", WORLD_NOW - DAY));
    world_check(record_put_uint(b->a, args, "ours", 0));
    world_check(record_put_uint(b->a, args, "due", WORLD_NOW + DAY));
    cr_expect_eq(world_ask(b, AUDITOR, REQUEST_TRACK, ACT_TRACK,
        SLICE_EMPTY, args, NULL), E_ROLE);
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_TRACK, ACT_TRACK,
        SLICE_EMPTY, args, NULL), OK);
    t = task_of(b, TASK_TRACKED, 0, &n);
    cr_assert_eq(n, 1);
    cr_expect(slice_is(record_bytes(t, "to"), "QX-CA"));
    cr_expect_eq(record_uint(t, "channel"), CHANNEL_INTERPOL);
    cr_expect_eq(record_uint(t, "ours"), 0);
    args = record_new(b->a, &record_ask_track);
    world_check(record_put_bytes(b->a, args, "id", SLICE(id)));
    world_check(record_put_bytes(b->a, args, "to", slice_str("QX-CA")));
    world_check(record_put_uint(b->a, args, "channel", CHANNEL_INTERPOL));
    world_check(record_put_uint(b->a, args, "sent", WORLD_NOW - DAY));
    world_check(record_put_uint(b->a, args, "ours", 0));
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_TRACK, ACT_TRACK,
        SLICE_EMPTY, args, NULL), OK);
    (void)task_of(b, TASK_TRACKED, 0, &n);
    cr_expect_eq(n, 0);
}

Test(keep, figures_that_were_given_out_stand_in_the_log)
{
    static const uint8_t digest[HASH_LEN] = { 9 };
    struct rec *args = record_new(b->a, &record_ask_report);

    world_check(record_put_bytes(b->a, args, "digest", SLICE(digest)));
    world_check(record_put_uint(b->a, args, "from", WORLD_NOW));
    world_check(record_put_uint(b->a, args, "until", WORLD_NOW));
    cr_expect_eq(world_ask(b, AUDITOR, REQUEST_REPORT, ACT_REPORT,
        SLICE(digest), args, NULL), E_FIELD_RANGE);
    world_check(record_put_uint(b->a, args, "until", WORLD_NOW + 1));
    cr_expect_eq(world_ask(b, AUDITOR, REQUEST_REPORT, ACT_REPORT,
        SLICE_EMPTY, args, NULL), E_SIGNATURE);
    cr_expect_eq(world_ask(b, AUDITOR, REQUEST_REPORT, ACT_REPORT,
        SLICE(digest), args, NULL), OK);
    cr_expect_eq(entries_of(b, EVENT_STATS_REPORTED, digest), 1);
}

/* A client that found a fault says so; else the message would look as if it
 * had been read. */
Test(keep, a_message_in_which_a_fault_was_found_is_known_as_that)
{
    const struct sent s = deliver();
    struct rec *args = args_of(b, REQUEST_FINDING, s.digest);
    const struct value *v;
    uint64_t code = OK;

    cr_assert_eq(open_it(b, s.digest), OK);
    world_check(record_put_uint(b->a, args, "code", E_SOURCE));
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_FINDING, ACT_FINDING,
        SLICE(s.digest), args, NULL), OK);
    v = record_value(row_of(b, ASK_IN, s.digest), "events");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "event") == EVENT_ALARM)
            code = record_uint(v->v[i].r, "code");
    cr_expect_eq(code, E_SOURCE);
}
