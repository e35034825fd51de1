/*
 * What makes a new set out of others: the meet of two, the consents of the
 * originator, accepted conditions.
 */
#include "proto/limits.h"

#include "proto/enums.h"
#include "proto/kinds.h"

#include <string.h>

/* Two sets, and the one that binds what comes from both. */
struct meeting {
    struct arena *a;
    const struct rec *A, *B;
    struct rec *out;
    struct fault *f;
};

bool
limits_never(const struct rec *set)
{
    return record_uint(record_rec(set, "onward"), "mode") == ONWARD_NEVER &&
        record_count(set, "consents") == 0;
}

struct rec *
limits_copy(struct arena *a, const struct rec *set)
{
    struct rec *r = record_new(a, set->schema);

    for (size_t i = 0; r != NULL && i < set->n; i++)
        if (record_put(a, r, set->v[i].f, set->v[i].v, set->v[i].n) != OK)
            return NULL;
    return r;
}

static enum err
refuse(const struct meeting *m, enum err e, const char *name)
{
    return fault_set(m->f, e, 33, "restrictions.%s", name);
}

static bool
has_item(const struct value *v, union item item)
{
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->f->type == FT_ENUM ? v->v[i].u == item.u :
            slice_equal(v->v[i].s, item.s))
            return true;
    return false;
}

static bool
before(const struct field *f, union item x, union item y)
{
    return f->type == FT_ENUM ? x.u < y.u : slice_order(x.s, y.s) < 0;
}

/* Add an item at its place; a set has it once. */
static void
insert(const struct field *f, union item *items, size_t *n, union item item)
{
    const struct value so_far = { f, *n, items };
    size_t at = *n;

    if (has_item(&so_far, item))
        return;
    for (; at > 0 && before(f, item, items[at - 1]); at--)
        items[at] = items[at - 1];
    items[at] = item;
    (*n)++;
}

/* The items of a that `in` has too, or with both those of either. */
static enum err
put_items(const struct meeting *m, struct rec *out, const struct rec *a,
    const struct rec *b, const struct limit *row, bool both)
{
    const struct field *f = record_field(out->schema, row->name);
    const struct value *va = record_value(a, row->name);
    const struct value *vb = record_value(b, row->name);
    size_t na = va != NULL ? va->n : 0, nb = vb != NULL ? vb->n : 0, n = 0;
    union item *items = arena_get(m->a, (na + nb + 1) * sizeof(*items));

    if (items == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < na; i++)
        if (both || has_item(vb, va->v[i]))
            insert(f, items, &n, va->v[i]);
    for (size_t i = 0; both && i < nb; i++)
        insert(f, items, &n, vb->v[i]);
    if (n == 0 && row->empty != OK)
        return refuse(m, row->empty, row->name);
    if (n > f->most)
        return refuse(m, E_FIELD_RANGE, row->name);
    return record_put(m->a, out, f, items, n);
}

static uint64_t
smaller(const struct rec *A, const struct rec *B, const char *name)
{
    uint64_t a = record_uint(A, name), b = record_uint(B, name);

    return a < b ? a : b;
}

static uint64_t
larger(const struct rec *A, const struct rec *B, const char *name)
{
    uint64_t a = record_uint(A, name), b = record_uint(B, name);

    return a > b ? a : b;
}

static enum err
meet_smaller(const struct meeting *m, const struct limit *row)
{
    return record_put_uint(m->a, m->out, row->name,
        smaller(m->A, m->B, row->name));
}

static enum err
meet_larger(const struct meeting *m, const struct limit *row)
{
    return record_put_uint(m->a, m->out, row->name,
        larger(m->A, m->B, row->name));
}

static enum err
meet_subset(const struct meeting *m, const struct limit *row)
{
    return put_items(m, m->out, m->A, m->B, row, false);
}

static enum err
meet_union(const struct meeting *m, const struct limit *row)
{
    return put_items(m, m->out, m->A, m->B, row, true);
}

static enum err
meet_readers(const struct meeting *m, const struct limit *row)
{
    const struct limit none = { row->name, row->order, OK };
    bool a = record_uint(m->A, "audience") == AUDIENCE_NAMED;
    bool b = record_uint(m->B, "audience") == AUDIENCE_NAMED;

    if (a && b)
        return put_items(m, m->out, m->A, m->B, row, false);
    return put_items(m, m->out, a ? m->A : NULL, b ? m->B : NULL, &none,
        true);
}

