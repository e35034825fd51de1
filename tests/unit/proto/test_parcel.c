/*
 * Lengths and the tree of blocks, against the tree of RFC 6962.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "proto/parcel.h"

#define MOST 300

static uint8_t leaf[MOST][HASH_LEN];
static uint8_t node[2 * MOST + 16][HASH_LEN];

static enum err
fetch(void *arg, unsigned level, uint64_t i, uint8_t out[static HASH_LEN])
{
    uint8_t l[HASH_LEN], r[HASH_LEN];

    if (level == 0) {
        memcpy(out, leaf[i], HASH_LEN);
        return OK;
    }
    (void)fetch(arg, level - 1, 2 * i, l);
    (void)fetch(arg, level - 1, 2 * i + 1, r);
    tree_node(l, r, out);
    return OK;
}

static void
setup(void)
{
    for (size_t i = 0; i < MOST; i++)
        tree_leaf(slice_of(&i, sizeof(i)), leaf[i]);
}

/* All nodes by levels, as the header says. */
static void
fill(uint64_t blocks)
{
    uint64_t n = blocks;

    memcpy(node, leaf, blocks * HASH_LEN);
    for (unsigned level = 0; n > 1; level++, n = (n + 1) / 2)
        for (uint64_t i = 0; i < n; i += 2) {
            uint8_t *to = node[parcel_node(blocks, level + 1, i / 2)];

            if (i + 1 < n)
                tree_node(node[parcel_node(blocks, level, i)],
                    node[parcel_node(blocks, level, i + 1)], to);
            else
                memcpy(to, node[parcel_node(blocks, level, i)], HASH_LEN);
        }
}

TestSuite(parcel, .init = setup);

Test(parcel, places_and_proofs_are_those_of_the_tree_for_every_size)
{
    for (uint64_t blocks = 1; blocks <= MOST; blocks++) {
        uint8_t root[HASH_LEN];

        fill(blocks);
        cr_assert_eq(tree_root_at(fetch, NULL, blocks, root), OK);
        cr_expect_arr_eq(node[parcel_nodes(blocks) - 1], root, HASH_LEN);
        for (uint64_t i = 0; i < blocks; i++) {
            uint64_t place[PARCEL_PROOF_MAX];
            struct tree_proof proof;
            const size_t n = parcel_path(blocks, i, place);

            cr_assert_eq(tree_prove_inclusion(i, blocks, fetch, NULL,
                &proof), OK);
            cr_assert_eq(n, proof.n, "block %u of %u", (unsigned)i,
                (unsigned)blocks);
            for (size_t k = 0; k < n; k++) {
                cr_assert_lt(place[k], parcel_nodes(blocks));
                cr_assert_arr_eq(node[place[k]], proof.hash[k], HASH_LEN);
            }
        }
    }
}

Test(parcel, the_longest_proof_fits)
{
    uint64_t place[PARCEL_PROOF_MAX];

    cr_expect_eq(parcel_path(PARCEL_BLOCKS_MAX, 0, place), PARCEL_PROOF_MAX);
    cr_expect_eq(parcel_path(PARCEL_BLOCKS_MAX, PARCEL_BLOCKS_MAX - 1,
        place), PARCEL_PROOF_MAX);
    cr_expect_eq(parcel_path(PARCEL_BLOCKS_MAX - 1, PARCEL_BLOCKS_MAX - 2,
        place), PARCEL_PROOF_MAX - 1);
    cr_expect_eq(parcel_path(1, 0, place), 0);
}

Test(parcel, lengths_are_those_that_a_stream_can_have)
{
    static const uint64_t good[] = { 17, 4112, PARCEL_CHUNK,
        PARCEL_CHUNK + 17, PARCEL_BLOCK, PARCEL_BLOCK + 17,
        PARCEL_LENGTH_MAX };
    static const uint64_t bad[] = { 0, 1, 16, PARCEL_CHUNK + 1,
        PARCEL_CHUNK + 16, PARCEL_BLOCK + 16, PARCEL_LENGTH_MAX + 1,
        PARCEL_LENGTH_MAX + PARCEL_CHUNK, UINT64_MAX };

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        cr_expect(parcel_length_ok(good[i]), "%zu", i);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not(parcel_length_ok(bad[i]), "%zu", i);
    cr_expect_eq(parcel_blocks(PARCEL_BLOCK), 1);
    cr_expect_eq(parcel_blocks(PARCEL_BLOCK + 17), 2);
    cr_expect_eq(parcel_block_length(PARCEL_BLOCK + 17, 0), PARCEL_BLOCK);
    cr_expect_eq(parcel_block_length(PARCEL_BLOCK + 17, 1), 17);
    cr_expect_eq(parcel_block_length(PARCEL_BLOCK, 0), PARCEL_BLOCK);
}

Test(parcel, a_block_is_checked_by_number_length_and_proof)
{
    static uint8_t block[3][PARCEL_BLOCK];
    const uint64_t length = 2 * PARCEL_BLOCK + 1000;
    uint8_t root[HASH_LEN], hash[HASH_LEN];
    struct tree_proof proof;

    for (size_t i = 0; i < 3; i++) {
        memset(block[i], (int)i + 1, PARCEL_BLOCK);
        tree_leaf(slice_of(block[i], parcel_block_length(length, i)),
            leaf[i]);
    }
    cr_assert_eq(tree_root_at(fetch, NULL, 3, root), OK);
    for (uint64_t i = 0; i < 3; i++) {
        const size_t n = parcel_block_length(length, i);

        cr_assert_eq(tree_prove_inclusion(i, 3, fetch, NULL, &proof), OK);
        cr_expect_eq(parcel_check(root, length, i, &proof, slice_of(block[i],
            n), hash), OK);
        cr_expect_arr_eq(hash, leaf[i], HASH_LEN);
        cr_expect_eq(parcel_check(root, length, i, &proof, slice_of(block[i],
            n - 1), NULL), E_BLOCK_LENGTH);
        cr_expect_eq(parcel_check(root, length, 3, &proof, slice_of(block[i],
            n), NULL), E_BLOCK_INDEX);
        cr_expect_eq(parcel_check(root, 16, 0, &proof, slice_of(block[i],
            16), NULL), E_BLOCK_INDEX);
        cr_expect_eq(parcel_check(root, length, (i + 1) % 2, &proof,
            slice_of(block[i], PARCEL_BLOCK), NULL), E_BLOCK_PROOF);
        for (size_t k = 0; k < proof.n; k++) {
            proof.hash[k][31] ^= 1;
            cr_expect_eq(parcel_check(root, length, i, &proof, slice_of(
                block[i], n), NULL), E_BLOCK_PROOF);
            proof.hash[k][31] ^= 1;
        }
        proof.n--;
        cr_expect_eq(parcel_check(root, length, i, &proof, slice_of(block[i],
            n), NULL), E_BLOCK_PROOF);
    }
}
