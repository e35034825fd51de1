/* memfd_create and its seals are Linux's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "keys/ipc.h"
#include "keys/lend.h"
#include "keys/random.h"

#define SIZE ((size_t)LEND_SLOTS * PARCEL_BLOCK)
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)
#define TAKE_MAX 32                     /* datagrams at a time */

/* Room for one descriptor, aligned.  CONTROL is without what the alignment
 * adds, in which a second one would have room. */
union control {
    struct cmsghdr head;
    uint8_t room[CMSG_SPACE(sizeof(int))];
};
#define CONTROL CMSG_LEN(sizeof(int))

/* PATH.lend; false where there is none. */
static bool
address(const char *endpoint, struct sockaddr_un *at)
{
    const char *path = ipc_path(endpoint);

    if (path == NULL ||
        strlen(path) + strlen(LEND_ENDING) >= sizeof(at->sun_path))
        return false;
    *at = (struct sockaddr_un){ .sun_family = AF_UNIX };
    (void)snprintf(at->sun_path, sizeof(at->sun_path), "%s%s", path,
        LEND_ENDING);
    return true;
}

/* Of a client. */

struct lend {
    struct sockaddr_un at;
    uint8_t ticket[LEND_TICKET_LEN];
    int fd;
    uint8_t *map;
    int64_t sent;                       /* monotonic ms */
};

static int64_t
now_ms(void)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err
make(struct lend *l)
{
    void *map;

    l->fd = memfd_create("valise", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (l->fd < 0 || ftruncate(l->fd, (off_t)SIZE) != 0 ||
        fcntl(l->fd, F_ADD_SEALS, SEALS) != 0)
        return ERR_NOMEM;
    map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, l->fd, 0);
    if (map == MAP_FAILED)
        return ERR_NOMEM;
    l->map = map;
    random_bytes(l->ticket, sizeof(l->ticket));
    return OK;
}

enum err
lend_new(const char *endpoint, struct lend **out)
{
    struct lend *l = calloc(1, sizeof(*l));
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    l->fd = -1;
    e = address(endpoint, &l->at) ? make(l) : ERR_UNREACHABLE;
    if (e == OK)
        e = lend_again(l);
    if (e != OK)
        lend_free(l);
    else
        *out = l;
    return e;
}

void
lend_free(struct lend *l)
{
    if (l == NULL)
        return;
    if (l->map != NULL)
        (void)munmap(l->map, SIZE);
    if (l->fd >= 0)
        (void)close(l->fd);
    free(l);
}

enum err
lend_again(struct lend *l)
{
    const int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
        0);
    struct iovec part = { l->ticket, sizeof(l->ticket) };
    union control c = { .room = { 0 } };
    const struct msghdr m = { .msg_name = &l->at,
        .msg_namelen = sizeof(l->at), .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = &c, .msg_controllen = CONTROL };
    ssize_t sent;

    if (to < 0)
        return ERR_UNREACHABLE;
    c.head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
        .cmsg_type = SCM_RIGHTS, .cmsg_len = CONTROL };
    memcpy(CMSG_DATA(&c.head), &l->fd, sizeof(int));
    sent = sendmsg(to, &m, MSG_NOSIGNAL);
    (void)close(to);
    l->sent = now_ms();
    return sent == LEND_TICKET_LEN ? OK : ERR_UNREACHABLE;
}

void
lend_keep(struct lend *l)
{
    /* A failure shows when the node is asked. */
    if (now_ms() - l->sent >= LEND_IDLE_MS / 3 && lend_again(l) != OK)
        l->sent = 0;
}

struct slice
lend_ticket(const struct lend *l)
{
    return SLICE(l->ticket);
}

uint8_t *
lend_slot(const struct lend *l, size_t i)
{
    return l->map + i * PARCEL_BLOCK;
}

bool
lend_find(const struct lend *l, const uint8_t *p, size_t *i)
{
    const uintptr_t at = (uintptr_t)p;

    if (l == NULL || at < (uintptr_t)l->map || at - (uintptr_t)l->map >= SIZE)
        return false;
    *i = (at - (uintptr_t)l->map) / PARCEL_BLOCK;
    return true;
}

/* Of a node. */

struct lent {
    uint8_t ticket[LEND_TICKET_LEN];
    int fd;                             /* -1: free */
    int64_t used;                       /* monotonic ms */
};

struct lends {
    int socket;
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    struct lent lent[LEND_MAX];
};

static enum err
listen_at(struct lends *x, const struct sockaddr_un *at)
{
    enum err e;

    x->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (x->socket < 0)
        return ERR_IO;
    if ((e = ipc_clear(at->sun_path, SOCK_DGRAM)) != OK)
        return e;
    if (bind(x->socket, (const struct sockaddr *)at, sizeof(*at)) != 0)
        return errno == EADDRINUSE ? ERR_INUSE : errno == EACCES ?
            ERR_ACCESS : ERR_IO;
    (void)snprintf(x->path, sizeof(x->path), "%s", at->sun_path);
    return ipc_permit(x->path);
}

