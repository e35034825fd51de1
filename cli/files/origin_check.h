/*
 * origin_check: whether a folder of `certify-origin` proves what it says,
 * without a node, a network or a key of anybody (the chain is in
 * cli/files/origin.h).
 *
 * Nothing of the folder is believed: cards are verified up to the roots in
 * them, whose digits the reader compares with those that he was told: of who
 * made it, of the other party, and of each authority that consented to its
 * passing.  Each of them has a row, also where its card is not there, which
 * certify-origin never leaves out.
 *
 * A header that was signed need never have left: what its sender made proves
 * that it came to the other side by a receipt of that side's log alone.
 * Without one the sender can have sealed it for the court, or later than it
 * says; then nothing is wrong with what is there, and what a court wants to
 * know is not proven, so that it does not end well.
 */
#ifndef CLI_ORIGIN_CHECK_H
#define CLI_ORIGIN_CHECK_H

#include "cli/command/command.h"

struct origin_opts {
    const char *dir;
    const char *root[2];            /* digits of the authority that made it */
    const char *other[COMMAND_REPEATED + 2];    /* of each other one; both end
                                                 * with a NULL */
};

/* How many checks do not hold, roots were compared with nothing, and things
 * are not proven: what lies beside, or that it arrived. */
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
