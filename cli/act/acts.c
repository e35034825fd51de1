/*
 * What an act is about, and whether a thread has room for it; acts_rows.c has
 * the rows.
 */
#include <string.h>

#include "cli/act/acts.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/rules.h"

/* What an act can be about. */
enum aim_side { AIM_EITHER, AIM_THEIRS, AIM_OURS };

enum aim_choice {
    AIM_MEANT,                      /* the one meant, else the newest */
    AIM_NEWEST,                     /* whatever was meant */
    AIM_OWED                        /* the one meant, else the oldest, which
                                     * this side has not answered */
};

struct aim {
    uint16_t kind;                  /* of the act */
    uint8_t side;                   /* enum aim_side */
    uint8_t choice;                 /* enum aim_choice */
    bool opening;                   /* the message that opened the thread */
    uint64_t kinds;                 /* besides; 0 without opening: any */
    /* More that it must be; NULL: nothing. */
    bool (*only)(const struct message *m);
};

#define K(name) RULE_KIND(KIND_##name)
#define CONTENT (K(REPLY) | K(CLARIFICATION_REPLY) | K(CORRECTION) | \
    K(FORMALISE_NOTICE) | K(EVIDENCE_TRANSFER))

static bool
has_conditions(const struct message *m)
{
    return m->kind->n != KIND_CONSENT_DECISION ||
        kind_consent_decision(m) == CONSENT_DECISION_GRANT_WITH_CONDITIONS;
}

/* A receipt is about any message, so that no other than the one meant is
 * acknowledged; not about another receipt. */
static bool
is_no_receipt(const struct message *m)
{
    return m->kind->n != KIND_RECEIPT;
}

/* It decided about a consent, or brought one that nobody had asked for. */
static bool
has_consent(const struct message *m)
{
    const struct value *v = message_value(m, "standing");

    return m->kind->n == KIND_CONSENT_DECISION || (v != NULL && v->n > 0);
}

static const struct aim aims[] = {
    { KIND_RECEIPT, AIM_THEIRS, AIM_OWED, false, ~UINT64_C(0),
      is_no_receipt },
    { KIND_REPLY, AIM_THEIRS, AIM_NEWEST, true, K(FORMALISE_NOTICE), NULL },
    { KIND_CLARIFICATION_REQUEST, AIM_THEIRS, AIM_MEANT, true,
      K(REPLY) | K(FORMALISE_NOTICE) | K(EVIDENCE_TRANSFER), NULL },
    { KIND_CLARIFICATION_REPLY, AIM_THEIRS, AIM_OWED, false,
      K(CLARIFICATION_REQUEST) | K(PRE_REFUSAL_CONSULT), NULL },
    { KIND_PRE_REFUSAL_CONSULT, AIM_THEIRS, AIM_NEWEST, true,
      K(FORMALISE_NOTICE), NULL },
    { KIND_CONDITIONS_OFFER, AIM_THEIRS, AIM_NEWEST, true,
      K(FORMALISE_NOTICE), NULL },
    { KIND_CONDITIONS_DECISION, AIM_THEIRS, AIM_OWED, false,
      K(CONDITIONS_OFFER) | K(CONSENT_DECISION) | K(EVIDENCE_OFFER),
      has_conditions },
    { KIND_REFUSAL, AIM_THEIRS, AIM_NEWEST, true, K(FORMALISE_NOTICE),
      NULL },
    { KIND_DELAY_NOTICE, AIM_THEIRS, AIM_NEWEST, true, K(FORMALISE_NOTICE),
      NULL },
    { KIND_CONF_CANNOT_COMPLY, AIM_THEIRS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_CONF_DECISION, AIM_THEIRS, AIM_OWED, false,
      K(CONF_CANNOT_COMPLY), NULL },
    { KIND_CONSENT_REQUEST, AIM_THEIRS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_CONSENT_DECISION, AIM_THEIRS, AIM_OWED, false,
      K(CONSENT_REQUEST), NULL },
    { KIND_CONSENT_REVOKE, AIM_OURS, AIM_MEANT, true,
      K(CONSENT_DECISION) | CONTENT, has_consent },
    { KIND_EXCULPATORY_NOTICE, AIM_THEIRS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_EXCULPATORY_RESPONSE, AIM_THEIRS, AIM_OWED, false,
      K(EXCULPATORY_NOTICE), NULL },
    { KIND_STATUS_QUERY, AIM_EITHER, AIM_NEWEST, true, K(FORMALISE_NOTICE),
      NULL },
    { KIND_STATUS_REPORT, AIM_THEIRS, AIM_OWED, false, K(STATUS_QUERY),
      NULL },
    { KIND_FEEDBACK, AIM_THEIRS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_WITHDRAWAL, AIM_OURS, AIM_NEWEST, true, 0, NULL },
    { KIND_EVIDENCE_TRANSFER, AIM_OURS, AIM_NEWEST, true, 0, NULL },
    { KIND_FORMALISE_NOTICE, AIM_OURS, AIM_NEWEST, true, 0, NULL },
    { KIND_RESTRICTION_UPDATE, AIM_OURS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_RECALL, AIM_OURS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_RECALL_RESULT, AIM_THEIRS, AIM_OWED, false, K(RECALL), NULL },
    { KIND_DESTRUCTION_CERT, AIM_THEIRS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_CORRECTION, AIM_OURS, AIM_MEANT, true, CONTENT, NULL },
    { KIND_BREACH_NOTICE, AIM_THEIRS, AIM_MEANT, true, CONTENT, NULL },
};

