#include "cli/stats/stats_mask.h"

void
stats_mask(const uint64_t *cell, size_t n, struct stats_shown *out)
{
    size_t some = 0;

    for (size_t i = 0; i < n; i++)
        some += cell[i] > 0;
    for (size_t i = 0; i < n; i++) {
        const bool zero = cell[i] == 0 && some >= STATS_NONZERO_LEAST;

        out[i] = (struct stats_shown){ .hidden = cell[i] < STATS_BASE &&
            !zero };
        if (!out[i].hidden)
            out[i].n = (cell[i] + STATS_BASE / 2) / STATS_BASE * STATS_BASE;
    }
}
