/*
 * Reading walks the rows, not the members, so that a fault is found in the
 * order of the rows; a second look finds members that are no row.
 */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "cli/form/json_in.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/text.h"

#define DEPTH_MAX 8             /* as for records (FORMAT.md section 0) */

struct reading {
    struct arena *a;
    const struct json_opts *opts;
    struct findings *l;
    const struct kind *kind;
    bool full;                  /* the arena is too small */
};

/* A place in the form. */
struct spot {
    struct reading *rd;
    char path[FAULT_PATH_MAX + 1];
    const struct field *f;
    uint16_t rule;
    unsigned depth;
};

static void
below(const struct spot *up, const char *name, struct spot *out)
{
    char path[2 * FAULT_PATH_MAX];

    *out = *up;
    (void)snprintf(path, sizeof(path), "%s%s%s", up->path,
        up->path[0] != '\0' ? "." : "", name);
    path[FAULT_PATH_MAX] = '\0';
    memcpy(out->path, path, FAULT_PATH_MAX + 1);
}

static void
element(const struct spot *up, size_t i, struct spot *out)
{
    char place[32];
    size_t n = strlen(up->path), k;

    *out = *up;
    (void)snprintf(place, sizeof(place), "[%zu]", i);
    k = strlen(place);
    if (n + k <= FAULT_PATH_MAX)
        memcpy(out->path + n, place, k + 1);
}

/* A wrong value, with what is expected. */
static bool
wrong(const struct spot *s, const char *expected)
{
    (void)findings_add(s->rd->l, E_FIELD_RANGE, s->rule, s->path,
        _("expected: %s"), expected);
    return false;
}

static bool
full(struct reading *rd)
{
    rd->full = true;
    return false;
}

static bool
is_absent(const json_t *j)
{
    return j == NULL || json_is_null(j) ||
        (json_is_string(j) && json_string_length(j) == 0);
}

static struct slice
string_of(const json_t *j)
{
    return slice_of(json_string_value(j), json_string_length(j));
}

static void
unknown_kind(const struct spot *s, struct slice name)
{
    struct near n = { .word = name };

    for (const struct domain *d = s->rd->opts->domain; d != NULL;
        d = d->base) {
        for (size_t i = 0; i < d->n_kinds; i++) {
            near_try(&n, d->kinds[i].name);
            if (d->kinds[i].form != NULL)
                near_try(&n, d->kinds[i].form);
        }
    }
    (void)findings_add(s->rd->l, E_UNKNOWN_KIND, s->rule, s->path,
        n.best != NULL ? _("did you mean %s?") :
        _("see: valise explain kinds%s"), n.best != NULL ? n.best : "");
}

static bool
read_kind(const struct spot *s, const json_t *j, union item *out)
{
    const struct kind *k;

    if (!json_is_string(j))
        return wrong(s, _("the name of a kind"));
    k = domain_kind_find(s->rd->opts->domain, string_of(j));
    if (k == NULL) {
        unknown_kind(s, string_of(j));
        return false;
    }
    out->u = k->n;
    return true;
}

/* A marking above those that this system may carry is no slip of the pen. */
static bool
marked_higher(const struct spot *s, struct slice code)
{
    static const char *const higher[] = { "CONFIDENTIAL", "SECRET",
        "TOP_SECRET", "TOP SECRET", "EU_CONFIDENTIAL", "EU CONFIDENTIAL",
        "STRICTLY_CONFIDENTIAL", "STRICTLY CONFIDENTIAL" };

    for (size_t i = 0; s->f->en == &enum_class_equiv &&
        i < sizeof(higher) / sizeof(higher[0]); i++) {
        if (slice_equal(code, slice_str(higher[i]))) {
            (void)findings_add(s->rd->l, E_CLASSIFICATION, 36, s->path,
                NULL);
            return true;
        }
    }
    return false;
}

