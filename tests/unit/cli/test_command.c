/*
 * The command line: options, usage, exit codes, and the four commands as a
 * user sees them, with files in place of stdin, stdout and stderr.
 */
#define _GNU_SOURCE
#include <jansson.h>

#include "proto/reasons.h"
#include "proto/rules.h"
#include "tests/unit/cli/line.h"

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
}

TestSuite(command, .init = setup, .fini = line_forget);

static int
run(const char *line, const char *input)
{
    FILE *in = fmemopen(NULL, strlen(input) + 1, "w+");

    (void)fputs(input, in);
    rewind(in);
    return line_with(LINE_NOW, line, in);
}

Test(command, help_lists_every_command_on_stdout)
{
    cr_expect_eq(run("help", ""), 0);
    for (size_t i = 0; commands_all[i] != NULL; i++)
        cr_expect(says(line_out, commands_all[i]->name));
    cr_expect_str_eq(line_err, "");
    cr_expect_eq(run("", ""), 2);
    cr_expect_eq(run("help exit-codes", ""), 0);
    cr_expect(says(line_out, "130"));
}

Test(command, every_command_has_two_examples_and_they_begin_its_help)
{
    for (size_t i = 0; commands_all[i] != NULL; i++) {
        const struct command *c = commands_all[i];
        char line[128];

        cr_assert_not_null(c->examples[0]);
        cr_expect_not_null(c->examples[1]);
        (void)snprintf(line, sizeof(line), "help %s", c->name);
        cr_expect_eq(run(line, ""), 0);
        cr_expect(says(line_out, c->examples[0]));
        cr_expect(says(line_out, "usage: valise"));
        (void)snprintf(line, sizeof(line), "%s --help", c->name);
        cr_expect_eq(run(line, ""), 0);
    }
}

Test(command, the_usage_of_every_command_is_one_object_for_programs)
{
    for (size_t i = 0; commands_all[i] != NULL; i++) {
        char line[96];
        json_t *j;

        (void)snprintf(line, sizeof(line), "%s --help --json",
            commands_all[i]->name);
        cr_assert_eq(run(line, ""), 0, "%s", line);
        j = json_loads(line_out, 0, NULL);
        cr_assert_not_null(j, "%s: %s", line, line_out);
        cr_expect_str_eq(json_string_value(json_object_get(j, "command")),
            commands_all[i]->name);
        cr_expect_geq(json_array_size(json_object_get(j, "options")), 3);
        cr_expect_geq(json_array_size(json_object_get(j, "examples")), 2);
        json_decref(j);
    }
}

/* A note and a failure as they look at so many columns; the caller frees. */
static char *
reported_at(size_t width)
{
    struct surroundings env = { .commands = commands_all };
    struct run r = { .env = &env };
    char *text;
    size_t n;

    env.out = fopen("/dev/null", "w");
    env.err = open_memstream(&text, &n);
    r.err = (struct out){ .f = env.err, .width = width };
    command_note(&r, OK, "", "all that could be checked holds, but whose "
        "roots these are was not compared\nvalise: hint: a line of a peer");
    (void)command_fail(&r, ERR_NOTFOUND, "a/path", "look at the name and at "
        "the folder in which it should be");
    (void)fclose(env.out);
    (void)fclose(env.err);
    return text;
}

Test(command, notes_and_hints_are_wrapped_on_a_terminal_alone)
{
    char *at = reported_at(60), *line = at, *end;
    size_t n = 0;

    for (; (end = strchr(line, '\n')) != NULL; line = end + 1, n++) {
        cr_expect_leq(end - line, 60, "%s", at);
        cr_expect(strncmp(line, "valise: ", 8) == 0 ||
            strncmp(line, "        ", 8) == 0, "%s", at);
    }
    cr_expect_gt(n, 5);
    cr_expect(says(at, "compared<U+000A>valise:"), "%s", at);
    free(at);
    at = reported_at(0);
    n = 0;
    for (line = at; (line = strchr(line, '\n')) != NULL; line++)
        n++;
    cr_expect_eq(n, 3, "one line each: %s", at);
    cr_expect(says(at, "valise: error: ERR_NOTFOUND a/path: "), "%s", at);
    free(at);
}

