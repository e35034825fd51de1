/*
 * Messages with their bodies, wraps and receipts, threads, and the outbox.
 */
#include <assert.h>

#include "node/store_in.h"
#include "node/store_msg.h"

static void
load_message(struct query *q, struct store_message *m)
{
    int64_t entry = query_get_i64(q, 10);

    *m = (struct store_message){
        .n = query_get_u64(q, 0, INT64_MAX),
        .dir = (enum store_dir)query_get_u64(q, 1, STORE_BAD),
        .peer = query_get(q, 2),
        .kind = (uint16_t)query_get_u64(q, 6, UINT16_MAX),
        .state = (uint16_t)query_get_u64(q, 7, UINT16_MAX),
        .at = query_get_i64(q, 8),
        .place = query_get_u64(q, 9, INT64_MAX),
        .entry = entry < 0 ? STORE_NONE : (uint64_t)entry,
        .head = query_get(q, 11),
    };
    query_get_fixed(q, 3, m->msg_id, MSG_ID_LEN);
    query_get_fixed(q, 4, m->thread, MSG_ID_LEN);
    query_get_fixed(q, 5, m->digest, HASH_LEN);
}

static void
put_entry(struct query *q, uint64_t entry)
{
    if (entry == STORE_NONE)
        query_put_i64(q, -1);
    else
        query_put_u64(q, entry);
}

static enum err
one_message(struct query *q, struct arena *a, struct store_message *out)
{
    struct store_message m = { 0 };
    bool found = query_next(q);
    enum err e;

    if (found) {
        load_message(q, &m);
        if (q->e == OK)
            q->e = store_keep(a, &m.peer);
        if (q->e == OK)
            q->e = store_keep(a, &m.head);
    }
    if ((e = query_end_one(q, found)) == OK)
        *out = m;
    return e;
}

static enum err
each_message(struct query *q, store_message_fn fn, void *arg)
{
    struct store_message m = { .n = 0 };

    while (query_next(q)) {
        load_message(q, &m);
        if (q->e == OK)
            q->e = fn(arg, &m);
    }
    return query_end(q);
}

enum err
store_message_put(struct store *s, struct store_message *m, bool placed)
{
    struct query q;
    uint64_t n = 0, place = 0;
    enum err e;

    assert(m->dir == STORE_IN || m->dir == STORE_OUT ||
        m->dir == STORE_BAD);
    query_start(&q, s, SQL_MESSAGE_PUT);
    query_put_u64(&q, m->dir);
    query_put(&q, m->peer);
    query_put_fixed(&q, m->msg_id, MSG_ID_LEN);
    query_put_fixed(&q, m->thread, MSG_ID_LEN);
    query_put_fixed(&q, m->digest, HASH_LEN);
    query_put_u64(&q, m->kind);
    query_put_u64(&q, m->state);
    query_put_i64(&q, m->at);
    put_entry(&q, m->entry);
    query_put(&q, m->head);
    query_put_u64(&q, placed);
    if (query_next(&q)) {
        n = query_get_u64(&q, 0, INT64_MAX);
        place = query_get_u64(&q, 1, INT64_MAX);
    }
    if ((e = query_run(&q)) == OK) {
        m->n = n;
        m->place = place;
    }
    return e;
}

enum err
store_message_get(struct store *s, uint64_t n, struct arena *a,
    struct store_message *out)
{
    struct query q;

    query_start(&q, s, SQL_MESSAGE_GET);
    query_put_u64(&q, n);
    return one_message(&q, a, out);
}

enum err
store_message_find_id(struct store *s, enum store_dir dir, struct slice peer,
    const uint8_t msg_id[static MSG_ID_LEN], struct arena *a,
    struct store_message *out)
{
    struct query q;

    query_start(&q, s, dir == STORE_IN ? SQL_MESSAGE_IN : SQL_MESSAGE_OUT);
    query_put_fixed(&q, msg_id, MSG_ID_LEN);
    if (dir == STORE_IN)
        query_put(&q, peer);
    return one_message(&q, a, out);
}

enum err
store_message_find_digest(struct store *s,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_message *out)
{
    struct query q;

    query_start(&q, s, SQL_MESSAGE_DIGEST);
    query_put_fixed(&q, digest, HASH_LEN);
    return one_message(&q, a, out);
}

enum err
store_message_find_bad(struct store *s, struct slice peer,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_message *out)
{
    struct query q;

    query_start(&q, s, SQL_MESSAGE_BAD);
    query_put_fixed(&q, digest, HASH_LEN);
    query_put(&q, peer);
    return one_message(&q, a, out);
}

