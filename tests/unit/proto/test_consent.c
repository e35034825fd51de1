/*
 * A consent as bytes: what its digest covers, how content is cut into items,
 * what a commitment refuses, and where signatures stand.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "proto/consent.h"
#include "proto/kinds_list.h"
#include "tests/unit/fill.h"

static struct arena *a;
static struct message m;
static struct fault f;

static void
setup(void)
{
    a = arena_new(64 << 20);
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(consent, .init = setup, .fini = teardown);

static const struct kind *
kind(unsigned n)
{
    return domain_kind(&domain_valise, n);
}

static struct rec *
new_part(const char *id, const char *text, const char *ref)
{
    struct rec *part = record_new(a, &record_part);
    union item refs = { .s = slice_str(ref) };

    cr_assert_eq(record_put_bytes(a, part, "part_id", slice_str(id)), OK);
    cr_assert_eq(record_put_uint(a, part, "kind", PART_KIND_FACTS), OK);
    cr_assert_eq(record_put_uint(a, part, "content_class",
        CONTENT_CLASS_ANALYSIS), OK);
    cr_assert_eq(record_put_bytes(a, part, "text", slice_str(text)), OK);
    cr_assert_eq(record_put(a, part, record_field(&record_part, "subjects"),
        &refs, 1), OK);
    return part;
}

static struct rec *
new_subject(const char *ref)
{
    struct rec *s = record_new(a, record_field(
        kind(KIND_SPONT_DISCLOSURE)->rec, "subjects")->rec);

    cr_assert_eq(record_put_bytes(a, s, "ref", slice_str(ref)), OK);
    cr_assert_eq(record_put_uint(a, s, "type", SUBJECT_TYPE_ENTITY), OK);
    cr_assert_eq(record_put_bytes(a, s, "name", slice_str("Kestrel")), OK);
    cr_assert_eq(record_put_bytes(a, s, "jurisdiction", slice_str("QN")),
        OK);
    return s;
}

static void
put_many(const char *name, union item *items, size_t n)
{
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema, name),
        items, n), OK);
}

/* Two parts, of which each speaks of one of two subjects. */
static void
disclosure(void)
{
    union item parts[] = { { .r = new_part("p1", "one", "s1") },
        { .r = new_part("p2", "two", "s2") } };
    union item subjects[] = { { .r = new_subject("s1") },
        { .r = new_subject("s2") } };

    cr_assert_eq(message_new(a, kind(KIND_SPONT_DISCLOSURE), &m), OK);
    put_many("parts", parts, 2);
    put_many("subjects", subjects, 2);
}

static struct rec *
part_of(const struct rec *content)
{
    return record_rec(content, "part");
}

Test(consent, a_part_is_cut_with_the_subjects_that_it_names)
{
    struct rec *one, *two, *none;

    disclosure();
    cr_assert_eq(consent_cut(a, &m, 0, &one), OK);
    cr_assert_eq(consent_cut(a, &m, 1, &two), OK);
    cr_expect_eq(consent_cut(a, &m, 2, &none), ERR_NOTFOUND);
    cr_expect(slice_is(record_bytes(part_of(one), "part_id"), "p1"));
    cr_assert_eq(record_count(two, "subjects"), 1);
    cr_expect(slice_is(record_bytes(record_value(two, "subjects")->v[0].r,
        "ref"), "s2"));
}

Test(consent, an_answer_and_a_whole_request_are_cut_too)
{
    struct rec *answer = record_new(a, record_field(kind(KIND_REPLY)->rec,
        "answers")->rec);
    union item one = { .r = answer };
    struct rec *got;

    cr_assert_eq(message_new(a, kind(KIND_REPLY), &m), OK);
    cr_assert_eq(record_put_bytes(a, answer, "q", slice_str("q1")), OK);
    cr_assert_eq(record_put_bytes(a, answer, "text", slice_str("yes")), OK);
    put_many("answers", &one, 1);
    cr_assert_eq(consent_cut(a, &m, 0, &got), OK);
    cr_expect(slice_is(record_bytes(part_of(got), "part_id"), "q1"));
    cr_expect(slice_is(record_bytes(part_of(got), "text"), "yes"));
    cr_expect_eq(consent_cut(a, &m, 1, &got), ERR_NOTFOUND);
    cr_assert_eq(message_new(a, kind(KIND_INFO_REQUEST), &m), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "case_description",
        slice_str("facts")), OK);
    cr_assert_eq(consent_cut(a, &m, 0, &got), OK);
    cr_expect(slice_is(record_bytes(part_of(got), "part_id"), "body"));
    cr_assert_eq(message_new(a, kind(KIND_CLOSE), &m), OK);
    cr_expect_eq(consent_cut(a, &m, 0, &got), ERR_NOTFOUND);
}

