#include "proto/enums.h"
#include "proto/trust.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define RECORD(id, text, rows) \
const struct record record_##id = { text, rows, N(rows), NULL }

static const struct field log_rows[] = {
    { .key = 1, .name = "origin", .type = FT_ID, .flags = F_MUST, .max = 64,
      .help = "name of the log, for example QN-FIU/log/1" },
    { .key = 2, .name = "key", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "Ed25519 key that signs its checkpoints" },
    { .key = 3, .name = "from_size", .type = FT_UINT, .flags = F_MUST,
      .help = "first size signed with this key" },
    { .key = 4, .name = "to_size", .type = FT_UINT,
      .help = "last size signed with this key" },
};
static const struct record log_record = { "log", log_rows, N(log_rows),
    NULL };

static const struct field person_rows[] = {
    { .key = 1, .name = "person", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 64, .help = "id of the person, not of the key" },
    { .key = 2, .name = "key", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "Ed25519 signing key" },
};
static const struct record person_record = { "person", person_rows,
    N(person_rows), NULL };

static const struct field contact_rows[] = {
    { .key = 1, .name = "role", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_contact_role, .help = "what this contact is for" },
    { .key = 2, .name = "unit", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 200, .help = "unit or desk" },
    { .key = 3, .name = "telephone", .type = FT_LINE, .flags = F_MUST,
      .min = 1, .max = 35, .help = "telephone" },
    { .key = 4, .name = "email", .type = FT_LINE, .flags = F_MUST, .min = 3,
      .max = 200, .help = "e-mail" },
    { .key = 5, .name = "hours", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 100, .help = "hours, with the time zone" },
    { .key = 6, .name = "languages", .type = FT_LANG,
      .flags = F_MUST | F_MANY, .least = 1, .most = 16,
      .help = "languages spoken there" },
    { .key = 7, .name = "name", .type = FT_LINE, .min = 1, .max = 100,
      .help = "name of a person" },
};
static const struct record contact_record = { "contact", contact_rows,
    N(contact_rows), NULL };

static const struct field need_rows[] = {
    { .key = 1, .name = "topic", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 100, .help = "topic" },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = F_MUST, .min = 1,
      .max = 4000, .help = "what is required" },
    { .key = 3, .name = "lang", .type = FT_LANG, .flags = F_MUST,
      .help = "language of the text" },
};
static const struct record need_record = { "requirement", need_rows,
    N(need_rows), NULL };

static const struct field money_rows[] = {
    { .key = 1, .name = "amount", .type = FT_AMOUNT, .flags = F_MUST,
      .help = "decimal number" },
    { .key = 2, .name = "currency", .type = FT_CURRENCY, .flags = F_MUST,
      .help = "ISO 4217" },
};
static const struct record money_record = { "money", money_rows,
    N(money_rows), NULL };

/* The directory entry: on the card of an authority, or, for one without a
 * node, in what a keeper signs about it. */
