/*
 * audit_report: what an audit has found, for people and for programs.
 */
#ifndef CLI_AUDIT_REPORT_H
#define CLI_AUDIT_REPORT_H

#include "cli/audit/audit.h"
#include "cli/command/command.h"

/*
 * audit_report_text(r, a, dir):
 * Print what was checked, how many and with what result, then each finding.
 * Rows of what was not asked for are left out.  dir names the export.
 */
MUST_USE enum err audit_report_text(struct run *r, const struct audit *a,
    const char *dir);

/*
 * audit_report_members(a, dir, w):
 * The same as members of the object that is open: export, log, key_compared,
 * checks and findings.
 */
void audit_report_members(const struct audit *a, const char *dir,
    struct emit *w);

#endif
