/*
 * Consents that were used before, revoked, or accepted under false
 * conditions; and proofs of use, honest ones and forged ones, as the
 * originator reads them.
 */
#include "node/core_in.h"
#include "node/onward.h"
#include "node/store_msg.h"
#include "tests/unit/node/chain_fixture.h"

TestSuite(onward_proof, .init = chain_up, .fini = chain_down,
    .timeout = 120);

/* b's copy for an authority, sealed. */
struct copy {
    uint8_t digest[HASH_LEN];
    struct slice whole, head;
};

static struct copy
seal_copy(const struct world *to, uint64_t use_no)
{
    struct envelope env;
    struct copy x;
    struct message m;
    struct buf out;

    copy_for(to, chain.consent, &m);
    put_uint(b, m.own, "use_no", use_no);
    buf_init(&out, ENVELOPE_MAX);
    seal(b, &m, to, chain.sigs, true, &out);
    world_check(envelope_decode(slice_of_buf(&out), &env, NULL));
    envelope_digest(env.h, x.digest);
    world_check(arena_copy(b->a, slice_of_buf(&out), &x.whole));
    x.head = head_of(b, x.whole);
    buf_clear(&out);
    return x;
}

/* The receipt that an authority gave, and the note that it is under. */
struct proof {
    struct copy copy;
    struct slice receipt, note;
};

static struct proof
deliver(struct world *to, uint64_t use_no)
{
    struct proof x = { .copy = seal_copy(to, use_no) };
    struct packet *p = arena_get(b->a, sizeof(*p));
    const struct packet *answer;
    struct buf frame;

    p->type = PACKET_DELIVER;
    p->u.deliver.n = 1;
    p->u.deliver.items[0].envelope = x.copy.whole;
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    answer = tell(to, "QN-FIU", slice_of_buf(&frame));
    buf_clear(&frame);
    cr_assert_not_null(answer);
    cr_assert_eq(answer->u.answer.results[0].code, OK, "%s at %.*s",
        err_row((enum err)answer->u.answer.results[0].code)->name,
        (int)answer->u.answer.results[0].path.n,
        (const char *)answer->u.answer.results[0].path.p);
    world_check(arena_copy(b->a, answer->u.answer.results[0].receipt,
        &x.receipt));
    world_check(arena_copy(b->a, answer->u.answer.tlog.note, &x.note));
    return x;
}

/* Show a proof to a; whether a says that it has seen it. */
static bool
show(const char *by, struct slice head, struct slice receipt,
    struct slice note)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    const struct packet *answer;
    struct buf frame;

    p->type = PACKET_USED;
    p->u.used = (struct packet_used){ head, receipt, note };
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    answer = tell(a, by, slice_of_buf(&frame));
    buf_clear(&frame);
    return answer != NULL && answer->type == PACKET_SEEN;
}

static bool
show_all(const char *by, const struct proof *x)
{
    return show(by, x->copy.head, x->receipt, x->note);
}

static size_t
used(enum err code)
{
    uint8_t digest[HASH_LEN];

    world_check(consent_digest(chain.consent, digest));
    return logged(a, EVENT_CONSENT_USED, code, digest);
}

static size_t
alarms(enum err code, const struct copy *x)
{
    return logged(a, EVENT_ALARM, code, x->digest);
}

/* d is one more authority of c's State, whom a knows too. */
static void
one_more(void)
{
    d = authority("QO-FIUB");
    know(a, d);
    know(b, d);
}

Test(onward_proof, each_proof_has_one_entry_however_often_it_is_shown)
{
    struct proof x;

    chain.max_uses = 2;
    chain_granted();
    x = deliver(c, 1);
    for (int i = 0; i < 3; i++)
        cr_expect(show_all("QN-FIU", &x));
    cr_expect_eq(used(OK), 1);
    cr_expect_eq(alarms(E_CONSENT_EXHAUSTED, &x.copy), 0);
    x = deliver(c, 2);
    cr_expect(show_all("QN-FIU", &x));
    cr_expect_eq(used(OK), 2);
}

