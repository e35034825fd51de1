/*
 * Consents: V-060 to V-068 and V-033 of a copy, each kept and broken, row by
 * row.
 */
#include <stdio.h>

#include "proto/consent.h"
#include "proto/kinds_list.h"
#include "proto/states.h"
#include "tests/unit/proto/rules_fixture.h"

static struct rec *consent;
static struct rule_consent known[2];

/* A set that a copy may have. */
static struct rec *
copy_set(void)
{
    struct rec *r = make_set();
    struct rec *onward = record_new(a,
        record_field(&record_restrictions, "onward")->rec);

    put_text(r, "originator", "QX-FIU");
    put(onward, "mode", ONWARD_NEVER);
    cr_assert_eq(record_put_rec(a, r, "onward", onward), OK);
    put(r, "use_level", USE_LEVEL_INVESTIGATIVE);
    put(r, "actions", ACTIONS_DISCREET);
    put(r, "subject_notice", SUBJECT_NOTICE_FORBIDDEN);
    put(r, "attribution", ATTRIBUTION_MUST_NOT);
    put(r, "export", EXPORT_PRINT_LOGGED);
    put(r, "recallable", 1);
    put(r, "cert_required", 1);
    put(r, "protect_source", 1);
    return r;
}

static struct rec *
new_consent(void)
{
    struct rec *r = record_new(a, &record_consent);

    put_id(r, "consent_id", 7);
    put(r, "consent_type", CONSENT_TYPE_ONWARD);
    put(r, "decision", CONSENT_GRANT_GRANT);
    put_id(r, "target_msg", 1);
    put_text(r, "parts", "p1");
    put_text(r, "grantee", "QN-FIU");
    put_text(r, "onward_to", "QM-FIU");
    put(r, "purposes", PURPOSE_ANALYSIS);
    put(r, "valid_from", 1000);
    put(r, "expires_at", 2000);
    put(r, "max_uses", 2);
    put_text(r, "originator", "QX-FIU");
    cr_assert_eq(record_put_rec(a, r, "set", copy_set()), OK);
    return r;
}

static struct rec *
new_item(const char *id)
{
    struct rec *r = record_new(a, &record_item);
    uint8_t commit[HASH_LEN] = { (uint8_t)id[1] };
    struct slice copy;

    put_text(r, "id", id);
    put(r, "type", CONSENT_ITEM_PART);
    cr_assert_eq(arena_copy(a, SLICE(commit), &copy), OK);
    cr_assert_eq(record_put_bytes(a, r, "commit", copy), OK);
    return r;
}

static void
put_items(const char *first, const char *second)
{
    union item items[2] = { { .r = new_item(first) } };

    if (second != NULL)
        items[1].r = new_item(second);
    cr_assert_eq(record_put(a, m.common, record_field(&record_common,
        "items"), items, second != NULL ? 2 : 1), OK);
}

static void
put_digest(struct rec *r)
{
    uint8_t digest[HASH_LEN];
    struct slice copy;

    cr_assert_eq(consent_items(&m, digest), OK);
    cr_assert_eq(arena_copy(a, SLICE(digest), &copy), OK);
    cr_assert_eq(record_put_bytes(a, r, "items", copy), OK);
}

/* A copy of QX-FIU's content, by QN-FIU for QM-FIU. */
static void
up(void)
{
    setup();
    m = say(KIND_ONWARD_TRANSFER, "QN-FIU", "QM-FIU", 9, 1500);
    put(m.common, "approval", 1);
    put_items("p1", NULL);
    consent = new_consent();
    put_digest(consent);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    put_text(put_list(m.own, "parts", "part_id", "p1"), "part_id", "p1");
    put(m.own, "use_no", 1);
    set = copy_set();
    cr_assert_eq(record_put_bytes(a, set, "derived_from",
        slice_str("0123456789abcdef")), OK);
    cr_assert_eq(record_put_bytes(a, set, "consents", id_of(7)), OK);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", set), OK);
    memset(known, 0, sizeof(known));
    facts.consents = known;
    facts.n_consents = 1;
}

TestSuite(rules_consent, .init = up, .fini = teardown);

