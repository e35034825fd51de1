/*
 * store: all that a node must not forget, in one SQLite database.
 *
 * One connection, which alone reads, writes and checkpoints; locking is
 * exclusive, so that a second process is refused.  Write-ahead log,
 * synchronous FULL: what store_commit has accepted survives a loss of power.
 * What is deleted is overwritten in the database at once and is gone from
 * the write-ahead log after store_checkpoint.
 *
 * Writing is between store_begin and store_commit.  The first write that
 * fails makes the transaction bad: nothing more is written, store_commit
 * rolls back and returns that first error.  Whoever applies a plan may thus
 * look at the last result alone.  Writing outside a transaction is a mistake
 * of the caller and ends the program.
 *
 * Reading works in and outside of a transaction and sees what was written.
 * Results are copied into a buf or an arena of the caller (slices in a record
 * point into the arena; without one they are empty).  Lists call back for
 * each record; its slices end with the call, in which nothing may be written
 * and the same list not be asked again.  What it returns other than OK ends
 * the list and is passed on.  Lists are paged: records after `after`, which
 * is 0 at first, and at most max.
 *
 * Every function can fail with ERR_IO (also for a damaged database), ERR_FULL
 * and ERR_NOMEM; E_FIELD_RANGE for a number above INT64_MAX, E_OVERSIZE where
 * a buf or arena is too small or bytes are more than STORE_BLOB_MAX.
 *
 * Here is the database itself.  What is in it, and has these rules too:
 *
 *   store_msg.h      messages, threads, the outbox
 *   store_mark.h     what is known of them besides
 *   store_keep.h     how long content stays, and what became of it
 *   store_consent.h  consents and their use
 *   store_parcel.h   sealed files
 *   store_dir.h      signed objects and slots
 *   store_log.h      the log
 */
#ifndef NODE_STORE_H
#define NODE_STORE_H

#include "proto/slice.h"

#define STORE_VERSION 4             /* user_version of the schema */
#define STORE_BLOB_MAX 524288       /* of one value */
#define STORE_WAL_MAX (16 * 1048576)
#define STORE_NONE UINT64_MAX       /* no entry of the log */

struct store;

/*
 * store_open(path, bytes_max, out):
 * Open the database at path, or make it, readable by its owner only.
 * bytes_max limits its size, 0 does not; past it writing is ERR_FULL.
 * ERR_INUSE if another process or store has it, ERR_NEWER for a newer
 * schema, ERR_OLDER for one of before the first release, ERR_FORMAT if it is
 * another file, ERR_PERM if others can read it.
 */
MUST_USE enum err store_open(const char *path, uint64_t bytes_max,
    struct store **out);

/*
 * store_close(s):
 * Roll back what was not committed, finalise, close.  NULL is nothing.
 */
void store_close(struct store *s);

/*
 * store_begin(s), store_commit(s), store_rollback(s):
 * A transaction; they do not nest.  On failure of store_commit nothing of it
 * is seen.  Where the disk itself failed (ERR_IO) the store serves no more
 * transactions until it is opened again: only then is it known how far the
 * last one came.  After a commit that leaves more than STORE_WAL_MAX bytes
 * in the write-ahead log, the log is moved into the database; its file stays
 * and is written over, until store_checkpoint.
 */
MUST_USE enum err store_begin(struct store *s);
MUST_USE enum err store_commit(struct store *s);
void store_rollback(struct store *s);

/*
 * store_bad(s):
 * The error that made the transaction bad, or OK.
 */
MUST_USE enum err store_bad(const struct store *s);

/*
 * store_checkpoint(s):
 * Move the write-ahead log into the database and truncate it; outside a
 * transaction.  Called after every erasure.
 */
MUST_USE enum err store_checkpoint(struct store *s);

/*
 * store_meta_put(s, key, value), store_meta_get(s, key, out):
 * A value by name; get appends it to out.  ERR_NOTFOUND.
 */
MUST_USE enum err store_meta_put(struct store *s, const char *key,
    struct slice value);
MUST_USE enum err store_meta_get(struct store *s, const char *key,
    struct buf *out);

#endif
