#include "proto/policy.h"

#include "proto/enums.h"

#include <string.h>

/*
 * The checks.  Each is asked only for the acts of its row and says what it
 * objects to; the rows stand in the order in which people expect the reason:
 * first who, then when, then to whom, then what for, then how far.
 */
#define ACT(a) (1u << (a))
#define ACTS_PASS (ACT(MAY_FORWARD) | ACT(MAY_HAND_OVER))
#define ACTS_CITE (ACT(MAY_QUOTE) | ACT(MAY_FORMALISE))
#define ACTS_COPY (ACT(MAY_PRINT) | ACT(MAY_EXPORT))
#define ACTS_USE (ACTS_COPY | ACTS_CITE | ACTS_PASS | ACT(MAY_USE))
#define ACTS_READ (ACT(MAY_OPEN) | ACTS_USE | ACT(MAY_TELL) | \
    ACT(MAY_NAME) | ACT(MAY_KEEP))
#define ACTS_ALL (ACT(MAY_ACTS) - 1)

/* A transfer shows what it takes and which use it is by itself (V-062); what
 * is read or kept, as often as it is, is no use. */
#define ACTS_NAMED (ACTS_ALL & ~ACT(MAY_FORWARD))
#define ACTS_COUNTED ((ACTS_USE | ACT(MAY_TELL) | ACT(MAY_NAME)) & \
    ~ACT(MAY_FORWARD))

#define ROLES_READ (POLICY_ROLE(OFFICER_ROLE_OFFICER) | ROLES_SECOND | \
    POLICY_ROLE(OFFICER_ROLE_LIAISON))
#define ROLES_SECOND (POLICY_ROLE(OFFICER_ROLE_APPROVER) | \
    POLICY_ROLE(OFFICER_ROLE_HEAD))
#define ROLES_FILE (ROLES_READ | POLICY_ROLE(OFFICER_ROLE_REGISTRY))

/* OK, or what is wrong, and whether it is of use to ask the originator. */
struct objection {
    enum err e;
    bool ask;
};

#define PASS ((struct objection){ OK, false })
#define REFUSE(e) ((struct objection){ (e), false })
#define ASK(e) ((struct objection){ (e), true })

typedef struct objection check_fn(const struct rec *set, enum may act,
    const struct policy_facts *facts);

static bool
is_originator(const struct rec *set, struct slice who)
{
    return who.n > 0 && record_holds(set, "originator", who);
}

/* What is quoted or sent back to its only originator discloses nothing. */
static bool
goes_back(const struct rec *set, const struct policy_facts *facts)
{
    return record_count(set, "originator") == 1 &&
        is_originator(set, facts->onward_to);
}

static bool
quoted_back(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    return (ACTS_CITE & ACT(act)) && goes_back(set, facts);
}

static struct objection
check_role(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    bool filing = act == MAY_OPEN && facts->purpose == PURPOSE_REGISTRATION;

    (void)set;
    return facts->roles & (filing ? ROLES_FILE : ROLES_READ) ? PASS :
        REFUSE(E_ROLE);
}

static struct objection
check_audience(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    if (record_uint(set, "audience") == AUDIENCE_AUTHORITY)
        return PASS;
    if (record_holds(set, "named_officers", SLICE(facts->reader)))
        return PASS;
    if (facts->deputy_of.n == HASH_LEN &&
        record_holds(set, "named_officers", facts->deputy_of))
        return PASS;
    return REFUSE(E_AUDIENCE);
}

static struct objection
check_accepted(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->accepted || record_uint(set, "accept_first") == 0 ? PASS :
        REFUSE(E_RESTR_NOT_ACCEPTED);
}

static struct objection
check_embargo(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->lo >= (int64_t)record_uint(set, "valid_from") ? PASS :
        REFUSE(E_EMBARGO);
}

/* Asked for before it is over: afterwards there is nothing to keep. */
static struct objection
check_retain_until(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    int64_t end = (int64_t)record_uint(set, "retain_until");

    if (facts->hi >= end)
        return REFUSE(E_RETENTION_EXPIRED);
    return act != MAY_KEEP || facts->until <= end ? PASS :
        ASK(E_RETENTION_EXPIRED);
}

