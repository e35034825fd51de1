/*
 * Refusing and postponing: V-051, V-052 and V-054, each kept and broken.
 */
#define _GNU_SOURCE
#include "tests/unit/proto/rules_fixture.h"

#include "proto/reasons.h"

#define DAY 86400

/* A consultation between central authorities, and the answer that refuses
 * it on one ground after a consultation that was answered. */
static void
refusal(uint64_t ground)
{
    struct rec *one;

    sender = make_card();
    recipient = make_card();
    put(sender, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    put(recipient, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    facts.sender = sender;
    facts.recipient = recipient;
    facts.known_thread = true;
    opening = make(KIND_CONSULTATION);
    put_text(opening.common, "from", "QM-CA");
    put_text(opening.common, "to", "QN-CA");
    put(set, "legal_basis", LEGAL_BASIS_UNCAC_46);
    put(opening.own, "consult_type", CONSULT_TYPE_PRE_REQUEST);
    facts.opening = &opening;
    m = say(KIND_REFUSAL, "QN-CA", "QM-CA", 9, 100 * DAY);
    put(m.common, "approval", 1);
    one = record_new(a, record_field(m.own->schema, "grounds")->rec);
    put(one, "ground", ground);
    cr_assert_eq(record_put_rec(a, m.own, "grounds", one), OK);
    put(m.own, "scope", REFUSAL_SCOPE_ALL);
    put_id(m.own, "consult_msg", 2);
}

static struct message
consultation(uint8_t id, uint64_t respond_by)
{
    struct message c = say(KIND_PRE_REFUSAL_CONSULT, "QN-CA", "QM-CA", id,
        80 * DAY);

    put(c.own, "respond_by", respond_by);
    return c;
}

static struct thread_state state;

/* What the state machine notes of a consultation. */
static void
consulted(uint8_t id, int64_t respond_by, bool answered)
{
    memset(state.consult, id, sizeof(state.consult));
    state.respond_by = respond_by;
    state.consult_answered = answered;
    facts.state = &state;
}

static void
setup_refusal(void)
{
    setup();
    refusal(GROUND_RG_SOVEREIGNTY);
    consulted(2, 90 * DAY, false);
}

TestSuite(rules_refusal, .init = setup_refusal, .fini = teardown);

/* At the recipient it is a finding that blocks nothing. */
static void
expect_ground(enum err e, const char *path)
{
    struct fault found[4];
    size_t n;

    expect(RULE_SENDER, e, e == OK ? 0 : 52);
    if (e != OK)
        cr_expect_str_eq(f.path, path, "%s", f.path);
    expect(RULE_RECIPIENT, OK, 0);
    n = rules_alerts(&domain_valise, RULE_RECIPIENT, &m, &facts, found, 4);
    cr_assert_eq(n, e == OK ? 0 : 1, "%zu", n);
    if (e != OK)
        cr_expect_eq(found[0].e, e, "%s", err_row(found[0].e)->name);
}

static void
expect_here(enum err e)
{
    expect_ground(e, "grounds[0].ground");
}

Test(rules_refusal, v051_a_refusal_follows_a_consultation_that_had_its_time)
{
    expect_both(OK, 0);
    consulted(3, 100 * DAY + 1, false);
    expect_both(E_NO_PRIOR_CONSULT, 51);    /* it names another */
    put_id(m.own, "consult_msg", 3);
    expect_both(E_NO_PRIOR_CONSULT, 51);    /* its time is not over */
    cr_expect_str_eq(f.path, "consult_msg");
    put(m.common, "created_at", 100 * DAY + 1);
    expect_both(OK, 0);
    record_drop(m.own, "consult_msg");
    expect_both(E_NO_PRIOR_CONSULT, 51);
    facts.state = NULL;
    put_id(m.own, "consult_msg", 3);
    expect_both(E_NO_PRIOR_CONSULT, 51);
}

Test(rules_refusal, v051_an_answer_ends_the_wait)
{
    put_id(m.own, "consult_msg", 5);
    consulted(5, 0, false);
    expect_both(E_NO_PRIOR_CONSULT, 51);
    consulted(5, 200 * DAY, true);
    expect_both(OK, 0);
    consulted(6, 200 * DAY, true);
    expect_both(E_NO_PRIOR_CONSULT, 51);
}

Test(rules_refusal, v051_is_asked_in_formal_matters_alone)
{
    record_drop(m.own, "consult_msg");
    expect_both(E_NO_PRIOR_CONSULT, 51);
    put(sender, "kinds", AUTHORITY_KIND_FIU);
    expect_both(E_NO_PRIOR_CONSULT, 51);    /* one side alone */
    put(recipient, "kinds", AUTHORITY_KIND_LAW_ENFORCEMENT);
    expect_both(OK, 0);
    put(sender, "kinds", AUTHORITY_KIND_PROSECUTION);
    expect_both(E_NO_PRIOR_CONSULT, 51);
}

Test(rules_refusal, v051_the_first_legal_basis_makes_a_matter_formal)
{
    static const uint64_t formal[] = { LEGAL_BASIS_UNCAC_43_1,
        LEGAL_BASIS_UNCAC_44, LEGAL_BASIS_UNCAC_46, LEGAL_BASIS_UNCAC_55,
        LEGAL_BASIS_UNTOC, LEGAL_BASIS_BILATERAL_TREATY,
        LEGAL_BASIS_REGIONAL_TREATY };
    static const uint64_t informal[] = { LEGAL_BASIS_UNCAC_46_4,
        LEGAL_BASIS_UNCAC_48, LEGAL_BASIS_UNCAC_58, LEGAL_BASIS_MOU,
        LEGAL_BASIS_EGMONT, LEGAL_BASIS_OTHER };
    struct message notice;

    for (size_t i = 0; i < 7; i++) {
        opening = make(KIND_INFO_REQUEST);
        put(set, "legal_basis", formal[i]);
        cr_expect(rules_consults(&facts), "%d", (int)formal[i]);
    }
    past = NULL;
    facts.thread = NULL;
    for (size_t i = 0; i < 6; i++) {
        opening = make(KIND_INFO_REQUEST);
        put(set, "legal_basis", informal[i]);
        cr_expect_not(rules_consults(&facts), "%d", (int)informal[i]);
    }
    notice = say(KIND_FORMALISE_NOTICE, "QM-CA", "QN-CA", 7, 99 * DAY);
    happened(&notice);
    cr_expect(rules_consults(&facts));
}

Test(rules_refusal, v051_asks_of_a_postponement_and_not_of_more_time)
{
    struct rec *why;

    m = say(KIND_DELAY_NOTICE, "QN-CA", "QM-CA", 9, 100 * DAY);
    why = record_new(a, record_field(m.own->schema, "reasons")->rec);
    put(why, "code", DELAY_REASON_DR_ONGOING_PROCEEDING);
    cr_assert_eq(record_put_rec(a, m.own, "reasons", why), OK);
    put(m.own, "delay_kind", DELAY_KIND_POSTPONEMENT);
    expect_both(E_NO_PRIOR_CONSULT, 51);
    put_id(m.own, "consult_msg", 2);
    expect_both(OK, 0);
    record_drop(m.own, "consult_msg");
    put(m.own, "delay_kind", DELAY_KIND_EXTENSION);
    put(why, "code", DELAY_REASON_DR_COSTS);
    expect_both(OK, 0);
}

Test(rules_refusal, v051_leaves_time_to_answer)
{
    m = consultation(9, 90 * DAY);
    expect_both(OK, 0);
    put(m.own, "respond_by", 90 * DAY - 1);
    expect_both(E_FIELD_RANGE, 51);
    put(opening.common, "urgency", URGENCY_IMMEDIATE);
    put(m.own, "respond_by", 81 * DAY);
    expect_both(OK, 0);
    put(m.own, "respond_by", 81 * DAY - 1);
    expect_both(E_FIELD_RANGE, 51);
    put(opening.common, "urgency", URGENCY_URGENT);
    put(m.own, "respond_by", 81 * DAY);
    expect_both(E_FIELD_RANGE, 51);
    put(m.common, "urgency", URGENCY_IMMEDIATE);
    expect_both(OK, 0);
}

Test(rules_refusal, v052_a_prohibited_ground_is_blocked_and_shown)
{
    for (uint64_t n = GROUND_PX_BANK_SECRECY;
        n <= GROUND_PX_NO_CONSULTATION; n++) {
        refusal(n);
        expect_here(n == GROUND_PX_NO_REASON ? E_REASON_MISSING :
            n == GROUND_PX_NO_CONSULTATION ? E_NO_PRIOR_CONSULT :
            E_GROUND_PROHIBITED);
    }
}

Test(rules_refusal, v052_a_prohibited_ground_does_not_stand_beside_others)
{
    const struct field *row = record_field(m.own->schema, "grounds");
    union item both[2];

    for (int i = 0; i < 2; i++) {
        both[i].r = record_new(a, row->rec);
        put(both[i].r, "ground", i == 0 ? GROUND_RG_SOVEREIGNTY :
            GROUND_PX_FISCAL_SOLE);
    }
    cr_assert_eq(record_put(a, m.own, row, both, 2), OK);
    expect_ground(E_GROUND_PROHIBITED, "grounds[1].ground");
}

#define MLA SCOPE_MLA
#define FIU SCOPE_FIU
#define CHAPTER_V SCOPE_CONFISCATION
#define CIVIL SCOPE_CIVIL

/* The table of domain page 6.1. */
static const struct {
    uint8_t n, scopes;
    bool guarded;
} table[] = {
    { 1, MLA, true }, { 2, MLA, false }, { 3, MLA, false },
    { 4, MLA, false }, { 5, MLA, false }, { 6, MLA, false },
    { 7, MLA, false }, { 8, MLA, true }, { 9, MLA | CHAPTER_V, true },
    { 10, MLA, true }, { 11, CHAPTER_V, false }, { 12, CIVIL, false },
    { 13, FIU | MLA, true }, { 14, FIU, false }, { 15, FIU, false },
    { 16, FIU, true }, { 17, FIU, false }, { 18, FIU, false },
    { 19, FIU, false }, { 20, FIU | MLA, true },
    { 21, MLA | FIU | CHAPTER_V | CIVIL, true }, { 22, MLA, true },
    { 23, MLA, true }, { 24, MLA | FIU | CHAPTER_V | CIVIL, false },
    { 99, MLA | FIU | CHAPTER_V | CIVIL, false },
};

Test(rules_refusal, v052_the_table_is_that_of_the_page)
{
    bool guarded;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        cr_expect_eq(rules_ground_scopes(table[i].n, &guarded),
            table[i].scopes, "%u", table[i].n);
        cr_expect_eq(guarded, table[i].guarded, "%u", table[i].n);
    }
    for (unsigned n = 100; n < 120; n++)
        cr_expect_eq(rules_ground_scopes(n, &guarded), 0, "%u", n);
}

/* The ground alone, without the consultation that came before. */
static enum err
ground_in(uint64_t n)
{
    struct rec *one = record_new(a,
        record_field(m.own->schema, "grounds")->rec);

    put(one, "ground", n);
    cr_assert_eq(record_put_rec(a, m.own, "grounds", one), OK);
    for (size_t i = 0; rule_find(&domain_valise, 52, i) != NULL; i++) {
        const struct rule *r = rule_find(&domain_valise, 52, i);

        if (r->kinds & RULE_KIND(KIND_REFUSAL))
            return r->check(&m, &facts, &f);
    }
    return ERR_INTERNAL;
}

Test(rules_refusal, v052_a_ground_fits_the_thread)
{
    /* a consultation: not one for informal requests */
    cr_expect_eq(ground_in(GROUND_RG_SOVEREIGNTY), OK);
    cr_expect_eq(ground_in(GROUND_RG_WOULD_IMPEDE), E_GROUND_PROHIBITED);
    cr_expect_eq(ground_in(GROUND_RG_CLASSIFICATION), OK);
    cr_expect_eq(ground_in(GROUND_RG_OTHER), OK);
    /* an informal request */
    opening = make(KIND_INFO_REQUEST);
    put(set, "legal_basis", LEGAL_BASIS_EGMONT);
    cr_expect_eq(ground_in(GROUND_RG_SOVEREIGNTY), E_GROUND_PROHIBITED);
    cr_expect_eq(ground_in(GROUND_RG_WOULD_IMPEDE), OK);
    /* one under a treaty is both */
    put(set, "legal_basis", LEGAL_BASIS_UNCAC_46);
    cr_expect_eq(ground_in(GROUND_RG_SOVEREIGNTY), OK);
    cr_expect_eq(ground_in(GROUND_RG_WOULD_IMPEDE), OK);
}

Test(rules_refusal, v052_chapter_v_and_civil_matters_are_known_by_what_is_asked)
{
    struct message notice;

    cr_expect_eq(ground_in(GROUND_RG_INSUFFICIENT_EVIDENCE),
        E_GROUND_PROHIBITED);
    put(opening.own, "assistance_types", ASSISTANCE_TYPE_A46_3_K_RECOVERY);
    cr_expect_eq(ground_in(GROUND_RG_INSUFFICIENT_EVIDENCE), OK);
    put(opening.own, "assistance_types", ASSISTANCE_TYPE_A46_3_F_RECORDS);
    put(record_rec(opening.common, "restrictions"), "legal_basis",
        LEGAL_BASIS_UNCAC_55);
    cr_expect_eq(ground_in(GROUND_RG_INSUFFICIENT_EVIDENCE), OK);
    put(record_rec(opening.common, "restrictions"), "legal_basis",
        LEGAL_BASIS_UNCAC_46);
    put(opening.own, "chapter_v", 1);
    cr_expect_eq(ground_in(GROUND_RG_INSUFFICIENT_EVIDENCE), OK);
    record_drop(opening.own, "chapter_v");
    notice = say(KIND_FORMALISE_NOTICE, "QM-CA", "QN-CA", 7, 99 * DAY);
    put(notice.own, "chapter_v", 1);
    happened(&notice);
    cr_expect_eq(ground_in(GROUND_RG_INSUFFICIENT_EVIDENCE), OK);

    cr_expect_eq(ground_in(GROUND_RG_CIVIL_ADMIN_NOT_AVAILABLE),
        E_GROUND_PROHIBITED);
    put(opening.own, "assistance_types", ASSISTANCE_TYPE_CIVIL_HELP);
    cr_expect_eq(ground_in(GROUND_RG_CIVIL_ADMIN_NOT_AVAILABLE), OK);
    put(opening.own, "assistance_types", ASSISTANCE_TYPE_A46_3_F_RECORDS);
    put(record_rec(opening.common, "restrictions"), "legal_basis",
        LEGAL_BASIS_UNCAC_43_1);
    cr_expect_eq(ground_in(GROUND_RG_CIVIL_ADMIN_NOT_AVAILABLE), OK);
}

Test(rules_refusal, v052_the_guards_of_what_was_said_before)
{
    struct message q, breach, decline;

    past = NULL;
    facts.thread = NULL;
    cr_expect_eq(ground_in(GROUND_RG_NOT_IN_CONFORMITY),
        E_GROUND_PROHIBITED);
    q = say(KIND_CLARIFICATION_REQUEST, "QM-CA", "QN-CA", 4, 90 * DAY);
    happened(&q);
    cr_expect_eq(ground_in(GROUND_RG_NOT_IN_CONFORMITY),
        E_GROUND_PROHIBITED);       /* the other side's */
    put_text(q.common, "from", "QN-CA");
    happened(&q);
    cr_expect_eq(ground_in(GROUND_RG_NOT_IN_CONFORMITY), OK);

    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_BREACHED),
        E_GROUND_PROHIBITED);
    put_id(m.own, "breach_ref", 4);
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_BREACHED),
        E_GROUND_PROHIBITED);       /* a question is no breach */
    cr_expect_str_eq(f.path, "breach_ref");
    breach = say(KIND_BREACH_NOTICE, "QM-CA", "QN-CA", 5, 91 * DAY);
    happened(&breach);
    put_id(m.own, "breach_ref", 5);
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_BREACHED), OK);
    breach = say(KIND_RECALL, "QN-CA", "QM-CA", 6, 91 * DAY);
    put_id(m.own, "breach_ref", 6);
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_BREACHED),
        E_GROUND_PROHIBITED);
    facts.breach = &breach;         /* of another thread */
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_BREACHED), OK);
    put_id(m.own, "breach_ref", 7);
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_BREACHED),
        E_GROUND_PROHIBITED);

    decline = say(KIND_CONDITIONS_DECISION, "QM-CA", "QN-CA", 8, 92 * DAY);
    put(decline.own, "decision", CONDITIONS_ANSWER_COUNTER);
    happened(&decline);
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_NOT_ACCEPTED),
        E_GROUND_PROHIBITED);
    put(decline.own, "decision", CONDITIONS_ANSWER_DECLINE);
    happened(&decline);
    cr_expect_eq(ground_in(GROUND_RG_CONDITIONS_NOT_ACCEPTED), OK);
}