static bool
read_code(const struct spot *s, const json_t *j, union item *out)
{
    const struct enumeration *en = s->f->en;
    struct near n;
    char codes[FINDING_HINT_MAX + 1];

    findings_codes(en, codes);
    if (!json_is_string(j))
        return wrong(s, codes);
    if (enum_find(en, string_of(j), &out->u))
        return true;
    if (marked_higher(s, string_of(j)))
        return false;
    n = (struct near){ .word = string_of(j) };
    for (size_t i = 0; i < en->n; i++)
        near_try(&n, en->codes[i].name);
    if (n.best != NULL)
        (void)findings_add(s->rd->l, E_UNKNOWN_KIND, s->rule, s->path,
            _("there is no such code; did you mean %s?"), n.best);
    else
        (void)findings_add(s->rd->l, E_UNKNOWN_KIND, s->rule, s->path,
            _("there is no such code; expected: %s"), codes);
    return false;
}

static bool
read_number(const struct spot *s, const json_t *j, union item *out)
{
    if (!json_is_integer(j) || json_integer_value(j) < 0)
        return wrong(s, _("a whole number"));
    out->u = (uint64_t)json_integer_value(j);
    return true;
}

static bool
read_flag(const struct spot *s, const json_t *j, union item *out)
{
    if (!json_is_boolean(j))
        return wrong(s, _("true or false"));
    out->u = json_is_true(j);
    return true;
}

static bool
read_time(const struct spot *s, const json_t *j, union item *out)
{
    if (!json_is_string(j) ||
        !times_parse(string_of(j), s->rd->opts->now, &out->u))
        return wrong(s, _("a time such as 2027-03-01T09:00:00Z, "
            "2027-03-01, +48h, +90d, +6m or +2y"));
    return true;
}

static bool
read_hex(const struct spot *s, const json_t *j, union item *out)
{
    size_t n = json_is_string(j) ? json_string_length(j) / 2 : 0;
    size_t most = s->f->max > JSON_HEX_MAX ? s->f->max : JSON_HEX_MAX;
    uint8_t *bytes;

    if (n == 0 || n > most)
        return wrong(s, _("an id in hexadecimal"));
    if ((bytes = arena_get(s->rd->a, n)) == NULL)
        return full(s->rd);
    if (!hex_decode(json_string_value(j), bytes, n))
        return wrong(s, _("an id in hexadecimal"));
    out->s = slice_of(bytes, n);
    return true;
}

static bool
read_person(const struct spot *s, const json_t *j, union item *out)
{
    const struct json_people *p = s->rd->opts->people;
    uint8_t *kid;

    if (!json_is_string(j))
        return wrong(s, _("a person, for example QN-FIU/o-114"));
    if (json_string_length(j) == (size_t)2 * HASH_LEN)
        return read_hex(s, j, out);
    if ((kid = arena_get(s->rd->a, HASH_LEN)) == NULL)
        return full(s->rd);
    if (p == NULL || p->find == NULL ||
        !p->find(p->arg, string_of(j), kid)) {
        (void)findings_add(s->rd->l, E_FIELD_RANGE, s->rule, s->path,
            _("no staff list has \"%.*s\""),
            (int)(json_string_length(j) < JSON_LABEL_MAX ?
            json_string_length(j) : JSON_LABEL_MAX), json_string_value(j));
        return false;
    }
    out->s = slice_of(kid, HASH_LEN);
    return true;
}

/* Texts enter in one form, so that equal texts are equal bytes. */
static bool
read_text(const struct spot *s, const json_t *j, union item *out)
{
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n;
    bool good;

    if (!json_is_string(j))
        return wrong(s, text_describe(s->f->type));
    n = utf8proc_map(
        (const utf8proc_uint8_t *)json_string_value(j),
        (utf8proc_ssize_t)json_string_length(j), &nfc,
        UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0)
        return wrong(s, text_describe(s->f->type));
    good = arena_copy(s->rd->a, slice_of(nfc, (size_t)n), &out->s) == OK;
    sodium_memzero(nfc, (size_t)n);
    free(nfc);
    return good ? true : full(s->rd);
}

static bool read_record(const struct spot *s, const json_t *j,
    struct rec *r);

