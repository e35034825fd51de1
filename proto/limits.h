/*
 * limits: the algebra of restriction sets.
 *
 * One row for each field says which of two values is the stricter one.  From
 * the rows follow when one set is wider than another (limits_widened), what
 * binds content that comes from two (limits_meet), what a consent of the
 * originator replaces (limits_with), what accepted conditions take away
 * (limits_tighten), and whether a revision is one (limits_revised).  All of
 * it is pure: sets go in, a new set in the caller's arena comes out, and the
 * sets that went in are not changed.  FORMAT.md section 5 has the table.
 *
 * Sets are complete (V-030) and need not be consistent with one another.
 * The caveat stands in the body and is no field here: texts of combined
 * content are put one after the other by whoever writes the body.
 */
#ifndef PROTO_LIMITS_H
#define PROTO_LIMITS_H

#include "proto/record.h"

/* How the values of one limit are ordered, and so how they meet. */
enum limit_order {
    LIMIT_SMALLER,      /* the smaller number is stricter */
    LIMIT_LARGER,       /* the larger number is stricter; absent: 0 */
    LIMIT_TRUE,         /* true is stricter */
    LIMIT_SUBSET,       /* the smaller set is stricter */
    LIMIT_SUPERSET,     /* the larger set is stricter */
    LIMIT_READERS,      /* named_officers: a subset where the audience is
                         * NAMED, no limit elsewhere */
    LIMIT_ONWARD,       /* mode, then the entries of LISTED */
    LIMIT_NOTICE,       /* the number; of two AFTER_DATE the later date */
    LIMIT_ATTRIBUTION,  /* MUST_NOT, WITH_CONSENT, MAY; MUST_CITE is stricter
                         * than MAY and contradicts the first two */
    LIMIT_CONF,         /* required; scope larger; until later or absent */
    LIMIT_CERT_DAYS,    /* fewer days, where a certificate is owed */
    LIMIT_LABEL,        /* no order: never wider; they meet in their union */
    LIMIT_ORDERS
};

struct limit {
    const char *name;
    enum limit_order order;
    enum err empty;     /* SUBSET, READERS: what nothing in common is */
};

/*
 * limits_all(n):
 * The limits of a restriction set in the order of their keys.
 */
const struct limit *limits_all(size_t *n);

/*
 * limits_order_words(order):
 * "the smaller one" and so on: the stricter value, for FORMAT.md.
 */
const char *limits_order_words(enum limit_order order);

/*
 * limits_widened(child, parent, f):
 * OK if no limit of child is looser than that of parent; E_RESTR_WIDENED
 * (V-033) with the path "restrictions.NAME" of the first one that is.  A
 * missing set is E_RESTR_UNKNOWN.
 */
MUST_USE enum err limits_widened(const struct rec *child,
    const struct rec *parent, struct fault *f);

/*
 * limits_meet(a, A, B, out, f):
 * The loosest set that neither A nor B forbids, field by field.  It has no
 * rid (the caller gives it a fresh one) and the revision 1; derived_from
 * lists the rid of both, or what a set without one derives from; consents is
 * absent, since none was given for the combination.  E_PURPOSE where no
 * purpose is common, E_AUDIENCE where no named officer is,
 * E_ATTRIBUTION_CONFLICT, E_FIELD_RANGE past the bounds of a list; the path
 * names the field.
 */
MUST_USE enum err limits_meet(struct arena *a, const struct rec *A,
    const struct rec *B, struct rec **out, struct fault *f);

/*
 * limits_with(a, parent, consents, n, out):
 * parent (+) consents of 3.4: a copy of parent in which exactly the fields
 * that a consent names have its values, the later one's where two name the
 * same.  The onward mode of a copy that passes on is that of the consent's
 * own set, NEVER where it has none (V-066).  No consent reaches any other
 * field: protect_source, recallable, cert_required and the rest stay (V-064).
 */
MUST_USE enum err limits_with(struct arena *a, const struct rec *parent,
    const struct rec *const *consents, size_t n, struct rec **out);

/*
 * limits_tighten(a, set, conditions, out):
 * A copy of set under the accepted conditions (records `condition` of
 * CONDITIONS_OFFER; NULL is none).  Codes that are in no row change nothing:
 * people read and keep them.  E_PURPOSE where no purpose remains.
 */
MUST_USE enum err limits_tighten(struct arena *a, const struct rec *set,
    const struct value *conditions, struct rec **out);

/*
 * limits_revised(before, after, update, from, f):
 * Whether after, which the RESTRICTION_UPDATE update (its own fields) of
 * `from` brings, may take the place of before (V-034): the same rid
 * (E_RESTR_UNKNOWN), a higher revision (E_RESTR_FORK), the same originators
 * (E_RESTR_NOT_ORIGINATOR).  To tighten, it is no wider in any limit and
 * stricter in one, or in the caveat, which is not seen here
 * (E_RESTR_WIDENED), and from is an originator or hands on a set that
 * derives from another.  To loosen, from is the only originator.  The path
 * names the field.
 */
MUST_USE enum err limits_revised(const struct rec *before,
    const struct rec *after, const struct rec *update, struct slice from,
    struct fault *f);

/*
 * limits_never(set):
 * Whether nobody is even asked to let it be passed on: mode NEVER, but for a
 * copy that came under a consent, where it means that the next one asks
 * through its forwarder (V-066).
 */
bool limits_never(const struct rec *set);

/*
 * limits_copy(a, set):
 * A copy whose fields can be set without changing set; NULL without room.
 */
struct rec *limits_copy(struct arena *a, const struct rec *set);

/*
 * limits_conf_end(set):
 * Until when it stays confidential: conf.until; without one UINT64_MAX
 * (no end) where it is required, else 0.
 */
uint64_t limits_conf_end(const struct rec *set);

#endif
