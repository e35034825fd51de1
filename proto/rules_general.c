/*
 * Who may send what to whom, and what every message says (V-005 to V-020,
 * V-054, V-055).
 */
#include "proto/rules_in.h"
#include "proto/thread.h"

/* An authority's own list may leave these out, and no other. */
#define MAY_LEAVE_OUT (K(SPONT_DISCLOSURE) | K(EVIDENCE_OFFER) | \
    K(EVIDENCE_TRANSFER) | K(REFUSAL) | K(FORMALISE_NOTICE))

enum err
v005_four_eyes(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    unsigned n = m->kind->n;
    bool need = kind_four_eyes(m);

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
#define MATCH_QUERY RULE_KIND(36)
#define KINDS_TABLED (K(SPONT_DISCLOSURE) | K(INFO_REQUEST) | \
    K(CONSULTATION) | K(EVIDENCE_OFFER) | K(ONWARD_TRANSFER) | MATCH_QUERY)
#define SPONT K(SPONT_DISCLOSURE)
#define ASK K(INFO_REQUEST)
#define TALK K(CONSULTATION)
#define OFFER K(EVIDENCE_OFFER)
#define ONWARD K(ONWARD_TRANSFER)
#define MATCH MATCH_QUERY

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
    { AUTHORITY_KIND_SUPERVISOR, ASK, ONWARD },
    { AUTHORITY_KIND_TAX, 0, ONWARD },
    { AUTHORITY_KIND_ANTI_CORRUPTION_AGENCY, SPONT | ASK | ONWARD,
      SPONT | ASK | ONWARD },
};

/* Those of them that talk about one thing only. */
static const struct {
    uint8_t authority, consult_type;
} talks_about[] = {
    { AUTHORITY_KIND_PREVENTION, CONSULT_TYPE_PREVENTION },
    { AUTHORITY_KIND_EXTRADITION_CENTRAL, CONSULT_TYPE_EXTRADITION },
};

static bool
may_talk(uint8_t authority, const struct message *m)
{
    for (size_t i = 0; i < sizeof(talks_about) / sizeof(*talks_about); i++)
        if (talks_about[i].authority == authority)
            return message_uint(m, "consult_type") ==
                talks_about[i].consult_type;
    return true;
}

/* Whether the authority of card may open, or receive, m. */
static bool
may(const struct rec *card, const struct message *m, bool opens)
{
    uint64_t kind = RULE_KIND(m->kind->n);

    for (size_t i = 0; i < sizeof(counterparts) / sizeof(*counterparts); i++)
        if (record_lists(card, "kinds", counterparts[i].authority) &&
            (kind & (opens ? counterparts[i].opens :
            counterparts[i].receives)) &&
            (kind != TALK || may_talk(counterparts[i].authority, m)))
            return true;
    return false;
}

static bool
opens_thread(const struct message *m, const struct rule_facts *facts)
{
    return (m->kind->flags & K_OPENS) && !facts->known_thread;
}

/* Whether a consent that m carries, or its set, names the recipient as who
 * is to have it: then it executes, and need be nobody's counterpart. */
static bool
named_to_receive(const struct message *m, const struct rule_facts *facts)
{
    static const char *const lists[] = { "consent", "standing" };
    struct slice to = message_bytes(m, "to");

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        if (record_find_by(message_value(m, lists[i]), "onward_to", to) !=
            NULL)
            return true;
    return record_holds(record_rec(facts->parent, "onward"), "allow", to) ||
        record_holds(facts->sender, "executing_bodies", to);
}

static bool
is_counterpart(const struct rec *sender, const struct rec *recipient)
{
    const struct value *v = record_value(sender, "kinds");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_lists(recipient, "counterpart_classes", v->v[i].u))
            return true;
    return false;
}

enum err
v010_counterpart(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    bool tabled = m->kind->n < 64 &&
        (RULE_KIND(m->kind->n) & KINDS_TABLED) != 0;

    if (!opens_thread(m, facts))
        return OK;
    if (facts->sender == NULL || facts->recipient == NULL)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 10,
            facts->sender == NULL ? "from" : "to");
    if (tabled && !may(facts->sender, m, true))
        return fault_set(f, E_COUNTERPART, 10, "from");
    if (tabled && !may(facts->recipient, m, false))
        return fault_set(f, E_COUNTERPART, 10, "to");
    if (is_counterpart(facts->sender, facts->recipient) ||
        (m->kind->n == KIND_ONWARD_TRANSFER && named_to_receive(m, facts)))
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

