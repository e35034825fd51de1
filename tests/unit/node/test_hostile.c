/*
 * A peer whose officers and node have been altered: every wrong message gets
 * its own code and the path of the field; what is final is proven by an
 * entry, once, what is for later leaves none, and nothing else changes.
 */
#include "node/store_msg.h"
#include "tests/unit/node/hostile_fixture.h"
#include "proto/enums.h"
#include "proto/states.h"

TestSuite(hostile, .init = pair_up, .fini = pair_down);

static void
forge(struct slice pre, const struct envelope *like,
    const struct sign_key *author, struct buf *out)
{
    uint8_t digest[HASH_LEN];
    struct signature sig;
    struct buf h;

    buf_init(&h, ENVELOPE_MAX);
    envelope_put_h(pre, &like->body_of, &h);
    envelope_digest(slice_of_buf(&h), digest);
    sign_make(LABEL_SIG, author, digest, &sig);
    buf_reset(out);
    cr_assert_eq(envelope_put(slice_of_buf(&h), &sig, 1, like->wraps,
        like->body, out), OK);
    buf_clear(&h);
}

/* One wrong thing in a message that is good otherwise. */
struct wrong {
    const char *what;
    void (*spoil)(struct message *m);
    enum err code;
    const char *path;
};

static void
put(struct rec *r, const char *name, uint64_t v)
{
    world_check(record_put_uint(a->a, r, name, v));
}

static void
text(struct rec *r, const char *name, const char *s)
{
    world_check(record_put_bytes(a->a, r, name, slice_str(s)));
}

static void
other_network(struct message *m)
{
    text(m->common, "network", "other");
}

static void
other_sender(struct message *m)
{
    text(m->common, "from", "QO-FIU");
}

static void
other_recipient(struct message *m)
{
    text(m->common, "to", "QO-FIU");
}

static void
older(struct message *m)
{
    put(m->common, "created_at", WORLD_NOW - 900);
    put(m->common, "expires_at", WORLD_NOW - 100);
}

static void
later(struct message *m)
{
    put(m->common, "created_at", WORLD_NOW + 3600);
}

static void
too_long_a_life(struct message *m)
{
    put(m->common, "expires_at", WORLD_NOW + 22 * 86400);
}

static void
no_life(struct message *m)
{
    put(m->common, "expires_at", WORLD_NOW - 1);
    put(m->common, "created_at", WORLD_NOW);
}

static void
unknown_staff(struct message *m)
{
    struct rec *r = record_rec(m->common, "trust_own");
    static const uint8_t zeros[HASH_LEN];

    world_check(record_put_bytes(a->a, r, "staff_digest", SLICE(zeros)));
}

static void
newer_staff(struct message *m)
{
    put(record_rec(m->common, "trust_own"), "staff_serial", 2);
}

static void
false_list_of_ours(struct message *m)
{
    put(record_rec(m->common, "trust_peer"), "epochs_serial", 9);
}

static void
approval_without_approver(struct message *m)
{
    put(m->common, "approval", 1);
}

static void
no_limits(struct message *m)
{
    record_drop(m->common, "restrictions");
}

static void
other_originator(struct message *m)
{
    const union item item = { .s = slice_str("QO-FIU") };
    struct rec *set = record_rec(m->common, "restrictions");

    world_check(record_put(a->a, set, record_field(set->schema,
        "originator"), arena_get(a->a, sizeof(item)), 0));
    world_check(record_put(a->a, set, record_field(set->schema,
        "originator"), memcpy(arena_get(a->a, sizeof(item)), &item,
        sizeof(item)), 1));
}

static void
backward_times(struct message *m)
{
    put(record_rec(m->common, "restrictions"), "use_until",
        WORLD_NOW - 100);
}

static void
unknown_level(struct message *m)
{
    put(record_rec(m->common, "restrictions"), "use_level", 3);
    put(record_rec(m->common, "restrictions"), "class_equiv", 2);
    record_drop(record_rec(m->common, "restrictions"), "actions");
}

static void
no_language(struct message *m)
{
    record_drop(m->common, "lang");
}

static void
with_attachments(struct message *m)
{
    struct rec *r = record_new(a->a, record_field(&record_common,
        "attachments")->rec);
    uint8_t *x = arena_get(a->a, 32);
    union item *item = arena_get(a->a, sizeof(*item));

    put(r, "length", 5);
    world_check(record_put_bytes(a->a, r, "root", slice_of(x, 32)));
    world_check(record_put_bytes(a->a, r, "salt", slice_of(x, 32)));
    world_check(record_put_bytes(a->a, r, "commit", slice_of(x, 32)));
    item->r = r;
    world_check(record_put(a->a, m->common, record_field(&record_common,
        "attachments"), item, 1));
}

