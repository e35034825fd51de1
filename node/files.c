#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "keys/point.h"
#include "keys/random.h"
#include "node/check.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/peers.h"
#include "node/pull.h"
#include "node/store_msg.h"
#include "proto/policy.h"

#define LOOSE_MAX 64                    /* of one tick */

struct upload_row {
    struct upload_row *next;
    uint8_t name[BLOB_NAME_LEN];
    struct upload at;
};

/* A grant of the batch that runs, in its arena. */
struct given {
    struct given *next;
    struct files_grant g;
};

struct files {
    struct blobs *blobs;
    struct upload_row *uploads;
    struct files_grant grants[FILES_GRANTS];
    uint8_t place[PARCEL_BLOCK];
    struct given *given, **last_given;
    size_t n_gone, n_stuck;             /* the first could not be removed */
    uint8_t gone[LOOSE_MAX][BLOB_NAME_LEN];
};

/* Names of which there is a row. */
struct names {
    size_t n, room;
    uint8_t (*name)[BLOB_NAME_LEN];
};

static enum err
note_name(void *arg, const struct store_parcel *p)
{
    struct names *l = arg;
    void *more;

    if (l->n == l->room) {
        l->room = l->room == 0 ? 64 : 2 * l->room;
        if ((more = realloc(l->name, l->room * BLOB_NAME_LEN)) == NULL)
            return ERR_NOMEM;
        l->name = more;
    }
    memcpy(l->name[l->n++], p->name, BLOB_NAME_LEN);
    return OK;
}

static int
order(const void *a, const void *b)
{
    return memcmp(a, b, BLOB_NAME_LEN);
}

static bool
is_known(void *arg, const uint8_t name[static BLOB_NAME_LEN])
{
    const struct names *l = arg;

    return l->n > 0 && bsearch(name, l->name, l->n, BLOB_NAME_LEN, order) !=
        NULL;
}

enum err
files_open(struct core *c)
{
    struct names known = { .n = 0 };
    enum err e;

    if ((c->files = calloc(1, sizeof(*c->files))) == NULL)
        return ERR_NOMEM;
    c->files->last_given = &c->files->given;
    if ((e = blobs_open(c->o.folder, &c->files->blobs)) != OK ||
        (e = store_parcels_all(c->store, note_name, &known)) != OK)
        goto out;
    if (known.n > 0)
        qsort(known.name, known.n, BLOB_NAME_LEN, order);
    e = blobs_sweep(c->files->blobs, is_known, &known);
out:
    free(known.name);
    return e;
}

void
files_close(struct core *c)
{
    struct upload_row *next;

    if (c->files == NULL)
        return;
    for (struct upload_row *u = c->files->uploads; u != NULL; u = next) {
        next = u->next;
        free(u);
    }
    blobs_close(c->files->blobs);
    free(c->files);
    c->files = NULL;
}

struct blobs *
files_blobs(struct core *c)
{
    return c->files->blobs;
}

uint8_t *
files_place(struct core *c)
{
    return c->files->place;
}

static struct upload_row *
find_upload(const struct core *c, const struct store_parcel *p)
{
    struct upload_row *u = c->files->uploads;

    while (u != NULL && memcmp(u->name, p->name, BLOB_NAME_LEN) != 0)
        u = u->next;
    return u;
}

enum err
files_upload(struct core *c, const struct store_parcel *p,
    struct upload **out)
{
    struct upload_row *u = find_upload(c, p);

    if (u == NULL) {
        if ((u = calloc(1, sizeof(*u))) == NULL)
            return ERR_NOMEM;
        memcpy(u->name, p->name, BLOB_NAME_LEN);
        /* What was written and not yet synced before this run began. */
        u->at.have = p->have;
        while (u->at.have < parcel_blocks(p->length) &&
            blob_written(c->files->blobs, p, u->at.have))
            u->at.have++;
        u->next = c->files->uploads;
        c->files->uploads = u;
    }
    *out = &u->at;
    return OK;
}

void
files_uploaded(struct core *c, const struct store_parcel *p)
{
    struct upload_row **at = &c->files->uploads, *u;

    while ((u = *at) != NULL && memcmp(u->name, p->name, BLOB_NAME_LEN) != 0)
        at = &u->next;
    if (u == NULL)
        return;
    *at = u->next;
    free(u);
}

