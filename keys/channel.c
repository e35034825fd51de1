#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <zmq.h>

#include "keys/channel.h"
#include "keys/hpke.h"
#include "keys/ipc.h"
#include "keys/secret_in.h"

/* In libzmq since 4.3.2, named in its draft header alone: a server without
 * somebody who answers ZAP lets nobody in, instead of everybody. */
#define ENFORCE_DOMAIN 93

#define TCP "tcp://"
#define PORT_DIGITS 5
#define CURVE_OVERHEAD 33
#define MAX_SOCKETS 1023

/* Set before bind or connect: libzmq ignores what comes later.  Of what it has
 * written to the connection it learns only when half of SNDHWM frames went, so
 * that the other half is what may really wait. */
static const struct { int option; int value; } numbers[] = {
    { ZMQ_LINGER, 0 },
    { ZMQ_IMMEDIATE, 1 },
    { ZMQ_SNDHWM, 2 * CHANNEL_FLIGHT },
    { ZMQ_RCVHWM, CHANNEL_FLIGHT },
    { ZMQ_HANDSHAKE_IVL, 3000 },
    { ZMQ_HEARTBEAT_IVL, 15000 },
    { ZMQ_HEARTBEAT_TIMEOUT, 60000 },
    { ZMQ_CONNECT_TIMEOUT, 10000 },
    { ZMQ_RECONNECT_IVL, 1000 },
    { ZMQ_RECONNECT_IVL_MAX, 30000 },
    { ZMQ_BACKLOG, 512 },
};

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* An abstract name (@) has no folder whose permissions would guard it, and
 * a path that the kernel cannot take would be cut. */
static bool
ipc_ok(const char *path)
{
    static const struct sockaddr_un room;

    if (path[0] == '\0' || path[0] == '@' || path[0] == '*')
        return false;
    for (const char *p = path; *p != '\0'; p++) {
        if (!isprint((unsigned char)*p) || *p == ';')
            return false;
    }
    return strlen(path) < sizeof(room.sun_path);
}

/* HOST:PORT, where HOST may be [an IPv6 address]. */
static bool
tcp_ok(const char *text)
{
    const char *colon = strrchr(text, ':');
    const char *end = colon;
    size_t digits;

    if (colon == NULL || colon == text)
        return false;
    digits = strspn(colon + 1, "0123456789");
    if (digits < 1 || digits > PORT_DIGITS || colon[1 + digits] != '\0' ||
        colon[1] == '0' || strtol(colon + 1, NULL, 10) > UINT16_MAX)
        return false;
    if (text[0] == '[') {
        end--;
        text++;
        return *end == ']' && end > text &&
            strspn(text, "0123456789abcdefABCDEF:.%") == (size_t)(end - text);
    }
    return (colon == text + 1 && *text == '*') ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
            "0123456789-._") == (size_t)(end - text);
}

bool
channel_endpoint_ok(const char *text)
{
    if (strlen(text) > CHANNEL_ENDPOINT_MAX)
        return false;
    if (begins(text, TCP))
        return tcp_ok(text + strlen(TCP));
    return ipc_path(text) != NULL && ipc_ok(ipc_path(text));
}

bool
channel_dial_ok(const char *text)
{
    return channel_endpoint_ok(text) && !begins(text, TCP "*");
}

bool
channel_peer_ok(const char *text)
{
    return channel_dial_ok(text) && begins(text, TCP);
}

bool
channel_card_ok(const struct rec *card, size_t *at)
{
    const struct value *v = record_value(card, "endpoints");
    char text[CHANNEL_ENDPOINT_MAX + 2];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        (void)snprintf(text, sizeof(text), "%.*s", (int)v->v[i].s.n,
            (const char *)v->v[i].s.p);
        *at = i;
        if (!channel_peer_ok(text))
            return false;
    }
    return true;
}

enum err
channel_context(void **out)
{
    void *zmq = zmq_ctx_new();

    if (zmq == NULL)
        return ERR_NOMEM;
    if (zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, MAX_SOCKETS) != 0) {
        (void)zmq_ctx_term(zmq);
        return ERR_INTERNAL;
    }
    *out = zmq;
    return OK;
}

void
channel_context_free(void *zmq)
{
    while (zmq != NULL && zmq_ctx_term(zmq) != 0 && errno == EINTR)
        ;
}

void
channel_close(void *socket)
{
    if (socket != NULL)
        (void)zmq_close(socket);
}

static bool
set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool
set_key(void *socket, int option, struct slice key)
{
    return zmq_setsockopt(socket, option, key.p, key.n) == 0;
}

/* A name is looked up for IPv4 alone: libzmq takes the first address that it
 * finds and never tries a second. */
static bool
wants_ipv6(const char *endpoint)
{
    return begins(endpoint, TCP "[") || begins(endpoint, TCP "*");
}

