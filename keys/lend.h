/*
 * lend: memory that an officer's client lends its node, where both run on one
 * machine (officers = ipc://PATH), so that sealed blocks need not go through
 * the connection (FORMAT.md section 8, Lent memory).
 *
 * The client makes LEND_SLOTS places of PARCEL_BLOCK bytes, whose size is
 * sealed, and sends the descriptor with a random ticket to the datagram socket
 * PATH.lend.  block.put and block.get then name ticket and place.  Nothing but
 * sealed blocks ever lies there: the node could read everything else.
 *
 * Neither side trusts the other with it.  The node copies a block before it
 * looks at it, and takes nothing but sealed memory, which cannot make it wait
 * and cannot grow; the client copies a block before it checks it.  Whoever may
 * connect may send descriptors, and can push out those of others: who is
 * pushed out goes on over the connection.
 */
#ifndef KEYS_LEND_H
#define KEYS_LEND_H

#include "proto/ask.h"
#include "proto/parcel.h"

#define LEND_ENDING ".lend"
#define LEND_SLOTS 24
#define LEND_TICKET_LEN ASK_TICKET_LEN
#define LEND_MAX 8                      /* that a node has at once: what it
                                         * writes there is counted as its
                                         * memory, 50 MiB at most */
#define LEND_IDLE_MS 60000              /* without a use: given back */

/* Of a client. */
struct lend;

/*
 * lend_new(endpoint, out), lend_free(l):
 * Make memory and lend it to the node that listens there.  ERR_UNREACHABLE
 * where it is not on this machine or takes none; ERR_NOMEM.  NULL is nothing.
 */
MUST_USE enum err lend_new(const char *endpoint, struct lend **out);
void lend_free(struct lend *l);

/*
 * lend_again(l), lend_keep(l):
 * The node may not have it any more: lend it again; the same, if the last time
 * is long ago.  ERR_UNREACHABLE.
 */
MUST_USE enum err lend_again(struct lend *l);
void lend_keep(struct lend *l);

/*
 * lend_ticket(l), lend_slot(l, i):
 * Its name, LEND_TICKET_LEN bytes; where a block lies.
 */
struct slice lend_ticket(const struct lend *l);
uint8_t *lend_slot(const struct lend *l, size_t i);

/*
 * lend_find(l, p, i):
 * Whether p is one of its places, and which.  False for NULL.
 */
bool lend_find(const struct lend *l, const uint8_t *p, size_t *i);

/* Of a node. */
struct lends;

/*
 * lends_open(endpoint, out), lends_close(x):
 * Listen beside the officers' endpoint; NULL where that is not a socket of
 * this machine, or its path has no room for the ending.  As channel_listen.
 */
MUST_USE enum err lends_open(const char *endpoint, struct lends **out);
void lends_close(struct lends *x);

/*
 * lends_find(x, ticket, now):
 * The descriptor that came with a ticket, which stays x's own; -1 if there is
 * none.  now in monotonic ms.
 */
int lends_find(struct lends *x, const uint8_t ticket[static LEND_TICKET_LEN],
    int64_t now);

/*
 * lends_tick(x, now):
 * Give back what was not used for LEND_IDLE_MS.
 */
void lends_tick(struct lends *x, int64_t now);

/*
 * lends_read(fd, i, to, n), lends_write(fd, i, block):
 * Copy from or to place i.  E_NOT_LENT for a place that there is not, or
 * where it cannot be done.
 */
MUST_USE enum err lends_read(int fd, uint64_t i, uint8_t *to, size_t n);
MUST_USE enum err lends_write(int fd, uint64_t i, struct slice block);

#endif
