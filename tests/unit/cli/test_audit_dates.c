/*
 * What an auditor asks of refusals, dates and alarms: a breach is a finding,
 * what was late is listed.
 */
#define _GNU_SOURCE
#include "cli/audit/audit_rows.h"
#include "tests/unit/cli/audit_tell.h"

TestSuite(audit_dates, .init = setup, .fini = teardown, .timeout = 120);

static void
asked(uint64_t urgency)
{
    struct message m;

    write_message(&m, false, KIND_CONSULTATION, 1, 1);
    fixture_uint(m.common, "urgency", urgency);
    (void)say(&m, false, NULL);
}

static void
acknowledge(void)
{
    struct message m;

    write_message(&m, true, KIND_RECEIPT, 2, 1);
    put_id(m.common, "in_reply_to", 1);
    (void)say(&m, true, NULL);
}

static uint64_t
refuse(uint64_t ground)
{
    struct message m;
    const struct value *v;

    write_message(&m, true, KIND_REFUSAL, 5, 1);
    put_id(m.own, "target_msg", 1);
    put_id(m.common, "in_reply_to", 1);
    v = record_value(m.own, "grounds");
    fixture_uint(v->v[0].r, "ground", ground);
    (void)say(&m, true, NULL);
    return fx.log.n - 1;
}

Test(audit_dates, a_refusal_without_the_consultation_before_is_found)
{
    fixture_clear();
    fx.central = true;
    fixture_init(&truth);
    asked(URGENCY_ROUTINE);
    acknowledge();
    expect(AUDIT_REFUSALS, refuse(1), "without the consultation");
}

Test(audit_dates, a_refusal_on_a_forbidden_ground_is_found)
{
    asked(URGENCY_ROUTINE);
    expect(AUDIT_REFUSALS, refuse(GROUND_PX_BANK_SECRECY), "not permitted");
}

Test(audit_dates, what_the_other_side_refuses_is_no_fault_of_this_one)
{
    struct message m;

    write_message(&m, true, KIND_CONSULTATION, 1, 1);
    (void)say(&m, true, NULL);
    write_message(&m, false, KIND_REFUSAL, 5, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(record_value(m.own, "grounds")->v[0].r, "ground",
        GROUND_PX_BANK_SECRECY);
    (void)say(&m, false, NULL);
    expect(AUDIT_REFUSALS, 0, NULL);
}

static const struct audit_late *
late_of(const struct audit *a, const char *words)
{
    for (size_t i = 0; i < audit_late_count(a); i++)
        if (strstr(audit_late_at(a, i)->what, words) != NULL)
            return audit_late_at(a, i);
    return NULL;
}

Test(audit_dates, a_late_exculpatory_notice_is_listed)
{
    const struct audit_late *l;
    struct message m;
    struct audit *a;

    (void)disclosure();
    write_message(&m, true, KIND_EXCULPATORY_NOTICE, 2, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "advance_notice", 0);
    record_drop(m.own, "planned_disclosure_at");
    fixture_uint(m.own, "disclosed_at", (uint64_t)now - 2 * DAY);
    (void)say(&m, true, NULL);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    print_findings(a);
    l = late_of(a, "exculpatory");
    cr_assert_not_null(l);
    cr_expect(l->own);
    cr_expect(slice_equal(SLICE(l->id), message_bytes(&m, "msg_id")),
        "by the id that it has everywhere");
    audit_free(a);
}

Test(audit_dates, a_notice_in_advance_is_not_late)
{
    struct message m;
    struct audit *a;

    (void)disclosure();
    write_message(&m, true, KIND_EXCULPATORY_NOTICE, 2, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "advance_notice", 1);
    fixture_uint(m.own, "disclosed_at", (uint64_t)now - 2 * DAY);
    (void)say(&m, true, NULL);
    a = run();
    cr_expect_null(late_of(a, "exculpatory"));
    audit_free(a);
}

Test(audit_dates, an_answer_that_is_owed_past_its_date_is_listed)
{
    const struct audit_late *l;
    struct audit *a;

    asked(URGENCY_IMMEDIATE);
    now += 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    l = late_of(a, "acknowledge");
    cr_assert_not_null(l);
    cr_expect(l->own);
    cr_expect_gt(l->due, 0);
    audit_free(a);
}

Test(audit_dates, an_alarm_tells_what_was_late_and_what_was_said_of_it)
{
    const struct audit_late *l;
    const struct value *v;
    struct message m;
    struct audit *a;
    uint64_t entry;

    asked(URGENCY_IMMEDIATE);
    acknowledge();
    write_message(&m, true, KIND_DELAY_NOTICE, 3, 1);
    record_drop(m.own, "about");
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "delay_kind", DELAY_KIND_EXTENSION);
    v = record_value(m.own, "reasons");
    fixture_uint(v->v[0].r, "code", DELAY_REASON_DR_TRANSLATION);
    fixture_uint(m.own, "new_due", (uint64_t)now + 1000);
    (void)say(&m, true, NULL);
    now += 2 * DAY;
    enter((struct telling){ .event = EVENT_ALARM, .code = A_OVERDUE,
        .obj = fx.more[0].digest });
    entry = fx.log.n - 1;
    a = run();
    print_findings(a);
    cr_expect_eq(audit_found(a), 0);
    l = late_of(a, "answer");
    cr_assert_not_null(l);
    cr_expect_eq(l->entry, entry);
    cr_expect_not_null(strstr(l->why, "DR_TRANSLATION"), "%s", l->why);
    audit_free(a);
}

Test(audit_dates, an_answer_that_came_late_is_listed_without_an_alarm)
{
    const struct audit_late *l;
    struct message m;
    struct audit *a;

    asked(URGENCY_IMMEDIATE);
    acknowledge();
    now += 2 * DAY;
    write_message(&m, true, KIND_REPLY, 3, 1);
    put_id(m.common, "in_reply_to", 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "reply_type", REPLY_TYPE_FULL);
    (void)say(&m, true, NULL);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    l = late_of(a, "answer");
    cr_assert_not_null(l);
    cr_expect(l->own);
    cr_expect_eq(l->entry, fx.log.n - 1);
    cr_expect_str_eq(l->why, "");
    audit_free(a);
}

/* What the rows say that alarms are about. */
struct about {
    unsigned n;
    char peer[4][64], person[4][AUDIT_PERSON_MAX + 1];
};

static enum err
note_alarm(void *arg, const struct audit_row *row)
{
    struct about *x = arg;

    if (row->event != EVENT_ALARM)
        return OK;
    cr_assert_lt(x->n, 4);
    (void)strcpy(x->peer[x->n], row->peer);
    (void)strcpy(x->person[x->n++], row->person);
    return OK;
}

Test(audit_dates, an_alarm_is_about_an_authority_or_about_a_person)
{
    static const char *const details[] = { "QN-FIU", "QM-FIU/o-114" };
    struct about x = { .n = 0 };
    struct audit *a;

    fixture_clear();
    fixture_init(&truth);
    for (size_t i = 0; i < 2; i++)
        enter((struct telling){ .event = EVENT_ALARM, .code = E_BLOCK_INDEX,
            .detail = true, .detail_value = slice_str(details[i]) });
    a = run();
    print_findings(a);
    cr_assert_eq(audit_rows(a, note_alarm, &x), OK);
    cr_assert_eq(x.n, 2);
    cr_expect_str_eq(x.peer[0], "QN-FIU");
    cr_expect_str_eq(x.person[0], "");
    cr_expect_str_eq(x.peer[1], "");
    cr_expect_str_eq(x.person[1], "QM-FIU/o-114");
    audit_free(a);
}