enum err
store_message_state_set(struct store *s, uint64_t n, enum store_state state)
{
    struct query q;

    query_start(&q, s, SQL_MESSAGE_STATE);
    query_put_u64(&q, n);
    query_put_u64(&q, state);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_message_head_set(struct store *s, uint64_t n, struct slice head)
{
    struct query q;

    query_start(&q, s, SQL_MESSAGE_HEAD);
    query_put_u64(&q, n);
    query_put(&q, head);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_message_place_take(struct store *s, uint64_t n, uint64_t *place)
{
    struct query q;
    uint64_t taken = 0;
    enum err e;

    query_start(&q, s, SQL_MESSAGE_PLACE);
    query_put_u64(&q, n);
    if (query_next(&q))
        taken = query_get_u64(&q, 0, INT64_MAX);
    if ((e = query_run(&q)) == OK && taken == 0)
        e = store_fail(s, ERR_NOTFOUND);
    if (e == OK)
        *place = taken;
    return e;
}

enum err
store_inbox_list(struct store *s, uint64_t after, unsigned max,
    store_message_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_INBOX);
    query_put_u64(&q, after);
    query_put_u64(&q, max);
    return each_message(&q, fn, arg);
}

enum err
store_sent_list(struct store *s, uint64_t after, unsigned max,
    store_message_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_SENT);
    query_put_u64(&q, after);
    query_put_u64(&q, max);
    return each_message(&q, fn, arg);
}

enum err
store_pending_count(struct store *s, uint64_t *out)
{
    struct query q;

    query_start(&q, s, SQL_PENDING_COUNT);
    return query_count(&q, out);
}

enum err
store_state_list(struct store *s, enum store_dir dir, enum store_state state,
    uint64_t after, unsigned max, store_message_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_IN_STATE);
    query_put_u64(&q, dir);
    query_put_u64(&q, state);
    query_put_u64(&q, after);
    query_put_u64(&q, max);
    return each_message(&q, fn, arg);
}

enum err
store_pending_list(struct store *s, uint64_t after, unsigned max,
    store_message_fn fn, void *arg)
{
    return store_state_list(s, STORE_OUT, STORE_PENDING, after, max, fn, arg);
}

enum err
store_thread_messages(struct store *s, struct slice peer,
    const uint8_t thread[static MSG_ID_LEN], store_message_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_THREAD_MESSAGES);
    query_put(&q, peer);
    query_put_fixed(&q, thread, MSG_ID_LEN);
    return each_message(&q, fn, arg);
}

enum err
store_body_put(struct store *s, uint64_t n, struct slice bytes)
{
    struct query q;

    query_start(&q, s, SQL_BODY_PUT);
    query_put_u64(&q, n);
    query_put(&q, bytes);
    return query_run(&q);
}

enum err
store_body_get(struct store *s, uint64_t n, struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_BODY_GET);
    query_put_u64(&q, n);
    return query_blob(&q, out);
}

enum err
store_body_drop(struct store *s, uint64_t n)
{
    struct query q;

    query_start(&q, s, SQL_BODY_DROP);
    query_put_u64(&q, n);
    return query_run(&q);
}

enum err
store_wrap_put(struct store *s, const struct store_wrap *w)
{
    struct query q;

    query_start(&q, s, SQL_WRAP_PUT);
    query_put_u64(&q, w->n);
    query_put_u64(&q, w->i);
    query_put_fixed(&q, w->epoch, HASH_LEN);
    query_put(&q, w->bytes);
    return query_run(&q);
}

static enum err
each_wrap(struct query *q, store_wrap_fn fn, void *arg)
{
    struct store_wrap w;

    while (query_next(q)) {
        w = (struct store_wrap){
            .n = query_get_u64(q, 0, INT64_MAX),
            .i = (unsigned)query_get_u64(q, 1, UINT16_MAX),
            .bytes = query_get(q, 3),
        };
        query_get_fixed(q, 2, w.epoch, HASH_LEN);
        if (q->e == OK)
            q->e = fn(arg, &w);
    }
    return query_end(q);
}

enum err
store_wraps_get(struct store *s, uint64_t n, store_wrap_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_WRAPS_GET);
    query_put_u64(&q, n);
    return each_wrap(&q, fn, arg);
}

