/*
 * tlog: what travels so that one log goes on from what was seen before
 * (FORMAT.md sections 6 and 7).
 *
 *     have  = [size, root]                     [0, empty]: nothing seen yet
 *     tlog  = [note, root_at_have, proof]      between nodes
 *           | [note, root_at_have, proof, cosigned, joined]   to a client
 *     proof = [hash(32)...]                    at most 63, leaf to root
 *
 * Note is the signed checkpoint, as text in a bin, empty where there is none
 * yet.  root_at_have and proof show that the asker's `have` is the beginning
 * of that log; for [0, empty] both are empty.  cosigned is a note of the same
 * log that a pinned peer countersigned, and joined the consistency proof from
 * its size to that of note; both are empty while there is none.  Layout only:
 * proofs and signatures are checked by the caller.
 */
#ifndef PROTO_TLOG_H
#define PROTO_TLOG_H

#include "proto/note.h"
#include "proto/tree.h"
#include "proto/wire.h"

/* The newest checkpoint of a log that the asker has verified. */
struct tlog_have {
    uint64_t size;
    uint8_t root[HASH_LEN];     /* zeros for size 0 */
};

/* Slices borrow from what was read. */
struct tlog {
    struct slice note;
    struct slice root_at_have;  /* HASH_LEN bytes or empty */
    struct tree_proof proof;
    struct slice cosigned;      /* to a client only */
    struct tree_proof joined;
};

/*
 * tlog_read_proof(r, out), tlog_write_proof(b, proof):
 * A proof.  More than TREE_PROOF_MAX hashes are E_MALFORMED.
 */
void tlog_read_proof(struct reader *r, struct tree_proof *out);
void tlog_write_proof(struct buf *b, const struct tree_proof *proof);

/*
 * tlog_read_have(r, out), tlog_write_have(b, have):
 * The root is there exactly if size is not 0, else E_MALFORMED.
 */
void tlog_read_have(struct reader *r, struct tlog_have *out);
void tlog_write_have(struct buf *b, const struct tlog_have *have);

/*
 * tlog_read(r, client, out), tlog_write(b, client, tlog):
 * A tlog of three elements, of five for a client.
 */
void tlog_read(struct reader *r, bool client, struct tlog *out);
void tlog_write(struct buf *b, bool client, const struct tlog *tlog);

#endif
