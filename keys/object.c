#include <string.h>

#include "keys/object.h"

enum err
object_sign(enum trust_kind kind, const struct rec *r,
    const struct sign_key *k, struct buf *out,
    uint8_t digest[static HASH_LEN], struct fault *f)
{
    struct signature sig;
    struct buf b;
    enum err e;

    if ((e = record_check(r, 0, f)) != OK)
        return e;
    buf_init(&b, TRUST_MAX);
    record_encode(r, 0, &b);
    if ((e = buf_done(&b)) == OK) {
        hash_digest(trust_row(kind)->label, slice_of_buf(&b), digest);
        sign_make(kind == TRUST_CARD ? LABEL_ROOT : LABEL_SIG, k, digest,
            &sig);
        trust_encode(slice_of_buf(&b), &sig, 1, out);
        e = buf_done(out);
    }
    buf_clear(&b);
    return e;
}

enum err
object_second(const struct signed_object *o, const struct sign_key *k,
    uint8_t sig[static SIG_LEN], struct buf *out)
{
    struct signature both[2];

    if (o->n != 1)
        return E_FOUR_EYES;
    both[0] = o->sigs[0];
    sign_make(LABEL_APPR, k, o->digest, &both[1]);
    memcpy(sig, both[1].sig, SIG_LEN);
    trust_encode(o->bytes, both, 2, out);
    return buf_done(out);
}

enum err
object_signed_by(enum label role, const struct signed_object *o, size_t i,
    struct slice public)
{
    uint8_t kid[HASH_LEN];

    if (i >= o->n || public.n != KEY_LEN)
        return E_SIGNATURE;
    key_id(ALG_ED25519, public, kid);
    if (memcmp(o->sigs[i].kid, kid, HASH_LEN) != 0)
        return E_SIGNATURE;
    return sign_check(role, public.p, o->digest, o->sigs[i].sig);
}

enum err
object_devices(struct arena *a, struct slice in, struct slice signing,
    struct rec **out, struct fault *f)
{
    const struct value *v;
    struct signed_object o;
    struct rec *r;
    enum err e;

    if ((e = trust_decode(TRUST_SLOTK, in, &o, f)) != OK ||
        (e = trust_read(a, TRUST_SLOTK, &o, &r, f)) != OK)
        return e;
    if (object_signed_by(LABEL_SIG, &o, 0, signing) != OK ||
        !slice_equal(record_bytes(r, "kid"), SLICE(o.sigs[0].kid)))
        return fault_set(f, E_SIGNATURE, 4, "slotk");
    v = record_value(r, "devices");
    for (size_t i = 0; i < v->n; i++) {
        struct slice public = record_bytes(v->v[i].r, "public");

        if (public.n != KEY_LEN || !kem_key_valid(public.p))
            return fault_set(f, E_KEY_BAD, 4, "slotk.devices[%zu]", i);
    }
    *out = r;
    return OK;
}
