/*
 * Which files are under way, in both directions, how far they are and why
 * they wait, be it for an approver or for the acceptance of what is offered:
 * the newest messages first.  What has arrived is shown as long as it is one of
 * the newest; what will never go, since its message was called back, withdrawn,
 * sealed or destroyed before all had arrived, is not.  And what the asker's
 * client hands in now, or has left half-way.
 */
#include <stdio.h>
#include <string.h>

#include "node/files.h"
#include "node/keep.h"
#include "node/matter.h"
#include "node/peers.h"
#include "node/pull.h"
#include "node/requests.h"
#include "node/serve.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "proto/thread.h"

#define LOOKED_AT 4096                  /* claims, of the newest messages */
#define DONE_MAX 50

struct transfers {
    struct core *c;
    struct ask *k;
    size_t n, done, n_uploads;
    unsigned most;                      /* uploads that are counted yet */
    union item row[ASK_TRANSFERS_MAX];
    union item upload[ASK_UPLOADS_MAX];
};

/* How one stands. */
struct standing {
    uint64_t have;                      /* blocks */
    uint64_t rate;
    uint16_t code;
    bool done;
    int64_t at;                         /* of all files; 0: not yet */
};

/* What a message of ours waits for before its node tells anybody of it. */
static enum err
waits_for(const struct store_message *m)
{
    return m->dir != STORE_OUT ? OK : m->state == STORE_PENDING ?
        E_FOUR_EYES : m->state == STORE_HELD ? E_RESTR_NOT_ACCEPTED : OK;
}

/* Whether its files go over at all, now or when it has what it waits for. */
static bool
goes(const struct store_message *m, enum parcel_which which)
{
    if (m->dir == STORE_IN)
        return m->state != STORE_REFUSED;
    /* What is offered is not given yet. */
    if (m->kind == KIND_EVIDENCE_OFFER && which == PARCEL_FILES)
        return false;
    return waits_for(m) != OK || m->state == STORE_QUEUED ||
        m->state == STORE_DELIVERED || m->state == STORE_UNCONFIRMED;
}

/* Whether the rest never goes: the message was destroyed there, or no more of
 * it is to go over. */
static enum err
is_over(struct core *c, const struct store_message *m,
    const struct store_parcel *p, bool *yes)
{
    bool more;
    int64_t at;
    enum err e;

    *yes = false;
    if (m->dir == STORE_IN ? p->have == parcel_blocks(p->length) :
        store_mark_get(c->store, m->n, EVENT_STORED, &at) == OK)
        return OK;
    if ((e = store_mark_get(c->store, m->n, EVENT_DESTROYED, &at)) != OK &&
        e != ERR_NOTFOUND)
        return e;
    *yes = e == OK;
    if (*yes || (e = keep_more(c, m, &more)) != OK)
        return *yes ? OK : e;
    *yes = !more;
    return OK;
}

/* What is under way has somebody to whom, or from whom, it goes. */
static bool
is_up(const struct peer *p)
{
    return p != NULL && (p->dialled || p->routed);
}

static enum err
look(struct core *c, const struct store_message *m,
    const struct store_claim *claim, const struct store_parcel *p,
    struct standing *s)
{
    char name[LINK_WHO_MAX + 1];
    const struct peer *peer;
    enum err e = store_mark_get(c->store, m->n, EVENT_STORED, &s->at);

    (void)snprintf(name, sizeof(name), "%.*s", (int)m->peer.n,
        (const char *)m->peer.p);
    peer = peers_find(c, name);

    if (e != OK && e != ERR_NOTFOUND)
        return e;
    if (m->dir == STORE_IN) {
        s->have = pull_progress(c, p, &s->rate);
        s->code = p->code;
        s->done = p->have == parcel_blocks(p->length);
        if (s->code == OK && !is_up(peer))
            s->code = ERR_UNREACHABLE;
        return OK;
    }
    s->code = (uint16_t)waits_for(m);
    if (s->code == OK && peer != NULL)
        s->rate = serve_told(peer, m->n, claim->which, c->now.mono,
            &s->have, &s->code);
    if (s->code == OK && !is_up(peer))
        s->code = ERR_UNREACHABLE;
    if (p->code == E_PARCEL_DAMAGED)
        s->code = p->code;
    s->done = e == OK;
    if (s->done)
        s->have = parcel_blocks(p->length);
    return OK;
}