Test(onward_proof, one_number_is_taken_once_at_each_recipient)
{
    struct copy again;
    const struct packet_result *r;

    chain.max_uses = 5;
    chain_granted();
    (void)deliver(c, 1);
    again = seal_copy(c, 1);
    r = hand(c, "QN-FIU", again.whole);
    cr_expect_eq(r->code, E_CONSENT_EXHAUSTED);
    cr_expect(slice_is(r->path, "use_no"));
    cr_expect_eq(logged(c, EVENT_ALARM, E_CONSENT_EXHAUSTED, again.digest),
        1);
}

Test(onward_proof, two_receipts_under_one_number_convict_the_forwarder)
{
    struct proof x, y;

    chain.by_class = true;
    chain.max_uses = 1;
    one_more();
    chain_granted();
    x = deliver(c, 1);
    y = deliver(d, 1);
    cr_expect(show_all("QN-FIU", &x));
    for (int i = 0; i < 3; i++)
        cr_expect(show_all("QN-FIU", &y));
    cr_expect_eq(used(OK), 1);
    cr_expect_eq(used(E_CONSENT_EXHAUSTED), 1, "once");
    cr_expect_eq(alarms(E_CONSENT_EXHAUSTED, &y.copy), 1);
    cr_expect_eq(alarms(E_CONSENT_EXHAUSTED, &x.copy), 0);
}

static void
revoke(const char *downstream)
{
    const union item to = { .s = slice_str(downstream != NULL ? downstream :
        "") };
    uint8_t digest[HASH_LEN];
    struct message m;

    in_thread(a, b, KIND_CONSENT_REVOKE, chain.asked, &m);
    world_check(record_put_bytes(a->a, m.own, "consent_id",
        record_bytes(chain.consent, "consent_id")));
    put_uint(a, m.own, "effective_at", (uint64_t)a->t.lo);
    put_list(a, m.own, "downstream", &to, downstream != NULL);
    put_text(a, m.own, "reason", "The account was closed.");
    cr_assert_eq(submit(a, &m, b, NULL, digest), OK, "%.*s",
        (int)a->answer.result.n, (const char *)a->answer.result.p);
    carry_all();
    cr_assert_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
}

Test(onward_proof, what_is_used_after_it_was_revoked_is_found_by_a)
{
    uint8_t digest[HASH_LEN];
    struct proof before, after;
    struct message m;

    chain.max_uses = 3;
    chain_granted();
    before = deliver(c, 1);
    all_at(WORLD_NOW + 100);
    revoke(NULL);
    all_at(WORLD_NOW + 200);
    /* b's own node lets none out. */
    copy_for(c, chain.consent, &m);
    put_uint(b, m.own, "use_no", 2);
    cr_expect_eq(submit(b, &m, c, chain.sigs, digest), E_CONSENT_REVOKED);
    /* c cannot know. */
    after = deliver(c, 2);
    cr_expect(show_all("QN-FIU", &before));
    cr_expect(show_all("QN-FIU", &after));
    cr_expect_eq(used(OK), 1);
    cr_expect_eq(used(E_CONSENT_REVOKED), 1);
    cr_expect_eq(alarms(E_CONSENT_REVOKED, &after.copy), 1);
    cr_expect_eq(alarms(E_CONSENT_REVOKED, &before.copy), 0);
}

/* What it is asked before each file goes over. */
static bool
goes_on(const struct message *copy)
{
    bool yes = false;

    cr_assert_eq(onward_holds(b->core, copy, &yes), OK);
    return yes;
}

Test(onward_proof, what_is_called_back_from_its_recipient_goes_over_no_more)
{
    struct message m;

    chain_granted();
    copy_for(c, chain.consent, &m);
    cr_expect(goes_on(&m));
    all_at(WORLD_NOW + 100);
    revoke("QO-FIU");
    cr_expect_not(goes_on(&m));
}

Test(onward_proof, what_its_recipient_may_keep_goes_on)
{
    struct message m;

    chain_granted();
    copy_for(c, chain.consent, &m);
    revoke(NULL);
    cr_expect(goes_on(&m));
}

