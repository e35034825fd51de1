/*
 * home: the folder of one person, and his keys while a command runs.
 *
 *   LABEL.key       keys, under the passphrase
 *   LABEL.slot      slot keys of this device; never backed up
 *   valise.conf     [node] address = ENDPOINT
 *   trust/          cards and lists as they were verified; a cache
 *   seen            the newest checkpoint of the own log that was verified
 *   drafts/, spool/, parcels/   sealed under the draft key
 *   agent.sock      while unlocked
 *
 * The folder is --home, else $VALISE_HOME, else $XDG_DATA_HOME/valise, else
 * ~/.local/share/valise; 0700.  Where it holds keys of several persons, --as
 * LABEL says whose.  The passphrase comes from the agent's keys, else from
 * --passphrase-file FILE, $VALISE_PASSPHRASE_COMMAND, or the terminal; never
 * from argv or the environment.
 */
#ifndef CLI_HOME_H
#define CLI_HOME_H

#include "cli/command/command.h"
#include "keys/channel.h"
#include "keys/slots.h"

#define HOME_PATH_MAX 1024

struct home {
    char dir[HOME_PATH_MAX];
    char label[17];                     /* "o-114" */
    char address[CHANNEL_ENDPOINT_MAX + 1];     /* of the node; "" unknown */
    struct person *person;
    struct slots *slots;                /* NULL: no LABEL.slot here */
};

/* The options --home, --as and --passphrase-file, for the rows of every
 * command that opens a home. */
#define HOME_OPTIONS \
    { "home", N_("DIR"), N_("folder of your keys") }, \
    { "as", N_("LABEL"), N_("whose keys, where there are several") }, \
    { "passphrase-file", N_("FILE"), N_("read the passphrase from a file") }

/*
 * home_dir(r, out):
 * Where the folder is; it need not exist.  ERR_USAGE where it cannot be
 * known.
 */
MUST_USE enum err home_dir(struct run *r, char out[static HOME_PATH_MAX]);

/*
 * home_unlocked(r):
 * Whether the keys are unlocked, so that a session can be opened without a
 * question.  Reports nothing.
 */
bool home_unlocked(const struct run *r);

/*
 * home_find(r, out):
 * Find the folder, whose keys, and the node's address, and unlock nothing:
 * person and slots are NULL.  Reports what is wrong (ERR_NOT_INIT, ERR_USAGE,
 * ERR_PERM, ERR_CONFIG).
 */
MUST_USE enum err home_find(struct run *r, struct home **out);

/*
 * home_payload(r, h, out):
 * What LABEL.key holds, by the passphrase alone, which a terminal is asked
 * for up to three times; it is a person's, and this one's.  Reports its
 * failures.  The caller frees *out.
 */
MUST_USE enum err home_payload(struct run *r, const struct home *h,
    struct secret **out);

/*
 * home_open(r, out), home_close(h):
 * Find the folder and the keys, and unlock them: by the agent, else by the
 * passphrase.  Reports what is wrong (ERR_NOT_INIT, ERR_USAGE, ERR_PERM,
 * ERR_PASSPHRASE, ERR_LOCKED where nothing can be asked).  home_close accepts
 * NULL.
 */
MUST_USE enum err home_open(struct run *r, struct home **out);
void home_close(struct home *h);

/*
 * home_path(h, name, out):
 * The path of a file in the folder.  ERR_USAGE where it is too long.
 */
MUST_USE enum err home_path(const struct home *h, const char *name,
    char out[static HOME_PATH_MAX]);

#endif
