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

/* What was found out about room, so that many messages cost no more than one:
 * zeros at the beginning of a request, in whose arena a it grows. */
struct room_known {
    struct arena *a;
    bool has_disk;
    uint64_t disk;
    struct room_sender *senders;
};

/*
 * room_waits(c, m, yes):
 * Whether m is an offer that came in and whose files may still come: it waits
 * for a decision, or was accepted.
 */
MUST_USE enum err room_waits(struct core *c, const struct store_message *m,
    bool *yes);

/*
 * room_disk(c, k, left):
 * How much room there is for files (files_room).
 */
MUST_USE enum err room_disk(struct core *c, struct room_known *k,
    uint64_t *left);

/*
 * room_of(c, k, m, out):
 * Whether the files of a message that came in, with their list, have room.
 */
MUST_USE enum err room_of(struct core *c, struct room_known *k,
    const struct store_message *m, struct room *out);

typedef enum err (*room_fn)(void *arg, const struct store_message *m,
    const struct room *x);

/*
 * room_lacks(c, k, most, fn, arg):
 * Messages that came in and lack room, the newest first and no more than most:
 * files or their list wait for that, or it is such an offer and they would.
 * Only the ROOM_CLAIMS newest files and lists that came in are looked at.
 */
#define ROOM_CLAIMS 1024
MUST_USE enum err room_lacks(struct core *c, struct room_known *k,
    size_t most, room_fn fn, void *arg);

#endif
