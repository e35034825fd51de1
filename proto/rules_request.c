/*
 * What a request needs (V-046 to V-048).
 */
#include "proto/rules_in.h"

/* Whether all that is asked for is that papers are served. */
static bool
service_only(const struct message *opening)
{
    const struct value *v = opening == NULL ? NULL :
        message_value(opening, "assistance_types");

    return v != NULL && v->n == 1 &&
        v->v[0].u == ASSISTANCE_TYPE_A46_3_B_SERVICE;
}

/* Each paragraph of 46(15); the facts may be left out where papers are
 * served, and nothing else is asked for. */
enum err
v046_complete(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    static const char *const paragraphs[] = { "a", "b", "c", "d", "e", "f" };
    const struct rec *r = message_rec(m, "complete_46_15");

    for (size_t i = 0; i < sizeof(paragraphs) / sizeof(*paragraphs); i++)
        if (record_uint(r, paragraphs[i]) == 0 &&
            (paragraphs[i][0] != 'c' || !service_only(facts->opening)))
            return fault_set(f, E_MLA_INCOMPLETE, 46, "complete_46_15.%s",
                paragraphs[i]);
    return OK;
}

/* Measures against property: they take a link and a need (paragraph 27 of
 * the expert meeting). */
#define MEASURES (RULE_KIND(ASSISTANCE_TYPE_A46_3_C_SEARCH_SEIZE_FREEZE) | \
    RULE_KIND(ASSISTANCE_TYPE_A46_3_J_IDENTIFY_FREEZE_PROCEEDS) | \
    RULE_KIND(ASSISTANCE_TYPE_A46_3_K_RECOVERY))
#define MEASURE_PURPOSES (RULE_KIND(PURPOSE_PROVISIONAL_MEASURES) | \
    RULE_KIND(PURPOSE_CONFISCATION_CONVICTION) | \
    RULE_KIND(PURPOSE_CONFISCATION_NCB))

static bool
lists_any(const struct message *m, const char *name, uint64_t bits)
{
    const struct value *v = message_value(m, name);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].u < 64 && (bits & RULE_KIND(v->v[i].u)))
            return true;
    return false;
}

/* Purposes alone ask for no measure: with a coercive step they do. */
enum err
v047_need(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    static const char *const fields[] = { "nexus", "need" };

    (void)facts;
    if (!lists_any(m, "assistance_types", MEASURES) &&
        message_uint(m, "chapter_v") == 0 &&
        !(message_uint(m, "coercive") != 0 &&
        lists_any(m, "purpose_requested", MEASURE_PURPOSES)))
        return OK;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (message_bytes(m, fields[i]).n == 0)
            return fault_set(f, E_FIELD_MISSING, 47, "%s", fields[i]);
    return OK;
}

/* Intelligence goes into a formal request only back to its originator, or
 * from it. */
enum err
v048_pack(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m);
    const struct value *v = record_value(set, "originator");
    struct slice from = message_bytes(m, "from");
    struct slice to = message_bytes(m, "to");

    (void)facts;
    if (record_uint(set, "use_level") != USE_LEVEL_INTELLIGENCE_ONLY)
        return OK;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (!slice_equal(v->v[i].s, from) && !slice_equal(v->v[i].s, to))
            return fault_set(f, E_USE_LEVEL, 48, "restrictions.use_level");
    return OK;
}
