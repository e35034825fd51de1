/*
 * REPLY in its six types (V-070 to V-075), and the question about a message
 * with its answer (UNCAC 46(16)).
 */
#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/kinds_list.h"
#include "proto/subjects.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define TYPE(type) ((uint64_t)1 << REPLY_TYPE_##type)

static const struct field answer_rows[] = {
    { .key = 1, .name = "q", .type = FT_TOKEN, .flags = F_CTL | F_MUST,
      .min = 1, .max = TOKEN_MAX, .rule = 70,
      .help = "the question that it answers" },
    { .key = 2, .name = "status", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_answer_status, .rule = 70, .help = "how it is answered" },
    { .key = 3, .name = "text", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 65536, .rule = 70, .help = "the answer" },
};
static const struct choice answer_choices[] = {
    { { "status", 1 << ANSWER_STATUS_ANSWERED }, "text" },
    { { NULL, 0 }, NULL },
};
static const struct record record_answer = { "answer", ROWS(answer_rows),
    answer_choices };

static const struct field decision_rows[] = {
    { .key = 1, .name = "to", .type = FT_PARTY, .flags = F_CTL | F_MUST,
      .max = 120, .rule = 74, .help = "recipient named in the request" },
    { .key = 2, .name = "decision", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_recipient_decision, .rule = 74,
      .help = "may it have the answer" },
    { .key = 3, .name = "ground", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_consent_ground, .rule = 74,
      .when = { "decision", 1 << RECIPIENT_DECISION_REFUSE },
      .help = "why not" },
};
static const struct record record_decision = {
    "intended_recipient_decision", ROWS(decision_rows), NULL };

static const struct field indication_rows[] = {
    { .key = 1, .name = "records_exist", .type = FT_BOOL, .flags = F_BODY,
      .help = "the records exist" },
    { .key = 2, .name = "expected_days_to_execute", .type = FT_UINT,
      .flags = F_BODY, .min = 1, .max = 3650,
      .help = "days that a formal request would take" },
    { .key = 3, .name = "language", .type = FT_LANG, .flags = F_BODY,
      .help = "language that it must have" },
    { .key = 4, .name = "copies_required", .type = FT_UINT, .flags = F_BODY,
      .min = 1, .max = 100, .help = "copies that are needed" },
    { .key = 5, .name = "certification", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "how it must be certified" },
    { .key = 6, .name = "authority_to_address", .type = FT_AUTHORITY,
      .flags = F_BODY, .help = "whom it must be sent to" },
};
static const struct record record_indications = { "indications",
    ROWS(indication_rows), NULL };

