/*
 * The state of a thread from the headers of its messages: the facts that the
 * tables of states ask about, and the invalid steps that the description of
 * the machines names.
 */
#include "tests/unit/proto/thread_fixture.h"

#define ASKS true                   /* the opener */
#define ANSWERS false

static struct thread_state state;

TestSuite(thread, .init = thread_setup, .fini = thread_teardown);

/* The code of the newest message, with the thread folded. */
static enum err
code(void)
{
    cr_assert_eq(thread_fold(t, &state), OK);
    return nth(count)->code;
}

static void
expect(enum err e, unsigned s)
{
    enum err got = code();

    cr_assert_eq(got, e, "message %u: %s", count, err_row(got)->name);
    cr_assert_eq(nth(count)->allowed, e == OK);
    cr_assert_eq(state.state, s, "message %u: %s", count,
        states_name(state.machine, state.state));
}

static void
open_request(unsigned kind, uint64_t basis)
{
    say(ASKS, kind, 0, PUT({ "set.legal_basis", basis }));
    expect(OK, REQUEST_DELIVERED);
    say(ANSWERS, KIND_RECEIPT, 1, NULL);
    expect(OK, REQUEST_ACKNOWLEDGED);
}

static void
refuse(uint64_t scope)
{
    say(ANSWERS, MESSAGE_KIND_REFUSAL, 1, PUT({ "scope", scope }));
}

static const struct rec *
card(uint64_t kind)
{
    struct rec *r = record_new(a, &record_card);

    cr_assert_eq(record_put_uint(a, r, "kinds", kind), OK);
    return r;
}

static void
formalise(void)
{
    struct message m;

    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_NEGATIVE }));
    make(MESSAGE_KIND_FORMALISE_NOTICE, 0, NULL, &m);
    cr_assert_eq(record_put_bytes(a, m.own, "mla_ref",
        slice_str("QM-MLA-2027-0142")), OK);
    add(&m, ASKS);
    expect(OK, REQUEST_FORMALISED);
}

/* What names the formal request by its reference. */
static void
say_about(bool out, unsigned kind, const struct put *p, const char *about)
{
    struct message m;

    make(kind, 0, p, &m);
    cr_assert_eq(record_put_bytes(a, m.own, "about", slice_str(about)), OK);
    add(&m, out);
}

Test(thread, a_refusal_needs_consultation_where_a_treaty_is_the_basis)
{
    static const uint64_t bases[] = { LEGAL_BASIS_UNCAC_43_1,
        LEGAL_BASIS_UNCAC_44, LEGAL_BASIS_UNCAC_46, LEGAL_BASIS_UNCAC_55,
        LEGAL_BASIS_UNTOC, LEGAL_BASIS_BILATERAL_TREATY,
        LEGAL_BASIS_REGIONAL_TREATY };

    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        thread_teardown();
        thread_setup();
        open_request(KIND_INFO_REQUEST, bases[i]);
        cr_expect_eq(thread_consult(t), CONSULT_ALWAYS);
        refuse(REFUSAL_SCOPE_ALL);
        expect(E_NO_PRIOR_CONSULT, REQUEST_ACKNOWLEDGED);
        refuse(REFUSAL_SCOPE_PARTS);
        expect(E_NO_PRIOR_CONSULT, REQUEST_ACKNOWLEDGED);
        say(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, 1, PUT({ "delay_kind",
            DELAY_KIND_POSTPONEMENT }));
        expect(E_NO_PRIOR_CONSULT, REQUEST_ACKNOWLEDGED);
    }
}

Test(thread, a_refusal_needs_none_on_another_basis)
{
    static const uint64_t bases[] = { LEGAL_BASIS_UNCAC_46_4,
        LEGAL_BASIS_UNCAC_48, LEGAL_BASIS_UNCAC_56, LEGAL_BASIS_UNCAC_58,
        LEGAL_BASIS_UNCAC_53, LEGAL_BASIS_MOU, LEGAL_BASIS_EGMONT,
        LEGAL_BASIS_DOMESTIC_LAW, LEGAL_BASIS_RECIPROCITY };

    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        thread_teardown();
        thread_setup();
        open_request(KIND_INFO_REQUEST, bases[i]);
        cr_expect_eq(thread_consult(t), CONSULT_FORMAL);
        refuse(REFUSAL_SCOPE_PARTS);
        expect(OK, REQUEST_ACKNOWLEDGED);
        refuse(REFUSAL_SCOPE_ALL);
        expect(OK, REQUEST_REFUSED);
    }
}