#define DIRECTORY_ROWS \
    { .key = 32, .name = "kinds", .type = FT_ENUM, \
      .flags = F_MUST | F_MANY | F_SET, .en = &enum_authority_kind, \
      .least = 1, .most = 13, .help = "kinds of authority" }, \
    { .key = 33, .name = "state", .type = FT_COUNTRY, .flags = F_MUST, \
      .help = "State" }, \
    { .key = 34, .name = "party_kind", .type = FT_ENUM, .flags = F_MUST, \
      .en = &enum_party_kind, .help = "standing under the Convention" }, \
    { .key = 35, .name = "name", .type = FT_LINE, .flags = F_MUST, .min = 1, \
      .max = 200, .help = "name in full" }, \
    { .key = 36, .name = "timezone", .type = FT_ID, .flags = F_MUST, \
      .max = 40, .help = "offset from UTC, for example +02:00" }, \
    { .key = 37, .name = "languages", .type = FT_LANG, \
      .flags = F_MUST | F_MANY, .least = 1, .most = 16, \
      .help = "languages accepted (46(14))" }, \
    { .key = 38, .name = "accepts_kinds", .type = FT_ENUM, \
      .flags = F_MUST | F_MANY | F_SET, .en = &enum_message_kind, \
      .least = 0, .most = 38, .help = "opening kinds that it accepts" }, \
    { .key = 39, .name = "counterpart_classes", .type = FT_ENUM, \
      .flags = F_MUST | F_MANY | F_SET, .en = &enum_authority_kind, \
      .least = 0, .most = 13, .help = "kinds of authority it deals with" }, \
    { .key = 40, .name = "networks", .type = FT_ID, \
      .flags = F_MUST | F_MANY, .max = 32, .least = 0, .most = 16, \
      .help = "networks of practitioners" }, \
    { .key = 41, .name = "civil_admin", .type = FT_ENUM, .flags = F_MUST, \
      .en = &enum_civil_admin, .help = "help in civil and administrative " \
      "matters (43(1))" }, \
    { .key = 42, .name = "reply_days", .type = FT_UINT, .flags = F_MUST, \
      .min = 1, .max = 365, .help = "days to a first answer" }, \
    { .key = 43, .name = "reciprocity_required", .type = FT_BOOL, \
      .flags = F_MUST, .help = "whether reciprocity is asked for" }, \
    { .key = 44, .name = "contacts", .type = FT_RECORD, \
      .flags = F_MUST | F_MANY, .least = 1, .most = 16, \
      .rec = &contact_record, .help = "contacts" }, \
    { .key = 45, .name = "review_by", .type = FT_TIME, .flags = F_MUST, \
      .help = "when the entry is to be reviewed" }, \
    { .key = 46, .name = "version", .type = FT_UINT, .flags = F_MUST, \
      .min = 1, .help = "version of the entry" }, \
    { .key = 47, .name = "four_eyes", .type = FT_ENUM, \
      .flags = F_MANY | F_SET, .en = &enum_message_kind, .least = 0, \
      .most = 38, .help = "kinds that it always signs twice" }, \
    { .key = 48, .name = "executing_bodies", .type = FT_PARTY, \
      .flags = F_MANY, .max = 64, .least = 0, .most = 64, \
      .help = "who executes for it" }, \
    { .key = 49, .name = "postal_address", .type = FT_TEXT, .min = 1, \
      .max = 500, .help = "postal address" }, \
    { .key = 50, .name = "closed_days", .type = FT_DATE, .flags = F_MANY, \
      .least = 0, .most = 366, .help = "days when it is closed" }, \
    { .key = 51, .name = "uncac_as_basis", .type = FT_ENUM, \
      .en = &enum_uncac_as_basis, .help = "whether the Convention serves " \
      "as legal basis" }, \
    { .key = 52, .name = "interpol_accepted", .type = FT_BOOL, \
      .help = "urgent requests through INTERPOL" }, \
    { .key = 53, .name = "requirements", .type = FT_RECORD, \
      .flags = F_MANY, .least = 0, .most = 64, .rec = &need_record, \
      .help = "what it needs in a request" }, \
    { .key = 54, .name = "confidentiality_guide", .type = FT_TEXT, .min = 1, \
      .max = 4000, .help = "how it keeps requests confidential" }, \
    { .key = 55, .name = "duty_24_7", .type = FT_BOOL, \
      .help = "somebody is on duty at all hours" }, \
    { .key = 56, .name = "de_minimis_value", .type = FT_RECORD, \
      .rec = &money_record, .help = "value below which it may decline" }, \
    { .key = 57, .name = "certification_forms", .type = FT_LINE, \
      .flags = F_MANY, .min = 1, .max = 200, .least = 0, .most = 32, \
      .help = "forms of certification it uses" }, \
    { .key = 58, .name = "law_links", .type = FT_ID, .flags = F_MANY, \
      .max = 300, .least = 0, .most = 32, .help = "where its law is found" },

static const struct field card_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST | F_AUTO,
      .min = 1, .max = 1, .help = "version" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST, .max = 32,
      .help = "network of authorities" },
    { .key = 3, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "id of the authority" },
    { .key = 4, .name = "serial", .type = FT_UINT, .flags = F_MUST | F_AUTO,
      .min = 1, .max = UINT32_MAX,
      .help = "grows with every card" },
    { .key = 5, .name = "valid_from", .type = FT_TIME, .flags = F_MUST,
      .help = "from when it is valid" },
    { .key = 6, .name = "valid_until", .type = FT_TIME, .flags = F_MUST,
      .help = "until when it is valid" },
    { .key = 7, .name = "root", .type = FT_BIN, .flags = F_MUST | F_AUTO,
      .min = 32, .max = 32, .help = "Ed25519 root key" },
    { .key = 8, .name = "endpoints", .type = FT_ID,
      .flags = F_MUST | F_MANY, .max = 200, .least = 0, .most = 4,
      .help = "where the node listens; empty if it only dials" },
    { .key = 9, .name = "curve", .type = FT_BIN, .flags = F_MUST | F_AUTO,
      .min = 32, .max = 32, .help = "CURVE key of the node" },
    { .key = 10, .name = "curve_next", .type = FT_BIN, .flags = F_AUTO,
      .min = 32, .max = 32, .help = "the CURVE key that will follow" },
    { .key = 11, .name = "logs", .type = FT_RECORD,
      .flags = F_MUST | F_MANY | F_AUTO, .least = 1, .most = 8,
      .rec = &log_record, .help = "logs and their keys, the newest last" },
    { .key = 12, .name = "witness", .type = FT_BIN, .flags = F_MUST | F_AUTO,
      .min = 32, .max = 32, .help = "Ed25519 key of its countersignature" },
    { .key = 13, .name = "keepers", .type = FT_RECORD,
      .flags = F_MUST | F_MANY | F_AUTO, .least = 1, .most = 8,
      .rec = &person_record, .help = "who enrols officers" },
    { .key = 14, .name = "others", .type = FT_RECORD,
      .flags = F_MUST | F_MANY | F_AUTO, .least = 1, .most = 8,
      .rec = &person_record, .help = "who signs the first staff list too" },
    DIRECTORY_ROWS
};
RECORD(card, "card", card_rows);