/* The item of part i, whose bytes the reader can cut himself or not. */
static struct rec *
new_item(size_t i, bool bytes)
{
    struct rec *item = record_new(a, &record_item), *content;
    uint8_t *commit = arena_get(a, HASH_LEN);
    uint8_t *salt = arena_get(a, CONSENT_SALT_LEN);
    struct slice s;
    struct buf b;

    memset(salt, (int)i + 1, CONSENT_SALT_LEN);
    cr_assert_eq(consent_cut(a, &m, i, &content), OK);
    buf_init(&b, BODY_RECORD_MAX);
    record_encode(content, 0, &b);
    cr_assert_eq(buf_done(&b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &s), OK);
    buf_clear(&b);
    consent_commit(CONSENT_ITEM_PART, salt, s, commit);
    cr_assert_eq(record_put_bytes(a, item, "id", record_bytes(
        part_of(content), "part_id")), OK);
    cr_assert_eq(record_put_uint(a, item, "type", CONSENT_ITEM_PART), OK);
    cr_assert_eq(record_put_bytes(a, item, "commit", slice_of(commit,
        HASH_LEN)), OK);
    cr_assert_eq(record_put_bytes(a, item, "salt", slice_of(salt,
        CONSENT_SALT_LEN)), OK);
    if (bytes)
        cr_assert_eq(record_put_bytes(a, item, "bytes", s), OK);
    return item;
}

static void
put_items(bool bytes)
{
    union item items[] = { { .r = new_item(0, bytes) },
        { .r = new_item(1, bytes) } };

    cr_assert_eq(record_put(a, m.common, record_field(&record_common,
        "items"), items, 2), OK);
}

Test(consent, a_commitment_refuses_every_changed_byte)
{
    struct slice bytes;
    struct rec *item;
    uint8_t *p;

    disclosure();
    put_items(true);
    cr_assert_eq(consent_items_check(a, &m, &f), OK);
    item = record_value(m.common, "items")->v[1].r;
    bytes = record_bytes(item, "bytes");
    p = (uint8_t *)(uintptr_t)bytes.p;
    for (size_t i = 0; i < bytes.n; i++) {
        p[i] ^= 1;
        cr_expect_neq(consent_items_check(a, &m, &f), OK, "byte %zu", i);
        p[i] ^= 1;
    }
    p = (uint8_t *)(uintptr_t)record_bytes(item, "salt").p;
    p[0] ^= 1;
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "items[1].commit");
}

