/*
 * What a peer answers to a DELIVER or a BEAT.  Nothing of it is believed
 * before its note is signed, linked to what was seen of that log before, and
 * each receipt proven under it.
 */
#include <stdio.h>
#include <string.h>

#include "keys/statement.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/peers.h"
#include "node/release.h"
#include "node/store_log.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "node/trustbase.h"
#include "proto/receipt.h"

#define DISTRUST_MS 30000

/* The checkpoint of the answer, once it is verified. */
struct seen {
    char origin[LOG_NAME_MAX];
    struct note_checkpoint at;
    struct tlog_have before;
};

/* FORMAT.md section 6: linked to what was verified last. */
static enum err
check_link(struct core *c, struct arena *a, struct peer *p,
    const struct tlog *t, struct seen *s)
{
    const struct rec *log;
    enum err e;

    log_name(slice_str(p->name), "log", 1, s->origin);
    log = record_find_by(record_value(trustbase_card(c, slice_str(p->name)),
        "logs"), "origin", slice_str(s->origin));
    if (log == NULL)
        return ERR_TRUST;
    if ((e = checkpoint_check(t->note, slice_str(s->origin),
        record_bytes(log, "key").p, &s->at)) != OK)
        return ERR_PROOF;
    if ((e = peers_have(c, a, slice_str(p->name), &s->before)) != OK)
        return e;
    if (s->before.size == 0)
        return t->root_at_have.n == 0 && t->proof.n == 0 ? OK : ERR_LINK;
    if (!slice_equal(t->root_at_have, SLICE(s->before.root)) ||
        tree_check_consistency(s->before.size, s->at.size, s->before.root,
        s->at.root, &t->proof) != OK)
        return ERR_LINK;
    return OK;
}

static enum err
keep_link(struct core *c, const struct seen *s, struct slice note)
{
    struct store_peerlog log = { .origin = slice_str(s->origin),
        .size = s->at.size, .note = note };

    if (s->before.size == s->at.size)
        return OK;
    memcpy(log.root, s->at.root, HASH_LEN);
    return store_peerlog_put(c->store, &log);
}

/* Verify one receipt and keep it with its note. */
static enum err
check_receipt(struct slice bytes, const struct seen *s,
    const uint8_t *digest, uint64_t events, struct receipt *r,
    struct entry *entry)
{
    const struct receipt_expect x = { slice_str(s->origin), s->at.size,
        s->at.root, digest, events, 0 };
    enum err e;

    if ((e = receipt_decode(bytes, r)) != OK)
        return e;
    return receipt_check(r, &x, entry);
}

/* When it was, as the peer says: not after now, nor before there were any
 * messages, so that no list of ours breaks on it. */
static int64_t
told_at(const struct core *c, const struct entry *entry)
{
    return entry->time < RECORD_TIME_MIN ||
        entry->time > (uint64_t)c->now.hi ? c->now.hi :
        (int64_t)entry->time;
}

static enum err
keep_receipt(struct core *c, uint64_t n, const struct entry *entry,
    struct slice bytes, struct slice note, bool *fresh)
{
    const struct store_receipt r = { n, entry->event, bytes, note };
    enum err e;

    if ((e = matter_mark(c, n, (enum event)entry->event,
        told_at(c, entry), (enum err)entry->code, fresh)) != OK ||
        !*fresh)
        return e;
    return store_receipt_put(c->store, &r);
}

