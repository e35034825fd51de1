#include <string.h>

#include "proto/receipt.h"
#include "proto/tlog.h"

enum err
receipt_encode(const struct receipt *r, struct buf *b)
{
    write_array(b, 5);
    write_uint(b, RECEIPT_VERSION);
    write_bin(b, r->origin);
    write_uint(b, r->index);
    write_bin(b, r->entry);
    tlog_write_proof(b, &r->proof);
    return buf_done(b);
}

enum err
receipt_decode(struct slice in, struct receipt *out)
{
    struct receipt x;
    struct reader r;
    enum err e;

    if (in.n > RECEIPT_MAX)
        return E_OVERSIZE;
    if ((e = wire_scan(in, WIRE_ITEMS_CONTROL)) != OK)
        return e;
    read_start(&r, in);
    (void)read_array(&r, 5, 5);
    if (read_uint(&r, UINT64_MAX) != RECEIPT_VERSION)
        read_fail(&r, E_VERSION);
    x.origin = read_bin(&r, 1, NOTE_NAME_MAX);
    x.index = read_uint(&r, TREE_SIZE_MAX - 1);
    x.entry = read_bin(&r, 1, ENTRY_MAX);
    tlog_read_proof(&r, &x.proof);
    if ((e = read_end(&r)) != OK)
        return e;
    *out = x;
    return OK;
}

enum err
receipt_check(const struct receipt *r, const struct receipt_expect *x,
    struct entry *out)
{
    uint8_t leaf[HASH_LEN];
    struct entry entry;
    enum err e;

    if (!slice_equal(r->origin, x->origin) || r->index >= x->size)
        return ERR_PROOF;
    entry_leaf(r->entry, leaf);
    e = tree_check_inclusion(r->index, x->size, leaf, &r->proof, x->root);
    if (e != OK || (e = entry_decode(r->entry, &entry)) != OK)
        return e;
    if (entry.seq != r->index || !entry.has_obj ||
        memcmp(entry.obj, x->digest, HASH_LEN) != 0)
        return ERR_PROOF;
    if (entry.event != x->event && (entry.event >= 64 ||
        (x->events & RECEIPT_EVENT(entry.event)) == 0))
        return ERR_PROOF;
    *out = entry;
    return OK;
}
