/*
 * The commands of a keeper as he types them, against the node of the tests.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_node.h"

#include "cli/trust/peers.h"

TestSuite(officer, .init = set_up_keeper, .fini = tear_down_keeper);

/* A request of somebody new, in the home; the digits of it. */
static void
ask_to_enrol(const char *label, const char *person, const char *file)
{
    const struct person_name name = { slice_str("QN-FIU"),
        slice_str(label), slice_str(person) };
    uint8_t digest[HASH_LEN];
    struct buf devices, b;
    struct slots *theirs;
    struct person *p;

    cr_assert_eq(person_new(&name, &p), OK);
    cr_assert_eq(slots_new(NOW, &theirs), OK);
    buf_init(&devices, TRUST_MAX);
    buf_init(&b, TRUST_MAX);
    cr_assert_eq(slots_devices(theirs, p, 1, &devices), OK);
    cr_assert_eq(person_request(p, slice_of_buf(&devices), NOW, &b, digest),
        OK);
    keep(file, slice_of_buf(&b));
    slots_free(theirs);
    person_free(p);
    buf_clear(&devices);
    buf_clear(&b);
}

/* The line with the folder of the home in the place of "@". */
static int
type_home(const char *line)
{
    char full[4 * HOME_PATH_MAX] = "";
    size_t n = 0;

    for (; *line != '\0'; line++)
        n += (size_t)snprintf(full + n, sizeof(full) - n, *line == '@' ?
            "%s" : "%.1s", *line == '@' ? home.dir : line);
    return type(full);
}

Test(officer, two_persons_are_enrolled_and_the_list_waits)
{
    ask_to_enrol("o-7", "p-seven", "seven");
    ask_to_enrol("o-8", "p-eight", "eight");
    cr_assert_eq(type_home("officer add @/seven @/eight:AUDITOR --role "
        "APPROVER --function Analyst --to +90d --yes"), 0, "%s", err_text);
    cr_expect(printed("waits for a second person"));
    cr_expect(printed("o-7"));
    cr_expect(said("digits: "));
    cr_expect_eq(node.others, 9);       /* the auditor got none */
    cr_assert_eq(type("officer list"), 0);
    cr_expect(printed("waits for approval"));
    cr_expect(printed("APPROVER"));
    cr_expect(printed("in force"));
    cr_assert_eq(type("status"), 0);
    cr_expect(printed("valise approve"));
    cr_assert_eq(type("status --json"), 0);
    cr_expect(printed("\"entries\": ") && printed("\"kind\": \"staff\"") &&
        printed("\"trusted\": "), "%s", out_text_);
    cr_expect_not(printed("another person") || printed(" entries\"") ||
        printed("not yet"), "%s", out_text_);
    ask_to_enrol("o-9", "p-nine", "nine");
    cr_expect_eq(type_home("officer add @/nine --yes"), 3);
    cr_expect(said("a list waits already"));
}

Test(officer, a_list_that_waits_is_replaced_when_the_keeper_says_so)
{
    ask_to_enrol("o-7", "p-seven", "seven");
    cr_assert_eq(type_home("officer add @/seven --yes"), 0, "%s", err_text);
    cr_expect_eq(type("officer revoke o-2 --yes"), 3);
    cr_expect(said("--replace"));
    cr_assert_eq(type("officer revoke o-2 --yes --replace"), 0, "%s",
        err_text);
    cr_expect(said("what it would change is not done"));
    cr_assert_eq(type("officer list"), 0);
    cr_expect(printed("waits for approval"));
    cr_expect_not(printed("o-7"));
    cr_assert_eq(type_home("officer add @/seven --yes --replace"), 0, "%s",
        err_text);
    cr_assert_eq(type("officer list"), 0);
    cr_expect(printed("o-7"));
}

Test(officer, what_may_not_be_is_refused_before_anything_is_sent)
{
    ask_to_enrol("o-7", "p-seven", "seven");
    ask_to_enrol("o-2", "p-two", "two");
    keep("nothing", slice_str("nothing"));
    cr_expect_eq(type_home("officer add @/seven --role AUDITOR,OFFICER "
        "--yes"), 2);
    cr_expect(said("an auditor has no other role"));
    cr_expect_eq(type_home("officer add @/seven --role BOSS --yes"), 2);
    cr_expect_eq(type_home("officer add @/seven @/seven --yes"), 1);
    cr_expect_eq(type_home("officer add @/two --yes"), 1);
    cr_expect(said("ERR_EXISTS"));
    cr_expect_neq(type_home("officer add @/nothing --yes"), 0);
    cr_expect_eq(type_home("officer add @/absent --yes"), 1);
    cr_expect_eq(type_home("officer add @/seven --to 2020-01-01 --yes"), 2);
    cr_expect_eq(type_home("officer add @/seven"), 2);
    cr_expect(said("--yes"));
    cr_expect_eq(type("officer add"), 2);
    cr_expect_eq(node.puts, 0);
}

