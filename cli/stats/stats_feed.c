#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_rows.h"
#include "cli/audit/audit_set.h"
#include "cli/audit/audit_threads.h"
#include "cli/stats/stats_feed.h"
#include "proto/enums.h"

#define PEER_MAX 24
#define THREAD_ARENA (256u << 20)   /* one thread, decoded */
#define PAGE_ARENA (24u << 20)

/* One header that is kept. */
struct kept {
    char peer[PEER_MAX];
    uint8_t thread[MSG_ID_LEN];
    struct thread_message m;
};

struct stats_feed {
    const struct domain *d;
    struct stats_quarter q;
    struct arena *a;                /* heads */
    struct kept *v;
    size_t n, room;
    uint8_t (*from)[MSG_ID_LEN];    /* what others were spawned from */
    size_t n_from, room_from;
};

enum err
stats_feed_new(const struct domain *d, const struct stats_quarter *q,
    struct stats_feed **out)
{
    struct stats_feed *f = calloc(1, sizeof(*f));

    if (f == NULL)
        return ERR_NOMEM;
    f->d = d;
    f->q = *q;
    if ((f->a = arena_new((size_t)STATS_FEED_MAX)) == NULL) {
        free(f);
        return ERR_NOMEM;
    }
    *out = f;
    return OK;
}

void
stats_feed_free(struct stats_feed *f)
{
    if (f == NULL)
        return;
    arena_free(f->a);
    free(f->v);
    free(f->from);
    free(f);
}

/* Room for one element more. */
static enum err
make_room(void *all, size_t n, size_t *room, size_t size)
{
    void **v = all;
    const size_t more = *room == 0 ? 64 : 2 * *room;
    void *grown;

    if (n < *room)
        return OK;
    if ((grown = realloc(*v, more * size)) == NULL)
        return ERR_NOMEM;
    *v = grown;
    *room = more;
    return OK;
}

static enum err
note_spawned(struct stats_feed *f, const struct message *m)
{
    const struct slice from = message_bytes(m, "spawned_from");
    void *all = f->from;
    enum err e;

    if (from.n != MSG_ID_LEN)
        return OK;
    if ((e = make_room(&all, f->n_from, &f->room_from,
        sizeof(*f->from))) != OK)
        return e;
    f->from = all;
    memcpy(f->from[f->n_from++], from.p, MSG_ID_LEN);
    return OK;
}

static enum err
keep(struct stats_feed *f, const struct thread_message *m, bool copy,
    const struct message *decoded)
{
    const struct slice peer = message_bytes(decoded, m->out ? "to" : "from");
    const struct slice thread = message_bytes(decoded, "thread_id");
    void *all = f->v;
    struct kept *k;
    enum err e;

    if (peer.n >= PEER_MAX || thread.n != MSG_ID_LEN)
        return E_MALFORMED;
    if ((e = make_room(&all, f->n, &f->room, sizeof(*f->v))) != OK)
        return e;
    f->v = all;
    k = &f->v[f->n];
    memset(k, 0, sizeof(*k));
    memcpy(k->peer, peer.p, peer.n);
    memcpy(k->thread, thread.p, MSG_ID_LEN);
    k->m = *m;
    if (copy && arena_copy(f->a, m->head, &k->m.head) != OK)
        return E_OVERSIZE;
    f->n++;
    return note_spawned(f, decoded);
}

