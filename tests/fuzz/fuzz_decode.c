/*
 * fuzz_decode: every decoder of proto/ on arbitrary bytes.
 *
 * The first byte chooses the decoder; of 'b' the second one is the number of
 * the kind, of 'f' the bytes of a piece.  What is accepted must be the one
 * encoding of what it decodes to, or the target aborts: that is the claim of
 * FORMAT.md section 0.  A list of files is the same in whatever pieces it
 * comes.
 */
#include <stdlib.h>

#include "proto/envelope.h"
#include "proto/manifest.h"
#include "proto/note.h"
#include "proto/trust.h"

#define ARENA (16u << 20)

static void
same(struct slice in, struct buf *b)
{
    if (b->bad || !slice_equal(in, slice_of_buf(b)))
        abort();
    buf_clear(b);
}

static void
run_message(struct arena *a, struct slice in)
{
    struct message m;
    struct fault f;
    struct buf b;

    if (message_decode(a, &domain_valise, in, &m, &f) != OK)
        return;
    buf_init(&b, CONTROL_MAX);
    if (message_encode(&m, F_CTL, &b) != OK)
        abort();
    same(in, &b);
    if (message_check(&m, F_CTL, &f) != OK && f.e == OK)
        abort();                    /* a fault says what it is */
}

static void
run_body(struct arena *a, struct slice in)
{
    const struct kind *k = in.n > 0 ? domain_kind(&domain_valise, in.p[0]) :
        NULL;
    struct message m;
    struct fault f;
    struct buf b;

    if (k == NULL || message_new(a, k, &m) != OK)
        return;
    in = slice_of(in.p + 1, in.n - 1);
    if (message_join(a, &m, in, &f) != OK)
        return;
    buf_init(&b, BODY_RECORD_MAX);
    if (message_encode(&m, F_BODY, &b) != OK)
        abort();
    same(in, &b);
    if (message_check(&m, F_BODY, &f) != OK && f.e == OK)
        abort();
}

/* A consent and the content of an item, which travel as bytes of their own. */
static void
run_record(struct arena *a, const struct record *schema, unsigned half,
    struct slice in)
{
    struct fault f;
    struct rec *r;
    struct buf b;

    if (record_decode(a, schema, half, in, WIRE_ITEMS, &r, &f) != OK)
        return;
    buf_init(&b, BODY_RECORD_MAX);
    record_encode(r, half, &b);
    same(in, &b);
    if (record_check(r, half, &f) != OK && f.e == OK)
        abort();
}

static void
run_envelope(struct arena *a, struct slice in)
{
    struct signature sigs[ENVELOPE_SIGS_MAX];
    struct envelope v;
    struct fault f;
    struct buf b;

    if (envelope_decode(in, &v, &f) != OK)
        return;
    for (size_t i = 0; i < v.n_sigs; i++)
        envelope_sig(&v, i, &sigs[i]);
    buf_init(&b, ENVELOPE_MAX);
    if (envelope_put(v.h, sigs, v.n_sigs, v.wraps, v.body, &b) != OK)
        abort();
    same(in, &b);
    run_message(a, v.pre);
}

static void
run_trust(struct arena *a, enum trust_kind kind, struct slice in)
{
    struct signed_object o;
    struct fault f;
    struct rec *r;
    struct buf b;

    if (trust_decode(kind, in, &o, &f) != OK)
        return;
    buf_init(&b, TRUST_MAX);
    trust_encode(o.bytes, o.sigs, o.n, &b);
    same(in, &b);
    if (trust_read(a, kind, &o, &r, &f) != OK)
        return;
    record_encode(r, 0, &b);
    same(o.bytes, &b);
}

static void
run_note(struct slice in)
{
    struct note_checkpoint c;
    struct note n;
    struct buf b;

    if (note_decode(in, &n) != OK || note_body_decode(n.body, &c) != OK)
        return;
    buf_init(&b, NOTE_MAX);
    if (note_body_encode(c.origin, c.size, c.root, &b) != OK)
        abort();
    same(n.body, &b);
}

/* One item, or the end, or zeros behind it. */
static enum err
read_item(struct manifest_reader *r, struct slice in, size_t *used)
{
    struct arena *a = arena_new(MANIFEST_ARENA);
    struct rec *item = NULL;
    struct fault f;
    struct buf b;
    enum err e;

    *used = 0;
    if (a == NULL)
        return ERR_NOMEM;
    if ((e = manifest_read(r, a, in, &item, used, &f)) == OK &&
        item != NULL) {
        buf_init(&b, MANIFEST_ITEM_MAX + 4);
        if (manifest_write(item, &b) != OK)
            abort();
        same(slice_of(in.p, *used), &b);
    }
    arena_free(a);
    return e;
}

static enum err
read_list(struct manifest_reader *r, struct slice in, size_t step)
{
    size_t from = 0, to = 0, used;
    enum err e = OK;

    while (e == OK && (from < to || to < in.n)) {
        e = read_item(r, slice_of(in.p + from, to - from), &used);
        from += used;
        if (used == 0 && to == in.n)
            break;
        if (used == 0)
            to = in.n - to < step ? in.n : to + step;
    }
    return e;
}

static void
run_list(struct slice in)
{
    struct manifest_reader one = { 0 }, many = { 0 };
    enum err e;

    if (in.n == 0)
        return;
    e = read_list(&one, slice_of(in.p + 1, in.n - 1), in.n);
    if (read_list(&many, slice_of(in.p + 1, in.n - 1), 1u + in.p[0]) != e ||
        one.n != many.n || one.offset != many.offset ||
        one.ended != many.ended || one.offset > PARCEL_LENGTH_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct slice in;
    struct arena *a;

    if (n == 0 || (a = arena_new(ARENA)) == NULL)
        return 0;
    in = slice_of(p + 1, n - 1);
    if (p[0] < '0' + TRUST_KINDS && p[0] >= '0')
        run_trust(a, (enum trust_kind)(p[0] - '0'), in);
    else if (p[0] == 'm')
        run_message(a, in);
    else if (p[0] == 'b')
        run_body(a, in);
    else if (p[0] == 'e')
        run_envelope(a, in);
    else if (p[0] == 'c')
        run_record(a, &record_consent, F_CTL, in);
    else if (p[0] == 'i')
        run_record(a, &record_item_content, 0, in);
    else if (p[0] == 'n')
        run_note(in);
    else if (p[0] == 'f')
        run_list(in);
    arena_free(a);
    return 0;
}
