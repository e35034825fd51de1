/*
 * Consent (UNCAC 46(5), 46(19); protocol section 4): asking, deciding,
 * revoking, and the transfer to a third authority.
 *
 * A consent is split: the originator signs its control half, and the words of
 * its conditions stand in the body, bound by commitments.  So the canonical
 * bytes of a consent are the same in every message that carries it.
 */
#include "proto/kinds_list.h"
#include "proto/manifest.h"
#include "proto/subjects.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define BODY_MUST (F_BODY | F_MUST)
#define CTL_MUST (F_CTL | F_MUST)
#define CTL_AUTO (F_CTL | F_MUST | F_AUTO)
#define TYPE(t) ((uint64_t)1 << CONSENT_TYPE_##t)

/* A condition of a consent; the numbers go on over both halves, because a
 * standing consent stands in one half whole. */
static const struct field condition_rows[] = {
    { .key = 1, .name = "code", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_condition, .help = "the condition" },
    { .key = 2, .name = "due", .type = FT_TIME, .flags = F_CTL,
      .help = "when it must be met" },
    { .key = 3, .name = "commit", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "commitment to the text" },
    { .key = 4, .name = "text", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "the condition in words" },
    { .key = 5, .name = "salt", .type = FT_BIN,
      .flags = BODY_MUST | F_AUTO, .min = 32, .max = 32,
      .help = "salt of the commitment" },
};
static const struct record record_consent_condition = { "consent_condition",
    ROWS(condition_rows), NULL };

static const struct field consent_rows[] = {
    { .key = 1, .name = "consent_id", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 16, .max = 16, .help = "id of the consent" },
    { .key = 2, .name = "consent_type", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_consent_type, .help = "what it allows" },
    { .key = 3, .name = "decision", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_consent_grant, .help = "granted, or under conditions" },
    { .key = 4, .name = "target_msg", .type = FT_BIN, .flags = CTL_AUTO,
      .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .help = "id of the message that it is about" },
    ROW_TOKENS(5, "parts", PARTS_MAX, "parts that it covers"),
    ROW_TOKENS(6, "docs", DOCS_MAX, "documents that it covers"),
    ROW_TOKENS(7, "excluded_parts", PARTS_MAX, "parts that it does not"),
    ROW_TOKENS(8, "excluded_docs", DOCS_MAX, "documents that it does not"),
    { .key = 9, .name = "grantee", .type = FT_AUTHORITY, .flags = CTL_AUTO,
      .help = "who may use it" },
    { .key = 10, .name = "onward_to", .type = FT_AUTHORITY, .flags = F_CTL,
      .when = { "consent_type", TYPE(ONWARD) },
      .help = "exactly to whom it may be passed on" },
    { .key = 11, .name = "onward_to_class", .type = FT_PARTY,
      .flags = F_CTL, .max = 120, .when = { "consent_type", TYPE(ONWARD) },
      .help = "or to which authorities: CLASS@state" },
    { .key = 12, .name = "purposes", .type = FT_ENUM,
      .flags = CTL_MUST | F_MANY | F_SET, .en = &enum_purpose, .least = 1,
      .most = 17, .help = "purposes that are allowed" },
    { .key = 13, .name = "use_level", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_use_level, .help = "how far it may be used" },
    { .key = 14, .name = "actions", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_actions, .help = "what may be done with it" },
    { .key = 15, .name = "proceedings", .type = FT_ID,
      .flags = F_CTL | F_MANY | F_SET, .min = 1, .max = REF_MAX,
      .least = 0, .most = PROCEEDINGS_MAX, .rule = 40,
      .help = "proceedings that may use it (ids)" },
    { .key = 16, .name = "attribution", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_attribution, .help = "may the originator be named" },
    { .key = 17, .name = "subject_notice", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_subject_notice,
      .help = "may the person concerned be told" },
    { .key = 18, .name = "export", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_export, .help = "copies out of this system" },
    { .key = 19, .name = "retain_until", .type = FT_TIME, .flags = F_CTL,
      .help = "end of keeping" },
    { .key = 20, .name = "valid_from", .type = FT_TIME, .flags = CTL_MUST,
      .help = "holds from" },
    { .key = 21, .name = "expires_at", .type = FT_TIME, .flags = CTL_MUST,
      .help = "holds until" },
    { .key = 22, .name = "max_uses", .type = FT_UINT, .flags = CTL_MUST,
      .min = 0, .max = 10000, .help = "how often; 0 without limit" },
    { .key = 23, .name = "conditions", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_consent_condition,
      .least = 1, .most = 16,
      .when = { "decision", 1 << CONSENT_GRANT_GRANT_WITH_CONDITIONS },
      .help = "conditions that must be accepted first" },
    { .key = 24, .name = "originator", .type = FT_AUTHORITY,
      .flags = CTL_AUTO, .help = "who gives it, and signs it" },
    { .key = 25, .name = "items", .type = FT_BIN, .flags = F_CTL | F_AUTO,
      .min = 32, .max = 32, .help = "digest of the items that may pass" },
    { .key = 26, .name = "set", .type = FT_RECORD, .flags = CTL_AUTO,
      .rec = &record_restrictions,
      .help = "the widest set that may govern it" },
    { .key = 27, .name = "signed_at", .type = FT_TIME, .flags = CTL_AUTO,
      .help = "when it was signed" },
    /* A condition that never holds: it may stand in a form as false. */
    { .key = 28, .name = "transferable", .type = FT_BOOL,
      .flags = F_CTL | F_AUTO, .when = { "consent_type", 0 },
      .help = "always false: the grantee cannot hand it on" },
    { .key = 29, .name = "staff_serial", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .max = UINT32_MAX,
      .help = "the staff list that its signers stand on" },
};
static const struct choice consent_choices[] = {
    { { NULL, 0 }, "parts|docs" },
    { { "consent_type", TYPE(ONWARD) }, "onward_to|onward_to_class" },
    { { "consent_type", TYPE(USE_LEVEL) }, "use_level" },
    { { "consent_type", TYPE(ACTIONS) }, "actions" },
    { { "consent_type", TYPE(SUBJECT_NOTICE) }, "subject_notice" },
    { { "consent_type", TYPE(ATTRIBUTION) }, "attribution" },
    { { "consent_type", TYPE(EXTEND_RETENTION) }, "retain_until" },
    { { "consent_type", TYPE(EXPORT) }, "export" },
    { { NULL, 0 }, NULL },
};
const struct record record_consent = { "consent", ROWS(consent_rows),
    consent_choices };

