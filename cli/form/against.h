/*
 * against: a draft beside the directory entry of who shall get it.
 *
 * What blocks and what the rules warn of is rules.h.  Here stands what a
 * person must compare: what the authority asks for in a request, the value
 * below which it may decline, how soon it answers, when it is closed.
 */
#ifndef CLI_AGAINST_H
#define CLI_AGAINST_H

#include "cli/form/vetting.h"
#include "cli/text/sheet.h"

/*
 * against_entry(m, entry, now, a, s, alerts):
 * Rows "field value" about the entry and this draft, whose fields are there;
 * A_CIVIL_NOT_SUPPORTED among the alerts for a civil or administrative
 * proceeding that the authority may not help in.
 */
void against_entry(const struct message *m, const struct rec *entry,
    int64_t now, struct arena *a, struct sheet *s, struct alerts *alerts);

/*
 * against_below(money, least):
 * Whether an amount is below another one of the same currency.
 */
bool against_below(const struct rec *money, const struct rec *least);

#endif
