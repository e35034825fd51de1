/*
 * room: whether the files of a message that came in would fit, so that who
 * accepts an offer knows it before anything goes over.
 *
 * It is what would be true now: what pull.h finds when it begins may differ,
 * since others hand in and send meanwhile.
 */
#ifndef NODE_ROOM_H
#define NODE_ROOM_H

#include "node/core_in.h"

/* Of E_QUOTA need and left are of peer_room: more when something is opened. */
struct room {
    enum err code;                      /* OK, E_PARCEL_ROOM, E_QUOTA */
    uint64_t need;                      /* bytes of it that are not here */
    uint64_t left;                      /* bytes there are for it */
};

/*
 * room_waits(c, m, yes):
 * Whether m is an offer that came in and whose files may still come: it waits
 * for a decision, or was accepted.
 */
MUST_USE enum err room_waits(struct core *c, const struct store_message *m,
    bool *yes);

/*
 * room_of(c, m, out):
 * Whether the files of a message that came in, with their list, have room.
 */
MUST_USE enum err room_of(struct core *c, const struct store_message *m,
    struct room *out);

typedef enum err (*room_fn)(void *arg, const struct store_message *m,
    const struct room *x);

/*
 * room_lacks(c, fn, arg):
 * Each message that came in and lacks room, the newest first: its files or
 * their list wait for that, or it is such an offer and they would.
 */
MUST_USE enum err room_lacks(struct core *c, room_fn fn, void *arg);

#endif
