/*
 * Rows are looked up by name (rules, programs) or by key (the wire).  Tables
 * are short and their keys ascend, so the wire finds the next row right
 * behind the last one.
 */
#include <stdio.h>
#include <string.h>

#include "proto/record.h"
#include "proto/text.h"

/* A place in the object, for the path of a fault and for its rule. */
struct where {
    const struct where *up;
    const char *name;
    size_t i;
    bool list;
    uint16_t rule;
};

/*
 * A field whose absence or value another rule names gives that rule's code
 * (V-002): the rules from `first` to `last`, and their code.
 */
static const struct {
    uint16_t first, last;
    enum err e;
} named[] = {
    { 30, 30, E_RESTR_UNKNOWN },
    { 46, 46, E_MLA_INCOMPLETE },
    { 53, 53, E_REASON_MISSING },
    { 60, 60, E_ONWARD_NO_CONSENT },
    { 68, 68, E_REASON_MISSING },
    { 70, 75, E_REPLY },
    { 80, 80, E_CERT_INCOMPLETE },
};

static size_t
path_put(const struct where *w, char *out, size_t max)
{
    size_t n = w->up != NULL ? path_put(w->up, out, max) : 0;
    int k;

    if (w->name == NULL || n >= max)
        return n;
    if (w->list)
        k = snprintf(out + n, max - n, "%s%s[%zu]", n > 0 ? "." : "",
            w->name, w->i);
    else
        k = snprintf(out + n, max - n, "%s%s", n > 0 ? "." : "", w->name);
    return n + (k > 0 ? (size_t)k : 0);
}

static enum err
fail(struct fault *f, enum err e, uint16_t rule, const struct where *w,
    const char *name)
{
    const struct where here = { w, name, 0, false, 0 };
    char path[FAULT_PATH_MAX + 1] = "";

    for (; rule == 0 && w != NULL; w = w->up)
        rule = w->rule;
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        if (rule >= named[i].first && rule <= named[i].last &&
            (e == E_FIELD_MISSING || e == E_FIELD_RANGE ||
            e == E_UNKNOWN_KIND || e == E_MALFORMED))
            e = named[i].e;
    }
    (void)path_put(&here, path, sizeof(path));
    return fault_set(f, e, rule, "%s", path);
}

const char *
enum_name(const struct enumeration *en, uint64_t n)
{
    for (size_t i = 0; i < en->n; i++) {
        if (en->codes[i].n == n)
            return en->codes[i].name;
    }
    return NULL;
}

bool
enum_find(const struct enumeration *en, struct slice name, uint64_t *n)
{
    for (size_t i = 0; i < en->n; i++) {
        if (slice_is(name, en->codes[i].name)) {
            *n = en->codes[i].n;
            return true;
        }
    }
    return false;
}

const struct field *
record_field(const struct record *schema, const char *name)
{
    for (size_t i = 0; i < schema->n; i++) {
        if (strcmp(schema->f[i].name, name) == 0)
            return &schema->f[i];
    }
    return NULL;
}

struct rec *
record_new(struct arena *a, const struct record *schema)
{
    struct rec *r = arena_get(a, sizeof(*r));

    if (r != NULL)
        r->schema = schema;
    return r;
}

static struct value *
value_of(const struct rec *r, const struct field *f)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->v[i].f == f)
            return &r->v[i];
    }
    return NULL;
}

/* A place for field f, in the order of the rows. */
static struct value *
value_add(struct arena *a, struct rec *r, const struct field *f)
{
    struct value *v = value_of(r, f);
    size_t at = 0;

    if (v != NULL)
        return v;
    /* Grow when n is 0 or a power of two: that is how much there is. */
    if ((r->n & (r->n - 1)) == 0) {
        v = arena_get(a, (r->n == 0 ? 1 : 2 * r->n) * sizeof(*v));
        if (v == NULL)
            return NULL;
        if (r->n > 0)
            memcpy(v, r->v, r->n * sizeof(*v));
        r->v = v;
    }
    while (at < r->n && r->v[at].f < f)
        at++;
    memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof(*v));
    r->v[at] = (struct value){ .f = f };
    r->n++;
    return &r->v[at];
}

enum err
record_put(struct arena *a, struct rec *r, const struct field *f,
    const union item *items, size_t n)
{
    struct value *v = value_add(a, r, f);
    union item *copy = arena_get(a, n * sizeof(*copy));

    if (v == NULL || copy == NULL)
        return E_OVERSIZE;
    if (n > 0)
        memcpy(copy, items, n * sizeof(*copy));
    v->v = copy;
    v->n = n;
    return OK;
}

