/*
 * wire: the canonical form of every record (FORMAT.md section 0).
 *
 * A subset of msgpack: unsigned integers, booleans, bin, str (valid UTF-8),
 * arrays, and maps with strictly ascending unsigned keys; shortest forms; no
 * nil, float, ext or negative number.  For such bytes there is exactly one
 * encoding of a value, so a decoder that refuses everything else accepts x
 * only if encoding the result gives x.
 *
 * Reading is in two steps.  wire_scan proves, without allocating, that the
 * bytes are one canonical value within the limits.  Then a reader takes it
 * apart.  The reader's error is sticky: after the first wrong type or length
 * every call gives zeros, and read_end says what was wrong.
 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include "proto/slice.h"

#define WIRE_DEPTH 8            /* the outermost container has depth 1 */
#define WIRE_ITEMS_CONTROL 4096 /* every header counts, map keys too */
#define WIRE_ITEMS 65536        /* bodies, lists, frames */

/*
 * wire_scan(in, items):
 * OK if in is exactly one canonical value with at most items headers, at
 * most WIRE_DEPTH deep.  Else E_MALFORMED (types, truncation, trailing
 * bytes, invalid UTF-8), E_NONCANON (a longer form than needed), E_DUPKEY
 * (keys not ascending), E_DEPTH (too deep or too many).
 */
MUST_USE enum err wire_scan(struct slice in, size_t items);

/*
 * wire_utf8(s):
 * Whether s is valid UTF-8 (RFC 3629: no surrogates, no overlong forms).
 */
bool wire_utf8(struct slice s);

enum wire_type { WIRE_NONE, WIRE_UINT, WIRE_BOOL, WIRE_BIN, WIRE_STR,
    WIRE_ARRAY, WIRE_MAP };

struct reader {
    struct slice rest;
    enum err e;
};

/*
 * read_start(r, in):
 * Begin at the first byte of in, which wire_scan has accepted.
 */
void read_start(struct reader *r, struct slice in);

/*
 * read_type(r):
 * The type of the next value, WIRE_NONE at the end.
 */
enum wire_type read_type(const struct reader *r);

/*
 * read_uint(r, max), read_bool(r):
 * The next value; above max is E_MALFORMED.
 */
uint64_t read_uint(struct reader *r, uint64_t max);
bool read_bool(struct reader *r);

/*
 * read_bin(r, min, max), read_str(r, min, max):
 * The next value, borrowed from the input; its length is from min to max.
 */
struct slice read_bin(struct reader *r, size_t min, size_t max);
struct slice read_str(struct reader *r, size_t min, size_t max);

/*
 * read_fixed(r, out, n):
 * A bin of exactly n bytes, copied to out.
 */
void read_fixed(struct reader *r, uint8_t *out, size_t n);

/*
 * read_array(r, min, max), read_map(r, max):
 * The number of elements or of pairs that follow.
 */
size_t read_array(struct reader *r, size_t min, size_t max);
size_t read_map(struct reader *r, size_t max);

/*
 * read_fail(r, e):
 * Make e the sticky error unless there is one already.
 */
void read_fail(struct reader *r, enum err e);

/*
 * read_end(r):
 * OK if nothing went wrong and nothing is left.
 */
MUST_USE enum err read_end(const struct reader *r);

/*
 * write_uint, write_bool, write_bin, write_str, write_array, write_map:
 * Append one value in its shortest form.  write_array and write_map append
 * the header; the caller appends n elements, or n pairs with ascending keys.
 * write_bin_head appends the header of a bin, whose n bytes follow.
 */
void write_uint(struct buf *b, uint64_t v);
void write_bool(struct buf *b, bool v);
void write_bin(struct buf *b, struct slice s);
void write_bin_head(struct buf *b, size_t n);
void write_str(struct buf *b, struct slice s);
void write_array(struct buf *b, size_t n);
void write_map(struct buf *b, size_t n);

#endif
