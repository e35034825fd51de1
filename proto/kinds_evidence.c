/*
 * Evidence: EVIDENCE_OFFER with its terms and the list of what there is, and
 * EVIDENCE_TRANSFER with the files (UNCAC 46(3)(f), 43(1)).  One form says
 * both, since both are sealed at one sitting.
 */
#include "proto/kinds_list.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define BODY_MUST (F_BODY | F_MUST)
#define CUSTODY_MAX 64

#define ROW_PROCEEDING(k, called, must, words) \
    { .key = (k), .name = (called), .type = FT_RECORD, \
      .flags = BOTH | (must), .rec = &record_proceeding, .help = (words) }

static const struct field custody_rows[] = {
    { .key = 1, .name = "action", .type = FT_ENUM, .flags = BODY_MUST,
      .en = &enum_custody, .help = "what was done" },
    { .key = 2, .name = "at", .type = FT_TIME, .flags = BODY_MUST,
      .help = "when" },
    { .key = 3, .name = "by", .type = FT_LINE, .flags = BODY_MUST, .min = 1,
      .max = 200, .help = "person and function" },
    { .key = 4, .name = "place", .type = FT_LINE, .flags = F_BODY, .min = 1,
      .max = 200, .help = "where" },
    { .key = 5, .name = "to", .type = FT_LINE, .flags = F_BODY, .min = 1,
      .max = 200, .help = "who had it from then on" },
    { .key = 6, .name = "docs", .type = FT_TOKEN, .flags = F_BODY | F_MANY,
      .min = 1, .max = TOKEN_MAX, .least = 1, .most = DOCS_MAX,
      .help = "files; left out: all" },
    { .key = 7, .name = "note", .type = FT_LINE, .flags = F_BODY, .min = 1,
      .max = 200, .help = "what else there is to say" },
};
static const struct record record_custody = { "custody", ROWS(custody_rows),
    NULL };

static const struct field certificate_rows[] = {
    { .key = 1, .name = "form", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 200, .help = "form or law of the certificate" },
    { .key = 2, .name = "by", .type = FT_LINE, .flags = BODY_MUST, .min = 1,
      .max = 200, .help = "who certifies, and in what function" },
    { .key = 3, .name = "at", .type = FT_TIME, .flags = BODY_MUST,
      .help = "when" },
    { .key = 4, .name = "text", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 4000, .help = "what is certified" },
};
static const struct record record_certificate = { "certificate",
    ROWS(certificate_rows), NULL };

static const struct field offer_rows[] = {
    { .key = 32, .name = "answers_request", .type = FT_ID, .flags = F_CTL,
      .min = 1, .max = REF_MAX,
      .help = "reference of the request that it answers" },
    ROW_PROCEEDING(33, "proceeding", F_MUST,
        "the proceeding that it is offered for"),
    ROW_PROCEEDING(34, "requested_side_proceeding", 0,
        "the proceeding in which it was obtained"),
    { .key = 35, .name = "accept_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST,
      .help = "until when it can be accepted, 18 days at most" },
    { .key = 36, .name = "title", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 200, .help = "what is offered" },
    /* Of the transfer that is sealed at the same sitting. */
    { .key = 37, .name = "custody", .type = FT_RECORD,
      .flags = F_FORM | F_MUST | F_MANY, .rec = &record_custody, .least = 1,
      .most = CUSTODY_MAX, .rule = 42,
      .help = "for the transfer: who had it, the first step first" },
    { .key = 38, .name = "certificate", .type = FT_RECORD, .flags = F_FORM,
      .rec = &record_certificate,
      .help = "for the transfer: certificate of origin" },
    { .key = 39, .name = "certificate_none_reason", .type = FT_LINE,
      .flags = F_FORM, .min = 1, .max = 200,
      .help = "for the transfer: why there is no certificate" },
};
/* Asked of the form alone: none of it is in a half of the offer. */
static const struct choice origin_choices[] = {
    { { NULL, 0 }, "certificate|certificate_none_reason" },
    { { NULL, 0 }, NULL },
};
const struct record record_evidence_offer = { "EVIDENCE_OFFER",
    ROWS(offer_rows), origin_choices };

static const struct field transfer_rows[] = {
    { .key = 32, .name = "offer_msg", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = MSG_ID_LEN,
      .max = MSG_ID_LEN, .help = "id of the offer" },
    ROW_PROCEEDING(33, "proceeding", F_MUST,
        "the proceeding that it is handed over for"),
    { .key = 34, .name = "custody", .type = FT_RECORD,
      .flags = BODY_MUST | F_MANY, .rec = &record_custody, .least = 1,
      .most = CUSTODY_MAX, .rule = 42,
      .help = "who had it since it was obtained, the first step first" },
    { .key = 35, .name = "certificate", .type = FT_RECORD, .flags = F_BODY,
      .rec = &record_certificate, .help = "certificate of origin" },
    { .key = 36, .name = "certificate_none_reason", .type = FT_LINE,
      .flags = F_BODY, .min = 1, .max = 200,
      .help = "why there is no certificate" },
};
const struct record record_evidence_transfer = { "EVIDENCE_TRANSFER",
    ROWS(transfer_rows), origin_choices };
