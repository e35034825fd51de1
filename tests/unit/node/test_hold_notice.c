/*
 * That a message is under a legal hold at the other side: its sender learns
 * it from the other log, since when and until when, unless he must not be
 * named; and no altered node makes him believe more than what it has entered.
 */
#include "node/store_log.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "tests/unit/node/keep_fixture.h"

static int64_t now;

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    limits.attribution = ATTRIBUTION_WITH_CONSENT;
    now = WORLD_NOW;
}

TestSuite(hold_notice, .init = set_up, .fini = pair_down);

/* A minute later both have talked. */
static void
talk(void)
{
    now += 60;
    at(now);
    carry();
}

static void
hold(const struct sent *s)
{
    cr_assert_eq(hold_it(b, HEAD, s->digest, now + 90 * DAY), OK);
}

static void
lift(const struct sent *s)
{
    cr_assert_eq(hold_it(b, HEAD, s->digest, 0), OK);
}

/* When a says that it was; 0: it does not. */
static int64_t
mark(const struct sent *s, enum event event)
{
    const struct value *v = record_value(row_of(a, ASK_OUT, s->digest),
        "events");

    for (size_t i = 0; i < v->n; i++)
        if (record_uint(v->v[i].r, "event") == event)
            return (int64_t)record_uint(v->v[i].r, "at");
    return 0;
}

/* How many receipts of these two a has; index gets that of the last. */
static size_t
receipts(const struct sent *s, uint64_t *index)
{
    struct rec *r;
    const struct value *v;
    size_t n = 0;

    cr_assert_eq(world_ask(a, OFFICER, REQUEST_MSG_RECEIPTS, ACT_NONE,
        SLICE_EMPTY, args_of(a, REQUEST_MSG_RECEIPTS, s->digest), &r), OK);
    v = record_value(r, "receipts");
    for (size_t i = 0; i < v->n; i++) {
        uint64_t event = record_uint(v->v[i].r, "event");
        struct receipt one;

        if (event != EVENT_HOLD_SET && event != EVENT_HOLD_LIFTED)
            continue;
        cr_assert_eq(receipt_decode(record_bytes(v->v[i].r, "receipt"),
            &one), OK);
        *index = one.index;
        n++;
    }
    return n;
}

/* Alarms of a about what cannot be proven. */
static size_t
alarms(void)
{
    struct rec *r;
    const struct value *v;
    size_t n = 0;

    cr_assert_eq(world_ask(a, HEAD, REQUEST_STATUS, ACT_NONE, SLICE_EMPTY,
        NULL, &r), OK);
    v = record_value(r, "alarms");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        n += record_uint(v->v[i].r, "code") == ERR_PROOF;
    return n;
}

/* The store of a node that is altered while it is down. */
static struct store *
alter(struct world *w)
{
    char path[320];
    struct store *s;

    world_close(w);
    (void)snprintf(path, sizeof(path), "%s/node.db", w->folder);
    cr_assert_eq(store_open(path, 0, &s), OK);
    cr_assert_eq(store_begin(s), OK);
    return s;
}

static void
altered(struct world *w, struct store *s)
{
    cr_assert_eq(store_commit(s), OK);
    store_close(s);
    world_open(w);
}

/* Where the first entry of this event about this digest stands in b. */
static uint64_t
find_entry(struct store *s, enum event event, const uint8_t *digest)
{
    struct entry entry;
    struct buf bytes;
    uint64_t size, found = STORE_NONE;

    cr_assert_eq(store_log_size(s, &size), OK);
    buf_init(&bytes, ENTRY_MAX);
    for (uint64_t i = 0; found == STORE_NONE && i < size; i++) {
        buf_reset(&bytes);
        cr_assert_eq(store_entry_get(s, i, &bytes), OK);
        cr_assert_eq(entry_decode(slice_of_buf(&bytes), &entry), OK);
        if (entry.event == event && entry.has_obj &&
            memcmp(entry.obj, digest, HASH_LEN) == 0)
            found = i;
    }
    buf_clear(&bytes);
    cr_assert_neq(found, STORE_NONE);
    return found;
}

/* b tells a of an entry of its log, whatever it is; a asks for all. */
static void
claim(enum event event, const uint8_t *digest)
{
    static const uint8_t zero[8];
    struct store *s = alter(b);

    cr_assert_eq(store_notices_drop(s, slice_str(a->name), INT64_MAX), OK);
    cr_assert_eq(store_notice_put(s, slice_str(a->name),
        find_entry(s, event, digest)), OK);
    altered(b, s);
    s = alter(a);
    cr_assert_eq(store_meta_put(s, "stored/QN-FIU", SLICE(zero)), OK);
    altered(a, s);
    talk();
}

