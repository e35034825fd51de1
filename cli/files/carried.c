#include "cli/files/carried.h"

/* Names of the keys in the body, by place in `attachments`. */
static const char *const key_name[PARCEL_WHICH] = { "parcel_key",
    "manifest_key" };

bool
carried_has(const struct message *m)
{
    return record_has(m->common, "attachments");
}

bool
carried_is_evidence(const struct message *m)
{
    return m->kind->n == MESSAGE_KIND_EVIDENCE_OFFER ||
        m->kind->n == MESSAGE_KIND_EVIDENCE_TRANSFER;
}

static enum err
open_part(const struct message *m, enum parcel_which which,
    const struct rec *r, struct carried_part *p)
{
    const struct slice key = message_bytes(m, key_name[which]);
    struct secret *cek = NULL;
    enum err e;

    p->root = record_bytes(r, "root").p;
    p->length = record_uint(r, "length");
    if (!parcel_length_ok(p->length))
        return E_BLOCK_LENGTH;
    if (key.n == 0)
        return OK;
    if ((e = secret_from(key, &cek)) == OK)
        e = parcel_keys_find(which, cek, record_bytes(r, "salt").p,
            record_bytes(r, "commit").p, &p->payload);
    secret_free(cek);
    return e;
}

enum err
carried_open(const struct message *m, const struct carried_source *source,
    struct carried *x)
{
    const struct value *v = record_value(m->common, "attachments");
    enum err e = OK;

    *x = (struct carried){ .m = m, .source = *source };
    if (v == NULL)
        return E_NOT_FOUND;
    if (v->n != PARCEL_WHICH)
        return E_FIELD_RANGE;
    for (size_t i = 0; e == OK && i < PARCEL_WHICH; i++)
        e = open_part(m, (enum parcel_which)i, v->v[i].r, &x->part[i]);
    if (e != OK)
        carried_close(x);
    return e;
}

void
carried_close(struct carried *x)
{
    for (size_t i = 0; i < PARCEL_WHICH; i++)
        secret_free(x->part[i].payload);
    *x = (struct carried){ .source = { .arg = NULL } };
}

uint64_t
carried_plain(const struct carried *x, enum parcel_which which)
{
    const uint64_t length = x->part[which].length;
    const uint64_t chunks = length / PARCEL_CHUNK +
        (length % PARCEL_CHUNK != 0);

    return length - chunks * STREAM_TAG;
}

static enum err
put_block(void *arg, uint64_t i, struct slice block)
{
    return unseal_put(arg, i, block);
}

/* As far as it comes; *from is where it stopped. */
static enum err
read_some(struct carried *x, enum parcel_which which, uint64_t *from,
    uint64_t to, unseal_sink sink, void *arg)
{
    const struct unseal_opts o = { x->part[which].payload,
        x->part[which].length, *from, to, sink, arg, 0 };
    struct unseal *u;
    enum err e, ended;

    if ((e = unseal_new(&o, &u)) != OK)
        return e;
    e = x->source.get(x->source.arg, which, *from / PARCEL_BLOCK_PLAIN,
        (to + PARCEL_BLOCK_PLAIN - 1) / PARCEL_BLOCK_PLAIN, put_block, u);
    ended = unseal_end(u, from);
    /* What is at fault with the bytes is the reason, not that it ended. */
    if (ended != OK)
        return ended;
    return e == OK && *from < to ? E_BLOCKS_MISSING : e;
}

/* Whether it can come: what is missing, and once what is damaged at the own
 * node, which asks its sender for it anew. */
static bool
may_come(enum err e, uint64_t at, uint64_t *damaged)
{
    const bool again = e == E_PARCEL_DAMAGED && at != *damaged;

    if (again)
        *damaged = at;
    return again || e == E_BLOCKS_MISSING;
}

static enum err
read_range(struct carried *x, enum parcel_which which, uint64_t from,
    uint64_t to, unseal_sink sink, void *arg)
{
    uint64_t before, damaged = UINT64_MAX;
    enum err e;

    do {
        before = from;
        e = read_some(x, which, &from, to, sink, arg);
    } while (x->source.wait != NULL && may_come(e, from, &damaged) &&
        (e = x->source.wait(x->source.arg, from > before)) == OK);
    return e;
}

static enum err
drop(void *arg, uint64_t offset, struct slice plain)
{
    (void)arg;
    (void)offset;
    (void)plain;
    return OK;
}

enum err
carried_end(struct carried *x, enum parcel_which which)
{
    const uint64_t plain = carried_plain(x, which);
    enum err e;

    if (x->part[which].payload == NULL)
        return E_AUDIENCE;
    if (x->part[which].ended)
        return OK;
    e = read_range(x, which, (plain - 1) / PARCEL_BLOCK_PLAIN *
        PARCEL_BLOCK_PLAIN, plain, drop, NULL);
    x->part[which].ended = e == OK;
    return e;
}

enum err
carried_read(struct carried *x, enum parcel_which which, uint64_t from,
    uint64_t to, unseal_sink sink, void *arg)
{
    const uint64_t plain = carried_plain(x, which);
    struct carried_part *p = &x->part[which];
    enum err e;

    if (p->payload == NULL)
        return E_AUDIENCE;
    if (from > to || to > plain)
        return E_DIGEST_MISMATCH;
    if (from == to)
        return OK;
    if (from > p->through && (e = carried_end(x, which)) != OK)
        return e;
    if ((e = read_range(x, which, from, to, sink, arg)) != OK)
        return e;
    if (from <= p->through && to > p->through)
        p->through = to;
    p->ended = p->ended || to == plain;
    return OK;
}
