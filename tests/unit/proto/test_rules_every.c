/*
 * Every rule, asked of every kind with every field that may stand: a field of
 * the same name is of another type in another kind, and no rule may take the
 * one for the other.
 */
#include "proto/states.h"
#include "tests/unit/fill.h"
#include "tests/unit/proto/rules_fixture.h"

TestSuite(rules_every, .init = setup, .fini = teardown);

#define VARIANTS 12

/* What a rule says does not matter here; that it comes back does. */
static void
ask(const struct message *x)
{
    static const unsigned where[] = { RULE_SENDER, RULE_RECIPIENT };

    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < RULES_VALISE_N; i++) {
            const struct rule *r = &rules_valise[i];

            memset(&f, 0, sizeof(f));
            if ((r->where & where[w]) && (r->kinds == 0 ||
                (r->kinds & RULE_KIND(x->kind->n))) &&
                r->check(x, &facts, &f) != OK)
                cr_expect_neq(f.path[0], '\0', "V-%03u", r->v);
        }
}

Test(rules_every, no_rule_takes_a_field_for_one_of_another_kind)
{
    for (size_t i = 0; i < domain_valise.n_kinds; i++)
        for (unsigned v = 0; v < VARIANTS; v++) {
            struct message x, other;

            arena_free(a);
            setup();
            fill_message(a, &domain_valise.kinds[i], v, &x);
            ask(&x);
            for (size_t k = 0; k < domain_valise.n_kinds; k++) {
                fill_message(a, &domain_valise.kinds[k], v, &other);
                facts.opening = facts.target = facts.breach = &other;
                facts.parent = facts.target_set = message_rec(&other,
                    "restrictions");
                ask(&x);
            }
        }
}
