/*
 * consenting: what a client makes of consents before it seals (FORMAT.md
 * section 4).
 *
 * The originator's client cuts what may pass into items with salts and
 * commitments, and writes the set that the copy may have at most; permissions
 * given in advance (onward LISTED, STATE) are the same object, one for each
 * entry of the list.  The forwarder's client copies a consent with its
 * signatures and items, and adds nothing but a note.
 */
#ifndef CLI_CONSENTING_H
#define CLI_CONSENTING_H

#include "cli/act/opening.h"
#include "cli/form/compose.h"
#include "proto/consent.h"

/*
 * consenting_standing(o, c):
 * Give the message a consent for each authority or class that its limits
 * list, with an item for each of its parts; then two persons sign it.  A
 * message that lists nobody, or releases nothing, gets none.  Called where
 * the client fills what it fills.
 */
MUST_USE enum err consenting_standing(const struct compose_opts *o,
    struct composed *c);

/* A file of the message, as its list has it (manifest.h). */
struct consenting_doc {
    struct slice id, bytes;
};

/* What is decided on: the request, the message whose content it is about. */
struct consenting_source {
    const struct thread_message *request;
    const struct message *content;      /* both halves; NULL: no items */
    const struct consenting_doc *docs;  /* those that were asked for */
    size_t n_docs;
    const struct rec *set;              /* that governs it */
};

/*
 * consenting_decide(o, x, m, l):
 * Complete the consent of a CONSENT_DECISION: what the form leaves out is as
 * it was asked, within what governs the content; ids, set, items and
 * commitments.  Parts in the form itself are the redacted ones that pass; a
 * form without any releases the parts as they stand.  Findings for parts and
 * documents that are not there, and for documents alone in what is not to
 * pass on.
 */
MUST_USE enum err consenting_decide(const struct compose_opts *o,
    const struct consenting_source *x, struct message *m,
    struct findings *l);

/* What is passed on. */
struct consenting_forward {
    const struct consent_run *run;      /* of the consent, granted */
    const struct message *brought;      /* the message that has the items,
                                         * with both halves */
    const struct thread_message *source;    /* whose content it is */
    const struct rec *source_set;
    uint64_t use_no;
};

/*
 * consenting_copy(o, x, m, l):
 * Complete an ONWARD_TRANSFER: consent, items, limits, the number of use.
 * Findings where the form says other words than the originator released.  The
 * files of its documents are not put here (passing.h).
 */
MUST_USE enum err consenting_copy(const struct compose_opts *o,
    const struct consenting_forward *x, struct message *m,
    struct findings *l);

/*
 * consenting_relay(o, d, m):
 * Complete a CONSENT_DECISION that passes on the decision d of another (both
 * halves): the same consent, items and texts.
 */
MUST_USE enum err consenting_relay(const struct compose_opts *o,
    const struct message *d, struct message *m);

/*
 * consenting_ended(a, t, m, out):
 * Whose consent it is that m names by its consent_id, and of which type: those
 * fields of it, as a consent of the thread has them.  E_NOT_FOUND if none of
 * the thread has this id.
 */
MUST_USE enum err consenting_ended(struct arena *a, const struct thread *t,
    const struct message *m, struct rec **out);

/*
 * consenting_signatures(d, consent, out):
 * The two signatures of a consent of message d.
 */
void consenting_signatures(const struct thread_message *d,
    const struct rec *consent, struct signature out[static 2]);

/*
 * consenting_show(a, m, out):
 * For people: the same message with what its items hold in the fields of its
 * form, parts, subjects and documents, in the place of the items.
 *
 * consenting_document(a, rows, item, out):
 * A row of documents of that form, of a manifest item.
 */
MUST_USE enum err consenting_document(struct arena *a,
    const struct record *rows, const struct rec *item, struct rec **out);
MUST_USE enum err consenting_show(struct arena *a, const struct message *m,
    struct message *out);

#endif
