/*
 * An officer's client hands in sealed files, block by block, before the
 * message that names them, and fetches those of a message that this person
 * has opened (FORMAT.md section 8, Files).
 */
#include <string.h>

#include "node/facts.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/outgoing.h"
#include "node/requests.h"
#include "node/store_msg.h"
#include "proto/policy.h"

#define BEGIN_SYNC_BLOCKS (FILES_SYNC_BLOCKS / 8)

/* What no client asks for that keeps to the protocol: an alarm besides. */
static enum err
alarmed(struct core *c, struct ask *k, enum err code, const char *path,
    const uint8_t *obj)
{
    const enum err e = ledger_alarm_of(c, k->who, code, obj);

    return e != OK ? e : fault_set(&k->f, code, 0, "%s", path);
}

/* The same of an upload: it is no message yet, and has a random id. */
static enum err
bad_upload(struct core *c, struct ask *k, enum err code, const char *path)
{
    uint8_t obj[HASH_LEN];

    hash_sha256(record_bytes(k->args, "upload"), obj);
    return alarmed(c, k, code, path, obj);
}

/* Ids are random; who knows another's is told nothing by it. */
static enum err
check_owner(struct core *c, struct ask *k, const struct store_parcel *p,
    enum err e)
{
    if (e == OK && p->owner.n > 0 && !slice_equal(p->owner,
        SLICE(k->who->kid)))
        return bad_upload(c, k, E_PARCEL_UNKNOWN, "upload");
    return e == ERR_NOTFOUND ? fault_set(&k->f, E_PARCEL_UNKNOWN, 42,
        "upload") : e;
}

/* An upload of the asker by the id in the arguments. */
static enum err
find_upload(struct core *c, struct ask *k, struct store_parcel *p)
{
    enum err e = store_parcel_upload(c->store, record_bytes(k->args,
        "upload").p, k->a, p);

    return check_owner(c, k, p, e);
}

/* A client has a few at once; what it left half-way lapses after a day, and
 * takes the places of its own officer alone. */
static enum err
check_number(struct core *c, struct ask *k)
{
    uint64_t all, own;
    enum err e = store_parcel_uploads(c->store, k->who->kid, &all, &own);

    if (e != OK)
        return e;
    if (own >= FILES_UPLOADS_OF)
        return fault_set(&k->f, E_QUOTA, 0, "upload");
    return all >= FILES_UPLOADS_MAX ? fault_set(&k->f, E_PARCEL_ROOM, 0,
        "upload") : OK;
}

static enum err
new_upload(struct core *c, struct ask *k, uint64_t length, uint64_t room,
    struct store_parcel *p)
{
    uint64_t left;
    enum err e;

    if (length > PARCEL_LENGTH_MAX || length == 0)
        return fault_set(&k->f, E_FIELD_RANGE, 42, "length");
    if (files_leaves(c, record_bytes(k->args, "upload").p))
        return E_BUSY;
    if (length > room)
        return fault_set(&k->f, E_PARCEL_ROOM, 0, "length");
    if ((e = files_share(c, k->who->kid, &left)) != OK)
        return e;
    if (length > left)
        return fault_set(&k->f, E_QUOTA, 0, "length");
    if ((e = check_number(c, k)) != OK)
        return e;
    *p = (struct store_parcel){ .owner = SLICE(k->who->kid),
        .length = length, .upload = true, .at = c->now.lo };
    memcpy(p->name, record_bytes(k->args, "upload").p, BLOB_NAME_LEN);
    return store_parcel_put(c->store, p);
}

/* Its client is there, though it may wait for room, and asks every few
 * seconds; or however slow it is, a block has come. */
static enum err
touch_upload(struct core *c, struct store_parcel *p)
{
    if (c->now.lo - p->at < FILES_TOUCH)
        return OK;
    p->at = c->now.lo;
    return store_parcel_set(c->store, p);
}

enum err
do_parcel_begin(struct core *c, struct ask *k)
{
    struct store_parcel p;
    struct upload *u;
    uint64_t room, left;
    enum err e;

    if ((e = files_room(c, &room)) != OK)
        return e;
    e = store_parcel_upload(c->store, record_bytes(k->args, "upload").p, k->a,
        &p);
    if (e == ERR_NOTFOUND)
        e = new_upload(c, k, record_uint(k->args, "length"), room, &p);
    else if ((e = check_owner(c, k, &p, e)) == OK)
        e = touch_upload(c, &p);
    if (e != OK || (e = files_upload(c, &p, &u)) != OK ||
        (e = ask_result(c, k)) != OK || (e = record_put_uint(c->batch,
        k->result, "have", u->have)) != OK)
        return e == ERR_EXISTS ? fault_set(&k->f, E_DUPLICATE, 3, "upload") :
            e;
    if ((e = record_put_uint(c->batch, k->result, "room", room)) != OK ||
        (e = files_share(c, k->who->kid, &left)) != OK)
        return e;
    return left == UINT64_MAX ? OK : record_put_uint(c->batch, k->result,
        "share", left);
}

