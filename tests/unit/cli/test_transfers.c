/*
 * Files under way, and what is handed in to the own node: what is shown of
 * it, and how it is given up.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_mail.h"

#define KIB 1024

static union item transfers[8], uploads[8];
static size_t n_transfers, n_uploads;
static enum err dropped;                /* answer to what is given up */

static struct rec *
answer(const struct request *q, const struct rec *args)
{
    struct rec *r;

    if (q->type == REQUEST_PARCEL_DROP) {
        asked_act = q->statement.n > 0 ? node.last.act : ACT_NONE;
        asked_args = record_new(a, &record_ask_parcel_drop);
        cr_assert_eq(record_put_bytes(a, asked_args, "upload",
            bytes_of(record_bytes(args, "upload").p[0], 16)), OK);
        cr_expect(slice_equal(record_bytes(args, "upload"),
            record_bytes(asked_args, "upload")), "all of the id");
        return NULL;
    }
    if (q->type != REQUEST_TRANSFERS)
        return NULL;
    node.code = dropped;
    node.codes = dropped != OK;
    r = record_new(a, &record_ask_transfers);
    cr_assert_eq(record_put(a, r, record_field(r->schema, "transfers"),
        transfers, n_transfers), OK);
    cr_assert_eq(record_put(a, r, record_field(r->schema, "uploads"),
        uploads, n_uploads), OK);
    return r;
}

static void
set_up_transfers(void)
{
    set_up_keeper();
    add_peer();
    node.more = answer;
    n_transfers = n_uploads = 0;
    asked_args = NULL;
    dropped = OK;
}

TestSuite(transfers, .init = set_up_transfers, .fini = tear_down_keeper);

/* One row of the files of a message. */
static void
add_transfer(uint8_t id, int64_t done_at)
{
    struct rec *r = fill_record(a, &record_ask_transfer, 0);

    cr_assert_eq(record_put_bytes(a, r, "msg_id", bytes_of(id, MSG_ID_LEN)),
        OK);
    put_text(r, "peer", "QM-FIU");
    put_uint(r, "code", OK);
    record_drop(r, "done");
    record_drop(r, "at");
    if (done_at != 0) {
        put_uint(r, "done", 1);
        put_uint(r, "at", (uint64_t)done_at);
    }
    transfers[n_transfers++].r = r;
}

/* One of what the officer hands in, of 8 KiB, which was heard of then. */
static void
add_upload(uint8_t id, uint64_t have, int64_t at)
{
    struct rec *r = record_new(a, &record_ask_upload);

    cr_assert_eq(record_put_bytes(a, r, "upload", bytes_of(id, 16)), OK);
    put_uint(r, "length", 8 * KIB);
    put_uint(r, "have", have);
    put_uint(r, "rate", 0);
    put_uint(r, "at", (uint64_t)at);
    uploads[n_uploads++].r = r;
}

Test(transfers, files_complete_for_a_week_are_shown_when_all_are_asked_for)
{
    add_transfer(0xaa, 0);
    add_transfer(0xbb, NOW - 6 * DAY);
    add_transfer(0xcc, NOW - 8 * DAY);
    cr_assert_eq(type("transfers"), 0, "%s", err_text);
    cr_expect(printed("aaaaaaaa") && printed("bbbbbbbb"), "%s", out_text_);
    cr_expect_not(printed("cccccccc"), "%s", out_text_);
    for (const char *line = out_text_; line != NULL; line = strchr(line,
        '\n'))
        cr_expect_leq(strcspn(++line, "\n"), 80, "%s", out_text_);
    cr_assert_eq(type("transfers --json"), 0, "%s", err_text);
    cr_expect(printed("bbbbbbbb") && !printed("cccccccc"), "%s", out_text_);
    cr_assert_eq(type("transfers --all"), 0, "%s", err_text);
    cr_expect(printed("cccccccc"), "%s", out_text_);
}

Test(transfers, an_upload_is_shown_with_how_far_it_is_and_what_it_waits_for)
{
    add_upload(0xd1, 2 * KIB, NOW - 60);
    add_upload(0xd2, 8 * KIB, NOW - 60);
    cr_assert_eq(type("transfers"), 0, "%s", err_text);
    cr_expect(printed("d1d1d1d1  to your node  upload"), "%s", out_text_);
    cr_expect(printed("##........  25 %"), "%s", out_text_);
    cr_expect(printed("waits for the command that hands it in"), "%s",
        out_text_);
    cr_expect(printed("no message names it yet"), "%s", out_text_);
    cr_expect_not(printed("valise cancel"), "its command may go on: %s",
        out_text_);
    put_uint(uploads[0].r, "at", NOW - 301);
    put_uint(uploads[1].r, "at", NOW - 301);
    cr_assert_eq(type("transfers"), 0, "%s", err_text);
    cr_expect(printed("valise cancel d1d1d1d1 --upload"), "%s", out_text_);
    cr_expect(printed("valise cancel d2d2d2d2 --upload"), "%s", out_text_);
}

