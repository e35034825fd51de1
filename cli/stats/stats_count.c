/*
 * What goes into the tables: a row for each thing that is counted, what it
 * is found on and of which side.
 */
#include "cli/stats/stats_in.h"
#include "proto/enums.h"
#include "proto/states.h"

#define DAY 86400
#define PX_LEAST GROUND_PX_BANK_SECRECY /* never counted from here on */
#define UNCAC_MOST LEGAL_BASIS_UNCAC_44
#define LATE_NOTICE DAY             /* "without delay" (4.4) */
#define CERT_DAYS 30                /* where no set says it */

/* One thing that is looked at. */
struct counting {
    struct stats *s;
    enum stats_table_id id;
    const struct stats_thread *t;
    size_t i;                       /* of the message in the thread */
    const struct message *m;
};

static const struct message *
opening_of(const struct counting *c)
{
    return c->t->v[0].m;
}

static void
add(const struct counting *c, uint64_t row, uint64_t column)
{
    stats_add(c->s, c->id, row, column);
}

static uint64_t
role_of(const struct counting *c)
{
    return c->t->v[0].out ? ROLE_SENT : ROLE_RECEIVED;
}

static bool
asks(const struct message *m, const char *name)
{
    return record_field(m->own->schema, name) != NULL;
}

/* Whether a list of records has this code. */
static bool
lists_code(const struct message *m, const char *list, const char *name,
    uint64_t code)
{
    const struct value *v = message_value(m, list);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, name) == code)
            return true;
    return false;
}

/* The reply_type of an answer, 0 of what is none. */
static uint64_t
answer_of(const struct message *m)
{
    return m->kind->n == MESSAGE_KIND_REPLY ? message_uint(m, "reply_type") :
        0;
}

static bool
refuses_all(const struct message *m)
{
    return m->kind->n == MESSAGE_KIND_REFUSAL &&
        message_uint(m, "scope") == REFUSAL_SCOPE_ALL;
}

static uint64_t
outcome_of(const struct message *m)
{
    switch ((int)answer_of(m)) {
    case REPLY_TYPE_FULL: return OUTCOME_FULL;
    case REPLY_TYPE_PARTIAL: return OUTCOME_PARTIAL;
    case REPLY_TYPE_NEGATIVE: return OUTCOME_NEGATIVE;
    case REPLY_TYPE_REDIRECT: return OUTCOME_REDIRECTED;
    default: break;
    }
    if (refuses_all(m))
        return OUTCOME_REFUSED;
    return m->kind->n == MESSAGE_KIND_WITHDRAWAL ? OUTCOME_WITHDRAWN : 0;
}

static bool
ends(uint64_t outcome)
{
    return outcome != 0 && outcome != OUTCOME_PARTIAL;
}

/* The first answer of substance, or the first final one; n if there is
 * none. */
static size_t
answer_at(const struct stats_thread *t, bool final)
{
    size_t i = 1;

    for (; i < t->n; i++) {
        const uint64_t outcome = outcome_of(t->v[i].m);

        if (outcome != 0 && outcome != OUTCOME_WITHDRAWN &&
            (!final || ends(outcome)))
            break;
    }
    return i;
}

static bool
is_request(const struct counting *c)
{
    return opening_of(c)->kind->machine == MACHINE_REQUEST;
}

static void
count_kind(const struct counting *c)
{
    add(c, opening_of(c)->kind->n, 0);
}

static const struct value *
basis_of(const struct counting *c)
{
    const struct value *v = record_value(record_rec(opening_of(c)->common,
        "restrictions"), "legal_basis");

    return v != NULL && v->n > 0 ? v : NULL;
}

static void
count_basis(const struct counting *c)
{
    const struct value *v = basis_of(c);

    if (v != NULL)
        add(c, v->v[0].u, role_of(c));
}

