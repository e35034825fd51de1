/*
 * Documents that pass with a consent: what their items commit to, and what the
 * list of the files of an onward transfer has to be then.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "proto/consent.h"
#include "proto/kinds_list.h"
#include "proto/manifest.h"

static struct arena *a;
static struct message m;
static struct fault f;

static void
setup(void)
{
    a = arena_new(64 << 20);
    cr_assert_eq(message_new(a, domain_kind(&domain_valise,
        KIND_ONWARD_TRANSFER), &m), OK);
    memset(&f, 0, sizeof(f));
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(consent_documents, .init = setup, .fini = teardown);

static void
put_text(struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK);
}

static void
put_uint(struct rec *r, const char *name, uint64_t u)
{
    cr_assert_eq(record_put_uint(a, r, name, u), OK);
}

/* A file as the originator's list has it. */
static struct rec *
new_file(const char *id, const char *name, uint64_t offset,
    const char *translates)
{
    static const uint8_t digest[HASH_LEN] = { 3 };
    struct rec *r = record_new(a, &record_manifest_item);

    put_text(r, "doc_id", id);
    put_text(r, "filename", name);
    put_text(r, "media_type", "application/pdf");
    put_uint(r, "offset", offset);
    put_uint(r, "size", 100);
    cr_assert_eq(record_put_bytes(a, r, "digest", SLICE(digest)), OK);
    put_uint(r, "doc_type", 1);
    put_uint(r, "original_or_copy", 1);
    put_uint(r, "page_count", 2);
    if (translates != NULL)
        put_text(r, "translation_of", translates);
    return r;
}

static struct rec *
new_item(const char *id, uint8_t type, const struct rec *content)
{
    static const uint8_t salt[CONSENT_SALT_LEN] = { 9 };
    struct rec *r = record_new(a, &record_item);
    uint8_t commit[HASH_LEN];
    struct slice bytes, copy;

    cr_assert_eq(consent_encode(a, content, &bytes), OK);
    consent_commit(type, salt, bytes, commit);
    put_text(r, "id", id);
    put_uint(r, "type", type);
    cr_assert_eq(record_put_bytes(a, r, "salt", SLICE(salt)), OK);
    cr_assert_eq(arena_copy(a, SLICE(commit), &copy), OK);
    cr_assert_eq(record_put_bytes(a, r, "commit", copy), OK);
    cr_assert_eq(record_put_bytes(a, r, "bytes", bytes), OK);
    return r;
}

static struct rec *
document(const char *id, const char *name, uint64_t offset,
    const char *translates)
{
    return new_item(id, CONSENT_ITEM_DOCUMENT, new_file(id, name, offset,
        translates));
}

static void
put_items(union item *items, size_t n)
{
    cr_assert_eq(record_put(a, m.common, record_field(&record_common,
        "items"), items, n), OK);
}

/* d3 and d7 pass, of which the second translates the first; d9 translates
 * one that does not pass. */
static void
put_three(void)
{
    union item items[] = { { .r = document("d3", "one.pdf", 700, NULL) },
        { .r = document("d7", "two.pdf", 4000, "d3") },
        { .r = document("d9", "three.pdf", 9000, "d1") } };

    put_items(items, 3);
}

Test(consent_documents, their_items_open_their_commitments)
{
    struct rec *item;

    put_three();
    cr_expect_eq(consent_items_check(a, &m, &f), OK, "%s", f.path);
    cr_expect_eq(consent_documents(&m), 3);
    item = record_value(m.common, "items")->v[1].r;
    put_text(item, "id", "d8");
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "items[1].commit");
    put_text(item, "id", "d7");
    put_uint(item, "type", CONSENT_ITEM_PART);
    cr_expect_neq(consent_items_check(a, &m, &f), OK);
    put_uint(item, "type", CONSENT_ITEM_DOCUMENT);
    record_drop(item, "bytes");
    cr_expect_eq(consent_items_check(a, &m, &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "items[1]");
}

Test(consent_documents, a_name_with_a_path_is_none)
{
    union item items[] = { { .r = document("d1", "../x", 0, NULL) } };

    put_items(items, 1);
    cr_expect_eq(consent_items_check(a, &m, &f), E_FIELD_RANGE);
    cr_expect_str_eq(f.path, "items[0].bytes");
}

Test(consent_documents, their_places_are_those_of_the_new_list)
{
    struct rec *got;

    put_three();
    cr_assert_eq(consent_document(a, &m, 1, 100, &got, &f), OK);
    cr_expect(slice_is(record_bytes(got, "doc_id"), "d2"));
    cr_expect_eq(record_uint(got, "offset"), 100);
    cr_expect(slice_is(record_bytes(got, "translation_of"), "d1"));
    cr_expect(slice_is(record_bytes(got, "filename"), "two.pdf"));
    cr_assert_eq(consent_document(a, &m, 2, 200, &got, &f), OK);
    cr_expect(!record_has(got, "translation_of"));
    cr_expect_eq(consent_document(a, &m, 3, 300, &got, &f), ERR_NOTFOUND);
}

/* One field after another says something else. */
Test(consent_documents, the_list_is_what_was_released_field_by_field)
{
    static const uint8_t other[HASH_LEN] = { 4 };
    struct rec *honest, *item;

    put_three();
    cr_assert_eq(consent_document(a, &m, 1, 100, &honest, &f), OK);
    cr_expect_eq(consent_listed(a, &m, 1, honest, &f), OK);
    cr_expect_eq(consent_listed(a, &m, 0, honest, &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "manifest[0]");
    cr_expect_eq(consent_listed(a, &m, 3, honest, &f), E_DIGEST_MISMATCH);
    for (size_t i = 0; i < honest->n; i++) {
        const struct field *row = honest->v[i].f;

        cr_assert_eq(consent_document(a, &m, 1, 100, &item, &f), OK);
        if (row->type == FT_BIN)
            cr_assert_eq(record_put_bytes(a, item, row->name,
                SLICE(other)), OK);
        else if (row->type == FT_UINT || row->type == FT_ENUM)
            put_uint(item, row->name, record_uint(item, row->name) + 1);
        else
            put_text(item, row->name, "d7");
        cr_expect_eq(consent_listed(a, &m, 1, item, &f),
            strcmp(row->name, "offset") == 0 ? OK : E_DIGEST_MISMATCH, "%s",
            row->name);
    }
    cr_assert_eq(consent_document(a, &m, 1, 100, &item, &f), OK);
    put_text(item, "lang", "en");
    cr_expect_eq(consent_listed(a, &m, 1, item, &f), E_DIGEST_MISMATCH);
}

Test(consent_documents, a_header_alone_and_another_kind_are_not_asked)
{
    struct rec *item = new_file("d1", "other.pdf", 0, NULL);

    put_three();
    cr_expect_eq(consent_listed(a, &m, 0, item, &f), E_DIGEST_MISMATCH);
    for (size_t i = 0; i < 3; i++)
        record_drop(record_value(m.common, "items")->v[i].r, "salt");
    cr_expect_eq(consent_listed(a, &m, 0, item, &f), OK);
    cr_assert_eq(message_new(a, domain_kind(&domain_valise, KIND_REPLY), &m),
        OK);
    cr_expect_eq(consent_listed(a, &m, 0, item, &f), OK);
}
