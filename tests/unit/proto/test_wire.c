#include <criterion/criterion.h>
#include <string.h>

#include "proto/wire.h"

static enum err
scan_hex(const char *hex)
{
    uint8_t b[64];
    size_t n = strlen(hex) / 2;

    cr_assert(n <= sizeof(b) && hex_decode(hex, b, n));
    return wire_scan(slice_of(b, n), WIRE_ITEMS);
}

Test(wire, one_table_of_bytes_and_what_they_are)
{
    static const struct { const char *hex; enum err e; } cases[] = {
        { "05", OK },
        { "cc05", E_NONCANON },             /* longer than needed */
        { "cc80", OK },
        { "cd0080", E_NONCANON },
        { "cf0000000000000005", E_NONCANON },
        { "cf0000000100000000", OK },
        { "c0", E_MALFORMED },              /* nil */
        { "ff", E_MALFORMED },              /* negative */
        { "d0ff", E_MALFORMED },            /* negative, long form */
        { "ca00000000", E_MALFORMED },      /* float */
        { "c70100ff", E_MALFORMED },        /* ext */
        { "c3", OK },
        { "0505", E_MALFORMED },            /* something follows */
        { "", E_MALFORMED },
        { "a2c3a4", OK },                   /* a letter with umlaut */
        { "a2c328", E_MALFORMED },          /* no UTF-8 */
        { "a3eda080", E_MALFORMED },        /* a surrogate */
        { "a2c080", E_MALFORMED },          /* an overlong zero */
        { "d90161", E_NONCANON },           /* str 8 for one byte */
        { "c40161", OK },
        { "c5000161", E_NONCANON },
        { "c402", E_MALFORMED },            /* cut */
        { "8201020203", OK },
        { "8202020103", E_DUPKEY },         /* not ascending */
        { "8201020103", E_DUPKEY },         /* twice */
        { "81a16101", E_MALFORMED },        /* a key that is a text */
        { "dc000101", E_NONCANON },         /* array 16 for one element */
        { "ddffffffff", E_MALFORMED },      /* claims 4 G elements */
        { "9191919191919190", OK },         /* eight deep */
        { "919191919191919190", E_DEPTH },  /* nine deep */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_expect_eq(scan_hex(cases[i].hex), cases[i].e, "%s: %s not %s",
            cases[i].hex, err_row(scan_hex(cases[i].hex))->name,
            err_row(cases[i].e)->name);
}

Test(wire, items_are_counted_keys_too)
{
    static const uint8_t map[] = { 0x82, 1, 2, 2, 3 };

    cr_expect_eq(wire_scan(SLICE(map), 5), OK);
    cr_expect_eq(wire_scan(SLICE(map), 4), E_DEPTH);
}

/* A value of every type and of every header length. */
static void
write_all(struct buf *b)
{
    static const uint64_t numbers[] = { 0, 127, 128, 255, 256, 65535, 65536,
        UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX };
    static const size_t lengths[] = { 0, 31, 32, 255, 256, 65535, 65536 };
    static uint8_t text[65536];

    memset(text, 'x', sizeof(text));
    write_array(b, 10 + 2 * 7 + 2 + 1);
    for (size_t i = 0; i < 10; i++)
        write_uint(b, numbers[i]);
    for (size_t i = 0; i < 7; i++) {
        write_str(b, slice_of(text, lengths[i]));
        write_bin(b, slice_of(text, lengths[i]));
    }
    write_bool(b, true);
    write_bool(b, false);
    write_map(b, 1);
    write_uint(b, 7);
    write_array(b, 0);
}

Test(wire, what_the_writer_writes_the_scan_accepts_and_the_reader_reads)
{
    struct buf b;
    struct reader r;

    buf_init(&b, 1 << 20);
    write_all(&b);
    cr_assert_eq(buf_done(&b), OK);
    cr_expect_eq(wire_scan(slice_of_buf(&b), WIRE_ITEMS), OK);
    read_start(&r, slice_of_buf(&b));
    cr_expect_eq(read_array(&r, 0, 100), 27);
    cr_expect_eq(read_uint(&r, 0), 0);
    cr_expect_eq(read_uint(&r, 127), 127);
    for (int i = 0; i < 7; i++)
        (void)read_uint(&r, UINT64_MAX);
    cr_expect_eq(read_uint(&r, UINT64_MAX), UINT64_MAX);
    for (int i = 0; i < 7; i++) {
        (void)read_str(&r, 0, 65536);
        (void)read_bin(&r, 0, 65536);
    }
    cr_expect(read_bool(&r));
    cr_expect_not(read_bool(&r));
    cr_expect_eq(read_type(&r), WIRE_MAP);
    cr_expect_eq(read_map(&r, 1), 1);
    cr_expect_eq(read_uint(&r, 7), 7);
    cr_expect_eq(read_array(&r, 0, 0), 0);
    cr_expect_eq(read_end(&r), OK);
    buf_clear(&b);
}

Test(wire, every_truncation_is_refused_and_every_flip_is_refused_or_differs)
{
    static const uint8_t in[] = { 0x83, 1, 0xcd, 0x12, 0x34, 2, 0xa3, 'a',
        'b', 'c', 9, 0x92, 0xc4, 2, 1, 2, 0xc3 };
    uint8_t m[sizeof(in)];

    cr_assert_eq(wire_scan(SLICE(in), WIRE_ITEMS), OK);
    for (size_t n = 0; n < sizeof(in); n++)
        cr_expect_neq(wire_scan(slice_of(in, n), WIRE_ITEMS), OK);
    for (size_t bit = 0; bit < 8 * sizeof(in); bit++) {
        memcpy(m, in, sizeof(in));
        m[bit / 8] ^= (uint8_t)(1 << bit % 8);
        /* Accepted: then it is one canonical value, and another one. */
        if (wire_scan(SLICE(m), WIRE_ITEMS) == OK)
            cr_expect_neq(memcmp(m, in, sizeof(in)), 0);
    }
}

Test(wire, a_reader_that_failed_stays_failed_and_gives_zeros)
{
    static const uint8_t in[] = { 0x93, 1, 2, 3 };
    struct reader r;

    read_start(&r, SLICE(in));
    (void)read_array(&r, 0, 3);
    cr_expect_eq(read_bin(&r, 0, 9).n, 0);      /* it is a number */
    cr_expect_eq(read_uint(&r, 9), 0);
    cr_expect_eq(read_end(&r), E_MALFORMED);
}

Test(wire, a_number_above_its_maximum_is_refused)
{
    static const uint8_t in[] = { 9 };
    struct reader r;

    read_start(&r, SLICE(in));
    (void)read_uint(&r, 8);
    cr_expect_eq(read_end(&r), E_MALFORMED);
}
