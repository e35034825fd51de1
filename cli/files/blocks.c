/*
 * Blocks from the node.  BLOCKS_RUNS requests are under way, each for several
 * blocks; when one has all its answers the next is asked before the last
 * block is handed on, so that the node is never without work.
 */
#include <string.h>
#include <unistd.h>

#include "cli/files/blocks_in.h"
#include "cli/text/interrupt.h"
#include "keys/ipc.h"
#include "keys/random.h"

#define BLOCKS_RUNS 2
#define RUN_BLOCKS (BLOCKS_AHEAD / BLOCKS_RUNS)
#define WAIT_FIRST_MS 160
#define WAIT_LAST_MS 5120

_Static_assert(RUN_BLOCKS <= ASK_BLOCKS_MAX, "a run is one request");
_Static_assert(BLOCKS_AHEAD <= LEND_SLOTS, "each has its place");

/* One request. */
struct blocks_run {
    uint8_t req[REQUEST_ID_LEN];
    uint64_t first;
    unsigned count;                     /* 0: not in use */
    unsigned got;                       /* bits: of any answer, */
    unsigned seen;                      /* of the request under way */
};

struct get {
    struct session *s;
    const struct blocks_want *w;
    blocks_each each;
    void *arg;
    uint64_t next;                      /* not asked for yet */
    struct blocks_run run[BLOCKS_RUNS];
    struct blocks_patience patience;
    struct buf answer;
    struct buf block;                   /* copied out of lent memory */
    bool unread;                        /* answers may still come */
    bool ended;                         /* by each */
    bool missing;                       /* not all have arrived */
};

enum err
blocks_again(struct session *s, struct blocks_patience *p, enum err e)
{
    int ms = WAIT_FIRST_MS;

    if ((e != E_BUSY && e != ERR_UNREACHABLE) || p->tries >= BLOCKS_TRIES)
        return e;
    for (unsigned i = 0; i < p->tries && ms < WAIT_LAST_MS; i++)
        ms *= 2;
    p->tries++;
    s->x.drop(s->x.arg);
    s->x.wait(s->x.arg, ms);
    return OK;
}

enum err
blocks_take(struct session *s, struct buf *answer, struct answer *out)
{
    enum err e;

    buf_reset(answer);
    if ((e = s->x.take(s->x.arg, BLOCKS_TAKE_MS, answer)) != OK)
        return fault_set(&s->fault, e, 0, "%s", s->home->address);
    if ((e = answer_decode(slice_of_buf(answer), out)) != OK)
        return fault_set(&s->fault, e, 0, "answer");
    if (!err_known(out->code))
        return fault_set(&s->fault, E_MALFORMED, 0, "answer.code");
    return OK;
}

void
blocks_memory_end(struct session_memory *m)
{
    if (m->there)
        (void)close(m->fd);
    m->there = false;
}

void
blocks_memory(struct session *s, struct session_memory *m)
{
    struct rec *r;

    blocks_memory_end(m);
    if (ipc_path(s->home->address) == NULL || m->failed >= BLOCKS_LEND_TRIES)
        return;
    if (session_ask(s, REQUEST_MEMORY, NULL, NULL, &r) == OK) {
        memcpy(m->name, record_bytes(r, "memory").p, LEND_NAME_LEN);
        m->there = lend_open(m->name, &m->fd) == OK;
    }
    if (!m->there)
        m->failed++;
    s->fault = (struct fault){ .e = OK };
}

enum err
blocks_put_place(struct arena *a, struct rec *r,
    const struct session_memory *m, uint64_t slot)
{
    enum err e = record_put_bytes(a, r, "memory", SLICE(m->name));

    return e != OK ? e : record_put_uint(a, r, "slot", slot);
}

enum err
blocks_send(struct session *s, enum request_type type, const struct rec *r,
    const uint8_t req[static REQUEST_ID_LEN])
{
    struct request q = { .type = (uint16_t)type };
    struct buf args, frame;
    struct slice part;
    enum err e;

    buf_init(&args, 256);
    buf_init(&frame, 512);
    memcpy(q.req, req, REQUEST_ID_LEN);
    record_encode(r, 0, &args);
    if ((e = buf_done(&args)) == OK) {
        q.args = slice_of_buf(&args);
        e = request_encode(&q, &frame);
    }
    if (e == OK) {
        part = slice_of_buf(&frame);
        e = s->x.put(s->x.arg, &part, 1);
    }
    buf_clear(&args);
    buf_clear(&frame);
    return e;
}

/* Where the i-th of a run is to lie. */
static uint64_t
place_of(const struct get *g, const struct blocks_run *run, uint64_t i)
{
    return (uint64_t)(run - g->run) * RUN_BLOCKS + i;
}