/* Delivered, or refused for good: the end of the way of a message. */
static enum err
ended(struct core *c, const struct store_message *m,
    const struct entry *entry, struct slice bytes, struct slice note)
{
    bool good = entry->event == EVENT_DELIVERED, fresh;
    const struct line l = { .obj = m->digest,
        .event = good ? EVENT_CONFIRMED : EVENT_REFUSED, .seen = !good,
        .code = (enum err)entry->code };
    uint64_t index;
    enum err e;

    if ((e = keep_receipt(c, m->n, entry, bytes, note, &fresh)) != OK)
        return e;
    if (!fresh)
        return OK;
    if ((e = store_message_state_set(c->store, m->n, good ?
        STORE_DELIVERED : STORE_REFUSED)) != OK ||
        (e = store_outbox_done(c->store, m->n)) != OK ||
        (e = ledger_append(c, &l, &index)) != OK ||
        (e = matter_mark(c, m->n, l.event, c->last, l.code, NULL)) != OK)
        return e;
    if (m->kind == KIND_ONWARD_TRANSFER && (e = good ? onward_confirmed(c,
        m, bytes, note) : onward_dropped(c, m)) != OK)
        return e;
    if ((e = matter_keep(c, m->peer, m->thread)) != OK)
        return e;
    return release_settle(c, m->peer, m->thread);
}

static bool
is_waiting(const struct store_message *m)
{
    return m->state == STORE_QUEUED || m->state == STORE_UNCONFIRMED;
}

/* One result.  What is said without proof is as if it were not said. */
static enum err
take_result(struct core *c, struct arena *a, struct peer *p, uint64_t n,
    const struct packet_result *r, const struct seen *s, struct slice note)
{
    const struct err_row *row = err_row((enum err)r->code);
    struct store_message m;
    struct receipt receipt;
    struct entry entry;
    enum err e;

    if ((e = store_message_get(c->store, n, a, &m)) != OK)
        return e;
    if (!is_waiting(&m))
        return OK;
    if (r->code != OK && (!err_known(r->code) || row->ending != FINAL)) {
        core_log(c, row->e, "%s takes a message later: %s", p->name,
            row->name);
        p->greet |= row->e == E_LIST_MISSING;
        return OK;
    }
    e = check_receipt(r->receipt, s, m.digest, RECEIPT_EVENT(
        r->code == OK ? EVENT_DELIVERED : EVENT_REFUSED), &receipt, &entry);
    if (e != OK || entry.code != r->code)
        return ledger_alarm(c, slice_str(p->name), ERR_PROOF, m.digest);
    return ended(c, &m, &entry, r->receipt, note);
}

/* Whether it can have reached the peer: who has never been handed a message,
 * or has refused it, does nothing with it. */
static enum err
reached(struct core *c, const struct store_message *m, bool *yes)
{
    struct store_out o;
    enum err e;

    *yes = m->place > 0 && !matter_gone(m->state);
    if (!*yes || m->state != STORE_QUEUED)
        return OK;
    e = store_outbox_get(c->store, m->n, &o);
    *yes = e == OK && o.tries > 0;
    return e == ERR_NOTFOUND ? OK : e;
}

/* A legal hold comes again: the newest stays, with its own end.  newer says
 * whether this entry comes after what is known. */
static enum err
renew_hold(struct core *c, struct arena *a, uint64_t n,
    const struct entry *entry, bool *newer)
{
    static const enum event both[] = { EVENT_HOLD_LIFTED, EVENT_HOLD_SET };
    const size_t over = entry->event == EVENT_HOLD_SET ? 2 : 1;
    struct store_receipt kept;
    struct receipt r;
    enum err e = OK;

    *newer = true;
    for (size_t i = 0; i < 2; i++) {
        e = store_receipt_get(c->store, n, both[i], a, &kept);
        if (e == OK && (e = receipt_decode(kept.bytes, &r)) == OK &&
            r.index >= entry->seq)
            *newer = false;
        if (e != OK && e != ERR_NOTFOUND)
            return e;
    }
    for (size_t i = 0; *newer && i < over; i++)
        if ((e = store_receipt_drop(c->store, n, both[i])) != OK ||
            (e = store_mark_drop(c->store, n, both[i])) != OK)
            return e;
    return OK;
}

