/*
 * The log: leaves, what opens them, tiles, notes, and the logs of others.
 *
 * Complete nodes of levels 0, 8, 16 and so on are kept in tiles of 256
 * hashes; a tile that is not full yet holds what is there.  The tiles at the
 * right edge and the compact range are kept in memory and written once a
 * transaction, by store_edge_flush, so an append costs no rewriting of 8 KiB.
 * The database is right at every commit; after a rollback the edge is read
 * from it again.
 */
#include <assert.h>
#include <string.h>

#include "node/store_in.h"
#include "node/store_log.h"

#define RANGE_KEY "log range"
#define TILE_BYTES (TREE_TILE_WIDTH * HASH_LEN)

/* How many nodes of a tile level there are in a log of size leaves. */
static uint64_t
nodes_at(uint64_t size, unsigned level)
{
    return size >> (level * TREE_TILE_HEIGHT);
}

static enum err
read_tile(struct store *s, unsigned level, uint64_t n, struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_TILE_GET);
    query_put_u64(&q, level);
    query_put_u64(&q, n);
    return query_blob(&q, out);
}

static enum err
write_tile(struct store *s, unsigned level, uint64_t n, struct slice bytes)
{
    struct query q;

    query_start(&q, s, SQL_TILE_PUT);
    query_put_u64(&q, level);
    query_put_u64(&q, n);
    query_put(&q, bytes);
    return query_run(&q);
}

void
store_edge_forget(struct store *s)
{
    s->edge.loaded = false;
    s->edge.dirty = false;
    memset(s->edge.has_full, 0, sizeof(s->edge.has_full));
}

/* Where the nodes stand that are so many levels above a tile's hashes. */
static size_t
above(unsigned up)
{
    return 2 * TREE_TILE_WIDTH - (2 * TREE_TILE_WIDTH >> up);
}

/* Take the first n hashes of a tile, and make the nodes above them. */
static void
fill_tile(struct store_tile *t, const uint8_t *hashes, size_t n)
{
    memcpy(t->node, hashes, n * HASH_LEN);
    for (unsigned up = 1; up < TREE_TILE_HEIGHT; up++)
        for (size_t i = 0; i < n >> up; i++)
            tree_node(t->node[above(up - 1) + 2 * i],
                t->node[above(up - 1) + 2 * i + 1], t->node[above(up) + i]);
}

static void
get_node(const struct store_tile *t, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    unsigned up = level % TREE_TILE_HEIGHT;

    memcpy(out, t->node[above(up) + index % (TREE_TILE_WIDTH >> up)],
        HASH_LEN);
}

/* A tile or range that does not fit the other is a damaged database. */
static enum err
load_edge(struct store *s)
{
    struct store_edge *g = &s->edge;
    struct buf b;
    enum err e;

    if (g->loaded)
        return OK;
    buf_init(&b, TILE_BYTES);
    memset(g->changed, 0, sizeof(g->changed));
    tree_range_init(&g->range);
    e = store_meta_get(s, RANGE_KEY, &b);
    if (e == OK)
        e = tree_range_decode(slice_of_buf(&b), &g->range) == OK ?
            OK : ERR_IO;
    else if (e == ERR_NOTFOUND)
        e = OK;
    for (unsigned l = 0; l < STORE_LEVELS && e == OK; l++) {
        uint64_t n = nodes_at(g->range.size, l);
        size_t have = (size_t)(n % TREE_TILE_WIDTH) * HASH_LEN;

        if (have == 0)
            continue;
        buf_reset(&b);
        e = read_tile(s, l, n / TREE_TILE_WIDTH, &b);
        if (e == ERR_NOTFOUND || (e == OK && b.n != have))
            e = ERR_IO;
        if (e == OK)
            fill_tile(&g->tile[l], b.p, have / HASH_LEN);
    }
    g->loaded = e == OK;
    buf_clear(&b);
    return e;
}

