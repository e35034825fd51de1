/*
 * The commands of an officer in a thread as he types them, against the node
 * of the tests: what is possible, the form of it, what stands in the way.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/doing_fixture.h"

#include <jansson.h>

#include "cli/act/consenting.h"
#include "proto/thread.h"

static void
set_up_thread(void)
{
    set_up();
    add_peer();
}

TestSuite(doing, .init = set_up_thread, .fini = tear_down);

static struct rec *
limits(void)
{
    struct rec *set = record_new(a, &record_restrictions);
    struct rec *conf = sub(set, "conf");

    put_codes(set, "purposes", PURPOSE_ANALYSIS);
    put_codes(set, "legal_basis", LEGAL_BASIS_EGMONT);
    put_uint(conf, "required", 1);
    put_uint(conf, "scope", 3);
    put_uint(conf, "reason", 1);
    put_uint(set, "retain_until", NOW + 100 * DAY);
    cr_assert_eq(record_put_rec(a, set, "conf", conf), OK);
    return set;
}

/* QM-FIU has asked two questions. */
static void
ask_questions(void)
{
    struct message m = begin_message(KIND_INFO_REQUEST, "QM-FIU", 0x11);
    struct rec *q[2];

    for (size_t i = 0; i < 2; i++) {
        q[i] = sub(m.own, "questions");
        put_text(q[i], "q", i == 0 ? "q1" : "q2");
    }
    put_recs(m.own, "questions", q, 2);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", limits()), OK);
    add_row(&m, 1, 1);
}

/* This side has acknowledged. */
static void
add_receipt(void)
{
    struct message m = begin_message(KIND_RECEIPT, "QN-FIU", 0x22);
    uint8_t *id = arena_get(a, MSG_ID_LEN);

    memset(id, 0x11, MSG_ID_LEN);
    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to",
        slice_of(id, MSG_ID_LEN)), OK);
    put_uint(m.own, "conf_answer", CONF_ANSWER_CAN_COMPLY);
    add_row(&m, 2, 1);
}

Test(doing, next_names_the_word_the_command_and_the_rule)
{
    ask_questions();
    cr_expect_eq(type("next " ID), 0, "%s", err_text);
    cr_expect(printed("The thread is DELIVERED"), "%s", out_text_);
    cr_expect(printed("valise ack " ID " --conf CAN_COMPLY"));
    /* What the same command may do once it has acknowledged. */
    cr_expect(printed("valise reply " ID));
    cr_expect(printed("valise do " ID " no-trace"));
    cr_expect(printed("V-071"));
    cr_expect(printed("UNCAC 46(23)"));
    cr_expect(printed("an approver"));
    cr_expect(!printed("withdraw"), "that is for who asked");
    cr_expect(!printed("certify"), "nothing was destroyed");
    add_receipt();
    cr_expect_eq(type("next " ID " --json"), 0);
    cr_expect(printed("\"act\": \"delay\""));
    cr_expect(!printed("\"act\": \"ack\""), "%s", out_text_);
}

Test(doing, a_form_has_what_the_thread_says)
{
    json_t *j, *body;

    ask_questions();
    add_receipt();
    cr_expect_eq(type("do " ID " no-trace --form"), 0, "%s", err_text);
    cr_assert_not_null(j = json_loads(out_text_, 0, NULL));
    body = json_object_get(j, "body");
    cr_expect_str_eq(json_string_value(json_object_get(j, "to")), "QM-FIU");
    cr_expect_str_eq(json_string_value(json_object_get(body, "reply_type")),
        "NEGATIVE");
    cr_expect_eq(json_array_size(json_object_get(body, "answers")), 2);
    cr_expect(json_is_null(json_object_get(body, "searched")));
    json_decref(j);
    cr_expect_eq(node.puts, 0);
}

