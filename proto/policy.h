/*
 * policy: the one function that says yes or no.
 *
 * What may be done with a message follows from its restriction set and from
 * a few facts: who wants to do what, for which purpose, at what time.  Node
 * and client ask the same function; the checks are a table and run in the
 * order below, and the first one that objects decides.
 *
 * Times.  The caller has two, lo and hi, equal to the wall clock where it is
 * trusted (FORMAT.md section 7).  What ends an embargo asks lo; what allows
 * (use_until, retain_until) asks hi.
 */
#ifndef PROTO_POLICY_H
#define PROTO_POLICY_H

#include "proto/hash.h"
#include "proto/record.h"

enum may {
    MAY_SEND,           /* let it leave for its recipient */
    MAY_RECEIVE,        /* take it in from its sender */
    MAY_OPEN,           /* read it */
    MAY_PRINT,          /* print it, logged */
    MAY_EXPORT,         /* copy it into the authority's own case system */
    MAY_QUOTE,          /* in a court paper, request or application */
    MAY_USE,            /* declare a use; with a proceeding: file it there */
    MAY_FORWARD,        /* pass it on to another authority, court, counsel */
    MAY_ACTS
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
    bool handler;                   /* the message is assigned to him */
    bool accepted;                  /* the set was accepted (accept_first) */
    struct slice authority;         /* the person's authority */
    struct slice onward_to;         /* FORWARD, QUOTE: to whom; or empty */
    const struct rec *onward_card;  /* the card of onward_to; NULL unknown */
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
};

/*
 * policy_check(restrictions, act, facts):
 * Whether the act is allowed.  Fixed order: role (E_ROLE), audience
 * (E_AUDIENCE), acceptance (E_RESTR_NOT_ACCEPTED), embargo (E_EMBARGO),
 * keeping (E_RETENTION_EXPIRED), use (E_USE_EXPIRED), purpose (E_PURPOSE),
 * proceeding (E_PURPOSE), level of use and copies (E_USE_LEVEL), passing on
 * (E_ONWARD_NEVER, E_ONWARD_NO_CONSENT).  Of these the authority's own
 * content asks for the role alone.  Without a set: NO, E_RESTR_UNKNOWN.
 */
struct verdict policy_check(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts);

/*
 * policy_act_name(act):
 * "open", "print" and so on, as `valise may` prints them.
 */
const char *policy_act_name(enum may act);

/* How the values of one limit are ordered. */
enum limit_order {
    LIMIT_SMALLER,      /* the smaller number is stricter */
    LIMIT_LARGER,       /* the larger number is stricter; absent: 0 */
    LIMIT_TRUE,         /* true is stricter */
    LIMIT_SUBSET,       /* the smaller set is stricter */
    LIMIT_SUPERSET,     /* the larger set is stricter */
    LIMIT_READERS,      /* named_officers: a subset where the audience is
                         * NAMED, no limit elsewhere */
    LIMIT_ONWARD,       /* mode, then the entries of LISTED */
    LIMIT_ATTRIBUTION,  /* MUST_NOT, WITH_CONSENT, MAY; MUST_CITE is stricter
                         * than MAY and contradicts the first two */
    LIMIT_CONF,         /* required; scope larger; until later or absent */
    LIMIT_CERT_DAYS,    /* fewer days, where a certificate is owed */
    LIMIT_LABEL,        /* no order: never wider */
    LIMIT_ORDERS
};

struct limit {
    const char *name;
    enum limit_order order;
};

/*
 * limits_all(n):
 * The limits of a restriction set in the order of their keys.
 */
const struct limit *limits_all(size_t *n);

/*
 * limits_widened(child, parent, f):
 * OK if no limit of child is looser than that of parent; E_RESTR_WIDENED
 * (V-033) with the path "restrictions.NAME" of the first one that is.  Both
 * sets are complete.  A missing one is E_RESTR_UNKNOWN.
 */
MUST_USE enum err limits_widened(const struct rec *child,
    const struct rec *parent, struct fault *f);

#endif
