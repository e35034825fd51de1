#include "proto/rules_in.h"

#define ALERT_MIN 300
#define ALERT_MAX 349

const struct rec *
rules_limits(const struct message *m)
{
    return message_rec(m, "restrictions");
}

static bool
word_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
        (c >= 'A' && c <= 'Z');
}

bool
rules_speaks_of(struct slice text, struct slice ref)
{
    for (size_t i = 0; ref.n > 0 && i + ref.n <= text.n; i++)
        if (memcmp(text.p + i, ref.p, ref.n) == 0 &&
            (i == 0 || !word_character(text.p[i - 1])) &&
            (i + ref.n == text.n || !word_character(text.p[i + ref.n])))
            return true;
    return false;
}

static bool
is_alert(enum err e)
{
    return (unsigned)e >= ALERT_MIN && (unsigned)e <= ALERT_MAX;
}

/* Whether a rule is asked of m here; alerts, or the others. */
static bool
applies(const struct rule *r, unsigned where, const struct message *m,
    bool alerts)
{
    bool soft = is_alert(r->code) ||
        ((r->where & RULE_FLAGS) && (where & RULE_RECIPIENT));

    if (r->kinds != 0 &&
        (m->kind->n >= 64 || !(r->kinds & RULE_KIND(m->kind->n))))
        return false;
    return soft == alerts &&
        (r->where & where & (RULE_SENDER | RULE_RECIPIENT)) != 0 &&
        (!(r->where & RULE_CLIENT) || (where & RULE_CLIENT));
}

enum err
rules_check(const struct domain *d, unsigned where, const struct message *m,
    const struct rule_facts *facts, struct fault *f)
{
    enum err e;

    if (d->base != NULL &&
        (e = rules_check(d->base, where, m, facts, f)) != OK)
        return e;
    for (size_t i = 0; i < d->n_rules; i++)
        if (applies(&d->rules[i], where, m, false) &&
            (e = d->rules[i].check(m, facts, f)) != OK)
            return e;
    return OK;
}

size_t
rules_alerts(const struct domain *d, unsigned where, const struct message *m,
    const struct rule_facts *facts, struct fault *out, size_t max)
{
    size_t n = d->base == NULL ? 0 :
        rules_alerts(d->base, where, m, facts, out, max);

    for (size_t i = 0; i < d->n_rules && n < max; i++)
        if (applies(&d->rules[i], where, m, true) &&
            d->rules[i].check(m, facts, &out[n]) != OK)
            n++;
    return n;
}

const struct rule *
rule_find(const struct domain *d, uint16_t v, size_t i)
{
    for (; d != NULL; d = d->base)
        for (size_t k = 0; k < d->n_rules; k++)
            if (d->rules[k].v == v && i-- == 0)
                return &d->rules[k];
    return NULL;
}
