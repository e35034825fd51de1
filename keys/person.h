/*
 * person: the keys of one person, and the request to be enrolled with them
 * (FORMAT.md section 1).
 *
 * People make their own keys.  NAME.key holds, under a passphrase, the seed
 * of the signing key, the reading key, the CURVE key for the own node, a key
 * for drafts, and what the person trusts: the id of the own root.  NAME.slot
 * holds the slot keys of this device, under the draft key; it is never backed
 * up.  This module knows what is inside; keyfile.h and file.h know the files.
 */
#ifndef KEYS_PERSON_H
#define KEYS_PERSON_H

#include "keys/sign.h"
#include "proto/trust.h"

#define DEVICE_LEN 16

struct person;

/* Who it is; texts are borrowed. */
struct person_name {
    struct slice authority;         /* QN-FIU */
    struct slice label;             /* o-114: in the list of officers */
    struct slice person;            /* id of the person, not of the key */
};

/*
 * person_new(name, out):
 * Fresh keys for a person.  E_FIELD_RANGE if a part of the name is not of its
 * format.  The caller frees *out.
 */
MUST_USE enum err person_new(const struct person_name *name,
    struct person **out);
void person_free(struct person *p);

/*
 * person_trust(p, root_kid):
 * Remember the id of the own root (32 bytes), once its card was compared.
 */
void person_trust(struct person *p, const uint8_t root_kid[static HASH_LEN]);

/*
 * person_root(p):
 * The id of the own root, NULL while none was compared.
 */
const uint8_t *person_root(const struct person *p);

/*
 * person_name(p), person_sign(p), person_reading(p), person_curve(p),
 * person_draft(p):
 * The parts, borrowed.
 */
struct person_name person_name(const struct person *p);
const struct sign_key *person_sign(const struct person *p);
const struct secret *person_reading(const struct person *p);
const struct secret *person_curve(const struct person *p);
const struct secret *person_draft(const struct person *p);

/*
 * person_save(p, out), person_load(payload, out):
 * The payload of a key file, and back.  ERR_FORMAT for a payload that is no
 * person.  The caller frees *out.
 */
MUST_USE enum err person_save(const struct person *p, struct secret **out);
MUST_USE enum err person_load(const struct secret *payload,
    struct person **out);

/*
 * person_devices(p, serial, device, slot_public, at, out):
 * Append the signed list of this person's devices: one device with its slot
 * key.
 */
MUST_USE enum err person_devices(const struct person *p, uint64_t serial,
    const uint8_t device[static DEVICE_LEN],
    const uint8_t slot_public[static KEY_LEN], int64_t at, struct buf *out);

/*
 * person_request(p, devices, at, out, digest):
 * Append the signed request to be enrolled, with the signed list of devices
 * inside; digest gets its digest, whose digits the keeper compares.
 */
MUST_USE enum err person_request(const struct person *p,
    struct slice devices, int64_t at, struct buf *out,
    uint8_t digest[static HASH_LEN]);

/*
 * person_request_check(a, in, out, digest, f):
 * Read a request: signed by the key that it names, keys that are good keys,
 * the list of devices signed by the same person.  *out lives in a.
 */
MUST_USE enum err person_request_check(struct arena *a, struct slice in,
    struct rec **out, uint8_t digest[static HASH_LEN], struct fault *f);

#endif
