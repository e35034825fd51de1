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
