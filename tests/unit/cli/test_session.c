/*
 * A session against a node that lies in each way it can: the log that does
 * not go on, cards and lists that are false, countersignatures that stay
 * away; and what works with an honest one.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_node.h"
#include "proto/thread.h"

TestSuite(session, .init = set_up, .fini = tear_down);

Test(session, an_honest_node_is_accepted_and_what_was_seen_is_kept)
{
    struct session *s;

    cr_assert_eq(begin(&s), OK, "%s", err_text);
    cr_expect(said("first contact"));
    cr_expect(there_is("seen"));
    cr_expect(there_is("trust/staff-QN-FIU-1"));
    cr_expect_eq(session_checkpoint(s)->size, 5);
    cr_expect_not_null(directory_find(session_directory(s), TRUST_EPOCHS,
        slice_str("QN-FIU"), 0, NULL));
    cr_expect(record_lists(session_hello(s), "roles", OFFICER_ROLE_OFFICER));
    session_free(s);
}

Test(session, the_next_one_goes_on_from_there_and_asks_for_newer_lists_only)
{
    unsigned asked;

    cr_assert_eq(visit(), OK);
    grow(20);
    asked = node.asked;
    cr_assert_eq(visit(), OK, "%s", err_text);
    cr_expect_eq(node.asked - asked, 6);
    node.n = 0;                     /* all is in the cache */
    cr_assert_eq(visit(), OK, "%s", err_text);
}

static void
refused_link(enum lie lie)
{
    cr_assert_eq(visit(), OK);
    grow(3);
    node.lie = lie;
    cr_expect_eq(visit(), ERR_LINK, "%d", (int)lie);
    cr_expect(said("ERR_LINK seen.conflict-"));
    cr_expect(there_is("seen.conflict-"));
    node.lie = HONEST;
    cr_expect_eq(visit(), OK);
}

Test(session, another_root_at_the_size_that_was_seen_is_refused)
{
    refused_link(WRONG_ROOT_AT_HAVE);
}

Test(session, a_note_of_another_key_is_refused)
{
    refused_link(FOREIGN_NOTE);
}

Test(session, an_answer_without_a_note_is_refused)
{
    refused_link(NO_NOTE);
}

Test(session, a_log_without_the_proof_that_it_goes_on_is_refused)
{
    refused_link(NO_PROOF);
}

Test(session, a_log_that_went_back_is_refused)
{
    cr_assert_eq(visit(), OK);
    node.size = 4;
    cr_expect_eq(visit(), ERR_LINK);
    cr_expect(there_is("seen.conflict-"));
}

Test(session, a_fork_is_refused_at_the_same_and_at_a_larger_size)
{
    cr_assert_eq(visit(), OK);
    node.leaf[4][0] ^= 1;
    cr_expect_eq(visit(), ERR_LINK);
    grow(7);
    cr_expect_eq(visit(), ERR_LINK);
    node.leaf[4][0] ^= 1;
    cr_expect_eq(visit(), OK);
}

Test(session, an_answer_to_another_request_is_refused)
{
    node.lie = OTHER_REQ;
    cr_expect_eq(visit(), E_MALFORMED);
    cr_expect_not(there_is("seen"));
}

Test(session, a_damaged_memory_of_what_was_seen_is_not_a_first_contact)
{
    cr_assert_eq(visit(), OK);
    keep("seen", slice_str("nothing"));
    cr_expect_eq(visit(), ERR_FORMAT);
}

Test(session, without_a_peer_nobody_countersigns)
{
    cr_assert_eq(visit(), OK);
    env.now += 20 * DAY;
    cr_expect_eq(visit(), OK, "%s", err_text);
}

