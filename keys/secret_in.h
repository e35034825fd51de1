/*
 * The inside of a secret, for keys/ alone: no other folder includes this.
 */
#ifndef KEYS_SECRET_IN_H
#define KEYS_SECRET_IN_H

#include "keys/secret.h"

struct secret {
    size_t n;
    uint8_t *p;
};

/*
 * secret_slice(s):
 * Borrow the bytes.
 */
struct slice secret_slice(const struct secret *s);

#endif
