#include "proto/states_rows.h"

#include <stdlib.h>
#include <string.h>

const struct step_table *const states_valise[] = { &states_request,
    &states_spontaneous, &states_evidence, &states_consent,
    &states_retention };
_Static_assert(sizeof(states_valise) / sizeof(states_valise[0]) ==
    STATES_VALISE_N, "count of tables");


/* The i-th table of all, own ones before those of the base. */
static const struct step_table *
table_at(const struct domain *d, size_t i)
{
    for (; d != NULL; i -= d->n_steps, d = d->base)
        if (i < d->n_steps)
            return d->steps[i];
    return NULL;
}

const struct step *
states_row(const struct domain *d, size_t i)
{
    const struct step_table *table;

    for (size_t k = 0; (table = table_at(d, k)) != NULL; i -= table->n, k++)
        if (i < table->n)
            return &table->rows[i];
    return NULL;
}

/* The row after s of its machine, from the first on: at is {0, 0} before. */
static const struct step *
next_row(const struct domain *d, uint8_t machine, size_t at[static 2])
{
    const struct step_table *table;

    for (; (table = table_at(d, at[0])) != NULL; at[0]++, at[1] = 0)
        if (at[1] < table->n && table->rows[0].machine == machine)
            return &table->rows[at[1]++];
    return NULL;
}

static bool
matches(const struct step *s, uint8_t machine, uint8_t state, uint16_t kind,
    uint16_t qualifier, uint8_t who)
{
    return s->machine == machine && state < STATES_MAX &&
        (s->from & (UINT32_C(1) << state)) && s->kind == kind &&
        (s->qualifier == 0 || s->qualifier == qualifier) &&
        (s->who & who) != 0;
}

/* The clocks of two sides may disagree; none runs backwards. */
static void
end_stop(struct thread_state *t, int64_t at)
{
    int64_t stopped = at - t->stopped_since;

    if (t->stopped_since == 0)
        return;
    if (t->stop_ends && stopped > STATES_CLOCK_STOP_MAX)
        stopped = STATES_CLOCK_STOP_MAX;
    if (stopped > 0)
        t->stopped_total += stopped;
    t->stopped_since = 0;
}

static void
turn_clock(struct thread_state *t, uint8_t clock, int64_t at)
{
    if (clock == CLOCK_START)
        t->clock_started = at;
    if (clock == CLOCK_STOP || clock == CLOCK_GO || clock == CLOCK_HOLD)
        end_stop(t, at);
    if (clock == CLOCK_STOP || clock == CLOCK_HOLD) {
        t->stopped_since = at;
        t->stop_ends = clock == CLOCK_STOP;
    }
}

static void
note_question(struct thread_state *t, const struct step *s,
    const struct step_event *ev)
{
    struct open_question *q;

    if (t->n_open == STATES_QUESTIONS_MAX)
        return;
    q = &t->open[t->n_open++];
    memcpy(q->id, ev->id, MSG_ID_LEN);
    q->by_opener = ev->by_opener;
    if (s->clock == CLOCK_STOP) {
        t->before = t->state;
        t->asked = true;
        memcpy(t->question, ev->id, MSG_ID_LEN);
    }
}

static void
note_answer(struct thread_state *t, const struct step_event *ev)
{
    size_t i = states_question(t, ev);

    if (i == t->n_open)
        return;
    t->n_open--;
    memmove(&t->open[i], &t->open[i + 1],
        (t->n_open - i) * sizeof(t->open[0]));
    memset(&t->open[t->n_open], 0, sizeof(t->open[0]));
}

static void
note_consult(struct thread_state *t, const struct step_event *ev)
{
    memcpy(t->consult, ev->id, MSG_ID_LEN);
    t->consult_answered = false;
    t->respond_by = ev->respond_by;
}

static void
forget_consult(struct thread_state *t)
{
    memset(t->consult, 0, MSG_ID_LEN);
    t->consult_answered = false;
    t->respond_by = 0;
}

