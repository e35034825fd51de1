#include <string.h>

#include <sodium.h>

#include "keys/kdf.h"
#include "keys/seal.h"
#include "keys/secret_in.h"
#include "keys/stream.h"
#include "proto/enums.h"

#define INFO_MAX 128

/* info = label || ctx || u16 i */
static struct slice
info_of(enum label l, const uint8_t ctx[static HASH_LEN], size_t i,
    uint8_t out[static INFO_MAX])
{
    struct slice label = label_bytes(l);

    memcpy(out, label.p, label.n);
    memcpy(out + label.n, ctx, HASH_LEN);
    put_u16(out + label.n + HASH_LEN, (uint16_t)i);
    return slice_of(out, label.n + HASH_LEN + 2);
}

static enum err
put_key_id(struct arena *a, struct rec *r, const char *name, uint16_t suite,
    struct slice public)
{
    uint8_t *kid = arena_get(a, HASH_LEN);

    if (kid == NULL)
        return E_OVERSIZE;
    key_id(suite, public, kid);
    return record_put_bytes(a, r, name, slice_of(kid, HASH_LEN));
}

static enum err
seal_row(struct arena *a, const struct seal_to *to, struct rec **out)
{
    const struct record *rows = record_field(&record_common, "seals")->rec;
    struct rec *r = record_new(a, rows);
    uint64_t role = to->named == NULL ? SEAL_ROLE_DESK :
        to->deputy ? SEAL_ROLE_DEPUTY : SEAL_ROLE_NAMED;
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if (record_uint(to->epoch, "suite") != HPKE_SUITE ||
        (to->named != NULL &&
        record_uint(to->named, "suite") != HPKE_SUITE))
        return E_KEY_STALE;
    if ((e = record_put_uint(a, r, "side",
        to->peer ? SEAL_SIDE_PEER : SEAL_SIDE_OWN)) != OK ||
        (e = record_put_bytes(a, r, "epoch",
        record_bytes(to->epoch, "kid"))) != OK ||
        (e = record_put_uint(a, r, "role", role)) != OK ||
        (e = record_put_uint(a, r, "mode",
        to->psk != NULL ? SEAL_MODE_PSK : SEAL_MODE_BASE)) != OK ||
        (e = record_put_uint(a, r, "suite", HPKE_SUITE)) != OK)
        return e;
    if (to->named != NULL && (e = put_key_id(a, r, "named", HPKE_SUITE,
        record_bytes(to->named, "reading"))) != OK)
        return e;
    if (to->psk != NULL &&
        (e = record_put_bytes(a, r, "psk_id", to->psk->id)) != OK)
        return e;
    *out = r;
    return OK;
}

static enum err
put_seals(struct arena *a, struct message *m, const struct seal_opts *o)
{
    union item items[ENVELOPE_SEALS_MAX];
    enum err e;

    if (o->n_to == 0 || o->n_to > ENVELOPE_SEALS_MAX)
        return E_FIELD_RANGE;
    for (size_t i = 0; i < o->n_to; i++) {
        if ((e = seal_row(a, &o->to[i], &items[i].r)) != OK)
            return e;
    }
    return record_put(a, m->common, record_field(&record_common, "seals"),
        items, o->n_to);
}

/* One wrap: the content key to the epoch key, for a named reader through his
 * own reading key first (base mode), so that to open takes both. */
static enum err
put_wrap(const struct seal_to *to, const uint8_t ctx[static HASH_LEN],
    size_t i, const struct secret *cek, struct buf *w)
{
    uint8_t info[INFO_MAX], enc[HPKE_ENC_LEN];
    struct slice inner = secret_slice(cek);
    struct buf in, ct;
    enum err e = OK;

    buf_init(&in, 1024);
    buf_init(&ct, 1024);
    if (to->named != NULL) {
        e = hpke_wrap(record_bytes(to->named, "reading").p,
            info_of(LABEL_NAME, ctx, i, info), NULL, inner, enc, &ct);
        buf_put(&in, enc, sizeof(enc));
        buf_put_slice(&in, slice_of_buf(&ct));
        buf_reset(&ct);
        inner = slice_of_buf(&in);
    }
    if (e == OK)
        e = hpke_wrap(record_bytes(to->epoch, "public").p,
            info_of(LABEL_WRAP, ctx, i, info), to->psk, inner, enc, &ct);
    write_array(w, 2);
    write_bin(w, SLICE(enc));
    write_bin(w, slice_of_buf(&ct));
    buf_clear(&in);
    buf_clear(&ct);
    return e;
}