Test(doing, a_short_name_and_its_word_print_the_same_form)
{
    char *one;

    ask_questions();
    add_receipt();
    cr_expect_eq(type("delay " ID " --until +9d --reason DR_COSTS --form"),
        0, "%s", err_text);
    one = strdup(out_text_);
    cr_expect_not_null(strstr(one, "DR_COSTS"));
    cr_expect_eq(type("do " ID " delay --set body.new_due=+9d --set "
        "body.reasons[0].code=DR_COSTS --form"), 0, "%s", err_text);
    cr_expect_str_eq(out_text_, one);
    free(one);
}

Test(doing, a_text_never_stands_in_the_command_line)
{
    ask_questions();
    add_receipt();
    cr_expect_eq(type("do " ID " delay --set body.reasons[0].text=why"), 2);
    cr_expect(said("--text FILE"));
    keep("why", slice_str("The bank has not answered in time.\n"));
    {
        char line[HOME_PATH_MAX + 96];

        (void)snprintf(line, sizeof(line), "delay " ID " --text %s/why "
            "--form", home.dir);
        cr_expect_eq(type(line), 0, "%s", err_text);
    }
    cr_expect(printed("\"The bank has not answered in time.\""));
}

Test(doing, what_is_missing_or_unknown_is_named_and_nothing_is_sent)
{
    ask_questions();
    add_receipt();
    cr_expect_eq(type("do " ID " dely"), 5);
    cr_expect(said("did you mean delay?"));
    cr_expect_neq(type("delay " ID " --until +9d --yes"), 0);
    cr_expect(said("body.reasons"), "%s", err_text);
    cr_expect_neq(type("close " ID " --reason ANSWERED --yes"), 0);
    cr_expect_neq(type("reply 99999999 --no-trace --yes"), 0);
    cr_expect_neq(type("do " ID " reply --set nothing=1 --form"), 0);
    cr_expect_eq(node.puts, 0);
}

Test(doing, a_form_for_one_authority_is_not_offered_to_another)
{
    static char form[] = "{\"kind\":\"EVIDENCE_OFFER\",\"to\":\"QM-FIU\"}";

    for (unsigned i = 0; i < 2; i++) {
        if (env.in != NULL)
            (void)fclose(env.in);
        cr_assert_not_null(env.in = fmemopen(form, strlen(form), "r"));
        cr_expect_eq(type(i == 0 ? "offer QX-FIU - --dry-run" :
            "offer QM-FIU - --dry-run"), 5);
        cr_expect_eq(said("the form is for QM-FIU, the command for QX-FIU"),
            i == 0, "%s", err_text);
    }
    cr_expect_eq(node.puts, 0);
}

Test(doing, a_thread_shows_what_is_owed_and_what_messages_say)
{
    ask_questions();
    add_receipt();
    cr_expect_eq(type("thread " ID " --json"), 0, "%s", err_text);
    cr_expect(printed("CAN_COMPLY"));
    cr_expect(printed("\"owed\""));
    cr_expect(printed("answer it"), "%s", out_text_);
    cr_expect_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(printed(ID));
    cr_expect(printed("acknowledged"), "%s", out_text_);
}

static struct rec *
consent_for(const char *to, uint8_t id)
{
    struct rec *consent = record_new(a, &record_consent);

    cr_assert_eq(record_put_bytes(a, consent, "consent_id", bytes_of(id,
        CONSENT_ID_LEN)), OK);
    put_uint(consent, "consent_type", CONSENT_TYPE_ONWARD);
    put_text(consent, "grantee", "QM-FIU");
    put_text(consent, "onward_to", to);
    put_text(consent, "parts", "p1");
    cr_assert_eq(record_put_rec(a, consent, "set", limits()), OK);
    return consent;
}