/* What row nth of rule v says. */
static void
says(uint16_t v, size_t nth, enum err code, const char *path)
{
    const struct rule *r = rule_find(&domain_valise, v, nth);
    enum err got;

    memset(&f, 0, sizeof(f));
    cr_assert_not_null(r);
    got = r->check(&m, &facts, &f);
    cr_expect_eq(got, code, "V-%03u.%zu: %s at %s, not %s", v, nth,
        err_row(got)->name, f.path, err_row(code)->name);
    cr_expect(code == OK || strcmp(f.path, path) == 0, "V-%03u.%zu: %s", v,
        nth, f.path);
}

#define KEEPS(v, nth) says(v, nth, OK, "")
#define WIDENED E_RESTR_WIDENED
#define SCOPE E_CONSENT_SCOPE

Test(rules_consent, an_honest_copy_keeps_every_rule)
{
    static const struct { uint16_t v; size_t nth; } all[] = {
        { 33, 0 }, { 60, 0 }, { 60, 2 }, { 61, 0 }, { 62, 0 }, { 62, 2 },
        { 62, 3 }, { 62, 4 }, { 62, 5 }, { 63, 0 }, { 64, 0 },
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        KEEPS(all[i].v, all[i].nth);
}

Test(rules_consent, v033_a_copy_is_no_wider_than_its_consent)
{
    put(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    says(33, 0, WIDENED, "restrictions.use_level");
    put(set, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    KEEPS(33, 0);
    record_drop(set, "derived_from");
    says(33, 0, WIDENED, "restrictions.derived_from");
}

/* Another kind derives from a set of the thread, and from one alone. */
Test(rules_consent, v033_without_a_consent_the_parent_is_the_measure)
{
    const struct field *row = record_field(set->schema, "derived_from");
    union item two[2] = { { .s = slice_str("0123456789abcdef") },
        { .s = slice_str("fedcba9876543210") } };
    struct rec *parent = copy_set();

    record_drop(m.own, "consent");
    says(33, 0, WIDENED, "restrictions.derived_from");
    cr_assert_eq(record_put_bytes(a, parent, "rid", two[0].s), OK);
    facts.parent = parent;
    KEEPS(33, 0);
    cr_assert_eq(record_put(a, set, row, two, 2), OK);
    says(33, 0, WIDENED, "restrictions.derived_from");
    cr_assert_eq(record_put(a, set, row, two + 1, 1), OK);
    says(33, 0, WIDENED, "restrictions.derived_from");
}

Test(rules_consent, v060_each_originator_consents_but_the_sender)
{
    const struct field *row = record_field(set->schema, "originator");
    union item of[2] = { { .s = slice_str("QN-FIU") },
        { .s = slice_str("QX-FIU") } };

    cr_assert_eq(record_put(a, set, row, of, 2), OK);
    KEEPS(60, 0);
    of[0].s = slice_str("QO-FIU");
    cr_assert_eq(record_put(a, set, row, of, 2), OK);
    says(60, 0, E_ONWARD_NO_CONSENT, "consent");
    put_text(set, "originator", "QN-FIU");
    record_drop(m.own, "consent");
    says(60, 0, E_ONWARD_NO_CONSENT, "consent");
}

Test(rules_consent, v060_what_is_never_passed_on_is_not_asked_for)
{
    struct rec *of = copy_set();

    m = say(KIND_CONSENT_REQUEST, "QN-FIU", "QX-FIU", 9, 1500);
    put(m.own, "consent_type", CONSENT_TYPE_ONWARD);
    facts.target_set = of;
    says(60, 1, E_ONWARD_NEVER, "consent_type");
    put(record_rec(of, "onward"), "mode", ONWARD_CONSENT);
    KEEPS(60, 1);
    put(record_rec(of, "onward"), "mode", ONWARD_NEVER);
    put(m.own, "consent_type", CONSENT_TYPE_USE_LEVEL);
    KEEPS(60, 1);
}

/* QN-FIU's own message to QM-FIU, with a permission in advance. */
static void
standing(const char *field, const char *to, uint64_t mode, const char *allow)
{
    struct rec *onward = record_rec(set, "onward");

    m = say(KIND_SPONT_DISCLOSURE, "QN-FIU", "QM-FIU", 9, 1500);
    put(m.common, "approval", 1);
    put_items("p1", NULL);
    consent = new_consent();
    put_digest(consent);
    record_drop(consent, "onward_to");
    put_text(consent, "originator", "QN-FIU");
    put_text(consent, "grantee", "QM-FIU");
    put_id(consent, "target_msg", 9);
    put_text(consent, field, to);
    cr_assert_eq(record_put_rec(a, m.common, "standing", consent), OK);
    put(onward, "mode", mode);
    if (allow != NULL)
        put_text(onward, "allow", allow);
    else
        record_drop(onward, "allow");
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", set), OK);
}

#define ADVANCE(code) says(60, 2, code, "standing[0]")

Test(rules_consent, v060_in_advance_for_whom_the_limits_list)
{
    standing("onward_to", "QO-FIU", ONWARD_LISTED, "QO-FIU");
    ADVANCE(OK);
    standing("onward_to", "QO-FIU", ONWARD_LISTED, "QO-CA");
    ADVANCE(SCOPE);
    standing("onward_to_class", "FIU@QO", ONWARD_LISTED, "FIU@QO");
    ADVANCE(OK);
    standing("onward_to_class", "ANY@QM", ONWARD_LISTED, "FIU@QO");
    ADVANCE(SCOPE);
    standing("onward_to_class", "ANY@QM", ONWARD_STATE, NULL);
    ADVANCE(OK);
    standing("onward_to_class", "ANY@QO", ONWARD_STATE, NULL);
    ADVANCE(SCOPE);
    standing("onward_to_class", "FIU@QM", ONWARD_STATE, NULL);
    ADVANCE(SCOPE);
    standing("onward_to_class", "ANX@QM", ONWARD_STATE, NULL);
    ADVANCE(SCOPE);
    standing("onward_to", "QM-PPO", ONWARD_STATE, NULL);
    ADVANCE(SCOPE);
    standing("onward_to", "QO-FIU", ONWARD_STATE, "QO-FIU");
    ADVANCE(OK);
    record_drop(m.common, "approval");
    says(60, 2, E_FOUR_EYES, "approval");
}

Test(rules_consent, v060_in_advance_for_this_message_and_no_more)
{
    standing("onward_to", "QO-FIU", ONWARD_LISTED, "QO-FIU");
    put_text(consent, "originator", "QX-FIU");
    ADVANCE(SCOPE);
    put_text(consent, "originator", "QN-FIU");
    put(consent, "consent_type", CONSENT_TYPE_EXPORT);
    ADVANCE(SCOPE);
    put(consent, "consent_type", CONSENT_TYPE_ONWARD);
    put(consent, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    ADVANCE(SCOPE);
    put(consent, "decision", CONSENT_GRANT_GRANT);
    put_text(consent, "grantee", "QO-FIU");
    ADVANCE(SCOPE);
    put_text(consent, "grantee", "QM-FIU");
    put_id(consent, "target_msg", 8);
    ADVANCE(SCOPE);
    put_id(consent, "target_msg", 9);
    ADVANCE(OK);
    put(record_rec(consent, "set"), "use_level", USE_LEVEL_EVIDENCE_LISTED);
    says(60, 2, WIDENED, "standing[0].set");
}

Test(rules_consent, v061_of_the_originator_of_what_it_is_about)
{
    put_text(set, "originator", "QO-FIU");
    says(61, 0, E_CONSENT_NOT_ORIGINATOR, "consent[0].originator");
    m = say(KIND_CONSENT_DECISION, "QX-FIU", "QN-FIU", 9, 1500);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    says(61, 0, E_CONSENT_NOT_ORIGINATOR, "consent[0].originator");
    facts.target_set = copy_set();
    KEEPS(61, 0);
}

Test(rules_consent, v062_it_fits_itself)
{
    static const struct { const char *name; uint64_t less, more; } most[] = {
        { "use_level", USE_LEVEL_INTELLIGENCE_ONLY,
          USE_LEVEL_INVESTIGATIVE },
        { "actions", ACTIONS_DISCREET, ACTIONS_OVERT },
        { "subject_notice", SUBJECT_NOTICE_FORBIDDEN,
          SUBJECT_NOTICE_ALLOWED },
        { "export", EXPORT_NONE, EXPORT_PRINT_LOGGED },
        { "retain_until", 2999, 3000 },
    };
    struct rec *within = record_rec(consent, "set");
    char path[64];

    for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
        (void)snprintf(path, sizeof(path), "consent[0].set.%s",
            most[i].name);
        put(within, most[i].name, most[i].more);
        KEEPS(62, 0);
        put(consent, most[i].name, most[i].less);
        says(62, 0, SCOPE, path);
        put(consent, most[i].name, most[i].more);
        KEEPS(62, 0);
    }
    put(consent, "attribution", ATTRIBUTION_MAY);
    says(62, 0, SCOPE, "consent[0].set.attribution");
    put(consent, "attribution", ATTRIBUTION_MUST_NOT);
    put(consent, "purposes", PURPOSE_PROSECUTION);
    says(62, 0, SCOPE, "consent[0].set.purposes");
    record_drop(consent, "purposes");
    KEEPS(62, 0);
    put_text(consent, "proceedings", "P-1");
    put_text(within, "proceedings", "P-2");
    says(62, 0, SCOPE, "consent[0].set.proceedings");
    put_text(within, "proceedings", "P-1");
    KEEPS(62, 0);
}

Test(rules_consent, v062_its_form)
{
    put(consent, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    says(62, 0, SCOPE, "consent[0].conditions");
    put(put_list(consent, "conditions", "text", "Costs."), "code",
        CONDITION_COND_COSTS);
    KEEPS(62, 0);
    put(consent, "decision", CONSENT_GRANT_GRANT);
    says(62, 0, SCOPE, "consent[0].conditions");
    put(consent, "decision", 3);
    says(62, 0, SCOPE, "consent[0].decision");
    put(consent, "decision", CONSENT_GRANT_GRANT);
    record_drop(consent, "conditions");
    put(consent, "expires_at", 1000);
    says(62, 0, E_CONSENT_EXPIRED, "consent[0].expires_at");
    put(consent, "expires_at", 1001);
    KEEPS(62, 0);
    put(consent, "transferable", 1);
    says(62, 0, WIDENED, "consent[0].transferable");
}

Test(rules_consent, v062_its_items_are_those_of_the_message)
{
    put_items("p2", NULL);
    says(62, 0, SCOPE, "consent[0].items");
    record_drop(m.common, "items");
    says(62, 0, SCOPE, "consent[0].items");
    put_items("p1", NULL);
    KEEPS(62, 0);
    record_drop(consent, "items");
    says(62, 0, SCOPE, "consent[0].items");
    put(consent, "consent_type", CONSENT_TYPE_EXPORT);
    KEEPS(62, 0);
}

/* The second of two is asked too. */
Test(rules_consent, v062_every_consent_is_asked)
{
    struct rec *second = new_consent();
    union item both[2] = { { .r = consent }, { .r = second } };

    put_text(second, "originator", "QO-FIU");
    put_digest(second);
    put_text(second, "grantee", "QO-FIU");
    put_id(second, "consent_id", 8);
    put(second, "expires_at", 1400);
    put(second, "max_uses", 1);
    put(m.own, "use_no", 2);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema,
        "consent"), both, 2), OK);
    says(62, 2, SCOPE, "consent[1].grantee");
    put_text(second, "grantee", "QN-FIU");
    says(62, 2, SCOPE, "restrictions.consents");
    says(62, 3, E_CONSENT_EXPIRED, "consent[1].expires_at");
    says(62, 4, E_CONSENT_EXHAUSTED, "use_no");
    says(61, 0, E_CONSENT_NOT_ORIGINATOR, "consent[1].originator");
}

/* QX-FIU's answer to QN-FIU's question. */
static struct message asked;

static void
decision(void)
{
    asked = say(KIND_CONSENT_REQUEST, "QN-FIU", "QX-FIU", 3, 1400);
    put(asked.own, "consent_type", CONSENT_TYPE_ONWARD);
    put_text(asked.own, "onward_to", "QM-FIU");
    put_text(asked.own, "parts", "p1");
    put_id(asked.own, "target_msg", 1);
    m = say(KIND_CONSENT_DECISION, "QX-FIU", "QN-FIU", 9, 1500);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent), OK);
    facts.target = &asked;
}