/* The disk does not take or give back what was handed in: it is made anew, and
 * nothing else is touched by it. */
static enum err
give_up(struct core *c, struct ask *k, const struct store_parcel *p, enum err e)
{
    enum err forgot;

    if (e == ERR_NOMEM)
        return e;
    core_log(c, e, "an upload of %s is given up", k->who->label);
    if ((forgot = files_forget(c, p)) != OK)
        return forgot;
    return fault_set(&k->f, e == ERR_FULL ? E_PARCEL_ROOM : E_PARCEL_DAMAGED,
        0, "upload");
}

/* All that was written until now is durable, and the row may say so.  What
 * failed to become so may be gone although it can be read. */
static enum err
sync_upload(struct core *c, struct ask *k, struct store_parcel *p,
    uint64_t have)
{
    enum err e = blob_sync(files_blobs(c), p);

    if (e != OK)
        return give_up(c, k, p, e);
    p->have = have;
    p->at = c->now.lo;
    return store_parcel_set(c->store, p);
}

enum err
do_memory(struct core *c, struct ask *k)
{
    uint8_t name[LEND_NAME_LEN];
    struct slice copy;
    enum err e = lends_new(c->o.lends, k->who->kid, c->now.mono, name);

    if (e != OK)
        return fault_set(&k->f, e, 0, "memory");
    if ((e = arena_copy(c->batch, SLICE(name), &copy)) != OK ||
        (e = ask_result(c, k)) != OK)
        return e;
    return record_put_bytes(c->batch, k->result, "memory", copy);
}

/* Lent memory that the request names, or -1. */
static enum err
find_lent(struct core *c, struct ask *k, int *fd)
{
    *fd = -1;
    if (!record_has(k->args, "memory"))
        return OK;
    *fd = lends_find(c->o.lends, k->who->kid, record_bytes(k->args,
        "memory").p, c->now.mono);
    return *fd >= 0 ? OK : fault_set(&k->f, E_NOT_LENT, 0, "memory");
}

/* The bytes of a block.  Those in lent memory are copied before anything is
 * done with them, since the client can still change them. */
static enum err
read_block(struct core *c, struct ask *k, struct slice *out)
{
    const uint64_t n = record_uint(k->args, "size");
    uint8_t *to = files_place(c);
    int fd;
    enum err e;

    *out = record_bytes(k->args, "block");
    if ((e = find_lent(c, k, &fd)) != OK || fd < 0)
        return e;
    if ((e = lend_get(fd, record_uint(k->args, "slot"), to, (size_t)n))
        != OK)
        return fault_set(&k->f, e, 0, "slot");
    *out = slice_of(to, (size_t)n);
    return OK;
}

/* A block out of its place.  What goes on behind a frame that was lost, or for
 * which there was no room, is handed in again; so is none that there cannot
 * be. */
static enum err
bad_index(struct core *c, struct ask *k, const struct store_parcel *p,
    const struct upload *u)
{
    const uint64_t i = record_uint(k->args, "index");

    if (!u->ended && i < parcel_blocks(p->length) &&
        i - u->have < ASK_BLOCKS_AHEAD)
        return fault_set(&k->f, E_BLOCK_INDEX, 42, "index");
    return bad_upload(c, k, E_BLOCK_INDEX, "index");
}

/* The next block, or one that came before: then there is nothing to do. */
enum err
do_block_put(struct core *c, struct ask *k)
{
    const uint64_t i = record_uint(k->args, "index");
    uint8_t leaf[HASH_LEN];
    struct store_parcel p;
    struct slice block;
    struct upload *u;
    enum err e;

    k->bare = true;
    if ((e = find_upload(c, k, &p)) != OK ||
        (e = files_upload(c, &p, &u)) != OK)
        return e;
    if (i < u->have)
        return OK;
    if (i > u->have || u->ended || i >= parcel_blocks(p.length))
        return bad_index(c, k, &p, u);
    if ((e = read_block(c, k, &block)) != OK)
        return e;
    if (block.n == 0 || block.n > parcel_block_length(p.length, i))
        return bad_upload(c, k, E_BLOCK_LENGTH, "block");
    tree_leaf(block, leaf);
    e = blob_add(files_blobs(c), &p, i, leaf, block);
    if (e == ERR_FULL)
        return fault_set(&k->f, E_PARCEL_ROOM, 0, "block");
    if (e != OK)
        return give_up(c, k, &p, e);
    speed_add(&u->speed, c->now.mono, block.n);
    u->have++;
    u->ended = block.n < PARCEL_BLOCK;
    if (u->have % BEGIN_SYNC_BLOCKS == 0)
        blob_begin_sync(files_blobs(c), &p, u->have - BEGIN_SYNC_BLOCKS,
            BEGIN_SYNC_BLOCKS);
    return u->have % FILES_SYNC_BLOCKS == 0 ? sync_upload(c, k, &p,
        u->have) :
        touch_upload(c, &p);
}