const struct acts_row *
acts_find(const struct domain *d, const char *word)
{
    const struct kind *k = domain_kind_find(d, slice_str(word));
    const struct acts_row *best = NULL;

    for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
        if (strcmp(a->word, word) == 0)
            return a;
        if (k != NULL && a->kind == k->n && (best == NULL || a->general))
            best = a;
    }
    return best;
}

enum err
acts_unknown(struct run *r, const char *word)
{
    struct near n = { .word = slice_str(word) };
    char hint[128];

    for (const struct acts_row *a = acts_all; a->word != NULL; a++)
        near_try(&n, a->word);
    if (n.best == NULL)
        return command_fail(r, E_UNKNOWN_KIND, word,
            _("what can be done: valise next ID"));
    (void)snprintf(hint, sizeof(hint), _("did you mean %s?"), n.best);
    return command_fail(r, E_UNKNOWN_KIND, word, hint);
}

static bool
is_of_kinds(const struct aim *aim, const struct thread_message *m)
{
    return m->m.kind->n < 64 && (aim->kinds & RULE_KIND(m->m.kind->n)) != 0;
}

static bool
fits(const struct aim *aim, const struct thread *t,
    const struct thread_message *m)
{
    if (m->gone || m->place == 0 ||
        (aim->side == AIM_THEIRS && m->out) ||
        (aim->side == AIM_OURS && !m->out))
        return false;
    if (aim->only != NULL && !aim->only(&m->m))
        return false;
    if (aim->opening && m == thread_opening(t))
        return true;
    return is_of_kinds(aim, m);
}

/* What this side has sent, or is about to send, of such acts about m. */
static const struct thread_message *
answer_to(const struct acts_row *act, const struct thread *t,
    const struct thread_message *m, bool waits)
{
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->m.kind->n == act->kind && o->out && !o->gone &&
            (!waits || o->place == 0) &&
            slice_equal(states_target(&o->m), id))
            return o;
    }
    return NULL;
}

static bool
is_answered(const struct acts_row *act, const struct thread *t,
    const struct thread_message *m)
{
    return answer_to(act, t, m, false) != NULL;
}

/* The oldest that is not answered, or the newest of all. */
static const struct thread_message *
choose(const struct acts_row *act, const struct aim *aim,
    const struct thread *t, bool fresh)
{
    const struct thread_message *best = NULL;

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (!fits(aim, t, m) || (fresh && is_answered(act, t, m)))
            continue;
        if (best == NULL || (fresh ? m->rank < best->rank :
            m->rank > best->rank))
            best = m;
    }
    return best;
}

