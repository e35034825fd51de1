/*
 * Authorities in the directory as a keeper enters them and people read them:
 * those without a node, and what a peer needs in a request.
 */
#define _GNU_SOURCE
#include "fake_node.h"

#include "cli/times.h"

static void
set_up_keeper(void)
{
    set_up();
    be_keeper();
}

static void
tear_down_keeper(void)
{
    keeper = the_keeper;
    tear_down();
}

TestSuite(peer, .init = set_up_keeper, .fini = tear_down_keeper);

static int
type(const char *line)
{
    const char *argv[24] = { "valise" };
    char *copy = strdup(line), *at = copy;
    int argc = 1, code;

    for (char *word; (word = strsep(&at, " ")) != NULL && argc < 24;)
        if (*word != '\0')
            argv[argc++] = word;
    (void)fclose(env.out);
    (void)fclose(env.err);
    free(out_text_);
    free(err_text);
    env.err = open_memstream(&err_text, &err_n);
    env.out = open_memstream(&out_text_, &out_n);
    code = command_main(&env, argc, argv);
    (void)fflush(env.out);
    (void)fflush(env.err);
    free(copy);
    return code;
}

static bool
printed(const char *part)
{
    return strstr(out_text_, part) != NULL;
}

#define ENTRY \
    "\"kinds\":[\"MLA_CENTRAL\"],\"state\":\"QO\"," \
    "\"party_kind\":\"STATE_PARTY\",\"name\":\"Ministry of Justice\"," \
    "\"timezone\":\"-05:30\",\"languages\":[\"en\"],\"accepts_kinds\":[]," \
    "\"counterpart_classes\":[\"FIU\"],\"networks\":[]," \
    "\"civil_admin\":\"FULL\",\"reply_days\":30," \
    "\"reciprocity_required\":false,\"valid_from\":\"+0d\"," \
    "\"review_by\":\"+2y\",\"version\":1,\"contacts\":[{\"role\":\"GENERAL\"," \
    "\"unit\":\"Desk\",\"telephone\":\"+990 2\",\"email\":\"m@qo.example\"," \
    "\"hours\":\"09:00-17:00\",\"languages\":[\"en\"]}]," \
    "\"requirements\":[{\"topic\":\"bank records\",\"text\":" \
    "\"Name the branch.\",\"lang\":\"en\"}],\"de_minimis_value\":{" \
    "\"amount\":\"10000\",\"currency\":\"EUR\"}"

/* Write a form of this authority; "peer contact" and its options follow. */
static int
contact(const char *id, const char *more, const char *options)
{
    char text[2048], line[HOME_PATH_MAX + 128];

    (void)snprintf(text, sizeof(text), "{\"auth_id\":\"%s\",%s%s}", id,
        ENTRY, more);
    keep("form.json", slice_str(text));
    (void)snprintf(line, sizeof(line), "peer contact %s/form.json %s",
        home.dir, options);
    return type(line);
}

#define SOURCE ",\"source\":\"UNODC directory\",\"date\":\"2026-10-01\""

Test(peer, a_keeper_enters_an_authority_without_a_node)
{
    cr_assert_eq(contact("QO-MOJ", SOURCE, "--yes"), 0, "%s", err_text);
    cr_expect_eq(node.last.act, ACT_PUT_CONTACT);
    cr_assert_eq(type("peer list"), 0, "%s", err_text);
    cr_expect(printed("QO-MOJ"));
    cr_expect(printed("no node: by hand"));
    cr_assert_eq(type("peer show QO-MOJ"), 0, "%s", err_text);
    cr_expect(printed("UNODC directory"));
    cr_expect(printed("2026-10-01"));
    cr_expect(printed("requirements.bank records"));
    cr_expect(printed("Name the branch. [en]"));
    cr_expect(printed("10000 EUR"));
    cr_expect(printed("contacts.GENERAL"));
    cr_expect(printed("local_time"));
    cr_expect(printed("-05:30"));
    /* A second time it is the next one of the series. */
    cr_assert_eq(contact("QO-MOJ", SOURCE, "--yes"), 0, "%s", err_text);
    cr_assert_eq(type("peer show QO-MOJ"), 0);
    cr_expect(printed("serial.contact"));
    cr_expect(printed("2"));
}

Test(peer, an_entry_is_taken_out_again)
{
    cr_assert_eq(contact("QO-MOJ", SOURCE, "--yes"), 0, "%s", err_text);
    cr_assert_eq(type("peer remove QO-MOJ --yes"), 0, "%s", err_text);
    cr_assert_eq(type("peer list"), 0);
    cr_expect_not(printed("QO-MOJ"));
    cr_expect_neq(type("peer remove QO-MOJ --yes"), 0);
}

