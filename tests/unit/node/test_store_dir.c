#include "node/store_dir.h"
#include "tests/unit/node/store_fixture.h"

TestSuite(store_dir, .init = set_up, .fini = tear_down);

static enum err
see_object(void *arg, const struct store_object *o)
{
    return see(arg, o->serial, o->bytes.n);
}

static enum err
see_slot(void *arg, const struct store_slot *slot)
{
    return see(arg, slot->epoch[0] * 100U + slot->officer[0], slot->bytes.n);
}

Test(store_dir, the_newest_object_of_an_owner_is_found)
{
    struct store_object o = { .kind = 1, .owner = slice_str("QO-FIU"),
        .bytes = slice_str("signed") }, got;
    struct seen seen = { 0 };

    begin();
    for (unsigned i = 1; i <= 3; i++) {
        o.serial = i;
        o.state = i == 3;
        fill(o.digest, HASH_LEN, i);
        cr_expect_eq(store_object_put(s, &o), OK);
    }
    o.owner = slice_str("ZZ-FIU");
    o.serial = 8;
    o.state = 0;
    fill(o.digest, HASH_LEN, 8);
    cr_expect_eq(store_object_put(s, &o), OK);
    commit();
    reopen();
    o.owner = slice_str("QO-FIU");
    cr_assert_eq(store_object_newest(s, 1, o.owner, 0, a, &got), OK);
    cr_expect_eq(got.serial, 2);
    cr_expect(slice_is(got.owner, "QO-FIU"));
    cr_expect(slice_is(got.bytes, "signed"));
    cr_expect_eq(store_object_newest(s, 2, o.owner, 0, a, &got),
        ERR_NOTFOUND);
    cr_expect_eq(store_object_get(s, 1, o.owner, 1, a, &got), OK);
    cr_expect_eq(got.digest[0], 1);
    fill(o.digest, HASH_LEN, 3);
    cr_expect_eq(store_object_find(s, 1, o.digest, a, &got), OK);
    cr_expect_eq(got.state, 1);
    begin();
    cr_expect_eq(store_object_set(s, 1, o.digest, 0, slice_str("both")), OK);
    commit();
    cr_expect_eq(store_object_newest(s, 1, o.owner, 0, a, &got), OK);
    cr_expect_eq(got.serial, 3);
    cr_expect(slice_is(got.bytes, "both"));
    cr_expect_eq(store_object_list(s, 1, o.owner, 1, 9, see_object, &seen),
        OK);
    cr_expect_eq(seen.n, 2);
    cr_expect_eq(store_object_owners(s, 1, see_object, &seen), OK);
    cr_assert_eq(seen.n, 4);
    cr_expect_eq(seen.at[2], 3);
    cr_expect_eq(seen.at[3], 8);
    begin();
    o.serial = 3;
    fill(o.digest, HASH_LEN, 30);
    cr_expect_eq(store_object_put(s, &o), ERR_EXISTS);
    store_rollback(s);
}

Test(store_dir, slots_are_kept_by_epoch_officer_and_device)
{
    struct store_slot slot = { .bytes = slice_str("sealed") };
    struct seen seen = { 0 };
    struct buf b;

    buf_init(&b, 100);
    begin();
    for (unsigned e = 1; e <= 2; e++)
        for (unsigned o = 1; o <= 2; o++) {
            fill(slot.epoch, HASH_LEN, e);
            fill(slot.officer, HASH_LEN, o);
            slot.device = slice_str("laptop");
            cr_expect_eq(store_slot_put(s, &slot), OK);
        }
    slot.device = slice_str("desk");
    cr_expect_eq(store_slot_put(s, &slot), OK);
    slot.bytes = slice_str("again");
    cr_expect_eq(store_slot_put(s, &slot), OK);
    commit();
    cr_expect_eq(store_slot_get(s, slot.epoch, slot.officer, slot.device,
        &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "again"));
    cr_expect_eq(store_slots_of_epoch(s, slot.epoch, see_slot, &seen), OK);
    cr_expect_eq(seen.n, 3);
    cr_expect_eq(store_slots_of_officer(s, slot.officer, see_slot, &seen),
        OK);
    cr_expect_eq(seen.n, 6);
    cr_expect_eq(seen.at[3], 102);
    begin();
    cr_expect_eq(store_slots_drop_device(s, slot.officer, slot.device), OK);
    fill(slot.epoch, HASH_LEN, 1);
    cr_expect_eq(store_slots_drop_epoch(s, slot.epoch), OK);
    commit();
    seen.n = 0;
    cr_expect_eq(store_slots_of_officer(s, slot.officer, see_slot, &seen),
        OK);
    cr_assert_eq(seen.n, 1);
    cr_expect_eq(seen.at[0], 202);
    cr_expect_eq(store_slot_get(s, slot.epoch, slot.officer, slot.device,
        &b), ERR_NOTFOUND);
    buf_clear(&b);
}
