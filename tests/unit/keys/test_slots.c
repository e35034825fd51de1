#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/file.h"
#include "keys/slots.h"

#define NOW 1800000000

static struct person *p;
static struct slots *s;
static char dir[64];
static const struct person_name NAME = { { (const uint8_t *)"QN-FIU", 6 },
    { (const uint8_t *)"o-114", 5 }, { (const uint8_t *)"p-7", 3 } };

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-test-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    cr_assert_eq(person_new(&NAME, &p), OK);
    cr_assert_eq(slots_new(NOW, &s), OK);
}

static void
teardown(void)
{
    char command[96];

    slots_free(s);
    person_free(p);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(slots, .init = setup, .fini = teardown);

Test(slots, saved_and_loaded_they_open_what_was_sealed_to_them)
{
    uint8_t public[KEY_LEN], again[KEY_LEN];
    struct secret *epoch, *got = NULL;
    struct slots *t = NULL;
    struct buf slot;

    buf_init(&slot, SLOT_MAX);
    slots_public(s, public);
    cr_assert_eq(secret_random(KEY_LEN, &epoch), OK);
    cr_assert_eq(slot_seal(epoch, public, &slot), OK);
    cr_assert_eq(slots_save(s, p, "o-114.slot", false), OK);
    cr_expect_eq(slots_save(s, p, "o-114.slot", false), ERR_EXISTS);
    cr_assert_eq(slots_load("o-114.slot", p, &t), OK);
    cr_expect_arr_eq(slots_device(t), slots_device(s), DEVICE_LEN);
    slots_public(t, again);
    cr_expect_arr_eq(again, public, KEY_LEN);
    cr_assert_eq(slots_open(t, slice_of_buf(&slot), &got), OK);
    cr_expect(secret_equal(got, epoch));
    secret_free(got);
    secret_free(epoch);
    slots_free(t);
    buf_clear(&slot);
}

Test(slots, a_slot_of_another_device_does_not_open)
{
    uint8_t public[KEY_LEN];
    struct secret *epoch, *got = NULL;
    struct slots *t;
    struct buf slot;

    buf_init(&slot, SLOT_MAX);
    cr_assert_eq(slots_new(NOW, &t), OK);
    slots_public(t, public);
    cr_assert_eq(secret_random(KEY_LEN, &epoch), OK);
    cr_assert_eq(slot_seal(epoch, public, &slot), OK);
    cr_expect_eq(slots_open(s, slice_of_buf(&slot), &got), ERR_CRYPTO);
    cr_expect_eq(slots_open(s, slice_str("no slot"), &got), ERR_CRYPTO);
    cr_expect_null(got);
    cr_expect_neq(memcmp(slots_device(s), slots_device(t), DEVICE_LEN), 0);
    secret_free(epoch);
    slots_free(t);
    buf_clear(&slot);
}

Test(slots, every_flip_and_every_cut_of_the_file_is_refused)
{
    struct slots *t = NULL;
    struct buf file;

    buf_init(&file, 4096);
    cr_assert_eq(slots_save(s, p, "x.slot", false), OK);
    cr_assert_eq(file_read("x.slot", &file), OK);
    for (size_t bit = 0; bit < 8 * file.n; bit += 3) {
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_eq(file_write("y.slot", slice_of_buf(&file), 0600, true),
            OK);
        cr_expect_eq(slots_load("y.slot", p, &t),
            bit < 40 ? ERR_FORMAT : ERR_CRYPTO, "bit %zu", bit);
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < file.n; n += 5) {
        cr_assert_eq(file_write("y.slot", slice_of(file.p, n), 0600, true),
            OK);
        cr_expect_neq(slots_load("y.slot", p, &t), OK);
    }
    cr_expect_null(t);
    buf_clear(&file);
}

Test(slots, the_file_of_another_person_or_one_that_others_read_is_refused)
{
    struct slots *t = NULL;
    struct person *q;

    cr_assert_eq(person_new(&NAME, &q), OK);
    cr_assert_eq(slots_save(s, p, "x.slot", false), OK);
    cr_expect_eq(slots_load("x.slot", q, &t), ERR_CRYPTO);
    cr_assert_eq(chmod("x.slot", 0644), 0);
    cr_expect_eq(slots_load("x.slot", p, &t), ERR_PERM);
    cr_expect_eq(slots_load("none.slot", p, &t), ERR_NOTFOUND);
    cr_expect_null(t);
    person_free(q);
}

Test(slots, the_signed_list_of_devices_goes_into_a_request)
{
    struct arena *a = arena_new(1u << 20);
    uint8_t digest[HASH_LEN], got[HASH_LEN], public[KEY_LEN];
    struct signed_object o;
    struct buf list, request;
    struct rec *r;
    struct fault f;

    buf_init(&list, 4096);
    buf_init(&request, 8192);
    cr_assert_eq(slots_devices(s, p, 1, &list), OK);
    cr_assert_eq(person_request(p, slice_of_buf(&list), NOW, &request,
        digest), OK);
    cr_assert_eq(person_request_check(a, slice_of_buf(&request), &r, got,
        &f), OK, "%s", f.path);
    cr_assert_eq(trust_decode(TRUST_SLOTK, record_bytes(r, "slots"), &o, &f),
        OK);
    cr_assert_eq(trust_read(a, TRUST_SLOTK, &o, &r, &f), OK);
    r = record_value(r, "devices")->v[0].r;
    slots_public(s, public);
    cr_expect(slice_equal(record_bytes(r, "public"), SLICE(public)));
    cr_expect(slice_equal(record_bytes(r, "device"),
        slice_of(slots_device(s), DEVICE_LEN)));
    cr_expect_eq(record_uint(r, "at"), NOW);
    buf_clear(&list);
    buf_clear(&request);
    arena_free(a);
}
