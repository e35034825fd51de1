#include <stdlib.h>
#include <string.h>

#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/pull_in.h"
#include "node/store_mark.h"
#include "node/store_msg.h"

#define ROOM_MS 15000
#define RECOVER_STEP 64
#define WANTED_MAX 128
#define PERIOD_MS 600000
#define KEPT_PERIODS 144                /* a day */

/* Telling. */

static enum err
stand(struct core *c, const struct peer *p, const uint8_t *digest,
    const uint8_t *root, enum err code, uint64_t have)
{
    struct packet packet = { .type = PACKET_STAND,
        .u.stand = { .code = (uint16_t)code, .have = have } };
    struct link to;

    if (!peers_route(p, &to))
        return OK;
    memcpy(packet.u.stand.digest, digest, HASH_LEN);
    memcpy(packet.u.stand.root, root, HASH_LEN);
    return outgoing_send(c, &to, &packet);
}

enum err
pull_tell(struct core *c, struct peer *p)
{
    struct pull *x = p->pull;

    x->told = x->base;
    x->told_at = c->now.mono;
    return stand(c, p, x->digest, x->p.root, OK, x->base);
}

static void
say(struct core *c, const struct peer *p, enum err code)
{
    core_log(c, code, code == OK ? "files of %s go on" :
        "files of %s wait", p->name);
}

/* Write down why a parcel waits, or that it goes on, and say it once. */
enum err
pull_put_code(struct core *c, const struct peer *p, struct store_parcel *row,
    enum err code)
{
    if (row->code == code)
        return OK;
    say(c, p, code);
    row->code = (uint16_t)code;
    row->at = c->now.lo;
    return store_parcel_set(c->store, row);
}

/* All is here. */

struct whole {
    bool yes;
    size_t n;
};

static enum err
see_whole(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    struct whole *w = arg;

    (void)claim;
    w->n++;
    w->yes = w->yes && p->have == parcel_blocks(p->length);
    return OK;
}

static enum err
write_stored(struct core *c, const struct store_message *m)
{
    const struct line l = { .event = EVENT_STORED, .obj = m->digest,
        .seen = true };
    uint64_t index;
    enum err e;

    if ((e = ledger_append(c, &l, &index)) != OK ||
        (e = matter_mark(c, m->n, EVENT_STORED, c->last, OK, NULL)) != OK)
        return e;
    return store_notice_put(c->store, m->peer, index);
}

enum err
pull_stored(struct core *c, uint64_t n)
{
    struct whole w = { .yes = true };
    struct arena *a;
    struct store_message m;
    int64_t at;
    enum err e;

    if ((e = store_claims_of(c->store, n, see_whole, &w)) != OK ||
        w.n == 0 || !w.yes)
        return e;
    e = store_mark_get(c->store, n, EVENT_STORED, &at);
    if (e != ERR_NOTFOUND)
        return e;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = store_message_get(c->store, n, a, &m)) == OK &&
        m.dir == STORE_IN)
        e = write_stored(c, &m);
    arena_free(a);
    return e;
}

static enum err
see_claim(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    (void)p;
    return pull_stored(arg, claim->n);
}

/* Waiting. */

void
pull_give_up(struct pull *x, struct flight *f)
{
    if (f->asked && x->late < PULL_LATE_MAX)
        x->late++;
    f->parcel = 0;
}

void
pull_stop(struct pull *x)
{
    x->on = false;
    x->look = true;
    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        if (x->flight[i].parcel == x->p.id)
            pull_give_up(x, &x->flight[i]);
}

void
pull_aside(const struct core *c, struct pull *x, int64_t ms)
{
    x->aside[x->oldest] = (struct aside){ x->n, x->p.id, c->now.mono + ms };
    x->oldest = (x->oldest + 1) % PULL_ASIDES;
}

/* What has come until a pause counts, so that its progress is told as it is;
 * what fails to become durable is written again. */
static enum err
count_come(struct core *c, struct pull *x)
{
    if (x->base <= x->p.have || x->rewrite == x->p.id)
        return OK;
    if (blob_sync(files_blobs(c), &x->p) != OK) {
        x->rewrite = x->p.id;
        return OK;
    }
    x->p.have = x->base;
    return store_parcel_set(c->store, &x->p);
}

