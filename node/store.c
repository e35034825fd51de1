/*
 * The connection: settings, schema, transactions, and struct query, through
 * which the other files of the store run their statements.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/store_in.h"

#define APPLICATION_ID 0x56414c53   /* "VALS" */
#define PAGE_BYTES 4096
/* A value and the columns beside it. */
#define ROW_MAX (STORE_BLOB_MAX + 131072)

static const char *const sql[SQLS] = {
#define SQL_TEXT(id, text) [id] = text,
    SQL_LIST(SQL_TEXT)
#undef SQL_TEXT
};

/* locking_mode before journal_mode: then there is no shared memory file. */
static const char settings[] =
    "PRAGMA page_size = 4096;"
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;";

/* What these must read as after that. */
static const struct { const char *ask, *want; } settled[] = {
    { "PRAGMA journal_mode", "wal" },
    { "PRAGMA locking_mode", "exclusive" },
    { "PRAGMA synchronous", "2" },
    { "PRAGMA secure_delete", "1" },
    { "PRAGMA foreign_keys", "1" },
};

static const struct { int id, most; } limits[] = {
    { SQLITE_LIMIT_LENGTH, ROW_MAX },
    { SQLITE_LIMIT_SQL_LENGTH, 8192 },
    { SQLITE_LIMIT_COLUMN, 32 },
    { SQLITE_LIMIT_EXPR_DEPTH, 64 },
    { SQLITE_LIMIT_COMPOUND_SELECT, 4 },
    { SQLITE_LIMIT_FUNCTION_ARG, 8 },
    { SQLITE_LIMIT_ATTACHED, 0 },
    { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
    { SQLITE_LIMIT_VARIABLE_NUMBER, 24 },
    { SQLITE_LIMIT_TRIGGER_DEPTH, 4 },
    { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

static const struct { int id, on; } switches[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
    { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
    { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
    { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
    { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },
};

/* Large columns stand last, so that lists do not read past them. */
static const char *const schema[] = {
    "CREATE TABLE meta (k BLOB PRIMARY KEY, v BLOB NOT NULL) STRICT",
    "CREATE TABLE message (n INTEGER PRIMARY KEY AUTOINCREMENT,"
    " dir INTEGER NOT NULL, peer BLOB NOT NULL, msg_id BLOB NOT NULL,"
    " thread BLOB NOT NULL, digest BLOB NOT NULL,"
    " kind INTEGER NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL,"
    " place INTEGER NOT NULL, entry INTEGER NOT NULL, head BLOB NOT NULL)"
    " STRICT",
    "CREATE UNIQUE INDEX message_in ON message (msg_id, peer)"
    " WHERE dir = 1",
    "CREATE UNIQUE INDEX message_out ON message (msg_id) WHERE dir = 2",
    "CREATE UNIQUE INDEX message_digest ON message (digest) WHERE dir <> 3",
    "CREATE UNIQUE INDEX message_bad ON message (digest, peer)"
    " WHERE dir = 3",
    "CREATE INDEX message_thread ON message (peer, thread, place)",
    "CREATE INDEX message_state ON message (dir, state, n)",
    "CREATE INDEX message_place ON message (place)",
    "CREATE TABLE body (n INTEGER PRIMARY KEY REFERENCES message,"
    " bytes BLOB NOT NULL) STRICT",
    "CREATE TABLE wrap (n INTEGER NOT NULL REFERENCES message,"
    " i INTEGER NOT NULL, epoch BLOB NOT NULL, bytes BLOB NOT NULL,"
    " UNIQUE (n, i, epoch)) STRICT",
    "CREATE INDEX wrap_epoch ON wrap (epoch, n)",
    "CREATE TABLE receipt (n INTEGER NOT NULL REFERENCES message,"
    " event INTEGER NOT NULL, bytes BLOB NOT NULL, note BLOB NOT NULL,"
    " PRIMARY KEY (n, event)) STRICT",
    "CREATE TABLE thread (peer BLOB NOT NULL, id BLOB NOT NULL,"
    " machine INTEGER NOT NULL, state INTEGER NOT NULL,"
    " flags INTEGER NOT NULL, due INTEGER NOT NULL,"
    " stopped INTEGER NOT NULL, look INTEGER NOT NULL,"
    " fold BLOB NOT NULL,"
    " PRIMARY KEY (peer, id)) STRICT",
    "CREATE INDEX thread_due ON thread (due) WHERE due > 0",
    "CREATE INDEX thread_look ON thread (look) WHERE look > 0",
    "CREATE TABLE outbox (n INTEGER PRIMARY KEY REFERENCES message,"
    " target INTEGER NOT NULL, tries INTEGER NOT NULL,"
    " next INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " over INTEGER NOT NULL, place INTEGER NOT NULL, peer BLOB NOT NULL,"
    " thread BLOB NOT NULL) STRICT",
    "CREATE INDEX outbox_peer ON outbox (peer, place)",
    "CREATE INDEX outbox_thread ON outbox (peer, thread, place)",
    "CREATE INDEX outbox_expires ON outbox (expires)",
    "CREATE TABLE leaf (i INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT",
    "CREATE TABLE step (obj BLOB NOT NULL, i INTEGER NOT NULL REFERENCES leaf,"
    " PRIMARY KEY (obj, i)) STRICT, WITHOUT ROWID",
    "CREATE TABLE salt (i INTEGER PRIMARY KEY REFERENCES leaf,"
    " salt BLOB NOT NULL) STRICT",
    "CREATE TABLE opening (i INTEGER NOT NULL REFERENCES leaf,"
    " type INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (i, type))"
    " STRICT",
    "CREATE TABLE tile (level INTEGER NOT NULL, n INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY (level, n)) STRICT",
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL)"
    " STRICT",
    "CREATE TABLE peerlog (origin BLOB PRIMARY KEY, size INTEGER NOT NULL,"
    " root BLOB NOT NULL, note BLOB NOT NULL, cosigned BLOB NOT NULL)"
    " STRICT",
    "CREATE TABLE object (kind INTEGER NOT NULL, owner BLOB NOT NULL,"
    " serial INTEGER NOT NULL, digest BLOB NOT NULL, state INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY (kind, owner, serial),"
    " UNIQUE (kind, digest)) STRICT",
    "CREATE TABLE slot (epoch BLOB NOT NULL, officer BLOB NOT NULL,"
    " device BLOB NOT NULL, bytes BLOB NOT NULL,"
    " PRIMARY KEY (epoch, officer, device)) STRICT",
    "CREATE INDEX slot_officer ON slot (officer, device)",
    "CREATE TABLE statement (digest BLOB PRIMARY KEY,"
    " entry INTEGER NOT NULL REFERENCES leaf) STRICT",
    "CREATE TABLE mark (n INTEGER NOT NULL REFERENCES message,"
    " event INTEGER NOT NULL, at INTEGER NOT NULL, code INTEGER NOT NULL,"
    " PRIMARY KEY (n, event)) STRICT, WITHOUT ROWID",
    "CREATE TABLE notice (peer BLOB NOT NULL, i INTEGER NOT NULL,"
    " PRIMARY KEY (peer, i)) STRICT, WITHOUT ROWID",
    "CREATE TABLE alarm (at INTEGER NOT NULL, peer BLOB NOT NULL,"
    " code INTEGER NOT NULL, obj BLOB NOT NULL, UNIQUE (peer, code, obj))"
    " STRICT",
    "CREATE TABLE remark (n INTEGER PRIMARY KEY REFERENCES message,"
    " bytes BLOB NOT NULL) STRICT",
    "CREATE TABLE retention (n INTEGER PRIMARY KEY REFERENCES message,"
    " state INTEGER NOT NULL, before INTEGER NOT NULL,"
    " held INTEGER NOT NULL, action INTEGER NOT NULL, since INTEGER NOT NULL,"
    " use_until INTEGER NOT NULL, retain_until INTEGER NOT NULL,"
    " next INTEGER NOT NULL, hold_until INTEGER NOT NULL,"
    " hold_reason INTEGER NOT NULL, hold_by BLOB NOT NULL,"
    " told INTEGER NOT NULL) STRICT",
    "CREATE INDEX retention_next ON retention (next) WHERE next > 0",
    "CREATE INDEX retention_dates ON retention (n) WHERE next > 0",
    "CREATE TABLE copy (n INTEGER NOT NULL REFERENCES message,"
    " no INTEGER NOT NULL, what INTEGER NOT NULL, way INTEGER NOT NULL,"
    " party BLOB NOT NULL, at INTEGER NOT NULL, entry INTEGER NOT NULL,"
    " PRIMARY KEY (n, no)) STRICT, WITHOUT ROWID",
    "CREATE TABLE source (id BLOB NOT NULL, role INTEGER NOT NULL,"
    " n INTEGER NOT NULL REFERENCES message, PRIMARY KEY (id, role, n))"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE late (n INTEGER NOT NULL REFERENCES message,"
    " duty INTEGER NOT NULL, PRIMARY KEY (n, duty)) STRICT, WITHOUT ROWID",
    "CREATE TABLE track (row INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE, party BLOB NOT NULL,"
    " channel INTEGER NOT NULL, ours INTEGER NOT NULL,"
    " sent INTEGER NOT NULL, due INTEGER NOT NULL, remark BLOB NOT NULL,"
    " entry INTEGER NOT NULL, late INTEGER NOT NULL) STRICT",
    "CREATE INDEX track_due ON track (due) WHERE late = 0 AND due > 0",
    "CREATE TABLE consent (digest BLOB NOT NULL PRIMARY KEY,"
    " id BLOB NOT NULL, n INTEGER NOT NULL REFERENCES message)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE consent_use (digest BLOB NOT NULL,"
    " use_no INTEGER NOT NULL, role INTEGER NOT NULL,"
    " transfer BLOB NOT NULL, PRIMARY KEY (digest, use_no, role))"
    " STRICT, WITHOUT ROWID",
    "CREATE INDEX consent_use_transfer ON consent_use (transfer)",
    "CREATE TABLE relay (transfer BLOB NOT NULL, party BLOB NOT NULL,"
    " bytes BLOB NOT NULL, next INTEGER NOT NULL,"
    " PRIMARY KEY (transfer, party)) STRICT, WITHOUT ROWID",
    "CREATE INDEX relay_party ON relay (party, next)",
    "CREATE TABLE parcel (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " owner BLOB NOT NULL, root BLOB NOT NULL, name BLOB NOT NULL UNIQUE,"
    " length INTEGER NOT NULL, have INTEGER NOT NULL,"
    " upload INTEGER NOT NULL, code INTEGER NOT NULL, at INTEGER NOT NULL)"
    " STRICT",
    "CREATE UNIQUE INDEX parcel_root ON parcel (owner, root)"
    " WHERE upload = 0",
    "CREATE INDEX parcel_own ON parcel (root) WHERE upload = 0",
    "CREATE TABLE claim (n INTEGER NOT NULL REFERENCES message,"
    " which INTEGER NOT NULL, parcel INTEGER NOT NULL REFERENCES parcel,"
    " PRIMARY KEY (n, which)) STRICT, WITHOUT ROWID",
    "CREATE INDEX claim_parcel ON claim (parcel)",
};

static enum err
from_sqlite(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_INUSE;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_TOOBIG:
        return E_OVERSIZE;
    case SQLITE_IOERR:
        return rc == SQLITE_IOERR_NOMEM ? ERR_NOMEM : ERR_IO;
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
        return ERR_IO;
    case SQLITE_NOTADB:
        return ERR_FORMAT;
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_UNIQUE ||
            rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
            rc == SQLITE_CONSTRAINT_ROWID)
            return ERR_EXISTS;
        if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
            return ERR_NOTFOUND;
        return ERR_INTERNAL;
    default:
        return ERR_INTERNAL;
    }
}

enum err
store_fail(struct store *s, enum err e)
{
    if (e != OK && s->writing && s->bad == OK)
        s->bad = e;
    return e;
}

void
query_start(struct query *q, struct store *s, enum sql id)
{
    assert(!s->busy[id]);
    s->busy[id] = true;
    *q = (struct query){ .s = s, .id = id, .st = s->st[id] };
    if (s->writing)
        q->e = s->bad;
}

void
query_put(struct query *q, struct slice bytes)
{
    q->at++;
    if (q->e != OK)
        return;
    if (bytes.n > STORE_BLOB_MAX)
        q->e = E_OVERSIZE;
    else if (bytes.n == 0)
        q->e = from_sqlite(sqlite3_bind_zeroblob(q->st, q->at, 0));
    else
        q->e = from_sqlite(sqlite3_bind_blob(q->st, q->at, bytes.p,
            (int)bytes.n, SQLITE_STATIC));
}

void
query_put_fixed(struct query *q, const uint8_t *p, size_t n)
{
    query_put(q, slice_of(p, n));
}

void
query_put_i64(struct query *q, int64_t v)
{
    q->at++;
    if (q->e == OK)
        q->e = from_sqlite(sqlite3_bind_int64(q->st, q->at, v));
}

void
query_put_u64(struct query *q, uint64_t v)
{
    if (v > INT64_MAX && q->e == OK)
        q->e = E_FIELD_RANGE;
    query_put_i64(q, v > INT64_MAX ? 0 : (int64_t)v);
}

bool
query_next(struct query *q)
{
    int rc;

    if (q->e != OK)
        return false;
    rc = sqlite3_step(q->st);
    q->e = from_sqlite(rc);
    return rc == SQLITE_ROW;
}

struct slice
query_get(struct query *q, int col)
{
    const void *p = sqlite3_column_blob(q->st, col);
    int n = sqlite3_column_bytes(q->st, col);

    if (p == NULL || n <= 0) {
        if (n > 0 && q->e == OK)
            q->e = ERR_NOMEM;
        return SLICE_EMPTY;
    }
    return slice_of(p, (size_t)n);
}

void
query_get_fixed(struct query *q, int col, uint8_t *out, size_t n)
{
    struct slice v = query_get(q, col);

    if (v.n == n) {
        memcpy(out, v.p, n);
        return;
    }
    memset(out, 0, n);
    if (q->e == OK)
        q->e = ERR_IO;
}

int64_t
query_get_i64(struct query *q, int col)
{
    return sqlite3_column_int64(q->st, col);
}

uint64_t
query_get_u64(struct query *q, int col, uint64_t max)
{
    int64_t v = sqlite3_column_int64(q->st, col);

    if (v >= 0 && (uint64_t)v <= max)
        return (uint64_t)v;
    if (q->e == OK)
        q->e = ERR_IO;
    return 0;
}

/* Parameters are forgotten, since they point into the caller's memory. */
enum err
query_end(struct query *q)
{
    (void)sqlite3_reset(q->st);
    (void)sqlite3_clear_bindings(q->st);
    q->s->busy[q->id] = false;
    return q->e;
}

enum err
query_end_one(struct query *q, bool found)
{
    enum err e = query_end(q);

    return e == OK && !found ? ERR_NOTFOUND : e;
}

enum err
query_run(struct query *q)
{
    assert(q->s->writing);
    while (query_next(q))
        ;
    return store_fail(q->s, query_end(q));
}

enum err
query_run_one(struct query *q, enum err none)
{
    enum err e = query_run(q);

    if (e == OK && sqlite3_changes(q->s->db) == 0)
        e = store_fail(q->s, none);
    return e;
}

enum err
query_blob(struct query *q, struct buf *out)
{
    bool found = query_next(q);

    if (found) {
        buf_put_slice(out, query_get(q, 0));
        if (q->e == OK)
            q->e = buf_done(out);
    }
    return query_end_one(q, found);
}

unsigned
query_changes(const struct query *q)
{
    return (unsigned)sqlite3_changes(q->s->db);
}

enum err
query_count(struct query *q, uint64_t *out)
{
    uint64_t n = 0;
    bool found = query_next(q);
    enum err e;

    if (found)
        n = query_get_u64(q, 0, INT64_MAX);
    if ((e = query_end_one(q, found)) == OK)
        *out = n;
    return e;
}

enum err
store_keep(struct arena *a, struct slice *s)
{
    if (a == NULL || s->n == 0) {
        *s = SLICE_EMPTY;
        return OK;
    }
    return arena_copy(a, *s, s);
}

/* The first column of the first row of text is read into out. */
static enum err
ask(struct store *s, const char *text, char *out, size_t n)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(s->db, text, -1, &st, NULL);
    const unsigned char *v;

    out[0] = '\0';
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW && (v = sqlite3_column_text(st, 0)) != NULL)
        (void)snprintf(out, n, "%s", (const char *)v);
    (void)sqlite3_finalize(st);
    return from_sqlite(rc);
}

static enum err
tell(struct store *s, const char *text)
{
    return from_sqlite(sqlite3_exec(s->db, text, NULL, NULL, NULL));
}

/* The pages of the write-ahead log, told after each commit. */
static int
on_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct store *s = arg;

    (void)db;
    (void)name;
    s->wal_pages = pages;
    return SQLITE_OK;
}

/*
 * Only where there is no file is one made: closing a descriptor of a file
 * that this process has open would give up its locks.
 */
static enum err
make_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        return close(fd) == 0 ? OK : ERR_IO;
    if (errno == ENOSPC || errno == EDQUOT)
        return ERR_FULL;
    if (errno == ENOENT || errno == ENOTDIR)
        return ERR_NOTFOUND;
    if (errno == EACCES)
        return ERR_PERM;
    if (errno != EEXIST || lstat(path, &st) != 0)
        return ERR_IO;
    if (!S_ISREG(st.st_mode))
        return ERR_FORMAT;
    return (st.st_mode & 077) == 0 ? OK : ERR_PERM;
}

