/*
 * entry: one line of the log, and what opens its commitments (FORMAT.md
 * section 6).
 *
 *     entry  = label log || [1, seq, time, event, code, obj, fields]
 *     fields = [[type, commit(32)]...], types ascending, actor always
 *     commit = SHA-256(label logc || u16 type || salt_f(32) || u32 len
 *              || value)
 *     salt_f = HMAC-SHA256(salt of the entry, label logs || u16 type)
 *
 * seq is the index of the leaf; code 0 is done; obj is the digest that the
 * entry is about, or empty.  Salts and values are kept elsewhere, so that
 * erasing them leaves the tree whole; whoever may see a value is shown
 * [type, salt_f, value], its opening.
 *
 *     value of actor       kid, empty for the node
 *     value of purpose     [purpose, proceeding as bin, empty if none]
 *     value of statement   [statement as bin, signature(64)]
 *     value of detail      by event
 *
 * What is not said, but carried so that the shape of the entry tells
 * nothing, is a value of length 0.
 */
#ifndef PROTO_ENTRY_H
#define PROTO_ENTRY_H

#include "proto/hash.h"

#define ENTRY_VERSION 1
#define ENTRY_MAX 1024
#define ENTRY_FIELDS_MAX 4
#define ENTRY_TIME_MAX ((uint64_t)INT64_MAX)
#define ENTRY_SIG_LEN 64
#define ENTRY_PROCEEDING_MAX 64
#define ENTRY_STATEMENT_MAX 4096    /* bytes of one statement */
#define ENTRY_VALUE_MAX (ENTRY_STATEMENT_MAX + 70)
#define ENTRY_OPENINGS_MAX (ENTRY_FIELDS_MAX * (ENTRY_VALUE_MAX + 39) + 1)

enum entry_type {
    ENTRY_ACTOR = 1,
    ENTRY_PURPOSE = 2,
    ENTRY_STATEMENT = 3,
    ENTRY_DETAIL = 4
};

struct entry_field {
    uint16_t type;              /* enum entry_type */
    uint8_t commit[HASH_LEN];
};

struct entry {
    uint64_t seq;
    uint64_t time;              /* seconds UTC */
    uint16_t event;             /* enum event */
    uint16_t code;              /* enum err */
    bool has_obj;
    uint8_t obj[HASH_LEN];      /* zeros without one */
    size_t n;
    struct entry_field fields[ENTRY_FIELDS_MAX];
};

struct opening {
    uint16_t type;
    uint8_t salt_f[HASH_LEN];
    struct slice value;         /* borrowed */
};

/*
 * entry_encode(entry, b):
 * Append the bytes that are hashed into the tree.  E_FIELD_RANGE if the
 * fields are not 1 to ENTRY_FIELDS_MAX, ascending from the actor on, or a
 * number is out of its bounds; E_OVERSIZE.
 */
MUST_USE enum err entry_encode(const struct entry *entry, struct buf *b);

/*
 * entry_decode(in, out):
 * Read those bytes.  E_OVERSIZE, E_VERSION, the codes of wire_scan, else
 * E_MALFORMED; out is unchanged then.  Whether event and code have a name
 * here is not checked.
 */
MUST_USE enum err entry_decode(struct slice in, struct entry *out);

/*
 * entry_leaf(bytes, out):
 * The hash of the entry's leaf in the tree.
 */
void entry_leaf(struct slice bytes, uint8_t out[static HASH_LEN]);

/*
 * entry_field(entry, type):
 * The field of that type, NULL if there is none.
 */
const struct entry_field *entry_field(const struct entry *entry,
    enum entry_type type);

/*
 * entry_salt(salt, type, out), entry_commit(type, salt_f, value, out):
 * The salt of one field from that of the entry, which is a secret and has
 * HASH_LEN bytes; the commitment.
 */
void entry_salt(const uint8_t salt[static HASH_LEN], enum entry_type type,
    uint8_t out[static HASH_LEN]);
void entry_commit(enum entry_type type,
    const uint8_t salt_f[static HASH_LEN], struct slice value,
    uint8_t out[static HASH_LEN]);

/*
 * entry_add(entry, type, salt, value):
 * Add the field of that type, from the salt of the entry.  Types come in
 * ascending order and at most once, else E_FIELD_RANGE, as for a value of
 * more than ENTRY_VALUE_MAX bytes.
 */
MUST_USE enum err entry_add(struct entry *entry, enum entry_type type,
    const uint8_t salt[static HASH_LEN], struct slice value);

/*
 * opening_check(opening, entry):
 * OK if the entry has a field of that type which the opening opens, else
 * ERR_PROOF.
 */
MUST_USE enum err opening_check(const struct opening *opening,
    const struct entry *entry);

/*
 * opening_encode(openings, n, b), opening_decode(in, out, n):
 * A canonical array of [type, salt_f, value], types ascending; out has room
 * for ENTRY_FIELDS_MAX and borrows from in.  E_OVERSIZE, the codes of
 * wire_scan, else E_MALFORMED; out and n are unchanged then.
 */
MUST_USE enum err opening_encode(const struct opening *openings, size_t n,
    struct buf *b);
MUST_USE enum err opening_decode(struct slice in,
    struct opening out[static ENTRY_FIELDS_MAX], size_t *n);

/*
 * entry_put_purpose(b, purpose, proceeding),
 * entry_put_statement(b, statement, sig):
 * Append the value of a field.
 */
void entry_put_purpose(struct buf *b, uint64_t purpose,
    struct slice proceeding);
void entry_put_statement(struct buf *b, struct slice statement,
    const uint8_t sig[static ENTRY_SIG_LEN]);

/*
 * entry_get_purpose(value, purpose, proceeding),
 * entry_get_statement(value, statement, sig):
 * Read the value of a field; slices are borrowed, sig has ENTRY_SIG_LEN
 * bytes.  The codes of wire_scan, else E_MALFORMED; outputs are unchanged
 * then.
 */
MUST_USE enum err entry_get_purpose(struct slice value, uint64_t *purpose,
    struct slice *proceeding);
MUST_USE enum err entry_get_statement(struct slice value,
    struct slice *statement, struct slice *sig);

#endif
