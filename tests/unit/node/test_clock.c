#include <criterion/criterion.h>

#include "node/clock.h"

#define WALL 1700000000
#define STEADY 5000
#define HOUR 3600

static struct clock c;
static struct clock_reading r;
static int64_t last;

static void
set_up(void)
{
    r = (struct clock_reading){ WALL, STEADY * 1000 };
    last = WALL - 100;
    clock_init(&c, &r);
    clock_peers(&c, true);
}

TestSuite(clock, .init = set_up);

static struct times
now(void)
{
    return clock_times(&c, &r, last);
}

static struct times
pass(int64_t seconds)
{
    r.wall += seconds;
    r.mono += seconds * 1000;
    return now();
}

static struct times
step(int64_t seconds)
{
    (void)now();
    r.wall += seconds;
    return now();
}

Test(clock, both_times_of_a_trusted_clock_are_the_wall_clock)
{
    struct times t = now();

    cr_assert(t.trusted && t.lo == WALL && t.hi == WALL && t.wall == WALL);
    t = pass(30);
    cr_assert(t.trusted && t.lo == WALL + 30 && t.hi == WALL + 30);
}

Test(clock, no_time_is_below_the_last_entry)
{
    struct times t;

    last = WALL + CLOCK_STEP;
    t = now();
    cr_assert(t.trusted && t.lo == last && t.hi == last && t.wall == WALL);
}

Test(clock, ten_seconds_are_no_step_and_eleven_are)
{
    cr_assert(step(CLOCK_STEP).trusted);
    cr_assert(!step(1).trusted);
}

Test(clock, after_a_step_forward_what_deletes_waits)
{
    struct times t = step(400 * 86400);

    cr_assert(!t.trusted);
    cr_assert_eq(t.lo, last);
    cr_assert_eq(t.hi, r.wall);
    t = pass(60);
    cr_assert(!t.trusted && t.lo == last + 60 && t.hi == r.wall);
    /* An entry is made at lo; the time goes on from there. */
    last = t.lo;
    t = pass(5);
    cr_assert(!t.trusted && t.lo == last && t.hi == r.wall);
    cr_assert_eq(pass(5).lo, last + 5);
}

Test(clock, after_a_step_back_what_allows_does_not_last_longer)
{
    struct times t;

    (void)now();
    last = WALL;
    t = step(-HOUR);
    cr_assert(!t.trusted && t.lo == WALL && t.hi == WALL);
    t = pass(60);
    cr_assert(!t.trusted && t.lo == WALL + 60 && t.hi == WALL + 60);
    cr_assert_eq(t.wall, WALL - HOUR + 60);
}

Test(clock, a_step_that_is_undone_is_over)
{
    cr_assert(!step(HOUR).trusted);
    cr_assert(step(-HOUR).trusted);
}

Test(clock, a_peer_with_the_same_time_ends_a_step)
{
    cr_assert(!step(HOUR).trusted);
    clock_peer(&c, &r, r.wall - CLOCK_NEAR - 1);
    cr_assert(!now().trusted);
    clock_peer(&c, &r, INT64_MAX);
    clock_peer(&c, &r, INT64_MIN);
    clock_peer(&c, &r, 0);
    cr_assert(!now().trusted);
    clock_peer(&c, &r, r.wall - CLOCK_NEAR);
    cr_assert(now().trusted);
    cr_assert(pass(1).trusted);
    cr_assert(!step(-HOUR).trusted, "the old time is a step now");
}

Test(clock, small_steps_one_after_the_other_are_one_step)
{
    cr_assert(step(9).trusted);
    cr_assert(pass(1).trusted);
    cr_assert(!step(9).trusted);
}

Test(clock, adjusting_slowly_is_no_step)
{
    (void)now();
    for (int i = 0; i < 100; i++) {
        r.wall++;
        cr_assert(pass(CLOCK_SLEW).trusted, "minute %d", i);
    }
}

Test(clock, a_day_without_the_time_of_a_peer_is_too_long)
{
    cr_assert(now().trusted);
    cr_assert(pass(CLOCK_ALONE).trusted);
    cr_assert(!pass(1).trusted);
    clock_peer(&c, &r, r.wall + CLOCK_NEAR + 1);
    cr_assert(!now().trusted);
    clock_peer(&c, &r, r.wall + 3);
    cr_assert(now().trusted);
}

Test(clock, without_peers_no_time_is_waited_for)
{
    clock_peers(&c, false);
    cr_assert(now().trusted);
    cr_assert(pass(CLOCK_ALONE + 1).trusted);
}

Test(clock, a_clock_behind_the_log_at_the_start_is_not_trusted)
{
    struct times t;

    last = WALL + CLOCK_STEP + 1;
    t = now();
    cr_assert(!t.trusted && t.lo == last && t.hi == last);
    t = pass(10);
    cr_assert(!t.trusted && t.lo == last + 10);
    clock_peer(&c, &r, r.wall);
    cr_assert(now().trusted);
}

Test(clock, the_machine_has_both_clocks)
{
    struct clock_reading a, b;

    clock_read(&a);
    clock_read(&b);
    cr_assert_gt(a.wall, WALL);
    cr_assert_geq(b.mono, a.mono);
}
