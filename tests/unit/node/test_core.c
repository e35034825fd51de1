/*
 * Whole nodes in one process: from an officer's submission to the verified
 * receipt, and what becomes of everything that is not as it should be.
 */
#include "keys/slot.h"
#include "node/store_msg.h"
#include "proto/enums.h"
#include "proto/rules.h"
#include "proto/states.h"
#include "tests/unit/node/pair_fixture.h"

static void
set_up(void)
{
    pair_up();
    world_unlink(a, b);
}

TestSuite(core, .init = set_up, .fini = pair_down);

static const struct kind *
kind(unsigned n)
{
    return domain_kind(&domain_valise, n);
}

Test(core, a_message_goes_from_officer_to_officer_up_to_a_verified_receipt)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];

    world_send(a, &f, digest, id, thread);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_QUEUED);
    cr_expect_eq(world_state(b, ASK_IN, digest), 0);
    world_link(a, b);
    cr_assert_gt(world_carry(a, b, 50), 0);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_DELIVERED);
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
    cr_expect_eq(world_thread(a, b, thread), REQUEST_DELIVERED);
    cr_expect_eq(world_thread(b, a, thread), REQUEST_DELIVERED);
}

/* The way there and back: what is opened, acknowledged and answered. */

static void
carry(void)
{
    world_link(a, b);
    (void)world_carry(a, b, 200);
}

static enum err
open_as(struct world *w, enum world_person who, const uint8_t *digest,
    uint64_t purpose, struct rec **result)
{
    struct rec *args = record_new(w->a, &record_ask_open);

    world_check(record_put_bytes(w->a, args, "digest",
        slice_of(digest, HASH_LEN)));
    world_check(record_put_uint(w->a, args, "purpose", purpose));
    return world_ask(w, who, REQUEST_OPEN, ACT_OPEN,
        slice_of(digest, HASH_LEN), args, result);
}

/* The entry that a receipt of the own log shows, under the last answer. */
static struct entry
proven(struct world *w, enum world_person who, struct slice bytes,
    const uint8_t *digest, enum event event)
{
    char origin[LOG_NAME_MAX];
    struct receipt r;
    struct entry entry;
    struct receipt_expect x = { .size = w->who[who].have.size,
        .root = w->who[who].have.root, .digest = digest,
        .events = RECEIPT_EVENT(event) };

    log_name(slice_str(w->name), "log", 1, origin);
    x.origin = slice_str(origin);
    cr_assert_eq(receipt_decode(bytes, &r), OK);
    cr_assert_eq(receipt_check(&r, &x, &entry), OK);
    return entry;
}

Test(core, an_opening_hands_over_ciphertext_with_the_proof_of_its_entry)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct opening o[ENTRY_FIELDS_MAX];
    struct entry entry;
    struct secret *epoch;
    struct envelope env;
    struct message m;
    struct buf body;
    struct rec *r;
    size_t n, i;

    world_send(a, &f, digest, id, thread);
    carry();
    cr_assert_eq(open_as(b, OFFICER, digest, PURPOSE_ANALYSIS, &r), OK);
    entry = proven(b, OFFICER, record_bytes(r, "receipt"), digest,
        EVENT_OPENED);
    cr_assert_eq(opening_decode(record_bytes(r, "openings"), o, &n), OK);
    cr_assert_eq(n, 3);
    for (i = 0; i < n; i++)
        cr_expect_eq(opening_check(&o[i], &entry), OK);
    cr_assert_eq(envelope_decode(record_bytes(r, "envelope"), &env, NULL),
        OK);
    cr_assert_eq(message_decode(b->a, &domain_valise, env.pre, &m, NULL),
        OK);
    cr_assert_eq(slot_open(record_bytes(r, "slot"), b->who[OFFICER].slot,
        &epoch), OK);
    buf_init(&body, ENVELOPE_BODY_MAX);
    cr_assert(seal_find(&m, record_bytes(record_value(m.common,
        "seals")->v[1].r, "epoch").p, NULL, &i));
    cr_expect_eq(seal_open(b->a, &env, &m, i, epoch, NULL, NULL, &body,
        NULL), OK);
    cr_expect(slice_is(record_bytes(record_value(m.own,
        "questions")->v[0].r, "text"), "Who owns the company?"));
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_OPENED);
    buf_clear(&body);
    secret_free(epoch);
}

