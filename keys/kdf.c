#include <string.h>

#include <sodium.h>

#include "keys/kdf.h"
#include "keys/secret_in.h"

#define INFO_PARTS 8

void
kdf_extract(struct slice salt, const struct slice *ikm, size_t n,
    uint8_t prk[static HASH_LEN])
{
    static const uint8_t zero[HASH_LEN];

    hash_hmac(salt.n > 0 ? salt : SLICE(zero), ikm, n, prk);
}

bool
kdf_expand(const uint8_t prk[static HASH_LEN], const struct slice *info,
    size_t n, uint8_t *out, size_t len)
{
    struct slice parts[INFO_PARTS + 2];
    uint8_t t[HASH_LEN], i = 0;

    if (len > 255 * HASH_LEN || n > INFO_PARTS)
        return false;
    for (size_t k = 0; k < n; k++)
        parts[1 + k] = info[k];
    parts[0] = SLICE_EMPTY;
    parts[n + 1] = slice_of(&i, 1);
    while (len > 0) {
        size_t now = len < HASH_LEN ? len : HASH_LEN;

        i++;
        hash_hmac(slice_of(prk, HASH_LEN), parts, n + 2, t);
        parts[0] = SLICE(t);
        memcpy(out, t, now);
        out += now;
        len -= now;
    }
    sodium_memzero(t, sizeof(t));
    return true;
}

enum err
kdf_payload(enum label label, const uint8_t salt[static SALT_LEN],
    const struct secret *cek, struct slice ctx, struct secret **key,
    uint8_t commit[static COMMIT_LEN])
{
    const struct slice info[] = { label_bytes(label), ctx };
    const struct slice ikm = secret_slice(cek);
    uint8_t prk[HASH_LEN], both[2 * HASH_LEN];
    enum err e;

    if (cek->n != CEK_LEN)
        return ERR_CRYPTO;
    kdf_extract(slice_of(salt, SALT_LEN), &ikm, 1, prk);
    (void)kdf_expand(prk, info, 2, both, sizeof(both));
    if ((e = secret_from(slice_of(both, HASH_LEN), key)) == OK)
        memcpy(commit, both + HASH_LEN, COMMIT_LEN);
    sodium_memzero(prk, sizeof(prk));
    sodium_memzero(both, sizeof(both));
    return e;
}

enum err
kdf_commit_check(const uint8_t a[static COMMIT_LEN],
    const uint8_t b[static COMMIT_LEN])
{
    return sodium_memcmp(a, b, COMMIT_LEN) == 0 ? OK : ERR_CRYPTO;
}

enum err
kdf_secret(enum label label, const struct secret *from, struct secret **out)
{
    const struct slice info = label_bytes(label), ikm = secret_slice(from);
    uint8_t prk[HASH_LEN];
    struct secret *s;
    enum err e;

    if ((e = secret_new(HASH_LEN, &s)) != OK)
        return e;
    kdf_extract(SLICE_EMPTY, &ikm, 1, prk);
    (void)kdf_expand(prk, &info, 1, s->p, s->n);
    sodium_memzero(prk, sizeof(prk));
    *out = s;
    return OK;
}
