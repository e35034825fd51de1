/*
 * Each rule across fields, by a message that keeps it and one that does not:
 * what every message is asked, and answers.
 */
#define _GNU_SOURCE
#include "proto/consent.h"
#include "tests/unit/fill.h"
#include "tests/unit/proto/rules_fixture.h"

TestSuite(rules, .init = setup, .fini = teardown);

/* A reply to a request with two questions and one recipient named. */
static void
reply(unsigned type)
{
    const struct field *row = record_field(
        domain_kind(&domain_valise, KIND_INFO_REQUEST)->rec, "questions");
    union item q[2];

    opening = make(KIND_INFO_REQUEST);
    for (int i = 0; i < 2; i++) {
        q[i].r = record_new(a, row->rec);
        put_text(q[i].r, "q", i == 0 ? "q1" : "q2");
    }
    cr_assert_eq(record_put(a, opening.own, row, q, 2), OK);
    put(opening.own, "purpose_requested", PURPOSE_ANALYSIS);
    facts.opening = &opening;
    facts.known_thread = true;
    m = make(KIND_REPLY);
    put(m.own, "reply_type", type);
}

static void
answer(const char *first, uint64_t one, const char *second, uint64_t two)
{
    const struct field *row = record_field(m.own->schema, "answers");
    union item v[2];

    for (int i = 0; i < 2; i++) {
        v[i].r = record_new(a, row->rec);
        put_text(v[i].r, "q", i == 0 ? first : second);
        put(v[i].r, "status", i == 0 ? one : two);
    }
    cr_assert_eq(record_put(a, m.own, row, v, 2), OK);
}

Test(rules, a_message_that_keeps_all_passes)
{
    expect_both(OK, 0);
    cr_assert_eq(rules_alerts(&domain_valise, RULE_SENDER | RULE_CLIENT, &m,
        &facts, &f, 1), 0);
}

Test(rules, v005_asks_for_a_second_person)
{
    record_drop(m.common, "approval");
    expect_both(E_FOUR_EYES, 5);
    cr_assert_str_eq(f.path, "approval");
    put(sender, "four_eyes", KIND_REPLY);
    expect_both(OK, 0);             /* kind 1 may be left out */
    put(sender, "four_eyes", KIND_SPONT_DISCLOSURE);
    expect_both(E_FOUR_EYES, 5);
    facts.sender = NULL;
    expect_both(E_UNKNOWN_AUTHORITY, 5);
}

Test(rules, v005_keeps_the_kinds_that_an_authority_may_not_leave_out)
{
    struct kind transfer = *m.kind;

    transfer.n = KIND_DESTRUCTION_CERT;
    m.kind = &transfer;
    record_drop(m.common, "approval");
    put(sender, "four_eyes", KIND_REPLY);
    facts.known_thread = true;
    expect_both(E_FOUR_EYES, 5);
    transfer.flags |= K_TIGHTENS;
    expect_both(OK, 0);
}

/* Where one officer is enough, no card asks for a second one. */
Test(rules, v005_asks_the_message_whether_one_officer_is_enough)
{
    struct kind some = *m.kind;

    some.alone = (struct when){ "feedback_requested", 1 << 1 };
    m.kind = &some;
    record_drop(m.common, "approval");
    put(sender, "four_eyes", some.n);
    put(m.own, "feedback_requested", 1);
    facts.known_thread = true;
    expect_both(OK, 0);
    put(m.own, "feedback_requested", 0);
    expect_both(E_FOUR_EYES, 5);
}

Test(rules, v010_blocks_at_the_sender_what_the_recipient_would_refuse)
{
    put(sender, "kinds", AUTHORITY_KIND_TAX);
    expect_both(E_COUNTERPART, 10);
    put(sender, "kinds", AUTHORITY_KIND_PROSECUTION);
    expect_both(E_COUNTERPART, 10);
    facts.known_thread = true;
    expect_both(OK, 0);
}

Test(rules, v011_and_v012_ask_the_recipients_card)
{
    put(recipient, "accepts_kinds", KIND_INFO_REQUEST);
    expect_both(E_COUNTERPART, 11);
    put(recipient, "accepts_kinds", KIND_SPONT_DISCLOSURE);
    put(recipient, "party_kind", PARTY_KIND_NON_PARTY);
    expect(RULE_SENDER, E_NOT_PARTY, 12);
}

Test(rules, v015_and_v016_alert_and_do_not_block)
{
    struct fault out[4];

    facts.now = 9001;
    put_text(recipient, "languages", "fr");
    expect(RULE_SENDER, OK, 0);
    cr_assert_eq(rules_alerts(&domain_valise, RULE_SENDER | RULE_CLIENT, &m,
        &facts, out, 4), 2);
    cr_assert_eq(out[0].e, A_DIR_STALE);
    cr_assert_eq(out[1].e, A_LANGUAGE);
    put_text(put_list(m.own, "parts", "translation_of", "p1"), "lang", "fr");
    cr_assert_eq(rules_alerts(&domain_valise, RULE_SENDER | RULE_CLIENT, &m,
        &facts, out, 4), 1);
}

