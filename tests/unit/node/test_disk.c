/*
 * A disk that does not take files of messages, or does not keep them: what
 * was acknowledged is there, who asked is told with the right code, and the
 * next try goes on.
 */
#include <errno.h>

#include "tests/unit/node/pull_fixture.h"

/* What becomes of what the node writes to blobs/ and makes durable there; the
 * store writes for itself. */
static struct {
    unsigned good;                      /* so many calls go well before */
    int code;                           /* errno; 0: all go well */
    bool half;                          /* some of it is written first */
} on_write, on_sync;

ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

ssize_t
__wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
    if (on_write.code == 0 || on_write.good > 0) {
        on_write.good -= on_write.good > 0;
        return __real_pwrite(fd, p, n, at);
    }
    if (on_write.half) {
        on_write.half = false;
        return __real_pwrite(fd, p, n / 2, at);
    }
    errno = on_write.code;
    return -1;
}

int
__wrap_fdatasync(int fd)
{
    if (on_sync.code == 0 || on_sync.good > 0) {
        on_sync.good -= on_sync.good > 0;
        return __real_fdatasync(fd);
    }
    errno = on_sync.code;
    return -1;
}

static void
disk_is_well(void)
{
    memset(&on_write, 0, sizeof(on_write));
    memset(&on_sync, 0, sizeof(on_sync));
}

static void
set_up(void)
{
    disk_is_well();
    pull_set_up();
}

TestSuite(disk, .init = set_up, .fini = pull_tear_down);

/* Handed in, and taken: blocks before this one. */
static void
put_until(uint64_t end)
{
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    for (uint64_t i = 0; i < end; i++)
        cr_assert_eq(stream_put(a, &files, i, stream_block(&files, i)), OK);
}

static enum err
put(uint64_t i)
{
    return stream_put(a, &files, i, stream_block(&files, i));
}

