/*
 * When one set is wider than another, what two make of content that comes
 * from both, and what consents, conditions and revisions change.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "tests/unit/proto/limits_sample.h"

static struct arena *a;
static struct rec *A, *B, *out;
static struct fault f;

static void
setup(void)
{
    a = arena_new(1 << 20);
    A = plain_set(a);
    B = plain_set(a);
    out = NULL;
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(limits, .init = setup, .fini = teardown);

static void
meet(void)
{
    cr_assert_eq(limits_meet(a, A, B, &out, &f), OK, "%s", f.path);
}

static void
no_meet(enum err e, const char *path)
{
    out = NULL;
    cr_expect_eq(limits_meet(a, A, B, &out, &f), e);
    cr_expect_eq(limits_meet(a, B, A, &out, &f), e);
    cr_expect_str_eq(f.path, path);
    cr_expect_null(out);
}

static void
number(const char *name, uint64_t x, uint64_t y, uint64_t result)
{
    put(a, A, name, x);
    put(a, B, name, y);
    meet();
    cr_expect_eq(record_uint(out, name), result, "%s", name);
}

static void
words(const struct rec *r, const char *name, const char *expected)
{
    const struct value *v = record_value(r, name);
    char text[256] = "";

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        strcat(text, i > 0 ? " " : "");
        strncat(text, (const char *)v->v[i].s.p, v->v[i].s.n);
    }
    cr_expect_str_eq(text, expected, "%s", name);
}

/* The vectors of the specification, in its order. */

Test(limits, the_lower_level_of_use_binds)
{
    number("use_level", USE_LEVEL_INTELLIGENCE_ONLY,
        USE_LEVEL_EVIDENCE_LISTED, USE_LEVEL_INTELLIGENCE_ONLY);
}

Test(limits, purposes_are_those_in_both)
{
    put_bits(a, A, "purposes", 1 << 1 | 1 << 2 | 1 << 4);
    put_bits(a, B, "purposes", 1 << 2 | 1 << 8);
    meet();
    cr_expect_eq(record_count(out, "purposes"), 1);
    cr_expect(record_lists(out, "purposes", 2));
}

Test(limits, content_without_a_common_purpose_cannot_be_combined)
{
    put_bits(a, A, "purposes", 1 << 1);
    put_bits(a, B, "purposes", 1 << 8);
    no_meet(E_PURPOSE, "restrictions.purposes");
}

Test(limits, two_lists_of_recipients_meet_in_what_both_name)
{
    put_onward(a, A, ONWARD_LISTED, "QM-CA QM-FIU");
    put_onward(a, B, ONWARD_LISTED, "QM-FIU QO-FIU");
    meet();
    cr_expect_eq(record_uint(record_rec(out, "onward"), "mode"),
        ONWARD_LISTED);
    words(record_rec(out, "onward"), "allow", "QM-FIU");
}

Test(limits, never_is_stricter_than_the_state)
{
    put_onward(a, A, ONWARD_STATE, "");
    put_onward(a, B, ONWARD_NEVER, "");
    meet();
    cr_expect_eq(record_uint(record_rec(out, "onward"), "mode"),
        ONWARD_NEVER);
}

Test(limits, the_earlier_end_of_keeping_binds)
{
    number("retain_until", SAMPLE_TIME + 500, SAMPLE_TIME + 300,
        SAMPLE_TIME + 300);
}

Test(limits, secrecy_without_end_has_none_in_common)
{
    put_conf(a, A, true, CONF_SCOPE_FACT, SAMPLE_TIME);
    put_conf(a, B, true, CONF_SCOPE_SUBSTANCE, 0);
    meet();
    cr_expect(!record_has(record_rec(out, "conf"), "until"));
    cr_expect_eq(record_uint(record_rec(out, "conf"), "scope"),
        CONF_SCOPE_FACT_AND_SUBSTANCE);
    put_conf(a, B, true, CONF_SCOPE_FACT, SAMPLE_TIME + 1);
    meet();
    cr_expect_eq(record_uint(record_rec(out, "conf"), "until"),
        SAMPLE_TIME + 1);
}

