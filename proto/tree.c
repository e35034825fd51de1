#include <string.h>

#include "proto/tree.h"

/* The parts of a proof are found from the root down and used leaf up. */
struct span {
    uint64_t lo;
    uint64_t hi;
};

void
tree_leaf(struct slice entry, uint8_t out[static HASH_LEN])
{
    static const uint8_t prefix[1] = { 0 };
    struct hasher h;

    hash_start(&h);
    hash_add(&h, SLICE(prefix));
    hash_add(&h, entry);
    hash_end(&h, out);
}

void
tree_node(const uint8_t l[static HASH_LEN], const uint8_t r[static HASH_LEN],
    uint8_t out[static HASH_LEN])
{
    uint8_t in[1 + 2 * HASH_LEN];

    in[0] = 1;
    memcpy(in + 1, l, HASH_LEN);
    memcpy(in + 1 + HASH_LEN, r, HASH_LEN);
    hash_sha256(SLICE(in), out);
}

void
tree_empty(uint8_t out[static HASH_LEN])
{
    hash_sha256(SLICE_EMPTY, out);
}

static bool
equal(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, HASH_LEN) == 0;
}

void
tree_range_init(struct tree_range *range)
{
    memset(range, 0, sizeof(*range));
}

unsigned
tree_range_grow(struct tree_range *range,
    const uint8_t leafhash[static HASH_LEN], uint8_t done[static 64][HASH_LEN])
{
    unsigned level = 0;

    memcpy(done[0], leafhash, HASH_LEN);
    while (level < 63 && (range->size >> level & 1) == 1) {
        tree_node(range->hash[level], done[level], done[level + 1]);
        level++;
    }
    memcpy(range->hash[level], done[level], HASH_LEN);
    range->size++;
    return level + 1;
}

void
tree_range_add(struct tree_range *range,
    const uint8_t leafhash[static HASH_LEN])
{
    uint8_t done[64][HASH_LEN];

    (void)tree_range_grow(range, leafhash, done);
}

void
tree_range_root(const struct tree_range *range, uint8_t out[static HASH_LEN])
{
    bool first = true;

    tree_empty(out);
    for (unsigned i = 0; i < 64; i++) {
        if ((range->size >> i & 1) == 0)
            continue;
        if (first)
            memcpy(out, range->hash[i], HASH_LEN);
        else
            tree_node(range->hash[i], out, out);
        first = false;
    }
}

void
tree_range_encode(const struct tree_range *range, struct buf *b)
{
    buf_put_u64(b, range->size);
    for (unsigned i = 64; i-- > 0;) {
        if ((range->size >> i & 1) == 1)
            buf_put(b, range->hash[i], HASH_LEN);
    }
}

enum err
tree_range_decode(struct slice in, struct tree_range *range)
{
    struct tree_range r;
    size_t at = 8, bits = 0;

    if (in.n < 8)
        return E_MALFORMED;
    tree_range_init(&r);
    r.size = get_u64(in.p);
    for (unsigned i = 0; i < 64; i++)
        bits += r.size >> i & 1;
    if (r.size > TREE_SIZE_MAX || in.n != 8 + bits * HASH_LEN)
        return E_MALFORMED;
    for (unsigned i = 64; i-- > 0;) {
        if ((r.size >> i & 1) == 1) {
            memcpy(r.hash[i], in.p + at, HASH_LEN);
            at += HASH_LEN;
        }
    }
    *range = r;
    return OK;
}

/* The step that both checks share: one level up, past promoted nodes. */
static void
climb(uint64_t *fn, uint64_t *sn)
{
    while ((*fn & 1) == 0 && *fn != 0) {
        *fn >>= 1;
        *sn >>= 1;
    }
}

