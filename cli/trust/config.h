/*
 * config: valise.conf in a person's home.
 *
 *   [node]
 *   address = tcp://192.0.2.7:7340
 *
 * Anything else in it is a fault, as is a key that stands twice.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "keys/channel.h"

/*
 * config_read(path, address, f):
 * The node's address, "" where there is no such file or no such key.
 * ERR_CONFIG with the key or line in f; the codes of file_read.
 */
MUST_USE enum err config_read(const char *path,
    char address[static CHANNEL_ENDPOINT_MAX + 1], struct fault *f);

/*
 * config_write(path, address):
 * Make the file.  Where it is there and says the same it is left; where it
 * says something else, ERR_EXISTS.  ERR_CONFIG for an address that is none.
 */
MUST_USE enum err config_write(const char *path, const char *address);

#endif
