#include <string.h>

#include "proto/entry.h"
#include "proto/tree.h"
#include "proto/wire.h"

#define ENTRY_ITEMS 32
#define PURPOSE_MAX 255

static bool
entry_ok(const struct entry *entry)
{
    if (entry->seq >= TREE_SIZE_MAX || entry->time > ENTRY_TIME_MAX ||
        entry->event == 0)
        return false;
    if (entry->n == 0 || entry->n > ENTRY_FIELDS_MAX ||
        entry->fields[0].type != ENTRY_ACTOR)
        return false;
    for (size_t i = 1; i < entry->n; i++) {
        if (entry->fields[i].type <= entry->fields[i - 1].type)
            return false;
    }
    return entry->fields[entry->n - 1].type <= ENTRY_DETAIL;
}

enum err
entry_encode(const struct entry *entry, struct buf *b)
{
    if (!entry_ok(entry))
        return E_FIELD_RANGE;
    buf_put_slice(b, label_bytes(LABEL_LOG));
    write_array(b, 7);
    write_uint(b, ENTRY_VERSION);
    write_uint(b, entry->seq);
    write_uint(b, entry->time);
    write_uint(b, entry->event);
    write_uint(b, entry->code);
    write_bin(b, entry->has_obj ? SLICE(entry->obj) : SLICE_EMPTY);
    write_array(b, entry->n);
    for (size_t i = 0; i < entry->n; i++) {
        write_array(b, 2);
        write_uint(b, entry->fields[i].type);
        write_bin(b, SLICE(entry->fields[i].commit));
    }
    return buf_done(b);
}

static void
read_fields(struct reader *r, struct entry *entry)
{
    entry->n = read_array(r, 1, ENTRY_FIELDS_MAX);
    for (size_t i = 0; r->e == OK && i < entry->n; i++) {
        (void)read_array(r, 2, 2);
        entry->fields[i].type = (uint16_t)read_uint(r, ENTRY_DETAIL);
        read_fixed(r, entry->fields[i].commit, HASH_LEN);
    }
}

enum err
entry_decode(struct slice in, struct entry *out)
{
    struct slice label = label_bytes(LABEL_LOG);
    struct entry entry = { .n = 0 };
    struct slice obj;
    struct reader r;
    enum err e;

    if (in.n > ENTRY_MAX)
        return E_OVERSIZE;
    if (in.n < label.n || memcmp(in.p, label.p, label.n) != 0)
        return E_MALFORMED;
    in = slice_of(in.p + label.n, in.n - label.n);
    if ((e = wire_scan(in, ENTRY_ITEMS)) != OK)
        return e;
    read_start(&r, in);
    (void)read_array(&r, 7, 7);
    if (read_uint(&r, UINT64_MAX) != ENTRY_VERSION)
        read_fail(&r, E_VERSION);
    entry.seq = read_uint(&r, TREE_SIZE_MAX - 1);
    entry.time = read_uint(&r, ENTRY_TIME_MAX);
    entry.event = (uint16_t)read_uint(&r, UINT16_MAX);
    entry.code = (uint16_t)read_uint(&r, UINT16_MAX);
    obj = read_bin(&r, 0, HASH_LEN);
    read_fields(&r, &entry);
    if ((e = read_end(&r)) != OK)
        return e;
    if ((obj.n != 0 && obj.n != HASH_LEN) || !entry_ok(&entry))
        return E_MALFORMED;
    if ((entry.has_obj = obj.n == HASH_LEN))
        memcpy(entry.obj, obj.p, HASH_LEN);
    *out = entry;
    return OK;
}

void
entry_leaf(struct slice bytes, uint8_t out[static HASH_LEN])
{
    tree_leaf(bytes, out);
}

const struct entry_field *
entry_field(const struct entry *entry, enum entry_type type)
{
    for (size_t i = 0; i < entry->n; i++) {
        if (entry->fields[i].type == type)
            return &entry->fields[i];
    }
    return NULL;
}

void
entry_salt(const uint8_t salt[static HASH_LEN], enum entry_type type,
    uint8_t out[static HASH_LEN])
{
    uint8_t number[2];
    struct slice parts[2] = { label_bytes(LABEL_LOGS), SLICE(number) };

    put_u16(number, (uint16_t)type);
    hash_hmac(slice_of(salt, HASH_LEN), parts, 2, out);
}

void
entry_commit(enum entry_type type, const uint8_t salt_f[static HASH_LEN],
    struct slice value, uint8_t out[static HASH_LEN])
{
    struct hasher h;
    uint8_t number[2], length[4];

