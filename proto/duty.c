#include "proto/duty.h"

#include "proto/enums.h"

#include <string.h>

#define HOURS(n) ((int64_t)(n) * 3600)
#define DAYS(n) ((int64_t)(n) * 86400)
#define ALWAYS(t) { t, t, t, t }
#define HERE "default of this project"
#define CERT_DAYS 30

static const struct duty_row rows[DUTIES] = {
    [DUTY_NODE_RECEIPT] = { "node_receipt", "the other node stores it", 0,
      { DAYS(1), DAYS(1), HOURS(4), HOURS(1) }, 0, HERE },
    [DUTY_ACKNOWLEDGE] = { "acknowledge", "an officer acknowledges it",
      MESSAGE_KIND_RECEIPT,
      { DAYS(5), DAYS(2), HOURS(12), HOURS(2) }, 0, HERE },
    [DUTY_CONF_ANSWER] = { "conf_answer",
      "say whether confidentiality can be kept", MESSAGE_KIND_RECEIPT,
      { DAYS(5), DAYS(2), HOURS(12), HOURS(2) }, 0, "UNCAC 46(20)" },
    [DUTY_ANSWER] = { "answer", "answer it", MESSAGE_KIND_REPLY,
      { DAYS(21), DAYS(7), HOURS(48), HOURS(8) }, 0,
      "report of the 2018 expert meeting, paragraph 29; " HERE },
    [DUTY_INTERIM] = { "interim", "send an interim answer",
      MESSAGE_KIND_REPLY, { DAYS(30), DAYS(7), HOURS(48), HOURS(8) }, 72,
      HERE },
    [DUTY_CONSENT] = { "consent", "decide on the consent",
      MESSAGE_KIND_CONSENT_DECISION,
      { DAYS(10), DAYS(5), HOURS(48), HOURS(8) }, 67, HERE },
    [DUTY_CONF_DECISION] = { "conf_decision",
      "decide how to go on without confidentiality",
      MESSAGE_KIND_CONF_DECISION,
      { DAYS(10), DAYS(5), HOURS(48), HOURS(8) }, 0, "UNCAC 46(20)" },
    [DUTY_CONDITIONS] = { "conditions", "accept or decline the conditions",
      MESSAGE_KIND_CONDITIONS_DECISION, ALWAYS(0), 0, "UNCAC 46(26)" },
    [DUTY_CONSULT] = { "consult", "answer before help is refused",
      MESSAGE_KIND_CLARIFICATION_REPLY,
      { DAYS(14), DAYS(10), HOURS(72), HOURS(24) }, 51, "UNCAC 46(26)" },
    [DUTY_EXCULPATORY_RESPONSE] = { "exculpatory_response",
      "comment on the disclosure announced",
      MESSAGE_KIND_EXCULPATORY_RESPONSE,
      { HOURS(48), HOURS(48), HOURS(48), HOURS(24) }, 81,
      "UNCAC 46(5), 46(19)" },
    [DUTY_EXCULPATORY_NOTICE] = { "exculpatory_notice",
      "say that it was disclosed", MESSAGE_KIND_EXCULPATORY_NOTICE,
      ALWAYS(HOURS(24)), 81, "UNCAC 46(5), 46(19)" },
    [DUTY_STATUS] = { "status", "report how it stands",
      MESSAGE_KIND_STATUS_REPORT,
      { DAYS(5), DAYS(3), HOURS(24), HOURS(8) }, 0, "UNCAC 46(24)" },
    [DUTY_FEEDBACK] = { "feedback", "tell what it was good for",
      MESSAGE_KIND_FEEDBACK, ALWAYS(DAYS(90)), 0, HERE },
    [DUTY_RECALL] = { "recall", "act on the recall and say so",
      MESSAGE_KIND_RECALL_RESULT,
      { DAYS(7), DAYS(7), HOURS(48), HOURS(8) }, 0, HERE },
    [DUTY_CERTIFICATE] = { "certificate", "certify the destruction",
      MESSAGE_KIND_DESTRUCTION_CERT, ALWAYS(DAYS(CERT_DAYS)), 80, HERE },
    [DUTY_BREACH] = { "breach", "tell the originator of the breach",
      MESSAGE_KIND_BREACH_NOTICE, ALWAYS(HOURS(24)), 0, HERE },
    [DUTY_CLOSE] = { "close", "close what was withdrawn",
      MESSAGE_KIND_CLOSE, ALWAYS(0), 0, "UNCAC 46(24)" },
    [DUTY_PASS_RECALL] = { "pass_recall",
      "call it back from whom you passed it on to", MESSAGE_KIND_RECALL,
      ALWAYS(0), 0, HERE },
    [DUTY_PASS_REVOKED] = { "pass_revoked",
      "its consent has ended: call it back, or tighten its limits there",
      MESSAGE_KIND_RECALL, ALWAYS(0), 69, "UNCAC 46(5), 46(19)" },
    [DUTY_PASS_CORRECTION] = { "pass_correction",
      "correct it with whom you passed it on to", MESSAGE_KIND_CORRECTION,
      ALWAYS(0), 31, HERE },
};

