/*
 * The table of states, walked pair by pair against a list written from the
 * description of the machines, and the fold of messages that cross.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/states.h"

static const struct domain product = { .steps = states_valise,
    .n_steps = STATES_VALISE_N };

#define MR MACHINE_REQUEST
#define MS MACHINE_SPONTANEOUS
#define ACTIVE " ACKNOWLEDGED CONSULTING CONDITIONS_OFFERED DELAYED" \
    " PARTIALLY_ANSWERED CLARIFYING "
#define ENDED " ANSWERED ANSWERED_NEGATIVE REFUSED REDIRECTED FORMALISED" \
    " WITHDRAWN "

/* All guards hold; an answer in CLARIFYING leads back to DELAYED. */
static const struct {
    uint8_t machine;
    uint16_t kind, qualifier;
    uint8_t who;
    const char *from;               /* with blanks around each name */
    const char *to;                 /* "=" the same */
} expected[] = {
    { MR, KIND_INFO_REQUEST, 0, STEP_OPENER, " DRAFT ", "SENT" },
    { MR, STEP_EVENT_DELIVERED, 0, STEP_OTHER, " SENT ", "DELIVERED" },
    { MR, STEP_EVENT_REFUSED, 0, STEP_OTHER, " SENT ", "REJECTED" },
    { MR, KIND_RECEIPT, 0, STEP_OTHER, " DELIVERED ", "ACKNOWLEDGED" },
    { MR, KIND_RECEIPT, 0, STEP_OTHER, ACTIVE " CONF_HOLD " ENDED
      " CLOSED ", "=" },
    { MR, KIND_RECEIPT, 0, STEP_OPENER, " DELIVERED CONF_HOLD " ACTIVE
      ENDED " CLOSED ", "=" },
    { MR, KIND_CLARIFICATION_REQUEST, 0, STEP_OTHER, " ACKNOWLEDGED "
      "CONSULTING DELAYED PARTIALLY_ANSWERED ", "CLARIFYING" },
    { MR, KIND_CLARIFICATION_REQUEST, 0, STEP_OTHER, " DELIVERED CLARIFYING "
      "CONDITIONS_OFFERED CONF_HOLD CLOSED " ENDED, "=" },
    { MR, KIND_CLARIFICATION_REQUEST, 0, STEP_OPENER, " DELIVERED CONF_HOLD "
      "CLOSED " ACTIVE ENDED, "=" },
    { MR, KIND_CLARIFICATION_REPLY, 0, STEP_OPENER, " CLARIFYING ",
      "DELAYED" },
    { MR, KIND_CLARIFICATION_REPLY, 0, STEP_OPENER, " ACKNOWLEDGED "
      "CONSULTING CONDITIONS_OFFERED DELAYED PARTIALLY_ANSWERED FORMALISED ",
      "=" },
    { MR, KIND_CLARIFICATION_REPLY, 0, STEP_OTHER, " DELIVERED CONF_HOLD "
      "CLOSED " ACTIVE ENDED, "=" },
    { MR, KIND_REPLY, REPLY_TYPE_FULL, STEP_OTHER, ACTIVE, "ANSWERED" },
    { MR, KIND_REPLY, REPLY_TYPE_PARTIAL, STEP_OTHER, ACTIVE,
      "PARTIALLY_ANSWERED" },
    { MR, KIND_REPLY, REPLY_TYPE_INTERIM, STEP_OTHER, ACTIVE, "=" },
    { MR, KIND_REPLY, REPLY_TYPE_NEGATIVE, STEP_OTHER, ACTIVE,
      "ANSWERED_NEGATIVE" },
    { MR, KIND_REPLY, REPLY_TYPE_REDIRECT, STEP_OTHER, ACTIVE,
      "REDIRECTED" },
    { MR, KIND_REPLY, REPLY_TYPE_SUPPLEMENT, STEP_OTHER, " ANSWERED "
      "ANSWERED_NEGATIVE CLOSED FORMALISED ", "=" },
    { MR, KIND_WITHDRAWAL, 0, STEP_OPENER, " SENT DELIVERED CONF_HOLD "
      ACTIVE ENDED, "WITHDRAWN" },
    { MR, KIND_CLOSE, 0, STEP_OPENER, ENDED, "CLOSED" },
    { MR, KIND_CLOSE, 0, STEP_OTHER, ENDED, "CLOSED" },
    { MR, KIND_CLOSE, CLOSE_REASON_ANSWERED, STEP_OPENER,
      " PARTIALLY_ANSWERED ", "CLOSED" },
    { MR, KIND_CLOSE, 0, STEP_OPENER, " CLOSED ", "=" },
    { MR, KIND_CLOSE, 0, STEP_OTHER, " CLOSED ", "=" },

    { MS, KIND_SPONT_DISCLOSURE, 0, STEP_OPENER, " DRAFT ", "SENT" },
    { MS, STEP_EVENT_DELIVERED, 0, STEP_OTHER, " SENT ", "DELIVERED" },
    { MS, STEP_EVENT_REFUSED, 0, STEP_OTHER, " SENT ", "REJECTED" },
    { MS, KIND_RECEIPT, 0, STEP_OTHER, " DELIVERED ", "ACKNOWLEDGED" },
    { MS, KIND_RECEIPT, 0, STEP_OTHER, " ACKNOWLEDGED FED_BACK WITHDRAWN "
      "CLOSED ", "=" },
    { MS, KIND_RECEIPT, 0, STEP_OPENER, " DELIVERED ACKNOWLEDGED FED_BACK "
      "WITHDRAWN CLOSED ", "=" },
    { MS, KIND_CLARIFICATION_REQUEST, 0, STEP_EITHER, " DELIVERED "
      "ACKNOWLEDGED FED_BACK WITHDRAWN CLOSED ", "=" },
    { MS, KIND_CLARIFICATION_REPLY, 0, STEP_EITHER, " DELIVERED "
      "ACKNOWLEDGED FED_BACK WITHDRAWN CLOSED ", "=" },
    { MS, KIND_WITHDRAWAL, 0, STEP_OPENER, " SENT DELIVERED ACKNOWLEDGED "
      "FED_BACK WITHDRAWN ", "WITHDRAWN" },
    { MS, KIND_CLOSE, 0, STEP_EITHER, " DELIVERED ACKNOWLEDGED FED_BACK "
      "WITHDRAWN ", "CLOSED" },
    { MS, KIND_CLOSE, 0, STEP_EITHER, " CLOSED ", "=" },
};

