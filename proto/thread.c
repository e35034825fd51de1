#include <string.h>

#include "proto/rules.h"
#include "proto/thread.h"

#define ROOM_FIRST 16

struct thread {
    struct arena *a;
    const struct domain *d;
    struct thread_message *m;
    size_t n, room;
};

enum err
thread_new(struct arena *a, const struct domain *d, struct thread **out)
{
    struct thread *t = arena_get(a, sizeof(*t));

    if (t == NULL)
        return E_OVERSIZE;
    t->a = a;
    t->d = d;
    *out = t;
    return OK;
}

static enum err
grow(struct thread *t)
{
    size_t room = t->room > 0 ? 2 * t->room : ROOM_FIRST;
    struct thread_message *m;

    if (t->n < t->room)
        return OK;
    if (room > THREAD_MAX ||
        (m = arena_get(t->a, room * sizeof(*m))) == NULL)
        return E_OVERSIZE;
    if (t->n > 0)
        memcpy(m, t->m, t->n * sizeof(*m));
    t->m = m;
    t->room = room;
    return OK;
}

enum err
thread_add(struct thread *t, const struct thread_message *m,
    struct fault *f)
{
    struct thread_message *mine;
    enum err e;

    if ((e = grow(t)) != OK)
        return e;
    mine = &t->m[t->n];
    *mine = *m;
    if ((e = envelope_decode_head(m->head, &mine->env, f)) != OK ||
        (e = message_decode(t->a, t->d, mine->env.pre, &mine->m, f)) != OK)
        return e;
    envelope_digest(mine->env.h, mine->digest);
    t->n++;
    return OK;
}

void
thread_forget(struct thread *t)
{
    if (t->n > 0)
        t->n--;
}

size_t
thread_count(const struct thread *t)
{
    return t->n;
}

const struct thread_message *
thread_at(const struct thread *t, size_t i)
{
    return i < t->n ? &t->m[i] : NULL;
}

/* The opening message is the first of its side, whatever became of it. */
const struct thread_message *
thread_opening(const struct thread *t)
{
    const struct thread_message *first = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct thread_message *m = &t->m[i];

        if ((m->m.kind->flags & K_OPENS) && m->place > 0 &&
            (first == NULL || m->place < first->place))
            first = m;
    }
    return first;
}

const struct thread_message *
thread_find(const struct thread *t, struct slice msg_id)
{
    for (size_t i = 0; i < t->n && msg_id.n == MSG_ID_LEN; i++)
        if (slice_equal(message_bytes(&t->m[i].m, "msg_id"), msg_id))
            return &t->m[i];
    return NULL;
}

static bool
counts(const struct thread_message *m)
{
    return m->place > 0 && !m->gone;
}

const struct thread_message *
thread_newest(const struct thread *t, bool out)
{
    const struct thread_message *newest = NULL;

    for (size_t i = 0; i < t->n; i++)
        if (t->m[i].out == out && counts(&t->m[i]) &&
            (newest == NULL || t->m[i].place > newest->place))
            newest = &t->m[i];
    return newest;
}

static struct slice
target_of(const struct message *m)
{
    struct slice s = message_bytes(m, "target_msg");

    return s.n > 0 ? s : message_bytes(m, "in_reply_to");
}

/* Whether an earlier receipt of the same side names the same message. */
static bool
acknowledged_before(const struct thread *t, const struct thread_message *m,
    struct slice target)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct thread_message *o = &t->m[i];

        if (o->m.kind->n == KIND_RECEIPT && o->out == m->out && counts(o) &&
            o->place < m->place && slice_equal(target_of(&o->m), target))
            return true;
    }
    return false;
}

