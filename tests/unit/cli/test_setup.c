/*
 * From nothing to a card, a node that may start, and people with keys: the
 * commands of custodians, administrator and officers, as they are typed.
 */
#define _GNU_SOURCE
#include "cli/trust/card.h"
#include "cli/trust/home.h"
#include "proto/enums.h"
#include "tests/unit/cli/line.h"

#define KDF "--kdf interactive "
#define DAY 86400

static const char entry[] =
    "[{\"auth_id\":\"QN-FIU\"},"
    "{\"auth_id\":\"QM-FIU\",\"kinds\":[\"FIU\"],\"state\":\"QM\","
    "\"party_kind\":\"STATE_PARTY\",\"name\":\"Unit of Velmora\","
    "\"timezone\":\"+02:00\",\"languages\":[\"en\",\"fr\"],"
    "\"accepts_kinds\":[\"SPONT_DISCLOSURE\",\"INFO_REQUEST\"],"
    "\"counterpart_classes\":[\"FIU\"],\"networks\":[\"EGMONT\"],"
    "\"civil_admin\":\"CRIMINAL_ONLY\",\"reply_days\":21,"
    "\"reciprocity_required\":true,\"valid_from\":\"2026-01-01\","
    "\"review_by\":\"2028-01-01\",\"version\":3,"
    "\"four_eyes\":[\"RECALL\"],"
    "\"contacts\":[{\"role\":\"GENERAL\",\"unit\":\"Desk\","
    "\"telephone\":\"+990 1 555 0100\",\"email\":\"desk@qm-fiu.example\","
    "\"hours\":\"08:00-16:00\",\"languages\":[\"en\"]}]}]";

#define AUTHORITY "authority new QM-FIU --network uncac --keeper k-1 " \
    "--person ana --dir cust " KDF "--passphrase-file words " \
    "--keeper-passphrase-file others"
#define NODE "node new QM-FIU --network uncac --folder node " \
    "--listen tcp://192.0.2.7:7340"
#define OTHER "key new QM-FIU o-1 --person cora " KDF "--home other " \
    "--passphrase-file others"
#define CERTIFY "authority certify --root cust/root.key --node " \
    "node/node.request --keeper cust/k-1/k-1.request --other " \
    "other/o-1.request --profile entry.json --passphrase-file words "
#define INSTALL "node install node QM-FIU.card cust/k-1/k-1.request"

static void
ok(const char *line)
{
    int code = line_run(line);

    cr_assert_eq(code, 0, "%s: %d %s", line, code, line_err);
}

static void
refused(const char *line, int code, const char *part)
{
    int got = line_run(line);

    cr_expect_eq(got, code, "%s: %d %s", line, got, line_err);
    cr_expect(says(line_err, part), "%s: %s", line, line_err);
    cr_expect_str_eq(line_out, "");
}

static void
setup(void)
{
    line_setup();
    line_file("entry.json", entry);
    ok(AUTHORITY);
    ok(NODE);
    ok(OTHER);
}

TestSuite(setup, .init = setup, .fini = line_teardown);

static void
load_card(const char *path, struct card *c)
{
    struct fault f;
    struct buf b;

    buf_init(&b, TRUST_MAX);
    cr_assert_eq(file_read(path, &b), OK, "%s", path);
    cr_assert_eq(card_read_bytes(slice_of_buf(&b), c, &f), OK, "%s", f.path);
    buf_clear(&b);
}

Test(setup, the_whole_chain_ends_with_a_node_and_people_who_trust_it)
{
    char *digits;
    struct card c;

    ok(CERTIFY "--yes");
    cr_expect(says(line_err, "k-1 (ana)"), "%s", line_err);
    cr_expect(says(line_err, "o-1 (cora)"), "%s", line_err);
    digits = line_value("root_digits");
    ok(INSTALL);
    cr_expect(says(line_out, digits), "%s", line_out);
    cr_expect_eq(access("node/install/card", F_OK), 0);
    cr_expect_eq(access("node/install/keeper.request", F_OK), 0);
    ok("key new QM-FIU o-114 --person bela " KDF "--home bela --card "
        "QM-FIU.card --node tcp://192.0.2.7:7341 --passphrase-file words "
        "--yes");
    cr_expect(says(line_err, digits), "%s", line_err);
    ok("key show --home bela --passphrase-file words");
    cr_expect(says(line_out, "compared"));
    cr_expect(says(line_out, "tcp://192.0.2.7:7341"));
    ok("key trust QM-FIU.card --home other --yes --passphrase-file others "
        "--node ipc:///run/valise/officers");
    cr_expect(says(line_out, digits));
    ok("key show --home other --passphrase-file others");
    cr_expect(says(line_out, "compared"));
    ok("key show --home cust/k-1 --passphrase-file others");
    cr_expect(says(line_out, "compared"));
    load_card("bela/trust/card", &c);
    cr_expect_eq(record_uint(c.rec, "serial"), 1);
    card_clear(&c);
    free(digits);
}

