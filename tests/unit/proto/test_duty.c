/*
 * What is owed in a thread: each row of the table of times, who owes it,
 * what ends it.  The holder of the thread is the side that says `true`.
 */
#include "tests/unit/proto/thread_fixture.h"

#include "proto/duty.h"

#define OURS true
#define THEIRS false
#define DUTIES_MAX 32

static struct duty list[DUTIES_MAX];
static struct duty_facts facts;
static struct thread_state state;

TestSuite(duty, .init = thread_setup, .fini = thread_teardown);

/* The i-th duty of a kind, NULL if there is none. */
static const struct duty *
owed(enum duty_what what, size_t i)
{
    size_t n;

    facts.now = clock_now;
    cr_assert_eq(thread_fold(t, &state), OK);
    n = duty_list(t, &state, &facts, list, DUTIES_MAX);
    for (size_t k = 0; k < n; k++)
        if (list[k].what == what && i-- == 0)
            return &list[k];
    return NULL;
}

static void
expect(enum duty_what what, bool own, int64_t due)
{
    const struct duty *d = owed(what, 0);

    cr_assert_not_null(d, "%s", duty_row(what)->name);
    cr_expect_eq(d->own, own, "%s", duty_row(what)->name);
    cr_expect_eq(d->due, due, "%s: %+lld", duty_row(what)->name,
        (long long)(d->due - due));
    cr_expect_null(owed(what, 1), "%s twice", duty_row(what)->name);
}

static void
expect_none(enum duty_what what)
{
    cr_expect_null(owed(what, 0), "%s", duty_row(what)->name);
}

/* A request of theirs that is acknowledged here. */
static void
ask(uint64_t urgency)
{
    say(THEIRS, KIND_INFO_REQUEST, 0, PUT({ "urgency", urgency }));
    say(OURS, KIND_RECEIPT, 1, PUT({ "conf_answer",
        CONF_ANSWER_CAN_COMPLY }));
}

Test(duty, the_times_are_those_of_the_page)
{
    static const struct { enum duty_what what; int64_t time[4]; } page[] = {
        { DUTY_NODE_RECEIPT, { DAY, DAY, 4 * HOUR, HOUR } },
        { DUTY_ACKNOWLEDGE, { 5 * DAY, 2 * DAY, 12 * HOUR, 2 * HOUR } },
        { DUTY_CONF_ANSWER, { 5 * DAY, 2 * DAY, 12 * HOUR, 2 * HOUR } },
        { DUTY_ANSWER, { 21 * DAY, 7 * DAY, 48 * HOUR, 8 * HOUR } },
        { DUTY_INTERIM, { 30 * DAY, 7 * DAY, 48 * HOUR, 8 * HOUR } },
        { DUTY_CONSENT, { 10 * DAY, 5 * DAY, 48 * HOUR, 8 * HOUR } },
        { DUTY_EXCULPATORY_RESPONSE, { 48 * HOUR, 48 * HOUR, 48 * HOUR,
          24 * HOUR } },
        { DUTY_EXCULPATORY_NOTICE, { DAY, DAY, DAY, DAY } },
        { DUTY_STATUS, { 5 * DAY, 3 * DAY, 24 * HOUR, 8 * HOUR } },
        { DUTY_CONSULT, { 14 * DAY, 10 * DAY, 72 * HOUR, 24 * HOUR } },
        { DUTY_CONF_DECISION, { 10 * DAY, 5 * DAY, 48 * HOUR, 8 * HOUR } },
        { DUTY_FEEDBACK, { 90 * DAY, 90 * DAY, 90 * DAY, 90 * DAY } },
        { DUTY_RECALL, { 7 * DAY, 7 * DAY, 48 * HOUR, 8 * HOUR } },
        { DUTY_CERTIFICATE, { 30 * DAY, 30 * DAY, 30 * DAY, 30 * DAY } },
        { DUTY_BREACH, { DAY, DAY, DAY, DAY } },
    };

    for (size_t i = 0; i < sizeof(page) / sizeof(page[0]); i++)
        for (uint64_t u = 0; u < 4; u++)
            cr_expect_eq(duty_time(page[i].what, u), page[i].time[u],
                "%s, urgency %u", duty_row(page[i].what)->name, (unsigned)u);
    for (uint64_t u = 0; u < 4; u++) {
        cr_expect_eq(duty_time(DUTY_ANSWER, u), states_answer_time(u, 0));
        cr_expect_eq(duty_time(DUTY_CONF_DECISION, u), states_conf_time(u));
    }
    for (int what = 0; what < DUTIES; what++)
        cr_expect_not_null(duty_row((enum duty_what)what)->words);
    cr_expect_null(duty_row(DUTIES));
}

