/*
 * monitor: what libzmq tells about the connections of a socket.
 */
#ifndef NODE_MONITOR_H
#define NODE_MONITOR_H

#include "proto/err.h"

/*
 * monitor_open(zmq, socket, name, events, out):
 * Watch the socket for ZMQ_EVENT_* of the mask; name is an inproc endpoint
 * that nobody else has.  Poll *out for input.  Before *out is closed with
 * channel_close, the watching ends: zmq_socket_monitor(socket, NULL, 0).
 * ERR_NOMEM.
 */
MUST_USE enum err monitor_open(void *zmq, void *socket, const char *name,
    int events, void **out);

/*
 * monitor_take(monitor, event):
 * The next event; false if there is none.
 */
bool monitor_take(void *monitor, unsigned *event);

#endif
