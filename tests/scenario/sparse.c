/*
 * sparse: gives a node that does not run sealed files of any size that take
 * no room (world_sparse), as if a client had handed them in.
 *
 *   sparse FOLDER GIB
 *
 * Says their root and length, for claims.c.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "node/store.h"
#include "tests/world/world.h"
#include "tests/world/world_sparse.h"

#define GIB (UINT64_C(1) << 30)

int
main(int argc, char **argv)
{
    char path[300], root[2 * HASH_LEN + 1];
    struct store_parcel p;
    struct store *s;

    if (argc != 3 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: sparse FOLDER GIB\n");
        return 2;
    }
    (void)snprintf(path, sizeof(path), "%s/node.db", argv[1]);
    world_check(store_open(path, 0, &s));
    world_sparse(argv[1], s, strtoull(argv[2], NULL, 10) * GIB /
        PARCEL_BLOCK, time(NULL), &p);
    store_close(s);
    hex_encode(SLICE(p.root), root);
    (void)printf("%s %" PRIu64 "\n", root, p.length);
    return 0;
}
