/*
 * Where a holder must disclose: confidentiality that cannot be kept (UNCAC
 * 46(20)) and its decision, and what is exculpatory to an accused person
 * (46(5), 46(19)).
 */
#include "proto/kinds_list.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define BODY_MUST (F_BODY | F_MUST)

#define ROW_ANY_TARGET(k, words) \
    { .key = (k), .name = "target_msg", .type = FT_BIN, \
      .flags = F_CTL | F_AUTO, .min = MSG_ID_LEN, .max = MSG_ID_LEN, \
      .help = (words) }

static const struct field cannot_comply_rows[] = {
    { .key = 32, .name = "aspect", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_conf_aspect, .help = "what cannot be kept secret" },
    { .key = 33, .name = "reason_code", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_cannot_comply, .help = "why not" },
    { .key = 34, .name = "execution_started", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "has anything been done already" },
    { .key = 35, .name = "options", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &enum_conf_option,
      .least = 0, .most = 4,
      .help = "what can be decided; none where the law leaves no choice" },
    ROW_ANY_TARGET(36, "id of the message that it is about"),
    { .key = 37, .name = "explanation", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 20, .max = 4000, .rule = 53,
      .help = "why, 20 characters or more" },
    { .key = 38, .name = "when_would_disclose", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 1000,
      .help = "when it would be disclosed" },
    { .key = 39, .name = "measure_available", .type = FT_TEXT,
      .flags = F_BODY, .min = 1, .max = 1000,
      .help = "measure that would protect it, for example a court order" },
};
const struct record record_conf_cannot_comply = { "CONF_CANNOT_COMPLY",
    ROWS(cannot_comply_rows), NULL };

static const struct field conf_decision_rows[] = {
    { .key = 32, .name = "decision", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_conf_option,
      .help = "go on, with a measure, with another text, or not" },
    ROW_ANY_TARGET(33, "id of the notice that it decides on"),
    { .key = 34, .name = "measure", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .help = "the measure that is asked for" },
};
const struct record record_conf_decision = { "CONF_DECISION",
    ROWS(conf_decision_rows), NULL };

static const struct field talk_rows[] = {
    { .key = 1, .name = "held_at", .type = FT_TIME, .flags = BODY_MUST,
      .help = "when it was held" },
    { .key = 2, .name = "outcome", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "what came of it" },
};
static const struct record record_talk = { "consultation", ROWS(talk_rows),
    NULL };

static const struct field exculpatory_rows[] = {
    ROW_TARGET(32, "id of the message that is disclosed"),
    ROW_TOKENS(33, "parts", PARTS_MAX, "parts that are disclosed"),
    ROW_TOKENS(34, "docs", DOCS_MAX, "documents that are disclosed"),
    { .key = 35, .name = "proceeding", .type = FT_RECORD,
      .flags = BOTH | F_MUST, .rec = &record_proceeding,
      .help = "proceeding in which it is disclosed" },
    { .key = 36, .name = "accused_ref", .type = FT_ID,
      .flags = F_CTL | F_MUST, .min = 1, .max = REF_MAX,
      .help = "pseudonym of the accused person, never the name" },
    { .key = 37, .name = "advance_notice", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .rule = 81,
      .help = "is this told before it is disclosed" },
    { .key = 38, .name = "planned_disclosure_at", .type = FT_TIME,
      .flags = F_CTL, .rule = 81, .when = { "advance_notice", 1 << 1 },
      .help = "when it will be disclosed" },
    { .key = 39, .name = "disclosed_at", .type = FT_TIME, .flags = F_CTL,
      .rule = 81, .help = "when it was disclosed" },
    { .key = 40, .name = "override_basis", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_override_basis,
      .help = "what lifts the protection of the source, if anything" },
    { .key = 41, .name = "no_advance_reason", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 1000, .rule = 81,
      .when = { "advance_notice", 1 << 0 },
      .help = "why it could not be told before" },
    { .key = 42, .name = "summary", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 4000, .help = "what is disclosed, and why it helps" },
    { .key = 43, .name = "minimised", .type = FT_BOOL, .flags = BODY_MUST,
      .help = "is no more disclosed than is needed" },
    { .key = 44, .name = "consultation", .type = FT_RECORD, .flags = F_BODY,
      .rec = &record_talk, .help = "consultation that was held before" },
};
static const struct choice exculpatory_choices[] = {
    { { NULL, 0 }, "parts|docs" },
    { { "advance_notice", 1 << 1 }, "planned_disclosure_at|disclosed_at" },
    { { "advance_notice", 1 << 0 }, "disclosed_at" },
    { { NULL, 0 }, NULL },
};
const struct record record_exculpatory_notice = { "EXCULPATORY_NOTICE",
    ROWS(exculpatory_rows), exculpatory_choices };

static const struct field exculpatory_response_rows[] = {
    ROW_TARGET(32, "id of the notice"),
    { .key = 33, .name = "consult_requested", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "is a consultation asked for" },
    { .key = 34, .name = "comments", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 4000, .help = "comments" },
    { .key = 35, .name = "proposed_safeguards", .type = FT_ENUM,
      .flags = BODY_MUST | F_MANY | F_SET, .en = &enum_safeguard,
      .least = 1, .most = 6, .help = "how the information may be protected" },
};
const struct record record_exculpatory_response = { "EXCULPATORY_RESPONSE",
    ROWS(exculpatory_response_rows), NULL };
