/*
 * tree: the hash tree of RFC 6962 section 2.1 with SHA-256, for the log and
 * for parcels (FORMAT.md sections 5 and 6).
 *
 *     leaf  = SHA-256(00 || entry)
 *     node  = SHA-256(01 || left || right)
 *     empty = SHA-256("")
 *
 * A tree of n > 1 leaves splits at the largest power of two below n; an odd
 * node is promoted, never doubled.  Node (level, index) is the root of the
 * complete subtree over leaves [index << level, (index + 1) << level); level
 * 0 are the leaves.  Complete nodes never change, so they can be stored; what
 * hangs over at the right edge is combined here when it is asked for.
 *
 * Proofs are checked with the loops of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
 * Every number a peer may claim is allowed as input: what does not hold is
 * ERR_PROOF, what does not exist is E_FIELD_RANGE.
 */
#ifndef PROTO_TREE_H
#define PROTO_TREE_H

#include "proto/hash.h"

#define TREE_PROOF_MAX 63
/* The largest tree of which no proof is longer than TREE_PROOF_MAX. */
#define TREE_SIZE_MAX ((uint64_t)1 << 62)
#define TREE_RANGE_MAX (8 + 64 * HASH_LEN)
#define TREE_TILE_HEIGHT 8
#define TREE_TILE_WIDTH 256

/* The hashes of a proof in the order in which they are used, leaf to root. */
struct tree_proof {
    size_t n;
    uint8_t hash[TREE_PROOF_MAX][HASH_LEN];
};

/*
 * tree_leaf(entry, out), tree_node(l, r, out), tree_empty(out):
 * The hash of a leaf, of an inner node, of the tree of no leaves.  out may be
 * l or r.
 */
void tree_leaf(struct slice entry, uint8_t out[static HASH_LEN]);
void tree_node(const uint8_t l[static HASH_LEN],
    const uint8_t r[static HASH_LEN], uint8_t out[static HASH_LEN]);
void tree_empty(uint8_t out[static HASH_LEN]);

/*
 * A compact range: what must be known of a tree to append to it.  hash[i] is
 * the root of a complete subtree of 2^i leaves and counts only where bit i of
 * size is set; larger subtrees stand to the left.
 */
struct tree_range {
    uint64_t size;
    uint8_t hash[64][HASH_LEN];
};

/*
 * tree_range_init(range):
 * The range of the tree of no leaves.
 */
void tree_range_init(struct tree_range *range);

/*
 * tree_range_add(range, leafhash):
 * Append one leaf, given as its hash.
 */
void tree_range_add(struct tree_range *range,
    const uint8_t leafhash[static HASH_LEN]);

/*
 * tree_range_grow(range, leafhash, done):
 * The same, and the complete nodes that this leaf has finished: done[level]
 * is node (level, index >> level) where index is that of the leaf, for each
 * level below the number returned, which is at least 1.  A store that keeps
 * tiles takes done[0], done[8], done[16] and so on.
 */
unsigned tree_range_grow(struct tree_range *range,
    const uint8_t leafhash[static HASH_LEN], uint8_t done[static 64][HASH_LEN]);

/*
 * tree_range_root(range, out):
 * The root of the tree.
 */
void tree_range_root(const struct tree_range *range,
    uint8_t out[static HASH_LEN]);

/*
 * tree_range_encode(range, b), tree_range_decode(in, range):
 * u64 size, then the hashes of the bits that are set, largest subtree first;
 * at most TREE_RANGE_MAX bytes.  Decoding demands the exact length and a size
 * of at most TREE_SIZE_MAX, else E_MALFORMED and range is unchanged.
 */
void tree_range_encode(const struct tree_range *range, struct buf *b);
MUST_USE enum err tree_range_decode(struct slice in,
    struct tree_range *range);

/*
 * tree_check_inclusion(index, size, leafhash, proof, root):
 * OK if proof shows that leafhash is leaf index of the tree of size leaves
 * with that root, else ERR_PROOF.
 */
MUST_USE enum err tree_check_inclusion(uint64_t index, uint64_t size,
    const uint8_t leafhash[static HASH_LEN], const struct tree_proof *proof,
    const uint8_t root[static HASH_LEN]);

/*
 * tree_check_consistency(size1, size2, root1, root2, proof):
 * OK if proof shows that the tree of size1 leaves with root1 is the beginning
 * of the tree of size2 leaves with root2, else ERR_PROOF.  size1 = 0 is
 * ERR_PROOF: nothing can be shown.  Equal sizes need equal roots and an empty
 * proof.
 */
MUST_USE enum err tree_check_consistency(uint64_t size1, uint64_t size2,
    const uint8_t root1[static HASH_LEN], const uint8_t root2[static HASH_LEN],
    const struct tree_proof *proof);

/*
 * tree_fetch(arg, level, index, out):
 * What the functions below call for a complete node.  They ask only for nodes
 * within the tree they were given; an error is passed on.
 */
typedef enum err (*tree_fetch)(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN]);

/*
 * tree_subtree_root(fetch, arg, lo, hi, out):
 * The root of leaves [lo, hi).  lo must be a multiple of the smallest power
 * of two that is at least hi - lo, as in every subtree of RFC 6962, and hi at
 * most TREE_SIZE_MAX, else E_FIELD_RANGE.  No leaves give the empty hash.
 */
MUST_USE enum err tree_subtree_root(tree_fetch fetch, void *arg, uint64_t lo,
    uint64_t hi, uint8_t out[static HASH_LEN]);

/*
 * tree_root_at(fetch, arg, size, out):
 * The root of the first size leaves.
 */
MUST_USE enum err tree_root_at(tree_fetch fetch, void *arg, uint64_t size,
    uint8_t out[static HASH_LEN]);

/*
 * tree_prove_inclusion(index, size, fetch, arg, out):
 * The proof that leaf index is in the tree of size leaves.  E_FIELD_RANGE
 * unless index < size <= TREE_SIZE_MAX.  On failure out is unchanged.
 */
MUST_USE enum err tree_prove_inclusion(uint64_t index, uint64_t size,
    tree_fetch fetch, void *arg, struct tree_proof *out);

/*
 * tree_prove_consistency(size1, size2, fetch, arg, out):
 * The proof that the tree of size1 leaves is the beginning of that of size2;
 * empty for equal sizes.  E_FIELD_RANGE unless 0 < size1 <= size2 <=
 * TREE_SIZE_MAX.  On failure out is unchanged.
 */
MUST_USE enum err tree_prove_consistency(uint64_t size1, uint64_t size2,
    tree_fetch fetch, void *arg, struct tree_proof *out);

/*
 * Where node (level, index) is found when only levels 0, 8, 16 and so on are
 * kept, in tiles of 256 hashes: its hash is tree_fold of the n hashes from
 * the one at `from` on, in tile `tile` of tile level `level`.
 */
struct tree_place {
    unsigned level;             /* times TREE_TILE_HEIGHT = tree level */
    uint64_t tile;
    unsigned from;
    unsigned n;                 /* a power of two, at most 128 */
};

/*
 * tree_place(level, index):
 * The place of a node; level is below 64.
 */
struct tree_place tree_place(unsigned level, uint64_t index);

/*
 * tree_fold(hashes, n, out):
 * The root over n hashes of 32 bytes each, which are complete nodes of one
 * level side by side.  No hashes give the empty hash.
 */
void tree_fold(const uint8_t *hashes, size_t n, uint8_t out[static HASH_LEN]);

#endif