const struct duty_row *
duty_row(enum duty_what what)
{
    return (unsigned)what < DUTIES ? &rows[what] : NULL;
}

int64_t
duty_time(enum duty_what what, uint64_t urgency)
{
    return rows[what].time[urgency <= URGENCY_IMMEDIATE ? urgency :
        URGENCY_ROUTINE];
}

/* A list in the making. */
struct listing {
    const struct thread *t;
    const struct thread_state *s;
    const struct duty_facts *facts;
    const struct thread_message *opening;
    uint64_t urgency;               /* of the opening message */
    struct duty *out;
    size_t n, max;
};

static bool
by_opener(const struct listing *x, const struct thread_message *m)
{
    return m->out == x->opening->out;
}

static void
add(struct listing *x, enum duty_what what, bool opener,
    const struct thread_message *about, int64_t from, int64_t due)
{
    struct duty *d = &x->out[x->n];

    if (x->n == x->max)
        return;
    *d = (struct duty){ .what = what, .by_opener = opener,
        .own = opener == x->opening->out, .about = about, .from = from,
        .due = due, .original = due,
        .late = due != 0 && x->facts->now >= due };
    if (due > from)
        d->remind = from + (due - from) / 2;
    x->n++;
}

/* A date that a message names: 0 if it does not. */
static int64_t
date(const struct thread_message *m, const char *field)
{
    return (int64_t)message_uint(&m->m, field);
}

/* The i-th message that counts and is of this kind, from *i on. */
static const struct thread_message *
next_of(const struct thread *t, uint16_t kind, size_t *i)
{
    const struct thread_message *m;

    while ((m = thread_at(t, *i)) != NULL) {
        ++*i;
        if (m->m.kind->n == kind && thread_counts(m))
            return m;
    }
    return NULL;
}

static bool
names(const struct thread *t, const struct thread_message *m,
    const struct thread_message *of)
{
    return thread_named(t, m) == of || thread_find(t,
        message_bytes(&m->m, "in_reply_to")) == of;
}

/* Whether the other side has sent a `kind` that names m. */
static bool
is_answered(const struct thread *t, const struct thread_message *m,
    uint16_t kind)
{
    const struct thread_message *a;

    for (size_t i = 0; (a = next_of(t, kind, &i)) != NULL;)
        if (a->out != m->out && names(t, a, m))
            return true;
    return false;
}

/* Who has decided on an offer of evidence owes no acknowledgement of it. */
static bool
is_decided(const struct thread *t, const struct thread_message *m)
{
    return m->m.kind->n == MESSAGE_KIND_EVIDENCE_OFFER &&
        is_answered(t, m, MESSAGE_KIND_CONDITIONS_DECISION);
}

/* The newest one of a kind and qualifier (0: any) in the one order. */
static const struct thread_message *
newest_of(const struct thread *t, uint16_t kind, uint64_t qualifier)
{
    const struct thread_message *m, *newest = NULL;
    const char *field = states_qualifier(kind);

    for (size_t i = 0; (m = next_of(t, kind, &i)) != NULL;)
        if ((qualifier == 0 || message_uint(&m->m, field) == qualifier) &&
            (newest == NULL || m->rank > newest->rank))
            newest = m;
    return newest;
}

