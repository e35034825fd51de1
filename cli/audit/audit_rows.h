/*
 * audit_rows: the entries of an export, one after another, as a person reads
 * them: who did what, when, for which purpose, about which message, and with
 * what result.  Nothing of a message but its header is in an export.
 */
#ifndef CLI_AUDIT_ROWS_H
#define CLI_AUDIT_ROWS_H

#include "cli/audit/audit.h"
#include "cli/form/json.h"
#include "proto/entry.h"
#include "proto/request.h"

/* What is here of who and why. */
enum audit_told {
    AUDIT_TOLD,                 /* it opens what was entered */
    AUDIT_ERASED,               /* it is gone, and the log says so */
    AUDIT_UNTOLD                /* missing or false, which is a finding */
};

#define AUDIT_PERSON_MAX 96

/* Slices are borrowed until the next row. */
struct audit_row {
    uint64_t index, time;
    unsigned event;
    enum err code;
    bool proven;                /* no finding touches this entry */
    enum audit_told told;
    struct slice actor;         /* kid; empty: the node */
    char who[JSON_LABEL_MAX + 1];   /* label; "" where nobody knows one */
    uint64_t roles;             /* bits 1 << role, on the list of then */
    struct statement said;      /* act ACT_NONE: nothing was signed */
    bool has_purpose;
    uint64_t purpose;
    struct slice proceeding, detail;
    uint64_t use;               /* enum use, of request 21; 0: none */
    struct slice party;         /* whom it went to, or who used a consent */
    uint64_t use_no;            /* of a consent, as the log was told; 0 */
    struct slice consent_id, transfer;
    bool has_obj;
    uint8_t obj[HASH_LEN];
    const char *kind;           /* of the message; NULL: header not here */
    struct slice msg_id, thread_id, from, to;
    struct slice head;          /* its header; empty: not here */
    bool approval;              /* two persons sign it */
    const char *object;         /* "card", "staff"; NULL: it is no object */
    uint64_t serial;            /* of that object */
    char peer[64];              /* the other authority; "" none */
    char person[AUDIT_PERSON_MAX + 1];  /* of an alarm about what his program
                                 * asked: AUTHORITY/label; "" none */
};

typedef enum err (*audit_row_fn)(void *arg, const struct audit_row *row);

/*
 * audit_rows(a, fn, arg):
 * Call fn for each entry that can be read, in order, after audit_run.  Who
 * and why is told only where it opens what was entered.  Ends with what fn
 * returns other than OK; ERR_NOMEM.
 */
MUST_USE enum err audit_rows(struct audit *a, audit_row_fn fn, void *arg);

#endif
