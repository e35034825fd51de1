/*
 * A peer whose node has been altered: times, lists, cards, countersignatures
 * and threads that it makes up take nothing from others and stop nothing.
 */
#include "node/store_msg.h"
#include "tests/unit/node/hostile_fixture.h"

TestSuite(hostile_peer, .init = pair_up, .fini = pair_down);

#define YEAR_2200 7258118400

Test(hostile_peer, times_that_a_peer_makes_up_break_no_list_of_ours)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = a,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct rec *r;

    world_at(a, YEAR_2200);
    world_send(b, &f, digest, id, thread);
    (void)world_carry(a, b, 100);
    world_at(a, YEAR_2200 + 120);
    world_at(b, WORLD_NOW + 120);
    world_tick(a);
    world_tick(b);
    (void)world_carry(a, b, 100);
    /* Refused by its receipt, and countersigned, both in that year. */
    cr_expect_eq(world_state(b, ASK_OUT, digest), STORE_REFUSED);
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
}

/* A card of a, with another serial and perhaps another CURVE key. */
static void
make_card(uint64_t serial, const uint8_t *curve, struct buf *out)
{
    struct signed_object o;
    struct signature sig;
    uint8_t digest[HASH_LEN];
    struct rec *r;
    struct buf bytes;

    world_check(trust_decode(TRUST_CARD, slice_of_buf(&a->card), &o, NULL));
    world_check(trust_read(a->a, TRUST_CARD, &o, &r, NULL));
    world_check(record_put_uint(a->a, r, "serial", serial));
    if (curve != NULL)
        world_check(record_put_bytes(a->a, r, "curve",
            slice_of(curve, KEY_LEN)));
    buf_init(&bytes, TRUST_MAX);
    record_encode(r, 0, &bytes);
    hash_digest(LABEL_CARD, slice_of_buf(&bytes), digest);
    sign_make(LABEL_ROOT, a->root, digest, &sig);
    trust_encode(slice_of_buf(&bytes), &sig, 1, out);
    world_check(buf_done(out));
    buf_clear(&bytes);
}

static void
tell_card(struct slice card)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    struct buf frame;

    p->type = PACKET_OBJECTS;
    p->u.objects.authority = slice_str("QM-FIU");
    p->u.objects.n = 1;
    p->u.objects.objects[0] = (struct packet_object){ TRUST_CARD, card };
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    (void)tell(slice_of_buf(&frame));
    buf_clear(&frame);
}

/* Says that it has something newer, so that b asks for it. */
static void
tell_hello(void)
{
    struct packet p = { .type = PACKET_HELLO, .u.hello = {
        slice_str("test"), slice_str("QM-FIU"), { 9, 9, 9 } } };
    struct buf frame;

    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(&p, &frame), OK);
    b->t.mono += 1000;
    (void)tell(slice_of_buf(&frame));
    buf_clear(&frame);
}

/* The CURVE keys under which b lets QM-FIU in, and how many rows it has. */
static size_t
roster_of(struct world *w, const char *who)
{
    struct roster *r;
    size_t n = 0;

    if (!core_roster(w->core, &r))
        return SIZE_MAX;
    for (size_t i = 0; i < r->n; i++)
        n += strcmp(r->rows[i].who, who) == 0;
    roster_free(r);
    return n;
}

Test(hostile_peer, lists_that_nobody_asked_for_are_not_looked_at)
{
    uint64_t before = log_size(b);
    struct buf card;

    (void)roster_of(b, "QM-FIU");
    buf_init(&card, TRUST_MAX);
    for (uint64_t i = 2; i < 12; i++) {
        buf_reset(&card);
        make_card(i, NULL, &card);
        tell_card(slice_of_buf(&card));
    }
    cr_expect_eq(log_size(b), before);
    /* One that was asked for is. */
    tell_hello();
    tell_card(slice_of_buf(&card));
    cr_expect_eq(log_size(b), before + 1);
    tell_card(slice_str("again"));
    cr_expect_eq(log_size(b), before + 1);
    buf_clear(&card);
}

Test(hostile_peer, there_is_an_end_to_the_lists_that_one_peer_makes)
{
    uint64_t before;
    struct buf card;

    buf_init(&card, TRUST_MAX);
    before = log_size(b);
    for (uint64_t i = 2; i < 700; i++) {
        buf_reset(&card);
        make_card(i, NULL, &card);
        tell_hello();
        tell_card(slice_of_buf(&card));
    }
    /* An entry each, and the alarm. */
    cr_expect_leq(log_size(b), before + 512 + 1);
    b->t.mono += 3600 * 1000;
    tell_hello();
    before = log_size(b);
    tell_card(slice_of_buf(&card));
    cr_expect_eq(log_size(b), before + 1);
    buf_clear(&card);
}

Test(hostile_peer, a_card_with_the_key_of_another_does_not_lock_that_one_out)
{
    char path[96];
    struct world *third;
    uint8_t curve[KEY_LEN];
    struct buf card;

    (void)snprintf(path, sizeof(path), "%s/c", dir);
    third = world_new("QO-FIU", path, NULL);
    world_pin(b, third);
    cr_assert_eq(roster_of(b, "QO-FIU"), 1);
    hpke_public(node_keys_curve(third->keys), curve);
    buf_init(&card, TRUST_MAX);
    make_card(2, curve, &card);
    tell_hello();
    tell_card(slice_of_buf(&card));
    /* It is not taken: the roster is as it was, an alarm says why. */
    cr_expect_eq(roster_of(b, "QO-FIU"), SIZE_MAX);
    buf_clear(&card);
    world_free(third);
}

