/*
 * passing: documents that came with a message and are passed on with the
 * consent of their originator.  Each is read from the own node as it came,
 * decrypted and sealed anew (attach.h), and never lies on this machine.
 *
 * What is read goes over a connection of its own, since blocks come while
 * others go.
 */
#ifndef CLI_PASSING_H
#define CLI_PASSING_H

#include "cli/act/opening.h"
#include "cli/files/unseal.h"

struct passing;

/* What passes, and where it is; all borrowed. */
struct passing_want {
    struct opening_want opened;         /* how the source was opened */
    const struct message *source;       /* with its body: it has the files */
    const struct message *brought;      /* with its body: it has the items
                                         * (consent.h) */
};

/*
 * passing_open(r, own, w, out), passing_close(p):
 * Of the session of the command, while nothing is under way on it.  Reports
 * its failures: E_NOT_FOUND for a source without files.
 */
MUST_USE enum err passing_open(struct run *r, struct session *own,
    const struct passing_want *w, struct passing **out);
void passing_close(struct passing *p);

/*
 * passing_count(p):
 * How many documents pass.
 *
 * passing_item(p, i, a, offset, out, f):
 * The manifest item of document i where it is sealed anew (consent_document).
 *
 * passing_read(p, i, sink, arg):
 * Hand its bytes to sink, as carried_read does; by one thread, and while the
 * session of the command is aside.
 */
size_t passing_count(const struct passing *p);
MUST_USE enum err passing_item(const struct passing *p, size_t i,
    struct arena *a, uint64_t offset, struct rec **out, struct fault *f);
MUST_USE enum err passing_read(struct passing *p, size_t i, unseal_sink sink,
    void *arg);

#endif
