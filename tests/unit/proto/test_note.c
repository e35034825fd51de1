#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "proto/base64.h"
#include "proto/note.h"

#define DASH "\xe2\x80\x94 "

/* The example of the Go implementation, which defined the format. */
#define GO_VKEY "PeterNeumann+c74f20a3+" \
    "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_BODY "If you think cryptography is the answer to your problem,\n" \
    "then you don't know what your problem is.\n"
#define GO_NOTE GO_BODY "\n" DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBt" \
    "iFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

/* The example of c2sp.org/signed-note: an empty line within the body. */
#define POEM_BODY "Ognuno sta solo sul cuor della terra\n" \
    "trafitto da un raggio di sole:\n\ned \xc3\xa8 subito sera.\n"
#define POEM POEM_BODY "\n" DASH "quasimodo.example/salvatore NnugSzTjtVAewIS" \
    "+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3Zek" \
    "RwNtIc=\n"

/* The example of c2sp.org/tlog-cosignature. */
#define SOFA_BODY "example.com/behind-the-sofa\n20852163\n" \
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define SOFA_LINE DASH "example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1M" \
    "yq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
#define SOFA_COSIGNED DASH "witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRa" \
    "JNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBk" \
    "BIfZ+qnA==\n"
#define SOFA SOFA_BODY "\n" SOFA_LINE SOFA_COSIGNED

static enum err
decode(const char *text, struct note *out)
{
    return note_decode(slice_str(text), out);
}

static void
init(void)
{
    cr_assert_geq(sodium_init(), 0);
}

TestSuite(note, .init = init);

Test(note, the_first_example_of_the_format_verifies)
{
    struct note_vkey v;
    struct note n;
    const struct note_sig *s;

    cr_assert_eq(note_vkey_decode(slice_str(GO_VKEY), &v), OK);
    cr_assert(slice_is(v.name, "PeterNeumann"));
    cr_assert_eq(v.type, NOTE_ED25519);
    cr_assert_eq(decode(GO_NOTE, &n), OK);
    cr_assert(slice_is(n.body, GO_BODY));
    cr_assert_not_null(s = note_find(&n, v.name, v.id));
    cr_assert_eq(s->n, NOTE_ED25519_LEN);
    cr_assert_eq(crypto_sign_verify_detached(s->sig, n.body.p, n.body.n,
        v.pub), 0);
}

Test(note, the_last_empty_line_parts_body_and_lines)
{
    struct note n;

    cr_assert_eq(decode(POEM, &n), OK);
    cr_assert(slice_is(n.body, POEM_BODY));
    cr_assert_eq(n.n, 1);
    cr_assert(slice_is(n.line[0].name, "quasimodo.example/salvatore"));
    cr_assert_eq(n.line[0].n, NOTE_ED25519_LEN);
    cr_assert_eq(decode("a\n\n\n" DASH "n AAAAAAA=\n", &n), OK);
    cr_assert(slice_is(n.body, "a\n\n"));
}

Test(note, a_cosigned_checkpoint_is_read)
{
    static const uint8_t w1[] = { 0x8d, 0x66, 0xcf, 0x3f };
    struct note n;
    struct note_checkpoint c;
    struct buf b;
    const struct note_sig *s;

    cr_assert_eq(decode(SOFA, &n), OK);
    cr_assert_eq(n.n, 2);
    cr_assert_eq(note_body_decode(n.body, &c), OK);
    cr_assert(slice_is(c.origin, "example.com/behind-the-sofa"));
    cr_assert_eq(c.size, 20852163);
    s = note_find(&n, slice_str("witness.example.com/w1"), w1);
    cr_assert_not_null(s);
    cr_assert_eq(s->n, NOTE_COSIGNATURE_LEN);
    cr_assert_eq(get_u64(s->sig), 1679315147);
    buf_init(&b, NOTE_MAX);
    cr_assert_eq(note_cosign_message(&b, get_u64(s->sig), n.body), OK);
    cr_assert(slice_is(slice_of_buf(&b),
        "cosignature/v1\ntime 1679315147\n" SOFA_BODY));
    buf_clear(&b);
}

