/*
 * An altered sender of blocks: nothing that does not hold is written, each
 * fault is an alarm with its own code, and what is right comes in the end.
 */
#include "node/store_msg.h"
#include "tests/unit/node/pull_fixture.h"

TestSuite(pull_hostile, .init = pull_set_up, .fini = pull_tear_down);

/* What is done to block 2, so many times. */
static void (*alter)(struct packet_block *x);
static unsigned times;

static uint8_t copy[PARCEL_BLOCK];

static bool
altered(const struct world *from, struct packet *p, bool *changed)
{
    (void)from;
    if (p->type != PACKET_BLOCK || p->u.block.index != 2 || times == 0 ||
        memcmp(p->u.block.root, files.root, HASH_LEN) != 0)
        return true;
    times--;
    memcpy(copy, p->u.block.block.p, p->u.block.block.n);
    p->u.block.block.p = copy;
    alter(&p->u.block);
    *changed = true;
    return true;
}

/* The fault is seen, and the block comes again after a while; not before. */
static void
expect_alarm(void (*how)(struct packet_block *x), enum err code)
{
    struct sent s;

    alter = how;
    times = 1;
    hook = altered;
    s = send_files();
    (void)relay(1000);
    cr_expect_eq(alarms(b, code), 1, "%s", err_row(code)->name);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    cr_expect_eq(seen.asked[2], 1);
    at(a->t.lo + 5);
    (void)relay(1000);
    cr_expect_eq(seen.asked[2], 1, "no busy loop");
    at(a->t.lo + 40);
    (void)relay(1000);
    cr_expect_eq(seen.asked[2], 2);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
}

static size_t at_byte;

static void
flip_byte(struct packet_block *x)
{
    copy[at_byte] ^= 1;
    (void)x;
}

Test(pull_hostile, a_flipped_bit_of_the_first_byte)
{
    at_byte = 0;
    expect_alarm(flip_byte, E_BLOCK_PROOF);
}

Test(pull_hostile, a_flipped_bit_of_a_tag)
{
    at_byte = CHUNK - 1;
    expect_alarm(flip_byte, E_BLOCK_PROOF);
}

Test(pull_hostile, a_flipped_bit_of_the_last_byte)
{
    at_byte = PARCEL_BLOCK - 1;
    expect_alarm(flip_byte, E_BLOCK_PROOF);
}

static void
flip_proof(struct packet_block *x)
{
    x->proof.hash[1][31] ^= 0x80;
}

Test(pull_hostile, a_flipped_bit_of_the_proof)
{
    expect_alarm(flip_proof, E_BLOCK_PROOF);
}

static void
short_proof(struct packet_block *x)
{
    x->proof.n--;
}

Test(pull_hostile, a_proof_that_is_too_short)
{
    expect_alarm(short_proof, E_BLOCK_PROOF);
}

static void
no_proof(struct packet_block *x)
{
    x->proof.n = 0;
}

Test(pull_hostile, no_proof)
{
    expect_alarm(no_proof, E_BLOCK_PROOF);
}

static void
long_proof(struct packet_block *x)
{
    memset(x->proof.hash[x->proof.n++], 0, HASH_LEN);
}

Test(pull_hostile, a_proof_that_is_too_long)
{
    expect_alarm(long_proof, E_BLOCK_PROOF);
}

static void
longest_proof(struct packet_block *x)
{
    memset(x->proof.hash, 0, sizeof(x->proof.hash));
    x->proof.n = PARCEL_PROOF_MAX;
}

Test(pull_hostile, the_longest_proof)
{
    expect_alarm(longest_proof, E_BLOCK_PROOF);
}

static void
swap_blocks(struct packet_block *x)
{
    (void)x;
    memcpy(copy, stream_block(&files, 1).p, PARCEL_BLOCK);
}

Test(pull_hostile, another_block_in_its_place)
{
    expect_alarm(swap_blocks, E_BLOCK_PROOF);
}

static void
one_less(struct packet_block *x)
{
    x->block.n--;
}

Test(pull_hostile, a_block_that_is_a_byte_short)
{
    expect_alarm(one_less, E_BLOCK_LENGTH);
}

static void
one_byte(struct packet_block *x)
{
    x->block.n = 1;
}

Test(pull_hostile, a_block_of_one_byte)
{
    expect_alarm(one_byte, E_BLOCK_LENGTH);
}

static void
index_beyond(struct packet_block *x)
{
    x->index = parcel_blocks(files.length);
}

/* The block under its own number is still to come then. */
Test(pull_hostile, a_block_beyond_the_last_one)
{
    expect_alarm(index_beyond, E_BLOCK_INDEX);
}