static void
count_uncac(const struct counting *c)
{
    const struct value *v = basis_of(c);
    bool uncac = false;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        uncac |= v->v[i].u >= LEGAL_BASIS_UNCAC_46 && v->v[i].u <= UNCAC_MOST;
    if (uncac && asks(c->m, "coercive"))
        add(c, message_uint(c->m, "coercive") != 0 ? COERCIVE :
            NON_COERCIVE, record_uint(message_rec(c->m, "proceeding"),
            "kind"));
}

/* What ended it, once, in the quarter in which it did; what is open at the
 * end of the quarter is counted in each. */
static void
count_outcome(const struct counting *c)
{
    uint64_t last = OUTCOME_OPEN;
    int64_t at = 0;

    if (!is_request(c) || c->t->v[0].out)
        return;
    for (size_t i = 1; i < c->t->n && !ends(last == OUTCOME_OPEN ? 0 : last);
        i++) {
        const uint64_t outcome = outcome_of(c->t->v[i].m);

        if (outcome != 0) {
            last = outcome;
            at = c->t->v[i].at;
        }
    }
    if (last == OUTCOME_PARTIAL && !stats_within(c->s, at))
        last = OUTCOME_OPEN;
    if (last == OUTCOME_OPEN || stats_within(c->s, at))
        add(c, last, opening_of(c)->kind->n);
}

static void
count_refusal(const struct counting *c)
{
    const struct value *v = message_value(c->m, "grounds");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "ground") < PX_LEAST)
            add(c, record_uint(v->v[i].r, "ground"), message_uint(c->m,
                "scope"));
}

static void
count_delay(const struct counting *c)
{
    const struct value *v = message_value(c->m, "reasons");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        add(c, record_uint(v->v[i].r, "code"), message_uint(c->m,
            "delay_kind"));
}

static uint64_t
bucket_of(int64_t seconds)
{
    static const int64_t most[] = { 7, 21, 60, 180 };
    size_t i = 0;

    while (i < sizeof(most) / sizeof(most[0]) && seconds > most[i] * DAY)
        i++;
    return i + 1;
}

/* How long the message took from the delivery of the opening. */
static void
count_time(const struct counting *c, size_t i)
{
    int64_t took;

    if (i >= c->t->n || c->t->delivered == 0 ||
        !stats_within(c->s, c->t->v[i].at))
        return;
    took = c->t->v[i].at - c->t->delivered;
    took = took > 0 ? took : 0;
    add(c, bucket_of(took), opening_of(c)->kind->n);
    stats_value(c->s, c->id, (uint64_t)took);
}

static void
count_time_ack(const struct counting *c)
{
    const struct slice opening = message_bytes(opening_of(c), "msg_id");

    if (c->t->v[0].out)
        return;
    for (size_t i = 1; i < c->t->n; i++) {
        const struct message *m = c->t->v[i].m;

        if (m->kind->n == KIND_RECEIPT && c->t->v[i].out &&
            slice_equal(message_bytes(m, "in_reply_to"), opening)) {
            count_time(c, i);
            return;
        }
    }
}

static void
count_time_first(const struct counting *c)
{
    if (is_request(c) && !c->t->v[0].out)
        count_time(c, answer_at(c->t, false));
}

static void
count_time_final(const struct counting *c)
{
    if (is_request(c) && !c->t->v[0].out)
        count_time(c, answer_at(c->t, true));
}

static void
count_overdue(const struct counting *c)
{
    if (!c->t->v[0].out && c->t->due > 0 &&
        c->t->due < c->s->q.to)
        add(c, opening_of(c)->kind->n, 0);
}

/* Feedback names what came of it; a thread that is closed says that nothing
 * did, as far as anybody knows. */
static void
count_spontaneous(const struct counting *c)
{
    uint64_t led = c->t->led ? YES : NOT_KNOWN;

    for (size_t i = 1; i < c->t->n && led != YES; i++) {
        const struct message *m = c->t->v[i].m;

        if (m->kind->n == MESSAGE_KIND_FEEDBACK)
            led = record_lists(m->own, "outcome",
                FEEDBACK_OUTCOME_MLA_REQUEST_SENT) ||
                record_lists(m->own, "outcome",
                FEEDBACK_OUTCOME_MLA_REQUEST_PLANNED) ? YES : NO;
        else if (m->kind->n == KIND_CLOSE && led == NOT_KNOWN)
            led = NO;
    }
    add(c, role_of(c), led);
}

