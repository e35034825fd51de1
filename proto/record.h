/*
 * record: every structured object of valise, described by rows.
 *
 * A schema (struct record) is a table of fields.  From the rows alone come
 * canonical encoding and decoding, validation with a field path, JSON and
 * forms (cli/), the field lists of FORMAT.md and the fuzz generator.  In
 * memory an object is one generic struct rec, never a struct of its own; it
 * lives in an arena and is freed with it.
 *
 * Halves.  A message has a control half, which nodes read, and a body half,
 * which only officers' clients read.  A row stands in one of them, or in
 * both: then its sub-record is split by the rows of that sub-record, a list
 * has the same length and order in both halves, and record_join puts them
 * together again.  Keys count for each half on its own.  A sub-record of a
 * row that stands in one half stands in that half whole.
 *
 * On the wire a record is a map of ascending keys (FORMAT.md section 0).
 */
#ifndef PROTO_RECORD_H
#define PROTO_RECORD_H

#include "proto/slice.h"
#include "proto/wire.h"

struct rec;

enum field_type {
    FT_UINT,        /* min to max */
    FT_BOOL,        /* an optional one is true or absent */
    FT_TIME,        /* seconds UTC, 2020 to 2100; JSON RFC 3339 or +48h */
    FT_ENUM,        /* a code of en */
    FT_BIN,         /* min to max bytes; JSON in hex */
    FT_LINE,        /* text of one line, no control or bidi characters */
    FT_TEXT,        /* text of several lines; \n and \t are allowed */
    FT_TOKEN,       /* [a-z0-9-] */
    FT_ID,          /* printable ASCII without blank */
    FT_AUTHORITY,   /* [A-Z]{2}-[A-Z0-9]{2,16} */
    FT_PARTY,       /* an authority, or CLASS@state, or KIND:proceeding */
    FT_COUNTRY,     /* [A-Z]{2} */
    FT_LANG,        /* BCP 47: [A-Za-z0-9-]{2,35} */
    FT_CURRENCY,    /* [A-Z]{3} */
    FT_DATE,        /* YYYY, YYYY-MM or YYYY-MM-DD, a real one */
    FT_AMOUNT,      /* -?[0-9]{1,15}(.[0-9]{1,4})? */
    FT_PERSON,      /* kid(32) of a signing key; JSON "QN-FIU/o-114" */
    FT_RECORD,      /* sub-record rec */
    FT_KIND_RECORD, /* sub-record of the kind that sibling "kind" names, all
                     * of its fields optional (amended_fields) */
    FIELD_TYPES
};

enum {
    F_CTL = 1,      /* in the control half */
    F_BODY = 2,     /* in the body half */
    F_MUST = 4,     /* mandatory (where `when` holds, if it has one) */
    F_MANY = 8,     /* a list of `least` to `most` elements */
    F_SET = 16,     /* a list without repetition, ascending on the wire */
    F_ASK = 32,     /* the officer chooses; never filled by a default */
    F_AUTO = 64,    /* the client fills it; not in forms */
    F_LIMITS = 128, /* JSON has it under "restrictions" (the caveat) */
    F_FORM = 256,   /* in forms only, and in no half: the client makes other
                     * fields of it before it seals; never written or checked */
    F_KEY = 512     /* a key of content: never shown, nor in JSON */
};
#define F_HALVES (F_CTL | F_BODY)

struct code {
    uint8_t n;
    const char *name;
};

struct enumeration {
    const char *name;
    const struct code *codes;
    size_t n;
};

/* Holds if sibling `field` (an enum, uint or bool) has a value whose bit is
 * set in `values`; an absent boolean counts as 0.  No condition: NULL. */
struct when {
    const char *field;
    uint64_t values;
};

struct field {
    uint16_t key;
    const char *name;
    enum field_type type;
    uint16_t flags;
    uint32_t min, max;              /* value, or bytes, by type */
    uint16_t least, most;           /* elements of a list */
    const struct enumeration *en;
    const struct record *rec;
    struct when when;
    uint16_t rule;                  /* V-nnn; 0 = V-002 */
    const char *help;
};

/* At least one alternative is there whole: "iban|account_number bic". */
struct choice {
    struct when when;
    const char *alternatives;
};

struct record {
    const char *name;
    const struct field *f;
    size_t n;
    const struct choice *choices;   /* ends with a row without alternatives */
};

#define RECORD_TIME_MIN 1577836800  /* 2020-01-01 */
#define RECORD_TIME_MAX 4133980799  /* 2100-12-31 */

union item {
    uint64_t u;                     /* UINT, BOOL, TIME, ENUM */
    struct slice s;                 /* BIN and all texts */
    struct rec *r;                  /* records */
};

struct value {
    const struct field *f;
    size_t n;                       /* 1 where the row is no list */
    union item *v;
};

struct rec {
    const struct record *schema;
    size_t n;
    struct value *v;                /* in the order of the schema's rows */
};

/*
 * enum_name(en, n), enum_find(en, name, n):
 * The name of a code, NULL if unknown; the code of a name.
 */
