/*
 * store_dir: signed objects, slots, and what officers' statements led to.
 * The rules of store.h hold.
 *
 * An object is a signed container as it travels; kind is enum trust_kind;
 * owner is the authority, for an officer's devices his kid.  State is the
 * caller's (0 at rest, say 1 while a second person has to sign).
 */
#ifndef NODE_STORE_DIR_H
#define NODE_STORE_DIR_H

#include "node/store.h"
#include "proto/hash.h"

struct store_object {
    unsigned kind;
    struct slice owner;
    uint64_t serial;
    uint8_t digest[HASH_LEN];
    uint16_t state;
    struct slice bytes;
};

typedef enum err (*store_object_fn)(void *arg, const struct store_object *o);

/*
 * store_object_put(s, o):
 * Add an object.  ERR_EXISTS for the same kind, owner and serial, or digest.
 */
MUST_USE enum err store_object_put(struct store *s,
    const struct store_object *o);

/*
 * store_object_newest(s, kind, owner, state, a, out),
 * store_object_get(s, kind, owner, serial, a, out),
 * store_object_find(s, kind, digest, a, out):
 * The one of the highest serial in that state; one by serial, by digest.
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_object_newest(struct store *s, unsigned kind,
    struct slice owner, uint16_t state, struct arena *a,
    struct store_object *out);
MUST_USE enum err store_object_get(struct store *s, unsigned kind,
    struct slice owner, uint64_t serial, struct arena *a,
    struct store_object *out);
MUST_USE enum err store_object_find(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_object *out);

/*
 * store_object_list(s, kind, owner, after, max, fn, arg),
 * store_object_owners(s, kind, fn, arg):
 * The objects of an owner with a serial above after; the newest of each owner
 * in state 0, by owner.
 */
MUST_USE enum err store_object_list(struct store *s, unsigned kind,
    struct slice owner, uint64_t after, unsigned max, store_object_fn fn,
    void *arg);
MUST_USE enum err store_object_owners(struct store *s, unsigned kind,
    store_object_fn fn, void *arg);

/*
 * store_object_set(s, kind, digest, state, bytes):
 * Change state and container when a signature was added; the digest stays.
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_object_set(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], uint16_t state,
    struct slice bytes);

/*
 * store_object_drop(s, kind, digest, state):
 * Remove one that is in this state; ERR_NOTFOUND.
 */
MUST_USE enum err store_object_drop(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], uint16_t state);

/* An epoch's secret, sealed to one officer's device. */
struct store_slot {
    uint8_t epoch[HASH_LEN];    /* kid of the epoch key */
    uint8_t officer[HASH_LEN];  /* kid of the signing key */
    struct slice device;        /* at most HASH_LEN bytes */
    struct slice bytes;
};

typedef enum err (*store_slot_fn)(void *arg, const struct store_slot *slot);

/*
 * store_slot_put(s, slot), store_slot_get(s, epoch, officer, device, out):
 * Write a slot over the one before; append its bytes to out, ERR_NOTFOUND.
 * Nothing but tests calls store_slot_get: see store_slots_drop_epoch.
 */
MUST_USE enum err store_slot_put(struct store *s,
    const struct store_slot *slot);
MUST_USE enum err store_slot_get(struct store *s,
    const uint8_t epoch[static HASH_LEN],
    const uint8_t officer[static HASH_LEN], struct slice device,
    struct buf *out);

/*
 * store_slots_of_epoch(s, epoch, fn, arg),
 * store_slots_of_officer(s, officer, fn, arg):
 * All slots of one epoch, of one officer.  Nothing but tests calls the first:
 * see store_slots_drop_epoch.
 */
MUST_USE enum err store_slots_of_epoch(struct store *s,
    const uint8_t epoch[static HASH_LEN], store_slot_fn fn, void *arg);
MUST_USE enum err store_slots_of_officer(struct store *s,
    const uint8_t officer[static HASH_LEN], store_slot_fn fn, void *arg);

/*
 * store_slots_drop_epoch(s, epoch),
 * store_slots_drop_device(s, officer, device):
 * Delete the slots of an epoch; of a device that was lost.  Nothing but tests
 * calls them: the end of an epoch and the change of device keys are not built
 * yet (SECURITY.md, P7).
 */
MUST_USE enum err store_slots_drop_epoch(struct store *s,
    const uint8_t epoch[static HASH_LEN]);
MUST_USE enum err store_slots_drop_device(struct store *s,
    const uint8_t officer[static HASH_LEN], struct slice device);

/*
 * store_objects_waiting(s, fn, arg):
 * The objects of all kinds whose state is not 0.
 */
MUST_USE enum err store_objects_waiting(struct store *s, store_object_fn fn,
    void *arg);

/*
 * store_statement_put(s, digest, entry), store_statement_get(s, digest,
 * entry):
 * The entry that an officer's statement led to, by the statement's digest.
 * ERR_EXISTS, ERR_NOTFOUND.
 */
MUST_USE enum err store_statement_put(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t entry);
MUST_USE enum err store_statement_get(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t *entry);

#endif