Test(session, a_missing_countersignature_is_said_and_refused_after_a_week)
{
    add_peer();
    cr_assert_eq(visit(), OK);
    env.now += 23 * 3600;
    cr_expect_eq(visit(), OK);
    cr_expect_not(said("countersigned"));
    env.now += 2 * 3600;
    cr_expect_eq(visit(), OK);
    cr_expect(said("no peer has countersigned"));
    env.now += 6 * DAY;
    grow(1);
    cr_expect_eq(visit(), ERR_LINK);
    cr_expect(said("ERR_LINK countersignature"));
    node.cosigned = 5;
    cr_expect_eq(visit(), OK);
    env.now += 6 * DAY;             /* counted anew from there */
    cr_expect_eq(visit(), OK);
}

Test(session, a_countersignature_of_less_than_was_seen_does_not_count)
{
    add_peer();
    cr_assert_eq(visit(), OK);
    node.cosigned = 4;
    env.now += 8 * DAY;
    cr_expect_eq(visit(), ERR_LINK);
}

Test(session, a_countersignature_of_a_stranger_does_not_count)
{
    add_peer();
    cr_assert_eq(visit(), OK);
    node.witness = stranger.key;
    node.cosigned = 5;
    env.now += 8 * DAY;
    cr_expect_eq(visit(), ERR_LINK);
}

Test(session, a_countersigned_note_that_does_not_join_is_a_fork)
{
    add_peer();
    cr_assert_eq(visit(), OK);
    node.cosigned = 3;
    node.lie = BAD_JOINED;
    cr_expect_eq(visit(), ERR_LINK);
    cr_expect(there_is("seen.conflict-"));
}

/* Put another object in the place of an own one. */
static void
false_object(size_t i, struct slice o, const char *code)
{
    node.object[i].object = o;
    cr_expect_eq(visit(), ERR_TRUST);
    cr_expect(said("ERR_TRUST"));
    cr_expect(said(code), "%s", err_text);
    cr_expect(said("tell the auditor"));
}

Test(session, a_staff_list_that_no_keeper_signed_is_refused)
{
    false_object(1, object(TRUST_STAFF, staff("QN-FIU", 1, NULL), &stranger,
        &second), "E_ROLE");
}

Test(session, a_staff_list_that_one_person_signed_twice_is_refused)
{
    false_object(1, object(TRUST_STAFF, staff("QN-FIU", 1, NULL), &keeper,
        &keeper), "E_FOUR_EYES");
}

Test(session, weekly_keys_that_no_keeper_signed_are_refused)
{
    false_object(2, object(TRUST_EPOCHS, epochs("QN-FIU", 1, third.kem),
        &stranger, NULL), "E_ROLE");
}

Test(session, a_newer_own_card_of_another_root_is_refused)
{
    node.object[0].serial = 2;
    false_object(0, object(TRUST_CARD, card("QN-FIU", 2, &stranger),
        &stranger, NULL), "ERR_TRUST");
}

Test(session, a_card_in_the_cache_of_another_root_is_refused)
{
    keep("trust/card", object(TRUST_CARD, card("QN-FIU", 1, &stranger),
        &stranger, NULL));
    cr_expect_eq(visit(), ERR_TRUST);
    cr_expect_eq(node.asked, 0);
}

Test(session, without_a_card_that_was_compared_nothing_is_asked)
{
    char path[HOME_PATH_MAX + 16];

    (void)snprintf(path, sizeof(path), "%s/trust/card", home.dir);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(visit(), ERR_NOT_INIT);
    cr_expect(said("valise key trust"));
    cr_expect_eq(node.asked, 0);
}

Test(session, an_own_card_that_ended_is_refused_with_the_reason)
{
    env.now += 100 * DAY;
    cr_expect_eq(visit(), ERR_TRUST);
    cr_expect(said("ended at"));
}

Test(session, a_newer_own_card_replaces_the_one_that_ended)
{
    struct rec *r = card("QN-FIU", 2, &root);

    put_uint(r, "valid_until", NOW + 400 * DAY);
    (void)hold(TRUST_CARD, "QN-FIU", 2, object(TRUST_CARD, r, &root, NULL));
    env.now += 150 * DAY;
    cr_expect_eq(visit(), OK, "%s", err_text);
    node.n = 0;
    cr_expect_eq(visit(), OK, "%s", err_text);
}

