#include <string.h>

#include <sodium.h>

#include "keys/kdf.h"
#include "keys/keyfile.h"
#include "keys/secret_in.h"

#define KDF_ARGON2ID13 1
#define SALT crypto_pwhash_SALTBYTES
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

/* Offsets of the layout in the header of this module. */
#define AT_KDF 5
#define AT_OPS 6
#define AT_MEMORY 14
#define AT_SALT 22
#define AT_COMMIT (AT_SALT + SALT)
#define AT_NONCE (AT_COMMIT + COMMIT_LEN)
#define AT_TEXT (AT_NONCE + NONCE)

#define PLAIN_HEAD 5

static const uint8_t magic[] = { 'V', 'L', 'S', 'K', 1 };
static const uint8_t magic_plain[] = { 'V', 'L', 'S', 'N', 1 };

static const struct cost {
    const char *name;
    unsigned long long ops;
    size_t memory;
} costs[] = {
    [COST_INTERACTIVE] = { "interactive",
        crypto_pwhash_OPSLIMIT_INTERACTIVE,
        crypto_pwhash_MEMLIMIT_INTERACTIVE },
    [COST_MODERATE] = { "moderate", crypto_pwhash_OPSLIMIT_MODERATE,
        crypto_pwhash_MEMLIMIT_MODERATE },
    [COST_SENSITIVE] = { "sensitive", crypto_pwhash_OPSLIMIT_SENSITIVE,
        crypto_pwhash_MEMLIMIT_SENSITIVE },
};

bool
keyfile_cost_find(const char *name, enum keyfile_cost *cost)
{
    for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
        if (strcmp(costs[i].name, name) == 0) {
            *cost = (enum keyfile_cost)i;
            return true;
        }
    }
    return false;
}

/* Key and commitment from the passphrase and the header of a file. */
static enum err
derive(const uint8_t head[static AT_TEXT], struct slice passphrase,
    struct secret **key, uint8_t commit[static COMMIT_LEN])
{
    const struct slice info = label_bytes(LABEL_KEYFILE);
    uint8_t prk[HASH_LEN], both[2 * HASH_LEN];
    struct secret *kek;
    struct slice ikm;
    enum err e;

    if ((e = secret_new(HASH_LEN, &kek)) != OK)
        return e;
    if (crypto_pwhash(kek->p, kek->n, (const char *)passphrase.p,
        passphrase.n, head + AT_SALT, get_u64(head + AT_OPS),
        (size_t)get_u64(head + AT_MEMORY),
        crypto_pwhash_ALG_ARGON2ID13) != 0) {
        secret_free(kek);
        return ERR_NOMEM;
    }
    ikm = secret_slice(kek);
    kdf_extract(slice_of(head + AT_SALT, SALT), &ikm, 1, prk);
    (void)kdf_expand(prk, &info, 1, both, sizeof(both));
    if ((e = secret_from(slice_of(both, HASH_LEN), key)) == OK)
        memcpy(commit, both + HASH_LEN, COMMIT_LEN);
    sodium_memzero(prk, sizeof(prk));
    sodium_memzero(both, sizeof(both));
    secret_free(kek);
    return e;
}

enum err
keyfile_seal(const struct secret *payload, struct slice passphrase,
    enum keyfile_cost cost, struct buf *out)
{
    uint8_t head[AT_TEXT], *to;
    struct secret *key = NULL;
    enum err e;

    if (passphrase.n == 0 || passphrase.n > PASSPHRASE_MAX)
        return ERR_PASSPHRASE;
    memcpy(head, magic, sizeof(magic));
    head[AT_KDF] = KDF_ARGON2ID13;
    put_u64(head + AT_OPS, costs[cost].ops);
    put_u64(head + AT_MEMORY, costs[cost].memory);
    randombytes_buf(head + AT_SALT, SALT);
    randombytes_buf(head + AT_NONCE, NONCE);
    if ((e = derive(head, passphrase, &key, head + AT_COMMIT)) != OK)
        return e;
    buf_put(out, head, sizeof(head));
    if ((to = buf_extend(out, payload->n + TAG)) == NULL)
        e = E_OVERSIZE;
    else
        (void)crypto_aead_xchacha20poly1305_ietf_encrypt(to, NULL,
            payload->p, payload->n, head, sizeof(head), NULL,
            head + AT_NONCE, key->p);
    secret_free(key);
    return e;
}

static enum err
check_head(struct slice file)
{
    uint64_t ops, memory;

    if (file.n <= AT_TEXT + TAG || file.n > KEYFILE_MAX ||
        memcmp(file.p, magic, sizeof(magic)) != 0)
        return ERR_FORMAT;
    ops = get_u64(file.p + AT_OPS);
    memory = get_u64(file.p + AT_MEMORY);
    if (file.p[AT_KDF] != KDF_ARGON2ID13 ||
        ops < costs[COST_INTERACTIVE].ops ||
        ops > 2 * costs[COST_SENSITIVE].ops ||
        memory < costs[COST_INTERACTIVE].memory ||
        memory > 2 * (uint64_t)costs[COST_SENSITIVE].memory)
        return ERR_KDF;
    return OK;
}

