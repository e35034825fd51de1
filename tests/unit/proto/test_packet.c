#include <criterion/criterion.h>

#include "tests/unit/proto/again.h"
#include "tests/unit/proto/mutate.h"
#include "tests/unit/proto/packet_sample.h"

Test(packet, every_type_survives_every_bit_and_every_truncation)
{
    static struct packet p, back;
    struct buf b;

    buf_init(&b, PACKET_MAX);
    for (size_t i = 0; i < PACKET_TYPES; i++) {
        p = packet_sample(packet_types[i]);
        buf_reset(&b);
        cr_assert_eq(packet_encode(&p, &b), OK);
        cr_assert_eq(packet_decode(slice_of_buf(&b), &back), OK, "%u",
            (unsigned)packet_types[i]);
        cr_expect_eq(back.type, p.type);
        mutate_all(slice_of_buf(&b), again_packet);
    }
    buf_clear(&b);
}

Test(packet, what_was_put_in_comes_out)
{
    static struct packet p, back;
    struct buf b;

    buf_init(&b, PACKET_MAX);
    p = packet_sample(PACKET_ANSWER);
    cr_assert_eq(packet_encode(&p, &b), OK);
    cr_assert_eq(packet_decode(slice_of_buf(&b), &back), OK);
    cr_expect(back.u.answer.n == 2 && back.u.answer.nlater == 1);
    cr_expect(back.u.answer.results[1].code == E_BUSY);
    cr_expect(slice_is(back.u.answer.results[1].path, "parts[1].text"));
    cr_expect_eq(back.u.answer.tlog.proof.n, 2);
    cr_expect_eq(back.u.answer.have.size, 0);
    buf_clear(&b);
}

Test(packet, bad_heads_have_their_codes)
{
    static const struct { const char *hex; enum err e; } cases[] = {
        { "", E_MALFORMED },
        { "564c5350" "01", E_MALFORMED },
        { "564c5345" "01" "08" "9100", E_MALFORMED },
        { "564c5350" "02" "08" "9100", E_VERSION },
        { "564c5350" "01" "09" "9100", E_MALFORMED },
        { "564c5350" "01" "10" "9100", E_MALFORMED },
        { "564c5350" "01" "08" "9100", OK },
        { "564c5350" "01" "08" "91cc00", E_NONCANON },
        { "564c5350" "01" "08" "920000", E_MALFORMED },
        { "564c5350" "01" "08" "9191919191919191919100", E_DEPTH },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static struct packet p;
        size_t n = strlen(cases[i].hex) / 2;
        uint8_t b[32];

        cr_assert(hex_decode(cases[i].hex, b, n));
        cr_expect_eq(packet_decode(slice_of(b, n), &p), cases[i].e,
            "case %zu", i);
    }
}

Test(packet, the_limits_are_exact)
{
    static struct packet p, back;
    struct buf b;

    buf_init(&b, PACKET_MAX + 64);
    p = packet_sample(PACKET_DELIVER);
    p.u.deliver.n = PACKET_ITEMS_MAX;
    for (size_t i = 0; i < PACKET_ITEMS_MAX; i++)
        p.u.deliver.items[i].envelope = packet_some(2048);
    cr_assert_eq(packet_encode(&p, &b), OK);
    cr_expect_eq(packet_decode(slice_of_buf(&b), &back), OK);
    p.u.deliver.items[5].envelope = packet_some(2049);
    buf_reset(&b);
    cr_assert_eq(packet_encode(&p, &b), OK);
    cr_expect_eq(packet_decode(slice_of_buf(&b), &back), E_OVERSIZE);
    p.u.deliver.n = PACKET_ITEMS_MAX + 1;
    buf_reset(&b);
    cr_expect_eq(packet_encode(&p, &b), E_FIELD_RANGE);
    p = packet_sample(PACKET_OBJECTS);
    p.u.objects.objects[0].object = packet_some(262144);
    p.u.objects.objects[1].object = packet_some(32768);
    buf_reset(&b);
    cr_expect_eq(packet_encode(&p, &b), E_OVERSIZE);
    cr_expect_eq(packet_decode(packet_some(PACKET_MAX), &back),
        E_MALFORMED);
    buf_clear(&b);
}

Test(packet, have_names_a_root_exactly_if_there_is_one)
{
    static const char *const hex[] = { "9200c400", "9201c400", "9200c420" };
    static const enum err want[] = { OK, E_MALFORMED, E_MALFORMED };

    for (size_t i = 0; i < 3; i++) {
        uint8_t b[64] = { 0 };
        size_t n = strlen(hex[i]) / 2;
        struct tlog_have have;
        struct reader r;

        cr_assert(hex_decode(hex[i], b, n));
        read_start(&r, slice_of(b, i == 2 ? n + 32 : n));
        tlog_read_have(&r, &have);
        cr_expect_eq(read_end(&r), want[i], "case %zu", i);
    }
}

/* The same bytes as those of a whole packet. */
Test(packet, a_block_may_be_appended_by_who_reads_it)
{
    static const size_t lengths[] = { 1, 255, 256, 65535, 65536,
        PARCEL_BLOCK };
    static uint8_t bytes[PARCEL_BLOCK];
    static struct packet p = { .type = PACKET_BLOCK };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct buf whole, parts;

        buf_init(&whole, PACKET_MAX);
        buf_init(&parts, PACKET_MAX);
        p.u.block.index = 77 * i;
        p.u.block.proof.n = i % 2 == 0 ? i : PARCEL_PROOF_MAX;
        p.u.block.block = slice_of(bytes, lengths[i]);
        cr_assert_eq(packet_encode(&p, &whole), OK);
        cr_assert_eq(packet_begin_block(&p.u.block, lengths[i], &parts), OK);
        buf_put(&parts, bytes, lengths[i]);
        cr_assert(slice_equal(slice_of_buf(&whole), slice_of_buf(&parts)));
        cr_assert_eq(packet_begin_block(&p.u.block, 0, &parts),
            E_FIELD_RANGE);
        cr_assert_eq(packet_begin_block(&p.u.block, PARCEL_BLOCK + 1, &parts),
            E_FIELD_RANGE);
        buf_clear(&whole);
        buf_clear(&parts);
    }
    p.u.block.proof.n = PARCEL_PROOF_MAX + 1;
    cr_assert_eq(packet_begin_block(&p.u.block, 1, NULL), E_FIELD_RANGE);
}