bool
duty_recalls_all(const struct thread_message *recall)
{
    return record_count(recall->m.own, "parts") == 0 &&
        record_count(recall->m.own, "docs") == 0;
}

/* Whether its sender has called back all of it. */
static bool
is_called_back(const struct thread *t, const struct thread_message *m)
{
    const struct thread_message *a;

    for (size_t i = 0; (a = next_of(t, MESSAGE_KIND_RECALL, &i)) != NULL;)
        if (a->out == m->out && thread_named(t, a) == m &&
            duty_recalls_all(a))
            return true;
    return false;
}

/* Whether the holder has certified that the message is destroyed. */
static bool
is_certified(const struct thread *t, const struct thread_message *of)
{
    struct slice id = message_bytes(&of->m, "msg_id");
    const struct thread_message *m;

    for (size_t i = 0; (m = next_of(t, MESSAGE_KIND_DESTRUCTION_CERT,
        &i)) != NULL;) {
        const struct value *v = message_value(&m->m, "items");

        for (size_t k = 0; m->out != of->out && v != NULL && k < v->n; k++)
            if (slice_equal(record_bytes(v->v[k].r, "msg_id"), id))
                return true;
    }
    return false;
}

static bool
is_destroyed(const struct listing *x, const struct thread_message *m)
{
    const struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; i < x->facts->n_destroyed; i++)
        if (slice_equal(SLICE(x->facts->destroyed[i].msg_id), id))
            return true;
    return is_certified(x->t, m);
}

bool
duty_minds(const struct thread *t, const struct thread_message *m)
{
    return m == thread_opening(t) ||
        m->m.kind->n == MESSAGE_KIND_EVIDENCE_TRANSFER ||
        record_uint(thread_governing(t, m), "cert_required") != 0;
}

static void
node_receipts(struct listing *x)
{
    const struct thread_message *m;

    for (size_t i = 0; (m = thread_at(x->t, i)) != NULL; i++)
        if (m->out && !m->gone && m->place > 0 && m->delivered == 0)
            add(x, DUTY_NODE_RECEIPT, !by_opener(x, m), m, m->at, m->at +
                duty_time(DUTY_NODE_RECEIPT, message_uint(&m->m,
                "urgency")));
}

static void
acknowledgements(struct listing *x)
{
    const struct thread_message *m;
    enum duty_what what = DUTY_ACKNOWLEDGE;

    for (size_t i = 0; (m = thread_at(x->t, i)) != NULL; i++)
        if ((m == x->opening || m->m.kind->n ==
            MESSAGE_KIND_EVIDENCE_TRANSFER) && thread_counts(m) &&
            m->delivered > 0 &&
            !is_answered(x->t, m, MESSAGE_KIND_RECEIPT) &&
            !is_answered(x->t, m, MESSAGE_KIND_CONF_CANNOT_COMPLY) &&
            !is_decided(x->t, m) && !is_called_back(x->t, m) &&
            !is_destroyed(x, m))
            add(x, what, !by_opener(x, m), m, m->delivered, m->delivered +
                duty_time(what, x->urgency));
    if (x->s->to_follow)
        add(x, DUTY_CONF_ANSWER, false, x->opening, x->opening->delivered,
            x->opening->delivered + duty_time(DUTY_CONF_ANSWER,
            x->urgency));
}

int64_t
duty_answer(const struct thread *t, const struct thread_state *state,
    const struct rec *card, int64_t *original)
{
    const struct thread_message *opening = thread_opening(t), *m;
    int64_t due, moved = 0;

    if (opening == NULL || state->machine != MACHINE_REQUEST ||
        state->state >= REQUEST_ANSWERED)
        return 0;
    due = states_due(state, states_answer_time(message_uint(&opening->m,
        "urgency"), record_uint(card, "reply_days")));
    if (original != NULL)
        *original = due;
    if (due == 0)
        return 0;
    if (state->state == REQUEST_PARTIALLY_ANSWERED && (m = newest_of(t,
        MESSAGE_KIND_REPLY, REPLY_TYPE_PARTIAL)) != NULL)
        due = date(m, "expected_at") != 0 ? date(m, "expected_at") : due;
    if ((m = newest_of(t, MESSAGE_KIND_DELAY_NOTICE, 0)) != NULL)
        moved = date(m, "new_due") != 0 ? date(m, "new_due") :
            date(m, "review_at");
    return moved > due ? moved : due;
}