Test(thread, a_refusal_of_a_consultation_needs_consultation)
{
    open_request(MESSAGE_KIND_CONSULTATION, LEGAL_BASIS_RECIPROCITY);
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_ACKNOWLEDGED);
}

Test(thread, fius_and_police_are_not_held_to_it)
{
    thread_cards(t, card(AUTHORITY_KIND_FIU),
        card(AUTHORITY_KIND_ANTI_CORRUPTION_AGENCY));
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    cr_expect_eq(thread_consult(t), CONSULT_NEVER);
    refuse(REFUSAL_SCOPE_ALL);
    expect(OK, REQUEST_REFUSED);
}

Test(thread, both_sides_must_be_of_these_kinds)
{
    thread_cards(t, card(AUTHORITY_KIND_FIU),
        card(AUTHORITY_KIND_MLA_CENTRAL));
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_ACKNOWLEDGED);
    thread_cards(t, card(AUTHORITY_KIND_FIU), NULL);
    cr_expect_eq(thread_consult(t), CONSULT_ALWAYS);
}

static void
consult(int64_t respond_by)
{
    say(ANSWERS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, 1, PUT({ "respond_by",
        (uint64_t)respond_by }));
    expect(OK, REQUEST_CONSULTING);
}

Test(thread, an_answered_consultation_allows_one_refusal)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    consult(T0 + 10 * DAY);
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_CONSULTING);
    say(ASKS, KIND_CLARIFICATION_REPLY, 3, NULL);
    expect(OK, REQUEST_CONSULTING);
    refuse(REFUSAL_SCOPE_PARTS);
    expect(OK, REQUEST_CONSULTING);
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_CONSULTING);
}

Test(thread, a_postponement_uses_the_consultation_up)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    consult(T0 + 10 * DAY);
    say(ASKS, KIND_CLARIFICATION_REPLY, 3, NULL);
    say(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, 1, PUT({ "delay_kind",
        DELAY_KIND_POSTPONEMENT }, { "review_at", T0 + 60 * DAY }));
    expect(OK, REQUEST_DELAYED);
    cr_expect_eq(state.consult[0], 0);
    cr_expect_not(state.consult_answered);
    say(ANSWERS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, 1, PUT({ "respond_by",
        T0 + 20 * DAY }));
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_CONSULTING);
}

Test(thread, silence_until_the_day_named_is_enough)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    consult(T0 + 10 * DAY);
    clock_now = T0 + 10 * DAY - 1;
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_CONSULTING);
    clock_now = T0 + 10 * DAY;
    refuse(REFUSAL_SCOPE_ALL);
    expect(OK, REQUEST_REFUSED);
}

Test(thread, only_the_newest_consultation_counts)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    consult(T0 + 1);
    consult(T0 + 10 * DAY);
    say(ASKS, KIND_CLARIFICATION_REPLY, 3, NULL);
    expect(OK, REQUEST_CONSULTING);
    clock_now = T0 + DAY;
    refuse(REFUSAL_SCOPE_ALL);
    expect(E_NO_PRIOR_CONSULT, REQUEST_CONSULTING);
    say(ASKS, KIND_CLARIFICATION_REPLY, 4, NULL);
    refuse(REFUSAL_SCOPE_ALL);
    expect(OK, REQUEST_REFUSED);
}

static void
decide(uint8_t offer, uint64_t answer)
{
    say(ASKS, MESSAGE_KIND_CONDITIONS_DECISION, offer, PUT({ "decision",
        answer }));
}

Test(thread, conditions_declined_or_countered_are_a_consultation)
{
    for (uint64_t answer = CONDITIONS_ANSWER_DECLINE;
        answer <= CONDITIONS_ANSWER_COUNTER; answer++) {
        thread_teardown();
        thread_setup();
        open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
        say(ANSWERS, MESSAGE_KIND_CONDITIONS_OFFER, 1, NULL);
        expect(OK, REQUEST_CONDITIONS_OFFERED);
        decide(3, answer);
        expect(OK, REQUEST_CONSULTING);
        cr_expect(state.consult_answered);
        decide(3, CONDITIONS_ANSWER_ACCEPT);
        expect(E_BAD_STATE, REQUEST_CONSULTING);
        refuse(REFUSAL_SCOPE_ALL);
        expect(OK, REQUEST_REFUSED);
    }
}

