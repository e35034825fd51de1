#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "cli/files/sealer.h"

enum slot_state { SLOT_FREE, SLOT_FILLS, SLOT_FULL, SLOT_SEALS, SLOT_SEALED,
    SLOT_KEPT };

struct sealer_slot {
    struct sealer *x;
    enum slot_state state;
    enum parcel_which which;
    uint64_t index;                     /* of the block */
    bool final;
    size_t n;                           /* plain bytes in it */
    enum err e;                         /* of sealing */
    uint8_t leaf[HASH_LEN];
    uint8_t block[PARCEL_BLOCK];
};

/* A stream, as the producer sees it. */
struct filling {
    struct sealer_slot *slot;           /* being filled, or NULL */
    struct sealer_slot *full;           /* the one before, until it is known
                                         * that it is not the last */
    uint64_t index;                     /* of the next block */
    uint64_t plain;                     /* bytes so far */
};

struct sealer {
    const struct parcel_keys *keys;
    const struct sealer_ways *ways;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct sealer_slot *slot;           /* SEALER_SLOTS */
    /* Places of slots in the order in which they were filled; a worker takes
     * at `next`, the caller at `out`. */
    struct sealer_slot *order[SEALER_SLOTS];
    uint64_t filled, next, out;
    bool stop;                          /* somebody has failed */
    bool produced;                      /* no more will be filled */
    enum err e;                         /* of the producer */
    struct filling filling[PARCEL_WHICH];   /* the producer's alone */
};

enum err
sealer_new(const struct parcel_keys keys[PARCEL_WHICH], struct sealer **out)
{
    struct sealer *x = calloc(1, sizeof(*x));

    if (x == NULL ||
        (x->slot = calloc(SEALER_SLOTS, sizeof(*x->slot))) == NULL ||
        pthread_mutex_init(&x->lock, NULL) != 0) {
        if (x != NULL)
            free(x->slot);
        free(x);
        return ERR_NOMEM;
    }
    if (pthread_cond_init(&x->changed, NULL) != 0) {
        (void)pthread_mutex_destroy(&x->lock);
        free(x->slot);
        free(x);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < SEALER_SLOTS; i++)
        x->slot[i].x = x;
    x->keys = keys;
    *out = x;
    return OK;
}

void
sealer_free(struct sealer *x)
{
    if (x == NULL)
        return;
    (void)pthread_cond_destroy(&x->changed);
    (void)pthread_mutex_destroy(&x->lock);
    /* Plain bytes of files may be left. */
    for (size_t i = 0; i < SEALER_SLOTS; i++)
        sodium_memzero(x->slot[i].block, PARCEL_BLOCK);
    free(x->slot);
    free(x);
}

static void
lock(struct sealer *x)
{
    (void)pthread_mutex_lock(&x->lock);
}

static void
unlock(struct sealer *x)
{
    (void)pthread_mutex_unlock(&x->lock);
}

static void
wait_change(struct sealer *x)
{
    (void)pthread_cond_wait(&x->changed, &x->lock);
}

/* With the lock held. */
static void
change(struct sealer *x)
{
    (void)pthread_cond_broadcast(&x->changed);
}

static void
stop(struct sealer *x)
{
    lock(x);
    x->stop = true;
    change(x);
    unlock(x);
}

static struct sealer_slot *
free_slot(struct sealer *x)
{
    for (size_t i = 0; i < SEALER_SLOTS; i++)
        if (x->slot[i].state == SLOT_FREE)
            return &x->slot[i];
    return NULL;
}

/* The producer waits for a slot; NULL where it was stopped. */
static struct sealer_slot *
get_slot(struct sealer *x, enum parcel_which which)
{
    struct sealer_slot *s = NULL;

    lock(x);
    while (!x->stop && (s = free_slot(x)) == NULL)
        wait_change(x);
    if (x->stop)
        s = NULL;
    if (s != NULL) {
        s->state = SLOT_FILLS;
        s->which = which;
        s->index = x->filling[which].index++;
        s->final = false;
        s->n = 0;
        s->e = OK;
    }
    unlock(x);
    return s;
}

static void
give_slot(struct sealer *x, struct sealer_slot *s, bool final)
{
    lock(x);
    s->final = final;
    s->state = SLOT_FULL;
    x->order[x->filled++ % SEALER_SLOTS] = s;
    change(x);
    unlock(x);
}

uint8_t *
sealer_room(struct sealer *x, enum parcel_which which, size_t *n)
{
    struct filling *f = &x->filling[which];
    size_t chunk, in;

    if (f->slot != NULL && f->slot->n == PARCEL_BLOCK_PLAIN) {
        f->full = f->slot;
        f->slot = NULL;
    }
    if (f->slot == NULL && (f->slot = get_slot(x, which)) == NULL)
        return NULL;
    chunk = f->slot->n / PARCEL_PLAIN;
    in = f->slot->n % PARCEL_PLAIN;
    *n = PARCEL_PLAIN - in;
    return f->slot->block + chunk * PARCEL_CHUNK + in;
}

void
sealer_filled(struct sealer *x, enum parcel_which which, size_t n)
{
    struct filling *f = &x->filling[which];

    if (n > 0 && f->full != NULL) {
        give_slot(x, f->full, false);
        f->full = NULL;
    }
    f->slot->n += n;
    f->plain += n;
}

