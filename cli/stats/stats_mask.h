/*
 * stats_mask: what of a table of counts may be shown to others.
 *
 * Source: domain reference 6.6, protection rules 4 and 5.  Of a count:
 *
 *   1 to 4    never: "<5"
 *   0         only where the table has three or more cells that are not
 *             zero; else "<5"
 *   5 ...     rounded to the nearest multiple of five
 *
 * Every count of every table is rounded, whether a cell of that table is
 * hidden or not (rule 4 leaves the choice between this and hiding a second
 * cell), and no sum of a row, a column or a table is ever given.  So what is
 * shown is the same whatever a hidden cell is from 1 to 4, and a sum that a
 * reader makes himself is one of rounded numbers.
 */
#ifndef CLI_STATS_MASK_H
#define CLI_STATS_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATS_BASE 5                /* cells below it are hidden */
#define STATS_NONZERO_LEAST 3       /* cells before a zero is shown */
#define STATS_MEAN_LEAST 20         /* values before a median or mean is */

struct stats_shown {
    bool hidden;                    /* "<5" */
    uint64_t n;                     /* what is shown; 0 where hidden */
};

/*
 * stats_mask(cell, n, out):
 * What of the n cells of a table is shown.  out has as many elements.
 */
void stats_mask(const uint64_t *cell, size_t n, struct stats_shown *out);

#endif
