/*
 * A small sealed parcel with its list, made by the functions of STREAM alone,
 * and a source of its blocks that a test can alter.
 */
#ifndef TESTS_UNIT_CLI_PARCEL_SEALED_H
#define TESTS_UNIT_CLI_PARCEL_SEALED_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files/taking.h"
#include "keys/stream.h"
#include "proto/enums.h"
#include "proto/kinds.h"

#define SEALED_MAX (8u << 20)

/* One file of the sender. */
struct sealed_file {
    const char *folder;                 /* "one/in another"; or NULL */
    const char *name;
    size_t size;
    uint8_t fill;                       /* every byte of it */
};

struct sealed_stream {
    struct buf plain, ct;
    uint8_t key[CEK_LEN], salt[SALT_LEN], commit[COMMIT_LEN], root[HASH_LEN];
};

static struct sealed_stream sealed[PARCEL_WHICH];
static struct arena *sealed_arena;
static struct message sealed_message;
static uint64_t sealed_served[PARCEL_WHICH];    /* blocks that were asked */
static uint64_t sealed_have = UINT64_MAX;       /* of the parcel, arrived */
static int sealed_seed;                         /* other keys and salts */
static struct buf sealed_items;                 /* before the list's end */

static inline void
sealed_folders(struct rec *r, const char *path)
{
    union item folder[MANIFEST_FOLDERS_MAX];
    size_t n = 0;

    for (size_t k; *path != '\0'; path += k + (path[k] == '/')) {
        k = strcspn(path, "/");
        cr_assert_lt(n, MANIFEST_FOLDERS_MAX);
        folder[n++].s = slice_of((const uint8_t *)path, k);
    }
    cr_assert_eq(record_put(sealed_arena, r, record_field(
        &record_manifest_item, "folder"), folder, n), OK);
}

static inline struct rec *
sealed_item(const struct sealed_file *f, uint64_t i, uint64_t offset,
    const uint8_t digest[static HASH_LEN])
{
    struct rec *r = record_new(sealed_arena, &record_manifest_item);
    char id[MANIFEST_ID_MAX];
    struct slice kept[2];

    manifest_doc_id(i, id);
    cr_assert_eq(arena_copy(sealed_arena, slice_str(id), &kept[0]), OK);
    cr_assert_eq(arena_copy(sealed_arena, slice_of(digest, HASH_LEN),
        &kept[1]), OK);
    cr_assert_eq(record_put_bytes(sealed_arena, r, "doc_id", kept[0]), OK);
    cr_assert_eq(record_put_bytes(sealed_arena, r, "filename",
        slice_str(f->name)), OK);
    if (f->folder != NULL)
        sealed_folders(r, f->folder);
    cr_assert_eq(record_put_bytes(sealed_arena, r, "media_type",
        slice_str("application/pdf")), OK);
    cr_assert_eq(record_put_uint(sealed_arena, r, "offset", offset), OK);
    cr_assert_eq(record_put_uint(sealed_arena, r, "size", f->size), OK);
    cr_assert_eq(record_put_bytes(sealed_arena, r, "digest", kept[1]), OK);
    cr_assert_eq(record_put_uint(sealed_arena, r, "doc_type", 1), OK);
    cr_assert_eq(record_put_uint(sealed_arena, r, "original_or_copy", 1),
        OK);
    cr_assert_eq(record_put_uint(sealed_arena, r, "page_count", 3), OK);
    return r;
}

/* Sealed as it is, with its root and commitment. */
static inline void
sealed_seal(enum parcel_which which)
{
    struct sealed_stream *s = &sealed[which];
    struct secret *cek = NULL, *key = NULL;
    struct tree_range t;
    uint8_t leaf[HASH_LEN];

    memset(s->key, sealed_seed + 11 + (int)which, CEK_LEN);
    memset(s->salt, sealed_seed + 21 + (int)which, SALT_LEN);
    cr_assert_eq(secret_from(SLICE(s->key), &cek), OK);
    cr_assert_eq(kdf_payload(which == PARCEL_FILES ? LABEL_PARCEL :
        LABEL_MANIFEST, s->salt, cek, SLICE_EMPTY, &key, s->commit), OK);
    buf_reset(&s->ct);
    cr_assert_eq(stream_seal(key, slice_of_buf(&s->plain), &s->ct), OK);
    secret_free(cek);
    secret_free(key);
    tree_range_init(&t);
    for (uint64_t i = 0; i < parcel_blocks(s->ct.n); i++) {
        tree_leaf(slice_of(s->ct.p + i * PARCEL_BLOCK,
            parcel_block_length(s->ct.n, i)), leaf);
        tree_range_add(&t, leaf);
    }
    tree_range_root(&t, s->root);
}