Test(session, other_bytes_under_a_serial_are_an_alarm_and_both_are_kept)
{
    (void)hold(TRUST_EPOCHS, "QN-FIU", 1, object(TRUST_EPOCHS,
        epochs("QN-FIU", 1, third.kem), &keeper, NULL));
    cr_expect_eq(visit(), ERR_TRUST);
    cr_expect(said("other content"));
    cr_expect(there_is("trust/epochs-QN-FIU-1"));
    cr_expect(there_is("trust/conflict-epochs-QN-FIU-1-"));
}

Test(session, what_waits_for_a_second_person_is_not_trusted)
{
    struct session *s;

    node.object[1].object = object(TRUST_STAFF, staff("QN-FIU", 1, NULL),
        &keeper, NULL);
    node.object[1].state = 1;
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    cr_expect_null(directory_find(session_directory(s), TRUST_STAFF,
        slice_str("QN-FIU"), 0, NULL));
    session_free(s);
}

Test(session, a_peers_false_list_is_named_and_kept_out)
{
    struct session *s;

    add_peer();
    (void)hold(TRUST_EPOCHS, "QM-FIU", 1, object(TRUST_EPOCHS,
        epochs("QM-FIU", 1, third.kem), &stranger, NULL));
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    cr_expect(said("ERR_TRUST epochs QM-FIU 1"));
    cr_expect(said("E_ROLE"));
    cr_expect_null(directory_find(session_directory(s), TRUST_EPOCHS,
        slice_str("QM-FIU"), 0, NULL));
    cr_expect_not(there_is("trust/epochs-QM-FIU-1"));
    session_free(s);
}

Test(session, a_peers_card_of_another_root_than_the_pinned_is_kept_out)
{
    struct session *s;

    add_peer();
    node.object[4].object = object(TRUST_CARD, card("QM-FIU", 1, &stranger),
        &stranger, NULL);
    cr_assert_eq(begin(&s), OK);
    cr_expect(said("ERR_TRUST card QM-FIU 1"));
    cr_expect_null(directory_find(session_directory(s), TRUST_CARD,
        slice_str("QM-FIU"), 0, NULL));
    session_free(s);
}

Test(session, a_cache_that_was_changed_is_asked_for_again)
{
    cr_assert_eq(visit(), OK);
    keep("trust/staff-QN-FIU-1", object(TRUST_STAFF, staff("QN-FIU", 1,
        NULL), &stranger, &second));
    cr_expect_eq(visit(), OK, "%s", err_text);
    keep("trust/staff-QN-FIU-1", slice_str("rubbish"));
    cr_expect_eq(visit(), OK, "%s", err_text);
}

Test(session, a_node_that_is_busy_is_asked_again_for_at_most_five_seconds)
{
    struct session *s;

    cr_assert_eq(begin(&s), OK);
    node.code = E_BUSY;
    node.codes = 2;
    cr_expect_eq(session_ask(s, REQUEST_STATUS, NULL, NULL, NULL), OK);
    node.waited = 0;
    node.codes = 100;
    cr_expect_eq(session_ask(s, REQUEST_STATUS, NULL, NULL, NULL), E_BUSY);
    cr_expect_leq(node.waited, 5000);
    cr_expect_gt(node.waited, 2000);
    session_free(s);
}

Test(session, a_statement_that_was_stale_is_made_anew_once)
{
    struct rec *args = record_new(a, &record_ask_open);
    struct session *s;
    unsigned asked;

    put_key(args, "digest", root.kem);
    put_uint(args, "purpose", 1);
    cr_assert_eq(begin(&s), OK);
    node.code = E_STALE_STATEMENT;
    node.codes = 1;
    cr_expect_eq(session_act(s, REQUEST_OPEN, ACT_OPEN, SLICE(root.kem),
        args, NULL), OK);
    cr_expect_eq(node.last.size, 6);
    cr_expect_eq(node.last.act, ACT_OPEN);
    asked = node.asked;
    node.codes = 9;
    cr_expect_eq(session_act(s, REQUEST_OPEN, ACT_OPEN, SLICE(root.kem),
        args, NULL), E_STALE_STATEMENT);
    cr_expect_eq(node.asked - asked, 2);
    session_free(s);
}

