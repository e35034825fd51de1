#include <stdatomic.h>
#include <stdlib.h>

#include "node/flow.h"

#define SHARE 4

struct flow {
    struct flow *all;                   /* NULL: it is that */
    atomic_uint holders;
    atomic_uint n;
};

struct flow *
flow_new(struct flow *all)
{
    struct flow *f = calloc(1, sizeof(*f));

    if (f == NULL)
        return NULL;
    atomic_init(&f->holders, 1);
    atomic_init(&f->n, 0);
    if ((f->all = all) != NULL)
        atomic_fetch_add(&all->holders, 1);
    return f;
}

void
flow_free(struct flow *f)
{
    while (f != NULL && atomic_fetch_sub(&f->holders, 1) == 1) {
        struct flow *all = f->all;

        free(f);
        f = all;
    }
}

unsigned
flow_count(const struct flow *f)
{
    return atomic_load(&f->n);
}

bool
flow_may(const struct flow *f)
{
    const unsigned taken = flow_count(f->all);

    return taken < FLOW_MAX && flow_count(f) * SHARE < FLOW_MAX - taken;
}

void
flow_take(struct flow *f)
{
    atomic_fetch_add(&f->holders, 1);
    atomic_fetch_add(&f->n, 1);
    atomic_fetch_add(&f->all->n, 1);
}

void
flow_back(struct flow *f)
{
    if (f == NULL)
        return;
    atomic_fetch_sub(&f->all->n, 1);
    atomic_fetch_sub(&f->n, 1);
    flow_free(f);
}
