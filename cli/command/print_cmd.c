/*
 * valise print ID: a numbered copy for paper: the page of restrictions, then
 * the content, as text, to stdout (a printer) or to a file.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command/commands.h"
#include "cli/files/copy_out.h"
#include "cli/text/text.h"

static enum err
steps(struct copying *x)
{
    enum err e;

    x->row = copying_row_of(USE_PRINT);
    if ((e = copy_out_check(x->r)) != OK ||
        (e = copying_find(x, x->r->arg[0])) != OK ||
        (e = copying_check(x)) != OK)
        return e;
    if (command_option(x->r, "dry-run") != NULL)
        return copying_tell(x, _("This copy would be logged and printed."),
            "valise.print");
    if ((e = copying_open(x)) != OK || (e = copying_log(x)) != OK ||
        (e = copy_out_write(x)) != OK)
        return e;
    if (command_option(x->r, "out") != NULL)
        return copying_tell(x, _("The copy is written."), "valise.print");
    (void)fprintf(x->r->env->err, _("valise: note: this is copy no. %" PRIu64
        ", entry %" PRIu64 " of your log\n"), x->number, x->index);
    return OK;
}

static enum err
run_print(struct run *r)
{
    return copying_run(r, steps);
}

static const struct option_row options[] = {
    { "out", N_("FILE"), N_("into this file, which is not there yet") },
    COPYING_OPTIONS, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise print 3f0a1c22 | lp",
    "valise print 3f0a1c22 --purpose ANALYSIS --out copy.txt",
    NULL
};

const struct command command_print = {
    .name = "print", .run = run_print, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("a numbered copy for paper, with its limits in front; it is "
      "logged"),
    .examples = examples
};
