#include <criterion/criterion.h>
#include <string.h>

#include "node/store_consent.h"
#include "tests/unit/node/store_fixture.h"

TestSuite(store_consent, .init = set_up, .fini = tear_down);

static size_t shown;
static struct store_relay last;

static enum err
see_proof(void *arg, const struct store_relay *r)
{
    (void)arg;
    shown++;
    memcpy(last.transfer, r->transfer, HASH_LEN);
    return slice_is(r->bytes, "frame") ? OK : ERR_INTERNAL;
}

Test(store_consent, a_number_is_used_once_in_each_role_until_it_is_dropped)
{
    const uint8_t digest[HASH_LEN] = { 1 }, one[HASH_LEN] = { 2 };
    uint8_t got[HASH_LEN];
    uint64_t n;

    begin();
    cr_assert_eq(store_consent_use_put(s, digest, 1, STORE_USE_MADE, one),
        OK);
    cr_assert_eq(store_consent_use_put(s, digest, 1, STORE_USE_TOLD, one),
        OK);
    cr_assert_eq(store_consent_use_get(s, digest, 1, STORE_USE_MADE, got),
        OK);
    cr_expect_arr_eq(got, one, HASH_LEN);
    cr_expect_eq(store_consent_use_get(s, digest, 2, STORE_USE_MADE, got),
        ERR_NOTFOUND);
    cr_expect_eq(store_consent_use_get(s, digest, 1, STORE_USE_TAKEN, got),
        ERR_NOTFOUND);
    cr_assert_eq(store_consent_use_drop(s, one, STORE_USE_MADE), OK);
    cr_expect_eq(store_consent_uses(s, digest, STORE_USE_MADE, &n), OK);
    cr_expect_eq(n, 0);
    cr_expect_eq(store_consent_uses(s, digest, STORE_USE_TOLD, &n), OK);
    cr_expect_eq(n, 1);
    commit();
}

Test(store_consent, the_first_message_that_brought_it_stays)
{
    const uint8_t digest[HASH_LEN] = { 1 }, id[16] = { 3 };
    uint64_t first, n;

    begin();
    first = put_message(1);
    cr_expect_eq(store_consent_get(s, digest, &n), ERR_NOTFOUND);
    cr_assert_eq(store_consent_put(s, digest, id, first), OK);
    cr_assert_eq(store_consent_put(s, digest, id, put_message(2)), OK);
    cr_assert_eq(store_consent_get(s, digest, &n), OK);
    cr_expect_eq(n, first);
    commit();
}

Test(store_consent, a_proof_of_use_is_shown_until_it_is_done)
{
    struct store_relay r = { { 7 }, slice_str("frame") };
    struct slice to = slice_str("QM-FIU");

    begin();
    cr_assert_eq(store_relay_put(s, to, &r, 5), OK);
    cr_assert_eq(store_relay_put(s, to, &r, 5), OK);
    cr_expect_eq(store_relay_due(s, to, 4, 8, see_proof, NULL), OK);
    cr_expect_eq(shown, 0);
    cr_expect_eq(store_relay_due(s, to, 5, 8, see_proof, NULL), OK);
    cr_assert_eq(shown, 1);
    cr_expect_arr_eq(last.transfer, r.transfer, HASH_LEN);
    cr_assert_eq(store_relay_next(s, to, r.transfer, 9), OK);
    cr_expect_eq(store_relay_due(s, to, 8, 8, see_proof, NULL), OK);
    cr_expect_eq(shown, 1);
    cr_assert_eq(store_relay_done(s, to, r.transfer), OK);
    cr_expect_eq(store_relay_due(s, to, 9, 8, see_proof, NULL), OK);
    cr_expect_eq(shown, 1);
    commit();
}
