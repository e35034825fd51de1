/*
 * What lies in a folder of certify-origin: each line of SHA256SUMS is a file
 * that is the one of the line and stands in the signed list, each file below
 * files/ has a line, and beside them lies nothing that nobody signed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/folder.h"
#include "cli/files/origin_in.h"
#include "cli/files/placing.h"
#include "cli/text/text.h"

#define SUMS_MAX (PARCEL_FILES_MAX * (2 * HASH_LEN + 3 + PLACING_PATH_MAX))
#define SHOWN 50                        /* files that have a row of their own */
#define FOREIGN_MAX 100                 /* and of those that do not belong */
#define DEPTH_MAX 20                    /* of folders in one another */
#define PATH_BYTES (2 * PLACING_PATH_MAX)

struct folder {
    struct checking *x;
    struct buf sums;
    char **path;                        /* of the lines, sorted */
    size_t n, room;
    uint64_t files, held, foreign;
};

/* "files/a/b.pdf": of ours, and nowhere else. */
static bool
is_inside(const char *path)
{
    if (strncmp(path, "files/", 6) != 0)
        return false;
    for (const char *p = path; p != NULL; p = strchr(p, '/')) {
        p += *p == '/';
        if (*p == '\0' || *p == '/' || (p[0] == '.' && (p[1] == '/' ||
            p[1] == '\0' || (p[1] == '.' && (p[2] == '/' ||
            p[2] == '\0')))))
            return false;
    }
    return true;
}

static int
by_digest(const void *a, const void *b)
{
    return memcmp(a, b, HASH_LEN);
}

static bool
is_listed(const struct checking *x, const struct listed *is)
{
    const struct listed *l = x->n == 0 ? NULL : bsearch(is, x->v, x->n,
        sizeof(*x->v), by_digest);

    return l != NULL && l->size == is->size;
}

/* One line: the file is the one of the line, and in the signed list. */
static const char *
check_file(struct checking *x, const char *hex, const char *path)
{
    uint8_t said[HASH_LEN];
    struct listed is;

    if (!hex_decode(hex, said, sizeof(said)))
        return _("not a line of SHA-256");
    if (!is_inside(path) || origin_hash(x->dir, path, is.digest,
        &is.size) != OK)
        return _("is not there");
    if (memcmp(is.digest, said, HASH_LEN) != 0)
        return _("another SHA-256 than written beside it");
    return is_listed(x, &is) ? NULL : _("not in the signed list");
}

static enum err
keep(struct folder *f, char *path)
{
    const size_t room = f->room == 0 ? 256 : 2 * f->room;
    char **more;

    if (f->n == f->room) {
        if ((more = realloc(f->path, room * sizeof(*more))) == NULL)
            return ERR_NOMEM;
        f->path = more;
        f->room = room;
    }
    f->path[f->n++] = path;
    return OK;
}

/* "<64 digits>  files/a.pdf" */
static enum err
check_line(struct folder *f, char *line)
{
    const size_t hex = 2 * HASH_LEN;
    const bool formed = strlen(line) >= hex + 3 && line[hex] == ' ' &&
        line[hex + 1] == ' ';
    char *path = formed ? line + hex + 2 : line;
    const char *bad = _("not a line of SHA-256");

    if (formed) {
        line[hex] = '\0';
        bad = check_file(f->x, line, path);
    }
    f->files++;
    f->held += bad == NULL;
    if (bad != NULL || f->files <= SHOWN)
        origin_row(f->x, CHECK_FILE, path, bad);
    return keep(f, path);
}

