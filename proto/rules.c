#include "proto/rules.h"

#include "proto/enums.h"
#include "proto/policy.h"

#include <string.h>

#define K(kind) RULE_KIND(KIND_##kind)
#define ALERT_MIN 300
#define ALERT_MAX 349
#define DEFAULT_HERE "default of this project"

/* Whether list `name` of r holds the bytes s. */
static bool
lists_bytes(const struct rec *r, const char *name, struct slice s)
{
    const struct value *v = record_value(r, name);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(v->v[i].s, s))
            return true;
    return false;
}

/* The record of list v whose field `key` is s, or NULL. */
static const struct rec *
find_by(const struct value *v, const char *key, struct slice s)
{
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, key), s))
            return v->v[i].r;
    return NULL;
}

static const struct rec *
limits_of(const struct message *m)
{
    return message_rec(m, "restrictions");
}

/* Kinds 1, 4, 5, 12 and 26: an authority's own list may leave them out. */
#define MAY_LEAVE_OUT (RULE_KIND(1) | RULE_KIND(4) | RULE_KIND(5) | \
    RULE_KIND(12) | RULE_KIND(26))

static enum err
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
    if (m->kind->flags & K_TIGHTENS)
        need = false;
    if (need && message_uint(m, "approval") == 0)
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

static enum err
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

static enum err
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

static enum err
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

static enum err
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

static enum err
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

static enum err
v020_conf(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = limits_of(m);

    (void)facts;
    if (set != NULL && !record_has(record_rec(set, "conf"), "required"))
        return fault_set(f, E_FIELD_MISSING, 20,
            "restrictions.conf.required");
    return OK;
}

static enum err
v030_complete(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = limits_of(m);
    bool named = record_uint(set, "audience") == AUDIENCE_NAMED;

    (void)facts;
    if (set == NULL)
        return m->kind->flags & K_RESTR ?
            fault_set(f, E_RESTR_UNKNOWN, 30, "restrictions") : OK;
    if (named != (record_count(set, "named_officers") > 0))
        return fault_set(f, E_RESTR_UNKNOWN, 30,
            "restrictions.named_officers");
    if (record_uint(set, "subject_notice") == SUBJECT_NOTICE_AFTER_DATE &&
        !record_has(record_rec(set, "conf"), "until"))
        return fault_set(f, E_RESTR_UNKNOWN, 30, "restrictions.conf.until");
    if (record_lists(set, "purposes", PURPOSE_OTHER) &&
        record_uint(record_rec(set, "onward"), "mode") > ONWARD_CONSENT)
        return fault_set(f, E_RESTR_UNKNOWN, 30, "restrictions.onward.mode");
    return OK;
}

static enum err
v030_caveat(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (record_uint(limits_of(m), "accept_first") != 0 &&
        message_bytes(m, "caveat").n > 0)
        return fault_set(f, E_RESTR_UNKNOWN, 30, "caveat");
    return OK;
}

static enum err
v031_originator(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = limits_of(m);

    (void)facts;
    if (set == NULL || record_count(set, "derived_from") > 0)
        return OK;
    if (record_count(set, "originator") != 1 ||
        !lists_bytes(set, "originator", message_bytes(m, "from")))
        return fault_set(f, E_RESTR_NOT_ORIGINATOR, 31,
            "restrictions.originator");
    return OK;
}

static enum err
v032_times(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = limits_of(m);
    uint64_t until = record_uint(set, "use_until");

    if (set == NULL)
        return OK;
    if (until > record_uint(set, "retain_until"))
        return fault_set(f, E_RESTR_TIME, 32, "restrictions.use_until");
    if (record_uint(set, "valid_from") >= until)
        return fault_set(f, E_RESTR_TIME, 32,
            (int64_t)until <= facts->now ? "restrictions.use_until" :
            "restrictions.valid_from");
    return OK;
}

/* A set that names several parents, or a consent, cannot be shown here. */
static enum err
v033_derived(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = limits_of(m);

    if (record_count(set, "derived_from") == 0)
        return OK;
    if (facts->parent == NULL || record_count(set, "derived_from") != 1 ||
        !lists_bytes(set, "derived_from",
        record_bytes(facts->parent, "rid")))
        return fault_set(f, E_RESTR_WIDENED, 33,
            "restrictions.derived_from");
    return limits_widened(set, facts->parent, f);
}

