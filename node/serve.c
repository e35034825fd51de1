#include <stdlib.h>
#include <string.h>

#include "node/files.h"
#include "node/flow.h"
#include "node/keep.h"
#include "node/outgoing.h"
#include "node/pace.h"
#include "node/peers.h"
#include "node/serve.h"
#include "node/store_msg.h"

#define AT_ONCE 16                      /* blocks of one batch */
#define CREDIT_MAX 64
#define TOLDS 64
#define HOUR_MS (3600 * 1000)
#define MORE_TIMES 3                    /* all blocks of a stream in an hour */
#define MORE_BLOCKS 64
#define FLOW_MS 100                     /* until it is looked at again */

struct want {
    uint8_t digest[HASH_LEN], root[HASH_LEN];
    uint64_t index;
    struct link from;
};

/* How many blocks of a stream were asked for in the hour that began.  No row
 * gives way before: there are as many as streams that were sent to the peer,
 * at most, so that nobody begins anew by asking for others meanwhile. */
struct counted {
    uint64_t parcel, n;
    int64_t from;
    bool alarmed;
};

/* What the peer told of a stream of a message, and what went to it. */
struct told {
    uint64_t n;                         /* 0: none */
    unsigned which;
    uint64_t have;
    uint16_t code;
    uint64_t sent;                      /* blocks before this one went once */
    struct speed speed;
};

/* Whether more goes over of the message that was asked about last, as the log
 * was of this size: what changes that makes an entry. */
struct standing {
    uint64_t n, size;                   /* size 0: none */
    bool more;
};

struct serve {
    size_t n;
    struct want want[PACKET_WANT_MAX];
    unsigned credit;                    /* WANTs that bring blocks */
    struct pace pace;
    struct flow *flow;
    struct counted *counted;
    size_t n_counted, room_counted;
    struct told told[TOLDS];
    size_t oldest_told;
    uint64_t damaged, damaged_at;       /* a parcel, 0 for none, and a block:
                                         * to be noted */
    struct standing standing;
};

/* A stream of a message that the peer may have. */
struct right {
    uint8_t digest[HASH_LEN], root[HASH_LEN];
    bool found, known;                  /* a message has this digest */
    enum err why;                       /* not; OK: an honest peer may ask */
    uint64_t n;
    unsigned which;
    struct store_parcel p;
};

struct serve *
serve_new(struct core *c)
{
    struct serve *x = calloc(1, sizeof(*x));

    if (x == NULL || (x->flow = flow_new(c->flow)) == NULL) {
        free(x);
        return NULL;
    }
    x->credit = PACKET_WANT_MAX;
    return x;
}

void
serve_free(struct serve *x)
{
    if (x == NULL)
        return;
    flow_free(x->flow);
    free(x->counted);
    free(x);
}

bool
serve_admits(struct peer *p)
{
    if (p->serve->credit == 0)
        return false;
    p->serve->credit--;
    return true;
}

/* Rights. */

/* It was handed over, and has not ended. */
static enum err
was_sent(struct core *c, const struct store_message *m, bool *yes)
{
    struct store_out o;
    enum err e;

    *yes = m->state == STORE_DELIVERED || m->state == STORE_UNCONFIRMED;
    if (m->state != STORE_QUEUED)
        return OK;
    e = store_outbox_get(c->store, m->n, &o);
    *yes = e == OK && o.tries > 0;
    return e == ERR_NOTFOUND ? OK : e;
}

/* What no node asks for that keeps to the protocol, since it was never told:
 * of a message between others, or that is still held. */
static enum err
never_told(const struct peer *p, const struct store_message *m)
{
    if (m->dir != STORE_OUT || !slice_is(m->peer, p->name))
        return E_NOT_RECIPIENT;
    return m->state == STORE_HELD ? E_RESTR_NOT_ACCEPTED : OK;
}

/* The stream of this root; of a message that names others none is asked for
 * that it does not name.  Of one that ended nothing is left to compare. */
static enum err
find_stream(struct core *c, uint64_t n, struct right *r)
{
    bool named;
    enum err e = store_claim_find(c->store, n, r->root, &r->which, &r->p);

    if (e != ERR_NOTFOUND)
        return e;
    e = store_claims_any(c->store, n, &named);
    if (e == OK && named)
        r->why = E_PARCEL_UNKNOWN;
    return e == OK ? ERR_NOTFOUND : e;
}

