/*
 * Evidence by a sender whose client and node are altered, to a recipient
 * whose node is not: nothing is taken that was not accepted, nothing that
 * differs from its offer.  Also by a recipient who accepts what was not
 * offered.  Each rule of evidence that a node asks on receipt is broken here
 * (test_violations.c counts them).
 */
#include "node/store_msg.h"
#include "tests/unit/node/evidence_fixture.h"

TestSuite(release_hostile, .init = evidence_up, .fini = chain_down,
    .timeout = 120);

/* w refuses what it is handed: with this code, logged, with a receipt. */
static void
refused(struct world *w, struct world *from, struct message *m,
    struct slice acceptance, enum err code, const char *path)
{
    const struct packet_result *got;
    uint8_t digest[HASH_LEN];
    struct slice whole = sealed(from, m, digest);

    got = hand_with(w, from->name, whole, acceptance);
    cr_expect_eq(got->code, code, "%s at %.*s, not %s",
        err_row((enum err)got->code)->name, (int)got->path.n,
        (const char *)got->path.p, err_row(code)->name);
    cr_expect(slice_is(got->path, path), "%.*s, not %s", (int)got->path.n,
        (const char *)got->path.p, path);
    cr_expect_gt(got->receipt.n, 0);
    cr_expect_eq(logged(w, EVENT_REFUSED, code, digest), 1);
    cr_expect_eq(world_state(w, ASK_IN, digest), 0);
    join();
}

static void
transfer_refused(struct slice acceptance)
{
    struct message m;

    make_transfer(&m);
    refused(b, a, &m, acceptance, E_RESTR_NOT_ACCEPTED, "release");
}

static enum err
open_at_b(const uint8_t *digest)
{
    struct rec *args = record_new(b->a, request_row(REQUEST_OPEN)->args);

    put_bytes(b, args, "digest", digest, HASH_LEN);
    put_uint(b, args, "purpose", PURPOSE_ANALYSIS);
    return world_ask(b, OFFICER, REQUEST_OPEN, ACT_OPEN,
        slice_of(digest, HASH_LEN), args, NULL);
}

Test(release_hostile, what_goes_early_is_refused)
{
    offered();
    transfer_refused(SLICE_EMPTY);
    cr_expect_eq(world_thread(b, a, ev.thread), EVIDENCE_OFFERED);
}

/* The very bytes that are held leave too early: they are refused for ever,
 * and the officers of the recipient see an alarm. */
Test(release_hostile, its_officer_cannot_open_what_he_has_not_accepted)
{
    struct message m;
    uint8_t digest[HASH_LEN];
    struct slice whole;

    offered();
    make_transfer(&m);
    whole = sealed(a, &m, digest);
    cr_expect_eq(hand(b, a->name, whole)->code, E_RESTR_NOT_ACCEPTED);
    cr_expect_eq(open_at_b(digest), E_NOT_FOUND);
    cr_expect_eq(logged(b, EVENT_ALARM, E_RESTR_NOT_ACCEPTED, digest), 1);
    join();
    accepted();
    cr_expect_eq(hand_with(b, a->name, whole, SLICE(ev.acceptance))->code,
        E_RESTR_NOT_ACCEPTED, "the first receipt again");
}

Test(release_hostile, an_acceptance_that_is_none_is_no_way_in)
{
    uint8_t none[HASH_LEN], digest[HASH_LEN];
    struct message m;

    offered();
    random_bytes(none, sizeof(none));
    transfer_refused(SLICE(none));
    /* The offer itself; an acceptance that waits for a second person. */
    transfer_refused(SLICE(ev.offer));
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    {
        uint64_t state;
        struct buf out;

        buf_init(&out, ENVELOPE_MAX);
        seal(b, &m, a, NULL, false, &out);
        cr_assert_eq(world_submit(b, slice_of_buf(&out), &state, digest),
            OK);
        buf_clear(&out);
    }
    transfer_refused(SLICE(digest));
}

Test(release_hostile, a_refusal_of_the_terms_is_no_acceptance)
{
    uint8_t digest[HASH_LEN];

    offered();
    cr_assert_eq(decide(CONDITIONS_ANSWER_DECLINE, digest), OK);
    carry_all();
    memcpy(ev.newest[1], digest, HASH_LEN);
    transfer_refused(SLICE(digest));
}

