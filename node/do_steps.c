/*
 * What was done here with one message, for who shows its chain of custody:
 * that it came in, each use and copy, its end.  Each is an entry of the log,
 * with its proof under the checkpoint of the answer, what opens it, and the
 * number of the copy that it made.
 */
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/requests.h"
#include "node/store_keep.h"
#include "node/store_log.h"
#include "node/store_msg.h"
#include "proto/receipt.h"

#define STEPS_ROOM (ASK_MAX - 4096)     /* bytes of a page */

struct steps {
    struct core *c;
    struct ask *k;
    const struct store_message *m;
    const struct record *rows;
    size_t n, bytes;
    bool more;
    union item items[ASK_STEPS_MAX];
};

static enum err
put_step(struct steps *l, uint64_t index, struct slice openings)
{
    struct arena *a = l->c->batch;
    struct rec *r = record_new(a, l->rows);
    struct slice kept;
    uint64_t no;
    enum err e;

    if (r == NULL)
        return E_BUSY;
    if ((e = record_put_uint(a, r, "index", index)) != OK ||
        (openings.n > 0 && ((e = arena_copy(a, openings, &kept)) != OK ||
        (e = record_put_bytes(a, r, "openings", kept)) != OK)))
        return e;
    e = store_copy_of_entry(l->c->store, l->m->n, index, &no);
    if (e == OK)
        e = record_put_uint(a, r, "number", no);
    l->items[l->n++].r = r;
    return e == ERR_NOTFOUND ? OK : e;
}

static enum err
see_step(void *arg, uint64_t index)
{
    struct steps *l = arg;
    struct buf b;
    enum err e;

    if (l->more)
        return OK;
    buf_init(&b, ENTRY_OPENINGS_MAX);
    if ((e = ledger_openings(l->c, l->k->a, index, &b)) == OK) {
        l->bytes += b.n + RECEIPT_MAX;
        l->more = l->n == ASK_STEPS_MAX ||
            (l->n > 0 && l->bytes > STEPS_ROOM);
        if (!l->more)
            e = put_step(l, index, slice_of_buf(&b));
    }
    buf_clear(&b);
    return e;
}

enum err
do_msg_steps(struct core *c, struct ask *k)
{
    const struct field *f = record_field(k->row->result, "steps");
    struct steps *l = arena_get(k->a, sizeof(*l));
    const uint64_t from = record_uint(k->args, "from");
    struct store_message m;
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    if (from > INT64_MAX)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "from");
    e = store_message_find_digest(c->store, record_bytes(k->args,
        "digest").p, NULL, &m);
    if (e == ERR_NOTFOUND)
        return E_NOT_FOUND;
    if (e != OK || (e = ask_result(c, k)) != OK)
        return e;
    *l = (struct steps){ .c = c, .k = k, .m = &m, .rows = f->rec };
    /* It is before all others. */
    if (m.dir == STORE_IN && m.entry != STORE_NONE && m.entry >= from)
        e = see_step(l, m.entry);
    if (e != OK || (e = store_step_list(c->store, m.digest, from,
        ASK_STEPS_MAX + 1, see_step, l)) != OK ||
        (e = record_put(c->batch, k->result, f, l->items, l->n)) != OK)
        return e;
    k->prove = f->name;
    return l->more ? record_put_uint(c->batch, k->result, "more", 1) : OK;
}