static const struct field officer_rows[] = {
    { .key = 1, .name = "person", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 64, .help = "id of the person, not of the key" },
    { .key = 2, .name = "label", .type = FT_TOKEN, .flags = F_MUST, .max = 16,
      .help = "how the officer is named: o-114" },
    { .key = 3, .name = "function", .type = FT_LINE, .min = 1, .max = 100,
      .help = "function" },
    { .key = 4, .name = "signing", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "Ed25519 signing key" },
    { .key = 5, .name = "suite", .type = FT_UINT, .flags = F_MUST,
      .max = 65535, .help = "KEM id of the reading key" },
    { .key = 6, .name = "reading", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 4096, .help = "reading key" },
    { .key = 7, .name = "roles", .type = FT_ENUM,
      .flags = F_MUST | F_MANY | F_SET, .en = &enum_officer_role, .least = 1,
      .most = 9, .help = "roles" },
    { .key = 8, .name = "from", .type = FT_TIME, .flags = F_MUST,
      .help = "from when" },
    { .key = 9, .name = "to", .type = FT_TIME, .help = "until when" },
    { .key = 10, .name = "revoked", .type = FT_TIME,
      .help = "nothing new of this key is accepted from then on" },
    { .key = 11, .name = "deputy", .type = FT_PERSON, .min = 32, .max = 32,
      .help = "who may open what is for this officer by name" },
};
static const struct record officer_record = { "officer", officer_rows,
    N(officer_rows), NULL };

static const struct field staff_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1, .help = "version" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST, .max = 32,
      .help = "network of authorities" },
    { .key = 3, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "whose list" },
    { .key = 4, .name = "serial", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = UINT32_MAX, .help = "grows by one" },
    { .key = 5, .name = "before", .type = FT_BIN, .min = 32, .max = 32,
      .help = "digest of the list before; absent in list 1" },
    { .key = 6, .name = "officers", .type = FT_RECORD,
      .flags = F_MUST | F_MANY, .least = 1, .most = 500,
      .rec = &officer_record, .help = "who left stays listed" },
};
RECORD(staff, "staff", staff_rows);

static const struct field epoch_rows[] = {
    { .key = 1, .name = "kid", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "id of the key" },
    { .key = 2, .name = "suite", .type = FT_UINT, .flags = F_MUST,
      .max = 65535, .help = "KEM id" },
    { .key = 3, .name = "public", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 4096, .help = "public key" },
    { .key = 4, .name = "from", .type = FT_TIME, .flags = F_MUST,
      .help = "first second of the week" },
    { .key = 5, .name = "to", .type = FT_TIME, .flags = F_MUST,
      .help = "first second after it" },
};
static const struct record epoch_record = { "epoch", epoch_rows,
    N(epoch_rows), NULL };

static const struct field epochs_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1, .help = "version" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST, .max = 32,
      .help = "network of authorities" },
    { .key = 3, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "whose keys" },
    { .key = 4, .name = "serial", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = UINT32_MAX, .help = "grows with every list" },
    { .key = 5, .name = "epochs", .type = FT_RECORD,
      .flags = F_MUST | F_MANY, .least = 1, .most = 12, .rec = &epoch_record,
      .help = "weeks that do not overlap, ascending" },
};
RECORD(epochs, "epochs", epochs_rows);