Test(setup, the_card_says_what_requests_and_entry_say)
{
    struct card c;
    const struct rec *who;

    ok(CERTIFY "--yes --days 30");
    load_card("QM-FIU.card", &c);
    cr_expect(slice_is(record_bytes(c.rec, "network"), "uncac"));
    cr_expect(slice_is(record_bytes(c.rec, "name"), "Unit of Velmora"));
    cr_expect_eq(record_uint(c.rec, "version"), 3);
    cr_expect_eq(record_count(c.rec, "languages"), 2);
    cr_expect_eq(record_count(c.rec, "contacts"), 1);
    cr_expect(record_lists(c.rec, "four_eyes", MESSAGE_KIND_RECALL));
    cr_expect_eq(record_uint(c.rec, "valid_from"), LINE_NOW);
    cr_expect_eq(record_uint(c.rec, "valid_until"), LINE_NOW + 30 * DAY);
    cr_expect(slice_is(record_value(c.rec, "endpoints")->v[0].s,
        "tcp://192.0.2.7:7340"));
    who = record_value(c.rec, "keepers")->v[0].r;
    cr_expect(slice_is(record_bytes(who, "person"), "ana"));
    who = record_value(c.rec, "others")->v[0].r;
    cr_expect(slice_is(record_bytes(who, "person"), "cora"));
    who = record_value(c.rec, "logs")->v[0].r;
    cr_expect(slice_is(record_bytes(who, "origin"), "QM-FIU/log/1"));
    card_clear(&c);
}

Test(setup, people_compare_the_digits_that_the_maker_of_a_request_saw)
{
    char *node, *other;

    ok("node new QM-FIU --network uncac --folder node2");
    node = line_value("request_digits");
    ok("key new QM-FIU o-9 --person dina " KDF "--home dina "
        "--passphrase-file words");
    other = line_value("request_digits");
    ok("authority certify --root cust/root.key --node node2/node.request "
        "--keeper cust/k-1/k-1.request --other dina/o-9.request "
        "--profile entry.json --passphrase-file words --yes");
    cr_expect(says(line_err, node) && says(line_err, other), "%s", line_err);
    ok("key show --home dina --passphrase-file words");
    cr_expect(says(line_out, other));
    free(node);
    free(other);
}

Test(setup, nothing_that_exists_is_overwritten)
{
    ok(CERTIFY "--yes");
    ok(INSTALL);
    refused(AUTHORITY, 1, "ERR_EXISTS cust/k-1/k-1.key");
    refused(NODE, 1, "ERR_EXISTS node/node.key");
    refused(OTHER, 1, "ERR_EXISTS other/o-1.key");
    refused(CERTIFY "--yes", 1, "ERR_EXISTS ./QM-FIU.card");
    refused(INSTALL, 1, "ERR_EXISTS node/install/card");
    ok("key trust QM-FIU.card --home other --yes --passphrase-file others "
        "--node tcp://192.0.2.7:7341");
    refused("key trust QM-FIU.card --home other --yes --passphrase-file "
        "others --node tcp://192.0.2.8:7341", 1, "ERR_EXISTS");
}

Test(setup, without_a_terminal_and_without_yes_nothing_is_trusted)
{
    int code = line_run(CERTIFY);

    cr_expect_eq(code, 2);
    cr_expect(says(line_err, "--yes"), "%s", line_err);
    cr_expect_eq(access("QM-FIU.card", F_OK), -1);
    ok(CERTIFY "--yes");
    cr_expect_eq(line_run("key trust QM-FIU.card --home other "
        "--passphrase-file others"), 2);
    ok("key show --home other --passphrase-file others");
    cr_expect(says(line_out, "not known yet"));
}

