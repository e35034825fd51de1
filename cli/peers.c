#include <string.h>

#include "cli/peers.h"

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
