/*
 * What comes after use (V-080 to V-082): the certificate of destruction, the
 * notice of an exculpatory disclosure, feedback.
 */
#include "proto/rules_in.h"
#include "proto/namekey.h"

/* Copies of item i (from 1) that the exceptions say still exist. */
static uint64_t
excepted(const struct message *m, uint64_t item)
{
    const struct value *v = message_value(m, "exceptions");
    uint64_t copies = 0;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "item") == item)
            copies += record_uint(v->v[i].r, "copies");
    return copies;
}

enum err
v080_balance(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *items = message_value(m, "items");
    const struct value *v = message_value(m, "exceptions");
    size_t n = items != NULL ? items->n : 0;

    (void)facts;
    for (size_t i = 0; i < n; i++) {
        const struct rec *r = items->v[i].r;

        if (record_uint(r, "copies_known") !=
            record_uint(r, "copies_destroyed") + excepted(m, i + 1))
            return fault_set(f, E_CERT_INCOMPLETE, 80,
                "items[%zu].copies_destroyed", i);
    }
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "item") > n)
            return fault_set(f, E_CERT_INCOMPLETE, 80,
                "exceptions[%zu].item", i);
    return OK;
}

/* The witness is another officer than who did it, and the one who signs
 * beside the author. */
enum err
v080_witness(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    struct slice witness = message_bytes(m, "witnessed_by");

    if (witness.n > 0 &&
        (slice_equal(witness, message_bytes(m, "performed_by")) ||
        (facts->approver.n > 0 && !slice_equal(witness, facts->approver))))
        return fault_set(f, E_FOUR_EYES, 80, "witnessed_by");
    return OK;
}

#define LATE_NOTICE 86400

/* "Without delay" (46(5), 46(19)): a day after the disclosure. */
enum err
v081_late(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    if (message_uint(m, "advance_notice") == 0 &&
        message_value(m, "disclosed_at") != NULL &&
        rules_written_at(m, facts) >
        (int64_t)message_uint(m, "disclosed_at") + LATE_NOTICE)
        return fault_set(f, A_EXCULPATORY_LATE, 81, "disclosed_at");
    return OK;
}

/* Whether the words of a text have all those of a name; a name without a key
 * is looked for as it is written. */
static bool
has_name(struct slice text, struct slice words, struct slice name,
    bool entity)
{
    struct buf key;
    bool found;

    if (name.n == 0)
        return false;
    buf_init(&key, NAMEKEY_MAX);
    if (entity ? namekey_entity(name, &key) : namekey_person(name, &key))
        found = namekey_in(slice_of_buf(&key), words);
    else
        found = rules_speaks_of(text, name);
    buf_clear(&key);
    return found;
}

/* A person by family name or by whole name, an entity by name or alias. */
static bool
names_subject(struct slice text, struct slice words, const struct rec *s)
{
    const struct value *names = record_value(s, "names");
    const struct value *aliases = record_value(s, "aliases");

    for (size_t i = 0; names != NULL && i < names->n; i++)
        if (has_name(text, words, record_bytes(names->v[i].r, "family"),
            false) || has_name(text, words,
            record_bytes(names->v[i].r, "full"), false))
            return true;
    for (size_t i = 0; aliases != NULL && i < aliases->n; i++)
        if (has_name(text, words, aliases->v[i].s, true))
            return true;
    return has_name(text, words, record_bytes(s, "name"), true);
}

/* Against the subjects of the message that it is about, and of the one that
 * opened the thread, as far as the client has opened them. */
enum err
v082_names(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct message *const of[] = { facts->target, facts->opening };
    struct slice text = message_bytes(m, "text");
    struct buf words;
    bool found = false;

    buf_init(&words, NAMEKEY_MAX);
    if (text.n == 0 || !namekey_fold_text(text, &words))
        return OK;
    for (size_t k = 0; k < sizeof(of) / sizeof(of[0]); k++) {
        const struct value *v = of[k] == NULL ? NULL :
            message_value(of[k], "subjects");

        for (size_t i = 0; v != NULL && i < v->n && !found; i++)
            found = names_subject(text, slice_of_buf(&words), v->v[i].r);
    }
    buf_clear(&words);
    return found ? fault_set(f, A_FEEDBACK_NAMES, 82, "text") : OK;
}
