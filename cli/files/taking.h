/*
 * taking: the files of a message one after another, all of them or some,
 * each measured by the list: size and SHA-256.
 *
 * What is done with them is the caller's: `save` writes them, `ack` counts
 * them.  Memory is that of one block of the list and of the window of
 * unseal.h.
 */
#ifndef CLI_TAKING_H
#define CLI_TAKING_H

#include "cli/files/listing.h"

/*
 * begin(arg, i, item), data(arg, bytes), end(arg, i, item, holds): a file,
 * the i-th from 0 on; its bytes in their order; whether they are the ones of
 * the list.  skip(arg, i, item): whether it is left out; NULL takes all.
 * data and, where the file has bytes, begin and end are called by another
 * thread than the caller's, one at a time.  What they return other than OK
 * ends it.
 */
struct taking_want {
    bool (*skip)(void *arg, uint64_t i, const struct rec *item);
    enum err (*begin)(void *arg, uint64_t i, const struct rec *item);
    enum err (*data)(void *arg, struct slice bytes);
    enum err (*end)(void *arg, uint64_t i, const struct rec *item,
        bool holds);
    void *arg;
};

/* What was taken. */
struct taken {
    uint64_t files;                     /* in the list */
    uint64_t held, failed;              /* of those that were taken */
    uint64_t bytes;
};

/*
 * taking_run(x, w, out, f):
 * Take the files.  Without skip the padding is read too, and must be zeros.
 * The codes of carried_read and listing_next; E_MALFORMED for padding that
 * is not zeros.  A file whose digest is another ends nothing: see end.
 */
MUST_USE enum err taking_run(struct carried *x,
    const struct taking_want *w, struct taken *out, struct fault *f);

/*
 * taking_count(x, each, arg, out, f):
 * Read the list alone, whole; each (may be NULL) gets each item.  held and
 * failed stay 0, bytes is what all files have together.
 */
MUST_USE enum err taking_count(struct carried *x,
    enum err (*each)(void *arg, uint64_t i, const struct rec *item),
    void *arg, struct taken *out, struct fault *f);

#endif