/* A proof that does not hold is nothing: no entry of a use, not seen. */
Test(onward_proof, forged_proofs_are_an_alarm_and_no_use)
{
    static const uint8_t nothing[] = { 0x90 };
    struct proof x, y;
    uint8_t *p;

    chain.max_uses = 9;
    chain_granted();
    x = deliver(c, 1);
    y = deliver(c, 2);
    cr_expect_not(show("QN-FIU", x.copy.head, SLICE(nothing), x.note));
    cr_expect_not(show("QN-FIU", x.copy.head, y.receipt, y.note));
    cr_expect_not(show("QN-FIU", y.copy.head, x.receipt, x.note));
    cr_expect_not(show("QN-FIU", slice_str("no head"), x.receipt, x.note));
    cr_expect_not(show("QN-FIU", chain.consent != NULL ? head_of(b,
        x.copy.whole) : SLICE_EMPTY, x.receipt, slice_str("no note\n")));
    p = (uint8_t *)(uintptr_t)x.receipt.p;
    for (size_t i = 0; i < x.receipt.n; i++) {
        p[i] ^= 1;
        a->t.mono += 3600 * 1000;
        cr_expect_not(show_all("QN-FIU", &x), "byte %zu", i);
        p[i] ^= 1;
    }
    cr_expect_eq(used(OK), 0);
    cr_expect(show_all("QN-FIU", &x));
    cr_expect_eq(used(OK), 1);
}

/* c has the consent and its signatures: it can make up a transfer, but not
 * sign it as b. */
static struct copy
made_up(struct world *to, const char *name, struct world *signer)
{
    struct envelope env;
    struct signature sigs[4];
    struct copy x = seal_copy(to, 7);
    uint8_t digest[HASH_LEN];
    struct message m;
    struct buf pre, h, out;

    world_check(envelope_decode(x.whole, &env, NULL));
    world_check(message_decode(b->a, &domain_valise, env.pre, &m, NULL));
    put_text(b, m.common, "to", name);
    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, ENVELOPE_MAX);
    buf_init(&out, ENVELOPE_MAX);
    world_check(message_encode(&m, F_CTL, &pre));
    envelope_put_h(slice_of_buf(&pre), &env.body_of, &h);
    hash_digest(LABEL_MSG, slice_of_buf(&h), digest);
    sign_make(LABEL_SIG, person_sign(signer->who[OFFICER].p), digest,
        &sigs[0]);
    sign_make(LABEL_APPR, person_sign(signer->who[HEAD].p), digest,
        &sigs[1]);
    sigs[2] = chain.sigs[0];
    sigs[3] = chain.sigs[1];
    world_check(envelope_put(slice_of_buf(&h), sigs, 4, env.wraps, env.body,
        &out));
    memcpy(x.digest, digest, HASH_LEN);
    world_check(arena_copy(b->a, slice_of_buf(&out), &x.whole));
    x.head = head_of(b, x.whole);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&out);
    return x;
}

/* An entry that says DELIVERED, of a log that nobody here knows. */
static struct slice
made_up_receipt(const struct copy *x)
{
    struct entry e = { .seq = 0, .time = WORLD_NOW,
        .event = EVENT_DELIVERED, .has_obj = true, .n = 1,
        .fields = { { .type = 1 } } };
    struct receipt r = { .origin = slice_str("QP-FIU/log/1"), .index = 0 };
    struct slice copy;
    struct buf entry, out;

    memcpy(e.obj, x->digest, HASH_LEN);
    buf_init(&entry, ENTRY_MAX);
    buf_init(&out, PACKET_MAX);
    world_check(entry_encode(&e, &entry));
    r.entry = slice_of_buf(&entry);
    world_check(receipt_encode(&r, &out));
    world_check(arena_copy(b->a, slice_of_buf(&out), &copy));
    buf_clear(&entry);
    buf_clear(&out);
    return copy;
}

/* A use that signer signed, where the consent is for so many. */
static struct copy
made_up_use(uint64_t max_uses, struct world *signer)
{
    chain.max_uses = max_uses;
    chain_granted();
    return made_up(c, "QP-FIU", signer);
}

static bool
show_made_up(const char *by, const struct copy *x)
{
    return show(by, x->head, made_up_receipt(x), slice_str("note\n"));
}

