/*
 * stats_report: the tables of a quarter as they may be shown, as CSV, JSON
 * and for people.
 *
 * CSV is the canonical form: lines "table,measure,row,column,count" that end
 * with \n, first those of the report itself (table "report"), then all cells
 * of all tables in their order.  The digest of a report is SHA-256 of these
 * bytes.  The head of the log is not among them: an auditor makes the report
 * anew from a later export and compares.
 */
#ifndef CLI_STATS_REPORT_H
#define CLI_STATS_REPORT_H

#include "cli/command/command.h"
#include "cli/stats/stats.h"
#include "proto/hash.h"

#define STATS_CHALLENGES_MAX 16
#define STATS_CSV_MAX (8u << 20)

struct stats_report {
    const struct stats *s;
    char auth_kind[32];             /* first kind on the card */
    char state[4];
    uint8_t head[HASH_LEN];         /* root of the log */
    uint64_t size;                  /* its entries */
    bool internal;                  /* exact counts, not for others */
    bool detail;                    /* and both axes of each table */
    const char *challenge[STATS_CHALLENGES_MAX];
    size_t challenges;
    uint8_t digest[HASH_LEN];       /* filled by stats_report_digest */
    struct slice statement, sig;    /* of who signed it; empty: nobody */
};

/*
 * stats_report_card(p, card):
 * Take kind and state from the own card.
 */
void stats_report_card(struct stats_report *p, const struct rec *card);

/*
 * stats_report_csv(p, b), stats_report_digest(p):
 * Append the CSV; fill the digest.  Errors show in buf_done; ERR_NOMEM.
 */
void stats_report_csv(const struct stats_report *p, struct buf *b);
MUST_USE enum err stats_report_digest(struct stats_report *p);

/*
 * stats_report_members(p, w):
 * The members of the JSON object that is open: v, auth_kind, state, from,
 * to, tables, rounding, suppression, log_head, digest, statement, signature.
 */
void stats_report_members(const struct stats_report *p, struct emit *w);

/*
 * stats_report_text(r, p):
 * Print it for people.  Zeros, and what a table hides as a whole, are told
 * in one line.
 */
MUST_USE enum err stats_report_text(struct run *r,
    const struct stats_report *p);

/*
 * stats_challenge_find(text), stats_challenge(i):
 * The code of a practical challenge of an authority (S21), NULL if unknown;
 * the i-th of all, NULL past the last.
 */
const char *stats_challenge_find(const char *text);
const char *stats_challenge(size_t i);

#endif