Test(limits, not_to_name_wins_over_may_name)
{
    number("attribution", ATTRIBUTION_MAY, ATTRIBUTION_MUST_NOT,
        ATTRIBUTION_MUST_NOT);
    number("attribution", ATTRIBUTION_MAY, ATTRIBUTION_WITH_CONSENT,
        ATTRIBUTION_WITH_CONSENT);
    number("attribution", ATTRIBUTION_MAY, ATTRIBUTION_MUST_CITE,
        ATTRIBUTION_MUST_CITE);
}

Test(limits, must_cite_and_must_not_name_cannot_be_combined)
{
    put(a, A, "attribution", ATTRIBUTION_MUST_CITE);
    put(a, B, "attribution", ATTRIBUTION_MUST_NOT);
    no_meet(E_ATTRIBUTION_CONFLICT, "restrictions.attribution");
    put(a, B, "attribution", ATTRIBUTION_WITH_CONSENT);
    no_meet(E_ATTRIBUTION_CONFLICT, "restrictions.attribution");
}

Test(limits, named_officers_bind_where_one_side_names_them)
{
    put(a, A, "audience", AUDIENCE_NAMED);
    put_words(a, A, "named_officers", "anna ben");
    meet();
    cr_expect_eq(record_uint(out, "audience"), AUDIENCE_NAMED);
    words(out, "named_officers", "anna ben");
    put(a, B, "audience", AUDIENCE_NAMED);
    put_words(a, B, "named_officers", "ben carl");
    meet();
    words(out, "named_officers", "ben");
    put_words(a, B, "named_officers", "carl");
    no_meet(E_AUDIENCE, "restrictions.named_officers");
}

Test(limits, the_lower_level_of_copies_binds)
{
    number("export", EXPORT_PRINT_LOGGED, EXPORT_EXPORT_LOGGED,
        EXPORT_PRINT_LOGGED);
}

/* Beyond the vectors. */

Test(limits, a_list_meets_other_modes)
{
    put_onward(a, A, ONWARD_LISTED, "QM-CA");
    meet();                             /* the other one is CONSENT */
    cr_expect_eq(record_uint(record_rec(out, "onward"), "mode"),
        ONWARD_CONSENT);
    cr_expect_eq(record_count(record_rec(out, "onward"), "allow"), 0);
    put_onward(a, B, ONWARD_STATE, "");
    meet();
    cr_expect_eq(record_uint(record_rec(out, "onward"), "mode"),
        ONWARD_LISTED);
    words(record_rec(out, "onward"), "allow", "QM-CA");
}

Test(limits, a_meet_names_its_sources_and_every_originator)
{
    static const uint8_t other[16] = { 0x11 };
    struct rec *C = plain_set(a), *ab;

    cr_assert_eq(record_put_bytes(a, B, "rid", SLICE(other)), OK);
    put_words(a, B, "originator", "QM-FIU");
    meet();
    cr_expect_not(record_has(out, "rid"));
    cr_expect_eq(record_uint(out, "rrev"), 1);
    cr_expect_eq(record_count(out, "derived_from"), 2);
    cr_expect(record_holds(out, "derived_from", SLICE(other)));
    words(out, "originator", "QM-FIU QN-FIU");
    ab = out;
    cr_assert_eq(limits_meet(a, ab, C, &out, NULL), OK);
    cr_expect_eq(record_count(out, "derived_from"), 2);
}

Test(limits, more_than_a_list_holds_cannot_be_combined)
{
    put_words(a, A, "originator", "A1-AA A2-AA A3-AA A4-AA A5-AA");
    put_words(a, B, "originator", "B1-AA B2-AA B3-AA");
    meet();
    put_words(a, B, "originator", "B1-AA B2-AA B3-AA B4-AA");
    no_meet(E_FIELD_RANGE, "restrictions.originator");
}

