/*
 * What a request needs, limits that change, what comes after use, and the
 * numbers of subjects: V-031, V-034, V-040 to V-048, V-080 to V-090.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "tests/unit/proto/rules_fixture.h"

#define DAY 86400

static struct message target;

TestSuite(rules_after, .init = setup, .fini = teardown);

static size_t
alerts(unsigned where, enum err e)
{
    struct fault found[8];
    size_t n = rules_alerts(&domain_valise, where | RULE_CLIENT, &m, &facts,
        found, 8), hits = 0;

    for (size_t i = 0; i < n; i++) {
        hits += found[i].e == e;
        f = found[i].e == e ? found[i] : f;
    }
    return hits;
}

/* A disclosure of QN-FIU that went to QM-FIU, and what governs it. */
static void
after_disclosure(unsigned kind)
{
    target = make(KIND_SPONT_DISCLOSURE);
    put_id(target.common, "msg_id", 1);
    put_id(set, "rid", 77);
    put(set, "rrev", 1);
    facts.opening = facts.target = &target;
    facts.target_set = set;
    facts.known_thread = true;
    m = say(kind, "QN-FIU", "QM-FIU", 2, 1500);
    put(m.common, "approval", 1);
    if (record_field(m.own->schema, "target_msg") != NULL)
        put_id(m.own, "target_msg", 1);
}

Test(rules_after, v031_only_who_sent_it_calls_it_back)
{
    after_disclosure(KIND_RECALL);
    expect_both(OK, 0);
    put_text(m.common, "from", "QM-FIU");
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
    put_text(m.common, "from", "QN-FIU");
    put_text(set, "originator", "QO-FIU");
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
    put_id(set, "derived_from", 78);            /* it passed it on */
    expect_both(OK, 0);
    facts.target = NULL;
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
    facts.target = &target;
    facts.target_set = NULL;
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
}

Test(rules_after, v031_who_received_it_corrects_nothing)
{
    after_disclosure(KIND_CORRECTION);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", make_set()),
        OK);
    expect_both(OK, 0);
    put_text(m.common, "from", "QM-FIU");
    put_text(record_rec(m.common, "restrictions"), "originator", "QM-FIU");
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
    cr_expect_str_eq(f.path, "target_msg");
}

Test(rules_after, v031_who_passed_it_on_corrects_under_the_same_originator)
{
    struct rec *own = make_set();

    after_disclosure(KIND_CORRECTION);
    put_text(set, "originator", "QO-FIU");
    put_id(set, "derived_from", 78);
    put_text(own, "originator", "QN-FIU");
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", own), OK);
    expect_both(E_RESTR_NOT_ORIGINATOR, 31);
    cr_expect_str_eq(f.path, "restrictions.derived_from");
    put_text(own, "originator", "QO-FIU");
    put_id(own, "derived_from", 77);
    expect_both(OK, 0);
    put_text(own, "originator", "QN-FIU");
    expect_both(E_RESTR_WIDENED, 33);
}

Test(rules_after, v033_what_is_passed_on_later_is_measured_by_what_is_in_force)
{
    struct rec *own = make_set(), *first = make_set();

    after_disclosure(KIND_CORRECTION);
    put_text(set, "originator", "QO-FIU");
    put_id(set, "derived_from", 78);
    put(set, "use_until", 1900);                /* as it was tightened */
    put_id(first, "rid", 77);
    put_text(first, "originator", "QO-FIU");
    facts.parent = first;
    put_text(own, "originator", "QO-FIU");
    put_id(own, "derived_from", 77);
    put(own, "use_until", 1950);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", own), OK);
    expect_both(E_RESTR_WIDENED, 33);
    put(own, "use_until", 1900);
    expect_both(OK, 0);
}

Test(rules_after, v034_a_revision_follows_and_tightens)
{
    struct rec *after = make_set();

    after_disclosure(KIND_RESTRICTION_UPDATE);
    put(m.own, "direction", DIRECTION_TIGHTEN);
    put_id(after, "rid", 77);
    put(after, "rrev", 2);
    put(after, "use_until", 1900);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", after), OK);
    expect_both(OK, 0);
    put(after, "rrev", 1);
    expect_both(E_RESTR_FORK, 34);
    put(after, "rrev", 2);
    put(after, "use_until", 2100);
    expect_both(E_RESTR_WIDENED, 34);
    put(m.own, "direction", DIRECTION_LOOSEN);
    expect_both(OK, 0);
}

