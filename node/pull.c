#include <stdlib.h>
#include <string.h>

#include "node/outgoing.h"
#include "node/peers.h"
#include "node/pull_in.h"

#define AGAIN_MS ANSWER_WAIT_MS
#define BAD_MS 10000                    /* after a block that does not hold */
#define BUSY_MS 5000
#define RATE_MS 600000
#define TELL_MS 2000
#define WINDOW_MIN 2
#define BEGIN_SYNC 16                   /* blocks */

struct pull *
pull_new(void)
{
    struct pull *x = calloc(1, sizeof(*x));

    if (x != NULL) {
        x->look = x->say = true;
        x->late = PACKET_WANT_MAX;
    }
    return x;
}

void
pull_free(struct pull *x)
{
    free(x);
}

void
pull_look(struct peer *p)
{
    p->pull->look = true;
}

void
pull_down(struct peer *p, bool dialled)
{
    struct pull *x = p->pull;

    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        if (x->flight[i].dialled == dialled)
            pull_give_up(x, &x->flight[i]);
    x->next = x->base;
    x->say = true;
    x->told = UINT64_MAX;
}

void
pull_undo(struct peer *p)
{
    struct pull *x = p->pull;

    x->on = false;
    x->look = true;
    x->late = PULL_LATE_MAX;
    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        x->flight[i].parcel = 0;
}

void
pull_anew(struct core *c, const struct store_parcel *p)
{
    for (struct peer *o = c->peers; o != NULL; o = o->next)
        if (slice_is(p->owner, o->name)) {
            if (o->pull->on && o->pull->p.id == p->id)
                pull_stop(o->pull);
            pull_look(o);
        }
}

/* Asking. */

static void
forward(struct pull *x)
{
    for (; (x->seen & 1) != 0; x->seen >>= 1)
        x->base++;
    if (x->next < x->base)
        x->next = x->base;
}

static bool
in_flight(const struct pull *x, uint64_t index)
{
    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        if (x->flight[i].parcel == x->p.id && x->flight[i].index == index)
            return true;
    return false;
}

static bool
next_missing(struct pull *x, uint64_t *index)
{
    const uint64_t blocks = parcel_blocks(x->p.length);

    for (; x->next < blocks && x->next < x->base + PULL_AHEAD; x->next++)
        if ((x->seen >> (x->next - x->base) & 1) == 0 &&
            !in_flight(x, x->next)) {
            *index = x->next;
            return true;
        }
    return false;
}

/* Fill a place with the next block, or the one there anew. */
static bool
ask_one(struct core *c, const struct peer *p, struct flight *f, uint64_t index,
    struct packet_want *w)
{
    struct pull *x = p->pull;
    const uint64_t limit = peers_bandwidth(c, p);
    const size_t n = parcel_block_length(x->p.length, index);

    if (!pace_take(&x->pace, limit, c->now.mono, n)) {
        core_again(c, pace_next(&x->pace, limit, c->now.mono, n));
        return false;
    }
    f->parcel = x->p.id;
    f->index = index;
    memcpy(f->digest, x->digest, HASH_LEN);
    memcpy(f->root, x->p.root, HASH_LEN);
    f->asked = true;
    f->dialled = x->dialled;
    f->again = c->now.mono + AGAIN_MS;
    w->index[w->n++] = index;
    return true;
}

/* What was not answered in time, or did not hold. */
static void
ask_anew(struct core *c, const struct peer *p, struct packet_want *w)
{
    struct pull *x = p->pull;

    for (size_t i = 0; i < PACKET_WANT_MAX; i++) {
        struct flight *f = &x->flight[i];

        const bool ours = f->parcel == x->p.id;

        if (f->parcel == 0 || f->again > c->now.mono)
            continue;
        pull_give_up(x, f);
        if (ours && !ask_one(c, p, f, f->index, w))
            x->next = x->base;          /* asked as one that never was */
    }
}

/* As many as come in a second, so that a message does not wait long behind
 * them on a slow line; the first ones find out. */
static size_t
window(const struct core *c, const struct pull *x)
{
    const uint64_t n = speed_of(&x->speed, c->now.mono) / PARCEL_BLOCK;

    return n < WINDOW_MIN ? WINDOW_MIN : n < PACKET_WANT_MAX ? (size_t)n :
        PACKET_WANT_MAX;
}

static size_t
under_way(const struct pull *x)
{
    size_t n = 0;

    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        n += x->flight[i].parcel != 0 && x->flight[i].asked;
    return n;
}

static enum err
ask(struct core *c, struct peer *p, const struct link *to)
{
    struct packet packet = { .type = PACKET_WANT };
    struct packet_want *w = &packet.u.want;
    struct pull *x = p->pull;
    const size_t most = window(c, x);
    uint64_t index;

    x->dialled = to->n_route == 0;
    ask_anew(c, p, w);
    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        if (x->flight[i].parcel == 0 && (under_way(x) >= most ||
            !next_missing(x, &index) ||
            !ask_one(c, p, &x->flight[i], index, w)))
            break;
    if (w->n == 0)
        return OK;
    memcpy(w->digest, x->digest, HASH_LEN);
    memcpy(w->root, x->p.root, HASH_LEN);
    return outgoing_send(c, to, &packet);
}

enum err
pull_pump(struct core *c, struct peer *p, const struct link *to)
{
    struct pull *x = p->pull;
    enum err e;

    if (x->look && (e = pull_choose(c, p)) != OK)
        return e;
    if (x->on && !x->recovered && (e = pull_recover(c, p)) != OK)
        return e;
    if (x->on)
        pull_goes(c, x);
    if (!x->on || !x->recovered)
        return OK;
    if (x->told != x->base && c->now.mono - x->told_at >= TELL_MS &&
        (e = pull_tell(c, p)) != OK)
        return e;
    return ask(c, p, to);
}

