#include <string.h>

#include "node/store_in.h"
#include "node/store_msg.h"
#include "node/store_parcel.h"
#include "proto/entry.h"
#include "proto/kinds.h"

/* One in columns from col on; texts are the query's. */
static void
read_parcel(struct query *q, int col, struct store_parcel *p)
{
    p->id = query_get_u64(q, col, INT64_MAX);
    p->owner = query_get(q, col + 1);
    query_get_fixed(q, col + 2, p->root, HASH_LEN);
    query_get_fixed(q, col + 3, p->name, BLOB_NAME_LEN);
    p->length = query_get_u64(q, col + 4, PARCEL_LENGTH_MAX);
    p->have = query_get_u64(q, col + 5, PARCEL_BLOCKS_MAX);
    p->upload = query_get_u64(q, col + 6, 1) != 0;
    p->code = (uint16_t)query_get_u64(q, col + 7, UINT16_MAX);
    p->at = query_get_i64(q, col + 8);
}

bool
store_parcel_own(const struct store_parcel *p)
{
    return p->owner.n == 0 || p->owner.n == HASH_LEN;
}

enum err
store_parcel_put(struct store *s, struct store_parcel *p)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_PUT);
    query_put(&q, p->owner);
    query_put_fixed(&q, p->root, HASH_LEN);
    query_put_fixed(&q, p->name, BLOB_NAME_LEN);
    query_put_u64(&q, p->length);
    query_put_u64(&q, p->have);
    query_put_u64(&q, p->upload);
    query_put_u64(&q, p->code);
    query_put_i64(&q, p->at);
    while (query_next(&q))
        p->id = query_get_u64(&q, 0, INT64_MAX);
    return store_fail(s, query_end(&q));
}

static enum err
one(struct query *q, struct arena *a, struct store_parcel *out)
{
    bool found = false;
    struct store_parcel p;
    enum err e;

    while (query_next(q)) {
        read_parcel(q, 0, &p);
        found = true;
        if (q->e == OK)
            q->e = store_keep(a, &p.owner);
    }
    if ((e = query_end_one(q, found)) == OK)
        *out = p;
    return e;
}

enum err
store_parcel_get(struct store *s, uint64_t id, struct arena *a,
    struct store_parcel *out)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_GET);
    query_put_u64(&q, id);
    return one(&q, a, out);
}

enum err
store_parcel_find(struct store *s, struct slice owner,
    const uint8_t root[static HASH_LEN], struct arena *a,
    struct store_parcel *out)
{
    struct query q;

    query_start(&q, s, owner.n == 0 ? SQL_PARCEL_OWN : SQL_PARCEL_FIND);
    query_put_fixed(&q, root, HASH_LEN);
    if (owner.n > 0)
        query_put(&q, owner);
    return one(&q, a, out);
}

enum err
store_parcel_upload(struct store *s, const uint8_t name[static BLOB_NAME_LEN],
    struct arena *a, struct store_parcel *out)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_UPLOAD);
    query_put_fixed(&q, name, BLOB_NAME_LEN);
    return one(&q, a, out);
}

enum err
store_parcel_named(struct store *s, const uint8_t name[static BLOB_NAME_LEN],
    struct arena *a, struct store_parcel *out)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_NAMED);
    query_put_fixed(&q, name, BLOB_NAME_LEN);
    return one(&q, a, out);
}

enum err
store_parcel_set(struct store *s, const struct store_parcel *p)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_SET);
    query_put_u64(&q, p->id);
    query_put_fixed(&q, p->root, HASH_LEN);
    query_put_u64(&q, p->length);
    query_put_u64(&q, p->have);
    query_put_u64(&q, p->upload);
    query_put_u64(&q, p->code);
    query_put_i64(&q, p->at);
    return query_run_one(&q, ERR_NOTFOUND);
}

enum err
store_parcel_drop(struct store *s, uint64_t id)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_DROP);
    query_put_u64(&q, id);
    return query_run(&q);
}

enum err
store_parcel_promised(struct store *s, int64_t since, uint64_t *bytes)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_PROMISED);
    query_put_u64(&q, PARCEL_BLOCK);
    query_put_i64(&q, since);
    return query_count(&q, bytes);
}

enum err
store_parcel_unsent(struct store *s, const uint8_t kid[static HASH_LEN],
    int64_t since, uint64_t *bytes)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_UNSENT);
    query_put_fixed(&q, kid, HASH_LEN);
    query_put_i64(&q, since);
    query_put_u64(&q, PARCEL_BLOCK);
    query_put_u64(&q, EVENT_STORED);
    query_put_u64(&q, KIND_EVIDENCE_OFFER);
    query_put_u64(&q, PARCEL_FILES);
    return query_count(&q, bytes);
}

enum err
store_parcel_unopened(struct store *s, struct slice owner, uint64_t *bytes)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_UNOPENED);
    query_put(&q, owner);
    query_put_u64(&q, PARCEL_BLOCK);
    query_put_u64(&q, E_PARCEL_ROOM);
    query_put_u64(&q, E_QUOTA);
    query_put_u64(&q, STORE_PARCEL_AHEAD);
    query_put_u64(&q, STORE_RECEIVED);
    return query_count(&q, bytes);
}

uint64_t
store_parcel_here(const struct store_parcel *p)
{
    const bool clean = p->code == OK || p->code == E_PARCEL_ROOM ||
        p->code == E_QUOTA;
    const uint64_t n = (p->have + (clean ? 0 : STORE_PARCEL_AHEAD)) *
        PARCEL_BLOCK;

    return n < p->length ? n : p->length;
}

