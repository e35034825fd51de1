/*
 * rules_in: what the rules share.  For proto/rules*.c alone.
 */
#ifndef PROTO_RULES_IN_H
#define PROTO_RULES_IN_H

#include <string.h>

#include "proto/enums.h"
#include "proto/policy.h"
#include "proto/rules.h"

#define K(kind) RULE_KIND(KIND_##kind)

/*
 * rules_lists(r, name, s):
 * Whether list `name` of r holds the bytes s.
 */
bool rules_lists(const struct rec *r, const char *name, struct slice s);

/*
 * rules_find_by(v, key, s):
 * The record of list v whose field `key` is s, or NULL.
 */
const struct rec *rules_find_by(const struct value *v, const char *key,
    struct slice s);

/*
 * rules_limits(m):
 * The set that m carries, or NULL.
 */
const struct rec *rules_limits(const struct message *m);

#define RULE_CHECK(name) \
enum err name(const struct message *m, const struct rule_facts *facts, \
    struct fault *f);

/* rules_general.c */
RULE_CHECK(v005_four_eyes)
RULE_CHECK(v010_counterpart)
RULE_CHECK(v011_accepts)
RULE_CHECK(v012_party)
RULE_CHECK(v015_stale)
RULE_CHECK(v016_language)
RULE_CHECK(v020_conf)
RULE_CHECK(v055_urgency)

/* rules_limits.c */
RULE_CHECK(v030_complete)
RULE_CHECK(v030_caveat)
RULE_CHECK(v031_originator)
RULE_CHECK(v032_times)
RULE_CHECK(v035_class)
RULE_CHECK(v035_role)
RULE_CHECK(v036_class)

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
RULE_CHECK(v063_accepted)
RULE_CHECK(v064_bounds)
RULE_CHECK(v060_standing)
RULE_CHECK(v068_refused)

#endif