Test(note, encoding_what_was_decoded_gives_the_same_bytes)
{
    struct note n;
    struct note_checkpoint c;
    struct buf body, b;

    buf_init(&body, NOTE_MAX);
    buf_init(&b, NOTE_MAX);
    cr_assert_eq(decode(SOFA, &n), OK);
    cr_assert_eq(note_body_decode(n.body, &c), OK);
    cr_assert_eq(note_body_encode(c.origin, c.size, c.root, &body), OK);
    cr_assert_eq(note_start(&b, slice_of_buf(&body)), OK);
    for (size_t i = 0; i < n.n; i++) {
        cr_assert_eq(note_append_sig(&b, n.line[i].name, n.line[i].id,
            slice_of(n.line[i].sig, n.line[i].n)), OK);
    }
    cr_assert(slice_is(slice_of_buf(&b), SOFA));
    buf_clear(&body);
    buf_clear(&b);
}

Test(note, unknown_keys_are_kept_but_not_found)
{
    static const uint8_t sofa[] = { 0x03, 0x3d, 0xe0, 0xae };
    struct slice name = slice_str("example.com/behind-the-sofa");
    struct note n;

    cr_assert_eq(decode(SOFA, &n), OK);
    cr_assert_eq(note_find(&n, name, sofa), &n.line[0]);
    cr_assert_null(note_find(&n, name, n.line[1].id), "a name is not a key");
    cr_assert_null(note_find(&n, n.line[1].name, sofa), "nor is an id");
    cr_assert_null(note_find(&n, slice_str("example.com"), sofa));
}

Test(note, one_name_may_have_two_keys_and_one_key_counts_once)
{
    static const uint8_t one[] = { 0, 0, 0, 1 }, two[] = { 0, 0, 0, 2 };
    struct note n;

    cr_assert_eq(decode("a\n\n" DASH "n AAAAAQE=\n" DASH "n AAAAAgI=\n"
        DASH "n AAAAAQM=\n", &n), OK);
    cr_assert_eq(n.n, 3);
    cr_assert_eq(note_find(&n, slice_str("n"), one), &n.line[0]);
    cr_assert_eq(note_find(&n, slice_str("n"), two), &n.line[1]);
    cr_assert_eq(n.line[2].sig[0], 3);
}

Test(note, a_signature_of_another_kind_is_carried_by_its_length)
{
    static uint8_t sig[2428];
    static const uint8_t id[] = { 9, 8, 7, 6 };
    struct note n;
    struct buf b;

    memset(sig, 0x55, sizeof(sig));
    buf_init(&b, NOTE_MAX);
    cr_assert_eq(note_start(&b, slice_str("a\n")), OK);
    cr_assert_eq(note_append_sig(&b, slice_str("big"), id, SLICE(sig)), OK);
    cr_assert_eq(note_append_sig(&b, slice_str("n"), id,
        slice_of(sig, NOTE_SIG_MAX + 1)), OK);
    cr_assert_eq(note_decode(slice_of_buf(&b), &n), OK);
    cr_assert_eq(n.line[0].n, sizeof(sig));
    cr_assert_eq(memcmp(n.line[0].id, id, sizeof(id)), 0);
    cr_assert_eq(n.line[0].sig[0], 0);
    cr_assert_eq(n.line[1].n, NOTE_SIG_MAX + 1);
    cr_assert_eq(memcmp(n.line[1].id, id, sizeof(id)), 0);
    buf_clear(&b);
}

