/*
 * Who may send what to whom: V-005, V-010, V-013, V-014, V-055 and the
 * alerts beside them, each kept and broken.
 */
#define _GNU_SOURCE
#include "tests/unit/proto/rules_fixture.h"

TestSuite(rules_sender, .init = setup, .fini = teardown);

static size_t
alerts(enum err e)
{
    struct fault found[8];
    size_t n = rules_alerts(&domain_valise, RULE_SENDER | RULE_CLIENT, &m,
        &facts, found, 8), hits = 0;

    for (size_t i = 0; i < n; i++)
        hits += found[i].e == e;
    return hits;
}

/* V-005 alone, with nothing but the message. */
static enum err
signs(unsigned kind, const char *field, uint64_t value)
{
    struct message one;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &one),
        OK);
    if (field != NULL)
        put(one.own, field, value);
    return rule_find(&domain_valise, 5, 0)->check(&one, &facts, &f);
}

Test(rules_sender, v005_depends_on_what_is_decided)
{
    cr_expect_eq(signs(KIND_CONDITIONS_DECISION, "decision",
        CONDITIONS_ANSWER_ACCEPT), E_FOUR_EYES);
    cr_expect_eq(signs(KIND_CONDITIONS_DECISION, "decision",
        CONDITIONS_ANSWER_DECLINE), OK);
    cr_expect_eq(signs(KIND_CONDITIONS_DECISION, "decision",
        CONDITIONS_ANSWER_COUNTER), OK);
    for (uint64_t n = RECALL_REASON_RC_SENT_IN_ERROR;
        n <= RECALL_REASON_RC_CONDITIONS_BREACHED; n++)
        cr_expect_eq(signs(KIND_RECALL, "reason_code", n),
            n == RECALL_REASON_RC_SENT_IN_ERROR ||
            n == RECALL_REASON_RC_WRONG_RECIPIENT ||
            n == RECALL_REASON_RC_SOURCE_RISK ||
            n == RECALL_REASON_RC_UNLAWFUL ? OK : E_FOUR_EYES, "%d",
            (int)n);
    cr_expect_eq(signs(KIND_RECALL, "reason_code",
        RECALL_REASON_RC_OTHER), E_FOUR_EYES);
}

Test(rules_sender, v005_kinds_that_always_take_two)
{
    static const unsigned always[] = { KIND_CONSENT_DECISION,
        KIND_ONWARD_TRANSFER, KIND_DESTRUCTION_CERT };
    static const unsigned may[] = { KIND_SPONT_DISCLOSURE, KIND_REFUSAL,
        KIND_FORMALISE_NOTICE };

    for (size_t i = 0; i < 3; i++) {
        record_drop(sender, "four_eyes");
        cr_expect_eq(signs(always[i], NULL, 0), E_FOUR_EYES);
        cr_expect_eq(signs(may[i], NULL, 0), E_FOUR_EYES);
        put(sender, "four_eyes", KIND_REPLY);
        cr_expect_eq(signs(may[i], NULL, 0), OK);
    }
    cr_expect_eq(signs(KIND_CONDITIONS_DECISION, "decision",
        CONDITIONS_ANSWER_ACCEPT), E_FOUR_EYES);
    put(sender, "four_eyes", KIND_CONSENT_REVOKE);
    cr_expect_eq(signs(KIND_CONSENT_REVOKE, NULL, 0), OK);  /* tightens */
}

static void
talk(uint64_t from, uint64_t to, uint64_t type)
{
    m = make(KIND_CONSULTATION);
    put(sender, "kinds", from);
    put(recipient, "kinds", to);
    put(recipient, "counterpart_classes", from);
    put(recipient, "accepts_kinds", KIND_CONSULTATION);
    put(m.own, "consult_type", type);
}

