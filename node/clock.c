#include <time.h>

#include "keys/point.h"
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

static int64_t
steady(const struct clock_reading *r)
{
    return r->mono / 1000;
}

void
clock_init(struct clock *c, const struct clock_reading *r)
{
    *c = (struct clock){ .offset = r->wall - steady(r), .slewed = steady(r),
        .heard = steady(r), .since = steady(r) };
}

void
clock_peer(struct clock *c, const struct clock_reading *r, int64_t told)
{
    /* Compared without a difference, which a hostile number overflows. */
    if (told < r->wall - CLOCK_NEAR || told > r->wall + CLOCK_NEAR)
        return;
    c->heard = steady(r);
    if (c->stepped) {
        c->stepped = false;
        c->offset = r->wall - steady(r);
        c->slewed = steady(r);
    }
}

void
clock_peers(struct clock *c, bool peers)
{
    c->peers = peers;
}

/* The offset follows a clock that is adjusted slowly, and no other. */
static void
follow(struct clock *c, const struct clock_reading *r)
{
    int64_t off = r->wall - steady(r) - c->offset;

    c->stepped = off > CLOCK_STEP || off < -CLOCK_STEP;
    if (c->stepped || off == 0) {
        c->slewed = steady(r);
    } else if (steady(r) - c->slewed >= CLOCK_SLEW) {
        c->offset += off > 0 ? 1 : -1;
        c->slewed = steady(r);
    }
}

struct times
clock_times(struct clock *c, const struct clock_reading *r, int64_t last)
{
    struct times t = { 0, 0, r->wall, r->mono, true };

    if (!c->started || last != c->last) {
        c->last = last;
        c->since = steady(r);
    }
    /* Behind the log at the start is a step that nobody saw. */
    if (!c->started && r->wall < last - CLOCK_STEP)
        c->offset = last - steady(r);
    c->started = true;
    follow(c, r);
    t.trusted = !c->stepped &&
        !(c->peers && steady(r) - c->heard > CLOCK_ALONE);
    t.lo = t.trusted ? later(r->wall, last) :
        c->last + (steady(r) - c->since);
    t.hi = later(t.lo, r->wall);
    return t;
}

void
clock_read(struct clock_reading *r)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_REALTIME, &t);
    r->wall = t.tv_sec + CLOCK_MOVED;
    (void)clock_gettime(STEADY, &t);
    r->mono = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
