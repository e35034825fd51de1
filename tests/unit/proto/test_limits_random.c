/*
 * The laws of meet, over random complete sets.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "tests/unit/proto/limits_sample.h"

#define ROUNDS 20000
#define SEED 4

static struct arena *a;

static void
round_begin(void)
{
    a = arena_new(1 << 20);
    cr_assert_not_null(a);
}

static enum err
meet(const struct rec *A, const struct rec *B, struct rec **out)
{
    return limits_meet(a, A, B, out, NULL);
}

static void
same(const struct rec *x, const struct rec *y, const char *law, int i)
{
    cr_assert(slice_equal(limits_bytes(a, x), limits_bytes(a, y)),
        "%s: round %d", law, i);
}

Test(limits_random, sets_are_complete)
{
    uint64_t seed = SEED;
    struct fault f;

    for (int i = 0; i < ROUNDS / 10; i++) {
        round_begin();
        cr_assert_eq(record_check(random_set(a, &seed), F_CTL, &f), OK,
            "%s", f.path);
        arena_free(a);
    }
}

Test(limits_random, meet_is_idempotent)
{
    uint64_t seed = SEED;

    for (int i = 0; i < ROUNDS; i++) {
        struct rec *A, *m;

        round_begin();
        A = random_set(a, &seed);
        if (record_uint(A, "attribution") == ATTRIBUTION_MUST_CITE)
            cr_assert_eq(limits_widened(A, A, NULL), OK);
        if (record_uint(A, "subject_notice") ==
            SUBJECT_NOTICE_AFTER_DATE && limits_conf_end(A) == UINT64_MAX)
            cr_assert(false, "an inconsistent set");
        cr_assert_eq(meet(A, A, &m), OK);
        same(A, m, "idempotent", i);
        cr_assert_eq(record_count(m, "derived_from"), 1);
        arena_free(a);
    }
}

Test(limits_random, meet_is_commutative_and_never_looser)
{
    uint64_t seed = SEED + 1;
    int good = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct rec *A, *B, *x, *y;
        struct fault f, g;
        enum err e;

        round_begin();
        A = random_set(a, &seed);
        B = random_set(a, &seed);
        e = limits_meet(a, A, B, &x, &f);
        cr_assert_eq(limits_meet(a, B, A, &y, &g), e);
        if (e != OK)
            cr_assert_str_eq(f.path, g.path);
        if (e == OK) {
            good++;
            same(x, y, "commutative", i);
            cr_assert_eq(limits_widened(x, A, &f), OK, "%s", f.path);
            cr_assert_eq(limits_widened(x, B, &f), OK, "%s", f.path);
            record_drop(x, "derived_from");
            cr_assert_eq(record_put_bytes(a, x, "rid",
                record_bytes(A, "rid")), OK);
            cr_assert_eq(record_check(x, F_CTL, &f), OK, "%s", f.path);
            cr_assert(record_uint(x, "use_until") <=
                record_uint(x, "retain_until"));
            cr_assert(record_uint(x, "subject_notice") !=
                SUBJECT_NOTICE_AFTER_DATE ||
                record_has(record_rec(x, "conf"), "until"));
        }
        arena_free(a);
    }
    cr_assert(good > ROUNDS / 10, "%d of %d combine", good, ROUNDS);
}

Test(limits_random, meet_is_associative_except_for_the_errors)
{
    uint64_t seed = SEED + 2;
    int good = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct rec *A, *B, *C, *ab, *bc, *left, *right;
        bool l, r;

        round_begin();
        A = random_set(a, &seed);
        B = random_set(a, &seed);
        C = random_set(a, &seed);
        l = meet(A, B, &ab) == OK && meet(ab, C, &left) == OK;
        r = meet(B, C, &bc) == OK && meet(A, bc, &right) == OK;
        cr_assert_eq(l, r, "one way only: round %d", i);
        if (l && r) {
            good++;
            same(left, right, "associative", i);
            cr_assert_eq(record_count(left, "derived_from"), 3);
        }
        arena_free(a);
    }
    cr_assert(good > ROUNDS / 50, "%d of %d combine", good, ROUNDS);
}

Test(limits_random, a_meet_is_the_loosest_that_both_allow)
{
    uint64_t seed = SEED + 3;

    for (int i = 0; i < ROUNDS; i++) {
        struct rec *A, *B, *m;

        round_begin();
        A = random_set(a, &seed);
        B = random_set(a, &seed);
        /* Where B is no looser than A, nothing is lost but B's labels. */
        if (meet(A, B, &m) == OK && limits_widened(B, A, NULL) == OK)
            cr_assert_eq(limits_widened(B, m, NULL), OK, "round %d", i);
        arena_free(a);
    }
}

Test(limits_random, tightened_is_never_wider)
{
    uint64_t seed = SEED + 4;

    for (int i = 0; i < ROUNDS; i++) {
        struct rec *A, *m;
        struct field list = { .name = "conditions" };
        static const struct field rows[] = {
            { .key = 1, .name = "code", .type = FT_UINT, .flags = F_CTL },
            { .key = 2, .name = "due", .type = FT_TIME, .flags = F_CTL } };
        static const struct record condition = { "condition", rows, 2,
            NULL };
        union item item[2];
        const struct value v = { &list, 2, item };
        struct fault f;

        round_begin();
        A = random_set(a, &seed);
        for (int k = 0; k < 2; k++) {
            item[k].r = record_new(a, &condition);
            put(a, item[k].r, "code", 1 + roll(&seed, 13));
            if (roll(&seed, 2))
                put(a, item[k].r, "due", SAMPLE_TIME + roll(&seed, 200));
        }
        cr_assert_eq(limits_tighten(a, A, &v, &m), OK);
        cr_assert_eq(limits_widened(m, A, &f), OK, "%s", f.path);
        cr_assert_eq(limits_tighten(a, A, NULL, &m), OK);
        same(A, m, "no condition", i);
        arena_free(a);
    }
}
