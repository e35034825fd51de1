/*
 * The file:
 *
 *   "VLSD" 01 || nonce(24) || XChaCha20-Poly1305(record below)
 *
 * under the draft key of the person, with magic and the id of the person's
 * signing key as additional data, so that a file of another person does not
 * open even where two share a draft key by mistake.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keys/file.h"
#include "keys/hpke.h"
#include "keys/keyfile.h"
#include "keys/secret_in.h"
#include "keys/slots.h"

static const uint8_t magic[] = { 'V', 'L', 'S', 'D', 1 };

struct slot_key {
    struct secret *key;
    int64_t at;
};

struct slots {
    uint8_t device[DEVICE_LEN];
    struct slot_key keys[SLOTS_KEYS_MAX];
    size_t n;                       /* the newest is keys[n - 1] */
};

static const struct field key_rows[] = {
    { .key = 1, .name = "key", .type = FT_BIN, .flags = F_MUST,
      .min = KEY_LEN, .max = KEY_LEN },
    { .key = 2, .name = "at", .type = FT_TIME, .flags = F_MUST },
};
static const struct record record_slot_key = { "key", key_rows,
    sizeof(key_rows) / sizeof(key_rows[0]), NULL };

static const struct field rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1 },
    { .key = 2, .name = "device", .type = FT_BIN, .flags = F_MUST,
      .min = DEVICE_LEN, .max = DEVICE_LEN },
    { .key = 3, .name = "keys", .type = FT_RECORD, .flags = F_MUST | F_MANY,
      .least = 1, .most = SLOTS_KEYS_MAX, .rec = &record_slot_key },
};
static const struct record record_slots = { "slots", rows,
    sizeof(rows) / sizeof(rows[0]), NULL };

void
slots_free(struct slots *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n; i++)
        secret_free(s->keys[i].key);
    free(s);
}

enum err
slots_new(int64_t at, struct slots **out)
{
    struct slots *s = calloc(1, sizeof(*s));
    enum err e;

    if (s == NULL)
        return ERR_NOMEM;
    randombytes_buf(s->device, DEVICE_LEN);
    if ((e = secret_random(KEY_LEN, &s->keys[0].key)) != OK) {
        free(s);
        return e;
    }
    s->keys[0].at = at;
    s->n = 1;
    *out = s;
    return OK;
}

const uint8_t *
slots_device(const struct slots *s)
{
    return s->device;
}

void
slots_public(const struct slots *s, uint8_t out[static KEY_LEN])
{
    hpke_public(s->keys[s->n - 1].key, out);
}

enum err
slots_devices(const struct slots *s, const struct person *p, uint64_t serial,
    struct buf *out)
{
    uint8_t public[KEY_LEN];

    slots_public(s, public);
    return person_devices(p, serial, s->device, public,
        s->keys[s->n - 1].at, out);
}

static enum err
put_key(struct arena *a, const struct slot_key *k, union item *out)
{
    struct rec *r = record_new(a, &record_slot_key);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, r, "key", secret_slice(k->key))) == OK)
        e = record_put_uint(a, r, "at", (uint64_t)k->at);
    out->r = r;
    return e;
}

/* The record, in clear, for as long as the caller keeps the buffer. */
static enum err
encode(const struct slots *s, struct buf *out)
{
    struct arena *a = arena_new(8192);
    struct rec *r = a != NULL ? record_new(a, &record_slots) : NULL;
    union item items[SLOTS_KEYS_MAX];
    enum err e = r != NULL ? OK : ERR_NOMEM;

    for (size_t i = 0; e == OK && i < s->n; i++)
        e = put_key(a, &s->keys[i], &items[i]);
    if (e == OK && (e = record_put_uint(a, r, "v", 1)) == OK &&
        (e = record_put_bytes(a, r, "device", SLICE(s->device))) == OK &&
        (e = record_put(a, r, record_field(&record_slots, "keys"), items,
        s->n)) == OK && (e = record_check(r, 0, NULL)) == OK) {
        record_encode(r, 0, out);
        e = buf_done(out);
    }
    arena_free(a);
    return e;
}

