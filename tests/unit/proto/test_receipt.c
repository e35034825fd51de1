#include <criterion/criterion.h>

#include "proto/enums.h"
#include "proto/receipt.h"
#include "tests/unit/proto/again.h"
#include "tests/unit/proto/mutate.h"

#define FILE_NAME "entry.hex"

static uint8_t digest[HASH_LEN];

static struct receipt_expect
expected(void)
{
    memset(digest, 0x11, sizeof(digest));
    return (struct receipt_expect){ slice_str("QM-FIU/log/1"), 8,
        vector_of(FILE_NAME, "root").p, digest,
        RECEIPT_EVENT(EVENT_DELIVERED) | RECEIPT_EVENT(EVENT_REFUSED), 0 };
}

Test(receipt, the_vector_proves_its_entry)
{
    struct receipt_expect x = expected();
    struct receipt r;
    struct entry entry;

    cr_assert_eq(receipt_decode(vector_of(FILE_NAME, "receipt"), &r), OK);
    cr_expect_eq(receipt_check(&r, &x, &entry), OK);
    cr_expect(entry.event == EVENT_DELIVERED && entry.seq == 7);
}

Test(receipt, every_bit_is_part_of_the_proof)
{
    struct receipt_expect x = expected();
    struct slice v = vector_of(FILE_NAME, "receipt");
    uint8_t *m = malloc(v.n);
    struct receipt r;
    struct entry entry;

    mutate_all(v, again_receipt);
    cr_assert_not_null(m);
    memcpy(m, v.p, v.n);
    for (size_t bit = 0; bit < 8 * v.n; bit++) {
        m[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (receipt_decode(slice_of(m, v.n), &r) == OK)
            cr_assert_neq(receipt_check(&r, &x, &entry), OK, "bit %zu", bit);
        m[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(m);
}

Test(receipt, everything_expected_is_compared)
{
    struct receipt_expect x = expected();
    struct receipt r;
    struct entry entry;

    cr_assert_eq(receipt_decode(vector_of(FILE_NAME, "receipt"), &r), OK);
    x.origin = slice_str("QM-FIU/log/2");
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
    x = expected();
    x.size = 7;
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
    x.size = 9;
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
    x = expected();
    x.events = RECEIPT_EVENT(EVENT_OPENED);
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
    x.event = EVENT_CANCELLED;          /* above 63: no bit of a mask */
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
    x.event = EVENT_DELIVERED;
    cr_expect_eq(receipt_check(&r, &x, &entry), OK);
    x = expected();
    digest[0] ^= 1;
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
}

Test(receipt, the_entry_must_be_at_its_own_number)
{
    struct receipt_expect x = expected();
    uint8_t root[HASH_LEN];
    struct receipt r;
    struct entry entry;

    cr_assert_eq(receipt_decode(vector_of(FILE_NAME, "receipt"), &r), OK);
    entry_leaf(r.entry, root);
    x.root = root;
    x.size = 1;
    r.index = 0;
    r.proof.n = 0;
    cr_expect_eq(receipt_check(&r, &x, &entry), ERR_PROOF);
}

Test(receipt, the_longest_fits_its_limit)
{
    static uint8_t big[ENTRY_MAX];
    static struct receipt r;
    struct buf b;

    r.origin = slice_of(big, NOTE_NAME_MAX);
    r.index = TREE_SIZE_MAX - 1;
    r.entry = SLICE(big);
    r.proof.n = TREE_PROOF_MAX;
    buf_init(&b, RECEIPT_MAX);
    cr_assert_eq(receipt_encode(&r, &b), OK);
    mutate_same(slice_of_buf(&b), again_receipt);
    buf_clear(&b);
}
