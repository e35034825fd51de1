#include <string.h>

#include <zmq.h>

#include "keys/channel.h"
#include "node/monitor.h"

#define EVENT_LEN 6                     /* u16 event, u32 value */

enum err
monitor_open(void *zmq, void *socket, const char *name, int events,
    void **out)
{
    const int none = 0;
    void *m = zmq_socket(zmq, ZMQ_PAIR);

    if (m == NULL)
        return ERR_NOMEM;
    /* Without a bound: libzmq would hold its own thread, and a lock that
     * closing the socket needs, until somebody reads. */
    if (zmq_setsockopt(m, ZMQ_LINGER, &none, sizeof(none)) != 0 ||
        zmq_setsockopt(m, ZMQ_RCVHWM, &none, sizeof(none)) != 0 ||
        zmq_socket_monitor(socket, name, events) != 0 ||
        zmq_connect(m, name) != 0) {
        (void)zmq_socket_monitor(socket, NULL, 0);
        channel_close(m);
        return ERR_NOMEM;
    }
    *out = m;
    return OK;
}

bool
monitor_take(void *monitor, unsigned *event)
{
    uint8_t bytes[EVENT_LEN], address[1];
    uint16_t number;

    if (zmq_recv(monitor, bytes, sizeof(bytes), ZMQ_DONTWAIT) != EVENT_LEN)
        return false;
    (void)zmq_recv(monitor, address, sizeof(address), ZMQ_DONTWAIT);
    /* In the order of this machine's bytes. */
    (void)memcpy(&number, bytes, sizeof(number));
    *event = number;
    return true;
}
