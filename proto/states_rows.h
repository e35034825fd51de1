/*
 * states_rows: what the tables of the machines are written with, and the
 * guards.  Only states*.c include it.
 *
 * A row is STEP_ROW(machine, from, kind, qualifier, who, to, guards, clock,
 * note); narrow rows stand first, since the first that holds applies.
 */
#ifndef PROTO_STATES_ROWS_H
#define PROTO_STATES_ROWS_H

#include "proto/enums.h"
#include "proto/states.h"

#define STATE_BIT(state) (UINT32_C(1) << (state))

#define STEP_ROW(m, from, kind, qualifier, who, to, guards, clock, note) \
    { MACHINE_##m, from, kind, qualifier, STEP_##who, to, guards, \
      CLOCK_##clock, NOTE_##note }

#define EVERY_ROW(m, from, kind, qualifier, guards, note) \
    STEP_ROW(m, from, MESSAGE_KIND_##kind, qualifier, EITHER, STEP_SAME, \
        guards, NONE, note)

/* What follows the content, not the question, and leaves the state; receipts
 * are possible in more states. */
#define ROWS_OF_EVERY_THREAD(m, from, receipts) \
    EVERY_ROW(m, receipts, RECEIPT, 0, GUARD_RECEIPT, CONF), \
    EVERY_ROW(m, from, FEEDBACK, 0, GUARD_OTHERS, NONE), \
    EVERY_ROW(m, from, CORRECTION, 0, GUARD_OWN, NONE), \
    EVERY_ROW(m, from, RECALL, 0, GUARD_OWN, NONE), \
    EVERY_ROW(m, from, RECALL_RESULT, 0, GUARD_ANSWERS, NONE), \
    EVERY_ROW(m, from, RESTRICTION_UPDATE, 0, GUARD_OWN, NONE), \
    EVERY_ROW(m, from, CONSENT_REQUEST, 0, GUARD_OTHERS, NONE), \
    EVERY_ROW(m, from, CONSENT_DECISION, 0, GUARD_ANSWERS | GUARD_FIRST, \
        NONE), \
    EVERY_ROW(m, from, CONSENT_REVOKE, 0, 0, NONE), \
    EVERY_ROW(m, from, CONDITIONS_DECISION, CONDITIONS_ANSWER_ACCEPT, \
        GUARD_ANSWERS | GUARD_FIRST, NONE), \
    EVERY_ROW(m, from, CONDITIONS_DECISION, CONDITIONS_ANSWER_DECLINE, \
        GUARD_ANSWERS | GUARD_FIRST, NONE), \
    EVERY_ROW(m, from, EXCULPATORY_NOTICE, 0, GUARD_OTHERS, NONE), \
    EVERY_ROW(m, from, EXCULPATORY_RESPONSE, 0, GUARD_ANSWERS, NONE), \
    EVERY_ROW(m, from, DESTRUCTION_CERT, 0, 0, NONE), \
    EVERY_ROW(m, from, BREACH_NOTICE, 0, 0, NONE), \
    EVERY_ROW(m, from, CONF_CANNOT_COMPLY, 0, GUARD_OTHERS, CANNOT), \
    EVERY_ROW(m, from, STATUS_QUERY, 0, 0, NONE), \
    EVERY_ROW(m, from, STATUS_REPORT, 0, 0, NONE), \
    EVERY_ROW(m, from, CLARIFICATION_REQUEST, 0, \
        GUARD_OF_CONTENT | GUARD_ROOM, QUESTION)

extern const struct step_table states_request, states_spontaneous,
    states_evidence, states_consent, states_retention;

#define STEP_TABLE(rows) { rows, sizeof(rows) / sizeof((rows)[0]) }

/*
 * states_guards(s, t, ev):
 * OK if all guards of s hold, else the code of the first that does not.
 */
MUST_USE enum err states_guards(const struct step *s,
    const struct thread_state *t, const struct step_event *ev);

/*
 * states_question(t, ev):
 * The place in t->open of the question that ev answers, t->n_open if none.
 */
size_t states_question(const struct thread_state *t,
    const struct step_event *ev);

#endif
