/*
 * Consent (FORMAT.md section 4): what a message must show that asks for one,
 * gives one, or passes content on under one.  The signatures are checked in
 * keys/consents.h; the caller says in rule_facts.consents what only a store
 * knows: whether it was revoked, its conditions accepted, its use counted.
 */
#include "proto/consent.h"
#include "proto/rules_in.h"

#define KEEP_MAX (INT64_C(10) * 366 * 86400)

/* Whether list `name` of a holds nothing that that of b has not. */
static bool
within(const struct rec *a, const char *name, const struct rec *b,
    const char *other)
{
    const struct value *v = record_value(a, name);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->f->type == FT_ENUM ? !record_lists(b, other, v->v[i].u) :
            !record_holds(b, other, v->v[i].s))
            return false;
    return true;
}

static size_t
own_consents(const struct message *m, const struct rec **out)
{
    const struct value *v = message_value(m, "consent");
    size_t n = v != NULL ? v->n : 0;

    for (size_t i = 0; i < n && i < CONSENTS_ALL; i++)
        out[i] = v->v[i].r;
    return n < CONSENTS_ALL ? n : CONSENTS_ALL;
}

/*
 * A set that is derived from another's: no wider than what each consent that
 * the message carries allows, else than the set that it names, in the
 * revision that is in force where the message is about what that governs.
 */
enum err
v033_derived(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *set = rules_limits(m), *c[CONSENTS_ALL];
    const struct rec *parent = record_holds(set, "derived_from",
        record_bytes(facts->target_set, "rid")) ? facts->target_set :
        facts->parent;
    size_t n = own_consents(m, c);
    enum err e;

    if (record_count(set, "derived_from") == 0)
        return m->kind->n == KIND_ONWARD_TRANSFER ? fault_set(f,
            E_RESTR_WIDENED, 33, "restrictions.derived_from") : OK;
    for (size_t i = 0; i < n; i++)
        if ((e = limits_widened(set, record_rec(c[i], "set"), f)) != OK)
            return e;
    if (n > 0)
        return OK;
    if (parent == NULL || record_count(set, "derived_from") != 1 ||
        !record_holds(set, "derived_from", record_bytes(parent, "rid")))
        return fault_set(f, E_RESTR_WIDENED, 33,
            "restrictions.derived_from");
    return limits_widened(set, parent, f);
}

enum err
v060_carried(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = record_value(rules_limits(m), "originator");
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);

    (void)facts;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        bool found = slice_equal(v->v[i].s, message_bytes(m, "from"));

        for (size_t k = 0; !found && k < n; k++)
            found = slice_equal(record_bytes(c[k], "originator"),
                v->v[i].s);
        if (!found)
            return fault_set(f, E_ONWARD_NO_CONSENT, 60, "consent");
    }
    return n > 0 ? OK : fault_set(f, E_ONWARD_NO_CONSENT, 60, "consent");
}

/* What must never be passed on is not even asked for. */
enum err
v060_never(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    if (facts->target_set == NULL)
        return fault_set(f, E_RESTR_UNKNOWN, 60, "target_msg");
    if (message_uint(m, "consent_type") == CONSENT_TYPE_ONWARD &&
        limits_never(facts->target_set))
        return fault_set(f, E_ONWARD_NEVER, 60, "consent_type");
    return OK;
}

/* Documents alone are passed on; of anything else that is done with content
 * nodes ask which parts it takes, and see no documents. */
static bool
names_enough(const struct rec *r)
{
    return record_uint(r, "consent_type") == CONSENT_TYPE_ONWARD ||
        record_count(r, "parts") > 0;
}

enum err
v062_asked(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    return names_enough(m->own) ? OK : fault_set(f, E_CONSENT_SCOPE, 62,
        "parts");
}

enum err
v061_originator(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *of = m->kind->n == KIND_CONSENT_DECISION ?
        facts->target_set : rules_limits(m);
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);

    for (size_t i = 0; i < n; i++)
        if (!record_holds(of, "originator", record_bytes(c[i],
            "originator")))
            return fault_set(f, E_CONSENT_NOT_ORIGINATOR, 61,
                "consent[%zu].originator", i);
    return OK;
}