Test(officer, who_is_no_keeper_enrols_nobody)
{
    ask_to_enrol("o-7", "p-seven", "seven");
    keeper = the_keeper;
    node.n = 0;
    add_own();
    keep("trust/card", node.object[0].object);
    cr_expect_eq(type_home("officer add @/seven --yes"), 4);
    cr_expect(said("E_ROLE"));
    cr_expect_eq(node.puts, 0);
}

Test(officer, an_officer_is_revoked_by_a_list_that_waits)
{
    cr_assert_eq(type("officer revoke o-2 --yes"), 0, "%s", err_text);
    cr_expect(printed("waits for a second person"));
    cr_assert_eq(type("officer list --json"), 0);
    cr_expect(printed("waits for approval"));
    cr_expect_eq(type("officer revoke o-99 --yes"), 1);
}

Test(officer, the_last_keeper_is_not_revoked)
{
    cr_expect_eq(type("officer revoke o-114 --yes"), 4);
    cr_expect(said("no other keeper"));
    cr_expect_eq(node.puts, 0);
}

Test(officer, the_weeks_are_published_by_a_command_of_their_own)
{
    cr_assert_eq(type("keeper epochs --json"), 0, "%s", err_text);
    cr_expect(printed(": 9"));
    cr_assert_eq(type("keeper epochs --replace"), 0, "%s", err_text);
}

static struct slice
peer_card(void)
{
    return object(TRUST_CARD, card("QM-FIU", 1, &peer_root), &peer_root,
        NULL);
}

Test(officer, a_peer_is_added_when_the_digits_are_the_same)
{
    char digits[2 * DIGITS_SIDE + 1], line[512];
    const struct digits_side x = { sign_key_public(root.key),
        slice_str("QN-FIU") };
    const struct digits_side y = { sign_key_public(peer_root.key),
        slice_str("QM-FIU") };

    digits_of_roots(x, y, digits);
    keep("qm.card", peer_card());
    digits[3] ^= 1;
    (void)snprintf(line, sizeof(line), "peer add @/qm.card --how telephone "
        "--with R.%%Blum --digits %s", digits);
    cr_expect_eq(type_home(line), 7);
    cr_expect(said("not the digits of the two roots"));
    cr_expect_eq(node.puts, 0);
    line[strlen(line) - strlen(digits) + 3] ^= 1;
    cr_assert_eq(type_home(line), 0, "%s", err_text);
    cr_assert_eq(type("peer list"), 0, "%s", err_text);
    cr_expect(printed("QM-FIU"));
    cr_assert_eq(type("peer show QM-FIU"), 0, "%s", err_text);
    cr_expect(printed("R. Blum"));
    cr_expect(printed("QM-FIU/log/1"));
    cr_expect_eq(type_home(line), 1);   /* pinned already */
    cr_assert_eq(type("peer remove QM-FIU --yes"), 0, "%s", err_text);
    cr_assert_eq(type("peer list"), 0);
    cr_expect(printed("removed"));
    cr_expect_neq(type("peer remove QM-FIU --yes"), 0);
}

Test(officer, a_peers_card_that_its_root_did_not_sign_is_refused)
{
    keep("qm.card", object(TRUST_CARD, card("QM-FIU", 1, &peer_root),
        &stranger, NULL));
    cr_expect_neq(type_home("peer add @/qm.card --how x --with y --yes"), 0);
    cr_expect(said("E_SIGNATURE"));
    cr_expect_eq(type_home("peer add @/qm.card --with y --yes"), 2);
    keep("own.card", node.object[0].object);
    cr_expect_eq(type_home("peer add @/own.card --how x --with y --yes"), 2);
    cr_expect_eq(node.puts, 0);
}

Test(officer, a_peer_whose_key_another_card_has_is_not_added)
{
    struct who thief = peer_root;

    memcpy(thief.kem, root.kem, sizeof(thief.kem));
    keep("qm.card", object(TRUST_CARD, card("QM-FIU", 1, &thief), &peer_root,
        NULL));
    cr_expect_neq(type_home("peer add @/qm.card --how x --with y --yes"), 0);
    cr_expect(said("E_DUPKEY"));
    cr_expect(said("QN-FIU"));
    cr_expect_eq(node.puts, 0);
}

Test(officer, a_peers_card_that_names_a_socket_of_this_machine_is_not_added)
{
    struct rec *r = card("QM-FIU", 1, &peer_root);

    put_texts(r, "endpoints", "ipc:///run/valise/officers");
    keep("qm.card", object(TRUST_CARD, r, &peer_root, NULL));
    cr_expect_neq(type_home("peer add @/qm.card --how x --with y --yes"), 0);
    cr_expect(said("card.endpoints[0]"));
    cr_expect(said("tcp://HOST:PORT"));
    cr_expect_eq(node.puts, 0);
}
