/*
 * Who is in the export of audit_fixture.h, and what they have signed: two
 * authorities with their keys, people, cards, lists and pin, and a message.
 */
#ifndef TESTS_UNIT_CLI_AUDIT_SIDES_H
#define TESTS_UNIT_CLI_AUDIT_SIDES_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_layout.h"
#include "keys/hpke.h"
#include "keys/sign.h"
#include "keys/statement.h"
#include "proto/enums.h"
#include "proto/envelope.h"
#include "proto/receipt.h"
#include "tests/unit/fill.h"

#define FIXTURE_NOW 1803805200
#define FIXTURE_ENTRIES 16
#define FIXTURE_ROOM 64             /* entries, with those of a test */
#define FIXTURE_MORE 24             /* messages of a test */
#define AUDIT_AGE 600               /* of a statement, at most */
#define FIXTURE_SEEN 9              /* size that the peer countersigned */
#define FIXTURE_PEER_ENTRIES 10

struct fixture_person {
    struct sign_key *key;
    uint8_t kem[KEY_LEN];
    const char *name;               /* person id */
    const char *label;
    uint64_t role;
    uint64_t revoked;               /* 0: not */
};

enum { KEEPER, SECOND, OFFICER, AUDITOR, GONE, PEOPLE };

struct fixture_side {
    const char *authority, *origin, *witness_name;
    struct sign_key *root, *log, *witness;
    struct fixture_person who[PEOPLE];
    struct slice card, staff, epochs, pin;      /* signed objects */
    struct slice next_card;
    uint8_t next_card_digest[HASH_LEN];
    uint8_t card_digest[HASH_LEN], staff_digest[HASH_LEN];
    uint8_t epochs_digest[HASH_LEN], pin_digest[HASH_LEN];
};

struct fixture_log {
    size_t n;
    struct slice entry[FIXTURE_ROOM];
    struct slice openings[FIXTURE_ROOM];
    struct tree_range range;
};

/* What is told differently; all zero is the true story. */
struct story {
    bool revoked;               /* the opener was revoked before */
    uint64_t purpose;           /* of the opening; 0: ANALYSIS */
    bool other_state;           /* a statement is over another log */
    bool ahead;                 /* it is over a later state */
    bool other_history;         /* entry 0 is another event */
    bool no_statement;          /* nobody signed for the opening */
    bool erased;                /* who and why of entries 0 to 5 is gone */
    bool time_back;             /* entry 9 is dated before entry 8 */
    bool bare;                  /* entry 6 lacks the parts for peers' eyes */
    bool hidden_list;           /* no entry is about the weekly keys */
    bool used_twice;            /* entry 10 has the statement of entry 7 */
    bool kept_back;             /* that of entry 7 was made long before */
    bool nobody_signed;         /* the keeper has not signed for entry 2 */
    bool alone;                 /* the disclosure has one signature */
    bool auditor_writes;        /* its author is the auditor */
    bool delivered_twice;       /* entry 9 says it again */
    bool never_delivered;       /* entry 6 does not */
    bool keeper_left;           /* card 2, entry 9, has another keeper */
    bool list_lapsed;           /* the staff list waits, and lapses in entry
                                 * 8; entry 9 approves it all the same */
    bool unlogged;              /* the peer has a message more from us */
    struct slice slots;         /* entry 9 is about these, by digest, */
    struct slice stated;        /* and its statement holds these */
};

struct fixture {
    struct arena *a;
    struct fixture_side qm, qn;
    struct slice out, in;                       /* headers */
    struct slice other;                         /* only the peer has it */
    uint8_t out_digest[HASH_LEN], in_digest[HASH_LEN];
    uint8_t other_digest[HASH_LEN];
    struct fixture_log log, peer;
    struct slice note, note_seen, cosigned, peer_note, receipt;
    struct slice note_before;                   /* at size 6 */
    bool two_cards;                             /* the export has both */
    struct {
        struct slice head;
        uint8_t digest[HASH_LEN];
    } more[FIXTURE_MORE];                       /* messages of a test */
    size_t n_more;
    bool central;               /* both are central authorities, no FIUs */
};

static struct fixture fx;

static inline struct slice
fixture_keep(struct buf *b)
{
    struct slice s;

    cr_assert_eq(buf_done(b), OK);
    cr_assert_eq(arena_copy(fx.a, slice_of_buf(b), &s), OK);
    buf_clear(b);
    return s;
}

static inline struct sign_key *
fixture_key(uint8_t *kem)
{
    struct secret *s;
    struct sign_key *k;

    cr_assert_eq(secret_random(SEED_LEN, &s), OK);
    cr_assert_eq(sign_key_new(s, &k), OK);
    if (kem != NULL)
        hpke_public(s, kem);
    secret_free(s);
    return k;
}

