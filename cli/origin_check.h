/*
 * origin_check: whether a folder of `certify-origin` proves what it says,
 * without a node, a network or a key of anybody (cli/origin.h has the chain).
 *
 * Nothing of the folder is believed: cards are verified up to the roots in
 * them, whose digits the reader compares with those that he was told.
 */
#ifndef CLI_ORIGIN_CHECK_H
#define CLI_ORIGIN_CHECK_H

#include "cli/command.h"

struct origin_opts {
    const char *dir;
    const char *root;               /* digits of the authority that made it,
                                     * or NULL */
    const char *from;               /* digits of the sender's root, or NULL */
};

/* How many checks do not hold, roots were compared with nothing, and things
 * in the folder are no part of the proof. */
struct origin_result {
    size_t failed, uncompared, unproven;
};

#define ORIGIN_CHECK_COLUMNS "-result -checked +checked +about +result +why"

/*
 * origin_check(r, a, o, s, out), columns ORIGIN_CHECK_COLUMNS:
 * Add a row for each check to the sheet.  What cannot be read at all is
 * reported.
 */
MUST_USE enum err origin_check(struct run *r, struct arena *a,
    const struct origin_opts *o, struct sheet *s,
    struct origin_result *out);

#endif
