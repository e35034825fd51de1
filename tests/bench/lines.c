#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "proto/err.h"
#include "tests/bench/bench.h"

int64_t
bench_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

double
bench_at(double *v, size_t n, double share)
{
    size_t at = (size_t)(share * (double)n);

    qsort(v, n, sizeof(*v), order);
    return v[at < n ? at : n - 1];
}

void
bench_print(const struct bench_value *v)
{
    (void)printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\","
        "\"limit\":%.6g,\"ratio\":%.3g}\n", v->name, v->value, v->unit,
        v->limit, v->value / v->limit);
    (void)fflush(stdout);
}

void
bench_load(const char *name)
{
    double load = 0;
    FILE *f = fopen("/proc/loadavg", "re");

    if (f != NULL) {
        if (fscanf(f, "%lf", &load) != 1)
            load = 0;
        (void)fclose(f);
    }
    bench_print(&(struct bench_value){ name, "processes that run", load,
        (double)sysconf(_SC_NPROCESSORS_ONLN) });
}

void
bench_ok(int e, const char *file, int line)
{
    if (e == OK)
        return;
    (void)fprintf(stderr, "%s:%d: %s\n", file, line,
        err_row((enum err)e)->name);
    exit(1);
}