static enum err
connect_file(struct store *s, const char *path)
{
    int on, rc;

    rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE |
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
        SQLITE_OPEN_EXRESCODE, NULL);
    if (rc != SQLITE_OK)
        return from_sqlite(rc);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        (void)sqlite3_limit(s->db, limits[i].id, limits[i].most);
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        rc = sqlite3_db_config(s->db, switches[i].id, switches[i].on, &on);
        if (rc != SQLITE_OK || on != switches[i].on)
            return ERR_INTERNAL;
    }
    return OK;
}

/* What kind of file this is, before anything in it is changed. */
static enum err
check_version(struct store *s, bool *fresh)
{
    char app[24], version[24], tables[24];
    long v;
    enum err e;

    if ((e = ask(s, "PRAGMA application_id", app, sizeof(app))) != OK ||
        (e = ask(s, "PRAGMA user_version", version, sizeof(version))) != OK ||
        (e = ask(s, "SELECT count(*) FROM sqlite_schema", tables,
            sizeof(tables))) != OK)
        return e;
    v = strtol(version, NULL, 10);
    *fresh = v == 0 && strcmp(app, "0") == 0 && strcmp(tables, "0") == 0;
    if (*fresh)
        return OK;
    if (strtol(app, NULL, 10) != APPLICATION_ID || v < 1)
        return ERR_FORMAT;
    return v > STORE_VERSION ? ERR_NEWER : v < STORE_VERSION ? ERR_OLDER :
        OK;
}