enum err
files_progress(struct core *c, const struct store_parcel *p, unsigned *most,
    uint64_t *have, uint64_t *rate)
{
    struct upload *u;
    enum err e;

    *have = p->have;
    *rate = 0;
    if (!p->upload)
        return OK;
    if (find_upload(c, p) == NULL) {
        if (*most == 0)
            return OK;
        --*most;
    }
    if ((e = files_upload(c, p, &u)) != OK)
        return e;
    *have = u->have;
    *rate = speed_of(&u->speed, c->now.mono);
    return OK;
}

static enum err
count_upload(struct core *c, const struct upload_row *u)
{
    struct store_parcel p;
    enum err e = store_parcel_upload(c->store, u->name, NULL, &p);

    if (e == OK && u->at.have > p.have &&
        blob_sync(c->files->blobs, &p) == OK) {
        p.have = u->at.have;
        e = store_parcel_set(c->store, &p);
    }
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
files_count(struct core *c)
{
    enum err e = OK;

    for (const struct upload_row *u = c->files->uploads; e == OK && u != NULL;
        u = u->next)
        e = count_upload(c, u);
    for (struct peer *p = c->peers; e == OK && p != NULL; p = p->next)
        e = pull_count(c, p, true);
    return e;
}

/* Damage. */

/* Each message that has gone or goes out with it cannot be given any more. */
static enum err
alarm_one(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    struct core *c = arg;
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_message m;
    enum err e;

    (void)p;
    if (a == NULL)
        return ERR_NOMEM;
    if ((e = store_message_get(c->store, claim->n, a, &m)) == OK)
        e = ledger_alarm(c, m.peer, E_PARCEL_DAMAGED, m.digest);
    arena_free(a);
    return e;
}

/* False where that was said before. */
static bool
lose(struct core *c, struct store_parcel *row, uint64_t i)
{
    const bool own = store_parcel_own(row);
    char name[2 * BLOB_NAME_LEN + 1];

    if (own ? row->code == E_PARCEL_DAMAGED : row->have <= i)
        return false;
    hex_encode(SLICE(row->name), name);
    core_log(c, E_PARCEL_DAMAGED, "blobs/%s, block %" PRIu64, name, i);
    row->code = E_PARCEL_DAMAGED;
    row->at = c->now.lo;
    if (!own)
        row->have = i;
    return true;
}

enum err
files_damaged(struct core *c, uint64_t parcel, uint64_t i)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_parcel row;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = store_parcel_get(c->store, parcel, a, &row)) == OK &&
        lose(c, &row, i) && (e = store_parcel_set(c->store, &row)) == OK) {
        if (store_parcel_own(&row))
            e = store_claims_on(c->store, parcel, alarm_one, c);
        else
            pull_anew(c, &row);
    }
    arena_free(a);
    return e == ERR_NOTFOUND ? OK : e;
}

/* Claims. */

static const char *const which_names[] = { "attachments[0]",
    "attachments[1]" };

static struct slice
root_of(const struct checked *k, enum parcel_which which)
{
    const struct value *v = record_value(k->m.common, "attachments");

    return v != NULL && v->n == PARCEL_WHICH ?
        record_bytes(v->v[which].r, "root") : SLICE_EMPTY;
}

static uint64_t
length_of(const struct checked *k, enum parcel_which which)
{
    const struct value *v = record_value(k->m.common, "attachments");

    return record_uint(v->v[which].r, "length");
}

/* All of a stream that an own message names is here; a root that a peer has
 * named before has the length that it had then. */
static enum err
check_known(struct core *c, const struct checked *k, enum parcel_which which,
    struct fault *f)
{
    struct store_parcel p;
    enum err e;

    e = store_parcel_find(c->store, k->own ? SLICE_EMPTY : k->peer,
        root_of(k, which).p, NULL, &p);
    if (e == OK && p.length != length_of(k, which))
        return fault_set(f, E_DIGEST_MISMATCH, 42, "%s.length",
            which_names[which]);
    if (e == ERR_NOTFOUND)
        return k->own ? fault_set(f, E_BLOCKS_MISSING, 42, "%s",
            which_names[which]) : OK;
    return e;
}

enum err
files_check(struct core *c, const struct checked *k, struct fault *f)
{
    const struct value *v = record_value(k->m.common, "attachments");
    enum err e;

    if (v == NULL)
        return OK;
    if (v->n != PARCEL_WHICH || k->env.body_of.body_len == 0)
        return fault_set(f, E_FIELD_RANGE, 42, "attachments");
    for (enum parcel_which w = 0; w < PARCEL_WHICH; w++) {
        if (!parcel_length_ok(length_of(k, w)))
            return fault_set(f, E_FIELD_RANGE, 42, "%s.length",
                which_names[w]);
        if ((e = check_known(c, k, w, f)) != OK)
            return e;
    }
    if (slice_equal(root_of(k, PARCEL_FILES), root_of(k, PARCEL_MANIFEST)))
        return fault_set(f, E_FIELD_RANGE, 42, "%s.root", which_names[1]);
    return OK;
}

