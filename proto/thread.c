#include <string.h>

#include "proto/consent.h"
#include "proto/duty.h"
#include "proto/enums.h"
#include "proto/rules.h"
#include "proto/thread.h"

#define ROOM_FIRST 16
#define FORMAL_HOPS 16              /* from a message to the notice */

struct thread {
    struct arena *a;
    const struct domain *d;
    struct thread_message *m;
    size_t n, room;
    const struct rec *own, *peer;   /* cards */
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

void
thread_cards(struct thread *t, const struct rec *own, const struct rec *peer)
{
    t->own = own;
    t->peer = peer;
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

struct arena *
thread_arena(const struct thread *t)
{
    return t->a;
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

const struct domain *
thread_domain(const struct thread *t)
{
    return t->d;
}

void
thread_deny(struct thread *t, const struct thread_message *m, enum err code)
{
    struct thread_message *mine = &t->m[m - t->m];

    mine->allowed = false;
    mine->code = code;
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

bool
thread_counts(const struct thread_message *m)
{
    return counts(m) && m->allowed;
}

const struct thread_message *
thread_find_about(const struct thread *t, struct slice about)
{
    char text[2 * MSG_ID_LEN + 1] = "";
    uint8_t id[MSG_ID_LEN];

    if (about.n == MSG_ID_LEN)
        return thread_find(t, about);
    if (about.n != 2 * MSG_ID_LEN)
        return NULL;
    memcpy(text, about.p, about.n);
    return hex_decode(text, id, MSG_ID_LEN) ? thread_find(t, SLICE(id)) :
        NULL;
}

const struct thread_message *
thread_named(const struct thread *t, const struct thread_message *m)
{
    struct slice target = states_target(&m->m);
    const struct thread_message *of = thread_find_about(t,
        message_bytes(&m->m, "about"));

    return of != NULL ? of : thread_find(t, target);
}

/* The notice with this reference, or any where ref is empty. */
static bool
has_notice(const struct thread *t, struct slice ref)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->m[i].m.kind->n == MESSAGE_KIND_FORMALISE_NOTICE &&
            (ref.n == 0 || slice_equal(message_bytes(&t->m[i].m, "mla_ref"),
            ref)))
            return true;
    return false;
}

bool
thread_formal(const struct thread *t, const struct thread_message *m)
{
    for (int left = FORMAL_HOPS; m != NULL && left > 0; left--) {
        struct slice about = message_bytes(&m->m, "about");

        if (m->m.kind->n == MESSAGE_KIND_FORMALISE_NOTICE ||
            (about.n > 0 && has_notice(t, about)))
            return true;
        m = thread_named(t, m);
    }
    return false;
}

/* FIUs, police and anti-corruption agencies among themselves. */
static bool
is_informal(const struct rec *card)
{
    const struct value *v = record_value(card, "kinds");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].u != AUTHORITY_KIND_FIU &&
            v->v[i].u != AUTHORITY_KIND_LAW_ENFORCEMENT &&
            v->v[i].u != AUTHORITY_KIND_ANTI_CORRUPTION_AGENCY)
            return false;
    return v != NULL && v->n > 0;
}

static uint64_t
first_basis(const struct thread_message *opening)
{
    const struct value *v = opening == NULL ? NULL : record_value(
        message_rec(&opening->m, "restrictions"), "legal_basis");

    return v != NULL && v->n > 0 ? v->v[0].u : 0;
}

enum step_consult
thread_consult(const struct thread *t)
{
    static const uint8_t mutual[] = { LEGAL_BASIS_UNCAC_43_1,
        LEGAL_BASIS_UNCAC_44, LEGAL_BASIS_UNCAC_46, LEGAL_BASIS_UNCAC_55,
        LEGAL_BASIS_UNTOC, LEGAL_BASIS_BILATERAL_TREATY,
        LEGAL_BASIS_REGIONAL_TREATY };
    const struct thread_message *opening = thread_opening(t);
    uint64_t basis = first_basis(opening);

    if (is_informal(t->own) && is_informal(t->peer))
        return CONSULT_NEVER;
    if (opening != NULL &&
        opening->m.kind->n == MESSAGE_KIND_CONSULTATION)
        return CONSULT_ALWAYS;
    for (size_t i = 0; i < sizeof(mutual) / sizeof(mutual[0]); i++)
        if (mutual[i] == basis)
            return CONSULT_ALWAYS;
    return CONSULT_FORMAL;
}

