/*
 * The acknowledgement of an officer, and the end of a thread.  Neither has a
 * field of the body half: nodes read all of it.
 */
#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/kinds_list.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

static const struct field receipt_rows[] = {
    { .key = 32, .name = "receipt_type", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_AUTO, .en = &enum_receipt_type,
      .help = "what is confirmed" },
    { .key = 33, .name = "delivered_at", .type = FT_TIME,
      .flags = F_CTL | F_MUST | F_AUTO,
      .help = "when the node stored the message" },
    { .key = 34, .name = "opened_at", .type = FT_TIME,
      .flags = F_CTL | F_AUTO, .help = "when it was opened first" },
    { .key = 35, .name = "handler", .type = FT_PERSON,
      .flags = F_CTL | F_MUST, .min = 32, .max = 32,
      .help = "officer who deals with it" },
    { .key = 36, .name = "conf_answer", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_conf_answer,
      .help = "can the confidentiality asked for be kept" },
    { .key = 37, .name = "restrictions_accepted", .type = FT_BOOL,
      .flags = F_CTL, .help = "the limits on use are accepted" },
    { .key = 38, .name = "accepted_rid", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 16, .max = 16,
      .when = { "restrictions_accepted", 1 << 1 },
      .help = "id of the set that is accepted" },
    { .key = 39, .name = "accepted_rrev", .type = FT_UINT,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 1, .max = UINT32_MAX,
      .when = { "restrictions_accepted", 1 << 1 },
      .help = "its revision" },
    { .key = 40, .name = "due_at", .type = FT_TIME, .flags = F_CTL,
      .help = "when the answer is due" },
    { .key = 41, .name = "digests_verified", .type = FT_UINT,
      .flags = F_CTL | F_AUTO, .min = 0, .max = 100000,
      .help = "files whose digest holds" },
    { .key = 42, .name = "digest_mismatch", .type = FT_TOKEN,
      .flags = F_CTL | F_MANY | F_AUTO, .min = 1, .max = 16, .least = 0,
      .most = 1000, .help = "files whose digest does not hold" },
    { .key = 43, .name = "consent_verified", .type = FT_BOOL,
      .flags = F_CTL | F_AUTO,
      .help = "the originator's consent was checked" },
};
const struct record record_receipt = { "RECEIPT", ROWS(receipt_rows), NULL };

static const struct field close_rows[] = {
    { .key = 32, .name = "close_reason", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_close_reason,
      .help = "why the thread ends" },
    /* An optional boolean can only be true; the choice makes it stand. */
    { .key = 33, .name = "restrictions_survive", .type = FT_BOOL,
      .flags = F_CTL | F_AUTO, .help = "the limits on use go on" },
    { .key = 34, .name = "mla_ref", .type = FT_ID, .flags = F_CTL, .min = 1,
      .max = 64, .help = "reference of the formal request" },
};
static const struct choice close_choices[] = {
    { { NULL, 0 }, "restrictions_survive" },
    { { NULL, 0 }, NULL },
};
const struct record record_close = { "CLOSE", ROWS(close_rows),
    close_choices };