static struct message
with_proceeding(void)
{
    struct message c = make(KIND_CONSULTATION);
    struct rec *p = record_new(a,
        record_field(c.own->schema, "proceeding")->rec);

    put_text(p, "proc_id", "QN-1");
    put(p, "kind", PROCEEDING_KIND_CRIMINAL);
    cr_assert_eq(record_put_rec(a, c.own, "proceeding", p), OK);
    put_id(c.common, "msg_id", 1);
    put(c.own, "consult_type", CONSULT_TYPE_PRE_REQUEST);
    return c;
}

Test(rules_after, v040_a_proceeding_is_defined_somewhere)
{
    struct message other;

    put_text(set, "proceedings", "QN-1");
    expect_both(E_PROCEEDING, 40);
    cr_expect_str_eq(f.path, "restrictions.proceedings[0]");
    other = with_proceeding();
    set = record_rec(m.common, "restrictions");
    facts.opening = &other;
    expect_both(OK, 0);                 /* in the opening message */
    facts.opening = NULL;
    expect_both(E_PROCEEDING, 40);
    happened(&other);
    expect_both(OK, 0);                 /* in the thread */
    put_text(set, "proceedings", "QN-2");
    expect_both(E_PROCEEDING, 40);
}

Test(rules_after, v040_the_message_itself_and_its_consent_define_it)
{
    struct message own = with_proceeding();
    struct rec *limits = set, *consent;

    put(sender, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    put(recipient, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    put(recipient, "counterpart_classes", AUTHORITY_KIND_MLA_CENTRAL);
    put(recipient, "accepts_kinds", KIND_CONSULTATION);
    m = own;
    put(m.common, "approval", 1);
    put_text(limits, "proceedings", "QN-1");
    expect_both(OK, 0);
    put_text(limits, "proceedings", "QN-3");
    expect_both(E_PROCEEDING, 40);
    consent = record_new(a, record_field(m.common->schema,
        "standing")->rec);
    put_text(consent, "proceedings", "QN-3");
    cr_assert_eq(record_put_rec(a, m.common, "standing", consent), OK);
    /* It is made from the same limits. */
    cr_expect_eq(rule_find(&domain_valise, 40, 0)->check(&m, &facts, &f),
        E_PROCEEDING);
    cr_assert_eq(message_new(a, domain_kind(&domain_valise,
        KIND_ONWARD_TRANSFER), &m), OK);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", limits), OK);
    consent = record_new(a, record_field(m.own->schema, "consent")->rec);
    put_text(consent, "proceedings", "QN-4");
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    cr_expect_eq(rule_find(&domain_valise, 40, 0)->check(&m, &facts, &f),
        E_PROCEEDING);
    put_text(consent, "proceedings", "QN-3");
    cr_expect_eq(rule_find(&domain_valise, 40, 0)->check(&m, &facts, &f),
        OK);
}

Test(rules_after, v040_a_court_of_the_list_is_one_of_a_proceeding)
{
    struct rec *onward = record_new(a,
        record_field(set->schema, "onward")->rec);

    put(onward, "mode", ONWARD_LISTED);
    cr_assert_eq(record_put_rec(a, set, "onward", onward), OK);
    put_text(onward, "allow", "QN-PPO");
    expect_both(OK, 0);
    put_text(onward, "allow", "CLASS:PROSECUTION@QN");
    expect_both(OK, 0);
    put_text(onward, "allow", "COURT:QN-1");
    expect_both(E_PROCEEDING, 40);
    cr_expect_str_eq(f.path, "restrictions.onward.allow[0]");
}

/* Those of a consultation serve; what else evidence must have is asked in
 * tests/unit/node/test_release*.c. */
Test(rules_after, v041_evidence_of_a_civil_matter_is_accepted_first)
{
    static const unsigned kinds[] = { KIND_EVIDENCE_OFFER,
        KIND_EVIDENCE_TRANSFER };
    const struct rule *evidence = rule_find(&domain_valise, 41, 0);

    for (size_t i = 0; i < 2; i++) {
        struct kind kind = *domain_kind(&domain_valise, KIND_CONSULTATION);

        m = with_proceeding();
        kind.n = (uint8_t)kinds[i];
        kind.flags = K_RESTR;
        m.kind = &kind;
        cr_expect_eq(evidence->check(&m, &facts, &f), OK);
        put(message_rec(&m, "proceeding"), "kind", PROCEEDING_KIND_CIVIL);
        cr_expect_eq(evidence->check(&m, &facts, &f), E_RESTR_NOT_ACCEPTED);
        cr_expect_eq(f.rule, 41);
        put(message_rec(&m, "proceeding"), "kind",
            PROCEEDING_KIND_ADMINISTRATIVE);
        cr_expect_eq(evidence->check(&m, &facts, &f), E_RESTR_NOT_ACCEPTED);
        put(set, "accept_first", 1);
        cr_expect_eq(evidence->check(&m, &facts, &f), OK);
    }
}

Test(rules_after, v041_what_was_not_accepted_is_not_used)
{
    struct message receipt;

    after_disclosure(KIND_FEEDBACK);
    put_text(m.common, "from", "QM-FIU");
    put(m.own, "used_for", PURPOSE_ANALYSIS);
    expect_both(OK, 0);
    put(set, "accept_first", 1);
    expect_both(E_RESTR_NOT_ACCEPTED, 41);
    happened(&target);
    expect_both(E_RESTR_NOT_ACCEPTED, 41);
    receipt = say(KIND_RECEIPT, "QM-FIU", "QN-FIU", 3, 1400);
    put_id(receipt.common, "in_reply_to", 1);
    put(receipt.own, "restrictions_accepted", 1);
    put_id(receipt.own, "accepted_rid", 77);
    put(receipt.own, "accepted_rrev", 1);
    happened(&receipt);
    expect_both(OK, 0);
    record_drop(m.own, "used_for");
    past = NULL;
    facts.thread = NULL;
    expect_both(OK, 0);
}

/* A notice that a formal request with all of 46(15) was sent. */
static struct rec *
notice(void)
{
    static const char *const all[] = { "a", "b", "c", "d", "e", "f" };
    struct rec *r;

    opening = with_proceeding();
    facts.opening = &opening;
    facts.known_thread = true;
    m = make(KIND_FORMALISE_NOTICE);
    put(m.common, "approval", 1);
    put(sender, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    r = record_new(a, record_field(m.own->schema, "complete_46_15")->rec);
    for (size_t i = 0; i < 6; i++)
        put(r, all[i], 1);
    cr_assert_eq(record_put_rec(a, m.own, "complete_46_15", r), OK);
    return r;
}

Test(rules_after, v046_a_formal_request_is_complete)
{
    static const char *const all[] = { "a", "b", "c", "d", "e", "f" };
    struct rec *r = notice();

    expect(RULE_SENDER, OK, 0);
    for (size_t i = 0; i < 6; i++) {
        put(r, all[i], 0);
        expect(RULE_SENDER, E_MLA_INCOMPLETE, 46);
        put(r, all[i], 1);
    }
    put(r, "c", 0);
    put(opening.own, "assistance_types", ASSISTANCE_TYPE_A46_3_B_SERVICE);
    expect(RULE_SENDER, OK, 0);
    put(r, "d", 0);
    expect(RULE_SENDER, E_MLA_INCOMPLETE, 46);
    cr_expect_str_eq(f.path, "complete_46_15.d");
}

Test(rules_after, v047_a_measure_has_a_link_and_a_need)
{
    static const uint64_t measures[] = {
        ASSISTANCE_TYPE_A46_3_C_SEARCH_SEIZE_FREEZE,
        ASSISTANCE_TYPE_A46_3_J_IDENTIFY_FREEZE_PROCEEDS,
        ASSISTANCE_TYPE_A46_3_K_RECOVERY };

    m = with_proceeding();
    facts.known_thread = true;
    put(sender, "kinds", AUTHORITY_KIND_MLA_CENTRAL);
    put(m.own, "assistance_types", ASSISTANCE_TYPE_A46_3_F_RECORDS);
    expect(RULE_SENDER, OK, 0);
    for (size_t i = 0; i < 3; i++) {
        put(m.own, "assistance_types", measures[i]);
        record_drop(m.own, "nexus");
        expect(RULE_SENDER, E_FIELD_MISSING, 47);
        cr_expect_str_eq(f.path, "nexus");
        put_text(m.own, "nexus", "paid from the fund");
        expect(RULE_SENDER, E_FIELD_MISSING, 47);
        cr_expect_str_eq(f.path, "need");
        put_text(m.own, "need", "it is about to move");
        expect(RULE_SENDER, OK, 0);
        record_drop(m.own, "need");
    }
    put(m.own, "assistance_types", ASSISTANCE_TYPE_A46_3_F_RECORDS);
    put(m.own, "chapter_v", 1);
    expect(RULE_SENDER, E_FIELD_MISSING, 47);
}

Test(rules_after, v047_a_purpose_asks_for_a_measure_with_a_coercive_step)
{
    static const uint64_t purposes[] = { PURPOSE_PROVISIONAL_MEASURES,
        PURPOSE_CONFISCATION_CONVICTION, PURPOSE_CONFISCATION_NCB };

    m = make(KIND_INFO_REQUEST);
    facts.known_thread = true;
    for (size_t i = 0; i < 3; i++) {
        put(m.own, "purpose_requested", purposes[i]);
        put(m.own, "coercive", 0);
        expect(RULE_SENDER, OK, 0);
        put(m.own, "coercive", 1);
        expect(RULE_SENDER, E_FIELD_MISSING, 47);
    }
    put(m.own, "purpose_requested", PURPOSE_ANALYSIS);
    expect(RULE_SENDER, OK, 0);
}

Test(rules_after, v048_intelligence_of_others_is_not_in_a_formal_request)
{
    (void)notice();
    put(set, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    expect(RULE_SENDER, OK, 0);                 /* the sender's own */
    put_text(set, "originator", "QM-FIU");
    put_id(set, "derived_from", 78);
    facts.parent = make_set();
    put_id(make_set(), "rid", 78);
    cr_expect_eq(rule_find(&domain_valise, 48, 0)->check(&m, &facts, &f),
        OK);                                    /* back to who gave it */
    put_text(set, "originator", "QO-FIU");
    cr_expect_eq(rule_find(&domain_valise, 48, 0)->check(&m, &facts, &f),
        E_USE_LEVEL);
    put(set, "use_level", USE_LEVEL_INVESTIGATIVE);
    cr_expect_eq(rule_find(&domain_valise, 48, 0)->check(&m, &facts, &f),
        OK);
}

/* A certificate of one item: 3 copies, 2 of them destroyed. */
static struct rec *
certificate(void)
{
    uint8_t one[32], two[32];
    struct rec *item, *exception;
    struct slice p1, p2;

    memset(one, 1, sizeof(one));
    memset(two, 2, sizeof(two));
    cr_assert_eq(arena_copy(a, SLICE(one), &p1), OK);
    cr_assert_eq(arena_copy(a, SLICE(two), &p2), OK);
    after_disclosure(KIND_DESTRUCTION_CERT);
    item = record_new(a, record_field(m.own->schema, "items")->rec);
    put(item, "copies_known", 3);
    put(item, "copies_destroyed", 2);
    cr_assert_eq(record_put_rec(a, m.own, "items", item), OK);
    exception = record_new(a, record_field(m.own->schema,
        "exceptions")->rec);
    put(exception, "item", 1);
    put(exception, "copies", 1);
    cr_assert_eq(record_put_rec(a, m.own, "exceptions", exception), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "performed_by", p1), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "witnessed_by", p2), OK);
    facts.approver = p2;
    return exception;
}

Test(rules_after, v080_copies_balance)
{
    struct rec *exception = certificate();

    expect_both(OK, 0);
    put(exception, "copies", 2);
    expect_both(E_CERT_INCOMPLETE, 80);
    cr_expect_str_eq(f.path, "items[0].copies_destroyed");
    put(exception, "copies", 1);
    put(exception, "item", 2);
    expect_both(E_CERT_INCOMPLETE, 80);
    put(message_value(&m, "items")->v[0].r, "copies_destroyed", 3);
    expect_both(E_CERT_INCOMPLETE, 80);
    cr_expect_str_eq(f.path, "exceptions[0].item");
    record_drop(m.own, "exceptions");
    expect_both(OK, 0);
}

Test(rules_after, v080_the_witness_is_another_officer_and_signs)
{
    uint8_t three[32];

    (void)certificate();
    memset(three, 3, sizeof(three));
    facts.approver = SLICE(three);
    expect_both(E_FOUR_EYES, 80);
    facts.approver = SLICE_EMPTY;               /* not known yet */
    expect_both(OK, 0);
    cr_assert_eq(record_put_bytes(a, m.own, "witnessed_by",
        message_bytes(&m, "performed_by")), OK);
    expect_both(E_FOUR_EYES, 80);
    cr_expect_str_eq(f.path, "witnessed_by");
}

Test(rules_after, a_message_a_day_older_than_the_last_one_is_noticed)
{
    struct message last = say(KIND_FEEDBACK, "QM-FIU", "QN-FIU", 9,
        5000 + DAY);

    after_disclosure(KIND_CLOSE);
    put(m.common, "created_at", 5000);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_CLOCK), 0, "nothing before it");
    happened(&last);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_CLOCK), 0, "a day is not more");
    put(m.common, "created_at", 4999);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_CLOCK), 1);
    cr_expect_eq(alerts(RULE_SENDER, A_CLOCK), 0, "the recipient notices");
    last = say(KIND_FEEDBACK, "QM-FIU", "QN-FIU", 10, 4000);
    happened(&last);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_CLOCK), 0, "the last one counts");
}

