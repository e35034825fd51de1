/*
 * Signed objects as they are made: the first signature, the second, lists of
 * devices, and the rows of weekly keys.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/epoch.h"
#include "keys/hpke.h"
#include "keys/object.h"
#include "keys/person.h"

#define NOW 1800000000

static struct arena *a;
static struct person *p, *other;
static uint8_t device[DEVICE_LEN], public[KEY_LEN];
static struct buf list;

static void
setup(void)
{
    const struct person_name name = { slice_str("QN-FIU"), slice_str("o-1"),
        slice_str("p-1") };
    struct secret *s;

    cr_assert_geq(sodium_init(), 0);
    a = arena_new(1 << 24);
    buf_init(&list, TRUST_MAX);
    cr_assert_eq(person_new(&name, &p), OK);
    cr_assert_eq(person_new(&name, &other), OK);
    cr_assert_eq(epoch_new(&s), OK);
    hpke_public(s, public);
    secret_free(s);
    cr_assert_eq(person_devices(p, 1, device, public, NOW, &list), OK);
}

static void
teardown(void)
{
    person_free(p);
    person_free(other);
    buf_clear(&list);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(object, .init = setup, .fini = teardown);

static struct slice
signing(const struct person *who)
{
    return slice_of(sign_key_public(person_sign(who)), KEY_LEN);
}

Test(object, a_list_of_devices_is_its_officers_own)
{
    struct rec *r;

    cr_expect_eq(object_devices(a, slice_of_buf(&list), signing(p), &r,
        NULL), OK);
    cr_expect_eq(record_count(r, "devices"), 1);
    cr_expect_eq(object_devices(a, slice_of_buf(&list), signing(other), &r,
        NULL), E_SIGNATURE);
}

Test(object, every_flip_and_cut_of_a_list_of_devices_is_refused)
{
    uint8_t m[512];
    struct rec *r;

    cr_assert_lt(list.n, sizeof(m));
    for (size_t bit = 0; bit < 8 * list.n; bit++) {
        memcpy(m, list.p, list.n);
        m[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(object_devices(a, slice_of(m, list.n), signing(p), &r,
            NULL), OK, "bit %zu", bit);
    }
    for (size_t n = 0; n < list.n; n++)
        cr_assert_neq(object_devices(a, slice_of(list.p, n), signing(p), &r,
            NULL), OK);
}

static struct rec *
epochs(const struct secret *s)
{
    struct rec *r = record_new(a, &record_epochs);
    union item row;

    cr_assert_eq(epoch_record(a, s, NOW, NOW + 7 * 86400, &row.r), OK);
    cr_assert_eq(record_put_uint(a, r, "v", 1), OK);
    cr_assert_eq(record_put_bytes(a, r, "network", slice_str("test")), OK);
    cr_assert_eq(record_put_bytes(a, r, "authority", slice_str("QN-FIU")),
        OK);
    cr_assert_eq(record_put_uint(a, r, "serial", 1), OK);
    cr_assert_eq(record_put(a, r, record_field(&record_epochs, "epochs"),
        &row, 1), OK);
    return r;
}

Test(object, a_weekly_key_is_named_by_its_public_key)
{
    uint8_t kid[HASH_LEN], again[HASH_LEN];
    const struct rec *row;
    struct secret *s;

    cr_assert_eq(epoch_new(&s), OK);
    row = record_value(epochs(s), "epochs")->v[0].r;
    epoch_kid(s, kid);
    key_id(ALG_X25519, record_bytes(row, "public"), again);
    cr_expect(memcmp(kid, again, HASH_LEN) == 0);
    cr_expect(slice_equal(record_bytes(row, "kid"), SLICE(kid)));
    cr_expect_eq(record_uint(row, "suite"), ALG_X25519);
    secret_free(s);
}

Test(object, one_signature_waits_and_the_second_completes_it)
{
    uint8_t digest[HASH_LEN], sig[SIG_LEN];
    struct signed_object o;
    struct buf one, two;
    struct secret *s;

    buf_init(&one, TRUST_MAX);
    buf_init(&two, TRUST_MAX);
    cr_assert_eq(epoch_new(&s), OK);
    cr_assert_eq(object_sign(TRUST_EPOCHS, epochs(s),
        person_sign(p), &one, digest, NULL), OK);
    /* The container is the same for all kinds; a staff list needs two. */
    cr_expect_eq(trust_decode(TRUST_STAFF, slice_of_buf(&one), &o, NULL),
        E_MALFORMED);
    cr_assert_eq(trust_decode_waiting(TRUST_STAFF, slice_of_buf(&one), &o,
        NULL), OK);
    cr_assert_eq(object_second(&o, person_sign(other), sig, &two), OK);
    cr_assert_eq(trust_decode(TRUST_STAFF, slice_of_buf(&two), &o, NULL),
        OK);
    cr_expect_eq(object_signed_by(LABEL_APPR, &o, 1, signing(other)), OK);
    cr_expect_eq(object_signed_by(LABEL_SIG, &o, 1, signing(other)),
        E_SIGNATURE);
    cr_expect_eq(object_signed_by(LABEL_APPR, &o, 1, signing(p)),
        E_SIGNATURE);
    cr_expect_eq(object_signed_by(LABEL_APPR, &o, 2, signing(p)),
        E_SIGNATURE);
    buf_reset(&one);
    cr_expect_eq(object_second(&o, person_sign(p), sig, &one), E_FOUR_EYES);
    secret_free(s);
    buf_clear(&one);
    buf_clear(&two);
}

Test(object, a_record_with_a_fault_is_not_signed)
{
    uint8_t digest[HASH_LEN];
    struct rec *r = record_new(a, &record_epochs);
    struct buf b;

    buf_init(&b, TRUST_MAX);
    cr_expect_eq(object_sign(TRUST_EPOCHS, r, person_sign(p), &b, digest, NULL),
        E_FIELD_MISSING);
    cr_expect_eq(b.n, 0);
}