static enum err
take(struct stats_feed *f, const struct thread_message *m, bool copy)
{
    struct arena *a;
    struct envelope env;
    struct message decoded;
    enum err e;

    if (m->place == 0 || m->at >= f->q.to)
        return OK;
    if ((a = arena_new(MESSAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = envelope_decode_head(m->head, &env, NULL)) == OK &&
        (e = message_decode(a, f->d, env.pre, &decoded, NULL)) == OK)
        e = keep(f, m, copy, &decoded);
    arena_free(a);
    return e;
}

enum err
stats_feed_message(struct stats_feed *f, const struct thread_message *m)
{
    return take(f, m, true);
}

static int
by_thread(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    int c = strcmp(x->peer, y->peer);

    return c != 0 ? c : memcmp(x->thread, y->thread, MSG_ID_LEN);
}

static int
by_time(const void *a, const void *b)
{
    const struct thread_message *x = *(const struct thread_message *const *)
        a;
    const struct thread_message *y = *(const struct thread_message *const *)
        b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static bool
led_on(const struct stats_feed *f, const struct message *opening)
{
    const struct slice id = message_bytes(opening, "msg_id");
    const struct slice thread = message_bytes(opening, "thread_id");

    for (size_t i = 0; i < f->n_from; i++) {
        const struct slice from = slice_of(f->from[i], MSG_ID_LEN);

        if (slice_equal(from, id) || slice_equal(from, thread))
            return true;
    }
    return false;
}

/* Those that count, in the one order of the thread. */
static enum err
put_messages(const struct thread *t, struct arena *a,
    struct stats_thread *out)
{
    const size_t all = thread_count(t);
    const struct thread_message **m = arena_get(a, all * sizeof(*m) + 1);
    struct stats_message *v = arena_get(a, all * sizeof(*v) + 1);
    size_t n = 0;

    if (m == NULL || v == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < all; i++)
        if (!thread_at(t, i)->gone && thread_at(t, i)->allowed)
            m[n++] = thread_at(t, i);
    qsort(m, n, sizeof(*m), by_time);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct stats_message){ &m[i]->m, m[i]->out, m[i]->at };
    out->v = v;
    out->n = n;
    return OK;
}

static enum err
count_thread(const struct stats_feed *f, struct arena *a,
    const struct thread *t, const struct thread_state *state,
    const struct rec *card, struct stats *s)
{
    const struct thread_message *opening = thread_opening(t);
    struct stats_thread x = { .n = 0 };
    enum err e;

    if (opening == NULL || opening->gone || !opening->allowed)
        return OK;
    if ((e = put_messages(t, a, &x)) != OK)
        return e;
    if (x.n == 0 || x.v[0].m != &opening->m)
        return OK;
    x.delivered = opening->delivered;
    x.due = thread_due(t, state, opening->out ? NULL : card);
    x.stopped = state->stopped_total;
    x.reply_days = record_uint(card, "reply_days");
    x.led = led_on(f, &opening->m);
    return stats_thread(s, &x);
}

/* The messages from i on that are of one thread. */
static enum err
run_thread(const struct stats_feed *f, size_t i, size_t n,
    const struct rec *card, struct stats *s)
{
    struct arena *a = arena_new(THREAD_ARENA);
    struct thread_state state;
    struct thread *t;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    e = thread_new(a, f->d, &t);
    for (size_t k = 0; e == OK && k < n; k++)
        e = thread_add(t, &f->v[i + k].m, NULL);
    if (e == OK && (e = thread_fold(t, &state)) == OK)
        e = count_thread(f, a, t, &state, card, s);
    arena_free(a);
    return e;
}

enum err
stats_feed_run(struct stats_feed *f, const struct rec *card, struct stats *s)
{
    enum err e = OK;

    if (f->n > 0)
        qsort(f->v, f->n, sizeof(*f->v), by_thread);
    for (size_t i = 0, n; e == OK && i < f->n; i += n) {
        n = 1;
        while (i + n < f->n && by_thread(&f->v[i], &f->v[i + n]) == 0)
            n++;
        e = run_thread(f, i, n, card, s);
    }
    stats_end(s);
    return e;
}

/* What a row of the node says; a message that went out of the thread after
 * the quarter still counts in it. */
static enum err
take_row(struct stats_feed *f, const struct rec *row, struct stats *s)
{
    const struct value *v = record_value(row, "events");
    struct thread_message m;
    enum err e = session_message(row, &m);

    if (e != OK)
        return e;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const uint64_t event = record_uint(v->v[i].r, "event");
        const int64_t at = (int64_t)record_uint(v->v[i].r, "at");

        if (event == EVENT_APPROVED)
            m.at = at;
        if (audit_threads_ends(event) && at >= f->q.to)
            m.gone = false;
        stats_event(s, (unsigned)event, at);
    }
    return stats_feed_message(f, &m);
}

static enum err
ask_page(struct session *session, struct arena *a, unsigned box,
    uint64_t after, struct rec **page)
{
    struct rec *args = record_new(a, &record_ask_list);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, args, "box", box)) != OK ||
        (e = record_put_uint(a, args, "after", after)) != OK ||
        (e = record_put_uint(a, args, "most", ASK_ROWS_MAX)) != OK)
        return e;
    session_into(session, a);
    e = session_ask(session, REQUEST_MSG_HEAD, args, NULL, page);
    session_into(session, NULL);
    return e;
}

