/*
 * The limits on use that a message carries (V-030 to V-041).
 */
#include "proto/rules_in.h"

enum err
v030_complete(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m);
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

enum err
v030_caveat(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (record_uint(rules_limits(m), "accept_first") != 0 &&
        message_bytes(m, "caveat").n > 0)
        return fault_set(f, E_RESTR_UNKNOWN, 30, "caveat");
    return OK;
}

enum err
v031_originator(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m);

    (void)facts;
    if (set == NULL || record_count(set, "derived_from") > 0)
        return OK;
    if (record_count(set, "originator") != 1 ||
        !rules_lists(set, "originator", message_bytes(m, "from")))
        return fault_set(f, E_RESTR_NOT_ORIGINATOR, 31,
            "restrictions.originator");
    return OK;
}

enum err
v032_times(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m);
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

enum err
v035_class(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *parts = message_value(m, "parts");
    const struct rec *set = rules_limits(m);
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

enum err
v035_role(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "subjects");
    const struct rec *set = rules_limits(m);

    (void)facts;
    if (set == NULL || record_uint(set, "protect_source") != 0)
        return OK;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "role") ==
            SUBJECT_ROLE_REPORTING_ENTITY)
            return fault_set(f, E_SOURCE, 35, "subjects[%zu].role", i);
    return OK;
}

enum err
v036_class(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (record_uint(rules_limits(m), "class_equiv") > CLASS_EQUIV_RESTRICTED)
        return fault_set(f, E_CLASSIFICATION, 36,
            "restrictions.class_equiv");
    return OK;
}
