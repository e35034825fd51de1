/*
 * A transfer of evidence that is held until its offer is accepted: what
 * releases it, what ends it, also over a restart or a lost answer.
 */
#include "node/core_in.h"
#include "node/store_msg.h"
#include "tests/unit/node/evidence_fixture.h"

TestSuite(release, .init = evidence_up, .fini = chain_down, .timeout = 120);

static enum err
open_at(struct world *w, const uint8_t *digest)
{
    struct rec *args = record_new(w->a, request_row(REQUEST_OPEN)->args);

    put_bytes(w, args, "digest", digest, HASH_LEN);
    put_uint(w, args, "purpose", PURPOSE_ANALYSIS);
    return world_ask(w, OFFICER, REQUEST_OPEN, ACT_OPEN,
        slice_of(digest, HASH_LEN), args, NULL);
}

static enum err
cancel(const uint8_t *digest)
{
    struct rec *args = record_new(a->a, request_row(REQUEST_CANCEL)->args);

    put_bytes(a, args, "digest", digest, HASH_LEN);
    return world_ask(a, OFFICER, REQUEST_CANCEL, ACT_CANCEL,
        slice_of(digest, HASH_LEN), args, NULL);
}

static void
both_in(unsigned state)
{
    cr_expect_eq(world_thread(a, b, ev.thread), state);
    cr_expect_eq(world_thread(b, a, ev.thread), state);
}

/* It is gone for good, with what was sealed in it; nothing of it arrived. */
static void
it_ended(void)
{
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_CANCELLED);
    cr_expect_eq(open_at(a, ev.transfer), E_DESTROYED);
    cr_expect_eq(logged(a, EVENT_CANCELLED, OK, ev.transfer), 1);
    join();
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), 0);
}

static enum err
withdraw(void)
{
    uint8_t digest[HASH_LEN];
    struct message m;
    enum err e;

    evidence_message(a, KIND_WITHDRAWAL, &m);
    put_uint(a, m.own, "reason", 1);
    put_uint(a, m.own, "destroy_requested", 0);
    if ((e = submit(a, &m, b, NULL, digest)) == OK)
        memcpy(ev.newest[0], digest, HASH_LEN);
    return e;
}

Test(release, the_acceptance_lets_it_go_and_is_named)
{
    offered();
    both_in(EVIDENCE_OFFERED);
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), 0);
    accepted();
    both_in(EVIDENCE_TRANSFERRED);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_DELIVERED);
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), STORE_RECEIVED);
    cr_expect_eq(logged(a, EVENT_RELEASED, OK, ev.transfer), 1);
    cr_expect_eq(open_at(b, ev.transfer), OK);
}

/* The code of the files of the transfer, at the node that offers; OK also
 * where they are not shown. */
static uint64_t
files_wait_for(void)
{
    const struct value *v;
    struct rec *r;

    cr_assert_eq(world_ask(a, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "transfers");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"),
            SLICE(ev.transfer)))
            return record_uint(v->v[i].r, "code");
    return OK;
}

Test(release, who_offers_sees_what_its_files_wait_for)
{
    offered();
    cr_expect_eq(files_wait_for(), E_RESTR_NOT_ACCEPTED);
    accepted();
    cr_expect_neq(files_wait_for(), E_RESTR_NOT_ACCEPTED);
    memset(&ev, 0, sizeof(ev));
    offered();
    cr_assert_eq(cancel(ev.transfer), OK);
    cr_expect_eq(files_wait_for(), OK);
}

Test(release, the_offer_is_read_before_it_is_accepted)
{
    offered();
    cr_expect_eq(open_at(b, ev.offer), OK);
}

Test(release, both_can_be_handed_in_before_either_is_approved)
{
    struct message offer, transfer;
    uint64_t state;
    uint8_t digest[HASH_LEN];

    make_offer(&offer);
    cr_assert_eq(world_submit(a, sealed(a, &offer, ev.offer), &state,
        digest), E_FOUR_EYES, "not with its second signature");
    record_drop(offer.common, "seals");
    cr_assert_eq(send_offer(), OK);
    make_transfer(&transfer);
    cr_assert_eq(submit(a, &transfer, b, NULL, ev.transfer), OK);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
    carry_all();
    accepted();
    both_in(EVIDENCE_TRANSFERRED);
}