Test(duty, nothing_is_owed_about_what_has_not_arrived)
{
    say(OURS, KIND_SPONT_DISCLOSURE, 0, NULL);
    undelivered = true;
    say(OURS, MESSAGE_KIND_RECALL, 1, NULL);
    expect_none(DUTY_RECALL);
    expect(DUTY_NODE_RECEIPT, false, T0 + DAY);
    pending = true;
    say(OURS, MESSAGE_KIND_RECALL, 1, NULL);
    expect(DUTY_NODE_RECEIPT, false, T0 + DAY);
}

Test(duty, the_other_node_owes_a_receipt)
{
    undelivered = true;
    say(OURS, KIND_INFO_REQUEST, 0, PUT({ "urgency", URGENCY_URGENT }));
    expect(DUTY_NODE_RECEIPT, false, T0 + 4 * HOUR);
    expect_none(DUTY_ACKNOWLEDGE);
    expect_none(DUTY_ANSWER);
}

Test(duty, an_officer_acknowledges_what_opens_a_thread)
{
    say(THEIRS, KIND_INFO_REQUEST, 0, PUT({ "urgency", URGENCY_PRIORITY }));
    expect(DUTY_ACKNOWLEDGE, true, T0 + 2 * DAY);
    expect_none(DUTY_CONF_ANSWER);
    say(OURS, KIND_RECEIPT, 1, PUT({ "conf_answer",
        CONF_ANSWER_TO_FOLLOW }));
    expect_none(DUTY_ACKNOWLEDGE);
    expect(DUTY_CONF_ANSWER, true, T0 + 2 * DAY);
    say(OURS, KIND_RECEIPT, 1, PUT({ "conf_answer",
        CONF_ANSWER_CAN_COMPLY }));
    expect_none(DUTY_CONF_ANSWER);
}

Test(duty, an_inability_is_an_acknowledgement_too)
{
    say(THEIRS, KIND_INFO_REQUEST, 0, NULL);
    say(OURS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    expect_none(DUTY_ACKNOWLEDGE);
    expect(DUTY_CONF_DECISION, false, T0 + 10 * DAY);
    expect_none(DUTY_ANSWER);
    say(THEIRS, MESSAGE_KIND_CONF_DECISION, 2, PUT({ "decision",
        CONF_OPTION_OPT_PROCEED }));
    expect_none(DUTY_CONF_DECISION);
    expect(DUTY_ANSWER, true, T0 + 21 * DAY);
}

Test(duty, a_decision_on_a_hold_has_the_time_of_the_request)
{
    say(THEIRS, KIND_INFO_REQUEST, 0, PUT({ "urgency", URGENCY_PRIORITY }));
    say(OURS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, PUT({ "urgency",
        URGENCY_IMMEDIATE }));
    expect(DUTY_CONF_DECISION, false, T0 + 5 * DAY);
}

Test(duty, an_answer_is_owed_until_it_is_given)
{
    ask(URGENCY_ROUTINE);
    expect(DUTY_ANSWER, true, T0 + 21 * DAY);
    cr_expect_not(owed(DUTY_ANSWER, 0)->late);
    cr_expect_eq(owed(DUTY_ANSWER, 0)->remind, T0 + 21 * DAY / 2);
    cr_expect_eq(owed(DUTY_ANSWER, 0)->about, nth(1));
    clock_now = T0 + 21 * DAY;
    cr_expect(owed(DUTY_ANSWER, 0)->late);
    cr_expect_eq(thread_due(t, &state, NULL), T0 + 21 * DAY);
    say(OURS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_INTERIM }));
    expect(DUTY_ANSWER, true, T0 + 21 * DAY);
    say(OURS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_NEGATIVE }));
    expect_none(DUTY_ANSWER);
    cr_expect_eq(thread_due(t, &state, NULL), 0);
}

Test(duty, the_responders_reply_days_replace_the_routine_time)
{
    struct rec *card = record_new(a, &record_card);

    cr_assert_eq(record_put_uint(a, card, "reply_days", 40), OK);
    facts.own = card;
    ask(URGENCY_ROUTINE);
    expect(DUTY_ANSWER, true, T0 + 40 * DAY);
    expect(DUTY_INTERIM, true, T0 + 30 * DAY);
    say(OURS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_INTERIM }));
    expect_none(DUTY_INTERIM);
    facts.own = NULL;
    facts.peer = card;
    expect(DUTY_ANSWER, true, T0 + 21 * DAY);
    facts.peer = NULL;
}

