/*
 * Which restriction set governs a message: its own in its newest revision,
 * or that of what it points to, under the conditions that were accepted.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "proto/thread.h"
#include "tests/unit/proto/limits_sample.h"

#define AT SAMPLE_TIME

static struct arena *a;
static struct thread *t;
static struct thread_state state;
static uint8_t last[2][HASH_LEN];       /* digests by side */
static uint32_t places[2];
static uint8_t n_ids;

static void
setup(void)
{
    a = arena_new(4u << 20);
    memset(last, 0, sizeof(last));
    memset(places, 0, sizeof(places));
    n_ids = 0;
    cr_assert_eq(thread_new(a, &domain_valise, &t), OK);
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(thread_limits, .init = setup, .fini = teardown);

/* A message of QM-FIU (out) or QN-FIU, numbered in order. */
static struct message
written(uint16_t kind, bool out)
{
    struct message m;
    uint8_t *id = arena_get(a, MSG_ID_LEN);
    int side = out ? 0 : 1;

    cr_assert_not_null(id);
    id[0] = ++n_ids;
    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &m), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "msg_id",
        slice_of(id, MSG_ID_LEN)), OK);
    put_text(a, m.common, "from", out ? "QM-FIU" : "QN-FIU");
    put_text(a, m.common, "to", out ? "QN-FIU" : "QM-FIU");
    put(a, m.common, "created_at", AT + n_ids);
    if (places[!side] > 0)
        cr_assert_eq(record_put_bytes(a, m.common, "seen",
            slice_of(last[!side], HASH_LEN)), OK);
    return m;
}

static void
point(struct message *m, const char *name, uint8_t to)
{
    struct rec *r = record_field(m->own->schema, name) != NULL ? m->own :
        m->common;
    uint8_t *id = arena_get(a, MSG_ID_LEN);

    cr_assert_not_null(id);
    id[0] = to;
    cr_assert_eq(record_put_bytes(a, r, name, slice_of(id, MSG_ID_LEN)),
        OK);
}

static void
give(struct message *m, struct rec *set)
{
    cr_assert_eq(record_put_rec(a, m->common, "restrictions", set), OK);
}

/* Put it into the thread, as its side's next; fold; its id. */
static uint8_t
add(struct message *m, bool out)
{
    static const uint8_t zero[HASH_LEN + SIG_LEN];
    struct envelope env = { .n_sigs = 1, .sigs = SLICE(zero) };
    struct thread_message row = { .out = out, .at = AT };
    struct buf pre, h, head;
    struct fault f;
    int side = out ? 0 : 1;

    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 256);
    buf_init(&head, CONTROL_MAX + 1024);
    cr_assert_eq(message_encode(m, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), NULL, &h);
    env.h = slice_of_buf(&h);
    cr_assert_eq(envelope_put_head(&env, &head), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&head), &row.head), OK);
    row.place = ++places[side];
    row.delivered = places[0] + places[1] == 1 ? AT : 0;
    cr_assert_eq(thread_add(t, &row, &f), OK, "%s", f.path);
    envelope_digest(env.h, last[side]);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&head);
    cr_assert_eq(thread_fold(t, &state), OK);
    return message_bytes(m, "msg_id").p[0];
}

static const struct thread_message *
at(uint8_t id)
{
    uint8_t full[MSG_ID_LEN] = { id };
    const struct thread_message *m = thread_find(t, SLICE(full));

    cr_assert_not_null(m);
    return m;
}

static const struct rec *
set_of(uint8_t id)
{
    return thread_governing(t, at(id));
}

/* Sets of QM-FIU's request and of QN-FIU's answer. */
static struct rec *
set_from(const char *who, uint8_t rid)
{
    struct rec *set = plain_set(a);
    uint8_t *id = arena_get(a, 16);

    cr_assert_not_null(id);
    id[0] = rid;
    put_words(a, set, "originator", who);
    cr_assert_eq(record_put_bytes(a, set, "rid", slice_of(id, 16)), OK);
    return set;
}