enum err
keyfile_cost(struct slice file, enum keyfile_cost *cost)
{
    size_t i = COST_INTERACTIVE;
    enum err e;

    if ((e = check_head(file)) != OK)
        return e;
    while (i < COST_SENSITIVE && (costs[i].ops < get_u64(file.p + AT_OPS) ||
        costs[i].memory < get_u64(file.p + AT_MEMORY)))
        i++;
    *cost = (enum keyfile_cost)i;
    return OK;
}

enum err
keyfile_open(struct slice file, struct slice passphrase,
    struct secret **payload)
{
    uint8_t commit[COMMIT_LEN];
    struct secret *key = NULL, *s = NULL;
    enum err e;

    if ((e = check_head(file)) != OK)
        return e;
    if (passphrase.n == 0 || passphrase.n > PASSPHRASE_MAX)
        return ERR_PASSPHRASE;
    if ((e = derive(file.p, passphrase, &key, commit)) != OK)
        return e;
    if (kdf_commit_check(commit, file.p + AT_COMMIT) != OK)
        e = ERR_PASSPHRASE;
    if (e == OK)
        e = secret_new(file.n - AT_TEXT - TAG, &s);
    if (e == OK && crypto_aead_xchacha20poly1305_ietf_decrypt(s->p, NULL,
        NULL, file.p + AT_TEXT, file.n - AT_TEXT, file.p, AT_TEXT,
        file.p + AT_NONCE, key->p) != 0)
        e = ERR_CRYPTO;
    if (e == OK) {
        *payload = s;
        s = NULL;
    }
    sodium_memzero(commit, sizeof(commit));
    secret_free(s);
    secret_free(key);
    return e;
}

enum err
keyfile_plain_seal(const struct secret *payload, struct buf *out)
{
    uint8_t sum[HASH_LEN];
    size_t from = out->n;

    buf_put(out, magic_plain, sizeof(magic_plain));
    buf_put_slice(out, secret_slice(payload));
    if (buf_done(out) != OK)
        return E_OVERSIZE;
    hash_sha256(slice_of(out->p + from, out->n - from), sum);
    buf_put(out, sum, sizeof(sum));
    return buf_done(out);
}

enum err
keyfile_plain_open(struct slice file, struct secret **payload)
{
    uint8_t sum[HASH_LEN];
    size_t n;

    if (file.n <= PLAIN_HEAD + HASH_LEN || file.n > KEYFILE_MAX ||
        memcmp(file.p, magic_plain, sizeof(magic_plain)) != 0)
        return ERR_FORMAT;
    n = file.n - HASH_LEN;
    hash_sha256(slice_of(file.p, n), sum);
    if (memcmp(sum, file.p + n, HASH_LEN) != 0)
        return ERR_CRYPTO;
    return secret_from(slice_of(file.p + PLAIN_HEAD, n - PLAIN_HEAD),
        payload);
}

enum err
draft_seal(const struct secret *key, struct slice aad, struct slice plain,
    struct buf *out)
{
    uint8_t nonce[NONCE], *to;
    struct secret *k;
    enum err e;

    if ((e = kdf_secret(LABEL_DRAFT, key, &k)) != OK)
        return e;
    randombytes_buf(nonce, sizeof(nonce));
    buf_put(out, nonce, sizeof(nonce));
    if ((to = buf_extend(out, plain.n + TAG)) == NULL)
        e = E_OVERSIZE;
    else
        (void)crypto_aead_xchacha20poly1305_ietf_encrypt(to, NULL, plain.p,
            plain.n, aad.p, aad.n, NULL, nonce, k->p);
    secret_free(k);
    return e;
}

enum err
draft_open(const struct secret *key, struct slice aad, struct slice sealed,
    struct buf *out)
{
    size_t before = out->n;
    struct secret *k;
    uint8_t *to;
    enum err e;

    if (sealed.n < NONCE + TAG)
        return ERR_FORMAT;
    if ((e = kdf_secret(LABEL_DRAFT, key, &k)) != OK)
        return e;
    if ((to = buf_extend(out, sealed.n - NONCE - TAG)) == NULL) {
        e = E_OVERSIZE;
    } else if (crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL,
        sealed.p + NONCE, sealed.n - NONCE, aad.p, aad.n, sealed.p,
        k->p) != 0) {
        out->n = before;
        e = ERR_CRYPTO;
    }
    secret_free(k);
    return e;
}
