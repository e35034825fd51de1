/*
 * manual: print valise.1 from the rows of the commands.
 *
 *     manual > valise.1
 *
 * `make install` takes what it prints; `.ci/run` has it looked at by mandoc.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"

#define ARENA (1u << 20)

/* Text as it is: no request at the start of a line, no escape. */
static void
text(const char *s)
{
    if (*s == '.' || *s == '\'')
        (void)fputs("\\&", stdout);
    for (; *s != '\0'; s++) {
        if (*s == '\\')
            (void)fputs("\\e", stdout);
        else if (*s == '-')
            (void)fputs("\\-", stdout);
        else
            (void)putchar(*s);
    }
}

static void
line(const char *before, const char *s, const char *after)
{
    (void)fputs(before, stdout);
    text(s);
    (void)puts(after);
}

static void
option(const struct option_row *o)
{
    (void)fputs(".It Fl \\-", stdout);
    text(o->name);
    if (o->value != NULL)
        line(" Ns = Ns Ar \"", o->value, "\"");
    else
        (void)putchar('\n');
    line("", o->help, "");
}

/* The options that every command has, or those of this one alone. */
static void
options(const struct command *c, bool common)
{
    const struct option_row *o;
    size_t n = 0, own = 0;

    while (command_option_row(c, n) != NULL)
        n++;
    while (c->options != NULL && c->options[own].name != NULL)
        own++;
    if (own == 0 && !common)
        return;
    (void)puts(".Bl -tag -width Ds");
    for (size_t i = common ? own : 0; i < (common ? n : own); i++) {
        if ((o = command_option_row(c, i)) != NULL)
            option(o);
    }
    (void)puts(".El");
}

static void
command(const struct command *c)
{
    line(".Ss ", c->name, "");
    line(".Nm Cm \"", c->name, "\"");
    if (c->args[0] != '\0')
        line(".Ar \"", c->args, "\"");
    line(".Pp\n", c->help, ".");
    options(c, false);
    (void)puts(".Pp\nExamples:\n.Bd -literal -offset indent");
    for (const char *const *x = c->examples; *x != NULL; x++)
        line("", *x, "");
    (void)puts(".Ed");
}

static int
exit_codes(void)
{
    struct arena *a = arena_new(ARENA);
    struct sheet s;

    if (a == NULL)
        return 1;
    sheet_init(&s, a, "", "code meaning");
    command_exit_codes(&s);
    (void)puts(".Sh EXIT STATUS\n.Bl -tag -width Ds -compact");
    for (size_t i = 0; i < s.n; i++) {
        line(".It ", s.cells[2 * i], "");
        line("", s.cells[2 * i + 1], "");
    }
    (void)puts(".El");
    arena_free(a);
    return s.fault != OK;
}

static const char head[] =
    ".Dd $Mdocdate$\n"
    ".Dt VALISE 1\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm valise\n"
    ".Nd confidential messages between authorities\n"
    ".Sh SYNOPSIS\n"
    ".Nm\n"
    ".Ar COMMAND\n"
    ".Op Ar OPTION ...\n"
    ".Op Ar OPERAND ...\n"
    ".Sh DESCRIPTION\n"
    ".Nm\n"
    "is the command of officers, approvers, keepers and auditors, and of the\n"
    "custodians and administrators who set an authority up.\n"
    "Data goes to the standard output, everything else to the standard\n"
    "error.\n"
    ".Pp\n"
    "Every command has these options:\n";

/* What sheet.h and emit.h keep to. */
static const char programs[] =
    ".Sh OUTPUT FOR PROGRAMS\n"
    "With\n"
    ".Fl \\-json\n"
    "a command prints one object, with\n"
    ".Va schema\n"
    "and\n"
    ".Va version ;\n"
    "names are only ever added.\n"
    "Ids are whole, all their hexadecimal digits; people see the first eight.\n"
    "Times are RFC 3339 in UTC,\n"
    ".Li 2027-03-01T09:00:00Z ,\n"
    "without what remains of them; where there is none stands an empty text or\n"
    ".Li null .\n"
    "What is counted is a number.\n"
    "Codes are names, and words for people may change.\n"
    "Failures and notes are then one object a line on the standard error, and so\n"
    "they are with\n"
    ".Fl \\-progress Ns = Ns Cm json ,\n"
    "among the lines that say how far it is; nothing else stands there.\n";

static const char tail[] =
    ".Sh ENVIRONMENT\n"
    ".Bl -tag -width Ds\n"
    ".It Ev VALISE_HOME\n"
    "The folder of a person's keys, where\n"
    ".Fl \\-home\n"
    "is not given.\n"
    "Without it,\n"
    ".Pa valise\n"
    "in\n"
    ".Ev XDG_DATA_HOME\n"
    "or in\n"
    ".Pa ~/.local/share .\n"
    ".It Ev VALISE_PASSPHRASE_COMMAND\n"
    "A command that prints the passphrase as one line; it finds in\n"
    ".Ev VALISE_PASSPHRASE_FOR\n"
    "whose it is.\n"
    ".El\n";

static const char see[] =
    ".Sh SEE ALSO\n"
    ".Xr valised.conf 5 ,\n"
    ".Xr valised 8\n";

int
main(void)
{
    int failed;

    (void)fputs(head, stdout);
    options(commands_all[0], true);
    (void)puts(".Sh COMMANDS");
    for (const struct command *const *c = commands_all; *c != NULL; c++)
        command(*c);
    (void)fputs(programs, stdout);
    (void)fputs(tail, stdout);
    failed = exit_codes();
    (void)fputs(see, stdout);
    return failed || fflush(stdout) != 0 || ferror(stdout);
}
