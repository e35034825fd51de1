/*
 * Writing goes through msgpack-c's packer, which always takes the shortest
 * form.  Reading does not go through its unpacker: that allocates from the
 * counts that the input claims, and it accepts longer forms, duplicate keys
 * and unordered keys.  The scan below needs no memory at all.
 */
#include <string.h>

#include <msgpack.h>

#include "proto/wire.h"

/* What the first byte of a value says. */
struct head {
    enum wire_type type;
    uint64_t v;                 /* the number, length, count or truth */
    size_t n;                   /* bytes of the header */
    bool shortest;
};

/*
 * The headers with an explicit length or number: {byte, type, bytes of the
 * number, smallest number that needs this form}.
 */
static const struct form {
    uint8_t byte;
    enum wire_type type;
    uint8_t width;
    uint64_t least;
} forms[] = {
    { 0xcc, WIRE_UINT, 1, 0x80 },
    { 0xcd, WIRE_UINT, 2, 0x100 },
    { 0xce, WIRE_UINT, 4, 0x10000 },
    { 0xcf, WIRE_UINT, 8, 0x100000000 },
    { 0xc4, WIRE_BIN, 1, 0 },
    { 0xc5, WIRE_BIN, 2, 0x100 },
    { 0xc6, WIRE_BIN, 4, 0x10000 },
    { 0xd9, WIRE_STR, 1, 32 },
    { 0xda, WIRE_STR, 2, 0x100 },
    { 0xdb, WIRE_STR, 4, 0x10000 },
    { 0xdc, WIRE_ARRAY, 2, 16 },
    { 0xdd, WIRE_ARRAY, 4, 0x10000 },
    { 0xde, WIRE_MAP, 2, 16 },
    { 0xdf, WIRE_MAP, 4, 0x10000 },
};

static bool
head_long(struct slice in, struct head *h)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const struct form *f = &forms[i];

        if (f->byte != in.p[0])
            continue;
        if (f->width > in.n - 1)
            return false;
        h->type = f->type;
        h->n = 1u + f->width;
        h->v = 0;
        for (size_t k = 0; k < f->width; k++)
            h->v = h->v << 8 | in.p[1 + k];
        h->shortest = h->v >= f->least;
        return true;
    }
    return false;
}

static bool
head_read(struct slice in, struct head *h)
{
    uint8_t c;

    if (in.n == 0)
        return false;
    c = in.p[0];
    *h = (struct head){ WIRE_NONE, 0, 1, true };
    if (c < 0x80) {
        h->type = WIRE_UINT;
        h->v = c;
    } else if (c < 0x90) {
        h->type = WIRE_MAP;
        h->v = c & 0x0f;
    } else if (c < 0xa0) {
        h->type = WIRE_ARRAY;
        h->v = c & 0x0f;
    } else if (c < 0xc0) {
        h->type = WIRE_STR;
        h->v = c & 0x1f;
    } else if (c == 0xc2 || c == 0xc3) {
        h->type = WIRE_BOOL;
        h->v = c & 1;
    } else {
        return head_long(in, h);
    }
    return true;
}

static struct slice
after(struct slice s, size_t n)
{
    return (struct slice){ s.p + n, s.n - n };
}