/* The list of the side whose mode is LISTED; of two alike what is in both. */
static enum err
meet_onward(const struct meeting *m, const struct limit *row)
{
    static const struct limit allow = { "allow", LIMIT_SUBSET, OK };
    const struct rec *a = record_rec(m->A, row->name);
    const struct rec *b = record_rec(m->B, row->name);
    uint64_t am = record_uint(a, "mode"), bm = record_uint(b, "mode");
    uint64_t mode = smaller(a, b, "mode");
    struct rec *out = record_new(m->a,
        record_field(m->out->schema, row->name)->rec);
    enum err e;

    if (out == NULL)
        return E_OVERSIZE;
    if ((e = record_put_uint(m->a, out, "mode", mode)) != OK)
        return e;
    if (mode < ONWARD_LISTED)
        e = put_items(m, out, NULL, NULL, &allow, true);
    else if (am == bm)
        e = put_items(m, out, a, b, &allow, false);
    else
        e = put_items(m, out, am < bm ? a : b, NULL, &allow, true);
    return e != OK ? e : record_put_rec(m->a, m->out, row->name, out);
}

static uint64_t
latest_end(const struct meeting *m)
{
    uint64_t a = limits_conf_end(m->A);
    uint64_t b = limits_conf_end(m->B);

    return a > b ? a : b;
}

/* A date that never comes allows nothing: then it is the originator's to
 * say, which is the next stricter value. */
static enum err
meet_notice(const struct meeting *m, const struct limit *row)
{
    uint64_t v = smaller(m->A, m->B, row->name);

    if (v == SUBJECT_NOTICE_AFTER_DATE && latest_end(m) == UINT64_MAX)
        v = SUBJECT_NOTICE_CONSENT;
    return record_put_uint(m->a, m->out, row->name, v);
}

static enum err
meet_attribution(const struct meeting *m, const struct limit *row)
{
    uint64_t low = smaller(m->A, m->B, row->name);
    uint64_t high = larger(m->A, m->B, row->name);

    if (high != ATTRIBUTION_MUST_CITE)
        return record_put_uint(m->a, m->out, row->name, low);
    if (low < ATTRIBUTION_MAY)
        return refuse(m, E_ATTRIBUTION_CONFLICT, row->name);
    return record_put_uint(m->a, m->out, row->name, high);
}

/* The first reason in the order of the codes: it is for people. */
static uint64_t
first_reason(const struct rec *a, const struct rec *b)
{
    if (!record_has(a, "reason") || !record_has(b, "reason"))
        return larger(a, b, "reason");
    return smaller(a, b, "reason");
}

static enum err
meet_conf(const struct meeting *m, const struct limit *row)
{
    const struct rec *a = record_rec(m->A, row->name);
    const struct rec *b = record_rec(m->B, row->name);
    struct rec *out = record_new(m->a,
        record_field(m->out->schema, row->name)->rec);
    uint64_t scope = record_uint(a, "scope") | record_uint(b, "scope");
    uint64_t until = latest_end(m), reason = first_reason(a, b);
    enum err e;

    if (out == NULL)
        return E_OVERSIZE;
    e = record_put_uint(m->a, out, "required", larger(a, b, "required"));
    if (e == OK && scope != 0)
        e = record_put_uint(m->a, out, "scope", scope);
    if (e == OK && until != 0 && until != UINT64_MAX)
        e = record_put_uint(m->a, out, "until", until);
    if (e == OK && reason != 0)
        e = record_put_uint(m->a, out, "reason", reason);
    return e != OK ? e : record_put_rec(m->a, m->out, row->name, out);
}

/* Where none is owed there is no number of days. */
static enum err
meet_cert_days(const struct meeting *m, const struct limit *row)
{
    bool a = record_has(m->A, row->name), b = record_has(m->B, row->name);

    if (!a && !b)
        return OK;
    return record_put_uint(m->a, m->out, row->name, a && b ?
        smaller(m->A, m->B, row->name) : larger(m->A, m->B, row->name));
}