Test(thread, conditions_are_accepted_once_and_by_their_id)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    say(ANSWERS, MESSAGE_KIND_CONDITIONS_OFFER, 1, NULL);
    say(ANSWERS, MESSAGE_KIND_CONDITIONS_OFFER, 1, NULL);
    decide(3, CONDITIONS_ANSWER_ACCEPT);
    expect(E_BAD_STATE, REQUEST_CONDITIONS_OFFERED);
    decide(4, CONDITIONS_ANSWER_ACCEPT);
    expect(OK, REQUEST_ACKNOWLEDGED);
    cr_expect_eq(state.offer[0], 0);
    decide(4, CONDITIONS_ANSWER_DECLINE);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
}

Test(thread, conditions_of_a_consent_never_touch_the_thread)
{
    struct rec *consent = record_new(a, &record_consent);
    struct message m;

    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL }));
    say(ASKS, MESSAGE_KIND_CONSENT_REQUEST, 3, NULL);
    expect(OK, REQUEST_PARTIALLY_ANSWERED);
    make(MESSAGE_KIND_CONSENT_DECISION, 4, NULL, &m);
    cr_assert_eq(record_put_uint(a, consent, "decision",
        CONSENT_DECISION_GRANT_WITH_CONDITIONS), OK);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    add(&m, ANSWERS);
    expect(OK, REQUEST_PARTIALLY_ANSWERED);
    say(ANSWERS, MESSAGE_KIND_CONDITIONS_OFFER, 1, NULL);
    expect(OK, REQUEST_CONDITIONS_OFFERED);
    decide(5, CONDITIONS_ANSWER_COUNTER);
    expect(E_BAD_STATE, REQUEST_CONDITIONS_OFFERED);
    decide(5, CONDITIONS_ANSWER_ACCEPT);
    expect(OK, REQUEST_CONDITIONS_OFFERED);
    decide(5, CONDITIONS_ANSWER_DECLINE);
    expect(E_BAD_STATE, REQUEST_CONDITIONS_OFFERED);
    say(ANSWERS, MESSAGE_KIND_CONSENT_DECISION, 4, PUT({ "refusal_ground",
        1 }));
    expect(E_BAD_STATE, REQUEST_CONDITIONS_OFFERED);
    decide(6, CONDITIONS_ANSWER_ACCEPT);
    expect(OK, REQUEST_ACKNOWLEDGED);
}

Test(thread, to_follow_is_answered_by_an_inability_that_holds_it)
{
    say(ASKS, KIND_INFO_REQUEST, 0, NULL);
    say(ANSWERS, KIND_RECEIPT, 1, PUT({ "conf_answer",
        CONF_ANSWER_TO_FOLLOW }));
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL }));
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ANSWERS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    expect(OK, REQUEST_CONF_HOLD);
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL }));
    expect(E_BAD_STATE, REQUEST_CONF_HOLD);
    say(ASKS, MESSAGE_KIND_CONF_DECISION, 2, PUT({ "decision",
        CONF_OPTION_OPT_PROCEED }));
    expect(E_BAD_STATE, REQUEST_CONF_HOLD);
    say(ASKS, MESSAGE_KIND_CONF_DECISION, 4, PUT({ "decision",
        CONF_OPTION_OPT_PROCEED }));
    expect(OK, REQUEST_ACKNOWLEDGED);
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL }));
    expect(OK, REQUEST_PARTIALLY_ANSWERED);
}

Test(thread, a_later_inability_leaves_the_state)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    say(ANSWERS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    expect(OK, REQUEST_ACKNOWLEDGED);
}