Test(core, an_opening_for_another_purpose_is_refused_with_its_rule_and_logged)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    uint64_t before;
    struct rec *r;

    world_send(a, &f, digest, id, thread);
    carry();
    before = b->who[OFFICER].have.size;
    cr_expect_eq(open_as(b, OFFICER, digest, PURPOSE_PROSECUTION, &r),
        E_PURPOSE);
    cr_expect(slice_is(b->answer.result, "purpose"));
    cr_expect_gt(b->who[OFFICER].have.size, before);
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
    cr_expect_eq(open_as(b, AUDITOR, digest, PURPOSE_ANALYSIS, &r), E_ROLE);
}

/* A whole matter: asked, opened, acknowledged, questioned, answered. */
Test(core, a_matter_runs_from_question_to_close_alike_on_both_sides)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t asked[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    uint8_t digest[HASH_LEN], mine[MSG_ID_LEN], same[MSG_ID_LEN];

    world_send(a, &f, asked, id, thread);
    carry();
    f = (struct world_form){ .kind = kind(KIND_RECEIPT), .to = a,
        .thread = SLICE(thread), .target = SLICE(id),
        .seen = SLICE(asked) };
    world_send(b, &f, digest, mine, same);
    carry();
    cr_expect_eq(world_thread(a, b, thread), REQUEST_ACKNOWLEDGED);
    cr_expect_eq(world_thread(b, a, thread), REQUEST_ACKNOWLEDGED);
    f.kind = kind(KIND_CLARIFICATION_REQUEST);
    f.text = "Which company?";
    world_send(b, &f, digest, mine, same);
    carry();
    cr_expect_eq(world_thread(a, b, thread), REQUEST_CLARIFYING);
    cr_expect_eq(world_thread(b, a, thread), REQUEST_CLARIFYING);
    f = (struct world_form){ .kind = kind(KIND_CLARIFICATION_REPLY),
        .to = b, .thread = SLICE(thread), .target = SLICE(mine),
        .seen = SLICE(digest), .text = "The second." };
    world_send(a, &f, digest, same, same);
    carry();
    cr_expect_eq(world_thread(b, a, thread), REQUEST_ACKNOWLEDGED);
    f = (struct world_form){ .kind = kind(KIND_REPLY), .to = a,
        .thread = SLICE(thread), .target = SLICE(id),
        .seen = SLICE(digest), .reply_type = REPLY_TYPE_FULL,
        .text = "A trust." };
    world_send(b, &f, digest, same, same);
    carry();
    cr_expect_eq(world_thread(a, b, thread), REQUEST_ANSWERED);
    cr_expect_eq(world_thread(b, a, thread), REQUEST_ANSWERED);
    f = (struct world_form){ .kind = kind(KIND_CLOSE), .to = b,
        .thread = SLICE(thread), .seen = SLICE(digest),
        .close_reason = CLOSE_REASON_ANSWERED };
    world_send(a, &f, digest, same, same);
    carry();
    cr_expect_eq(world_thread(a, b, thread), REQUEST_CLOSED);
    cr_expect_eq(world_thread(b, a, thread), REQUEST_CLOSED);
}

Test(core, the_sender_learns_that_it_was_opened_with_a_receipt)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct rec *args = record_new(a->a, &record_ask_digest), *r;
    const struct value *v;
    bool opened = false;

    world_send(a, &f, digest, id, thread);
    carry();
    cr_assert_eq(open_as(b, OFFICER, digest, PURPOSE_ANALYSIS, &r), OK);
    world_at(a, WORLD_NOW + 60);
    world_at(b, WORLD_NOW + 60);
    world_tick(a);
    (void)world_carry(a, b, 100);
    cr_assert_eq(record_put_bytes(a->a, args, "digest", SLICE(digest)), OK);
    cr_assert_eq(world_ask(a, OFFICER, REQUEST_MSG_RECEIPTS, ACT_NONE,
        SLICE_EMPTY, args, &r), OK);
    v = record_value(r, "receipts");
    for (size_t i = 0; i < v->n; i++)
        opened |= record_uint(v->v[i].r, "event") == EVENT_OPENED;
    cr_expect(opened);
    cr_expect_eq(v->n, 2);
}

