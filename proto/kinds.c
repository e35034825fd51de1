#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/kinds_list.h"
#include "proto/rules.h"
#include "proto/states.h"

#define R "restrictions."

/* Asked one by one, so never here: conf.required, use_level, legal_basis. */
#define PRESETS_OF_ALL_SETS \
    { "urgency", "\"ROUTINE\"" }, \
    { R "audience", "\"AUTHORITY\"" }, \
    { R "named_officers", "[]" }, \
    { R "proceedings", "[]" }, \
    { R "actions", "\"DISCREET\"" }, \
    { R "onward.mode", "\"CONSENT\"" }, \
    { R "onward.allow", "[]" }, \
    { R "subject_notice", "\"FORBIDDEN\"" }, \
    { R "protect_source", "false" }, \
    { R "conf.scope", "\"FACT_AND_SUBSTANCE\"" }, \
    { R "valid_from", "\"+0h\"" }, \
    { R "use_until", "\"+1y\"" }, \
    { R "retain_until", "\"+2y\"" }, \
    { R "end_action", "\"DESTROY\"" }, \
    { R "cert_required", "true" }, \
    { R "cert_due_days", "30" }, \
    { R "recallable", "true" }, \
    { R "export", "\"EXPORT_LOGGED\"" }, \
    { R "accept_first", "false" }, \
    { R "class_equiv", "\"OFFICIAL\"" }

static const struct preset disclosure_presets[] = {
    PRESETS_OF_ALL_SETS,
    { R "purposes", "[\"ANALYSIS\"]" },
    { R "attribution", "\"MUST_NOT\"" },
    { "feedback_requested", "true" },
    { "channel_origin", "\"THIS_SYSTEM\"" },
    { "subjects", "[]" },
    { NULL, NULL },
};

/* The purposes are those of the request: the client copies them. */
static const struct preset request_presets[] = {
    PRESETS_OF_ALL_SETS,
    { R "attribution", "\"WITH_CONSENT\"" },
    { "reply_requested_by", "\"+21d\"" },
    { "intended_recipients", "[]" },
    { "already_shared_with", "[]" },
    { "feedback_offered", "true" },
    { "subjects", "[]" },
    { NULL, NULL },
};

static const struct preset answer_presets[] = {
    PRESETS_OF_ALL_SETS,
    { R "attribution", "\"WITH_CONSENT\"" },
    { NULL, NULL },
};

static const struct preset plain_presets[] = {
    { "urgency", "\"ROUTINE\"" },
    { NULL, NULL },
};

static const struct preset receipt_presets[] = {
    { "urgency", "\"ROUTINE\"" },
    { "receipt_type", "\"ACKNOWLEDGED\"" },
    { "restrictions_accepted", "true" },
    { NULL, NULL },
};

static const struct preset close_presets[] = {
    { "urgency", "\"ROUTINE\"" },
    { "restrictions_survive", "true" },
    { NULL, NULL },
};

static const struct kind kinds[] = {
    { .n = KIND_SPONT_DISCLOSURE, .name = "SPONT_DISCLOSURE",
      .form = "disclosure", .rec = &record_spont_disclosure,
      .flags = K_OPENS | K_FOUR_EYES | K_RESTR,
      .machine = MACHINE_SPONTANEOUS, .event = EVENT_CREATED,
      .presets = disclosure_presets,
      .help = "information that nobody asked for (UNCAC 46(4), 56)" },
    { .n = KIND_INFO_REQUEST, .name = "INFO_REQUEST", .form = "request",
      .rec = &record_info_request, .flags = K_OPENS | K_RESTR,
      .machine = MACHINE_REQUEST, .event = EVENT_CREATED,
      .presets = request_presets, .help = "questions to another authority" },
    { .n = KIND_REPLY, .name = "REPLY", .form = "reply",
      .rec = &record_reply, .flags = K_RESTR | K_ANSWERS,
      .event = EVENT_CREATED, .presets = answer_presets,
      .help = "answer to a request" },
    { .n = KIND_CLARIFICATION_REQUEST, .name = "CLARIFICATION_REQUEST",
      .form = "clarify", .rec = &record_clarification_request,
      .event = EVENT_CREATED, .presets = plain_presets,
      .help = "question about a message (UNCAC 46(16))" },
    { .n = KIND_CLARIFICATION_REPLY, .name = "CLARIFICATION_REPLY",
      .form = "clarification", .rec = &record_clarification_reply,
      .flags = K_RESTR | K_ANSWERS, .event = EVENT_CREATED,
      .presets = answer_presets, .help = "answer to such a question" },
    { .n = KIND_CLOSE, .name = "CLOSE", .form = "close",
      .rec = &record_close, .event = EVENT_CREATED,
      .presets = close_presets, .help = "end of a thread" },
    { .n = KIND_RECEIPT, .name = "RECEIPT", .form = "ack",
      .rec = &record_receipt, .flags = K_ANSWERS,
      .event = EVENT_ACKNOWLEDGED, .presets = receipt_presets,
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

const struct record *
record_kind_schema(uint64_t kind)
{
    const struct kind *k = domain_kind(&domain_valise, kind);

    return k != NULL ? k->rec : NULL;
}