static bool
read_sub(const struct spot *s, const json_t *j, union item *out)
{
    struct spot inner = *s;

    if (!json_is_object(j))
        return wrong(s, _("an object: { … }"));
    if (++inner.depth > DEPTH_MAX) {
        (void)findings_add(s->rd->l, E_DEPTH, s->rule, s->path, NULL);
        return false;
    }
    if ((out->r = record_new(s->rd->a, s->f->rec)) == NULL)
        return full(s->rd);
    return read_record(&inner, j, out->r);
}

static bool
read_item(const struct spot *s, const json_t *j, union item *out)
{
    static bool (*const readers[FIELD_TYPES])(const struct spot *,
        const json_t *, union item *) = {
        [FT_UINT] = read_number, [FT_BOOL] = read_flag,
        [FT_TIME] = read_time, [FT_ENUM] = read_code, [FT_BIN] = read_hex,
        [FT_PERSON] = read_person,
    };

    if (s->f->type == FT_RECORD)
        return read_sub(s, j, out);
    if (json_is_kind(s->f))
        return read_kind(s, j, out);
    if (readers[s->f->type] != NULL)
        return readers[s->f->type](s, j, out);
    return read_text(s, j, out);
}

/* A record with a fault is kept all the same, so that what else is wrong in
 * it is found too. */
static bool
is_record(const struct field *f)
{
    return f->type == FT_RECORD;
}

/* A list; elements that are absent are left out, so that an unfilled form
 * has no empty ones. */
static bool
read_list(const struct spot *s, struct rec *r, const json_t *j)
{
    size_t n = json_is_array(j) ? json_array_size(j) : 1, k = 0;
    union item *items;
    bool good = true, whole = true;

    if (n > s->f->most) {
        (void)findings_add(s->rd->l, E_FIELD_RANGE, s->rule, s->path,
            _("%u elements at most"), (unsigned)s->f->most);
        return false;
    }
    if ((items = arena_get(s->rd->a, n * sizeof(*items))) == NULL)
        return full(s->rd);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_is_array(j) ? json_array_get(j, i) : j;
        struct spot at = *s;

        if (is_absent(one))
            continue;
        if (json_is_array(j))
            element(s, i, &at);
        items[k] = (union item){ .r = NULL };
        good &= read_item(&at, one, &items[k]);
        whole &= items[k++].r != NULL;
    }
    if ((!good && !(is_record(s->f) && whole)) || (k == 0 && n > 0))
        return good;
    return record_put(s->rd->a, r, s->f, items, k) == OK ? good :
        full(s->rd);
}

static bool
read_field(const struct spot *up, struct rec *r, const struct field *f,
    const json_t *j)
{
    struct spot s;
    union item one = { .u = 0 };
    bool good;

    if (is_absent(j))
        return true;
    below(up, f->name, &s);
    s.f = f;
    s.rule = f->rule != 0 ? f->rule : up->rule;
    if (f->flags & F_MANY)
        return read_list(&s, r, j);
    one.r = NULL;
    good = read_item(&s, j, &one);
    if (!good && !(is_record(f) && one.r != NULL))
        return false;
    if (f->type == FT_BOOL && (f->flags & F_HALVES) &&
        !(f->flags & F_MUST) && one.u == 0)
        return true;            /* in a message it is true or absent */
    return record_put(s.rd->a, r, f, &one, 1) == OK ? good : full(s.rd);
}

/* A member that is no row, with the name that is near it. */
static void
unknown_member(const struct spot *at, const char *name, struct near *n)
{
    struct spot s;

    below(at, name, &s);
    if (n->best != NULL)
        (void)findings_add(at->rd->l, E_FIELD_RANGE, 2, s.path,
            _("there is no such field; did you mean %s?"), n->best);
    else
        (void)findings_add(at->rd->l, E_FIELD_RANGE, 2, s.path,
            _("there is no such field"));
}