Test(rules_refusal, v052_the_guards_of_the_request)
{
    struct rec *limits = record_rec(opening.common, "restrictions");

    cr_expect_eq(ground_in(GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE),
        E_GROUND_PROHIBITED);
    put(m.own, "non_coercive_available", NON_COERCIVE_OPEN_SOURCE);
    cr_expect_eq(ground_in(GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE),
        E_GROUND_PROHIBITED);
    put(m.own, "domestic_basic_concepts", 1);
    cr_expect_eq(ground_in(GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE), OK);
    record_drop(m.own, "domestic_basic_concepts");
    put(opening.own, "coercive", 1);
    cr_expect_eq(ground_in(GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE), OK);
    record_drop(m.own, "non_coercive_available");
    cr_expect_eq(ground_in(GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE),
        E_GROUND_PROHIBITED);
    cr_expect_str_eq(f.path, "non_coercive_available");

    cr_expect_eq(ground_in(GROUND_RG_DE_MINIMIS), OK);
    put(opening.own, "value_unknown", 1);
    cr_expect_eq(ground_in(GROUND_RG_DE_MINIMIS), E_GROUND_PROHIBITED);
    put(opening.own, "coercive", 0);
    cr_expect_eq(ground_in(GROUND_RG_DE_MINIMIS), OK);

    cr_expect_eq(ground_in(GROUND_RG_DISCRIMINATION), E_GROUND_PROHIBITED);
    put(opening.own, "consult_type", CONSULT_TYPE_EXTRADITION);
    cr_expect_eq(ground_in(GROUND_RG_DISCRIMINATION), OK);
    cr_expect_eq(ground_in(GROUND_RG_TREATY_SPECIFIC), E_GROUND_PROHIBITED);
    put(limits, "legal_basis", LEGAL_BASIS_BILATERAL_TREATY);
    cr_expect_eq(ground_in(GROUND_RG_TREATY_SPECIFIC), OK);
    put(limits, "legal_basis", LEGAL_BASIS_REGIONAL_TREATY);
    cr_expect_eq(ground_in(GROUND_RG_TREATY_SPECIFIC), OK);
}

