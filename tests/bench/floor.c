/*
 * floor: seconds of one core that the cryptography of 1 GiB of files takes
 * from officer to officer, and nothing else.  Printed as one number, for
 * evidence.sh.
 *
 *     at the sender's client    SHA-256 of the file, STREAM, SHA-256 of blocks
 *     at each node              SHA-256 of blocks
 *     between the nodes         CURVE, which is crypto_box, and back
 *     at the reader's client    SHA-256 of blocks, STREAM, SHA-256 of the file
 *
 * What the kernel copies, the disks and libzmq come on top of it.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/parcel.h"
#include "keys/process.h"
#include "proto/hash.h"

#define TIMES 512
#define GIB (1024.0 * 1048576)
#define HASHES 6

static uint8_t block[PARCEL_BLOCK], box[PARCEL_BLOCK + crypto_box_MACBYTES];

static void
check(bool yes)
{
    if (!yes)
        abort();
}

static double
now(void)
{
    struct timespec t;

    check(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
hash(void)
{
    uint8_t h[HASH_LEN];

    hash_sha256(SLICE(block), h);
    block[0] ^= h[0];
}

static struct stream *stream;

static void
seal_and_open(void)
{
    for (uint64_t i = 0; i < PARCEL_CHUNKS; i++) {
        uint8_t *at = block + i * PARCEL_CHUNK;

        check(stream_seal_at(stream, i, false, slice_of(at, PARCEL_PLAIN),
            at) == OK);
        check(stream_open_at(stream, i, false, slice_of(at, PARCEL_CHUNK),
            at) == OK);
    }
}

static uint8_t shared[crypto_box_BEFORENMBYTES];

static void
there_and_back(void)
{
    static const uint8_t nonce[crypto_box_NONCEBYTES];

    check(crypto_box_easy_afternm(box, block, sizeof(block), nonce, shared)
        == 0);
    check(crypto_box_open_easy_afternm(block, box, sizeof(box), nonce,
        shared) == 0);
}

/* Seconds for 1 GiB. */
static double
measure(void (*one)(void))
{
    const double start = now();

    for (int i = 0; i < TIMES; i++)
        one();
    return (now() - start) * GIB / ((double)TIMES * PARCEL_BLOCK);
}

int
main(void)
{
    struct secret *key;

    check(process_start() == OK && secret_random(STREAM_KEY, &key) == OK &&
        stream_new(key, &stream) == OK);
    randombytes_buf(shared, sizeof(shared));
    printf("%.3f\n", HASHES * measure(hash) + measure(seal_and_open) +
        measure(there_and_back));
    stream_free(stream);
    secret_free(key);
    return 0;
}