enum err
store_parcel_uploads(struct store *s, const uint8_t kid[static HASH_LEN],
    uint64_t *all, uint64_t *own)
{
    struct query q;
    bool found;

    query_start(&q, s, SQL_PARCEL_UPLOADS);
    query_put_fixed(&q, kid, HASH_LEN);
    if ((found = query_next(&q))) {
        *all = query_get_u64(&q, 0, INT64_MAX);
        *own = query_get_u64(&q, 1, INT64_MAX);
    }
    return query_end_one(&q, found);
}

static enum err
parcels(struct query *q, store_parcel_fn fn, void *arg)
{
    struct store_parcel p;

    while (query_next(q)) {
        read_parcel(q, 0, &p);
        if (q->e == OK)
            q->e = fn(arg, &p);
    }
    return query_end(q);
}

enum err
store_parcel_uploads_of(struct store *s, const uint8_t kid[static HASH_LEN],
    unsigned max, store_parcel_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_PARCEL_UPLOADS_OF);
    query_put_fixed(&q, kid, HASH_LEN);
    query_put_u64(&q, max);
    return parcels(&q, fn, arg);
}

enum err
store_parcels_loose(struct store *s, int64_t before, int64_t upload_before,
    unsigned max, store_parcel_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_PARCELS_LOOSE);
    query_put_i64(&q, before);
    query_put_i64(&q, upload_before);
    query_put_u64(&q, max);
    return parcels(&q, fn, arg);
}

enum err
store_parcels_all(struct store *s, store_parcel_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_PARCELS_ALL);
    return parcels(&q, fn, arg);
}

enum err
store_claim_put(struct store *s, const struct store_claim *c)
{
    struct query q;

    query_start(&q, s, SQL_CLAIM_PUT);
    query_put_u64(&q, c->n);
    query_put_u64(&q, c->which);
    query_put_u64(&q, c->parcel);
    return query_run(&q);
}

enum err
store_claims_drop(struct store *s, uint64_t n)
{
    struct query q;
    enum err e;

    query_start(&q, s, SQL_CLAIMS_LOOSEN);
    query_put_u64(&q, n);
    if ((e = query_run(&q)) != OK)
        return e;
    query_start(&q, s, SQL_CLAIMS_DROP);
    query_put_u64(&q, n);
    return query_run(&q);
}

static enum err
claims(struct query *q, store_claim_fn fn, void *arg)
{
    struct store_parcel p;
    struct store_claim c;

    while (query_next(q)) {
        c.n = query_get_u64(q, 0, INT64_MAX);
        c.which = (enum parcel_which)query_get_u64(q, 1, PARCEL_WHICH - 1);
        read_parcel(q, 2, &p);
        c.parcel = p.id;
        if (q->e == OK)
            q->e = fn(arg, &c, &p);
    }
    return query_end(q);
}

enum err
store_claims_of(struct store *s, uint64_t n, store_claim_fn fn, void *arg)
{
    struct query q;

    query_start(&q, s, SQL_CLAIMS_OF);
    query_put_u64(&q, n);
    return claims(&q, fn, arg);
}

struct wanted {
    const uint8_t *root;
    bool found;
    unsigned *which;
    struct store_parcel *p;
};

static enum err
see_root(void *arg, const struct store_claim *c, const struct store_parcel *p)
{
    struct wanted *w = arg;

    if (memcmp(p->root, w->root, HASH_LEN) == 0) {
        w->found = true;
        *w->which = c->which;
        *w->p = *p;
    }
    return OK;
}

enum err
store_claim_find(struct store *s, uint64_t n,
    const uint8_t root[static HASH_LEN], unsigned *which,
    struct store_parcel *p)
{
    struct wanted w = { root, false, which, p };
    enum err e = store_claims_of(s, n, see_root, &w);

    return e != OK ? e : w.found ? OK : ERR_NOTFOUND;
}

enum err
store_claims_on(struct store *s, uint64_t parcel, store_claim_fn fn,
    void *arg)
{
    struct query q;

    query_start(&q, s, SQL_CLAIMS_ON);
    query_put_u64(&q, parcel);
    return claims(&q, fn, arg);
}

static enum err
see_any(void *arg, const struct store_claim *c, const struct store_parcel *p)
{
    (void)c;
    (void)p;
    *(bool *)arg = true;
    return OK;
}

enum err
store_claims_any(struct store *s, uint64_t n, bool *yes)
{
    *yes = false;
    return store_claims_of(s, n, see_any, yes);
}

enum err
store_parcel_claimed(struct store *s, uint64_t parcel, bool *yes)
{
    *yes = false;
    return store_claims_on(s, parcel, see_any, yes);
}

enum err
store_claims_wanted(struct store *s, struct slice owner, store_claim_fn fn,
    void *arg)
{
    struct query q;

    query_start(&q, s, SQL_CLAIMS_WANTED);
    query_put(&q, owner);
    query_put_u64(&q, PARCEL_BLOCK);
    return claims(&q, fn, arg);
}

enum err
store_claims_recent(struct store *s, unsigned max, store_claim_fn fn,
    void *arg)
{
    struct query q;

    query_start(&q, s, SQL_CLAIMS_RECENT);
    query_put_u64(&q, max);
    return claims(&q, fn, arg);
}

enum err
store_claims_came(struct store *s, unsigned max, store_claim_fn fn,
    void *arg)
{
    struct query q;

    query_start(&q, s, SQL_CLAIMS_CAME);
    query_put_u64(&q, max);
    return claims(&q, fn, arg);
}
