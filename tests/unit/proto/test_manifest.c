/*
 * The list of files: written and read in any pieces, and every refusal.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/manifest.h"

#define FILES 5

static struct arena *a;
static struct buf b;

static void
setup(void)
{
    a = arena_new(1 << 22);
    cr_assert_not_null(a);
    buf_init(&b, 1 << 20);
}

static void
teardown(void)
{
    buf_clear(&b);
    arena_free(a);
}

static struct rec *
item(uint64_t i, uint64_t offset, uint64_t size)
{
    static const uint8_t digest[HASH_LEN] = { 7 };
    struct rec *r = record_new(a, &record_manifest_item);
    char id[MANIFEST_ID_MAX];
    struct slice copy;

    manifest_doc_id(i, id);
    cr_assert_eq(arena_copy(a, slice_str(id), &copy), OK);
    cr_assert_eq(record_put_bytes(a, r, "doc_id", copy), OK);
    cr_assert_eq(record_put_bytes(a, r, "filename", slice_str("page.pdf")),
        OK);
    cr_assert_eq(record_put_bytes(a, r, "media_type", slice_str(
        "application/pdf")), OK);
    cr_assert_eq(record_put_uint(a, r, "offset", offset), OK);
    cr_assert_eq(record_put_uint(a, r, "size", size), OK);
    cr_assert_eq(record_put_bytes(a, r, "digest", SLICE(digest)), OK);
    cr_assert_eq(record_put_uint(a, r, "doc_type", DOC_TYPE_BANK_STATEMENT),
        OK);
    cr_assert_eq(record_put_uint(a, r, "original_or_copy",
        ORIGINAL_OR_COPY_COPY), OK);
    cr_assert_eq(record_put_uint(a, r, "page_count", 1), OK);
    return r;
}

static void
write_all(void)
{
    uint64_t offset = 0;

    for (uint64_t i = 0; i < FILES; i++) {
        cr_assert_eq(manifest_write(item(i, offset, 1000 * i), &b), OK);
        offset += 1000 * i;
    }
    manifest_write_end(&b);
    while (b.n < 4096)
        buf_put_u8(&b, 0);
}

/* Read what is there in pieces of so many bytes; *n files. */
static enum err
read_in(struct slice in, size_t step, uint64_t *n, bool *ended)
{
    struct manifest_reader r = { 0 };
    struct arena *one = NULL;
    size_t from = 0, to = 0;
    enum err e = OK;

    while (e == OK) {
        struct rec *it = NULL;
        size_t used = 0;

        arena_free(one);
        one = arena_new(MANIFEST_ARENA);
        e = manifest_read(&r, one, slice_of(in.p + from, to - from), &it,
            &used, NULL);
        if (e == OK && it != NULL)
            cr_expect(slice_is(record_bytes(it, "filename"), "page.pdf"));
        cr_assert_leq(used, to - from);
        from += used;
        if (used == 0 && to == in.n)
            break;
        if (used == 0)
            to = in.n - to < step ? in.n : to + step;
    }
    arena_free(one);
    *n = r.n;
    *ended = r.ended && from == in.n;
    return e;
}

TestSuite(manifest, .init = setup, .fini = teardown);

Test(manifest, what_was_written_is_read_in_pieces_of_any_size)
{
    uint64_t n;
    bool ended;

    write_all();
    for (size_t step = 1; step < 600; step += 7) {
        cr_assert_eq(read_in(slice_of_buf(&b), step, &n, &ended), OK);
        cr_expect_eq(n, FILES);
        cr_expect(ended);
    }
}

Test(manifest, cut_at_any_byte_it_has_not_ended)
{
    uint64_t n;
    bool ended;

    write_all();
    for (size_t at = 0; at < b.n; at++) {
        enum err e = read_in(slice_of(b.p, at), 4096, &n, &ended);

        cr_expect_eq(e, OK);
        cr_expect_leq(n, FILES);
        /* What is cut of the zeros is for the length in the header. */
        if (n < FILES)
            cr_expect_not(ended);
    }
}

Test(manifest, no_flipped_bit_goes_unseen_or_reads_out_of_place)
{
    uint64_t n;
    bool ended;

    write_all();
    for (size_t at = 0; at < b.n; at++) {
        enum err e;

        b.p[at] ^= 0x80;
        e = read_in(slice_of_buf(&b), 4096, &n, &ended);
        /* Digests and such are for who has the file. */
        cr_expect(e != OK || n <= FILES);
        if (at >= 2000)
            cr_expect_neq(e, OK, "byte %zu", at);
        b.p[at] ^= 0x80;
    }
}