/* What this side sent allows two in advance; a decision allows a third. */
static void
allow(void)
{
    struct message m = begin_message(KIND_SPONT_DISCLOSURE, "QN-FIU", 0x11);
    struct rec *advance[2] = { consent_for("QO-PPO", 1),
        consent_for("QO-FIU", 2) };

    put_recs(m.common, "standing", advance, 2);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", limits()), OK);
    add_row(&m, 2, 1);
    m = begin_message(KIND_CONSENT_DECISION, "QN-FIU", 0x22);
    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x33,
        MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_rec(a, m.own, "consent", consent_for("QM-PPO",
        3)), OK);
    add_row(&m, 2, 2);
}

Test(doing, a_consent_ends_of_none_but_the_one_that_was_said)
{
    allow();
    cr_expect_eq(type("consent revoke 22222222 --to QO-PPO --form"), 2);
    cr_expect(said("QM-PPO") && said("QO-PPO"), "%s", err_text);
    cr_expect_eq(type("consent revoke 22222222 --to QM-PPO --form"), 0, "%s",
        err_text);
    cr_expect_eq(type("consent revoke 22222222 --form"), 0, "%s", err_text);
    cr_expect_eq(type("consent revoke " ID " --form"), 2);
    cr_expect_eq(type("consent revoke " ID " --to QM-PPO --form"), 2);
    cr_expect_eq(type("consent revoke " ID " --to QO-PPO --form"), 0, "%s",
        err_text);
    cr_expect_eq(node.puts, 0);
}

Test(doing, of_several_consents_to_one_party_an_id_picks_one)
{
    struct message m = begin_message(KIND_SPONT_DISCLOSURE, "QN-FIU", 0x11);
    struct rec *advance[2] = { consent_for("QO-PPO", 1),
        consent_for("QO-PPO", 2) };

    put_recs(m.common, "standing", advance, 2);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", limits()), OK);
    add_row(&m, 2, 1);
    cr_expect_eq(type("consent revoke " ID " --to QO-PPO --form"), 2);
    cr_expect(said("--consent"), "%s", err_text);
    cr_expect_eq(type("consent revoke " ID " --consent 0202 --form"), 0,
        "%s", err_text);
    cr_expect_eq(type("consent revoke " ID " --consent 03 --form"), 2);
    cr_expect_eq(type("consent revoke " ID " --consent 0 --form"), 2);
    cr_expect_eq(type("consent revoke " ID " --to QO-FIU --consent 0202 "
        "--form"), 2);
    cr_expect_eq(type("consent list " ID), 0, "%s", err_text);
    cr_expect(printed("02020202"), "%s", out_text_);
}

Test(doing, who_ends_a_consent_sees_whose)
{
    struct message m = begin_message(KIND_CONSENT_REVOKE, "QN-FIU", 0x44);
    struct thread *t;
    struct rec *r;

    allow();
    cr_assert_eq(thread_new(a, &domain_valise, &t), OK);
    for (size_t i = 0; i < node.n_rows; i++) {
        struct thread_message sent = { .out = true, .place = i + 1,
            .at = NOW, .head = record_bytes(node.row[i], "head") };

        cr_assert_eq(thread_add(t, &sent, NULL), OK);
    }
    for (uint8_t id = 1; id <= 3; id++) {
        static const char *const whose[] = { "QO-PPO", "QO-FIU", "QM-PPO" };

        record_drop(m.own, "consent_id");
        cr_assert_eq(record_put_bytes(a, m.own, "consent_id", bytes_of(id,
            CONSENT_ID_LEN)), OK);
        cr_assert_eq(consenting_ended(a, t, &m, &r), OK);
        cr_expect(slice_is(record_bytes(r, "onward_to"), whose[id - 1]));
        cr_expect(slice_is(record_bytes(r, "grantee"), "QM-FIU"));
        cr_expect_eq(record_uint(r, "consent_type"), CONSENT_TYPE_ONWARD);
    }
    record_drop(m.own, "consent_id");
    cr_expect_eq(consenting_ended(a, t, &m, &r), E_NOT_FOUND);
}

