#include "node/store_dir.h"
#include "node/store_log.h"
#include "proto/tree.h"
#include "tests/unit/node/store_fixture.h"

#define LEAVES 3000

TestSuite(store_log, .init = set_up, .fini = tear_down);

static enum err
see_entry(void *arg, uint64_t index, struct slice entry)
{
    return see(arg, index, entry.n);
}

static enum err
see_peerlog(void *arg, const struct store_peerlog *p)
{
    return see(arg, p->size, p->note.n);
}

/* Appends leaves [from, to), each of its own bytes. */
static void
append(uint64_t from, uint64_t to)
{
    uint8_t entry[40] = { 0 }, salt[HASH_LEN] = { 0 };
    struct store_value v = { ENTRY_ACTOR, slice_str("kid") };
    uint64_t index;

    begin();
    for (uint64_t i = from; i < to; i++) {
        put_u64(entry, i * 977);
        put_u64(salt, i);
        cr_assert_eq(store_leaf_append(s, SLICE(entry), salt, &v, 1, &index),
            OK);
        cr_assert_eq(index, i);
    }
    commit();
}

static void
leaf_of(uint64_t i, uint8_t out[static HASH_LEN])
{
    uint8_t entry[40] = { 0 };

    put_u64(entry, i * 977);
    tree_leaf(SLICE(entry), out);
}

/* The root of size leaves, built without the store. */
static void
root_of(uint64_t size, uint8_t out[static HASH_LEN])
{
    struct tree_range range;
    uint8_t leaf[HASH_LEN];

    tree_range_init(&range);
    for (uint64_t i = 0; i < size; i++) {
        leaf_of(i, leaf);
        tree_range_add(&range, leaf);
    }
    tree_range_root(&range, out);
}

static void
check_proofs(uint64_t size, uint64_t step)
{
    uint8_t root[HASH_LEN], want[HASH_LEN], leaf[HASH_LEN], old[HASH_LEN];
    struct tree_proof proof;
    uint64_t got;

    cr_assert_eq(store_log_root(s, &got, root), OK);
    cr_assert_eq(got, size);
    root_of(size, want);
    cr_assert_arr_eq(root, want, HASH_LEN);
    cr_assert_eq(tree_root_at(store_tree_fetch, s, size, want), OK);
    cr_assert_arr_eq(root, want, HASH_LEN);
    for (uint64_t i = 0; i < size; i += step) {
        leaf_of(i, leaf);
        cr_assert_eq(tree_prove_inclusion(i, size, store_tree_fetch, s,
            &proof), OK);
        cr_assert_eq(tree_check_inclusion(i, size, leaf, &proof, root), OK);
    }
    for (uint64_t i = 1; i <= size; i += 7 * step) {
        root_of(i, old);
        cr_assert_eq(tree_prove_consistency(i, size, store_tree_fetch, s,
            &proof), OK);
        cr_assert_eq(tree_check_consistency(i, size, old, root, &proof), OK);
    }
}

Test(store_log, proofs_out_of_the_tiles_of_a_log_verify)
{
    static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 512, 700,
        LEAVES };
    uint64_t from = 0;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        append(from, sizes[i]);
        from = sizes[i];
        if (i % 2 == 1)
            reopen();
        check_proofs(from, 1 + from / 100);
    }
    reopen();
    check_proofs(LEAVES, 1);
}

Test(store_log, a_node_that_is_not_complete_is_not_given)
{
    uint8_t out[HASH_LEN];

    append(0, 300);
    cr_expect_eq(store_tree_fetch(s, 0, 299, out), OK);
    cr_expect_eq(store_tree_fetch(s, 0, 300, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 8, 0, out), OK);
    cr_expect_eq(store_tree_fetch(s, 8, 1, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 9, 0, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 64, 0, out), E_FIELD_RANGE);
    cr_expect_eq(store_tree_fetch(s, 0, UINT64_MAX, out), E_FIELD_RANGE);
}

