/*
 * An officer opens a message: policy, an entry with his statement, and only
 * after the commit the ciphertext together with the proof (FORMAT.md section
 * 8).  A refused opening is an entry too.
 */
#include <string.h>

#include "node/facts.h"
#include "node/files.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/requests.h"
#include "node/store_dir.h"
#include "node/store_log.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "proto/policy.h"

/* The sender is told of the first opening alone.  Of a message of ours the
 * mark is what its recipient did: the own desk's copy has only the entry. */
static enum err
tell(struct core *c, const struct facts *x, uint64_t index)
{
    bool fresh;
    enum err e;

    if (x->m.dir != STORE_IN)
        return OK;
    if ((e = matter_mark(c, x->m.n, EVENT_OPENED, c->last, OK, &fresh)) !=
        OK)
        return e;
    if (fresh && (e = store_notice_put(c->store, x->m.peer, index)) != OK)
        return e;
    return x->m.state == STORE_RECEIVED ? store_message_state_set(c->store,
        x->m.n, STORE_OPENED) : OK;
}

static enum err
write_entry(struct core *c, struct ask *k, const struct facts *x,
    const struct verdict *v, uint64_t *index)
{
    const struct line l = { .event = v->answer == VERDICT_YES ?
        EVENT_OPENED : EVENT_BLOCKED, .code = v->code, .obj = x->m.digest,
        .seen = true, .has_purpose = true, .purpose = x->p.purpose,
        .proceeding = x->p.proceeding };

    return ask_done(c, k, &l, index);
}

static enum err
put_openings(struct core *c, struct ask *k, uint64_t index)
{
    static const enum entry_type types[] = { ENTRY_ACTOR, ENTRY_PURPOSE,
        ENTRY_STATEMENT };
    struct opening o[3];
    struct slice s;
    struct buf b;
    enum err e = OK;

    buf_init(&b, ENTRY_OPENINGS_MAX);
    for (size_t i = 0; e == OK && i < 3; i++)
        e = store_opening_get(c->store, index, types[i], k->a, &o[i]);
    if (e == OK)
        e = opening_encode(o, 3, &b);
    if (e == OK)
        e = arena_copy(c->batch, slice_of_buf(&b), &s);
    buf_clear(&b);
    return e != OK ? e : record_put_bytes(c->batch, k->result, "openings",
        s);
}

struct slot_of {
    struct arena *a;
    struct slice epoch, found;
};

static enum err
see_slot(void *arg, const struct store_slot *s)
{
    struct slot_of *of = arg;

    if (!slice_equal(of->epoch, SLICE(s->epoch)))
        return OK;
    return arena_copy(of->a, s->bytes, &of->found);
}

/* The asker's slot for the epoch to which our side's wrap is. */
static enum err
put_slot(struct core *c, struct ask *k, const struct facts *x)
{
    const struct value *v = record_value(x->of->m.common, "seals");
    uint64_t side = x->m.dir == STORE_IN ? SEAL_SIDE_PEER : SEAL_SIDE_OWN;
    struct slot_of of = { c->batch, SLICE_EMPTY, SLICE_EMPTY };
    enum err e;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "side") == side)
            of.epoch = record_bytes(v->v[i].r, "epoch");
    e = store_slots_of_officer(c->store, k->who->kid, see_slot, &of);
    if (e != OK || of.found.n == 0)
        return e;
    return record_put_bytes(c->batch, k->result, "slot", of.found);
}

static enum err
hand_over(struct core *c, struct ask *k, const struct facts *x)
{
    struct slice s = SLICE_EMPTY;
    struct buf b;
    enum err e;

    if ((e = ask_result(c, k)) != OK)
        return e;
    buf_init(&b, ENVELOPE_MAX);
    if ((e = matter_envelope(c, x->m.n, x->m.head, &b)) == OK)
        e = arena_copy(c->batch, slice_of_buf(&b), &s);
    buf_clear(&b);
    if (e != OK || (e = record_put_bytes(c->batch, k->result, "envelope",
        s)) != OK || (e = put_openings(c, k, k->receipt)) != OK)
        return e;
    return put_slot(c, k, x);
}

enum err
do_open(struct core *c, struct ask *k)
{
    struct facts x = { .t = NULL };
    struct verdict v;
    enum err e;

    if ((e = facts_gather(c, k, &x)) != OK)
        return e;
    v = facts_decide(&x, MAY_OPEN);
    if (v.code == E_NOT_FOUND)
        return facts_refused(k, &v);
    if ((e = facts_before(c, k, &v)) != OK ||
        (e = write_entry(c, k, &x, &v, &k->receipt)) != OK)
        return e;
    if (v.answer != VERDICT_YES) {
        k->receipt = STORE_NONE;
        return facts_refused(k, &v);
    }
    if ((e = tell(c, &x, k->receipt)) != OK ||
        (e = files_grant(c, x.m.n, &x.p, MAY_OPEN)) != OK)
        return e;
    return hand_over(c, k, &x);
}

/* What only the officer's client could see in a message; or that it has
 * blocked a refusal of it, on a ground that the law prohibits. */
enum err
do_finding(struct core *c, struct ask *k)
{
    struct facts x = { .t = NULL };
    uint64_t code = record_uint(k->args, "code");
    struct line l = { .event = EVENT_ALARM, .obj = x.m.digest };
    bool fresh;
    enum err e;

    if (!err_known(code) || code == OK)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "code");
    if ((e = facts_message(c, k, &x.m)) != OK || (e = ask_result(c, k)) != OK)
        return e;
    if (code == E_GROUND_PROHIBITED)
        l.event = EVENT_BLOCKED;
    l.code = (enum err)code;
    l.detail = record_bytes(k->args, "path");
    if ((e = ask_done(c, k, &l, &k->receipt)) != OK ||
        k->before != STORE_NONE || l.event == EVENT_BLOCKED)
        return e;
    /* Else it would look as if it had been read. */
    if (x.m.dir == STORE_IN && (e = matter_mark(c, x.m.n, EVENT_ALARM,
        c->last, l.code, &fresh)) != OK)
        return e;
    return store_alarm_put(c->store, &(struct store_alarm){ c->now.lo,
        x.m.peer, (uint16_t)code, SLICE(x.m.digest) }, NULL);
}