static struct slice
aad_of(const struct person *p, uint8_t out[static sizeof(magic) + HASH_LEN])
{
    memcpy(out, magic, sizeof(magic));
    memcpy(out + sizeof(magic), sign_key_id(person_sign(p)), HASH_LEN);
    return slice_of(out, sizeof(magic) + HASH_LEN);
}

enum err
slots_save(const struct slots *s, const struct person *p, const char *path,
    bool replace)
{
    uint8_t aad[sizeof(magic) + HASH_LEN];
    struct buf plain, file;
    enum err e;

    buf_init(&plain, SECRET_MAX);
    buf_init(&file, KEYFILE_MAX);
    buf_put(&file, magic, sizeof(magic));
    if ((e = encode(s, &plain)) == OK &&
        (e = draft_seal(person_draft(p), aad_of(p, aad),
        slice_of_buf(&plain), &file)) == OK &&
        (e = buf_done(&file)) == OK)
        e = file_write(path, slice_of_buf(&file), 0600, replace);
    buf_clear(&plain);
    buf_clear(&file);
    return e;
}

static enum err
from_record(const struct rec *r, struct slots **out)
{
    const struct value *v = record_value(r, "keys");
    struct slots *s = calloc(1, sizeof(*s));
    enum err e = OK;

    if (s == NULL)
        return ERR_NOMEM;
    memcpy(s->device, record_bytes(r, "device").p, DEVICE_LEN);
    for (size_t i = 0; e == OK && i < v->n; i++) {
        s->keys[i].at = (int64_t)record_uint(v->v[i].r, "at");
        e = secret_from(record_bytes(v->v[i].r, "key"), &s->keys[i].key);
        s->n += e == OK;
    }
    if (e != OK) {
        slots_free(s);
        return e;
    }
    *out = s;
    return OK;
}

static enum err
decode(struct slice in, struct slots **out)
{
    struct arena *a = arena_new(8192);
    struct rec *r;
    enum err e = ERR_FORMAT;

    if (a == NULL)
        return ERR_NOMEM;
    if (record_decode(a, &record_slots, 0, in, 64, &r, NULL) == OK &&
        record_check(r, 0, NULL) == OK)
        e = from_record(r, out);
    arena_free(a);
    return e;
}

enum err
slots_load(const char *path, const struct person *p, struct slots **out)
{
    uint8_t aad[sizeof(magic) + HASH_LEN];
    struct buf plain, file;
    enum err e;

    buf_init(&plain, SECRET_MAX);
    buf_init(&file, KEYFILE_MAX);
    e = file_read_secret(path, &file);
    if (e == OK && (file.n <= sizeof(magic) ||
        memcmp(file.p, magic, sizeof(magic)) != 0))
        e = ERR_FORMAT;
    if (e == OK)
        e = draft_open(person_draft(p), aad_of(p, aad),
            slice_of(file.p + sizeof(magic), file.n - sizeof(magic)),
            &plain);
    if (e == OK)
        e = decode(slice_of_buf(&plain), out);
    buf_clear(&plain);
    buf_clear(&file);
    return e;
}

/* The slot names its key; only that one is tried. */
enum err
slots_open(const struct slots *s, struct slice slot, struct secret **epoch)
{
    uint8_t epoch_kid[HASH_LEN], slot_kid[HASH_LEN];

    if (slot_decode(slot, epoch_kid, slot_kid) != OK)
        return ERR_CRYPTO;
    for (size_t i = s->n; i-- > 0;) {
        uint8_t public[KEY_LEN], kid[HASH_LEN];

        hpke_public(s->keys[i].key, public);
        key_id(HPKE_SUITE, SLICE(public), kid);
        if (memcmp(kid, slot_kid, HASH_LEN) == 0)
            return slot_open(slot, s->keys[i].key, epoch);
    }
    return ERR_CRYPTO;
}