static enum err
v035_class(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *parts = message_value(m, "parts");
    const struct rec *set = limits_of(m);
    bool report = message_uint(m, "content_class") ==
        CONTENT_CLASS_STR_DERIVED;

    (void)facts;
    for (size_t i = 0; parts != NULL && i < parts->n; i++)
        if (record_uint(parts->v[i].r, "content_class") ==
            CONTENT_CLASS_STR_DERIVED)
            report = true;
    if (report && set != NULL && record_uint(set, "protect_source") == 0)
        return fault_set(f, E_SOURCE, 35, "restrictions.protect_source");
    return OK;
}

static enum err
v035_role(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "subjects");
    const struct rec *set = limits_of(m);

    (void)facts;
    if (set == NULL || record_uint(set, "protect_source") != 0)
        return OK;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "role") ==
            SUBJECT_ROLE_REPORTING_ENTITY)
            return fault_set(f, E_SOURCE, 35, "subjects[%zu].role", i);
    return OK;
}

static enum err
v036_class(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (record_uint(limits_of(m), "class_equiv") > CLASS_EQUIV_RESTRICTED)
        return fault_set(f, E_CLASSIFICATION, 36,
            "restrictions.class_equiv");
    return OK;
}

#define WITHIN_IMMEDIATE (72 * 3600)

static enum err
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

/*
 * Replies.  Their measure is the message that opened the thread; without it
 * nothing can be shown.
 */
static const struct value *
questions_of(const struct rule_facts *facts)
{
    return facts->opening == NULL ? NULL :
        message_value(facts->opening, "questions");
}

/* Each answer to a question of the request, and none answered twice. */
static enum err
v070_answers(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *answers = message_value(m, "answers");
    const struct value *questions = questions_of(facts);

    if (facts->opening == NULL)
        return fault_set(f, E_REPLY, 70, "in_reply_to");
    for (size_t i = 0; answers != NULL && i < answers->n; i++) {
        struct slice q = record_bytes(answers->v[i].r, "q");

        if (find_by(questions, "q", q) == NULL ||
            find_by(answers, "q", q) != answers->v[i].r)
            return fault_set(f, E_REPLY, 70, "answers[%zu].q", i);
    }
    if (message_uint(m, "reply_type") == REPLY_TYPE_FULL &&
        !rules_all_final(m, facts->opening))
        return fault_set(f, E_REPLY, 70, "answers");
    return OK;
}

bool
rules_all_final(const struct message *reply, const struct message *opening)
{
    const struct value *answers = message_value(reply, "answers");
    const struct value *questions = opening == NULL ? NULL :
        message_value(opening, "questions");

    for (size_t i = 0; questions != NULL && i < questions->n; i++) {
        const struct rec *a = find_by(answers, "q",
            record_bytes(questions->v[i].r, "q"));
        uint64_t status = record_uint(a, "status");

        if (status == 0 || status == ANSWER_STATUS_PENDING)
            return false;
    }
    return questions != NULL;
}

static enum err
v071_negative(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *answers = message_value(m, "answers");
    const struct value *searched = message_value(m, "searched");

    (void)facts;
    if (message_uint(m, "reply_type") != REPLY_TYPE_NEGATIVE)
        return OK;
    if (searched == NULL || searched->n == 0)
        return fault_set(f, E_REPLY, 71, "searched");
    if (message_uint(m, "negative_reason") == 0)
        return fault_set(f, E_REPLY, 71, "negative_reason");
    for (size_t i = 0; answers != NULL && i < answers->n; i++)
        if (record_uint(answers->v[i].r, "status") == ANSWER_STATUS_WITHHELD)
            return fault_set(f, E_REPLY, 71, "answers[%zu].status", i);
    return OK;
}

static enum err
v072_interim(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (message_uint(m, "reply_type") == REPLY_TYPE_INTERIM &&
        message_value(m, "expected_at") == NULL)
        return fault_set(f, E_REPLY, 72, "expected_at");
    return OK;
}

static bool
word_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
        (c >= 'A' && c <= 'Z');
}

/* Whether the text has ref as a word of its own. */
static bool
speaks_of(struct slice text, struct slice ref)
{
    for (size_t i = 0; ref.n > 0 && i + ref.n <= text.n; i++)
        if (memcmp(text.p + i, ref.p, ref.n) == 0 &&
            (i == 0 || !word_character(text.p[i - 1])) &&
            (i + ref.n == text.n || !word_character(text.p[i + ref.n])))
            return true;
    return false;
}

/* A subject of an answer, of the request, or of a spontaneous addition. */
static bool
belongs(const struct message *m, const struct rule_facts *facts,
    struct slice ref)
{
    const struct value *answers = message_value(m, "answers");
    const struct value *parts = message_value(m, "parts");

