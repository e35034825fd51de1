/*
 * The directory: signed objects, slots, and statements of officers.
 */
#include "node/store_dir.h"
#include "node/store_in.h"

static void
load_object(struct query *q, struct store_object *o)
{
    *o = (struct store_object){
        .kind = (unsigned)query_get_u64(q, 0, UINT16_MAX),
        .owner = query_get(q, 1),
        .serial = query_get_u64(q, 2, INT64_MAX),
        .state = (uint16_t)query_get_u64(q, 4, UINT16_MAX),
        .bytes = query_get(q, 5),
    };
    query_get_fixed(q, 3, o->digest, HASH_LEN);
}

static enum err
one_object(struct query *q, struct arena *a, struct store_object *out)
{
    struct store_object o = { 0 };
    bool found = query_next(q);
    enum err e;

    if (found) {
        load_object(q, &o);
        if (q->e == OK)
            q->e = store_keep(a, &o.owner);
        if (q->e == OK)
            q->e = store_keep(a, &o.bytes);
    }
    if ((e = query_end_one(q, found)) == OK)
        *out = o;
    return e;
}

static enum err
each_object(struct query *q, store_object_fn fn, void *arg)
{
    struct store_object o = { .serial = 0 };

    while (query_next(q)) {
        load_object(q, &o);
        if (q->e == OK)
            q->e = fn(arg, &o);
    }
    return query_end(q);
}

enum err
store_object_put(struct store *s, const struct store_object *o)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_PUT);
    query_put_u64(&q, o->kind);
    query_put(&q, o->owner);
    query_put_u64(&q, o->serial);
    query_put_fixed(&q, o->digest, HASH_LEN);
    query_put_u64(&q, o->state);
    query_put(&q, o->bytes);
    return query_run(&q);
}

enum err
store_object_newest(struct store *s, unsigned kind, struct slice owner,
    uint16_t state, struct arena *a, struct store_object *out)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_NEWEST);
    query_put_u64(&q, kind);
    query_put(&q, owner);
    query_put_u64(&q, state);
    return one_object(&q, a, out);
}

enum err
store_object_get(struct store *s, unsigned kind, struct slice owner,
    uint64_t serial, struct arena *a, struct store_object *out)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_GET);
    query_put_u64(&q, kind);
    query_put(&q, owner);
    query_put_u64(&q, serial);
    return one_object(&q, a, out);
}

enum err
store_object_find(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_object *out)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_FIND);
    query_put_u64(&q, kind);
    query_put_fixed(&q, digest, HASH_LEN);
    return one_object(&q, a, out);
}

enum err
store_object_list(struct store *s, unsigned kind, struct slice owner,
    uint64_t after, unsigned max, store_object_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_LIST);
    query_put_u64(&q, kind);
    query_put(&q, owner);
    query_put_u64(&q, after);
    query_put_u64(&q, max);
    return each_object(&q, fn, arg);
}

enum err
store_object_owners(struct store *s, unsigned kind, store_object_fn fn,
    void *arg)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_OWNERS);
    query_put_u64(&q, kind);
    return each_object(&q, fn, arg);
}

enum err
store_object_set(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], uint16_t state,
    struct slice bytes)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_SET);
    query_put_u64(&q, kind);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_u64(&q, state);
    query_put(&q, bytes);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_object_drop(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], uint16_t state)
{
    struct query q;

    query_start(&q, s, SQL_OBJECT_DROP);
    query_put_u64(&q, kind);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_u64(&q, state);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_slot_put(struct store *s, const struct store_slot *slot)
{
    struct query q;

    if (slot->device.n > HASH_LEN)
        return store_fail(s, E_OVERSIZE);
    query_start(&q, s, SQL_SLOT_PUT);
    query_put_fixed(&q, slot->epoch, HASH_LEN);
    query_put_fixed(&q, slot->officer, HASH_LEN);
    query_put(&q, slot->device);
    query_put(&q, slot->bytes);
    return query_run(&q);
}

enum err
store_slot_get(struct store *s, const uint8_t epoch[static HASH_LEN],
    const uint8_t officer[static HASH_LEN], struct slice device,
    struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_SLOT_GET);
    query_put_fixed(&q, epoch, HASH_LEN);
    query_put_fixed(&q, officer, HASH_LEN);
    query_put(&q, device);
    return query_blob(&q, out);
}

static enum err
each_slot(struct query *q, store_slot_fn fn, void *arg)
{
    struct store_slot slot;

    while (query_next(q)) {
        query_get_fixed(q, 0, slot.epoch, HASH_LEN);
        query_get_fixed(q, 1, slot.officer, HASH_LEN);
        slot.device = query_get(q, 2);
        slot.bytes = query_get(q, 3);
        if (q->e == OK)
            q->e = fn(arg, &slot);
    }
    return query_end(q);
}

enum err
store_slots_of_epoch(struct store *s, const uint8_t epoch[static HASH_LEN],
    store_slot_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_SLOTS_EPOCH);
    query_put_fixed(&q, epoch, HASH_LEN);
    return each_slot(&q, fn, arg);
}

enum err
store_slots_of_officer(struct store *s,
    const uint8_t officer[static HASH_LEN], store_slot_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_SLOTS_OFFICER);
    query_put_fixed(&q, officer, HASH_LEN);
    return each_slot(&q, fn, arg);
}

enum err
store_slots_drop_epoch(struct store *s, const uint8_t epoch[static HASH_LEN])
{
    struct query q;

    query_start(&q, s, SQL_SLOTS_DROP_EPOCH);
    query_put_fixed(&q, epoch, HASH_LEN);
    return query_run(&q);
}

enum err
store_slots_drop_device(struct store *s,
    const uint8_t officer[static HASH_LEN], struct slice device)
{
    struct query q;

    query_start(&q, s, SQL_SLOTS_DROP_DEVICE);
    query_put_fixed(&q, officer, HASH_LEN);
    query_put(&q, device);
    return query_run(&q);
}

enum err
store_objects_waiting(struct store *s, store_object_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_OBJECTS_WAITING);
    return each_object(&q, fn, arg);
}

enum err
store_statement_put(struct store *s, const uint8_t digest[static HASH_LEN],
    uint64_t entry)
{
    struct query q;

    query_start(&q, s, SQL_STATEMENT_PUT);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put_u64(&q, entry);
    return query_run(&q);
}

enum err
store_statement_get(struct store *s, const uint8_t digest[static HASH_LEN],
    uint64_t *entry)
{
    struct query q;

    query_start(&q, s, SQL_STATEMENT_GET);
    query_put_fixed(&q, digest, HASH_LEN);
    return query_count(&q, entry);
}