Test(store_log, a_rollback_in_the_middle_of_a_tile_leaves_no_trace)
{
    uint8_t salt[HASH_LEN] = { 0 };
    uint64_t index;

    append(0, 250);
    begin();
    for (int i = 0; i < 20; i++)
        cr_assert_eq(store_leaf_append(s, slice_str("other"), salt, NULL, 0,
            &index), OK);
    store_rollback(s);
    append(250, 260);
    check_proofs(260, 1);
    reopen();
    check_proofs(260, 1);
}

Test(store_log, entries_and_openings_are_read_and_erased)
{
    uint8_t salt[HASH_LEN] = { 9 }, other[HASH_LEN] = { 8 };
    struct store_value v[2] = { { ENTRY_ACTOR, slice_str("me") },
        { ENTRY_DETAIL, SLICE_EMPTY } };
    struct entry entry = { .time = 5, .event = 1 };
    struct opening o;
    struct seen seen = { 0 };
    struct buf b;
    uint64_t index = 0;

    buf_init(&b, ENTRY_MAX);
    cr_assert_eq(entry_add(&entry, ENTRY_ACTOR, salt, v[0].value), OK);
    cr_assert_eq(entry_add(&entry, ENTRY_DETAIL, salt, v[1].value), OK);
    cr_assert_eq(entry_encode(&entry, &b), OK);
    begin();
    cr_expect_eq(store_leaf_append(s, slice_of_buf(&b), salt, v, 2, &index),
        OK);
    cr_expect_eq(store_leaf_append(s, slice_str("two"), other, v, 1, &index),
        OK);
    commit();
    buf_reset(&b);
    cr_assert_eq(store_entry_get(s, 0, &b), OK);
    cr_assert_eq(entry_decode(slice_of_buf(&b), &entry), OK);
    cr_assert_eq(store_opening_get(s, 0, ENTRY_ACTOR, a, &o), OK);
    cr_expect_eq(opening_check(&o, &entry), OK);
    cr_expect(slice_is(o.value, "me"));
    cr_assert_eq(store_opening_get(s, 0, ENTRY_DETAIL, a, &o), OK);
    cr_expect_eq(opening_check(&o, &entry), OK);
    cr_expect_eq(store_opening_get(s, 0, ENTRY_PURPOSE, a, &o), ERR_NOTFOUND);
    cr_expect_eq(store_entry_get(s, 2, &b), ERR_NOTFOUND);
    cr_expect_eq(store_entry_list(s, 1, 9, see_entry, &seen), OK);
    cr_expect_eq(seen.n, 1);
    cr_expect_eq(seen.bytes, 3);
    begin();
    cr_expect_eq(store_openings_erase(s, 0, 1), OK);
    commit();
    cr_expect_eq(store_opening_get(s, 0, ENTRY_ACTOR, a, &o), ERR_NOTFOUND);
    cr_expect_eq(store_opening_get(s, 1, ENTRY_ACTOR, a, &o), OK);
    buf_reset(&b);
    cr_expect_eq(store_entry_get(s, 0, &b), OK);
    buf_clear(&b);
}

Test(store_log, an_entry_that_is_too_long_is_refused)
{
    uint8_t salt[HASH_LEN] = { 0 };
    uint64_t index, size;

    begin();
    cr_expect_eq(store_leaf_append(s, bytes(1, ENTRY_MAX + 1), salt, NULL, 0,
        &index), E_OVERSIZE);
    cr_expect_eq(store_commit(s), E_OVERSIZE);
    cr_expect_eq(store_log_size(s, &size), OK);
    cr_expect_eq(size, 0);
}

