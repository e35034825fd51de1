#include <stdlib.h>
#include <string.h>

#include "proto/slice.h"

#define ARENA_CHUNK 8192
#define ARENA_ALIGN 16

struct chunk {
    struct chunk *next;
    size_t size;
    size_t used;
    size_t pad;                 /* keeps data aligned to ARENA_ALIGN */
    uint8_t data[];
};

struct arena {
    struct chunk *first;
    size_t left;
};

/* memset that the compiler may not drop: the pointer is volatile. */
static void *(*const volatile wipe)(void *, int, size_t) = memset;

struct slice
slice_of(const void *p, size_t n)
{
    return (struct slice){ p, n };
}

struct slice
slice_str(const char *text)
{
    return (struct slice){ (const uint8_t *)text, strlen(text) };
}

bool
slice_equal(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
slice_order(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool
slice_is(struct slice s, const char *text)
{
    return slice_equal(s, slice_str(text));
}

struct slice
slice_of_buf(const struct buf *b)
{
    return (struct slice){ b->p, b->n };
}

void
buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .max = max };
}

void
buf_clear(struct buf *b)
{
    if (b->p != NULL)
        (void)wipe(b->p, 0, b->cap);
    free(b->p);
    buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
    b->n = 0;
    b->bad = false;
}

/* Grow by copying, never realloc: the old memory is wiped. */
static bool
grow(struct buf *b, size_t need)
{
    size_t cap = b->cap == 0 ? 256 : b->cap;
    uint8_t *p;

    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->max)
        cap = b->max;
    if ((p = malloc(cap)) == NULL)
        return false;
    if (b->n > 0)
        memcpy(p, b->p, b->n);
    if (b->p != NULL)
        (void)wipe(b->p, 0, b->cap);
    free(b->p);
    b->p = p;
    b->cap = cap;
    return true;
}

uint8_t *
buf_extend(struct buf *b, size_t n)
{
    uint8_t *p;

    if (b->bad || n > b->max - b->n) {
        b->bad = true;
        return NULL;
    }
    if ((n > b->cap - b->n || b->p == NULL) && !grow(b, b->n + n)) {
        b->bad = true;
        return NULL;
    }
    p = b->p + b->n;
    b->n += n;
    return p;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
    uint8_t *to;

    if (n > 0 && (to = buf_extend(b, n)) != NULL)
        memcpy(to, p, n);
}

void
buf_put_slice(struct buf *b, struct slice s)
{
    buf_put(b, s.p, s.n);
}

void
buf_put_str(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void
buf_put_u16(struct buf *b, uint16_t v)
{
    uint8_t p[2];

    put_u16(p, v);
    buf_put(b, p, sizeof(p));
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
    uint8_t p[4];

    put_u32(p, v);
    buf_put(b, p, sizeof(p));
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
    uint8_t p[8];

    put_u64(p, v);
    buf_put(b, p, sizeof(p));
}

enum err
buf_done(const struct buf *b)
{
    return b->bad ? E_OVERSIZE : OK;
}

uint16_t
get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t
get_u32(const uint8_t *p)
{
    return (uint32_t)get_u16(p) << 16 | get_u16(p + 2);
}

uint64_t
get_u64(const uint8_t *p)
{
    return (uint64_t)get_u32(p) << 32 | get_u32(p + 4);
}

void
put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

void
put_u32(uint8_t *p, uint32_t v)
{
    put_u16(p, (uint16_t)(v >> 16));
    put_u16(p + 2, (uint16_t)v);
}

void
put_u64(uint8_t *p, uint64_t v)
{
    put_u32(p, (uint32_t)(v >> 32));
    put_u32(p + 4, (uint32_t)v);
}

void
hex_encode(struct slice s, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < s.n; i++) {
        *out++ = digits[s.p[i] >> 4];
        *out++ = digits[s.p[i] & 15];
    }
    *out = '\0';
}

void
buf_put_hex(struct buf *b, struct slice s)
{
    char text[3];

    for (size_t i = 0; i < s.n; i++) {
        hex_encode(slice_of(s.p + i, 1), text);
        buf_put(b, text, 2);
    }
}

static int
nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
hex_decode(const char *text, uint8_t *out, size_t n)
{
    if (strlen(text) != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int hi = nibble(text[2 * i]), lo = nibble(text[2 * i + 1]);

        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

struct arena *
arena_new(size_t max)
{
    struct arena *a = calloc(1, sizeof(*a));

    if (a != NULL)
        a->left = max;
    return a;
}

void
arena_free(struct arena *a)
{
    struct chunk *next;

    if (a == NULL)
        return;
    for (struct chunk *c = a->first; c != NULL; c = next) {
        next = c->next;
        (void)wipe(c->data, 0, c->used);
        free(c);
    }
    free(a);
}

void *
arena_get(struct arena *a, size_t n)
{
    struct chunk *c = a->first;
    size_t need, size;
    void *p;

    if (n > a->left)
        return NULL;
    need = (n + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (need == 0)
        need = ARENA_ALIGN;
    if (c == NULL || need > c->size - c->used) {
        size = need > ARENA_CHUNK ? need : ARENA_CHUNK;
        if ((c = calloc(1, sizeof(*c) + size)) == NULL)
            return NULL;
        c->size = size;
        c->next = a->first;
        a->first = c;
    }
    p = c->data + c->used;
    c->used += need;
    a->left -= n;
    return p;
}

size_t
arena_left(const struct arena *a)
{
    return a->left;
}

enum err
arena_copy(struct arena *a, struct slice s, struct slice *out)
{
    uint8_t *p = arena_get(a, s.n + 1);

    if (p == NULL)
        return E_OVERSIZE;
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    *out = (struct slice){ p, s.n };
    return OK;
}
