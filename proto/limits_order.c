/*
 * The limits, their order, and what follows from the order alone: whether a
 * set is wider than another, and whether a revision takes its place.
 */
#include "proto/limits.h"

#include "proto/enums.h"

static const struct limit limits[] = {
    { "originator", LIMIT_SUPERSET, OK },
    { "audience", LIMIT_SMALLER, OK },
    { "named_officers", LIMIT_READERS, E_AUDIENCE },
    { "purposes", LIMIT_SUBSET, E_PURPOSE },
    { "proceedings", LIMIT_SUBSET, OK },
    { "use_level", LIMIT_SMALLER, OK },
    { "actions", LIMIT_SMALLER, OK },
    { "onward", LIMIT_ONWARD, OK },
    { "subject_notice", LIMIT_NOTICE, OK },
    { "attribution", LIMIT_ATTRIBUTION, OK },
    { "protect_source", LIMIT_TRUE, OK },
    { "conf", LIMIT_CONF, OK },
    { "valid_from", LIMIT_LARGER, OK },
    { "use_until", LIMIT_SMALLER, OK },
    { "retain_until", LIMIT_SMALLER, OK },
    { "end_action", LIMIT_SMALLER, OK },
    { "cert_required", LIMIT_TRUE, OK },
    { "cert_due_days", LIMIT_CERT_DAYS, OK },
    { "recallable", LIMIT_TRUE, OK },
    { "export", LIMIT_SMALLER, OK },
    { "accept_first", LIMIT_TRUE, OK },
    { "class_equiv", LIMIT_LARGER, OK },
    { "legal_basis", LIMIT_LABEL, OK },
};
#define N_LIMITS (sizeof(limits) / sizeof(limits[0]))

const struct limit *
limits_all(size_t *n)
{
    *n = N_LIMITS;
    return limits;
}

const char *
limits_order_words(enum limit_order order)
{
    static const char *const words[LIMIT_ORDERS] = {
        [LIMIT_SMALLER] = "the smaller value",
        [LIMIT_LARGER] = "the larger value",
        [LIMIT_TRUE] = "true",
        [LIMIT_SUBSET] = "the smaller set; the intersection",
        [LIMIT_SUPERSET] = "the larger set; the union",
        [LIMIT_READERS] = "the smaller set, of NAMED; the intersection",
        [LIMIT_ONWARD] = "the smaller mode, then the smaller list",
        [LIMIT_NOTICE] = "the smaller value; of AFTER_DATE the later date",
        [LIMIT_ATTRIBUTION] = "MUST_NOT, WITH_CONSENT, MUST_CITE, MAY",
        [LIMIT_CONF] = "required; the larger scope, the later end",
        [LIMIT_CERT_DAYS] = "the smaller value, where one is owed",
        [LIMIT_LABEL] = "a label; the union, ascending",
    };

    return (unsigned)order < LIMIT_ORDERS ? words[order] : "";
}

/* Whether each element of list `name` in a is in b too; absent is empty. */
static bool
subset(const struct rec *a, const struct rec *b, const char *name)
{
    const struct value *v = record_value(a, name);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->f->type == FT_ENUM ? !record_lists(b, name, v->v[i].u) :
            !record_holds(b, name, v->v[i].s))
            return false;
    return true;
}

static bool
looser_smaller(const struct rec *c, const struct rec *p, const char *name)
{
    return record_uint(c, name) > record_uint(p, name);
}

static bool
looser_larger(const struct rec *c, const struct rec *p, const char *name)
{
    return record_uint(c, name) < record_uint(p, name);
}

static bool
looser_subset(const struct rec *c, const struct rec *p, const char *name)
{
    return !subset(c, p, name);
}

static bool
looser_superset(const struct rec *c, const struct rec *p, const char *name)
{
    return !subset(p, c, name);
}

static bool
looser_readers(const struct rec *c, const struct rec *p, const char *name)
{
    return record_uint(p, "audience") == AUDIENCE_NAMED &&
        !subset(c, p, name);
}

static bool
looser_onward(const struct rec *c, const struct rec *p, const char *name)
{
    const struct rec *co = record_rec(c, name), *po = record_rec(p, name);
    uint64_t cm = record_uint(co, "mode"), pm = record_uint(po, "mode");

    return cm > pm || (cm == ONWARD_LISTED && pm == ONWARD_LISTED &&
        !subset(co, po, "allow")) ||
        (cm == ONWARD_STATE && !subset(co, po, "allow"));
}

