/*
 * peers: pins, which say whose root was compared, and how; and the entries of
 * authorities without a node.
 */
#ifndef CLI_PEERS_H
#define CLI_PEERS_H

#include "cli/text/confirm.h"
#include "cli/trust/keeper.h"
#include "keys/digits.h"

#define PEERS_DIGITS (2 * DIGITS_SIDE + 2 * DIGITS_SIDE / 5 + 2)

struct peers_pin {
    struct slice authority;
    struct slice root;                  /* KEY_LEN bytes */
    struct slice how, with;
    bool withdrawn;
};

/*
 * peers_digits(s, root, authority, out):
 * The digits of the own root and another one, in groups.
 */
void peers_digits(struct session *s, struct slice root,
    struct slice authority, char out[static PEERS_DIGITS]);

/*
 * peers_pin(s, p):
 * Sign the next pin of this authority, see that it verifies, and hand it in.
 */
MUST_USE enum err peers_pin(struct session *s, const struct peers_pin *p);

/*
 * peers_contact(s, authority, entry, withdrawn):
 * The same of the next entry of an authority without a node: its fields from
 * entry, of a profile or of the entry before.
 */
MUST_USE enum err peers_contact(struct session *s, struct slice authority,
    const struct rec *entry, bool withdrawn);

/*
 * peers_tell(s, authority, title, schema):
 * Say what was done.
 */
MUST_USE enum err peers_tell(struct session *s, struct slice authority,
    const char *title, const char *schema);

/*
 * peers_standing(s, authority):
 * What it is to us, in words: peer, removed, no node and so on.
 */
const char *peers_standing(struct session *s, struct slice authority);

#endif
