/*
 * What has a date: times of content that end, holds, requests that went
 * another way; and the note that figures were given out.
 */
#include <string.h>

#include "node/ledger.h"
#include "node/matter.h"
#include "node/owed.h"
#include "node/requests.h"
#include "node/store_keep.h"
#include "node/store_msg.h"
#include "proto/thread.h"

#define TASKS_ROOM 200000               /* bytes of a page */
#define TASK_BYTES 256                  /* of a task without its remark */

/* Where the rows come from, in their order. */
enum source { FROM_RETENTION, FROM_THREADS, FROM_TRACKED, SOURCES };
#define THREADS_MAX 32                  /* with duties, for one page */
#define SEEN_MAX 4096                   /* of all threads */

struct page {
    struct core *c;
    struct arena *a;                    /* of the batch */
    int64_t until;                      /* 0: any date */
    size_t n, most, bytes;
    bool full;
    uint64_t after;                     /* last row that is on it */
    union item items[ASK_TASKS_MAX];
};

struct task {
    uint64_t task;                      /* TASK_ */
    int64_t due;
    bool ours;
};

static struct rec *
add_task(struct page *p, const struct task *t)
{
    struct rec *r = record_new(p->a, &record_ask_task);

    if (r == NULL ||
        record_put_uint(p->a, r, "task", t->task) != OK ||
        (t->due > 0 &&
        record_put_uint(p->a, r, "due", (uint64_t)t->due) != OK) ||
        record_put_uint(p->a, r, "ours", t->ours) != OK ||
        record_put_uint(p->a, r, "late", t->due > 0 &&
        p->c->now.lo >= t->due) != OK)
        return NULL;
    p->items[p->n++].r = r;
    p->bytes += TASK_BYTES;
    return r;
}

/* Whose message it is about. */
static enum err
put_message(struct page *p, struct rec *r, const struct store_message *m)
{
    struct slice peer, digest, thread;
    enum err e;

    if ((e = arena_copy(p->a, m->peer, &peer)) != OK ||
        (e = arena_copy(p->a, SLICE(m->digest), &digest)) != OK ||
        (e = arena_copy(p->a, SLICE(m->thread), &thread)) != OK ||
        (e = record_put_bytes(p->a, r, "peer", peer)) != OK ||
        (e = record_put_bytes(p->a, r, "digest", digest)) != OK)
        return e;
    return record_put_bytes(p->a, r, "thread", thread);
}

/* The dates of one row of retention. */
static size_t
dates_of(const struct store_retention *k, struct task out[static 2])
{
    size_t n = 0;

    if (k->state == RETENTION_LEGAL_HOLD)
        out[n++] = (struct task){ TASK_HOLD_ENDS, k->hold_until, true };
    else if (k->state == RETENTION_END_DUE)
        out[n++] = (struct task){ TASK_REVIEW, k->next, true };
    if (k->state == RETENTION_HELD && k->use_until > 0)
        out[n++] = (struct task){ TASK_USE_ENDS, k->use_until, true };
    if (k->state <= RETENTION_SEALED && k->state != RETENTION_END_DUE &&
        k->retain_until > 0)
        out[n++] = (struct task){ TASK_KEEPING_ENDS, k->retain_until, true };
    return n;
}

static enum err
see_retention(void *arg, const struct store_retention *k)
{
    struct page *p = arg;
    struct store_message m;
    struct task t[2];
    size_t n = dates_of(k, t);
    struct rec *r;
    enum err e;

    if (p->full || p->n + 2 > p->most || p->bytes > TASKS_ROOM) {
        p->full = true;
        return OK;
    }
    if ((e = store_message_get(p->c->store, k->n, p->a, &m)) != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        if (p->until > 0 && t[i].due >= p->until)
            continue;
        if ((r = add_task(p, &t[i])) == NULL)
            return E_BUSY;
        if ((e = put_message(p, r, &m)) != OK)
            return e;
    }
    p->after = k->n;
    return OK;
}