/* Who speaks for a State in formal matters. */
#define SPEAKERS (RULE_KIND(AUTHORITY_KIND_MLA_CENTRAL) | \
    RULE_KIND(AUTHORITY_KIND_EXTRADITION_CENTRAL) | \
    RULE_KIND(AUTHORITY_KIND_CIVIL_ADMIN_FP) | \
    RULE_KIND(AUTHORITY_KIND_ASSET_RECOVERY_FP))

static uint64_t
kinds_of(const struct rec *card)
{
    const struct value *v = record_value(card, "kinds");
    uint64_t bits = 0;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        bits |= v->v[i].u < 64 ? RULE_KIND(v->v[i].u) : 0;
    return bits;
}

enum err
v013_speaker(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    uint64_t speakers = SPEAKERS;

    if (m->kind->n == KIND_CONSULTATION &&
        message_uint(m, "consult_type") == CONSULT_TYPE_PREVENTION)
        speakers |= RULE_KIND(AUTHORITY_KIND_PREVENTION);
    if (facts->sender == NULL)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 13, "from");
    if (!(kinds_of(facts->sender) & speakers))
        return fault_set(f, E_COUNTERPART, 13, "from");
    return OK;
}

enum err
v014_fallback(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    if (rules_civil(m) && facts->state_kinds != 0 &&
        !((facts->state_kinds | kinds_of(facts->recipient)) &
        RULE_KIND(AUTHORITY_KIND_CIVIL_ADMIN_FP)) &&
        !(kinds_of(facts->recipient) &
        RULE_KIND(AUTHORITY_KIND_MLA_CENTRAL)))
        return fault_set(f, A_FALLBACK, 14, "to");
    return OK;
}

enum err
a_civil(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    uint64_t helps = record_uint(facts->recipient, "civil_admin");

    if (rules_civil(m) && (helps == CIVIL_ADMIN_NONE ||
        helps == CIVIL_ADMIN_CRIMINAL_ONLY))
        return fault_set(f, A_CIVIL_NOT_SUPPORTED, 0, "to");
    return OK;
}

/* Whether t was accepted before self, which may be in the thread already. */
static bool
accepted_before(const struct thread_message *t,
    const struct thread_message *self)
{
    if (t == self || t->gone || (t->out && t->delivered == 0))
        return false;
    return self == NULL || t->at < self->at ||
        (t->at == self->at && t->n <= self->n);
}

#define CLOCK_SLACK 86400

enum err
a_clock(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *self, *last = NULL;
    const struct thread *past = facts->thread;

    if (past == NULL)
        return OK;
    self = thread_find(past, message_bytes(m, "msg_id"));
    for (size_t i = 0; i < thread_count(past); i++) {
        const struct thread_message *t = thread_at(past, i);

        if (accepted_before(t, self) && (last == NULL || t->at >= last->at))
            last = t;
    }
    if (last != NULL && record_uint(m->common, "created_at") + CLOCK_SLACK <
        record_uint(last->m.common, "created_at"))
        return fault_set(f, A_CLOCK, 0, "created_at");
    return OK;
}

#define FANOUT_MAX 5

enum err
a_fanout(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)m;
    if (facts->asked > FANOUT_MAX)
        return fault_set(f, A_FANOUT, 0, "to");
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
    const struct value *parts = message_records(m, "parts");

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
    const char *by = m->kind->n == KIND_CONSENT_REQUEST ? "needed_by" :
        "reply_requested_by";

    if (urgency > URGENCY_ROUTINE &&
        message_value(m, "urgency_reason") == NULL)
        return fault_set(f, E_FIELD_MISSING, 55, "urgency_reason");
    if (urgency != URGENCY_IMMEDIATE ||
        m->kind->n == KIND_SPONT_DISCLOSURE)
        return OK;
    if (message_value(m, by) == NULL ||
        (int64_t)message_uint(m, by) > rules_written_at(m, facts) +
        WITHIN_IMMEDIATE)
        return fault_set(f, E_FIELD_MISSING, 55, "%s", by);
    return OK;
}

#define DAY 86400
#define REVIEW_MAX (90 * DAY)

/* A postponement may have no new date, but then it is looked at again. */
enum err
v054_new_date(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    int64_t at = rules_written_at(m, facts);
    int64_t due = (int64_t)message_uint(m, "new_due");
    int64_t review = (int64_t)message_uint(m, "review_at");

    if (message_value(m, "new_due") != NULL && (due <= at ||
        due < (int64_t)message_uint(m, "original_due")))
        return fault_set(f, E_FIELD_RANGE, 54, "new_due");
    if (message_value(m, "review_at") != NULL &&
        (review <= at || review > at + REVIEW_MAX))
        return fault_set(f, E_FIELD_RANGE, 54, "review_at");
    return OK;
}
