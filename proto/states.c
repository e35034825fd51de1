#include "proto/states.h"

#include "proto/enums.h"

#include <stdlib.h>
#include <string.h>

#define R(state) (UINT32_C(1) << REQUEST_##state)
#define S(state) (UINT32_C(1) << SPONTANEOUS_##state)

/* The page's "Active": the other side works on it. */
#define R_ACTIVE (R(ACKNOWLEDGED) | R(CLARIFYING) | R(CONSULTING) | \
    R(CONDITIONS_OFFERED) | R(DELAYED) | R(PARTIALLY_ANSWERED))
#define R_ENDED (R(ANSWERED) | R(ANSWERED_NEGATIVE) | R(REFUSED) | \
    R(REDIRECTED) | R(FORMALISED) | R(WITHDRAWN))
#define R_STOPPABLE (R(ACKNOWLEDGED) | R(CONSULTING) | R(DELAYED) | \
    R(PARTIALLY_ANSWERED))
/* Before CLOSED, from the moment there is a thread. */
#define R_OPEN (R(SENT) | R(DELIVERED) | R_ACTIVE | R(CONF_HOLD) | R_ENDED)
#define S_OPEN (S(SENT) | S(DELIVERED) | S(ACKNOWLEDGED) | S(FED_BACK) | \
    S(WITHDRAWN))
/* Where the rows of every thread hold. */
#define R_EVERY (R(DELIVERED) | R_ACTIVE | R(CONF_HOLD) | R_ENDED | \
    R(CLOSED))
#define S_EVERY (S(DELIVERED) | S(ACKNOWLEDGED) | S(FED_BACK) | \
    S(WITHDRAWN) | S(CLOSED))

#define REPLY_ROW(type, state, guards, clocks) \
    { MACHINE_REQUEST, R_ACTIVE, KIND_REPLY, REPLY_TYPE_##type, STEP_OTHER, \
      state, GUARD_DECIDED | (guards), clocks, NOTE_NONE }

/* What follows the content, not the question, and leaves the state. */
#define ROWS_OF_EVERY_THREAD(machine, states) \
    { machine, states, KIND_RECEIPT, 0, STEP_EITHER, STEP_SAME, \
      GUARD_RECEIPT, CLOCK_NONE, NOTE_CONF }, \
    { machine, states, KIND_CLARIFICATION_REQUEST, 0, STEP_EITHER, \
      STEP_SAME, GUARD_OF_CONTENT | GUARD_ROOM, CLOCK_NONE, \
      NOTE_QUESTION }

