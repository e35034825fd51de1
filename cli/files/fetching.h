/*
 * fetching: the files of a message from the own node, for carried.h.
 */
#ifndef CLI_FETCHING_H
#define CLI_FETCHING_H

#include "cli/act/opening.h"
#include "cli/files/blocks.h"
#include "cli/files/carried.h"

struct fetching {
    struct run *r;
    struct session *s;
    const uint8_t *digest;              /* of the message, which was opened */
    bool wait;                          /* for blocks that are to come */
    int pause;                          /* ms, of the last one */
    /* How it was opened, for what takes long; a purpose of 0 is that of
     * REGISTRATION. */
    struct opening_want opened;
    struct carried x;
};

/*
 * fetching_open(f, m), fetching_close(f):
 * With r, s, digest and wait given, and opened (mail NULL: not again).  m is
 * the message with its body, which lives longer.  The codes of carried_open.
 */
MUST_USE enum err fetching_open(struct fetching *f, const struct message *m);
void fetching_close(struct fetching *f);

/*
 * fetching_fail(f, e, path):
 * Report e of reading: how far the files are, where some are missing; a fault
 * of the files themselves is told to the node too, with the path of the
 * field.  Returns e.
 */
enum err fetching_fail(struct fetching *f, enum err e, const char *path);

/*
 * fetching_rows(s, out):
 * The answer to request transfers (record_ask_transfers).
 */
MUST_USE enum err fetching_rows(struct session *s, struct rec **out);

#endif
