/*
 * profile: the entry of an authority in the directory, as JSON, for its card,
 * or, of one without a node, for what a keeper signs about it.
 *
 * The file is one object, or a list of which the entry of this authority is
 * taken.  Members are the directory fields from "kinds" on by their names,
 * with "auth_id" for the authority, "valid_from", and "contact_only", which
 * is true for an authority without a node and absent for one with a card;
 * without a node also "source" and "date", where the entry was taken from.
 * Others are faults.
 */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "cli/command/command.h"

/*
 * profile_read(r, a, path, authority, out):
 * Read the file, report all that is wrong with the entry, and make a record
 * of it in the arena.
 */
MUST_USE enum err profile_read(struct run *r, struct arena *a,
    const char *path, struct slice authority, struct rec **out);

/*
 * profile_read_contact(r, a, path, authority, out):
 * The same of an authority without a node.  An empty authority takes the one
 * object of the file, whose it is.
 */
MUST_USE enum err profile_read_contact(struct run *r, struct arena *a,
    const char *path, struct slice authority, struct rec **out);

/*
 * profile_copy(a, profile, to):
 * Put the fields of the entry onto a card.
 */
MUST_USE enum err profile_copy(struct arena *a, const struct rec *profile,
    struct rec *to);

/*
 * profile_schema(a, contact), profile_presets:
 * The rows of an entry, with or without a node, and the defaults of its form.
 * NULL where the arena is full.
 */
const struct record *profile_schema(struct arena *a, bool contact);
extern const struct preset profile_presets[];

#endif