static bool
has_interim(const struct thread *t)
{
    return newest_of(t, MESSAGE_KIND_REPLY, REPLY_TYPE_INTERIM) != NULL ||
        newest_of(t, MESSAGE_KIND_REPLY, REPLY_TYPE_PARTIAL) != NULL;
}

static void
answers(struct listing *x)
{
    const struct rec *card = x->opening->out ? x->facts->peer :
        x->facts->own;
    int64_t original, due = duty_answer(x->t, x->s, card, &original);
    int64_t interim = states_due(x->s, duty_time(DUTY_INTERIM, x->urgency));
    size_t n = x->n;

    if (due == 0)
        return;
    add(x, DUTY_ANSWER, false, x->opening, x->opening->delivered, due);
    if (x->n > n)
        x->out[n].original = original;
    if (interim < due && !has_interim(x->t))
        add(x, DUTY_INTERIM, false, x->opening, x->opening->delivered,
            interim);
}

/* Duties that one message makes and another of the other side ends. */

static bool
holds(const struct listing *x, const struct thread_message *m)
{
    return x->s->machine == MACHINE_REQUEST && slice_equal(
        SLICE(x->s->hold), message_bytes(&m->m, "msg_id"));
}

static bool
is_on_offer(const struct listing *x, const struct thread_message *m)
{
    return slice_equal(SLICE(x->s->offer), message_bytes(&m->m, "msg_id")) &&
        (x->s->state == REQUEST_CONDITIONS_OFFERED ||
        x->s->state == REQUEST_FORMALISED);
}

static bool
is_offered(const struct listing *x, const struct thread_message *m)
{
    (void)m;
    return x->s->machine == MACHINE_EVIDENCE &&
        x->s->state == EVIDENCE_OFFERED;
}

static bool
is_consulted(const struct listing *x, const struct thread_message *m)
{
    return !x->s->consult_answered && x->s->state < REQUEST_WITHDRAWN &&
        slice_equal(SLICE(x->s->consult), message_bytes(&m->m, "msg_id"));
}

static bool
is_advance(const struct listing *x, const struct thread_message *m)
{
    (void)x;
    return message_uint(&m->m, "advance_notice") != 0 &&
        date(m, "disclosed_at") == 0;
}

/* A report on the same matter does, or word of a delay in it, and any answer
 * that names the query. */
static bool
is_unreported(const struct listing *x, const struct thread_message *m)
{
    struct slice about = message_bytes(&m->m, "about");
    const struct thread_message *a;

    for (size_t i = 0; (a = thread_at(x->t, i)) != NULL; i++) {
        bool report = (a->m.kind->n == MESSAGE_KIND_STATUS_REPORT ||
            a->m.kind->n == MESSAGE_KIND_DELAY_NOTICE) &&
            a->rank > m->rank &&
            slice_equal(about, message_bytes(&a->m, "about"));

        if (thread_counts(a) && a->out != m->out && a->m.kind->n !=
            MESSAGE_KIND_RECEIPT && (report || names(x->t, a, m)))
            return false;
    }
    return true;
}

enum { FIELD_NONE, FIELD_CAPS, FIELD_IS };

