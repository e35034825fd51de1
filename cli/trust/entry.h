/*
 * entry: the entry of an authority in the directory, for people: what it
 * accepts, what it needs in a request, how and when it answers.
 */
#ifndef CLI_ENTRY_H
#define CLI_ENTRY_H

#include "cli/text/sheet.h"
#include "cli/trust/session.h"

/*
 * entry_find(d, authority):
 * The card in force, or, of an authority without a node, what the own keeper
 * signed; NULL if there is neither.
 */
const struct rec *entry_find(const struct directory *d,
    struct slice authority);

/*
 * entry_counterpart(d, instead):
 * Whom else to ask, where this authority is no counterpart of the own one: a
 * pinned authority or a contact in the same State that takes messages of an
 * authority like the own; NULL if none is known here.  The first by name.
 */
const struct rec *entry_counterpart(const struct directory *d,
    struct slice instead);

/*
 * entry_state_kinds(d, entry):
 * The kinds of all authorities known here in the State of this entry, as
 * bits (rule_facts.state_kinds).
 */
uint64_t entry_state_kinds(const struct directory *d,
    const struct rec *entry);

/*
 * entry_rows(sheet, a, entry, now):
 * A row "field value" for each directory field that is there: of a contact
 * its role in the name ("contacts.URGENT_24_7"), of a requirement its topic;
 * and the local time there.  Cells live in a.
 */
void entry_rows(struct sheet *sheet, struct arena *a,
    const struct rec *entry, int64_t now);

/*
 * entry_money(money, b):
 * "10000 EUR".
 */
void entry_money(const struct rec *money, struct buf *b);

#endif
