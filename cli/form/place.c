#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/form/place.h"

#define NAME_LEN 64

/* The first name of a path, its index (or SIZE_MAX), and the rest. */
static const char *
next_name(const char *path, char name[NAME_LEN], size_t *i)
{
    size_t n = strcspn(path, ".[");

    *i = SIZE_MAX;
    (void)snprintf(name, NAME_LEN, "%.*s",
        (int)(n < NAME_LEN - 1 ? n : NAME_LEN - 1), path);
    path += n;
    if (*path == '[') {
        *i = (size_t)strtoul(path + 1, NULL, 10);
        path += strcspn(path, "]");
        path += *path == ']';
    }
    return *path == '.' ? path + 1 : path;
}

enum err
place_more(struct arena *a, const struct place *p)
{
    const struct value *old = record_value(p->r, p->f->name);
    size_t n = old != NULL && (p->f->flags & F_MANY) ? old->n : 0;
    union item *items = arena_get(a, (n + 1) * sizeof(*items));

    if (items == NULL)
        return ERR_NOMEM;
    if (n > 0)
        memcpy(items, old->v, n * sizeof(*items));
    items[n].r = record_new(a, p->f->rec);
    return items[n].r == NULL ? ERR_NOMEM :
        record_put(a, p->r, p->f, items, n + 1);
}

enum err
place_next(struct arena *a, const struct place *p)
{
    static const struct { const char *name, *first; } ids[] = {
        { "q", "q" }, { "part_id", "p" }, { "doc_id", "d" },
    };
    const struct value *v;
    char text[24];
    struct slice id;
    enum err e;

    if ((e = place_more(a, p)) != OK || (p->f->flags & F_MANY) == 0)
        return e;
    v = record_value(p->r, p->f->name);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const struct field *f = record_field(p->f->rec, ids[i].name);

        if (f == NULL || (f->flags & F_MUST) == 0)
            continue;
        (void)snprintf(text, sizeof(text), "%s%u", ids[i].first,
            (unsigned)v->n);
        if ((e = arena_copy(a, slice_str(text), &id)) != OK)
            return e;
        return record_put_bytes(a, v->v[v->n - 1].r, ids[i].name, id);
    }
    return OK;
}

/* The record below a field, made where it is missing. */
static struct rec *
step_into(struct arena *a, struct rec *r, const struct field *f, size_t i)
{
    const struct value *old = record_value(r, f->name);
    const struct place p = { .r = r, .f = f };
    const size_t n = old != NULL ? old->n : 0;

    if (f->type != FT_RECORD || ((f->flags & F_MANY) != 0) !=
        (i != SIZE_MAX))
        return NULL;
    if (i == SIZE_MAX)
        i = 0;
    if (i > n || (i == n && place_more(a, &p) != OK))
        return NULL;
    return record_value(r, f->name)->v[i].r;
}

/* Where the alternatives of a path begin; NULL if it has none. */
static const char *
alternatives(const char *path)
{
    const char *dot = strrchr(path, '.');

    return strchr(path, '|') == NULL ? NULL : dot != NULL ? dot + 1 : path;
}

bool
place_choose(const char *path, struct slice word,
    char out[static FAULT_PATH_MAX + 1])
{
    const char *at = alternatives(path), *end;

    for (; at != NULL && *at != '\0'; at = *end == '|' ? end + 1 : end) {
        const char *name = at;

        end = at + strcspn(at, "|");
        while (name < end) {
            size_t n = strcspn(name, "| ");

            if (word.n == n && memcmp(word.p, name, n) == 0) {
                (void)snprintf(out, FAULT_PATH_MAX + 1, "%.*s%.*s",
                    (int)(alternatives(path) - path), path,
                    (int)(end - at), at);
                return true;
            }
            name += n + (name[n] == ' ');
        }
    }
    return false;
}

/* The first field of the first alternative that r does not have. */
static const struct field *
first_missing(const struct rec *r, const char *names)
{
    const struct field *f = NULL;
    char name[NAME_LEN];

    while (*names != '\0' && *names != '|') {
        size_t n = strcspn(names, "| ");

        (void)snprintf(name, sizeof(name), "%.*s", (int)n, names);
        f = record_field(r->schema, name);
        if (f == NULL || !record_has(r, name))
            return f;
        names += n + (names[n] == ' ');
    }
    return f;
}

static bool
find(struct arena *a, const struct message *m, const char *path, bool any,
    struct place *out)
{
    struct rec *r = m->common;
    const char *at = path;
    char name[NAME_LEN];
    size_t i;

    (void)snprintf(out->path, sizeof(out->path), "%s", path);
    if (strncmp(at, "body.", 5) == 0) {
        r = m->own;
        at += 5;
    } else if (strcmp(at, "restrictions.caveat") == 0) {
        at += strlen("restrictions.");
    }
    for (;;) {
        const struct field *f;
        const bool many = at[strcspn(at, ".[| ")] == '|' ||
            at[strcspn(at, ".[| ")] == ' ';

        f = many ? first_missing(r, at) : NULL;
        at = next_name(at, name, &i);
        if (!many)
            f = record_field(r->schema, name);
        if (f == NULL || ((f->flags & F_AUTO) && !any))
            return false;
        if (*at == '\0' || f->type != FT_RECORD) {
            out->r = r;
            out->f = f;
            return *at == '\0';
        }
        if ((r = step_into(a, r, f, i)) == NULL)
            return false;
    }
}

bool
place_find(struct arena *a, const struct message *m, const char *path,
    struct place *out)
{
    return find(a, m, path, false, out);
}

bool
place_any(struct arena *a, const struct message *m, const char *path,
    struct place *out)
{
    return find(a, m, path, true, out);
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

enum err
place_put(struct arena *a, const struct place *p, struct slice text,
    const struct json_opts *opts, struct findings *l)
{
    bool many = (p->f->flags & F_MANY) != 0;
    bool lines = p->f->type == FT_LINE || p->f->type == FT_TEXT;
    union item *items = arena_get(a, (many && !lines ? p->f->most : 1)
        * sizeof(*items) + 1);
    struct slice rest = text, word;
    size_t n = 0;

    if (items == NULL)
        return ERR_NOMEM;
    if (!many || lines)
        return json_typed(a, p->f, p->path, text, opts, items, l) ?
            record_put(a, p->r, p->f, items, 1) : OK;
    while (next_word(&rest, &word)) {
        if (n == p->f->most) {
            (void)findings_add(l, E_FIELD_RANGE, p->f->rule, p->path,
                NULL);
            return OK;
        }
        if (!json_typed(a, p->f, p->path, word, opts, &items[n++], l))
            return OK;
    }
    return record_put(a, p->r, p->f, items, n);
}