static enum err
put_one(struct arena *a, struct rec *r, const char *name, union item item)
{
    const struct field *f = record_field(r->schema, name);

    return f == NULL ? ERR_INTERNAL : record_put(a, r, f, &item, 1);
}

enum err
record_put_uint(struct arena *a, struct rec *r, const char *name, uint64_t v)
{
    return put_one(a, r, name, (union item){ .u = v });
}

enum err
record_put_bytes(struct arena *a, struct rec *r, const char *name,
    struct slice s)
{
    return put_one(a, r, name, (union item){ .s = s });
}

enum err
record_put_rec(struct arena *a, struct rec *r, const char *name,
    struct rec *sub)
{
    return put_one(a, r, name, (union item){ .r = sub });
}

void
record_drop(struct rec *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i].f->name, name) != 0)
            continue;
        memmove(&r->v[i], &r->v[i + 1], (r->n - i - 1) * sizeof(*r->v));
        r->n--;
        /* value_add grows at powers of two: never shrink onto one. */
        r->v[r->n] = (struct value){ 0 };
        return;
    }
}

const struct value *
record_value(const struct rec *r, const char *name)
{
    for (size_t i = 0; r != NULL && i < r->n; i++) {
        if (strcmp(r->v[i].f->name, name) == 0)
            return &r->v[i];
    }
    return NULL;
}

bool
record_has(const struct rec *r, const char *name)
{
    return record_value(r, name) != NULL;
}

static union item
first(const struct rec *r, const char *name)
{
    const struct value *v = record_value(r, name);

    return v != NULL && v->n > 0 ? v->v[0] : (union item){ .s = SLICE_EMPTY };
}

uint64_t
record_uint(const struct rec *r, const char *name)
{
    return first(r, name).u;
}

struct slice
record_bytes(const struct rec *r, const char *name)
{
    return first(r, name).s;
}

struct rec *
record_rec(const struct rec *r, const char *name)
{
    return first(r, name).r;
}

size_t
record_count(const struct rec *r, const char *name)
{
    const struct value *v = record_value(r, name);

    return v != NULL ? v->n : 0;
}

bool
record_lists(const struct rec *r, const char *name, uint64_t n)
{
    const struct value *v = record_value(r, name);

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (v->v[i].u == n)
            return true;
    }
    return false;
}

bool
record_holds(const struct rec *r, const char *name, struct slice s)
{
    const struct value *v = record_value(r, name);

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (slice_equal(v->v[i].s, s))
            return true;
    }
    return false;
}

const struct rec *
record_find_by(const struct value *v, const char *key, struct slice s)
{
    for (size_t i = 0; v != NULL && v->f->type == FT_RECORD && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, key), s))
            return v->v[i].r;
    return NULL;
}

bool
record_when(const struct rec *r, const struct when *w)
{
    const struct value *v;
    uint64_t n = 0;

    if (w->field == NULL)
        return true;
    if ((v = record_value(r, w->field)) != NULL && v->n > 0)
        n = v->v[0].u;
    else if (record_field(r->schema, w->field)->type != FT_BOOL)
        return false;
    return n < 64 && (w->values >> n & 1) != 0;
}

/* The half in which the rows of a sub-record of f are written. */
static unsigned
half_below(const struct field *f, unsigned half)
{
    return (f->flags & F_HALVES) == F_HALVES ? half : 0;
}

static bool
in_half(const struct field *f, unsigned half)
{
    return half == 0 ? (f->flags & F_FORM) == 0 : (f->flags & half) != 0;
}

static bool
is_number(enum field_type t)
{
    return t == FT_UINT || t == FT_TIME || t == FT_ENUM || t == FT_BOOL;
}

static bool
is_bytes(enum field_type t)
{
    return t == FT_BIN || t == FT_PERSON;
}

static bool
is_record(enum field_type t)
{
    return t == FT_RECORD || t == FT_KIND_RECORD;
}

static int
item_order(const struct field *f, union item a, union item b)
{
    if (is_number(f->type))
        return a.u < b.u ? -1 : a.u > b.u;
    return slice_order(a.s, b.s);
}

static void
encode_item(const struct field *f, union item item, unsigned half,
    struct buf *b)
{
    if (f->type == FT_BOOL)
        write_bool(b, item.u != 0);
    else if (is_number(f->type))
        write_uint(b, item.u);
    else if (is_bytes(f->type))
        write_bin(b, item.s);
    else if (is_record(f->type))
        record_encode(item.r, half_below(f, half), b);
    else
        write_str(b, item.s);
}

