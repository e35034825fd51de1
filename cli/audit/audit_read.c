#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/audit/audit_read.h"
#include "keys/file.h"

#define FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* The folder that was opened last is kept, since files are read in rows. */
struct audit_reader {
    int root;
    int last;
    char folder[AUDIT_PATH_MAX];
};

/* An export has folders where they belong, and no links. */
static enum err
system_error(void)
{
    return errno == ENOTDIR || errno == ELOOP ? ERR_FORMAT : file_err(errno);
}

enum err
audit_read_open(const char *dir, struct audit_reader **out)
{
    struct audit_reader *r = calloc(1, sizeof(*r));
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    r->last = -1;
    r->root = open(dir, FOLDER);
    if (r->root < 0) {
        e = system_error();
        free(r);
        return e;
    }
    *out = r;
    return OK;
}

void
audit_read_close(struct audit_reader *r)
{
    if (r == NULL)
        return;
    (void)close(r->root);
    if (r->last >= 0)
        (void)close(r->last);
    free(r);
}

/* Open a folder step by step, so that no link is followed on the way. */
static enum err
open_folder(const struct audit_reader *r, const char *folder, int *out)
{
    char part[AUDIT_PATH_MAX], *next = part;
    int fd = openat(r->root, ".", FOLDER), below;

    if (fd < 0)
        return system_error();
    (void)snprintf(part, sizeof(part), "%s", folder);
    while (next != NULL && *next != '\0') {
        char *name = next;

        if ((next = strchr(name, '/')) != NULL)
            *next++ = '\0';
        below = openat(fd, name, FOLDER | O_NOFOLLOW);
        if (below < 0) {
            enum err e = system_error();

            (void)close(fd);
            return e;
        }
        (void)close(fd);
        fd = below;
    }
    *out = fd;
    return OK;
}

/* The folder of a path, kept for the next file; *name is the rest. */
static enum err
enter(struct audit_reader *r, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) : 0;
    char folder[AUDIT_PATH_MAX];
    enum err e;

    *name = slash != NULL ? slash + 1 : path;
    if (n >= sizeof(folder))
        return ERR_NOTFOUND;
    (void)snprintf(folder, sizeof(folder), "%.*s", (int)n, path);
    if (r->last >= 0 && strcmp(folder, r->folder) == 0)
        return OK;
    if (r->last >= 0)
        (void)close(r->last);
    r->last = -1;
    if ((e = open_folder(r, folder, &r->last)) != OK)
        return e;
    memcpy(r->folder, folder, sizeof(folder));
    return OK;
}

static enum err
read_all(int fd, size_t size, struct buf *out)
{
    uint8_t *p = buf_extend(out, size);
    size_t at = 0;
    ssize_t n;

    if (p == NULL)
        return ERR_NOMEM;
    while (at < size) {
        n = read(fd, p + at, size - at);
        if (n < 0 && errno != EINTR)
            return system_error();
        if (n == 0)
            return ERR_IO;
        if (n > 0)
            at += (size_t)n;
    }
    return OK;
}

enum err
audit_read_file(struct audit_reader *r, const char *path, struct buf *out)
{
    const char *name;
    struct stat st;
    enum err e;
    int fd;

    buf_reset(out);
    if ((e = enter(r, path, &name)) != OK)
        return e;
    if (*name == '\0')
        return ERR_NOTFOUND;
    fd = openat(r->last, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
        O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return system_error();
    if (fstat(fd, &st) != 0)
        e = system_error();
    else if (!S_ISREG(st.st_mode))
        e = ERR_FORMAT;
    else if (st.st_size < 0 || (uintmax_t)st.st_size > out->max)
        e = E_OVERSIZE;
    else
        e = read_all(fd, (size_t)st.st_size, out);
    (void)close(fd);
    return e;
}

static enum audit_is
kind_of(int fd, const char *name)
{
    struct stat st;

    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return AUDIT_IS_OTHER;
    if (S_ISREG(st.st_mode))
        return AUDIT_IS_FILE;
    return S_ISDIR(st.st_mode) ? AUDIT_IS_FOLDER : AUDIT_IS_OTHER;
}

enum err
audit_read_list(struct audit_reader *r, const char *folder, audit_list_fn fn,
    void *arg)
{
    struct dirent *d;
    enum err e;
    DIR *dir;
    int fd;

    if ((e = open_folder(r, folder, &fd)) != OK)
        return e;
    if ((dir = fdopendir(fd)) == NULL) {
        (void)close(fd);
        return ERR_NOMEM;
    }
    while (e == OK) {
        errno = 0;
        if ((d = readdir(dir)) == NULL) {
            if (errno != 0)
                e = ERR_IO;
            break;
        }
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            e = fn(arg, d->d_name, kind_of(dirfd(dir), d->d_name));
    }
    (void)closedir(dir);
    return e;
}

bool
audit_read_number(const char *text, uint64_t *n)
{
    uint64_t v = 0;

    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || v > (UINT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (uint64_t)(*text - '0');
    }
    *n = v;
    return true;
}
