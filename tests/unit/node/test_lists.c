/*
 * Cards and lists as keepers put them: what waits for a second person gives
 * way, lapses, or is approved; and who has lost his keys has no say in it.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/enums.h"
#include "tests/world/world.h"

#define DAY 86400

static char dir[] = "/tmp/valise-lists-XXXXXX";
static struct world *w;

static void
setup(void)
{
    char path[64];

    cr_assert(sodium_init() >= 0);
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/w", dir);
    w = world_new("QM-FIU", path, NULL);
}

static void
teardown(void)
{
    char command[128];

    world_free(w);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(lists, .init = setup, .fini = teardown);

/* The list that follows the one in force; each bit of `gone` revokes one. */
struct next {
    struct rec *rec;
    struct signed_object o;
    struct slice bytes;
};

static void
sign_next(enum world_person keeper, struct next *n)
{
    uint8_t digest[HASH_LEN];
    struct signature sig;
    struct buf b, whole;

    buf_init(&b, TRUST_MAX);
    buf_init(&whole, TRUST_MAX);
    record_encode(n->rec, 0, &b);
    world_check(buf_done(&b));
    hash_digest(LABEL_STAFF, slice_of_buf(&b), digest);
    sign_make(LABEL_SIG, person_sign(w->who[keeper].p), digest, &sig);
    trust_encode(slice_of_buf(&b), &sig, 1, &whole);
    world_check(buf_done(&whole));
    world_check(arena_copy(w->a, slice_of_buf(&whole), &n->bytes));
    world_check(trust_decode_waiting(TRUST_STAFF, n->bytes, &n->o, NULL));
    buf_clear(&b);
    buf_clear(&whole);
}

static void
make_next(unsigned gone, struct next *n)
{
    uint8_t *before = arena_get(w->a, HASH_LEN);
    const struct rec *old = directory_newest(w->dir, TRUST_STAFF,
        slice_str(w->name), before);
    const struct value *v = record_value(old, "officers");
    union item *rows = arena_get(w->a, v->n * sizeof(*rows));
    struct rec *r = record_new(w->a, &record_staff);

    world_check(record_put_uint(w->a, r, "v", 1));
    world_check(record_put_bytes(w->a, r, "network", slice_str("test")));
    world_check(record_put_bytes(w->a, r, "authority", slice_str(w->name)));
    world_check(record_put_uint(w->a, r, "serial",
        record_uint(old, "serial") + 1));
    world_check(record_put_bytes(w->a, r, "before",
        slice_of(before, HASH_LEN)));
    for (size_t i = 0; i < v->n; i++) {
        const struct rec *o = v->v[i].r;

        rows[i].r = record_new(w->a, o->schema);
        for (size_t k = 0; k < o->n; k++)
            world_check(record_put(w->a, rows[i].r, o->v[k].f, o->v[k].v,
                o->v[k].n));
        if (gone >> i & 1)
            world_check(record_put_uint(w->a, rows[i].r, "revoked",
                (uint64_t)w->t.lo));
    }
    world_check(record_put(w->a, r, record_field(&record_staff, "officers"),
        rows, v->n));
    n->rec = r;
    sign_next(KEEPER, n);
}

static enum err
put(enum world_person who, enum trust_kind kind, enum act act,
    struct slice object, const uint8_t *digest)
{
    struct rec *args = record_new(w->a, &record_ask_object_put);

    world_check(record_put_uint(w->a, args, "kind", kind));
    world_check(record_put_bytes(w->a, args, "object", object));
    return world_ask(w, who, REQUEST_OBJECT_PUT, act,
        slice_of(digest, HASH_LEN), args, NULL);
}

static enum err
put_next(const struct next *n)
{
    return put(KEEPER, TRUST_STAFF, ACT_PUT_STAFF, n->bytes, n->o.digest);
}

/* On OK the test's own directory has it too. */
static enum err
approve(const struct next *n)
{
    struct rec *args = record_new(w->a, &record_ask_object_sign);
    struct signature sigs[2] = { n->o.sigs[0] };
    struct buf whole;
    enum err e;

    sign_make(LABEL_APPR, person_sign(w->who[HEAD].p), n->o.digest,
        &sigs[1]);
    world_check(record_put_uint(w->a, args, "kind", TRUST_STAFF));
    world_check(record_put_bytes(w->a, args, "digest", SLICE(n->o.digest)));
    world_check(record_put_bytes(w->a, args, "sig", SLICE(sigs[1].sig)));
    e = world_ask(w, HEAD, REQUEST_OBJECT_APPROVE, ACT_APPROVE,
        SLICE(n->o.digest), args, NULL);
    if (e != OK)
        return e;
    buf_init(&whole, TRUST_MAX);
    trust_encode(n->o.bytes, sigs, 2, &whole);
    world_check(directory_add(w->dir, TRUST_STAFF, slice_str(w->name),
        slice_of_buf(&whole), NULL));
    buf_clear(&whole);
    return OK;
}

