/*
 * The limits on use that a message carries (V-030 to V-041).
 */
#include "proto/rules_in.h"
#include "proto/thread.h"

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
        !record_holds(set, "originator", message_bytes(m, "from")))
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
    const struct value *parts = message_records(m, "parts");
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
    const struct value *v = message_records(m, "subjects");
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

/* Whether `from` controls the content of set: it is an originator, or it
 * passes on what is another's. */
static bool
controls(const struct rec *set, struct slice from)
{
    return record_holds(set, "originator", from) ||
        record_count(set, "derived_from") > 0;
}

/* What changes, corrects or calls back: of an own message, by who controls
 * its content. */
enum err
v031_target(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    struct slice from = message_bytes(m, "from");
    const struct rec *set = rules_limits(m);

    if (facts->target == NULL || !controls(facts->target_set, from) ||
        !slice_equal(message_bytes(facts->target, "from"), from))
        return fault_set(f, E_RESTR_NOT_ORIGINATOR, 31, "target_msg");
    if (set != NULL && record_count(set, "derived_from") == 0 &&
        !record_holds(facts->target_set, "originator", from))
        return fault_set(f, E_RESTR_NOT_ORIGINATOR, 31,
            "restrictions.derived_from");
    return OK;
}

enum err
v034_revision(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    return limits_revised(facts->target_set, rules_limits(m), m->own,
        message_bytes(m, "from"), f);
}

/* The ids of proceedings that a record defines: one, or a list. */
static bool
defines(const struct message *m, struct slice id)
{
    static const char *const one[] = { "proceeding",
        "requested_side_proceeding" };
    /* A consent in advance is made from the limits that are asked here: it
     * defines nothing. */
    const struct value *v = message_value(m, "consent");

    for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
        if (slice_equal(record_bytes(message_rec(m, one[i]), "proc_id"),
            id))
            return true;
    if (record_find_by(message_value(m, "proceedings"), "proc_id", id) !=
        NULL)
        return true;
    for (size_t k = 0; v != NULL && k < v->n; k++)
        if (record_holds(v->v[k].r, "proceedings", id))
            return true;
    return false;
}

static bool
defined(const struct message *m, const struct rule_facts *facts,
    struct slice id)
{
    if (defines(m, id) ||
        (facts->opening != NULL && defines(facts->opening, id)))
        return true;
    for (size_t i = 0; facts->thread != NULL &&
        i < thread_count(facts->thread); i++) {
        const struct thread_message *t = thread_at(facts->thread, i);

        if (!t->gone && defines(&t->m, id))
            return true;
    }
    return false;
}

/* Those of `proceedings`, and those behind COURT: and the like in allow. */
enum err
v040_proceedings(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m);
    const struct value *v = record_value(set, "proceedings");
    const struct value *allow = record_value(record_rec(set, "onward"),
        "allow");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (!defined(m, facts, v->v[i].s))
            return fault_set(f, E_PROCEEDING, 40,
                "restrictions.proceedings[%zu]", i);
    for (size_t i = 0; allow != NULL && i < allow->n; i++) {
        struct slice s = allow->v[i].s;
        const uint8_t *colon = memchr(s.p, ':', s.n);

        /* CLASS:KIND@state names no proceeding. */
        if (colon == NULL || memchr(s.p, '@', s.n) != NULL)
            continue;
        if (!defined(m, facts, slice_of(colon + 1,
            (size_t)(s.p + s.n - colon - 1))))
            return fault_set(f, E_PROCEEDING, 40,
                "restrictions.onward.allow[%zu]", i);
    }
    return OK;
}

/* What is evidence in a civil or administrative proceeding is not released
 * before its limits are accepted: 46(19) does not bind there by itself. */
enum err
v041_evidence(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (rules_civil(m) &&
        record_uint(rules_limits(m), "accept_first") == 0)
        return fault_set(f, E_RESTR_NOT_ACCEPTED, 41,
            "restrictions.accept_first");
    return OK;
}

/* Nobody reports a use of what he had to accept first and did not. */
enum err
v041_used(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *t = facts->thread == NULL ? NULL :
        thread_find(facts->thread, message_bytes(m, "target_msg"));

    if (record_count(m->own, "used_for") > 0 &&
        record_uint(facts->target_set, "accept_first") != 0 &&
        (t == NULL || !thread_accepted(facts->thread, t)))
        return fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "used_for");
    return OK;
}