/* Conditions that were declined: the talk about them was the consultation. */
static void
note_declined(struct thread_state *t)
{
    memcpy(t->consult, t->offer, MSG_ID_LEN);
    t->consult_answered = true;
    t->respond_by = 0;
    memset(t->offer, 0, MSG_ID_LEN);
}

static void
note_conf(struct thread_state *t, const struct step_event *ev)
{
    if (!ev->target_opening)
        return;
    if (ev->kind != MESSAGE_KIND_RECEIPT ||
        ev->qualifier == CONF_ANSWER_CAN_COMPLY)
        t->to_follow = false;
    else if (ev->qualifier == CONF_ANSWER_TO_FOLLOW)
        t->to_follow = true;
}

static void
note_thread(struct thread_state *t, const struct step *s,
    const struct step_event *ev)
{
    if (s->note == NOTE_OPEN) {
        t->urgency = ev->urgency;
        t->accept_first = ev->accept_first;
        t->accept_by = ev->accept_by;
    } else if (s->note == NOTE_QUESTION) {
        note_question(t, s, ev);
    } else if (s->note == NOTE_ANSWER) {
        note_answer(t, ev);
    } else if (s->note == NOTE_CONF || s->note == NOTE_CANNOT) {
        note_conf(t, ev);
    } else if (s->note == NOTE_HOLD) {
        note_conf(t, ev);
        memcpy(t->hold, ev->id, MSG_ID_LEN);
        t->hold_since = ev->at;
    } else if (s->note == NOTE_DECISION) {
        memset(t->hold, 0, MSG_ID_LEN);
        t->hold_since = 0;
        t->modify = ev->qualifier == CONF_OPTION_OPT_MODIFY;
    }
}

static void
note_talk(struct thread_state *t, const struct step *s,
    const struct step_event *ev)
{
    if (s->note == NOTE_CONSULT) {
        note_consult(t, ev);
    } else if (s->note == NOTE_CONSULT_ANSWER) {
        if (memcmp(t->consult, ev->target, MSG_ID_LEN) == 0)
            t->consult_answered = true;
    } else if (s->note == NOTE_CONSULT_USED) {
        forget_consult(t);
    } else if (s->note == NOTE_OFFER) {
        memcpy(t->offer, ev->id, MSG_ID_LEN);
    } else if (s->note == NOTE_ACCEPTED) {
        memset(t->offer, 0, MSG_ID_LEN);
    } else if (s->note == NOTE_DECLINED) {
        note_declined(t);
    } else if (s->note == NOTE_FORMAL) {
        forget_consult(t);
        memset(t->offer, 0, MSG_ID_LEN);
    }
}

/* A seal beneath a legal hold leads back to where the hold was set; one that
 * comes while a sealed message is held changes nothing. */
static void
note_keeping(struct thread_state *t, const struct step *s)
{
    if (s->note == NOTE_SEAL)
        t->before = t->state;
    else if (s->note == NOTE_LOCK)
        t->held = t->state;
    else if (s->note == NOTE_SEAL_LATER && t->held != RETENTION_SEALED) {
        t->before = t->held;
        t->held = RETENTION_SEALED;
    }
}

static enum err
apply(struct thread_state *t, const struct step *s,
    const struct step_event *ev)
{
    note_thread(t, s, ev);
    note_talk(t, s, ev);
    note_keeping(t, s);
    turn_clock(t, s->clock, ev->at);
    if (s->clock == CLOCK_GO)
        t->asked = false;
    if (s->to == STEP_BEFORE)
        t->state = t->before;
    else if (s->to == STEP_HELD)
        t->state = t->held;
    else if (s->to != STEP_SAME)
        t->state = s->to;
    return OK;
}

enum err
states_step(const struct domain *d, struct thread_state *t,
    const struct step_event *ev)
{
    uint8_t who = ev->by_opener ? STEP_OPENER : STEP_OTHER;
    const struct step *s;
    enum err e, why = E_BAD_STATE;
    size_t at[2] = { 0, 0 };

    while ((s = next_row(d, t->machine, at)) != NULL) {
        if (!matches(s, t->machine, t->state, ev->kind, ev->qualifier, who))
            continue;
        if ((e = states_guards(s, t, ev)) == OK)
            return apply(t, s, ev);
        if (e != E_BAD_STATE)
            why = e;
    }
    return why;
}

