/*
 * A parcel of 64 GiB, or of what half of the disk takes: of zeros, with a
 * tree that is right.  It starts, pauses and goes on, and needs no more
 * memory than a small one.
 */
#include "tests/unit/node/pull_fixture.h"
#include "tests/world/world_sparse.h"

#define LARGE_BLOCKS 262001
#define STEPS 700                       /* blocks that really go over */
/* KiB; the sanitizer keeps what was freed. */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX (1024 * 1024)
#else
#define MEMORY_MAX (64 * 1024)
#endif

TestSuite(pull_large, .init = pull_set_up, .fini = pull_tear_down);

static long
peak(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    long kib = 0;

    cr_assert_not_null(f);
    while (fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    (void)fclose(f);
    return kib;
}

/* As if a client of a had handed it in. */
static void
make_large(void)
{
    struct store_parcel p;
    uint64_t room;

    cr_assert_eq(blobs_room(files_blobs(a->core), &room), OK);
    world_sparse(a->folder, a->core->store, room / 2 / BLOCK < LARGE_BLOCKS ?
        room / 2 / BLOCK : LARGE_BLOCKS, a->t.lo, &p);
    stream_free(&files);
    files = (struct stream){ .length = p.length, .bytes = malloc(1) };
    memcpy(files.root, p.root, HASH_LEN);
}

static size_t
came(void)
{
    size_t n = 0;

    for (size_t i = 0; i < SEEN_BLOCKS; i++) {
        n += seen.came[i];
        cr_assert_leq(seen.came[i], 1, "block %zu came twice", i);
    }
    return n;
}

Test(pull_large, it_starts_pauses_and_goes_on_in_little_memory)
{
    struct sent s;
    long before;

    make_large();
    stream_upload(a, &list);
    s = send_with(&files, &list);
    while (have(&list) == 0)
        cr_assert_neq(relay(1), 0);
    before = peak();
    for (size_t n = 100; n <= STEPS; n += 100) {
        while (came() < n)
            if (relay(1) == 0)
                both_tick();
        /* By turns the line breaks, and one of the two ends. */
        if (n % 300 == 100) {
            world_unlink(a, b);
            outgoing_free(a->out);
            outgoing_free(b->out);
            a->out = b->out = NULL;
            world_link(a, b);
        } else {
            restart(n % 300 == 200 ? a : b);
        }
    }
    cr_expect_geq(have(&files), FILES_SYNC_BLOCKS);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    cr_expect_leq(peak() - before, MEMORY_MAX);
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 0);
}
