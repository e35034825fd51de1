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
    cr_expect_eq(v.answer == VERDICT_YES, e == OK);
    cr_expect_eq(v.rule == 0, e == OK);
    cr_expect_eq(v.answer == VERDICT_ASK, v.consent != 0);
}

/* A refusal that the originator could lift by a consent of this type. */
static void
expect_ask(enum may act, enum err e, unsigned consent)
{
    struct verdict v = policy_check(set, act, &facts);

    expect(act, e);
    cr_expect_eq(v.answer, VERDICT_ASK, "%s", policy_act_name(act));
    cr_expect_eq(v.consent, consent, "%s", policy_act_name(act));
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

Test(policy, a_desk_opens_what_it_sent_by_role_while_it_is_kept)
{
    facts.purpose = PURPOSE_REGISTRATION;
    expect(MAY_OPEN, E_PURPOSE);
    facts.sent = true;
    expect(MAY_OPEN, OK);
    expect(MAY_PRINT, E_PURPOSE);
    facts.hi = (int64_t)record_uint(set, "retain_until") + 1;
    expect(MAY_OPEN, E_RETENTION_EXPIRED);
    facts.roles = POLICY_ROLE(OFFICER_ROLE_AUDITOR);
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
    facts.hi = 1999;
    expect(MAY_USE, OK);
    facts.hi = 2000;
    expect(MAY_OPEN, OK);
    expect(MAY_USE, E_USE_EXPIRED);
    expect(MAY_QUOTE, E_USE_EXPIRED);
    facts.hi = 2999;
    expect(MAY_OPEN, OK);
    facts.hi = 3000;
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

Test(policy, a_refusal_says_which_consent_would_lift_it)
{
    facts.purpose = PURPOSE_TAX_ASSESSMENT;
    expect_ask(MAY_OPEN, E_PURPOSE, CONSENT_TYPE_PURPOSE_CHANGE);
    facts.purpose = PURPOSE_ANALYSIS;
    put(set, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    expect_ask(MAY_QUOTE, E_USE_LEVEL, CONSENT_TYPE_USE_LEVEL);
    put(set, "export", EXPORT_NONE);
    expect_ask(MAY_PRINT, E_USE_LEVEL, CONSENT_TYPE_EXPORT);
    expect_ask(MAY_FORWARD, E_ONWARD_NO_CONSENT, CONSENT_TYPE_ONWARD);
    expect_ask(MAY_TELL, E_SUBJECT_NOTICE, CONSENT_TYPE_SUBJECT_NOTICE);
    put(set, "attribution", ATTRIBUTION_WITH_CONSENT);
    expect_ask(MAY_NAME, E_ATTRIBUTION, CONSENT_TYPE_ATTRIBUTION);
    facts.until = 3001;
    expect_ask(MAY_KEEP, E_RETENTION_EXPIRED,
        CONSENT_TYPE_EXTEND_RETENTION);
}

Test(policy, who_comes_before_when_before_to_whom_before_what_for)
{
    struct rec *onward = record_rec(set, "onward");
    uint8_t other[HASH_LEN] = { 8 };

    put(set, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    put(set, "accept_first", 1);
    put(set, "audience", AUDIENCE_NAMED);
    put(set, "valid_from", 5000);
    put(onward, "mode", ONWARD_NEVER);
    facts.hi = 9000;
    facts.purpose = PURPOSE_TAX_ASSESSMENT;
    facts.onward_to = slice_str("QO-CA");
    facts.roles = 0;
    expect(MAY_QUOTE, E_ROLE);
    facts.roles = POLICY_ROLE(OFFICER_ROLE_HEAD);
    expect(MAY_QUOTE, E_AUDIENCE);
    facts.deputy_of = SLICE(other);
    cr_assert_eq(record_put_bytes(a, set, "named_officers", SLICE(other)),
        OK);
    expect(MAY_QUOTE, E_RESTR_NOT_ACCEPTED);
    facts.accepted = true;
    expect(MAY_QUOTE, E_EMBARGO);
    put(set, "valid_from", 0);
    expect(MAY_QUOTE, E_RETENTION_EXPIRED);
    put(set, "retain_until", 9001);
    expect(MAY_QUOTE, E_USE_EXPIRED);
    put(set, "use_until", 9001);
    expect(MAY_QUOTE, E_ONWARD_NEVER);
    put(onward, "mode", ONWARD_CONSENT);
    expect_ask(MAY_QUOTE, E_ONWARD_NO_CONSENT, CONSENT_TYPE_ONWARD);
    facts.onward_to = SLICE_EMPTY;
    expect_ask(MAY_QUOTE, E_PURPOSE, CONSENT_TYPE_PURPOSE_CHANGE);
    facts.purpose = PURPOSE_ANALYSIS;
    expect_ask(MAY_QUOTE, E_USE_LEVEL, CONSENT_TYPE_USE_LEVEL);
}

/* Where one reason could be lifted and another one not, asking is no use. */
Test(policy, a_refusal_for_good_comes_before_one_that_can_be_lifted)
{
    put(record_rec(set, "onward"), "mode", ONWARD_NEVER);
    put(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    put(set, "subject_notice", SUBJECT_NOTICE_CONSENT);
    facts.onward_to = slice_str("OTHER_PARTY:P-1");
    expect(MAY_HAND_OVER, E_ONWARD_NEVER);
    cr_assert_eq(policy_check(set, MAY_HAND_OVER, &facts).answer,
        VERDICT_NO);
}

Test(policy, a_class_of_the_list_stands_with_its_word_or_without)
{
    static const struct field rows[] = {
        { .key = 1, .name = "kinds", .type = FT_ENUM, .flags = F_CTL },
        { .key = 2, .name = "state", .type = FT_COUNTRY, .flags = F_CTL } };
    static const struct record card = { "card", rows, 2, NULL };
    struct rec *onward = record_rec(set, "onward");
    struct rec *c = record_new(a, &card);

    put(c, "kinds", AUTHORITY_KIND_PROSECUTION);
    put_text(c, "state", "QM");
    put(onward, "mode", ONWARD_LISTED);
    put_text(onward, "allow", "PROSECUTION@QM");
    facts.onward_to = slice_str("QM-PPO");
    expect(MAY_FORWARD, E_ONWARD_NO_CONSENT);
    facts.onward_card = c;
    expect(MAY_FORWARD, OK);
    expect(MAY_HAND_OVER, OK);
    put_text(onward, "allow", "CLASS:PROSECUTION@QM");
    expect(MAY_FORWARD, OK);
    put_text(onward, "allow", "CLASS:FIU@QM");
    expect(MAY_FORWARD, E_ONWARD_NO_CONSENT);
    put_text(onward, "allow", "CLASS:PROSECUTION@QO");
    put_text(c, "state", "QO");
    facts.onward_to = slice_str("QO-PPO");
    expect(MAY_FORWARD, E_ONWARD_NO_CONSENT);
}

Test(policy, what_helps_the_accused_may_be_disclosed)
{
    put(record_rec(set, "onward"), "mode", ONWARD_NEVER);
    put(set, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    put(set, "subject_notice", SUBJECT_NOTICE_FORBIDDEN);
    put(set, "attribution", ATTRIBUTION_MUST_NOT);
    facts.purpose = PURPOSE_PROSECUTION;
    facts.proceeding = slice_str("P-1");
    facts.onward_to = slice_str("OTHER_PARTY:P-1");
    expect(MAY_HAND_OVER, E_SUBJECT_NOTICE);
    expect(MAY_USE, E_PURPOSE);
    facts.exculpatory = true;
    expect(MAY_HAND_OVER, OK);
    expect(MAY_USE, OK);
    expect(MAY_QUOTE, OK);
    expect(MAY_TELL, OK);
    expect(MAY_NAME, E_ATTRIBUTION);
    put(set, "export", EXPORT_NONE);
    expect(MAY_EXPORT, E_USE_LEVEL);
    facts.hi = 3001;
    expect(MAY_HAND_OVER, E_RETENTION_EXPIRED);
}
