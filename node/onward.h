/*
 * onward: consents that a message carries, and the proof of their use.
 */
#ifndef NODE_ONWARD_H
#define NODE_ONWARD_H

#include "node/core_in.h"
#include "proto/packet.h"

/*
 * onward_known(c, k, f):
 * Each originator of a consent is pinned here still: E_UNKNOWN_AUTHORITY.
 */
MUST_USE enum err onward_known(struct core *c, const struct checked *k,
    struct fault *f);

/*
 * onward_facts(c, a, k, f):
 * Fill what this node knows of the consents of an onward transfer, for the
 * rules; E_CONSENT_SCOPE for one that never came here.
 */
MUST_USE enum err onward_facts(struct core *c, struct arena *a,
    struct checked *k, struct fault *f);

/*
 * onward_taken(c, k, n), onward_dropped(c, m):
 * Message n has its place: the consents that it brings are known by it, the
 * number of use that it takes is taken.  A transfer that was refused,
 * cancelled or never handed over frees its number.
 */
MUST_USE enum err onward_taken(struct core *c, const struct checked *k,
    uint64_t n);
MUST_USE enum err onward_dropped(struct core *c,
    const struct store_message *m);

/*
 * onward_holds(c, m, yes):
 * Whether a transfer of ours, if m is one, may go on: no originator has
 * revoked a consent that it was made under and asks that it be called back
 * from its recipient.
 */
MUST_USE enum err onward_holds(struct core *c, const struct message *m,
    bool *yes);

/*
 * onward_confirmed(c, m, receipt, note), onward_pump(c, p, to),
 * onward_seen(c, p, s):
 * A transfer of this node arrived: the receipt is shown to whom the consent
 * came from, until it says that it has seen it.
 */
MUST_USE enum err onward_confirmed(struct core *c,
    const struct store_message *m, struct slice receipt, struct slice note);
MUST_USE enum err onward_pump(struct core *c, struct peer *p,
    const struct link *to);
MUST_USE enum err onward_seen(struct core *c, struct peer *p,
    const struct packet_seen *s);

/*
 * onward_used(c, p, from, packet, a):
 * Such a proof: CONSENT_USED in the log of the originator, an alarm where it
 * was used against its terms; passed on by whoever is between.
 */
MUST_USE enum err onward_used(struct core *c, struct peer *p,
    const struct link *from, const struct packet *packet, struct arena *a);

#endif
