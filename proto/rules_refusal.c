/*
 * Refusing and postponing (V-051, V-052): the grounds of domain page 6.1
 * with their scope and guard, and the consultation before (UNCAC 46(26)).
 * The words of each ground stand in proto/reasons.c.
 */
#include "proto/rules_in.h"
#include "proto/reasons.h"
#include "proto/thread.h"

static bool
asked_before(const struct message *m, const struct rule_facts *facts)
{
    return rules_said(facts, K(CLARIFICATION_REQUEST) |
        K(PRE_REFUSAL_CONSULT), message_bytes(m, "from")) != NULL;
}

/* Coercive help; or help for which the basic concepts of the law ask it.
 * What help without coercion is there is said, even if it is none. */
static bool
coercive_help(const struct message *m, const struct rule_facts *facts)
{
    return message_value(m, "non_coercive_available") != NULL &&
        ((facts->opening != NULL &&
        message_uint(facts->opening, "coercive") != 0) ||
        message_uint(m, "domestic_basic_concepts") != 0);
}

/* The value is stated, or the help is not coercive. */
static bool
value_stated(const struct message *m, const struct rule_facts *facts)
{
    const struct message *o = facts->opening;

    (void)m;
    if (o == NULL)
        return false;
    return message_uint(o, "coercive") == 0 ||
        (o->kind->n == KIND_CONSULTATION &&
        message_uint(o, "value_unknown") == 0);
}

static bool
has_alternatives(const struct message *m, const struct rule_facts *facts)
{
    const struct value *v = message_value(m, "alternatives");

    (void)facts;
    return v != NULL && v->n > 0;
}

static bool
of_parts(const struct message *m, const struct rule_facts *facts)
{
    (void)facts;
    return message_uint(m, "scope") == REFUSAL_SCOPE_PARTS;
}

static bool
refused_twice(const struct message *m, const struct rule_facts *facts)
{
    return record_uint(facts->sender, "reciprocity_required") != 0 &&
        record_count(m->own, "earlier_refused") >= 2;
}

#define BREACHES (K(BREACH_NOTICE) | K(CONSENT_REVOKE) | K(RECALL))

static bool
names_breach(const struct message *m, const struct rule_facts *facts)
{
    struct slice ref = message_bytes(m, "breach_ref");
    const struct thread_message *t = facts->thread == NULL ? NULL :
        thread_find(facts->thread, ref);
    const struct message *breach = t != NULL ? &t->m : facts->breach;

    return ref.n > 0 && breach != NULL &&
        slice_equal(message_bytes(breach, "msg_id"), ref) &&
        breach->kind->n < 64 && (BREACHES & RULE_KIND(breach->kind->n));
}

static bool
conditions_declined(const struct message *m, const struct rule_facts *facts)
{
    const struct thread_message *t;

    for (size_t i = 0; facts->thread != NULL &&
        i < thread_count(facts->thread); i++) {
        t = thread_at(facts->thread, i);
        if (t->allowed && !t->gone &&
            t->m.kind->n == KIND_CONDITIONS_DECISION &&
            message_uint(&t->m, "decision") == CONDITIONS_ANSWER_DECLINE &&
            slice_equal(message_bytes(&t->m, "from"),
            message_bytes(m, "to")))
            return true;
    }
    return false;
}

static bool
of_extradition(const struct message *m, const struct rule_facts *facts)
{
    (void)m;
    return facts->opening != NULL && message_uint(facts->opening,
        "consult_type") == CONSULT_TYPE_EXTRADITION;
}

static bool
of_treaty(const struct message *m, const struct rule_facts *facts)
{
    uint64_t basis = rules_first_basis(facts->opening);

    (void)m;
    return basis == LEGAL_BASIS_BILATERAL_TREATY ||
        basis == LEGAL_BASIS_REGIONAL_TREATY;
}

#define MLA SCOPE_MLA
#define FIU SCOPE_FIU
#define V SCOPE_CONFISCATION
#define CA SCOPE_CIVIL
#define ALL (MLA | FIU | V | CA)

/* Where a ground may be given, and on what condition; path is of what the
 * condition asks for. */