static const struct field item_rows[] = {
    { .key = 1, .name = "id", .type = FT_TOKEN, .flags = CTL_AUTO, .min = 1,
      .max = TOKEN_MAX, .help = "part_id or doc_id" },
    { .key = 2, .name = "type", .type = FT_ENUM, .flags = CTL_AUTO,
      .en = &enum_item_type, .help = "what it is" },
    { .key = 3, .name = "commit", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 32, .max = 32, .help = "commitment to its bytes" },
    { .key = 4, .name = "salt", .type = FT_BIN,
      .flags = BODY_MUST | F_AUTO, .min = 32, .max = 32,
      .help = "salt of the commitment" },
    { .key = 5, .name = "bytes", .type = FT_BIN, .flags = F_BODY | F_AUTO,
      .min = 1, .max = 122880,
      .help = "its bytes, where they cannot be cut from the message" },
};
const struct record record_item = { "item", ROWS(item_rows), NULL };

static const struct field content_rows[] = {
    { .key = 1, .name = "part", .type = FT_RECORD, .flags = BODY_MUST,
      .rec = &record_part, .help = "the part, with all its fields" },
    { .key = 2, .name = "subjects", .type = FT_RECORD,
      .flags = BODY_MUST | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .help = "the subjects that go with it" },
};
const struct record record_item_content = { "item_content",
    ROWS(content_rows), NULL };