Test(rules_refusal, v052_the_guards_of_the_refusal)
{
    const struct field *row = record_field(m.own->schema,
        "earlier_refused");
    union item ids[2] = { { .s = id_of(31) }, { .s = id_of(32) } };

    cr_expect_eq(ground_in(GROUND_RG_AVAILABLE_ELSEWHERE),
        E_GROUND_PROHIBITED);
    cr_expect_str_eq(f.path, "alternatives");
    put_text(m.own, "alternatives", "QN-FIU");
    cr_expect_eq(ground_in(GROUND_RG_AVAILABLE_ELSEWHERE), OK);
    cr_expect_eq(ground_in(GROUND_RG_LEGAL_PRIVILEGE), E_GROUND_PROHIBITED);
    cr_expect_str_eq(f.path, "scope");
    put(m.own, "scope", REFUSAL_SCOPE_PARTS);
    cr_expect_eq(ground_in(GROUND_RG_LEGAL_PRIVILEGE), OK);

    opening = make(KIND_INFO_REQUEST);
    cr_assert_eq(record_put(a, m.own, row, ids, 2), OK);
    cr_expect_eq(ground_in(GROUND_RG_NO_RECIPROCITY), E_GROUND_PROHIBITED);
    put(sender, "reciprocity_required", 1);
    cr_expect_eq(ground_in(GROUND_RG_NO_RECIPROCITY), OK);
    cr_assert_eq(record_put(a, m.own, row, ids, 1), OK);
    cr_expect_eq(ground_in(GROUND_RG_NO_RECIPROCITY), E_GROUND_PROHIBITED);
}

