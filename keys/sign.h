/*
 * sign: Ed25519 (RFC 8032), key ids and the validity of public keys.
 *
 * Every signature of valise is made by sign_make and checked by sign_check:
 * over a signature label and a 32-byte digest.  C2SP notes have keys and a
 * format of their own: sign_note and sign_note_check.
 */
#ifndef KEYS_SIGN_H
#define KEYS_SIGN_H

#include "keys/secret.h"
#include "proto/hash.h"
#include "proto/trust.h"

#define ALG_ED25519 0x0001
#define ALG_X25519 0x0020       /* the KEM id of RFC 9180 */
#define SEED_LEN 32

struct sign_key;

/*
 * sign_key_new(seed, out):
 * A signing key from its 32-byte seed, which the key copies.  The public key
 * is computed anew: a stored one is never trusted.
 */
MUST_USE enum err sign_key_new(const struct secret *seed,
    struct sign_key **out);
void sign_key_free(struct sign_key *k);

/*
 * sign_key_public(k), sign_key_id(k):
 * Its public key (32 bytes) and its kid (32 bytes), borrowed.
 */
const uint8_t *sign_key_public(const struct sign_key *k);
const uint8_t *sign_key_id(const struct sign_key *k);

/*
 * sign_make(role, k, digest, out):
 * Sign label(role) || digest; role is LABEL_SIG, LABEL_APPR or LABEL_ROOT.
 * out gets kid and signature.
 */
void sign_make(enum label role, const struct sign_key *k,
    const uint8_t digest[static HASH_LEN], struct signature *out);

/*
 * sign_check(role, public, digest, sig):
 * OK or E_SIGNATURE.
 */
MUST_USE enum err sign_check(enum label role,
    const uint8_t public[static KEY_LEN],
    const uint8_t digest[static HASH_LEN], const uint8_t sig[static SIG_LEN]);

/*
 * sign_note(k, text, out), sign_note_check(public, text, sig):
 * Plain Ed25519 over the text of a C2SP note or cosignature.
 */
void sign_note(const struct sign_key *k, struct slice text,
    uint8_t out[static SIG_LEN]);
MUST_USE enum err sign_note_check(const uint8_t public[static KEY_LEN],
    struct slice text, const uint8_t sig[static SIG_LEN]);

/*
 * key_id(alg, public, out):
 * kid = digest(kid, u16 alg || public key).
 */
void key_id(uint16_t alg, struct slice public, uint8_t out[static HASH_LEN]);

/*
 * sign_key_valid(public), kem_key_valid(public):
 * Whether an Ed25519 key is a canonical point of the main subgroup; whether
 * an X25519 key is canonical (bit 255 clear, below p) and not of low order.
 * Asked at every enrolment and for every list, so that one key has one id.
 */
bool sign_key_valid(const uint8_t public[static KEY_LEN]);
bool kem_key_valid(const uint8_t public[static KEY_LEN]);

#endif
