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

#define STATES_MAX 32               /* states of a machine */
#define STATE_DRAFT 0               /* of every machine */

/* Events that are no messages, in the place of a kind. */
enum {
    STEP_EVENT_DELIVERED = 256,     /* receipt of the opening message */
    STEP_EVENT_REFUSED = 257        /* its final refusal, or its end */
};

enum step_who {
    STEP_OPENER = 1,
    STEP_OTHER = 2,
    STEP_EITHER = 3
};

/* In the place of a state that a row leads to. */
#define STEP_SAME 254
#define STEP_BEFORE 255             /* the one before CLARIFYING */

enum step_guard {
    GUARD_OPENING = 1,      /* names the opening message */
    GUARD_RECEIPT = 2,      /* names a message of the other side that was
                             * not acknowledged, or CAN_COMPLY after
                             * TO_FOLLOW */
    GUARD_ASKED = 4,        /* names the question that stopped the clock */
    GUARD_A_QUESTION = 8,   /* names an open question of the other side */
    GUARD_OF_CONTENT = 16,  /* asks about an answer or disclosure of the
                             * other side */
    GUARD_ALL_FINAL = 32,   /* every question has a final status */
    GUARD_DECIDED = 64,     /* no TO_FOLLOW stands */
    GUARD_ROOM = 128        /* fewer than STATES_QUESTIONS_MAX are open */
};

enum step_clock { CLOCK_NONE, CLOCK_START, CLOCK_STOP, CLOCK_GO };

/* What a step notes down besides the state. */
enum step_note {
    NOTE_NONE,
    NOTE_QUESTION,          /* a question is open */
    NOTE_ANSWER,            /* the question that it names is not any more */
    NOTE_CONF               /* conf_answer of the receipt: TO_FOLLOW stands,
                             * or no longer */
};

struct step {
    uint8_t machine;                /* enum machine */
    uint32_t from;                  /* bit for each state */
    uint16_t kind;                  /* of message, or an event */
    uint16_t qualifier;             /* reply_type, close_reason; 0 = any */
    uint8_t who;                    /* enum step_who */
    uint8_t to;                     /* a state, STEP_SAME, STEP_BEFORE */
    uint8_t guard;                  /* enum step_guard bits */
    uint8_t clock;                  /* enum step_clock */
    uint8_t note;                   /* enum step_note */
};

/* The rows of the product, for its struct domain. */
#define STATES_VALISE_N 32
extern const struct step states_valise[];

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
    uint8_t before;                 /* state to which an answer leads back */
    bool to_follow;                 /* CAN_COMPLY or an inability is owed */
    bool asked;                     /* `question` stopped the clock */
    uint8_t question[MSG_ID_LEN];
    struct open_question open[STATES_QUESTIONS_MAX];
    uint8_t n_open;
    int64_t clock_started;          /* seconds UTC; 0 = it does not run */
    int64_t stopped_since;          /* 0 = not stopped */
    int64_t stopped_total;          /* seconds */
};

/*
 * What states_step needs of one message or event.  The facts about the
 * target are those of the message that target_msg, else in_reply_to, names.
 * `acknowledged` counts receipts of the same sender before this one.
 */
struct step_event {
    uint16_t kind;
    uint16_t qualifier;
    bool by_opener;
    uint8_t id[MSG_ID_LEN];
    int64_t at;                     /* created_at; delivered_at of an event */
    bool has_target;
    uint8_t target[MSG_ID_LEN];
    uint16_t target_kind;           /* 0 unknown */
    bool target_by_opener;
    bool target_opening;
    bool acknowledged;              /* the target was, before this receipt */
    bool all_final;                 /* rules_all_final() holds */
};

/*
 * states_event(m, by_opener, ev):
 * Fill kind, qualifier, id, time and target of a message; the facts about
 * the target stay false for the caller to set.
 */
void states_event(const struct message *m, bool by_opener,
    struct step_event *ev);

/*
 * states_step(d, t, ev):
 * Apply one message or event at its place.  E_BAD_STATE where no row allows
 * it; then *t is unchanged.
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
 * states_answer_time(urgency, reply_days):
 * Seconds for the first substantive answer: 7 days, 48 hours, 8 hours, and
 * for ROUTINE reply_days of the responder, 21 days where that is 0.
 */
int64_t states_answer_time(uint64_t urgency, uint64_t reply_days);

/*
 * states_find(d, machine, state, kind, qualifier, who, i):
 * The i-th row, from 0, that allows this to one of the sides in who, not
 * asking its guards; NULL past the last.
 */
const struct step *states_find(const struct domain *d, uint8_t machine,
    uint8_t state, uint16_t kind, uint16_t qualifier, uint8_t who, size_t i);

/*
 * states_row(d, i):
 * The i-th row of all, own rows before those of the base; NULL past the
 * last.
 */
const struct step *states_row(const struct domain *d, size_t i);

/*
 * states_next(d, t, who, found, arg):
 * Call found for each row after which one side (STEP_OPENER or STEP_OTHER)
 * may send something now: each kind and qualifier once, never an event.
 * Guards that ask what the message will say are taken to hold.
 */
void states_next(const struct domain *d, const struct thread_state *t,
    enum step_who who, void (*found)(const struct step *step, void *arg),
    void *arg);

/*
 * states_name(machine, state), states_machine_name(machine):
 * Names for people and JSON; NULL for numbers that are none.
 */
const char *states_name(uint8_t machine, uint8_t state);
const char *states_machine_name(uint8_t machine);

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