/* Body and wraps under a fresh content key; fills what H says of them. */
static enum err
seal_body(const struct seal_opts *o, struct slice pre, struct slice record,
    struct envelope_body *body, struct buf *w, struct buf *ct)
{
    struct secret *cek = NULL, *key = NULL;
    uint8_t ctx[HASH_LEN];
    struct buf padded;
    enum err e;

    buf_init(&padded, ENVELOPE_BODY_MAX);
    envelope_ctx(pre, ctx);
    randombytes_buf(body->salt, sizeof(body->salt));
    if ((e = secret_random(CEK_LEN, &cek)) != OK ||
        (e = kdf_payload(LABEL_BODY, body->salt, cek, SLICE(ctx), &key,
        body->commit)) != OK ||
        (e = pad_body(record, &padded)) != OK ||
        (e = stream_seal(key, slice_of_buf(&padded), ct)) != OK)
        goto out;
    write_array(w, o->n_to);
    for (size_t i = 0; e == OK && i < o->n_to; i++)
        e = put_wrap(&o->to[i], ctx, i, cek, w);
    if (e == OK)
        e = buf_done(w);
    if (e != OK)
        goto out;
    body->body_len = (uint32_t)ct->n;
    envelope_body_root(slice_of_buf(ct), body->body_root);
    hash_sha256(slice_of_buf(w), body->wraps_digest);
out:
    secret_free(cek);
    secret_free(key);
    buf_clear(&padded);
    return e;
}

enum err
seal_message(struct arena *a, struct message *m, const struct seal_opts *o,
    struct buf *out)
{
    struct envelope_body body;
    struct buf record, pre, w, ct, h;
    uint8_t digest[HASH_LEN];
    struct signature sigs[ENVELOPE_SIGS_MAX];
    struct slice author;
    size_t n_sigs;
    bool has_body;
    enum err e;

    buf_init(&record, BODY_RECORD_MAX);
    buf_init(&pre, CONTROL_MAX);
    buf_init(&w, ENVELOPE_WRAPS_MAX);
    buf_init(&ct, ENVELOPE_BODY_MAX);
    buf_init(&h, CONTROL_MAX + 256);
    if ((e = arena_copy(a, slice_of(sign_key_id(o->author), HASH_LEN),
        &author)) != OK ||
        (e = record_put_bytes(a, m->common, "officer", author)) != OK ||
        (e = message_encode(m, F_BODY, &record)) != OK)
        goto out;
    has_body = record.n > 1;        /* more than the header of an empty map */
    record_drop(m->common, "seals");
    if (has_body && (e = put_seals(a, m, o)) != OK)
        goto out;
    if ((e = message_encode(m, F_CTL, &pre)) != OK)
        goto out;
    if (has_body && (e = seal_body(o, slice_of_buf(&pre),
        slice_of_buf(&record), &body, &w, &ct)) != OK)
        goto out;
    envelope_put_h(slice_of_buf(&pre), has_body ? &body : NULL, &h);
    if ((e = buf_done(&h)) != OK)
        goto out;
    envelope_digest(slice_of_buf(&h), digest);
    sign_make(LABEL_SIG, o->author, digest, &sigs[0]);
    if ((e = consents_sign(m, LABEL_SIG, o->author, o->brought, &sigs[1],
        ENVELOPE_SIGS_MAX - 1, &n_sigs)) == OK)
        e = envelope_put(slice_of_buf(&h), sigs, 1 + n_sigs,
            slice_of_buf(&w), slice_of_buf(&ct), out);
out:
    buf_clear(&record);
    buf_clear(&pre);
    buf_clear(&w);
    buf_clear(&ct);
    buf_clear(&h);
    return e;
}

