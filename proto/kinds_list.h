/*
 * kinds_list: the fields of each kind (keys from 32 on), and the records that
 * several kinds share.  For proto/kinds*.c and proto/common.c alone: others
 * ask for a kind by its number (proto/kinds.h).
 */
#ifndef PROTO_KINDS_LIST_H
#define PROTO_KINDS_LIST_H

#include "proto/kinds.h"

/* kinds_exchange.c */
extern const struct record record_spont_disclosure;
extern const struct record record_info_request;

/* kinds_consult.c */
extern const struct record record_consultation;
extern const struct record record_formalise_notice;

/* kinds_evidence.c */
extern const struct record record_evidence_offer;
extern const struct record record_evidence_transfer;

/* kinds_answer.c */
extern const struct record record_reply;
extern const struct record record_clarification_request;
extern const struct record record_clarification_reply;

/* kinds_refuse.c */
extern const struct record record_pre_refusal_consult;
extern const struct record record_conditions_offer;
extern const struct record record_conditions_decision;
extern const struct record record_refusal;
extern const struct record record_delay_notice;

/* kinds_conf.c */
extern const struct record record_conf_cannot_comply;
extern const struct record record_conf_decision;
extern const struct record record_exculpatory_notice;
extern const struct record record_exculpatory_response;

/* kinds_consent.c */
extern const struct record record_consent_request;
extern const struct record record_consent_decision;
extern const struct record record_consent_revoke;
extern const struct record record_onward_transfer;

/* kinds_status.c */
extern const struct record record_status_query;
extern const struct record record_status_report;
extern const struct record record_feedback;
extern const struct record record_withdrawal;

/* kinds_recall.c */
extern const struct record record_restriction_update;
extern const struct record record_recall;
extern const struct record record_recall_result;
extern const struct record record_destruction_cert;
extern const struct record record_correction;
extern const struct record record_breach_notice;

/* kinds_thread.c */
extern const struct record record_receipt;
extern const struct record record_close;

/* A part of a disclosure, request or answer (kinds_exchange.c). */
extern const struct record record_part;

/* A question, and a recipient whom the asker has in mind (the same). */
extern const struct record record_question;
extern const struct record record_recipient;

/* The treaty or memorandum behind a legal basis (the same). */
extern const struct record record_agreement;

/* A proceeding: id, kind and State for the nodes, court and docket for
 * people (kinds_consult.c). */
extern const struct record record_proceeding;

/* Defaults of forms (kinds_presets.c). */
extern const struct preset presets_disclosure[], presets_request[],
    presets_consultation[], presets_answer[], presets_plain[],
    presets_receipt[], presets_close[], presets_pre_refusal[],
    presets_conditions[], presets_refusal[], presets_delay[],
    presets_cannot_comply[], presets_consent_request[], presets_consent[],
    presets_revoke[], presets_onward[], presets_exculpatory[],
    presets_status[], presets_feedback[], presets_withdrawal[],
    presets_formalise[], presets_recall[], presets_cert[],
    presets_offer[], presets_transfer[];

/* What several kinds allow (one bound, one place). */
#define PARTS_MAX 32
#define DOCS_MAX 1000
#define QUESTIONS_MAX 50
#define OFFENCES_MAX 16
#define RECIPIENTS_MAX 16
#define PROCEEDINGS_MAX 32
#define TOKEN_MAX 16        /* q, part_id, doc_id */
#define REF_MAX 64          /* proc_id, mla_ref */

/* Rows that several kinds have, each under a key of its own. */
#define ROW_TARGET(k, words) \
    { .key = (k), .name = "target_msg", .type = FT_BIN, \
      .flags = F_CTL | F_MUST | F_AUTO, .min = MSG_ID_LEN, \
      .max = MSG_ID_LEN, .help = (words) }
#define ROW_TOKENS(k, called, n, words) \
    { .key = (k), .name = (called), .type = FT_TOKEN, \
      .flags = F_CTL | F_MANY | F_SET, .min = 1, .max = TOKEN_MAX, \
      .least = 1, .most = (n), .help = (words) }

#endif
