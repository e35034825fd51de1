/*
 * parcel_fixture: messages that carry sealed files.
 */
#ifndef TESTS_PARCEL_FIXTURE_H
#define TESTS_PARCEL_FIXTURE_H

#include "tests/unit/node/keep_fixture.h"
#include "tests/unit/node/stream_fixture.h"

/* What the next message carries. */
static const struct stream *carried[PARCEL_WHICH];

static inline void
carry_files(struct arena *arena, struct message *m)
{
    union item v[PARCEL_WHICH];
    const struct field *f = record_field(&record_common, "attachments");
    static const uint8_t some[HASH_LEN] = { 1 };

    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        v[i].r = record_new(arena, f->rec);
        world_check(record_put_bytes(arena, v[i].r, "root",
            SLICE(carried[i]->root)));
        world_check(record_put_uint(arena, v[i].r, "length",
            carried[i]->length));
        world_check(record_put_bytes(arena, v[i].r, "salt", SLICE(some)));
        world_check(record_put_bytes(arena, v[i].r, "commit", SLICE(some)));
    }
    world_check(record_put(arena, m->common, f, v, PARCEL_WHICH));
}

/* An information request with files, as a form. */
static inline struct world_form
form_with(const struct world *to, const struct stream *files,
    const struct stream *list)
{
    struct world_form f = request_to(to);

    carried[PARCEL_FILES] = files;
    carried[PARCEL_MANIFEST] = list;
    f.common = carry_files;
    return f;
}

/* The officer opens what his own authority has sent. */
static inline void
open_sent(struct world *w, const struct sent *s)
{
    struct rec *args = args_of(w, REQUEST_OPEN, s->digest);

    world_check(record_put_uint(w->a, args, "purpose", 0));
    cr_assert_eq(world_ask(w, OFFICER, REQUEST_OPEN, ACT_OPEN,
        SLICE(s->digest), args, NULL), OK);
}

#endif