/* Threads with duties, which are looked at after the list has ended. */
struct threads {
    struct page *p;
    size_t n, seen;
    uint64_t last;                      /* row that was seen last */
    bool more;
    struct {
        uint64_t row;
        struct slice peer;
        uint8_t id[MSG_ID_LEN];
    } of[THREADS_MAX];
};

static enum err
see_thread(void *arg, uint64_t row, const struct store_thread *t)
{
    struct threads *l = arg;
    enum err e;

    if (l->more || l->n == THREADS_MAX || l->seen == SEEN_MAX) {
        l->more = true;
        return OK;
    }
    l->seen++;
    l->last = row;
    if (t->flags == 0)
        return OK;
    if ((e = arena_copy(l->p->a, t->peer, &l->of[l->n].peer)) != OK)
        return e;
    l->of[l->n].row = row;
    memcpy(l->of[l->n++].id, t->id, MSG_ID_LEN);
    return OK;
}

static enum err
put_duty(struct page *p, const struct duty *d, struct slice peer,
    const uint8_t id[static MSG_ID_LEN])
{
    const struct task t = { TASK_DUTY, d->due, d->own };
    struct store_message m = { .peer = peer };
    struct rec *r = add_task(p, &t);
    enum err e;

    if (r == NULL)
        return E_BUSY;
    memcpy(m.thread, id, MSG_ID_LEN);
    memcpy(m.digest, d->about->digest, HASH_LEN);
    if ((e = put_message(p, r, &m)) != OK ||
        (e = record_put_uint(p->a, r, "duty", d->what)) != OK)
        return e;
    return duty_row(d->what)->rule == 0 ? OK : record_put_uint(p->a, r,
        "rule", duty_row(d->what)->rule);
}

/* What is owed in one thread; false where it does not fit the page. */
static enum err
put_thread(struct page *p, struct slice peer,
    const uint8_t id[static MSG_ID_LEN], bool *fits)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct duty d[OWED_MAX];
    struct thread_state state;
    struct thread *t;
    size_t n = 0;
    enum err e = ERR_NOMEM;

    if (a == NULL || (e = matter_load(p->c, a, peer, id, &t)) != OK ||
        (e = thread_fold(t, &state)) != OK ||
        (e = owed_list(p->c, t, &state, d, &n)) != OK)
        goto out;
    *fits = p->n + n <= p->most && p->bytes <= TASKS_ROOM;
    for (size_t i = 0; e == OK && *fits && i < n; i++)
        if (p->until == 0 || (d[i].due > 0 && d[i].due < p->until))
            e = put_duty(p, &d[i], peer, id);
out:
    arena_free(a);
    return e;
}

static enum err
put_threads(struct page *p, uint64_t after)
{
    struct threads *l = arena_get(p->a, sizeof(*l));
    bool fits = true;
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    l->p = p;
    l->last = after;
    e = store_threads_list(p->c->store, after, SEEN_MAX + 1, see_thread, l);
    for (size_t i = 0; e == OK && i < l->n; i++) {
        if ((e = put_thread(p, l->of[i].peer, l->of[i].id, &fits)) != OK)
            return e;
        if (!fits) {
            p->full = true;
            return OK;
        }
        p->after = l->of[i].row;
    }
    p->after = l->last;
    p->full = l->more;
    return e;
}

static enum err
put_track(struct page *p, struct rec *r, const struct store_track *s)
{
    struct slice id, to, remark;
    enum err e;

    if ((e = arena_copy(p->a, SLICE(s->id), &id)) != OK ||
        (e = arena_copy(p->a, s->to, &to)) != OK ||
        (e = arena_copy(p->a, s->remark, &remark)) != OK ||
        (e = record_put_bytes(p->a, r, "id", id)) != OK ||
        (e = record_put_bytes(p->a, r, "to", to)) != OK ||
        (e = record_put_uint(p->a, r, "channel", s->channel)) != OK ||
        (e = record_put_uint(p->a, r, "sent", (uint64_t)s->sent)) != OK)
        return e;
    p->bytes += remark.n;
    return remark.n > 0 ? record_put_bytes(p->a, r, "remark", remark) : OK;
}