static inline void
fixture_text(struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(fx.a, r, name, slice_str(text)), OK);
}

static inline void
fixture_bytes(struct rec *r, const char *name, const uint8_t *p)
{
    cr_assert_eq(record_put_bytes(fx.a, r, name, slice_of(p, 32)), OK);
}

static inline void
fixture_uint(struct rec *r, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(fx.a, r, name, v), OK);
}

static inline void
fixture_list(struct rec *r, const char *name, union item item, size_t n)
{
    cr_assert_eq(record_put(fx.a, r, record_field(r->schema, name), &item,
        n), OK);
}

static inline struct rec *
fixture_sub(struct rec *r, const char *name)
{
    return record_new(fx.a, record_field(r->schema, name)->rec);
}

static inline struct rec *
fixture_head(const struct record *schema, const struct fixture_side *s)
{
    struct rec *r = record_new(fx.a, schema);

    fixture_uint(r, "v", 1);
    fixture_text(r, "network", "test");
    if (record_field(schema, "own") == NULL)
        fixture_text(r, "authority", s->authority);
    fixture_uint(r, "serial", 1);
    return r;
}

/* Sign and wrap up; the digest is needed by name later. */
static inline struct slice
fixture_object(enum trust_kind kind, const struct rec *r,
    const struct sign_key *one, const struct sign_key *two,
    uint8_t digest[static HASH_LEN])
{
    struct signature s[2];
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
    buf_clear(&b);
    return fixture_keep(&all);
}

static inline void
fixture_entry_of_directory(struct rec *r)
{
    struct rec *c = fixture_sub(r, "contacts");
    const union item en = { .s = slice_str("en") };

    fixture_list(r, "kinds", (union item){ .u = fx.central ?
        AUTHORITY_KIND_MLA_CENTRAL : AUTHORITY_KIND_FIU }, 1);
    fixture_text(r, "state", "QM");
    fixture_uint(r, "party_kind", 1);
    fixture_text(r, "name", "Unit");
    fixture_text(r, "timezone", "+02:00");
    fixture_list(r, "languages", en, 1);
    fixture_list(r, "accepts_kinds", (union item){ .u = 1 }, 1);
    fixture_list(r, "counterpart_classes", (union item){ .u = 6 }, 1);
    fixture_list(r, "networks", en, 0);
    fixture_uint(r, "civil_admin", 2);
    fixture_uint(r, "reply_days", 21);
    fixture_uint(r, "reciprocity_required", 1);
    fixture_uint(r, "review_by", FIXTURE_NOW + 1000);
    fixture_uint(r, "version", 1);
    fixture_uint(c, "role", 1);
    fixture_text(c, "unit", "d");
    fixture_text(c, "telephone", "1");
    fixture_text(c, "email", "a@b");
    fixture_text(c, "hours", "8");
    fixture_list(c, "languages", en, 1);
    fixture_list(r, "contacts", (union item){ .r = c }, 1);
}

static inline struct rec *
fixture_named(struct rec *card, const char *list,
    const struct fixture_person *w)
{
    struct rec *r = fixture_sub(card, list);

    fixture_text(r, "person", w->name);
    fixture_bytes(r, "key", sign_key_public(w->key));
    return r;
}

static inline struct slice
fixture_card(struct fixture_side *s, uint64_t serial,
    const struct fixture_person *keeper, uint8_t digest[static HASH_LEN])
{
    struct rec *r = fixture_head(&record_card, s);
    struct rec *log = fixture_sub(r, "logs");

    fixture_uint(r, "serial", serial);
    fixture_uint(r, "valid_from", FIXTURE_NOW - 1000);
    fixture_uint(r, "valid_until", FIXTURE_NOW + 1000000);
    fixture_bytes(r, "root", sign_key_public(s->root));
    fixture_list(r, "endpoints", (union item){ .u = 0 }, 0);
    fixture_bytes(r, "curve", s->who[KEEPER].kem);
    fixture_text(log, "origin", s->origin);
    fixture_bytes(log, "key", sign_key_public(s->log));
    fixture_uint(log, "from_size", 0);
    fixture_list(r, "logs", (union item){ .r = log }, 1);
    fixture_bytes(r, "witness", sign_key_public(s->witness));
    fixture_list(r, "keepers", (union item){ .r = fixture_named(r, "keepers",
        keeper) }, 1);
    fixture_list(r, "others", (union item){ .r = fixture_named(r, "others",
        &s->who[SECOND]) }, 1);
    fixture_entry_of_directory(r);
    return fixture_object(TRUST_CARD, r, s->root, NULL, digest);
}

