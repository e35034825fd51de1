#include <stdlib.h>
#include <string.h>

#include "cli/form/form.h"
#include "cli/form/interview.h"
#include "cli/form/place.h"
#include "cli/text/input.h"
#include "cli/text/text.h"

#define CODES_SHOWN 24              /* more are told by "?" */
#define LISTS_MAX 32                /* lists of records that were begun */

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
    const struct json_opts opts = opts_of(v);
    struct findings *l;
    struct buf b;
    enum err e = OK;

    if (p->f->type == FT_RECORD) {
        if (p->f->flags & F_MANY)
            remember(lists, p->path);
        return place_next(v->o.a, p);
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
        } else if ((e = place_put(v->o.a, p, slice_of_buf(&b), &opts,
            l)) == OK && l->n == 0) {
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
    struct compose_opts o = v->o;
    struct composed *c = calloc(1, sizeof(*c));
    struct buf b;
    enum err e;

    if (c == NULL)
        return ERR_NOMEM;
    l->n = 0;
    c->l = l;
    o.trial = true;
    buf_init(&b, JSON_MAX);
    if ((e = interview_text(v, &b)) == OK &&
        (e = compose_form(&o, slice_of_buf(&b), c)) == OK)
        e = compose_finish(&o, c);
    buf_clear(&b);
    free(c);
    return l->n > 0 ? OK : e;
}

/* The list in which a field stands, unless its length is given. */
static void
remember_list(struct lists *lists, const char *path)
{
    static const char *const given[] = { "answers", "results",
        "intended_recipients_decision" };
    const char *end = strrchr(path, '[');
    char list[FAULT_PATH_MAX + 1];
    const char *name;

    if (end == NULL)
        return;
    (void)snprintf(list, sizeof(list), "%.*s", (int)(end - path), path);
    name = strrchr(list, '.');
    name = name != NULL ? name + 1 : list;
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        if (strcmp(name, given[i]) == 0)
            return;
    }
    remember(lists, list);
}

/* Of several fields that would do, the one that this person has. */
static enum err
choose(struct interview *v, const char *path,
    char out[static FAULT_PATH_MAX + 1])
{
    char text[FAULT_PATH_MAX + 64];
    struct buf b;
    enum err e;

    (void)snprintf(out, FAULT_PATH_MAX + 1, "%s", path);
    if (strchr(path, '|') == NULL)
        return OK;
    (void)snprintf(text, sizeof(text), _("one of these is needed: %s; "
        "which (empty: the first)?"), path);
    buf_init(&b, FAULT_PATH_MAX);
    do {
        buf_reset(&b);
        e = input_line(v->r, text, &b);
    } while (e == OK && b.n > 0 && !place_choose(path, slice_of_buf(&b),
        out));
    buf_clear(&b);
    return e;
}

/* Ask for whatever a finding names, until there is none. */
static enum err
fill(struct interview *v, struct findings *l, struct lists *lists)
{
    struct place p;
    enum err e;

    while ((e = look(v, l)) == OK && l->n > 0) {
        const struct fault *f = &l->v[0].fault;
        char path[FAULT_PATH_MAX + 1];

        if ((e = choose(v, f->path, path)) != OK)
            return e;
        if (f->e == E_BAD_STATE ||
            !place_find(v->o.a, &v->m, path, &p))
            return command_findings(v->r, l);
        if (f->e != E_FIELD_MISSING && f->e != E_RESTR_UNKNOWN)
            (void)fprintf(v->r->env->err, "%s: %s\n", err_row(f->e)->name,
                l->v[0].hint[0] != '\0' ? l->v[0].hint :
                _(err_row(f->e)->text));
        remember_list(lists, path);
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
            place_find(v->o.a, &v->m, lists->path[i], &p)) {
            e = place_next(v->o.a, &p);
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
    if (!place_find(v->o.a, &v->m, path, &p)) {
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
        if (v->brief)
            break;
        if ((e = change(v, lists, &some)) == OK)
            e = keep(v);
    }
    free(l);
    free(lists);
    return e;
}
