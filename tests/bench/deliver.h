/*
 * deliver: what is measured of two daemons.
 */
#ifndef TESTS_BENCH_DELIVER_H
#define TESTS_BENCH_DELIVER_H

#include "tests/bench/pair.h"

struct delivered {
    double per_s;               /* a full outbox until it is empty */
    double cpu[2];              /* us of a core for one: sender, recipient */
    double peak;                /* MiB */
    double one;                 /* ms, median: handed in until its receipt */
    double stream;              /* messages a second, in and through at once */
    double load_p50, load_p99;  /* ms at four fifths of that rate */
    size_t bytes;               /* of an envelope */
};

/*
 * deliver_run(daemon, folder, out):
 * One run with two new nodes.
 */
void deliver_run(const char *daemon, const char *folder,
    struct delivered *out);

#endif
