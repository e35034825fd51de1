#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/hpke.h"
#include "keys/person.h"

#define NOW 1800000000

static struct arena *a;
static struct person *p;
static const struct person_name NAME = { { (const uint8_t *)"QN-FIU", 6 },
    { (const uint8_t *)"o-114", 5 }, { (const uint8_t *)"p-7", 3 } };

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(4u << 20);
    cr_assert_eq(person_new(&NAME, &p), OK);
}

static void
teardown(void)
{
    person_free(p);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(person, .init = setup, .fini = teardown);

Test(person, saved_and_loaded_it_is_the_same_person)
{
    const uint8_t root[HASH_LEN] = { 5 };
    struct secret *payload;
    struct person *q;

    cr_expect_null(person_root(p));
    person_trust(p, root);
    cr_assert_eq(person_save(p, &payload), OK);
    cr_assert_eq(person_load(payload, &q), OK);
    cr_expect_arr_eq(sign_key_id(person_sign(q)), sign_key_id(person_sign(p)),
        HASH_LEN);
    cr_expect(secret_equal(person_reading(q), person_reading(p)));
    cr_expect(secret_equal(person_curve(q), person_curve(p)));
    cr_expect(secret_equal(person_draft(q), person_draft(p)));
    cr_expect_arr_eq(person_root(q), root, HASH_LEN);
    cr_expect(slice_is(person_name(q).label, "o-114"));
    cr_expect(slice_is(person_name(q).authority, "QN-FIU"));
    cr_expect(slice_is(person_name(q).person, "p-7"));
    secret_free(payload);
    person_free(q);
}

Test(person, a_payload_that_is_no_person_is_refused)
{
    struct secret *s;
    struct person *q = NULL;

    cr_assert_eq(secret_random(200, &s), OK);
    cr_expect_eq(person_load(s, &q), ERR_FORMAT);
    cr_expect_null(q);
    secret_free(s);
}

Test(person, a_name_that_is_not_of_its_format_makes_no_keys)
{
    struct person_name n = NAME;
    struct person *q = NULL;

    n.label = slice_str("O 114");
    cr_expect_eq(person_new(&n, &q), E_FIELD_RANGE);
    n = NAME;
    n.authority = slice_str("somewhere");
    cr_expect_eq(person_new(&n, &q), E_FIELD_RANGE);
    cr_expect_null(q);
}

/* With the slot key of a device; NULL: a good one. */
static struct slice
request_of(const struct person *by, const struct person *devices_by,
    const uint8_t *slot, uint8_t digest[static HASH_LEN])
{
    const uint8_t device[DEVICE_LEN] = { 1 };
    uint8_t public[KEY_LEN];
    struct buf d, out;
    struct slice s;

    buf_init(&d, 4096);
    buf_init(&out, 8192);
    if (slot != NULL)
        memcpy(public, slot, KEY_LEN);
    else
        hpke_public(person_reading(by), public);
    cr_assert_eq(person_devices(devices_by, 1, device, public, NOW, &d), OK);
    cr_assert_eq(person_request(by, slice_of_buf(&d), NOW, &out, digest), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&out), &s), OK);
    buf_clear(&d);
    buf_clear(&out);
    return s;
}

static struct slice
request(const struct person *by, const struct person *devices_by,
    uint8_t digest[static HASH_LEN])
{
    return request_of(by, devices_by, NULL, digest);
}

Test(person, a_request_proves_who_asks_and_every_flip_is_refused)
{
    uint8_t digest[HASH_LEN], got[HASH_LEN];
    struct slice s = request(p, p, digest);
    uint8_t *m = (uint8_t *)(uintptr_t)s.p;
    struct rec *r = NULL;
    struct fault f;

    cr_assert_eq(person_request_check(a, s, &r, got, &f), OK, "%s", f.path);
    cr_expect_arr_eq(got, digest, HASH_LEN);
    cr_expect(slice_is(record_bytes(r, "label"), "o-114"));
    for (size_t bit = 0; bit < 8 * s.n; bit++) {
        struct arena *once = arena_new(1u << 20);

        m[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(person_request_check(once, s, &r, got, &f), OK);
        m[bit / 8] ^= (uint8_t)(1 << bit % 8);
        arena_free(once);
    }
}

/* Nothing could be sealed to it, and whoever tried for all would fail. */
Test(person, a_device_whose_key_is_none_is_refused)
{
    static const uint8_t low_order[][KEY_LEN] = { { 0 }, { 1 } };
    uint8_t digest[HASH_LEN];
    struct fault f;
    struct rec *r;

    for (size_t i = 0; i < sizeof(low_order) / sizeof(low_order[0]); i++) {
        cr_expect_eq(person_request_check(a, request_of(p, p, low_order[i],
            digest), &r, digest, &f), E_KEY_BAD);
        cr_expect_str_eq(f.path, "slotk.devices[0]");
    }
}

Test(person, devices_of_another_person_are_refused)
{
    uint8_t digest[HASH_LEN];
    struct person *q;
    struct rec *r;
    struct fault f;

    cr_assert_eq(person_new(&NAME, &q), OK);
    cr_expect_eq(person_request_check(a, request(p, q, digest), &r, digest,
        &f), E_SIGNATURE);
    cr_expect_str_eq(f.path, "slotk");
    person_free(q);
}
