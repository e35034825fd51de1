#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base64.h"
#include "proto/tree.h"

#define LEAVES 301

/* Eight leaves and the roots of their first 0 to 8, as others publish them. */
static const char *const inputs[8] = { "", "00", "10", "2021", "3031",
    "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
static const char *const roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

/* Every complete node of a tree of LEAVES, by level; arg of fetch_node. */
struct nodes {
    uint64_t size;
    uint8_t at[9][LEAVES][HASH_LEN];
    unsigned asked;
};

static struct nodes forest;
/* The same tree as tiles: level 0 and level 8. */
static uint8_t tiles[2][2 * TREE_TILE_WIDTH][HASH_LEN];

static enum err
fetch_node(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    struct nodes *n = arg;

    cr_assert((index + 1) << level <= n->size, "a node outside the tree");
    memcpy(out, n->at[level][index], HASH_LEN);
    n->asked++;
    return OK;
}

static enum err
fetch_tile(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    struct tree_place p = tree_place(level, index);

    (void)arg;
    cr_assert(p.from + p.n <= TREE_TILE_WIDTH);
    tree_fold(tiles[p.level][p.tile * TREE_TILE_WIDTH + p.from], p.n, out);
    return OK;
}

static enum err
fetch_fails(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    (void)arg;
    (void)level;
    (void)index;
    (void)out;
    return ERR_IO;
}

static void
leaf_at(uint64_t i, uint8_t *out)
{
    uint8_t entry[8];

    put_u64(entry, i * 0x9e3779b97f4a7c15u);
    tree_leaf(slice_of(entry, i % 9), out);
}

/* The definition, word for word. */
static void
naive(uint64_t lo, uint64_t hi, uint8_t *out)
{
    uint8_t l[HASH_LEN], r[HASH_LEN];
    uint64_t k = 1;

    if (hi == lo) {
        tree_empty(out);
        return;
    }
    if (hi - lo == 1) {
        leaf_at(lo, out);
        return;
    }
    while (2 * k < hi - lo)
        k *= 2;
    naive(lo, lo + k, l);
    naive(lo + k, hi, r);
    tree_node(l, r, out);
}

static void
plant(void)
{
    struct tree_range range;
    uint8_t leaf[HASH_LEN], done[64][HASH_LEN];
    unsigned n;

    tree_range_init(&range);
    for (uint64_t i = 0; i < LEAVES; i++) {
        leaf_at(i, leaf);
        n = tree_range_grow(&range, leaf, done);
        for (unsigned level = 0; level < n; level++)
            memcpy(forest.at[level][i >> level], done[level], HASH_LEN);
        memcpy(tiles[0][i], done[0], HASH_LEN);
        if (n > TREE_TILE_HEIGHT)
            memcpy(tiles[1][i >> 8], done[8], HASH_LEN);
    }
    forest.size = LEAVES;
}

TestSuite(tree, .init = plant);

#define SAME(a, b) (memcmp(a, b, HASH_LEN) == 0)

Test(tree, the_reference_tree_has_the_published_roots)
{
    struct tree_range range;
    uint8_t root[HASH_LEN], want[HASH_LEN], leaf[HASH_LEN], entry[16];

    tree_range_init(&range);
    for (size_t i = 0; i <= 8; i++) {
        cr_assert(hex_decode(roots[i], want, HASH_LEN));
        tree_range_root(&range, root);
        cr_assert(SAME(root, want), "size %zu", i);
        if (i == 8)
            break;
        cr_assert(hex_decode(inputs[i], entry, strlen(inputs[i]) / 2));
        tree_leaf(slice_of(entry, strlen(inputs[i]) / 2), leaf);
        tree_range_add(&range, leaf);
    }
}

Test(tree, leaf_and_node_have_the_published_hashes)
{
    uint8_t out[HASH_LEN], want[HASH_LEN], l[HASH_LEN], r[HASH_LEN];
    const uint8_t in[] = "\x01N123N456";
    char hex[2 * HASH_LEN + 1];

    tree_leaf(slice_str("L123456"), out);
    hex_encode(SLICE(out), hex);
    cr_assert_str_eq(hex, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad5"
        "47639252b4d56");
    hash_sha256(slice_of(in, sizeof(in) - 1), out);
    hex_encode(SLICE(out), hex);
    cr_assert_str_eq(hex, "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b"
        "044444de66bbb");
    memset(l, 1, sizeof(l));
    memset(r, 2, sizeof(r));
    tree_node(l, r, want);
    tree_node(l, r, l);
    cr_assert(SAME(l, want), "out may be l");
}

Test(tree, every_size_has_the_root_of_the_definition)
{
    struct tree_range range;
    uint8_t root[HASH_LEN], want[HASH_LEN], leaf[HASH_LEN];

    tree_range_init(&range);
    for (uint64_t size = 0; size < LEAVES; size++) {
        forest.size = size;
        naive(0, size, want);
        tree_range_root(&range, root);
        cr_assert(SAME(root, want), "range of %d", (int)size);
        cr_assert_eq(tree_root_at(fetch_node, &forest, size, root), OK);
        cr_assert(SAME(root, want), "stored nodes of %d", (int)size);
        cr_assert_eq(tree_root_at(fetch_tile, NULL, size, root), OK);
        cr_assert(SAME(root, want), "tiles of %d", (int)size);
        tree_fold(tiles[0][0], (size_t)size, root);
        cr_assert(SAME(root, want), "fold of %d", (int)size);
        leaf_at(size, leaf);
        tree_range_add(&range, leaf);
    }
}

Test(tree, a_range_survives_bytes_and_refuses_others)
{
    struct tree_range range, back;
    uint8_t leaf[HASH_LEN], a[HASH_LEN], b[HASH_LEN];
    struct buf bytes, again;

    tree_range_init(&range);
    buf_init(&bytes, TREE_RANGE_MAX);
    buf_init(&again, TREE_RANGE_MAX);
    for (uint64_t i = 0; i < 70; i++) {
        buf_reset(&bytes);
        buf_reset(&again);
        tree_range_encode(&range, &bytes);
        cr_assert_eq(tree_range_decode(slice_of_buf(&bytes), &back), OK);
        tree_range_encode(&back, &again);
        cr_assert(slice_equal(slice_of_buf(&bytes), slice_of_buf(&again)));
        tree_range_root(&range, a);
        tree_range_root(&back, b);
        cr_assert(SAME(a, b));
        leaf_at(i, leaf);
        tree_range_add(&range, leaf);
    }
    for (size_t n = 0; n < bytes.n; n++) {
        cr_assert_eq(tree_range_decode(slice_of(bytes.p, n), &back),
            E_MALFORMED, "cut at %zu", n);
    }
    for (size_t i = 0; i < bytes.n * 8; i++) {
        bytes.p[i / 8] ^= (uint8_t)(1 << i % 8);
        if (tree_range_decode(slice_of_buf(&bytes), &back) == OK) {
            buf_reset(&again);
            tree_range_encode(&back, &again);
            cr_assert(slice_equal(slice_of_buf(&bytes),
                slice_of_buf(&again)), "bit %zu", i);
        }
        bytes.p[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    memset(bytes.p, 0xff, 8);
    cr_assert_eq(tree_range_decode(slice_of_buf(&bytes), &back), E_MALFORMED);
    buf_clear(&bytes);
    buf_clear(&again);
}

/* One bit or the length of a proof changed: refused, whatever it was. */
static void
inclusion_tampered(uint64_t index, uint64_t size, const uint8_t *leaf,
    const struct tree_proof *good, const uint8_t *root)
{
    struct tree_proof bad = *good;
    uint8_t other[HASH_LEN];

    for (size_t i = 0; i < good->n; i++) {
        bad.hash[i][(index + i) % HASH_LEN] ^= 0x10;
        cr_assert_neq(tree_check_inclusion(index, size, leaf, &bad, root),
            OK);
        bad = *good;
    }
    if (good->n > 0) {
        bad.n = good->n - 1;
        cr_assert_neq(tree_check_inclusion(index, size, leaf, &bad, root),
            OK);
    }
    bad.n = good->n + 1;
    memcpy(bad.hash[good->n], root, HASH_LEN);
    cr_assert_neq(tree_check_inclusion(index, size, leaf, &bad, root), OK);
    cr_assert_neq(tree_check_inclusion(index + 1, size, leaf, good, root),
        OK);
    memcpy(other, leaf, HASH_LEN);
    other[31] ^= 1;
    cr_assert_neq(tree_check_inclusion(index, size, other, good, root), OK);
    cr_assert_neq(tree_check_inclusion(index, size, leaf, good, other), OK);
}

Test(tree, every_leaf_is_proven_and_no_tampered_proof_holds)
{
    struct tree_proof p, q;
    uint8_t leaf[HASH_LEN], root[HASH_LEN];

    for (uint64_t size = 1; size < LEAVES; size += size < 70 ? 1 : 23) {
        forest.size = size;
        cr_assert_eq(tree_root_at(fetch_node, &forest, size, root), OK);
        for (uint64_t i = 0; i < size; i++) {
            leaf_at(i, leaf);
            cr_assert_eq(tree_prove_inclusion(i, size, fetch_node, &forest,
                &p), OK);
            cr_assert_eq(tree_check_inclusion(i, size, leaf, &p, root), OK,
                "leaf %d of %d", (int)i, (int)size);
            cr_assert_eq(tree_prove_inclusion(i, size, fetch_tile, NULL, &q),
                OK);
            cr_assert(p.n == q.n &&
                memcmp(p.hash, q.hash, p.n * HASH_LEN) == 0);
            inclusion_tampered(i, size, leaf, &p, root);
        }
    }
}

static void
consistency_tampered(uint64_t a, uint64_t b, const uint8_t *root1,
    const uint8_t *root2, const struct tree_proof *good)
{
    struct tree_proof bad = *good;

    for (size_t i = 0; i < good->n; i++) {
        bad.hash[i][(a + i) % HASH_LEN] ^= 0x01;
        cr_assert_neq(tree_check_consistency(a, b, root1, root2, &bad), OK);
        bad = *good;
    }
    if (good->n > 0) {
        bad.n = good->n - 1;
        cr_assert_neq(tree_check_consistency(a, b, root1, root2, &bad), OK);
    }
    bad.n = good->n + 1;
    memcpy(bad.hash[good->n], root1, HASH_LEN);
    cr_assert_neq(tree_check_consistency(a, b, root1, root2, &bad), OK);
    if (a != b) {
        cr_assert_neq(tree_check_consistency(a, b, root2, root2, good), OK);
        cr_assert_neq(tree_check_consistency(a, b, root1, root1, good), OK);
        cr_assert_neq(tree_check_consistency(b, a, root2, root1, good), OK);
    }
}

Test(tree, every_pair_of_sizes_is_consistent)
{
    static uint8_t root[LEAVES][HASH_LEN];
    struct tree_proof p, q;

    for (uint64_t size = 0; size < LEAVES; size++)
        cr_assert_eq(tree_root_at(fetch_node, &forest, size, root[size]), OK);
    for (uint64_t b = 1; b < LEAVES; b += b < 64 ? 1 : 29) {
        forest.size = b;
        for (uint64_t a = 1; a <= b; a++) {
            cr_assert_eq(tree_prove_consistency(a, b, fetch_node, &forest,
                &p), OK);
            cr_assert_eq(tree_check_consistency(a, b, root[a], root[b], &p),
                OK, "%d and %d", (int)a, (int)b);
            cr_assert_eq(tree_prove_consistency(a, b, fetch_tile, NULL, &q),
                OK);
            cr_assert(p.n == q.n &&
                memcmp(p.hash, q.hash, p.n * HASH_LEN) == 0);
            consistency_tampered(a, b, root[a], root[b], &p);
        }
    }
}

Test(tree, what_does_not_exist_is_refused)
{
    struct tree_proof p = { .n = 0 };
    uint8_t h[HASH_LEN] = { 0 };
    const uint64_t most = UINT64_MAX;

    cr_assert_eq(tree_check_inclusion(0, 0, h, &p, h), ERR_PROOF);
    cr_assert_eq(tree_check_inclusion(5, 5, h, &p, h), ERR_PROOF);
    cr_assert_eq(tree_check_inclusion(most, most, h, &p, h), ERR_PROOF);
    cr_assert_eq(tree_check_inclusion(0, 1, h, &p, h), OK);
    cr_assert_eq(tree_check_consistency(0, 0, h, h, &p), ERR_PROOF);
    cr_assert_eq(tree_check_consistency(0, 4, h, h, &p), ERR_PROOF);
    cr_assert_eq(tree_check_consistency(4, 3, h, h, &p), ERR_PROOF);
    cr_assert_eq(tree_check_consistency(most, most, h, h, &p), OK);
    p.n = TREE_PROOF_MAX;
    cr_assert_eq(tree_check_inclusion(0, most, h, &p, h), ERR_PROOF);
    cr_assert_eq(tree_check_consistency(1, most, h, h, &p), ERR_PROOF);
    p.n = TREE_PROOF_MAX + 1;
    cr_assert_eq(tree_check_inclusion(0, most, h, &p, h), ERR_PROOF);
    cr_assert_eq(tree_check_consistency(1, most, h, h, &p), ERR_PROOF);
    p.n = SIZE_MAX;
    cr_assert_eq(tree_check_inclusion(0, most, h, &p, h), ERR_PROOF);
}

Test(tree, no_proof_is_made_for_what_does_not_exist)
{
    struct tree_proof p = { .n = 7 };
    uint8_t h[HASH_LEN];

    cr_assert_eq(tree_prove_inclusion(0, 0, fetch_fails, NULL, &p),
        E_FIELD_RANGE);
    cr_assert_eq(tree_prove_inclusion(4, 4, fetch_fails, NULL, &p),
        E_FIELD_RANGE);
    cr_assert_eq(tree_prove_inclusion(4, UINT64_MAX, fetch_fails, NULL, &p),
        E_FIELD_RANGE);
    cr_assert_eq(tree_prove_consistency(0, 4, fetch_fails, NULL, &p),
        E_FIELD_RANGE);
    cr_assert_eq(tree_prove_consistency(5, 4, fetch_fails, NULL, &p),
        E_FIELD_RANGE);
    cr_assert_eq(tree_prove_consistency(3, 7, fetch_fails, NULL, &p), ERR_IO);
    cr_assert_eq(tree_prove_inclusion(3, 7, fetch_fails, NULL, &p), ERR_IO);
    cr_assert_eq(p.n, 7, "out is unchanged");
    cr_assert_eq(tree_subtree_root(fetch_fails, NULL, 2, 5, h),
        E_FIELD_RANGE);
    cr_assert_eq(tree_subtree_root(fetch_fails, NULL, 5, 4, h),
        E_FIELD_RANGE);
    cr_assert_eq(tree_root_at(fetch_fails, NULL, 1, h), ERR_IO);
}

/* Any hash serves: only the shape is looked at. */
static enum err
fetch_shape(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    uint64_t size = *(uint64_t *)arg;

    cr_assert(level < 63 && index + 1 <= size >> level);
    memset(out, 0, HASH_LEN);
    put_u64(out, index);
    out[31] = (uint8_t)level;
    return OK;
}

Test(tree, the_largest_trees_have_proofs_that_fit)
{
    const uint64_t sizes[] = { TREE_SIZE_MAX, TREE_SIZE_MAX - 1,
        TREE_SIZE_MAX / 2 + 1, 0x2aaaaaaaaaaaaaaa };
    struct tree_proof p;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t size = sizes[i];

        cr_assert_eq(tree_prove_inclusion(size - 1, size, fetch_shape, &size,
            &p), OK);
        cr_assert_eq(tree_prove_inclusion(size / 3, size, fetch_shape, &size,
            &p), OK);
        cr_assert_leq(p.n, TREE_PROOF_MAX);
        for (uint64_t a = 1; a < size / 4; a = a * 5 + 2) {
            cr_assert_eq(tree_prove_consistency(a, size, fetch_shape, &size,
                &p), OK);
            cr_assert_leq(p.n, TREE_PROOF_MAX);
        }
        cr_assert_eq(tree_prove_consistency(size - 1, size, fetch_shape,
            &size, &p), OK);
    }
}

Test(tree, a_node_is_found_in_its_tile)
{
    struct tree_place p = tree_place(3, 33);

    cr_assert(p.level == 0 && p.tile == 1 && p.from == 8 && p.n == 8);
    p = tree_place(8, 257);
    cr_assert(p.level == 1 && p.tile == 1 && p.from == 1 && p.n == 1);
    p = tree_place(15, 3);
    cr_assert(p.level == 1 && p.tile == 1 && p.from == 128 && p.n == 128);
    p = tree_place(63, 0);
    cr_assert(p.level == 7 && p.tile == 0 && p.from == 0 && p.n == 128);
}

/*
 * The vectors of transparency-dev/merkle, fetched, not kept here.  Numbers
 * above INT64_MAX are quoted first, because the JSON reader has no unsigned
 * ones.
 */
static json_t *
vectors(const char *name)
{
    const char *folder = getenv("VALISE_VECTORS");
    char path[512], *text, *quoted;
    size_t n = 0, max = 1 << 20;
    json_t *all;
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/merkle/%s",
        folder != NULL ? folder : "../shared/vectors", name);
    if ((f = fopen(path, "r")) == NULL) {
        fprintf(stderr, "skipped: no vectors at %s\n", path);
        return NULL;
    }
    text = calloc(1, max);
    quoted = calloc(2, max);
    cr_assert(text != NULL && quoted != NULL);
    cr_assert_lt(fread(text, 1, max - 1, f), max - 1);
    (void)fclose(f);
    for (const char *p = text; *p != '\0';) {
        size_t digits = strspn(p, "0123456789");

        if (digits > 0 && p > text && p[-1] == ' ') {
            n += (size_t)sprintf(quoted + n, "\"%.*s\"", (int)digits, p);
            p += digits;
        } else if (*p == '"') {
            const char *end = strchr(p + 1, '"');

            while (end[-1] == '\\')
                end = strchr(end + 1, '"');
            memcpy(quoted + n, p, (size_t)(end + 1 - p));
            n += (size_t)(end + 1 - p);
            p = end + 1;
        } else {
            quoted[n++] = *p++;
        }
    }
    all = json_loadb(quoted, n, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    free(quoted);
    cr_assert_not_null(all);
    return all;
}

static uint64_t
number(const json_t *c, const char *key)
{
    const char *text = json_string_value(json_object_get(c, key));

    cr_assert_not_null(text, "%s", key);
    return strtoull(text, NULL, 10);
}

static bool
hash_of(const json_t *v, uint8_t *out)
{
    const char *text = json_string_value(v);

    return text != NULL && base64_decode(slice_str(text), out, HASH_LEN);
}

static bool
proof_of(const json_t *v, struct tree_proof *p)
{
    size_t n = json_array_size(v);

    if (n > TREE_PROOF_MAX)
        return false;
    for (p->n = 0; p->n < n; p->n++) {
        if (!hash_of(json_array_get(v, p->n), p->hash[p->n]))
            return false;
    }
    return true;
}

Test(tree, the_fetched_inclusion_vectors_agree)
{
    json_t *all = vectors("inclusion.json"), *c;
    size_t i, good = 0;

    if (all == NULL)
        return;
    json_array_foreach(json_object_get(all, "cases"), i, c) {
        uint8_t leaf[HASH_LEN], root[HASH_LEN];
        struct tree_proof p;
        bool ok = hash_of(json_object_get(c, "root"), root) &&
            hash_of(json_object_get(c, "leafHash"), leaf) &&
            proof_of(json_object_get(c, "proof"), &p) &&
            tree_check_inclusion(number(c, "leafIdx"), number(c, "treeSize"),
                leaf, &p, root) == OK;

        cr_assert_eq(ok, !json_is_true(json_object_get(c, "wantErr")), "%s",
            json_string_value(json_object_get(c, "file")));
        good += ok;
    }
    cr_assert_eq(i, 98);
    cr_assert_eq(good, 6);
    json_decref(all);
}

Test(tree, the_fetched_consistency_vectors_agree)
{
    json_t *all = vectors("consistency.json"), *c;
    size_t i, good = 0;

    if (all == NULL)
        return;
    json_array_foreach(json_object_get(all, "cases"), i, c) {
        const char *file = json_string_value(json_object_get(c, "file"));
        uint8_t root1[HASH_LEN], root2[HASH_LEN];
        struct tree_proof p;
        bool ok = hash_of(json_object_get(c, "root1"), root1) &&
            hash_of(json_object_get(c, "root2"), root2) &&
            proof_of(json_object_get(c, "proof"), &p) &&
            tree_check_consistency(number(c, "size1"), number(c, "size2"),
                root1, root2, &p) == OK;

        /* Its roots are text of 11 bytes; here a root has 32. */
        if (strstr(file, "sizes-are-equal-one-and-proof-is-empty") != NULL) {
            cr_assert(!ok);
            continue;
        }
        cr_assert_eq(ok, !json_is_true(json_object_get(c, "wantErr")), "%s",
            file);
        good += ok;
    }
    cr_assert_eq(i, 98);
    cr_assert_eq(good, 5);
    json_decref(all);
}
