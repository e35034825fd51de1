/*
 * ipc: sockets of this machine by their path, for channel.c and lend.c.
 */
#ifndef KEYS_IPC_H
#define KEYS_IPC_H

#include "proto/err.h"

/*
 * ipc_path(endpoint):
 * The path of ipc://PATH, NULL if it is an endpoint of the other form.
 */
const char *ipc_path(const char *endpoint);

/*
 * ipc_clear(path, type):
 * Make the path free to be bound, for a socket of this type: what a process
 * that has ended left there goes.  ERR_INUSE where one still listens,
 * ERR_EXISTS where it is no socket (libzmq would take that path too),
 * ERR_ACCESS.
 */
MUST_USE enum err ipc_clear(const char *path, int type);

/*
 * ipc_permit(path):
 * Whoever may enter the folder may connect: to connect is to write.  ERR_IO.
 */
MUST_USE enum err ipc_permit(const char *path);

#endif
