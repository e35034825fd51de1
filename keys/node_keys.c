#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keys/file.h"
#include "keys/hpke.h"
#include "keys/keyfile.h"
#include "keys/node_keys.h"
#include "keys/object.h"
#include "keys/secret_in.h"
#include "proto/note.h"

struct node_keys {
    struct arena *a;
    struct slice authority;
    struct secret *log_seed, *witness_seed, *curve;
    struct sign_key *log, *witness;
};

static const struct field rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1 },
    { .key = 2, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST },
    { .key = 3, .name = "log", .type = FT_BIN, .flags = F_MUST,
      .min = SEED_LEN, .max = SEED_LEN },
    { .key = 4, .name = "witness", .type = FT_BIN, .flags = F_MUST,
      .min = SEED_LEN, .max = SEED_LEN },
    { .key = 5, .name = "curve", .type = FT_BIN, .flags = F_MUST,
      .min = KEY_LEN, .max = KEY_LEN },
};
static const struct record record_keys = { "node keys", rows,
    sizeof(rows) / sizeof(rows[0]), NULL };

void
node_keys_free(struct node_keys *k)
{
    if (k == NULL)
        return;
    sign_key_free(k->log);
    sign_key_free(k->witness);
    secret_free(k->log_seed);
    secret_free(k->witness_seed);
    secret_free(k->curve);
    arena_free(k->a);
    free(k);
}

static enum err
with_name(struct slice authority, struct node_keys **out)
{
    struct node_keys *k;
    enum err e;

    if (record_check_item(&rows[1], (union item){ .s = authority }) != OK)
        return E_FIELD_RANGE;
    k = calloc(1, sizeof(*k));
    if (k == NULL || (k->a = arena_new(1024)) == NULL) {
        free(k);
        return ERR_NOMEM;
    }
    if ((e = arena_copy(k->a, authority, &k->authority)) != OK) {
        node_keys_free(k);
        return e;
    }
    *out = k;
    return OK;
}

static enum err
with_seeds(struct node_keys *k)
{
    enum err e = sign_key_new(k->log_seed, &k->log);

    return e != OK ? e : sign_key_new(k->witness_seed, &k->witness);
}

enum err
node_keys_new(struct slice authority, struct node_keys **out)
{
    struct node_keys *k = NULL;
    enum err e;

    if ((e = with_name(authority, &k)) != OK)
        return e;
    if ((e = secret_random(SEED_LEN, &k->log_seed)) != OK ||
        (e = secret_random(SEED_LEN, &k->witness_seed)) != OK ||
        (e = secret_random(KEY_LEN, &k->curve)) != OK ||
        (e = with_seeds(k)) != OK) {
        node_keys_free(k);
        return e;
    }
    *out = k;
    return OK;
}

struct slice
node_keys_authority(const struct node_keys *k)
{
    return k->authority;
}

const struct sign_key *
node_keys_log(const struct node_keys *k)
{
    return k->log;
}

const struct sign_key *
node_keys_witness(const struct node_keys *k)
{
    return k->witness;
}

const struct secret *
node_keys_curve(const struct node_keys *k)
{
    return k->curve;
}

