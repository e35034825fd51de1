/*
 * The machines of consent, of keeping and of evidence, as stories: what they
 * remember, and the steps that are invalid.
 */
#include "tests/unit/proto/states_fixture.h"

static struct thread_state t;
static uint8_t number;

/* The opener of a consent asks; the opener of keeping is the originator. */
static void
say(bool opener, uint16_t kind, uint16_t qualifier, enum err e)
{
    go(&t, message(kind, qualifier, opener, ++number, 1), e);
}

static void
happen(uint16_t event, enum err e)
{
    say(false, event, 0, e);
}

static void
begin(uint8_t machine)
{
    number = 10;
    t = (struct thread_state){ .machine = machine };
}

enum { GRANT = 1, CONDITIONAL, REFUSE, NEED_INFO };

Test(machines, a_consent_is_used_once_it_is_granted)
{
    begin(MACHINE_CONSENT);
    happen(STEP_EVENT_USE, E_BAD_STATE);
    say(true, MESSAGE_KIND_CONSENT_REQUEST, 0, OK);
    happen(STEP_EVENT_USE, E_BAD_STATE);
    say(true, MESSAGE_KIND_CONSENT_DECISION, GRANT, E_BAD_STATE);
    say(false, MESSAGE_KIND_CONSENT_DECISION, CONDITIONAL, OK);
    cr_assert_eq(t.state, CONSENT_OFFERED_WITH_CONDITIONS);
    happen(STEP_EVENT_USE, E_BAD_STATE);
    say(false, MESSAGE_KIND_CONDITIONS_DECISION, ACCEPT, E_BAD_STATE);
    say(true, MESSAGE_KIND_CONDITIONS_DECISION, COUNTER, E_BAD_STATE);
    say(true, MESSAGE_KIND_CONDITIONS_DECISION, ACCEPT, OK);
    say(true, MESSAGE_KIND_CONDITIONS_DECISION, ACCEPT, E_BAD_STATE);
    happen(STEP_EVENT_USE, OK);
    happen(STEP_EVENT_EXHAUSTED, OK);
    happen(STEP_EVENT_USE, E_BAD_STATE);
    say(false, MESSAGE_KIND_CONSENT_REVOKE, 0, OK);
    cr_assert_eq(t.state, CONSENT_EXHAUSTED);
    say(true, MESSAGE_KIND_CONSENT_REQUEST, 0, OK);
    cr_assert_eq(t.state, CONSENT_PENDING);
}

Test(machines, silence_is_no_consent_and_a_late_decision_is_one)
{
    begin(MACHINE_CONSENT);
    say(true, MESSAGE_KIND_CONSENT_REQUEST, 0, OK);
    happen(STEP_EVENT_LAPSED, OK);
    happen(STEP_EVENT_USE, E_BAD_STATE);
    say(false, MESSAGE_KIND_CONSENT_DECISION, GRANT, OK);
    happen(STEP_EVENT_USE, OK);
    happen(STEP_EVENT_LAPSED, E_BAD_STATE);
    happen(STEP_EVENT_EXPIRED, OK);
    happen(STEP_EVENT_USE, E_BAD_STATE);
}

Test(machines, a_revoked_consent_stays_revoked)
{
    begin(MACHINE_CONSENT);
    say(true, MESSAGE_KIND_CONSENT_REQUEST, 0, OK);
    say(false, MESSAGE_KIND_CONSENT_DECISION, GRANT, OK);
    say(true, MESSAGE_KIND_CONSENT_REVOKE, 0, E_BAD_STATE);
    say(false, MESSAGE_KIND_CONSENT_REVOKE, 0, OK);
    happen(STEP_EVENT_USE, E_BAD_STATE);
    happen(STEP_EVENT_EXPIRED, E_BAD_STATE);
    say(false, MESSAGE_KIND_CONSENT_DECISION, GRANT, E_BAD_STATE);
}

