#include <criterion/criterion.h>
#include <sodium.h>

#include "keys/digits.h"
#include "keys/sign.h"
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

static struct sign_key *
key(const char *seed_hex)
{
    uint8_t seed[SEED_LEN];
    struct secret *s;
    struct sign_key *k;

    cr_assert(hex_decode(seed_hex, seed, sizeof(seed)));
    cr_assert_eq(secret_from(SLICE(seed), &s), OK);
    cr_assert_eq(sign_key_new(s, &k), OK);
    secret_free(s);
    return k;
}

#define SEED_1 "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define SEED_2 "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"

TestSuite(sign, .init = setup, .fini = teardown);

Test(sign, the_first_two_vectors_of_rfc_8032)
{
    static const struct { const char *seed, *public, *text, *sig; } v[] = {
        { SEED_1,
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
          "",
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
          "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
        { SEED_2,
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
          "r",
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
          "5ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
    };

    for (size_t i = 0; i < 2; i++) {
        struct sign_key *k = key(v[i].seed);
        uint8_t sig[SIG_LEN];
        char hex[2 * SIG_LEN + 1];

        hex_encode(slice_of(sign_key_public(k), KEY_LEN), hex);
        cr_expect_str_eq(hex, v[i].public);
        sign_note(k, slice_str(v[i].text), sig);
        hex_encode(SLICE(sig), hex);
        cr_expect_str_eq(hex, v[i].sig);
        cr_expect_eq(sign_note_check(sign_key_public(k),
            slice_str(v[i].text), sig), OK);
        sign_key_free(k);
    }
}

Test(sign, a_signature_holds_for_its_role_digest_and_key_alone)
{
    struct sign_key *k = key(SEED_1), *other = key(SEED_2);
    uint8_t digest[HASH_LEN] = { 1 }, changed[HASH_LEN] = { 2 };
    struct signature s;

    sign_make(LABEL_SIG, k, digest, &s);
    cr_expect_arr_eq(s.kid, sign_key_id(k), HASH_LEN);
    cr_expect_eq(sign_check(LABEL_SIG, sign_key_public(k), digest, s.sig),
        OK);
    cr_expect_eq(sign_check(LABEL_APPR, sign_key_public(k), digest, s.sig),
        E_SIGNATURE);
    cr_expect_eq(sign_check(LABEL_ROOT, sign_key_public(k), digest, s.sig),
        E_SIGNATURE);
    cr_expect_eq(sign_check(LABEL_SIG, sign_key_public(k), changed, s.sig),
        E_SIGNATURE);
    cr_expect_eq(sign_check(LABEL_SIG, sign_key_public(other), digest,
        s.sig), E_SIGNATURE);
    for (size_t bit = 0; bit < 8 * SIG_LEN; bit++) {
        s.sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect_eq(sign_check(LABEL_SIG, sign_key_public(k), digest,
            s.sig), E_SIGNATURE);
        s.sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    sign_key_free(k);
    sign_key_free(other);
}

Test(sign, a_seed_of_another_length_makes_no_key)
{
    struct secret *s;
    struct sign_key *k = NULL;

    cr_assert_eq(secret_random(SEED_LEN - 1, &s), OK);
    cr_expect_eq(sign_key_new(s, &k), ERR_FORMAT);
    cr_expect_null(k);
    secret_free(s);
}

Test(sign, a_key_id_depends_on_algorithm_and_key)
{
    uint8_t a[HASH_LEN], b[HASH_LEN], by_hand[HASH_LEN];
    static const char text[] = "valise/v1 kid\0\0\1key";

    key_id(ALG_ED25519, slice_str("key"), a);
    key_id(ALG_X25519, slice_str("key"), b);
    hash_sha256(slice_of(text, sizeof(text) - 1), by_hand);
    cr_expect_arr_eq(a, by_hand, HASH_LEN);
    cr_expect_arr_neq(a, b, HASH_LEN);
}

Test(sign, public_keys_that_are_not_the_one_form_of_a_good_key_are_refused)
{
    static const char *const bad_kem[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        /* p, and p + 9: other forms of 0 and 9 */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        /* nine with bit 255 set */
        "0900000000000000000000000000000000000000000000000000000000000080",
    };
    uint8_t k[KEY_LEN] = { 9 };
    struct sign_key *s = key(SEED_1);

    cr_expect(kem_key_valid(k));
    for (size_t i = 0; i < sizeof(bad_kem) / sizeof(bad_kem[0]); i++) {
        cr_assert(hex_decode(bad_kem[i], k, KEY_LEN));
        cr_expect_not(kem_key_valid(k), "%s", bad_kem[i]);
    }
    cr_expect(sign_key_valid(sign_key_public(s)));
    memset(k, 0, KEY_LEN);
    cr_expect_not(sign_key_valid(k));       /* order 4 */
    k[0] = 1;
    cr_expect_not(sign_key_valid(k));       /* the identity */
    sign_key_free(s);
}

Test(sign, wycheproof_ed25519)
{
    json_t *j = vectors_load("wycheproof/ed25519_test.json");
    json_t *group, *test;
    size_t i, k, valid = 0, invalid = 0;

    if (j == NULL)
        return;
    json_array_foreach(json_object_get(j, "testGroups"), i, group) {
        struct slice pk = vectors_hex(json_object_get(group, "publicKey"),
            "pk");

        json_array_foreach(json_object_get(group, "tests"), k, test) {
            struct slice msg = vectors_hex(test, "msg");
            struct slice sig = vectors_hex(test, "sig");
            bool good = strcmp(vectors_str(test, "result"), "valid") == 0;

            if (sig.n != SIG_LEN) {
                cr_expect_not(good);
                invalid++;
                continue;
            }
            cr_expect_eq(sign_note_check(pk.p, msg, sig.p) == OK, good);
            valid += good;
            invalid += !good;
        }
    }
    cr_expect_eq(valid, 88);
    cr_expect_eq(invalid, 63);
    json_decref(j);
}

Test(sign, the_edge_cases_of_cctv_are_accepted_or_refused_as_strictly_as_said)
{
    json_t *j = vectors_load("cctv/ed25519vectors.json"), *test;
    size_t i, accepted = 0;

    if (j == NULL)
        return;
    json_array_foreach(j, i, test) {
        struct slice key_bytes = vectors_hex(test, "key");
        struct slice sig = vectors_hex(test, "sig");
        bool good = sign_note_check(key_bytes.p,
            slice_str(vectors_str(test, "msg")), sig.p) == OK;

        accepted += good;
        /* Whatever enrolment lets through is a point of the main group. */
        if (good && sign_key_valid(key_bytes.p))
            cr_expect_eq(json_array_size(json_object_get(test, "flags")), 0);
    }
    cr_expect_eq(i, 914);
    cr_expect_eq(accepted, 43);
    json_decref(j);
}

Test(sign, the_digits_are_the_same_from_both_sides_and_differ_for_others)
{
    const uint8_t a[KEY_LEN] = { 1 }, b[KEY_LEN] = { 2 };
    struct digits_side x = { a, slice_str("QM-FIU") };
    struct digits_side y = { b, slice_str("QN-FIU") };
    struct digits_side z = { b, slice_str("QO-FIU") };
    char one[61], two[61], three[61], shown[80], request[31];

    digits_of_roots(x, y, one);
    digits_of_roots(y, x, two);
    digits_of_roots(x, z, three);
    cr_expect_str_eq(one, two);
    cr_expect_str_neq(one, three);
    cr_expect_eq(strlen(one), 60);
    cr_expect_eq(strspn(one, "0123456789"), 60);
    digits_group(one, shown, sizeof(shown));
    cr_expect_eq(strlen(shown), 71);
    cr_expect_eq(shown[5], ' ');
    digits_of_request(a, request);
    cr_expect_eq(strlen(request), 30);
}
