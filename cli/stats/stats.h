/*
 * stats: counters without case content (domain reference 6.6, S1 to S20).
 *
 * The source is what the log and the headers say: control halves of
 * messages, their times, and events.  Nothing here knows a partner, an
 * officer or a case, and no table has an axis for one.  Each table has one
 * measure, and at most two axes: codes by codes.
 *
 * A report is about one calendar quarter.  Messages and events after its end
 * are as if they had not been, so that a report that is made anew later says
 * the same.  What both sides would count is counted by the one who did it:
 * an answer, refusal, delay or certificate by its sender, the fate of a
 * request by who must answer it (FORMAT.md section 11).
 */
#ifndef CLI_STATS_H
#define CLI_STATS_H

#include "cli/stats/stats_mask.h"
#include "proto/message.h"

/* A calendar quarter, from its first second to the first of the next. */
struct stats_quarter {
    unsigned year, quarter;         /* 2026, 1 to 4 */
    int64_t from, to;
    int64_t published;              /* not before: one quarter later */
};

/*
 * stats_quarter_read(text, out), stats_quarter_of(t, out):
 * "2026Q3"; the quarter in which t is.  False for what is none from 2020 to
 * 2099.
 */
bool stats_quarter_read(const char *text, struct stats_quarter *out);
bool stats_quarter_of(int64_t t, struct stats_quarter *out);

/* The tables, in the order of a report. */
enum stats_table_id {
    STATS_OPENED, STATS_RECEIVED, STATS_BASIS, STATS_UNCAC, STATS_OUTCOME,
    STATS_REFUSALS, STATS_DELAYS, STATS_TIME_ACK, STATS_TIME_FIRST,
    STATS_TIME_FINAL, STATS_OVERDUE, STATS_SPONTANEOUS, STATS_FORMAL,
    STATS_CONSULTED, STATS_CONSENT, STATS_CONF_ASKED, STATS_CONF_UNABLE,
    STATS_CONF_DECIDED, STATS_EXCULPATORY, STATS_PROCEEDING,
    STATS_DE_MINIMIS, STATS_CHANNEL, STATS_URGENCY, STATS_RETENTION,
    STATS_FEEDBACK, STATS_TABLES
};

struct stats_label {
    uint64_t code;
    const char *name;
};

#define STATS_LABELS_MAX 64         /* of one axis */

struct stats_table {
    const char *id;                 /* "S7" */
    const char *measure;            /* "final_answer"; "" where it is alone */
    const char *title;              /* to be translated */
    struct stats_label row[STATS_LABELS_MAX];
    struct stats_label column[STATS_LABELS_MAX];    /* "": one axis only */
    size_t rows, columns;           /* at least 1 column */
    bool both;                      /* given out with both axes; else the
                                     * rows alone, all columns together */
    uint64_t *cell;                 /* rows times columns */
    const char *mean;               /* "median_days"; NULL: none */
    uint64_t *value;                /* of the mean, ascending after
                                     * stats_end */
    size_t n_values, room;
};

struct stats;

/*
 * stats_new(d, q, out), stats_free(s):
 * Empty tables for a quarter.  The codes of the axes are those of the rows
 * of the domain.  ERR_NOMEM.
 */
MUST_USE enum err stats_new(const struct domain *d,
    const struct stats_quarter *q, struct stats **out);
void stats_free(struct stats *s);

/* One message of a thread, as its holder saw it. */
struct stats_message {
    const struct message *m;        /* control half */
    bool out;                       /* of the own authority */
    int64_t at;                     /* when the own node took it */
};

/* A thread up to the end of the quarter. */
struct stats_thread {
    const struct stats_message *v;  /* as time went; the opening first; those
                                     * that count: not gone, allowed */
    size_t n;
    int64_t delivered;              /* of the opening; 0 not known */
    int64_t due;                    /* when an answer is due at the end of
                                     * the quarter; 0 none */
    int64_t stopped;                /* seconds that the clock stood */
    uint64_t reply_days;            /* of who answers; 0: 21 */
    bool led;                       /* another thread came out of it */
};

/*
 * stats_thread(s, t), stats_event(s, event, at):
 * Count a thread; count an event of the log that carries no code.
 * ERR_NOMEM.
 */
MUST_USE enum err stats_thread(struct stats *s,
    const struct stats_thread *t);
void stats_event(struct stats *s, unsigned event, int64_t at);

/*
 * stats_end(s):
 * Nothing more comes: values are put in order.
 */
void stats_end(struct stats *s);

/*
 * stats_table(s, id), stats_quarter(s):
 * A table; the quarter.
 */
const struct stats_table *stats_table(const struct stats *s,
    enum stats_table_id id);
const struct stats_quarter *stats_quarter(const struct stats *s);

/*
 * stats_cell(t, row, column):
 * A count by the names of its codes; column may be NULL: all of the row.
 * UINT64_MAX for names that are none.
 */
uint64_t stats_cell(const struct stats_table *t, const char *row,
    const char *column);

/*
 * stats_mean(t, tenths):
 * The median of the days, or the mean in tenths, where there are at least
 * STATS_MEAN_LEAST values; else false.
 */
bool stats_mean(const struct stats_table *t, uint64_t *tenths);

#endif