static void
count_formal(const struct counting *c)
{
    bool refused = false;

    for (size_t i = c->i + 1; i < c->t->n; i++)
        refused |= refuses_all(c->t->v[i].m);
    add(c, opening_of(c)->kind->n == MESSAGE_KIND_CONSULTATION ? PRECEDED :
        NOT_PRECEDED, refused ? REFUSED : NOT_REFUSED);
}

static void
count_consulted(const struct counting *c)
{
    bool helped = false, accepted = false, refused = false;

    for (size_t i = c->i + 1; i < c->t->n; i++) {
        const struct message *m = c->t->v[i].m;
        const uint64_t outcome = outcome_of(m);

        refused |= outcome == OUTCOME_REFUSED;
        helped |= outcome == OUTCOME_FULL || outcome == OUTCOME_PARTIAL ||
            outcome == OUTCOME_NEGATIVE;
        accepted |= m->kind->n == MESSAGE_KIND_CONDITIONS_DECISION &&
            message_uint(m, "decision") == CONDITIONS_ANSWER_ACCEPT;
    }
    add(c, refused ? ENDED_REFUSAL : accepted ? ENDED_CONDITIONS : helped ?
        ENDED_ASSISTANCE : ENDED_OPEN, 0);
}

static uint64_t
decision_of(const struct message *m)
{
    const struct value *v = message_value(m, "consent");

    if (v != NULL && v->n > 0)
        return record_uint(v->v[0].r, "decision");
    return message_value(m, "refusal_ground") != NULL ? DECIDED_REFUSE :
        DECIDED_NEED_INFO;
}

static void
count_consent(const struct counting *c)
{
    const struct slice id = message_bytes(c->m, "msg_id");
    uint64_t decision = DECIDED_NOTHING;

    for (size_t i = c->i + 1; i < c->t->n; i++) {
        const struct message *m = c->t->v[i].m;

        if (m->kind->n == MESSAGE_KIND_CONSENT_DECISION &&
            slice_equal(message_bytes(m, "in_reply_to"), id))
            decision = decision_of(m);
    }
    add(c, message_uint(c->m, "consent_type"), decision);
}

static void
count_conf_asked(const struct counting *c)
{
    const struct rec *set = record_rec(c->m->common, "restrictions");

    if (set != NULL)
        add(c, record_uint(record_rec(set, "conf"), "required") != 0 ?
            CONF_REQUESTED : CONF_NOT_REQUESTED, 0);
}

static void
count_conf_unable(const struct counting *c)
{
    add(c, message_uint(c->m, "reason_code"), 0);
}

static void
count_conf_decided(const struct counting *c)
{
    add(c, message_uint(c->m, "decision"), 0);
}

/* A second notice about the same target says that it was done. */
static void
count_exculpatory(const struct counting *c)
{
    const struct slice target = message_bytes(c->m, "target_msg");
    const int64_t done = (int64_t)message_uint(c->m, "disclosed_at");

    for (size_t i = 1; i < c->i; i++) {
        const struct message *m = c->t->v[i].m;

        if (m->kind->n == MESSAGE_KIND_EXCULPATORY_NOTICE &&
            c->t->v[i].out && message_uint(m, "advance_notice") != 0 &&
            slice_equal(message_bytes(m, "target_msg"), target))
            return;
    }
    if (message_uint(c->m, "advance_notice") != 0)
        add(c, TOLD_ADVANCE, 0);
    else
        add(c, (int64_t)message_uint(c->m, "created_at") - done >
            LATE_NOTICE ? TOLD_LATE : TOLD_AFTER, 0);
}

