/*
 * digits: numbers that people compare (FORMAT.md section 1).
 *
 * Two authorities compare 60 digits of their roots once, in person or over
 * two channels.  A keeper and a person who enrols compare 30 digits of the
 * request.
 */
#ifndef KEYS_DIGITS_H
#define KEYS_DIGITS_H

#include "proto/hash.h"
#include "proto/trust.h"

#define DIGITS_SIDE 30

struct digits_side {
    const uint8_t *root;            /* KEY_LEN bytes */
    struct slice authority;         /* its ASCII bytes */
};

/*
 * digits_of_roots(a, b, out):
 * 60 digits and a zero byte; the same whichever side is a.
 */
void digits_of_roots(struct digits_side a, struct digits_side b,
    char out[static 2 * DIGITS_SIDE + 1]);

/*
 * digits_of_root(a, out):
 * The 30 digits of one side: what a person compares with the custodians of
 * his own authority.  Two authorities compare digits_of_roots.
 */
void digits_of_root(struct digits_side a, char out[static DIGITS_SIDE + 1]);

/*
 * digits_of_request(digest, out):
 * 30 digits and a zero byte.
 */
void digits_of_request(const uint8_t digest[static HASH_LEN],
    char out[static DIGITS_SIDE + 1]);

/*
 * digits_group(digits, out, max):
 * The same in groups of five with blanks between them, as people read them.
 */
void digits_group(const char *digits, char *out, size_t max);

#endif
