#include <criterion/criterion.h>
#include <sodium.h>
#include <zlib.h>

#include "keys/secret_in.h"
#include "keys/stream.h"
#include "proto/base64.h"
#include "proto/hash.h"
#include "proto/message.h"
#include "tests/unit/vectors.h"

#define BIG (20u << 20)

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
}

static void
teardown(void)
{
    cr_expect_eq(secret_live(), 0);
}

static struct secret *
make_key(void)
{
    struct secret *k;

    cr_assert_eq(secret_new(STREAM_KEY, &k), OK);
    memset(k->p, 7, k->n);
    return k;
}

TestSuite(stream, .init = setup, .fini = teardown);

Test(stream, lengths_at_the_edges_of_chunks_there_and_back)
{
    static const size_t lengths[] = { 0, 1, STREAM_CHUNK - 1, STREAM_CHUNK,
        STREAM_CHUNK + 1, 2 * STREAM_CHUNK, 2 * STREAM_CHUNK + 5 };
    static uint8_t plain[3 * STREAM_CHUNK];
    struct secret *k = make_key();
    struct buf ct, pt;

    randombytes_buf(plain, sizeof(plain));
    buf_init(&ct, sizeof(plain) + 100);
    buf_init(&pt, sizeof(plain) + 100);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct slice s = slice_of(plain, lengths[i]);

        buf_reset(&ct);
        buf_reset(&pt);
        cr_assert_eq(stream_seal(k, s, &ct), OK);
        cr_expect_eq(ct.n, stream_length(s.n));
        cr_assert_eq(stream_open(k, slice_of_buf(&ct), &pt), OK);
        cr_expect(slice_equal(slice_of_buf(&pt), s));
    }
    buf_clear(&ct);
    buf_clear(&pt);
    secret_free(k);
}

Test(stream, cuts_flips_swaps_and_additions_give_no_plaintext_at_all)
{
    static uint8_t plain[2 * STREAM_CHUNK + 10];
    struct secret *k = make_key();
    struct buf ct, pt;
    const size_t c = STREAM_CHUNK + STREAM_TAG;
    uint8_t *swapped;

    buf_init(&ct, sizeof(plain) + 200);
    buf_init(&pt, sizeof(plain) + 200);
    cr_assert_eq(stream_seal(k, SLICE(plain), &ct), OK);
    const size_t cuts[] = { 0, 1, 15, 16, c - 1, c, c + 1, c + 16, 2 * c - 1,
        2 * c, 2 * c + 1, 2 * c + 16, ct.n - 1 };
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
        cr_expect_eq(stream_open(k, slice_of(ct.p, cuts[i]), &pt),
            ERR_CRYPTO, "cut at %zu", cuts[i]);
    for (size_t at = 0; at < ct.n; at += 4093) {
        ct.p[at] ^= 1;
        cr_expect_eq(stream_open(k, slice_of_buf(&ct), &pt), ERR_CRYPTO);
        ct.p[at] ^= 1;
    }
    swapped = malloc(ct.n);
    cr_assert_not_null(swapped);
    memcpy(swapped, ct.p + c, c);
    memcpy(swapped + c, ct.p, c);
    memcpy(swapped + 2 * c, ct.p + 2 * c, ct.n - 2 * c);
    cr_expect_eq(stream_open(k, slice_of(swapped, ct.n), &pt), ERR_CRYPTO);
    free(swapped);
    buf_put_u8(&ct, 0);
    cr_expect_eq(stream_open(k, slice_of_buf(&ct), &pt), ERR_CRYPTO);
    cr_expect_eq(pt.n, 0);
    buf_clear(&ct);
    buf_clear(&pt);
    secret_free(k);
}

/* An empty final chunk after a full one is forbidden even if it is genuine. */
Test(stream, an_empty_last_chunk_is_refused_unless_all_is_empty)
{
    static uint8_t plain[STREAM_CHUNK], ct[STREAM_CHUNK + 2 * STREAM_TAG];
    struct secret *k = make_key();
    struct buf pt;

    buf_init(&pt, sizeof(ct));
    cr_assert_eq(stream_chunk_seal(k, 0, false, SLICE(plain), ct), OK);
    cr_assert_eq(stream_chunk_seal(k, 1, true, SLICE_EMPTY,
        ct + STREAM_CHUNK + STREAM_TAG), OK);
    cr_expect_eq(stream_open(k, SLICE(ct), &pt), ERR_CRYPTO);
    buf_clear(&pt);
    secret_free(k);
}

