/*
 * The weekly keys: published ahead, and sealed to every device of every
 * reader.  In this order, so that no secret of a published week is lost:
 *
 *   devices are known -> secrets are made -> epochs.pending -> the list is
 *   handed in -> slots, page by page -> epochs.pending is removed
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/text/text.h"
#include "cli/trust/keeper.h"
#include "cli/trust/waiting.h"
#include "keys/epoch.h"
#include "keys/file.h"
#include "keys/object.h"

#define DEVICES_MAX 2048
#define LIVING_MAX 128
#define WAITING_MAX 16
#define PENDING_MAX (LIVING_MAX * (SLOT_MAX + 3) + 3)
#define PAGE_ARENA (4u << 20)
#define PENDING "epochs.pending"

struct device {
    uint8_t officer[HASH_LEN];
    uint8_t device[DEVICE_LEN];
    uint8_t public[KEY_LEN];
    bool anew;                          /* gets all living weeks */
};

struct living {
    uint8_t kid[HASH_LEN];
    struct secret *secret;
    bool anew;                          /* goes to all devices */
};

struct topping {
    struct session *s;
    struct arena *a;
    struct slice own;
    bool all;
    struct device *device;
    size_t n_devices;
    struct living living[LIVING_MAX];
    size_t n_living;
};

static enum err
add_device(struct topping *t, const uint8_t *officer, struct slice device,
    struct slice public, bool anew)
{
    struct device *d;

    for (size_t i = 0; i < t->n_devices; i++)
        if (slice_equal(SLICE(t->device[i].public), public))
            return OK;
    if (t->n_devices == DEVICES_MAX || device.n != DEVICE_LEN ||
        public.n != KEY_LEN)
        return E_OVERSIZE;
    d = &t->device[t->n_devices++];
    memcpy(d->officer, officer, HASH_LEN);
    memcpy(d->device, device.p, DEVICE_LEN);
    memcpy(d->public, public.p, KEY_LEN);
    d->anew = anew;
    return OK;
}

static enum err
add_devices(struct topping *t, const uint8_t *officer,
    const struct rec *list, bool anew)
{
    const struct value *v = record_value(list, "devices");
    enum err e = OK;

    for (size_t i = 0; e == OK && i < v->n; i++)
        e = add_device(t, officer, record_bytes(v->v[i].r, "device"),
            record_bytes(v->v[i].r, "public"), anew);
    return e;
}

/* The newest list of devices that the node has of somebody. */
struct newest {
    uint64_t serial;
    struct slice object;
};

static enum err
take_newest(void *arg, const struct rec *row)
{
    struct newest *x = arg;

    if (record_uint(row, "serial") >= x->serial) {
        x->serial = record_uint(row, "serial");
        x->object = record_bytes(row, "object");
    }
    return OK;
}

/* Serials of a list of devices never go back either: what was seen is kept
 * in trust/devices-KID. */
static enum err
check_remembered(struct topping *t, const uint8_t *kid, struct slice signing,
    uint64_t serial, struct slice object)
{
    char name[48], path[HOME_PATH_MAX], hex[17];
    struct rec *old;
    struct buf b;
    enum err e;

    hex_encode(slice_of(kid, 8), hex);
    (void)snprintf(name, sizeof(name), "trust/devices-%s", hex);
    if ((e = home_path(session_home(t->s), name, path)) != OK)
        return e;
    buf_init(&b, TRUST_MAX);
    if (file_read(path, &b) == OK && object_devices(t->a, slice_of_buf(&b),
        signing, &old, NULL) == OK &&
        (serial < record_uint(old, "serial") ||
        (serial == record_uint(old, "serial") &&
        !slice_equal(slice_of_buf(&b), object))))
        e = command_fail(session_run(t->s), ERR_TRUST, name,
            _("the node gives an older or another list of devices than "
            "before: tell the auditor"));
    else
        e = file_write(path, object, 0600, true);
    buf_clear(&b);
    return e;
}

/* Nothing is sealed to this officer's devices, and that is told. */
static enum err
skip(struct topping *t, const struct rec *officer, enum err e)
{
    const struct slice label = record_bytes(officer, "label");
    char who[64];

    (void)snprintf(who, sizeof(who), "%.*s", (int)label.n,
        (const char *)label.p);
    command_note(session_run(t->s), e, who, _("no weekly keys are sealed to "
        "the devices of this officer: revoke these keys, and add new ones"));
    return OK;
}

