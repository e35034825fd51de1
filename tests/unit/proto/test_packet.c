#include <criterion/criterion.h>

#include "proto/packet.h"
#include "tests/unit/proto/mutate.h"

static uint8_t bytes[PACKET_MAX];

static enum err
again(struct slice in, struct buf *out)
{
    static struct packet p;
    enum err e = packet_decode(in, &p);

    return e != OK ? e : packet_encode(&p, out);
}

static struct slice
some(size_t n)
{
    memset(bytes, 0x5a, n);
    return slice_of(bytes, n);
}

/* A packet of each type with something in every place. */
static struct packet
sample(enum packet_type type)
{
    struct packet p;

    memset(&p, 0, sizeof(p));
    p.type = type;
    if (type == PACKET_HELLO) {
        p.u.hello.network = slice_str("net");
        p.u.hello.authority = slice_str("QM-FIU");
        p.u.hello.serials = (struct packet_serials){ 1, 200, 70000 };
    } else if (type == PACKET_DELIVER) {
        p.u.deliver.have.size = 9;
        p.u.deliver.cosignature = some(PACKET_COSIGNATURE_LEN);
        p.u.deliver.stored = 300;
        p.u.deliver.n = 2;
        p.u.deliver.items[0].envelope = some(20);
        p.u.deliver.items[1].envelope = some(3);
        p.u.deliver.items[1].acceptance = some(HASH_LEN);
    } else if (type == PACKET_ANSWER) {
        p.u.answer.tlog.note = some(40);
        p.u.answer.tlog.root_at_have = some(HASH_LEN);
        p.u.answer.tlog.proof.n = 2;
        p.u.answer.n = 2;
        p.u.answer.results[0].receipt = some(30);
        p.u.answer.results[1].code = E_BUSY;
        p.u.answer.results[1].path = slice_str("parts[1].text");
        p.u.answer.results[1].suggest = slice_str("QM-CA");
        p.u.answer.nlater = 1;
        p.u.answer.later[0] = some(12);
    } else if (type == PACKET_BEAT) {
        p.u.beat = (struct packet_beat){ .stored = 5, .size = 70000,
            .time = 1767225600, .waiting = 3 };
    } else if (type == PACKET_GET) {
        p.u.get.authority = slice_str("QM-FIU");
        p.u.get.serials.staff = 4;
    } else if (type == PACKET_OBJECTS) {
        p.u.objects.authority = slice_str("QM-FIU");
        p.u.objects.n = 2;
        p.u.objects.objects[0].object = some(50);
        p.u.objects.objects[1] = (struct packet_object){ 2, some(7) };
    } else if (type == PACKET_BUSY) {
        p.u.busy.ms = 1500;
    } else {
        p.u.error.code = E_NETWORK;
    }
    return p;
}

Test(packet, every_type_survives_every_bit_and_every_truncation)
{
    static struct packet p, back;
    struct buf b;

    buf_init(&b, PACKET_MAX);
    for (int type = PACKET_HELLO; type <= PACKET_ERROR; type++) {
        p = sample((enum packet_type)type);
        buf_reset(&b);
        cr_assert_eq(packet_encode(&p, &b), OK);
        cr_assert_eq(packet_decode(slice_of_buf(&b), &back), OK, "%s",
            packet_name((unsigned)type));
        cr_expect_eq(back.type, p.type);
        mutate_all(slice_of_buf(&b), again);
    }
    buf_clear(&b);
}

Test(packet, what_was_put_in_comes_out)
{
    static struct packet p, back;
    struct buf b;

    buf_init(&b, PACKET_MAX);
    p = sample(PACKET_ANSWER);
    cr_assert_eq(packet_encode(&p, &b), OK);
    cr_assert_eq(packet_decode(slice_of_buf(&b), &back), OK);
    cr_expect(back.u.answer.n == 2 && back.u.answer.nlater == 1);
    cr_expect(back.u.answer.results[1].code == E_BUSY);
    cr_expect(slice_is(back.u.answer.results[1].path, "parts[1].text"));
    cr_expect_eq(back.u.answer.tlog.proof.n, 2);
    cr_expect_eq(back.u.answer.have.size, 0);
    buf_clear(&b);
}

Test(packet, names_and_who_is_answered)
{
    static const bool asks[] = { true, true, false, true, true, false, false,
        false };

    for (unsigned type = 1; type <= 8; type++) {
        cr_expect_not_null(packet_name(type));
        cr_expect_eq(packet_is_request(type), asks[type - 1]);
    }
    cr_expect_null(packet_name(0));
    cr_expect_null(packet_name(9));
    cr_expect(!packet_is_request(16));
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
    p = sample(PACKET_DELIVER);
    p.u.deliver.n = PACKET_ITEMS_MAX;
    for (size_t i = 0; i < PACKET_ITEMS_MAX; i++)
        p.u.deliver.items[i].envelope = some(2048);
    cr_assert_eq(packet_encode(&p, &b), OK);
    cr_expect_eq(packet_decode(slice_of_buf(&b), &back), OK);
    p.u.deliver.items[5].envelope = some(2049);
    buf_reset(&b);
    cr_assert_eq(packet_encode(&p, &b), OK);
    cr_expect_eq(packet_decode(slice_of_buf(&b), &back), E_OVERSIZE);
    p.u.deliver.n = PACKET_ITEMS_MAX + 1;
    buf_reset(&b);
    cr_expect_eq(packet_encode(&p, &b), E_FIELD_RANGE);
    p = sample(PACKET_OBJECTS);
    p.u.objects.objects[0].object = some(262144);
    p.u.objects.objects[1].object = some(32768);
    buf_reset(&b);
    cr_expect_eq(packet_encode(&p, &b), E_OVERSIZE);
    cr_expect_eq(packet_decode(slice_of(bytes, sizeof(bytes)), &back),
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