static void
count_proceeding(const struct counting *c)
{
    const struct rec *own = message_rec(c->m, "proceeding");
    const uint64_t theirs = message_uint(c->m,
        "requested_side_proceeding_kind");

    if (own == NULL)
        return;
    add(c, record_uint(own, "kind"), theirs == 0 ? SIDES_NOT_KNOWN :
        theirs == record_uint(own, "kind") ? SIDES_SAME : SIDES_ASYMMETRIC);
}

static bool
is_small(const struct message *m)
{
    return lists_code(m, m->kind->n == MESSAGE_KIND_REFUSAL ? "grounds" :
        "prospective", "ground", GROUND_RG_DE_MINIMIS);
}

/* A thread is counted as received where the ground is first raised. */
static void
count_de_minimis(const struct counting *c)
{
    bool raised = false;

    if (!is_small(c->m))
        return;
    for (size_t i = 1; i < c->i; i++)
        raised |= (c->t->v[i].m->kind->n == MESSAGE_KIND_REFUSAL ||
            c->t->v[i].m->kind->n == MESSAGE_KIND_PRE_REFUSAL_CONSULT) &&
            is_small(c->t->v[i].m);
    if (!raised)
        add(c, SMALL_RECEIVED, 0);
    if (c->m->kind->n == MESSAGE_KIND_REFUSAL)
        add(c, SMALL_REFUSED, 0);
}

static void
count_channel(const struct counting *c)
{
    if (message_value(c->m, "channel_origin") != NULL)
        add(c, message_uint(c->m, "channel_origin"), 0);
}

/* In the quarter of the date. */
static void
count_urgency(const struct counting *c)
{
    const uint64_t urgency = message_uint(opening_of(c), "urgency");
    const int64_t due = c->t->delivered + c->t->stopped +
        states_answer_time(urgency, c->t->reply_days);
    const size_t i = answer_at(c->t, false);

    if (!is_request(c) || c->t->v[0].out || c->t->delivered == 0 ||
        !stats_within(c->s, due))
        return;
    add(c, urgency, i < c->t->n && c->t->v[i].at <= due ? TIME_MET :
        TIME_MISSED);
}

/* What the set with this rid says of the certificate. */
static uint64_t
days_of(const struct counting *c)
{
    const struct slice rid = message_bytes(c->m, "rid");

    for (size_t i = 0; i < c->t->n; i++) {
        const struct rec *set = record_rec(c->t->v[i].m->common,
            "restrictions");

        if (rid.n > 0 && slice_equal(record_bytes(set, "rid"), rid) &&
            record_has(set, "cert_due_days"))
            return record_uint(set, "cert_due_days");
    }
    return CERT_DAYS;
}

static void
count_certificate(const struct counting *c)
{
    const int64_t due = (int64_t)(message_uint(c->m, "performed_at") +
        days_of(c) * DAY);

    add(c, (int64_t)message_uint(c->m, "created_at") > due ?
        KEPT_CERT_LATE : KEPT_CERT_ON_TIME, 0);
}

static void
count_feedback_asked(const struct counting *c)
{
    if (message_uint(c->m, "feedback_requested") != 0)
        add(c, FEEDBACK_ASKED, 0);
}

static void
count_feedback_given(const struct counting *c)
{
    add(c, FEEDBACK_GIVEN, 0);
    stats_value(c->s, c->id, message_uint(c->m, "usefulness"));
}

/* In the place of a kind. */
enum { ON_THREAD = 1000, ON_OPENING };

enum { OURS = 1, THEIRS = 2, EITHER = 3 };