Test(thread, after_opt_modify_the_request_is_amended)
{
    say(ASKS, KIND_INFO_REQUEST, 0, NULL);
    say(ANSWERS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    say(ASKS, MESSAGE_KIND_CONF_DECISION, 2, PUT({ "decision",
        CONF_OPTION_OPT_MODIFY }));
    say(ASKS, KIND_CLARIFICATION_REPLY, 2, NULL);
    expect(OK, REQUEST_ACKNOWLEDGED);
}

Test(thread, without_opt_modify_nothing_is_amended)
{
    say(ASKS, KIND_INFO_REQUEST, 0, NULL);
    say(ANSWERS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    say(ASKS, MESSAGE_KIND_CONF_DECISION, 2, PUT({ "decision",
        CONF_OPTION_OPT_PROCEED_WITH_MEASURE }));
    say(ASKS, KIND_CLARIFICATION_REPLY, 2, NULL);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
}

static void
expires(unsigned opening)
{
    thread_teardown();
    thread_setup();
    say(ASKS, opening, 0, PUT({ "urgency", URGENCY_PRIORITY }));
    say(ANSWERS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    clock_now = T0 + 35 * DAY - 1;
    say(ANSWERS, KIND_CLOSE, 0, PUT({ "close_reason",
        CLOSE_REASON_EXPIRED }));
    expect(E_BAD_STATE, REQUEST_CONF_HOLD);
    clock_now = T0 + 35 * DAY;
    say(ANSWERS, KIND_CLOSE, 0, PUT({ "close_reason",
        CLOSE_REASON_DISPUTE }));
    expect(E_BAD_STATE, REQUEST_CONF_HOLD);
    say(ASKS, KIND_CLOSE, 0, PUT({ "close_reason", CLOSE_REASON_EXPIRED }));
    expect(E_BAD_STATE, REQUEST_CONF_HOLD);
    say(ANSWERS, KIND_CLOSE, 0, PUT({ "close_reason",
        CLOSE_REASON_EXPIRED }));
    expect(OK, REQUEST_CLOSED);
}

Test(thread, a_held_request_expires_thirty_days_after_the_decision_was_due)
{
    expires(KIND_INFO_REQUEST);
    expires(MESSAGE_KIND_CONSULTATION);
}

Test(thread, a_held_request_is_withdrawn_by_the_decision)
{
    say(ASKS, KIND_INFO_REQUEST, 0, NULL);
    say(ANSWERS, MESSAGE_KIND_CONF_CANNOT_COMPLY, 1, NULL);
    say(ASKS, MESSAGE_KIND_CONF_DECISION, 2, PUT({ "decision",
        CONF_OPTION_OPT_WITHDRAW }));
    expect(OK, REQUEST_WITHDRAWN);
    cr_expect_eq(state.hold[0], 0);
    cr_expect_eq(state.stopped_since, 0);
}

Test(thread, what_waits_for_a_second_person_does_not_count)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_MOU);
    pending = true;
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_NEGATIVE }));
    cr_assert_eq(thread_fold(t, &state), OK);
    cr_expect_eq(state.state, REQUEST_ACKNOWLEDGED);
    cr_expect_not(thread_counts(nth(3)));
    cr_expect_eq(thread_newest(t, ANSWERS), nth(2));
    pending = false;
    say(ANSWERS, KIND_CLARIFICATION_REQUEST, 1, NULL);
    expect(OK, REQUEST_CLARIFYING);
}

Test(thread, what_was_refused_is_out)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_MOU);
    gone = true;
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_NEGATIVE }));
    cr_assert_eq(thread_fold(t, &state), OK);
    cr_expect_eq(state.state, REQUEST_ACKNOWLEDGED);
    cr_expect_not(thread_counts(nth(3)));
}

Test(thread, a_message_is_acknowledged_once)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_MOU);
    say(ANSWERS, KIND_RECEIPT, 1, NULL);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ASKS, KIND_RECEIPT, 2, NULL);
    expect(OK, REQUEST_ACKNOWLEDGED);
    say(ASKS, KIND_RECEIPT, 1, NULL);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
}

Test(thread, a_thread_opens_with_what_was_sent)
{
    pending = true;
    say(ASKS, KIND_INFO_REQUEST, 0, NULL);
    cr_expect_null(thread_opening(t));
    cr_assert_eq(thread_fold(t, &state), OK);
    cr_expect_eq(state.machine, MACHINE_NONE);
}

Test(thread, questions_about_the_formal_request_are_bounded)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    formalise();
    for (int i = 0; i < STATES_QUESTIONS_MAX; i++)
        say(ANSWERS, KIND_CLARIFICATION_REQUEST, 4, NULL);
    expect(OK, REQUEST_FORMALISED);
    say(ANSWERS, KIND_CLARIFICATION_REQUEST, 4, NULL);
    expect(E_BAD_STATE, REQUEST_FORMALISED);
}

