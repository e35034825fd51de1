/*
 * epoch: the weekly key of a desk, which messages to it are sealed to.
 *
 * A keeper makes the secret, publishes the public key in the epochs list and
 * seals the secret to the devices of those who may read (slot.h).
 */
#ifndef KEYS_EPOCH_H
#define KEYS_EPOCH_H

#include "keys/secret.h"
#include "proto/hash.h"
#include "proto/trust.h"

/*
 * epoch_new(out):
 * A fresh secret.  The caller frees *out.
 */
MUST_USE enum err epoch_new(struct secret **out);

/*
 * epoch_kid(secret, out):
 * The id of its public key.
 */
void epoch_kid(const struct secret *secret, uint8_t out[static HASH_LEN]);

/*
 * epoch_record(a, secret, from, to, out):
 * Its row of an epochs list, in the arena.
 */
MUST_USE enum err epoch_record(struct arena *a, const struct secret *secret,
    uint64_t from, uint64_t to, struct rec **out);

#endif
