/*
 * blobs: the files with the sealed blocks of parcels.
 *
 *     blobs/NAME        block i at i * PARCEL_BLOCK
 *     blobs/NAME.tree   the nodes of its tree, level by level (parcel_node),
 *                       as far as they are known
 *
 * NAME is 16 random bytes in hex.  Which parcel it is, and how much of it is
 * there for good, says the store (store_parcel.h), after blob_sync: a row
 * never claims what a loss of power could take away.  What was written after
 * that is found again by blob_holds, as long as the machine itself ran.
 *
 * One thread calls this.  A few files stay open.
 */
#ifndef NODE_BLOBS_H
#define NODE_BLOBS_H

#include "node/store_parcel.h"

struct blobs;

/*
 * blobs_open(folder, out), blobs_close(b):
 * Of the node in this folder; blobs/ is made where it is not there.  ERR_IO,
 * ERR_ACCESS, ERR_NOMEM.  NULL is nothing to close.
 */
MUST_USE enum err blobs_open(const char *folder, struct blobs **out);
void blobs_close(struct blobs *b);

/*
 * blobs_room(b, bytes):
 * What is free on the disk for this user.
 */
MUST_USE enum err blobs_room(struct blobs *b, uint64_t *bytes);

/*
 * blob_taken(b, p):
 * Bytes that p's blocks take on the disk already, counted or not.
 */
uint64_t blob_taken(struct blobs *b, const struct store_parcel *p);

/*
 * blob_add(b, p, i, leaf, block):
 * Write block i, the next one of an upload, and its leaf.  ERR_FULL, ERR_IO.
 */
MUST_USE enum err blob_add(struct blobs *b, const struct store_parcel *p,
    uint64_t i, const uint8_t leaf[static HASH_LEN], struct slice block);

/*
 * blob_root(b, p, root):
 * The root of an upload of which all blocks are there; p->length is final,
 * and E_BLOCK_LENGTH if the file has another one.  All of the tree is
 * written; E_PARCEL_DAMAGED where its leaves are not there.
 */
MUST_USE enum err blob_root(struct blobs *b, const struct store_parcel *p,
    uint8_t root[static HASH_LEN]);

/*
 * blob_put(b, p, i, leaf, proof, block):
 * Write a block that holds (parcel_check), in any order, with the nodes that
 * its proof shows.
 */
MUST_USE enum err blob_put(struct blobs *b, const struct store_parcel *p,
    uint64_t i, const uint8_t leaf[static HASH_LEN],
    const struct tree_proof *proof, struct slice block);

/*
 * blob_get(b, p, i, check, proof, block):
 * Append block i to block, with its proof.  E_PARCEL_DAMAGED where it cannot
 * be read or, with check, does not lead to the root; ERR_NOMEM; E_OVERSIZE.
 * Whoever gets it checks it too, so that a node checks what is asked for
 * again, which may have been damaged.
 */
MUST_USE enum err blob_get(struct blobs *b, const struct store_parcel *p,
    uint64_t i, bool check, struct tree_proof *proof, struct buf *block);

/*
 * blob_proof(b, p, i, proof), blob_read(b, p, i, proof, block):
 * The two halves of blob_get; the second checks where proof is not NULL.
 * Mostly a block is read once:
 * what is durable leaves the page cache with that, so that a large parcel does
 * not push out everything else, and the next blocks are written to the same
 * pages.
 */
MUST_USE enum err blob_proof(struct blobs *b, const struct store_parcel *p,
    uint64_t i, struct tree_proof *proof);
MUST_USE enum err blob_read(struct blobs *b, const struct store_parcel *p,
    uint64_t i, const struct tree_proof *proof, struct buf *block);

/*
 * blob_holds(b, p, i):
 * Whether block i is on the disk and leads to the root.
 */
bool blob_holds(struct blobs *b, const struct store_parcel *p, uint64_t i);

/*
 * blob_written(b, p, i):
 * Whether block i of an upload, with its announced length, is on the disk as
 * its leaf says.
 */
bool blob_written(struct blobs *b, const struct store_parcel *p, uint64_t i);

/*
 * blob_begin_sync(b, p, from, n), blob_sync(b, p):
 * Let the disk begin with n blocks; wait until all that was written is
 * durable, the folder too.
 */
void blob_begin_sync(struct blobs *b, const struct store_parcel *p,
    uint64_t from, uint64_t n);
MUST_USE enum err blob_sync(struct blobs *b, const struct store_parcel *p);

/*
 * blob_drop(b, name):
 * Remove the two files; none is no failure.
 */
MUST_USE enum err blob_drop(struct blobs *b,
    const uint8_t name[static BLOB_NAME_LEN]);

/*
 * blobs_sweep(b, known, arg):
 * Remove every file of which known says that no row has it.
 */
MUST_USE enum err blobs_sweep(struct blobs *b,
    bool (*known)(void *arg, const uint8_t name[static BLOB_NAME_LEN]),
    void *arg);

#endif
