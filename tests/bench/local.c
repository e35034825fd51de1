#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keys/random.h"
#include "keys/statement.h"
#include "node/store.h"
#include "node/store_log.h"
#include "proto/enums.h"
#include "tests/bench/local.h"

#define MESSAGES 1000
#define ENTRIES 25600

#define must(yes) bench_check((yes) ? OK : ERR_INTERNAL)

static double
per_second(size_t n, int64_t start)
{
    return (double)n / ((double)(bench_us() - start) / 1e6);
}

/* As a reader's client does it: read, the author's signature, the seal. */
static void
open_one(struct pair *p, const struct sealed *m)
{
    struct arena *a = arena_new(8u << 20);
    struct signature sig;
    struct envelope env;
    struct message msg;
    struct buf body;
    size_t i;

    must(a != NULL);
    buf_init(&body, ENVELOPE_MAX);
    bench_check(envelope_decode(slice_of_buf(&m->envelope), &env, NULL));
    bench_check(message_decode(a, &domain_valise, env.pre, &msg, NULL));
    envelope_sig(&env, 0, &sig);
    bench_check(sign_check(LABEL_SIG, sign_key_public(person_sign(
        p->a->who[OFFICER].p)), m->digest, sig.sig));
    must(seal_find(&msg, record_bytes(directory_epoch_at(directory_find(
        p->b->dir, TRUST_EPOCHS, slice_str(p->b->name), 0, NULL),
        p->a->t.lo), "kid").p, NULL, &i));
    bench_check(seal_open(a, &env, &msg, i, p->b->epoch[0], NULL, NULL,
        &body, NULL));
    buf_clear(&body);
    arena_free(a);
}

static void
seals(struct pair *p, struct local *out)
{
    static struct sealed m[MESSAGES];
    int64_t start = bench_us();

    for (size_t i = 0; i < MESSAGES; i++)
        pair_seal(p, OFFICER, &m[i]);
    out->seal = per_second(MESSAGES, start);
    start = bench_us();
    for (size_t i = 0; i < MESSAGES; i++)
        open_one(p, &m[i]);
    out->open = per_second(MESSAGES, start);
    for (size_t i = 0; i < MESSAGES; i++)
        buf_clear(&m[i].envelope);
}

/* An entry about a message, as the node writes it. */
static void
append_one(struct store *s, uint64_t seq)
{
    static const uint8_t kid[HASH_LEN] = { 1 };
    const struct store_value v = { ENTRY_ACTOR, SLICE(kid) };
    struct entry entry = { .seq = seq, .time = 1800000000,
        .event = EVENT_CREATED, .has_obj = true };
    uint8_t salt[HASH_LEN];
    uint64_t index;
    struct buf b;

    random_bytes(salt, sizeof(salt));
    random_bytes(entry.obj, sizeof(entry.obj));
    buf_init(&b, ENTRY_MAX);
    bench_check(entry_add(&entry, ENTRY_ACTOR, salt, v.value));
    bench_check(entry_encode(&entry, &b));
    bench_check(store_leaf_append(s, slice_of_buf(&b), salt, &v, 1,
        &index));
    buf_clear(&b);
}

/* Batches of entries, each under one signed checkpoint. */
static void
appends(struct pair *p, const char *folder, struct local *out)
{
    char path[300];
    uint8_t root[HASH_LEN];
    struct buf note;
    struct store *s;
    uint64_t size = 0;
    int64_t start;

    (void)snprintf(path, sizeof(path), "%s/append.db", folder);
    bench_check(store_open(path, 0, &s));
    buf_init(&note, NOTE_MAX);
    start = bench_us();
    while (size < ENTRIES) {
        bench_check(store_begin(s));
        for (size_t i = 0; i < LOCAL_BATCH; i++)
            append_one(s, size + i);
        bench_check(store_log_root(s, &size, root));
        buf_reset(&note);
        bench_check(checkpoint_sign(node_keys_log(p->a->keys),
            slice_str("QM-FIU/log/1"), size, root, &note));
        bench_check(store_note_put(s, size, slice_of_buf(&note)));
        bench_check(store_commit(s));
    }
    out->append = per_second(ENTRIES, start);
    buf_clear(&note);
    store_close(s);
    (void)unlink(path);
}

void
local_run(struct pair *p, const char *folder, struct local *out)
{
    seals(p, out);
    appends(p, folder, out);
}
