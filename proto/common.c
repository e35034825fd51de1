/*
 * The fields of every message: keys 1 to 29 of the control half, 1 to 5 and
 * 29 of the body half (FORMAT.md section 2).
 */
#include "proto/enums.h"
#include "proto/kinds.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define CTL_AUTO (F_CTL | F_MUST | F_AUTO)

static const struct field trust_rows[] = {
    { .key = 1, .name = "card_serial", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .help = "serial of the card" },
    { .key = 2, .name = "card_digest", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "digest of the card" },
    { .key = 3, .name = "staff_serial", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .help = "serial of the staff list" },
    { .key = 4, .name = "staff_digest", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "digest of the staff list" },
    { .key = 5, .name = "epochs_serial", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .help = "serial of the list of epochs" },
    { .key = 6, .name = "epochs_digest", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "digest of the list of epochs" },
};
static const struct record record_trust = { "trust", ROWS(trust_rows), NULL };

static const struct field seal_rows[] = {
    { .key = 1, .name = "side", .type = FT_ENUM, .flags = CTL_AUTO,
      .en = &enum_seal_side, .help = "whose epoch: own or the peer's" },
    { .key = 2, .name = "epoch", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "kid of the epoch's key" },
    { .key = 3, .name = "named", .type = FT_BIN, .flags = F_CTL | F_AUTO,
      .min = 32, .max = 32,
      .help = "kid of the reading key of the officer named" },
    { .key = 4, .name = "role", .type = FT_ENUM, .flags = CTL_AUTO,
      .en = &enum_seal_role, .help = "for the desk, an officer, a deputy" },
    { .key = 5, .name = "mode", .type = FT_ENUM, .flags = CTL_AUTO,
      .en = &enum_seal_mode, .help = "with or without a pre-shared key" },
    { .key = 6, .name = "suite", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .max = 65535, .help = "KEM id (RFC 9180)" },
    { .key = 7, .name = "psk_id", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 1, .max = 64,
      .when = { "mode", 1 << SEAL_MODE_PSK },
      .help = "id of the pre-shared key" },
};
static const struct choice seal_choices[] = {
    { { "role", 1 << SEAL_ROLE_NAMED | 1 << SEAL_ROLE_DEPUTY }, "named" },
    { { NULL, 0 }, NULL },
};
static const struct record record_seal = { "seal", ROWS(seal_rows),
    seal_choices };

static const struct field attachment_rows[] = {
    { .key = 1, .name = "root", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "root of the tree of blocks" },
    { .key = 2, .name = "length", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .help = "length of the ciphertext" },
    { .key = 3, .name = "salt", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "salt of the key derivation" },
    { .key = 4, .name = "commit", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "commitment to the key" },
};
static const struct record record_attachment = { "attachment",
    ROWS(attachment_rows), NULL };

static const struct field release_rows[] = {
    { .key = 1, .name = "offer", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "digest of the offer" },
    { .key = 2, .name = "accept_by", .type = FT_TIME, .flags = CTL_AUTO,
      .help = "until when it can be accepted" },
};
static const struct record record_release = { "release", ROWS(release_rows),
    NULL };

static const struct field template_rows[] = {
    { .key = 1, .name = "id", .type = FT_ID, .flags = F_BODY | F_MUST,
      .min = 1, .max = 64, .help = "name of the template" },
    { .key = 2, .name = "version", .type = FT_UINT,
      .flags = F_BODY | F_MUST, .min = 1, .max = UINT32_MAX,
      .help = "its version" },
};
static const struct record record_template = { "template",
    ROWS(template_rows), NULL };

