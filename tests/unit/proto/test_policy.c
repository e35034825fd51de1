/*
 * What a restriction set allows, and when one set is wider than another.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/policy.h"

static struct arena *a;
static struct rec *set;
static struct policy_facts facts;

static void
put(struct rec *r, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(a, r, name, v), OK, "%s", name);
}

static void
put_text(struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK);
}

static struct rec *
make_set(void)
{
    static const char *const numbers[] = { "use_level", "actions",
        "audience", "export", "end_action", "attribution" };
    struct rec *r = record_new(a, &record_restrictions), *onward, *conf;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        put(r, numbers[i], 2);
    onward = record_new(a, record_field(&record_restrictions,
        "onward")->rec);
    conf = record_new(a, record_field(&record_restrictions, "conf")->rec);
    put(onward, "mode", ONWARD_CONSENT);
    put(conf, "required", 1);
    put(conf, "scope", CONF_SCOPE_SUBSTANCE);
    put(conf, "until", 5000);
    cr_assert_eq(record_put_rec(a, r, "onward", onward), OK);
    cr_assert_eq(record_put_rec(a, r, "conf", conf), OK);
    put_text(r, "originator", "QN-FIU");
    put(r, "purposes", PURPOSE_ANALYSIS);
    put(r, "subject_notice", SUBJECT_NOTICE_CONSENT);
    put(r, "protect_source", 1);
    put(r, "valid_from", 1000);
    put(r, "use_until", 2000);
    put(r, "retain_until", 3000);
    put(r, "cert_required", 1);
    put(r, "cert_due_days", 30);
    put(r, "recallable", 1);
    put(r, "accept_first", 0);
    put(r, "class_equiv", 1);
    return r;
}

static void
setup(void)
{
    a = arena_new(1 << 20);
    set = make_set();
    facts = (struct policy_facts){ .lo = 1500, .hi = 1500, .reader = { 9 },
        .roles = POLICY_ROLE(OFFICER_ROLE_OFFICER), .purpose =
        PURPOSE_ANALYSIS, .authority = slice_str("QM-FIU") };
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(policy, .init = setup, .fini = teardown);

static void
expect(enum may act, enum err e)
{
    struct verdict v = policy_check(set, act, &facts);

    cr_expect_eq(v.code, e, "%s: %s, not %s", policy_act_name(act),
        err_row(v.code)->name, err_row(e)->name);
    cr_expect_eq(v.answer, e == OK ? VERDICT_YES :
        e == E_ONWARD_NO_CONSENT ? VERDICT_ASK : VERDICT_NO);
    cr_expect_eq(v.rule == 0, e == OK);
}

Test(policy, an_officer_opens_for_a_purpose_of_the_set)
{
    expect(MAY_OPEN, OK);
    facts.purpose = PURPOSE_TAX_ASSESSMENT;
    expect(MAY_OPEN, E_PURPOSE);
}

Test(policy, without_a_set_nothing_is_allowed)
{
    cr_assert_eq(policy_check(NULL, MAY_OPEN, &facts).code,
        E_RESTR_UNKNOWN);
    expect(MAY_ACTS, E_RESTR_UNKNOWN);
}

Test(policy, auditors_and_administrators_read_no_content)
{
    facts.roles = POLICY_ROLE(OFFICER_ROLE_AUDITOR);
    expect(MAY_OPEN, E_ROLE);
    facts.own = true;
    expect(MAY_OPEN, E_ROLE);
}

Test(policy, named_content_is_for_those_named_and_their_deputies)
{
    uint8_t other[HASH_LEN] = { 8 };

    put(set, "audience", AUDIENCE_NAMED);
    expect(MAY_OPEN, E_AUDIENCE);
    cr_assert_eq(record_put_bytes(a, set, "named_officers", SLICE(other)),
        OK);
    expect(MAY_OPEN, E_AUDIENCE);
    facts.deputy_of = SLICE(other);
    expect(MAY_OPEN, OK);
    facts.reader[0] = 8;
    facts.deputy_of = SLICE_EMPTY;
    expect(MAY_OPEN, OK);
}

Test(policy, an_embargo_asks_the_lower_time_and_ends_ask_the_higher)
{
    facts.lo = 999;
    expect(MAY_OPEN, E_EMBARGO);
    facts.lo = 1000;
    expect(MAY_OPEN, OK);
    facts.hi = 2000;
    expect(MAY_USE, OK);
    facts.hi = 2001;
    expect(MAY_OPEN, OK);
    expect(MAY_USE, E_USE_EXPIRED);
    expect(MAY_QUOTE, E_USE_EXPIRED);
    facts.hi = 3001;
    expect(MAY_OPEN, E_RETENTION_EXPIRED);
    expect(MAY_SEND, E_RETENTION_EXPIRED);
}

Test(policy, registration_is_for_registry_and_handler_and_only_to_open)
{
    facts.purpose = PURPOSE_REGISTRATION;
    expect(MAY_OPEN, E_PURPOSE);
    facts.handler = true;
    expect(MAY_OPEN, OK);
    expect(MAY_PRINT, E_PURPOSE);
    facts.handler = false;
    facts.roles = POLICY_ROLE(OFFICER_ROLE_REGISTRY);
    expect(MAY_OPEN, OK);
    facts.purpose = PURPOSE_ANALYSIS;
    expect(MAY_OPEN, E_ROLE);
}

Test(policy, a_set_to_be_accepted_first_opens_nothing_before)
{
    put(set, "accept_first", 1);
    expect(MAY_OPEN, E_RESTR_NOT_ACCEPTED);
    facts.accepted = true;
    expect(MAY_OPEN, OK);
}

Test(policy, the_use_level_says_how_far)
{
    put(set, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    expect(MAY_QUOTE, E_USE_LEVEL);
    facts.onward_to = slice_str("QN-FIU");
    expect(MAY_QUOTE, OK);          /* back to its originator */
    facts.proceeding = slice_str("p-1");
    expect(MAY_USE, E_USE_LEVEL);
    put(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    expect(MAY_USE, E_PURPOSE);
    put_text(set, "proceedings", "p-1");
    expect(MAY_USE, OK);
    record_drop(set, "proceedings");
    put(set, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    expect(MAY_USE, OK);
}

Test(policy, copies_need_their_level_of_export)
{
    put(set, "export", EXPORT_NONE);
    expect(MAY_PRINT, E_USE_LEVEL);
    put(set, "export", EXPORT_PRINT_LOGGED);
    expect(MAY_PRINT, OK);
    expect(MAY_EXPORT, E_USE_LEVEL);
}

Test(policy, passing_on_follows_mode_and_list)
{
    struct rec *onward = record_rec(set, "onward");

    expect(MAY_FORWARD, E_ONWARD_NO_CONSENT);
    put(onward, "mode", ONWARD_NEVER);
    expect(MAY_FORWARD, E_ONWARD_NEVER);
    put(onward, "mode", ONWARD_LISTED);
    put_text(onward, "allow", "QO-FIU");
    facts.onward_to = slice_str("QO-FIU");
    expect(MAY_FORWARD, OK);
    facts.onward_to = slice_str("QM-PP");
    expect(MAY_FORWARD, E_ONWARD_NO_CONSENT);
    put(onward, "mode", ONWARD_STATE);
    expect(MAY_FORWARD, OK);
    facts.onward_to = slice_str("QX-PP");
    expect(MAY_FORWARD, E_ONWARD_NO_CONSENT);
}

Test(policy, own_content_is_not_bound_by_its_set)
{
    facts.own = true;
    facts.lo = facts.hi = 9999;
    facts.purpose = PURPOSE_TAX_ASSESSMENT;
    expect(MAY_OPEN, OK);
    expect(MAY_FORWARD, OK);
}

/* Each limit, the looser value, and whether it stands in a sub-record. */
static const struct {
    const char *in, *name;
    uint64_t stricter, looser;
} pairs[] = {
    { NULL, "audience", 1, 2 }, { NULL, "use_level", 1, 3 },
    { NULL, "actions", 1, 3 }, { "onward", "mode", 0, 3 },
    { NULL, "subject_notice", 0, 2 }, { NULL, "attribution", 0, 2 },
    { NULL, "protect_source", 1, 0 }, { "conf", "required", 1, 0 },
    { "conf", "scope", 3, 1 }, { "conf", "until", 6000, 4000 },
    { NULL, "valid_from", 1100, 900 }, { NULL, "use_until", 1900, 2100 },
    { NULL, "retain_until", 2900, 3100 }, { NULL, "end_action", 1, 3 },
    { NULL, "cert_required", 1, 0 }, { NULL, "cert_due_days", 10, 40 },
    { NULL, "recallable", 1, 0 }, { NULL, "export", 1, 3 },
    { NULL, "accept_first", 1, 0 }, { NULL, "class_equiv", 2, 0 },
    { NULL, "purposes", PURPOSE_ANALYSIS, PURPOSE_TAX_ASSESSMENT },
};

Test(policy, each_limit_widens_in_its_own_direction)
{
    struct fault f;

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        struct rec *child = make_set(), *parent = make_set();
        const char *in = pairs[i].in, *name = pairs[i].name;
        char path[64] = "restrictions.";

        put(in != NULL ? record_rec(child, in) : child, name,
            pairs[i].stricter);
        put(in != NULL ? record_rec(parent, in) : parent, name,
            pairs[i].looser);
        if (strcmp(name, "purposes") != 0)
            cr_expect_eq(limits_widened(child, parent, &f), OK, "%s", name);
        cr_expect_eq(limits_widened(parent, child, &f), E_RESTR_WIDENED,
            "%s", name);
        cr_expect_eq(f.rule, 33);
        strcat(path, in != NULL ? in : name);
        cr_expect_str_eq(f.path, path);
    }
    cr_assert_eq(limits_widened(set, set, NULL), OK);
    cr_assert_eq(limits_widened(set, NULL, NULL), E_RESTR_UNKNOWN);
}

Test(policy, must_cite_is_stricter_than_may_and_contradicts_the_rest)
{
    struct rec *cite = make_set();

    put(cite, "attribution", ATTRIBUTION_MUST_CITE);
    put(set, "attribution", ATTRIBUTION_MAY);
    cr_assert_eq(limits_widened(cite, set, NULL), OK);
    cr_assert_eq(limits_widened(set, cite, NULL), E_RESTR_WIDENED);
    put(set, "attribution", ATTRIBUTION_MUST_NOT);
    cr_assert_eq(limits_widened(cite, set, NULL), E_RESTR_WIDENED);
    cr_assert_eq(limits_widened(set, cite, NULL), E_RESTR_WIDENED);
}

Test(policy, each_row_names_a_limit_of_the_set)
{
    size_t n;
    const struct limit *l = limits_all(&n);

    for (size_t i = 0; i < n; i++)
        cr_expect_not_null(record_field(&record_restrictions, l[i].name));
    cr_assert_eq(n, 23);
}
