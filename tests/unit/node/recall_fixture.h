/*
 * recall_fixture: what a has sent is called back, and b answers.
 */
#ifndef TESTS_RECALL_FIXTURE_H
#define TESTS_RECALL_FIXTURE_H

#include "tests/unit/node/keep_fixture.h"

static struct sent recalled;
static uint64_t reason, result;

static inline void
put_recall(struct arena *arena, struct message *m)
{
    world_check(record_put_bytes(arena, m->own, "target_msg",
        SLICE(recalled.id)));
    world_check(record_put_uint(arena, m->own, "requested_action",
        RECALL_ACTION_DESTROY));
    world_check(record_put_uint(arena, m->own, "reason_code", reason));
    world_check(record_put_uint(arena, m->own, "respond_by",
        (uint64_t)WORLD_NOW + 7 * DAY));
    world_check(record_put_uint(arena, m->own, "notify_downstream", 0));
}

/* a calls back what it sent to b. */
static inline struct sent
send_recall(const struct sent *s, uint64_t why)
{
    const struct world_form f = { .to = b, .thread = SLICE(s->thread),
        .kind = domain_kind(&domain_valise, MESSAGE_KIND_RECALL),
        .target = SLICE(s->id), .body = put_recall };
    struct sent r;

    recalled = *s;
    reason = why;
    world_send(a, &f, r.digest, r.id, r.thread);
    return r;
}

static inline void
put_result(struct arena *arena, struct message *m)
{
    const struct field *f = record_field(m->own->schema, "results");
    struct rec *r = record_new(arena, f->rec);
    union item item = { .r = r };

    world_check(record_put_uint(arena, r, "result", result));
    world_check(record_put(arena, m->own, f, &item, 1));
    world_check(record_put(arena, m->own, record_field(m->own->schema,
        "downstream"), NULL, 0));
}

/* What b answers to a recall. */
static inline enum err
answer(const struct sent *recall, uint64_t what)
{
    struct world_form f = { .to = a, .thread = SLICE(recall->thread),
        .kind = domain_kind(&domain_valise, MESSAGE_KIND_RECALL_RESULT),
        .target = SLICE(recall->id), .body = put_result };
    uint8_t digest[HASH_LEN];
    struct message m;
    uint64_t state;
    struct buf out;
    enum err e;

    result = what;
    f.seen = SLICE(recall->digest);
    buf_init(&out, ENVELOPE_MAX);
    world_message(b, &f, &m);
    world_seal(b, &m, a, &out);
    e = world_submit(b, slice_of_buf(&out), &state, digest);
    buf_clear(&out);
    return e;
}

#endif
