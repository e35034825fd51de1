#include <string.h>

#include <sodium.h>

#include "keys/aead.h"
#include "keys/secret_in.h"
#include "keys/stream.h"
#include "proto/message.h"

#define NONCE_LEN 12
#define PAD_LEAST 4096
#define PAD_STEPS 65536         /* up to here the classes double */

uint64_t
stream_length(uint64_t n)
{
    uint64_t chunks = n == 0 ? 1 : (n + STREAM_CHUNK - 1) / STREAM_CHUNK;

    return n + chunks * STREAM_TAG;
}

static void
nonce(uint64_t i, bool final, uint8_t out[static NONCE_LEN])
{
    memset(out, 0, NONCE_LEN);
    put_u64(out + 3, i);
    out[11] = final;
}

/* struct stream is the context of the key and nothing else. */
static struct aead *
context(struct stream *s)
{
    return (struct aead *)s;
}

enum err
stream_new(const struct secret *key, struct stream **out)
{
    struct aead *x;
    enum err e;

    if (key->n != STREAM_KEY)
        return ERR_CRYPTO;
    if ((e = aead_new(key->p, &x)) == OK)
        *out = (struct stream *)x;
    return e;
}

void
stream_free(struct stream *s)
{
    aead_free(context(s));
}

enum err
stream_seal_at(struct stream *s, uint64_t i, bool final, struct slice plain,
    uint8_t *ct)
{
    uint8_t n[NONCE_LEN];

    if (plain.n > STREAM_CHUNK)
        return ERR_CRYPTO;
    nonce(i, final, n);
    return aead_seal_next(context(s), n, plain, ct);
}

enum err
stream_open_at(struct stream *s, uint64_t i, bool final, struct slice ct,
    uint8_t *plain)
{
    uint8_t n[NONCE_LEN];

    if (ct.n < STREAM_TAG || ct.n > STREAM_CHUNK + STREAM_TAG)
        return ERR_CRYPTO;
    if (!final && ct.n != STREAM_CHUNK + STREAM_TAG)
        return ERR_CRYPTO;
    if (final && i > 0 && ct.n == STREAM_TAG)
        return ERR_CRYPTO;
    nonce(i, final, n);
    return aead_open_next(context(s), n, ct, plain);
}

enum err
stream_chunk_seal(const struct secret *key, uint64_t i, bool final,
    struct slice plain, uint8_t *ct)
{
    struct stream *s;
    enum err e = stream_new(key, &s);

    if (e != OK)
        return e;
    e = stream_seal_at(s, i, final, plain, ct);
    stream_free(s);
    return e;
}

static enum err
seal_all(struct stream *s, struct slice plain, struct buf *out)
{
    enum err e = OK;
    uint64_t i = 0;
    uint8_t *to;
    bool final;

    do {
        size_t n = plain.n < STREAM_CHUNK ? plain.n : STREAM_CHUNK;

        final = n == plain.n;
        if ((to = buf_extend(out, n + STREAM_TAG)) == NULL)
            return E_OVERSIZE;
        e = stream_seal_at(s, i++, final, slice_of(plain.p, n), to);
        plain = slice_of(plain.p + n, plain.n - n);
    } while (e == OK && !final);
    return e;
}

enum err
stream_seal(const struct secret *key, struct slice plain, struct buf *out)
{
    struct stream *s;
    enum err e = stream_new(key, &s);

    if (e != OK)
        return e;
    e = seal_all(s, plain, out);
    stream_free(s);
    return e;
}

static enum err
open_all(struct stream *s, struct slice ct, struct buf *out)
{
    enum err e = OK;
    uint64_t i = 0;
    uint8_t *to;
    bool final;

    do {
        size_t n = ct.n < STREAM_CHUNK + STREAM_TAG ? ct.n :
            STREAM_CHUNK + STREAM_TAG;

        final = n == ct.n;
        if (n < STREAM_TAG)
            e = ERR_CRYPTO;
        else if ((to = buf_extend(out, n - STREAM_TAG)) == NULL)
            e = E_OVERSIZE;
        else
            e = stream_open_at(s, i++, final, slice_of(ct.p, n), to);
        ct = slice_of(ct.p + n, ct.n - n);
    } while (e == OK && !final);
    return e;
}

enum err
stream_open(const struct secret *key, struct slice ct, struct buf *out)
{
    const size_t before = out->n;
    struct stream *s;
    enum err e = stream_new(key, &s);

    if (e != OK)
        return e;
    if ((e = open_all(s, ct, out)) != OK && before < out->n) {
        sodium_memzero(out->p + before, out->n - before);
        out->n = before;
    }
    stream_free(s);
    return e;
}

static unsigned
log2_floor(uint64_t n)
{
    unsigned e = 0;

    while (n >>= 1)
        e++;
    return e;
}

uint64_t
pad_length(uint64_t n)
{
    uint64_t step = PAD_LEAST;
    unsigned e, s;

    if (n <= PAD_STEPS) {
        while (step < n)
            step *= 2;
        return step;
    }
    e = log2_floor(n);
    s = log2_floor(e) + 1;
    step = (uint64_t)1 << (e - s);
    return (n + step - 1) / step * step;
}

enum err
pad_body(struct slice record, struct buf *out)
{
    uint64_t n = pad_length(record.n + 4);
    uint8_t *p;

    if (record.n > BODY_RECORD_MAX)
        return E_OVERSIZE;
    if ((p = buf_extend(out, (size_t)n)) == NULL)
        return E_OVERSIZE;
    put_u32(p, (uint32_t)record.n);
    if (record.n > 0)
        memcpy(p + 4, record.p, record.n);
    memset(p + 4 + record.n, 0, (size_t)n - 4 - record.n);
    return OK;
}

enum err
pad_strip(struct slice padded, struct slice *record)
{
    uint32_t n;

    if (padded.n < 4)
        return ERR_CRYPTO;
    n = get_u32(padded.p);
    if (n > BODY_RECORD_MAX || padded.n != pad_length((uint64_t)n + 4))
        return ERR_CRYPTO;
    if (!sodium_is_zero(padded.p + 4 + n, padded.n - 4 - n))
        return ERR_CRYPTO;
    *record = slice_of(padded.p + 4, n);
    return OK;
}