/* What its sender knew: who lets a transfer go knows its acceptance. */
static struct slice
seen_of(const struct thread *t, const struct thread_message *m)
{
    const struct thread_message *acceptance = thread_acceptance(t, m->out,
        thread_release(&m->m)), *of = NULL;
    struct slice seen = message_bytes(&m->m, "seen");

    if (acceptance == NULL)
        return seen;
    for (size_t i = 0; i < t->n; i++)
        if (t->m[i].place > 0 && t->m[i].out != m->out &&
            slice_equal(SLICE(t->m[i].digest), seen))
            of = &t->m[i];
    return of != NULL && of->place > acceptance->place ? seen :
        SLICE(acceptance->digest);
}

static void
fill_item(const struct thread *t, const struct thread_message *opening,
    const struct thread_message *m, struct fold_item *item)
{
    const struct thread_message *of = thread_find(t, states_target(&m->m));
    struct slice seen, accepted;

    memset(item, 0, sizeof(*item));
    states_event(&m->m, m->out == opening->out, &item->ev);
    memcpy(item->digest, m->digest, HASH_LEN);
    seen = seen_of(t, m);
    if (seen.n == HASH_LEN)
        memcpy(item->seen, seen.p, HASH_LEN);
    item->place = m->place;
    if (of != NULL) {
        item->ev.target_kind = of->m.kind->n;
        item->ev.target_by_opener = of->out == opening->out;
        item->ev.target_opening = of == opening;
    }
    item->ev.all_final = m->m.kind->n == KIND_REPLY &&
        rules_all_final(&m->m, &opening->m);
    accepted = message_bytes(&m->m, "accepted");
    item->ev.accepts = slice_equal(accepted, SLICE(opening->digest));
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

/* What a consent's own machine does not allow is not allowed either. */
static enum err
judge_consents(struct thread *t)
{
    struct consent_run *runs;
    size_t n = 0, used;

    for (size_t i = 0; i < t->n; i++) {
        const struct value *v = message_value(&t->m[i].m, "standing");

        if (!counts(&t->m[i]))
            continue;
        n += t->m[i].m.kind->n == KIND_CONSENT_REQUEST;
        n += v != NULL ? v->n : 0;
    }
    if (n == 0)
        return OK;
    if (n > CONSENT_RUNS_MAX ||
        (runs = arena_get(t->a, n * sizeof(*runs))) == NULL)
        return E_OVERSIZE;
    return consent_fold(t, runs, n, &used);
}

enum err
thread_fold(struct thread *t, struct thread_state *state)
{
    const struct thread_message *opening = thread_opening(t);
    enum step_consult consult;
    struct fold_item *items;
    bool notice;
    size_t n = 0;

    memset(state, 0, sizeof(*state));
    if (opening == NULL)
        return OK;
    items = arena_get(t->a, (t->n + 1) * sizeof(*items));
    if (items == NULL)
        return E_OVERSIZE;
    consult = thread_consult(t);
    notice = has_notice(t, SLICE_EMPTY);
    for (size_t i = 0; i < t->n; i++) {
        if (!counts(&t->m[i]) && &t->m[i] != opening)
            continue;
        fill_item(t, opening, &t->m[i], &items[n]);
        items[n].ev.consult = (uint8_t)consult;
        items[n++].ev.formal = notice && thread_formal(t, &t->m[i]);
    }
    if (opening->gone || opening->delivered > 0)
        fill_event(opening, &items[n++]);
    states_fold(t->d, (uint8_t)opening->m.kind->machine, items, n, state);
    for (size_t i = 0; i < n; i++) {
        struct thread_message *m = items[i].ev.kind < STEP_EVENT_DELIVERED ?
            by_digest(t, items[i].digest) : NULL;

        if (m != NULL) {
            m->allowed = items[i].allowed;
            m->code = items[i].code;
            m->rank = items[i].rank;
        }
    }
    return judge_consents(t);
}

int64_t
thread_due(const struct thread *t, const struct thread_state *state,
    const struct rec *card)
{
    const struct thread_message *opening = thread_opening(t);

    if (opening != NULL && state->machine == MACHINE_EVIDENCE &&
        state->state == EVIDENCE_OFFERED)
        return (int64_t)message_uint(&opening->m, "accept_by");
    return duty_answer(t, state, card, NULL);
}
