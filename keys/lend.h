/*
 * lend: memory that a node lends an officer's client, where both run on one
 * machine (officers = ipc://PATH), so that sealed blocks need not go through
 * the connection (FORMAT.md section 8, Lent memory).
 *
 * The node makes a file of LEND_SLOTS places of PARCEL_BLOCK bytes in
 * /dev/shm, as open as PATH, and tells its name over the connection; the
 * client opens it, and names it with the place in block.put and block.get.
 * With the first of these the name is removed.
 *
 * Nobody maps it: blocks are copied into it and out of it, and looked at in
 * own memory alone, since whoever has the file can change it at any time.
 * Nothing but sealed blocks ever lies there.  The node takes no descriptor
 * from anybody, and has all pages of what it lends from the beginning.
 */
#ifndef KEYS_LEND_H
#define KEYS_LEND_H

#include "proto/ask.h"
#include "proto/parcel.h"

#define LEND_SLOTS 16
#define LEND_NAME_LEN ASK_MEMORY_LEN    /* 8 of the node, 16 random */
#define LEND_SIZE ((size_t)LEND_SLOTS * PARCEL_BLOCK)
#define LEND_MAX 8                      /* that a node lends: 32 MiB */
#define LEND_EACH 2                     /* to one person */
#define LEND_IDLE_MS 60000              /* without a use: over */

/*
 * lend_put(fd, i, block), lend_get(fd, i, to, n):
 * Copy to or from place i.  E_NOT_LENT for a place that there is not, or
 * where it cannot be done.
 */
MUST_USE enum err lend_put(int fd, uint64_t i, struct slice block);
MUST_USE enum err lend_get(int fd, uint64_t i, uint8_t *to, size_t n);

/*
 * lend_open(name, fd):
 * For a client: open what the node named; the caller closes *fd.  E_NOT_LENT
 * where it is not there, or is not such a file.
 */
MUST_USE enum err lend_open(const uint8_t name[static LEND_NAME_LEN],
    int *fd);

/* Of a node. */
struct lends;

/*
 * lends_open(endpoint, out), lends_close(x):
 * For officers at this endpoint; NULL where that is not a socket of this
 * machine.  Files that an earlier run left are removed.  ERR_NOMEM.
 */
MUST_USE enum err lends_open(const char *endpoint, struct lends **out);
void lends_close(struct lends *x);

/*
 * lends_new(x, kid, now, name):
 * Lend to one person, whose oldest gives way where he has LEND_EACH; then the
 * one that was not used for longest.  now in monotonic ms.  E_NOT_LENT where
 * there is no memory, or x is NULL.
 */
MUST_USE enum err lends_new(struct lends *x,
    const uint8_t kid[static HASH_LEN], int64_t now,
    uint8_t name[static LEND_NAME_LEN]);

/*
 * lends_find(x, kid, name, now):
 * The descriptor of what was lent to this person, which stays x's own; -1 if
 * there is none.
 */
int lends_find(struct lends *x, const uint8_t kid[static HASH_LEN],
    const uint8_t name[static LEND_NAME_LEN], int64_t now);

/*
 * lends_tick(x, now):
 * End what was not used for LEND_IDLE_MS.
 */
void lends_tick(struct lends *x, int64_t now);

#endif
