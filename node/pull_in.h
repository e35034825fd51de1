/*
 * The inside of pulling, for pull*.c alone.
 *
 * pull.c       asking for blocks and taking them
 * pull_keep.c  what is pulled, what is counted, and what waits
 */
#ifndef NODE_PULL_IN_H
#define NODE_PULL_IN_H

#include "node/files.h"
#include "node/pace.h"
#include "node/pull.h"

#define PULL_ASIDES 16
#define PULL_ASIDE_MS 60000
#define PULL_LATE_MAX 64

/* One block that is under way, or that is asked for again at a time. */
struct flight {
    uint64_t parcel;                    /* 0: none */
    uint8_t digest[HASH_LEN], root[HASH_LEN];
    uint64_t index;
    bool asked;                         /* its answer is taken */
    bool dialled;                       /* over which connection */
    int64_t again;                      /* ms, monotonic */
};

/* A claim that the peer does not answer for now. */
struct aside {
    uint64_t n, parcel;                 /* 0: none */
    int64_t until;
};

/* What a peer brings, in periods of ten minutes; zeros at the beginning. */
struct brings {
    int64_t since;                      /* ms, monotonic: no pause from then */
    int64_t on;                         /* when it was last pulled of */
    int64_t from;                       /* this period */
    uint64_t bytes, before;             /* in it, in the one before */
};

struct pull {
    bool look;
    bool say;                           /* a new connection knows nothing */
    bool on;
    bool recovered;                     /* the disk has been looked at */
    uint8_t digest[HASH_LEN];           /* of the message that is named */
    uint64_t n;                         /* its number */
    struct store_parcel p;              /* owner is the peer's name */
    uint64_t base;                      /* all before this one are here */
    uint64_t seen;                      /* bit i: base + i is here */
    uint64_t next;                      /* none after this one was asked */
    uint64_t behind;                    /* where more may lie on the disk, or
                                         * UINT64_MAX */
    uint64_t begun;                     /* the disk writes those before */
    uint64_t rewrite;                   /* a parcel of which nothing that is
                                         * not synced counts; 0: none */
    struct flight flight[PACKET_WANT_MAX];
    bool dialled;                       /* over which is asked now */
    unsigned late;                      /* blocks given up that may come */
    struct aside aside[PULL_ASIDES];
    size_t oldest;
    struct pace pace;
    struct speed speed;
    struct brings brings;
    int64_t counted;                    /* ms, monotonic: it began, or was
                                         * made durable */
    int64_t came;                       /* ms, monotonic: it began, or the
                                         * last block came */
    uint64_t told;                      /* blocks, in the last STAND */
    int64_t told_at;
};

/*
 * pull_stop(x), pull_aside(c, x, ms):
 * The stream is not pulled any more, and another may be; its claim is not
 * looked at for so long.
 */
void pull_stop(struct pull *x);
void pull_aside(const struct core *c, struct pull *x, int64_t ms);

/*
 * pull_give_up(x, f):
 * What was asked may still come, and is no fault of the peer then.
 */
void pull_give_up(struct pull *x, struct flight *f);

/*
 * pull_choose(c, p), pull_recover(c, p):
 * Decide what is pulled; look for what was written of it and not counted,
 * some blocks at a time.
 */
MUST_USE enum err pull_choose(struct core *c, struct peer *p);
MUST_USE enum err pull_recover(struct core *c, struct peer *p);

/*
 * pull_goes(c, x), pull_brings(c, x, n):
 * The peer is pulled of; n bytes came.
 */
void pull_goes(const struct core *c, struct pull *x);
void pull_brings(const struct core *c, struct pull *x, size_t n);

/*
 * pull_tell(c, p), pull_put_code(c, p, row, code):
 * Tell the peer how far it is; write down why a parcel waits, or that it goes
 * on, and say it once in the operator's log.
 */
MUST_USE enum err pull_tell(struct core *c, struct peer *p);
MUST_USE enum err pull_put_code(struct core *c, const struct peer *p,
    struct store_parcel *row, enum err code);

/*
 * pull_settle(c, p), pull_stuck(c, p, e, synced):
 * Make durable what has come, and count it; at the end tell it.  The disk
 * does not take it: it waits, and what did not become durable is forgotten.
 */
MUST_USE enum err pull_settle(struct core *c, struct peer *p);
MUST_USE enum err pull_stuck(struct core *c, struct peer *p, enum err e,
    bool synced);

#endif