static const struct field reply_rows[] = {
    { .key = 32, .name = "reply_type", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_reply_type, .rule = 70,
      .help = "whole answer, part of it, or another kind" },
    { .key = 33, .name = "target_msg", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = MSG_ID_LEN,
      .max = MSG_ID_LEN, .help = "id of the message that it answers" },
    { .key = 34, .name = "answers", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_answer, .least = 0,
      .most = QUESTIONS_MAX, .rule = 70, .help = "answer by question" },
    { .key = 35, .name = "intended_recipients_decision", .type = FT_RECORD,
      .flags = F_CTL | F_MANY, .rec = &record_decision, .least = 0,
      .most = RECIPIENTS_MAX, .rule = 74,
      .help = "for each recipient named in the request: may it have this" },
    { .key = 36, .name = "outstanding", .type = FT_TOKEN,
      .flags = F_CTL | F_MUST | F_MANY, .min = 1, .max = TOKEN_MAX,
      .least = 1, .most = QUESTIONS_MAX, .rule = 72,
      .when = { "reply_type", TYPE(PARTIAL) | TYPE(INTERIM) },
      .help = "questions that are still open" },
    { .key = 37, .name = "expected_at", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 72,
      .when = { "reply_type", TYPE(PARTIAL) | TYPE(INTERIM) },
      .help = "when the rest is expected" },
    { .key = 38, .name = "negative_reason", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_negative_reason, .rule = 71,
      .when = { "reply_type", TYPE(NEGATIVE) },
      .help = "why there is nothing; not a refusal" },
    { .key = 39, .name = "searched", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &enum_searched,
      .least = 1, .most = 16, .rule = 71,
      .when = { "reply_type", TYPE(NEGATIVE) },
      .help = "where it was looked for" },
    { .key = 40, .name = "redirect_code", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_redirect_code, .rule = 70,
      .when = { "reply_type", TYPE(REDIRECT) },
      .help = "which way to take instead" },
    { .key = 41, .name = "redirect_to", .type = FT_PARTY,
      .flags = F_CTL | F_MUST, .max = 120, .rule = 70,
      .when = { "reply_type", TYPE(REDIRECT) },
      .help = "whom to ask: an authority, or CLASS@state" },
    { .key = 42, .name = "parts", .type = FT_RECORD, .flags = BOTH | F_MANY,
      .rec = &record_part, .least = 0, .most = PARTS_MAX, .rule = 73,
      .help = "further information, part by part" },
    { .key = 43, .name = "subjects", .type = FT_RECORD,
      .flags = F_BODY | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .rule = 73,
      .help = "subjects that belong to a question" },
    { .key = 44, .name = "indications", .type = FT_RECORD, .flags = F_BODY,
      .rec = &record_indications,
      .help = "what a formal request would need" },
    { .key = 45, .name = "procedure_followed", .type = FT_ENUM,
      .flags = F_BODY, .en = &enum_procedure,
      .help = "was the procedure asked for followed (UNCAC 46(17))" },
    { .key = 46, .name = "procedure_text", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .help = "in what it was not" },
    { .key = 47, .name = "cost_estimate", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_money,
      .help = "extraordinary costs to expect (UNCAC 46(28))" },
    { .key = 48, .name = "purpose_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the purpose, where it is another one" },
    { .key = 49, .name = "agreement_ref", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_agreement,
      .help = "the treaty or memorandum behind the legal basis" },
};
const struct record record_reply = { "REPLY", ROWS(reply_rows), NULL };

static const struct field item_rows[] = {
    { .key = 1, .name = "q", .type = FT_TOKEN, .flags = F_CTL | F_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "short name of it: c1" },
    { .key = 2, .name = "field", .type = FT_LINE, .flags = F_BODY | F_MUST,
      .min = 1, .max = 120, .help = "what it is about, a field or a word" },
    { .key = 3, .name = "text", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 1, .max = 65536, .help = "what is not clear" },
};
static const struct record record_clarification_item = { "clarification_item",
    ROWS(item_rows), NULL };

static const struct field clarification_request_rows[] = {
    { .key = 32, .name = "target_msg", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = MSG_ID_LEN,
      .max = MSG_ID_LEN, .help = "id of the message that it is about" },
    { .key = 33, .name = "items", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_clarification_item,
      .least = 1, .most = QUESTIONS_MAX, .help = "what is not clear" },
};
const struct record record_clarification_request = {
    "CLARIFICATION_REQUEST", ROWS(clarification_request_rows), NULL };

/* The kind stands in both halves: neither can be read without it. */
static const struct field amended_rows[] = {
    { .key = 1, .name = "kind", .type = FT_ENUM, .flags = BOTH | F_MUST,
      .en = &enum_message_kind, .help = "kind of the message amended" },
    { .key = 2, .name = "fields", .type = FT_KIND_RECORD, .flags = BOTH |
      F_MUST, .help = "the fields as they are now" },
};
static const struct record record_amended = { "amended_fields",
    ROWS(amended_rows), NULL };

static const struct field clarification_rows[] = {
    { .key = 1, .name = "q", .type = FT_TOKEN, .flags = F_BODY | F_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "the item that it answers" },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 1, .max = 65536, .help = "the answer" },
};
static const struct record record_clarification = { "clarification",
    ROWS(clarification_rows), NULL };

static const struct field clarification_reply_rows[] = {
    { .key = 32, .name = "target_msg", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = MSG_ID_LEN,
      .max = MSG_ID_LEN, .help = "id of the question" },
    { .key = 33, .name = "amended_fields", .type = FT_RECORD, .flags = BOTH,
      .rec = &record_amended,
      .help = "fields of the first message that change" },
    { .key = 34, .name = "answers", .type = FT_RECORD,
      .flags = F_BODY | F_MUST | F_MANY, .rec = &record_clarification,
      .least = 1, .most = QUESTIONS_MAX, .help = "answer by item" },
};
const struct record record_clarification_reply = { "CLARIFICATION_REPLY",
    ROWS(clarification_reply_rows), NULL };
