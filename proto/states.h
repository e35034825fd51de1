/*
 * states: what may be sent in a thread, and what it does to its state.
 *
 * A row of the table says: in one of these states, a message of this kind
 * (and type) from this side leads to that state, if its guards hold.  The
 * first row that matches and whose guards hold applies, so narrow rows stand
 * first; what is in no row is refused with E_BAD_STATE.
 *
 * The state of a thread is a fold over its messages in one order, which both
 * sides can find from the messages alone (FORMAT.md section 7): each side's
 * messages in the order in which it queued them; `seen` of a message says
 * what its sender knew of the other side; of two that crossed, the opener's
 * comes first.  A message is judged at its place; one that its place does
 * not allow changes nothing.  A timer changes what is allowed, never the
 * state.
 */
#ifndef PROTO_STATES_H
#define PROTO_STATES_H

#include "proto/enums.h"
#include "proto/message.h"

/* MACHINE_REQUEST: the opener asks, the other side answers. */
enum request_state {
    REQUEST_DRAFT, REQUEST_SENT, REQUEST_DELIVERED, REQUEST_ACKNOWLEDGED,
    REQUEST_CLARIFYING, REQUEST_CONF_HOLD, REQUEST_CONSULTING,
    REQUEST_CONDITIONS_OFFERED, REQUEST_DELAYED, REQUEST_PARTIALLY_ANSWERED,
    REQUEST_ANSWERED, REQUEST_ANSWERED_NEGATIVE, REQUEST_REFUSED,
    REQUEST_REDIRECTED, REQUEST_FORMALISED, REQUEST_WITHDRAWN,
    REQUEST_CLOSED, REQUEST_REJECTED, REQUEST_STATES
};

/* MACHINE_SPONTANEOUS: the opener tells, the other side may give feedback. */
enum spontaneous_state {
    SPONTANEOUS_DRAFT, SPONTANEOUS_SENT, SPONTANEOUS_DELIVERED,
    SPONTANEOUS_ACKNOWLEDGED, SPONTANEOUS_FED_BACK, SPONTANEOUS_WITHDRAWN,
    SPONTANEOUS_CLOSED, SPONTANEOUS_REJECTED, SPONTANEOUS_STATES
};

/* MACHINE_EVIDENCE: the opener offers and hands over. */
enum evidence_state {
    EVIDENCE_DRAFT, EVIDENCE_OFFERED, EVIDENCE_ACCEPTED, EVIDENCE_DECLINED,
    EVIDENCE_COUNTERED, EVIDENCE_TRANSFERRED, EVIDENCE_MISMATCH,
    EVIDENCE_WITHDRAWN, EVIDENCE_VERIFIED, EVIDENCE_IN_USE, EVIDENCE_CLOSED,
    EVIDENCE_REJECTED, EVIDENCE_STATES
};

/* MACHINE_CONSENT, for each target, parts, recipient and purpose: the opener
 * asks, the other side, who is the originator, decides. */
enum consent_state {
    CONSENT_NONE, CONSENT_PENDING, CONSENT_GRANTED,
    CONSENT_OFFERED_WITH_CONDITIONS, CONSENT_NEED_INFO, CONSENT_REFUSED,
    CONSENT_LAPSED, CONSENT_EXPIRED, CONSENT_EXHAUSTED, CONSENT_REVOKED,
    CONSENT_STATES
};

/* MACHINE_RETENTION, for each message or part at its holder: the opener is
 * its originator, the other side the holder. */
#define RETENTION_STATES 9          /* RETENTION_HELD (enums.h) and on */

#define STATES_MAX 32               /* states of a machine */
#define STATE_DRAFT 0               /* of every machine */

/* Events that are no messages, in the place of a kind.  The first two are of
 * threads, then those of consents, then those of retention. */
