/*
 * The guards.  Each looks at the message and at what the thread remembers,
 * and some can be told before there is a message.
 */
#include "proto/states_rows.h"

#include <string.h>

#define HOLD_OVER (30 * 86400)

typedef bool guard(const struct thread_state *t, const struct step_event *ev);

static bool
names(const uint8_t id[static MSG_ID_LEN], const struct step_event *ev)
{
    static const uint8_t none[MSG_ID_LEN];

    return ev->has_target && memcmp(id, none, MSG_ID_LEN) != 0 &&
        memcmp(id, ev->target, MSG_ID_LEN) == 0;
}

static bool
stands(const uint8_t id[static MSG_ID_LEN])
{
    static const uint8_t none[MSG_ID_LEN];

    return memcmp(id, none, MSG_ID_LEN) != 0;
}

static bool
has_opening(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->has_target && ev->target_opening;
}

static bool
has_others(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->has_target && ev->target_kind != 0 &&
        ev->target_by_opener != ev->by_opener;
}

static bool
has_own(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->has_target && ev->target_kind != 0 &&
        ev->target_by_opener == ev->by_opener;
}

static bool
has_receipt(const struct thread_state *t, const struct step_event *ev)
{
    if (!has_others(t, ev))
        return false;
    return !ev->repeated || (t->to_follow && ev->target_opening &&
        ev->qualifier == CONF_ANSWER_CAN_COMPLY);
}

static bool
has_asked(const struct thread_state *t, const struct step_event *ev)
{
    return t->asked && names(t->question, ev);
}

size_t
states_question(const struct thread_state *t, const struct step_event *ev)
{
    size_t i;

    for (i = 0; i < t->n_open; i++)
        if (t->open[i].by_opener != ev->by_opener &&
            names(t->open[i].id, ev))
            break;
    return i;
}

static bool
has_question(const struct thread_state *t, const struct step_event *ev)
{
    return states_question(t, ev) < t->n_open;
}

static bool
has_content(const struct thread_state *t, const struct step_event *ev)
{
    return has_others(t, ev) && (ev->target_kind == MESSAGE_KIND_REPLY ||
        ev->target_kind == MESSAGE_KIND_EVIDENCE_TRANSFER ||
        (ev->target_opening && t->machine != MACHINE_REQUEST));
}

static bool
has_all_final(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->all_final;
}

static bool
has_decided(const struct thread_state *t, const struct step_event *ev)
{
    (void)ev;
    return !t->to_follow;
}

static bool
has_to_follow(const struct thread_state *t, const struct step_event *ev)
{
    (void)ev;
    return t->to_follow;
}

static bool
has_room(const struct thread_state *t, const struct step_event *ev)
{
    (void)ev;
    return t->n_open < STATES_QUESTIONS_MAX;
}

static bool
has_consult(const struct thread_state *t, const struct step_event *ev)
{
    return has_others(t, ev) &&
        ev->target_kind == MESSAGE_KIND_PRE_REFUSAL_CONSULT;
}

static bool
has_consulted(const struct thread_state *t, const struct step_event *ev)
{
    return stands(t->consult) && (t->consult_answered ||
        (t->respond_by != 0 && ev->at >= t->respond_by));
}

static bool
has_consult_free(const struct thread_state *t, const struct step_event *ev)
{
    return ev->consult == CONSULT_NEVER || (ev->consult == CONSULT_FORMAL &&
        !(t->machine == MACHINE_REQUEST && t->state == REQUEST_FORMALISED));
}

/* A postponement may name a review instead. */
static bool
has_new_due(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->new_due > ev->at ||
        (ev->new_due == 0 && ev->qualifier == DELAY_KIND_POSTPONEMENT);
}

static bool
has_offer(const struct thread_state *t, const struct step_event *ev)
{
    return names(t->offer, ev);
}

static bool
has_formal(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->formal;
}

static bool
has_held(const struct thread_state *t, const struct step_event *ev)
{
    return names(t->hold, ev);
}

static bool
has_hold_over(const struct thread_state *t, const struct step_event *ev)
{
    return stands(t->hold) && ev->at >= t->hold_since +
        states_conf_time(t->urgency) + HOLD_OVER;
}

static bool
has_modify(const struct thread_state *t, const struct step_event *ev)
{
    (void)ev;
    return t->modify;
}

