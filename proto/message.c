#include "proto/message.h"

enum err
message_new(struct arena *a, const struct kind *kind, struct message *out)
{
    struct message m = { kind, record_new(a, &record_common),
        record_new(a, kind->rec) };
    enum err e;

    if (m.common == NULL || m.own == NULL)
        return E_OVERSIZE;
    if ((e = record_put_uint(a, m.common, "v", 1)) != OK ||
        (e = record_put_uint(a, m.common, "kind", kind->n)) != OK)
        return e;
    *out = m;
    return OK;
}

/* Read the pairs of one half into the two records of m. */
static enum err
read_half(struct arena *a, const struct domain *d, unsigned half,
    struct slice in, struct message *m, struct fault *f)
{
    struct reader rd;
    size_t n;
    enum err e;

    read_start(&rd, in);
    n = read_map(&rd, UINT16_MAX);
    if (rd.e != OK)
        return fault_set(f, rd.e, 0, "message");
    e = record_read_pairs(a, m->common, half, &rd, &n, f);
    if (e != OK)
        return e;
    if (half == F_CTL) {
        if (record_uint(m->common, "v") != 1)
            return fault_set(f, E_VERSION, 1, "v");
        m->kind = domain_kind(d, record_uint(m->common, "kind"));
        if (m->kind == NULL)
            return fault_set(f, E_UNKNOWN_KIND, 1, "kind");
        if ((m->own = record_new(a, m->kind->rec)) == NULL)
            return fault_set(f, E_OVERSIZE, 0, "message");
    }
    e = record_read_pairs(a, m->own, half, &rd, &n, f);
    if (e != OK)
        return e;
    if (n > 0)
        return fault_set(f, E_MALFORMED, 2, "%u",
            (unsigned)read_uint(&rd, UINT16_MAX));
    if ((e = read_end(&rd)) != OK)
        return fault_set(f, e, 0, "message");
    return OK;
}

enum err
message_decode(struct arena *a, const struct domain *d, struct slice pre,
    struct message *out, struct fault *f)
{
    struct message m = { NULL, record_new(a, &record_common), NULL };
    enum err e;

    if (m.common == NULL || pre.n > CONTROL_MAX)
        return fault_set(f, E_OVERSIZE, 2, "control");
    if ((e = wire_scan(pre, WIRE_ITEMS_CONTROL)) != OK)
        return fault_set(f, e, 0, "control");
    if ((e = read_half(a, d, F_CTL, pre, &m, f)) != OK)
        return e;
    *out = m;
    return OK;
}

enum err
message_join(struct arena *a, struct message *m, struct slice body,
    struct fault *f)
{
    struct message b = { m->kind, record_new(a, &record_common),
        record_new(a, m->kind->rec) };
    enum err e;

    if (b.common == NULL || b.own == NULL || body.n > BODY_RECORD_MAX)
        return fault_set(f, E_OVERSIZE, 2, "body");
    if ((e = wire_scan(body, WIRE_ITEMS)) != OK)
        return fault_set(f, e, 0, "body");
    if ((e = read_half(a, NULL, F_BODY, body, &b, f)) != OK)
        return e;
    if ((e = record_join(a, m->common, b.common, f)) != OK)
        return e;
    return record_join(a, m->own, b.own, f);
}

enum err
message_encode(const struct message *m, unsigned half, struct buf *b)
{
    const struct rec *const both[] = { m->common, m->own };

    record_encode_many(both, 2, half, b);
    return buf_done(b);
}

enum err
message_check(const struct message *m, unsigned half, struct fault *f)
{
    bool restr = (m->kind->flags & K_RESTR) != 0;
    enum err e;

    if ((e = record_check(m->common, half, f)) != OK)
        return e;
    if ((e = record_check(m->own, half, f)) != OK)
        return e;
    if (half == F_BODY)
        return OK;
    if (restr && !record_has(m->common, "restrictions"))
        return fault_set(f, E_RESTR_UNKNOWN, 30, "restrictions");
    if (!restr && record_has(m->common, "restrictions"))
        return fault_set(f, E_FIELD_RANGE, 2, "restrictions");
    if ((m->kind->flags & K_ANSWERS) && !record_has(m->common, "in_reply_to"))
        return fault_set(f, E_FIELD_MISSING, 2, "in_reply_to");
    return OK;
}

const struct value *
message_value(const struct message *m, const char *name)
{
    const struct value *v = record_value(m->own, name);

    return v != NULL ? v : record_value(m->common, name);
}

const struct value *
message_records(const struct message *m, const char *name)
{
    const struct value *v = message_value(m, name);

    return v != NULL && v->f->type == FT_RECORD ? v : NULL;
}

uint64_t
message_uint(const struct message *m, const char *name)
{
    const struct value *v = message_value(m, name);

    return v != NULL && v->n > 0 ? v->v[0].u : 0;
}

struct slice
message_bytes(const struct message *m, const char *name)
{
    const struct value *v = message_value(m, name);

    return v != NULL && v->n > 0 ? v->v[0].s : SLICE_EMPTY;
}

struct rec *
message_rec(const struct message *m, const char *name)
{
    const struct value *v = message_records(m, name);

    return v != NULL && v->n > 0 ? v->v[0].r : NULL;
}
