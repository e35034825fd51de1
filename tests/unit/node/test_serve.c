/*
 * A node that asks for blocks: what it may have it gets, within bounds, and
 * of what it may not have it learns nothing.
 */
#include "node/peers.h"
#include "node/store_msg.h"
#include "tests/unit/node/entries.h"
#include "tests/unit/node/pull_fixture.h"

TestSuite(serve, .init = pull_set_up, .fini = pull_tear_down);

/* What a answers to a frame that an altered b sends. */
static struct {
    size_t blocks, stands;
    uint64_t index[64];
    struct packet_stand stand;
} got;

static void
take_answers(void)
{
    static struct packet p;
    struct outgoing *o;

    memset(&got, 0, sizeof(got));
    while ((o = a->out) != NULL) {
        a->out = o->next;
        o->next = NULL;
        cr_assert_eq(packet_decode(slice_of_buf(&o->bytes), &p), OK);
        if (p.type == PACKET_BLOCK) {
            cr_expect_eq(parcel_check(files.root, files.length,
                p.u.block.index, &p.u.block.proof, p.u.block.block, NULL),
                OK);
            got.index[got.blocks++ % 64] = p.u.block.index;
        } else if (p.type == PACKET_STAND) {
            got.stand = p.u.stand;
            got.stands++;
        }
        outgoing_free(o);
    }
}

static void
tell_a(const struct packet *p)
{
    const struct link route = { .n_route = 1 };
    struct buf frame;

    outgoing_free(a->out);
    a->out = NULL;
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    world_hand(b, a, &route, slice_of_buf(&frame));
    buf_clear(&frame);
    take_answers();
}

static void
want(const uint8_t *digest, const uint8_t *root, uint64_t from, size_t n)
{
    struct packet p = { .type = PACKET_WANT };

    memcpy(p.u.want.digest, digest, HASH_LEN);
    memcpy(p.u.want.root, root, HASH_LEN);
    p.u.want.n = n;
    for (size_t i = 0; i < n; i++)
        p.u.want.index[i] = from + i;
    tell_a(&p);
}

static void
expect_no(enum err code)
{
    cr_expect_eq(got.blocks, 0);
    cr_expect_eq(got.stands, 1);
    cr_expect_eq(got.stand.code, code, "%s",
        err_row((enum err)got.stand.code)->name);
    cr_expect_eq(got.stand.have, 0);
}

static bool
no_wants(const struct world *from, struct packet *p, bool *changed)
{
    (void)from;
    (void)changed;
    return p->type != PACKET_WANT;
}

/* Taken by b, which has not asked for anything yet. */
static struct sent
handed_over(void)
{
    struct sent s;

    hook = no_wants;
    s = send_files();
    (void)relay(1000);
    cr_assert(marked(b, &s, EVENT_DELIVERED));
    return s;
}

Test(serve, who_has_the_message_gets_the_blocks_that_it_names)
{
    struct sent s = handed_over();

    want(s.digest, files.root, 0, 4);
    cr_expect_eq(got.blocks, 4);
    cr_expect_eq(got.stands, 0);
    want(s.digest, files.root, 3, 1);
    cr_expect_eq(got.blocks, 1);
    cr_expect_eq(got.index[0], 3);
}

Test(serve, what_is_not_there_and_what_is_not_for_the_asker_look_the_same)
{
    static const uint8_t unknown[HASH_LEN] = { 1 };
    struct stream other = stream_new(BLOCK);
    struct sent s = handed_over();

    stream_upload(a, &other);
    want(unknown, files.root, 0, 1);
    expect_no(E_PARCEL_UNKNOWN);
    want(s.digest, unknown, 0, 1);
    expect_no(E_PARCEL_UNKNOWN);
    /* Here, and not of this message. */
    want(s.digest, other.root, 0, 1);
    expect_no(E_PARCEL_UNKNOWN);
    /* An index tells nothing either. */
    want(s.digest, other.root, 1000, 1);
    expect_no(E_PARCEL_UNKNOWN);
    cr_expect_eq(alarms(a, E_PARCEL_UNKNOWN), 2,
        "what is not there, whatever it is, and what the message lacks");
    want(s.digest, unknown, 0, 1);
    want(files.root, files.root, 0, 1);
    cr_expect_eq(alarms(a, E_PARCEL_UNKNOWN), 2, "once");
    cr_expect_eq(logged(a, EVENT_ALARM, E_PARCEL_UNKNOWN, s.digest), 1);
    stream_free(&other);
}

