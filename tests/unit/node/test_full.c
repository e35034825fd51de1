/*
 * A store that may grow no more: what is refused says so, and nothing that
 * was accepted is touched.
 */
#include "node/store.h"
#include "proto/enums.h"
#include "tests/unit/node/pair_fixture.h"

TestSuite(full, .init = pair_up, .fini = pair_down);

static void
reopen(uint64_t store_max)
{
    world_close(a);
    a->store_max = store_max;
    world_open(a);
}

/* world_ask verifies with every answer that the log goes on from what this
 * officer has seen. */
Test(full, what_is_refused_says_so_with_the_link_of_the_log)
{
    const struct world_form f = { .kind = domain_kind(&domain_valise,
        KIND_INFO_REQUEST), .to = b, .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN] = { 0 };
    struct message m;
    uint64_t state;
    struct buf env;
    enum err e = OK;

    cr_assert_eq(world_state(a, ASK_OUT, digest), 0);
    reopen(65536);                      /* less than there is */
    buf_init(&env, ENVELOPE_MAX);
    for (int i = 0; e == OK && i < 500; i++) {
        buf_reset(&env);
        world_message(a, &f, &m);
        world_seal(a, &m, b, &env);
        e = world_submit(a, slice_of_buf(&env), &state, digest);
    }
    cr_assert_eq(e, E_STORE_FULL);
    cr_expect_eq(world_state(a, ASK_OUT, digest), 0);
    reopen(0);
    cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest), OK);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_QUEUED);
    buf_clear(&env);
}
