/*
 * valise: the command of officers, approvers, keepers and auditors.
 */
#include <locale.h>
#include <stdio.h>
#include <time.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "keys/point.h"
#include "keys/process.h"

#ifndef LOCALE_DIR
#define LOCALE_DIR "/usr/local/share/locale"
#endif

static int64_t
wall(void)
{
    return (int64_t)time(NULL) + CLOCK_MOVED;
}

int
main(int argc, char **argv)
{
    const struct surroundings env = { stdin, stdout, stderr, wall(),
        &domain_valise, commands_all, NULL, wall };
    enum err e;

    if ((e = process_start()) != OK) {
        (void)fprintf(stderr, "valise: %s; %s\n", err_row(e)->text,
            err_row(e)->hint);
        return EXIT_FAILED;
    }
    /* Notes on stderr stand between lines, also where both are one file. */
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    (void)setlocale(LC_ALL, "");
    (void)setlocale(LC_NUMERIC, "C");
    (void)bindtextdomain("valise", LOCALE_DIR);
    (void)textdomain("valise");
    return command_main(&env, argc, (const char *const *)argv);
}
