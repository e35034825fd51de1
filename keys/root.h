/*
 * root: the key of an authority, which signs its cards (FORMAT.md section 1).
 *
 * The custodians keep it offline, in a file under a passphrase (keyfile.h).
 * It signs cards and nothing else; everything that the authority's people and
 * its peers accept goes back to it.
 */
#ifndef KEYS_ROOT_H
#define KEYS_ROOT_H

#include "keys/keyfile.h"
#include "keys/sign.h"

struct root;

/*
 * root_new(authority, network, out), root_free(r):
 * A fresh key for the cards of this authority in this network.
 * E_FIELD_RANGE if a name is not of its format.  The caller frees *out.
 */
MUST_USE enum err root_new(struct slice authority, struct slice network,
    struct root **out);
void root_free(struct root *r);

/*
 * root_authority(r), root_network(r), root_key(r):
 * The parts, borrowed.
 */
struct slice root_authority(const struct root *r);
struct slice root_network(const struct root *r);
const struct sign_key *root_key(const struct root *r);

/*
 * root_save(r, path, passphrase, cost), root_load(path, passphrase, out):
 * The key file, 0600, never written over.  The codes of file.h and of
 * keyfile_open; ERR_FORMAT for a key file that holds no root.
 */
MUST_USE enum err root_save(const struct root *r, const char *path,
    struct slice passphrase, enum keyfile_cost cost);
MUST_USE enum err root_load(const char *path, struct slice passphrase,
    struct root **out);

/*
 * root_sign(r, card, out, f):
 * Check a complete card, encode and sign it, and append the signed object.
 * A card of another authority, network or root is ERR_TRUST; else the codes
 * of record_check.
 */
MUST_USE enum err root_sign(const struct root *r, const struct rec *card,
    struct buf *out, struct fault *f);

#endif
