/*
 * random: bytes that nobody can foresee and that are no secret: the ids of
 * requests, statements and messages.  Secrets come from secret_random().
 */
#ifndef KEYS_RANDOM_H
#define KEYS_RANDOM_H

#include <stddef.h>

/*
 * random_bytes(out, n):
 * Fill out with n bytes of the kernel's generator.
 */
void random_bytes(void *out, size_t n);

#endif
