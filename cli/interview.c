#include <stdlib.h>
#include <string.h>

#include "cli/form.h"
#include "cli/input.h"
#include "cli/interview.h"
#include "cli/text.h"

#define CODES_SHOWN 24              /* more are told by "?" */
#define LISTS_MAX 32                /* lists of records that were begun */

/* A field of the form, found by its path. */
struct place {
    struct rec *r;
    const struct field *f;
    char path[FAULT_PATH_MAX + 1];
};

/* Lists of records that may get another element. */
struct lists {
    char path[LISTS_MAX][FAULT_PATH_MAX + 1];
    size_t n;
};

static struct json_opts
opts_of(const struct interview *v)
{
    return (struct json_opts){ v->o.domain, v->o.now, v->o.people };
}

enum err
interview_start(struct interview *v, struct slice text)
{
    const struct json_opts opts = opts_of(v);
    struct findings *l = calloc(1, sizeof(*l));
    struct json_extra extra;
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    e = json_read(v->o.a, text, &opts, &v->m, &extra, l);
    if (e != OK)
        e = l->n > 0 ? command_findings(v->r, l) : e;
    free(l);
    return e;
}

enum err
interview_text(const struct interview *v, struct buf *b)
{
    const struct json_opts opts = opts_of(v);
    struct emit w;

    emit_start(&w, b, false);
    json_write(&v->m, &opts, &w);
    return buf_done(b);
}

static enum err
keep(struct interview *v)
{
    struct buf b;
    enum err e;

    buf_init(&b, JSON_MAX);
    if ((e = interview_text(v, &b)) == OK)
        e = draft_put(v->home, DRAFT_FORMS, v->id, slice_of_buf(&b));
    v->kept |= e == OK;
    buf_clear(&b);
    return e;
}

/* The first name of a path, its index (or SIZE_MAX), and the rest. */
static const char *
next_name(const char *path, char name[64], size_t *i)
{
    size_t n = strcspn(path, ".[");

    *i = SIZE_MAX;
    (void)snprintf(name, 64, "%.*s", (int)(n < 63 ? n : 63), path);
    path += n;
    if (*path == '[') {
        *i = (size_t)strtoul(path + 1, NULL, 10);
        path += strcspn(path, "]");
        path += *path == ']';
    }
    return *path == '.' ? path + 1 : path;
}

/* The record below a field, made where it is missing. */
static struct rec *
step_into(struct interview *v, struct rec *r, const struct field *f,
    size_t i)
{
    const struct value *old = record_value(r, f->name);
    struct rec *sub;

    if (f->type != FT_RECORD)
        return NULL;
    if (old != NULL && i == SIZE_MAX && !(f->flags & F_MANY))
        return old->v[0].r;
    if (old != NULL && i < old->n)
        return old->v[i].r;
    if ((f->flags & F_MANY) || (sub = record_new(v->o.a, f->rec)) == NULL ||
        record_put_rec(v->o.a, r, f->name, sub) != OK)
        return NULL;
    return sub;
}

/* The field that a path of the form means. */
static bool
find_place(struct interview *v, const char *path, struct place *out)
{
    struct rec *r = v->m.common;
    const char *at = path;
    char name[64];
    size_t i;

    (void)snprintf(out->path, sizeof(out->path), "%s", path);
    if (strncmp(at, "body.", 5) == 0) {
        r = v->m.own;
        at += 5;
    } else if (strcmp(at, "restrictions.caveat") == 0) {
        at += strlen("restrictions.");
    }
    for (;;) {
        const struct field *f;

        at = next_name(at, name, &i);
        f = record_field(r->schema, name);
        if (f == NULL || (f->flags & F_AUTO))
            return false;
        if (*at == '\0' || f->type != FT_RECORD) {
            out->r = r;
            out->f = f;
            return *at == '\0';
        }
        if ((r = step_into(v, r, f, i)) == NULL)
            return false;
    }
}

static void
show_codes(struct interview *v, const struct field *f, size_t max)
{
    FILE *to = v->r->env->err;

    if (f->type != FT_ENUM || f->en->n > max)
        return;
    for (size_t i = 0; i < f->en->n; i++)
        (void)fprintf(to, "%s%s", i == 0 ? "  " : ", ", f->en->codes[i].name);
    (void)fputc('\n', to);
}

