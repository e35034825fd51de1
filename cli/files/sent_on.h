/*
 * sent_on: evidence that came from another and is sent on with its chain of
 * custody: under limits no looser than those of the message that it came
 * with, and none but the files that came with that message.
 *
 * Limits are compared as those of a derived set (limits.h), but for three
 * things.  The originator is no limit here, since who offers evidence names
 * himself.  Officers who are named belong to this authority: the recipient
 * has others, and names some where these were named.  STATE means the own
 * one: what may go on within it may go on from the recipient only to whom the
 * set that came lists.  A limit that the form leaves out is that of the set
 * that came; onward is NEVER then, as of each copy that is passed on (V-066).
 */
#ifndef CLI_SENT_ON_H
#define CLI_SENT_ON_H

#include "cli/files/custody.h"
#include "cli/form/findings.h"

struct sent_on_file {
    uint8_t digest[HASH_LEN];
    uint64_t size;
};

struct sent_on {
    const struct rec *set;              /* that governs what came */
    struct slice caveat;                /* of what came; or empty */
    const struct json_people *people;   /* may be NULL */
    char id[MAIL_ID_LEN + 1];           /* of the message that came */
    struct sent_on_file *file;          /* its files, sorted; see read */
    size_t n, room;
};

/*
 * sent_on_init(s, x, out):
 * Of a message that was opened (custody.h), from which it borrows; its files
 * are not read yet.
 */
void sent_on_init(struct session *s, const struct custody_of *x,
    struct sent_on *out);

/*
 * sent_on_fill(x, a, m, over):
 * Put the limits that an offer leaves out, and the caveat; with over, in the
 * place of defaults too.
 */
MUST_USE enum err sent_on_fill(const struct sent_on *x, struct arena *a,
    struct message *m, bool over);

/*
 * sent_on_check(x, a, set, l):
 * A finding (E_RESTR_WIDENED) for each limit that is looser, with what the
 * set that came says.
 */
MUST_USE enum err sent_on_check(const struct sent_on *x, struct arena *a,
    const struct rec *set, struct findings *l);

/*
 * sent_on_read(r, s, c, x):
 * Read the list of files of the message, which was opened (custody_read).
 * Reports its failures; E_NOT_FOUND for a message without files.
 */
MUST_USE enum err sent_on_read(struct run *r, struct session *s,
    const struct custody_of *c, struct sent_on *x);

/*
 * sent_on_has(x, digest, size):
 * Whether such a file came with it.  Good for any thread.
 */
bool sent_on_has(const struct sent_on *x,
    const uint8_t digest[static HASH_LEN], uint64_t size);

void sent_on_clear(struct sent_on *x);

#endif
