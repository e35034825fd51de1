/*
 * bench: how fast the path of a message is, beside what the same machine does
 * at the same time with nothing but signatures, synced commits and CURVE.
 *
 *   raw.c       those limits
 *   pair.c      two nodes as processes of their own, and their clients
 *   deliver.c   a full outbox; one message alone; a steady stream
 *   local.c     sealing, opening, the log
 *   bench.c     lines, medians, the node's program
 *   audit.c     the auditor's program
 *
 * A line is one JSON object: name, value, unit, limit, ratio.  A value is the
 * median of several runs; ratio is value by limit, so that 1 is the limit
 * itself: rates are below it, times above.  Where a value has no limit of
 * this kind, the aim stands there.
 *
 * A failure ends the program with a line (world_check).
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_RUNS 3

struct bench_value {
    const char *name, *unit;
    double value, limit;
};

/*
 * bench_us():
 * Microseconds of a clock that is never set back.
 */
int64_t bench_us(void);

/*
 * bench_at(v, n, share):
 * Sort the n values; the one below which this share of them lies: 0.5 is the
 * median.
 */
double bench_at(double *v, size_t n, double share);

/*
 * bench_print(v), bench_load(name):
 * A line; a line with the load average, by the number of cores.
 */
void bench_print(const struct bench_value *v);
void bench_load(const char *name);

/*
 * bench_end(e, file, line):
 * End the program with a line unless e is OK (enum err).
 */
#define bench_check(e) bench_ok((int)(e), __FILE__, __LINE__)
void bench_ok(int e, const char *file, int line);

#endif
