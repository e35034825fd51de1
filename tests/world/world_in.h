/*
 * world_in: fields of a record by name; what fails ends the process.
 */
#ifndef TESTS_WORLD_IN_H
#define TESTS_WORLD_IN_H

#include <string.h>

#include "tests/world/world.h"

static inline void
put_text(struct world *w, struct rec *r, const char *name, const char *s)
{
    world_check(record_put_bytes(w->a, r, name, slice_str(s)));
}

static inline void
put_bytes(struct world *w, struct rec *r, const char *name, const void *p,
    size_t n)
{
    struct slice s;

    world_check(arena_copy(w->a, slice_of(p, n), &s));
    world_check(record_put_bytes(w->a, r, name, s));
}

static inline void
put_uint(struct world *w, struct rec *r, const char *name, uint64_t v)
{
    world_check(record_put_uint(w->a, r, name, v));
}

static inline void
put_list(struct world *w, struct rec *r, const char *name,
    const union item *items, size_t n)
{
    union item *copy = arena_get(w->a, (n + 1) * sizeof(*copy));

    if (n > 0)
        memcpy(copy, items, n * sizeof(*copy));
    world_check(record_put(w->a, r, record_field(r->schema, name), copy, n));
}

static inline void
put_one(struct world *w, struct rec *r, const char *name, union item item)
{
    put_list(w, r, name, &item, 1);
}

static inline struct rec *
sub(struct world *w, const struct rec *r, const char *name)
{
    return record_new(w->a, record_field(r->schema, name)->rec);
}

#endif