static void
fill_item(const struct thread *t, const struct thread_message *opening,
    const struct thread_message *m, struct fold_item *item)
{
    struct slice target = target_of(&m->m), seen;
    const struct thread_message *of = thread_find(t, target);

    memset(item, 0, sizeof(*item));
    states_event(&m->m, m->out == opening->out, &item->ev);
    memcpy(item->digest, m->digest, HASH_LEN);
    seen = message_bytes(&m->m, "seen");
    if (seen.n == HASH_LEN)
        memcpy(item->seen, seen.p, HASH_LEN);
    item->place = m->place;
    if (of != NULL) {
        item->ev.target_kind = of->m.kind->n;
        item->ev.target_by_opener = of->out == opening->out;
        item->ev.target_opening = of == opening;
        item->ev.acknowledged = acknowledged_before(t, m, target);
    }
    item->ev.all_final = m->m.kind->n == KIND_REPLY &&
        rules_all_final(&m->m, &opening->m);
}

static void
fill_event(const struct thread_message *opening, struct fold_item *item)
{
    memset(item, 0, sizeof(*item));
    item->ev = (struct step_event){ .kind = opening->gone ?
        STEP_EVENT_REFUSED : STEP_EVENT_DELIVERED, .by_opener = false,
        .at = opening->gone ? opening->at : opening->delivered };
}

static struct thread_message *
by_digest(struct thread *t, const uint8_t digest[static HASH_LEN])
{
    for (size_t i = 0; i < t->n; i++)
        if (t->m[i].place > 0 &&
            memcmp(t->m[i].digest, digest, HASH_LEN) == 0)
            return &t->m[i];
    return NULL;
}

enum err
thread_fold(struct thread *t, struct thread_state *state)
{
    const struct thread_message *opening = thread_opening(t);
    struct fold_item *items;
    size_t n = 0;

    memset(state, 0, sizeof(*state));
    if (opening == NULL)
        return OK;
    items = arena_get(t->a, (t->n + 1) * sizeof(*items));
    if (items == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < t->n; i++)
        if (counts(&t->m[i]) || &t->m[i] == opening)
            fill_item(t, opening, &t->m[i], &items[n++]);
    if (opening->gone || opening->delivered > 0)
        fill_event(opening, &items[n++]);
    states_fold(t->d, (uint8_t)opening->m.kind->machine, items, n, state);
    for (size_t i = 0; i < n; i++) {
        struct thread_message *m = items[i].ev.kind < STEP_EVENT_DELIVERED ?
            by_digest(t, items[i].digest) : NULL;

        if (m != NULL) {
            m->allowed = items[i].allowed;
            m->rank = items[i].rank;
        }
    }
    return OK;
}

int64_t
thread_due(const struct thread *t, const struct thread_state *state,
    const struct rec *card)
{
    const struct thread_message *opening = thread_opening(t);

    if (opening == NULL || state->machine != MACHINE_REQUEST ||
        state->state >= REQUEST_ANSWERED)
        return 0;
    return states_due(state, states_answer_time(
        message_uint(&opening->m, "urgency"),
        record_uint(card, "reply_days")));
}

const struct rec *
thread_governing(const struct thread *t, const struct thread_message *m)
{
    const struct thread_message *of;
    const struct rec *set = record_rec(m->m.common, "restrictions");

    if (set == NULL && (of = thread_find(t, target_of(&m->m))) != NULL)
        set = record_rec(of->m.common, "restrictions");
    if (set == NULL && (of = thread_opening(t)) != NULL)
        set = record_rec(of->m.common, "restrictions");
    return set;
}

bool
thread_accepted(const struct thread *t, const struct thread_message *m)
{
    const struct rec *set = record_rec(m->m.common, "restrictions");
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; set != NULL && i < t->n; i++) {
        const struct message *r = &t->m[i].m;

        if (r->kind->n == KIND_RECEIPT && t->m[i].out != m->out &&
            counts(&t->m[i]) && slice_equal(target_of(r), id) &&
            message_uint(r, "restrictions_accepted") != 0 &&
            slice_equal(message_bytes(r, "accepted_rid"),
            record_bytes(set, "rid")) &&
            message_uint(r, "accepted_rrev") == record_uint(set, "rrev"))
            return true;
    }
    return false;
}
