/*
 * loop: the core's thread.  Takes what waits, asks the clock, lets the core
 * decide and commit, and hands out what it says; a tick comes once in
 * CORE_TICK_MS.
 */
#ifndef NODE_LOOP_H
#define NODE_LOOP_H

#include "keys/lend.h"
#include "node/clock.h"
#include "node/log.h"
#include "node/transport.h"

struct loop_opts {
    struct core *core;
    struct transport *transport;
    struct lends *lends;                /* NULL: none */
    struct clock *clock;
    const struct log *log;
    int signals;                        /* readable when it is to end */
};

/*
 * loop_roster(o):
 * Give the transport the core's roster, if it has changed.  Once before
 * loop_run, so that nobody who may come in is refused at the start.
 */
MUST_USE enum err loop_roster(const struct loop_opts *o);

/*
 * loop_run(o):
 * Run until a signal asks for the end, which is OK.  A full disk is logged
 * and waited out: peers and officers are told to come again.  ERR_IO and
 * everything else mean that the program has to be started again.
 */
MUST_USE enum err loop_run(const struct loop_opts *o);

#endif