static uint8_t
request(struct rec *set)
{
    struct message m = written(KIND_INFO_REQUEST, true);
    uint8_t id;

    give(&m, set);
    id = add(&m, true);
    m = written(KIND_RECEIPT, false);
    point(&m, "in_reply_to", id);
    (void)add(&m, false);
    cr_assert_eq(state.state, REQUEST_ACKNOWLEDGED);
    return id;
}

static uint8_t
reply(struct rec *set)
{
    struct message m = written(KIND_REPLY, false);

    put(a, m.own, "reply_type", REPLY_TYPE_PARTIAL);
    point(&m, "target_msg", 1);
    give(&m, set);
    return add(&m, false);
}

static uint8_t
update(uint8_t target, struct rec *set, uint64_t rrev, unsigned direction,
    bool out)
{
    struct message m = written(MESSAGE_KIND_RESTRICTION_UPDATE, out);

    put(a, set, "rrev", rrev);
    point(&m, "target_msg", target);
    put(a, m.own, "direction", direction);
    give(&m, set);
    return add(&m, out);
}

static void
level(uint8_t id, uint64_t expected)
{
    cr_expect_eq(record_uint(set_of(id), "use_level"), expected,
        "message %u", id);
}

Test(thread_limits, its_own_set_governs_a_message)
{
    uint8_t q = request(set_from("QM-FIU", 1)), r;
    struct rec *set = set_from("QN-FIU", 2);

    put(a, set, "use_level", USE_LEVEL_INVESTIGATIVE);
    r = reply(set);
    level(q, USE_LEVEL_INTELLIGENCE_ONLY);
    level(r, USE_LEVEL_INVESTIGATIVE);
}

Test(thread_limits, what_it_points_to_governs_a_message_without_one)
{
    uint8_t q = request(set_from("QM-FIU", 1)), r, s, u;
    struct rec *set = set_from("QN-FIU", 2);
    struct message m;

    put(a, set, "use_level", USE_LEVEL_INVESTIGATIVE);
    r = reply(set);
    m = written(MESSAGE_KIND_FEEDBACK, true);
    point(&m, "target_msg", r);
    s = add(&m, true);
    level(s, USE_LEVEL_INVESTIGATIVE);
    m = written(KIND_CLARIFICATION_REQUEST, false);
    point(&m, "target_msg", q);
    level(add(&m, false), USE_LEVEL_INTELLIGENCE_ONLY);
    /* Of a message that has none itself. */
    m = written(KIND_RECEIPT, false);
    point(&m, "in_reply_to", s);
    u = add(&m, false);
    level(u, USE_LEVEL_INVESTIGATIVE);
    /* Pointing to nothing that is here: the opening one. */
    m = written(MESSAGE_KIND_FEEDBACK, true);
    point(&m, "target_msg", 200);
    level(add(&m, true), USE_LEVEL_INTELLIGENCE_ONLY);
}

Test(thread_limits, about_names_a_message_in_hex)
{
    struct rec *set = set_from("QN-FIU", 2);
    struct message m;
    uint8_t r;

    (void)request(set_from("QM-FIU", 1));
    put(a, set, "use_level", USE_LEVEL_INVESTIGATIVE);
    r = reply(set);
    cr_assert_eq(r, 3);
    m = written(MESSAGE_KIND_STATUS_QUERY, true);
    put_text(a, m.own, "about", "03000000000000000000000000000000");
    level(add(&m, true), USE_LEVEL_INVESTIGATIVE);
}

Test(thread_limits, its_sender_is_the_originator_of_its_own_text)
{
    struct rec *set = set_from("QM-FIU", 1);
    struct message m;
    uint8_t q, id;

    put(a, set, "audience", AUDIENCE_NAMED);
    put_words(a, set, "named_officers", "oooooooooooooooooooooooooooooooo");
    q = request(set);
    m = written(KIND_CLARIFICATION_REQUEST, false);
    point(&m, "target_msg", q);
    id = add(&m, false);
    cr_expect(record_holds(set_of(id), "originator", slice_str("QN-FIU")));
    cr_expect_eq(record_count(set_of(id), "originator"), 1);
    /* Officers of QN-FIU were named: they do not read for QM-FIU. */
    cr_expect_eq(record_uint(set_of(id), "audience"), AUDIENCE_AUTHORITY);
    cr_expect_eq(record_count(set_of(id), "named_officers"), 0);
    cr_expect_eq(record_uint(set_of(q), "audience"), AUDIENCE_NAMED);
    /* On the same way they are. */
    m = written(MESSAGE_KIND_STATUS_QUERY, true);
    id = add(&m, true);
    cr_expect_eq(record_uint(set_of(id), "audience"), AUDIENCE_NAMED);
}

