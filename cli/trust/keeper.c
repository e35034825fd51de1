#include <string.h>

#include "cli/text/text.h"
#include "cli/trust/keeper.h"
#include "keys/object.h"

#define BIT(role) (UINT64_C(1) << OFFICER_ROLE_##role)
#define READERS (BIT(OFFICER) | BIT(APPROVER) | BIT(HEAD) | BIT(LIAISON) | \
    BIT(REGISTRY) | BIT(COMPLIANCE) | BIT(KEEPER))

bool
keeper_reads(uint64_t roles)
{
    return (roles & READERS) != 0 && (roles & BIT(AUDITOR)) == 0;
}

uint64_t
keeper_bits(const struct rec *r, const char *name)
{
    const struct value *v = record_value(r, name);
    uint64_t bits = 0;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        bits |= UINT64_C(1) << (v->v[i].u & 63);
    return bits;
}

const struct rec *
keeper_newest(struct session *s, enum trust_kind kind,
    struct slice authority, uint8_t *digest)
{
    return directory_newest(session_directory(s), kind, authority, digest);
}

static struct slice
own(struct session *s)
{
    return person_name(session_home(s)->person).authority;
}

enum err
keeper_check(struct session *s)
{
    const struct sign_key *k = person_sign(session_home(s)->person);
    const struct value *v = record_value(keeper_newest(s, TRUST_CARD,
        own(s), NULL), "keepers");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "key"),
            slice_of(sign_key_public(k), KEY_LEN)))
            return OK;
    return command_fail(session_run(s), E_ROLE, session_home(s)->label,
        _("only a keeper named on the card of your authority does this"));
}

enum err
keeper_begin(struct session *s, enum trust_kind kind, uint64_t serial,
    struct rec **out)
{
    struct arena *a = session_arena(s);
    const struct rec *card = keeper_newest(s, TRUST_CARD, own(s), NULL);
    struct rec *r = record_new(a, trust_row(kind)->rec);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, r, "v", 1)) != OK ||
        (e = record_put_bytes(a, r, "network",
        record_bytes(card, "network"))) != OK ||
        (e = record_put_bytes(a, r, record_field(r->schema, "own") != NULL ?
        "own" : "authority", own(s))) != OK ||
        (e = record_put_uint(a, r, "serial", serial)) != OK)
        return e;
    *out = r;
    return OK;
}

enum err
keeper_sign(struct session *s, enum trust_kind kind, const struct rec *r,
    struct slice *object, uint8_t digest[static HASH_LEN])
{
    struct buf b;
    enum err e;

    buf_init(&b, TRUST_MAX);
    e = object_sign(kind, r, person_sign(session_home(s)->person), &b,
        digest, NULL);
    if (e == OK)
        e = arena_copy(session_arena(s), slice_of_buf(&b), object);
    buf_clear(&b);
    return e;
}

enum err
keeper_put(struct session *s, enum trust_kind kind, enum act act,
    struct slice object, const uint8_t digest[static HASH_LEN])
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_object_put);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, args, "kind", kind)) != OK ||
        (e = record_put_bytes(a, args, "object", object)) != OK)
        return e;
    e = session_act(s, REQUEST_OBJECT_PUT, act, slice_of(digest, HASH_LEN),
        args, NULL);
    return e == E_PENDING ? OK : e;
}