/* The state that the list gives, or NULL. */
static const char *
look_up(uint8_t machine, const char *state, uint16_t kind,
    uint16_t qualifier, uint8_t who)
{
    char name[40];

    snprintf(name, sizeof(name), " %s ", state);
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
        if (expected[i].machine == machine && expected[i].kind == kind &&
            (expected[i].who & who) && (expected[i].qualifier == 0 ||
            expected[i].qualifier == qualifier) &&
            strstr(expected[i].from, name) != NULL)
            return strcmp(expected[i].to, "=") == 0 ? state :
                expected[i].to;
    return NULL;
}

static void
try_pair(uint8_t machine, uint8_t state, uint16_t kind, uint16_t qualifier,
    bool by_opener)
{
    struct thread_state t = { .machine = machine, .state = state,
        .before = REQUEST_DELAYED, .n_open = 1, .question = { 7 } };
    struct step_event ev = { .kind = kind, .qualifier = qualifier,
        .by_opener = by_opener, .at = 1000, .has_target = true,
        .target = { 7 }, .target_kind = KIND_REPLY, .target_opening = true,
        .target_by_opener = !by_opener, .all_final = true };
    const char *name = states_name(machine, state);
    const char *to = look_up(machine, name, kind, qualifier,
        by_opener ? STEP_OPENER : STEP_OTHER);
    enum err e;

    t.open[0] = (struct open_question){ { 7 }, !by_opener };
    t.asked = machine == MR && state == REQUEST_CLARIFYING;
    e = states_step(&product, &t, &ev);
    cr_expect_eq(e, to != NULL ? OK : E_BAD_STATE, "%s kind %u/%u in %s",
        by_opener ? "opener" : "other", kind, qualifier, name);
    cr_expect_str_eq(states_name(machine, t.state), to != NULL ? to : name,
        "%s kind %u/%u in %s", by_opener ? "opener" : "other", kind,
        qualifier, name);
}

