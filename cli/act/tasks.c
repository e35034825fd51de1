#include <stdlib.h>
#include <string.h>

#include "cli/act/acts.h"
#include "cli/act/downstream.h"
#include "cli/act/tasks.h"
#include "cli/text/text.h"
#include "keys/comment.h"
#include "proto/duty.h"
#include "proto/kinds.h"

#define TASKS_MOST 4096
#define DUTIES_MOST 64              /* of a thread */

static const char *const words[] = {
    [TASK_USE_ENDS] = N_("it may be used until then"),
    [TASK_KEEPING_ENDS] = N_("its time of keeping ends"),
    [TASK_REVIEW] = N_("decide whether it is destroyed"),
    [TASK_HOLD_ENDS] = N_("the legal hold ends: renew or lift it"),
    [TASK_TRACKED] = N_("answer to a request that went another way"),
};

const char *
tasks_words(const struct task *t)
{
    const uint64_t what = record_uint(t->row, "task");
    const uint64_t duty = record_uint(t->row, "duty");

    if (what == TASK_DUTY && duty < DUTIES)
        return _(duty_row((enum duty_what)duty)->words);
    return what < sizeof(words) / sizeof(words[0]) && words[what] != NULL ?
        _(words[what]) : _("something of a newer version");
}

const char *
tasks_source(const struct task *t)
{
    const uint64_t duty = record_uint(t->row, "duty");

    return record_uint(t->row, "task") == TASK_DUTY && duty < DUTIES ?
        duty_row((enum duty_what)duty)->source : "";
}

/* The commands for what no message does. */
static const char *const does[] = {
    [TASK_KEEPING_ENDS] = "hold",
    [TASK_REVIEW] = "destroy",
    [TASK_HOLD_ENDS] = "hold",
    [TASK_TRACKED] = "track",
};

const char *
tasks_does(const struct task *t)
{
    const uint64_t what = record_uint(t->row, "task");
    const uint64_t duty = record_uint(t->row, "duty");

    if (!t->ours && what != TASK_TRACKED)
        return "";
    if (what == TASK_DUTY && duty < DUTIES) {
        const uint16_t kind = duty_row((enum duty_what)duty)->kind;

        for (const struct acts_row *a = acts_all; a->word != NULL; a++)
            if (kind != 0 && a->kind == kind)
                return a->word;
        return "";
    }
    return what < sizeof(does) / sizeof(does[0]) && does[what] != NULL ?
        does[what] : "";
}

static const struct mail *
by_digest(const struct mail_boxes *b, struct slice digest)
{
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < b->n[k]; i++)
            if (slice_equal(SLICE(b->v[k][i].digest), digest))
                return &b->v[k][i];
    return NULL;
}

static const struct mail *
by_id(const struct mail_boxes *b, const struct message *m)
{
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < b->n[k]; i++)
            if (slice_equal(message_bytes(&b->v[k][i].m, "msg_id"),
                message_bytes(m, "msg_id")))
                return &b->v[k][i];
    return NULL;
}

static const struct mail *
opening_of(const struct mail_boxes *b, struct slice peer, struct slice thread)
{
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < b->n[k]; i++) {
            const struct mail *m = &b->v[k][i];

            if ((m->m.kind->flags & K_OPENS) && slice_equal(record_bytes(
                m->row, "peer"), peer) && slice_equal(message_bytes(&m->m,
                "thread_id"), thread))
                return m;
        }
    return NULL;
}

/* The Convention's own bases are those whose name begins with it (43(a)). */
static bool
rests_on_uncac(const struct mail *opening)
{
    const struct value *v = opening == NULL ? NULL : record_value(record_rec(
        opening->m.common, "restrictions"), "legal_basis");
    const char *name = v == NULL || v->n == 0 ? NULL : enum_name(v->f->en,
        v->v[0].u);

    return name != NULL && strncmp(name, "UNCAC", 5) == 0;
}

