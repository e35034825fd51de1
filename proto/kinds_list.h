/*
 * kinds_list: the fields of each kind (keys from 32 on), and the records that
 * several kinds share.  For proto/kinds*.c alone: others ask for a kind by
 * its number (proto/kinds.h).
 */
#ifndef PROTO_KINDS_LIST_H
#define PROTO_KINDS_LIST_H

#include "proto/record.h"

/* kinds_exchange.c */
extern const struct record record_spont_disclosure;
extern const struct record record_info_request;

/* kinds_answer.c */
extern const struct record record_reply;
extern const struct record record_clarification_request;
extern const struct record record_clarification_reply;

/* kinds_thread.c */
extern const struct record record_receipt;
extern const struct record record_close;

/* A part of a disclosure, request or answer (kinds_exchange.c). */
extern const struct record record_part;

/* The treaty or memorandum behind a legal basis (kinds_exchange.c). */
extern const struct record record_agreement;

/* What several kinds allow (one bound, one place). */
#define PARTS_MAX 32
#define QUESTIONS_MAX 50
#define OFFENCES_MAX 16
#define RECIPIENTS_MAX 16
#define TOKEN_MAX 16        /* q, part_id */

#endif