static struct slice
inflated(const char *b64, size_t length)
{
    size_t n = 0;
    uint8_t *z, *out = malloc(length + 1);
    uLongf got = length;

    cr_assert(base64_length(slice_str(b64), &n));
    z = malloc(n + 1);
    cr_assert(z != NULL && out != NULL);
    cr_assert(base64_decode(slice_str(b64), z, n));
    cr_assert_eq(uncompress(out, &got, z, n), Z_OK);
    free(z);
    return slice_of(out, got);
}

Test(stream, the_official_vectors_of_age)
{
    json_t *j = vectors_load("age-stream.json"), *v;
    struct buf pt;
    size_t i, ran = 0, good = 0;

    if (j == NULL)
        return;
    buf_init(&pt, BIG);
    json_array_foreach(json_object_get(j, "cases"), i, v) {
        size_t length = (size_t)json_integer_value(
            json_object_get(v, "ct_len"));
        const char *z = vectors_str(v, "ct_zlib_b64");
        bool expect = strcmp(vectors_str(v, "expect"), "success") == 0;
        struct slice kb = vectors_hex(v, "payload_key"), ct;
        struct secret *k;
        uint8_t h[HASH_LEN];

        if (kb.n != STREAM_KEY) {
            cr_expect_not(expect);      /* shorter than age's nonce */
            continue;
        }
        cr_assert_eq(secret_from(kb, &k), OK);
        ct = inflated(z, length);
        buf_reset(&pt);
        cr_expect_eq(stream_open(k, ct, &pt) == OK, expect, "%s",
            vectors_str(v, "name"));
        if (expect) {
            hash_sha256(slice_of_buf(&pt), h);
            cr_expect(slice_equal(SLICE(h),
                vectors_hex(v, "plaintext_sha256")));
        }
        good += expect;
        ran++;
        free((void *)(uintptr_t)ct.p);
        secret_free(k);
    }
    cr_expect_eq(ran, 26);
    cr_expect_gt(good, 5);
    buf_clear(&pt);
    json_decref(j);
}

/* Key 80..9f, one final chunk; computed with another implementation. */
Test(stream, a_typed_vector_of_one_short_chunk)
{
    struct secret *k;
    uint8_t kb[STREAM_KEY], ct[STREAM_CHUNK + STREAM_TAG];
    char hex[64];

    for (size_t i = 0; i < sizeof(kb); i++)
        kb[i] = (uint8_t)(0x80 + i);
    cr_assert_eq(secret_from(SLICE(kb), &k), OK);
    cr_assert_eq(stream_chunk_seal(k, 0, true, slice_str("valise"), ct), OK);
    hex_encode(slice_of(ct, 22), hex);
    cr_expect_str_eq(hex,
        "080fadbbdae2503159f8393ea5dc634bf83c96aca4c5");
    secret_free(k);
}

Test(pad, classes_double_to_64_kib_and_follow_padme_above)
{
    static const struct { uint64_t n, padded; } v[] = {
        { 0, 4096 }, { 4096, 4096 }, { 4097, 8192 }, { 32769, 65536 },
        { 65536, 65536 }, { 65537, 67584 }, { 100000, 100352 },
        { 122884, 122880 + 2048 },
    };

    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
        cr_expect_eq(pad_length(v[i].n), v[i].padded, "%u gives %u",
            (unsigned)v[i].n, (unsigned)pad_length(v[i].n));
    cr_expect_leq(stream_length(pad_length(BODY_RECORD_MAX + 4)), 131072);
}

Test(pad, the_reader_demands_length_and_zeros)
{
    struct slice got;
    struct buf b;

    buf_init(&b, 1 << 18);
    cr_assert_eq(pad_body(slice_str("record"), &b), OK);
    cr_expect_eq(b.n, 4096);
    cr_assert_eq(pad_strip(slice_of_buf(&b), &got), OK);
    cr_expect(slice_is(got, "record"));
    b.p[4095] = 1;
    cr_expect_eq(pad_strip(slice_of_buf(&b), &got), ERR_CRYPTO);
    b.p[4095] = 0;
    cr_expect_eq(pad_strip(slice_of(b.p, 4095), &got), ERR_CRYPTO);
    put_u32(b.p, 4093);
    cr_expect_eq(pad_strip(slice_of_buf(&b), &got), ERR_CRYPTO);
    put_u32(b.p, UINT32_MAX);
    cr_expect_eq(pad_strip(slice_of_buf(&b), &got), ERR_CRYPTO);
    cr_expect_eq(pad_strip(slice_of(b.p, 3), &got), ERR_CRYPTO);
    buf_clear(&b);
}