Test(peer, a_dry_run_shows_the_entry_and_signs_nothing)
{
    unsigned puts = node.puts;

    cr_assert_eq(contact("QO-MOJ", SOURCE, "--dry-run"), 0, "%s", err_text);
    cr_expect(printed("Ministry of Justice"));
    cr_expect_eq(node.puts, puts);
    cr_assert_eq(type("peer list"), 0);
    cr_expect_not(printed("QO-MOJ"));
    /* Nobody answers here: without --yes nothing is signed either. */
    cr_expect_eq(contact("QO-MOJ", SOURCE, ""), EXIT_USAGE);
    cr_expect_eq(node.puts, puts);
}

Test(peer, an_entry_says_where_it_comes_from)
{
    cr_expect_eq(contact("QO-MOJ", ",\"date\":\"2026-10-01\"", "--yes"),
        EXIT_REFUSED);
    cr_expect(said("source"));
    cr_expect_eq(contact("QO-MOJ", ",\"source\":\"x\"", "--yes"),
        EXIT_REFUSED);
    cr_expect(said("date"));
    cr_expect_eq(contact("QO-MOJ", SOURCE ",\"contact_only\":false",
        "--yes"), EXIT_REFUSED);
    cr_expect(said("contact_only"));
}

Test(peer, neither_the_own_authority_nor_a_peer_is_one_without_a_node)
{
    cr_expect_eq(contact("QN-FIU", SOURCE, "--yes"), EXIT_USAGE);
    add_peer();
    cr_expect_neq(contact("QM-FIU", SOURCE, "--yes"), 0);
    cr_expect(said("peer show"));
}

Test(peer, only_a_keeper_enters_one)
{
    keeper = the_keeper;
    node.n = 0;
    add_own();
    keep("trust/card", node.object[0].object);
    cr_expect_eq(contact("QO-MOJ", SOURCE, "--yes"), EXIT_AUTH);
    be_keeper();
}

Test(peer, a_list_needs_the_name_of_the_one_that_is_meant)
{
    char line[HOME_PATH_MAX + 64], text[4096];

    (void)snprintf(text, sizeof(text), "[{\"auth_id\":\"QP-X1\"},"
        "{\"auth_id\":\"QO-MOJ\",%s%s}]", ENTRY, SOURCE);
    keep("form.json", slice_str(text));
    (void)snprintf(line, sizeof(line), "peer contact %s/form.json --yes",
        home.dir);
    cr_expect_neq(type(line), 0);
    (void)snprintf(line, sizeof(line),
        "peer contact %s/form.json QO-MOJ --yes", home.dir);
    cr_expect_eq(type(line), 0, "%s", err_text);
}

/* The form that the program prints, filled, is one that it takes. */
Test(peer, the_form_of_an_entry_names_every_field)
{
    cr_assert_eq(type("authority profile --contact"), 0);
    cr_expect(printed("\"contact_only\": true"));
    cr_expect(printed("\"source\": null"));
    cr_expect(printed("\"requirements\": null"));
    cr_assert_eq(type("authority profile"), 0);
    cr_expect_not(printed("contact_only"));
    cr_expect_not(printed("\"source\""));
    cr_expect(printed("\"closed_days\": null"));
    cr_assert_eq(type("authority profile --fields"), 0);
    cr_expect(printed("requirements.topic"));
}

Test(peer, local_times_have_the_offset_of_the_zone)
{
    char text[TIMES_LOCAL_LEN + 1], date[TIMES_DATE_LEN + 1];
    int64_t s;

    cr_expect(times_offset(slice_str("-05:30"), &s));
    cr_expect_eq(s, -(5 * 3600 + 30 * 60));
    cr_expect_not(times_offset(slice_str("CET"), &s));
    cr_expect_not(times_offset(slice_str("+15:00"), &s));
    times_local(1798761600, slice_str("+02:00"), text);
    cr_expect_str_eq(text, "2027-01-01 02:00 +02:00");
    times_local(1798761600, slice_str("-05:30"), text);
    cr_expect_str_eq(text, "2026-12-31 18:30 -05:30");
    times_local(1798761600, slice_str("nowhere"), text);
    cr_expect_str_eq(text, "");
    times_date(1798761600, -60, date);
    cr_expect_str_eq(date, "2026-12-31");
}
