#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "node/store_log.h"
#include "node/store_msg.h"
#include "node/store_sql.h"
#include "tests/unit/node/store_fixture.h"

TestSuite(store, .init = set_up, .fini = tear_down);

/* Whether the file holds the text; false for a file that is not there. */
static bool
file_holds(const char *name, const char *text, size_t *size)
{
    FILE *f = fopen(name, "rb");
    size_t n, len = strlen(text);
    char *p;
    bool found = false;

    *size = 0;
    if (f == NULL)
        return false;
    cr_assert_eq(fseek(f, 0, SEEK_END), 0);
    n = (size_t)ftell(f);
    rewind(f);
    p = malloc(n + 1);
    cr_assert_not_null(p);
    cr_assert_eq(fread(p, 1, n, f), n);
    for (size_t i = 0; i + len <= n && !found; i++)
        found = memcmp(p + i, text, len) == 0;
    free(p);
    (void)fclose(f);
    *size = n;
    return found;
}

/* Runs text on the file, which nobody has open. */
static void
alter(const char *text)
{
    sqlite3 *db;

    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}

static struct buf
meta(const char *key, enum err want)
{
    struct buf b;

    buf_init(&b, STORE_BLOB_MAX);
    cr_assert_eq(store_meta_get(s, key, &b), want, "key %s", key);
    return b;
}

Test(store, a_value_by_name_is_written_over_and_read_again)
{
    struct buf b;

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    cr_expect_eq(store_meta_put(s, "x", slice_str("two")), OK);
    cr_expect_eq(store_meta_put(s, "empty", SLICE_EMPTY), OK);
    commit();
    reopen();
    b = meta("x", OK);
    cr_expect(slice_is(slice_of_buf(&b), "two"));
    buf_clear(&b);
    b = meta("empty", OK);
    cr_expect_eq(b.n, 0);
    buf_clear(&b);
    b = meta("y", ERR_NOTFOUND);
    buf_clear(&b);
}

Test(store, a_buf_that_is_too_small_is_an_error)
{
    struct buf b;

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    commit();
    buf_init(&b, 2);
    cr_expect_eq(store_meta_get(s, "x", &b), E_OVERSIZE);
    buf_clear(&b);
}

Test(store, the_files_can_be_read_by_their_owner_only)
{
    struct stat st;

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    commit();
    cr_expect_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_expect_eq(stat(wal, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    store_close(s);
    s = NULL;
    cr_expect_eq(chmod(path, 0640), 0);
    cr_expect_eq(store_open(path, 0, &s), ERR_PERM);
    cr_expect_null(s);
}

Test(store, a_rollback_leaves_nothing_and_the_tree_as_it_was)
{
    uint8_t salt[HASH_LEN] = { 1 }, before[HASH_LEN], after[HASH_LEN];
    uint64_t index = 99, size = 99;
    struct buf b;

    begin();
    cr_expect_eq(store_leaf_append(s, slice_str("a"), salt, NULL, 0, &index),
        OK);
    commit();
    cr_expect_eq(store_log_root(s, &size, before), OK);
    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    cr_expect_eq(store_leaf_append(s, slice_str("b"), salt, NULL, 0, &index),
        OK);
    cr_expect_eq(index, 1);
    store_rollback(s);
    cr_expect_eq(store_log_root(s, &size, after), OK);
    cr_expect_eq(size, 1);
    cr_expect_arr_eq(before, after, HASH_LEN);
    b = meta("x", ERR_NOTFOUND);
    buf_clear(&b);
    reopen();
    b = meta("x", ERR_NOTFOUND);
    buf_clear(&b);
    cr_expect_eq(store_log_root(s, &size, after), OK);
    cr_expect_arr_eq(before, after, HASH_LEN);
}

Test(store, what_was_not_committed_is_gone_after_close)
{
    struct buf b;

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    reopen();
    b = meta("x", ERR_NOTFOUND);
    buf_clear(&b);
    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("two")), OK);
    commit();
}

