/*
 * store_fixture: what the tests of the store share: a store in a folder of
 * its own, rows that depend on a seed alone, and a list's numbers.
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/store.h"
#include "node/store_msg.h"

#define ARENA_MAX 1048576

/* Each test has a folder and a process of its own. */
static char dir[64], path[96], wal[112];
static struct store *s;
static struct arena *a;

static inline void
reopen(void)
{
    store_close(s);
    s = NULL;
    cr_assert_eq(store_open(path, 0, &s), OK);
}

static inline void
set_up(void)
{
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-store-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/store.db", dir);
    (void)snprintf(wal, sizeof(wal), "%s-wal", path);
    a = arena_new(ARENA_MAX);
    reopen();
}

static inline void
tear_down(void)
{
    store_close(s);
    arena_free(a);
    (void)unlink(wal);
    (void)unlink(path);
    (void)rmdir(dir);
}

static inline void
begin(void)
{
    cr_assert_eq(store_begin(s), OK);
}

static inline void
commit(void)
{
    cr_assert_eq(store_commit(s), OK);
}

/* n bytes that depend on seed alone. */
static inline struct slice
bytes(unsigned seed, size_t n)
{
    static uint8_t room[8][STORE_BLOB_MAX + 1];
    static unsigned turn;
    uint8_t *p = room[turn++ % 8];

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(seed * 31 + i * 7 + (i >> 8));
    return slice_of(p, n);
}

static inline void
fill(uint8_t *out, size_t n, unsigned seed)
{
    memset(out, 0, n);
    out[0] = (uint8_t)seed;
    out[1] = (uint8_t)(seed >> 8);
}

static inline struct store_message
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

static inline uint64_t
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

static inline enum err
see(struct seen *seen, uint64_t n, size_t len)
{
    cr_assert_lt(seen->n, 64);
    seen->at[seen->n++] = n;
    seen->bytes += len;
    return OK;
}

static inline enum err
see_message(void *arg, const struct store_message *m)
{
    return see(arg, m->n, m->head.n);
}

/* Message `seed`, which is there afterwards; its number. */
static inline uint64_t
put_message(unsigned seed)
{
    return put(seed, STORE_OUT, "QO-FIU", 1);
}

#endif