Test(transfers, an_upload_is_given_up_by_the_short_id_that_is_shown)
{
    add_upload(0xd1, 2 * KIB, NOW - 900);
    add_upload(0xd2, 8 * KIB, NOW - 900);
    cr_expect_eq(type("cancel d1d1d1d1 --upload"), EXIT_USAGE, "not asked");
    cr_assert_eq(type("cancel d1d1d1d1 --upload --dry-run"), 0, "%s",
        err_text);
    cr_expect(printed("would be given up") && printed("8.0 KiB") &&
        printed("2.0 KiB"), "%s", out_text_);
    cr_expect_null(asked_args, "nothing is done yet");
    cr_assert_eq(type("cancel d2d2d2d2 --upload --yes"), 0, "%s", err_text);
    cr_assert_not_null(asked_args);
    cr_expect(slice_equal(record_bytes(asked_args, "upload"), bytes_of(0xd2,
        16)));
    cr_expect_eq(asked_act, ACT_NONE, "it is no act on a message");
    cr_expect(printed("its room is free"), "%s", out_text_);
    cr_assert_eq(type("cancel d1d1 --upload --yes --json"), 0, "%s",
        err_text);
    cr_expect(slice_equal(record_bytes(asked_args, "upload"), bytes_of(0xd1,
        16)));
    cr_expect(printed("\"d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1\""), "%s",
        out_text_);
    cr_expect(printed("\"value\": 2048") && printed("\"value\": 8192"),
        "%s", out_text_);
}

Test(transfers, what_is_given_up_must_be_one_and_must_be_there)
{
    struct rec *r;

    add_upload(0xd1, 0, NOW - 900);
    add_upload(0xd1, 0, NOW - 900);
    r = uploads[1].r;
    cr_expect_eq(type("cancel d1d1d1d1 --upload --yes"), EXIT_USAGE);
    cr_expect(said("give more of the id"), "%s", err_text);
    cr_assert_eq(record_put_bytes(a, r, "upload", bytes_of(0xd2, 16)), OK);
    cr_expect_eq(type("cancel d1d --upload --yes"), EXIT_FAILED,
        "three digits name nothing");
    cr_expect_eq(type("cancel d3d3d3d3 --upload --yes"), EXIT_FAILED);
    cr_expect(said("E_NOT_FOUND") && said("valise transfers"), "%s",
        err_text);
    cr_expect_eq(type("cancel d1d1d1d1 --yes"), EXIT_FAILED,
        "it is no message");
    cr_expect(said("valise cancel d1d1d1d1 --upload"), "%s", err_text);
    cr_expect_null(asked_args);
}

/* A message names it since, or it has lapsed. */
Test(transfers, what_the_node_does_not_give_up_is_not_said_to_be)
{
    add_upload(0xd1, 8 * KIB, NOW - 900);
    dropped = E_PARCEL_UNKNOWN;
    cr_expect_neq(type("cancel d1d1d1d1 --upload --yes"), 0);
    cr_expect(said("E_PARCEL_UNKNOWN"), "%s", err_text);
    cr_expect_not(printed("its room is free"), "%s", out_text_);
}

/* Whose room it is, who is away, and what goes on when. */
Test(transfers, what_files_wait_for_is_said_for_their_direction)
{
    static const struct { enum err code; bool out; const char *words; }
        rows[] = {
        { E_PARCEL_ROOM, true, "no room for them at the recipient's node" },
        { E_PARCEL_ROOM, false, "your administrator makes room" },
        { E_QUOTA, true, "nothing to do here" },
        { E_QUOTA, false, "valise read aaaaaaaa" },
        { ERR_UNREACHABLE, true, "the recipient's node is not connected" },
        { ERR_UNREACHABLE, false, "the sender's node is not connected" },
    };
    char words[20000];
    struct rec *row;
    size_t n;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        n_transfers = 0;
        add_transfer(0xaa, 0);
        row = transfers[0].r;
        put_uint(row, "code", rows[i].code);
        put_uint(row, "which", 0);
        record_drop(row, "out");
        if (rows[i].out)
            put_uint(row, "out", 1);
        cr_assert_eq(type("transfers"), 0, "%s", err_text);
        /* Lines are wrapped. */
        n = 0;
        for (const char *c = out_text_; *c != '\0' && n + 1 < sizeof(words);
            c++)
            if (*c != '\n' && (*c != ' ' || (n > 0 && words[n - 1] != ' ')))
                words[n++] = *c;
            else if (n > 0 && words[n - 1] != ' ')
                words[n++] = ' ';
        words[n] = '\0';
        cr_expect_not_null(strstr(words, rows[i].words), "%s", words);
        cr_assert_eq(type("transfers --json"), 0, "%s", err_text);
        cr_expect(printed("\"which_name\": \"files\""), "%s", out_text_);
        cr_expect(printed(rows[i].out ? "\"direction\": \"out\"" :
            "\"direction\": \"in\""), "%s", out_text_);
    }
}