static bool
set_limits(void *socket, const char *endpoint)
{
    const int64_t max = CHANNEL_MAX;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (!set_number(socket, numbers[i].option, numbers[i].value))
            return false;
    }
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max, sizeof(max)) == 0 &&
        set_number(socket, ZMQ_IPV6, wants_ipv6(endpoint));
}

static bool
set_server(void *socket, const struct channel_opts *o)
{
    return set_number(socket, ZMQ_CURVE_SERVER, 1) &&
        set_key(socket, ZMQ_CURVE_SECRETKEY, secret_slice(o->curve)) &&
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, o->domain,
            strlen(o->domain)) == 0 &&
        set_number(socket, ENFORCE_DOMAIN, 1) &&
        set_number(socket, ZMQ_ROUTER_MANDATORY, 1);
}

static bool
set_client(void *socket, const struct channel_opts *o)
{
    uint8_t public[KEY_LEN];

    hpke_public(o->curve, public);
    return set_key(socket, ZMQ_CURVE_SERVERKEY,
            slice_of(o->server, KEY_LEN)) &&
        set_key(socket, ZMQ_CURVE_PUBLICKEY, SLICE(public)) &&
        set_key(socket, ZMQ_CURVE_SECRETKEY, secret_slice(o->curve));
}

static enum err
make(const struct channel_opts *o, void **out)
{
    const bool server = o->server == NULL;
    void *socket;

    if (!channel_endpoint_ok(o->endpoint))
        return ERR_CONFIG;
    socket = zmq_socket(o->zmq, server ? ZMQ_ROUTER : ZMQ_DEALER);
    if (socket == NULL)
        return ERR_NOMEM;
    if (!set_limits(socket, o->endpoint) ||
        !(server ? set_server(socket, o) : set_client(socket, o))) {
        channel_close(socket);
        return ERR_INTERNAL;
    }
    *out = socket;
    return OK;
}

static enum err
err_of_bind(void)
{
    switch (errno) {
    case EADDRINUSE:
        return ERR_INUSE;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_ACCESS;
    case EINVAL:
    case ENODEV:
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case EADDRNOTAVAIL:
        return ERR_CONFIG;
    default:
        return ERR_IO;
    }
}

int64_t
channel_now(void)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum err
channel_listen(const struct channel_opts *o, void **out)
{
    const char *path = ipc_path(o->endpoint);
    void *socket = NULL;
    enum err e;

    if ((e = make(o, &socket)) != OK)
        goto out;
    if (path != NULL && (e = ipc_clear(path, SOCK_STREAM)) != OK)
        goto out;
    if (zmq_bind(socket, o->endpoint) != 0) {
        e = err_of_bind();
        goto out;
    }
    if (path != NULL && (e = ipc_permit(path)) != OK)
        goto out;
    *out = socket;
    socket = NULL;
out:
    channel_close(socket);
    return e;
}

enum err
channel_dial(const struct channel_opts *o, void **out)
{
    void *socket = NULL;
    enum err e = make(o, &socket);

    if (e == OK)
        e = channel_redial(socket, o->endpoint);
    if (e != OK) {
        channel_close(socket);
        return e;
    }
    *out = socket;
    return OK;
}

enum err
channel_dealer(const struct channel_opts *o, void **out)
{
    return make(o, out);
}

enum err
channel_redial(void *socket, const char *endpoint)
{
    /* Not connected at all is as good. */
    if ((zmq_disconnect(socket, endpoint) != 0 && errno != ENOENT) ||
        zmq_connect(socket, endpoint) != 0)
        return errno == EINVAL ? ERR_CONFIG : ERR_IO;
    return OK;
}

static enum err
wait_for(void *socket, short what, int64_t until)
{
    for (;;) {
        zmq_pollitem_t item = { socket, 0, what, 0 };
        int64_t left = until - channel_now();
        int n = zmq_poll(&item, 1, left > 0 ? (long)left : 0);

        if (n > 0)
            return OK;
        if (n < 0 && errno != EINTR)
            return ERR_IO;
        if (channel_now() >= until)
            return ERR_UNREACHABLE;
    }
}

/* Whether a monitor says that the server does not let this key in. */
static bool
is_refused(void *monitor)
{
    uint8_t event[6], address[1];
    uint16_t number = 0;

    if (zmq_recv(monitor, event, sizeof(event), ZMQ_DONTWAIT) != 6)
        return false;
    (void)zmq_recv(monitor, address, sizeof(address), ZMQ_DONTWAIT);
    memcpy(&number, event, sizeof(number));
    return number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
}

