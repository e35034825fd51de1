/*
 * process: what a process does before it touches a secret.
 */
#ifndef KEYS_PROCESS_H
#define KEYS_PROCESS_H

#include "proto/err.h"

/*
 * process_start():
 * Start libsodium, forbid core files and reading of this process's memory by
 * others, and make new files private (umask 077).  The first call of every
 * main; ERR_INTERNAL where it cannot be done.
 */
MUST_USE enum err process_start(void);

/*
 * process_random(out, n):
 * Fill out with random bytes.
 */
void process_random(uint8_t *out, size_t n);

#endif
