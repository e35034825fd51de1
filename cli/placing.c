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

#include "cli/placing.h"
#include "proto/manifest.h"

#define PART ".valise-part"
#define NUMBERS 100000                  /* of one name */
#define EAGER (8u << 20)                /* bytes, then the disk may begin */
#define TEMP_LEN 24
#define KEPT (8u << 20)                 /* bytes of what is queued */

/* Whole, and without a name. */
struct queued {
    uint64_t temp;
    char *path;                         /* of folders, NULL: none */
    char name[NAMES_MAX + 1];
    bool other, told;                   /* `done` gets it */
    uint8_t *room;                      /* of the tag, or NULL */
    struct slice tag;
};

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
    size_t loose;                       /* of the queue, not durable yet */
    size_t kept;                        /* bytes of paths and tags in it */
    int top, part;
    enum err (*done)(void *arg, const struct placed *p);
    void *arg;
    uint64_t temps;
    struct writing way[PLACING_WAYS];
    struct queued q[PLACING_QUEUE];
    size_t n;
    char *at;                           /* folder that is open; NULL none */
    char *named;                        /* as it is called here */
    int folder;
};

static enum err
from_errno(void)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
    case ENOTDIR:
        return ERR_ACCESS;
    case EEXIST:
        return ERR_EXISTS;
    case ENOENT:
        return ERR_NOTFOUND;
    case ENOMEM:
        return ERR_NOMEM;
    case EWOULDBLOCK:
        return ERR_INUSE;
    default:
        return ERR_IO;
    }
}