/* Members of j that stand neither in the schema nor in `others`. */
static bool
known_members(const struct spot *s, json_t *j, const struct record *schema,
    bool (*mine)(const struct field *f), const char *const *others)
{
    const char *name;
    json_t *v;
    bool good = true;

    json_object_foreach(j, name, v) {
        struct near n = { .word = slice_str(name) };
        bool known = false;

        for (size_t i = 0; schema != NULL && i < schema->n; i++) {
            if (mine != NULL && !mine(&schema->f[i]))
                continue;
            known |= strcmp(schema->f[i].name, name) == 0;
            near_try(&n, schema->f[i].name);
        }
        for (size_t i = 0; others != NULL && others[i] != NULL; i++) {
            known |= strcmp(others[i], name) == 0;
            near_try(&n, others[i]);
        }
        if (!known)
            unknown_member(s, name, &n);
        good &= known;
    }
    return good;
}

/* jansson's iterators take a pointer to a value that they do not change. */
static json_t *
loose(const json_t *j)
{
    union { const json_t *in; json_t *out; } u = { j };

    return u.out;
}

#define NAMES_MAX 64                    /* rows of one kind */

/* The fields of a kind, which stand beside its name. */
static bool
read_beside(const struct spot *s, const json_t *j, struct rec *r,
    const struct field *f, const char *names[NAMES_MAX + 1])
{
    const struct record *schema = record_kind_schema(record_uint(r, "kind"));
    struct rec *sub = schema != NULL ? record_new(s->rd->a, schema) : NULL;
    bool good = true;

    if (schema == NULL)
        return true;            /* the kind itself is a fault */
    if (sub == NULL)
        return full(s->rd);
    for (size_t i = 0; i < schema->n && i < NAMES_MAX; i++) {
        const char *name = schema->f[i].name;

        names[i] = name;
        good &= read_field(s, sub, &schema->f[i], json_object_get(j, name));
    }
    return record_put(s->rd->a, r, f, &(union item){ .r = sub }, 1) == OK ?
        good : full(s->rd);
}

static bool
read_record(const struct spot *s, const json_t *j, struct rec *r)
{
    const char *beside[NAMES_MAX + 1] = { NULL };
    bool good = true;

    for (size_t i = 0; i < r->schema->n; i++) {
        const struct field *f = &r->schema->f[i];

        good &= f->type == FT_KIND_RECORD ?
            read_beside(s, j, r, f, beside) :
            read_field(s, r, f, json_object_get(j, f->name));
    }
    return known_members(s, loose(j), r->schema, NULL, beside) && good;
}

/* The names that the restriction set has from other tables. */
static size_t
limits_names(const char *names[], size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < record_common.n && n + 1 < max; i++) {
        if (record_common.f[i].flags & F_LIMITS)
            names[n++] = record_common.f[i].name;
    }
    names[n] = NULL;
    return n;
}

/* A list of limits that is left out is the empty one, which is the strictest:
 * no named officer, no proceeding, nobody to pass it on to. */
static bool
empty_lists(struct reading *rd, struct rec *r)
{
    for (size_t i = 0; i < r->schema->n; i++) {
        const struct field *f = &r->schema->f[i];

        if ((f->flags & F_MANY) && (f->flags & F_MUST) && f->least == 0 &&
            !record_has(r, f->name) &&
            record_put(rd->a, r, f, NULL, 0) != OK)
            return full(rd);
    }
    return true;
}

/* "restrictions": its own rows, and those of the message that stand there. */
static bool
read_limits(const struct spot *top, struct rec *common, const json_t *j)
{
    const struct field *row = record_field(common->schema, "restrictions");
    struct spot s;
    struct rec *r = record_new(top->rd->a, row->rec);
    const char *names[8];
    bool good = true;

    if (is_absent(j))
        return true;
    below(top, row->name, &s);
    s.f = row;
    s.rule = row->rule;
    if (r == NULL)
        return full(top->rd);
    if (!json_is_object(j))
        return wrong(&s, _("an object: { … }"));
    for (size_t i = 0; i < row->rec->n; i++)
        good &= read_field(&s, r, &row->rec->f[i],
            json_object_get(j, row->rec->f[i].name));
    good &= empty_lists(top->rd, r);
    (void)limits_names(names, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; names[i] != NULL; i++)
        good &= read_field(&s, common, record_field(common->schema,
            names[i]), json_object_get(j, names[i]));
    good &= known_members(&s, loose(j), row->rec, NULL, names);
    if (record_put_rec(top->rd->a, common, "restrictions", r) != OK)
        return full(top->rd);
    return good;
}