Test(store, what_was_committed_survives_the_end_of_the_process)
{
    struct buf b;
    pid_t child;
    int status;

    store_close(s);
    s = NULL;
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        bool ok = store_open(path, 0, &s) == OK && store_begin(s) == OK &&
            store_meta_put(s, "x", slice_str("kept")) == OK &&
            store_commit(s) == OK && store_begin(s) == OK &&
            store_meta_put(s, "x", slice_str("lost")) == OK;

        _exit(ok ? 7 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    reopen();
    b = meta("x", OK);
    cr_expect(slice_is(slice_of_buf(&b), "kept"));
    buf_clear(&b);
}

Test(store, a_failed_write_makes_the_whole_transaction_fail)
{
    struct buf b;

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    cr_expect_eq(store_message_state_set(s, 77, STORE_OPENED), ERR_NOTFOUND);
    cr_expect_eq(store_bad(s), ERR_NOTFOUND);
    cr_expect_eq(store_meta_put(s, "y", slice_str("two")), ERR_NOTFOUND);
    cr_expect_eq(store_commit(s), ERR_NOTFOUND);
    b = meta("x", ERR_NOTFOUND);
    buf_clear(&b);
    begin();
    cr_expect_eq(store_bad(s), OK);
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    commit();
}

Test(store, numbers_and_values_beyond_the_bounds_are_refused)
{
    struct store_peerlog p = { .origin = slice_str("o"),
        .size = UINT64_MAX };

    begin();
    cr_expect_eq(store_peerlog_put(s, &p), E_FIELD_RANGE);
    cr_expect_eq(store_commit(s), E_FIELD_RANGE);
    begin();
    cr_expect_eq(store_meta_put(s, "x", bytes(1, STORE_BLOB_MAX + 1)),
        E_OVERSIZE);
    store_rollback(s);
    begin();
    cr_expect_eq(store_meta_put(s, "x", bytes(1, STORE_BLOB_MAX)), OK);
    commit();
}

Test(store, a_second_opener_is_refused)
{
    struct store *other = NULL;
    pid_t child;
    int status;

    cr_expect_eq(store_open(path, 0, &other), ERR_INUSE);
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0)
        _exit(store_open(path, 0, &other) == ERR_INUSE ? 7 : 1);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    cr_expect_null(other);
}

Test(store, there_is_no_shared_memory_file)
{
    char shm[112];

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("one")), OK);
    commit();
    (void)snprintf(shm, sizeof(shm), "%s-shm", path);
    cr_expect_neq(access(shm, F_OK), 0);
    cr_expect_eq(access(wal, F_OK), 0);
}

Test(store, another_schema_is_refused_and_left_alone)
{
    store_close(s);
    s = NULL;
    alter("PRAGMA user_version = 5");
    cr_expect_eq(store_open(path, 0, &s), ERR_NEWER);
    cr_expect_null(s);
    alter("PRAGMA user_version = 3");
    cr_expect_eq(store_open(path, 0, &s), ERR_OLDER);
    cr_expect_null(s);
    alter("PRAGMA user_version = 4");
    cr_expect_eq(store_open(path, 0, &s), OK);
}

Test(store, another_file_is_refused)
{
    FILE *f;

    store_close(s);
    s = NULL;
    alter("PRAGMA application_id = 1");
    cr_expect_eq(store_open(path, 0, &s), ERR_FORMAT);
    f = fopen(path, "wb");
    cr_assert_not_null(f);
    for (int i = 0; i < 4096; i++)
        cr_assert_neq(fputc('x', f), EOF);
    (void)fclose(f);
    cr_expect_eq(store_open(path, 0, &s), ERR_FORMAT);
    cr_expect_eq(store_open("/nowhere/at/all", 0, &s), ERR_NOTFOUND);
    cr_expect_eq(store_open(dir, 0, &s), ERR_FORMAT);
    cr_expect_null(s);
}

Test(store, a_damaged_database_is_an_input_error_and_no_crash)
{
    struct seen seen = { 0 };
    uint8_t junk[4096];
    struct stat st;
    enum err e;
    int fd;

    begin();
    for (unsigned i = 1; i <= 40; i++)
        (void)put(i, STORE_IN, "QO-FIU", 1);
    commit();
    store_close(s);
    s = NULL;
    memset(junk, 0xa5, sizeof(junk));
    cr_assert_eq(stat(path, &st), 0);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    for (off_t at = 4096; at < st.st_size; at += 4096)
        cr_assert_eq(pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
    (void)close(fd);
    e = store_open(path, 0, &s);
    if (e == OK)
        e = store_inbox_list(s, 0, 50, see_message, &seen);
    cr_expect_eq(e, ERR_IO);
}

Test(store, a_full_disk_is_said_and_loses_nothing)
{
    char key[16];
    unsigned n = 0;
    enum err e = OK;
    struct buf b;

    store_close(s);
    s = NULL;
    cr_assert_eq(store_open(path, 1048576, &s), OK);
    while (e == OK && n < 1000) {
        begin();
        (void)snprintf(key, sizeof(key), "key %u", n);
        e = store_meta_put(s, key, bytes(n, 20000));
        if (e == OK)
            e = store_commit(s);
        else
            cr_expect_eq(store_commit(s), e);
        n += e == OK;
    }
    cr_expect_eq(e, ERR_FULL);
    cr_expect_gt(n, 10);
    cr_expect_lt(n, 60);
    b = meta(key, ERR_NOTFOUND);
    buf_clear(&b);
    cr_expect_eq(store_checkpoint(s), OK);
    reopen();
    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(key, sizeof(key), "key %u", i);
        b = meta(key, OK);
        cr_expect(slice_equal(slice_of_buf(&b), bytes(i, 20000)));
        buf_clear(&b);
    }
    begin();
    cr_expect_eq(store_meta_put(s, "more", bytes(1, 20000)), OK);
    commit();
}

