#include <criterion/criterion.h>
#include <string.h>

#include "proto/hash.h"

Test(err, numbers_and_names_are_unique_and_texts_are_there)
{
    size_t n;
    const struct err_row *rows = err_all(&n);

    for (size_t i = 0; i < n; i++) {
        cr_expect_gt(strlen(rows[i].text), 0);
        cr_expect_eq(err_row(rows[i].e), &rows[i]);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(rows[i].name, rows[k].name);
    }
    cr_expect_eq(err_row((enum err)9999)->e, ERR_INTERNAL);
    cr_expect_not(err_known(9999));
}

Test(err, a_fault_holds_the_path_and_the_rule_of_its_code)
{
    struct fault f;

    cr_expect_eq(fault_set(&f, E_PURPOSE, 0, "a.b[%d]", 3), E_PURPOSE);
    cr_expect_str_eq(f.path, "a.b[3]");
    cr_expect_eq(f.rule, 43);
    cr_expect_eq(fault_set(NULL, E_PURPOSE, 0, "x"), E_PURPOSE);
}

Test(buf, past_its_maximum_it_is_bad_and_stays_so)
{
    struct buf b;

    buf_init(&b, 4);
    buf_put_u32(&b, 0x01020304);
    cr_expect_eq(buf_done(&b), OK);
    cr_expect_eq(get_u32(b.p), 0x01020304u);
    buf_put_u8(&b, 5);
    cr_expect_eq(buf_done(&b), E_OVERSIZE);
    cr_expect_eq(b.n, 4);
    buf_reset(&b);
    buf_put_u8(&b, 5);
    cr_expect_eq(buf_done(&b), OK);
    buf_clear(&b);
    cr_expect_null(b.p);
}

Test(buf, grows_and_keeps_what_it_holds)
{
    struct buf b;

    buf_init(&b, 100000);
    for (unsigned i = 0; i < 10000; i++)
        buf_put_u16(&b, (uint16_t)i);
    cr_expect_eq(b.n, 20000);
    for (unsigned i = 0; i < 10000; i++)
        cr_assert_eq(get_u16(b.p + 2 * i), i);
    buf_clear(&b);
}

Test(slice, order_is_by_bytes_and_a_prefix_comes_first)
{
    cr_expect_lt(slice_order(slice_str("a"), slice_str("ab")), 0);
    cr_expect_gt(slice_order(slice_str("b"), slice_str("ab")), 0);
    cr_expect_eq(slice_order(slice_str("ab"), slice_str("ab")), 0);
    cr_expect_eq(slice_order(SLICE_EMPTY, SLICE_EMPTY), 0);
    cr_expect(slice_equal(SLICE_EMPTY, slice_str("")));
}

Test(slice, hexadecimal_there_and_back)
{
    static const uint8_t b[] = { 0x00, 0x7f, 0xff };
    uint8_t back[3];
    char text[7];

    hex_encode(SLICE(b), text);
    cr_expect_str_eq(text, "007fff");
    cr_expect(hex_decode("007FfF", back, 3));
    cr_expect_arr_eq(back, b, 3);
    cr_expect_not(hex_decode("007ff", back, 3));
    cr_expect_not(hex_decode("007ffg", back, 3));
}

Test(arena, hands_out_no_more_than_its_maximum_zeroed_and_aligned)
{
    struct arena *a = arena_new(20000);
    uint8_t *p = arena_get(a, 1), *q = arena_get(a, 9000);

    cr_assert(p != NULL && q != NULL);
    cr_expect_eq((uintptr_t)q % 16, 0);
    for (size_t i = 0; i < 9000; i++)
        cr_assert_eq(q[i], 0);
    cr_expect_null(arena_get(a, 11000));
    cr_expect_not_null(arena_get(a, 10999));
    arena_free(a);
    arena_free(NULL);
}

Test(hash, sha256_of_abc_is_that_of_the_standard)
{
    uint8_t h[HASH_LEN];
    char hex[65];

    hash_sha256(slice_str("abc"), h);       /* FIPS 180-4, appendix B.1 */
    hex_encode(SLICE(h), hex);
    cr_expect_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
        "b00361a396177a9cb410ff61f20015ad");
}

Test(hash, hmac_is_that_of_rfc_4231)
{
    const struct slice parts[] = { slice_str("what do ya want "),
        slice_str("for nothing?") };
    uint8_t h[HASH_LEN];
    char hex[65];

    hash_hmac(slice_str("Jefe"), parts, 2, h);
    hex_encode(SLICE(h), hex);
    cr_expect_str_eq(hex, "5bdcc146bf60754e6a042426089575c7"
        "5a003f089d2739839dec58b964ec3843");
}

Test(hash, labels_end_with_a_zero_byte_and_are_all_different)
{
    for (int i = 0; i < LABELS; i++) {
        struct slice l = label_bytes((enum label)i);

        cr_expect_eq(l.p[l.n - 1], 0);
        cr_expect_eq(memcmp(l.p, "valise/v1 ", 10), 0);
        for (int k = 0; k < i; k++)
            cr_expect_not(slice_equal(l, label_bytes((enum label)k)));
    }
}

Test(hash, a_digest_is_the_hash_of_label_and_bytes)
{
    uint8_t a[HASH_LEN], b[HASH_LEN];

    hash_digest(LABEL_MSG, slice_str("x"), a);
    hash_sha256(slice_of("valise/v1 msg\0x", 15), b);
    cr_expect_arr_eq(a, b, HASH_LEN);
}