static void
close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static int
open_folder(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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
    const int fd = open_folder(p->part, ".");
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

static enum err
open_part(struct placing *p)
{
    if (mkdirat(p->top, PART, 0700) != 0 && errno != EEXIST)
        return from_errno();
    if ((p->part = open_folder(p->top, PART)) < 0 ||
        flock(p->part, LOCK_EX | LOCK_NB) != 0)
        return from_errno();
    p->locked = true;
    remove_leftovers(p);
    return OK;
}

static enum err
open_top(struct placing *p)
{
    if (mkdir(p->dir, 0700) == 0)
        p->made = true;
    else if (errno != EEXIST)
        return from_errno();
    /* A link that the officer gave himself is his to give. */
    p->top = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return p->top >= 0 ? OK : errno == ENOTDIR ? ERR_EXISTS : from_errno();
}

enum err
placing_open(const char *dir, enum err (*done)(void *arg,
    const struct placed *p), void *arg, struct placing **out)
{
    struct placing *p = calloc(1, sizeof(*p));
    enum err e = ERR_NOMEM;

    if (p == NULL)
        return e;
    p->top = p->part = p->folder = -1;
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
        return from_errno();
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
    return w->fd < 0 ? from_errno() : OK;
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
        return from_errno();
    (void)posix_fadvise(w->fd, done, begun - done, POSIX_FADV_DONTNEED);
    return OK;
}

enum err
placing_data(struct placing *p, enum placing_way way, struct slice s)
{
    struct writing *w = &p->way[way];

    while (s.n > 0) {
        const ssize_t n = write(w->fd, s.p, s.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return from_errno();
        w->size += (uint64_t)n;
        s = slice_of(s.p + n, s.n - (size_t)n);
    }
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

/* "under/folder/folder", each part clean. */
static enum err
clean_path(const struct placing_name *n, struct queued *q)
{
    const size_t folders = n->folders == NULL ? 0 : n->folders->n;
    char part[NAMES_MAX + 1];
    struct buf b;
    enum err e;

    if (n->under == NULL && folders == 0)
        return OK;
    buf_init(&b, PLACING_PATH_MAX - NAMES_MAX - 1);
    if (n->under != NULL)
        buf_put_str(&b, n->under);
    for (size_t i = 0; i < folders; i++) {
        if (names_clean(n->folders->v[i].s, part))
            q->other = true;
        buf_put_str(&b, b.n > 0 ? "/" : "");
        buf_put_str(&b, part);
    }
    buf_put_u8(&b, '\0');
    if ((e = buf_done(&b)) == OK &&
        (q->path = strdup((const char *)b.p)) == NULL)
        e = ERR_NOMEM;
    buf_clear(&b);
    return e;
}

/* A folder by this name or, where that is something else, by a number. */
static enum err
enter(int *at, const char *want, char named[static NAMES_MAX + 1])
{
    int fd = -1;

    (void)snprintf(named, NAMES_MAX + 1, "%s", want);
    for (unsigned i = 2; fd < 0 && i < NUMBERS; i++) {
        if (mkdirat(*at, named, 0700) != 0 && errno != EEXIST)
            return from_errno();
        fd = open_folder(*at, named);
        if (fd < 0 && errno != ENOTDIR && errno != ELOOP)
            return from_errno();
        if (fd < 0)
            names_number(want, i, named);
    }
    if (fd < 0)
        return ERR_EXISTS;
    (void)close(*at);
    *at = fd;
    return OK;
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
    buf_init(&b, 2 * PLACING_PATH_MAX);
    p->at = strdup(path);
    copy = rest = strdup(path);
    if (p->at == NULL || copy == NULL)
        e = ERR_NOMEM;
    if (e == OK && (p->folder = dup(p->top)) < 0)
        e = from_errno();
    for (char *part; e == OK && (part = strsep(&rest, "/")) != NULL; ) {
        e = *part == '\0' ? OK : enter(&p->folder, part, named);
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

/* The name, or the first number of it that is free. */
static enum err
rename_one(struct placing *p, const struct queued *q,
    char named[static NAMES_MAX + 1])
{
    char temp[TEMP_LEN];

    temp_name(q->temp, temp);
    (void)snprintf(named, NAMES_MAX + 1, "%s", q->name);
    for (unsigned i = 2; i < NUMBERS; i++) {
        if (renameat2(p->part, temp, p->folder, named,
            RENAME_NOREPLACE) == 0)
            return OK;
        /* A disk that cannot do that can link, or this cannot be done. */
        if (errno == EINVAL && linkat(p->part, temp, p->folder, named,
            0) == 0)
            return unlinkat(p->part, temp, 0) == 0 ? OK : from_errno();
        if (errno != EEXIST)
            return from_errno();
        names_number(q->name, i, named);
    }
    return ERR_EXISTS;
}

static enum err
place(struct placing *p, struct queued *q)
{
    char named[NAMES_MAX + 1], path[2 * PLACING_PATH_MAX];
    char wanted[2 * PLACING_PATH_MAX];
    enum err e;

    if ((e = open_path(p, q->path == NULL ? "" : q->path)) != OK ||
        (e = rename_one(p, q, named)) != OK)
        return e;
    (void)snprintf(path, sizeof(path), "%s%s", p->named, named);
    (void)snprintf(wanted, sizeof(wanted), "%s%s%s", p->at,
        p->at[0] != '\0' ? "/" : "", q->name);
    return p->done == NULL || !q->told ? OK : p->done(p->arg,
        &(struct placed){ path, q->other || strcmp(path, wanted) != 0,
        q->tag });
}

static void
empty_queue(struct placing *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->q[i].path);
        free(p->q[i].room);
    }
    p->n = p->loose = p->kept = 0;
}

static enum err
copy_tag(struct slice tag, struct queued *q)
{
    if (tag.n == 0)
        return OK;
    if (tag.n > PLACING_TAG_MAX)
        return E_OVERSIZE;
    if ((q->room = malloc(tag.n)) == NULL)
        return ERR_NOMEM;
    memcpy(q->room, tag.p, tag.n);
    q->tag = slice_of(q->room, tag.n);
    return OK;
}

static enum err
place_all(struct placing *p)
{
    enum err e = OK;

    if (p->n == 0)
        return OK;
    if (p->loose > 0 && syncfs(p->part) != 0)
        e = from_errno();
    for (size_t i = 0; e == OK && i < p->n; i++)
        e = place(p, &p->q[i]);
    p->unsynced = true;
    if (e == OK)
        empty_queue(p);
    return e;
}

enum err
placing_keep(struct placing *p, enum placing_way way,
    const struct placing_name *n)
{
    struct queued *q = &p->q[p->n];
    struct writing *w = &p->way[way];
    const bool alone = w->size >= PLACING_ALONE;
    enum err e = OK;

    *q = (struct queued){ .temp = w->temp, .told = way == PLACING_FILE };
    q->other = names_clean(n->name, q->name);
    if ((e = clean_path(n, q)) == OK && (e = copy_tag(n->tag, q)) == OK &&
        alone && fsync(w->fd) != 0)
        e = from_errno();
    if (e == OK && close(w->fd) != 0)
        e = from_errno();
    else if (e != OK)
        (void)close(w->fd);
    w->fd = -1;
    p->n++;
    p->loose += !alone;
    if (e != OK)
        return e;
    p->kept += q->tag.n + (q->path != NULL ? strlen(q->path) : 0);
    return alone || p->n == PLACING_QUEUE || p->kept > KEPT ?
        place_all(p) : OK;
}

enum err
placing_flush(struct placing *p)
{
    enum err e = place_all(p);

    if (e == OK && p->unsynced && syncfs(p->top) != 0)
        e = from_errno();
    p->unsynced = p->unsynced && e != OK;
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
    empty_queue(p);
    if (p->locked) {
        remove_leftovers(p);
        (void)unlinkat(p->top, PART, AT_REMOVEDIR);
    }
    close_fd(&p->part);
    close_fd(&p->top);
    if (p->made)
        (void)rmdir(p->dir);
    free(p->dir);
    free(p);
}