/* A thread is not read anew for each block.  A batch that may not happen
 * leaves nothing behind. */
static enum err
goes_on(struct core *c, const struct peer *p, const struct store_message *m,
    bool *yes)
{
    struct standing *s = &p->serve->standing;
    enum err e;

    if (s->n == m->n && s->size == c->size && s->size != 0) {
        *yes = s->more;
        return OK;
    }
    if ((e = keep_more(c, m, yes)) == OK)
        *s = (struct standing){ m->n, c->size == c->head.size ? c->size : 0,
            *yes };
    return e;
}

/* r->found says whether the peer may have it: whatever is missing to that
 * looks the same. */
static enum err
find_right(struct core *c, const struct peer *p, const uint8_t *digest,
    const uint8_t *root, struct right *r)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_message m;
    bool may;
    enum err e;

    *r = (struct right){ .found = false };
    memcpy(r->digest, digest, HASH_LEN);
    memcpy(r->root, root, HASH_LEN);
    if (a == NULL)
        return ERR_NOMEM;
    e = store_message_find_digest(c->store, digest, a, &m);
    r->known = e != ERR_NOTFOUND;
    if (!r->known)
        r->why = E_PARCEL_UNKNOWN;
    if (e == OK && (r->why = never_told(p, &m)) == OK &&
        (e = was_sent(c, &m, &may)) == OK && may &&
        (e = goes_on(c, p, &m, &may)) == OK && may &&
        (e = find_stream(c, m.n, r)) == OK) {
        r->found = true;
        r->n = m.n;
        /* What is offered is not given yet. */
        if (m.kind == KIND_EVIDENCE_OFFER && r->which == PARCEL_FILES) {
            r->found = false;
            r->why = E_RESTR_NOT_ACCEPTED;
        }
    }
    arena_free(a);
    return e == ERR_NOTFOUND ? OK : e;
}

/* Wanting. */

static enum err
refuse(struct core *c, const struct link *to, const struct packet_want *w,
    enum err code)
{
    struct packet packet = { .type = PACKET_STAND,
        .u.stand.code = (uint16_t)code };

    memcpy(packet.u.stand.digest, w->digest, HASH_LEN);
    memcpy(packet.u.stand.root, w->root, HASH_LEN);
    return outgoing_send(c, to, &packet);
}

static struct want *
waiting(struct serve *x, const uint8_t *root, uint64_t index)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->want[i].index == index &&
            memcmp(x->want[i].root, root, HASH_LEN) == 0)
            return &x->want[i];
    return NULL;
}

/* What was wanted over a connection that is gone is not wanted any more. */
static void
forget_gone(const struct peer *p)
{
    struct serve *x = p->serve;
    size_t n = 0;

    for (size_t i = 0; i < x->n; i++)
        if (peers_live(p, &x->want[i].from))
            x->want[n++] = x->want[i];
    x->n = n;
}

/* The row of a stream, NULL if none; those whose hour is over go. */
static struct counted *
find_count(const struct core *c, struct serve *x, uint64_t parcel)
{
    struct counted *found = NULL;
    size_t n = 0;

    for (size_t i = 0; i < x->n_counted; i++) {
        if (c->now.mono - x->counted[i].from >= HOUR_MS)
            continue;
        x->counted[n] = x->counted[i];
        if (x->counted[n].parcel == parcel)
            found = &x->counted[n];
        n++;
    }
    x->n_counted = n;
    return found;
}

static enum err
count_of(const struct core *c, struct serve *x, uint64_t parcel,
    struct counted **out)
{
    const size_t room = x->room_counted == 0 ? 16 : 2 * x->room_counted;
    struct counted *more;

    if ((*out = find_count(c, x, parcel)) != NULL)
        return OK;
    if (x->n_counted == x->room_counted) {
        if ((more = realloc(x->counted, room * sizeof(*more))) == NULL)
            return ERR_NOMEM;
        x->counted = more;
        x->room_counted = room;
    }
    *out = &x->counted[x->n_counted++];
    **out = (struct counted){ .parcel = parcel, .from = c->now.mono };
    return OK;
}

