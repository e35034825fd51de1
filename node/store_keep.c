/*
 * What the store knows of the life of content: see store_keep.h.
 */
#include <string.h>

#include "node/store_in.h"
#include "node/store_keep.h"
#include "node/store_msg.h"
#include "node/store_parcel.h"

/* STORE_NONE is kept as a number that SQLite has. */
static void
put_entry(struct query *q, uint64_t entry)
{
    query_put_i64(q, entry == STORE_NONE ? -1 : (int64_t)entry);
}

static uint64_t
get_entry(struct query *q, int col)
{
    int64_t v = query_get_i64(q, col);

    return v < 0 ? STORE_NONE : (uint64_t)v;
}

enum err
store_retention_put(struct store *s, const struct store_retention *k)
{
    struct query q;

    query_start(&q, s, SQL_RETENTION_PUT);
    query_put_u64(&q, k->n);
    query_put_u64(&q, k->state);
    query_put_u64(&q, k->before);
    query_put_u64(&q, k->held);
    query_put_u64(&q, k->action);
    query_put_i64(&q, k->since);
    query_put_i64(&q, k->use_until);
    query_put_i64(&q, k->retain_until);
    query_put_i64(&q, k->next);
    query_put_i64(&q, k->hold_until);
    query_put_u64(&q, k->hold_reason);
    query_put_fixed(&q, k->hold_by, HASH_LEN);
    put_entry(&q, k->told);
    return query_run(&q);
}

static void
read_keep(struct query *q, struct store_retention *k)
{
    k->n = query_get_u64(q, 0, INT64_MAX);
    k->state = (uint8_t)query_get_u64(q, 1, UINT8_MAX);
    k->before = (uint8_t)query_get_u64(q, 2, UINT8_MAX);
    k->held = (uint8_t)query_get_u64(q, 3, UINT8_MAX);
    k->action = (uint8_t)query_get_u64(q, 4, UINT8_MAX);
    k->since = query_get_i64(q, 5);
    k->use_until = query_get_i64(q, 6);
    k->retain_until = query_get_i64(q, 7);
    k->next = query_get_i64(q, 8);
    k->hold_until = query_get_i64(q, 9);
    k->hold_reason = (uint8_t)query_get_u64(q, 10, UINT8_MAX);
    query_get_fixed(q, 11, k->hold_by, HASH_LEN);
    k->told = get_entry(q, 12);
}

enum err
store_retention_get(struct store *s, uint64_t n,
    struct store_retention *out)
{
    struct store_retention k;
    struct query q;
    bool found;

    query_start(&q, s, SQL_RETENTION_GET);
    query_put_u64(&q, n);
    found = query_next(&q);
    if (found) {
        read_keep(&q, &k);
        if (q.e == OK)
            *out = k;
    }
    return query_end_one(&q, found);
}

/* Give each row to fn, until it fails. */
static enum err
each_keep(struct query *q, store_retention_fn fn, void *arg)
{
    struct store_retention k;

    while (query_next(q)) {
        read_keep(q, &k);
        if (q->e == OK)
            q->e = fn(arg, &k);
    }
    return query_end(q);
}

enum err
store_retention_due(struct store *s, int64_t now, unsigned max,
    store_retention_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_RETENTION_DUE);
    query_put_i64(&q, now);
    query_put_u64(&q, max);
    return each_keep(&q, fn, arg);
}

enum err
store_retention_dates(struct store *s, uint64_t after, int64_t until,
    unsigned max, store_retention_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_RETENTION_DATES);
    query_put_u64(&q, after);
    query_put_i64(&q, until);
    query_put_u64(&q, max);
    return each_keep(&q, fn, arg);
}

enum err
store_content_drop(struct store *s, uint64_t n)
{
    struct query q;
    enum err e;

    if ((e = store_wraps_drop(s, n)) != OK ||
        (e = store_body_drop(s, n)) != OK ||
        (e = store_claims_drop(s, n)) != OK)
        return e;
    query_start(&q, s, SQL_REMARK_DROP);
    query_put_u64(&q, n);
    return query_run(&q);
}

/* Copies. */

