/*
 * What opens a thread: SPONT_DISCLOSURE (UNCAC 46(4), 56) and INFO_REQUEST
 * (UNCAC 48, 58; the request form of FIUs).
 */
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/subjects.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BOTH (F_CTL | F_BODY)

static const struct field part_rows[] = {
    { .key = 1, .name = "part_id", .type = FT_TOKEN, .flags = F_CTL | F_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "short name of the part: p1" },
    { .key = 2, .name = "kind", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_part_kind, .help = "facts, assessment or summary" },
    { .key = 3, .name = "content_class", .type = FT_ENUM,
      .flags = F_CTL | F_MUST, .en = &enum_content_class,
      .help = "where it comes from" },
    { .key = 4, .name = "protect_source", .type = FT_BOOL, .flags = F_CTL,
      .rule = 35, .help = "never reveal the source of this part" },
    { .key = 5, .name = "text", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 1, .max = 65536, .help = "the text" },
    { .key = 6, .name = "subjects", .type = FT_TOKEN,
      .flags = F_BODY | F_MUST | F_MANY, .min = 1, .max = SUBJECT_REF_MAX,
      .least = 0, .most = SUBJECTS_MAX,
      .help = "the subjects that it speaks of (their refs)" },
    { .key = 7, .name = "source_eval", .type = FT_ENUM, .flags = F_BODY,
      .en = &enum_source_eval, .help = "how reliable the source is" },
    { .key = 8, .name = "info_eval", .type = FT_ENUM, .flags = F_BODY,
      .en = &enum_info_eval, .help = "how well it is known" },
    { .key = 9, .name = "lang", .type = FT_LANG, .flags = F_BODY,
      .help = "language, if another than that of the message" },
    { .key = 10, .name = "translation_of", .type = FT_TOKEN, .flags = F_BODY,
      .min = 1, .max = TOKEN_MAX, .help = "part that it translates" },
    { .key = 11, .name = "translated_by", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "who translated it" },
    { .key = 12, .name = "translation_certified", .type = FT_BOOL,
      .flags = F_BODY, .help = "the translation is certified" },
};
const struct record record_part = { "part", ROWS(part_rows), NULL };

static const struct field agreement_rows[] = {
    { .key = 1, .name = "ref", .type = FT_LINE, .flags = F_BODY | F_MUST,
      .min = 1, .max = 64, .help = "reference of the agreement" },
    { .key = 2, .name = "title", .type = FT_LINE, .flags = F_BODY | F_MUST,
      .min = 1, .max = 200, .help = "its title" },
    { .key = 3, .name = "parties", .type = FT_COUNTRY,
      .flags = F_BODY | F_MUST | F_MANY, .least = 1, .most = 64,
      .help = "States that are party to it" },
    { .key = 4, .name = "date", .type = FT_DATE, .flags = F_BODY | F_MUST,
      .help = "its date" },
};
const struct record record_agreement = { "agreement", ROWS(agreement_rows),
    NULL };

static const struct field grounds_rows[] = {
    { .key = 1, .name = "codes", .type = FT_ENUM,
      .flags = F_BODY | F_MUST | F_MANY | F_SET, .en = &enum_sending_ground,
      .least = 1, .most = 3, .help = "why it may help (UNCAC 46(4), 56)" },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 1000, .help = "in words" },
};
static const struct record record_grounds = { "grounds_for_sending",
    ROWS(grounds_rows), NULL };

static const struct field disclosure_rows[] = {
    { .key = 32, .name = "parts", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_part, .least = 1,
      .most = PARTS_MAX, .help = "what is disclosed, part by part" },
    { .key = 33, .name = "feedback_requested", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "is feedback asked for" },
    { .key = 34, .name = "channel_origin", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_channel, .help = "channel on which it came first" },
    { .key = 35, .name = "feedback_due", .type = FT_TIME, .flags = F_CTL,
      .when = { "feedback_requested", 1 << 1 },
      .help = "feedback is asked for until" },
    { .key = 36, .name = "title", .type = FT_LINE, .flags = F_BODY | F_MUST,
      .min = 1, .max = 200, .help = "title" },
    { .key = 37, .name = "offences", .type = FT_ENUM,
      .flags = F_BODY | F_MUST | F_MANY | F_SET, .en = &enum_offence,
      .least = 1, .most = OFFENCES_MAX, .help = "suspected offences" },
    { .key = 38, .name = "grounds_for_sending", .type = FT_RECORD,
      .flags = F_BODY | F_MUST, .rec = &record_grounds,
      .help = "why it is sent" },
    { .key = 39, .name = "link_to_recipient_state", .type = FT_TEXT,
      .flags = F_BODY | F_MUST, .min = 1, .max = 1000,
      .help = "what connects it with the recipient's State" },
    { .key = 40, .name = "source_eval", .type = FT_ENUM,
      .flags = F_BODY | F_MUST, .en = &enum_source_eval,
      .help = "source: A no doubt, B mostly, C mostly not, X unknown" },
    { .key = 41, .name = "info_eval", .type = FT_ENUM,
      .flags = F_BODY | F_MUST, .en = &enum_info_eval,
      .help = "information: 1 not in doubt to 4 not corroborated" },
    { .key = 42, .name = "subjects", .type = FT_RECORD,
      .flags = F_BODY | F_MUST | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .help = "persons, companies, accounts, assets" },
    { .key = 43, .name = "offence_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the offence, where it is another one" },
    { .key = 44, .name = "purpose_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the purpose, where it is another one" },
    { .key = 45, .name = "agreement_ref", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_agreement,
      .help = "the treaty or memorandum behind the legal basis" },
};
const struct record record_spont_disclosure = { "SPONT_DISCLOSURE",
    ROWS(disclosure_rows), NULL };