static const struct field rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = CTL_AUTO, .min = 1,
      .max = 1, .rule = 1, .help = "version of the protocol" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = CTL_AUTO,
      .min = 1, .max = 32, .help = "network of authorities" },
    /* No enumeration: a domain may have kinds of its own. */
    { .key = 3, .name = "kind", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .max = 255, .rule = 1, .help = "kind of message" },
    { .key = 4, .name = "msg_id", .type = FT_BIN, .flags = CTL_AUTO,
      .min = MSG_ID_LEN, .max = MSG_ID_LEN, .help = "id of the message" },
    { .key = 5, .name = "thread_id", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 16, .max = 16, .help = "id of the thread" },
    { .key = 6, .name = "from", .type = FT_AUTHORITY, .flags = CTL_AUTO,
      .help = "authority that sends it" },
    { .key = 7, .name = "to", .type = FT_AUTHORITY,
      .flags = F_CTL | F_MUST, .help = "authority it is for" },
    { .key = 8, .name = "created_at", .type = FT_TIME, .flags = CTL_AUTO,
      .help = "when it was sealed" },
    { .key = 9, .name = "expires_at", .type = FT_TIME, .flags = CTL_AUTO,
      .help = "after this it is no longer delivered" },
    { .key = 10, .name = "officer", .type = FT_PERSON, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "officer who signs it" },
    { .key = 11, .name = "approval", .type = FT_BOOL,
      .flags = F_CTL | F_AUTO, .rule = 5,
      .help = "a second person signs it too" },
    { .key = 12, .name = "urgency", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_urgency,
      .help = "how soon an answer is needed" },
    { .key = 13, .name = "urgency_reason", .type = FT_ENUM,
      .flags = F_CTL, .en = &enum_urgency_reason, .rule = 55,
      .when = { "urgency", 1 << URGENCY_PRIORITY | 1 << URGENCY_URGENT |
      1 << URGENCY_IMMEDIATE },
      .help = "why it is urgent; asked for whatever is above ROUTINE" },
    { .key = 14, .name = "lang", .type = FT_LANG, .flags = F_CTL | F_MUST,
      .help = "language of the text, for example en" },
    { .key = 15, .name = "in_reply_to", .type = FT_BIN, .flags = F_CTL |
      F_AUTO, .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .help = "id of the message that it answers" },
    { .key = 16, .name = "case_ref", .type = FT_BIN, .flags = F_CTL,
      .min = 16, .max = 16,
      .help = "random id of the case, shared by the parties" },
    { .key = 17, .name = "spawned_from", .type = FT_BIN, .flags = F_CTL,
      .min = 16, .max = 16,
      .help = "id of the message or thread that led to this one" },
    { .key = 18, .name = "trust_own", .type = FT_RECORD, .flags = CTL_AUTO,
      .rec = &record_trust,
      .help = "lists of the sender that were used" },
    { .key = 19, .name = "trust_peer", .type = FT_RECORD, .flags = CTL_AUTO,
      .rec = &record_trust,
      .help = "lists of the recipient that were used" },
    { .key = 20, .name = "seals", .type = FT_RECORD,
      .flags = F_CTL | F_MANY | F_AUTO, .rec = &record_seal, .least = 1,
      .most = 64, .help = "whom the body is sealed to" },
    { .key = 21, .name = "restrictions", .type = FT_RECORD, .flags = F_CTL,
      .rec = &record_restrictions, .rule = 30,
      .help = "limits on use" },
    { .key = 22, .name = "attachments", .type = FT_RECORD,
      .flags = F_CTL | F_MANY | F_AUTO, .rec = &record_attachment,
      .least = 1, .most = 2, .rule = 42,
      .help = "the sealed files, then their sealed list" },
    { .key = 23, .name = "release", .type = FT_RECORD,
      .flags = F_CTL | F_AUTO, .rec = &record_release,
      .help = "held until this offer is accepted" },
    { .key = 24, .name = "replaces", .type = FT_BIN,
      .flags = F_CTL | F_AUTO, .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .help = "id of the message whose content is sealed again" },
    { .key = 25, .name = "apply_46_9_29", .type = FT_BOOL, .flags = F_CTL,
      .help = "paragraphs 9 to 29 of UNCAC 46 apply beside a treaty" },
    { .key = 26, .name = "oral_confirmed_of", .type = FT_ID, .flags = F_CTL,
      .min = 1, .max = 64,
      .help = "reference of the oral request that this confirms" },
    { .key = 27, .name = "seen", .type = FT_BIN, .flags = F_CTL | F_AUTO,
      .min = 32, .max = 32,
      .help = "newest message of the other side that was known" },
    { .key = 28, .name = "standing", .type = FT_RECORD,
      .flags = F_CTL | F_MANY | F_AUTO, .rec = &record_consent, .least = 0,
      .most = STANDING_MAX,
      .help = "consents given in advance, one for each entry of onward" },
    { .key = 1, .name = "local_ref", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 64, .help = "own reference; never the case's name" },
    { .key = 2, .name = "template", .type = FT_RECORD, .flags = F_BODY,
      .rec = &record_template, .help = "template it was written with" },
    { .key = 3, .name = "caveat", .type = FT_TEXT, .flags = F_BODY |
      F_LIMITS, .max = 2000, .rule = 30,
      .help = "shown to whoever reads it; can only narrow the limits" },
    { .key = 4, .name = "parcel_key", .type = FT_BIN, .flags = F_BODY |
      F_AUTO | F_KEY, .min = 32, .max = 32, .help = "key of the files" },
    { .key = 5, .name = "manifest_key", .type = FT_BIN, .flags = F_BODY |
      F_AUTO | F_KEY, .min = 32, .max = 32,
      .help = "key of the list of files" },
    /* The last row, because its key is the last one of both halves. */
    { .key = 29, .name = "items", .type = FT_RECORD,
      .flags = F_CTL | F_BODY | F_MANY | F_AUTO, .rec = &record_item,
      .least = 0, .most = ITEMS_MAX,
      .help = "what the consents of this message let pass" },
};

const struct record record_common = { "common", ROWS(rows), NULL };
