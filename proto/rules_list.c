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
#define S_CLIENT (RULE_SENDER | RULE_CLIENT)
#define FLAGGED (BOTH_SIDES | RULE_FLAGS)
#define URGENT_KINDS (K(SPONT_DISCLOSURE) | K(INFO_REQUEST) | \
    K(CONSULTATION) | K(CONSENT_REQUEST))

const struct rule rules_valise[] = {
    { 5, 0, BOTH_SIDES, v005_four_eyes, E_FOUR_EYES,
      "A second person signs what the sender's authority always signs twice.",
      DEFAULT_HERE },
    { 10, 0, BOTH_SIDES, v010_counterpart, E_COUNTERPART,
      "A thread is opened between authorities that are counterparts for it.",
      "UNCAC 6(3), 46(13), 48, 58" },
    { 11, 0, BOTH_SIDES, v011_accepts, E_COUNTERPART,
      "The recipient's card says which kinds may open a thread with it.",
      DEFAULT_HERE },
    { 12, 0, RULE_SENDER, v012_party, E_NOT_PARTY,
      "Case content goes to States Parties, their territories and regional "
      "organisations alone.", "UNCAC 46(1), 67" },
    { 13, K(CONSULTATION) | K(FORMALISE_NOTICE),
      RULE_SENDER, v013_speaker, E_COUNTERPART,
      "A consultation and a formal notice leave through the authority that "
      "speaks for the State in them; prevention authorities consult about "
      "prevention.",
      "UNCAC 6(3), 46(13); 2018 expert meeting, paragraph 28" },
    { 14, K(CONSULTATION) | K(EVIDENCE_OFFER),
      RULE_SENDER, v014_fallback, A_FALLBACK,
      "A civil or administrative matter goes to the focal point for it; a "
      "State without one is asked through its central authority.",
      "2018 expert meeting, paragraph 39" },
    { 0, 0, RULE_SENDER, a_civil, A_CIVIL_NOT_SUPPORTED,
      "The recipient says that it helps in criminal matters only.",
      "UNCAC 43(1); 2018 expert meeting, paragraph 34" },
    { 0, 0, RULE_RECIPIENT, a_clock, A_CLOCK,
      "What is dated a day before the last message of its thread was written "
      "on a machine whose clock is wrong, or lay there.",
      DEFAULT_HERE },
    { 0, K(INFO_REQUEST), RULE_SENDER, a_fanout, A_FANOUT,
      "More than five authorities are asked in one case; each must be told "
      "why it is.",
      "Egmont Principles for Information Exchange" },
    { 15, 0, RULE_SENDER, v015_stale, A_DIR_STALE,
      "The recipient's entry should have been reviewed by now.",
      DEFAULT_HERE },
    { 16, 0, S_CLIENT, v016_language, A_LANGUAGE,
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
    { 31, K(RESTRICTION_UPDATE) | K(RECALL) | K(CORRECTION),
      BOTH_SIDES, v031_target, E_RESTR_NOT_ORIGINATOR,
      "Only who controls the content changes its limits, corrects it or "
      "calls it back: the originator, or who passed it on for the "
      "originator.",
      "UNCAC 46(5), 46(19)" },
    { 32, 0, BOTH_SIDES, v032_times, E_RESTR_TIME,
      "Use begins before it ends, and keeping ends no earlier.",
      DEFAULT_HERE },
    { 33, 0, BOTH_SIDES, v033_derived, E_RESTR_WIDENED,
      "Limits that derive from another's are no wider than those, or than "
      "what a consent allows.", "UNCAC 46(5), 46(19)" },
    { 34, K(RESTRICTION_UPDATE), BOTH_SIDES, v034_revision, E_RESTR_WIDENED,
      "A new revision of the limits follows the last; tighter ones are "
      "tighter, and only the originator loosens.",
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
    { 40, 0, BOTH_SIDES, v040_proceedings, E_PROCEEDING,
      "A proceeding that the limits name is defined in the message, in the "
      "thread or in a consent that it carries.",
      "UNCAC 46(19)" },
    { 41, K(EVIDENCE_OFFER) | K(EVIDENCE_TRANSFER),
      BOTH_SIDES, v041_evidence, E_RESTR_NOT_ACCEPTED,
      "Evidence for a civil or administrative proceeding is released after "
      "its limits were accepted.",
      "UNCAC 43(1), 46(19)" },
    { 41, K(FEEDBACK), BOTH_SIDES, v041_used, E_RESTR_NOT_ACCEPTED,
      "What had to be accepted first is used after it was.",
      "UNCAC 43(1), 46(19)" },
    { 41, K(EVIDENCE_OFFER), BOTH_SIDES, v041_accept_by, E_FIELD_RANGE,
      "An offer can be accepted for 18 days at most, so that its files are "
      "handed over before what carries them expires.", DEFAULT_HERE },
    { 41, K(EVIDENCE_TRANSFER), BOTH_SIDES, v041_release,
      E_RESTR_NOT_ACCEPTED,
      "Where the limits are accepted first, a transfer is held for its "
      "offer, until the offer's own accept_by.",
      "UNCAC 43(1), 46(19)" },
    { 41, K(CONDITIONS_DECISION), BOTH_SIDES, v041_accepts,
      E_ACCEPTED_OTHER,
      "Who accepts an offer of evidence names it and the limits that it has "
      "now.", "UNCAC 43(1), 46(19)" },
    { 41, K(CONDITIONS_DECISION), BOTH_SIDES, v041_in_time, E_OFFER_OVER,
      "An offer of evidence is accepted before its accept_by.",
      DEFAULT_HERE },
    { 42, K(EVIDENCE_OFFER) | K(EVIDENCE_TRANSFER), BOTH_SIDES, v042_listed,
      E_DIGEST_MISMATCH,
      "Evidence names its files and their list.", "UNCAC 46(3)(f)" },
    { 42, K(EVIDENCE_TRANSFER), BOTH_SIDES, v042_offer, E_DIGEST_MISMATCH,
      "The files that are handed over are those of the offer.",
      "UNCAC 46(3)(f)" },
    { 42, K(EVIDENCE_TRANSFER), BOTH_SIDES, v042_set, E_RESTR_FORK,
      "The limits of a transfer are those of its offer, byte for byte.",
      "UNCAC 46(19)" },
    { 42, K(EVIDENCE_TRANSFER), BOTH_SIDES, v042_proceeding, E_PROCEEDING,
      "A transfer is handed over for the proceeding that its offer named.",
      "UNCAC 46(3)(f), 46(19)" },
    { 42, K(RECEIPT), BOTH_SIDES, v042_came, E_FIELD_RANGE,
      "Files are at fault where files came: with no offer, and with no message "
      "that has none.", "UNCAC 46(3)(f)" },
    { 42, K(RECEIPT), RULE_RECIPIENT, v042_holds, A_FILES_FAULTY,
      "Each file that was sent is the one of its list.", "UNCAC 46(3)(f)" },
    { 46, K(FORMALISE_NOTICE), RULE_SENDER, v046_complete, E_MLA_INCOMPLETE,
      "A formal request has all that 46(15) asks for; the facts may be "
      "missing where papers are served and nothing else.",
      "UNCAC 46(15), 55(3)" },
    { 47, K(CONSULTATION) | K(INFO_REQUEST),
      S_CLIENT, v047_need, E_FIELD_MISSING,
      "Whoever asks for a measure against property says what connects it "
      "with the offence, and why the measure is needed.",
      "UNCAC 54, 55; 2018 expert meeting, paragraph 27" },
    { 48, K(FORMALISE_NOTICE), RULE_SENDER, v048_pack, E_USE_LEVEL,
      "Intelligence goes into a formal request only back to its originator, "
      "or from it.",
      "UNCAC 46(19); 2018 expert meeting, paragraph 29" },
    { 51, K(REFUSAL) | K(DELAY_NOTICE),
      BOTH_SIDES, v051_consulted, E_NO_PRIOR_CONSULT,
      "Before help is refused or postponed the other side is consulted; it "
      "has answered, or had its time.",
      "UNCAC 46(26), 44(17)" },
    { 51, K(PRE_REFUSAL_CONSULT),
      BOTH_SIDES, v051_time_to_answer, E_FIELD_RANGE,
      "A consultation before a refusal leaves ten days for an answer, one "
      "day where it is IMMEDIATE.",
      "UNCAC 46(26); default of this project" },
    { 52, K(REFUSAL), FLAGGED, v052_ground, E_GROUND_PROHIBITED,
      "A ground of refusal is one that the law permits in such a thread, "
      "and its condition holds: valise explain GROUND.",
      "UNCAC 46(8), 46(9), 46(21) to 46(23), 55(7); FATF Recommendation 40" },
    { 52, K(PRE_REFUSAL_CONSULT), FLAGGED, v052_prospect, E_GROUND_PROHIBITED,
      "No refusal is announced on a ground that the law prohibits.",
      "UNCAC 46(8), 46(22); FATF Recommendation 40" },
    { 52, K(DELAY_NOTICE), BOTH_SIDES, v052_postponement, E_GROUND_PROHIBITED,
      "Only an ongoing proceeding postpones; other reasons ask for more "
      "time.",
      "UNCAC 46(24), 46(25)" },
    { 54, K(DELAY_NOTICE), BOTH_SIDES, v054_new_date, E_FIELD_RANGE,
      "A new date lies ahead and after the first one; a postponement "
      "without one is looked at again within 90 days.",
      "UNCAC 46(24), 46(25); default of this project" },
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
    /* Who receives it cannot know; the originator finds it by its receipt. */
    { 62, K(ONWARD_TRANSFER), RULE_SENDER, v062_revoked, E_CONSENT_REVOKED,
      "A consent that was revoked is not used.", ONWARD_LAW },
    { 62, K(CONSENT_REQUEST), BOTH_SIDES, v062_asked, E_CONSENT_SCOPE,
      "Documents alone are asked for to pass them on, and for nothing else.",
      DEFAULT_HERE },
    { 63, K(ONWARD_TRANSFER), BOTH_SIDES, v063_accepted, E_BAD_STATE,
      "A consent with conditions is used once they were accepted.",
      "UNCAC 46(26)" },
    { 64, 0, BOTH_SIDES, v064_bounds, E_RESTR_WIDENED,
      "No consent loosens the protection of a source, recall, or the "
      "certificate of destruction.", "UNCAC 32, 33; " DEFAULT_HERE },
    { 68, K(CONSENT_DECISION), CLIENTS, v068_refused, E_REASON_MISSING,
      "Who refuses consent gives a ground and explains it; who must know more "
      "says what.",
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
    { 80, K(DESTRUCTION_CERT), BOTH_SIDES, v080_balance, E_CERT_INCOMPLETE,
      "Copies that were known and not destroyed stand among the exceptions.",
      DEFAULT_HERE },
    { 80, K(DESTRUCTION_CERT), BOTH_SIDES, v080_witness, E_FOUR_EYES,
      "Another officer than who did it has seen it and signs.",
      DEFAULT_HERE },
    { 81, K(EXCULPATORY_NOTICE), BOTH_SIDES, v081_late, A_EXCULPATORY_LATE,
      "Who could not tell before a disclosure that helps an accused person "
      "tells within a day after.",
      "UNCAC 46(5), 46(19)" },
    { 82, K(FEEDBACK), S_CLIENT, v082_names, A_FEEDBACK_NAMES,
      "Feedback names no person or company of the thread.",
      "UNCAC 32, 33; default of this project" },
    { 90, 0, S_CLIENT, v090_numbers, A_CHECKDIGIT,
      "Numbers have their form and their check digits fit; a wrong one may "
      "be the evidence, so this never blocks.",
      "ISO 13616, 17442, 6166; ICAO 9303; default of this project" },
};

_Static_assert(sizeof(rules_valise) / sizeof(rules_valise[0]) ==
    RULES_VALISE_N, "count of rows");