static void
explain(struct interview *v, const struct place *p)
{
    struct buf b;

    buf_init(&b, 512);
    form_format(p->f, &b);
    (void)fprintf(v->r->env->err, "  %s\n  ", p->f->help != NULL ?
        _(p->f->help) : "");
    out_text(&v->r->err, slice_of_buf(&b), false);
    (void)fputc('\n', v->r->env->err);
    show_codes(v, p->f, SIZE_MAX);
    buf_clear(&b);
}

/* The words of a line: separated by blanks or commas. */
static bool
next_word(struct slice *rest, struct slice *word)
{
    while (rest->n > 0 && (*rest->p == ' ' || *rest->p == ',')) {
        rest->p++;
        rest->n--;
    }
    word->p = rest->p;
    word->n = 0;
    while (rest->n > 0 && *rest->p != ' ' && *rest->p != ',') {
        rest->p++;
        rest->n--;
        word->n++;
    }
    return word->n > 0;
}

/* The answer as items of the field, or a finding. */
static enum err
take_answer(struct interview *v, const struct place *p, struct slice text,
    struct findings *l)
{
    const struct json_opts opts = opts_of(v);
    bool many = (p->f->flags & F_MANY) != 0;
    bool lines = p->f->type == FT_LINE || p->f->type == FT_TEXT;
    union item *items = arena_get(v->o.a, (many && !lines ? p->f->most : 1)
        * sizeof(*items) + 1);
    struct slice rest = text, word;
    size_t n = 0;

    if (items == NULL)
        return ERR_NOMEM;
    if (!many || lines)
        return json_typed(v->o.a, p->f, p->path, text, &opts, items, l) ?
            record_put(v->o.a, p->r, p->f, items, 1) : OK;
    while (next_word(&rest, &word)) {
        if (n == p->f->most) {
            (void)findings_add(l, E_FIELD_RANGE, p->f->rule, p->path,
                NULL);
            return OK;
        }
        if (!json_typed(v->o.a, p->f, p->path, word, &opts, &items[n++], l))
            return OK;
    }
    return record_put(v->o.a, p->r, p->f, items, n);
}

/* One more element of a list of records; its fields are asked next. */
static enum err
add_record(struct interview *v, const struct place *p)
{
    const struct value *old = record_value(p->r, p->f->name);
    size_t n = old != NULL && (p->f->flags & F_MANY) ? old->n : 0;
    union item *items = arena_get(v->o.a, (n + 1) * sizeof(*items));

    if (items == NULL)
        return ERR_NOMEM;
    if (n > 0)
        memcpy(items, old->v, n * sizeof(*items));
    items[n].r = record_new(v->o.a, p->f->rec);
    return items[n].r == NULL ? ERR_NOMEM :
        record_put(v->o.a, p->r, p->f, items, n + 1);
}

static void
remember(struct lists *lists, const char *path)
{
    for (size_t i = 0; i < lists->n; i++) {
        if (strcmp(lists->path[i], path) == 0)
            return;
    }
    if (lists->n < LISTS_MAX)
        memcpy(lists->path[lists->n++], path, FAULT_PATH_MAX + 1);
}

static enum err
prompt(struct interview *v, const struct place *p, struct buf *b)
{
    char text[FAULT_PATH_MAX + 32];

    (void)fprintf(v->r->env->err, "%s\n", p->f->help != NULL ?
        _(p->f->help) : "");
    show_codes(v, p->f, CODES_SHOWN);
    (void)snprintf(text, sizeof(text), "%s%s:", p->path,
        p->f->type == FT_BOOL ? _(" (yes or no)") :
        p->f->flags & F_MANY ? _(" (one or several)") : "");
    return p->f->type == FT_TEXT ? input_text(v->r, text, b) :
        input_line(v->r, text, b);
}

/* An empty answer: the end, or asked again where one is needed. */
static enum err
nothing(struct interview *v, bool must)
{
    if (!must || feof(v->r->env->in))
        return ERR_CANCELLED;
    (void)fprintf(v->r->env->err, _("  this needs an answer; ? explains it, "
        "Ctrl-D stops here\n"));
    return OK;
}

/* Ask for one field until the answer fits. */
static enum err
ask(struct interview *v, const struct place *p, struct lists *lists,
    bool must)
{
    struct findings *l;
    struct buf b;
    enum err e = OK;

    if (p->f->type == FT_RECORD) {
        if (p->f->flags & F_MANY)
            remember(lists, p->path);
        return add_record(v, p);
    }
    if ((l = calloc(1, sizeof(*l))) == NULL)
        return ERR_NOMEM;
    buf_init(&b, INPUT_LINE_MAX);
    do {
        buf_reset(&b);
        l->n = 0;
        if ((e = prompt(v, p, &b)) != OK)
            break;
        if (b.n == 0) {
            e = nothing(v, must);
        } else if (slice_is(slice_of_buf(&b), "?")) {
            explain(v, p);
        } else if ((e = take_answer(v, p, slice_of_buf(&b), l)) == OK &&
            l->n == 0) {
            break;
        } else {
            (void)command_findings(v->r, l);
            v->r->told = false;
        }
    } while (e == OK);
    buf_clear(&b);
    free(l);
    return e;
}