/* What was asked for over a connection that is gone may still be written to
 * the memory that it named: there it is not looked for any more. */
static enum err
memory_anew(struct get *g)
{
    blocks_memory(g->s, &g->s->memory);
    return session_aside(g->s);
}

static enum err
put_args(struct arena *a, const struct get *g, const struct blocks_run *run,
    struct rec **out)
{
    const struct blocks_want *w = g->w;
    struct rec *r = record_new(a, &record_ask_block_get);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    *out = r;
    if ((e = record_put_bytes(a, r, "digest", slice_of(w->digest,
        HASH_LEN))) != OK || (e = record_put_bytes(a, r, "root",
        slice_of(w->root, HASH_LEN))) != OK ||
        (e = record_put_uint(a, r, "index", run->first)) != OK ||
        (e = record_put_uint(a, r, "count", run->count)) != OK ||
        !g->s->memory.there)
        return e;
    return blocks_put_place(a, r, &g->s->memory, place_of(g, run, 0));
}

static enum err
ask_run(struct get *g, struct blocks_run *run)
{
    struct arena *a = arena_new(BLOCKS_ARENA);
    struct rec *r;
    enum err e = a == NULL ? ERR_NOMEM : put_args(a, g, run, &r);

    if (e == OK) {
        random_bytes(run->req, sizeof(run->req));
        run->seen = 0;
        g->unread = true;
        e = blocks_send(g->s, REQUEST_BLOCK_GET, r, run->req);
    }
    arena_free(a);
    return e;
}

/* The next blocks that nobody has asked for. */
static enum err
next_run(struct get *g, struct blocks_run *run)
{
    const uint64_t left = g->w->to - g->next;

    *run = (struct blocks_run){ .first = g->next,
        .count = left < RUN_BLOCKS ? (unsigned)left : RUN_BLOCKS };
    g->next += run->count;
    return run->count == 0 ? OK : ask_run(g, run);
}

static bool
is_answered(const struct blocks_run *run)
{
    return run->seen == (1u << run->count) - 1;
}

/* Everything that has no answer yet, over a new connection. */
static enum err
ask_again(struct get *g)
{
    enum err e = memory_anew(g);

    for (size_t i = 0; i < BLOCKS_RUNS && e == OK; i++) {
        struct blocks_run *run = &g->run[i];

        for (; run->count > 0 && (run->got & 1) != 0; run->first++) {
            run->got >>= 1;
            run->count--;
        }
        if (run->count > 0)
            e = ask_run(g, run);
        else if (g->next < g->w->to)
            e = next_run(g, run);
    }
    return e;
}

static enum err
recover(struct get *g, enum err e)
{
    while (!g->ended && (e == E_BUSY || e == ERR_UNREACHABLE ||
        e == E_NOT_LENT ||
        (e == E_STALE_STATEMENT && g->w->again != NULL))) {
        const bool stale = e == E_STALE_STATEMENT;

        if (interrupt_came())
            return ERR_CANCELLED;
        if (e == E_NOT_LENT) {
            g->s->memory.failed++;
            g->s->x.drop(g->s->x.arg);
        } else if (blocks_again(g->s, &g->patience, stale ? E_BUSY : e) != OK)
            return e;
        if (stale && (e = g->w->again(g->w->again_arg)) != OK)
            return e;
        e = ask_again(g);
    }
    return e;
}

static enum err
read_proof(const struct rec *r, struct tree_proof *out)
{
    const struct value *v = record_value(r, "proof");

    out->n = v == NULL ? 0 : v->n;
    if (out->n > PARCEL_PROOF_MAX)
        return E_MALFORMED;
    for (size_t i = 0; i < out->n; i++)
        memcpy(out->hash[i], v->v[i].s.p, HASH_LEN);
    return OK;
}

/* The bytes of block i.  Those in lent memory are copied before anything is
 * done with them, since the node can still change them. */
static enum err
read_block(struct get *g, const struct blocks_run *run, const struct rec *r,
    struct slice *out)
{
    const uint64_t i = record_uint(r, "index");
    size_t n;
    uint8_t *to;

    *out = record_bytes(r, "block");
    if (record_has(r, "block") || !g->s->memory.there)
        return OK;
    n = parcel_block_length(g->w->length, i);
    buf_reset(&g->block);
    if ((to = buf_extend(&g->block, n)) == NULL)
        return ERR_NOMEM;
    if (lend_get(g->s->memory.fd, place_of(g, run, i - run->first), to, n) !=
        OK)
        return E_BLOCK_LENGTH;
    g->s->memory.failed = 0;
    *out = slice_of_buf(&g->block);
    return OK;
}