Test(states, every_pair_does_what_the_list_says)
{
    for (uint8_t m = MR; m <= MS; m++)
        for (uint8_t s = 0; states_name(m, s) != NULL; s++)
            for (uint16_t k = 1; k <= STEP_EVENT_REFUSED; k++)
                for (uint16_t q = 0; q <= 6; q++) {
                    try_pair(m, s, k, q, true);
                    try_pair(m, s, k, q, false);
                }
}

static struct step_event
message(uint16_t kind, uint16_t qualifier, bool by_opener, uint8_t id,
    uint8_t target)
{
    struct step_event ev = { .kind = kind, .qualifier = qualifier,
        .by_opener = by_opener, .id = { id }, .has_target = target != 0,
        .target = { target }, .target_by_opener = !by_opener,
        .target_opening = target == 1, .all_final = true, .at = 100 * id };

    return ev;
}

static void
go(struct thread_state *t, struct step_event ev, enum err e)
{
    struct thread_state before = *t;

    cr_assert_eq(states_step(&product, t, &ev), e, "message %u", ev.id[0]);
    if (e != OK)
        cr_assert_eq(memcmp(&before, t, sizeof(before)), 0);
}

static void
start(struct thread_state *t)
{
    *t = (struct thread_state){ .machine = MR };
    go(t, message(KIND_INFO_REQUEST, 0, true, 1, 0), OK);
    go(t, message(STEP_EVENT_DELIVERED, 0, false, 2, 0), OK);
    go(t, message(KIND_RECEIPT, 0, false, 3, 1), OK);
}

Test(states, the_clock_stops_while_a_question_is_open)
{
    struct thread_state t;

    start(&t);
    cr_assert_eq(states_due(&t, 1000), 1200);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
    cr_assert_eq(states_due(&t, 1000), 0);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 5, 9), E_BAD_STATE);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 9, 4), OK);
    cr_assert_eq(t.state, REQUEST_ACKNOWLEDGED);
    cr_assert_eq(states_due(&t, 1000), 1700);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 10, 4), E_BAD_STATE);
}

Test(states, a_stop_counts_for_thirty_days_at_most)
{
    struct thread_state t;
    struct step_event ev;

    start(&t);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
    ev = message(KIND_CLARIFICATION_REPLY, 0, true, 5, 4);
    ev.at = 90 * 86400;
    go(&t, ev, OK);
    cr_assert_eq(t.stopped_total, STATES_CLOCK_STOP_MAX);
}

Test(states, nothing_is_answered_while_to_follow_stands)
{
    struct thread_state t = { .machine = MR };
    struct step_event ev;

    go(&t, message(KIND_INFO_REQUEST, 0, true, 1, 0), OK);
    go(&t, message(STEP_EVENT_DELIVERED, 0, false, 2, 0), OK);
    go(&t, message(KIND_RECEIPT, CONF_ANSWER_TO_FOLLOW, false, 3, 1), OK);
    go(&t, message(KIND_REPLY, REPLY_TYPE_FULL, false, 4, 1), E_BAD_STATE);
    ev = message(KIND_RECEIPT, CONF_ANSWER_CAN_COMPLY, false, 5, 1);
    ev.acknowledged = true;
    go(&t, ev, OK);
    go(&t, ev, E_BAD_STATE);
    go(&t, message(KIND_REPLY, REPLY_TYPE_FULL, false, 6, 1), OK);
    cr_assert_eq(t.state, REQUEST_ANSWERED);
}

