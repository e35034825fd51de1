/*
 * rules_in: what the rules share.  For proto/rules*.c alone.
 */
#ifndef PROTO_RULES_IN_H
#define PROTO_RULES_IN_H

#include <string.h>

#include "proto/enums.h"
#include "proto/limits.h"
#include "proto/reasons.h"
#include "proto/rules.h"

#define K(kind) RULE_KIND(KIND_##kind)

/*
 * rules_limits(m):
 * The set that m carries, or NULL.
 */
const struct rec *rules_limits(const struct message *m);

/*
 * rules_speaks_of(text, ref):
 * Whether the text has ref as a word of its own.
 */
bool rules_speaks_of(struct slice text, struct slice ref);

struct thread_message;

/*
 * rules_written_at(m, facts):
 * The time by which a message is measured: its own, so that both sides judge
 * it alike; now for one that has none yet.
 */
int64_t rules_written_at(const struct message *m,
    const struct rule_facts *facts);

/*
 * rules_civil(m):
 * Whether help in a civil or administrative matter is asked for.
 */
bool rules_civil(const struct message *m);

/*
 * rules_first_basis(m):
 * The first legal basis of its set, which governs; 0 without one.
 */
uint64_t rules_first_basis(const struct message *m);

/*
 * rules_said(facts, kinds, from):
 * The last message of these kinds (RULE_KIND bits) that the thread allowed,
 * of one authority or (empty) either; NULL if none.
 */
const struct thread_message *rules_said(const struct rule_facts *facts,
    uint64_t kinds, struct slice from);

/*
 * rules_formal(facts):
 * Whether the thread is one about mutual legal assistance: opened by a
 * consultation, formalised, or under a treaty as first legal basis.
 */
bool rules_formal(const struct rule_facts *facts);

/*
 * rules_scopes(facts):
 * What the thread is: bits of enum reason_scope.
 */
unsigned rules_scopes(const struct rule_facts *facts);

#define RULE_CHECK(name) \
enum err name(const struct message *m, const struct rule_facts *facts, \
    struct fault *f);

/* rules_general.c */
RULE_CHECK(v005_four_eyes)
RULE_CHECK(v010_counterpart)
RULE_CHECK(v011_accepts)
RULE_CHECK(v012_party)
RULE_CHECK(v013_speaker)
RULE_CHECK(v014_fallback)
RULE_CHECK(a_civil)
RULE_CHECK(a_clock)
RULE_CHECK(a_fanout)
RULE_CHECK(v015_stale)
RULE_CHECK(v016_language)
RULE_CHECK(v020_conf)
RULE_CHECK(v054_new_date)
RULE_CHECK(v055_urgency)

/* rules_limits.c */
RULE_CHECK(v030_complete)
RULE_CHECK(v030_caveat)
RULE_CHECK(v031_originator)
RULE_CHECK(v031_target)
RULE_CHECK(v032_times)
RULE_CHECK(v034_revision)
RULE_CHECK(v035_class)
RULE_CHECK(v035_role)
RULE_CHECK(v036_class)
RULE_CHECK(v040_proceedings)
RULE_CHECK(v041_evidence)
RULE_CHECK(v041_used)

/* rules_evidence.c */
RULE_CHECK(v041_accept_by)
RULE_CHECK(v041_release)
RULE_CHECK(v041_accepts)
RULE_CHECK(v041_in_time)
RULE_CHECK(v042_listed)
RULE_CHECK(v042_offer)
RULE_CHECK(v042_set)
RULE_CHECK(v042_proceeding)
RULE_CHECK(v042_came)
RULE_CHECK(v042_holds)

/* rules_request.c */
RULE_CHECK(v046_complete)
RULE_CHECK(v047_need)
RULE_CHECK(v048_pack)

/* rules_refusal.c */
RULE_CHECK(v051_consulted)
RULE_CHECK(v051_time_to_answer)
RULE_CHECK(v052_ground)
RULE_CHECK(v052_prospect)
RULE_CHECK(v052_postponement)

/* rules_reply.c */
RULE_CHECK(v070_answers)
RULE_CHECK(v071_negative)
RULE_CHECK(v072_interim)
RULE_CHECK(v073_subjects)
RULE_CHECK(v074_recipients)
RULE_CHECK(v075_purposes)

/* rules_consent.c */
RULE_CHECK(v033_derived)
RULE_CHECK(v060_carried)
RULE_CHECK(v060_never)
RULE_CHECK(v061_originator)
RULE_CHECK(v062_form)
RULE_CHECK(v062_decision)
RULE_CHECK(v062_scope)
RULE_CHECK(v062_time)
RULE_CHECK(v062_uses)
RULE_CHECK(v062_revoked)
RULE_CHECK(v062_asked)
RULE_CHECK(v063_accepted)
RULE_CHECK(v064_bounds)
RULE_CHECK(v060_standing)
RULE_CHECK(v068_refused)

/* rules_after.c */
RULE_CHECK(v080_balance)
RULE_CHECK(v080_witness)
RULE_CHECK(v081_late)
RULE_CHECK(v082_names)

/* rules_subjects.c */
RULE_CHECK(v090_numbers)

#endif
