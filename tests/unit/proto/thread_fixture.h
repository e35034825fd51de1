/*
 * A thread from messages of which only the fields that matter are there.
 * Message number n has the id n; its time is `clock_now`, at which it is also
 * delivered.
 */
#ifndef TESTS_THREAD_FIXTURE_H
#define TESTS_THREAD_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/thread.h"

#define T0 1800000000
#define DAY 86400
#define HOUR 3600

static struct arena *a;
static struct thread *t;
static int64_t clock_now;
static uint8_t count;
static uint32_t places[2];
static bool undelivered;            /* the next ones are */
static bool pending;                /* the next ones have no place */
static bool gone;                   /* the next ones are out */

/* A number of a field; "set.x" stands in the restriction set. */
struct put {
    const char *name;
    uint64_t u;
};

__attribute__((unused)) static void
thread_setup(void)
{
    a = arena_new(8u << 20);
    cr_assert_eq(thread_new(a, &domain_valise, &t), OK);
    clock_now = T0;
    count = 0;
    places[0] = places[1] = 0;
    undelivered = pending = gone = false;
}

__attribute__((unused)) static void
thread_teardown(void)
{
    arena_free(a);
}

static struct slice
id_of(uint8_t n)
{
    uint8_t *id = arena_get(a, MSG_ID_LEN);

    memset(id, 0, MSG_ID_LEN);
    id[0] = n;
    return slice_of(id, MSG_ID_LEN);
}

static void
put_number(struct message *m, const struct put *p)
{
    struct rec *set = record_rec(m->common, "restrictions");

    if (strncmp(p->name, "set.", 4) == 0) {
        if (set == NULL) {
            set = record_new(a, &record_restrictions);
            cr_assert_eq(record_put_rec(a, m->common, "restrictions", set),
                OK);
        }
        cr_assert_eq(record_put_uint(a, set, p->name + 4, p->u), OK);
    } else {
        cr_assert_eq(record_put_uint(a, record_field(m->own->schema,
            p->name) != NULL ? m->own : m->common, p->name, p->u), OK);
    }
}

/* A message about message `target` (0: none), not added yet. */
static void
make(unsigned kind, uint8_t target, const struct put *p, struct message *m)
{
    static const char *const fields[] = { "target_msg", "conditions_of" };

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), m), OK);
    cr_assert_eq(record_put_bytes(a, m->common, "msg_id", id_of(++count)),
        OK);
    cr_assert_eq(record_put_uint(a, m->common, "created_at",
        (uint64_t)clock_now), OK);
    cr_assert_eq(record_put_uint(a, m->common, "urgency", 0), OK);
    for (; p != NULL && p->name != NULL; p++)
        put_number(m, p);
    for (size_t i = 0; target != 0 && i < 2; i++)
        if (record_field(m->own->schema, fields[i]) != NULL)
            cr_assert_eq(record_put_bytes(a, m->own, fields[i],
                id_of(target)), OK);
    if (target != 0 && (m->kind->flags & K_ANSWERS))
        cr_assert_eq(record_put_bytes(a, m->common, "in_reply_to",
            id_of(target)), OK);
}

/* Add it as a message of one side; its number. */
static uint8_t
add(const struct message *m, bool out)
{
    struct thread_message row = { .out = out, .n = count, .gone = gone,
        .place = pending ? 0 : ++places[out], .at = clock_now,
        .delivered = undelivered ? 0 : clock_now };
    const struct thread_message *other = thread_newest(t, !out);
    struct buf pre, h, env;
    struct envelope e;

    if (other != NULL)
        cr_assert_eq(record_put_bytes(a, m->common, "seen",
            SLICE(other->digest)), OK);
    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 64);
    buf_init(&env, CONTROL_MAX + 256);
    cr_assert_eq(message_encode(m, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), NULL, &h);
    cr_assert_eq(envelope_put(slice_of_buf(&h), &(struct signature){ .kid =
        { 0 } }, 1, SLICE_EMPTY, SLICE_EMPTY, &env), OK);
    cr_assert_eq(envelope_decode(slice_of_buf(&env), &e, NULL), OK);
    buf_reset(&pre);
    cr_assert_eq(envelope_put_head(&e, &pre), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&pre), &row.head), OK);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&env);
    cr_assert_eq(thread_add(t, &row, NULL), OK);
    return count;
}

__attribute__((unused)) static uint8_t
say(bool out, unsigned kind, uint8_t target, const struct put *p)
{
    struct message m;

    make(kind, target, p, &m);
    return add(&m, out);
}

__attribute__((unused)) static const struct thread_message *
nth(uint8_t n)
{
    return thread_find(t, id_of(n));
}

#define PUT(...) ((const struct put[]){ __VA_ARGS__, { NULL, 0 } })

#endif
