/*
 * An officer hands in a sealed message; an approver signs one that waits, or
 * returns it (FORMAT.md sections 2 and 3).
 */
#include <string.h>

#include "keys/consents.h"
#include "keys/sign.h"
#include "node/check.h"
#include "node/core_in.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/receive.h"
#include "node/release.h"
#include "node/requests.h"
#include "node/store_mark.h"
#include "node/store_msg.h"

struct plan {
    enum store_state state;
    bool again;                     /* it is here already */
    struct store_message same;
};

static enum err
gather(struct core *c, const struct checked *k, struct plan *p)
{
    struct store_message other;
    enum err e;

    e = store_message_find_digest(c->store, k->digest, NULL, &p->same);
    if (e == OK) {
        p->again = p->same.dir == STORE_OUT;
        return p->again ? OK : E_DUPLICATE;
    }
    if (e != ERR_NOTFOUND)
        return e;
    e = store_message_find_id(c->store, STORE_OUT, k->peer, k->msg_id, NULL,
        &other);
    return e == OK ? E_DUPLICATE : e == ERR_NOTFOUND ? OK : e;
}

static enum err
decide(struct core *c, struct ask *k, struct checked *m, struct plan *p)
{
    bool waits = message_uint(&m->m, "approval") != 0;
    enum err e;

    p->state = waits ? STORE_PENDING : STORE_QUEUED;
    if ((e = check_parties(c, m, &k->f)) != OK ||
        (e = check_signers(c, m, waits, &k->f)) != OK)
        return e;
    if (!slice_equal(message_bytes(&m->m, "officer"), SLICE(k->who->kid)))
        return fault_set(&k->f, E_ROLE, 4, "officer");
    if ((e = check_rest(c, k->a, m, &k->f)) != OK ||
        (e = files_whole(c, m, &k->f)) != OK)
        return e;
    if (m->held && !waits)
        p->state = STORE_HELD;
    return OK;
}

/* How long it can be cancelled before it leaves: what is urgent, only says
 * that something came, or only tightens, leaves at once. */
static int64_t
send_delay(const struct core *c, const struct message *m)
{
    return message_uint(m, "urgency") >= URGENCY_URGENT ||
        m->kind->n == KIND_RECEIPT || (m->kind->flags & K_TIGHTENS) != 0 ?
        0 : c->o.limits.send_delay;
}

static enum err
queue(struct core *c, const struct checked *m, uint64_t n, int64_t delay)
{
    const struct store_out o = { .n = n, .next = c->now.hi + delay,
        .expires = (int64_t)message_uint(&m->m, "expires_at") };

    return store_outbox_put(c->store, &o);
}

enum err
submit_placed(struct core *c, const struct checked *m, uint64_t n,
    int64_t delay)
{
    uint64_t place;
    enum err e;

    if ((e = release_note(c, m, n)) != OK ||
        (e = store_message_state_set(c->store, n, STORE_QUEUED)) != OK ||
        (e = store_message_place_take(c->store, n, &place)) != OK ||
        (e = queue(c, m, n, delay)) != OK ||
        (e = onward_taken(c, m, n)) != OK ||
        (e = matter_keep(c, m->peer, m->thread)) != OK)
        return e;
    return keep_placed(c, m);
}

static enum err
apply(struct core *c, struct ask *k, const struct checked *m,
    const struct plan *p, uint64_t *index)
{
    const struct line l = { .event = kind_event(&m->m),
        .obj = m->digest };
    struct store_message row = { .dir = STORE_OUT,
        .state = (uint16_t)p->state };
    bool queued = p->state == STORE_QUEUED;
    enum err e;

    if ((e = ask_done(c, k, &l, index)) != OK)
        return e;
    row.entry = *index;
    if ((e = receive_store(c, m, &row, queued)) != OK ||
        (e = matter_mark(c, row.n, EVENT_CREATED, c->last, OK, NULL)) != OK
        || (e = keep_made(c, m, row.n)) != OK)
        return e;
    if (!queued)
        return OK;
    if ((e = release_note(c, m, row.n)) != OK ||
        (e = queue(c, m, row.n, send_delay(c, &m->m))) != OK ||
        (e = onward_taken(c, m, row.n)) != OK ||
        (e = matter_put(c, m->t, m->peer, m->thread, &m->state)) != OK ||
        (e = keep_placed(c, m)) != OK)
        return e;
    return release_settle(c, m->peer, m->thread);
}

static enum err
accepted(struct core *c, struct ask *k, unsigned state, uint64_t index)
{
    enum err e;

    if ((e = ask_result(c, k)) != OK)
        return e;
    k->receipt = index;
    return record_put_uint(c->batch, k->result, "state", state);
}

enum err
do_submit(struct core *c, struct ask *k)
{
    struct checked m = { .own = true };
    struct plan p = { .again = false };
    uint64_t index;
    enum err e;

    if ((e = check_read(c, k->a, record_bytes(k->args, "envelope"), &m,
        &k->f)) != OK)
        return e;
    m.peer = message_bytes(&m.m, "to");
    if ((e = gather(c, &m, &p)) != OK)
        return e;
    if (p.again)
        return accepted(c, k, p.same.state, p.same.entry);
    if ((e = decide(c, k, &m, &p)) != OK)
        return e;
    if ((e = apply(c, k, &m, &p, &index)) != OK)
        return e;
    return accepted(c, k, p.state, index);
}

