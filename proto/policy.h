/*
 * policy: the one function that says yes or no.
 *
 * What may be done with a message follows from its restriction set (that of
 * thread_governing) and from a few facts: who wants to do what, for which
 * purpose, at what time, and what its originator has consented to.  Node and
 * client ask the same function; the checks are a table and run in the order
 * below, and the first one that objects decides.
 *
 * Times.  The caller has two, lo and hi, equal to the wall clock where it is
 * trusted (FORMAT.md section 7).  What ends an embargo, lets a date of
 * secrecy pass or begins a consent asks lo; what allows (use_until,
 * retain_until, the end of a consent) asks hi.
 */
#ifndef PROTO_POLICY_H
#define PROTO_POLICY_H

#include "proto/hash.h"
#include "proto/limits.h"

enum may {
    MAY_SEND,           /* let it leave for its recipient */
    MAY_RECEIVE,        /* take it in from its sender */
    MAY_OPEN,           /* read it */
    MAY_PRINT,          /* print it, logged */
    MAY_EXPORT,         /* copy it into the authority's own case system */
    MAY_QUOTE,          /* in a court paper, an application, an answer */
    MAY_USE,            /* declare a use; with a proceeding: file it there */
    MAY_FORWARD,        /* pass it on to another authority */
    MAY_HAND_OVER,      /* pass it on by hand: court, counsel, a party, an
                         * authority without a node */
    MAY_FORMALISE,      /* put it into a formal request (V-048) */
    MAY_TELL,           /* tell the person concerned, or anyone linked */
    MAY_NAME,           /* name the originator to people outside (V-065) */
    MAY_KEEP,           /* keep it, until facts.until */
    MAY_ACTS
};

/*
 * A consent for this message, as its holder has it: the record `consent`
 * (fields of FORMAT.md section 3, CONSENT_DECISION) and whether machine C has
 * it GRANTED: signatures checked, conditions accepted, not revoked.  Scope,
 * parts, recipient, dates and the number of uses are asked here.
 */
struct policy_consent {
    const struct rec *consent;
    bool live;
    bool whole;                     /* it is for the message as a whole, with
                                     * its files (consent_policy) */
    uint64_t uses;                  /* acts that it has allowed so far, as
                                     * far as the holder counts them */
};

struct policy_facts {
    int64_t lo, hi;                 /* seconds UTC, lo <= hi */
    uint8_t reader[HASH_LEN];       /* kid of the person's signing key */
    struct slice deputy_of;         /* kid of the named officer for whom the
                                     * person may act now; or empty */
    uint32_t roles;                 /* POLICY_ROLE bits of the person */
    uint16_t purpose;               /* PURPOSE_REGISTRATION and the others */
    struct slice proceeding;        /* id; empty without one */
    bool own;                       /* the person's authority is the only
                                     * originator: the set does not bind it */
    bool sent;                      /* the person's authority sent it: its
                                     * desk opens what it sent by role alone,
                                     * while it is kept */
    bool handler;                   /* the message is assigned to him */
    bool accepted;                  /* the set was accepted (accept_first) */
    bool exculpatory;               /* announced for this message and this
                                     * proceeding (3.8) */
    struct slice authority;         /* the person's authority */
    struct slice onward_to;         /* FORWARD, HAND_OVER, QUOTE, FORMALISE:
                                     * to whom: an authority, COURT:proc,
                                     * OWN_COUNSEL:proc, OTHER_PARTY:proc; or
                                     * empty */
    const struct rec *onward_card;  /* the card of onward_to; NULL unknown */
    int64_t until;                  /* KEEP: until when; 0 = now */
    const struct value *parts;      /* what the act takes of the message;
                                     * NULL: all of it, with its files */
    const struct policy_consent *consents;
    size_t n_consents;
};

#define POLICY_ROLE(role) (UINT32_C(1) << (role))

enum ruling {
    VERDICT_NO,
    VERDICT_YES,
    VERDICT_ASK         /* only with the originator's consent */
};

struct verdict {
    enum ruling answer;
    enum err code;                  /* OK with VERDICT_YES */
    uint16_t rule;                  /* V-nnn behind it; 0 with YES */
    uint16_t consent;               /* ASK: the type that would allow it */
};

/*
 * policy_check(restrictions, act, facts):
 * Whether the act is allowed.  Fixed order: role (E_ROLE), audience
 * (E_AUDIENCE), acceptance (E_RESTR_NOT_ACCEPTED), embargo (E_EMBARGO),
 * keeping (E_RETENTION_EXPIRED), use (E_USE_EXPIRED), purpose (E_PURPOSE),
 * proceeding (E_PURPOSE), level of use (E_USE_LEVEL), copies (E_USE_LEVEL),
 * the person concerned (E_SUBJECT_NOTICE), the originator's name
 * (E_ATTRIBUTION), passing on (E_ONWARD_NEVER, E_ONWARD_NO_CONSENT).  Of
 * these the authority's own content asks for the role alone.  Without a set:
 * NO, E_RESTR_UNKNOWN.
 *
 * Where a consent could allow it the answer is ASK with its type; where one
 * does, YES.  One does if it is live, names this purpose, proceeding and
 * recipient (or none), and what the governing set refuses its own set
 * allows; but for a transfer, it must name each part that is taken, or be for
 * the whole (else E_CONSENT_SCOPE), and have uses left to print, export,
 * quote, use, pass on by hand, formalise, tell or name (else
 * E_CONSENT_EXHAUSTED); of several originators each must have given one.  An exculpatory
 * disclosure is not asked for purpose, proceeding, level of use, passing on
 * and the person concerned.  `actions` is shown and never asked.
 */
struct verdict policy_check(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts);

/*
 * policy_uses(restrictions, act, facts, which):
 * Whether the act, which policy_check allows, is a use of facts->consents
 * [which]: of each originator the first that allows it is used.
 */
bool policy_uses(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts, size_t which);

/*
 * policy_act_name(act):
 * "open", "print" and so on, as `valise may` prints them.
 */
const char *policy_act_name(enum may act);

#endif