enum err
sealer_write(struct sealer *x, enum parcel_which which, struct slice s)
{
    while (s.n > 0) {
        size_t n;
        uint8_t *to = sealer_room(x, which, &n);

        if (to == NULL)
            return ERR_CANCELLED;
        n = s.n < n ? s.n : n;
        memcpy(to, s.p, n);
        sealer_filled(x, which, n);
        s = slice_of(s.p + n, s.n - n);
    }
    return OK;
}

uint64_t
sealer_length(uint64_t n)
{
    uint64_t length = n > PARCEL_LENGTH_MAX ? 0 :
        stream_length(pad_length(n));

    return length > PARCEL_LENGTH_MAX ? 0 : length;
}

/* Zeros up to the padded length, and the last block. */
static enum err
end_stream(struct sealer *x, enum parcel_which which)
{
    struct filling *f = &x->filling[which];
    uint64_t left;

    if (sealer_length(f->plain) == 0)
        return E_OVERSIZE;
    left = pad_length(f->plain) - f->plain;
    while (left > 0) {
        size_t n;
        uint8_t *to = sealer_room(x, which, &n);

        if (to == NULL)
            return ERR_CANCELLED;
        n = left < n ? (size_t)left : n;
        memset(to, 0, n);
        sealer_filled(x, which, n);
        left -= n;
    }
    /* Room may have been asked for and not used. */
    give_slot(x, f->full != NULL ? f->full : f->slot, true);
    return OK;
}

static void *
produce(void *arg)
{
    struct sealer *x = arg;
    enum err e = x->ways->produce(x->ways->arg, x);

    for (unsigned w = PARCEL_WHICH; w-- > 0 && e == OK;)
        e = end_stream(x, (enum parcel_which)w);
    lock(x);
    x->e = e;
    x->produced = true;
    x->stop = x->stop || e != OK;
    change(x);
    unlock(x);
    return NULL;
}

/* A worker waits for a full slot; NULL when there will be none. */
static struct sealer_slot *
take_full(struct sealer *x)
{
    struct sealer_slot *s = NULL;

    lock(x);
    while (!x->stop && !x->produced && x->next == x->filled)
        wait_change(x);
    if (!x->stop && x->next < x->filled) {
        s = x->order[x->next++ % SEALER_SLOTS];
        s->state = SLOT_SEALS;
    }
    unlock(x);
    return s;
}

static void
put_sealed(struct sealer *x, struct sealer_slot *s, enum err e)
{
    lock(x);
    s->e = e;
    s->state = SLOT_SEALED;
    change(x);
    unlock(x);
}

static void *
work(void *arg)
{
    struct sealer *x = arg;
    struct stream *stream[PARCEL_WHICH] = { NULL, NULL };
    struct sealer_slot *s;
    enum err e = OK;

    for (unsigned w = 0; w < PARCEL_WHICH && e == OK; w++)
        e = stream_new(x->keys[w].payload, &stream[w]);
    while ((s = take_full(x)) != NULL) {
        if (e == OK)
            e = parcel_block_seal(stream[s->which], s->index, s->final,
                s->n, s->block, s->leaf);
        put_sealed(x, s, e);
    }
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        stream_free(stream[w]);
    return NULL;
}

/* The caller waits for the oldest slot; NULL when that was all. */
static struct sealer_slot *
take_sealed(struct sealer *x)
{
    struct sealer_slot *s = NULL;

    lock(x);
    while (!x->stop && (x->out == x->filled ? !x->produced :
        x->order[x->out % SEALER_SLOTS]->state != SLOT_SEALED))
        wait_change(x);
    if (!x->stop && x->out < x->filled) {
        s = x->order[x->out++ % SEALER_SLOTS];
        s->state = SLOT_KEPT;
    }
    unlock(x);
    return s;
}

void
sealer_release(void *owner)
{
    struct sealer_slot *s = owner;

    lock(s->x);
    s->state = SLOT_FREE;
    change(s->x);
    unlock(s->x);
}

static enum err
take_all(struct sealer *x, struct sealed out[PARCEL_WHICH])
{
    struct tree_range range[PARCEL_WHICH];
    struct sealer_slot *s;
    enum err e = OK;

    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        tree_range_init(&range[w]);
        out[w].length = 0;
    }
    while (e == OK && (s = take_sealed(x)) != NULL) {
        const size_t n = (size_t)stream_length(s->n);

        if ((e = s->e) != OK) {
            sealer_release(s);
            break;
        }
        tree_range_add(&range[s->which], s->leaf);
        out[s->which].length += n;
        e = x->ways->sink(x->ways->arg, s->which, slice_of(s->block, n), s);
    }
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        tree_range_root(&range[w], out[w].root);
    return e;
}

static size_t
cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > SEALER_WORKERS_MAX ? SEALER_WORKERS_MAX :
        (size_t)n;
}

enum err
sealer_run(struct sealer *x, const struct sealer_ways *ways,
    struct sealed out[PARCEL_WHICH])
{
    pthread_t producer, worker[SEALER_WORKERS_MAX];
    const size_t most = cores();
    size_t n = 0;
    bool produces;
    enum err e = ERR_NOMEM;

    x->ways = ways;
    while (n < most && pthread_create(&worker[n], NULL, work, x) == 0)
        n++;
    produces = n > 0 && pthread_create(&producer, NULL, produce, x) == 0;
    if (produces)
        e = take_all(x, out);
    if (e != OK)
        stop(x);
    if (produces)
        (void)pthread_join(producer, NULL);
    stop(x);
    while (n > 0)
        (void)pthread_join(worker[--n], NULL);
    return e != OK ? e : x->e;
}
