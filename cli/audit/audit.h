/*
 * audit: checking an export offline, without keys, home or network.
 *
 * Stages, each in a file of its own (audit_*.c), in this order:
 *
 *   trust       cards and lists, up to the own root
 *   log         the checkpoint, each entry, each hash that is kept; what of
 *               the log the auditor and peers have seen before
 *   headers     signatures of messages
 *   entries     who and why: what the entries commit to; officers' signed
 *               statements
 *   threads     each thread as it stood at an entry: what the limits on use
 *               and the consents said of what was done, what was passed on,
 *               how refusals came about, how keeping ended, and which dates
 *               were missed
 *   receipts    what peers proved, and notes of their logs
 *   files       nothing is there that belongs to nothing
 *   with        another authority's export: both agree
 *
 * Nothing stops at the first fault.  A finding names an entry, a file or
 * both.  What is held does not grow with the log but for some 200 bytes a
 * message, 32 for each thing that was done with one, and the cards and lists.
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "proto/kinds.h"
#include "proto/trust.h"

#define AUDIT_FINDINGS_MAX 1000     /* kept; all are counted */
#define AUDIT_NONE UINT64_MAX       /* no entry */
#define AUDIT_WHERE_MAX 383
#define AUDIT_DETAIL_MAX 159

/* What is counted, in the order of the report. */
enum audit_check {
    AUDIT_KEY,                  /* the root that the auditor brought */
    AUDIT_LISTS,
    AUDIT_LOG,
    AUDIT_SINCE,
    AUDIT_COSIGNED,
    AUDIT_HEADERS,
    AUDIT_OPENINGS,
    AUDIT_STATEMENTS,
    AUDIT_LIMITS,
    AUDIT_FORWARDS,
    AUDIT_CONSENTS,             /* uses of the own ones */
    AUDIT_REFUSALS,
    AUDIT_KEEPING,
    AUDIT_EVIDENCE,
    AUDIT_RECEIPTS,
    AUDIT_PEERS,
    AUDIT_FILES,
    AUDIT_WITH,
    AUDIT_CHECKS
};

struct audit_finding {
    enum audit_check check;
    enum err e;                 /* the code behind it, or ERR_AUDIT */
    uint64_t entry;             /* AUDIT_NONE: of no entry */
    char file[AUDIT_WHERE_MAX + 1];     /* in the export; "" none */
    const char *what;           /* to be translated */
    char detail[AUDIT_DETAIL_MAX + 1];  /* "": nothing more */
};

/* What the auditor brings; NULL where he does not. */
struct audit_opts {
    const char *root;           /* 30 digits, blanks allowed */
    const char *card;           /* path of a card file */
    const char *since;          /* path of an older note or export */
};

/* A date that was missed.  It is told, and is no fault of the log. */
struct audit_late {
    uint64_t entry;             /* AUDIT_NONE: of no entry */
    uint8_t digest[HASH_LEN];   /* of the message that it is about */
    uint8_t id[MSG_ID_LEN];
    bool own;                   /* this authority owed it */
    const char *what;           /* to be translated */
    int64_t due;                /* 0: the log does not say */
    char why[AUDIT_DETAIL_MAX + 1];     /* codes of a delay; "" none told */
};

struct audit;

/*
 * audit_new(dir, out), audit_free(a):
 * Open an export.  ERR_NOTFOUND, ERR_ACCESS, ERR_FORMAT, ERR_NOMEM.
 */
MUST_USE enum err audit_new(const char *dir, struct audit **out);
void audit_free(struct audit *a);

/*
 * audit_is_export(a):
 * Whether the folder has anything that an export has.
 */
bool audit_is_export(struct audit *a);

/*
 * audit_run(a, o, what):
 * Check everything.  OK when it came to an end, whatever was found.  A fault
 * of what the auditor brought is ERR_USAGE or what reading it says, and *what
 * names it; ERR_NOMEM, ERR_IO.
 */
MUST_USE enum err audit_run(struct audit *a, const struct audit_opts *o,
    const char **what);

/*
 * audit_agree(a, b):
 * Whether two exports that were run agree: what each one's receipts and
 * notes say of the other's log is so there.  Findings go into a.
 */
MUST_USE enum err audit_agree(struct audit *a, struct audit *b);

/*
 * audit_card_key(card, origin, size, key):
 * The key that signs checkpoints of this size of the log, as the card says;
 * false if it names none.
 */
bool audit_card_key(const struct rec *card, struct slice origin,
    uint64_t size, uint8_t key[static KEY_LEN]);

/*
 * audit_found(a), audit_kept(a), audit_finding(a, i):
 * How many findings; how many of them are kept; one of these.
 */
size_t audit_found(const struct audit *a);
size_t audit_kept(const struct audit *a);
const struct audit_finding *audit_finding(const struct audit *a, size_t i);

/*
 * audit_late_count(a), audit_late_at(a, i):
 * The dates that were missed, thread by thread.
 */
size_t audit_late_count(const struct audit *a);
const struct audit_late *audit_late_at(const struct audit *a, size_t i);

/*
 * audit_count(a, check), audit_failed(a, check), audit_compared(a):
 * How many were checked and how many findings there are; whether the root
 * was compared with what the auditor brought.
 */
uint64_t audit_count(const struct audit *a, enum audit_check check);
uint64_t audit_failed(const struct audit *a, enum audit_check check);
bool audit_compared(const struct audit *a);

/*
 * audit_authority(a), audit_card(a):
 * Whose export it is; its newest card, NULL if none holds.
 */
struct slice audit_authority(const struct audit *a);
const struct rec *audit_card(const struct audit *a);

/*
 * audit_origin(a), audit_size(a), audit_hash(a), audit_erased(a):
 * Name, size and root of the log that was checked; for how many entries the
 * openings were erased.
 */
struct slice audit_origin(const struct audit *a);
uint64_t audit_size(const struct audit *a);
const uint8_t *audit_hash(const struct audit *a);
uint64_t audit_erased(const struct audit *a);

#endif