static enum err (*const meets[LIMIT_ORDERS])(const struct meeting *,
    const struct limit *) = {
    [LIMIT_SMALLER] = meet_smaller,
    [LIMIT_LARGER] = meet_larger,
    [LIMIT_TRUE] = meet_larger,
    [LIMIT_SUBSET] = meet_subset,
    [LIMIT_SUPERSET] = meet_union,
    [LIMIT_READERS] = meet_readers,
    [LIMIT_ONWARD] = meet_onward,
    [LIMIT_NOTICE] = meet_notice,
    [LIMIT_ATTRIBUTION] = meet_attribution,
    [LIMIT_CONF] = meet_conf,
    [LIMIT_CERT_DAYS] = meet_cert_days,
    [LIMIT_LABEL] = meet_union,
};

/* What content under this set comes from. */
static const struct value *
sources(const struct rec *set)
{
    return record_has(set, "rid") ? record_value(set, "rid") :
        record_value(set, "derived_from");
}

static enum err
put_sources(const struct meeting *m)
{
    const struct field *f = record_field(m->out->schema, "derived_from");
    const struct value *v[] = { sources(m->A), sources(m->B) };
    union item items[2 * 16];
    size_t n = 0;

    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; v[k] != NULL && i < v[k]->n; i++)
            if (n < sizeof(items) / sizeof(items[0]))
                insert(f, items, &n, v[k]->v[i]);
    if (n > f->most)
        return refuse(m, E_FIELD_RANGE, f->name);
    return n > 0 ? record_put(m->a, m->out, f, items, n) : OK;
}

enum err
limits_meet(struct arena *a, const struct rec *A, const struct rec *B,
    struct rec **out, struct fault *f)
{
    struct meeting m = { a, A, B, NULL, f };
    size_t n;
    const struct limit *row = limits_all(&n);
    enum err e;

