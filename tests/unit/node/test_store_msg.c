#include "node/store_msg.h"
#include "tests/unit/node/store_fixture.h"

TestSuite(store_msg, .init = set_up, .fini = tear_down);

static enum err
see_out(void *arg, const struct store_out *o)
{
    return see(arg, o->n, o->peer.n);
}

static enum err
see_wrap(void *arg, const struct store_wrap *w)
{
    return see(arg, w->n * 100 + w->i, w->bytes.n);
}

static enum err
see_receipt(void *arg, const struct store_receipt *r)
{
    return see(arg, r->event, r->bytes.n + r->note.n);
}

static enum err
see_thread(void *arg, const struct store_thread *t)
{
    return see(arg, t->id[0], t->fold.n);
}

static enum err
stop_at_first(void *arg, const struct store_message *m)
{
    (void)see_message(arg, m);
    return ERR_CANCELLED;
}

Test(store_msg, a_message_is_found_by_number_id_and_digest)
{
    struct store_message m = message(5, STORE_IN, "QO-FIU", 9), got;

    m.entry = 12;
    begin();
    cr_expect_eq(store_message_put(s, &m, true), OK);
    commit();
    reopen();
    cr_expect_eq(m.n, 1);
    cr_expect_eq(m.place, 1);
    cr_assert_eq(store_message_find_id(s, STORE_IN, slice_str("QO-FIU"),
        m.msg_id, a, &got), OK);
    cr_expect_eq(got.n, 1);
    cr_expect_eq(got.dir, STORE_IN);
    cr_expect(slice_is(got.peer, "QO-FIU"));
    cr_expect_arr_eq(got.msg_id, m.msg_id, MSG_ID_LEN);
    cr_expect_arr_eq(got.thread, m.thread, MSG_ID_LEN);
    cr_expect_arr_eq(got.digest, m.digest, HASH_LEN);
    cr_expect_eq(got.kind, 3);
    cr_expect_eq(got.state, STORE_RECEIVED);
    cr_expect_eq(got.at, 1005);
    cr_expect_eq(got.place, 1);
    cr_expect_eq(got.entry, 12);
    cr_expect(slice_equal(got.head, bytes(5, 300)));
    cr_expect_eq(store_message_find_digest(s, m.digest, NULL, &got), OK);
    cr_expect_eq(got.head.n, 0);
    cr_expect_eq(store_message_get(s, 1, a, &got), OK);
    cr_expect_eq(store_message_get(s, 2, a, &got), ERR_NOTFOUND);
    cr_expect_eq(store_message_find_id(s, STORE_IN, slice_str("QO-FIX"),
        m.msg_id, a, &got), ERR_NOTFOUND);
    cr_expect_eq(store_message_find_id(s, STORE_OUT, slice_str("QO-FIU"),
        m.msg_id, a, &got), ERR_NOTFOUND);
}

Test(store_msg, an_id_is_used_once_by_each_sender)
{
    struct store_message m = message(5, STORE_OUT, "QO-FIU", 9);

    begin();
    cr_expect_eq(store_message_put(s, &m, false), OK);
    /* A peer may take the id of a message of ours, or of another peer. */
    m.dir = STORE_IN;
    m.digest[9] = 1;
    cr_expect_eq(store_message_put(s, &m, false), OK);
    m.peer = slice_str("ZZ-FIU");
    m.digest[9] = 2;
    cr_expect_eq(store_message_put(s, &m, false), OK);
    commit();
    for (int d = STORE_IN; d <= STORE_OUT; d++) {
        begin();
        m.dir = (enum store_dir)d;
        m.digest[9]++;
        cr_expect_eq(store_message_put(s, &m, false), ERR_EXISTS);
        cr_expect_eq(store_commit(s), ERR_EXISTS);
    }
    begin();
    m = message(6, STORE_IN, "QO-FIU", 9);
    fill(m.digest, HASH_LEN, 5);
    cr_expect_eq(store_message_put(s, &m, false), ERR_EXISTS);
    store_rollback(s);
}