    put_u16(number, (uint16_t)type);
    put_u32(length, (uint32_t)value.n);
    hash_start(&h);
    hash_add(&h, label_bytes(LABEL_LOGC));
    hash_add(&h, SLICE(number));
    hash_add(&h, slice_of(salt_f, HASH_LEN));
    hash_add(&h, SLICE(length));
    hash_add(&h, value);
    hash_end(&h, out);
}

enum err
entry_add(struct entry *entry, enum entry_type type,
    const uint8_t salt[static HASH_LEN], struct slice value)
{
    struct entry_field *field;
    uint8_t salt_f[HASH_LEN];

    if (entry->n >= ENTRY_FIELDS_MAX || value.n > ENTRY_VALUE_MAX ||
        (entry->n > 0 && type <= entry->fields[entry->n - 1].type))
        return E_FIELD_RANGE;
    field = &entry->fields[entry->n++];
    field->type = (uint16_t)type;
    entry_salt(salt, type, salt_f);
    entry_commit(type, salt_f, value, field->commit);
    return OK;
}

enum err
opening_check(const struct opening *opening, const struct entry *entry)
{
    uint8_t commit[HASH_LEN];

    for (size_t i = 0; i < entry->n; i++) {
        if (entry->fields[i].type != opening->type)
            continue;
        entry_commit((enum entry_type)opening->type, opening->salt_f,
            opening->value, commit);
        if (memcmp(commit, entry->fields[i].commit, HASH_LEN) == 0)
            return OK;
    }
    return ERR_PROOF;
}

enum err
opening_encode(const struct opening *openings, size_t n, struct buf *b)
{
    if (n > ENTRY_FIELDS_MAX)
        return E_FIELD_RANGE;
    write_array(b, n);
    for (size_t i = 0; i < n; i++) {
        write_array(b, 3);
        write_uint(b, openings[i].type);
        write_bin(b, SLICE(openings[i].salt_f));
        write_bin(b, openings[i].value);
    }
    return buf_done(b);
}

enum err
opening_decode(struct slice in, struct opening out[static ENTRY_FIELDS_MAX],
    size_t *n)
{
    struct opening o[ENTRY_FIELDS_MAX] = { { .type = 0 } };
    struct reader r;
    size_t count;
    enum err e;

    if (in.n > ENTRY_OPENINGS_MAX)
        return E_OVERSIZE;
    if ((e = wire_scan(in, ENTRY_ITEMS)) != OK)
        return e;
    read_start(&r, in);
    count = read_array(&r, 0, ENTRY_FIELDS_MAX);
    for (size_t i = 0; r.e == OK && i < count; i++) {
        (void)read_array(&r, 3, 3);
        o[i].type = (uint16_t)read_uint(&r, ENTRY_DETAIL);
        read_fixed(&r, o[i].salt_f, HASH_LEN);
        o[i].value = read_bin(&r, 0, ENTRY_VALUE_MAX);
        if (o[i].type == 0 || (i > 0 && o[i].type <= o[i - 1].type))
            read_fail(&r, E_MALFORMED);
    }
    if ((e = read_end(&r)) != OK)
        return e;
    memcpy(out, o, sizeof(o));
    *n = count;
    return OK;
}

void
entry_put_purpose(struct buf *b, uint64_t purpose, struct slice proceeding)
{
    write_array(b, 2);
    write_uint(b, purpose);
    write_bin(b, proceeding);
}

void
entry_put_statement(struct buf *b, struct slice statement,
    const uint8_t sig[static ENTRY_SIG_LEN])
{
    write_array(b, 2);
    write_bin(b, statement);
    write_bin(b, slice_of(sig, ENTRY_SIG_LEN));
}

enum err
entry_get_purpose(struct slice value, uint64_t *purpose,
    struct slice *proceeding)
{
    struct slice s;
    struct reader r;
    uint64_t v;
    enum err e;

    if ((e = wire_scan(value, ENTRY_ITEMS)) != OK)
        return e;
    read_start(&r, value);
    (void)read_array(&r, 2, 2);
    v = read_uint(&r, PURPOSE_MAX);
    s = read_bin(&r, 0, ENTRY_PROCEEDING_MAX);
    if ((e = read_end(&r)) != OK)
        return e;
    *purpose = v;
    *proceeding = s;
    return OK;
}

enum err
entry_get_statement(struct slice value, struct slice *statement,
    struct slice *sig)
{
    struct slice s, g;
    struct reader r;
    enum err e;

    if ((e = wire_scan(value, ENTRY_ITEMS)) != OK)
        return e;
    read_start(&r, value);
    (void)read_array(&r, 2, 2);
    s = read_bin(&r, 1, ENTRY_STATEMENT_MAX);
    g = read_bin(&r, ENTRY_SIG_LEN, ENTRY_SIG_LEN);
    if ((e = read_end(&r)) != OK)
        return e;
    *statement = s;
    *sig = g;
    return OK;
}
