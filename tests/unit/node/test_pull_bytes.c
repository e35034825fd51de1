/*
 * A sender that alters what small parcels are made of, one thing at a time:
 * every byte, every length, blocks in each other's place, and blocks of
 * another parcel.  None is written, each is asked for again, and what is
 * right comes in the end.
 */
#include "tests/unit/node/pull_fixture.h"

#define SMALL 700                       /* a parcel of one block */
#define LAST 300                        /* what the second of two has */
/* Seconds between two; fewer would be asked for too often in an hour. */
#define AGAIN 60

static struct stream other;             /* as long, and whole at b before */

static void
set_up(void)
{
    pull_set_up();
    memset(&other, 0, sizeof(other));
}

static void
tear_down(void)
{
    stream_free(&other);
    pull_tear_down();
}

TestSuite(pull_bytes, .init = set_up, .fini = tear_down, .timeout = 300);

/* What is done to a block, the i-th time that it goes out; false: nothing,
 * all of them are done. */
static bool (*alter)(struct packet_block *x, size_t i);
static size_t turn;
static uint64_t at_block;
static bool did;
static uint8_t copy[PARCEL_BLOCK];

static bool
altered(const struct world *from, struct packet *p, bool *changed)
{
    struct packet_block *x = &p->u.block;

    (void)from;
    if (p->type != PACKET_BLOCK || x->index != at_block ||
        memcmp(x->root, files.root, HASH_LEN) != 0)
        return true;
    memcpy(copy, x->block.p, x->block.n);
    x->block.p = copy;
    did = alter(x, turn);
    *changed = did;
    return true;
}

static bool
is_written(uint64_t i)
{
    struct store_parcel p;

    return parcel_of(b, "QM-FIU", &files, &p) &&
        blob_holds(files_blobs(b->core), &p, i);
}

/* All that `how` does to block i of a parcel of this length. */
static void
refuses_all(uint64_t length, uint64_t i, bool (*how)(struct packet_block *x,
    size_t turn), size_t least)
{
    struct sent s;

    stream_free(&files);
    stream_free(&list);
    files = stream_new(length);
    list = stream_new(4112);
    alter = how;
    at_block = i;
    hook = altered;
    s = send_files();
    for (turn = 0;; turn++) {
        const unsigned asked = seen.asked[i];

        did = false;
        (void)relay(1000);
        cr_assert_eq(seen.asked[i], asked + 1, "at %zu", turn);
        if (!did)
            break;
        cr_assert_not(is_written(i), "at %zu", turn);
        cr_assert_not(marked(b, &s, EVENT_STORED));
        at(a->t.lo + AGAIN);
    }
    cr_expect_geq(turn, least);
    cr_expect(is_there(&files) && is_there(&list));
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect_eq(alarms(b, E_BLOCK_UNASKED), 0);
}

static bool
flip(struct packet_block *x, size_t i)
{
    if (i >= x->block.n)
        return false;
    copy[i] ^= (uint8_t)(1 << i % 8);
    return true;
}

/* The edges of chunks, where their tags are, and steps between them. */
static bool
flip_in_steps(struct packet_block *x, size_t i)
{
    const size_t step = 251, edge = i / 4 * PARCEL_CHUNK;
    const size_t at[] = { edge, edge + PARCEL_CHUNK - 1,
        edge + PARCEL_CHUNK - 16, edge + PARCEL_CHUNK - 17 };
    const size_t byte = i < 16 ? at[i % 4] : (i - 16) * step;

    if (byte >= x->block.n)
        return false;
    copy[byte] ^= (uint8_t)(0x80 >> i % 8);
    return true;
}

static bool
flip_proof(struct packet_block *x, size_t i)
{
    if (i >= x->proof.n * HASH_LEN)
        return false;
    x->proof.hash[i / HASH_LEN][i % HASH_LEN] ^= 1;
    return true;
}

Test(pull_bytes, every_byte_of_a_parcel_of_one_block)
{
    refuses_all(SMALL, 0, flip, SMALL);
    cr_expect_eq(alarms(b, E_BLOCK_PROOF), 1);
}