Test(duty, an_extension_moves_the_date_and_keeps_the_first_one)
{
    ask(URGENCY_PRIORITY);
    say(OURS, MESSAGE_KIND_DELAY_NOTICE, 1, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 + 12 * DAY }));
    expect(DUTY_ANSWER, true, T0 + 12 * DAY);
    cr_expect_eq(owed(DUTY_ANSWER, 0)->original, T0 + 7 * DAY);
    expect(DUTY_INTERIM, true, T0 + 7 * DAY);
    cr_expect_eq(thread_due(t, &state, NULL), T0 + 12 * DAY);
}

Test(duty, after_a_partial_answer_the_rest_is_due_as_said)
{
    ask(URGENCY_ROUTINE);
    say(OURS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL },
        { "expected_at", T0 + 33 * DAY }));
    expect(DUTY_ANSWER, true, T0 + 33 * DAY);
    expect_none(DUTY_INTERIM);
}

Test(duty, a_question_stops_the_time)
{
    ask(URGENCY_ROUTINE);
    clock_now += DAY;
    say(OURS, KIND_CLARIFICATION_REQUEST, 1, NULL);
    expect_none(DUTY_ANSWER);
    clock_now += 3 * DAY;
    say(THEIRS, KIND_CLARIFICATION_REPLY, 3, NULL);
    expect(DUTY_ANSWER, true, T0 + 24 * DAY);
}

Test(duty, a_decision_on_consent_is_due_by_its_own_urgency)
{
    say(OURS, KIND_SPONT_DISCLOSURE, 0, NULL);
    say(THEIRS, KIND_RECEIPT, 1, NULL);
    say(THEIRS, MESSAGE_KIND_CONSENT_REQUEST, 1, PUT({ "urgency",
        URGENCY_URGENT }, { "needed_by", T0 + 7 * DAY }));
    expect(DUTY_CONSENT, true, T0 + 48 * HOUR);
    say(THEIRS, MESSAGE_KIND_CONSENT_REQUEST, 1, PUT({ "needed_by",
        T0 + 3 * DAY }, { "consent_type", CONSENT_TYPE_EXPORT }));
    cr_expect_eq(owed(DUTY_CONSENT, 1)->due, T0 + 3 * DAY);
    say(OURS, MESSAGE_KIND_CONSENT_DECISION, 3, PUT({ "refusal_ground", 1 }));
    expect(DUTY_CONSENT, true, T0 + 3 * DAY);
}

Test(duty, conditions_are_answered_by_the_day_they_name)
{
    ask(URGENCY_ROUTINE);
    say(OURS, MESSAGE_KIND_CONDITIONS_OFFER, 1, PUT({ "respond_by",
        T0 + 9 * DAY }));
    expect(DUTY_CONDITIONS, false, T0 + 9 * DAY);
    say(THEIRS, MESSAGE_KIND_CONDITIONS_DECISION, 3, PUT({ "decision",
        CONDITIONS_ANSWER_DECLINE }));
    expect_none(DUTY_CONDITIONS);
    /* Declining is word on the refusal that is coming. */
    expect_none(DUTY_CONSULT);
}

Test(duty, an_offer_of_evidence_is_answered_before_it_is_over)
{
    say(OURS, KIND_EVIDENCE_OFFER, 0, PUT({ "accept_by", T0 + 9 * DAY }));
    expect(DUTY_CONDITIONS, false, T0 + 9 * DAY);
    say(THEIRS, MESSAGE_KIND_CONDITIONS_DECISION, 1, PUT({ "decision",
        CONDITIONS_ANSWER_DECLINE }));
    expect_none(DUTY_CONDITIONS);
}

Test(duty, word_before_a_refusal_is_due_by_the_day_named)
{
    ask(URGENCY_ROUTINE);
    say(OURS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, 1, PUT({ "respond_by",
        T0 + 14 * DAY }));
    expect(DUTY_CONSULT, false, T0 + 14 * DAY);
    say(OURS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, 1, PUT({ "respond_by",
        T0 + 15 * DAY }));
    expect(DUTY_CONSULT, false, T0 + 15 * DAY);
    say(THEIRS, KIND_CLARIFICATION_REPLY, 4, NULL);
    expect_none(DUTY_CONSULT);
}

