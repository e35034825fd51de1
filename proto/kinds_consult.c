/*
 * CONSULTATION, the talk before a formal request (UNCAC 46(15), 55(1)-(3)),
 * and FORMALISE_NOTICE, which joins a thread to that request.
 */
#include "proto/kinds_list.h"
#include "proto/subjects.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)
#define BODY_MUST (F_BODY | F_MUST)
#define BASIS(b) ((uint64_t)1 << CONFISCATION_BASIS_##b)

/* A consultation about a request; the other types only ask. */
#define ABOUT_A_REQUEST { "consult_type", 1 << CONSULT_TYPE_PRE_REQUEST | \
    1 << CONSULT_TYPE_EXTRADITION }

static const struct field proceeding_rows[] = {
    { .key = 1, .name = "proc_id", .type = FT_ID, .flags = F_CTL | F_MUST,
      .min = 1, .max = REF_MAX, .help = "opaque id of the proceeding" },
    { .key = 2, .name = "kind", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_proceeding_kind, .help = "criminal, civil or another" },
    { .key = 3, .name = "state", .type = FT_COUNTRY, .flags = F_CTL | F_MUST,
      .help = "State in which it is conducted" },
    { .key = 4, .name = "body", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 200, .help = "court or authority that conducts it" },
    { .key = 5, .name = "docket", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = REF_MAX, .help = "its number there" },
    { .key = 6, .name = "stage", .type = FT_ENUM, .flags = F_BODY,
      .en = &enum_stage, .help = "how far it is" },
    { .key = 7, .name = "title", .type = FT_LINE, .flags = F_BODY, .min = 1,
      .max = 200, .help = "its name" },
};
const struct record record_proceeding = { "proceeding",
    ROWS(proceeding_rows), NULL };

/* UNCAC 46(15); in a consultation each may be "TBD". */
static const struct field draft_rows[] = {
    { .key = 1, .name = "a_authority", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .help = "(a) authority that makes the request" },
    { .key = 2, .name = "b_subject_matter", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 4000,
      .help = "(b) subject matter and nature of the proceeding" },
    { .key = 3, .name = "b_conducting_authority", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 1000,
      .help = "(b) authority that conducts it" },
    { .key = 4, .name = "b_conducting_functions", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 1000,
      .help = "(b) functions of that authority" },
    { .key = 5, .name = "c_facts", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 65536, .help = "(c) summary of the facts" },
    { .key = 6, .name = "d_assistance", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 65536, .help = "(d) help that is sought" },
    { .key = 7, .name = "d_procedure", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 4000, .help = "(d) procedure to be followed" },
    { .key = 8, .name = "e_persons", .type = FT_TEXT,
      .flags = F_BODY | F_MANY, .min = 1, .max = 1000, .least = 1,
      .most = 200, .help = "(e) persons: identity, place, nationality" },
    { .key = 9, .name = "e_unknown_reason", .type = FT_TEXT,
      .flags = F_BODY, .min = 1, .max = 1000,
      .help = "(e) why no person can be named" },
    { .key = 10, .name = "f_purpose", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 4000, .help = "(f) purpose" },
};
static const struct choice draft_choices[] = {
    { { NULL, 0 }, "e_persons|e_unknown_reason" },
    { { NULL, 0 }, NULL },
};
static const struct record record_draft = { "draft_46_15",
    ROWS(draft_rows), draft_choices };