static const struct {
    enum err e;
    const char *why;
    const char *text;
} bad_notes[] = {
    { E_MALFORMED, "nothing", "" },
    { E_MALFORMED, "only an end of line", "\n" },
    { E_MALFORMED, "no lines", SOFA_BODY },
    { E_MALFORMED, "no lines after the empty one", SOFA_BODY "\n" },
    { E_MALFORMED, "no empty line", SOFA_BODY SOFA_LINE },
    { E_MALFORMED, "an empty line at the end", SOFA "\n" },
    { E_MALFORMED, "CRLF in the body", "a\r\n\n" SOFA_LINE },
    { E_MALFORMED, "CRLF after a line", "a\n\n" DASH "n AAAAAQE=\r\n" },
    { E_MALFORMED, "CRLF everywhere", "a\r\n\r\n" DASH "n AAAAAQE=\r\n" },
    { E_MALFORMED, "a tab", "a\tb\n\n" SOFA_LINE },
    { E_MALFORMED, "not UTF-8", "a\xff\n\n" SOFA_LINE },
    { E_MALFORMED, "last line without its end", "a\n\n" DASH "n AAAAAQE=" },
    { E_MALFORMED, "a hyphen", "a\n\n- n AAAAAQE=\n" },
    { E_MALFORMED, "an en dash", "a\n\n\xe2\x80\x93 n AAAAAQE=\n" },
    { E_MALFORMED, "no dash", "a\n\nn AAAAAQE=\n" },
    { E_MALFORMED, "no space after the dash",
      "a\n\n\xe2\x80\x94n AAAAAQE=\n" },
    { E_MALFORMED, "no name", "a\n\n" DASH " AAAAAQE=\n" },
    { E_MALFORMED, "no signature", "a\n\n" DASH "n\n" },
    { E_MALFORMED, "an empty signature", "a\n\n" DASH "n \n" },
    { E_MALFORMED, "only an id", "a\n\n" DASH "n AAAAAQ==\n" },
    { E_MALFORMED, "a plus in the name", "a\n\n" DASH "n+1 AAAAAQE=\n" },
    { E_MALFORMED, "a no-break space in the name",
      "a\n\n" DASH "n\xc2\xa0m AAAAAQE=\n" },
    { E_MALFORMED, "an ideographic space in the name",
      "a\n\n" DASH "\xe3\x80\x80 AAAAAQE=\n" },
    { E_NONCANON, "a space behind", "a\n\n" DASH "n AAAAAQE= \n" },
    { E_NONCANON, "two spaces", "a\n\n" DASH "n  AAAAAQE=\n" },
    { E_NONCANON, "no padding", "a\n\n" DASH "n AAAAAQE\n" },
    { E_NONCANON, "unused bits", "a\n\n" DASH "n AAAAAQF=\n" },
    { E_NONCANON, "the alphabet of URLs", "a\n\n" DASH "n AAAAAQ_-AAA=\n" },
};

Test(note, what_is_not_a_note_is_refused_with_its_reason)
{
    struct note n = { .n = 77 };

    for (size_t i = 0; i < sizeof(bad_notes) / sizeof(bad_notes[0]); i++) {
        cr_assert_eq(decode(bad_notes[i].text, &n), bad_notes[i].e, "%s",
            bad_notes[i].why);
    }
    cr_assert_eq(n.n, 77, "out is unchanged");
    cr_assert_eq(note_decode(slice_of("a\0\n\n" SOFA_LINE,
        4 + sizeof(SOFA_LINE) - 1), &n), E_MALFORMED, "a zero byte");
}

Test(note, sixteen_lines_and_64_kib_are_the_limits)
{
    static const uint8_t id[NOTE_ID_LEN], sig[NOTE_ED25519_LEN];
    static uint8_t fill[NOTE_MAX];
    struct slice line = slice_str("\n" DASH "n AAAAAQE=\n");
    struct note n;
    struct buf b;

    buf_init(&b, NOTE_MAX + 1);
    cr_assert_eq(note_start(&b, slice_str("a\n")), OK);
    for (unsigned i = 1; i <= NOTE_LINES_MAX + 1; i++) {
        cr_assert_eq(note_append_sig(&b, slice_str("n"), id, SLICE(sig)), OK);
        cr_assert_eq(note_decode(slice_of_buf(&b), &n),
            i <= NOTE_LINES_MAX ? OK : E_OVERSIZE, "%u lines", i);
    }
    memset(fill, 'x', sizeof(fill));
    for (size_t over = 0; over < 2; over++) {
        buf_reset(&b);
        buf_put(&b, fill, NOTE_MAX + over - line.n - 1);
        buf_put_u8(&b, '\n');
        buf_put_slice(&b, line);
        cr_assert_eq(buf_done(&b), OK);
        cr_assert_eq(note_decode(slice_of_buf(&b), &n),
            over == 0 ? OK : E_OVERSIZE);
    }
    buf_reset(&b);
    buf_put(&b, fill, NOTE_MAX - 10);
    cr_assert_eq(note_append_sig(&b, slice_str("n"), id, SLICE(sig)),
        E_OVERSIZE);
    buf_clear(&b);
}