static const struct wrong wrongs[] = {
    { "network", other_network, E_NETWORK, "network" },
    { "sender", other_sender, E_UNKNOWN_AUTHORITY, "from" },
    { "recipient", other_recipient, E_NOT_RECIPIENT, "to" },
    { "expired", older, E_EXPIRED, "expires_at" },
    { "future", later, E_FUTURE, "created_at" },
    { "life", too_long_a_life, E_FIELD_RANGE, "expires_at" },
    { "no life", no_life, E_FIELD_RANGE, "expires_at" },
    { "stale trust", unknown_staff, E_KEY_UNKNOWN, "trust_own.staff" },
    { "trust to come", newer_staff, E_LIST_MISSING, "trust_own.staff" },
    { "false list", false_list_of_ours, E_KEY_UNKNOWN,
      "trust_peer.epochs" },
    { "one signature of two", approval_without_approver, E_FOUR_EYES,
      "approval" },
    { "no limits", no_limits, E_RESTR_UNKNOWN, "restrictions" },
    { "originator", other_originator, E_RESTR_NOT_ORIGINATOR,
      "restrictions.originator" },
    { "times of limits", backward_times, E_RESTR_TIME, NULL },
    { "incomplete limits", unknown_level, E_RESTR_UNKNOWN,
      "restrictions.actions" },
    { "language", no_language, E_FIELD_MISSING, "lang" },
    { "files", with_attachments, E_FIELD_RANGE, "attachments" },
};

static void
good(struct message *m)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };

    world_message(a, &f, m);
}

Test(hostile, every_wrong_message_has_its_code_and_path_and_changes_nothing)
{
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        const struct wrong *w = &wrongs[i];
        bool is_final = err_row(w->code)->ending == FINAL;
        const struct packet_result *r;
        uint64_t before = log_size(b);
        struct message m;
        struct buf out;

        buf_init(&out, ENVELOPE_MAX);
        good(&m);
        w->spoil(&m);
        world_seal(a, &m, b, &out);
        r = deliver(slice_of_buf(&out));
        cr_expect_eq(r->code, w->code, "%s: %s", w->what,
            err_row((enum err)r->code)->name);
        cr_expect(w->path == NULL || slice_is(r->path, w->path), "%s: %.*s",
            w->what, (int)r->path.n, (const char *)r->path.p);
        cr_expect_eq(r->receipt.n > 0, is_final, "%s", w->what);
        /* Its entry, and an alarm where it shows more than a mistake. */
        cr_expect_eq(log_size(b) > before, is_final, "%s", w->what);
        before = log_size(b);
        r = deliver(slice_of_buf(&out));
        cr_expect_eq(r->code, w->code, "%s again", w->what);
        cr_expect_eq(log_size(b), before, "%s is logged once", w->what);
        cr_expect_eq(in_box(b), 0);
        buf_clear(&out);
    }
}

Test(hostile, a_signer_who_is_not_on_the_list_or_has_no_such_role_is_refused)
{
    static const struct { enum world_person who; enum err code; } signers[] =
        { { AUDITOR, E_ROLE }, { KEEPER, E_ROLE } };
    struct envelope env;
    struct message m;
    struct buf out, forged;

    buf_init(&out, ENVELOPE_MAX);
    buf_init(&forged, ENVELOPE_MAX);
    for (size_t i = 0; i < 2; i++) {
        const struct sign_key *k = person_sign(a->who[signers[i].who].p);
        const struct seal_to to[] = { { .epoch = directory_epoch_at(
            directory_find(a->dir, TRUST_EPOCHS, slice_str("QM-FIU"), 0,
            NULL), WORLD_NOW) }, { .peer = true, .epoch = directory_epoch_at(
            directory_find(a->dir, TRUST_EPOCHS, slice_str("QN-FIU"), 0,
            NULL), WORLD_NOW) } };
        const struct seal_opts o = { .to = to, .n_to = 2, .author = k };

        good(&m);
        buf_reset(&out);
        cr_assert_eq(seal_message(a->a, &m, &o, &out), OK);
        cr_expect_eq(deliver(slice_of_buf(&out))->code, signers[i].code);
    }
    /* Signed by somebody else than the officer it names. */
    good(&m);
    buf_reset(&out);
    world_seal(a, &m, b, &out);
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, NULL), OK);
    forge(env.pre, &env, person_sign(a->who[HEAD].p), &forged);
    cr_expect_eq(deliver(slice_of_buf(&forged))->code, E_SIGNATURE);
    /* And by a stranger. */
    forge(env.pre, &env, person_sign(b->who[OFFICER].p), &forged);
    cr_expect_eq(deliver(slice_of_buf(&forged))->code, E_SIGNATURE);
    cr_expect_eq(in_box(b), 0);
    buf_clear(&out);
    buf_clear(&forged);
}