Test(rules, v020_no_default_sets_confidentiality)
{
    record_drop(record_rec(set, "conf"), "required");
    expect(RULE_SENDER, E_FIELD_MISSING, 20);
}

Test(rules, v030_the_limits_fit_together)
{
    put(set, "audience", AUDIENCE_NAMED);
    expect_both(E_RESTR_UNKNOWN, 30);
    put(set, "audience", AUDIENCE_AUTHORITY);
    put(set, "subject_notice", SUBJECT_NOTICE_AFTER_DATE);
    expect_both(E_RESTR_UNKNOWN, 30);
    put(record_rec(set, "conf"), "until", 5000);
    expect_both(OK, 0);
    put(set, "accept_first", 1);
    put_text(m.common, "caveat", "orally only");
    expect_both(E_RESTR_UNKNOWN, 30);
    cr_assert_str_eq(f.path, "caveat");
    record_drop(m.common, "restrictions");
    expect_both(E_RESTR_UNKNOWN, 30);
}

/* Whoever claims another's content as his own would be free of its limits;
 * also a kind that may be without a set, if it has one. */
Test(rules, v031_holds_for_each_kind_and_both_sides)
{
    static const char *const false_owner[] = { "QM-FIU", "QO-FIU" };

    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        for (size_t k = 0; k < 2; k++) {
            const struct field *row;
            union item both[2] = { { .s = slice_str("QN-FIU") },
                { .s = slice_str(false_owner[k]) } };

            opening = make(KIND_INFO_REQUEST);
            facts.opening = facts.target = &opening;
            facts.known_thread = true;
            put(sender, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
            m = make(domain_valise.kinds[i].n);
            facts.target_set = set;
            put(m.common, "approval", 1);
            put(recipient, "accepts_kinds", domain_valise.kinds[i].n);
            put_text(set, "originator", false_owner[k]);
            expect_both(E_RESTR_NOT_ORIGINATOR, 31);
            row = record_field(set->schema, "originator");
            cr_assert_eq(record_put(a, set, row, both, 2), OK);
            expect_both(E_RESTR_NOT_ORIGINATOR, 31);
            /* A set that says whence it derives, without that set. */
            put_text(set, "originator", false_owner[k]);
            cr_assert_eq(record_put_bytes(a, set, "derived_from",
                slice_str("0123456789abcdef")), OK);
            expect_both(E_RESTR_WIDENED, 33);
        }
    }
}

Test(rules, v031_to_v033_say_whose_limits_they_are)
{
    struct rec *parent = make_set();
    uint8_t rid[16] = { 5 };

    put_text(set, "originator", "QO-FIU");
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
    cr_assert_eq(record_put_bytes(a, set, "derived_from", SLICE(rid)), OK);
    expect_both(E_RESTR_WIDENED, 33);
    put_text(parent, "originator", "QO-FIU");
    cr_assert_eq(record_put_bytes(a, parent, "rid", SLICE(rid)), OK);
    facts.parent = parent;
    expect_both(OK, 0);
    put(set, "retain_until", 3001);
    expect_both(E_RESTR_WIDENED, 33);
    put(set, "retain_until", 1999);
    expect_both(E_RESTR_TIME, 32);
    put(set, "retain_until", 3000);
    put(set, "valid_from", 2000);
    expect_both(E_RESTR_TIME, 32);
}

Test(rules, v035_reports_protect_their_source)
{
    put(put_list(m.own, "parts", "part_id", "p1"), "content_class",
        CONTENT_CLASS_STR_DERIVED);
    expect_both(E_SOURCE, 35);
    put(set, "protect_source", 1);
    expect_both(OK, 0);
    record_drop(m.own, "parts");
    put(set, "protect_source", 0);
    put(put_list(m.own, "subjects", "ref", "s1"), "role",
        SUBJECT_ROLE_REPORTING_ENTITY);
    expect_both(E_SOURCE, 35);
}

/* In these kinds a part is a name. */
Test(rules, parts_that_are_names_are_no_records)
{
    static const uint16_t kinds[] = { KIND_CONSENT_REQUEST, KIND_RECALL,
        KIND_REFUSAL, KIND_EXCULPATORY_NOTICE };
    union item names[2] = { { .s = slice_str("p1") },
        { .s = slice_str("p2") } };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct field *row;
        enum err e = OK;

        cr_assert_eq(message_new(a, domain_kind(&domain_valise, kinds[i]),
            &m), OK);
        row = record_field(m.kind->rec, "parts");
        cr_assert_eq(row->type, FT_TOKEN);
        cr_assert_eq(record_put(a, m.own, row, names, 2), OK);
        cr_expect_null(message_records(&m, "parts"));
        for (unsigned side = 1; side <= 4 && e != ERR_NOMEM; side *= 2)
            e = rules_check(&domain_valise, side, &m, &facts, &f);
        cr_expect_neq(e, E_SOURCE);
    }
}

