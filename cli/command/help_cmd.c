/*
 * valise help [COMMAND], valise help exit-codes, valise version.
 */
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "proto/version.h"

#define HELP_ARENA (256u << 10)

static void
list_commands(struct run *r, struct sheet *s)
{
    for (const struct command *const *c = r->env->commands; *c != NULL; c++)
        sheet_row(s, (const char *const[]){ (*c)->name, (*c)->args,
            _((*c)->help) });
}

/* The commands of two words that begin with this one. */
static void
list_group(struct run *r, const char *name, struct sheet *s)
{
    const size_t n = strlen(name);

    for (const struct command *const *c = r->env->commands; *c != NULL; c++)
        if (strncmp((*c)->name, name, n) == 0 && (*c)->name[n] == ' ')
            sheet_row(s, (const char *const[]){ (*c)->name, (*c)->args,
                _((*c)->help) });
}

static enum err
print(struct run *r, struct arena *a, const char *name)
{
    struct sheet s;

    if (strcmp(name, "exit-codes") == 0) {
        sheet_init(&s, a, _("Exit codes; they do not change."),
            "code meaning");
        command_exit_codes(&s);
    } else if (name[0] == '\0') {
        sheet_init(&s, a, _("valise: confidential messages between "
            "authorities. More: valise help COMMAND, valise help "
            "exit-codes, valise explain."), "command arguments help");
        list_commands(r, &s);
    } else {
        sheet_init(&s, a, _("More: valise help COMMAND."),
            "command arguments help");
        list_group(r, name, &s);
        if (s.n == 0)
            return command_fail(r, ERR_USAGE, name, _("run: valise help"));
    }
    return command_sheet(r, &s, "valise.help");
}

static enum err
run_version(struct run *r)
{
    struct emit w;
    struct buf b;

    if (!r->json) {
        (void)fprintf(r->env->out, "valise %s\n", VALISE_VERSION);
        return OK;
    }
    command_json(r, &w, &b, "valise.version");
    emit_member(&w, "valise", VALISE_VERSION);
    return command_json_end(r, &w);
}

static enum err
run_help(struct run *r)
{
    struct arena *a;
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
    if ((a = arena_new(HELP_ARENA)) == NULL)
        return ERR_NOMEM;
    e = print(r, a, name);
    arena_free(a);
    return e;
}

static const char *const examples[] = {
    "valise help draft",
    "valise help audit",
    "valise help exit-codes",
    NULL
};

const struct command command_help = {
    .name = "help", .run = run_help, .args = N_("[COMMAND]"), .most = 2,
    .help = N_("what each command does, and the exit codes"),
    .examples = examples
};

static const char *const version_examples[] = {
    "valise version",
    "valise version --json",
    NULL
};

const struct command command_version = {
    .name = "version", .run = run_version, .args = "",
    .help = N_("the version of this program"), .examples = version_examples
};
