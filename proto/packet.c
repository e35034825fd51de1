#include <string.h>

#include "proto/packet.h"
#include "proto/receipt.h"
#include "proto/trust.h"

#define MAGIC "VLSP"
#define MAGIC_LEN 4
#define HEAD_LEN 6              /* magic, version, type */

static void
read_serials(struct reader *r, struct packet_serials *s)
{
    (void)read_array(r, 3, 3);
    s->card = read_uint(r, UINT64_MAX);
    s->staff = read_uint(r, UINT64_MAX);
    s->epochs = read_uint(r, UINT64_MAX);
}

static void
write_serials(struct buf *b, const struct packet_serials *s)
{
    write_array(b, 3);
    write_uint(b, s->card);
    write_uint(b, s->staff);
    write_uint(b, s->epochs);
}

/* A bin that has n bytes or none. */
static struct slice
read_optional(struct reader *r, size_t n)
{
    struct slice s = read_bin(r, 0, n);

    if (s.n != 0 && s.n != n)
        read_fail(r, E_MALFORMED);
    return s;
}

static void
read_hello(struct reader *r, struct packet *p)
{
    p->u.hello.network = read_bin(r, 1, PACKET_NAME_MAX);
    p->u.hello.authority = read_bin(r, 1, PACKET_NAME_MAX);
    read_serials(r, &p->u.hello.serials);
}

static void
write_hello(const struct packet *p, struct buf *b)
{
    write_bin(b, p->u.hello.network);
    write_bin(b, p->u.hello.authority);
    write_serials(b, &p->u.hello.serials);
}

static size_t
count_deliver(const struct packet *p)
{
    return p->u.deliver.n;
}

static void
read_deliver(struct reader *r, struct packet *p)
{
    struct packet_deliver *d = &p->u.deliver;
    size_t sum = 0;

    read_fixed(r, d->req, PACKET_REQ_LEN);
    tlog_read_have(r, &d->have);
    d->cosignature = read_optional(r, PACKET_COSIGNATURE_LEN);
    d->stored = read_uint(r, TREE_SIZE_MAX);
    d->n = read_array(r, 1, PACKET_ITEMS_MAX);
    for (size_t i = 0; r->e == OK && i < d->n; i++) {
        (void)read_array(r, 2, 2);
        d->items[i].envelope = read_bin(r, 0, PACKET_DELIVER_MAX);
        d->items[i].acceptance = read_optional(r, HASH_LEN);
        sum += d->items[i].envelope.n;
    }
    if (sum > PACKET_DELIVER_MAX)
        read_fail(r, E_OVERSIZE);
}

static void
write_deliver(const struct packet *p, struct buf *b)
{
    const struct packet_deliver *d = &p->u.deliver;

    write_bin(b, SLICE(d->req));
    tlog_write_have(b, &d->have);
    write_bin(b, d->cosignature);
    write_uint(b, d->stored);
    write_array(b, d->n);
    for (size_t i = 0; i < d->n; i++) {
        write_array(b, 2);
        write_bin(b, d->items[i].envelope);
        write_bin(b, d->items[i].acceptance);
    }
}

static size_t
count_answer(const struct packet *p)
{
    return p->u.answer.n;
}

static void
read_answer(struct reader *r, struct packet *p)
{
    struct packet_answer *a = &p->u.answer;

    read_fixed(r, a->req, PACKET_REQ_LEN);
    tlog_read(r, false, &a->tlog);
    tlog_read_have(r, &a->have);
    a->n = read_array(r, 0, PACKET_ITEMS_MAX);
    for (size_t i = 0; r->e == OK && i < a->n; i++) {
        struct packet_result *x = &a->results[i];

        (void)read_array(r, 4, 4);
        x->code = (uint16_t)read_uint(r, UINT16_MAX);
        x->path = read_bin(r, 0, FAULT_PATH_MAX);
        x->suggest = read_bin(r, 0, PACKET_NAME_MAX);
        x->receipt = read_bin(r, 0, RECEIPT_MAX);
    }
    a->nlater = read_array(r, 0, PACKET_LATER_MAX);
    for (size_t i = 0; r->e == OK && i < a->nlater; i++)
        a->later[i] = read_bin(r, 1, RECEIPT_MAX);
}

static void
write_answer(const struct packet *p, struct buf *b)
{
    const struct packet_answer *a = &p->u.answer;

    write_bin(b, SLICE(a->req));
    tlog_write(b, false, &a->tlog);
    tlog_write_have(b, &a->have);
    write_array(b, a->n);
    for (size_t i = 0; i < a->n; i++) {
        write_array(b, 4);
        write_uint(b, a->results[i].code);
        write_bin(b, a->results[i].path);
        write_bin(b, a->results[i].suggest);
        write_bin(b, a->results[i].receipt);
    }
    write_array(b, a->nlater);
    for (size_t i = 0; i < a->nlater; i++)
        write_bin(b, a->later[i]);
}