/* The fields whose codes are qualifiers, and their lists. */
static const struct {
    uint16_t kind;
    const char *field;
    const struct enumeration *en;
} qualifiers[] = {
    { MESSAGE_KIND_REPLY, "reply_type", &enum_reply_type },
    { MESSAGE_KIND_CLOSE, "close_reason", &enum_close_reason },
    { MESSAGE_KIND_RECEIPT, "conf_answer", &enum_conf_answer },
    { MESSAGE_KIND_CONDITIONS_DECISION, "decision",
      &enum_conditions_answer },
    { MESSAGE_KIND_REFUSAL, "scope", &enum_refusal_scope },
    { MESSAGE_KIND_DELAY_NOTICE, "delay_kind", &enum_delay_kind },
    { MESSAGE_KIND_CONF_DECISION, "decision", &enum_conf_option },
    { MESSAGE_KIND_CONSENT_DECISION, "decision",
      &enum_consent_decision },
    { MESSAGE_KIND_RECALL, "reason_code", &enum_recall_reason },
};
#define N_QUALIFIERS (sizeof(qualifiers) / sizeof(qualifiers[0]))

const char *
states_qualifier(uint16_t kind)
{
    for (size_t i = 0; i < N_QUALIFIERS; i++)
        if (qualifiers[i].kind == kind)
            return qualifiers[i].field;
    return NULL;
}

const char *
states_qualifier_name(uint16_t kind, uint16_t qualifier)
{
    for (size_t i = 0; i < N_QUALIFIERS; i++)
        if (qualifiers[i].kind == kind)
            return enum_name(qualifiers[i].en, qualifier);
    return NULL;
}

static uint16_t
qualifier_of(const struct message *m)
{
    const char *field = states_qualifier(m->kind->n);
    const struct rec *given;

    if (field == NULL)
        return 0;
    if (m->kind->n != MESSAGE_KIND_CONSENT_DECISION)
        return (uint16_t)message_uint(m, field);
    if ((given = message_rec(m, "consent")) != NULL)
        return (uint16_t)record_uint(given, field);
    return message_uint(m, "refusal_ground") != 0 ? CONSENT_DECISION_REFUSE :
        CONSENT_DECISION_NEED_INFO;
}

static bool
is_filled(const struct message *m, const char *list)
{
    const struct value *v = message_value(m, list);

    return v != NULL && v->n > 0;
}

struct slice
states_target(const struct message *m)
{
    static const char *const fields[] = { "target_msg", "conditions_of",
        "offer_msg", "in_reply_to" };
    struct slice s = SLICE_EMPTY;

    for (size_t i = 0; s.n == 0 && i < sizeof(fields) / sizeof(*fields); i++)
        s = message_bytes(m, fields[i]);
    return s;
}

void
states_event(const struct message *m, bool by_opener, struct step_event *ev)
{
    struct slice id = message_bytes(m, "msg_id"), target = states_target(m);

    *ev = (struct step_event){ .kind = m->kind->n, .by_opener = by_opener,
        .qualifier = qualifier_of(m),
        .at = (int64_t)message_uint(m, "created_at"),
        .urgency = (uint8_t)message_uint(m, "urgency"),
        .respond_by = (int64_t)message_uint(m, "respond_by"),
        .new_due = (int64_t)message_uint(m, "new_due"),
        .accept_first = record_uint(message_rec(m, "restrictions"),
            "accept_first") != 0,
        .accept_by = (int64_t)message_uint(m, "accept_by"),
        .mismatch = is_filled(m, "digest_mismatch"),
        .used = is_filled(m, "used_for") };
    if (id.n == MSG_ID_LEN)
        memcpy(ev->id, id.p, MSG_ID_LEN);
    ev->has_target = target.n == MSG_ID_LEN;
    if (ev->has_target)
        memcpy(ev->target, target.p, MSG_ID_LEN);
}

