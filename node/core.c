#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/point.h"
#include "node/core_in.h"
#include "node/files.h"
#include "node/flow.h"
#include "node/ledger.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/pull.h"
#include "node/requests.h"
#include "node/serve.h"
#include "node/store_mark.h"
#include "node/trustbase.h"

#define BEAT_BUSY_MS 1000

struct slice
core_self(const struct core *c)
{
    return node_keys_authority(c->keys);
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
        e = outgoing_send(c, &in->from, &error);
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
        e = outgoing_replies(c);
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
        outgoing_later(c, e);
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
