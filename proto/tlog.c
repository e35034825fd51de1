#include <string.h>

#include "proto/tlog.h"

void
tlog_read_proof(struct reader *r, struct tree_proof *out)
{
    out->n = read_array(r, 0, TREE_PROOF_MAX);
    for (size_t i = 0; i < out->n; i++)
        read_fixed(r, out->hash[i], HASH_LEN);
}

void
tlog_write_proof(struct buf *b, const struct tree_proof *proof)
{
    write_array(b, proof->n);
    for (size_t i = 0; i < proof->n; i++)
        write_bin(b, SLICE(proof->hash[i]));
}

void
tlog_read_have(struct reader *r, struct tlog_have *out)
{
    struct slice root;

    memset(out, 0, sizeof(*out));
    (void)read_array(r, 2, 2);
    out->size = read_uint(r, TREE_SIZE_MAX);
    root = read_bin(r, 0, HASH_LEN);
    if (root.n != (out->size == 0 ? 0 : HASH_LEN))
        read_fail(r, E_MALFORMED);
    else if (root.n > 0)
        memcpy(out->root, root.p, HASH_LEN);
}

void
tlog_write_have(struct buf *b, const struct tlog_have *have)
{
    write_array(b, 2);
    write_uint(b, have->size);
    write_bin(b, have->size == 0 ? SLICE_EMPTY : SLICE(have->root));
}

void
tlog_read(struct reader *r, bool client, struct tlog *out)
{
    size_t n = client ? 5 : 3;

    memset(out, 0, sizeof(*out));
    (void)read_array(r, n, n);
    out->note = read_bin(r, 0, NOTE_MAX);
    out->root_at_have = read_bin(r, 0, HASH_LEN);
    if (out->root_at_have.n != 0 && out->root_at_have.n != HASH_LEN)
        read_fail(r, E_MALFORMED);
    tlog_read_proof(r, &out->proof);
    if (!client)
        return;
    out->cosigned = read_bin(r, 0, NOTE_MAX);
    tlog_read_proof(r, &out->joined);
}

void
tlog_write(struct buf *b, bool client, const struct tlog *tlog)
{
    write_array(b, client ? 5 : 3);
    write_bin(b, tlog->note);
    write_bin(b, tlog->root_at_have);
    tlog_write_proof(b, &tlog->proof);
    if (!client)
        return;
    write_bin(b, tlog->cosigned);
    tlog_write_proof(b, &tlog->joined);
}