static inline void
fixture_staff(struct fixture_side *s)
{
    struct rec *r = fixture_head(&record_staff, s);
    union item items[PEOPLE];

    for (size_t i = 0; i < PEOPLE; i++) {
        const struct fixture_person *w = &s->who[i];
        struct rec *o = fixture_sub(r, "officers");

        fixture_text(o, "person", w->name);
        fixture_text(o, "label", w->label);
        fixture_bytes(o, "signing", sign_key_public(w->key));
        fixture_uint(o, "suite", ALG_X25519);
        fixture_bytes(o, "reading", w->kem);
        fixture_list(o, "roles", (union item){ .u = w->role }, 1);
        fixture_uint(o, "from", FIXTURE_NOW - 500);
        if (w->revoked != 0)
            fixture_uint(o, "revoked", w->revoked);
        items[i].r = o;
    }
    cr_assert_eq(record_put(fx.a, r, record_field(r->schema, "officers"),
        items, PEOPLE), OK);
    s->staff = fixture_object(TRUST_STAFF, r, s->who[KEEPER].key,
        s->who[SECOND].key, s->staff_digest);
}

static inline void
fixture_epochs(struct fixture_side *s)
{
    struct rec *r = fixture_head(&record_epochs, s);
    struct rec *e = fixture_sub(r, "epochs");
    uint8_t *kid = arena_get(fx.a, HASH_LEN);

    key_id(ALG_X25519, SLICE(s->who[OFFICER].kem), kid);
    fixture_bytes(e, "kid", kid);
    fixture_uint(e, "suite", ALG_X25519);
    fixture_bytes(e, "public", s->who[OFFICER].kem);
    fixture_uint(e, "from", FIXTURE_NOW);
    fixture_uint(e, "to", FIXTURE_NOW + 604800);
    fixture_list(r, "epochs", (union item){ .r = e }, 1);
    s->epochs = fixture_object(TRUST_EPOCHS, r, s->who[KEEPER].key, NULL,
        s->epochs_digest);
}

/* With a second signature, which nothing but the audit checks. */
static inline void
fixture_pin(struct fixture_side *s, const struct fixture_side *peer)
{
    struct rec *r = fixture_head(&record_pin, s);

    fixture_text(r, "own", s->authority);
    fixture_text(r, "authority", peer->authority);
    fixture_bytes(r, "root", sign_key_public(peer->root));
    fixture_bytes(r, "kid", sign_key_id(peer->root));
    fixture_text(r, "how", "in person");
    fixture_text(r, "with", "head");
    fixture_uint(r, "at", FIXTURE_NOW);
    s->pin = fixture_object(TRUST_PIN, r, s->who[KEEPER].key,
        s->who[SECOND].key, s->pin_digest);
}

static inline void
fixture_side(struct fixture_side *s, const char *authority,
    const char *origin, const char *witness, uint64_t revoked)
{
    static const struct { const char *name, *label; uint64_t role; } who[] = {
        { "p-1", "o-1", OFFICER_ROLE_KEEPER },
        { "p-2", "o-2", OFFICER_ROLE_APPROVER },
        { "p-3", "o-3", OFFICER_ROLE_OFFICER },
        { "p-4", "o-4", OFFICER_ROLE_AUDITOR },
        { "p-5", "o-5", OFFICER_ROLE_OFFICER },
    };

    s->authority = authority;
    s->origin = origin;
    s->witness_name = witness;
    s->root = fixture_key(NULL);
    s->log = fixture_key(NULL);
    s->witness = fixture_key(NULL);
    for (size_t i = 0; i < PEOPLE; i++) {
        s->who[i].key = fixture_key(s->who[i].kem);
        s->who[i].name = who[i].name;
        s->who[i].label = who[i].label;
        s->who[i].role = who[i].role;
    }
    s->who[GONE].revoked = revoked;
    s->card = fixture_card(s, 1, &s->who[KEEPER], s->card_digest);
    s->next_card = fixture_card(s, 2, &s->who[OFFICER],
        s->next_card_digest);
    fixture_staff(s);
    fixture_epochs(s);
}

static inline void
fixture_side_free(struct fixture_side *s)
{
    sign_key_free(s->root);
    sign_key_free(s->log);
    sign_key_free(s->witness);
    for (size_t i = 0; i < PEOPLE; i++)
        sign_key_free(s->who[i].key);
}

