/*
 * aead: ChaCha20-Poly1305 (RFC 8439), the one place where it is called.
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

#endif
