/*
 * What leaves: frames that are queued while a batch runs, and the answers that
 * are made under its checkpoint.
 */
#include <stdlib.h>
#include <string.h>

#include "node/flow.h"
#include "node/ledger.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/store_mark.h"
#include "proto/receipt.h"

#define FRAME_ROOM 262144           /* of a frame, before later receipts */
#define BUSY_MS 5000

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
outgoing_send(struct core *c, const struct link *to,
    const struct packet *packet)
{
    struct outgoing *o = emit(c, to);

    return o != NULL ? packet_encode(packet, &o->bytes) : ERR_NOMEM;
}

enum err
outgoing_give(struct core *c, const struct link *to, struct buf *bytes,
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

struct reply *
outgoing_reply(struct core *c, const struct link *to)
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
    return outgoing_send(c, &r->to, p);
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
outgoing_answer(struct core *c, const struct link *to,
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

enum err
outgoing_replies(struct core *c)
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

void
outgoing_later(struct core *c, enum err why)
{
    for (struct reply *r = c->replies; r != NULL; r = r->next) {
        struct packet busy = { .type = PACKET_BUSY };

        if (r->client) {
            answer_later(c, r, why);
            continue;
        }
        memcpy(busy.u.busy.req, r->req, PACKET_REQ_LEN);
        busy.u.busy.ms = BUSY_MS;
        if (outgoing_send(c, &r->to, &busy) != OK)
            return;
    }
}
