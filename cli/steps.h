/*
 * steps: what the log of the own node has of one message: that it came in,
 * each use, each numbered copy, its end.
 *
 * The node hands out receipts under the checkpoint of its answer, which the
 * session has linked to what this person saw before; with the openings of
 * each entry, in which stands what the officer has signed.  What does not hold
 * is not shown: the node can leave steps out, and invents none.  By its word
 * alone are the number of a copy, and that openings were erased.
 */
#ifndef CLI_STEPS_H
#define CLI_STEPS_H

#include "cli/session.h"

#define STEPS_MAX 1024

struct logged_step {
    uint16_t event;
    int64_t at;
    uint64_t index;             /* of the entry */
    uint64_t size;              /* of the checkpoint that it stands under */
    struct slice receipt, note;
    uint64_t number;            /* of the copy; 0: none */
    bool erased;                /* who and why are not known any more */
    struct slice actor;         /* his kid; empty: the node */
    bool by_officer;            /* who has signed for it */
    bool in_office;             /* when he did */
    uint64_t purpose;           /* 0: none */
    struct slice proceeding;    /* or empty */
    struct slice to;            /* to whom it was passed on, or empty */
    uint8_t statement[HASH_LEN];
};

/*
 * steps_ask(s, digest, out, n):
 * All steps of the message, by index, in the session's arena.  ERR_PROOF for
 * one that is not proven, is not opened by its openings, or that nobody has
 * signed for who had to; E_OVERSIZE for more than STEPS_MAX; the codes of
 * session_ask.
 */
MUST_USE enum err steps_ask(struct session *s,
    const uint8_t digest[static HASH_LEN], struct logged_step **out, size_t *n);

#endif
