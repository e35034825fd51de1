/*
 * What a thread is about, and what was said in it before: what several
 * rules ask.
 */
#include "proto/rules_in.h"
#include "proto/thread.h"

#define BIT(n) (UINT64_C(1) << (n))

/* Whether the list or value `name` of r has one of these numbers. */
static bool
has_any(const struct value *v, uint64_t bits)
{
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].u < 64 && (bits >> v->v[i].u & 1))
            return true;
    return false;
}

int64_t
rules_written_at(const struct message *m, const struct rule_facts *facts)
{
    return message_value(m, "created_at") != NULL ?
        (int64_t)message_uint(m, "created_at") : facts->now;
}

#define CIVIL_KINDS (BIT(PROCEEDING_KIND_CIVIL) | \
    BIT(PROCEEDING_KIND_ADMINISTRATIVE))
#define CIVIL_HELP (BIT(ASSISTANCE_TYPE_CIVIL_HELP) | \
    BIT(ASSISTANCE_TYPE_ADMIN_HELP))
#define CIVIL_PURPOSES (BIT(PURPOSE_CIVIL_RECOVERY) | \
    BIT(PURPOSE_CIVIL_DAMAGES) | BIT(PURPOSE_ADMIN_SANCTION))

bool
rules_civil(const struct message *m)
{
    const struct value *v = message_value(m, "proceedings");
    const struct rec *one = message_rec(m, "proceeding");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (has_any(record_value(v->v[i].r, "kind"), CIVIL_KINDS))
            return true;
    return has_any(record_value(one, "kind"), CIVIL_KINDS) ||
        has_any(message_value(m, "assistance_types"), CIVIL_HELP) ||
        has_any(message_value(m, "purpose_requested"), CIVIL_PURPOSES);
}

/* Bases under which help is asked for formally: the Convention's own rules
 * on it, and other treaties. */
#define TREATIES (BIT(LEGAL_BASIS_UNCAC_43_1) | \
    BIT(LEGAL_BASIS_UNCAC_44) | BIT(LEGAL_BASIS_UNCAC_46) | \
    BIT(LEGAL_BASIS_UNCAC_55) | BIT(LEGAL_BASIS_UNTOC) | \
    BIT(LEGAL_BASIS_BILATERAL_TREATY) | BIT(LEGAL_BASIS_REGIONAL_TREATY))

uint64_t
rules_first_basis(const struct message *m)
{
    const struct value *v = m == NULL ? NULL :
        record_value(rules_limits(m), "legal_basis");

    return v != NULL && v->n > 0 ? v->v[0].u : 0;
}

const struct thread_message *
rules_said(const struct rule_facts *facts, uint64_t kinds,
    struct slice from)
{
    const struct thread_message *found = NULL;

    for (size_t i = 0; facts->thread != NULL &&
        i < thread_count(facts->thread); i++) {
        const struct thread_message *t = thread_at(facts->thread, i);

        if (t->gone || !t->allowed || t->m.kind->n >= 64 ||
            !(kinds & RULE_KIND(t->m.kind->n)) || (from.n > 0 &&
            !slice_equal(message_bytes(&t->m, "from"), from)))
            continue;
        if (found == NULL || t->rank > found->rank)
            found = t;
    }
    return found;
}

bool
rules_formal(const struct rule_facts *facts)
{
    uint64_t basis = rules_first_basis(facts->opening);

    return (facts->opening != NULL &&
        facts->opening->kind->n == KIND_CONSULTATION) ||
        (basis < 64 && (TREATIES >> basis & 1)) ||
        rules_said(facts, K(FORMALISE_NOTICE), SLICE_EMPTY) != NULL;
}

/* Help with confiscation: chapter V of the Convention. */
#define CHAPTER_V_HELP (BIT(ASSISTANCE_TYPE_A46_3_J_IDENTIFY_FREEZE_PROCEEDS) \
    | BIT(ASSISTANCE_TYPE_A46_3_K_RECOVERY))

static bool
chapter_v(const struct rule_facts *facts)
{
    const struct thread_message *formal = rules_said(facts,
        K(FORMALISE_NOTICE), SLICE_EMPTY);
    const struct message *m = facts->opening;

    return (formal != NULL && message_uint(&formal->m, "chapter_v") != 0) ||
        (m != NULL && (message_uint(m, "chapter_v") != 0 ||
        has_any(message_value(m, "assistance_types"), CHAPTER_V_HELP) ||
        rules_first_basis(m) == LEGAL_BASIS_UNCAC_55));
}

unsigned
rules_scopes(const struct rule_facts *facts)
{
    unsigned scopes = 0;

    if (rules_formal(facts))
        scopes |= SCOPE_MLA;
    if (facts->opening == NULL ||
        facts->opening->kind->n != KIND_CONSULTATION)
        scopes |= SCOPE_FIU;
    if (chapter_v(facts))
        scopes |= SCOPE_CONFISCATION;
    if (facts->opening != NULL && (rules_civil(facts->opening) ||
        rules_first_basis(facts->opening) == LEGAL_BASIS_UNCAC_43_1))
        scopes |= SCOPE_CIVIL;
    return scopes;
}

#define POLICE (BIT(AUTHORITY_KIND_FIU) | \
    BIT(AUTHORITY_KIND_LAW_ENFORCEMENT) | \
    BIT(AUTHORITY_KIND_ANTI_CORRUPTION_AGENCY))

/* Whether all that the authority is belongs to the police side. */
static bool
informal(const struct rec *card)
{
    const struct value *v = record_value(card, "kinds");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].u >= 64 || !(POLICE >> v->v[i].u & 1))
            return false;
    return v != NULL && v->n > 0;
}

bool
rules_consults(const struct rule_facts *facts)
{
    return rules_formal(facts) &&
        !(informal(facts->sender) && informal(facts->recipient));
}
