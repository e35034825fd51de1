/*
 * verify: what a client checks of a sealed message before it decrypts, and
 * of the opening that its node proves (FORMAT.md sections 2, 6 and 8).
 *
 * Pure functions over bytes and a directory: whoever hands the bytes over is
 * not believed.
 */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include "keys/consents.h"
#include "proto/entry.h"
#include "proto/enums.h"
#include "proto/envelope.h"

#define VERIFY_LIFE_MAX (21 * 86400)    /* of a message */

/* What was asked of the node, and by whom. */
struct verify_opening {
    const uint8_t *digest;          /* of the message */
    const uint8_t *kid;             /* signing key of who opens */
    uint64_t purpose;
    struct slice proceeding;        /* empty without one */
    struct slice statement;         /* as it was sent, and its signature */
    struct slice sig;
};

/*
 * verify_opening(entry, openings, x):
 * OK if the entry, which a receipt has proven, is the opening that x asks
 * for: event OPENED, done, about this digest, and exactly three openings, of
 * actor, purpose and statement, that hold this person, this purpose and this
 * very statement.  Otherwise ERR_PROOF.
 */
MUST_USE enum err verify_opening(const struct entry *entry,
    struct slice openings, const struct verify_opening *x);

struct verify_envelope {
    const struct domain *domain;
    const struct directory *directory;
    struct slice own;               /* authority of the reader */
    struct slice network;
    const uint8_t *digest;          /* HASH_LEN bytes: what was asked for */
    bool pending;                   /* the approver's signature is still to
                                     * come */
};

/* The cards that the message names, for its rules. */
struct verified {
    struct envelope env;
    struct message m;               /* control half */
    const struct rec *sender, *recipient;
    bool out;                       /* the own authority sent it */
};

/*
 * verify_envelope(a, in, x, out, f):
 * All checks of a header and of what it promises of the rest that need no
 * store and no secret: digest, network, parties, times, the lists that it
 * names, author and approver, signatures, wraps, body, and the seals.
 * Everything borrows from in.  E_KEY_UNKNOWN for a list that is not in the
 * directory.
 */
MUST_USE enum err verify_envelope(struct arena *a, struct slice in,
    const struct verify_envelope *x, struct verified *out, struct fault *f);

/*
 * verify_author(d, m, env, pending, f):
 * Author and approver alone: on the named staff list at created_at, their
 * roles, two persons, both signatures.
 */
MUST_USE enum err verify_author(const struct directory *d,
    const struct message *m, const struct envelope *env, bool pending,
    struct fault *f);

/*
 * verify_deputy(staff, officer, at):
 * Who may open in the place of a named officer: his deputy, if he has one
 * who is in office at this time; else NULL.  officer may be NULL.
 */
const struct rec *verify_deputy(const struct rec *staff,
    const struct rec *officer, int64_t at);

#endif