/* OPENED and the like, told later. */
static enum err
take_later(struct core *c, struct arena *a, struct peer *p,
    struct slice bytes, const struct seen *s, struct slice note,
    uint64_t *stored)
{
    const uint64_t told = RECEIPT_EVENT(EVENT_OPENED) |
        RECEIPT_EVENT(EVENT_STORED) | RECEIPT_EVENT(EVENT_DESTROYED) |
        RECEIPT_EVENT(EVENT_HOLD_SET) | RECEIPT_EVENT(EVENT_HOLD_LIFTED);
    struct store_message m;
    struct receipt r;
    struct entry entry;
    bool fresh, there = false;
    enum err e;

    if (receipt_decode(bytes, &r) != OK || entry_decode(r.entry, &entry) !=
        OK)
        return peers_alarm(c, p, ERR_PROOF, NULL);
    e = store_message_find_digest(c->store, entry.obj, a, &m);
    if (e == ERR_NOTFOUND || (e == OK && (m.dir != STORE_OUT ||
        !slice_is(m.peer, p->name))))
        return peers_alarm(c, p, ERR_PROOF, entry.obj);
    if (e != OK || (e = reached(c, &m, &there)) != OK)
        return e;
    if (!there ||
        check_receipt(bytes, s, m.digest, told, &r, &entry) != OK)
        return peers_alarm(c, p, ERR_PROOF, m.digest);
    if (r.index + 1 > *stored)
        *stored = r.index + 1;
    if ((entry.event == EVENT_HOLD_SET || entry.event == EVENT_HOLD_LIFTED)
        && ((e = renew_hold(c, a, m.n, &entry, &fresh)) != OK || !fresh))
        return e;
    if ((e = keep_receipt(c, m.n, &entry, bytes, note, &fresh)) != OK ||
        !fresh || entry.event != EVENT_DESTROYED)
        return e;
    /* A certificate may be owed from now on. */
    return matter_keep(c, m.peer, m.thread);
}

static enum err
take_laters(struct core *c, struct arena *a, struct peer *p,
    const struct packet_answer *an, const struct seen *s)
{
    char key[LINK_WHO_MAX + 16];
    uint8_t bytes[8];
    uint64_t stored = 0;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < an->nlater; i++)
        e = take_later(c, a, p, an->later[i], s, an->tlog.note, &stored);
    if (e != OK || stored == 0)
        return e;
    (void)snprintf(key, sizeof(key), "stored/%s", p->name);
    put_u64(bytes, stored);
    return store_meta_put(c->store, key, SLICE(bytes));
}

static enum err
take(struct core *c, struct arena *a, struct peer *p,
    const struct packet_answer *an, const struct seen *s)
{
    enum err e;

    if ((e = keep_link(c, s, an->tlog.note)) != OK)
        return e;
    for (size_t i = 0; i < p->n_items; i++) {
        if (i < an->n)
            e = take_result(c, a, p, p->items[i], &an->results[i], s,
                an->tlog.note);
        else
            e = store_outbox_tried(c->store, p->items[i], 1, c->now.hi);
        if (e != OK)
            return e;
    }
    return take_laters(c, a, p, an, s);
}

enum err
do_answer(struct core *c, struct peer *p, const struct packet_answer *an)
{
    struct arena *a;
    struct seen s;
    enum err e;

    if (p->asked == ASKED_NOTHING ||
        memcmp(p->req, an->req, PACKET_REQ_LEN) != 0)
        return OK;
    if ((a = arena_new(CORE_BATCH_ARENA)) == NULL)
        return ERR_NOMEM;
    p->asked = ASKED_NOTHING;
    e = check_link(c, a, p, &an->tlog, &s);
    if (e == ERR_LINK || e == ERR_PROOF || e == ERR_TRUST) {
        core_log(c, e, "the log of %s does not go on from what was seen",
            p->name);
        p->busy_until = c->now.mono + DISTRUST_MS;
        e = ledger_alarm(c, slice_str(p->name), e, NULL);
    } else if (e == OK) {
        e = take(c, a, p, an, &s);
    }
    arena_free(a);
    return e;
}
