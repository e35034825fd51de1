/*
 * Who is offered files is told whether they fit, as long as they may come.
 */
#include <sqlite3.h>

#include "node/room.h"
#include "node/store_in.h"
#include "node/store_parcel.h"
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

static const struct value *
inbox(void)
{
    struct rec *args = record_new(b->a, &record_ask_list), *r;

    put_uint(b, args, "box", ASK_IN);
    put_uint(b, args, "after", 0);
    put_uint(b, args, "most", ASK_ROWS_MAX);
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &r), OK);
    return record_value(r, "rows");
}

/* What status at b says to a person. */
static struct rec *
status(enum world_person who)
{
    struct rec *r;

    cr_assert_eq(world_ask(b, who, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
    return r;
}

static size_t
crowded(enum world_person who)
{
    const struct value *v = record_value(status(who), "crowded");

    return v == NULL ? 0 : v->n;
}

/* The row of the offer at b. */
static const struct rec *
row(void)
{
    const struct value *v = inbox();

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

    cr_assert(record_has(at, "room_code"));
    cr_expect_eq(record_uint(at, "room_code"), code);
    cr_expect_eq(record_uint(at, "room_need"), need);
    if (code != OK)
        cr_expect_eq(record_uint(at, "room_left"), left);
    v = record_value(status(OFFICER), "crowded");
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

static enum err
see_parcel(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    (void)p;
    *(uint64_t *)arg = claim->parcel;
    return OK;
}

static void
put_claim(struct store *s, struct store_message *m, size_t i, uint64_t parcel)
{
    struct store_claim claim = { .which = PARCEL_MANIFEST, .parcel = parcel };

    for (size_t k = 0; k < 2; k++) {
        m->msg_id[k] = (uint8_t)(i >> 8 * k);
        m->digest[k] = (uint8_t)(i >> 8 * k);
    }
    m->msg_id[2] = m->digest[2] = (uint8_t)m->dir;
    m->place = 0;
    cr_assert_eq(store_message_put(s, m, false), OK);
    claim.n = m->n;
    cr_assert_eq(store_claim_put(s, &claim), OK);
}

/* So many more offers in the thread of this one, or own messages with files,
 * as the store has them. */
static void
put_more(size_t n, enum store_dir way)
{
    static const uint8_t kid[HASH_LEN] = { 1 };
    struct store_parcel own = { .owner = SLICE(kid), .root = { 1 },
        .name = { 1 }, .length = LENGTH, .have = 1, .at = b->t.lo };
    struct store *s = b->core->store;
    struct arena *arena = arena_new(1 << 20);
    struct store_message m;
    uint64_t parcel = 0;

    cr_assert_eq(store_message_find_digest(s, ev.offer, arena, &m), OK);
    cr_assert_eq(store_claims_of(s, m.n, see_parcel, &parcel), OK);
    m.dir = way;
    m.state = way == STORE_IN ? STORE_RECEIVED : STORE_DELIVERED;
    cr_assert_eq(store_begin(s), OK);
    if (way == STORE_OUT) {
        cr_assert_eq(store_parcel_put(s, &own), OK);
        parcel = own.id;
    }
    for (size_t i = 0; i < n; i++)
        put_claim(s, &m, i, parcel);
    cr_assert_eq(store_commit(s), OK);
    arena_free(arena);
}

/* How often a statement ran since this was asked last. */
static int
runs(enum sql id)
{
    return sqlite3_stmt_status(b->core->store->st[id],
        SQLITE_STMTSTATUS_RUN, 1);
}

/* What adds up all files, of all or of one peer, is asked once. */
static void
expect_little_work(void)
{
    cr_expect_eq(runs(SQL_PARCEL_UNOPENED), 1);
    cr_expect_eq(runs(SQL_PARCEL_PROMISED), 1);
}

Test(room_offer, many_offers_cost_no_more_than_one)
{
    begin_anew(0, LENGTH - 1);
    offered();
    put_more(1000, STORE_IN);
    (void)runs(SQL_PARCEL_UNOPENED);
    (void)runs(SQL_PARCEL_PROMISED);
    (void)runs(SQL_MESSAGE_GET);
    cr_expect_eq(crowded(OFFICER), ASK_CROWDED_MAX);
    expect_little_work();
    cr_expect_leq(runs(SQL_MESSAGE_GET), ASK_CROWDED_MAX, "no more is read");
    cr_expect_gt(inbox()->n, ASK_CROWDED_MAX);
    expect_little_work();
    begin_anew(0, LENGTH);
    (void)runs(SQL_PARCEL_UNOPENED);
    (void)runs(SQL_PARCEL_PROMISED);
    cr_expect_eq(crowded(OFFICER), 0);
    expect_little_work();
}

Test(room_offer, own_messages_do_not_hide_what_lacks_room)
{
    begin_anew(0, 1);
    offered();
    put_more(ROOM_CLAIMS + 1, STORE_OUT);
    cr_expect_eq(crowded(OFFICER), 1);
    put_more(ROOM_CLAIMS, STORE_IN);
    cr_expect_eq(crowded(OFFICER), ASK_CROWDED_MAX);
}

Test(room_offer, who_is_not_shown_what_came_in_learns_nothing_of_it)
{
    begin_anew(0, 1);
    offered();
    cr_expect_eq(crowded(OFFICER), 1);
    cr_expect_eq(crowded(AUDITOR), 0);
    cr_expect_eq(crowded(KEEPER), 0);
    cr_expect(record_has(status(AUDITOR), "room"));
}

/* The code that a stream of the offer waits with. */
static void
put_code(enum err code)
{
    struct store *s = b->core->store;
    struct arena *arena = arena_new(1 << 16);
    struct store_message m;
    struct store_parcel p;
    uint64_t parcel = 0;

    cr_assert_eq(store_message_find_digest(s, ev.offer, NULL, &m), OK);
    cr_assert_eq(store_claims_of(s, m.n, see_parcel, &parcel), OK);
    cr_assert_eq(store_parcel_get(s, parcel, arena, &p), OK);
    p.code = (uint16_t)code;
    p.have = 0;
    cr_assert_eq(store_begin(s), OK);
    cr_assert_eq(store_parcel_set(s, &p), OK);
    cr_assert_eq(store_commit(s), OK);
    arena_free(arena);
}

Test(room_offer, what_waits_for_a_share_that_there_is_lacks_nothing)
{
    begin_anew(0, 3 * LENGTH);
    offered();
    put_code(E_QUOTA);
    cr_expect_eq(crowded(OFFICER), 0);
    put_code(E_PARCEL_ROOM);
    cr_expect_eq(crowded(OFFICER), 1, "until it is found that it goes on");
}