enum {
    STEP_EVENT_DELIVERED = 256,     /* receipt of the opening message */
    STEP_EVENT_REFUSED,             /* its final refusal, or its end */
    STEP_EVENT_LAPSED,              /* needed_by passed without a decision */
    STEP_EVENT_EXPIRED,             /* expires_at passed */
    STEP_EVENT_EXHAUSTED,           /* max_uses are used up */
    STEP_EVENT_USE,                 /* the consent is used */
    STEP_EVENT_USE_UNTIL,           /* use_until passed */
    STEP_EVENT_RETAIN_UNTIL,        /* retain_until passed */
    STEP_EVENT_DESTROY,
    STEP_EVENT_RETURN,
    STEP_EVENT_ARCHIVE,
    STEP_EVENT_HOLD_SET,            /* a legal hold, or its renewal */
    STEP_EVENT_HOLD_LIFTED,
    STEP_EVENT_SEAL,                /* by hand, after a recall */
    STEP_EVENT_UNSEAL,
    STEP_EVENT_LAST = STEP_EVENT_UNSEAL
};

enum step_who {
    STEP_OPENER = 1,
    STEP_OTHER = 2,
    STEP_EITHER = 3
};

/* In the place of a state that a row leads to. */
#define STEP_HELD 253               /* the one before a legal hold */
#define STEP_SAME 254
#define STEP_BEFORE 255             /* the one before CLARIFYING, SEALED */

enum step_guard {
    GUARD_OPENING = 1 << 0, /* names the opening message */
    GUARD_RECEIPT = 1 << 1, /* names a message of the other side that was
                             * not acknowledged, or CAN_COMPLY after
                             * TO_FOLLOW */
    GUARD_ASKED = 1 << 2,   /* names the question that stopped the clock */
    GUARD_A_QUESTION = 1 << 3,      /* names an open question of the other
                             * side */
    GUARD_OF_CONTENT = 1 << 4,      /* asks about an answer or disclosure of
                             * the other side */
    GUARD_ALL_FINAL = 1 << 5,       /* every question has a final status */
    GUARD_DECIDED = 1 << 6, /* no TO_FOLLOW stands */
    GUARD_ROOM = 1 << 7,    /* fewer than STATES_QUESTIONS_MAX are open */
    GUARD_TO_FOLLOW = 1 << 8,       /* TO_FOLLOW stands */
    GUARD_CONSULT = 1 << 9, /* names a PRE_REFUSAL_CONSULT of the other
                             * side */
    GUARD_CONSULTED = 1 << 10,      /* the newest consultation is answered,
                             * or its respond_by has passed */
    GUARD_CONSULT_FREE = 1 << 11,   /* V-051 asks for no consultation */
    GUARD_NEW_DUE = 1 << 12,        /* new_due is later than the message */
    GUARD_OFFER = 1 << 13,  /* names the conditions that are on offer */
    GUARD_FORMAL = 1 << 14, /* about the formal request */
    GUARD_HELD = 1 << 15,   /* names the CONF_CANNOT_COMPLY that holds it */
    GUARD_HOLD_OVER = 1 << 16,      /* 30 days after the decision was due */
    GUARD_MODIFY = 1 << 17, /* OPT_MODIFY was decided */
    GUARD_OWN = 1 << 18,    /* names a message of the own side */
    GUARD_OTHERS = 1 << 19, /* names a message of the other side */
    GUARD_ANSWERS = 1 << 20,        /* names a message of the other side of
                             * the kind that this kind answers */
    GUARD_FIRST = 1 << 21,  /* no earlier one of its kind names the same */
    GUARD_FREE = 1 << 22,   /* the offer needs no acceptance first */
    GUARD_ACCEPTS = 1 << 23,        /* `accepted` is the offer's digest */
    GUARD_TRANSFER = 1 << 24,       /* names an EVIDENCE_TRANSFER */
    GUARD_VERIFIED = 1 << 25,       /* all digests hold */
    GUARD_USED = 1 << 26,   /* a use is declared */
    GUARD_OFFER_OVER = 1 << 27      /* accept_by has passed */
};
#define GUARD_LAST GUARD_OFFER_OVER

/* A stop counts for 30 days at most, a hold for as long as it lasts. */
enum step_clock { CLOCK_NONE, CLOCK_START, CLOCK_STOP, CLOCK_GO, CLOCK_HOLD };

