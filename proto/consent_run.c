/*
 * What was asked, decided, accepted and revoked in a thread: machine consent,
 * folded over its messages at their places.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/consent.h"
#include "proto/enums.h"

struct folding {
    struct thread *t;
    const struct domain *d;
    struct consent_run *runs;
    size_t n, max;
};

static bool
same_list(const struct message *a, const struct message *b, const char *name)
{
    const struct value *x = message_value(a, name);
    const struct value *y = message_value(b, name);
    size_t nx = x != NULL ? x->n : 0, ny = y != NULL ? y->n : 0;

    for (size_t i = 0; nx == ny && i < nx; i++)
        if (x->f->type == FT_ENUM ? x->v[i].u != y->v[i].u :
            !slice_equal(x->v[i].s, y->v[i].s))
            return false;
    return nx == ny;
}

/* The same target, parts, recipient and purpose. */
static bool
same_question(const struct message *a, const struct message *b)
{
    return same_list(a, b, "consent_type") &&
        same_list(a, b, "target_msg") && same_list(a, b, "parts") &&
        same_list(a, b, "docs") && same_list(a, b, "onward_to") &&
        same_list(a, b, "onward_to_class") &&
        same_list(a, b, "purpose_requested");
}

static struct consent_run *
by_question(struct folding *f, const struct thread_message *m)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->runs[i].request != NULL &&
            f->runs[i].request->out == m->out &&
            same_question(&f->runs[i].request->m, &m->m))
            return &f->runs[i];
    return NULL;
}

static bool
is_id(const struct thread_message *m, struct slice id)
{
    return m != NULL && slice_equal(message_bytes(&m->m, "msg_id"), id);
}

/* The run that a message is about; NULL if it is about none. */
static struct consent_run *
run_of(struct folding *f, const struct thread_message *m)
{
    struct slice of = message_bytes(&m->m, "in_reply_to");

    if (m->m.kind->n == KIND_CONDITIONS_DECISION)
        of = message_bytes(&m->m, "conditions_of");
    if (m->m.kind->n == KIND_CONSENT_REVOKE)
        of = message_bytes(&m->m, "consent_id");
    for (size_t i = 0; i < f->n; i++) {
        struct consent_run *r = &f->runs[i];

        if ((m->m.kind->n == KIND_CONSENT_DECISION && is_id(r->request, of))
            || (m->m.kind->n == KIND_CONDITIONS_DECISION &&
            is_id(r->decision, of)) ||
            (m->m.kind->n == KIND_CONSENT_REVOKE && r->consent != NULL &&
            slice_equal(record_bytes(r->consent, "consent_id"), of)))
            return r;
    }
    return NULL;
}

static struct consent_run *
begin(struct folding *f)
{
    struct consent_run *r;

    if (f->n == f->max)
        return NULL;
    r = &f->runs[f->n++];
    *r = (struct consent_run){ .state = { .machine = MACHINE_CONSENT,
        .state = CONSENT_NONE } };
    return r;
}

/* What a message allows without having been asked. */
static enum err
take_standing(struct folding *f, const struct thread_message *m)
{
    const struct value *v = message_value(&m->m, "standing");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct consent_run *r = begin(f);

        if (r == NULL)
            return E_OVERSIZE;
        r->decision = m;
        r->consent = v->v[i].r;
        r->state.state = CONSENT_GRANTED;
    }
    return OK;
}

static void
note(struct consent_run *r, const struct thread_message *m)
{
    const struct value *v = message_value(&m->m, "consent");

    switch (m->m.kind->n) {
    case KIND_CONSENT_REQUEST:
        *r = (struct consent_run){ .request = m, .state = r->state };
        break;
    case KIND_CONSENT_DECISION:
        r->decision = m;
        r->consent = v != NULL && v->n > 0 ? v->v[0].r : NULL;
        break;
    case KIND_CONDITIONS_DECISION:
        r->acceptance = message_uint(&m->m, "decision") ==
            CONDITIONS_ANSWER_ACCEPT ? m : NULL;
        break;
    default:
        r->revoked = m;
    }
}

/* Who asks again after a date has passed, or after the last use, asks anew:
 * by the dates of the messages, so that both sides judge alike. */
static enum err
pass_time(struct folding *f, struct consent_run *r,
    const struct thread_message *m)
{
    struct step_event ev = { .by_opener = true };
    uint8_t now = consent_state_at(r, record_uint(r->consent, "max_uses"),
        (int64_t)message_uint(&m->m, "created_at"));

    ev.kind = now == CONSENT_LAPSED ? STEP_EVENT_LAPSED :
        now == CONSENT_EXPIRED ? STEP_EVENT_EXPIRED : STEP_EVENT_EXHAUSTED;
    if (now == r->state.state || (now != CONSENT_LAPSED &&
        now != CONSENT_EXPIRED && now != CONSENT_EXHAUSTED))
        return OK;
    return states_step(f->d, &r->state, &ev);
}

