/*
 * object: signing the objects of trust, and reading a list of devices.
 *
 * Whoever accepts such an object verifies it with directory.h; here it is
 * only made.
 */
#ifndef KEYS_OBJECT_H
#define KEYS_OBJECT_H

#include "keys/sign.h"

/*
 * object_sign(kind, r, k, out, digest, f):
 * Check the fields of r, encode it and append it with the first signature:
 * label root for a card, else sig.  The codes of record_check, with the field
 * in f (may be NULL); E_OVERSIZE.
 */
MUST_USE enum err object_sign(enum trust_kind kind, const struct rec *r,
    const struct sign_key *k, struct buf *out,
    uint8_t digest[static HASH_LEN], struct fault *f);

/*
 * object_second(o, k, sig, out):
 * The second person's signature over an object that has one, in sig (SIG_LEN
 * bytes); and the object with both, appended to out.
 */
MUST_USE enum err object_second(const struct signed_object *o,
    const struct sign_key *k, uint8_t sig[static SIG_LEN], struct buf *out);

/*
 * object_signed_by(role, o, i, public):
 * Whether signature i of o names this key and holds.  OK or E_SIGNATURE.
 */
MUST_USE enum err object_signed_by(enum label role,
    const struct signed_object *o, size_t i, struct slice public);

/*
 * object_devices(a, in, signing, out, f):
 * Read a signed list of devices of the officer who has this signing key: it
 * is his own, and its keys are good keys.  *out lives in a and borrows from
 * in.  E_SIGNATURE, E_KEY_BAD, or what trust_decode and trust_read say.
 */
MUST_USE enum err object_devices(struct arena *a, struct slice in,
    struct slice signing, struct rec **out, struct fault *f);

#endif
