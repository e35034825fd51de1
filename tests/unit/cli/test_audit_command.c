/*
 * valise audit: what the command prints of an export, and its exit codes.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "keys/digits.h"
#include "tests/unit/cli/audit_run.h"

TestSuite(audit_command, .init = setup, .fini = teardown, .timeout = 600);

/* Run one command line; words are separated by one blank. */
static int
command(const char *line, char **out, char **err)
{
    struct surroundings env = { .now = FIXTURE_NOW, .in = stdin,
        .domain = &domain_valise, .commands = commands_all };
    const char *argv[16] = { "valise" };
    char *copy = strdup(line), *at = copy;
    size_t n_out, n_err;
    int argc = 1, code;

    for (char *word; (word = strsep(&at, " ")) != NULL && argc < 16; )
        argv[argc++] = word;
    env.out = open_memstream(out, &n_out);
    env.err = open_memstream(err, &n_err);
    code = command_main(&env, argc, argv);
    (void)fclose(env.out);
    (void)fclose(env.err);
    free(copy);
    return code;
}

Test(audit_command, the_command_prints_a_table_and_ends_with_its_code)
{
    char line[1024], *out, *err;
    json_t *root, *first;

    tell(&truth);
    (void)snprintf(line, sizeof(line), "audit verify %s", dir);
    cr_expect_eq(command(line, &out, &err), EXIT_PARTIAL);
    cr_expect_not_null(strstr(out, "key not compared"));
    cr_expect_not_null(strstr(err, "--root"));
    for (const char *const *w = (const char *const[]){ "leaf", "tile",
        "epoch", "slot", NULL }; *w != NULL; w++)
        cr_expect_null(strstr(out, *w), "%s", *w);
    free(out);
    free(err);
    (void)snprintf(line, sizeof(line), "audit verify %s --card "
        "%s/cards/QM-FIU-1.card", dir, dir);
    cr_expect_eq(command(line, &out, &err), EXIT_OK);
    cr_expect_str_eq(err, "");
    free(out);
    free(err);
    overwrite("openings/7", fx.log.openings[6]);
    (void)snprintf(line, sizeof(line), "audit verify %s --json", dir);
    cr_expect_eq(command(line, &out, &err), EXIT_AUDIT);
    root = json_loads(out, 0, NULL);
    cr_assert_not_null(root);
    cr_expect_not(json_is_true(json_object_get(root, "key_compared")));
    first = json_array_get(json_object_get(root, "findings"), 0);
    cr_expect_eq(json_integer_value(json_object_get(first, "entry")), 7);
    cr_expect_str_eq(json_string_value(json_object_get(first, "file")),
        "openings/7");
    json_decref(root);
    free(out);
    free(err);
    cr_expect_eq(command("audit verify /nowhere", &out, &err), EXIT_FAILED);
    free(out);
    free(err);
}

static char *
shown(const char *rest, int code)
{
    char line[2 * PATH_LEN], *out, *err;

    (void)snprintf(line, sizeof(line), "audit show %s --card "
        "%s/cards/QM-FIU-1.card %s", dir, dir, rest);
    cr_expect_eq(command(line, &out, &err), code, "%s: %s", rest, err);
    free(err);
    return out;
}

Test(audit_command, show_says_who_did_what_why_and_about_which_message)
{
    json_t *root, *list, *row;
    char *out;

    tell(&truth);
    out = shown("--json", EXIT_OK);
    root = json_loads(out, 0, NULL);
    cr_assert_not_null(root);
    list = json_object_get(root, "entries");
    cr_expect_eq(json_array_size(list), FIXTURE_ENTRIES);
    row = json_array_get(list, 7);
    cr_expect_str_eq(json_string_value(json_object_get(row, "event")),
        "OPENED");
    cr_expect_str_eq(json_string_value(json_object_get(row, "purpose")),
        "ANALYSIS");
    cr_expect_str_eq(json_string_value(json_object_get(row, "who")),
        fx.qm.who[OFFICER].label);
    cr_expect_str_eq(json_string_value(json_object_get(row, "peer")),
        "QN-FIU");
    cr_expect_str_eq(json_string_value(json_object_get(row, "kind")),
        "INFO_REQUEST");
    cr_expect(json_is_true(json_object_get(row, "proven")));
    row = json_array_get(list, 2);
    cr_expect_str_eq(json_string_value(json_object_get(row, "object")),
        "staff");
    json_decref(root);
    free(out);
}