enum err
lends_open(const char *endpoint, struct lends **out)
{
    struct sockaddr_un at;
    struct lends *x;
    enum err e;

    *out = NULL;
    if (!address(endpoint, &at))
        return OK;
    if ((x = calloc(1, sizeof(*x))) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < LEND_MAX; i++)
        x->lent[i].fd = -1;
    if ((e = listen_at(x, &at)) != OK)
        lends_close(x);
    else
        *out = x;
    return e;
}

static void
give_back(struct lent *l)
{
    if (l->fd >= 0)
        (void)close(l->fd);
    l->fd = -1;
}

void
lends_close(struct lends *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < LEND_MAX; i++)
        give_back(&x->lent[i]);
    if (x->path[0] != '\0')
        (void)unlink(x->path);
    if (x->socket >= 0)
        (void)close(x->socket);
    free(x);
}

/* Memory of a size that nobody changes: to read it never waits, and to write
 * to it never takes more. */
static bool
is_sealed_memory(int fd)
{
    const int seals = fcntl(fd, F_GET_SEALS);
    struct stat st;

    return seals >= 0 && (seals & SEALS) == SEALS && fstat(fd, &st) == 0 &&
        st.st_size == (off_t)SIZE;
}

static struct lent *
of_ticket(struct lends *x, const uint8_t *ticket)
{
    for (size_t i = 0; i < LEND_MAX; i++)
        if (x->lent[i].fd >= 0 &&
            memcmp(x->lent[i].ticket, ticket, LEND_TICKET_LEN) == 0)
            return &x->lent[i];
    return NULL;
}

/* Takes fd over.  A ticket that is there already keeps what it had: nobody
 * puts other memory in its place. */
static void
keep(struct lends *x, const uint8_t *ticket, int fd, int64_t now)
{
    struct lent *l = &x->lent[0];

    if (!is_sealed_memory(fd) || of_ticket(x, ticket) != NULL) {
        (void)close(fd);
        return;
    }
    for (size_t i = 0; i < LEND_MAX && l->fd >= 0; i++)
        if (x->lent[i].fd < 0 || x->lent[i].used < l->used)
            l = &x->lent[i];
    give_back(l);
    memcpy(l->ticket, ticket, LEND_TICKET_LEN);
    l->fd = fd;
    l->used = now;
}

/* The descriptor of a datagram, -1 for none.  There is room for one; the
 * kernel closes what is beyond it. */
static int
descriptor(struct msghdr *m)
{
    const struct cmsghdr *c = CMSG_FIRSTHDR(m);
    int fd;

    if (c == NULL || c->cmsg_level != SOL_SOCKET ||
        c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CONTROL)
        return -1;
    memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    return fd;
}

/* What waits at the socket. */
static void
take(struct lends *x, int64_t now)
{
    for (int i = 0; i < TAKE_MAX; i++) {
        uint8_t ticket[LEND_TICKET_LEN + 1];
        struct iovec part = { ticket, sizeof(ticket) };
        union control c;
        struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
            .msg_control = &c, .msg_controllen = CONTROL };
        const ssize_t n = recvmsg(x->socket, &m, MSG_CMSG_CLOEXEC);
        const int fd = n < 0 ? -1 : descriptor(&m);

        if (n < 0)
            return;
        if (fd >= 0 && n == LEND_TICKET_LEN)
            keep(x, ticket, fd, now);
        else if (fd >= 0)
            (void)close(fd);
    }
}

int
lends_find(struct lends *x, const uint8_t ticket[static LEND_TICKET_LEN],
    int64_t now)
{
    struct lent *l = of_ticket(x, ticket);

    if (l == NULL) {
        take(x, now);
        l = of_ticket(x, ticket);
    }
    if (l == NULL)
        return -1;
    l->used = now;
    return l->fd;
}

void
lends_tick(struct lends *x, int64_t now)
{
    if (x == NULL)
        return;
    take(x, now);
    for (size_t i = 0; i < LEND_MAX; i++)
        if (now - x->lent[i].used >= LEND_IDLE_MS)
            give_back(&x->lent[i]);
}

enum err
lends_read(int fd, uint64_t i, uint8_t *to, size_t n)
{
    if (i >= LEND_SLOTS || n > PARCEL_BLOCK || pread(fd, to, n,
        (off_t)(i * PARCEL_BLOCK)) != (ssize_t)n)
        return E_NOT_LENT;
    return OK;
}

enum err
lends_write(int fd, uint64_t i, struct slice block)
{
    if (i >= LEND_SLOTS || block.n > PARCEL_BLOCK || pwrite(fd, block.p,
        block.n, (off_t)(i * PARCEL_BLOCK)) != (ssize_t)block.n)
        return E_NOT_LENT;
    return OK;
}
