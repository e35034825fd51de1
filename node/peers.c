/*
 * What is known of peers: links, rates, and the one request with `have` that
 * may be under way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/directory.h"
#include "keys/random.h"
#include "keys/statement.h"
#include "node/ledger.h"
#include "node/lists.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/pull.h"
#include "node/release.h"
#include "node/serve.h"
#include "node/store_log.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "node/trustbase.h"

#define BACKOFF_MAX 300                 /* seconds */
#define OVER_BACKOFF 3600
#define BEAT_SOON_MS 2000
#define GET_WEIGHT 20                   /* frames; its answer is so large */

struct peer *
peers_find(struct core *c, const char *name)
{
    for (struct peer *p = c->peers; p != NULL; p = p->next)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static void
free_peer(struct peer *p)
{
    pull_free(p->pull);
    serve_free(p->serve);
    free(p);
}

static void
add_peer(void *arg, struct slice authority, const struct rec *pin)
{
    struct core *c = arg;
    char name[LINK_WHO_MAX + 1];
    struct peer *p;

    (void)pin;
    if (authority.n > LINK_WHO_MAX)
        return;
    memcpy(name, authority.p, authority.n);
    name[authority.n] = '\0';
    if (peers_find(c, name) != NULL ||
        (p = calloc(1, sizeof(*p))) == NULL)
        return;
    p->pull = pull_new();
    p->serve = serve_new(c);
    if (p->pull == NULL || p->serve == NULL) {
        free_peer(p);
        return;
    }
    memcpy(p->name, name, authority.n + 1);
    p->messages.left = p->frames.left = c->o.limits.burst;
    p->messages.at = p->frames.at = c->now.mono;
    p->last_asked = -1;
    p->next = c->peers;
    c->peers = p;
}

static bool
is_pinned(const struct core *c, const struct peer *p)
{
    const struct rec *pin = directory_find(c->dir, TRUST_PIN,
        slice_str(p->name), 0, NULL);

    return pin != NULL && record_uint(pin, "withdrawn") == 0;
}

enum err
peers_refresh(struct core *c)
{
    struct peer **at = &c->peers, *gone;

    while (*at != NULL) {
        if (is_pinned(c, *at)) {
            at = &(*at)->next;
            continue;
        }
        gone = *at;
        *at = gone->next;
        free_peer(gone);
    }
    directory_peers(c->dir, add_peer, c);
    c->roster_changed = true;
    return OK;
}

void
peers_free(struct core *c)
{
    struct peer *next;

    for (struct peer *p = c->peers; p != NULL; p = next) {
        next = p->next;
        free_peer(p);
    }
    c->peers = NULL;
}

enum err
peers_alarm(struct core *c, struct peer *p, enum err code,
    const uint8_t *obj)
{
    bool fresh = false;
    enum err e;

    if (c->now.mono - p->alarms_from >= 3600 * 1000) {
        p->alarms_from = c->now.mono;
        p->alarms = 0;
    }
    if (p->alarms >= REFUSALS_AN_HOUR)
        return OK;
    e = ledger_alarm_fresh(c, slice_str(p->name), code, obj, &fresh);
    p->alarms += fresh;
    return e;
}

/* Links. */

static bool
same_route(const struct link *a, const struct link *b)
{
    return a->n_route == b->n_route &&
        memcmp(a->route, b->route, a->n_route) == 0;
}

enum err
peers_wake(struct core *c, struct peer *p)
{
    p->busy_until = 0;
    return store_outbox_wake(c->store, slice_str(p->name), c->now.hi);
}

/* One line where the first connection came or the last one went. */
static void
say_link(struct core *c, const struct peer *p, bool before)
{
    const bool now = p->dialled || p->routed;

    if (now != before)
        core_log(c, OK, "peer %s %s", p->name, now ? "up" : "down");
}

enum err
peers_up(struct core *c, const struct link *from)
{
    struct peer *p = peers_find(c, from->who);
    bool before;

    if (p == NULL || from->kind != LINK_PEER)
        return OK;
    before = p->dialled || p->routed;
    p->dialled = true;
    p->greet = true;
    say_link(c, p, before);
    return peers_wake(c, p);
}

enum err
peers_down(struct core *c, const struct link *from)
{
    struct peer *p = peers_find(c, from->who);
    bool before;

    if (p == NULL || from->kind != LINK_PEER)
        return OK;
    before = p->dialled || p->routed;
    if (from->n_route == 0)
        p->dialled = false;
    else if (p->routed && same_route(&p->route, from))
        p->routed = false;
    say_link(c, p, before);
    if (!(from->n_route == 0 ? p->dialled : p->routed))
        pull_down(p, from->n_route == 0);
    if (p->asked != ASKED_NOTHING &&
        !(p->asked_dialled ? p->dialled : p->routed)) {
        p->asked = ASKED_NOTHING;
        return peers_wake(c, p);
    }
    return OK;
}

void
peers_heard(struct core *c, struct peer *p, const struct link *from)
{
    const bool before = p->dialled || p->routed;

    p->heard = c->now.wall;
    if (from->n_route == 0) {
        p->dialled = true;
        say_link(c, p, before);
        return;
    }
    if (!p->routed || !same_route(&p->route, from)) {
        p->route = *from;
        p->routed = true;
        say_link(c, p, before);
        p->greet = true;
        /* It has just come: whatever it was asked before is lost. */
        if (p->asked != ASKED_NOTHING && !p->asked_dialled)
            p->asked = ASKED_NOTHING;
        pull_down(p, false);
        if (peers_wake(c, p) != OK)
            return;
    }
}

bool
peers_route(const struct peer *p, struct link *out)
{
    if (!p->dialled && !p->routed)
        return false;
    if (!p->dialled) {
        *out = p->route;
        return true;
    }
    *out = (struct link){ .kind = LINK_PEER };
    memcpy(out->who, p->name, sizeof(p->name));
    return true;
}

bool
peers_live(const struct peer *p, const struct link *link)
{
    return link->n_route == 0 ? p->dialled :
        p->routed && same_route(&p->route, link);
}

uint64_t
peers_bandwidth(const struct core *c, const struct peer *p)
{
    uint64_t bytes;

    return c->o.bandwidth != NULL && c->o.bandwidth(c->o.override_arg,
        slice_str(p->name), &bytes) ? bytes : c->o.limits.bandwidth;
}

uint64_t
peers_room(const struct core *c, const struct peer *p)
{
    uint64_t bytes;

    return c->o.room != NULL && c->o.room(c->o.override_arg,
        slice_str(p->name), &bytes) ? bytes : c->o.limits.peer_room;
}

/* Rates. */

bool
peers_may(const struct core *c, struct rate *r, size_t n)
{
    const struct core_limits *l = &c->o.limits;

    r->left += (double)(c->now.mono - r->at) / 1000 * l->rate;
    if (r->left > l->burst)
        r->left = l->burst;
    r->at = c->now.mono;
    if (r->left < (double)n)
        return false;
    r->left -= (double)n;
    return true;
}

static bool
is_awaited(const struct peer *p, const struct packet *packet)
{
    const uint8_t *req = packet->type == PACKET_ANSWER ?
        packet->u.answer.req : packet->u.busy.req;

    if (packet->type == PACKET_OBJECTS)
        return p->getting;
    if (packet->type == PACKET_BLOCK)
        return pull_awaits(p, &packet->u.block);
    return (packet->type == PACKET_ANSWER || packet->type == PACKET_BUSY) &&
        p->asked != ASKED_NOTHING && memcmp(p->req, req,
        PACKET_REQ_LEN) == 0;
}

bool
peers_admits(const struct core *c, struct peer *p,
    const struct packet *packet)
{
    uint32_t n = packet != NULL && (packet->type == PACKET_GET ||
        packet->type == PACKET_USED) ? GET_WEIGHT : 1;

    if (packet != NULL && (packet->type == PACKET_DELIVER ||
        is_awaited(p, packet) ||
        (packet->type == PACKET_WANT && serve_admits(p))))
        return true;
    return peers_may(c, &p->frames, n < c->o.limits.burst ? n :
        c->o.limits.burst);
}

enum err
peers_busy(struct core *c, const struct link *from, const uint8_t *req,
    uint64_t ms)
{
    struct packet p = { .type = PACKET_BUSY, .u.busy.ms = ms };

    memcpy(p.u.busy.req, req, PACKET_REQ_LEN);
    return outgoing_send(c, from, &p);
}

/* Requests of a peer. */

/* Whether the note that is kept under key is of a larger log than size. */
static bool
keeps_larger(struct core *c, const char *key, uint64_t size)
{
    struct note_checkpoint at;
    struct note n;
    struct buf b;
    bool larger;

    buf_init(&b, NOTE_MAX);
    larger = store_meta_get(c->store, key, &b) == OK &&
        note_decode(slice_of_buf(&b), &n) == OK &&
        note_body_decode(n.body, &at) == OK &&
        slice_is(at.origin, c->origin) && at.size > size;
    buf_clear(&b);
    return larger;
}

/* A countersignature is kept with the note that it stands under; clients are
 * shown the largest, so that nobody who lags behind makes them doubt. */
static enum err
keep_cosigned(struct core *c, struct peer *p, const struct tlog_have *have,
    const uint8_t *public, const uint8_t *sig)
{
    char witness[LOG_NAME_MAX], key[LINK_WHO_MAX + 16];
    struct buf note, out;
    enum err e;

    log_name(slice_str(p->name), "witness", 1, witness);
    (void)snprintf(key, sizeof(key), "cosigned/%s", p->name);
    buf_init(&note, NOTE_MAX);
    buf_init(&out, NOTE_MAX);
    if ((e = store_note_get(c->store, have->size, &note)) == OK &&
        (e = cosign_note(slice_of_buf(&note), slice_str(witness), public,
        sig, &out)) == OK &&
        (e = store_meta_put(c->store, key, slice_of_buf(&out))) == OK &&
        !keeps_larger(c, "cosigned", have->size))
        e = store_meta_put(c->store, "cosigned", slice_of_buf(&out));
    buf_clear(&note);
    buf_clear(&out);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
peers_asked(struct core *c, struct peer *p, const struct tlog_have *have,
    struct slice cosignature, uint64_t stored)
{
    const struct rec *card = trustbase_card(c, slice_str(p->name));
    struct slice public = record_bytes(card, "witness");
    uint8_t root[HASH_LEN];
    uint64_t at;
    enum err e;

    if ((e = store_notices_drop(c->store, slice_str(p->name), stored)) != OK
        || have->size == 0)
        return e;
    /* What it saw is not in this log: one of the two went another way. */
    if (have->size > c->head.size)
        return ledger_alarm(c, slice_str(p->name), ERR_LINK, NULL);
    if ((e = tree_root_at(store_tree_fetch, c->store, have->size,
        root)) != OK)
        return e;
    if (memcmp(root, have->root, HASH_LEN) != 0)
        return ledger_alarm(c, slice_str(p->name), ERR_LINK, NULL);
    if (cosignature.n == 0 || public.n != KEY_LEN)
        return OK;
    if (cosign_check(cosignature.p, public.p, slice_str(c->origin),
        have->size, root, &at) != OK)
        return ledger_alarm(c, slice_str(p->name), ERR_PROOF, NULL);
    return keep_cosigned(c, p, have, public.p, cosignature.p);
}

static enum err
on_beat(struct core *c, struct peer *p, const struct packet_beat *b,
    const struct link *from)
{
    struct reply *r = outgoing_reply(c, from);

    if (r == NULL)
        return ERR_NOMEM;
    memcpy(r->req, b->req, PACKET_REQ_LEN);
    memcpy(r->peer, p->name, sizeof(r->peer));
    r->have = b->have;
    r->stored = b->stored;
    c->peer_told = true;
    c->peer_time = (int64_t)b->time;
    return peers_asked(c, p, &b->have, b->cosignature, b->stored);
}

static enum err
on_busy(struct core *c, struct peer *p, const struct packet_busy *b)
{
    if (p->asked == ASKED_NOTHING ||
        memcmp(p->req, b->req, PACKET_REQ_LEN) != 0)
        return OK;
    p->asked = ASKED_NOTHING;
    if (peers_wake(c, p) != OK)
        return store_bad(c->store);
    p->busy_until = c->now.mono + (int64_t)b->ms;
    return OK;
}

/* Of what is pulled here, or of what the peer pulls. */
static enum err
on_stand(struct core *c, struct peer *p, const struct packet_stand *s)
{
    bool ours;
    enum err e;

    if ((e = pull_refused(c, p, s, &ours)) != OK || ours)
        return e;
    return serve_stand(c, p, s);
}

enum err
peers_frame(struct core *c, struct peer *p, const struct link *from,
    const struct packet *packet, struct arena *a)
{
    switch (packet->type) {
    case PACKET_HELLO:
        return lists_hello(c, p, &packet->u.hello, from);
    case PACKET_GET:
        return lists_get(c, &packet->u.get, from);
    case PACKET_OBJECTS:
        return lists_objects(c, p, &packet->u.objects, a);
    case PACKET_BEAT:
        return on_beat(c, p, &packet->u.beat, from);
    case PACKET_BUSY:
        return on_busy(c, p, &packet->u.busy);
    case PACKET_ERROR:
        core_log(c, err_row((enum err)packet->u.error.code)->e,
            "%s did not take a frame", p->name);
        return OK;
    case PACKET_USED:
        return onward_used(c, p, from, packet, a);
    case PACKET_SEEN:
        return onward_seen(c, p, &packet->u.seen);
    case PACKET_WANT:
        return serve_want(c, p, from, &packet->u.want);
    case PACKET_BLOCK:
        return pull_block(c, p, &packet->u.block);
    case PACKET_STAND:
        return on_stand(c, p, &packet->u.stand);
    case PACKET_DELIVER:
    case PACKET_ANSWER:
        break;
    }
    return OK;
}

/* Asking. */

enum err
peers_have(struct core *c, struct arena *a, struct slice name,
    struct tlog_have *have)
{
    struct store_peerlog log;
    char origin[LOG_NAME_MAX];
    enum err e;

    memset(have, 0, sizeof(*have));
    log_name(name, "log", 1, origin);
    e = store_peerlog_get(c->store, slice_str(origin), a, &log);
    if (e == ERR_NOTFOUND)
        return OK;
    if (e == OK) {
        have->size = log.size;
        memcpy(have->root, log.root, HASH_LEN);
    }
    return e;
}

/* The head of a request: what we have of its log, and our countersignature
 * of that. */
static enum err
ask_head(struct core *c, struct peer *p, struct tlog_have *have,
    struct slice *cosignature, uint64_t *stored)
{
    char origin[LOG_NAME_MAX], key[LINK_WHO_MAX + 16];
    uint8_t *sig = arena_get(c->batch, PACKET_COSIGNATURE_LEN);
    struct buf b;
    enum err e;

    *cosignature = SLICE_EMPTY;
    *stored = 0;
    if (sig == NULL)
        return E_OVERSIZE;
    if ((e = peers_have(c, c->batch, slice_str(p->name), have)) != OK)
        return e;
    if (have->size > 0) {
        log_name(slice_str(p->name), "log", 1, origin);
        if ((e = cosign_make(node_keys_witness(c->keys), slice_str(origin),
            have->size, have->root, (uint64_t)c->now.lo, sig)) != OK)
            return e;
        *cosignature = slice_of(sig, PACKET_COSIGNATURE_LEN);
    }
    (void)snprintf(key, sizeof(key), "stored/%s", p->name);
    buf_init(&b, 8);
    e = store_meta_get(c->store, key, &b);
    if (e == OK && b.n == 8)
        *stored = get_u64(b.p);
    buf_clear(&b);
    return e == ERR_NOTFOUND ? OK : e;
}

static void
asked(struct core *c, struct peer *p, enum asked what,
    const struct link *link)
{
    p->asked = what;
    p->asked_dialled = link->n_route == 0;
    p->asked_at = c->now.mono;
    p->last_asked = c->now.mono;
    p->beat_soon = false;
}

static enum err
send_beat(struct core *c, struct peer *p, const struct link *to)
{
    struct packet packet = { .type = PACKET_BEAT };
    struct packet_beat *b = &packet.u.beat;
    enum err e;

    random_bytes(p->req, PACKET_REQ_LEN);
    memcpy(b->req, p->req, PACKET_REQ_LEN);
    if ((e = ask_head(c, p, &b->have, &b->cosignature, &b->stored)) != OK ||
        (e = store_outbox_count(c->store, slice_str(p->name),
        &b->waiting)) != OK)
        return e;
    b->size = c->size;
    b->time = (uint64_t)c->now.wall;
    p->n_items = 0;
    asked(c, p, ASKED_BEAT, to);
    return outgoing_send(c, to, &packet);
}

struct due {
    size_t n;
    struct store_out out[PACKET_ITEMS_MAX];
};

static enum err
note_due(void *arg, const struct store_out *o)
{
    struct due *d = arg;

    if (d->n < PACKET_ITEMS_MAX)
        d->out[d->n++] = *o;
    return OK;
}

/* When to try again where no answer comes: 1 s to 5 min, with jitter. */
static int64_t
next_try(const struct core *c, const struct store_out *o)
{
    int64_t wait = o->tries < 9 ? (int64_t)1 << o->tries : BACKOFF_MAX;
    uint8_t jitter;

    if (wait > BACKOFF_MAX)
        wait = BACKOFF_MAX;
    if (o->over)
        wait = OVER_BACKOFF;
    random_bytes(&jitter, 1);
    return c->now.hi + wait + wait * jitter / 1024;
}

/* Put one message into the DELIVER, if it still fits. */
static enum err
add_item(struct core *c, struct peer *p, const struct store_out *o,
    struct packet_deliver *d, size_t *bytes, bool *full)
{
    struct packet_item *item = &d->items[d->n];
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    uint8_t acceptance[HASH_LEN];
    struct store_message m;
    bool found = false;
    struct buf b;
    enum err e = ERR_NOMEM;

    buf_init(&b, ENVELOPE_MAX);
    if (a != NULL &&
        (e = store_message_get(c->store, o->n, a, &m)) == OK &&
        (e = release_acceptance(c, &m, acceptance, &found)) == OK)
        e = matter_envelope(c, o->n, m.head, &b);
    *full = e == OK && *bytes + b.n + HASH_LEN > PACKET_DELIVER_MAX;
    item->acceptance = SLICE_EMPTY;
    if (e == OK && !*full &&
        (e = arena_copy(c->batch, slice_of_buf(&b), &item->envelope)) == OK
        && (!found || (e = arena_copy(c->batch, SLICE(acceptance),
        &item->acceptance)) == OK) &&
        (e = store_outbox_tried(c->store, o->n, o->tries + 1,
        next_try(c, o))) == OK) {
        *bytes += b.n + item->acceptance.n;
        p->items[d->n++] = o->n;
    }
    buf_clear(&b);
    arena_free(a);
    return e;
}

static enum err
send_deliver(struct core *c, struct peer *p, const struct link *to,
    const struct due *due)
{
    struct packet *packet = arena_get(c->batch, sizeof(*packet));
    struct packet_deliver *d;
    size_t bytes = 0;
    bool full = false;
    enum err e;

    if (packet == NULL)
        return E_OVERSIZE;
    packet->type = PACKET_DELIVER;
    d = &packet->u.deliver;
    for (size_t i = 0; !full && i < due->n; i++)
        if ((e = add_item(c, p, &due->out[i], d, &bytes, &full)) != OK)
            return e;
    random_bytes(p->req, PACKET_REQ_LEN);
    memcpy(d->req, p->req, PACKET_REQ_LEN);
    if ((e = ask_head(c, p, &d->have, &d->cosignature, &d->stored)) != OK)
        return e;
    p->n_items = d->n;
    asked(c, p, ASKED_DELIVER, to);
    return outgoing_send(c, to, packet);
}

static bool
beat_is_due(const struct core *c, const struct peer *p)
{
    int64_t since = c->now.mono - p->last_asked;

    return p->last_asked < 0 || since >= (int64_t)c->o.limits.beat * 1000 ||
        (p->beat_soon && since >= BEAT_SOON_MS);
}

/* Messages, or a sign of life. */
static enum err
pump_messages(struct core *c, struct peer *p, const struct link *to)
{
    struct due due = { .n = 0 };
    enum err e;

    if (p->asked != ASKED_NOTHING) {
        if (c->now.mono - p->asked_at < ANSWER_WAIT_MS)
            return OK;
        core_log(c, ERR_UNREACHABLE, "%s did not answer in time", p->name);
        p->asked = ASKED_NOTHING;
    }
    if (c->now.mono < p->busy_until)
        return OK;
    if ((e = store_outbox_due(c->store, slice_str(p->name), c->now.hi,
        PACKET_ITEMS_MAX, note_due, &due)) != OK)
        return e;
    if (due.n > 0)
        return send_deliver(c, p, to, &due);
    return beat_is_due(c, p) ? send_beat(c, p, to) : OK;
}

static enum err
pump(struct core *c, struct peer *p)
{
    struct link to;
    const bool up = peers_route(p, &to);
    enum err e;

    if ((e = pull_count(c, p, !up)) != OK || !up)
        return e;
    if (p->greet) {
        p->greet = false;
        if ((e = lists_greet(c, &to)) != OK)
            return e;
    }
    if ((e = onward_pump(c, p, &to)) != OK)
        return e;
    /* Its answer was lost, or the question was one too many. */
    if (p->getting && c->now.mono - p->last_tried >= ANSWER_WAIT_MS)
        p->want = true;
    if ((p->want && (e = lists_ask(c, p, &to)) != OK) ||
        (e = pump_messages(c, p, &to)) != OK)
        return e;
    return c->now.mono < p->busy_until ? OK : pull_pump(c, p, &to);
}

enum err
peers_pump(struct core *c)
{
    enum err e = serve_note(c);

    for (struct peer *p = c->peers; e == OK && p != NULL; p = p->next)
        e = pump(c, p);
    return e;
}
