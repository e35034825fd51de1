/*
 * What status says of alarms: about a peer for who was wronged, about an
 * officer's program without the text that is for who asks in good faith.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/doing_fixture.h"

static void
set_up_status(void)
{
    set_up();
    add_peer();
}

TestSuite(status, .init = set_up_status, .fini = tear_down);

static struct rec *
add_alarm(const char *whose, const char *who, enum err code)
{
    const struct record *rows = record_field(&record_ask_status,
        "alarms")->rec;
    struct rec *r = node.alarm[node.n_alarms++] = record_new(a, rows);

    put_uint(r, "at", NOW);
    put_text(r, whose, who);
    put_uint(r, "code", code);
    return r;
}

Test(status, who_was_wronged_is_told_what_to_do)
{
    static const struct { enum err e; const char *not; } rows[] = {
        { E_OFFER_ANSWERED, "ask for it again" },
        { E_ACCEPTED_TWICE, "nothing more is needed" },
        { E_PARCEL_UNKNOWN, "seal them again" },
        { E_RESTR_NOT_ACCEPTED, "accept them first" },
        { E_OFFER_CANCELLED, "ask for it again" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        node.n_alarms = 0;
        (void)add_alarm("peer", "QM-FIU", rows[i].e);
        cr_assert_eq(type("status"), 0, "%s", err_text);
        cr_expect(printed(err_row(rows[i].e)->name));
        cr_expect(printed(err_row(rows[i].e)->text), "%s", out_text_);
        cr_expect(!printed(rows[i].not), "%s", out_text_);
        cr_expect_eq(printed("tell the auditor"), rows[i].e !=
            E_OFFER_CANCELLED, "%s", out_text_);
    }
}

Test(status, what_a_program_asked_is_no_old_state_of_the_log)
{
    (void)add_alarm("person", "QN-FIU/o-114", E_STALE_STATEMENT);
    cr_assert_eq(type("status"), 0, "%s", err_text);
    cr_expect(printed("QN-FIU/o-114") && printed("E_STALE_STATEMENT: this "
        "officer's program asked"), "%s", out_text_);
    cr_expect(printed("ask the officer, and tell the auditor"));
    cr_expect(!printed(err_row(E_STALE_STATEMENT)->text), "%s", out_text_);
    cr_expect(!printed("run it again"));
}

/* A message that is 0x11, and a receipt of it. */
static void
add_faulty(uint8_t id)
{
    static const union item d2 = { .s = { (const uint8_t *)"d2", 2 } };
    struct message m = begin_message(KIND_RECEIPT, "QM-FIU", id);

    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema,
        "digest_mismatch"), &d2, 1), OK);
    add_row(&m, 1, node.n_rows + 1);
}

Test(status, an_alarm_about_files_reads_one_message_and_not_all)
{
    struct rec *r = add_alarm("peer", "QM-FIU", A_FILES_FAULTY);

    for (uint8_t id = 0x21; id < 0x27; id++)
        add_faulty(id);
    cr_assert_eq(record_put_bytes(a, r, "obj", record_bytes(node.row[3],
        "digest")), OK);
    cr_assert_eq(type("status"), 0, "%s", err_text);
    cr_expect_eq(node.listed, 0, "where it stands was not said");
    put_uint(r, "n", record_uint(node.row[3], "n"));
    cr_assert_eq(type("status"), 0, "%s", err_text);
    cr_expect_eq(node.listed, 1, "%zu", (size_t)node.listed);
    cr_expect(printed("A_FILES_FAULTY d2"), "%s", out_text_);
    cr_expect(printed(ID), "%s", out_text_);
    /* Another message than the alarm is about says nothing of it. */
    put_uint(r, "n", record_uint(node.row[4], "n"));
    cr_assert_eq(type("status"), 0, "%s", err_text);
    cr_expect(!printed("A_FILES_FAULTY d2"), "%s", out_text_);
}