/* A message whose id is all `id`, about the one that is all `of`. */
static void
add_about(unsigned kind, unsigned dir, uint8_t id, const char *field,
    uint8_t of, uint64_t place)
{
    struct message m = begin_message(kind, dir == 1 ? "QM-FIU" : "QN-FIU",
        id);
    uint8_t *bytes = arena_get(a, MSG_ID_LEN);
    const bool common = record_field(&record_common, field) != NULL;

    memset(bytes, of, MSG_ID_LEN);
    cr_assert_eq(record_put_bytes(a, common ? m.common : m.own, field,
        slice_of(bytes, MSG_ID_LEN)), OK);
    if (kind == KIND_EVIDENCE_TRANSFER) {
        cr_assert_eq(record_put_rec(a, m.common, "restrictions",
            limits_of("QM-FIU")), OK);
        cr_assert_eq(record_put_rec(a, m.common, "attachments", sub(m.common,
            "attachments")), OK);
    } else if (kind == KIND_CONDITIONS_DECISION) {
        cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to",
            slice_of(bytes, MSG_ID_LEN)), OK);
        put_uint(m.own, "decision", CONDITIONS_ANSWER_ACCEPT);
    } else if (kind == KIND_CONSENT_REQUEST) {
        put_texts(m.own, "parts", "p1");
    }
    add_row(&m, dir, place);
    if (dir == 2 && place == 0)
        put_uint(node.row[node.n_rows - 1], "state", MESSAGE_STATE_PENDING);
}

/* QM-FIU has offered evidence. */
static void
offer_until(int64_t accept_by)
{
    struct message m = begin_message(KIND_EVIDENCE_OFFER, "QM-FIU", 0x11);

    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QM-FIU")), OK);
    put_uint(m.own, "accept_by", (uint64_t)accept_by);
    add_row(&m, 1, 1);
}

static void
offer_evidence(void)
{
    offer_until(NOW + 10 * DAY);
}

Test(doing, what_is_over_is_declined_and_not_accepted)
{
    offer_until(NOW);
    cr_expect_eq(type("next 11111111"), 0, "%s", err_text);
    cr_expect(!printed("valise accept"), "%s", out_text_);
    cr_expect(printed("valise decline 11111111"), "%s", out_text_);
}

/* The same with files, of which their node says more. */
static struct rec *
offer_files(bool list_is_here, enum err code)
{
    struct message m = begin_message(KIND_EVIDENCE_OFFER, "QM-FIU", 0x11);
    struct rec *row, *events[2];

    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QM-FIU")), OK);
    cr_assert_eq(record_put_rec(a, m.common, "attachments", sub(m.common,
        "attachments")), OK);
    put_uint(m.own, "accept_by", (uint64_t)NOW + 10 * DAY);
    add_row(&m, 1, 1);
    row = node.row[node.n_rows - 1];
    for (int i = 0; i < 2; i++) {
        events[i] = sub(row, "events");
        put_uint(events[i], "event", i == 0 ? EVENT_DELIVERED :
            EVENT_STORED);
        put_uint(events[i], "at", NOW);
        put_uint(events[i], "code", 0);
    }
    put_recs(row, "events", events, list_is_here ? 2 : 1);
    put_uint(row, "room_code", code);
    put_uint(row, "room_need", UINT64_C(192) << 20);
    put_uint(row, "room_left", UINT64_C(5) << 20);
    return row;
}

Test(doing, nobody_accepts_files_of_which_the_list_is_not_there)
{
    struct rec *row = offer_files(false, OK);

    for (int i = 0; i < 2; i++) {
        cr_expect_eq(type(i == 0 ? "accept 11111111 --yes" :
            "accept 11111111 --yes --json"), 5, "%s", err_text);
        cr_expect(said("E_BLOCKS_MISSING"), "%s", err_text);
        cr_expect(said("what it waits for: valise transfers"), "%s",
            err_text);
    }
    put_uint(row, "room_code", E_PARCEL_ROOM);
    cr_expect_eq(type("accept 11111111 --yes --no-room"), 5);
    cr_expect(said("E_BLOCKS_MISSING"), "%s", err_text);
    cr_expect(said("no room for the list"), "%s", err_text);
}