Test(core, four_eyes_wait_for_another_person_and_then_go)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?", .approval = true };
    struct rec *args = record_new(a->a, &record_ask_sign);
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct signature sig;

    world_send(a, &f, digest, id, thread);
    cr_expect_eq(world_state(a, ASK_WAITING, digest), STORE_PENDING);
    carry();
    cr_expect_eq(world_state(b, ASK_IN, digest), 0);
    cr_assert_eq(record_put_bytes(a->a, args, "digest", SLICE(digest)), OK);
    /* The author is no approver; and a signature must hold. */
    sign_make(LABEL_APPR, person_sign(a->who[OFFICER].p), digest, &sig);
    cr_assert_eq(record_put_bytes(a->a, args, "sig", SLICE(sig.sig)), OK);
    cr_expect_eq(world_ask(a, OFFICER, REQUEST_APPROVE, ACT_APPROVE,
        SLICE(digest), args, NULL), E_ROLE);
    cr_expect_eq(world_ask(a, HEAD, REQUEST_APPROVE, ACT_APPROVE,
        SLICE(digest), args, NULL), E_SIGNATURE);
    cr_expect_eq(world_state(a, ASK_WAITING, digest), STORE_PENDING);
    sign_make(LABEL_APPR, person_sign(a->who[HEAD].p), digest, &sig);
    cr_assert_eq(record_put_bytes(a->a, args, "sig", SLICE(sig.sig)), OK);
    cr_assert_eq(world_ask(a, HEAD, REQUEST_APPROVE, ACT_APPROVE,
        SLICE(digest), args, NULL), OK);
    (void)world_carry(a, b, 100);
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_DELIVERED);
}

Test(core, a_message_is_accepted_once_and_answered_with_its_first_receipt)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], again[HASH_LEN];
    struct message m;
    uint64_t s, size;
    struct buf out;

    buf_init(&out, ENVELOPE_MAX);
    world_message(a, &f, &m);
    world_seal(a, &m, b, &out);
    cr_expect_eq(world_submit(a, slice_of_buf(&out), &s, digest), OK);
    size = a->who[OFFICER].have.size;
    cr_expect_eq(world_submit(a, slice_of_buf(&out), &s, again), OK);
    cr_expect_eq(a->who[OFFICER].have.size, size);
    /* The link breaks after b has it and before a has the answer. */
    world_link(a, b);
    while (world_state(b, ASK_IN, digest) == 0)
        cr_assert_gt(world_carry(a, b, 1), 0);
    outgoing_free(b->out);
    b->out = NULL;
    world_unlink(a, b);
    size = b->who[OFFICER].have.size;
    carry();
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_DELIVERED);
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
    cr_expect_eq(b->who[OFFICER].have.size, size);
    buf_clear(&out);
}

Test(core, the_end_of_a_life_is_told_as_what_is_known)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?", .life = 3600 };
    uint8_t never[HASH_LEN], lost[HASH_LEN], id[MSG_ID_LEN];
    uint8_t thread[MSG_ID_LEN];

    world_send(a, &f, never, id, thread);
    world_at(a, WORLD_NOW + 3700);
    world_tick(a);
    cr_expect_eq(world_state(a, ASK_OUT, never), STORE_NOT_DELIVERED);
    f.life = 7200;
    world_send(a, &f, lost, id, thread);
    /* It reaches b, and the answer is lost. */
    world_at(b, WORLD_NOW + 3700);
    world_link(a, b);
    while (world_state(b, ASK_IN, lost) == 0)
        cr_assert_gt(world_carry(a, b, 1), 0);
    outgoing_free(b->out);
    b->out = NULL;
    world_unlink(a, b);
    world_at(a, WORLD_NOW + 20000);
    world_at(b, WORLD_NOW + 20000);
    world_tick(a);
    cr_expect_eq(world_state(a, ASK_OUT, lost), STORE_UNCONFIRMED);
    /* A receipt wins over that. */
    carry();
    cr_expect_eq(world_state(a, ASK_OUT, lost), STORE_DELIVERED);
}

Test(core, a_crash_at_any_time_loses_nothing_that_was_acknowledged)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];

    world_send(a, &f, digest, id, thread);
    world_close(a);
    world_open(a);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_QUEUED);
    world_link(a, b);
    while (world_state(b, ASK_IN, digest) == 0)
        cr_assert_gt(world_carry(a, b, 1), 0);
    world_close(b);
    world_open(b);
    world_close(a);
    world_open(a);
    carry();
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_DELIVERED);
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
}