Test(rules_consent, v062_a_decision_is_about_what_was_asked)
{
    decision();
    KEEPS(62, 1);
    put_text(consent, "grantee", "QO-FIU");
    says(62, 1, SCOPE, "consent[0].grantee");
    put_text(asked.own, "on_behalf_of", "QO-FIU");
    KEEPS(62, 1);
    put(consent, "consent_type", CONSENT_TYPE_EXPORT);
    says(62, 1, SCOPE, "consent[0].consent_type");
    put(consent, "consent_type", CONSENT_TYPE_ONWARD);
    put_text(consent, "onward_to", "QO-FIU");
    says(62, 1, SCOPE, "consent[0].onward_to");
    put_text(consent, "onward_to", "QM-FIU");
    put_id(consent, "target_msg", 2);
    says(62, 1, SCOPE, "consent[0].target_msg");
    put_id(consent, "target_msg", 1);
    put_text(consent, "parts", "p2");
    says(62, 1, SCOPE, "consent[0].parts");
    put_text(asked.own, "parts", "p2");
    put_text(consent, "docs", "d1");
    says(62, 1, SCOPE, "consent[0].docs");
    put_text(asked.own, "docs", "d2");
    says(62, 1, SCOPE, "consent[0].docs");
    put_text(asked.own, "docs", "d1");
    KEEPS(62, 1);
    record_drop(consent, "docs");
    record_drop(asked.own, "parts");
    KEEPS(62, 1);
}