enum err
store_copy_put(struct store *s, struct store_copy *c)
{
    struct query q;

    query_start(&q, s, SQL_COPY_PUT);
    query_put_u64(&q, c->n);
    query_put_u64(&q, c->what);
    query_put_u64(&q, c->way);
    query_put(&q, c->to);
    query_put_i64(&q, c->at);
    query_put_u64(&q, c->entry);
    if (query_next(&q))
        c->no = query_get_u64(&q, 0, INT64_MAX);
    return query_run(&q);
}

enum err
store_copy_of_entry(struct store *s, uint64_t n, uint64_t entry,
    uint64_t *no)
{
    struct query q;

    query_start(&q, s, SQL_COPY_ENTRY);
    query_put_u64(&q, n);
    query_put_u64(&q, entry);
    return query_count(&q, no);
}

/* What was made of what. */

enum err
store_source_put(struct store *s, struct slice id, enum store_role role,
    uint64_t n)
{
    struct query q;

    query_start(&q, s, SQL_SOURCE_PUT);
    query_put(&q, id);
    query_put_u64(&q, role);
    query_put_u64(&q, n);
    return query_run(&q);
}

enum err
store_source_list(struct store *s, struct slice id, enum store_role role,
    store_source_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_SOURCES);
    query_put(&q, id);
    query_put_u64(&q, role);
    while (query_next(&q)) {
        uint64_t n = query_get_u64(&q, 0, INT64_MAX);

        if (q.e == OK)
            q.e = fn(arg, n);
    }
    return query_end(&q);
}

enum err
store_late_put(struct store *s, uint64_t n, unsigned duty, bool *fresh)
{
    struct query q;
    enum err e;

    query_start(&q, s, SQL_LATE_PUT);
    query_put_u64(&q, n);
    query_put_u64(&q, duty);
    e = query_run(&q);
    *fresh = e == OK && query_changes(&q) > 0;
    return e;
}

/* Requests that went another way. */

enum err
store_track_put(struct store *s, const struct store_track *t)
{
    struct query q;

    query_start(&q, s, SQL_TRACK_PUT);
    query_put_fixed(&q, t->id, MSG_ID_LEN);
    query_put(&q, t->to);
    query_put_u64(&q, t->channel);
    query_put_u64(&q, t->ours);
    query_put_i64(&q, t->sent);
    query_put_i64(&q, t->due);
    query_put(&q, t->remark);
    query_put_u64(&q, t->entry);
    query_put_u64(&q, t->late);
    return query_run(&q);
}

static void
read_track(struct query *q, struct store_track *t)
{
    t->row = query_get_u64(q, 0, INT64_MAX);
    query_get_fixed(q, 1, t->id, MSG_ID_LEN);
    t->to = query_get(q, 2);
    t->channel = (uint16_t)query_get_u64(q, 3, UINT16_MAX);
    t->ours = query_get_u64(q, 4, 1) != 0;
    t->sent = query_get_i64(q, 5);
    t->due = query_get_i64(q, 6);
    t->remark = query_get(q, 7);
    t->entry = query_get_u64(q, 8, INT64_MAX);
    t->late = query_get_u64(q, 9, 1) != 0;
}

enum err
store_track_get(struct store *s, const uint8_t id[static MSG_ID_LEN],
    struct arena *a, struct store_track *out)
{
    struct store_track t;
    struct query q;
    bool found;

    query_start(&q, s, SQL_TRACK_GET);
    query_put_fixed(&q, id, MSG_ID_LEN);
    found = query_next(&q);
    if (found) {
        read_track(&q, &t);
        if (q.e == OK)
            q.e = store_keep(a, &t.to);
        if (q.e == OK)
            q.e = store_keep(a, &t.remark);
        if (q.e == OK)
            *out = t;
    }
    return query_end_one(&q, found);
}

static enum err
each_track(struct query *q, store_track_fn fn, void *arg)
{
    struct store_track t;

    while (query_next(q)) {
        read_track(q, &t);
        if (q->e == OK)
            q->e = fn(arg, &t);
    }
    return query_end(q);
}

enum err
store_track_late(struct store *s, int64_t now, unsigned max,
    store_track_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_TRACKS_LATE);
    query_put_i64(&q, now);
    query_put_u64(&q, max);
    return each_track(&q, fn, arg);
}

enum err
store_track_list(struct store *s, uint64_t after, int64_t until,
    unsigned max, store_track_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_TRACKS);
    query_put_u64(&q, after);
    query_put_i64(&q, until);
    query_put_u64(&q, max);
    return each_track(&q, fn, arg);
}
