/*
 * Who may send what to whom, and what every message says (V-005 to V-020,
 * V-054, V-055).
 */
#include "proto/rules_in.h"

/* Kinds 1, 4, 5, 12 and 26: an authority's own list may leave them out. */
#define MAY_LEAVE_OUT (RULE_KIND(1) | RULE_KIND(4) | RULE_KIND(5) | \
    RULE_KIND(12) | RULE_KIND(26))

enum err
v005_four_eyes(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    unsigned n = m->kind->n;
    bool need = (m->kind->flags & K_FOUR_EYES) != 0;

    if (facts->sender == NULL)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 5, "from");
    if (record_has(facts->sender, "four_eyes"))
        need = record_lists(facts->sender, "four_eyes", n) ||
            (need && (n >= 64 || !(MAY_LEAVE_OUT & RULE_KIND(n))));
    if (need && !kind_alone(m) && message_uint(m, "approval") == 0)
        return fault_set(f, E_FOUR_EYES, 5, "approval");
    return OK;
}

/* What each kind of authority may open and receive, of the kinds named. */
#define KINDS_TABLED (RULE_KIND(1) | RULE_KIND(2) | RULE_KIND(3) | \
    RULE_KIND(4) | RULE_KIND(19) | RULE_KIND(36))
#define SPONT RULE_KIND(1)
#define ASK RULE_KIND(2)
#define TALK RULE_KIND(3)
#define OFFER RULE_KIND(4)
#define ONWARD RULE_KIND(19)
#define MATCH RULE_KIND(36)

static const struct {
    uint8_t authority;
    uint64_t opens, receives;
} counterparts[] = {
    { AUTHORITY_KIND_PREVENTION, TALK, TALK | ONWARD },
    { AUTHORITY_KIND_MLA_CENTRAL, TALK | OFFER | SPONT | ONWARD,
      TALK | OFFER | SPONT | ONWARD },
    { AUTHORITY_KIND_ASSET_RECOVERY_FP, ASK | TALK | SPONT | ONWARD,
      ASK | TALK | SPONT | OFFER | ONWARD },
    { AUTHORITY_KIND_EXTRADITION_CENTRAL, TALK, TALK | ONWARD },
    { AUTHORITY_KIND_CIVIL_ADMIN_FP, TALK | OFFER | SPONT | ONWARD,
      TALK | OFFER | SPONT | ONWARD },
    { AUTHORITY_KIND_FIU, SPONT | ASK | MATCH | ONWARD,
      SPONT | ASK | MATCH | ONWARD },
    { AUTHORITY_KIND_LAW_ENFORCEMENT, SPONT | ASK | ONWARD,
      SPONT | ASK | ONWARD },
    { AUTHORITY_KIND_PROSECUTION, SPONT | ASK | ONWARD,
      SPONT | ASK | ONWARD },
    { AUTHORITY_KIND_SUPERVISOR, ASK, ASK | ONWARD },
    { AUTHORITY_KIND_TAX, 0, ONWARD },
    { AUTHORITY_KIND_ANTI_CORRUPTION_AGENCY, SPONT | ASK | ONWARD,
      SPONT | ASK | ONWARD },
};

/* Whether the authority of card may open, or receive, one of these kinds. */
static bool
may(const struct rec *card, uint64_t kinds, bool opens)
{
    for (size_t i = 0; i < sizeof(counterparts) / sizeof(*counterparts); i++)
        if (record_lists(card, "kinds", counterparts[i].authority) &&
            (kinds & (opens ? counterparts[i].opens :
            counterparts[i].receives)))
            return true;
    return false;
}

static bool
opens_thread(const struct message *m, const struct rule_facts *facts)
{
    return (m->kind->flags & K_OPENS) && !facts->known_thread;
}

enum err
v010_counterpart(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    uint64_t kind = m->kind->n < 64 ? RULE_KIND(m->kind->n) : 0;
    const struct value *v;

    if (!opens_thread(m, facts))
        return OK;
    if (facts->sender == NULL || facts->recipient == NULL)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 10,
            facts->sender == NULL ? "from" : "to");
    if ((kind & KINDS_TABLED) && !may(facts->sender, kind, true))
        return fault_set(f, E_COUNTERPART, 10, "from");
    if ((kind & KINDS_TABLED) && !may(facts->recipient, kind, false))
        return fault_set(f, E_COUNTERPART, 10, "to");
    v = record_value(facts->sender, "kinds");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_lists(facts->recipient, "counterpart_classes", v->v[i].u))
            return OK;
    return fault_set(f, E_COUNTERPART, 10, "from");
}

enum err
v011_accepts(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    if (!opens_thread(m, facts))
        return OK;
    if (facts->recipient == NULL)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 11, "to");
    if (!record_lists(facts->recipient, "accepts_kinds", m->kind->n))
        return fault_set(f, E_COUNTERPART, 11, "kind");
    return OK;
}

enum err
v012_party(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    uint64_t party = record_uint(facts->recipient, "party_kind");

    if (!(m->kind->flags & K_RESTR))
        return OK;
    if (party < PARTY_KIND_STATE_PARTY || party > PARTY_KIND_TERRITORY)
        return fault_set(f, E_NOT_PARTY, 12, "to");
    return OK;
}

enum err
v015_stale(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)m;
    if (facts->recipient != NULL &&
        (int64_t)record_uint(facts->recipient, "review_by") < facts->now)
        return fault_set(f, A_DIR_STALE, 15, "to");
    return OK;
}

/* Whether the authority accepts a language: en-GB where it accepts en. */
static bool
accepts_language(const struct rec *card, struct slice lang)
{
    const struct value *v = record_value(card, "languages");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct slice s = v->v[i].s;

        if (s.n > 0 && s.n <= lang.n && memcmp(s.p, lang.p, s.n) == 0 &&
            (s.n == lang.n || lang.p[s.n] == '-'))
            return true;
    }
    return false;
}

enum err
v016_language(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *parts = message_value(m, "parts");

    if (facts->recipient == NULL ||
        accepts_language(facts->recipient, message_bytes(m, "lang")))
        return OK;
    for (size_t i = 0; parts != NULL && i < parts->n; i++)
        if (record_has(parts->v[i].r, "translation_of") &&
            accepts_language(facts->recipient,
            record_bytes(parts->v[i].r, "lang")))
            return OK;
    return fault_set(f, A_LANGUAGE, 16, "lang");
}

enum err
v020_conf(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m);

    (void)facts;
    if (set != NULL && !record_has(record_rec(set, "conf"), "required"))
        return fault_set(f, E_FIELD_MISSING, 20,
            "restrictions.conf.required");
    return OK;
}

#define WITHIN_IMMEDIATE (72 * 3600)

enum err
v055_urgency(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    uint64_t urgency = message_uint(m, "urgency");
    const char *by = m->kind->n == 16 ? "needed_by" : "reply_requested_by";
    int64_t from = facts->now;

    if (urgency > URGENCY_ROUTINE &&
        message_value(m, "urgency_reason") == NULL)
        return fault_set(f, E_FIELD_MISSING, 55, "urgency_reason");
    if (urgency != URGENCY_IMMEDIATE ||
        m->kind->n == KIND_SPONT_DISCLOSURE)
        return OK;
    if (message_value(m, "created_at") != NULL)
        from = (int64_t)message_uint(m, "created_at");
    if (message_value(m, by) == NULL ||
        (int64_t)message_uint(m, by) > from + WITHIN_IMMEDIATE)
        return fault_set(f, E_FIELD_MISSING, 55, "%s", by);
    return OK;
}
