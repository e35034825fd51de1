#include "node/store_keep.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "proto/enums.h"
#include "tests/unit/node/store_fixture.h"

static enum err
see_retention(void *arg, const struct store_retention *k)
{
    return see(arg, k->n, 0);
}

static enum err
see_number(void *arg, uint64_t n)
{
    return see(arg, n, 0);
}

static enum err
see_track(void *arg, const struct store_track *t)
{
    return see_number(arg, t->row);
}

TestSuite(store_keep, .init = set_up, .fini = tear_down);

Test(store_keep, retention_is_found_by_its_timer)
{
    struct store_retention k = { .state = RETENTION_HELD, .action = 2,
        .since = 5, .use_until = 100, .retain_until = 200, .next = 100,
        .held = 1, .told = STORE_NONE, .hold_by = { 5 } };
    struct store_retention got;
    struct seen due = { .n = 0 }, dates = { .n = 0 }, none = { .n = 0 };

    begin();
    for (unsigned i = 1; i <= 3; i++) {
        k.n = put_message(i);
        k.next = 100 * i;
        cr_assert_eq(store_retention_put(s, &k), OK);
    }
    cr_expect_eq(store_retention_due(s, 200, 8, see_retention, &due), OK);
    cr_expect_eq(due.n, 2);
    cr_expect_eq(due.at[0], 1);
    cr_expect_eq(store_retention_dates(s, 0, 150, 8, see_retention,
        &dates), OK);
    cr_expect_eq(dates.n, 1);
    cr_expect_eq(dates.at[0], 1);
    cr_expect_eq(store_retention_dates(s, 3, 0, 8, see_retention, &none),
        OK);
    cr_expect_eq(none.n, 0);
    k.next = 0;
    k.told = 7;
    cr_expect_eq(store_retention_put(s, &k), OK);
    cr_expect_eq(store_retention_get(s, k.n, &got), OK);
    cr_expect_eq(got.told, 7);
    cr_expect_eq(got.action, 2);
    cr_expect_eq(got.held, 1);
    cr_expect_eq(got.hold_by[0], 5);
    cr_expect_eq(store_retention_get(s, 1, &got), OK);
    cr_expect_eq(got.told, STORE_NONE);
    cr_expect_eq(store_retention_get(s, 9, &got), ERR_NOTFOUND);
    commit();
}

Test(store_keep, copies_are_numbered_for_each_message)
{
    struct store_copy c = { .what = USE_PRINT, .at = 1, .entry = 4 };
    uint64_t one, two, no;

    begin();
    one = put_message(1);
    two = put_message(2);
    c.n = one;
    cr_assert_eq(store_copy_put(s, &c), OK);
    c.entry = 5;
    cr_assert_eq(store_copy_put(s, &c), OK);
    cr_expect_eq(c.no, 2);
    c.n = two;
    cr_assert_eq(store_copy_put(s, &c), OK);
    cr_expect_eq(c.no, 1);
    cr_expect_eq(store_copy_of_entry(s, one, 5, &no), OK);
    cr_expect_eq(no, 2);
    cr_expect_eq(store_copy_of_entry(s, one, 6, &no), ERR_NOTFOUND);
    commit();
}

Test(store_keep, what_came_of_a_set_or_message_is_found_again)
{
    struct seen seen = { .n = 0 };
    bool fresh;

    begin();
    for (unsigned i = 1; i <= 2; i++)
        cr_assert_eq(store_source_put(s, slice_str("rid"), STORE_SOURCE,
            put_message(i)), OK);
    cr_expect_eq(store_source_put(s, slice_str("rid"), STORE_SOURCE, 1),
        OK);
    cr_expect_eq(store_source_put(s, slice_str("rid"), STORE_ITSELF, 1),
        OK);
    cr_expect_eq(store_source_list(s, slice_str("rid"), STORE_SOURCE,
        see_number, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_source_list(s, slice_str("x"), STORE_SOURCE,
        see_number, &seen), OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_late_put(s, 1, 4, &fresh), OK);
    cr_expect(fresh);
    cr_expect_eq(store_late_put(s, 1, 4, &fresh), OK);
    cr_expect_not(fresh);
    cr_expect_eq(store_late_put(s, 1, 5, &fresh), OK);
    cr_expect(fresh);
    commit();
}

Test(store_keep, content_goes_with_wraps_body_and_remark)
{
    struct store_wrap w = { .bytes = slice_str("wrap") };
    struct buf b;

    buf_init(&b, 64);
    begin();
    w.n = put_message(1);
    cr_assert_eq(store_wrap_put(s, &w), OK);
    cr_assert_eq(store_body_put(s, w.n, slice_str("body")), OK);
    cr_assert_eq(store_remark_put(s, w.n, slice_str("why")), OK);
    cr_expect_eq(store_content_drop(s, w.n), OK);
    cr_expect_eq(store_body_get(s, w.n, &b), ERR_NOTFOUND);
    cr_expect_eq(store_remark_get(s, w.n, &b), ERR_NOTFOUND);
    cr_expect_eq(store_content_drop(s, w.n), OK);
    commit();
    buf_clear(&b);
}

Test(store_keep, tracked_requests_are_listed_until_they_are_over)
{
    struct store_track t = { .to = slice_str("QN-CA"), .channel = 6,
        .sent = 10, .due = 100, .remark = slice_str("sealed") }, got;
    struct seen seen = { .n = 0 };

    begin();
    cr_assert_eq(store_track_put(s, &t), OK);
    t.id[0] = 1;
    t.due = 300;
    cr_assert_eq(store_track_put(s, &t), OK);
    cr_expect_eq(store_track_list(s, 0, 200, 8, see_track, &seen), OK);
    cr_expect_eq(seen.n, 1);
    cr_expect_eq(store_track_list(s, seen.at[0], 0, 8, see_track, &seen),
        OK);
    cr_expect_eq(seen.n, 2);
    t.due = 0;
    cr_assert_eq(store_track_put(s, &t), OK);
    cr_expect_eq(store_track_get(s, t.id, a, &got), OK);
    cr_expect_eq(got.due, 0);
    cr_expect_eq(got.row, seen.at[1], "the same row");
    cr_expect(slice_is(got.remark, "sealed"));
    seen.n = 0;
    cr_expect_eq(store_track_list(s, 0, 0, 8, see_track, &seen), OK);
    cr_expect_eq(seen.n, 1);
    commit();
}
