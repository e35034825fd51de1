#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/file.h"

enum err
file_err(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOTFOUND;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
        return ERR_ACCESS;
    case EEXIST:
        return ERR_EXISTS;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_FULL;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return ERR_NOMEM;
    default:
        return ERR_IO;
    }
}

static enum err
read_all(int fd, struct buf *out)
{
    for (;;) {
        uint8_t part[4096];
        ssize_t n = read(fd, part, sizeof(part));

        if (n > 0)
            buf_put(out, part, (size_t)n);
        sodium_memzero(part, sizeof(part));
        if (n == 0 || out->bad)
            return buf_done(out);
        if (n < 0 && errno != EINTR)
            return file_err(errno);
    }
}

static enum err
read_file(const char *path, int flags, bool secret, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
    struct stat st;
    enum err e;

    if (fd < 0)
        return file_err(errno);
    if (fstat(fd, &st) != 0)
        e = file_err(errno);
    else if (!S_ISREG(st.st_mode))
        e = ERR_FORMAT;
    else if (secret && ((st.st_mode & 077) != 0 || st.st_uid != geteuid()))
        e = ERR_PERM;
    else
        e = read_all(fd, out);
    (void)close(fd);
    return e;
}

enum err
file_read(const char *path, struct buf *out)
{
    return read_file(path, 0, false, out);
}

enum err
file_read_secret(const char *path, struct buf *out)
{
    return read_file(path, O_NOFOLLOW, true, out);
}

static enum err
write_all(int fd, struct slice s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return file_err(errno);
        s = slice_of(s.p + n, s.n - (size_t)n);
    }
    return fsync(fd) == 0 ? OK : file_err(errno);
}

/* The folder of path, so that the rename itself is synced; not every file
 * system can do that of a folder (EINVAL). */
static enum err
sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX] = ".";
    enum err e;
    int fd;

    if (slash != NULL)
        (void)snprintf(folder, sizeof(folder), "%.*s",
            (int)(slash == path ? 1 : slash - path), path);
    if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return file_err(errno);
    e = fsync(fd) == 0 || errno == EINVAL ? OK : file_err(errno);
    (void)close(fd);
    return e;
}

enum err
file_write(const char *path, struct slice content, unsigned mode,
    bool replace)
{
    char temp[PATH_MAX];
    enum err e;
    int fd;

    if (snprintf(temp, sizeof(temp), "%s.%08x.new", path,
        (unsigned)randombytes_random()) >= (int)sizeof(temp))
        return E_OVERSIZE;
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return file_err(errno);
    e = write_all(fd, content);
    if (close(fd) != 0 && e == OK)
        e = file_err(errno);
    if (e == OK && replace)
        e = rename(temp, path) == 0 ? OK : file_err(errno);
    else if (e == OK)
        e = link(temp, path) == 0 ? OK : file_err(errno);
    if (e != OK || !replace)
        (void)unlink(temp);
    return e == OK ? sync_folder(path) : e;
}