Test(doing, yes_is_no_answer_to_whether_it_fits)
{
    static const char fits_not[] = "its files need 192.0 MiB and your node "
        "has room for 5.0 MiB";
    struct rec *row = offer_files(true, E_PARCEL_ROOM);

    cr_expect_eq(type("accept 11111111 --yes"), 5);
    cr_expect(said("error: E_PARCEL_ROOM") && said(fits_not) &&
        said("valise accept 11111111 --no-room --yes"), "%s", err_text);
    cr_expect_eq(type("accept 11111111 --yes --json"), 5);
    cr_expect(said("E_PARCEL_ROOM"), "%s", err_text);
    (void)type("accept 11111111 --yes --no-room");
    cr_expect(!said("error: E_PARCEL_ROOM") && said(fits_not), "%s",
        err_text);
    (void)type("accept 11111111 --dry-run");
    cr_expect(!said("error: E_PARCEL_ROOM") && said(fits_not), "%s",
        err_text);
    put_uint(row, "room_code", E_QUOTA);
    (void)type("accept 11111111 --yes");
    cr_expect(!said("error: E_QUOTA") && said("takes 5.0 MiB more "
        "of this sender unopened"), "%s", err_text);
    put_uint(row, "room_code", OK);
    (void)type("accept 11111111 --yes");
    cr_expect(!said("192.0 MiB"), "%s", err_text);
}

Test(doing, what_is_next_says_whether_it_fits)
{
    struct rec *row = offer_files(true, E_PARCEL_ROOM);

    cr_expect_eq(type("next 11111111"), 0, "%s", err_text);
    cr_expect(printed("its files need 192.0 MiB"), "%s", out_text_);
    put_uint(row, "room_code", OK);
    cr_expect_eq(type("next 11111111"), 0, "%s", err_text);
    cr_expect(!printed("192.0 MiB"), "%s", out_text_);
}

Test(doing, an_act_is_about_the_message_that_was_named)
{
    offer_evidence();
    add_about(KIND_EVIDENCE_TRANSFER, 1, 0x33, "offer_msg", 0x11, 2);
    cr_expect_eq(type("next 33333333"), 0, "%s", err_text);
    cr_expect(printed("TRANSFERRED"), "%s", out_text_);
    cr_expect(printed("valise ack 33333333 --purpose ANALYSIS"), "%s",
        out_text_);
    cr_expect(printed("valise consent ask 33333333"), "%s", out_text_);
    cr_expect(printed("valise feedback 33333333"));
    add_about(KIND_RECEIPT, 2, 0x22, "in_reply_to", 0x33, 1);
    cr_expect_eq(type("next 33333333 --json"), 0, "%s", err_text);
    cr_expect(printed("valise ack 11111111"), "%s", out_text_);
    cr_expect(printed("about EVIDENCE_OFFER 11111111"), "%s", out_text_);
    /* It was acknowledged: the offer is not instead of it. */
    cr_expect_eq(type("ack 33333333 --purpose ANALYSIS --yes"), 5);
    cr_expect(said("EVIDENCE_TRANSFER was answered so already"), "%s",
        err_text);
    cr_expect(said("EVIDENCE_OFFER 11111111"), "%s", err_text);
    /* Nobody is asked about a receipt; what can be meant is named. */
    cr_expect_eq(type("consent ask 22222222 --type USE_LEVEL --yes"), 5);
    cr_expect(said("cannot be about this RECEIPT"), "%s", err_text);
    cr_expect_eq(node.puts, 0);
}