static void
fill(const struct mail_boxes *b, const struct rec *row, struct task *t)
{
    const struct mail *m;
    int64_t from;

    *t = (struct task){ .row = row, .due = (int64_t)record_uint(row, "due"),
        .late = record_uint(row, "late") != 0,
        .ours = record_uint(row, "ours") != 0 };
    t->about = by_digest(b, record_bytes(row, "digest"));
    t->opening = opening_of(b, record_bytes(row, "peer"), record_bytes(row,
        "thread"));
    m = t->about != NULL ? t->about : t->opening;
    t->urgency = m != NULL ? message_uint(&m->m, "urgency") : 0;
    t->uncac = rests_on_uncac(t->opening);
    from = m != NULL ? (int64_t)record_uint(m->row, "at") :
        (int64_t)record_uint(row, "sent");
    if (t->due > 0 && from > 0 && from < t->due)
        t->remind = from + (t->due - from) / 2;
}

static int
order(const void *x, const void *y)
{
    const struct task *a = x, *b = y;

    if (a->late != b->late)
        return a->late ? -1 : 1;
    if (a->urgency != b->urgency)
        return a->urgency > b->urgency ? -1 : 1;
    if (a->uncac != b->uncac)
        return a->uncac ? -1 : 1;
    if ((a->due == 0) != (b->due == 0))
        return a->due == 0 ? 1 : -1;
    return a->due < b->due ? -1 : a->due > b->due;
}

/* The list as it grows. */
struct list {
    struct session *s;
    struct mail_boxes b;
    struct task *v;
    size_t n;
    int64_t until;                      /* 0: all */
};

/* What is owed in a thread follows from its messages: it is found here, and
 * the node's word on it is not asked for. */
static enum err
put_duty(struct list *l, const struct mail *opening, const struct duty *d)
{
    struct arena *a = session_arena(l->s);
    struct rec *r = record_new(a, &record_ask_task);
    uint8_t *digest = arena_get(a, HASH_LEN);
    struct task *t = &l->v[l->n];
    enum err e;

    if (r == NULL || digest == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, r, "task", TASK_DUTY)) != OK ||
        (d->due > 0 && (e = record_put_uint(a, r, "due",
        (uint64_t)d->due)) != OK) ||
        (e = record_put_uint(a, r, "ours", d->own)) != OK ||
        (e = record_put_uint(a, r, "late", d->late)) != OK ||
        (e = record_put_bytes(a, r, "peer", record_bytes(opening->row,
        "peer"))) != OK || (e = record_put_bytes(a, r, "thread",
        message_bytes(&opening->m, "thread_id"))) != OK ||
        (e = record_put_uint(a, r, "duty", d->what)) != OK ||
        (e = record_put_uint(a, r, "rule", duty_row(d->what)->rule)) != OK)
        return e;
    fill(&l->b, r, t);
    t->about = d->about != NULL ? by_id(&l->b, &d->about->m) : opening;
    if (t->about != NULL)
        t->urgency = message_uint(&t->about->m, "urgency");
    t->remind = d->remind;
    l->n++;
    return OK;
}

static enum err
put_duties(struct list *l, const struct mail *opening)
{
    struct duty found[DUTIES_MOST];
    struct thread_state state;
    struct thread *t;
    size_t n;
    enum err e;

    if ((e = session_thread(l->s, record_bytes(opening->row, "peer"),
        message_bytes(&opening->m, "thread_id"), &t, &state)) != OK)
        return e;
    n = session_duties(l->s, t, &state, found, DUTIES_MOST);
    for (size_t i = 0; e == OK && i < n && l->n < TASKS_MOST; i++)
        if (l->until == 0 || (found[i].due > 0 && found[i].due < l->until))
            e = put_duty(l, opening, &found[i]);
    return e;
}

static enum err
all_duties(struct list *l)
{
    enum err e = OK;

    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; e == OK && i < l->b.n[k]; i++)
            if (l->b.v[k][i].m.kind->flags & K_OPENS)
                e = put_duties(l, &l->b.v[k][i]);
    return e;
}

/* What was sent and stays there beyond its time: the node keeps the mark of
 * the newest hold that it was told of, and of its end. */
static enum err
put_held(struct list *l, const struct mail *m)
{
    struct arena *a = session_arena(l->s);
    struct rec *r;
    struct task *t;
    const int64_t since = mail_at(m, EVENT_HOLD_SET);
    enum err e;

    if (since == 0 || mail_at(m, EVENT_HOLD_LIFTED) > 0 ||
        l->n == TASKS_MOST)
        return OK;
    if ((r = record_new(a, &record_ask_task)) == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, r, "peer", record_bytes(m->row,
        "peer"))) != OK || (e = record_put_bytes(a, r, "digest",
        SLICE(m->digest))) != OK || (e = record_put_bytes(a, r, "thread",
        message_bytes(&m->m, "thread_id"))) != OK)
        return e;
    t = &l->v[l->n++];
    fill(&l->b, r, t);
    t->held = since;
    return OK;
}

