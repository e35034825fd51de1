/*
 * parcel: the files of a message as sealed bytes in blocks (FORMAT.md section
 * 2): lengths, the tree of the blocks, and whether a block is the one that
 * the signed header announced.  No key is needed for any of it.
 *
 *     plain    the files one after another in the order of the manifest, then
 *              zeros up to pad_length (keys/stream.h)
 *     sealed   one STREAM over that: chunks of 65,536 + 16 bytes
 *     block    4 chunks = 262,208 bytes, the last one shorter
 *     leaf     SHA-256(00 || block); root: the tree of RFC 6962 (tree.h)
 *
 * A message that carries files has two of these, the parcel and its manifest
 * (manifest.h), in this order in field `attachments`: [root, length, salt,
 * commit].
 *
 * Nodes of the tree are kept side by side, level by level from the leaves
 * up: level l has ceil(blocks / 2^l) nodes, and the one at its right edge is
 * the root of what hangs there, so that the last level is the root alone.
 */
#ifndef PROTO_PARCEL_H
#define PROTO_PARCEL_H

#include "proto/tree.h"

#define PARCEL_CHUNK 65552              /* of STREAM, with its tag */
#define PARCEL_PLAIN 65536              /* of it, without */
#define PARCEL_BLOCK (4 * PARCEL_CHUNK)
#define PARCEL_BLOCKS_MAX ((uint64_t)1 << 22)
#define PARCEL_LENGTH_MAX (PARCEL_BLOCKS_MAX * PARCEL_BLOCK)
#define PARCEL_FILES_MAX 100000
#define PARCEL_PROOF_MAX 22             /* hashes of the longest proof */

/* In `attachments`. */
enum parcel_which { PARCEL_FILES, PARCEL_MANIFEST, PARCEL_WHICH };

/*
 * parcel_length_ok(length):
 * Whether a stream can be so long: no chunk is shorter than its tag, and
 * there are at most PARCEL_BLOCKS_MAX blocks.
 */
bool parcel_length_ok(uint64_t length);

/*
 * parcel_blocks(length), parcel_block_length(length, i):
 * How many blocks there are; the bytes of block i, which is below that.
 */
uint64_t parcel_blocks(uint64_t length);
size_t parcel_block_length(uint64_t length, uint64_t i);

/*
 * parcel_node(blocks, level, i), parcel_nodes(blocks):
 * The place of node i of a level, counted in hashes; how many there are.
 * blocks is at least 1.
 */
uint64_t parcel_node(uint64_t blocks, unsigned level, uint64_t i);
uint64_t parcel_nodes(uint64_t blocks);

/*
 * parcel_path(blocks, i, place):
 * The places of the hashes that prove block i, leaf to root; how many.
 */
size_t parcel_path(uint64_t blocks, uint64_t i,
    uint64_t place[static PARCEL_PROOF_MAX]);

/*
 * parcel_check(root, length, i, proof, block, leaf):
 * Whether this is block i: E_BLOCK_INDEX if there is none of that number,
 * E_BLOCK_LENGTH, E_BLOCK_PROOF if it does not lead to the root.  leaf (may
 * be NULL) gets its hash.
 */
MUST_USE enum err parcel_check(const uint8_t root[static HASH_LEN],
    uint64_t length, uint64_t i, const struct tree_proof *proof,
    struct slice block, uint8_t *leaf);

#endif
