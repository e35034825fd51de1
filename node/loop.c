#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "keys/point.h"
#include "node/loop.h"
#include "node/notify.h"

#define FULL_TELL_MS 60000

struct loop {
    const struct loop_opts *o;
    int64_t tick;                       /* when the next one is due, ms */
    int64_t full;                       /* when a full disk was logged */
    bool was_full;
    struct incoming in[CORE_BATCH];
};

/* What goes out, and the roster if it has changed. */
static enum err
hand_out(const struct loop_opts *o, struct outgoing *list)
{
    struct roster *r = NULL;
    bool peers = false;
    enum err e;

    if (!core_roster(o->core, &r))
        return transport_send(o->transport, list);
    for (size_t i = 0; i < r->n; i++)
        peers = peers || r->rows[i].kind == LINK_PEER;
    clock_peers(o->clock, peers);
    e = transport_answer(o->transport, list, r);
    roster_free(r);
    return e;
}

enum err
loop_roster(const struct loop_opts *o)
{
    return hand_out(o, NULL);
}

/* A full disk is no end: reading goes on, and space may be freed. */
static enum err
outlast(struct loop *l, enum err e, int64_t now)
{
    if (e == ERR_FULL) {
        if (!l->was_full || now - l->full >= FULL_TELL_MS) {
            log_line(l->o->log, LOG_WARN, "%s: nothing is accepted: %s",
                err_row(e)->name, err_row(e)->hint);
            l->full = now;
        }
        l->was_full = true;
        return OK;
    }
    if (e == OK && l->was_full) {
        log_line(l->o->log, LOG_INFO, "there is space on the disk again");
        l->was_full = false;
    }
    return e;
}

/* Let the core have n events, and send what it says. */
static enum err
batch(struct loop *l, size_t n, const struct clock_reading *r)
{
    const struct times t = clock_times(l->o->clock, r,
        core_last(l->o->core));
    struct outgoing *out = NULL;
    int64_t told;
    enum err e, sent;

    e = core_batch(l->o->core, l->in, n, &t, &out);
    transport_done(l->o->transport);
    e = outlast(l, e, r->mono);
    POINT("before-send");
    sent = hand_out(l->o, out);
    POINT("after-send");
    outgoing_free(out);
    if (core_peer_time(l->o->core, &told))
        clock_peer(l->o->clock, r, told);
    return e == OK ? sent : e;
}

static enum err
turn(struct loop *l)
{
    struct clock_reading r;
    size_t n;

    clock_read(&r);
    /* One place is kept for the tick. */
    n = transport_take(l->o->transport, l->in, CORE_BATCH - 1);
    if (r.mono >= l->tick) {
        l->in[n++] = (struct incoming){ .kind = IN_TICK };
        l->tick = r.mono + CORE_TICK_MS;
        lends_tick(l->o->lends, r.mono);
        notify_alive();
    }
    return n > 0 || r.mono >= core_due(l->o->core) ? batch(l, n, &r) : OK;
}

static int
until_due(const struct loop *l)
{
    const int64_t due = core_due(l->o->core);
    const int64_t next = due < l->tick ? due : l->tick;
    struct clock_reading r;

    clock_read(&r);
    return r.mono >= next ? 0 : (int)(next - r.mono);
}

enum err
loop_run(const struct loop_opts *o)
{
    struct loop *l = calloc(1, sizeof(*l));
    struct pollfd fds[] = { { o->signals, POLLIN, 0 },
        { transport_fd(o->transport), POLLIN, 0 } };
    enum err e = OK;

    if (l == NULL)
        return ERR_NOMEM;
    l->o = o;
    while (e == OK) {
        if (poll(fds, 2, until_due(l)) < 0) {
            e = errno == EINTR ? OK : ERR_IO;
            continue;
        }
        if (fds[0].revents != 0)
            break;
        e = turn(l);
    }
    free(l);
    return e;
}
