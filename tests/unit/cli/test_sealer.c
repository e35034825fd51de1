/*
 * The sealing of files against the straightforward way: all of it in one
 * buffer, stream_seal, and a tree over its pieces.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/files/sealer.h"
#include "proto/manifest.h"
#include "tests/unit/cli/threads.h"

#define ALL_MAX (24u * PARCEL_BLOCK)
#define KEPT 8

static struct buf got[PARCEL_WHICH];
static void *kept[KEPT];
static size_t n_kept;

/* What is written, and how. */
static struct {
    uint8_t *plain;
    uint64_t n[PARCEL_WHICH];
    size_t step;                        /* bytes at once; 0: by the room */
    enum err fails;                     /* of the producer, at half */
    enum err refuses;                   /* of the sink, at block */
    uint64_t at;
    uint64_t blocks;
    bool asks;                          /* for room that is not used */
} job;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    memset(&job, 0, sizeof(job));
    job.plain = malloc(ALL_MAX);
    cr_assert_not_null(job.plain);
    randombytes_buf(job.plain, ALL_MAX);
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        buf_init(&got[w], 2 * ALL_MAX);
    n_kept = 0;
}

static void
teardown(void)
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        buf_clear(&got[w]);
    free(job.plain);
    cr_expect_eq(secret_live(), 0);
}

static enum err
write_some(struct sealer *x, enum parcel_which w, const uint8_t *p, size_t n)
{
    while (n > 0) {
        size_t room;
        uint8_t *to = sealer_room(x, w, &room);

        if (to == NULL)
            return ERR_CANCELLED;
        cr_assert_gt(room, 0);
        room = room < n ? room : n;
        memcpy(to, p, room);
        sealer_filled(x, w, room);
        p += room;
        n -= room;
    }
    return OK;
}

/* Both streams in turn, in pieces. */
static enum err
produce(void *arg, struct sealer *x)
{
    uint64_t done[PARCEL_WHICH] = { 0, 0 };
    enum err e = OK;
    size_t room;

    (void)arg;
    while (e == OK && (done[0] < job.n[0] || done[1] < job.n[1])) {
        for (unsigned w = 0; w < PARCEL_WHICH && e == OK; w++) {
            const uint64_t left = job.n[w] - done[w];
            const size_t step = job.step == 0 ? 100000 : job.step;
            const size_t n = left < step ? (size_t)left : step;

            e = job.step == 0 ? write_some(x, (enum parcel_which)w,
                job.plain + done[w], n) : sealer_write(x,
                (enum parcel_which)w, slice_of(job.plain + done[w], n));
            done[w] += n;
        }
        if (job.fails != OK && 2 * done[0] >= job.n[0])
            return job.fails;
    }
    if (job.asks && e == OK && sealer_room(x, PARCEL_FILES, &room) == NULL)
        e = ERR_CANCELLED;
    return e;
}

static enum err
sink(void *arg, enum parcel_which which, struct slice block, void *owner)
{
    (void)arg;
    buf_put_slice(&got[which], block);
    job.blocks++;
    /* Some are kept for a while, as by who waits for answers. */
    if (n_kept == KEPT) {
        sealer_release(kept[0]);
        memmove(kept, kept + 1, --n_kept * sizeof(kept[0]));
    }
    kept[n_kept++] = owner;
    return job.refuses != OK && job.blocks > job.at ? job.refuses : OK;
}

static enum err
seal(const struct parcel_keys keys[PARCEL_WHICH],
    struct sealed out[PARCEL_WHICH])
{
    const struct sealer_ways ways = { produce, sink, NULL };
    struct sealer *x;
    enum err e;

    cr_assert_eq(sealer_new(keys, &x), OK);
    e = sealer_run(x, &ways, out);
    sealer_free(x);
    return e;
}

static void
make_keys(struct parcel_keys keys[PARCEL_WHICH])
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        cr_assert_eq(parcel_keys_new((enum parcel_which)w, &keys[w]), OK);
}