Test(hostile, one_person_cannot_be_officer_and_approver)
{
    struct envelope env;
    struct signature sigs[2];
    uint8_t digest[HASH_LEN];
    struct message m;
    struct buf out, twice;

    buf_init(&out, ENVELOPE_MAX);
    buf_init(&twice, ENVELOPE_MAX);
    good(&m);
    put(m.common, "approval", 1);
    world_seal(a, &m, b, &out);
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, NULL), OK);
    envelope_digest(env.h, digest);
    envelope_sig(&env, 0, &sigs[0]);
    sign_make(LABEL_APPR, person_sign(a->who[OFFICER].p), digest, &sigs[1]);
    cr_assert_eq(envelope_put(env.h, sigs, 2, env.wraps, env.body, &twice),
        OK);
    /* He is no approver; the role is asked before the person. */
    cr_expect_eq(deliver(slice_of_buf(&twice))->code, E_ROLE);
    buf_clear(&out);
    buf_clear(&twice);
}

Test(hostile, the_same_id_with_other_bytes_is_a_fork_and_the_first_stands)
{
    struct message m, n;
    uint8_t first[HASH_LEN];
    struct envelope env;
    const struct packet_result *r;
    struct buf out;

    buf_init(&out, ENVELOPE_MAX);
    good(&m);
    world_seal(a, &m, b, &out);
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, NULL), OK);
    envelope_digest(env.h, first);
    cr_assert_eq(deliver(slice_of_buf(&out))->code, OK);
    good(&n);
    world_check(record_put_bytes(a->a, n.common, "msg_id",
        message_bytes(&m, "msg_id")));
    buf_reset(&out);
    world_seal(a, &n, b, &out);
    r = deliver(slice_of_buf(&out));
    cr_expect_eq(r->code, E_FORK);
    cr_expect_gt(r->receipt.n, 0);
    cr_expect_eq(in_box(b), 1);
    cr_expect_eq(world_state(b, ASK_IN, first), STORE_RECEIVED);
    buf_clear(&out);
}

Test(hostile, a_refused_id_is_not_used_again)
{
    struct message m;
    struct buf out;

    buf_init(&out, ENVELOPE_MAX);
    good(&m);
    no_language(&m);
    world_seal(a, &m, b, &out);
    cr_assert_eq(deliver(slice_of_buf(&out))->code, E_FIELD_MISSING);
    text(m.common, "lang", "en");
    record_drop(m.common, "seals");
    buf_reset(&out);
    world_seal(a, &m, b, &out);
    cr_expect_eq(deliver(slice_of_buf(&out))->code, E_FORK);
    buf_clear(&out);
}

Test(hostile, bytes_that_are_no_message_leave_an_entry_and_nothing_else)
{
    static const uint8_t deep[] = { 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91,
        0x91, 0x91, 0x91, 0x90 };
    static const uint8_t long_form[] = { 0x81, 0xcc, 0x01, 0x01 };
    static const uint8_t twice[] = { 0x82, 0x01, 0x01, 0x01, 0x01 };
    static const uint8_t version[] = { 0x82, 0x01, 0x02, 0x03, 0x02 };
    static const uint8_t unknown[] = { 0x82, 0x01, 0x01, 0x03, 0xcc, 0xc8 };
    static const struct { struct slice pre; enum err code; } wrong[] = {
        { { deep, sizeof(deep) }, E_DEPTH },
        { { long_form, sizeof(long_form) }, E_NONCANON },
        { { twice, sizeof(twice) }, E_DUPKEY },
        { { version, sizeof(version) }, E_VERSION },
        { { unknown, sizeof(unknown) }, E_UNKNOWN_KIND },
    };
    const struct packet_result *r;
    struct envelope env;
    struct message m;
    uint64_t before;
    struct buf out, forged;

    buf_init(&out, ENVELOPE_MAX);
    buf_init(&forged, ENVELOPE_MAX);
    good(&m);
    world_seal(a, &m, b, &out);
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, NULL), OK);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        forge(wrong[i].pre, &env, person_sign(a->who[OFFICER].p), &forged);
        before = log_size(b);
        r = deliver(slice_of_buf(&forged));
        cr_expect_eq(r->code, wrong[i].code, "%zu: %s", i,
            err_row((enum err)r->code)->name);
        cr_expect_eq(log_size(b), before + 1);
    }
    before = log_size(b);
    r = deliver(slice_str("this is no envelope"));
    cr_expect_eq(r->code, E_MALFORMED);
    cr_expect_gt(r->receipt.n, 0);
    cr_expect_eq(log_size(b), before + 1);
    cr_expect_eq(in_box(b), 0);
    buf_clear(&out);
    buf_clear(&forged);
}

