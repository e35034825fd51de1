#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "node/queue.h"

/* The descriptor is written when the queue gets its first node and read when
 * it loses its last, both under the lock: it never tells another state. */
struct queue {
    pthread_mutex_t lock;
    int fd;
    size_t max_nodes, max_bytes;
    size_t nodes, bytes;
    struct queue_node *first;
    struct queue_node **end;
};

static void
lock(struct queue *q)
{
    int rc = pthread_mutex_lock(&q->lock);

    assert(rc == 0);
    (void)rc;
}

static void
unlock(struct queue *q)
{
    int rc = pthread_mutex_unlock(&q->lock);

    assert(rc == 0);
    (void)rc;
}

enum err
queue_new(size_t nodes, size_t bytes, struct queue **out)
{
    struct queue *q = calloc(1, sizeof(*q));

    if (q == NULL)
        return ERR_NOMEM;
    q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (q->fd < 0 || pthread_mutex_init(&q->lock, NULL) != 0) {
        if (q->fd >= 0)
            (void)close(q->fd);
        free(q);
        return ERR_IO;
    }
    q->max_nodes = nodes;
    q->max_bytes = bytes;
    q->end = &q->first;
    *out = q;
    return OK;
}

void
queue_free(struct queue *q)
{
    if (q == NULL)
        return;
    assert(q->first == NULL);
    (void)pthread_mutex_destroy(&q->lock);
    (void)close(q->fd);
    free(q);
}

static void
append(struct queue *q, struct queue_node *n)
{
    n->next = NULL;
    *q->end = n;
    q->end = &n->next;
    q->bytes += n->bytes;
    if (q->nodes++ == 0) {
        int rc = eventfd_write(q->fd, 1);

        assert(rc == 0);
        (void)rc;
    }
}

static bool
fits(const struct queue *q, const struct queue_node *n)
{
    return q->nodes < q->max_nodes && q->bytes <= q->max_bytes &&
        n->bytes <= q->max_bytes - q->bytes;
}

bool
queue_push(struct queue *q, struct queue_node *n)
{
    bool room;

    lock(q);
    room = fits(q, n);
    if (room)
        append(q, n);
    unlock(q);
    return room;
}

void
queue_force(struct queue *q, struct queue_node *n)
{
    lock(q);
    append(q, n);
    unlock(q);
}

struct queue_node *
queue_push_all(struct queue *q, struct queue_node *list,
    struct queue_node *last)
{
    struct queue_node *left = NULL, **end = &left;

    lock(q);
    while (list != NULL) {
        struct queue_node *n = list;

        list = n->next;
        if (fits(q, n)) {
            append(q, n);
        } else {
            *end = n;
            end = &n->next;
        }
    }
    *end = NULL;
    if (last != NULL)
        append(q, last);
    unlock(q);
    return left;
}

struct queue_node *
queue_take(struct queue *q, size_t max)
{
    struct queue_node *list, **at;

    lock(q);
    list = q->first;
    at = &q->first;
    while (*at != NULL && max-- > 0) {
        q->nodes--;
        q->bytes -= (*at)->bytes;
        at = &(*at)->next;
    }
    if (at != &q->first) {
        q->first = *at;
        *at = NULL;
        if (q->first == NULL) {
            eventfd_t count;
            int rc = eventfd_read(q->fd, &count);

            assert(rc == 0);
            (void)rc;
            q->end = &q->first;
        }
    } else {
        list = NULL;
    }
    unlock(q);
    return list;
}

int
queue_fd(const struct queue *q)
{
    return q->fd;
}
