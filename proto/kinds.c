#include "proto/kinds_list.h"
#include "proto/message.h"
#include "proto/rules.h"
#include "proto/states.h"

#define REASON(r) ((uint64_t)1 << RECALL_REASON_##r)

uint64_t
kind_consent_decision(const struct message *m)
{
    const struct rec *consent = record_rec(m->own, "consent");

    if (consent != NULL)
        return record_uint(consent, "decision");
    return record_uint(m->own, "need_info") != 0 ? CONSENT_DECISION_NEED_INFO :
        CONSENT_DECISION_REFUSE;
}

static bool
is_refused(const struct message *m)
{
    return kind_consent_decision(m) == CONSENT_DECISION_REFUSE;
}

static bool
is_open(const struct message *m)
{
    return kind_consent_decision(m) == CONSENT_DECISION_NEED_INFO;
}

static bool
is_accepted(const struct message *m)
{
    return record_uint(m->own, "decision") == CONDITIONS_ANSWER_ACCEPT;
}

/* The law leaves nothing to decide: no hold, the disclosure is recorded. */
static bool
is_compelled(const struct message *m)
{
    return record_count(m->own, "options") == 0;
}

static const struct kind_event consent_events[] = {
    { EVENT_CONSENT_REFUSED, is_refused },
    { EVENT_CREATED, is_open },
    { 0, NULL },
};

static const struct kind_event conditions_events[] = {
    { EVENT_RESTR_ACCEPTED, is_accepted },
    { 0, NULL },
};

static const struct kind_event cannot_comply_events[] = {
    { EVENT_LEGAL_COMPULSION, is_compelled },
    { 0, NULL },
};

