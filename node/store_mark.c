/*
 * What is known of a message besides its state, what peers are to be told,
 * alarms and remarks.
 */
#include "node/store_in.h"
#include "node/store_mark.h"

/* Run an INSERT OR IGNORE, and say whether it inserted. */
static enum err
run_fresh(struct query *q, bool *fresh)
{
    enum err e = query_run(q);

    if (fresh != NULL)
        *fresh = e == OK && query_changes(q) > 0;
    return e;
}

enum err
store_mark_put(struct store *s, uint64_t n, const struct store_mark *m,
    bool *fresh)
{
    struct query q;

    query_start(&q, s, SQL_MARK_PUT);
    query_put_u64(&q, n);
    query_put_u64(&q, m->event);
    query_put_i64(&q, m->at);
    query_put_u64(&q, m->code);
    return run_fresh(&q, fresh);
}

enum err
store_mark_get(struct store *s, uint64_t n, uint16_t event, int64_t *at)
{
    struct query q;
    bool found;

    query_start(&q, s, SQL_MARK_GET);
    query_put_u64(&q, n);
    query_put_u64(&q, event);
    found = query_next(&q);
    if (found)
        *at = query_get_i64(&q, 0);
    return query_end_one(&q, found);
}

enum err
store_mark_drop(struct store *s, uint64_t n, uint16_t event)
{
    struct query q;

    query_start(&q, s, SQL_MARK_DROP);
    query_put_u64(&q, n);
    query_put_u64(&q, event);
    return query_run(&q);
}

enum err
store_marks_list(struct store *s, uint64_t n, store_mark_fn fn, void *arg)
{
    struct query q;
    struct store_mark m;

    query_start(&q, s, SQL_MARKS);
    query_put_u64(&q, n);
    while (query_next(&q)) {
        m.event = (uint16_t)query_get_u64(&q, 0, UINT16_MAX);
        m.at = query_get_i64(&q, 1);
        m.code = (uint16_t)query_get_u64(&q, 2, UINT16_MAX);
        if (q.e == OK)
            q.e = fn(arg, &m);
    }
    return query_end(&q);
}

enum err
store_notice_put(struct store *s, struct slice peer, uint64_t index)
{
    struct query q;

    query_start(&q, s, SQL_NOTICE_PUT);
    query_put(&q, peer);
    query_put_u64(&q, index);
    return query_run(&q);
}

enum err
store_notices(struct store *s, struct slice peer, uint64_t from,
    unsigned max, store_notice_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_NOTICES);
    query_put(&q, peer);
    query_put_u64(&q, from);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        uint64_t i = query_get_u64(&q, 0, INT64_MAX);

        if (q.e == OK)
            q.e = fn(arg, i);
    }
    return query_end(&q);
}

enum err
store_notices_drop(struct store *s, struct slice peer, uint64_t below)
{
    struct query q;

    query_start(&q, s, SQL_NOTICES_DROP);
    query_put(&q, peer);
    query_put_u64(&q, below);
    return query_run(&q);
}

enum err
store_alarm_put(struct store *s, const struct store_alarm *a, bool *fresh)
{
    struct query q;

    query_start(&q, s, SQL_ALARM_PUT);
    query_put_i64(&q, a->at);
    query_put(&q, a->peer);
    query_put_u64(&q, a->code);
    query_put(&q, a->obj);
    return run_fresh(&q, fresh);
}

enum err
store_alarms(struct store *s, unsigned max, store_alarm_fn fn, void *arg)
{
    struct query q;
    struct store_alarm a;

    query_start(&q, s, SQL_ALARMS);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        a.at = query_get_i64(&q, 0);
        a.peer = query_get(&q, 1);
        a.code = (uint16_t)query_get_u64(&q, 2, UINT16_MAX);
        a.obj = query_get(&q, 3);
        if (q.e == OK)
            q.e = fn(arg, &a);
    }
    return query_end(&q);
}

enum err
store_alarms_since(struct store *s, struct slice peer, int64_t since,
    uint64_t *n)
{
    struct query q;

    query_start(&q, s, SQL_ALARMS_SINCE);
    query_put(&q, peer);
    query_put_i64(&q, since);
    query_put_u64(&q, STORE_ALARMS_NEWEST);
    return query_count(&q, n);
}

enum err
store_remark_put(struct store *s, uint64_t n, struct slice bytes)
{
    struct query q;

    query_start(&q, s, SQL_REMARK_PUT);
    query_put_u64(&q, n);
    query_put(&q, bytes);
    return query_run(&q);
}

enum err
store_remark_get(struct store *s, uint64_t n, struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_REMARK_GET);
    query_put_u64(&q, n);
    return query_blob(&q, out);
}
