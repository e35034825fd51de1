/*
 * Content that is passed on, with three real nodes: the honest chain from the
 * question to CONSENT_USED in the originator's log, and a forwarder who has
 * altered his client and his node.
 */
#include "tests/unit/node/chain_fixture.h"

TestSuite(onward, .init = chain_up, .fini = chain_down, .timeout = 120);

Test(onward, a_chain_runs_from_the_question_to_the_originators_log)
{
    uint8_t transfer[HASH_LEN], digest[HASH_LEN];
    struct message m;

    chain.max_uses = 1;
    chain_granted();
    copy_for(c, chain.consent, &m);
    cr_assert_eq(submit(b, &m, c, chain.sigs, transfer), OK, "%.*s",
        (int)b->answer.result.n, (const char *)b->answer.result.p);
    carry_all();
    all_at(WORLD_NOW + 61);
    cr_expect_eq(world_state(c, ASK_IN, transfer), STORE_RECEIVED);
    cr_expect_eq(world_state(b, ASK_OUT, transfer), STORE_DELIVERED);
    world_check(consent_digest(chain.consent, digest));
    cr_expect_eq(logged(a, EVENT_CONSENT_USED, OK, digest), 1);
}