/* "approver": a person, or true; it asks for a second signature. */
static bool
read_approver(const struct spot *top, const json_t *j,
    struct json_extra *extra)
{
    struct spot s;

    *extra = (struct json_extra){ false, "" };
    if (is_absent(j) || json_is_false(j))
        return true;
    below(top, "approver", &s);
    s.rule = 5;
    extra->approver = true;
    if (json_is_true(j))
        return true;
    if (!json_is_string(j) || json_string_length(j) > JSON_LABEL_MAX)
        return wrong(&s, _("a person, for example QN-FIU/o-1, or true"));
    memcpy(extra->label, json_string_value(j), json_string_length(j));
    extra->label[json_string_length(j)] = '\0';
    return true;
}

static bool
read_body(const struct spot *top, struct rec *own, const json_t *j)
{
    struct spot s;

    if (is_absent(j))
        return true;
    below(top, "body", &s);
    if (!json_is_object(j))
        return wrong(&s, _("an object: { … }"));
    return read_record(&s, j, own);
}

static bool
read_top(struct reading *rd, const json_t *j, struct message *m,
    struct json_extra *extra)
{
    static const char *const others[] = { "approver", "body", NULL };
    struct spot top = { .rd = rd };
    struct spot s = top;
    const json_t *name = json_object_get(j, "kind");
    union item kind;
    bool good = true;

    if (!json_is_object(j))
        return wrong(&top, _("an object: { … }"));
    below(&top, "kind", &s);
    s.rule = 1;
    if (is_absent(name)) {
        (void)findings_add(rd->l, E_FIELD_MISSING, 1, "kind",
            _("see: valise explain kinds"));
        return false;
    }
    if (!read_kind(&s, name, &kind))
        return false;
    rd->kind = domain_kind(rd->opts->domain, kind.u);
    if (message_new(rd->a, rd->kind, m) != OK)
        return full(rd);
    for (size_t i = 0; i < record_common.n; i++) {
        const struct field *f = &record_common.f[i];
        const json_t *v = json_object_get(j, f->name);

        if (strcmp(f->name, "restrictions") == 0)
            good &= read_limits(&top, m->common, v);
        else if (json_at_top(f))
            good &= read_field(&top, m->common, f, v);
    }
    good &= read_approver(&top, json_object_get(j, "approver"), extra);
    good &= read_body(&top, m->own, json_object_get(j, "body"));
    return known_members(&top, loose(j), &record_common, json_at_top,
        others) &&
        good;
}

/* jansson's own text may repeat content, so only the place is told. */
static enum err
not_json(struct findings *l, const json_error_t *error)
{
    char path[48];
    bool twice = json_error_code(error) == json_error_duplicate_key;

    (void)snprintf(path, sizeof(path), _("line %d, column %d"), error->line,
        error->column);
    return findings_add(l, twice ? E_DUPKEY : E_MALFORMED, 2, path, "%s",
        twice ? _("a member stands there twice") :
        _("this is not JSON; a comma, quote or bracket may be missing"));
}

static bool
is_blank(struct slice text)
{
    size_t i = 0;

    while (i < text.n && strchr(" \t\r\n", text.p[i]) != NULL &&
        text.p[i] != '\0')
        i++;
    return i == text.n;
}

static json_t *
load(struct slice text, size_t most, struct findings *l, enum err *e)
{
    json_error_t error;
    json_t *j = NULL;

    *e = OK;
    if (is_blank(text))
        *e = findings_add(l, E_MALFORMED, 2, "", _("no form is given: the "
            "file or the input is empty; valise draft KIND makes one"));
    else if (text.n > most)
        *e = findings_add(l, E_OVERSIZE, 2, "", NULL);
    else if ((j = json_loadb((const char *)text.p, text.n,
        JSON_REJECT_DUPLICATES, &error)) == NULL)
        *e = not_json(l, &error);
    return j;
}

