/*
 * directory: what a node and its clients accept of the objects of trust.
 *
 * Nobody believes who hands an object over.  Each one is verified when it is
 * added, in this order (FORMAT.md section 1):
 *
 *   own root (its kid is in the officer's key file) -> own card -> own staff,
 *   epochs and pins -> a peer's root -> the peer's card -> its staff, epochs
 *
 * An authority without a node has no root and no card: what a keeper of the
 * own authority signed about it is its entry (TRUST_CONTACT), until it is
 * pinned.
 *
 * Serials never go back; the same serial with other bytes is E_FORK.  Older
 * lists stay, since messages name the lists that their sender used.
 *
 * A list or pin is in force while it is the newest of its series and its
 * signer is a keeper on the newest card.  One of a keeper who has left stays
 * a link of the chain, but nobody acts under it: until a keeper of the newest
 * card has signed the next, the authority has none in force.
 */
#ifndef KEYS_DIRECTORY_H
#define KEYS_DIRECTORY_H

#include "keys/sign.h"
#include "proto/trust.h"

struct directory;

/*
 * directory_new(authority, network, root_kid, out):
 * An empty directory of this authority, whose root key has the id root_kid
 * (32 bytes).  The caller frees *out.
 */
MUST_USE enum err directory_new(struct slice authority, struct slice network,
    const uint8_t root_kid[static HASH_LEN], struct directory **out);
void directory_free(struct directory *d);

/*
 * directory_add(d, kind, authority, object, f):
 * Verify a signed object of this authority that is new, and keep a copy: who
 * signed a list or pin is a keeper on the newest card.  kind is
 * TRUST_CARD, TRUST_STAFF, TRUST_EPOCHS, TRUST_PIN or TRUST_CONTACT; the last
 * two are the own authority's.  OK also for one that is here already.
 * E_NETWORK, E_UNKNOWN_AUTHORITY (no pin), E_SIGNATURE, E_ROLE (a signer who
 * may not, or at a place ".keepers" a list or own card that leaves no keeper),
 * E_FOUR_EYES (one person twice), E_SERIAL (older than the newest, or an
 * own list of weeks, pin or contact that is not the next one), E_FORK,
 * ERR_EXISTS (a contact of who is pinned), ERR_LIST_MISSING (the card is
 * needed first), E_KEY_BAD (a key that is no good key), or a decoding fault.
 */
MUST_USE enum err directory_add(struct directory *d, enum trust_kind kind,
    struct slice authority, struct slice object, struct fault *f);

/*
 * directory_load(d, kind, authority, object, added, f):
 * The same for an object that was kept, or that others fetched before: cards
 * may come in any order, and who signed a list or pin was a keeper on a card
 * that is here, not an older one than its predecessor needs.  A peer's card
 * is verified by the newest pin, in force or not, so that old messages stay
 * readable.  *added (may be NULL) gets its serial, 0 for one that was here.
 */
MUST_USE enum err directory_load(struct directory *d, enum trust_kind kind,
    struct slice authority, struct slice object, uint64_t *added,
    struct fault *f);

/*
 * directory_proposed(d, a, object, out, f):
 * Check a staff list of the own authority that waits for its second person:
 * signed by a keeper, following the newest list.  Nothing is kept; *out lives
 * in a.  The codes of directory_add; E_SERIAL also for a list that is not
 * the next one.
 */
MUST_USE enum err directory_proposed(const struct directory *d,
    struct arena *a, struct slice object, struct rec **out,
    struct fault *f);

/*
 * directory_authority(d), directory_network(d):
 * Whose directory it is, and of which network; borrowed.
 */
struct slice directory_authority(const struct directory *d);
struct slice directory_network(const struct directory *d);

/*
 * directory_peers(d, fn, arg):
 * Call fn for the pin in force of each authority, if it is not withdrawn.
 */
void directory_peers(const struct directory *d,
    void (*fn)(void *arg, struct slice authority, const struct rec *pin),
    void *arg);

/*
 * directory_contact(d, authority), directory_contacts(d, fn, arg):
 * The entry in force of an authority without a node, which can be named in
 * onward.allow and is reached by hand; NULL if there is none, it was
 * withdrawn, or the authority is pinned now.  And fn for each of them.
 */
const struct rec *directory_contact(const struct directory *d,
    struct slice authority);
void directory_contacts(const struct directory *d,
    void (*fn)(void *arg, const struct rec *contact), void *arg);

/*
 * directory_find(d, kind, authority, serial, digest):
 * The record of one object; for serial 0 of the one in force.  NULL if it is
 * not here.  digest (32 bytes) may be NULL; it gets the object's digest.
 */
const struct rec *directory_find(const struct directory *d,
    enum trust_kind kind, struct slice authority, uint64_t serial,
    uint8_t *digest);

/*
 * directory_newest(d, kind, authority, digest):
 * The newest of a series, in force or not, to go on from; NULL if none.
 */
const struct rec *directory_newest(const struct directory *d,
    enum trust_kind kind, struct slice authority, uint8_t *digest);

/*
 * directory_before(d, kind, authority, serial):
 * The newest of a series with a lower serial; NULL if none.  To walk what is
 * here, whatever the serials are: from directory_newest down.
 */
const struct rec *directory_before(const struct directory *d,
    enum trust_kind kind, struct slice authority, uint64_t serial);

/*
 * directory_bytes(d, kind, authority, serial):
 * The signed object itself, to hand on.
 */
struct slice directory_bytes(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t serial);

/*
 * directory_epoch(d, authority, kid):
 * An epoch that stands on any of the authority's lists; NULL if none does.
 */
const struct rec *directory_epoch(const struct directory *d,
    struct slice authority, const uint8_t kid[static HASH_LEN]);

/*
 * directory_after(d, kind, authority, serial):
 * The oldest object of a series that is newer than *serial, which gets its
 * serial; empty if there is none.
 */
struct slice directory_after(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t *serial);

/*
 * directory_key_holder(d, owner, card):
 * Another authority than owner, itself or one that is pinned, whose newest
 * card has a CURVE key of this card; empty if there is none.  Of two owners
 * of one key neither is let in.
 */
struct slice directory_key_holder(const struct directory *d,
    struct slice owner, const struct rec *card);

/*
 * directory_officer(staff, kid), directory_officer_label(staff, label):
 * The officer of a staff list whose signing key has this id, or who has this
 * label; NULL if none.
 */
const struct rec *directory_officer(const struct rec *staff,
    const uint8_t kid[static HASH_LEN]);
const struct rec *directory_officer_label(const struct rec *staff,
    struct slice label);

/*
 * directory_revoked(staff, kid), directory_has_keeper(card, staff):
 * Whether the list (which may be NULL) revokes this signing key; whether it
 * leaves the card a keeper.
 */
bool directory_revoked(const struct rec *staff,
    const uint8_t kid[static HASH_LEN]);
bool directory_has_keeper(const struct rec *card, const struct rec *staff);

/*
 * directory_officer_at(officer, at):
 * Whether the officer is in office at this time: from <= at < to, and not
 * revoked at all, whatever the date.
 */
bool directory_officer_at(const struct rec *officer, int64_t at);

/*
 * directory_epoch_at(epochs, at):
 * The epoch of the list in which `at` lies, NULL if none.
 */
const struct rec *directory_epoch_at(const struct rec *epochs, int64_t at);

#endif
