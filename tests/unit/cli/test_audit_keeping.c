/*
 * What an auditor asks of the end of content: destroyed in time or held, and
 * nothing done with it afterwards; what a certificate says is so.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/audit_tell.h"

TestSuite(audit_keeping, .init = setup, .fini = teardown, .timeout = 120);

static uint64_t
hold_it(const uint8_t *digest, int64_t until)
{
    struct rec *args = record_new(fx.a, &record_ask_hold);
    struct buf b;

    fixture_bytes(args, "digest", digest);
    if (until > 0)
        fixture_uint(args, "until", (uint64_t)until);
    buf_init(&b, 256);
    record_encode(args, 0, &b);
    enter((struct telling){ .event = until > 0 ? EVENT_HOLD_SET :
        EVENT_HOLD_LIFTED, .obj = digest, .both = true, .padded = true,
        .who = &fx.qm.who[SECOND], .act = ACT_HOLD,
        .args = fixture_keep(&b) });
    return fx.log.n - 1;
}

Test(audit_keeping, what_is_past_its_time_and_not_destroyed_is_found)
{
    const uint8_t *d = disclosure();
    char name[AUDIT_PATH_MAX];
    struct audit *a;

    now = FIXTURE_NOW + 200000 + 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    a = run();
    audit_layout_header(d, name);
    cr_expect_eq(audit_failed(a, AUDIT_KEEPING), 3);
    for (size_t i = 0, n = 0; i < audit_kept(a); i++) {
        n += strcmp(audit_finding(a, i)->file, name) == 0;
        cr_expect(i + 1 < audit_kept(a) || n == 1);
    }
    audit_free(a);
}

/* The two of the fixture itself go too. */
static void
destroy_all(void)
{
    now = FIXTURE_NOW + 200000;
    (void)node_says(EVENT_DESTROYED, fx.in_digest);
    (void)node_says(EVENT_DESTROYED, fx.out_digest);
}

Test(audit_keeping, what_was_destroyed_in_time_holds)
{
    const uint8_t *d = disclosure();

    destroy_all();
    (void)node_says(EVENT_DESTROYED, d);
    now += 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, a_hold_keeps_content_until_its_end)
{
    const uint8_t *d = disclosure();

    (void)hold_it(d, FIXTURE_NOW + 200000 + 9 * DAY);
    destroy_all();
    now += 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, a_hold_that_was_not_lifted_at_its_end_is_found)
{
    const uint8_t *d = disclosure();
    uint64_t entry = hold_it(d, FIXTURE_NOW + 200000 + DAY);

    destroy_all();
    now += 4 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    expect(AUDIT_KEEPING, entry, "not lifted");
}

Test(audit_keeping, a_destruction_under_a_hold_is_found)
{
    const uint8_t *d = disclosure();

    (void)hold_it(d, FIXTURE_NOW + 9 * DAY);
    expect(AUDIT_KEEPING, node_says(EVENT_DESTROYED, d), "legal hold");
}

Test(audit_keeping, a_destruction_after_the_hold_was_lifted_holds)
{
    const uint8_t *d = disclosure();

    (void)hold_it(d, FIXTURE_NOW + 9 * DAY);
    (void)hold_it(d, 0);
    (void)node_says(EVENT_DESTROYED, d);
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, a_second_destruction_is_found)
{
    const uint8_t *d = disclosure();

    (void)node_says(EVENT_DESTROYED, d);
    expect(AUDIT_KEEPING, node_says(EVENT_DESTROYED, d), "destroyed before");
}

Test(audit_keeping, an_opening_after_the_destruction_is_found)
{
    const uint8_t *d = disclosure();

    (void)node_says(EVENT_DESTROYED, d);
    expect(AUDIT_KEEPING, open_it(d, PURPOSE_ANALYSIS), "had been");
}

Test(audit_keeping, an_opening_of_what_was_sealed_is_found)
{
    const uint8_t *d = disclosure();

    (void)node_says(EVENT_SEALED, d);
    expect(AUDIT_KEEPING, open_it(d, PURPOSE_ANALYSIS), "sealed");
}

static const uint8_t *
answer_recall(uint64_t result)
{
    struct message m;
    const struct value *v;

    write_message(&m, false, KIND_RECALL, 2, 1);
    put_id(m.own, "target_msg", 1);
    (void)say(&m, false, NULL);
    write_message(&m, true, KIND_RECALL_RESULT, 3, 1);
    put_id(m.common, "in_reply_to", 2);
    v = record_value(m.own, "results");
    fixture_uint(v->v[0].r, "result", result);
    return say(&m, true, NULL);
}

