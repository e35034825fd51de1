#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "cli/files/unseal.h"

enum place_state { PLACE_FREE, PLACE_SEALED, PLACE_BUSY, PLACE_PLAIN,
    PLACE_BAD };

struct place {
    enum place_state state;
    size_t n, used;                     /* bytes; most of them ever */
    uint8_t bytes[PARCEL_BLOCK];        /* sealed, then plain */
};

struct unseal {
    struct unseal_opts o;
    pthread_t worker[UNSEAL_WORKERS_MAX];
    unsigned n;
    pthread_mutex_t lock;
    pthread_cond_t work, room;          /* for workers; for who puts */
    uint64_t next;                      /* block to be handed on */
    uint64_t at;                        /* handed on up to here */
    uint64_t bad;                       /* the first that did not open, of
                                         * those so far; UINT64_MAX: none */
    enum err bad_e;
    bool handing;                       /* somebody does */
    bool ending;                        /* nothing more comes */
    enum err e;
    struct place *place;                /* UNSEAL_WINDOW of them */
};

static struct place *
place_of(struct unseal *u, uint64_t i)
{
    return &u->place[i % UNSEAL_WINDOW];
}

/* Where the window ends; behind a block that did not open nothing is done. */
static uint64_t
window_end(const struct unseal *u)
{
    const uint64_t end = u->next + UNSEAL_WINDOW;

    return u->bad < end ? u->bad : end;
}

/* A sealed block of the window, the first of them; or UINT64_MAX. */
static uint64_t
find_sealed(struct unseal *u)
{
    for (uint64_t i = u->next; i < window_end(u); i++)
        if (place_of(u, i)->state == PLACE_SEALED)
            return i;
    return UINT64_MAX;
}

/* With the lock: fails once. */
static void
fail(struct unseal *u, enum err e)
{
    if (u->e == OK)
        u->e = e;
    (void)pthread_cond_broadcast(&u->work);
    (void)pthread_cond_broadcast(&u->room);
}

/* What lies between from and to of the block that begins at offset. */
static struct slice
clip(const struct unseal *u, uint64_t *offset, struct slice s)
{
    uint64_t skip = u->o.from > *offset ? u->o.from - *offset : 0;

    if (skip > s.n)
        skip = s.n;
    s = slice_of(s.p + skip, s.n - (size_t)skip);
    *offset += skip;
    if (*offset >= u->o.to)
        return SLICE_EMPTY;
    if (s.n > u->o.to - *offset)
        s.n = (size_t)(u->o.to - *offset);
    return s;
}

/* With the lock, which is given back meanwhile. */
static void
hand_on(struct unseal *u)
{
    struct place *p = place_of(u, u->next);
    uint64_t offset = u->next * PARCEL_BLOCK_PLAIN;
    struct slice s = clip(u, &offset, slice_of(p->bytes, p->n));
    enum err e = OK;

    u->handing = true;
    (void)pthread_mutex_unlock(&u->lock);
    if (s.n > 0)
        e = u->o.sink(u->o.arg, offset, s);
    (void)pthread_mutex_lock(&u->lock);
    u->handing = false;
    if (e != OK) {
        fail(u, e);
        return;
    }
    if (s.n > 0)
        u->at = offset + s.n;
    p->state = PLACE_FREE;
    u->next++;
    (void)pthread_cond_broadcast(&u->work);
    (void)pthread_cond_broadcast(&u->room);
}

static void
decrypt(struct unseal *u, struct stream *s, uint64_t i)
{
    struct place *p = place_of(u, i);
    enum err e;

    p->state = PLACE_BUSY;
    (void)pthread_mutex_unlock(&u->lock);
    e = parcel_block_open(s, u->o.length, i, slice_of(p->bytes, p->n),
        p->bytes, &p->n);
    (void)pthread_mutex_lock(&u->lock);
    p->state = e == OK ? PLACE_PLAIN : PLACE_BAD;
    if (e != OK && i < u->bad) {
        u->bad = i;
        u->bad_e = e;
    }
    (void)pthread_cond_broadcast(&u->work);
}

static bool
is_empty(struct unseal *u)
{
    for (size_t i = 0; i < UNSEAL_WINDOW; i++)
        if (u->place[i].state != PLACE_FREE)
            return false;
    return true;
}

/* What is next is handed on first: it makes room.  All before a block that
 * did not open is. */
