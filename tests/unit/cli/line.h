/*
 * A command line as a user gives it, with memory in place of stdout and
 * stderr, in a temporary folder of the test's own.  There is no controlling
 * terminal, so nothing waits for an answer.
 */
#ifndef TESTS_UNIT_CLI_LINE_H
#define TESTS_UNIT_CLI_LINE_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "keys/file.h"
#include "keys/secret.h"

#define LINE_NOW 1803805200             /* 2027-02-28T09:00:00Z */
#define WORDS "a passphrase of words"
#define OTHER_WORDS "another passphrase"

static char *line_out, *line_err;
static char line_dir[64];

static inline void
line_forget(void)
{
    free(line_out);
    free(line_err);
    line_out = line_err = NULL;
}

static inline void
line_file(const char *path, const char *text)
{
    cr_assert_eq(file_write(path, slice_str(text), 0600, true), OK, "%s",
        path);
}

static inline void
line_setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    (void)setsid();
    (void)umask(077);
    (void)unsetenv("VALISE_HOME");
    (void)unsetenv("VALISE_PASSPHRASE_COMMAND");
    (void)snprintf(line_dir, sizeof(line_dir), "/tmp/valise-test-XXXXXX");
    cr_assert_not_null(mkdtemp(line_dir));
    cr_assert_eq(chdir(line_dir), 0);
    line_file("words", WORDS "\n");
    line_file("others", OTHER_WORDS);
}

static inline void
line_teardown(void)
{
    char command[96];

    line_forget();
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", line_dir);
    cr_expect_eq(system(command), 0);
}

/* Run one command line, whose input is closed then; words are separated by
 * one blank. */
static inline int
line_with(int64_t now, const char *line, FILE *in)
{
    struct surroundings env = { .now = now, .domain = &domain_valise,
        .commands = commands_all };
    const char *argv[48] = { "valise" };
    char *copy = strdup(line), *at = copy;
    size_t n_out, n_err;
    int argc = 1, code;

    line_forget();
    for (char *word; (word = strsep(&at, " ")) != NULL && argc < 48;) {
        if (*word != '\0')
            argv[argc++] = word;
    }
    env.in = in;
    env.out = open_memstream(&line_out, &n_out);
    env.err = open_memstream(&line_err, &n_err);
    code = command_main(&env, argc, argv);
    (void)fclose(env.in);
    (void)fclose(env.out);
    (void)fclose(env.err);
    free(copy);
    return code;
}

static inline int
line_at(int64_t now, const char *line)
{
    return line_with(now, line, fopen("/dev/null", "r"));
}

static inline int
line_run(const char *line)
{
    return line_at(LINE_NOW, line);
}

static inline bool
says(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* The value of a row of the sheet that was printed, with its ending cut. */
static inline char *
line_value(const char *name)
{
    const char *at = line_out;
    size_t n = strlen(name);

    while (at != NULL && strncmp(at, name, n) != 0) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    cr_assert_not_null(at, "%s in %s", name, line_out);
    at += n + strspn(at + n, " ");
    return strndup(at, strcspn(at, "\n"));
}

#endif
