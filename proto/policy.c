#include "proto/policy.h"

#include "proto/enums.h"

#include <string.h>

/*
 * The checks.  Each is asked only for the acts of its row and says what it
 * objects to; the rows stand in the order in which people expect the reason:
 * first who, then when, then what for, then how far.
 */
#define ACT(a) (1u << (a))
#define ACTS_READ (ACT(MAY_OPEN) | ACTS_USE)
#define ACTS_USE (ACT(MAY_PRINT) | ACT(MAY_EXPORT) | ACT(MAY_QUOTE) | \
    ACT(MAY_USE) | ACT(MAY_FORWARD))
#define ACTS_ALL (ACT(MAY_ACTS) - 1)

#define ROLES_READ (POLICY_ROLE(OFFICER_ROLE_OFFICER) | ROLES_SECOND | \
    POLICY_ROLE(OFFICER_ROLE_LIAISON))
#define ROLES_SECOND (POLICY_ROLE(OFFICER_ROLE_APPROVER) | \
    POLICY_ROLE(OFFICER_ROLE_HEAD))
#define ROLES_FILE (ROLES_READ | POLICY_ROLE(OFFICER_ROLE_REGISTRY))

typedef enum err check_fn(const struct rec *set, enum may act,
    const struct policy_facts *facts);

/* Whether the list `name` of set holds these bytes. */
static bool
lists_bytes(const struct rec *set, const char *name, struct slice s)
{
    const struct value *v = record_value(set, name);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(v->v[i].s, s))
            return true;
    return false;
}

/* What is quoted or sent back to its only originator discloses nothing. */
static bool
goes_back(const struct rec *set, const struct policy_facts *facts)
{
    return facts->onward_to.n > 0 && record_count(set, "originator") == 1 &&
        lists_bytes(set, "originator", facts->onward_to);
}

static enum err
check_role(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    bool filing = act == MAY_OPEN && facts->purpose == PURPOSE_REGISTRATION;

    (void)set;
    return facts->roles & (filing ? ROLES_FILE : ROLES_READ) ? OK : E_ROLE;
}

static enum err
check_audience(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    if (record_uint(set, "audience") == AUDIENCE_AUTHORITY)
        return OK;
    if (lists_bytes(set, "named_officers", SLICE(facts->reader)))
        return OK;
    if (facts->deputy_of.n == HASH_LEN &&
        lists_bytes(set, "named_officers", facts->deputy_of))
        return OK;
    return E_AUDIENCE;
}

static enum err
check_accepted(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->accepted || record_uint(set, "accept_first") == 0 ? OK :
        E_RESTR_NOT_ACCEPTED;
}

static enum err
check_embargo(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->lo >= (int64_t)record_uint(set, "valid_from") ? OK :
        E_EMBARGO;
}

static enum err
check_retain_until(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->hi <= (int64_t)record_uint(set, "retain_until") ? OK :
        E_RETENTION_EXPIRED;
}

static enum err
check_use_until(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->hi <= (int64_t)record_uint(set, "use_until") ? OK :
        E_USE_EXPIRED;
}

/* To file and to assign needs no permission, and grants nothing. */
static enum err
check_purpose(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    bool files = facts->handler ||
        (facts->roles & POLICY_ROLE(OFFICER_ROLE_REGISTRY)) != 0;

    if (facts->purpose == PURPOSE_REGISTRATION)
        return act == MAY_OPEN && files ? OK : E_PURPOSE;
    return record_lists(set, "purposes", facts->purpose) ? OK : E_PURPOSE;
}

/* At the levels below, and above, the list does not decide. */
static enum err
check_proceeding(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    if (facts->proceeding.n == 0 ||
        record_uint(set, "use_level") != USE_LEVEL_EVIDENCE_LISTED)
        return OK;
    return lists_bytes(set, "proceedings", facts->proceeding) ? OK :
        E_PURPOSE;
}

static enum err
check_use_level(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    uint64_t level = record_uint(set, "use_level");

    if (act == MAY_QUOTE && goes_back(set, facts))
        return OK;
    if (act == MAY_QUOTE && level < USE_LEVEL_INVESTIGATIVE)
        return E_USE_LEVEL;
    if (facts->proceeding.n > 0 && level < USE_LEVEL_EVIDENCE_LISTED)
        return E_USE_LEVEL;
    return OK;
}

static enum err
check_export(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    uint64_t need = act == MAY_PRINT ? EXPORT_PRINT_LOGGED :
        EXPORT_EXPORT_LOGGED;

    (void)facts;
    return record_uint(set, "export") >= need ? OK : E_USE_LEVEL;
}

/* An authority of the same State: its first two letters name the State. */
static bool
same_state(const struct policy_facts *facts)
{
    return facts->authority.n > 2 && facts->onward_to.n > 3 &&
        facts->onward_to.p[2] == '-' &&
        memcmp(facts->authority.p, facts->onward_to.p, 3) == 0;
}

/* Whether entry is KIND@STATE for a kind of the authority with this card. */
static bool
class_matches(struct slice entry, const struct rec *card)
{
    const struct value *kinds = record_value(card, "kinds");
    struct slice state = record_bytes(card, "state");

    for (size_t i = 0; kinds != NULL && i < kinds->n; i++) {
        const char *name = enum_name(&enum_authority_kind, kinds->v[i].u);
        size_t n = name == NULL ? 0 : strlen(name);

        if (n > 0 && entry.n == n + 1 + state.n &&
            memcmp(entry.p, name, n) == 0 && entry.p[n] == '@' &&
            memcmp(entry.p + n + 1, state.p, state.n) == 0)
            return true;
    }
    return false;
}

