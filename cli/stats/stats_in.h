/*
 * The inside of stats, for stats.c and stats_count.c alone.
 */
#ifndef CLI_STATS_IN_H
#define CLI_STATS_IN_H

#include "cli/stats/stats.h"

struct stats {
    struct stats_quarter q;
    struct stats_table table[STATS_TABLES];
    bool full;                      /* a value had no room in memory */
};

/* Codes of the axes that no enumeration has, from 1. */
enum { ROLE_SENT = 1, ROLE_RECEIVED };
enum { OUTCOME_FULL = 1, OUTCOME_PARTIAL, OUTCOME_NEGATIVE, OUTCOME_REFUSED,
    OUTCOME_REDIRECTED, OUTCOME_WITHDRAWN, OUTCOME_OPEN };
enum { COERCIVE = 1, NON_COERCIVE };
enum { YES = 1, NO, NOT_KNOWN };
enum { PRECEDED = 1, NOT_PRECEDED };
enum { REFUSED = 1, NOT_REFUSED };
enum { ENDED_ASSISTANCE = 1, ENDED_CONDITIONS, ENDED_REFUSAL, ENDED_OPEN };
enum { DECIDED_GRANT = 1, DECIDED_WITH_CONDITIONS, DECIDED_REFUSE,
    DECIDED_NEED_INFO, DECIDED_NOTHING };
enum { CONF_REQUESTED = 1, CONF_NOT_REQUESTED };
enum { TOLD_ADVANCE = 1, TOLD_AFTER, TOLD_LATE };
enum { SIDES_SAME = 1, SIDES_ASYMMETRIC, SIDES_NOT_KNOWN };
enum { SMALL_RECEIVED = 1, SMALL_REFUSED };
enum { TIME_MET = 1, TIME_MISSED };
enum { KEPT_DESTROYED = 1, KEPT_CERT_ON_TIME, KEPT_CERT_LATE, KEPT_HOLD };
enum { FEEDBACK_ASKED = 1, FEEDBACK_GIVEN };

/*
 * stats_add(s, id, row, column), stats_value(s, id, v):
 * One more in a cell (codes that the axes do not have are left out; column
 * is not looked at where there is one axis); one more value of the mean.
 */
void stats_add(struct stats *s, enum stats_table_id id, uint64_t row,
    uint64_t column);
void stats_value(struct stats *s, enum stats_table_id id, uint64_t v);

/*
 * stats_within(s, at):
 * Whether a time is in the quarter.
 */
bool stats_within(const struct stats *s, int64_t at);

#endif