Test(core, nobody_reads_ciphertext_without_a_statement_of_his_own)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct rec *args, *r;

    world_send(a, &f, digest, id, thread);
    carry();
    args = record_new(b->a, &record_ask_open);
    cr_assert_eq(record_put_bytes(b->a, args, "digest", SLICE(digest)), OK);
    cr_assert_eq(record_put_uint(b->a, args, "purpose", PURPOSE_ANALYSIS),
        OK);
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_OPEN, ACT_NONE, SLICE_EMPTY,
        args, &r), E_SIGNATURE);
    /* About another message. */
    id[0] ^= 1;
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_OPEN, ACT_OPEN,
        SLICE(a->who[0].have.root), args, &r), E_SIGNATURE);
    /* Of another act. */
    cr_expect_eq(world_ask(b, HEAD, REQUEST_OPEN, ACT_APPROVE,
        SLICE(digest), args, &r), E_MALFORMED);
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
}

/* A frame that asks to open, signed with these arguments or with none. */
static void
make_open(struct world *w, const uint8_t *digest, bool named,
    struct buf *frame)
{
    struct world_who *who = &w->who[OFFICER];
    struct request q = { .type = REQUEST_OPEN };
    struct rec *args = record_new(w->a, &record_ask_open);
    struct statement t = { .authority = slice_str(w->name),
        .act = ACT_OPEN, .obj = slice_of(digest, HASH_LEN),
        .time = (uint64_t)w->t.lo };
    char origin[LOG_NAME_MAX];
    uint8_t sig[REQUEST_SIG_LEN];
    struct buf bytes, st;

    world_check(world_ask(w, OFFICER, REQUEST_HELLO, ACT_NONE, SLICE_EMPTY,
        NULL, NULL));
    buf_init(&bytes, ASK_MAX);
    buf_init(&st, STATEMENT_MAX);
    world_check(record_put_bytes(w->a, args, "digest",
        slice_of(digest, HASH_LEN)));
    world_check(record_put_uint(w->a, args, "purpose", PURPOSE_ANALYSIS));
    record_encode(args, 0, &bytes);
    log_name(slice_str(w->name), "log", 1, origin);
    t.origin = slice_str(origin);
    t.size = who->have.size;
    memcpy(t.root, who->have.root, HASH_LEN);
    t.args = named ? slice_of_buf(&bytes) : SLICE_EMPTY;
    world_check(statement_sign(&t, person_sign(who->p), &st, sig));
    q.have = who->have;
    q.args = slice_of_buf(&bytes);
    q.statement = slice_of_buf(&st);
    q.sig = SLICE(sig);
    world_check(request_encode(&q, frame));
    buf_clear(&bytes);
    buf_clear(&st);
}

/* The code of the answer to a frame of the officer. */
static enum err
ask_frame(struct world *w, const struct buf *frame)
{
    struct incoming in = { .kind = IN_FRAME, .bytes = slice_of_buf(frame),
        .from = { .kind = LINK_OFFICER } };

    memcpy(in.from.who, w->who[OFFICER].link, sizeof(in.from.who));
    world_in(w, &in);
    world_check(answer_decode(slice_of_buf(&w->answer_bytes), &w->answer));
    return (enum err)w->answer.code;
}

Test(core, an_officer_signs_what_for_he_opens)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct buf frame;

    world_send(a, &f, digest, id, thread);
    carry();
    buf_init(&frame, REQUEST_MAX);
    make_open(b, digest, false, &frame);
    cr_expect_eq(ask_frame(b, &frame), E_SIGNATURE);
    buf_reset(&frame);
    make_open(b, digest, true, &frame);
    cr_expect_eq(ask_frame(b, &frame), OK);
    buf_clear(&frame);
}