int64_t
states_due(const struct thread_state *t, int64_t seconds)
{
    if (t->clock_started == 0 || t->stopped_since != 0)
        return 0;
    return t->clock_started + seconds + t->stopped_total;
}

int64_t
states_answer_time(uint64_t urgency, uint64_t reply_days)
{
    switch (urgency) {
    case URGENCY_PRIORITY:
        return 7 * 86400;
    case URGENCY_URGENT:
        return 48 * 3600;
    case URGENCY_IMMEDIATE:
        return 8 * 3600;
    default:
        return (reply_days != 0 ? (int64_t)reply_days : 21) * 86400;
    }
}

int64_t
states_conf_time(uint64_t urgency)
{
    static const int64_t times[] = { 10 * 86400, 5 * 86400, 48 * 3600,
        8 * 3600 };

    return times[urgency <= URGENCY_IMMEDIATE ? urgency : URGENCY_ROUTINE];
}

static const char *const request[REQUEST_STATES] = { "DRAFT", "SENT",
    "DELIVERED", "ACKNOWLEDGED", "CLARIFYING", "CONF_HOLD", "CONSULTING",
    "CONDITIONS_OFFERED", "DELAYED", "PARTIALLY_ANSWERED", "ANSWERED",
    "ANSWERED_NEGATIVE", "REFUSED", "REDIRECTED", "FORMALISED", "WITHDRAWN",
    "CLOSED", "REJECTED" };
static const char *const spontaneous[SPONTANEOUS_STATES] = { "DRAFT", "SENT",
    "DELIVERED", "ACKNOWLEDGED", "FED_BACK", "WITHDRAWN", "CLOSED",
    "REJECTED" };
static const char *const evidence[EVIDENCE_STATES] = { "DRAFT", "OFFERED",
    "ACCEPTED", "DECLINED", "COUNTERED", "TRANSFERRED", "MISMATCH",
    "WITHDRAWN", "VERIFIED", "IN_USE", "CLOSED", "REJECTED" };
static const char *const consent[CONSENT_STATES] = { "NONE", "PENDING",
    "GRANTED", "OFFERED_WITH_CONDITIONS", "NEED_INFO", "REFUSED", "LAPSED",
    "EXPIRED", "EXHAUSTED", "REVOKED" };
static const char *const retention[RETENTION_STATES] = { "HELD", "READ_ONLY",
    "END_DUE", "SEALED", "LEGAL_HOLD", "DESTROYED", "RETURNED", "ARCHIVED",
    "CERTIFIED" };
static const struct {
    const char *name;
    const char *const *states;
    size_t n;
} machines[] = {
    [MACHINE_NONE] = { NULL, NULL, 0 },
    [MACHINE_REQUEST] = { "request", request, REQUEST_STATES },
    [MACHINE_SPONTANEOUS] = { "spontaneous", spontaneous,
        SPONTANEOUS_STATES },
    [MACHINE_EVIDENCE] = { "evidence", evidence, EVIDENCE_STATES },
    [MACHINE_CONSENT] = { "consent", consent, CONSENT_STATES },
    [MACHINE_RETENTION] = { "retention", retention, RETENTION_STATES },
};
#define N_MACHINES (sizeof(machines) / sizeof(machines[0]))

const char *
states_name(uint8_t machine, uint8_t state)
{
    return machine < N_MACHINES && state < machines[machine].n ?
        machines[machine].states[state] : NULL;
}

const char *
states_machine_name(uint8_t machine)
{
    return machine < N_MACHINES ? machines[machine].name : NULL;
}

const char *
states_event_name(uint16_t kind)
{
    static const char *const names[] = { "(delivered)", "(refused)",
        "(needed_by passed)", "(expires_at passed)", "(max_uses used up)",
        "(use)", "(use_until passed)", "(retain_until passed)", "(destroy)",
        "(return)", "(archive)", "(legal hold)", "(legal hold lifted)",
        "(seal)", "(unseal)" };

    return kind >= STEP_EVENT_DELIVERED && kind <= STEP_EVENT_LAST ?
        names[kind - STEP_EVENT_DELIVERED] : NULL;
}