static const struct field consent_request_rows[] = {
    { .key = 32, .name = "consent_type", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_consent_type, .help = "what is asked for" },
    ROW_TARGET(33, "id of the message that it is about"),
    ROW_TOKENS(34, "parts", PARTS_MAX, "parts"),
    ROW_TOKENS(35, "docs", DOCS_MAX, "documents"),
    { .key = 36, .name = "purpose_requested", .type = FT_ENUM,
      .flags = CTL_MUST | F_MANY | F_SET, .en = &enum_purpose, .least = 1,
      .most = 17, .help = "what it is needed for" },
    { .key = 37, .name = "use_level_requested", .type = FT_ENUM,
      .flags = CTL_MUST, .en = &enum_use_level,
      .help = "how far it must be used" },
    { .key = 38, .name = "actions_requested", .type = FT_ENUM,
      .flags = CTL_MUST, .en = &enum_actions,
      .help = "what must be done with it" },
    { .key = 39, .name = "proceedings", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_proceeding,
      .least = 0, .most = PROCEEDINGS_MAX, .rule = 40,
      .help = "proceedings in which it is needed" },
    { .key = 40, .name = "needed_by", .type = FT_TIME, .flags = CTL_MUST,
      .rule = 55, .help = "decision needed by" },
    { .key = 41, .name = "on_behalf_of", .type = FT_PARTY, .flags = F_CTL,
      .max = 120, .help = "for whom it is asked, if not for the sender" },
    { .key = 42, .name = "onward_to", .type = FT_AUTHORITY, .flags = F_CTL,
      .when = { "consent_type", TYPE(ONWARD) },
      .help = "to whom it is to be passed on" },
    { .key = 43, .name = "onward_to_state", .type = FT_COUNTRY,
      .flags = CTL_MUST, .when = { "consent_type", TYPE(ONWARD) },
      .help = "to which State" },
    { .key = 44, .name = "onward_to_class", .type = FT_ENUM,
      .flags = CTL_MUST, .en = &enum_authority_kind,
      .when = { "consent_type", TYPE(ONWARD) },
      .help = "to which kind of authority" },
    { .key = 45, .name = "reason", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "why it is needed" },
};
static const struct choice consent_request_choices[] = {
    { { NULL, 0 }, "parts|docs" },
    { { NULL, 0 }, NULL },
};
const struct record record_consent_request = { "CONSENT_REQUEST",
    ROWS(consent_request_rows), consent_request_choices };

static const struct field partial_rows[] = {
    { .key = 1, .name = "part_id", .type = FT_TOKEN, .flags = CTL_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "part or document" },
    { .key = 2, .name = "ground", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_consent_ground, .help = "why not" },
};
static const struct record record_partial = { "partial_refusal",
    ROWS(partial_rows), NULL };

/* A document as the nodes see it; what it is travels as an item, of which a
 * form gives the fields here. */
static const struct field document_rows[] = {
    { .key = 1, .name = "doc_id", .type = FT_TOKEN, .flags = CTL_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "its name at the originator" },
    { .key = 2, .name = "filename", .type = FT_LINE, .flags = F_FORM,
      .min = 1, .max = MANIFEST_NAME_MAX, .help = "name of the file" },
    { .key = 3, .name = "size", .type = FT_UINT, .flags = F_FORM,
      .help = "its bytes" },
    { .key = 4, .name = "digest", .type = FT_BIN, .flags = F_FORM,
      .min = HASH_LEN, .max = HASH_LEN, .help = "SHA-256" },
};
static const struct record record_document = { "onward_document",
    ROWS(document_rows), NULL };

static const struct field consent_decision_rows[] = {
    { .key = 32, .name = "consent", .type = FT_RECORD, .flags = BOTH,
      .rec = &record_consent, .help = "the consent" },
    { .key = 33, .name = "refusal_ground", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_consent_ground, .rule = 68, .help = "why it is refused" },
    { .key = 34, .name = "partial_refusal", .type = FT_RECORD,
      .flags = F_CTL | F_MANY, .rec = &record_partial, .least = 0,
      .most = PARTS_MAX, .rule = 68, .help = "parts that are refused" },
    { .key = 35, .name = "need_info", .type = FT_BOOL, .flags = F_CTL,
      .help = "more must be known before it can be decided" },
    { .key = 36, .name = "explanation", .type = FT_TEXT, .flags = F_BODY,
      .min = 20, .max = 4000, .rule = 68,
      .help = "why it is refused, or what must be known" },
    { .key = 37, .name = "parts", .type = FT_RECORD,
      .flags = F_FORM | F_MANY, .rec = &record_part, .least = 0,
      .most = PARTS_MAX,
      .help = "the parts as they may pass; left out: as they stand" },
    { .key = 38, .name = "subjects", .type = FT_RECORD,
      .flags = F_FORM | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .help = "the subjects that go with them" },
    { .key = 39, .name = "documents", .type = FT_RECORD,
      .flags = F_FORM | F_MANY, .rec = &record_document, .least = 0,
      .most = DOCS_MAX, .help = "the documents that pass" },
};
/* Each is judged in the half of its first field. */
static const struct choice consent_decision_choices[] = {
    { { NULL, 0 }, "refusal_ground|need_info|consent" },
    { { NULL, 0 }, "explanation|consent" },
    { { NULL, 0 }, NULL },
};
const struct record record_consent_decision = { "CONSENT_DECISION",
    ROWS(consent_decision_rows), consent_decision_choices };

