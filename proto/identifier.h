/*
 * identifier: normal forms and check digits of the numbers by which
 * accounts, companies, documents and things are known.
 *
 * A row for each kind: its name, and a function that writes the normal form
 * and says whether the number can be right.  A bad check digit never blocks:
 * the wrong number may be the evidence (V-090).  Dates and amounts are types
 * of the schema (proto/text.h).
 *
 * Sources: ISO 13616 (IBAN), ISO 17442 (LEI), ISO 9362 (BIC), ICAO Doc 9303
 * (machine-readable zone), ISO 6166 (ISIN), IMO resolution A.1117, ITU-R
 * M.585 (MMSI), ISO 3779 and 49 CFR 565 (VIN), BIP 173 and 350 (bech32),
 * ITU-T E.164.
 */
#ifndef PROTO_IDENTIFIER_H
#define PROTO_IDENTIFIER_H

#include "proto/slice.h"

enum identifier {
    IDENTIFIER_IBAN,            /* no blanks, capitals; mod 97-10 */
    IDENTIFIER_LEI,             /* the same over all 20 characters */
    IDENTIFIER_BIC,             /* capitals, 11 characters */
    IDENTIFIER_ACCOUNT,         /* A-Z0-9 alone, leading zeros kept */
    IDENTIFIER_REGISTRATION,    /* A-Z0-9 alone */
    IDENTIFIER_DOCUMENT,        /* A-Z0-9 alone, 3 to 35; with a < it was
                                 * read from the machine-readable zone, and
                                 * its last digit is the check digit */
    IDENTIFIER_ISIN,            /* capitals; Luhn */
    IDENTIFIER_IMO,             /* 7 digits without IMO; the last checks */
    IDENTIFIER_MMSI,            /* 9 digits */
    IDENTIFIER_VIN,             /* capitals; the 9th checks in North America
                                 * alone */
    IDENTIFIER_ICAO24,          /* 6 hex digits, small */
    IDENTIFIER_ETH,             /* 0x and 40 hex digits, small */
    IDENTIFIER_BTC,             /* bech32(m) small, or base58check as it is */
    IDENTIFIER_TRX,             /* base58check as it is */
    IDENTIFIER_PHONE,           /* E.164: + and up to 15 digits */
    IDENTIFIER_EMAIL,           /* the domain small */
    IDENTIFIERS
};

enum identifier_verdict {
    IDENTIFIER_GOOD,
    IDENTIFIER_UNVERIFIED,      /* of the form; what would check it is not
                                 * known here: length of an IBAN of an unknown
                                 * country, Keccak of a mixed-case address;
                                 * or a BIC for tests */
    IDENTIFIER_FORM,            /* not of its form */
    IDENTIFIER_CHECK            /* of the form; its check digit does not fit */
};

#define IDENTIFIER_MAX 128      /* bytes of a normal form */

/*
 * identifier_check(type, in, out):
 * Append the normal form to out (NULL: not wanted), also of a number whose
 * check digit does not fit; nothing of one that is not of its form.
 */
enum identifier_verdict identifier_check(enum identifier type,
    struct slice in, struct buf *out);

/*
 * identifier_of_chain(chain, type):
 * How an address on this chain ("BTC") is checked; false if nothing is known
 * of it.
 */
bool identifier_of_chain(struct slice chain, enum identifier *type);

/*
 * identifier_mrz_digit(field):
 * The check digit of a field of the machine-readable zone (weights 7, 3, 1);
 * -1 for a character that has no place there.
 */
int identifier_mrz_digit(struct slice field);

#endif
