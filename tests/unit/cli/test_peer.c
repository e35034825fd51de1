/*
 * Authorities in the directory as a keeper enters them and people read them:
 * those without a node, and what a peer needs in a request.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_node.h"

#include "cli/form/against.h"
#include "cli/text/times.h"

TestSuite(peer, .init = set_up_keeper, .fini = tear_down_keeper);

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

/* A peer that asks for something, with more put onto its entry. */
static void
add_choosy_peer(void (*more)(struct rec *card))
{
    struct rec *r = card("QM-FIU", 1, &peer_root);
    struct rec *need = sub(r, "requirements");

    put_text(need, "topic", "bank records");
    put_text(need, "text", "Name the branch.");
    put_text(need, "lang", "en");
    put_recs(r, "requirements", &need, 1);
    put_codes(r, "accepts_kinds", 2);
    put_uint(r, "reply_days", 45);
    if (more != NULL)
        more(r);
    (void)hold(TRUST_PIN, "QM-FIU", 1, object(TRUST_PIN, pin(), &keeper,
        NULL));
    (void)hold(TRUST_CARD, "QM-FIU", 1, object(TRUST_CARD, r, &peer_root,
        NULL));
}

/* The question of the demonstration, to QM-FIU; "check" and its options. */
static int
check(const char *options)
{
    static char text[1u << 16];
    char line[HOME_PATH_MAX + 64];
    FILE *f = fopen("tests/demo/question.json", "rb");
    char *at;

    cr_assert_not_null(f);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    (void)fclose(f);
    cr_assert_not_null(at = strstr(text, "\"to\": \"QN-FIU\""));
    at[8] = 'M';
    keep("form.json", slice_str(text));
    (void)snprintf(line, sizeof(line), "check %s %s/form.json", options,
        home.dir);
    return type(line);
}

Test(peer, a_draft_is_compared_with_what_its_recipient_asks_for)
{
    add_choosy_peer(NULL);
    cr_assert_eq(check(""), 0, "%s", err_text);
    cr_expect(printed("peer.requirements.bank records"));
    cr_expect(printed("Name the branch."));
    cr_expect(printed("45 days"));
    cr_expect(printed("you ask for an answer in"));
    cr_expect_not(printed("peer.reciprocity"));  /* it is offered */
    cr_expect(printed("peer.local_time"));
    cr_expect_not(printed("V-011"));
    cr_expect_not(said("A_LANGUAGE"));
    /* With the form alone the rules about cards are left to the sending. */
    cr_assert_eq(check("--offline"), 0, "%s", err_text);
    cr_expect_not(printed("peer."));
    cr_expect(printed("V-011"));
}

static void
speak_french(struct rec *card)
{
    char today[TIMES_DATE_LEN + 1];
    struct slice copy;

    times_date(NOW, 7200, today);
    cr_assert_eq(arena_copy(a, slice_str(today), &copy), OK);
    put_texts(card, "languages", "fr");
    put_texts(card, "closed_days", (const char *)copy.p);
}

Test(peer, languages_and_closed_days_are_told_before_sending)
{
    add_choosy_peer(speak_french);
    cr_assert_eq(check(""), 0, "%s", err_text);
    cr_expect(said("A_LANGUAGE"));
    cr_expect(printed("peer.closed_today"));
    cr_assert_eq(check("--json"), 0);
    cr_expect(printed("\"code\":\"A_LANGUAGE\"") ||
        printed("\"code\": \"A_LANGUAGE\""));
}

static void
accept_nothing(struct rec *card)
{
    put_codes(card, "accepts_kinds", 1);
}

Test(peer, a_kind_that_the_recipient_does_not_accept_is_a_fault)
{
    add_choosy_peer(accept_nothing);
    cr_expect_eq(check(""), EXIT_REFUSED);
    cr_expect(said("E_COUNTERPART"));
}

static void
deal_with_tax(struct rec *card)
{
    put_codes(card, "counterpart_classes", AUTHORITY_KIND_TAX);
}

Test(peer, who_is_no_counterpart_is_told_so_before_anybody_signs)
{
    add_choosy_peer(deal_with_tax);
    cr_expect_eq(check(""), EXIT_REFUSED);
    cr_expect(said("E_COUNTERPART"));
    cr_expect(said("V-010") || printed("V-010"));
}

Test(peer, who_is_not_known_or_has_no_node_gets_no_draft)
{
    cr_expect_eq(check(""), EXIT_REFUSED);
    cr_expect(said("E_UNKNOWN_AUTHORITY"));
    cr_assert_eq(contact("QM-FIU", SOURCE, "--yes"), 0, "%s", err_text);
    cr_expect_eq(check(""), EXIT_REFUSED);
    cr_expect(said("E_NO_NODE"));
    cr_expect(said("by hand"));
}

static struct rec *
money(const char *amount, const char *currency)
{
    struct rec *r = record_new(a, record_field(&record_card,
        "de_minimis_value")->rec);

    put_text(r, "amount", amount);
    put_text(r, "currency", currency);
    return r;
}

Test(peer, amounts_are_compared_as_numbers_and_in_one_currency)
{
    static const struct { const char *x, *least; bool below; } rows[] = {
        { "500", "10000", true }, { "10000", "10000", false },
        { "9999.99", "10000", true }, { "10000.00", "10000", false },
        { "20000", "10000", false }, { "0010", "9", false },
        { "9.5", "9.50", false }, { "9.05", "9.5", true },
        { "9", "9.01", true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(against_below(money(rows[i].x, "EUR"),
            money(rows[i].least, "EUR")), rows[i].below, "%s %s", rows[i].x,
            rows[i].least);
    cr_expect_not(against_below(money("1", "USD"), money("9", "EUR")));
    cr_expect_not(against_below(NULL, money("9", "EUR")));
}