/* How many lists wait, and the digest of the last of them. */
static size_t
waiting(uint8_t digest[static HASH_LEN])
{
    const struct value *v;
    struct rec *status;

    world_check(world_ask(w, OFFICER, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &status));
    v = record_value(status, "waiting");
    for (size_t i = 0; i < v->n; i++)
        memcpy(digest, record_bytes(v->v[i].r, "digest").p, HASH_LEN);
    return v->n;
}

Test(lists, another_list_takes_the_place_of_one_that_waits)
{
    uint8_t digest[HASH_LEN];
    struct next wrong, right;

    make_next(1u << AUDITOR, &wrong);
    make_next(1u << OFFICER, &right);
    cr_assert_eq(put_next(&wrong), OK);
    cr_assert_eq(waiting(digest), 1);
    cr_assert_eq(put_next(&right), OK);
    cr_assert_eq(waiting(digest), 1);
    cr_expect_arr_eq(digest, right.o.digest, HASH_LEN);
    cr_expect_eq(approve(&wrong), E_NOT_FOUND);
    cr_assert_eq(approve(&right), OK);
    cr_expect_eq(waiting(digest), 0);
    /* What is in force gives way to nothing. */
    cr_expect_eq(put_next(&wrong), E_FORK);
    cr_expect_eq(waiting(digest), 0);
}

Test(lists, what_could_not_be_approved_takes_nobodys_place)
{
    uint8_t digest[HASH_LEN];
    struct next waits, bad;

    make_next(1u << AUDITOR, &waits);
    make_next(1u << OFFICER, &bad);
    sign_next(OFFICER, &bad);           /* no keeper */
    cr_assert_eq(put_next(&waits), OK);
    cr_expect_eq(put_next(&bad), E_ROLE);
    cr_assert_eq(waiting(digest), 1);
    cr_expect_arr_eq(digest, waits.o.digest, HASH_LEN);
    cr_expect_eq(approve(&waits), OK);
}

Test(lists, a_list_that_nobody_approves_lapses_after_three_days)
{
    uint8_t digest[HASH_LEN];
    struct next n;

    make_next(1u << AUDITOR, &n);
    cr_assert_eq(put_next(&n), OK);
    world_at(w, WORLD_NOW + 3 * DAY - 60);
    world_tick(w);
    cr_expect_eq(waiting(digest), 1);
    world_at(w, WORLD_NOW + 3 * DAY + 60);
    cr_expect_eq(approve(&n), E_NOT_FOUND);     /* before any tick */
    world_tick(w);
    cr_expect_eq(waiting(digest), 0);
    cr_expect_eq(approve(&n), E_NOT_FOUND);
    /* The serial is free, also for the same list. */
    cr_assert_eq(put_next(&n), OK);
    cr_assert_eq(waiting(digest), 1);
    cr_expect_eq(approve(&n), OK);
}

/* Each role that the node finds in somebody. */
static uint64_t
roles_of(enum world_person who)
{
    const struct value *v;
    struct rec *hello;
    uint64_t bits = 0;

    world_check(world_ask(w, who, REQUEST_HELLO, ACT_NONE, SLICE_EMPTY,
        NULL, &hello));
    v = record_value(hello, "roles");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        bits |= UINT64_C(1) << v->v[i].u;
    return bits;
}

Test(lists, a_keeper_who_is_revoked_has_no_role_whatever_the_card_says)
{
    const uint64_t is_keeper = UINT64_C(1) << OFFICER_ROLE_KEEPER;
    const struct world_opts o = { .from = WORLD_NOW, .two_keepers = true };
    struct next n, again;
    char path[64];

    world_free(w);
    (void)snprintf(path, sizeof(path), "%s/two", dir);
    w = world_new_with("QM-FIU", path, &o);
    cr_expect(roles_of(KEEPER) & is_keeper);
    make_next(1u << KEEPER, &n);
    sign_next(OFFICER, &n);
    cr_assert_eq(put(OFFICER, TRUST_STAFF, ACT_PUT_STAFF, n.bytes,
        n.o.digest), OK);
    cr_expect(roles_of(KEEPER) & is_keeper);    /* it waits */
    cr_assert_eq(approve(&n), OK);
    cr_expect_eq(roles_of(KEEPER), 0);
    cr_expect(roles_of(OFFICER) & is_keeper);
    make_next(0, &again);
    cr_expect_eq(put_next(&again), E_ROLE);
    /* Nor does another keeper hand in what he signed. */
    cr_expect_eq(put(OFFICER, TRUST_STAFF, ACT_PUT_STAFF, again.bytes,
        again.o.digest), E_ROLE);
}

Test(lists, the_last_keeper_of_the_card_cannot_be_revoked)
{
    uint8_t digest[HASH_LEN];
    struct next n;

    make_next(1u << KEEPER, &n);
    cr_expect_eq(put_next(&n), E_ROLE);
    cr_expect_eq(waiting(digest), 0);
    make_next(1u << OFFICER, &n);
    cr_expect_eq(put_next(&n), OK);
}
