/* syncfs, sync_file_range and renameat2 are Linux's own. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/files/folder.h"
#include "cli/files/placing.h"
#include "proto/manifest.h"

#define PART PLACING_PART
#define NAMED "named"                   /* in PART: what has a name already */
#define FINAL "final\n"                 /* a line of it: names before stay */
#define RACES 100                       /* lost, of one name */
#define EAGER (8u << 20)                /* bytes, then the disk may begin */
#define TEMP_LEN 24
#define LINE_MAX_BYTES (PLACING_PATH_MAX + TEMP_LEN)

/* What folders may take: there is a name behind them, and each may have got a
 * number. */
#define NUMBER_BYTES 11
#define FOLDERS (MANIFEST_FOLDERS_MAX + 1)
#define FOLDERS_BYTES (PLACING_PATH_MAX - NAMES_MAX - 2 - \
    FOLDERS * NUMBER_BYTES)

_Static_assert(FOLDERS * (NAMES_SHORT_MIN + 1) <= FOLDERS_BYTES,
    "no folder is left out");

/* Whole, and without a name.  In the plan stand at, path, name and tag. */
struct queued {
    struct {
        uint64_t temp, ino;
        uint32_t path_n, name_n, tag_n;
        bool other;
    } at;
    char path[PLACING_PATH_MAX];        /* of folders, empty: none */
    char name[NAMES_MAX + 1];
};

/* Papers have their names before the files. */
enum { PLAN_PAPERS, PLAN_FILES, PLANS };

/* Being written. */
struct writing {
    int fd;                             /* -1: none */
    uint64_t temp;
    uint64_t size;                      /* bytes */
    uint64_t begun, done;               /* up to where the disk works, and
                                         * where it is waited for */
};

struct placing {
    char *dir;
    bool made, locked;
    bool unsynced;                      /* names are not durable yet */
    bool loose;                         /* nor bytes of what is kept */
    int top, part, named_fd;
    dev_t dev;                          /* of files there */
    enum err (*done)(void *arg, const struct placed *p);
    void *arg;
    uint64_t temps;
    struct writing way[PLACING_WAYS];
    FILE *plan[PLANS];                  /* has no name itself */
    size_t n[PLANS];
    uint8_t tag[PLACING_TAG_MAX];
    char *at;                           /* folder that is open; NULL none */
    char *named;                        /* as it is called here */
    int folder;
};

static void
close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void
temp_name(uint64_t n, char out[static TEMP_LEN])
{
    (void)snprintf(out, TEMP_LEN, "%" PRIu64, n);
}

/* What somebody left who was killed; names of ours alone. */
static void
remove_leftovers(struct placing *p)
{
    const int fd = folder_open(p->part, ".");
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL)
        if (strspn(e->d_name, "0123456789") == strlen(e->d_name))
            (void)unlinkat(p->part, e->d_name, 0);
    if (d != NULL)
        (void)closedir(d);
    else if (fd >= 0)
        (void)close(fd);
}

/* "inode path": a name that was given, if it is still that file's. */
static void
take_back(struct placing *p, const char *line)
{
    char *path;
    const uintmax_t ino = strtoumax(line, &path, 10);
    const char *name;
    struct stat st;
    int fd;

    if (*path != ' ' || (fd = folder_of(p->top, ++path, &name)) < 0)
        return;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(st.st_mode) && st.st_dev == p->dev && st.st_ino == ino)
        (void)unlinkat(fd, name, 0);
    (void)close(fd);
    folder_remove_empty(p->top, path);
}

/* Go behind the last names that stay. */
static void
skip_final(FILE *f, char **line, size_t *room)
{
    long from = 0;

    rewind(f);
    while (getline(line, room, f) > 0)
        if (strcmp(*line, FINAL) == 0)
            from = ftell(f);
    (void)fseek(f, from, SEEK_SET);
}

static void
take_all_back(struct placing *p)
{
    const int fd = dup(p->named_fd);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    if (f == NULL) {
        close_fd(&(int){ fd });
        return;
    }
    skip_final(f, &line, &room);
    while ((n = getline(&line, &room, f)) > 0)
        if (line[n - 1] == '\n') {
            line[n - 1] = '\0';
            take_back(p, line);
        }
    free(line);
    (void)fclose(f);
    /* Nothing is taken back twice. */
    if (ftruncate(p->named_fd, 0) != 0)
        (void)unlinkat(p->part, NAMED, 0);
}