static int64_t
an_hour_later(void)
{
    return NOW + 3600;
}

Test(session, a_statement_is_of_when_it_is_signed)
{
    struct session *s;
    struct stated st;
    struct statement t;

    cr_assert_eq(begin(&s), OK);
    env.clock = an_hour_later;
    cr_assert_eq(session_state(s, ACT_OPEN, SLICE(root.kem), SLICE_EMPTY,
        &st), OK);
    cr_assert_eq(statement_decode(st.statement, &t), OK);
    cr_expect_eq(t.time, NOW + 3600, "not when the command began");
    session_free(s);
}

Test(session, a_receipt_holds_for_its_digest_and_event_only)
{
    struct entry entry = { .seq = 5, .time = NOW, .event = EVENT_OPENED,
        .has_obj = true, .n = 1, .fields = { { .type = ENTRY_ACTOR } } };
    struct receipt rc = { .origin = slice_str(node.origin), .index = 5 };
    struct entry got;
    struct session *s;
    struct buf e, b;

    memcpy(entry.obj, root.kem, HASH_LEN);
    buf_init(&e, ENTRY_MAX);
    buf_init(&b, RECEIPT_MAX);
    cr_assert_eq(entry_encode(&entry, &e), OK);
    entry_leaf(slice_of_buf(&e), node.leaf[node.size++]);
    grow(4);
    rc.entry = slice_of_buf(&e);
    cr_assert_eq(tree_prove_inclusion(5, node.size, fetch_node, &node,
        &rc.proof), OK);
    cr_assert_eq(receipt_encode(&rc, &b), OK);
    cr_assert_eq(begin(&s), OK);
    cr_expect_eq(session_receipt(s, slice_of_buf(&b), root.kem, EVENT_OPENED,
        &got), OK);
    cr_expect_eq(got.time, NOW);
    cr_expect_eq(session_receipt(s, slice_of_buf(&b), third.kem,
        EVENT_OPENED, &got), ERR_PROOF);
    cr_expect_eq(session_receipt(s, slice_of_buf(&b), root.kem,
        EVENT_DESTROYED, &got), ERR_PROOF);
    cr_expect_eq(session_receipt(s, slice_str("x"), root.kem, EVENT_OPENED,
        &got), ERR_PROOF);
    session_free(s);
    buf_clear(&e);
    buf_clear(&b);
}

Test(session, people_are_known_by_label_and_by_key)
{
    const struct json_people *p;
    char label[JSON_LABEL_MAX + 1];
    uint8_t kid[HASH_LEN];
    struct session *s;

    cr_assert_eq(begin(&s), OK);
    p = session_people(s);
    cr_expect(p->find(p->arg, slice_str("QN-FIU/o-2"), kid));
    cr_expect(memcmp(kid, sign_key_id(second.key), HASH_LEN) == 0);
    cr_expect(p->label(p->arg, SLICE(kid), label));
    cr_expect_str_eq(label, "QN-FIU/o-2");
    cr_expect_not(p->find(p->arg, slice_str("QN-FIU/o-9"), kid));
    cr_expect_not(p->find(p->arg, slice_str("QX-FIU/o-2"), kid));
    cr_expect_not(p->label(p->arg, SLICE(root.kem), label));
    session_free(s);
}

