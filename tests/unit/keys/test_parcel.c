/*
 * One block at a time: as stream_seal makes it, opened in any order, and
 * refused where anything is changed.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/aead.h"
#include "keys/parcel.h"
#include "keys/secret_in.h"

#define BLOCKS 3
#define PLAIN (2 * PARCEL_BLOCK_PLAIN + PARCEL_PLAIN + 7)

static uint8_t plain[PLAIN], ct[BLOCKS][PARCEL_BLOCK],
    again[PARCEL_BLOCK_PLAIN];
static struct parcel_keys keys;
static struct stream *stream;
static uint64_t length;

static size_t
plain_of(uint64_t i)
{
    return i + 1 < BLOCKS ? PARCEL_BLOCK_PLAIN : PARCEL_PLAIN + 7;
}

static void
setup(void)
{
    uint8_t leaf[HASH_LEN], hash[HASH_LEN];

    cr_assert_geq(sodium_init(), 0);
    randombytes_buf(plain, sizeof(plain));
    cr_assert_eq(parcel_keys_new(PARCEL_FILES, &keys), OK);
    cr_assert_eq(stream_new(keys.payload, &stream), OK);
    for (uint64_t i = BLOCKS; i-- > 0;) {
        const uint8_t *from = plain + i * PARCEL_BLOCK_PLAIN;
        const size_t n = plain_of(i);

        for (size_t at = 0, to = 0; at < n; at += PARCEL_PLAIN,
            to += PARCEL_CHUNK)
            memcpy(ct[i] + to, from + at, n - at < PARCEL_PLAIN ? n - at :
                PARCEL_PLAIN);
        cr_assert_eq(parcel_block_seal(stream, i, i + 1 == BLOCKS, n, ct[i],
            leaf), OK);
        tree_leaf(slice_of(ct[i], (size_t)stream_length(n)), hash);
        cr_expect_arr_eq(leaf, hash, HASH_LEN);
    }
    length = stream_length(PLAIN);
}

static void
teardown(void)
{
    stream_free(stream);
    parcel_keys_clear(&keys);
    cr_expect_eq(secret_live(), 0);
}

static struct slice
block_of(uint64_t i)
{
    return slice_of(ct[i], parcel_block_length(length, i));
}

TestSuite(parcel, .init = setup, .fini = teardown);

Test(parcel, blocks_are_those_of_the_stream)
{
    struct buf b;

    buf_init(&b, 4 * PARCEL_BLOCK);
    cr_assert_eq(stream_seal(keys.payload, SLICE(plain), &b), OK);
    cr_assert_eq(b.n, length);
    for (uint64_t i = 0; i < BLOCKS; i++)
        cr_expect_arr_eq(b.p + i * PARCEL_BLOCK, ct[i], block_of(i).n);
    buf_clear(&b);
}

Test(parcel, a_block_is_opened_alone_beside_and_in_its_place)
{
    for (uint64_t i = BLOCKS; i-- > 0;) {
        size_t n;

        cr_assert_eq(parcel_block_open(stream, length, i, block_of(i), again,
            &n), OK);
        cr_assert_eq(n, plain_of(i));
        cr_expect_arr_eq(again, plain + i * PARCEL_BLOCK_PLAIN, n);
        cr_assert_eq(parcel_block_open(stream, length, i, block_of(i),
            ct[i], &n), OK);
        cr_assert_eq(n, plain_of(i));
        cr_expect_arr_eq(ct[i], plain + i * PARCEL_BLOCK_PLAIN, n);
    }
}

Test(parcel, flips_swaps_and_other_lengths_do_not_open)
{
    size_t n;

    for (size_t at = 0; at < PARCEL_BLOCK; at += 16381) {
        ct[1][at] ^= 0x10;
        cr_expect_eq(parcel_block_open(stream, length, 1, block_of(1), again,
            &n), ERR_CRYPTO);
        ct[1][at] ^= 0x10;
    }
    cr_expect_eq(parcel_block_open(stream, length, 0, block_of(1), again,
        &n), ERR_CRYPTO);
    cr_expect_eq(parcel_block_open(stream, length, 1, slice_of(ct[1],
        PARCEL_BLOCK - 1), again, &n), ERR_CRYPTO);
    cr_expect_eq(parcel_block_open(stream, length, 3, block_of(2), again,
        &n), ERR_CRYPTO);
    /* A stream that was cut at the end of a block. */
    cr_expect_eq(parcel_block_open(stream, 2 * PARCEL_BLOCK, 1, block_of(1),
        again, &n), ERR_CRYPTO);
    /* One that goes on after its end. */
    cr_expect_eq(parcel_block_open(stream, length + PARCEL_BLOCK, 2,
        slice_of(ct[2], PARCEL_BLOCK), again, &n), ERR_CRYPTO);
    cr_expect_eq(parcel_block_open(stream, 5, 0, slice_of(ct[0], 5), again,
        &n), ERR_CRYPTO);
}

