/*
 * How it goes (UNCAC 46(24)), what came of it, and that it is no longer
 * needed.
 */
#include "proto/kinds_list.h"
#include "proto/subjects.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define STATUS(s) ((uint64_t)1 << REPORT_STATUS_##s)

/* As long as it is not over, something comes next. */
#define NOT_OVER { "status", STATUS(RECEIVED) | STATUS(UNDER_REVIEW) | \
    STATUS(IN_EXECUTION) | STATUS(WAITING_FOR_REQUESTER) | STATUS(POSTPONED) }

#define ROW_ABOUT(k) \
    { .key = (k), .name = "about", .type = FT_ID, .flags = F_CTL | F_MUST, \
      .min = 1, .max = REF_MAX, \
      .help = "id of the message, or reference of the formal request" }

static const struct field status_query_rows[] = {
    ROW_ABOUT(32),
    { .key = 33, .name = "last_status", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_report_status, .help = "the last status that is known" },
};
const struct record record_status_query = { "STATUS_QUERY",
    ROWS(status_query_rows), NULL };

static const struct field status_report_rows[] = {
    ROW_ABOUT(32),
    { .key = 33, .name = "status", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_report_status, .help = "where it stands" },
    { .key = 34, .name = "progress", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_progress,
      .help = "what has been done" },
    { .key = 35, .name = "next_update_by", .type = FT_TIME, .flags = F_CTL,
      .help = "when the next report comes" },
    { .key = 36, .name = "respond_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST,
      .when = { "progress", 1 << PROGRESS_LIFTING_PROPOSED },
      .help = "time to object to the lifting (UNCAC 55(8))" },
    { .key = 37, .name = "next_step", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .help = "what is done next" },
};
static const struct choice status_report_choices[] = {
    { NOT_OVER, "next_update_by" },
    { NOT_OVER, "next_step" },
    { { NULL, 0 }, NULL },
};
const struct record record_status_report = { "STATUS_REPORT",
    ROWS(status_report_rows), status_report_choices };

static const struct field feedback_rows[] = {
    ROW_TARGET(32, "id of the message that it is about"),
    { .key = 33, .name = "usefulness", .type = FT_UINT,
      .flags = F_CTL | F_MUST, .min = 0, .max = 5,
      .help = "0 no use at all to 5 very useful" },
    { .key = 34, .name = "used_for", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &enum_purpose,
      .least = 0, .most = 17, .help = "what it was used for" },
    { .key = 35, .name = "outcome", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET,
      .en = &enum_feedback_outcome, .least = 1, .most = 13,
      .help = "what came of it" },
    { .key = 36, .name = "content_disclosed_in_court", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "was the content disclosed in court" },
    { .key = 37, .name = "relayed_from", .type = FT_AUTHORITY,
      .flags = F_CTL, .help = "authority whose feedback this is" },
    { .key = 38, .name = "assets_recovered", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_money, .help = "what was recovered" },
    { .key = 39, .name = "final_judgment_public", .type = FT_BOOL,
      .flags = F_BODY, .help = "there is a final judgment, and it is public" },
    { .key = 40, .name = "text", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 4000, .rule = 82, .help = "in words, without names" },
};
const struct record record_feedback = { "FEEDBACK", ROWS(feedback_rows),
    NULL };

static const struct field withdrawal_rows[] = {
    ROW_TARGET(32, "id of the message that is withdrawn"),
    { .key = 33, .name = "reason", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_withdrawal_reason, .help = "why" },
    { .key = 34, .name = "destroy_requested", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "must the content be destroyed" },
};
const struct record record_withdrawal = { "WITHDRAWAL",
    ROWS(withdrawal_rows), NULL };
