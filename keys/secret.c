#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keys/secret_in.h"

static atomic_int live;

enum err
secret_new(size_t n, struct secret **out)
{
    struct secret *s;

    if (n == 0 || n > SECRET_MAX)
        return E_OVERSIZE;
    if ((s = malloc(sizeof(*s))) == NULL)
        return ERR_NOMEM;
    if ((s->p = sodium_malloc(n)) == NULL) {
        free(s);
        return ERR_NOMEM;
    }
    sodium_memzero(s->p, n);
    s->n = n;
    atomic_fetch_add(&live, 1);
    *out = s;
    return OK;
}

enum err
secret_random(size_t n, struct secret **out)
{
    struct secret *s;
    enum err e;

    if ((e = secret_new(n, &s)) != OK)
        return e;
    randombytes_buf(s->p, n);
    *out = s;
    return OK;
}

enum err
secret_from(struct slice from, struct secret **out)
{
    struct secret *s;
    enum err e;

    if ((e = secret_new(from.n, &s)) != OK)
        return e;
    memcpy(s->p, from.p, from.n);
    *out = s;
    return OK;
}

enum err
secret_copy(const struct secret *s, struct secret **out)
{
    return secret_from(secret_slice(s), out);
}

void
secret_free(struct secret *s)
{
    if (s == NULL)
        return;
    sodium_free(s->p);
    free(s);
    atomic_fetch_sub(&live, 1);
}

size_t
secret_length(const struct secret *s)
{
    return s->n;
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
    return a->n == b->n && sodium_memcmp(a->p, b->p, a->n) == 0;
}

int
secret_live(void)
{
    return atomic_load(&live);
}

struct slice
secret_slice(const struct secret *s)
{
    return slice_of(s->p, s->n);
}
