/*
 * From files on the disk to what a node holds of them, and back with the keys
 * alone.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/attach_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "cli/files/blocks.h"
#include "cli/files/sealer.h"
#include "cli/files/sent_on.h"
#include "keys/secret_in.h"
#include "proto/kinds.h"

/* What a sanitizer keeps of freed memory is not ours. */
#ifdef __SANITIZE_ADDRESS__
#define GROWS_MAX (1 << 20)
#else
#define GROWS_MAX (8 << 10)             /* KiB */
#endif

/* A file of which the disk cannot give what lies behind so many bytes. */
static struct {
    ino_t inode;                        /* 0: there is none */
    off_t good;
} broken;

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);

ssize_t
__wrap_read(int fd, void *p, size_t n)
{
    struct stat st;

    if (broken.inode == 0 || fstat(fd, &st) != 0 ||
        st.st_ino != broken.inode ||
        lseek(fd, 0, SEEK_CUR) < broken.good)
        return __real_read(fd, p, n);
    errno = EIO;
    return -1;
}

TestSuite(attach, .init = start, .fini = end);

Test(attach, what_is_handed_in_is_read_back_with_the_keys)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("in/a.txt", "alpha");
    make("in/b/empty", "");
    make("in/b/c.txt", "gamma");
    option("attach-dir", path_of("in"));
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    read_back(x, 3);
    cr_expect(slice_equal(record_bytes(record_value(m.common, "attachments")
        ->v[0].r, "root"), SLICE(x->part[0].root)));
    cr_expect(record_has(m.common, "parcel_key"));
    m = empty_message(KIND_EVIDENCE_OFFER);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_expect_not(record_has(m.common, "parcel_key"));
    cr_expect(record_has(m.common, "manifest_key"));
    attach_free(x);
    session_free(s);
}

/* So many small files of a folder, from the listing to the node. */
static void
hand_in_small(struct session *s, const char *folder, unsigned n)
{
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    for (unsigned i = 0; i < n; i++) {
        char name[64], text[32];

        (void)snprintf(name, sizeof(name), "%s/%u/%u.txt", folder, i % 10,
            i);
        (void)snprintf(text, sizeof(text), "file %u", i);
        make(name, text);
    }
    run.set[1] = NULL;
    option("attach-dir", path_of(folder));
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    read_back(x, n);
    attach_free(x);
}

/* What a few need is needed once; of the others, some hundred bytes each. */
Test(attach, ten_thousand_small_files_need_little_memory)
{
    struct session *s = far_session();
    struct rusage before, after;

    usual();
    hand_in_small(s, "few", 500);
    cr_assert_eq(getrusage(RUSAGE_SELF, &before), 0);
    hand_in_small(s, "many", 10000);
    cr_assert_eq(getrusage(RUSAGE_SELF, &after), 0);
    cr_expect_lt(after.ru_maxrss - before.ru_maxrss, GROWS_MAX);
    session_free(s);
}

/* The clock of files goes in steps: until the next one. */
static void
wait_step(void)
{
    struct timespec from, now;

    cr_assert_eq(clock_gettime(CLOCK_REALTIME_COARSE, &from), 0);
    do
        cr_assert_eq(clock_gettime(CLOCK_REALTIME_COARSE, &now), 0);
    while (now.tv_sec == from.tv_sec && now.tv_nsec == from.tv_nsec);
}

/* Another byte at its beginning, and the time of before, as by touch -d. */
static void
change_unseen(const char *name)
{
    const int fd = open(path_of(name), O_RDWR | O_CLOEXEC);
    struct timespec times[2];
    struct stat st;

    wait_step();
    cr_assert(fd >= 0 && fstat(fd, &st) == 0);
    cr_assert_eq(pwrite(fd, "y", 1, 0), 1);
    times[0] = st.st_atim;
    times[1] = st.st_mtim;
    cr_assert_eq(futimens(fd, times), 0);
    cr_assert_eq(close(fd), 0);
}