static const struct field pin_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1, .help = "version" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST, .max = 32,
      .help = "network of authorities" },
    { .key = 3, .name = "own", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "who compared" },
    { .key = 4, .name = "serial", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = UINT32_MAX, .help = "grows with every pin of this authority" },
    { .key = 5, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "whose root was compared" },
    { .key = 6, .name = "root", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "its root key" },
    { .key = 7, .name = "kid", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "id of that key" },
    { .key = 8, .name = "withdrawn", .type = FT_BOOL,
      .help = "no longer a peer" },
    { .key = 9, .name = "how", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 200, .help = "how it was compared" },
    { .key = 10, .name = "with", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 200, .help = "with whom" },
    { .key = 11, .name = "at", .type = FT_TIME, .flags = F_MUST,
      .help = "when" },
    { .key = 12, .name = "psk_required", .type = FT_BOOL,
      .help = "messages need the shared secret too" },
};
RECORD(pin, "pin", pin_rows);

static const struct field contact_only_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST | F_AUTO,
      .min = 1, .max = 1, .help = "version" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST | F_AUTO,
      .max = 32, .help = "network of authorities" },
    { .key = 3, .name = "own", .type = FT_AUTHORITY,
      .flags = F_MUST | F_AUTO, .help = "who entered it" },
    { .key = 4, .name = "serial", .type = FT_UINT, .flags = F_MUST | F_AUTO,
      .min = 1, .max = UINT32_MAX,
      .help = "grows with every entry about this authority" },
    { .key = 5, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "the authority that has no node" },
    { .key = 6, .name = "withdrawn", .type = FT_BOOL, .flags = F_AUTO,
      .help = "no longer in the directory" },
    { .key = 7, .name = "source", .type = FT_LINE, .flags = F_MUST,
      .min = 1, .max = 300, .help = "where the entry was taken from" },
    { .key = 8, .name = "date", .type = FT_DATE, .flags = F_MUST,
      .help = "of which day the source is" },
    { .key = 9, .name = "valid_from", .type = FT_TIME, .flags = F_MUST,
      .help = "from when it is valid" },
    DIRECTORY_ROWS
};
RECORD(contact, "contact_only", contact_only_rows);

static const struct field device_rows[] = {
    { .key = 1, .name = "device", .type = FT_BIN, .flags = F_MUST, .min = 16,
      .max = 16, .help = "random id of the device" },
    { .key = 2, .name = "public", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 4096, .help = "its slot key" },
    { .key = 3, .name = "at", .type = FT_TIME, .flags = F_MUST,
      .help = "when it was made" },
};
static const struct record device_record = { "device", device_rows,
    N(device_rows), NULL };

static const struct field slotk_rows[] = {
    { .key = 1, .name = "kid", .type = FT_PERSON, .flags = F_MUST, .min = 32,
      .max = 32, .help = "signing key of the officer" },
    { .key = 2, .name = "serial", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = UINT32_MAX, .help = "grows with every list" },
    { .key = 3, .name = "devices", .type = FT_RECORD,
      .flags = F_MUST | F_MANY, .least = 1, .most = 16,
      .rec = &device_record, .help = "all devices of the officer" },
};
RECORD(slotk, "slotk", slotk_rows);

static const struct field request_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1, .help = "version" },
    { .key = 2, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "to be enrolled at" },
    { .key = 3, .name = "person", .type = FT_LINE, .flags = F_MUST, .min = 1,
      .max = 64, .help = "id of the person, not of the key" },
    { .key = 4, .name = "label", .type = FT_TOKEN, .flags = F_MUST, .max = 16,
      .help = "how the officer is named: o-114" },
    { .key = 5, .name = "signing", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "Ed25519 signing key" },
    { .key = 6, .name = "suite", .type = FT_UINT, .flags = F_MUST,
      .max = 65535, .help = "KEM id of the reading key" },
    { .key = 7, .name = "reading", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 4096, .help = "reading key" },
    { .key = 8, .name = "curve", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "CURVE key, known to the own node only" },
    { .key = 9, .name = "slots", .type = FT_BIN, .flags = F_MUST, .min = 1,
      .max = 65536, .help = "the signed list of devices, the first one" },
    { .key = 10, .name = "at", .type = FT_TIME, .flags = F_MUST,
      .help = "when the keys were made" },
};
RECORD(key_request, "request", request_rows);

