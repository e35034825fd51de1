/*
 * duty: what is owed in a thread, by whom and until when.
 *
 * All of it follows from the messages, their order and the cards, so both
 * sides and each client find the same.  Times are calendar days in UTC and
 * run from the delivery of the message that a duty is about; the time for an
 * answer stops with the thread's clock (states.h).  A date that is missed is
 * told to both sides and changes nothing: it never grants, refuses or closes.
 */
#ifndef PROTO_DUTY_H
#define PROTO_DUTY_H

#include "proto/thread.h"

enum duty_what {
    DUTY_NODE_RECEIPT,      /* the other side's node stores a message */
    DUTY_ACKNOWLEDGE,       /* an officer acknowledges what opens a thread,
                             * or a transfer of evidence */
    DUTY_CONF_ANSWER,       /* CAN_COMPLY or an inability after TO_FOLLOW */
    DUTY_ANSWER,            /* the first substantive answer; after a partial
                             * one the rest */
    DUTY_INTERIM,           /* an interim answer, if that comes later */
    DUTY_CONSENT,           /* CONSENT_DECISION */
    DUTY_CONF_DECISION,     /* CONF_DECISION on what holds the thread */
    DUTY_CONDITIONS,        /* CONDITIONS_DECISION on what is on offer */
    DUTY_CONSULT,           /* word on a consultation before refusal */
    DUTY_EXCULPATORY_RESPONSE,      /* to an advance notice */
    DUTY_EXCULPATORY_NOTICE,        /* the second notice, after disclosure */
    DUTY_STATUS,            /* STATUS_REPORT after a STATUS_QUERY */
    DUTY_FEEDBACK,          /* asked for, offered, or a condition accepted */
    DUTY_RECALL,            /* RECALL_RESULT */
    DUTY_CERTIFICATE,       /* DESTRUCTION_CERT of what was destroyed */
    DUTY_BREACH,            /* BREACH_NOTICE; only its time: nothing in a
                             * thread shows the breach */
    DUTY_CLOSE,             /* CLOSE of what was withdrawn; no date */
    /* Of who passed content on, in the threads where he did.  A thread does
     * not show them: they follow from two. */
    DUTY_PASS_RECALL,       /* RECALL after one with notify_downstream */
    DUTY_PASS_REVOKED,      /* RECALL or RESTRICTION_UPDATE after a
                             * CONSENT_REVOKE that names who had it */
    DUTY_PASS_CORRECTION,   /* CORRECTION after one to be passed on */
    DUTIES
};

struct duty_row {
    const char *name;               /* "answer": for JSON */
    const char *words;              /* what is owed */
    uint16_t kind;                  /* of message that does it; 0: none */
    int64_t time[4];                /* seconds by urgency; 0: by a field */
    uint16_t rule;                  /* V-nnn; 0: none */
    const char *source;             /* article, standard or default */
};

struct duty {
    enum duty_what what;
    bool by_opener;                 /* the opener owes it */
    bool own;                       /* the holder's side owes it */
    const struct thread_message *about;
    int64_t from;                   /* since when */
    int64_t due;                    /* 0: no date */
    int64_t remind;                 /* half of the time; 0: no date */
    int64_t original;               /* ANSWER: before it was delayed */
    bool late;                      /* now >= due */
};

/* What no message says: content of m was destroyed at its recipient.  Nobody
 * acknowledges it then, and its certificate is owed where one is asked for. */
struct duty_destroyed {
    uint8_t msg_id[MSG_ID_LEN];
    int64_t at;
};

struct duty_facts {
    const struct rec *own, *peer;   /* cards; NULL unknown */
    int64_t now;
    const struct duty_destroyed *destroyed;
    size_t n_destroyed;
};

/*
 * duty_list(t, state, facts, out, max):
 * The open duties of a folded thread, at most max, in the order of enum
 * duty_what; returns how many.
 */
size_t duty_list(const struct thread *t, const struct thread_state *state,
    const struct duty_facts *facts, struct duty *out, size_t max);

/*
 * duty_recalls_all(recall):
 * Whether it calls back a message whole, not parts or documents of it.
 */
bool duty_recalls_all(const struct thread_message *recall);

/*
 * duty_minds(t, m):
 * Whether a duty hangs on that the content of m was destroyed.
 */
bool duty_minds(const struct thread *t, const struct thread_message *m);

/*
 * duty_answer(t, state, card, original):
 * When an answer is due (thread_due); *original, where it is not NULL, is
 * the date before a DELAY_NOTICE or a partial answer moved it.  0 if none
 * is, or while the clock is stopped.
 */
int64_t duty_answer(const struct thread *t, const struct thread_state *state,
    const struct rec *card, int64_t *original);

/*
 * duty_row(what), duty_time(what, urgency):
 * The row, and its seconds for one urgency.
 */
const struct duty_row *duty_row(enum duty_what what);
int64_t duty_time(enum duty_what what, uint64_t urgency);

#endif
