/*
 * aead: ChaCha20-Poly1305 (RFC 8439), the one place where it is called.
 *
 * What is short and alone under its key goes through libsodium, which needs
 * no state; what is long or many goes through a context of libcrypto, which
 * seals and opens three times as fast (a twentieth of the time of a whole
 * transfer; SECURITY.md has the figures).  The bytes are the same.
 *
 * It does not commit to its key: whoever opens checks a commitment first
 * (kdf.h) or is the only reader of the key (HPKE).
 */
#ifndef KEYS_AEAD_H
#define KEYS_AEAD_H

#include "proto/slice.h"

#define AEAD_KEY 32
#define AEAD_NONCE 12
#define AEAD_TAG 16

/*
 * aead_seal(key, nonce, aad, plain, ct):
 * Write plain.n + AEAD_TAG bytes to ct, which may be plain.p.
 */
void aead_seal(const uint8_t key[static AEAD_KEY],
    const uint8_t nonce[static AEAD_NONCE], struct slice aad,
    struct slice plain, uint8_t *ct);

/*
 * aead_open(key, nonce, aad, ct, plain):
 * Write ct.n - AEAD_TAG bytes to plain, or ERR_CRYPTO; what plain holds then
 * is to be thrown away.
 */
MUST_USE enum err aead_open(const uint8_t key[static AEAD_KEY],
    const uint8_t nonce[static AEAD_NONCE], struct slice aad,
    struct slice ct, uint8_t *plain);

/* A key that is set up for many, without additional data. */
struct aead;

/*
 * aead_new(key, out), aead_free(x):
 * For one thread at a time; the key is wiped with it.  ERR_NOMEM.
 */
MUST_USE enum err aead_new(const uint8_t key[static AEAD_KEY],
    struct aead **out);
void aead_free(struct aead *x);

/*
 * aead_seal_next(x, nonce, plain, ct), aead_open_next(x, nonce, ct, plain):
 * As aead_seal and aead_open; plain.n is below 2^31.  Sealing fails with
 * ERR_CRYPTO only if libcrypto does.
 */
MUST_USE enum err aead_seal_next(struct aead *x,
    const uint8_t nonce[static AEAD_NONCE], struct slice plain, uint8_t *ct);
MUST_USE enum err aead_open_next(struct aead *x,
    const uint8_t nonce[static AEAD_NONCE], struct slice ct, uint8_t *plain);

#endif
