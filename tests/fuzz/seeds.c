/*
 * seeds: write the seeds of fuzz_decode into the folder named.
 *
 * They come from the rows, so that a new kind or object is fuzzed from its
 * first day: each kind in both halves, each object of trust, an envelope, a
 * note.
 */
#include <stdio.h>

#include "proto/envelope.h"
#include "proto/note.h"
#include "tests/unit/fill.h"

static int failed;

static void
put(const char *folder, char first, unsigned n, struct slice s)
{
    char path[512];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%c%u", folder, first, n);
    if ((f = fopen(path, "w")) == NULL) {
        failed = 1;
        return;
    }
    failed |= fputc(first, f) == EOF || fwrite(s.p, 1, s.n, f) != s.n;
    failed |= fclose(f) != 0;
}

static void
put_kind(const char *folder, const struct kind *k)
{
    struct arena *a = arena_new(32u << 20);
    struct signature sig = { { 1 }, { 2 } };
    struct buf b, h, all;
    struct message m;

    buf_init(&b, BODY_RECORD_MAX);
    buf_init(&h, BODY_RECORD_MAX);
    buf_init(&all, ENVELOPE_MAX);
    fill_message(a, k, k->n, &m);
    failed |= message_encode(&m, F_BODY, &b) != OK;
    put(folder, 'b', k->n, slice_of_buf(&b));
    buf_reset(&b);
    failed |= message_encode(&m, F_CTL, &b) != OK;
    put(folder, 'm', k->n, slice_of_buf(&b));
    envelope_put_h(slice_of_buf(&b), NULL, &h);
    failed |= envelope_put(slice_of_buf(&h), &sig, 1, SLICE_EMPTY,
        SLICE_EMPTY, &all) != OK;
    put(folder, 'e', k->n, slice_of_buf(&all));
    buf_clear(&b);
    buf_clear(&h);
    buf_clear(&all);
    arena_free(a);
}

static void
put_object(const char *folder, enum trust_kind kind)
{
    const struct signature sigs[2] = { { { 1 }, { 2 } }, { { 3 }, { 4 } } };
    struct arena *a = arena_new(8u << 20);
    struct buf b, all;

    buf_init(&b, TRUST_MAX);
    buf_init(&all, TRUST_MAX);
    record_encode(fill_record(a, trust_row(kind)->rec, 1), 0, &b);
    trust_encode(slice_of_buf(&b), sigs, trust_row(kind)->least, &all);
    put(folder, (char)('0' + kind), 0, slice_of_buf(&all));
    buf_clear(&b);
    buf_clear(&all);
    arena_free(a);
}

int
main(int argc, char **argv)
{
    static const char note[] = "QM-FIU/log/1\n1\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        "\xe2\x80\x94 QM-FIU/log/1 AAAAAAAA\n";

    if (argc != 2)
        return 2;
    for (size_t i = 0; i < domain_valise.n_kinds; i++)
        put_kind(argv[1], &domain_valise.kinds[i]);
    for (int k = 0; k < TRUST_KINDS; k++)
        put_object(argv[1], (enum trust_kind)k);
    put(argv[1], 'n', 0, slice_str(note));
    return failed;
}
