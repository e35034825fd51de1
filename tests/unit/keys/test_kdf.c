#include <criterion/criterion.h>
#include <sodium.h>

#include "keys/kdf.h"
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

TestSuite(kdf, .init = setup, .fini = teardown);

Test(kdf, the_first_vector_of_rfc_5869)
{
    uint8_t ikm[22], salt[13], info[10], prk[32], okm[42];
    char hex[85];
    struct slice s = SLICE(ikm), i = SLICE(info);

    memset(ikm, 0x0b, sizeof(ikm));
    cr_assert(hex_decode("000102030405060708090a0b0c", salt, 13));
    cr_assert(hex_decode("f0f1f2f3f4f5f6f7f8f9", info, 10));
    kdf_extract(SLICE(salt), &s, 1, prk);
    cr_expect(kdf_expand(prk, &i, 1, okm, sizeof(okm)));
    hex_encode(SLICE(okm), hex);
    cr_expect_str_eq(hex, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c"
        "5db02d56ecc4c5bf34007208d5b887185865");
    cr_expect_not(kdf_expand(prk, &i, 1, okm, 255 * 32 + 1));
}

Test(kdf, wycheproof_hkdf_sha256)
{
    json_t *j = vectors_load("wycheproof/hkdf_sha256_test.json");
    json_t *group, *test;
    static uint8_t out[255 * 32 + 64];
    size_t i, k, n = 0;

    if (j == NULL)
        return;
    json_array_foreach(json_object_get(j, "testGroups"), i, group) {
        json_array_foreach(json_object_get(group, "tests"), k, test) {
            struct slice ikm = vectors_hex(test, "ikm");
            struct slice info = vectors_hex(test, "info");
            struct slice okm = vectors_hex(test, "okm");
            size_t size = (size_t)json_integer_value(
                json_object_get(test, "size"));
            bool good = strcmp(vectors_str(test, "result"), "valid") == 0;
            uint8_t prk[32];

            kdf_extract(vectors_hex(test, "salt"), &ikm, 1, prk);
            cr_assert_leq(size, sizeof(out));
            cr_expect_eq(kdf_expand(prk, &info, 1, out, size), good);
            if (good)
                cr_expect(slice_equal(slice_of(out, size), okm));
            n++;
        }
    }
    cr_expect_gt(n, 50);
    json_decref(j);
}

Test(kdf, key_and_commitment_depend_on_everything)
{
    uint8_t salt[SALT_LEN] = { 1 }, other[SALT_LEN] = { 2 };
    uint8_t c[4][COMMIT_LEN];
    struct secret *cek[2], *k[4];
    struct slice ctx = slice_str("context");

    cr_assert_eq(secret_random(CEK_LEN, &cek[0]), OK);
    cr_assert_eq(secret_random(CEK_LEN, &cek[1]), OK);
    cr_assert_eq(kdf_payload(LABEL_BODY, salt, cek[0], ctx, &k[0], c[0]), OK);
    cr_assert_eq(kdf_payload(LABEL_BODY, salt, cek[1], ctx, &k[1], c[1]), OK);
    cr_assert_eq(kdf_payload(LABEL_BODY, other, cek[0], ctx, &k[2], c[2]),
        OK);
    cr_assert_eq(kdf_payload(LABEL_PARCEL, salt, cek[0], ctx, &k[3], c[3]),
        OK);
    for (int i = 1; i < 4; i++) {
        cr_expect_eq(kdf_commit_check(c[0], c[i]), ERR_CRYPTO);
        cr_expect_not(secret_equal(k[0], k[i]));
    }
    cr_expect_eq(kdf_commit_check(c[0], c[0]), OK);
    for (int i = 0; i < 4; i++)
        secret_free(k[i]);
    secret_free(cek[0]);
    secret_free(cek[1]);
}

Test(kdf, a_content_key_of_another_length_is_refused)
{
    uint8_t salt[SALT_LEN] = { 1 }, c[COMMIT_LEN];
    struct secret *cek, *k = NULL;

    cr_assert_eq(secret_random(CEK_LEN - 1, &cek), OK);
    cr_expect_eq(kdf_payload(LABEL_BODY, salt, cek, SLICE_EMPTY, &k, c),
        ERR_CRYPTO);
    cr_expect_null(k);
    secret_free(cek);
}