Test(pull_bytes, every_byte_of_the_second_of_two_blocks)
{
    refuses_all(BLOCK + LAST, 1, flip, LAST);
    cr_expect_eq(alarms(b, E_BLOCK_PROOF), 1);
}

Test(pull_bytes, bytes_of_the_first_of_two_blocks_at_the_edges_and_between)
{
    refuses_all(BLOCK + LAST, 0, flip_in_steps, 16 + BLOCK / 251);
    cr_expect_eq(alarms(b, E_BLOCK_PROOF), 1);
}

Test(pull_bytes, every_byte_of_the_proof_of_either_block)
{
    refuses_all(BLOCK + LAST, 0, flip_proof, HASH_LEN);
    refuses_all(BLOCK + LAST + 1, 1, flip_proof, HASH_LEN);
}

/* Cut. */

static bool
cut(struct packet_block *x, size_t i)
{
    if (i >= x->block.n)
        return false;
    x->block.n = i;
    return true;
}

static bool
cut_in_steps(struct packet_block *x, size_t i)
{
    const size_t n[] = { 0, 1, LAST, PARCEL_CHUNK - 1, PARCEL_CHUNK,
        PARCEL_CHUNK + 1, 3 * PARCEL_CHUNK, PARCEL_BLOCK - 1 };
    const size_t last = sizeof(n) / sizeof(n[0]);

    x->block.n = i < last ? n[i] : (i - last) * 8111;
    return x->block.n < PARCEL_BLOCK;
}

/* Longer, with what the block goes on with elsewhere, and with zeros. */
static bool
longer(struct packet_block *x, size_t i)
{
    static const size_t more[] = { 1, 16, 17, PARCEL_BLOCK - LAST };

    if (i >= 2 * sizeof(more) / sizeof(more[0]))
        return false;
    memset(copy + x->block.n, 0, PARCEL_BLOCK - x->block.n);
    if (i % 2 == 1)
        memcpy(copy + x->block.n, files.bytes, more[i / 2]);
    x->block.n += more[i / 2];
    return true;
}

Test(pull_bytes, every_length_of_a_parcel_of_one_block)
{
    refuses_all(SMALL, 0, cut, SMALL);
    cr_expect_eq(alarms(b, E_BLOCK_LENGTH), 1);
}

Test(pull_bytes, every_length_of_the_second_of_two_blocks)
{
    refuses_all(BLOCK + LAST, 1, cut, LAST);
    cr_expect_eq(alarms(b, E_BLOCK_LENGTH), 1);
}

Test(pull_bytes, lengths_of_the_first_of_two_blocks)
{
    refuses_all(BLOCK + LAST, 0, cut_in_steps, 8 + BLOCK / 8111);
}

Test(pull_bytes, a_last_block_that_goes_on)
{
    refuses_all(BLOCK + LAST, 1, longer, 8);
    cr_expect_eq(alarms(b, E_BLOCK_LENGTH), 1);
}

/* In another place. */

static struct store_parcel
row_at_a(const struct stream *s)
{
    struct store_parcel p;

    cr_assert(parcel_of(a, "", s, &p));
    return p;
}

static void
take_bytes(struct packet_block *x, const struct stream *s, uint64_t i)
{
    const struct slice block = stream_block(s, i);

    memcpy(copy, block.p, block.n);
    x->block.n = block.n;
}

static void
take_proof(struct packet_block *x, const struct stream *s, uint64_t i)
{
    const struct store_parcel p = row_at_a(s);

    cr_assert_eq(blob_proof(files_blobs(a->core), &p, i, &x->proof), OK);
}

/* Another block of the parcel: with its proof, without, at its length. */
static bool
swap_blocks(struct packet_block *x, size_t i)
{
    const size_t n = x->block.n;
    const uint64_t there = (at_block + 1 + i / 4) %
        parcel_blocks(files.length);

    if (there == at_block)
        return false;
    if (i % 4 < 2)
        take_bytes(x, &files, there);
    if (i % 4 != 1)
        take_proof(x, &files, there);
    if (i % 4 == 2)                     /* its proof alone, of this length */
        x->block.n = n;
    if (i % 4 == 3)                     /* the right one as another */
        x->index = there;
    return true;
}