const struct step states_valise[] = {
    { MACHINE_REQUEST, R(DRAFT), KIND_INFO_REQUEST, 0, STEP_OPENER,
      REQUEST_SENT, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_REQUEST, R(SENT), STEP_EVENT_DELIVERED, 0, STEP_OTHER,
      REQUEST_DELIVERED, 0, CLOCK_START, NOTE_NONE },
    { MACHINE_REQUEST, R(SENT), STEP_EVENT_REFUSED, 0, STEP_OTHER,
      REQUEST_REJECTED, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_REQUEST, R(DELIVERED), KIND_RECEIPT, 0, STEP_OTHER,
      REQUEST_ACKNOWLEDGED, GUARD_OPENING | GUARD_RECEIPT, CLOCK_NONE,
      NOTE_CONF },
    { MACHINE_REQUEST, R_STOPPABLE, KIND_CLARIFICATION_REQUEST, 0,
      STEP_OTHER, REQUEST_CLARIFYING, GUARD_ROOM, CLOCK_STOP,
      NOTE_QUESTION },
    { MACHINE_REQUEST, R(CLARIFYING), KIND_CLARIFICATION_REPLY, 0,
      STEP_OPENER, STEP_BEFORE, GUARD_ASKED | GUARD_A_QUESTION, CLOCK_GO,
      NOTE_ANSWER },
    { MACHINE_REQUEST, R_ACTIVE, KIND_CLARIFICATION_REPLY, 0, STEP_OPENER,
      STEP_SAME, GUARD_A_QUESTION, CLOCK_NONE, NOTE_ANSWER },
    REPLY_ROW(FULL, REQUEST_ANSWERED, GUARD_ALL_FINAL, CLOCK_GO),
    REPLY_ROW(PARTIAL, REQUEST_PARTIALLY_ANSWERED, 0, CLOCK_GO),
    REPLY_ROW(INTERIM, STEP_SAME, 0, CLOCK_NONE),
    REPLY_ROW(NEGATIVE, REQUEST_ANSWERED_NEGATIVE, 0, CLOCK_GO),
    REPLY_ROW(REDIRECT, REQUEST_REDIRECTED, 0, CLOCK_GO),
    { MACHINE_REQUEST, R(ANSWERED) | R(ANSWERED_NEGATIVE) | R(CLOSED) |
      R(FORMALISED), KIND_REPLY, REPLY_TYPE_SUPPLEMENT, STEP_OTHER,
      STEP_SAME, GUARD_DECIDED, CLOCK_NONE, NOTE_NONE },
    { MACHINE_REQUEST, R_OPEN, KIND_WITHDRAWAL, 0, STEP_OPENER,
      REQUEST_WITHDRAWN, 0, CLOCK_GO, NOTE_NONE },
    { MACHINE_REQUEST, R_ENDED, KIND_CLOSE, 0, STEP_EITHER, REQUEST_CLOSED,
      0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_REQUEST, R(PARTIALLY_ANSWERED), KIND_CLOSE,
      CLOSE_REASON_ANSWERED, STEP_OPENER, REQUEST_CLOSED, 0, CLOCK_NONE,
      NOTE_NONE },
    /* It crossed with the other side's. */
    { MACHINE_REQUEST, R(CLOSED), KIND_CLOSE, 0, STEP_EITHER, STEP_SAME, 0,
      CLOCK_NONE, NOTE_NONE },
    { MACHINE_REQUEST, R(FORMALISED), KIND_CLARIFICATION_REQUEST, 0,
      STEP_EITHER, STEP_SAME, GUARD_ROOM, CLOCK_NONE, NOTE_QUESTION },
    { MACHINE_REQUEST, R(FORMALISED), KIND_CLARIFICATION_REPLY, 0,
      STEP_EITHER, STEP_SAME, GUARD_A_QUESTION, CLOCK_NONE, NOTE_ANSWER },
    ROWS_OF_EVERY_THREAD(MACHINE_REQUEST, R_EVERY),
    /* The opener's questions about answers; his own answers stand above. */
    { MACHINE_REQUEST, R_EVERY, KIND_CLARIFICATION_REPLY, 0, STEP_OTHER,
      STEP_SAME, GUARD_A_QUESTION, CLOCK_NONE, NOTE_ANSWER },

    { MACHINE_SPONTANEOUS, S(DRAFT), KIND_SPONT_DISCLOSURE, 0, STEP_OPENER,
      SPONTANEOUS_SENT, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_SPONTANEOUS, S(SENT), STEP_EVENT_DELIVERED, 0, STEP_OTHER,
      SPONTANEOUS_DELIVERED, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_SPONTANEOUS, S(SENT), STEP_EVENT_REFUSED, 0, STEP_OTHER,
      SPONTANEOUS_REJECTED, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_SPONTANEOUS, S(DELIVERED), KIND_RECEIPT, 0, STEP_OTHER,
      SPONTANEOUS_ACKNOWLEDGED, GUARD_OPENING | GUARD_RECEIPT, CLOCK_NONE,
      NOTE_CONF },
    { MACHINE_SPONTANEOUS, S_OPEN, KIND_WITHDRAWAL, 0, STEP_OPENER,
      SPONTANEOUS_WITHDRAWN, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_SPONTANEOUS, S_OPEN & ~S(SENT), KIND_CLOSE, 0, STEP_EITHER,
      SPONTANEOUS_CLOSED, 0, CLOCK_NONE, NOTE_NONE },
    { MACHINE_SPONTANEOUS, S(CLOSED), KIND_CLOSE, 0, STEP_EITHER, STEP_SAME,
      0, CLOCK_NONE, NOTE_NONE },
    ROWS_OF_EVERY_THREAD(MACHINE_SPONTANEOUS, S_EVERY),
    { MACHINE_SPONTANEOUS, S_EVERY, KIND_CLARIFICATION_REPLY, 0,
      STEP_EITHER, STEP_SAME, GUARD_A_QUESTION, CLOCK_NONE, NOTE_ANSWER },
};

_Static_assert(sizeof(states_valise) / sizeof(states_valise[0]) ==
    STATES_VALISE_N, "count of rows");