Test(onward_proof, nobody_is_accused_of_what_he_did_not_sign)
{
    const struct copy x = made_up_use(1, c);

    cr_expect_not(show_made_up("QO-FIU", &x));
    cr_expect_eq(used(OK) + used(E_CONSENT_SCOPE) +
        used(E_CONSENT_EXHAUSTED), 0);
    cr_expect_eq(alarms(E_CONSENT_EXHAUSTED, &x), 0);
}

Test(onward_proof, who_took_it_must_be_known_to_accuse_another)
{
    /* b signed it once, for somebody whom a does not know. */
    const struct copy x = made_up_use(1, b);

    cr_expect(show_made_up("QO-FIU", &x));
    cr_expect_eq(used(E_UNKNOWN_AUTHORITY), 1);
    cr_expect_eq(alarms(E_UNKNOWN_AUTHORITY, &x), 0);
    cr_expect_eq(alarms(E_CONSENT_EXHAUSTED, &x), 0);
}

Test(onward_proof, what_b_says_against_himself_is_good_proof)
{
    const struct copy x = made_up_use(1, b);

    cr_expect(show_made_up("QN-FIU", &x));
    cr_expect_eq(used(E_CONSENT_EXHAUSTED), 1);
    cr_expect_eq(alarms(E_CONSENT_EXHAUSTED, &x), 1);
}

Test(onward_proof, a_use_outside_the_terms_is_found)
{
    const struct copy x = made_up_use(0, b);

    cr_expect(show_made_up("QN-FIU", &x));
    cr_expect_eq(used(E_CONSENT_SCOPE), 1);
    cr_expect_eq(alarms(E_CONSENT_SCOPE, &x), 1);
}

/* Acceptances. */

static struct slice
accepted_by(void (*change)(struct message *m), struct world *signer,
    bool two)
{
    struct slice head;
    struct message m;
    struct buf out;

    acceptance(&m);
    if (change != NULL)
        change(&m);
    if (!two)
        record_drop(m.common, "approval");
    buf_init(&out, ENVELOPE_MAX);
    seal(signer, &m, a, NULL, two, &out);
    head = head_of(b, slice_of_buf(&out));
    buf_clear(&out);
    return head;
}

static void
of_another_consent(struct message *m)
{
    uint8_t id[16] = { 3 };

    put_bytes(b, m->own, "consent_id", id, sizeof(id));
}

static void
declined(struct message *m)
{
    put_uint(b, m->own, "decision", CONDITIONS_ANSWER_DECLINE);
}

static void
of_another_authority(struct message *m)
{
    put_text(b, m->common, "from", "QO-FIU");
}

Test(onward_proof, conditions_are_accepted_by_two_persons_of_the_grantee)
{
    static const struct {
        void (*change)(struct message *m);
        int who;                        /* 0: b, 1: a, 2: c */
        bool two;
    } wrong[] = {
        { of_another_consent, 0, true }, { declined, 0, true },
        { of_another_authority, 0, true }, { of_another_authority, 2, true },
        { NULL, 0, false }, { NULL, 1, true }, { NULL, 2, true },
    };
    struct world *who[] = { b, a, c };
    struct copy x;

    chain.max_uses = 9;
    chain.conditional = true;
    chain_granted();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct packet_result *r;

        chain.acceptance = accepted_by(wrong[i].change, who[wrong[i].who],
            wrong[i].two);
        x = seal_copy(c, i + 1);
        r = hand(c, "QN-FIU", x.whole);
        cr_expect_eq(r->code, E_BAD_STATE, "%zu: %s", i,
            err_row((enum err)r->code)->name);
        cr_expect(slice_is(r->path, "acceptance"), "%zu", i);
        cr_expect_eq(logged(c, EVENT_ALARM, E_BAD_STATE, x.digest), 1);
    }
    chain.acceptance = slice_str("nothing");
    x = seal_copy(c, 8);
    cr_expect_eq(hand(c, "QN-FIU", x.whole)->code, E_BAD_STATE);
    chain.acceptance = accepted_by(NULL, b, true);
    x = seal_copy(c, 9);
    cr_expect_eq(hand(c, "QN-FIU", x.whole)->code, OK);
}
