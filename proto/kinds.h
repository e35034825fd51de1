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

#include "proto/enums.h"

#define KIND_CONSTANT(prefix, number, word) KIND_##word = number,
enum kind_number { ENUM_MESSAGE_KIND(KIND_CONSTANT) };
#undef KIND_CONSTANT

enum kind_flag {
    K_OPENS = 1,        /* opens a thread */
    K_FOUR_EYES = 2,    /* default: an approver signs too (V-005) */
    K_RESTR = 4,        /* carries a restriction set */
    K_ANSWERS = 8,      /* in_reply_to is mandatory */
    K_TIGHTENS = 16     /* never waits for earlier messages or a second
                         * officer: it only tightens (where `alone` holds) */
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

struct message;

/* Another event of the sender's entry, where the message is so. */
struct kind_event {
    uint16_t event;                 /* the last row has 0 */
    bool (*is)(const struct message *m);
};

struct kind {
    uint8_t n;
    const char *name;
    const char *form;               /* its name in commands: "disclosure" */
    const struct record *rec;       /* the rows from key 32 on */
    uint16_t flags;
    enum machine machine;
    uint16_t event;                 /* of the sender's entry: enum event */
    const struct kind_event *events;    /* the first that is; or NULL */
    /* Where one officer is enough although the kind has K_FOUR_EYES, and
     * where a kind with K_TIGHTENS tightens.  Without a condition each flag
     * holds for every message of the kind. */
    struct when alone;
    const struct preset *presets;
    const char *help;
};

struct rule;
struct step_table;

struct domain {
    const struct domain *base;      /* searched after the own rows; or NULL */
    const struct kind *kinds;
    size_t n_kinds;
    const struct rule *rules;
    size_t n_rules;
    const struct step_table *const *steps;
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

/*
 * kind_alone(m), kind_tightens(m), kind_four_eyes(m):
 * Whether one officer is enough whatever kind and card say; whether this
 * message only tightens (then one is enough too); whether it needs a second
 * officer by default (V-005: the sender's card may list more or fewer kinds).
 */
bool kind_alone(const struct message *m);
bool kind_tightens(const struct message *m);
bool kind_four_eyes(const struct message *m);

/*
 * kind_event(m), kind_begins(d, event):
 * The event of the sender's entry about this message; whether a message of
 * any kind has this event.
 */
enum event kind_event(const struct message *m);
bool kind_begins(const struct domain *d, enum event event);

/*
 * kind_consent_decision(m):
 * What a CONSENT_DECISION says, a code of consent_decision: the grant's own
 * decision, NEED_INFO, or REFUSE.
 */
uint64_t kind_consent_decision(const struct message *m);

/* The fields of every message (keys 1 to 31 of both halves). */
extern const struct record record_common;

/* The restriction set, key 21 of the control half. */
extern const struct record record_restrictions;

/*
 * A consent (protocol section 4).  What is signed is its control half alone;
 * the texts of its conditions stand in the body, bound by commitments.
 */
extern const struct record record_consent;

/* One item of onward content, and what the bytes of a part's item hold. */
extern const struct record record_item;
extern const struct record record_item_content;

#define CONSENTS_MAX 8              /* of one ONWARD_TRANSFER */
#define STANDING_MAX 64             /* standing consents of one message */
#define ITEMS_MAX 256               /* items of one message */

#define COMMON_KEY_MAX 31
#define MSG_ID_LEN 16

#endif