static void
put_files(struct message *of)
{
    const struct field *list = record_field(of->common->schema,
        "attachments");
    const union item file = { .r = record_new(a, list->rec) };

    cr_assert_eq(record_put(a, of->common, list, &file, 1), OK);
}

Test(rules_after, v042_files_are_at_fault_where_files_came)
{
    const union item d1 = { .s = slice_str("d1") };
    struct message offer = make(KIND_EVIDENCE_OFFER);

    put_files(&offer);
    after_disclosure(KIND_RECEIPT);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema,
        "digest_mismatch"), &d1, 1), OK);
    for (int i = 0; i < 3; i++) {
        facts.target = (const struct message *[]){ &target, &offer,
            NULL }[i];
        expect_both(E_FIELD_RANGE, 42);
        cr_expect_str_eq(f.path, "digest_mismatch");
        cr_expect_eq(alerts(RULE_RECIPIENT, A_FILES_FAULTY), 0);
    }
    facts.target = &target;
    put_files(&target);
    expect_both(OK, 0);
}

Test(rules_after, v042_files_that_do_not_hold_are_told_to_their_sender)
{
    const struct field *names;
    const union item d1 = { .s = slice_str("d1") };

    after_disclosure(KIND_RECEIPT);
    names = record_field(m.own->schema, "digest_mismatch");
    cr_expect_eq(alerts(RULE_RECIPIENT, A_FILES_FAULTY), 0);
    put_files(&target);
    cr_assert_eq(record_put(a, m.own, names, NULL, 0), OK);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_FILES_FAULTY), 0, "it names none");
    cr_assert_eq(record_put(a, m.own, names, &d1, 1), OK);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_FILES_FAULTY), 1);
    cr_expect_eq(alerts(RULE_SENDER, A_FILES_FAULTY), 0, "who says it knows");
    expect_both(OK, 0);
}

