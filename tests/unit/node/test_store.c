#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/store.h"

#define LEAVES 3000
#define ARENA_MAX 1048576

/* Each test has a folder and a process of its own. */
static char dir[64], path[96], wal[112];
static struct store *s;
static struct arena *a;

static void
reopen(void)
{
    store_close(s);
    s = NULL;
    cr_assert_eq(store_open(path, 0, &s), OK);
}

static void
set_up(void)
{
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-store-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/store.db", dir);
    (void)snprintf(wal, sizeof(wal), "%s-wal", path);
    a = arena_new(ARENA_MAX);
    reopen();
}

static void
tear_down(void)
{
    store_close(s);
    arena_free(a);
    (void)unlink(wal);
    (void)unlink(path);
    (void)rmdir(dir);
}

TestSuite(store, .init = set_up, .fini = tear_down);

static void
begin(void)
{
    cr_assert_eq(store_begin(s), OK);
}

static void
commit(void)
{
    cr_assert_eq(store_commit(s), OK);
}

/* n bytes that depend on seed alone. */
static struct slice
bytes(unsigned seed, size_t n)
{
    static uint8_t room[8][STORE_BLOB_MAX + 1];
    static unsigned turn;
    uint8_t *p = room[turn++ % 8];

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(seed * 31 + i * 7 + (i >> 8));
    return slice_of(p, n);
}

static void
fill(uint8_t *out, size_t n, unsigned seed)
{
    memset(out, 0, n);
    out[0] = (uint8_t)seed;
    out[1] = (uint8_t)(seed >> 8);
}

static struct store_message
message(unsigned seed, enum store_dir d, const char *peer, unsigned thread)
{
    struct store_message m = {
        .dir = d, .peer = slice_str(peer), .kind = 3, .at = 1000 + seed,
        .state = d == STORE_IN ? STORE_RECEIVED : STORE_QUEUED,
        .entry = STORE_NONE, .head = bytes(seed, 300),
    };

    fill(m.msg_id, MSG_ID_LEN, seed);
    fill(m.thread, MSG_ID_LEN, thread);
    fill(m.digest, HASH_LEN, seed);
    return m;
}

static uint64_t
put(unsigned seed, enum store_dir d, const char *peer, unsigned thread)
{
    struct store_message m = message(seed, d, peer, thread);

    cr_assert_eq(store_message_put(s, &m, true), OK);
    return m.n;
}

/* Collects the numbers that a list gives. */
struct seen {
    size_t n;
    uint64_t at[64];
    size_t bytes;
};

static enum err
see(struct seen *seen, uint64_t n, size_t len)
{
    cr_assert_lt(seen->n, 64);
    seen->at[seen->n++] = n;
    seen->bytes += len;
    return OK;
}

static enum err
see_message(void *arg, const struct store_message *m)
{
    return see(arg, m->n, m->head.n);
}

static enum err
see_out(void *arg, const struct store_out *o)
{
    return see(arg, o->n, o->peer.n);
}

static enum err
see_wrap(void *arg, const struct store_wrap *w)
{
    return see(arg, w->n * 100 + w->i, w->bytes.n);
}

static enum err
see_receipt(void *arg, const struct store_receipt *r)
{
    return see(arg, r->event, r->bytes.n + r->note.n);
}

static enum err
see_thread(void *arg, const struct store_thread *t)
{
    return see(arg, t->id[0], t->fold.n);
}

static enum err
see_object(void *arg, const struct store_object *o)
{
    return see(arg, o->serial, o->bytes.n);
}

static enum err
see_slot(void *arg, const struct store_slot *slot)
{
    return see(arg, slot->epoch[0] * 100U + slot->officer[0], slot->bytes.n);
}

static enum err
see_peerlog(void *arg, const struct store_peerlog *p)
{
    return see(arg, p->size, p->note.n);
}

static enum err
see_entry(void *arg, uint64_t index, struct slice entry)
{
    return see(arg, index, entry.n);
}

static enum err
stop_at_first(void *arg, const struct store_message *m)
{
    (void)see_message(arg, m);
    return ERR_CANCELLED;
}

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