Test(note, a_name_has_at_most_255_bytes)
{
    char name[NOTE_NAME_MAX + 1];

    memset(name, 'n', sizeof(name));
    cr_assert(note_name_ok(slice_of(name, NOTE_NAME_MAX)));
    cr_assert(!note_name_ok(slice_of(name, NOTE_NAME_MAX + 1)));
    cr_assert(!note_name_ok(SLICE_EMPTY));
    cr_assert(note_name_ok(slice_str("QM-FIU/log/1")));
    cr_assert(note_name_ok(slice_str("caf\xc3\xa9/\xe6\x97\xa5")));
    cr_assert(!note_name_ok(slice_str("a\x7f")));
    cr_assert(!note_name_ok(slice_str("a\xc2\x85")));
    cr_assert(!note_name_ok(slice_str("a\xe2\x80\xa8")));
    cr_assert(!note_name_ok(slice_str("a\xc0\xaf")));
}

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static const struct {
    enum err e;
    const char *why;
    const char *text;
} bodies[] = {
    { OK, "an empty tree", "o\n0\n" ROOT "\n" },
    { OK, "the largest number", "o\n18446744073709551615\n" ROOT "\n" },
    { E_MALFORMED, "one more", "o\n18446744073709551616\n" ROOT "\n" },
    { E_MALFORMED, "21 digits", "o\n184467440737095516150\n" ROOT "\n" },
    { E_NONCANON, "a leading zero", "o\n01\n" ROOT "\n" },
    { E_NONCANON, "two zeros", "o\n00\n" ROOT "\n" },
    { E_MALFORMED, "a sign", "o\n+1\n" ROOT "\n" },
    { E_MALFORMED, "a minus", "o\n-1\n" ROOT "\n" },
    { E_MALFORMED, "a space", "o\n 1\n" ROOT "\n" },
    { E_MALFORMED, "hexadecimal", "o\n0x1\n" ROOT "\n" },
    { E_MALFORMED, "no number", "o\n\n" ROOT "\n" },
    { E_MALFORMED, "no origin", "\n1\n" ROOT "\n" },
    { E_MALFORMED, "a space in the origin", "o p\n1\n" ROOT "\n" },
    { E_MALFORMED, "a plus in the origin", "o+p\n1\n" ROOT "\n" },
    { E_MALFORMED, "a further line", "o\n1\n" ROOT "\nmore\n" },
    { E_MALFORMED, "an empty further line", "o\n1\n" ROOT "\n\n" },
    { E_MALFORMED, "no last end of line", "o\n1\n" ROOT },
    { E_MALFORMED, "CRLF", "o\r\n1\r\n" ROOT "\r\n" },
    { E_MALFORMED, "two lines", "o\n1\n" },
    { E_NONCANON, "a short root", "o\n1\nAAAA\n" },
    { E_NONCANON, "no root", "o\n1\n\n" },
    { E_NONCANON, "unused bits in the root",
      "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n" },
    { E_MALFORMED, "nothing", "" },
};

Test(note, a_checkpoint_has_one_form)
{
    struct note_checkpoint c;

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        cr_assert_eq(note_body_decode(slice_str(bodies[i].text), &c),
            bodies[i].e, "%s", bodies[i].why);
    }
}

Test(note, every_changed_byte_of_a_checkpoint_fails_or_differs)
{
    uint8_t text[] = SOFA_BODY;
    struct slice body = slice_of(text, sizeof(text) - 1);
    struct note_checkpoint a, c;

    cr_assert_eq(note_body_decode(slice_str(SOFA_BODY), &a), OK);
    for (size_t i = 0; i < body.n; i++) {
        for (unsigned change = 1; change < 256; change++) {
            text[i] ^= (uint8_t)change;
            if (note_body_decode(body, &c) == OK) {
                cr_assert(!slice_equal(a.origin, c.origin) ||
                    a.size != c.size ||
                    memcmp(a.root, c.root, HASH_LEN) != 0,
                    "byte %zu, change %u", i, change);
            }
            text[i] ^= (uint8_t)change;
        }
    }
    for (size_t n = 0; n < body.n; n++) {
        cr_assert_neq(note_body_decode(slice_of(text, n), &c), OK,
            "cut at %zu", n);
    }
}