/* The last block is the short one: here it has the length of the others. */
static bool
full_last(const struct world *from, struct packet *p, bool *changed)
{
    (void)from;
    if (p->type != PACKET_BLOCK || p->u.block.index != 3 || times == 0)
        return true;
    times--;
    memset(copy, 0, sizeof(copy));
    memcpy(copy, p->u.block.block.p, p->u.block.block.n);
    p->u.block.block = slice_of(copy, PARCEL_BLOCK);
    *changed = true;
    return true;
}

Test(pull_hostile, a_last_block_that_is_longer)
{
    struct sent s;

    times = 1;
    hook = full_last;
    s = send_files();
    (void)relay(1000);
    cr_expect_eq(alarms(b, E_BLOCK_LENGTH), 1);
    at(a->t.lo + 20);
    (void)relay(1000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
}

/* A frame of an altered a. */
static void
tell_b(const struct packet *p)
{
    const struct link dial = { .n_route = 0 };
    struct buf frame;

    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    world_hand(a, b, &dial, slice_of_buf(&frame));
    buf_clear(&frame);
}

static void
send_block(const uint8_t *root, uint64_t index, struct slice block)
{
    struct packet p = { .type = PACKET_BLOCK };

    memcpy(p.u.block.root, root, HASH_LEN);
    p.u.block.index = index;
    p.u.block.block = block;
    tell_b(&p);
}

static size_t
frames_to_a(void)
{
    struct outgoing *o;
    size_t n = 0;

    while ((o = b->out) != NULL) {
        b->out = o->next;
        o->next = NULL;
        outgoing_free(o);
        n++;
    }
    return n;
}

Test(pull_hostile, blocks_that_nobody_asked_for_are_an_alarm_and_leave_nothing)
{
    static const uint8_t root[HASH_LEN] = { 1 };
    struct store_parcel p;

    /* What may still be on its way when a connection is new. */
    for (int i = 0; i < 200; i++)
        send_block(root, (uint64_t)i, stream_block(&files, 0));
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 1);
    cr_expect_not(parcel_of(b, "QM-FIU", &files, &p));
    cr_expect_eq(frames_to_a(), 0);
}

Test(pull_hostile, what_has_arrived_is_not_taken_again)
{
    struct sent s = send_files();

    (void)relay(1000);
    cr_expect(marked(b, &s, EVENT_STORED));
    for (int i = 0; i < 20; i++)
        send_block(files.root, 1, stream_block(&files, 0));
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 1);
    cr_expect(is_there(&files));
}

/* Always the same fault: once every ten seconds, and messages go on. */
Test(pull_hostile, a_sender_that_never_sends_the_right_block)
{
    struct sent s, t;

    at_byte = 5;
    alter = flip_byte;
    times = 1000;
    hook = altered;
    s = send_files();
    for (int i = 0; i < 60; i++)
        both_tick();
    cr_expect_leq(seen.asked[2], 7);
    cr_expect_geq(seen.asked[2], 4);
    cr_expect_eq(alarms(b, E_BLOCK_PROOF), 1);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    t = send_to(a, b);
    (void)relay(1000);
    cr_expect_eq(world_state(b, ASK_IN, t.digest), STORE_RECEIVED);
}

/* A sender that says no: it is asked again later, and nothing is lost. */
static enum err refusal;

static bool
refuse_wants(const struct world *from, struct packet *p, bool *changed)
{
    struct packet no = { .type = PACKET_STAND,
        .u.stand.code = (uint16_t)refusal };

    (void)from;
    (void)changed;
    if (p->type != PACKET_WANT || times == 0)
        return true;
    times--;
    memcpy(no.u.stand.digest, p->u.want.digest, HASH_LEN);
    memcpy(no.u.stand.root, p->u.want.root, HASH_LEN);
    tell_b(&no);
    return false;
}

Test(pull_hostile, a_sender_that_refuses_is_asked_again_later)
{
    static const struct { enum err code; int64_t after; } rows[] = {
        { E_BUSY, 6 }, { E_PARCEL_UNKNOWN, 61 }, { E_BLOCK_INDEX, 61 },
        { E_RATE, 601 }, { OK, 61 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct stream l = stream_new(5000 + i);
        struct sent s;
        size_t wants;

        stream_free(&files);
        files = stream_new(2 * BLOCK + 17);
        stream_upload(a, &files);
        stream_upload(a, &l);
        refusal = rows[i].code;
        times = 2;
        hook = refuse_wants;
        s = send_with(&files, &l);
        (void)relay(1000);
        cr_expect_not(marked(b, &s, EVENT_STORED));
        cr_expect_neq(code_of(&files), OK);
        wants = seen.wants;
        at(a->t.lo + rows[i].after - 3);
        (void)relay(1000);
        cr_expect_eq(seen.wants, wants);
        at(a->t.lo + 3);
        (void)relay(1000);
        cr_expect(is_there(&files));
        cr_expect(marked(b, &s, EVENT_STORED));
        cr_expect_eq(code_of(&files), OK);
        stream_free(&l);
    }
}