static const struct aim *
aim_of_kind(unsigned kind)
{
    for (size_t i = 0; i < sizeof(aims) / sizeof(aims[0]); i++) {
        if (aims[i].kind == kind)
            return &aims[i];
    }
    return NULL;
}

static const struct aim *
aim_of(const struct acts_row *act)
{
    return aim_of_kind(act->kind);
}

bool
acts_suits(const struct acts_row *act, const struct thread *t,
    const struct thread_state *state, const struct thread_message *m)
{
    const struct aim *aim = aim_of(act);

    /* After OPT_MODIFY the opener amends what he asked. */
    return aim == NULL || fits(aim, t, m) ||
        (state->modify && act->kind == KIND_CLARIFICATION_REPLY);
}

const struct thread_message *
acts_aim(const struct acts_row *act, const struct thread *t,
    const struct thread_state *state, const struct thread_message *meant)
{
    const struct aim *aim = aim_of(act);
    const struct thread_message *m = NULL;
    bool good;

    if (aim == NULL)
        return meant != NULL ? meant : thread_opening(t);
    good = meant != NULL && aim->choice != AIM_NEWEST &&
        fits(aim, t, meant);
    /* An inability, or CAN_COMPLY, is owed of what was acknowledged. */
    if (good && (aim->choice != AIM_OWED || !is_answered(act, t, meant) ||
        (state->to_follow && meant == thread_opening(t))))
        return meant;
    if (aim->choice == AIM_OWED)
        m = choose(act, aim, t, true);
    if (m == NULL)
        m = good ? meant : choose(act, aim, t, false);
    return m != NULL ? m : meant != NULL ? meant : thread_opening(t);
}

enum acts_about
acts_about(const struct acts_row *act, const struct acts_try *x,
    const struct thread_message **out)
{
    const struct aim *aim = aim_of(act);
    const struct thread_message *meant = x->target;

    *out = acts_aim(act, x->t, x->state, meant);
    if (aim == NULL || meant == NULL || aim->choice == AIM_NEWEST)
        return ACTS_ABOUT;
    if (fits(aim, x->t, meant)) {
        if (is_answered(act, x->t, meant) && !acts_allowed(act, x))
            return ACTS_ANSWERED;
        *out = meant;
        return ACTS_ABOUT;
    }
    return *out == meant || (aim->choice == AIM_OWED &&
        !is_of_kinds(aim, meant)) ? ACTS_ABOUT : ACTS_OTHER;
}

const struct thread_message *
acts_waits(const struct acts_row *act, const struct thread *t,
    const struct thread_message *m)
{
    const struct aim *aim = aim_of(act);

    return aim == NULL || aim->choice != AIM_OWED || m == NULL ? NULL :
        answer_to(act, t, m, true);
}

const struct thread_message *
acts_files(unsigned kind, const struct thread *t,
    const struct thread_message *m)
{
    const struct aim *aim = aim_of_kind(kind);

    if (aim == NULL || aim->choice != AIM_MEANT || aim->side != AIM_OURS ||
        m == NULL || m->m.kind->n != KIND_EVIDENCE_OFFER)
        return NULL;
    for (size_t i = thread_count(t); i > 0; i--) {
        const struct thread_message *o = thread_at(t, i - 1);

        if (o->m.kind->n == KIND_EVIDENCE_TRANSFER && fits(aim, t, o) &&
            slice_equal(states_target(&o->m), message_bytes(&m->m,
            "msg_id")))
            return o;
    }
    return NULL;
}

/* The facts about the target that the fold would find. */
static void
fill_event(const struct acts_row *act, const struct acts_try *x,
    struct step_event *ev)
{
    const struct thread_message *opening = thread_opening(x->t);
    const struct thread_message *m = x->target;

