/*
 * saved: what copy of a message a folder has already, and which one is in the
 * log and not made yet.
 *
 * A copy has its number and its message in restrictions.json, and a line in
 * SHA256SUMS for each file that is whole; those of a second copy have a number
 * in their names (placing.h).  Nothing else in the folder is looked at.
 *
 *     DIR/.valise-part/copy-USE   the entry of an act whose copy was not made,
 *                                 a number; a blank and the inode of
 *                                 .valise-part
 *
 * It says nothing by itself: copying_logged asks the log for that entry, and
 * it is believed only where .valise-part is placing_is_own and the very one
 * that it was written in: nobody else put it there, it came with no archive, and
 * a folder that was copied has none.  So no second copy is made under the
 * number of a first one.  The person himself could write such a note; he needs
 * none, since what he has saved he can copy, with its number.
 */
#ifndef CLI_SAVED_H
#define CLI_SAVED_H

#include <stdbool.h>

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

/*
 * saved_can_note(dir), saved_note(dir, use, entry),
 * saved_noted(dir, use, entry), saved_made(dir):
 * While files are placed there (placing_open): whether an act could be noted
 * now, by a note of none; the act of this USE_ is in the log, as this entry;
 * which it is, false if there is none; all that was noted is made.  ERR_PERM
 * where there can be no note: .valise-part is not placing_is_own, as on a disk
 * that keeps no permissions, so that none is believed, or its path is too long.
 * ERR_FULL, ERR_ACCESS, ERR_IO, ERR_NOTFOUND.  Where an act could not be noted
 * the next copy has an entry of its own.
 */
MUST_USE enum err saved_can_note(const char *dir);
MUST_USE enum err saved_note(const char *dir, uint64_t use, uint64_t entry);
bool saved_noted(const char *dir, uint64_t use, uint64_t *entry);
void saved_made(const char *dir);

#endif