static void *
run_worker(void *arg)
{
    struct unseal *u = arg;
    struct stream *s = NULL;
    const enum err e = stream_new(u->o.payload, &s);
    uint64_t i;

    (void)pthread_mutex_lock(&u->lock);
    if (e != OK)
        fail(u, e);
    while (u->e == OK && !(u->ending && is_empty(u))) {
        if (u->next == u->bad)
            fail(u, u->bad_e);
        else if (!u->handing && place_of(u, u->next)->state == PLACE_PLAIN)
            hand_on(u);
        else if ((i = find_sealed(u)) != UINT64_MAX)
            decrypt(u, s, i);
        else
            (void)pthread_cond_wait(&u->work, &u->lock);
    }
    (void)pthread_mutex_unlock(&u->lock);
    stream_free(s);
    return NULL;
}

static unsigned
workers_of(const struct unseal_opts *o)
{
    long n = o->workers > 0 ? (long)o->workers :
        sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > UNSEAL_WORKERS_MAX ? UNSEAL_WORKERS_MAX :
        (unsigned)n;
}

/* Signals are for the thread that puts. */
static void
start(struct unseal *u)
{
    const unsigned n = workers_of(&u->o);
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (u->n < n && pthread_create(&u->worker[u->n], NULL, run_worker,
        u) == 0)
        u->n++;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
free_all(struct unseal *u)
{
    if (u->place != NULL)
        for (size_t i = 0; i < UNSEAL_WINDOW; i++)
            sodium_memzero(u->place[i].bytes, u->place[i].used);
    (void)pthread_mutex_destroy(&u->lock);
    (void)pthread_cond_destroy(&u->work);
    (void)pthread_cond_destroy(&u->room);
    free(u->place);
    free(u);
}

enum err
unseal_new(const struct unseal_opts *o, struct unseal **out)
{
    struct unseal *u = calloc(1, sizeof(*u));

    if (u == NULL)
        return ERR_NOMEM;
    u->o = *o;
    u->next = o->from / PARCEL_BLOCK_PLAIN;
    u->at = o->from;
    u->bad = UINT64_MAX;
    (void)pthread_mutex_init(&u->lock, NULL);
    (void)pthread_cond_init(&u->work, NULL);
    (void)pthread_cond_init(&u->room, NULL);
    if ((u->place = calloc(UNSEAL_WINDOW, sizeof(*u->place))) != NULL)
        start(u);
    if (u->n == 0) {
        free_all(u);
        return ERR_NOMEM;
    }
    *out = u;
    return OK;
}

enum err
unseal_put(struct unseal *u, uint64_t i, struct slice block)
{
    struct place *p = place_of(u, i);
    enum err e;

    (void)pthread_mutex_lock(&u->lock);
    /* Who is a window ahead waits for the place, not for the blocks before,
     * which nobody else brings. */
    while (u->e == OK && i >= u->next + UNSEAL_WINDOW &&
        place_of(u, u->next)->state != PLACE_FREE)
        (void)pthread_cond_wait(&u->room, &u->lock);
    if ((e = u->e) == OK && (block.n > PARCEL_BLOCK || i < u->next ||
        i >= u->next + UNSEAL_WINDOW || p->state != PLACE_FREE))
        e = E_BLOCK_INDEX;
    if (e == OK) {
        memcpy(p->bytes, block.p, block.n);
        p->n = block.n;
        p->used = block.n > p->used ? block.n : p->used;
        p->state = PLACE_SEALED;
        (void)pthread_cond_signal(&u->work);
    }
    (void)pthread_mutex_unlock(&u->lock);
    return e;
}

/* A gap is never filled now: what lies behind it is dropped. */
static void
drop_behind_gap(struct unseal *u)
{
    bool gap = false;

    for (uint64_t i = u->next; i < u->next + UNSEAL_WINDOW; i++) {
        struct place *p = place_of(u, i);

        gap = gap || p->state == PLACE_FREE;
        if (gap && i == u->bad)
            u->bad = UINT64_MAX;
        if (gap && p->state != PLACE_BUSY)
            p->state = PLACE_FREE;
    }
}

static bool
is_busy(struct unseal *u)
{
    for (size_t i = 0; i < UNSEAL_WINDOW; i++)
        if (u->place[i].state == PLACE_BUSY)
            return true;
    return find_sealed(u) != UINT64_MAX;
}

enum err
unseal_end(struct unseal *u, uint64_t *at)
{
    enum err e;

    (void)pthread_mutex_lock(&u->lock);
    while (u->e == OK && is_busy(u))
        (void)pthread_cond_wait(&u->work, &u->lock);
    drop_behind_gap(u);
    u->ending = true;
    (void)pthread_cond_broadcast(&u->work);
    (void)pthread_mutex_unlock(&u->lock);
    for (unsigned i = 0; i < u->n; i++)
        (void)pthread_join(u->worker[i], NULL);
    e = u->e;
    if (at != NULL)
        *at = u->at;
    free_all(u);
    return e;
}
