/*
 * The machine of keeping, for each message or part at its holder.  The
 * opener is its originator, the other side the holder.  Events are the
 * node's: times that passed, and what its officers decided.
 */
#include "proto/states_rows.h"

#define S(state) STATE_BIT(RETENTION_##state)
#define TO(state) RETENTION_##state
#define ROW(from, kind, qualifier, who, to, note) \
    STEP_ROW(RETENTION, from, MESSAGE_KIND_##kind, qualifier, who, to, 0, \
        NONE, note)
#define EVENT_ROW(from, event, to, note) \
    STEP_ROW(RETENTION, from, STEP_EVENT_##event, 0, EITHER, to, 0, NONE, \
        note)
/* Reasons that seal at once, also what a legal hold keeps. */
#define SEALS(reason) \
    ROW(LIVE, RECALL, RECALL_REASON_RC_##reason, OPENER, TO(SEALED), SEAL), \
    ROW(S(LEGAL_HOLD), RECALL, RECALL_REASON_RC_##reason, OPENER, STEP_SAME, SEAL_LATER)

#define LIVE (S(HELD) | S(READ_ONLY))
#define KEPT (LIVE | S(END_DUE) | S(SEALED))

static const struct step rows[] = {
    EVENT_ROW(S(HELD), USE_UNTIL, TO(READ_ONLY), NONE),
    EVENT_ROW(S(READ_ONLY), RETAIN_UNTIL, TO(END_DUE), NONE),
    SEALS(SENT_IN_ERROR),
    SEALS(WRONG_RECIPIENT),
    SEALS(SOURCE_RISK),
    /* For other reasons an officer decides. */
    ROW(KEPT | S(LEGAL_HOLD), RECALL, 0, OPENER, STEP_SAME, NONE),
    EVENT_ROW(LIVE, SEAL, TO(SEALED), SEAL),
    EVENT_ROW(S(SEALED), UNSEAL, STEP_BEFORE, NONE),
    ROW(KEPT, WITHDRAWAL, 0, OPENER, TO(DESTROYED), NONE),
    ROW(KEPT, CONF_DECISION, CONF_OPTION_OPT_WITHDRAW, OPENER, TO(DESTROYED), NONE),
    EVENT_ROW(KEPT, DESTROY, TO(DESTROYED), NONE),
    EVENT_ROW(S(END_DUE) | S(SEALED), RETURN, TO(RETURNED), NONE),
    EVENT_ROW(S(END_DUE), ARCHIVE, TO(ARCHIVED), NONE),
    EVENT_ROW(KEPT, HOLD_SET, TO(LEGAL_HOLD), LOCK),
    EVENT_ROW(S(LEGAL_HOLD), HOLD_SET, STEP_SAME, NONE),
    EVENT_ROW(S(LEGAL_HOLD), HOLD_LIFTED, STEP_HELD, NONE),
    ROW(S(DESTROYED) | S(RETURNED), DESTRUCTION_CERT, 0, OTHER, TO(CERTIFIED), NONE),
};

const struct step_table states_retention = STEP_TABLE(rows);
