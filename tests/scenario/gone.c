/*
 * gone: whether the sealed content of a message is anywhere in a folder.
 *
 *   gone take DB MSG_ID >LIST    its body and wraps, from a node's store, in
 *                                windows of WINDOW bytes, in hex, one a line
 *   gone files DB MSG_ID >LIST   the first bytes of each chunk of its files,
 *                                likewise
 *   gone seek LIST FOLDER        every file below it that has one of them
 *   gone names DB MSG_ID         its digest, and the root of its files or -
 *
 * seek ends with 0 if there is none, with 1 and the names of the files if
 * there is one, with 2 if it could not look.  The node of DB does not run.
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 24
#define STEP 32
#define WINDOWS_MAX 65536
#define CHUNK 65552

static unsigned char windows[WINDOWS_MAX][WINDOW];
static size_t n_windows, n_files;
static bool found, failed;

static void
put_windows(const unsigned char *p, size_t n)
{
    char hex[2 * WINDOW + 1];

    for (size_t at = 0; at + WINDOW <= n; at += STEP)
        (void)puts(sodium_bin2hex(hex, sizeof(hex), p + at, WINDOW));
}

/* Rows of a store about one message, each handed on. */
static int
each_row(const char *path, const char *sql, const char *msg_id,
    void (*see)(const char *path, sqlite3_stmt *s))
{
    sqlite3 *db;
    sqlite3_stmt *s;
    int n = 0;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK
        || sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK ||
        sqlite3_bind_text(s, 1, msg_id, -1, SQLITE_STATIC) != SQLITE_OK) {
        (void)fprintf(stderr, "gone: %s: %s\n", path, sqlite3_errmsg(db));
        return 2;
    }
    while (sqlite3_step(s) == SQLITE_ROW) {
        see(path, s);
        n++;
    }
    (void)sqlite3_finalize(s);
    (void)sqlite3_close(db);
    return n > 0 && !failed ? 0 : 1;
}

static void
see_bytes(const char *path, sqlite3_stmt *s)
{
    (void)path;
    put_windows(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
}

/* blobs/NAME is beside the store. */
static void
see_file(const char *path, sqlite3_stmt *s)
{
    const char *end = strrchr(path, '/');
    unsigned char chunk[WINDOW];
    char name[1024];
    FILE *f;

    (void)snprintf(name, sizeof(name), "%.*s/blobs/%s",
        end != NULL ? (int)(end - path) : 1, end != NULL ? path : ".",
        (const char *)sqlite3_column_text(s, 0));
    if ((f = fopen(name, "rb")) == NULL) {
        failed = true;
        return;
    }
    while (fread(chunk, 1, WINDOW, f) == WINDOW) {
        put_windows(chunk, WINDOW);
        if (fseek(f, CHUNK - WINDOW, SEEK_CUR) != 0)
            break;
    }
    (void)fclose(f);
}

static void
see_names(const char *path, sqlite3_stmt *s)
{
    (void)path;
    (void)printf("%s %s\n", (const char *)sqlite3_column_text(s, 0),
        (const char *)sqlite3_column_text(s, 1));
}

#define OF_MESSAGE "hex(m.msg_id) = upper(?1)"
#define FILES_OF " FROM message m LEFT JOIN claim c ON c.n = m.n AND" \
    " c.which = 0 LEFT JOIN parcel p ON p.id = c.parcel WHERE " OF_MESSAGE

static const struct {
    const char *name, *sql;
    void (*see)(const char *path, sqlite3_stmt *s);
} rows[] = {
    { "take", "SELECT b.bytes FROM body b JOIN message m ON m.n = b.n WHERE "
      OF_MESSAGE " UNION ALL SELECT w.bytes FROM wrap w JOIN message m ON"
      " m.n = w.n WHERE " OF_MESSAGE, see_bytes },
    { "files", "SELECT lower(hex(p.name))" FILES_OF " AND p.name NOTNULL",
      see_file },
    { "names", "SELECT lower(hex(m.digest)), coalesce(lower(hex(p.root)),"
      " '-')" FILES_OF, see_names },
};

static bool
load(const char *path)
{
    char line[2 * WINDOW + 3];
    FILE *f = fopen(path, "r");
    size_t n;

    if (f == NULL)
        return false;
    while (n_windows < WINDOWS_MAX && fgets(line, sizeof(line), f) != NULL &&
        sodium_hex2bin(windows[n_windows], WINDOW, line, 2 * WINDOW, NULL,
        &n, NULL) == 0 && n == WINDOW)
        n_windows++;
    (void)fclose(f);
    return n_windows > 0;
}

static int
look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    size_t size = (size_t)st->st_size, n;
    unsigned char *p;
    FILE *f;

    (void)ftw;
    if (type != FTW_F || !S_ISREG(st->st_mode))
        return 0;
    n_files++;
    p = malloc(size + 1);
    f = fopen(path, "rb");
    failed |= p == NULL || f == NULL;
    n = p != NULL && f != NULL ? fread(p, 1, size, f) : 0;
    for (size_t i = 0; i < n_windows; i++) {
        if (memmem(p, n, windows[i], WINDOW) != NULL) {
            (void)printf("%s\n", path);
            found = true;
            break;
        }
    }
    if (f != NULL)
        (void)fclose(f);
    free(p);
    return 0;
}

int
main(int argc, char **argv)
{
    for (size_t i = 0; argc == 4 && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(argv[1], rows[i].name) == 0)
            return each_row(argv[2], rows[i].sql, argv[3], rows[i].see);
    if (argc != 4 || strcmp(argv[1], "seek") != 0 || !load(argv[2]) ||
        nftw(argv[3], look, 16, FTW_PHYS) != 0 || failed || n_files == 0)
        return 2;
    return found ? 1 : 0;
}
