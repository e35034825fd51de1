/*
 * saved: what copy of a message a folder has already.
 *
 * A copy has its number and its message in restrictions.json, and a line in
 * SHA256SUMS for each file that is whole; those of a second copy have a number
 * in their names (placing.h).  Nothing else in the folder is looked at.
 */
#ifndef CLI_SAVED_H
#define CLI_SAVED_H

#include "proto/hash.h"

enum saved {
    SAVED_NONE,                 /* no copy that says so */
    SAVED_PART,                 /* of this message, with fewer files */
    SAVED_WHOLE,                /* of this message, with all of them */
    SAVED_OTHER                 /* of another message, that one among them */
};

/*
 * saved_look(dir, digest, files, out):
 * What is there of the message of this digest, which has so many files.  A
 * folder that is not there has none.  ERR_ACCESS, ERR_IO.
 */
MUST_USE enum err saved_look(const char *dir,
    const uint8_t digest[static HASH_LEN], uint64_t files, enum saved *out);

#endif
