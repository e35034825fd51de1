/*
 * raw: the limits, each as seconds for one.
 */
#ifndef TESTS_BENCH_RAW_H
#define TESTS_BENCH_RAW_H

#include <stddef.h>

struct raw {
    double check;               /* of an Ed25519 signature */
    double sign;
    double exchange;            /* X25519 */
    double trip;                /* 1 KiB over CURVE and back */
};

void raw_measure(struct raw *out);

/*
 * raw_commit(folder, rows, bytes):
 * One synced SQLite commit of so many rows of so many bytes each.
 */
double raw_commit(const char *folder, size_t rows, size_t bytes);

/*
 * raw_curve(bytes):
 * One CURVE message of this size in a stream of them.
 */
double raw_curve(size_t bytes);

#endif