/* A peer cannot talk until nothing is said about it. */
Test(serve, what_makes_no_entry_takes_the_place_of_none)
{
    uint8_t unknown[HASH_LEN];
    struct sent s = handed_over();

    for (int i = 0; i < 2 * REFUSALS_AN_HOUR; i++) {
        randombytes_buf(unknown, sizeof(unknown));
        want(unknown, files.root, 0, 1);
    }
    cr_expect_eq(alarms(a, E_PARCEL_UNKNOWN), 1);
    want(s.digest, files.root, parcel_blocks(files.length), 1);
    cr_expect_eq(alarms(a, E_BLOCK_INDEX), 1);
}

/* b sends to a, and asks for its own message; a's is of another state. */
Test(serve, only_what_was_handed_over_and_has_not_ended_gives_a_right)
{
    static const enum store_state none[] = { STORE_PENDING, STORE_HELD,
        STORE_REFUSED, STORE_NOT_DELIVERED, STORE_RETURNED, STORE_CANCELLED,
        STORE_DESTROYED };
    const struct world_form form = form_with(a, &files, &list);
    struct sent s = handed_over(), back;
    struct store_message m;
    struct store *store = a->core->store;

    cr_assert_eq(store_message_find_digest(store, s.digest, NULL, &m), OK);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        cr_assert_eq(store_begin(store), OK);
        cr_assert_eq(store_message_state_set(store, m.n, none[i]), OK);
        cr_assert_eq(store_commit(store), OK);
        want(s.digest, files.root, 0, 1);
        expect_no(E_PARCEL_UNKNOWN);
    }
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_message_state_set(store, m.n, STORE_UNCONFIRMED), OK);
    cr_assert_eq(store_commit(store), OK);
    cr_expect_eq(alarms(a, E_PARCEL_UNKNOWN), 0, "it may have been told");
    want(s.digest, files.root, 0, 1);
    cr_expect_eq(got.blocks, 1);
    stream_upload(b, &files);
    stream_upload(b, &list);
    world_send(b, &form, back.digest, back.id, back.thread);
    (void)relay(1000);
    cr_expect(marked(a, &back, EVENT_DELIVERED));
    cr_expect_eq(alarms(a, E_NOT_RECIPIENT), 0);
    want(back.digest, files.root, 0, 1);
    expect_no(E_PARCEL_UNKNOWN);
    want(back.digest, list.root, 0, 1);
    cr_expect_eq(alarms(a, E_NOT_RECIPIENT), 1, "once for a message");
    cr_expect_eq(alarms(a, E_RESTR_NOT_ACCEPTED), 1, "while it was held");
}

Test(serve, a_message_that_nobody_was_asked_to_take_gives_no_right)
{
    struct sent s;

    world_unlink(a, b);
    s = send_files();
    want(s.digest, files.root, 0, 1);
    expect_no(E_PARCEL_UNKNOWN);
}

Test(serve, the_files_of_an_offer_stay_where_they_are)
{
    struct sent s = handed_over();
    struct store *store = a->core->store;
    struct store_message m;
    struct arena *arena = arena_new(1 << 20);

    /* The same message, as if it were an offer. */
    cr_assert_eq(store_message_find_digest(store, s.digest, arena, &m), OK);
    m.kind = KIND_EVIDENCE_OFFER;
    m.digest[0] ^= 1;
    m.msg_id[0] ^= 1;
    m.place = 0;
    m.state = STORE_DELIVERED;
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_message_put(store, &m, false), OK);
    for (enum parcel_which w = 0; w < PARCEL_WHICH; w++) {
        struct store_claim claim = { m.n, w, 0 };
        struct store_parcel p;

        cr_assert(parcel_of(a, "", w == PARCEL_FILES ? &files : &list, &p));
        claim.parcel = p.id;
        cr_assert_eq(store_claim_put(store, &claim), OK);
    }
    cr_assert_eq(store_commit(store), OK);
    want(m.digest, files.root, 0, 1);
    expect_no(E_PARCEL_UNKNOWN);
    cr_expect_eq(alarms(a, E_RESTR_NOT_ACCEPTED), 1);
    stream_free(&files);
    files = list;
    want(m.digest, list.root, 0, 1);
    cr_expect_eq(got.blocks, 1);
    cr_expect_eq(alarms(a, E_RESTR_NOT_ACCEPTED), 1);
    files = stream_new(17);
    arena_free(arena);
}