enum err
seal_approve(const struct message *m, struct slice in,
    const struct sign_key *approver, struct buf *out)
{
    struct signature held[ENVELOPE_SIGS_MAX], sigs[ENVELOPE_SIGS_MAX];
    struct signature own[CONSENTS_ALL], second;
    uint8_t digest[HASH_LEN];
    struct envelope env;
    size_t n_own, n;
    enum err e;

    if ((e = envelope_decode(in, &env, NULL)) != OK)
        return e;
    if (env.n_sigs != consent_signatures(m, true))
        return E_FOUR_EYES;
    for (size_t i = 0; i < env.n_sigs; i++)
        envelope_sig(&env, i, &held[i]);
    if (memcmp(held[0].kid, sign_key_id(approver), HASH_LEN) == 0)
        return E_FOUR_EYES;
    envelope_digest(env.h, digest);
    sign_make(LABEL_APPR, approver, digest, &second);
    if ((e = consents_sign(m, LABEL_APPR, approver, NULL, own, CONSENTS_ALL,
        &n_own)) != OK || (e = consents_merge(m, held, env.n_sigs, &second,
        own, n_own, sigs, ENVELOPE_SIGS_MAX, &n)) != OK)
        return e;
    return envelope_put(env.h, sigs, n, env.wraps, env.body, out);
}

bool
seal_find(const struct message *m, const uint8_t *epoch_kid,
    const uint8_t *named_kid, size_t *i)
{
    const struct value *v = record_value(m->common, "seals");

    for (size_t k = 0; v != NULL && k < v->n; k++) {
        const struct rec *r = v->v[k].r;

        if (!slice_equal(record_bytes(r, "epoch"),
            slice_of(epoch_kid, HASH_LEN)))
            continue;
        if (named_kid == NULL ? record_has(r, "named") :
            !slice_equal(record_bytes(r, "named"),
            slice_of(named_kid, HASH_LEN)))
            continue;
        *i = k;
        return true;
    }
    return false;
}

/* The content key out of wrap i. */
static enum err
open_wrap(const struct envelope *env, size_t i, bool named,
    const uint8_t ctx[static HASH_LEN], const struct secret *epoch,
    const struct secret *reading, const struct hpke_psk *psk,
    struct secret **cek)
{
    uint8_t info[INFO_MAX];
    struct secret *outer = NULL;
    struct slice enc, ct, in;
    enum err e;

    if (!envelope_wrap(env, i, &enc, &ct))
        return ERR_CRYPTO;
    e = hpke_unwrap(epoch, info_of(LABEL_WRAP, ctx, i, info), psk, enc, ct,
        named ? &outer : cek);
    if (e != OK || !named)
        return e;
    in = secret_slice(outer);
    if (reading == NULL || in.n <= HPKE_ENC_LEN)
        e = ERR_CRYPTO;
    else
        e = hpke_unwrap(reading, info_of(LABEL_NAME, ctx, i, info), NULL,
            slice_of(in.p, HPKE_ENC_LEN),
            slice_of(in.p + HPKE_ENC_LEN, in.n - HPKE_ENC_LEN), cek);
    secret_free(outer);
    return e;
}

/* Commitment, STREAM to the end, padding: the plain record. */
static enum err
open_body(const struct envelope *env, const struct secret *cek,
    const uint8_t ctx[static HASH_LEN], struct buf *body,
    struct slice *record)
{
    uint8_t commit[COMMIT_LEN];
    struct secret *key;
    enum err e;

    e = kdf_payload(LABEL_BODY, env->body_of.salt, cek,
        slice_of(ctx, HASH_LEN), &key, commit);
    if (e != OK)
        return e;
    e = kdf_commit_check(commit, env->body_of.commit);
    if (e == OK)
        e = stream_open(key, env->body, body);
    if (e == OK)
        e = pad_strip(slice_of_buf(body), record);
    sodium_memzero(commit, sizeof(commit));
    secret_free(key);
    return e;
}

enum err
seal_open(struct arena *a, const struct envelope *env, struct message *m,
    size_t i, const struct secret *epoch, const struct secret *reading,
    const struct hpke_psk *psk, struct buf *body, struct fault *f)
{
    const struct value *seals = record_value(m->common, "seals");
    struct secret *cek = NULL;
    uint8_t ctx[HASH_LEN];
    struct slice record;
    enum err e;

    if (seals == NULL || i >= seals->n)
        return fault_set(f, ERR_CRYPTO, 0, "seals");
    envelope_ctx(env->pre, ctx);
    e = open_wrap(env, i, record_has(seals->v[i].r, "named"), ctx, epoch,
        reading, psk, &cek);
    if (e == OK)
        e = open_body(env, cek, ctx, body, &record);
    secret_free(cek);
    if (e != OK)
        return fault_set(f, e, 0, "body");
    if ((e = message_join(a, m, record, f)) != OK)
        return e;
    return message_check(m, 0, f);
}
