/*
 * audit_export: from a node's answers to an export on disk.
 *
 * The reading makes an entry of its own, so the log grows while it is read:
 * the export is up to the checkpoint that the node shows after that entry.
 * Messages and receipts that came later are left out.
 */
#ifndef CLI_AUDIT_EXPORT_H
#define CLI_AUDIT_EXPORT_H

#include "proto/note.h"
#include "proto/request.h"
#include "proto/trust.h"

/* Whom to ask. */
struct audit_source {
    struct slice authority, origin;
    /* Ask, with the statement of the reading where the request needs one;
     * the result is in the arena. */
    enum err (*ask)(void *arg, enum request_type type,
        const struct rec *args, struct arena *a, struct rec **result);
    /* The newest checkpoint that was verified and linked; the own card. */
    const struct note_checkpoint *(*checkpoint)(void *arg);
    const struct rec *(*card)(void *arg);
    void *arg;
};

struct audit_exported {
    uint64_t entries, openings, headers, receipts, objects, cosigned, peers;
};

/*
 * audit_export(src, dir, out):
 * Read everything and write it to dir.  What audit_layout_new and the node
 * say; ERR_PROOF if the entries are not those of the checkpoint or the node
 * hands out less than it says.
 */
MUST_USE enum err audit_export(const struct audit_source *src,
    const char *dir, struct audit_exported *out);

#endif