    if (A == NULL || B == NULL)
        return fault_set(f, E_RESTR_UNKNOWN, 30, "restrictions");
    if ((m.out = record_new(a, A->schema)) == NULL)
        return E_OVERSIZE;
    if ((e = record_put_uint(a, m.out, "rv", 1)) != OK ||
        (e = record_put_uint(a, m.out, "rrev", 1)) != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        if ((e = meets[row[i].order](&m, &row[i])) != OK)
            return e;
    if ((e = put_sources(&m)) != OK)
        return e;
    *out = m.out;
    return OK;
}

/* The fields that a consent replaces where it names them. */
static const char *const consented[] = { "purposes", "proceedings",
    "use_level", "actions", "subject_notice", "attribution", "export",
    "retain_until" };

/* What a copy that passes on may do with it: NEVER, or as its own set says
 * where parent allows to ask at all. */
static enum err
put_onward(struct arena *a, struct rec *out, const struct rec *consent)
{
    const struct field *f = record_field(out->schema, "onward");
    struct rec *set = record_rec(consent, "set");
    struct rec *onward = record_rec(set, "onward");
    enum err e;

    if (record_uint(record_rec(out, "onward"), "mode") == ONWARD_NEVER)
        return OK;
    if (onward == NULL) {
        if ((onward = record_new(a, f->rec)) == NULL)
            return E_OVERSIZE;
        if ((e = record_put_uint(a, onward, "mode", ONWARD_NEVER)) != OK ||
            (e = record_put(a, onward, record_field(f->rec, "allow"), NULL,
            0)) != OK)
            return e;
    }
    return record_put_rec(a, out, "onward", onward);
}

enum err
limits_with(struct arena *a, const struct rec *parent,
    const struct rec *const *consents, size_t n, struct rec **out)
{
    struct rec *set = limits_copy(a, parent);
    enum err e = set != NULL ? OK : E_OVERSIZE;

    for (size_t k = 0; k < n && e == OK; k++) {
        for (size_t i = 0; i < sizeof(consented) / sizeof(*consented) &&
            e == OK; i++) {
            const struct value *v = record_value(consents[k], consented[i]);

            if (v != NULL && v->n > 0)
                e = record_put(a, set, record_field(set->schema,
                    consented[i]), v->v, v->n);
        }
        if (e == OK && record_uint(consents[k], "consent_type") ==
            CONSENT_TYPE_ONWARD)
            e = put_onward(a, set, consents[k]);
    }
    if (e == OK)
        *out = set;
    return e;
}

/* What an accepted condition does to one limit. */
struct limit_condition {
    uint8_t code;
    const char *limit;
    uint64_t value;     /* no looser than this; 0 no number of its own */
    const char *from;   /* no looser than this field of the condition, where
                         * it has it; NULL none */
};

/* Only what codes and dates can say: the words of a condition bind people.
 * Without an action of its own COND_ACTIONS_MAX rules out what others see. */
static const struct limit_condition conditions[] = {
    { CONDITION_COND_PURPOSE_ONLY, "purposes", 0, "purposes" },
    { CONDITION_COND_NO_EVIDENCE, "use_level", USE_LEVEL_INVESTIGATIVE,
      NULL },
    { CONDITION_COND_ACTIONS_MAX, "actions", ACTIONS_DISCREET, "actions" },
    { CONDITION_COND_CONFIDENTIAL, "conf", 1, NULL },
    { CONDITION_COND_RETURN, "end_action", END_ACTION_RETURN, NULL },
    { CONDITION_COND_RETURN, "retain_until", 0, "due" },
    { CONDITION_COND_RETURN, "use_until", 0, "due" },
    { CONDITION_COND_DUE_DATE, "use_until", 0, "due" },
};

/* Confidential in all, for the reason that the set has or OTHER. */
static struct rec *
confidential(struct arena *a, const struct rec *set, const struct rec *cond)
{
    const struct rec *was = record_rec(set, "conf");
    struct rec *conf = record_new(a, was->schema);
    uint64_t reason = record_uint(was, "reason");

    if (conf == NULL || record_put_uint(a, conf, "required", 1) != OK ||
        record_put_uint(a, conf, "scope", CONF_SCOPE_FACT_AND_SUBSTANCE) !=
        OK || record_put_uint(a, conf, "reason", reason != 0 ? reason :
        CONF_REASON_OTHER) != OK || (record_has(cond, "due") &&
        record_put_uint(a, conf, "until", record_uint(cond, "due")) != OK))
        return NULL;
    return conf;
}

/* The value that the condition gives to the limit of row c in `with`. */
static enum err
put_cap(struct arena *a, struct rec *with, const struct limit_condition *c,
    const struct rec *cond)
{
    const struct value *v = c->from != NULL ? record_value(cond, c->from) :
        NULL;
    struct rec *conf;

    if (strcmp(c->limit, "conf") == 0) {
        conf = confidential(a, with, cond);
        return conf == NULL ? E_OVERSIZE :
            record_put_rec(a, with, c->limit, conf);
    }
    if (v != NULL)
        return record_put(a, with, record_field(with->schema, c->limit),
            v->v, v->n);
    return c->value == 0 ? OK :
        record_put_uint(a, with, c->limit, c->value);
}

/* Meet the set with itself, but for the one limit that is capped. */
static enum err
cap(struct arena *a, struct rec *set, const struct limit_condition *c,
    const struct rec *cond)
{
    struct rec *with = limits_copy(a, set);
    const struct meeting m = { a, set, with, set, NULL };
    size_t n;
    const struct limit *row = limits_all(&n);
    enum err e = with != NULL ? put_cap(a, with, c, cond) : E_OVERSIZE;

    for (size_t i = 0; i < n && e == OK; i++)
        if (strcmp(row[i].name, c->limit) == 0)
            e = meets[row[i].order](&m, &row[i]);
    return e;
}

enum err
limits_tighten(struct arena *a, const struct rec *set,
    const struct value *conds, struct rec **out)
{
    size_t n = sizeof(conditions) / sizeof(conditions[0]);
    struct rec *r = limits_copy(a, set);
    enum err e = r != NULL ? OK : E_OVERSIZE;

    for (size_t k = 0; conds != NULL && k < conds->n; k++)
        for (size_t i = 0; i < n && e == OK; i++)
            if (record_uint(conds->v[k].r, "code") == conditions[i].code)
                e = cap(a, r, &conditions[i], conds->v[k].r);
    if (e == OK)
        *out = r;
    return e;
}