static enum err
see_track(void *arg, const struct store_track *s)
{
    struct page *p = arg;
    const struct task t = { TASK_TRACKED, s->due, s->ours };
    struct rec *r;
    enum err e;

    if (p->full || p->n == p->most || p->bytes > TASKS_ROOM) {
        p->full = true;
        return OK;
    }
    if ((r = add_task(p, &t)) == NULL)
        return E_BUSY;
    if ((e = put_track(p, r, s)) == OK)
        p->after = s->row;
    return e;
}

static enum err
fill(struct page *p, uint64_t source, uint64_t after)
{
    unsigned max = (unsigned)p->most + 1;

    p->after = after;
    switch (source) {
    case FROM_RETENTION:
        return store_retention_dates(p->c->store, after, p->until, max,
            see_retention, p);
    case FROM_THREADS:
        return put_threads(p, after);
    default:
        return store_track_list(p->c->store, after, p->until, max,
            see_track, p);
    }
}

static enum err
put_page(struct page *p, struct ask *k, uint64_t source)
{
    enum err e = record_put(p->a, k->result, record_field(k->row->result,
        "tasks"), p->items, p->n);

    if (e != OK || source >= SOURCES)
        return e;
    if ((e = record_put_uint(p->a, k->result, "source", source)) != OK)
        return e;
    return record_put_uint(p->a, k->result, "after", p->after);
}

enum err
do_tasks(struct core *c, struct ask *k)
{
    uint64_t source = record_uint(k->args, "source");
    uint64_t after = record_uint(k->args, "after");
    struct page *p = arena_get(k->a, sizeof(*p));
    enum err e = p != NULL ? ask_result(c, k) : ERR_NOMEM;

    if (e != OK)
        return e;
    if (source >= SOURCES || after > INT64_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, source >= SOURCES ?
            "source" : "after");
    p->c = c;
    p->a = c->batch;
    p->until = (int64_t)record_uint(k->args, "until");
    p->most = (size_t)record_uint(k->args, "most");
    while (e == OK && source < SOURCES) {
        e = fill(p, source, after);
        if (p->full)
            break;
        source++;
        after = 0;
    }
    return e != OK ? e : put_page(p, k, source);
}

/* Requests that went another way. */

enum err
do_track(struct core *c, struct ask *k)
{
    uint8_t digest[HASH_LEN];
    const struct line l = { .event = EVENT_REGISTERED, .obj = digest };
    struct store_track t = { .due = 0 };
    enum err e;

    if (k->st.obj.n != 0)
        return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    if ((e = ask_result(c, k)) != OK)
        return e;
    k->receipt = k->before;
    if (k->before != STORE_NONE)
        return OK;
    hash_sha256(k->q->args, digest);
    memcpy(t.id, record_bytes(k->args, "id").p, MSG_ID_LEN);
    e = store_track_get(c->store, t.id, k->a, &t);
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    t.to = record_bytes(k->args, "to");
    t.channel = (uint16_t)record_uint(k->args, "channel");
    t.ours = record_uint(k->args, "ours") != 0;
    t.sent = (int64_t)record_uint(k->args, "sent");
    t.due = (int64_t)record_uint(k->args, "due");
    t.remark = record_bytes(k->args, "remark");
    t.late = false;
    if ((e = ask_done(c, k, &l, &k->receipt)) != OK)
        return e;
    t.entry = k->receipt;
    return store_track_put(c->store, &t);
}

/* Figures that were given out: their digest stands in the log. */
enum err
do_report(struct core *c, struct ask *k)
{
    struct slice digest = record_bytes(k->args, "digest");
    const struct line l = { .event = EVENT_STATS_REPORTED,
        .obj = digest.p };
    enum err e;

    if (!slice_equal(k->st.obj, digest))
        return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    if (record_uint(k->args, "until") <= record_uint(k->args, "from"))
        return fault_set(&k->f, E_FIELD_RANGE, 2, "until");
    if ((e = ask_result(c, k)) != OK)
        return e;
    return ask_done(c, k, &l, &k->receipt);
}
