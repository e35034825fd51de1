/*
 * The rules of the product, a row each.  Their functions stand in
 * proto/rules_*.c by what they are about.
 */
#include "proto/rules_in.h"

#define DEFAULT_HERE "default of this project"
#define BOTH_SIDES (RULE_SENDER | RULE_RECIPIENT)
#define CLIENTS (BOTH_SIDES | RULE_CLIENT)
#define URGENT_KINDS (K(SPONT_DISCLOSURE) | K(INFO_REQUEST) | \
    K(CONSULTATION) | RULE_KIND(16))

const struct rule rules_valise[] = {
    { 5, 0, BOTH_SIDES, v005_four_eyes, E_FOUR_EYES,
      "A second person signs what the sender's authority always signs twice.",
      DEFAULT_HERE },
    { 10, 0, BOTH_SIDES | RULE_WARNS, v010_counterpart, E_COUNTERPART,
      "A thread is opened between authorities that are counterparts for it.",
      "UNCAC 6(3), 46(13), 48, 58" },
    { 11, 0, BOTH_SIDES, v011_accepts, E_COUNTERPART,
      "The recipient's card says which kinds may open a thread with it.",
      DEFAULT_HERE },
    { 12, 0, RULE_SENDER, v012_party, E_NOT_PARTY,
      "Case content goes to States Parties, their territories and regional "
      "organisations alone.", "UNCAC 46(1), 67" },
    { 15, 0, RULE_SENDER, v015_stale, A_DIR_STALE,
      "The recipient's entry should have been reviewed by now.",
      DEFAULT_HERE },
    { 16, 0, RULE_SENDER | RULE_CLIENT, v016_language, A_LANGUAGE,
      "The text is in a language that the recipient accepts, or is "
      "translated.", "UNCAC 46(14)" },
    { 20, 0, RULE_SENDER, v020_conf, E_FIELD_MISSING,
      "An officer says whether it is confidential; no default does.",
      "UNCAC 46(5), 46(20)" },
    { 30, 0, BOTH_SIDES, v030_complete, E_RESTR_UNKNOWN,
      "The limits on use are complete and fit together.",
      "UNCAC 46(5), 46(19)" },
    { 30, 0, CLIENTS, v030_caveat, E_RESTR_UNKNOWN,
      "Nobody accepts what he cannot read: no caveat where the limits are "
      "accepted before opening.", DEFAULT_HERE },
    { 31, 0, BOTH_SIDES, v031_originator, E_RESTR_NOT_ORIGINATOR,
      "The limits name the sender as originator, unless they derive from "
      "another's.", "UNCAC 46(5), 46(19)" },
    { 32, 0, BOTH_SIDES, v032_times, E_RESTR_TIME,
      "Use begins before it ends, and keeping ends no earlier.",
      DEFAULT_HERE },
    { 33, 0, BOTH_SIDES, v033_derived, E_RESTR_WIDENED,
      "Limits that derive from another's are no wider than those.",
      "UNCAC 46(5), 46(19)" },
    { 35, 0, BOTH_SIDES, v035_class, E_SOURCE,
      "What comes from a suspicious transaction report protects its source.",
      "FATF Recommendation 21; Egmont Principles for Information Exchange" },
    { 35, 0, CLIENTS, v035_role, E_SOURCE,
      "What names a reporting entity protects its source.",
      "FATF Recommendation 21; Egmont Principles for Information Exchange" },
    { 36, 0, RULE_SENDER, v036_class, E_CLASSIFICATION,
      "Nothing above RESTRICTED, or its equivalent, is sent.",
      DEFAULT_HERE },
    { 55, URGENT_KINDS, RULE_SENDER, v055_urgency, E_FIELD_MISSING,
      "Urgency has a reason; IMMEDIATE also a date within 72 hours.",
      "UNCAC 46(24); " DEFAULT_HERE },
    { 70, K(REPLY), BOTH_SIDES, v070_answers, E_REPLY,
      "A full answer has a final status for each question, once.",
      DEFAULT_HERE },
    { 71, K(REPLY), BOTH_SIDES, v071_negative, E_REPLY,
      "A negative answer says where it was looked for and why there is "
      "nothing; not wanting to say is a refusal.", "UNCAC 46(23)" },
    { 72, K(REPLY), BOTH_SIDES, v072_interim, E_REPLY,
      "An interim answer says when more is expected.", "UNCAC 46(24)" },
    { 73, K(REPLY), CLIENTS, v073_subjects, E_REPLY,
      "An answer names subjects of a question only; others stand in a part "
      "of kind SPONTANEOUS_ADDITION.", "UNCAC 46(4), 46(19)" },
    { 74, K(REPLY), BOTH_SIDES, v074_recipients, E_REPLY,
      "An answer decides on each recipient whom the request names.",
      "UNCAC 46(19)" },
    { 75, K(REPLY), BOTH_SIDES, v075_purposes, E_REPLY,
      "An answer may be used for purposes that the request states, no "
      "others.", "UNCAC 46(19)" },
};

_Static_assert(sizeof(rules_valise) / sizeof(rules_valise[0]) ==
    RULES_VALISE_N, "count of rows");
