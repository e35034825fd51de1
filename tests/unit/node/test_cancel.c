/*
 * A message waits before it leaves, and can be taken back until then.
 */
#include "node/store_msg.h"
#include "tests/unit/node/keep_fixture.h"

#define DELAY 60

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    world_close(a);
    a->send_delay = DELAY;
    world_open(a);
    carry();
}

TestSuite(cancel, .init = set_up, .fini = pair_down);

static enum err
cancel_as(enum world_person who, const uint8_t *digest)
{
    return world_ask(a, who, REQUEST_CANCEL, ACT_CANCEL,
        slice_of(digest, HASH_LEN), args_of(a, REQUEST_CANCEL, digest),
        NULL);
}

Test(cancel, it_waits_and_then_it_goes)
{
    struct sent s = send_to(a, b);

    cr_expect_eq(record_uint(row_of(a, ASK_OUT, s.digest), "leaves_at"),
        WORLD_NOW + DELAY);
    carry();
    cr_expect_eq(world_state(b, ASK_IN, s.digest), 0);
    at(WORLD_NOW + DELAY - 1);
    carry();
    cr_expect_eq(world_state(b, ASK_IN, s.digest), 0,
        "also where the peer shows up anew");
    at(WORLD_NOW + DELAY);
    (void)world_carry(a, b, 100);
    cr_expect_eq(world_state(b, ASK_IN, s.digest), STORE_RECEIVED);
    cr_expect_eq(cancel_as(OFFICER, s.digest), E_BAD_STATE);
}

Test(cancel, its_author_takes_it_back_with_its_content)
{
    struct sent s = send_to(a, b);

    cr_expect_eq(cancel_as(HEAD, s.digest), E_ROLE, "not its author");
    cr_expect_eq(cancel_as(AUDITOR, s.digest), E_ROLE);
    cr_assert_eq(cancel_as(OFFICER, s.digest), OK);
    cr_expect_eq(world_state(a, ASK_OUT, s.digest), STORE_CANCELLED);
    cr_expect_eq(keeping(a, ASK_OUT, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(open_it(a, s.digest), E_DESTROYED);
    cr_expect_eq(entries_of(a, EVENT_CANCELLED, s.digest), 1);
    cr_expect_eq(cancel_as(OFFICER, s.digest), E_BAD_STATE, "once");
    at(WORLD_NOW + DELAY);
    carry();
    cr_expect_eq(world_state(b, ASK_IN, s.digest), 0);
    cr_expect_eq(world_thread(a, b, s.thread), REQUEST_REJECTED,
        "nothing can follow it");
}

Test(cancel, once_it_was_handed_to_transport_it_stays)
{
    struct sent s = send_to(a, b);

    world_unlink(a, b);
    world_link(a, b);
    at(WORLD_NOW + DELAY);
    cr_expect_eq(world_state(b, ASK_IN, s.digest), 0, "under way");
    cr_expect_eq(cancel_as(OFFICER, s.digest), E_BAD_STATE);
}

Test(cancel, one_that_waits_for_an_approver_can_be_taken_back)
{
    struct world_form f = request_to(b);
    struct sent s;

    f.approval = true;
    world_send(a, &f, s.digest, s.id, s.thread);
    cr_assert_eq(cancel_as(OFFICER, s.digest), OK);
    cr_expect_eq(world_state(a, ASK_OUT, s.digest), STORE_CANCELLED);
}

Test(cancel, what_came_from_others_cannot_be)
{
    struct sent s = send_to(b, a);

    carry();
    cr_assert_eq(world_state(a, ASK_IN, s.digest), STORE_RECEIVED);
    cr_expect_eq(cancel_as(OFFICER, s.digest), E_NOT_FOUND);
}

Test(cancel, what_only_says_that_it_came_does_not_wait)
{
    struct sent s = send_to(b, a), r;
    struct world_form f = { .to = b,
        .kind = domain_kind(&domain_valise, KIND_RECEIPT) };

    carry();
    f.thread = SLICE(s.thread);
    f.target = SLICE(s.id);
    f.seen = SLICE(s.digest);
    world_send(a, &f, r.digest, r.id, r.thread);
    (void)world_carry(a, b, 100);
    cr_expect_eq(world_state(b, ASK_IN, r.digest), STORE_RECEIVED);
}

Test(cancel, not_before_what_was_written_after_it)
{
    struct sent s = send_to(a, b), w = withdraw(&s);

    (void)world_carry(a, b, 100);
    cr_expect_eq(world_state(b, ASK_IN, w.digest), 0, "it waits in order");
    cr_expect_eq(cancel_as(OFFICER, s.digest), E_BAD_STATE);
    cr_expect_eq(cancel_as(OFFICER, w.digest), OK);
    cr_expect_eq(cancel_as(OFFICER, s.digest), OK);
}
