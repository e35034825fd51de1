/*
 * tests/vectors/parcel.hex: two parcels with their lists, of fixed keys and
 * salts.  They are made again byte for byte and opened, and what was changed
 * is refused: by the root where nobody has a key, by the key without a root.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>

#include "keys/parcel.h"
#include "keys/secret_in.h"
#include "proto/enums.h"
#include "proto/manifest.h"
#include "proto/message.h"
#include "tests/unit/proto/mutate.h"

#define VECTOR "parcel.hex"
#define FILES 3
#define BLOCKS_MOST 4
#define PLAIN_MAX (1u << 20)

struct file_row {
    const char *name, *folder[2];
    size_t size;
};

static const struct parcel_row {
    const char *list, *attachments, *proofs;
    uint8_t key, salt;              /* of the parcel; the list's is one more */
    struct file_row file[FILES];
} small = {
    "small_list", "small_attachments", "small_proofs", 0x51, 0x61,
    { { "scan.pdf", { NULL, NULL }, 40 }, { "empty", { NULL, NULL }, 0 },
    { "note.txt", { "letters", NULL }, 25 } }
}, large = {
    "large_list", "large_attachments", "large_proofs", 0x53, 0x63,
    { { "scan.pdf", { NULL, NULL }, 40 }, { "empty", { NULL, NULL }, 0 },
    { "disk.img", { "disks", "first" }, 600000 } }
};

/* What was made of one stream. */
struct made {
    struct parcel_keys keys;
    struct stream *stream;
    struct buf plain, ct;
    uint8_t node[2 * BLOCKS_MOST][HASH_LEN];
    uint64_t blocks;
};

static struct arena *a;
static struct made made[PARCEL_WHICH];
static struct buf list, out;

static void
keys_of(const struct parcel_row *r, enum parcel_which which,
    struct parcel_keys *k)
{
    cr_assert_eq(secret_new(CEK_LEN, &k->key), OK);
    memset(k->key->p, r->key + (int)which, CEK_LEN);
    memset(k->salt, r->salt + (int)which, SALT_LEN);
    cr_assert_eq(kdf_payload(which == PARCEL_FILES ? LABEL_PARCEL :
        LABEL_MANIFEST, k->salt, k->key, SLICE_EMPTY, &k->payload,
        k->commit), OK);
}

static void
put(struct rec *r, const char *name, struct slice s)
{
    struct slice kept;

    cr_assert_eq(arena_copy(a, s, &kept), OK);
    cr_assert_eq(record_put_bytes(a, r, name, kept), OK);
}

static void
put_item(const struct parcel_row *row, uint64_t i, uint64_t offset,
    struct slice bytes)
{
    const struct file_row *f = &row->file[i];
    struct rec *r = record_new(a, &record_manifest_item);
    uint8_t digest[HASH_LEN];
    char id[MANIFEST_ID_MAX];
    union item folder[2];
    size_t n = 0;

    for (; n < 2 && f->folder[n] != NULL; n++)
        folder[n].s = slice_str(f->folder[n]);
    manifest_doc_id(i, id);
    hash_sha256(bytes, digest);
    put(r, "doc_id", slice_str(id));
    put(r, "filename", slice_str(f->name));
    if (n > 0)
        cr_assert_eq(record_put(a, r, record_field(r->schema, "folder"),
            folder, n), OK);
    put(r, "media_type", slice_str("application/octet-stream"));
    cr_assert_eq(record_put_uint(a, r, "offset", offset), OK);
    cr_assert_eq(record_put_uint(a, r, "size", f->size), OK);
    put(r, "digest", SLICE(digest));
    cr_assert_eq(record_put_uint(a, r, "doc_type", DOC_TYPE_OTHER), OK);
    cr_assert_eq(record_put_uint(a, r, "original_or_copy",
        ORIGINAL_OR_COPY_COPY), OK);
    cr_assert_eq(record_put_uint(a, r, "page_count", i + 1), OK);
    cr_assert_eq(manifest_write(r, &list), OK);
}

static void
write_files(const struct parcel_row *row)
{
    struct buf *b = &made[PARCEL_FILES].plain;

    for (uint64_t i = 0; i < FILES; i++) {
        const size_t at = b->n;

        for (size_t k = 0; k < row->file[i].size; k++)
            buf_put_u8(b, (uint8_t)((i + 1) * k + k / 256));
        put_item(row, i, at, slice_of(b->p + at, b->n - at));
    }
    manifest_write_end(&list);
    buf_put_slice(&made[PARCEL_MANIFEST].plain, slice_of_buf(&list));
    cr_assert_eq(buf_done(b), OK);
}

/* Plain bytes go into a block with room for the tags between them. */
static void
seal_block(struct made *m, uint64_t i)
{
    static uint8_t block[PARCEL_BLOCK];
    const size_t from = (size_t)i * PARCEL_BLOCK_PLAIN;
    const size_t n = m->plain.n - from < PARCEL_BLOCK_PLAIN ?
        m->plain.n - from : PARCEL_BLOCK_PLAIN;

    for (size_t at = 0, to = 0; at < n; at += PARCEL_PLAIN,
        to += PARCEL_CHUNK)
        memcpy(block + to, m->plain.p + from + at,
            n - at < PARCEL_PLAIN ? n - at : PARCEL_PLAIN);
    cr_assert_eq(parcel_block_seal(m->stream, i, i + 1 == m->blocks, n,
        block, m->node[i]), OK);
    buf_put_slice(&m->ct, slice_of(block, (size_t)stream_length(n)));
}