enum err
store_edge_flush(struct store *s)
{
    struct store_edge *g = &s->edge;
    struct buf b;
    enum err e = OK;

    if (!g->loaded || !g->dirty)
        return OK;
    for (unsigned l = 0; l < STORE_LEVELS && e == OK; l++) {
        uint64_t n = nodes_at(g->range.size, l);

        if (g->changed[l])
            e = write_tile(s, l, n / TREE_TILE_WIDTH,
                slice_of(g->tile[l].node[0],
                (size_t)(n % TREE_TILE_WIDTH) * HASH_LEN));
        g->changed[l] = false;
    }
    buf_init(&b, TREE_RANGE_MAX);
    tree_range_encode(&g->range, &b);
    if (e == OK)
        e = buf_done(&b);
    if (e == OK)
        e = store_meta_put(s, RANGE_KEY, slice_of_buf(&b));
    buf_clear(&b);
    g->dirty = false;
    return e;
}

/* Add a leaf to the edge; tiles that it fills are written now. */
static enum err
grow(struct store *s, const uint8_t leafhash[static HASH_LEN])
{
    struct store_edge *g = &s->edge;
    uint8_t done[64][HASH_LEN];
    uint64_t index = g->range.size;
    unsigned levels = tree_range_grow(&g->range, leafhash, done);

    g->dirty = true;
    for (unsigned l = 0; l < levels && l / TREE_TILE_HEIGHT < STORE_LEVELS;
        l++) {
        unsigned up = l % TREE_TILE_HEIGHT, level = l / TREE_TILE_HEIGHT;
        size_t at = (size_t)(index >> l) % (TREE_TILE_WIDTH >> up);
        struct store_tile *t = &g->tile[level];
        enum err e;

        memcpy(t->node[above(up) + at], done[l], HASH_LEN);
        if (up > 0)
            continue;
        g->changed[level] = at + 1 < TREE_TILE_WIDTH;
        if (g->changed[level])
            continue;
        e = write_tile(s, level, (index >> l) / TREE_TILE_WIDTH,
            slice_of(t->node[0], TILE_BYTES));
        if (e != OK)
            return e;
    }
    return OK;
}

static enum err
put_leaf(struct store *s, uint64_t index, struct slice entry,
    const uint8_t salt[static HASH_LEN])
{
    struct query q;
    enum err e;

    query_start(&q, s, SQL_LEAF_PUT);
    query_put_u64(&q, index);
    query_put(&q, entry);
    if ((e = query_run(&q)) != OK)
        return e;
    query_start(&q, s, SQL_SALT_PUT);
    query_put_u64(&q, index);
    query_put_fixed(&q, salt, HASH_LEN);
    return query_run(&q);
}

static enum err
put_value(struct store *s, uint64_t index, const struct store_value *v)
{
    struct query q;

    if (v->value.n > ENTRY_VALUE_MAX)
        return store_fail(s, E_OVERSIZE);
    query_start(&q, s, SQL_VALUE_PUT);
    query_put_u64(&q, index);
    query_put_u64(&q, v->type);
    query_put(&q, v->value);
    return query_run(&q);
}

enum err
store_leaf_append(struct store *s, struct slice entry,
    const uint8_t salt[static HASH_LEN], const struct store_value *values,
    size_t nvalues, uint64_t *index)
{
    uint8_t leafhash[HASH_LEN];
    uint64_t at;
    enum err e;

    assert(s->writing);
    if (entry.n > ENTRY_MAX)
        return store_fail(s, E_OVERSIZE);
    if (nvalues > ENTRY_FIELDS_MAX)
        return store_fail(s, E_FIELD_RANGE);
    if ((e = s->bad) != OK || (e = load_edge(s)) != OK)
        return store_fail(s, e);
    at = s->edge.range.size;
    if (at >= TREE_SIZE_MAX)
        return store_fail(s, E_FIELD_RANGE);
    if ((e = put_leaf(s, at, entry, salt)) != OK)
        return e;
    for (size_t i = 0; i < nvalues; i++)
        if ((e = put_value(s, at, &values[i])) != OK)
            return e;
    tree_leaf(entry, leafhash);
    if ((e = grow(s, leafhash)) != OK)
        return e;
    *index = at;
    return OK;
}