/* The same (own, root) is there already: this upload was made twice. */
static enum err
end_again(struct core *c, struct store_parcel *p)
{
    struct store_parcel same;
    enum err e = store_parcel_find(c->store, SLICE_EMPTY, p->root, NULL,
        &same);

    if (e != OK)
        return e;
    /* It goes with what is loose. */
    p->at = 0;
    memset(p->root, 0, HASH_LEN);
    return store_parcel_set(c->store, p);
}

enum err
do_parcel_end(struct core *c, struct ask *k)
{
    const uint64_t length = record_uint(k->args, "length");
    const struct slice root = record_bytes(k->args, "root");
    uint8_t ours[HASH_LEN];
    struct store_parcel p;
    struct upload *u;
    enum err e;

    e = store_parcel_upload(c->store, record_bytes(k->args, "upload").p, k->a,
        &p);
    /* Asked again, since its answer was lost. */
    if (e == ERR_NOTFOUND && store_parcel_find(c->store, SLICE_EMPTY, root.p,
        NULL, &p) == OK && p.length == length)
        return OK;
    if ((e = find_upload(c, k, &p)) != OK ||
        (e = files_upload(c, &p, &u)) != OK)
        return e;
    if (!parcel_length_ok(length) || length > p.length ||
        parcel_blocks(length) < u->have)
        return bad_upload(c, k, E_BLOCK_LENGTH, "length");
    /* Those that are missing may have gone with the power. */
    if (parcel_blocks(length) > u->have)
        return fault_set(&k->f, E_BLOCK_LENGTH, 42, "length");
    p.length = length;
    e = blob_root(files_blobs(c), &p, ours);
    if (e == E_BLOCK_LENGTH)
        return bad_upload(c, k, e, "length");
    if (e == ERR_FULL)
        return fault_set(&k->f, E_PARCEL_ROOM, 0, "root");
    if (e != OK)
        return give_up(c, k, &p, e);
    if (memcmp(ours, root.p, HASH_LEN) != 0)
        return bad_upload(c, k, E_BLOCK_PROOF, "root");
    memcpy(p.root, ours, HASH_LEN);
    if ((e = end_again(c, &p)) != ERR_NOTFOUND)
        return e;
    p.upload = false;
    if ((e = sync_upload(c, k, &p, u->have)) == OK)
        files_uploaded(c, &p);
    return e;
}

/* What is whole too, as long as no message names it. */
enum err
do_parcel_drop(struct core *c, struct ask *k)
{
    struct store_parcel p;
    bool named;
    enum err e;

    e = store_parcel_named(c->store, record_bytes(k->args, "upload").p, k->a,
        &p);
    if ((e = check_owner(c, k, &p, e)) != OK ||
        (e = store_parcel_claimed(c->store, p.id, &named)) != OK)
        return e;
    return named ? fault_set(&k->f, E_PARCEL_UNKNOWN, 42, "upload") :
        files_forget(c, &p);
}

/* Who has opened it opens it again, a day later or when the node has begun
 * anew; of what came in and nobody here has ever opened no client asks. */
static enum err
not_opened(struct core *c, struct ask *k, const struct store_message *m)
{
    const bool new = m->dir == STORE_IN && m->state == STORE_RECEIVED;

    return new ? alarmed(c, k, E_STALE_STATEMENT, "digest", m->digest) :
        fault_set(&k->f, E_STALE_STATEMENT, 4, "digest");
}

/* What was allowed when it was opened may be forbidden since: limits are
 * tightened, a list names him no more, an end comes. */