Test(consent, what_can_be_cut_from_the_message_is_compared_with_it)
{
    struct rec *part;

    disclosure();
    put_items(false);
    cr_expect_eq(consent_items_check(a, &m, &f), OK);
    part = record_value(m.own, "parts")->v[0].r;
    cr_assert_eq(record_put_bytes(a, part, "text", slice_str("one more")),
        OK);
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    cr_assert_eq(record_put_bytes(a, part, "part_id", slice_str("p9")), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
}

Test(consent, an_item_of_another_name_is_refused)
{
    disclosure();
    put_items(true);
    cr_assert_eq(record_put_bytes(a, record_value(m.common, "items")->v[0].r,
        "id", slice_str("p2")), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
}

Test(consent, the_digest_covers_the_control_half_and_no_text)
{
    uint8_t before[HASH_LEN], after[HASH_LEN];
    struct rec *c = fill_record(a, &record_consent, 1);
    struct rec *condition;
    size_t changed = 0;

    cr_assert_eq(record_put_uint(a, c, "decision",
        CONSENT_GRANT_GRANT_WITH_CONDITIONS), OK);
    fill(a, c, 1);
    cr_assert_eq(consent_digest(c, before), OK);
    condition = record_value(c, "conditions")->v[0].r;
    cr_assert_eq(record_put_bytes(a, condition, "text", slice_str("other")),
        OK);
    cr_assert_eq(consent_digest(c, after), OK);
    cr_expect_arr_eq(before, after, HASH_LEN);
    for (size_t i = 0; i < record_consent.n; i++) {
        struct rec *less = record_new(a, &record_consent);

        for (size_t k = 0; k < c->n; k++)
            if (c->v[k].f != &record_consent.f[i])
                cr_assert_eq(record_put(a, less, c->v[k].f, c->v[k].v,
                    c->v[k].n), OK);
        cr_assert_eq(consent_digest(less, after), OK);
        changed += memcmp(before, after, HASH_LEN) != 0;
    }
    cr_expect_eq(changed, c->n);
}

static void
put_consents(const char *from, const char *const *originators, size_t n)
{
    union item items[8];

    cr_assert_eq(message_new(a, kind(KIND_ONWARD_TRANSFER), &m), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "from", slice_str(from)), OK);
    cr_assert_eq(record_put_uint(a, m.common, "approval", 1), OK);
    for (size_t i = 0; i < n; i++) {
        items[i].r = fill_record(a, &record_consent, 0);
        cr_assert_eq(record_put_bytes(a, items[i].r, "originator",
            slice_str(originators[i])), OK);
    }
    put_many("consent", items, n);
}

Test(consent, signatures_stand_in_the_order_of_the_consents)
{
    const char *const of[] = { "QN-FIU", "QM-FIU", "QO-FIU" };
    size_t at, n;

    put_consents("QM-FIU", of, 3);
    cr_expect_eq(consent_signatures(&m, false), 8);
    cr_expect_eq(consent_signatures(&m, true), 6);
    consent_place(&m, false, 1, &at, &n);
    cr_expect_eq(at, 4);
    cr_expect_eq(n, 2);
    consent_place(&m, true, 1, &at, &n);
    cr_expect_eq(at, 3);
    cr_expect_eq(n, 1);
    consent_place(&m, true, 2, &at, &n);
    cr_expect_eq(at, 4);
    cr_expect_eq(n, 2);
}

Test(consent, it_is_for_its_grantee_and_its_recipient_alone)
{
    struct rec *c = fill_record(a, &record_consent, 0);
    struct rec *card = record_new(a, &record_card);
    union item kinds = { .u = AUTHORITY_KIND_PROSECUTION };

    cr_assert_eq(record_put_uint(a, c, "consent_type", CONSENT_TYPE_ONWARD),
        OK);
    cr_assert_eq(record_put_bytes(a, c, "grantee", slice_str("QM-FIU")),
        OK);
    cr_assert_eq(record_put_bytes(a, c, "onward_to", slice_str("QO-PPO")),
        OK);
    cr_assert_eq(record_put_bytes(a, card, "state", slice_str("QO")), OK);
    cr_assert_eq(record_put(a, card, record_field(&record_card, "kinds"),
        &kinds, 1), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), NULL,
        slice_str("QO-PPO"), &f), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-CA"), NULL,
        slice_str("QO-PPO"), &f), E_CONSENT_SCOPE);
    cr_expect_str_eq(f.path, "grantee");
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), card,
        slice_str("QO-FIU"), &f), E_CONSENT_SCOPE);
    record_drop(c, "onward_to");
    cr_assert_eq(record_put_bytes(a, c, "onward_to_class",
        slice_str("PROSECUTION@QO")), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), card,
        slice_str("QO-PPO"), &f), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), NULL,
        slice_str("QO-PPO"), &f), E_CONSENT_SCOPE);
    cr_assert_eq(record_put_bytes(a, c, "onward_to_class",
        slice_str("FIU@QO")), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), card,
        slice_str("QO-PPO"), &f), E_CONSENT_SCOPE);
    cr_assert_eq(record_put_bytes(a, c, "onward_to_class",
        slice_str("ANY@QO")), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), card,
        slice_str("QO-PPO"), &f), OK);
    cr_assert_eq(record_put_bytes(a, c, "onward_to_class",
        slice_str("ANY@QM")), OK);
    cr_expect_eq(consent_fits(c, slice_str("QM-FIU"), card,
        slice_str("QO-PPO"), &f), E_CONSENT_SCOPE);
}