Test(release, each_restart_between_changes_nothing)
{
    offered();
    start_again(a);
    start_again(b);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
    cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance), OK);
    start_again(b);
    start_again(a);
    all_at(WORLD_NOW + 60);
    both_in(EVIDENCE_TRANSFERRED);
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), STORE_RECEIVED);
    start_again(b);
    cr_expect_eq(open_at(b, ev.transfer), OK, "the acceptance still counts");
}

/* Frames are lost until it is tried again, by a node that started anew. */
Test(release, a_retry_after_a_restart_still_names_the_acceptance)
{
    offered();
    cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance), OK);
    cr_assert(carry_one(b), "the acceptance");
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_QUEUED);
    start_again(a);
    all_at(WORLD_NOW + 60);
    both_in(EVIDENCE_TRANSFERRED);
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), STORE_RECEIVED);
}

Test(release, a_transfer_that_comes_before_the_receipt_of_the_acceptance_waits)
{
    const struct packet_result *got;
    struct message m;
    struct slice whole;
    uint8_t digest[HASH_LEN];

    offered();
    make_transfer(&m);
    whole = sealed(a, &m, digest);
    world_unlink(a, b);
    cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance), OK);
    got = hand_with(b, a->name, whole, SLICE(ev.acceptance));
    cr_expect_eq(got->code, E_ORDER);
    cr_expect(slice_is(got->path, "release"));
}

Test(release, a_refusal_of_the_terms_ends_it)
{
    uint8_t digest[HASH_LEN];

    offered();
    cr_assert_eq(decide(CONDITIONS_ANSWER_DECLINE, digest), OK);
    carry_all();
    both_in(EVIDENCE_DECLINED);
    it_ended();
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, digest), E_OFFER_ANSWERED);
}

Test(release, a_counter_offer_ends_it)
{
    uint8_t digest[HASH_LEN];

    offered();
    cr_assert_eq(decide(CONDITIONS_ANSWER_COUNTER, digest), OK);
    carry_all();
    both_in(EVIDENCE_COUNTERED);
    it_ended();
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, digest), E_OFFER_ANSWERED);
}

Test(release, a_withdrawal_ends_it)
{
    uint8_t digest[HASH_LEN];

    offered();
    cr_assert_eq(withdraw(), OK);
    it_ended();
    carry_all();
    both_in(EVIDENCE_WITHDRAWN);
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, digest), E_BAD_STATE);
}

Test(release, what_was_released_and_has_not_left_ends_with_a_withdrawal)
{
    offered();
    cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance), OK);
    carry_all();
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_QUEUED);
    memcpy(ev.newest[1], ev.acceptance, HASH_LEN);
    cr_assert_eq(withdraw(), OK);
    it_ended();
    all_at(WORLD_NOW + 60);
    both_in(EVIDENCE_WITHDRAWN);
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), 0);
}

Test(release, its_time_ends_it)
{
    offered();
    all_at(ACCEPT_BY - 1);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
    all_at(ACCEPT_BY + 61);
    it_ended();
    both_in(EVIDENCE_OFFERED);
}

Test(release, nothing_ends_by_a_clock_that_is_not_trusted)
{
    offered();
    a->t.trusted = false;
    all_at(ACCEPT_BY + 61);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
}

Test(release, an_offer_that_is_taken_back_takes_it_along)
{
    world_close(a);
    a->send_delay = 600;
    world_open(a);
    world_link(a, b);
    carry_all();
    cr_assert_eq(send_offer(), OK);
    cr_assert_eq(send_transfer(), OK);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
    cr_assert_eq(cancel(ev.offer), OK);
    it_ended();
    cr_expect_eq(send_transfer(), E_BAD_STATE, "of an offer that is gone");
}