Test(core, a_statement_that_was_refused_opens_nothing_later)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    struct message m;
    uint8_t digest[HASH_LEN];
    uint64_t state;
    struct buf out, frame;

    buf_init(&out, ENVELOPE_MAX);
    buf_init(&frame, REQUEST_MAX);
    world_message(a, &f, &m);
    world_check(record_put_uint(a->a, record_rec(m.common, "restrictions"),
        "valid_from", WORLD_NOW + 120));
    world_seal(a, &m, b, &out);
    world_check(world_submit(a, slice_of_buf(&out), &state, digest));
    carry();
    make_open(b, digest, true, &frame);
    cr_expect_eq(ask_frame(b, &frame), E_EMBARGO);
    world_at(b, WORLD_NOW + 180);
    /* The embargo is over; the entry of this statement says BLOCKED. */
    cr_expect_eq(ask_frame(b, &frame), E_STALE_STATEMENT);
    buf_reset(&frame);
    make_open(b, digest, true, &frame);
    cr_expect_eq(ask_frame(b, &frame), OK);
    /* Asked again, it is the same opening. */
    cr_expect_eq(ask_frame(b, &frame), OK);
    buf_clear(&out);
    buf_clear(&frame);
}

Test(core, reading_the_own_copy_is_not_taken_for_the_recipients_opening)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct rec *args = record_new(a->a, &record_ask_digest), *r;
    const struct value *v;
    bool opened = false;

    world_send(a, &f, digest, id, thread);
    cr_assert_eq(open_as(a, OFFICER, digest, PURPOSE_REGISTRATION, &r), OK);
    carry();
    cr_assert_eq(open_as(b, OFFICER, digest, PURPOSE_ANALYSIS, &r), OK);
    world_at(a, WORLD_NOW + 60);
    world_at(b, WORLD_NOW + 60);
    world_tick(a);
    (void)world_carry(a, b, 100);
    world_check(record_put_bytes(a->a, args, "digest", SLICE(digest)));
    cr_assert_eq(world_ask(a, OFFICER, REQUEST_MSG_RECEIPTS, ACT_NONE,
        SLICE_EMPTY, args, &r), OK);
    v = record_value(r, "receipts");
    for (size_t i = 0; i < v->n; i++)
        opened |= record_uint(v->v[i].r, "event") == EVENT_OPENED;
    cr_expect(opened);
}

static void
add_slot(struct world *w, enum world_person i, const uint8_t *to,
    struct rec *args, union item *row)
{
    const struct field *f = record_field(args->schema, "slots");
    struct slice officer, device, slot;
    struct buf bytes;

    row->r = record_new(w->a, f->rec);
    buf_init(&bytes, 1024);
    world_check(slot_seal(w->epoch[0], to, &bytes));
    world_check(arena_copy(w->a, slice_of_buf(&bytes), &slot));
    world_check(arena_copy(w->a, slice_of(sign_key_id(person_sign(
        w->who[i].p)), HASH_LEN), &officer));
    world_check(arena_copy(w->a, SLICE(w->who[i].device), &device));
    world_check(record_put_bytes(w->a, row->r, "officer", officer));
    world_check(record_put_bytes(w->a, row->r, "device", device));
    world_check(record_put_bytes(w->a, row->r, "slot", slot));
    buf_clear(&bytes);
}

/* How many of the officer's slots are sealed to this key. */
static size_t
slots_to(struct world *w, const uint8_t *public)
{
    struct rec *args = record_new(w->a, &record_ask_object_get), *r;
    uint8_t kid[HASH_LEN], epoch[HASH_LEN], to[HASH_LEN];
    const struct value *v;
    size_t n = 0;

    key_id(ALG_X25519, slice_of(public, KEY_LEN), kid);
    world_check(record_put_uint(w->a, args, "kind", ASK_SLOTS));
    world_check(record_put_uint(w->a, args, "after", 0));
    world_check(world_ask(w, OFFICER, REQUEST_OBJECT_GET, ACT_NONE,
        SLICE_EMPTY, args, &r));
    v = record_value(r, "objects");
    for (size_t i = 0; i < v->n; i++) {
        world_check(slot_decode(record_bytes(v->v[i].r, "object"), epoch,
            to));
        n += memcmp(to, kid, HASH_LEN) == 0;
    }
    return n;
}

