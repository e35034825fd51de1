#include <stdio.h>

#include "cli/act/opening.h"
#include "cli/act/purpose.h"
#include "cli/text/text.h"
#include "proto/enums.h"

/* Appends. */
static void
put(char *out, size_t max, size_t *n, const char *between, struct slice s)
{
    int k = *n < max ? snprintf(out + *n, max - *n, "%s%.*s", between,
        (int)s.n, (const char *)s.p) : 0;

    *n += k > 0 ? (size_t)k : 0;
}

/* All that the limits allow, for a hint. */
static void
list_purposes(const struct value *v, char *out, size_t max)
{
    size_t n = 0;

    put(out, max, &n, "", slice_str(v == NULL || v->n == 0 ?
        _("say what for; see: valise explain purpose") :
        _("say what for: --purpose ")));
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const char *name = enum_name(v->f->en, v->v[i].u);

        put(out, max, &n, i == 0 ? "" : _(" or "), slice_str(name != NULL ?
            name : "?"));
    }
}

enum err
purpose_take(struct run *r, const struct rec *set, bool any,
    uint64_t *purpose, struct slice *proceeding)
{
    const char *given = command_option(r, "purpose");
    const char *in = command_option(r, "in");
    const struct value *v = record_value(set, "purposes");
    const size_t n = v != NULL ? v->n : 0;
    char hint[PURPOSE_WORDS_MAX];

    *proceeding = in != NULL ? slice_str(in) : SLICE_EMPTY;
    if (given != NULL)
        return opening_purpose(r, given, purpose);
    *purpose = n > 0 ? v->v[0].u : 0;
    if (n == 1 || any)
        return OK;
    list_purposes(v, hint, sizeof(hint));
    return command_fail(r, ERR_USAGE, "--purpose", hint);
}

static bool
is_listed_evidence(const struct rec *set)
{
    return record_uint(set, "use_level") == USE_LEVEL_EVIDENCE_LISTED;
}

enum err
purpose_place(struct run *r, const struct rec *set, bool must,
    struct slice *proceeding)
{
    const struct value *v = record_value(set, "proceedings");
    char hint[PURPOSE_WORDS_MAX];
    size_t n = 0;

    if (proceeding->n > 0 || !is_listed_evidence(set) || v == NULL ||
        v->n == 0)
        return OK;
    if (v->n == 1)
        *proceeding = v->v[0].s;
    if (v->n == 1 || !must)
        return OK;
    put(hint, sizeof(hint), &n, "", slice_str(_("say in which proceeding: "
        "--in ")));
    for (size_t i = 0; i < v->n; i++)
        put(hint, sizeof(hint), &n, i == 0 ? "" : _(" or "), v->v[i].s);
    return command_fail(r, ERR_USAGE, "--in", hint);
}

enum err
purpose_fits(struct run *r, const struct rec *set,
    const struct policy_facts *facts)
{
    char where[PURPOSE_WORDS_MAX];

    return is_listed_evidence(set) && purpose_elsewhere(set, MAY_USE, facts,
        where, sizeof(where)) ? command_fail(r, E_PURPOSE, "--in", where) :
        OK;
}

bool
purpose_elsewhere(const struct rec *set, enum may act,
    const struct policy_facts *facts, char *out, size_t max)
{
    const struct value *v = record_value(set, "proceedings");
    struct policy_facts anywhere = *facts;
    size_t n = 0;

    anywhere.proceeding = SLICE_EMPTY;
    if (facts->proceeding.n == 0 ||
        policy_check(set, act, facts).code != E_PURPOSE ||
        policy_check(set, act, &anywhere).code == E_PURPOSE)
        return false;
    put(out, max, &n, "", slice_str(v != NULL && v->n > 0 ?
        _("the limits name no such proceeding, but ") :
        _("the limits name no proceeding")));
    for (size_t i = 0; v != NULL && i < v->n; i++)
        put(out, max, &n, i == 0 ? "" : ", ", v->v[i].s);
    return true;
}
