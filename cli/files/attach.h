/*
 * attach: files that go with a message (FORMAT.md section 2).
 *
 *   list (attach_list.h) -> keys, and records with the lengths that it will
 *   have -> shown and confirmed -> room at the node -> read, hashed, sealed
 *   and handed in at once -> roots, which the records then have -> the message
 *   is sealed and submitted
 *
 * Nothing is written down before it is whole: what was sealed is at the node
 * alone, and a client that ends in the middle seals anew under other keys.  The
 * node forgets what was not handed in whole within a day, and what no message
 * names within a week.  Of what was offered the keys are kept (parcel_store.h),
 * so that it can be offered again.
 */
#ifndef CLI_ATTACH_H
#define CLI_ATTACH_H

#include "cli/files/attach_list.h"
#include "cli/trust/session.h"
#include "keys/parcel.h"

/* What a message says of its parcel and of its manifest. */
struct attached_part {
    uint8_t root[HASH_LEN];             /* zeros until it is sealed */
    uint64_t length;
    uint8_t salt[SALT_LEN];
    uint8_t commit[COMMIT_LEN];
};

struct attached {
    struct attached_part part[PARCEL_WHICH];
    struct secret *key[PARCEL_WHICH];   /* parcel_key, manifest_key */
    struct attach_list *list;           /* NULL: of an earlier message */
    const struct sent_on *sent_on;      /* with which all of them came; NULL:
                                         * no matter */
    struct parcel_keys keys[PARCEL_WHICH];
};

/*
 * attach_new(r, s, out), attach_free(x):
 * What the options of the command ask for; NULL where they ask for no files.
 * --parcel-of, and --again without files, name a message whose files go once
 * more.  Of an offer the keys are those that this person keeps, else those of
 * its transfer, as long as that has its content; to take them a message is
 * opened, which is logged.  Reports its failures.
 */
MUST_USE enum err attach_new(struct run *r, struct session *s,
    struct attached **out);
void attach_free(struct attached *x);

/*
 * attach_pass(r, p, out):
 * The documents of p, which lives longer.  Reports its failures.
 */
MUST_USE enum err attach_pass(struct run *r, struct passing *p,
    struct attached **out);

/*
 * attach_put(x, a, m):
 * The fields of a message: both records, and both keys, of which an
 * EVIDENCE_OFFER has the manifest's alone.  Roots are those of x, borrowed:
 * where it is not sealed yet, they are there as soon as it is.
 */
MUST_USE enum err attach_put(struct attached *x, struct arena *a,
    struct message *m);

/*
 * attach_renew(x):
 * Fresh keys, since those of before have sealed something: attach_put has to
 * follow.
 */
MUST_USE enum err attach_renew(struct attached *x);

/*
 * attach_run(r, s, x, a, m):
 * Seal and hand in to the node, unless that was done.  Where the node has lost
 * some of it, all is sealed anew, and attach_put does its work again.  Reports
 * its failures:
 * E_PARCEL_ROOM with what is needed and free, before any file is read;
 * E_DIGEST_MISMATCH with the file that did not come with x->sent_on, or that
 * is passed on and is not what was released;
 * E_PARCEL_CHANGED with the file; ERR_ACCESS, ERR_IO; those of the node.
 */
MUST_USE enum err attach_run(struct run *r, struct session *s,
    struct attached *x, struct arena *a, struct message *m);

/*
 * attach_show(x, s), columns "field value":
 * How many files, how much, and the first names.
 */
void attach_show(const struct attached *x, struct sheet *s);

#endif