/* The items of a set in ascending order: by choosing the next one each
 * time, for sets are short and the record is not to be changed. */
static void
encode_set(const struct value *v, struct buf *b)
{
    const union item *last = NULL;

    for (size_t k = 0; k < v->n; k++) {
        const union item *next = NULL;

        for (size_t i = 0; i < v->n; i++) {
            if (last != NULL && item_order(v->f, v->v[i], *last) <= 0)
                continue;
            if (next == NULL || item_order(v->f, v->v[i], *next) < 0)
                next = &v->v[i];
        }
        if (next == NULL) {
            b->bad = true;      /* a repetition: record_check refuses it */
            return;
        }
        encode_item(v->f, *next, 0, b);
        last = next;
    }
}

static void
encode_value(const struct value *v, unsigned half, struct buf *b)
{
    write_uint(b, v->f->key);
    if (v->f->flags & F_MANY)
        write_array(b, v->n);
    if (v->f->flags & F_SET) {
        encode_set(v, b);
        return;
    }
    for (size_t i = 0; i < v->n; i++)
        encode_item(v->f, v->v[i], half, b);
}

/* An optional boolean that is false is left out. */
static bool
written(const struct value *v, unsigned half)
{
    if (!in_half(v->f, half))
        return false;
    return v->f->type != FT_BOOL || (v->f->flags & F_MUST) ||
        v->v[0].u != 0;
}

void
record_encode_many(const struct rec *const *r, size_t n, unsigned half,
    struct buf *b)
{
    size_t pairs = 0;

    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < r[k]->n; i++)
            pairs += written(&r[k]->v[i], half);
    }
    write_map(b, pairs);
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < r[k]->n; i++) {
            if (written(&r[k]->v[i], half))
                encode_value(&r[k]->v[i], half, b);
        }
    }
}

void
record_encode(const struct rec *r, unsigned half, struct buf *b)
{
    record_encode_many(&r, 1, half, b);
}

static enum err read_rec(struct arena *a, const struct record *schema,
    unsigned half, struct reader *rd, const struct where *w,
    struct rec **out, struct fault *f);

static enum err
read_item(struct arena *a, const struct rec *r, const struct field *f,
    unsigned half, struct reader *rd, const struct where *w,
    union item *out, struct fault *fault)
{
    const struct record *schema = f->rec;

    if (f->type == FT_BOOL) {
        out->u = read_bool(rd);
    } else if (is_number(f->type)) {
        out->u = read_uint(rd, UINT64_MAX);
        if (f->type == FT_ENUM && rd->e == OK &&
            enum_name(f->en, out->u) == NULL)
            return fail(fault, E_UNKNOWN_KIND, f->rule, w, NULL);
    } else if (is_bytes(f->type)) {
        out->s = read_bin(rd, 0, UINT32_MAX);
    } else if (is_record(f->type)) {
        if (f->type == FT_KIND_RECORD)
            schema = record_kind_schema(record_uint(r, "kind"));
        if (schema == NULL)
            return fail(fault, E_UNKNOWN_KIND, f->rule, w, NULL);
        return read_rec(a, schema, half_below(f, half), rd, w, &out->r,
            fault);
    } else {
        out->s = read_str(rd, 0, UINT32_MAX);
    }
    return rd->e == OK ? OK : fail(fault, rd->e, f->rule, w, NULL);
}

static enum err
read_value(struct arena *a, struct rec *r, const struct field *f,
    unsigned half, struct reader *rd, const struct where *up,
    struct fault *fault)
{
    struct where w = { up, f->name, 0, (f->flags & F_MANY) != 0, f->rule };
    size_t n = 1;
    union item *items;
    struct value *v;
    enum err e;

    if (w.list) {
        bool array = read_type(rd) == WIRE_ARRAY;

        n = read_array(rd, 0, f->most);
        if (rd->e != OK)
            return fail(fault, array ? E_FIELD_RANGE : rd->e, f->rule, up,
                f->name);
    }
    if ((items = arena_get(a, n * sizeof(*items))) == NULL)
        return fail(fault, E_OVERSIZE, 0, up, f->name);
    for (w.i = 0; w.i < n; w.i++) {
        e = read_item(a, r, f, half, rd, &w, &items[w.i], fault);
        if (e != OK)
            return e;
        if ((f->flags & F_SET) && w.i > 0 &&
            item_order(f, items[w.i - 1], items[w.i]) >= 0)
            return fail(fault, E_NONCANON, f->rule, &w, NULL);
    }
    if (f->type == FT_BOOL && !(f->flags & F_MUST) && items[0].u == 0)
        return fail(fault, E_NONCANON, f->rule, up, f->name);
    if ((v = value_add(a, r, f)) == NULL)
        return fail(fault, E_OVERSIZE, 0, up, f->name);
    v->v = items;
    v->n = n;
    return OK;
}

