#include <criterion/criterion.h>

#include "proto/entry.h"
#include "proto/tree.h"
#include "tests/unit/proto/again.h"
#include "tests/unit/proto/mutate.h"

#define FILE_NAME "entry.hex"

/* The entry that the vectors describe. */
static struct entry
sample(void)
{
    struct entry entry = { .seq = 7, .time = 1767225600, .event = 4,
        .has_obj = true };
    uint8_t salt[HASH_LEN], kid[HASH_LEN], sig[ENTRY_SIG_LEN];
    struct buf b;

    memset(entry.obj, 0x11, HASH_LEN);
    memset(salt, 0x22, sizeof(salt));
    memset(kid, 0x33, sizeof(kid));
    memset(sig, 0x44, sizeof(sig));
    buf_init(&b, ENTRY_VALUE_MAX);
    cr_assert_eq(entry_add(&entry, ENTRY_ACTOR, salt, SLICE(kid)), OK);
    entry_put_purpose(&b, 2, slice_str("DE-1"));
    cr_assert_eq(entry_add(&entry, ENTRY_PURPOSE, salt, slice_of_buf(&b)), OK);
    buf_reset(&b);
    entry_put_statement(&b, slice_str("statement"), sig);
    cr_assert_eq(entry_add(&entry, ENTRY_STATEMENT, salt, slice_of_buf(&b)),
        OK);
    buf_clear(&b);
    return entry;
}

Test(entry, what_is_written_is_the_vector)
{
    struct entry entry = sample();
    uint8_t leaf[HASH_LEN];
    struct buf b;

    buf_init(&b, ENTRY_MAX);
    cr_assert_eq(entry_encode(&entry, &b), OK);
    cr_expect(slice_equal(slice_of_buf(&b), vector_of(FILE_NAME, "entry")));
    entry_leaf(slice_of_buf(&b), leaf);
    cr_expect(slice_equal(SLICE(leaf), vector_of(FILE_NAME, "leaf")));
    buf_clear(&b);
}

Test(entry, every_bit_and_every_truncation)
{
    mutate_all(vector_of(FILE_NAME, "entry"), again_entry);
    mutate_all(vector_of(FILE_NAME, "openings"), again_openings);
}

Test(entry, an_opening_opens_its_field_and_no_other)
{
    struct entry entry;
    struct opening o[ENTRY_FIELDS_MAX];
    struct slice s, sig;
    uint64_t purpose;
    size_t n;

    cr_assert_eq(entry_decode(vector_of(FILE_NAME, "entry"), &entry), OK);
    cr_assert_eq(opening_decode(vector_of(FILE_NAME, "openings"), o, &n), OK);
    cr_assert_eq(n, 3);
    for (size_t i = 0; i < n; i++)
        cr_expect_eq(opening_check(&o[i], &entry), OK);
    cr_expect_eq(entry_get_purpose(o[1].value, &purpose, &s), OK);
    cr_expect(purpose == 2 && slice_is(s, "DE-1"));
    cr_expect_eq(entry_get_statement(o[2].value, &s, &sig), OK);
    cr_expect(slice_is(s, "statement") && sig.n == 64 && sig.p[0] == 0x44);
    o[0].type = ENTRY_PURPOSE;
    cr_expect_eq(opening_check(&o[0], &entry), ERR_PROOF);
    o[0].type = ENTRY_DETAIL;
    cr_expect_eq(opening_check(&o[0], &entry), ERR_PROOF);
    o[1].salt_f[0] ^= 1;
    cr_expect_eq(opening_check(&o[1], &entry), ERR_PROOF);
    o[2].value.n--;
    cr_expect_eq(opening_check(&o[2], &entry), ERR_PROOF);
}

Test(entry, fields_begin_with_the_actor_and_ascend)
{
    struct entry entry = sample();
    uint8_t salt[HASH_LEN] = { 0 };
    struct buf b;

    buf_init(&b, ENTRY_MAX);
    cr_expect_eq(entry_add(&entry, ENTRY_STATEMENT, salt, SLICE_EMPTY),
        E_FIELD_RANGE);
    cr_expect_eq(entry_add(&entry, ENTRY_DETAIL, salt, SLICE_EMPTY), OK);
    cr_expect_eq(entry_encode(&entry, &b), OK);
    cr_expect_eq(entry_add(&entry, ENTRY_DETAIL, salt, SLICE_EMPTY),
        E_FIELD_RANGE);
    entry.fields[0].type = ENTRY_PURPOSE;
    cr_expect_eq(entry_encode(&entry, &b), E_FIELD_RANGE);
    entry = sample();
    entry.fields[1].type = ENTRY_STATEMENT;
    cr_expect_eq(entry_encode(&entry, &b), E_FIELD_RANGE);
    entry = sample();
    entry.n = 0;
    cr_expect_eq(entry_encode(&entry, &b), E_FIELD_RANGE);
    entry = sample();
    entry.seq = TREE_SIZE_MAX;
    cr_expect_eq(entry_encode(&entry, &b), E_FIELD_RANGE);
    buf_clear(&b);
}

Test(entry, one_without_an_object_and_one_that_is_too_long)
{
    static const uint8_t big[ENTRY_MAX + 1];
    struct entry entry = sample(), back;
    struct buf b;

    memset(&entry.obj, 0, HASH_LEN);
    entry.has_obj = false;
    buf_init(&b, ENTRY_MAX);
    cr_assert_eq(entry_encode(&entry, &b), OK);
    mutate_all(slice_of_buf(&b), again_entry);
    cr_expect_eq(entry_decode(slice_of_buf(&b), &back), OK);
    cr_expect(!back.has_obj && entry_field(&back, ENTRY_DETAIL) == NULL &&
        entry_field(&back, ENTRY_STATEMENT) == &back.fields[2]);
    cr_expect_eq(entry_decode(SLICE(big), &back), E_OVERSIZE);
    buf_clear(&b);
}
