/*
 * parcel: sealing and opening the blocks of files and of their list
 * (proto/parcel.h), one at a time and in any order, so that several threads
 * can share the work; cli/files/sealer.h does.
 */
#ifndef KEYS_PARCEL_H
#define KEYS_PARCEL_H

#include "keys/kdf.h"
#include "keys/stream.h"
#include "proto/parcel.h"
#include "proto/record.h"

/* The plain bytes of a block, and the chunks. */
#define PARCEL_CHUNKS (PARCEL_BLOCK / PARCEL_CHUNK)
#define PARCEL_BLOCK_PLAIN (PARCEL_CHUNKS * PARCEL_PLAIN)

#define PARCEL_KEYS_LEN (PARCEL_WHICH * CEK_LEN)

/* What belongs to one stream. */
struct parcel_keys {
    struct secret *key;                 /* parcel_key or manifest_key */
    struct secret *payload;
    uint8_t salt[SALT_LEN];
    uint8_t commit[COMMIT_LEN];
};

/*
 * parcel_keys_new(which, out):
 * Fresh keys: one key never seals two streams.
 */
MUST_USE enum err parcel_keys_new(enum parcel_which which,
    struct parcel_keys *out);

/*
 * parcel_keys_find(which, key, salt, commit, payload):
 * The payload key for opening; ERR_CRYPTO if the key is not the one that the
 * header commits to.  The caller frees *payload.
 */
MUST_USE enum err parcel_keys_find(enum parcel_which which,
    const struct secret *key, const uint8_t salt[static SALT_LEN],
    const uint8_t commit[static COMMIT_LEN], struct secret **payload);

/*
 * parcel_keys_clear(k):
 * Wipe what is there; good for zeros too.
 */
void parcel_keys_clear(struct parcel_keys *k);

/*
 * parcel_key_put(a, key, r, name):
 * Write a key into the field of a body half, where its readers find it.
 */
MUST_USE enum err parcel_key_put(struct arena *a, const struct secret *key,
    struct rec *r, const char *name);

/*
 * parcel_keys_write(key, b), parcel_keys_read(bytes, key):
 * The keys of both streams one after another, for what is sealed itself:
 * PARCEL_KEYS_LEN bytes.  ERR_FORMAT for any other number; key is all NULL
 * then, and else the caller frees each.
 */
void parcel_keys_write(struct secret *const key[static PARCEL_WHICH],
    struct buf *b);
MUST_USE enum err parcel_keys_read(struct slice bytes,
    struct secret *key[static PARCEL_WHICH]);

/*
 * parcel_block_seal(s, i, final, n, block, leaf):
 * Seal block i in place: n bytes of plaintext, from 1 to PARCEL_BLOCK_PLAIN,
 * of which each PARCEL_PLAIN stand at the next multiple of PARCEL_CHUNK.
 * Only a final one is shorter.  block then has stream_length(n) bytes; leaf
 * gets their hash.
 */
MUST_USE enum err parcel_block_seal(struct stream *s, uint64_t i, bool final,
    size_t n, uint8_t block[static PARCEL_BLOCK],
    uint8_t leaf[static HASH_LEN]);

/*
 * parcel_block_open(s, length, i, block, plain, n):
 * Open block i of a stream of so many bytes; *n bytes are written to plain,
 * PARCEL_BLOCK_PLAIN at most, without gaps.  plain may be block.p.  ERR_CRYPTO,
 * and what plain holds is to be thrown away.
 */
MUST_USE enum err parcel_block_open(struct stream *s, uint64_t length,
    uint64_t i, struct slice block, uint8_t *plain, size_t *n);

#endif
