/*
 * A message with every field that may stand, made from the rows alone: the
 * variant chooses among codes, so that several variants together reach every
 * field that a condition allows.
 */
#ifndef TESTS_UNIT_FILL_H
#define TESTS_UNIT_FILL_H

#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/message.h"

static inline struct rec *fill_record(struct arena *a,
    const struct record *s, unsigned variant);

static inline struct slice
fill_bytes(struct arena *a, const struct field *f)
{
    size_t n = f->min > 0 ? f->min : 1;
    uint8_t *p;

    switch ((int)f->type) {
    case FT_AUTHORITY: case FT_PARTY: return slice_str("QM-FIU");
    case FT_COUNTRY: return slice_str("QM");
    case FT_LANG: return slice_str("en");
    case FT_CURRENCY: return slice_str("USD");
    case FT_DATE: return slice_str("2026-11-04");
    case FT_AMOUNT: return slice_str("1950000.00");
    case FT_PERSON: n = 32; break;
    default: break;
    }
    p = arena_get(a, n);
    memset(p, 'x', n);
    return slice_of(p, n);
}

static inline union item
fill_item(struct arena *a, const struct rec *r, const struct field *f,
    unsigned variant)
{
    union item item = { .u = 1 };

    if (f->type == FT_ENUM)
        item.u = f->en == &enum_message_kind ? KIND_INFO_REQUEST :
            f->en->codes[variant % f->en->n].n;
    else if (f->type == FT_UINT)
        item.u = f->min > 0 ? f->min : 1;
    else if (f->type == FT_TIME)
        item.u = RECORD_TIME_MIN + variant;
    else if (f->type == FT_RECORD)
        item.r = fill_record(a, f->rec, variant);
    else if (f->type == FT_KIND_RECORD)
        item.r = fill_record(a,
            record_kind_schema(record_uint(r, "kind")), variant);
    else if (f->type != FT_BOOL)
        item.s = fill_bytes(a, f);
    return item;
}

static inline void
fill(struct arena *a, struct rec *r, unsigned variant)
{
    const struct record *s = r->schema;

    for (size_t i = 0; i < s->n; i++) {
        union item item;

        if (record_has(r, s->f[i].name) || (s->f[i].flags & F_FORM) ||
            !record_when(r, &s->f[i].when))
            continue;
        item = fill_item(a, r, &s->f[i], variant);
        cr_assert_eq(record_put(a, r, &s->f[i], &item, 1), OK);
    }
}

static inline struct rec *
fill_record(struct arena *a, const struct record *s, unsigned variant)
{
    struct rec *r = record_new(a, s);

    cr_assert_not_null(r);
    fill(a, r, variant);
    return r;
}

static inline void
fill_message(struct arena *a, const struct kind *k, unsigned variant,
    struct message *m)
{
    cr_assert_eq(message_new(a, k, m), OK);
    fill(a, m->common, variant);
    fill(a, m->own, variant);
    if (!(k->flags & K_RESTR))
        record_drop(m->common, "restrictions");
}

#endif