static void
put_bytes(struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK, "%s",
        name);
}

/* Every text of a consultation, in the order of the page. */
Test(consent, a_whole_consultation_is_one_text)
{
    struct rec *draft, *got;

    cr_assert_eq(message_new(a, kind(KIND_CONSULTATION), &m), OK);
    draft = record_new(a, record_field(m.own->schema, "draft_46_15")->rec);
    put_bytes(m.own, "title", "1");
    put_bytes(draft, "b_subject_matter", "2");
    put_bytes(draft, "b_conducting_authority", "3");
    put_bytes(draft, "c_facts", "4");
    put_bytes(draft, "d_assistance", "5");
    put_bytes(draft, "d_procedure", "6");
    put_bytes(draft, "f_purpose", "7");
    put_bytes(m.own, "nexus", "8");
    cr_assert_eq(record_put_rec(a, m.own, "draft_46_15", draft), OK);
    cr_assert_eq(consent_cut(a, &m, 0, &got), OK);
    cr_expect(slice_is(record_bytes(part_of(got), "text"),
        "1\n2\n3\n4\n5\n6\n7\n8"));
    record_drop(m.own, "title");
    record_drop(draft, "c_facts");
    cr_assert_eq(consent_cut(a, &m, 0, &got), OK);
    cr_expect(slice_is(record_bytes(part_of(got), "text"),
        "2\n3\n5\n6\n7\n8"));
    cr_expect_eq(consent_cut(a, &m, 1, &got), ERR_NOTFOUND);
}

/* The whole speaks of all subjects; a part of that name of those it names. */
Test(consent, the_whole_has_all_subjects_and_a_part_its_own)
{
    union item subjects[] = { { .r = new_subject("s1") },
        { .r = new_subject("s2") } };
    union item part = { .r = new_part("body", "one", "s2") };
    struct rec *got;

    cr_assert_eq(message_new(a, kind(KIND_INFO_REQUEST), &m), OK);
    put_bytes(m.own, "case_description", "facts");
    put_many("subjects", subjects, 2);
    cr_assert_eq(consent_cut(a, &m, 0, &got), OK);
    cr_expect_eq(record_count(got, "subjects"), 2);
    disclosure();
    put_many("parts", &part, 1);
    cr_assert_eq(consent_cut(a, &m, 0, &got), OK);
    cr_expect_eq(record_count(got, "subjects"), 1);
}

/* Of kinds whose parts are names nothing is cut. */
Test(consent, names_of_parts_are_no_parts)
{
    union item name = { .s = slice_str("p1") };
    struct rec *got;

    cr_assert_eq(message_new(a, kind(KIND_RECALL), &m), OK);
    put_many("parts", &name, 1);
    cr_expect_eq(consent_cut(a, &m, 0, &got), ERR_NOTFOUND);
    cr_assert_eq(message_new(a, kind(KIND_CONSENT_REQUEST), &m), OK);
    put_many("parts", &name, 1);
    cr_expect_eq(consent_cut(a, &m, 0, &got), ERR_NOTFOUND);
}

Test(consent, there_is_no_item_past_the_last)
{
    struct rec *got;

    disclosure();
    cr_expect_eq(consent_item_content(a, &m, 0, &got, &f), ERR_NOTFOUND);
    put_items(true);
    cr_expect_eq(consent_item_content(a, &m, 1, &got, &f), OK);
    cr_expect_eq(consent_item_content(a, &m, 2, &got, &f), ERR_NOTFOUND);
}