static enum err
configure(struct store *s, uint64_t bytes_max)
{
    char got[64] = "";
    enum err e = tell(s, settings);

    for (size_t i = 0; i < sizeof(settled) / sizeof(settled[0]); i++) {
        if (e == OK)
            e = ask(s, settled[i].ask, got, sizeof(got));
        if (e == OK && strcmp(got, settled[i].want) != 0)
            e = ERR_INTERNAL;
    }
    (void)sqlite3_wal_hook(s->db, on_wal, s);
    if (e == OK && bytes_max > 0) {
        uint64_t pages = bytes_max / PAGE_BYTES;

        if (pages > UINT32_MAX - 1)
            pages = UINT32_MAX - 1;
        (void)snprintf(got, sizeof(got), "PRAGMA max_page_count = %lu",
            (unsigned long)pages);
        e = tell(s, got);
    }
    return e;
}

static enum err
make_schema(struct store *s)
{
    char text[96];
    enum err e = tell(s, "BEGIN IMMEDIATE");

    for (size_t i = 0; i < sizeof(schema) / sizeof(schema[0]); i++)
        if (e == OK)
            e = tell(s, schema[i]);
    (void)snprintf(text, sizeof(text), "PRAGMA application_id = %d;"
        "PRAGMA user_version = %d; COMMIT", APPLICATION_ID, STORE_VERSION);
    return e == OK ? tell(s, text) : e;
}