Test(attach, a_file_that_has_changed_is_not_sent)
{
    static const char *const changes[] = { "alphabet", "alp", "omega" };

    for (size_t i = 0; i < 4; i++) {
        struct session *s = far_session();
        struct message m = empty_message(KIND_SPONT_DISCLOSURE);
        struct attached *x;

        memset(run.set, 0, sizeof(run.set));
        make("a.txt", "alpha");
        option("attach", path_of("a.txt"));
        usual();
        cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
        cr_assert_eq(attach_put(x, a, &m), OK);
        wait_step();
        if (i < 3)
            make("a.txt", changes[i]);
        else
            cr_assert_eq(unlink(path_of("a.txt")), 0);
        run.told = false;
        cr_expect_eq(attach_run(&run, s, x, a, &m), E_PARCEL_CHANGED);
        cr_expect(said("a.txt"));
        cr_expect_eq(kept(), 0);
        attach_free(x);
        session_free(s);
    }
}

/* A backup that links it, an administrator who gives it to a group. */
Test(attach, a_file_is_the_same_whoever_may_read_it_now)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    wait_step();
    cr_assert_eq(chmod(path_of("a.txt"), 0640), 0);
    cr_expect_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    attach_free(x);
    session_free(s);
}

/* More than is read ahead of what is handed in, so that its end is read after
 * the first blocks are. */
#define LARGE ((size_t)2 * SEALER_SLOTS * PARCEL_BLOCK)

static void
make_large(const char *name)
{
    char *text = malloc(LARGE + 1);

    cr_assert_not_null(text);
    memset(text, 'x', LARGE);
    text[LARGE] = '\0';
    make(name, text);
    free(text);
}

/* It is changed behind the second block, and so not sent. */
static void
not_sent(void (*change)(void), enum err code, const char *named)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    run.told = false;
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    far.meanwhile = change;
    far.then = 2;
    cr_expect_eq(attach_run(&run, s, x, a, &m), code, "%s", err_text);
    cr_expect_eq(far.then, 0);
    cr_expect(said(path_of(named)), "%s", err_text);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

/* What it begins with was read before. */
static void
change_begin(void)
{
    change_unseen("large");
    cr_assert_eq(utimensat(AT_FDCWD, path_of("large"), NULL, 0), 0);
}

static void
change_begin_unseen(void)
{
    change_unseen("large");
}

static void
cut_half(void)
{
    cr_assert_eq(truncate(path_of("large"), LARGE / 2), 0);
}

static void
add_more(void)
{
    cr_assert_eq(truncate(path_of("large"), LARGE + 1), 0);
}

Test(attach, a_file_that_changes_while_it_is_sealed_is_not_sent)
{
    static void (*const changes[])(void) = { change_begin,
        change_begin_unseen, cut_half, add_more };

    option("attach", path_of("large"));
    usual();
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        make_large("large");
        not_sent(changes[i], E_PARCEL_CHANGED, "large");
    }
}

static void
breaks_at(off_t good)
{
    struct stat st;

    cr_assert_eq(stat(path_of("large"), &st), 0);
    broken.inode = st.st_ino;
    broken.good = good;
}

static void
nothing(void)
{
}

/* Also where it does only when it is asked whether there is more. */
Test(attach, a_file_that_the_disk_does_not_give_is_not_sent)
{
    option("attach", path_of("large"));
    usual();
    make_large("large");
    breaks_at(LARGE / 2);
    not_sent(nothing, ERR_IO, "large");
    breaks_at(LARGE);
    not_sent(nothing, ERR_IO, "large");
    broken.inode = 0;
}

/* What its owner does not let be read, while the others are. */
Test(attach, a_file_that_may_not_be_read_any_more_is_not_sent)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    forbid("a.txt");
    cr_expect_eq(attach_run(&run, s, x, a, &m), ERR_ACCESS);
    allow();
    cr_expect(said("a.txt"), "%s", err_text);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

#define LINE "{\"filename\": \"large\", \"page_count\": 7}"

static void
change_list(void)
{
    wait_step();
    make("list", "{\"filename\": \"large\", \"page_count\": 8}");
}

static void
spoil_list(void)
{
    wait_step();
    make("list", "{\"filename\": \"large\", \"page_count\": x}");
}

static void
cut_list(void)
{
    make("list", "");
}

Test(attach, a_list_that_changes_while_its_files_are_sealed_is_not_sent)
{
    static void (*const changes[])(void) = { change_list, spoil_list,
        cut_list };

    make_large("large");
    option("list", path_of("list"));
    usual();
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        make("list", LINE);
        not_sent(changes[i], E_PARCEL_CHANGED, "list");
    }
}

