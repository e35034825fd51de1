#include "node/pace.h"

#define STEP_MS 1000
#define STILL_MS 5000

static double
most(uint64_t limit)
{
    return limit / 4 > PARCEL_BLOCK ? (double)(limit / 4) : PARCEL_BLOCK;
}

bool
pace_take(struct pace *p, uint64_t limit, int64_t now, size_t n)
{
    if (limit == 0)
        return true;
    if (now > p->at)
        p->left += (double)(now - p->at) / 1000 * (double)limit;
    if (p->left > most(limit))
        p->left = most(limit);
    p->at = now;
    if (p->left < (double)n)
        return false;
    p->left -= (double)n;
    return true;
}

int64_t
pace_next(const struct pace *p, uint64_t limit, int64_t now, size_t n)
{
    const double lacks = (double)n - p->left;

    if (limit == 0 || lacks <= 0)
        return now;
    return p->at + 1 + (int64_t)(lacks * 1000 / (double)limit);
}

void
speed_add(struct speed *s, int64_t now, size_t n)
{
    const int64_t passed = now - s->from;

    if (passed >= STEP_MS) {
        s->rate = passed < STILL_MS ? s->bytes * 1000 / (uint64_t)passed : 0;
        s->bytes = 0;
        s->from = now;
    }
    s->bytes += n;
}

uint64_t
speed_of(const struct speed *s, int64_t now)
{
    const int64_t passed = now - s->from;

    if (passed >= STILL_MS)
        return 0;
    /* In its first second there is no step before this one. */
    return s->rate > 0 || passed <= 0 ? s->rate :
        s->bytes * 1000 / (uint64_t)(passed < STEP_MS ? STEP_MS : passed);
}
