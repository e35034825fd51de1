#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "node/clock.h"

/* Steady through a sleep of the machine as well, where there is such one. */
#ifdef CLOCK_BOOTTIME
#define STEADY CLOCK_BOOTTIME
#else
#define STEADY CLOCK_MONOTONIC
#endif

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void
clock_init(struct clock *c, const struct clock_reading *r)
{
    *c = (struct clock){ .offset = r->wall - r->steady, .slewed = r->steady,
        .heard = r->steady, .since = r->steady };
}

void
clock_peer(struct clock *c, const struct clock_reading *r, int64_t told)
{
    /* Compared without a difference, which a hostile number overflows. */
    if (told < r->wall - CLOCK_NEAR || told > r->wall + CLOCK_NEAR)
        return;
    c->heard = r->steady;
    if (c->stepped) {
        c->stepped = false;
        c->offset = r->wall - r->steady;
        c->slewed = r->steady;
    }
}

/* The offset follows a clock that is adjusted slowly, and no other. */
static void
follow(struct clock *c, const struct clock_reading *r)
{
    int64_t off = r->wall - r->steady - c->offset;

    c->stepped = off > CLOCK_STEP || off < -CLOCK_STEP;
    if (c->stepped || off == 0) {
        c->slewed = r->steady;
    } else if (r->steady - c->slewed >= CLOCK_SLEW) {
        c->offset += off > 0 ? 1 : -1;
        c->slewed = r->steady;
    }
}

struct times
clock_times(struct clock *c, const struct clock_reading *r, int64_t last,
    bool peers)
{
    struct times t = { 0, 0, r->wall, true };
    int64_t steady;

    if (!c->started || last != c->last) {
        c->last = last;
        c->since = r->steady;
    }
    /* Behind the log at the start is a step that nobody saw. */
    if (!c->started && r->wall < last - CLOCK_STEP)
        c->offset = last - r->steady;
    c->started = true;
    follow(c, r);
    t.trusted = !c->stepped &&
        !(peers && r->steady - c->heard > CLOCK_ALONE);
    steady = c->last + (r->steady - c->since);
    t.lo = t.trusted ? later(r->wall, last) : steady;
    t.hi = later(t.lo, r->wall);
    return t;
}

#ifdef VALISE_TEST
static int64_t
test_offset(void)
{
    const char *path = getenv("VALISE_CLOCK");
    FILE *f = path != NULL ? fopen(path, "r") : NULL;
    long long seconds = 0;

    if (f == NULL)
        return 0;
    if (fscanf(f, "%lld", &seconds) != 1)
        seconds = 0;
    (void)fclose(f);
    return seconds;
}
#endif

void
clock_read(struct clock_reading *r)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_REALTIME, &t);
    r->wall = t.tv_sec;
    (void)clock_gettime(STEADY, &t);
    r->steady = t.tv_sec;
#ifdef VALISE_TEST
    r->wall += test_offset();
#endif
}
