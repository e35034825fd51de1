#include <errno.h>
#include <sys/socket.h>

#include "keys/handover.h"
#include "keys/secret_in.h"

static enum err
send_all(int fd, const uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return ERR_IO;
        p += k;
        n -= (size_t)k;
    }
    return OK;
}

static enum err
receive_all(int fd, uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t k = recv(fd, p, n, 0);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return ERR_IO;
        p += k;
        n -= (size_t)k;
    }
    return OK;
}

enum err
handover_send(int fd, const struct secret *s)
{
    uint8_t n[2];
    enum err e;

    put_u16(n, (uint16_t)s->n);
    if ((e = send_all(fd, n, sizeof(n))) != OK)
        return e;
    return send_all(fd, s->p, s->n);
}

enum err
handover_receive(int fd, struct secret **out)
{
    struct secret *s = NULL;
    uint8_t n[2];
    enum err e;

    if ((e = receive_all(fd, n, sizeof(n))) != OK)
        return e;
    if (get_u16(n) == 0 || get_u16(n) > SECRET_MAX)
        return ERR_FORMAT;
    if ((e = secret_new(get_u16(n), &s)) != OK)
        return e;
    if ((e = receive_all(fd, s->p, s->n)) != OK) {
        secret_free(s);
        return e;
    }
    *out = s;
    return OK;
}