/* b has accepted what c offered: a names that. */
Test(release_hostile, an_acceptance_of_anothers_offer_is_none)
{
    struct world *first = a;
    uint8_t of_c[HASH_LEN];

    a = c;
    c = first;
    offered();
    accepted();
    memcpy(of_c, ev.acceptance, HASH_LEN);
    c = a;
    a = first;
    memset(&ev, 0, sizeof(ev));
    offered();
    transfer_refused(SLICE(of_c));
}

/* Of the same two, in another thread. */
Test(release_hostile, an_acceptance_of_another_offer_is_none)
{
    uint8_t first[HASH_LEN];

    offered();
    accepted();
    memcpy(first, ev.acceptance, HASH_LEN);
    memset(&ev, 0, sizeof(ev));
    offered();
    transfer_refused(SLICE(first));
}

Test(release_hostile, an_acceptance_stands_beside_nothing_else)
{
    const struct packet_result *got;
    uint8_t digest[HASH_LEN];
    struct message m;
    struct slice whole;

    offered();
    make_offer(&m);
    whole = sealed(a, &m, digest);
    got = hand_with(b, a->name, whole, SLICE(digest));
    cr_expect_eq(got->code, E_MALFORMED);
}

/* A transfer that differs from its offer. */

static void
after_the_acceptance(struct message *m)
{
    cr_assert_eq(send_offer(), OK);
    carry_all();
    accepted();
    make_transfer(m);
}

static void
spoil(struct message *m, enum err code, const char *path)
{
    refused(b, a, m, record_has(m->common, "release") ?
        SLICE(ev.acceptance) : SLICE_EMPTY, code, path);
}

Test(release_hostile, a_transfer_names_what_it_is_held_for)
{
    struct message m;
    struct rec *r;

    after_the_acceptance(&m);
    record_drop(m.common, "release");
    spoil(&m, E_RESTR_NOT_ACCEPTED, "release");
    make_transfer(&m);
    r = message_rec(&m, "release");
    put_bytes(a, r, "offer", ev.acceptance, HASH_LEN);
    spoil(&m, E_RESTR_NOT_ACCEPTED, "release.offer");
    make_transfer(&m);
    r = message_rec(&m, "release");
    put_uint(a, r, "accept_by", ACCEPT_BY + 1);
    spoil(&m, E_RESTR_NOT_ACCEPTED, "release.accept_by");
}

Test(release_hostile, a_transfer_has_the_files_of_its_offer)
{
    struct message m;

    after_the_acceptance(&m);
    put_attachments(a, &m);
    spoil(&m, E_DIGEST_MISMATCH, "attachments[0]");
    make_transfer(&m);
    record_drop(m.common, "attachments");
    spoil(&m, E_DIGEST_MISMATCH, "attachments");
    make_transfer(&m);
    put_bytes(a, m.own, "offer_msg", message_bytes(&m, "msg_id").p,
        MSG_ID_LEN);
    spoil(&m, E_RESTR_NOT_ACCEPTED, "release.offer");
    make_transfer(&m);
    put_bytes(a, m.own, "offer_msg", message_bytes(&m, "msg_id").p,
        MSG_ID_LEN);
    record_drop(m.common, "release");
    put_uint(a, message_rec(&m, "restrictions"), "accept_first", 0);
    spoil(&m, E_DIGEST_MISMATCH, "offer_msg");
}

Test(release_hostile, a_transfer_has_the_limits_of_its_offer)
{
    struct message m;

    after_the_acceptance(&m);
    put_uint(a, message_rec(&m, "restrictions"), "export", EXPORT_FREE);
    spoil(&m, E_RESTR_FORK, "restrictions");
    make_transfer(&m);
    put_uint(a, message_rec(&m, "restrictions"), "rrev", 2);
    spoil(&m, E_RESTR_FORK, "restrictions");
    /* Also where it says that nothing had to be accepted. */
    make_transfer(&m);
    record_drop(m.common, "release");
    put_uint(a, message_rec(&m, "restrictions"), "accept_first", 0);
    spoil(&m, E_RESTR_FORK, "restrictions");
}

/* What is accepted for one proceeding is not handed over for another. */
Test(release_hostile, a_transfer_is_for_the_proceeding_of_its_offer)
{
    struct message m;

    after_the_acceptance(&m);
    put_text(a, message_rec(&m, "proceeding"), "proc_id", "P-2");
    spoil(&m, E_PROCEEDING, "proceeding.proc_id");
    make_transfer(&m);
    put_proceeding(a, &m, PROCEEDING_KIND_CIVIL);
    spoil(&m, E_PROCEEDING, "proceeding.kind");
    make_transfer(&m);
    put_text(a, message_rec(&m, "proceeding"), "state", "QM");
    spoil(&m, E_PROCEEDING, "proceeding.state");
}

