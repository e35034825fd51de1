/*
 * card: a card in a file, as one who has not compared its root yet sees it.
 *
 * What is read here is whole and signed by the root that it names; whether
 * that is the right root is for people to compare (card_digits).
 */
#ifndef CLI_CARD_H
#define CLI_CARD_H

#include "cli/command/command.h"
#include "keys/digits.h"
#include "keys/directory.h"

#define CARD_DIGITS_MAX (DIGITS_SIDE + DIGITS_SIDE / 5 + 1)

struct card {
    struct directory *d;            /* with this card alone */
    const struct rec *rec;
    struct slice bytes;             /* the signed object */
    uint8_t root_kid[HASH_LEN];
};

/*
 * card_read(r, path, out), card_clear(c):
 * Read and verify; reports its failures.  card_clear accepts one that was
 * never read, all zero.
 */
MUST_USE enum err card_read(struct run *r, const char *path,
    struct card *out);
void card_clear(struct card *c);

/*
 * card_read_bytes(in, out, f):
 * The same from bytes, without a report.
 */
MUST_USE enum err card_read_bytes(struct slice in, struct card *out,
    struct fault *f);

/*
 * card_digits(card, out):
 * The 30 digits of its root, in groups of five.
 */
void card_digits(const struct rec *card, char out[static CARD_DIGITS_MAX]);

/*
 * card_valid(card, now):
 * Whether the card's time is not over.
 */
bool card_valid(const struct rec *card, int64_t now);

/*
 * card_confirm(r, c):
 * Show authority and digits of the root, and ask whether the custodians said
 * the same.  Refuses a card whose time is over.  Reports its failures.
 */
MUST_USE enum err card_confirm(struct run *r, const struct card *c);

/*
 * card_remember(r, dir, c):
 * Keep the card as DIR/trust/card, for later commands.  A newer one of the
 * same root stays; one of another root is ERR_EXISTS.  Reports its failures.
 */
MUST_USE enum err card_remember(struct run *r, const char *dir,
    const struct card *c);

#endif
