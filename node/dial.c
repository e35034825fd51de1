#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "node/dial.h"
#include "node/monitor.h"

#define EVENTS (ZMQ_EVENT_CONNECT_DELAYED | ZMQ_EVENT_CONNECT_RETRIED | \
    ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED | \
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | \
    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)

struct dials {
    struct dial_opts o;
    size_t n;
    struct dial *all;
    unsigned monitors;                  /* made so far, for their names */
};

enum err
dials_new(const struct dial_opts *o, struct dials **out)
{
    struct dials *d = calloc(1, sizeof(*d));

    if (d == NULL)
        return ERR_NOMEM;
    d->o = *o;
    *out = d;
    return OK;
}

static void
hang_up(struct dials *d, struct dial *l, bool tell)
{
    if (l->socket != NULL)
        (void)zmq_socket_monitor(l->socket, NULL, 0);
    channel_close(l->monitor);
    channel_close(l->socket);
    l->monitor = l->socket = NULL;
    if (l->up && tell)
        d->o.event(d->o.arg, IN_DOWN, l->row.who);
    l->up = l->waiting = l->ended = false;
}

void
dials_free(struct dials *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->n; i++)
        hang_up(d, &d->all[i], false);
    free(d->all);
    free(d);
}

static enum err
watch(struct dials *d, struct dial *l)
{
    char name[48];

    (void)snprintf(name, sizeof(name), "inproc://dial-%u", d->monitors++);
    return monitor_open(d->o.zmq, l->socket, name, EVENTS, &l->monitor);
}

/* Dial the endpoint whose turn it is. */
static void
dial(struct dials *d, struct dial *l, int64_t now)
{
    const struct channel_opts o = { d->o.zmq, l->row.endpoints[l->endpoint],
        d->o.curve, l->row.key, NULL };
    char text[LINK_WHO_MAX + 64];
    enum err e;

    l->tried = now;
    /* The monitor is there first: a refusal that it had not seen would be
     * the end, since libzmq gives up and nobody would dial anew. */
    if ((e = channel_dealer(&o, &l->socket)) == OK &&
        (e = watch(d, l)) == OK &&
        (e = channel_redial(l->socket, o.endpoint)) == OK)
        return;
    hang_up(d, l, false);
    (void)snprintf(text, sizeof(text), "transport: %s is not dialled",
        l->row.who);
    d->o.log(d->o.arg, e, text);
}

static bool
same(const struct roster_row *a, const struct roster_row *b)
{
    if (strcmp(a->who, b->who) != 0 || memcmp(a->key, b->key, KEY_LEN) != 0 ||
        a->n_endpoints != b->n_endpoints)
        return false;
    for (size_t i = 0; i < a->n_endpoints; i++) {
        if (strcmp(a->endpoints[i], b->endpoints[i]) != 0)
            return false;
    }
    return true;
}

static bool
to_dial(const struct roster_row *row)
{
    return row->kind == LINK_PEER && row->dial && row->n_endpoints > 0;
}

static const struct roster_row *
row_of(const struct roster *r, const struct dial *l)
{
    for (size_t i = 0; i < r->n; i++) {
        if (to_dial(&r->rows[i]) && same(&r->rows[i], &l->row))
            return &r->rows[i];
    }
    return NULL;
}

enum err
dials_apply(struct dials *d, const struct roster *r, int64_t now)
{
    struct dial *all = NULL;
    size_t n = 0;

    if (r->n > 0 && (all = calloc(r->n, sizeof(*all))) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < d->n; i++) {
        if (row_of(r, &d->all[i]) != NULL)
            all[n++] = d->all[i];
        else
            hang_up(d, &d->all[i], true);
    }
    free(d->all);
    d->all = all;
    d->n = n;
    for (size_t i = 0; i < r->n; i++) {
        if (!to_dial(&r->rows[i]) || dials_find(d, r->rows[i].who) != NULL)
            continue;
        all[d->n] = (struct dial){ .row = r->rows[i] };
        dial(d, &all[d->n++], now);
    }
    return OK;
}