Test(pull_bytes, blocks_in_the_place_of_others)
{
    for (uint64_t i = 0; i < 3; i++)
        refuses_all(3 * BLOCK - i * CHUNK, i, swap_blocks, 8);
}

/* Two at once: each comes as the other. */
static bool
cross(const struct world *from, struct packet *p, bool *changed)
{
    struct packet_block *x = &p->u.block;

    (void)from;
    if (p->type != PACKET_BLOCK || turn == 0 ||
        memcmp(x->root, files.root, HASH_LEN) != 0)
        return true;
    turn--;
    x->index = 1 - x->index;
    *changed = true;
    return true;
}

Test(pull_bytes, two_blocks_that_come_as_each_other)
{
    struct sent s;

    stream_free(&files);
    files = stream_new(2 * BLOCK);
    turn = 2;
    hook = cross;
    s = send_files();
    (void)relay(1000);
    cr_expect_eq(turn, 0);
    cr_expect(!is_written(0) && !is_written(1));
    cr_expect_eq(alarms(b, E_BLOCK_PROOF), 1);
    at(a->t.lo + AGAIN);
    (void)relay(1000);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
}

/* Of another parcel that is as long: its bytes, its proof, both, a chunk of
 * it, its first or last half. */
static bool
splice(struct packet_block *x, size_t i)
{
    const struct slice theirs = stream_block(&other, at_block);
    const size_t half = x->block.n / 2;

    switch (i) {
    case 0:
        take_bytes(x, &other, at_block);
        return true;
    case 1:                             /* that of one block is empty */
        take_proof(x, &other, at_block);
        copy[0] ^= x->proof.n == 0;
        return true;
    case 2:
        take_bytes(x, &other, at_block);
        take_proof(x, &other, at_block);
        return true;
    case 3:
        memcpy(copy, theirs.p, half);
        return true;
    case 4:
        memcpy(copy + half, theirs.p + half, theirs.n - half);
        return true;
    default:
        if ((i - 4) * PARCEL_CHUNK > x->block.n)
            return false;
        memcpy(copy + (i - 5) * PARCEL_CHUNK, theirs.p + (i - 5) *
            PARCEL_CHUNK, PARCEL_CHUNK);
        return true;
    }
}

/* Which is whole at b before, so that nothing of it is unknown there. */
static void
splices_with_another(uint64_t length)
{
    for (uint64_t i = 0; i < parcel_blocks(length); i++) {
        struct stream l = stream_new(5000);

        stream_free(&other);
        other = stream_new(length);
        stream_upload(a, &other);
        stream_upload(a, &l);
        (void)send_with(&other, &l);
        hook = NULL;
        (void)relay(1000);
        cr_assert(is_there(&other));
        refuses_all(length, i, splice, 5);
        cr_expect(is_there(&other));
        stream_free(&l);
    }
}

Test(pull_bytes, splices_of_two_parcels_of_one_block)
{
    splices_with_another(SMALL);
    splices_with_another(BLOCK);
}

Test(pull_bytes, splices_of_two_parcels_of_two_blocks)
{
    splices_with_another(2 * BLOCK);
    splices_with_another(BLOCK + LAST);
}

/* The whole answer of the other, root and all: nobody asked for that now. */
static bool
whole_other(struct packet_block *x, size_t i)
{
    if (i > 0)
        return false;
    take_bytes(x, &other, at_block);
    take_proof(x, &other, at_block);
    memcpy(x->root, other.root, HASH_LEN);
    return true;
}

Test(pull_bytes, an_answer_that_is_of_another_parcel)
{
    struct stream l = stream_new(5000);

    other = stream_new(BLOCK + LAST);
    stream_upload(a, &other);
    stream_upload(a, &l);
    (void)send_with(&other, &l);
    (void)relay(1000);
    refuses_all(BLOCK + LAST, 1, whole_other, 1);
    cr_expect(is_there(&other));
    stream_free(&l);
}
