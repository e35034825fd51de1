/*
 * Cards, lists, pins, requests and slots: what keepers put, what a second
 * person approves, and what everybody fetches (FORMAT.md sections 1 and 8).
 */
#include <string.h>

#include "keys/directory.h"
#include "keys/person.h"
#include "keys/slot.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/lists.h"
#include "node/peers.h"
#include "node/proposal.h"
#include "node/requests.h"
#include "node/store_dir.h"
#include "node/trustbase.h"

#define OBJECTS_ROOM 200000

/* Which act a keeper states for which kind. */
static const struct {
    enum trust_kind kind;
    enum act act;
    enum event event;
} put_rows[] = {
    { TRUST_CARD, ACT_PUT_CARD, EVENT_DIR_CHANGED },
    { TRUST_STAFF, ACT_PUT_STAFF, EVENT_ROLE_CHANGED },
    { TRUST_EPOCHS, ACT_PUT_EPOCHS, EVENT_KEY_CHANGED },
    { TRUST_PIN, ACT_PUT_PIN, EVENT_DIR_CHANGED },
    { TRUST_CONTACT, ACT_PUT_CONTACT, EVENT_DIR_CHANGED },
    { TRUST_REQUEST, ACT_PUT_STAFF, EVENT_KEY_CHANGED },
};
#define N_PUTS (sizeof(put_rows) / sizeof(put_rows[0]))

/* Who or what an object is about, and its serial. */
struct about {
    struct slice owner;
    uint64_t serial;
    const struct rec *rec;
    uint8_t digest[HASH_LEN];
};

static enum err
read_about(struct ask *k, enum trust_kind kind, struct slice object,
    struct about *out)
{
    struct signed_object o;
    struct rec *r;
    enum err e;

    if ((e = trust_decode_waiting(kind, object, &o, &k->f)) != OK ||
        (e = trust_read(k->a, kind, &o, &r, &k->f)) != OK)
        return e;
    out->owner = record_bytes(r, "authority");
    out->serial = record_uint(r, "serial");
    out->rec = r;
    memcpy(out->digest, o.digest, HASH_LEN);
    return OK;
}

/* A card that people hand in is looked at by people: now is the time to say
 * that it names what this node will not dial, and that its key is taken. */
static enum err
check_card(struct core *c, struct ask *k, struct slice object,
    const struct about *x)
{
    size_t at;

    if (!slice_equal(x->owner, core_self(c)) &&
        !channel_card_ok(x->rec, &at))
        return fault_set(&k->f, E_FIELD_RANGE, 2, "card.endpoints[%zu]", at);
    return lists_card(c, k->a, x->owner, object, &k->f);
}

/* A card or a list of weeks: verified and in force at once. */
static enum err
put_at_once(struct core *c, struct ask *k, enum trust_kind kind,
    struct slice object, const struct about *x)
{
    bool ours = slice_equal(x->owner, core_self(c));
    enum err e;

    if (kind == TRUST_EPOCHS && !ours)
        return fault_set(&k->f, E_NOT_RECIPIENT, 10, "authority");
    if (kind == TRUST_CARD && ours && !trustbase_is_ours(c, x->rec))
        return fault_set(&k->f, ERR_TRUST, 4, "card.curve");
    if (kind == TRUST_CARD && (e = check_card(c, k, object, x)) != OK)
        return e;
    c->trust_touched = true;
    if (directory_bytes(c->dir, kind, x->owner, x->serial).n > 0)
        return directory_add(c->dir, kind, x->owner, object, &k->f);
    if ((e = directory_add(c->dir, kind, x->owner, object, &k->f)) != OK ||
        (e = trustbase_keep(c, kind, x->owner, x->serial, x->digest, 0,
        object)) != OK)
        return e;
    for (struct peer *p = c->peers; ours && p != NULL; p = p->next)
        p->greet = true;
    return peers_refresh(c);
}

static enum err
admit(struct core *c, struct ask *k, struct slice object,
    const struct about *x)
{
    struct store_object same;
    uint8_t digest[HASH_LEN];
    enum err e;

    e = store_object_find(c->store, TRUST_REQUEST, x->digest, NULL, &same);
    if (e != ERR_NOTFOUND)
        return e;
    return trustbase_admit(c, k->a, object, digest, &k->f);
}

