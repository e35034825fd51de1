#include <string.h>

#include "proto/envelope.h"
#include "proto/tree.h"

#define SIG_BYTES (HASH_LEN + SIG_LEN)

static const uint8_t magic[] = { 'V', 'L', 'S', 'E' };

/* Take n bytes from the front of in. */
static bool
take(struct slice *in, size_t n, struct slice *out)
{
    if (n > in->n)
        return false;
    *out = slice_of(in->p, n);
    *in = slice_of(in->p + n, in->n - n);
    return true;
}

static bool
take_u32(struct slice *in, uint32_t *out)
{
    struct slice s;

    if (!take(in, 4, &s))
        return false;
    *out = get_u32(s.p);
    return true;
}

static enum err
read_h(struct envelope *v, struct fault *f)
{
    struct reader r;
    size_t n;
    enum err e;

    if ((e = wire_scan(v->h, 16)) != OK)
        return fault_set(f, e, 0, "header");
    read_start(&r, v->h);
    n = read_array(&r, 1, 6);
    v->pre = read_bin(&r, 1, CONTROL_MAX);
    if (n == 6) {
        read_fixed(&r, v->body_of.salt, 32);
        read_fixed(&r, v->body_of.commit, 32);
        v->body_of.body_len = (uint32_t)read_uint(&r, ENVELOPE_BODY_MAX);
        read_fixed(&r, v->body_of.body_root, HASH_LEN);
        read_fixed(&r, v->body_of.wraps_digest, HASH_LEN);
        if (v->body_of.body_len == 0)
            read_fail(&r, E_MALFORMED);
    } else if (n != 1) {
        read_fail(&r, E_MALFORMED);
    }
    if ((e = read_end(&r)) != OK)
        return fault_set(f, e, 0, "header");
    return OK;
}

static enum err
read_wraps(struct slice w, struct fault *f)
{
    struct reader r;
    size_t n;
    enum err e;

    if ((e = wire_scan(w, 1 + 3 * ENVELOPE_SEALS_MAX)) != OK)
        return fault_set(f, e, 0, "wraps");
    read_start(&r, w);
    n = read_array(&r, 1, ENVELOPE_SEALS_MAX);
    for (size_t i = 0; r.e == OK && i < n; i++) {
        (void)read_array(&r, 2, 2);
        (void)read_bin(&r, 1, 4096);
        (void)read_bin(&r, 1, 4096);
    }
    if ((e = read_end(&r)) != OK)
        return fault_set(f, e, 0, "wraps");
    return OK;
}

/* H and the signatures: the part that is kept for ever. */
static enum err
read_header(struct slice *in, struct envelope *v, struct fault *f)
{
    struct slice head, count;
    uint32_t n;

    if (!take(in, 5, &head) || memcmp(head.p, magic, sizeof(magic)) != 0)
        return fault_set(f, E_MALFORMED, 0, "envelope");
    if (head.p[4] != 1)
        return fault_set(f, E_VERSION, 1, "envelope");
    if (!take_u32(in, &n))
        return fault_set(f, E_MALFORMED, 0, "envelope");
    if (n > CONTROL_MAX + 256)
        return fault_set(f, E_OVERSIZE, 0, "header");
    if (!take(in, n, &v->h) || !take(in, 1, &count))
        return fault_set(f, E_MALFORMED, 0, "header");
    v->n_sigs = count.p[0];
    if (v->n_sigs == 0 || v->n_sigs > ENVELOPE_SIGS_MAX ||
        !take(in, v->n_sigs * SIG_BYTES, &v->sigs))
        return fault_set(f, E_MALFORMED, 0, "signatures");
    return read_h(v, f);
}

enum err
envelope_decode(struct slice in, struct envelope *out, struct fault *f)
{
    struct envelope v = { .n_sigs = 0 };
    uint32_t n;
    enum err e;

    if (in.n > ENVELOPE_MAX)
        return fault_set(f, E_OVERSIZE, 0, "envelope");
    if ((e = read_header(&in, &v, f)) != OK)
        return e;
    if (!take_u32(&in, &n))
        return fault_set(f, E_MALFORMED, 0, "wraps");
    if (n > ENVELOPE_WRAPS_MAX)
        return fault_set(f, E_OVERSIZE, 0, "wraps");
    if (!take(&in, n, &v.wraps))
        return fault_set(f, E_MALFORMED, 0, "wraps");
    v.body = in;
    if (v.body.n != v.body_of.body_len ||
        (v.wraps.n == 0) != (v.body_of.body_len == 0))
        return fault_set(f, E_MALFORMED, 0, "body");
    if (v.wraps.n > 0 && (e = read_wraps(v.wraps, f)) != OK)
        return e;
    *out = v;
    return OK;
}

