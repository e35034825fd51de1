#include <criterion/criterion.h>
#include <sodium.h>

#include "keys/aead.h"
#include "keys/hpke.h"
#include "keys/secret_in.h"
#include "tests/unit/vectors.h"

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
}

static void
teardown(void)
{
    cr_expect_eq(secret_live(), 0);
}

static struct secret *
secret(struct slice s)
{
    struct secret *out;

    cr_assert_eq(secret_from(s, &out), OK);
    return out;
}

static struct slice
hex(const char *text)
{
    static uint8_t pool[8][256];
    static size_t next;
    uint8_t *p = pool[next++ % 8];

    cr_assert(hex_decode(text, p, strlen(text) / 2));
    return slice_of(p, strlen(text) / 2);
}

TestSuite(hpke, .init = setup, .fini = teardown);

Test(hpke, base_mode_of_rfc_9180_appendix_a_2)
{
    struct secret *eph = secret(hex("f4ec9b33b792c372c1d2c2063507b684"
        "ef925b8c75a42dbcbf57d63ccd381600"));
    struct secret *recipient = secret(hex("8057991eef8f1f1af18f4a9491d16a1c"
        "e333f695d4db8e38da75975c4478e0fb"));
    struct slice info = slice_str("Ode on a Grecian Urn");
    uint8_t pk[KEY_LEN], enc[HPKE_ENC_LEN];
    struct hpke_context *s, *r;
    struct buf ct, pt;
    char text[128];

    buf_init(&ct, 256);
    buf_init(&pt, 256);
    hpke_public(recipient, pk);
    cr_assert_eq(hpke_setup_s(pk, info, NULL, eph, enc, &s), OK);
    hex_encode(SLICE(enc), text);
    cr_expect_str_eq(text, "1afa08d3dec047a643885163f1180476"
        "fa7ddb54c6a8029ea33f95796bf2ac4a");
    cr_assert_eq(hpke_seal(s, slice_str("Count-0"),
        slice_str("Beauty is truth, truth beauty"), &ct), OK);
    hex_encode(slice_of_buf(&ct), text);
    cr_expect_str_eq(text, "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e13"
        "1f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
    cr_assert_eq(hpke_setup_r(recipient, enc, info, NULL, &r), OK);
    cr_assert_eq(hpke_open(r, slice_str("Count-0"), slice_of_buf(&ct), &pt),
        OK);
    cr_expect(slice_is(slice_of_buf(&pt), "Beauty is truth, truth beauty"));
    hpke_free(s);
    hpke_free(r);
    secret_free(eph);
    secret_free(recipient);
    buf_clear(&ct);
    buf_clear(&pt);
}

/* One entry of the official file: derive, set up, seal, open, export. */
static void
entry(json_t *v)
{
    struct secret *ikm = secret(vectors_hex(v, "ikmR")), *derived;
    struct secret *skr = secret(vectors_hex(v, "skRm"));
    struct secret *ske = secret(vectors_hex(v, "skEm"));
    struct secret *psk = NULL;
    struct hpke_psk with;
    bool has_psk = json_integer_value(json_object_get(v, "mode")) == 1;
    struct hpke_context *s, *r;
    uint8_t enc[HPKE_ENC_LEN], out[64];
    struct buf ct, pt;
    json_t *x;
    size_t i;
    uint64_t seq = 0;

    if (has_psk)
        psk = secret(vectors_hex(v, "psk"));
    with = (struct hpke_psk){ psk, has_psk ? vectors_hex(v, "psk_id") :
        SLICE_EMPTY };
    buf_init(&ct, 256);
    buf_init(&pt, 256);
    cr_assert_eq(hpke_key_derive(ikm, &derived), OK);
    cr_expect(secret_equal(derived, skr));
    cr_assert_eq(hpke_setup_s(vectors_hex(v, "pkRm").p,
        vectors_hex(v, "info"), has_psk ? &with : NULL, ske, enc, &s), OK);
    cr_expect(slice_equal(SLICE(enc), vectors_hex(v, "enc")));
    cr_assert_eq(hpke_setup_r(skr, enc, vectors_hex(v, "info"),
        has_psk ? &with : NULL, &r), OK);
    json_array_foreach(json_object_get(v, "encryptions"), i, x) {
        buf_reset(&ct);
        buf_reset(&pt);
        cr_assert_eq(hpke_seal(s, vectors_hex(x, "aad"),
            vectors_hex(x, "pt"), &ct), OK);
        cr_expect(slice_equal(slice_of_buf(&ct), vectors_hex(x, "ct")),
            "seq %u", (unsigned)seq);
        cr_assert_eq(hpke_open(r, vectors_hex(x, "aad"), slice_of_buf(&ct),
            &pt), OK);
        cr_expect(slice_equal(slice_of_buf(&pt), vectors_hex(x, "pt")));
        seq++;
    }
    cr_expect_eq(seq, 257);
    json_array_foreach(json_object_get(v, "exports"), i, x) {
        cr_assert_eq(hpke_export(s, vectors_hex(x, "exporter_context"), out,
            32), OK);
        cr_expect(slice_equal(slice_of(out, 32),
            vectors_hex(x, "exported_value")));
    }
    hpke_free(s);
    hpke_free(r);
    secret_free(ikm);
    secret_free(derived);
    secret_free(skr);
    secret_free(ske);
    secret_free(psk);
    buf_clear(&ct);
    buf_clear(&pt);
}

Test(hpke, the_official_vectors_of_base_and_psk_mode)
{
    json_t *j = vectors_load("hpke-x25519-sha256-chacha20poly1305.json"), *v;
    size_t i, n = 0;

    if (j == NULL)
        return;
    json_array_foreach(j, i, v) {
        if (json_integer_value(json_object_get(v, "mode")) > 1)
            continue;       /* the authenticated modes are not built */
        entry(v);
        n++;
    }
    cr_expect_eq(n, 2);
    json_decref(j);
}

Test(hpke, every_flip_of_what_was_sealed_is_one_error)
{
    struct secret *sk, *got = NULL;
    uint8_t pk[KEY_LEN], enc[HPKE_ENC_LEN];
    struct slice info = slice_str("info");
    struct buf ct;

    buf_init(&ct, 256);
    cr_assert_eq(secret_random(KEY_LEN, &sk), OK);
    hpke_public(sk, pk);
    cr_assert_eq(hpke_wrap(pk, info, NULL, slice_str("content key"), enc,
        &ct), OK);
    for (size_t bit = 0; bit < 8 * ct.n; bit++) {
        ct.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect_eq(hpke_unwrap(sk, info, NULL, SLICE(enc),
            slice_of_buf(&ct), &got), ERR_CRYPTO);
        ct.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof(enc) - 1; bit++) {
        enc[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect_eq(hpke_unwrap(sk, info, NULL, SLICE(enc),
            slice_of_buf(&ct), &got), ERR_CRYPTO);
        enc[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < ct.n; n++)
        cr_expect_eq(hpke_unwrap(sk, info, NULL, SLICE(enc),
            slice_of(ct.p, n), &got), ERR_CRYPTO);
    cr_expect_eq(hpke_unwrap(sk, slice_str("other"), NULL, SLICE(enc),
        slice_of_buf(&ct), &got), ERR_CRYPTO);
    cr_expect_eq(hpke_unwrap(sk, info, NULL, slice_of(enc, 31),
        slice_of_buf(&ct), &got), ERR_CRYPTO);
    cr_expect_null(got);
    cr_assert_eq(hpke_unwrap(sk, info, NULL, SLICE(enc), slice_of_buf(&ct),
        &got), OK);
    cr_expect(slice_is(secret_slice(got), "content key"));
    secret_free(got);
    secret_free(sk);
    buf_clear(&ct);
}

Test(hpke, a_shared_secret_is_demanded_whole_and_never_dropped)
{
    struct secret *sk, *psk, *weak, *got = NULL;
    uint8_t pk[KEY_LEN], enc[HPKE_ENC_LEN];
    struct slice info = slice_str("info");
    struct hpke_psk good, other, thin, nameless;
    struct buf ct;

    buf_init(&ct, 256);
    cr_assert_eq(secret_random(KEY_LEN, &sk), OK);
    cr_assert_eq(secret_random(HPKE_PSK_MIN, &psk), OK);
    cr_assert_eq(secret_random(HPKE_PSK_MIN - 1, &weak), OK);
    good = (struct hpke_psk){ psk, slice_str("id") };
    other = (struct hpke_psk){ psk, slice_str("other id") };
    thin = (struct hpke_psk){ weak, slice_str("id") };
    nameless = (struct hpke_psk){ psk, SLICE_EMPTY };
    hpke_public(sk, pk);
    cr_expect_eq(hpke_wrap(pk, info, &thin, slice_str("x"), enc, &ct),
        ERR_CRYPTO);
    cr_expect_eq(hpke_wrap(pk, info, &nameless, slice_str("x"), enc, &ct),
        ERR_CRYPTO);
    cr_assert_eq(hpke_wrap(pk, info, &good, slice_str("x"), enc, &ct), OK);
    cr_expect_eq(hpke_unwrap(sk, info, NULL, SLICE(enc), slice_of_buf(&ct),
        &got), ERR_CRYPTO);
    cr_expect_eq(hpke_unwrap(sk, info, &other, SLICE(enc),
        slice_of_buf(&ct), &got), ERR_CRYPTO);
    cr_expect_eq(hpke_unwrap(sk, info, &good, SLICE(enc), slice_of_buf(&ct),
        &got), OK);
    secret_free(got);
    secret_free(sk);
    secret_free(psk);
    secret_free(weak);
    buf_clear(&ct);
}

Test(hpke, a_key_of_low_order_is_refused_by_both_sides)
{
    static const uint8_t zero[KEY_LEN];
    struct secret *sk, *got = NULL;
    struct hpke_context *c = NULL;
    uint8_t enc[HPKE_ENC_LEN];

    cr_assert_eq(secret_random(KEY_LEN, &sk), OK);
    cr_expect_eq(hpke_setup_s(zero, SLICE_EMPTY, NULL, NULL, enc, &c),
        ERR_CRYPTO);
    cr_expect_eq(hpke_setup_r(sk, zero, SLICE_EMPTY, NULL, &c), ERR_CRYPTO);
    cr_expect_null(c);
    cr_expect_eq(hpke_dh(sk, zero, &got), ERR_CRYPTO);
    secret_free(sk);
}

Test(hpke, x25519_of_rfc_7748_section_5_2)
{
    struct secret *scalar = secret(hex("a546e36bf0527c9d3b16154b82465edd"
        "62144c0ac1fc5a18506a2244ba449ac4")), *shared;
    char text[65];

    cr_assert_eq(hpke_dh(scalar, hex("e6db6867583030db3594c1a424b15f7c"
        "726624ec26b3353b10a903a6d0ab1c4c").p, &shared), OK);
    hex_encode(secret_slice(shared), text);
    cr_expect_str_eq(text, "c3da55379de9c6908e94ea4df28d084f"
        "32eccf03491c71f754b4075577a28552");
    secret_free(scalar);
    secret_free(shared);
}

Test(hpke, wycheproof_x25519)
{
    json_t *j = vectors_load("wycheproof/x25519_test.json");
    json_t *group, *test, *flag;
    size_t i, k, f, equal = 0, refused = 0;

    if (j == NULL)
        return;
    json_array_foreach(json_object_get(j, "testGroups"), i, group) {
        json_array_foreach(json_object_get(group, "tests"), k, test) {
            struct secret *sk = secret(vectors_hex(test, "private")), *out;
            bool zero = false;
            enum err e;

            json_array_foreach(json_object_get(test, "flags"), f, flag)
                zero = zero || strcmp(json_string_value(flag),
                    "ZeroSharedSecret") == 0;
            e = hpke_dh(sk, vectors_hex(test, "public").p, &out);
            cr_expect_eq(e, zero ? ERR_CRYPTO : OK);
            if (e == OK) {
                cr_expect(slice_equal(secret_slice(out),
                    vectors_hex(test, "shared")));
                secret_free(out);
                equal++;
            } else {
                refused++;
            }
            secret_free(sk);
        }
    }
    cr_expect_eq(equal, 487);
    cr_expect_eq(refused, 31);
    json_decref(j);
}

Test(hpke, wycheproof_chacha20_poly1305)
{
    json_t *j = vectors_load("wycheproof/chacha20_poly1305_test.json");
    json_t *group, *test;
    size_t i, k, good = 0, bad = 0;

    if (j == NULL)
        return;
    json_array_foreach(json_object_get(j, "testGroups"), i, group) {
        if (json_integer_value(json_object_get(group, "ivSize")) != 96)
            continue;
        json_array_foreach(json_object_get(group, "tests"), k, test) {
            struct slice key = vectors_hex(test, "key");
            struct slice iv = vectors_hex(test, "iv");
            struct slice aad = vectors_hex(test, "aad");
            struct slice msg = vectors_hex(test, "msg");
            struct slice ct = vectors_hex(test, "ct");
            struct slice tag = vectors_hex(test, "tag");
            uint8_t both[1024], out[1024];
            bool valid = strcmp(vectors_str(test, "result"), "valid") == 0;

            cr_assert_leq(ct.n + tag.n, sizeof(both));
            if (ct.n > 0)
                memcpy(both, ct.p, ct.n);
            memcpy(both + ct.n, tag.p, tag.n);
            cr_expect_eq(aead_open(key.p, iv.p, aad,
                slice_of(both, ct.n + tag.n), out) == OK, valid);
            if (valid) {
                cr_expect(slice_equal(slice_of(out, ct.n), msg));
                aead_seal(key.p, iv.p, aad, msg, out);
                cr_expect(slice_equal(slice_of(out, msg.n + AEAD_TAG),
                    slice_of(both, ct.n + tag.n)));
            }
            good += valid;
            bad += !valid;
        }
    }
    cr_expect_eq(good, 256);
    cr_expect_eq(bad, 60);
    json_decref(j);
}
