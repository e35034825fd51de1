/*
 * zap: answers libzmq when it asks who a CURVE key is (RFC 27).
 *
 * libzmq asks once a handshake, before any byte of a peer is parsed, and
 * lets nobody in without an answer.  It is answered in the transport's own
 * poll loop, so there is no thread and no lock.
 */
#ifndef NODE_ZAP_H
#define NODE_ZAP_H

#include "keys/channel.h"

/*
 * What decides: the User-Id of the key in the domain (CHANNEL_PEERS or
 * CHANNEL_OFFICERS), or NULL, which refuses it.
 */
typedef const char *zap_user(void *arg, const char *domain,
    const uint8_t key[static KEY_LEN]);

/*
 * zap_open(zmq, out):
 * The socket on which a context is asked; before any server is bound.  The
 * caller polls it for input and closes it with channel_close.  ERR_IO.
 */
MUST_USE enum err zap_open(void *zmq, void **out);

/*
 * zap_serve(socket, user, arg):
 * Answer the questions that wait.
 */
void zap_serve(void *socket, zap_user *user, void *arg);

#endif
