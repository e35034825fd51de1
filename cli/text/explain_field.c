#include <stdio.h>
#include <string.h>

#include "cli/form/form.h"
#include "cli/text/explain_field.h"
#include "cli/text/text.h"
#include "cli/trust/profile.h"
#include "proto/manifest.h"

#define WHERE_MAX 127
#define DEPTH_MAX 4

/* Follow the words of a path ("parts[0].text") down from schema. */
static const struct field *
follow(const struct record *schema, const char *path)
{
    const struct field *f = NULL;

    while (*path != '\0') {
        char name[64];
        size_t n = strcspn(path, ".[");

        if (schema == NULL || n >= sizeof(name))
            return NULL;
        memcpy(name, path, n);
        name[n] = '\0';
        if ((f = record_field(schema, name)) == NULL)
            return NULL;
        schema = f->type == FT_RECORD ? f->rec : NULL;
        path += n;
        path += strcspn(path, ".");
        path += *path == '.';
    }
    return f;
}

static const char *
half_of(const struct field *f)
{
    if ((f->flags & F_FORM) != 0)
        return _("of the form");
    return f->flags & F_BODY ? f->flags & F_CTL ? _("both") : _("sealed") :
        _("read by nodes");
}

static void
add(const char *where, const struct field *f, struct sheet *s)
{
    struct buf format;
    char key[16], rule[16];

    buf_init(&format, 512);
    form_format(f, &format);
    buf_put_u8(&format, 0);
    (void)snprintf(key, sizeof(key), "%u", f->key);
    (void)snprintf(rule, sizeof(rule), "V-%03u",
        f->rule != 0 ? (unsigned)f->rule : 2u);
    sheet_row(s, (const char *const[]){ where,
        f->flags & F_AUTO ? _("filled by the client") :
        f->flags & F_MUST ? f->when.field != NULL ? _("if") : _("yes") :
        _("no"), half_of(f), key, rule,
        format.bad ? "" : (const char *)format.p,
        f->help != NULL ? _(f->help) : "" });
    buf_clear(&format);
}

/* Where the path begins in a record below this one. */
static void
seek(const struct record *schema, const char *path, const char *up,
    unsigned depth, struct sheet *s)
{
    for (size_t i = 0; depth < DEPTH_MAX && i < schema->n; i++) {
        const struct field *below = &schema->f[i], *f;
        char where[WHERE_MAX + 1];

        if (below->type != FT_RECORD || below->rec == NULL)
            continue;
        (void)snprintf(where, sizeof(where), "%s%s%s", up,
            depth == 0 ? " " : ".", below->name);
        if ((f = follow(below->rec, path)) != NULL)
            add(where, f, s);
        seek(below->rec, path, where, depth + 1, s);
    }
}

/* In a record that is no kind of message, at its top and below. */
static void
look(const struct record *schema, const char *path, const char *name,
    struct sheet *s)
{
    const struct field *f = follow(schema, path);

    if (f != NULL)
        add(name, f, s);
    seek(schema, path, name, 0, s);
}

static void
at_top(const struct domain *d, const struct kind *only, const char *path,
    struct sheet *s)
{
    const struct field *f;

    if (strncmp(path, "body.", 5) == 0)
        path += 5;
    else if ((f = follow(&record_common, strcmp(path,
        "restrictions.caveat") == 0 ? "caveat" : path)) != NULL)
        add(_("every kind"), f, s);
    for (; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_kinds; i++) {
            const struct kind *k = &d->kinds[i];

            if ((only == NULL || only == k) &&
                (f = follow(k->rec, path)) != NULL)
                add(k->name, f, s);
        }
}

static void
explain_one(const struct domain *d, struct arena *a, const char *name,
    struct sheet *s)
{
    const struct record *entry = profile_schema(a, false);
    const size_t before = s->n;
    const char *path = name, *rest;
    const struct kind *only = NULL;
    const struct field *f;

    if ((rest = strchr(path, '.')) != NULL) {
        only = domain_kind_find(d, slice_of(path, (size_t)(rest - path)));
        path = only != NULL ? rest + 1 : path;
    }
    at_top(d, only, path, s);
    if (s->n == before && (f = follow(&record_restrictions, path)) != NULL)
        add("restrictions", f, s);
    if (s->n > before || only != NULL)
        return;
    if (strncmp(path, "peer.", 5) == 0)
        path += 5;
    if (entry != NULL)
        look(entry, path, _("directory"), s);
    look(&record_manifest_item, path, _("list of files"), s);
    seek(&record_restrictions, path, "restrictions", 0, s);
    for (; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_kinds; i++)
            seek(d->kinds[i].rec, path, d->kinds[i].name, 0, s);
}

/* One of several, as a finding names them: "body.parts|docs". */
void
explain_field(const struct domain *d, struct arena *a, const char *name,
    struct sheet *s)
{
    const size_t all = strcspn(name, "|");
    size_t up = all;
    const char *at = name + all;
    char one[WHERE_MAX + 1];

    while (up > 0 && name[up - 1] != '.')
        up--;
    if (all > WHERE_MAX)
        return;
    (void)snprintf(one, sizeof(one), "%.*s", (int)all, name);
    explain_one(d, a, one, s);
    while (*at == '|') {
        const size_t n = strcspn(++at, "|");

        if (up + n > WHERE_MAX)
            return;
        (void)snprintf(one, sizeof(one), "%.*s%.*s", (int)up, name, (int)n,
            at);
        explain_one(d, a, one, s);
        at += n;
    }
}
