#include <stdlib.h>

#include "keys/file.h"
#include "keys/object.h"
#include "keys/root.h"
#include "keys/secret_in.h"

struct root {
    struct arena *a;
    struct slice authority;
    struct slice network;
    struct secret *seed;
    struct sign_key *key;
};

static const struct field rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1 },
    { .key = 2, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST },
    { .key = 3, .name = "network", .type = FT_ID, .flags = F_MUST,
      .min = 1, .max = 32 },
    { .key = 4, .name = "root", .type = FT_BIN, .flags = F_MUST,
      .min = SEED_LEN, .max = SEED_LEN },
};
static const struct record record_root = { "root", rows,
    sizeof(rows) / sizeof(rows[0]), NULL };

void
root_free(struct root *r)
{
    if (r == NULL)
        return;
    sign_key_free(r->key);
    secret_free(r->seed);
    arena_free(r->a);
    free(r);
}

/* Takes the seed over, on failure too. */
static enum err
with_seed(struct slice authority, struct slice network, struct secret *seed,
    struct root **out)
{
    struct root *r = calloc(1, sizeof(*r));
    enum err e;

    if (r == NULL || (r->a = arena_new(1024)) == NULL) {
        secret_free(seed);
        free(r);
        return ERR_NOMEM;
    }
    r->seed = seed;
    if ((e = arena_copy(r->a, authority, &r->authority)) != OK ||
        (e = arena_copy(r->a, network, &r->network)) != OK ||
        (e = sign_key_new(r->seed, &r->key)) != OK) {
        root_free(r);
        return e;
    }
    *out = r;
    return OK;
}

enum err
root_new(struct slice authority, struct slice network, struct root **out)
{
    struct secret *seed = NULL;
    enum err e;

    if (record_check_item(&rows[1], (union item){ .s = authority }) != OK ||
        record_check_item(&rows[2], (union item){ .s = network }) != OK)
        return E_FIELD_RANGE;
    if ((e = secret_random(SEED_LEN, &seed)) != OK)
        return e;
    return with_seed(authority, network, seed, out);
}

struct slice
root_authority(const struct root *r)
{
    return r->authority;
}

struct slice
root_network(const struct root *r)
{
    return r->network;
}

const struct sign_key *
root_key(const struct root *r)
{
    return r->key;
}

static enum err
payload(const struct root *root, struct secret **out)
{
    struct arena *a = arena_new(8192);
    struct rec *r = a != NULL ? record_new(a, &record_root) : NULL;
    struct buf b;
    enum err e = ERR_NOMEM;

    buf_init(&b, SECRET_MAX);
    if (r != NULL && (e = record_put_uint(a, r, "v", 1)) == OK &&
        (e = record_put_bytes(a, r, "authority", root->authority)) == OK &&
        (e = record_put_bytes(a, r, "network", root->network)) == OK &&
        (e = record_put_bytes(a, r, "root",
        secret_slice(root->seed))) == OK) {
        record_encode(r, 0, &b);
        if ((e = buf_done(&b)) == OK)
            e = secret_from(slice_of_buf(&b), out);
    }
    buf_clear(&b);
    arena_free(a);
    return e;
}

enum err
root_save(const struct root *r, const char *path, struct slice passphrase,
    enum keyfile_cost cost)
{
    struct secret *s = NULL;
    struct buf b;
    enum err e;

    buf_init(&b, KEYFILE_MAX);
    if ((e = payload(r, &s)) == OK &&
        (e = keyfile_seal(s, passphrase, cost, &b)) == OK)
        e = file_write(path, slice_of_buf(&b), 0600, false);
    buf_clear(&b);
    secret_free(s);
    return e;
}

static enum err
from_payload(const struct secret *s, struct root **out)
{
    struct arena *a = arena_new(8192);
    struct secret *seed = NULL;
    struct rec *r;
    enum err e = ERR_FORMAT;

    if (a == NULL)
        return ERR_NOMEM;
    if (record_decode(a, &record_root, 0, secret_slice(s), 64, &r, NULL) ==
        OK && record_check(r, 0, NULL) == OK)
        e = secret_from(record_bytes(r, "root"), &seed);
    if (e == OK)
        e = with_seed(record_bytes(r, "authority"),
            record_bytes(r, "network"), seed, out);
    arena_free(a);
    return e;
}

enum err
root_load(const char *path, struct slice passphrase, struct root **out)
{
    struct secret *s = NULL;
    struct buf b;
    enum err e;

    buf_init(&b, KEYFILE_MAX);
    if ((e = file_read_secret(path, &b)) == OK &&
        (e = keyfile_open(slice_of_buf(&b), passphrase, &s)) == OK)
        e = from_payload(s, out);
    buf_clear(&b);
    secret_free(s);
    return e;
}

enum err
root_sign(const struct root *r, const struct rec *card, struct buf *out,
    struct fault *f)
{
    uint8_t digest[HASH_LEN];

    if (!slice_equal(record_bytes(card, "authority"), r->authority) ||
        !slice_equal(record_bytes(card, "network"), r->network) ||
        !slice_equal(record_bytes(card, "root"),
        slice_of(sign_key_public(r->key), KEY_LEN)))
        return fault_set(f, ERR_TRUST, 4, "card.root");
    return object_sign(TRUST_CARD, card, r->key, out, digest, f);
}
