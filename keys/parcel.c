#include <string.h>

#include "keys/parcel.h"
#include "keys/random.h"
#include "keys/secret_in.h"

static enum label
label_of(enum parcel_which which)
{
    return which == PARCEL_FILES ? LABEL_PARCEL : LABEL_MANIFEST;
}

enum err
parcel_keys_new(enum parcel_which which, struct parcel_keys *out)
{
    struct parcel_keys k = { NULL, NULL, { 0 }, { 0 } };
    enum err e;

    random_bytes(k.salt, sizeof(k.salt));
    if ((e = secret_random(CEK_LEN, &k.key)) == OK)
        e = kdf_payload(label_of(which), k.salt, k.key, SLICE_EMPTY,
            &k.payload, k.commit);
    if (e != OK)
        parcel_keys_clear(&k);
    else
        *out = k;
    return e;
}

enum err
parcel_keys_find(enum parcel_which which, const struct secret *key,
    const uint8_t salt[static SALT_LEN],
    const uint8_t commit[static COMMIT_LEN], struct secret **payload)
{
    uint8_t made[COMMIT_LEN];
    struct secret *p = NULL;
    enum err e;

    if (secret_length(key) != CEK_LEN)
        return ERR_CRYPTO;
    if ((e = kdf_payload(label_of(which), salt, key, SLICE_EMPTY, &p, made))
        == OK)
        e = kdf_commit_check(made, commit);
    if (e == OK) {
        *payload = p;
        p = NULL;
    }
    secret_free(p);
    return e;
}

void
parcel_keys_clear(struct parcel_keys *k)
{
    secret_free(k->key);
    secret_free(k->payload);
    memset(k, 0, sizeof(*k));
}

enum err
parcel_key_put(struct arena *a, const struct secret *key, struct rec *r,
    const char *name)
{
    struct slice copy;
    enum err e = arena_copy(a, secret_slice(key), &copy);

    return e != OK ? e : record_put_bytes(a, r, name, copy);
}

void
parcel_keys_write(struct secret *const key[static PARCEL_WHICH],
    struct buf *b)
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        buf_put_slice(b, secret_slice(key[w]));
}

enum err
parcel_keys_read(struct slice bytes, struct secret *key[static PARCEL_WHICH])
{
    enum err e = bytes.n == PARCEL_KEYS_LEN ? OK : ERR_FORMAT;

    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        key[w] = NULL;
    for (unsigned w = 0; e == OK && w < PARCEL_WHICH; w++)
        e = secret_from(slice_of(bytes.p + w * CEK_LEN, CEK_LEN), &key[w]);
    for (unsigned w = 0; e != OK && w < PARCEL_WHICH; w++) {
        secret_free(key[w]);
        key[w] = NULL;
    }
    return e;
}

enum err
parcel_block_seal(struct stream *s, uint64_t i, bool final, size_t n,
    uint8_t block[static PARCEL_BLOCK], uint8_t leaf[static HASH_LEN])
{
    const size_t all = (size_t)stream_length(n);
    uint64_t chunk = i * PARCEL_CHUNKS;
    enum err e = OK;

    if (n == 0 || n > PARCEL_BLOCK_PLAIN ||
        (!final && n != PARCEL_BLOCK_PLAIN))
        return ERR_INTERNAL;
    for (size_t at = 0; at < all && e == OK; at += PARCEL_CHUNK, chunk++) {
        const bool last = all - at <= PARCEL_CHUNK;
        const size_t len = last ? all - at : PARCEL_CHUNK;

        e = stream_seal_at(s, chunk, final && last, slice_of(block + at,
            len - STREAM_TAG), block + at);
    }
    tree_leaf(slice_of(block, all), leaf);
    return e;
}

enum err
parcel_block_open(struct stream *s, uint64_t length, uint64_t i,
    struct slice block, uint8_t *plain, size_t *n)
{
    uint64_t chunk = i * PARCEL_CHUNKS;
    bool final;
    enum err e = OK;

    *n = 0;
    if (!parcel_length_ok(length) || i >= parcel_blocks(length) ||
        block.n != parcel_block_length(length, i))
        return ERR_CRYPTO;
    final = i + 1 == parcel_blocks(length);
    for (size_t at = 0; at < block.n && e == OK; at += PARCEL_CHUNK,
        chunk++) {
        const bool last = block.n - at <= PARCEL_CHUNK;
        const size_t len = last ? block.n - at : PARCEL_CHUNK;

        /* The chunk moves to the front first where both are one place. */
        if (plain == block.p && at > 0)
            memmove(plain + *n, block.p + at, len);
        e = stream_open_at(s, chunk, final && last, slice_of(plain ==
            block.p ? plain + *n : block.p + at, len), plain + *n);
        *n += len - STREAM_TAG;
    }
    return e;
}