Test(store_msg, state_head_and_place_of_a_message_change)
{
    struct store_message m = message(5, STORE_OUT, "QO-FIU", 9), got;
    uint64_t place = 0;

    begin();
    m.state = STORE_PENDING;
    cr_expect_eq(store_message_put(s, &m, false), OK);
    (void)put(6, STORE_IN, "QO-FIU", 9);
    cr_expect_eq(store_message_state_set(s, m.n, STORE_QUEUED), OK);
    cr_expect_eq(store_message_head_set(s, m.n, slice_str("head")), OK);
    cr_expect_eq(store_message_place_take(s, m.n, &place), OK);
    cr_expect_eq(place, 2);
    commit();
    cr_assert_eq(store_message_get(s, m.n, a, &got), OK);
    cr_expect_eq(got.state, STORE_QUEUED);
    cr_expect_eq(got.place, 2);
    cr_expect(slice_is(got.head, "head"));
    begin();
    cr_expect_eq(store_message_place_take(s, m.n, &place), ERR_NOTFOUND);
    store_rollback(s);
}

Test(store_msg, the_inbox_comes_in_pages_and_a_list_can_be_stopped)
{
    struct seen seen = { 0 };

    begin();
    for (unsigned i = 1; i <= 9; i++)
        (void)put(i, i == 4 ? STORE_OUT : STORE_IN, "QO-FIU", 1);
    commit();
    cr_expect_eq(store_inbox_list(s, 0, 4, see_message, &seen), OK);
    cr_expect_eq(seen.n, 4);
    cr_expect_eq(seen.at[3], 5);
    cr_expect_eq(seen.bytes, 1200);
    cr_expect_eq(store_inbox_list(s, 5, 40, see_message, &seen), OK);
    cr_expect_eq(seen.n, 8);
    cr_expect_eq(seen.at[7], 9);
    cr_expect_eq(store_inbox_list(s, 9, 40, see_message, &seen), OK);
    cr_expect_eq(seen.n, 8);
    cr_expect_eq(store_inbox_list(s, 0, 4, stop_at_first, &seen),
        ERR_CANCELLED);
    cr_expect_eq(seen.n, 9);
    cr_expect_eq(store_inbox_list(s, 0, 1, see_message, &seen), OK);
}

