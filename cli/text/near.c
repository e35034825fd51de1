#include <string.h>

#include "cli/text/near.h"

#define FARTHEST 2
#define WORD_MAX 63

static int
lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t
least(size_t x, size_t y)
{
    return x < y ? x : y;
}

/* Levenshtein's distance by rows; both have at most WORD_MAX bytes. */
static size_t
distance(struct slice a, struct slice b)
{
    size_t row[WORD_MAX + 1];

    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = corner +
                (lower(a.p[i - 1]) != lower(b.p[j - 1]));

            corner = row[j];
            row[j] = least(change, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.n];
}

void
near_try(struct near *n, const char *candidate)
{
    struct slice c = slice_str(candidate);
    size_t d;

    if (n->word.n > WORD_MAX || c.n > WORD_MAX || n->word.n == 0)
        return;
    d = distance(n->word, c);
    if (d > FARTHEST || 2 * d > c.n ||
        (n->best != NULL && d >= n->distance))
        return;
    n->best = candidate;
    n->distance = d;
}