Test(setup, a_request_of_another_authority_or_network_is_refused)
{
    ok("key new QN-FIU o-1 --person eva " KDF "--home alien "
        "--passphrase-file words");
    refused("authority certify --root cust/root.key --node "
        "node/node.request --keeper cust/k-1/k-1.request --other "
        "alien/o-1.request --profile entry.json --passphrase-file words "
        "--yes", 5, "E_UNKNOWN_AUTHORITY alien/o-1.request");
    ok("node new QM-FIU --network elsewhere --folder node3");
    refused("authority certify --root cust/root.key --node "
        "node3/node.request --keeper cust/k-1/k-1.request --other "
        "other/o-1.request --profile entry.json --passphrase-file words "
        "--yes", 5, "E_NETWORK node3/node.request");
    ok("node new QN-FIU --network uncac --folder node4");
    refused("authority certify --root cust/root.key --node "
        "node4/node.request --keeper cust/k-1/k-1.request --other "
        "other/o-1.request --profile entry.json --passphrase-file words "
        "--yes", 5, "E_UNKNOWN_AUTHORITY node4/node.request");
}

/* Change one byte of a file, in its last quarter. */
static void
tamper(const char *from, const char *to)
{
    struct buf b;

    buf_init(&b, TRUST_MAX);
    cr_assert_eq(file_read(from, &b), OK);
    b.p[b.n - b.n / 4] ^= 1;
    cr_assert_eq(file_write(to, slice_of_buf(&b), 0600, true), OK);
    buf_clear(&b);
}

Test(setup, a_tampered_request_or_card_is_refused)
{
    tamper("other/o-1.request", "bad.request");
    tamper("node/node.request", "bad.node");
    refused("authority certify --root cust/root.key --node "
        "node/node.request --keeper cust/k-1/k-1.request --other "
        "bad.request --profile entry.json --passphrase-file words --yes",
        5, "bad.request");
    refused("authority certify --root cust/root.key --node bad.node "
        "--keeper cust/k-1/k-1.request --other other/o-1.request "
        "--profile entry.json --passphrase-file words --yes", 5,
        "bad.node");
    ok(CERTIFY "--yes");
    tamper("QM-FIU.card", "bad.card");
    refused("node install node bad.card cust/k-1/k-1.request", 5,
        "bad.card");
    refused("node install node QM-FIU.card bad.request", 5, "bad.request");
    refused("key trust bad.card --home other --yes --passphrase-file "
        "others", 5, "bad.card");
    cr_expect_eq(access("node/install", F_OK), -1);
}

Test(setup, keeper_and_other_are_two_persons)
{
    ok("key new QM-FIU o-5 --person ana " KDF "--home twice "
        "--passphrase-file words");
    refused("authority certify --root cust/root.key --node "
        "node/node.request --keeper cust/k-1/k-1.request --other "
        "twice/o-5.request --profile entry.json --passphrase-file words "
        "--yes", 5, "E_FOUR_EYES");
    refused("authority certify --root cust/root.key --node "
        "node/node.request --keeper other/o-1.request --other "
        "other/o-1.request --profile entry.json --passphrase-file words "
        "--yes", 5, "E_FOUR_EYES");
}

Test(setup, several_keepers_stand_on_one_card)
{
    struct card c;

    ok("key new QM-FIU k-2 --person dina " KDF "--home dina "
        "--passphrase-file words");
    ok(CERTIFY "--yes --keeper dina/k-2.request");
    load_card("QM-FIU.card", &c);
    cr_expect_eq(record_count(c.rec, "keepers"), 2);
    card_clear(&c);
    ok("node install node QM-FIU.card dina/k-2.request");
}

Test(setup, a_node_takes_only_the_card_of_its_own_keys_and_a_keeper)
{
    ok("node new QM-FIU --network uncac --folder node2");
    ok(CERTIFY "--yes");
    refused("node install node2 QM-FIU.card cust/k-1/k-1.request", 7,
        "ERR_TRUST card.curve");
    refused("node install node QM-FIU.card other/o-1.request", 4,
        "E_ROLE other/o-1.request");
    refused("node install cust QM-FIU.card cust/k-1/k-1.request", 1,
        "valise node new");
    cr_expect_eq(access("node2/install", F_OK), -1);
}