static enum err
put(struct core *c, struct ask *k, enum trust_kind kind,
    struct slice object, const struct about *x)
{
    switch (kind) {
    case TRUST_STAFF:
        return proposal_put(c, k->a, x->serial, x->digest, object,
            &k->f);
    case TRUST_REQUEST:
        return admit(c, k, object, x);
    case TRUST_CARD:
    case TRUST_EPOCHS:
    case TRUST_PIN:
    case TRUST_CONTACT:
        return put_at_once(c, k, kind, object, x);
    case TRUST_SLOTK:
    case TRUST_NODE:
    case TRUST_KINDS:
        break;
    }
    return E_FIELD_RANGE;
}

enum err
do_object_put(struct core *c, struct ask *k)
{
    uint64_t kind = record_uint(k->args, "kind"), index;
    struct slice object = record_bytes(k->args, "object");
    struct about x;
    struct line l = { .obj = x.digest };
    size_t i = 0;
    enum err e;

    while (i < N_PUTS && ((uint64_t)put_rows[i].kind != kind ||
        put_rows[i].act != k->st.act))
        i++;
    if (i == N_PUTS)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "kind");
    if ((e = read_about(k, put_rows[i].kind, object, &x)) != OK)
        return e;
    if (!slice_equal(k->st.obj, SLICE(x.digest)))
        return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    if (k->before != STORE_NONE)
        return OK;
    /* What is refused here was not written and leaves no entry. */
    if ((e = put(c, k, put_rows[i].kind, object, &x)) != OK)
        return e;
    l.event = put_rows[i].event;
    l.code = put_rows[i].kind == TRUST_STAFF ? E_PENDING : OK;
    return ask_done(c, k, &l, &index);
}

/* The second person's signature completes the list. */
static enum err
complete(struct ask *k, const struct store_object *o, struct slice *out)
{
    struct signature sigs[2];
    struct signed_object so;
    struct buf b;
    enum err e;

    if ((e = trust_decode_waiting((enum trust_kind)o->kind, o->bytes, &so,
        &k->f)) != OK)
        return e;
    sigs[0] = so.sigs[0];
    memcpy(sigs[1].kid, k->who->kid, HASH_LEN);
    memcpy(sigs[1].sig, record_bytes(k->args, "sig").p, SIG_LEN);
    buf_init(&b, TRUST_MAX);
    trust_encode(so.bytes, sigs, 2, &b);
    if ((e = buf_done(&b)) == OK)
        e = arena_copy(k->a, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

enum err
do_object_approve(struct core *c, struct ask *k)
{
    struct slice digest = record_bytes(k->args, "digest"), whole;
    const struct line l = { .event = EVENT_APPROVED, .obj = digest.p };
    struct store_object o;
    uint64_t index;
    enum err e;

    if (record_uint(k->args, "kind") != TRUST_STAFF)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "kind");
    if (!slice_equal(k->st.obj, digest))
        return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    if (k->before != STORE_NONE)
        return OK;
    e = store_object_find(c->store, TRUST_STAFF, digest.p, k->a, &o);
    if (e == ERR_NOTFOUND || (e == OK && (o.state == 0 ||
        proposal_lapsed(c, digest.p))))
        return fault_set(&k->f, E_NOT_FOUND, 0, "digest");
    c->trust_touched = true;
    if (e != OK || (e = complete(k, &o, &whole)) != OK ||
        (e = directory_add(c->dir, TRUST_STAFF, core_self(c), whole,
        &k->f)) != OK ||
        (e = ask_done(c, k, &l, &index)) != OK)
        return e;
    for (struct peer *p = c->peers; p != NULL; p = p->next)
        p->greet = true;
    c->roster_changed = true;
    return store_object_set(c->store, TRUST_STAFF, digest.p, 0, whole);
}

/* Slots: a keeper's for all, everybody's for himself. */

/* Whether the device is on the officer's newest list of them. */
static enum err
is_device(struct core *c, struct slice officer, struct slice device,
    bool *is)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    const struct value *v;
    struct store_object o;
    struct signed_object so;
    struct rec *list;
    enum err e = ERR_NOMEM;

    *is = false;
    if (a != NULL && (e = store_object_newest(c->store, TRUST_SLOTK, officer,
        0, a, &o)) == OK && (e = trust_decode(TRUST_SLOTK, o.bytes, &so,
        NULL)) == OK && (e = trust_read(a, TRUST_SLOTK, &so, &list,
        NULL)) == OK) {
        v = record_value(list, "devices");
        for (size_t i = 0; v != NULL && i < v->n; i++)
            *is |= slice_equal(record_bytes(v->v[i].r, "device"), device);
    }
    arena_free(a);
    return e == ERR_NOTFOUND ? OK : e;
}