enum err
envelope_decode_head(struct slice in, struct envelope *out, struct fault *f)
{
    struct envelope v = { .n_sigs = 0 };
    enum err e;

    if (in.n > ENVELOPE_MAX)
        return fault_set(f, E_OVERSIZE, 0, "header");
    if ((e = read_header(&in, &v, f)) != OK)
        return e;
    if (in.n != 0)
        return fault_set(f, E_MALFORMED, 0, "header");
    *out = v;
    return OK;
}

static size_t
count_wraps(struct slice w)
{
    struct reader r;

    if (w.n == 0)
        return 0;
    read_start(&r, w);
    return read_array(&r, 0, ENVELOPE_SEALS_MAX);
}

enum err
envelope_check(const struct envelope *env, size_t n_seals, struct fault *f)
{
    uint8_t h[HASH_LEN];

    if (count_wraps(env->wraps) != n_seals)
        return fault_set(f, E_FIELD_RANGE, 2, "seals");
    if (env->body_of.body_len == 0)
        return OK;
    envelope_body_root(env->body, h);
    if (memcmp(h, env->body_of.body_root, HASH_LEN) != 0)
        return fault_set(f, E_DIGEST_MISMATCH, 2, "body_root");
    hash_sha256(env->wraps, h);
    if (memcmp(h, env->body_of.wraps_digest, HASH_LEN) != 0)
        return fault_set(f, E_DIGEST_MISMATCH, 2, "wraps_digest");
    return OK;
}

void
envelope_sig(const struct envelope *env, size_t i, struct signature *out)
{
    const uint8_t *p = env->sigs.p + i * SIG_BYTES;

    memcpy(out->kid, p, HASH_LEN);
    memcpy(out->sig, p + HASH_LEN, SIG_LEN);
}

bool
envelope_wrap(const struct envelope *env, size_t i, struct slice *enc,
    struct slice *ct)
{
    struct reader r;
    size_t n;

    if (env->wraps.n == 0)
        return false;
    read_start(&r, env->wraps);
    n = read_array(&r, 0, ENVELOPE_SEALS_MAX);
    for (size_t k = 0; k < n && r.e == OK; k++) {
        (void)read_array(&r, 2, 2);
        *enc = read_bin(&r, 0, 4096);
        *ct = read_bin(&r, 0, 4096);
        if (k == i)
            return r.e == OK;
    }
    return false;
}

void
envelope_digest(struct slice h, uint8_t out[static HASH_LEN])
{
    hash_digest(LABEL_MSG, h, out);
}

void
envelope_ctx(struct slice pre, uint8_t out[static HASH_LEN])
{
    hash_digest(LABEL_CTX, pre, out);
}

void
envelope_body_root(struct slice body, uint8_t out[static HASH_LEN])
{
    tree_leaf(body, out);
}

void
envelope_put_h(struct slice pre, const struct envelope_body *body,
    struct buf *b)
{
    write_array(b, body != NULL ? 6 : 1);
    write_bin(b, pre);
    if (body == NULL)
        return;
    write_bin(b, SLICE(body->salt));
    write_bin(b, SLICE(body->commit));
    write_uint(b, body->body_len);
    write_bin(b, SLICE(body->body_root));
    write_bin(b, SLICE(body->wraps_digest));
}

static void
put_head(struct slice h, size_t n_sigs, struct buf *b)
{
    buf_put(b, magic, sizeof(magic));
    buf_put_u8(b, 1);
    buf_put_u32(b, (uint32_t)h.n);
    buf_put_slice(b, h);
    buf_put_u8(b, (uint8_t)n_sigs);
}

enum err
envelope_put_head(const struct envelope *env, struct buf *b)
{
    put_head(env->h, env->n_sigs, b);
    buf_put_slice(b, env->sigs);
    return buf_done(b);
}

enum err
envelope_put(struct slice h, const struct signature *sigs, size_t n,
    struct slice wraps, struct slice body, struct buf *b)
{
    if (n == 0 || n > ENVELOPE_SIGS_MAX)
        return ERR_INTERNAL;
    put_head(h, n, b);
    for (size_t i = 0; i < n; i++) {
        buf_put(b, sigs[i].kid, HASH_LEN);
        buf_put(b, sigs[i].sig, SIG_LEN);
    }
    buf_put_u32(b, (uint32_t)wraps.n);
    buf_put_slice(b, wraps);
    buf_put_slice(b, body);
    return buf_done(b);
}