Test(thread, conditions_of_the_formal_request_are_accepted_once)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    formalise();
    say(ANSWERS, MESSAGE_KIND_CONDITIONS_OFFER, 4, NULL);
    expect(OK, REQUEST_FORMALISED);
    decide(5, CONDITIONS_ANSWER_ACCEPT);
    expect(OK, REQUEST_FORMALISED);
    decide(5, CONDITIONS_ANSWER_ACCEPT);
    expect(E_BAD_STATE, REQUEST_FORMALISED);
    say(ANSWERS, MESSAGE_KIND_CONDITIONS_OFFER, 4, NULL);
    decide(8, CONDITIONS_ANSWER_DECLINE);
    expect(OK, REQUEST_FORMALISED);
    cr_expect(state.consult_answered);
    say(ANSWERS, MESSAGE_KIND_REFUSAL, 4, PUT({ "scope",
        REFUSAL_SCOPE_ALL }));
    expect(OK, REQUEST_FORMALISED);
}

/* What states_event makes of the fields of a message. */
static struct step_event
event_of(const struct message *m)
{
    struct step_event ev;

    states_event(m, true, &ev);
    return ev;
}

Test(thread, the_qualifier_of_a_decision_on_consent_is_what_was_decided)
{
    struct rec *consent = record_new(a, &record_consent);
    struct message m;

    make(MESSAGE_KIND_CONSENT_DECISION, 1, NULL, &m);
    cr_expect_eq(event_of(&m).qualifier, CONSENT_DECISION_NEED_INFO);
    cr_assert_eq(record_put_uint(a, m.own, "refusal_ground", 1), OK);
    cr_expect_eq(event_of(&m).qualifier, CONSENT_DECISION_REFUSE);
    make(MESSAGE_KIND_CONSENT_DECISION, 1, NULL, &m);
    cr_assert_eq(record_put_uint(a, consent, "decision",
        CONSENT_DECISION_GRANT_WITH_CONDITIONS), OK);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    cr_expect_eq(event_of(&m).qualifier,
        CONSENT_DECISION_GRANT_WITH_CONDITIONS);
}

Test(thread, digests_hold_unless_a_file_is_named)
{
    const union item item = { .s = slice_str("d1") };
    struct message m;
    const struct field *f;

    make(KIND_RECEIPT, 1, NULL, &m);
    f = record_field(m.own->schema, "digest_mismatch");
    cr_expect_not(event_of(&m).mismatch);
    cr_assert_eq(record_put(a, m.own, f, NULL, 0), OK);
    cr_expect_not(event_of(&m).mismatch);
    cr_assert_eq(record_put(a, m.own, f, &item, 1), OK);
    cr_expect(event_of(&m).mismatch);
}

Test(thread, a_new_date_is_after_the_message)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    say(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, 1, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 }));
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, 1, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }));
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, 1, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 + 1 }));
    expect(OK, REQUEST_DELAYED);
}

Test(thread, what_is_about_the_formal_request_names_it)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    formalise();                        /* 3, 4 */
    say_about(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 + DAY }),
        "QM-MLA-2027-0142");
    expect(OK, REQUEST_FORMALISED);
    say_about(ANSWERS, MESSAGE_KIND_DELAY_NOTICE, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 + DAY }),
        "QM-MLA-2027-0143");
    expect(E_BAD_STATE, REQUEST_FORMALISED);
    say(ANSWERS, KIND_CLARIFICATION_REQUEST, 1, NULL);
    expect(E_BAD_STATE, REQUEST_FORMALISED);
    say(ANSWERS, KIND_CLARIFICATION_REQUEST, 4, NULL);
    expect(OK, REQUEST_FORMALISED);
    say(ANSWERS, KIND_CLARIFICATION_REQUEST, 8, NULL);
    expect(OK, REQUEST_FORMALISED);
    say(ANSWERS, KIND_REPLY, 4, PUT({ "reply_type", REPLY_TYPE_SUPPLEMENT }));
    expect(OK, REQUEST_FORMALISED);
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_SUPPLEMENT }));
    expect(E_BAD_STATE, REQUEST_FORMALISED);
}