Test(serve, there_is_no_block_beyond_the_last_one)
{
    struct sent s = handed_over();

    want(s.digest, files.root, 3, 2);
    expect_no(E_BLOCK_INDEX);
    want(s.digest, files.root, PARCEL_BLOCKS_MAX - 1, 1);
    expect_no(E_BLOCK_INDEX);
    cr_expect_eq(logged(a, EVENT_ALARM, E_BLOCK_INDEX, s.digest), 1);
}

Test(serve, more_than_a_window_is_refused_and_the_same_is_not_sent_twice)
{
    struct sent s;

    stream_free(&files);
    files = stream_new(20 * BLOCK);
    s = handed_over();
    world_close(a);
    a->bandwidth = BLOCK;               /* the first one goes at once */
    world_open(a);
    world_link(a, b);
    want(s.digest, files.root, 0, 8);
    cr_expect_eq(got.blocks, 1);
    want(s.digest, files.root, 0, 8);
    cr_expect_eq(got.blocks + got.stands, 0, "what waits is wanted still");
    want(s.digest, files.root, 8, 1);
    expect_no(E_BUSY);
    world_at(a, a->t.lo + 1);
    world_in(a, NULL);
    take_answers();
    cr_expect_eq(got.blocks, 1);
    cr_expect_eq(got.index[0], 1);
    /* The connection goes, and with it what was wanted over it. */
    world_unlink(a, b);
    world_at(a, a->t.lo + 1);
    world_link(a, b);
    take_answers();
    cr_expect_eq(got.blocks, 0);
    want(s.digest, files.root, 12, 8);
    cr_expect_eq(got.blocks, 1);
    cr_expect_eq(got.stands, 0);
}

Test(serve, a_message_that_ends_while_its_blocks_wait_gives_none)
{
    struct store *store = a->core->store;
    struct store_message m;
    struct sent s = handed_over();

    world_close(a);
    a->bandwidth = BLOCK;
    world_open(a);
    store = a->core->store;
    world_link(a, b);
    want(s.digest, files.root, 0, 3);
    cr_expect_eq(got.blocks, 1);
    cr_assert_eq(store_message_find_digest(store, s.digest, NULL, &m), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_content_drop(store, m.n), OK);
    cr_assert_eq(store_commit(store), OK);
    world_at(a, a->t.lo + 5);
    world_in(a, NULL);
    take_answers();
    cr_expect_eq(got.blocks, 0);
    cr_expect_eq(got.stand.code, E_PARCEL_UNKNOWN);
}

Test(serve, the_same_block_for_ever_is_an_alarm_and_ends)
{
    struct sent s = handed_over();
    size_t blocks = 0;

    for (int i = 0; i < 200; i++) {
        want(s.digest, files.root, 2, 1);
        blocks += got.blocks;
    }
    /* Three times its four blocks, and 64. */
    cr_expect_eq(blocks, 3 * 4 + 64);
    expect_no(E_RATE);
    cr_expect_eq(alarms(a, E_RATE), 1);
    /* The list is another stream. */
    stream_free(&files);
    files = list;
    want(s.digest, list.root, 0, 1);
    cr_expect_eq(got.blocks, 1);
    world_at(a, a->t.lo + 3601);
    want(s.digest, list.root, 0, 1);
    cr_expect_eq(got.blocks, 1);
    files = stream_new(17);
}

