/*
 * facts: what is known of a message that a person wants to open or to use.
 */
#ifndef NODE_FACTS_H
#define NODE_FACTS_H

#include "node/core_in.h"
#include "node/store_msg.h"
#include "proto/policy.h"

struct facts {
    struct store_message m;
    struct thread *t;
    const struct thread_message *of;
    const struct rec *set;              /* that governs it */
    enum err kept;                      /* OK: its content is there */
    struct policy_facts p;
};

/*
 * facts_message(c, k, m):
 * The message that args.digest names and the statement is about.
 * E_NOT_FOUND, E_SIGNATURE.
 */
MUST_USE enum err facts_message(struct core *c, struct ask *k,
    struct store_message *m);

/*
 * facts_gather(c, k, x):
 * The same with all that policy asks: purpose and proceeding are those of the
 * arguments.
 */
MUST_USE enum err facts_gather(struct core *c, struct ask *k,
    struct facts *x);

/*
 * facts_about(c, k, x, purpose, proceeding):
 * The same of x->m, for these.
 */
MUST_USE enum err facts_about(struct core *c, struct ask *k,
    struct facts *x, uint16_t purpose, struct slice proceeding);

/*
 * facts_decide(x, act):
 * What policy says, after whether there is content at all (E_NOT_FOUND) and
 * whether it may still be opened.
 */
struct verdict facts_decide(const struct facts *x, enum may act);

/*
 * facts_before(c, k, v):
 * A statement that was refused once is not good for another answer:
 * E_STALE_STATEMENT.
 */
MUST_USE enum err facts_before(struct core *c, struct ask *k,
    const struct verdict *v);

/*
 * facts_refused(k, v):
 * The answer to who may not; v->code, with the field.
 */
MUST_USE enum err facts_refused(struct ask *k, const struct verdict *v);

#endif