/* Bytes that open their commitment and are no content all the same. */
Test(consent, what_was_committed_to_must_be_content)
{
    struct rec *content = record_new(a, &record_item_content);
    struct rec *part = new_part("p1", "one", "s1"), *item;
    uint8_t commit[HASH_LEN];
    struct buf b;

    disclosure();
    put_items(true);
    item = record_value(m.common, "items")->v[0].r;
    record_drop(part, "text");
    cr_assert_eq(record_put_rec(a, content, "part", part), OK);
    cr_assert_eq(record_put(a, content, record_field(&record_item_content,
        "subjects"), NULL, 0), OK);
    buf_init(&b, BODY_RECORD_MAX);
    record_encode(content, 0, &b);
    consent_commit(CONSENT_ITEM_PART, record_bytes(item, "salt").p,
        slice_of_buf(&b), commit);
    cr_assert_eq(record_put_bytes(a, item, "bytes", slice_of_buf(&b)), OK);
    cr_assert_eq(record_put_bytes(a, item, "commit", SLICE(commit)), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), E_FIELD_MISSING);
    cr_expect_str_eq(f.path, "items[0].bytes");
    buf_clear(&b);
}

Test(consent, an_item_of_another_type_or_without_salt_is_none)
{
    struct rec *item;

    disclosure();
    put_items(true);
    item = record_value(m.common, "items")->v[0].r;
    cr_assert_eq(record_put_uint(a, item, "type", CONSENT_ITEM_CONDITION),
        OK);
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "items[0]");
    cr_assert_eq(record_put_uint(a, item, "type", CONSENT_ITEM_DOCUMENT),
        OK);
    cr_expect_neq(consent_items_check(a, &m, &f), OK);
    cr_expect_str_eq(f.path, "items[0].bytes");
    cr_assert_eq(record_put_uint(a, item, "type", CONSENT_ITEM_PART), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), OK);
    record_drop(item, "salt");
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
}

/* The words of a condition, and their salt. */
Test(consent, the_words_of_a_condition_open_its_commitment)
{
    struct rec *c = record_new(a, &record_consent), *condition;
    uint8_t salt[CONSENT_SALT_LEN] = { 1 }, commit[HASH_LEN];

    cr_assert_eq(message_new(a, kind(KIND_ONWARD_TRANSFER), &m), OK);
    condition = record_new(a, record_field(&record_consent,
        "conditions")->rec);
    put_bytes(condition, "text", "Costs.");
    consent_commit(CONSENT_ITEM_CONDITION, salt, slice_str("Costs."),
        commit);
    cr_assert_eq(record_put_bytes(a, condition, "salt", SLICE(salt)), OK);
    cr_assert_eq(record_put_bytes(a, condition, "commit", SLICE(commit)),
        OK);
    cr_assert_eq(record_put_rec(a, c, "conditions", condition), OK);
    cr_assert_eq(record_put_rec(a, m.own, "consent", c), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), OK);
    put_bytes(condition, "text", "costs.");
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "consent[0].conditions[0]");
    put_bytes(condition, "text", "Costs.");
    record_drop(condition, "salt");
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
}

/* What the nodes see of a part is what its originator released. */
Test(consent, a_part_that_is_passed_on_is_what_it_is_said_to_be)
{
    static const char *const same[] = { "kind", "content_class",
        "protect_source" };
    struct message of;
    struct rec *row;

    disclosure();
    put_items(true);
    of = m;
    cr_assert_eq(message_new(a, kind(KIND_ONWARD_TRANSFER), &m), OK);
    cr_assert_eq(record_put(a, m.common, record_field(&record_common,
        "items"), record_value(of.common, "items")->v, 1), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    row = record_new(a, record_field(m.own->schema, "parts")->rec);
    cr_assert_eq(record_put_uint(a, row, "kind", PART_KIND_FACTS), OK);
    cr_assert_eq(record_put_uint(a, row, "content_class",
        CONTENT_CLASS_ANALYSIS), OK);
    cr_assert_eq(record_put_rec(a, m.own, "parts", row), OK);
    cr_expect_eq(consent_items_check(a, &m, &f), OK);
    for (size_t i = 0; i < 3; i++) {
        uint64_t was = record_uint(row, same[i]);

        cr_assert_eq(record_put_uint(a, row, same[i], 1 + (was == 1)), OK);
        cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH,
            "%s", same[i]);
        cr_assert_eq(record_put_uint(a, row, same[i], was), OK);
    }
    cr_expect_eq(consent_items_check(a, &m, &f), OK);
    put_bytes(m.common, "caveat", "No more than this.");
    cr_expect_eq(consent_items_check(a, &m, &f), OK);
}