const char *enum_name(const struct enumeration *en, uint64_t n);
bool enum_find(const struct enumeration *en, struct slice name, uint64_t *n);

/*
 * record_field(schema, name):
 * The row called name, or NULL.
 */
const struct field *record_field(const struct record *schema,
    const char *name);

/*
 * record_new(a, schema):
 * An empty record in the arena, NULL past the arena's maximum.
 */
struct rec *record_new(struct arena *a, const struct record *schema);

/*
 * record_put(a, r, f, items, n):
 * Set field f of r to n items (borrowed: bytes and records must live as long
 * as r); replaces what was there.  n = 0 is an empty list.
 */
MUST_USE enum err record_put(struct arena *a, struct rec *r,
    const struct field *f, const union item *items, size_t n);

/*
 * record_put_uint/_bytes/_rec(a, r, name, x):
 * The same for one item by name; bytes are borrowed.
 */
MUST_USE enum err record_put_uint(struct arena *a, struct rec *r,
    const char *name, uint64_t v);
MUST_USE enum err record_put_bytes(struct arena *a, struct rec *r,
    const char *name, struct slice s);
MUST_USE enum err record_put_rec(struct arena *a, struct rec *r,
    const char *name, struct rec *sub);

/*
 * record_drop(r, name):
 * Remove a field if it is there.
 */
void record_drop(struct rec *r, const char *name);

/*
 * record_value(r, name):
 * The value of a field, NULL if it is absent or r is NULL.
 */
const struct value *record_value(const struct rec *r, const char *name);

/*
 * record_has, record_uint, record_bytes, record_rec, record_count (r, name):
 * Presence; the one item, 0, empty or NULL where absent; the number of
 * elements.
 */
bool record_has(const struct rec *r, const char *name);
uint64_t record_uint(const struct rec *r, const char *name);
struct slice record_bytes(const struct rec *r, const char *name);
struct rec *record_rec(const struct rec *r, const char *name);
size_t record_count(const struct rec *r, const char *name);

/*
 * record_lists(r, name, n):
 * Whether the list (or single value) `name` holds the number n.
 */
bool record_lists(const struct rec *r, const char *name, uint64_t n);

/*
 * record_holds(r, name, s):
 * Whether the list (or single value) `name` holds these bytes.
 */
bool record_holds(const struct rec *r, const char *name, struct slice s);

/*
 * record_find_by(v, key, s):
 * The record of list v whose field `key` is s, or NULL.
 */
const struct rec *record_find_by(const struct value *v, const char *key,
    struct slice s);

/*
 * record_encode(r, half, b):
 * Append the map of one half (F_CTL, F_BODY), or of everything (0).  Lists
 * with F_SET are written ascending.  Errors show in buf_done.
 */
void record_encode(const struct rec *r, unsigned half, struct buf *b);

/*
 * record_encode_many(r, n, half, b):
 * One map out of n records whose keys follow one another (a message: common
 * fields, then those of its kind).
 */
void record_encode_many(const struct rec *const *r, size_t n, unsigned half,
    struct buf *b);

/*
 * record_decode(a, schema, half, in, items, out, f):
 * Take one map apart.  in is scanned first, with at most items headers.
 * Checks types, keys, codes and order, not presence and bounds: see
 * record_check.  Texts are borrowed from in.  On failure *out is unchanged.
 */
MUST_USE enum err record_decode(struct arena *a, const struct record *schema,
    unsigned half, struct slice in, size_t items, struct rec **out,
    struct fault *f);

/*
 * record_read_pairs(a, r, half, rd, n, f):
 * The part of record_decode for a message: read pairs from rd into r while
 * their keys are in its schema; *n counts down the pairs left in the map.
 */
MUST_USE enum err record_read_pairs(struct arena *a, struct rec *r,
    unsigned half, struct reader *rd, size_t *n, struct fault *f);

/*
 * record_join(a, r, other, f):
 * Add the values of other (the other half, same schema) to r.  Lists that
 * stand in both are joined by place; unequal lengths are E_FIELD_RANGE.
 */
MUST_USE enum err record_join(struct arena *a, struct rec *r,
    const struct rec *other, struct fault *f);

/*
 * record_check(r, half, f):
 * Presence, bounds, formats, conditions and choices of one half, or of all
 * (0).  E_FIELD_MISSING, E_FIELD_RANGE or E_UNKNOWN_KIND with the path.
 */
MUST_USE enum err record_check(const struct rec *r, unsigned half,
    struct fault *f);

/*
 * record_check_item(f, item):
 * The format and bounds of one item that is no record; OK or E_FIELD_RANGE.
 */
MUST_USE enum err record_check_item(const struct field *f, union item item);

/*
 * record_when(r, w):
 * Whether the condition holds in r.
 */
bool record_when(const struct rec *r, const struct when *w);

/*
 * record_kind_schema:
 * How FT_KIND_RECORD finds its schema.  proto/kinds.c defines it; a number
 * that is no kind gives NULL.
 */
const struct record *record_kind_schema(uint64_t kind);

#endif
