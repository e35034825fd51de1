/*
 * The rules of the product, a row each.  Their functions stand in
 * proto/rules_*.c by what they are about.
 */
#include "proto/rules_in.h"

#define DEFAULT_HERE "default of this project"
#define ONWARD_LAW "UNCAC 46(5), 46(19); FATF INR.40; Egmont Principles for " \
    "Information Exchange"
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
      "Limits that derive from another's are no wider than those, or than "
      "what a consent allows.", "UNCAC 46(5), 46(19)" },
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
    { 60, K(ONWARD_TRANSFER), BOTH_SIDES, v060_carried, E_ONWARD_NO_CONSENT,
      "What is passed on carries the consent of each originator; silence is "
      "none.", ONWARD_LAW },
    { 60, K(CONSENT_REQUEST), BOTH_SIDES, v060_never, E_ONWARD_NEVER,
      "What is never to be passed on is not asked for.", ONWARD_LAW },
    { 60, 0, BOTH_SIDES, v060_standing, E_CONSENT_SCOPE,
      "A permission given in advance is for whom the limits list, and two "
      "persons sign it.", ONWARD_LAW },
    { 61, K(CONSENT_DECISION) | K(ONWARD_TRANSFER), BOTH_SIDES,
      v061_originator, E_CONSENT_NOT_ORIGINATOR,
      "Consent is the originator's alone.", ONWARD_LAW },
    { 62, 0, BOTH_SIDES, v062_form, E_CONSENT_SCOPE,
      "A consent names exactly what it releases, and its limits are within "
      "its own words.", DEFAULT_HERE },
    { 62, K(CONSENT_DECISION), BOTH_SIDES, v062_decision, E_CONSENT_SCOPE,
      "A decision is about what was asked.", DEFAULT_HERE },
    { 62, K(ONWARD_TRANSFER), BOTH_SIDES, v062_scope, E_CONSENT_SCOPE,
      "What is passed on is within the consent: recipient, parts, purposes, "
      "proceedings.", ONWARD_LAW },
    { 62, K(ONWARD_TRANSFER), BOTH_SIDES, v062_time, E_CONSENT_EXPIRED,
      "A consent is used while it runs.", DEFAULT_HERE },
    { 62, K(ONWARD_TRANSFER), BOTH_SIDES, v062_uses, E_CONSENT_EXHAUSTED,
      "A consent is used as often as it says, each use once.",
      DEFAULT_HERE },
    { 62, K(ONWARD_TRANSFER), BOTH_SIDES, v062_revoked, E_CONSENT_REVOKED,
      "A consent that was revoked is not used.", ONWARD_LAW },
    { 63, K(ONWARD_TRANSFER), BOTH_SIDES, v063_accepted, E_BAD_STATE,
      "A consent with conditions is used once they were accepted.",
      "UNCAC 46(26)" },
    { 64, 0, BOTH_SIDES, v064_bounds, E_RESTR_WIDENED,
      "No consent loosens the protection of a source, recall, or the "
      "certificate of destruction.", "UNCAC 32, 33; " DEFAULT_HERE },
    { 68, K(CONSENT_DECISION), CLIENTS, v068_refused, E_REASON_MISSING,
      "Who refuses consent gives a ground and explains it.",
      "Egmont Principles for Information Exchange; Directive (EU) 2015/849 "
      "art. 55(2)" },
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
