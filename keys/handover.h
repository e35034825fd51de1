/*
 * handover: a secret from one process of a person to another, over a local
 * socket.
 *
 *   u16 length || bytes
 *
 * The bytes go from guarded memory to the socket and back into guarded
 * memory; no other buffer holds them.  Who is at the other end is the
 * caller's business, and he sets the time limits of the socket.
 */
#ifndef KEYS_HANDOVER_H
#define KEYS_HANDOVER_H

#include "keys/secret.h"

/*
 * handover_send(fd, s), handover_receive(fd, out):
 * ERR_IO when the other end is gone or takes too long, ERR_FORMAT for a
 * length that no secret has.  The caller frees *out.
 */
MUST_USE enum err handover_send(int fd, const struct secret *s);
MUST_USE enum err handover_receive(int fd, struct secret **out);

#endif