/* UNCAC 54, 55(1)-(3); V-046 asks for it where chapter_v says so. */
static const struct field chapter_v_rows[] = {
    { .key = 1, .name = "basis", .type = FT_ENUM, .flags = BODY_MUST,
      .en = &enum_confiscation_basis, .rule = 46,
      .help = "what is to be confiscated, or the order to be enforced" },
    { .key = 2, .name = "property", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 4000, .rule = 46, .help = "the property" },
    { .key = 3, .name = "location", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .rule = 46, .help = "where it is" },
    { .key = 4, .name = "value", .type = FT_RECORD, .flags = F_BODY,
      .rec = &record_money, .rule = 46, .help = "its value, if known" },
    { .key = 5, .name = "facts", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 65536, .rule = 46,
      .when = { "basis", BASIS(OBJECT) | BASIS(VALUE) | BASIS(CONVICTION) |
      BASIS(NCB) }, .help = "facts on which the request relies" },
    { .key = 6, .name = "order", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .rule = 46,
      .when = { "basis", BASIS(FOREIGN_ORDER) },
      .help = "the order, and where its admissible copy is" },
    { .key = 7, .name = "order_final", .type = FT_BOOL, .flags = BODY_MUST,
      .rule = 46, .when = { "basis", BASIS(FOREIGN_ORDER) },
      .help = "is it final" },
    { .key = 8, .name = "third_party_measures", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 4000, .rule = 46,
      .when = { "basis", BASIS(FOREIGN_ORDER) },
      .help = "how third parties in good faith were told" },
    { .key = 9, .name = "actions_requested", .type = FT_TEXT,
      .flags = BODY_MUST, .min = 1, .max = 4000, .rule = 46,
      .help = "what is asked for" },
};
static const struct record record_chapter_v = { "chapter_v_fields",
    ROWS(chapter_v_rows), NULL };