Test(hold_notice, the_sender_learns_that_it_is_held_and_when_that_ended)
{
    struct sent s = deliver();
    uint64_t index;
    int64_t since;

    talk();
    hold(&s);
    since = now;
    talk();
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    cr_expect_eq(mark(&s, EVENT_HOLD_LIFTED), 0);
    lift(&s);
    talk();
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    cr_expect_eq(mark(&s, EVENT_HOLD_LIFTED), now - 60);
    cr_expect_eq(receipts(&s, &index), 2);
    /* As with an opening: its own log is about its own acts. */
    cr_expect_eq(entries_of(a, EVENT_HOLD_SET, s.digest), 0);
    cr_expect_eq(world_state(a, ASK_OUT, s.digest), STORE_DELIVERED);
}

Test(hold_notice, an_entry_tells_neither_who_nor_why)
{
    struct sent s = deliver();
    struct store *store;
    struct entry entry;
    struct buf bytes;

    hold(&s);
    at(now + 90 * DAY);
    store = alter(b);
    buf_init(&bytes, ENTRY_MAX);
    for (unsigned i = 0; i < 2; i++) {
        buf_reset(&bytes);
        cr_assert_eq(store_entry_get(store, find_entry(store, i == 0 ?
            EVENT_HOLD_SET : EVENT_HOLD_LIFTED, s.digest), &bytes), OK);
        cr_assert_eq(entry_decode(slice_of_buf(&bytes), &entry), OK);
        cr_expect_eq(entry.n, 3, "by a person and by the node alike");
    }
    buf_clear(&bytes);
    altered(b, store);
}

Test(hold_notice, a_renewal_is_no_news_and_a_new_hold_is)
{
    struct sent s = deliver();
    uint64_t first, index;
    int64_t since;

    hold(&s);
    since = now;
    talk();
    cr_assert_eq(receipts(&s, &first), 1);
    hold(&s);
    talk();
    cr_assert_eq(receipts(&s, &index), 1);
    cr_expect_eq(index, first);
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    lift(&s);
    talk();
    cr_expect_neq(mark(&s, EVENT_HOLD_LIFTED), 0);
    hold(&s);
    since = now;
    talk();
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    cr_expect_eq(mark(&s, EVENT_HOLD_LIFTED), 0, "that was the other");
    cr_assert_eq(receipts(&s, &index), 1);
    cr_expect_gt(index, first);
}

Test(hold_notice, one_that_ends_by_itself_is_told_before_the_end_of_content)
{
    struct sent s;

    limits.use_until = WORLD_NOW + 10 * DAY;
    limits.retain_until = WORLD_NOW + 20 * DAY;
    s = deliver();
    hold(&s);
    talk();
    now += 90 * DAY;
    talk();
    talk();
    cr_expect_neq(mark(&s, EVENT_HOLD_LIFTED), 0);
    cr_expect_neq(mark(&s, EVENT_DESTROYED), 0);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
}

Test(hold_notice, who_must_not_be_named_is_told_nothing)
{
    struct sent s;
    uint64_t index;

    limits.attribution = 0;
    s = deliver();
    hold(&s);
    talk();
    lift(&s);
    talk();
    cr_expect_eq(receipts(&s, &index), 0);
    cr_expect_eq(entries_of(b, EVENT_HOLD_SET, s.digest), 1);
    cr_expect_eq(entries_of(b, EVENT_HOLD_LIFTED, s.digest), 1);
}

/* As if the set had said otherwise when the hold was set. */
static void
told_before(const struct sent *s, bool told)
{
    struct store *store = alter(b);
    struct store_retention r;
    struct store_message m;

    cr_assert_eq(store_message_find_digest(store, s->digest, NULL, &m), OK);
    cr_assert_eq(store_retention_get(store, m.n, &r), OK);
    cr_assert_eq(r.told != STORE_NONE, !told);
    r.told = told ? find_entry(store, EVENT_HOLD_SET, s->digest) :
        STORE_NONE;
    cr_assert_eq(store_retention_put(store, &r), OK);
    altered(b, store);
}

Test(hold_notice, who_was_told_of_a_hold_is_told_of_its_end_whatever_is_so_then)
{
    struct sent s;
    uint64_t index;

    limits.attribution = 0;
    s = deliver();
    hold(&s);
    told_before(&s, true);
    lift(&s);
    talk();
    cr_expect_eq(receipts(&s, &index), 1);
    cr_expect_neq(mark(&s, EVENT_HOLD_LIFTED), 0);
}

