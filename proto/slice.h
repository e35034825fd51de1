/*
 * slice: borrowed bytes, owned bytes, and memory that is freed at once.
 *
 * struct slice borrows and is never freed.  struct buf owns, has a hard
 * maximum and is wiped when it is freed.  struct arena hands out memory that
 * lives until the arena is freed, also with a hard maximum; decoded records
 * live in one.  Writing past a maximum makes a buf bad; that is sticky, so a
 * writer checks once, at the end.
 */
#ifndef PROTO_SLICE_H
#define PROTO_SLICE_H

#include "proto/err.h"

struct slice {
    const uint8_t *p;
    size_t n;
};

struct buf {
    uint8_t *p;
    size_t n;
    size_t cap;
    size_t max;
    bool bad;                   /* something did not fit */
};

struct arena;

#define SLICE(array) ((struct slice){ (array), sizeof(array) })
#define SLICE_EMPTY ((struct slice){ NULL, 0 })

/*
 * slice_of(p, n), slice_str(text):
 * The n bytes at p; the bytes of a C string without its end.
 */
struct slice slice_of(const void *p, size_t n);
struct slice slice_str(const char *text);

/*
 * slice_equal(a, b), slice_order(a, b):
 * Whether the bytes are the same; less than, equal to or greater than 0 in
 * byte order, a shorter prefix first.  Not for secrets.
 */
bool slice_equal(struct slice a, struct slice b);
int slice_order(struct slice a, struct slice b);

/*
 * slice_is(s, text):
 * Whether s holds exactly the bytes of the C string text.
 */
bool slice_is(struct slice s, const char *text);

/*
 * slice_of_buf(b):
 * What b holds; good until b grows or is cleared.
 */
struct slice slice_of_buf(const struct buf *b);

/*
 * buf_init(b, max):
 * An empty buf in place that never holds more than max bytes.
 */
void buf_init(struct buf *b, size_t max);

/*
 * buf_clear(b):
 * Wipe and free what b holds; b is empty again with the same maximum.
 */
void buf_clear(struct buf *b);

/*
 * buf_reset(b):
 * Forget the content and the bad mark, keep the memory.
 */
void buf_reset(struct buf *b);

/*
 * buf_put(b, p, n), buf_put_slice(b, s), buf_put_str(b, text),
 * buf_put_u8/u16/u32/u64(b, v):
 * Append bytes; integers big-endian.  Past the maximum b becomes bad.
 */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_put_slice(struct buf *b, struct slice s);
void buf_put_str(struct buf *b, const char *text);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u16(struct buf *b, uint16_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);

/*
 * buf_extend(b, n):
 * Room for n more bytes that the caller fills; NULL past the maximum.
 */
uint8_t *buf_extend(struct buf *b, size_t n);

/*
 * buf_done(b):
 * OK, or E_OVERSIZE when something did not fit.
 */
MUST_USE enum err buf_done(const struct buf *b);

/*
 * get_u16/u32/u64(p):
 * A big-endian integer at p.
 */
uint16_t get_u16(const uint8_t *p);
uint32_t get_u32(const uint8_t *p);
uint64_t get_u64(const uint8_t *p);

/*
 * put_u16/u32/u64(p, v):
 * Write v big-endian at p.
 */
void put_u16(uint8_t *p, uint16_t v);
void put_u32(uint8_t *p, uint32_t v);
void put_u64(uint8_t *p, uint64_t v);

/*
 * hex_encode(s, out), buf_put_hex(b, s), hex_decode(text, out, n):
 * Lower-case hexadecimal; out has 2 * s.n + 1 bytes.  hex_decode is true only
 * if text is exactly n bytes in either case.
 */
void hex_encode(struct slice s, char *out);
void buf_put_hex(struct buf *b, struct slice s);
bool hex_decode(const char *text, uint8_t *out, size_t n);

/*
 * arena_new(max):
 * An arena that hands out at most max bytes in all, NULL without memory.
 * What it holds is wiped when it is freed, since records hold content.
 */
struct arena *arena_new(size_t max);
void arena_free(struct arena *a);

/*
 * arena_get(a, n):
 * n zeroed bytes, aligned for any type; NULL past the maximum.
 */
void *arena_get(struct arena *a, size_t n);

/*
 * arena_left(a):
 * How many bytes it hands out still, at most.
 */
size_t arena_left(const struct arena *a);

/*
 * arena_copy(a, s, out):
 * A copy of the bytes of s, with a zero byte behind it.
 */
MUST_USE enum err arena_copy(struct arena *a, struct slice s,
    struct slice *out);

#endif
