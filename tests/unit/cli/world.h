/*
 * Two authorities that have compared their roots, with officers, weekly keys
 * and a directory each: what composing and opening need, without a node.
 */
#ifndef TESTS_UNIT_CLI_WORLD_H
#define TESTS_UNIT_CLI_WORLD_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "cli/form/json.h"
#include "keys/directory.h"
#include "keys/hpke.h"
#include "proto/enums.h"

#define WORLD_NOW 1803805200
#define WORLD_WEEK (7 * 86400)
#define WORLD_OFFICERS 5

struct world_person {
    struct sign_key *key;
    struct secret *reading;
    uint8_t public[KEY_LEN];            /* of the reading key */
    char label[8], person[16];
};

/* o-0 keeper, o-1 approver, o-2 and o-3 officers, o-4 the deputy of o-3. */
struct world_side {
    const char *name;
    struct sign_key *root;
    struct secret *epoch;
    uint8_t epoch_public[KEY_LEN], epoch_kid[HASH_LEN];
    struct world_person o[WORLD_OFFICERS];
    struct slice card, staff, epochs, pin;
    struct directory *d;
};

struct world {
    struct arena *a;
    struct world_side side[2];          /* QM-FIU, QN-FIU */
    uint64_t valid_until;               /* of the cards */
    bool short_epochs;                  /* no epoch is current */
    bool wide;                          /* both are all kinds of authority
                                         * that talk, and take every kind */
};

static inline void
world_text(struct world *w, struct rec *r, const char *name,
    const char *text)
{
    cr_assert_eq(record_put_bytes(w->a, r, name, slice_str(text)), OK);
}

static inline void
world_key(struct world *w, struct rec *r, const char *name,
    const uint8_t *key)
{
    cr_assert_eq(record_put_bytes(w->a, r, name, slice_of(key, 32)), OK);
}

static inline void
world_uint(struct world *w, struct rec *r, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(w->a, r, name, v), OK);
}

static inline void
world_codes(struct world *w, struct rec *r, const char *name, uint64_t a,
    uint64_t b)
{
    const union item items[2] = { { .u = a }, { .u = b } };

    cr_assert_eq(record_put(w->a, r, record_field(r->schema, name), items,
        b != 0 ? 2 : a != 0), OK);
}

static inline void
world_texts(struct world *w, struct rec *r, const char *name,
    const char *text)
{
    const union item item = { .s = slice_str(text) };

    cr_assert_eq(record_put(w->a, r, record_field(r->schema, name), &item,
        text[0] != '\0'), OK);
}

static inline void
world_recs(struct world *w, struct rec *r, const char *name,
    struct rec **recs, size_t n)
{
    union item items[8];

    for (size_t i = 0; i < n; i++)
        items[i].r = recs[i];
    cr_assert_eq(record_put(w->a, r, record_field(r->schema, name), items,
        n), OK);
}

static inline struct rec *
world_sub(struct world *w, struct rec *r, const char *name)
{
    return record_new(w->a, record_field(r->schema, name)->rec);
}

static inline struct sign_key *
world_sign_key(void)
{
    struct sign_key *k;
    struct secret *s;

    cr_assert_eq(secret_random(SEED_LEN, &s), OK);
    cr_assert_eq(sign_key_new(s, &k), OK);
    secret_free(s);
    return k;
}

static inline void
world_keys(struct world *w, struct world_side *s, const char *name)
{
    (void)w;
    s->name = name;
    s->root = world_sign_key();
    cr_assert_eq(secret_random(32, &s->epoch), OK);
    hpke_public(s->epoch, s->epoch_public);
    key_id(ALG_X25519, SLICE(s->epoch_public), s->epoch_kid);
    for (size_t i = 0; i < WORLD_OFFICERS; i++) {
        struct world_person *p = &s->o[i];

        p->key = world_sign_key();
        cr_assert_eq(secret_random(32, &p->reading), OK);
        hpke_public(p->reading, p->public);
        (void)snprintf(p->label, sizeof(p->label), "o-%zu", i);
        (void)snprintf(p->person, sizeof(p->person), "%s p%zu", name, i);
    }
}