Test(duty, an_advance_notice_is_answered_and_closed)
{
    say(OURS, KIND_SPONT_DISCLOSURE, 0, NULL);
    say(THEIRS, KIND_RECEIPT, 1, NULL);
    say(THEIRS, MESSAGE_KIND_EXCULPATORY_NOTICE, 1, PUT({ "advance_notice",
        1 }, { "planned_disclosure_at", T0 + 4 * DAY }));
    expect(DUTY_EXCULPATORY_RESPONSE, true, T0 + 48 * HOUR);
    expect(DUTY_EXCULPATORY_NOTICE, false, T0 + 5 * DAY);
    say(OURS, MESSAGE_KIND_EXCULPATORY_RESPONSE, 3, NULL);
    expect_none(DUTY_EXCULPATORY_RESPONSE);
    clock_now = T0 + 4 * DAY;
    say(THEIRS, MESSAGE_KIND_EXCULPATORY_NOTICE, 1, PUT({ "advance_notice",
        1 }, { "disclosed_at", T0 + 4 * DAY }));
    expect_none(DUTY_EXCULPATORY_NOTICE);
    expect_none(DUTY_EXCULPATORY_RESPONSE);
}

static void
query(uint8_t about)
{
    static const char digits[] = "0123456789abcdef";
    char hex[33] = "00000000000000000000000000000000";
    struct message m;
    struct slice s;

    hex[0] = digits[about >> 4];
    hex[1] = digits[about & 15];
    make(MESSAGE_KIND_STATUS_QUERY, 0, NULL, &m);
    cr_assert_eq(arena_copy(a, slice_str(hex), &s), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "about", s), OK);
    add(&m, THEIRS);
}

Test(duty, a_query_is_answered_by_a_report_on_the_same)
{
    struct message m;

    ask(URGENCY_ROUTINE);
    query(1);
    expect(DUTY_STATUS, true, T0 + 5 * DAY);
    cr_expect_eq(thread_named(t, nth(3)), nth(1));
    make(MESSAGE_KIND_STATUS_REPORT, 0, NULL, &m);
    cr_assert_eq(record_put_bytes(a, m.own, "about",
        message_bytes(&nth(3)->m, "about")), OK);
    add(&m, OURS);
    expect_none(DUTY_STATUS);
    query(2);
    expect(DUTY_STATUS, true, T0 + 5 * DAY);
}

Test(duty, a_query_is_answered_by_word_of_a_delay_in_the_same)
{
    struct message m;

    ask(URGENCY_ROUTINE);
    query(1);
    expect(DUTY_STATUS, true, T0 + 5 * DAY);
    make(MESSAGE_KIND_DELAY_NOTICE, 0, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 + 30 * DAY }), &m);
    cr_assert_eq(record_put_bytes(a, m.own, "about",
        message_bytes(&nth(3)->m, "about")), OK);
    add(&m, OURS);
    expect_none(DUTY_STATUS);
}

Test(duty, feedback_is_due_when_it_was_asked_for)
{
    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, PUT({ "feedback_requested", 1 }));
    say(OURS, KIND_RECEIPT, 1, NULL);
    expect(DUTY_FEEDBACK, true, T0 + 90 * DAY);
    say(OURS, MESSAGE_KIND_FEEDBACK, 1, NULL);
    expect_none(DUTY_FEEDBACK);
}

Test(duty, feedback_has_the_date_that_the_disclosure_names)
{
    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, PUT({ "feedback_requested", 1 },
        { "feedback_due", T0 + 60 * DAY }));
    expect(DUTY_FEEDBACK, true, T0 + 60 * DAY);
    say(THEIRS, KIND_CLOSE, 0, PUT({ "close_reason", 8 }));
    expect_none(DUTY_FEEDBACK);
    expect_none(DUTY_ACKNOWLEDGE);
}

Test(duty, feedback_that_was_offered_is_due_after_the_answer)
{
    say(OURS, KIND_INFO_REQUEST, 0, PUT({ "feedback_offered", 1 }));
    say(THEIRS, KIND_RECEIPT, 1, NULL);
    expect_none(DUTY_FEEDBACK);
    clock_now += 2 * DAY;
    say(THEIRS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_NEGATIVE }));
    expect_none(DUTY_FEEDBACK);
    say(THEIRS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_SUPPLEMENT }));
    expect_none(DUTY_FEEDBACK);
}

