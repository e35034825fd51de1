/*
 * Blocks of a sealed stream one by one: each at its place and no other.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/parcel.h"

#define PLAIN (2 * PARCEL_BLOCK_PLAIN + 100000)

static uint8_t cek[CEK_LEN], salt[SALT_LEN], commit[COMMIT_LEN];
static struct buf plain, ct;
static struct stream *stream;
static uint8_t out[PARCEL_BLOCK_PLAIN];

static void
setup(void)
{
    struct secret *secret = NULL, *key = NULL;

    cr_assert_geq(sodium_init(), 0);
    randombytes_buf(cek, sizeof(cek));
    randombytes_buf(salt, sizeof(salt));
    buf_init(&plain, PLAIN);
    buf_init(&ct, 2 * PLAIN);
    randombytes_buf(buf_extend(&plain, PLAIN), PLAIN);
    cr_assert_eq(secret_from(SLICE(cek), &secret), OK);
    cr_assert_eq(kdf_payload(LABEL_PARCEL, salt, secret, SLICE_EMPTY, &key,
        commit), OK);
    cr_assert_eq(stream_seal(key, slice_of_buf(&plain), &ct), OK);
    cr_assert_eq(stream_new(key, &stream), OK);
    secret_free(secret);
    secret_free(key);
}

static void
teardown(void)
{
    stream_free(stream);
    buf_clear(&plain);
    buf_clear(&ct);
    cr_expect_eq(secret_live(), 0);
}

static struct slice
block(uint64_t i)
{
    return slice_of(ct.p + i * PARCEL_BLOCK, parcel_block_length(ct.n, i));
}

TestSuite(parcel_open, .init = setup, .fini = teardown);

Test(parcel_open, blocks_open_in_any_order_each_at_its_place)
{
    size_t n;

    cr_assert_eq(parcel_blocks(ct.n), 3);
    for (uint64_t i = 3; i-- > 0; ) {
        cr_assert_eq(parcel_block_open(stream, ct.n, i, block(i), out, &n),
            OK);
        cr_expect_eq(n, i < 2 ? PARCEL_BLOCK_PLAIN : 100000);
        cr_expect_eq(memcmp(out, plain.p + i * PARCEL_BLOCK_PLAIN, n), 0);
        cr_expect_eq(parcel_block_open(stream, ct.n, i + 1, block(i), out,
            &n), ERR_CRYPTO);
    }
    cr_expect_eq(parcel_block_open(stream, ct.n, 0, block(1), out, &n),
        ERR_CRYPTO);
}

Test(parcel_open, the_last_chunk_carries_the_flag_and_no_other_does)
{
    size_t n;

    /* Cut at the end of a block, as if that had been all of it. */
    cr_expect_eq(parcel_block_open(stream, 2 * PARCEL_BLOCK, 0, block(0),
        out, &n), OK);
    cr_expect_eq(parcel_block_open(stream, 2 * PARCEL_BLOCK, 1, block(1),
        out, &n), ERR_CRYPTO);
    cr_expect_eq(parcel_block_open(stream, ct.n + PARCEL_BLOCK, 2, block(2),
        out, &n), ERR_CRYPTO);
}

Test(parcel_open, an_altered_byte_of_a_block_is_refused)
{
    size_t n;

    for (size_t i = 0; i < PARCEL_BLOCK; i += 1311) {
        ct.p[i] ^= 0x40;
        cr_assert_eq(parcel_block_open(stream, ct.n, 0, block(0), out, &n),
            ERR_CRYPTO);
        ct.p[i] ^= 0x40;
    }
}

Test(parcel_open, another_key_salt_or_label_is_refused_before)
{
    struct secret *key = NULL, *payload = NULL;
    uint8_t bad[32] = { 0 };

    cr_assert_eq(secret_from(SLICE(cek), &key), OK);
    cr_expect_eq(parcel_keys_find(PARCEL_MANIFEST, key, salt, commit,
        &payload), ERR_CRYPTO);
    cr_expect_eq(parcel_keys_find(PARCEL_FILES, key, bad, commit, &payload),
        ERR_CRYPTO);
    cr_expect_eq(parcel_keys_find(PARCEL_FILES, key, salt, bad, &payload),
        ERR_CRYPTO);
    cr_expect_null(payload);
    secret_free(key);
    cr_assert_eq(secret_from(SLICE(bad), &key), OK);
    cr_expect_eq(parcel_keys_find(PARCEL_FILES, key, salt, commit,
        &payload), ERR_CRYPTO);
    secret_free(key);
}
