/*
 * explain_field: every field that has a name, wherever it may stand: in a
 * message, in its limits, in the list of its files, in an authority's entry
 * in the directory.
 */
#ifndef CLI_EXPLAIN_FIELD_H
#define CLI_EXPLAIN_FIELD_H

#include "cli/text/sheet.h"
#include "proto/kinds.h"

/*
 * explain_field(d, a, name, s), columns EXPLAIN_FIELD_COLUMNS:
 * Add a row for each: "restrictions.use_level", "SPONT_DISCLOSURE.title",
 * "body.title", "title"; and where there is none of that path at the top, each
 * that is somewhere below, with where: "docket", "accepts_kinds",
 * "peer.reply_days".
 */
#define EXPLAIN_FIELD_COLUMNS "kind must half key rule format help"
void explain_field(const struct domain *d, struct arena *a,
    const char *name, struct sheet *s);

#endif