bool
wire_utf8(struct slice s)
{
    size_t i = 0;

    while (i < s.n) {
        uint8_t c = s.p[i++];
        uint32_t v, least;
        size_t more;

        if (c < 0x80)
            continue;
        if (c >= 0xc2 && c < 0xe0) {
            more = 1, v = c & 0x1f, least = 0x80;
        } else if (c >= 0xe0 && c < 0xf0) {
            more = 2, v = c & 0x0f, least = 0x800;
        } else if (c >= 0xf0 && c < 0xf5) {
            more = 3, v = c & 0x07, least = 0x10000;
        } else {
            return false;
        }
        if (more > s.n - i)
            return false;
        while (more-- > 0) {
            if ((s.p[i] & 0xc0) != 0x80)
                return false;
            v = v << 6 | (s.p[i++] & 0x3f);
        }
        if (v < least || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
            return false;
    }
    return true;
}

/* One container that the scan is in. */
struct level {
    uint64_t left;              /* values that are still to come */
    bool map;
    bool have_key;
    uint64_t key;
};

static enum err
scan_key(struct level *l, const struct head *h)
{
    if (h->type != WIRE_UINT)
        return E_MALFORMED;
    if (l->have_key && h->v <= l->key)
        return E_DUPKEY;
    l->have_key = true;
    l->key = h->v;
    return OK;
}

static enum err
scan_text(struct slice in, const struct head *h)
{
    if (h->v > in.n)
        return E_MALFORMED;
    if (h->type == WIRE_STR && !wire_utf8(slice_of(in.p, (size_t)h->v)))
        return E_MALFORMED;
    return OK;
}

enum err
wire_scan(struct slice in, size_t items)
{
    struct level stack[WIRE_DEPTH + 1] = { { .left = 1 } };
    unsigned depth = 0;
    struct head h;
    enum err e;

    for (;;) {
        struct level *l = &stack[depth];

        if (l->left == 0) {
            if (depth-- == 0)
                break;
            continue;
        }
        if (items-- == 0)
            return E_DEPTH;
        if (!head_read(in, &h))
            return E_MALFORMED;
        if (!h.shortest)
            return E_NONCANON;
        in = after(in, h.n);
        if (l->map && l->left % 2 == 0 && (e = scan_key(l, &h)) != OK)
            return e;
        l->left--;
        if (h.type == WIRE_BIN || h.type == WIRE_STR) {
            if ((e = scan_text(in, &h)) != OK)
                return e;
            in = after(in, (size_t)h.v);
        } else if (h.type == WIRE_ARRAY || h.type == WIRE_MAP) {
            if (depth == WIRE_DEPTH)
                return E_DEPTH;
            stack[++depth] = (struct level){ .map = h.type == WIRE_MAP,
                .left = h.type == WIRE_MAP ? 2 * h.v : h.v };
        }
    }
    return in.n == 0 ? OK : E_MALFORMED;
}

void
read_start(struct reader *r, struct slice in)
{
    *r = (struct reader){ in, OK };
}

void
read_fail(struct reader *r, enum err e)
{
    if (r->e == OK)
        r->e = e;
}

enum wire_type
read_type(const struct reader *r)
{
    struct head h;

    return r->e == OK && head_read(r->rest, &h) ? h.type : WIRE_NONE;
}

/* Take the header of the next value, which must be of this type. */
static uint64_t
take(struct reader *r, enum wire_type type, uint64_t min, uint64_t max)
{
    struct head h;

    if (r->e != OK)
        return 0;
    if (!head_read(r->rest, &h) || h.type != type || h.v < min ||
        h.v > max) {
        r->e = E_MALFORMED;
        return 0;
    }
    if (!h.shortest) {
        r->e = E_NONCANON;
        return 0;
    }
    r->rest = after(r->rest, h.n);
    return h.v;
}

static struct slice
take_bytes(struct reader *r, enum wire_type type, size_t min, size_t max)
{
    size_t n = (size_t)take(r, type, min, max);
    struct slice s;

    if (r->e != OK || n > r->rest.n) {
        read_fail(r, E_MALFORMED);
        return SLICE_EMPTY;
    }
    s = slice_of(r->rest.p, n);
    r->rest = after(r->rest, n);
    return s;
}

uint64_t
read_uint(struct reader *r, uint64_t max)
{
    return take(r, WIRE_UINT, 0, max);
}

bool
read_bool(struct reader *r)
{
    return take(r, WIRE_BOOL, 0, 1) == 1;
}

struct slice
read_bin(struct reader *r, size_t min, size_t max)
{
    return take_bytes(r, WIRE_BIN, min, max);
}

struct slice
read_str(struct reader *r, size_t min, size_t max)
{
    return take_bytes(r, WIRE_STR, min, max);
}

void
read_fixed(struct reader *r, uint8_t *out, size_t n)
{
    struct slice s = read_bin(r, n, n);

    if (s.n == n)
        memcpy(out, s.p, n);
    else
        memset(out, 0, n);
}

size_t
read_array(struct reader *r, size_t min, size_t max)
{
    return (size_t)take(r, WIRE_ARRAY, min, max);
}

size_t
read_map(struct reader *r, size_t max)
{
    return (size_t)take(r, WIRE_MAP, 0, max);
}

enum err
read_end(const struct reader *r)
{
    if (r->e != OK)
        return r->e;
    return r->rest.n == 0 ? OK : E_MALFORMED;
}

static int
sink(void *data, const char *p, size_t n)
{
    buf_put(data, p, n);
    return 0;
}

static msgpack_packer
packer(struct buf *b)
{
    msgpack_packer pk;

    msgpack_packer_init(&pk, b, sink);
    return pk;
}

void
write_uint(struct buf *b, uint64_t v)
{
    msgpack_packer pk = packer(b);

    (void)msgpack_pack_uint64(&pk, v);
}

void
write_bool(struct buf *b, bool v)
{
    msgpack_packer pk = packer(b);

    (void)(v ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk));
}

void
write_bin(struct buf *b, struct slice s)
{
    msgpack_packer pk = packer(b);

    (void)msgpack_pack_bin(&pk, s.n);
    buf_put_slice(b, s);
}

void
write_bin_head(struct buf *b, size_t n)
{
    msgpack_packer pk = packer(b);

    (void)msgpack_pack_bin(&pk, n);
}

void
write_str(struct buf *b, struct slice s)
{
    msgpack_packer pk = packer(b);

    (void)msgpack_pack_str(&pk, s.n);
    buf_put_slice(b, s);
}

void
write_array(struct buf *b, size_t n)
{
    msgpack_packer pk = packer(b);

    (void)msgpack_pack_array(&pk, n);
}

void
write_map(struct buf *b, size_t n)
{
    msgpack_packer pk = packer(b);

    (void)msgpack_pack_map(&pk, n);
}