Test(rules, v036_nothing_above_restricted)
{
    put(set, "class_equiv", 3);
    expect(RULE_SENDER, E_CLASSIFICATION, 36);
}

Test(rules, v055_urgency_has_a_reason_and_a_date)
{
    put(m.common, "urgency", URGENCY_URGENT);
    expect(RULE_SENDER, E_FIELD_MISSING, 55);
    put(m.common, "urgency_reason", URGENCY_REASON_UR_FLIGHT);
    expect(RULE_SENDER, OK, 0);
    m = make(KIND_INFO_REQUEST);
    put(recipient, "accepts_kinds", KIND_INFO_REQUEST);
    put(m.common, "urgency", URGENCY_IMMEDIATE);
    put(m.common, "urgency_reason", URGENCY_REASON_UR_FLIGHT);
    expect(RULE_SENDER, E_FIELD_MISSING, 55);
    put(m.own, "reply_requested_by", 1500 + 72 * 3600);
    expect(RULE_SENDER, OK, 0);
    put(m.own, "reply_requested_by", 1501 + 72 * 3600);
    expect(RULE_SENDER, E_FIELD_MISSING, 55);
}

Test(rules, v070_a_full_answer_is_full)
{
    reply(REPLY_TYPE_FULL);
    expect_both(E_REPLY, 70);
    answer("q1", ANSWER_STATUS_ANSWERED, "q2", ANSWER_STATUS_PENDING);
    expect_both(E_REPLY, 70);
    answer("q1", ANSWER_STATUS_ANSWERED, "q3", ANSWER_STATUS_NOT_HELD);
    expect_both(E_REPLY, 70);
    answer("q1", ANSWER_STATUS_ANSWERED, "q1", ANSWER_STATUS_NOT_HELD);
    expect_both(E_REPLY, 70);
    answer("q1", ANSWER_STATUS_ANSWERED, "q2", ANSWER_STATUS_NOT_HELD);
    expect_both(OK, 0);
    facts.opening = NULL;
    expect_both(E_REPLY, 70);
}

Test(rules, v071_a_negative_answer_is_no_refusal)
{
    reply(REPLY_TYPE_NEGATIVE);
    expect_both(E_REPLY, 71);
    put(m.own, "searched", SEARCHED_TAX);
    expect_both(E_REPLY, 71);
    put(m.own, "negative_reason", NEGATIVE_REASON_NG_NO_TRACE);
    expect_both(OK, 0);
    answer("q1", ANSWER_STATUS_NOT_HELD, "q2", ANSWER_STATUS_NOT_HELD);
    expect_both(OK, 0);
    answer("q1", ANSWER_STATUS_NOT_HELD, "q2", ANSWER_STATUS_WITHHELD);
    expect_both(E_REPLY, 71);
    cr_assert_str_eq(f.path, "answers[1].status");
}

Test(rules, v072_an_interim_answer_says_when)
{
    reply(REPLY_TYPE_INTERIM);
    expect_both(E_REPLY, 72);
    put(m.own, "expected_at", 2000);
    expect_both(OK, 0);
}

Test(rules, v073_subjects_belong_to_a_question_or_an_addition)
{
    struct rec *part;

    reply(REPLY_TYPE_PARTIAL);
    put_list(m.own, "subjects", "ref", "s1");
    expect_both(E_REPLY, 73);
    part = put_list(m.own, "parts", "part_id", "p1");
    put_text(part, "subjects", "s1");
    put(part, "kind", PART_KIND_FACTS);
    expect_both(E_REPLY, 73);
    put(part, "kind", PART_KIND_SPONTANEOUS_ADDITION);
    expect_both(OK, 0);
    record_drop(m.own, "parts");
    answer("q1", ANSWER_STATUS_ANSWERED, "q2", ANSWER_STATUS_PENDING);
    put_text(record_value(m.own, "answers")->v[0].r, "text", "see s11.");
    expect_both(E_REPLY, 73);
    put_text(record_value(m.own, "answers")->v[0].r, "text", "see s1.");
    expect_both(OK, 0);
    cr_assert_eq(rules_check(&domain_valise, RULE_RECIPIENT, &m, &facts,
        &f), OK);
}

