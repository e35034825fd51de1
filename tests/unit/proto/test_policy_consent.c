/*
 * A consent of the originator: what it lifts, for whom, for how long.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "proto/policy.h"
#include "tests/unit/proto/limits_sample.h"

#define NOW (SAMPLE_TIME + 100)
#define NUMBER(k, s) { .key = (k), .name = (s), .type = FT_UINT, \
    .flags = F_CTL }
#define LIST(k, s, t) { .key = (k), .name = (s), .type = (t), \
    .flags = F_CTL | F_MANY, .most = 16 }
static const struct field consent_rows[] = {
    NUMBER(1, "consent_type"), NUMBER(2, "decision"),
    LIST(3, "purposes", FT_ENUM), LIST(4, "proceedings", FT_ID),
    NUMBER(5, "use_level"), NUMBER(6, "subject_notice"),
    NUMBER(7, "attribution"), NUMBER(8, "export"),
    NUMBER(9, "retain_until"), NUMBER(10, "valid_from"),
    NUMBER(11, "expires_at"), LIST(12, "originator", FT_AUTHORITY),
    { .key = 13, .name = "onward_to", .type = FT_PARTY, .flags = F_CTL },
    { .key = 14, .name = "onward_to_class", .type = FT_PARTY,
      .flags = F_CTL },
    { .key = 15, .name = "set", .type = FT_RECORD, .flags = F_CTL,
      .rec = &record_restrictions },
    LIST(16, "parts", FT_TOKEN), LIST(17, "excluded_parts", FT_TOKEN),
    NUMBER(18, "max_uses"),
};
static const struct record consent_schema = { "consent", consent_rows, 18,
    NULL };

static struct arena *a;
static struct rec *set, *wide;          /* governing; that of the consents */
static struct policy_facts facts;
static struct policy_consent list[3];

