/*
 * proposal: a staff list that waits for its second person.
 */
#ifndef NODE_PROPOSAL_H
#define NODE_PROPOSAL_H

#include "node/core_in.h"

/* As long as a message that waits: over a weekend the second person still
 * finds it, and later nobody signs by surprise what was meant last week. */
#define PROPOSAL_LIFE PENDING_LIFE

/*
 * proposal_put(c, a, serial, digest, object, f):
 * A staff list waits for its second person from now on, in the place of one
 * that waits, which LAPSED says.  OK for the one that waits already; E_FORK
 * for a serial that is in force; the codes of directory_proposed.
 */
MUST_USE enum err proposal_put(struct core *c, struct arena *a,
    uint64_t serial, const uint8_t digest[static HASH_LEN],
    struct slice object, struct fault *f);

/*
 * proposal_lapse(c), proposal_end_all(c):
 * End what has waited for PROPOSAL_LIFE; all that waits.
 */
MUST_USE enum err proposal_lapse(struct core *c);
MUST_USE enum err proposal_end_all(struct core *c);

/*
 * proposal_lapsed(c, digest):
 * Whether a list that still waits has done so too long.
 */
bool proposal_lapsed(struct core *c, const uint8_t digest[static HASH_LEN]);

#endif
