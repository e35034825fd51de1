#include <stdlib.h>
#include <string.h>

#include "node/gate.h"

#define TOKEN 1000                      /* one frame, in thousandths */

struct gate {
    size_t n;
    struct gate_key *keys;              /* in the order of kind and user */
};

static int
order(const void *a, const void *b)
{
    const struct gate_key *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return strcmp(x->user, y->user);
}

enum err
gate_new(struct gate **out)
{
    struct gate *g = calloc(1, sizeof(*g));

    if (g == NULL)
        return ERR_NOMEM;
    *out = g;
    return OK;
}

void
gate_free(struct gate *g)
{
    if (g == NULL)
        return;
    free(g->keys);
    free(g);
}

struct gate_key *
gate_find(struct gate *g, enum link_kind kind, const char *user)
{
    struct gate_key wanted = { .kind = kind };

    if (g->n == 0 || strlen(user) != GATE_USER_LEN)
        return NULL;
    (void)memcpy(wanted.user, user, sizeof(wanted.user));
    return bsearch(&wanted, g->keys, g->n, sizeof(g->keys[0]), order);
}

struct gate_key *
gate_of_key(struct gate *g, enum link_kind kind,
    const uint8_t key[static KEY_LEN])
{
    char user[GATE_USER_LEN + 1];

    hex_encode(slice_of(key, KEY_LEN), user);
    return gate_find(g, kind, user);
}

/* A key of the roster, with the state that it had; routes stay with their
 * owner alone. */
static void
take(struct gate *g, const struct roster_row *row, int64_t now,
    struct gate_key *out)
{
    const struct gate_key *old = gate_of_key(g, row->kind, row->key);

    if (old != NULL && strcmp(old->who, row->who) == 0) {
        *out = *old;
        return;
    }
    *out = (struct gate_key){ .kind = row->kind, .filled = now,
        .tokens = GATE_BURST * TOKEN };
    (void)memcpy(out->who, row->who, sizeof(out->who));
    hex_encode(SLICE(row->key), out->user);
}

enum err
gate_apply(struct gate *g, const struct roster *r, int64_t now)
{
    struct gate_key *keys = NULL;
    size_t n = 0;

    if (r->n > 0 && (keys = calloc(r->n, sizeof(*keys))) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < r->n; i++)
        take(g, &r->rows[i], now, &keys[i]);
    if (r->n > 0)
        qsort(keys, r->n, sizeof(*keys), order);
    /* One key is one owner; of two, none is let in. */
    for (size_t i = 0; i < r->n; i++) {
        bool twice = (i > 0 && order(&keys[i - 1], &keys[i]) == 0) ||
            (i + 1 < r->n && order(&keys[i], &keys[i + 1]) == 0);

        if (!twice)
            keys[n++] = keys[i];
    }
    free(g->keys);
    g->keys = keys;
    g->n = n;
    return OK;
}

bool
gate_room(const struct gate_key *k, size_t bytes)
{
    return k->frames == 0 || (k->frames < GATE_FRAMES &&
        k->bytes <= GATE_BYTES && bytes <= GATE_BYTES - k->bytes);
}

void
gate_enter(struct gate_key *k, size_t bytes)
{
    k->frames++;
    k->bytes += bytes;
}

void
gate_leave(struct gate_key *k, size_t bytes)
{
    /* The key may have left the roster and come back since. */
    if (k->frames > 0)
        k->frames--;
    k->bytes -= bytes < k->bytes ? bytes : k->bytes;
}

bool
gate_rate(struct gate_key *k, bool block, int64_t now)
{
    const int64_t cost = block ? TOKEN / GATE_BULK_SHARE : TOKEN;
    /* A millisecond brings GATE_RATE thousandths of a frame. */
    int64_t passed = now - k->filled;

    if (passed > GATE_BURST * TOKEN / GATE_RATE)
        passed = GATE_BURST * TOKEN / GATE_RATE;
    if (passed > 0) {
        k->tokens += passed * GATE_RATE;
        if (k->tokens > GATE_BURST * TOKEN)
            k->tokens = GATE_BURST * TOKEN;
        k->filled = now;
    }
    /* A block too waits where a small frame would, so that each key's frames
     * keep their order. */
    if (k->tokens < TOKEN)
        return false;
    k->tokens -= cost;
    return true;
}

static uint8_t *
find_route(struct gate_key *k, const uint8_t route[GATE_ROUTE_LEN])
{
    for (size_t i = 0; i < k->n_routes; i++) {
        if (memcmp(k->routes[i], route, GATE_ROUTE_LEN) == 0)
            return k->routes[i];
    }
    return NULL;
}

void
gate_route(struct gate_key *k, const uint8_t route[GATE_ROUTE_LEN])
{
    size_t at = k->n_routes;

    if (find_route(k, route) != NULL)
        return;
    if (k->n_routes < GATE_ROUTES) {
        k->n_routes++;
    } else {
        at = k->oldest;
        k->oldest = (at + 1) % GATE_ROUTES;
    }
    (void)memcpy(k->routes[at], route, GATE_ROUTE_LEN);
}

static uint8_t *
owned(struct gate *g, const struct link *l)
{
    for (size_t i = 0; i < g->n; i++) {
        struct gate_key *k = &g->keys[i];
        uint8_t *route;

        if (k->kind == l->kind && l->n_route == GATE_ROUTE_LEN &&
            strcmp(k->who, l->who) == 0 &&
            (route = find_route(k, l->route)) != NULL)
            return route;
    }
    return NULL;
}

bool
gate_owns(struct gate *g, const struct link *l)
{
    return owned(g, l) != NULL;
}

void
gate_forget(struct gate *g, const struct link *l)
{
    uint8_t *route = owned(g, l);

    /* No ROUTER makes up such an id: the first byte is 0. */
    if (route != NULL)
        (void)memset(route, 0xff, GATE_ROUTE_LEN);
}