Test(machines, what_is_not_known_is_asked_anew)
{
    begin(MACHINE_CONSENT);
    say(true, MESSAGE_KIND_CONSENT_REQUEST, 0, OK);
    say(false, MESSAGE_KIND_CONSENT_DECISION, NEED_INFO, OK);
    say(false, MESSAGE_KIND_CONSENT_DECISION, GRANT, E_BAD_STATE);
    say(true, MESSAGE_KIND_CONSENT_REQUEST, 0, OK);
    say(false, MESSAGE_KIND_CONSENT_DECISION, REFUSE, OK);
    cr_assert_eq(t.state, CONSENT_REFUSED);
}

enum { SENT_IN_ERROR = 1, WRONG_RECIPIENT, DATA_WRONG, UNLAWFUL,
    SOURCE_RISK };

Test(machines, keeping_ends_by_time_and_is_certified)
{
    begin(MACHINE_RETENTION);
    say(false, MESSAGE_KIND_DESTRUCTION_CERT, 0, E_BAD_STATE);
    happen(STEP_EVENT_RETAIN_UNTIL, E_BAD_STATE);
    happen(STEP_EVENT_USE_UNTIL, OK);
    happen(STEP_EVENT_RETAIN_UNTIL, OK);
    say(false, MESSAGE_KIND_DESTRUCTION_CERT, 0, E_BAD_STATE);
    happen(STEP_EVENT_DESTROY, OK);
    say(true, MESSAGE_KIND_DESTRUCTION_CERT, 0, E_BAD_STATE);
    say(false, MESSAGE_KIND_DESTRUCTION_CERT, 0, OK);
    say(false, MESSAGE_KIND_DESTRUCTION_CERT, 0, E_BAD_STATE);
    cr_assert_eq(t.state, RETENTION_CERTIFIED);
}

Test(machines, a_seal_leads_back_to_where_it_was_set)
{
    begin(MACHINE_RETENTION);
    happen(STEP_EVENT_USE_UNTIL, OK);
    say(false, MESSAGE_KIND_RECALL, SENT_IN_ERROR, E_BAD_STATE);
    say(true, MESSAGE_KIND_RECALL, DATA_WRONG, OK);
    cr_assert_eq(t.state, RETENTION_READ_ONLY);
    say(true, MESSAGE_KIND_RECALL, SOURCE_RISK, OK);
    cr_assert_eq(t.state, RETENTION_SEALED);
    happen(STEP_EVENT_UNSEAL, OK);
    cr_assert_eq(t.state, RETENTION_READ_ONLY);
    happen(STEP_EVENT_SEAL, OK);
    happen(STEP_EVENT_RETURN, OK);
    cr_assert_eq(t.state, RETENTION_RETURNED);
}

Test(machines, a_legal_hold_keeps_and_leads_back)
{
    begin(MACHINE_RETENTION);
    say(true, MESSAGE_KIND_RECALL, WRONG_RECIPIENT, OK);
    happen(STEP_EVENT_HOLD_SET, OK);
    happen(STEP_EVENT_HOLD_SET, OK);
    happen(STEP_EVENT_DESTROY, E_BAD_STATE);
    say(true, KIND_WITHDRAWAL, 0, E_BAD_STATE);
    happen(STEP_EVENT_HOLD_LIFTED, OK);
    cr_assert_eq(t.state, RETENTION_SEALED);
    happen(STEP_EVENT_UNSEAL, OK);
    cr_assert_eq(t.state, RETENTION_HELD);
    say(true, KIND_WITHDRAWAL, 0, OK);
    cr_assert_eq(t.state, RETENTION_DESTROYED);
}

Test(machines, a_recall_seals_what_a_legal_hold_keeps)
{
    begin(MACHINE_RETENTION);
    happen(STEP_EVENT_USE_UNTIL, OK);
    happen(STEP_EVENT_HOLD_SET, OK);
    say(true, MESSAGE_KIND_RECALL, UNLAWFUL, OK);
    say(true, MESSAGE_KIND_RECALL, SENT_IN_ERROR, OK);
    say(true, MESSAGE_KIND_RECALL, SENT_IN_ERROR, OK);
    cr_assert_eq(t.state, RETENTION_LEGAL_HOLD);
    happen(STEP_EVENT_HOLD_LIFTED, OK);
    cr_assert_eq(t.state, RETENTION_SEALED);
    happen(STEP_EVENT_UNSEAL, OK);
    cr_assert_eq(t.state, RETENTION_READ_ONLY);
}