static enum err
still_may(struct core *c, struct ask *k, const struct store_message *m)
{
    struct files_grant *g = files_granted(c, k->who->kid, m->n);
    struct facts x = { .m = *m };
    struct verdict v;
    enum err e;

    if (g == NULL)
        return not_opened(c, k, m);
    if (c->now.mono - g->asked < FILES_ASK_MS)
        return keep_open(c, m->n);
    if ((e = facts_about(c, k, &x, g->purpose, slice_of(g->proceeding,
        g->proceeding_n))) != OK)
        return e;
    v = facts_decide(&x, g->act);
    if (v.answer != VERDICT_YES)
        return facts_refused(k, &v);
    g->asked = c->now.mono;
    return OK;
}

/* The message and which of its streams; that this person has opened it, and
 * that it may still be opened.  *handed is how much of it he had. */
static enum err
find_stream(struct core *c, struct ask *k, struct store_parcel *p,
    uint64_t **handed)
{
    struct store_message m;
    unsigned which;
    enum err e;

    e = store_message_find_digest(c->store, record_bytes(k->args,
        "digest").p, k->a, &m);
    if (e == ERR_NOTFOUND)
        return E_NOT_FOUND;
    if (e != OK)
        return e;
    if ((e = still_may(c, k, &m)) != OK)
        return e;
    e = store_claim_find(c->store, m.n, record_bytes(k->args, "root").p,
        &which, p);
    if (e != OK)
        return e == ERR_NOTFOUND ? alarmed(c, k, E_PARCEL_UNKNOWN, "root",
            m.digest) : e;
    *handed = &files_granted(c, k->who->kid, m.n)->handed[which];
    return OK;
}

static enum err
put_proof(struct ask *k, struct rec *r, const struct tree_proof *proof)
{
    union item hash[PARCEL_PROOF_MAX];

    for (size_t i = 0; i < proof->n; i++)
        hash[i].s = SLICE(proof->hash[i]);
    return record_put(k->a, r, record_field(r->schema, "proof"), hash,
        proof->n);
}

/* The bytes: into the answer, or to a place in lent memory. */
static enum err
put_block(struct ask *k, struct rec *r, int fd, uint64_t slot,
    struct slice block)
{
    enum err e;

    if (fd < 0)
        return record_put_bytes(k->a, r, "block", block);
    e = lend_put(fd, slot, block);
    return e == OK ? OK : fault_set(&k->f, e, 0, "slot");
}

static enum err
hand_out(struct core *c, struct ask *k, const struct store_parcel *p,
    uint64_t i, int fd, uint64_t *handed)
{
    const uint64_t slot = record_uint(k->args, "slot") + i -
        record_uint(k->args, "index");
    struct rec *r = record_new(k->a, k->row->result);
    struct tree_proof proof;
    struct buf block;
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    buf_init(&block, PARCEL_BLOCK);
    if ((e = blob_get(files_blobs(c), p, i, i < *handed, &proof,
        &block)) == OK &&
        (e = record_put_uint(k->a, r, "index", i)) == OK &&
        (e = put_proof(k, r, &proof)) == OK &&
        (e = put_block(k, r, fd, slot, slice_of_buf(&block))) == OK)
        e = outgoing_answer(c, k->from, k->q->req, r);
    if (e == OK && i >= *handed)
        *handed = i + 1;
    buf_clear(&block);
    return e;
}

/* One damaged file is no failure of the node. */
static enum err
hand_out_all(struct core *c, struct ask *k, const struct store_parcel *p,
    int fd, uint64_t *handed)
{
    const uint64_t from = record_uint(k->args, "index");
    const uint64_t end = from + record_uint(k->args, "count");
    enum err e = OK, noted;

    for (uint64_t i = from; e == OK && i < end; i++)
        if ((e = hand_out(c, k, p, i, fd, handed)) == E_PARCEL_DAMAGED) {
            noted = files_damaged(c, p->id, i);
            e = noted != OK ? noted : fault_set(&k->f, e, 0, "block");
        }
    return e;
}

enum err
do_block_get(struct core *c, struct ask *k)
{
    const uint64_t from = record_uint(k->args, "index");
    const uint64_t count = record_uint(k->args, "count");
    struct store_parcel p;
    uint64_t *handed = NULL;
    int fd;
    enum err e;

    k->bare = true;
    if ((e = find_stream(c, k, &p, &handed)) != OK)
        return e;
    if (from >= parcel_blocks(p.length) ||
        count > parcel_blocks(p.length) - from)
        return alarmed(c, k, E_BLOCK_INDEX, "index", record_bytes(k->args,
            "digest").p);
    if (from + count > p.have)
        return fault_set(&k->f, E_BLOCKS_MISSING, 42, "index");
    if ((e = find_lent(c, k, &fd)) == OK)
        e = hand_out_all(c, k, &p, fd, handed);
    k->answered = e == OK;
    return e;
}
