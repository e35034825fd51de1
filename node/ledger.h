/*
 * ledger: entries, checkpoints, links and receipts of the own log.
 */
#ifndef NODE_LEDGER_H
#define NODE_LEDGER_H

#include "node/core_in.h"
#include "proto/entry.h"
#include "proto/enums.h"
#include "proto/request.h"
#include "proto/tlog.h"

#define STATEMENT_AGE_MAX 600
#define LEDGER_ALARMS_OF 8              /* about one person, in an hour: he
                                         * leaves room in status for others */

/* One line of the log. */
struct line {
    enum event event;
    enum err code;
    const uint8_t *obj;                 /* digest, or NULL */
    struct slice actor;                 /* kid; empty: the node */
    bool seen;                          /* for a peer's eyes: types 1 to 3 */
    bool has_purpose;
    uint64_t purpose;
    struct slice proceeding;
    struct slice statement, sig;        /* empty: none */
    struct slice detail;
};

/*
 * ledger_append(c, l, index):
 * Write an entry, in the transaction.
 */
MUST_USE enum err ledger_append(struct core *c, const struct line *l,
    uint64_t *index);

/*
 * ledger_load(c), ledger_checkpoint(c):
 * The head as the store has it; sign and store the note of what the batch
 * has added, into the head.  No entries, no checkpoint.
 */
MUST_USE enum err ledger_load(struct core *c);
MUST_USE enum err ledger_checkpoint(struct core *c);

/*
 * ledger_tlog(c, a, have, client, out):
 * The newest checkpoint, and the proof that the log goes on from `have`;
 * root_at_have is empty where this log has no such beginning.
 */
MUST_USE enum err ledger_tlog(struct core *c, struct arena *a,
    const struct tlog_have *have, bool client, struct tlog *out);

/*
 * ledger_receipt(c, index, out):
 * Append the receipt of an entry under the newest checkpoint.
 */
MUST_USE enum err ledger_receipt(struct core *c, uint64_t index,
    struct buf *out);

/*
 * ledger_openings(c, a, index, out):
 * Append all openings of an entry that are left; nothing where none is.
 */
MUST_USE enum err ledger_openings(struct core *c, struct arena *a,
    uint64_t index, struct buf *out);

/*
 * ledger_entry(c, index, out):
 * Read an entry.
 */
MUST_USE enum err ledger_entry(struct core *c, uint64_t index,
    struct entry *out);

/*
 * ledger_alarm(c, peer, code, obj),
 * ledger_alarm_fresh(c, peer, code, obj, fresh),
 * ledger_alarm_of(c, who, code, obj):
 * An alarm: an entry, once for each peer, code and obj (NULL: none).  peer
 * may be empty; fresh says whether this was the once.  The same about what the
 * client of a person asked: its detail is AUTHORITY/label, since he signed
 * nothing of it, and there are no more than LEDGER_ALARMS_OF about him in an
 * hour, whatever obj he chooses.
 */
MUST_USE enum err ledger_alarm(struct core *c, struct slice peer,
    enum err code, const uint8_t *obj);
MUST_USE enum err ledger_alarm_fresh(struct core *c, struct slice peer,
    enum err code, const uint8_t *obj, bool *fresh);
MUST_USE enum err ledger_alarm_of(struct core *c, const struct person *who,
    enum err code, const uint8_t *obj);

/*
 * ledger_fresh(c, st):
 * Whether the checkpoint that a statement names was the newest within the
 * last ten minutes.  E_STALE_STATEMENT.
 */
MUST_USE enum err ledger_fresh(struct core *c, const struct statement *st);

#endif
