/*
 * What changes or ends the keeping of something that was sent: another set,
 * a recall with its result, the certificate of destruction, a correction, and
 * the notice of a breach.
 */
#include "proto/kinds_list.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define BODY_MUST (F_BODY | F_MUST)
#define METHOD(m) ((uint64_t)1 << CERT_METHOD_##m)

/* The result at somebody to whom the holder gave it. */
static const struct field downstream_rows[] = {
    { .key = 1, .name = "to", .type = FT_PARTY, .flags = F_CTL | F_MUST,
      .max = 120, .help = "who had it from the holder" },
    { .key = 2, .name = "status", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_downstream, .help = "what became of it there" },
    { .key = 3, .name = "cert_id", .type = FT_BIN, .flags = F_CTL,
      .min = 16, .max = 16, .help = "id of the certificate from there" },
};
static const struct record record_downstream = { "downstream",
    ROWS(downstream_rows), NULL };

#define ROW_DOWNSTREAM(k) \
    { .key = (k), .name = "downstream", .type = FT_RECORD, \
      .flags = F_CTL | F_MUST | F_MANY, .rec = &record_downstream, \
      .least = 0, .most = 64, .help = "those to whom it was passed on" }

static const struct field update_rows[] = {
    ROW_TARGET(32, "id of the message whose limits change"),
    { .key = 33, .name = "direction", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_direction,
      .help = "tighter or looser" },
    { .key = 34, .name = "changed", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &enum_limit,
      .least = 1, .most = 23, .help = "the limits that change" },
    { .key = 35, .name = "reason", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "why" },
};
const struct record record_restriction_update = { "RESTRICTION_UPDATE",
    ROWS(update_rows), NULL };

