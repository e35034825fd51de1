#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/directory.h"
#include "keys/point.h"
#include "node/core_in.h"
#include "node/files.h"
#include "node/flow.h"
#include "node/ledger.h"
#include "node/peers.h"
#include "node/pull.h"
#include "node/requests.h"
#include "node/serve.h"
#include "node/store_mark.h"
#include "node/trustbase.h"
#include "proto/receipt.h"

#define FRAME_ROOM 262144           /* of a frame, before later receipts */
#define BUSY_MS 5000
#define BEAT_BUSY_MS 1000

struct slice
core_self(const struct core *c)
{
    return node_keys_authority(c->keys);
}

struct slice
core_authority(const struct core *c)
{
    return core_self(c);
}

int64_t
core_last(const struct core *c)
{
    return c->last;
}

const struct node_keys *
core_keys(const struct core *c)
{
    return c->keys;
}

bool
core_peer_time(struct core *c, int64_t *wall)
{
    bool told = c->peer_told;

    if (told)
        *wall = c->peer_time;
    c->peer_told = false;
    return told;
}

void
core_log(struct core *c, enum err e, const char *format, ...)
{
    char text[256];
    va_list args;

    if (c->o.log == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    c->o.log(c->o.log_arg, e, text);
}

/* Frames. */

void
outgoing_free(struct outgoing *list)
{
    struct outgoing *next;

    for (; list != NULL; list = next) {
        next = list->next;
        flow_back(list->flow);
        buf_clear(&list->bytes);
        free(list);
    }
}

static struct outgoing *
emit(struct core *c, const struct link *to)
{
    struct outgoing *o = calloc(1, sizeof(*o));

    if (o == NULL)
        return NULL;
    o->to = *to;
    buf_init(&o->bytes, PACKET_MAX);
    *c->last_out = o;
    c->last_out = &o->next;
    return o;
}

enum err
core_send(struct core *c, const struct link *to, const struct packet *packet)
{
    struct outgoing *o = emit(c, to);

    return o != NULL ? packet_encode(packet, &o->bytes) : ERR_NOMEM;
}

enum err
core_give(struct core *c, const struct link *to, struct buf *bytes,
    struct flow *flow)
{
    struct outgoing *o = emit(c, to);

    if (o == NULL)
        return ERR_NOMEM;
    o->bytes = *bytes;
    buf_init(bytes, PACKET_MAX);
    flow_take(flow);
    o->flow = flow;
    return OK;
}

void
core_again(struct core *c, int64_t at)
{
    if (at < c->wake)
        c->wake = at;
}

int64_t
core_due(const struct core *c)
{
    return c->wake;
}

struct reply *
core_reply(struct core *c, const struct link *to)
{
    struct reply *r = arena_get(c->batch, sizeof(*r));

    if (r == NULL)
        return NULL;
    r->to = *to;
    r->receipt = STORE_NONE;
    *c->last_reply = r;
    c->last_reply = &r->next;
    return r;
}

/* Answers, under the checkpoint of the batch. */

static enum err
receipt_of(struct core *c, struct arena *a, uint64_t index,
    struct slice *out)
{
    struct buf b;
    enum err e;

    buf_init(&b, RECEIPT_MAX);
    if ((e = ledger_receipt(c, index, &b)) == OK)
        e = arena_copy(a, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

static enum err
add_results(struct core *c, struct arena *a, const struct reply *r,
    struct packet_answer *an, size_t *bytes)
{
    enum err e;

    for (size_t i = 0; i < r->n && an->n < PACKET_ITEMS_MAX; i++) {
        struct packet_result *out = &an->results[an->n];

        memset(out, 0, sizeof(*out));
        out->code = (uint16_t)r->results[i].code;
        out->path = slice_str(r->results[i].path);
        out->suggest = slice_str(r->results[i].suggest);
        if (r->results[i].index != STORE_NONE && (e = receipt_of(c, a,
            r->results[i].index, &out->receipt)) != OK)
            return e;
        *bytes += 16 + out->path.n + out->suggest.n + out->receipt.n;
        /* What does not fit has no result and is sent again. */
        if (*bytes > FRAME_ROOM)
            break;
        an->n++;
    }
    return OK;
}

struct later {
    size_t n;
    uint64_t index[PACKET_LATER_MAX];
};

static enum err
note_later(void *arg, uint64_t index)
{
    struct later *l = arg;

    if (l->n < PACKET_LATER_MAX)
        l->index[l->n++] = index;
    return OK;
}

static enum err
add_later(struct core *c, struct arena *a, const struct reply *r,
    struct packet_answer *an, size_t bytes)
{
    struct later l = { .n = 0 };
    struct slice s;
    enum err e;

    e = store_notices(c->store, slice_str(r->peer), r->stored,
        PACKET_LATER_MAX, note_later, &l);
    for (size_t i = 0; e == OK && i < l.n; i++) {
        if ((e = receipt_of(c, a, l.index[i], &s)) != OK)
            return e;
        bytes += s.n + 8;
        if (bytes > FRAME_ROOM)
            break;
        an->later[an->nlater++] = s;
    }
    return e;
}

static enum err
answer_peer(struct core *c, struct arena *a, const struct reply *r)
{
    struct packet *p = arena_get(a, sizeof(*p));
    size_t bytes = 0;
    enum err e;

    if (p == NULL)
        return E_OVERSIZE;
    p->type = PACKET_ANSWER;
    memcpy(p->u.answer.req, r->req, PACKET_REQ_LEN);
    if ((e = ledger_tlog(c, a, &r->have, false, &p->u.answer.tlog)) != OK ||
        (e = peers_have(c, a, slice_str(r->peer), &p->u.answer.have)) != OK
        || (e = add_results(c, a, r, &p->u.answer, &bytes)) != OK ||
        (e = add_later(c, a, r, &p->u.answer, bytes)) != OK)
        return e;
    return core_send(c, &r->to, p);
}

static enum err
prove_each(struct core *c, struct arena *a, const struct reply *r)
{
    const struct value *v = r->prove == NULL ? NULL :
        record_value(r->result, r->prove);
    struct slice receipt;
    enum err e = OK;

    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
        if ((e = receipt_of(c, a, record_uint(v->v[i].r, "index"),
            &receipt)) == OK)
            e = record_put_bytes(a, v->v[i].r, "receipt", receipt);
    return e;
}

static enum err
client_result(struct core *c, struct arena *a, const struct reply *r,
    struct buf *out)
{
    struct slice receipt;
    enum err e;

    if (r->code != OK) {
        buf_put_str(out, r->path);
    } else if (r->result == NULL) {
        write_map(out, 0);
    } else {
        if (r->receipt != STORE_NONE) {
            if ((e = receipt_of(c, a, r->receipt, &receipt)) != OK ||
                (e = record_put_bytes(a, r->result, "receipt",
                receipt)) != OK)
                return e;
        }
        if ((e = prove_each(c, a, r)) != OK)
            return e;
        record_encode(r->result, 0, out);
    }
    return buf_done(out);
}

static enum err
answer_client(struct core *c, struct arena *a, const struct reply *r)
{
    struct answer an = { .code = (uint16_t)r->code };
    struct outgoing *o = emit(c, &r->to);
    struct buf result;
    enum err e = OK;

    if (o == NULL)
        return ERR_NOMEM;
    buf_init(&result, ASK_MAX);
    memcpy(an.req, r->req, REQUEST_ID_LEN);
    if ((r->bare || (e = ledger_tlog(c, a, &r->have, true, &an.tlog)) == OK) &&
        (e = client_result(c, a, r, &result)) == OK) {
        an.result = slice_of_buf(&result);
        e = answer_encode(&an, &o->bytes);
    }
    buf_clear(&result);
    return e;
}

enum err
core_answer(struct core *c, const struct link *to,
    const uint8_t req[static REQUEST_ID_LEN], const struct rec *result)
{
    struct answer an = { .code = OK };
    struct outgoing *o = emit(c, to);
    struct buf b;
    enum err e;

    if (o == NULL)
        return ERR_NOMEM;
    buf_init(&b, ASK_MAX);
    memcpy(an.req, req, REQUEST_ID_LEN);
    record_encode(result, 0, &b);
    if ((e = buf_done(&b)) == OK) {
        an.result = slice_of_buf(&b);
        e = answer_encode(&an, &o->bytes);
    }
    buf_clear(&b);
    return e;
}

static enum err
answer_all(struct core *c)
{
    struct arena *a;
    enum err e = OK;

    for (struct reply *r = c->replies; e == OK && r != NULL; r = r->next) {
        if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
            return ERR_NOMEM;
        if (!r->answered)
            e = (r->client ? answer_client : answer_peer)(c, a, r);
        arena_free(a);
    }
    return e;
}

/* With the link to what is committed, where that can be read; a client takes
 * an answer for later without one too. */
static void
answer_later(struct core *c, const struct reply *r, enum err why)
{
    struct answer an = { .code = (uint16_t)(why == ERR_FULL ?
        E_STORE_FULL : E_BUSY) };
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct outgoing *o = emit(c, &r->to);

    memcpy(an.req, r->req, REQUEST_ID_LEN);
    if (a == NULL || ledger_tlog(c, a, &r->have, true, &an.tlog) != OK)
        an.tlog = (struct tlog){ .note = SLICE_EMPTY };
    if (o != NULL && answer_encode(&an, &o->bytes) != OK)
        buf_reset(&o->bytes);
    arena_free(a);
}

/* The batch failed: whoever waits is told to come again. */
static void
answer_none(struct core *c, enum err why)
{
    for (struct reply *r = c->replies; r != NULL; r = r->next) {
        struct packet busy = { .type = PACKET_BUSY };

        if (r->client) {
            answer_later(c, r, why);
            continue;
        }
        memcpy(busy.u.busy.req, r->req, PACKET_REQ_LEN);
        busy.u.busy.ms = BUSY_MS;
        if (core_send(c, &r->to, &busy) != OK)
            return;
    }
}

/* Events. */

/* Who asks to be answered is told to come again; the rest is dropped. */
static enum err
above_rate(struct core *c, const struct incoming *in,
    const struct packet *packet)
{
    return packet != NULL && packet->type == PACKET_BEAT ?
        peers_busy(c, &in->from, packet->u.beat.req, BEAT_BUSY_MS) : OK;
}

static enum err
peer_frame(struct core *c, const struct incoming *in)
{
    struct peer *p = peers_find(c, in->from.who);
    struct packet error = { .type = PACKET_ERROR };
    struct packet *packet;
    struct arena *a;
    enum err e;

    if (p == NULL)
        return OK;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((packet = arena_get(a, sizeof(*packet))) == NULL) {
        arena_free(a);
        return ERR_NOMEM;
    }
    e = packet_decode(in->bytes, packet);
    if (!peers_admits(c, p, e == OK ? packet : NULL)) {
        e = above_rate(c, in, e == OK ? packet : NULL);
        arena_free(a);
        return e;
    }
    peers_heard(c, p, &in->from);
    if (e != OK) {
        core_log(c, e, "a frame of %s is none", p->name);
        error.u.error.code = (uint16_t)e;
        e = core_send(c, &in->from, &error);
    } else if (packet->type == PACKET_DELIVER) {
        e = do_deliver(c, p, &in->from, &packet->u.deliver);
    } else if (packet->type == PACKET_ANSWER) {
        e = do_answer(c, p, &packet->u.answer);
    } else {
        e = peers_frame(c, p, &in->from, packet, a);
    }
    arena_free(a);
    return e;
}

static enum err
event(struct core *c, const struct incoming *in)
{
    switch (in->kind) {
    case IN_FRAME:
        return in->from.kind == LINK_PEER ? peer_frame(c, in) :
            request_frame(c, &in->from, in->bytes);
    case IN_UP:
        return peers_up(c, &in->from);
    case IN_DOWN:
        return peers_down(c, &in->from);
    case IN_TICK:
        return do_tick(c);
    }
    return OK;
}

/* Nothing of what was destroyed stays in the write-ahead log.  The batch has
 * happened whatever becomes of this, which is tried again after the next. */
static void
erase(struct core *c)
{
    enum err e = store_checkpoint(c->store);

    POINT("after-erase");
    c->erased = e != OK;
    if (e != OK)
        core_log(c, e, "what was destroyed is still in the log of the store");
}

static enum err
run(struct core *c, const struct incoming *in, size_t n)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < n; i++) {
        e = event(c, &in[i]);
        if (e == OK)
            e = store_bad(c->store);
    }
    POINT("decided");
    if (e == OK)
        e = peers_pump(c);
    if (e == OK)
        e = ledger_checkpoint(c);
    if (e == OK)
        e = answer_all(c);
    if (e == OK)
        e = store_bad(c->store);
    POINT("before-commit");
    if (e == OK) {
        e = store_commit(c->store);
        POINT("after-commit");
        if (e == OK && c->erased)
            erase(c);
        if (e == OK) {
            files_committed(c);
            serve_pump(c);
        }
    } else {
        store_rollback(c->store);
    }
    return e;
}

/* What was learned in a batch that did not happen is forgotten. */
static enum err
undo(struct core *c)
{
    enum err e;

    for (struct peer *p = c->peers; p != NULL; p = p->next) {
        if (p->asked_at == c->now.mono)
            p->asked = ASKED_NOTHING;
        p->greet = true;
        p->want = true;
        p->refusals_told = false;
        pull_undo(p);
    }
    files_undone(c);
    outgoing_free(c->out);
    c->out = NULL;
    c->last_out = &c->out;
    if ((e = ledger_load(c)) != OK)
        return e;
    /* All of it is verified again, which takes its time. */
    return c->trust_touched ? trustbase_load(c) : OK;
}

static enum err
start_batch(struct core *c, const struct times *t)
{
    c->now = *t;
    c->trust_touched = false;
    c->wake = INT64_MAX;
    c->replies = NULL;
    c->last_reply = &c->replies;
    arena_free(c->batch);
    if ((c->batch = arena_new(CORE_BATCH_ARENA)) == NULL)
        return ERR_NOMEM;
    return store_begin(c->store);
}

static enum err
one_batch(struct core *c, const struct incoming *in, size_t n,
    const struct times *t)
{
    enum err e, u;

    if ((e = start_batch(c, t)) != OK)
        return e;
    if ((e = run(c, in, n)) == OK)
        return OK;
    core_log(c, e, "a batch of %zu events did not happen", n);
    if ((u = undo(c)) != OK)
        return u;
    if (n == 1 || e == ERR_IO)
        answer_none(c, e);
    return e;
}

enum err
core_batch(struct core *c, const struct incoming *in, size_t n,
    const struct times *t, struct outgoing **out)
{
    enum err e, full = OK;

    c->out = NULL;
    c->last_out = &c->out;
    e = one_batch(c, in, n, t);
    /* One event must not take the others with it. */
    if (e != OK && e != ERR_IO && n > 1) {
        struct outgoing *all = NULL, **last = &all;

        for (size_t i = 0; i < n; i++) {
            c->out = NULL;
            c->last_out = &c->out;
            e = one_batch(c, &in[i], 1, t);
            *last = c->out;
            while (*last != NULL)
                last = &(*last)->next;
            if (e == ERR_FULL)
                full = e;
            if (e == ERR_IO)
                break;
        }
        c->out = all;
        if (e != ERR_IO)
            e = full;
    }
    *out = c->out;
    c->out = NULL;
    return e == ERR_IO || e == ERR_FULL ? e : OK;
}

/* Open and close. */

static enum err
open_parts(struct core *c, const char **what)
{
    char path[1024];
    enum err e;

    *what = "node.key";
    (void)snprintf(path, sizeof(path), "%s/node.key", c->o.folder);
    if ((e = node_keys_load(path, &c->keys)) != OK)
        return e == ERR_NOTFOUND ? ERR_NOT_INIT : e;
    log_name(core_self(c), "log", 1, c->origin);
    log_name(core_self(c), "witness", 1, c->witness);
    *what = "node.db";
    (void)snprintf(path, sizeof(path), "%s/node.db", c->o.folder);
    if ((e = store_open(path, c->o.limits.store_max, &c->store)) != OK)
        return e;
    return ledger_load(c);
}

/* The first entries: that the node began, and on what. */
static enum err
begin(struct core *c, const char **what)
{
    const struct line started = { .event = EVENT_NODE_STARTED,
        .detail = slice_str(CORE_VERSION) };
    uint64_t index;
    enum err e;

    if (c->size == 0 && (e = trustbase_install(c, what)) != OK)
        return e;
    if (c->size > 0 && c->dir == NULL && (e = trustbase_load(c)) != OK)
        return e;
    *what = "node.db";
    if ((e = ledger_append(c, &started, &index)) != OK)
        return e;
    return ledger_checkpoint(c);
}

enum err
core_open(const struct core_opts *o, const struct times *t,
    struct core **out, const char **what)
{
    struct core *c = calloc(1, sizeof(*c));
    enum err e;

    if (c == NULL)
        return ERR_NOMEM;
    c->o = *o;
    c->now = *t;
    c->trusted = true;
    c->wake = INT64_MAX;
    c->last_alive = t->lo;
    c->last_out = &c->out;
    c->last_reply = &c->replies;
    buf_init(&c->head.note, NOTE_MAX);
    if ((c->flow = flow_new(NULL)) == NULL) {
        e = ERR_NOMEM;
        goto out;
    }
    if ((e = open_parts(c, what)) != OK || (e = store_begin(c->store)) != OK)
        goto out;
    if ((e = begin(c, what)) != OK) {
        store_rollback(c->store);
        goto out;
    }
    POINT("before-start");
    if ((e = store_commit(c->store)) != OK)
        goto out;
    POINT("after-start");
    /* What was destroyed just before a crash is still in its log. */
    if ((e = store_checkpoint(c->store)) != OK)
        goto out;
    *what = "blobs";
    if ((e = trustbase_load(c)) != OK || (e = files_open(c)) != OK)
        goto out;
    *out = c;
    c = NULL;
out:
    core_close(c, NULL);
    return e;
}

void
core_close(struct core *c, const struct times *t)
{
    const struct line stopped = { .event = EVENT_NODE_STOPPED };
    uint64_t index;

    if (c == NULL)
        return;
    if (t != NULL && store_begin(c->store) == OK) {
        c->now = *t;
        c->last_out = &c->out;          /* of which nothing is sent */
        if (files_count(c) != OK || ledger_append(c, &stopped, &index) != OK ||
            ledger_checkpoint(c) != OK || store_commit(c->store) != OK)
            core_log(c, ERR_IO, "the end was not written");
    }
    files_close(c);
    trustbase_unload(c);
    peers_free(c);
    store_close(c->store);
    node_keys_free(c->keys);
    arena_free(c->batch);
    outgoing_free(c->out);
    flow_free(c->flow);
    buf_clear(&c->head.note);
    free(c);
}

/* The roster. */

void
roster_free(struct roster *r)
{
    if (r == NULL)
        return;
    free(r->rows);
    free(r);
}

static void
peer_endpoints(struct core *c, const struct rec *card,
    struct roster_row *row)
{
    const struct value *v = record_value(card, "endpoints");
    const char *own = c->o.override != NULL ? c->o.override(
        c->o.override_arg, slice_str(row->who)) : NULL;

    if (own != NULL) {
        (void)snprintf(row->endpoints[0], sizeof(row->endpoints[0]), "%s",
            own);
        row->n_endpoints = 1;
    }
    /* Of a renewed card, which no keeper of ours has looked at. */
    for (size_t i = 0; own == NULL && v != NULL && i < v->n && i < 4; i++) {
        char *to = row->endpoints[row->n_endpoints];

        (void)snprintf(to, sizeof(row->endpoints[0]), "%.*s",
            (int)v->v[i].s.n, (const char *)v->v[i].s.p);
        if (channel_peer_ok(to))
            row->n_endpoints++;
        else
            core_log(c, E_FIELD_RANGE, "an endpoint of %s is not dialled",
                row->who);
    }
    row->dial = row->n_endpoints > 0;
}

static void
add_peer_rows(struct core *c, const struct peer *p, struct roster *r)
{
    const struct rec *card = trustbase_card(c, slice_str(p->name));
    static const char *const keys[] = { "curve", "curve_next" };

    for (size_t i = 0; card != NULL && i < 2; i++) {
        struct slice key = record_bytes(card, keys[i]);
        struct roster_row *row;

        if (key.n != KEY_LEN)
            continue;
        row = &r->rows[r->n++];
        row->kind = LINK_PEER;
        (void)snprintf(row->who, sizeof(row->who), "%s", p->name);
        memcpy(row->key, key.p, KEY_LEN);
        if (i == 0)
            peer_endpoints(c, card, row);
    }
}

static bool
is_revoked(const struct core *c, const struct person *p)
{
    const struct rec *staff = trustbase_staff(c, core_self(c));
    const struct rec *o = staff != NULL ? directory_officer(staff, p->kid) :
        NULL;

    return o != NULL && record_has(o, "revoked");
}

bool
core_roster(struct core *c, struct roster **out)
{
    struct roster *r;
    size_t n = 0;

    if (!c->roster_changed)
        return false;
    for (const struct peer *p = c->peers; p != NULL; p = p->next)
        n += 2;
    for (const struct person *p = c->persons; p != NULL; p = p->next)
        n++;
    if ((r = calloc(1, sizeof(*r))) == NULL ||
        (r->rows = calloc(n + 1, sizeof(*r->rows))) == NULL) {
        free(r);
        return false;
    }
    for (const struct peer *p = c->peers; p != NULL; p = p->next)
        add_peer_rows(c, p, r);
    for (const struct person *p = c->persons; p != NULL; p = p->next) {
        struct roster_row *row = &r->rows[r->n];

        if (is_revoked(c, p))
            continue;
        row->kind = LINK_OFFICER;
        memcpy(row->who, p->who, sizeof(row->who));
        memcpy(row->key, p->curve, KEY_LEN);
        r->n++;
    }
    c->roster_changed = false;
    *out = r;
    return true;
}
