/*
 * Files of an offer that is taken back: they stay, to be offered again, as
 * long as their officer does not give them up.
 */
#include "node/core_in.h"
#include "node/store_parcel.h"
#include "tests/unit/node/evidence_fixture.h"

#define LENGTH (4096 + 16)              /* of each */

/* What the offer names. */
static struct stream named[2];

static void
set_up(void)
{
    evidence_up();
    world_close(a);
    a->send_delay = 600;
    world_open(a);
    world_link(a, b);
    carry_all();
}

TestSuite(release_files, .init = set_up, .fini = chain_down,
    .timeout = 120);

/* As the node knows them: an id is that of the upload. */
static void
note_named(void)
{
    const struct value *v = record_value(ev.said.common, "attachments");
    struct store_parcel p;

    for (size_t i = 0; i < 2; i++) {
        named[i].length = LENGTH;
        memcpy(named[i].root, record_bytes(v->v[i].r, "root").p, HASH_LEN);
        cr_assert_eq(store_parcel_find(a->core->store, SLICE_EMPTY,
            named[i].root, NULL, &p), OK);
        memcpy(named[i].id, p.name, sizeof(named[i].id));
    }
}

static enum err
cancel(const uint8_t *digest)
{
    struct rec *args = record_new(a->a, request_row(REQUEST_CANCEL)->args);

    put_bytes(a, args, "digest", digest, HASH_LEN);
    return world_ask(a, OFFICER, REQUEST_CANCEL, ACT_CANCEL,
        slice_of(digest, HASH_LEN), args, NULL);
}

static void
offer_and_cancel(void)
{
    cr_assert_eq(send_offer(), OK);
    cr_assert_eq(send_transfer(), OK);
    note_named();
    cr_assert_eq(cancel(ev.offer), OK);
    cr_assert_eq(world_state(a, ASK_OUT, ev.transfer), STORE_CANCELLED);
}

/* How many uploads a person of a is shown, and whether this is one. */
static size_t
listed(enum world_person who, const struct stream *s, bool *is)
{
    const struct value *v;
    struct rec *r;

    *is = false;
    cr_assert_eq(world_ask(a, who, REQUEST_TRANSFERS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
    v = record_value(r, "uploads");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "upload"), SLICE(s->id))) {
            *is = true;
            cr_expect_eq(record_uint(v->v[i].r, "length"), s->length);
            cr_expect_eq(record_uint(v->v[i].r, "have"), s->length);
            cr_expect_geq(record_uint(v->v[i].r, "at"),
                (uint64_t)a->t.lo - 60);
        }
    return v != NULL ? v->n : 0;
}

Test(release_files, what_is_on_offer_is_no_upload_and_is_not_given_up)
{
    bool is;

    cr_assert_eq(send_offer(), OK);
    cr_assert_eq(send_transfer(), OK);
    note_named();
    cr_expect_eq(listed(OFFICER, &named[0], &is), 0);
    cr_expect_eq(stream_drop(a, OFFICER, &named[0]), E_PARCEL_UNKNOWN);
    cr_assert_eq(cancel(ev.transfer), OK);
    cr_expect_eq(listed(OFFICER, &named[0], &is), 0, "the offer stands");
    cr_expect_eq(stream_drop(a, OFFICER, &named[0]), E_PARCEL_UNKNOWN);
    cr_expect_eq(files_in(a), 4);
}

Test(release_files, what_was_cancelled_is_listed_until_it_is_given_up)
{
    bool is;

    offer_and_cancel();
    cr_expect_eq(files_in(a), 4, "it stays");
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(listed(OFFICER, &named[i], &is), 2);
        cr_expect(is);
        cr_expect_eq(listed(HEAD, &named[i], &is), 0, "nobody else's");
        cr_expect_eq(stream_drop(a, HEAD, &named[i]), E_PARCEL_UNKNOWN);
    }
    cr_expect_eq(stream_drop(a, OFFICER, &named[0]), OK);
    cr_expect_eq(files_in(a), 2, "at once");
    cr_expect_eq(listed(OFFICER, &named[0], &is), 1);
    cr_expect_not(is);
    cr_expect_eq(stream_drop(a, OFFICER, &named[0]), E_PARCEL_UNKNOWN);
    cr_expect_eq(stream_drop(a, OFFICER, &named[1]), OK);
    cr_expect_eq(files_in(a), 0);
    cr_expect_eq(listed(OFFICER, &named[1], &is), 0);
}

Test(release_files, what_was_cancelled_counts_until_it_is_given_up)
{
    struct stream more = stream_new(LENGTH);

    world_close(a);
    a->officer_room = 2 * LENGTH + LENGTH / 2;
    world_open(a);
    world_link(a, b);
    carry_all();
    offer_and_cancel();
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), E_QUOTA);
    cr_assert_eq(stream_drop(a, OFFICER, &named[1]), OK);
    cr_expect_eq(stream_begin(a, &more, NULL, NULL), OK);
    stream_free(&more);
}

Test(release_files, what_was_cancelled_is_offered_again_as_it_is)
{
    struct rec *common;
    struct message m;
    bool is;

    offer_and_cancel();
    common = ev.said.common;
    make_offer(&m);
    world_check(record_put(a->a, m.common, record_field(m.common->schema,
        "attachments"), record_value(common, "attachments")->v, 2));
    cr_assert_eq(submit(a, &m, b, NULL, ev.offer), OK);
    (void)listed(OFFICER, &named[0], &is);
    cr_expect_not(is, "a message names it");
    cr_expect_eq(stream_drop(a, OFFICER, &named[0]), E_PARCEL_UNKNOWN);
    all_at(a->t.lo + 9 * DAY);
    cr_expect_eq(files_in(a), 4, "and it does not lapse");
}

Test(release_files, what_was_given_up_cannot_be_offered_again)
{
    struct rec *common;
    struct message m;

    offer_and_cancel();
    common = ev.said.common;
    cr_assert_eq(stream_drop(a, OFFICER, &named[0]), OK);
    make_offer(&m);
    world_check(record_put(a->a, m.common, record_field(m.common->schema,
        "attachments"), record_value(common, "attachments")->v, 2));
    cr_expect_eq(submit(a, &m, b, NULL, ev.offer), E_BLOCKS_MISSING);
}

Test(release_files, what_was_cancelled_lapses_a_week_later)
{
    all_at(WORLD_NOW + 2 * DAY);
    cr_assert_eq(send_offer(), OK);
    all_at(WORLD_NOW + 2 * DAY + 300);
    note_named();
    cr_assert_eq(cancel(ev.offer), OK);
    all_at(WORLD_NOW + 9 * DAY + 240);
    cr_expect_eq(files_in(a), 4, "from when it was taken back");
    all_at(WORLD_NOW + 9 * DAY + 420);
    cr_expect_eq(files_in(a), 0);
}