Test(rules_sender, v010_each_kind_of_authority_talks_about_its_own)
{
    static const struct {
        uint64_t from, to, type;
        bool may;
    } all[] = {
        { AUTHORITY_KIND_PREVENTION, AUTHORITY_KIND_PREVENTION,
          CONSULT_TYPE_PREVENTION, true },
        { AUTHORITY_KIND_PREVENTION, AUTHORITY_KIND_PREVENTION,
          CONSULT_TYPE_PRE_REQUEST, false },
        { AUTHORITY_KIND_EXTRADITION_CENTRAL,
          AUTHORITY_KIND_EXTRADITION_CENTRAL, CONSULT_TYPE_EXTRADITION,
          true },
        { AUTHORITY_KIND_EXTRADITION_CENTRAL,
          AUTHORITY_KIND_EXTRADITION_CENTRAL, CONSULT_TYPE_PRE_REQUEST,
          false },
        { AUTHORITY_KIND_MLA_CENTRAL, AUTHORITY_KIND_MLA_CENTRAL,
          CONSULT_TYPE_PRE_REQUEST, true },
        { AUTHORITY_KIND_MLA_CENTRAL, AUTHORITY_KIND_PREVENTION,
          CONSULT_TYPE_PRE_REQUEST, false },
        { AUTHORITY_KIND_MLA_CENTRAL, AUTHORITY_KIND_PREVENTION,
          CONSULT_TYPE_PREVENTION, true },
        { AUTHORITY_KIND_FIU, AUTHORITY_KIND_MLA_CENTRAL,
          CONSULT_TYPE_PRE_REQUEST, false },
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        talk(all[i].from, all[i].to, all[i].type);
        expect(RULE_RECIPIENT, all[i].may ? OK : E_COUNTERPART,
            all[i].may ? 0 : 10);
    }
}

/* Kinds of authority, and whether each may send and receive ONWARD. */
Test(rules_sender, v010_onward_goes_to_whoever_executes)
{
    static const struct {
        uint64_t kind;
        bool opens, receives;
    } all[] = {
        { AUTHORITY_KIND_PREVENTION, false, true },
        { AUTHORITY_KIND_MLA_CENTRAL, true, true },
        { AUTHORITY_KIND_ASSET_RECOVERY_FP, true, true },
        { AUTHORITY_KIND_EXTRADITION_CENTRAL, false, true },
        { AUTHORITY_KIND_CIVIL_ADMIN_FP, true, true },
        { AUTHORITY_KIND_FIU, true, true },
        { AUTHORITY_KIND_LAW_ENFORCEMENT, true, true },
        { AUTHORITY_KIND_PROSECUTION, true, true },
        { AUTHORITY_KIND_COURT, false, false },
        { AUTHORITY_KIND_SUPERVISOR, false, true },
        { AUTHORITY_KIND_TAX, false, true },
        { AUTHORITY_KIND_ANTI_CORRUPTION_AGENCY, true, true },
        { AUTHORITY_KIND_OTHER, false, false },
    };
    const struct rule *v010 = rule_find(&domain_valise, 10, 0);

    m = make(KIND_ONWARD_TRANSFER);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        put(sender, "kinds", all[i].kind);
        put(recipient, "kinds", AUTHORITY_KIND_FIU);
        put(recipient, "counterpart_classes", all[i].kind);
        cr_expect_eq(v010->check(&m, &facts, &f), all[i].opens ? OK :
            E_COUNTERPART, "opens %zu", i);
        put(sender, "kinds", AUTHORITY_KIND_FIU);
        put(recipient, "kinds", all[i].kind);
        put(recipient, "counterpart_classes", AUTHORITY_KIND_FIU);
        cr_expect_eq(v010->check(&m, &facts, &f), all[i].receives ? OK :
            E_COUNTERPART, "receives %zu", i);
    }
}