/* Wait until the connection is up, or the server has refused this key. */
static enum err
wait_up(void *socket, void *monitor, int64_t until)
{
    for (;;) {
        zmq_pollitem_t item[] = { { socket, 0, ZMQ_POLLOUT, 0 },
            { monitor, 0, ZMQ_POLLIN, 0 } };
        int64_t left = until - channel_now();
        int n = zmq_poll(item, 2, left > 0 ? (long)left : 0);

        if (n < 0 && errno != EINTR)
            return ERR_IO;
        if (n > 0 && (item[0].revents & ZMQ_POLLOUT) != 0)
            return OK;
        if (n > 0 && is_refused(monitor))
            return ERR_ACCESS;
        if (channel_now() >= until)
            return ERR_UNREACHABLE;
    }
}

static enum err
receive(void *socket, struct buf *answer)
{
    enum err e = OK;
    zmq_msg_t msg;

    if (zmq_msg_init(&msg) != 0)
        return ERR_NOMEM;
    if (zmq_msg_recv(&msg, socket, ZMQ_DONTWAIT) < 0) {
        e = ERR_IO;
    } else if (zmq_msg_more(&msg)) {
        e = E_MALFORMED;
    } else {
        buf_put(answer, zmq_msg_data(&msg), zmq_msg_size(&msg));
        e = buf_done(answer);
    }
    (void)zmq_msg_close(&msg);
    return e;
}

/* The first failure may be over before it is watched; the next is seen. */
enum err
channel_up(void *socket, void *zmq, int ms)
{
    const int64_t until = channel_now() + ms;
    const int none = 0;
    char name[64];
    void *monitor = zmq_socket(zmq, ZMQ_PAIR);
    enum err e;

    if (monitor == NULL)
        return ERR_NOMEM;
    (void)snprintf(name, sizeof(name), "inproc://up-%p", socket);
    if (zmq_setsockopt(monitor, ZMQ_LINGER, &none, sizeof(none)) != 0 ||
        zmq_socket_monitor(socket, name, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
        != 0 || zmq_connect(monitor, name) != 0)
        e = ERR_NOMEM;
    else
        e = wait_up(socket, monitor, until);
    (void)zmq_socket_monitor(socket, NULL, 0);
    channel_close(monitor);
    return e;
}

/* One byte more than the limit, and the node would close the connection. */
static enum err
gather(const struct slice *parts, size_t n, zmq_msg_t *msg)
{
    size_t all = 0;
    uint8_t *to;

    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > CHANNEL_MAX - CURVE_OVERHEAD - all)
            return E_OVERSIZE;
        all += parts[i].n;
    }
    if (zmq_msg_init_size(msg, all) != 0)
        return ERR_NOMEM;
    to = zmq_msg_data(msg);
    for (size_t i = 0; i < n; to += parts[i++].n)
        if (parts[i].n > 0)
            memcpy(to, parts[i].p, parts[i].n);
    return OK;
}

enum err
channel_put(void *socket, const struct slice *parts, size_t n, int ms)
{
    zmq_msg_t msg;
    enum err e;

    if ((e = gather(parts, n, &msg)) != OK)
        return e;
    if ((e = wait_for(socket, ZMQ_POLLOUT, channel_now() + ms)) == OK) {
        if (zmq_msg_send(&msg, socket, ZMQ_DONTWAIT) >= 0)
            return OK;
        e = errno == EAGAIN ? ERR_UNREACHABLE : ERR_IO;
    }
    (void)zmq_msg_close(&msg);
    return e;
}

enum err
channel_take(void *socket, int ms, struct buf *answer)
{
    enum err e = wait_for(socket, ZMQ_POLLIN, channel_now() + ms);

    return e != OK ? e : receive(socket, answer);
}

enum err
channel_ask(void *socket, struct slice request, int ms, struct buf *answer)
{
    const int64_t until = channel_now() + ms;
    enum err e;

    /* One byte more, and the node would close the connection. */
    if (request.n > CHANNEL_MAX - CURVE_OVERHEAD)
        return E_OVERSIZE;
    if ((e = wait_for(socket, ZMQ_POLLOUT, until)) != OK)
        return e;
    if (zmq_send(socket, request.p, request.n, ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? ERR_UNREACHABLE : ERR_IO;
    if ((e = wait_for(socket, ZMQ_POLLIN, until)) != OK)
        return e;
    return receive(socket, answer);
}

enum err
channel_ask_again(const struct channel_opts *o, void **socket,
    struct slice request, int first, int ms, struct buf *answer)
{
    const int64_t until = channel_now() + ms;
    enum err e = OK;
    int64_t now, end;

    while ((now = channel_now()) < until) {
        /* A short rest is no try of its own. */
        end = until - now < 2 * (int64_t)first ? until : now + first;
        if (*socket == NULL && (e = channel_dial(o, socket)) == OK)
            e = channel_up(*socket, o->zmq, (int)(end - now));
        if (e == OK)
            e = channel_ask(*socket, request, (int)(end - channel_now()),
                answer);
        if (e == OK)
            return OK;
        channel_close(*socket);
        *socket = NULL;
        if (e != ERR_UNREACHABLE)
            return e;
        e = OK;
        first *= 2;
    }
    return ERR_UNREACHABLE;
}
