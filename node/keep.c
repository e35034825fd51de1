/*
 * Rows of retention, their times, and machine X: see keep.h.
 */
#include <string.h>

#include "node/keep.h"
#include "node/ledger.h"
#include "node/requests.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "proto/thread.h"

/* The event of the machine behind each of ours. */
static const uint16_t events[] = {
    [KEEP_USE_ENDS] = STEP_EVENT_USE_UNTIL,
    [KEEP_ENDS] = STEP_EVENT_RETAIN_UNTIL,
    [KEEP_DESTROY] = STEP_EVENT_DESTROY,
    [KEEP_RETURN] = STEP_EVENT_RETURN,
    [KEEP_ARCHIVE] = STEP_EVENT_ARCHIVE,
    [KEEP_SEAL] = STEP_EVENT_SEAL,
    [KEEP_UNSEAL] = STEP_EVENT_UNSEAL,
    [KEEP_HOLD] = STEP_EVENT_HOLD_SET,
    [KEEP_LIFT] = STEP_EVENT_HOLD_LIFTED,
    [KEEP_RECALL] = KIND_RECALL,
    [KEEP_CERTIFY] = KIND_DESTRUCTION_CERT,
};

static int64_t
first_of(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

/* When a timer is to look at it next. */
static void
set_timer(struct store_retention *r)
{
    switch (r->state) {
    case RETENTION_HELD:
        r->next = first_of(r->use_until, r->retain_until);
        break;
    case RETENTION_READ_ONLY:
    case RETENTION_SEALED:
        r->next = r->retain_until;
        break;
    case RETENTION_END_DUE:
        r->next = r->action == END_ACTION_REVIEW ? r->since + KEEP_REVIEW :
            r->since;
        break;
    case RETENTION_LEGAL_HOLD:
        r->next = r->hold_until;
        break;
    default:
        r->next = 0;
    }
}

static void
enter(const struct core *c, struct store_retention *r, uint8_t state)
{
    if (r->state == RETENTION_LEGAL_HOLD && state != RETENTION_LEGAL_HOLD) {
        r->hold_until = 0;
        r->hold_reason = 0;
        memset(r->hold_by, 0, HASH_LEN);
    }
    if (r->state != state)
        r->since = c->now.lo;
    r->state = state;
    set_timer(r);
}

enum err
keep_step(const struct core *c, struct store_retention *r,
    enum keep_event event)
{
    struct thread_state t = { .machine = MACHINE_RETENTION,
        .state = r->state, .before = r->before, .held = r->held };
    /* The reasons that seal at once have the same rows. */
    const struct step_event ev = { .kind = events[event],
        .qualifier = event == KEEP_RECALL ? RECALL_REASON_RC_SENT_IN_ERROR :
        0, .by_opener = event == KEEP_RECALL, .at = c->now.lo };
    enum err e = states_step(c->o.domain, &t, &ev);

    if (e != OK)
        return e;
    r->before = t.before;
    r->held = t.held;
    enter(c, r, t.state);
    return OK;
}

bool
keep_ended(const struct store_retention *r)
{
    return r->state == RETENTION_DESTROYED ||
        r->state == RETENTION_RETURNED || r->state == RETENTION_CERTIFIED;
}

bool
keep_sealed(const struct store_retention *r)
{
    return r->state == RETENTION_SEALED ||
        (r->state == RETENTION_LEGAL_HOLD && r->held == RETENTION_SEALED);
}

enum err
keep_row(struct core *c, uint64_t n, struct store_retention *r)
{
    enum err e;

    *r = (struct store_retention){ .n = n, .state = RETENTION_HELD,
        .told = STORE_NONE, .since = c->now.lo };
    e = store_retention_get(c->store, n, r);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
keep_open(struct core *c, uint64_t n)
{
    struct store_retention r;
    enum err e;

    if ((e = keep_row(c, n, &r)) != OK)
        return e;
    return keep_ended(&r) ? E_DESTROYED : keep_sealed(&r) ? E_SEALED :
        r.state == RETENTION_ARCHIVED ? E_RETENTION_EXPIRED : OK;
}

bool
keep_is_own(const struct core *c, const struct rec *set)
{
    const struct value *v = record_value(set, "originator");

    return v != NULL && v->n == 1 &&
        slice_equal(v->v[0].s, core_self(c));
}

/* The times that the set gives a row.  Of what is its own an authority is
 * bound by the end of keeping alone, and nothing is given back. */
static void
put_times(const struct core *c, const struct rec *set, bool out,
    struct store_retention *r)
{
    bool own = out && keep_is_own(c, set);

    r->use_until = own ? 0 : (int64_t)record_uint(set, "use_until");
    r->retain_until = (int64_t)record_uint(set, "retain_until");
    r->action = (uint8_t)record_uint(set, "end_action");
    if (own && r->action == END_ACTION_RETURN)
        r->action = END_ACTION_DESTROY;
    set_timer(r);
}

enum err
keep_begin(struct core *c, const struct thread *t,
    const struct thread_message *m, uint64_t n)
{
    struct store_retention r = { .n = n, .state = RETENTION_HELD,
        .since = c->now.lo, .told = STORE_NONE };

    struct slice rid = record_bytes(message_rec(&m->m, "restrictions"),
        "rid");
    enum err e;

    if (m->env.body_of.body_len == 0)
        return OK;
    put_times(c, thread_governing(t, m), m->out, &r);
    if ((e = store_retention_put(c->store, &r)) != OK ||
        (e = store_source_put(c->store, message_bytes(&m->m, "msg_id"),
        STORE_ITSELF, n)) != OK || rid.n == 0)
        return e;
    return store_source_put(c->store, rid, STORE_ITSELF, n);
}

/* What was over is not, where its originator has given it more time. */
static void
reopen(const struct core *c, struct store_retention *r)
{
    if (r->state == RETENTION_END_DUE && c->now.lo < r->retain_until)
        enter(c, r, RETENTION_READ_ONLY);
    if (r->state == RETENTION_READ_ONLY && c->now.hi < r->use_until)
        enter(c, r, RETENTION_HELD);
}

static enum err
refresh_one(struct core *c, const struct thread *t,
    const struct thread_message *m)
{
    struct store_retention r;
    enum err e = store_retention_get(c->store, m->n, &r);

    if (e == OK && !keep_ended(&r) && r.state != RETENTION_ARCHIVED) {
        put_times(c, thread_governing(t, m), m->out, &r);
        reopen(c, &r);
        e = store_retention_put(c->store, &r);
    }
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
keep_refresh(struct core *c, const struct thread *t)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < thread_count(t); i++)
        if (thread_at(t, i)->n > 0)
            e = refresh_one(c, t, thread_at(t, i));
    return e;
}

enum err
keep_lift(struct core *c, const struct store_message *m,
    struct store_retention *r, struct ask *ask, uint64_t *index)
{
    const struct line l = { .event = EVENT_HOLD_LIFTED, .obj = m->digest,
        .seen = true };
    const bool told = r->told != STORE_NONE;
    enum err e;

    if ((e = keep_step(c, r, KEEP_LIFT)) != OK ||
        (e = ask != NULL ? ask_done(c, ask, &l, index) :
        ledger_append(c, &l, index)) != OK ||
        (told && (e = store_notice_put(c->store, m->peer, *index)) != OK))
        return e;
    r->told = STORE_NONE;
    return store_retention_put(c->store, r);
}

/* Timers. */

static enum err
lift(struct core *c, struct store_retention *r)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_message m;
    uint64_t index;
    enum err e = a != NULL ? store_message_get(c->store, r->n, a, &m) :
        ERR_NOMEM;

    if (e == OK)
        e = keep_lift(c, &m, r, NULL, &index);
    arena_free(a);
    return e;
}

