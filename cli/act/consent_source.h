/*
 * consent_source: the content that a consent is about, opened for an act
 * (doing.h): a decision opens the own message from which items are cut; a
 * copy that is passed on opens the message that brought the items, and where
 * documents are among them the message that brought the files.
 */
#ifndef CLI_CONSENT_SOURCE_H
#define CLI_CONSENT_SOURCE_H

#include "cli/act/consenting.h"
#include "cli/act/mail.h"
#include "cli/files/attach.h"

struct consent_source;

/*
 * consent_source_wants(kind):
 * Whether acts of this kind need a source.
 */
bool consent_source_wants(uint16_t kind);

/*
 * consent_source_open(r, s, kind, t, about, to, out),
 * consent_source_close(x):
 * Find and open it: t and about are the thread and the message that was
 * meant; to is whom a copy goes to.  For a copy a consent that is granted,
 * fits and is not used up must be there: E_ONWARD_NO_CONSENT with the command
 * that asks for one.  --with ID passes on another's decision.  Reports its
 * failures.
 */
MUST_USE enum err consent_source_open(struct run *r, struct session *s,
    uint16_t kind, struct thread *t, const struct thread_message *about,
    const char *to, struct consent_source **out);
void consent_source_close(struct consent_source *x);

/*
 * consent_source_uses(r, s, consent, out):
 * How often this authority has used a consent, by what it sent: the highest
 * number.  Reports its failures.
 */
MUST_USE enum err consent_source_uses(struct run *r, struct session *s,
    const struct rec *consent, uint64_t *out);

/*
 * consent_source_put(x, o, m, l):
 * What the form leaves out, which is what the client alone makes (see
 * consenting.h), put into m, with findings in l; for compose_opts.complete.
 */
MUST_USE enum err consent_source_put(struct consent_source *x,
    const struct compose_opts *o, struct message *m, struct findings *l);

/*
 * consent_source_form(x, o, m, l):
 * The form from which the act starts: what would be released, as it stands
 * and limited to what was asked, for a person to cut.
 */
MUST_USE enum err consent_source_form(struct consent_source *x,
    const struct compose_opts *o, struct message *m, struct findings *l);

/*
 * consent_source_opts(x, o):
 * The signatures that the message brings with it, and what is known of its
 * consents.  Without a source nothing is set.
 */
void consent_source_opts(const struct consent_source *x,
    struct compose_opts *o);

/*
 * consent_source_files(x, out):
 * The documents that pass with a copy, to be sealed anew; *out stays as it is
 * where none do.  x lives longer.  Reports its failures.
 */
MUST_USE enum err consent_source_files(const struct consent_source *x,
    struct attached **out);

/*
 * consent_source_asked(of, m, l):
 * A finding where m, about `of`, asks for what no consent can release: to pass
 * on documents of a message without files, the files of an offer, or evidence
 * without naming any of its documents; to do anything else with documents
 * alone.
 */
MUST_USE enum err consent_source_asked(const struct message *of,
    const struct message *m, struct findings *l);

#endif