Test(command, mistakes_are_named_with_the_next_step)
{
    static const struct { const char *line, *says; } rows[] = {
        { "drft", "did you mean: valise draft" },
        { "zzzzzz", "run: valise help" },
        { "draft", "usage: valise draft KIND" },
        { "draft ack --too QN-FIU", "did you mean --to?" },
        { "draft ack --to QN-FIU --to QN-FIU", "stands once only" },
        { "draft ack --to", "needs a value: --to AUTHORITY" },
        { "draft ack --to --explain", "needs a value" },
        { "audti verify", "did you mean: valise audit verify" },
        { "audit", "run: valise help audit" },
        { "audit zzzzzz", "run: valise help audit" },
        { "help zzzzzz", "run: valise help" },
        { "draft ack --explain=1", "has no value" },
        { "draft ack -t", "long ones" },
        { "draft ack more", "too many" },
        { "explain --color=pink", "always" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(run(rows[i].line, ""), 2, "%s", rows[i].line);
        cr_expect(says(line_err, rows[i].says), "%s: %s", rows[i].line,
            line_err);
        cr_expect(says(line_err, "valise: error: ERR_USAGE"));
        cr_expect_str_eq(line_out, "");
    }
}

Test(command, the_version_is_said_and_a_group_lists_its_commands)
{
    cr_expect_eq(run("version", ""), 0);
    cr_expect_eq(strncmp(line_out, "valise ", 7), 0);
    cr_expect_eq(run("--version", ""), 0);
    cr_expect_eq(strncmp(line_out, "valise ", 7), 0);
    cr_expect_eq(run("help audit", ""), 0);
    cr_expect(says(line_out, "audit export"));
    cr_expect(says(line_out, "audit verify"));
    cr_expect(!says(line_out, "officer add"));
}

/* An option whose value ends with "..." may stand several times. */
static const struct option_row many_rows[] = {
    { "name", "NAME...", "several" }, { "one", "X", "once" },
    { NULL, NULL, NULL }
};

static enum err
run_many(struct run *r)
{
    const char *name;

    for (size_t i = 0; (name = command_option_at(r, "name", i)) != NULL; i++)
        (void)fprintf(r->env->out, "%s ", name);
    cr_expect_null(command_option_at(r, "one", 1));
    cr_expect_null(command_option_at(r, "none", 0));
    return OK;
}

Test(command, an_option_that_may_be_repeated_keeps_its_values_in_order)
{
    static const struct command many = { .name = "many", .run = run_many,
        .args = "", .options = many_rows, .help = "" };
    static const struct command *const all[] = { &many, NULL };
    struct surroundings env = { .domain = &domain_valise, .commands = all };
    const char *argv[24 + COMMAND_REPEATED] = { "valise", "many", "--name", "a", "--one=1",
        "--name=b", "--name", "c" };
    size_t n_out, n_err;

    env.out = open_memstream(&line_out, &n_out);
    env.err = open_memstream(&line_err, &n_err);
    cr_expect_eq(command_main(&env, 8, argv), 0);
    for (size_t i = 8; i < 24 + COMMAND_REPEATED; i++)
        argv[i] = "--name=x";
    cr_expect_eq(command_main(&env, 24 + COMMAND_REPEATED, argv), 2);
    (void)fclose(env.out);
    (void)fclose(env.err);
    cr_expect_str_eq(line_out, "a b c ");
    cr_expect(says(line_err, "too often"), "%s", line_err);
}

Test(command, errors_are_json_for_programs)
{
    json_t *j;

    cr_expect_eq(run("explain nothing-like-this --json", ""), 1);
    cr_assert_not_null(j = json_loads(line_err, 0, NULL));
    cr_expect_str_eq(json_string_value(json_object_get(j, "code")),
        "ERR_NOTFOUND");
    cr_expect_eq(json_integer_value(json_object_get(j, "exit")), 1);
    json_decref(j);
}

Test(command, errors_end_with_their_exit_code)
{
    cr_expect_eq(command_exit(OK), 0);
    cr_expect_eq(command_exit(ERR_IO), 1);
    cr_expect_eq(command_exit(ERR_LOCKED), 4);
    cr_expect_eq(command_exit(E_PURPOSE), 5);
    cr_expect_eq(command_exit(ERR_UNREACHABLE), 6);
    cr_expect_eq(command_exit(ERR_PROOF), 7);
    cr_expect_eq(command_exit(ERR_NOT_INIT), 10);
    cr_expect_eq(command_exit(ERR_PASSPHRASE), 12);
}

Test(command, draft_prints_a_form_and_refuses_what_is_none)
{
    json_t *j;

    cr_expect_eq(run("draft disclosure --to QO-FIU", ""), 0);
    cr_assert_not_null(j = json_loads(line_out, JSON_REJECT_DUPLICATES, NULL));
    json_decref(j);
    cr_expect_eq(run("draft disclosur", ""), 5);
    cr_expect(says(line_err, "did you mean disclosure?"));
    cr_expect_eq(run("draft disclosure --to qo", ""), 5);
    cr_expect(says(line_err, "E_FIELD_RANGE to"));
    cr_expect_eq(run("draft request --explain", ""), 0);
    cr_expect(says(line_out, "body.questions.text"));
}

Test(command, check_names_all_faults_by_path_and_rule)
{
    cr_expect_eq(run("check", "{\"kind\":\"CLOSE\",\"to\":\"QM-FIU\"}"), 5);
    cr_expect(says(line_err, "valise: error: E_FIELD_MISSING urgency (V-002)"));
    cr_expect(says(line_err, "valise: error: E_FIELD_MISSING lang (V-002)"));
    cr_expect_str_eq(line_out, "");
    cr_expect_eq(run("check -", "{"), 5);
    cr_expect(says(line_err, "E_MALFORMED line 1"));
    cr_expect_eq(run("check /nowhere/at/all", ""), 1);
    cr_expect(says(line_err, "ERR_NOTFOUND"));
}

/* Each form of the demo, as it would be sent. */
Test(command, check_names_what_fields_have_wrong_at_once_and_what_is_expected)
{
    static const char *const said[] = {
        "E_FIELD_RANGE bogus", "E_RESTR_UNKNOWN restrictions.use_level",
        "no such code; expected: one of INTELLIGENCE_ONLY",
        "restrictions.conf.reason", "it is missing; expected: one of",
        "body.subjects[0].birth_date", "YYYY-MM-DD", "body.title",
    };

    cr_expect_eq(run("check", "{ \"kind\": \"SPONT_DISCLOSURE\", "
        "\"bogus\": 1, \"restrictions\": { \"use_level\": \"NOTHING\", "
        "\"conf\": { \"required\": true } }, \"body\": { \"subjects\": "
        "[ { \"type\": \"PERSON\", \"birth_date\": \"14/03/1969\" } ] } }"), 5);
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        cr_expect(says(line_err, said[i]), "%s: %s", said[i], line_err);
}

Test(command, what_is_marked_too_high_is_refused_by_its_own_rule)
{
    cr_expect_eq(run("check", "{ \"kind\": \"SPONT_DISCLOSURE\", "
        "\"restrictions\": { \"class_equiv\": \"SECRET\" } }"), 5);
    cr_expect(says(line_err, "E_CLASSIFICATION restrictions.class_equiv "
        "(V-036)"), "%s", line_err);
    cr_expect_eq(run("check", "{ \"kind\": \"SPONT_DISCLOSURE\", "
        "\"restrictions\": { \"class_equiv\": \"OFICIAL\" } }"), 5);
    cr_expect(says(line_err, "did you mean OFFICIAL"), "%s", line_err);
}

Test(command, an_empty_input_is_no_form)
{
    cr_expect_eq(run("check", "\n"), 5);
    cr_expect(says(line_err, "no form is given"), "%s", line_err);
    cr_expect(!says(line_err, "line -1"));
}

Test(command, check_passes_the_forms_of_the_demo)
{
    static const char *const forms[] = { "disclosure", "question", "answer",
        "second_question" };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        char path[64], *text;
        json_t *form;

        (void)snprintf(path, sizeof(path), "tests/demo/%s.json", forms[i]);
        form = json_load_file(path, 0, NULL);
        cr_assert_not_null(form, "%s", path);
        text = json_dumps(form, 0);
        cr_expect_eq(run("check", text), 0, "%s: %s", forms[i], line_err);
        cr_expect_eq(run("check --json", text), 0);
        cr_expect(says(line_out, "\"ok\": true"));
        free(text);
        json_decref(form);
    }
}