Test(rules_refusal, v052_asks_no_guards_of_a_prospect)
{
    struct rec *one;
    struct fault found[2];

    m = consultation(9, 91 * DAY);
    one = record_new(a, record_field(m.own->schema, "prospective")->rec);
    put(one, "ground", GROUND_RG_NO_RECIPROCITY);
    cr_assert_eq(record_put_rec(a, m.own, "prospective", one), OK);
    expect_both(OK, 0);
    put(one, "ground", GROUND_PX_BANK_SECRECY);
    expect(RULE_SENDER, E_GROUND_PROHIBITED, 52);
    expect(RULE_RECIPIENT, OK, 0);
    cr_expect_eq(rules_alerts(&domain_valise, RULE_RECIPIENT, &m, &facts,
        found, 2), 1);
}

Test(rules_refusal, v052_only_an_ongoing_proceeding_postpones)
{
    struct rec *why;

    m = say(KIND_DELAY_NOTICE, "QN-CA", "QM-CA", 9, 100 * DAY);
    why = record_new(a, record_field(m.own->schema, "reasons")->rec);
    put(why, "code", DELAY_REASON_DR_ONGOING_PROCEEDING);
    cr_assert_eq(record_put_rec(a, m.own, "reasons", why), OK);
    put(m.own, "delay_kind", DELAY_KIND_EXTENSION);
    expect_both(E_GROUND_PROHIBITED, 52);
    put(m.own, "delay_kind", DELAY_KIND_POSTPONEMENT);
    put_id(m.own, "consult_msg", 2);
    expect_both(OK, 0);
    put(why, "code", DELAY_REASON_DR_COSTS);
    expect_both(E_GROUND_PROHIBITED, 52);
}