enum err
files_whole(struct core *c, const struct checked *k, struct fault *f)
{
    struct store_parcel p;
    enum err e;

    for (enum parcel_which w = 0; w < PARCEL_WHICH; w++) {
        if (root_of(k, w).n != HASH_LEN)
            continue;
        if ((e = store_parcel_find(c->store, SLICE_EMPTY, root_of(k, w).p,
            NULL, &p)) != OK)
            return e;
        if (p.code == E_PARCEL_DAMAGED)
            return fault_set(f, E_PARCEL_LOST, 0, "%s", which_names[w]);
    }
    return OK;
}

/* The row of a peer's stream, which is made where it is named first. */
static enum err
row_of_peer(struct core *c, const struct checked *k, enum parcel_which which,
    struct store_parcel *p)
{
    const struct slice root = root_of(k, which);
    enum err e;

    e = store_parcel_find(c->store, k->peer, root.p, NULL, p);
    if (e != ERR_NOTFOUND)
        return e;
    *p = (struct store_parcel){ .owner = k->peer, .length =
        length_of(k, which), .at = c->now.lo };
    memcpy(p->root, root.p, HASH_LEN);
    random_bytes(p->name, BLOB_NAME_LEN);
    return store_parcel_put(c->store, p);
}

/* Who had named it does so no more, and it was not collected yet. */
static enum err
name_again(struct core *c, struct store_parcel *p)
{
    p->at = c->now.lo;
    return store_parcel_set(c->store, p);
}

enum err
files_claim(struct core *c, const struct checked *k, uint64_t n)
{
    struct store_claim claim = { .n = n };
    struct store_parcel p;
    enum err e;

    for (enum parcel_which w = 0; w < PARCEL_WHICH; w++) {
        if (root_of(k, w).n != HASH_LEN || (!k->own && w == PARCEL_FILES &&
            k->m.kind->n == KIND_EVIDENCE_OFFER))
            continue;
        e = k->own ? store_parcel_find(c->store, SLICE_EMPTY,
            root_of(k, w).p, NULL, &p) : row_of_peer(c, k, w, &p);
        if (e == OK && p.at == 0)
            e = name_again(c, &p);
        if (e != OK)
            return e;
        claim.which = w;
        claim.parcel = p.id;
        if ((e = store_claim_put(c->store, &claim)) != OK)
            return e;
    }
    return OK;
}

/* Room. */

enum err
files_room(struct core *c, uint64_t *room)
{
    uint64_t promised, kept = c->o.limits.reserve;
    enum err e;

    if ((e = blobs_room(c->files->blobs, room)) != OK ||
        (e = store_parcel_promised(c->store, c->now.lo -
        FILES_PROMISE, &promised)) != OK)
        return e;
    kept += promised + pull_promised(c);
    *room = *room > kept ? *room - kept : 0;
    return OK;
}

enum err
files_share(struct core *c, const uint8_t kid[static HASH_LEN],
    uint64_t *left)
{
    const uint64_t share = c->o.limits.officer_room;
    uint64_t taken = 0;
    enum err e = OK;

    if (share != 0)
        e = store_parcel_unsent(c->store, kid, c->now.lo - FILES_PROMISE,
            &taken);
    *left = share == 0 ? UINT64_MAX : share > taken ? share - taken : 0;
    return e;
}

/* Who may fetch. */

struct files_grant *
files_granted(struct core *c, const uint8_t *kid, uint64_t n)
{
    struct files *s = c->files;

    for (size_t i = 0; i < FILES_GRANTS; i++)
        if (s->grants[i].n == n && s->grants[i].until > c->now.mono &&
            memcmp(s->grants[i].kid, kid, HASH_LEN) == 0)
            return &s->grants[i];
    return NULL;
}

enum err
files_grant(struct core *c, uint64_t n, const struct policy_facts *p,
    enum may act)
{
    struct given *x = arena_get(c->batch, sizeof(*x));