Test(duty, feedback_follows_an_answer_that_gave_something)
{
    say(OURS, KIND_INFO_REQUEST, 0, PUT({ "feedback_offered", 1 }));
    say(THEIRS, KIND_RECEIPT, 1, NULL);
    clock_now += 2 * DAY;
    say(THEIRS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL }));
    expect(DUTY_FEEDBACK, true, T0 + 92 * DAY);
    say(THEIRS, MESSAGE_KIND_FEEDBACK, 1, NULL);
    expect(DUTY_FEEDBACK, true, T0 + 92 * DAY);
    say(OURS, MESSAGE_KIND_FEEDBACK, 3, NULL);
    expect_none(DUTY_FEEDBACK);
}

/* Conditions of which one is feedback by a day. */
static void
put_conditions(struct rec *r)
{
    const struct field *f = record_field(r->schema, "conditions");
    union item items[2] = { { .r = record_new(a, f->rec) },
        { .r = record_new(a, f->rec) } };

    cr_assert_eq(record_put_uint(a, items[0].r, "code",
        CONDITION_COND_COSTS), OK);
    cr_assert_eq(record_put_uint(a, items[1].r, "code",
        CONDITION_COND_FEEDBACK), OK);
    cr_assert_eq(record_put_uint(a, items[1].r, "due", T0 + 50 * DAY), OK);
    cr_assert_eq(record_put(a, r, f, items, 2), OK);
}

Test(duty, feedback_is_due_as_a_condition_that_was_accepted)
{
    struct message m;

    ask(URGENCY_ROUTINE);
    /* What was said before counts for nothing. */
    say(THEIRS, MESSAGE_KIND_FEEDBACK, 2, NULL);
    make(MESSAGE_KIND_CONDITIONS_OFFER, 1, NULL, &m);
    put_conditions(m.own);
    add(&m, OURS);
    expect_none(DUTY_FEEDBACK);
    say(THEIRS, MESSAGE_KIND_CONDITIONS_DECISION, 4, PUT({ "decision",
        CONDITIONS_ANSWER_ACCEPT }));
    expect(DUTY_FEEDBACK, false, T0 + 50 * DAY);
    say(THEIRS, MESSAGE_KIND_FEEDBACK, 2, NULL);
    expect_none(DUTY_FEEDBACK);
}

Test(duty, feedback_is_due_as_a_condition_of_a_consent)
{
    struct message m;
    struct rec *consent = record_new(a, &record_consent);

    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, NULL);
    say(OURS, KIND_RECEIPT, 1, NULL);
    say(OURS, MESSAGE_KIND_CONSENT_REQUEST, 1, NULL);
    make(MESSAGE_KIND_CONSENT_DECISION, 3, NULL, &m);
    put_conditions(consent);
    cr_assert_eq(record_put_uint(a, consent, "decision",
        CONSENT_DECISION_GRANT_WITH_CONDITIONS), OK);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    add(&m, THEIRS);
    say(OURS, MESSAGE_KIND_CONDITIONS_DECISION, 4, PUT({ "decision",
        CONDITIONS_ANSWER_ACCEPT }));
    expect(DUTY_FEEDBACK, true, T0 + 50 * DAY);
    cr_expect_eq(state.state, SPONTANEOUS_ACKNOWLEDGED);
}

Test(duty, a_recall_is_acted_on_by_the_day_it_names)
{
    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, NULL);
    say(THEIRS, MESSAGE_KIND_RECALL, 1, PUT({ "urgency", URGENCY_URGENT }));
    expect(DUTY_RECALL, true, T0 + 48 * HOUR);
    say(OURS, MESSAGE_KIND_RECALL_RESULT, 2, NULL);
    expect_none(DUTY_RECALL);
    say(THEIRS, MESSAGE_KIND_RECALL, 1, PUT({ "respond_by", T0 + DAY }));
    expect(DUTY_RECALL, true, T0 + DAY);
}

Test(duty, what_was_destroyed_is_certified)
{
    static const struct duty_destroyed erased[] = { { { 1 }, T0 + DAY } };
    const struct field *f;
    struct message m;
    union item item;

    facts.destroyed = erased;
    facts.n_destroyed = 1;
    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, PUT({ "set.cert_required", 1 },
        { "set.cert_due_days", 10 }));
    expect(DUTY_CERTIFICATE, true, T0 + 11 * DAY);
    make(MESSAGE_KIND_DESTRUCTION_CERT, 0, NULL, &m);
    f = record_field(m.own->schema, "items");
    item.r = record_new(a, f->rec);
    cr_assert_eq(record_put_bytes(a, item.r, "msg_id", id_of(1)), OK);
    cr_assert_eq(record_put(a, m.own, f, &item, 1), OK);
    add(&m, OURS);
    expect_none(DUTY_CERTIFICATE);
    facts.n_destroyed = 0;
}