Test(audit_keeping, what_a_partial_answer_released_may_be_opened)
{
    const uint8_t *d = disclosure();

    (void)node_says(EVENT_SEALED, d);
    (void)answer_recall(RECALL_RESULT_PARTIAL);
    (void)open_it(d, PURPOSE_ANALYSIS);
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, what_another_answer_left_sealed_may_not)
{
    const uint8_t *d = disclosure();

    (void)node_says(EVENT_SEALED, d);
    (void)answer_recall(RECALL_RESULT_SEALED);
    expect(AUDIT_KEEPING, open_it(d, PURPOSE_ANALYSIS), "sealed");
}

Test(audit_keeping, an_answer_before_releases_nothing_that_is_sealed_later)
{
    const uint8_t *d = disclosure();

    (void)answer_recall(RECALL_RESULT_PARTIAL);
    (void)node_says(EVENT_SEALED, d);
    expect(AUDIT_KEEPING, open_it(d, PURPOSE_ANALYSIS), "sealed");
}

Test(audit_keeping, an_own_copy_may_be_released_with_its_source)
{
    struct message m;
    const uint8_t *d;

    write_message(&m, true, KIND_SPONT_DISCLOSURE, 1, 1);
    d = say(&m, true, NULL);
    (void)node_says(EVENT_SEALED, d);
    (void)open_it(d, PURPOSE_ANALYSIS);
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, what_was_cancelled_has_no_content_to_keep)
{
    struct message m;
    const uint8_t *d;

    write_message(&m, true, KIND_SPONT_DISCLOSURE, 1, 1);
    d = say(&m, true, NULL);
    enter((struct telling){ .event = EVENT_CANCELLED, .obj = d,
        .who = &fx.qm.who[OFFICER], .act = ACT_CANCEL });
    destroy_all();
    now += 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    expect(AUDIT_KEEPING, 0, NULL);
}

/* The disclosure with another end, sealed, two days after its time. */
static void
sealed_with(uint64_t action)
{
    struct message m;
    const uint8_t *d;

    write_message(&m, false, KIND_SPONT_DISCLOSURE, 1, 1);
    fixture_uint(record_rec(m.common, "restrictions"), "end_action",
        action);
    d = say(&m, false, NULL);
    destroy_all();
    (void)node_says(EVENT_SEALED, d);
    now += 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
}

Test(audit_keeping, what_is_put_away_for_good_is_not_destroyed)
{
    sealed_with(END_ACTION_SEAL_ARCHIVE);
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, what_is_sealed_is_destroyed_at_its_time_all_the_same)
{
    sealed_with(END_ACTION_DESTROY);
    expect(AUDIT_KEEPING, AUDIT_NONE, "has passed");
}

static uint64_t
certify(uint64_t entry)
{
    const struct value *v;
    struct message m;

    write_message(&m, true, KIND_DESTRUCTION_CERT, 4, 1);
    v = record_value(m.own, "items");
    put_id(v->v[0].r, "msg_id", 1);
    fixture_uint(m.own, "audit_entry", entry);
    (void)say(&m, true, NULL);
    return fx.log.n - 1;
}

Test(audit_keeping, a_certificate_of_a_destruction_holds)
{
    const uint8_t *d = disclosure();

    (void)certify(node_says(EVENT_DESTROYED, d));
    expect(AUDIT_KEEPING, 0, NULL);
}

Test(audit_keeping, a_certificate_of_what_still_stands_is_found)
{
    (void)disclosure();
    expect(AUDIT_KEEPING, certify(3), "no entry before");
}

Test(audit_keeping, a_certificate_that_names_another_entry_is_found)
{
    const uint8_t *d = disclosure();

    (void)node_says(EVENT_DESTROYED, d);
    expect(AUDIT_KEEPING, certify(3), "another entry");
}

Test(audit_keeping, a_certificate_before_the_destruction_is_found)
{
    const uint8_t *d = disclosure();
    uint64_t entry = certify(fx.log.n + 2);

    (void)node_says(EVENT_DESTROYED, d);
    expect(AUDIT_KEEPING, entry, "no entry before");
}
