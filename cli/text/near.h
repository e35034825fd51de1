/*
 * near: "did you mean": the known word that a mistyped one is close to.
 */
#ifndef CLI_NEAR_H
#define CLI_NEAR_H

#include "proto/slice.h"

/* The best candidate so far; starts as { .word = the word typed }. */
struct near {
    struct slice word;
    const char *best;           /* NULL while nothing is near */
    size_t distance;
};

/*
 * near_try(n, candidate):
 * Keep candidate (borrowed) if it is within two changed, added or removed
 * letters, and nearer than what is kept; case does not count.  Of short
 * words at least half of the letters must be the same.
 */
void near_try(struct near *n, const char *candidate);

#endif
