/*
 * audit_begin: how a command that reads an export begins and ends: which
 * folder and which digits were meant, everything checked, and what that says.
 */
#ifndef CLI_AUDIT_BEGIN_H
#define CLI_AUDIT_BEGIN_H

#include "cli/audit/audit.h"
#include "cli/command/command.h"

/* Operands: the folder, and groups of digits that follow --root unquoted. */
#define AUDIT_OPERANDS 6

/* The options --root, --card and --since of a command that begins so. */
#define AUDIT_OPTIONS \
    { "root", N_("DIGITS"), N_("the 30 digits of the authority's root, as " \
      "you had them from its custodians") }, \
    { "card", N_("FILE"), N_("a card of the authority that you trust") }, \
    { "since", N_("CHECKPOINT"), N_("an older checkpoint or export that " \
      "you kept: the log must go on from it") }

struct audit_begun {
    const char *dir;            /* the folder that was named */
    struct audit_opts opts;
    char root[64];              /* its digits, where they were given */
    struct audit *a;            /* freed by the caller */
};

/*
 * audit_begin(r, out), audit_begin_open(r, dir, out):
 * Read operands and options, open the export, check everything.  Or only
 * open another one.  Report their failures.
 */
MUST_USE enum err audit_begin(struct run *r, struct audit_begun *out);
MUST_USE enum err audit_begin_open(struct run *r, const char *dir,
    struct audit **out);

/*
 * audit_begin_end(r, a, dir, hint):
 * What the findings say of this export: ERR_AUDIT, reported with the hint;
 * E_PENDING where nobody has compared the root; OK.
 */
MUST_USE enum err audit_begin_end(struct run *r, const struct audit *a,
    const char *dir, const char *hint);

#endif