static const struct {
    enum duty_what what;
    uint16_t kind;
    bool (*owed)(const struct listing *, const struct thread_message *);
    const char *field;              /* a date that the message names */
    uint8_t how;                    /* it can only be earlier, or it is it */
    bool thread;                    /* urgency of the opening message */
} pairs[] = {
    { DUTY_CONSENT, MESSAGE_KIND_CONSENT_REQUEST, NULL, "needed_by",
      FIELD_CAPS, false },
    { DUTY_CONF_DECISION, MESSAGE_KIND_CONF_CANNOT_COMPLY, holds, NULL,
      FIELD_NONE, true },
    { DUTY_CONDITIONS, MESSAGE_KIND_CONDITIONS_OFFER, is_on_offer,
      "respond_by", FIELD_IS, false },
    { DUTY_CONDITIONS, MESSAGE_KIND_EVIDENCE_OFFER, is_offered, "accept_by",
      FIELD_IS, false },
    { DUTY_CONSULT, MESSAGE_KIND_PRE_REFUSAL_CONSULT, is_consulted,
      "respond_by", FIELD_IS, false },
    { DUTY_EXCULPATORY_RESPONSE, MESSAGE_KIND_EXCULPATORY_NOTICE,
      is_advance, NULL, FIELD_NONE, false },
    { DUTY_STATUS, MESSAGE_KIND_STATUS_QUERY, is_unreported, NULL,
      FIELD_NONE, false },
    { DUTY_RECALL, MESSAGE_KIND_RECALL, NULL, "respond_by", FIELD_IS,
      false },
};

static void
add_pair(struct listing *x, size_t k, const struct thread_message *m)
{
    int64_t field = pairs[k].field != NULL ? date(m, pairs[k].field) : 0;
    int64_t due = m->delivered + duty_time(pairs[k].what, pairs[k].thread ?
        x->urgency : message_uint(&m->m, "urgency"));

    if (field != 0 && (pairs[k].how == FIELD_IS || field < due))
        due = field;
    add(x, pairs[k].what, !by_opener(x, m), m, m->delivered, due);
}

static void
list_pairs(struct listing *x, size_t k)
{
    uint16_t answer = rows[pairs[k].what].kind;
    const struct thread_message *m;

    for (size_t i = 0; (m = next_of(x->t, pairs[k].kind, &i)) != NULL;)
        if (m->delivered > 0 && (pairs[k].owed == NULL ||
            pairs[k].owed(x, m)) && !is_answered(x->t, m, answer))
            add_pair(x, k, m);
}

/* After an advance notice the same side says that it has disclosed. */
static void
closing_notices(struct listing *x)
{
    const struct thread_message *m, *o;

    for (size_t i = 0; (m = next_of(x->t, MESSAGE_KIND_EXCULPATORY_NOTICE,
        &i)) != NULL;) {
        bool owed = is_advance(x, m);

        for (size_t k = 0; (o = next_of(x->t,
            MESSAGE_KIND_EXCULPATORY_NOTICE, &k)) != NULL;)
            if (o->out == m->out && o->rank > m->rank &&
                date(o, "disclosed_at") > 0 &&
                thread_named(x->t, o) == thread_named(x->t, m))
                owed = false;
        if (owed)
            add(x, DUTY_EXCULPATORY_NOTICE, by_opener(x, m), m, m->delivered,
                date(m, "planned_disclosure_at") +
                duty_time(DUTY_EXCULPATORY_NOTICE, URGENCY_ROUTINE));
    }
}

/* Whether a side has given feedback after a place in the order. */
static bool
has_feedback(const struct listing *x, bool out, uint32_t after)
{
    const struct thread_message *m;

    for (size_t i = 0; (m = next_of(x->t, MESSAGE_KIND_FEEDBACK, &i)) !=
        NULL;)
        if (m->out == out && m->rank > after)
            return true;
    return false;
}

/* What was asked for with a disclosure, or offered with a request. */
static void
asked_feedback(struct listing *x)
{
    const struct thread_message *o = x->opening, *reply;
    int64_t due, time = duty_time(DUTY_FEEDBACK, x->urgency);

    if (x->s->machine == MACHINE_SPONTANEOUS && o->delivered > 0 &&
        x->s->state < SPONTANEOUS_FED_BACK &&
        message_uint(&o->m, "feedback_requested") != 0) {
        due = date(o, "feedback_due");
        add(x, DUTY_FEEDBACK, false, o, o->delivered,
            due != 0 ? due : o->delivered + time);
    }
    if (x->s->machine == MACHINE_REQUEST &&
        (x->s->state == REQUEST_ANSWERED ||
        x->s->state == REQUEST_PARTIALLY_ANSWERED ||
        x->s->state == REQUEST_FORMALISED) &&
        message_uint(&o->m, "feedback_offered") != 0 &&
        (reply = newest_of(x->t, MESSAGE_KIND_REPLY, 0)) != NULL &&
        reply->delivered > 0 && !has_feedback(x, o->out, 0))
        add(x, DUTY_FEEDBACK, true, reply, reply->delivered,
            reply->delivered + time);
}

