/*
 * What no client asks for that keeps to the protocol is refused and logged,
 * once for each upload or message; what one asks for that recovers is not.
 */
#include "node/ledger.h"
#include "proto/hash.h"
#include "tests/unit/node/entries.h"
#include "tests/unit/node/pull_fixture.h"

TestSuite(block_alarm, .init = pull_set_up, .fini = pull_tear_down);

static enum err
get(struct world *w, const struct sent *s, const struct stream *of,
    uint64_t from)
{
    struct rec *args = args_of(w, REQUEST_BLOCK_GET, s->digest);

    world_check(record_put_bytes(w->a, args, "root", SLICE(of->root)));
    world_check(record_put_uint(w->a, args, "index", from));
    world_check(record_put_uint(w->a, args, "count", 1));
    return world_ask(w, OFFICER, REQUEST_BLOCK_GET, ACT_NONE, SLICE_EMPTY,
        args, NULL);
}

/* The entries about an upload. */
static size_t
about(const struct stream *s, enum err code)
{
    uint8_t obj[HASH_LEN];

    hash_sha256(SLICE(s->id), obj);
    return logged(a, EVENT_ALARM, code, obj);
}

/* The files as far as block i, which is not there yet. */
static void
put_until(uint64_t i)
{
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    for (uint64_t k = 0; k < i; k++)
        cr_assert_eq(stream_put(a, &files, k, stream_block(&files, k)), OK);
}

Test(block_alarm, a_block_that_there_cannot_be)
{
    put_until(1);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(stream_put(a, &files, parcel_blocks(files.length) + i,
            stream_block(&files, 1)), E_BLOCK_INDEX);
    cr_expect_eq(about(&files, E_BLOCK_INDEX), 1, "once");
}

Test(block_alarm, a_block_far_off_is_lost_by_nobody)
{
    stream_free(&files);
    files = stream_new(10 * BLOCK);
    put_until(1);
    for (uint64_t i = 2; i < 9; i++)
        cr_expect_eq(stream_put(a, &files, i, stream_block(&files, i)),
            E_BLOCK_INDEX);
    cr_expect_eq(alarms(a, E_BLOCK_INDEX), 0, "the one before was lost");
    cr_expect_eq(stream_put(a, &files, 9, stream_block(&files, 9)),
        E_BLOCK_INDEX);
    cr_expect_eq(about(&files, E_BLOCK_INDEX), 1);
    cr_expect_eq(stream_put(a, &files, 1, stream_block(&files, 1)), OK,
        "nothing is lost by it");
}

Test(block_alarm, a_block_of_another_length)
{
    put_until(3);
    cr_expect_eq(stream_put(a, &files, 3, slice_of(files.bytes,
        PARCEL_BLOCK)), E_BLOCK_LENGTH);
    cr_expect_eq(about(&files, E_BLOCK_LENGTH), 1);
    cr_expect_eq(stream_put(a, &files, 2, stream_block(&files, 2)), OK);
    cr_expect_eq(stream_put(a, &files, 3, stream_block(&files, 3)), OK);
    cr_expect_eq(stream_end(a, &files), OK);
}

Test(block_alarm, what_follows_a_short_block)
{
    put_until(2);
    cr_expect_eq(stream_put(a, &files, 2, slice_of(files.bytes, 100)), OK);
    cr_expect_eq(stream_put(a, &files, 3, stream_block(&files, 3)),
        E_BLOCK_INDEX);
    cr_expect_eq(about(&files, E_BLOCK_INDEX), 1);
}

Test(block_alarm, an_end_that_does_not_fit)
{
    struct stream wrong;

    /* What is missing may have gone with the power: no alarm. */
    put_until(3);
    cr_expect_eq(stream_end(a, &files), E_BLOCK_LENGTH);
    cr_expect_eq(about(&files, E_BLOCK_LENGTH), 0);
    cr_expect_eq(stream_put(a, &files, 3, stream_block(&files, 3)), OK);
    wrong = files;
    wrong.length--;
    cr_expect_eq(stream_end(a, &wrong), E_BLOCK_LENGTH);
    wrong = files;
    wrong.root[31] ^= 1;
    cr_expect_eq(stream_end(a, &wrong), E_BLOCK_PROOF);
    cr_expect_eq(about(&files, E_BLOCK_LENGTH), 1);
    cr_expect_eq(about(&files, E_BLOCK_PROOF), 1);
    cr_expect_eq(stream_end(a, &files), OK);
}

Test(block_alarm, the_upload_of_another)
{
    cr_assert_eq(stream_begin_by(a, HEAD, &files, NULL, NULL), OK);
    cr_expect_eq(stream_put(a, &files, 0, stream_block(&files, 0)),
        E_PARCEL_UNKNOWN);
    cr_expect_eq(stream_drop(a, OFFICER, &files), E_PARCEL_UNKNOWN);
    cr_expect_eq(about(&files, E_PARCEL_UNKNOWN), 1);
}

