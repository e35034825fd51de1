#include <string.h>

#include "keys/secret_in.h"
#include "keys/slot.h"
#include "proto/wire.h"

#define INFO_LEN (sizeof("valise/v1 slot") + 2 * HASH_LEN)

struct parts {
    uint8_t epoch_kid[HASH_LEN];
    uint8_t slot_kid[HASH_LEN];
    struct slice enc;
    struct slice ct;
};

static void
kid_of_secret(const struct secret *s, uint8_t out[static HASH_LEN])
{
    uint8_t public[KEY_LEN];

    hpke_public(s, public);
    key_id(HPKE_SUITE, SLICE(public), out);
}

static struct slice
info_of(const uint8_t epoch_kid[static HASH_LEN],
    const uint8_t slot_kid[static HASH_LEN], uint8_t out[static INFO_LEN])
{
    struct slice l = label_bytes(LABEL_SLOT);

    memcpy(out, l.p, l.n);
    memcpy(out + l.n, epoch_kid, HASH_LEN);
    memcpy(out + l.n + HASH_LEN, slot_kid, HASH_LEN);
    return slice_of(out, l.n + 2 * HASH_LEN);
}

enum err
slot_seal(const struct secret *epoch,
    const uint8_t slot_public[static KEY_LEN], struct buf *out)
{
    uint8_t epoch_kid[HASH_LEN], slot_kid[HASH_LEN], info[INFO_LEN];
    uint8_t enc[HPKE_ENC_LEN];
    struct buf ct;
    enum err e;

    if (epoch->n != KEY_LEN)
        return ERR_CRYPTO;
    buf_init(&ct, 128);
    kid_of_secret(epoch, epoch_kid);
    key_id(HPKE_SUITE, slice_of(slot_public, KEY_LEN), slot_kid);
    e = hpke_wrap(slot_public, info_of(epoch_kid, slot_kid, info), NULL,
        secret_slice(epoch), enc, &ct);
    if (e == OK) {
        write_array(out, 4);
        write_bin(out, SLICE(epoch_kid));
        write_bin(out, SLICE(slot_kid));
        write_bin(out, SLICE(enc));
        write_bin(out, slice_of_buf(&ct));
        e = buf_done(out);
    }
    buf_clear(&ct);
    return e;
}

static enum err
read_slot(struct slice in, struct parts *p)
{
    struct reader r;
    enum err e;

    if (in.n > SLOT_MAX)
        return E_OVERSIZE;
    if ((e = wire_scan(in, 5)) != OK)
        return e;
    read_start(&r, in);
    (void)read_array(&r, 4, 4);
    read_fixed(&r, p->epoch_kid, HASH_LEN);
    read_fixed(&r, p->slot_kid, HASH_LEN);
    p->enc = read_bin(&r, 1, SLOT_MAX);
    p->ct = read_bin(&r, 1, SLOT_MAX);
    return read_end(&r);
}

enum err
slot_decode(struct slice in, uint8_t epoch_kid[static HASH_LEN],
    uint8_t slot_kid[static HASH_LEN])
{
    struct parts p;
    enum err e;

    if ((e = read_slot(in, &p)) != OK)
        return e;
    memcpy(epoch_kid, p.epoch_kid, HASH_LEN);
    memcpy(slot_kid, p.slot_kid, HASH_LEN);
    return OK;
}

enum err
slot_open(struct slice in, const struct secret *slot_key,
    struct secret **epoch)
{
    uint8_t kid[HASH_LEN], info[INFO_LEN];
    struct secret *s = NULL;
    struct parts p;
    enum err e;

    if ((e = read_slot(in, &p)) != OK)
        return e;
    kid_of_secret(slot_key, kid);
    if (memcmp(kid, p.slot_kid, HASH_LEN) != 0)
        return ERR_CRYPTO;
    e = hpke_unwrap(slot_key, info_of(p.epoch_kid, p.slot_kid, info), NULL,
        p.enc, p.ct, &s);
    if (e == OK && s->n != KEY_LEN)
        e = ERR_CRYPTO;
    if (e == OK) {
        kid_of_secret(s, kid);
        if (memcmp(kid, p.epoch_kid, HASH_LEN) != 0)
            e = ERR_CRYPTO;
    }
    if (e == OK) {
        *epoch = s;
        s = NULL;
    }
    secret_free(s);
    return e;
}
