/*
 * hostile: knocks at a node as somebody who ought not to, or with what nobody
 * ought to send.
 *
 *   hostile NODE.KEY|- NODE.KEY ENDPOINT BYTES
 *   hostile NODE.KEY|- NODE.KEY ENDPOINT DIGEST ROOT INDEX TIMES
 *
 * The first key is whose name it uses (- for a stranger's), the second the
 * node's that it knocks at, of which the public half is used.  Sends one
 * frame of so many bytes once the connection is up.  Says what became of it,
 * and ends: "refused" before it was up, "closed" after the frame, "open" if
 * it still is after TRY_MS, "silent" if nothing happened.
 *
 * Or asks up to so many times, one after the other, for one block of the files
 * with this root, of the message with this digest, and says how often it got
 * what: "76 blocks", "3 E_RATE", a line each; "silent" where one was not
 * answered, after which it asks no more.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "keys/channel.h"
#include "keys/hpke.h"
#include "keys/node_keys.h"
#include "node/monitor.h"
#include "proto/packet.h"

#define TRY_MS 5000
#define SILENT_MS 1000
#define CODES 350                       /* proto/err.h */
#define FRAME_MAX (16u << 20)

static const char *
knock(void *socket, void *monitor, const void *frame, size_t n)
{
    const int64_t end = channel_now() + TRY_MS;
    const char *what = "silent";
    bool up = false;

    while (channel_now() < end) {
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

/* Blocks and codes, by how often they came. */
static struct {
    unsigned long blocks, code[CODES];
} got;

/* Whatever else a node tells a peer is passed over. */
static bool
hear(void *socket, int64_t end, const struct packet_want *w)
{
    static uint8_t frame[FRAME_MAX];
    static struct packet p;

    while (channel_now() < end) {
        zmq_pollitem_t item = { socket, -1, ZMQ_POLLIN, 0 };
        int n;

        if (zmq_poll(&item, 1, 100) <= 0 ||
            (n = zmq_recv(socket, frame, sizeof(frame), 0)) < 0 ||
            packet_decode(slice_of(frame, (size_t)n), &p) != OK)
            continue;
        if (p.type == PACKET_BLOCK &&
            memcmp(p.u.block.root, w->root, HASH_LEN) == 0)
            got.blocks++;
        else if (p.type == PACKET_STAND && p.u.stand.code < CODES &&
            memcmp(p.u.stand.digest, w->digest, HASH_LEN) == 0)
            got.code[p.u.stand.code]++;
        else
            continue;
        return true;
    }
    return false;
}

static bool
want(void *socket, char *const arg[4])
{
    struct packet p = { .type = PACKET_WANT };
    struct packet_want *w = &p.u.want;
    unsigned long times = strtoul(arg[3], NULL, 10);
    struct buf frame;
    bool silent;

    w->n = 1;
    w->index[0] = strtoull(arg[2], NULL, 10);
    buf_init(&frame, PACKET_MAX);
    if (!hex_decode(arg[0], w->digest, HASH_LEN) ||
        !hex_decode(arg[1], w->root, HASH_LEN) ||
        packet_encode(&p, &frame) != OK)
        return false;
    do {
        (void)zmq_send(socket, frame.p, frame.n, 0);
        silent = !hear(socket, channel_now() + SILENT_MS, w);
    } while (!silent && --times > 0);
    buf_clear(&frame);
    if (got.blocks > 0)
        printf("%lu blocks\n", got.blocks);
    for (size_t i = 0; i < CODES; i++)
        if (got.code[i] > 0 && err_known(i))
            printf("%lu %s\n", got.code[i], err_row((enum err)i)->name);
    if (silent)
        (void)puts("silent");
    return true;
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
    bool done = true;

    if ((argc != 5 && argc != 8) || sodium_init() < 0)
        return 2;
    n = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
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
    if (argc == 5)
        (void)puts(knock(socket, monitor, frame, n));
    else
        done = want(socket, argv + 4);
    (void)zmq_socket_monitor(socket, NULL, 0);
    channel_close(monitor);
    channel_close(socket);
    channel_context_free(o.zmq);
    node_keys_free(own);
    node_keys_free(other);
    free(frame);
    return done ? 0 : 2;
}
