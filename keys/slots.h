/*
 * slots: the slot keys of one device (NAME.slot), and the secrets of epochs.
 *
 * A device makes its slot key itself.  The file is sealed under the person's
 * draft key (keyfile.h), apart from NAME.key, and is never backed up: what it
 * holds opens the desk's weekly keys.  It may hold several keys at once,
 * since they change (FORMAT.md section 9); the newest is last.
 */
#ifndef KEYS_SLOTS_H
#define KEYS_SLOTS_H

#include "keys/person.h"
#include "keys/slot.h"

#define SLOTS_KEYS_MAX 4

struct slots;

/*
 * slots_new(at, out), slots_free(s):
 * A new device with one key.  The caller frees *out.
 */
MUST_USE enum err slots_new(int64_t at, struct slots **out);
void slots_free(struct slots *s);

/*
 * slots_device(s), slots_public(s, out):
 * The id of the device (DEVICE_LEN bytes), borrowed; the public key of its
 * newest slot key.
 */
const uint8_t *slots_device(const struct slots *s);
void slots_public(const struct slots *s, uint8_t out[static KEY_LEN]);

/*
 * slots_devices(s, p, serial, out):
 * Append the person's signed list of devices with this one alone.
 */
MUST_USE enum err slots_devices(const struct slots *s,
    const struct person *p, uint64_t serial, struct buf *out);

/*
 * slots_save(s, p, path, replace), slots_load(path, p, out):
 * The file, sealed under the draft key of p; replaced as a whole.  The codes
 * of file.h, ERR_FORMAT, ERR_CRYPTO.
 */
MUST_USE enum err slots_save(const struct slots *s, const struct person *p,
    const char *path, bool replace);
MUST_USE enum err slots_load(const char *path, const struct person *p,
    struct slots **out);

/*
 * slots_open(s, slot, epoch):
 * The secret of an epoch out of a slot for any key of this device.
 * ERR_CRYPTO.  The caller frees *epoch.
 */
MUST_USE enum err slots_open(const struct slots *s, struct slice slot,
    struct secret **epoch);

#endif