/* Sign and wrap up, by the roles of the kind. */
static inline struct slice
world_object(struct world *w, enum trust_kind kind, const struct rec *r,
    const struct sign_key *one, const struct sign_key *two)
{
    struct signature s[2];
    uint8_t digest[HASH_LEN];
    struct slice out;
    struct buf b, all;

    buf_init(&b, TRUST_MAX);
    buf_init(&all, TRUST_MAX);
    record_encode(r, 0, &b);
    hash_digest(trust_row(kind)->label, slice_of_buf(&b), digest);
    sign_make(kind == TRUST_CARD ? LABEL_ROOT : LABEL_SIG, one, digest,
        &s[0]);
    if (two != NULL)
        sign_make(LABEL_APPR, two, digest, &s[1]);
    trust_encode(slice_of_buf(&b), s, two != NULL ? 2 : 1, &all);
    cr_assert_eq(arena_copy(w->a, slice_of_buf(&all), &out), OK);
    buf_clear(&b);
    buf_clear(&all);
    return out;
}

static inline struct rec *
world_listed(struct world *w, struct rec *card, const char *list,
    const struct world_person *p)
{
    struct rec *r = world_sub(w, card, list);

    world_text(w, r, "person", p->person);
    world_key(w, r, "key", sign_key_public(p->key));
    return r;
}

static inline void
world_all_kinds(struct world *w, struct rec *r)
{
    union item items[64];
    size_t n = 0;

    for (uint64_t i = 1; i < 64; i++) {
        if (domain_kind(&domain_valise, i) != NULL)
            items[n++].u = i;
    }
    cr_assert_eq(record_put(w->a, r, record_field(r->schema,
        "accepts_kinds"), items, n), OK);
}

static inline void
world_entry(struct world *w, struct rec *r)
{
    struct rec *c = world_sub(w, r, "contacts");

    world_codes(w, r, "kinds", AUTHORITY_KIND_FIU, w->wide ?
        AUTHORITY_KIND_MLA_CENTRAL : 0);
    world_uint(w, r, "party_kind", PARTY_KIND_STATE_PARTY);
    world_text(w, r, "name", "Unit for Financial Intelligence");
    world_text(w, r, "timezone", "+02:00");
    world_texts(w, r, "languages", "en");
    world_codes(w, r, "accepts_kinds", KIND_SPONT_DISCLOSURE,
        KIND_INFO_REQUEST);
    if (w->wide)
        world_all_kinds(w, r);
    world_codes(w, r, "counterpart_classes", AUTHORITY_KIND_FIU, w->wide ?
        AUTHORITY_KIND_MLA_CENTRAL : 0);
    world_texts(w, r, "networks", "");
    world_uint(w, r, "civil_admin", 2);
    world_uint(w, r, "reply_days", 21);
    world_uint(w, r, "reciprocity_required", 1);
    world_uint(w, r, "review_by", WORLD_NOW + 86400);
    world_uint(w, r, "version", 1);
    world_uint(w, c, "role", 1);
    world_text(w, c, "unit", "desk");
    world_text(w, c, "telephone", "+990 1");
    world_text(w, c, "email", "a@b.example");
    world_text(w, c, "hours", "08:00-16:00");
    world_texts(w, c, "languages", "en");
    world_recs(w, r, "contacts", &c, 1);
}