static const struct kind kinds[] = {
    { .n = KIND_SPONT_DISCLOSURE, .name = "SPONT_DISCLOSURE",
      .form = "disclosure", .rec = &record_spont_disclosure,
      .flags = K_OPENS | K_FOUR_EYES | K_RESTR,
      .machine = MACHINE_SPONTANEOUS, .event = EVENT_CREATED,
      .presets = presets_disclosure,
      .help = "information that nobody asked for (UNCAC 46(4), 56)" },
    { .n = KIND_INFO_REQUEST, .name = "INFO_REQUEST", .form = "request",
      .rec = &record_info_request, .flags = K_OPENS | K_RESTR,
      .machine = MACHINE_REQUEST, .event = EVENT_CREATED,
      .presets = presets_request, .help = "questions to another authority" },
    { .n = KIND_CONSULTATION, .name = "CONSULTATION", .form = "consultation",
      .rec = &record_consultation, .flags = K_OPENS | K_RESTR,
      .machine = MACHINE_REQUEST, .event = EVENT_CREATED,
      .presets = presets_consultation,
      .help = "talk before a formal request" },
    { .n = KIND_EVIDENCE_OFFER, .name = "EVIDENCE_OFFER", .form = "offer",
      .rec = &record_evidence_offer,
      .flags = K_OPENS | K_FOUR_EYES | K_RESTR, .machine = MACHINE_EVIDENCE,
      .event = EVENT_CREATED, .presets = presets_offer,
      .help = "evidence, its list and its terms, before any file" },
    { .n = KIND_EVIDENCE_TRANSFER, .name = "EVIDENCE_TRANSFER",
      .form = "transfer", .rec = &record_evidence_transfer,
      .flags = K_FOUR_EYES | K_RESTR, .event = EVENT_CREATED,
      .presets = presets_transfer,
      .help = "the files of an offer (UNCAC 46(3)(f))" },
    { .n = KIND_REPLY, .name = "REPLY", .form = "reply",
      .rec = &record_reply, .flags = K_RESTR | K_ANSWERS,
      .event = EVENT_CREATED, .presets = presets_answer,
      .help = "answer to a request" },
    { .n = KIND_CLARIFICATION_REQUEST, .name = "CLARIFICATION_REQUEST",
      .form = "clarify", .rec = &record_clarification_request,
      .event = EVENT_CREATED, .presets = presets_plain,
      .help = "question about a message (UNCAC 46(16))" },
    { .n = KIND_CLARIFICATION_REPLY, .name = "CLARIFICATION_REPLY",
      .form = "clarification", .rec = &record_clarification_reply,
      .flags = K_RESTR | K_ANSWERS, .event = EVENT_CREATED,
      .presets = presets_answer, .help = "answer to such a question" },
    { .n = KIND_PRE_REFUSAL_CONSULT, .name = "PRE_REFUSAL_CONSULT",
      .form = "pre-refusal", .rec = &record_pre_refusal_consult,
      .event = EVENT_CREATED, .presets = presets_pre_refusal,
      .help = "talk before a refusal or postponement (UNCAC 46(26))" },
    { .n = KIND_CONDITIONS_OFFER, .name = "CONDITIONS_OFFER",
      .form = "conditions", .rec = &record_conditions_offer,
      .event = EVENT_CREATED, .presets = presets_conditions,
      .help = "conditions under which help is given (UNCAC 46(26))" },
    { .n = KIND_CONDITIONS_DECISION, .name = "CONDITIONS_DECISION",
      .form = "conditions-decision", .rec = &record_conditions_decision,
      .flags = K_FOUR_EYES | K_ANSWERS, .event = EVENT_CREATED,
      .events = conditions_events,
      .alone = { "decision", 1 << CONDITIONS_ANSWER_DECLINE |
      1 << CONDITIONS_ANSWER_COUNTER },
      .presets = presets_plain, .help = "answer to conditions" },
    { .n = KIND_REFUSAL, .name = "REFUSAL", .form = "refusal",
      .rec = &record_refusal, .flags = K_FOUR_EYES,
      .event = EVENT_REFUSAL_SENT, .presets = presets_refusal,
      .help = "refusal, with grounds and reasons (UNCAC 46(21) to (23))" },
    { .n = KIND_DELAY_NOTICE, .name = "DELAY_NOTICE", .form = "delay",
      .rec = &record_delay_notice, .event = EVENT_DELAY_SENT,
      .presets = presets_delay,
      .help = "more time, or postponement (UNCAC 46(24), (25))" },
    { .n = KIND_CONF_CANNOT_COMPLY, .name = "CONF_CANNOT_COMPLY",
      .form = "cannot-comply", .rec = &record_conf_cannot_comply,
      .event = EVENT_CONF_HOLD, .events = cannot_comply_events,
      .presets = presets_cannot_comply,
      .help = "confidentiality cannot be kept (UNCAC 46(20))" },
    { .n = KIND_CONF_DECISION, .name = "CONF_DECISION",
      .form = "conf-decision", .rec = &record_conf_decision,
      .flags = K_ANSWERS, .event = EVENT_CONF_RELEASED,
      .presets = presets_plain, .help = "whether to go on all the same" },
    { .n = KIND_CONSENT_REQUEST, .name = "CONSENT_REQUEST",
      .form = "consent-request", .rec = &record_consent_request,
      .event = EVENT_CONSENT_REQUESTED, .presets = presets_consent_request,
      .help = "asks the originator to allow more" },
    { .n = KIND_CONSENT_DECISION, .name = "CONSENT_DECISION",
      .form = "consent", .rec = &record_consent_decision,
      .flags = K_FOUR_EYES | K_ANSWERS, .event = EVENT_CONSENT_GRANTED,
      .events = consent_events, .presets = presets_consent,
      .help = "the originator's decision" },
    { .n = KIND_CONSENT_REVOKE, .name = "CONSENT_REVOKE",
      .form = "consent-revoke", .rec = &record_consent_revoke,
      .flags = K_TIGHTENS, .event = EVENT_CONSENT_REVOKED,
      .presets = presets_revoke, .help = "ends a consent for the future" },
    { .n = KIND_ONWARD_TRANSFER, .name = "ONWARD_TRANSFER", .form = "onward",
      .rec = &record_onward_transfer,
      .flags = K_OPENS | K_FOUR_EYES | K_RESTR,
      .machine = MACHINE_SPONTANEOUS, .event = EVENT_FORWARDED,
      .presets = presets_onward,
      .help = "passes on what another authority gave, with its consent" },
    { .n = KIND_EXCULPATORY_NOTICE, .name = "EXCULPATORY_NOTICE",
      .form = "exculpatory", .rec = &record_exculpatory_notice,
      .event = EVENT_EXCULPATORY_NOTICED, .presets = presets_exculpatory,
      .help = "disclosure that helps an accused person (UNCAC 46(5), (19))" },
    { .n = KIND_EXCULPATORY_RESPONSE, .name = "EXCULPATORY_RESPONSE",
      .form = "exculpatory-response", .rec = &record_exculpatory_response,
      .flags = K_ANSWERS, .event = EVENT_CREATED, .presets = presets_plain,
      .help = "the originator's view of such a disclosure" },
    { .n = KIND_STATUS_QUERY, .name = "STATUS_QUERY", .form = "status-query",
      .rec = &record_status_query, .event = EVENT_CREATED,
      .presets = presets_plain,
      .help = "asks how far it is (UNCAC 46(24))" },
    { .n = KIND_STATUS_REPORT, .name = "STATUS_REPORT", .form = "status",
      .rec = &record_status_report, .event = EVENT_CREATED,
      .presets = presets_status, .help = "says how far it is" },
    { .n = KIND_FEEDBACK, .name = "FEEDBACK", .form = "feedback",
      .rec = &record_feedback, .event = EVENT_CREATED,
      .presets = presets_feedback, .help = "what came of a message" },
    { .n = KIND_WITHDRAWAL, .name = "WITHDRAWAL", .form = "withdrawal",
      .rec = &record_withdrawal, .flags = K_TIGHTENS,
      .event = EVENT_CREATED, .presets = presets_withdrawal,
      .help = "no longer needed (UNCAC 46(24))" },
    { .n = KIND_FORMALISE_NOTICE, .name = "FORMALISE_NOTICE",
      .form = "formalise", .rec = &record_formalise_notice,
      .flags = K_FOUR_EYES | K_RESTR, .event = EVENT_CREATED,
      .presets = presets_formalise, .help = "a formal request has been sent" },
    { .n = KIND_RESTRICTION_UPDATE, .name = "RESTRICTION_UPDATE",
      .form = "restriction-update", .rec = &record_restriction_update,
      .flags = K_RESTR | K_TIGHTENS, .event = EVENT_CREATED,
      .alone = { "direction", 1 << DIRECTION_TIGHTEN },
      .presets = presets_plain, .help = "other limits on use" },
    { .n = KIND_RECALL, .name = "RECALL", .form = "recall",
      .rec = &record_recall, .flags = K_FOUR_EYES | K_TIGHTENS,
      .event = EVENT_RECALLED,
      .alone = { "reason_code", REASON(RC_SENT_IN_ERROR) |
      REASON(RC_WRONG_RECIPIENT) | REASON(RC_SOURCE_RISK) |
      REASON(RC_UNLAWFUL) },
      .presets = presets_recall, .help = "calls back what was sent" },
    { .n = KIND_RECALL_RESULT, .name = "RECALL_RESULT",
      .form = "recall-result", .rec = &record_recall_result,
      .flags = K_ANSWERS, .event = EVENT_CREATED, .presets = presets_plain,
      .help = "what became of it" },
    { .n = KIND_DESTRUCTION_CERT, .name = "DESTRUCTION_CERT",
      .form = "certificate", .rec = &record_destruction_cert,
      .flags = K_FOUR_EYES, .event = EVENT_CERTIFIED,
      .presets = presets_cert, .help = "certificate of destruction" },
    { .n = KIND_CORRECTION, .name = "CORRECTION", .form = "correction",
      .rec = &record_correction, .flags = K_RESTR, .event = EVENT_CREATED,
      .presets = presets_answer, .help = "something sent was wrong" },
    { .n = KIND_BREACH_NOTICE, .name = "BREACH_NOTICE", .form = "breach",
      .rec = &record_breach_notice, .event = EVENT_CREATED,
      .presets = presets_plain, .help = "a breach of the limits on use" },
    { .n = KIND_CLOSE, .name = "CLOSE", .form = "close",
      .rec = &record_close, .event = EVENT_CREATED,
      .presets = presets_close, .help = "end of a thread" },
    { .n = KIND_RECEIPT, .name = "RECEIPT", .form = "ack",
      .rec = &record_receipt, .flags = K_ANSWERS,
      .event = EVENT_ACKNOWLEDGED, .presets = presets_receipt,
      .help = "an officer acknowledges a message" },
};

