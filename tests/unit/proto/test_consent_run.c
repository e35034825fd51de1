/*
 * What was asked, decided, accepted and revoked in a thread: which message is
 * about which question, what is not allowed, and what dates and uses make of
 * it.  The holder (out) is the originator.
 */
#include "proto/consent.h"
#include "proto/kinds_list.h"
#include "proto/states.h"
#include "tests/unit/proto/thread_fixture.h"

#define US true
#define THEM false

static struct consent_run runs[8];
static size_t n_runs;
static uint8_t source;
static uint64_t max_uses;

static void
up(void)
{
    thread_setup();
    max_uses = 2;
    source = say(US, KIND_INFO_REQUEST, 0, NULL);
}

TestSuite(consent_run, .init = up, .fini = thread_teardown);

static void
fold(void)
{
    struct thread_state state;

    cr_assert_eq(thread_fold(t, &state), OK);
    cr_assert_eq(consent_fold(t, runs, 8, &n_runs), OK);
}

static bool
is_allowed(uint8_t n)
{
    return thread_find(t, id_of(n))->allowed;
}

static void
put_text(struct message *m, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, m->own, name, slice_str(text)), OK);
}

/* A question about the opening message. */
static void
question(struct message *m)
{
    const struct put p[] = { { "consent_type", CONSENT_TYPE_ONWARD },
        { "purpose_requested", PURPOSE_ANALYSIS },
        { "needed_by", T0 + 5 * DAY }, { NULL, 0 } };

    make(KIND_CONSENT_REQUEST, source, p, m);
    put_text(m, "parts", "p1");
    put_text(m, "onward_to", "QO-FIU");
}

static uint8_t
ask(void)
{
    struct message m;

    question(&m);
    return add(&m, THEM);
}

static struct rec *
consent(uint8_t id, uint64_t decision)
{
    struct rec *c = record_new(a, &record_consent);

    cr_assert_eq(record_put_bytes(a, c, "consent_id", id_of(id)), OK);
    cr_assert_eq(record_put_uint(a, c, "decision", decision), OK);
    cr_assert_eq(record_put_uint(a, c, "max_uses", max_uses), OK);
    cr_assert_eq(record_put_uint(a, c, "expires_at", T0 + 10 * DAY), OK);
    return c;
}

/* decision 0: refused. */
static uint8_t
decide(uint8_t asked, uint64_t decision, uint8_t id)
{
    struct message m;

    make(KIND_CONSENT_DECISION, asked, NULL, &m);
    if (decision != 0)
        cr_assert_eq(record_put_rec(a, m.own, "consent", consent(id,
            decision)), OK);
    else
        cr_assert_eq(record_put_uint(a, m.own, "refusal_ground", 1), OK);
    return add(&m, US);
}

static uint8_t
revoke(uint8_t id, bool who)
{
    struct message m;

    make(KIND_CONSENT_REVOKE, 0, NULL, &m);
    cr_assert_eq(record_put_bytes(a, m.own, "consent_id", id_of(id)), OK);
    return add(&m, who);
}

static uint8_t
accept(uint8_t decided, uint64_t answer)
{
    const struct put p[] = { { "decision", answer }, { NULL, 0 } };

    return say(THEM, KIND_CONDITIONS_DECISION, decided, p);
}

#define GRANT CONSENT_GRANT_GRANT
#define CONDITIONAL CONSENT_GRANT_GRANT_WITH_CONDITIONS

Test(consent_run, from_the_question_to_the_end_of_it)
{
    uint8_t q = ask(), d, r;

    fold();
    cr_assert_eq(n_runs, 1);
    cr_expect_eq(runs[0].state.state, CONSENT_PENDING);
    cr_expect_null(runs[0].consent);
    d = decide(q, GRANT, 70);
    fold();
    cr_assert_eq(n_runs, 1);
    cr_expect_eq(runs[0].state.state, CONSENT_GRANTED);
    cr_expect_eq(runs[0].request, thread_find(t, id_of(q)));
    cr_expect_eq(runs[0].decision, thread_find(t, id_of(d)));
    cr_assert_not_null(runs[0].consent);
    r = revoke(70, US);
    fold();
    cr_expect_eq(runs[0].state.state, CONSENT_REVOKED);
    cr_expect_eq(runs[0].revoked, thread_find(t, id_of(r)));
}