/* The same in one go. */
static void
compare(const struct parcel_keys *k, enum parcel_which w,
    const struct sealed *s)
{
    const uint64_t padded = pad_length(job.n[w]);
    struct tree_range range;
    uint8_t leaf[HASH_LEN], root[HASH_LEN];
    struct secret *payload;
    struct buf plain, ct;

    buf_init(&plain, 2 * ALL_MAX);
    buf_init(&ct, 2 * ALL_MAX);
    buf_put(&plain, job.plain, (size_t)job.n[w]);
    memset(buf_extend(&plain, (size_t)(padded - job.n[w])), 0,
        (size_t)(padded - job.n[w]));
    cr_assert_eq(parcel_keys_find(w, k->key, k->salt, k->commit, &payload),
        OK);
    cr_assert_eq(stream_seal(payload, slice_of_buf(&plain), &ct), OK);
    cr_expect(slice_equal(slice_of_buf(&ct), slice_of_buf(&got[w])),
        "%u bytes", (unsigned)job.n[w]);
    cr_expect_eq(s->length, ct.n);
    cr_expect_eq(s->length, sealer_length(job.n[w]));
    tree_range_init(&range);
    for (uint64_t i = 0; i < parcel_blocks(ct.n); i++) {
        tree_leaf(slice_of(ct.p + i * PARCEL_BLOCK, parcel_block_length(ct.n,
            i)), leaf);
        tree_range_add(&range, leaf);
    }
    tree_range_root(&range, root);
    cr_expect_arr_eq(root, s->root, HASH_LEN);
    secret_free(payload);
    buf_clear(&plain);
    buf_clear(&ct);
}

static void
both_ways(uint64_t files, uint64_t list)
{
    struct parcel_keys keys[PARCEL_WHICH];
    struct sealed out[PARCEL_WHICH];

    make_keys(keys);
    job.n[PARCEL_FILES] = files;
    job.n[PARCEL_MANIFEST] = list;
    n_kept = 0;
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        buf_reset(&got[w]);
    cr_assert_eq(seal(keys, out), OK);
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        compare(&keys[w], (enum parcel_which)w, &out[w]);
        parcel_keys_clear(&keys[w]);
    }
}

TestSuite(sealer, .init = setup, .fini = teardown);

Test(sealer, sizes_at_the_edges_of_chunks_and_blocks_are_as_in_one_go)
{
    static const uint64_t sizes[] = { 0, 1, 65535, 65536, 65537,
        4 * 65536 - 1, 4 * 65536, 4 * 65536 + 1, 20 * 262144,
        20 * 262144 + 1 };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        job.step = i % 2 == 0 ? 0 : 4099;
        job.asks = i % 3 == 0;
        both_ways(sizes[i], sizes[sizeof(sizes) / sizeof(*sizes) - 1 - i]);
    }
}

Test(sealer, one_byte_at_a_time_is_the_same)
{
    job.step = 1;
    both_ways(300000, 70000);
}

Test(sealer, a_failure_of_either_side_ends_it_with_its_code)
{
    struct parcel_keys keys[PARCEL_WHICH];
    struct sealed out[PARCEL_WHICH];

    make_keys(keys);
    job.n[PARCEL_FILES] = 20 * 262144;
    job.fails = E_PARCEL_CHANGED;
    cr_expect_eq(seal(keys, out), E_PARCEL_CHANGED);
    job.fails = OK;
    for (job.at = 0; job.at < 20; job.at += 5) {
        job.refuses = ERR_UNREACHABLE;
        job.blocks = 0;
        n_kept = 0;
        cr_expect_eq(seal(keys, out), ERR_UNREACHABLE);
    }
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        parcel_keys_clear(&keys[w]);
}