Test(command, check_asks_the_rules_across_fields)
{
    json_t *form = json_load_file("tests/demo/disclosure.json", 0, NULL);
    json_t *set = json_object_get(form, "restrictions");
    char *text;

    cr_assert_not_null(form);
    (void)json_object_set_new(set, "retain_until", json_string("+1y"));
    (void)json_object_set_new(set, "protect_source", json_false());
    text = json_dumps(form, 0);
    cr_expect_eq(run("check", text), 5);
    cr_expect(says(line_err, "E_RESTR_TIME restrictions."), "%s", line_err);
    cr_expect(says(line_err, "(V-032)"));
    cr_expect(says(line_err, "E_SOURCE"));
    free(text);
    json_decref(form);
}

/* Nobody is made up in the place of who sends it. */
Test(command, check_does_not_invent_who_sends)
{
    json_t *form = json_load_file("tests/demo/disclosure.json", 0, NULL);
    char *text;

    cr_assert_not_null(form);
    (void)json_object_del(form, "from");
    (void)json_object_del(form, "officer");
    (void)json_object_del(json_object_get(form, "restrictions"),
        "originator");
    text = json_dumps(form, 0);
    cr_expect_eq(run("check", text), 0, "%s", line_err);
    cr_expect(!says(line_out, "XX-SENDER"), "%s", line_out);
    cr_expect(says(line_out, "your authority"), "%s", line_out);
    free(text);
    json_decref(form);
}