    for (size_t i = 0; answers != NULL && i < answers->n; i++)
        if (speaks_of(record_bytes(answers->v[i].r, "text"), ref))
            return true;
    for (size_t i = 0; parts != NULL && i < parts->n; i++)
        if (record_uint(parts->v[i].r, "kind") ==
            PART_KIND_SPONTANEOUS_ADDITION &&
            lists_bytes(parts->v[i].r, "subjects", ref))
            return true;
    return facts->opening != NULL &&
        find_by(message_value(facts->opening, "subjects"), "ref", ref);
}

/* A relation or transaction belongs where one of its ends does. */
static enum err
v073_subjects(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "subjects");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *s = v->v[i].r;

        if (!belongs(m, facts, record_bytes(s, "ref")) &&
            !belongs(m, facts, record_bytes(s, "from_ref")) &&
            !belongs(m, facts, record_bytes(s, "to_ref")))
            return fault_set(f, E_REPLY, 73, "subjects[%zu]", i);
    }
    return OK;
}

static enum err
v074_recipients(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *decided =
        message_value(m, "intended_recipients_decision");
    const struct value *named = facts->opening == NULL ? NULL :
        message_value(facts->opening, "intended_recipients");

    for (size_t i = 0; named != NULL && i < named->n; i++)
        if (find_by(decided, "to",
            record_bytes(named->v[i].r, "to")) == NULL)
            return fault_set(f, E_REPLY, 74, "intended_recipients_decision");
    return OK;
}

static enum err
v075_purposes(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *asked = facts->opening == NULL ? NULL :
        message_value(facts->opening, "purpose_requested");
    const struct value *v = record_value(limits_of(m), "purposes");

    for (size_t i = 0; asked != NULL && v != NULL && i < v->n; i++)
        if (!record_lists(facts->opening->own, "purpose_requested",
            v->v[i].u))
            return fault_set(f, E_REPLY, 75, "restrictions.purposes[%zu]",
                i);
    return OK;
}

#define BOTH_SIDES (RULE_SENDER | RULE_RECIPIENT)
#define CLIENTS (BOTH_SIDES | RULE_CLIENT)
#define URGENT_KINDS (K(SPONT_DISCLOSURE) | K(INFO_REQUEST) | \
    K(CONSULTATION) | RULE_KIND(16))

