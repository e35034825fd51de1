/*
 * What stands before an answer that is no help: the consultation that must
 * come first (UNCAC 46(26)), conditions, the refusal itself with its grounds
 * (46(21) to (23)), and delay (46(24), (25)).
 */
#include "proto/kinds_list.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define BODY_MUST (F_BODY | F_MUST)
#define GROUNDS_MAX 16
#define CONDITIONS_MAX 16
#define DECISION(d) ((uint64_t)1 << CONDITIONS_ANSWER_##d)

static const struct field ground_rows[] = {
    { .key = 1, .name = "ground", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_ground, .help = "the ground" },
    { .key = 2, .name = "source", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 200, .help = "article or rule that it rests on" },
    { .key = 3, .name = "explanation", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 20, .max = 4000, .rule = 53,
      .help = "the reason, 20 characters or more (UNCAC 46(23))" },
};
static const struct record record_ground = { "ground", ROWS(ground_rows),
    NULL };

/* UNCAC 46(9): what may be done without dual criminality. */
#define ROW_NON_COERCIVE(k, must) \
    { .key = (k), .name = "non_coercive_available", .type = FT_ENUM, \
      .flags = F_CTL | (must) | F_MANY | F_SET, .en = &enum_non_coercive, \
      .least = 0, .most = 6, .help = "help that takes no coercive step" }
#define ROW_BASIC_CONCEPTS(k) \
    { .key = (k), .name = "domestic_basic_concepts", .type = FT_BOOL, \
      .flags = F_CTL, \
      .help = "basic concepts of domestic law forbid it (UNCAC 46(9)(b))" }

static const struct field pre_refusal_rows[] = {
    ROW_TARGET(32, "id of the request"),
    { .key = 33, .name = "prospective", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_ground, .least = 1,
      .most = GROUNDS_MAX, .help = "grounds that stand in the way" },
    { .key = 34, .name = "prospective_outcome", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_prospective_outcome,
      .help = "what would follow: refusal or postponement" },
    ROW_NON_COERCIVE(35, F_MUST),
    { .key = 36, .name = "respond_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 51,
      .help = "time for an answer, 10 days or more" },
    ROW_BASIC_CONCEPTS(37),
    { .key = 38, .name = "ways_to_cure", .type = FT_TEXT,
      .flags = BODY_MUST | F_MANY, .min = 1, .max = 1000, .least = 0,
      .most = 16, .help = "what would make the help possible" },
};
const struct record record_pre_refusal_consult = { "PRE_REFUSAL_CONSULT",
    ROWS(pre_refusal_rows), NULL };

static const struct field condition_rows[] = {
    { .key = 1, .name = "code", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_condition, .help = "the condition" },
    { .key = 2, .name = "due", .type = FT_TIME, .flags = F_CTL,
      .help = "when it must be met" },
    { .key = 3, .name = "purposes", .type = FT_ENUM,
      .flags = F_CTL | F_MANY | F_SET, .en = &enum_purpose, .least = 1,
      .most = 17, .when = { "code", 1 << CONDITION_COND_PURPOSE_ONLY },
      .help = "the purposes that remain" },
    { .key = 4, .name = "actions", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_actions,
      .when = { "code", 1 << CONDITION_COND_ACTIONS_MAX },
      .help = "the most visible action that remains" },
    { .key = 5, .name = "text", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "the condition in words" },
};
static const struct record record_condition = { "condition",
    ROWS(condition_rows), NULL };