Test(rules_consent, v062_a_decision_answers_a_question)
{
    decision();
    facts.target = NULL;
    says(62, 1, E_BAD_STATE, "in_reply_to");
    facts.target = &m;
    says(62, 1, E_BAD_STATE, "in_reply_to");
    facts.target = &asked;
    record_drop(m.own, "consent");
    KEEPS(62, 1);
}

Test(rules_consent, v062_documents_alone_are_asked_for_to_pass_them_on)
{
    decision();
    m = asked;
    put_text(m.own, "docs", "d1");
    record_drop(m.own, "parts");
    KEEPS(62, 6);
    put(m.own, "consent_type", CONSENT_TYPE_EXPORT);
    says(62, 6, SCOPE, "parts");
    put_text(m.own, "parts", "p1");
    KEEPS(62, 6);
}

Test(rules_consent, v062_documents_alone_are_granted_to_pass_them_on)
{
    put_text(consent, "docs", "d1");
    record_drop(consent, "parts");
    KEEPS(62, 0);
    put(consent, "consent_type", CONSENT_TYPE_EXPORT);
    says(62, 0, SCOPE, "consent[0].parts");
    put_text(consent, "parts", "p1");
    KEEPS(62, 0);
}

/* One that is passed on is of another message, as its originator named it. */
Test(rules_consent, v062_a_decision_that_is_passed_on)
{
    decision();
    put_text(m.common, "from", "QO-FIU");
    put_id(consent, "target_msg", 2);
    KEEPS(62, 1);
    put_text(consent, "grantee", "QO-FIU");
    says(62, 1, SCOPE, "consent[0].grantee");
}

