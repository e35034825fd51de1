#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/place.h"

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

bool
place_find(struct arena *a, const struct message *m, const char *path,
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

        at = next_name(at, name, &i);
        f = record_field(r->schema, name);
        if (f == NULL || (f->flags & F_AUTO))
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