static int
by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static enum err
check_sums(struct folder *f)
{
    char *line, *end;
    enum err e;

    e = origin_file(f->x, ORIGIN_SUMS, SUMS_MAX, &f->sums);
    if (e != OK) {
        origin_row(f->x, CHECK_FILE, ORIGIN_SUMS, _(err_row(e)->text));
        return OK;
    }
    buf_put_u8(&f->sums, '\0');
    if ((e = buf_done(&f->sums)) != OK)
        return e;
    for (line = (char *)f->sums.p; e == OK &&
        (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        e = check_line(f, line);
    }
    if (e == OK && *line != '\0')
        e = check_line(f, line);
    if (f->n > 0)
        qsort(f->path, f->n, sizeof(*f->path), by_text);
    return e;
}

/* Below files/ and on no line. */
static void
add_foreign(struct folder *f, const char *path, const char *bad)
{
    f->foreign++;
    if (f->foreign <= FOREIGN_MAX)
        origin_row(f->x, CHECK_FILE, path, bad);
}

static void
look_at(struct folder *f, const char *path)
{
    struct listed is;
    enum err e;

    if (f->n > 0 && bsearch(&path, f->path, f->n, sizeof(*f->path),
        by_text) != NULL)
        return;
    e = origin_hash(f->x->dir, path, is.digest, &is.size);
    add_foreign(f, path, e != OK ? _("no file of this copy") :
        is_listed(f->x, &is) ? _("in the signed list, but not of this copy: "
        "not in SHA256SUMS") : _("not in the signed list"));
}

static void
walk(struct folder *f, const char *path, unsigned depth)
{
    const int fd = folder_at(f->x->dir, path);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    char below[PATH_BYTES];
    struct stat st;

    if (d == NULL || depth > DEPTH_MAX) {
        add_foreign(f, path, _("cannot be looked into"));
        if (d == NULL && fd >= 0)
            (void)close(fd);
    }
    while (d != NULL && depth <= DEPTH_MAX && (entry = readdir(d)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0)
            continue;
        if ((size_t)snprintf(below, sizeof(below), "%s/%s", path,
            entry->d_name) >= sizeof(below))
            add_foreign(f, path, _("cannot be looked into"));
        else if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(st.st_mode))
            walk(f, below, depth + 1);
        else
            look_at(f, below);
    }
    if (d != NULL)
        (void)closedir(d);
}

static bool
is_ours(const char *name)
{
    static const char *const own[] = { ".", "..", "files", ORIGIN_PROOF,
        ORIGIN_SIGNED, ORIGIN_SEALED };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    for (size_t i = 0; origin_papers[i] != NULL; i++)
        if (strcmp(name, origin_papers[i]) == 0)
            return true;
    return false;
}

/* Beside the papers; it may be anything, and nobody has signed it. */
static void
look_beside(struct checking *x)
{
    const int fd = openat(x->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    size_t n = 0;

    while (d != NULL && n < FOREIGN_MAX && (entry = readdir(d)) != NULL)
        if (!is_ours(entry->d_name)) {
            origin_open(x, CHECK_OTHER, entry->d_name,
                _("not proven by this proof"));
            n++;
        }
    if (d != NULL)
        (void)closedir(d);
    else if (fd >= 0)
        (void)close(fd);
}

static void
sum_up(const struct folder *f)
{
    char about[128];
    size_t n;

    n = (size_t)snprintf(about, sizeof(about), _("%" PRIu64 " of %" PRIu64),
        f->held, f->files);
    if (f->foreign > 0)
        (void)snprintf(about + n, sizeof(about) - n, ngettext(", and %" PRIu64
            " that does not belong there", ", and %" PRIu64 " that do not "
            "belong there", f->foreign), f->foreign);
    origin_row(f->x, CHECK_FILES, about, f->files > 0 &&
        f->held == f->files && f->foreign == 0 ? NULL : _("not all"));
}

enum err
origin_files(struct checking *x)
{
    struct folder f = { .x = x };
    enum err e;

    if ((e = check_sums(&f)) == OK) {
        if (faccessat(x->dir, "files", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            walk(&f, "files", 0);
        sum_up(&f);
        look_beside(x);
    }
    buf_clear(&f.sums);
    free(f.path);
    return e;
}
