#include <string.h>

#include "keys/comment.h"

#define INFO_MAX 64

/* info = label comment || message digest */
static struct slice
info_of(const uint8_t digest[static HASH_LEN], uint8_t out[static INFO_MAX])
{
    struct slice label = label_bytes(LABEL_COMMENT);

    memcpy(out, label.p, label.n);
    memcpy(out + label.n, digest, HASH_LEN);
    return slice_of(out, label.n + HASH_LEN);
}

static enum err
decode(struct slice in, struct slice *kid, struct slice *enc,
    struct slice *ct)
{
    struct reader r;
    enum err e;

    if (in.n > COMMENT_MAX)
        return E_OVERSIZE;
    if ((e = wire_scan(in, 4)) != OK)
        return e;
    read_start(&r, in);
    (void)read_array(&r, 3, 3);
    *kid = read_bin(&r, HASH_LEN, HASH_LEN);
    *enc = read_bin(&r, HPKE_ENC_LEN, HPKE_ENC_LEN);
    *ct = read_bin(&r, HPKE_TAG_LEN + 1, COMMENT_TEXT_MAX + HPKE_TAG_LEN);
    return read_end(&r) == OK ? OK : E_MALFORMED;
}

enum err
comment_seal(const struct rec *epoch, const uint8_t digest[static HASH_LEN],
    struct slice text, struct buf *out)
{
    uint8_t info[INFO_MAX], enc[HPKE_ENC_LEN];
    struct buf ct;
    enum err e;

    if (text.n == 0 || text.n > COMMENT_TEXT_MAX)
        return E_FIELD_RANGE;
    if (record_uint(epoch, "suite") != HPKE_SUITE)
        return E_KEY_STALE;
    buf_init(&ct, COMMENT_MAX);
    e = hpke_wrap(record_bytes(epoch, "public").p, info_of(digest, info),
        NULL, text, enc, &ct);
    if (e == OK) {
        write_array(out, 3);
        write_bin(out, record_bytes(epoch, "kid"));
        write_bin(out, SLICE(enc));
        write_bin(out, slice_of_buf(&ct));
        e = buf_done(out);
    }
    buf_clear(&ct);
    return e;
}

enum err
comment_epoch(struct slice in, uint8_t kid[static HASH_LEN])
{
    struct slice k, enc, ct;
    enum err e;

    if ((e = decode(in, &k, &enc, &ct)) != OK)
        return e;
    memcpy(kid, k.p, HASH_LEN);
    return OK;
}

enum err
comment_open(struct slice in, const struct secret *epoch,
    const uint8_t digest[static HASH_LEN], struct buf *out)
{
    uint8_t info[INFO_MAX];
    struct hpke_context *c = NULL;
    struct slice kid, enc, ct;
    enum err e;

    if ((e = decode(in, &kid, &enc, &ct)) != OK)
        return e;
    if ((e = hpke_setup_r(epoch, enc.p, info_of(digest, info), NULL,
        &c)) == OK)
        e = hpke_open(c, SLICE_EMPTY, ct, out);
    hpke_free(c);
    return e;
}