Test(doing, what_no_consent_can_release_is_not_asked_for)
{
    offer_evidence();
    add_about(KIND_EVIDENCE_TRANSFER, 1, 0x33, "offer_msg", 0x11, 2);
    cr_expect_neq(type("consent ask 33333333 --type ONWARD --to QO-PPO "
        "--yes"), 0);
    cr_expect(said("E_CONSENT_SCOPE"), "%s", err_text);
    cr_expect(said("--docs"), "%s", err_text);
    cr_expect_neq(type("consent ask 11111111 --type ONWARD --to QO-PPO "
        "--docs d1 --yes"), 0);
    cr_expect(said("ask about its transfer"), "%s", err_text);
    cr_expect_neq(type("consent ask 33333333 --type USE_LEVEL --yes"), 0);
    cr_expect(!said("--docs"), "%s", err_text);
    cr_expect_eq(type("forward 33333333 --to QO-PPO --yes"), 5);
    cr_expect(said("E_ONWARD_"), "%s", err_text);
    cr_expect_eq(node.puts, 0);
}

Test(doing, documents_alone_are_asked_for_to_pass_them_on_alone)
{
    offer_evidence();
    add_about(KIND_EVIDENCE_TRANSFER, 1, 0x33, "offer_msg", 0x11, 2);
    cr_expect_neq(type("consent ask 33333333 --type EXPORT --docs d1 --yes"),
        0);
    cr_expect(said("E_CONSENT_SCOPE body.docs"), "%s", err_text);
    cr_expect(said("ask for the whole message"), "%s", err_text);
    cr_expect_neq(type("consent ask 33333333 --to QO-PPO --docs d1 --yes"),
        0);
    cr_expect(!said("E_CONSENT_SCOPE"), "%s", err_text);
    cr_expect_eq(node.puts, 0);
}

Test(doing, what_is_asked_for_is_the_whole_message_unless_said)
{
    struct message m = begin_message(KIND_REPLY, "QM-FIU", 0x33);
    struct rec *part = sub(m.own, "parts"), *answer = sub(m.own, "answers");

    offer_evidence();
    add_about(KIND_EVIDENCE_TRANSFER, 1, 0x44, "offer_msg", 0x11, 2);
    cr_expect_eq(type("consent ask 44444444 --type EXPORT --form"), 0, "%s",
        err_text);
    cr_expect(printed("\"body\"\n"), "%s", out_text_);
    /* To pass evidence on is to pass on its files. */
    cr_expect_eq(type("consent ask 44444444 --form"), 0, "%s", err_text);
    cr_expect(!printed("\"body\"\n"), "%s", out_text_);
    put_text(part, "part_id", "p1");
    put_text(answer, "q", "q1");
    put_recs(m.own, "parts", &part, 1);
    put_recs(m.own, "answers", &answer, 1);
    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QM-FIU")), OK);
    add_row(&m, 1, 3);
    cr_expect_eq(type("consent ask 33333333 --type EXPORT --form"), 0, "%s",
        err_text);
    cr_expect(printed("\"p1\",\n") && printed("\"q1\"\n"), "%s", out_text_);
}

