#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/profile.h"
#include "cli/text.h"
#include "keys/file.h"
#include "proto/trust.h"

#define FIRST_KEY 32                /* of the directory fields of a card */
#define NAME_MAX_LEN 32

/* The rows of an entry, out of those of a card. */
static struct record *
schema_of_entry(struct arena *a)
{
    struct record *s = arena_get(a, sizeof(*s));
    struct field *f = arena_get(a, record_card.n * sizeof(*f));
    size_t n = 0;

    if (s == NULL || f == NULL)
        return NULL;
    for (size_t i = 0; i < record_card.n; i++) {
        const struct field *row = &record_card.f[i];
        bool id = strcmp(row->name, "authority") == 0;

        if (!id && row->key < FIRST_KEY &&
            strcmp(row->name, "valid_from") != 0)
            continue;
        f[n] = *row;
        if (id)
            f[n].name = "auth_id";
        n++;
    }
    *s = (struct record){ "profile", f, n, NULL };
    return s;
}

static enum err
read_entry(struct run *r, struct arena *a, const struct json_source *in,
    struct findings *l, struct rec **out)
{
    const struct json_opts opts = { r->env->domain, r->env->now, NULL };
    const struct record *schema = schema_of_entry(a);
    struct rec *entry;
    enum err e;

    if (schema == NULL)
        return ERR_NOMEM;
    if ((e = json_record_read(a, schema, in, &opts, &entry, l)) != OK ||
        (e = findings_check_record(a, entry, l)) != OK ||
        (e = findings_first(l)) != OK)
        return e;
    if (!slice_is(record_bytes(entry, "auth_id"), in->value))
        return findings_add(l, E_UNKNOWN_AUTHORITY, 0, "auth_id",
            _("the root is that of %s"), in->value);
    *out = entry;
    return OK;
}

enum err
profile_read(struct run *r, struct arena *a, const char *path,
    struct slice authority, struct rec **out)
{
    struct findings *l = calloc(1, sizeof(*l));
    char name[NAME_MAX_LEN];
    struct json_source in = { SLICE_EMPTY, "auth_id", name };
    struct buf b;
    enum err e = ERR_NOMEM;

    (void)snprintf(name, sizeof(name), "%.*s", (int)authority.n,
        (const char *)authority.p);
    buf_init(&b, JSON_MAX);
    if (l == NULL)
        goto out;
    if ((e = file_read(path, &b)) != OK) {
        (void)command_fail(r, e, path, NULL);
        goto out;
    }
    in.text = slice_of_buf(&b);
    e = read_entry(r, a, &in, l, out);
    if (e != OK && l->n > 0)
        e = command_findings(r, l);
out:
    buf_clear(&b);
    free(l);
    return e;
}

enum err
profile_copy(struct arena *a, const struct rec *profile, struct rec *card)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < profile->n; i++) {
        const struct value *v = &profile->v[i];
        const struct field *f = record_field(card->schema, v->f->name);

        if (f != NULL)
            e = record_put(a, card, f, v->v, v->n);
    }
    return e;
}
