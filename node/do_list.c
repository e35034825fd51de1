/*
 * What clients ask to see: who they are, messages, threads, receipts, the
 * state of the node.  Nothing here writes, and nothing here is content.
 */
#include <stdio.h>
#include <string.h>

#include "keys/directory.h"
#include "node/core_in.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/peers.h"
#include "node/requests.h"
#include "node/room.h"
#include "node/store_consent.h"
#include "node/store_dir.h"
#include "node/store_keep.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "proto/consent.h"

#define ROWS_ROOM 200000                /* bytes of a page */

enum err
do_hello(struct core *c, struct ask *k)
{
    union item roles[10];
    size_t n = 0;
    enum err e;

    for (uint64_t r = OFFICER_ROLE_OFFICER; r <= OFFICER_ROLE_KEEPER; r++)
        if (k->roles & REQUEST_ROLE(r))
            roles[n++].u = r;
    if ((e = ask_result(c, k)) != OK ||
        (e = record_put_bytes(c->batch, k->result, "authority",
        core_self(c))) != OK ||
        (e = record_put_bytes(c->batch, k->result, "network",
        directory_network(c->dir))) != OK ||
        (e = record_put_bytes(c->batch, k->result, "origin",
        slice_str(c->origin))) != OK ||
        (e = record_put_bytes(c->batch, k->result, "kid",
        SLICE(k->who->kid))) != OK ||
        (e = record_put(c->batch, k->result, record_field(k->row->result,
        "roles"), roles, n)) != OK)
        return e;
    return record_put_uint(c->batch, k->result, "time",
        (uint64_t)c->now.lo);
}

/* Rows about messages. */

struct page {
    struct core *c;
    struct arena *a;                    /* of the batch */
    uint64_t skip;
    size_t n, most, bytes;
    bool more;
    struct room_known known;
    union item items[ASK_ROWS_MAX];
};

struct marks {
    struct arena *a;
    const struct record *rows;
    size_t n;
    union item items[16];
};

static enum err
see_mark(void *arg, const struct store_mark *m)
{
    struct marks *l = arg;
    struct rec *r;
    enum err e;

    if (l->n == sizeof(l->items) / sizeof(l->items[0]))
        return OK;
    if ((r = record_new(l->a, l->rows)) == NULL)
        return E_BUSY;
    if ((e = record_put_uint(l->a, r, "event", m->event)) != OK ||
        (e = record_put_uint(l->a, r, "at", (uint64_t)m->at)) != OK ||
        (e = record_put_uint(l->a, r, "code", m->code)) != OK)
        return e;
    l->items[l->n++].r = r;
    return OK;
}

static enum err
put_thread(struct core *c, struct arena *a, struct rec *r,
    const struct store_message *m)
{
    struct store_thread t;
    enum err e;

    e = store_thread_get(c->store, m->peer, m->thread, NULL, &t);
    if (e == ERR_NOTFOUND)
        return OK;
    if (e != OK ||
        (e = record_put_uint(a, r, "machine", t.machine)) != OK ||
        (e = record_put_uint(a, r, "thread_state", t.state)) != OK)
        return e;
    return t.due > 0 ? record_put_uint(a, r, "due", (uint64_t)t.due) : OK;
}

static enum err
put_comment(struct core *c, struct arena *a, struct rec *r, uint64_t n)
{
    struct slice s;
    struct buf b;
    enum err e;

    buf_init(&b, 8192);
    e = store_remark_get(c->store, n, &b);
    if (e == OK && (e = arena_copy(a, slice_of_buf(&b), &s)) == OK)
        e = record_put_bytes(a, r, "comment", s);
    buf_clear(&b);
    return e == ERR_NOTFOUND ? OK : e;
}

/* What became of its content, and until when it can be cancelled. */
static enum err
put_keeping(struct core *c, struct arena *a, struct rec *r,
    const struct store_message *m)
{
    struct store_retention k;
    struct store_out o;
    enum err e = store_retention_get(c->store, m->n, &k);

    if (e == ERR_NOTFOUND)
        return OK;
    if (e != OK || (e = record_put_uint(a, r, "keeping", k.state)) != OK ||
        (k.use_until > 0 && (e = record_put_uint(a, r, "use_until",
        (uint64_t)k.use_until)) != OK) ||
        (k.retain_until > 0 && (e = record_put_uint(a, r, "keep_until",
        (uint64_t)k.retain_until)) != OK) ||
        (k.hold_until > 0 && (e = record_put_uint(a, r, "hold_until",
        (uint64_t)k.hold_until)) != OK) ||
        (keep_sealed(&k) &&
        (e = record_put_uint(a, r, "sealed", 1)) != OK) ||
        (keep_ended(&k) && k.told != STORE_NONE &&
        (e = record_put_uint(a, r, "ended",
        k.told)) != OK) || m->state != STORE_QUEUED)
        return e;
    e = store_outbox_get(c->store, m->n, &o);
    return e == OK && o.tries == 0 && o.next > c->now.hi ?
        record_put_uint(a, r, "leaves_at", (uint64_t)o.next) :
        e == ERR_NOTFOUND ? OK : e;
}