static enum err
read_one(const struct rec *r, struct fault *f)
{
    struct manifest_reader rd = { 0 };
    struct rec *out;
    size_t used;

    buf_reset(&b);
    cr_assert_eq(manifest_write(r, &b), OK);
    return manifest_read(&rd, a, slice_of_buf(&b), &out, &used, f);
}

Test(manifest, items_that_do_not_follow_one_another_are_refused)
{
    struct fault f = { .e = OK };

    cr_expect_eq(read_one(item(0, 0, 5), &f), OK);
    cr_expect_eq(read_one(item(1, 0, 5), &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "doc_id");
    cr_expect_eq(read_one(item(0, 1, 5), &f), E_DIGEST_MISMATCH);
    cr_expect_str_eq(f.path, "offset");
    cr_expect_eq(read_one(item(0, 0, PARCEL_LENGTH_MAX + 1), &f),
        E_OVERSIZE);
    cr_expect_str_eq(f.path, "size");
}

Test(manifest, a_name_is_one_name)
{
    static const char *const bad[] = { ".", "..", "a/b", "/", "../a",
        "a\\b", "a\nb", "a\tb", "a\x7f", "a\xe2\x80\xae" "fdp.exe",
        "a\xe2\x81\xa6" "b", "", " ", "a\xff" };
    struct fault f = { .e = OK };
    char name[300];

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct rec *r = item(0, 0, 5);
        union item folder = { .s = slice_str(bad[i]) };

        cr_assert_eq(record_put_bytes(a, r, "filename", folder.s), OK);
        cr_expect_neq(read_one(r, &f), OK, "name %zu", i);
        cr_expect_neq(manifest_item_check(r, &f), OK, "name %zu", i);
        r = item(0, 0, 5);
        cr_assert_eq(record_put(a, r, record_field(r->schema, "folder"),
            &folder, 1), OK);
        cr_expect_neq(read_one(r, &f), OK, "folder %zu", i);
    }
    memset(name, 'n', sizeof(name));
    for (size_t n = 254; n < 258; n++) {
        struct rec *r = item(0, 0, 5);

        cr_assert_eq(record_put_bytes(a, r, "filename", slice_of(name, n)),
            OK);
        cr_expect_eq(read_one(r, &f), n <= MANIFEST_NAME_MAX ? OK :
            E_FIELD_RANGE);
    }
}

Test(manifest, a_list_that_is_too_long_or_an_item_too_large_is_refused)
{
    struct manifest_reader r = { .n = PARCEL_FILES_MAX };
    struct fault f = { .e = OK };
    uint8_t large[8] = { 0, 0, 0x20, 0x01 };
    struct rec *out;
    size_t used;

    cr_assert_eq(manifest_write(item(PARCEL_FILES_MAX, 0, 5), &b), OK);
    cr_expect_eq(manifest_read(&r, a, slice_of_buf(&b), &out, &used, &f),
        E_OVERSIZE);
    cr_expect_str_eq(f.path, "files");
    r.n = PARCEL_FILES_MAX;
    cr_expect_eq(manifest_read(&r, a, slice_of(large, 4), &out, &used, &f),
        E_OVERSIZE);
    memset(large, 0, 4);
    cr_expect_eq(manifest_read(&r, a, slice_of(large, 4), &out, &used, &f),
        OK);
    cr_expect(r.ended);
    large[7] = 1;
    cr_expect_eq(manifest_read(&r, a, slice_of(large + 4, 4), &out, &used,
        &f), E_MALFORMED);
}

Test(manifest, what_is_missing_or_unknown_is_named)
{
    static const char *const must[] = { "doc_id", "filename", "media_type",
        "offset", "size", "digest", "doc_type", "original_or_copy",
        "page_count" };
    struct fault f = { .e = OK };

    for (size_t i = 0; i < sizeof(must) / sizeof(*must); i++) {
        struct rec *r = item(0, 0, 5);

        record_drop(r, must[i]);
        cr_expect_eq(read_one(r, &f), E_FIELD_MISSING, "%s", must[i]);
        cr_expect_str_eq(f.path, must[i]);
    }
}
