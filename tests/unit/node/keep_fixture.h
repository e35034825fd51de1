/*
 * keep_fixture: what the tests of use, keeping and destruction share: a pair
 * of authorities (a: QM-FIU, b: QN-FIU), messages between them, and the
 * requests of officers.
 */
#ifndef TESTS_KEEP_FIXTURE_H
#define TESTS_KEEP_FIXTURE_H

#include "node/store_keep.h"
#include "node/store_msg.h"
#include "proto/enums.h"
#include "proto/states.h"
#include "tests/unit/node/entries.h"
#include "tests/unit/node/pair_fixture.h"

#define DAY 86400
#define SECRET_TEXT "Who owns the company on the hill?"

/* A message with the ids that the tests ask for. */
struct sent {
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
};

/* What the hook below puts into the limits on use; 0: as they were. */
static struct {
    int64_t use_until, retain_until;
    uint64_t end_action, export, cert_days, use_level;
    uint64_t attribution;               /* else MUST_NOT */
    const char *allow;                  /* onward LISTED */
    struct slice derived_from;
} limits;

static inline void
put_limits(struct arena *arena, struct rec *set)
{
    if (limits.use_until > 0)
        world_check(record_put_uint(arena, set, "use_until",
            (uint64_t)limits.use_until));
    if (limits.retain_until > 0)
        world_check(record_put_uint(arena, set, "retain_until",
            (uint64_t)limits.retain_until));
    if (limits.end_action > 0)
        world_check(record_put_uint(arena, set, "end_action",
            limits.end_action));
    if (limits.export > 0)
        world_check(record_put_uint(arena, set, "export", limits.export));
    if (limits.use_level > 0)
        world_check(record_put_uint(arena, set, "use_level",
            limits.use_level));
    if (limits.attribution > 0)
        world_check(record_put_uint(arena, set, "attribution",
            limits.attribution));
    if (limits.cert_days > 0) {
        world_check(record_put_uint(arena, set, "cert_required", 1));
        world_check(record_put_uint(arena, set, "cert_due_days",
            limits.cert_days));
    }
    if (limits.allow != NULL) {
        struct rec *onward = record_rec(set, "onward");
        union item to = { .s = slice_str(limits.allow) };

        world_check(record_put_uint(arena, onward, "mode", ONWARD_LISTED));
        world_check(record_put(arena, onward, record_field(onward->schema,
            "allow"), &to, 1));
    }
    if (limits.derived_from.n > 0) {
        union item of = { .s = limits.derived_from };

        world_check(record_put(arena, set, record_field(set->schema,
            "derived_from"), &of, 1));
    }
}

static inline struct world_form
request_to(const struct world *to)
{
    return (struct world_form){ .to = to, .text = SECRET_TEXT,
        .kind = domain_kind(&domain_valise, KIND_INFO_REQUEST),
        .limits = put_limits };
}

static inline void
carry(void)
{
    world_link(a, b);
    (void)world_carry(a, b, 200);
}

static inline struct sent
send_to(struct world *from, const struct world *to)
{
    const struct world_form f = request_to(to);
    struct sent s;

    world_send(from, &f, s.digest, s.id, s.thread);
    return s;
}

/* Sent by a, and there. */
static inline struct sent
deliver(void)
{
    struct sent s = send_to(a, b);

    carry();
    cr_assert_eq(world_state(b, ASK_IN, s.digest), STORE_RECEIVED);
    return s;
}

static struct slice withdrawn;          /* msg_id */

static inline void
put_withdrawal(struct arena *arena, struct message *m)
{
    world_check(record_put_bytes(arena, m->own, "target_msg", withdrawn));
    world_check(record_put_uint(arena, m->own, "reason",
        WITHDRAWAL_REASON_SENT_IN_ERROR));
    world_check(record_put_uint(arena, m->own, "destroy_requested", 1));
}

/* a takes back what it sent, and asks that it be destroyed. */
static inline struct sent
withdraw(const struct sent *s)
{
    const struct world_form f = { .to = b, .thread = SLICE(s->thread),
        .kind = domain_kind(&domain_valise, KIND_WITHDRAWAL),
        .target = SLICE(s->id), .body = put_withdrawal };
    struct sent w;

    withdrawn = SLICE(s->id);
    world_send(a, &f, w.digest, w.id, w.thread);
    return w;
}

/* Both clocks, and one tick. */
static inline void
at(int64_t seconds)
{
    world_at(a, seconds);
    world_at(b, seconds);
    world_tick(a);
    world_tick(b);
}

static inline struct rec *
args_of(struct world *w, enum request_type type, const uint8_t *digest)
{
    struct rec *args = record_new(w->a, request_row(type)->args);

    world_check(record_put_bytes(w->a, args, "digest",
        slice_of(digest, HASH_LEN)));
    return args;
}

static inline enum err
open_it(struct world *w, const uint8_t *digest)
{
    struct rec *args = args_of(w, REQUEST_OPEN, digest);

    world_check(record_put_uint(w->a, args, "purpose", PURPOSE_ANALYSIS));
    return world_ask(w, OFFICER, REQUEST_OPEN, ACT_OPEN,
        slice_of(digest, HASH_LEN), args, NULL);
}

static inline enum err
end_it(struct world *w, enum world_person who, const uint8_t *digest,
    uint64_t how, struct rec **result)
{
    struct rec *args = args_of(w, REQUEST_DESTROY, digest);

    world_check(record_put_uint(w->a, args, "how", how));
    return world_ask(w, who, REQUEST_DESTROY, ACT_DESTROY,
        slice_of(digest, HASH_LEN), args, result);
}

/* until 0 lifts. */
static inline enum err
hold_it(struct world *w, enum world_person who, const uint8_t *digest,
    int64_t until)
{
    struct rec *args = args_of(w, REQUEST_HOLD, digest);

    if (until > 0) {
        world_check(record_put_uint(w->a, args, "until", (uint64_t)until));
        world_check(record_put_uint(w->a, args, "reason",
            HOLD_REASON_PROCEEDING));
    }
    return world_ask(w, who, REQUEST_HOLD, ACT_HOLD,
        slice_of(digest, HASH_LEN), args, NULL);
}

/* The retention of a message, from the list of messages. */
static inline struct rec *
row_of(struct world *w, unsigned box, const uint8_t *digest)
{
    struct rec *args = record_new(w->a, &record_ask_list), *result;
    const struct value *v;

    world_check(record_put_uint(w->a, args, "box", box));
    world_check(record_put_uint(w->a, args, "after", 0));
    world_check(record_put_uint(w->a, args, "most", ASK_ROWS_MAX));
    world_check(world_ask(w, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &result));
    v = record_value(result, "rows");
    for (size_t i = 0; i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"),
            slice_of(digest, HASH_LEN)))
            return v->v[i].r;
    cr_assert_fail("no such message");
    return NULL;
}

static inline uint64_t
keeping(struct world *w, unsigned box, const uint8_t *digest)
{
    return record_uint(row_of(w, box, digest), "keeping");
}

#endif
