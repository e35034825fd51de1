/*
 * An offer of evidence, and when its files are at fault: what a receipt says
 * is believed where files can have come.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/doing_fixture.h"

static void
set_up_offer(void)
{
    set_up();
    add_peer();
}

TestSuite(offering, .init = set_up_offer, .fini = tear_down);

/* Whatever kind of message of this side, with files or without, and a receipt
 * of it which says that one is at fault. */
static struct rec *
say_faulty(unsigned kind, bool files)
{
    static const union item d1 = { .s = { (const uint8_t *)"d1", 2 } };
    struct message m = begin_message(kind, "QN-FIU", 0x11);

    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QN-FIU")), OK);
    if (files)
        cr_assert_eq(record_put_rec(a, m.common, "attachments", sub(m.common,
            "attachments")), OK);
    if (kind == KIND_EVIDENCE_OFFER)
        put_uint(m.own, "accept_by", NOW + 10 * DAY);
    add_row(&m, 2, 1);
    m = begin_message(KIND_RECEIPT, "QM-FIU", 0x22);
    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema,
        "digest_mismatch"), &d1, 1), OK);
    add_row(&m, 1, 1);
    return node.row[node.n_rows - 2];
}

/* And an answer to the offer. */
static void
answer_offer(const struct rec *offer, uint64_t answer)
{
    struct message m = begin_message(KIND_CONDITIONS_DECISION, "QM-FIU",
        0x33);

    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "conditions_of", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    put_uint(m.own, "decision", answer);
    if (answer == CONDITIONS_ANSWER_ACCEPT)
        cr_assert_eq(record_put_bytes(a, m.own, "accepted",
            record_bytes(offer, "digest")), OK);
    add_row(&m, 1, 2);
}

Test(offering, the_files_of_an_offer_are_not_at_fault_before_they_went)
{
    answer_offer(say_faulty(KIND_EVIDENCE_OFFER, true),
        CONDITIONS_ANSWER_COUNTER);
    (void)type("offer --again " ID " --yes");
    cr_expect(!said("seal them anew"), "%s", err_text);
    cr_expect_eq(type("next " ID), 0, "%s", err_text);
    cr_expect(printed("valise offer --again " ID), "%s", out_text_);
    cr_expect(!printed("sealed anew"), "%s", out_text_);
}

Test(offering, what_was_accepted_stays_so_whatever_a_receipt_says_of_the_offer)
{
    answer_offer(say_faulty(KIND_EVIDENCE_OFFER, true),
        CONDITIONS_ANSWER_ACCEPT);
    cr_expect_eq(type("offer --again " ID " --yes"), 5);
    cr_expect(said("this offer was accepted"), "%s", err_text);
}

Test(offering, no_files_are_at_fault_of_what_brought_none)
{
    struct message m;

    (void)say_faulty(KIND_INFO_REQUEST, false);
    cr_expect_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(printed("acknowledged"), "%s", out_text_);
    cr_expect(!printed("fault") && !printed("A_FILES_FAULTY"), "%s",
        out_text_);
    cr_expect_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(!printed("A_FILES_FAULTY"), "%s", out_text_);
    cr_expect_eq(type("thread " ID), 0, "%s", err_text);
    cr_expect(!printed("at fault"), "%s", out_text_);
    m = begin_message(KIND_REPLY, "QM-FIU", 0x33);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QM-FIU")), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    add_row(&m, 1, 2);
    cr_expect_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(printed("answered"), "%s", out_text_);
}

Test(offering, files_that_went_may_be_at_fault)
{
    (void)say_faulty(KIND_SPONT_DISCLOSURE, true);
    cr_expect_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(printed("acknowledged, files at fault"), "%s", out_text_);
    cr_expect_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(printed("A_FILES_FAULTY d1"), "%s", out_text_);
}

/* An offer of this side, in the place of another where it came from one. */
static void
offer_again(uint8_t id, int64_t until, bool again)
{
    struct message m = begin_message(KIND_EVIDENCE_OFFER, "QN-FIU", id);

    if (again)
        cr_assert_eq(record_put_bytes(a, m.common, "spawned_from",
            bytes_of(0x77, MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_rec(a, m.common, "restrictions",
        limits_of("QN-FIU")), OK);
    put_uint(m.own, "accept_by", (uint64_t)until);
    add_row(&m, 2, node.n_rows + 1);
}

/* The node fails at any of its answers. */
Test(offering, what_cannot_be_read_is_not_taken_for_no_second_offer)
{
    bool known = false, told = false;

    offer_again(0x11, NOW - 1, false);
    offer_again(0x44, NOW + 10 * DAY, true);
    for (unsigned i = 0; i < 20 && !known; i++) {
        node.good = i;
        node.code = E_STORE_FULL;
        node.codes = 100;
        cr_expect_neq(type("offer --again " ID " --yes"), 0);
        cr_expect(!said("E_PARCEL_UNKNOWN"), "%u: %s", i, err_text);
        known = said("it was offered again as 44444444");
        told |= said("is not known: run it again");
    }
    cr_expect(known && told);
}