Test(rules_after, v081_a_day_after_the_disclosure_is_late)
{
    after_disclosure(KIND_EXCULPATORY_NOTICE);
    put(m.own, "advance_notice", 0);
    put(m.own, "disclosed_at", 1500);
    put(m.common, "created_at", 1500 + DAY);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_EXCULPATORY_LATE), 0);
    put(m.common, "created_at", 1501 + DAY);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_EXCULPATORY_LATE), 1);
    cr_expect_eq(alerts(RULE_SENDER, A_EXCULPATORY_LATE), 1);
    put(m.own, "advance_notice", 1);
    cr_expect_eq(alerts(RULE_RECIPIENT, A_EXCULPATORY_LATE), 0);
}

/* A subject of the message that feedback is about. */
static struct rec *
subject(struct message *of, uint64_t type)
{
    struct rec *s = record_new(a,
        record_field(of->own->schema, "subjects")->rec);

    put(s, "type", type);
    cr_assert_eq(record_put_rec(a, of->own, "subjects", s), OK);
    return s;
}

Test(rules_after, v082_feedback_names_no_person)
{
    struct rec *s, *name;

    after_disclosure(KIND_FEEDBACK);
    s = subject(&target, SUBJECT_TYPE_PERSON);
    name = put_list(s, "names", "family", "Varn-Tavish");
    put_text(name, "full", "Oskell Varn-Tavish");
    put_text(m.own, "text", "A case was opened; it helped. Oskell is known.");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 0);
    put_text(m.own, "text", "Mr VARN-TAVISH was questioned.");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 1);
    cr_expect_str_eq(f.path, "text");
    record_drop(name, "family");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 0);
    put_text(m.own, "text", "Tavish Varn, Oskell");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 1);
    put_text(name, "full", "Жанна");
    put_text(m.own, "text", "Жанна was questioned");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 1);
    facts.target = NULL;
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 1);
    facts.opening = NULL;
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 0);
}