    *ev = (struct step_event){ .kind = act->kind,
        .by_opener = opening->out, .id = { 1 }, .at = x->now,
        .all_final = true, .new_due = x->now + 1, .accepts = true,
        .used = true, .consult = (uint8_t)thread_consult(x->t) };
    /* These may name the reference of the formal request. */
    ev->formal = act->kind == MESSAGE_KIND_STATUS_QUERY ||
        act->kind == MESSAGE_KIND_STATUS_REPORT ||
        act->kind == MESSAGE_KIND_DELAY_NOTICE ||
        (m != NULL && thread_formal(x->t, m));
    if (m == NULL)
        return;
    ev->has_target = true;
    memcpy(ev->target, message_bytes(&m->m, "msg_id").p, MSG_ID_LEN);
    ev->target_kind = m->m.kind->n;
    ev->target_by_opener = m->out == opening->out;
    ev->target_opening = m == opening;
    ev->repeated = is_answered(act, x->t, m);
}

/* One row of the table of states, with its qualifier. */
static bool
row_allows(const struct acts_row *act, const struct acts_try *x,
    const struct step *s, struct thread_state *out)
{
    struct step_event ev;

    *out = *x->state;
    fill_event(act, x, &ev);
    ev.qualifier = act->qualifier != 0 ? act->qualifier : s->qualifier;
    if (act->kind == KIND_RECEIPT && x->state->to_follow)
        ev.qualifier = CONF_ANSWER_CAN_COMPLY;
    return (s->qualifier == 0 || s->qualifier == ev.qualifier) &&
        states_step(x->domain, out, &ev) == OK;
}

/* An offer that nobody can accept any more can be declined still. */
static bool
is_too_late(const struct acts_row *act, const struct acts_try *x)
{
    return act->kind == KIND_CONDITIONS_DECISION &&
        act->qualifier == CONDITIONS_ANSWER_ACCEPT &&
        x->state->machine == MACHINE_EVIDENCE && x->state->accept_by != 0 &&
        x->now >= x->state->accept_by;
}

bool
acts_allowed(const struct acts_row *act, const struct acts_try *x)
{
    struct thread_state state;

    return !is_too_late(act, x) && acts_after(act, x, &state);
}

bool
acts_after(const struct acts_row *act, const struct acts_try *x,
    struct thread_state *out)
{
    const struct thread_message *opening = thread_opening(x->t);
    const struct step *s;

    if (opening == NULL)
        return false;
    for (size_t i = 0; (s = states_row(x->domain, i)) != NULL; i++) {
        if (s->kind == act->kind && s->machine == x->state->machine &&
            x->state->state < STATES_MAX &&
            (s->from >> x->state->state & 1) != 0 &&
            row_allows(act, x, s, out))
            return true;
    }
    return false;
}

bool
acts_fits(const struct acts_row *act, const struct rec *set,
    struct slice own, enum err shut)
{
    const bool ours = record_holds(set, "originator", own);

    if ((act->needs & ACTS_ORIGINATOR) && !ours)
        return false;
    if ((act->needs & ACTS_CONTROL) && !ours &&
        record_count(set, "derived_from") == 0)
        return false;
    if ((act->needs & ACTS_HOLDER) && (set == NULL || ours))
        return false;
    if ((act->needs & ACTS_RECALLABLE) &&
        record_uint(set, "recallable") == 0)
        return false;
    return ((act->needs & ACTS_GONE) == 0 || shut == E_DESTROYED) &&
        ((act->needs & ACTS_HERE) == 0 || shut == OK);
}

/* Who is whose counterpart hangs on what these kinds say besides: what is
 * talked about, and whom a consent names. */
static bool
needs_words(uint16_t v, const struct message *m)
{
    return v == 10 && (m->kind->n == KIND_CONSULTATION ||
        m->kind->n == KIND_ONWARD_TRANSFER);
}

enum err
acts_between(const struct domain *d, const struct message *m,
    const struct rule_facts *facts, struct fault *f)
{
    enum err e = OK;

    for (uint16_t v = 10; v <= 13 && e == OK; v++) {
        const struct rule *rule = rule_find(d, v, 0);

        if (rule != NULL && (rule->where & RULE_SENDER) != 0 &&
            !needs_words(v, m) && (rule->kinds == 0 ||
            (rule->kinds & RULE_KIND(m->kind->n)) != 0) &&
            (e = rule->check(m, facts, f)) != OK && f != NULL)
            f->rule = v;
    }
    return e;
}