Test(limits, a_date_that_never_comes_is_the_originators_to_say)
{
    put(a, A, "subject_notice", SUBJECT_NOTICE_AFTER_DATE);
    put_conf(a, A, false, 0, SAMPLE_TIME);
    put(a, B, "subject_notice", SUBJECT_NOTICE_ALLOWED);
    meet();                             /* B has no end */
    cr_expect_eq(record_uint(out, "subject_notice"),
        SUBJECT_NOTICE_CONSENT);
    put_conf(a, B, true, CONF_SCOPE_FACT, SAMPLE_TIME + 5);
    meet();
    cr_expect_eq(record_uint(out, "subject_notice"),
        SUBJECT_NOTICE_AFTER_DATE);
    cr_expect_eq(record_uint(record_rec(out, "conf"), "until"),
        SAMPLE_TIME + 5);
}

Test(limits, nothing_meets_a_set_that_is_not_there)
{
    B = NULL;
    cr_expect_eq(limits_meet(a, A, NULL, &out, &f), E_RESTR_UNKNOWN);
    cr_expect_eq(limits_meet(a, NULL, A, &out, &f), E_RESTR_UNKNOWN);
}

/* Each row: a stricter and a looser value of just that field. */
static const struct {
    const char *in, *name;
    uint64_t stricter, looser;
} rows[] = {
    { NULL, "audience", 1, 2 }, { NULL, "purposes", PURPOSE_ANALYSIS,
      PURPOSE_TAX_ASSESSMENT }, { NULL, "use_level", 1, 3 },
    { NULL, "actions", 1, 3 }, { "onward", "mode", 0, 3 },
    { NULL, "subject_notice", 0, 2 }, { NULL, "attribution", 0, 2 },
    { NULL, "protect_source", 1, 0 }, { "conf", "required", 1, 0 },
    { "conf", "scope", 3, 1 },
    { "conf", "until", SAMPLE_TIME + 6, SAMPLE_TIME + 4 },
    { NULL, "valid_from", SAMPLE_TIME + 1, SAMPLE_TIME },
    { NULL, "use_until", SAMPLE_TIME + 7, SAMPLE_TIME + 8 },
    { NULL, "retain_until", SAMPLE_TIME + 2000, SAMPLE_TIME + 2001 },
    { NULL, "end_action", 1, 3 }, { NULL, "cert_required", 1, 0 },
    { NULL, "cert_due_days", 10, 40 }, { NULL, "recallable", 1, 0 },
    { NULL, "export", 1, 3 }, { NULL, "accept_first", 1, 0 },
    { NULL, "class_equiv", 2, 0 },
};

Test(limits, to_loosen_just_one_field_is_to_widen)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct rec *strict = plain_set(a), *loose = plain_set(a);
        const char *in = rows[i].in, *name = rows[i].name;
        char path[64] = "restrictions.";

        put(a, in != NULL ? record_rec(strict, in) : strict, name,
            rows[i].stricter);
        put(a, in != NULL ? record_rec(loose, in) : loose, name,
            rows[i].looser);
        if (strcmp(name, "purposes") != 0)
            cr_expect_eq(limits_widened(strict, loose, &f), OK, "%s", name);
        cr_expect_eq(limits_widened(loose, strict, &f), E_RESTR_WIDENED,
            "%s", name);
        cr_expect_eq(f.rule, 33);
        strcat(path, in != NULL ? in : name);
        cr_expect_str_eq(f.path, path);
        cr_expect_eq(limits_widened(loose, loose, &f), OK);
    }
}

static void
widened(const char *name)
{
    char path[64] = "restrictions.";

    strcat(path, name);
    cr_expect_eq(limits_widened(B, A, &f), E_RESTR_WIDENED, "%s", name);
    cr_expect_str_eq(f.path, path);
}