/* Evidence. */

static void
offer(bool accept_first)
{
    struct step_event ev = message(MESSAGE_KIND_EVIDENCE_OFFER, 0, true, 1,
        0);

    begin(MACHINE_EVIDENCE);
    ev.accept_first = accept_first;
    ev.accept_by = 5000;
    go(&t, ev, OK);
    cr_assert_eq(t.state, EVIDENCE_DRAFT);
    go(&t, message(STEP_EVENT_DELIVERED, 0, false, 2, 0), OK);
}

static struct step_event
accept(void)
{
    struct step_event ev = message(MESSAGE_KIND_CONDITIONS_DECISION, ACCEPT,
        false, 3, 1);

    ev.accepts = true;
    return ev;
}

Test(machines, evidence_goes_once_its_terms_are_accepted)
{
    struct step_event ev, other = accept();

    offer(true);
    say(true, MESSAGE_KIND_EVIDENCE_TRANSFER, 0, E_BAD_STATE);
    other.accepts = false;
    go(&t, other, E_BAD_STATE);
    go(&t, accept(), OK);
    go(&t, accept(), E_BAD_STATE);
    say(false, MESSAGE_KIND_EVIDENCE_TRANSFER, 0, E_BAD_STATE);
    say(true, MESSAGE_KIND_EVIDENCE_TRANSFER, 0, OK);
    ev = message(KIND_RECEIPT, 0, false, 20, 4);
    ev.target_kind = MESSAGE_KIND_EVIDENCE_TRANSFER;
    ev.mismatch = true;
    go(&t, ev, OK);
    cr_assert_eq(t.state, EVIDENCE_MISMATCH);
    say(true, MESSAGE_KIND_EVIDENCE_TRANSFER, 0, OK);
    ev.mismatch = false;
    go(&t, ev, OK);
    cr_assert_eq(t.state, EVIDENCE_VERIFIED);
    say(false, MESSAGE_KIND_FEEDBACK, 0, OK);
    cr_assert_eq(t.state, EVIDENCE_VERIFIED);
    ev = message(MESSAGE_KIND_FEEDBACK, 0, false, 21, 4);
    ev.used = true;
    go(&t, ev, OK);
    cr_assert_eq(t.state, EVIDENCE_IN_USE);
}

Test(machines, evidence_goes_at_once_where_nothing_is_accepted_first)
{
    offer(false);
    say(true, MESSAGE_KIND_EVIDENCE_TRANSFER, 0, OK);
    cr_assert_eq(t.state, EVIDENCE_TRANSFERRED);
}

Test(machines, an_offer_is_closed_when_its_time_has_passed)
{
    struct step_event ev = message(KIND_CLOSE, 0, true, 20, 0);

    offer(true);
    ev.at = 4999;
    go(&t, ev, E_BAD_STATE);
    ev.at = 5000;
    go(&t, ev, OK);
    cr_assert_eq(t.state, EVIDENCE_CLOSED);
}

/* Clocks. */

Test(machines, a_hold_stops_the_clock_for_as_long_as_it_lasts)
{
    struct step_event ev;

    start(&t);
    t.to_follow = true;
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
    go(&t, message(MESSAGE_KIND_CONF_CANNOT_COMPLY, 0, false, 5, 1), OK);
    cr_assert_eq(t.stopped_total, 100);
    cr_assert_eq(states_due(&t, 1000), 0);
    ev = message(MESSAGE_KIND_CONF_DECISION, PROCEED, true, 6, 5);
    ev.at = 500 + 40 * DAY;
    go(&t, ev, OK);
    cr_assert_eq(t.stopped_total, 100 + 40 * DAY);
    cr_assert_eq(states_due(&t, 1000), 1300 + 40 * DAY);
}