static enum err
prepare_all(struct store *s)
{
    int rc = SQLITE_OK;

    for (int i = 0; i < SQLS && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
            &s->st[i], NULL);
    if (rc == SQLITE_ERROR)
        return ERR_FORMAT;              /* not our tables */
    return from_sqlite(rc);
}

enum err
store_open(const char *path, uint64_t bytes_max, struct store **out)
{
    struct store *s = NULL;
    bool fresh = false;
    enum err e;

    if ((e = make_file(path)) != OK)
        return e;
    if ((s = calloc(1, sizeof(*s))) == NULL)
        return ERR_NOMEM;
    if ((e = connect_file(s, path)) != OK)
        goto out;
    /* Locked from the first look at it on. */
    if ((e = tell(s, "PRAGMA locking_mode = EXCLUSIVE")) != OK)
        goto out;
    if ((e = check_version(s, &fresh)) != OK)
        goto out;
    if ((e = configure(s, bytes_max)) != OK)
        goto out;
    if (fresh && (e = make_schema(s)) != OK)
        goto out;
    if ((e = prepare_all(s)) != OK)
        goto out;
    *out = s;
    s = NULL;
out:
    store_close(s);
    return e;
}

void
store_close(struct store *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < SQLS; i++)
        (void)sqlite3_finalize(s->st[i]);
    (void)sqlite3_close(s->db);
    free(s);
}

