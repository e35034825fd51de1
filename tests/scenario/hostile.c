/*
 * hostile: knocks at a node as somebody who ought not to, or with what nobody
 * ought to send.
 *
 *   hostile NODE.KEY|- NODE.KEY ENDPOINT BYTES
 *
 * The first key is whose name it uses (- for a stranger's), the second the
 * node's that it knocks at, of which the public half is used.  Sends one
 * frame of so many bytes once the connection is up.  Says what became of it,
 * and ends: "refused" before it was up, "closed" after the frame, "open" if
 * it still is after TRY_MS, "silent" if nothing happened.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "keys/channel.h"
#include "keys/hpke.h"
#include "keys/node_keys.h"
#include "node/monitor.h"

#define TRY_MS 5000
#define FRAME_MAX (16u << 20)

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *
knock(void *socket, void *monitor, const void *frame, size_t n)
{
    const int64_t end = now_ms() + TRY_MS;
    const char *what = "silent";
    bool up = false;

    while (now_ms() < end) {
        zmq_pollitem_t item = { monitor, -1, ZMQ_POLLIN, 0 };
        unsigned event;

        (void)zmq_poll(&item, 1, 100);
        while (monitor_take(monitor, &event)) {
            if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
                up = true;
                what = "open";
                (void)zmq_send(socket, frame, n, 0);
            } else {
                return up ? "closed" : "refused";
            }
        }
    }
    return what;
}

int
main(int argc, char **argv)
{
    const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    struct channel_opts o = { .endpoint = NULL };
    struct node_keys *own = NULL, *other = NULL;
    uint8_t server[KEY_LEN], *frame;
    void *socket, *monitor;
    unsigned long n;

    if (argc != 5 || sodium_init() < 0)
        return 2;
    n = strtoul(argv[4], NULL, 10);
    if (n > FRAME_MAX || (frame = calloc(1, n + 1)) == NULL ||
        node_keys_load(argv[2], &other) != OK ||
        (strcmp(argv[1], "-") == 0 ? node_keys_new(slice_str("QX-FIU"),
        &own) : node_keys_load(argv[1], &own)) != OK ||
        channel_context(&o.zmq) != OK)
        return 2;
    hpke_public(node_keys_curve(other), server);
    o.endpoint = argv[3];
    o.curve = node_keys_curve(own);
    o.server = server;
    if (channel_dial(&o, &socket) != OK || monitor_open(o.zmq, socket,
        "inproc://hostile", events, &monitor) != OK)
        return 2;
    (void)puts(knock(socket, monitor, frame, n));
    (void)zmq_socket_monitor(socket, NULL, 0);
    channel_close(monitor);
    channel_close(socket);
    channel_context_free(o.zmq);
    node_keys_free(own);
    node_keys_free(other);
    free(frame);
    return 0;
}