static enum err
put_row(struct transfers *l, const struct store_message *m,
    const struct store_claim *claim, const struct store_parcel *p,
    const struct standing *s)
{
    struct arena *a = l->c->batch;
    struct rec *r = record_new(a, &record_ask_transfer);
    uint64_t bytes = s->have * PARCEL_BLOCK;
    struct slice digest, id, peer;
    enum err e;

    if (r == NULL)
        return E_BUSY;
    if ((e = arena_copy(a, SLICE(m->digest), &digest)) != OK ||
        (e = arena_copy(a, SLICE(m->msg_id), &id)) != OK ||
        (e = arena_copy(a, m->peer, &peer)) != OK ||
        (e = record_put_bytes(a, r, "digest", digest)) != OK ||
        (e = record_put_bytes(a, r, "msg_id", id)) != OK ||
        (e = record_put_bytes(a, r, "peer", peer)) != OK ||
        (m->dir == STORE_OUT &&
        (e = record_put_uint(a, r, "out", 1)) != OK) ||
        (e = record_put_uint(a, r, "which", claim->which)) != OK ||
        (e = record_put_uint(a, r, "length", p->length)) != OK ||
        (e = record_put_uint(a, r, "have", bytes < p->length ? bytes :
        p->length)) != OK ||
        (e = record_put_uint(a, r, "code", s->done ? OK : s->code)) != OK ||
        (e = record_put_uint(a, r, "rate", s->done ? 0 : s->rate)) != OK ||
        (s->done && (e = record_put_uint(a, r, "done", 1)) != OK) ||
        (s->done && s->at > 0 &&
        (e = record_put_uint(a, r, "at", (uint64_t)s->at)) != OK))
        return e;
    l->row[l->n++].r = r;
    return OK;
}

/* More than is shown of what has arrived; told without the message itself. */
static bool
is_old(const struct transfers *l, const struct store_claim *claim,
    const struct store_parcel *p)
{
    int64_t at;

    if (l->done < DONE_MAX)
        return false;
    return !store_parcel_own(p) ? p->have == parcel_blocks(p->length) :
        store_mark_get(l->c->store, claim->n, EVENT_STORED, &at) == OK;
}

static enum err
see_claim(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    struct transfers *l = arg;
    struct standing s = { .code = OK };
    struct store_message m;
    struct arena *a;
    bool over;
    enum err e;

    if (l->n == ASK_TRANSFERS_MAX || is_old(l, claim, p))
        return OK;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = store_message_get(l->c->store, claim->n, a, &m)) == OK &&
        goes(&m, claim->which) &&
        (e = is_over(l->c, &m, p, &over)) == OK && !over &&
        (e = look(l->c, &m, claim, p, &s)) == OK &&
        (!s.done || l->done < DONE_MAX)) {
        l->done += s.done;
        e = put_row(l, &m, claim, p, &s);
    }
    arena_free(a);
    return e;
}

static enum err
see_upload(void *arg, const struct store_parcel *p)
{
    struct transfers *l = arg;
    struct arena *a = l->c->batch;
    struct rec *r = record_new(a, &record_ask_upload);
    uint64_t have, rate, bytes;
    struct slice id;
    enum err e;

    if (r == NULL)
        return E_BUSY;
    if ((e = files_progress(l->c, p, &l->most, &have, &rate)) != OK)
        return e;
    bytes = have * PARCEL_BLOCK;
    if ((e = arena_copy(a, SLICE(p->name), &id)) != OK ||
        (e = record_put_bytes(a, r, "upload", id)) != OK ||
        (e = record_put_uint(a, r, "length", p->length)) != OK ||
        (e = record_put_uint(a, r, "have", bytes < p->length ? bytes :
        p->length)) != OK ||
        (e = record_put_uint(a, r, "rate", rate)) != OK ||
        (e = record_put_uint(a, r, "at", (uint64_t)p->at)) != OK)
        return e;
    l->upload[l->n_uploads++].r = r;
    return OK;
}

enum err
do_transfers(struct core *c, struct ask *k)
{
    struct transfers *l = arena_get(k->a, sizeof(*l));
    enum err e;

    if (l == NULL)
        return E_BUSY;
    l->c = c;
    l->k = k;
    l->most = FILES_COUNTED;
    if ((e = store_claims_recent(c->store, LOOKED_AT, see_claim, l)) != OK ||
        (e = store_parcel_uploads_of(c->store, k->who->kid, ASK_UPLOADS_MAX,
        see_upload, l)) != OK || (e = ask_result(c, k)) != OK ||
        (e = record_put(c->batch, k->result, record_field(k->row->result,
        "transfers"), l->row, l->n)) != OK)
        return e;
    return record_put(c->batch, k->result, record_field(k->row->result,
        "uploads"), l->upload, l->n_uploads);
}
