/*
 * Answers (V-070 to V-075).
 */
#include "proto/rules_in.h"

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
enum err
v070_answers(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *answers = message_records(m, "answers");
    const struct value *questions = questions_of(facts);

    if (facts->opening == NULL)
        return fault_set(f, E_REPLY, 70, "in_reply_to");
    for (size_t i = 0; answers != NULL && i < answers->n; i++) {
        struct slice q = record_bytes(answers->v[i].r, "q");

        if (record_find_by(questions, "q", q) == NULL ||
            record_find_by(answers, "q", q) != answers->v[i].r)
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
        const struct rec *a = record_find_by(answers, "q",
            record_bytes(questions->v[i].r, "q"));
        uint64_t status = record_uint(a, "status");

        if (status == 0 || status == ANSWER_STATUS_PENDING)
            return false;
    }
    return questions != NULL;
}

enum err
v071_negative(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *answers = message_records(m, "answers");
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

enum err
v072_interim(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if (message_uint(m, "reply_type") == REPLY_TYPE_INTERIM &&
        message_value(m, "expected_at") == NULL)
        return fault_set(f, E_REPLY, 72, "expected_at");
    return OK;
}

/* A subject of an answer, of the request, or of a spontaneous addition. */
static bool
belongs(const struct message *m, const struct rule_facts *facts,
    struct slice ref)
{
    const struct value *answers = message_records(m, "answers");
    const struct value *parts = message_records(m, "parts");

    for (size_t i = 0; answers != NULL && i < answers->n; i++)
        if (rules_speaks_of(record_bytes(answers->v[i].r, "text"), ref))
            return true;
    for (size_t i = 0; parts != NULL && i < parts->n; i++)
        if (record_uint(parts->v[i].r, "kind") ==
            PART_KIND_SPONTANEOUS_ADDITION &&
            record_holds(parts->v[i].r, "subjects", ref))
            return true;
    return facts->opening != NULL &&
        record_find_by(message_records(facts->opening, "subjects"), "ref", ref);
}

/* A relation or transaction belongs where one of its ends does. */
enum err
v073_subjects(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_records(m, "subjects");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *s = v->v[i].r;

        if (!belongs(m, facts, record_bytes(s, "ref")) &&
            !belongs(m, facts, record_bytes(s, "from_ref")) &&
            !belongs(m, facts, record_bytes(s, "to_ref")))
            return fault_set(f, E_REPLY, 73, "subjects[%zu]", i);
    }
    return OK;
}

enum err
v074_recipients(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *decided =
        message_value(m, "intended_recipients_decision");
    const struct value *named = facts->opening == NULL ? NULL :
        message_value(facts->opening, "intended_recipients");

    for (size_t i = 0; named != NULL && i < named->n; i++)
        if (record_find_by(decided, "to",
            record_bytes(named->v[i].r, "to")) == NULL)
            return fault_set(f, E_REPLY, 74, "intended_recipients_decision");
    return OK;
}

enum err
v075_purposes(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *asked = facts->opening == NULL ? NULL :
        message_value(facts->opening, "purpose_requested");
    const struct value *v = record_value(rules_limits(m), "purposes");

    for (size_t i = 0; asked != NULL && v != NULL && i < v->n; i++)
        if (!record_lists(facts->opening->own, "purpose_requested",
            v->v[i].u))
            return fault_set(f, E_REPLY, 75, "restrictions.purposes[%zu]",
                i);
    return OK;
}
