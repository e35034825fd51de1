#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keys/ipc.h"

#define IPC "ipc://"

const char *
ipc_path(const char *endpoint)
{
    return strncmp(endpoint, IPC, strlen(IPC)) == 0 ? endpoint + strlen(IPC) :
        NULL;
}

/* Whether a process listens on the socket at path. */
static bool
lives(const char *path, int type)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    bool is;

    if (fd < 0)
        return true;
    (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    /* Only a refusal proves that nobody is there. */
    is = connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 ||
        errno != ECONNREFUSED;
    (void)close(fd);
    return is;
}

enum err
ipc_clear(const char *path, int type)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? OK : ERR_ACCESS;
    if (!S_ISSOCK(st.st_mode))
        return ERR_EXISTS;
    if (lives(path, type))
        return ERR_INUSE;
    return unlink(path) == 0 ? OK : ERR_ACCESS;
}

enum err
ipc_permit(const char *path)
{
    char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)] = ".";
    const char *slash = strrchr(path, '/');
    struct stat in, st;
    mode_t mode = 0600;

    if (slash != NULL)
        (void)snprintf(folder, sizeof(folder), "%.*s",
            (int)(slash == path ? 1 : slash - path), path);
    if (stat(folder, &in) != 0)
        return ERR_IO;
    /* Fails where this process is not of that group; seen below. */
    if (lchown(path, (uid_t)-1, in.st_gid) != 0 && errno != EPERM)
        return ERR_IO;
    if (lstat(path, &st) != 0)
        return ERR_IO;
    if ((in.st_mode & S_IXGRP) != 0 && in.st_gid == st.st_gid)
        mode |= 0060;
    if ((in.st_mode & S_IXOTH) != 0)
        mode |= 0006;
    return chmod(path, mode) == 0 ? OK : ERR_IO;
}
