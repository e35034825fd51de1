/*
 * Blocks to the node.  After anything but an answer for each block the
 * connection is made anew, the node is asked how many blocks it has, and the
 * others are sent again in their order.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/files/blocks_in.h"
#include "cli/text/interrupt.h"
#include "cli/text/text.h"
#include "keys/random.h"

#define UPLOAD_ID_LEN 16
#define ROOM_MS 5000                    /* until it is tried again */

/* A block without an answer. */
struct under_way {
    enum parcel_which which;
    uint64_t index;
    struct slice block;
    void *owner;
    uint64_t slot;                      /* of lent memory, its own */
    uint8_t req[REQUEST_ID_LEN];
};

struct upload {
    uint8_t id[UPLOAD_ID_LEN];
    uint64_t length;                    /* announced; 0: none */
    uint64_t next;                      /* block */
};

struct blocks_up {
    struct session *s;
    void (*done)(void *arg, void *owner);
    void *arg;
    struct upload upload[PARCEL_WHICH];
    struct under_way way[BLOCKS_WINDOW];    /* the oldest first */
    size_t n;
    struct blocks_patience patience;
    struct session_memory memory;       /* where copies of them lie */
    uint64_t share;                     /* blocks_up_share */
    bool full;                          /* it was said that the disk is */
    struct buf answer;
};

enum err
blocks_up_new(struct session *s, void (*done)(void *arg, void *owner),
    void *arg, struct blocks_up **out)
{
    struct blocks_up *u = calloc(1, sizeof(*u));

    if (u == NULL)
        return ERR_NOMEM;
    u->s = s;
    u->done = done;
    u->arg = arg;
    u->share = UINT64_MAX;
    buf_init(&u->answer, REQUEST_MAX);
    blocks_memory(s, &u->memory);
    *out = u;
    return OK;
}

/* The i-th of those under way is over. */
static void
finish(struct blocks_up *u, size_t i)
{
    void *owner = u->way[i].owner;

    u->n--;
    memmove(&u->way[i], &u->way[i + 1], (u->n - i) * sizeof(u->way[0]));
    if (u->done != NULL)
        u->done(u->arg, owner);
}

/* What has no answer is not waited for. */
static void
leave(struct blocks_up *u)
{
    if (u->n > 0)
        u->s->x.drop(u->s->x.arg);
    while (u->n > 0)
        finish(u, 0);
}

void
blocks_up_free(struct blocks_up *u)
{
    if (u == NULL)
        return;
    leave(u);
    /* Where this fails the next request says so. */
    u->s->aside = session_back(u->s) != OK;
    buf_clear(&u->answer);
    blocks_memory_end(&u->memory);
    free(u);
}

static enum err
begin(struct blocks_up *u, const struct upload *up, struct rec **result)
{
    struct arena *a = session_arena(u->s);
    struct rec *r = record_new(a, &record_ask_parcel_begin);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, r, "upload", SLICE(up->id))) != OK ||
        (e = record_put_uint(a, r, "length", up->length)) != OK)
        return e;
    return session_ask(u->s, REQUEST_PARCEL_BEGIN, r, NULL, result);
}

enum err
blocks_up_begin(struct blocks_up *u, enum parcel_which which,
    uint64_t length, uint64_t *room)
{
    struct upload *up = &u->upload[which];
    const struct upload *list = &u->upload[PARCEL_MANIFEST];
    const bool second = which == PARCEL_FILES && list->length > 0 &&
        up->length == 0;
    struct rec *result;
    enum err e;

    *room = 0;
    if ((e = blocks_up_drain(u)) != OK)
        return e;
    if (second) {
        memcpy(up->id, list->id, sizeof(up->id));
        up->id[UPLOAD_ID_LEN - 1] ^= 1;
    } else {
        random_bytes(up->id, sizeof(up->id));
    }
    up->length = length;
    up->next = 0;
    if ((e = begin(u, up, &result)) != OK)
        return e;
    *room = record_uint(result, "room");
    u->share = record_has(result, "share") ? record_uint(result, "share") :
        UINT64_MAX;
    return *room < length ? E_PARCEL_ROOM : OK;
}

uint64_t
blocks_up_share(const struct blocks_up *u)
{
    return u->share;
}