/* A file of bytes that nobody finds. */
static enum err
open_plan(struct placing *p, FILE **out)
{
    char name[TEMP_LEN];
    int fd;

    temp_name(p->temps++, name);
    fd = openat(p->part, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
        O_CLOEXEC, 0600);
    if (fd < 0)
        return folder_error();
    (void)unlinkat(p->part, name, 0);
    if ((*out = fdopen(fd, "w+")) == NULL) {
        (void)close(fd);
        return ERR_NOMEM;
    }
    return OK;
}

bool
placing_is_own(const struct stat *st)
{
    return st->st_uid == geteuid() &&
        (st->st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

/* One that was there may be anybody's.  One made just now shows what bits the
 * disk has: some keep none. */
static enum err
enter_part(struct placing *p)
{
    const bool made = mkdirat(p->top, PART, 0700) == 0;
    struct stat st;

    if ((!made && errno != EEXIST) ||
        (p->part = folder_open(p->top, PART)) < 0 ||
        fstat(p->part, &st) != 0)
        return folder_error();
    if (made ? st.st_uid != geteuid() : !placing_is_own(&st))
        return ERR_ACCESS;
    if (flock(p->part, LOCK_EX | LOCK_NB) != 0)
        return folder_error();
    p->locked = true;
    return OK;
}

/* A plain file of no other name: it is emptied. */
static enum err
open_named(struct placing *p)
{
    struct stat st;

    p->named_fd = openat(p->part, NAMED, O_RDWR | O_CREAT | O_APPEND |
        O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (p->named_fd < 0 || fstat(p->named_fd, &st) != 0)
        return folder_error();
    if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
        close_fd(&p->named_fd);
        return ERR_ACCESS;
    }
    p->dev = st.st_dev;
    return OK;
}

static enum err
open_part(struct placing *p)
{
    enum err e;

    if ((e = enter_part(p)) != OK)
        return e;
    remove_leftovers(p);
    if ((e = open_named(p)) != OK)
        return e;
    take_all_back(p);
    for (size_t i = 0; e == OK && i < PLANS; i++)
        e = open_plan(p, &p->plan[i]);
    return e;
}

static enum err
open_top(struct placing *p)
{
    if (mkdir(p->dir, 0700) == 0)
        p->made = true;
    else if (errno != EEXIST)
        return folder_error();
    /* A link that the officer gave himself is his to give. */
    p->top = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return p->top >= 0 ? OK : errno == ENOTDIR ? ERR_EXISTS : folder_error();
}

enum err
placing_open(const char *dir, enum err (*done)(void *arg,
    const struct placed *p), void *arg, struct placing **out)
{
    struct placing *p = calloc(1, sizeof(*p));
    enum err e = ERR_NOMEM;

    if (p == NULL)
        return e;
    p->top = p->part = p->named_fd = p->folder = -1;
    for (size_t i = 0; i < PLACING_WAYS; i++)
        p->way[i].fd = -1;
    p->done = done;
    p->arg = arg;
    if ((p->dir = strdup(dir)) == NULL || (e = open_top(p)) != OK ||
        (e = open_part(p)) != OK) {
        placing_close(p);
        return e;
    }
    *out = p;
    return OK;
}

enum err
placing_room(const struct placing *p, uint64_t bytes)
{
    struct statvfs s;

    if (fstatvfs(p->top, &s) != 0)
        return folder_error();
    return bytes / s.f_frsize >= s.f_bavail ? ERR_FULL : OK;
}

enum err
placing_begin(struct placing *p, enum placing_way way)
{
    struct writing *w = &p->way[way];
    char name[TEMP_LEN];

    placing_drop(p, way);
    *w = (struct writing){ .temp = p->temps++ };
    temp_name(w->temp, name);
    w->fd = openat(p->part, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
        O_CLOEXEC, 0600);
    return w->fd < 0 ? folder_error() : OK;
}

/*
 * The disk works while the rest is decrypted.  What it had before is written
 * by then, and leaves the page cache: nobody reads it soon, the next bytes
 * take the same pages, and a large file does not push out everything else.
 * On a machine that has its pages from a host, new ones cost several times
 * what the copy into them does.  Who waits is told of a failure, and the
 * fsync after it is not.
 */
static enum err
push_on(struct writing *w)
{
    const off_t done = (off_t)w->done, begun = (off_t)w->begun;

    if (w->size - w->begun < EAGER)
        return OK;
    (void)sync_file_range(w->fd, begun, (off_t)w->size - begun,
        SYNC_FILE_RANGE_WRITE);
    w->done = w->begun;
    w->begun = w->size;
    if (begun == done)
        return OK;
    if (sync_file_range(w->fd, done, begun - done,
        SYNC_FILE_RANGE_WAIT_BEFORE) != 0)
        return folder_error();
    (void)posix_fadvise(w->fd, done, begun - done, POSIX_FADV_DONTNEED);
    return OK;
}

/* Where only a part fits, what is left says why. */
static enum err
write_all(int fd, struct slice s)
{
    while (s.n > 0) {
        const ssize_t n = write(fd, s.p, s.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return folder_error();
        s = slice_of(s.p + n, s.n - (size_t)n);
    }
    return OK;
}

enum err
placing_data(struct placing *p, enum placing_way way, struct slice s)
{
    struct writing *w = &p->way[way];
    enum err e = write_all(w->fd, s);

    if (e != OK)
        return e;
    w->size += s.n;
    return push_on(w);
}

void
placing_drop(struct placing *p, enum placing_way way)
{
    struct writing *w = &p->way[way];
    char name[TEMP_LEN];

    if (w->fd < 0)
        return;
    close_fd(&w->fd);
    temp_name(w->temp, name);
    (void)unlinkat(p->part, name, 0);
}

/* What the i-th folder may have for its name, where n bytes are taken. */
static size_t
share(size_t i, size_t n)
{
    const size_t further = FOLDERS - 1 - i;
    const size_t left = FOLDERS_BYTES - n - 1 -
        further * (NAMES_SHORT_MIN + 1);

    return left < NAMES_MAX ? left : NAMES_MAX;
}

/* "under/folder/folder", each part clean. */
static enum err
clean_path(const struct placing_name *n, struct queued *q)
{
    const size_t folders = n->folders == NULL ? 0 : n->folders->n;
    char clean[NAMES_MAX + 1], part[NAMES_MAX + 1];
    struct buf b;
    enum err e;

    if (folders > MANIFEST_FOLDERS_MAX)
        return E_OVERSIZE;
    buf_init(&b, FOLDERS_BYTES);
    if (n->under != NULL)
        buf_put_str(&b, n->under);
    for (size_t i = 0; i < folders; i++) {
        if (names_clean(n->folders->v[i].s, clean))
            q->at.other = true;
        if (names_short(clean, share(i + 1, b.n), part))
            q->at.other = true;
        buf_put_str(&b, b.n > 0 ? "/" : "");
        buf_put_str(&b, part);
    }
    if ((e = buf_done(&b)) == OK)
        (void)snprintf(q->path, sizeof(q->path), "%.*s", (int)b.n,
            (const char *)b.p);
    buf_clear(&b);
    return e;
}

static void
leave(struct placing *p)
{
    free(p->at);
    free(p->named);
    p->at = p->named = NULL;
    close_fd(&p->folder);
}

/* Open the folder of a file, which mostly is that of the one before. */
static enum err
open_path(struct placing *p, const char *path)
{
    char *rest, *copy, named[NAMES_MAX + 1];
    struct buf b;
    enum err e = OK;

    if (p->folder >= 0 && strcmp(p->at, path) == 0)
        return OK;
    leave(p);
    buf_init(&b, PLACING_PATH_MAX);
    p->at = strdup(path);
    copy = rest = strdup(path);
    if (p->at == NULL || copy == NULL)
        e = ERR_NOMEM;
    if (e == OK && (p->folder = dup(p->top)) < 0)
        e = folder_error();
    for (char *part; e == OK && (part = strsep(&rest, "/")) != NULL; ) {
        e = *part == '\0' ? OK : folder_enter(&p->folder, part, named);
        if (e == OK && *part != '\0') {
            buf_put_str(&b, named);
            buf_put_str(&b, "/");
        }
    }
    buf_put_u8(&b, '\0');
    if (e == OK && (e = buf_done(&b)) == OK &&
        (p->named = strdup((const char *)b.p)) == NULL)
        e = ERR_NOMEM;
    buf_clear(&b);
    free(copy);
    if (e != OK)
        leave(p);
    return e;
}

/* Whoever comes after a crash takes it back. */
static enum err
note_name(struct placing *p, const struct queued *q, const char *named)
{
    char line[LINE_MAX_BYTES];
    const int n = snprintf(line, sizeof(line), "%" PRIu64 " %s%s\n", q->at.ino,
        p->named, named);

    if (n < 0 || (size_t)n >= sizeof(line))
        return E_OVERSIZE;
    return write_all(p->named_fd, slice_of((const uint8_t *)line, (size_t)n));
}

/* The name, or a number of it that is free. */
static enum err
rename_one(struct placing *p, const struct queued *q,
    char named[static NAMES_MAX + 1])
{
    char temp[TEMP_LEN];
    enum err e;

    temp_name(q->at.temp, temp);
    for (unsigned i = 0; i < RACES; i++) {
        if ((e = folder_free(p->folder, q->name, named)) != OK ||
            (e = note_name(p, q, named)) != OK)
            return e;
        if (renameat2(p->part, temp, p->folder, named,
            RENAME_NOREPLACE) == 0)
            return OK;
        /* A disk that cannot do that can link, or this cannot be done. */
        if (errno == EINVAL && linkat(p->part, temp, p->folder, named,
            0) == 0)
            return unlinkat(p->part, temp, 0) == 0 ? OK : folder_error();
        if (errno != EEXIST)
            return folder_error();
    }
    return ERR_EXISTS;
}

static enum err
place(struct placing *p, const struct queued *q, bool told)
{
    char named[NAMES_MAX + 1], path[PLACING_PATH_MAX];
    char wanted[PLACING_PATH_MAX];
    enum err e;

    if ((e = open_path(p, q->path)) != OK)
        return e;
    if ((e = rename_one(p, q, named)) != OK) {
        folder_remove_empty(p->top, p->named);
        return e;
    }
    (void)snprintf(path, sizeof(path), "%s%s", p->named, named);
    (void)snprintf(wanted, sizeof(wanted), "%s%s%s", p->at,
        p->at[0] != '\0' ? "/" : "", q->name);
    return p->done == NULL || !told ? OK : p->done(p->arg,
        &(struct placed){ path, q->at.other || strcmp(path, wanted) != 0,
        slice_of(p->tag, q->at.tag_n) });
}

static bool
put_bytes(FILE *f, const void *from, size_t n)
{
    return n == 0 || fwrite(from, n, 1, f) == 1;
}

static bool
get_bytes(FILE *f, void *to, size_t n, size_t max)
{
    return n <= max && (n == 0 || fread(to, n, 1, f) == 1);
}

static enum err
plan_put(struct placing *p, size_t plan, struct queued *q, struct slice tag)
{
    FILE *f = p->plan[plan];

    if (tag.n > PLACING_TAG_MAX)
        return E_OVERSIZE;
    q->at.path_n = (uint32_t)strlen(q->path);
    q->at.name_n = (uint32_t)strlen(q->name);
    q->at.tag_n = (uint32_t)tag.n;
    if (!put_bytes(f, &q->at, sizeof(q->at)) ||
        !put_bytes(f, q->path, q->at.path_n) ||
        !put_bytes(f, q->name, q->at.name_n) ||
        !put_bytes(f, tag.p, tag.n))
        return folder_error();
    p->n[plan]++;
    return OK;
}

static enum err
plan_get(struct placing *p, size_t plan, struct queued *q)
{
    FILE *f = p->plan[plan];

    if (!get_bytes(f, &q->at, sizeof(q->at), sizeof(q->at)) ||
        !get_bytes(f, q->path, q->at.path_n, sizeof(q->path) - 1) ||
        !get_bytes(f, q->name, q->at.name_n, sizeof(q->name) - 1) ||
        !get_bytes(f, p->tag, q->at.tag_n, sizeof(p->tag)))
        return ERR_IO;
    q->path[q->at.path_n] = q->name[q->at.name_n] = '\0';
    return OK;
}

static enum err
place_plan(struct placing *p, size_t plan)
{
    FILE *f = p->plan[plan];
    struct queued q;
    enum err e = OK;

    if (p->n[plan] == 0)
        return OK;
    if (fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0)
        return folder_error();
    p->unsynced = true;
    for (; e == OK && p->n[plan] > 0; p->n[plan]--)
        if ((e = plan_get(p, plan, &q)) == OK)
            e = place(p, &q, plan == PLAN_FILES);
    if (e == OK && (fseek(f, 0, SEEK_SET) != 0 ||
        ftruncate(fileno(f), 0) != 0))
        e = folder_error();
    return e;
}

enum err
placing_keep(struct placing *p, enum placing_way way,
    const struct placing_name *n)
{
    struct writing *w = &p->way[way];
    const bool alone = w->size >= PLACING_ALONE;
    struct queued q;
    struct stat st;
    enum err e;

    memset(&q.at, 0, sizeof(q.at));
    q.at.temp = w->temp;
    q.at.other = names_clean(n->name, q.name);
    e = clean_path(n, &q);
    if (e == OK && (fstat(w->fd, &st) != 0 || (alone && fsync(w->fd) != 0)))
        e = folder_error();
    if (close(w->fd) != 0 && e == OK)
        e = folder_error();
    w->fd = -1;
    if (e != OK)
        return e;
    q.at.ino = st.st_ino;
    p->loose = p->loose || !alone;
    return plan_put(p, way == PLACING_FILE ? PLAN_FILES : PLAN_PAPERS, &q,
        n->tag);
}

enum err
placing_settle(struct placing *p)
{
    enum err e = OK;

    if (p->loose && syncfs(p->part) != 0)
        e = folder_error();
    p->loose = p->loose && e != OK;
    for (size_t i = 0; e == OK && i < PLANS; i++)
        if (fflush(p->plan[i]) != 0)
            e = folder_error();
    return e;
}

enum err
placing_flush(struct placing *p)
{
    enum err e = placing_settle(p);

    for (size_t i = 0; e == OK && i < PLANS; i++)
        e = place_plan(p, i);
    if (e == OK && p->unsynced && syncfs(p->top) != 0)
        e = folder_error();
    p->unsynced = p->unsynced && e != OK;
    return e;
}

/* As long as that is not durable, the names can be taken back. */
static enum err
put_final(struct placing *p)
{
    const off_t end = lseek(p->named_fd, 0, SEEK_END);
    enum err e = end < 0 ? folder_error() : write_all(p->named_fd,
        slice_str(FINAL));

    if (e == OK && fsync(p->named_fd) != 0)
        e = folder_error();
    if (e != OK && end >= 0)
        (void)!ftruncate(p->named_fd, end);
    return e;
}

enum err
placing_finish(struct placing *p)
{
    enum err e = placing_flush(p);

    if (e == OK && (e = put_final(p)) == OK)
        (void)!ftruncate(p->named_fd, 0);
    return e;
}

void
placing_close(struct placing *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < PLACING_WAYS; i++)
        placing_drop(p, (enum placing_way)i);
    leave(p);
    for (size_t i = 0; i < PLANS; i++)
        if (p->plan[i] != NULL)
            (void)fclose(p->plan[i]);
    if (p->named_fd >= 0) {
        take_all_back(p);
        (void)unlinkat(p->part, NAMED, 0);
    }
    if (p->locked) {
        remove_leftovers(p);
        (void)unlinkat(p->top, PART, AT_REMOVEDIR);
    }
    close_fd(&p->named_fd);
    close_fd(&p->part);
    close_fd(&p->top);
    if (p->made)
        (void)rmdir(p->dir);
    free(p->dir);
    free(p);
}
