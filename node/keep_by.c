/*
 * What messages do to the keeping of content, and what it allows them to say.
 */
#include <string.h>

#include "node/check.h"
#include "node/keep.h"
#include "node/matter.h"
#include "node/store_msg.h"
#include "proto/thread.h"

#define PASSED_ROOM (4 << 20)           /* headers of transfers, at most */

static const struct thread_message *
newest(const struct thread *t)
{
    return thread_at(t, thread_count(t) - 1);
}

/* The state of a message of this peer that an id names. */
static enum err
find(struct core *c, const struct checked *k, enum store_dir dir,
    struct slice id, struct store_retention *r)
{
    struct store_message m;
    enum err e;

    if (id.n != MSG_ID_LEN)
        return E_NOT_FOUND;
    e = store_message_find_id(c->store, dir, k->peer, id.p, NULL, &m);
    if (e == ERR_NOTFOUND)
        return E_NOT_FOUND;
    return e != OK ? e : keep_row(c, m.n, r);
}

/* The message that a recall which this one answers was about. */
static enum err
find_recalled(struct core *c, const struct checked *k,
    struct store_retention *r)
{
    const struct thread_message *recall = thread_find(k->t,
        message_bytes(&k->m, "in_reply_to"));

    if (recall == NULL)
        return E_NOT_FOUND;
    return find(c, k, STORE_IN, message_bytes(&recall->m, "target_msg"), r);
}

/* What can be said. */

static enum err
guard_cert(struct core *c, const struct checked *k, struct fault *f)
{
    const struct value *v = message_value(&k->m, "items");
    struct store_retention r;
    enum err e;

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        e = find(c, k, STORE_IN, record_bytes(v->v[i].r, "msg_id"), &r);
        if (e == E_NOT_FOUND || (e == OK &&
            keep_step(c, &r, KEEP_CERTIFY) != OK))
            return fault_set(f, E_BAD_STATE, 50, "items[%zu].msg_id", i);
        if (e != OK)
            return e;
    }
    return OK;
}

static bool
result_holds(const struct store_retention *r, uint64_t result)
{
    switch (result) {
    case RECALL_RESULT_SEALED:
        return keep_sealed(r);
    case RECALL_RESULT_REFUSED_LEGAL_HOLD:
        return r->state == RETENTION_LEGAL_HOLD;
    case RECALL_RESULT_PARTIAL:
        return !keep_ended(r);
    default:
        return keep_ended(r);
    }
}

/* Whether a result names who had the content from here. */
struct passed {
    struct core *c;
    struct arena *a;
    const struct value *named;
    bool missing;
};

static bool
has_left(const struct store_message *m)
{
    return m->state == STORE_HELD || m->state == STORE_QUEUED ||
        m->state == STORE_DELIVERED || m->state == STORE_UNCONFIRMED ||
        m->state == STORE_DESTROYED;
}

static enum err
note_passed(void *arg, uint64_t n)
{
    struct passed *x = arg;
    struct store_message m;
    enum err e = store_message_get(x->c->store, n, x->a, &m);
    bool there;

    if (e != OK)
        return e;
    there = m.kind != MESSAGE_KIND_ONWARD_TRANSFER || !has_left(&m);
    for (size_t i = 0; !there && x->named != NULL && i < x->named->n; i++)
        there = slice_equal(record_bytes(x->named->v[i].r, "to"), m.peer);
    x->missing |= !there;
    return OK;
}

static enum err
guard_passed(struct core *c, const struct checked *k, uint64_t n,
    struct fault *f)
{
    struct passed x = { .c = c, .a = arena_new(PASSED_ROOM),
        .named = message_value(&k->m, "downstream") };
    struct store_message m;
    enum err e = ERR_NOMEM;

    if (x.a != NULL &&
        (e = store_message_get(c->store, n, NULL, &m)) == OK)
        e = store_source_list(c->store, SLICE(m.msg_id), STORE_SOURCE,
            note_passed, &x);
    arena_free(x.a);
    return e == OK && x.missing ? fault_set(f, E_BAD_STATE, 50,
        "downstream") : e;
}

static enum err
guard_result(struct core *c, const struct checked *k, struct fault *f)
{
    const struct value *v = message_value(&k->m, "results");
    struct store_retention r;
    enum err e = find_recalled(c, k, &r);

    if (e == E_NOT_FOUND)
        return fault_set(f, E_BAD_STATE, 50, "in_reply_to");
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
        if (!result_holds(&r, record_uint(v->v[i].r, "result")))
            return fault_set(f, E_BAD_STATE, 50, "results[%zu].result", i);
    return e == OK ? guard_passed(c, k, r.n, f) : e;
}

static enum err
note_first(void *arg, uint64_t n)
{
    uint64_t *first = arg;

    if (n < *first)
        *first = n;
    return OK;
}

/* Nothing is made of content that is sealed or gone. */
static enum err
guard_source(struct core *c, struct slice id, const char *path,
    struct fault *f)
{
    uint64_t n = STORE_NONE;
    enum err e = store_source_list(c->store, id, STORE_ITSELF, note_first,
        &n);

    if (e != OK || n == STORE_NONE)
        return e;
    e = keep_open(c, n);
    return e == E_SEALED || e == E_DESTROYED || e == E_RETENTION_EXPIRED ?
        fault_set(f, e, 44, "%s", path) : e;
}