/* The disk does not take it.  What failed to become durable may be gone
 * although it can be read, so that it does not count. */
enum err
pull_stuck(struct core *c, struct peer *p, enum err e, bool synced)
{
    const enum err code = e == ERR_FULL ? E_PARCEL_ROOM : e;
    struct pull *x = p->pull;

    pull_stop(x);
    pull_aside(c, x, e == ERR_FULL ? ROOM_MS : PULL_ASIDE_MS);
    if (!synced)
        x->rewrite = x->p.id;
    else if ((e = count_come(c, x)) != OK)
        return e;
    if ((e = pull_put_code(c, p, &x->p, code)) != OK)
        return e;
    return stand(c, p, x->digest, x->p.root, code, x->p.have);
}

static uint64_t
left_of(const struct store_parcel *p, uint64_t have)
{
    return have < parcel_blocks(p->length) ?
        p->length - have * PARCEL_BLOCK : 0;
}

/* Make durable what has come, and count it; at the end tell it. */
enum err
pull_settle(struct core *c, struct peer *p)
{
    struct pull *x = p->pull;
    struct store_parcel row;
    uint64_t room;
    enum err e;

    e = store_parcel_get(c->store, x->p.id, NULL, &row);
    /* Nobody names it any more. */
    if (e == ERR_NOTFOUND || (e == OK && row.at == 0)) {
        pull_stop(x);
        return OK;
    }
    if (e != OK)
        return e;
    if ((e = blob_sync(files_blobs(c), &x->p)) != OK)
        return pull_stuck(c, p, e, false);
    if (x->rewrite == x->p.id)
        x->rewrite = 0;
    x->p.have = x->base;
    x->p.code = OK;
    x->p.at = c->now.lo;
    x->counted = c->now.mono;
    if ((e = store_parcel_set(c->store, &x->p)) != OK)
        return e;
    if (left_of(&x->p, x->base) == 0) {
        pull_stop(x);
        if ((e = pull_tell(c, p)) != OK)
            return e;
        return store_claims_on(c->store, x->p.id, see_claim, c);
    }
    if (blobs_room(files_blobs(c), &room) != OK ||
        room < c->o.limits.reserve)
        return pull_stuck(c, p, ERR_FULL, true);
    return OK;
}

enum err
pull_count(struct core *c, struct peer *p, bool now)
{
    const struct pull *x = p->pull;

    if (!x->on || x->base <= x->p.have ||
        (!now && c->now.mono - x->counted < PULL_COUNT_MS))
        return OK;
    return pull_settle(c, p);
}

/* Choosing. */

struct chosen {
    struct store_claim claim;
    struct store_parcel p;
    uint64_t urgency;
    bool opened;                        /* by somebody here */
    uint8_t digest[HASH_LEN];
};

struct rows {
    struct core *c;
    uint64_t share, unopened;           /* of the peer: bytes, 0 for all, and
                                         * what is here of them */
    size_t n;
    struct chosen row[WANTED_MAX];
};

/* What was called back, or whose time is over, takes nobody's place. */
static enum err
note_row(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    struct rows *l = arg;
    struct store_retention r;
    enum err e;

    if (l->n == WANTED_MAX)
        return OK;
    if ((e = keep_row(l->c, claim->n, &r)) != OK || !keep_wants(&r))
        return e;
    l->row[l->n].claim = *claim;
    l->row[l->n++].p = *p;
    return OK;
}

static enum err
read_row(struct core *c, struct chosen *row)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_message m;
    struct envelope env;
    struct message msg;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = store_message_get(c->store, row->claim.n, a, &m)) == OK) {
        memcpy(row->digest, m.digest, HASH_LEN);
        row->opened = m.state != STORE_RECEIVED;
        if (envelope_decode_head(m.head, &env, NULL) == OK &&
            message_decode(a, c->o.domain, env.pre, &msg, NULL) == OK)
            row->urgency = message_uint(&msg, "urgency");
    }
    arena_free(a);
    return e;
}

static int
order(const void *a, const void *b)
{
    const struct chosen *x = a, *y = b;

    if (x->claim.which != y->claim.which)
        return x->claim.which > y->claim.which ? -1 : 1;
    if (x->urgency != y->urgency)
        return x->urgency > y->urgency ? -1 : 1;
    return x->claim.n < y->claim.n ? -1 : x->claim.n > y->claim.n;
}

