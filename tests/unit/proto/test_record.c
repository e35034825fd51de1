/*
 * Records by tables of this test's own: the machinery knows no field of the
 * product.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <string.h>

#include "proto/record.h"

static const struct code colour_codes[] = { { 1, "RED" }, { 2, "BLUE" },
    { 99, "OTHER" } };
static const struct enumeration colour = { "colour", colour_codes, 3 };

static const struct field leaf_rows[] = {
    { .key = 1, .name = "id", .type = FT_TOKEN, .flags = F_CTL | F_MUST,
      .max = 16 },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 3, .max = 20 },
};
static const struct record leaf = { "leaf", leaf_rows, 2, NULL };

static const struct choice either[] = {
    { { "colour", 1 << 2 }, "amount currency|note" }, { { 0 }, NULL }
};
static const struct field top_rows[] = {
    { .key = 1, .name = "n", .type = FT_UINT, .flags = F_CTL | F_MUST,
      .min = 1, .max = 9 },
    { .key = 2, .name = "colour", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &colour },
    { .key = 3, .name = "set", .type = FT_UINT,
      .flags = F_CTL | F_MANY | F_SET, .max = 100, .least = 1, .most = 3 },
    { .key = 4, .name = "leaves", .type = FT_RECORD,
      .flags = F_CTL | F_BODY | F_MUST | F_MANY, .rec = &leaf, .least = 1,
      .most = 4 },
    { .key = 5, .name = "sure", .type = FT_BOOL, .flags = F_CTL },
    { .key = 6, .name = "only_blue", .type = FT_LINE,
      .flags = F_CTL | F_MUST, .min = 1, .max = 9,
      .when = { "colour", 1 << 2 } },
    { .key = 7, .name = "amount", .type = FT_AMOUNT, .flags = F_BODY },
    { .key = 8, .name = "currency", .type = FT_CURRENCY, .flags = F_BODY },
    { .key = 9, .name = "note", .type = FT_LINE, .flags = F_BODY, .min = 1,
      .max = 9 },
};
static const struct record top = { "top", top_rows, 9, either };

static struct arena *a;

static void
setup(void)
{
    a = arena_new(1 << 20);
}

static void
teardown(void)
{
    arena_free(a);
}

static struct rec *
make_leaf(const char *id, const char *text)
{
    struct rec *r = record_new(a, &leaf);

    cr_assert_eq(record_put_bytes(a, r, "id", slice_str(id)), OK);
    cr_assert_eq(record_put_bytes(a, r, "text", slice_str(text)), OK);
    return r;
}

static struct rec *
make(uint64_t of_colour)
{
    struct rec *r = record_new(a, &top);
    union item two[] = { { .r = make_leaf("p1", "first") },
        { .r = make_leaf("p2", "second") } };
    union item set[] = { { .u = 7 }, { .u = 3 } };

    cr_assert_eq(record_put(a, r, record_field(&top, "leaves"), two, 2), OK);
    cr_assert_eq(record_put(a, r, record_field(&top, "set"), set, 2), OK);
    cr_assert_eq(record_put_uint(a, r, "colour", of_colour), OK);
    cr_assert_eq(record_put_uint(a, r, "n", 4), OK);
    return r;
}

static struct slice
encode(const struct rec *r, unsigned half)
{
    struct buf b;
    struct slice s;

    buf_init(&b, 4096);
    record_encode(r, half, &b);
    cr_assert_eq(buf_done(&b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &s), OK);
    buf_clear(&b);
    return s;
}

static void
fails(const struct rec *r, enum err e, const char *path)
{
    struct fault f = { .e = OK };

    cr_expect_eq(record_check(r, 0, &f), e, "%s", err_row(f.e)->name);
    cr_expect_str_eq(f.path, path);
}

TestSuite(record, .init = setup, .fini = teardown);

Test(record, two_halves_there_and_back_and_joined)
{
    struct rec *r = make(1), *back = NULL, *body = NULL;
    struct slice ctl = encode(r, F_CTL), bod = encode(r, F_BODY);
    struct fault f;

    cr_assert_eq(record_check(r, 0, &f), OK, "%s", f.path);
    cr_assert_eq(record_decode(a, &top, F_CTL, ctl, 100, &back, &f), OK);
    cr_expect(slice_equal(encode(back, F_CTL), ctl));
    cr_expect_eq(record_check(back, F_CTL, &f), OK, "%s", f.path);
    cr_expect_eq(record_check(back, 0, &f), E_FIELD_MISSING);
    cr_assert_eq(record_decode(a, &top, F_BODY, bod, 100, &body, &f), OK);
    cr_assert_eq(record_join(a, back, body, &f), OK);
    cr_expect(slice_equal(encode(back, 0), encode(r, 0)));
    cr_expect_eq(record_uint(back, "n"), 4);
    cr_expect(record_lists(back, "set", 3));
    cr_expect_not(record_lists(back, "set", 4));
    cr_expect(memmem(ctl.p, ctl.n, "second", 6) == NULL);
    cr_expect(memmem(bod.p, bod.n, "p2", 2) == NULL);
}

Test(record, halves_of_unequal_length_do_not_join)
{
    struct rec *r = make(1), *other = make(1);
    struct fault f;

    ((struct value *)(uintptr_t)record_value(other, "leaves"))->n = 1;
    cr_expect_eq(record_join(a, r, other, &f), E_FIELD_RANGE);
}

Test(record, a_condition_makes_a_field_mandatory_or_forbidden)
{
    struct rec *r = make(2);

    fails(r, E_FIELD_MISSING, "only_blue");
    cr_assert_eq(record_put_bytes(a, r, "only_blue", slice_str("x")), OK);
    fails(r, E_FIELD_MISSING, "amount currency|note");
    cr_assert_eq(record_put_bytes(a, r, "amount", slice_str("1.5")), OK);
    fails(r, E_FIELD_MISSING, "amount currency|note");
    cr_assert_eq(record_put_bytes(a, r, "currency", slice_str("USD")), OK);
    cr_expect_eq(record_check(r, 0, NULL), OK);
    cr_assert_eq(record_put_uint(a, r, "colour", 1), OK);
    fails(r, E_FIELD_RANGE, "only_blue");
}

Test(record, bounds_name_the_field_by_its_path)
{
    struct rec *r = make(1);

    cr_assert_eq(record_put_uint(a, r, "n", 10), OK);
    fails(r, E_FIELD_RANGE, "n");
    r = make(1);
    cr_assert_eq(record_put_bytes(a, record_value(r, "leaves")->v[1].r,
        "text", slice_str("  ab ")), OK);
    fails(r, E_FIELD_RANGE, "leaves[1].text");
    record_drop(record_value(r, "leaves")->v[1].r, "text");
    fails(r, E_FIELD_MISSING, "leaves[1].text");
    r = make(1);
    record_drop(r, "n");
    fails(r, E_FIELD_MISSING, "n");
}

Test(record, a_repetition_in_a_set_is_refused)
{
    struct rec *r = make(1);
    union item set[] = { { .u = 7 }, { .u = 7 } };

    cr_assert_eq(record_put(a, r, record_field(&top, "set"), set, 2), OK);
    fails(r, E_FIELD_RANGE, "set[1]");
}

Test(record, bytes_that_are_not_this_record_are_refused_each_with_its_code)
{
    static const struct { const char *hex; enum err e; } cases[] = {
        { "8101a0", E_MALFORMED },          /* a text where a number is */
        { "810203", E_UNKNOWN_KIND },       /* colour 3 */
        { "811e01", E_MALFORMED },          /* no row has key 30 */
        { "8105c2", E_NONCANON },           /* an optional false */
        { "8103920703", E_NONCANON },       /* a set out of order */
        { "8103920707", E_NONCANON },       /* twice */
        { "81039401020304", E_FIELD_RANGE },  /* four of at most three */
        { "8107a131", E_MALFORMED },        /* a field of the other half */
        { "8201010101", E_DUPKEY },
    };
    struct rec *r = NULL;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t in[32];
        size_t n = strlen(cases[i].hex) / 2;
        struct fault f;
        enum err e;

        cr_assert(hex_decode(cases[i].hex, in, n));
        e = record_decode(a, &top, F_CTL, slice_of(in, n), 100, &r, &f);
        cr_expect_eq(e, cases[i].e, "%s: %s", cases[i].hex,
            err_row(e)->name);
        cr_expect_null(r);
    }
}

