#include <stdlib.h>
#include <string.h>

#include "cli/form/json.h"
#include "cli/text/text.h"
#include "cli/trust/profile.h"
#include "keys/file.h"
#include "proto/trust.h"

#define FIRST_KEY 32                /* of the directory fields of a card */
#define NAME_MAX_LEN 32

const struct preset profile_presets[] = {
    { "contact_only", "true" },
    { "valid_from", "\"+0d\"" },
    { "reply_days", "21" },
    { "reciprocity_required", "false" },
    { "networks", "[]" },
    { "review_by", "\"+2y\"" },
    { "version", "1" },
    /* Optional: they stand in the form, so that people know of them. */
    { "four_eyes", "null" },
    { "executing_bodies", "null" },
    { "postal_address", "null" },
    { "closed_days", "null" },
    { "uncac_as_basis", "null" },
    { "interpol_accepted", "null" },
    { "requirements", "null" },
    { "confidentiality_guide", "null" },
    { "duty_24_7", "null" },
    { "de_minimis_value", "null" },
    { "certification_forms", "null" },
    { "law_links", "null" },
    { NULL, NULL }
};

static const struct field contact_only = { .key = FIRST_KEY - 1,
    .name = "contact_only", .type = FT_BOOL,
    .help = N_("an authority without a node: no keys, reached by hand") };

static bool
is_of_entry(const struct field *row)
{
    static const char *const names[] = { "authority", "source", "date",
        "valid_from" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(row->name, names[i]) == 0)
            return true;
    return row->key >= FIRST_KEY;
}

/* Out of the rows of a card or contact. */
const struct record *
profile_schema(struct arena *a, bool contact)
{
    const struct record *from = contact ? &record_contact : &record_card;
    struct record *s = arena_get(a, sizeof(*s));
    struct field *f = arena_get(a, (from->n + 1) * sizeof(*f));
    bool told = false;
    size_t n = 0;

    if (s == NULL || f == NULL)
        return NULL;
    for (size_t i = 0; i < from->n; i++) {
        if (!is_of_entry(&from->f[i]))
            continue;
        if (!told && from->f[i].key >= FIRST_KEY) {
            f[n] = contact_only;
            f[n++].flags = contact ? F_ASK : F_AUTO;
            told = true;
        }
        f[n] = from->f[i];
        if (strcmp(f[n].name, "authority") == 0)
            f[n].name = "auth_id";
        n++;
    }
    *s = (struct record){ "profile", f, n, NULL };
    return s;
}

/* That the entry says of itself what it is read as. */
static enum err
check_kind(const struct rec *entry, const struct record *from,
    struct findings *l)
{
    const bool contact = from == &record_contact;

    if (!record_has(entry, "contact_only") ||
        (record_uint(entry, "contact_only") != 0) == contact)
        return OK;
    return findings_add(l, E_FIELD_RANGE, 10, "contact_only", contact ?
        _("an authority with a node has a card: valise peer add CARD") :
        _("an authority without a node has no card: valise peer contact"));
}

static enum err
read_entry(struct run *r, struct arena *a, const struct record *from,
    const struct json_source *in, struct findings *l, struct rec **out)
{
    const struct json_opts opts = { r->env->domain, r->env->now, NULL };
    const struct record *schema = profile_schema(a, from == &record_contact);
    struct rec *entry;
    enum err e;

    if (schema == NULL)
        return ERR_NOMEM;
    if ((e = json_record_read(a, schema, in, &opts, &entry, l)) != OK ||
        (e = findings_check_record(a, entry, l)) != OK ||
        (e = findings_first(l)) != OK ||
        (e = check_kind(entry, from, l)) != OK)
        return e;
    if (in->value != NULL &&
        !slice_is(record_bytes(entry, "auth_id"), in->value))
        return findings_add(l, E_UNKNOWN_AUTHORITY, 0, "auth_id",
            _("this entry is of another authority than %s"), in->value);
    *out = entry;
    return OK;
}

static enum err
read_file(struct run *r, struct arena *a, const struct record *from,
    const char *path, struct slice authority, struct rec **out)
{
    struct findings *l = calloc(1, sizeof(*l));
    char name[NAME_MAX_LEN];
    struct json_source in = { .member = "auth_id", .value = name };
    struct buf b;
    enum err e = ERR_NOMEM;

    (void)snprintf(name, sizeof(name), "%.*s", (int)authority.n,
        (const char *)authority.p);
    if (authority.n == 0)
        in.member = in.value = NULL;
    buf_init(&b, JSON_MAX);
    if (l == NULL)
        goto out;
    if ((e = file_read(path, &b)) != OK) {
        (void)command_fail(r, e, path, NULL);
        goto out;
    }
    in.text = slice_of_buf(&b);
    e = read_entry(r, a, from, &in, l, out);
    if (e != OK && l->n > 0)
        e = command_findings(r, l);
out:
    buf_clear(&b);
    free(l);
    return e;
}

enum err
profile_read(struct run *r, struct arena *a, const char *path,
    struct slice authority, struct rec **out)
{
    return read_file(r, a, &record_card, path, authority, out);
}

enum err
profile_read_contact(struct run *r, struct arena *a, const char *path,
    struct slice authority, struct rec **out)
{
    return read_file(r, a, &record_contact, path, authority, out);
}

enum err
profile_copy(struct arena *a, const struct rec *profile, struct rec *to)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < profile->n; i++) {
        const struct value *v = &profile->v[i];
        const struct field *f = record_field(to->schema, v->f->name);

        if (f != NULL)
            e = record_put(a, to, f, v->v, v->n);
    }
    return e;
}
