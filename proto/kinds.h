/*
 * kinds: the kinds of message and the tables that go with them.
 *
 * A kind is a row: number, name, the fields from key 32 on, what it opens,
 * who must sign twice, the event of its log entry.  Everything that acts on
 * kinds takes a struct domain, the bundle of tables; domain_valise is the
 * product's.  A domain with a base adds to it: a test adds a kind of its own
 * with fields, rules and transitions and changes no code.
 */
#ifndef PROTO_KINDS_H
#define PROTO_KINDS_H

#include "proto/record.h"

enum kind_number {
    KIND_SPONT_DISCLOSURE = 1,
    KIND_INFO_REQUEST = 2,
    KIND_CONSULTATION = 3,
    KIND_EVIDENCE_OFFER = 4,
    KIND_EVIDENCE_TRANSFER = 5,
    KIND_REPLY = 6,
    KIND_CLARIFICATION_REQUEST = 7,
    KIND_CLARIFICATION_REPLY = 8,
    KIND_WITHDRAWAL = 25,
    KIND_CLOSE = 33,
    KIND_RECEIPT = 34
};

enum kind_flag {
    K_OPENS = 1,        /* opens a thread */
    K_FOUR_EYES = 2,    /* default: an approver signs too (V-005) */
    K_RESTR = 4,        /* carries a restriction set */
    K_ANSWERS = 8,      /* in_reply_to is mandatory */
    K_TIGHTENS = 16     /* never waits for earlier messages or a second
                         * officer: it only tightens */
};

/* The machine that an opening kind starts. */
enum machine {
    MACHINE_NONE,
    MACHINE_REQUEST,    /* opened by a request: requester and responder */
    MACHINE_SPONTANEOUS,
    MACHINE_EVIDENCE,
    MACHINE_CONSENT,
    MACHINE_RETENTION
};

/* A default of a form: the field path in JSON, and its value as JSON. */
struct preset {
    const char *path;   /* "restrictions.use_level"; ends with NULL */
    const char *value;  /* "\"INTELLIGENCE_ONLY\"", "[]", "\"+1y\"" */
};

struct kind {
    uint8_t n;
    const char *name;
    const char *form;               /* its name in commands: "disclosure" */
    const struct record *rec;       /* the rows from key 32 on */
    uint16_t flags;
    enum machine machine;
    uint16_t event;                 /* of the sender's entry: enum event */
    const struct preset *presets;
    const char *help;
};

struct rule;
struct step;

struct domain {
    const struct domain *base;      /* searched after the own rows; or NULL */
    const struct kind *kinds;
    size_t n_kinds;
    const struct rule *rules;
    size_t n_rules;
    const struct step *steps;
    size_t n_steps;
};

extern const struct domain domain_valise;

/*
 * domain_kind(d, n), domain_kind_find(d, name):
 * The row of a kind by number, or by its name or form name; NULL if none.
 */
const struct kind *domain_kind(const struct domain *d, uint64_t n);
const struct kind *domain_kind_find(const struct domain *d,
    struct slice name);

/* The fields of every message (keys 1 to 31 of both halves). */
extern const struct record record_common;

/* The restriction set, key 21 of the control half. */
extern const struct record record_restrictions;

#define COMMON_KEY_MAX 31
#define MSG_ID_LEN 16

#endif
