/*
 * Greetings, and the cards and lists of peers, which renew themselves: who
 * hears of newer ones asks for them (FORMAT.md section 7).
 */
#include <string.h>

#include "keys/directory.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/lists.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/trustbase.h"

#define GET_EVERY_MS 1000
#define LISTS_AN_HOUR 512               /* taken of one peer */
#define OBJECTS_ROOM 200000             /* bytes of one OBJECTS */

static uint64_t
newest(const struct core *c, enum trust_kind kind, struct slice authority)
{
    return record_uint(directory_newest(c->dir, kind, authority, NULL),
        "serial");
}

static struct packet_serials
serials_of(const struct core *c, struct slice authority)
{
    return (struct packet_serials){ newest(c, TRUST_CARD, authority),
        newest(c, TRUST_STAFF, authority),
        newest(c, TRUST_EPOCHS, authority) };
}

enum err
lists_greet(struct core *c, const struct link *to)
{
    const struct packet p = { .type = PACKET_HELLO, .u.hello = {
        directory_network(c->dir), core_self(c),
        serials_of(c, core_self(c)) } };

    return outgoing_send(c, to, &p);
}

/* Each list stays, in memory too: there is an end to how many are asked for
 * in an hour. */
static bool
may_get(struct core *c, struct peer *p)
{
    if (c->now.mono - p->lists_from >= 3600 * 1000) {
        p->lists_from = c->now.mono;
        p->lists = 0;
    }
    return p->lists < LISTS_AN_HOUR &&
        c->now.mono - p->last_tried >= GET_EVERY_MS;
}

enum err
lists_ask(struct core *c, struct peer *p, const struct link *to)
{
    struct packet packet = { .type = PACKET_GET };

    if (!may_get(c, p))
        return OK;
    packet.u.get = (struct packet_get){ slice_str(p->name),
        serials_of(c, slice_str(p->name)) };
    /* Its first lists may be of keepers who are on its older cards alone. */
    if (packet.u.get.serials.staff == 0)
        packet.u.get.serials.card = 0;
    p->want = false;
    p->getting = true;
    p->last_tried = c->now.mono;
    return outgoing_send(c, to, &packet);
}

enum err
lists_hello(struct core *c, struct peer *p, const struct packet_hello *h,
    const struct link *from)
{
    struct packet error = { .type = PACKET_ERROR };
    struct packet_serials have = serials_of(c, slice_str(p->name));

    if (!slice_equal(h->network, directory_network(c->dir)) ||
        !slice_is(h->authority, p->name)) {
        error.u.error.code = E_NETWORK;
        return outgoing_send(c, from, &error);
    }
    if (h->serials.card > have.card || h->serials.staff > have.staff ||
        h->serials.epochs > have.epochs)
        p->want = true;
    return OK;
}

/* Own lists from these serials on, as many as fit. */
static void
add_objects(const struct core *c, enum trust_kind kind, uint64_t after,
    struct packet_objects *o, size_t *bytes)
{
    struct slice s;

    while ((s = directory_after(c->dir, kind, core_self(c), &after)).n > 0) {
        if (o->n == PACKET_OBJECTS_MAX || (o->n > 0 &&
            *bytes + s.n > OBJECTS_ROOM))
            return;
        o->objects[o->n++] = (struct packet_object){ (uint8_t)kind, s };
        *bytes += s.n;
    }
}

enum err
lists_get(struct core *c, const struct packet_get *g, const struct link *from)
{
    struct packet p = { .type = PACKET_OBJECTS };
    size_t bytes = 0;

    p.u.objects.authority = g->authority;
    if (slice_equal(g->authority, core_self(c))) {
        add_objects(c, TRUST_CARD, g->serials.card, &p.u.objects, &bytes);
        add_objects(c, TRUST_STAFF, g->serials.staff, &p.u.objects, &bytes);
        add_objects(c, TRUST_EPOCHS, g->serials.epochs, &p.u.objects,
            &bytes);
    }
    return outgoing_send(c, from, &p);
}

enum err
lists_card(const struct core *c, struct arena *a, struct slice owner,
    struct slice object, struct fault *f)
{
    struct signed_object o;
    struct slice holder;
    struct rec *card;
    enum err e;

    if ((e = trust_decode(TRUST_CARD, object, &o, f)) != OK ||
        (e = trust_read(a, TRUST_CARD, &o, &card, f)) != OK)
        return e;
    holder = directory_key_holder(c->dir, owner, card);
    return holder.n == 0 ? OK : fault_set(f, E_DUPKEY, 4,
        "card.curve (%.*s)", (int)holder.n, (const char *)holder.p);
}

static enum err
take_object(struct core *c, struct peer *p, const struct packet_object *o,
    struct arena *a, bool *some)
{
    enum trust_kind kind = (enum trust_kind)o->kind;
    struct slice owner = slice_str(p->name);
    uint8_t digest[HASH_LEN];
    const struct line l = { .event = EVENT_DIR_CHANGED, .obj = digest,
        .detail = owner };
    struct signed_object so;
    struct fault f = { .e = OK };
    uint64_t serial, index;
    enum err e;

    if (kind != TRUST_CARD && kind != TRUST_STAFF && kind != TRUST_EPOCHS)
        return OK;
    e = kind == TRUST_CARD ? lists_card(c, a, owner, o->object, &f) : OK;
    c->trust_touched = true;
    if (e == OK)
        e = directory_load(c->dir, kind, owner, o->object, &serial, &f);
    if (e != OK) {
        core_log(c, e, "a list of %s is not accepted: %s", p->name, f.path);
        if (e == E_SERIAL || e == ERR_LIST_MISSING || e == ERR_NOMEM)
            return OK;
        return peers_alarm(c, p, e, trust_decode(kind, o->object, &so,
            NULL) == OK ? so.digest : NULL);
    }
    if (serial == 0)
        return OK;
    (void)directory_find(c->dir, kind, owner, serial, digest);
    *some = true;
    if (++p->lists == LISTS_AN_HOUR &&
        (e = ledger_alarm(c, owner, E_RATE, NULL)) != OK)
        return e;
    c->roster_changed |= kind == TRUST_CARD;
    if ((e = trustbase_keep(c, kind, owner, serial, digest, 0,
        o->object)) != OK)
        return e;
    return ledger_append(c, &l, &index);
}

/* What was not asked for is not looked at: lists come when we ask. */
enum err
lists_objects(struct core *c, struct peer *p, const struct packet_objects *o,
    struct arena *a)
{
    bool some = false;
    enum err e = OK;

    if (!p->getting || !slice_is(o->authority, p->name))
        return OK;
    p->getting = false;
    for (size_t i = 0; e == OK && i < o->n; i++)
        e = take_object(c, p, &o->objects[i], a, &some);
    if (e != OK || !some)
        return e;
    /* There may be more than fitted; and messages waited for these. */
    p->want = true;
    return peers_wake(c, p);
}