static inline void
world_card(struct world *w, struct world_side *s)
{
    struct rec *r = record_new(w->a, &record_card);
    struct rec *log = world_sub(w, r, "logs");
    struct rec *k = world_listed(w, r, "keepers", &s->o[0]);
    struct rec *o = world_listed(w, r, "others", &s->o[1]);

    world_uint(w, r, "v", 1);
    world_text(w, r, "network", "test");
    world_text(w, r, "authority", s->name);
    world_uint(w, r, "serial", 1);
    world_uint(w, r, "valid_from", WORLD_NOW - 86400);
    world_uint(w, r, "valid_until", w->valid_until);
    world_key(w, r, "root", sign_key_public(s->root));
    world_texts(w, r, "endpoints", "");
    world_key(w, r, "curve", s->epoch_public);
    world_text(w, log, "origin", "log/1");
    world_key(w, log, "key", sign_key_public(s->root));
    world_uint(w, log, "from_size", 0);
    world_recs(w, r, "logs", &log, 1);
    world_key(w, r, "witness", sign_key_public(s->root));
    world_recs(w, r, "keepers", &k, 1);
    world_recs(w, r, "others", &o, 1);
    world_text(w, r, "state", s->name[1] == 'M' ? "QM" : "QN");
    world_entry(w, r);
    s->card = world_object(w, TRUST_CARD, r, s->root, NULL);
}

static inline void
world_staff(struct world *w, struct world_side *s)
{
    static const uint8_t roles[WORLD_OFFICERS] = { OFFICER_ROLE_KEEPER,
        OFFICER_ROLE_APPROVER, OFFICER_ROLE_OFFICER, OFFICER_ROLE_OFFICER,
        OFFICER_ROLE_OFFICER };
    struct rec *r = record_new(w->a, &record_staff), *o[WORLD_OFFICERS];

    for (size_t i = 0; i < WORLD_OFFICERS; i++) {
        o[i] = world_sub(w, r, "officers");
        world_text(w, o[i], "person", s->o[i].person);
        world_text(w, o[i], "label", s->o[i].label);
        world_key(w, o[i], "signing", sign_key_public(s->o[i].key));
        world_uint(w, o[i], "suite", ALG_X25519);
        world_key(w, o[i], "reading", s->o[i].public);
        world_codes(w, o[i], "roles", roles[i], 0);
        world_uint(w, o[i], "from", WORLD_NOW - 86400);
        if (i == 3)
            world_key(w, o[i], "deputy", sign_key_id(s->o[4].key));
    }
    world_uint(w, r, "v", 1);
    world_text(w, r, "network", "test");
    world_text(w, r, "authority", s->name);
    world_uint(w, r, "serial", 1);
    world_recs(w, r, "officers", o, WORLD_OFFICERS);
    s->staff = world_object(w, TRUST_STAFF, r, s->o[0].key, s->o[1].key);
}

static inline void
world_epochs(struct world *w, struct world_side *s)
{
    struct rec *r = record_new(w->a, &record_epochs);
    struct rec *e = world_sub(w, r, "epochs");
    uint64_t from = WORLD_NOW - 3600 + (w->short_epochs ? WORLD_WEEK : 0);

    world_key(w, e, "kid", s->epoch_kid);
    world_uint(w, e, "suite", ALG_X25519);
    world_key(w, e, "public", s->epoch_public);
    world_uint(w, e, "from", from);
    world_uint(w, e, "to", from + WORLD_WEEK);
    world_uint(w, r, "v", 1);
    world_text(w, r, "network", "test");
    world_text(w, r, "authority", s->name);
    world_uint(w, r, "serial", 1);
    world_recs(w, r, "epochs", &e, 1);
    s->epochs = world_object(w, TRUST_EPOCHS, r, s->o[0].key, NULL);
}

static inline void
world_pin(struct world *w, struct world_side *s,
    const struct world_side *other)
{
    struct rec *r = record_new(w->a, &record_pin);
    uint8_t *kid = arena_get(w->a, HASH_LEN);

    key_id(ALG_ED25519, slice_of(sign_key_public(other->root), KEY_LEN),
        kid);
    world_uint(w, r, "v", 1);
    world_text(w, r, "network", "test");
    world_text(w, r, "own", s->name);
    world_uint(w, r, "serial", 1);
    world_text(w, r, "authority", other->name);
    world_key(w, r, "root", sign_key_public(other->root));
    world_key(w, r, "kid", kid);
    world_text(w, r, "how", "in person");
    world_text(w, r, "with", "their head");
    world_uint(w, r, "at", WORLD_NOW - 86400);
    s->pin = world_object(w, TRUST_PIN, r, s->o[0].key, NULL);
}