Test(hold_notice, who_was_not_told_is_told_by_a_renewal_and_not_by_the_end)
{
    struct sent s = deliver(), t = deliver();
    int64_t since;

    hold(&s);
    hold(&t);
    talk();
    told_before(&s, false);
    told_before(&t, false);
    lift(&s);
    hold(&t);
    since = now;
    talk();
    cr_expect_eq(mark(&s, EVENT_HOLD_LIFTED), 0);
    cr_expect_eq(mark(&t, EVENT_HOLD_SET), since);
    lift(&t);
    talk();
    cr_expect_neq(mark(&t, EVENT_HOLD_LIFTED), 0);
}

Test(hold_notice, a_hold_on_the_own_copy_is_nobody_elses_matter)
{
    struct sent s = send_to(b, a);
    uint64_t index;

    carry();
    hold(&s);
    talk();
    lift(&s);
    talk();
    cr_expect_eq(alarms(), 0);
    cr_expect_eq(world_state(a, ASK_IN, s.digest), STORE_RECEIVED);
    cr_expect_eq(receipts(&s, &index), 0);
}

Test(hold_notice, a_lost_answer_and_restarts_lose_nothing)
{
    struct sent s = deliver();
    uint64_t index;
    int64_t since;

    talk();
    hold(&s);
    since = now;
    now += 60;
    at(now);
    /* a has asked; what b answers does not arrive. */
    world_link(a, b);
    while (a->out != NULL)
        (void)world_carry(a, b, 1);
    outgoing_free(b->out);
    b->out = NULL;
    outgoing_free(a->out);
    a->out = NULL;
    world_unlink(a, b);
    world_close(b);
    world_open(b);
    world_close(a);
    world_open(a);
    talk();
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    world_close(a);
    world_open(a);
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    cr_expect_eq(receipts(&s, &index), 1);
}

Test(hold_notice, the_same_again_or_an_older_one_changes_nothing)
{
    struct sent s = deliver();
    uint64_t last, index;
    int64_t since;

    hold(&s);
    talk();
    claim(EVENT_HOLD_SET, s.digest);
    cr_expect_eq(receipts(&s, &index), 1);
    lift(&s);
    talk();
    hold(&s);
    since = now;
    talk();
    cr_assert_eq(receipts(&s, &last), 1);
    claim(EVENT_HOLD_SET, s.digest);
    claim(EVENT_HOLD_LIFTED, s.digest);
    cr_expect_eq(receipts(&s, &index), 1);
    cr_expect_eq(index, last);
    cr_expect_eq(mark(&s, EVENT_HOLD_SET), since);
    cr_expect_eq(mark(&s, EVENT_HOLD_LIFTED), 0);
    cr_expect_eq(alarms(), 0);
}

Test(hold_notice, a_hold_on_what_the_peer_was_not_sent_is_an_alarm)
{
    struct sent s = send_to(b, a);

    carry();
    hold(&s);
    claim(EVENT_HOLD_SET, s.digest);
    cr_expect_eq(alarms(), 1);
    cr_expect_eq(world_state(a, ASK_IN, s.digest), STORE_RECEIVED);
    talk();
    cr_expect_eq(alarms(), 1, "once");
}

/* As if it had been told before the message had gone, or after it was
 * refused: b has the digest, and a another state. */
static void
claimed_at(enum store_state state, uint32_t tries, bool taken)
{
    struct sent s = deliver();
    struct store_message m;
    struct store *store;
    size_t before = alarms();

    hold(&s);
    outgoing_free(b->out);
    b->out = NULL;
    store = alter(a);
    cr_assert_eq(store_message_find_digest(store, s.digest, NULL, &m), OK);
    cr_assert_eq(store_message_state_set(store, m.n, state), OK);
    if (state == STORE_QUEUED)
        cr_assert_eq(store_outbox_put(store, &(struct store_out){ .n = m.n,
            .tries = tries, .next = now + 30 * DAY,
            .expires = now + 40 * DAY }), OK);
    altered(a, store);
    talk();
    cr_expect_eq(mark(&s, EVENT_HOLD_SET) != 0, taken, "%u", state);
    cr_expect_eq(alarms(), before + !taken, "%u", state);
    cr_expect_eq(world_state(a, ASK_OUT, s.digest), state);
}

Test(hold_notice, a_hold_before_it_went_or_after_it_was_refused_is_an_alarm)
{
    claimed_at(STORE_QUEUED, 0, false);
    claimed_at(STORE_REFUSED, 0, false);
    claimed_at(STORE_CANCELLED, 0, false);
    claimed_at(STORE_NOT_DELIVERED, 0, false);
    /* The answer that says that it arrived may be on its way. */
    claimed_at(STORE_QUEUED, 1, true);
    claimed_at(STORE_UNCONFIRMED, 1, true);
    claimed_at(STORE_DESTROYED, 0, true);
}
