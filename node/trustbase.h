/*
 * trustbase: the directory and the persons, as the store has them.
 */
#ifndef NODE_TRUSTBASE_H
#define NODE_TRUSTBASE_H

#include "node/core_in.h"
#include "proto/trust.h"

/* A person who may connect; he may or may not be on the staff list. */
struct person {
    struct person *next;
    char who[LINK_WHO_MAX + 1];         /* CURVE key in hex */
    uint8_t curve[KEY_LEN];
    uint8_t kid[HASH_LEN];
    uint8_t signing[KEY_LEN];
    char label[17];
};

/*
 * trustbase_load(c), trustbase_unload(c):
 * The directory and the persons from the store; ERR_NOT_INIT if it has no
 * own card.  Whoever changes either says so before (trust_touched): a batch
 * that did not happen is then loaded anew.
 */
MUST_USE enum err trustbase_load(struct core *c);
void trustbase_unload(struct core *c);

/*
 * trustbase_install(c, what):
 * The first start: verify what was installed and make it the first entries.
 */
MUST_USE enum err trustbase_install(struct core *c, const char **what);

/*
 * trustbase_keep(c, kind, owner, serial, digest, state, bytes):
 * Store a signed object; OK if it is there, E_FORK if another of the same
 * serial is.
 */
MUST_USE enum err trustbase_keep(struct core *c, enum trust_kind kind,
    struct slice owner, uint64_t serial, const uint8_t *digest,
    uint16_t state, struct slice bytes);

/*
 * trustbase_admit(c, a, request, digest, f):
 * Check a person's request and let him connect; digest gets the request's.
 */
MUST_USE enum err trustbase_admit(struct core *c, struct arena *a,
    struct slice request, uint8_t digest[static HASH_LEN], struct fault *f);

/*
 * trustbase_person(c, who), trustbase_roles(c, kid, at):
 * A person by CURVE key in hex, NULL; the roles at a time of whom the own
 * staff list and card name by kid.
 */
const struct person *trustbase_person(const struct core *c,
    const char *who);
uint32_t trustbase_roles(const struct core *c, const uint8_t *kid,
    int64_t at);

/*
 * trustbase_is_ours(c, card):
 * Whether a card of the own authority is for the keys that this node holds.
 */
bool trustbase_is_ours(const struct core *c, const struct rec *card);

/*
 * trustbase_card(c, authority), trustbase_staff(c, authority):
 * The newest of each, NULL.
 */
const struct rec *trustbase_card(const struct core *c,
    struct slice authority);
const struct rec *trustbase_staff(const struct core *c,
    struct slice authority);

#endif
