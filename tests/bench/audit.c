/*
 * bench-audit FOLDER: entries that the auditor's own code verifies in a
 * second: each decoded, hashed, and compared with the hashes that are kept,
 * up to the root.  The limit is to read and hash the same bytes.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_in.h"
#include "cli/audit/audit_layout.h"
#include "keys/random.h"
#include "keys/statement.h"
#include "tests/bench/bench.h"

#define ENTRIES 100000
#define ORIGIN "QM-FIU/log/1"

#define must(yes) bench_check((yes) ? OK : ERR_INTERNAL)

static uint64_t
put_entry(struct audit_layout *l, uint64_t seq, struct tree_range *range)
{
    static const uint8_t kid[HASH_LEN] = { 1 };
    struct entry e = { .seq = seq, .time = 1800000000 + seq,
        .event = EVENT_CREATED, .has_obj = true };
    uint8_t salt[HASH_LEN], leaf[HASH_LEN];
    struct buf b;
    uint64_t n;

    random_bytes(salt, sizeof(salt));
    random_bytes(e.obj, sizeof(e.obj));
    buf_init(&b, ENTRY_MAX);
    bench_check(entry_add(&e, ENTRY_ACTOR, salt, SLICE(kid)));
    bench_check(entry_encode(&e, &b));
    bench_check(audit_layout_entry(l, slice_of_buf(&b)));
    entry_leaf(slice_of_buf(&b), leaf);
    tree_range_add(range, leaf);
    n = b.n;
    buf_clear(&b);
    return n;
}

/* The log of an export, and nothing else of it; the bytes of its entries. */
static uint64_t
write_log(const char *dir, uint8_t root[static HASH_LEN])
{
    struct tree_range range;
    struct audit_layout *l;
    struct sign_key *key;
    struct secret *seed;
    struct buf note;
    uint64_t bytes = 0;

    bench_check(secret_random(SEED_LEN, &seed));
    bench_check(sign_key_new(seed, &key));
    secret_free(seed);
    bench_check(audit_layout_new(dir, &l));
    buf_init(&note, NOTE_MAX);
    tree_range_init(&range);
    for (uint64_t i = 0; i < ENTRIES; i++)
        bytes += put_entry(l, i, &range);
    tree_range_root(&range, root);
    bench_check(checkpoint_sign(key, slice_str(ORIGIN), ENTRIES, root,
        &note));
    bench_check(audit_layout_finish(l, slice_of_buf(&note),
        slice_str("none")));
    audit_layout_free(l);
    buf_clear(&note);
    sign_key_free(key);
    return bytes;
}

/* No card names the key: that alone is found, and nothing of the entries. */
static double
verify(const char *dir, const uint8_t root[static HASH_LEN])
{
    struct audit *a;
    int64_t start;
    double took;

    bench_check(audit_new(dir, &a));
    (void)snprintf(a->origin, sizeof(a->origin), "%s", ORIGIN);
    a->has_checkpoint = true;
    a->size = ENTRIES;
    memcpy(a->root, root, HASH_LEN);
    start = bench_us();
    bench_check(audit_log(a));
    took = (double)(bench_us() - start) / 1e6;
    must(a->count[AUDIT_LOG] == ENTRIES);
    for (size_t i = 0; i < a->n; i++)
        must(a->v[i].e == ERR_TRUST || a->v[i].entry == AUDIT_NONE);
    audit_free(a);
    return ENTRIES / took;
}

static double
raw_hash(uint64_t bytes)
{
    static uint8_t entry[1024];
    const struct slice s = { entry, (size_t)(bytes / ENTRIES) };
    uint8_t l[HASH_LEN] = { 0 }, r[HASH_LEN];
    int64_t start = bench_us();

    for (size_t i = 0; i < ENTRIES; i++) {
        tree_leaf(s, r);
        tree_node(l, r, l);
    }
    return ENTRIES / ((double)(bench_us() - start) / 1e6);
}

int
main(int argc, char **argv)
{
    double v[BENCH_RUNS], limits[BENCH_RUNS];
    uint8_t root[HASH_LEN];
    char dir[512];
    uint64_t bytes;

    if (argc != 2 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: bench-audit FOLDER\n");
        return 2;
    }
    (void)snprintf(dir, sizeof(dir), "%s/export", argv[1]);
    bytes = write_log(dir, root);
    for (size_t i = 0; i < BENCH_RUNS; i++) {
        v[i] = verify(dir, root);
        limits[i] = raw_hash(bytes);
    }
    bench_print(&(struct bench_value){ "log_verify_per_s",
        "entries a second", bench_at(v, BENCH_RUNS, 0.5),
        bench_at(limits, BENCH_RUNS, 0.5) });
    bench_load("load_after");
    return 0;
}