static void
setup(void)
{
    a = arena_new(1 << 20);
    set = plain_set(a);
    wide = plain_set(a);
    facts = (struct policy_facts){ .lo = NOW, .hi = NOW,
        .roles = POLICY_ROLE(OFFICER_ROLE_OFFICER),
        .purpose = PURPOSE_ANALYSIS, .authority = slice_str("QM-FIU"),
        .consents = list };
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(policy_consent, .init = setup, .fini = teardown);

static struct rec *
grant(unsigned type)
{
    struct rec *c = record_new(a, &consent_schema);

    put(a, c, "consent_type", type);
    put(a, c, "decision", CONSENT_DECISION_GRANT);
    put(a, c, "valid_from", NOW);
    put(a, c, "expires_at", NOW + 1);
    put_words(a, c, "originator", "QN-FIU");
    cr_assert_eq(record_put_rec(a, c, "set", wide), OK);
    list[facts.n_consents++] = (struct policy_consent){
        .consent = c, .live = true, .whole = true };
    return c;
}

static void
expect(enum may act, enum ruling answer)
{
    struct verdict v = policy_check(set, act, &facts);

    cr_expect_eq(v.answer, answer, "%s: %s", policy_act_name(act),
        err_row(v.code)->name);
}

/* To QO-PPO for its investigation. */
static struct rec *
grant_onward(void)
{
    struct rec *c = grant(CONSENT_TYPE_ONWARD);

    put_words(a, c, "onward_to", "QO-PPO");
    put(a, c, "purposes", PURPOSE_INVESTIGATION_CRIMINAL);
    put(a, wide, "purposes", PURPOSE_INVESTIGATION_CRIMINAL);
    put_onward(a, wide, ONWARD_NEVER, "");
    facts.purpose = PURPOSE_INVESTIGATION_CRIMINAL;
    facts.onward_to = slice_str("QO-PPO");
    return c;
}

Test(policy_consent, to_pass_on_holds_for_its_recipient_and_purpose)
{
    expect(MAY_FORWARD, VERDICT_ASK);
    (void)grant_onward();
    expect(MAY_FORWARD, VERDICT_YES);
    expect(MAY_HAND_OVER, VERDICT_YES);
    facts.onward_to = slice_str("QO-CA");
    expect(MAY_FORWARD, VERDICT_ASK);
    facts.onward_to = slice_str("QO-PPO");
    facts.purpose = PURPOSE_PROVISIONAL_MEASURES;
    expect(MAY_FORWARD, VERDICT_ASK);
    facts.purpose = PURPOSE_ANALYSIS;
    expect(MAY_FORWARD, VERDICT_ASK);
}

Test(policy_consent, to_pass_on_lets_nobody_use_it_himself)
{
    (void)grant_onward();
    expect(MAY_OPEN, VERDICT_ASK);
    expect(MAY_USE, VERDICT_ASK);
    put(a, set, "export", EXPORT_PRINT_LOGGED);
    put(a, wide, "export", EXPORT_PRINT_LOGGED);
    expect(MAY_PRINT, VERDICT_ASK);
}

/* One that names no proceeding is for each; one that names some for those. */
Test(policy_consent, to_pass_on_holds_for_the_proceedings_that_it_names)
{
    struct rec *c = grant_onward();

    facts.proceeding = slice_str("P-1");
    expect(MAY_FORWARD, VERDICT_YES);
    put_words(a, c, "proceedings", "P-1");
    expect(MAY_FORWARD, VERDICT_YES);
    put_words(a, c, "proceedings", "P-2");
    expect(MAY_FORWARD, VERDICT_ASK);
    facts.proceeding = SLICE_EMPTY;
    expect(MAY_FORWARD, VERDICT_YES);
}

Test(policy_consent, its_dates_are_from_and_until)
{
    (void)grant_onward();
    facts.lo = NOW - 1;
    expect(MAY_FORWARD, VERDICT_ASK);
    facts.lo = NOW;
    facts.hi = NOW + 1;
    expect(MAY_FORWARD, VERDICT_ASK);
}

Test(policy_consent, only_a_live_grant_counts)
{
    struct rec *c = grant_onward();

    put(a, c, "decision", CONSENT_DECISION_GRANT_WITH_CONDITIONS);
    expect(MAY_FORWARD, VERDICT_YES);
    list[0].live = false;
    expect(MAY_FORWARD, VERDICT_ASK);
    list[0].live = true;
    put(a, c, "decision", CONSENT_DECISION_REFUSE);
    expect(MAY_FORWARD, VERDICT_ASK);
    put(a, c, "decision", CONSENT_DECISION_NEED_INFO);
    expect(MAY_FORWARD, VERDICT_ASK);
    put(a, c, "decision", CONSENT_DECISION_GRANT);
    record_drop(c, "set");
    expect(MAY_FORWARD, VERDICT_ASK);
}

Test(policy_consent, never_is_never)
{
    (void)grant_onward();
    put_onward(a, set, ONWARD_NEVER, "");
    expect(MAY_FORWARD, VERDICT_NO);
}

Test(policy_consent, a_class_of_recipients_is_of_one_state)
{
    static const struct field rows[] = {
        { .key = 1, .name = "kinds", .type = FT_ENUM, .flags = F_CTL },
        { .key = 2, .name = "state", .type = FT_COUNTRY, .flags = F_CTL } };
    static const struct record card = { "card", rows, 2, NULL };
    struct rec *c = grant_onward(), *of = record_new(a, &card);

    record_drop(c, "onward_to");
    expect(MAY_FORWARD, VERDICT_ASK);
    put_words(a, c, "onward_to_class", "PROSECUTION@QO");
    expect(MAY_FORWARD, VERDICT_ASK);   /* nobody knows what it is */
    put(a, of, "kinds", AUTHORITY_KIND_PROSECUTION);
    put_text(a, of, "state", "QO");
    facts.onward_card = of;
    expect(MAY_FORWARD, VERDICT_YES);
    put_text(a, of, "state", "QM");
    expect(MAY_FORWARD, VERDICT_ASK);
}

Test(policy_consent, a_court_is_named_in_the_place_of_a_class)
{
    struct rec *c = grant_onward();

    record_drop(c, "onward_to");
    put_words(a, c, "onward_to_class", "COURT:P-1");
    put(a, c, "use_level", USE_LEVEL_INVESTIGATIVE);
    put(a, wide, "use_level", USE_LEVEL_INVESTIGATIVE);
    facts.onward_to = slice_str("COURT:P-1");
    expect(MAY_HAND_OVER, VERDICT_YES);
    facts.onward_to = slice_str("COURT:P-2");
    expect(MAY_HAND_OVER, VERDICT_ASK);
}

Test(policy_consent, to_another_purpose_holds_for_it_alone)
{
    struct rec *c = grant(CONSENT_TYPE_PURPOSE_CHANGE);

    put(a, c, "purposes", PURPOSE_PROSECUTION);
    put(a, wide, "purposes", PURPOSE_PROSECUTION);
    facts.purpose = PURPOSE_PROSECUTION;
    expect(MAY_OPEN, VERDICT_YES);
    expect(MAY_USE, VERDICT_YES);
    expect(MAY_QUOTE, VERDICT_ASK);     /* the level is as it was */
    expect(MAY_FORWARD, VERDICT_ASK);
    facts.purpose = PURPOSE_TAX_ASSESSMENT;
    expect(MAY_OPEN, VERDICT_ASK);
    facts.purpose = PURPOSE_PROSECUTION;
    put(a, wide, "purposes", PURPOSE_ANALYSIS);
    expect(MAY_OPEN, VERDICT_ASK);      /* its own set does not allow it */
}

Test(policy_consent, to_a_level_of_use_holds_for_its_proceedings)
{
    struct rec *c = grant(CONSENT_TYPE_USE_LEVEL);

    put(a, c, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    put_words(a, c, "proceedings", "P-1");
    put(a, wide, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    put_words(a, wide, "proceedings", "P-1");
    facts.proceeding = slice_str("P-1");
    expect(MAY_USE, VERDICT_YES);
    facts.proceeding = slice_str("P-2");
    expect(MAY_USE, VERDICT_ASK);
    put_words(a, c, "proceedings", "");
    expect(MAY_USE, VERDICT_ASK);       /* not in its set either */
    facts.proceeding = SLICE_EMPTY;
    expect(MAY_QUOTE, VERDICT_YES);
}

Test(policy_consent, two_of_them_lift_two_reasons)
{
    struct rec *c = grant(CONSENT_TYPE_PURPOSE_CHANGE), *d;

    put(a, c, "purposes", PURPOSE_PROSECUTION);
    put(a, wide, "purposes", PURPOSE_PROSECUTION);
    facts.purpose = PURPOSE_PROSECUTION;
    wide = plain_set(a);
    d = grant(CONSENT_TYPE_USE_LEVEL);
    put(a, d, "use_level", USE_LEVEL_INVESTIGATIVE);
    put(a, wide, "use_level", USE_LEVEL_INVESTIGATIVE);
    expect(MAY_QUOTE, VERDICT_YES);
    /* The second one is for analysis alone. */
    put(a, d, "purposes", PURPOSE_ANALYSIS);
    expect(MAY_QUOTE, VERDICT_ASK);
}

Test(policy_consent, what_the_consents_own_set_forbids_stays_forbidden)
{
    struct rec *c = grant(CONSENT_TYPE_PURPOSE_CHANGE);

    put(a, set, "export", EXPORT_PRINT_LOGGED);
    put(a, c, "purposes", PURPOSE_PROSECUTION);
    put(a, wide, "purposes", PURPOSE_PROSECUTION);
    facts.purpose = PURPOSE_PROSECUTION;
    expect(MAY_PRINT, VERDICT_ASK);     /* export NONE there */
    put(a, wide, "export", EXPORT_PRINT_LOGGED);
    expect(MAY_PRINT, VERDICT_YES);
    put(a, wide, "use_until", NOW);
    expect(MAY_PRINT, VERDICT_ASK);
    expect(MAY_OPEN, VERDICT_YES);      /* which is no use */
    /* Whom the third side lets read is not for the one that passes on. */
    put(a, wide, "use_until", NOW + 1);
    put(a, wide, "audience", AUDIENCE_NAMED);
    put(a, wide, "accept_first", 1);
    put(a, wide, "valid_from", NOW + 9);
    expect(MAY_PRINT, VERDICT_YES);
}

Test(policy_consent, what_exculpates_is_not_asked_of_its_set_either)
{
    (void)grant(CONSENT_TYPE_EXPORT);
    put(a, wide, "export", EXPORT_PRINT_LOGGED);
    facts.purpose = PURPOSE_PROSECUTION;
    expect(MAY_PRINT, VERDICT_ASK);
    facts.exculpatory = true;
    expect(MAY_PRINT, VERDICT_YES);
}

Test(policy_consent, one_that_names_several_fields_lifts_each)
{
    struct rec *c = grant(CONSENT_TYPE_USE_LEVEL);

    put(a, c, "purposes", PURPOSE_PROSECUTION);
    put(a, wide, "purposes", PURPOSE_PROSECUTION);
    put(a, c, "use_level", USE_LEVEL_INVESTIGATIVE);
    put(a, wide, "use_level", USE_LEVEL_INVESTIGATIVE);
    facts.purpose = PURPOSE_PROSECUTION;
    expect(MAY_QUOTE, VERDICT_YES);
}

Test(policy_consent, the_other_types_lift_their_own_act)
{
    static const struct {
        const char *field;
        unsigned type;
        enum may act;
        uint64_t was, becomes;
    } rows[] = {
        { "subject_notice", CONSENT_TYPE_SUBJECT_NOTICE, MAY_TELL,
          SUBJECT_NOTICE_CONSENT, SUBJECT_NOTICE_ALLOWED },
        { "attribution", CONSENT_TYPE_ATTRIBUTION, MAY_NAME,
          ATTRIBUTION_WITH_CONSENT, ATTRIBUTION_MAY },
        { "export", CONSENT_TYPE_EXPORT, MAY_EXPORT, EXPORT_NONE,
          EXPORT_EXPORT_LOGGED },
        { "retain_until", CONSENT_TYPE_EXTEND_RETENTION, MAY_KEEP,
          SAMPLE_TIME + 2000, SAMPLE_TIME + 4000 },
    };

    facts.until = SAMPLE_TIME + 3000;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        put(a, set, rows[i].field, rows[i].was);
        expect(rows[i].act, VERDICT_ASK);
        cr_expect_eq(policy_check(set, rows[i].act, &facts).consent,
            rows[i].type);
        wide = plain_set(a);
        put(a, wide, rows[i].field, rows[i].becomes);
        (void)grant(rows[i].type);
        expect(rows[i].act, VERDICT_YES);
        facts.n_consents = 0;
        (void)grant(CONSENT_TYPE_ACTIONS);
        expect(rows[i].act, VERDICT_ASK);
        facts.n_consents = 0;
    }
}

Test(policy_consent, kept_longer_it_is_read_longer)
{
    struct rec *c = grant(CONSENT_TYPE_EXTEND_RETENTION);

    put(a, c, "expires_at", SAMPLE_TIME + 9000);
    facts.hi = SAMPLE_TIME + 2000;
    expect(MAY_OPEN, VERDICT_NO);
    put(a, wide, "retain_until", SAMPLE_TIME + 4000);
    expect(MAY_OPEN, VERDICT_YES);
    expect(MAY_USE, VERDICT_NO);        /* the time of use is over */
    facts.hi = SAMPLE_TIME + 4000;
    expect(MAY_OPEN, VERDICT_NO);
}

Test(policy_consent, of_several_originators_each_must_consent)
{
    struct rec *c = grant_onward(), *d;

    put_words(a, set, "originator", "QN-FIU QX-FIU");
    expect(MAY_FORWARD, VERDICT_ASK);
    d = grant(CONSENT_TYPE_ONWARD);
    put_words(a, d, "originator", "QX-FIU");
    expect(MAY_FORWARD, VERDICT_ASK);
    put_words(a, d, "onward_to", "QO-PPO");
    put(a, d, "purposes", PURPOSE_INVESTIGATION_CRIMINAL);
    expect(MAY_FORWARD, VERDICT_YES);
    put_words(a, c, "originator", "QX-FIU");
    expect(MAY_FORWARD, VERDICT_ASK);
    /* Nobody asks himself. */
    put_words(a, set, "originator", "QM-FIU QX-FIU");
    expect(MAY_FORWARD, VERDICT_YES);
}

/* To copy what stands under "no copies", for this purpose. */
static struct rec *
grant_copy(void)
{
    struct rec *c = grant(CONSENT_TYPE_EXPORT);

    put(a, set, "export", EXPORT_NONE);
    put(a, wide, "export", EXPORT_EXPORT_LOGGED);
    put(a, c, "export", EXPORT_EXPORT_LOGGED);
    put(a, c, "purposes", PURPOSE_ANALYSIS);
    return c;
}

static void
expect_code(enum may act, enum err code)
{
    struct verdict v = policy_check(set, act, &facts);

    cr_expect_eq(v.answer, code == OK ? VERDICT_YES : VERDICT_ASK);
    cr_expect_eq(v.code, code, "%s: %s", policy_act_name(act),
        err_row(v.code)->name);
}

Test(policy_consent, it_releases_the_parts_that_it_names_and_no_more)
{
    struct rec *c = grant_copy(), *other = grant(CONSENT_TYPE_ONWARD);

    list[0].whole = false;
    put_words(a, c, "parts", "p1");
    expect_code(MAY_EXPORT, E_CONSENT_SCOPE);
    expect_code(MAY_PRINT, E_CONSENT_SCOPE);
    put_words(a, other, "parts", "p1");
    facts.parts = record_value(other, "parts");
    expect_code(MAY_EXPORT, OK);
    expect_code(MAY_PRINT, OK);
    put_words(a, other, "parts", "p2");
    facts.parts = record_value(other, "parts");
    expect_code(MAY_EXPORT, E_CONSENT_SCOPE);
    put_words(a, other, "parts", "p1");
    put_words(a, c, "excluded_parts", "p1");
    facts.parts = record_value(other, "parts");
    expect_code(MAY_EXPORT, E_CONSENT_SCOPE);
}

Test(policy_consent, it_is_used_as_often_as_it_says)
{
    struct rec *c = grant_copy();

    list[0].uses = 7;
    put(a, c, "max_uses", 0);
    expect_code(MAY_EXPORT, OK);
    put(a, c, "max_uses", 8);
    expect_code(MAY_EXPORT, OK);
    put(a, c, "max_uses", 7);
    expect_code(MAY_EXPORT, E_CONSENT_EXHAUSTED);
    expect_code(MAY_PRINT, E_CONSENT_EXHAUSTED);
}

Test(policy_consent, what_the_limits_allow_is_no_use_of_it)
{
    struct rec *c = grant_copy();

    put(a, c, "max_uses", 1);
    cr_expect(policy_uses(set, MAY_EXPORT, &facts, 0));
    cr_expect_not(policy_uses(set, MAY_USE, &facts, 0));
    cr_expect_not(policy_uses(set, MAY_OPEN, &facts, 0));
    (void)grant_copy();
    cr_expect_not(policy_uses(set, MAY_EXPORT, &facts, 1), "the first is");
    list[0].uses = 1;
    cr_expect(policy_uses(set, MAY_EXPORT, &facts, 1), "it is used up");
    put(a, set, "export", EXPORT_EXPORT_LOGGED);
    cr_expect_not(policy_uses(set, MAY_EXPORT, &facts, 1));
}