static const struct field offer_rows[] = {
    ROW_TARGET(32, "id of the request"),
    { .key = 33, .name = "conditions", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_condition, .least = 1,
      .most = CONDITIONS_MAX, .help = "conditions under which help is given" },
    { .key = 34, .name = "respond_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .help = "time for a decision" },
};
const struct record record_conditions_offer = { "CONDITIONS_OFFER",
    ROWS(offer_rows), NULL };

static const struct field conditions_decision_rows[] = {
    { .key = 32, .name = "decision", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_conditions_answer,
      .help = "accepted, declined, or other conditions instead" },
    { .key = 33, .name = "conditions_of", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = MSG_ID_LEN,
      .max = MSG_ID_LEN, .help = "id of the message with the conditions" },
    { .key = 34, .name = "accepted", .type = FT_BIN,
      .flags = F_CTL | F_AUTO, .min = 32, .max = 32,
      .when = { "decision", DECISION(ACCEPT) },
      .help = "digest of the offer whose set is accepted" },
    { .key = 35, .name = "accepted_rid", .type = FT_BIN,
      .flags = F_CTL | F_AUTO, .min = 16, .max = 16,
      .when = { "decision", DECISION(ACCEPT) },
      .help = "id of the set that is accepted" },
    { .key = 36, .name = "accepted_rrev", .type = FT_UINT,
      .flags = F_CTL | F_AUTO, .min = 1, .max = UINT32_MAX,
      .when = { "decision", DECISION(ACCEPT) }, .help = "its revision" },
    { .key = 37, .name = "conditions", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_condition, .least = 1,
      .most = CONDITIONS_MAX, .when = { "decision", DECISION(COUNTER) },
      .help = "the conditions that are proposed instead" },
    { .key = 38, .name = "consent_id", .type = FT_BIN,
      .flags = F_CTL | F_AUTO, .min = 16, .max = 16,
      .help = "id of the consent whose conditions these are" },
    { .key = 39, .name = "undertaking", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .when = { "decision", DECISION(ACCEPT) },
      .help = "the undertaking to keep the set" },
    { .key = 40, .name = "assurance_text", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .help = "assurance that a condition asks for" },
};
const struct record record_conditions_decision = { "CONDITIONS_DECISION",
    ROWS(conditions_decision_rows), NULL };

static const struct field refusal_rows[] = {
    ROW_TARGET(32, "id of the request"),
    { .key = 33, .name = "grounds", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_ground, .least = 1,
      .most = GROUNDS_MAX, .rule = 52, .help = "why it is refused" },
    { .key = 34, .name = "scope", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_refusal_scope, .help = "all of it or parts" },
    { .key = 35, .name = "parts", .type = FT_TOKEN,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .min = 1, .max = TOKEN_MAX,
      .least = 1, .most = QUESTIONS_MAX,
      .when = { "scope", 1 << REFUSAL_SCOPE_PARTS },
      .help = "the questions or parts that are refused" },
    { .key = 36, .name = "consult_msg", .type = FT_BIN,
      .flags = F_CTL | F_AUTO, .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .rule = 51, .help = "id of the consultation that came before" },
    { .key = 37, .name = "alternatives", .type = FT_PARTY,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .max = 120, .least = 0,
      .most = 16, .help = "who can help instead: authority, CLASS@state" },
    { .key = 38, .name = "earlier_refused", .type = FT_BIN,
      .flags = F_CTL | F_MANY | F_SET, .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .least = 0, .most = 16,
      .help = "ids of own requests that the other side refused" },
    { .key = 39, .name = "breach_ref", .type = FT_BIN, .flags = F_CTL,
      .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .help = "id of the notice of breach, revocation or recall" },
    ROW_BASIC_CONCEPTS(40),
    ROW_NON_COERCIVE(41, 0),
    { .key = 42, .name = "appeal_or_resubmit", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 1000,
      .help = "remedy, or how to ask again" },
};
const struct record record_refusal = { "REFUSAL", ROWS(refusal_rows), NULL };

static const struct field reason_rows[] = {
    { .key = 1, .name = "code", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_delay_reason, .help = "the reason" },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 20, .max = 4000, .rule = 53,
      .help = "the reason in words, 20 characters or more" },
};
static const struct record record_reason = { "delay_reason",
    ROWS(reason_rows), NULL };

static const struct field delay_rows[] = {
    { .key = 32, .name = "target_msg", .type = FT_BIN, .flags = F_CTL,
      .min = MSG_ID_LEN, .max = MSG_ID_LEN, .help = "id of the request" },
    { .key = 33, .name = "about", .type = FT_ID, .flags = F_CTL, .min = 1,
      .max = REF_MAX, .help = "reference of the formal request" },
    { .key = 34, .name = "delay_kind", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_delay_kind,
      .help = "more time, or postponed for an ongoing proceeding" },
    { .key = 35, .name = "reasons", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_reason, .least = 1,
      .most = GROUNDS_MAX, .help = "why" },
    { .key = 36, .name = "original_due", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 54, .help = "when it was due" },
    { .key = 37, .name = "new_due", .type = FT_TIME, .flags = F_CTL,
      .rule = 54, .help = "when it is due now" },
    { .key = 38, .name = "review_at", .type = FT_TIME, .flags = F_CTL,
      .rule = 54, .when = { "delay_kind", 1 << DELAY_KIND_POSTPONEMENT },
      .help = "without an end date: looked at again, 90 days at most" },
    { .key = 39, .name = "partial_available", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "can a part be given before" },
    { .key = 40, .name = "consult_msg", .type = FT_BIN,
      .flags = F_CTL | F_AUTO, .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .rule = 51, .when = { "delay_kind", 1 << DELAY_KIND_POSTPONEMENT },
      .help = "id of the consultation that came before" },
};
static const struct choice delay_choices[] = {
    { { NULL, 0 }, "target_msg|about" },
    { { NULL, 0 }, "new_due|review_at" },
    { { NULL, 0 }, NULL },
};
const struct record record_delay_notice = { "DELAY_NOTICE",
    ROWS(delay_rows), delay_choices };