enum err
store_wraps_of(struct store *s, const uint8_t epoch[static HASH_LEN],
    uint64_t after, unsigned max, store_wrap_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_WRAPS_OF);
    query_put_fixed(&q, epoch, HASH_LEN);
    query_put_u64(&q, after);
    query_put_u64(&q, max);
    return each_wrap(&q, fn, arg);
}

enum err
store_wraps_drop(struct store *s, uint64_t n)
{
    struct query q;

    query_start(&q, s, SQL_WRAPS_DROP);
    query_put_u64(&q, n);
    return query_run(&q);
}

enum err
store_wraps_drop_epoch(struct store *s, const uint8_t epoch[static HASH_LEN])
{
    struct query q;

    query_start(&q, s, SQL_WRAPS_DROP_EPOCH);
    query_put_fixed(&q, epoch, HASH_LEN);
    return query_run(&q);
}

enum err
store_receipt_put(struct store *s, const struct store_receipt *r)
{
    struct query q;

    query_start(&q, s, SQL_RECEIPT_PUT);
    query_put_u64(&q, r->n);
    query_put_u64(&q, r->event);
    query_put(&q, r->bytes);
    query_put(&q, r->note);
    return query_run(&q);
}

enum err
store_receipt_drop(struct store *s, uint64_t n, uint16_t event)
{
    struct query q;

    query_start(&q, s, SQL_RECEIPT_DROP);
    query_put_u64(&q, n);
    query_put_u64(&q, event);
    return query_run(&q);
}

static void
load_receipt(struct query *q, struct store_receipt *r)
{
    *r = (struct store_receipt){
        .n = query_get_u64(q, 0, INT64_MAX),
        .event = (uint16_t)query_get_u64(q, 1, UINT16_MAX),
        .bytes = query_get(q, 2),
        .note = query_get(q, 3),
    };
}

enum err
store_receipt_get(struct store *s, uint64_t n, uint16_t event,
    struct arena *a, struct store_receipt *out)
{
    struct query q;
    struct store_receipt r = { 0 };
    bool found;
    enum err e;

    query_start(&q, s, SQL_RECEIPT_GET);
    query_put_u64(&q, n);
    query_put_u64(&q, event);
    found = query_next(&q);
    if (found) {
        load_receipt(&q, &r);
        if (q.e == OK)
            q.e = store_keep(a, &r.bytes);
        if (q.e == OK)
            q.e = store_keep(a, &r.note);
    }
    if ((e = query_end_one(&q, found)) == OK)
        *out = r;
    return e;
}

enum err
store_receipts_list(struct store *s, uint64_t n, store_receipt_fn fn,
    void *arg)
{
    struct query q;
    struct store_receipt r = { .n = 0 };

    query_start(&q, s, SQL_RECEIPTS);
    query_put_u64(&q, n);
    while (query_next(&q)) {
        load_receipt(&q, &r);
        if (q.e == OK)
            q.e = fn(arg, &r);
    }
    return query_end(&q);
}

enum err
store_thread_put(struct store *s, const struct store_thread *t)
{
    struct query q;

    query_start(&q, s, SQL_THREAD_PUT);
    query_put(&q, t->peer);
    query_put_fixed(&q, t->id, MSG_ID_LEN);
    query_put_u64(&q, t->machine);
    query_put_u64(&q, t->state);
    query_put_u64(&q, t->flags);
    query_put_i64(&q, t->due);
    query_put_i64(&q, t->stopped);
    query_put_i64(&q, t->look);
    query_put(&q, t->fold);
    return query_run(&q);
}

static void
load_thread(struct query *q, struct store_thread *t)
{
    *t = (struct store_thread){
        .peer = query_get(q, 0),
        .machine = (uint8_t)query_get_u64(q, 2, UINT8_MAX),
        .state = (uint8_t)query_get_u64(q, 3, UINT8_MAX),
        .flags = (uint32_t)query_get_u64(q, 4, UINT32_MAX),
        .due = query_get_i64(q, 5),
        .stopped = query_get_i64(q, 6),
        .look = query_get_i64(q, 7),
        .fold = query_get(q, 8),
    };
    query_get_fixed(q, 1, t->id, MSG_ID_LEN);
}

enum err
store_thread_get(struct store *s, struct slice peer,
    const uint8_t id[static MSG_ID_LEN], struct arena *a,
    struct store_thread *out)
{
    struct query q;
    struct store_thread t = { 0 };
    bool found;
    enum err e;

