/*
 * kdf: HKDF-SHA256 (RFC 5869) and the keys of a sealed body or parcel.
 */
#ifndef KEYS_KDF_H
#define KEYS_KDF_H

#include "keys/secret.h"
#include "proto/hash.h"

#define CEK_LEN 32
#define SALT_LEN 32
#define COMMIT_LEN 32

/*
 * kdf_extract(salt, ikm, n, prk):
 * HKDF-Extract over the n parts of ikm; an empty salt is 32 zero bytes.
 */
void kdf_extract(struct slice salt, const struct slice *ikm, size_t n,
    uint8_t prk[static HASH_LEN]);

/*
 * kdf_expand(prk, info, n, out, len):
 * HKDF-Expand over the n parts of info; false if len is above 255 * 32.
 */
bool kdf_expand(const uint8_t prk[static HASH_LEN], const struct slice *info,
    size_t n, uint8_t *out, size_t len);

/*
 * kdf_payload(label, salt, cek, ctx, key, commit):
 * The payload key and the commitment to it (FORMAT.md section 2):
 *   prk = Extract(salt, CEK);  key || commit = Expand(prk, label || ctx, 64)
 * ctx is empty for parcels and manifests.  The CEK has exactly 32 bytes.
 * A reader compares commit with the signed one before he decrypts: see
 * kdf_commit_check.  The caller frees *key.
 */
MUST_USE enum err kdf_payload(enum label label,
    const uint8_t salt[static SALT_LEN], const struct secret *cek,
    struct slice ctx, struct secret **key, uint8_t commit[static COMMIT_LEN]);

/*
 * kdf_commit_check(a, b):
 * OK if both are the same, in constant time; else ERR_CRYPTO.
 */
MUST_USE enum err kdf_commit_check(const uint8_t a[static COMMIT_LEN],
    const uint8_t b[static COMMIT_LEN]);

/*
 * kdf_secret(label, from, out):
 * A 32-byte key for one purpose, Expand(Extract("", from), label, 32).
 */
MUST_USE enum err kdf_secret(enum label label, const struct secret *from,
    struct secret **out);

#endif