/* An offer and its acceptance here, which waits for an approver. */
static struct rec *
add_accepted(int64_t accept_by)
{
    struct rec *set = mail_set("QM-FIU"), *row;
    struct message offer, accept;

    fill_message(a, domain_kind(&domain_valise, KIND_EVIDENCE_OFFER), 0,
        &offer);
    fill_message(a, domain_kind(&domain_valise, KIND_CONDITIONS_DECISION), 0,
        &accept);
    put_text(offer.common, "network", "test");
    put_text(offer.common, "from", "QM-FIU");
    put_text(offer.common, "to", "QN-FIU");
    put_text(accept.common, "network", "test");
    put_text(accept.common, "from", "QN-FIU");
    put_text(accept.common, "to", "QM-FIU");
    cr_assert_eq(record_put_rec(a, offer.common, "restrictions", set), OK);
    for (int i = 0; i < 2; i++) {
        struct rec *m = i == 0 ? offer.common : accept.common;

        cr_assert_eq(record_put_bytes(a, m, "msg_id", bytes_of(i == 0 ?
            0xaa : 0xbb, MSG_ID_LEN)), OK);
        cr_assert_eq(record_put_bytes(a, m, "thread_id", bytes_of(0xac,
            MSG_ID_LEN)), OK);
        put_uint(m, "created_at", NOW - 3600);
        put_text(m, "lang", "en");
        record_drop(m, "seen");
        record_drop(m, "release");
    }
    put_uint(offer.own, "accept_by", accept_by);
    cr_assert_eq(record_put_bytes(a, accept.common, "in_reply_to",
        bytes_of(0xaa, MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_bytes(a, accept.own, "conditions_of",
        bytes_of(0xaa, MSG_ID_LEN)), OK);
    put_uint(accept.own, "decision", CONDITIONS_ANSWER_ACCEPT);
    put_uint(accept.common, "expires_at", NOW + 90 * DAY);
    row = mail_row(1, &offer, MESSAGE_STATE_OPENED);
    add_event(row, EVENT_DELIVERED);
    put_uint(row, "machine", MACHINE_EVIDENCE);
    put_uint(row, "thread_state", EVIDENCE_OFFERED);
    row = mail_row(2, &accept, MESSAGE_STATE_PENDING);
    put_uint(row, "place", 0);
    return row;
}

Test(transfers, an_acceptance_that_waits_too_long_is_taken_back, .timeout = 30)
{
    struct rec *row = add_accepted(NOW + DAY);

    cr_assert_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(!printed("answered"), "%s", out_text_);
    cr_assert_eq(type("next aaaaaaaa"), 0, "%s", err_text);
    cr_expect(printed("valise approve bbbbbbbb"), "%s", out_text_);
    node.n_rows = 0;
    row = add_accepted(NOW - 60);
    cr_assert_eq(type("next aaaaaaaa"), 0, "%s", err_text);
    cr_expect(printed("valise cancel bbbbbbbb"), "%s", out_text_);
    cr_expect(!printed("valise approve bbbbbbbb"), "%s", out_text_);
    cr_expect_eq(type("accept aaaaaaaa --yes"), EXIT_REFUSED);
    cr_expect(said("valise cancel bbbbbbbb"), "%s", err_text);
    /* Nobody waits for files that nobody can accept any more. */
    add_transfer(0xdd, NOW - DAY);
    cr_assert_eq(type("transfers --watch"), 0, "%s", err_text);
    cr_expect(said("no files are expected"), "%s", err_text);
    put_uint(row, "state", MESSAGE_STATE_DELIVERED);
    cr_assert_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(printed("answered"), "%s", out_text_);
}