static enum err
payload(const struct node_keys *k, struct arena *a, struct secret **out)
{
    struct rec *r = record_new(a, &record_keys);
    struct buf b;
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, r, "v", 1)) == OK &&
        (e = record_put_bytes(a, r, "authority", k->authority)) == OK &&
        (e = record_put_bytes(a, r, "log",
        secret_slice(k->log_seed))) == OK &&
        (e = record_put_bytes(a, r, "witness",
        secret_slice(k->witness_seed))) == OK &&
        (e = record_put_bytes(a, r, "curve", secret_slice(k->curve))) != OK)
        return e;
    buf_init(&b, SECRET_MAX);
    record_encode(r, 0, &b);
    if ((e = buf_done(&b)) == OK)
        e = secret_from(slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

enum err
node_keys_save(const struct node_keys *k, const char *path)
{
    struct arena *a = arena_new(8192);
    struct secret *s = NULL;
    struct buf b;
    enum err e;

    buf_init(&b, KEYFILE_MAX);
    e = a != NULL ? payload(k, a, &s) : ERR_NOMEM;
    if (e == OK)
        e = keyfile_plain_seal(s, &b);
    if (e == OK)
        e = file_write(path, slice_of_buf(&b), 0600, false);
    buf_clear(&b);
    secret_free(s);
    arena_free(a);
    return e;
}

static enum err
from_payload(const struct secret *s, struct node_keys **out)
{
    struct arena *a = arena_new(8192);
    struct node_keys *k = NULL;
    struct rec *r;
    enum err e = ERR_FORMAT;

    if (a == NULL)
        return ERR_NOMEM;
    if (record_decode(a, &record_keys, 0, secret_slice(s), 64, &r, NULL) ==
        OK && record_check(r, 0, NULL) == OK)
        e = with_name(record_bytes(r, "authority"), &k);
    if (e == OK &&
        (e = secret_from(record_bytes(r, "log"), &k->log_seed)) == OK &&
        (e = secret_from(record_bytes(r, "witness"), &k->witness_seed)) ==
        OK && (e = secret_from(record_bytes(r, "curve"), &k->curve)) == OK)
        e = with_seeds(k);
    if (e == OK) {
        *out = k;
        k = NULL;
    }
    node_keys_free(k);
    arena_free(a);
    return e;
}

enum err
node_keys_load(const char *path, struct node_keys **out)
{
    struct secret *s = NULL;
    struct buf b;
    enum err e;

    buf_init(&b, KEYFILE_MAX);
    if ((e = file_read_secret(path, &b)) == OK &&
        (e = keyfile_plain_open(slice_of_buf(&b), &s)) == OK)
        e = from_payload(s, out);
    buf_clear(&b);
    secret_free(s);
    return e;
}

static enum err
put_endpoints(struct arena *a, struct rec *r, const char *const *endpoints,
    size_t n)
{
    union item items[4];

    if (n > 4)
        return E_FIELD_RANGE;
    for (size_t i = 0; i < n; i++)
        items[i].s = slice_str(endpoints[i]);
    return record_put(a, r, record_field(&record_node, "endpoints"), items,
        n);
}

enum err
node_keys_request(const struct node_keys *k, struct slice network,
    const char *const *endpoints, size_t n, int64_t at, struct buf *out,
    uint8_t digest[static HASH_LEN])
{
    struct arena *a = arena_new(16384);
    struct rec *r = a != NULL ? record_new(a, &record_node) : NULL;
    uint8_t curve[KEY_LEN];
    char origin[LOG_NAME_MAX];
    enum err e;

    if (r == NULL) {
        arena_free(a);
        return ERR_NOMEM;
    }
    hpke_public(k->curve, curve);
    log_name(k->authority, "log", 1, origin);
    if ((e = record_put_uint(a, r, "v", 1)) == OK &&
        (e = record_put_bytes(a, r, "network", network)) == OK &&
        (e = record_put_bytes(a, r, "authority", k->authority)) == OK &&
        (e = put_endpoints(a, r, endpoints, n)) == OK &&
        (e = record_put_bytes(a, r, "curve", SLICE(curve))) == OK &&
        (e = record_put_bytes(a, r, "origin", slice_str(origin))) == OK &&
        (e = record_put_bytes(a, r, "log", slice_of(
        sign_key_public(k->log), KEY_LEN))) == OK &&
        (e = record_put_bytes(a, r, "witness", slice_of(
        sign_key_public(k->witness), KEY_LEN))) == OK &&
        (e = record_put_uint(a, r, "at", (uint64_t)at)) == OK)
        e = object_sign(TRUST_NODE, r, k->log, out, digest, NULL);
    arena_free(a);
    return e;
}

enum err
node_keys_request_check(struct arena *a, struct slice in, struct rec **out,
    uint8_t digest[static HASH_LEN], struct fault *f)
{
    struct signed_object o;
    struct slice log;
    struct rec *r;
    enum err e;

    if ((e = trust_decode(TRUST_NODE, in, &o, f)) != OK ||
        (e = trust_read(a, TRUST_NODE, &o, &r, f)) != OK)
        return e;
    log = record_bytes(r, "log");
    if (!sign_key_valid(log.p) ||
        !sign_key_valid(record_bytes(r, "witness").p) ||
        !kem_key_valid(record_bytes(r, "curve").p))
        return fault_set(f, E_KEY_BAD, 4, "node");
    if (object_signed_by(LABEL_SIG, &o, 0, log) != OK)
        return fault_set(f, E_SIGNATURE, 4, "node");
    memcpy(digest, o.digest, HASH_LEN);
    *out = r;
    return OK;
}