bool
blocks_up_pair(struct slice a, struct slice b)
{
    return a.n == UPLOAD_ID_LEN && b.n == UPLOAD_ID_LEN &&
        memcmp(a.p, b.p, UPLOAD_ID_LEN - 1) == 0 &&
        (a.p[UPLOAD_ID_LEN - 1] ^ b.p[UPLOAD_ID_LEN - 1]) == 1;
}

static enum err
give_up(struct blocks_up *u, const struct upload *up)
{
    struct arena *a = session_arena(u->s);
    struct rec *r = record_new(a, &record_ask_parcel_drop);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, r, "upload", SLICE(up->id))) != OK)
        return e;
    return session_ask(u->s, REQUEST_PARCEL_DROP, r, NULL, NULL);
}

/* Why it ended is told, not that this could not be. */
void
blocks_up_give_up(struct blocks_up *u)
{
    const struct fault f = u->s->fault;

    leave(u);
    for (unsigned which = 0; which < PARCEL_WHICH; which++) {
        struct upload *up = &u->upload[which];

        if (up->length > 0 && give_up(u, up) == ERR_UNREACHABLE)
            break;
        up->length = 0;
    }
    u->s->fault = f;
}

/* Where the block lies, instead of the block.  What was sent for it before
 * finds the same bytes there, until it has its answer. */
static enum err
send_place(struct blocks_up *u, const struct under_way *w)
{
    struct arena *a = arena_new(BLOCKS_ARENA);
    struct rec *r = a == NULL ? NULL : record_new(a, &record_ask_block_put);
    enum err e = r == NULL ? ERR_NOMEM : OK;

    if (e == OK && (e = record_put_bytes(a, r, "upload",
        SLICE(u->upload[w->which].id))) == OK &&
        (e = record_put_uint(a, r, "index", w->index)) == OK &&
        (e = record_put_uint(a, r, "size", w->block.n)) == OK &&
        (e = blocks_put_place(a, r, &u->memory, w->slot)) == OK)
        e = blocks_send(u->s, REQUEST_BLOCK_PUT, r, w->req);
    arena_free(a);
    return e;
}

static enum err
send_bytes(struct blocks_up *u, const struct under_way *w)
{
    struct buf front, back;
    struct slice part[3];
    enum err e;

    buf_init(&front, 256);
    buf_init(&back, 16);
    if ((e = request_block_put(w->req, SLICE(u->upload[w->which].id),
        w->index, w->block.n, &front, &back)) == OK) {
        part[0] = slice_of_buf(&front);
        part[1] = w->block;
        part[2] = slice_of_buf(&back);
        e = u->s->x.put(u->s->x.arg, part, 3);
    }
    buf_clear(&front);
    buf_clear(&back);
    return e;
}

static enum err
send_one(struct blocks_up *u, struct under_way *w)
{
    random_bytes(w->req, sizeof(w->req));
    return u->memory.there && lend_put(u->memory.fd, w->slot, w->block) ==
        OK ? send_place(u, w) : send_bytes(u, w);
}

/* Those that the node has are over; it may not have less than it had. */
static enum err
compare(struct blocks_up *u, enum parcel_which which)
{
    const struct upload *up = &u->upload[which];
    uint64_t have, least = up->next;
    struct rec *result;
    enum err e;

    for (size_t i = 0; i < u->n; i++)
        if (u->way[i].which == which && u->way[i].index < least)
            least = u->way[i].index;
    if (least == up->next)
        return OK;
    if ((e = begin(u, up, &result)) != OK)
        return e;
    have = record_uint(result, "have");
    if (have < least || have > up->next)
        return fault_set(&u->s->fault, E_PARCEL_UNKNOWN, 0, "have");
    for (size_t i = u->n; i-- > 0;)
        if (u->way[i].which == which && u->way[i].index < have)
            finish(u, i);
    return OK;
}

static enum err
send_all(struct blocks_up *u)
{
    enum err e = OK;

    blocks_memory(u->s, &u->memory);
    for (unsigned which = 0; which < PARCEL_WHICH && e == OK; which++)
        e = compare(u, (enum parcel_which)which);
    for (size_t i = 0; i < u->n && e == OK; i++)
        e = send_one(u, &u->way[i]);
    return e;
}