/* Of two that are held for one offer one goes; the other one ends. */
Test(release_hostile, one_acceptance_releases_one_transfer)
{
    uint8_t first[HASH_LEN];
    bool one;

    offered();
    memcpy(first, ev.transfer, HASH_LEN);
    cr_assert_eq(send_transfer(), OK);
    cr_assert_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
    accepted();
    carry_all();
    one = world_state(b, ASK_IN, first) == STORE_RECEIVED;
    cr_expect_eq(world_state(b, ASK_IN, ev.transfer), one ? 0 :
        STORE_RECEIVED);
    cr_expect_eq(world_state(a, ASK_OUT, one ? ev.transfer : first),
        STORE_CANCELLED);
    cr_expect_eq(world_thread(a, b, ev.thread), EVIDENCE_TRANSFERRED);
}

/* The sender's node is altered: the second one names the same acceptance. */
Test(release_hostile, a_second_transfer_needs_a_mismatch)
{
    struct message m;

    offered();
    accepted();
    carry_all();
    cr_assert_eq(world_state(b, ASK_IN, ev.transfer), STORE_RECEIVED);
    make_transfer(&m);
    refused(b, a, &m, SLICE(ev.acceptance), E_BAD_STATE, "kind");
}

Test(release_hostile, an_offer_keeps_its_own_rules)
{
    struct message m;

    make_offer(&m);
    put_uint(a, m.own, "accept_by", WORLD_NOW + 18 * DAY + 1);
    refused(b, a, &m, SLICE_EMPTY, E_FIELD_RANGE, "accept_by");
    make_offer(&m);
    put_uint(a, m.own, "accept_by", WORLD_NOW);
    refused(b, a, &m, SLICE_EMPTY, E_FIELD_RANGE, "accept_by");
    make_offer(&m);
    record_drop(m.common, "attachments");
    refused(b, a, &m, SLICE_EMPTY, E_DIGEST_MISMATCH, "attachments");
    make_offer(&m);
    put_proceeding(a, &m, PROCEEDING_KIND_CIVIL);
    put_uint(a, message_rec(&m, "restrictions"), "accept_first", 0);
    refused(b, a, &m, SLICE_EMPTY, E_RESTR_NOT_ACCEPTED,
        "restrictions.accept_first");
    make_offer(&m);
    put_release(&m);
    refused(b, a, &m, SLICE_EMPTY, E_FIELD_RANGE, "release");
}

Test(release_hostile, files_come_in_twos_beside_a_body)
{
    const uint64_t wrong[] = { 1, 15, UINT64_C(1) << 50, 65536 + 16 + 3 };
    struct message m;
    struct rec *r;

    make_offer(&m);
    r = record_value(m.common, "attachments")->v[1].r;
    put_list(a, m.common, "attachments", record_value(m.common,
        "attachments")->v, 1);
    refused(b, a, &m, SLICE_EMPTY, E_FIELD_RANGE, "attachments");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        make_offer(&m);
        r = record_value(m.common, "attachments")->v[1].r;
        put_uint(a, r, "length", wrong[i]);
        refused(b, a, &m, SLICE_EMPTY, E_FIELD_RANGE,
            "attachments[1].length");
    }
    offered();
    evidence_message(b, KIND_CLOSE, &m);
    put_attachments(b, &m);
    refused(a, b, &m, SLICE_EMPTY, E_FIELD_RANGE, "attachments");
}

/* One small message, which names all that a message may have. */
Test(release_hostile, what_a_peer_only_names_takes_no_room)
{
    struct stream s = stream_new(4096 + 16);
    uint8_t digest[HASH_LEN];
    uint64_t before = 0, after = 0;
    struct message m;

    cr_assert_eq(stream_begin(b, &s, NULL, &before), OK);
    make_offer(&m);
    for (size_t i = 0; i < 2; i++)
        put_uint(a, record_value(m.common, "attachments")->v[i].r, "length",
            PARCEL_LENGTH_MAX);
    cr_assert_eq(hand(b, a->name, sealed(a, &m, digest))->code, OK);
    cr_assert_eq(stream_begin(b, &s, NULL, &after), OK);
    cr_expect_gt(after, before / 2);
    s.id[0] ^= 1;
    cr_expect_eq(stream_begin(b, &s, NULL, NULL), OK);
    stream_free(&s);
}

