/*
 * fuzz_form: forms in JSON, on arbitrary text; behind an 'o' the proof of an
 * origin, behind an 's' what signs it.
 *
 * A form that is read is checked and written again; what is written is read
 * to the same message.  So is a proof.
 */
#include <stdlib.h>

#include "cli/files/origin.h"

#define ARENA (16u << 20)
#define NOW 1800000000

static const struct json_opts opts = { &domain_valise, NOW, NULL };

static void
encode(const struct message *m, struct buf *b)
{
    buf_init(b, 1u << 21);
    (void)message_encode(m, F_CTL, b);
    (void)message_encode(m, F_BODY, b);
}

static void
round_trip(struct arena *a, const struct message *m)
{
    static struct findings l;
    struct json_extra extra;
    struct message back;
    struct buf text, one, two;
    struct emit w;

    buf_init(&text, JSON_MAX);
    emit_start(&w, &text, false);
    json_write(m, &opts, &w);
    l.n = 0;
    if (!text.bad) {
        if (json_read(a, slice_of_buf(&text), &opts, &back, &extra, &l) != OK)
            abort();
        encode(m, &one);
        encode(&back, &two);
        if (!slice_equal(slice_of_buf(&one), slice_of_buf(&two)))
            abort();
        buf_clear(&one);
        buf_clear(&two);
    }
    buf_clear(&text);
}

static void
run_proof(struct arena *a, const struct record *schema, struct slice in)
{
    struct rec *proof, *back;
    struct buf text, one, two;
    struct fault f;
    struct emit w;

    if (origin_read(a, schema, in, &opts, &proof, &f) != OK)
        return;
    buf_init(&text, JSON_MAX);
    buf_init(&one, JSON_MAX);
    buf_init(&two, JSON_MAX);
    emit_start(&w, &text, false);
    json_record_write(proof, &opts, &w);
    if (!text.bad) {
        if (origin_read(a, schema, slice_of_buf(&text), &opts, &back, &f) !=
            OK)
            abort();
        record_encode(proof, 0, &one);
        record_encode(back, 0, &two);
        if (!slice_equal(slice_of_buf(&one), slice_of_buf(&two)))
            abort();
    }
    buf_clear(&text);
    buf_clear(&one);
    buf_clear(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct findings l;
    struct arena *a = arena_new(ARENA);
    struct json_extra extra;
    struct message m;
    enum err e;

    l.n = 0;
    if (a == NULL)
        return 0;
    if (n > 0 && (p[0] == 'o' || p[0] == 's')) {
        run_proof(a, p[0] == 'o' ? &record_origin : &record_origin_signed,
            slice_of(p + 1, n - 1));
        arena_free(a);
        return 0;
    }
    e = json_read(a, slice_of(p, n), &opts, &m, &extra, &l);
    if ((e == OK) != (l.n == 0) && e != E_OVERSIZE)
        abort();                        /* a form is right or has faults */
    if (e == OK) {
        (void)findings_check(a, &m, &l);
        round_trip(a, &m);
    }
    arena_free(a);
    return 0;
}