Test(audit_command, show_keeps_what_a_filter_names)
{
    static const struct {
        const char *rest, *end;
    } cases[] = {
        { "--event OPENED", "\n2 of 16 entries" },
        { "--event BLOCKED", "\n0 of 16 entries" },
        { "--from 9000-01-01", "\n0 of 16 entries" },
        { "--until 9000-01-01", "\n16 of 16 entries" },
        { "--until 2000-01-01", "\n0 of 16 entries" },
        { "--who nobody", "\n0 of 16 entries" },
    };
    char rest[128], *out;

    tell(&truth);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        out = shown(cases[i].rest, EXIT_OK);
        cr_expect_not_null(strstr(out, cases[i].end), "%s: %s",
            cases[i].rest, out);
        free(out);
    }
    (void)snprintf(rest, sizeof(rest), "--who QM-FIU/%s --event OPENED",
        fx.qm.who[OFFICER].label);
    out = shown(rest, EXIT_OK);
    cr_expect_not_null(strstr(out, "\n1 of 16 entries"), "%s", out);
    free(out);
    hex_encode(slice_of(fx.in_digest, 8), rest + 10);
    memcpy(rest, "--message ", 10);
    out = shown(rest, EXIT_OK);
    cr_expect_not_null(strstr(out, "\n2 of 16 entries"), "%s", out);
    free(out);
    free(shown("--message 12", EXIT_USAGE));
    free(shown("--event OPEND", EXIT_USAGE));
    free(shown("--from yesterday", EXIT_USAGE));
}

Test(audit_command, show_tells_what_was_erased_and_what_is_not_proven)
{
    struct story s = { .erased = true };
    char name[AUDIT_PATH_MAX], path[PATH_LEN], *out;

    tell(&s);
    for (uint64_t i = 0; i < 6; i++) {
        audit_layout_opening(i, name);
        path_in(name, path);
        cr_assert_eq(unlink(path), 0);
    }
    out = shown("--color never", EXIT_OK);
    cr_expect_not_null(strstr(out, "erased"));
    cr_expect_null(strstr(out, "NO\n"));
    free(out);
    overwrite("openings/7", fx.log.openings[6]);
    out = shown("--color never", EXIT_AUDIT);
    cr_expect_not_null(strstr(out, "not proven"));
    cr_expect_not_null(strstr(out, "NO\n"));
    free(out);
}

Test(audit_command, digits_of_the_root_may_stand_in_groups)
{
    struct digits_side side;
    char digits[DIGITS_SIDE + 1], line[1024], *out, *err;

    tell(&truth);
    side = (struct digits_side){ sign_key_public(fx.qm.root),
        slice_str("QM-FIU") };
    digits_of_root(side, digits);
    (void)snprintf(line, sizeof(line), "audit verify %s --root %.5s %.5s "
        "%.5s %.5s %.5s %.5s", dir, digits, digits + 5, digits + 10,
        digits + 15, digits + 20, digits + 25);
    cr_expect_eq(command(line, &out, &err), EXIT_OK, "%s", err);
    free(out);
    free(err);
    (void)snprintf(line, sizeof(line), "audit verify --root %.5s %.5s "
        "%.5s %.5s %.5s %.5s %s", digits, digits + 5, digits + 10,
        digits + 15, digits + 20, digits + 25, dir);
    cr_expect_eq(command(line, &out, &err), EXIT_OK, "%s", err);
    free(out);
    free(err);
    (void)snprintf(line, sizeof(line), "audit verify %s %s", dir, dir);
    cr_expect_eq(command(line, &out, &err), EXIT_USAGE);
    free(out);
    free(err);
}

Test(audit_command, a_folder_that_is_no_export_is_not_called_a_changed_log)
{
    char line[1024], *out, *err;

    cr_assert_eq(mkdir(with, 0700), 0);
    (void)snprintf(line, sizeof(line), "audit verify %s", with);
    cr_expect_eq(command(line, &out, &err), EXIT_FAILED);
    cr_expect_not_null(strstr(err, "not an export of valise"), "%s", err);
    free(out);
    free(err);
}
