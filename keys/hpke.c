/*
 * Names follow RFC 9180: eae_prk, kem_context, ksc (key_schedule_context).
 * Everything secret on the stack is wiped on every way out.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keys/aead.h"
#include "keys/hpke.h"
#include "keys/kdf.h"
#include "keys/secret_in.h"

#define NK AEAD_KEY
#define NN AEAD_NONCE
#define KSC_LEN (1 + 2 * HASH_LEN)

struct hpke_context {
    struct secret *s;               /* key(32) || base_nonce(12) || exp(32) */
    uint64_t seq;
};

/* suite_id of the KEM and of the whole: sections 4.1 and 5.1. */
static const uint8_t kem_suite[] = { 'K', 'E', 'M', 0x00, 0x20 };
static const uint8_t hpke_suite[] = { 'H', 'P', 'K', 'E', 0x00, 0x20, 0x00,
    0x01, 0x00, 0x03 };
static const uint8_t version[] = { 'H', 'P', 'K', 'E', '-', 'v', '1' };

static void
labeled_extract(struct slice suite, struct slice salt, const char *label,
    struct slice ikm, uint8_t out[static HASH_LEN])
{
    const struct slice parts[] = { SLICE(version), suite, slice_str(label),
        ikm };

    kdf_extract(salt, parts, 4, out);
}

static void
labeled_expand(struct slice suite, const uint8_t prk[static HASH_LEN],
    const char *label, struct slice info, uint8_t *out, size_t n)
{
    uint8_t len[2];
    const struct slice parts[] = { SLICE(len), SLICE(version), suite,
        slice_str(label), info };

    put_u16(len, (uint16_t)n);
    (void)kdf_expand(prk, parts, 5, out, n);
}

enum err
hpke_key_derive(const struct secret *ikm, struct secret **out)
{
    uint8_t prk[HASH_LEN];
    struct secret *s;
    enum err e;

    if ((e = secret_new(KEY_LEN, &s)) != OK)
        return e;
    labeled_extract(SLICE(kem_suite), SLICE_EMPTY, "dkp_prk",
        secret_slice(ikm), prk);
    labeled_expand(SLICE(kem_suite), prk, "sk", SLICE_EMPTY, s->p, KEY_LEN);
    sodium_memzero(prk, sizeof(prk));
    *out = s;
    return OK;
}

void
hpke_public(const struct secret *private, uint8_t out[static KEY_LEN])
{
    (void)crypto_scalarmult_base(out, private->p);
}

enum err
hpke_dh(const struct secret *private, const uint8_t public[static KEY_LEN],
    struct secret **out)
{
    struct secret *s;
    enum err e;

    if (private->n != KEY_LEN)
        return ERR_CRYPTO;
    if ((e = secret_new(KEY_LEN, &s)) != OK)
        return e;
    if (crypto_scalarmult(s->p, private->p, public) != 0) {
        secret_free(s);
        return ERR_CRYPTO;
    }
    *out = s;
    return OK;
}

/* ExtractAndExpand of section 4.1, from the Diffie-Hellman value. */
static enum err
shared_secret(const struct secret *private, const uint8_t *other,
    const uint8_t *enc, const uint8_t *recipient,
    uint8_t out[static HASH_LEN])
{
    uint8_t prk[HASH_LEN], context[2 * KEY_LEN];
    struct secret *dh;
    enum err e;

    if ((e = hpke_dh(private, other, &dh)) != OK)
        return e;
    memcpy(context, enc, KEY_LEN);
    memcpy(context + KEY_LEN, recipient, KEY_LEN);
    labeled_extract(SLICE(kem_suite), SLICE_EMPTY, "eae_prk",
        secret_slice(dh), prk);
    labeled_expand(SLICE(kem_suite), prk, "shared_secret", SLICE(context),
        out, HASH_LEN);
    secret_free(dh);
    sodium_memzero(prk, sizeof(prk));
    return OK;
}

/* KeySchedule of section 5.1. */
static enum err
schedule(const uint8_t shared[static HASH_LEN], struct slice info,
    const struct hpke_psk *psk, struct hpke_context **out)
{
    const struct slice suite = SLICE(hpke_suite);
    const struct slice secret = psk != NULL ? secret_slice(psk->psk) :
        SLICE_EMPTY;
    const struct slice id = psk != NULL ? psk->id : SLICE_EMPTY;
    uint8_t ksc[KSC_LEN], prk[HASH_LEN];
    struct hpke_context *c;
    enum err e;

    if (psk != NULL && (secret.n < HPKE_PSK_MIN || id.n == 0))
        return ERR_CRYPTO;
    if ((c = calloc(1, sizeof(*c))) == NULL)
        return ERR_NOMEM;
    if ((e = secret_new(NK + NN + HASH_LEN, &c->s)) != OK) {
        free(c);
        return e;
    }
    ksc[0] = psk != NULL ? HPKE_PSK : HPKE_BASE;
    labeled_extract(suite, SLICE_EMPTY, "psk_id_hash", id, ksc + 1);
    labeled_extract(suite, SLICE_EMPTY, "info_hash", info,
        ksc + 1 + HASH_LEN);
    labeled_extract(suite, slice_of(shared, HASH_LEN), "secret", secret, prk);
    labeled_expand(suite, prk, "key", SLICE(ksc), c->s->p, NK);
    labeled_expand(suite, prk, "base_nonce", SLICE(ksc), c->s->p + NK, NN);
    labeled_expand(suite, prk, "exp", SLICE(ksc), c->s->p + NK + NN,
        HASH_LEN);
    sodium_memzero(prk, sizeof(prk));
    *out = c;
    return OK;
}

