/*
 * The table of states, walked pair by pair against a list written from the
 * description of the machines, and what guards and notes remember.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "proto/enums.h"
#include "tests/unit/proto/states_fixture.h"
#include "tests/unit/proto/states_table.h"

#define N_PAGE (sizeof(page) / sizeof(page[0]))

static const char letters[] = "AFTLOQXKNRDGM";
#define N_LETTERS (sizeof(letters) - 1)

static bool
is_on(unsigned facts, char letter)
{
    return facts >> (strchr(letters, letter) - letters) & 1;
}

static bool
condition_holds(const char *c, unsigned facts)
{
    for (; *c != '\0'; c++) {
        char upper = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;

        if (is_on(facts, upper) != (*c == upper))
            return false;
    }
    return true;
}

static bool
is_in(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = list; (p = strstr(p, name)) != NULL; p++)
        if ((p == list || p[-1] == ' ') && p[n] == ' ')
            return true;
    return false;
}

static const char machine_letters[] = " TSECX";

/* Which row of the page applies: its number, or N_PAGE. */
static size_t
look_up(uint8_t m, const char *state, const char *kind, unsigned qualifier,
    bool by_opener, unsigned facts)
{
    for (size_t i = 0; i < N_PAGE; i++)
        if (page[i].machine == machine_letters[m] &&
            strcmp(page[i].kind, kind) == 0 && (page[i].qualifier == 0 ||
            page[i].qualifier == qualifier) && (page[i].who == '*' ||
            (page[i].who == 'O') == by_opener) &&
            is_in(page[i].from, state) &&
            condition_holds(page[i].condition, facts))
            return i;
    return N_PAGE;
}