/* What a step notes down besides the state. */
enum step_note {
    NOTE_NONE,
    NOTE_OPEN,              /* urgency, accept_first and accept_by */
    NOTE_QUESTION,          /* a question is open */
    NOTE_ANSWER,            /* the question that it names is not any more */
    NOTE_CONF,              /* conf_answer of the receipt: TO_FOLLOW stands,
                             * or no longer */
    NOTE_CANNOT,            /* what TO_FOLLOW announced has come */
    NOTE_HOLD,              /* the same, and the thread waits for it */
    NOTE_DECISION,          /* the CONF_DECISION has come */
    NOTE_CONSULT,           /* a consultation is the newest one */
    NOTE_CONSULT_ANSWER,    /* it is answered, if the message names it */
    NOTE_CONSULT_USED,      /* it is used up */
    NOTE_OFFER,             /* conditions are on offer */
    NOTE_ACCEPTED,          /* no longer */
    NOTE_DECLINED,          /* no longer, and that counts as consultation */
    NOTE_FORMAL,            /* what was informal is over */
    NOTE_SEAL,              /* remember the state before */
    NOTE_LOCK,              /* the same for a legal hold */
    NOTE_SEAL_LATER         /* sealed when the legal hold is lifted */
};

struct step {
    uint8_t machine;                /* enum machine */
    uint32_t from;                  /* bit for each state */
    uint16_t kind;                  /* of message, or an event */
    uint16_t qualifier;             /* a code of the kind's field, see
                                     * states_qualifier; 0 = any */
    uint8_t who;                    /* enum step_who */
    uint8_t to;                     /* a state, STEP_SAME, STEP_BEFORE,
                                     * STEP_HELD */
    uint32_t guard;                 /* enum step_guard bits */
    uint8_t clock;                  /* enum step_clock */
    uint8_t note;                   /* enum step_note */
};

/* Rows of one machine. */
struct step_table {
    const struct step *rows;
    size_t n;
};

/* The rows of the product, for its struct domain: a table a machine. */
#define STATES_VALISE_N 5
extern const struct step_table *const states_valise[];

#define STATES_QUESTIONS_MAX 16
#define STATES_CLOCK_STOP_MAX (30 * 86400)

struct open_question {
    uint8_t id[MSG_ID_LEN];
    bool by_opener;
};

/* All zero: a thread before its opening message. */
struct thread_state {
    uint8_t machine;                /* enum machine */
    uint8_t state;
    uint8_t before;                 /* state to which an answer or the end
                                     * of a seal leads back */
    uint8_t held;                   /* the same for a legal hold */
    uint8_t urgency;                /* of the opening message */
    bool to_follow;                 /* CAN_COMPLY or an inability is owed */
    bool modify;                    /* OPT_MODIFY was decided */
    bool consult_answered;
    uint8_t consult[MSG_ID_LEN];    /* newest consultation; zero: none */
    int64_t respond_by;             /* of it; 0: none */
    uint8_t offer[MSG_ID_LEN];      /* conditions on offer; zero: none */
    uint8_t hold[MSG_ID_LEN];       /* what holds it; zero: nothing */
    int64_t hold_since;
    bool accept_first;              /* of an evidence offer */
    int64_t accept_by;
    bool asked;                     /* `question` stopped the clock */
    uint8_t question[MSG_ID_LEN];
    struct open_question open[STATES_QUESTIONS_MAX];
    uint8_t n_open;
    int64_t clock_started;          /* seconds UTC; 0 = it does not run */
    int64_t stopped_since;          /* 0 = not stopped */
    bool stop_ends;                 /* after STATES_CLOCK_STOP_MAX */
    int64_t stopped_total;          /* seconds */
};

/* Whether V-051 asks for a consultation before a refusal. */
enum step_consult { CONSULT_ALWAYS, CONSULT_FORMAL, CONSULT_NEVER };

/*
 * What states_step needs of one message or event.  The facts about the
 * target are those of the message that states_target names.
 */
struct step_event {
    uint16_t kind;
    uint16_t qualifier;
    bool by_opener;
    uint8_t id[MSG_ID_LEN];
    int64_t at;                     /* created_at; delivered_at of an event */
    uint8_t urgency;
    bool has_target;
    uint8_t target[MSG_ID_LEN];
    uint16_t target_kind;           /* 0 unknown */
    bool target_by_opener;
    bool target_opening;
    bool repeated;                  /* an earlier message of this side and
                                     * kind, which its place allowed, named
                                     * the same target */
    bool all_final;                 /* rules_all_final() holds */
    bool formal;                    /* it is about the formal request */
    uint8_t consult;                /* enum step_consult */
    int64_t respond_by;             /* 0: none */
    int64_t new_due;
    bool accept_first;              /* of an opening message's set */
    int64_t accept_by;
    bool accepts;                   /* `accepted` is the opening's digest */
    bool mismatch;                  /* files whose digest does not hold */
    bool used;                      /* used_for is not empty */
};

