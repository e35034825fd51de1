/*
 * purpose: what for, and in which proceeding, as commands that open or use a
 * message are told: --purpose and --in.
 */
#ifndef CLI_PURPOSE_H
#define CLI_PURPOSE_H

#include "cli/command/command.h"
#include "proto/policy.h"

#define PURPOSE_IN { "in", N_("PROCEEDING"), N_("in which proceeding") }
#define PURPOSE_OPTIONS \
    { "purpose", N_("PURPOSE"), N_("what for; left out where one purpose is " \
      "allowed") }, \
    PURPOSE_IN

/* Bytes that all purposes, or all proceedings of a set, take in words. */
#define PURPOSE_WORDS_MAX 2560

/*
 * purpose_take(r, set, any, purpose, proceeding):
 * The purpose of --purpose, else the only one that set (NULL: unknown)
 * allows, with `any` the first; and the proceeding of --in, empty without it.
 * Where several are allowed, or none is known, ERR_USAGE with those that it
 * could be.  Reports its failures.
 */
MUST_USE enum err purpose_take(struct run *r, const struct rec *set,
    bool any, uint64_t *purpose, struct slice *proceeding);

/*
 * purpose_place(r, set, must, proceeding):
 * Where none was said and the limits name the proceedings for which it is
 * evidence: the only one; of several none, or with must ERR_USAGE with those
 * that it could be.  Reports its failures.
 */
MUST_USE enum err purpose_place(struct run *r, const struct rec *set,
    bool must, struct slice *proceeding);

/*
 * purpose_fits(r, set, facts):
 * Whoever opens evidence for a proceeding that its limits do not name, and no
 * consent: E_PURPOSE, as where it is used.  Reports it.
 */
MUST_USE enum err purpose_fits(struct run *r, const struct rec *set,
    const struct policy_facts *facts);

/*
 * purpose_elsewhere(set, act, facts, out, max):
 * Whether it is the proceeding alone that speaks against an act: then out has
 * the ones that the limits name, in words.
 */
bool purpose_elsewhere(const struct rec *set, enum may act,
    const struct policy_facts *facts, char *out, size_t max);

#endif