static const struct field revoke_rows[] = {
    { .key = 32, .name = "consent_id", .type = FT_BIN, .flags = CTL_AUTO,
      .min = 16, .max = 16, .help = "id of the consent" },
    { .key = 33, .name = "effective_at", .type = FT_TIME, .flags = CTL_MUST,
      .help = "from when it no longer holds" },
    { .key = 34, .name = "downstream", .type = FT_PARTY,
      .flags = CTL_MUST | F_MANY | F_SET, .max = 120, .least = 0,
      .most = 64, .rule = 69,
      .help = "those whom the grantee must recall it from" },
    { .key = 35, .name = "reason", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "why" },
};
const struct record record_consent_revoke = { "CONSENT_REVOKE",
    ROWS(revoke_rows), NULL };

/* A part as the nodes see it; its text and subjects travel as an item, of
 * which a form gives the fields here. */
static const struct field onward_part_rows[] = {
    { .key = 1, .name = "part_id", .type = FT_TOKEN, .flags = CTL_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "its name at the originator" },
    { .key = 2, .name = "kind", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_part_kind, .help = "facts, assessment or summary" },
    { .key = 3, .name = "content_class", .type = FT_ENUM, .flags = CTL_MUST,
      .en = &enum_content_class, .help = "where it comes from" },
    { .key = 4, .name = "protect_source", .type = FT_BOOL, .flags = F_CTL,
      .rule = 35, .help = "never reveal the source of this part" },
    { .key = 5, .name = "text", .type = FT_TEXT, .flags = F_FORM, .min = 1,
      .max = 65536, .help = "the text" },
    { .key = 6, .name = "subjects", .type = FT_TOKEN,
      .flags = F_FORM | F_MANY, .min = 1, .max = SUBJECT_REF_MAX,
      .least = 0, .most = SUBJECTS_MAX,
      .help = "the subjects that it speaks of (their refs)" },
};
static const struct record record_onward_part = { "onward_part",
    ROWS(onward_part_rows), NULL };

static const struct field onward_rows[] = {
    { .key = 32, .name = "source_msg", .type = FT_BIN, .flags = CTL_AUTO,
      .min = MSG_ID_LEN, .max = MSG_ID_LEN,
      .help = "id of the message that it comes from" },
    { .key = 33, .name = "source_originator", .type = FT_AUTHORITY,
      .flags = CTL_AUTO | F_MANY | F_SET, .least = 1, .most = CONSENTS_MAX,
      .help = "whose content it is" },
    { .key = 34, .name = "consent", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_AUTO | F_MANY, .rec = &record_consent,
      .least = 1, .most = CONSENTS_MAX, .rule = 60,
      .help = "the consent of each originator" },
    { .key = 35, .name = "use_no", .type = FT_UINT, .flags = CTL_AUTO,
      .min = 1, .max = 10000, .rule = 62,
      .help = "the how-manieth use of the consent this is" },
    { .key = 36, .name = "acceptance", .type = FT_BIN,
      .flags = F_CTL | F_AUTO | F_MANY, .min = 1, .max = 4096, .least = 1,
      .most = CONSENTS_MAX, .rule = 63,
      .help = "signed header of the acceptance of the conditions" },
    { .key = 37, .name = "parts", .type = FT_RECORD,
      .flags = F_CTL | F_MANY, .rec = &record_onward_part, .least = 1,
      .most = PARTS_MAX, .help = "parts that are passed on" },
    { .key = 38, .name = "documents", .type = FT_RECORD,
      .flags = F_CTL | F_MANY, .rec = &record_document, .least = 1,
      .most = DOCS_MAX, .help = "documents that are passed on" },
    { .key = 39, .name = "cover_note", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .help = "the forwarder's own words" },
    { .key = 40, .name = "subjects", .type = FT_RECORD,
      .flags = F_FORM | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .help = "the subjects that are in scope" },
};
static const struct choice onward_choices[] = {
    { { NULL, 0 }, "parts|documents" },
    { { NULL, 0 }, NULL },
};
const struct record record_onward_transfer = { "ONWARD_TRANSFER",
    ROWS(onward_rows), onward_choices };