static const struct field node_rows[] = {
    { .key = 1, .name = "v", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 1, .help = "version" },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST, .max = 32,
      .help = "network of authorities" },
    { .key = 3, .name = "authority", .type = FT_AUTHORITY, .flags = F_MUST,
      .help = "whose node" },
    { .key = 4, .name = "endpoints", .type = FT_ID,
      .flags = F_MUST | F_MANY, .max = 200, .least = 0, .most = 4,
      .help = "where it listens; empty if it only dials" },
    { .key = 5, .name = "curve", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "CURVE key" },
    { .key = 6, .name = "origin", .type = FT_ID, .flags = F_MUST, .max = 64,
      .help = "name of its log" },
    { .key = 7, .name = "log", .type = FT_BIN, .flags = F_MUST, .min = 32,
      .max = 32, .help = "Ed25519 key of its log, which signs this" },
    { .key = 8, .name = "witness", .type = FT_BIN, .flags = F_MUST,
      .min = 32, .max = 32, .help = "Ed25519 key of its countersignature" },
    { .key = 9, .name = "at", .type = FT_TIME, .flags = F_MUST,
      .help = "when the keys were made" },
};
RECORD(node, "node", node_rows);

const struct trust_row *
trust_row(enum trust_kind kind)
{
    static const struct trust_row rows[TRUST_KINDS] = {
        [TRUST_CARD] = { "card", LABEL_CARD, &record_card, 1, 1 },
        [TRUST_STAFF] = { "staff", LABEL_STAFF, &record_staff, 2, 2 },
        [TRUST_EPOCHS] = { "epochs", LABEL_EPOCHS, &record_epochs, 1, 1 },
        [TRUST_PIN] = { "pin", LABEL_PIN, &record_pin, 1, 2 },
        [TRUST_SLOTK] = { "slotk", LABEL_SLOTK, &record_slotk, 1, 1 },
        [TRUST_REQUEST] = { "request", LABEL_REQUEST, &record_key_request, 1,
            1 },
        [TRUST_NODE] = { "node", LABEL_NODE, &record_node, 1, 1 },
        [TRUST_CONTACT] = { "contact", LABEL_CONTACT, &record_contact, 1,
            1 },
    };

    return &rows[kind];
}

static enum err
decode(enum trust_kind kind, struct slice in, size_t least,
    struct signed_object *out, struct fault *f)
{
    const struct trust_row *row = trust_row(kind);
    struct signed_object o = { .n = 0 };
    struct reader r;
    enum err e;

    if (in.n > TRUST_MAX)
        return fault_set(f, E_OVERSIZE, 0, "%s", row->name);
    if ((e = wire_scan(in, WIRE_ITEMS)) != OK)
        return fault_set(f, e, 0, "%s", row->name);
    read_start(&r, in);
    (void)read_array(&r, 2, 2);
    o.bytes = read_bin(&r, 1, TRUST_MAX);
    o.n = read_array(&r, least, row->most);
    for (size_t i = 0; r.e == OK && i < o.n; i++) {
        (void)read_array(&r, 2, 2);
        read_fixed(&r, o.sigs[i].kid, HASH_LEN);
        read_fixed(&r, o.sigs[i].sig, SIG_LEN);
    }
    if ((e = read_end(&r)) != OK)
        return fault_set(f, e, 0, "%s", row->name);
    hash_digest(row->label, o.bytes, o.digest);
    *out = o;
    return OK;
}

enum err
trust_decode(enum trust_kind kind, struct slice in, struct signed_object *out,
    struct fault *f)
{
    return decode(kind, in, trust_row(kind)->least, out, f);
}

enum err
trust_decode_waiting(enum trust_kind kind, struct slice in,
    struct signed_object *out, struct fault *f)
{
    return decode(kind, in, 1, out, f);
}

enum err
trust_read(struct arena *a, enum trust_kind kind,
    const struct signed_object *o, struct rec **out, struct fault *f)
{
    struct rec *r;
    enum err e;

    e = record_decode(a, trust_row(kind)->rec, 0, o->bytes, WIRE_ITEMS, &r,
        f);
    if (e == OK)
        e = record_check(r, 0, f);
    if (e == OK)
        *out = r;
    return e;
}

void
trust_encode(struct slice bytes, const struct signature *sigs, size_t n,
    struct buf *b)
{
    write_array(b, 2);
    write_bin(b, bytes);
    write_array(b, n);
    for (size_t i = 0; i < n; i++) {
        write_array(b, 2);
        write_bin(b, SLICE(sigs[i].kid));
        write_bin(b, SLICE(sigs[i].sig));
    }
}

bool
trust_in_office(const struct rec *officer, uint64_t at)
{
    if (at < record_uint(officer, "from"))
        return false;
    if (record_has(officer, "to") && at >= record_uint(officer, "to"))
        return false;
    return !record_has(officer, "revoked") ||
        at < record_uint(officer, "revoked");
}
