/*
 * store_in: what the files of the store share.  Only store.c knows SQLite;
 * the others run statements of store_sql.h through struct query:
 *
 *     query_start(&q, s, SQL_...);
 *     query_put_u64(&q, n);                parameters in their order
 *     while (query_next(&q))               rows
 *         ... query_get_u64(&q, 0) ...     columns from 0
 *     e = query_end(&q);
 *
 * The error is sticky; parameters must live until query_end or query_run,
 * columns until the next query_next.  An error of query_run makes the
 * transaction bad; in a bad one every query fails with its error.
 */
#ifndef NODE_STORE_IN_H
#define NODE_STORE_IN_H

#include "node/store.h"
#include "node/store_sql.h"
#include "proto/tree.h"

#define STORE_LEVELS 8              /* of tiles: TREE_SIZE_MAX is below 2^64 */

struct sqlite3;
struct sqlite3_stmt;

/*
 * A tile of the tree with the nodes above it: its hashes, half as many of the
 * level above them, and so on to two.  So a proof folds nothing.
 */
struct store_tile {
    uint64_t n;
    uint8_t node[2 * TREE_TILE_WIDTH][HASH_LEN];
};

/* The right edge of the tree, and of each level the full tile that was read
 * last; kept by store_log.c. */
struct store_edge {
    bool loaded;
    bool dirty;
    struct tree_range range;
    bool changed[STORE_LEVELS];
    struct store_tile tile[STORE_LEVELS];
    bool has_full[STORE_LEVELS];
    struct store_tile full[STORE_LEVELS];
};

struct store {
    struct sqlite3 *db;
    struct sqlite3_stmt *st[SQLS];
    bool busy[SQLS];
    bool writing;               /* between begin and commit */
    enum err bad;               /* first error of the transaction */
    bool dead;                  /* the disk failed */
    int wal_pages;              /* in the write-ahead log after a commit */
    struct store_edge edge;
};

struct query {
    struct store *s;
    enum sql id;
    struct sqlite3_stmt *st;
    int at;                     /* parameters put so far */
    enum err e;
};

/*
 * store_fail(s, e):
 * Make the transaction bad with e unless it is; returns e.
 */
enum err store_fail(struct store *s, enum err e);

/*
 * query_start(q, s, id):
 * Begin statement id, which is not running.
 */
void query_start(struct query *q, struct store *s, enum sql id);

/*
 * query_put(q, bytes), query_put_fixed(q, p, n), query_put_u64(q, v),
 * query_put_i64(q, v):
 * The next parameter.  E_OVERSIZE, E_FIELD_RANGE.
 */
void query_put(struct query *q, struct slice bytes);
void query_put_fixed(struct query *q, const uint8_t *p, size_t n);
void query_put_u64(struct query *q, uint64_t v);
void query_put_i64(struct query *q, int64_t v);

/*
 * query_next(q):
 * Whether there is another row.
 */
bool query_next(struct query *q);

/*
 * query_get(q, col), query_get_fixed(q, col, out, n), query_get_u64(q, col,
 * max), query_get_i64(q, col):
 * A column.  Another length than n or more than max is ERR_IO: the database
 * is damaged.
 */
struct slice query_get(struct query *q, int col);
void query_get_fixed(struct query *q, int col, uint8_t *out, size_t n);
uint64_t query_get_u64(struct query *q, int col, uint64_t max);
int64_t query_get_i64(struct query *q, int col);

/*
 * query_end(q), query_end_one(q, found):
 * Finish; the error, if there was one; query_end_one is ERR_NOTFOUND where
 * no row was found.
 */
MUST_USE enum err query_end(struct query *q);
MUST_USE enum err query_end_one(struct query *q, bool found);

/*
 * query_run(q), query_run_one(q, none):
 * Run a statement that writes, and finish; query_run_one fails with none
 * where no row was changed.
 */
MUST_USE enum err query_run(struct query *q);
MUST_USE enum err query_run_one(struct query *q, enum err none);

/*
 * query_changes(q):
 * How many rows the statement has changed that ran last.
 */
unsigned query_changes(const struct query *q);

/*
 * query_blob(q, out), query_count(q, out):
 * The one column of the one row, and finish.  ERR_NOTFOUND.
 */
MUST_USE enum err query_blob(struct query *q, struct buf *out);
MUST_USE enum err query_count(struct query *q, uint64_t *out);

/*
 * store_keep(a, s):
 * Replace *s by a copy in a, by nothing where a is NULL.
 */
MUST_USE enum err store_keep(struct arena *a, struct slice *s);

/*
 * store_edge_flush(s), store_edge_forget(s):
 * Write what has changed of the edge, before a commit; forget it, after a
 * rollback.
 */
MUST_USE enum err store_edge_flush(struct store *s);
void store_edge_forget(struct store *s);

#endif
