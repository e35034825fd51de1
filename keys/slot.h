/*
 * slot: the secret of an epoch, sealed to one device of one officer
 * (FORMAT.md section 9).
 *
 *   slot = [epoch kid, slot kid, enc, ct]
 *   ct   = HPKE base(slot key, info = label slot || epoch kid || slot kid)
 *
 * The node keeps slots and cannot open them.  Destroying an epoch is dropping
 * its slots.
 */
#ifndef KEYS_SLOT_H
#define KEYS_SLOT_H

#include "keys/hpke.h"
#include "keys/sign.h"

#define SLOT_MAX 512                /* bytes of one encoded slot */

/*
 * slot_seal(epoch, slot_public, out):
 * Append a slot: the 32-byte secret of an epoch for the holder of this slot
 * key.  Who seals verifies the officer's list of devices first.
 */
MUST_USE enum err slot_seal(const struct secret *epoch,
    const uint8_t slot_public[static KEY_LEN], struct buf *out);

/*
 * slot_decode(in, epoch_kid, slot_kid):
 * The two ids of a slot, 32 bytes each.  E_MALFORMED or the codes of
 * wire_scan.
 */
MUST_USE enum err slot_decode(struct slice in,
    uint8_t epoch_kid[static HASH_LEN], uint8_t slot_kid[static HASH_LEN]);

/*
 * slot_open(in, slot_key, epoch):
 * The secret inside.  It must be that of the epoch which the slot names: a
 * secret whose public key has another id is ERR_CRYPTO, as is a slot of
 * another device.  The caller frees *epoch.
 */
MUST_USE enum err slot_open(struct slice in, const struct secret *slot_key,
    struct secret **epoch);

#endif