static bool
is_aside(const struct core *c, const struct pull *x,
    const struct store_claim *claim)
{
    for (size_t i = 0; i < PULL_ASIDES; i++)
        if (x->aside[i].parcel == claim->parcel &&
            x->aside[i].n == claim->n && x->aside[i].until > c->now.mono)
            return true;
    return false;
}

/* Within the room of the peer, of which what was opened takes nothing. */
static bool
is_within(const struct rows *l, const struct chosen *row)
{
    const uint64_t own = store_parcel_here(&row->p),
        others = l->unopened > own ? l->unopened - own : 0;

    return l->share == 0 || row->opened || (row->p.length <= l->share &&
        others <= l->share - row->p.length);
}

/* Still to come of what is pulled of a peer now. */
static uint64_t
left_now(const struct pull *x)
{
    return x->on ? left_of(&x->p, x->base) : 0;
}

uint64_t
pull_promised(const struct core *c)
{
    uint64_t sum = 0, left, comes;

    for (const struct peer *o = c->peers; o != NULL; o = o->next) {
        left = left_now(o->pull);
        comes = speed_of(&o->pull->speed, c->now.mono) * FILES_PROMISE;
        sum += left < comes ? left : comes;
    }
    return sum;
}

static void
next_period(struct brings *k, int64_t now)
{
    const int64_t passed = now - k->from;

    if (passed < PERIOD_MS)
        return;
    k->before = passed < 2 * PERIOD_MS ? k->bytes : 0;
    k->bytes = 0;
    k->from = now;
}

void
pull_brings(const struct core *c, struct pull *x, size_t n)
{
    next_period(&x->brings, c->now.mono);
    x->brings.bytes += n;
}

/* Who is pulled of anew after ten minutes has time to show how fast it is;
 * another stream at once, or the same again, gives it no more of that. */
void
pull_goes(const struct core *c, struct pull *x)
{
    if (x->brings.since == 0 || c->now.mono - x->brings.on >= PERIOD_MS)
        x->brings.since = c->now.mono;
    x->brings.on = c->now.mono;
}

/* What a stream keeps from others that would begin: all that it lacks, as far
 * as it comes within a day as it came in the last ten minutes, or in those
 * before; all of it in the first ten.  Who is away for days, or sends a block
 * now and then, keeps nobody waiting for the rest. */
static uint64_t
kept_for(const struct core *c, struct pull *x)
{
    struct brings *k = &x->brings;
    const uint64_t left = left_now(x);
    uint64_t comes;

    next_period(k, c->now.mono);
    if (c->now.mono - x->came >= PERIOD_MS)
        return 0;
    if (c->now.mono - k->since < PERIOD_MS)
        return left;
    comes = (k->bytes > k->before ? k->bytes : k->before) * KEPT_PERIODS;
    return left < comes ? left : comes;
}

/* Room that it takes yet: blocks that were written and not counted have
 * theirs. */
static uint64_t
room_for(struct core *c, const struct store_parcel *p)
{
    const uint64_t taken = blob_taken(files_blobs(c), p);

    return taken < p->length ? p->length - taken : 0;
}

/* Room for it beside the reserve and what the streams of other peers keep, so
 * that no two begin which would fill the disk before either is whole. */
static enum err
fits(struct core *c, const struct peer *p, const struct rows *l,
    const struct chosen *row)
{
    uint64_t room, need = room_for(c, &row->p) + c->o.limits.reserve;

    if (!is_within(l, row))
        return E_QUOTA;
    for (const struct peer *o = c->peers; o != NULL; o = o->next)
        if (o != p)
            need += kept_for(c, o->pull);
    return blobs_room(files_blobs(c), &room) == OK && room >= need ? OK :
        E_PARCEL_ROOM;
}

static bool
for_room(enum err code)
{
    return code == E_PARCEL_ROOM || code == E_QUOTA;
}

/* What was asked for before this stream gave way, and is not within reach of
 * where it goes on: blocks before may be damaged since. */
static void
forget_far(struct pull *x)
{
    for (size_t i = 0; i < PACKET_WANT_MAX; i++) {
        struct flight *f = &x->flight[i];

        if (f->parcel == x->p.id && (f->index < x->base ||
            f->index - x->base >= PULL_AHEAD))
            pull_give_up(x, f);
    }
}

