/*
 * The machine of a disclosure that nobody asked for (SPONT_DISCLOSURE,
 * ONWARD_TRANSFER): the opener tells, the other side may give feedback.
 */
#include "proto/states_rows.h"

#define S(state) STATE_BIT(SPONTANEOUS_##state)
#define TO(state) SPONTANEOUS_##state
#define ROW(from, kind, who, to, guards, note) \
    STEP_ROW(SPONTANEOUS, from, MESSAGE_KIND_##kind, 0, who, to, guards, \
        NONE, note)
#define EVENT_ROW(from, event, to, clock) \
    STEP_ROW(SPONTANEOUS, from, STEP_EVENT_##event, 0, OTHER, to, 0, clock, \
        NONE)

#define EVERY (S(DELIVERED) | S(ACKNOWLEDGED) | S(FED_BACK) | \
    S(WITHDRAWN) | S(CLOSED))

static const struct step rows[] = {
    ROW(S(DRAFT), SPONT_DISCLOSURE, OPENER, TO(SENT), 0, OPEN),
    ROW(S(DRAFT), ONWARD_TRANSFER, OPENER, TO(SENT), 0, OPEN),
    EVENT_ROW(S(SENT), DELIVERED, TO(DELIVERED), START),
    EVENT_ROW(S(SENT), REFUSED, TO(REJECTED), NONE),
    ROW(S(DELIVERED), RECEIPT, OTHER, TO(ACKNOWLEDGED), GUARD_OPENING | GUARD_RECEIPT, CONF),
    ROW(S(DELIVERED) | S(ACKNOWLEDGED), FEEDBACK, OTHER, TO(FED_BACK), GUARD_OTHERS, NONE),
    ROW((EVERY | S(SENT)) & ~S(CLOSED), WITHDRAWAL, OPENER, TO(WITHDRAWN), 0, NONE),
    ROW(EVERY & ~S(CLOSED), CLOSE, EITHER, TO(CLOSED), 0, NONE),
    /* It crossed with the other side's. */
    ROW(S(CLOSED), CLOSE, EITHER, STEP_SAME, 0, NONE),
    ROWS_OF_EVERY_THREAD(SPONTANEOUS, EVERY, EVERY),
    ROW(EVERY, CLARIFICATION_REPLY, EITHER, STEP_SAME, GUARD_A_QUESTION, ANSWER),
};

const struct step_table states_spontaneous = STEP_TABLE(rows);
