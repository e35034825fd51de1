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

Test(use, a_copy_is_signed_at_the_time_of_its_entry)
{
    struct sent s = deliver();
    struct wish w = { .what = USE_PRINT, .act = ACT_PRINT };

    b->ahead = 1201;
    cr_expect_eq(use_it(s.digest, &w), E_FUTURE);
    cr_expect_eq(open_it(b, s.digest), OK, "reading is no step");
    b->t.trusted = false;
    cr_expect_eq(use_it(s.digest, &w), E_CLOCK, "whose clock is wrong?");
    b->t.trusted = true;
    b->ahead = -1201;
    cr_expect_eq(use_it(s.digest, &w), E_STALE_STATEMENT);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL),
        E_STALE_STATEMENT);
    cr_expect_eq(entries_of(b, EVENT_PRINTED, s.digest), 0);
    b->ahead = 1200;
    cr_expect_eq(use_it(s.digest, &w), OK);
    b->ahead = -1200;
    cr_expect_eq(use_it(s.digest, &w), OK);
    cr_expect_eq(w.number, 2);
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

/* Steps of a message as its node shows them, from an entry on. */
static const struct value *
steps_from(enum world_person who, const uint8_t *digest, uint64_t from,
    bool *more)
{
    struct rec *args = args_of(b, REQUEST_MSG_STEPS, digest), *r;

    world_check(record_put_uint(b->a, args, "from", from));
    cr_assert_eq(world_ask(b, who, REQUEST_MSG_STEPS, ACT_NONE, SLICE_EMPTY,
        args, &r), OK);
    *more = record_uint(r, "more") != 0;
    return record_value(r, "steps");
}

/* Its entry is in the log under the checkpoint of the answer. */
static struct entry
proven(enum world_person who, const struct rec *step, const uint8_t *digest)
{
    struct receipt_expect x = { .size = b->who[who].have.size,
        .root = b->who[who].have.root, .digest = digest,
        .events = UINT64_MAX };
    char origin[LOG_NAME_MAX];
    struct receipt r;
    struct entry entry;

    log_name(slice_str(b->name), "log", 1, origin);
    x.origin = slice_str(origin);
    cr_assert_eq(receipt_decode(record_bytes(step, "receipt"), &r), OK);
    cr_assert_eq(receipt_check(&r, &x, &entry), OK);
    cr_assert_eq(entry.seq, record_uint(step, "index"));
    return entry;
}

Test(use, each_step_is_shown_with_proof_who_and_the_number_of_its_copy)
{
    static const struct { enum event event; uint64_t number; } want[] = {
        { EVENT_DELIVERED, 0 }, { EVENT_PRINTED, 1 }, { EVENT_USED, 0 },
        { EVENT_PRINTED, 2 },
    };
    struct wish print = { .what = USE_PRINT, .act = ACT_PRINT };
    struct wish use = { .what = USE_USE, .act = ACT_USE,
        .proceeding = "case-7" };
    struct opening o[ENTRY_FIELDS_MAX];
    struct sent s, t;
    struct slice proceeding;
    const struct value *v;
    struct entry entry;
    uint64_t purpose;
    size_t n;
    bool more;

    limits.use_level = USE_LEVEL_EVIDENCE_PURPOSE;
    s = deliver();
    t = deliver();
    cr_assert_eq(use_it(s.digest, &print), OK);
    cr_assert_eq(use_it(s.digest, &use), OK);
    cr_assert_eq(use_it(t.digest, &print), OK, "another's");
    cr_assert_eq(use_it(s.digest, &print), OK);
    print.purpose = PURPOSE_PROSECUTION;
    cr_assert_eq(use_it(s.digest, &print), E_PURPOSE, "is no step");
    v = steps_from(OFFICER, s.digest, 0, &more);
    cr_expect_not(more);
    cr_assert_eq(v->n, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct rec *step = v->v[i].r;

        entry = proven(OFFICER, step, s.digest);
        cr_expect_eq(entry.event, want[i].event, "%zu", i);
        cr_expect_eq(record_uint(step, "number"), want[i].number, "%zu", i);
        cr_assert_eq(opening_decode(record_bytes(step, "openings"), o, &n),
            OK);
        for (size_t k = 0; k < n; k++)
            cr_expect_eq(opening_check(&o[k], &entry), OK);
    }
    entry = proven(OFFICER, v->v[2].r, s.digest);
    cr_assert_eq(opening_decode(record_bytes(v->v[2].r, "openings"), o, &n),
        OK);
    cr_assert_eq(n, 3);
    cr_expect_eq(o[0].value.n, HASH_LEN, "who");
    cr_assert_eq(entry_get_purpose(o[1].value, &purpose, &proceeding), OK);
    cr_expect_eq(purpose, PURPOSE_ANALYSIS);
    cr_expect(slice_is(proceeding, "case-7"));
    v = steps_from(OFFICER, s.digest, record_uint(v->v[2].r, "index"),
        &more);
    cr_expect_eq(v->n, 2, "from an entry on");
}

Test(use, steps_come_in_pages_and_outlive_the_content)
{
    struct wish print = { .what = USE_PRINT, .act = ACT_PRINT };
    struct sent s = deliver();
    struct rec *args;
    size_t n = 0;
    uint64_t from = 0;
    bool more = true;

    for (unsigned i = 0; i < 150; i++)
        cr_assert_eq(use_it(s.digest, &print), OK);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    while (more) {
        const struct value *v = steps_from(OFFICER, s.digest, from, &more);

        cr_assert_gt(v->n, 0);
        for (size_t i = 0; i < v->n; i++, n++) {
            struct entry entry = proven(OFFICER, v->v[i].r, s.digest);

            cr_expect_eq(entry.event, n == 0 ? EVENT_DELIVERED : n <= 150 ?
                EVENT_PRINTED : EVENT_DESTROYED);
            from = entry.seq + 1;
        }
    }
    cr_expect_eq(n, 152);
    args = args_of(b, REQUEST_MSG_STEPS, s.digest);
    world_check(record_put_uint(b->a, args, "from", 0));
    cr_expect_eq(world_ask(b, AUDITOR, REQUEST_MSG_STEPS, ACT_NONE,
        SLICE_EMPTY, args, NULL), E_ROLE);
    world_check(record_put_uint(b->a, args, "from", UINT64_MAX));
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_MSG_STEPS, ACT_NONE,
        SLICE_EMPTY, args, NULL), E_FIELD_RANGE);
}