static inline void
fixture_trust(struct message *m, const char *name,
    const struct fixture_side *s)
{
    struct rec *r = fixture_sub(m->common, name);

    fixture_uint(r, "card_serial", 1);
    fixture_bytes(r, "card_digest", s->card_digest);
    fixture_uint(r, "staff_serial", 1);
    fixture_bytes(r, "staff_digest", s->staff_digest);
    fixture_uint(r, "epochs_serial", 1);
    fixture_bytes(r, "epochs_digest", s->epochs_digest);
    cr_assert_eq(record_put_rec(fx.a, m->common, name, r), OK);
}

static inline void
fixture_limits(struct message *m, const struct fixture_side *from)
{
    struct rec *set = record_rec(m->common, "restrictions");

    fixture_list(set, "originator", (union item){ .s =
        slice_str(from->authority) }, 1);
    fixture_uint(set, "audience", AUDIENCE_AUTHORITY);
    fixture_list(set, "named_officers", (union item){ .u = 0 }, 0);
    fixture_list(set, "purposes", (union item){ .u = PURPOSE_ANALYSIS }, 1);
    fixture_uint(set, "valid_from", FIXTURE_NOW - 100);
    fixture_uint(set, "use_until", FIXTURE_NOW + 100000);
    fixture_uint(set, "retain_until", FIXTURE_NOW + 200000);
    fixture_uint(set, "accept_first", 0);
}

/* A message of this kind with every field, both ways alike. */
static inline void
fixture_message(int author, bool alone, enum kind_number kind,
    const struct fixture_side *from, const struct fixture_side *to,
    struct message *m)
{
    fill_message(fx.a, domain_kind(&domain_valise, kind), 0, m);
    record_drop(m->common, "standing");
    record_drop(m->common, "attachments");
    record_drop(m->common, "release");
    fixture_text(m->common, "network", "test");
    fixture_text(m->common, "from", from->authority);
    fixture_text(m->common, "to", to->authority);
    fixture_uint(m->common, "created_at", FIXTURE_NOW);
    fixture_uint(m->common, "expires_at", FIXTURE_NOW + 1000);
    fixture_uint(m->common, "approval", 1);
    if (alone)
        record_drop(m->common, "approval");
    fixture_bytes(m->common, "officer", sign_key_id(from->who[author].key));
    fixture_trust(m, "trust_own", from);
    fixture_trust(m, "trust_peer", to);
    if (record_has(m->common, "restrictions"))
        fixture_limits(m, from);
}

/* Its header, signed by author and approver; more are the signatures of its
 * consents. */
static inline struct slice
fixture_sign(const struct message *m, int author,
    const struct fixture_side *from, const struct signature *more,
    size_t n_more, uint8_t digest[static HASH_LEN])
{
    const struct envelope_body body = { .body_len = 4096 };
    const size_t own = record_has(m->common, "approval") ? 2 : 1;
    struct envelope env = { .n_sigs = own + n_more };
    uint8_t sigs[16 * (HASH_LEN + SIG_LEN)];
    struct signature s;
    struct buf pre, h, b;

    cr_assert_leq(env.n_sigs, 16);
    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 256);
    buf_init(&b, CONTROL_MAX + 2048);
    cr_assert_eq(message_encode(m, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), &body, &h);
    envelope_digest(slice_of_buf(&h), digest);
    for (size_t i = 0; i < env.n_sigs; i++) {
        if (i < own)
            sign_make(i == 0 ? LABEL_SIG : LABEL_APPR,
                from->who[i == 0 ? author : SECOND].key, digest, &s);
        else
            s = more[i - own];
        memcpy(sigs + i * 96, s.kid, HASH_LEN);
        memcpy(sigs + i * 96 + HASH_LEN, s.sig, SIG_LEN);
    }
    env.h = slice_of_buf(&h);
    env.sigs = slice_of(sigs, env.n_sigs * 96);
    cr_assert_eq(envelope_put_head(&env, &b), OK);
    buf_clear(&pre);
    buf_clear(&h);
    return fixture_keep(&b);
}

static inline struct slice
fixture_header_by(int author, bool alone, enum kind_number kind,
    const struct fixture_side *from, const struct fixture_side *to,
    uint8_t digest[static HASH_LEN])
{
    struct message m;

    fixture_message(author, alone, kind, from, to, &m);
    return fixture_sign(&m, author, from, NULL, 0, digest);
}

static inline struct slice
fixture_header(enum kind_number kind, const struct fixture_side *from,
    const struct fixture_side *to, uint8_t digest[static HASH_LEN])
{
    return fixture_header_by(OFFICER, false, kind, from, to, digest);
}

#endif
