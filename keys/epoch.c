#include "keys/epoch.h"
#include "keys/hpke.h"
#include "keys/sign.h"

enum err
epoch_new(struct secret **out)
{
    return secret_random(KEY_LEN, out);
}

void
epoch_kid(const struct secret *secret, uint8_t out[static HASH_LEN])
{
    uint8_t public[KEY_LEN];

    hpke_public(secret, public);
    key_id(ALG_X25519, SLICE(public), out);
}

enum err
epoch_record(struct arena *a, const struct secret *secret, uint64_t from,
    uint64_t to, struct rec **out)
{
    struct rec *r = record_new(a, record_field(&record_epochs,
        "epochs")->rec);
    uint8_t *keys = arena_get(a, HASH_LEN + KEY_LEN);
    enum err e;

    if (r == NULL || keys == NULL)
        return ERR_NOMEM;
    epoch_kid(secret, keys);
    hpke_public(secret, keys + HASH_LEN);
    if ((e = record_put_bytes(a, r, "kid",
        slice_of(keys, HASH_LEN))) != OK ||
        (e = record_put_uint(a, r, "suite", ALG_X25519)) != OK ||
        (e = record_put_bytes(a, r, "public",
        slice_of(keys + HASH_LEN, KEY_LEN))) != OK ||
        (e = record_put_uint(a, r, "from", from)) != OK ||
        (e = record_put_uint(a, r, "to", to)) != OK)
        return e;
    *out = r;
    return OK;
}