/* The files of an offer are named by options, when it is offered. */
Test(command, check_passes_an_offer_and_says_that_its_files_are_not_asked)
{
    static const char offer[] = "{ \"kind\": \"EVIDENCE_OFFER\", "
        "\"to\": \"QM-FIU\", \"urgency\": \"ROUTINE\", \"lang\": \"en\", "
        "\"body\": { \"title\": \"One account\", \"accept_by\": \"+10d\", "
        "\"proceeding\": { \"proc_id\": \"QM-CR-88\", \"kind\": \"CIVIL\", "
        "\"state\": \"QM\", \"body\": \"Court\", \"docket\": \"88\" }, "
        "\"custody\": [ { \"action\": \"PRODUCED\", \"at\": "
        "\"2026-01-02T09:00:00Z\", \"by\": \"Bank\" } ]%s }, "
        "\"restrictions\": { \"audience\": \"AUTHORITY\", \"purposes\": "
        "[ \"PROSECUTION\" ], \"use_level\": \"EVIDENCE_LISTED\", "
        "\"proceedings\": [ \"QM-CR-88\" ], \"actions\": \"OVERT\", "
        "\"onward\": { \"mode\": \"LISTED\", \"allow\": "
        "[ \"COURT:QM-CR-88\" ] }, \"attribution\": \"MUST_CITE\", "
        "\"protect_source\": false, \"conf\": { \"required\": false }, "
        "\"valid_from\": \"+0h\", \"use_until\": \"+1y\", "
        "\"retain_until\": \"+2y\", \"end_action\": \"DESTROY\", "
        "\"cert_required\": true, \"cert_due_days\": 30, "
        "\"recallable\": true, \"export\": \"EXPORT_LOGGED\", "
        "\"class_equiv\": \"OFFICIAL\", \"legal_basis\": "
        "[ \"UNCAC_43_1\" ] } }";
    char text[sizeof(offer) + 64];

    (void)snprintf(text, sizeof(text), offer,
        ", \"certificate_none_reason\": \"None was asked for.\"");
    cr_expect_eq(run("check", text), 0, "%s", line_err);
    cr_expect(says(line_out, "V-042: the files"), "%s", line_out);
    cr_expect_eq(run("check --attach /dev/null --doc-type OTHER --copy COPY "
        "--pages 1", text), 2, "%s", line_err);
    cr_expect_eq(run("check --attach LICENSE --doc-type OTHER --copy COPY "
        "--pages 1", text), 0, "%s", line_err);
    cr_expect(says(line_out, "LICENSE"), "%s", line_out);
    cr_expect(!says(line_out, "V-042"), "%s", line_out);
    (void)snprintf(text, sizeof(text), offer, "");
    cr_expect_eq(run("check", text), 5);
    cr_expect(says(line_err, "certificate_none_reason"), "%s", line_err);
}