Test(core, slots_are_put_all_or_none)
{
    struct rec *args = record_new(b->a, &record_ask_slot_put);
    const struct field *f = record_field(args->schema, "slots");
    union item rows[2];
    struct secret *fresh;
    uint8_t public[KEY_LEN], digest[HASH_LEN];
    struct buf bytes;

    world_check(secret_random(KEY_LEN, &fresh));
    hpke_public(fresh, public);
    secret_free(fresh);
    add_slot(b, OFFICER, public, args, &rows[0]);
    add_slot(b, HEAD, public, args, &rows[1]);
    world_check(record_put(b->a, args, f, rows, 2));
    buf_init(&bytes, ASK_MAX);
    record_encode(args, 0, &bytes);
    hash_sha256(slice_of_buf(&bytes), digest);
    buf_clear(&bytes);
    /* The second is another officer's. */
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_SLOT_PUT, ACT_PUT_SLOTS,
        SLICE(digest), args, NULL), E_ROLE);
    cr_expect_eq(slots_to(b, public), 0);
    /* His own alone; so few stand in the statement itself. */
    world_check(record_put(b->a, args, f, rows, 1));
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_SLOT_PUT, ACT_PUT_SLOTS,
        SLICE_EMPTY, args, NULL), OK);
    cr_expect_eq(slots_to(b, public), 1);
}

Test(core, nobody_is_enrolled_with_the_connection_key_of_another)
{
    struct rec *args = record_new(b->a, &record_ask_object_put), *r, *head;
    struct signed_object o, of_head;
    struct signature sig;
    uint8_t digest[HASH_LEN];
    struct buf bytes, object;

    world_check(trust_decode(TRUST_REQUEST,
        slice_of_buf(&b->who[OFFICER].request), &o, NULL));
    world_check(trust_read(b->a, TRUST_REQUEST, &o, &r, NULL));
    world_check(trust_decode(TRUST_REQUEST,
        slice_of_buf(&b->who[HEAD].request), &of_head, NULL));
    world_check(trust_read(b->a, TRUST_REQUEST, &of_head, &head, NULL));
    world_check(record_put_bytes(b->a, r, "curve", record_bytes(head,
        "curve")));
    world_check(record_put_uint(b->a, r, "at", record_uint(r, "at") + 1));
    buf_init(&bytes, TRUST_MAX);
    buf_init(&object, TRUST_MAX);
    record_encode(r, 0, &bytes);
    hash_digest(LABEL_REQUEST, slice_of_buf(&bytes), digest);
    sign_make(LABEL_SIG, person_sign(b->who[OFFICER].p), digest, &sig);
    trust_encode(slice_of_buf(&bytes), &sig, 1, &object);
    world_check(record_put_uint(b->a, args, "kind", TRUST_REQUEST));
    world_check(record_put_bytes(b->a, args, "object",
        slice_of_buf(&object)));
    cr_expect_eq(world_ask(b, KEEPER, REQUEST_OBJECT_PUT, ACT_PUT_STAFF,
        SLICE(digest), args, NULL), E_DUPKEY);
    buf_clear(&bytes);
    buf_clear(&object);
}

/* Cards and lists renew themselves between peers. */

static uint64_t
serial_at(struct world *w, enum trust_kind k, const char *authority)
{
    struct rec *args = record_new(w->a, &record_ask_object_get), *r;
    const struct value *v;
    uint64_t newest = 0;

    world_check(record_put_uint(w->a, args, "kind", k));
    world_check(record_put_bytes(w->a, args, "owner",
        slice_str(authority)));
    world_check(record_put_uint(w->a, args, "after", 0));
    world_check(world_ask(w, OFFICER, REQUEST_OBJECT_GET, ACT_NONE,
        SLICE_EMPTY, args, &r));
    v = record_value(r, "objects");
    for (size_t i = 0; i < v->n; i++)
        if (record_uint(v->v[i].r, "serial") > newest)
            newest = record_uint(v->v[i].r, "serial");
    return newest;
}

/* Time passes on both sides, and frames go to and fro. */
static void
settle(void)
{
    for (int i = 0; i < 10; i++) {
        world_at(a, a->t.lo + 2);
        world_at(b, b->t.lo + 2);
        world_tick(a);
        world_tick(b);
        (void)world_carry(a, b, 100);
    }
}

Test(core, a_renewed_card_reaches_the_peer_by_itself)
{
    carry();
    cr_assert_eq(serial_at(b, TRUST_CARD, "QM-FIU"), 1);
    world_renew(a, 2);
    settle();
    cr_expect_eq(serial_at(b, TRUST_CARD, "QM-FIU"), 2);
    /* And one that was offline has it when it comes. */
    world_unlink(a, b);
    world_renew(a, 3);
    world_renew(a, 5);
    carry();
    settle();
    cr_expect_eq(serial_at(b, TRUST_CARD, "QM-FIU"), 5);
}

