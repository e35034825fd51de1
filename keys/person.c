#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keys/hpke.h"
#include "keys/object.h"
#include "keys/person.h"
#include "keys/secret_in.h"

struct person {
    struct arena *a;
    struct person_name name;
    struct secret *seed;
    struct sign_key *sign;
    struct secret *reading;
    struct secret *curve;
    struct secret *draft;
    bool has_root;
    uint8_t root[HASH_LEN];
};

static const struct field rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1 },
    { .key = 2, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST },
    { .key = 3, .name = "label", .type = FT_TOKEN, .flags = F_MUST,
      .max = 16 },
    { .key = 4, .name = "person", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 64 },
    { .key = 5, .name = "signing", .type = FT_BIN, .flags = F_MUST,
      .min = SEED_LEN, .max = SEED_LEN },
    { .key = 6, .name = "reading", .type = FT_BIN, .flags = F_MUST,
      .min = KEY_LEN, .max = KEY_LEN },
    { .key = 7, .name = "curve", .type = FT_BIN, .flags = F_MUST,
      .min = KEY_LEN, .max = KEY_LEN },
    { .key = 8, .name = "draft", .type = FT_BIN, .flags = F_MUST,
      .min = KEY_LEN, .max = KEY_LEN },
    { .key = 9, .name = "root", .type = FT_BIN, .min = HASH_LEN,
      .max = HASH_LEN },
};
static const struct record record_person = { "person", rows,
    sizeof(rows) / sizeof(rows[0]), NULL };

void
person_free(struct person *p)
{
    if (p == NULL)
        return;
    sign_key_free(p->sign);
    secret_free(p->seed);
    secret_free(p->reading);
    secret_free(p->curve);
    secret_free(p->draft);
    arena_free(p->a);
    free(p);
}

static enum err
with_name(const struct person_name *name, struct person **out)
{
    struct person *p = calloc(1, sizeof(*p));
    enum err e;

    if (p == NULL || (p->a = arena_new(1024)) == NULL) {
        free(p);
        return ERR_NOMEM;
    }
    if ((e = arena_copy(p->a, name->authority, &p->name.authority)) != OK ||
        (e = arena_copy(p->a, name->label, &p->name.label)) != OK ||
        (e = arena_copy(p->a, name->person, &p->name.person)) != OK) {
        person_free(p);
        return e;
    }
    *out = p;
    return OK;
}

static enum err
check_name(const struct person_name *name)
{
    const union item parts[] = { { .s = name->authority },
        { .s = name->label }, { .s = name->person } };

    for (size_t i = 0; i < 3; i++) {
        if (record_check_item(&rows[1 + i], parts[i]) != OK)
            return E_FIELD_RANGE;
    }
    return OK;
}

enum err
person_new(const struct person_name *name, struct person **out)
{
    struct person *p = NULL;
    enum err e;

    if ((e = check_name(name)) != OK || (e = with_name(name, &p)) != OK)
        return e;
    if ((e = secret_random(SEED_LEN, &p->seed)) != OK ||
        (e = sign_key_new(p->seed, &p->sign)) != OK ||
        (e = secret_random(KEY_LEN, &p->reading)) != OK ||
        (e = secret_random(KEY_LEN, &p->curve)) != OK ||
        (e = secret_random(KEY_LEN, &p->draft)) != OK) {
        person_free(p);
        return e;
    }
    *out = p;
    return OK;
}

void
person_trust(struct person *p, const uint8_t root_kid[static HASH_LEN])
{
    memcpy(p->root, root_kid, HASH_LEN);
    p->has_root = true;
}

const uint8_t *
person_root(const struct person *p)
{
    return p->has_root ? p->root : NULL;
}

struct person_name
person_name(const struct person *p)
{
    return p->name;
}

const struct sign_key *
person_sign(const struct person *p)
{
    return p->sign;
}

const struct secret *
person_reading(const struct person *p)
{
    return p->reading;
}

const struct secret *
person_curve(const struct person *p)
{
    return p->curve;
}

const struct secret *
person_draft(const struct person *p)
{
    return p->draft;
}

enum err
person_save(const struct person *p, struct secret **out)
{
    const struct { const char *name; struct slice s; } parts[] = {
        { "authority", p->name.authority }, { "label", p->name.label },
        { "person", p->name.person }, { "signing", secret_slice(p->seed) },
        { "reading", secret_slice(p->reading) },
        { "curve", secret_slice(p->curve) },
        { "draft", secret_slice(p->draft) },
    };
    struct arena *a = arena_new(8192);
    struct rec *r = a != NULL ? record_new(a, &record_person) : NULL;
    struct buf b;
    enum err e;

    buf_init(&b, SECRET_MAX);
    if (r == NULL) {
        arena_free(a);
        return ERR_NOMEM;
    }
    e = record_put_uint(a, r, "v", 1);
    for (size_t i = 0; e == OK && i < sizeof(parts) / sizeof(parts[0]); i++)
        e = record_put_bytes(a, r, parts[i].name, parts[i].s);
    if (e == OK && p->has_root)
        e = record_put_bytes(a, r, "root", SLICE(p->root));
    record_encode(r, 0, &b);
    if (e == OK)
        e = buf_done(&b);
    if (e == OK)
        e = secret_from(slice_of_buf(&b), out);
    buf_clear(&b);
    arena_free(a);
    return e;
}