Test(states, a_full_answer_needs_a_final_status_everywhere)
{
    struct thread_state t;
    struct step_event ev = message(KIND_REPLY, REPLY_TYPE_FULL, false, 4, 1);

    start(&t);
    ev.all_final = false;
    go(&t, ev, E_BAD_STATE);
}

Test(states, open_questions_are_bounded)
{
    struct thread_state t = { .machine = MS,
        .state = SPONTANEOUS_ACKNOWLEDGED };

    for (uint8_t i = 0; i < STATES_QUESTIONS_MAX; i++)
        go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 10 + i, 1), OK);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 99, 1),
        E_BAD_STATE);
    go(&t, message(KIND_CLARIFICATION_REPLY, 0, true, 100, 12), OK);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 99, 1), OK);
}

static void
count_step(const struct step *s, void *arg)
{
    unsigned *seen = arg;

    cr_expect_lt(s->kind, STEP_EVENT_DELIVERED);
    seen[0]++;
    if (s->kind == KIND_REPLY)
        seen[1]++;
    if (s->kind == KIND_CLARIFICATION_REPLY)
        seen[2]++;
}

Test(states, next_lists_what_one_side_may_send)
{
    struct thread_state t;
    unsigned p[3] = { 0 }, r[3] = { 0 }, later[3] = { 0 };

    start(&t);
    states_next(&product, &t, STEP_OTHER, count_step, p);
    cr_assert_eq(p[1], 5);
    cr_assert_eq(p[0], 7);          /* and a receipt and a question */
    states_next(&product, &t, STEP_OPENER, count_step, r);
    cr_assert_eq(r[1] + r[2], 0);
    go(&t, message(KIND_CLARIFICATION_REQUEST, 0, false, 4, 1), OK);
    states_next(&product, &t, STEP_OPENER, count_step, later);
    cr_assert_eq(later[2], 1);
}

Test(states, a_domain_adds_rows_of_its_own)
{
    static const struct step own[] = { { MS,
        UINT32_C(1) << SPONTANEOUS_ACKNOWLEDGED, 60, 0, STEP_OTHER,
        SPONTANEOUS_FED_BACK, 0, CLOCK_NONE, NOTE_NONE } };
    struct domain d = { .base = &product, .steps = own, .n_steps = 1 };
    struct thread_state t = { .machine = MS,
        .state = SPONTANEOUS_ACKNOWLEDGED };
    struct step_event ev = message(60, 0, false, 4, 0);

    cr_assert_eq(states_step(&product, &t, &ev), E_BAD_STATE);
    cr_assert_eq(states_step(&d, &t, &ev), OK);
    cr_assert_eq(t.state, SPONTANEOUS_FED_BACK);
    cr_assert_eq(states_row(&d, 1), &states_valise[0]);
    cr_assert_null(states_row(&d, 1 + STATES_VALISE_N));
}

Test(states, each_guard_has_words)
{
    for (unsigned bit = 1; bit <= GUARD_ROOM; bit <<= 1)
        cr_assert_not_null(states_guard_words(bit));
    cr_assert_null(states_guard_words(256));
}

/*
 * Two sides and their scripts.  A side sends the next of its script if its
 * own fold allows it; messages travel in order; every interleaving of
 * sending and arriving is tried.  At the end both sides know the same
 * messages, each in its own order of arrival.
 */
#define SCRIPT_MAX 3
#define KNOWN_MAX (2 * SCRIPT_MAX + 2)
enum { OPENER, OTHER };

struct script {
    uint16_t kind, qualifier;
};

struct side {
    struct fold_item known[KNOWN_MAX];
    size_t n;
    struct fold_item sent[SCRIPT_MAX];
    size_t n_sent, next, arrived;   /* arrived: of sent, at the other side */
};

static struct script scripts[2][SCRIPT_MAX];
static size_t script_len;
static uint8_t machine;
static size_t ends, struck;