Test(store_msg, what_waits_for_an_approver_is_listed)
{
    struct seen seen = { 0 };
    struct store_message m;

    begin();
    for (unsigned i = 1; i <= 4; i++) {
        m = message(i, STORE_OUT, "QO-FIU", 1);
        m.state = i % 2 == 0 ? STORE_PENDING : STORE_HELD;
        cr_expect_eq(store_message_put(s, &m, false), OK);
    }
    commit();
    cr_expect_eq(store_pending_list(s, 0, 9, see_message, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 2);
    cr_expect_eq(seen.at[1], 4);
    cr_expect_eq(store_state_list(s, STORE_OUT, STORE_HELD, 1, 9,
        see_message, &seen), OK);
    cr_expect_eq(seen.n, 3);
    cr_expect_eq(seen.at[2], 3);
}

Test(store_msg, a_thread_is_in_the_order_of_queueing)
{
    struct seen seen = { 0 };
    struct store_message m = message(1, STORE_OUT, "QO-FIU", 7);
    struct store_message n = message(2, STORE_OUT, "QO-FIU", 7);
    uint64_t place;

    begin();
    cr_expect_eq(store_message_put(s, &m, false), OK);
    cr_expect_eq(store_message_put(s, &n, false), OK);
    (void)put(3, STORE_IN, "QO-FIU", 7);
    (void)put(4, STORE_IN, "QO-FIU", 8);
    (void)put(5, STORE_IN, "ZZ-FIU", 7);
    (void)put(6, STORE_OUT, "QO-FIU", 7);
    cr_expect_eq(store_message_place_take(s, n.n, &place), OK);
    commit();
    cr_expect_eq(store_thread_messages(s, slice_str("QO-FIU"), m.thread,
        see_message, &seen), OK);
    cr_assert_eq(seen.n, 4);
    cr_expect_eq(seen.at[0], 3);
    cr_expect_eq(seen.at[1], 6);
    cr_expect_eq(seen.at[2], 2);
    cr_expect_eq(seen.at[3], 1);
}

Test(store_msg, body_and_wraps_are_kept_and_dropped)
{
    struct store_wrap w = { .bytes = slice_str("wrapped") };
    struct seen seen = { 0 };
    struct buf b;

    buf_init(&b, STORE_BLOB_MAX);
    begin();
    w.n = put(1, STORE_IN, "QO-FIU", 1);
    cr_expect_eq(store_body_put(s, 1, bytes(3, 131072)), OK);
    for (unsigned i = 3; i-- > 0;) {
        w.i = i;
        fill(w.epoch, HASH_LEN, 1 + i / 2);
        cr_expect_eq(store_wrap_put(s, &w), OK);
    }
    fill(w.epoch, HASH_LEN, 9);
    cr_expect_eq(store_wrap_put(s, &w), OK);
    w.n = put(2, STORE_IN, "QO-FIU", 1);
    fill(w.epoch, HASH_LEN, 1);
    cr_expect_eq(store_wrap_put(s, &w), OK);
    commit();
    cr_expect_eq(store_body_get(s, 1, &b), OK);
    cr_expect(slice_equal(slice_of_buf(&b), bytes(3, 131072)));
    cr_expect_eq(store_body_get(s, 2, &b), ERR_NOTFOUND);
    cr_expect_eq(store_wraps_get(s, 1, see_wrap, &seen), OK);
    cr_assert_eq(seen.n, 4);
    cr_expect_eq(seen.at[0], 100);
    cr_expect_eq(seen.at[1], 100);
    cr_expect_eq(seen.at[2], 101);
    cr_expect_eq(seen.at[3], 102);
    cr_expect_eq(seen.bytes, 4 * 7);
    seen.n = 0;
    cr_expect_eq(store_wraps_of(s, w.epoch, 0, 1, see_wrap, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(store_wraps_of(s, w.epoch, 1, 5, see_wrap, &seen), OK);
    cr_assert_eq(seen.n, 3);
    cr_expect_eq(seen.at[2], 200);
    begin();
    cr_expect_eq(store_wraps_drop_epoch(s, w.epoch), OK);
    cr_expect_eq(store_body_drop(s, 1), OK);
    cr_expect_eq(store_body_drop(s, 1), OK);
    commit();
    seen.n = 0;
    cr_expect_eq(store_wraps_get(s, 1, see_wrap, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_wraps_get(s, 2, see_wrap, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_body_get(s, 1, &b), ERR_NOTFOUND);
    begin();
    cr_expect_eq(store_wraps_drop(s, 1), OK);
    commit();
    seen.n = 0;
    cr_expect_eq(store_wraps_get(s, 1, see_wrap, &seen), OK);
    cr_expect_eq(seen.n, 0);
    buf_clear(&b);
}

Test(store_msg, a_body_without_a_message_is_refused)
{
    begin();
    cr_expect_eq(store_body_put(s, 3, slice_str("x")), ERR_NOTFOUND);
    cr_expect_eq(store_commit(s), ERR_NOTFOUND);
}

Test(store_msg, the_first_receipt_of_an_event_stays_until_it_is_dropped)
{
    struct store_receipt r = { .event = 5, .bytes = slice_str("receipt"),
        .note = slice_str("note") }, got;
    struct seen seen = { 0 };

    begin();
    r.n = put(1, STORE_OUT, "QO-FIU", 1);
    cr_expect_eq(store_receipt_put(s, &r), OK);
    r.event = 3;
    cr_expect_eq(store_receipt_put(s, &r), OK);
    commit();
    cr_assert_eq(store_receipt_get(s, 1, 5, a, &got), OK);
    cr_expect(slice_is(got.bytes, "receipt"));
    cr_expect(slice_is(got.note, "note"));
    cr_expect_eq(store_receipt_get(s, 1, 6, a, &got), ERR_NOTFOUND);
    cr_expect_eq(store_receipts_list(s, 1, see_receipt, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 3);
    begin();
    cr_expect_eq(store_receipt_put(s, &r), ERR_EXISTS);
    store_rollback(s);
    begin();
    cr_expect_eq(store_receipt_drop(s, 1, 3), OK);
    cr_expect_eq(store_receipt_drop(s, 1, 3), OK);
    r.bytes = slice_str("newer");
    cr_expect_eq(store_receipt_put(s, &r), OK);
    commit();
    cr_assert_eq(store_receipt_get(s, 1, 3, a, &got), OK);
    cr_expect(slice_is(got.bytes, "newer"));
    cr_assert_eq(store_receipt_get(s, 1, 5, a, &got), OK);
    cr_expect(slice_is(got.bytes, "receipt"));
}

Test(store_msg, a_thread_is_written_over_and_found_at_its_time)
{
    struct store_thread t = { .peer = slice_str("QO-FIU"), .machine = 1,
        .state = 4, .flags = 0x80000001, .due = 500, .stopped = 90,
        .fold = slice_str("fold") }, got;
    struct seen seen = { 0 };

    begin();
    for (unsigned i = 1; i <= 4; i++) {
        fill(t.id, MSG_ID_LEN, i);
        t.look = i == 4 ? 0 : 500 - (int64_t)i;
        cr_expect_eq(store_thread_put(s, &t), OK);
    }
    t.state = 5;
    cr_expect_eq(store_thread_put(s, &t), OK);
    commit();
    cr_assert_eq(store_thread_get(s, t.peer, t.id, a, &got), OK);
    cr_expect(slice_is(got.peer, "QO-FIU"));
    cr_expect_arr_eq(got.id, t.id, MSG_ID_LEN);
    cr_expect_eq(got.machine, 1);
    cr_expect_eq(got.state, 5);
    cr_expect_eq(got.flags, 0x80000001);
    cr_expect_eq(got.due, 500);
    cr_expect_eq(got.look, 0);
    cr_expect_eq(got.stopped, 90);
    cr_expect(slice_is(got.fold, "fold"));
    cr_expect_eq(store_thread_get(s, slice_str("ZZ"), t.id, a, &got),
        ERR_NOTFOUND);
    cr_expect_eq(store_threads_look(s, 498, 9, see_thread, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 3);
    cr_expect_eq(seen.at[1], 2);
}

static struct seen
due(const char *peer, int64_t now)
{
    struct seen seen = { 0 };

    cr_assert_eq(store_outbox_due(s, slice_str(peer), now, 60, see_out,
        &seen), OK);
    return seen;
}

Test(store_msg, the_outbox_keeps_the_order_of_a_thread)
{
    struct store_out o = { .next = 100, .expires = 900 };
    struct seen seen = { 0 };
    uint64_t n = 0;

    begin();
    /* 1, 2, 3 in one thread, 4 in another, 5 to another peer. */
    for (unsigned i = 1; i <= 5; i++) {
        o.n = put(i, STORE_OUT, i == 5 ? "ZZ-FIU" : "QO-FIU", i > 3 ? 2 : 1);
        o.target = i == 3 ? 4 : 0;      /* 3 waits for 4 alone */
        cr_expect_eq(store_outbox_put(s, &o), OK);
    }
    commit();
    cr_expect_eq(due("QO-FIU", 99).n, 0);
    seen = due("QO-FIU", 100);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 1);
    cr_expect_eq(seen.at[1], 4);
    begin();
    cr_expect_eq(store_outbox_tried(s, 1, 1, 200), OK);
    cr_expect_eq(store_outbox_done(s, 4), OK);
    commit();
    reopen();
    seen = due("QO-FIU", 150);          /* 2 waits behind 1 */
    cr_assert_eq(seen.n, 1);
    cr_expect_eq(seen.at[0], 3);
    begin();
    cr_expect_eq(store_outbox_wake(s, slice_str("QO-FIU"), 150), OK);
    commit();
    seen = due("QO-FIU", 150);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 1);
    begin();
    cr_expect_eq(store_outbox_done(s, 1), OK);
    commit();
    seen = due("QO-FIU", 150);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 2);
    cr_expect_eq(store_outbox_count(s, slice_str("QO-FIU"), &n), OK);
    cr_expect_eq(n, 2);
    seen.n = 0;
    cr_expect_eq(store_outbox_expired(s, 899, 9, see_out, &seen), OK);
    cr_expect_eq(seen.n, 0);
    cr_expect_eq(store_outbox_expired(s, 900, 9, see_out, &seen), OK);
    cr_expect_eq(seen.n, 3);
}

Test(store_msg, only_a_message_of_ours_with_a_place_is_delivered)
{
    struct store_message m = message(1, STORE_OUT, "QO-FIU", 1);
    struct store_out o = { .n = 1 };

    begin();
    cr_expect_eq(store_message_put(s, &m, false), OK);
    commit();
    begin();
    cr_expect_eq(store_outbox_put(s, &o), ERR_NOTFOUND);
    store_rollback(s);
    begin();
    o.n = put(2, STORE_IN, "QO-FIU", 1);
    cr_expect_eq(store_outbox_put(s, &o), ERR_NOTFOUND);
    store_rollback(s);
    begin();
    cr_expect_eq(store_outbox_done(s, 1), OK);
    store_rollback(s);
}