/* What is no epoch of ours, or no device of his, would stay for ever. */
static enum err
check_slot(struct core *c, struct ask *k, const struct rec *r, size_t i)
{
    bool keeper = (k->roles & REQUEST_ROLE(OFFICER_ROLE_KEEPER)) != 0;
    uint8_t epoch[HASH_LEN], slot[HASH_LEN];
    bool known;
    enum err e;

    if (!keeper && !slice_equal(record_bytes(r, "officer"),
        SLICE(k->who->kid)))
        return fault_set(&k->f, E_ROLE, 4, "slots[%zu].officer", i);
    if ((e = slot_decode(record_bytes(r, "slot"), epoch, slot)) != OK)
        return fault_set(&k->f, e, 2, "slots[%zu].slot", i);
    if (directory_epoch(c->dir, core_self(c), epoch) == NULL)
        return fault_set(&k->f, E_KEY_UNKNOWN, 4, "slots[%zu].slot", i);
    if ((e = is_device(c, record_bytes(r, "officer"), record_bytes(r,
        "device"), &known)) != OK)
        return e;
    return known ? OK : fault_set(&k->f, E_KEY_UNKNOWN, 4,
        "slots[%zu].device", i);
}

static enum err
put_slot(struct core *c, const struct rec *r)
{
    struct store_slot s = { .device = record_bytes(r, "device"),
        .bytes = record_bytes(r, "slot") };
    uint8_t slot_kid[HASH_LEN];
    enum err e;

    if ((e = slot_decode(s.bytes, s.epoch, slot_kid)) != OK)
        return e;
    memcpy(s.officer, record_bytes(r, "officer").p, HASH_LEN);
    return store_slot_put(c->store, &s);
}

/* All or none: what is refused has changed nothing. */
enum err
do_slot_put(struct core *c, struct ask *k)
{
    const struct value *v = record_value(k->args, "slots");
    uint8_t digest[HASH_LEN];
    const struct line l = { .event = EVENT_SLOTS_CHANGED, .obj = digest };
    uint64_t index;
    enum err e;

    /* Few enough to stand in the statement, they need no digest. */
    hash_sha256(k->q->args, digest);
    if (k->st.obj.n > 0 || k->st.args.n == 0)
        if (!slice_equal(k->st.obj, SLICE(digest)))
            return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    if (k->before != STORE_NONE)
        return OK;
    for (size_t i = 0; i < v->n; i++)
        if ((e = check_slot(c, k, v->v[i].r, i)) != OK)
            return e;
    for (size_t i = 0; i < v->n; i++)
        if ((e = put_slot(c, v->v[i].r)) != OK)
            return e;
    return ask_done(c, k, &l, &index);
}

/* Fetching. */

struct page {
    struct core *c;
    struct ask *k;
    size_t n, bytes;
    uint64_t skip;                      /* slots of the pages before */
    bool more;
    union item items[ASK_SLOTS_MAX];
};

static enum err
add(struct page *p, struct slice owner, uint64_t serial, uint64_t state,
    struct slice bytes)
{
    const struct field *f = record_field(p->k->row->result, "objects");
    struct arena *a = p->c->batch;
    struct slice o, b;
    struct rec *r;
    enum err e;

    if (p->more || p->n == ASK_SLOTS_MAX ||
        (p->n > 0 && p->bytes + bytes.n > OBJECTS_ROOM)) {
        p->more = true;
        return OK;
    }
    if ((r = record_new(a, f->rec)) == NULL)
        return E_BUSY;
    if ((e = arena_copy(a, owner, &o)) != OK ||
        (e = arena_copy(a, bytes, &b)) != OK ||
        (e = record_put_bytes(a, r, "owner", o)) != OK ||
        (e = record_put_uint(a, r, "serial", serial)) != OK ||
        (e = record_put_uint(a, r, "state", state)) != OK ||
        (e = record_put_bytes(a, r, "object", b)) != OK)
        return e;
    p->bytes += bytes.n + 100;
    p->items[p->n++].r = r;
    return OK;
}