/* The inner nodes, level by level. */
static void
grow(struct made *m)
{
    uint64_t n = m->blocks;

    for (unsigned level = 0; n > 1; level++, n = (n + 1) / 2)
        for (uint64_t i = 0; i < n; i += 2) {
            const uint8_t *l = m->node[parcel_node(m->blocks, level, i)];
            uint8_t *up = m->node[parcel_node(m->blocks, level + 1, i / 2)];

            if (i + 1 < n)
                tree_node(l, l + HASH_LEN, up);
            else
                memcpy(up, l, HASH_LEN);
        }
}

static void
make(const struct parcel_row *row)
{
    write_files(row);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        struct made *m = &made[which];
        const size_t zeros = (size_t)pad_length(m->plain.n) - m->plain.n;

        memset(buf_extend(&m->plain, zeros), 0, zeros);
        keys_of(row, (enum parcel_which)which, &m->keys);
        cr_assert_eq(stream_new(m->keys.payload, &m->stream), OK);
        m->blocks = parcel_blocks(stream_length(m->plain.n));
        cr_assert_leq(m->blocks, BLOCKS_MOST);
        for (uint64_t i = 0; i < m->blocks; i++)
            seal_block(m, i);
        cr_assert_eq(m->ct.n, stream_length(m->plain.n));
        grow(m);
    }
}

static const uint8_t *
root_of(const struct made *m)
{
    return m->node[parcel_nodes(m->blocks) - 1];
}

static struct slice
block_of(const struct made *m, uint64_t i)
{
    return slice_of(m->ct.p + i * PARCEL_BLOCK, parcel_block_length(m->ct.n,
        i));
}

static void
proof_of(const struct made *m, uint64_t i, struct tree_proof *p)
{
    uint64_t place[PARCEL_PROOF_MAX];

    p->n = parcel_path(m->blocks, i, place);
    for (size_t k = 0; k < p->n; k++)
        memcpy(p->hash[k], m->node[place[k]], HASH_LEN);
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(a = arena_new(1u << 20));
    buf_init(&list, 1u << 16);
    buf_init(&out, 1u << 16);
    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        buf_init(&made[i].plain, PLAIN_MAX);
        buf_init(&made[i].ct, PLAIN_MAX);
    }
}

static void
teardown(void)
{
    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        parcel_keys_clear(&made[i].keys);
        stream_free(made[i].stream);
        buf_clear(&made[i].plain);
        buf_clear(&made[i].ct);
    }
    buf_clear(&list);
    buf_clear(&out);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(parcel_vector, .init = setup, .fini = teardown);

static void
same(struct slice mine, const char *name)
{
    cr_expect(slice_equal(mine, vector_of(VECTOR, name)), "%s", name);
}

static void
same_attachments(const char *name)
{
    const struct record *of = record_field(&record_common,
        "attachments")->rec;

    buf_reset(&out);
    write_array(&out, PARCEL_WHICH);
    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        struct rec *one = record_new(a, of);

        put(one, "root", slice_of(root_of(&made[i]), HASH_LEN));
        cr_assert_eq(record_put_uint(a, one, "length", made[i].ct.n), OK);
        put(one, "salt", SLICE(made[i].keys.salt));
        put(one, "commit", SLICE(made[i].keys.commit));
        record_encode(one, F_CTL, &out);
    }
    same(slice_of_buf(&out), name);
}

static void
same_proofs(const char *name)
{
    struct tree_proof p;

    buf_reset(&out);
    write_array(&out, PARCEL_WHICH);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        write_array(&out, (size_t)made[which].blocks);
        for (uint64_t i = 0; i < made[which].blocks; i++) {
            proof_of(&made[which], i, &p);
            write_array(&out, p.n);
            for (size_t k = 0; k < p.n; k++)
                write_bin(&out, SLICE(p.hash[k]));
        }
    }
    same(slice_of_buf(&out), name);
}

static void
same_all(const struct parcel_row *row)
{
    make(row);
    same(slice_of_buf(&list), row->list);
    same_attachments(row->attachments);
    same_proofs(row->proofs);
}

Test(parcel_vector, the_small_one_is_made_again)
{
    same_all(&small);
    same(slice_of_buf(&made[PARCEL_FILES].ct), "small_parcel");
    same(slice_of_buf(&made[PARCEL_MANIFEST].ct), "small_manifest");
}

Test(parcel_vector, the_large_one_is_made_again)
{
    uint8_t digest[PARCEL_WHICH * HASH_LEN];

    same_all(&large);
    same(slice_of(made[PARCEL_FILES].node[0],
        (size_t)made[PARCEL_FILES].blocks * HASH_LEN), "large_leaves");
    for (size_t i = 0; i < PARCEL_WHICH; i++)
        hash_sha256(slice_of_buf(&made[i].ct), digest + i * HASH_LEN);
    same(SLICE(digest), "large_digests");
}