static const struct field consultation_rows[] = {
    { .key = 32, .name = "consult_type", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_consult_type,
      .help = "what the talk is about" },
    { .key = 33, .name = "proceeding", .type = FT_RECORD,
      .flags = BOTH | F_MUST, .rec = &record_proceeding,
      .when = ABOUT_A_REQUEST, .help = "proceeding behind the request" },
    { .key = 34, .name = "requested_side_proceeding_kind", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_proceeding_kind,
      .when = ABOUT_A_REQUEST,
      .help = "kind of a proceeding on the side that is asked" },
    { .key = 35, .name = "assistance_types", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &enum_assistance_type,
      .least = 1, .most = 13, .when = ABOUT_A_REQUEST,
      .help = "help that the request will ask for (UNCAC 46(3), 43(1))" },
    { .key = 36, .name = "coercive", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .when = ABOUT_A_REQUEST,
      .help = "does it take a coercive step" },
    { .key = 37, .name = "value_unknown", .type = FT_BOOL, .flags = F_CTL,
      .when = ABOUT_A_REQUEST, .help = "the value at stake is not known" },
    { .key = 38, .name = "questions", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_question, .least = 1,
      .most = QUESTIONS_MAX, .help = "what is asked" },
    { .key = 39, .name = "intended_recipients", .type = FT_RECORD,
      .flags = F_CTL | F_MUST | F_MANY, .rec = &record_recipient,
      .least = 0, .most = RECIPIENTS_MAX, .when = ABOUT_A_REQUEST,
      .help = "others who are to have the answer" },
    { .key = 40, .name = "reply_requested_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 55, .help = "answer needed by" },
    { .key = 41, .name = "chapter_v", .type = FT_BOOL, .flags = F_CTL,
      .when = ABOUT_A_REQUEST,
      .help = "it is about confiscation (UNCAC chapter V)" },
    { .key = 42, .name = "title", .type = FT_LINE, .flags = BODY_MUST,
      .min = 1, .max = 200, .help = "title" },
    { .key = 43, .name = "offences", .type = FT_ENUM,
      .flags = BODY_MUST | F_MANY | F_SET, .en = &enum_offence, .least = 1,
      .most = OFFENCES_MAX, .when = ABOUT_A_REQUEST, .help = "offences" },
    { .key = 44, .name = "draft_46_15", .type = FT_RECORD,
      .flags = BODY_MUST, .rec = &record_draft, .when = ABOUT_A_REQUEST,
      .help = "draft of the request; each field may be TBD" },
    { .key = 45, .name = "nexus", .type = FT_TEXT, .flags = BODY_MUST,
      .min = 1, .max = 1000, .rule = 47, .when = ABOUT_A_REQUEST,
      .help = "what connects the property with the offence" },
    { .key = 46, .name = "value_at_stake", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_money, .when = ABOUT_A_REQUEST,
      .help = "value at stake" },
    { .key = 47, .name = "subjects", .type = FT_RECORD,
      .flags = F_BODY | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .help = "persons, companies, accounts, assets" },
    { .key = 48, .name = "need", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 1000, .rule = 47, .help = "why a measure is needed" },
    { .key = 49, .name = "chapter_v_fields", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_chapter_v,
      .when = { "chapter_v", 1 << 1 },
      .help = "what a request for confiscation needs (UNCAC 55)" },
    { .key = 50, .name = "offence_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the offence, where it is another one" },
    { .key = 51, .name = "purpose_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the purpose, where it is another one" },
    { .key = 52, .name = "agreement_ref", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_agreement,
      .help = "the treaty or memorandum behind the legal basis" },
};
static const struct choice consultation_choices[] = {
    { ABOUT_A_REQUEST, "value_at_stake|value_unknown" },
    { { NULL, 0 }, NULL },
};
const struct record record_consultation = { "CONSULTATION",
    ROWS(consultation_rows), consultation_choices };

#define COMPLETE(k, letter, words) \
    { .key = (k), .name = (letter), .type = FT_BOOL, \
      .flags = F_CTL | F_MUST, .rule = 46, .help = (words) }

static const struct field complete_rows[] = {
    COMPLETE(1, "a", "the authority is named"),
    COMPLETE(2, "b", "the proceeding and who conducts it are described"),
    COMPLETE(3, "c", "the facts are there"),
    COMPLETE(4, "d", "the help sought is described"),
    COMPLETE(5, "e", "persons are named, or why not"),
    COMPLETE(6, "f", "the purpose is stated"),
};
static const struct record record_complete = { "complete_46_15",
    ROWS(complete_rows), NULL };

static const struct field formalise_rows[] = {
    { .key = 32, .name = "target_thread", .type = FT_BIN,
      .flags = F_CTL | F_MUST | F_AUTO, .min = 16, .max = 16,
      .help = "id of the thread that becomes formal" },
    { .key = 33, .name = "instrument", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_legal_basis,
      .help = "legal basis of the formal request" },
    { .key = 34, .name = "mla_ref", .type = FT_ID, .flags = F_CTL | F_MUST,
      .min = 1, .max = REF_MAX, .help = "reference of the formal request" },
    { .key = 35, .name = "sent_on", .type = FT_TIME, .flags = F_CTL | F_MUST,
      .help = "day on which it was sent" },
    { .key = 36, .name = "complete_46_15", .type = FT_RECORD,
      .flags = F_CTL | F_MUST, .rec = &record_complete, .rule = 46,
      .help = "what the request has of UNCAC 46(15)" },
    { .key = 37, .name = "chapter_v", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .rule = 46,
      .help = "is it about confiscation (UNCAC chapter V)" },
    { .key = 38, .name = "urgency_reason", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_urgency_reason, .help = "why the request is urgent" },
    { .key = 39, .name = "medium", .type = FT_ENUM, .flags = BODY_MUST,
      .en = &enum_medium, .help = "the way it went" },
    { .key = 40, .name = "pack_digest", .type = FT_BIN, .flags = BODY_MUST,
      .min = 32, .max = 32, .help = "SHA-256 of the request as it was sent" },
    { .key = 41, .name = "chapter_v_fields", .type = FT_RECORD,
      .flags = BODY_MUST, .rec = &record_chapter_v, .rule = 46,
      .when = { "chapter_v", 1 << 1 },
      .help = "what a request for confiscation needs (UNCAC 55)" },
    { .key = 42, .name = "agreement_ref", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_agreement,
      .help = "the treaty or memorandum behind the legal basis" },
};
const struct record record_formalise_notice = { "FORMALISE_NOTICE",
    ROWS(formalise_rows), NULL };
