/*
 * choice: what an option says, as the code, date or id that it is.
 */
#ifndef CLI_CHOICE_H
#define CLI_CHOICE_H

#include "cli/command/command.h"
#include "proto/enums.h"

/*
 * choice_code(r, en, option, out):
 * The code that the option names.  Reports ERR_USAGE with the codes there
 * are, or the nearest, also where the option is missing.
 */
MUST_USE enum err choice_code(struct run *r, const struct enumeration *en,
    const char *option, uint64_t *out);

/*
 * choice_time(r, option, out):
 * The time that the option gives: a date, a time, or +30d.  Reports
 * ERR_USAGE, also where the option is missing.
 */
MUST_USE enum err choice_time(struct run *r, const char *option,
    uint64_t *out);

#endif