/* Left out, a list of limits is empty; with NAMED somebody must be named. */
Test(command, named_officers_may_be_left_out_only_where_nobody_is_named)
{
    json_t *form = json_load_file("tests/demo/disclosure.json", 0, NULL);
    json_t *set = json_object_get(form, "restrictions");
    char *text;

    cr_assert_not_null(form);
    (void)json_object_del(set, "named_officers");
    text = json_dumps(form, 0);
    cr_expect_eq(run("check", text), 0, "%s", line_err);
    free(text);
    (void)json_object_set_new(set, "audience", json_string("NAMED"));
    text = json_dumps(form, 0);
    cr_expect_eq(run("check", text), 5);
    cr_expect(says(line_err, "E_RESTR_UNKNOWN restrictions.named_officers"),
        "%s", line_err);
    free(text);
    json_decref(form);
}

Test(command, rules_that_are_no_row_have_a_source_too)
{
    cr_expect_eq(run("explain V-043", ""), 0);
    cr_expect(says(line_out, "UNCAC 46(5), 46(19)"), "%s", line_out);
    cr_expect_eq(run("explain V-050", ""), 0);
    cr_expect(says(line_out, "default of this project"), "%s", line_out);
}

/* The values of every member of every row are there. */
static void
expect_whole(const char *name)
{
    static const char *const members[] = { "words", "source", "what_to_do" };
    char line[128];
    json_t *j, *rows, *row, *value;
    size_t i;

    (void)snprintf(line, sizeof(line), "explain %s --json", name);
    cr_expect_eq(run(line, ""), 0, "%s: %s", line, line_err);
    cr_assert_not_null(j = json_loads(line_out, 0, NULL), "%s", line);
    rows = json_object_get(j, "rows");
    cr_expect_gt(json_array_size(rows), 0, "%s", line);
    json_array_foreach(rows, i, row) {
        for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++) {
            value = json_object_get(row, members[k]);
            cr_expect(json_is_string(value) &&
                json_string_value(value)[0] != '\0', "%s: no %s", line,
                members[k]);
        }
    }
    json_decref(j);
}

Test(command, explain_gives_words_source_and_what_to_do)
{
    size_t n;
    const struct err_row *rows = err_all(&n);
    static const unsigned rules[] = { 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15,
        16, 20, 30, 31, 32, 33, 34, 35, 36, 40, 41, 42, 43, 44, 45, 46, 47,
        48, 50, 51, 52, 53, 54, 55, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69,
        70, 71, 72, 73, 74, 75, 80, 81, 82, 90, 91 };
    char name[16];

    for (size_t i = 0; i < n; i++)
        expect_whole(rows[i].name);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        (void)snprintf(name, sizeof(name), "V-%03u", rules[i]);
        expect_whole(name);
    }
}