/* Blocks of the newest upload of the officer, as they are shown; -1: none. */
static int64_t
shown_of_upload(void)
{
    const struct value *v;
    struct rec *r;

    cr_assert_eq(world_ask(a, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "uploads");
    return v == NULL || v->n == 0 ? -1 :
        (int64_t)parcel_blocks(record_uint(v->v[0].r, "have"));
}

/* It goes, and its recipient has every byte. */
static void
expect_goes(void)
{
    struct sent s;

    disk_is_well();
    stream_upload(a, &list);
    s = send_with(&files, &list);
    (void)relay(1000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
}

/* Made anew under another id, as a client does. */
static void
hand_in_anew(void)
{
    randombytes_buf(files.id, sizeof(files.id));
    stream_upload(a, &files);
}

Test(disk, a_block_for_which_there_is_no_room_comes_later)
{
    for (unsigned good = 0; good < 2; good++)
        for (unsigned half = 0; half < 2; half++) {
            /* The block itself, or its leaf. */
            randombytes_buf(files.id, sizeof(files.id));
            put_until(2);
            on_write.good = good;
            on_write.half = half != 0;
            on_write.code = ENOSPC;
            cr_expect_eq(put(2), E_PARCEL_ROOM);
            cr_expect_eq(put(2), E_PARCEL_ROOM, "as long as it is full");
            cr_expect_eq(put(1), OK, "what came before it is there");
            cr_expect_eq(shown_of_upload(), 2);
            disk_is_well();
            cr_expect_eq(put(3), E_BLOCK_INDEX);
            cr_expect_eq(put(2), OK);
            cr_expect_eq(put(3), OK);
            cr_expect_eq(shown_of_upload(), 4);
            cr_assert_eq(stream_drop(a, OFFICER, &files), OK);
        }
    hand_in_anew();
    expect_goes();
}

Test(disk, what_was_written_by_half_is_not_there_after_a_restart)
{
    uint64_t held = 9;

    put_until(2);
    on_write.half = true;
    on_write.code = EDQUOT;
    cr_expect_eq(put(2), E_PARCEL_ROOM);
    disk_is_well();
    restart(a);
    (void)relay(100);
    cr_expect_eq(shown_of_upload(), 2, "which is shown before it goes on");
    cr_assert_eq(stream_begin(a, &files, &held, NULL), OK);
    cr_expect_eq(held, 2);
    cr_assert_eq(put(2), OK);
    cr_assert_eq(put(3), OK);
    cr_assert_eq(stream_end(a, &files), OK);
    expect_goes();
}

Test(disk, a_block_that_cannot_be_written_ends_its_upload_and_no_other)
{
    uint64_t held = 9;

    cr_assert_eq(stream_begin(a, &list, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &list, 0, stream_block(&list, 0)), OK);
    put_until(2);
    on_write.code = EIO;
    cr_expect_eq(put(2), E_PARCEL_DAMAGED);
    disk_is_well();
    cr_expect_eq(put(2), E_PARCEL_UNKNOWN);
    cr_expect_eq(stream_end(a, &files), E_PARCEL_UNKNOWN);
    cr_expect_eq(files_in(a), 2, "nothing of it stays");
    cr_expect_eq(shown_of_upload(), 1, "the list is whole");
    cr_assert_eq(stream_end(a, &list), OK);
    randombytes_buf(files.id, sizeof(files.id));
    cr_assert_eq(stream_begin(a, &files, &held, NULL), OK);
    cr_expect_eq(held, 0);
    hand_in_anew();
    cr_assert_eq(stream_drop(a, OFFICER, &list), OK);
    randombytes_buf(list.id, sizeof(list.id));
    expect_goes();
}

/* Its blocks can be read and may be gone: none of it is named. */
Test(disk, what_does_not_become_durable_is_not_whole)
{
    static const struct { int code; unsigned good; enum err e; } cases[] = {
        { EIO, 0, E_PARCEL_DAMAGED }, { EIO, 1, E_PARCEL_DAMAGED },
        { ENOSPC, 0, E_PARCEL_ROOM } };
    uint8_t digest[HASH_LEN];
    struct message m;
    uint64_t state;
    struct buf env;

    stream_upload(a, &list);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct world_form f = form_with(b, &files, &list);

        randombytes_buf(files.id, sizeof(files.id));
        put_until(4);
        on_sync.good = cases[i].good;
        on_sync.code = cases[i].code;
        cr_expect_eq(stream_end(a, &files), cases[i].e, "case %zu", i);
        disk_is_well();
        cr_expect_eq(stream_end(a, &files), E_PARCEL_UNKNOWN);
        cr_expect_eq(files_in(a), 2, "those of the list");
        buf_init(&env, ENVELOPE_MAX);
        world_message(a, &f, &m);
        world_seal(a, &m, b, &env);
        cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest),
            E_BLOCKS_MISSING);
        buf_clear(&env);
    }
    hand_in_anew();
    cr_assert_eq(stream_drop(a, OFFICER, &list), OK);
    randombytes_buf(list.id, sizeof(list.id));
    expect_goes();
}

/* The row says how much was made durable, and no more. */
Test(disk, a_long_upload_that_does_not_become_durable_is_given_up)
{
    stream_free(&files);
    files = stream_new((FILES_SYNC_BLOCKS + 1) * BLOCK);
    put_until(FILES_SYNC_BLOCKS - 1);
    on_sync.code = EIO;
    cr_expect_eq(put(FILES_SYNC_BLOCKS - 1), E_PARCEL_DAMAGED);
    disk_is_well();
    cr_expect_eq(put(FILES_SYNC_BLOCKS), E_PARCEL_UNKNOWN);
    cr_expect_eq(files_in(a), 0);
    randombytes_buf(files.id, sizeof(files.id));
    put_until(FILES_SYNC_BLOCKS);
    restart(a);
    (void)relay(100);
    cr_expect_eq(shown_of_upload(), FILES_SYNC_BLOCKS, "durable by then");
}