/* A ref is a word of its own: no letter, digit or hyphen beside it. */
Test(rules, v073_looks_for_whole_words)
{
    static const char *const others[] = { "as1", "zs1", "s1a", "s1z", "0s1",
        "9s1", "s10", "s19", "As1", "Zs1", "s1A", "s1Z", "s1-x", "x-s1",
        "s", "1" };
    static const char *const same[] = { "s1", "(s1)", "s1.", "s1, s2",
        "s10 s1", "`s1{", "/s1:", "@s1[" };
    struct rec *a1;

    reply(REPLY_TYPE_PARTIAL);
    put_list(m.own, "subjects", "ref", "s1");
    answer("q1", ANSWER_STATUS_ANSWERED, "q2", ANSWER_STATUS_PENDING);
    a1 = record_value(m.own, "answers")->v[0].r;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        put_text(a1, "text", others[i]);
        expect_both(E_REPLY, 73);
    }
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        put_text(a1, "text", same[i]);
        expect_both(OK, 0);
    }
}

Test(rules, v074_and_v075_follow_the_request)
{
    reply(REPLY_TYPE_PARTIAL);
    put_list(opening.own, "intended_recipients", "to", "QM-PP");
    expect_both(E_REPLY, 74);
    put_list(m.own, "intended_recipients_decision", "to", "QM-PP");
    expect_both(OK, 0);
    put(set, "purposes", PURPOSE_TAX_ASSESSMENT);
    expect_both(E_REPLY, 75);
}

static enum err
refuse(const struct message *x, const struct rule_facts *y, struct fault *z)
{
    (void)x;
    (void)y;
    return fault_set(z, E_FIELD_RANGE, 900, "own");
}

Test(rules, a_domain_adds_rules_of_its_own)
{
    const struct rule own[] = { { 900, RULE_KIND(1), RULE_SENDER, refuse,
        E_FIELD_RANGE, "words", "source" } };
    struct domain d = { .base = &domain_valise, .rules = own, .n_rules = 1 };

    cr_assert_eq(rules_check(&d, RULE_SENDER, &m, &facts, &f),
        E_FIELD_RANGE);
    cr_assert_eq(f.rule, 900);
    cr_assert_eq(rules_check(&d, RULE_RECIPIENT, &m, &facts, &f), OK);
    cr_assert_eq(rule_find(&d, 900, 0), &own[0]);
    cr_assert_eq(rule_find(&d, 30, 1)->v, 30);
    cr_assert_null(rule_find(&d, 30, 2));
}

Test(rules, each_row_has_words_a_source_and_a_side)
{
    for (size_t i = 0; i < RULES_VALISE_N; i++) {
        const struct rule *r = &rules_valise[i];

        cr_expect_gt(strlen(r->words), 10, "V-%03u", r->v);
        cr_expect_gt(strlen(r->source), 5, "V-%03u", r->v);
        cr_expect(r->where & (RULE_SENDER | RULE_RECIPIENT));
    }
}

/* Whoever sends a message chooses its kind: no rule takes the tokens of one
 * for the records of another. */
static void
pass_rule(const struct rule *rule)
{
    const struct domain one = { .rules = rule, .n_rules = 1 };
    struct fault out[8];

    cr_expect_not_null(err_row(rules_check(&one, RULE_SENDER | RULE_CLIENT,
        &m, &facts, &f)));
    cr_expect_not_null(err_row(rules_check(&one, RULE_RECIPIENT |
        RULE_CLIENT, &m, &facts, &f)));
    cr_expect_leq(rules_alerts(&one, RULE_SENDER | RULE_CLIENT, &m, &facts,
        out, 8), 8);
}

Test(rules, every_kind_passes_through_every_rule)
{
    for (size_t i = 0; i < domain_valise.n_kinds; i++)
        for (unsigned variant = 0; variant < 6; variant++) {
            struct arena *own = arena_new(4 << 20);
            struct rec *part;
            size_t k = 0;

            fill_message(own, &domain_valise.kinds[i], variant, &m);
            opening = m;
            facts.opening = facts.target = &opening;
            for (size_t r = 0; r < RULES_VALISE_N; r++)
                pass_rule(&rules_valise[r]);
            while (consent_cut(own, &m, k, &part) == OK)
                k++;
            arena_free(own);
        }
}

Test(rules, parts_that_are_tokens_are_no_records)
{
    union item tokens[2] = { { .s = slice_str("a-long-token-one") },
        { .s = slice_str("a-long-token-two") } };

    m = make(KIND_EXCULPATORY_NOTICE);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema, "parts"),
        tokens, 2), OK);
    cr_assert_not_null(message_value(&m, "parts"));
    cr_expect_null(message_records(&m, "parts"));
    for (size_t i = 0; i < RULES_VALISE_N; i++)
        pass_rule(&rules_valise[i]);
}