static void
read_beat(struct reader *r, struct packet *p)
{
    struct packet_beat *x = &p->u.beat;

    read_fixed(r, x->req, PACKET_REQ_LEN);
    tlog_read_have(r, &x->have);
    x->cosignature = read_optional(r, PACKET_COSIGNATURE_LEN);
    x->stored = read_uint(r, TREE_SIZE_MAX);
    x->size = read_uint(r, TREE_SIZE_MAX);
    x->time = read_uint(r, ENTRY_TIME_MAX);
    x->waiting = read_uint(r, UINT32_MAX);
}

static void
write_beat(const struct packet *p, struct buf *b)
{
    const struct packet_beat *x = &p->u.beat;

    write_bin(b, SLICE(x->req));
    tlog_write_have(b, &x->have);
    write_bin(b, x->cosignature);
    write_uint(b, x->stored);
    write_uint(b, x->size);
    write_uint(b, x->time);
    write_uint(b, x->waiting);
}

static void
read_get(struct reader *r, struct packet *p)
{
    p->u.get.authority = read_bin(r, 1, PACKET_NAME_MAX);
    read_serials(r, &p->u.get.serials);
}

static void
write_get(const struct packet *p, struct buf *b)
{
    write_bin(b, p->u.get.authority);
    write_serials(b, &p->u.get.serials);
}

static size_t
count_objects(const struct packet *p)
{
    return p->u.objects.n;
}

static void
read_objects(struct reader *r, struct packet *p)
{
    struct packet_objects *o = &p->u.objects;

    o->authority = read_bin(r, 1, PACKET_NAME_MAX);
    o->n = read_array(r, 0, PACKET_OBJECTS_MAX);
    for (size_t i = 0; r->e == OK && i < o->n; i++) {
        (void)read_array(r, 2, 2);
        o->objects[i].kind = (uint8_t)read_uint(r, TRUST_KINDS - 1);
        o->objects[i].object = read_bin(r, 1, TRUST_MAX);
    }
}

static void
write_objects(const struct packet *p, struct buf *b)
{
    const struct packet_objects *o = &p->u.objects;

    write_bin(b, o->authority);
    write_array(b, o->n);
    for (size_t i = 0; i < o->n; i++) {
        write_array(b, 2);
        write_uint(b, o->objects[i].kind);
        write_bin(b, o->objects[i].object);
    }
}

static void
read_busy(struct reader *r, struct packet *p)
{
    read_fixed(r, p->u.busy.req, PACKET_REQ_LEN);
    p->u.busy.ms = read_uint(r, PACKET_MS_MAX);
}

static void
write_busy(const struct packet *p, struct buf *b)
{
    write_bin(b, SLICE(p->u.busy.req));
    write_uint(b, p->u.busy.ms);
}

static void
read_error(struct reader *r, struct packet *p)
{
    p->u.error.code = (uint16_t)read_uint(r, UINT16_MAX);
}

static void
write_error(const struct packet *p, struct buf *b)
{
    write_uint(b, p->u.error.code);
}

static size_t
count_want(const struct packet *p)
{
    return p->u.want.n;
}

static void
read_want(struct reader *r, struct packet *p)
{
    struct packet_want *w = &p->u.want;

    read_fixed(r, w->digest, HASH_LEN);
    read_fixed(r, w->root, HASH_LEN);
    w->n = read_array(r, 1, PACKET_WANT_MAX);
    for (size_t i = 0; r->e == OK && i < w->n; i++)
        w->index[i] = read_uint(r, PARCEL_BLOCKS_MAX - 1);
}

static void
write_want(const struct packet *p, struct buf *b)
{
    const struct packet_want *w = &p->u.want;

    write_bin(b, SLICE(w->digest));
    write_bin(b, SLICE(w->root));
    write_array(b, w->n);
    for (size_t i = 0; i < w->n; i++)
        write_uint(b, w->index[i]);
}

static size_t
count_block(const struct packet *p)
{
    return p->u.block.proof.n;
}

static void
read_block(struct reader *r, struct packet *p)
{
    struct packet_block *x = &p->u.block;

    read_fixed(r, x->root, HASH_LEN);
    x->index = read_uint(r, PARCEL_BLOCKS_MAX - 1);
    x->proof.n = read_array(r, 0, PARCEL_PROOF_MAX);
    for (size_t i = 0; r->e == OK && i < x->proof.n; i++)
        read_fixed(r, x->proof.hash[i], HASH_LEN);
    x->block = read_bin(r, 1, PARCEL_BLOCK);
}

static void
write_block_head(const struct packet_block *x, struct buf *b)
{
    write_bin(b, SLICE(x->root));
    write_uint(b, x->index);
    write_array(b, x->proof.n);
    for (size_t i = 0; i < x->proof.n; i++)
        write_bin(b, SLICE(x->proof.hash[i]));
}

static void
write_block(const struct packet *p, struct buf *b)
{
    const struct packet_block *x = &p->u.block;

    write_block_head(x, b);
    write_bin(b, x->block);
}

static void
read_stand(struct reader *r, struct packet *p)
{
    struct packet_stand *s = &p->u.stand;

    read_fixed(r, s->digest, HASH_LEN);
    read_fixed(r, s->root, HASH_LEN);
    s->code = (uint16_t)read_uint(r, UINT16_MAX);
    s->have = read_uint(r, PARCEL_BLOCKS_MAX);
}