Test(session, the_secret_of_a_week_comes_out_of_this_devices_slot)
{
    uint8_t public[KEY_LEN], kid[HASH_LEN];
    struct secret *epoch, *got = NULL;
    struct session *s;
    struct slice o;
    struct buf b;

    cr_assert_eq(epoch_new(&epoch), OK);
    epoch_kid(epoch, kid);
    slots_public(slots, public);
    buf_init(&b, SLOT_MAX);
    cr_assert_eq(slot_seal(epoch, third.kem, &b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &o), OK);
    (void)hold(ASK_SLOTS, "me", 1, o);
    buf_reset(&b);
    cr_assert_eq(slot_seal(epoch, public, &b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &o), OK);
    (void)hold(ASK_SLOTS, "me", 2, o);
    node.page = 1;
    cr_assert_eq(begin(&s), OK);
    cr_expect_eq(session_epoch(s, kid, &got), OK);
    cr_expect(secret_equal(got, epoch));
    secret_free(got);
    cr_expect_eq(session_epoch(s, root.kem, &got), ERR_NOTFOUND);
    session_free(s);
    secret_free(epoch);
    buf_clear(&b);
}

/* A message of this id, as a row with its header. */
static void
add_message(unsigned dir, uint8_t id, uint8_t end)
{
    uint8_t *bytes = arena_get(a, 2 * MSG_ID_LEN);
    struct rec *r = record_new(a, &record_ask_message);
    struct envelope sealed = { .n_sigs = 1 };
    struct message m;
    struct slice head;
    struct buf pre, h, out;

    memset(bytes, id, MSG_ID_LEN);
    bytes[MSG_ID_LEN - 1] = end;
    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 16);
    buf_init(&out, CONTROL_MAX + 512);
    cr_assert_eq(message_new(a, domain_kind(&domain_valise, KIND_RECEIPT),
        &m), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "msg_id",
        slice_of(bytes, MSG_ID_LEN)), OK);
    cr_assert_eq(message_encode(&m, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), NULL, &h);
    sealed.h = slice_of_buf(&h);
    sealed.sigs = slice_of(arena_get(a, 96), 96);
    cr_assert_eq(envelope_put_head(&sealed, &out), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&out), &head), OK);
    node.row[node.n_rows++] = r;
    put_uint(r, "n", node.n_rows);
    put_uint(r, "dir", dir);
    put_text(r, "peer", "QM-FIU");
    put_uint(r, "state", MESSAGE_STATE_RECEIVED);
    put_uint(r, "at", NOW);
    put_uint(r, "place", node.n_rows);
    put_key(r, "digest", root.kem);
    cr_assert_eq(record_put_bytes(a, r, "head", head), OK);
    put_recs(r, "events", NULL, 0);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&out);
}

Test(session, a_message_is_found_by_the_beginning_of_its_id)
{
    struct rec *row = NULL;
    struct session *s;

    add_message(1, 0x11, 1);
    add_message(1, 0x22, 1);
    add_message(2, 0xab, 1);
    add_message(2, 0x22, 2);
    node.page = 1;
    cr_assert_eq(begin(&s), OK);
    cr_expect_eq(session_find(s, "ABABABAB", &row), OK);
    cr_expect_eq(record_uint(row, "n"), 3);
    cr_expect_eq(session_find(s, "22222222", &row), ERR_USAGE);
    cr_expect_eq(session_find(s, "22222222222222222222222222222202", &row),
        OK);
    cr_expect_eq(record_uint(row, "n"), 4);
    cr_expect_eq(session_find(s, "33333333", &row), E_NOT_FOUND);
    cr_expect_eq(session_find(s, "1111111", &row), ERR_USAGE);
    cr_expect_eq(session_find(s, "1111111x", &row), ERR_USAGE);
    session_free(s);
}

Test(session, a_thread_is_read_page_by_page)
{
    static const uint8_t id[MSG_ID_LEN];
    struct thread_state state;
    struct session *s;
    struct thread *t;

    for (uint8_t i = 1; i < 6; i++)
        add_message(1 + i % 2, i, i);
    node.page = 2;
    cr_assert_eq(begin(&s), OK);
    cr_assert_eq(session_thread(s, slice_str("QM-FIU"), SLICE(id), &t,
        &state), OK);
    cr_expect_eq(thread_count(t), 5);
    cr_expect(thread_at(t, 0)->out);
    cr_expect_not(thread_at(t, 1)->out);
    session_free(s);
}
