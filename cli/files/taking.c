#include <string.h>

#include "cli/files/taking.h"

/* A run of files that follow one another, all of them taken. */
struct taker {
    struct carried *x;
    const struct taking_want *w;
    struct taken *out;
    struct listing l;
    size_t k, end;                      /* item of l, and the run's end */
    uint64_t first;                     /* number of l->v[0] */
    uint64_t left;                      /* bytes of this file to come */
    bool open;                          /* begin was called */
    struct hasher h;
};

static enum err
begin_file(struct taker *t)
{
    const struct rec *item = t->l.v[t->k];
    enum err e = t->w->begin(t->w->arg, t->first + t->k, item);

    t->left = record_uint(item, "size");
    hash_start(&t->h);
    t->open = e == OK;
    return e;
}

static enum err
end_file(struct taker *t)
{
    const struct rec *item = t->l.v[t->k];
    uint8_t digest[HASH_LEN];
    bool holds;

    hash_end(&t->h, digest);
    holds = slice_equal(record_bytes(item, "digest"), SLICE(digest));
    if (holds)
        t->out->held++;
    else
        t->out->failed++;
    t->open = false;
    return t->w->end(t->w->arg, t->first + t->k++, item, holds);
}

/* Files without bytes, and the beginning of the next that has some. */
static enum err
step(struct taker *t)
{
    enum err e = OK;

    while (e == OK && t->k < t->end && t->left == 0) {
        if (t->open)
            e = end_file(t);
        else
            e = begin_file(t);
    }
    return e;
}

static enum err
take(void *arg, uint64_t offset, struct slice plain)
{
    struct taker *t = arg;
    enum err e = step(t);

    (void)offset;
    while (e == OK && plain.n > 0 && t->k < t->end) {
        const size_t n = plain.n < t->left ? plain.n : (size_t)t->left;
        const struct slice s = slice_of(plain.p, n);

        hash_add(&t->h, s);
        e = t->w->data(t->w->arg, s);
        t->left -= n;
        t->out->bytes += n;
        plain = slice_of(plain.p + n, plain.n - n);
        if (e == OK)
            e = step(t);
    }
    return e;
}

static enum err
take_zeros(void *arg, uint64_t offset, struct slice plain)
{
    (void)arg;
    (void)offset;
    for (size_t i = 0; i < plain.n; i++)
        if (plain.p[i] != 0)
            return E_MALFORMED;
    return OK;
}

/* From item k on, as far as none is left out. */
static enum err
take_files(struct taker *t, size_t from, size_t to)
{
    const uint64_t a = record_uint(t->l.v[from], "offset"),
        b = record_uint(t->l.v[to - 1], "offset") +
        record_uint(t->l.v[to - 1], "size");
    enum err e;

    t->k = from;
    t->end = to;
    t->left = 0;
    t->open = false;
    if ((e = carried_read(t->x, PARCEL_FILES, a, b, take, t)) != OK)
        return e;
    return step(t);
}

static bool
is_skipped(const struct taker *t, size_t i)
{
    return t->w->skip != NULL && t->w->skip(t->w->arg, t->first + i,
        t->l.v[i]);
}

static enum err
take_block(struct taker *t)
{
    enum err e = OK;

    for (size_t i = 0, k; e == OK && i < t->l.n; i = k) {
        for (k = i; k < t->l.n && !is_skipped(t, k); k++)
            ;
        if (k > i)
            e = take_files(t, i, k);
        else
            k++;
    }
    return e;
}

/* Behind the last file nothing is hidden. */
static enum err
take_padding(struct taker *t)
{
    return t->w->skip != NULL ? OK : carried_read(t->x, PARCEL_FILES,
        t->l.r.offset, carried_plain(t->x, PARCEL_FILES), take_zeros, NULL);
}

enum err
taking_run(struct carried *x, const struct taking_want *w,
    struct taken *out, struct fault *f)
{
    struct taker t = { .x = x, .w = w, .out = out };
    bool more = true;
    enum err e = OK;

    *out = (struct taken){ .files = 0 };
    listing_begin(x, &t.l);
    while (e == OK && more) {
        t.first = t.l.r.n;
        if ((e = listing_next(&t.l, &more)) == OK)
            e = take_block(&t);
    }
    if (e == OK)
        e = take_padding(&t);
    out->files = t.l.r.n;
    if (f != NULL)
        *f = t.l.f;
    listing_end(&t.l);
    return e;
}

enum err
taking_count(struct carried *x, enum err (*each)(void *arg, uint64_t i,
    const struct rec *item), void *arg, struct taken *out, struct fault *f)
{
    struct listing l;
    uint64_t n = 0;
    bool more = true;
    enum err e = OK;

    *out = (struct taken){ .files = 0 };
    listing_begin(x, &l);
    while (e == OK && more) {
        e = listing_next(&l, &more);
        for (size_t i = 0; e == OK && each != NULL && i < l.n; i++)
            e = each(arg, n++, l.v[i]);
    }
    out->files = l.r.n;
    out->bytes = l.r.offset;
    if (f != NULL)
        *f = l.f;
    listing_end(&l);
    return e;
}
