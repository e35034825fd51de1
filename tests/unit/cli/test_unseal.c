/*
 * Blocks that are opened by several threads: order, gaps, and that one which
 * does not open ends it exactly there.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "cli/files/unseal.h"
#include "keys/process.h"
#include "tests/unit/cli/threads.h"

#define BLOCKS 12
#define PLAIN ((uint64_t)BLOCKS * PARCEL_BLOCK_PLAIN - 1000)
#define WORKERS 4
#define TIMES 20

static struct parcel_keys keys;
static uint8_t ct[BLOCKS][PARCEL_BLOCK], bytes[PARCEL_BLOCK_PLAIN];
static uint64_t handed;                 /* bytes, in order */
static uint64_t stop_at;                /* the sink ends it there */

static size_t
plain_of(uint64_t i)
{
    return i + 1 < BLOCKS ? PARCEL_BLOCK_PLAIN :
        (size_t)(PLAIN - i * PARCEL_BLOCK_PLAIN);
}

static void
set_up(void)
{
    struct stream *s;
    uint8_t leaf[HASH_LEN];

    cr_assert_eq(process_start(), OK);
    cr_assert_eq(parcel_keys_new(PARCEL_FILES, &keys), OK);
    cr_assert_eq(stream_new(keys.payload, &s), OK);
    randombytes_buf(bytes, sizeof(bytes));
    for (uint64_t i = 0; i < BLOCKS; i++) {
        const size_t n = plain_of(i);

        for (size_t at = 0, to = 0; at < n; at += PARCEL_PLAIN,
            to += PARCEL_CHUNK)
            memcpy(ct[i] + to, bytes + at, n - at < PARCEL_PLAIN ? n - at :
                PARCEL_PLAIN);
        cr_assert_eq(parcel_block_seal(s, i, i + 1 == BLOCKS, n, ct[i],
            leaf), OK);
    }
    stream_free(s);
    stop_at = UINT64_MAX;
}

static void
tear_down(void)
{
    parcel_keys_clear(&keys);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(unseal, .init = set_up, .fini = tear_down, .timeout = 120);

static enum err
take(void *arg, uint64_t offset, struct slice s)
{
    (void)arg;
    cr_expect_eq(offset, handed, "in order");
    cr_expect_arr_eq(s.p, bytes, s.n);
    handed += s.n;
    return offset >= stop_at ? ERR_CANCELLED : OK;
}

static struct slice
block(uint64_t i)
{
    return slice_of(ct[i], (size_t)stream_length(plain_of(i)));
}

static struct unseal *
begin(void)
{
    const struct unseal_opts o = { .payload = keys.payload,
        .length = stream_length(PLAIN), .to = PLAIN, .sink = take,
        .workers = WORKERS };
    struct unseal *u;

    handed = 0;
    cr_assert_eq(unseal_new(&o, &u), OK);
    return u;
}

Test(unseal, all_in_any_order)
{
    static const uint64_t order[BLOCKS] = { 3, 1, 0, 2, 11, 10, 9, 8, 4, 6,
        5, 7 };
    struct unseal *u = begin();
    uint64_t at;

    for (size_t i = 0; i < BLOCKS; i++)
        cr_assert_eq(unseal_put(u, order[i], block(order[i])), OK);
    cr_expect_eq(unseal_end(u, &at), OK);
    cr_expect_eq(handed, PLAIN);
    cr_expect_eq(at, PLAIN);
}

Test(unseal, all_before_a_block_that_does_not_open_and_nothing_after)
{
    for (uint64_t bad = 0; bad < BLOCKS; bad++) {
        ct[bad][500] ^= 1;
        for (unsigned t = 0; t < TIMES; t++) {
            struct unseal *u = begin();
            enum err e = OK;
            uint64_t at;

            for (uint64_t i = 0; i < BLOCKS && e == OK; i++)
                e = unseal_put(u, i, block(i));
            cr_expect(e == OK || e == ERR_CRYPTO);
            cr_expect_eq(unseal_end(u, &at), ERR_CRYPTO);
            cr_expect_eq(handed, bad * PARCEL_BLOCK_PLAIN, "%u: %llu",
                (unsigned)bad, (unsigned long long)handed);
            cr_expect_eq(at, handed);
        }
        ct[bad][500] ^= 1;
    }
}

Test(unseal, of_two_that_do_not_open_the_first_counts)
{
    ct[4][0] ^= 1;
    ct[7][9] ^= 1;
    for (unsigned t = 0; t < TIMES; t++) {
        struct unseal *u = begin();

        for (uint64_t i = BLOCKS; i-- > 0;)
            if (unseal_put(u, i, block(i)) != OK)
                break;
        cr_expect_eq(unseal_end(u, NULL), ERR_CRYPTO);
        cr_expect_eq(handed, 4 * PARCEL_BLOCK_PLAIN);
    }
}

/* What is missing is asked for again; whether the other holds shows then. */
Test(unseal, a_gap_ends_it_without_a_fault_whatever_lies_behind)
{
    ct[6][77] ^= 1;
    for (unsigned t = 0; t < TIMES; t++) {
        struct unseal *u = begin();
        uint64_t at;

        for (uint64_t i = 0; i < BLOCKS; i++)
            if (i != 3)
                cr_assert_eq(unseal_put(u, i, block(i)), OK);
        cr_expect_eq(unseal_end(u, &at), OK);
        cr_expect_eq(at, 3 * PARCEL_BLOCK_PLAIN);
        cr_expect_eq(handed, at);
    }
}

Test(unseal, the_sink_can_end_it)
{
    struct unseal *u;
    enum err e = OK;

    stop_at = 2 * PARCEL_BLOCK_PLAIN;
    u = begin();
    for (uint64_t i = 0; i < BLOCKS && e == OK; i++)
        e = unseal_put(u, i, block(i));
    cr_expect_eq(unseal_end(u, NULL), ERR_CANCELLED);
    cr_expect_eq(handed, 3 * PARCEL_BLOCK_PLAIN);
}

/* None of them ends while a block is handed on. */
static size_t threads;

static enum err
count(void *arg, uint64_t offset, struct slice s)
{
    (void)arg;
    (void)offset;
    (void)s;
    threads = threads_now();
    return OK;
}

Test(unseal, each_core_has_a_worker)
{
    const struct unseal_opts o = { .payload = keys.payload,
        .length = stream_length(PLAIN), .to = PLAIN, .sink = count };
    const size_t before = threads_now();
    struct unseal *u;

    cr_assert_eq(unseal_new(&o, &u), OK);
    cr_assert_eq(unseal_put(u, 0, block(0)), OK);
    cr_expect_eq(unseal_end(u, NULL), OK);
    cr_expect_eq(threads, before + threads_of_cores(UNSEAL_WORKERS_MAX));
}