static enum err
read_pairs(struct arena *a, struct rec *r, unsigned half, struct reader *rd,
    size_t *n, const struct where *w, struct fault *f)
{
    const struct record *s = r->schema;
    size_t row = 0;
    enum err e;

    for (; *n > 0; (*n)--) {
        struct reader before = *rd;
        uint64_t key = read_uint(rd, UINT16_MAX);

        while (row < s->n &&
            (!in_half(&s->f[row], half) || s->f[row].key < key))
            row++;
        if (rd->e != OK || row == s->n || s->f[row].key != key) {
            *rd = before;
            return OK;
        }
        if ((e = read_value(a, r, &s->f[row++], half, rd, w, f)) != OK)
            return e;
    }
    return OK;
}

enum err
record_read_pairs(struct arena *a, struct rec *r, unsigned half,
    struct reader *rd, size_t *n, struct fault *f)
{
    return read_pairs(a, r, half, rd, n, NULL, f);
}

static enum err
read_rec(struct arena *a, const struct record *schema, unsigned half,
    struct reader *rd, const struct where *w, struct rec **out,
    struct fault *f)
{
    struct rec *r = record_new(a, schema);
    size_t n = read_map(rd, UINT16_MAX);
    enum err e;

    if (r == NULL)
        return fail(f, E_OVERSIZE, 0, w, NULL);
    if (rd->e != OK)
        return fail(f, rd->e, 0, w, NULL);
    if ((e = read_pairs(a, r, half, rd, &n, w, f)) != OK)
        return e;
    if (n > 0) {
        char key[24];

        (void)snprintf(key, sizeof(key), "%u",
            (unsigned)read_uint(rd, UINT16_MAX));
        return fail(f, E_MALFORMED, 0, w, key);
    }
    *out = r;
    return OK;
}

enum err
record_decode(struct arena *a, const struct record *schema, unsigned half,
    struct slice in, size_t items, struct rec **out, struct fault *f)
{
    struct reader rd;
    struct rec *r;
    enum err e;

    if ((e = wire_scan(in, items)) != OK)
        return fault_set(f, e, 0, "%s", schema->name);
    read_start(&rd, in);
    if ((e = read_rec(a, schema, half, &rd, NULL, &r, f)) != OK)
        return e;
    *out = r;
    return OK;
}

/* The one field that stands in both halves and is no record: the kind that
 * says how to read the rest of each half. */
static bool
same(const struct value *from, const struct value *to)
{
    for (size_t i = 0; i < to->n; i++) {
        if (item_order(to->f, from->v[i], to->v[i]) != 0)
            return false;
    }
    return true;
}

static enum err
join(struct arena *a, struct rec *r, const struct rec *other,
    const struct where *up, struct fault *f)
{
    enum err e;

    for (size_t i = 0; i < other->n; i++) {
        const struct value *from = &other->v[i];
        struct value *to = value_of(r, from->f);
        struct where w = { up, from->f->name, 0,
            (from->f->flags & F_MANY) != 0, from->f->rule };

        if (to == NULL) {
            if ((to = value_add(a, r, from->f)) == NULL)
                return fail(f, E_OVERSIZE, 0, up, from->f->name);
            *to = *from;
            continue;
        }
        if (from->n != to->n)
            return fail(f, E_FIELD_RANGE, 0, up, from->f->name);
        if (!is_record(from->f->type)) {
            if (!same(from, to))
                return fail(f, E_FIELD_RANGE, 0, up, from->f->name);
            continue;
        }
        for (w.i = 0; w.i < to->n; w.i++) {
            if (to->v[w.i].r->schema != from->v[w.i].r->schema)
                return fail(f, E_FIELD_RANGE, 0, &w, NULL);
            e = join(a, to->v[w.i].r, from->v[w.i].r, &w, f);
            if (e != OK)
                return e;
        }
    }
    return OK;
}

enum err
record_join(struct arena *a, struct rec *r, const struct rec *other,
    struct fault *f)
{
    return join(a, r, other, NULL, f);
}