/* The kind that a kind answers, and another that nothing answers. */
static uint16_t
target_kind(uint16_t kind, bool answers)
{
    static const uint16_t pairs[][2] = {
        { MESSAGE_KIND_CLARIFICATION_REPLY,
          MESSAGE_KIND_PRE_REFUSAL_CONSULT },
        { MESSAGE_KIND_CLARIFICATION_REQUEST, MESSAGE_KIND_REPLY },
        { MESSAGE_KIND_CONDITIONS_DECISION, MESSAGE_KIND_CONSENT_DECISION },
        { MESSAGE_KIND_CONSENT_DECISION, MESSAGE_KIND_CONSENT_REQUEST },
        { MESSAGE_KIND_EXCULPATORY_RESPONSE,
          MESSAGE_KIND_EXCULPATORY_NOTICE },
        { MESSAGE_KIND_RECALL_RESULT, MESSAGE_KIND_RECALL },
        { MESSAGE_KIND_RECEIPT, MESSAGE_KIND_EVIDENCE_TRANSFER },
    };

    for (size_t i = 0; answers && i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (pairs[i][0] == kind)
            return pairs[i][1];
    return MESSAGE_KIND_CLOSE;
}

/* A thread and a message of which exactly the facts named hold. */
static void
set_up(unsigned facts, struct thread_state *t, struct step_event *ev)
{
    bool names = is_on(facts, 'N'), date = is_on(facts, 'D');
    bool good = is_on(facts, 'G');

    ev->at = 100 * DAY;
    ev->has_target = true;
    ev->target[0] = 7;
    ev->target_kind = target_kind(ev->kind, is_on(facts, 'K'));
    ev->target_opening = is_on(facts, 'O');
    ev->target_by_opener = ev->by_opener != is_on(facts, 'X');
    ev->repeated = is_on(facts, 'R');
    ev->formal = is_on(facts, 'L');
    ev->consult = is_on(facts, 'F') ? CONSULT_NEVER : CONSULT_ALWAYS;
    ev->new_due = ev->at + (date ? 1 : 0);
    ev->all_final = ev->accepts = ev->used = good;
    ev->mismatch = !good;
    t->consult[0] = 9;
    t->respond_by = ev->at + 1;
    t->consult_answered = is_on(facts, 'A');
    t->to_follow = is_on(facts, 'T');
    t->modify = is_on(facts, 'M');
    t->offer[0] = t->hold[0] = names ? 7 : 8;
    if (!names)
        memset(t->hold, ev->kind == MESSAGE_KIND_CLOSE ? 0 : 8, 1);
    t->hold_since = ev->at - (date ? 40 : 39) * DAY;
    t->accept_by = ev->at + (date ? 0 : 1);
    t->accept_first = !good;
    t->open[0] = (struct open_question){ { is_on(facts, 'Q') ? 7 : 6 },
        !ev->by_opener };
    t->n_open = 1;
    t->asked = true;
    memcpy(t->question, t->open[0].id, MSG_ID_LEN);
}

static const char *
state_after(size_t row, const struct thread_state *t)
{
    const char *to = page[row].to;

    return to[0] == '=' ? states_name(t->machine, t->state) :
        to[0] == '<' ? states_name(t->machine, t->before) :
        to[0] == '^' ? states_name(t->machine, t->held) : to;
}

static size_t tried, stepped;
static bool used[N_PAGE];

static void
try(uint8_t m, uint8_t state, uint16_t kind, uint16_t qualifier,
    bool by_opener, unsigned facts)
{
    struct thread_state t = { .machine = m, .state = state, .before = 1,
        .held = m == MACHINE_RETENTION ? RETENTION_SEALED : 0 }, old;
    struct step_event ev = { .kind = kind, .qualifier = qualifier,
        .by_opener = by_opener };
    const char *name = states_name(m, state), *word = kind_word(kind);
    size_t row = look_up(m, name, word, qualifier, by_opener, facts);
    const char *to;
    enum err e;

    set_up(facts, &t, &ev);
    to = row < N_PAGE ? state_after(row, &t) : name;
    old = t;
    e = states_step(&product, &t, &ev);
    tried++;
    cr_assert_eq(e == OK, row < N_PAGE, "%c: %s %s/%u in %s, facts %x: %s",
        machine_letters[m], by_opener ? "opener" : "other", word, qualifier,
        name, facts, err_row(e)->name);
    cr_assert_str_eq(states_name(m, t.state), to, "%c: %s %s/%u in %s, %x",
        machine_letters[m], by_opener ? "opener" : "other", word, qualifier,
        name, facts);
    if (e != OK)
        cr_assert_eq(memcmp(&t, &old, sizeof(t)), 0);
    else {
        used[row] = true;
        stepped++;
    }
}

/* The letters that the page has about a kind. */
static unsigned
relevant(uint8_t m, const char *word)
{
    unsigned bits = 0;

    for (size_t i = 0; i < N_PAGE; i++)
        for (const char *c = page[i].condition; page[i].machine ==
            machine_letters[m] && strcmp(page[i].kind, word) == 0 &&
            *c != '\0'; c++)
            bits |= 1u << (strchr(letters, *c >= 'a' ? *c - 'a' + 'A' : *c) -
                letters);
    return bits;
}

/* Each set of them, with all other facts, and with none. */
static void
try_facts(uint8_t m, uint8_t state, uint16_t kind, uint16_t qualifier)
{
    unsigned mask = relevant(m, kind_word(kind)), facts = 0;

    do {
        for (int who = 0; who < 2; who++) {
            try(m, state, kind, qualifier, who, facts);
            try(m, state, kind, qualifier, who,
                facts | (((1u << N_LETTERS) - 1) & ~mask));
        }
        facts = (facts - mask) & mask;
    } while (facts != 0);
}

Test(states, every_pair_does_what_the_page_says)
{
    for (uint8_t m = MACHINE_REQUEST; m <= MACHINE_RETENTION; m++)
        for (uint8_t s = 0; states_name(m, s) != NULL; s++)
            for (uint16_t k = 1; k <= STEP_EVENT_LAST; k++)
                for (uint16_t q = 0; kind_word(k) != NULL && q <= 10; q++)
                    try_facts(m, s, k, q);
    for (size_t i = 0; i < N_PAGE; i++)
        cr_expect(used[i], "row %zu (%s) is never used", i, page[i].kind);
    cr_expect_gt(tried, 150000u, "%zu", tried);
    cr_expect_gt(stepped, 10000u, "%zu", stepped);
}

Test(states, every_row_of_the_code_is_walked)
{
    const struct step *s;

    for (size_t i = 0; (s = states_row(&product, i)) != NULL; i++) {
        cr_expect_not_null(kind_word(s->kind));
        cr_expect_leq(s->qualifier, 10);
    }
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
    ev.repeated = true;
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

Test(states, a_refusal_knows_the_time_and_whether_to_consult)
{
    struct step_event ev = message(MESSAGE_KIND_PRE_REFUSAL_CONSULT, 0,
        false, 4, 1);
    struct thread_state t, late, informal;

    start(&t);
    ev.respond_by = 2000;
    go(&t, ev, OK);
    late = informal = t;
    ev = message(MESSAGE_KIND_REFUSAL, ALL, false, 5, 1);
    ev.at = 1000;
    ev.consult = CONSULT_ALWAYS;
    go(&t, ev, E_NO_PRIOR_CONSULT);
    ev.at = 2000;
    go(&late, ev, OK);
    ev.at = 1000;
    ev.consult = CONSULT_FORMAL;
    go(&informal, ev, OK);
}

Test(states, a_domain_adds_rows_of_its_own)
{
    static const struct step rows[] = { { MS,
        UINT32_C(1) << SPONTANEOUS_ACKNOWLEDGED, 60, 0, STEP_OTHER,
        SPONTANEOUS_FED_BACK, 0, CLOCK_NONE, NOTE_NONE } };
    static const struct step_table table = { rows, 1 };
    static const struct step_table *const own[] = { &table };
    struct domain d = { .base = &product, .steps = own, .n_steps = 1 };
    struct thread_state t = { .machine = MS,
        .state = SPONTANEOUS_ACKNOWLEDGED };
    struct step_event ev = message(60, 0, false, 4, 0);

    cr_assert_eq(states_step(&product, &t, &ev), E_BAD_STATE);
    cr_assert_eq(states_step(&d, &t, &ev), OK);
    cr_assert_eq(t.state, SPONTANEOUS_FED_BACK);
    cr_assert_eq(states_row(&d, 1), states_valise[0]->rows);
    cr_assert_null(states_row(&d, 10000));
}

Test(states, each_guard_has_words)
{
    for (unsigned bit = 1; bit <= GUARD_LAST; bit <<= 1)
        cr_assert_not_null(states_guard_words(bit));
    cr_assert_null(states_guard_words(GUARD_LAST << 1));
}

