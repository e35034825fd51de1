/*
 * People, and the records that they sign of an authority, as short as they
 * get: for tests of the directory and of those who have one.
 */
#ifndef TESTS_UNIT_TRUST_H
#define TESTS_UNIT_TRUST_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/directory.h"
#include "keys/hpke.h"
#include "proto/enums.h"
#include "proto/note.h"

#define NOW 1800000000
#define DAY 86400
#define WEEK (7 * DAY)

struct who {
    struct sign_key *key;
    uint8_t kem[KEY_LEN];
    const char *person;
};

static struct arena *a;
static struct who root, keeper, second, third, stranger, peer_root;

static inline void
make_who(struct who *w, const char *person)
{
    struct secret *s;

    cr_assert_eq(secret_random(SEED_LEN, &s), OK);
    cr_assert_eq(sign_key_new(s, &w->key), OK);
    hpke_public(s, w->kem);
    secret_free(s);
    w->person = person;
}

static inline void
make_people(void)
{
    make_who(&root, "custodian");
    make_who(&keeper, "p-keeper");
    make_who(&second, "p-second");
    make_who(&third, "p-third");
    make_who(&stranger, "p-stranger");
    make_who(&peer_root, "p-peer");
}

static inline void
free_people(void)
{
    sign_key_free(root.key);
    sign_key_free(keeper.key);
    sign_key_free(second.key);
    sign_key_free(third.key);
    sign_key_free(stranger.key);
    sign_key_free(peer_root.key);
}

static inline void
put_text(struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK);
}

static inline void
put_key(struct rec *r, const char *name, const uint8_t *k)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_of(k, KEY_LEN)), OK);
}

static inline void
put_uint(struct rec *r, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(a, r, name, v), OK);
}

static inline void
put_recs(struct rec *r, const char *name, struct rec **recs, size_t n)
{
    union item items[8];

    for (size_t i = 0; i < n; i++)
        items[i].r = recs[i];
    cr_assert_eq(record_put(a, r, record_field(r->schema, name), items, n),
        OK);
}

static inline struct rec *
sub(struct rec *r, const char *name)
{
    return record_new(a, record_field(r->schema, name)->rec);
}

static inline void
put_texts(struct rec *r, const char *name, const char *text)
{
    const union item item = { .s = slice_str(text) };

    cr_assert_eq(record_put(a, r, record_field(r->schema, name), &item,
        text[0] != '\0'), OK);
}

static inline void
put_codes(struct rec *r, const char *name, uint64_t code)
{
    const union item item = { .u = code };

    cr_assert_eq(record_put(a, r, record_field(r->schema, name), &item,
        code != 0), OK);
}

/* What every card and list of an authority begins with. */
static inline struct rec *
record_by(const struct record *schema, const char *authority,
    uint64_t serial)
{
    struct rec *r = record_new(a, schema);

    put_uint(r, "v", 1);
    put_text(r, "network", "test");
    put_text(r, "authority", authority);
    put_uint(r, "serial", serial);
    return r;
}

static inline struct rec *
person_rec(struct rec *card, const char *list, const struct who *w)
{
    struct rec *r = sub(card, list);

    put_text(r, "person", w->person);
    put_key(r, "key", sign_key_public(w->key));
    return r;
}

static inline void
put_entry(struct rec *r, const char *state)
{
    struct rec *contact = sub(r, "contacts");

    put_codes(r, "kinds", 6);
    put_text(r, "state", state);
    put_uint(r, "party_kind", 1);
    put_text(r, "name", "Unit");
    put_text(r, "timezone", "+02:00");
    put_texts(r, "languages", "en");
    put_codes(r, "accepts_kinds", 1);
    put_codes(r, "counterpart_classes", 6);
    put_texts(r, "networks", "");
    put_uint(r, "civil_admin", 2);
    put_uint(r, "reply_days", 21);
    put_uint(r, "reciprocity_required", 1);
    put_uint(r, "review_by", NOW + 1000);
    put_uint(r, "version", 1);
    put_uint(contact, "role", 1);
    put_text(contact, "unit", "desk");
    put_text(contact, "telephone", "+990 1");
    put_text(contact, "email", "a@b.example");
    put_text(contact, "hours", "08:00-16:00");
    put_texts(contact, "languages", "en");
    put_recs(r, "contacts", &contact, 1);
}

static inline struct rec *
officer(struct rec *staff, const struct sign_key *key, const uint8_t *kem,
    const char *person, const char *label)
{
    struct rec *r = sub(staff, "officers");

    put_text(r, "person", person);
    put_text(r, "label", label);
    put_key(r, "signing", sign_key_public(key));
    put_uint(r, "suite", ALG_X25519);
    put_key(r, "reading", kem);
    put_codes(r, "roles", OFFICER_ROLE_OFFICER);
    put_uint(r, "from", NOW - 500);
    return r;
}

/* All but who its keepers are and how long it is valid. */
static inline struct rec *
card_by(const char *authority, uint64_t serial, const struct who *of,
    const struct who *log_of, const struct who *witness)
{
    struct rec *r = record_by(&record_card, authority, serial);
    struct rec *log = sub(r, "logs"), *o = person_rec(r, "others", &second);
    char *origin = arena_get(a, LOG_NAME_MAX);

    log_name(slice_str(authority), "log", 1, origin);
    put_uint(r, "valid_from", NOW - 1000);
    put_key(r, "root", sign_key_public(of->key));
    put_texts(r, "endpoints", "");
    put_key(r, "curve", of->kem);
    put_text(log, "origin", origin);
    put_key(log, "key", sign_key_public(log_of->key));
    put_uint(log, "from_size", 0);
    put_recs(r, "logs", &log, 1);
    put_key(r, "witness", sign_key_public(witness->key));
    put_recs(r, "others", &o, 1);
    put_entry(r, strncmp(authority, "QN", 2) == 0 ? "QN" : "QM");
    return r;
}

/* A week that begins then, of the key that is public. */
static inline struct rec *
epoch(struct rec *list, const uint8_t *public, uint64_t from)
{
    struct rec *r = sub(list, "epochs");
    uint8_t *kid = arena_get(a, HASH_LEN);

    key_id(ALG_X25519, slice_of(public, KEY_LEN), kid);
    put_key(r, "kid", kid);
    put_uint(r, "suite", ALG_X25519);
    put_key(r, "public", public);
    put_uint(r, "from", from);
    put_uint(r, "to", from + WEEK);
    return r;
}

/* The root of peer_root, pinned. */
static inline struct rec *
pin_of(const char *own, const char *authority)
{
    struct rec *r = record_new(a, &record_pin);
    uint8_t *kid = arena_get(a, HASH_LEN);

    key_id(ALG_ED25519, slice_of(sign_key_public(peer_root.key), KEY_LEN),
        kid);
    put_uint(r, "v", 1);
    put_text(r, "network", "test");
    put_text(r, "own", own);
    put_uint(r, "serial", 1);
    put_text(r, "authority", authority);
    put_key(r, "root", sign_key_public(peer_root.key));
    put_key(r, "kid", kid);
    put_text(r, "how", "in person");
    put_text(r, "with", "their head");
    put_uint(r, "at", NOW);
    return r;
}

#endif
