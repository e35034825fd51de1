#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/secret_in.h"
#include "keys/slot.h"
#include "proto/wire.h"

static struct secret *epoch, *device, *other;
static uint8_t device_public[KEY_LEN];
static struct buf out;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_eq(secret_random(KEY_LEN, &epoch), OK);
    cr_assert_eq(secret_random(KEY_LEN, &device), OK);
    cr_assert_eq(secret_random(KEY_LEN, &other), OK);
    hpke_public(device, device_public);
    buf_init(&out, SLOT_MAX);
    cr_assert_eq(slot_seal(epoch, device_public, &out), OK);
}

static void
teardown(void)
{
    secret_free(epoch);
    secret_free(device);
    secret_free(other);
    buf_clear(&out);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(slot, .init = setup, .fini = teardown);

Test(slot, the_device_gets_the_secret_and_another_does_not)
{
    uint8_t public[KEY_LEN], kid[HASH_LEN], e[HASH_LEN], s[HASH_LEN];
    struct secret *got = NULL;

    cr_expect_eq(slot_open(slice_of_buf(&out), other, &got), ERR_CRYPTO);
    cr_expect_null(got);
    cr_assert_eq(slot_open(slice_of_buf(&out), device, &got), OK);
    cr_expect(secret_equal(got, epoch));
    secret_free(got);
    cr_assert_eq(slot_decode(slice_of_buf(&out), e, s), OK);
    hpke_public(epoch, public);
    key_id(HPKE_SUITE, SLICE(public), kid);
    cr_expect_arr_eq(e, kid, HASH_LEN);
    key_id(HPKE_SUITE, SLICE(device_public), kid);
    cr_expect_arr_eq(s, kid, HASH_LEN);
}

Test(slot, every_flip_and_every_cut_is_refused)
{
    struct secret *got = NULL;

    for (size_t bit = 0; bit < 8 * out.n; bit++) {
        out.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect_neq(slot_open(slice_of_buf(&out), device, &got), OK,
            "bit %zu", bit);
        out.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < out.n; n++)
        cr_expect_neq(slot_open(slice_of(out.p, n), device, &got), OK);
    cr_expect_null(got);
}

/* A colleague who seals a false secret under a true name is found out. */
Test(slot, a_secret_that_is_not_of_the_epoch_named_is_refused)
{
    uint8_t e[HASH_LEN], s[HASH_LEN], enc[HPKE_ENC_LEN], info[128];
    struct slice l = label_bytes(LABEL_SLOT);
    struct secret *got = NULL;
    struct buf forged, ct;

    cr_assert_eq(slot_decode(slice_of_buf(&out), e, s), OK);
    memcpy(info, l.p, l.n);
    memcpy(info + l.n, e, HASH_LEN);
    memcpy(info + l.n + HASH_LEN, s, HASH_LEN);
    buf_init(&forged, SLOT_MAX);
    buf_init(&ct, SLOT_MAX);
    cr_assert_eq(hpke_wrap(device_public,
        slice_of(info, l.n + 2 * HASH_LEN), NULL, secret_slice(other), enc,
        &ct), OK);
    write_array(&forged, 4);
    write_bin(&forged, SLICE(e));
    write_bin(&forged, SLICE(s));
    write_bin(&forged, SLICE(enc));
    write_bin(&forged, slice_of_buf(&ct));
    cr_expect_eq(slot_open(slice_of_buf(&forged), device, &got), ERR_CRYPTO);
    cr_expect_null(got);
    buf_clear(&forged);
    buf_clear(&ct);
}