Test(release, a_revised_set_ends_it_and_is_what_is_accepted)
{
    uint8_t digest[HASH_LEN];
    struct message m;

    offered();
    evidence_message(a, KIND_RESTRICTION_UPDATE, &m);
    put_uint(a, m.own, "direction", DIRECTION_TIGHTEN);
    put_text(a, m.own, "reason", "The court asks for it.");
    put_one_uint(a, m.own, "changed", LIMIT_export);
    put_one(a, m.common, "restrictions", (union item){
        .r = limits_copy(a->a, ev.set) });
    put_uint(a, message_rec(&m, "restrictions"), "rrev", 2);
    put_uint(a, message_rec(&m, "restrictions"), "export",
        EXPORT_NONE);
    cr_assert_eq(submit(a, &m, b, NULL, digest), OK, "%s at %.*s",
        err_row((enum err)a->answer.code)->name, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    it_ended();
    carry_all();
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance),
        E_ACCEPTED_OTHER, "the first revision");
    cr_expect_eq(send_transfer(), E_RESTR_FORK);
    ev.set = message_rec(&m, "restrictions");
    cr_assert_eq(send_transfer(), OK);
    memcpy(ev.newest[0], digest, HASH_LEN);
    accepted();
    both_in(EVIDENCE_TRANSFERRED);
    cr_expect_eq(open_at(b, ev.transfer), OK);
}

Test(release, after_the_acceptance_a_new_one_goes_at_once)
{
    offered();
    cr_assert_eq(cancel(ev.transfer), OK);
    cr_assert_eq(send_transfer(), OK, "sealed again");
    accepted();
    both_in(EVIDENCE_TRANSFERRED);
}

Test(release, an_offer_without_its_transfer_can_be_accepted)
{
    cr_assert_eq(send_offer(), OK);
    carry_all();
    accepted();
    both_in(EVIDENCE_ACCEPTED);
    cr_assert_eq(send_transfer(), OK);
    cr_expect_eq(logged(a, EVENT_RELEASED, OK, ev.transfer), 1);
    join();
    both_in(EVIDENCE_TRANSFERRED);
}

Test(release, it_is_approved_after_the_acceptance)
{
    struct rec *args;
    struct signature sig;
    struct message m;
    struct buf out;
    uint64_t state;

    cr_assert_eq(send_offer(), OK);
    make_transfer(&m);
    buf_init(&out, ENVELOPE_MAX);
    seal(a, &m, b, NULL, false, &out);
    cr_assert_eq(world_submit(a, slice_of_buf(&out), &state, ev.transfer),
        OK);
    buf_clear(&out);
    cr_expect_eq(state, STORE_PENDING);
    carry_all();
    accepted();
    both_in(EVIDENCE_ACCEPTED);
    args = record_new(a->a, &record_ask_sign);
    sign_make(LABEL_APPR, person_sign(a->who[HEAD].p), ev.transfer, &sig);
    put_bytes(a, args, "digest", ev.transfer, HASH_LEN);
    put_bytes(a, args, "sig", sig.sig, SIG_LEN);
    cr_assert_eq(world_ask(a, HEAD, REQUEST_APPROVE, ACT_APPROVE,
        SLICE(ev.transfer), args, NULL), OK);
    carry_all();
    both_in(EVIDENCE_TRANSFERRED);
}

