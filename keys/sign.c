#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keys/secret_in.h"
#include "keys/sign.h"

struct sign_key {
    struct secret *sk;              /* libsodium's seed || public key */
    uint8_t public[KEY_LEN];
    uint8_t kid[HASH_LEN];
};

enum err
sign_key_new(const struct secret *seed, struct sign_key **out)
{
    struct sign_key *k;
    enum err e;

    if (secret_length(seed) != SEED_LEN)
        return ERR_FORMAT;
    if ((k = calloc(1, sizeof(*k))) == NULL)
        return ERR_NOMEM;
    if ((e = secret_new(crypto_sign_SECRETKEYBYTES, &k->sk)) != OK) {
        free(k);
        return e;
    }
    (void)crypto_sign_seed_keypair(k->public, k->sk->p, seed->p);
    key_id(ALG_ED25519, SLICE(k->public), k->kid);
    *out = k;
    return OK;
}

void
sign_key_free(struct sign_key *k)
{
    if (k == NULL)
        return;
    secret_free(k->sk);
    free(k);
}

const uint8_t *
sign_key_public(const struct sign_key *k)
{
    return k->public;
}

const uint8_t *
sign_key_id(const struct sign_key *k)
{
    return k->kid;
}

/* label(role) || digest; the longest role label is that of "root". */
static size_t
signed_bytes(enum label role, const uint8_t digest[static HASH_LEN],
    uint8_t out[static 64])
{
    struct slice l = label_bytes(role);

    memcpy(out, l.p, l.n);
    memcpy(out + l.n, digest, HASH_LEN);
    return l.n + HASH_LEN;
}

void
sign_make(enum label role, const struct sign_key *k,
    const uint8_t digest[static HASH_LEN], struct signature *out)
{
    uint8_t m[64];
    size_t n = signed_bytes(role, digest, m);

    memcpy(out->kid, k->kid, HASH_LEN);
    (void)crypto_sign_detached(out->sig, NULL, m, n, k->sk->p);
}

enum err
sign_check(enum label role, const uint8_t public[static KEY_LEN],
    const uint8_t digest[static HASH_LEN], const uint8_t sig[static SIG_LEN])
{
    uint8_t m[64];
    size_t n = signed_bytes(role, digest, m);

    return sign_note_check(public, slice_of(m, n), sig);
}

void
sign_note(const struct sign_key *k, struct slice text,
    uint8_t out[static SIG_LEN])
{
    (void)crypto_sign_detached(out, NULL, text.p, text.n, k->sk->p);
}

enum err
sign_note_check(const uint8_t public[static KEY_LEN], struct slice text,
    const uint8_t sig[static SIG_LEN])
{
    return crypto_sign_verify_detached(sig, text.p, text.n, public) == 0 ?
        OK : E_SIGNATURE;
}

void
key_id(uint16_t alg, struct slice public, uint8_t out[static HASH_LEN])
{
    uint8_t two[2];
    struct hasher h;

    put_u16(two, alg);
    hash_start(&h);
    hash_add(&h, label_bytes(LABEL_KID));
    hash_add(&h, SLICE(two));
    hash_add(&h, public);
    hash_end(&h, out);
}

bool
sign_key_valid(const uint8_t public[static KEY_LEN])
{
    return crypto_core_ed25519_is_valid_point(public) == 1;
}

bool
kem_key_valid(const uint8_t public[static KEY_LEN])
{
    /* p = 2^255 - 19, little-endian: ed ff .. ff 7f */
    const uint8_t scalar[KEY_LEN] = { 0x40, [31] = 0x40 };
    bool below = public[0] < 0xed || public[31] < 0x7f;
    uint8_t shared[KEY_LEN];

    if (public[31] & 0x80)
        return false;
    for (size_t i = 1; i < 31; i++)
        below = below || public[i] != 0xff;
    /* Low order: any multiple of eight gives zero, which is refused. */
    return below && crypto_scalarmult(shared, scalar, public) == 0;
}