static enum err
all_held(struct list *l)
{
    enum err e = OK;

    /* They have no date. */
    for (size_t i = 0; e == OK && l->until == 0 && i < l->b.n[1]; i++)
        e = put_held(l, &l->b.v[1][i]);
    return e;
}

/* What the other side asks of what was passed on, by the date that it has
 * set. */
static enum err
put_passed_on(struct list *l, const struct mail *by)
{
    const int64_t now = session_run(l->s)->env->now;
    struct duty d = { .own = true, .due = by->m.kind->n == KIND_RECALL ?
        (int64_t)message_uint(&by->m, "respond_by") : 0 };
    struct downstream owed[DOWNSTREAM_MAX];
    const size_t n = downstream_owed(&l->b, by, &d.what, owed);
    enum err e = OK;

    d.late = d.due > 0 && now >= d.due;
    for (size_t i = 0; e == OK && i < n && l->n < TASKS_MOST; i++)
        if (l->until == 0 || (d.due > 0 && d.due < l->until))
            e = put_duty(l, owed[i].transfer, &d);
    return e;
}

static enum err
all_passed_on(struct list *l)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < l->b.n[0]; i++)
        e = put_passed_on(l, &l->b.v[0][i]);
    return e;
}

struct cursor {
    uint64_t source, after;
    bool more;
};

static enum err
page(struct session *s, int64_t until, struct cursor *c, struct rec **out)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_tasks_of);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, args, "source", c->source)) != OK ||
        (e = record_put_uint(a, args, "after", c->after)) != OK ||
        (e = record_put_uint(a, args, "most", ASK_TASKS_MAX)) != OK ||
        (until > 0 && (e = record_put_uint(a, args, "until",
        (uint64_t)until)) != OK) ||
        (e = session_ask(s, REQUEST_TASKS, args, NULL, out)) != OK)
        return e;
    /* A node that does not move on is asked no more. */
    c->more = record_has(*out, "source") &&
        (record_uint(*out, "source") > c->source ||
        (record_uint(*out, "source") == c->source &&
        record_uint(*out, "after") > c->after));
    c->source = record_uint(*out, "source");
    c->after = record_uint(*out, "after");
    return OK;
}

static enum err
all_tasks(struct list *l)
{
    struct cursor c = { .more = true };
    struct rec *rows;
    enum err e;

    while (c.more) {
        const struct value *v;

        if ((e = page(l->s, l->until, &c, &rows)) != OK)
            return e;
        v = record_value(rows, "tasks");
        for (size_t i = 0; v != NULL && i < v->n && l->n < TASKS_MOST; i++)
            if (record_uint(v->v[i].r, "task") != TASK_DUTY)
                fill(&l->b, v->v[i].r, &l->v[l->n++]);
    }
    return OK;
}

enum err
tasks_list(struct session *s, int64_t until, struct task **out, size_t *n)
{
    struct list l = { .s = s, .until = until };
    enum err e;

    *n = 0;
    l.v = arena_get(session_arena(s), TASKS_MOST * sizeof(*l.v));
    if (l.v == NULL)
        return ERR_NOMEM;
    if ((e = mail_boxes(s, session_run(s)->env->domain, &l.b)) != OK ||
        (e = all_tasks(&l)) != OK || (e = all_duties(&l)) != OK ||
        (e = all_passed_on(&l)) != OK || (e = all_held(&l)) != OK)
        return e;
    if (l.n > 0)
        qsort(l.v, l.n, sizeof(*l.v), order);
    *out = l.v;
    *n = l.n;
    return OK;
}

void
tasks_remark(struct session *s, const struct task *t, struct buf *out)
{
    struct slice sealed = record_bytes(t->row, "remark");
    uint8_t kid[HASH_LEN], digest[HASH_LEN];
    struct secret *epoch = NULL;

    if (sealed.n == 0)
        return;
    hash_sha256(record_bytes(t->row, "id"), digest);
    if (comment_epoch(sealed, kid) == OK &&
        session_epoch(s, kid, &epoch) == OK)
        (void)!comment_open(sealed, epoch, digest, out);
    secret_free(epoch);
}