/* Every bit and every length: refused with a code, nothing stored. */
Test(hostile, no_altered_envelope_gets_in)
{
    struct message m;
    struct buf out, bad;
    size_t step;

    buf_init(&out, ENVELOPE_MAX);
    buf_init(&bad, ENVELOPE_MAX);
    good(&m);
    world_seal(a, &m, b, &out);
    /* The body is one tag for its whole length: sampled; all else in full.
     * More refusals than an hour may hold are answered with BUSY, so the
     * clock of the node moves on. */
    for (size_t i = 0; i < out.n; i += step) {
        const struct packet_result *r;

        step = i < 2200 ? 7 : 97;
        b->t.mono += 3600 * 1000;
        buf_reset(&bad);
        buf_put_slice(&bad, slice_of_buf(&out));
        bad.p[i] ^= (uint8_t)(1u << (i % 8));
        r = deliver(slice_of_buf(&bad));
        cr_assert_neq(r->code, OK, "byte %zu", i);
        b->t.mono += 3600 * 1000;
        r = deliver(slice_of(out.p, i));
        cr_assert_neq(r->code, OK, "cut at %zu", i);
    }
    cr_expect_eq(in_box(b), 0);
    /* One of them took the id, under signatures that held, and is over. */
    b->t.mono += 3600 * 1000;
    cr_expect_neq(deliver(slice_of_buf(&out))->code, OK);
    good(&m);
    buf_reset(&out);
    world_seal(a, &m, b, &out);
    cr_expect_eq(deliver(slice_of_buf(&out))->code, OK);
    buf_clear(&out);
    buf_clear(&bad);
}

Test(hostile, too_many_refusals_in_an_hour_are_answered_with_busy)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    const struct packet *answer = NULL;
    uint64_t size;
    struct buf frame;

    p->type = PACKET_DELIVER;
    p->u.deliver.n = 1;
    p->u.deliver.items[0].envelope = slice_str("no envelope");
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    for (int i = 0; i < 110; i++)
        answer = tell(slice_of_buf(&frame));
    cr_assert_not_null(answer);
    cr_expect_eq(answer->type, PACKET_BUSY);
    size = log_size(b);
    (void)tell(slice_of_buf(&frame));
    cr_expect_eq(log_size(b), size);
    buf_clear(&frame);
}

Test(hostile, a_frame_that_is_none_is_answered_with_an_error_and_no_entry)
{
    uint64_t before = log_size(b);
    const struct packet *answer = tell(slice_str("VLSP\1\2 nonsense"));

    cr_assert_not_null(answer);
    cr_expect_eq(answer->type, PACKET_ERROR);
    cr_expect_eq(log_size(b), before);
}

Test(hostile, a_wrong_state_is_refused_and_the_thread_stays_as_it_was)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    uint8_t asked[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    const struct packet_result *r;
    struct message m;
    struct buf out;

    world_send(a, &f, asked, id, thread);
    (void)world_carry(a, b, 100);
    cr_assert_eq(world_thread(b, a, thread), REQUEST_DELIVERED);
    /* The opener answers his own question. */
    f = (struct world_form){ .kind = kind(KIND_REPLY), .to = b,
        .thread = SLICE(thread), .target = SLICE(id),
        .reply_type = REPLY_TYPE_FULL, .text = "Nobody." };
    buf_init(&out, ENVELOPE_MAX);
    world_message(a, &f, &m);
    world_seal(a, &m, b, &out);
    r = deliver(slice_of_buf(&out));
    cr_expect_eq(r->code, E_BAD_STATE, "%s",
        err_row((enum err)r->code)->name);
    cr_expect_eq(world_thread(b, a, thread), REQUEST_DELIVERED);
    /* A thread that nobody opened. */
    f.thread = SLICE(asked);
    f.thread.n = MSG_ID_LEN;
    buf_reset(&out);
    world_message(a, &f, &m);
    world_seal(a, &m, b, &out);
    cr_expect_eq(deliver(slice_of_buf(&out))->code, E_BAD_STATE);
    buf_clear(&out);
}