const struct step *
states_row(const struct domain *d, size_t i)
{
    for (; d != NULL; i -= d->n_steps, d = d->base)
        if (i < d->n_steps)
            return &d->steps[i];
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

const struct step *
states_find(const struct domain *d, uint8_t machine, uint8_t state,
    uint16_t kind, uint16_t qualifier, uint8_t who, size_t i)
{
    const struct step *s;

    for (size_t k = 0; (s = states_row(d, k)) != NULL; k++)
        if (matches(s, machine, state, kind, qualifier, who) && i-- == 0)
            return s;
    return NULL;
}

/* Guards.  Each looks at the message and at what the thread remembers. */

static bool
has_opening(const struct thread_state *t, const struct step_event *ev)
{
    (void)t;
    return ev->has_target && ev->target_opening;
}

static bool
has_receipt(const struct thread_state *t, const struct step_event *ev)
{
    if (!ev->has_target || ev->target_by_opener == ev->by_opener)
        return false;
    return !ev->acknowledged || (t->to_follow && ev->target_opening &&
        ev->qualifier == CONF_ANSWER_CAN_COMPLY);
}

static bool
has_asked(const struct thread_state *t, const struct step_event *ev)
{
    return t->asked && ev->has_target &&
        memcmp(t->question, ev->target, MSG_ID_LEN) == 0;
}

static size_t
find_question(const struct thread_state *t, const struct step_event *ev)
{
    size_t i;

    for (i = 0; i < t->n_open; i++)
        if (ev->has_target && t->open[i].by_opener != ev->by_opener &&
            memcmp(t->open[i].id, ev->target, MSG_ID_LEN) == 0)
            break;
    return i;
}

static bool
has_question(const struct thread_state *t, const struct step_event *ev)
{
    return find_question(t, ev) < t->n_open;
}

static bool
has_content(const struct thread_state *t, const struct step_event *ev)
{
    return ev->has_target && ev->target_by_opener != ev->by_opener &&
        (ev->target_kind == KIND_REPLY ||
        (ev->target_opening && t->machine == MACHINE_SPONTANEOUS));
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
has_room(const struct thread_state *t, const struct step_event *ev)
{
    (void)ev;
    return t->n_open < STATES_QUESTIONS_MAX;
}

static const struct {
    unsigned bit;
    bool thread;                    /* asks the thread alone */
    bool (*holds)(const struct thread_state *, const struct step_event *);
    const char *words;
} guards[] = {
    { GUARD_OPENING, false, has_opening, "names the opening message" },
    { GUARD_RECEIPT, false, has_receipt,
      "of a message not acknowledged, or CAN_COMPLY after TO_FOLLOW" },
    { GUARD_ASKED, false, has_asked,
      "names the question that stopped the clock" },
    { GUARD_A_QUESTION, false, has_question,
      "names an open question of the other side" },
    { GUARD_OF_CONTENT, false, has_content,
      "about an answer or a disclosure of the other side" },
    { GUARD_ALL_FINAL, false, has_all_final,
      "every question has a final status" },
    { GUARD_DECIDED, true, has_decided,
      "TO_FOLLOW does not stand undecided" },
    { GUARD_ROOM, true, has_room, "not too many questions are open" },
};
#define N_GUARDS (sizeof(guards) / sizeof(guards[0]))

const char *
states_guard_words(unsigned guard)
{
    for (size_t i = 0; i < N_GUARDS; i++)
        if (guards[i].bit == guard)
            return guards[i].words;
    return NULL;
}

static bool
guards_hold(const struct step *s, const struct thread_state *t,
    const struct step_event *ev)
{
    for (size_t i = 0; i < N_GUARDS; i++)
        if ((s->guard & guards[i].bit) && !guards[i].holds(t, ev))
            return false;
    return true;
}

/* A stop counts for 30 days at most; clocks of two sides may disagree. */
static void
turn_clock(struct thread_state *t, uint8_t clock, int64_t at)
{
    if (clock == CLOCK_START)
        t->clock_started = at;
    if (clock == CLOCK_STOP && t->stopped_since == 0)
        t->stopped_since = at;
    if (clock == CLOCK_GO && t->stopped_since != 0) {
        int64_t stopped = at - t->stopped_since;

        if (stopped > STATES_CLOCK_STOP_MAX)
            stopped = STATES_CLOCK_STOP_MAX;
        if (stopped > 0)
            t->stopped_total += stopped;
        t->stopped_since = 0;
    }
}

static void
note_down(struct thread_state *t, const struct step *s,
    const struct step_event *ev)
{
    if (s->note == NOTE_QUESTION && t->n_open < STATES_QUESTIONS_MAX) {
        struct open_question *q = &t->open[t->n_open++];

        memcpy(q->id, ev->id, MSG_ID_LEN);
        q->by_opener = ev->by_opener;
    }
    if (s->note == NOTE_ANSWER) {
        size_t i = find_question(t, ev);

        if (i < t->n_open) {
            t->n_open--;
            memmove(&t->open[i], &t->open[i + 1],
                (t->n_open - i) * sizeof(t->open[0]));
        }
    }
    if (s->note == NOTE_CONF && ev->target_opening) {
        if (ev->qualifier == CONF_ANSWER_TO_FOLLOW)
            t->to_follow = true;
        if (ev->qualifier == CONF_ANSWER_CAN_COMPLY)
            t->to_follow = false;
    }
    if (s->clock == CLOCK_STOP) {
        t->before = t->state;
        t->asked = true;
        memcpy(t->question, ev->id, MSG_ID_LEN);
    } else if (s->clock == CLOCK_GO) {
        t->asked = false;
    }
}

static enum err
apply(struct thread_state *t, const struct step *s,
    const struct step_event *ev)
{
    note_down(t, s, ev);
    turn_clock(t, s->clock, ev->at);
    if (s->to == STEP_BEFORE)
        t->state = t->before;
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

    for (size_t i = 0; (s = states_row(d, i)) != NULL; i++)
        if (matches(s, t->machine, t->state, ev->kind, ev->qualifier, who) &&
            guards_hold(s, t, ev))
            return apply(t, s, ev);
    return E_BAD_STATE;
}

void
states_event(const struct message *m, bool by_opener, struct step_event *ev)
{
    static const char *const qualifiers[] = { "reply_type", "close_reason",
        "conf_answer" };
    struct slice id = message_bytes(m, "msg_id");
    struct slice target = message_bytes(m, "target_msg");

    if (target.n == 0)
        target = message_bytes(m, "in_reply_to");
    *ev = (struct step_event){ .kind = m->kind->n, .by_opener = by_opener,
        .at = (int64_t)message_uint(m, "created_at") };
    for (size_t i = 0; i < sizeof(qualifiers) / sizeof(*qualifiers); i++)
        if (ev->qualifier == 0)
            ev->qualifier = (uint16_t)message_uint(m, qualifiers[i]);
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

/* Whether the other side of `who` has a question open. */
static bool
question_open(const struct thread_state *t, enum step_who who)
{
    for (size_t i = 0; i < t->n_open; i++)
        if (t->open[i].by_opener != (who == STEP_OPENER))
            return true;
    return false;
}

static bool
guards_may_hold(const struct step *s, const struct thread_state *t,
    enum step_who who)
{
    if ((s->guard & GUARD_A_QUESTION) && !question_open(t, who))
        return false;
    for (size_t i = 0; i < N_GUARDS; i++)
        if ((s->guard & guards[i].bit) && guards[i].thread &&
            !guards[i].holds(t, NULL))
            return false;
    return true;
}

void
states_next(const struct domain *d, const struct thread_state *t,
    enum step_who who, void (*found)(const struct step *step, void *arg),
    void *arg)
{
    const struct step *s, *earlier;

    for (size_t i = 0; (s = states_row(d, i)) != NULL; i++) {
        bool known = s->kind >= STEP_EVENT_DELIVERED ||
            !matches(s, t->machine, t->state, s->kind, s->qualifier, who) ||
            !guards_may_hold(s, t, who);

        for (size_t k = 0; !known && k < i; k++) {
            earlier = states_row(d, k);
            known = earlier->qualifier == s->qualifier &&
                matches(earlier, t->machine, t->state, s->kind,
                s->qualifier, who) && guards_may_hold(earlier, t, who);
        }
        if (!known)
            found(s, arg);
    }
}

const char *
states_name(uint8_t machine, uint8_t state)
{
    static const char *const request[REQUEST_STATES] = { "DRAFT", "SENT",
        "DELIVERED", "ACKNOWLEDGED", "CLARIFYING", "CONF_HOLD", "CONSULTING",
        "CONDITIONS_OFFERED", "DELAYED", "PARTIALLY_ANSWERED", "ANSWERED",
        "ANSWERED_NEGATIVE", "REFUSED", "REDIRECTED", "FORMALISED",
        "WITHDRAWN", "CLOSED", "REJECTED" };
    static const char *const spontaneous[SPONTANEOUS_STATES] = { "DRAFT",
        "SENT", "DELIVERED", "ACKNOWLEDGED", "FED_BACK", "WITHDRAWN",
        "CLOSED", "REJECTED" };

    if (machine == MACHINE_REQUEST && state < REQUEST_STATES)
        return request[state];
    if (machine == MACHINE_SPONTANEOUS && state < SPONTANEOUS_STATES)
        return spontaneous[state];
    return NULL;
}

const char *
states_machine_name(uint8_t machine)
{
    static const char *const names[] = { NULL, "request", "spontaneous",
        "evidence", "consent", "retention" };

    return machine < sizeof(names) / sizeof(names[0]) ? names[machine] :
        NULL;
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
    for (size_t i = 0; i < n; i++)
        items[i].allowed = states_step(d, t, &items[i].ev) == OK;
}