/* What the node keeps of one officer, verified by his key on the staff list. */
static enum err
devices_of(struct topping *t, const struct rec *officer)
{
    struct slice signing = record_bytes(officer, "signing");
    struct newest x = { 0, SLICE_EMPTY };
    uint8_t kid[HASH_LEN];
    struct fault f = { .e = OK };
    struct rec *list;
    enum err e;

    key_id(ALG_ED25519, signing, kid);
    e = session_objects(t->s, t->a, TRUST_SLOTK, SLICE(kid), 0, take_newest,
        &x);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    if (x.object.n == 0)
        return OK;                      /* has no device yet */
    e = object_devices(t->a, x.object, signing, &list, &f);
    /* His own doing, for which nobody else is left without keys. */
    if (e == E_KEY_BAD)
        return skip(t, officer, e);
    if (e != OK)
        return command_fail(session_run(t->s), ERR_TRUST, f.path,
            _("a list of devices is not signed by its officer; nothing was "
            "sealed: tell the auditor"));
    e = check_remembered(t, kid, signing, record_uint(list, "serial"),
        x.object);
    return e != OK ? e : add_devices(t, kid, list, false);
}

static bool
may_read(struct topping *t, const struct rec *officer)
{
    const int64_t now = session_run(t->s)->env->now;

    return keeper_reads(keeper_bits(officer, "roles")) &&
        !record_has(officer, "revoked") && (!record_has(officer, "to") ||
        (int64_t)record_uint(officer, "to") > now);
}

/* Readers of one list who are not revoked on the other (which may be NULL). */
static enum err
readers_of(struct topping *t, const struct rec *staff,
    const struct rec *other)
{
    const struct value *v = record_value(staff, "officers");
    enum err e = OK;

    for (size_t i = 0; v != NULL && e == OK && i < v->n; i++) {
        uint8_t kid[HASH_LEN];

        key_id(ALG_ED25519, record_bytes(v->v[i].r, "signing"), kid);
        if (may_read(t, v->v[i].r) && !record_has(directory_officer(other,
            kid), "revoked"))
            e = devices_of(t, v->v[i].r);
    }
    return e;
}