enum err
store_begin(struct store *s)
{
    struct query q;
    enum err e;

    assert(!s->writing);
    if (s->dead)
        return ERR_IO;
    query_start(&q, s, SQL_BEGIN);
    (void)query_next(&q);
    if ((e = query_end(&q)) == OK) {
        s->writing = true;
        s->bad = OK;
    }
    return e;
}

void
store_rollback(struct store *s)
{
    struct query q;

    assert(s->writing);
    s->writing = false;
    s->bad = OK;
    store_edge_forget(s);
    /* SQLite has rolled back by itself after some errors. */
    if (sqlite3_get_autocommit(s->db) != 0)
        return;
    query_start(&q, s, SQL_ROLLBACK);
    (void)query_next(&q);
    if (query_end(&q) != OK)
        s->dead = true;
}

/* TRUNCATE leaves nothing of what the log held; RESTART writes over it from
 * the front, in blocks that the file has already. */
static enum err
move_wal(struct store *s, int how)
{
    int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, how, NULL, NULL);
    enum err e = from_sqlite(rc);

    if (e == OK)
        s->wal_pages = 0;
    if (e == ERR_IO)
        s->dead = true;
    return e;
}

enum err
store_commit(struct store *s)
{
    struct query q;
    enum err e;

    assert(s->writing);
    if ((e = s->bad) == OK)
        e = store_edge_flush(s);
    if (e == OK) {
        query_start(&q, s, SQL_COMMIT);
        (void)query_next(&q);
        e = query_end(&q);
        if (e == ERR_IO)
            s->dead = true;
    }
    if (e != OK) {
        store_rollback(s);
        return e;
    }
    s->writing = false;
    /* It is committed, whatever becomes of this; a full disk may have room
     * again at the next commit. */
    if ((int64_t)s->wal_pages * PAGE_BYTES > STORE_WAL_MAX)
        (void)move_wal(s, SQLITE_CHECKPOINT_RESTART);
    return OK;
}

enum err
store_bad(const struct store *s)
{
    return s->bad;
}

enum err
store_checkpoint(struct store *s)
{
    assert(!s->writing);
    return s->dead ? ERR_IO : move_wal(s, SQLITE_CHECKPOINT_TRUNCATE);
}

enum err
store_meta_put(struct store *s, const char *key, struct slice value)
{
    struct query q;

    query_start(&q, s, SQL_META_PUT);
    query_put(&q, slice_str(key));
    query_put(&q, value);
    return query_run(&q);
}

enum err
store_meta_get(struct store *s, const char *key, struct buf *out)
{
    struct query q;

    query_start(&q, s, SQL_META_GET);
    query_put(&q, slice_str(key));
    return query_blob(&q, out);
}
