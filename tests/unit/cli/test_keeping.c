/*
 * What becomes of a message: held, taken back, returned, destroyed; and what
 * is owed about it, until when.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_acts.h"

#include "cli/form/draft_store.h"
#include "keys/comment.h"

TestSuite(keeping, .init = set_up_acts, .fini = tear_down_keeper);

Test(keeping, a_hold_has_a_reason_and_a_date_and_is_lifted)
{
    (void)add_disclosure(mail_set("QM-FIU"));
    cr_expect_eq(type("hold " DISCLOSURE " --until +30d --yes"), EXIT_USAGE);
    cr_expect(said("COURT_ORDER"));
    cr_expect_eq(type("hold " DISCLOSURE " --reason COURT_ORDR --until +30d "
        "--yes"), EXIT_USAGE);
    cr_expect(said("did you mean COURT_ORDER"));
    cr_expect_eq(type("hold " DISCLOSURE " --reason COURT_ORDER --until "
        "2020-01-01 --yes"), EXIT_USAGE);
    cr_expect_eq(type("hold " DISCLOSURE " --lift --until +3d --yes"),
        EXIT_USAGE);
    cr_expect_eq(type("hold " DISCLOSURE " --lift"), EXIT_USAGE);
    cr_expect_null(asked_args);
    cr_assert_eq(type("hold " DISCLOSURE " --reason COURT_ORDER --until +30d "
        "--in case-7 --yes"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_HOLD);
    cr_expect_eq(record_uint(asked_args, "reason"), HOLD_REASON_COURT_ORDER);
    cr_expect_eq(record_uint(asked_args, "until"), NOW + 30 * DAY);
    cr_expect(slice_is(record_bytes(asked_args, "proceeding"), "case-7"));
    cr_assert_eq(type("hold " DISCLOSURE " --lift --yes"), 0, "%s",
        err_text);
    cr_expect_not(record_has(asked_args, "until"));
    lie = true;
    cr_expect_eq(type("hold " DISCLOSURE " --lift --yes"), EXIT_AUDIT);
}

Test(keeping, only_what_has_not_left_can_be_cancelled)
{
    struct message in, out, gone;

    in = mail_message(1, 0xaa, mail_set("QM-FIU"));
    out = mail_message(2, 0xbb, mail_set("QN-FIU"));
    gone = mail_message(2, 0xcc, mail_set("QN-FIU"));
    (void)mail_row(1, &in, MESSAGE_STATE_RECEIVED);
    (void)mail_row(2, &out, MESSAGE_STATE_QUEUED);
    (void)mail_row(2, &gone, MESSAGE_STATE_DELIVERED);
    cr_expect_eq(type("cancel " DISCLOSURE " --yes"), EXIT_REFUSED);
    cr_expect_eq(type("cancel cccccccc --yes"), EXIT_REFUSED);
    cr_expect(said("valise recall cccccccc"), "%s", err_text);
    cr_expect(said("valise withdraw cccccccc"), "%s", err_text);
    cr_expect_eq(type("cancel bbbbbbbb"), EXIT_USAGE);
    cr_assert_eq(type("cancel bbbbbbbb --dry-run"), 0);
    cr_expect_null(asked_args);
    cr_assert_eq(type("cancel bbbbbbbb --yes"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_CANCEL);
    cr_expect(printed("cancelled"));
}

/* Its thread is over, and it is told all the same, with the code. */
Test(keeping, what_the_other_side_returned_is_told_with_its_code)
{
    struct message out = mail_message(2, 0xbb, mail_set("QN-FIU"));
    struct rec *row = mail_row(2, &out, MESSAGE_STATE_REFUSED), *event;

    put_uint(row, "machine", MACHINE_SPONTANEOUS);
    put_uint(row, "thread_state", SPONTANEOUS_REJECTED);
    event = record_new(a, record_field(row->schema, "events")->rec);
    put_uint(event, "event", EVENT_REFUSED);
    put_uint(event, "at", NOW - 100);
    put_uint(event, "code", E_COUNTERPART);
    put_recs(row, "events", &event, 1);
    cr_assert_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(printed("E_COUNTERPART"), "%s", out_text_);
    put_uint(row, "at", NOW - 15 * DAY);
    cr_assert_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(!printed("E_COUNTERPART"), "%s", out_text_);
    cr_assert_eq(type("inbox --sent --all"), 0, "%s", err_text);
    cr_expect(printed("E_COUNTERPART"), "%s", out_text_);
}

/* The node logged the opening before its client saw that it cannot be read. */
Test(keeping, what_was_opened_and_found_at_fault_does_not_look_read)
{
    struct message in = mail_message(1, 0xbb, mail_set("QM-FIU"));
    struct rec *row = mail_row(1, &in, MESSAGE_STATE_OPENED), *event;

    cr_assert_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(!printed("at fault"), "%s", out_text_);
    event = record_new(a, record_field(row->schema, "events")->rec);
    put_uint(event, "event", EVENT_ALARM);
    put_uint(event, "at", NOW - 100);
    put_uint(event, "code", E_SOURCE);
    put_recs(row, "events", &event, 1);
    cr_assert_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(printed("opened, at fault"), "%s", out_text_);
    cr_expect(printed("E_SOURCE"), "%s", out_text_);
}

