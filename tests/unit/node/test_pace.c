#include <criterion/criterion.h>

#include "node/pace.h"

#define BLOCK PARCEL_BLOCK

Test(pace, no_limit_is_always_yes)
{
    struct pace p = { .left = 0 };

    for (int i = 0; i < 1000; i++)
        cr_assert(pace_take(&p, 0, 5, BLOCK));
    cr_assert_eq(pace_next(&p, 0, 5, BLOCK), 5);
}

/* A block fits whatever the limit is, and the sum is the limit. */
Test(pace, a_limit_holds_and_says_when_the_next_may_go)
{
    static const uint64_t limits[] = { 1000, BLOCK, 10 * BLOCK, 400 * BLOCK };

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct pace p = { .left = 0 };
        int64_t now = 1000000;
        const int64_t from = now;
        uint64_t sum = 0;

        for (int k = 0; k < 1000; k++) {
            int64_t next;

            if (pace_take(&p, limits[i], now, BLOCK)) {
                sum += BLOCK;
                continue;
            }
            next = pace_next(&p, limits[i], now, BLOCK);
            cr_assert_gt(next, now);
            cr_assert(!pace_take(&p, limits[i], next - 2, BLOCK));
            now = next;
        }
        cr_assert_gt(sum, 300 * (uint64_t)BLOCK);
        cr_assert_leq(sum, limits[i] * (uint64_t)(now - from + 1000) / 1000 +
            limits[i] / 4 + 2 * BLOCK);
    }
}

Test(pace, time_that_passes_unused_is_kept_for_a_quarter_of_a_second)
{
    struct pace p = { .left = 0 };
    int n = 0;

    cr_assert(pace_take(&p, 40 * BLOCK, 1000, BLOCK));
    while (pace_take(&p, 40 * BLOCK, 1000000, BLOCK))
        n++;
    cr_assert_eq(n, 10);
}

Test(pace, a_speed_is_that_of_the_last_seconds)
{
    struct speed s = { .bytes = 0 };

    cr_assert_eq(speed_of(&s, 1000000), 0);
    for (int64_t t = 1000000; t < 1010000; t += 10)
        speed_add(&s, t, 1000);
    cr_assert_geq(speed_of(&s, 1010000), 95000);
    cr_assert_leq(speed_of(&s, 1010000), 105000);
    cr_assert_eq(speed_of(&s, 1020000), 0);
}