Test(consent_run, a_decision_counts_once_and_for_its_question)
{
    uint8_t q = ask(), d = decide(q, GRANT, 70), again, none;

    again = decide(q, GRANT, 71);
    none = decide(source, GRANT, 72);
    fold();
    cr_expect(is_allowed(d));
    cr_expect_not(is_allowed(again));
    cr_expect_not(is_allowed(none));
    cr_assert_eq(n_runs, 1);
    cr_expect(slice_equal(record_bytes(runs[0].consent, "consent_id"),
        id_of(70)));
}

Test(consent_run, only_the_originator_revokes_and_only_what_he_gave)
{
    uint8_t q = ask(), theirs, other;

    (void)decide(q, GRANT, 70);
    theirs = revoke(70, THEM);
    other = revoke(71, US);
    fold();
    cr_expect_not(is_allowed(theirs));
    cr_expect_not(is_allowed(other));
    cr_expect_eq(runs[0].state.state, CONSENT_GRANTED);
}

Test(consent_run, conditions_are_accepted_or_it_is_over)
{
    uint8_t q = ask(), d = decide(q, CONDITIONAL, 70), y;

    fold();
    cr_expect_eq(runs[0].state.state, CONSENT_OFFERED_WITH_CONDITIONS);
    cr_expect_null(runs[0].acceptance);
    y = accept(d, CONDITIONS_ANSWER_ACCEPT);
    fold();
    cr_expect_eq(runs[0].state.state, CONSENT_GRANTED);
    cr_expect_eq(runs[0].acceptance, thread_find(t, id_of(y)));
}

Test(consent_run, conditions_that_are_declined)
{
    uint8_t q = ask(), d = decide(q, CONDITIONAL, 70);

    (void)accept(d, CONDITIONS_ANSWER_DECLINE);
    fold();
    cr_expect_eq(runs[0].state.state, CONSENT_REFUSED);
    cr_expect_null(runs[0].acceptance);
}

/* The same question goes on with its run; another is one of its own. */
Test(consent_run, another_question_is_another_run)
{
    static const struct { const char *name, *text; } other[] = {
        { "parts", "p2" }, { "onward_to", "QO-CA" }, { "docs", "d1" },
        { NULL, NULL },
    };
    static const struct put numbers[] = {
        { "consent_type", CONSENT_TYPE_EXPORT },
        { "onward_to_class", AUTHORITY_KIND_TAX },
        { "purpose_requested", PURPOSE_PROSECUTION },
    };
    struct message m;
    size_t want = 1;

    (void)ask();
    for (size_t i = 0; other[i].name != NULL; i++) {
        question(&m);
        put_text(&m, other[i].name, other[i].text);
        (void)add(&m, THEM);
        want++;
    }
    for (size_t i = 0; i < 3; i++) {
        question(&m);
        cr_assert_eq(record_put_uint(a, m.own, numbers[i].name,
            numbers[i].u), OK);
        (void)add(&m, THEM);
        want++;
    }
    fold();
    cr_expect_eq(n_runs, want);
    for (size_t i = 0; i < n_runs; i++)
        cr_expect_eq(runs[i].state.state, CONSENT_PENDING, "%zu", i);
}

Test(consent_run, what_is_asked_twice_is_refused_until_it_may_be_asked_again)
{
    uint8_t q = ask(), twice = ask(), again, d;

    fold();
    cr_expect_not(is_allowed(twice));
    cr_assert_eq(n_runs, 1);
    (void)decide(q, 0, 0);
    fold();
    cr_expect_eq(runs[0].state.state, CONSENT_REFUSED);
    cr_expect_null(runs[0].consent);
    again = ask();
    fold();
    cr_expect(is_allowed(again));
    cr_assert_eq(n_runs, 1);
    cr_expect_eq(runs[0].request, thread_find(t, id_of(again)));
    cr_expect_null(runs[0].decision);
    cr_expect_eq(runs[0].state.state, CONSENT_PENDING);
    d = decide(again, GRANT, 70);
    fold();
    cr_expect_eq(runs[0].decision, thread_find(t, id_of(d)));
}