static struct objection
check_use_until(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    (void)act;
    return facts->hi < (int64_t)record_uint(set, "use_until") ? PASS :
        REFUSE(E_USE_EXPIRED);
}

static bool
is_party(struct slice to, const char *kind)
{
    size_t n = strlen(kind);

    return to.n > n && memcmp(to.p, kind, n) == 0;
}

/* Serving papers on a party is telling it. */
static struct objection
check_notice(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    uint64_t v = record_uint(set, "subject_notice");
    uint64_t end = limits_conf_end(set);

    if (act == MAY_HAND_OVER && !is_party(facts->onward_to, "OTHER_PARTY:"))
        return PASS;
    if (v == SUBJECT_NOTICE_ALLOWED || (v == SUBJECT_NOTICE_AFTER_DATE &&
        end != 0 && end <= (uint64_t)INT64_MAX && facts->lo >= (int64_t)end))
        return PASS;
    return v == SUBJECT_NOTICE_FORBIDDEN ? REFUSE(E_SUBJECT_NOTICE) :
        ASK(E_SUBJECT_NOTICE);
}

static struct objection
check_name(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    uint64_t v = record_uint(set, "attribution");

    (void)act;
    (void)facts;
    if (v >= ATTRIBUTION_MAY)
        return PASS;
    return v == ATTRIBUTION_MUST_NOT ? REFUSE(E_ATTRIBUTION) :
        ASK(E_ATTRIBUTION);
}

/* An authority of the same State: its first two letters name the State. */
static bool
same_state(struct slice a, struct slice b)
{
    return a.n > 3 && b.n > 3 && a.p[2] == '-' &&
        memcmp(a.p, b.p, 3) == 0;
}

/* Whether entry is KIND@STATE or CLASS:KIND@STATE for a kind of the authority
 * with this card. */