static enum err
start(struct core *c, struct peer *p, const struct chosen *row)
{
    struct pull *x = p->pull;

    x->on = true;
    x->p = row->p;
    x->p.owner = slice_str(p->name);
    x->base = x->begun = x->next = row->p.have;
    x->came = x->counted = c->now.mono;
    pull_goes(c, x);
    x->seen = 0;
    forget_far(x);
    x->recovered = x->rewrite == x->p.id;
    x->behind = UINT64_MAX;
    x->told = UINT64_MAX;
    x->told_at = 0;
    /* Of another cause it is known only when a block comes. */
    return for_room((enum err)x->p.code) ? pull_put_code(c, p, &x->p, OK) : OK;
}

static enum err
no_room(struct core *c, struct peer *p, struct chosen *row, enum err code)
{
    const bool first = p->pull->say || row->p.code != code;
    enum err e;

    if ((e = pull_put_code(c, p, &row->p, code)) != OK || !first)
        return e;
    return stand(c, p, row->digest, row->p.root, code, row->p.have);
}

/* The first that can be had; what is pulled already has its room. */
static enum err
choose_from(struct core *c, struct peer *p, struct rows *l)
{
    struct pull *x = p->pull;
    enum err e = OK, code;

    for (size_t i = 0; e == OK && i < l->n; i++) {
        struct chosen *row = &l->row[i];
        const bool same = x->on && row->p.id == x->p.id;

        if (is_aside(c, x, &row->claim))
            continue;
        if (!same && (code = fits(c, p, l, row)) != OK) {
            e = no_room(c, p, row, code);
            continue;
        }
        if (!same && (e = pull_count(c, p, true)) != OK)
            return e;
        x->n = row->claim.n;
        memcpy(x->digest, row->digest, HASH_LEN);
        return same ? OK : start(c, p, row);
    }
    /* It ended, or is not wanted any more: what is here of it counts. */
    if (e == OK)
        e = pull_count(c, p, true);
    if (x->on)
        pull_stop(x);
    x->look = false;
    return e;
}

enum err
pull_choose(struct core *c, struct peer *p)
{
    struct rows *l = calloc(1, sizeof(*l));
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    l->c = c;
    p->pull->look = false;
    e = store_claims_wanted(c->store, slice_str(p->name), note_row, l);
    for (size_t i = 0; e == OK && i < l->n; i++)
        e = read_row(c, &l->row[i]);
    l->share = peers_room(c, p);
    if (e == OK && l->n > 0 && l->share != 0)
        e = store_parcel_unopened(c->store, slice_str(p->name),
            &l->unopened);
    if (e == OK) {
        qsort(l->row, l->n, sizeof(l->row[0]), order);
        e = choose_from(c, p, l);
        p->pull->say = false;
    }
    free(l);
    return e;
}

/* What lies behind the first that is missing; where that goes on to the end of
 * what is looked at, more may. */
static void
look_ahead(struct core *c, struct pull *x)
{
    const uint64_t blocks = parcel_blocks(x->p.length);
    const uint64_t last = PULL_AHEAD - 1;

    for (uint64_t i = 1; i <= last && x->base + i < blocks; i++)
        if (blob_holds(files_blobs(c), &x->p, x->base + i))
            x->seen |= (uint64_t)1 << i;
    x->behind = (x->seen >> last & 1) != 0 ? x->base + PULL_AHEAD :
        UINT64_MAX;
}

/* What was written before this run began, or before another stream was more
 * urgent, and has not been counted; some blocks at a time. */
enum err
pull_recover(struct core *c, struct peer *p)
{
    struct pull *x = p->pull;
    const uint64_t blocks = parcel_blocks(x->p.length);
    struct blobs *b = files_blobs(c);
    size_t n = 0;

    x->seen = 0;
    while (n < RECOVER_STEP && x->base < blocks &&
        blob_holds(b, &x->p, x->base)) {
        x->base++;
        n++;
    }
    if (n == RECOVER_STEP) {
        core_again(c, c->now.mono);
        return OK;
    }
    look_ahead(c, x);
    x->recovered = true;
    x->next = x->base;
    return x->base == blocks ? pull_settle(c, p) : OK;
}