Test(rules_after, v082_feedback_names_no_company)
{
    struct rec *s;

    after_disclosure(KIND_FEEDBACK);
    s = subject(&target, SUBJECT_TYPE_ENTITY);
    put_text(s, "name", "Brine & Kestrel Holdings Ltd");
    put_text(s, "aliases", "Lumen SA");
    put_text(m.own, "text", "Holdings of a kestrel");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 0);
    put_text(m.own, "text", "brine and kestrel, holdings");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 1);
    put_text(m.own, "text", "about LUMEN");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 1);
    record_drop(m.own, "text");
    cr_expect_eq(alerts(RULE_SENDER, A_FEEDBACK_NAMES), 0);
}

/* Each field with a number: one that is right and one that is not. */
static const struct {
    uint64_t type;
    const char *field, *good, *bad;
} numbers[] = {
    { SUBJECT_TYPE_ACCOUNT, "iban", "QN35HALC0000778812345601",
      "QN35HALC0000778812345602" },
    { SUBJECT_TYPE_ACCOUNT, "bic", "HALCQN20XXX", "HALC1N20XXX" },
    { SUBJECT_TYPE_ACCOUNT, "account_number", "00-778", "--" },
    { SUBJECT_TYPE_ENTITY, "registration_number", "HC-204417", "-" },
    { SUBJECT_TYPE_SECURITY, "isin", "QM000VELM018", "QM000VELM019" },
    { SUBJECT_TYPE_VESSEL, "imo", "1234567", "1234568" },
    { SUBJECT_TYPE_VESSEL, "mmsi", "211234560", "21123456" },
    { SUBJECT_TYPE_VEHICLE, "vin", "1M8GDM9AXKP042788",
      "1M8GDM9A1KP042788" },
    { SUBJECT_TYPE_AIRCRAFT, "icao24", "3c6586", "3c658g" },
    { SUBJECT_TYPE_PERSON, "phones", "+49 30 1234", "030 1234" },
    { SUBJECT_TYPE_PERSON, "emails", "a@b.example", "a.b.example" },
};

