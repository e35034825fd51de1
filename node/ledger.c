#include <stdio.h>
#include <string.h>

#include "keys/random.h"
#include "keys/statement.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/store_log.h"
#include "node/store_mark.h"
#include "node/trustbase.h"
#include "proto/receipt.h"

#define ALARM_NAME_MAX 96               /* AUTHORITY/label */

/* What an entry holds beside its codes, as the store keeps it. */
struct values {
    size_t n;
    struct store_value v[ENTRY_FIELDS_MAX];
    struct buf purpose, statement;
};

static enum err
add_value(struct entry *entry, struct values *vs, enum entry_type type,
    const uint8_t salt[static HASH_LEN], struct slice value)
{
    vs->v[vs->n++] = (struct store_value){ (uint16_t)type, value };
    return entry_add(entry, type, salt, value);
}

static enum err
fill(const struct line *l, struct entry *entry, struct values *vs,
    const uint8_t salt[static HASH_LEN])
{
    enum err e;

    if (l->has_purpose)
        entry_put_purpose(&vs->purpose, l->purpose, l->proceeding);
    if (l->statement.n > 0)
        entry_put_statement(&vs->statement, l->statement, l->sig.p);
    if ((e = buf_done(&vs->purpose)) != OK ||
        (e = buf_done(&vs->statement)) != OK ||
        (e = add_value(entry, vs, ENTRY_ACTOR, salt, l->actor)) != OK)
        return e;
    if ((l->seen || l->has_purpose) && (e = add_value(entry, vs,
        ENTRY_PURPOSE, salt, slice_of_buf(&vs->purpose))) != OK)
        return e;
    if ((l->seen || l->statement.n > 0) && (e = add_value(entry, vs,
        ENTRY_STATEMENT, salt, slice_of_buf(&vs->statement))) != OK)
        return e;
    if (l->detail.n > 0)
        return add_value(entry, vs, ENTRY_DETAIL, salt, l->detail);
    return OK;
}

/* What the chain of custody of a message is made of; that it came in is the
 * entry of its row. */
static bool
is_step(enum event event)
{
    static const enum event steps[] = { EVENT_STORED, EVENT_PRINTED,
        EVENT_EXPORTED, EVENT_USED, EVENT_FORWARDED, EVENT_HANDED_OVER,
        EVENT_DESTROYED };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i] == event)
            return true;
    return false;
}

enum err
ledger_append(struct core *c, const struct line *l, uint64_t *index)
{
    struct values vs = { .n = 0 };
    struct entry entry = { .seq = c->size, .event = (uint16_t)l->event,
        .code = (uint16_t)l->code };
    struct buf b, room;
    uint8_t *salt;
    enum err e;

    if (c->now.lo > c->last)
        c->last = c->now.lo;
    entry.time = (uint64_t)c->last;
    if (l->obj != NULL) {
        entry.has_obj = true;
        memcpy(entry.obj, l->obj, HASH_LEN);
    }
    /* The salt hides what peers may not see: it is wiped with its buffer. */
    buf_init(&room, HASH_LEN);
    if ((salt = buf_extend(&room, HASH_LEN)) == NULL)
        return ERR_NOMEM;
    random_bytes(salt, HASH_LEN);
    buf_init(&vs.purpose, ENTRY_VALUE_MAX);
    buf_init(&vs.statement, ENTRY_VALUE_MAX);
    buf_init(&b, ENTRY_MAX);
    if ((e = fill(l, &entry, &vs, salt)) == OK &&
        (e = entry_encode(&entry, &b)) == OK &&
        (e = store_leaf_append(c->store, slice_of_buf(&b), salt, vs.v, vs.n,
        index)) == OK) {
        c->size = *index + 1;
        if (l->obj != NULL && is_step(l->event))
            e = store_step_put(c->store, l->obj, *index);
    }
    buf_clear(&vs.purpose);
    buf_clear(&vs.statement);
    buf_clear(&b);
    buf_clear(&room);
    return e;
}