/* The staff list that waits, if a keeper has signed it. */
static enum err
waiting_staff(struct topping *t, const struct rec **out)
{
    struct waiting w[WAITING_MAX];
    struct rec *status;
    size_t n;
    enum err e;

    *out = NULL;
    if ((e = waiting_status(t->s, &status)) != OK ||
        (e = waiting_list(t->s, status, w, WAITING_MAX, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        if (w[i].kind == TRUST_STAFF && w[i].keeper != NULL)
            *out = w[i].rec;
    return OK;
}

static enum err
request_devices(struct topping *t, const struct keeper_new *p)
{
    struct slice signing = record_bytes(p->request, "signing");
    uint8_t kid[HASH_LEN];
    struct rec *list;
    enum err e;

    if (!keeper_reads(p->roles))
        return OK;
    key_id(ALG_ED25519, signing, kid);
    e = object_devices(t->a, record_bytes(p->request, "slots"), signing,
        &list, NULL);
    return e != OK ? e : add_devices(t, kid, list, true);
}

static enum err
collect_devices(struct topping *t, const struct keeper_new *people, size_t n)
{
    const struct home *h = session_home(t->s);
    const struct rec *staff = directory_find(session_directory(t->s),
        TRUST_STAFF, t->own, 0, NULL);
    const struct rec *waits;
    uint8_t public[KEY_LEN];
    enum err e;

    if (h->slots == NULL)
        return command_fail(session_run(t->s), ERR_NOTFOUND, h->label,
            _("this device has no slot keys; use the one that has them"));
    slots_public(h->slots, public);
    if ((e = add_device(t, sign_key_id(person_sign(h->person)),
        slice_of(slots_device(h->slots), DEVICE_LEN), SLICE(public),
        false)) != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        if ((e = request_devices(t, &people[i])) != OK)
            return e;
    if ((e = waiting_staff(t, &waits)) != OK ||
        (e = readers_of(t, staff, waits)) != OK)
        return e;
    return readers_of(t, waits, staff);
}

/* Whether a published list of the own desk has this key. */
static bool
published(struct topping *t, const uint8_t kid[static HASH_LEN])
{
    const struct rec *list = keeper_newest(t->s, TRUST_EPOCHS, t->own, NULL);

    for (; list != NULL; list = directory_before(session_directory(t->s),
        TRUST_EPOCHS, t->own, record_uint(list, "serial"))) {
        const struct value *v = record_value(list, "epochs");

        for (size_t i = 0; v != NULL && i < v->n; i++)
            if (slice_equal(record_bytes(v->v[i].r, "kid"),
                slice_of(kid, HASH_LEN)))
                return true;
    }
    return false;
}

/* Takes the secret, whatever comes of it. */
static enum err
add_living(struct topping *t, struct secret *secret, bool anew)
{
    struct living *l = &t->living[t->n_living];
    uint8_t kid[HASH_LEN];

    epoch_kid(secret, kid);
    for (size_t i = 0; i < t->n_living; i++)
        if (memcmp(t->living[i].kid, kid, HASH_LEN) == 0) {
            secret_free(secret);
            return OK;
        }
    if (t->n_living == LIVING_MAX) {
        secret_free(secret);
        return E_OVERSIZE;
    }
    memcpy(l->kid, kid, HASH_LEN);
    l->secret = secret;
    l->anew = anew;
    t->n_living++;
    return OK;
}

static enum err
add_slot(struct topping *t, struct slice slot)
{
    uint8_t epoch[HASH_LEN], device[HASH_LEN];
    struct secret *secret;

    if (slot_decode(slot, epoch, device) != OK || !published(t, epoch) ||
        slots_open(session_home(t->s)->slots, slot, &secret) != OK)
        return OK;                      /* of another device, or erased */
    return add_living(t, secret, false);
}

static enum err
own_slot(void *arg, const struct rec *row)
{
    return add_slot(arg, record_bytes(row, "object"));
}

/* What an interrupted command left: then everything is sealed again. */
static enum err
read_pending(struct topping *t)
{
    char path[HOME_PATH_MAX];
    struct reader r;
    struct buf b;
    size_t n;
    enum err e;

    if ((e = home_path(session_home(t->s), PENDING, path)) != OK)
        return e;
    buf_init(&b, PENDING_MAX);
    e = file_read(path, &b);
    if (e == ERR_NOTFOUND) {
        buf_clear(&b);
        return OK;
    }
    t->all = true;
    if (e == OK && wire_scan(slice_of_buf(&b), LIVING_MAX + 1) == OK) {
        read_start(&r, slice_of_buf(&b));
        n = read_array(&r, 0, LIVING_MAX);
        for (size_t i = 0; r.e == OK && e == OK && i < n; i++)
            e = add_slot(t, read_bin(&r, 1, SLOT_MAX));
    }
    buf_clear(&b);
    return e;
}

static enum err
write_pending(struct topping *t)
{
    struct buf b, slot;
    char path[HOME_PATH_MAX];
    uint8_t public[KEY_LEN];
    enum err e;

    if ((e = home_path(session_home(t->s), PENDING, path)) != OK)
        return e;
    slots_public(session_home(t->s)->slots, public);
    buf_init(&b, PENDING_MAX);
    buf_init(&slot, SLOT_MAX);
    write_array(&b, t->n_living);
    for (size_t i = 0; e == OK && i < t->n_living; i++) {
        buf_reset(&slot);
        e = slot_seal(t->living[i].secret, public, &slot);
        write_bin(&b, slice_of_buf(&slot));
    }
    if (e == OK)
        e = buf_done(&b);
    if (e == OK)
        e = file_write(path, slice_of_buf(&b), 0600, true);
    buf_clear(&slot);
    buf_clear(&b);
    return e;
}

static enum err
remove_pending(struct topping *t)
{
    char path[HOME_PATH_MAX];
    enum err e = home_path(session_home(t->s), PENDING, path);

    if (e == OK && unlink(path) != 0 && errno != ENOENT)
        e = ERR_IO;
    return e;
}

/* The weeks of the new list: those that are not over, then new ones.  Those
 * of a keeper who has left the card are not taken over: he has had the keys. */
static enum err
make_weeks(struct topping *t, bool replace, union item *rows, size_t *n,
    struct keeper_report *out)
{
    const struct value *v = record_value(directory_find(session_directory(
        t->s), TRUST_EPOCHS, t->own, 0, NULL), "epochs");
    const uint64_t now = (uint64_t)session_run(t->s)->env->now;
    uint64_t from = now - now % KEEPER_WEEK;
    enum err e = OK;

    *n = 0;
    for (size_t i = 0; v != NULL && !replace && i < v->n; i++)
        if (record_uint(v->v[i].r, "to") > now) {
            rows[(*n)++] = v->v[i];
            from = record_uint(v->v[i].r, "to");
        }
    while (e == OK && from < now + KEEPER_AHEAD && *n < KEEPER_EPOCHS_MAX) {
        struct secret *secret;

        if ((e = epoch_new(&secret)) != OK)
            return e;
        e = epoch_record(t->a, secret, from, from + KEEPER_WEEK,
            &rows[*n].r);
        if (e == OK)
            e = add_living(t, secret, true);
        else
            secret_free(secret);
        from += KEEPER_WEEK;
        ++*n;
        out->made++;
    }
    out->until = from;
    return e;
}

static enum err
publish(struct topping *t, const union item *rows, size_t n)
{
    uint64_t serial = record_uint(keeper_newest(t->s, TRUST_EPOCHS, t->own,
        NULL), "serial");
    uint8_t digest[HASH_LEN];
    struct slice object;
    struct rec *r;
    enum err e;

    if ((e = keeper_begin(t->s, TRUST_EPOCHS, serial + 1, &r)) != OK ||
        (e = record_put(t->a, r, record_field(&record_epochs, "epochs"),
        rows, n)) != OK ||
        (e = keeper_sign(t->s, TRUST_EPOCHS, r, &object, digest)) != OK ||
        (e = directory_add(session_directory(t->s), TRUST_EPOCHS, t->own,
        object, NULL)) != OK)
        return e;
    return keeper_put(t->s, TRUST_EPOCHS, ACT_PUT_EPOCHS, object, digest);
}

static enum err
seal_one(const struct living *l, const struct device *d, struct arena *a,
    union item *out)
{
    struct rec *r = record_new(a, record_field(&record_ask_slot_put,
        "slots")->rec);
    struct slice slot;
    struct buf b;
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    buf_init(&b, SLOT_MAX);
    e = slot_seal(l->secret, d->public, &b);
    if (e == OK && (e = arena_copy(a, slice_of_buf(&b), &slot)) == OK &&
        (e = record_put_bytes(a, r, "officer", SLICE(d->officer))) == OK &&
        (e = record_put_bytes(a, r, "device", SLICE(d->device))) == OK)
        e = record_put_bytes(a, r, "slot", slot);
    out->r = r;
    buf_clear(&b);
    return e;
}

static enum err
put_slots(struct topping *t, struct arena *a, const union item *slots,
    size_t n)
{
    struct rec *args = record_new(a, &record_ask_slot_put);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    e = record_put(a, args, record_field(&record_ask_slot_put, "slots"),
        slots, n);
    return e != OK ? e : session_act(t->s, REQUEST_SLOT_PUT, ACT_PUT_SLOTS,
        SLICE_EMPTY, args, NULL);
}

/* One page: up to so many of the pairs from *at on. */
static enum err
seal_page(struct topping *t, size_t *at, size_t *sealed)
{
    const size_t pairs = t->n_living * t->n_devices;
    struct arena *a = arena_new(PAGE_ARENA);
    union item *slots = a == NULL ? NULL :
        arena_get(a, ASK_SLOTS_MAX * sizeof(*slots));
    size_t n = 0;
    enum err e = slots != NULL ? OK : ERR_NOMEM;

    for (; e == OK && *at < pairs && n < ASK_SLOTS_MAX; ++*at) {
        const struct living *l = &t->living[*at / t->n_devices];
        const struct device *d = &t->device[*at % t->n_devices];

        if (t->all || l->anew || d->anew)
            e = seal_one(l, d, a, &slots[n++]);
    }
    if (e == OK && n > 0)
        e = put_slots(t, a, slots, n);
    *sealed += n;
    arena_free(a);
    return e;
}

static enum err
run(struct topping *t, enum keeper_mode mode,
    const struct keeper_new *people, size_t n, struct keeper_report *out)
{
    union item rows[KEEPER_EPOCHS_MAX];
    size_t n_rows, at = 0;
    enum err e;

    t->all = mode != KEEPER_TOP_UP;
    if ((e = collect_devices(t, people, n)) != OK ||
        (e = read_pending(t)) != OK)
        return e;
    if ((t->all || n > 0) && (e = session_objects(t->s, t->a, ASK_SLOTS,
        SLICE_EMPTY, 0, own_slot, t)) != OK)
        return e;
    e = make_weeks(t, mode == KEEPER_REPLACE, rows, &n_rows, out);
    out->readers = t->n_devices;
    if (e != OK || (!t->all && n == 0 && out->made == 0))
        return e;
    if ((e = write_pending(t)) != OK)
        return e;
    if (out->made > 0 && (e = publish(t, rows, n_rows)) != OK)
        return e;
    while (e == OK && at < t->n_living * t->n_devices)
        e = seal_page(t, &at, &out->sealed);
    return e != OK ? e : remove_pending(t);
}

enum err
keeper_top_up(struct session *s, enum keeper_mode mode,
    const struct keeper_new *people, size_t n, struct keeper_report *out)
{
    struct topping *t = calloc(1, sizeof(*t));
    enum err e = ERR_NOMEM;

    memset(out, 0, sizeof(*out));
    if (t == NULL)
        return e;
    t->s = s;
    t->a = session_arena(s);
    t->own = person_name(session_home(s)->person).authority;
    t->device = calloc(DEVICES_MAX, sizeof(*t->device));
    if (t->device != NULL)
        e = run(t, mode, people, n, out);
    for (size_t i = 0; i < t->n_living; i++)
        secret_free(t->living[i].secret);
    free(t->device);
    free(t);
    return e;
}
