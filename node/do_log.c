/*
 * What an auditor reads of the log: entries, checkpoints and what opens the
 * commitments.  His reading is an entry itself, once for all pages that he
 * reads under one statement.
 */
#include <stdio.h>
#include <string.h>

#include "node/core_in.h"
#include "node/ledger.h"
#include "node/peers.h"
#include "node/requests.h"
#include "node/store_log.h"

#define LOG_ROOM 200000                 /* bytes of a page */

static enum err
note_reading(struct core *c, struct ask *k)
{
    const struct line l = { .event = EVENT_AUDIT_READ };
    uint64_t index;

    return ask_done(c, k, &l, &index);
}

struct page {
    struct core *c;
    struct arena *a;
    const struct record *rows;
    size_t n, most, bytes;
    uint64_t next;
    union item items[4096];
};

static struct page *
new_page(struct core *c, struct ask *k)
{
    struct page *p = arena_get(k->a, sizeof(*p));
    uint64_t most = record_uint(k->args, "most");

    if (p == NULL)
        return NULL;
    p->c = c;
    p->a = c->batch;
    p->most = most < 4096 ? (size_t)most : 4096;
    p->next = record_uint(k->args, "from");
    return p;
}

static enum err
see_entry(void *arg, uint64_t index, struct slice entry)
{
    struct page *p = arg;

    if (index != p->next || p->n == p->most ||
        p->bytes + entry.n > LOG_ROOM)
        return OK;
    p->bytes += entry.n + 4;
    p->next++;
    return arena_copy(p->a, entry, &p->items[p->n++].s);
}

enum err
do_log_read(struct core *c, struct ask *k)
{
    struct page *p = new_page(c, k);
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    if (p->next > INT64_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "from");
    if ((e = note_reading(c, k)) != OK || (e = ask_result(c, k)) != OK ||
        (e = store_entry_list(c->store, p->next, (unsigned)p->most,
        see_entry, p)) != OK)
        return e;
    return record_put(c->batch, k->result, record_field(k->row->result,
        "entries"), p->items, p->n);
}

static enum err
add_openings(struct page *p, uint64_t index, struct slice bytes)
{
    struct slice s;
    struct rec *r;
    enum err e;

    if (bytes.n == 0)
        return OK;
    if ((r = record_new(p->a, p->rows)) == NULL)
        return E_BUSY;
    if ((e = arena_copy(p->a, bytes, &s)) != OK ||
        (e = record_put_uint(p->a, r, "index", index)) != OK ||
        (e = record_put_bytes(p->a, r, "openings", s)) != OK)
        return e;
    p->items[p->n++].r = r;
    return OK;
}

static enum err
collect(struct core *c, struct ask *k, struct page *p)
{
    uint64_t last = p->next + p->most;
    struct buf b;
    enum err e = OK;

    buf_init(&b, ENTRY_OPENINGS_MAX);
    while (e == OK && p->next < c->size && p->next < last) {
        buf_reset(&b);
        if ((e = ledger_openings(c, k->a, p->next, &b)) != OK)
            break;
        if (p->bytes > 0 && p->bytes + b.n > LOG_ROOM)
            break;
        p->bytes += b.n + 24;
        if ((e = add_openings(p, p->next, slice_of_buf(&b))) == OK)
            p->next++;
    }
    buf_clear(&b);
    return e;
}

enum err
do_log_openings(struct core *c, struct ask *k)
{
    const struct field *f = record_field(k->row->result, "openings");
    struct page *p = new_page(c, k);
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    if (p->next > INT64_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "from");
    p->rows = f->rec;
    if ((e = note_reading(c, k)) != OK || (e = ask_result(c, k)) != OK ||
        (e = collect(c, k, p)) != OK ||
        (e = record_put(c->batch, k->result, f, p->items, p->n)) != OK)
        return e;
    return record_put_uint(c->batch, k->result, "next", p->next);
}

/* Checkpoints. */

static enum err
add_cosigned(struct core *c, struct page *p, const struct peer *peer)
{
    char key[LINK_WHO_MAX + 16];
    struct slice s;
    struct rec *r;
    struct buf b;
    enum err e;

    (void)snprintf(key, sizeof(key), "cosigned/%s", peer->name);
    buf_init(&b, NOTE_MAX);
    e = store_meta_get(c->store, key, &b);
    if (e == OK)
        e = arena_copy(p->a, slice_of_buf(&b), &s);
    buf_clear(&b);
    if (e != OK)
        return e == ERR_NOTFOUND ? OK : e;
    if ((r = record_new(p->a, p->rows)) == NULL)
        return E_BUSY;
    if ((e = record_put_bytes(p->a, r, "peer", slice_str(peer->name))) != OK
        || (e = record_put_bytes(p->a, r, "note", s)) != OK)
        return e;
    p->items[p->n++].r = r;
    return OK;
}

static enum err
see_log(void *arg, const struct store_peerlog *l)
{
    struct page *p = arg;
    struct slice origin, note;
    struct rec *r;
    enum err e;

    if (p->n == 256)
        return OK;
    if ((r = record_new(p->a, p->rows)) == NULL)
        return E_BUSY;
    if ((e = arena_copy(p->a, l->origin, &origin)) != OK ||
        (e = arena_copy(p->a, l->note, &note)) != OK ||
        (e = record_put_bytes(p->a, r, "origin", origin)) != OK ||
        (e = record_put_bytes(p->a, r, "note", note)) != OK)
        return e;
    p->items[p->n++].r = r;
    return OK;
}

enum err
do_log_checkpoint(struct core *c, struct ask *k)
{
    const struct field *f = record_field(k->row->result, "cosigned");
    struct page *p = arena_get(k->a, sizeof(*p));
    struct slice note;
    enum err e;

    if (p == NULL)
        return ERR_NOMEM;
    p->c = c;
    p->a = c->batch;
    p->rows = f->rec;
    if ((e = ask_result(c, k)) != OK ||
        (e = arena_copy(p->a, slice_of_buf(&c->head.note), &note)) != OK ||
        (e = record_put_bytes(p->a, k->result, "note", note)) != OK)
        return e;
    for (struct peer *o = c->peers; o != NULL && p->n < 256; o = o->next)
        if ((e = add_cosigned(c, p, o)) != OK)
            return e;
    if ((e = record_put(p->a, k->result, f, p->items, p->n)) != OK)
        return e;
    f = record_field(k->row->result, "peers");
    p->rows = f->rec;
    p->n = 0;
    if ((e = store_peerlog_list(c->store, see_log, p)) != OK)
        return e;
    return record_put(p->a, k->result, f, p->items, p->n);
}
