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

/*
 * Those of them that have few chunks, which the repository has by itself: the
 * ciphertext of each chunk is zeros and then these bytes (C2SP/CCTV,
 * age/testdata/stream_*, at 1e3d2860).  One key; sha256 is of the plaintext,
 * NULL where it is refused.
 */
#define OFFICIAL_KEY \
    "6b6c189a7af0e7b1dba932c87080d8926b2de53fbf9eac516394701223669022"
#define FULL STREAM_CHUNK
#define FIRST { FULL, "e2ec971462be227b4c162156ce7e821d" }
#define SECOND { FULL, "7f042dff9d303c155dc392dc318f3173" }
#define SECOND_LAST { FULL, "e43922e239bd89fe8628a286450ac415" }
#define FIRST_LAST { FULL, "a5770c90198815ddedd1327e1d2de018" }
#define TWO_CHUNKS \
    "8dac04a865d04089ed7af2e0012c0e2395be14932cb2c8bf7b070da18768fad9"

static const struct official {
    const char *name;
    struct { size_t zeros; const char *rest; } chunk[3];
    const char *sha256;
} official[] = {
    { "empty_payload", { { 0, "ad2e4fcf3e528a4130deabef4336e555" } },
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "last_chunk_full", { FIRST_LAST },
        "ef179a156754d0f05daeef54ee027d6ac1cd29bb319b438f795c66dc28703603" },
    { "last_chunk_full_second", { FIRST, SECOND_LAST }, TWO_CHUNKS },
    { "three_chunks", { FIRST, SECOND,
        { FULL, "f910c99b33869374d353f6fcc73e1a43" } },
        "82a4963a84d8982b7a70871897b4b3d00c17fbd9db9484afd767e94c50ee1e0f" },
    { "bad_tag", { { 0, "b74c5bfef7beaa52c8f0bc0e992c1e8331fb46" } }, NULL },
    { "bad_tag_second_chunk", { FIRST,
        { 1, "052a72cd9750a6e2dfcbcef15226fe44" } }, NULL },
    { "bad_tag_second_chunk_full", { FIRST,
        { FULL, "e43922e239bd89fe8628a286450ac435" } }, NULL },
    { "last_chunk_empty", { FIRST,
        { 0, "005ee2c4cc9394acde8b45aecd8c3688" } }, NULL },
    { "missing_tag", { { 0, "b74c5b" } }, NULL },
    { "no_chunks", { { 0, NULL } }, NULL },
    { "no_final", { { 1, "bd63686da84814caaa0129618ac20861" } }, NULL },
    { "no_final_full", { FIRST }, NULL },
    { "no_final_two_chunks", { FIRST,
        { 1, "20be7e00d7c2011804c73bedb63802ad" } }, NULL },
    { "no_final_two_chunks_full", { FIRST, SECOND }, NULL },
    { "short_chunk", { { 0, "5b1de6e82e0e0cbdd323c877" } }, NULL },
    { "short_second_chunk", { FIRST, { 0, "5b1de6e82e0e0cbdd323c877" } },
        NULL },
    { "trailing_garbage_long", { FIRST_LAST,
        { 0, "5b1de6e82e0e0cbdd323c877cf853d61dddf72d0" } }, NULL },
    { "trailing_garbage_short", { FIRST_LAST,
        { 0, "5b1de6e82e0e0cbdd323c877" } }, NULL },
    { "two_final_chunks", { FIRST_LAST,
        { 1, "052a72cd9750a6e2dfcbcef15226fe64" } }, NULL },
    { "two_final_chunks_full", { FIRST_LAST, SECOND_LAST }, NULL },
    { "two_final_chunks_second", { FIRST, SECOND_LAST,
        { 1, "563d8a39f7d01a231999ae34687f1406" } }, NULL },
    { "two_final_chunks_short", { { 1,
        "22220cc7ec670025a23d68bd3bdb8ed9"
        "00052a72cd9750a6e2dfcbcef15226fe64" } }, NULL },
};

static void
put_official(const struct official *v, struct buf *ct)
{
    static const uint8_t zeros[FULL];
    uint8_t rest[64];

    buf_reset(ct);
    for (size_t i = 0; i < 3 && v->chunk[i].rest != NULL; i++) {
        const size_t n = strlen(v->chunk[i].rest) / 2;

        cr_assert(hex_decode(v->chunk[i].rest, rest, n));
        buf_put_slice(ct, slice_of(zeros, v->chunk[i].zeros));
        buf_put_slice(ct, slice_of(rest, n));
    }
}

Test(stream, official_vectors_of_few_chunks_that_are_always_here)
{
    struct secret *k;
    struct buf ct, pt, again;
    uint8_t key[STREAM_KEY], h[HASH_LEN];
    char hex[2 * HASH_LEN + 1];

    cr_assert(hex_decode(OFFICIAL_KEY, key, sizeof(key)));
    cr_assert_eq(secret_from(SLICE(key), &k), OK);
    buf_init(&ct, BIG);
    buf_init(&pt, BIG);
    buf_init(&again, BIG);
    for (size_t i = 0; i < sizeof(official) / sizeof(official[0]); i++) {
        const struct official *v = &official[i];
        enum err e;

        put_official(v, &ct);
        buf_reset(&pt);
        e = stream_open(k, slice_of_buf(&ct), &pt);
        if (v->sha256 == NULL) {
            cr_expect_eq(e, ERR_CRYPTO, "%s", v->name);
            cr_expect_eq(pt.n, 0, "%s", v->name);
            continue;
        }
        cr_expect_eq(e, OK, "%s", v->name);
        hash_sha256(slice_of_buf(&pt), h);
        hex_encode(SLICE(h), hex);
        cr_expect_str_eq(hex, v->sha256, "%s", v->name);
        /* And made by us it is the same. */
        buf_reset(&again);
        cr_assert_eq(stream_seal(k, slice_of_buf(&pt), &again), OK);
        cr_expect(slice_equal(slice_of_buf(&again), slice_of_buf(&ct)),
            "%s", v->name);
    }
    buf_clear(&ct);
    buf_clear(&pt);
    buf_clear(&again);
    secret_free(k);
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
