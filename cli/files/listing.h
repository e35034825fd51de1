/*
 * listing: the list of the files of a message, one block of it at a time,
 * so that memory does not grow with the number of files.
 *
 * Listed items are whole, checked, and follow one another (manifest.h); those
 * of an ONWARD_TRANSFER are what the originator released (consent.h).  At the
 * end the list has ended, nothing but zeros is behind it, and both streams
 * have the padded length that their content asks for.
 */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "cli/files/carried.h"

struct listing {
    struct carried *x;
    struct manifest_reader r;
    struct buf in;                      /* plain list, from `used` on new */
    size_t used;
    uint64_t at;                        /* plain bytes that were read */
    uint64_t end;                       /* of the list, without padding */
    struct arena *a;                    /* of the items */
    const struct rec **v;               /* items of this block */
    size_t n, room;
    struct fault f;                     /* of a failure */
};

/*
 * listing_begin(x, l), listing_end(l):
 * Before the first block; free everything.
 */
void listing_begin(struct carried *x, struct listing *l);
void listing_end(struct listing *l);

/*
 * listing_next(l, more):
 * Read the next block; l->v has the items that became whole with it, good
 * until the next call.  *more is false, and l->n 0, when all was read.  The
 * codes of carried_read and manifest_read.
 */
MUST_USE enum err listing_next(struct listing *l, bool *more);

/*
 * listing_folder(item, out):
 * Append "folder/folder/" as the sender named them.
 */
void listing_folder(const struct rec *item, struct buf *out);

#endif