/* By the dates of the messages, so that both sides judge alike. */
Test(consent_run, after_its_date_it_may_be_asked_again)
{
    uint8_t q = ask(), early, late;

    max_uses = 0;
    (void)decide(q, GRANT, 70);
    clock_now = T0 + 10 * DAY - 1;
    early = ask();
    clock_now = T0 + 10 * DAY;
    late = ask();
    fold();
    cr_expect_not(is_allowed(early));
    cr_expect(is_allowed(late));
    cr_assert_eq(n_runs, 1);
    cr_expect_eq(runs[0].state.state, CONSENT_PENDING);
    cr_expect_null(runs[0].consent);
}

/* How often it was used no message says: of one with a number of uses more
 * may be asked for. */
Test(consent_run, more_uses_may_be_asked_for)
{
    uint8_t q = ask(), again;

    (void)decide(q, GRANT, 70);
    again = ask();
    fold();
    cr_expect(is_allowed(again));
    cr_expect_eq(runs[0].state.state, CONSENT_PENDING);
}

Test(consent_run, a_question_that_lapsed_may_be_asked_again)
{
    uint8_t early, late;

    (void)ask();
    clock_now = T0 + 5 * DAY - 1;
    early = ask();
    clock_now = T0 + 5 * DAY;
    late = ask();
    fold();
    cr_expect_not(is_allowed(early));
    cr_expect(is_allowed(late));
    cr_expect_eq(runs[0].request, thread_find(t, id_of(late)));
}

Test(consent_run, dates_and_uses_are_no_messages)
{
    uint8_t q = ask();

    fold();
    cr_expect_eq(consent_state_at(&runs[0], 0, T0 + 5 * DAY - 1),
        CONSENT_PENDING);
    cr_expect_eq(consent_state_at(&runs[0], 0, T0 + 5 * DAY),
        CONSENT_LAPSED);
    (void)decide(q, GRANT, 70);
    fold();
    cr_expect_eq(consent_state_at(&runs[0], 1, T0 + 10 * DAY - 1),
        CONSENT_GRANTED);
    cr_expect_eq(consent_state_at(&runs[0], 2, T0), CONSENT_EXHAUSTED);
    cr_expect_eq(consent_state_at(&runs[0], 3, T0), CONSENT_EXHAUSTED);
    cr_expect_eq(consent_state_at(&runs[0], 0, T0 + 10 * DAY),
        CONSENT_EXPIRED);
    (void)revoke(70, US);
    fold();
    cr_expect_eq(consent_state_at(&runs[0], 9, T0 + 99 * DAY),
        CONSENT_REVOKED);
}

Test(consent_run, an_offer_expires_and_is_not_used_up)
{
    uint8_t q = ask();

    (void)decide(q, CONDITIONAL, 70);
    fold();
    cr_expect_eq(consent_state_at(&runs[0], 9, T0),
        CONSENT_OFFERED_WITH_CONDITIONS);
    cr_expect_eq(consent_state_at(&runs[0], 0, T0 + 10 * DAY),
        CONSENT_EXPIRED);
}

/* What was allowed without having been asked. */
static uint8_t
in_advance(void)
{
    struct message m;

    make(KIND_CORRECTION, source, NULL, &m);
    cr_assert_eq(record_put_rec(a, m.common, "standing", consent(80,
        GRANT)), OK);
    return add(&m, US);
}

Test(consent_run, a_permission_in_advance_is_a_run_that_can_be_revoked)
{
    uint8_t s = in_advance(), theirs;

    fold();
    cr_assert_eq(n_runs, 1);
    cr_expect_eq(runs[0].state.state, CONSENT_GRANTED);
    cr_expect_null(runs[0].request);
    cr_expect_eq(runs[0].decision, thread_find(t, id_of(s)));
    theirs = revoke(80, THEM);
    fold();
    cr_expect_not(is_allowed(theirs));
    cr_expect_eq(runs[0].state.state, CONSENT_GRANTED);
    (void)revoke(80, US);
    fold();
    cr_expect_eq(runs[0].state.state, CONSENT_REVOKED);
}