Test(limits, lists_widen_by_their_elements)
{
    put_words(a, A, "originator", "QM-FIU QN-FIU");
    widened("originator");
    put_words(a, A, "originator", "QN-FIU");
    put_words(a, B, "proceedings", "P-1");
    widened("proceedings");
    put_words(a, B, "proceedings", "");
    put(a, A, "audience", AUDIENCE_NAMED);
    put(a, B, "audience", AUDIENCE_NAMED);
    put_words(a, A, "named_officers", "anna");
    put_words(a, B, "named_officers", "anna ben");
    widened("named_officers");
}

Test(limits, a_longer_list_of_recipients_is_wider)
{
    put_onward(a, A, ONWARD_LISTED, "QM-CA");
    put_onward(a, B, ONWARD_LISTED, "QM-CA QO-FIU");
    widened("onward");
    put_onward(a, A, ONWARD_STATE, "");
    put_onward(a, B, ONWARD_STATE, "QO-FIU");
    widened("onward");
    put_onward(a, B, ONWARD_LISTED, "QO-FIU");
    cr_expect_eq(limits_widened(B, A, &f), OK);
}

Test(limits, an_earlier_date_for_the_person_concerned_is_wider)
{
    put(a, A, "subject_notice", SUBJECT_NOTICE_AFTER_DATE);
    put(a, B, "subject_notice", SUBJECT_NOTICE_AFTER_DATE);
    put_conf(a, A, false, 0, SAMPLE_TIME + 2);
    put_conf(a, B, false, 0, SAMPLE_TIME + 1);
    widened("subject_notice");
    put_conf(a, B, false, 0, SAMPLE_TIME + 2);
    cr_expect_eq(limits_widened(B, A, &f), OK);
}

Test(limits, must_cite_is_stricter_than_may_and_contradicts_the_rest)
{
    put(a, B, "attribution", ATTRIBUTION_MUST_CITE);
    put(a, A, "attribution", ATTRIBUTION_MAY);
    cr_assert_eq(limits_widened(B, A, NULL), OK);
    cr_assert_eq(limits_widened(A, B, NULL), E_RESTR_WIDENED);
    put(a, A, "attribution", ATTRIBUTION_MUST_NOT);
    widened("attribution");
    cr_assert_eq(limits_widened(A, B, NULL), E_RESTR_WIDENED);
}

Test(limits, each_row_names_a_limit_of_the_set)
{
    size_t n;
    const struct limit *l = limits_all(&n);

    cr_assert_eq(n, 23);
    for (size_t i = 0; i < n; i++) {
        cr_expect_not_null(record_field(&record_restrictions, l[i].name));
        cr_expect(strlen(limits_order_words(l[i].order)) > 0);
    }
    cr_expect_eq(limits_widened(A, NULL, NULL), E_RESTR_UNKNOWN);
    cr_expect_eq(limits_widened(NULL, A, NULL), E_RESTR_UNKNOWN);
}

/* Consents: a schema with the fields that they may replace, and more. */
#define NUMBER(k, s) { .key = (k), .name = (s), .type = FT_UINT, \
    .flags = F_CTL }
#define LIST(k, s, t) { .key = (k), .name = (s), .type = (t), \
    .flags = F_CTL | F_MANY, .most = 16 }
static const struct field consent_rows[] = {
    NUMBER(1, "consent_type"), LIST(2, "purposes", FT_UINT),
    LIST(3, "proceedings", FT_ID), NUMBER(4, "use_level"),
    NUMBER(5, "actions"), NUMBER(6, "subject_notice"),
    NUMBER(7, "attribution"), NUMBER(8, "export"),
    NUMBER(9, "retain_until"), NUMBER(10, "protect_source"),
    NUMBER(11, "recallable"), NUMBER(12, "cert_required"),
    NUMBER(13, "use_until"), NUMBER(14, "accept_first"),
    LIST(15, "originator", FT_AUTHORITY),
    { .key = 16, .name = "set", .type = FT_RECORD, .flags = F_CTL,
      .rec = &record_restrictions },
};
static const struct record consent_schema = { "consent", consent_rows, 16,
    NULL };

