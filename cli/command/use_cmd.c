/*
 * valise use ID [--purpose P] [--in PROC]: declare a use of what was read, or
 * that it is quoted in a paper (--quote), that the person concerned is told
 * (--tell), that its originator is named (--name).  The log says so before it
 * is done; FEEDBACK tells the originator.
 */
#include <stdio.h>

#include "cli/command/commands.h"
#include "cli/files/copying.h"
#include "cli/text/text.h"

/* One of the things that are declared with this command. */
static enum err
take_what(struct copying *x)
{
    static const struct { const char *option; uint64_t use; } whats[] = {
        { "quote", USE_QUOTE }, { "tell", USE_TELL }, { "name", USE_NAME },
    };
    const char *given = NULL;

    x->row = copying_row_of(USE_USE);
    for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++) {
        if (command_option(x->r, whats[i].option) == NULL)
            continue;
        if (given != NULL)
            return command_fail(x->r, ERR_USAGE, whats[i].option,
                _("one thing at a time: each is logged alone"));
        given = whats[i].option;
        x->row = copying_row_of(whats[i].use);
    }
    if (command_option(x->r, "quote") != NULL)
        x->to = slice_str(command_option(x->r, "quote"));
    return OK;
}

static enum err
steps(struct copying *x)
{
    char next[96], id[MAIL_ID_LEN + 1];
    enum err e;

    if ((e = take_what(x)) != OK)
        return e;
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
    return copying_run(r, steps);
}

static const struct option_row options[] = {
    COPYING_OPTIONS,
    { "quote", N_("READER"), N_("it is quoted in a paper for this reader: "
      "an authority, COURT:ID, OWN_COUNSEL:ID or OTHER_PARTY:ID") },
    { "tell", NULL, N_("the person concerned is told of it") },
    { "name", NULL, N_("its originator is named to others") },
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