Test(doing, documents_alone_are_granted_to_pass_them_on_alone)
{
    struct message m = begin_message(KIND_SPONT_DISCLOSURE, "QN-FIU", 0x11);

    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QN-FIU")), OK);
    add_row(&m, 2, 1);
    m = begin_message(KIND_CONSENT_REQUEST, "QM-FIU", 0x22);
    cr_assert_eq(record_put_bytes(a, m.own, "target_msg", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    put_uint(m.own, "consent_type", CONSENT_TYPE_EXPORT);
    put_texts(m.own, "docs", "d1");
    add_row(&m, 1, 1);
    cr_expect_neq(type("consent grant 22222222 --yes"), 0);
    cr_expect(said("E_CONSENT_SCOPE"), "%s", err_text);
    cr_expect(said("files alone are only passed on"), "%s", err_text);
    cr_expect_eq(type("consent grant 22222222 --parts p1 --form"), 0, "%s",
        err_text);
    cr_expect_eq(node.puts, 0);
}

Test(doing, who_is_asked_for_a_consent_may_grant_it)
{
    struct message m = begin_message(KIND_SPONT_DISCLOSURE, "QN-FIU", 0x11);

    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QN-FIU")), OK);
    add_row(&m, 2, 1);
    add_about(KIND_CONSENT_REQUEST, 1, 0x22, "target_msg", 0x11, 1);
    cr_expect_eq(type("next 22222222"), 0, "%s", err_text);
    cr_expect(printed("valise consent grant 22222222"), "%s", out_text_);
    cr_expect(printed("valise consent refuse 22222222"));
}

/* This side has offered evidence. */
static void
send_offer(uint8_t id, int64_t accept_by)
{
    struct message m = begin_message(KIND_EVIDENCE_OFFER, "QN-FIU", id);

    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QN-FIU")), OK);
    put_uint(m.own, "accept_by", (uint64_t)accept_by);
    add_row(&m, 2, 1);
}

Test(doing, an_offer_is_called_back_without_its_files)
{
    struct message m = begin_message(KIND_EVIDENCE_TRANSFER, "QN-FIU", 0x33);

    send_offer(0x11, NOW + DAY);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QN-FIU")), OK);
    cr_assert_eq(record_put_rec(a, m.common, "attachments", sub(m.common,
        "attachments")), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "offer_msg", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    add_row(&m, 2, 2);
    cr_expect_eq(type("next " ID), 0, "%s", err_text);
    cr_expect(printed("valise recall " ID), "%s", out_text_);
    cr_expect(printed("valise recall 33333333"), "%s", out_text_);
    cr_expect(printed("valise do 33333333 restrict"), "%s", out_text_);
    cr_expect(printed("about EVIDENCE_TRANSFER 33333333"));
    cr_expect_eq(type("next 33333333 --json"), 0, "%s", err_text);
    cr_expect(!printed("valise recall " ID), "%s", out_text_);
}

Test(doing, who_did_not_offer_is_told_who_has_the_keys)
{
    send_offer(0x11, NOW - DAY);
    cr_expect_eq(type("next " ID), 0, "%s", err_text);
    cr_expect(printed("valise offer --again " ID), "%s", out_text_);
    cr_expect(printed("has the keys of its files"), "%s", out_text_);
    cr_expect_eq(type("offer --again " ID " --yes"), 5);
    cr_expect(said("E_PARCEL_UNKNOWN"), "%s", err_text);
    cr_expect(said("nobody else has their keys"), "%s", err_text);
    send_offer(0x44, NOW - 20 * DAY);
    cr_expect_eq(type("offer --again 44444444 --yes"), 5, "%s", err_text);
    cr_expect(said("nothing of this offer is kept"), "%s", err_text);
}

Test(doing, one_decision_waits_for_an_approver_at_a_time)
{
    offer_evidence();
    cr_expect_eq(type("next 11111111"), 0, "%s", err_text);
    cr_expect(printed("valise accept 11111111"), "%s", out_text_);
    add_about(KIND_CONDITIONS_DECISION, 2, 0x22, "conditions_of", 0x11, 0);
    cr_expect_eq(type("next 11111111"), 0, "%s", err_text);
    cr_expect(!printed("valise accept"), "%s", out_text_);
    cr_expect(!printed("decline 11111111"));
    cr_expect(printed("valise approve 22222222"), "%s", out_text_);
    cr_expect(printed("waits for an approver"));
    cr_expect_eq(type("accept 11111111 --yes"), 5);
    cr_expect(said("waits for an approver"), "%s", err_text);
    cr_expect_eq(type("decline 11111111 --yes"), 5);
    cr_expect(said("valise cancel 22222222"), "%s", err_text);
    cr_expect_eq(node.puts, 0);
}