static enum err
take_box(struct stats_feed *f, struct session *session, unsigned box,
    struct stats *s)
{
    uint64_t after = 0;
    enum err e = OK;

    for (bool more = true; e == OK && more;) {
        struct arena *a = arena_new(PAGE_ARENA);
        const struct value *v = NULL;
        const uint64_t before = after;
        struct rec *page = NULL;

        if (a == NULL)
            return ERR_NOMEM;
        if ((e = ask_page(session, a, box, after, &page)) == OK)
            v = record_value(page, "rows");
        for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
            e = take_row(f, v->v[i].r, s);
            after = record_uint(v->v[i].r, "n");
        }
        more = e == OK && record_has(page, "more") && after > before;
        arena_free(a);
    }
    return e;
}

enum err
stats_feed_node(struct stats_feed *f, struct session *session,
    struct stats *s)
{
    enum err e = take_box(f, session, ASK_IN, s);

    return e == OK ? take_box(f, session, ASK_OUT, s) : e;
}

/* One message of an export, as its entries tell of it. */
struct told {
    struct thread_message m;
    bool approval;
};

struct telling {
    struct stats_feed *f;
    struct stats *s;
    struct told *v;
    size_t n, room;
    struct audit_set *at;           /* 1 + place in v, by digest */
    uint32_t place;
    const char *own;
};

static enum err
begin_told(struct telling *x, const struct audit_row *row, struct told **out)
{
    void *all = x->v;
    struct told *t;
    enum err e;

    if (x->n == UINT32_MAX - 1)
        return E_OVERSIZE;
    if ((e = make_room(&all, x->n, &x->room, sizeof(*x->v))) != OK)
        return e;
    x->v = all;
    t = &x->v[x->n];
    memset(t, 0, sizeof(*t));
    t->m.out = slice_is(row->from, x->own);
    t->approval = row->approval;
    if (arena_copy(x->f->a, row->head, &t->m.head) != OK)
        return E_OVERSIZE;
    x->n++;
    *out = t;
    return audit_set_mark(x->at, row->obj, (uint32_t)x->n);
}

/* It gets its place when it is queued or has arrived. */
static void
tell(struct telling *x, struct told *t, const struct audit_row *row)
{
    const int64_t at = (int64_t)row->time;
    const bool queued = t->m.out ? !t->approval ||
        row->event == EVENT_APPROVED : row->event == EVENT_DELIVERED;

    if (t->m.place == 0 && queued && row->code == OK) {
        t->m.place = ++x->place;
        t->m.at = at;
    }
    if (row->event == (t->m.out ? EVENT_CONFIRMED : EVENT_DELIVERED) &&
        row->code == OK && t->m.delivered == 0)
        t->m.delivered = at;
    if (audit_threads_ends(row->event))
        t->m.gone = true;
}

static enum err
take_entry(void *arg, const struct audit_row *row)
{
    struct telling *x = arg;
    struct told *t;
    uint32_t i;
    enum err e;

    if ((int64_t)row->time >= x->f->q.to)
        return OK;
    stats_event(x->s, row->event, (int64_t)row->time);
    if (row->head.n == 0)
        return OK;
    i = audit_set_marks(x->at, row->obj);
    t = i > 0 ? &x->v[i - 1] : NULL;
    if (t == NULL && (e = begin_told(x, row, &t)) != OK)
        return e;
    tell(x, t, row);
    return OK;
}

enum err
stats_feed_export(struct stats_feed *f, struct audit *a, struct stats *s)
{
    const struct slice own = audit_authority(a);
    char name[PEER_MAX] = "";
    struct telling x = { .f = f, .s = s, .own = name };
    enum err e;

    if (own.n >= sizeof(name))
        return E_MALFORMED;
    memcpy(name, own.p, own.n);
    if ((e = audit_set_new(&x.at)) == OK)
        e = audit_rows(a, take_entry, &x);
    for (size_t i = 0; e == OK && i < x.n; i++)
        e = take(f, &x.v[i].m, false);
    audit_set_free(x.at);
    free(x.v);
    return e;
}
