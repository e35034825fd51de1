/*
 * sandbox: what the daemon gives up, and the descriptors that it needs.
 */
#ifndef NODE_SANDBOX_H
#define NODE_SANDBOX_H

#include "proto/err.h"

#define SANDBOX_FILES 8192

/*
 * sandbox_enter():
 * No new privileges for this process and what it would start; descriptors 0
 * to 2 are open, so that no socket or database takes their place; SIGPIPE is
 * ignored.  ERR_INTERNAL.
 */
MUST_USE enum err sandbox_enter(void);

/*
 * sandbox_files(have):
 * Allow SANDBOX_FILES open files, or as many as the system lets; *have is the
 * number.  ERR_INTERNAL.
 */
MUST_USE enum err sandbox_files(unsigned long *have);

#endif