enum err
record_check_item(const struct field *f, union item item)
{
    bool good = false;

    if (f->type == FT_UINT)
        good = item.u >= f->min && (f->max == 0 || item.u <= f->max);
    else if (f->type == FT_TIME)
        good = item.u >= RECORD_TIME_MIN && item.u <= RECORD_TIME_MAX;
    else if (f->type == FT_ENUM)
        good = enum_name(f->en, item.u) != NULL;
    else if (f->type == FT_BOOL)
        good = item.u <= 1;
    else if (is_record(f->type))
        good = true;
    else
        good = text_check(f->type, item.s, f->min, f->max);
    return good ? OK : E_FIELD_RANGE;
}

static enum err check(const struct rec *r, unsigned half, bool partial,
    const struct where *w, struct fault *f);

static enum err
check_value(const struct value *v, unsigned half, bool partial,
    const struct where *up, struct fault *f)
{
    const struct field *row = v->f;
    struct where w = { up, row->name, 0, (row->flags & F_MANY) != 0,
        row->rule };
    enum err e;

    if (w.list && (v->n < row->least || v->n > row->most))
        return fail(f, E_FIELD_RANGE, row->rule, up, row->name);
    for (w.i = 0; w.i < v->n; w.i++) {
        if (is_record(row->type))
            e = check(v->v[w.i].r, half_below(row, half),
                partial || row->type == FT_KIND_RECORD, &w, f);
        else if ((e = record_check_item(row, v->v[w.i])) != OK)
            e = fail(f, e, row->rule, &w, NULL);
        if (e != OK)
            return e;
        for (size_t k = 0; (row->flags & F_SET) && k < w.i; k++) {
            if (item_order(row, v->v[k], v->v[w.i]) == 0)
                return fail(f, E_FIELD_RANGE, row->rule, &w, NULL);
        }
    }
    return OK;
}

/* Whether all names of one alternative ("account_number bic") are there. */
static bool
alternative_holds(const struct rec *r, const char *p, size_t n)
{
    while (n > 0) {
        char name[64];
        size_t k = 0;

        while (k < n && p[k] != ' ')
            k++;
        if (k >= sizeof(name))
            return false;
        memcpy(name, p, k);
        name[k] = '\0';
        if (!record_has(r, name))
            return false;
        k += k < n;
        p += k;
        n -= k;
    }
    return true;
}

static bool
choice_holds(const struct rec *r, const struct choice *c)
{
    const char *p = c->alternatives;

    if (!record_when(r, &c->when))
        return true;
    for (;;) {
        size_t n = strcspn(p, "|");

        if (alternative_holds(r, p, n))
            return true;
        if (p[n] == '\0')
            return false;
        p += n + 1;
    }
}

/* A choice belongs to the half in which its first field stands, and has its
 * rule. */
static const struct field *
choice_first(const struct record *s, const struct choice *c)
{
    size_t n = strcspn(c->alternatives, " |");

    for (size_t i = 0; i < s->n; i++) {
        if (strlen(s->f[i].name) == n &&
            memcmp(s->f[i].name, c->alternatives, n) == 0)
            return &s->f[i];
    }
    return NULL;
}

static enum err
check_choice(const struct rec *r, const struct choice *c, unsigned half,
    const struct where *w, struct fault *f)
{
    const struct field *of = choice_first(r->schema, c);

    if ((of != NULL && !in_half(of, half)) || choice_holds(r, c))
        return OK;
    return fail(f, E_FIELD_MISSING, of != NULL ? of->rule : 0, w,
        c->alternatives);
}

static enum err
check(const struct rec *r, unsigned half, bool partial,
    const struct where *w, struct fault *f)
{
    const struct record *s = r->schema;
    enum err e;

    for (size_t i = 0; i < s->n; i++) {
        const struct field *row = &s->f[i];
        const struct value *v = value_of(r, row);
        bool holds;

        if (!in_half(row, half))
            continue;
        holds = partial || record_when(r, &row->when);
        if (v == NULL && holds && !partial && (row->flags & F_MUST))
            return fail(f, E_FIELD_MISSING, row->rule, w, row->name);
        if (v != NULL && !holds)
            return fail(f, E_FIELD_RANGE, row->rule, w, row->name);
        if (v != NULL && (e = check_value(v, half, partial, w, f)) != OK)
            return e;
    }
    for (const struct choice *c = s->choices;
        !partial && c != NULL && c->alternatives != NULL; c++)
        if ((e = check_choice(r, c, half, w, f)) != OK)
            return e;
    return OK;
}

enum err
record_check(const struct rec *r, unsigned half, struct fault *f)
{
    return check(r, half, false, NULL, f);
}