enum err
ledger_entry(struct core *c, uint64_t index, struct entry *out)
{
    struct buf b;
    enum err e;

    buf_init(&b, ENTRY_MAX);
    if ((e = store_entry_get(c->store, index, &b)) == OK)
        e = entry_decode(slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

enum err
ledger_openings(struct core *c, struct arena *a, uint64_t index,
    struct buf *out)
{
    struct opening o[ENTRY_FIELDS_MAX];
    size_t n = 0;
    enum err e;

    for (int type = ENTRY_ACTOR; type <= ENTRY_DETAIL; type++) {
        e = store_opening_get(c->store, index, (enum entry_type)type, a,
            &o[n]);
        if (e == OK)
            n++;
        else if (e != ERR_NOTFOUND)
            return e;
    }
    return n > 0 ? opening_encode(o, n, out) : OK;
}

enum err
ledger_load(struct core *c)
{
    struct entry last;
    uint64_t size;
    enum err e;

    buf_reset(&c->head.note);
    c->head.size = 0;
    if ((e = store_log_root(c->store, &size, c->head.root)) != OK)
        return e;
    c->size = size;
    c->last = 0;
    if (size == 0)
        return OK;
    if ((e = store_note_newest(c->store, &c->head.size, &c->head.note)) != OK
        || (e = ledger_entry(c, size - 1, &last)) != OK)
        return e;
    c->last = (int64_t)last.time;
    return c->head.size == size ? OK : ERR_IO;
}

enum err
ledger_checkpoint(struct core *c)
{
    uint64_t size;
    enum err e;

    if (c->size == c->head.size)
        return OK;
    if ((e = store_log_root(c->store, &size, c->head.root)) != OK)
        return e;
    buf_reset(&c->head.note);
    c->head.size = size;
    if ((e = checkpoint_sign(node_keys_log(c->keys), slice_str(c->origin),
        size, c->head.root, &c->head.note)) != OK)
        return e;
    return store_note_put(c->store, size, slice_of_buf(&c->head.note));
}

/* The proof that the log goes on from size, and the root there. */
static enum err
go_on(struct core *c, struct arena *a, uint64_t size, struct slice *root,
    struct tree_proof *proof)
{
    uint8_t *r;
    enum err e;

    *root = SLICE_EMPTY;
    proof->n = 0;
    if (size == 0 || size > c->head.size)
        return OK;
    if ((r = arena_get(a, HASH_LEN)) == NULL)
        return E_OVERSIZE;
    if ((e = tree_root_at(store_tree_fetch, c->store, size, r)) != OK ||
        (e = tree_prove_consistency(size, c->head.size, store_tree_fetch,
        c->store, proof)) != OK)
        return e;
    *root = slice_of(r, HASH_LEN);
    return OK;
}

/* The newest note that a peer countersigned, as kept by peers.c. */
static enum err
add_cosigned(struct core *c, struct arena *a, struct tlog *out)
{
    struct note_checkpoint at;
    struct slice root;
    struct note n;
    struct buf b;
    enum err e;

    buf_init(&b, 4096);
    e = store_meta_get(c->store, "cosigned", &b);
    if (e == OK)
        e = arena_copy(a, slice_of_buf(&b), &out->cosigned);
    buf_clear(&b);
    if (e == ERR_NOTFOUND)
        return OK;
    if (e != OK || (e = note_decode(out->cosigned, &n)) != OK ||
        (e = note_body_decode(n.body, &at)) != OK)
        return e;
    return go_on(c, a, at.size, &root, &out->joined);
}

enum err
ledger_tlog(struct core *c, struct arena *a, const struct tlog_have *have,
    bool client, struct tlog *out)
{
    enum err e;

    memset(out, 0, sizeof(*out));
    if ((e = arena_copy(a, slice_of_buf(&c->head.note), &out->note)) != OK ||
        (e = go_on(c, a, have->size, &out->root_at_have, &out->proof)) != OK)
        return e;
    return client ? add_cosigned(c, a, out) : OK;
}

enum err
ledger_receipt(struct core *c, uint64_t index, struct buf *out)
{
    struct receipt r = { .origin = slice_str(c->origin), .index = index };
    struct buf entry;
    enum err e;

    buf_init(&entry, ENTRY_MAX);
    if ((e = store_entry_get(c->store, index, &entry)) == OK &&
        (e = tree_prove_inclusion(index, c->head.size, store_tree_fetch,
        c->store, &r.proof)) == OK) {
        r.entry = slice_of_buf(&entry);
        e = receipt_encode(&r, out);
    }
    buf_clear(&entry);
    return e;
}

enum err
ledger_alarm_fresh(struct core *c, struct slice peer, enum err code,
    const uint8_t *obj, bool *fresh)
{
    const struct store_alarm a = { c->now.lo, peer, (uint16_t)code,
        obj != NULL ? slice_of(obj, HASH_LEN) : SLICE_EMPTY };
    const struct line l = { .event = EVENT_ALARM, .code = code, .obj = obj,
        .detail = peer };
    uint64_t index;
    enum err e;

    if ((e = store_alarm_put(c->store, &a, fresh)) != OK || !*fresh)
        return e;
    core_log(c, code, "alarm about %.*s", (int)peer.n,
        (const char *)peer.p);
    return ledger_append(c, &l, &index);
}

enum err
ledger_alarm(struct core *c, struct slice peer, enum err code,
    const uint8_t *obj)
{
    bool fresh;

    return ledger_alarm_fresh(c, peer, code, obj, &fresh);
}

enum err
ledger_alarm_of(struct core *c, const struct person *who, enum err code,
    const uint8_t *obj)
{
    char name[ALARM_NAME_MAX];
    uint64_t n;
    enum err e;

    (void)snprintf(name, sizeof(name), "%.*s/%s", (int)core_self(c).n,
        (const char *)core_self(c).p, who->label);
    e = store_alarms_since(c->store, slice_str(name), c->now.lo - 3600, &n);
    return e != OK || n >= LEDGER_ALARMS_OF ? e : ledger_alarm(c,
        slice_str(name), code, obj);
}

enum err
ledger_fresh(struct core *c, const struct statement *st)
{
    uint8_t root[HASH_LEN];
    struct entry next;
    struct buf note;
    enum err e;

    if (st->size == 0 || st->size > c->head.size)
        return E_STALE_STATEMENT;
    buf_init(&note, NOTE_MAX);
    e = store_note_get(c->store, st->size, &note);
    buf_clear(&note);
    if (e == OK)
        e = tree_root_at(store_tree_fetch, c->store, st->size, root);
    if (e == ERR_NOTFOUND ||
        (e == OK && memcmp(root, st->root, HASH_LEN) != 0))
        return E_STALE_STATEMENT;
    if (e != OK || st->size == c->size)
        return e;
    if ((e = ledger_entry(c, st->size, &next)) != OK)
        return e;
    return c->now.hi - (int64_t)next.time > STATEMENT_AGE_MAX ?
        E_STALE_STATEMENT : OK;
}