static const struct ground {
    uint8_t n;
    uint8_t scopes;
    bool (*guard)(const struct message *m, const struct rule_facts *facts);
    const char *path;
} grounds[] = {
    { GROUND_RG_NOT_IN_CONFORMITY, MLA, asked_before, "" },
    { GROUND_RG_SOVEREIGNTY, MLA, NULL, "" },
    { GROUND_RG_SECURITY, MLA, NULL, "" },
    { GROUND_RG_ORDRE_PUBLIC, MLA, NULL, "" },
    { GROUND_RG_ESSENTIAL_INTERESTS, MLA, NULL, "" },
    { GROUND_RG_DOMESTIC_PROHIBITION, MLA, NULL, "" },
    { GROUND_RG_CONTRARY_LEGAL_SYSTEM, MLA, NULL, "" },
    { GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE, MLA, coercive_help,
      "non_coercive_available" },
    { GROUND_RG_DE_MINIMIS, MLA | V, value_stated, "" },
    { GROUND_RG_AVAILABLE_ELSEWHERE, MLA, has_alternatives,
      "alternatives" },
    { GROUND_RG_INSUFFICIENT_EVIDENCE, V, NULL, "" },
    { GROUND_RG_CIVIL_ADMIN_NOT_AVAILABLE, CA, NULL, "" },
    { GROUND_RG_LEGAL_PRIVILEGE, FIU | MLA, of_parts, "scope" },
    { GROUND_RG_WOULD_IMPEDE, FIU, NULL, "" },
    { GROUND_RG_CANNOT_PROTECT, FIU, NULL, "" },
    { GROUND_RG_NO_RECIPROCITY, FIU, refused_twice, "earlier_refused" },
    { GROUND_RG_OUT_OF_SCOPE, FIU, NULL, "" },
    { GROUND_RG_DISPROPORTIONATE, FIU, NULL, "" },
    { GROUND_RG_FUNDAMENTAL_PRINCIPLES, FIU, NULL, "" },
    { GROUND_RG_CONDITIONS_BREACHED, FIU | MLA, names_breach,
      "breach_ref" },
    { GROUND_RG_CONDITIONS_NOT_ACCEPTED, ALL, conditions_declined, "" },
    { GROUND_RG_DISCRIMINATION, MLA, of_extradition, "" },
    { GROUND_RG_TREATY_SPECIFIC, MLA, of_treaty, "" },
    { GROUND_RG_CLASSIFICATION, ALL, NULL, "" },
    { GROUND_RG_OTHER, ALL, NULL, "" },
};

static const struct ground *
find_ground(uint64_t n)
{
    for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++)
        if (grounds[i].n == n)
            return &grounds[i];
    return NULL;
}

unsigned
rules_ground_scopes(uint64_t n, bool *guarded)
{
    const struct ground *g = find_ground(n);

    *guarded = g != NULL && g->guard != NULL;
    return g != NULL ? g->scopes : 0;
}

/* A prohibited one names the code of the rule that it breaks. */
static enum err
prohibited(uint64_t n)
{
    return n == GROUND_PX_NO_REASON ? E_REASON_MISSING :
        n == GROUND_PX_NO_CONSULTATION ? E_NO_PRIOR_CONSULT :
        E_GROUND_PROHIBITED;
}

/* A ground that a refusal gives: it stands in the table, the thread is one
 * of its scopes, and its guard holds. */
enum err
v052_ground(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "grounds");
    unsigned scopes = rules_scopes(facts);

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        uint64_t n = record_uint(v->v[i].r, "ground");
        const struct ground *g = find_ground(n);

        if (g == NULL)
            return fault_set(f, prohibited(n), 52, "grounds[%zu].ground",
                i);
        if (!(g->scopes & scopes))
            return fault_set(f, E_GROUND_PROHIBITED, 52,
                "grounds[%zu].ground", i);
        if (g->guard != NULL && !g->guard(m, facts))
            return g->path[0] != '\0' ?
                fault_set(f, E_GROUND_PROHIBITED, 52, "%s", g->path) :
                fault_set(f, E_GROUND_PROHIBITED, 52,
                "grounds[%zu].ground", i);
    }
    return OK;
}

/* Of what is only in prospect the guards are not asked: they may still come
 * to hold.  What is prohibited is not said at all. */
enum err
v052_prospect(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "prospective");

    (void)facts;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        uint64_t n = record_uint(v->v[i].r, "ground");

        if (find_ground(n) == NULL)
            return fault_set(f, prohibited(n), 52,
                "prospective[%zu].ground", i);
    }
    return OK;
}

/* Only an ongoing proceeding postpones (46(25)); all else is more time. */
enum err
v052_postponement(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "reasons");
    bool postpones = message_uint(m, "delay_kind") ==
        DELAY_KIND_POSTPONEMENT;

    (void)facts;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if ((record_uint(v->v[i].r, "code") ==
            DELAY_REASON_DR_ONGOING_PROCEEDING) != postpones)
            return fault_set(f, E_GROUND_PROHIBITED, 52,
                "reasons[%zu].code", i);
    return OK;
}

/* The consultation that a refusal names is the newest one of the thread, and
 * it was answered or its time is over; the state machine keeps count. */
enum err
v051_consulted(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_state *t = facts->state;
    struct slice id = message_bytes(m, "consult_msg");

    if ((m->kind->n == KIND_DELAY_NOTICE && message_uint(m, "delay_kind") !=
        DELAY_KIND_POSTPONEMENT) || !rules_consults(facts))
        return OK;
    if (t != NULL && slice_equal(SLICE(t->consult), id) &&
        (t->consult_answered || (t->respond_by != 0 &&
        rules_written_at(m, facts) >= t->respond_by)))
        return OK;
    return fault_set(f, E_NO_PRIOR_CONSULT, 51, "consult_msg");
}

#define DAY 86400
#define CONSULT_TIME (10 * DAY)
#define CONSULT_TIME_IMMEDIATE DAY

/* Time to answer before a refusal; less where the thread is IMMEDIATE. */
enum err
v051_time_to_answer(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    bool immediate = message_uint(m, "urgency") == URGENCY_IMMEDIATE ||
        (facts->opening != NULL &&
        message_uint(facts->opening, "urgency") == URGENCY_IMMEDIATE);

    if ((int64_t)message_uint(m, "respond_by") < rules_written_at(m, facts) +
        (immediate ? CONSULT_TIME_IMMEDIATE : CONSULT_TIME))
        return fault_set(f, E_FIELD_RANGE, 51, "respond_by");
    return OK;
}