/*
 * states_target(m):
 * The id of the message that m points to: target_msg, conditions_of,
 * offer_msg or in_reply_to, the first that stands; empty if none does.
 */
struct slice states_target(const struct message *m);

/*
 * states_qualifier(kind):
 * The name of the field whose code is the qualifier of a kind, NULL if it
 * has none.  That of CONSENT_DECISION is the `decision` of its consent, else
 * REFUSE where a ground is given and NEED_INFO where none is.
 */
const char *states_qualifier(uint16_t kind);

/*
 * states_qualifier_name(kind, qualifier):
 * That code in words; NULL if unknown.
 */
const char *states_qualifier_name(uint16_t kind, uint16_t qualifier);

/*
 * states_event(m, by_opener, ev):
 * Fill what the message itself says; the facts about the target, the opening
 * message and the two sides stay false for the caller to set.
 */
void states_event(const struct message *m, bool by_opener,
    struct step_event *ev);

/*
 * states_step(d, t, ev):
 * Apply one message or event at its place.  E_BAD_STATE where no row allows
 * it, or the code of the one thing that is missing: E_NO_PRIOR_CONSULT.  Then
 * *t is unchanged.
 */
MUST_USE enum err states_step(const struct domain *d, struct thread_state *t,
    const struct step_event *ev);

/*
 * states_due(t, seconds):
 * When an answer is due that has this many seconds (states_answer_time) from
 * delivery; 0 while the clock is stopped or never ran.
 */
int64_t states_due(const struct thread_state *t, int64_t seconds);

/*
 * states_conf_time(urgency):
 * Seconds for a CONF_DECISION.
 */
int64_t states_conf_time(uint64_t urgency);

/*
 * states_answer_time(urgency, reply_days):
 * Seconds for the first substantive answer: 7 days, 48 hours, 8 hours, and
 * for ROUTINE reply_days of the responder, 21 days where that is 0.
 */
int64_t states_answer_time(uint64_t urgency, uint64_t reply_days);

/*
 * states_row(d, i):
 * The i-th row of all, own rows before those of the base, machine by machine;
 * NULL past the last.
 */
const struct step *states_row(const struct domain *d, size_t i);

/*
 * states_name(machine, state), states_machine_name(machine),
 * states_event_name(kind):
 * Names for people and JSON; NULL for numbers that are none.
 */
const char *states_name(uint8_t machine, uint8_t state);
const char *states_machine_name(uint8_t machine);
const char *states_event_name(uint16_t kind);

/*
 * states_guard_words(guard):
 * One bit of enum step_guard in words; NULL for none.
 */
const char *states_guard_words(unsigned guard);

/*
 * One item of the fold.  The caller fills ev, digest, seen and place; the
 * fold the rest.  place is the order among that side's messages of the
 * thread, the same on both nodes; an event has none.
 */
struct fold_item {
    struct step_event ev;
    uint8_t digest[HASH_LEN];       /* message digest; unused in events */
    uint8_t seen[HASH_LEN];         /* zero: none */
    uint32_t place;
    bool allowed;                   /* its place allows it */
    enum err code;                  /* OK, or why not */
    uint64_t seen_count;            /* messages of the other side known */
    uint32_t rank;                  /* its place in the one order, from 0 */
};

/*
 * states_fold(d, machine, items, n, t):
 * Bring all messages of a thread into the one order, in place, and apply
 * them to *t, which starts empty.  The order of items on entry does not
 * matter.  Messages that are out (refused, cancelled, NOT_DELIVERED) are not
 * among them; a `seen` that names none of them counts as what its sender
 * knew one message earlier.  An event follows the opening message at once.
 */
void states_fold(const struct domain *d, uint8_t machine,
    struct fold_item *items, size_t n, struct thread_state *t);

#endif
