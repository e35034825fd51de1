/*
 * proven: what a peer's log says of a message that went to it.
 *
 * The own node hands out the receipts; each is verified under a checkpoint
 * that a log key on that peer's card has signed.
 */
#ifndef CLI_PROVEN_H
#define CLI_PROVEN_H

#include "cli/act/mail.h"

struct proven {
    int64_t stored, opened;         /* times of the entries; 0: not proven */
    int64_t files;                  /* when all its files were there */
    int64_t held, lifted;           /* of the newest legal hold there */
    uint64_t index;                 /* of the entry that it was stored */
    uint64_t hold;                  /* of the entry that it was held */
    char origin[NOTE_NAME_MAX + 1]; /* of that log; "" */
};

/*
 * proven_ask(s, m, out):
 * What is proven of one message of a thread; nothing of one that came in or
 * is not queued.  The codes of receipt_check and checkpoint_check, ERR_TRUST
 * for a log that the card does not name.
 */
MUST_USE enum err proven_ask(struct session *s,
    const struct thread_message *m, struct proven *out);

#endif
