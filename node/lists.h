/*
 * lists: greetings, and the cards and lists of peers.
 */
#ifndef NODE_LISTS_H
#define NODE_LISTS_H

#include "node/core_in.h"
#include "proto/packet.h"

/*
 * lists_greet(c, to), lists_ask(c, p, to):
 * Say HELLO; ask a peer for what it has and we have not, if that may be now.
 */
MUST_USE enum err lists_greet(struct core *c, const struct link *to);
MUST_USE enum err lists_ask(struct core *c, struct peer *p,
    const struct link *to);

/*
 * lists_hello(c, p, h, from), lists_get(c, g, from),
 * lists_objects(c, p, o, a):
 * What peers say of them.
 */
MUST_USE enum err lists_hello(struct core *c, struct peer *p,
    const struct packet_hello *h, const struct link *from);
MUST_USE enum err lists_get(struct core *c, const struct packet_get *g,
    const struct link *from);
MUST_USE enum err lists_objects(struct core *c, struct peer *p,
    const struct packet_objects *o, struct arena *a);

/*
 * lists_card(c, a, owner, object, f):
 * Whether the keys of this card are nobody else's: E_DUPKEY, and the path
 * says whose.  Two owners of one key would both be locked out.
 */
MUST_USE enum err lists_card(const struct core *c, struct arena *a,
    struct slice owner, struct slice object, struct fault *f);

#endif
