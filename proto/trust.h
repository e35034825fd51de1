/*
 * trust: the objects that say who someone is (FORMAT.md section 1).
 *
 * A signed object travels and is stored as [bytes as bin, [[kid, sig]...]],
 * the author's signature before the second person's; its digest is over the
 * bytes only, under a label of its own:
 *
 *   card     root         who an authority is, its node, its directory entry
 *   staff    sig, appr    its officers, a list that names the one before
 *   epochs   sig          the keys that messages to its desk are sealed to
 *   pin      sig [appr]   a peer's root, and how it was compared
 *   slotk    sig          an officer's devices
 *   request  sig          a person's keys, for the keeper who enrols him
 *   node     sig          a node's keys, for the custodians who certify it
 *   contact  sig          an authority without a node, reached by hand
 *
 * This module knows their fields and the container.  Whether a signature
 * holds, and who may sign, is keys/.
 */
#ifndef PROTO_TRUST_H
#define PROTO_TRUST_H

#include "proto/hash.h"
#include "proto/record.h"

#define TRUST_MAX 262144            /* bytes of one signed object */
#define TRUST_SIGNATURES 2
#define SIG_LEN 64
#define KEY_LEN 32

enum trust_kind {
    TRUST_CARD,
    TRUST_STAFF,
    TRUST_EPOCHS,
    TRUST_PIN,
    TRUST_SLOTK,
    TRUST_REQUEST,
    TRUST_NODE,
    TRUST_CONTACT,
    TRUST_KINDS
};

struct trust_row {
    const char *name;
    enum label label;               /* of the digest */
    const struct record *rec;
    uint8_t least, most;            /* signatures */
};

extern const struct record record_card;
extern const struct record record_staff;
extern const struct record record_epochs;
extern const struct record record_pin;
extern const struct record record_slotk;
extern const struct record record_key_request;
extern const struct record record_node;
extern const struct record record_contact;

struct signature {
    uint8_t kid[HASH_LEN];
    uint8_t sig[SIG_LEN];
};

struct signed_object {
    struct slice bytes;             /* borrowed */
    uint8_t digest[HASH_LEN];
    size_t n;
    struct signature sigs[TRUST_SIGNATURES];
};

/*
 * trust_row(kind):
 * The row of a kind of object.
 */
const struct trust_row *trust_row(enum trust_kind kind);

/*
 * trust_decode(kind, in, out, f):
 * Take the container apart and compute the digest.  The number of signatures
 * must fit the kind.  E_OVERSIZE, the codes of wire_scan, E_MALFORMED.
 */
MUST_USE enum err trust_decode(enum trust_kind kind, struct slice in,
    struct signed_object *out, struct fault *f);

/*
 * trust_decode_waiting(kind, in, out, f):
 * The same for an object that waits for its second person: signatures may be
 * missing, but not the first.
 */
MUST_USE enum err trust_decode_waiting(enum trust_kind kind, struct slice in,
    struct signed_object *out, struct fault *f);

/*
 * trust_read(a, kind, o, out, f):
 * Decode the bytes of o as a record of its kind and check its fields.
 */
MUST_USE enum err trust_read(struct arena *a, enum trust_kind kind,
    const struct signed_object *o, struct rec **out, struct fault *f);

/*
 * trust_encode(bytes, sigs, n, b):
 * Append the container.
 */
void trust_encode(struct slice bytes, const struct signature *sigs, size_t n,
    struct buf *b);

/*
 * trust_in_office(officer, at):
 * Whether what an officer of a staff list signed at that time was his to
 * sign: a later revocation leaves what was signed before it.
 */
bool trust_in_office(const struct rec *officer, uint64_t at);

#endif
