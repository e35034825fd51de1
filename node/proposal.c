/*
 * The staff list that waits for its second person.  There is one at most: it
 * is the next of its series, and its serial is free for another as long as
 * nobody has approved it.  So neither a mistake nor a hostile keeper stops
 * the next revocation.
 *
 * When it came is kept beside it: meta "staff waits" = u64 seconds || digest.
 */
#include <string.h>

#include "keys/directory.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/proposal.h"
#include "node/store_dir.h"
#include "node/trustbase.h"

#define SINCE_KEY "staff waits"
#define SINCE_LEN (8 + HASH_LEN)
#define WAITING_MAX 16

static enum err
put_since(struct core *c, const uint8_t *digest)
{
    uint8_t value[SINCE_LEN];

    put_u64(value, (uint64_t)c->now.lo);
    memcpy(value + 8, digest, HASH_LEN);
    return store_meta_put(c->store, SINCE_KEY, SLICE(value));
}

/* Since when a list waits; ERR_NOTFOUND if that was never written down. */
static enum err
since_of(struct core *c, const uint8_t *digest, int64_t *since)
{
    struct buf b;
    enum err e;

    buf_init(&b, SINCE_LEN);
    e = store_meta_get(c->store, SINCE_KEY, &b);
    if (e == OK && (b.n != SINCE_LEN ||
        memcmp(b.p + 8, digest, HASH_LEN) != 0))
        e = ERR_NOTFOUND;
    if (e == OK)
        *since = (int64_t)get_u64(b.p);
    buf_clear(&b);
    return e;
}

bool
proposal_lapsed(struct core *c, const uint8_t digest[static HASH_LEN])
{
    int64_t since;

    return c->now.trusted && since_of(c, digest, &since) == OK &&
        since <= c->now.lo - PROPOSAL_LIFE;
}

/* It waits no longer, and nobody can approve it. */
static enum err
end(struct core *c, const uint8_t *digest)
{
    const struct line l = { .event = EVENT_LAPSED, .obj = digest };
    uint64_t index;
    enum err e = store_object_drop(c->store, TRUST_STAFF, digest, 1);

    return e != OK ? e : ledger_append(c, &l, &index);
}

enum err
proposal_put(struct core *c, struct arena *a, uint64_t serial,
    const uint8_t digest[static HASH_LEN], struct slice object,
    struct fault *f)
{
    struct store_object same;
    struct rec *r;
    enum err e;

    e = store_object_get(c->store, TRUST_STAFF, core_self(c), serial, NULL,
        &same);
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    if (e == OK && memcmp(same.digest, digest, HASH_LEN) == 0 &&
        (same.state == 0 || !proposal_lapsed(c, digest)))
        return OK;
    if (e == OK && same.state == 0)
        return fault_set(f, E_FORK, 3, "staff.serial");
    /* What waits goes only for a list that could itself be approved. */
    if ((e = directory_proposed(c->dir, a, object, &r, f)) != OK ||
        (e = proposal_end_all(c)) != OK ||
        (e = put_since(c, digest)) != OK)
        return e;
    return trustbase_keep(c, TRUST_STAFF, core_self(c), serial, digest, 1,
        object);
}

struct waiting {
    size_t n;
    uint8_t digest[WAITING_MAX][HASH_LEN];
};

static enum err
note(void *arg, const struct store_object *o)
{
    struct waiting *w = arg;

    if (o->kind == TRUST_STAFF && w->n < WAITING_MAX)
        memcpy(w->digest[w->n++], o->digest, HASH_LEN);
    return OK;
}

enum err
proposal_end_all(struct core *c)
{
    struct waiting w = { .n = 0 };
    enum err e = store_objects_waiting(c->store, note, &w);

    for (size_t i = 0; e == OK && i < w.n; i++)
        e = end(c, w.digest[i]);
    return e;
}

/* One of which nobody wrote down when it came begins to wait now. */
enum err
proposal_lapse(struct core *c)
{
    struct waiting w = { .n = 0 };
    enum err e = store_objects_waiting(c->store, note, &w);
    int64_t since;

    for (size_t i = 0; e == OK && i < w.n; i++) {
        e = since_of(c, w.digest[i], &since);
        if (e == ERR_NOTFOUND)
            e = put_since(c, w.digest[i]);
        else if (e == OK && proposal_lapsed(c, w.digest[i]))
            e = end(c, w.digest[i]);
    }
    return e;
}