Test(rules_sender, v010_who_is_named_need_be_no_counterpart)
{
    const struct rule *v010 = rule_find(&domain_valise, 10, 0);
    struct rec *consent, *onward, *parent = make_set();

    m = make(KIND_ONWARD_TRANSFER);
    put(recipient, "counterpart_classes", AUTHORITY_KIND_TAX);
    cr_expect_eq(v010->check(&m, &facts, &f), E_COUNTERPART);
    consent = record_new(a, record_field(m.own->schema, "consent")->rec);
    put_text(consent, "onward_to", "QO-PPO");
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    cr_expect_eq(v010->check(&m, &facts, &f), E_COUNTERPART);
    put_text(consent, "onward_to", "QM-FIU");
    cr_expect_eq(v010->check(&m, &facts, &f), OK);
    record_drop(m.own, "consent");
    onward = record_new(a, record_field(parent->schema, "onward")->rec);
    put_text(onward, "allow", "QM-FIU");
    cr_assert_eq(record_put_rec(a, parent, "onward", onward), OK);
    facts.parent = parent;
    cr_expect_eq(v010->check(&m, &facts, &f), OK);
    facts.parent = NULL;
    put_text(sender, "executing_bodies", "QM-FIU");
    cr_expect_eq(v010->check(&m, &facts, &f), OK);
    /* for this kind alone */
    m = make(KIND_SPONT_DISCLOSURE);
    cr_expect_eq(v010->check(&m, &facts, &f), E_COUNTERPART);
}

Test(rules_sender, v010_a_supervisor_is_asked_nothing)
{
    m = make(KIND_INFO_REQUEST);
    put(recipient, "kinds", AUTHORITY_KIND_SUPERVISOR);
    put(recipient, "accepts_kinds", KIND_INFO_REQUEST);
    expect(RULE_RECIPIENT, E_COUNTERPART, 10);
}

Test(rules_sender, v013_formal_matters_leave_through_who_speaks_for_the_state)
{
    static const struct {
        uint64_t kind;
        bool talks, prevents;
    } all[] = {
        { AUTHORITY_KIND_PREVENTION, false, true },
        { AUTHORITY_KIND_MLA_CENTRAL, true, true },
        { AUTHORITY_KIND_ASSET_RECOVERY_FP, true, true },
        { AUTHORITY_KIND_EXTRADITION_CENTRAL, true, true },
        { AUTHORITY_KIND_CIVIL_ADMIN_FP, true, true },
        { AUTHORITY_KIND_FIU, false, false },
        { AUTHORITY_KIND_LAW_ENFORCEMENT, false, false },
    };

    facts.known_thread = true;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        talk(all[i].kind, all[i].kind, CONSULT_TYPE_PRE_REQUEST);
        expect(RULE_SENDER, all[i].talks ? OK : E_COUNTERPART,
            all[i].talks ? 0 : 13);
        expect(RULE_RECIPIENT, OK, 0);
        put(m.own, "consult_type", CONSULT_TYPE_PREVENTION);
        expect(RULE_SENDER, all[i].prevents ? OK : E_COUNTERPART,
            all[i].prevents ? 0 : 13);
    }
    facts.sender = NULL;
    cr_expect_eq(rule_find(&domain_valise, 13, 0)->check(&m, &facts, &f),
        E_UNKNOWN_AUTHORITY);
}

static void
civil_matter(void)
{
    struct rec *p;

    talk(AUTHORITY_KIND_MLA_CENTRAL, AUTHORITY_KIND_ASSET_RECOVERY_FP,
        CONSULT_TYPE_PRE_REQUEST);
    p = record_new(a, record_field(m.own->schema, "proceeding")->rec);
    put(p, "kind", PROCEEDING_KIND_CIVIL);
    cr_assert_eq(record_put_rec(a, m.own, "proceeding", p), OK);
}

