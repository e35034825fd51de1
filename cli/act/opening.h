/*
 * opening: how an officer comes to read a message, forward only.
 *
 *   state what is opened and why -> the node logs it and proves that it did
 *   -> the proof, the openings, the envelope are verified -> decrypted ->
 *   the rules that only the reader can ask
 *
 * `read` and `approve` both take this way, and nothing else hands out
 * content.
 */
#ifndef CLI_OPENING_H
#define CLI_OPENING_H

#include "cli/act/mail.h"

struct opening_want {
    const struct mail *mail;
    uint64_t purpose;               /* PURPOSE_REGISTRATION and the others */
    struct slice proceeding;        /* empty without one */
};

/* A message that was opened; m borrows from the session and from body. */
struct opened {
    struct message m;               /* both halves */
    struct buf body;
    uint64_t index;                 /* of the entry OPENED */
    int64_t at;                     /* its time */
};

/*
 * opening_open(r, s, w, out):
 * Open a message of the own desk.  Reports its failures.  A fault of the
 * message itself is reported to the node too (request finding), and nothing
 * of the content is given out.  The caller calls opening_close().
 */
MUST_USE enum err opening_open(struct run *r, struct session *s,
    const struct opening_want *w, struct opened *out);

/*
 * opening_tell(r, s, digest, code, path):
 * Tell the node what only this client could see of a message (request
 * finding), which it logs; a note on stderr where it does not prove that.
 */
void opening_tell(struct run *r, struct session *s,
    const uint8_t digest[static HASH_LEN], enum err code, const char *path);

/*
 * opening_again(s, w):
 * State once more, and let the node log, that a message is opened: a node that
 * has started anew, or whose day is over, hands out its blocks from then on.
 * Does not report.
 */
MUST_USE enum err opening_again(struct session *s,
    const struct opening_want *w);

/*
 * opening_close(o):
 * Wipe the content.
 */
void opening_close(struct opened *o);

/*
 * opening_purpose(r, text, out):
 * A purpose by its name.  Reports an unknown one.
 */
MUST_USE enum err opening_purpose(struct run *r, const char *text,
    uint64_t *out);

#endif