/* What is still wrong: presence and bounds, else the rules of sending. */
static enum err
look(struct interview *v, struct findings *l)
{
    struct composed *c = calloc(1, sizeof(*c));
    struct buf b;
    enum err e;

    if (c == NULL)
        return ERR_NOMEM;
    l->n = 0;
    c->l = l;
    buf_init(&b, JSON_MAX);
    if ((e = interview_text(v, &b)) == OK &&
        (e = compose_form(&v->o, slice_of_buf(&b), c)) == OK)
        e = compose_finish(&v->o, c);
    buf_clear(&b);
    free(c);
    return l->n > 0 ? OK : e;
}

/* Ask for whatever a finding names, until there is none. */
static enum err
fill(struct interview *v, struct findings *l, struct lists *lists)
{
    struct place p;
    enum err e;

    while ((e = look(v, l)) == OK && l->n > 0) {
        const struct fault *f = &l->v[0].fault;

        if (!find_place(v, f->path, &p))
            return command_findings(v->r, l);
        if (f->e != E_FIELD_MISSING && f->e != E_RESTR_UNKNOWN)
            (void)fprintf(v->r->env->err, "%s: %s\n", err_row(f->e)->name,
                l->v[0].hint[0] != '\0' ? l->v[0].hint :
                _(err_row(f->e)->text));
        if ((e = ask(v, &p, lists, true)) != OK ||
            (e = keep(v)) != OK)
            return e;
    }
    return e;
}

/* "Another part? [y/N]" for each list that was begun. */
static enum err
more(struct interview *v, struct lists *lists, bool *some)
{
    struct place p;
    char text[FAULT_PATH_MAX + 32];
    struct buf b;
    enum err e = OK;

    *some = false;
    buf_init(&b, 64);
    for (size_t i = 0; i < lists->n && e == OK && !*some; i++) {
        buf_reset(&b);
        (void)snprintf(text, sizeof(text), _("another of %s? [y/N]"),
            lists->path[i]);
        if ((e = input_line(v->r, text, &b)) == OK &&
            slice_is(slice_of_buf(&b), "y") &&
            find_place(v, lists->path[i], &p)) {
            e = add_record(v, &p);
            *some = true;
        }
    }
    buf_clear(&b);
    return e;
}

/* A field by its path; nothing ends it. */
static enum err
change(struct interview *v, struct lists *lists, bool *some)
{
    struct place p;
    char path[FAULT_PATH_MAX + 1];
    struct buf b;
    enum err e;

    *some = false;
    buf_init(&b, FAULT_PATH_MAX);
    e = input_line(v->r, _("field to add or change, for example "
        "body.subjects (empty: done):"), &b);
    (void)snprintf(path, sizeof(path), "%.*s", (int)b.n,
        b.n > 0 ? (const char *)b.p : "");
    buf_clear(&b);
    if (e != OK || path[0] == '\0')
        return e;
    *some = true;
    if (!find_place(v, path, &p)) {
        (void)fprintf(v->r->env->err, _("there is no such field; see: "
            "valise draft %s --explain\n"), v->m.kind->form);
        return OK;
    }
    e = ask(v, &p, lists, false);
    return e == ERR_CANCELLED ? OK : e;
}

enum err
interview_run(struct interview *v)
{
    struct findings *l = calloc(1, sizeof(*l));
    struct lists *lists = calloc(1, sizeof(*lists));
    bool some = true;
    enum err e = OK;

    if (l == NULL || lists == NULL)
        e = ERR_NOMEM;
    (void)fprintf(v->r->env->err, _("Each answer is kept; ? explains a "
        "field, Ctrl-D stops.\n"));
    while (e == OK && some) {
        if ((e = fill(v, l, lists)) != OK ||
            (e = more(v, lists, &some)) != OK)
            break;
        if (some)
            continue;
        lists->n = 0;
        if ((e = change(v, lists, &some)) == OK)
            e = keep(v);
    }
    free(l);
    free(lists);
    return e;
}
