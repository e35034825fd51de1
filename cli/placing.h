/*
 * placing: files that appear in a folder whole or not at all, many of them.
 *
 *     DIR/.valise-part/N    what is being written, 0600; locked by who writes
 *     DIR/...               what is whole, durable and verified
 *
 * Nothing is ever replaced: a name that is taken gets a number, "scan
 * (2).pdf", be it taken by a file that was there before or by one of the same
 * parcel.  Folders are made one by one and entered without following links,
 * so that nothing is written outside of DIR.  What a writer that was killed
 * has left in .valise-part is removed by the next one.
 *
 * Small files become durable together, PLACING_QUEUE at a time, before any of
 * them has its name.
 */
#ifndef CLI_PLACING_H
#define CLI_PLACING_H

#include "cli/names.h"
#include "proto/hash.h"
#include "proto/record.h"

#define PLACING_QUEUE 512
#define PLACING_ALONE (8u << 20)        /* from so many bytes on a file is
                                         * synced by itself */
#define PLACING_PATH_MAX 4608           /* of a file, from DIR on */

/* What a file is to be called. */
struct placing_name {
    const char *under;                  /* our own folder in DIR, or NULL */
    const struct value *folders;        /* of the sender, or NULL */
    struct slice name;
    uint64_t i;                         /* for `done`, as is digest */
    uint64_t size;
    uint8_t digest[HASH_LEN];
};

/* What it is called. */
struct placed {
    const char *path;                   /* from DIR on */
    bool other;                         /* not the name that was wanted */
    uint64_t i, size;
    const uint8_t *digest;
};

struct placing;

/*
 * placing_open(dir, done, arg, out):
 * Make the folder, 0700, if it is not there.  done(arg, placed) is called for
 * each file when it has its name.  ERR_INUSE while another process places
 * files there, ERR_ACCESS, ERR_FULL, ERR_IO, ERR_NOTFOUND.
 */
MUST_USE enum err placing_open(const char *dir, enum err (*done)(void *arg,
    const struct placed *p), void *arg, struct placing **out);

/*
 * placing_room(p, bytes):
 * ERR_FULL if so many bytes more do not fit.
 */
MUST_USE enum err placing_room(const struct placing *p, uint64_t bytes);

/*
 * placing_begin(p), placing_data(p, s), placing_drop(p), placing_keep(p, n):
 * One file: its bytes; it is not kept; it is whole and gets a name soon.
 */
MUST_USE enum err placing_begin(struct placing *p);
MUST_USE enum err placing_data(struct placing *p, struct slice s);
void placing_drop(struct placing *p);
MUST_USE enum err placing_keep(struct placing *p,
    const struct placing_name *n);

/*
 * placing_flush(p):
 * What was kept is durable and has its name.
 */
MUST_USE enum err placing_flush(struct placing *p);

/*
 * placing_close(p):
 * Remove what was not flushed, and the folder if it was made here and holds
 * nothing.  NULL is fine.
 */
void placing_close(struct placing *p);

#endif