Test(duty, no_certificate_is_owed_where_none_is_asked_for)
{
    static const struct duty_destroyed erased[] = { { { 1 }, T0 + DAY } };

    facts.destroyed = erased;
    facts.n_destroyed = 1;
    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, PUT({ "set.cert_required", 0 }));
    expect_none(DUTY_CERTIFICATE);
    facts.n_destroyed = 0;
}

Test(duty, what_was_withdrawn_is_closed_and_nothing_else_owed)
{
    ask(URGENCY_ROUTINE);
    say(THEIRS, KIND_WITHDRAWAL, 1, NULL);
    expect(DUTY_CLOSE, false, 0);
    cr_expect_not(owed(DUTY_CLOSE, 0)->late);
    expect_none(DUTY_ANSWER);
    say(OURS, KIND_CLOSE, 0, PUT({ "close_reason", CLOSE_REASON_WITHDRAWN }));
    expect_none(DUTY_CLOSE);
}

Test(duty, nobody_acknowledges_what_is_over)
{
    say(THEIRS, KIND_INFO_REQUEST, 0, NULL);
    expect(DUTY_ACKNOWLEDGE, true, T0 + 5 * DAY);
    say(THEIRS, KIND_WITHDRAWAL, 1, NULL);
    expect_none(DUTY_ACKNOWLEDGE);
    say(OURS, KIND_CLOSE, 0, PUT({ "close_reason", CLOSE_REASON_WITHDRAWN }));
    expect_none(DUTY_ACKNOWLEDGE);
}

Test(duty, nobody_acknowledges_what_was_called_back)
{
    struct message m;

    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, NULL);
    make(MESSAGE_KIND_RECALL, 1, NULL, &m);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema, "parts"),
        &(union item){ .s = slice_str("p1") }, 1), OK);
    add(&m, THEIRS);
    expect(DUTY_ACKNOWLEDGE, true, T0 + 5 * DAY);   /* the rest is here */
    say(THEIRS, MESSAGE_KIND_RECALL, 1, NULL);
    expect_none(DUTY_ACKNOWLEDGE);
    say(OURS, MESSAGE_KIND_RECALL_RESULT, 3, NULL);
    expect_none(DUTY_ACKNOWLEDGE);
}

Test(duty, nobody_acknowledges_what_was_destroyed)
{
    static const struct duty_destroyed erased[] = { { { 1 }, T0 + DAY } };

    say(THEIRS, KIND_SPONT_DISCLOSURE, 0, PUT({ "set.cert_required", 0 }));
    expect(DUTY_ACKNOWLEDGE, true, T0 + 5 * DAY);
    cr_expect(duty_minds(t, nth(1)));
    facts.destroyed = erased;
    facts.n_destroyed = 1;
    expect_none(DUTY_ACKNOWLEDGE);
    facts.n_destroyed = 0;
}

Test(duty, a_certificate_says_that_nobody_acknowledges_it)
{
    const struct field *f;
    struct message m;
    union item item;

    say(OURS, KIND_SPONT_DISCLOSURE, 0, NULL);
    expect(DUTY_ACKNOWLEDGE, false, T0 + 5 * DAY);
    make(MESSAGE_KIND_DESTRUCTION_CERT, 0, NULL, &m);
    f = record_field(m.own->schema, "items");
    item.r = record_new(a, f->rec);
    cr_assert_eq(record_put_bytes(a, item.r, "msg_id", id_of(1)), OK);
    cr_assert_eq(record_put(a, m.own, f, &item, 1), OK);
    add(&m, THEIRS);
    expect_none(DUTY_ACKNOWLEDGE);
}

Test(duty, a_list_ends_where_its_room_ends)
{
    ask(URGENCY_ROUTINE);
    say(THEIRS, MESSAGE_KIND_CONSENT_REQUEST, 2, NULL);
    cr_assert_eq(thread_fold(t, &state), OK);
    facts.now = T0;
    cr_assert_eq(duty_list(t, &state, &facts, list, DUTIES_MAX), 2);
    cr_assert_eq(duty_list(t, &state, &facts, list, 1), 1);
}
