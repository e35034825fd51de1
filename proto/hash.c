/*
 * The low-level SHA256_* calls are deprecated in OpenSSL 3 but not removed.
 * They are used on purpose: 0.10 us a tree node, no allocation, no failure,
 * against 0.15 us and a heap context through EVP and 0.45 us through
 * SHA256().  A log of ten million entries is checked with them.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>

#include "proto/hash.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct hasher),
    "struct hasher holds a SHA256_CTX");

static SHA256_CTX *
ctx(struct hasher *h)
{
    /* Only the address is taken here; hash_start is what fills it. */
    /* cppcheck-suppress ctuuninitvar */
    return (SHA256_CTX *)(void *)h->opaque;
}

struct slice
label_bytes(enum label l)
{
    static const struct { const char *p; size_t n; } labels[LABELS] = {
#define LABEL_ROW(id, text) \
        { "valise/v1 " text, sizeof("valise/v1 " text) },
        LABEL_LIST(LABEL_ROW)
#undef LABEL_ROW
    };

    return slice_of(labels[l].p, labels[l].n);
}

void
hash_start(struct hasher *h)
{
    (void)SHA256_Init(ctx(h));
}

void
hash_add(struct hasher *h, struct slice s)
{
    if (s.n > 0)
        (void)SHA256_Update(ctx(h), s.p, s.n);
}

void
hash_end(struct hasher *h, uint8_t out[static HASH_LEN])
{
    (void)SHA256_Final(out, ctx(h));
}

void
hash_sha256(struct slice s, uint8_t out[static HASH_LEN])
{
    struct hasher h;

    hash_start(&h);
    hash_add(&h, s);
    hash_end(&h, out);
}

void
hash_digest(enum label l, struct slice s, uint8_t out[static HASH_LEN])
{
    struct hasher h;

    hash_start(&h);
    hash_add(&h, label_bytes(l));
    hash_add(&h, s);
    hash_end(&h, out);
}

void
hash_hmac(struct slice key, const struct slice *parts, size_t n,
    uint8_t out[static HASH_LEN])
{
    crypto_auth_hmacsha256_state st;

    crypto_auth_hmacsha256_init(&st, key.p, key.n);
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > 0)
            crypto_auth_hmacsha256_update(&st, parts[i].p, parts[i].n);
    }
    crypto_auth_hmacsha256_final(&st, out);
    sodium_memzero(&st, sizeof(st));
}
