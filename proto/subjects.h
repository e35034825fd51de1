/*
 * subjects: persons, companies, accounts, transactions, assets and how they
 * are related, each one record whose `type` says which fields it has.
 *
 * All of it stands in the body half.  Money is decimal text with an ISO 4217
 * code; dates are ISO 8601 and may be partial; countries ISO 3166-1 alpha-2.
 */
#ifndef PROTO_SUBJECTS_H
#define PROTO_SUBJECTS_H

#include "proto/record.h"

#define SUBJECTS_MAX 200    /* of one message */
#define SUBJECT_REF_MAX 16

/* One subject. */
extern const struct record record_subject;

/* An amount with its currency. */
extern const struct record record_money;

#endif
