/*
 * queue: hands work from one thread to another, in order.
 *
 * A queue holds nodes that its users embed in their own structs; it never
 * copies, never allocates and never frees one.  Whoever waits polls the file
 * descriptor, which is readable while something is in the queue.  What peers
 * can fill has a bound in nodes and in bytes: queue_push refuses beyond it.
 * What must not be lost, and is bounded elsewhere, comes by queue_force.
 */
#ifndef NODE_QUEUE_H
#define NODE_QUEUE_H

#include "proto/err.h"

struct queue_node {
    struct queue_node *next;
    size_t bytes;                       /* that it stands for */
};

struct queue;

/*
 * queue_new(nodes, bytes, out):
 * An empty queue with a bound.  ERR_NOMEM, ERR_IO without descriptors.
 */
MUST_USE enum err queue_new(size_t nodes, size_t bytes, struct queue **out);

/*
 * queue_free(q):
 * Free the queue, which is empty by then.  NULL is nothing.
 */
void queue_free(struct queue *q);

/*
 * queue_push(q, n), queue_force(q, n):
 * Append n, which belongs to the queue until it is taken.  queue_push is
 * false, and n still the caller's, where it would pass the bound.
 */
MUST_USE bool queue_push(struct queue *q, struct queue_node *n);
void queue_force(struct queue *q, struct queue_node *n);

/*
 * queue_push_all(q, list, last):
 * queue_push each of the list, then queue_force last, which may be NULL, all
 * at once: nobody takes the first without the last.  What did not fit comes
 * back as a list.
 */
struct queue_node *queue_push_all(struct queue *q, struct queue_node *list,
    struct queue_node *last);

/*
 * queue_take(q, max):
 * The oldest nodes, at most max, as a list in order; NULL if there is none.
 */
struct queue_node *queue_take(struct queue *q, size_t max);

/*
 * queue_fd(q):
 * Readable while there is something to take.
 */
int queue_fd(const struct queue *q);

#endif