static enum err
load_keys(struct person *p, const struct rec *r)
{
    struct slice root = record_bytes(r, "root");
    enum err e;

    if ((e = secret_from(record_bytes(r, "signing"), &p->seed)) != OK ||
        (e = sign_key_new(p->seed, &p->sign)) != OK ||
        (e = secret_from(record_bytes(r, "reading"), &p->reading)) != OK ||
        (e = secret_from(record_bytes(r, "curve"), &p->curve)) != OK ||
        (e = secret_from(record_bytes(r, "draft"), &p->draft)) != OK)
        return e;
    if (root.n == HASH_LEN)
        person_trust(p, root.p);
    return OK;
}

enum err
person_load(const struct secret *payload, struct person **out)
{
    struct arena *a = arena_new(8192);
    struct person *p = NULL;
    struct person_name name;
    struct rec *r;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if (record_decode(a, &record_person, 0, secret_slice(payload), 64, &r,
        NULL) != OK || record_check(r, 0, NULL) != OK) {
        arena_free(a);
        return ERR_FORMAT;
    }
    name = (struct person_name){ record_bytes(r, "authority"),
        record_bytes(r, "label"), record_bytes(r, "person") };
    if ((e = with_name(&name, &p)) == OK)
        e = load_keys(p, r);
    if (e == OK) {
        *out = p;
        p = NULL;
    }
    person_free(p);
    arena_free(a);
    return e;
}

enum err
person_devices(const struct person *p, uint64_t serial,
    const uint8_t device[static DEVICE_LEN],
    const uint8_t slot_public[static KEY_LEN], int64_t at, struct buf *out)
{
    struct arena *a = arena_new(8192);
    struct rec *r, *one;
    uint8_t digest[HASH_LEN];
    union item item;
    enum err e = ERR_NOMEM;

    if (a == NULL || (r = record_new(a, &record_slotk)) == NULL ||
        (one = record_new(a, record_field(&record_slotk,
        "devices")->rec)) == NULL)
        goto out;
    item.r = one;
    if ((e = record_put_bytes(a, one, "device",
        slice_of(device, DEVICE_LEN))) != OK ||
        (e = record_put_bytes(a, one, "public",
        slice_of(slot_public, KEY_LEN))) != OK ||
        (e = record_put_uint(a, one, "at", (uint64_t)at)) != OK ||
        (e = record_put_bytes(a, r, "kid",
        slice_of(sign_key_id(p->sign), HASH_LEN))) != OK ||
        (e = record_put_uint(a, r, "serial", serial)) != OK ||
        (e = record_put(a, r, record_field(&record_slotk, "devices"), &item,
        1)) != OK)
        goto out;
    e = object_sign(TRUST_SLOTK, r, p->sign, out, digest, NULL);
out:
    arena_free(a);
    return e;
}

enum err
person_request(const struct person *p, struct slice devices, int64_t at,
    struct buf *out, uint8_t digest[static HASH_LEN])
{
    uint8_t reading[KEY_LEN], curve[KEY_LEN];
    const struct { const char *name; struct slice s; } parts[] = {
        { "authority", p->name.authority }, { "person", p->name.person },
        { "label", p->name.label },
        { "signing", slice_of(sign_key_public(p->sign), KEY_LEN) },
        { "reading", SLICE(reading) }, { "curve", SLICE(curve) },
        { "slots", devices },
    };
    struct arena *a = arena_new(8192);
    struct rec *r = a != NULL ? record_new(a, &record_key_request) : NULL;
    enum err e;

    if (r == NULL) {
        arena_free(a);
        return ERR_NOMEM;
    }
    hpke_public(p->reading, reading);
    hpke_public(p->curve, curve);
    if ((e = record_put_uint(a, r, "v", 1)) == OK &&
        (e = record_put_uint(a, r, "suite", ALG_X25519)) == OK)
        e = record_put_uint(a, r, "at", (uint64_t)at);
    for (size_t i = 0; e == OK && i < sizeof(parts) / sizeof(parts[0]); i++)
        e = record_put_bytes(a, r, parts[i].name, parts[i].s);
    if (e == OK)
        e = object_sign(TRUST_REQUEST, r, p->sign, out, digest, NULL);
    arena_free(a);
    return e;
}

enum err
person_request_check(struct arena *a, struct slice in, struct rec **out,
    uint8_t digest[static HASH_LEN], struct fault *f)
{
    struct signed_object o;
    struct rec *r, *devices;
    struct slice signing;
    enum err e;

    if ((e = trust_decode(TRUST_REQUEST, in, &o, f)) != OK ||
        (e = trust_read(a, TRUST_REQUEST, &o, &r, f)) != OK)
        return e;
    signing = record_bytes(r, "signing");
    if (!sign_key_valid(signing.p) ||
        !kem_key_valid(record_bytes(r, "curve").p))
        return fault_set(f, E_KEY_BAD, 4, "request");
    if (record_uint(r, "suite") != ALG_X25519 ||
        record_bytes(r, "reading").n != KEY_LEN ||
        !kem_key_valid(record_bytes(r, "reading").p))
        return fault_set(f, E_KEY_BAD, 4, "request.reading");
    if (object_signed_by(LABEL_SIG, &o, 0, signing) != OK)
        return fault_set(f, E_SIGNATURE, 4, "request");
    if ((e = object_devices(a, record_bytes(r, "slots"), signing, &devices,
        f)) != OK)
        return e;
    memcpy(digest, o.digest, HASH_LEN);
    *out = r;
    return OK;
}
