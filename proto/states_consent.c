/*
 * The machine of a consent, for each target, parts, recipient and purpose.
 * The opener is who asks, the other side the originator, who decides.  Late
 * is not never: a decision after needed_by acts as one in time.
 */
#include "proto/states_rows.h"

#define S(state) STATE_BIT(CONSENT_##state)
#define TO(state) CONSENT_##state
#define ROW(from, kind, qualifier, who, to) \
    STEP_ROW(CONSENT, from, MESSAGE_KIND_##kind, qualifier, who, to, 0, \
        NONE, NONE)
#define EVENT_ROW(from, event, to) \
    STEP_ROW(CONSENT, from, STEP_EVENT_##event, 0, EITHER, to, 0, NONE, NONE)

#define WAITING (S(PENDING) | S(LAPSED))
#define ASKABLE (S(NONE) | S(NEED_INFO) | S(REFUSED) | S(LAPSED) | \
    S(EXPIRED) | S(EXHAUSTED) | S(REVOKED))

static const struct step rows[] = {
    ROW(ASKABLE, CONSENT_REQUEST, 0, OPENER, TO(PENDING)),
    ROW(WAITING, CONSENT_DECISION, STEP_GRANT, OTHER, TO(GRANTED)),
    ROW(WAITING, CONSENT_DECISION, STEP_GRANT_WITH_CONDITIONS, OTHER, TO(OFFERED_WITH_CONDITIONS)),
    ROW(WAITING, CONSENT_DECISION, STEP_REFUSE, OTHER, TO(REFUSED)),
    ROW(WAITING, CONSENT_DECISION, STEP_NEED_INFO, OTHER, TO(NEED_INFO)),
    EVENT_ROW(S(PENDING), LAPSED, TO(LAPSED)),
    ROW(S(OFFERED_WITH_CONDITIONS), CONDITIONS_DECISION, STEP_ACCEPT, OPENER, TO(GRANTED)),
    ROW(S(OFFERED_WITH_CONDITIONS), CONDITIONS_DECISION, STEP_DECLINE, OPENER, TO(REFUSED)),
    EVENT_ROW(S(GRANTED), USE, STEP_SAME),
    EVENT_ROW(S(GRANTED), EXHAUSTED, TO(EXHAUSTED)),
    EVENT_ROW(S(GRANTED) | S(OFFERED_WITH_CONDITIONS), EXPIRED, TO(EXPIRED)),
    ROW(S(GRANTED) | S(OFFERED_WITH_CONDITIONS), CONSENT_REVOKE, 0, OTHER, TO(REVOKED)),
    ROW(S(EXPIRED) | S(EXHAUSTED), CONSENT_REVOKE, 0, OTHER, STEP_SAME),
};

const struct step_table states_consent = STEP_TABLE(rows);
