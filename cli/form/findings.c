/*
 * record_check stops at the first fault, as a receiver must.  Here each row
 * is put before it alone, as a record of one row, so that codes, rules and
 * bounds are judged in one place only.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/form/findings.h"
#include "cli/text/text.h"
#include "proto/text.h"

/* One level of the form. */
struct level {
    struct arena *a;
    struct findings *l;
    const struct rec *r;
    const char *path;           /* "" at the top */
    uint16_t rule;              /* of the row above; 0: none */
    bool partial;               /* presence does not count */
};

/* The code that record_check gives for a fault of this rule. */
static enum err
code_of(enum err e, uint16_t rule)
{
    const struct field row = { .name = "", .type = FT_BOOL,
        .flags = F_MUST, .rule = rule };
    const struct record schema = { "", &row, 1, NULL };
    const struct rec r = { &schema, 0, NULL };
    enum err named;

    if (e != E_FIELD_MISSING && e != E_FIELD_RANGE && e != E_UNKNOWN_KIND &&
        e != E_MALFORMED)
        return e;
    named = record_check(&r, 0, NULL);
    return named == E_FIELD_MISSING ? e : named;
}

enum err
findings_add(struct findings *l, enum err e, uint16_t rule,
    const char *path, const char *hint, ...)
{
    struct finding *f;
    va_list args;

    if (rule == 0)
        rule = err_row(e)->rule;
    e = code_of(e, rule);
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].fault.e == e && strcmp(l->v[i].fault.path, path) == 0)
            return e;
    }
    if (l->n == FINDINGS_MAX) {
        l->cut = true;
        return e;
    }
    f = &l->v[l->n++];
    (void)fault_set(&f->fault, e, rule, "%s", path);
    f->hint[0] = '\0';
    if (hint != NULL) {
        va_start(args, hint);
        (void)vsnprintf(f->hint, sizeof(f->hint), hint, args);
        va_end(args);
    }
    return e;
}

static void
join(const char *up, const char *name, char out[static FAULT_PATH_MAX + 1])
{
    size_t n = 0, k = strlen(name);

    n = strlen(up);
    if (n > FAULT_PATH_MAX)
        n = FAULT_PATH_MAX;
    memcpy(out, up, n);
    if (n > 0 && k > 0 && n < FAULT_PATH_MAX)
        out[n++] = '.';
    if (k > FAULT_PATH_MAX - n)
        k = FAULT_PATH_MAX - n;
    memcpy(out + n, name, k);
    out[n + k] = '\0';
}

#define CODES_LEN 160               /* of a list of codes in a hint */

void
findings_codes(const struct enumeration *en,
    char out[static FINDING_HINT_MAX + 1])
{
    size_t at = (size_t)snprintf(out, FINDING_HINT_MAX + 1, "%s",
        _("one of "));

    for (size_t i = 0; i < en->n && at < CODES_LEN; i++)
        at += (size_t)snprintf(out + at, FINDING_HINT_MAX + 1 - at, "%s%s",
            i > 0 ? ", " : "", en->codes[i].name);
    if (at >= CODES_LEN)
        (void)snprintf(out, FINDING_HINT_MAX + 1,
            _("a code; they are listed by: valise explain %s"), en->name);
}

/* What is expected of a row, in words. */
static void
describe(const struct field *row, char out[static FINDING_HINT_MAX + 1])
{
    const char *words = text_describe(row->type);
    int n;

    out[0] = '\0';
    if (row->type == FT_ENUM && row->en != NULL) {
        findings_codes(row->en, out);
    } else if (row->type == FT_TIME) {
        (void)snprintf(out, FINDING_HINT_MAX + 1, "%s",
            _("a time from 2020 to 2100"));
    } else if (row->type == FT_RECORD || row->type == FT_KIND_RECORD) {
        (void)snprintf(out, FINDING_HINT_MAX + 1, "%s", _("an object"));
    } else {
        n = snprintf(out, FINDING_HINT_MAX + 1, "%s",
            words != NULL ? _(words) : "");
        if (row->max != 0)
            (void)snprintf(out + n, FINDING_HINT_MAX + 1 - (size_t)n,
                row->type == FT_UINT ? _(", %u to %u") :
                _(", %u to %u bytes"), (unsigned)row->min,
                (unsigned)row->max);
    }
}

/* Whether something at this path or below it was found already. */
static bool
stands(const struct findings *l, const char *path)
{
    const size_t n = strlen(path);

    for (size_t i = 0; i < l->n; i++) {
        const char *other = l->v[i].fault.path;

        if (strncmp(other, path, n) == 0 && (other[n] == '\0' ||
            other[n] == '.' || other[n] == '['))
            return true;
    }
    return false;
}

/* Name a fault of a row with what is expected there. */
static void
add_fault(const struct level *at, const struct field *row,
    const struct fault *f, bool missing)
{
    char path[FAULT_PATH_MAX + 1], words[FINDING_HINT_MAX + 1] = "";

    join(at->path, f->path, path);
    if (stands(at->l, path))
        return;
    if (row != NULL)
        describe(row, words);
    if (words[0] == '\0')
        (void)findings_add(at->l, f->e, f->rule, path, NULL);
    else if (missing)
        (void)findings_add(at->l, f->e, f->rule, path,
            _("it is missing; expected: %s"), words);
    else if (row->flags & F_MANY)
        (void)findings_add(at->l, f->e, f->rule, path,
            _("expected: a list of %u to %u, each %s"),
            (unsigned)row->least, (unsigned)row->most, words);
    else
        (void)findings_add(at->l, f->e, f->rule, path, _("expected: %s"),
            words);
}

