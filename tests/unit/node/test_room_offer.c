/*
 * Who is offered files is told whether they fit, as long as they may come.
 */
#include "tests/unit/node/evidence_fixture.h"

#define LENGTH (4096 + 16)              /* of the files, and of their list */

TestSuite(room_offer, .init = evidence_up, .fini = chain_down,
    .timeout = 120);

static void
begin_anew(uint64_t reserve, uint64_t peer_room)
{
    b->reserve = reserve;
    b->peer_room = peer_room;
    start_again(b);
}

/* The row of the offer at b. */
static const struct rec *
row(void)
{
    struct rec *args = record_new(b->a, &record_ask_list), *r;
    const struct value *v;

    put_uint(b, args, "box", ASK_IN);
    put_uint(b, args, "after", 0);
    put_uint(b, args, "most", ASK_ROWS_MAX);
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &r), OK);
    v = record_value(r, "rows");
    for (size_t i = 0; i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"), SLICE(ev.offer)))
            return v->v[i].r;
    cr_assert(false, "it is not there");
    return NULL;
}

/* What the row says, and that status says the same, once. */
static void
expect_room(enum err code, uint64_t need, uint64_t left)
{
    const struct rec *at = row();
    const struct value *v;
    struct rec *r;

    cr_assert(record_has(at, "room_code"));
    cr_expect_eq(record_uint(at, "room_code"), code);
    cr_expect_eq(record_uint(at, "room_need"), need);
    if (code != OK)
        cr_expect_eq(record_uint(at, "room_left"), left);
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
    v = record_value(r, "crowded");
    cr_assert_eq(v == NULL ? 0 : v->n, code != OK);
    if (code == OK)
        return;
    cr_expect(slice_equal(record_bytes(v->v[0].r, "msg_id"), SLICE(ev.id)));
    cr_expect(slice_is(record_bytes(v->v[0].r, "peer"), "QM-CA"));
    cr_expect_eq(record_uint(v->v[0].r, "kind"), KIND_EVIDENCE_OFFER);
    cr_expect_eq(record_uint(v->v[0].r, "room_code"), code);
    cr_expect_eq(record_uint(v->v[0].r, "room_need"), need);
    cr_expect_eq(record_uint(v->v[0].r, "room_left"), left);
}

Test(room_offer, what_fits)
{
    offered();
    expect_room(OK, LENGTH, 0);
    cr_expect_geq(record_uint(row(), "room_left"), LENGTH);
    begin_anew(0, LENGTH);
    expect_room(OK, LENGTH, 0);
}

Test(room_offer, the_disk_has_no_room_beside_its_reserve)
{
    begin_anew(UINT64_MAX / 4, 0);
    offered();
    expect_room(E_PARCEL_ROOM, 2 * LENGTH, 0);
    begin_anew(0, 0);
    all_at(a->t.lo + 30);
    expect_room(OK, LENGTH, 0);
}

Test(room_offer, what_this_sender_may_send_unopened_is_less)
{
    begin_anew(0, LENGTH - 1);
    offered();
    expect_room(E_QUOTA, LENGTH, LENGTH - 1);
    begin_anew(UINT64_MAX / 4, LENGTH - 1);
    expect_room(E_PARCEL_ROOM, 2 * LENGTH, 0);
}

Test(room_offer, it_is_said_until_the_files_come)
{
    begin_anew(0, 1);
    offered();
    expect_room(E_QUOTA, LENGTH, 1);
    accepted();
    cr_assert_eq(world_state(b, ASK_IN, ev.transfer), STORE_RECEIVED);
    cr_expect(!record_has(row(), "room_code"), "transfers says it");
}

Test(room_offer, of_what_was_declined_nothing_is_said)
{
    uint8_t digest[HASH_LEN];

    begin_anew(0, 1);
    offered();
    cr_assert_eq(decide(CONDITIONS_ANSWER_DECLINE, digest), OK);
    cr_expect(!record_has(row(), "room_code"));
}