struct dial *
dials_all(struct dials *d, size_t *n)
{
    *n = d->n;
    return d->all;
}

struct dial *
dials_find(struct dials *d, const char *who)
{
    for (size_t i = 0; i < d->n; i++) {
        if (strcmp(d->all[i].row.who, who) == 0)
            return &d->all[i];
    }
    return NULL;
}

static void
up(struct dials *d, struct dial *l)
{
    l->waiting = l->wanted = l->ended = false;
    l->failures = 0;
    if (!l->up)
        d->o.event(d->o.arg, IN_UP, l->row.who);
    l->up = true;
}

/* Where libzmq goes on by itself, it says so next. */
static void
end(struct dials *d, struct dial *l, int64_t now)
{
    if (l->up)
        d->o.event(d->o.arg, IN_DOWN, l->row.who);
    l->up = false;
    if (!l->ended)
        l->ended_at = now;
    l->ended = true;
}

static void
take(struct dials *d, struct dial *l, unsigned event, int64_t now)
{
    switch (event) {
    case ZMQ_EVENT_CONNECT_RETRIED:
        l->waiting = true;
        l->ended = false;
        break;
    case ZMQ_EVENT_CONNECT_DELAYED:
    case ZMQ_EVENT_CONNECTED:
        l->waiting = l->ended = false;
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        up(d, l);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_DISCONNECTED:
        end(d, l, now);
        break;
    default:
        break;
    }
}

void
dials_monitor(struct dials *d, struct dial *l, int64_t now)
{
    unsigned event;

    while (l->monitor != NULL && monitor_take(l->monitor, &event))
        take(d, l, event, now);
}

void
dials_shown(struct dials *d, const char *who)
{
    struct dial *l = dials_find(d, who);

    if (l != NULL && !l->up)
        l->wanted = true;
}

static void
again(struct dial *l, int64_t now)
{
    l->wanted = l->waiting = false;
    l->again = now;
    /* Where it cannot, libzmq goes on by itself. */
    if (channel_redial(l->socket, l->row.endpoints[l->endpoint]) != OK)
        l->waiting = true;
}

void
dials_stuck(struct dials *d, struct dial *l, int64_t now)
{
    if (!l->up)
        return;
    l->up = false;
    d->o.event(d->o.arg, IN_DOWN, l->row.who);
    again(l, now);
}

/* Whether libzmq has given up, and it has been waited long enough. */
static bool
given_up(const struct dial *l, int64_t now)
{
    int64_t wait = DIAL_AGAIN_MS;

    for (unsigned i = 0; i < l->failures && wait < DIAL_AGAIN_MAX_MS; i++)
        wait *= 2;
    if (wait > DIAL_AGAIN_MAX_MS)
        wait = DIAL_AGAIN_MAX_MS;
    return l->ended &&
        now - l->ended_at >= (l->wanted ? DIAL_AGAIN_MS : wait);
}

static void
dial_anew(struct dials *d, struct dial *l, int64_t now)
{
    hang_up(d, l, true);
    l->wanted = false;
    l->endpoint = (l->endpoint + 1) % l->row.n_endpoints;
    dial(d, l, now);
}

void
dials_tick(struct dials *d, int64_t now)
{
    for (size_t i = 0; i < d->n; i++) {
        struct dial *l = &d->all[i];

        if (l->up) {
            l->tried = now;
        } else if (given_up(l, now)) {
            l->failures++;
            dial_anew(d, l, now);
        } else if (l->socket != NULL && l->wanted && l->waiting &&
            now - l->again >= DIAL_AGAIN_MS) {
            again(l, now);
        } else if (now - l->tried >= DIAL_TRY_MS &&
            (l->row.n_endpoints > 1 || l->socket == NULL)) {
            dial_anew(d, l, now);
        }
    }
}
