#include <string.h>

#include "cli/text/text.h"
#include "cli/trust/peers.h"

static struct slice
own(struct session *s)
{
    return person_name(session_home(s)->person).authority;
}

void
peers_digits(struct session *s, struct slice root, struct slice authority,
    char out[static PEERS_DIGITS])
{
    const struct rec *card = keeper_newest(s, TRUST_CARD, own(s), NULL);
    const struct digits_side ours = { record_bytes(card, "root").p, own(s) };
    const struct digits_side theirs = { root.p, authority };
    char digits[2 * DIGITS_SIDE + 1];

    digits_of_roots(ours, theirs, digits);
    digits_group(digits, out, PEERS_DIGITS);
}

static enum err
make(struct session *s, const struct peers_pin *p, struct rec **out)
{
    struct arena *a = session_arena(s);
    uint64_t serial = record_uint(keeper_newest(s, TRUST_PIN, p->authority,
        NULL), "serial");
    uint8_t *kid = arena_get(a, HASH_LEN);
    struct rec *r;
    enum err e;

    if (kid == NULL)
        return ERR_NOMEM;
    key_id(ALG_ED25519, p->root, kid);
    if ((e = keeper_begin(s, TRUST_PIN, serial + 1, &r)) != OK ||
        (e = record_put_bytes(a, r, "authority", p->authority)) != OK ||
        (e = record_put_bytes(a, r, "root", p->root)) != OK ||
        (e = record_put_bytes(a, r, "kid", slice_of(kid, HASH_LEN))) != OK ||
        (e = record_put_bytes(a, r, "how", p->how)) != OK ||
        (e = record_put_bytes(a, r, "with", p->with)) != OK ||
        (e = record_put_uint(a, r, "at",
        (uint64_t)session_run(s)->env->now)) != OK)
        return e;
    *out = r;
    return p->withdrawn ? record_put_uint(a, r, "withdrawn", 1) : OK;
}

enum err
peers_pin(struct session *s, const struct peers_pin *p)
{
    uint8_t digest[HASH_LEN];
    struct slice object;
    struct rec *r;
    enum err e;

    if ((e = make(s, p, &r)) != OK ||
        (e = keeper_sign(s, TRUST_PIN, r, &object, digest)) != OK ||
        (e = directory_add(session_directory(s), TRUST_PIN, p->authority,
        object, NULL)) != OK)
        return e;
    return keeper_put(s, TRUST_PIN, ACT_PUT_PIN, object, digest);
}

/* What stands before is of this entry alone. */
#define CONTACT_FIRST_KEY 7

static enum err
copy_entry(struct arena *a, const struct rec *entry, struct rec *to)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < entry->n; i++) {
        const struct value *v = &entry->v[i];
        const struct field *f = record_field(to->schema, v->f->name);

        if (f != NULL && f->key >= CONTACT_FIRST_KEY)
            e = record_put(a, to, f, v->v, v->n);
    }
    return e;
}

enum err
peers_contact(struct session *s, struct slice authority,
    const struct rec *entry, bool withdrawn)
{
    struct arena *a = session_arena(s);
    uint64_t serial = record_uint(keeper_newest(s, TRUST_CONTACT, authority,
        NULL), "serial");
    uint8_t digest[HASH_LEN];
    struct slice object;
    struct rec *r;
    enum err e;

    if ((e = keeper_begin(s, TRUST_CONTACT, serial + 1, &r)) != OK ||
        (e = record_put_bytes(a, r, "authority", authority)) != OK ||
        (withdrawn && (e = record_put_uint(a, r, "withdrawn", 1)) != OK) ||
        (e = copy_entry(a, entry, r)) != OK ||
        (e = keeper_sign(s, TRUST_CONTACT, r, &object, digest)) != OK ||
        (e = directory_add(session_directory(s), TRUST_CONTACT, authority,
        object, NULL)) != OK)
        return e;
    return keeper_put(s, TRUST_CONTACT, ACT_PUT_CONTACT, object, digest);
}

enum err
peers_tell(struct session *s, struct slice authority, const char *title,
    const char *schema)
{
    struct slice name;
    struct sheet sheet;
    enum err e;

    if ((e = arena_copy(session_arena(s), authority, &name)) != OK)
        return e;
    sheet_init(&sheet, session_arena(s), title, "field value");
    sheet_row(&sheet, (const char *const[]){ "authority",
        (const char *)name.p });
    return command_sheet(session_run(s), &sheet, schema);
}

const char *
peers_standing(struct session *s, struct slice peer)
{
    const struct rec *card = keeper_newest(s, TRUST_CARD, peer, NULL);
    const int64_t now = session_run(s)->env->now;

    if (directory_contact(session_directory(s), peer) != NULL)
        return _("no node: by hand");
    if (record_has(keeper_newest(s, TRUST_PIN, peer, NULL), "withdrawn"))
        return _("removed");
    if (directory_find(session_directory(s), TRUST_PIN, peer, 0, NULL) ==
        NULL)
        return _("to be added anew: its keeper has left");
    if (card == NULL)
        return _("no card yet");
    return (int64_t)record_uint(card, "valid_until") <= now ?
        _("card ended") : _("peer");
}
