/*
 * agent: a process in the background that holds what LABEL.key holds, so
 * that the passphrase is typed once.
 *
 * It listens on agent.sock in the person's folder (0700), and answers only
 * processes of the same user, as the kernel names them.  The keys are in
 * guarded, locked memory, cross the socket and are written nowhere; no core
 * is dumped.  A request is u8 'G' (give) or 'E' (end) and a label of 16 bytes
 * filled with zeros; the answer to 'G' is handover.h, and the end of the
 * stream where the agent holds the keys of somebody else.
 *
 * One agent a folder, for one person: the next unlock takes its place.  It
 * ends at `valise lock`, when its time is over (suspended hours count), when
 * the login shell ends that it was started from, and at SIGTERM, SIGHUP and
 * SIGINT.  It removes its socket first.
 */
#ifndef CLI_AGENT_H
#define CLI_AGENT_H

#include "keys/secret.h"

#define AGENT_SOCKET "agent.sock"
#define AGENT_LABEL 16
#define AGENT_USUAL (8 * 3600)      /* seconds */
#define AGENT_MOST (24 * 3600)

/*
 * agent_start(dir, label, payload, seconds):
 * Start it in the place of one that runs; when this returns it answers.
 * Takes payload over, on failure too.  ERR_PERM for a folder that others may
 * enter, ERR_ACCESS, ERR_IO.
 */
MUST_USE enum err agent_start(const char *dir, const char *label,
    struct secret *payload, unsigned seconds);

/*
 * agent_get(dir, label, out):
 * The payload.  ERR_NOTFOUND where no agent holds it.  The caller frees *out.
 */
MUST_USE enum err agent_get(const char *dir, const char *label,
    struct secret **out);

/*
 * agent_end(dir, ended):
 * End the agent and wait until its keys and its socket are gone; a socket
 * that nobody listens on is removed.  *ended says whether there was one.
 */
MUST_USE enum err agent_end(const char *dir, bool *ended);

#endif