static struct fold_item *
newest(struct side *s, bool by_opener, uint16_t kind)
{
    struct fold_item *found = NULL;

    for (size_t i = 0; i < s->n; i++)
        if (s->known[i].ev.kind < STEP_EVENT_DELIVERED &&
            s->known[i].ev.by_opener == by_opener &&
            (kind == 0 || s->known[i].ev.kind == kind) &&
            (found == NULL || s->known[i].place >= found->place))
            found = &s->known[i];
    return found;
}

/* What a message names: the question it answers, else the other's newest. */
static struct fold_item *
target_of(struct side *s, int who, uint16_t kind)
{
    if (kind == KIND_CLARIFICATION_REPLY)
        return newest(s, who != OPENER, KIND_CLARIFICATION_REQUEST);
    if (who == OTHER)
        return &s->known[0];
    return newest(s, false, KIND_REPLY);
}

static void
send_next(struct side *s, int who)
{
    struct script next = scripts[who][s->next++];
    struct fold_item item = { .place = (uint32_t)s->n_sent + 1 };
    struct fold_item *target = target_of(s, who, next.kind);
    struct fold_item *seen = newest(s, who != OPENER, 0);
    struct fold_item copy[KNOWN_MAX];
    struct thread_state t;

    if (target == NULL && next.kind != KIND_CLOSE &&
        next.kind != KIND_WITHDRAWAL)
        return;
    item.ev = message(next.kind, next.qualifier, who == OPENER,
        (uint8_t)(10 + 10 * who + s->n_sent), 0);
    if (target != NULL) {
        item.ev.has_target = true;
        memcpy(item.ev.target, target->ev.id, MSG_ID_LEN);
        item.ev.target_kind = target->ev.kind;
        item.ev.target_by_opener = target->ev.by_opener;
        item.ev.target_opening = target == &s->known[0];
    }
    for (size_t i = 0; i < s->n_sent; i++)
        if (s->sent[i].ev.kind == KIND_RECEIPT &&
            memcmp(s->sent[i].ev.target, item.ev.target, MSG_ID_LEN) == 0)
            item.ev.acknowledged = true;
    memset(item.digest, item.ev.id[0], HASH_LEN);
    if (seen != NULL)
        memcpy(item.seen, seen->digest, HASH_LEN);
    memcpy(copy, s->known, sizeof(copy));
    copy[s->n] = item;
    states_fold(&product, machine, copy, s->n + 1, &t);
    for (size_t i = 0; i <= s->n; i++)
        if (copy[i].ev.id[0] == item.ev.id[0] && !copy[i].allowed)
            return;
    s->sent[s->n_sent++] = s->known[s->n++] = item;
}

static void
compare(const struct side *a, const struct side *b)
{
    struct fold_item ia[KNOWN_MAX], ib[KNOWN_MAX];
    struct thread_state ta, tb;

    cr_assert_eq(a->n, b->n);
    memcpy(ia, a->known, sizeof(ia));
    memcpy(ib, b->known, sizeof(ib));
    states_fold(&product, machine, ia, a->n, &ta);
    states_fold(&product, machine, ib, b->n, &tb);
    cr_assert_eq(ta.state, tb.state);
    cr_assert_eq(ta.n_open, tb.n_open);
    cr_assert_eq(ta.to_follow, tb.to_follow);
    cr_assert_eq(ta.stopped_total, tb.stopped_total);
    for (size_t i = 0; i < a->n; i++) {
        cr_assert_eq(ia[i].ev.id[0], ib[i].ev.id[0]);
        cr_assert_eq(ia[i].allowed, ib[i].allowed);
        struck += !ia[i].allowed;
    }
    ends++;
}

static void
explore(const struct side *opener, const struct side *other)
{
    const struct side *now[2] = { opener, other };
    bool moved = false;

    for (int who = OPENER; who <= OTHER; who++) {
        struct side s = *now[who], o = *now[!who];

        if (s.next < script_len) {
            moved = true;
            send_next(&s, who);
            explore(who == OPENER ? &s : &o, who == OPENER ? &o : &s);
        }
        s = *now[who];
        if (s.arrived < s.n_sent) {
            moved = true;
            o.known[o.n++] = s.sent[s.arrived++];
            explore(who == OPENER ? &s : &o, who == OPENER ? &o : &s);
        }
    }
    if (!moved)
        compare(opener, other);
}

