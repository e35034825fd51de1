/*
 * again: decode and encode again, for tests and for fuzzing: what a decoder
 * takes is exactly what its encoder makes.
 */
#ifndef TESTS_UNIT_PROTO_AGAIN_H
#define TESTS_UNIT_PROTO_AGAIN_H

#include "proto/packet.h"
#include "proto/receipt.h"
#include "proto/request.h"

static inline enum err
again_packet(struct slice in, struct buf *out)
{
    static struct packet p;
    enum err e = packet_decode(in, &p);

    return e != OK ? e : packet_encode(&p, out);
}

static inline enum err
again_request(struct slice in, struct buf *out)
{
    struct request q;
    enum err e = request_decode(in, &q);

    return e != OK ? e : request_encode(&q, out);
}

static inline enum err
again_answer(struct slice in, struct buf *out)
{
    struct answer a;
    enum err e = answer_decode(in, &a);

    return e != OK ? e : answer_encode(&a, out);
}

static inline enum err
again_statement(struct slice in, struct buf *out)
{
    struct statement s;
    enum err e = statement_decode(in, &s);

    return e != OK ? e : statement_encode(&s, out);
}

static inline enum err
again_entry(struct slice in, struct buf *out)
{
    struct entry entry;
    enum err e = entry_decode(in, &entry);

    return e != OK ? e : entry_encode(&entry, out);
}

static inline enum err
again_openings(struct slice in, struct buf *out)
{
    struct opening o[ENTRY_FIELDS_MAX];
    size_t n;
    enum err e = opening_decode(in, o, &n);

    return e != OK ? e : opening_encode(o, n, out);
}

static inline enum err
again_receipt(struct slice in, struct buf *out)
{
    struct receipt r;
    enum err e = receipt_decode(in, &r);

    return e != OK ? e : receipt_encode(&r, out);
}

#endif