Test(hostile, an_answer_that_nobody_can_prove_changes_nothing)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = a,
        .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN], id[MSG_ID_LEN], thread[MSG_ID_LEN];
    struct packet *asked = arena_get(b->a, sizeof(*asked));
    struct packet *p = arena_get(b->a, sizeof(*p));
    struct slice copy;
    struct buf frame;

    outgoing_free(b->out);
    b->out = NULL;
    world_send(b, &f, digest, id, thread);
    cr_assert_not_null(b->out);
    world_check(arena_copy(b->a, slice_of_buf(&b->out->bytes), &copy));
    cr_assert_eq(packet_decode(copy, asked), OK);
    cr_assert_eq(asked->type, PACKET_DELIVER);
    /* "Refused for good", and "stored", without note and receipt. */
    buf_init(&frame, PACKET_MAX);
    for (int i = 0; i < 2; i++) {
        p->type = PACKET_ANSWER;
        memcpy(p->u.answer.req, asked->u.deliver.req, PACKET_REQ_LEN);
        p->u.answer.n = 1;
        p->u.answer.results[0].code = i == 0 ? E_COUNTERPART : OK;
        buf_reset(&frame);
        cr_assert_eq(packet_encode(p, &frame), OK);
        (void)tell(slice_of_buf(&frame));
        cr_expect_eq(world_state(b, ASK_OUT, digest), STORE_QUEUED);
    }
    buf_clear(&frame);
}

static const struct rec *
officer_of(struct world *w, enum world_person i)
{
    return directory_officer(directory_find(w->dir, TRUST_STAFF,
        slice_str(w->name), 0, NULL),
        sign_key_id(person_sign(w->who[i].p)));
}

static const struct rec *
week_of(struct world *w)
{
    return directory_epoch_at(directory_find(w->dir, TRUST_EPOCHS,
        slice_str(w->name), 0, NULL), WORLD_NOW);
}

/* For the head and the officer of b by name. */
static void
name_two(struct message *m)
{
    struct rec *set = record_rec(m->common, "restrictions");
    const uint8_t *x = sign_key_id(person_sign(b->who[HEAD].p));
    const uint8_t *y = sign_key_id(person_sign(b->who[OFFICER].p));
    bool first = memcmp(x, y, HASH_LEN) < 0;
    union item who[2] = { { .s = slice_of(first ? x : y, HASH_LEN) },
        { .s = slice_of(first ? y : x, HASH_LEN) } };

    put(set, "audience", AUDIENCE_NAMED);
    world_check(record_put(a->a, set, record_field(set->schema,
        "named_officers"), who, 2));
}

Test(hostile, a_seal_too_many_or_twice_is_not_taken)
{
    const struct seal_to own = { .epoch = week_of(a) };
    const struct seal_to head = { .peer = true, .epoch = week_of(b),
        .named = officer_of(b, HEAD) };
    const struct seal_to officer = { .peer = true, .epoch = week_of(b),
        .named = officer_of(b, OFFICER) };
    const struct seal_to to[][3] = {
        { own, { .epoch = week_of(a), .named = officer_of(a, HEAD) },
          { .peer = true, .epoch = week_of(b) } },
        { own, head, head },
        { own, head, officer },
    };
    const enum err codes[] = { E_AUDIENCE, E_AUDIENCE, OK };
    struct buf out;

    buf_init(&out, ENVELOPE_MAX);
    for (size_t i = 0; i < 3; i++) {
        const struct seal_opts o = { .to = to[i], .n_to = 3,
            .author = person_sign(a->who[OFFICER].p) };
        struct message m;

        good(&m);
        if (i > 0)
            name_two(&m);
        buf_reset(&out);
        world_check(seal_message(a->a, &m, &o, &out));
        cr_expect_eq(deliver(slice_of_buf(&out))->code, codes[i], "%zu", i);
    }
    buf_clear(&out);
}
