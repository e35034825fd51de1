#define _GNU_SOURCE             /* memrchr */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/folder.h"
#include "keys/file.h"

#define NUMBER_MAX (1u << 24)   /* of one name */

/* What is no folder is not followed; another command places files there. */
enum err
folder_error(void)
{
    return errno == ENOTDIR ? ERR_ACCESS : errno == EWOULDBLOCK ? ERR_INUSE :
        file_err(errno);
}

int
folder_open(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool
is_name(struct slice s)
{
    return s.n > 0 && s.n <= NAMES_MAX && !slice_is(s, ".") &&
        !slice_is(s, "..");
}

/* The folder of this name in *at, which is closed. */
static int
into(int at, struct slice part)
{
    char name[NAMES_MAX + 1];
    int fd = -1;

    if (is_name(part)) {
        (void)snprintf(name, sizeof(name), "%.*s", (int)part.n,
            (const char *)part.p);
        fd = folder_open(at, name);
    }
    (void)close(at);
    return fd;
}

int
folder_of(int top, const char *path, const char **name)
{
    int fd = fcntl(top, F_DUPFD_CLOEXEC, 0);

    for (const char *end; fd >= 0 && (end = strchr(path, '/')) != NULL;
        path = end + 1)
        fd = into(fd, slice_of((const uint8_t *)path, (size_t)(end - path)));
    *name = path;
    if (fd >= 0 && !is_name(slice_str(path))) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

int
folder_at(int top, const char *path)
{
    const char *name;
    const int fd = folder_of(top, path, &name);

    return fd < 0 ? -1 : into(fd, slice_str(name));
}

static bool
is_there(int at, const char *name)
{
    struct stat st;

    return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
is_no_folder(int at, const char *name)
{
    struct stat st;

    return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(st.st_mode);
}

/*
 * The name, or a number of it that is not taken while the one before is.  By
 * doubling and halving that is found in a few looks, also where a sender gave
 * one name to all of his files.
 */
static enum err
pick(int at, const char *want, bool (*taken)(int at, const char *name),
    char named[static NAMES_MAX + 1])
{
    unsigned low = 1, high = 1;

    (void)snprintf(named, NAMES_MAX + 1, "%s", want);
    while (taken(at, named)) {
        if (high == NUMBER_MAX)
            return ERR_EXISTS;
        low = high;
        high *= 2;
        names_number(want, high, named);
    }
    while (high - low > 1) {
        const unsigned middle = low + (high - low) / 2;

        names_number(want, middle, named);
        if (taken(at, named))
            low = middle;
        else
            high = middle;
    }
    if (high > 1)
        names_number(want, high, named);
    return OK;
}

enum err
folder_free(int at, const char *want, char named[static NAMES_MAX + 1])
{
    return pick(at, want, is_there, named);
}

enum err
folder_enter(int *at, const char *want, char named[static NAMES_MAX + 1])
{
    enum err e = pick(*at, want, is_no_folder, named);
    int fd;

    if (e != OK)
        return e;
    if ((mkdirat(*at, named, 0700) != 0 && errno != EEXIST) ||
        (fd = folder_open(*at, named)) < 0)
        return folder_error();
    (void)close(*at);
    *at = fd;
    return OK;
}

void
folder_remove_empty(int top, const char *path)
{
    const char *name, *end = path + strlen(path);
    struct buf b;
    int fd;

    buf_init(&b, (size_t)(end - path) + 1);
    while ((end = memrchr(path, '/', (size_t)(end - path))) != NULL) {
        buf_reset(&b);
        buf_put(&b, path, (size_t)(end - path));
        buf_put_u8(&b, '\0');
        if (buf_done(&b) != OK ||
            (fd = folder_of(top, (const char *)b.p, &name)) < 0)
            break;
        if (unlinkat(fd, name, AT_REMOVEDIR) != 0)
            end = path;
        (void)close(fd);
    }
    buf_clear(&b);
}
