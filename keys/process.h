/*
 * process: what a process does before it touches a secret.
 */
#ifndef KEYS_PROCESS_H
#define KEYS_PROCESS_H

#include "proto/err.h"
#include "proto/trust.h"

/*
 * process_start():
 * Start libsodium, forbid core files and reading of this process's memory by
 * others, and make new files private (umask 077).  The first call of every
 * main; ERR_INTERNAL where it cannot be done, ERR_LIBRARY as below.
 */
MUST_USE enum err process_start(void);

/*
 * process_library(valid):
 * Whether keys are told from other points: ERR_LIBRARY where valid takes a
 * point outside the main subgroup, as libsodium did before its update of
 * January 2026 (CVE-2025-69277).
 */
MUST_USE enum err process_library(
    bool (*valid)(const uint8_t key[static KEY_LEN]));

#endif
