#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/ipc.h"
#include "keys/lend.h"
#include "keys/random.h"
#include "proto/hash.h"

#define FOLDER "/dev/shm"
#define FRONT "valise-"
#define NODE_LEN 8                      /* of a name: which node */
#define NAME_MAX_LEN (sizeof(FRONT) + 2 * LEND_NAME_LEN)

struct lent {
    uint8_t name[LEND_NAME_LEN];
    uint8_t kid[HASH_LEN];
    int fd;                             /* -1: free */
    bool named;                         /* the file has its name still */
    int64_t used;                       /* monotonic ms */
};

struct lends {
    int folder;
    const char *path;                   /* of the officers' socket */
    uint8_t node[NODE_LEN];
    struct lent lent[LEND_MAX];
};

enum err
lend_put(int fd, uint64_t i, struct slice block)
{
    if (i >= LEND_SLOTS || block.n > PARCEL_BLOCK || pwrite(fd, block.p,
        block.n, (off_t)(i * PARCEL_BLOCK)) != (ssize_t)block.n)
        return E_NOT_LENT;
    return OK;
}

enum err
lend_get(int fd, uint64_t i, uint8_t *to, size_t n)
{
    if (i >= LEND_SLOTS || n > PARCEL_BLOCK || pread(fd, to, n,
        (off_t)(i * PARCEL_BLOCK)) != (ssize_t)n)
        return E_NOT_LENT;
    return OK;
}

static void
text_of(const uint8_t *name, size_t n, char out[static NAME_MAX_LEN])
{
    memcpy(out, FRONT, sizeof(FRONT));
    hex_encode(slice_of(name, n), out + sizeof(FRONT) - 1);
}

static int
open_folder(void)
{
    return open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Of a client.  Who lies about the name reaches no other file than one of
 * such a name, size and kind. */
enum err
lend_open(const uint8_t name[static LEND_NAME_LEN], int *fd)
{
    const int folder = open_folder();
    char text[NAME_MAX_LEN];
    struct stat st;

    if (folder < 0)
        return E_NOT_LENT;
    text_of(name, LEND_NAME_LEN, text);
    *fd = openat(folder, text, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    (void)close(folder);
    if (*fd < 0)
        return E_NOT_LENT;
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
        st.st_size == (off_t)LEND_SIZE)
        return OK;
    (void)close(*fd);
    return E_NOT_LENT;
}

/* Of a node. */

static void
forget_name(struct lends *x, struct lent *l)
{
    char text[NAME_MAX_LEN];

    if (!l->named)
        return;
    text_of(l->name, LEND_NAME_LEN, text);
    (void)unlinkat(x->folder, text, 0);
    l->named = false;
}

static void
end(struct lends *x, struct lent *l)
{
    if (l->fd < 0)
        return;
    forget_name(x, l);
    (void)close(l->fd);
    l->fd = -1;
}

/* What a run that was killed has left. */
static void
sweep(struct lends *x)
{
    const int fd = open_folder();
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    char front[NAME_MAX_LEN];
    struct dirent *d;

    if (dir == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    text_of(x->node, NODE_LEN, front);
    while ((d = readdir(dir)) != NULL)
        if (strncmp(d->d_name, front, strlen(front)) == 0)
            (void)unlinkat(x->folder, d->d_name, 0);
    (void)closedir(dir);
}

enum err
lends_open(const char *endpoint, struct lends **out)
{
    const char *path = ipc_path(endpoint);
    uint8_t hash[HASH_LEN];
    struct lends *x;

    *out = NULL;
    if (path == NULL)
        return OK;
    if ((x = calloc(1, sizeof(*x))) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < LEND_MAX; i++)
        x->lent[i].fd = -1;
    x->path = path;
    hash_sha256(slice_str(path), hash);
    memcpy(x->node, hash, NODE_LEN);
    /* Without the folder nothing is lent. */
    if ((x->folder = open_folder()) >= 0)
        sweep(x);
    *out = x;
    return OK;
}

void
lends_close(struct lends *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < LEND_MAX; i++)
        end(x, &x->lent[i]);
    if (x->folder >= 0)
        (void)close(x->folder);
    free(x);
}

/* The place of a new one: what has to give way does. */
static struct lent *
place_for(struct lends *x, const uint8_t *kid)
{
    struct lent *oldest = NULL, *own = NULL, *l;
    size_t n = 0;

    for (size_t i = 0; i < LEND_MAX; i++) {
        l = &x->lent[i];
        if (l->fd < 0) {
            oldest = l;
            continue;
        }
        if (oldest == NULL || (oldest->fd >= 0 && l->used < oldest->used))
            oldest = l;
        if (memcmp(l->kid, kid, HASH_LEN) == 0 && ++n > 0 &&
            (own == NULL || l->used < own->used))
            own = l;
    }
    l = n >= LEND_EACH ? own : oldest;
    end(x, l);
    return l;
}

/* As open as the officers' socket, with every page of it. */
static bool
set_up(const struct lends *x, int fd)
{
    struct stat socket, st;

    if (posix_fallocate(fd, 0, (off_t)LEND_SIZE) != 0 ||
        stat(x->path, &socket) != 0)
        return false;
    /* Fails where this process is not of that group; seen below. */
    if (fchown(fd, (uid_t)-1, socket.st_gid) != 0 || fstat(fd, &st) != 0 ||
        st.st_gid != socket.st_gid)
        socket.st_mode &= ~(mode_t)0070;
    return fchmod(fd, socket.st_mode & 0666) == 0;
}

enum err
lends_new(struct lends *x, const uint8_t kid[static HASH_LEN], int64_t now,
    uint8_t name[static LEND_NAME_LEN])
{
    char text[NAME_MAX_LEN];
    struct lent *l;

    if (x == NULL || x->folder < 0)
        return E_NOT_LENT;
    l = place_for(x, kid);
    memcpy(l->name, x->node, NODE_LEN);
    random_bytes(l->name + NODE_LEN, LEND_NAME_LEN - NODE_LEN);
    text_of(l->name, LEND_NAME_LEN, text);
    l->fd = openat(x->folder, text, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
        O_CLOEXEC, 0600);
    if (l->fd < 0)
        return E_NOT_LENT;
    l->named = true;
    l->used = now;
    memcpy(l->kid, kid, HASH_LEN);
    memcpy(name, l->name, LEND_NAME_LEN);
    if (set_up(x, l->fd))
        return OK;
    end(x, l);
    return E_NOT_LENT;
}

int
lends_find(struct lends *x, const uint8_t kid[static HASH_LEN],
    const uint8_t name[static LEND_NAME_LEN], int64_t now)
{
    for (size_t i = 0; x != NULL && i < LEND_MAX; i++) {
        struct lent *l = &x->lent[i];

        if (l->fd < 0 || memcmp(l->name, name, LEND_NAME_LEN) != 0 ||
            memcmp(l->kid, kid, HASH_LEN) != 0)
            continue;
        forget_name(x, l);
        l->used = now;
        return l->fd;
    }
    return -1;
}

void
lends_tick(struct lends *x, int64_t now)
{
    for (size_t i = 0; x != NULL && i < LEND_MAX; i++)
        if (now - x->lent[i].used >= LEND_IDLE_MS)
            end(x, &x->lent[i]);
}