Test(store_log, notes_are_kept_by_size_and_the_newest_is_found)
{
    struct buf b;
    uint64_t size = 0;

    buf_init(&b, 100);
    cr_expect_eq(store_note_newest(s, &size, &b), ERR_NOTFOUND);
    begin();
    cr_expect_eq(store_note_put(s, 9, slice_str("nine")), OK);
    cr_expect_eq(store_note_put(s, 3, slice_str("three")), OK);
    commit();
    cr_expect_eq(store_note_newest(s, &size, &b), OK);
    cr_expect_eq(size, 9);
    cr_expect(slice_is(slice_of_buf(&b), "nine"));
    buf_reset(&b);
    cr_expect_eq(store_note_get(s, 3, &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "three"));
    cr_expect_eq(store_note_get(s, 4, &b), ERR_NOTFOUND);
    begin();
    cr_expect_eq(store_note_put(s, 9, slice_str("other")), ERR_EXISTS);
    store_rollback(s);
    buf_clear(&b);
}

Test(store_log, what_is_known_of_another_log_never_goes_back)
{
    struct store_peerlog p = { .origin = slice_str("QO-FIU/log/1"),
        .size = 7, .root = { 1 }, .note = slice_str("note") }, got;
    struct seen seen = { 0 };

    begin();
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    p.cosigned = slice_str("cosigned");
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    commit();
    for (int i = 0; i < 2; i++) {
        begin();
        p.root[0] = 2;                  /* the same size, then a smaller */
        p.size = 7 - (uint64_t)i;
        cr_expect_eq(store_peerlog_put(s, &p), E_FIELD_RANGE);
        store_rollback(s);
    }
    cr_assert_eq(store_peerlog_get(s, p.origin, a, &got), OK);
    cr_expect_eq(got.size, 7);
    cr_expect_eq(got.root[0], 1);
    cr_expect(slice_is(got.origin, "QO-FIU/log/1"));
    cr_expect(slice_is(got.note, "note"));
    cr_expect(slice_is(got.cosigned, "cosigned"));
    begin();
    p.size = 8;
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    p.origin = slice_str("A");
    p.size = 1;
    cr_expect_eq(store_peerlog_put(s, &p), OK);
    commit();
    cr_expect_eq(store_peerlog_list(s, see_peerlog, &seen), OK);
    cr_assert_eq(seen.n, 2);
    cr_expect_eq(seen.at[0], 1);
    cr_expect_eq(seen.at[1], 8);
    cr_expect_eq(store_peerlog_get(s, slice_str("B"), a, &got), ERR_NOTFOUND);
}

Test(store_log, a_statement_leads_to_its_entry)
{
    uint8_t digest[HASH_LEN] = { 4 };
    uint64_t entry;

    append(0, 3);
    begin();
    cr_expect_eq(store_statement_put(s, digest, 2), OK);
    commit();
    cr_expect_eq(store_statement_get(s, digest, &entry), OK);
    cr_expect_eq(entry, 2);
    digest[1] = 1;
    cr_expect_eq(store_statement_get(s, digest, &entry), ERR_NOTFOUND);
}

static enum err
see_step(void *arg, uint64_t index)
{
    return see(arg, index, 0);
}

Test(store_log, steps_of_a_message_are_found_by_its_digest)
{
    static const uint8_t one[HASH_LEN] = { 1 }, two[HASH_LEN] = { 2 };
    struct seen all = { .n = 0 }, some = { .n = 0 }, none = { .n = 0 };

    append(0, 20);
    begin();
    cr_assert_eq(store_step_put(s, one, 3), OK);
    cr_assert_eq(store_step_put(s, two, 4), OK);
    cr_assert_eq(store_step_put(s, one, 12), OK);
    cr_assert_eq(store_step_put(s, one, 7), OK);
    commit();
    cr_expect_eq(store_step_list(s, one, 0, 9, see_step, &all), OK);
    cr_assert_eq(all.n, 3);
    cr_expect_eq(all.at[0], 3);
    cr_expect_eq(all.at[2], 12);
    cr_expect_eq(store_step_list(s, one, 4, 1, see_step, &some), OK);
    cr_assert_eq(some.n, 1);
    cr_expect_eq(some.at[0], 7);
    cr_expect_eq(store_step_list(s, (const uint8_t[HASH_LEN]){ 5 }, 0, 9,
        see_step, &none), OK);
    cr_expect_eq(none.n, 0);
}