const struct rule rules_valise[] = {
    { 5, 0, BOTH_SIDES, v005_four_eyes, E_FOUR_EYES,
      "A second person signs what the sender's authority always signs twice.",
      DEFAULT_HERE },
    { 10, 0, BOTH_SIDES | RULE_WARNS, v010_counterpart, E_COUNTERPART,
      "A thread is opened between authorities that are counterparts for it.",
      "UNCAC 6(3), 46(13), 48, 58" },
    { 11, 0, BOTH_SIDES, v011_accepts, E_COUNTERPART,
      "The recipient's card says which kinds may open a thread with it.",
      DEFAULT_HERE },
    { 12, 0, RULE_SENDER, v012_party, E_NOT_PARTY,
      "Case content goes to States Parties, their territories and regional "
      "organisations alone.", "UNCAC 46(1), 67" },
    { 15, 0, RULE_SENDER, v015_stale, A_DIR_STALE,
      "The recipient's entry should have been reviewed by now.",
      DEFAULT_HERE },
    { 16, 0, RULE_SENDER | RULE_CLIENT, v016_language, A_LANGUAGE,
      "The text is in a language that the recipient accepts, or is "
      "translated.", "UNCAC 46(14)" },
    { 20, 0, RULE_SENDER, v020_conf, E_FIELD_MISSING,
      "An officer says whether it is confidential; no default does.",
      "UNCAC 46(5), 46(20)" },
    { 30, 0, BOTH_SIDES, v030_complete, E_RESTR_UNKNOWN,
      "The limits on use are complete and fit together.",
      "UNCAC 46(5), 46(19)" },
    { 30, 0, CLIENTS, v030_caveat, E_RESTR_UNKNOWN,
      "Nobody accepts what he cannot read: no caveat where the limits are "
      "accepted before opening.", DEFAULT_HERE },
    { 31, 0, BOTH_SIDES, v031_originator, E_RESTR_NOT_ORIGINATOR,
      "The limits name the sender as originator, unless they derive from "
      "another's.", "UNCAC 46(5), 46(19)" },
    { 32, 0, BOTH_SIDES, v032_times, E_RESTR_TIME,
      "Use begins before it ends, and keeping ends no earlier.",
      DEFAULT_HERE },
    { 33, 0, BOTH_SIDES, v033_derived, E_RESTR_WIDENED,
      "Limits that derive from another's are no wider than those.",
      "UNCAC 46(5), 46(19)" },
    { 35, 0, BOTH_SIDES, v035_class, E_SOURCE,
      "What comes from a suspicious transaction report protects its source.",
      "FATF Recommendation 21; Egmont Principles for Information Exchange" },
    { 35, 0, CLIENTS, v035_role, E_SOURCE,
      "What names a reporting entity protects its source.",
      "FATF Recommendation 21; Egmont Principles for Information Exchange" },
    { 36, 0, RULE_SENDER, v036_class, E_CLASSIFICATION,
      "Nothing above RESTRICTED, or its equivalent, is sent.",
      DEFAULT_HERE },
    { 55, URGENT_KINDS, RULE_SENDER, v055_urgency, E_FIELD_MISSING,
      "Urgency has a reason; IMMEDIATE also a date within 72 hours.",
      "UNCAC 46(24); " DEFAULT_HERE },
    { 70, K(REPLY), BOTH_SIDES, v070_answers, E_REPLY,
      "A full answer has a final status for each question, once.",
      DEFAULT_HERE },
    { 71, K(REPLY), BOTH_SIDES, v071_negative, E_REPLY,
      "A negative answer says where it was looked for and why there is "
      "nothing; not wanting to say is a refusal.", "UNCAC 46(23)" },
    { 72, K(REPLY), BOTH_SIDES, v072_interim, E_REPLY,
      "An interim answer says when more is expected.", "UNCAC 46(24)" },
    { 73, K(REPLY), CLIENTS, v073_subjects, E_REPLY,
      "An answer names subjects of a question only; others stand in a part "
      "of kind SPONTANEOUS_ADDITION.", "UNCAC 46(4), 46(19)" },
    { 74, K(REPLY), BOTH_SIDES, v074_recipients, E_REPLY,
      "An answer decides on each recipient whom the request names.",
      "UNCAC 46(19)" },
    { 75, K(REPLY), BOTH_SIDES, v075_purposes, E_REPLY,
      "An answer may be used for purposes that the request states, no "
      "others.", "UNCAC 46(19)" },
};

_Static_assert(sizeof(rules_valise) / sizeof(rules_valise[0]) ==
    RULES_VALISE_N, "count of rows");

static bool
is_alert(enum err e)
{
    return (unsigned)e >= ALERT_MIN && (unsigned)e <= ALERT_MAX;
}

/* Whether a rule is asked of m here; alerts and warnings, or the others. */
static bool
applies(const struct rule *r, unsigned where, const struct message *m,
    bool alerts)
{
    bool soft = is_alert(r->code) ||
        ((r->where & RULE_WARNS) && (where & RULE_SENDER));

    if (r->kinds != 0 &&
        (m->kind->n >= 64 || !(r->kinds & RULE_KIND(m->kind->n))))
        return false;
    return soft == alerts &&
        (r->where & where & (RULE_SENDER | RULE_RECIPIENT)) != 0 &&
        (!(r->where & RULE_CLIENT) || (where & RULE_CLIENT));
}

enum err
rules_check(const struct domain *d, unsigned where, const struct message *m,
    const struct rule_facts *facts, struct fault *f)
{
    enum err e;

    if (d->base != NULL &&
        (e = rules_check(d->base, where, m, facts, f)) != OK)
        return e;
    for (size_t i = 0; i < d->n_rules; i++)
        if (applies(&d->rules[i], where, m, false) &&
            (e = d->rules[i].check(m, facts, f)) != OK)
            return e;
    return OK;
}

size_t
rules_alerts(const struct domain *d, unsigned where, const struct message *m,
    const struct rule_facts *facts, struct fault *out, size_t max)
{
    size_t n = d->base == NULL ? 0 :
        rules_alerts(d->base, where, m, facts, out, max);

    for (size_t i = 0; i < d->n_rules && n < max; i++)
        if (applies(&d->rules[i], where, m, true) &&
            d->rules[i].check(m, facts, &out[n]) != OK)
            n++;
    return n;
}

const struct rule *
rule_find(const struct domain *d, uint16_t v, size_t i)
{
    for (; d != NULL; d = d->base)
        for (size_t k = 0; k < d->n_rules; k++)
            if (d->rules[k].v == v && i-- == 0)
                return &d->rules[k];
    return NULL;
}
