/*
 * rules: what a message must satisfy across its fields (V-nnn).
 *
 * A rule is a row: number, kinds, where it is checked, a function of about
 * ten lines, and for `valise explain` its words and its source.  Presence,
 * bounds and formats of single fields are the schema's (message_check);
 * V-003 is the store's, V-004 the signatures', V-043 to V-045 policy_check's
 * and V-050 states_step's.
 *
 * What a rule needs beside the message is in struct rule_facts, by value or
 * borrowed: nothing is fetched.  A rule that lacks a fact which it needs
 * refuses; an alert that lacks one is silent.
 */
#ifndef PROTO_RULES_H
#define PROTO_RULES_H

#include "proto/message.h"

enum {
    RULE_SENDER = 1,        /* before sending */
    RULE_RECIPIENT = 2,     /* on receipt */
    RULE_CLIENT = 4,        /* needs the body half: clients only */
    RULE_FLAGS = 8          /* on receipt it is a finding: what the sender
                             * says is wrong, and yet must not be hidden */
};

/* Kinds of a row as bits; no bits are all kinds.  Numbers below 64. */
#define RULE_KIND(n) (UINT64_C(1) << (n))

/* What is known of one consent of an onward transfer. */
struct rule_consent {
    bool revoked;                       /* by its originator */
    bool accepted;                      /* its conditions were, with proof */
    bool used;                          /* its number of use was */
};

struct thread;
struct thread_state;

/*
 * What the caller has.  NULL, 0 and empty: not known.  Rules about the body
 * half want opening and target with both halves where the client has them.
 */
struct rule_facts {
    const struct rec *sender;           /* cards */
    const struct rec *recipient;
    const struct message *opening;      /* of the thread */
    const struct message *target;       /* that it names */
    const struct rec *parent;           /* the set that derived_from names */
    const struct rec *target_set;       /* thread_target_set of the target */
    const struct rule_consent *consents;    /* of the kind's own consents */
    size_t n_consents;
    const struct thread *thread;        /* its messages before this one */
    const struct thread_state *state;   /* after those */
    const struct message *breach;       /* that breach_ref names, in whatever
                                         * thread with this peer */
    struct slice approver;              /* kid of the second signature */
    uint64_t state_kinds;               /* RULE_KIND bits of the kinds of
                                         * authority that the recipient's
                                         * State has in the directory */
    size_t asked;                       /* authorities asked in this case,
                                         * the recipient among them */
    int64_t now;                        /* seconds UTC */
    bool known_thread;                  /* the thread exists already */
};

struct rule {
    uint16_t v;
    uint64_t kinds;
    uint8_t where;
    enum err (*check)(const struct message *m,
        const struct rule_facts *facts, struct fault *f);
    enum err code;                      /* what it gives, mostly */
    const char *words;
    const char *source;                 /* treaty article, standard, or
                                         * "default of this project" */
};

/* The rows of the product, for its struct domain. */
#define RULES_VALISE_N 70
extern const struct rule rules_valise[];

/*
 * rules_check(d, where, m, facts, f):
 * Run the rules of the base, then the own ones, in order, and stop at the
 * first that blocks.  where is RULE_SENDER or RULE_RECIPIENT, and RULE_CLIENT
 * with it if m has both halves; else rules about the body half are left out.
 */
MUST_USE enum err rules_check(const struct domain *d, unsigned where,
    const struct message *m, const struct rule_facts *facts,
    struct fault *f);

/*
 * rules_alerts(d, where, m, facts, out, max):
 * The findings that do not block, at most max; returns how many.  Each has
 * code, rule and path.  On receipt those of RULE_FLAGS are among them: with
 * a code that blocks elsewhere, here to be shown and logged.
 */
size_t rules_alerts(const struct domain *d, unsigned where,
    const struct message *m, const struct rule_facts *facts,
    struct fault *out, size_t max);

/*
 * rule_find(d, v, i):
 * The i-th row, from 0, with the number v; NULL past the last.
 */
const struct rule *rule_find(const struct domain *d, uint16_t v, size_t i);

/*
 * rules_consults(facts):
 * Whether a refusal or postponement in this thread needs a consultation
 * before (V-051): it is about mutual legal assistance, and not both sides
 * are FIU, law enforcement or anti-corruption agency.
 */
bool rules_consults(const struct rule_facts *facts);

/*
 * rules_ground_scopes(n, guarded):
 * In which threads ground n may be given, bits of enum reason_scope, and
 * whether a condition must hold besides; 0 for one that is prohibited.
 */
unsigned rules_ground_scopes(uint64_t n, bool *guarded);

/*
 * rules_all_final(reply, opening):
 * Whether reply answers each question of opening once with a final status.
 */
bool rules_all_final(const struct message *reply,
    const struct message *opening);

#endif