enum err
keep_sources(struct core *c, const struct checked *k, struct fault *f)
{
    const struct value *v = record_value(message_rec(&k->m, "restrictions"),
        "derived_from");
    struct slice source = message_bytes(&k->m, "source_msg");
    enum err e = OK;

    if (k->own && source.n > 0)
        e = guard_source(c, source, "source_msg", f);
    for (size_t i = 0; k->own && e == OK && v != NULL && i < v->n; i++)
        e = guard_source(c, v->v[i].s, "restrictions.derived_from", f);
    return e;
}

enum err
keep_guard(struct core *c, const struct checked *k, struct fault *f)
{
    if (k->own && k->m.kind->n == MESSAGE_KIND_DESTRUCTION_CERT)
        return guard_cert(c, k, f);
    if (k->own && k->m.kind->n == MESSAGE_KIND_RECALL_RESULT)
        return guard_result(c, k, f);
    return OK;
}

/* What it was made of: the message that it names, else every set that it
 * names. */
enum err
keep_made(struct core *c, const struct checked *k, uint64_t n)
{
    const struct value *v = record_value(message_rec(&k->m, "restrictions"),
        "derived_from");
    struct slice source = message_bytes(&k->m, "source_msg");
    enum err e = keep_begin(c, k->t, newest(k->t), n);

    if (e != OK)
        return e;
    if (source.n > 0)
        return store_source_put(c->store, source, STORE_SOURCE, n);
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
        e = store_source_put(c->store, v->v[i].s, STORE_SOURCE, n);
    return e;
}

/* What a message of ours does when it takes its place. */

static enum err
certified(struct core *c, const struct checked *k, enum store_dir dir)
{
    const struct value *v = message_value(&k->m, "items");
    struct store_retention r;
    enum err e = OK;

    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
        e = find(c, k, dir, record_bytes(v->v[i].r, "msg_id"), &r);
        if (e == E_NOT_FOUND) {
            e = OK;
            continue;
        }
        if (e == OK && dir == STORE_IN &&
            keep_step(c, &r, KEEP_CERTIFY) == OK)
            e = store_retention_put(c->store, &r);
        if (e == OK)
            e = matter_mark(c, r.n, EVENT_CERTIFIED, c->last, OK, NULL);
    }
    return e;
}

/* The recall is answered; what stays here is as it was, unless that was to
 * be sealed. */
static enum err
answered(struct core *c, const struct checked *k)
{
    struct store_retention r;
    enum err e = find_recalled(c, k, &r);

    if (e != OK || keep_ended(&r))
        return e == E_NOT_FOUND ? OK : e;
    return keep_stays(&k->m) ? keep_unseal(c, r.n) : OK;
}

enum err
keep_placed(struct core *c, const struct checked *k)
{
    switch (k->m.kind->n) {
    case MESSAGE_KIND_DESTRUCTION_CERT:
        return certified(c, k, STORE_IN);
    case MESSAGE_KIND_RECALL_RESULT:
        return answered(c, k);
    case MESSAGE_KIND_RESTRICTION_UPDATE:
        return keep_refresh(c, k->t);
    default:
        return OK;
    }
}

/* What a message of a peer does. */

static bool
seals_at_once(const struct message *m)
{
    uint64_t reason = message_uint(m, "reason_code");

    return reason == RECALL_REASON_RC_SENT_IN_ERROR ||
        reason == RECALL_REASON_RC_WRONG_RECIPIENT ||
        reason == RECALL_REASON_RC_SOURCE_RISK;
}

static enum err
recalled(struct core *c, const struct checked *k)
{
    struct store_retention r;
    enum err e = find(c, k, STORE_IN, message_bytes(&k->m, "target_msg"),
        &r);

    if (e != OK || !seals_at_once(&k->m))
        return e == E_NOT_FOUND ? OK : e;
    e = keep_recall(c, r.n);
    return e == E_DESTROYED ? OK : e;
}

/* All that the other side sent in this thread goes; what a legal hold keeps
 * goes when it ends. */
static enum err
withdraw_one(struct core *c, uint64_t n)
{
    struct store_retention r;
    enum err e = store_retention_get(c->store, n, &r);

    if (e == OK && r.state == RETENTION_LEGAL_HOLD) {
        r.held = RETENTION_END_DUE;
        r.action = END_ACTION_DESTROY;
        e = store_retention_put(c->store, &r);
    } else if (e == OK && !keep_ended(&r) &&
        r.state != RETENTION_ARCHIVED) {
        e = keep_destroy(c, n, false, NULL, NULL, NULL);
    }
    return e == ERR_NOTFOUND ? OK : e;
}

static enum err
withdrawn(struct core *c, const struct checked *k)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < thread_count(k->t); i++) {
        const struct thread_message *m = thread_at(k->t, i);

        if (!m->out && m->n > 0)
            e = withdraw_one(c, m->n);
    }
    return e;
}

enum err
keep_arrived(struct core *c, const struct checked *k, uint64_t n)
{
    enum err e = keep_begin(c, k->t, newest(k->t), n);

    if (e != OK)
        return e;
    if (keep_takes_all(&k->m))
        return withdrawn(c, k);
    switch (k->m.kind->n) {
    case MESSAGE_KIND_RECALL:
        return recalled(c, k);
    case MESSAGE_KIND_RESTRICTION_UPDATE:
        return keep_refresh(c, k->t);
    case MESSAGE_KIND_DESTRUCTION_CERT:
        return certified(c, k, STORE_OUT);
    default:
        return OK;
    }
}