static bool
has_answers(const struct thread_state *t, const struct step_event *ev)
{
    static const struct { uint16_t kind, of; } pairs[] = {
        { MESSAGE_KIND_CONDITIONS_DECISION, MESSAGE_KIND_CONSENT_DECISION },
        { MESSAGE_KIND_CONSENT_DECISION, MESSAGE_KIND_CONSENT_REQUEST },
        { MESSAGE_KIND_EXCULPATORY_RESPONSE,
          MESSAGE_KIND_EXCULPATORY_NOTICE },
        { MESSAGE_KIND_RECALL_RESULT, MESSAGE_KIND_RECALL },
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (pairs[i].kind == ev->kind && pairs[i].of == ev->target_kind)
            return has_others(t, ev);
    return false;
}

static bool
has_first(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return !ev->repeated;
}

static bool
has_free(const struct thread_state *t, const struct step_event *ev)
{
    (void)ev;
    return !t->accept_first;
}

static bool
has_accepts(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->accepts;
}

static bool
has_transfer(const struct thread_state *t, const struct step_event *ev)
{
    return has_others(t, ev) &&
        ev->target_kind == MESSAGE_KIND_EVIDENCE_TRANSFER;
}

static bool
has_verified(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return !ev->mismatch;
}

static bool
has_used(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->used;
}

static bool
has_offer_over(const struct thread_state *t, const struct step_event *ev)
{
    return t->accept_by != 0 && ev->at >= t->accept_by;
}

static const struct {
    unsigned bit;
    enum err code;
    guard *holds;
    const char *words;
} table[] = {
    { GUARD_OPENING, E_BAD_STATE, has_opening, "names the opening message" },
    { GUARD_RECEIPT, E_BAD_STATE, has_receipt,
      "of a message not acknowledged, or CAN_COMPLY after TO_FOLLOW" },
    { GUARD_ASKED, E_BAD_STATE, has_asked,
      "names the question that stopped the clock" },
    { GUARD_A_QUESTION, E_BAD_STATE, has_question,
      "names an open question of the other side" },
    { GUARD_OF_CONTENT, E_BAD_STATE, has_content,
      "about an answer or a disclosure of the other side" },
    { GUARD_ALL_FINAL, E_BAD_STATE, has_all_final,
      "every question has a final status" },
    { GUARD_DECIDED, E_BAD_STATE, has_decided,
      "TO_FOLLOW does not stand undecided" },
    { GUARD_ROOM, E_BAD_STATE, has_room, "not too many questions are open" },
    { GUARD_TO_FOLLOW, E_BAD_STATE, has_to_follow,
      "TO_FOLLOW stands undecided" },
    { GUARD_CONSULT, E_BAD_STATE, has_consult,
      "names a consultation before refusal" },
    { GUARD_CONSULTED, E_NO_PRIOR_CONSULT, has_consulted,
      "the newest consultation is answered, or its time has passed" },
    { GUARD_CONSULT_FREE, E_NO_PRIOR_CONSULT, has_consult_free,
      "no consultation is asked for (V-051)" },
    { GUARD_NEW_DUE, E_BAD_STATE, has_new_due,
      "the new date is later than the message" },
    { GUARD_OFFER, E_BAD_STATE, has_offer, "names the conditions on offer" },
    { GUARD_FORMAL, E_BAD_STATE, has_formal, "about the formal request" },
    { GUARD_HELD, E_BAD_STATE, has_held, "names what holds the thread" },
    { GUARD_HOLD_OVER, E_BAD_STATE, has_hold_over,
      "30 days after the decision was due" },
    { GUARD_MODIFY, E_BAD_STATE, has_modify, "OPT_MODIFY was decided" },
    { GUARD_OWN, E_BAD_STATE, has_own, "names an own message" },
    { GUARD_OTHERS, E_BAD_STATE, has_others,
      "names a message of the other side" },
    { GUARD_ANSWERS, E_BAD_STATE, has_answers,
      "names the message of the other side that it answers" },
    { GUARD_FIRST, E_BAD_STATE, has_first, "nothing has answered that before" },
    { GUARD_FREE, E_BAD_STATE, has_free,
      "the offer needs no acceptance first" },
    { GUARD_ACCEPTS, E_BAD_STATE, has_accepts, "accepts the very offer" },
    { GUARD_TRANSFER, E_BAD_STATE, has_transfer, "of a transfer of evidence" },
    { GUARD_VERIFIED, E_BAD_STATE, has_verified, "all digests hold" },
    { GUARD_USED, E_BAD_STATE, has_used, "declares a use" },
    { GUARD_OFFER_OVER, E_BAD_STATE, has_offer_over,
      "the time to accept has passed" },
};
#define N_GUARDS (sizeof(table) / sizeof(table[0]))

const char *
states_guard_words(unsigned guard_bit)
{
    for (size_t i = 0; i < N_GUARDS; i++)
        if (table[i].bit == guard_bit)
            return table[i].words;
    return NULL;
}

/* What is not possible at all comes before what lacks one thing. */
enum err
states_guards(const struct step *s, const struct thread_state *t,
    const struct step_event *ev)
{
    enum err e = OK;

    for (size_t i = 0; i < N_GUARDS; i++)
        if ((s->guard & table[i].bit) && !table[i].holds(t, ev) &&
            e != E_BAD_STATE)
            e = table[i].code;
    return e;
}
