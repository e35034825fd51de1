#include "proto/parcel.h"

bool
parcel_length_ok(uint64_t length)
{
    const uint64_t rest = length % PARCEL_CHUNK;

    return length > PARCEL_CHUNK - PARCEL_PLAIN &&
        length <= PARCEL_LENGTH_MAX &&
        (rest == 0 || rest > PARCEL_CHUNK - PARCEL_PLAIN);
}

uint64_t
parcel_blocks(uint64_t length)
{
    return length / PARCEL_BLOCK + (length % PARCEL_BLOCK != 0);
}

size_t
parcel_block_length(uint64_t length, uint64_t i)
{
    const uint64_t left = length - i * PARCEL_BLOCK;

    return left < PARCEL_BLOCK ? (size_t)left : PARCEL_BLOCK;
}

uint64_t
parcel_node(uint64_t blocks, unsigned level, uint64_t i)
{
    uint64_t before = 0;

    for (; level > 0; level--) {
        before += blocks;
        blocks = (blocks + 1) / 2;
    }
    return before + i;
}

uint64_t
parcel_nodes(uint64_t blocks)
{
    uint64_t n = blocks;

    while (blocks > 1) {
        blocks = (blocks + 1) / 2;
        n += blocks;
    }
    return n;
}

size_t
parcel_path(uint64_t blocks, uint64_t i,
    uint64_t place[static PARCEL_PROOF_MAX])
{
    uint64_t before = 0;
    size_t n = 0;

    while (blocks > 1 && n < PARCEL_PROOF_MAX) {
        /* The last of an odd level has nobody beside it: it moves up. */
        if ((i ^ 1) < blocks)
            place[n++] = before + (i ^ 1);
        before += blocks;
        blocks = (blocks + 1) / 2;
        i /= 2;
    }
    return n;
}

enum err
parcel_check(const uint8_t root[static HASH_LEN], uint64_t length,
    uint64_t i, const struct tree_proof *proof, struct slice block,
    uint8_t *leaf)
{
    uint8_t hash[HASH_LEN];

    if (!parcel_length_ok(length) || i >= parcel_blocks(length))
        return E_BLOCK_INDEX;
    if (block.n != parcel_block_length(length, i))
        return E_BLOCK_LENGTH;
    tree_leaf(block, leaf != NULL ? leaf : hash);
    return tree_check_inclusion(i, parcel_blocks(length),
        leaf != NULL ? leaf : hash, proof, root) == OK ? OK : E_BLOCK_PROOF;
}