/* The date of a condition of feedback, of an offer or of a consent. */
static int64_t
feedback_condition(const struct thread_message *m)
{
    const struct value *v = message_value(&m->m, "conditions");

    if (v == NULL)
        v = record_value(message_rec(&m->m, "consent"), "conditions");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "code") ==
            CONDITION_COND_FEEDBACK)
            return (int64_t)record_uint(v->v[i].r, "due");
    return 0;
}

static void
accepted_feedback(struct listing *x)
{
    const struct thread_message *d, *of;
    int64_t due;

    for (size_t i = 0; (d = next_of(x->t, MESSAGE_KIND_CONDITIONS_DECISION,
        &i)) != NULL;)
        if (message_uint(&d->m, "decision") ==
            CONDITIONS_ANSWER_ACCEPT &&
            (of = thread_named(x->t, d)) != NULL &&
            (due = feedback_condition(of)) != 0 &&
            !has_feedback(x, d->out, d->rank))
            add(x, DUTY_FEEDBACK, by_opener(x, d), of, d->delivered != 0 ?
                d->delivered : d->at, due);
}

static void
certificates(struct listing *x)
{
    for (size_t i = 0; i < x->facts->n_destroyed; i++) {
        const struct duty_destroyed *d = &x->facts->destroyed[i];
        const struct thread_message *m = thread_find(x->t,
            SLICE(d->msg_id));
        const struct rec *set = m == NULL ? NULL :
            thread_governing(x->t, m);
        uint64_t days = record_uint(set, "cert_due_days");

        if (set == NULL || record_uint(set, "cert_required") == 0 ||
            is_certified(x->t, m))
            continue;
        add(x, DUTY_CERTIFICATE, !by_opener(x, m), m, d->at, d->at +
            DAYS(days != 0 ? days : CERT_DAYS));
    }
}

static bool
is_withdrawn(const struct thread_state *s)
{
    return (s->machine == MACHINE_REQUEST && s->state == REQUEST_WITHDRAWN)
        || (s->machine == MACHINE_SPONTANEOUS &&
        s->state == SPONTANEOUS_WITHDRAWN) ||
        (s->machine == MACHINE_EVIDENCE && s->state == EVIDENCE_WITHDRAWN);
}

static bool
is_over(const struct thread_state *s)
{
    return is_withdrawn(s) || (s->machine == MACHINE_REQUEST &&
        s->state >= REQUEST_WITHDRAWN) ||
        (s->machine == MACHINE_SPONTANEOUS &&
        s->state >= SPONTANEOUS_WITHDRAWN) ||
        (s->machine == MACHINE_EVIDENCE && s->state >= EVIDENCE_CLOSED);
}

size_t
duty_list(const struct thread *t, const struct thread_state *state,
    const struct duty_facts *facts, struct duty *out, size_t max)
{
    struct listing x = { .t = t, .s = state, .facts = facts,
        .opening = thread_opening(t), .out = out, .max = max };

    if (x.opening == NULL)
        return 0;
    x.urgency = message_uint(&x.opening->m, "urgency");
    node_receipts(&x);
    if (!is_over(state)) {
        acknowledgements(&x);
        answers(&x);
    }
    for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
        if (pairs[k].what == DUTY_STATUS)
            closing_notices(&x);
        if (pairs[k].what == DUTY_RECALL) {
            if (!is_over(state))
                asked_feedback(&x);
            accepted_feedback(&x);
        }
        list_pairs(&x, k);
    }
    certificates(&x);
    if (is_withdrawn(state))
        add(&x, DUTY_CLOSE, true, x.opening, 0, 0);
    return x.n;
}