    query_start(&q, s, SQL_THREAD_GET);
    query_put(&q, peer);
    query_put_fixed(&q, id, MSG_ID_LEN);
    found = query_next(&q);
    if (found) {
        load_thread(&q, &t);
        if (q.e == OK)
            q.e = store_keep(a, &t.peer);
        if (q.e == OK)
            q.e = store_keep(a, &t.fold);
    }
    if ((e = query_end_one(&q, found)) == OK)
        *out = t;
    return e;
}

enum err
store_threads_look(struct store *s, int64_t now, unsigned max,
    store_thread_fn fn, void *arg)
{
    struct query q;
    struct store_thread t = { .due = 0 };

    query_start(&q, s, SQL_THREADS_LOOK);
    query_put_i64(&q, now);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        load_thread(&q, &t);
        if (q.e == OK)
            q.e = fn(arg, &t);
    }
    return query_end(&q);
}

enum err
store_threads_list(struct store *s, uint64_t after, unsigned max,
    store_threads_fn fn, void *arg)
{
    struct query q;
    struct store_thread t = { .due = 0 };

    query_start(&q, s, SQL_THREADS);
    query_put_u64(&q, after);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        uint64_t row = query_get_u64(&q, 9, INT64_MAX);

        load_thread(&q, &t);
        if (q.e == OK)
            q.e = fn(arg, row, &t);
    }
    return query_end(&q);
}

enum err
store_outbox_put(struct store *s, const struct store_out *o)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_PUT);
    query_put_u64(&q, o->n);
    query_put_u64(&q, o->target);
    query_put_u64(&q, o->tries);
    query_put_i64(&q, o->next);
    query_put_i64(&q, o->expires);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_outbox_tried(struct store *s, uint64_t n, uint32_t tries, int64_t next)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_TRIED);
    query_put_u64(&q, n);
    query_put_u64(&q, tries);
    query_put_i64(&q, next);
    return query_run(&q);
}

enum err
store_outbox_over(struct store *s, uint64_t n, int64_t expires, int64_t next)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_OVER);
    query_put_u64(&q, n);
    query_put_i64(&q, expires);
    query_put_i64(&q, next);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_outbox_done(struct store *s, uint64_t n)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_DONE);
    query_put_u64(&q, n);
    return query_run(&q);
}

static enum err
each_out(struct query *q, store_out_fn fn, void *arg)
{
    struct store_out o;

    while (query_next(q)) {
        o = (struct store_out){
            .n = query_get_u64(q, 0, INT64_MAX),
            .target = query_get_u64(q, 1, INT64_MAX),
            .tries = (uint32_t)query_get_u64(q, 2, UINT32_MAX),
            .next = query_get_i64(q, 3),
            .expires = query_get_i64(q, 4),
            .over = query_get_u64(q, 5, 1) != 0,
            .place = query_get_u64(q, 6, INT64_MAX),
            .peer = query_get(q, 7),
        };
        if (q->e == OK)
            q->e = fn(arg, &o);
    }
    return query_end(q);
}

static enum err
see_out(void *arg, const struct store_out *o)
{
    struct store_out *out = arg;

    *out = *o;
    out->peer = SLICE_EMPTY;
    return OK;
}

enum err
store_outbox_get(struct store *s, uint64_t n, struct store_out *out)
{
    struct store_out o = { .n = 0 };
    struct query q;
    enum err e;

    query_start(&q, s, SQL_OUTBOX_GET);
    query_put_u64(&q, n);
    if ((e = each_out(&q, see_out, &o)) != OK)
        return e;
    if (o.n == 0)
        return ERR_NOTFOUND;
    *out = o;
    return OK;
}

enum err
store_outbox_due(struct store *s, struct slice peer, int64_t now,
    unsigned max, store_out_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_DUE);
    query_put(&q, peer);
    query_put_i64(&q, now);
    query_put_u64(&q, max);
    return each_out(&q, fn, arg);
}

enum err
store_outbox_expired(struct store *s, int64_t now, unsigned max,
    store_out_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_EXPIRED);
    query_put_i64(&q, now);
    query_put_u64(&q, max);
    return each_out(&q, fn, arg);
}

enum err
store_outbox_count(struct store *s, struct slice peer, uint64_t *out)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_COUNT);
    query_put(&q, peer);
    return query_count(&q, out);
}

enum err
store_outbox_wake(struct store *s, struct slice peer, int64_t now)
{
    struct query q;

    query_start(&q, s, SQL_OUTBOX_WAKE);
    query_put(&q, peer);
    query_put_i64(&q, now);
    return query_run(&q);
}
