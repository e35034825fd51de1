/*
 * pace: how many bytes may go in a time, and how many went of late.
 *
 * A limit is a number of bytes a second, 0 for none.  What was not used is
 * kept for a quarter of a second, at least for one block.
 */
#ifndef NODE_PACE_H
#define NODE_PACE_H

#include "proto/parcel.h"

/* What may go now, and since when; zeros at the beginning. */
struct pace {
    double left;
    int64_t at;                         /* milliseconds, monotonic */
};

/*
 * pace_take(p, limit, now, n), pace_next(p, limit, now, n):
 * Take n bytes, at most a block, if they may go now; when they may.
 */
bool pace_take(struct pace *p, uint64_t limit, int64_t now, size_t n);
int64_t pace_next(const struct pace *p, uint64_t limit, int64_t now,
    size_t n);

/* What went, in steps of about a second; zeros at the beginning. */
struct speed {
    uint64_t bytes, rate;
    int64_t from;                       /* milliseconds, monotonic */
};

/*
 * speed_add(s, now, n), speed_of(s, now):
 * n bytes went; bytes a second of late, 0 if nothing went for five seconds.
 */
void speed_add(struct speed *s, int64_t now, size_t n);
uint64_t speed_of(const struct speed *s, int64_t now);

#endif
