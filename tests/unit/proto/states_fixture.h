/*
 * What the tests of the machines share: the tables of the product, and
 * messages of which only the facts matter.
 */
#ifndef TESTS_STATES_FIXTURE_H
#define TESTS_STATES_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/states.h"

#define MR MACHINE_REQUEST
#define MS MACHINE_SPONTANEOUS
#define ME MACHINE_EVIDENCE
#define DAY 86400

static const struct domain product = { .steps = states_valise,
    .n_steps = STATES_VALISE_N };

/* Codes of qualifiers. */
enum { ACCEPT = 1, DECLINE, COUNTER };
enum { PROCEED = 1, MEASURE, MODIFY, WITHDRAW };
enum { ALL = 1, PARTS };
enum { EXTENSION = 1, POSTPONEMENT };

__attribute__((unused)) static const char *
kind_word(uint16_t kind)
{
    return kind >= STEP_EVENT_DELIVERED ? states_event_name(kind) :
        enum_name(&enum_message_kind, kind);
}

/* Message number id about message number target, at 100 seconds each. */
__attribute__((unused)) static struct step_event
message(uint16_t kind, uint16_t qualifier, bool by_opener, uint8_t id,
    uint8_t target)
{
    struct step_event ev = { .kind = kind, .qualifier = qualifier,
        .by_opener = by_opener, .id = { id }, .has_target = target != 0,
        .target = { target }, .target_kind = MESSAGE_KIND_REPLY,
        .target_by_opener = !by_opener, .target_opening = target == 1,
        .all_final = true, .at = 100 * id, .new_due = 100 * id + DAY };

    return ev;
}

__attribute__((unused)) static void
go(struct thread_state *t, struct step_event ev, enum err e)
{
    struct thread_state before = *t;
    enum err got = states_step(&product, t, &ev);

    cr_assert_eq(got, e, "message %u: %s, not %s", ev.id[0],
        err_row(got)->name, err_row(e)->name);
    if (e != OK)
        cr_assert_eq(memcmp(&before, t, sizeof(before)), 0);
}

/* A request that is acknowledged; the next message has number 4. */
__attribute__((unused)) static void
start(struct thread_state *t)
{
    *t = (struct thread_state){ .machine = MR };
    go(t, message(KIND_INFO_REQUEST, 0, true, 1, 0), OK);
    go(t, message(STEP_EVENT_DELIVERED, 0, false, 2, 0), OK);
    go(t, message(KIND_RECEIPT, 0, false, 3, 1), OK);
}

#endif