/* A message that waits, with everything that was submitted. */
static enum err
find_pending(struct core *c, struct ask *k, struct store_message *m)
{
    struct slice digest = record_bytes(k->args, "digest");
    enum err e;

    e = store_message_find_digest(c->store, digest.p, k->a, m);
    if (e == ERR_NOTFOUND || (e == OK && m->dir != STORE_OUT))
        return E_NOT_FOUND;
    if (e != OK)
        return e;
    if (!slice_equal(k->st.obj, digest))
        return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    return OK;
}

/* The approver's signatures of the consents that are our own. */
static enum err
own_signatures(struct ask *k, struct signature out[static CONSENTS_ALL],
    size_t *n)
{
    const struct value *v = record_value(k->args, "consents");

    *n = v != NULL ? v->n : 0;
    if (*n > CONSENTS_ALL)
        return E_OVERSIZE;
    for (size_t i = 0; i < *n; i++) {
        memcpy(out[i].kid, k->who->kid, HASH_LEN);
        memcpy(out[i].sig, v->v[i].s.p, SIG_LEN);
    }
    return OK;
}

static enum err
merge(struct ask *k, const struct envelope *env, const struct message *m,
    struct buf *whole)
{
    struct signature held[ENVELOPE_SIGS_MAX], sigs[ENVELOPE_SIGS_MAX];
    struct signature own[CONSENTS_ALL], second;
    size_t n_own, n;
    enum err e;

    for (size_t i = 0; i < env->n_sigs; i++)
        envelope_sig(env, i, &held[i]);
    memcpy(second.kid, k->who->kid, HASH_LEN);
    memcpy(second.sig, record_bytes(k->args, "sig").p, SIG_LEN);
    if ((e = own_signatures(k, own, &n_own)) != OK ||
        (e = consents_merge(m, held, env->n_sigs, &second, own, n_own, sigs,
        ENVELOPE_SIGS_MAX, &n)) != OK)
        return fault_set(&k->f, e, 4, "consents");
    return envelope_put(env->h, sigs, n, env->wraps, env->body, whole);
}

/* The envelope with the approver's signatures too. */
static enum err
with_signature(struct core *c, struct ask *k, const struct store_message *m,
    struct slice *out)
{
    struct message control;
    struct envelope env;
    struct buf b, whole;
    enum err e;

    buf_init(&b, ENVELOPE_MAX);
    buf_init(&whole, ENVELOPE_MAX);
    if ((e = matter_envelope(c, m->n, m->head, &b)) == OK &&
        (e = envelope_decode(slice_of_buf(&b), &env, &k->f)) == OK &&
        (e = message_decode(k->a, c->o.domain, env.pre, &control, &k->f)) ==
        OK)
        e = merge(k, &env, &control, &whole);
    if (e == OK)
        e = arena_copy(k->a, slice_of_buf(&whole), out);
    buf_clear(&b);
    buf_clear(&whole);
    return e;
}

static enum err
apply_approval(struct core *c, struct ask *k, const struct checked *m,
    const struct store_message *row, uint64_t *index)
{
    const struct line l = { .event = EVENT_APPROVED, .obj = m->digest };
    enum err e;

    if ((e = ask_done(c, k, &l, index)) != OK ||
        (e = store_message_head_set(c->store, row->n, m->head)) != OK ||
        (e = matter_mark(c, row->n, EVENT_APPROVED, c->last, OK, NULL)) !=
        OK)
        return e;
    if (m->held)
        return store_message_state_set(c->store, row->n, STORE_HELD);
    if ((e = submit_placed(c, m, row->n, send_delay(c, &m->m))) != OK)
        return e;
    return release_settle(c, m->peer, m->thread);
}

enum err
do_approve(struct core *c, struct ask *k)
{
    struct checked m = { .own = true };
    struct store_message row;
    struct slice bytes;
    uint64_t index;
    enum err e;

    if ((e = find_pending(c, k, &row)) != OK)
        return e;
    if (k->before != STORE_NONE)
        return accepted(c, k, row.state, k->before);
    if (row.state != STORE_PENDING)
        return fault_set(&k->f, E_BAD_STATE, 50, "state");
    if ((e = with_signature(c, k, &row, &bytes)) != OK ||
        (e = check_read(c, k->a, bytes, &m, &k->f)) != OK)
        return e;
    m.peer = row.peer;
    if ((e = check_parties(c, &m, &k->f)) != OK ||
        (e = check_signers(c, &m, false, &k->f)) != OK ||
        (e = check_rest(c, k->a, &m, &k->f)) != OK ||
        (e = files_whole(c, &m, &k->f)) != OK)
        return e;
    if ((e = apply_approval(c, k, &m, &row, &index)) != OK)
        return e;
    return accepted(c, k, m.held ? STORE_HELD : STORE_QUEUED, index);
}

enum err
do_return(struct core *c, struct ask *k)
{
    struct slice digest = record_bytes(k->args, "digest");
    const struct line l = { .event = EVENT_RETURNED, .obj = digest.p };
    struct store_message row;
    enum err e;

    if ((e = find_pending(c, k, &row)) != OK)
        return e;
    if ((e = ask_result(c, k)) != OK)
        return e;
    k->receipt = k->before;
    if (k->before != STORE_NONE)
        return OK;
    if (row.state != STORE_PENDING)
        return fault_set(&k->f, E_BAD_STATE, 50, "state");
    if ((e = ask_done(c, k, &l, &k->receipt)) != OK ||
        (e = store_message_state_set(c->store, row.n, STORE_RETURNED)) != OK
        || (e = store_remark_put(c->store, row.n, record_bytes(k->args,
        "comment"))) != OK ||
        (e = matter_mark(c, row.n, EVENT_RETURNED, c->last, OK, NULL)) != OK)
        return e;
    return release_settle(c, row.peer, row.thread);
}