Test(rules_sender, v014_a_state_without_a_focal_point_has_a_central_authority)
{
    civil_matter();
    facts.state_kinds = RULE_KIND(AUTHORITY_KIND_MLA_CENTRAL) |
        RULE_KIND(AUTHORITY_KIND_ASSET_RECOVERY_FP);
    cr_expect_eq(alerts(A_FALLBACK), 1);
    put(recipient, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    cr_expect_eq(alerts(A_FALLBACK), 0);
    put(recipient, "kinds", AUTHORITY_KIND_CIVIL_ADMIN_FP);
    cr_expect_eq(alerts(A_FALLBACK), 0);
    put(recipient, "kinds", AUTHORITY_KIND_ASSET_RECOVERY_FP);
    facts.state_kinds |= RULE_KIND(AUTHORITY_KIND_CIVIL_ADMIN_FP);
    cr_expect_eq(alerts(A_FALLBACK), 0);
    facts.state_kinds = 0;
    cr_expect_eq(alerts(A_FALLBACK), 0);
    facts.state_kinds = RULE_KIND(AUTHORITY_KIND_MLA_CENTRAL);
    put(message_rec(&m, "proceeding"), "kind", PROCEEDING_KIND_CRIMINAL);
    cr_expect_eq(alerts(A_FALLBACK), 0);
}

Test(rules_sender, civil_matters_are_those_of_a_proceeding_help_or_purpose)
{
    civil_matter();
    put(recipient, "civil_admin", CIVIL_ADMIN_CRIMINAL_ONLY);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 1);
    put(recipient, "civil_admin", CIVIL_ADMIN_NONE);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 1);
    put(recipient, "civil_admin", CIVIL_ADMIN_CASE_BY_CASE);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 0);
    put(recipient, "civil_admin", CIVIL_ADMIN_CRIMINAL_ONLY);
    put(message_rec(&m, "proceeding"), "kind",
        PROCEEDING_KIND_ADMINISTRATIVE);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 1);
    put(message_rec(&m, "proceeding"), "kind",
        PROCEEDING_KIND_NCB_FORFEITURE);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 0);
    put(m.own, "assistance_types", ASSISTANCE_TYPE_CIVIL_HELP);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 1);
    put(m.own, "assistance_types", ASSISTANCE_TYPE_ADMIN_HELP);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 1);
    m = make(KIND_INFO_REQUEST);
    put(m.own, "purpose_requested", PURPOSE_ANALYSIS);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 0);
    put(m.own, "purpose_requested", PURPOSE_CIVIL_RECOVERY);
    cr_expect_eq(alerts(A_CIVIL_NOT_SUPPORTED), 1);
}

Test(rules_sender, more_than_five_authorities_asked_is_an_alert)
{
    m = make(KIND_INFO_REQUEST);
    facts.asked = 5;
    cr_expect_eq(alerts(A_FANOUT), 0);
    facts.asked = 6;
    cr_expect_eq(alerts(A_FANOUT), 1);
}

Test(rules_sender, v055_a_request_for_consent_is_needed_by)
{
    m = say(KIND_CONSENT_REQUEST, "QN-FIU", "QM-FIU", 3, 1500);
    put_text(m.own, "parts", "p1");
    facts.target_set = make_set();
    put(m.common, "urgency", URGENCY_URGENT);
    expect(RULE_SENDER, E_FIELD_MISSING, 55);
    put(m.common, "urgency_reason", URGENCY_REASON_UR_FLIGHT);
    expect(RULE_SENDER, OK, 0);
    put(m.common, "urgency", URGENCY_IMMEDIATE);
    expect(RULE_SENDER, E_FIELD_MISSING, 55);
    cr_expect_str_eq(f.path, "needed_by");
    put(m.own, "needed_by", 1500 + 72 * 3600);
    expect(RULE_SENDER, OK, 0);
    put(m.own, "needed_by", 1501 + 72 * 3600);
    expect(RULE_SENDER, E_FIELD_MISSING, 55);
}

/* A flag is a finding at the recipient and a fault at the sender. */
static enum err
refuse(const struct message *x, const struct rule_facts *y, struct fault *z)
{
    (void)x;
    (void)y;
    return fault_set(z, E_REPLY, 999, "here");
}

Test(rules_sender, what_must_not_be_hidden_is_flagged_on_receipt)
{
    const struct rule rule = { 999, 0, RULE_SENDER | RULE_RECIPIENT |
        RULE_FLAGS, refuse, E_REPLY, "words", "source" };
    const struct domain d = { .rules = &rule, .n_rules = 1 };

    cr_expect_eq(rules_check(&d, RULE_SENDER, &m, &facts, &f), E_REPLY);
    cr_expect_eq(rules_alerts(&d, RULE_SENDER, &m, &facts, &f, 1), 0);
    cr_expect_eq(rules_check(&d, RULE_RECIPIENT, &m, &facts, &f), OK);
    cr_expect_eq(rules_alerts(&d, RULE_RECIPIENT, &m, &facts, &f, 1), 1);
}