static inline void
world_add(struct world_side *s, enum trust_kind kind, const char *who,
    struct slice object)
{
    struct fault f = { .e = OK };

    cr_assert_eq(directory_add(s->d, kind, slice_str(who), object, &f), OK,
        "%s %s", err_row(f.e)->name, f.path);
}

static inline void
world_directory(struct world *w, struct world_side *s,
    const struct world_side *other)
{
    uint8_t kid[HASH_LEN];

    (void)w;
    key_id(ALG_ED25519, slice_of(sign_key_public(s->root), KEY_LEN), kid);
    cr_assert_eq(directory_new(slice_str(s->name), slice_str("test"), kid,
        &s->d), OK);
    world_add(s, TRUST_CARD, s->name, s->card);
    world_add(s, TRUST_STAFF, s->name, s->staff);
    world_add(s, TRUST_EPOCHS, s->name, s->epochs);
    world_add(s, TRUST_PIN, other->name, s->pin);
    world_add(s, TRUST_CARD, other->name, other->card);
    world_add(s, TRUST_STAFF, other->name, other->staff);
    world_add(s, TRUST_EPOCHS, other->name, other->epochs);
}

/* valid_until 0: a year. */
static inline void
world_make(struct world *w)
{
    cr_assert_not_null(w->a = arena_new(64u << 20));
    if (w->valid_until == 0)
        w->valid_until = WORLD_NOW + 365 * 86400;
    world_keys(w, &w->side[0], "QM-FIU");
    world_keys(w, &w->side[1], "QN-FIU");
    for (size_t i = 0; i < 2; i++) {
        world_card(w, &w->side[i]);
        world_staff(w, &w->side[i]);
        world_epochs(w, &w->side[i]);
        world_pin(w, &w->side[i], &w->side[1 - i]);
    }
    for (size_t i = 0; i < 2; i++)
        world_directory(w, &w->side[i], &w->side[1 - i]);
}

static inline void
world_free(struct world *w)
{
    for (size_t i = 0; i < 2; i++) {
        sign_key_free(w->side[i].root);
        secret_free(w->side[i].epoch);
        directory_free(w->side[i].d);
        for (size_t k = 0; k < WORLD_OFFICERS; k++) {
            sign_key_free(w->side[i].o[k].key);
            secret_free(w->side[i].o[k].reading);
        }
    }
    arena_free(w->a);
    memset(w, 0, sizeof(*w));
}

/* "QN-FIU/o-3" and back. */
static inline bool
world_find(void *arg, struct slice label, uint8_t kid[static HASH_LEN])
{
    const struct world *w = arg;
    char text[32];

    for (size_t i = 0; i < 2 * WORLD_OFFICERS; i++) {
        const struct world_side *s = &w->side[i % 2];

        (void)snprintf(text, sizeof(text), "%s/%s", s->name,
            s->o[i / 2].label);
        if (slice_is(label, text)) {
            memcpy(kid, sign_key_id(s->o[i / 2].key), HASH_LEN);
            return true;
        }
    }
    return false;
}

static inline bool
world_label(void *arg, struct slice kid,
    char out[static JSON_LABEL_MAX + 1])
{
    const struct world *w = arg;

    for (size_t i = 0; i < 2 * WORLD_OFFICERS; i++) {
        const struct world_side *s = &w->side[i % 2];

        if (slice_equal(kid, slice_of(sign_key_id(s->o[i / 2].key),
            HASH_LEN))) {
            (void)snprintf(out, JSON_LABEL_MAX + 1, "%s/%s", s->name,
                s->o[i / 2].label);
            return true;
        }
    }
    return false;
}

#endif
