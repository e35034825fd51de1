/*
 * Files of others in a folder of ours: whole or not at all, never outside,
 * never over another.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/files/placing.h"
#include "keys/file.h"
#include "proto/manifest.h"
#include "tests/unit/cli/tree.h"

#define MANY 8199

static char top[] = "/tmp/valise-placing-XXXXXX";
static char dir[64];
static struct placing *p;
static struct arena *a;
static char last[PLACING_PATH_MAX];
static bool last_other;
static unsigned n_placed;

/* Which of the next syncs of files and of the whole disk fails; 0: none. */
static unsigned bad_sync, bad_syncfs;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_syncfs(int fd);
int __wrap_syncfs(int fd);

static bool
fails(unsigned *which)
{
    errno = EIO;
    return *which > 0 && --*which == 0;
}

int
__wrap_fsync(int fd)
{
    return fails(&bad_sync) ? -1 : __real_fsync(fd);
}

int
__wrap_syncfs(int fd)
{
    return fails(&bad_syncfs) ? -1 : __real_syncfs(fd);
}

/* How often a name was looked at, or tried for a folder. */
static unsigned looks;

int __real_fstatat(int fd, const char *name, struct stat *st, int flags);
int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags);
int __real_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode);

int
__wrap_fstatat(int fd, const char *name, struct stat *st, int flags)
{
    looks++;
    return __real_fstatat(fd, name, st, flags);
}

int
__wrap_mkdirat(int fd, const char *name, mode_t mode)
{
    looks++;
    return __real_mkdirat(fd, name, mode);
}