/* Another State needs a consent, unless the list names the authority. */
static bool
listed(const struct rec *onward, const struct policy_facts *facts)
{
    const struct value *v = record_value(onward, "allow");

    if (facts->onward_to.n == 0)
        return false;
    if (lists_bytes(onward, "allow", facts->onward_to))
        return true;
    if (!same_state(facts) || facts->onward_card == NULL)
        return false;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (class_matches(v->v[i].s, facts->onward_card))
            return true;
    return false;
}

static enum err
check_onward(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    const struct rec *onward = record_rec(set, "onward");
    uint64_t mode = record_uint(onward, "mode");

    (void)act;
    if (goes_back(set, facts))
        return OK;
    if (mode == ONWARD_NEVER)
        return E_ONWARD_NEVER;
    if (mode >= ONWARD_LISTED && listed(onward, facts))
        return OK;
    if (mode == ONWARD_STATE && same_state(facts))
        return OK;
    return E_ONWARD_NO_CONSENT;
}

static const struct {
    check_fn *check;
    unsigned acts;
    uint16_t rule;
    bool own;                       /* asked of own content too */
} checks[] = {
    { check_role, ACTS_READ, 4, true },
    { check_audience, ACTS_READ, 30, false },
    { check_accepted, ACTS_READ, 41, false },
    { check_embargo, ACTS_READ, 45, false },
    { check_retain_until, ACTS_ALL, 44, false },
    { check_use_until, ACTS_USE, 44, false },
    { check_purpose, ACTS_READ, 43, false },
    { check_proceeding, ACTS_USE, 43, false },
    { check_use_level, ACTS_USE, 43, false },
    { check_export, ACT(MAY_PRINT) | ACT(MAY_EXPORT), 43, false },
    { check_onward, ACT(MAY_FORWARD), 60, false },
};

struct verdict
policy_check(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts)
{
    struct verdict v = { VERDICT_NO, E_RESTR_UNKNOWN, 30 };

    if (restrictions == NULL || (unsigned)act >= MAY_ACTS)
        return v;
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (!(checks[i].acts & ACT(act)) || (facts->own && !checks[i].own))
            continue;
        v.code = checks[i].check(restrictions, act, facts);
        v.rule = checks[i].rule;
        if (v.code == E_ONWARD_NO_CONSENT)
            v.answer = VERDICT_ASK;
        if (v.code != OK)
            return v;
    }
    return (struct verdict){ VERDICT_YES, OK, 0 };
}

const char *
policy_act_name(enum may act)
{
    static const char *const names[MAY_ACTS] = { "send", "receive", "open",
        "print", "export", "quote", "use", "forward" };

    return (unsigned)act < MAY_ACTS ? names[act] : "unknown";
}

/*
 * The limits.  The order of a row says what "looser" is; it is also what a
 * combination of two sets goes by.
 */
static const struct limit limits[] = {
    { "originator", LIMIT_SUPERSET },
    { "audience", LIMIT_SMALLER },
    { "named_officers", LIMIT_READERS },
    { "purposes", LIMIT_SUBSET },
    { "proceedings", LIMIT_SUBSET },
    { "use_level", LIMIT_SMALLER },
    { "actions", LIMIT_SMALLER },
    { "onward", LIMIT_ONWARD },
    { "subject_notice", LIMIT_SMALLER },
    { "attribution", LIMIT_ATTRIBUTION },
    { "protect_source", LIMIT_TRUE },
    { "conf", LIMIT_CONF },
    { "valid_from", LIMIT_LARGER },
    { "use_until", LIMIT_SMALLER },
    { "retain_until", LIMIT_SMALLER },
    { "end_action", LIMIT_SMALLER },
    { "cert_required", LIMIT_TRUE },
    { "cert_due_days", LIMIT_CERT_DAYS },
    { "recallable", LIMIT_TRUE },
    { "export", LIMIT_SMALLER },
    { "accept_first", LIMIT_TRUE },
    { "class_equiv", LIMIT_LARGER },
    { "legal_basis", LIMIT_LABEL },
};

const struct limit *
limits_all(size_t *n)
{
    *n = sizeof(limits) / sizeof(limits[0]);
    return limits;
}

/* Whether each element of list `name` in a is in b too; absent is empty. */
static bool
subset(const struct rec *a, const struct rec *b, const char *name)
{
    const struct value *v = record_value(a, name);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->f->type == FT_ENUM ? !record_lists(b, name, v->v[i].u) :
            !lists_bytes(b, name, v->v[i].s))
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
    if (record_uint(cc, "required") == 0)
        return true;
    if (record_uint(pc, "scope") & ~record_uint(cc, "scope"))
        return true;
    return record_has(cc, "until") && (!record_has(pc, "until") ||
        record_uint(cc, "until") < record_uint(pc, "until"));
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
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (looser[limits[i].order](child, parent, limits[i].name))
            return fault_set(f, E_RESTR_WIDENED, 33, "restrictions.%s",
                limits[i].name);
    return OK;
}