const struct domain domain_valise = {
    .kinds = kinds,
    .n_kinds = sizeof(kinds) / sizeof(kinds[0]),
    .rules = rules_valise, .n_rules = RULES_VALISE_N,
    .steps = states_valise, .n_steps = STATES_VALISE_N,
};

const struct kind *
domain_kind(const struct domain *d, uint64_t n)
{
    for (; d != NULL; d = d->base) {
        for (size_t i = 0; i < d->n_kinds; i++) {
            if (d->kinds[i].n == n)
                return &d->kinds[i];
        }
    }
    return NULL;
}

const struct kind *
domain_kind_find(const struct domain *d, struct slice name)
{
    for (; d != NULL; d = d->base) {
        for (size_t i = 0; i < d->n_kinds; i++) {
            if (slice_is(name, d->kinds[i].name) ||
                slice_is(name, d->kinds[i].form))
                return &d->kinds[i];
        }
    }
    return NULL;
}

bool
kind_tightens(const struct message *m)
{
    return (m->kind->flags & K_TIGHTENS) != 0 &&
        record_when(m->own, &m->kind->alone);
}

bool
kind_alone(const struct message *m)
{
    return kind_tightens(m) || (m->kind->alone.field != NULL &&
        record_when(m->own, &m->kind->alone));
}

bool
kind_four_eyes(const struct message *m)
{
    return (m->kind->flags & K_FOUR_EYES) != 0 && !kind_alone(m);
}

enum event
kind_event(const struct message *m)
{
    const struct kind_event *e = m->kind->events;

    for (; e != NULL && e->event != 0; e++) {
        if (e->is(m))
            return (enum event)e->event;
    }
    return (enum event)m->kind->event;
}

bool
kind_begins(const struct domain *d, enum event event)
{
    for (; d != NULL; d = d->base) {
        for (size_t i = 0; i < d->n_kinds; i++) {
            const struct kind_event *e = d->kinds[i].events;

            if (d->kinds[i].event == event)
                return true;
            for (; e != NULL && e->event != 0; e++) {
                if (e->event == event)
                    return true;
            }
        }
    }
    return false;
}

const struct record *
record_kind_schema(uint64_t kind)
{
    const struct kind *k = domain_kind(&domain_valise, kind);

    return k != NULL ? k->rec : NULL;
}
