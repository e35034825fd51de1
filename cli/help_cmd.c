/*
 * valise help [COMMAND], valise help exit-codes.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/text.h"

#define HELP_ARENA (256u << 10)

static void
list_commands(struct run *r, struct sheet *s)
{
    for (const struct command *const *c = r->env->commands; *c != NULL; c++)
        sheet_row(s, (const char *const[]){ (*c)->name, (*c)->args,
            _((*c)->help) });
}

static enum err
run_help(struct run *r)
{
    struct arena *a;
    struct sheet s;
    char name[64] = "";
    const struct command *c;
    enum err e;

    for (size_t i = 0; i < r->n; i++) {
        size_t n = strlen(name);

        (void)snprintf(name + n, sizeof(name) - n, "%s%s",
            i > 0 ? " " : "", r->arg[i]);
    }
    c = command_find(r->env->commands, name);
    if (c != NULL)
        return command_usage(r, c);
    if (name[0] != '\0' && strcmp(name, "exit-codes") != 0)
        return command_fail(r, ERR_USAGE, name, _("run: valise help"));
    if ((a = arena_new(HELP_ARENA)) == NULL)
        return ERR_NOMEM;
    if (name[0] != '\0') {
        sheet_init(&s, a, _("Exit codes; they do not change."),
            "code meaning");
        command_exit_codes(&s);
    } else {
        sheet_init(&s, a, _("valise: confidential messages between "
            "authorities. More: valise help COMMAND, valise help "
            "exit-codes, valise explain."), "command arguments help");
        list_commands(r, &s);
    }
    e = command_sheet(r, &s, "valise.help");
    arena_free(a);
    return e;
}

static const char *const examples[] = {
    "valise help draft",
    "valise help exit-codes",
    NULL
};

const struct command command_help = {
    .name = "help", .run = run_help, .args = N_("[COMMAND]"), .most = 2,
    .help = N_("what each command does, and the exit codes"),
    .examples = examples
};
