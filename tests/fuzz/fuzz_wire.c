/*
 * fuzz_wire: what nodes and clients send each other, on arbitrary bytes.
 *
 * The first byte chooses the decoder; of 'x' the second one the record of a
 * request's arguments or result.  What is accepted must be the one encoding
 * of what it decodes to.
 */
#include <stdlib.h>

#include "proto/ask.h"
#include "tests/unit/proto/again.h"

#define AGAIN_MAX 400000

static void
same(struct slice in, enum err (*again)(struct slice in, struct buf *out))
{
    struct buf b;

    buf_init(&b, AGAIN_MAX);
    if (again(in, &b) == OK && !slice_equal(in, slice_of_buf(&b)))
        abort();
    buf_clear(&b);
}

static void
same_record(const struct record *schema, struct slice in)
{
    struct arena *a = arena_new(ASK_ARENA);
    struct fault f;
    struct rec *r;
    struct buf b;

    buf_init(&b, AGAIN_MAX);
    if (a != NULL && record_decode(a, schema, 0, in, WIRE_ITEMS, &r, &f) ==
        OK) {
        record_encode(r, 0, &b);
        if (b.bad || !slice_equal(in, slice_of_buf(&b)))
            abort();
        (void)record_check(r, 0, &f);
    }
    buf_clear(&b);
    arena_free(a);
}

/* A statement within a request is read as the node reads it. */
static void
statement_of(struct slice in)
{
    struct statement s;
    struct request q;

    if (request_decode(in, &q) == OK)
        (void)request_statement(&q, &s);
}

static void
vkey(struct slice in)
{
    struct note_vkey k;
    struct buf b;

    if (note_vkey_decode(in, &k) != OK)
        return;
    buf_init(&b, NOTE_MAX);
    if ((k.type == NOTE_ED25519 || k.type == NOTE_COSIGNATURE) &&
        (note_vkey_encode(k.name, k.type, k.pub, &b) != OK ||
        !slice_equal(in, slice_of_buf(&b))))
        abort();
    buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const struct record *const *records;
    struct slice in;
    size_t count;

    if (n < 2)
        return 0;
    in = slice_of(p + 1, n - 1);
    switch (p[0]) {
    case 'p': same(in, again_packet); break;
    case 'q': same(in, again_request); statement_of(in); break;
    case 'a': same(in, again_answer); break;
    case 's': same(in, again_statement); break;
    case 'l': same(in, again_entry); break;
    case 'o': same(in, again_openings); break;
    case 'r': same(in, again_receipt); break;
    case 'v': vkey(in); break;
    case 'x':
        records = ask_all(&count);
        same_record(records[p[1] % count], slice_of(p + 2, n - 2));
        break;
    default: break;
    }
    return 0;
}