static const struct {
    enum stats_table_id id;
    uint16_t on;                    /* a kind, or one of the above */
    uint8_t side;
    void (*count)(const struct counting *c);
} counters[] = {
    { STATS_OPENED, ON_OPENING, OURS, count_kind },
    { STATS_RECEIVED, ON_OPENING, THEIRS, count_kind },
    { STATS_BASIS, ON_OPENING, EITHER, count_basis },
    { STATS_UNCAC, ON_OPENING, EITHER, count_uncac },
    { STATS_OUTCOME, ON_THREAD, EITHER, count_outcome },
    { STATS_REFUSALS, MESSAGE_KIND_REFUSAL, OURS, count_refusal },
    { STATS_DELAYS, MESSAGE_KIND_DELAY_NOTICE, OURS, count_delay },
    { STATS_TIME_ACK, ON_THREAD, EITHER, count_time_ack },
    { STATS_TIME_FIRST, ON_THREAD, EITHER, count_time_first },
    { STATS_TIME_FINAL, ON_THREAD, EITHER, count_time_final },
    { STATS_OVERDUE, ON_THREAD, EITHER, count_overdue },
    { STATS_SPONTANEOUS, MESSAGE_KIND_SPONT_DISCLOSURE, EITHER,
        count_spontaneous },
    { STATS_FORMAL, MESSAGE_KIND_FORMALISE_NOTICE, THEIRS, count_formal },
    { STATS_CONSULTED, MESSAGE_KIND_PRE_REFUSAL_CONSULT, OURS,
        count_consulted },
    { STATS_CONSENT, MESSAGE_KIND_CONSENT_REQUEST, THEIRS, count_consent },
    { STATS_CONF_ASKED, ON_OPENING, THEIRS, count_conf_asked },
    { STATS_CONF_UNABLE, MESSAGE_KIND_CONF_CANNOT_COMPLY, OURS,
        count_conf_unable },
    { STATS_CONF_DECIDED, MESSAGE_KIND_CONF_DECISION, THEIRS,
        count_conf_decided },
    { STATS_EXCULPATORY, MESSAGE_KIND_EXCULPATORY_NOTICE, OURS,
        count_exculpatory },
    { STATS_PROCEEDING, ON_OPENING, EITHER, count_proceeding },
    { STATS_DE_MINIMIS, MESSAGE_KIND_PRE_REFUSAL_CONSULT, OURS,
        count_de_minimis },
    { STATS_DE_MINIMIS, MESSAGE_KIND_REFUSAL, OURS, count_de_minimis },
    { STATS_CHANNEL, ON_OPENING, EITHER, count_channel },
    { STATS_URGENCY, ON_THREAD, EITHER, count_urgency },
    { STATS_RETENTION, MESSAGE_KIND_DESTRUCTION_CERT, OURS,
        count_certificate },
    { STATS_FEEDBACK, ON_OPENING, THEIRS, count_feedback_asked },
    { STATS_FEEDBACK, MESSAGE_KIND_FEEDBACK, OURS, count_feedback_given },
};

static const struct {
    unsigned event;
    enum stats_table_id id;
    uint64_t row;
} events[] = {
    { EVENT_DESTROYED, STATS_RETENTION, KEPT_DESTROYED },
    { EVENT_HOLD_SET, STATS_RETENTION, KEPT_HOLD },
};

static bool
is_meant(uint16_t on, uint8_t side, const struct stats_thread *t, size_t i)
{
    if (on == ON_THREAD)
        return false;
    if (on == ON_OPENING ? i > 0 : t->v[i].m->kind->n != on)
        return false;
    return (side & (t->v[i].out ? OURS : THEIRS)) != 0;
}

enum err
stats_thread(struct stats *s, const struct stats_thread *t)
{
    for (size_t k = 0; t->n > 0 && k < sizeof(counters) /
        sizeof(counters[0]); k++) {
        struct counting c = { .s = s, .id = counters[k].id, .t = t,
            .m = t->v[0].m };

        if (counters[k].on == ON_THREAD)
            counters[k].count(&c);
        for (size_t i = 0; i < t->n; i++) {
            c.i = i;
            c.m = t->v[i].m;
            if (stats_within(s, t->v[i].at) &&
                is_meant(counters[k].on, counters[k].side, t, i))
                counters[k].count(&c);
        }
    }
    return s->full ? ERR_NOMEM : OK;
}

void
stats_event(struct stats *s, unsigned event, int64_t at)
{
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (events[i].event == event && stats_within(s, at))
            stats_add(s, events[i].id, events[i].row, 0);
}