Test(parcel, the_key_is_the_one_that_the_header_commits_to)
{
    struct secret *payload = NULL, *other;

    cr_assert_eq(parcel_keys_find(PARCEL_FILES, keys.key, keys.salt,
        keys.commit, &payload), OK);
    cr_expect(secret_equal(payload, keys.payload));
    secret_free(payload);
    cr_expect_eq(parcel_keys_find(PARCEL_MANIFEST, keys.key, keys.salt,
        keys.commit, &payload), ERR_CRYPTO);
    keys.salt[0] ^= 1;
    cr_expect_eq(parcel_keys_find(PARCEL_FILES, keys.key, keys.salt,
        keys.commit, &payload), ERR_CRYPTO);
    keys.salt[0] ^= 1;
    cr_assert_eq(secret_random(16, &other), OK);
    cr_expect_eq(parcel_keys_find(PARCEL_FILES, other, keys.salt,
        keys.commit, &payload), ERR_CRYPTO);
    secret_free(other);
}

Test(parcel, a_block_that_is_short_and_not_the_last_is_not_sealed)
{
    uint8_t leaf[HASH_LEN];

    cr_expect_eq(parcel_block_seal(stream, 0, false, 5, ct[0], leaf),
        ERR_INTERNAL);
    cr_expect_eq(parcel_block_seal(stream, 0, true, 0, ct[0], leaf),
        ERR_INTERNAL);
    cr_expect_eq(parcel_block_seal(stream, 0, true, PARCEL_BLOCK_PLAIN + 1,
        ct[0], leaf), ERR_INTERNAL);
}

/* Both libraries give the same bytes and refuse the same. */
Test(parcel, short_and_long_way_of_the_cipher_agree)
{
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 63, 64, 65, 4096,
        65536 };
    uint8_t nonce[AEAD_NONCE] = { 0 };
    struct aead *x;

    cr_assert_eq(aead_new(keys.payload->p, &x), OK);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        const struct slice in = slice_of(plain, sizes[i]);
        const size_t n = in.n + AEAD_TAG;

        nonce[3] = (uint8_t)i;
        aead_seal(keys.payload->p, nonce, SLICE_EMPTY, in, ct[0]);
        cr_assert_eq(aead_seal_next(x, nonce, in, ct[1]), OK);
        cr_expect_arr_eq(ct[0], ct[1], n);
        cr_expect_eq(aead_open_next(x, nonce, slice_of(ct[0], n), again),
            OK);
        cr_expect_arr_eq(again, plain, in.n);
        cr_expect_eq(aead_open(keys.payload->p, nonce, SLICE_EMPTY,
            slice_of(ct[1], n), again), OK);
        ct[0][n - 1] ^= 1;
        cr_expect_eq(aead_open_next(x, nonce, slice_of(ct[0], n), again),
            ERR_CRYPTO);
        cr_expect_eq(aead_open_next(x, nonce, slice_of(ct[1], n), again),
            OK);
        cr_expect_eq(aead_open_next(x, nonce, slice_of(ct[1], 15), again),
            ERR_CRYPTO);
    }
    aead_free(x);
}

/* One context of libcrypto, after whatever it did before, gives the bytes of
 * libsodium: also after a tag that was refused, and for no bytes at all. */
Test(parcel, a_context_carries_nothing_from_one_chunk_to_the_next)
{
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 63, 64, 65, 1000 };
    uint8_t in[1000], theirs[1000 + AEAD_TAG], ours[1000 + AEAD_TAG];
    uint8_t key[AEAD_KEY], nonce[AEAD_NONCE];
    struct aead *x;

    randombytes_buf(key, sizeof(key));
    randombytes_buf(in, sizeof(in));
    cr_assert_eq(aead_new(key, &x), OK);
    for (unsigned i = 0; i < 2000; i++) {
        const size_t n = sizes[randombytes_uniform(9)];
        const struct slice all = slice_of(ours, n + AEAD_TAG);

        randombytes_buf(nonce, sizeof(nonce));
        aead_seal(key, nonce, SLICE_EMPTY, slice_of(in, n), theirs);
        memcpy(ours, theirs, n + AEAD_TAG);
        switch (randombytes_uniform(3)) {
        case 0:
            cr_assert_eq(aead_seal_next(x, nonce, slice_of(in, n), ours),
                OK);
            cr_assert_arr_eq(ours, theirs, n + AEAD_TAG);
            break;
        case 1:
            cr_assert_eq(aead_open_next(x, nonce, all, ours), OK);
            cr_assert_arr_eq(ours, in, n);
            break;
        default:
            ours[randombytes_uniform((uint32_t)n + AEAD_TAG)] ^= 4;
            cr_assert_eq(aead_open_next(x, nonce, all, ours), ERR_CRYPTO);
        }
    }
    aead_free(x);
}