/* No file grows beyond so many bytes; 0: all may. */
static void
limit(rlim_t bytes)
{
    const struct rlimit l = { bytes > 0 ? bytes : RLIM_INFINITY,
        RLIM_INFINITY };

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static enum err
done(void *arg, const struct placed *x)
{
    (void)arg;
    (void)snprintf(last, sizeof(last), "%s", x->path);
    last_other = x->other;
    n_placed++;
    return OK;
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(dir, sizeof(dir), "%s/out", top);
    cr_assert_not_null(a = arena_new(1u << 20));
    cr_assert_eq(placing_open(dir, done, NULL, &p), OK);
}

static void
teardown(void)
{
    placing_close(p);
    arena_free(a);
    remove_tree(top);
}

TestSuite(placing, .init = setup, .fini = teardown);

static enum err
put(const char *folder, const char *name, const char *text)
{
    struct rec *r = record_new(a, &record_manifest_item);
    struct placing_name n = { .under = "files", .name = slice_str(name) };
    union item items[2];
    enum err e;

    items[0].s = items[1].s = slice_str(folder != NULL ? folder : "x");
    cr_assert_eq(record_put(a, r, record_field(&record_manifest_item,
        "folder"), items, 1), OK);
    n.folders = folder != NULL ? record_value(r, "folder") : NULL;
    if ((e = placing_begin(p, PLACING_FILE)) != OK ||
        (e = placing_data(p, PLACING_FILE, slice_str(text))) != OK)
        return e;
    return placing_keep(p, PLACING_FILE, &n);
}

static bool
holds(const char *path, const char *text)
{
    char whole[256];
    struct buf b;
    bool is;

    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    buf_init(&b, 4096);
    is = file_read(whole, &b) == OK && slice_is(slice_of_buf(&b), text);
    buf_clear(&b);
    return is;
}

static bool
is_there(const char *path)
{
    char whole[256];
    struct stat st;

    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    return lstat(whole, &st) == 0;
}

Test(placing, a_file_has_its_name_when_it_is_whole_and_not_before)
{
    cr_assert_eq(put("scans", "a.pdf", "one"), OK);
    cr_expect_not(is_there("files/scans/a.pdf"));
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/scans/a.pdf", "one"));
    cr_expect_str_eq(last, "files/scans/a.pdf");
    cr_expect_not(last_other);
    cr_assert_eq(placing_finish(p), OK);
    placing_close(p);
    p = NULL;
    cr_expect_not(is_there(".valise-part"));
}

Test(placing, what_is_dropped_or_never_flushed_leaves_nothing)
{
    cr_assert_eq(placing_begin(p, PLACING_FILE), OK);
    cr_assert_eq(placing_data(p, PLACING_FILE, slice_str("half")), OK);
    placing_drop(p, PLACING_FILE);
    cr_assert_eq(put(NULL, "b", "two"), OK);
    cr_assert_eq(placing_begin(p, PLACING_FILE), OK);
    placing_close(p);
    p = NULL;
    cr_expect_eq(access(dir, F_OK), -1, "a folder that stays empty goes");
}

Test(placing, a_name_that_is_taken_gets_a_number)
{
    cr_assert_eq(put("s", "a.pdf", "one"), OK);
    cr_assert_eq(put("s", "a.pdf", "two"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/s/a.pdf", "one"));
    cr_expect(holds("files/s/a (2).pdf", "two"));
    cr_expect(last_other);
    /* A file where a folder is to be. */
    cr_assert_eq(put(NULL, "t", "file"), OK);
    cr_assert_eq(put("t", "x", "three"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/t", "file"));
    cr_expect(holds("files/t (2)/x", "three"));
}

Test(placing, a_name_is_taken_back_until_all_are_there)
{
    char path[128];

    cr_assert_eq(put("s", "first", "1"), OK);
    cr_assert_eq(placing_finish(p), OK);
    cr_assert_eq(put("s", "second", "2"), OK);
    cr_assert_eq(put("s/t", "third", "3"), OK);
    cr_assert_eq(put("u", "fourth", "4"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/s/second", "2"));
    /* What is another's file by now stays. */
    (void)snprintf(path, sizeof(path), "%s/files/u/fourth", dir);
    cr_assert_eq(file_write(path, slice_str("another"), 0600, true), OK);
    placing_close(p);
    p = NULL;
    cr_expect(holds("files/s/first", "1"));
    cr_expect_not(is_there("files/s/second"));
    cr_expect_not(is_there("files/s_t"));
    cr_expect(holds("files/u/fourth", "another"));
    cr_expect_not(is_there(".valise-part"));
}

Test(placing, no_name_leads_outside)
{
    static const struct { const char *from, *to; } names[] = {
        { "../../x", "_._.._x" }, { "/etc/passwd", "_etc_passwd" },
        { "..", "__" }, { "-rf", "_rf" }, { ".ssh", "_ssh" },
        { "a\nb", "a_b" }, { "a\x1b[2J", "a_[2J" },
        { "evil\xe2\x80\xae" "fdp.exe", "evil_fdp.exe" },
        { "b\xe2\x80\x8b", "b_" }, { "con.txt", "_on.txt" },
        { "COM1", "_OM1" }, { "common.txt", "common.txt" },
        { "a:b*c?", "a_b_c_" }, { "ends. ", "ends._" },
        { "bad\xff", "bad_" }, { "e\xcc\x81", "\xc3\xa9" }, { "", "_" },
    };
    char out[NAMES_MAX + 1];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        bool other = names_clean(slice_str(names[i].from), out);

        cr_expect_str_eq(out, names[i].to);
        cr_expect_eq(other, strcmp(names[i].from, names[i].to) != 0);
    }
    cr_assert_eq(put("..", "../x", "one"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/__/_._x", "one"), "%s", last);
    cr_expect(last_other);
}

Test(placing, long_names_keep_their_ending_and_whole_characters)
{
    char name[600] = "", out[NAMES_MAX + 1];

    for (size_t i = 0; i < 150; i++)
        strcat(name, "\xc3\xa9");
    strcat(name, ".pdf");
    cr_expect(names_clean(slice_str(name), out));
    cr_expect_leq(strlen(out), NAMES_MAX);
    cr_expect(names_clean(slice_str(out), name) == false);
    (void)snprintf(name, sizeof(name), "%.*s.pdf", 250, out);
    names_number(name, 12, out);
    cr_expect_leq(strlen(out), NAMES_MAX);
    cr_expect_str_eq(out + strlen(out) - 9, " (12).pdf");
}

Test(placing, links_in_the_folder_are_not_followed)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/files", dir);
    cr_assert_eq(symlink("/tmp", path), 0);
    cr_assert_eq(put(NULL, "x", "one"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files (2)/x", "one"));
    cr_expect(last_other);
}

Test(placing, who_is_killed_leaves_what_the_next_one_removes)
{
    char path[128];
    int status;
    pid_t child;

    placing_close(p);
    p = NULL;
    if ((child = fork()) == 0) {
        if (placing_open(dir, done, NULL, &p) == OK &&
            put(NULL, "whole", "1") == OK && placing_finish(p) == OK &&
            put("s", "named", "1") == OK && placing_flush(p) == OK &&
            put(NULL, "queued", "2") == OK &&
            placing_begin(p, PLACING_FILE) == OK &&
            placing_data(p, PLACING_FILE, slice_str("half")) == OK)
            (void)kill(getpid(), SIGKILL);
        _exit(1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));
    cr_expect(holds("files/whole", "1"));
    cr_expect(holds("files/s/named", "1"));
    cr_expect_not(is_there("files/queued"));
    (void)snprintf(path, sizeof(path), "%s/.valise-part/mine", dir);
    cr_assert_eq(file_write(path, slice_str("x"), 0600, false), OK);
    cr_assert_eq(placing_open(dir, done, NULL, &p), OK);
    cr_expect_not(is_there(".valise-part/1"));
    cr_expect_not(is_there(".valise-part/2"));
    cr_expect(is_there(".valise-part/mine"), "only what is ours");
    cr_expect(holds("files/whole", "1"));
    cr_expect_not(is_there("files/s"), "of a copy that is not whole");
    cr_assert_eq(unlink(path), 0);
}

Test(placing, two_at_once_do_not_meet)
{
    struct placing *q = NULL;

    cr_assert_eq(put(NULL, "a", "1"), OK);
    cr_expect_eq(placing_open(dir, done, NULL, &q), ERR_INUSE);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/a", "1"));
}

Test(placing, thousands_are_queued_and_all_get_their_names)
{
    char name[32];

    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof(name), "n%u", i);
        cr_assert_eq(put(i % 2 == 0 ? "even" : NULL, name, name), OK);
    }
    cr_assert_eq(placing_flush(p), OK);
    cr_expect_eq(n_placed, MANY);
    cr_expect(holds("files/even/n1000", "n1000"));
    cr_expect_eq(placing_room(p, UINT64_MAX / 2), ERR_FULL);
    cr_expect_eq(placing_room(p, 1), OK);
}

#define EQUAL 1000                      /* files of one name */
#define LOOKS 32                        /* a few, for one of them */

static off_t
bytes_of(const char *path)
{
    char whole[256];
    struct stat st;

    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    cr_assert_eq(stat(whole, &st), 0);
    return st.st_size;
}

/* What a sender gives one name costs no more than what he gives many. */
Test(placing, files_of_one_name_are_noted_once_each)
{
    char text[32];

    for (unsigned i = 1; i <= EQUAL; i++) {
        (void)snprintf(text, sizeof(text), "%u", i);
        cr_assert_eq(put("s", "a.pdf", text), OK);
    }
    cr_assert_eq(placing_flush(p), OK);
    cr_expect_eq(n_placed, EQUAL);
    cr_expect(holds("files/s/a.pdf", "1"));
    cr_expect(holds("files/s/a (2).pdf", "2"));
    cr_expect(holds("files/s/a (1000).pdf", "1000"));
    cr_expect_leq(bytes_of(".valise-part/named"), EQUAL * 64);
    cr_expect_leq(looks, EQUAL * LOOKS);
    placing_close(p);
    p = NULL;
    cr_expect_eq(access(dir, F_OK), -1, "all of them are taken back");
}

/* The same of folders, where files have their names. */
Test(placing, a_folder_whose_name_files_have_is_found_again)
{
    for (unsigned i = 0; i < EQUAL; i++)
        cr_assert_eq(put(NULL, "a", "1"), OK);
    for (unsigned i = 0; i < EQUAL; i++)
        cr_assert_eq(put(i % 2 == 0 ? "a" : "b", "x", "2"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(holds("files/a (1001)/x", "2"));
    cr_expect(holds("files/a (1001)/x (500)", "2"));
    cr_expect(holds("files/b/x (500)", "2"));
    cr_expect_leq(looks, 3 * EQUAL * LOOKS);
}

/* 16 folders of the longest name, and what lies in them. */
static enum err
put_deep(size_t folders, const char *name)
{
    struct rec *r = record_new(a, &record_manifest_item);
    struct placing_name n = { .under = "files", .name = slice_str(name) };
    static char longest[MANIFEST_FOLDERS_MAX][NAMES_MAX + 1];
    union item items[MANIFEST_FOLDERS_MAX];
    enum err e;

    for (size_t i = 0; i < folders; i++) {
        memset(longest[i], 'a' + (int)i, NAMES_MAX);
        memcpy(longest[i] + NAMES_MAX - 4, ".dir", 4);
        items[i].s = slice_str(longest[i]);
    }
    cr_assert_eq(record_put(a, r, record_field(&record_manifest_item,
        "folder"), items, folders), OK);
    n.folders = record_value(r, "folder");
    if ((e = placing_begin(p, PLACING_FILE)) != OK ||
        (e = placing_data(p, PLACING_FILE, slice_str(name))) != OK)
        return e;
    return placing_keep(p, PLACING_FILE, &n);
}

static size_t
names_like(const char *path, char c)
{
    const char *at = strchr(path, c);

    return at == NULL ? 0 : strcspn(at, "/");
}

Test(placing, a_path_is_one_that_other_programs_open)
{
    char name[NAMES_MAX + 1], whole[4096], deepest[PLACING_PATH_MAX];
    struct stat st;

    (void)snprintf(name, sizeof(name), "%0251d.pdf", 0);
    cr_assert_eq(put_deep(16, name), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect(last_other);
    cr_expect_lt(strlen(last), PLACING_PATH_MAX);
    cr_expect_str_eq(strrchr(last, '/') + 1, name, "the file's own is whole");
    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, last);
    cr_expect_eq(stat(whole, &st), 0);
    cr_expect_eq(names_like(last, 'a'), NAMES_MAX);
    cr_expect_eq(names_like(last, 'g'), NAMES_MAX);
    cr_expect_geq(names_like(last, 'p'), NAMES_SHORT_MIN);
    cr_expect_not_null(strstr(last, "ppp.dir/"), "with its ending");
    (void)snprintf(deepest, sizeof(deepest), "%s", last);
    cr_assert_eq(put_deep(12, "x"), OK);
    cr_assert_eq(put_deep(7, "x"), OK);
    cr_assert_eq(placing_flush(p), OK);
    cr_expect_not(last_other, "as long as there is room");
    (void)snprintf(whole, sizeof(whole), "%s/%.*s/x", dir,
        (int)(strchr(deepest, 'm') - deepest - 1), deepest);
    cr_expect_eq(stat(whole, &st), 0, "one folder, whatever lies in it");
}

Test(placing, a_short_name_ends_as_a_name_may)
{
    char name[NAMES_MAX + 1], out[NAMES_MAX + 1];

    (void)snprintf(name, sizeof(name), "%063d  %063d", 0, 0);
    cr_expect(names_short(name, 64, out));
    cr_expect_eq(out[63], '_');
    cr_expect_not(names_short("short", 64, out));
    cr_expect_str_eq(out, "short");
    (void)snprintf(name, sizeof(name), "%063d\xc3\xa9%063d", 0, 0);
    cr_expect(names_short(name, 64, out));
    cr_expect_eq(strlen(out), 63, "no half character");
}

/* A folder that somebody has prepared. */

static const char *
below(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static ino_t
inode_of(const char *name)
{
    struct stat st;

    cr_assert_eq(lstat(below(name), &st), 0);
    return st.st_ino;
}

/* What it says of a file of this path has a name already. */
static void
prepare(const char *path, ino_t ino)
{
    char line[256];

    (void)snprintf(line, sizeof(line), "%ju %s\n", (uintmax_t)ino, path);
    (void)mkdir(below(PLACING_PART), 0700);
    cr_assert_eq(file_write(below(PLACING_PART "/named"), slice_str(line),
        0600, true), OK);
}

static void
begin_prepared(void)
{
    placing_close(p);
    p = NULL;
    cr_assert_eq(mkdir(dir, 0700), 0);
    cr_assert_eq(mkdir(below("files"), 0700), 0);
    cr_assert_eq(file_write(below("mine"), slice_str("x"), 0600, true), OK);
    cr_assert_eq(file_write(below("../mine"), slice_str("x"), 0600, true),
        OK);
}

static enum err
open_prepared(void)
{
    const enum err e = placing_open(dir, done, NULL, &p);

    placing_close(p);
    p = NULL;
    return e;
}

Test(placing, no_line_of_others_leads_out_of_the_folder)
{
    static const char *const paths[] = { "../mine", "files/../../mine",
        "files/./../../mine", "files//../../mine", "link/mine" };

    begin_prepared();
    cr_assert_eq(symlink("..", below("link")), 0);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        prepare(paths[i], inode_of("../mine"));
        cr_expect_eq(open_prepared(), OK);
        cr_expect(holds("../mine", "x"), "%s", paths[i]);
    }
    prepare("mine", inode_of("mine") + 1);
    cr_expect_eq(open_prepared(), OK);
    cr_expect(is_there("mine"), "another file");
    prepare("mine", inode_of("mine"));
    cr_expect_eq(open_prepared(), OK);
    cr_expect_not(is_there("mine"), "as it is taken back");
}

/* Another disk below it has numbers of its own. */
Test(placing, a_file_of_another_disk_is_another_file)
{
    begin_prepared();
    if (mount("none", below("files"), "tmpfs", 0, "size=64k") != 0) {
        cr_log_warn("no mount here");
        return;
    }
    cr_assert_eq(file_write(below("files/mine"), slice_str("x"), 0600,
        true), OK);
    prepare("files/mine", inode_of("files/mine"));
    cr_expect_eq(open_prepared(), OK);
    cr_expect(is_there("files/mine"));
    cr_assert_eq(umount(below("files")), 0);
}

Test(placing, a_folder_of_parts_that_others_can_write_is_refused)
{
    begin_prepared();
    prepare("mine", inode_of("mine"));
    for (mode_t bit = 1; bit <= 040; bit <<= 1) {
        cr_assert_eq(chmod(below(PLACING_PART), 0700 | bit), 0);
        cr_expect_eq(open_prepared(), ERR_ACCESS, "%o", (unsigned)bit);
    }
    cr_assert_eq(chmod(below(PLACING_PART), 0700), 0);
    if (geteuid() == 0) {
        cr_assert_eq(chown(below(PLACING_PART), 1, 1), 0);
        cr_expect_eq(open_prepared(), ERR_ACCESS);
        cr_assert_eq(chown(below(PLACING_PART), 0, 0), 0);
    }
    cr_expect(holds("mine", "x"), "nothing of it is done");
    cr_expect_gt(bytes_of(PLACING_PART "/named"), 0);
}

Test(placing, a_list_of_names_that_is_no_file_of_its_own_is_refused)
{
    char named[256];

    begin_prepared();
    cr_assert_eq(mkdir(below(PLACING_PART), 0700), 0);
    (void)snprintf(named, sizeof(named), "%s", below(PLACING_PART "/named"));
    cr_assert_eq(link(below("mine"), named), 0);
    cr_expect_eq(open_prepared(), ERR_ACCESS);
    cr_expect(holds("mine", "x"));
    cr_assert_eq(unlink(named), 0);
    cr_assert_eq(mkfifo(named, 0600), 0);
    cr_expect_eq(open_prepared(), ERR_ACCESS);
}

/* A disk that does not take or not keep what is placed. */

/* Who fails closes: what was finished before is there, of the rest nothing,
 * and the next one has the names. */
static void
expect_next_has_them(void)
{
    limit(0);
    bad_sync = bad_syncfs = 0;
    placing_close(p);
    p = NULL;
    cr_expect(holds("files/s/before", "0"));
    cr_expect_not(is_there("files/s/a"));
    cr_expect_not(is_there("files/t"));
    cr_expect_not(is_there(".valise-part"));
    cr_assert_eq(placing_open(dir, done, NULL, &p), OK);
    cr_assert_eq(put("s", "a", "one"), OK);
    cr_assert_eq(put("t", "b", "two"), OK);
    cr_assert_eq(placing_finish(p), OK);
    placing_close(p);
    p = NULL;
    cr_expect(holds("files/s/before", "0"));
    cr_expect(holds("files/s/a", "one"));
    cr_expect(holds("files/t/b", "two"));
    cr_expect_not(is_there("files/s/a (2)"));
}

static void
put_before(void)
{
    cr_assert_eq(put("s", "before", "0"), OK);
    cr_assert_eq(placing_finish(p), OK);
}

static void
put_two(void)
{
    cr_assert_eq(put("s", "a", "one"), OK);
    cr_assert_eq(put("t", "b", "two"), OK);
}

Test(placing, bytes_that_do_not_fit_leave_nothing)
{
    static uint8_t some[8192];

    put_before();
    put_two();
    limit(sizeof(some) / 2);
    cr_assert_eq(placing_begin(p, PLACING_FILE), OK);
    cr_expect_eq(placing_data(p, PLACING_FILE, SLICE(some)), ERR_FULL);
    expect_next_has_them();
}

Test(placing, a_plan_that_does_not_fit_leaves_nothing)
{
    put_before();
    put_two();
    limit(5);
    cr_expect_eq(placing_settle(p), ERR_FULL);
    cr_expect_not(is_there("files/s/a"));
    expect_next_has_them();
}

/* A part of the line is written, which is no failure for who writes it. */
Test(placing, the_note_of_a_name_that_does_not_fit_takes_all_names_back)
{
    put_before();
    put_two();
    cr_assert_eq(placing_settle(p), OK);
    limit(30);
    cr_expect_eq(placing_flush(p), ERR_FULL);
    expect_next_has_them();
}

Test(placing, a_large_file_that_does_not_become_durable_leaves_nothing)
{
    const struct placing_name n = { .under = "files",
        .name = slice_str("large") };
    static uint8_t some[1u << 20];

    put_before();
    put_two();
    cr_assert_eq(placing_begin(p, PLACING_FILE), OK);
    for (size_t i = 0; i < PLACING_ALONE / sizeof(some); i++)
        cr_assert_eq(placing_data(p, PLACING_FILE, SLICE(some)), OK);
    bad_sync = 1;
    cr_expect_eq(placing_keep(p, PLACING_FILE, &n), ERR_IO);
    cr_expect_eq(bad_sync, 0, "it is synced by itself");
    expect_next_has_them();
}

Test(placing, small_files_that_do_not_become_durable_get_no_names)
{
    put_before();
    put_two();
    bad_syncfs = 1;
    cr_expect_eq(placing_settle(p), ERR_IO);
    cr_expect_not(is_there("files/s/a"));
    expect_next_has_them();
}

Test(placing, names_that_do_not_become_durable_are_taken_back)
{
    put_before();
    put_two();
    cr_assert_eq(placing_settle(p), OK);
    bad_syncfs = 1;
    cr_expect_eq(placing_finish(p), ERR_IO);
    cr_expect_eq(bad_syncfs, 0, "it was asked for");
    cr_expect(holds("files/s/a", "one"), "not before it is closed");
    expect_next_has_them();
}

Test(placing, an_end_that_does_not_become_durable_takes_names_back)
{
    put_before();
    put_two();
    cr_assert_eq(placing_flush(p), OK);
    bad_sync = 1;
    cr_expect_eq(placing_finish(p), ERR_IO);
    cr_expect_eq(bad_sync, 0, "it was asked for");
    expect_next_has_them();
}

/* Killed when its end is durable and its list not yet empty. */
Test(placing, names_that_are_final_stay)
{
    char path[128];
    FILE *f;

    put_two();
    cr_assert_eq(placing_flush(p), OK);
    (void)snprintf(path, sizeof(path), "%s/.valise-part/named", dir);
    cr_assert_not_null(f = fopen(path, "a"));
    (void)fputs("final\n", f);
    (void)fclose(f);
    cr_assert_eq(put("u", "after", "3"), OK);
    cr_assert_eq(placing_flush(p), OK);
    placing_close(p);
    p = NULL;
    cr_expect(holds("files/s/a", "one"));
    cr_expect(holds("files/t/b", "two"));
    cr_expect_not(is_there("files/u"), "what came after it does not");
}