/* The same blocks again and again. */
static enum err
too_often(struct core *c, struct peer *p, const struct right *r, size_t n,
    const uint8_t *digest, bool *yes)
{
    struct counted *k;
    enum err e = count_of(c, p->serve, r->p.id, &k);

    if (e != OK)
        return e;
    *yes = k->n + n > MORE_TIMES * parcel_blocks(r->p.length) + MORE_BLOCKS;
    if (!*yes) {
        k->n += n;
        return OK;
    }
    if (k->alarmed)
        return OK;
    k->alarmed = true;
    return peers_alarm(c, p, E_RATE, digest);
}

/* An honest peer does not ask so.  A digest that means nothing here is its
 * choice and no object: all of them are one alarm. */
static enum err
refuse_alarmed(struct core *c, struct peer *p, const struct link *from,
    const struct packet_want *w, const struct right *r, enum err code)
{
    const enum err why = r->found ? code : r->why;
    const enum err e = why == OK ? OK : peers_alarm(c, p, why, r->known ?
        w->digest : NULL);

    return e != OK ? e : refuse(c, from, w, code);
}

enum err
serve_want(struct core *c, struct peer *p, const struct link *from,
    const struct packet_want *w)
{
    struct serve *x = p->serve;
    struct want *old;
    struct right r;
    size_t fresh = 0;
    bool often;
    enum err e;

    if ((e = find_right(c, p, w->digest, w->root, &r)) != OK)
        return e;
    if (!r.found)
        return refuse_alarmed(c, p, from, w, &r, E_PARCEL_UNKNOWN);
    forget_gone(p);
    for (size_t i = 0; i < w->n; i++) {
        if (w->index[i] >= parcel_blocks(r.p.length))
            return refuse_alarmed(c, p, from, w, &r, E_BLOCK_INDEX);
        fresh += waiting(x, w->root, w->index[i]) == NULL;
    }
    if (x->n + fresh > PACKET_WANT_MAX)
        return refuse(c, from, w, E_BUSY);
    if ((e = too_often(c, p, &r, fresh, w->digest, &often)) != OK)
        return e;
    if (often)
        return refuse(c, from, w, E_RATE);
    for (size_t i = 0; i < w->n; i++) {
        if ((old = waiting(x, w->root, w->index[i])) == NULL)
            old = &x->want[x->n++];
        memcpy(old->digest, w->digest, HASH_LEN);
        memcpy(old->root, w->root, HASH_LEN);
        old->index = w->index[i];
        old->from = *from;
    }
    return OK;
}

/* What is known of the other side. */

static struct told *
told_of(struct serve *x, uint64_t n, unsigned which)
{
    struct told *t;

    for (size_t i = 0; i < TOLDS; i++)
        if (x->told[i].n == n && x->told[i].which == which)
            return &x->told[i];
    t = &x->told[x->oldest_told];
    x->oldest_told = (x->oldest_told + 1) % TOLDS;
    *t = (struct told){ .n = n, .which = which };
    return t;
}

enum err
serve_stand(struct core *c, struct peer *p, const struct packet_stand *s)
{
    struct right r;
    struct told *t;
    enum err e;

    if ((e = find_right(c, p, s->digest, s->root, &r)) != OK || !r.found ||
        s->have > parcel_blocks(r.p.length) || !err_known(s->code))
        return e;
    t = told_of(p->serve, r.n, r.which);
    if (t->code != s->code)
        core_log(c, (enum err)s->code, s->code == OK ?
            "files for %s go on" : "files for %s wait there", p->name);
    /* It has written STORED, and tells it with its next answer. */
    if (s->have > t->have && s->have == parcel_blocks(r.p.length))
        p->last_asked = -1;
    t->have = s->have;
    t->code = s->code;
    return OK;
}

uint64_t
serve_told(const struct peer *p, uint64_t n, unsigned which, int64_t now,
    uint64_t *have, uint16_t *code)
{
    const struct serve *x = p->serve;

    *have = 0;
    *code = OK;
    for (size_t i = 0; i < TOLDS; i++)
        if (x->told[i].n == n && x->told[i].which == which) {
            *have = x->told[i].have;
            *code = x->told[i].code;
            return speed_of(&x->told[i].speed, now);
        }
    return 0;
}

/* Sending. */

