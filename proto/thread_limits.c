/*
 * Which restriction set governs a message of a thread.
 */
#include <string.h>

#include "proto/enums.h"
#include "proto/limits.h"
#include "proto/thread.h"

#define POINTERS_DEEP 8             /* messages that point to messages */

static const struct rec *
own_set(const struct thread_message *m)
{
    return record_rec(m->m.common, "restrictions");
}

/* The next update of the set with this rid behind rank `after`. */
static const struct thread_message *
next_update(const struct thread *t, struct slice rid, int64_t after)
{
    const struct thread_message *next = NULL;

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->m.kind->n == MESSAGE_KIND_RESTRICTION_UPDATE &&
            thread_counts(m) && (int64_t)m->rank > after &&
            slice_equal(record_bytes(own_set(m), "rid"), rid) &&
            (next == NULL || m->rank < next->rank))
            next = m;
    }
    return next;
}

/* The set in its newest revision before the rank `before`: an update that
 * may not take its place changes nothing. */
static const struct rec *
newest(const struct thread *t, const struct rec *set, int64_t before)
{
    struct slice rid = record_bytes(set, "rid");
    const struct thread_message *m;
    int64_t after = -1;

    while ((m = next_update(t, rid, after)) != NULL && m->rank < before) {
        if (limits_revised(set, own_set(m), m->m.own,
            message_bytes(&m->m, "from"), NULL) == OK)
            set = own_set(m);
        after = m->rank;
    }
    return set;
}

/* Under the conditions that m's side offered and the other one accepted. */
static const struct rec *
under_conditions(const struct thread *t, const struct thread_message *m,
    const struct rec *set)
{
    for (size_t i = 0; set != NULL && i < thread_count(t); i++) {
        const struct thread_message *d = thread_at(t, i), *offer;
        struct rec *tight;

        if (d->m.kind->n != MESSAGE_KIND_CONDITIONS_DECISION ||
            d->out == m->out || !thread_counts(d) ||
            message_uint(&d->m, "decision") != CONDITIONS_ANSWER_ACCEPT)
            continue;
        offer = thread_find(t, message_bytes(&d->m, "conditions_of"));
        if (offer == NULL || offer->out != m->out || !thread_counts(offer) ||
            offer->m.kind->n != MESSAGE_KIND_CONDITIONS_OFFER)
            continue;
        set = limits_tighten(thread_arena(t), set, message_value(&offer->m,
            "conditions"), &tight) == OK ? tight : NULL;
    }
    return set;
}

static const struct rec *governing(const struct thread *t,
    const struct thread_message *m, unsigned deep);

/* What binds `of` as it binds an answer that points to it. */
static const struct rec *
borrowed(const struct thread *t, const struct thread_message *m,
    const struct thread_message *of, unsigned deep)
{
    const struct rec *set = deep < POINTERS_DEEP ?
        governing(t, of, deep + 1) : NULL;
    struct rec *r;

    if (set == NULL || of->out == m->out ||
        record_uint(set, "audience") != AUDIENCE_NAMED)
        return set;
    r = limits_copy(thread_arena(t), set);
    return r != NULL && record_put_uint(thread_arena(t), r, "audience",
        AUDIENCE_AUTHORITY) == OK && record_put(thread_arena(t), r,
        record_field(r->schema, "named_officers"), NULL, 0) == OK ? r :
        NULL;
}

/* The sets of what m points to by these fields; *n counts them. */
static const struct rec *
pointed(const struct thread *t, const struct thread_message *m,
    const char *const *names, unsigned deep, size_t *n)
{
    const struct rec *set = NULL, *one;
    struct rec *both;

    for (; *names != NULL; names++) {
        const struct thread_message *of = thread_find_about(t,
            message_bytes(&m->m, *names));

        if (of == NULL || of == m)
            continue;
        one = borrowed(t, m, of, deep);
        if ((*n)++ == 0)
            set = one;
        else if (set != one)
            set = set != NULL && limits_meet(thread_arena(t), set, one,
                &both, NULL) == OK ? both : NULL;
    }
    return set;
}

/* The sender of a text without a set is its originator. */
static const struct rec *
set_of_others(const struct thread *t, const struct thread_message *m,
    unsigned deep)
{
    static const char *const by[] = { "target_msg", "about", "offer_msg",
        "target", NULL };
    static const char *const answer[] = { "in_reply_to", "conditions_of",
        NULL };
    const struct thread_message *opening = thread_opening(t);
    struct slice from = message_bytes(&m->m, "from");
    size_t n = 0;
    const struct rec *set = pointed(t, m, by, deep, &n);
    struct rec *r;

    if (n == 0)
        set = pointed(t, m, answer, deep, &n);
    if (n == 0 && opening != NULL && opening != m)
        set = borrowed(t, m, opening, deep);
    if (set == NULL || (record_count(set, "originator") == 1 &&
        record_holds(set, "originator", from)))
        return set;
    r = limits_copy(thread_arena(t), set);
    return r != NULL && record_put_bytes(thread_arena(t), r, "originator",
        from) == OK ? r : NULL;
}

