/*
 * offering: an offer of evidence and its transfer, of one form.
 *
 * The transfer is sealed, signed and handed in with the offer, and held by
 * the own node until the offer is accepted.  What the form says of custody
 * and certificate goes into the transfer alone.
 */
#ifndef CLI_OFFERING_H
#define CLI_OFFERING_H

#include "cli/sending.h"

/*
 * offering_second(again):
 * What `valise offer` hands to doing_run; again is the id of the offer in
 * whose place this one comes, or NULL.  The keys of the files are kept
 * (parcel_store.h).
 */
struct sending_second offering_second(const char *again);

/*
 * offering_put(o, held, m):
 * What the offer, which is o->target, gives to its transfer: offer_msg, the
 * very limits, and with held the word that it waits for the acceptance.
 */
MUST_USE enum err offering_put(const struct compose_opts *o, bool held,
    struct message *m);

#endif