static enum err
send_block(struct core *c, struct serve *x, const struct want *w,
    const struct right *r)
{
    struct told *t = told_of(x, r->n, r->which);
    struct packet_block b = { .index = w->index };
    const size_t n = parcel_block_length(r->p.length, w->index);
    struct buf frame;
    enum err e;

    memcpy(b.root, w->root, HASH_LEN);
    buf_init(&frame, PACKET_MAX);
    if ((e = blob_proof(files_blobs(c), &r->p, w->index, &b.proof)) == OK &&
        (e = packet_begin_block(&b, n, &frame)) == OK &&
        (e = blob_read(files_blobs(c), &r->p, w->index, w->index < t->sent ?
        &b.proof : NULL, &frame)) == OK)
        e = outgoing_give(c, &w->from, &frame, x->flow);
    if (e == OK && w->index >= t->sent)
        t->sent = w->index + 1;
    buf_clear(&frame);
    return e;
}

/* It is after the commit: the next batch writes it down. */
static void
note_damaged(struct core *c, struct serve *x, const struct store_parcel *p,
    uint64_t index)
{
    x->damaged = p->id;
    x->damaged_at = index;
    core_again(c, c->now.mono);
}

/* The first that waits: sent, or dropped where it may not be sent any more,
 * which is answered like what never was.  False if it has to wait. */
static bool
serve_one(struct core *c, struct peer *p, struct right *r)
{
    struct serve *x = p->serve;
    const struct want w = x->want[0];
    const uint64_t limit = peers_bandwidth(c, p);
    struct packet_want no = { .n = 0 };
    size_t n;
    enum err e = E_PARCEL_UNKNOWN;

    if ((memcmp(w.root, r->root, HASH_LEN) != 0 ||
        memcmp(w.digest, r->digest, HASH_LEN) != 0) &&
        find_right(c, p, w.digest, w.root, r) != OK)
        r->found = false;
    n = r->found ? parcel_block_length(r->p.length, w.index) : 0;
    if (r->found && !flow_may(x->flow)) {
        core_again(c, c->now.mono + FLOW_MS);
        return false;
    }
    if (!pace_take(&x->pace, limit, c->now.mono, n)) {
        core_again(c, pace_next(&x->pace, limit, c->now.mono, n));
        return false;
    }
    memmove(x->want, x->want + 1, --x->n * sizeof(x->want[0]));
    if (r->found && (e = send_block(c, x, &w, r)) == OK) {
        speed_add(&told_of(x, r->n, r->which)->speed, c->now.mono, n);
        if (x->credit < CREDIT_MAX)
            x->credit++;
        return true;
    }
    memcpy(no.digest, w.digest, HASH_LEN);
    memcpy(no.root, w.root, HASH_LEN);
    if (e == E_PARCEL_DAMAGED)
        note_damaged(c, x, &r->p, w.index);
    else if (e != E_PARCEL_UNKNOWN)
        core_log(c, e, "a block for %s was not sent", p->name);
    e = refuse(c, &w.from, &no, e == E_PARCEL_DAMAGED ? e : E_PARCEL_UNKNOWN);
    return e == OK;
}

enum err
serve_note(struct core *c)
{
    enum err e = OK;

    for (struct peer *p = c->peers; e == OK && p != NULL; p = p->next) {
        if (p->serve->damaged != 0)
            e = files_damaged(c, p->serve->damaged, p->serve->damaged_at);
        p->serve->damaged = 0;
    }
    return e;
}

static unsigned
serve_peer(struct core *c, struct peer *p, unsigned most)
{
    struct right r = { .found = false };
    unsigned n = 0;

    forget_gone(p);
    while (p->serve->n > 0 && n < most && serve_one(c, p, &r))
        n++;
    if (n == most && p->serve->n > 0)
        core_again(c, c->now.mono);
    return n;
}

/* Each batch begins with another peer. */
void
serve_pump(struct core *c)
{
    unsigned left = AT_ONCE, n = 0, first;

    for (const struct peer *p = c->peers; p != NULL; p = p->next)
        n++;
    if (n == 0)
        return;
    first = c->turn++ % n;
    for (unsigned round = 0; round < 2; round++) {
        unsigned at = 0;

        for (struct peer *p = c->peers; p != NULL; p = p->next, at++)
            if ((at >= first) == (round == 0))
                left -= serve_peer(c, p, left);
    }
}
