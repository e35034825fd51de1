/*
 * local: what one thread does without a node: sealing, opening, the log.
 */
#ifndef TESTS_BENCH_LOCAL_H
#define TESTS_BENCH_LOCAL_H

#include "tests/bench/pair.h"

#define LOCAL_BATCH 256             /* entries of one commit */
#define LOCAL_ENTRY 150             /* bytes of one, about */

struct local {
    double seal, open;              /* messages a second */
    double append;                  /* entries a second */
};

/*
 * local_run(p, folder, out):
 * Seal and open messages of the pair; append to a store in this folder.
 */
void local_run(struct pair *p, const char *folder, struct local *out);

#endif
