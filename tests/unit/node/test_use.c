/*
 * What an officer does with content beside reading it: policy, the entry, the
 * number of the copy.
 */
#include "tests/unit/node/keep_fixture.h"

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
}

TestSuite(use, .init = set_up, .fini = pair_down);

struct wish {
    uint64_t what, purpose, way;
    enum act act;
    const char *to, *proceeding;
    enum world_person who;
    uint64_t number;                    /* of the answer */
};

static enum err
use_it(const uint8_t *digest, struct wish *x)
{
    struct rec *args = args_of(b, REQUEST_USE, digest), *r;
    enum err e;

    world_check(record_put_uint(b->a, args, "what", x->what));
    world_check(record_put_uint(b->a, args, "purpose", x->purpose != 0 ?
        x->purpose : PURPOSE_ANALYSIS));
    if (x->way != 0)
        world_check(record_put_uint(b->a, args, "way", x->way));
    if (x->to != NULL)
        world_check(record_put_bytes(b->a, args, x->what == USE_QUOTE ?
            "quoted_to" : "to", slice_str(x->to)));
    if (x->proceeding != NULL)
        world_check(record_put_bytes(b->a, args, "proceeding",
            slice_str(x->proceeding)));
    e = world_ask(b, x->who != 0 ? x->who : OFFICER, REQUEST_USE, x->act,
        slice_of(digest, HASH_LEN), args, &r);
    x->number = e == OK ? record_uint(r, "number") : 0;
    return e;
}

Test(use, each_copy_has_the_next_number_and_an_entry)
{
    struct sent s = deliver(), t = deliver();
    struct wish print = { .what = USE_PRINT, .act = ACT_PRINT };
    struct wish export = { .what = USE_EXPORT, .act = ACT_EXPORT };

    cr_expect_eq(use_it(s.digest, &print), OK);
    cr_expect_eq(print.number, 1);
    cr_expect_eq(use_it(s.digest, &export), OK);
    cr_expect_eq(export.number, 2);
    cr_expect_eq(use_it(t.digest, &print), OK);
    cr_expect_eq(print.number, 1, "of each message");
    cr_expect_eq(entries_of(b, EVENT_PRINTED, s.digest), 1);
    cr_expect_eq(entries_of(b, EVENT_EXPORTED, s.digest), 1);
}

Test(use, what_the_limits_do_not_allow_is_refused_and_logged)
{
    struct sent s;
    struct wish w = { .what = USE_EXPORT, .act = ACT_EXPORT };

    limits.export = EXPORT_PRINT_LOGGED;
    s = deliver();
    cr_expect_eq(use_it(s.digest, &w), E_USE_LEVEL);
    w = (struct wish){ .what = USE_PRINT, .act = ACT_PRINT,
        .purpose = PURPOSE_PROSECUTION };
    cr_expect_eq(use_it(s.digest, &w), E_PURPOSE);
    w = (struct wish){ .what = USE_QUOTE, .act = ACT_QUOTE };
    cr_expect_eq(use_it(s.digest, &w), E_USE_LEVEL);
    cr_expect_eq(entries_of(b, EVENT_BLOCKED, s.digest), 3);
    w.to = "QM-FIU";
    cr_expect_eq(use_it(s.digest, &w), OK, "back to its originator");
    cr_expect_eq(w.number, 0, "no copy");
    cr_expect_eq(entries_of(b, EVENT_USED, s.digest), 1);
    w = (struct wish){ .what = USE_PRINT, .act = ACT_PRINT,
        .who = AUDITOR };
    cr_expect_eq(use_it(s.digest, &w), E_ROLE);
}

Test(use, the_statement_is_for_the_very_act)
{
    struct sent s = deliver();
    struct wish w = { .what = USE_PRINT, .act = ACT_USE };

    cr_expect_eq(use_it(s.digest, &w), E_SIGNATURE);
}

Test(use, after_its_time_it_is_read_and_nothing_else)
{
    struct sent s;
    struct wish w = { .what = USE_PRINT, .act = ACT_PRINT };

    limits.use_until = WORLD_NOW + DAY;
    s = deliver();
    at(WORLD_NOW + DAY + 1);
    cr_expect_eq(use_it(s.digest, &w), E_USE_EXPIRED);
    cr_expect_eq(open_it(b, s.digest), OK);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    cr_expect_eq(use_it(s.digest, &w), E_DESTROYED);
}

Test(use, passing_on_needs_a_known_party_and_its_permission)
{
    struct sent s = deliver();
    struct wish w = { .what = USE_FORWARD, .act = ACT_FORWARD,
        .to = "QX-FIU" };

    cr_expect_eq(use_it(s.digest, &w), E_UNKNOWN_AUTHORITY);
    w.to = "COURT:p1";
    cr_expect_eq(use_it(s.digest, &w), E_UNKNOWN_AUTHORITY,
        "a court has no node");
    w = (struct wish){ .what = USE_HAND_OVER, .act = ACT_FORWARD,
        .way = WAY_COURIER, .to = "COURT:p1" };
    cr_expect_eq(use_it(s.digest, &w), E_ONWARD_NO_CONSENT);
    w.to = "QM-FIU";
    cr_expect_eq(use_it(s.digest, &w), E_FIELD_RANGE, "it has a node");
    w.to = "QX-FIU";
    cr_expect_eq(use_it(s.digest, &w), E_UNKNOWN_AUTHORITY);
    w.to = "COURT:p1";
    w.way = 0;
    cr_expect_eq(use_it(s.digest, &w), E_FIELD_MISSING, "the way");
}

Test(use, by_hand_it_goes_to_whom_the_list_names)
{
    struct sent s;
    struct wish w = { .what = USE_HAND_OVER, .act = ACT_FORWARD,
        .way = WAY_DIPLOMATIC, .to = "CLASS:COURT@QM" };

    limits.allow = "CLASS:COURT@QM";
    s = deliver();
    cr_expect_eq(use_it(s.digest, &w), OK);
    cr_expect_eq(w.number, 1);
    cr_expect_eq(entries_of(b, EVENT_HANDED_OVER, s.digest), 1);
}