/* Whether it is a block of this run, and the one of the tree. */
static enum err
check(struct get *g, const struct blocks_run *run, const struct rec *r,
    struct slice *block)
{
    const uint64_t i = record_uint(r, "index");
    struct tree_proof proof;
    enum err e;

    if (i < run->first || i - run->first >= run->count ||
        (run->seen >> (i - run->first) & 1) != 0)
        return fault_set(&g->s->fault, E_BLOCK_UNASKED, 0, "block");
    if ((e = read_proof(r, &proof)) != OK ||
        (e = read_block(g, run, r, block)) != OK)
        return e;
    e = parcel_check(g->w->root, g->w->length, i, &proof, *block, NULL);
    return e == OK ? OK : fault_set(&g->s->fault, e, 0, "block");
}

static enum err
take_block(struct get *g, struct blocks_run *run, const struct rec *r)
{
    const uint64_t i = record_uint(r, "index");
    struct slice block;
    unsigned bit;
    bool got;
    enum err e, asked = OK;

    if ((e = check(g, run, r, &block)) != OK)
        return e;
    bit = 1u << (i - run->first);
    got = (run->got & bit) != 0;
    run->got |= bit;
    run->seen |= bit;
    if (is_answered(run))
        asked = next_run(g, run);
    if (got)
        return asked;
    g->patience.tries = 0;
    e = g->each(g->arg, i, block);
    g->ended = e != OK;
    return e != OK ? e : asked;
}

/* Nothing more is asked for; what is under way still has its answers. */
static void
stop_at(struct get *g, struct blocks_run *run)
{
    run->count = run->got = run->seen = 0;
    g->next = g->w->to;
    g->missing = true;
}

static struct blocks_run *
find_run(struct get *g, const uint8_t req[static REQUEST_ID_LEN])
{
    for (size_t i = 0; i < BLOCKS_RUNS; i++)
        if (g->run[i].count > 0 &&
            memcmp(g->run[i].req, req, REQUEST_ID_LEN) == 0)
            return &g->run[i];
    return NULL;
}

static enum err
take_one(struct get *g)
{
    struct blocks_run *run;
    struct answer n;
    struct arena *a;
    struct rec *r;
    enum err e;

    if ((e = blocks_take(g->s, &g->answer, &n)) != OK)
        return e;
    if ((run = find_run(g, n.req)) == NULL)
        return fault_set(&g->s->fault, E_MALFORMED, 0, "answer.req");
    if (n.code == E_BLOCKS_MISSING) {
        stop_at(g, run);
        return OK;
    }
    if (n.code != OK)
        return fault_set(&g->s->fault, (enum err)n.code, 0, "block.get");
    if ((a = arena_new(BLOCKS_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = record_decode(a, &record_ask_block, 0, n.result, WIRE_ITEMS, &r,
        &g->s->fault)) == OK &&
        (e = record_check(r, 0, &g->s->fault)) == OK)
        e = take_block(g, run, r);
    arena_free(a);
    return e;
}

static bool
waits(const struct get *g)
{
    for (size_t i = 0; i < BLOCKS_RUNS; i++)
        if (g->run[i].count > 0)
            return true;
    return false;
}

static enum err
get_all(struct get *g)
{
    enum err e = OK;

    for (size_t i = 0; i < BLOCKS_RUNS && e == OK; i++)
        e = next_run(g, &g->run[i]);
    e = recover(g, e);
    while (e == OK && waits(g))
        e = recover(g, take_one(g));
    g->unread = g->unread && e != OK;
    return e == OK && g->missing ? fault_set(&g->s->fault, E_BLOCKS_MISSING,
        0, "block.get") : e;
}

enum err
blocks_get(struct session *s, const struct blocks_want *w, blocks_each each,
    void *arg)
{
    struct get g = { .s = s, .w = w, .each = each, .arg = arg,
        .next = w->from };
    const bool aside = s->aside;
    enum err e, back;

    if (!parcel_length_ok(w->length) || w->from > w->to ||
        w->to > parcel_blocks(w->length))
        return E_BLOCK_INDEX;
    s->fault = (struct fault){ .e = OK };
    if (!s->memory.there)
        blocks_memory(s, &s->memory);
    if ((e = session_aside(s)) != OK)
        return e;
    buf_init(&g.answer, REQUEST_MAX);
    buf_init(&g.block, PARCEL_BLOCK);
    e = get_all(&g);
    /* An answer that comes late is never taken for that of another. */
    if (g.unread) {
        s->x.drop(s->x.arg);
        blocks_memory_end(&s->memory);
    }
    buf_clear(&g.answer);
    buf_clear(&g.block);
    back = aside ? OK : session_back(s);
    return e != OK ? e : back;
}