static const struct field question_rows[] = {
    { .key = 1, .name = "q", .type = FT_TOKEN, .flags = F_CTL | F_MUST,
      .min = 1, .max = TOKEN_MAX, .help = "short name of it: q1" },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 1, .max = 65536, .help = "the question" },
};
const struct record record_question = { "question",
    ROWS(question_rows), NULL };

static const struct field recipient_rows[] = {
    { .key = 1, .name = "to", .type = FT_PARTY, .flags = F_CTL | F_MUST,
      .max = 120, .help = "authority, or CLASS@state" },
    { .key = 2, .name = "purpose", .type = FT_ENUM, .flags = F_CTL | F_MUST,
      .en = &enum_purpose, .help = "what it needs the answer for" },
};
const struct record record_recipient = { "intended_recipient",
    ROWS(recipient_rows), NULL };

static const struct field request_rows[] = {
    { .key = 32, .name = "reply_requested_by", .type = FT_TIME,
      .flags = F_CTL | F_MUST, .rule = 55, .help = "answer needed by" },
    { .key = 33, .name = "content_class", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_content_class,
      .help = "TYPOLOGY where it names no subject" },
    { .key = 34, .name = "questions", .type = FT_RECORD,
      .flags = BOTH | F_MUST | F_MANY, .rec = &record_question, .least = 1,
      .most = QUESTIONS_MAX, .help = "what is asked" },
    { .key = 35, .name = "purpose_requested", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &enum_purpose,
      .least = 1, .most = 17, .help = "what the answer will be used for" },
    { .key = 36, .name = "intended_recipients", .type = FT_RECORD,
      .flags = F_CTL | F_MUST | F_MANY, .rec = &record_recipient,
      .least = 0, .most = RECIPIENTS_MAX,
      .help = "others who are to have the answer" },
    { .key = 37, .name = "on_behalf_of", .type = FT_PARTY, .flags = F_CTL,
      .max = 120, .help = "for whom it is asked, if not for the sender" },
    { .key = 38, .name = "feedback_offered", .type = FT_BOOL,
      .flags = F_CTL | F_MUST, .help = "will the recipient have feedback" },
    { .key = 39, .name = "coercive", .type = FT_BOOL, .flags = F_CTL,
      .help = "the answer takes a coercive step" },
    { .key = 40, .name = "reciprocity_offered", .type = FT_BOOL,
      .flags = F_CTL, .help = "the same is offered in return" },
    { .key = 41, .name = "parts", .type = FT_RECORD, .flags = BOTH | F_MANY,
      .rec = &record_part, .least = 0, .most = PARTS_MAX,
      .help = "information that goes with the request" },
    { .key = 42, .name = "title", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "title" },
    { .key = 43, .name = "subjects", .type = FT_RECORD,
      .flags = F_BODY | F_MUST | F_MANY, .rec = &record_subject, .least = 0,
      .most = SUBJECTS_MAX, .help = "persons, companies, accounts, assets" },
    { .key = 44, .name = "case_description", .type = FT_TEXT,
      .flags = F_BODY | F_MUST, .min = 80, .max = 65536,
      .help = "facts and analysis so far, 80 characters or more" },
    { .key = 45, .name = "offences", .type = FT_ENUM,
      .flags = F_BODY | F_MUST | F_MANY | F_SET, .en = &enum_offence,
      .least = 1, .most = OFFENCES_MAX,
      .help = "suspected offences; UNKNOWN is allowed" },
    { .key = 46, .name = "link_to_requested_state", .type = FT_TEXT,
      .flags = F_BODY | F_MUST, .min = 1, .max = 1000,
      .help = "what connects the case with the State that is asked" },
    { .key = 47, .name = "already_shared_with", .type = FT_LINE,
      .flags = F_BODY | F_MUST | F_MANY, .min = 1, .max = 100, .least = 0,
      .most = 32, .help = "who was asked or told already" },
    { .key = 48, .name = "topics", .type = FT_ENUM,
      .flags = F_BODY | F_MANY | F_SET, .en = &enum_inquiry_topic,
      .least = 0, .most = 6, .help = "what it is about (UNCAC 48(1)(b))" },
    { .key = 49, .name = "nexus", .type = FT_TEXT, .flags = F_BODY,
      .min = 1, .max = 1000, .rule = 47,
      .help = "what connects the property with the offence" },
    { .key = 50, .name = "need", .type = FT_TEXT, .flags = F_BODY, .min = 1,
      .max = 1000, .rule = 47, .help = "why a measure is needed" },
    { .key = 51, .name = "offence_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the offence, where it is another one" },
    { .key = 52, .name = "purpose_text", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "the purpose, where it is another one" },
    { .key = 53, .name = "agreement_ref", .type = FT_RECORD,
      .flags = F_BODY, .rec = &record_agreement,
      .help = "the treaty or memorandum behind the legal basis" },
};
const struct record record_info_request = { "INFO_REQUEST",
    ROWS(request_rows), NULL };