Test(machines, the_clock_goes_on_when_the_thread_leaves_the_question)
{
    static const struct { uint16_t kind, qualifier; } leave[] = {
        { MESSAGE_KIND_PRE_REFUSAL_CONSULT, 0 },
        { MESSAGE_KIND_CONDITIONS_OFFER, 0 },
        { KIND_REPLY, REPLY_TYPE_PARTIAL },
    };

    for (size_t i = 0; i < sizeof(leave) / sizeof(leave[0]); i++) {
        start(&t);
        go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
        go(&t, message(leave[i].kind, leave[i].qualifier, false, 7, 1), OK);
        cr_assert_eq(states_due(&t, 1000), 1500);
        /* The question is still open, and stops nothing. */
        go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 9, 4), OK);
        cr_assert_eq(states_due(&t, 1000), 1500);
    }
}

Test(machines, an_extension_does_not_touch_the_clock)
{
    start(&t);
    go(&t, message(MESSAGE_KIND_DELAY_NOTICE, EXTENSION, false, 4, 1), OK);
    cr_assert_eq(t.state, REQUEST_DELAYED);
    cr_assert_eq(states_due(&t, 1000), 1200);
}

Test(machines, nothing_else_lets_the_clock_go_on)
{
    struct step_event ev;

    start(&t);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
    go(&t, message(KIND_REPLY, REPLY_TYPE_INTERIM, false, 5, 1), OK);
    ev = message(KIND_RECEIPT, 0, true, 6, 5);
    go(&t, ev, OK);
    cr_assert_eq(t.stopped_since, 400);
    go(&t, message(KIND_WITHDRAWAL, 0, true, 7, 1), OK);
    cr_assert_eq(t.stopped_since, 0);
    cr_assert_eq(t.stopped_total, 300);
}

Test(machines, every_decision_lets_a_held_request_go_on)
{
    for (uint16_t option = PROCEED; option <= WITHDRAW; option++) {
        start(&t);
        t.to_follow = true;
        go(&t, message(MESSAGE_KIND_CONF_CANNOT_COMPLY, 0, false, 4, 1), OK);
        go(&t, message(MESSAGE_KIND_CONF_DECISION, option, true, 6, 4), OK);
        cr_assert_eq(t.stopped_since, 0);
        cr_assert_eq(t.stopped_total, 200);
        cr_assert_eq(t.modify, option == MODIFY);
    }
}

Test(machines, an_answer_to_an_older_question_leaves_the_newer_one)
{
    start(&t);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
    go(&t, message(KIND_REPLY, REPLY_TYPE_PARTIAL, false, 5, 1), OK);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 6, 1), OK);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 7, 4), OK);
    cr_assert_eq(t.state, REQUEST_CLARIFYING);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 7, 4), E_BAD_STATE);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 8, 6), OK);
    cr_assert_eq(t.state, REQUEST_PARTIALLY_ANSWERED);
}

Test(machines, every_code_of_a_row_has_a_name)
{
    const struct step *s;

    for (size_t i = 0; (s = states_row(&product, i)) != NULL; i++)
        if (s->qualifier != 0)
            cr_expect_not_null(states_qualifier_name(s->kind, s->qualifier));
    cr_expect_str_eq(states_qualifier_name(KIND_REPLY, REPLY_TYPE_PARTIAL),
        "PARTIAL");
    cr_expect_str_eq(states_qualifier_name(MESSAGE_KIND_REFUSAL, PARTS),
        "PARTS");
    cr_expect_null(states_qualifier_name(MESSAGE_KIND_FEEDBACK, 1));
    cr_expect_null(states_qualifier(MESSAGE_KIND_FEEDBACK));
    cr_expect_null(states_event_name(KIND_REPLY));
    cr_expect_null(states_event_name(STEP_EVENT_LAST + 1));
}