static enum err
step(struct folding *f, const struct thread_message *m)
{
    struct consent_run *r = m->m.kind->n == KIND_CONSENT_REQUEST ?
        by_question(f, m) : run_of(f, m);
    bool fresh = r == NULL && m->m.kind->n == KIND_CONSENT_REQUEST;
    struct step_event ev;
    enum err e;

    if (r == NULL && m->m.kind->n == KIND_CONDITIONS_DECISION)
        return OK;                  /* of the thread, or of an offer */
    if (fresh && (r = begin(f)) == NULL)
        return E_OVERSIZE;
    if (r == NULL)
        return E_BAD_STATE;
    if (fresh)
        r->request = m;
    else if (m->m.kind->n == KIND_CONSENT_REQUEST &&
        (e = pass_time(f, r, m)) != OK)
        return e;
    states_event(&m->m, r->request != NULL ? m->out == r->request->out :
        m->out != r->decision->out, &ev);
    e = states_step(f->d, &r->state, &ev);
    if (e == OK)
        note(r, m);
    else if (fresh)
        f->n--;
    return e;
}

static bool
concerns(const struct thread_message *m)
{
    switch (m->m.kind->n) {
    case KIND_CONSENT_REQUEST:
    case KIND_CONSENT_DECISION:
    case KIND_CONDITIONS_DECISION:
    case KIND_CONSENT_REVOKE:
        return true;
    default:
        return false;
    }
}

static int
by_rank(const void *va, const void *vb)
{
    const struct thread_message *const *a = va, *const *b = vb;

    return (*a)->rank < (*b)->rank ? -1 : (*a)->rank > (*b)->rank;
}

static enum err
fold(struct folding *f, const struct thread_message **order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum err e = take_standing(f, order[i]);

        if (e == OK && concerns(order[i]) &&
            (e = step(f, order[i])) != OK && e != E_OVERSIZE) {
            thread_deny(f->t, order[i], e);
            e = OK;
        }
        if (e != OK)
            return e;
    }
    return OK;
}

enum err
consent_fold(struct thread *t, struct consent_run *out, size_t max,
    size_t *n)
{
    struct folding f = { t, thread_domain(t), out, 0, max };
    const struct thread_message **order;
    size_t all = thread_count(t), k = 0;
    enum err e;

    if (all == 0) {
        *n = 0;
        return OK;
    }
    order = arena_get(thread_arena(t), all * sizeof(*order));
    if (order == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < all; i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->place > 0 && !m->gone && m->allowed)
            order[k++] = m;
    }
    qsort(order, k, sizeof(const struct thread_message *), by_rank);
    e = fold(&f, order, k);
    *n = f.n;
    return e;
}

uint8_t
consent_state_at(const struct consent_run *run, uint64_t uses, int64_t now)
{
    uint64_t most = record_uint(run->consent, "max_uses");
    uint64_t until = record_uint(run->consent, "expires_at");
    uint64_t by = run->request != NULL ?
        message_uint(&run->request->m, "needed_by") : 0;

    if (run->state.state == CONSENT_PENDING && by > 0 &&
        now >= (int64_t)by)
        return CONSENT_LAPSED;
    if (run->state.state != CONSENT_GRANTED &&
        run->state.state != CONSENT_OFFERED_WITH_CONDITIONS)
        return run->state.state;
    if (until > 0 && now >= (int64_t)until)
        return CONSENT_EXPIRED;
    if (run->state.state == CONSENT_GRANTED && most > 0 && uses >= most)
        return CONSENT_EXHAUSTED;
    return run->state.state;
}

/* Whether the run is about message m: the one that was asked about, or that
 * brought a standing consent itself. */
static bool
is_about(const struct consent_run *r, const struct thread_message *m)
{
    return r->request == NULL ? r->decision == m :
        is_id(m, message_bytes(&r->request->m, "target_msg"));
}

/*
 * Whether a consent is for message m as a whole: it names each part and each
 * answer, or "body" where there is neither, and leaves out nothing.  Files
 * are not parts: they go with the whole, unless it names documents.
 */
static bool
is_whole(const struct rec *consent, const struct message *m)
{
    struct slice name;

    if (record_count(consent, "excluded_parts") > 0 ||
        record_count(consent, "excluded_docs") > 0 ||
        (record_has(m->common, "attachments") &&
        record_count(consent, "docs") > 0))
        return false;
    for (size_t i = 0; consent_name(m, i, &name); i++)
        if (!record_holds(consent, "parts", name))
            return false;
    return true;
}

enum err
consent_policy(struct thread *t, const struct thread_message *m, int64_t now,
    const struct policy_consent **out, size_t *n)
{
    struct consent_run *runs = arena_get(thread_arena(t),
        CONSENT_RUNS_MAX * sizeof(*runs));
    struct policy_consent *all = arena_get(thread_arena(t),
        CONSENT_RUNS_MAX * sizeof(*all));
    size_t count = 0;
    enum err e;

    *n = 0;
    *out = all;
    if (runs == NULL || all == NULL)
        return E_OVERSIZE;
    if ((e = consent_fold(t, runs, CONSENT_RUNS_MAX, &count)) != OK)
        return e;
    for (size_t i = 0; i < count; i++)
        if (runs[i].consent != NULL && is_about(&runs[i], m))
            all[(*n)++] = (struct policy_consent){
                .consent = runs[i].consent,
                .live = consent_state_at(&runs[i], 0, now) ==
                CONSENT_GRANTED,
                .whole = is_whole(runs[i].consent, &m->m),
                .uses = runs[i].decision->uses };
    return OK;
}
