/*
 * doing: one act of an officer, from the word to what became of it.
 *
 *   the thread -> what the act is about -> an acknowledgement, where one is
 *   owed before -> what is known already, options, a form, or the interview
 *   -> shown, confirmed, sent (sending.h)
 *
 * `valise do` and the short names take this way and add nothing to it.
 * With a form, the form says everything but the facts of the thread; without
 * one the message starts from what is known, and on a terminal what is
 * missing is asked.  Content never stands in argv: an option gives a code, a
 * date or an id, and --text names a file.
 */
#ifndef CLI_DOING_H
#define CLI_DOING_H

#include "cli/act/acts.h"
#include "cli/act/acknowledge.h"
#include "cli/act/sending.h"

/* Of every command that does an act; with ACKNOWLEDGE_OPTIONS beside it
 * where a thread may have to be acknowledged before. */
#define DOING_OPTIONS \
    { "form", NULL, N_("print the form, filled as far as it is known, and " \
      "send nothing") }, \
    { "resume", N_("DRAFT"), N_("go on with a draft that is not whole") }, \
    SENDING_OPTIONS
#define DOING_TEXT \
    { "text", N_("FILE"), N_("file with the text, - for stdin") }

struct doing_want {
    const struct acts_row *act;
    const char *id;                 /* of a message of the thread; NULL: the
                                     * act opens a thread */
    const char *to;                 /* whom it goes to then */
    const char *path;               /* of a form, or the id of a draft; NULL:
                                     * what is known, and the interview */
    const struct sending_second *second;    /* see sending.h; or NULL */
};

/*
 * doing_run(r, w):
 * The whole command.  Reports its failures.
 */
MUST_USE enum err doing_run(struct run *r, const struct doing_want *w);

/*
 * doing_run_short(r):
 * The run of a command ID [FORM|-|DRAFT] whose row names the act.
 */
MUST_USE enum err doing_run_short(struct run *r);

#endif