Test(block_alarm, a_stream_or_block_that_a_message_does_not_have)
{
    struct stream other = stream_new(CHUNK);
    struct sent s = send_files();

    open_sent(a, &s);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(get(a, &s, &other, 0), E_PARCEL_UNKNOWN);
        cr_expect_eq(get(a, &s, &files, parcel_blocks(files.length)),
            E_BLOCK_INDEX);
    }
    cr_expect_eq(logged(a, EVENT_ALARM, E_PARCEL_UNKNOWN, s.digest), 1);
    cr_expect_eq(logged(a, EVENT_ALARM, E_BLOCK_INDEX, s.digest), 1);
    stream_free(&other);
}

Test(block_alarm, what_nobody_here_has_opened)
{
    struct sent s = send_files();

    (void)relay(10000);
    cr_assert(is_there(&files));
    for (int i = 0; i < 2; i++)
        cr_expect_eq(get(b, &s, &files, 0), E_STALE_STATEMENT);
    cr_expect_eq(logged(b, EVENT_ALARM, E_STALE_STATEMENT, s.digest), 1);
}

Test(block_alarm, what_was_opened_before_is_opened_again)
{
    struct sent s = send_files();

    (void)relay(10000);
    cr_assert_eq(open_it(b, s.digest), OK);
    cr_expect_eq(get(b, &s, &files, 0), OK);
    world_close(b);
    world_open(b);
    cr_expect_eq(get(b, &s, &files, 0), E_STALE_STATEMENT);
    cr_expect_eq(logged(b, EVENT_ALARM, E_STALE_STATEMENT, s.digest), 0);
}

Test(block_alarm, what_a_client_meets_that_recovers)
{
    put_until(1);
    cr_expect_eq(stream_put(a, &files, 2, stream_block(&files, 2)),
        E_BLOCK_INDEX);
    cr_expect_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_expect_eq(stream_put(a, &list, 0, stream_block(&list, 0)),
        E_PARCEL_UNKNOWN, "it lapsed, or was given up");
    cr_expect_eq(alarms(a, E_BLOCK_INDEX) + alarms(a, E_PARCEL_UNKNOWN), 0);
}

Test(block_alarm, nobody_fills_the_log_with_them)
{
    size_t n;

    for (int i = 0; i < LEDGER_ALARMS_OF + 20; i++) {
        randombytes_buf(list.id, sizeof(list.id));
        cr_assert_eq(stream_begin(a, &list, NULL, NULL), OK);
        cr_expect_eq(stream_put(a, &list, 1, stream_block(&list, 0)),
            E_BLOCK_INDEX);
        cr_assert_eq(stream_drop(a, OFFICER, &list), OK);
    }
    n = alarms(a, E_BLOCK_INDEX);
    cr_expect_eq(n, LEDGER_ALARMS_OF, "%zu", n);
    at(a->t.lo + 3601);
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_expect_eq(stream_put(a, &files, 100, stream_block(&files, 0)),
        E_BLOCK_INDEX);
    cr_expect_eq(about(&files, E_BLOCK_INDEX), 1, "an hour later");
}

/* However many there are of him already: no more than that is read. */
Test(block_alarm, only_the_newest_are_counted)
{
    struct store *s = a->core->store;
    uint8_t obj[HASH_LEN] = { 0 };
    struct store_alarm x = { .at = a->t.lo, .peer = slice_str("QM-FIU/o-1"),
        .code = E_RATE, .obj = SLICE(obj) };
    uint64_t n;
    bool fresh;

    cr_assert_eq(store_begin(s), OK);
    for (unsigned i = 0; i < 5 + STORE_ALARMS_NEWEST; i++) {
        if (i == 5)
            x.peer = slice_str("QN-FIU");
        obj[0] = (uint8_t)i;
        obj[1] = (uint8_t)(i >> 8);
        cr_assert_eq(store_alarm_put(s, &x, &fresh), OK);
        if (i + 1 == STORE_ALARMS_NEWEST) {
            cr_assert_eq(store_alarms_since(s, slice_str("QM-FIU/o-1"),
                a->t.lo - 1, &n), OK);
            cr_expect_eq(n, 5);
        }
    }
    cr_assert_eq(store_alarms_since(s, slice_str("QM-FIU/o-1"), a->t.lo - 1,
        &n), OK);
    cr_expect_eq(n, 0);
    cr_assert_eq(store_alarms_since(s, slice_str("QN-FIU"), a->t.lo, &n), OK);
    cr_expect_eq(n, 0, "none since");
    cr_assert_eq(store_commit(s), OK);
}

/* What the node answers to status. */
Test(block_alarm, status_names_the_officer)
{
    const struct value *v;
    struct rec *r;

    put_until(1);
    cr_expect_eq(stream_put(a, &files, 100, stream_block(&files, 1)),
        E_BLOCK_INDEX);
    cr_assert_eq(world_ask(a, OFFICER, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
    v = record_value(r, "alarms");
    cr_assert(v != NULL && v->n == 1);
    cr_expect(slice_is(record_bytes(v->v[0].r, "person"), "QM-FIU/o-114"));
    cr_expect(!record_has(v->v[0].r, "peer"));
}