static void
begin(uint16_t opening)
{
    struct side s = { .n = 2 };

    s.known[0].ev = message(opening, 0, true, 1, 0);
    memset(s.known[0].digest, 1, HASH_LEN);
    s.known[1].ev = message(STEP_EVENT_DELIVERED, 0, false, 2, 0);
    explore(&s, &s);
}

static const struct script opener_says[] = {
    { KIND_CLARIFICATION_REPLY, 0 }, { KIND_WITHDRAWAL, 0 },
    { KIND_CLOSE, CLOSE_REASON_ANSWERED }, { KIND_RECEIPT, 0 },
    { KIND_CLARIFICATION_REQUEST, 0 },
};
static const struct script other_says[] = {
    { KIND_RECEIPT, 0 }, { KIND_CLARIFICATION_REQUEST, 0 },
    { KIND_REPLY, REPLY_TYPE_PARTIAL }, { KIND_REPLY, REPLY_TYPE_FULL },
    { KIND_CLOSE, CLOSE_REASON_ANSWERED }, { KIND_CLARIFICATION_REPLY, 0 },
};

Test(states, two_crossing_messages_each_end_the_same_on_both_sides)
{
    script_len = 2;
    for (machine = MR; machine <= MS; machine++)
        for (int i = 0; i < 5 * 5 * 6 * 6; i++) {
            scripts[OPENER][0] = opener_says[i % 5];
            scripts[OPENER][1] = opener_says[i / 5 % 5];
            scripts[OTHER][0] = other_says[i / 25 % 6];
            scripts[OTHER][1] = other_says[i / 150];
            begin(machine == MR ? KIND_INFO_REQUEST :
                KIND_SPONT_DISCLOSURE);
        }
    cr_assert_gt(ends, 50000u);
    cr_assert_gt(struck, 0u);
}

Test(states, three_crossing_messages_each_end_the_same_on_both_sides)
{
    static const uint8_t pick[][6] = { { 0, 1, 2, 0, 1, 2 },
        { 0, 3, 1, 0, 1, 3 }, { 3, 4, 2, 0, 2, 3 }, { 4, 1, 2, 0, 3, 5 },
        { 0, 2, 3, 0, 1, 2 } };

    script_len = 3;
    machine = MR;
    for (size_t i = 0; i < sizeof(pick) / sizeof(*pick); i++) {
        for (int k = 0; k < 3; k++) {
            scripts[OPENER][k] = opener_says[pick[i][k]];
            scripts[OTHER][k] = other_says[pick[i][3 + k]];
        }
        begin(KIND_INFO_REQUEST);
    }
    cr_assert_gt(ends, 5000u);
    cr_assert_gt(struck, 0u);
}

Test(states, the_opener_comes_first_of_two_that_crossed)
{
    struct fold_item items[5] = { { .ev = message(KIND_REPLY,
        REPLY_TYPE_FULL, false, 5, 1), .place = 2, .digest = { 5 },
        .seen = { 1 } }, { .ev = message(KIND_WITHDRAWAL, 0, true, 4, 0),
        .place = 1, .digest = { 4 }, .seen = { 3 } },
        { .ev = message(KIND_RECEIPT, 0, false, 3, 1), .place = 1,
        .digest = { 3 }, .seen = { 1 } }, { .ev = message(KIND_INFO_REQUEST,
        0, true, 1, 0), .digest = { 1 } },
        { .ev = message(STEP_EVENT_DELIVERED, 0, false, 2, 0) } };
    struct thread_state t;

    states_fold(&product, MR, items, 5, &t);
    cr_assert_eq(t.state, REQUEST_WITHDRAWN);
    cr_assert_eq(items[3].ev.kind, KIND_WITHDRAWAL);
    cr_assert_eq(items[4].ev.kind, KIND_REPLY);
    cr_assert(items[3].allowed);
    cr_assert_not(items[4].allowed);
}