static bool
class_matches(struct slice entry, const struct rec *card)
{
    const struct value *kinds = record_value(card, "kinds");
    struct slice state = record_bytes(card, "state");

    if (is_party(entry, "CLASS:"))
        entry = slice_of(entry.p + 6, entry.n - 6);

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

/* Another State needs a consent, unless the list names the authority.  What
 * has no node of its own, a court or counsel, receives by hand. */
static bool
listed(const struct rec *onward, enum may act,
    const struct policy_facts *facts)
{
    const struct value *v = record_value(onward, "allow");

    if (facts->onward_to.n == 0 || (act == MAY_FORWARD &&
        memchr(facts->onward_to.p, ':', facts->onward_to.n) != NULL))
        return false;
    if (record_holds(onward, "allow", facts->onward_to))
        return true;
    if (!same_state(facts->authority, facts->onward_to) ||
        facts->onward_card == NULL)
        return false;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (class_matches(v->v[i].s, facts->onward_card))
            return true;
    return false;
}

/* A request to the State of all originators discloses nothing abroad. */
static bool
stays_there(const struct rec *set, struct slice to)
{
    const struct value *v = record_value(set, "originator");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (!same_state(v->v[i].s, to))
            return false;
    return v != NULL;
}

static struct objection
check_onward(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    const struct rec *onward = record_rec(set, "onward");
    uint64_t mode = record_uint(onward, "mode");

    if ((ACTS_CITE & ACT(act)) && facts->onward_to.n == 0)
        return PASS;
    if (goes_back(set, facts) || (act == MAY_FORMALISE &&
        stays_there(set, facts->onward_to)))
        return PASS;
    if (limits_never(set))
        return REFUSE(E_ONWARD_NEVER);
    if (mode >= ONWARD_LISTED && listed(onward, act, facts))
        return PASS;
    if (mode == ONWARD_STATE && same_state(facts->authority,
        facts->onward_to))
        return PASS;
    return ASK(E_ONWARD_NO_CONSENT);
}

/* To file and to assign needs no permission, and grants nothing. */
static struct objection
check_purpose(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    bool files = facts->handler ||
        (facts->roles & POLICY_ROLE(OFFICER_ROLE_REGISTRY)) != 0;

    if (facts->purpose == PURPOSE_REGISTRATION)
        return act == MAY_OPEN && files ? PASS : REFUSE(E_PURPOSE);
    return quoted_back(set, act, facts) ||
        record_lists(set, "purposes", facts->purpose) ? PASS :
        ASK(E_PURPOSE);
}

/* At the levels below, and above, the list does not decide. */
static struct objection
check_proceeding(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    if (facts->proceeding.n == 0 || quoted_back(set, act, facts) ||
        record_uint(set, "use_level") != USE_LEVEL_EVIDENCE_LISTED)
        return PASS;
    return record_holds(set, "proceedings", facts->proceeding) ? PASS :
        ASK(E_PURPOSE);
}

/* The level that the act asks for: to quote it; to show it to a court, or to
 * a prosecutor whom only the mode STATE admits; to file it or to serve it. */
static uint64_t
level_needed(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    const struct rec *onward = record_rec(set, "onward");
    bool passes = (ACTS_PASS & ACT(act)) != 0;
    bool court = passes && is_party(facts->onward_to, "COURT:");

    if (passes && is_party(facts->onward_to, "OTHER_PARTY:"))
        return USE_LEVEL_EVIDENCE_LISTED;
    if (facts->proceeding.n > 0 && act != MAY_FORMALISE &&
        (!passes || court))
        return USE_LEVEL_EVIDENCE_LISTED;
    if ((ACTS_CITE & ACT(act)) || court)
        return USE_LEVEL_INVESTIGATIVE;
    if (passes && record_lists(facts->onward_card, "kinds",
        AUTHORITY_KIND_PROSECUTION) && record_uint(onward, "mode") ==
        ONWARD_STATE && !listed(onward, act, facts))
        return USE_LEVEL_INVESTIGATIVE;
    return USE_LEVEL_INTELLIGENCE_ONLY;
}

static struct objection
check_use_level(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    if (quoted_back(set, act, facts) || record_uint(set, "use_level") >=
        level_needed(set, act, facts))
        return PASS;
    return ASK(E_USE_LEVEL);
}

static struct objection
check_export(const struct rec *set, enum may act,
    const struct policy_facts *facts)
{
    uint64_t need = act == MAY_PRINT ? EXPORT_PRINT_LOGGED :
        EXPORT_EXPORT_LOGGED;

    (void)facts;
    return record_uint(set, "export") >= need ? PASS : ASK(E_USE_LEVEL);
}

static const struct row {
    check_fn *check;
    unsigned acts;
    uint16_t rule;
    uint16_t consent;               /* the type to ask for; 0 none */
    const char *field;              /* that a consent replaces */
    bool own;                       /* asked of own content too */
    bool lifted;                    /* not asked of what exculpates */
    bool of_consent;                /* asked of a consent's own set too */
} rows[] = {
    { check_role, ACTS_READ, 4, 0, NULL, true, false, false },
    { check_audience, ACTS_READ, 30, 0, NULL, false, false, false },
    { check_accepted, ACTS_READ, 41, 0, NULL, false, false, false },
    { check_embargo, ACTS_READ, 45, 0, NULL, false, false, false },
    { check_retain_until, ACTS_ALL, 44, CONSENT_TYPE_EXTEND_RETENTION,
      "retain_until", false, false, true },
    { check_use_until, ACTS_USE | ACT(MAY_TELL), 44, 0, NULL, false, false,
      true },
    { check_notice, ACT(MAY_TELL) | ACT(MAY_HAND_OVER), 43,
      CONSENT_TYPE_SUBJECT_NOTICE, "subject_notice", false, true, true },
    { check_name, ACT(MAY_NAME), 65, CONSENT_TYPE_ATTRIBUTION,
      "attribution", false, false, true },
    { check_onward, ACTS_PASS | ACTS_CITE, 60, CONSENT_TYPE_ONWARD,
      "onward", false, true, false },
    { check_purpose, ACT(MAY_OPEN) | ACTS_USE, 43,
      CONSENT_TYPE_PURPOSE_CHANGE, "purposes", false, true, true },
    { check_proceeding, ACTS_USE, 43, CONSENT_TYPE_PURPOSE_CHANGE,
      "proceedings", false, true, true },
    { check_use_level, ACTS_USE, 43, CONSENT_TYPE_USE_LEVEL, "use_level",
      false, true, true },
    { check_export, ACTS_COPY, 43, CONSENT_TYPE_EXPORT, "export", false,
      false, true },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* Its own content, and what it writes to others, a desk reads by role. */
static bool
is_bound(const struct row *r, enum may act, const struct policy_facts *facts)
{
    if (r->own)
        return true;
    return !facts->own && (!facts->sent || act != MAY_OPEN ||
        r->check == check_retain_until);
}

static bool
is_asked(const struct row *r, enum may act, const struct policy_facts *facts)
{
    return (r->acts & ACT(act)) && is_bound(r, act, facts) &&
        !(r->lifted && facts->exculpatory);
}

/* What the rows say of the act under the governing set. */
struct asked {
    const struct rec *set;
    enum may act;
    const struct policy_facts *facts;
    struct objection said[N_ROWS];
};

/* Whether it goes to exactly whom a consent to pass on names, or to one of
 * the class that it names; COURT:proc stands there too. */
static bool
fits_recipient(const struct rec *consent, const struct policy_facts *facts)
{
    struct slice to = record_bytes(consent, "onward_to");
    struct slice class = record_bytes(consent, "onward_to_class");

    if (to.n > 0)
        return slice_equal(to, facts->onward_to);
    return class.n > 0 && (slice_equal(class, facts->onward_to) ||
        (facts->onward_card != NULL &&
        class_matches(class, facts->onward_card)));
}

/* Whether the consent is about this act at all: its dates, its type, and no
 * other purpose or proceeding than it names. */
static bool
in_scope(const struct policy_consent *c, const struct asked *q)
{
    const struct policy_facts *facts = q->facts;
    uint64_t decision = record_uint(c->consent, "decision");

    if (!c->live || (decision != CONSENT_DECISION_GRANT &&
        decision != CONSENT_DECISION_GRANT_WITH_CONDITIONS) ||
        facts->lo < (int64_t)record_uint(c->consent, "valid_from") ||
        facts->hi >= (int64_t)record_uint(c->consent, "expires_at"))
        return false;
    if (record_uint(c->consent, "consent_type") == CONSENT_TYPE_ONWARD &&
        (!((ACTS_PASS | ACTS_CITE) & ACT(q->act)) ||
        !fits_recipient(c->consent, facts)))
        return false;
    if (((ACT(MAY_OPEN) | ACTS_USE) & ACT(q->act)) &&
        record_count(c->consent, "purposes") > 0 &&
        !record_lists(c->consent, "purposes", facts->purpose))
        return false;
    return facts->proceeding.n == 0 ||
        record_count(c->consent, "proceedings") == 0 ||
        record_holds(c->consent, "proceedings", facts->proceeding);
}

/* Whether the consent's own set allows what row i asks, and what the
 * governing set allows; who acts and whom it goes to is not for that set. */
static bool
set_allows(const struct rec *set, const struct asked *q, size_t i)
{
    for (size_t k = 0; set != NULL && k < N_ROWS; k++)
        if (rows[k].of_consent && is_asked(&rows[k], q->act, q->facts) &&
            (k == i || q->said[k].e == OK) &&
            rows[k].check(set, q->act, q->facts).e != OK)
            return false;
    return set != NULL;
}

/* Whether it names all that the act takes. */
static bool
covers(const struct policy_consent *c, const struct policy_facts *facts)
{
    const struct value *v = facts->parts;

    if (v == NULL)
        return c->whole;
    for (size_t i = 0; i < v->n; i++)
        if (!record_holds(c->consent, "parts", v->v[i].s) ||
            record_holds(c->consent, "excluded_parts", v->v[i].s))
            return false;
    return true;
}

/* Whether a consent of this originator lifts the objection of row i, being of
 * the row's type or naming its field: OK; what it lacks where only its parts
 * or its number keep it from that; else E_NOT_FOUND. */
static enum err
lifts(const struct policy_consent *c, const struct asked *q, size_t i,
    struct slice originator)
{
    uint64_t type = record_uint(c->consent, "consent_type");
    uint64_t most = record_uint(c->consent, "max_uses");

    if ((type != rows[i].consent &&
        record_count(c->consent, rows[i].field) == 0) ||
        !slice_equal(record_bytes(c->consent, "originator"), originator) ||
        !in_scope(c, q) || !set_allows(record_rec(c->consent, "set"), q, i))
        return E_NOT_FOUND;
    if ((ACTS_NAMED & ACT(q->act)) && !covers(c, q->facts))
        return E_CONSENT_SCOPE;
    if ((ACTS_COUNTED & ACT(q->act)) && most > 0 && c->uses >= most)
        return E_CONSENT_EXHAUSTED;
    return OK;
}

/* The first that does; *which is its place. */
static enum err
one_consents(const struct asked *q, size_t i, struct slice originator,
    size_t *which)
{
    enum err why = E_NOT_FOUND, e;

    for (size_t k = 0; k < q->facts->n_consents; k++) {
        if ((e = lifts(&q->facts->consents[k], q, i, originator)) == OK) {
            *which = k;
            return OK;
        }
        if (e != E_NOT_FOUND)
            why = e;
    }
    return why;
}

/* Each originator but oneself must have consented; none to a NEVER.  Where a
 * consent is about `which` of them it is put into *used. */
static enum err
consented(const struct asked *q, size_t i, size_t which, bool *used)
{
    const struct value *v = record_value(q->set, "originator");
    size_t found;
    enum err e;

    if (rows[i].field == NULL || q->said[i].e == E_ONWARD_NEVER ||
        v == NULL)
        return E_NOT_FOUND;
    for (size_t k = 0; k < v->n; k++) {
        if (slice_equal(v->v[k].s, q->facts->authority))
            continue;
        if ((e = one_consents(q, i, v->v[k].s, &found)) != OK)
            return e;
        *used |= found == which;
    }
    return OK;
}

static void
ask_all(struct asked *q)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (is_asked(&rows[i], q->act, q->facts))
            q->said[i] = rows[i].check(q->set, q->act, q->facts);
}

/* Where a consent is there and its parts or its number are what is lacking,
 * that is what is said. */
static struct verdict
ask_for(const struct asked *q, size_t i, enum err lacks)
{
    bool there = lacks != E_NOT_FOUND;

    return (struct verdict){ VERDICT_ASK, there ? lacks : q->said[i].e,
        there ? 62 : rows[i].rule, rows[i].consent };
}

/* A refusal that no consent lifts comes before one that a consent would. */
struct verdict
policy_check(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts)
{
    struct asked q = { restrictions, act, facts, { PASS } };
    struct verdict v = { VERDICT_YES, OK, 0, 0 };
    bool used = false;
    enum err e;

    if (restrictions == NULL || (unsigned)act >= MAY_ACTS)
        return (struct verdict){ VERDICT_NO, E_RESTR_UNKNOWN, 30, 0 };
    ask_all(&q);
    for (size_t i = 0; i < N_ROWS; i++) {
        if (q.said[i].e == OK ||
            (e = consented(&q, i, SIZE_MAX, &used)) == OK)
            continue;
        if (!q.said[i].ask)
            return (struct verdict){ VERDICT_NO, q.said[i].e, rows[i].rule,
                0 };
        if (v.answer == VERDICT_YES)
            v = ask_for(&q, i, e);
    }
    return v;
}

bool
policy_uses(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts, size_t which)
{
    struct asked q = { restrictions, act, facts, { PASS } };
    bool used = false;

    if (restrictions == NULL || (unsigned)act >= MAY_ACTS ||
        !(ACTS_COUNTED & ACT(act)))
        return false;
    ask_all(&q);
    for (size_t i = 0; i < N_ROWS; i++)
        if (q.said[i].e != OK)
            (void)consented(&q, i, which, &used);
    return used;
}

const char *
policy_act_name(enum may act)
{
    static const char *const names[MAY_ACTS] = { "send", "receive", "open",
        "print", "export", "quote", "use", "forward", "hand-over",
        "formalise", "tell", "name", "keep" };

    return (unsigned)act < MAY_ACTS ? names[act] : "unknown";
}