Test(thread_limits, a_revision_takes_the_place_of_the_set)
{
    struct rec *set = set_from("QN-FIU", 2);
    uint8_t q = request(set_from("QM-FIU", 1)), r;

    put(a, set, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    r = reply(set);
    set = limits_copy(a, set);
    put(a, set, "use_level", USE_LEVEL_INVESTIGATIVE);
    (void)update(r, set, 2, DIRECTION_TIGHTEN, false);
    level(r, USE_LEVEL_INVESTIGATIVE);
    level(q, USE_LEVEL_INTELLIGENCE_ONLY);
    set = limits_copy(a, set);
    put(a, set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    (void)update(r, set, 3, DIRECTION_LOOSEN, false);
    level(r, USE_LEVEL_EVIDENCE_LISTED);
}

/* What V-034 says of an update that has changed nothing. */
static enum err
revised(uint8_t id, struct fault *f)
{
    const struct message *m = &at(id)->m;

    return limits_revised(thread_target_set(t, thread_named(t, at(id))),
        record_rec(m->common, "restrictions"), m->own,
        message_bytes(m, "from"), f);
}

Test(thread_limits, a_revision_that_may_not_take_its_place_changes_nothing)
{
    struct rec *set = set_from("QN-FIU", 2), *next;
    struct fault f;
    uint8_t r, id;

    (void)request(set_from("QM-FIU", 1));
    r = reply(set);
    next = limits_copy(a, set);
    put(a, next, "use_level", USE_LEVEL_INVESTIGATIVE);
    id = update(r, next, 2, DIRECTION_TIGHTEN, false);
    cr_expect_eq(revised(id, &f), E_RESTR_WIDENED);
    cr_expect_eq(f.rule, 34);
    level(r, USE_LEVEL_INTELLIGENCE_ONLY);
    id = update(r, limits_copy(a, next), 1, DIRECTION_LOOSEN, false);
    cr_expect_eq(revised(id, &f), E_RESTR_FORK);
    id = update(r, limits_copy(a, next), 2, DIRECTION_LOOSEN, true);
    cr_expect_eq(revised(id, &f), E_RESTR_NOT_ORIGINATOR);
    level(r, USE_LEVEL_INTELLIGENCE_ONLY);
    id = update(200, limits_copy(a, next), 5, DIRECTION_LOOSEN, false);
    cr_expect_eq(revised(id, &f), E_RESTR_UNKNOWN);
}

Test(thread_limits, the_second_of_two_with_one_number_is_a_fork)
{
    struct rec *set = set_from("QN-FIU", 2), *next;
    struct fault f;
    uint8_t r, two;

    (void)request(set_from("QM-FIU", 1));
    put(a, set, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    r = reply(set);
    next = limits_copy(a, set);
    put(a, next, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    (void)update(r, next, 2, DIRECTION_TIGHTEN, false);
    next = limits_copy(a, next);
    put(a, next, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    two = update(r, next, 2, DIRECTION_TIGHTEN, false);
    cr_expect_eq(record_uint(set_of(r), "rrev"), 2);
    cr_expect_eq(revised(two, &f), E_RESTR_FORK);
    level(r, USE_LEVEL_EVIDENCE_LISTED);
}

static uint8_t
offer(unsigned code)
{
    struct message m = written(MESSAGE_KIND_CONDITIONS_OFFER, false);
    struct rec *c = sub_of(a, m.own, "conditions");

    point(&m, "target_msg", 1);
    put(a, c, "code", code);
    put(a, m.own, "respond_by", AT + 100000);
    return add(&m, false);
}

static void
decide(uint8_t of, unsigned decision)
{
    struct message m = written(MESSAGE_KIND_CONDITIONS_DECISION, true);

    point(&m, "conditions_of", of);
    point(&m, "in_reply_to", of);
    put(a, m.own, "decision", decision);
    (void)add(&m, true);
}

Test(thread_limits, accepted_conditions_bind_what_their_offerer_sends)
{
    struct rec *set = set_from("QM-FIU", 1), *answer;
    uint8_t q, r, o;

    put(a, set, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    q = request(set);
    o = offer(CONDITION_COND_NO_EVIDENCE);
    answer = set_from("QN-FIU", 2);
    put(a, answer, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    r = reply(answer);
    level(r, USE_LEVEL_EVIDENCE_PURPOSE);
    cr_expect_eq(state.state, REQUEST_PARTIALLY_ANSWERED);
    o = offer(CONDITION_COND_NO_EVIDENCE);
    cr_assert_eq(state.state, REQUEST_CONDITIONS_OFFERED);
    decide(o, CONDITIONS_ANSWER_ACCEPT);
    cr_assert_eq(state.state, REQUEST_ACKNOWLEDGED);
    level(r, USE_LEVEL_INVESTIGATIVE);
    level(q, USE_LEVEL_EVIDENCE_PURPOSE);
}

Test(thread_limits, declined_conditions_bind_nobody)
{
    struct rec *answer = set_from("QN-FIU", 2);
    uint8_t r, o;

    (void)request(set_from("QM-FIU", 1));
    put(a, answer, "use_level", USE_LEVEL_EVIDENCE_PURPOSE);
    r = reply(answer);
    o = offer(CONDITION_COND_NO_EVIDENCE);
    decide(o, CONDITIONS_ANSWER_DECLINE);
    level(r, USE_LEVEL_EVIDENCE_PURPOSE);
    /* A second decision on the same offer is not allowed by its place. */
    decide(o, CONDITIONS_ANSWER_ACCEPT);
    level(r, USE_LEVEL_EVIDENCE_PURPOSE);
}

Test(thread_limits, a_circle_of_pointers_ends)
{
    struct message m;
    uint8_t x, y;

    (void)request(set_from("QM-FIU", 1));
    m = written(MESSAGE_KIND_FEEDBACK, true);
    point(&m, "target_msg", (uint8_t)(n_ids + 1));
    x = add(&m, true);
    m = written(MESSAGE_KIND_FEEDBACK, true);
    point(&m, "target_msg", x);
    y = add(&m, true);
    cr_expect_null(set_of(x));
    cr_expect_null(set_of(y));
}

Test(thread_limits, a_message_without_a_set_needs_no_acceptance)
{
    struct rec *set = set_from("QM-FIU", 1);
    struct message m;
    uint8_t q, id;

    put(a, set, "accept_first", 1);
    q = request(set);
    m = written(KIND_CLARIFICATION_REQUEST, false);
    point(&m, "target_msg", q);
    id = add(&m, false);
    cr_expect(thread_accepted(t, at(id)));
    cr_expect_not(thread_accepted(t, at(q)));
    m = written(KIND_RECEIPT, false);
    point(&m, "in_reply_to", q);
    put(a, m.own, "restrictions_accepted", 1);
    cr_assert_eq(record_put_bytes(a, m.own, "accepted_rid",
        record_bytes(set, "rid")), OK);
    put(a, m.own, "accepted_rrev", 2);
    (void)add(&m, false);
    cr_expect_not(thread_accepted(t, at(q)));
    m = written(KIND_RECEIPT, false);
    point(&m, "in_reply_to", q);
    put(a, m.own, "restrictions_accepted", 1);
    cr_assert_eq(record_put_bytes(a, m.own, "accepted_rid",
        record_bytes(set, "rid")), OK);
    put(a, m.own, "accepted_rrev", 1);
    (void)add(&m, false);
    cr_expect(thread_accepted(t, at(q)));
}
