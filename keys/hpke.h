/*
 * hpke: RFC 9180 with KEM 0x0020 (X25519, HKDF-SHA256), KDF 0x0001 and AEAD
 * 0x0003 (ChaCha20-Poly1305), modes base and psk.
 *
 * No authenticated mode: they do not survive the theft of the reader's key,
 * and an author's signature stands over everything.  Every failure to open
 * is ERR_CRYPTO.
 */
#ifndef KEYS_HPKE_H
#define KEYS_HPKE_H

#include "keys/secret.h"
#include "proto/hash.h"
#include "proto/trust.h"

#define HPKE_SUITE 0x0020
#define HPKE_ENC_LEN 32
#define HPKE_TAG_LEN 16
#define HPKE_BASE 0
#define HPKE_PSK 1
#define HPKE_PSK_MIN 32             /* bytes of a shared secret */

/* The shared secret of psk mode; NULL stands for base mode. */
struct hpke_psk {
    const struct secret *psk;       /* at least HPKE_PSK_MIN bytes */
    struct slice id;                /* not empty */
};

/* One direction of one exchange, after the key schedule (section 5.1). */
struct hpke_context;

/*
 * hpke_key_derive(ikm, out):
 * DeriveKeyPair of section 7.1.3: the private key, 32 bytes.
 */
MUST_USE enum err hpke_key_derive(const struct secret *ikm,
    struct secret **out);

/*
 * hpke_public(private, out):
 * The public key of a private key of 32 bytes.
 */
void hpke_public(const struct secret *private, uint8_t out[static KEY_LEN]);

/*
 * hpke_dh(private, public, out):
 * X25519 (RFC 7748).  A result of zeros, which a public key of low order
 * gives, is ERR_CRYPTO.  The caller frees *out.
 */
MUST_USE enum err hpke_dh(const struct secret *private,
    const uint8_t public[static KEY_LEN], struct secret **out);

/*
 * hpke_setup_s(public, info, psk, ephemeral, enc, out),
 * hpke_setup_r(private, enc, info, psk, out):
 * Make the context of the sender and of the recipient (sections 5.1.1 and
 * 5.1.2).  ephemeral is the private key of this exchange; NULL makes a fresh
 * one, as everything but a test with fixed vectors does.  A public key of
 * low order, a short psk or one without the other is ERR_CRYPTO.  The caller
 * frees *out.
 */
MUST_USE enum err hpke_setup_s(const uint8_t public[static KEY_LEN],
    struct slice info, const struct hpke_psk *psk,
    const struct secret *ephemeral, uint8_t enc[static HPKE_ENC_LEN],
    struct hpke_context **out);
MUST_USE enum err hpke_setup_r(const struct secret *private,
    const uint8_t enc[static HPKE_ENC_LEN], struct slice info,
    const struct hpke_psk *psk, struct hpke_context **out);
void hpke_free(struct hpke_context *c);

/*
 * hpke_seal(c, aad, plain, out), hpke_open(c, aad, ct, out):
 * Append the next ciphertext, or the plaintext of the next one.  The counter
 * moves on success only.
 */
MUST_USE enum err hpke_seal(struct hpke_context *c, struct slice aad,
    struct slice plain, struct buf *out);
MUST_USE enum err hpke_open(struct hpke_context *c, struct slice aad,
    struct slice ct, struct buf *out);

/*
 * hpke_export(c, context, out, n):
 * The exporter of section 5.3.
 */
MUST_USE enum err hpke_export(const struct hpke_context *c,
    struct slice context, uint8_t *out, size_t n);

/*
 * hpke_wrap(public, info, psk, plain, enc, ct):
 * One exchange with one message and empty aad: seal a secret to a key.
 */
MUST_USE enum err hpke_wrap(const uint8_t public[static KEY_LEN],
    struct slice info, const struct hpke_psk *psk, struct slice plain,
    uint8_t enc[static HPKE_ENC_LEN], struct buf *ct);

/*
 * hpke_unwrap(private, info, psk, enc, ct, out):
 * The other side of hpke_wrap.  The caller frees *out.
 */
MUST_USE enum err hpke_unwrap(const struct secret *private,
    struct slice info, const struct hpke_psk *psk, struct slice enc,
    struct slice ct, struct secret **out);

#endif
