/*
 * check: what must hold of every message, at submission and on receipt.
 */
#ifndef NODE_CHECK_H
#define NODE_CHECK_H

#include "node/core_in.h"
#include "proto/envelope.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/rules.h"
#include "proto/thread.h"

#define MESSAGE_LIFE_MAX (21 * 86400)

/* A message under examination. */
#define CHECK_FINDINGS 4

struct checked {
    struct envelope env;
    struct message m;                   /* control half */
    uint8_t digest[HASH_LEN];
    uint8_t msg_id[MSG_ID_LEN];
    uint8_t thread[MSG_ID_LEN];
    struct slice head;                  /* in the event's arena */
    bool own;                           /* submitted here */
    struct slice peer;                  /* the other authority */
    bool signers_hold;
    bool held;                          /* it waits for an acceptance */
    struct slice acceptance;            /* that its delivery names */
    /* What this node knows of the consents of an onward transfer. */
    struct rule_consent consents[CONSENTS_MAX];
    size_t n_consents;
    struct thread *t;
    struct thread_state state;          /* with this message */
    struct fault findings[CHECK_FINDINGS];  /* of a peer's message that is
                                         * taken: to be logged and shown */
    size_t n_findings;
};

/*
 * check_read(c, a, bytes, k, f):
 * From bytes to a decoded header: lengths, magic, scans, version, kind.
 */
MUST_USE enum err check_read(struct core *c, struct arena *a,
    struct slice bytes, struct checked *k, struct fault *f);

/*
 * check_parties(c, k, f):
 * Network, sender and recipient.
 */
MUST_USE enum err check_parties(struct core *c, struct checked *k,
    struct fault *f);

/*
 * check_signers(c, k, waits, f):
 * The lists that the message names, who signed, roles, and the signatures;
 * where it waits for an approver only the author's.
 */
MUST_USE enum err check_signers(struct core *c, struct checked *k,
    bool waits, struct fault *f);

/*
 * check_rest(c, a, k, f):
 * All that follows: times, fields, rules, the thread, seals and body.
 */
MUST_USE enum err check_rest(struct core *c, struct arena *a,
    struct checked *k, struct fault *f);

#endif