Test(thread, a_formal_request_is_refused_after_consultation)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_MOU);
    formalise();
    say(ANSWERS, MESSAGE_KIND_REFUSAL, 4, PUT({ "scope",
        REFUSAL_SCOPE_ALL }));
    expect(E_NO_PRIOR_CONSULT, REQUEST_FORMALISED);
    say(ANSWERS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, 4, PUT({ "respond_by",
        T0 + 10 * DAY }));
    expect(OK, REQUEST_FORMALISED);
    say(ASKS, KIND_CLARIFICATION_REPLY, 6, NULL);
    expect(OK, REQUEST_FORMALISED);
    say(ANSWERS, MESSAGE_KIND_REFUSAL, 1, PUT({ "scope",
        REFUSAL_SCOPE_ALL }));
    expect(E_BAD_STATE, REQUEST_FORMALISED);
    say(ANSWERS, MESSAGE_KIND_REFUSAL, 4, PUT({ "scope",
        REFUSAL_SCOPE_ALL }));
    expect(OK, REQUEST_FORMALISED);
}

Test(thread, what_was_informal_does_not_count_for_the_formal_request)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    say(ANSWERS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, 1, PUT({ "respond_by",
        T0 + 10 * DAY }));
    say(ASKS, KIND_CLARIFICATION_REPLY, 3, NULL);
    formalise();                        /* 5, 6 */
    say(ANSWERS, MESSAGE_KIND_REFUSAL, 6, PUT({ "scope",
        REFUSAL_SCOPE_ALL }));
    expect(E_NO_PRIOR_CONSULT, REQUEST_FORMALISED);
}

/* The other steps that the page calls invalid. */

Test(thread, no_answer_before_delivery)
{
    undelivered = true;
    say(ASKS, KIND_INFO_REQUEST, 0, NULL);
    expect(OK, REQUEST_SENT);
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_PARTIAL }));
    expect(E_BAD_STATE, REQUEST_SENT);
    say(ASKS, MESSAGE_KIND_FORMALISE_NOTICE, 0, NULL);
    expect(E_BAD_STATE, REQUEST_SENT);
}

Test(thread, no_full_answer_after_a_refusal)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_MOU);
    refuse(REFUSAL_SCOPE_ALL);
    say(ANSWERS, KIND_REPLY, 1, PUT({ "reply_type", REPLY_TYPE_FULL }));
    expect(E_BAD_STATE, REQUEST_REFUSED);
}

Test(thread, each_side_has_acts_of_its_own)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_MOU);
    say(ANSWERS, KIND_WITHDRAWAL, 1, NULL);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ASKS, MESSAGE_KIND_REFUSAL, 2, PUT({ "scope", REFUSAL_SCOPE_ALL }));
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ASKS, MESSAGE_KIND_DELAY_NOTICE, 2, PUT({ "delay_kind",
        DELAY_KIND_EXTENSION }, { "new_due", T0 + DAY }));
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ASKS, MESSAGE_KIND_RECALL, 2, NULL);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
    say(ASKS, MESSAGE_KIND_RECALL, 1, NULL);
    expect(OK, REQUEST_ACKNOWLEDGED);
    say(ASKS, MESSAGE_KIND_RECALL_RESULT, 6, NULL);
    expect(E_BAD_STATE, REQUEST_ACKNOWLEDGED);
}

Test(thread, nothing_is_closed_while_it_is_consulted_on)
{
    open_request(KIND_INFO_REQUEST, LEGAL_BASIS_UNCAC_46);
    consult(T0 + 10 * DAY);
    say(ANSWERS, KIND_CLOSE, 0, PUT({ "close_reason",
        CLOSE_REASON_REFUSED }));
    expect(E_BAD_STATE, REQUEST_CONSULTING);
    say(ASKS, KIND_CLOSE, 0, PUT({ "close_reason", CLOSE_REASON_ANSWERED }));
    expect(E_BAD_STATE, REQUEST_CONSULTING);
}

Test(thread, nothing_is_possible_in_a_thread_that_was_rejected)
{
    struct thread_state rejected = { .machine = MACHINE_REQUEST,
        .state = REQUEST_REJECTED };

    for (uint16_t kind = 1; kind < 64; kind++)
        for (uint16_t q = 0; q < 11; q++)
            for (int who = 0; who < 2; who++) {
                struct step_event ev = { .kind = kind, .qualifier = q,
                    .by_opener = who, .has_target = true,
                    .target_kind = KIND_REPLY, .target_by_opener = !who };

                cr_assert_eq(states_step(&domain_valise, &rejected, &ev),
                    E_BAD_STATE);
            }
}
