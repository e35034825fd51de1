/*
 * receipt: proof that an entry stands in another authority's log (FORMAT.md
 * section 6).
 *
 *     receipt = [1, origin as bin, index, entry as bin, proof]
 *
 * It has no signature of its own: proof leads to the root of the note in the
 * answer that carries it, or of any later note of that log under which it was
 * made again.
 */
#ifndef PROTO_RECEIPT_H
#define PROTO_RECEIPT_H

#include "proto/entry.h"
#include "proto/note.h"
#include "proto/tree.h"

#define RECEIPT_VERSION 1
/* Origin, entry, 63 hashes and what wraps them. */
#define RECEIPT_MAX (NOTE_NAME_MAX + ENTRY_MAX + TREE_PROOF_MAX * 34 + 32)

/* Slices borrow from what was decoded. */
struct receipt {
    struct slice origin;
    uint64_t index;
    struct slice entry;
    struct tree_proof proof;
};

/* What the receipt must be for, under which checkpoint. */
struct receipt_expect {
    struct slice origin;
    uint64_t size;              /* of the checkpoint, verified before */
    const uint8_t *root;        /* HASH_LEN bytes */
    const uint8_t *digest;      /* HASH_LEN bytes: obj of the entry */
    uint64_t events;            /* RECEIPT_EVENT(a) | RECEIPT_EVENT(b)... */
    uint16_t event;             /* or this one, of any number; 0: none */
};

#define RECEIPT_EVENT(event) ((uint64_t)1 << (event))   /* below 64 */

/*
 * receipt_encode(r, b):
 * Append a receipt.  E_OVERSIZE.
 */
MUST_USE enum err receipt_encode(const struct receipt *r, struct buf *b);

/*
 * receipt_decode(in, out):
 * Read a receipt; it borrows from in.  E_OVERSIZE, E_VERSION, the codes of
 * wire_scan, else E_MALFORMED; out is unchanged then.
 */
MUST_USE enum err receipt_decode(struct slice in, struct receipt *out);

/*
 * receipt_check(r, x, out):
 * OK if r proves what x expects: origin, index < size, inclusion, seq =
 * index, obj = digest, event among those expected.  *out is the entry then,
 * whose code says how a refusal ended.  Otherwise ERR_PROOF, or the code of
 * entry_decode, and out is unchanged.
 */
MUST_USE enum err receipt_check(const struct receipt *r,
    const struct receipt_expect *x, struct entry *out);

#endif