/* Its content is gone, which is not what became of it. */
Test(keeping, what_was_cancelled_is_listed_as_cancelled)
{
    struct message out = mail_message(2, 0xbb, mail_set("QN-FIU"));
    struct rec *row = mail_row(2, &out, MESSAGE_STATE_CANCELLED);

    put_uint(row, "keeping", RETENTION_DESTROYED);
    cr_assert_eq(type("inbox --sent --all"), 0, "%s", err_text);
    cr_expect(printed("cancelled"), "%s", out_text_);
}

Test(keeping, what_is_destroyed_is_named_first_and_its_drafts_go_too)
{
    struct message in = mail_message(1, 0xaa, mail_set("QM-FIU"));
    struct rec *set = mail_set("QM-FIU");
    struct message out = mail_message(2, 0xbb, set);
    char line[256], keptline[128];
    struct buf b;

    cr_assert_eq(record_put(a, set, record_field(set->schema,
        "derived_from"), &(union item){ .s = record_bytes(record_rec(
        in.common, "restrictions"), "rid") }, 1), OK);
    (void)mail_row(1, &in, MESSAGE_STATE_OPENED);
    (void)mail_row(2, &out, MESSAGE_STATE_DELIVERED);
    (void)snprintf(line, sizeof(line), "{\"in_reply_to\":\"%s\"}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    cr_assert_eq(draft_put(&home, DRAFT_FORMS, "0123456789ab",
        slice_str(line)), OK);
    (void)snprintf(keptline, sizeof(keptline), "{\"to\":\"QM-FIU\"}");
    cr_assert_eq(draft_put(&home, DRAFT_FORMS, "ba9876543210",
        slice_str(keptline)), OK);
    cr_assert_eq(type("destroy " DISCLOSURE " --dry-run"), 0, "%s",
        err_text);
    cr_expect(printed("bbbbbbbb"));
    cr_expect(printed("0123456789ab"));
    cr_expect_not(printed("ba9876543210"));
    cr_expect_null(asked_args);
    cr_expect_eq(type("destroy " DISCLOSURE), EXIT_USAGE);
    cr_expect_eq(type("destroy " DISCLOSURE " --seal --returned --yes"),
        EXIT_USAGE);
    cr_assert_eq(type("destroy " DISCLOSURE " --seal --yes"), 0);
    cr_expect_eq(record_uint(asked_args, "how"), END_SEAL);
    buf_init(&b, 4096);
    cr_expect_eq(draft_get(&home, DRAFT_FORMS, "0123456789ab", &b), OK);
    cr_assert_eq(type("destroy " DISCLOSURE " --yes"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_DESTROY);
    cr_expect_eq(record_uint(asked_args, "how"), END_DESTROY);
    buf_reset(&b);
    cr_expect_eq(draft_get(&home, DRAFT_FORMS, "0123456789ab", &b),
        ERR_NOTFOUND);
    cr_expect_eq(draft_get(&home, DRAFT_FORMS, "ba9876543210", &b), OK);
    buf_clear(&b);
}

/* One task more in the answer of the node. */
static struct rec *
add_task(uint64_t what, int64_t due, bool ours, bool late)
{
    static union item items[16];
    const struct field *f = record_field(tasks->schema, "tasks");
    size_t n = record_count(tasks, "tasks");
    struct rec *t = record_new(a, f->rec);

    put_uint(t, "task", what);
    if (due > 0)
        put_uint(t, "due", (uint64_t)due);
    put_uint(t, "ours", ours);
    put_uint(t, "late", late);
    items[n].r = t;
    cr_assert_eq(record_put(a, tasks, f, items, n + 1), OK);
    return t;
}

/* A message of this urgency and legal basis, and a task about it. */
static void
add_urgent(uint8_t id, uint64_t urgency, uint64_t basis, int64_t due)
{
    struct rec *set = mail_set("QM-FIU"), *row, *t;
    struct message m;

    put_codes(set, "legal_basis", basis);
    m = mail_message(1, id, set);
    put_uint(m.common, "urgency", urgency);
    row = mail_row(1, &m, MESSAGE_STATE_RECEIVED);
    t = add_task(TASK_REVIEW, due, true, false);
    put_text(t, "peer", "QM-FIU");
    cr_assert_eq(record_put_bytes(a, t, "thread", message_bytes(&m,
        "thread_id")), OK);
    cr_assert_eq(record_put_bytes(a, t, "digest", record_bytes(row,
        "digest")), OK);
}

static size_t
place(const char *what)
{
    const char *at = strstr(out_text_, what);

    cr_assert_not_null(at, "%s: %s", what, out_text_);
    return (size_t)(at - out_text_);
}

