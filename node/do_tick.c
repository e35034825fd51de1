/*
 * Timers: ends of life, approvals that lapse, the sign of life of the log,
 * trust in the clock.  What ends by a time does not end while the clock is
 * not trusted.
 */
#include <string.h>

#include "node/files.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/owed.h"
#include "node/peers.h"
#include "node/proposal.h"
#include "node/pull.h"
#include "node/release.h"
#include "node/store_log.h"
#include "node/store_msg.h"

#define ENDED_MAX 64                    /* of one tick */
#define HEADS_MAX (1u << 20)

struct ended {
    size_t n;
    struct store_out out[ENDED_MAX];
};

static enum err
note_ended(void *arg, const struct store_out *o)
{
    struct ended *l = arg;

    if (l->n < ENDED_MAX)
        l->out[l->n++] = *o;
    return OK;
}

/*
 * Never handed to transport: it did not arrive.  Otherwise nobody knows yet;
 * it is asked for with the same bytes, and no other message waits for it.
 */
static enum err
end_one(struct core *c, const struct store_out *o)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    bool handed = o->tries > 0;
    struct line l = { .event = handed ? EVENT_UNCONFIRMED :
        EVENT_NOT_DELIVERED };
    struct store_message m;
    uint64_t index;
    enum err e = ERR_NOMEM;

    if (a == NULL || (e = store_message_get(c->store, o->n, a, &m)) != OK)
        goto out;
    if (o->over) {
        e = store_outbox_done(c->store, o->n);
        goto out;
    }
    l.obj = m.digest;
    e = handed ? store_outbox_over(c->store, o->n, c->now.hi +
        UNCONFIRMED_LIFE, c->now.hi) : store_outbox_done(c->store, o->n);
    if (e != OK || (e = store_message_state_set(c->store, o->n, handed ?
        STORE_UNCONFIRMED : STORE_NOT_DELIVERED)) != OK ||
        (e = ledger_append(c, &l, &index)) != OK ||
        (e = matter_mark(c, o->n, l.event, c->last, OK, NULL)) != OK ||
        (!handed && (e = onward_dropped(c, &m)) != OK))
        goto out;
    e = matter_keep(c, m.peer, m.thread);
out:
    arena_free(a);
    return e;
}

static enum err
end_lives(struct core *c)
{
    struct ended l = { .n = 0 };
    enum err e;

    e = store_outbox_expired(c->store, c->now.hi, ENDED_MAX, note_ended,
        &l);
    for (size_t i = 0; e == OK && i < l.n; i++)
        e = end_one(c, &l.out[i]);
    return e;
}

struct lapsed {
    int64_t before;
    size_t n;
    uint64_t m[ENDED_MAX];
    bool offer[ENDED_MAX];
    uint8_t digest[ENDED_MAX][HASH_LEN];
};

static enum err
note_lapsed(void *arg, const struct store_message *m)
{
    struct lapsed *l = arg;

    if (m->at <= l->before && l->n < ENDED_MAX) {
        memcpy(l->digest[l->n], m->digest, HASH_LEN);
        l->offer[l->n] = m->kind == KIND_EVIDENCE_OFFER;
        l->m[l->n++] = m->n;
    }
    return OK;
}

/* Nobody approved it in three days.  Its files go, unless they can be offered
 * again. */
static enum err
lapse(struct core *c)
{
    struct lapsed l = { .before = c->now.lo - PENDING_LIFE };
    uint64_t index;
    enum err e;

    e = store_pending_list(c->store, 0, ENDED_MAX, note_lapsed, &l);
    for (size_t i = 0; e == OK && i < l.n; i++) {
        const struct line line = { .event = EVENT_LAPSED,
            .obj = l.digest[i] };

        if ((e = store_message_state_set(c->store, l.m[i],
            STORE_CANCELLED)) == OK &&
            (e = ledger_append(c, &line, &index)) == OK &&
            (e = matter_mark(c, l.m[i], EVENT_LAPSED, c->last, OK, NULL)) ==
            OK && !l.offer[i])
            e = store_claims_drop(c->store, l.m[i]);
    }
    return e;
}

struct heads {
    size_t n;
    struct buf b;
};

static enum err
see_log(void *arg, const struct store_peerlog *l)
{
    struct heads *h = arg;

    h->n++;
    write_array(&h->b, 3);
    write_bin(&h->b, l->origin);
    write_uint(&h->b, l->size);
    write_bin(&h->b, SLICE(l->root));
    return OK;
}

/*
 * The log lives, and these are the heads of the peers' logs that it saw: the
 * list itself, or SHA-256 of it where it is longer than a value may be.
 */
static enum err
heads_of(struct core *c, struct buf *out)
{
    struct heads h = { .n = 0 };
    uint8_t digest[HASH_LEN];
    struct buf list;
    enum err e;

    buf_init(&h.b, HEADS_MAX);
    buf_init(&list, HEADS_MAX + 8);
    e = store_peerlog_list(c->store, see_log, &h);
    write_array(&list, h.n);
    buf_put_slice(&list, slice_of_buf(&h.b));
    if (e == OK && (e = buf_done(&h.b)) == OK && (e = buf_done(&list)) == OK)
    {
        hash_sha256(slice_of_buf(&list), digest);
        if (list.n <= ENTRY_VALUE_MAX)
            buf_put_slice(out, slice_of_buf(&list));
        else
            write_bin(out, SLICE(digest));
        e = buf_done(out);
    }
    buf_clear(&h.b);
    buf_clear(&list);
    return e;
}

static enum err
alive(struct core *c)
{
    struct line l = { .event = EVENT_ALIVE };
    struct buf b;
    uint64_t index;
    enum err e;

    if (c->now.lo - c->last_alive < ALIVE_EVERY)
        return OK;
    c->last_alive = c->now.lo;
    buf_init(&b, ENTRY_VALUE_MAX);
    if ((e = heads_of(c, &b)) == OK) {
        l.detail = slice_of_buf(&b);
        e = ledger_append(c, &l, &index);
    }
    buf_clear(&b);
    return e;
}

static enum err
clock_trust(struct core *c)
{
    const struct line l = { .event = EVENT_CLOCK_TRUST,
        .code = c->now.trusted ? OK : E_CLOCK };
    uint64_t index;

    if (c->now.trusted == c->trusted)
        return OK;
    c->trusted = c->now.trusted;
    return ledger_append(c, &l, &index);
}

enum err
do_tick(struct core *c)
{
    enum err e;

    for (struct peer *p = c->peers; p != NULL; p = p->next)
        pull_look(p);
    if ((e = clock_trust(c)) != OK || (e = alive(c)) != OK ||
        (e = keep_tick(c)) != OK || (e = owed_tick(c)) != OK ||
        (e = files_tick(c)) != OK)
        return e;
    if (!c->now.trusted)
        return OK;
    if ((e = end_lives(c)) != OK)
        return e;
    if ((e = lapse(c)) != OK || (e = release_tick(c)) != OK)
        return e;
    return proposal_lapse(c);
}
