/*
 * trust_cache: cards, lists and pins as the directory has verified them, kept
 * in HOME/trust so that only newer ones are asked for.
 *
 *   trust/card                    the newest own card; `valise key trust`
 *                                 puts it there first
 *   trust/KIND-AUTHORITY-SERIAL   staff-QN-FIU-3; cards of the own authority
 *                                 too
 *   trust/conflict-KIND-AUTHORITY-SERIAL-XXXXXXXX
 *                                 other bytes under a serial that is known
 *
 * The files are believed no more than the node: at each start all of them go
 * through the directory again, and what does not verify is asked for anew.
 */
#ifndef CLI_TRUST_CACHE_H
#define CLI_TRUST_CACHE_H

#include "cli/trust/session_in.h"

/*
 * trust_load(s):
 * A directory from the cache.  Reports ERR_NOT_INIT (no card was trusted
 * yet), ERR_TRUST (the card is not of the root in the key file, or one serial
 * has two contents).
 */
MUST_USE enum err trust_load(struct session *s);

/*
 * trust_sync(s):
 * Ask the node for what is newer.  Of the own authority all must verify; of a
 * peer what does not is named, kept out and asked for again next time.
 * Reports its failures: ERR_TRUST, also for an own card that has ended.
 */
MUST_USE enum err trust_sync(struct session *s);

/*
 * trust_take(s, kind, authority, object):
 * Give one object to the directory and, if it is new, to the cache.  Reports
 * nothing; session_fault says what was wrong.  ERR_TRUST for other bytes
 * under a known serial, which are kept; else the codes of directory_add.
 */
MUST_USE enum err trust_take(struct session *s, enum trust_kind kind,
    struct slice authority, struct slice object);

/*
 * trust_pinned(s, authority):
 * Whether a pin of this authority is in force and not withdrawn.
 */
bool trust_pinned(const struct session *s, struct slice authority);

/*
 * trust_path(s, name, out):
 * The path of HOME/trust/name.
 */
MUST_USE enum err trust_path(const struct session *s, const char *name,
    char out[static HOME_PATH_MAX]);

#endif
