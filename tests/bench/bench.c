/*
 * bench VALISED FOLDER: lines about the node.  The folder is empty, and its
 * owner removes it.
 */
#include <sodium.h>
#include <stdio.h>

#include "tests/bench/deliver.h"
#include "tests/bench/local.h"
#include "tests/bench/raw.h"

#define ITEMS 46                    /* messages of one DELIVER */
#define PEAK_MIB 256                /* aims */
#define P99_MS 250

struct runs {
    struct delivered d[BENCH_RUNS];
    struct local l[BENCH_RUNS];
};

#define MEDIAN(r, member) median_of(&(r)[0].member, sizeof((r)[0]))

static double
median_of(const double *first, size_t step)
{
    double v[BENCH_RUNS];

    for (size_t i = 0; i < BENCH_RUNS; i++)
        v[i] = *(const double *)(const void *)((const char *)first +
            i * step);
    return bench_at(v, BENCH_RUNS, 0.5);
}

/*
 * The least that one message costs: a signature checked, its bytes over the
 * wire, and its share of two commits, the message at the recipient and its
 * receipt at the sender.  One request is under way, so these follow one
 * another.
 */
static double
deliver_limit(const struct raw *raw, const char *folder, size_t bytes)
{
    double each = raw->check + raw_curve(bytes) +
        (raw_commit(folder, ITEMS, bytes) + raw_commit(folder, ITEMS, 1024))
        / ITEMS;

    return 1 / each;
}

static void
print_deliver(const struct runs *r, const struct raw *raw,
    const char *folder)
{
    const struct delivered *d = r->d;
    double limit = deliver_limit(raw, folder, d[0].bytes);
    double commit = raw_commit(folder, 1, d[0].bytes);
    /* Handed in, delivered, confirmed; the way in, across and the answer. */
    double one = 3 * commit + 3 * raw->trip + 2 * raw->check;
    const struct bench_value v[] = {
        { "deliver_per_s", "messages a second", MEDIAN(d, per_s), limit },
        { "deliver_sender_us", "us of a core", MEDIAN(d, cpu[0]),
          1e6 * raw_curve(d[0].bytes) },
        { "deliver_recipient_us", "us of a core", MEDIAN(d, cpu[1]),
          1e6 * (raw->check + raw_curve(d[0].bytes)) },
        { "deliver_one_ms_p50", "ms", MEDIAN(d, one), one * 1000 },
        { "deliver_stream_per_s", "messages a second", MEDIAN(d, stream),
          1 / (1 / limit + raw->check + raw_curve(d[0].bytes) +
          raw_commit(folder, ITEMS, d[0].bytes) / ITEMS) },
        { "deliver_load_ms_p50", "ms", MEDIAN(d, load_p50), one * 1000 },
        { "deliver_load_ms_p99", "ms", MEDIAN(d, load_p99), P99_MS },
        { "peak_mib", "MiB", MEDIAN(d, peak), PEAK_MIB },
    };

    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
        bench_print(&v[i]);
}

static void
print_local(const struct runs *r, const struct raw *raw, const char *folder)
{
    const struct local *l = r->l;
    const struct bench_value v[] = {
        /* Two readers: a new key and an exchange each; the author signs. */
        { "seal_per_s", "messages a second", MEDIAN(l, seal),
          1 / (4 * raw->exchange + raw->sign) },
        { "open_per_s", "messages a second", MEDIAN(l, open),
          1 / (raw->exchange + raw->check) },
        { "log_append_per_s", "entries a second", MEDIAN(l, append),
          LOCAL_BATCH / raw_commit(folder, LOCAL_BATCH, LOCAL_ENTRY) },
    };

    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
        bench_print(&v[i]);
}

static void
run_all(const char *daemon, const char *folder, struct runs *r)
{
    char path[256];
    struct pair p;

    for (size_t i = 0; i < BENCH_RUNS; i++) {
        (void)snprintf(path, sizeof(path), "%s/run-%zu", folder, i);
        deliver_run(daemon, path, &r->d[i]);
        (void)fprintf(stderr, "run %zu: %.0f a second (%.0f and %.0f us), "
            "alone %.2f ms, stream %.0f, load %.1f and %.1f ms\n", i,
            r->d[i].per_s, r->d[i].cpu[0], r->d[i].cpu[1], r->d[i].one,
            r->d[i].stream, r->d[i].load_p50, r->d[i].load_p99);
    }
    (void)snprintf(path, sizeof(path), "%s/local", folder);
    pair_new(daemon, path, &p);
    for (size_t i = 0; i < BENCH_RUNS; i++)
        local_run(&p, path, &r->l[i]);
    pair_free(&p);
}

int
main(int argc, char **argv)
{
    static struct runs r;
    struct raw raw;

    if (argc != 3 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: bench VALISED FOLDER\n");
        return 2;
    }
    bench_load("load_before");
    raw_measure(&raw);
    run_all(argv[1], argv[2], &r);
    print_deliver(&r, &raw, argv[2]);
    print_local(&r, &raw, argv[2]);
    return 0;
}
