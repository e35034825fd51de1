/*
 * pair: two nodes that pinned each other, first in this process to be filled,
 * then as two daemons on loopback: QM-FIU sends, QN-FIU listens.
 */
#ifndef TESTS_BENCH_PAIR_H
#define TESTS_BENCH_PAIR_H

#include <sys/types.h>

#include "tests/bench/bench.h"
#include "tests/world/world.h"

#define PAIR_SENDERS 24             /* officers that hand in a stream */
#define PAIR_PROBERS 4              /* and those that ask for receipts */

struct pair {
    const char *daemon;             /* path of valised */
    char folder[200];
    struct world *a, *b;
    pid_t pid[2];
    void *zmq;
    void *socket[WORLD_PEOPLE_MAX]; /* of a's people, made when needed */
};

/* A sealed message, ready to be handed in. */
struct sealed {
    uint8_t digest[HASH_LEN];
    struct buf envelope;
};

/*
 * pair_new(daemon, folder, out), pair_free(p):
 * Two authorities in folders below this one, which is made; end the daemons
 * and free all.
 */
void pair_new(const char *daemon, const char *folder, struct pair *out);
void pair_free(struct pair *p);

/*
 * pair_seal(p, who, out):
 * A message of a's officer to b, with a body of 2 KiB.  The caller clears
 * out->envelope.
 */
void pair_seal(struct pair *p, enum world_person who, struct sealed *out);

/*
 * pair_submit_frame(p, who, m, frame):
 * The request that hands it in.
 */
void pair_submit_frame(struct pair *p, enum world_person who,
    const struct sealed *m, struct buf *frame);

/*
 * pair_fill(p, n):
 * Queue n messages at a, in process; the bytes of one envelope.
 */
size_t pair_fill(struct pair *p, size_t n);

/*
 * pair_start(p), pair_socket(p, who):
 * Go on as daemons; a's requests go over CURVE from here on.
 */
void pair_start(struct pair *p);
void *pair_socket(struct pair *p, unsigned who);

/*
 * pair_waiting(p), pair_peak(p), pair_cpu(p, which):
 * Messages in a's outbox; the larger peak of the two daemons in MiB; seconds
 * of a core that one of them, 0 for a, has used.
 */
uint64_t pair_waiting(struct pair *p);
double pair_peak(const struct pair *p);
double pair_cpu(const struct pair *p, int which);

void pair_pause(unsigned us);

#endif