/* The disk of the node is full.  Who waits may make room, or end it. */
static void
wait_for_room(struct blocks_up *u)
{
    if (!u->full)
        command_note(session_run(u->s), E_PARCEL_ROOM, NULL, _("it goes on "
            "when there is room; to end it, interrupt"));
    u->full = true;
    u->s->x.drop(u->s->x.arg);
    u->s->x.wait(u->s->x.arg, ROOM_MS);
}

/* A block out of its place: a frame before it was dropped. */
static enum err
recover(struct blocks_up *u, enum err e)
{
    while (e == E_BUSY || e == ERR_UNREACHABLE || e == E_BLOCK_INDEX ||
        e == E_PARCEL_ROOM || e == E_STORE_FULL || e == E_NOT_LENT) {
        if (interrupt_came())
            return ERR_CANCELLED;
        if (e == E_PARCEL_ROOM || e == E_STORE_FULL)
            wait_for_room(u);
        else if (e == E_NOT_LENT && u->memory.failed++ < BLOCKS_LEND_TRIES)
            u->s->x.drop(u->s->x.arg);
        else if (blocks_again(u->s, &u->patience, e == E_BLOCK_INDEX ?
            E_BUSY : e) != OK)
            return e;
        e = send_all(u);
    }
    return e;
}

static enum err
take_one(struct blocks_up *u)
{
    struct answer n;
    size_t i = 0;
    enum err e;

    if ((e = blocks_take(u->s, &u->answer, &n)) != OK)
        return e;
    while (i < u->n && memcmp(u->way[i].req, n.req, REQUEST_ID_LEN) != 0)
        i++;
    if (i == u->n)
        return fault_set(&u->s->fault, E_MALFORMED, 0, "answer.req");
    if (n.code != OK)
        return fault_set(&u->s->fault, (enum err)n.code, 0, "block.put");
    finish(u, i);
    u->memory.failed = 0;
    u->patience.tries = 0;
    u->full = false;
    return OK;
}

static bool
is_taken(const struct blocks_up *u, uint64_t slot)
{
    for (size_t i = 0; i < u->n; i++)
        if (u->way[i].slot == slot)
            return true;
    return false;
}

/* A place of none of those under way. */
static uint64_t
free_slot(const struct blocks_up *u)
{
    uint64_t slot = 0;

    while (is_taken(u, slot))
        slot++;
    return slot;
}

enum err
blocks_up_put(struct blocks_up *u, enum parcel_which which,
    struct slice block, void *owner)
{
    struct under_way *w;
    enum err e = session_aside(u->s);

    while (u->n == BLOCKS_WINDOW && e == OK)
        e = recover(u, take_one(u));
    if (e != OK) {
        if (u->done != NULL)
            u->done(u->arg, owner);
        return e;
    }
    w = &u->way[u->n];
    *w = (struct under_way){ .which = which, .block = block, .owner = owner,
        .slot = free_slot(u), .index = u->upload[which].next++ };
    u->n++;
    return recover(u, send_one(u, w));
}

enum err
blocks_up_drain(struct blocks_up *u)
{
    enum err e = OK;

    while (u->n > 0 && e == OK)
        e = recover(u, take_one(u));
    return e;
}

enum err
blocks_up_end(struct blocks_up *u, enum parcel_which which,
    const uint8_t root[static HASH_LEN], uint64_t length)
{
    struct arena *a = session_arena(u->s);
    struct rec *r = record_new(a, &record_ask_parcel_end);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = blocks_up_drain(u)) != OK || (e = session_back(u->s)) != OK ||
        (e = record_put_bytes(a, r, "upload",
        SLICE(u->upload[which].id))) != OK ||
        (e = record_put_bytes(a, r, "root", slice_of(root, HASH_LEN))) != OK ||
        (e = record_put_uint(a, r, "length", length)) != OK)
        return e;
    /* The tree of the blocks takes room too: what went over is not lost. */
    while ((e = session_ask(u->s, REQUEST_PARCEL_END, r, NULL, NULL)) ==
        E_PARCEL_ROOM || e == E_STORE_FULL) {
        if (interrupt_came())
            return ERR_CANCELLED;
        wait_for_room(u);
    }
    return e;
}
