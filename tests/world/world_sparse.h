/*
 * world_sparse: sealed files of any size that take no room, in the folder of
 * a node: zeros, with a tree that is right.  A node asks no more of them;
 * nobody opens them.
 */
#ifndef TESTS_WORLD_SPARSE_H
#define TESTS_WORLD_SPARSE_H

#include "node/store_parcel.h"

/*
 * world_sparse(folder, s, blocks, at, out):
 * As if a client had handed in so many blocks at that time.
 */
void world_sparse(const char *folder, struct store *s, uint64_t blocks,
    int64_t at, struct store_parcel *out);

#endif
