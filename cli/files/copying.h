/*
 * copying: what an officer does with a message beside reading it, forward
 * only.
 *
 *   the message and its thread -> the same policy_check that the node asks ->
 *   the content is opened, which the node logs -> the act is stated, logged
 *   and proven, a copy gets its number -> the copy is written
 *
 * print, export, use and hand-over all take this way: nothing is written
 * before its entry is proven.
 */
#ifndef CLI_COPYING_H
#define CLI_COPYING_H

#include "cli/act/opening.h"
#include "cli/act/purpose.h"

/* One of the things that are done: the rows are in copying.c. */
struct copying_row {
    uint64_t use;                   /* USE_ */
    enum act act;
    enum may may;
    enum event event;
    const char *done;               /* "printed", in words */
    bool declared;                  /* it says what for, of own content too */
};

struct copying {
    struct run *r;
    struct session *s;
    const struct copying_row *row;
    struct mail mail;
    struct thread *t;
    const struct thread_message *at;
    const struct rec *set;          /* that governs it; NULL unknown */
    struct policy_facts facts;
    struct slice to;                /* whom it is passed on to; or empty */
    uint64_t way;                   /* WAY_, of a hand-over */
    struct opened o;
    uint64_t number;                /* of the copy; 0: none was made */
    uint64_t index;                 /* of the entry, and its time */
    int64_t logged;
    uint64_t used;                  /* entry of the use that a certificate is
                                     * for */
    struct slice receipt;           /* of the entry, as the node gave it */
};

/* Of the commands that take this way. */
#define COPYING_OPTIONS \
    PURPOSE_OPTIONS, \
    { "consent", N_("ID"), N_("the consent that allows it") }, \
    { "part", N_("PARTS..."), N_("these parts and answers only, for example " \
      "p1,q1") }, \
    { "dry-run", NULL, N_("show what would be done and logged, and do " \
      "nothing") }

/*
 * copying_row_of(use):
 * The row of a USE_ code.
 */
const struct copying_row *copying_row_of(uint64_t use);

/*
 * copying_find(x, id):
 * The message of this id, with r, s, row and to given: its thread, the limits
 * that govern it, purpose and proceeding of the options.  Reports its
 * failures.
 */
MUST_USE enum err copying_find(struct copying *x, const char *id);

/*
 * copying_check(x):
 * What policy_check says: OK, or reports its code with the command that asks
 * for consent, where one could allow it.
 */
MUST_USE enum err copying_check(struct copying *x);

/*
 * copying_again(x):
 * Whether policy would allow it if it had not been done once: it was stated,
 * its copy is not made yet, and took the last use of a consent.
 */
bool copying_again(const struct copying *x);

/*
 * copying_want(x):
 * How its message is opened: an own one is filed.
 */
struct opening_want copying_want(const struct copying *x);

/*
 * copying_open(x):
 * Open the content, with the purpose; of own messages for registration.  Only
 * the parts that --part names are left of it.  Reports its failures.
 */
MUST_USE enum err copying_open(struct copying *x);

/*
 * copying_log(x):
 * State the act; number, index and time are the node's, proven.  Reports its
 * failures.
 */
MUST_USE enum err copying_log(struct copying *x);

/*
 * copying_logged(x, index):
 * Instead, where this act was stated before and its copy is not made yet: it
 * is the entry with this index, of this person, for this purpose and
 * proceeding.  ERR_NOTFOUND where the log has no such step; does not report.
 */
MUST_USE enum err copying_logged(struct copying *x, uint64_t index);

/*
 * copying_counted(x):
 * Whether the act of the row is a use of a consent.  How many are left only
 * the node knows, which says so when the act is logged.
 */
bool copying_counted(const struct copying *x);

/*
 * copying_rows(x, s), columns "field value":
 * What is or would be done: message, to whom, purpose, number, entry.
 */
void copying_rows(struct copying *x, struct sheet *s);

/*
 * copying_tell(x, title, schema):
 * The rows on stdout.
 */
MUST_USE enum err copying_tell(struct copying *x, const char *title,
    const char *schema);

/*
 * copying_page(x, out), copying_text(x, out):
 * Append the page of restrictions that stands in front of every copy; the
 * page and the content behind it.
 */
MUST_USE enum err copying_page(struct copying *x, struct buf *out);
MUST_USE enum err copying_text(struct copying *x, struct buf *out);

/*
 * copying_close(x):
 * Wipe the content.
 */
void copying_close(struct copying *x);

/*
 * copying_run(r, steps):
 * A command of these steps and no more, in a session of its own.
 */
MUST_USE enum err copying_run(struct run *r,
    enum err (*steps)(struct copying *x));

#endif