enum err
hpke_setup_s(const uint8_t public[static KEY_LEN], struct slice info,
    const struct hpke_psk *psk, const struct secret *ephemeral,
    uint8_t enc[static HPKE_ENC_LEN], struct hpke_context **out)
{
    struct secret *fresh = NULL;
    uint8_t shared[HASH_LEN];
    enum err e = OK;

    if (ephemeral == NULL) {
        if ((e = secret_random(KEY_LEN, &fresh)) != OK)
            return e;
        ephemeral = fresh;
    }
    hpke_public(ephemeral, enc);
    e = shared_secret(ephemeral, public, enc, public, shared);
    if (e == OK)
        e = schedule(shared, info, psk, out);
    sodium_memzero(shared, sizeof(shared));
    secret_free(fresh);
    return e;
}

enum err
hpke_setup_r(const struct secret *private,
    const uint8_t enc[static HPKE_ENC_LEN], struct slice info,
    const struct hpke_psk *psk, struct hpke_context **out)
{
    uint8_t shared[HASH_LEN], public[KEY_LEN];
    enum err e;

    hpke_public(private, public);
    e = shared_secret(private, enc, enc, public, shared);
    if (e == OK)
        e = schedule(shared, info, psk, out);
    sodium_memzero(shared, sizeof(shared));
    return e;
}

void
hpke_free(struct hpke_context *c)
{
    if (c == NULL)
        return;
    secret_free(c->s);
    free(c);
}

/* ComputeNonce of section 5.2: the counter, big-endian, on base_nonce. */
static void
nonce(const struct hpke_context *c, uint8_t out[static NN])
{
    uint8_t seq[8];

    memcpy(out, c->s->p + NK, NN);
    put_u64(seq, c->seq);
    for (size_t i = 0; i < sizeof(seq); i++)
        out[NN - sizeof(seq) + i] ^= seq[i];
}

enum err
hpke_seal(struct hpke_context *c, struct slice aad, struct slice plain,
    struct buf *out)
{
    uint8_t n[NN], *to;

    if (c->seq == UINT64_MAX)
        return ERR_CRYPTO;
    if ((to = buf_extend(out, plain.n + HPKE_TAG_LEN)) == NULL)
        return E_OVERSIZE;
    nonce(c, n);
    aead_seal(c->s->p, n, aad, plain, to);
    c->seq++;
    return OK;
}

enum err
hpke_open(struct hpke_context *c, struct slice aad, struct slice ct,
    struct buf *out)
{
    uint8_t n[NN], *to;
    size_t before = out->n;

    if (ct.n < HPKE_TAG_LEN || c->seq == UINT64_MAX)
        return ERR_CRYPTO;
    if ((to = buf_extend(out, ct.n - HPKE_TAG_LEN)) == NULL)
        return E_OVERSIZE;
    nonce(c, n);
    if (aead_open(c->s->p, n, aad, ct, to) != OK) {
        out->n = before;
        return ERR_CRYPTO;
    }
    c->seq++;
    return OK;
}

enum err
hpke_export(const struct hpke_context *c, struct slice context, uint8_t *out,
    size_t n)
{
    if (n > 255 * HASH_LEN)
        return E_OVERSIZE;
    labeled_expand(SLICE(hpke_suite), c->s->p + NK + NN, "sec", context, out,
        n);
    return OK;
}

enum err
hpke_wrap(const uint8_t public[static KEY_LEN], struct slice info,
    const struct hpke_psk *psk, struct slice plain,
    uint8_t enc[static HPKE_ENC_LEN], struct buf *ct)
{
    struct hpke_context *c = NULL;
    enum err e;

    e = hpke_setup_s(public, info, psk, NULL, enc, &c);
    if (e == OK)
        e = hpke_seal(c, SLICE_EMPTY, plain, ct);
    hpke_free(c);
    return e;
}

enum err
hpke_unwrap(const struct secret *private, struct slice info,
    const struct hpke_psk *psk, struct slice enc, struct slice ct,
    struct secret **out)
{
    struct hpke_context *c = NULL;
    struct buf plain;
    enum err e;

    if (enc.n != HPKE_ENC_LEN)
        return ERR_CRYPTO;
    buf_init(&plain, SECRET_MAX);
    e = hpke_setup_r(private, enc.p, info, psk, &c);
    if (e == OK)
        e = hpke_open(c, SLICE_EMPTY, ct, &plain);
    if (e == OK && plain.n == 0)
        e = ERR_CRYPTO;
    if (e == OK)
        e = secret_from(slice_of_buf(&plain), out);
    buf_clear(&plain);
    hpke_free(c);
    return e;
}