Test(rules_refusal, v054_a_new_date_is_ahead_and_after_the_first)
{
    m = say(KIND_DELAY_NOTICE, "QN-CA", "QM-CA", 9, 100 * DAY);
    put(m.own, "delay_kind", DELAY_KIND_EXTENSION);
    put(m.own, "original_due", 99 * DAY);
    put(m.own, "new_due", 100 * DAY + 1);
    expect_both(OK, 0);
    put(m.own, "new_due", 100 * DAY);
    expect_both(E_FIELD_RANGE, 54);
    put(m.own, "original_due", 120 * DAY);
    put(m.own, "new_due", 120 * DAY);
    expect_both(OK, 0);
    put(m.own, "new_due", 120 * DAY - 1);
    expect_both(E_FIELD_RANGE, 54);
    record_drop(m.own, "new_due");
    put(m.own, "review_at", 190 * DAY);
    expect_both(OK, 0);
    put(m.own, "review_at", 190 * DAY + 1);
    expect_both(E_FIELD_RANGE, 54);
    put(m.own, "review_at", 100 * DAY);
    expect_both(E_FIELD_RANGE, 54);
}

Test(rules_refusal, every_reason_of_the_lists_has_words)
{
    static const struct {
        const struct enumeration *en;
        const char *prefix;
    } all[] = { { &enum_ground, "" }, { &enum_delay_reason, "DR_" },
        { &enum_consent_ground, "CG_" }, { &enum_condition, "COND_" },
        { &enum_cannot_comply, "CR_" }, { &enum_recall_reason, "RC_" },
        { &enum_negative_reason, "NG_" }, { &enum_redirect_code, "RD_" },
        { &enum_urgency_reason, "UR_" }, { &enum_conf_option, "OPT_" },
        { &enum_cert_exception, "EX_" }, { &enum_breach_type, "BR_" } };
    size_t n, found = 0;
    const struct reason *rows = reasons_all(&n);

    for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
        for (size_t i = 0; i < all[k].en->n; i++) {
            const struct reason *r = reason_find(all[k].en->codes[i].name);

            cr_assert_not_null(r, "%s", all[k].en->codes[i].name);
            cr_expect(r->words[0] && r->source[0] && r->todo[0]);
            cr_expect_str_neq(reason_group_name(r->group), "");
            found++;
        }
    }
    cr_expect_eq(found, n, "%s and so on", rows[0].name);
    cr_expect_null(reason_find("RG_"));
}