static enum err
put_fields(struct arena *a, struct rec *r, const struct store_message *m)
{
    const struct { const char *name; uint64_t v; } numbers[] = {
        { "n", m->n }, { "dir", m->dir }, { "state", m->state },
        { "at", (uint64_t)m->at }, { "place", m->place },
    };
    struct slice peer, digest, head;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < sizeof(numbers) / sizeof(*numbers);
        i++)
        e = record_put_uint(a, r, numbers[i].name, numbers[i].v);
    if (e != OK || (e = arena_copy(a, m->peer, &peer)) != OK ||
        (e = arena_copy(a, SLICE(m->digest), &digest)) != OK ||
        (e = arena_copy(a, m->head, &head)) != OK ||
        (e = record_put_bytes(a, r, "peer", peer)) != OK ||
        (e = record_put_bytes(a, r, "digest", digest)) != OK)
        return e;
    return record_put_bytes(a, r, "head", head);
}

/* How often an officer of this side acted under the consent that a decision
 * has brought. */
static enum err
put_uses(struct core *c, struct rec *r, const struct store_message *m)
{
    const struct rec *consent;
    uint8_t digest[HASH_LEN];
    struct envelope env;
    struct message x;
    struct arena *a;
    uint64_t n = 0;
    enum err e;

    if (m->dir != STORE_IN || m->kind != KIND_CONSENT_DECISION)
        return OK;
    if ((a = arena_new(MESSAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = envelope_decode_head(m->head, &env, NULL)) == OK &&
        (e = message_decode(a, c->o.domain, env.pre, &x, NULL)) == OK &&
        consent_list(&x, &consent, 1) > 0 &&
        (e = consent_digest(consent, digest)) == OK)
        e = store_consent_uses(c->store, digest, STORE_USE_HERE, &n);
    arena_free(a);
    return e != OK || n == 0 ? e : record_put_uint(c->batch, r, "uses", n);
}

static enum err
put_room_fields(struct arena *a, struct rec *r, const struct room *x)
{
    enum err e = record_put_uint(a, r, "room_code", x->code);

    if (e != OK || (e = record_put_uint(a, r, "room_need", x->need)) != OK)
        return e;
    return record_put_uint(a, r, "room_left", x->left);
}

/* Whether what is offered fits. */
static enum err
put_room(struct page *p, struct rec *r, const struct store_message *m)
{
    struct room x;
    bool yes;
    enum err e;

    if ((e = room_waits(p->c, m, &yes)) != OK || !yes ||
        (e = room_of(p->c, &p->known, m, &x)) != OK)
        return e;
    return put_room_fields(p->a, r, &x);
}

static enum err
add_row(struct page *p, const struct store_message *m)
{
    struct marks l = { .a = p->a };
    struct rec *r;
    enum err e;

    if (p->more || p->n == p->most ||
        (p->n > 0 && p->bytes + m->head.n > ROWS_ROOM)) {
        p->more = true;
        return OK;
    }
    l.rows = record_field(&record_ask_message, "events")->rec;
    if ((r = record_new(p->a, &record_ask_message)) == NULL)
        return E_BUSY;
    if ((e = put_fields(p->a, r, m)) != OK ||
        (e = store_marks_list(p->c->store, m->n, see_mark, &l)) != OK ||
        (e = record_put(p->a, r, record_field(&record_ask_message,
        "events"), l.items, l.n)) != OK ||
        (e = put_thread(p->c, p->a, r, m)) != OK ||
        (e = put_uses(p->c, r, m)) != OK ||
        (e = put_room(p, r, m)) != OK ||
        (e = put_keeping(p->c, p->a, r, m)) != OK)
        return e;
    if (m->state == STORE_RETURNED &&
        (e = put_comment(p->c, p->a, r, m->n)) != OK)
        return e;
    p->bytes += m->head.n + 450;
    p->items[p->n++].r = r;
    return OK;
}

/* What was refused here is no message of the inbox. */
static enum err
see_message(void *arg, const struct store_message *m)
{
    struct page *p = arg;

    if (m->dir == STORE_BAD ||
        (m->dir == STORE_IN && m->state == STORE_REFUSED))
        return OK;
    if (p->skip > 0) {
        p->skip--;
        return OK;
    }
    return add_row(p, m);
}

static enum err
put_page(struct page *p, struct rec *result, const char *name)
{
    enum err e = record_put(p->a, result, record_field(result->schema,
        name), p->items, p->n);

    if (e != OK || !p->more)
        return e;
    return record_put_uint(p->a, result, "more", 1);
}

static struct page *
new_page(struct core *c, struct ask *k, size_t most)
{
    struct page *p = arena_get(k->a, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->c = c;
    p->a = c->batch;
    p->known.a = k->a;
    p->most = most < ASK_ROWS_MAX ? most : ASK_ROWS_MAX;
    return p;
}

enum err
do_inbox_list(struct core *c, struct ask *k)
{
    uint64_t box = record_uint(k->args, "box");
    uint64_t after = record_uint(k->args, "after");
    size_t most = (size_t)record_uint(k->args, "most");
    struct page *p = new_page(c, k, most);
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    if ((e = ask_result(c, k)) != OK)
        return e;
    if (after > INT64_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "after");
    switch (box) {
    case ASK_IN:
        e = store_inbox_list(c->store, after, (unsigned)p->most + 1,
            see_message, p);
        break;
    case ASK_OUT:
        e = store_sent_list(c->store, after, (unsigned)p->most + 1,
            see_message, p);
        break;
    case ASK_WAITING:
        e = store_pending_list(c->store, after, (unsigned)p->most + 1,
            see_message, p);
        break;
    default:
        return fault_set(&k->f, E_FIELD_RANGE, 2, "box");
    }
    return e != OK ? e : put_page(p, k->result, "rows");
}

enum err
do_thread_get(struct core *c, struct ask *k)
{
    struct slice peer = record_bytes(k->args, "peer");
    struct slice id = record_bytes(k->args, "thread");
    struct page *p = new_page(c, k, ASK_ROWS_MAX);
    struct store_thread t = { .machine = 0 };
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    p->skip = record_uint(k->args, "skip");
    if ((e = ask_result(c, k)) != OK)
        return e;
    e = store_thread_get(c->store, peer, id.p, NULL, &t);
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    if ((e = record_put_uint(c->batch, k->result, "machine",
        t.machine)) != OK ||
        (e = record_put_uint(c->batch, k->result, "state", t.state)) != OK)
        return e;
    if (t.due > 0 && (e = record_put_uint(c->batch, k->result, "due",
        (uint64_t)t.due)) != OK)
        return e;
    if (t.stopped > 0 && (e = record_put_uint(c->batch, k->result,
        "stopped", (uint64_t)t.stopped)) != OK)
        return e;
    if ((e = store_thread_messages(c->store, peer, id.p, see_message,
        p)) != OK)
        return e;
    return put_page(p, k->result, "messages");
}

/* Receipts. */

struct receipts {
    struct arena *a;
    const struct record *rows;
    size_t n;
    union item items[16];
};

static enum err
see_receipt(void *arg, const struct store_receipt *s)
{
    struct receipts *l = arg;
    struct slice receipt, note;
    struct rec *r;
    enum err e;

    if (l->n == sizeof(l->items) / sizeof(l->items[0]))
        return OK;
    if ((r = record_new(l->a, l->rows)) == NULL)
        return E_BUSY;
    if ((e = arena_copy(l->a, s->bytes, &receipt)) != OK ||
        (e = arena_copy(l->a, s->note, &note)) != OK ||
        (e = record_put_uint(l->a, r, "event", s->event)) != OK ||
        (e = record_put_bytes(l->a, r, "receipt", receipt)) != OK ||
        (e = record_put_bytes(l->a, r, "note", note)) != OK)
        return e;
    l->items[l->n++].r = r;
    return OK;
}

enum err
do_msg_receipts(struct core *c, struct ask *k)
{
    const struct field *f = record_field(k->row->result, "receipts");
    struct receipts l = { .a = c->batch, .rows = f->rec };
    struct store_message m;
    enum err e;

    e = store_message_find_digest(c->store, record_bytes(k->args,
        "digest").p, NULL, &m);
    if (e == ERR_NOTFOUND)
        return E_NOT_FOUND;
    if (e != OK || (e = ask_result(c, k)) != OK ||
        (e = store_receipts_list(c->store, m.n, see_receipt, &l)) != OK)
        return e;
    return record_put(c->batch, k->result, f, l.items, l.n);
}

/* Status. */

struct listing {
    struct core *c;
    const struct record *rows;
    size_t n, most;
    bool reads;                     /* who asks may list messages */
    union item items[256];
};

static struct rec *
list_row(struct listing *l)
{
    struct rec *r;

    if (l->n == l->most)
        return NULL;
    r = record_new(l->c->batch, l->rows);
    if (r != NULL)
        l->items[l->n++].r = r;
    return r;
}

/* When a peer countersigned last: the time in its line of the note; 0 where
 * that is no time at all. */
static enum err
cosigned_at(struct core *c, const struct peer *p, uint64_t *at)
{
    char key[LINK_WHO_MAX + 16];
    const struct note_sig *line;
    struct note n;
    struct buf b;
    enum err e;

    *at = 0;
    (void)snprintf(key, sizeof(key), "cosigned/%s", p->name);
    buf_init(&b, NOTE_MAX);
    e = store_meta_get(c->store, key, &b);
    if (e == OK && (e = note_decode(slice_of_buf(&b), &n)) == OK && n.n > 0)
    {
        line = &n.line[n.n - 1];
        if (line->n == NOTE_COSIGNATURE_LEN)
            *at = get_u64(line->sig);
    }
    if (*at < RECORD_TIME_MIN || *at > RECORD_TIME_MAX)
        *at = 0;
    buf_clear(&b);
    return e == ERR_NOTFOUND ? OK : e;
}

static enum err
add_peer(struct listing *l, struct peer *p)
{
    struct arena *a = l->c->batch;
    struct rec *r = list_row(l);
    struct tlog_have have;
    uint64_t waiting, at;
    enum err e;

    if (r == NULL)
        return OK;
    if ((e = store_outbox_count(l->c->store, slice_str(p->name),
        &waiting)) != OK ||
        (e = peers_have(l->c, a, slice_str(p->name), &have)) != OK ||
        (e = cosigned_at(l->c, p, &at)) != OK ||
        (e = record_put_bytes(a, r, "authority",
        slice_str(p->name))) != OK ||
        (e = record_put_uint(a, r, "up", p->dialled || p->routed)) != OK ||
        (e = record_put_uint(a, r, "waiting", waiting)) != OK ||
        (e = record_put_uint(a, r, "size", have.size)) != OK)
        return e;
    if (p->heard > 0 && (e = record_put_uint(a, r, "heard",
        (uint64_t)p->heard)) != OK)
        return e;
    return at > 0 ? record_put_uint(a, r, "cosigned", at) : OK;
}

static enum err
put_peers(struct core *c, struct ask *k)
{
    const struct field *f = record_field(k->row->result, "peers");
    struct listing *l = arena_get(k->a, sizeof(*l));
    enum err e = OK;

    if (l == NULL)
        return ERR_NOMEM;
    l->c = c;
    l->rows = f->rec;
    l->most = 256;
    for (struct peer *p = c->peers; e == OK && p != NULL; p = p->next)
        e = add_peer(l, p);
    return e != OK ? e : record_put(c->batch, k->result, f, l->items, l->n);
}

static enum err
see_waiting(void *arg, const struct store_object *o)
{
    struct listing *l = arg;
    struct arena *a = l->c->batch;
    struct rec *r = list_row(l);
    struct slice owner, digest, bytes;
    enum err e;

    if (r == NULL)
        return OK;
    if ((e = arena_copy(a, o->owner, &owner)) != OK ||
        (e = arena_copy(a, SLICE(o->digest), &digest)) != OK ||
        (e = arena_copy(a, o->bytes, &bytes)) != OK ||
        (e = record_put_uint(a, r, "kind", o->kind)) != OK ||
        (e = record_put_bytes(a, r, "owner", owner)) != OK ||
        (e = record_put_uint(a, r, "serial", o->serial)) != OK ||
        (e = record_put_bytes(a, r, "digest", digest)) != OK)
        return e;
    return record_put_bytes(a, r, "object", bytes);
}

/* Where the message that an alarm is about stands in the inbox, so that nobody
 * need read all of it. */
static enum err
put_place(struct listing *l, struct rec *r, struct slice obj)
{
    struct store_message m;
    enum err e;

    if (!l->reads || obj.n != HASH_LEN)
        return OK;
    e = store_message_find_digest(l->c->store, obj.p, NULL, &m);
    if (e == ERR_NOTFOUND || (e == OK && (m.dir != STORE_IN ||
        m.state == STORE_REFUSED)))
        return OK;
    return e != OK ? e : record_put_uint(l->c->batch, r, "n", m.n);
}

static enum err
see_alarm(void *arg, const struct store_alarm *s)
{
    struct listing *l = arg;
    struct arena *a = l->c->batch;
    struct rec *r = list_row(l);
    struct slice peer, obj;
    const char *whose;
    enum err e;

    if (r == NULL)
        return OK;
    whose = s->peer.n > 0 && memchr(s->peer.p, '/', s->peer.n) != NULL ?
        "person" : "peer";
    if ((e = arena_copy(a, s->peer, &peer)) != OK ||
        (e = arena_copy(a, s->obj, &obj)) != OK ||
        (e = record_put_uint(a, r, "at", (uint64_t)s->at)) != OK ||
        (e = record_put_uint(a, r, "code", s->code)) != OK ||
        (peer.n > 0 && (e = record_put_bytes(a, r, whose, peer)) != OK) ||
        (e = put_place(l, r, obj)) != OK)
        return e;
    return obj.n > 0 ? record_put_bytes(a, r, "obj", obj) : OK;
}

static enum err
put_listing(struct core *c, struct ask *k, const char *name, size_t most)
{
    const struct field *f = record_field(k->row->result, name);
    struct listing *l = arena_get(k->a, sizeof(*l));
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    l->c = c;
    l->rows = f->rec;
    l->most = most;
    l->reads = request_may(request_row(REQUEST_INBOX_LIST), k->roles) == OK;
    e = strcmp(name, "alarms") == 0 ?
        store_alarms(c->store, (unsigned)most, see_alarm, l) :
        store_objects_waiting(c->store, see_waiting, l);
    return e != OK ? e : record_put(c->batch, k->result, f, l->items, l->n);
}

static enum err
see_crowded(void *arg, const struct store_message *m, const struct room *x)
{
    struct listing *l = arg;
    struct arena *a = l->c->batch;
    struct rec *r = list_row(l);
    struct slice id, peer;
    enum err e;

    if (r == NULL)
        return OK;
    if ((e = arena_copy(a, SLICE(m->msg_id), &id)) != OK ||
        (e = arena_copy(a, m->peer, &peer)) != OK ||
        (e = record_put_bytes(a, r, "msg_id", id)) != OK ||
        (e = record_put_bytes(a, r, "peer", peer)) != OK ||
        (e = record_put_uint(a, r, "kind", m->kind)) != OK)
        return e;
    return put_room_fields(a, r, x);
}

/* How much room there is for files, and what lacks it, for those who are shown
 * what came in. */
static enum err
put_crowded(struct core *c, struct ask *k)
{
    const struct field *f = record_field(k->row->result, "crowded");
    struct listing *l = arena_get(k->a, sizeof(*l));
    struct room_known known = { .a = k->a };
    uint64_t room;
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    l->c = c;
    l->rows = f->rec;
    l->most = ASK_CROWDED_MAX;
    if ((e = room_disk(c, &known, &room)) != OK ||
        (e = record_put_uint(c->batch, k->result, "room", room)) != OK ||
        request_may(request_row(REQUEST_INBOX_LIST), k->roles) != OK ||
        (e = room_lacks(c, &known, l->most, see_crowded, l)) != OK)
        return e;
    return record_put(c->batch, k->result, f, l->items, l->n);
}

enum err
do_status(struct core *c, struct ask *k)
{
    struct arena *a = c->batch;
    uint64_t pending;
    enum err e;

    if ((e = ask_result(c, k)) != OK ||
        (e = store_pending_count(c->store, &pending)) != OK ||
        (e = record_put_uint(a, k->result, "time",
        (uint64_t)c->now.lo)) != OK ||
        (e = record_put_uint(a, k->result, "size", c->size)) != OK ||
        (e = record_put_uint(a, k->result, "trusted",
        c->now.trusted)) != OK ||
        (e = record_put_uint(a, k->result, "pending", pending)) != OK ||
        (e = record_put_bytes(a, k->result, "version",
        slice_str(CORE_VERSION))) != OK ||
        (e = put_peers(c, k)) != OK ||
        (e = put_listing(c, k, "waiting", 16)) != OK ||
        (e = put_crowded(c, k)) != OK)
        return e;
    return put_listing(c, k, "alarms", 64);
}