/* The end of keeping: what the originator asked for. */
static enum err
end(struct core *c, struct store_retention *r)
{
    switch (r->action) {
    case END_ACTION_RETURN:
        return keep_destroy(c, r->n, true, NULL, NULL, NULL);
    case END_ACTION_SEAL_ARCHIVE:
        if (r->state == RETENTION_END_DUE)
            return keep_archive(c, r->n);
        break;
    default:
        break;
    }
    return keep_destroy(c, r->n, false, NULL, NULL, NULL);
}

static enum err
keeping_ends(struct core *c, struct store_retention *r)
{
    enum err e;

    if (r->state == RETENTION_HELD &&
        (e = keep_step(c, r, KEEP_USE_ENDS)) != OK)
        return e;
    if ((e = keep_step(c, r, KEEP_ENDS)) != OK ||
        (e = store_retention_put(c->store, r)) != OK)
        return e;
    return r->action == END_ACTION_REVIEW ? OK : end(c, r);
}

/* One row whose time has come; it may go through several states. */
static enum err
timer(struct core *c, struct store_retention *r)
{
    int64_t now = c->now.lo;
    enum err e;

    if (r->state == RETENTION_LEGAL_HOLD && (e = lift(c, r)) != OK)
        return e;
    if (r->state == RETENTION_HELD && r->use_until > 0 &&
        now >= r->use_until && ((e = keep_step(c, r, KEEP_USE_ENDS)) != OK ||
        (e = store_retention_put(c->store, r)) != OK))
        return e;
    if (r->state == RETENTION_END_DUE)
        return now >= r->next ? end(c, r) : OK;
    if (r->retain_until == 0 || now < r->retain_until)
        return OK;
    return r->state == RETENTION_SEALED ? end(c, r) : keeping_ends(c, r);
}

struct due {
    size_t n;
    uint64_t of[KEEP_ENDED_MAX];
};

static enum err
note_due(void *arg, const struct store_retention *r)
{
    struct due *d = arg;

    if (d->n < KEEP_ENDED_MAX)
        d->of[d->n++] = r->n;
    return OK;
}

enum err
keep_tick(struct core *c)
{
    struct due d = { .n = 0 };
    enum err e;

    /* What deletes asks the earlier of the two times. */
    e = store_retention_due(c->store, c->now.lo, KEEP_ENDED_MAX, note_due,
        &d);
    for (size_t i = 0; e == OK && i < d.n; i++) {
        struct store_retention r;

        if ((e = keep_row(c, d.of[i], &r)) == OK && r.next > 0 &&
            r.next <= c->now.lo)
            e = timer(c, &r);
    }
    return e;
}
