/*
 * entries: what the log of a node has about an object.
 */
#ifndef TESTS_ENTRIES_H
#define TESTS_ENTRIES_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "node/store.h"
#include "node/store_log.h"
#include "tests/world/world.h"

/* How many entries of this event, and of this code where there is one, are
 * about this digest.  The node stops for it. */
static inline size_t
count_entries(struct world *w, enum event event, const enum err *code,
    const uint8_t *digest)
{
    char path[320];
    struct store *s;
    struct entry entry;
    struct buf bytes;
    uint64_t size;
    size_t n = 0;

    world_close(w);
    (void)snprintf(path, sizeof(path), "%s/node.db", w->folder);
    cr_assert_eq(store_open(path, 0, &s), OK);
    cr_assert_eq(store_log_size(s, &size), OK);
    buf_init(&bytes, ENTRY_MAX);
    for (uint64_t i = 0; i < size; i++) {
        buf_reset(&bytes);
        cr_assert_eq(store_entry_get(s, i, &bytes), OK);
        cr_assert_eq(entry_decode(slice_of_buf(&bytes), &entry), OK);
        n += entry.event == event && entry.has_obj &&
            (code == NULL || entry.code == (uint16_t)*code) &&
            memcmp(entry.obj, digest, HASH_LEN) == 0;
    }
    buf_clear(&bytes);
    store_close(s);
    world_open(w);
    return n;
}

static inline size_t
entries_of(struct world *w, enum event event, const uint8_t *digest)
{
    return count_entries(w, event, NULL, digest);
}

static inline size_t
logged(struct world *w, enum event event, enum err code,
    const uint8_t *digest)
{
    return count_entries(w, event, &code, digest);
}

#endif
