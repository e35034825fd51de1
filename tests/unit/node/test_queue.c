#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "node/queue.h"

#define MANY 20000

struct item {
    struct queue_node node;             /* first */
    unsigned number;
};

static struct queue *q;

static void
set_up(void)
{
    cr_assert_eq(queue_new(4, 100, &q), OK);
}

static void
tear_down(void)
{
    queue_free(q);
}

TestSuite(queue, .init = set_up, .fini = tear_down);

static bool
ready(int ms)
{
    struct pollfd p = { queue_fd(q), POLLIN, 0 };

    return poll(&p, 1, ms) == 1;
}

static unsigned
number_of(const struct queue_node *n)
{
    return ((const struct item *)(const void *)n)->number;
}

Test(queue, what_was_pushed_is_taken_in_order)
{
    struct item items[3] = { { { NULL, 1 }, 0 }, { { NULL, 1 }, 1 },
        { { NULL, 1 }, 2 } };
    struct queue_node *n;

    cr_assert(!ready(0));
    cr_assert_null(queue_take(q, 9));
    for (size_t i = 0; i < 3; i++)
        cr_assert(queue_push(q, &items[i].node));
    cr_assert(ready(0));
    n = queue_take(q, 2);
    cr_assert_eq(number_of(n), 0);
    cr_assert_eq(number_of(n->next), 1);
    cr_assert_null(n->next->next);
    cr_assert(ready(0), "one is left");
    cr_assert_null(queue_take(q, 0));
    n = queue_take(q, 9);
    cr_assert_eq(number_of(n), 2);
    cr_assert_null(n->next);
    cr_assert(!ready(0));
}

Test(queue, a_push_beyond_the_bound_is_refused_and_a_force_is_not)
{
    struct item items[6] = { { { NULL, 0 }, 0 } };
    struct item big = { { NULL, 101 }, 9 }, half = { { NULL, 60 }, 9 },
        other = { { NULL, 41 }, 9 };

    cr_assert(!queue_push(q, &big.node));
    cr_assert(queue_push(q, &half.node));
    cr_assert(!queue_push(q, &other.node), "bytes");
    other.node.bytes = 40;
    cr_assert(queue_push(q, &other.node));
    cr_assert(queue_push(q, &items[0].node));
    cr_assert(queue_push(q, &items[1].node));
    cr_assert(!queue_push(q, &items[2].node), "nodes");
    queue_force(q, &big.node);
    cr_assert(!queue_push(q, &items[2].node));
    cr_assert_not_null(queue_take(q, 9));
    cr_assert(queue_push(q, &items[3].node), "there is room again");
    cr_assert_not_null(queue_take(q, 9));
}

static void *
produce(void *arg)
{
    struct item *items = arg;

    for (unsigned i = 0; i < MANY; i++) {
        items[i].number = i;
        queue_force(q, &items[i].node);
    }
    return NULL;
}

Test(queue, nothing_is_lost_between_two_threads)
{
    struct item *items = calloc(MANY, sizeof(*items));
    pthread_t thread;
    unsigned seen = 0;

    cr_assert_not_null(items);
    cr_assert_eq(pthread_create(&thread, NULL, produce, items), 0);
    while (seen < MANY) {
        cr_assert(ready(10000), "%u came", seen);
        for (struct queue_node *n = queue_take(q, 7); n != NULL; n = n->next)
            cr_assert_eq(number_of(n), seen++);
    }
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert(!ready(0));
    free(items);
}
