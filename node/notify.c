#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/notify.h"

void
notify_send(const char *text)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    const char *path = getenv("NOTIFY_SOCKET");
    size_t n = path != NULL ? strlen(path) : 0;
    int fd;

    if (n < 2 || n >= sizeof(at.sun_path) ||
        (path[0] != '/' && path[0] != '@'))
        return;
    (void)memcpy(at.sun_path, path, n);
    if (path[0] == '@')                 /* an abstract name */
        at.sun_path[0] = '\0';
    if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
        return;
    (void)sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
        (const struct sockaddr *)&at,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
    (void)close(fd);
}

void
notify_alive(void)
{
    if (getenv("WATCHDOG_USEC") != NULL)
        notify_send("WATCHDOG=1");
}