Test(store, a_newer_schema_is_refused_and_left_alone)
{
    store_close(s);
    s = NULL;
    alter("PRAGMA user_version = 2");
    cr_expect_eq(store_open(path, 0, &s), ERR_NEWER);
    cr_expect_null(s);
    alter("PRAGMA user_version = 1");
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

Test(store, a_message_is_found_by_number_id_and_digest)
{
    struct store_message m = message(5, STORE_IN, "QO-FIU", 9), got;

    m.entry = 12;
    begin();
    cr_expect_eq(store_message_put(s, &m, true), OK);
    commit();
    reopen();
    cr_expect_eq(m.n, 1);
    cr_expect_eq(m.place, 1);
    cr_assert_eq(store_message_find_id(s, STORE_IN, slice_str("QO-FIU"),
        m.msg_id, a, &got), OK);
    cr_expect_eq(got.n, 1);
    cr_expect_eq(got.dir, STORE_IN);
    cr_expect(slice_is(got.peer, "QO-FIU"));
    cr_expect_arr_eq(got.msg_id, m.msg_id, MSG_ID_LEN);
    cr_expect_arr_eq(got.thread, m.thread, MSG_ID_LEN);
    cr_expect_arr_eq(got.digest, m.digest, HASH_LEN);
    cr_expect_eq(got.kind, 3);
    cr_expect_eq(got.state, STORE_RECEIVED);
    cr_expect_eq(got.at, 1005);
    cr_expect_eq(got.place, 1);
    cr_expect_eq(got.entry, 12);
    cr_expect(slice_equal(got.head, bytes(5, 300)));
    cr_expect_eq(store_message_find_digest(s, m.digest, NULL, &got), OK);
    cr_expect_eq(got.head.n, 0);
    cr_expect_eq(store_message_get(s, 1, a, &got), OK);
    cr_expect_eq(store_message_get(s, 2, a, &got), ERR_NOTFOUND);
    cr_expect_eq(store_message_find_id(s, STORE_IN, slice_str("QO-FIX"),
        m.msg_id, a, &got), ERR_NOTFOUND);
    cr_expect_eq(store_message_find_id(s, STORE_OUT, slice_str("QO-FIU"),
        m.msg_id, a, &got), ERR_NOTFOUND);
}

Test(store, an_id_is_used_once_by_each_sender)
{
    struct store_message m = message(5, STORE_OUT, "QO-FIU", 9);

    begin();
    cr_expect_eq(store_message_put(s, &m, false), OK);
    /* A peer may take the id of a message of ours, or of another peer. */
    m.dir = STORE_IN;
    m.digest[9] = 1;
    cr_expect_eq(store_message_put(s, &m, false), OK);
    m.peer = slice_str("ZZ-FIU");
    m.digest[9] = 2;
    cr_expect_eq(store_message_put(s, &m, false), OK);
    commit();
    for (int d = STORE_IN; d <= STORE_OUT; d++) {
        begin();
        m.dir = (enum store_dir)d;
        m.digest[9]++;
        cr_expect_eq(store_message_put(s, &m, false), ERR_EXISTS);
        cr_expect_eq(store_commit(s), ERR_EXISTS);
    }
    begin();
    m = message(6, STORE_IN, "QO-FIU", 9);
    fill(m.digest, HASH_LEN, 5);
    cr_expect_eq(store_message_put(s, &m, false), ERR_EXISTS);
    store_rollback(s);
}

Test(store, state_entry_head_and_place_of_a_message_change)
{
    struct store_message m = message(5, STORE_OUT, "QO-FIU", 9), got;
    uint64_t place = 0;

    begin();
    m.state = STORE_PENDING;
    cr_expect_eq(store_message_put(s, &m, false), OK);
    (void)put(6, STORE_IN, "QO-FIU", 9);
    cr_expect_eq(store_message_state_set(s, m.n, STORE_QUEUED), OK);
    cr_expect_eq(store_message_entry_set(s, m.n, 4), OK);
    cr_expect_eq(store_message_head_set(s, m.n, slice_str("head")), OK);
    cr_expect_eq(store_message_place_take(s, m.n, &place), OK);
    cr_expect_eq(place, 2);
    commit();
    cr_assert_eq(store_message_get(s, m.n, a, &got), OK);
    cr_expect_eq(got.state, STORE_QUEUED);
    cr_expect_eq(got.entry, 4);
    cr_expect_eq(got.place, 2);
    cr_expect(slice_is(got.head, "head"));
    begin();
    cr_expect_eq(store_message_place_take(s, m.n, &place), ERR_NOTFOUND);
    store_rollback(s);
}

Test(store, the_inbox_comes_in_pages_and_a_list_can_be_stopped)
{
    struct seen seen = { 0 };

    begin();
    for (unsigned i = 1; i <= 9; i++)
        (void)put(i, i == 4 ? STORE_OUT : STORE_IN, "QO-FIU", 1);
    commit();
    cr_expect_eq(store_inbox_list(s, 0, 4, see_message, &seen), OK);
    cr_expect_eq(seen.n, 4);
    cr_expect_eq(seen.at[3], 5);
    cr_expect_eq(seen.bytes, 1200);
    cr_expect_eq(store_inbox_list(s, 5, 40, see_message, &seen), OK);
    cr_expect_eq(seen.n, 8);
    cr_expect_eq(seen.at[7], 9);
    cr_expect_eq(store_inbox_list(s, 9, 40, see_message, &seen), OK);
    cr_expect_eq(seen.n, 8);
    cr_expect_eq(store_inbox_list(s, 0, 4, stop_at_first, &seen),
        ERR_CANCELLED);
    cr_expect_eq(seen.n, 9);
    cr_expect_eq(store_inbox_list(s, 0, 1, see_message, &seen), OK);
}

Test(store, what_waits_for_an_approver_is_listed)
{
    struct seen seen = { 0 };
    struct store_message m;

    begin();
    for (unsigned i = 1; i <= 4; i++) {
        m = message(i, STORE_OUT, "QO-FIU", 1);
        m.state = i % 2 == 0 ? STORE_PENDING : STORE_HELD;
        cr_expect_eq(store_message_put(s, &m, false), OK);
    }
    commit();
    cr_expect_eq(store_pending_list(s, 0, 9, see_message, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 2);
    cr_expect_eq(seen.at[1], 4);
    cr_expect_eq(store_state_list(s, STORE_OUT, STORE_HELD, 1, 9,
        see_message, &seen), OK);
    cr_expect_eq(seen.n, 3);
    cr_expect_eq(seen.at[2], 3);
}

Test(store, a_thread_is_in_the_order_of_queueing)
{
    struct seen seen = { 0 };
    struct store_message m = message(1, STORE_OUT, "QO-FIU", 7);
    struct store_message n = message(2, STORE_OUT, "QO-FIU", 7);
    uint64_t place;

    begin();
    cr_expect_eq(store_message_put(s, &m, false), OK);
    cr_expect_eq(store_message_put(s, &n, false), OK);
    (void)put(3, STORE_IN, "QO-FIU", 7);
    (void)put(4, STORE_IN, "QO-FIU", 8);
    (void)put(5, STORE_IN, "ZZ-FIU", 7);
    (void)put(6, STORE_OUT, "QO-FIU", 7);
    cr_expect_eq(store_message_place_take(s, n.n, &place), OK);
    commit();
    cr_expect_eq(store_thread_messages(s, slice_str("QO-FIU"), m.thread,
        see_message, &seen), OK);
    cr_assert_eq(seen.n, 4);
    cr_expect_eq(seen.at[0], 3);
    cr_expect_eq(seen.at[1], 6);
    cr_expect_eq(seen.at[2], 2);
    cr_expect_eq(seen.at[3], 1);
}

Test(store, body_and_wraps_are_kept_and_dropped)
{
    struct store_wrap w = { .bytes = slice_str("wrapped") };
    struct seen seen = { 0 };
    struct buf b;

    buf_init(&b, STORE_BLOB_MAX);
    begin();
    w.n = put(1, STORE_IN, "QO-FIU", 1);
    cr_expect_eq(store_body_put(s, 1, bytes(3, 131072)), OK);
    for (unsigned i = 3; i-- > 0;) {
        w.i = i;
        fill(w.epoch, HASH_LEN, 1 + i / 2);
        cr_expect_eq(store_wrap_put(s, &w), OK);
    }
    fill(w.epoch, HASH_LEN, 9);
    cr_expect_eq(store_wrap_put(s, &w), OK);
    w.n = put(2, STORE_IN, "QO-FIU", 1);
    fill(w.epoch, HASH_LEN, 1);
    cr_expect_eq(store_wrap_put(s, &w), OK);
    commit();
    cr_expect_eq(store_body_get(s, 1, &b), OK);
    cr_expect(slice_equal(slice_of_buf(&b), bytes(3, 131072)));
    cr_expect_eq(store_body_get(s, 2, &b), ERR_NOTFOUND);
    cr_expect_eq(store_wraps_get(s, 1, see_wrap, &seen), OK);
    cr_assert_eq(seen.n, 4);
    cr_expect_eq(seen.at[0], 100);
    cr_expect_eq(seen.at[1], 100);
    cr_expect_eq(seen.at[2], 101);
    cr_expect_eq(seen.at[3], 102);
    cr_expect_eq(seen.bytes, 4 * 7);
    seen.n = 0;
    cr_expect_eq(store_wraps_of(s, w.epoch, 0, 1, see_wrap, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(store_wraps_of(s, w.epoch, 1, 5, see_wrap, &seen), OK);
    cr_assert_eq(seen.n, 3);
    cr_expect_eq(seen.at[2], 200);
    begin();
    cr_expect_eq(store_wraps_drop_epoch(s, w.epoch), OK);
    cr_expect_eq(store_body_drop(s, 1), OK);
    cr_expect_eq(store_body_drop(s, 1), OK);
    commit();
    seen.n = 0;
    cr_expect_eq(store_wraps_get(s, 1, see_wrap, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_wraps_get(s, 2, see_wrap, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_body_get(s, 1, &b), ERR_NOTFOUND);
    begin();
    cr_expect_eq(store_wraps_drop(s, 1), OK);
    commit();
    seen.n = 0;
    cr_expect_eq(store_wraps_get(s, 1, see_wrap, &seen), OK);
    cr_expect_eq(seen.n, 0);
    buf_clear(&b);
}

Test(store, a_body_without_a_message_is_refused)
{
    begin();
    cr_expect_eq(store_body_put(s, 3, slice_str("x")), ERR_NOTFOUND);
    cr_expect_eq(store_commit(s), ERR_NOTFOUND);
}

Test(store, the_first_receipt_of_an_event_stays)
{
    struct store_receipt r = { .event = 5, .bytes = slice_str("receipt"),
        .note = slice_str("note") }, got;
    struct seen seen = { 0 };

    begin();
    r.n = put(1, STORE_OUT, "QO-FIU", 1);
    cr_expect_eq(store_receipt_put(s, &r), OK);
    r.event = 3;
    cr_expect_eq(store_receipt_put(s, &r), OK);
    commit();
    cr_assert_eq(store_receipt_get(s, 1, 5, a, &got), OK);
    cr_expect(slice_is(got.bytes, "receipt"));
    cr_expect(slice_is(got.note, "note"));
    cr_expect_eq(store_receipt_get(s, 1, 6, a, &got), ERR_NOTFOUND);
    cr_expect_eq(store_receipts_list(s, 1, see_receipt, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 3);
    begin();
    cr_expect_eq(store_receipt_put(s, &r), ERR_EXISTS);
    store_rollback(s);
}

Test(store, a_thread_is_written_over_and_found_when_it_is_due)
{
    struct store_thread t = { .peer = slice_str("QO-FIU"), .machine = 1,
        .state = 4, .flags = 0x80000001, .due = 500, .stopped = 90,
        .fold = slice_str("fold") }, got;
    struct seen seen = { 0 };

    begin();
    for (unsigned i = 1; i <= 4; i++) {
        fill(t.id, MSG_ID_LEN, i);
        t.due = i == 4 ? 0 : 500 - (int64_t)i;
        cr_expect_eq(store_thread_put(s, &t), OK);
    }
    t.state = 5;
    cr_expect_eq(store_thread_put(s, &t), OK);
    commit();
    cr_assert_eq(store_thread_get(s, t.peer, t.id, a, &got), OK);
    cr_expect(slice_is(got.peer, "QO-FIU"));
    cr_expect_arr_eq(got.id, t.id, MSG_ID_LEN);
    cr_expect_eq(got.machine, 1);
    cr_expect_eq(got.state, 5);
    cr_expect_eq(got.flags, 0x80000001);
    cr_expect_eq(got.due, 0);
    cr_expect_eq(got.stopped, 90);
    cr_expect(slice_is(got.fold, "fold"));
    cr_expect_eq(store_thread_get(s, slice_str("ZZ"), t.id, a, &got),
        ERR_NOTFOUND);
    cr_expect_eq(store_threads_due(s, 498, 9, see_thread, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 3);
    cr_expect_eq(seen.at[1], 2);
}

static struct seen
due(const char *peer, int64_t now)
{
    struct seen seen = { 0 };

    cr_assert_eq(store_outbox_due(s, slice_str(peer), now, 60, see_out,
        &seen), OK);
    return seen;
}

Test(store, the_outbox_keeps_the_order_of_a_thread)
{
    struct store_out o = { .next = 100, .expires = 900 };
    struct seen seen = { 0 };
    uint64_t n = 0;

    begin();
    /* 1, 2, 3 in one thread, 4 in another, 5 to another peer. */
    for (unsigned i = 1; i <= 5; i++) {
        o.n = put(i, STORE_OUT, i == 5 ? "ZZ-FIU" : "QO-FIU", i > 3 ? 2 : 1);
        o.target = i == 3 ? 4 : 0;      /* 3 waits for 4 alone */
        cr_expect_eq(store_outbox_put(s, &o), OK);
    }
    commit();
    cr_expect_eq(due("QO-FIU", 99).n, 0);
    seen = due("QO-FIU", 100);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 1);
    cr_expect_eq(seen.at[1], 4);
    begin();
    cr_expect_eq(store_outbox_tried(s, 1, 1, 200), OK);
    cr_expect_eq(store_outbox_done(s, 4), OK);
    commit();
    reopen();
    seen = due("QO-FIU", 150);          /* 2 waits behind 1 */
    cr_assert_eq(seen.n, 1);
    cr_expect_eq(seen.at[0], 3);
    begin();
    cr_expect_eq(store_outbox_wake(s, slice_str("QO-FIU"), 150), OK);
    commit();
    seen = due("QO-FIU", 150);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 1);
    begin();
    cr_expect_eq(store_outbox_done(s, 1), OK);
    commit();
    seen = due("QO-FIU", 150);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 2);
    cr_expect_eq(store_outbox_count(s, slice_str("QO-FIU"), &n), OK);
    cr_expect_eq(n, 2);
    seen.n = 0;
    cr_expect_eq(store_outbox_expired(s, 899, 9, see_out, &seen), OK);
    cr_expect_eq(seen.n, 0);
    cr_expect_eq(store_outbox_expired(s, 900, 9, see_out, &seen), OK);
    cr_expect_eq(seen.n, 3);
}

Test(store, only_a_message_of_ours_with_a_place_is_delivered)
{
    struct store_message m = message(1, STORE_OUT, "QO-FIU", 1);
    struct store_out o = { .n = 1 };

    begin();
    cr_expect_eq(store_message_put(s, &m, false), OK);
    commit();
    begin();
    cr_expect_eq(store_outbox_put(s, &o), ERR_NOTFOUND);
    store_rollback(s);
    begin();
    o.n = put(2, STORE_IN, "QO-FIU", 1);
    cr_expect_eq(store_outbox_put(s, &o), ERR_NOTFOUND);
    store_rollback(s);
    begin();
    cr_expect_eq(store_outbox_done(s, 1), OK);
    store_rollback(s);
}

/* Appends leaves [from, to), each of its own bytes. */
static void
append(uint64_t from, uint64_t to)
{
    uint8_t entry[40] = { 0 }, salt[HASH_LEN] = { 0 };
    struct store_value v = { ENTRY_ACTOR, slice_str("kid") };
    uint64_t index;

    begin();
    for (uint64_t i = from; i < to; i++) {
        put_u64(entry, i * 977);
        put_u64(salt, i);
        cr_assert_eq(store_leaf_append(s, SLICE(entry), salt, &v, 1, &index),
            OK);
        cr_assert_eq(index, i);
    }
    commit();
}

static void
leaf_of(uint64_t i, uint8_t out[static HASH_LEN])
{
    uint8_t entry[40] = { 0 };

    put_u64(entry, i * 977);
    tree_leaf(SLICE(entry), out);
}

/* The root of size leaves, built without the store. */
static void
root_of(uint64_t size, uint8_t out[static HASH_LEN])
{
    struct tree_range range;
    uint8_t leaf[HASH_LEN];

    tree_range_init(&range);
    for (uint64_t i = 0; i < size; i++) {
        leaf_of(i, leaf);
        tree_range_add(&range, leaf);
    }
    tree_range_root(&range, out);
}

static void
check_proofs(uint64_t size, uint64_t step)
{
    uint8_t root[HASH_LEN], want[HASH_LEN], leaf[HASH_LEN], old[HASH_LEN];
    struct tree_proof proof;
    uint64_t got;

    cr_assert_eq(store_log_root(s, &got, root), OK);
    cr_assert_eq(got, size);
    root_of(size, want);
    cr_assert_arr_eq(root, want, HASH_LEN);
    cr_assert_eq(tree_root_at(store_tree_fetch, s, size, want), OK);
    cr_assert_arr_eq(root, want, HASH_LEN);
    for (uint64_t i = 0; i < size; i += step) {
        leaf_of(i, leaf);
        cr_assert_eq(tree_prove_inclusion(i, size, store_tree_fetch, s,
            &proof), OK);
        cr_assert_eq(tree_check_inclusion(i, size, leaf, &proof, root), OK);
    }
    for (uint64_t i = 1; i <= size; i += 7 * step) {
        root_of(i, old);
        cr_assert_eq(tree_prove_consistency(i, size, store_tree_fetch, s,
            &proof), OK);
        cr_assert_eq(tree_check_consistency(i, size, old, root, &proof), OK);
    }
}

Test(store, proofs_out_of_the_tiles_of_a_log_verify)
{
    static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 512, 700,
        LEAVES };
    uint64_t from = 0;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        append(from, sizes[i]);
        from = sizes[i];
        if (i % 2 == 1)
            reopen();
        check_proofs(from, 1 + from / 100);
    }
    reopen();
    check_proofs(LEAVES, 1);
}

Test(store, a_node_that_is_not_complete_is_not_given)
{
    uint8_t out[HASH_LEN];

    append(0, 300);
    cr_expect_eq(store_tree_fetch(s, 0, 299, out), OK);
    cr_expect_eq(store_tree_fetch(s, 0, 300, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 8, 0, out), OK);
    cr_expect_eq(store_tree_fetch(s, 8, 1, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 9, 0, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 64, 0, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 0, UINT64_MAX, out), E_FIELD_RANGE);
}

Test(store, a_rollback_in_the_middle_of_a_tile_leaves_no_trace)
{
    uint8_t salt[HASH_LEN] = { 0 };
    uint64_t index;

    append(0, 250);
    begin();
    for (int i = 0; i < 20; i++)
        cr_assert_eq(store_leaf_append(s, slice_str("other"), salt, NULL, 0,
            &index), OK);
    store_rollback(s);
    append(250, 260);
    check_proofs(260, 1);
    reopen();
    check_proofs(260, 1);
}

Test(store, entries_and_openings_are_read_and_erased)
{
    uint8_t salt[HASH_LEN] = { 9 }, other[HASH_LEN] = { 8 };
    struct store_value v[2] = { { ENTRY_ACTOR, slice_str("me") },
        { ENTRY_DETAIL, SLICE_EMPTY } };
    struct entry entry = { .time = 5, .event = 1 };
    struct opening o;
    struct seen seen = { 0 };
    struct buf b;
    uint64_t index = 0;

    buf_init(&b, ENTRY_MAX);
    cr_assert_eq(entry_add(&entry, ENTRY_ACTOR, salt, v[0].value), OK);
    cr_assert_eq(entry_add(&entry, ENTRY_DETAIL, salt, v[1].value), OK);
    cr_assert_eq(entry_encode(&entry, &b), OK);
    begin();
    cr_expect_eq(store_leaf_append(s, slice_of_buf(&b), salt, v, 2, &index),
        OK);
    cr_expect_eq(store_leaf_append(s, slice_str("two"), other, v, 1, &index),
        OK);
    commit();
    buf_reset(&b);
    cr_assert_eq(store_entry_get(s, 0, &b), OK);
    cr_assert_eq(entry_decode(slice_of_buf(&b), &entry), OK);
    cr_assert_eq(store_opening_get(s, 0, ENTRY_ACTOR, a, &o), OK);
    cr_expect_eq(opening_check(&o, &entry), OK);
    cr_expect(slice_is(o.value, "me"));
    cr_assert_eq(store_opening_get(s, 0, ENTRY_DETAIL, a, &o), OK);
    cr_expect_eq(opening_check(&o, &entry), OK);
    cr_expect_eq(store_opening_get(s, 0, ENTRY_PURPOSE, a, &o), ERR_NOTFOUND);
    cr_expect_eq(store_entry_get(s, 2, &b), ERR_NOTFOUND);
    cr_expect_eq(store_entry_list(s, 1, 9, see_entry, &seen), OK);
    cr_expect_eq(seen.n, 1);
    cr_expect_eq(seen.bytes, 3);
    begin();
    cr_expect_eq(store_openings_erase(s, 0, 1), OK);
    commit();
    cr_expect_eq(store_opening_get(s, 0, ENTRY_ACTOR, a, &o), ERR_NOTFOUND);
    cr_expect_eq(store_opening_get(s, 1, ENTRY_ACTOR, a, &o), OK);
    buf_reset(&b);
    cr_expect_eq(store_entry_get(s, 0, &b), OK);
    buf_clear(&b);
}

Test(store, an_entry_that_is_too_long_is_refused)
{
    uint8_t salt[HASH_LEN] = { 0 };
    uint64_t index, size;

    begin();
    cr_expect_eq(store_leaf_append(s, bytes(1, ENTRY_MAX + 1), salt, NULL, 0,
        &index), E_OVERSIZE);
    cr_expect_eq(store_commit(s), E_OVERSIZE);
    cr_expect_eq(store_log_size(s, &size), OK);
    cr_expect_eq(size, 0);
}

Test(store, notes_are_kept_by_size_and_the_newest_is_found)
{
    struct buf b;
    uint64_t size = 0;

    buf_init(&b, 100);
    cr_expect_eq(store_note_newest(s, &size, &b), ERR_NOTFOUND);
    begin();
    cr_expect_eq(store_note_put(s, 9, slice_str("nine")), OK);
    cr_expect_eq(store_note_put(s, 3, slice_str("three")), OK);
    commit();
    cr_expect_eq(store_note_newest(s, &size, &b), OK);
    cr_expect_eq(size, 9);
    cr_expect(slice_is(slice_of_buf(&b), "nine"));
    buf_reset(&b);
    cr_expect_eq(store_note_get(s, 3, &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "three"));
    cr_expect_eq(store_note_get(s, 4, &b), ERR_NOTFOUND);
    begin();
    cr_expect_eq(store_note_put(s, 9, slice_str("other")), ERR_EXISTS);
    store_rollback(s);
    buf_clear(&b);
}

Test(store, what_is_known_of_another_log_never_goes_back)
{
    struct store_peerlog p = { .origin = slice_str("QO-FIU/log/1"),
        .size = 7, .root = { 1 }, .note = slice_str("note") }, got;
    struct seen seen = { 0 };

    begin();
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    p.cosigned = slice_str("cosigned");
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    commit();
    for (int i = 0; i < 2; i++) {
        begin();
        p.root[0] = 2;                  /* the same size, then a smaller */
        p.size = 7 - (uint64_t)i;
        cr_expect_eq(store_peerlog_put(s, &p), E_FIELD_RANGE);
        store_rollback(s);
    }
    cr_assert_eq(store_peerlog_get(s, p.origin, a, &got), OK);
    cr_expect_eq(got.size, 7);
    cr_expect_eq(got.root[0], 1);
    cr_expect(slice_is(got.origin, "QO-FIU/log/1"));
    cr_expect(slice_is(got.note, "note"));
    cr_expect(slice_is(got.cosigned, "cosigned"));
    begin();
    p.size = 8;
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    p.origin = slice_str("A");
    p.size = 1;
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    commit();
    cr_expect_eq(store_peerlog_list(s, see_peerlog, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 1);
    cr_expect_eq(seen.at[1], 8);
    cr_expect_eq(store_peerlog_get(s, slice_str("B"), a, &got), ERR_NOTFOUND);
}

Test(store, the_newest_object_of_an_owner_is_found)
{
    struct store_object o = { .kind = 1, .owner = slice_str("QO-FIU"),
        .bytes = slice_str("signed") }, got;
    struct seen seen = { 0 };

    begin();
    for (unsigned i = 1; i <= 3; i++) {
        o.serial = i;
        o.state = i == 3;
        fill(o.digest, HASH_LEN, i);
        cr_expect_eq(store_object_put(s, &o), OK);
    }
    o.owner = slice_str("ZZ-FIU");
    o.serial = 8;
    o.state = 0;
    fill(o.digest, HASH_LEN, 8);
    cr_expect_eq(store_object_put(s, &o), OK);
    commit();
    reopen();
    o.owner = slice_str("QO-FIU");
    cr_assert_eq(store_object_newest(s, 1, o.owner, 0, a, &got), OK);
    cr_expect_eq(got.serial, 2);
    cr_expect(slice_is(got.owner, "QO-FIU"));
    cr_expect(slice_is(got.bytes, "signed"));
    cr_expect_eq(store_object_newest(s, 2, o.owner, 0, a, &got),
        ERR_NOTFOUND);
    cr_expect_eq(store_object_get(s, 1, o.owner, 1, a, &got), OK);
    cr_expect_eq(got.digest[0], 1);
    fill(o.digest, HASH_LEN, 3);
    cr_expect_eq(store_object_find(s, 1, o.digest, a, &got), OK);
    cr_expect_eq(got.state, 1);
    begin();
    cr_expect_eq(store_object_set(s, 1, o.digest, 0, slice_str("both")), OK);
    commit();
    cr_expect_eq(store_object_newest(s, 1, o.owner, 0, a, &got), OK);
    cr_expect_eq(got.serial, 3);
    cr_expect(slice_is(got.bytes, "both"));
    cr_expect_eq(store_object_list(s, 1, o.owner, 1, 9, see_object, &seen),
        OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_object_owners(s, 1, see_object, &seen), OK);
    cr_assert_eq(seen.n, 4);
    cr_expect_eq(seen.at[2], 3);
    cr_expect_eq(seen.at[3], 8);
    begin();
    o.serial = 3;
    fill(o.digest, HASH_LEN, 30);
    cr_expect_eq(store_object_put(s, &o), ERR_EXISTS);
    store_rollback(s);
}

Test(store, slots_are_kept_by_epoch_officer_and_device)
{
    struct store_slot slot = { .bytes = slice_str("sealed") };
    struct seen seen = { 0 };
    struct buf b;

    buf_init(&b, 100);
    begin();
    for (unsigned e = 1; e <= 2; e++)
        for (unsigned o = 1; o <= 2; o++) {
            fill(slot.epoch, HASH_LEN, e);
            fill(slot.officer, HASH_LEN, o);
            slot.device = slice_str("laptop");
            cr_expect_eq(store_slot_put(s, &slot), OK);
        }
    slot.device = slice_str("desk");
    cr_expect_eq(store_slot_put(s, &slot), OK);
    slot.bytes = slice_str("again");
    cr_expect_eq(store_slot_put(s, &slot), OK);
    commit();
    cr_expect_eq(store_slot_get(s, slot.epoch, slot.officer, slot.device,
        &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "again"));
    cr_expect_eq(store_slots_of_epoch(s, slot.epoch, see_slot, &seen), OK);
    cr_expect_eq(seen.n, 3);
    cr_expect_eq(store_slots_of_officer(s, slot.officer, see_slot, &seen),
        OK);
    cr_expect_eq(seen.n, 6);
    cr_expect_eq(seen.at[3], 102);
    begin();
    cr_expect_eq(store_slots_drop_device(s, slot.officer, slot.device), OK);
    fill(slot.epoch, HASH_LEN, 1);
    cr_expect_eq(store_slots_drop_epoch(s, slot.epoch), OK);
    commit();
    seen.n = 0;
    cr_expect_eq(store_slots_of_officer(s, slot.officer, see_slot, &seen),
        OK);
    cr_assert_eq(seen.n, 1);
    cr_expect_eq(seen.at[0], 202);
    cr_expect_eq(store_slot_get(s, slot.epoch, slot.officer, slot.device,
        &b), ERR_NOTFOUND);
    buf_clear(&b);
}

Test(store, a_statement_leads_to_its_entry)
{
    uint8_t digest[HASH_LEN] = { 4 };
    uint64_t entry;

    append(0, 3);
    begin();
    cr_expect_eq(store_statement_put(s, digest, 2), OK);
    commit();
    cr_expect_eq(store_statement_get(s, digest, &entry), OK);
    cr_expect_eq(entry, 2);
    digest[1] = 1;
    cr_expect_eq(store_statement_get(s, digest, &entry), ERR_NOTFOUND);
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