static void
write_stand(const struct packet *p, struct buf *b)
{
    const struct packet_stand *s = &p->u.stand;

    write_bin(b, SLICE(s->digest));
    write_bin(b, SLICE(s->root));
    write_uint(b, s->code);
    write_uint(b, s->have);
}

static void
read_used(struct reader *r, struct packet *p)
{
    struct packet_used *u = &p->u.used;

    u->head = read_bin(r, 1, PACKET_HEAD_MAX);
    u->receipt = read_bin(r, 1, RECEIPT_MAX);
    u->note = read_bin(r, 1, NOTE_MAX);
}

static void
write_used(const struct packet *p, struct buf *b)
{
    write_bin(b, p->u.used.head);
    write_bin(b, p->u.used.receipt);
    write_bin(b, p->u.used.note);
}

static void
read_seen(struct reader *r, struct packet *p)
{
    read_fixed(r, p->u.seen.digest, HASH_LEN);
}

static void
write_seen(const struct packet *p, struct buf *b)
{
    write_bin(b, SLICE(p->u.seen.digest));
}

/* `most` bounds what `count` counts, where there is a list. */
static const struct row {
    enum packet_type type;
    size_t elements;
    void (*read)(struct reader *r, struct packet *p);
    void (*write)(const struct packet *p, struct buf *b);
    size_t (*count)(const struct packet *p);
    size_t most;
} rows[] = {
    { PACKET_HELLO, 3, read_hello, write_hello, NULL, 0 },
    { PACKET_DELIVER, 5, read_deliver, write_deliver,
      count_deliver, PACKET_ITEMS_MAX },
    { PACKET_ANSWER, 5, read_answer, write_answer,
      count_answer, PACKET_ITEMS_MAX },
    { PACKET_BEAT, 7, read_beat, write_beat, NULL, 0 },
    { PACKET_GET, 2, read_get, write_get, NULL, 0 },
    { PACKET_OBJECTS, 2, read_objects, write_objects,
      count_objects, PACKET_OBJECTS_MAX },
    { PACKET_BUSY, 2, read_busy, write_busy, NULL, 0 },
    { PACKET_ERROR, 1, read_error, write_error, NULL, 0 },
    { PACKET_WANT, 3, read_want, write_want, count_want, PACKET_WANT_MAX },
    { PACKET_BLOCK, 4, read_block, write_block, count_block, PARCEL_PROOF_MAX },
    { PACKET_STAND, 4, read_stand, write_stand, NULL, 0 },
    { PACKET_USED, 3, read_used, write_used, NULL, 0 },
    { PACKET_SEEN, 1, read_seen, write_seen, NULL, 0 },
};

static const struct row *
find(unsigned type)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((unsigned)rows[i].type == type)
            return &rows[i];
    }
    return NULL;
}

enum err
packet_decode(struct slice in, struct packet *out)
{
    const struct row *row;
    struct packet p;
    struct reader r;
    enum err e;

    if (in.n > PACKET_MAX)
        return E_OVERSIZE;
    if (in.n < HEAD_LEN || memcmp(in.p, MAGIC, MAGIC_LEN) != 0)
        return E_MALFORMED;
    if (in.p[MAGIC_LEN] != PACKET_VERSION)
        return E_VERSION;
    if ((row = find(in.p[MAGIC_LEN + 1])) == NULL)
        return E_MALFORMED;
    in = slice_of(in.p + HEAD_LEN, in.n - HEAD_LEN);
    if ((e = wire_scan(in, WIRE_ITEMS)) != OK)
        return e;
    memset(&p, 0, sizeof(p));
    p.type = row->type;
    read_start(&r, in);
    (void)read_array(&r, row->elements, row->elements);
    row->read(&r, &p);
    if ((e = read_end(&r)) != OK)
        return e;
    *out = p;
    return OK;
}

static void
write_start(const struct row *row, struct buf *b)
{
    buf_put(b, MAGIC, MAGIC_LEN);
    buf_put_u8(b, PACKET_VERSION);
    buf_put_u8(b, (uint8_t)row->type);
    write_array(b, row->elements);
}

enum err
packet_begin_block(const struct packet_block *x, size_t n, struct buf *b)
{
    if (x->proof.n > PARCEL_PROOF_MAX || n == 0 || n > PARCEL_BLOCK)
        return E_FIELD_RANGE;
    write_start(find(PACKET_BLOCK), b);
    write_block_head(x, b);
    write_bin_head(b, n);
    return buf_done(b);
}

enum err
packet_encode(const struct packet *p, struct buf *b)
{
    const struct row *row = find((unsigned)p->type);
    size_t start = b->n;
    enum err e;

    if (row == NULL || (row->count != NULL && row->count(p) > row->most) ||
        (p->type == PACKET_ANSWER && p->u.answer.nlater > PACKET_LATER_MAX))
        return E_FIELD_RANGE;
    write_start(row, b);
    row->write(p, b);
    if ((e = buf_done(b)) != OK)
        return e;
    return b->n - start > PACKET_MAX ? E_OVERSIZE : OK;
}
