#include <stdlib.h>
#include <string.h>

#include "cli/tasks.h"
#include "cli/text.h"
#include "keys/comment.h"
#include "proto/duty.h"

#define TASKS_MOST 4096

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

/* All messages here, to find those that tasks are about. */
struct boxes {
    struct mail *v[2];
    size_t n[2];
};

static const struct mail *
by_digest(const struct boxes *b, struct slice digest)
{
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < b->n[k]; i++)
            if (slice_equal(SLICE(b->v[k][i].digest), digest))
                return &b->v[k][i];
    return NULL;
}

static const struct mail *
opening_of(const struct boxes *b, struct slice peer, struct slice thread)
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
fill(const struct boxes *b, const struct rec *row, struct task *t)
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
read_boxes(struct session *s, struct boxes *b)
{
    const struct domain *d = session_run(s)->env->domain;
    enum err e = mail_list(s, d, ASK_IN, &b->v[0], &b->n[0]);

    return e != OK ? e : mail_list(s, d, ASK_OUT, &b->v[1], &b->n[1]);
}

enum err
tasks_list(struct session *s, int64_t until, struct task **out, size_t *n)
{
    struct cursor c = { .more = true };
    struct boxes b = { .n = { 0 } };
    struct task *all;
    struct rec *rows;
    enum err e;

    *n = 0;
    if ((all = arena_get(session_arena(s), TASKS_MOST * sizeof(*all))) ==
        NULL)
        return ERR_NOMEM;
    if ((e = read_boxes(s, &b)) != OK)
        return e;
    while (c.more) {
        const struct value *v;

        if ((e = page(s, until, &c, &rows)) != OK)
            return e;
        v = record_value(rows, "tasks");
        for (size_t i = 0; v != NULL && i < v->n && *n < TASKS_MOST; i++)
            fill(&b, v->v[i].r, &all[(*n)++]);
    }
    if (*n > 0)
        qsort(all, *n, sizeof(*all), order);
    *out = all;
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