enum err
tree_check_inclusion(uint64_t index, uint64_t size,
    const uint8_t leafhash[static HASH_LEN], const struct tree_proof *proof,
    const uint8_t root[static HASH_LEN])
{
    uint64_t fn = index, sn = size - 1;
    uint8_t r[HASH_LEN];

    if (index >= size || proof->n > TREE_PROOF_MAX)
        return ERR_PROOF;
    memcpy(r, leafhash, HASH_LEN);
    for (size_t i = 0; i < proof->n; i++) {
        if (sn == 0)
            return ERR_PROOF;
        if ((fn & 1) == 1 || fn == sn) {
            tree_node(proof->hash[i], r, r);
            climb(&fn, &sn);
        } else {
            tree_node(r, proof->hash[i], r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && equal(r, root) ? OK : ERR_PROOF;
}

enum err
tree_check_consistency(uint64_t size1, uint64_t size2,
    const uint8_t root1[static HASH_LEN], const uint8_t root2[static HASH_LEN],
    const struct tree_proof *proof)
{
    uint64_t fn = size1 - 1, sn = size2 - 1;
    uint8_t fr[HASH_LEN], sr[HASH_LEN];
    size_t i = 0;

    if (size1 == 0 || size1 > size2 || proof->n > TREE_PROOF_MAX)
        return ERR_PROOF;
    if (size1 == size2)
        return proof->n == 0 && equal(root1, root2) ? OK : ERR_PROOF;
    if (proof->n == 0)
        return ERR_PROOF;
    /* The root of a complete first tree is not sent: it is known. */
    memcpy(fr, (size1 & fn) == 0 ? root1 : proof->hash[i++], HASH_LEN);
    memcpy(sr, fr, HASH_LEN);
    while ((fn & 1) == 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (; i < proof->n; i++) {
        if (sn == 0)
            return ERR_PROOF;
        if ((fn & 1) == 1 || fn == sn) {
            tree_node(proof->hash[i], fr, fr);
            tree_node(proof->hash[i], sr, sr);
            climb(&fn, &sn);
        } else {
            tree_node(sr, proof->hash[i], sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && equal(fr, root1) && equal(sr, root2) ? OK : ERR_PROOF;
}

/* The largest power of two below n; n is at least 2. */
static uint64_t
split(uint64_t n)
{
    uint64_t k = 1;

    while (k < n - k)
        k <<= 1;
    return k;
}

enum err
tree_subtree_root(tree_fetch fetch, void *arg, uint64_t lo, uint64_t hi,
    uint8_t out[static HASH_LEN])
{
    uint64_t n = hi - lo;
    uint8_t r[HASH_LEN], peak[HASH_LEN];
    bool first = true;
    enum err e;

    if (lo > hi || hi > TREE_SIZE_MAX)
        return E_FIELD_RANGE;
    if (n > 1 && lo % (2 * split(n)) != 0)
        return E_FIELD_RANGE;
    tree_empty(r);
    /* Complete subtrees from the right, smallest first. */
    for (unsigned level = 0; level < 64 && n >> level != 0; level++) {
        if ((n >> level & 1) == 0)
            continue;
        hi -= (uint64_t)1 << level;
        if ((e = fetch(arg, level, hi >> level, peak)) != OK)
            return e;
        if (first)
            memcpy(r, peak, HASH_LEN);
        else
            tree_node(peak, r, r);
        first = false;
    }
    memcpy(out, r, HASH_LEN);
    return OK;
}

enum err
tree_root_at(tree_fetch fetch, void *arg, uint64_t size,
    uint8_t out[static HASH_LEN])
{
    return tree_subtree_root(fetch, arg, 0, size, out);
}

/* Fetch the n spans, last one first, into *out. */
static enum err
collect(const struct span *spans, size_t n, tree_fetch fetch, void *arg,
    struct tree_proof *out)
{
    struct tree_proof p;
    enum err e;

    for (p.n = 0; p.n < n; p.n++) {
        const struct span *s = &spans[n - 1 - p.n];

        if ((e = tree_subtree_root(fetch, arg, s->lo, s->hi,
            p.hash[p.n])) != OK)
            return e;
    }
    out->n = p.n;
    memcpy(out->hash, p.hash, p.n * HASH_LEN);
    return OK;
}

enum err
tree_prove_inclusion(uint64_t index, uint64_t size, tree_fetch fetch,
    void *arg, struct tree_proof *out)
{
    struct span spans[TREE_PROOF_MAX];
    uint64_t lo = 0, hi = size, k;
    size_t n = 0;

    if (index >= size || size > TREE_SIZE_MAX)
        return E_FIELD_RANGE;
    while (hi - lo > 1) {
        k = split(hi - lo);
        if (index - lo < k) {
            spans[n++] = (struct span){ lo + k, hi };
            hi = lo + k;
        } else {
            spans[n++] = (struct span){ lo, lo + k };
            lo += k;
        }
    }
    return collect(spans, n, fetch, arg, out);
}

enum err
tree_prove_consistency(uint64_t size1, uint64_t size2, tree_fetch fetch,
    void *arg, struct tree_proof *out)
{
    struct span spans[TREE_PROOF_MAX];
    uint64_t lo = 0, hi = size2, k;
    size_t n = 0;

    if (size1 == 0 || size1 > size2 || size2 > TREE_SIZE_MAX)
        return E_FIELD_RANGE;
    /* Down to the subtree that ends where the first tree ends. */
    while (hi != size1) {
        k = split(hi - lo);
        if (size1 - lo <= k) {
            spans[n++] = (struct span){ lo + k, hi };
            hi = lo + k;
        } else {
            spans[n++] = (struct span){ lo, lo + k };
            lo += k;
        }
    }
    /* Where that is the whole first tree, its root is known. */
    if (lo != 0)
        spans[n++] = (struct span){ lo, hi };
    return collect(spans, n, fetch, arg, out);
}

struct tree_place
tree_place(unsigned level, uint64_t index)
{
    unsigned up = level % TREE_TILE_HEIGHT;
    uint64_t per = TREE_TILE_WIDTH >> up;       /* such nodes in a tile */

    return (struct tree_place){
        .level = level / TREE_TILE_HEIGHT,
        .tile = index / per,
        .from = (unsigned)(index % per) << up,
        .n = 1U << up,
    };
}

void
tree_fold(const uint8_t *hashes, size_t n, uint8_t out[static HASH_LEN])
{
    struct tree_range range;

    tree_range_init(&range);
    for (size_t i = 0; i < n; i++)
        tree_range_add(&range, hashes + i * HASH_LEN);
    tree_range_root(&range, out);
}
