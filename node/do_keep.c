/*
 * An officer sets or lifts a legal hold, destroys or seals content, or takes
 * back a message that has not left (FORMAT.md sections 8 and 9).
 */
#include <string.h>

#include "node/facts.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/release.h"
#include "node/requests.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "node/store_parcel.h"
#include "proto/thread.h"

/* An entry that says what was not allowed, and its code. */
static enum err
blocked(struct core *c, struct ask *k, const struct store_message *m,
    enum err code)
{
    const struct line l = { .event = EVENT_BLOCKED, .code = code,
        .obj = m->digest };
    uint64_t index;
    enum err e = ask_done(c, k, &l, &index);

    return e != OK ? e : fault_set(&k->f, code, 44, "digest");
}

/* Answered before: the entry of the same statement again, or its refusal. */
static enum err
again(struct core *c, struct ask *k)
{
    struct entry entry;
    enum err e = ledger_entry(c, k->before, &entry);

    k->receipt = k->before;
    if (e != OK || entry.code == OK)
        return e;
    k->receipt = STORE_NONE;
    return fault_set(&k->f, (enum err)entry.code, 44, "digest");
}

static enum err
check_until(const struct core *c, struct ask *k)
{
    int64_t until = (int64_t)record_uint(k->args, "until");

    if (!record_has(k->args, "reason"))
        return fault_set(&k->f, E_FIELD_MISSING, 2, "reason");
    if (until <= c->now.hi || until > c->now.hi + KEEP_HOLD_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "until");
    return OK;
}

/* Whether the sender may learn of a hold: not where nobody outside the
 * receiving unit may learn of the originator. */
static enum err
may_tell(struct core *c, struct ask *k, const struct store_message *m,
    bool *yes)
{
    const struct thread_message *of;
    const struct rec *set;
    struct thread_state state;
    struct thread *t;
    enum err e;

    if ((e = matter_load(c, k->a, m->peer, m->thread, &t)) != OK ||
        (e = thread_fold(t, &state)) != OK)
        return e;
    of = thread_find(t, SLICE(m->msg_id));
    set = of != NULL ? thread_governing(t, of) : NULL;
    *yes = set == NULL ||
        record_uint(set, "attribution") != ATTRIBUTION_MUST_NOT;
    return OK;
}

/* The sender is told once that there is a hold: a renewal changes nothing
 * for him.  The own copy of what this side sent is its own matter. */
static enum err
tell(struct core *c, struct ask *k, const struct store_message *m,
    struct store_retention *r)
{
    bool yes;
    enum err e;

    if (m->dir != STORE_IN || r->told != STORE_NONE)
        return OK;
    if ((e = may_tell(c, k, m, &yes)) != OK || !yes)
        return e;
    r->told = k->receipt;
    return store_notice_put(c->store, m->peer, k->receipt);
}

static enum err
set_hold(struct core *c, struct ask *k, const struct store_message *m,
    struct store_retention *r)
{
    const struct line l = { .event = EVENT_HOLD_SET, .obj = m->digest,
        .seen = true };
    enum err e;

    if ((e = check_until(c, k)) != OK)
        return e;
    r->hold_until = (int64_t)record_uint(k->args, "until");
    r->hold_reason = (uint8_t)record_uint(k->args, "reason");
    memcpy(r->hold_by, k->who->kid, HASH_LEN);
    if (keep_step(c, r, KEEP_HOLD) != OK)
        return fault_set(&k->f, keep_ended(r) ? E_DESTROYED : E_BAD_STATE,
            44, "digest");
    if ((e = ask_done(c, k, &l, &k->receipt)) != OK ||
        (e = tell(c, k, m, r)) != OK)
        return e;
    return store_retention_put(c->store, r);
}

static enum err
lift_hold(struct core *c, struct ask *k, const struct store_message *m,
    struct store_retention *r)
{
    enum err e = keep_lift(c, m, r, k, &k->receipt);

    return e == E_BAD_STATE ? fault_set(&k->f, e, 44, "digest") : e;
}

enum err
do_hold(struct core *c, struct ask *k)
{
    struct store_retention r;
    struct store_message m;
    enum err e;

    if ((e = facts_message(c, k, &m)) != OK || (e = ask_result(c, k)) != OK)
        return e;
    if (k->before != STORE_NONE)
        return again(c, k);
    if ((e = store_retention_get(c->store, m.n, &r)) == ERR_NOTFOUND)
        return fault_set(&k->f, E_NOT_FOUND, 0, "body");
    if (e != OK)
        return e;
    return record_has(k->args, "until") ? set_hold(c, k, &m, &r) :
        lift_hold(c, k, &m, &r);
}

static enum err
end(struct core *c, struct ask *k, const struct store_message *m,
    uint64_t *derived)
{
    uint64_t how = record_uint(k->args, "how");
    enum err e;

    *derived = 0;
    if (how != END_SEAL)
        return keep_destroy(c, m->n, how == END_RETURN, k, &k->receipt,
            derived);
    e = keep_seal(c, m->n, k, &k->receipt);
    return e == OK && k->receipt == STORE_NONE ? E_BAD_STATE : e;
}