enum err
store_log_size(struct store *s, uint64_t *size)
{
    enum err e = load_edge(s);

    if (e == OK)
        *size = s->edge.range.size;
    return e;
}

enum err
store_log_root(struct store *s, uint64_t *size,
    uint8_t root[static HASH_LEN])
{
    enum err e = store_log_size(s, size);

    if (e == OK)
        tree_range_root(&s->edge.range, root);
    return e;
}

/* The full tile of a level that was read last stays here. */
static enum err
read_full(struct store *s, unsigned level, uint64_t n,
    const struct store_tile **out)
{
    struct store_tile *t = &s->edge.full[level];
    struct buf b;
    enum err e = OK;

    *out = t;
    if (s->edge.has_full[level] && t->n == n)
        return OK;
    buf_init(&b, TILE_BYTES);
    e = read_tile(s, level, n, &b);
    if (e == ERR_NOTFOUND || (e == OK && b.n != TILE_BYTES))
        e = ERR_IO;
    if (e == OK)
        fill_tile(t, b.p, TREE_TILE_WIDTH);
    t->n = n;
    s->edge.has_full[level] = e == OK;
    buf_clear(&b);
    return e;
}

enum err
store_tree_fetch(void *store, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    struct store *s = store;
    struct store_edge *g = &s->edge;
    const struct store_tile *t;
    struct tree_place p;
    enum err e;

    if ((e = load_edge(s)) != OK)
        return e;
    if (level >= 64 || index >= g->range.size >> level)
        return E_FIELD_RANGE;
    p = tree_place(level, index);
    if (p.tile == nodes_at(g->range.size, p.level) / TREE_TILE_WIDTH)
        t = &g->tile[p.level];
    else if ((e = read_full(s, p.level, p.tile, &t)) != OK)
        return e;
    get_node(t, level, index, out);
    return OK;
}

enum err
store_entry_get(struct store *s, uint64_t index, struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_LEAF_GET);
    query_put_u64(&q, index);
    return query_blob(&q, out);
}

enum err
store_entry_list(struct store *s, uint64_t from, unsigned max,
    store_entry_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_LEAVES);
    query_put_u64(&q, from);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        uint64_t i = query_get_u64(&q, 0, INT64_MAX);
        struct slice entry = query_get(&q, 1);

        if (q.e == OK)
            q.e = fn(arg, i, entry);
    }
    return query_end(&q);
}

enum err
store_step_put(struct store *s, const uint8_t obj[static HASH_LEN],
    uint64_t index)
{
    struct query q;

    query_start(&q, s, SQL_STEP_PUT);
    query_put_fixed(&q, obj, HASH_LEN);
    query_put_u64(&q, index);
    return query_run(&q);
}

enum err
store_step_list(struct store *s, const uint8_t obj[static HASH_LEN],
    uint64_t from, unsigned max, store_step_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_STEPS);
    query_put_fixed(&q, obj, HASH_LEN);
    query_put_u64(&q, from);
    query_put_u64(&q, max);
    while (query_next(&q)) {
        uint64_t i = query_get_u64(&q, 0, INT64_MAX);

        if (q.e == OK)
            q.e = fn(arg, i);
    }
    return query_end(&q);
}

enum err
store_opening_get(struct store *s, uint64_t index, enum entry_type type,
    struct arena *a, struct opening *out)
{
    struct query q;
    uint8_t salt[HASH_LEN] = { 0 };
    struct slice value = SLICE_EMPTY;
    bool found;
    enum err e;