Test(keeping, what_is_due_stands_late_first_then_urgent_then_by_the_convention)
{
    add_urgent(0xaa, URGENCY_ROUTINE, LEGAL_BASIS_UNTOC, NOW + 2 * DAY);
    add_urgent(0xbb, URGENCY_ROUTINE, LEGAL_BASIS_UNCAC_48, NOW + 9 * DAY);
    add_urgent(0xcc, URGENCY_URGENT, LEGAL_BASIS_UNTOC, NOW + 20 * DAY);
    put_text(add_task(TASK_KEEPING_ENDS, NOW - DAY, false, true), "peer",
        "QM-FIU");
    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect_lt(place("late"), place("cccccccc"));
    cr_expect_lt(place("cccccccc"), place("bbbbbbbb"));
    cr_expect_lt(place("bbbbbbbb"), place("aaaaaaaa"));
    cr_expect(printed("+02:00"));       /* the day there */
    cr_expect(printed("in 9 days"));
    cr_expect_not(printed("half the time"));
    /* Programs get times, flags and codes, and no words of these. */
    cr_assert_eq(type("due --json"), 0);
    cr_expect(printed("+02:00\"") && printed("\"late\": true") &&
        printed("\"half_over\": false") && printed("\"owes\": \"we\""), "%s",
        out_text_);
    cr_expect_not(printed("in 9 days") || printed("\"mark\"") ||
        printed("\"left\""), "%s", out_text_);
    cr_assert_eq(type("due --late"), 0);
    cr_expect_not(printed("cccccccc"));
    cr_assert_eq(type("due --theirs"), 0);
    cr_expect(printed("they"));
    cr_expect_not(printed("bbbbbbbb"));
    cr_expect_eq(type("due --theirs --ours"), EXIT_USAGE);
}

Test(keeping, what_the_other_side_keeps_under_a_legal_hold_is_told_with_dues)
{
    struct message m = mail_message(2, 0xaa, mail_set("QN-FIU"));
    struct rec *row = mail_row(2, &m, MESSAGE_STATE_DELIVERED);

    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"));
    add_event(row, EVENT_HOLD_SET);
    cr_assert_eq(type("due --theirs"), 0, "%s", err_text);
    cr_expect(printed("aaaaaaaa"));
    cr_expect(printed("a legal hold keeps it there, past its time too, since "
        "2"), "%s", out_text_);
    cr_assert_eq(type("due --until +9d"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"), "it has no date");
    cr_assert_eq(type("due --ours"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"));
    add_event(row, EVENT_HOLD_LIFTED);
    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"));
}

Test(keeping, at_half_time_a_reminder_stands_beside_what_is_due)
{
    struct rec *t = add_task(TASK_TRACKED, NOW + 3 * DAY, false, false);

    put_uint(t, "sent", NOW - 4 * DAY);
    put_text(t, "to", "QO-MOJ");
    cr_assert_eq(record_put_bytes(a, t, "id", bytes_of(0x5b, MSG_ID_LEN)),
        OK);
    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect(printed("half the time is over"));
    cr_expect(printed("5b5b5b5b"));
}

Test(keeping, a_request_that_went_another_way_is_kept_with_a_sealed_reference)
{
    struct rec *t;
    uint8_t kid[HASH_LEN];

    cr_expect_eq(type("track QO-MOJ --due +60d"), EXIT_USAGE);
    cr_expect_eq(type("track QO-MOJ --ref MLA-12/2026"), EXIT_USAGE);
    (void)hold(TRUST_EPOCHS, "QN-FIU", 1, object(TRUST_EPOCHS,
        epochs("QN-FIU", 1, second.kem), &keeper, NULL));
    cr_assert_eq(type("track QO-MOJ --ref MLA-12/2026 --due +60d --by "
        "DIPLOMATIC"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_TRACK);
    cr_expect_eq(record_uint(asked_args, "due"), NOW + 60 * DAY);
    cr_expect_eq(record_uint(asked_args, "channel"), CHANNEL_DIPLOMATIC);
    cr_expect_eq(comment_epoch(record_bytes(asked_args, "remark"), kid), OK);
    t = add_task(TASK_TRACKED, NOW + 60 * DAY, false, false);
    put_uint(t, "sent", NOW);
    put_uint(t, "channel", CHANNEL_DIPLOMATIC);
    put_text(t, "to", "QO-MOJ");
    cr_assert_eq(record_put_bytes(a, t, "id", bytes_of(0x5b, MSG_ID_LEN)),
        OK);
    cr_expect_eq(type("track 6c6c6c6c --done"), EXIT_FAILED);
    cr_assert_eq(type("track 5b5b5b5b --done"), 0, "%s", err_text);
    cr_expect_not(record_has(asked_args, "due"));
    cr_expect(slice_equal(record_bytes(asked_args, "id"), bytes_of(0x5b,
        MSG_ID_LEN)));
}

/* By its reason one person calls it back, or two. */
Test(keeping, next_says_when_a_recall_needs_no_approver)
{
    struct message out = mail_message(2, 0xbb, mail_set("QN-FIU"));

    put_uint(record_rec(out.common, "restrictions"), "recallable", 1);
    add_event(mail_row(2, &out, MESSAGE_STATE_DELIVERED), EVENT_DELIVERED);
    cr_assert_eq(type("next bbbbbbbb --json"), 0, "%s", err_text);
    cr_expect(printed("an approver, but not for RC_SENT_IN_ERROR"), "%s",
        out_text_);
}