enum err
json_read(struct arena *a, struct slice text, const struct json_opts *opts,
    struct message *out, struct json_extra *extra, struct findings *l)
{
    struct reading rd = { .a = a, .opts = opts, .l = l };
    struct message m = { NULL, NULL, NULL };
    struct json_extra x = { false, "" };
    enum err e;
    json_t *j = load(text, JSON_MAX, l, &e);

    *out = m;
    *extra = x;
    if (j == NULL)
        return e;
    if (!read_top(&rd, j, out, extra))
        e = findings_first(l);
    if (rd.full) {
        *out = m;
        e = E_OVERSIZE;
    }
    json_decref(j);
    return e;
}

/* What a person types, as the JSON that a form would have there. */
static json_t *
typed(const struct field *f, struct slice text)
{
    static const char *const words[] = { "no", "yes", "n", "y", "false",
        "true" };
    uint64_t n = 0;

    for (size_t i = 0; f->type == FT_BOOL && i < 6; i++) {
        if (slice_is(text, words[i]))
            return json_boolean(i % 2);
    }
    if (f->type != FT_UINT || json_is_kind(f) || text.n == 0 || text.n > 18)
        return json_stringn((const char *)text.p, text.n);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return json_stringn((const char *)text.p, text.n);
        n = 10 * n + (uint64_t)(text.p[i] - '0');
    }
    return json_integer((json_int_t)n);
}

bool
json_typed(struct arena *a, const struct field *f, const char *path,
    struct slice text, const struct json_opts *opts, union item *out,
    struct findings *l)
{
    struct reading rd = { .a = a, .opts = opts, .l = l };
    struct spot s = { .rd = &rd, .f = f, .rule = f->rule };
    json_t *j = typed(f, text);
    bool good;

    (void)snprintf(s.path, sizeof(s.path), "%s", path);
    if (j == NULL)
        return wrong(&s, text_describe(f->type));
    good = f->type != FT_RECORD && f->type != FT_KIND_RECORD &&
        read_item(&s, j, out);
    json_decref(j);
    if (good && record_check_item(f, *out) != OK)
        return wrong(&s, text_describe(f->type));
    if (!good && l->n == 0)
        return wrong(&s, text_describe(f->type));
    return good;
}

/* The entry that is meant: borrowed from j, NULL if there is none. */
static const json_t *
pick(const json_t *j, const struct json_source *in)
{
    if (!json_is_array(j) || in->member == NULL)
        return j;
    for (size_t i = 0; i < json_array_size(j); i++) {
        const json_t *one = json_array_get(j, i);
        const char *text = json_string_value(json_object_get(one,
            in->member));

        if (text != NULL && strcmp(text, in->value) == 0)
            return one;
    }
    return NULL;
}

enum err
json_record_read(struct arena *a, const struct record *schema,
    const struct json_source *in, const struct json_opts *opts,
    struct rec **out, struct findings *l)
{
    struct reading rd = { .a = a, .opts = opts, .l = l };
    const struct spot top = { .rd = &rd };
    struct rec *r = record_new(a, schema);
    const json_t *one;
    enum err e = OK;
    json_t *j = load(in->text, in->most != 0 ? in->most : JSON_MAX, l,
        &e);

    if (j == NULL)
        return e;
    one = pick(j, in);
    if (r == NULL)
        rd.full = true;
    else if (one == NULL)
        e = findings_add(l, E_NOT_FOUND, 0, in->member,
            _("there is no entry of %s"), in->value);
    else if (json_is_object(one) ? !read_record(&top, one, r) :
        !wrong(&top, _("an object: { … }")))
        e = findings_first(l);
    if (rd.full)
        e = E_OVERSIZE;
    if (e == OK)
        *out = r;
    json_decref(j);
    return e;
}