static struct rec *
consent_of(const char *who, uint64_t type)
{
    struct rec *c = record_new(a, &consent_schema);

    put(a, c, "consent_type", type);
    put_words(a, c, "originator", who);
    return c;
}

Test(limits, a_consent_replaces_exactly_what_it_names)
{
    static const char *const named[] = { "purposes", "use_level", "actions",
        "subject_notice", "attribution", "export" };
    struct rec *c = consent_of("QN-FIU", CONSENT_TYPE_USE_LEVEL);
    const struct rec *list[] = { c };

    cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
    cr_expect(slice_equal(limits_bytes(a, A), limits_bytes(a, out)));
    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
        put(a, c, named[i], 3);
        cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
        cr_expect_eq(record_uint(out, named[i]), 3, "%s", named[i]);
        put(a, out, named[i], record_uint(A, named[i]));
        cr_expect(slice_equal(limits_bytes(a, A), limits_bytes(a, out)),
            "%s", named[i]);
        record_drop(c, named[i]);
    }
    put(a, c, "retain_until", SAMPLE_TIME + 9000);
    put_words(a, c, "proceedings", "P-1 P-2");
    cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
    cr_expect_eq(record_uint(out, "retain_until"), SAMPLE_TIME + 9000);
    words(out, "proceedings", "P-1 P-2");
}

Test(limits, a_consent_never_reaches_what_protects)
{
    static const char *const kept[] = { "protect_source", "recallable",
        "cert_required", "use_until", "accept_first" };
    struct rec *c = consent_of("QN-FIU", CONSENT_TYPE_EXPORT);
    const struct rec *list[] = { c };

    put(a, A, "protect_source", 1);
    put(a, A, "accept_first", 1);
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        put(a, c, kept[i], strcmp(kept[i], "use_until") == 0 ?
            SAMPLE_TIME + 9000 : 0);
    cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
    cr_expect(slice_equal(limits_bytes(a, A), limits_bytes(a, out)));
}

Test(limits, a_copy_is_passed_on_no_further_unless_its_set_says_so)
{
    struct rec *c = consent_of("QN-FIU", CONSENT_TYPE_ONWARD);
    const struct rec *list[] = { c };

    cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
    cr_expect_eq(record_uint(record_rec(out, "onward"), "mode"),
        ONWARD_NEVER);
    put_onward(a, B, ONWARD_LISTED, "QO-CA");
    cr_assert_eq(record_put_rec(a, c, "set", B), OK);
    cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
    words(record_rec(out, "onward"), "allow", "QO-CA");
    put_onward(a, A, ONWARD_NEVER, "");
    cr_assert_eq(limits_with(a, A, list, 1, &out), OK);
    cr_expect_eq(record_uint(record_rec(out, "onward"), "mode"),
        ONWARD_NEVER);
}

/* Accepted conditions. */
static const struct field condition_rows[] = { NUMBER(1, "code"),
    NUMBER(2, "due"), LIST(3, "purposes", FT_ENUM), NUMBER(4, "actions") };
static const struct record condition = { "condition", condition_rows, 4,
    NULL };

static enum err
under(struct rec *one)
{
    static const struct field rows_of = { .name = "conditions" };
    union item item = { .r = one };
    const struct value v = { &rows_of, 1, &item };

    return limits_tighten(a, A, &v, &out);
}

static struct rec *
condition_of(uint64_t code)
{
    struct rec *r = record_new(a, &condition);

    put(a, r, "code", code);
    return r;
}

static void
tighten(uint64_t code, uint64_t due)
{
    struct rec *r = condition_of(code);

    if (due != 0)
        put(a, r, "due", due);
    cr_assert_eq(under(r), OK);
}

