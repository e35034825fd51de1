/*
 * Numbers of subjects (V-090): of their form, and their check digits.  A
 * finding never blocks, because a wrong number may be the evidence.
 */
#include "proto/rules_in.h"
#include "proto/identifier.h"

/* Fields of a subject, and of the account on the other side. */
static const struct {
    const char *field;
    enum identifier type;
} fields[] = {
    { "iban", IDENTIFIER_IBAN },
    { "bic", IDENTIFIER_BIC },
    { "account_number", IDENTIFIER_ACCOUNT },
    { "registration_number", IDENTIFIER_REGISTRATION },
    { "isin", IDENTIFIER_ISIN },
    { "imo", IDENTIFIER_IMO },
    { "mmsi", IDENTIFIER_MMSI },
    { "vin", IDENTIFIER_VIN },
    { "icao24", IDENTIFIER_ICAO24 },
    { "phones", IDENTIFIER_PHONE },
    { "emails", IDENTIFIER_EMAIL },
};

/* Types of `identifiers`; others have no form that is known everywhere. */
static const struct {
    uint8_t id_type;
    enum identifier type;
} id_types[] = {
    { ID_TYPE_PASSPORT, IDENTIFIER_DOCUMENT },
    { ID_TYPE_NATIONAL_ID, IDENTIFIER_DOCUMENT },
    { ID_TYPE_REGISTRY, IDENTIFIER_REGISTRATION },
    { ID_TYPE_LEI, IDENTIFIER_LEI },
};

static bool
doubtful(enum identifier type, struct slice s)
{
    enum identifier_verdict v = identifier_check(type, s, NULL);

    return v == IDENTIFIER_FORM || v == IDENTIFIER_CHECK;
}

/* The first doubtful field of a record, or NULL. */
static const char *
doubtful_field(const struct rec *r)
{
    for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++) {
        const struct value *v = record_value(r, fields[k].field);

        for (size_t i = 0; v != NULL && i < v->n; i++)
            if (doubtful(fields[k].type, v->v[i].s))
                return fields[k].field;
    }
    return NULL;
}

static bool
doubtful_identifier(const struct rec *r)
{
    for (size_t k = 0; k < sizeof(id_types) / sizeof(id_types[0]); k++)
        if (record_uint(r, "id_type") == id_types[k].id_type)
            return doubtful(id_types[k].type, record_bytes(r, "value"));
    return false;
}

static bool
doubtful_address(const struct rec *r)
{
    enum identifier type;

    return record_uint(r, "type") == SUBJECT_TYPE_CRYPTO &&
        record_has(r, "address") &&
        identifier_of_chain(record_bytes(r, "chain"), &type) &&
        doubtful(type, record_bytes(r, "address"));
}

static enum err
check_subject(const struct rec *s, size_t at, struct fault *f)
{
    static const char *const sides[] = { "from_account", "to_account" };
    const struct value *ids = record_value(s, "identifiers");
    const char *name;

    if ((name = doubtful_field(s)) != NULL)
        return fault_set(f, A_CHECKDIGIT, 90, "subjects[%zu].%s", at, name);
    for (size_t i = 0; ids != NULL && i < ids->n; i++)
        if (doubtful_identifier(ids->v[i].r))
            return fault_set(f, A_CHECKDIGIT, 90,
                "subjects[%zu].identifiers[%zu].value", at, i);
    for (size_t k = 0; k < sizeof(sides) / sizeof(sides[0]); k++)
        if ((name = doubtful_field(record_rec(s, sides[k]))) != NULL)
            return fault_set(f, A_CHECKDIGIT, 90, "subjects[%zu].%s.%s", at,
                sides[k], name);
    return doubtful_address(s) ? fault_set(f, A_CHECKDIGIT, 90,
        "subjects[%zu].address", at) : OK;
}

enum err
v090_numbers(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct value *v = message_value(m, "subjects");
    enum err e;

    (void)facts;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if ((e = check_subject(v->v[i].r, i, f)) != OK)
            return e;
    return OK;
}