uint64_t
limits_conf_end(const struct rec *set)
{
    const struct rec *conf = record_rec(set, "conf");

    return record_has(conf, "until") ? record_uint(conf, "until") :
        record_uint(conf, "required") != 0 ? UINT64_MAX : 0;
}

static bool
looser_notice(const struct rec *c, const struct rec *p, const char *name)
{
    uint64_t cv = record_uint(c, name), pv = record_uint(p, name);

    return cv > pv || (cv == SUBJECT_NOTICE_AFTER_DATE && pv == cv &&
        limits_conf_end(c) < limits_conf_end(p));
}

static bool
looser_attribution(const struct rec *c, const struct rec *p,
    const char *name)
{
    uint64_t cv = record_uint(c, name), pv = record_uint(p, name);

    if (cv == ATTRIBUTION_MUST_CITE)
        return pv < ATTRIBUTION_MAY;
    return pv == ATTRIBUTION_MUST_CITE || cv > pv;
}

/* The codes of the scope are a bit for the fact and one for the substance. */
static bool
looser_conf(const struct rec *c, const struct rec *p, const char *name)
{
    const struct rec *cc = record_rec(c, name), *pc = record_rec(p, name);

    if (record_uint(pc, "required") == 0)
        return false;
    return record_uint(cc, "required") == 0 ||
        (record_uint(pc, "scope") & ~record_uint(cc, "scope")) != 0 ||
        limits_conf_end(c) < limits_conf_end(p);
}

static bool
looser_cert_days(const struct rec *c, const struct rec *p, const char *name)
{
    return record_uint(p, "cert_required") != 0 &&
        looser_smaller(c, p, name);
}

static bool
looser_never(const struct rec *c, const struct rec *p, const char *name)
{
    (void)c;
    (void)p;
    (void)name;
    return false;
}

static bool (*const looser[LIMIT_ORDERS])(const struct rec *,
    const struct rec *, const char *) = {
    [LIMIT_SMALLER] = looser_smaller,
    [LIMIT_LARGER] = looser_larger,
    [LIMIT_TRUE] = looser_larger,
    [LIMIT_SUBSET] = looser_subset,
    [LIMIT_SUPERSET] = looser_superset,
    [LIMIT_READERS] = looser_readers,
    [LIMIT_ONWARD] = looser_onward,
    [LIMIT_NOTICE] = looser_notice,
    [LIMIT_ATTRIBUTION] = looser_attribution,
    [LIMIT_CONF] = looser_conf,
    [LIMIT_CERT_DAYS] = looser_cert_days,
    [LIMIT_LABEL] = looser_never,
};

enum err
limits_widened(const struct rec *child, const struct rec *parent,
    struct fault *f)
{
    if (child == NULL || parent == NULL)
        return fault_set(f, E_RESTR_UNKNOWN, 30, "restrictions");
    for (size_t i = 0; i < N_LIMITS; i++)
        if (looser[limits[i].order](child, parent, limits[i].name))
            return fault_set(f, E_RESTR_WIDENED, 33, "restrictions.%s",
                limits[i].name);
    return OK;
}

/* Who may send a revision: see limits_revised. */
static bool
may_revise(const struct rec *before, struct slice from, bool tighten)
{
    bool one = record_holds(before, "originator", from);

    if (!tighten)
        return one && record_count(before, "originator") == 1;
    return one || record_count(before, "derived_from") > 0;
}

enum err
limits_revised(const struct rec *before, const struct rec *after,
    const struct rec *update, struct slice from, struct fault *f)
{
    bool tighten = record_uint(update, "direction") != DIRECTION_LOOSEN;

    if (before == NULL || after == NULL || !slice_equal(
        record_bytes(before, "rid"), record_bytes(after, "rid")))
        return fault_set(f, E_RESTR_UNKNOWN, 34, "restrictions.rid");
    if (record_uint(after, "rrev") <= record_uint(before, "rrev"))
        return fault_set(f, E_RESTR_FORK, 34, "restrictions.rrev");
    if (!may_revise(before, from, tighten) ||
        !subset(before, after, "originator") ||
        !subset(after, before, "originator"))
        return fault_set(f, E_RESTR_NOT_ORIGINATOR, 34,
            "restrictions.originator");
    if (!tighten)
        return OK;
    if (limits_widened(after, before, f) != OK) {
        if (f != NULL)
            f->rule = 34;
        return E_RESTR_WIDENED;
    }
    return limits_widened(before, after, NULL) != OK ||
        record_lists(update, "changed", LIMIT_caveat) ? OK :
        fault_set(f, E_RESTR_WIDENED, 34, "restrictions");
}