/* Put one row before record_check; v is NULL where it is absent. */
static void
check_row(const struct level *at, const struct field *row,
    const struct value *v)
{
    const struct record schema = { "", row, 1, NULL };
    struct value copy = { .f = row };
    struct rec r = { &schema, 0, &copy };
    struct fault f;

    if (v != NULL) {
        copy.n = v->n;
        copy.v = v->v;
        r.n = 1;
    }
    if (record_check(&r, 0, &f) != OK)
        add_fault(at, row, &f, v == NULL);
}

/* A field that the value of another leaves no place for. */
static void
refuse(const struct level *at, const struct field *row, const char *by)
{
    char path[FAULT_PATH_MAX + 1];

    join(at->path, row->name, path);
    if (!stands(at->l, path))
        (void)findings_add(at->l, E_FIELD_RANGE, row->rule, path,
            _("what %s says leaves no place for it: take it out"), by);
}

/* For a list of records: as many booleans, so that only the number counts. */
static bool
check_number(const struct level *at, const struct field *row,
    const struct value *v)
{
    struct field plain = *row;
    struct value flags = { &plain, v->n,
        arena_get(at->a, v->n * sizeof(*v->v)) };

    if (flags.v == NULL)
        return false;
    plain.type = FT_BOOL;
    plain.flags &= (uint16_t)~F_SET;
    check_row(at, &plain, &flags);
    return true;
}

/* Alternatives of which none is there: as a missing field of that name. */
static void
check_choices(const struct level *at)
{
    const struct choice *c = at->r->schema->choices;

    for (; c != NULL && c->alternatives != NULL; c++) {
        const struct choice alone[] = { { { NULL, 0 }, c->alternatives },
            { { NULL, 0 }, NULL } };
        const struct record schema = { "", NULL, 0, alone };
        const struct rec r = { &schema, at->r->n, at->r->v };
        struct fault f;

        if (!record_when(at->r, &c->when) ||
            record_check(&r, 0, &f) == OK)
            continue;
        f.rule = at->rule;
        add_fault(at, record_field(at->r->schema, f.path), &f, true);
    }
}

static enum err walk(const struct level *at);

static enum err
check_records(const struct level *at, const struct field *row,
    const struct value *v)
{
    enum err e;

    if (!check_number(at, row, v))
        return E_OVERSIZE;
    for (size_t i = 0; i < v->n; i++) {
        char name[FAULT_PATH_MAX + 1], path[FAULT_PATH_MAX + 1];
        const struct level below = { at->a, at->l, v->v[i].r, path,
            row->rule, at->partial || row->type == FT_KIND_RECORD };

        if (row->flags & F_MANY)
            (void)snprintf(name, sizeof(name), "%s[%zu]", row->name, i);
        else if (row->type == FT_KIND_RECORD)
            name[0] = '\0';
        else
            (void)snprintf(name, sizeof(name), "%s", row->name);
        join(at->path, name, path);
        if ((e = walk(&below)) != OK)
            return e;
    }
    return OK;
}

/* The caveat is a field of the message but stands with the limits. */
static const char *
place(const struct level *at, const struct field *row)
{
    return row->flags & F_LIMITS ? "restrictions" : at->path;
}

static enum err
walk(const struct level *at)
{
    const struct record *s = at->r->schema;
    enum err e = OK;

    for (size_t i = 0; i < s->n && e == OK; i++) {
        const struct value *v = record_value(at->r, s->f[i].name);
        const struct level here = { at->a, at->l, at->r,
            place(at, &s->f[i]), at->rule, at->partial };
        bool holds = at->partial || record_when(at->r, &s->f[i].when);
        struct field row = s->f[i];

        row.rule = row.rule != 0 ? row.rule : at->rule;
        row.when = (struct when){ NULL, 0 };
        row.flags &= (uint16_t)~F_FORM;
        if (at->partial || (row.flags & F_AUTO))
            row.flags &= (uint16_t)~F_MUST;
        if (!holds && v == NULL)
            continue;
        if (!holds) {
            refuse(&here, &row, s->f[i].when.field);
        } else if (v != NULL &&
            (row.type == FT_RECORD || row.type == FT_KIND_RECORD)) {
            e = check_records(&here, &row, v);
        } else {
            check_row(&here, &row, v);
        }
    }
    if (e == OK && !at->partial)
        check_choices(at);
    return e;
}

enum err
findings_check(struct arena *a, const struct message *m, struct findings *l)
{
    const struct level common = { a, l, m->common, "", 0, false };
    const struct level own = { a, l, m->own, "body", 0, false };
    bool restr = (m->kind->flags & K_RESTR) != 0;
    enum err e;

    if ((e = walk(&common)) != OK || (e = walk(&own)) != OK)
        return e;
    if (restr != record_has(m->common, "restrictions"))
        (void)findings_add(l, restr ? E_RESTR_UNKNOWN : E_FIELD_RANGE,
            restr ? 30 : 2, "restrictions", NULL);
    return OK;
}

enum err
findings_check_record(struct arena *a, const struct rec *r,
    struct findings *l)
{
    const struct level top = { a, l, r, "", 0, false };

    return walk(&top);
}

void
findings_path(const struct message *m, const char *path,
    char out[static FAULT_PATH_MAX + 1])
{
    char name[FAULT_PATH_MAX + 1];
    const struct field *row;
    size_t n = strcspn(path, ".[");

    if (n > FAULT_PATH_MAX)
        n = FAULT_PATH_MAX;
    memcpy(name, path, n);
    name[n] = '\0';
    row = record_field(&record_common, name);
    if (record_field(m->kind->rec, name) != NULL)
        join("body", path, out);
    else if (row != NULL && (row->flags & F_LIMITS))
        join("restrictions", path, out);
    else
        join("", path, out);
}

enum err
findings_first(const struct findings *l)
{
    return l->n > 0 ? l->v[0].fault.e : OK;
}
