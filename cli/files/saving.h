/*
 * saving: files of a message into a folder of the officer.
 *
 *     DIR/READ-FIRST.txt      the page of restrictions, for people
 *     DIR/message.json        the content of the message
 *     DIR/restrictions.json   the limits, and which copy this is
 *     DIR/files/...           the files, in the folders of the sender
 *     DIR/files.json          each with its name there and its name here
 *     DIR/SHA256SUMS          for sha256sum -c
 *
 * A copy is there whole or not at all, its pages before its first file, its
 * lists last.  A file whose bytes are not the ones of the list has no name
 * here; the others have.
 *
 * The order is such that nobody's copy is counted before it can be made:
 *
 *   opened, which is logged -> list, folder, room -> every file is decrypted
 *   beside where it will be, as its blocks come -> the copy is stated and
 *   logged -> names
 *
 * So decryption does not wait for the last block, and an interruption, even of
 * days of waiting, costs nothing: nothing is left, and no copy is in the log.
 * Only who may export gets that far: policy is asked before the first byte,
 * and where the node, which has the last word, refuses the copy, what was
 * decrypted is removed.  Where it is a consent that allows it, only the node
 * knows whether it has a use left.  Then all blocks are waited for first, the
 * copy is logged, and only then the first byte is decrypted.
 *
 * A copy that is in the log and could not be made (a full disk, a crash) stays
 * noted in the folder (saved.h).  The next command there of the same person,
 * of this message and for the same purpose and proceeding, makes it under its
 * number.  On a disk that keeps no permissions there is no such note: the next
 * command logs a further copy there, which is said.
 *
 * A folder has files of one message.  Each further file (--file) goes beside
 * what is there, under the number of a new copy; a second whole copy, or one
 * of another message, does not.
 */
#ifndef CLI_SAVING_H
#define CLI_SAVING_H

#include "cli/files/copying.h"
#include "cli/files/fetching.h"
#include "cli/files/placing.h"
#include "cli/files/progress.h"
#include "cli/files/taking.h"

#define SAVING_FAILED_MAX 1000          /* doc_ids that are kept */
#define SAVING_PAPERS_MAX 16

struct saving {
    struct copying *c;
    struct fetching *f;
    struct placing *p;
    struct progress bar;
    uint64_t files, bytes;              /* that were asked for */
    uint64_t saved, renamed;
    uint64_t failed[SAVING_FAILED_MAX]; /* numbers of files, from 1 */
    struct taken taken;
    bool counted;                       /* a consent has one use less by it */
    bool stated;                        /* the copy is in the log */
    bool unnoted;                       /* and the folder has no note of it */
    bool ours;                          /* what failed is none of the files */
    size_t wanted;                      /* of --file */
    bool found[COMMAND_REPEATED + 1];
    struct fault fault;
    struct buf sums;                    /* first lines of SHA256SUMS */
    /* What was written of our own, as it was written. */
    struct {
        const char *name;
        uint8_t digest[HASH_LEN];
    } paper[SAVING_PAPERS_MAX];
    size_t papers;
    struct hasher hash[PLACING_WAYS];
};

#define SAVING_SUMS_MAX 65536

/* Of the commands that take this way. */
#define SAVING_OPTIONS \
    { "file", N_("FILE..."), N_("this one alone, by its number (d7) or its " \
      "name; several times for several") }, \
    { "wait", NULL, N_("wait for what has not arrived yet") }, \
    { "progress", N_("json"), N_("tell on stderr how far it is, one JSON " \
      "object a line") }, \
    COPYING_OPTIONS, HOME_OPTIONS

/*
 * saving_open(x, what, words), saving_close(x):
 * With c (checked), f and counted given: the message is opened, its files are found,
 * and the folder is there, the second word of the command line, with room for
 * them.  what and words are those of progress_start.  Reports its failures.
 * The second also closes c and its session.
 */
MUST_USE enum err saving_open(struct saving *x, const char *what,
    const char *words);
void saving_close(struct saving *x);

/*
 * saving_find(x):
 * Read the list whole: which files are asked for (--file, else all), and how
 * much that is.  Reports its failures: ERR_USAGE for a --file that is not
 * there.
 */
MUST_USE enum err saving_find(struct saving *x);

/*
 * saving_fits(x):
 * After saving_find: whether this copy may lie in the folder named, beside
 * what is there.  Reports ERR_EXISTS.
 */
MUST_USE enum err saving_fits(const struct saving *x);

/*
 * saving_check(x, use):
 * What copying_check says of this act; of one that was logged before and whose
 * copy is to be in the folder, without the use of a consent that it took.
 * Reports its failures.
 */
MUST_USE enum err saving_check(struct saving *x, uint64_t use);

/*
 * saving_log(x, use):
 * Log this act, whose copy is to be in the folder; or go on with one that was
 * logged before.  Nothing is logged where the folder does not take a note of
 * it (ERR_FULL, ERR_IO).  Reports its failures.
 */
MUST_USE enum err saving_log(struct saving *x, uint64_t use);

/*
 * saving_run(x, log, papers):
 * Pages and files into x->p, which saving_placed was given for.  log states
 * what is done, with saving_log, when counted says so.  papers (may be NULL)
 * writes further files of the caller, when all others have their names and
 * hold.
 * E_DIGEST_MISMATCH where some do not hold: all others were saved, or nothing
 * where there are papers.  Reports its failures.
 */
MUST_USE enum err saving_run(struct saving *x,
    enum err (*log)(struct saving *x), enum err (*papers)(struct saving *x));

/*
 * saving_placed(arg, p):
 * For placing_open; arg is a struct saving.
 */
enum err saving_placed(void *arg, const struct placed *p);

/*
 * saving_paper(x, name, b), saving_digest(x, name):
 * One file of our own into the folder; name lives longer.  SHA-256 of what was
 * written of ours by that name, NULL for what was not.
 */
MUST_USE enum err saving_paper(struct saving *x, const char *name,
    const struct buf *b);
const uint8_t *saving_digest(const struct saving *x, const char *name);

/*
 * saving_of_offer(c, command):
 * Report that c->mail, an offer, has its list alone: with the transfer whose
 * files this command takes, or why there is none.
 */
MUST_USE enum err saving_of_offer(struct copying *c, const char *command);

#endif