static void
for_two_purposes(struct arena *arena, struct rec *set)
{
    union item *v = arena_get(arena, 2 * sizeof(*v));

    v[0].u = PURPOSE_ANALYSIS;
    v[1].u = PURPOSE_PROSECUTION;
    world_check(record_put(arena, set, record_field(set->schema,
        "purposes"), v, 2));
}

/* The list of what is offered. */
static enum err
list_at_b(void)
{
    struct rec *args = record_new(b->a, &record_ask_block_get);

    put_bytes(b, args, "digest", ev.offer, HASH_LEN);
    world_check(record_put_bytes(b->a, args, "root", record_bytes(
        record_value(ev.said.common, "attachments")->v[1].r, "root")));
    put_uint(b, args, "index", 0);
    put_uint(b, args, "count", 1);
    return world_ask(b, OFFICER, REQUEST_BLOCK_GET, ACT_NONE, SLICE_EMPTY,
        args, NULL);
}

/* Blocks are handed out while policy allows it, not for the day. */
Test(release_hostile, who_may_open_no_more_fetches_no_more)
{
    struct rec *args = record_new(b->a, request_row(REQUEST_OPEN)->args);
    uint8_t digest[HASH_LEN];
    struct message m;
    union item one = { .u = PURPOSE_ANALYSIS };

    ev.limits = for_two_purposes;
    offered();
    put_bytes(b, args, "digest", ev.offer, HASH_LEN);
    put_uint(b, args, "purpose", PURPOSE_PROSECUTION);
    cr_assert_eq(world_ask(b, OFFICER, REQUEST_OPEN, ACT_OPEN,
        SLICE(ev.offer), args, NULL), OK);
    cr_expect_eq(list_at_b(), OK);
    b->t.mono += 5000;
    cr_expect_eq(list_at_b(), OK);
    evidence_message(a, KIND_RESTRICTION_UPDATE, &m);
    put_uint(a, m.own, "direction", DIRECTION_TIGHTEN);
    put_text(a, m.own, "reason", "The court asks for it.");
    put_one_uint(a, m.own, "changed", LIMIT_purposes);
    put_one(a, m.common, "restrictions", (union item){
        .r = limits_copy(a->a, ev.set) });
    put_uint(a, message_rec(&m, "restrictions"), "rrev", 2);
    put_list(a, message_rec(&m, "restrictions"), "purposes", &one, 1);
    cr_assert_eq(submit(a, &m, b, NULL, digest), OK, "%s at %.*s",
        err_row((enum err)a->answer.code)->name, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    carry_all();
    b->t.mono += 5000;
    cr_expect_eq(list_at_b(), E_PURPOSE);
}

/* Who accepts something else. */

Test(release_hostile, an_acceptance_names_the_offer_and_its_limits)
{
    struct message m;
    uint8_t other[HASH_LEN];

    offered();
    random_bytes(other, sizeof(other));
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    put_bytes(b, m.own, "accepted", other, HASH_LEN);
    refused(a, b, &m, SLICE_EMPTY, E_ACCEPTED_OTHER, "accepted");
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    put_bytes(b, m.own, "accepted_rid", other, 16);
    refused(a, b, &m, SLICE_EMPTY, E_ACCEPTED_OTHER, "accepted_rid");
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    put_uint(b, m.own, "accepted_rrev", 2);
    refused(a, b, &m, SLICE_EMPTY, E_ACCEPTED_OTHER, "accepted_rrev");
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    record_drop(m.own, "accepted");
    refused(a, b, &m, SLICE_EMPTY, E_ACCEPTED_OTHER, "accepted");
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
    accepted();
    cr_expect_eq(world_thread(a, b, ev.thread), EVIDENCE_TRANSFERRED);
}

Test(release_hostile, an_acceptance_that_is_dated_too_late_is_none)
{
    struct message m;

    offered();
    all_at(ACCEPT_BY - 60);
    make_decision(CONDITIONS_ANSWER_ACCEPT, &m);
    put_uint(b, m.common, "created_at", ACCEPT_BY);
    refused(a, b, &m, SLICE_EMPTY, E_OFFER_OVER, "decision");
}

/* Nothing that is not a transfer may say that it is held. */
Test(release_hostile, only_evidence_is_held)
{
    struct message m;

    offered();
    evidence_message(b, KIND_CLOSE, &m);
    {
        struct rec *r = sub(b, m.common, "release");

        put_bytes(b, r, "offer", ev.offer, HASH_LEN);
        put_uint(b, r, "accept_by", ACCEPT_BY);
        put_one(b, m.common, "release", (union item){ .r = r });
    }
    refused(a, b, &m, SLICE_EMPTY, E_FIELD_RANGE, "release");
}
