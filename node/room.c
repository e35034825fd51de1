#include <stdio.h>
#include <string.h>

#include "node/files.h"
#include "node/peers.h"
#include "node/room.h"
#include "node/store_msg.h"
#include "proto/envelope.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/states.h"

/* What is here of one, of which nobody has opened anything. */
struct room_sender {
    struct room_sender *next;
    const struct peer *p;
    uint64_t unopened;
};

/* The streams of a message: how long, and how much of each is on the disk,
 * be it since another message of its sender named it. */
struct streams {
    uint64_t length[PARCEL_WHICH], taken[PARCEL_WHICH];
    uint64_t here;                      /* of both, as peer_room counts */
};

enum err
room_waits(struct core *c, const struct store_message *m, bool *yes)
{
    struct store_thread t;
    enum err e;

    *yes = false;
    if (m->dir != STORE_IN || m->kind != KIND_EVIDENCE_OFFER)
        return OK;
    e = store_thread_get(c->store, m->peer, m->thread, NULL, &t);
    *yes = e == OK && t.machine == MACHINE_EVIDENCE &&
        (t.state == EVIDENCE_OFFERED || t.state == EVIDENCE_ACCEPTED);
    return e == ERR_NOTFOUND ? OK : e;
}

static enum err
read_stream(struct core *c, struct slice peer, enum parcel_which which,
    const struct rec *r, struct streams *out)
{
    struct store_parcel p;
    enum err e;

    out->length[which] = record_uint(r, "length");
    e = store_parcel_find(c->store, peer, record_bytes(r, "root").p, NULL,
        &p);
    if (e != OK)
        return e == ERR_NOTFOUND ? OK : e;
    out->taken[which] = blob_taken(files_blobs(c), &p);
    if (out->taken[which] > out->length[which])
        out->taken[which] = out->length[which];
    out->here += store_parcel_here(&p);
    return OK;
}

static enum err
read_streams(struct core *c, const struct store_message *m,
    struct streams *out)
{
    struct arena *a = arena_new(MESSAGE_ARENA);
    const struct value *v;
    struct envelope env;
    struct message x;
    enum err e;

    *out = (struct streams){ .here = 0 };
    if (a == NULL)
        return ERR_NOMEM;
    if ((e = envelope_decode_head(m->head, &env, NULL)) == OK &&
        (e = message_decode(a, c->o.domain, env.pre, &x, NULL)) == OK) {
        v = record_value(x.common, "attachments");
        for (unsigned w = 0; e == OK && v != NULL && w < v->n &&
            w < PARCEL_WHICH; w++)
            e = read_stream(c, m->peer, (enum parcel_which)w, v->v[w].r,
                out);
    }
    arena_free(a);
    return e;
}

/* All files are added up for each of these two: once in a request. */

enum err
room_disk(struct core *c, struct room_known *k, uint64_t *left)
{
    enum err e = k->has_disk ? OK : files_room(c, &k->disk);

    k->has_disk = e == OK;
    *left = k->disk;
    return e;
}

static enum err
find_unopened(struct core *c, struct room_known *k, const struct peer *p,
    uint64_t *bytes)
{
    struct room_sender *s = k->senders;
    enum err e;

    while (s != NULL && s->p != p)
        s = s->next;
    if (s == NULL) {
        if ((s = arena_get(k->a, sizeof(*s))) == NULL)
            return E_BUSY;
        s->p = p;
        if ((e = store_parcel_unopened(c->store, slice_str(p->name),
            &s->unopened)) != OK)
            return e;
        s->next = k->senders;
        k->senders = s;
    }
    *bytes = s->unopened;
    return OK;
}

/* The share of its sender, of which what nobody has opened takes its part, and
 * these files would (pull_keep.c); the list is opened with what is offered, and
 * what brought its files itself takes no part once it is opened. */
static enum err
ask_share(struct core *c, struct room_known *k, const struct store_message *m,
    const struct streams *s, struct room *out)
{
    const uint64_t length = s->length[PARCEL_FILES];
    char name[LINK_WHO_MAX + 1];
    const struct peer *p;
    uint64_t share, unopened, own, others, left;
    enum err e;

    (void)snprintf(name, sizeof(name), "%.*s", (int)m->peer.n,
        (const char *)m->peer.p);
    if ((m->kind != KIND_EVIDENCE_OFFER && m->state != STORE_RECEIVED) ||
        (p = peers_find(c, name)) == NULL || (share = peers_room(c, p)) == 0)
        return OK;
    if ((e = find_unopened(c, k, p, &unopened)) != OK)
        return e;
    own = m->state == STORE_RECEIVED ? s->here : 0;
    others = unopened > own ? unopened - own : 0;
    left = share > others ? share - others : 0;
    if (length > left)
        *out = (struct room){ E_QUOTA, length, left };
    return OK;
}

enum err
room_of(struct core *c, struct room_known *k, const struct store_message *m,
    struct room *out)
{
    struct streams s;
    enum err e;

    *out = (struct room){ .code = OK };
    if ((e = read_streams(c, m, &s)) != OK ||
        (e = room_disk(c, k, &out->left)) != OK)
        return e;
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        out->need += s.length[w] - s.taken[w];
    if (out->need > out->left) {
        out->code = E_PARCEL_ROOM;
        return OK;
    }
    return ask_share(c, k, m, &s, out);
}

/* All that lacks room. */

struct looking {
    struct core *c;
    struct room_known *k;
    size_t left;                        /* to be told yet */
    room_fn fn;
    void *arg;
    uint64_t n;                         /* the last message that was told */
};

static enum err
look(struct looking *l, const struct store_message *m, enum err waits)
{
    struct room x;
    bool open;
    enum err e;

    if ((e = room_waits(l->c, m, &open)) != OK || (waits == OK && !open) ||
        (e = room_of(l->c, l->k, m, &x)) != OK)
        return e;
    /* What other streams keep is not in it: it waits until it is found that
     * it goes on.  Of a share all is. */
    if (x.code == OK && waits == E_PARCEL_ROOM)
        x.code = waits;
    if (x.code == OK)
        return OK;
    l->n = m->n;
    l->left--;
    return l->fn(l->arg, m, &x);
}

static enum err
see_claim(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    struct looking *l = arg;
    const bool waits = (p->code == E_PARCEL_ROOM || p->code == E_QUOTA) &&
        p->have < parcel_blocks(p->length);
    struct store_message m;
    struct arena *a;
    enum err e;

    if (l->left == 0 || claim->n == l->n || (!waits &&
        claim->which != PARCEL_MANIFEST))
        return OK;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = store_message_get(l->c->store, claim->n, a, &m)) == OK &&
        m.dir == STORE_IN && m.state != STORE_REFUSED)
        e = look(l, &m, waits ? (enum err)p->code : OK);
    arena_free(a);
    return e;
}

enum err
room_lacks(struct core *c, struct room_known *k, size_t most, room_fn fn,
    void *arg)
{
    struct looking l = { c, k, most, fn, arg, 0 };

    return store_claims_came(c->store, ROOM_CLAIMS, see_claim, &l);
}
