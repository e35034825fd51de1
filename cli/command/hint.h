/*
 * hint: what to do next, as a command that can be typed.
 *
 * Hints stand in tables and say "valise next ID"; where it is known which
 * message that is, its short id stands in the place of ID.
 */
#ifndef CLI_HINT_H
#define CLI_HINT_H

#include <stddef.h>

#define HINT_MAX 1023
#define HINT_ID_LEN 8               /* hex digits of a short id */

/*
 * hint_id(args, operand, id):
 * The short id, in lower case, of what a command is about whose operands are
 * args ("ID [FORM]"), when the first of them is this one; empty where it is
 * none.
 */
void hint_id(const char *args, const char *operand,
    char id[static HINT_ID_LEN + 1]);

/*
 * hint_about(hint, id, out):
 * The hint with id in the place of ID, where that is the operand of a command
 * and not the value of an option; as it is where id is empty.  Cut at
 * HINT_MAX.
 */
void hint_about(const char *hint, const char *id,
    char out[static HINT_MAX + 1]);

#endif