/* What it means is said in sentences, and is more than its line again. */
Test(command, explain_says_of_every_code_what_it_means)
{
    size_t n;
    const struct err_row *rows = err_all(&n);
    char line[64];

    for (size_t i = 0; i < n; i++) {
        const char *words = rows[i].words, *name = rows[i].name;

        cr_assert_not_null(words, "%s", name);
        cr_expect_gt(strlen(words), 40, "%s: %s", name, words);
        cr_expect(words[0] >= 'A' && words[0] <= 'Z' &&
            words[strlen(words) - 1] == '.', "%s: %s", name, words);
        cr_expect_null(strstr(words, rows[i].text), "%s: %s", name, words);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(words, rows[k].words, "%s and %s", name,
                rows[k].name);
        (void)snprintf(line, sizeof(line), "explain %s", name);
        cr_expect_eq(run(line, ""), 0, "%s", name);
        cr_expect(says(line_out, words), "%s: %s", name, line_out);
        if (rows[i].hint[0] != '\0')
            cr_expect(says(line_out, rows[i].hint), "%s: %s", name,
                line_out);
    }
}

/* Each rule that a code, a field or the table of rules names, and each coded
 * reason. */
Test(command, explain_has_words_for_every_rule_and_reason)
{
    size_t n, n_reasons;
    const struct err_row *rows = err_all(&n);
    const struct reason *reasons = reasons_all(&n_reasons);
    char name[16];

    for (size_t i = 0; i < n; i++) {
        if (rows[i].rule == 0)
            continue;
        (void)snprintf(name, sizeof(name), "V-%03u", rows[i].rule);
        expect_whole(name);
    }
    for (const struct domain *d = &domain_valise; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_rules; i++) {
            if (d->rules[i].v == 0)
                continue;
            (void)snprintf(name, sizeof(name), "V-%03u", d->rules[i].v);
            expect_whole(name);
        }
    for (size_t i = 0; i < n_reasons; i++)
        expect_whole(reasons[i].name);
}

Test(command, explain_knows_every_error_rule_kind_code_and_field)
{
    static const struct { const char *line, *says; } rows[] = {
        { "explain", "states" },
        { "explain E_RESTR_UNKNOWN", "V-030" },
        { "explain e109", "E_FORK" },
        { "explain V-035", "FATF" },
        { "explain V-003", "E_FORK" },
        { "explain disclosure", "body.title" },
        { "explain SPONT_DISCLOSURE.title", "1 to 200 bytes" },
        { "explain body.parts[0].text", "SPONT_DISCLOSURE" },
        { "explain restrictions.use_level", "use_level" },
        { "explain accepts_kinds", "directory" },
        { "explain peer.reply_days", "directory" },
        { "explain contacts.unit", "directory" },
        { "explain docket", "EVIDENCE_OFFER proceeding" },
        { "explain filename", "list of files" },
        { "explain allow", "restrictions onward" },
        { "explain body.parts|docs", "documents" },
        { "explain purpose", "ASSET_TRACING" },
        { "explain asset_tracing", "purpose" },
        { "explain NG_NO_TRACE", "--no-trace" },
        { "explain states", "REPLY" },
        { "explain rules", "V-075" },
        { "explain errors", "A_FANOUT" },
        { "explain codes", "legal_basis" },
        { "explain kinds", "CLARIFICATION_REPLY" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char line[128];
        json_t *j;

        cr_expect_eq(run(rows[i].line, ""), 0, "%s: %s", rows[i].line,
            line_err);
        cr_expect(says(line_out, rows[i].says), "%s: %s", rows[i].line,
            line_out);
        (void)snprintf(line, sizeof(line), "%s --json", rows[i].line);
        cr_expect_eq(run(line, ""), 0);
        cr_assert_not_null(j = json_loads(line_out, 0, NULL), "%s", line);
        cr_expect_eq(json_integer_value(json_object_get(j, "version")), 1);
        json_decref(j);
    }
    cr_expect_eq(run("explain purpos", ""), 1);
    cr_expect(says(line_err, "valise explain purpose"));
}