static enum err
see_object(void *arg, const struct store_object *o)
{
    return add(arg, o->owner, o->serial, o->state, o->bytes);
}

/* The place of a slot is its serial: pages go on from there. */
static enum err
see_slot(void *arg, const struct store_slot *s)
{
    struct page *p = arg;

    if (p->skip > 0) {
        p->skip--;
        return OK;
    }
    return add(p, SLICE(s->epoch), record_uint(p->k->args, "after") + p->n +
        1, 0, s->bytes);
}

/* Whether this is the list that brings in who is asked about. */
struct newcomer {
    const uint8_t *kid;
    bool found;
};

static enum err
see_staff(void *arg, const struct store_object *o)
{
    struct newcomer *x = arg;
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct signed_object so;
    struct rec *r;

    if (a != NULL && o->kind == TRUST_STAFF &&
        trust_decode_waiting(TRUST_STAFF, o->bytes, &so, NULL) == OK &&
        trust_read(a, TRUST_STAFF, &so, &r, NULL) == OK &&
        directory_officer(r, x->kid) != NULL)
        x->found = true;
    arena_free(a);
    return OK;
}

/* Whether the asker may give the second signature of a staff list. */
static bool
is_second(const struct core *c, const struct rec *staff, const uint8_t *kid)
{
    const struct rec *o = directory_officer(staff, kid);
    const struct value *v = record_value(trustbase_card(c, core_self(c)),
        "others");
    uint8_t id[HASH_LEN];

    if (staff != NULL)
        return o != NULL && !record_has(o, "revoked");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "key"), id);
        if (memcmp(id, kid, HASH_LEN) == 0)
            return true;
    }
    return false;
}

/*
 * A request tells a person's keys and names: to the keepers and to himself,
 * and, while a list waits that brings him in, to who may sign it after
 * comparing the digits of the request.
 */
static enum err
may_see_request(struct core *c, struct ask *k, struct slice owner)
{
    const struct rec *staff = directory_newest(c->dir, TRUST_STAFF,
        core_self(c), NULL);
    struct newcomer x = { owner.p, false };
    enum err e;

    if ((k->roles & REQUEST_ROLE(OFFICER_ROLE_KEEPER)) != 0 ||
        slice_equal(owner, SLICE(k->who->kid)))
        return OK;
    if (owner.n == HASH_LEN && directory_officer(staff, owner.p) == NULL &&
        is_second(c, staff, k->who->kid) &&
        (e = store_objects_waiting(c->store, see_staff, &x)) != OK)
        return e;
    return x.found ? OK : fault_set(&k->f, E_ROLE, 4, "owner");
}

static enum err
fetch(struct core *c, struct ask *k, struct page *p)
{
    uint64_t kind = record_uint(k->args, "kind");
    uint64_t after = record_uint(k->args, "after");
    struct slice owner = record_bytes(k->args, "owner");
    enum err e;

    p->skip = after;
    if (kind == ASK_SLOTS)
        return store_slots_of_officer(c->store, k->who->kid, see_slot, p);
    if (kind >= TRUST_KINDS || after > INT64_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "kind");
    if (kind == TRUST_REQUEST && (e = may_see_request(c, k, owner)) != OK)
        return e;
    if (owner.n == 0)
        return store_object_owners(c->store, (unsigned)kind, see_object, p);
    return store_object_list(c->store, (unsigned)kind, owner, after,
        ASK_SLOTS_MAX, see_object, p);
}

enum err
do_object_get(struct core *c, struct ask *k)
{
    struct page *p = arena_get(k->a, sizeof(*p));
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    p->c = c;
    p->k = k;
    if ((e = ask_result(c, k)) != OK || (e = fetch(c, k, p)) != OK ||
        (e = record_put(c->batch, k->result, record_field(k->row->result,
        "objects"), p->items, p->n)) != OK)
        return e;
    return p->more ? record_put_uint(c->batch, k->result, "more", 1) : OK;
}