Test(setup, a_card_that_follows_another_has_the_next_serial)
{
    struct card c;

    ok(CERTIFY "--yes");
    cr_assert_eq(mkdir("next", 0700), 0);
    ok(CERTIFY "--yes --card QM-FIU.card --dir next");
    load_card("next/QM-FIU.card", &c);
    cr_expect_eq(record_uint(c.rec, "serial"), 2);
    card_clear(&c);
    ok("node new QM-FIU --network uncac --folder node2");
    cr_assert_eq(mkdir("third", 0700), 0);
    refused("authority certify --root cust/root.key --node "
        "node2/node.request --keeper cust/k-1/k-1.request --other "
        "other/o-1.request --profile entry.json --passphrase-file words "
        "--yes --card QM-FIU.card --dir third", 7, "another log");
    /* The older card does not replace the newer one. */
    ok("key trust next/QM-FIU.card --home other --yes --passphrase-file "
        "others");
    ok("key trust QM-FIU.card --home other --yes --passphrase-file others");
    load_card("other/trust/card", &c);
    cr_expect_eq(record_uint(c.rec, "serial"), 2);
    card_clear(&c);
}

Test(setup, faults_of_the_entry_are_named_by_field)
{
    static const struct { const char *from, *to, *says; } rows[] = {
        { "\"version\":3", "\"versoin\":3", "did you mean version?" },
        { "\"version\":3,", "", "E_FIELD_MISSING version" },
        { "\"reply_days\":21", "\"reply_days\":0", "E_FIELD_RANGE "
          "reply_days" },
        { "INFO_REQUEST", "INFO_REQEST", "did you mean INFO_REQUEST?" },
        { "GENERAL", "GENERALLY", "contacts[0].role" },
        { "2028-01-01", "tomorrow", "E_FIELD_RANGE review_by" },
        { "\"auth_id\":\"QM-FIU\"", "\"auth_id\":\"QM-TAX\"",
          "there is no entry of QM-FIU" },
        { "}]}]", "}]}", "this is not JSON" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *at = strstr(entry, rows[i].from);
        char text[2048];

        cr_assert_not_null(at);
        (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - entry),
            entry, rows[i].to, at + strlen(rows[i].from));
        line_file("entry.json", text);
        cr_expect_neq(line_run(CERTIFY "--yes"), 0, "%zu", i);
        cr_expect(says(line_err, rows[i].says), "%s: %s", rows[i].says,
            line_err);
    }
    cr_expect_eq(access("QM-FIU.card", F_OK), -1);
}

Test(setup, one_object_serves_as_entry_only_if_it_is_of_the_authority)
{
    char text[2048];
    const char *from = strchr(entry, '}') + 2;

    (void)snprintf(text, sizeof(text), "%.*s", (int)strlen(from) - 1, from);
    line_file("entry.json", text);
    ok(CERTIFY "--yes");
    cr_assert_eq(unlink("QM-FIU.card"), 0);
    memcpy(strstr(text, "QM-FIU"), "QM-TAX", 6);
    line_file("entry.json", text);
    refused(CERTIFY "--yes", 5, "E_UNKNOWN_AUTHORITY");
}

Test(setup, people_do_not_trust_two_roots_nor_a_card_whose_time_is_over)
{
    int code;

    ok(CERTIFY "--yes");
    ok("key trust QM-FIU.card --home other --yes --passphrase-file others");
    ok("authority new QM-FIU --network uncac --keeper k-1 --person ana "
        "--dir cust2 " KDF "--passphrase-file words "
        "--keeper-passphrase-file others");
    cr_assert_eq(mkdir("false", 0700), 0);
    ok("authority certify --root cust2/root.key --node node/node.request "
        "--keeper cust2/k-1/k-1.request --other other/o-1.request "
        "--profile entry.json --passphrase-file words --yes --dir false");
    refused("key trust false/QM-FIU.card --home other --yes "
        "--passphrase-file others", 1, "ERR_EXISTS root");
    refused("key new QM-FIU o-7 --person fred " KDF "--home other --card "
        "false/QM-FIU.card --yes --passphrase-file words", 1,
        "ERR_EXISTS other/trust/card");
    cr_expect_eq(access("other/o-7.key", F_OK), -1);
    code = line_at(LINE_NOW + 731 * (int64_t)DAY, "key new QM-FIU o-8 "
        "--person gina " KDF "--home gina --card QM-FIU.card --yes "
        "--passphrase-file words");
    cr_expect_eq(code, 7, "%s", line_err);
    cr_expect(says(line_err, "ERR_TRUST valid_until"), "%s", line_err);
}