/* Whoever asks for more streams in turn than anybody remembers. */
Test(serve, many_streams_in_turn_are_counted_each_for_itself)
{
    enum { STREAMS = 40, ROUNDS = 80 };
    struct stream f[STREAMS], l = stream_new(4096 + 16), first = files;
    struct sent s[STREAMS];
    size_t blocks[STREAMS] = { 0 };

    hook = no_wants;
    stream_upload(a, &l);
    for (size_t i = 0; i < STREAMS; i++) {
        f[i] = stream_new(CHUNK);
        stream_upload(a, &f[i]);
        s[i] = send_with(&f[i], &l);
        (void)relay(1000);
        cr_assert(marked(b, &s[i], EVENT_DELIVERED));
    }
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < STREAMS; i++) {
            files = f[i];
            want(s[i].digest, f[i].root, 0, 1);
            blocks[i] += got.blocks;
        }
    for (size_t i = 0; i < STREAMS; i++)
        cr_expect_eq(blocks[i], 3 + 64);
    expect_no(E_RATE);
    cr_expect_eq(alarms(a, E_RATE), STREAMS);
    /* An hour later each may be asked for again. */
    world_at(a, a->t.lo + 3601);
    want(s[STREAMS - 1].digest, files.root, 0, 1);
    cr_expect_eq(got.blocks, 1);
    files = first;
    stream_free(&l);
    for (size_t i = 0; i < STREAMS; i++)
        stream_free(&f[i]);
}

Test(serve, wants_without_blocks_have_the_rate_of_other_frames)
{
    static const uint8_t unknown[HASH_LEN] = { 1 };
    size_t stands = 0;

    world_close(a);
    a->rate = 10;
    world_open(a);
    world_link(a, b);
    (void)relay(100);
    for (int i = 0; i < 200; i++) {
        want(unknown, unknown, 0, 1);
        stands += got.stands;
    }
    cr_expect_leq(stands, 8 + 10 + 5);
    cr_expect_geq(stands, 8);
}

/* What blocks bring they pay for: a window goes on at any rate. */
Test(serve, a_transfer_is_not_held_back_by_the_rate_of_frames)
{
    struct sent s;

    stream_free(&files);
    files = stream_new(100 * BLOCK);
    world_close(a);
    world_close(b);
    a->rate = b->rate = 30;
    world_open(a);
    world_open(b);
    world_link(a, b);
    (void)relay(100);
    at(a->t.lo + 60);
    (void)relay(100);
    stream_upload(a, &files);
    stream_upload(a, &list);
    s = send_with(&files, &list);
    (void)relay(2000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
}

Test(serve, a_block_that_is_damaged_is_refused_and_the_others_go_out)
{
    struct store_parcel p;
    struct sent s = handed_over();
    char path[512], name[2 * BLOB_NAME_LEN + 1];

    cr_assert(parcel_of(a, "", &files, &p));
    hex_encode(SLICE(p.name), name);
    (void)snprintf(path, sizeof(path), "%s/blobs/%s", a->folder, name);
    cr_assert_eq(truncate(path, (off_t)(2 * BLOCK)), 0);
    want(s.digest, files.root, 1, 1);
    cr_expect_eq(got.blocks, 1);
    want(s.digest, files.root, 2, 1);
    expect_no(E_PARCEL_DAMAGED);
}

static void
stand(const uint8_t *digest, unsigned code, uint64_t have_blocks)
{
    struct packet p = { .type = PACKET_STAND };

    memcpy(p.u.stand.digest, digest, HASH_LEN);
    memcpy(p.u.stand.root, files.root, HASH_LEN);
    p.u.stand.code = (uint16_t)code;
    p.u.stand.have = have_blocks;
    tell_a(&p);
}

static uint64_t
shown(const char *field)
{
    struct rec *r;

    cr_assert_eq(world_ask(a, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    return record_uint(record_value(r, "transfers")->v[0].r, field);
}

Test(serve, what_the_peer_tells_is_shown_if_it_can_be)
{
    struct sent s = handed_over();

    stand(s.digest, E_PARCEL_ROOM, 2);
    cr_expect_eq(shown("code"), E_PARCEL_ROOM);
    cr_expect_eq(shown("have"), 2 * BLOCK);
    stand(s.digest, OK, 5);
    cr_expect_eq(shown("have"), 2 * BLOCK, "more than there are");
    stand(s.digest, 60000, 1);
    cr_expect_eq(shown("have"), 2 * BLOCK, "a code that is none");
    stand(s.digest, OK, 4);
    cr_expect_eq(shown("code"), OK);
    cr_expect_eq(shown("have"), files.length);
    cr_expect_eq(shown("done"), 0, "that is proven by a receipt alone");
}