/* The fold: sort by digest, look up each `seen`, sort by side, merge. */

static int
by_digest(const void *va, const void *vb)
{
    const struct fold_item *a = va, *b = vb;

    return memcmp(a->digest, b->digest, HASH_LEN);
}

static bool
is_event(const struct fold_item *item)
{
    return item->ev.kind >= STEP_EVENT_DELIVERED;
}

/* The opener's first, then events, then the other side's; each by place. */
static int
side(const struct fold_item *item)
{
    return is_event(item) ? 1 : item->ev.by_opener ? 0 : 2;
}

static int
by_side(const void *va, const void *vb)
{
    const struct fold_item *a = va, *b = vb;

    if (side(a) != side(b))
        return side(a) - side(b);
    if (is_event(a) && a->ev.kind != b->ev.kind)
        return a->ev.kind < b->ev.kind ? -1 : 1;
    if (!is_event(a) && a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return by_digest(a, b);
}

static int
by_rank(const void *va, const void *vb)
{
    const struct fold_item *a = va, *b = vb;

    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* How many of the other side each had seen, by place. */
static void
find_seen(struct fold_item *items, size_t n)
{
    static const uint8_t none[HASH_LEN];
    struct fold_item key = { .place = 0 };

    qsort(items, n, sizeof(*items), by_digest);
    for (size_t i = 0; i < n; i++) {
        const struct fold_item *found = NULL;

        items[i].seen_count = 0;
        if (is_event(&items[i]) || memcmp(items[i].seen, none, HASH_LEN) == 0)
            continue;
        memcpy(key.digest, items[i].seen, HASH_LEN);
        found = bsearch(&key, items, n, sizeof(*items), by_digest);
        if (found != NULL && !is_event(found) &&
            found->ev.by_opener != items[i].ev.by_opener)
            items[i].seen_count = (uint64_t)found->place + 1;
    }
}

/* Asked only where a guard does. */
static bool
is_repeated(const struct fold_item *items, size_t n)
{
    const struct step_event *ev = &items[n].ev;

    if (!ev->has_target || (ev->kind != MESSAGE_KIND_RECEIPT &&
        ev->kind != MESSAGE_KIND_CONDITIONS_DECISION &&
        ev->kind != MESSAGE_KIND_CONSENT_DECISION))
        return false;
    for (size_t i = 0; i < n; i++)
        if (items[i].ev.kind == ev->kind && items[i].allowed &&
            items[i].ev.by_opener == ev->by_opener && memcmp(
            items[i].ev.target, ev->target, MSG_ID_LEN) == 0)
            return true;
    return false;
}

void
states_fold(const struct domain *d, uint8_t machine,
    struct fold_item *items, size_t n, struct thread_state *t)
{
    size_t r = 0, events, others, p, end;
    uint32_t rank = 0;

    *t = (struct thread_state){ .machine = machine };
    if (n == 0)
        return;
    find_seen(items, n);
    qsort(items, n, sizeof(*items), by_side);
    for (events = 0; events < n && side(&items[events]) == 0; events++)
        ;
    for (others = events; others < n && side(&items[others]) == 1; others++)
        ;
    /* What a side knew once it does not forget. */
    for (size_t i = 1; i < n; i++)
        if (side(&items[i]) == side(&items[i - 1]) &&
            items[i].seen_count < items[i - 1].seen_count)
            items[i].seen_count = items[i - 1].seen_count;
    end = events;
    if (end > 0)
        items[r++].rank = rank++;
    for (size_t i = events; i < others; i++)
        items[i].rank = rank++;
    for (p = others; r < end || p < n;) {
        bool first = p < n && (r == end ||
            (items[r].seen_count > items[p].place &&
            items[p].seen_count <= items[r].place));

        items[first ? p++ : r++].rank = rank++;
    }
    qsort(items, n, sizeof(*items), by_rank);
    for (size_t i = 0; i < n; i++) {
        items[i].ev.repeated = is_repeated(items, i);
        items[i].code = states_step(d, t, &items[i].ev);
        items[i].allowed = items[i].code == OK;
    }
}