static bool
same_note(const struct note *a, const struct note *b)
{
    if (!slice_equal(a->body, b->body) || a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!slice_equal(a->line[i].name, b->line[i].name) ||
            a->line[i].n != b->line[i].n ||
            memcmp(a->line[i].id, b->line[i].id, NOTE_ID_LEN) != 0 ||
            memcmp(a->line[i].sig, b->line[i].sig, NOTE_SIG_MAX) != 0)
            return false;
    }
    return true;
}

Test(note, every_flipped_bit_and_cut_of_a_note_fails_or_differs)
{
    uint8_t text[] = SOFA;
    struct slice s = slice_of(text, sizeof(text) - 1);
    struct note a, n;

    cr_assert_eq(decode(SOFA, &a), OK);
    for (size_t i = 0; i < s.n * 8; i++) {
        text[i / 8] ^= (uint8_t)(1 << i % 8);
        if (note_decode(s, &n) == OK)
            cr_assert(!same_note(&a, &n), "bit %zu", i);
        text[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < s.n; i++) {
        if (note_decode(slice_of(text, i), &n) == OK)
            cr_assert(!same_note(&a, &n), "cut at %zu", i);
    }
}

Test(note, a_key_goes_to_text_and_back)
{
    struct note_vkey v;
    struct buf b;
    uint8_t pub[NOTE_KEY_LEN];

    memset(pub, 0xfb, sizeof(pub));
    buf_init(&b, 1024);
    for (uint8_t type = 0; type < 8; type++) {
        bool ours = type == NOTE_ED25519 || type == NOTE_COSIGNATURE;

        buf_reset(&b);
        cr_assert_eq(note_vkey_encode(slice_str("QM-FIU/witness/1"), type,
            pub, &b), ours ? OK : E_MALFORMED);
        if (!ours)
            continue;
        cr_assert_eq(note_vkey_decode(slice_of_buf(&b), &v), OK);
        cr_assert(slice_is(v.name, "QM-FIU/witness/1"));
        cr_assert_eq(v.type, type);
        cr_assert_eq(memcmp(v.pub, pub, sizeof(pub)), 0);
    }
    buf_reset(&b);
    cr_assert_eq(note_vkey_decode(slice_str(GO_VKEY), &v), OK);
    cr_assert_eq(note_vkey_encode(v.name, v.type, v.pub, &b), OK);
    cr_assert(slice_is(slice_of_buf(&b), GO_VKEY));
    cr_assert_eq(note_vkey_encode(slice_str("a b"), 1, pub, &b), E_MALFORMED);
    buf_clear(&b);
}

Test(note, no_changed_key_text_is_accepted)
{
    uint8_t text[] = GO_VKEY;
    struct slice s = slice_of(text, sizeof(text) - 1);
    struct note_vkey v;

    for (size_t i = 0; i < s.n * 8; i++) {
        text[i / 8] ^= (uint8_t)(1 << i % 8);
        cr_assert_neq(note_vkey_decode(s, &v), OK, "bit %zu", i);
        text[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < s.n; i++)
        cr_assert_neq(note_vkey_decode(slice_of(text, i), &v), OK);
    cr_assert_neq(note_vkey_decode(slice_str(GO_VKEY "\n"), &v), OK);
    memcpy(text + sizeof("PeterNeumann"), "C74F20A3", 8);
    cr_assert_eq(note_vkey_decode(s, &v), E_NONCANON);
}

Test(note, nothing_is_cosigned_outside_of_time)
{
    struct buf b;

    buf_init(&b, 100);
    cr_assert_eq(note_cosign_message(&b, 0, slice_str("a\n")), E_FIELD_RANGE);
    cr_assert_eq(note_cosign_message(&b, NOTE_TIME_MAX + 1,
        slice_str("a\n")), E_FIELD_RANGE);
    cr_assert_eq(b.n, 0);
    cr_assert_eq(note_cosign_message(&b, NOTE_TIME_MAX, slice_str("a\n")), OK);
    cr_assert(slice_is(slice_of_buf(&b),
        "cosignature/v1\ntime 9223372036854775807\na\n"));
    buf_clear(&b);
}

Test(note, what_is_written_is_a_note)
{
    static const uint8_t id[NOTE_ID_LEN], root[HASH_LEN];
    struct buf b;

    buf_init(&b, 200);
    cr_assert_eq(note_start(&b, SLICE_EMPTY), E_MALFORMED);
    cr_assert_eq(note_start(&b, slice_str("a")), E_MALFORMED);
    cr_assert_eq(note_start(&b, slice_str("a\r\n")), E_MALFORMED);
    cr_assert_eq(note_append_sig(&b, slice_str("a b"), id, SLICE(id)),
        E_MALFORMED);
    cr_assert_eq(note_append_sig(&b, slice_str("a"), id, SLICE_EMPTY),
        E_MALFORMED);
    cr_assert_eq(note_body_encode(slice_str("a\nb"), 1, root, &b),
        E_MALFORMED);
    cr_assert_eq(b.n, 0);
    buf_clear(&b);
}

static const struct {
    unsigned level;
    uint64_t index;
    unsigned width;
    const char *tile;
    const char *entries;
} paths[] = {
    { 0, 0, 256, "tile/0/000", "tile/entries/000" },
    { 0, 0, 1, "tile/0/000.p/1", "tile/entries/000.p/1" },
    { 0, 273, 112, "tile/0/273.p/112", "tile/entries/273.p/112" },
    { 1, 999, 255, "tile/1/999.p/255", "tile/entries/999.p/255" },
    { 2, 1000, 256, "tile/2/x001/000", "tile/entries/x001/000" },
    { 63, 1234067, 256, "tile/63/x001/x234/067",
      "tile/entries/x001/x234/067" },
    { 10, UINT64_MAX, 255,
      "tile/10/x018/x446/x744/x073/x709/x551/615.p/255",
      "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255" },
};

Test(note, tiles_are_kept_where_others_look_for_them)
{
    char out[NOTE_PATH_MAX];

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        cr_assert_eq(note_tile_path(paths[i].level, paths[i].index,
            paths[i].width, out), OK);
        cr_assert_str_eq(out, paths[i].tile);
        cr_assert_eq(note_entries_path(paths[i].index, paths[i].width, out),
            OK);
        cr_assert_str_eq(out, paths[i].entries);
    }
    cr_assert_eq(note_tile_path(64, 0, 256, out), E_FIELD_RANGE);
    cr_assert_eq(note_tile_path(0, 0, 0, out), E_FIELD_RANGE);
    cr_assert_eq(note_entries_path(0, 257, out), E_FIELD_RANGE);
}

/* RFC 4648 section 10. */
static const char *const rfc4648[7] = { "", "Zg==", "Zm8=", "Zm9v",
    "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };

Test(note, base64_is_that_of_the_rfc)
{
    uint8_t out[6];
    struct buf b;
    size_t n;

    buf_init(&b, 64);
    for (size_t i = 0; i <= 6; i++) {
        buf_reset(&b);
        base64_encode(slice_of("foobar", i), &b);
        cr_assert(slice_is(slice_of_buf(&b), rfc4648[i]));
        cr_assert(base64_length(slice_str(rfc4648[i]), &n));
        cr_assert_eq(n, i);
        cr_assert(base64_decode(slice_str(rfc4648[i]), out, i));
        cr_assert_eq(memcmp(out, "foobar", i), 0);
        cr_assert(!base64_decode(slice_str(rfc4648[i]), out, i + 1));
    }
    buf_clear(&b);
}

Test(note, base64_accepts_only_what_it_would_write)
{
    uint8_t text[4], out[3];
    struct buf b;
    size_t n, good = 0;

    buf_init(&b, 16);
    /* All endings of a group: any two bytes after "AA". */
    for (unsigned v = 0; v < 65536; v++) {
        memcpy(text, "AA", 2);
        put_u16(text + 2, (uint16_t)v);
        if (!base64_length(SLICE(text), &n))
            continue;
        good++;
        cr_assert(base64_decode(SLICE(text), out, n));
        buf_reset(&b);
        base64_encode(slice_of(out, n), &b);
        cr_assert(slice_equal(slice_of_buf(&b), SLICE(text)));
    }
    cr_assert_eq(good, 64 * 64 + 16 + 1);
    cr_assert(!base64_length(slice_str("===="), &n));
    cr_assert(!base64_length(slice_str("A==="), &n));
    cr_assert(!base64_length(slice_str("AA==AAAA"), &n));
    cr_assert(!base64_length(slice_str("AAA"), &n));
    cr_assert(!base64_length(slice_str("AB=="), &n));
    buf_clear(&b);
}