static const struct field recall_rows[] = {
    ROW_TARGET(32, "id of the message that is recalled"),
    ROW_TOKENS(33, "parts", PARTS_MAX, "parts; all if nothing is named"),
    ROW_TOKENS(34, "docs", DOCS_MAX, "documents; all if nothing is named"),
    { .key = 35, .name = "requested_action", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_recall_action,
      .help = "what must be done with it" },
    { .key = 36, .name = "reason_code", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_recall_reason, .help = "why" },
    { .key = 37, .name = "respond_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .help = "time for the result" },
    { .key = 38, .name = "notify_downstream", .type = FT_BOOL,
      .flags = F_CTL | F_MUST,
      .help = "must those be told to whom it was passed on" },
};
const struct record record_recall = { "RECALL", ROWS(recall_rows), NULL };

static const struct field result_rows[] = {
    { .key = 1, .name = "item", .type = FT_TOKEN, .flags = F_CTL, .min = 1,
      .max = TOKEN_MAX, .help = "part or document; without it the message" },
    { .key = 2, .name = "result", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_recall_result, .help = "what became of it" },
};
static const struct record record_result = { "recall_item",
    ROWS(result_rows), NULL };

static const struct field recall_result_rows[] = {
    { .key = 32, .name = "results", .type = FT_RECORD,
      .flags = F_CTL | F_MUST | F_MANY, .rec = &record_result, .least = 1,
      .most = 256, .help = "what became of each item" },
    ROW_DOWNSTREAM(33),
};
const struct record record_recall_result = { "RECALL_RESULT",
    ROWS(recall_result_rows), NULL };

static const struct field cert_item_rows[] = {
    { .key = 1, .name = "msg_id", .type = FT_BIN, .flags = F_CTL | F_MUST,
      .min = MSG_ID_LEN, .max = MSG_ID_LEN, .rule = 80,
      .help = "id of the message" },
    { .key = 2, .name = "part_id", .type = FT_TOKEN, .flags = F_CTL,
      .min = 1, .max = TOKEN_MAX, .rule = 80, .help = "part" },
    { .key = 3, .name = "doc_id", .type = FT_TOKEN, .flags = F_CTL,
      .min = 1, .max = TOKEN_MAX, .rule = 80, .help = "document" },
    { .key = 4, .name = "copies_known", .type = FT_UINT,
      .flags = F_CTL | F_MUST, .min = 0, .max = 100000, .rule = 80,
      .help = "copies that there were" },
    { .key = 5, .name = "copies_destroyed", .type = FT_UINT,
      .flags = F_CTL | F_MUST, .min = 0, .max = 100000, .rule = 80,
      .help = "copies that were destroyed" },
    { .key = 6, .name = "digest", .type = FT_BIN, .flags = F_BODY,
      .min = 32, .max = 32, .rule = 80,
      .help = "SHA-256 of the content, if it was ever opened" },
};
static const struct record record_cert_item = { "cert_item",
    ROWS(cert_item_rows), NULL };

static const struct field exception_rows[] = {
    { .key = 1, .name = "item", .type = FT_UINT, .flags = F_CTL | F_MUST,
      .min = 1, .max = 256, .rule = 80,
      .help = "place in the list of items, from 1" },
    { .key = 2, .name = "code", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_cert_exception, .rule = 80, .help = "why it still exists" },
    { .key = 3, .name = "copies", .type = FT_UINT, .flags = F_CTL | F_MUST,
      .min = 1, .max = 100000, .rule = 80, .help = "how many copies" },
    { .key = 4, .name = "until", .type = FT_TIME, .flags = F_CTL,
      .rule = 80, .help = "until when" },
    { .key = 5, .name = "holder", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 200, .rule = 80, .help = "who has it" },
};
static const struct record record_exception = { "cert_exception",
    ROWS(exception_rows), NULL };

static const struct field cert_rows[] = {
    { .key = 32, .name = "cert_id", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 16, .max = 16, .rule = 80,
      .help = "id of the certificate" },
    { .key = 33, .name = "rid", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 16, .max = 16, .rule = 80,
      .help = "id of the set that asked for it" },
    { .key = 34, .name = "rrev", .type = FT_UINT,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 1, .max = UINT32_MAX,
      .rule = 80, .help = "its revision" },
    { .key = 35, .name = "trigger", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_cert_trigger, .rule = 80, .help = "what made it end" },
    { .key = 36, .name = "items", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_cert_item, .least = 1,
      .most = 256, .rule = 80, .help = "what was destroyed" },
    { .key = 37, .name = "method", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_cert_method, .rule = 80, .help = "how" },
    { .key = 38, .name = "exceptions", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_exception, .least = 0,
      .most = 64, .rule = 80, .help = "copies that still exist" },
    ROW_DOWNSTREAM(39),
    { .key = 40, .name = "backups", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_backups, .rule = 80, .help = "copies in backups" },
    { .key = 41, .name = "backups_until", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 80,
      .when = { "backups", 1 << BACKUPS_PENDING },
      .help = "when the last of them is gone" },
    { .key = 42, .name = "performed_at", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 80, .help = "when it was done" },
    { .key = 43, .name = "performed_by", .type = FT_PERSON,
      .flags = F_CTL | F_MUST, .min = 32, .max = 32, .rule = 80,
      .help = "officer who did it" },
    { .key = 44, .name = "witnessed_by", .type = FT_PERSON,
      .flags = F_CTL | F_MUST, .min = 32, .max = 32, .rule = 80,
      .help = "another officer, who saw it" },
    { .key = 45, .name = "audit_entry", .type = FT_UINT,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 0, .rule = 80,
      .help = "number of the entry about it in the log" },
    { .key = 46, .name = "method_detail", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .rule = 80, .help = "how, in words" },
};
static const struct choice cert_choices[] = {
    { { "method", METHOD(OVERWRITE) | METHOD(PHYSICAL) | METHOD(RETURNED) },
      "method_detail" },
    { { NULL, 0 }, NULL },
};
const struct record record_destruction_cert = { "DESTRUCTION_CERT",
    ROWS(cert_rows), cert_choices };

static const struct field correction_item_rows[] = {
    { .key = 1, .name = "path", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 120, .help = "field that was wrong" },
    { .key = 2, .name = "old", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 4000, .help = "what stood there" },
    { .key = 3, .name = "new", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 4000, .help = "what is right" },
    { .key = 4, .name = "reason", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "how the mistake came about" },
};
static const struct choice correction_item_choices[] = {
    { { NULL, 0 }, "old|new" },
    { { NULL, 0 }, NULL },
};
static const struct record record_correction_item = { "correction_item",
    ROWS(correction_item_rows), correction_item_choices };

static const struct field correction_rows[] = {
    ROW_TARGET(32, "id of the message that was wrong"),
    { .key = 33, .name = "action_required", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_correction_action,
      .help = "what the recipient is asked to do" },
    { .key = 34, .name = "items", .type = FT_RECORD,
      .flags = BODY_MUST | F_MANY, .rec = &record_correction_item,
      .least = 1, .most = 64, .help = "what was wrong" },
};
const struct record record_correction = { "CORRECTION",
    ROWS(correction_rows), NULL };

static const struct field breach_rows[] = {
    { .key = 32, .name = "affected", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .min = MSG_ID_LEN,
      .max = MSG_ID_LEN, .least = 1, .most = 256,
      .help = "ids of the messages concerned" },
    { .key = 33, .name = "breach_type", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_breach_type,
      .help = "what happened" },
    { .key = 34, .name = "detected_at", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .help = "when it was found" },
    { .key = 35, .name = "contained", .type = FT_BOOL, .flags = BODY_MUST,
      .help = "is it over" },
    { .key = 36, .name = "measures", .type = FT_TEXT,
      .flags = BODY_MUST | F_MANY, .min = 1, .max = 1000, .least = 0,
      .most = 16, .help = "what has been done" },
};
const struct record record_breach_notice = { "BREACH_NOTICE",
    ROWS(breach_rows), NULL };