Test(limits, a_condition_may_name_purposes_and_actions)
{
    struct rec *r = condition_of(CONDITION_COND_PURPOSE_ONLY);

    put_bits(a, A, "purposes", 1 << 1 | 1 << 2);
    put_bits(a, r, "purposes", 1 << 2 | 1 << 3);
    cr_assert_eq(under(r), OK);
    cr_expect_eq(record_count(out, "purposes"), 1);
    cr_expect(record_lists(out, "purposes", 2));
    put_bits(a, r, "purposes", 1 << 3);
    cr_expect_eq(under(r), E_PURPOSE);
    r = condition_of(CONDITION_COND_ACTIONS_MAX);
    put(a, A, "actions", ACTIONS_OVERT);
    put(a, r, "actions", ACTIONS_PASSIVE);
    cr_assert_eq(under(r), OK);
    cr_expect_eq(record_uint(out, "actions"), ACTIONS_PASSIVE);
}

Test(limits, a_condition_takes_away_what_its_code_says)
{
    put(a, A, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    tighten(CONDITION_COND_NO_EVIDENCE, 0);
    cr_expect_eq(record_uint(out, "use_level"), USE_LEVEL_INVESTIGATIVE);
    cr_expect_eq(record_uint(A, "use_level"), USE_LEVEL_EVIDENCE_PURPOSE);
    put(a, A, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    tighten(CONDITION_COND_NO_EVIDENCE, 0);
    cr_expect_eq(record_uint(out, "use_level"),
        USE_LEVEL_INTELLIGENCE_ONLY);
    put(a, A, "actions", ACTIONS_OVERT);
    tighten(CONDITION_COND_ACTIONS_MAX, 0);
    cr_expect_eq(record_uint(out, "actions"), ACTIONS_DISCREET);
    tighten(CONDITION_COND_RETURN, 0);
    cr_expect_eq(record_uint(out, "end_action"), END_ACTION_RETURN);
    cr_expect_eq(record_uint(out, "retain_until"), SAMPLE_TIME + 2000);
}

Test(limits, a_condition_with_a_date_ends_use_and_keeping)
{
    tighten(CONDITION_COND_RETURN, SAMPLE_TIME + 500);
    cr_expect_eq(record_uint(out, "retain_until"), SAMPLE_TIME + 500);
    cr_expect_eq(record_uint(out, "use_until"), SAMPLE_TIME + 500);
    tighten(CONDITION_COND_DUE_DATE, SAMPLE_TIME + 400);
    cr_expect_eq(record_uint(out, "use_until"), SAMPLE_TIME + 400);
    tighten(CONDITION_COND_DUE_DATE, SAMPLE_TIME + 9000);
    cr_expect_eq(record_uint(out, "use_until"), SAMPLE_TIME + 1000);
}

Test(limits, a_condition_of_secrecy_makes_it_confidential)
{
    put_conf(a, A, false, 0, 0);
    tighten(CONDITION_COND_CONFIDENTIAL, SAMPLE_TIME + 50);
    cr_expect_eq(record_uint(record_rec(out, "conf"), "required"), 1);
    cr_expect_eq(record_uint(record_rec(out, "conf"), "scope"),
        CONF_SCOPE_FACT_AND_SUBSTANCE);
    cr_expect_eq(record_uint(record_rec(out, "conf"), "until"),
        SAMPLE_TIME + 50);
    cr_expect_eq(record_uint(record_rec(out, "conf"), "reason"),
        CONF_REASON_OTHER);
    tighten(CONDITION_COND_CONFIDENTIAL, 0);
    cr_expect_not(record_has(record_rec(out, "conf"), "until"));
    put_conf(a, A, true, CONF_SCOPE_FACT, 0);
    tighten(CONDITION_COND_CONFIDENTIAL, SAMPLE_TIME + 50);
    cr_expect_not(record_has(record_rec(out, "conf"), "until"));
}

Test(limits, other_conditions_are_for_people)
{
    static const uint64_t limits[] = { CONDITION_COND_PURPOSE_ONLY,
        CONDITION_COND_NO_EVIDENCE, CONDITION_COND_ACTIONS_MAX,
        CONDITION_COND_CONFIDENTIAL, CONDITION_COND_RETURN,
        CONDITION_COND_DUE_DATE };

    for (uint64_t code = 1; code <= 13; code++) {
        bool limit = false;

        for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
            limit = limit || limits[i] == code;
        put(a, A, "actions", ACTIONS_OVERT);
        tighten(code, 0);
        cr_expect(limit || slice_equal(limits_bytes(a, A),
            limits_bytes(a, out)));
    }
}

/* Revisions. */
static const struct field update_rows[] = { NUMBER(1, "direction"),
    LIST(2, "changed", FT_ENUM) };
static const struct record update_schema = { "update", update_rows, 2,
    NULL };

static enum err
revised(const char *from, bool tighter)
{
    struct rec *u = record_new(a, &update_schema);

    put(a, u, "direction", tighter ? DIRECTION_TIGHTEN : DIRECTION_LOOSEN);
    put_bits(a, u, "changed", 1 << LIMIT_export);
    return limits_revised(A, B, u, slice_str(from), &f);
}

Test(limits, a_revision_may_change_the_caveat_alone)
{
    struct rec *u = record_new(a, &update_schema);

    put(a, u, "direction", DIRECTION_TIGHTEN);
    put(a, u, "changed", LIMIT_export);
    put(a, B, "rrev", 2);
    cr_expect_eq(limits_revised(A, B, u, slice_str("QN-FIU"), &f),
        E_RESTR_WIDENED);
    put(a, u, "changed", LIMIT_caveat);
    cr_expect_eq(limits_revised(A, B, u, slice_str("QN-FIU"), &f), OK);
}

Test(limits, a_revision_has_a_higher_number_and_really_tightens)
{
    cr_expect_eq(revised("QN-FIU", true), E_RESTR_FORK);
    cr_expect_str_eq(f.path, "restrictions.rrev");
    put(a, B, "rrev", 2);
    cr_expect_eq(revised("QN-FIU", true), E_RESTR_WIDENED);
    cr_expect_eq(f.rule, 34);
    put(a, B, "use_until", SAMPLE_TIME + 10);
    cr_expect_eq(revised("QN-FIU", true), OK);
    put(a, B, "export", EXPORT_PRINT_LOGGED);
    cr_expect_eq(revised("QN-FIU", true), E_RESTR_WIDENED);
    cr_expect_eq(f.rule, 34);
    cr_expect_str_eq(f.path, "restrictions.export");
    cr_expect_eq(revised("QN-FIU", false), OK);
}

Test(limits, only_the_originator_revises)
{
    static const uint8_t other[16] = { 1 };

    put(a, B, "rrev", 2);
    put(a, B, "use_until", SAMPLE_TIME + 10);
    cr_expect_eq(revised("QM-FIU", true), E_RESTR_NOT_ORIGINATOR);
    cr_expect_eq(revised("QM-FIU", false), E_RESTR_NOT_ORIGINATOR);
    put_words(a, B, "originator", "QN-FIU QO-FIU");
    cr_expect_eq(revised("QN-FIU", true), E_RESTR_NOT_ORIGINATOR);
    put_words(a, A, "originator", "QN-FIU QO-FIU");
    cr_expect_eq(revised("QN-FIU", true), OK);
    /* One of two cannot loosen for both. */
    cr_expect_eq(revised("QN-FIU", false), E_RESTR_NOT_ORIGINATOR);
    /* Who passed it on hands on what tightens. */
    cr_expect_eq(revised("QM-FIU", true), E_RESTR_NOT_ORIGINATOR);
    cr_assert_eq(record_put_bytes(a, A, "derived_from", SLICE(other)), OK);
    cr_expect_eq(revised("QM-FIU", true), OK);
    cr_expect_eq(revised("QM-FIU", false), E_RESTR_NOT_ORIGINATOR);
    cr_assert_eq(record_put_bytes(a, B, "rid", SLICE(other)), OK);
    cr_expect_eq(revised("QN-FIU", true), E_RESTR_UNKNOWN);
    A = NULL;
    cr_expect_eq(revised("QN-FIU", true), E_RESTR_UNKNOWN);
}
