/*
 * valise use ID --purpose P [--in PROC]: declare a use of what was read, or,
 * with --quote, that it is quoted in a paper.  The log says so before it is
 * done; FEEDBACK tells the originator.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/copying.h"
#include "cli/submit.h"
#include "cli/text.h"

static enum err
steps(struct copying *x)
{
    const char *to = command_option(x->r, "quote");
    char next[96], id[MAIL_ID_LEN + 1];
    enum err e;

    x->row = copying_row_of(to != NULL ? USE_QUOTE : USE_USE);
    if (to != NULL)
        x->to = slice_str(to);
    if (command_option(x->r, "purpose") == NULL)
        return command_fail(x->r, ERR_USAGE, "--purpose",
            _("say what it is used for; see: valise explain purpose"));
    if ((e = copying_find(x, x->r->arg[0])) != OK ||
        (e = copying_check(x)) != OK)
        return e;
    if (command_option(x->r, "dry-run") != NULL)
        return copying_tell(x, _("This use would be logged."),
            "valise.use");
    if ((e = copying_log(x)) != OK ||
        (e = copying_tell(x, _("The use is in the log."),
        "valise.use")) != OK)
        return e;
    mail_id(&x->mail.m, id);
    (void)snprintf(next, sizeof(next), "valise do %s feedback", id);
    command_next(x->r, next);
    return OK;
}

static enum err
run_use(struct run *r)
{
    struct copying x = { .r = r };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    e = steps(&x);
    copying_close(&x);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    COPYING_OPTIONS,
    { "quote", N_("READER"), N_("it is quoted in a paper for this reader: "
      "an authority, COURT:ID, OWN_COUNSEL:ID or OTHER_PARTY:ID") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise use 3f0a1c22 --purpose ASSET_TRACING",
    "valise use 3f0a1c22 --purpose CIVIL_RECOVERY --in case-7 --dry-run",
    "valise use 3f0a1c22 --purpose MLA_PREPARATION --quote QN-FIU",
    NULL
};

const struct command command_use = {
    .name = "use", .run = run_use, .args = N_("ID"), .least = 1, .most = 1,
    .options = options,
    .help = N_("declare a use of a message, in a proceeding or a paper; it "
      "is logged"),
    .examples = examples
};