Test(attach, a_file_that_did_not_come_with_the_message_is_not_sent)
{
    struct sent_on_file came = { .size = 5 };
    const struct sent_on of = { .file = &came, .n = 1 };

    hash_sha256(slice_str("alpha"), came.digest);
    for (size_t i = 0; i < 2; i++) {
        struct session *s = far_session();
        struct message m = empty_message(KIND_SPONT_DISCLOSURE);
        struct attached *x;

        memset(run.set, 0, sizeof(run.set));
        make("in/a.txt", "alpha");
        if (i > 0)
            make("in/b.txt", "omega");
        option("attach-dir", path_of("in"));
        usual();
        cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
        x->sent_on = &of;
        cr_assert_eq(attach_put(x, a, &m), OK);
        run.told = false;
        cr_expect_eq(attach_run(&run, s, x, a, &m), i > 0 ?
            E_DIGEST_MISMATCH : OK, "%s", err_text);
        cr_expect_eq(said("did not come with that message"), i > 0);
        cr_expect_eq(said("in/b.txt"), i > 0);
        attach_free(x);
        session_free(s);
    }
}

/* It says that it has no bytes, and has. */
Test(attach, a_file_that_holds_more_than_it_says_is_not_sent)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    option("attach", "/proc/self/status");
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_expect_eq(attach_run(&run, s, x, a, &m), E_PARCEL_CHANGED);
    cr_expect(said("/proc/self/status"));
    attach_free(x);
    session_free(s);
}

Test(attach, no_room_is_told_in_figures_before_a_file_is_read)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    far.room = 5000;
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(unlink(path_of("a.txt")), 0);
    cr_expect_eq(attach_run(&run, s, x, a, &m), E_PARCEL_ROOM);
    cr_expect(said("8.0 KiB are needed and your node has room for 4.8 KiB"),
        "%s", err_text);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

Test(attach, the_share_of_an_officer_is_told_in_figures)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    far.share = 3000;
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(unlink(path_of("a.txt")), 0);
    cr_expect_eq(attach_run(&run, s, x, a, &m), E_QUOTA);
    cr_expect(said("8.0 KiB are needed, and 6.9 KiB are left of what your "
        "node takes from one officer (officer_room)"), "%s", err_text);
    cr_expect(!said("it goes on"), "%s", err_text);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

Test(attach, files_and_list_of_one_sitting_are_known_by_their_ids)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    cr_assert_eq(far.n, 2);
    cr_expect(blocks_up_pair(SLICE(far.at[0].id), SLICE(far.at[1].id)));
    cr_expect(!blocks_up_pair(SLICE(far.at[0].id), SLICE(far.at[0].id)));
    attach_free(x);
    session_free(s);
}

static void
make_big(void)
{
    char *text = malloc(4u << 20);

    cr_assert_not_null(text);
    memset(text, 'x', (4u << 20) - 1);
    text[(4u << 20) - 1] = '\0';
    make("big", text);
    free(text);
    option("attach", path_of("big"));
    usual();
}

Test(attach, who_interrupts_it_gives_up_what_was_handed_in)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    /* Whatever who started the tests has set. */
    (void)signal(SIGINT, SIG_DFL);
    make_big();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    far.interrupt = 5;
    cr_expect_eq(attach_run(&run, s, x, a, &m), ERR_CANCELLED);
    cr_expect(said("ERR_CANCELLED"));
    cr_expect_eq(far.n, 2);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

Test(attach, what_a_node_has_lost_is_sealed_under_other_keys)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    uint8_t salt[SALT_LEN];
    struct attached *x;

    make_big();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    memcpy(salt, x->part[PARCEL_FILES].salt, SALT_LEN);
    far.forget = true;
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    cr_expect(said("sealed anew"));
    cr_expect_arr_neq(salt, x->part[PARCEL_FILES].salt, SALT_LEN);
    read_back(x, 1);
    cr_expect(slice_equal(record_bytes(m.common, "parcel_key"),
        secret_slice(x->key[PARCEL_FILES])));
    attach_free(x);
    session_free(s);
}