Test(setup, trusting_ends_an_agent_that_knows_no_root)
{
    ok(CERTIFY "--yes");
    ok("unlock --home other --passphrase-file others");
    ok("key trust QM-FIU.card --home other --yes --passphrase-file others");
    cr_expect_eq(access("other/agent.sock", F_OK), -1);
    ok("unlock --home other --passphrase-file others");
    ok("key show --home other");
    cr_expect(says(line_out, "compared"));
    ok("lock --home other");
}

Test(setup, a_folder_that_others_may_enter_holds_no_keys_of_a_person)
{
    cr_assert_eq(mkdir("open", 0700), 0);
    cr_assert_eq(chmod("open", 0755), 0);
    refused("key new QM-FIU o-3 --person x " KDF "--home open "
        "--passphrase-file words", 1, "ERR_PERM open");
    ok("node new QM-FIU --network uncac --folder open");
    cr_assert_eq(chmod("open", 0775), 0);
    refused("node new QM-FIU --network uncac --folder open", 1,
        "ERR_PERM open");
}

Test(setup, a_weak_passphrase_or_a_wrong_one_makes_nothing)
{
    line_file("weak", "elevenchars\n");
    refused("key new QM-FIU o-3 --person x " KDF "--home x "
        "--passphrase-file weak", 5, "12 characters");
    refused("authority new QM-FIU --network uncac --keeper k-1 --person a "
        "--dir d " KDF "--passphrase-file words --keeper-passphrase-file "
        "weak", 5, "12 characters");
    cr_expect_eq(access("d/root.key", F_OK), -1);
    refused("authority certify --root cust/root.key --node "
        "node/node.request --keeper cust/k-1/k-1.request --other "
        "other/o-1.request --profile entry.json --passphrase-file others "
        "--yes", 12, "ERR_PASSPHRASE");
    refused("key trust entry.json --home other --passphrase-file others",
        5, "entry.json");
}

Test(setup, what_is_missing_or_not_of_its_format_is_named)
{
    static const struct { const char *line; int code; const char *says; }
    rows[] = {
        { "authority new QM-FIU --network n --keeper k-1", 2, "--person" },
        { "authority new qm --network n --keeper k-1 --person a", 5,
          "E_FIELD_RANGE authority" },
        { "authority new QM-FIU --network n --keeper K_1 --person a", 5,
          "E_FIELD_RANGE label" },
        { "authority certify --root r", 2, "--profile" },
        { "node new QM-FIU --network n", 2, "--folder" },
        { "node new QM-FIU --network n --folder f --listen ipc:///s", 2,
          "peers connect to" },
        { "node new QM-FIU --network n --folder f --listen tcp://*:1", 2,
          "peers connect to" },
        { "node new QM-FIU --network n --folder f --listen tcp://0.0.0.0:1",
          2, "peers connect to" },
        { "node new QM-FIU --network n --folder f --officers here", 2,
          "for example" },
        { "node new qm --network n --folder f", 5, "E_FIELD_RANGE qm" },
        { "node install node", 2, "usage:" },
        { "key new QM-FIU", 2, "usage:" },
        { "key new QM-FIU o-1", 2, "--person" },
        { "key new QM-FIU o-1 --person a --kdf cheap", 2, "moderate" },
        { "key new QM-FIU o-1 --person a --node here", 2, "for example" },
        { "key trust none.card --home other", 1, "ERR_NOTFOUND none.card" },
        { CERTIFY "--days 0", 2, "number of days" },
        { CERTIFY "--days 12x", 2, "number of days" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        refused(rows[i].line, rows[i].code, rows[i].says);
}

/* Each of these prints one object with --json, on stdout alone. */
Test(setup, programs_get_one_object_from_each_command)
{
    static const char *const lines[] = {
        CERTIFY "--yes --json", INSTALL " --json",
        "key show --home other --passphrase-file others --json",
        "key trust QM-FIU.card --home other --yes --passphrase-file others "
        "--json",
        "unlock --home other --passphrase-file others --json",
        "lock --home other --json",
        "node new QM-FIU --network uncac --folder node5 --json",
        "key new QM-FIU o-6 --person hugo " KDF "--home hugo "
        "--passphrase-file words --json",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        ok(lines[i]);
        cr_expect_eq(line_out[0], '{', "%s", lines[i]);
        cr_expect(says(line_out, "\"version\": 1"), "%s", line_out);
        cr_expect_str_eq(line_err, "", "%s", lines[i]);
    }
}