/* Of a vector, by what its header says and by its keys. */
static struct slice
open_small(enum parcel_which which, struct slice sealed, uint8_t *plain)
{
    struct made m = { .blocks = 0 };
    struct secret *payload = NULL;
    struct stream *s = NULL;
    size_t n = 0;

    keys_of(&small, which, &m.keys);
    cr_assert_eq(parcel_keys_find(which, m.keys.key, m.keys.salt,
        m.keys.commit, &payload), OK);
    cr_assert_eq(stream_new(payload, &s), OK);
    cr_assert_eq(parcel_block_open(s, sealed.n, 0, sealed, plain, &n), OK);
    stream_free(s);
    secret_free(payload);
    parcel_keys_clear(&m.keys);
    return slice_of(plain, n);
}

Test(parcel_vector, the_small_one_is_opened)
{
    static uint8_t files[PARCEL_BLOCK_PLAIN], items[PARCEL_BLOCK_PLAIN];
    const struct slice in = open_small(PARCEL_FILES, vector_of(VECTOR,
        "small_parcel"), files);
    const struct slice l = open_small(PARCEL_MANIFEST, vector_of(VECTOR,
        "small_manifest"), items);
    struct manifest_reader r = { .n = 0 };
    struct fault f;

    for (size_t at = 0, used; !r.ended; at += used) {
        struct rec *item;
        uint8_t digest[HASH_LEN];

        cr_assert_eq(manifest_read(&r, a, slice_of(l.p + at, l.n - at),
            &item, &used, &f), OK);
        cr_assert_gt(used, 0);
        if (item == NULL)
            continue;
        cr_expect(slice_is(record_bytes(item, "filename"),
            small.file[r.n - 1].name));
        hash_sha256(slice_of(in.p + record_uint(item, "offset"),
            (size_t)record_uint(item, "size")), digest);
        cr_expect(slice_equal(SLICE(digest), record_bytes(item, "digest")));
    }
    cr_expect_eq(r.n, FILES);
    cr_expect_eq(r.offset, 65);
}

/* One block of one stream, changed: without a key, and without a root. */
static void
refused(const struct made *m, uint64_t length, struct slice block)
{
    static uint8_t plain[PARCEL_BLOCK_PLAIN];
    const struct tree_proof none = { .n = 0 };
    size_t n;

    cr_assert_neq(parcel_check(root_of(m), length, 0, &none, block, NULL), OK);
    cr_assert_eq(parcel_block_open(m->stream, block.n, 0, block, plain, &n),
        ERR_CRYPTO);
}

Test(parcel_vector, every_changed_byte_and_every_cut_is_refused)
{
    make(&small);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        struct made *m = &made[which];
        const uint64_t length = m->ct.n;

        cr_assert_eq(m->blocks, 1);
        for (size_t at = 0; at < m->ct.n; at++)
            for (unsigned bit = 1; bit < 256; bit *= 2) {
                m->ct.p[at] ^= (uint8_t)bit;
                refused(m, length, slice_of_buf(&m->ct));
                m->ct.p[at] ^= (uint8_t)bit;
            }
        for (size_t n = 0; n < m->ct.n; n++) {
            uint8_t *cut = malloc(n + 1);   /* so that reading on is found */

            cr_assert_not_null(cut);
            memcpy(cut, m->ct.p, n);
            refused(m, length, slice_of(cut, n));
            free(cut);
        }
        buf_put_u8(&m->ct, 0);
        refused(m, length, slice_of_buf(&m->ct));
    }
}

Test(parcel_vector, one_stream_is_not_the_other)
{
    make(&small);
    for (size_t which = 0; which < PARCEL_WHICH; which++)
        refused(&made[which], made[which].ct.n, slice_of_buf(&made[!which].ct));
}

Test(parcel_vector, a_block_is_proven_at_its_place_and_nowhere_else)
{
    struct made *m = &made[PARCEL_FILES];
    struct tree_proof p;

    make(&large);
    for (uint64_t i = 0; i < m->blocks; i++) {
        proof_of(m, i, &p);
        cr_assert_eq(parcel_check(root_of(m), m->ct.n, i, &p, block_of(m, i),
            NULL), OK);
        for (uint64_t k = 0; k <= m->blocks; k++)
            if (k != i)
                cr_expect_neq(parcel_check(root_of(m), m->ct.n, k, &p,
                    block_of(m, i), NULL), OK);
        for (size_t k = 0; k < p.n * HASH_LEN; k++) {
            p.hash[k / HASH_LEN][k % HASH_LEN] ^= 1;
            cr_expect_eq(parcel_check(root_of(m), m->ct.n, i, &p, block_of(m,
                i), NULL), E_BLOCK_PROOF);
            p.hash[k / HASH_LEN][k % HASH_LEN] ^= 1;
        }
        p.n--;
        cr_expect_eq(parcel_check(root_of(m), m->ct.n, i, &p, block_of(m, i),
            NULL), E_BLOCK_PROOF);
    }
}