Test(rules_consent, v062_parts_and_items_are_the_same)
{
    put_items("p2", NULL);
    says(62, 2, SCOPE, "items");
    put_items("p1", "p2");
    says(62, 2, SCOPE, "items");
    record_drop(m.common, "items");
    says(62, 2, SCOPE, "items");
    put_items("p1", NULL);
    record_drop(m.own, "parts");
    says(62, 2, SCOPE, "items");
}

static void
put_document(const char *id)
{
    put_text(put_list(m.own, "documents", "doc_id", id), "doc_id", id);
}

static void
put_attachments(void)
{
    const struct field *row = record_field(&record_common, "attachments");
    union item part[2] = { { .r = record_new(a, row->rec) },
        { .r = record_new(a, row->rec) } };

    cr_assert_eq(record_put(a, m.common, row, part, 2), OK);
}

/* Documents stand behind the parts, and have files. */
Test(rules_consent, v062_documents_are_items_with_files)
{
    put_items("p1", "d1");
    put(record_value(m.common, "items")->v[1].r, "type",
        CONSENT_ITEM_DOCUMENT);
    put_digest(consent);
    says(62, 2, SCOPE, "items");
    put_document("d2");
    says(62, 2, SCOPE, "items");
    put_document("d1");
    says(62, 2, SCOPE, "attachments");
    put_attachments();
    KEEPS(62, 2);
    put(record_value(m.common, "items")->v[1].r, "type", CONSENT_ITEM_PART);
    says(62, 2, SCOPE, "items");
    put_items("d1", "p1");
    put(record_value(m.common, "items")->v[0].r, "type",
        CONSENT_ITEM_DOCUMENT);
    says(62, 2, SCOPE, "items");
}

Test(rules_consent, v062_no_files_but_those_of_documents)
{
    put_attachments();
    says(62, 2, SCOPE, "attachments");
    record_drop(m.own, "parts");
    put_items("d1", NULL);
    put(record_value(m.common, "items")->v[0].r, "type",
        CONSENT_ITEM_DOCUMENT);
    put_document("d1");
    KEEPS(62, 2);
    record_drop(m.common, "items");
    record_drop(m.own, "documents");
    says(62, 2, SCOPE, "items");
}

