/*
 * The inside of the check of a proof of origin: origin_check.c (who and what
 * was signed), origin_roots.c (on whose roots), origin_files.c (what lies in
 * the folder), origin_use.c (who made it, for what, and his papers).  No other
 * file includes this.
 */
#ifndef CLI_ORIGIN_IN_H
#define CLI_ORIGIN_IN_H

#include "cli/files/origin.h"
#include "cli/files/origin_check.h"
#include "keys/directory.h"

#define ORIGIN_ABOUT 320

/* One item of the signed list. */
struct listed {
    uint8_t digest[HASH_LEN];
    uint64_t size;
};

struct checking {
    struct run *r;
    struct arena *a;
    const struct origin_opts *o;
    struct sheet *s;
    struct origin_result result;
    int dir, sealed;
    struct rec *proof;
    uint8_t proof_digest[HASH_LEN]; /* what is signed of proof.json */
    struct directory *d;
    struct envelope env;
    struct message m;
    uint8_t digest[HASH_LEN];
    struct listed *v;               /* by digest */
    size_t n, room;
    bool arrived;                   /* by a receipt of the recipient's log */
    struct slice maker;             /* kid of who made the entry of the use;
                                     * or empty */
};

/* What is checked, for programs and for people. */
enum check { CHECK_ROOT, CHECK_LISTS, CHECK_HEADER, CHECK_PARTY, CHECK_KEYS,
    CHECK_SEALED, CHECK_LIST, CHECK_FILE, CHECK_FILES, CHECK_USE, CHECK_SIGNED,
    CHECK_PAPER, CHECK_OTHER, CHECK_RECEIPT, CHECK_COSIGNED, CHECK_LOG };

/*
 * origin_row(x, c, about, bad), origin_open(x, c, about, words):
 * A row.  bad is why it does not hold, in words or a code, NULL where it does;
 * words are why it neither holds nor fails.
 */
void origin_row(struct checking *x, enum check c, const char *about,
    const char *bad);
void origin_open(struct checking *x, enum check c, const char *about,
    const char *words);

/*
 * origin_file(x, name, max, b):
 * Begin b and read a file of the folder.  The codes of file_read.
 */
MUST_USE enum err origin_file(struct checking *x, const char *name,
    size_t max, struct buf *b);

/*
 * origin_told(x), origin_roots(x):
 * Whether what the reader was told are digits: ERR_USAGE, reported.  Rows of
 * all roots, with a header that was read.
 */
MUST_USE enum err origin_told(struct checking *x);
void origin_roots(struct checking *x);

/*
 * origin_files(x):
 * Rows of the files and of what else lies in the folder.  ERR_NOMEM.
 */
MUST_USE enum err origin_files(struct checking *x);

/*
 * origin_use(x), origin_signed(x):
 * Rows of the use that it was made for; of proof.sig and the papers.
 */
void origin_use(struct checking *x);
void origin_signed(struct checking *x);

/*
 * origin_log_key(x, of, origin):
 * The key of that log on the newest card of its authority, or NULL.
 */
const uint8_t *origin_log_key(const struct checking *x, struct slice of,
    struct slice origin);

#endif