    if (x == NULL)
        return ERR_NOMEM;
    if (p->proceeding.n > FILES_PROCEEDING_MAX)
        return ERR_INTERNAL;
    x->g = (struct files_grant){ .n = n, .act = act,
        .until = c->now.mono + FILES_GRANT_MS, .asked = c->now.mono,
        .purpose = p->purpose, .proceeding_n = p->proceeding.n };
    memcpy(x->g.kid, p->reader, HASH_LEN);
    if (p->proceeding.n > 0)
        memcpy(x->g.proceeding, p->proceeding.p, p->proceeding.n);
    x->next = NULL;
    *c->files->last_given = x;
    c->files->last_given = &x->next;
    return OK;
}

static size_t
grants_of(const struct files *s, const uint8_t *kid)
{
    size_t n = 0;

    for (size_t i = 0; i < FILES_GRANTS; i++)
        n += memcmp(s->grants[i].kid, kid, HASH_LEN) == 0;
    return n;
}

/* A place that is free, or else the oldest of whoever would have the most, so
 * that nobody makes his colleagues open again. */
static struct files_grant *
place_of(struct core *c, const uint8_t *kid)
{
    struct files *s = c->files;
    struct files_grant *best = NULL;
    size_t most = 0, n;

    for (size_t i = 0; i < FILES_GRANTS; i++) {
        struct files_grant *g = &s->grants[i];

        if (g->until <= c->now.mono)
            return g;
        n = grants_of(s, g->kid) + (memcmp(g->kid, kid, HASH_LEN) == 0);
        if (best == NULL || n > most || (n == most && g->until <
            best->until)) {
            best = g;
            most = n;
        }
    }
    return best;
}

static void
put_grant(struct core *c, struct files_grant *new)
{
    struct files_grant *g = files_granted(c, new->kid, new->n);

    if (g == NULL)
        g = place_of(c, new->kid);
    else
        memcpy(new->handed, g->handed, sizeof(g->handed));
    *g = *new;
}

/* Collection. */

struct loose {
    size_t n;
    struct store_parcel p[LOOSE_MAX];
};

static enum err
note_loose(void *arg, const struct store_parcel *p)
{
    struct loose *l = arg;

    l->p[l->n++] = *p;
    return OK;
}

/* The row goes with the batch, the files after it. */
enum err
files_forget(struct core *c, const struct store_parcel *p)
{
    struct files *s = c->files;
    enum err e;

    if (s->n_gone == LOOSE_MAX)
        return E_BUSY;
    files_uploaded(c, p);
    memcpy(s->gone[s->n_gone++], p->name, BLOB_NAME_LEN);
    e = store_parcel_drop(c->store, p->id);
    POINT("forgetting");
    return e;
}

enum err
files_tick(struct core *c)
{
    struct loose l = { .n = 0 };
    enum err e;

    e = store_parcels_loose(c->store, c->now.lo - FILES_LOOSE_LIFE,
        c->now.lo - FILES_UPLOAD_LIFE, (unsigned)(LOOSE_MAX -
        c->files->n_gone), note_loose, &l);
    for (size_t i = 0; e == OK && i < l.n; i++)
        e = files_forget(c, &l.p[i]);
    return e;
}

bool
files_leaves(const struct core *c, const uint8_t name[static BLOB_NAME_LEN])
{
    const struct files *s = c->files;

    for (size_t i = 0; i < s->n_gone; i++)
        if (memcmp(s->gone[i], name, BLOB_NAME_LEN) == 0)
            return true;
    return false;
}

/* After the commit. */

static void
forget_given(struct files *s)
{
    s->given = NULL;
    s->last_given = &s->given;
}

/* What cannot be removed now is tried again after the next batch. */
static void
remove_gone(struct core *c)
{
    struct files *s = c->files;
    size_t stuck = 0;
    enum err e;

    for (size_t i = 0; i < s->n_gone; i++) {
        POINT("removing");
        if ((e = blob_drop(s->blobs, s->gone[i])) == OK)
            continue;
        if (i >= s->n_stuck)
            core_log(c, e, "files that no message names stay on the disk");
        memmove(s->gone[stuck++], s->gone[i], BLOB_NAME_LEN);
    }
    s->n_gone = s->n_stuck = stuck;
}

void
files_committed(struct core *c)
{
    for (struct given *x = c->files->given; x != NULL; x = x->next)
        put_grant(c, &x->g);
    forget_given(c->files);
    remove_gone(c);
}

void
files_undone(struct core *c)
{
    forget_given(c->files);
    c->files->n_gone = c->files->n_stuck;
}
