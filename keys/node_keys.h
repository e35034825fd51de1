/*
 * node_keys: the keys of a node.  None opens content; the file has no
 * passphrase, so that the node starts after a power cut without a person.
 *
 * log signs checkpoints, witness countersigns those of peers, curve is the
 * node's end of every connection.  The authority's root is elsewhere.
 */
#ifndef KEYS_NODE_KEYS_H
#define KEYS_NODE_KEYS_H

#include "keys/sign.h"

struct node_keys;

/*
 * node_keys_new(authority, out), node_keys_free(k):
 * Fresh keys.  E_FIELD_RANGE if the name is none.  The caller frees *out.
 */
MUST_USE enum err node_keys_new(struct slice authority,
    struct node_keys **out);
void node_keys_free(struct node_keys *k);

/*
 * node_keys_authority(k), node_keys_log(k), node_keys_witness(k),
 * node_keys_curve(k):
 * The parts, borrowed.
 */
struct slice node_keys_authority(const struct node_keys *k);
const struct sign_key *node_keys_log(const struct node_keys *k);
const struct sign_key *node_keys_witness(const struct node_keys *k);
const struct secret *node_keys_curve(const struct node_keys *k);

/*
 * node_keys_save(k, path), node_keys_load(path, out):
 * The file of keyfile.h for nodes, 0600; never written over.  ERR_EXISTS;
 * ERR_NOTFOUND, ERR_PERM, ERR_FORMAT and what file_read_secret says.
 */
MUST_USE enum err node_keys_save(const struct node_keys *k,
    const char *path);
MUST_USE enum err node_keys_load(const char *path, struct node_keys **out);

/*
 * node_keys_request(k, network, endpoints, n, at, out, digest):
 * Append the signed request (TRUST_NODE) for the custodians, who put what it
 * says on the card; digest gets its digest, whose digits they compare with
 * the administrator.  endpoints are C strings; n may be 0.
 */
MUST_USE enum err node_keys_request(const struct node_keys *k,
    struct slice network, const char *const *endpoints, size_t n, int64_t at,
    struct buf *out, uint8_t digest[static HASH_LEN]);

/*
 * node_keys_request_check(a, in, out, digest, f):
 * Read such a request: signed by the log key that it names, keys that are
 * good keys.  *out lives in a.
 */
MUST_USE enum err node_keys_request_check(struct arena *a, struct slice in,
    struct rec **out, uint8_t digest[static HASH_LEN], struct fault *f);

#endif