static const struct rec *
governing(const struct thread *t, const struct thread_message *m,
    unsigned deep)
{
    const struct rec *own = own_set(m);

    return under_conditions(t, m, own == NULL ? set_of_others(t, m, deep) :
        newest(t, own, INT64_MAX));
}

const struct rec *
thread_governing(const struct thread *t, const struct thread_message *m)
{
    return governing(t, m, 0);
}

struct slice
thread_release(const struct message *m)
{
    return record_bytes(message_rec(m, "release"), "offer");
}

bool
thread_accepts(const struct message *acceptance, const struct rec *set)
{
    return slice_equal(message_bytes(acceptance, "accepted_rid"),
        record_bytes(set, "rid")) &&
        message_uint(acceptance, "accepted_rrev") == record_uint(set,
        "rrev");
}

const struct thread_message *
thread_acceptance(const struct thread *t, bool out, struct slice offer)
{
    const struct thread_message *first = NULL;

    for (size_t i = 0; offer.n > 0 && i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->m.kind->n == KIND_CONDITIONS_DECISION && m->out != out &&
            m->place > 0 && !m->gone && message_uint(&m->m, "decision") ==
            CONDITIONS_ANSWER_ACCEPT && slice_equal(message_bytes(&m->m,
            "accepted"), offer) && (first == NULL ||
            m->place < first->place))
            first = m;
    }
    return first;
}

static bool
same_bytes(const struct rec *x, const struct rec *y)
{
    struct buf a, b;
    bool same;

    buf_init(&a, ENVELOPE_MAX);
    buf_init(&b, ENVELOPE_MAX);
    record_encode(x, 0, &a);
    record_encode(y, 0, &b);
    same = buf_done(&a) == OK && buf_done(&b) == OK &&
        slice_equal(slice_of_buf(&a), slice_of_buf(&b));
    buf_clear(&a);
    buf_clear(&b);
    return same;
}

bool
thread_revision_is(const struct thread *t, const struct thread_message *of,
    const struct rec *set)
{
    const struct rec *own = own_set(of);
    const struct thread_message *m;
    int64_t after = -1;

    if (own == NULL || set == NULL)
        return false;
    if (same_bytes(own, set))
        return true;
    while ((m = next_update(t, record_bytes(own, "rid"), after)) != NULL) {
        if (same_bytes(own_set(m), set))
            return true;
        after = m->rank;
    }
    return false;
}

/* Of a transfer: its offer was, in that revision. */
static bool
offer_accepted(const struct thread *t, const struct thread_message *m)
{
    const struct thread_message *acceptance = thread_acceptance(t, m->out,
        thread_release(&m->m));

    return acceptance != NULL && thread_counts(acceptance) &&
        thread_accepts(&acceptance->m, own_set(m));
}

bool
thread_accepted(const struct thread *t, const struct thread_message *m)
{
    const struct rec *set = own_set(m);
    struct slice id = message_bytes(&m->m, "msg_id");

    if (m->m.kind->n == KIND_EVIDENCE_OFFER)
        return true;
    if (m->m.kind->n == KIND_EVIDENCE_TRANSFER)
        return set == NULL || offer_accepted(t, m);
    for (size_t i = 0; set != NULL && i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);
        const struct message *r = &o->m;

        if (r->kind->n == KIND_RECEIPT && o->out != m->out &&
            o->place > 0 && !o->gone && slice_equal(states_target(r), id) &&
            message_uint(r, "restrictions_accepted") != 0 &&
            slice_equal(message_bytes(r, "accepted_rid"),
            record_bytes(set, "rid")) &&
            message_uint(r, "accepted_rrev") == record_uint(set, "rrev"))
            return true;
    }
    return set == NULL;
}

bool
thread_exculpatory(const struct thread *t, const struct thread_message *m,
    struct slice proceeding)
{
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; proceeding.n > 0 && i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->m.kind->n == KIND_EXCULPATORY_NOTICE && o->out != m->out &&
            o->place > 0 && !o->gone && o->allowed &&
            slice_equal(message_bytes(&o->m, "target_msg"), id) &&
            slice_equal(record_bytes(message_rec(&o->m, "proceeding"),
            "proc_id"), proceeding))
            return true;
    }
    return false;
}

const struct rec *
thread_target_set(const struct thread *t,
    const struct thread_message *target)
{
    const struct thread_message *of;

    if (target == NULL)
        return NULL;
    of = target->m.kind->n == KIND_CONSENT_REQUEST ? thread_find(t,
        message_bytes(&target->m, "target_msg")) : NULL;
    return thread_governing(t, of != NULL ? of : target);
}