Test(core, a_message_that_names_a_list_on_its_way_is_taken_once_it_is_there)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];

    world_renew(a, 2);
    world_send(a, &f, digest, id, thread);
    carry();
    settle();
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_DELIVERED);
}

Test(core, a_card_for_another_node_is_refused_by_this_one)
{
    struct rec *args = record_new(a->a, &record_ask_object_put);
    struct signed_object o;

    cr_assert_eq(trust_decode(TRUST_CARD, slice_of_buf(&b->card), &o, NULL),
        OK);
    world_check(record_put_uint(a->a, args, "kind", TRUST_CARD));
    world_check(record_put_bytes(a->a, args, "object",
        slice_of_buf(&b->card)));
    /* An officer is no keeper; a peer's card is here already. */
    cr_expect_eq(world_ask(a, OFFICER, REQUEST_OBJECT_PUT, ACT_PUT_CARD,
        SLICE(o.digest), args, NULL), E_ROLE);
    cr_expect_eq(world_ask(a, KEEPER, REQUEST_OBJECT_PUT, ACT_PUT_CARD,
        SLICE(o.digest), args, NULL), OK);
}

/*
 * A kind of its own, with fields, transitions and a rule, in a table of its
 * own: no code is changed for it.
 */

#define KIND_VISIT MESSAGE_KIND_MATCH_QUERY

static const struct field visit_rows[] = {
    { .key = 32, .name = "visitors", .type = FT_UINT,
      .flags = F_CTL | F_MUST, .min = 1, .max = 50 },
    { .key = 33, .name = "agenda", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 1, .max = 1000 },
};
static const struct record record_visit = { "VISIT", visit_rows, 2, NULL };
static const struct kind visit_kinds[] = {
    { .n = KIND_VISIT, .name = "VISIT", .form = "visit",
      .rec = &record_visit, .flags = K_OPENS | K_RESTR,
      .machine = MACHINE_SPONTANEOUS, .event = EVENT_CREATED },
};
static const struct step visit_steps[] = {
    { MACHINE_SPONTANEOUS, 1u << SPONTANEOUS_DRAFT, KIND_VISIT, 0,
      STEP_OPENER, SPONTANEOUS_SENT, 0, CLOCK_NONE, NOTE_NONE },
};

static enum err
few_visitors(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    return message_uint(m, "visitors") <= 3 ? OK :
        fault_set(f, E_FIELD_RANGE, 999, "visitors");
}

static const struct rule visit_rules[] = {
    { 999, RULE_KIND(KIND_VISIT), RULE_SENDER | RULE_RECIPIENT, few_visitors,
      E_FIELD_RANGE, "No more than three visitors.", "a test" },
};
static const struct step_table visit_table = { visit_steps,
    sizeof(visit_steps) / sizeof(visit_steps[0]) };
static const struct step_table *const visit_tables[] = { &visit_table };
static const struct domain visit_domain = {
    &domain_valise, visit_kinds, 1, visit_rules, 1, visit_tables, 1
};
static uint64_t visitors;

static void
visit_body(struct arena *arena, struct message *m)
{
    world_check(record_put_uint(arena, m->own, "visitors", visitors));
    world_check(record_put_bytes(arena, m->own, "agenda",
        slice_str("The new register.")));
}

static void
setup_visits(void)
{
    world_domain = &visit_domain;
    set_up();
}

TestSuite(kinds, .init = setup_visits, .fini = pair_down);

Test(kinds, a_kind_that_is_added_as_rows_is_sent_and_ruled)
{
    const struct world_form f = { .kind = &visit_kinds[0], .to = b,
        .body = visit_body };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct message m;
    uint64_t s;
    struct buf out;

    visitors = 3;
    world_send(a, &f, digest, id, thread);
    carry();
    cr_expect_eq(world_state(b, ASK_IN, digest), STORE_RECEIVED);
    cr_expect_eq(world_thread(b, a, thread), SPONTANEOUS_DELIVERED);
    visitors = 4;
    buf_init(&out, ENVELOPE_MAX);
    world_message(a, &f, &m);
    world_seal(a, &m, b, &out);
    cr_expect_eq(world_submit(a, slice_of_buf(&out), &s, digest),
        E_FIELD_RANGE);
    cr_expect(slice_is(a->answer.result, "visitors"));
    buf_clear(&out);
}