Test(release, where_nothing_is_accepted_first_it_follows_the_offer)
{
    ev.free = true;
    cr_assert_eq(send_offer(), OK);
    carry_all();
    cr_assert_eq(send_transfer(), OK, "%s at %.*s",
        err_row((enum err)a->answer.code)->name, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    carry_all();
    both_in(EVIDENCE_TRANSFERRED);
    cr_expect_eq(open_at(b, ev.transfer), OK);
}

/* An acknowledgement by b: d1 does not hold. */
static void
make_faulty(const uint8_t id[static MSG_ID_LEN], struct message *m)
{
    const union item d1 = { .s = slice_str("d1") };

    evidence_message(b, KIND_RECEIPT, m);
    put_bytes(b, m->common, "in_reply_to", id, MSG_ID_LEN);
    put_uint(b, m->own, "restrictions_accepted", 1);
    world_check(record_put_bytes(b->a, m->own, "accepted_rid",
        record_bytes(ev.set, "rid")));
    put_uint(b, m->own, "accepted_rrev", record_uint(ev.set, "rrev"));
    put_list(b, m->own, "digest_mismatch", &d1, 1);
}

/* A transfer goes, and such an acknowledgement of it comes back. */
static void
handed_over_faulty(uint8_t receipt[static HASH_LEN])
{
    uint8_t id[MSG_ID_LEN];
    struct message m;

    make_transfer(&m);
    copy_id(id, &m, "msg_id");
    cr_assert_eq(submit(a, &m, b, NULL, ev.transfer), OK);
    memcpy(ev.newest[0], ev.transfer, HASH_LEN);
    join();
    both_in(EVIDENCE_TRANSFERRED);
    make_faulty(id, &m);
    cr_assert_eq(submit(b, &m, a, NULL, receipt), OK);
    memcpy(ev.newest[1], receipt, HASH_LEN);
    carry_all();
}

/* Where the receipt stands in the inbox, as status says to this person; 0
 * where it does not say. */
static uint64_t
said_to(int who, const uint8_t *receipt)
{
    const struct value *v;
    struct rec *r;

    cr_assert_eq(world_ask(a, who, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
    v = record_value(r, "alarms");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "obj"), slice_of(receipt,
            HASH_LEN)))
            return record_uint(v->v[i].r, "n");
    cr_assert_fail("no alarm");
    return 0;
}

Test(release, status_says_where_the_message_of_an_alarm_stands)
{
    uint8_t receipt[HASH_LEN];
    struct store_message m;

    ev.free = true;
    cr_assert_eq(send_offer(), OK);
    carry_all();
    handed_over_faulty(receipt);
    cr_assert_eq(store_message_find_digest(a->core->store, receipt, NULL,
        &m), OK);
    cr_expect_eq(said_to(OFFICER, receipt), m.n);
    cr_expect_eq(said_to(AUDITOR, receipt), 0, "who lists no messages");
}

Test(release, files_that_do_not_hold_are_an_alarm_at_who_sent_them)
{
    uint8_t receipt[HASH_LEN];

    ev.free = true;
    cr_assert_eq(send_offer(), OK);
    carry_all();
    /* Twice: the thread allows another transfer, of the same roots. */
    for (int i = 0; i < 2; i++) {
        handed_over_faulty(receipt);
        both_in(EVIDENCE_MISMATCH);
        cr_expect_eq(logged(a, EVENT_ALARM, A_FILES_FAULTY, receipt), 1);
        cr_expect_eq(logged(b, EVENT_ALARM, A_FILES_FAULTY, receipt), 0);
    }
}

/* Acceptances that come to nothing. */

static void
hand_to_a(unsigned answer, enum err code, const char *path)
{
    const struct packet_result *got;
    uint8_t digest[HASH_LEN];
    struct message m;

    make_decision(answer, &m);
    got = hand(a, b->name, sealed(b, &m, digest));
    cr_expect_eq(got->code, code, "%s", err_row((enum err)got->code)->name);
    cr_expect(slice_is(got->path, path), "%.*s", (int)got->path.n,
        (const char *)got->path.p);
    cr_expect_gt(got->receipt.n, 0);
    cr_expect_eq(logged(a, EVENT_REFUSED, code, digest), 1);
    join();
}

Test(release, files_of_an_offer_are_not_at_fault)
{
    const struct packet_result *got;
    uint8_t digest[HASH_LEN];
    struct message m;

    offered();
    make_faulty(ev.id, &m);
    cr_expect_eq(submit(b, &m, a, NULL, digest), E_FIELD_RANGE);
    make_faulty(ev.id, &m);
    got = hand(a, b->name, sealed(b, &m, digest));
    cr_expect_eq(got->code, E_FIELD_RANGE);
    cr_expect(slice_is(got->path, "digest_mismatch"), "%.*s",
        (int)got->path.n, (const char *)got->path.p);
    cr_expect_eq(logged(a, EVENT_REFUSED, E_FIELD_RANGE, digest), 1);
    cr_expect_eq(logged(a, EVENT_ALARM, A_FILES_FAULTY, digest), 0);
    join();
    both_in(EVIDENCE_OFFERED);
}