/* Taking. */

static struct flight *
awaited(struct pull *x, const struct packet_block *b)
{
    for (size_t i = 0; i < PACKET_WANT_MAX; i++) {
        struct flight *f = &x->flight[i];

        if (f->parcel != 0 && f->asked && f->index == b->index &&
            memcmp(f->root, b->root, HASH_LEN) == 0)
            return f;
    }
    return NULL;
}

bool
pull_awaits(const struct peer *p, const struct packet_block *b)
{
    return awaited(p->pull, b) != NULL;
}

static enum err
unasked(struct core *c, struct peer *p, const struct packet_block *b)
{
    struct pull *x = p->pull;

    if (x->on && memcmp(x->p.root, b->root, HASH_LEN) == 0 &&
        b->index >= parcel_blocks(x->p.length))
        return peers_alarm(c, p, E_BLOCK_INDEX, x->digest);
    if (x->late > 0) {
        x->late--;
        return OK;
    }
    return peers_alarm(c, p, E_BLOCK_UNASKED, NULL);
}

/* It is on the disk. */
static enum err
arrived(struct core *c, struct peer *p, uint64_t parcel, uint64_t index)
{
    struct pull *x = p->pull;
    const uint64_t blocks = parcel_blocks(x->p.length);
    enum err e;

    /* Of another stream, or further ahead than is looked: it is found on the
     * disk when that goes on. */
    if (!x->on || parcel != x->p.id || index < x->base ||
        index - x->base >= PULL_AHEAD)
        return OK;
    if (x->p.code != OK && (e = pull_put_code(c, p, &x->p, OK)) != OK)
        return e;
    x->seen |= (uint64_t)1 << (index - x->base);
    forward(x);
    if (x->base >= x->behind)
        x->recovered = false;
    if (x->base - x->p.have >= FILES_SYNC_BLOCKS || x->base == blocks)
        return pull_settle(c, p);
    if (x->base - x->begun >= BEGIN_SYNC) {
        blob_begin_sync(files_blobs(c), &x->p, x->begun, x->base - x->begun);
        x->begun = x->base;
    }
    return OK;
}

/* As long as blocks come, the others are on their way, however slow it is. */
static void
came(struct core *c, struct pull *x, size_t n)
{
    speed_add(&x->speed, c->now.mono, n);
    pull_brings(c, x, n);
    x->came = c->now.mono;
    for (size_t i = 0; i < PACKET_WANT_MAX; i++)
        if (x->flight[i].asked)
            x->flight[i].again = c->now.mono + AGAIN_MS;
}

enum err
pull_block(struct core *c, struct peer *p, const struct packet_block *b)
{
    struct pull *x = p->pull;
    struct flight *f = awaited(x, b);
    struct store_parcel row;
    uint8_t leaf[HASH_LEN];
    enum err e;

    if (f == NULL)
        return unasked(c, p, b);
    e = store_parcel_get(c->store, f->parcel, NULL, &row);
    if (e != OK) {
        f->parcel = 0;
        return e == ERR_NOTFOUND ? OK : e;
    }
    e = parcel_check(row.root, row.length, b->index, &b->proof, b->block,
        leaf);
    if (e != OK) {
        f->asked = false;
        f->again = c->now.mono + BAD_MS;
        return peers_alarm(c, p, e, f->digest);
    }
    f->parcel = 0;
    came(c, x, b->block.n);
    e = blob_put(files_blobs(c), &row, b->index, leaf, &b->proof, b->block);
    if (e != OK)
        return x->on && row.id == x->p.id ? pull_stuck(c, p, e, true) : OK;
    return arrived(c, p, row.id, b->index);
}

/* The answer is no. */

static int64_t
aside_for(enum err code)
{
    return code == E_BUSY ? BUSY_MS : code == E_RATE ? RATE_MS : PULL_ASIDE_MS;
}

enum err
pull_refused(struct core *c, struct peer *p, const struct packet_stand *s,
    bool *yes)
{
    const enum err code = err_known(s->code) && s->code != OK ?
        (enum err)s->code : E_PARCEL_UNKNOWN;
    struct pull *x = p->pull;
    struct store_parcel row;
    uint64_t parcel = 0;
    enum err e;

    for (size_t i = 0; i < PACKET_WANT_MAX; i++) {
        struct flight *f = &x->flight[i];

        if (f->parcel == 0 || !f->asked ||
            memcmp(f->digest, s->digest, HASH_LEN) != 0 ||
            memcmp(f->root, s->root, HASH_LEN) != 0)
            continue;
        parcel = f->parcel;
        f->parcel = 0;
    }
    *yes = parcel != 0;
    if (!*yes || !x->on || parcel != x->p.id)
        return OK;
    pull_aside(c, x, aside_for(code));
    if ((e = pull_count(c, p, true)) != OK)
        return e;
    if (!x->on)
        return OK;
    pull_stop(x);
    if ((e = store_parcel_get(c->store, parcel, NULL, &row)) != OK)
        return e == ERR_NOTFOUND ? OK : e;
    return pull_put_code(c, p, &row, code);
}

uint64_t
pull_progress(const struct core *c, const struct store_parcel *p,
    uint64_t *rate)
{
    *rate = 0;
    for (const struct peer *o = c->peers; o != NULL; o = o->next)
        if (o->pull->on && o->pull->p.id == p->id) {
            *rate = speed_of(&o->pull->speed, c->now.mono);
            return o->pull->base;
        }
    return p->have;
}
