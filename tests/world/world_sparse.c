#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keys/random.h"
#include "node/blobs.h"
#include "node/store.h"
#include "tests/world/world.h"
#include "tests/world/world_sparse.h"

static void
write_nodes(FILE *f, const uint8_t *hash, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (fwrite(hash, HASH_LEN, 1, f) != 1)
            world_check(ERR_IO);
}

/* Level by level: all nodes are the same but the one at the right edge. */
static void
write_tree(const char *path, uint64_t n, uint8_t root[static HASH_LEN])
{
    static const uint8_t zeros[PARCEL_BLOCK];
    uint8_t hash[HASH_LEN], edge[HASH_LEN];
    FILE *f = fopen(path, "we");

    if (f == NULL)
        world_check(ERR_IO);
    tree_leaf(SLICE(zeros), hash);
    memcpy(edge, hash, HASH_LEN);
    for (;; n = (n + 1) / 2) {
        write_nodes(f, hash, n - 1);
        write_nodes(f, edge, 1);
        if (n == 1)
            break;
        if (n % 2 == 0)
            tree_node(hash, edge, edge);
        tree_node(hash, hash, hash);
    }
    memcpy(root, edge, HASH_LEN);
    if (fclose(f) != 0)
        world_check(ERR_IO);
}

void
world_sparse(const char *folder, struct store *s, uint64_t blocks,
    int64_t at, struct store_parcel *out)
{
    char path[512], name[2 * BLOB_NAME_LEN + 1];
    int fd;

    *out = (struct store_parcel){ .have = blocks, .at = at,
        .length = blocks * PARCEL_BLOCK };
    random_bytes(out->name, BLOB_NAME_LEN);
    hex_encode(SLICE(out->name), name);
    (void)snprintf(path, sizeof(path), "%s/blobs/%s", folder, name);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)out->length) != 0 || close(fd) != 0)
        world_check(ERR_IO);
    (void)snprintf(path, sizeof(path), "%s/blobs/%s.tree", folder, name);
    write_tree(path, blocks, out->root);
    world_check(store_begin(s));
    world_check(store_parcel_put(s, out));
    world_check(store_commit(s));
}