static bool
same(const struct rec *a, const char *name, const struct message *b,
    const char *other)
{
    return slice_equal(record_bytes(a, name), message_bytes(b, other));
}

/* The set that a consent allows is within what the consent says. */
static const char *
set_beyond(const struct rec *consent, const struct rec *set)
{
    static const char *const most[] = { "use_level", "actions",
        "subject_notice", "export", "retain_until" };

    if (record_has(consent, "purposes") &&
        !within(set, "purposes", consent, "purposes"))
        return "purposes";
    if (record_has(consent, "proceedings") &&
        !within(set, "proceedings", consent, "proceedings"))
        return "proceedings";
    if (record_has(consent, "attribution") &&
        record_uint(set, "attribution") !=
        record_uint(consent, "attribution"))
        return "attribution";
    for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++)
        if (record_has(consent, most[i]) && record_uint(set, most[i]) >
            record_uint(consent, most[i]))
            return most[i];
    return NULL;
}

/* What must hold of a consent by itself. */
static enum err
well_formed(const struct rec *c, size_t i, struct fault *f)
{
    bool conditional = record_uint(c, "decision") ==
        CONSENT_GRANT_GRANT_WITH_CONDITIONS;
    const char *beyond = set_beyond(c, record_rec(c, "set"));

    if (record_uint(c, "decision") != CONSENT_GRANT_GRANT && !conditional)
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[%zu].decision", i);
    if (conditional != (record_count(c, "conditions") > 0))
        return fault_set(f, E_CONSENT_SCOPE, 63, "consent[%zu].conditions",
            i);
    if (!names_enough(c))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[%zu].parts", i);
    if (record_uint(c, "expires_at") <= record_uint(c, "valid_from"))
        return fault_set(f, E_CONSENT_EXPIRED, 62, "consent[%zu].expires_at",
            i);
    if (record_uint(c, "transferable") != 0)
        return fault_set(f, E_RESTR_WIDENED, 66, "consent[%zu].transferable",
            i);
    if (beyond != NULL)
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[%zu].set.%s", i,
            beyond);
    return OK;
}

enum err
v062_form(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *c[CONSENTS_ALL];
    size_t n = consent_list(m, c, CONSENTS_ALL);
    uint8_t digest[HASH_LEN];
    enum err e;

    (void)facts;
    if (n > CONSENTS_ALL)
        return fault_set(f, E_FIELD_RANGE, 62, "consent");
    for (size_t i = 0; i < n; i++) {
        if ((e = well_formed(c[i], i, f)) != OK)
            return e;
        if (record_uint(c[i], "consent_type") != CONSENT_TYPE_ONWARD)
            continue;
        if (!record_has(c[i], "items") || consent_items(m, digest) != OK ||
            !slice_equal(record_bytes(c[i], "items"), SLICE(digest)))
            return fault_set(f, E_CONSENT_SCOPE, 62, "consent[%zu].items",
                i);
    }
    return OK;
}

/* A decision answers what was asked, no more; one that is passed on for
 * another answers by its grantee. */
