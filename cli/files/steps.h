/*
 * steps: what the log of the own node has of one message: that it came in,
 * each use, each numbered copy, its end.
 *
 * The node hands out receipts under the checkpoint of its answer, which the
 * session has linked to what this person saw before; with the openings of
 * each entry, in which stands what the officer has signed, and when.  What does
 * not hold is not shown: the node can leave steps out, and invents none of an
 * officer.  By its word alone are what it did itself (that the message came
 * in, that its files are here, that it was destroyed at its time), the number
 * of a copy, and that openings were erased.
 */
#ifndef CLI_STEPS_H
#define CLI_STEPS_H

#include "cli/act/mail.h"
#include "proto/entry.h"

#define STEPS_MAX 4096                  /* PAPER_MAX and ORIGIN_MAX have room */

struct logged_step {
    uint16_t event;
    int64_t at;
    uint64_t index;             /* of the entry */
    uint64_t size;              /* of the checkpoint that it stands under */
    struct slice receipt, note;
    struct slice openings;      /* as the node gave them; or empty */
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

/* In which log an entry stands, about which message, and who is known. */
struct steps_log {
    const struct directory *d;
    struct slice authority, origin;
    const uint8_t *digest;
};

/*
 * steps_open(a, l, entry, openings, out):
 * What the openings of a proven entry say, with event, at and index of out
 * given: each opens the entry, and what an officer has signed is this very
 * step, at about its time.  by_officer is false where nobody has signed.
 * ERR_PROOF.
 */
MUST_USE enum err steps_open(struct arena *a, const struct steps_log *l,
    const struct entry *entry, struct slice openings,
    struct logged_step *out);

/*
 * steps_ask(s, mail, out, n):
 * All steps of the message, by index, in the session's arena.  ERR_PROOF for
 * one that is not proven, is not opened by its openings, or that nobody has
 * signed for who had to, at about its time; of an own transfer that passes on,
 * the signature is the message's.  E_OVERSIZE for more than STEPS_MAX; the
 * codes of session_ask.
 */
MUST_USE enum err steps_ask(struct session *s, const struct mail *mail,
    struct logged_step **out, size_t *n);

#endif