Test(record, every_flip_is_refused_or_decodes_to_other_bytes)
{
    struct slice in = encode(make(1), F_CTL);
    uint8_t m[256];
    size_t good = 0;

    cr_assert_lt(in.n, sizeof(m));
    for (size_t bit = 0; bit < 8 * in.n; bit++) {
        struct rec *r = NULL;

        memcpy(m, in.p, in.n);
        m[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (record_decode(a, &top, F_CTL, slice_of(m, in.n), 100, &r,
            NULL) != OK)
            continue;
        good++;
        cr_expect(slice_equal(encode(r, F_CTL), slice_of(m, in.n)));
    }
    cr_expect_gt(good, 0);
    for (size_t n = 0; n < in.n; n++) {
        struct rec *r = NULL;

        cr_expect_neq(record_decode(a, &top, F_CTL, slice_of(in.p, n), 100,
            &r, NULL), OK);
    }
}

Test(record, replacing_and_dropping_keeps_the_order_of_the_rows)
{
    struct rec *r = make(1);

    for (int i = 0; i < 20; i++) {
        record_drop(r, "n");
        cr_assert_not(record_has(r, "n"));
        cr_assert_eq(record_put_uint(a, r, "n", 5), OK);
        cr_assert_eq(record_put_uint(a, r, "sure", 1), OK);
        record_drop(r, "sure");
    }
    for (size_t i = 1; i < r->n; i++)
        cr_expect_lt(r->v[i - 1].f, r->v[i].f);
    cr_expect_eq(record_uint(r, "n"), 5);
}

Test(text, formats_accept_what_they_say_and_nothing_else)
{
    static const struct { enum field_type t; const char *good, *bad; } c[] = {
        { FT_AUTHORITY, "QM-FIU", "QM-fiu" },
        { FT_AUTHORITY, "QM-F2", "QM-F" },
        { FT_COUNTRY, "QM", "QMX" },
        { FT_DATE, "2024-02-29", "2023-02-29" },
        { FT_DATE, "1969", "69" },
        { FT_DATE, "1969-03", "1969-13" },
        { FT_AMOUNT, "-12.3456", "1." },
        { FT_AMOUNT, "999999999999999", "1000000000000000" },
        { FT_CURRENCY, "USD", "usd" },
        { FT_LANG, "zh-Hant", "e" },
        { FT_TOKEN, "p-1", "P1" },
        { FT_ID, "QM-CR-2027/88", "a b" },
        { FT_PARTY, "FIU@QM", "FIU@Q" },
        { FT_PARTY, "COURT:QM-CR-1", "COURT:" },
        { FT_LINE, "one line", "two\nlines" },
        { FT_LINE, "plain", "tr\xe2\x80\xae" "evil" },
        { FT_TEXT, "two\nlines", "bell\x07" },
        { FT_TEXT, "\xc3\xa4", "\xc3" },
    };

    for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
        union item good = { .s = slice_str(c[i].good) };
        union item bad = { .s = slice_str(c[i].bad) };
        struct field f = { .type = c[i].t, .max = 200 };

        cr_expect_eq(record_check_item(&f, good), OK, "%s", c[i].good);
        cr_expect_eq(record_check_item(&f, bad), E_FIELD_RANGE, "%s",
            c[i].bad);
    }
}
