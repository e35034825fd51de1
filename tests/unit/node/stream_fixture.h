/*
 * stream_fixture: sealed files as a node sees them, which is bytes with a
 * tree.  They are made of random bytes: no node can tell.
 */
#ifndef TESTS_STREAM_FIXTURE_H
#define TESTS_STREAM_FIXTURE_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/parcel.h"
#include "tests/world/world.h"

struct stream {
    uint64_t length;
    uint8_t *bytes;
    uint8_t id[16], root[HASH_LEN];
};

static inline struct slice
stream_block(const struct stream *s, uint64_t i)
{
    return slice_of(s->bytes + i * PARCEL_BLOCK,
        parcel_block_length(s->length, i));
}

/* The lengths that streams have: of chunks with their tags. */
static inline struct stream
stream_new(uint64_t length)
{
    struct stream s = { .length = length, .bytes = malloc(length) };
    struct tree_range range;

    cr_assert(parcel_length_ok(length) && s.bytes != NULL);
    randombytes_buf(s.bytes, length);
    randombytes_buf(s.id, sizeof(s.id));
    tree_range_init(&range);
    for (uint64_t i = 0; i < parcel_blocks(length); i++) {
        uint8_t leaf[HASH_LEN];

        tree_leaf(stream_block(&s, i), leaf);
        tree_range_add(&range, leaf);
    }
    tree_range_root(&range, s.root);
    return s;
}

static inline void
stream_free(struct stream *s)
{
    free(s->bytes);
}

static inline enum err
stream_begin_by(struct world *w, enum world_person who,
    const struct stream *s, uint64_t *have, uint64_t *room)
{
    struct rec *args = record_new(w->a, &record_ask_parcel_begin), *r;
    enum err e;

    world_check(record_put_bytes(w->a, args, "upload", SLICE(s->id)));
    world_check(record_put_uint(w->a, args, "length", s->length));
    e = world_ask(w, who, REQUEST_PARCEL_BEGIN, ACT_NONE, SLICE_EMPTY,
        args, &r);
    if (e == OK && have != NULL)
        *have = record_uint(r, "have");
    if (e == OK && room != NULL)
        *room = record_uint(r, "room");
    return e;
}

static inline enum err
stream_begin(struct world *w, const struct stream *s, uint64_t *have,
    uint64_t *room)
{
    return stream_begin_by(w, OFFICER, s, have, room);
}

static inline enum err
stream_put(struct world *w, const struct stream *s, uint64_t i,
    struct slice block)
{
    struct rec *args = record_new(w->a, &record_ask_block_put);

    world_check(record_put_bytes(w->a, args, "upload", SLICE(s->id)));
    world_check(record_put_uint(w->a, args, "index", i));
    world_check(record_put_bytes(w->a, args, "block", block));
    return world_ask(w, OFFICER, REQUEST_BLOCK_PUT, ACT_NONE, SLICE_EMPTY,
        args, NULL);
}

static inline enum err
stream_end(struct world *w, const struct stream *s)
{
    struct rec *args = record_new(w->a, &record_ask_parcel_end);

    world_check(record_put_bytes(w->a, args, "upload", SLICE(s->id)));
    world_check(record_put_bytes(w->a, args, "root", SLICE(s->root)));
    world_check(record_put_uint(w->a, args, "length", s->length));
    return world_ask(w, OFFICER, REQUEST_PARCEL_END, ACT_NONE, SLICE_EMPTY,
        args, NULL);
}

static inline enum err
stream_drop(struct world *w, enum world_person who, const struct stream *s)
{
    struct rec *args = record_new(w->a, &record_ask_parcel_drop);

    world_check(record_put_bytes(w->a, args, "upload", SLICE(s->id)));
    return world_ask(w, who, REQUEST_PARCEL_DROP, ACT_NONE, SLICE_EMPTY,
        args, NULL);
}

/* All of it. */
static inline void
stream_upload(struct world *w, const struct stream *s)
{
    cr_assert_eq(stream_begin(w, s, NULL, NULL), OK);
    for (uint64_t i = 0; i < parcel_blocks(s->length); i++)
        cr_assert_eq(stream_put(w, s, i, stream_block(s, i)), OK);
    cr_assert_eq(stream_end(w, s), OK);
}

/* How many files with blocks there are. */
static inline size_t
files_in(const struct world *w)
{
    char path[512];
    const struct dirent *at;
    size_t n = 0;
    DIR *folder;

    (void)snprintf(path, sizeof(path), "%s/blobs", w->folder);
    cr_assert_not_null(folder = opendir(path));
    while ((at = readdir(folder)) != NULL)
        n += at->d_name[0] != '.';
    closedir(folder);
    return n;
}

#endif
