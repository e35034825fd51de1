/*
 * profile: the entry of an authority in the directory, as JSON, for its card.
 *
 * The file is one object, or a list of which the entry of this authority is
 * taken.  Members are the card's fields from "kinds" on by their names, with
 * "auth_id" for the authority and "valid_from"; others are faults.
 */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "cli/command.h"

/*
 * profile_read(r, a, path, authority, out):
 * Read the file, report all that is wrong with the entry, and make a record
 * of it in the arena.
 */
MUST_USE enum err profile_read(struct run *r, struct arena *a,
    const char *path, struct slice authority, struct rec **out);

/*
 * profile_copy(a, profile, card):
 * Put the fields of the entry onto a card.
 */
MUST_USE enum err profile_copy(struct arena *a, const struct rec *profile,
    struct rec *card);

#endif