Test(consent_run, what_is_out_or_waits_counts_for_nothing)
{
    uint8_t q;

    gone = true;
    (void)ask();
    gone = false;
    pending = true;
    (void)ask();
    pending = false;
    fold();
    cr_expect_eq(n_runs, 0);
    q = ask();
    fold();
    cr_assert_eq(n_runs, 1);
    cr_expect_eq(runs[0].request, thread_find(t, id_of(q)));
}

Test(consent_run, no_room_is_an_error)
{
    struct thread_state state;
    struct consent_run one[1];
    struct message m;
    size_t n;

    (void)ask();
    question(&m);
    put_text(&m, "parts", "p2");
    (void)add(&m, THEM);
    cr_assert_eq(thread_fold(t, &state), OK);
    cr_expect_eq(consent_fold(t, one, 1, &n), E_OVERSIZE);
}

Test(consent_run, policy_is_told_of_those_about_the_message)
{
    const struct policy_consent *all;
    const struct thread_message *of = thread_find(t, id_of(source));
    uint8_t q = ask(), s = in_advance();
    size_t n;

    fold();
    cr_assert_eq(consent_policy(t, of, T0, &all, &n), OK);
    cr_expect_eq(n, 0, "not decided yet");
    (void)decide(q, GRANT, 70);
    fold();
    of = thread_find(t, id_of(source));
    cr_assert_eq(consent_policy(t, of, T0, &all, &n), OK);
    cr_assert_eq(n, 1);
    cr_expect(slice_equal(record_bytes(all[0].consent, "consent_id"),
        id_of(70)));
    cr_expect(all[0].live);
    cr_assert_eq(consent_policy(t, of, T0 + 10 * DAY, &all, &n), OK);
    cr_assert_eq(n, 1);
    cr_expect_not(all[0].live);
    cr_assert_eq(consent_policy(t, thread_find(t, id_of(s)), T0, &all, &n),
        OK);
    cr_assert_eq(n, 1);
    cr_expect(slice_equal(record_bytes(all[0].consent, "consent_id"),
        id_of(80)));
    cr_assert_eq(consent_policy(t, thread_find(t, id_of(q)), T0, &all, &n),
        OK);
    cr_expect_eq(n, 0);
}

/* The request has no parts: only its text as one, "body". */
static bool
is_whole(uint8_t id, const char *part, const char *without)
{
    const struct policy_consent *all;
    struct rec *c = consent(id, GRANT);
    struct message m;
    size_t n;

    cr_assert_eq(record_put(a, c, record_field(&record_consent, "parts"),
        &(union item){ .s = slice_str(part) }, 1), OK);
    if (without != NULL)
        cr_assert_eq(record_put(a, c, record_field(&record_consent,
            "excluded_parts"), &(union item){ .s = slice_str(without) }, 1),
            OK);
    make(KIND_CONSENT_DECISION, ask(), NULL, &m);
    cr_assert_eq(record_put_rec(a, m.own, "consent", c), OK);
    (void)add(&m, US);
    fold();
    cr_assert_eq(consent_policy(t, thread_find(t, id_of(source)), T0, &all,
        &n), OK);
    cr_assert_eq(n, 1);
    return all[0].whole;
}

Test(consent_run, it_is_for_the_whole_only_if_it_names_all_of_it)
{
    cr_expect_not(is_whole(70, "p1", NULL));
}

/* A list of answers with nothing in it names nothing that could be missing. */
Test(consent_run, an_empty_list_is_not_named_by_everything)
{
    struct message m;

    make(KIND_REPLY, source, NULL, &m);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema,
        "answers"), NULL, 0), OK);
    source = add(&m, US);
    cr_expect_not(is_whole(70, "p1", NULL));
}

Test(consent_run, a_text_without_parts_is_named_body)
{
    cr_expect(is_whole(70, "body", NULL));
}

Test(consent_run, what_leaves_something_out_is_not_for_the_whole)
{
    cr_expect_not(is_whole(70, "body", "p9"));
}