Test(store, what_was_erased_is_in_no_file_after_a_checkpoint)
{
    static const char canary[] = "canary-4f1d0c9e-erase-me";
    char big[9000];
    size_t size;

    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = canary[i % (sizeof(canary) - 1)];
    begin();
    (void)put(1, STORE_IN, "QO-FIU", 1);
    cr_expect_eq(store_body_put(s, 1, slice_of(big, sizeof(big))), OK);
    commit();
    cr_expect(file_holds(wal, canary, &size), "the test sees nothing");
    cr_expect_eq(store_checkpoint(s), OK);
    cr_expect(file_holds(path, canary, &size), "the test sees nothing");
    begin();
    cr_expect_eq(store_body_drop(s, 1), OK);
    commit();
    cr_expect_eq(store_checkpoint(s), OK);
    cr_expect_not(file_holds(path, canary, &size));
    cr_expect_gt(size, 0);
    cr_expect_not(file_holds(wal, canary, &size));
    cr_expect_eq(size, 0);
}

Test(store, the_write_ahead_log_does_not_grow_for_ever)
{
    struct stat st;
    off_t most = 0;

    for (unsigned i = 0; i < 60; i++) {
        begin();
        cr_assert_eq(store_meta_put(s, "x", bytes(i, STORE_BLOB_MAX)), OK);
        commit();
        cr_assert_eq(stat(wal, &st), 0);
        if (st.st_size > most)
            most = st.st_size;
    }
    cr_expect_gt(most, STORE_WAL_MAX / 2);
    cr_expect_lt(most, STORE_WAL_MAX + 4 * STORE_BLOB_MAX);
}

Test(store, after_a_fault_of_the_disk_it_serves_only_when_opened_again)
{
    struct rlimit was, small;
    struct buf b;
    enum err e;

    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("kept")), OK);
    commit();
    /* Writing past the limit fails with EFBIG, which is not a full disk. */
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    begin();
    cr_expect_eq(store_meta_put(s, "x", bytes(1, 100000)), OK);
    small = was;
    small.rlim_cur = 65536;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    e = store_commit(s);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
    cr_expect_eq(e, ERR_IO);
    cr_expect_eq(store_begin(s), ERR_IO);
    cr_expect_eq(store_checkpoint(s), ERR_IO);
    reopen();
    b = meta("x", OK);
    cr_expect(slice_is(slice_of_buf(&b), "kept"));
    buf_clear(&b);
    begin();
    cr_expect_eq(store_meta_put(s, "x", slice_str("new")), OK);
    commit();
}

/* Each message that is checked asks for it, however many parcels there are. */
Test(store, a_parcel_is_found_by_its_root_without_a_look_at_the_others)
{
    static const char *const text[SQLS] = {
#define SQL_TEXT(id, t) [id] = "EXPLAIN QUERY PLAN " t,
        SQL_LIST(SQL_TEXT)
#undef SQL_TEXT
    };
    static const enum sql by_root[] = { SQL_PARCEL_FIND, SQL_PARCEL_OWN };
    sqlite3_stmt *plan;
    sqlite3 *db;

    store_close(s);
    s = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof(by_root) / sizeof(by_root[0]); i++) {
        cr_assert_eq(sqlite3_prepare_v2(db, text[by_root[i]], -1, &plan,
            NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(plan, 3);

            cr_expect(strstr(step, "SEARCH") == step, "%s", step);
            cr_expect_not_null(strstr(step, "root=?"), "%s", step);
        }
        cr_assert_eq(sqlite3_finalize(plan), SQLITE_OK);
    }
    cr_assert_eq(sqlite3_close(db), SQLITE_OK);
}