Test(sealer, any_change_to_a_block_is_found_without_the_key)
{
    struct parcel_keys keys[PARCEL_WHICH];
    struct sealed out[PARCEL_WHICH];
    struct tree_proof proof = { .n = 1 };
    struct slice block[2];
    uint8_t leaf[2][HASH_LEN];

    make_keys(keys);
    job.n[PARCEL_FILES] = 300000;
    cr_assert_eq(seal(keys, out), OK);
    const struct sealed *s = &out[PARCEL_FILES];

    cr_assert_eq(parcel_blocks(s->length), 2);
    for (uint64_t i = 0; i < 2; i++) {
        block[i] = slice_of(got[PARCEL_FILES].p + i * PARCEL_BLOCK,
            parcel_block_length(s->length, i));
        tree_leaf(block[i], leaf[i]);
    }
    memcpy(proof.hash[0], leaf[1], HASH_LEN);
    cr_assert_eq(parcel_check(s->root, s->length, 0, &proof, block[0], NULL),
        OK);
    for (size_t at = 0; at < block[0].n; at += 1021) {
        got[PARCEL_FILES].p[at] ^= 1;
        cr_expect_eq(parcel_check(s->root, s->length, 0, &proof, block[0],
            NULL), E_BLOCK_PROOF);
        got[PARCEL_FILES].p[at] ^= 1;
    }
    cr_expect_eq(parcel_check(s->root, s->length, 0, &proof, slice_of(
        block[0].p, block[0].n - 1), NULL), E_BLOCK_LENGTH);
    cr_expect_eq(parcel_check(s->root, s->length, 1, &proof, block[0], NULL),
        E_BLOCK_LENGTH);
    cr_expect_eq(parcel_check(s->root, s->length, 2, &proof, block[0], NULL),
        E_BLOCK_INDEX);
    cr_expect_eq(parcel_check(s->root, s->length - 1, 1, &proof, block[1],
        NULL), E_BLOCK_LENGTH);
    proof.n = 0;
    cr_expect_eq(parcel_check(s->root, s->length, 0, &proof, block[0], NULL),
        E_BLOCK_PROOF);
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        parcel_keys_clear(&keys[w]);
}

/* A gigabyte through it: what it needs does not grow. */
static uint64_t left;

static enum err
produce_much(void *arg, struct sealer *x)
{
    (void)arg;
    while (left > 0) {
        size_t room;
        uint8_t *to = sealer_room(x, PARCEL_FILES, &room);

        if (to == NULL)
            return ERR_CANCELLED;
        room = left < room ? (size_t)left : room;
        to[0] = (uint8_t)left;
        sealer_filled(x, PARCEL_FILES, room);
        left -= room;
    }
    return sealer_write(x, PARCEL_MANIFEST, slice_of("", 1));
}

static enum err
forget(void *arg, enum parcel_which which, struct slice block, void *owner)
{
    (void)arg;
    (void)which;
    (void)block;
    sealer_release(owner);
    return OK;
}

/* While the producer is there, all that seal are. */
static size_t threads;

static enum err
produce_and_count(void *arg, struct sealer *x)
{
    threads = threads_now();
    return produce(arg, x);
}

Test(sealer, each_core_has_a_worker)
{
    const struct sealer_ways ways = { produce_and_count, forget, NULL };
    const size_t before = threads_now();
    struct parcel_keys keys[PARCEL_WHICH];
    struct sealed out[PARCEL_WHICH];
    struct sealer *x;

    make_keys(keys);
    job.n[PARCEL_FILES] = 300000;
    cr_assert_eq(sealer_new(keys, &x), OK);
    cr_assert_eq(sealer_run(x, &ways, out), OK);
    sealer_free(x);
    cr_expect_eq(threads, before + 1 + threads_of_cores(SEALER_WORKERS_MAX));
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        parcel_keys_clear(&keys[w]);
}

Test(sealer, memory_does_not_grow_with_the_size)
{
    const struct sealer_ways ways = { produce_much, forget, NULL };
    struct parcel_keys keys[PARCEL_WHICH];
    struct sealed out[PARCEL_WHICH];
    struct rusage before, after;
    struct sealer *x;

    make_keys(keys);
    cr_assert_eq(getrusage(RUSAGE_SELF, &before), 0);
    left = 256u << 20;
    cr_assert_eq(sealer_new(keys, &x), OK);
    cr_assert_eq(sealer_run(x, &ways, out), OK);
    sealer_free(x);
    cr_assert_eq(getrusage(RUSAGE_SELF, &after), 0);
    cr_expect_lt(after.ru_maxrss - before.ru_maxrss, 24 << 10);
    cr_expect_eq(out[PARCEL_FILES].length, sealer_length(256u << 20));
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        parcel_keys_clear(&keys[w]);
}
