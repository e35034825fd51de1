#include <criterion/criterion.h>
#include <string.h>

#include "proto/envelope.h"
#include "tests/unit/proto/mutate.h"

#define FILE_NAME "envelope.hex"

static enum err
again(struct slice in, struct buf *out)
{
    struct signature sigs[ENVELOPE_SIGS_MAX];
    struct envelope v;
    enum err e;

    if ((e = envelope_decode(in, &v, NULL)) != OK)
        return e;
    for (size_t i = 0; i < v.n_sigs; i++)
        envelope_sig(&v, i, &sigs[i]);
    return envelope_put(v.h, sigs, v.n_sigs, v.wraps, v.body, out);
}

Test(envelope, the_vectors_come_apart_and_have_their_digests)
{
    struct slice in = vector_of(FILE_NAME, "envelope"), enc, ct;
    uint8_t h[HASH_LEN], thirty[HASH_LEN];
    struct envelope v;
    struct signature s;

    cr_assert_eq(envelope_decode(in, &v, NULL), OK);
    cr_expect(slice_equal(v.pre, vector_of(FILE_NAME, "pre")));
    cr_expect(slice_equal(v.h, vector_of(FILE_NAME, "h")));
    cr_expect(slice_equal(v.wraps, vector_of(FILE_NAME, "wraps")));
    cr_expect(slice_equal(v.body, vector_of(FILE_NAME, "body")));
    cr_expect_eq(envelope_check(&v, 2, NULL), OK);
    cr_expect_eq(envelope_check(&v, 1, NULL), E_FIELD_RANGE);
    envelope_digest(v.h, h);
    cr_expect(slice_equal(SLICE(h), vector_of(FILE_NAME, "digest")));
    envelope_ctx(v.pre, h);
    cr_expect(slice_equal(SLICE(h), vector_of(FILE_NAME, "ctx")));
    envelope_sig(&v, 0, &s);
    memset(thirty, 0x30, sizeof(thirty));
    cr_expect_arr_eq(s.kid, thirty, HASH_LEN);
    cr_expect(envelope_wrap(&v, 1, &enc, &ct));
    cr_expect(enc.n == 32 && enc.p[0] == 0x11 && ct.n == 48 &&
        ct.p[0] == 0x21);
    cr_expect_not(envelope_wrap(&v, 2, &enc, &ct));
}

Test(envelope, a_message_without_a_body_is_its_header)
{
    struct slice in = vector_of(FILE_NAME, "bare");
    uint8_t h[HASH_LEN];
    struct envelope v;
    struct buf b;

    cr_assert_eq(envelope_decode(in, &v, NULL), OK);
    cr_expect_eq(v.body.n + v.wraps.n + v.body_of.body_len, 0);
    cr_expect_eq(envelope_check(&v, 0, NULL), OK);
    envelope_digest(v.h, h);
    cr_expect(slice_equal(SLICE(h), vector_of(FILE_NAME, "bare_digest")));
    buf_init(&b, 1024);
    envelope_put_h(v.pre, NULL, &b);
    cr_expect(slice_equal(slice_of_buf(&b), vector_of(FILE_NAME, "bare_h")));
    buf_clear(&b);
}

Test(envelope, every_bit_and_every_cut_is_refused_or_another_envelope)
{
    mutate_all(vector_of(FILE_NAME, "envelope"), again);
    mutate_all(vector_of(FILE_NAME, "bare"), again);
}

Test(envelope, body_and_wraps_are_what_the_header_says)
{
    struct slice in = vector_of(FILE_NAME, "envelope");
    struct envelope v;
    uint8_t *m = malloc(in.n);

    cr_assert_not_null(m);
    memcpy(m, in.p, in.n);
    m[in.n - 1] ^= 1;
    cr_assert_eq(envelope_decode(slice_of(m, in.n), &v, NULL), OK);
    cr_expect_eq(envelope_check(&v, 2, NULL), E_DIGEST_MISMATCH);
    m[in.n - 1] ^= 1;
    m[(size_t)(v.wraps.p - m) + 10] ^= 1;
    cr_assert_eq(envelope_decode(slice_of(m, in.n), &v, NULL), OK);
    cr_expect_eq(envelope_check(&v, 2, NULL), E_DIGEST_MISMATCH);
    free(m);
}

Test(envelope, another_version_and_another_magic_have_their_codes)
{
    struct slice in = vector_of(FILE_NAME, "bare");
    uint8_t *m = malloc(in.n);
    struct envelope v;
    struct fault f;

    cr_assert_not_null(m);
    memcpy(m, in.p, in.n);
    m[4] = 2;
    cr_expect_eq(envelope_decode(slice_of(m, in.n), &v, &f), E_VERSION);
    m[4] = 1;
    m[0] = 'X';
    cr_expect_eq(envelope_decode(slice_of(m, in.n), &v, &f), E_MALFORMED);
    cr_expect_str_eq(f.path, "envelope");
    m[0] = 'V';
    put_u32(m + 5, UINT32_MAX);
    cr_expect_eq(envelope_decode(slice_of(m, in.n), &v, &f), E_OVERSIZE);
    cr_expect_str_eq(f.path, "header");
    free(m);
}