enum err
do_destroy(struct core *c, struct ask *k)
{
    struct store_retention r;
    struct store_message m;
    uint64_t derived = 0;
    enum err e;

    if ((e = facts_message(c, k, &m)) != OK || (e = ask_result(c, k)) != OK)
        return e;
    if (k->before != STORE_NONE) {
        if ((e = again(c, k)) != OK)
            return e;
        return record_put_uint(c->batch, k->result, "derived", 0);
    }
    if ((e = store_retention_get(c->store, m.n, &r)) == ERR_NOTFOUND)
        return fault_set(&k->f, E_NOT_FOUND, 0, "body");
    if (e == OK)
        e = end(c, k, &m, &derived);
    if (e == E_ON_HOLD)
        return blocked(c, k, &m, e);
    if (e == E_BAD_STATE || e == E_DESTROYED)
        return fault_set(&k->f, e, 44, "digest");
    if (e != OK || (e = record_put_uint(c->batch, k->result, "derived",
        derived)) != OK)
        return e;
    return release_settle(c, m.peer, m.thread);
}

/* Cancelling. */

struct streams {
    size_t n;
    struct store_parcel p[PARCEL_WHICH];
};

static enum err
note_stream(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    struct streams *s = arg;

    (void)claim;
    if (s->n < PARCEL_WHICH)
        s->p[s->n++] = *p;
    return OK;
}

/* What was offered can be offered again under the keys that its client keeps:
 * it stays as long as what no message has named yet, or until it is given
 * up. */
static enum err
leave_files(struct core *c, struct streams *s)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < s->n; i++) {
        s->p[i].at = c->now.lo;
        e = store_parcel_set(c->store, &s->p[i]);
    }
    return e;
}

/* Of anything else nobody has the keys any more.  If too many files go
 * already, these go in time. */
static enum err
free_files(struct core *c, const struct streams *s)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < s->n; i++) {
        bool named;

        e = store_parcel_claimed(c->store, s->p[i].id, &named);
        if (e == OK && !named && (e = files_forget(c, &s->p[i])) == E_BUSY)
            e = OK;
    }
    return e;
}

/* Whether a later message of ours of its thread is on its way: it was
 * written for a thread in which this one stands. */
static enum err
has_later(struct core *c, struct ask *k, const struct store_message *m,
    bool *yes)
{
    struct thread *t;
    enum err e = matter_load(c, k->a, m->peer, m->thread, &t);

    *yes = false;
    for (size_t i = 0; e == OK && i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->out && !o->gone && m->place > 0 && o->place > m->place)
            *yes = true;
    }
    return e;
}

static enum err
check_cancel(struct core *c, struct ask *k, const struct store_message *m)
{
    struct store_out o;
    bool later;
    enum err e = OK;

    if (m->state == STORE_QUEUED) {
        e = store_outbox_get(c->store, m->n, &o);
        if (e == ERR_NOTFOUND || (e == OK && o.tries > 0))
            return fault_set(&k->f, E_BAD_STATE, 50, "state");
    } else if (m->state != STORE_PENDING && m->state != STORE_HELD &&
        m->state != STORE_RETURNED) {
        return fault_set(&k->f, E_BAD_STATE, 50, "state");
    }
    if (e != OK || (e = has_later(c, k, m, &later)) != OK)
        return e;
    return later ? fault_set(&k->f, E_BAD_STATE, 50, "thread") : OK;
}

/* Who signed it as its author. */
static enum err
check_author(struct core *c, struct ask *k, const struct store_message *m)
{
    struct envelope env;
    struct message msg;
    enum err e;

    if ((e = envelope_decode_head(m->head, &env, &k->f)) != OK ||
        (e = message_decode(k->a, c->o.domain, env.pre, &msg, &k->f)) != OK)
        return e;
    return slice_equal(message_bytes(&msg, "officer"), SLICE(k->who->kid)) ?
        OK : fault_set(&k->f, E_ROLE, 4, "officer");
}

enum err
do_cancel(struct core *c, struct ask *k)
{
    struct streams files = { .n = 0 };
    struct store_message m;
    enum err e;

    if ((e = facts_message(c, k, &m)) != OK || (e = ask_result(c, k)) != OK)
        return e;
    if (k->before != STORE_NONE)
        return again(c, k);
    if (m.dir != STORE_OUT)
        return E_NOT_FOUND;
    if ((e = check_author(c, k, &m)) != OK ||
        (e = check_cancel(c, k, &m)) != OK)
        return e;
    if ((e = store_claims_of(c->store, m.n, note_stream, &files)) != OK ||
        (e = keep_withdraw(c, &m, EVENT_CANCELLED, k, &k->receipt)) != OK ||
        (e = release_settle(c, m.peer, m.thread)) != OK)
        return e;
    return m.kind == KIND_EVIDENCE_OFFER ? leave_files(c, &files) :
        free_files(c, &files);
}