enum err
v062_decision(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct message *asked = facts->target;
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);

    if (asked == NULL || asked->kind->n != KIND_CONSENT_REQUEST)
        return fault_set(f, E_BAD_STATE, 62, "in_reply_to");
    if (n == 0)
        return OK;
    if (!slice_equal(record_bytes(c[0], "grantee"), message_bytes(m, "to"))
        && !same(c[0], "grantee", asked, "on_behalf_of"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[0].grantee");
    if (record_uint(c[0], "consent_type") !=
        message_uint(asked, "consent_type"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[0].consent_type");
    if (!same(c[0], "onward_to", asked, "onward_to"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[0].onward_to");
    if (!consent_own(m, c[0]))
        return OK;
    if (!same(c[0], "target_msg", asked, "target_msg"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[0].target_msg");
    if (message_value(asked, "parts") != NULL &&
        !within(c[0], "parts", asked->own, "parts"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[0].parts");
    if (!within(c[0], "docs", asked->own, "docs"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[0].docs");
    return OK;
}

/* Rows of a list and items from `at` on are the same, one by one. */
static bool
are_items(const struct message *m, const char *list, const char *id,
    uint8_t type, size_t *at)
{
    const struct value *v = message_records(m, list);
    const struct value *items = record_value(m->common, "items");

    for (size_t i = 0; v != NULL && i < v->n; i++, (*at)++)
        if (items == NULL || *at >= items->n ||
            record_uint(items->v[*at].r, "type") != type ||
            !slice_equal(record_bytes(v->v[i].r, id),
            record_bytes(items->v[*at].r, "id")))
            return false;
    return true;
}

/* Parts, then documents, and nothing else. */
static bool
content_is_items(const struct message *m)
{
    size_t at = 0;

    return are_items(m, "parts", "part_id", CONSENT_ITEM_PART, &at) &&
        are_items(m, "documents", "doc_id", CONSENT_ITEM_DOCUMENT, &at) &&
        at > 0 && at == record_count(m->common, "items");
}

enum err
v062_scope(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);
    struct fault inner = { .e = OK };
    const char *beyond;
    enum err e;

    if (!content_is_items(m))
        return fault_set(f, E_CONSENT_SCOPE, 62, "items");
    if ((message_records(m, "documents") != NULL) !=
        record_has(m->common, "attachments"))
        return fault_set(f, E_CONSENT_SCOPE, 62, "attachments");
    for (size_t i = 0; i < n; i++) {
        if ((e = consent_fits(c[i], message_bytes(m, "from"),
            facts->recipient, message_bytes(m, "to"), &inner)) != OK)
            return fault_set(f, e, 62, "consent[%zu].%s", i, inner.path);
        if ((beyond = set_beyond(c[i], rules_limits(m))) != NULL)
            return fault_set(f, E_CONSENT_SCOPE, 62, "restrictions.%s",
                beyond);
        if (!record_holds(rules_limits(m), "consents", record_bytes(c[i],
            "consent_id")))
            return fault_set(f, E_CONSENT_SCOPE, 62,
                "restrictions.consents");
    }
    return OK;
}

/* In time by the clock of who checks, and by the date on the message. */
enum err
v062_time(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);
    uint64_t now = (uint64_t)facts->now, made = message_uint(m,
        "created_at");

    for (size_t i = 0; i < n; i++) {
        if (made > 0 && made < record_uint(c[i], "valid_from"))
            return fault_set(f, E_CONSENT_SCOPE, 62,
                "consent[%zu].valid_from", i);
        if (now >= record_uint(c[i], "expires_at"))
            return fault_set(f, E_CONSENT_EXPIRED, 62,
                "consent[%zu].expires_at", i);
    }
    return OK;
}

enum err
v062_uses(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);
    uint64_t use = message_uint(m, "use_no");

    for (size_t i = 0; i < n; i++) {
        uint64_t most = record_uint(c[i], "max_uses");
        bool used = i < facts->n_consents && facts->consents[i].used;

        if ((most > 0 && use > most) || used)
            return fault_set(f, E_CONSENT_EXHAUSTED, 62, "use_no");
    }
    return OK;
}

enum err
v062_revoked(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)m;
    for (size_t i = 0; i < facts->n_consents; i++)
        if (facts->consents[i].revoked)
            return fault_set(f, E_CONSENT_REVOKED, 62, "consent[%zu]", i);
    return OK;
}

enum err
v063_accepted(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct rec *c[CONSENTS_ALL];
    size_t n = own_consents(m, c);

    for (size_t i = 0; i < n; i++)
        if (record_uint(c[i], "decision") ==
            CONSENT_GRANT_GRANT_WITH_CONDITIONS &&
            (i >= facts->n_consents || !facts->consents[i].accepted))
            return fault_set(f, E_BAD_STATE, 63, "acceptance");
    return OK;
}

/* What no consent may loosen, and how long it may let things be kept. */
enum err
v064_bounds(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    static const char *const never[] = { "protect_source", "recallable",
        "cert_required" };
    const struct rec *of = m->kind->n == KIND_CONSENT_DECISION ?
        facts->target_set : rules_limits(m);
    const struct rec *c[CONSENTS_ALL];
    size_t n = consent_list(m, c, CONSENTS_ALL);

    /* A copy is judged by V-033: it may be stricter than its consent. */
    if (m->kind->n == KIND_ONWARD_TRANSFER)
        return OK;
    for (size_t i = 0; i < n && i < CONSENTS_ALL; i++) {
        const struct rec *set = record_rec(c[i], "set");
        uint64_t keep = record_uint(set, "retain_until");

        for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++)
            if (record_uint(of, never[k]) > record_uint(set, never[k]))
                return fault_set(f, E_RESTR_WIDENED, 64,
                    "consent[%zu].set.%s", i, never[k]);
        /* One that is passed on is bound by the set that it was made of. */
        if ((m->kind->n != KIND_CONSENT_DECISION || consent_own(m, c[i])) &&
            keep > record_uint(of, "retain_until") &&
            (record_uint(c[i], "consent_type") !=
            CONSENT_TYPE_EXTEND_RETENTION ||
            (int64_t)keep > facts->now + KEEP_MAX))
            return fault_set(f, E_RESTR_WIDENED, 64,
                "consent[%zu].set.retain_until", i);
    }
    return OK;
}

/* Whether the list names KIND@state, or CLASS:KIND@state, which is the
 * same. */
static bool
lists_party(const struct rec *onward, struct slice to)
{
    const struct value *v = record_value(onward, "allow");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct slice s = v->v[i].s;

        if (s.n > 6 && memcmp(s.p, "CLASS:", 6) == 0)
            s = slice_of(s.p + 6, s.n - 6);
        if (slice_equal(s, to))
            return true;
    }
    return false;
}

/* Whether the limits list whom a standing consent is for: an entry, or with
 * STATE the whole of the recipient's own State and no other. */
static bool
listed(const struct message *m, const struct rec *consent)
{
    const struct rec *onward = record_rec(rules_limits(m), "onward");
    struct slice to = record_bytes(consent, "onward_to");
    struct slice class = record_bytes(consent, "onward_to_class");
    struct slice own = message_bytes(m, "to");

    if (lists_party(onward, to.n > 0 ? to : class))
        return true;
    return record_uint(onward, "mode") == ONWARD_STATE && to.n == 0 &&
        class.n == 6 && own.n > 2 && memcmp(class.p, "ANY@", 4) == 0 &&
        memcmp(class.p + 4, own.p, 2) == 0;
}

/* Permissions given in advance: to whom the limits list, by two persons, and
 * for no more than the limits of the message allow. */
enum err
v060_standing(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "standing");

    (void)facts;
    if (v != NULL && message_uint(m, "approval") == 0)
        return fault_set(f, E_FOUR_EYES, 5, "approval");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *c = v->v[i].r;

        if (!consent_own(m, c) || record_uint(c, "consent_type") !=
            CONSENT_TYPE_ONWARD || record_uint(c, "decision") !=
            CONSENT_GRANT_GRANT || !slice_equal(record_bytes(c,
            "grantee"), message_bytes(m, "to")) || !slice_equal(
            record_bytes(c, "target_msg"), message_bytes(m, "msg_id")) ||
            !listed(m, c))
            return fault_set(f, E_CONSENT_SCOPE, 60, "standing[%zu]", i);
        if (limits_widened(record_rec(c, "set"), rules_limits(m), NULL) !=
            OK)
            return fault_set(f, E_RESTR_WIDENED, 60, "standing[%zu].set",
                i);
    }
    return OK;
}

enum err
v068_refused(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    if ((message_uint(m, "refusal_ground") != 0 ||
        message_uint(m, "need_info") != 0) &&
        message_bytes(m, "explanation").n == 0)
        return fault_set(f, E_REASON_MISSING, 68, "explanation");
    return OK;
}