Test(rules_consent, v062_a_copy_is_within_the_words_of_its_consent)
{
    put_text(consent, "onward_to", "QO-FIU");
    says(62, 2, SCOPE, "consent[0].onward_to");
    put_text(consent, "onward_to", "QM-FIU");
    put(consent, "purposes", PURPOSE_PROSECUTION);
    says(62, 2, SCOPE, "restrictions.purposes");
    put(consent, "purposes", PURPOSE_ANALYSIS);
    cr_assert_eq(record_put_bytes(a, set, "consents", id_of(8)), OK);
    says(62, 2, SCOPE, "restrictions.consents");
}

Test(rules_consent, v062_in_time)
{
    put(consent, "valid_from", 1501);
    says(62, 3, SCOPE, "consent[0].valid_from");
    put(consent, "valid_from", 1500);
    KEEPS(62, 3);
    put(consent, "expires_at", 1500);
    says(62, 3, E_CONSENT_EXPIRED, "consent[0].expires_at");
    put(consent, "expires_at", 1501);
    KEEPS(62, 3);
    facts.now = 1501;
    says(62, 3, E_CONSENT_EXPIRED, "consent[0].expires_at");
    facts.now = 1500;
    record_drop(m.common, "created_at");    /* not sent yet */
    put(consent, "valid_from", 9999);
    put(consent, "expires_at", 99999);
    KEEPS(62, 3);
}

Test(rules_consent, v062_as_often_as_it_says)
{
    put(m.own, "use_no", 3);
    says(62, 4, E_CONSENT_EXHAUSTED, "use_no");
    put(m.own, "use_no", 2);
    KEEPS(62, 4);
    known[0].used = true;
    says(62, 4, E_CONSENT_EXHAUSTED, "use_no");
    known[0].used = false;
    put(consent, "max_uses", 0);
    put(m.own, "use_no", 9999);
    KEEPS(62, 4);
    known[0].used = true;
    facts.n_consents = 0;
    KEEPS(62, 4);
}

Test(rules_consent, v062_and_v063_what_is_known_of_it)
{
    known[0].revoked = true;
    says(62, 5, E_CONSENT_REVOKED, "consent[0]");
    put(consent, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    says(63, 0, E_BAD_STATE, "acceptance");
    known[0].accepted = true;
    KEEPS(63, 0);
    facts.n_consents = 0;
    says(63, 0, E_BAD_STATE, "acceptance");
}

Test(rules_consent, v064_what_no_consent_loosens)
{
    static const char *const never[] = { "protect_source", "recallable",
        "cert_required" };
    struct rec *within = record_rec(consent, "set");
    char path[64];

    decision();
    facts.target_set = copy_set();
    KEEPS(64, 0);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        (void)snprintf(path, sizeof(path), "consent[0].set.%s", never[i]);
        put(within, never[i], 0);
        says(64, 0, WIDENED, path);
        put(within, never[i], 1);
    }
    put(within, "retain_until", 3001);
    says(64, 0, WIDENED, "consent[0].set.retain_until");
    put_text(m.common, "from", "QO-FIU");       /* passed on */
    KEEPS(64, 0);
    put_text(m.common, "from", "QX-FIU");
    put(consent, "consent_type", CONSENT_TYPE_EXTEND_RETENTION);
    KEEPS(64, 0);
    put(within, "retain_until", 1500 + UINT64_C(10) * 366 * 86400);
    KEEPS(64, 0);
    put(within, "retain_until", 1501 + UINT64_C(10) * 366 * 86400);
    says(64, 0, WIDENED, "consent[0].set.retain_until");
}

Test(rules_consent, v068_a_refusal_says_why)
{
    m = say(KIND_CONSENT_DECISION, "QX-FIU", "QN-FIU", 9, 1500);
    put(m.own, "refusal_ground", 1);
    says(68, 0, E_REASON_MISSING, "explanation");
    put_text(m.own, "explanation", "A source would be known.");
    KEEPS(68, 0);
    record_drop(m.own, "refusal_ground");
    record_drop(m.own, "explanation");
    KEEPS(68, 0);
    put(m.own, "need_info", 1);
    says(68, 0, E_REASON_MISSING, "explanation");
    put_text(m.own, "explanation", "For which proceeding is it?");
    KEEPS(68, 0);
}