Test(hostile_peer, a_serial_that_no_store_holds_is_refused_like_any_fault)
{
    uint64_t before = log_size(b);
    struct buf card;

    buf_init(&card, TRUST_MAX);
    make_card(UINT64_MAX, NULL, &card);
    tell_hello();
    tell_card(slice_of_buf(&card));
    /* An alarm and no more: before, the whole batch was undone. */
    cr_expect_eq(log_size(b), before + 1);
    buf_clear(&card);
}

/* The size of the note that clients of b are shown as countersigned. */
static uint64_t
cosigned(void)
{
    struct note_checkpoint at;
    struct note n;

    (void)log_size(b);
    cr_assert_eq(note_decode(b->answer.tlog.cosigned, &n), OK);
    cr_assert_eq(note_body_decode(n.body, &at), OK);
    return at.size;
}

static void
tell_beat(const struct tlog_have *have)
{
    struct packet p = { .type = PACKET_BEAT };
    uint8_t sig[PACKET_COSIGNATURE_LEN];
    struct buf frame;

    p.u.beat.have = *have;
    world_check(cosign_make(node_keys_witness(a->keys),
        slice_str("QN-FIU/log/1"), have->size, have->root, WORLD_NOW, sig));
    p.u.beat.cosignature = SLICE(sig);
    p.u.beat.time = WORLD_NOW;
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(&p, &frame), OK);
    (void)tell(slice_of_buf(&frame));
    buf_clear(&frame);
}

Test(hostile_peer, an_old_countersignature_does_not_hide_a_newer_one)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = a,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct tlog_have old;
    uint64_t newer;

    (void)log_size(b);
    old = b->who[OFFICER].have;
    world_send(b, &f, digest, id, thread);
    newer = log_size(b);
    cr_assert_gt(newer, old.size);
    tell_beat(&b->who[OFFICER].have);
    cr_expect_eq(cosigned(), newer);
    tell_beat(&old);
    cr_expect_eq(cosigned(), newer);
}

Test(hostile_peer, bytes_of_another_give_no_receipt_of_his_and_take_nothing)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = a,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    const struct packet_result *r;
    struct receipt first, again;
    struct packet *asked = arena_get(a->a, sizeof(*asked));
    struct slice copy;
    struct entry entry;

    /* What b sent to a comes back, as if it were a's. */
    outgoing_free(b->out);
    b->out = NULL;
    world_send(b, &f, digest, id, thread);
    cr_assert_not_null(b->out);
    world_check(arena_copy(a->a, slice_of_buf(&b->out->bytes), &copy));
    cr_assert_eq(packet_decode(copy, asked), OK);
    cr_assert_eq(asked->type, PACKET_DELIVER);
    r = deliver(asked->u.deliver.items[0].envelope);
    cr_expect_eq(r->code, E_UNKNOWN_AUTHORITY);
    cr_assert_eq(receipt_decode(r->receipt, &first), OK);
    cr_assert_eq(entry_decode(first.entry, &entry), OK);
    cr_expect_eq(entry.event, EVENT_REFUSED);
    /* Refused once, and b's own message is as it was. */
    r = deliver(asked->u.deliver.items[0].envelope);
    cr_assert_eq(receipt_decode(r->receipt, &again), OK);
    cr_expect_eq(again.index, entry.seq);
    cr_expect_eq(world_state(b, ASK_OUT, digest), STORE_QUEUED);
}

/* Interim answers, one frame each, while b takes them; how many it took. */
static size_t
fill_thread(const struct world_form *f, size_t most)
{
    union item part = { .s = slice_str("q1") };
    struct packet *p = arena_get(a->a, sizeof(*p));
    const struct packet *answer;
    struct buf frame, out;
    struct message m;
    size_t n = 0;

    buf_init(&frame, PACKET_MAX);
    buf_init(&out, ENVELOPE_MAX);
    p->type = PACKET_DELIVER;
    p->u.deliver.n = 1;
    for (; n < most; n++) {
        buf_reset(&out);
        buf_reset(&frame);
        world_message(a, f, &m);
        world_check(record_put(a->a, m.own, record_field(m.own->schema,
            "outstanding"), &part, 1));
        world_check(record_put_uint(a->a, m.own, "expected_at",
            WORLD_NOW + 86400));
        world_seal(a, &m, b, &out);
        p->u.deliver.items[0].envelope = slice_of_buf(&out);
        cr_assert_eq(packet_encode(p, &frame), OK);
        answer = tell(slice_of_buf(&frame));
        if (answer == NULL || answer->type != PACKET_ANSWER ||
            answer->u.answer.results[0].code != OK)
            break;
    }
    buf_clear(&frame);
    buf_clear(&out);
    return n;
}

Test(hostile_peer, a_long_thread_does_not_undo_what_comes_with_it)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = a,
        .text = "Who owns the company?" };
    uint8_t asked[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    uint8_t digest[HASH_LEN], mine[MSG_ID_LEN];

    world_send(b, &f, asked, id, thread);
    (void)world_carry(a, b, 100);
    f = (struct world_form){ .kind = kind(KIND_RECEIPT), .to = b,
        .thread = SLICE(thread), .target = SLICE(id),
        .seen = SLICE(asked) };
    world_send(a, &f, digest, mine, thread);
    (void)world_carry(a, b, 100);
    f = (struct world_form){ .kind = kind(KIND_REPLY), .to = b,
        .thread = SLICE(thread), .target = SLICE(id),
        .seen = SLICE(asked), .reply_type = REPLY_TYPE_INTERIM,
        .text = "We are looking." };
    /* As many as may be. */
    cr_expect_gt(fill_thread(&f, 2000), 400);
}