/* The same, with zeros behind it. */
static inline void
sealed_stream(enum parcel_which which)
{
    struct buf *b = &sealed[which].plain;
    const size_t n = (size_t)pad_length(b->n) - b->n;

    memset(buf_extend(b, n), 0, n);
    sealed_seal(which);
}

static inline void
sealed_attach(void)
{
    const struct field *f = record_field(&record_common, "attachments");
    union item items[PARCEL_WHICH];

    sealed_message.kind = domain_kind(&domain_valise, KIND_REPLY);
    sealed_message.common = record_new(sealed_arena, &record_common);
    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        struct rec *r = items[i].r = record_new(sealed_arena, f->rec);

        cr_assert_eq(record_put_bytes(sealed_arena, r, "root",
            SLICE(sealed[i].root)), OK);
        cr_assert_eq(record_put_uint(sealed_arena, r, "length",
            sealed[i].ct.n), OK);
        cr_assert_eq(record_put_bytes(sealed_arena, r, "salt",
            SLICE(sealed[i].salt)), OK);
        cr_assert_eq(record_put_bytes(sealed_arena, r, "commit",
            SLICE(sealed[i].commit)), OK);
    }
    cr_assert_eq(record_put(sealed_arena, sealed_message.common, f, items,
        PARCEL_WHICH), OK);
    cr_assert_eq(record_put_bytes(sealed_arena, sealed_message.common,
        "parcel_key", SLICE(sealed[PARCEL_FILES].key)), OK);
    cr_assert_eq(record_put_bytes(sealed_arena, sealed_message.common,
        "manifest_key", SLICE(sealed[PARCEL_MANIFEST].key)), OK);
}

static inline void
sealed_make(const struct sealed_file *f, size_t n)
{
    struct buf *plain = &sealed[PARCEL_FILES].plain;
    struct buf *list = &sealed[PARCEL_MANIFEST].plain;
    uint8_t digest[HASH_LEN];

    for (size_t i = 0; i < n; i++) {
        const size_t at = plain->n;

        if (f[i].size > 0)
            memset(buf_extend(plain, f[i].size), f[i].fill, f[i].size);
        hash_sha256(slice_of(plain->p + at, f[i].size), digest);
        cr_assert_eq(manifest_write(sealed_item(&f[i], i, at, digest),
            list), OK);
    }
    buf_put_slice(&sealed_items, slice_of_buf(list));
    manifest_write_end(list);
    sealed_stream(PARCEL_FILES);
    sealed_stream(PARCEL_MANIFEST);
    sealed_attach();
}

/* The list says something else, and is sealed as it should be. */
static inline void
sealed_relist(void)
{
    sealed_stream(PARCEL_MANIFEST);
    sealed_attach();
}

/* Two at a time come in the wrong order. */
static inline enum err
sealed_get(void *arg, enum parcel_which which, uint64_t from, uint64_t to,
    enum err (*each)(void *to_each, uint64_t i, struct slice block),
    void *to_each)
{
    const struct buf *ct = &sealed[which].ct;
    enum err e = OK;

    (void)arg;
    for (uint64_t k = from; e == OK && k < to; k++) {
        uint64_t i = (k ^ from) % 2 == 0 && k + 1 < to ? k + 1 :
            (k ^ from) % 2 == 0 ? k : k - 1;

        sealed_served[which]++;
        if (which == PARCEL_FILES && i >= sealed_have)
            return E_BLOCKS_MISSING;
        e = each(to_each, i, slice_of(ct->p + i * PARCEL_BLOCK,
            parcel_block_length(ct->n, i)));
    }
    return e;
}

static const struct carried_source sealed_source = { .get = sealed_get };

static inline void
sealed_setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(sealed_arena = arena_new(64u << 20));
    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        buf_init(&sealed[i].plain, SEALED_MAX);
        buf_init(&sealed[i].ct, SEALED_MAX);
        sealed_served[i] = 0;
    }
    buf_init(&sealed_items, SEALED_MAX);
    sealed_have = UINT64_MAX;
    sealed_seed = 0;
}

static inline void
sealed_teardown(void)
{
    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        buf_clear(&sealed[i].plain);
        buf_clear(&sealed[i].ct);
    }
    buf_clear(&sealed_items);
    arena_free(sealed_arena);
    cr_expect_eq(secret_live(), 0);
}

#endif