    query_start(&q, s, SQL_OPENING_GET);
    query_put_u64(&q, index);
    query_put_u64(&q, type);
    found = query_next(&q);
    if (found) {
        query_get_fixed(&q, 0, salt, HASH_LEN);
        value = query_get(&q, 1);
        if (q.e == OK)
            q.e = store_keep(a, &value);
    }
    if ((e = query_end_one(&q, found)) != OK)
        return e;
    out->type = (uint16_t)type;
    entry_salt(salt, type, out->salt_f);
    out->value = value;
    return OK;
}

enum err
store_openings_erase(struct store *s, uint64_t from, uint64_t to)
{
    static const enum sql both[2] = { SQL_VALUE_ERASE, SQL_SALT_ERASE };
    struct query q;
    enum err e = OK;

    for (size_t i = 0; i < 2 && e == OK; i++) {
        query_start(&q, s, both[i]);
        query_put_u64(&q, from);
        query_put_u64(&q, to);
        e = query_run(&q);
    }
    return e;
}

enum err
store_note_put(struct store *s, uint64_t size, struct slice note)
{
    struct query q;

    query_start(&q, s, SQL_NOTE_PUT);
    query_put_u64(&q, size);
    query_put(&q, note);
    return query_run(&q);
}

enum err
store_note_get(struct store *s, uint64_t size, struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_NOTE_GET);
    query_put_u64(&q, size);
    return query_blob(&q, out);
}

enum err
store_note_newest(struct store *s, uint64_t *size, struct buf *out)
{
    struct query q;
    uint64_t newest = 0;
    bool found;
    enum err e;

    query_start(&q, s, SQL_NOTE_NEWEST);
    found = query_next(&q);
    if (found) {
        newest = query_get_u64(&q, 0, TREE_SIZE_MAX);
        buf_put_slice(out, query_get(&q, 1));
        if (q.e == OK)
            q.e = buf_done(out);
    }
    if ((e = query_end_one(&q, found)) == OK)
        *size = newest;
    return e;
}

enum err
store_peerlog_put(struct store *s, const struct store_peerlog *p)
{
    struct query q;

    query_start(&q, s, SQL_PEERLOG_PUT);
    query_put(&q, p->origin);
    query_put_u64(&q, p->size);
    query_put_fixed(&q, p->root, HASH_LEN);
    query_put(&q, p->note);
    query_put(&q, p->cosigned);
    return query_run_one(&q, E_FIELD_RANGE);
}

static void
load_peerlog(struct query *q, struct store_peerlog *p)
{
    *p = (struct store_peerlog){
        .origin = query_get(q, 0),
        .size = query_get_u64(q, 1, TREE_SIZE_MAX),
        .note = query_get(q, 3),
        .cosigned = query_get(q, 4),
    };
    query_get_fixed(q, 2, p->root, HASH_LEN);
}

enum err
store_peerlog_get(struct store *s, struct slice origin, struct arena *a,
    struct store_peerlog *out)
{
    struct query q;
    struct store_peerlog p = { 0 };
    bool found;
    enum err e;

    query_start(&q, s, SQL_PEERLOG_GET);
    query_put(&q, origin);
    found = query_next(&q);
    if (found) {
        load_peerlog(&q, &p);
        if (q.e == OK)
            q.e = store_keep(a, &p.origin);
        if (q.e == OK)
            q.e = store_keep(a, &p.note);
        if (q.e == OK)
            q.e = store_keep(a, &p.cosigned);
    }
    if ((e = query_end_one(&q, found)) == OK)
        *out = p;
    return e;
}

enum err
store_peerlog_list(struct store *s, store_peerlog_fn fn, void *arg)
{
    struct query q;
    struct store_peerlog p = { .size = 0 };

    query_start(&q, s, SQL_PEERLOGS);
    while (query_next(&q)) {
        load_peerlog(&q, &p);
        if (q.e == OK)
            q.e = fn(arg, &p);
    }
    return query_end(&q);
}