Test(release, an_acceptance_is_taken_once)
{
    uint8_t digest[HASH_LEN];

    offered();
    accepted();
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, digest), E_ACCEPTED_TWICE);
    hand_to_a(CONDITIONS_ANSWER_ACCEPT, E_ACCEPTED_TWICE, "accepted");
    both_in(EVIDENCE_TRANSFERRED);
    cr_expect_eq(logged(a, EVENT_RELEASED, OK, ev.transfer), 1);
}

Test(release, an_acceptance_after_a_counter_or_a_refusal_is_none)
{
    static const unsigned answers[] = { CONDITIONS_ANSWER_COUNTER,
        CONDITIONS_ANSWER_DECLINE };

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        uint8_t digest[HASH_LEN];

        offered();
        cr_assert_eq(decide(answers[i], digest), OK);
        carry_all();
        hand_to_a(CONDITIONS_ANSWER_ACCEPT, E_OFFER_ANSWERED, "decision");
        it_ended();
    }
}

Test(release, an_acceptance_after_its_transfer_was_cancelled_is_too_late)
{
    offered();
    cr_assert_eq(cancel(ev.transfer), OK);
    it_ended();
    hand_to_a(CONDITIONS_ANSWER_ACCEPT, E_OFFER_CANCELLED, "accepted");
    both_in(EVIDENCE_OFFERED);
}

Test(release, an_acceptance_after_accept_by_is_too_late)
{
    struct message m;
    uint8_t digest[HASH_LEN];
    const struct packet_result *got;
    struct slice whole;

    offered();
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    put_uint(b, m.common, "expires_at", ACCEPT_BY + DAY);
    whole = sealed(b, &m, digest);
    /* Written in time, and it arrives when it is over. */
    world_at(a, ACCEPT_BY);
    got = hand(a, b->name, whole);
    cr_expect_eq(got->code, E_OFFER_OVER);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD,
        "until the timer sees it");
    all_at(ACCEPT_BY + 61);
    it_ended();
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance),
        E_OFFER_OVER);
    both_in(EVIDENCE_OFFERED);
}

Test(release, an_acceptance_that_is_signed_too_late_is_not_sent)
{
    offered();
    second_signs = ACCEPT_BY;
    cr_expect_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance),
        E_OFFER_OVER);
    cr_expect_eq(world_state(b, ASK_OUT, ev.acceptance), STORE_PENDING,
        "who wrote it takes it back");
    second_signs = 0;
    both_in(EVIDENCE_OFFERED);
}

Test(release, an_acceptance_waits_for_a_clock_that_can_tell)
{
    const struct packet_result *got;
    uint8_t digest[HASH_LEN];
    struct message m;
    struct slice whole;

    offered();
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    put_uint(b, m.common, "expires_at", ACCEPT_BY + DAY);
    whole = sealed(b, &m, digest);
    a->t.trusted = false;
    world_at(a, ACCEPT_BY);
    got = hand(a, b->name, whole);
    cr_expect_eq(got->code, E_CLOCK);
}

/* Who signed it has left since: it does not go, and that is shown. */
Test(release, the_whole_check_is_made_again)
{
    struct message m;

    offered();
    /* Its life ends before the acceptance. */
    cr_assert_eq(cancel(ev.transfer), OK);
    make_transfer(&m);
    put_uint(a, m.common, "expires_at", WORLD_NOW + DAY);
    cr_assert_eq(submit(a, &m, b, NULL, ev.transfer), OK);
    all_at(WORLD_NOW + 2 * DAY);
    accepted();
    it_ended();
    cr_expect_eq(logged(a, EVENT_ALARM, E_EXPIRED, ev.transfer), 1);
    join();
    both_in(EVIDENCE_ACCEPTED);
    cr_assert_eq(send_transfer(), OK, "sealed again");
    carry_all();
    both_in(EVIDENCE_TRANSFERRED);
}