/* What both sides are shown of the files: blocks, and why they wait. */
static uint64_t
shown(struct world *w, uint64_t *code)
{
    const struct value *v;
    struct rec *r;

    cr_assert_eq(world_ask(w, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "transfers");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "which") == PARCEL_FILES) {
            *code = record_uint(v->v[i].r, "code");
            return record_uint(v->v[i].r, "have") / BLOCK;
        }
    cr_assert_fail("no files are under way");
    return 0;
}

static void
expect_shown(uint64_t blocks, enum err code)
{
    uint64_t x;

    cr_expect_eq(shown(b, &x), blocks);
    cr_expect_eq(x, code);
    cr_expect_eq(shown(a, &x), blocks, "its sender is told the same");
    cr_expect_eq(x, code);
}

/* Of 40 blocks this many come, until the disk of b does not take or not keep
 * them. */
static struct sent
come_until(unsigned blocks, int code, int sync)
{
    struct sent s;

    stream_free(&files);
    files = stream_new(40 * BLOCK);
    s = send_files();
    while (seen.came[blocks - 1] == 0)
        cr_assert_neq(relay_one(a, b) + relay_one(b, a), 0);
    on_write.code = code;
    on_sync.code = sync;
    (void)relay(1000);
    return s;
}

/* No block that came comes again, but those that were not taken. */
static void
expect_goes_on(const struct sent *s, unsigned from)
{
    disk_is_well();
    at(a->t.lo + 61);
    (void)relay(1000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, s, EVENT_STORED));
    cr_expect_eq(entries_of(b, EVENT_STORED, s->digest), 1);
    for (size_t i = 0; i < from; i++)
        cr_expect_eq(seen.came[i], 1, "block %zu came %u times", i,
            seen.came[i]);
}

Test(disk, what_waits_for_room_counts_what_has_come)
{
    struct sent s = come_until(10, ENOSPC, 0);

    expect_shown(10, E_PARCEL_ROOM);
    cr_expect_eq(have(&files), 10);
    at(a->t.lo + 31);
    (void)relay(1000);
    expect_shown(10, E_PARCEL_ROOM);
    restart(b);
    (void)relay(1000);
    cr_expect_eq(have(&files), 10, "after a restart too");
    expect_goes_on(&s, 10);
}

Test(disk, what_cannot_be_written_waits_and_counts_what_has_come)
{
    struct sent s = come_until(10, EIO, 0);

    expect_shown(10, ERR_IO);
    expect_goes_on(&s, 10);
}

/* Nobody knows what of it is there: it comes again, each block once. */
Test(disk, what_does_not_become_durable_does_not_count)
{
    struct sent s = come_until(39, 0, EIO);

    cr_expect_not(marked(b, &s, EVENT_STORED));
    expect_shown(0, ERR_IO);
    expect_goes_on(&s, 0);
    for (size_t i = 0; i < 40; i++)
        cr_expect_eq(seen.came[i], 2, "block %zu came %u times", i,
            seen.came[i]);
}

/* The pause itself counts only what it made durable. */
Test(disk, what_a_pause_does_not_make_durable_does_not_count)
{
    struct sent s = come_until(10, ENOSPC, EIO);

    expect_shown(0, E_PARCEL_ROOM);
    expect_goes_on(&s, 0);
    for (size_t i = 0; i < 10; i++)
        cr_expect_eq(seen.came[i], 2, "block %zu came %u times", i,
            seen.came[i]);
}

Test(disk, a_node_that_was_killed_shows_what_it_finds_again)
{
    struct sent s;
    uint64_t code;

    stream_free(&files);
    files = stream_new(40 * BLOCK);
    s = send_files();
    while (seen.came[9] == 0)
        cr_assert_neq(relay_one(a, b) + relay_one(b, a), 0);
    cr_expect_eq(shown(b, &code), 10);
    restart(b);
    cr_expect_eq(shown(b, &code), 0, "of which nothing was synced");
    (void)relay(4);
    cr_expect_eq(shown(b, &code), 10, "and all of it is found");
    (void)relay(1000);
    expect_goes_on(&s, 10);
}
