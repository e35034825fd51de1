/*
 * keeper: what all commands of a keeper have in common: signing a list or
 * pin and handing it in, and seeing that the weekly keys of the desk are
 * published ahead and sealed to everybody who may read.
 *
 * A crash between publishing a week and sealing its secret would lose what is
 * sent to it.  So before anything is published the new secrets stand in
 * HOME/epochs.pending, each as a slot of this very device:
 *
 *   epochs.pending = [slot ...]         removed when all slots are stored
 */
#ifndef CLI_KEEPER_H
#define CLI_KEEPER_H

#include "cli/trust/session.h"

#define KEEPER_WEEK (7 * 86400)
#define KEEPER_AHEAD (8 * KEEPER_WEEK)
#define KEEPER_EPOCHS_MAX 12            /* of a list */

/* A person who is being enrolled, with the devices of his request. */
struct keeper_new {
    const struct rec *request;
    uint64_t roles;                     /* bits 1 << role */
};

enum keeper_mode {
    KEEPER_TOP_UP,                      /* what is missing */
    KEEPER_ALL,                         /* seal all living weeks to all */
    KEEPER_REPLACE                      /* and new keys from this week on */
};

/* What was done, for people. */
struct keeper_report {
    size_t made;                        /* weeks */
    uint64_t until;                     /* end of the last one */
    size_t sealed;                      /* slots stored */
    size_t readers;                     /* devices */
};

/*
 * keeper_check(s):
 * E_ROLE unless the person is a keeper on the own card.  Reported.
 */
MUST_USE enum err keeper_check(struct session *s);

/*
 * keeper_newest(s, kind, authority, digest):
 * The newest object, to go on from: that it is in force is directory_find.
 * NULL if there is none.  digest may be NULL.
 */
const struct rec *keeper_newest(struct session *s, enum trust_kind kind,
    struct slice authority, uint8_t *digest);

/*
 * keeper_begin(s, kind, serial, out):
 * A record of this kind with version, network, authority and serial.
 */
MUST_USE enum err keeper_begin(struct session *s, enum trust_kind kind,
    uint64_t serial, struct rec **out);

/*
 * keeper_sign(s, kind, r, object, digest):
 * Sign it; the object is in the session's arena.
 */
MUST_USE enum err keeper_sign(struct session *s, enum trust_kind kind,
    const struct rec *r, struct slice *object,
    uint8_t digest[static HASH_LEN]);

/*
 * keeper_put(s, kind, act, object, digest):
 * Hand an object in.  OK too where it waits for a second person.
 */
MUST_USE enum err keeper_put(struct session *s, enum trust_kind kind,
    enum act act, struct slice object, const uint8_t digest[static HASH_LEN]);

/*
 * keeper_reads(roles):
 * Whether a person with these roles (bits) may open what the desk receives.
 */
bool keeper_reads(uint64_t roles);

/*
 * keeper_top_up(s, mode, people, n, out):
 * Publish weeks until eight are ahead, and seal: every new week to all
 * readers, and every living one to the devices of the n people (to all
 * devices where mode says so, or where the last time was interrupted).
 */
MUST_USE enum err keeper_top_up(struct session *s, enum keeper_mode mode,
    const struct keeper_new *people, size_t n, struct keeper_report *out);

/*
 * keeper_bits(r, name):
 * The codes of a list of roles as bits.
 */
uint64_t keeper_bits(const struct rec *r, const char *name);

#endif