Test(rules_after, v090_doubtful_numbers_are_pointed_at)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct rec *s = subject(&m, numbers[i].type);
        char path[64];

        put_text(s, numbers[i].field, numbers[i].good);
        cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 0, "%s",
            numbers[i].field);
        put_text(s, numbers[i].field, numbers[i].bad);
        cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 1, "%s",
            numbers[i].field);
        (void)snprintf(path, sizeof(path), "subjects[0].%s",
            numbers[i].field);
        cr_expect_str_eq(f.path, path);
        expect(RULE_SENDER, OK, 0);
    }
}

Test(rules_after, v090_identifiers_sides_and_addresses_too)
{
    static const struct {
        uint64_t type;
        const char *good, *bad;
    } ids[] = { { ID_TYPE_PASSPORT, "X00T10482", "X0" },
        { ID_TYPE_NATIONAL_ID, "X00T10482", "X0" },
        { ID_TYPE_REGISTRY, "HC1", "-" },
        { ID_TYPE_LEI, "9999HALC0000BRINE184", "9999HALC0000BRINE185" },
        { ID_TYPE_TAX_ID, "-", NULL } };
    struct rec *s = subject(&m, SUBJECT_TYPE_PERSON), *id;

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        id = put_list(s, "identifiers", "value", ids[i].good);
        put(id, "id_type", ids[i].type);
        cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 0, "%zu", i);
        if (ids[i].bad == NULL)
            continue;
        put_text(id, "value", ids[i].bad);
        cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 1, "%zu", i);
        cr_expect_str_eq(f.path, "subjects[0].identifiers[0].value");
    }
    s = subject(&m, SUBJECT_TYPE_TRANSACTION);
    id = record_new(a, record_field(s->schema, "to_account")->rec);
    put_text(id, "iban", "QN35HALC0000778812345602");
    cr_assert_eq(record_put_rec(a, s, "to_account", id), OK);
    cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 1);
    cr_expect_str_eq(f.path, "subjects[0].to_account.iban");
    s = subject(&m, SUBJECT_TYPE_CRYPTO);
    put_text(s, "chain", "BTC");
    put_text(s, "address", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5");
    cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 1);
    put_text(s, "chain", "XMR");
    cr_expect_eq(alerts(RULE_SENDER, A_CHECKDIGIT), 0);
}
