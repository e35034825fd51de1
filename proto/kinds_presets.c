/*
 * Defaults of forms by kind.  The officer sees and confirms them; what has no
 * default is asked.
 */
#include "proto/kinds_list.h"

#define R "restrictions."
#define END { NULL, NULL }

/* Asked one by one, so never here: conf.required, use_level, legal_basis. */
#define PRESETS_OF_EVERY_SET \
    { "urgency", "\"ROUTINE\"" }, \
    { R "audience", "\"AUTHORITY\"" }, \
    { R "named_officers", "[]" }, \
    { R "proceedings", "[]" }, \
    { R "onward.allow", "[]" }, \
    { R "protect_source", "false" }, \
    { R "conf.scope", "\"FACT_AND_SUBSTANCE\"" }, \
    { R "valid_from", "\"+0h\"" }, \
    { R "use_until", "\"+1y\"" }, \
    { R "end_action", "\"DESTROY\"" }, \
    { R "cert_required", "true" }, \
    { R "cert_due_days", "30" }, \
    { R "recallable", "true" }, \
    { R "class_equiv", "\"OFFICIAL\"" }
#define PRESETS_OF_ALL_SETS \
    PRESETS_OF_EVERY_SET, \
    { R "subject_notice", "\"FORBIDDEN\"" }, \
    { R "accept_first", "false" }

#define PRESETS_OF_INTELLIGENCE \
    PRESETS_OF_ALL_SETS, \
    { R "actions", "\"DISCREET\"" }, \
    { R "onward.mode", "\"CONSENT\"" }, \
    { R "retain_until", "\"+2y\"" }, \
    { R "export", "\"EXPORT_LOGGED\"" }

const struct preset presets_disclosure[] = {
    PRESETS_OF_INTELLIGENCE,
    { R "purposes", "[\"ANALYSIS\"]" },
    { R "attribution", "\"MUST_NOT\"" },
    { "feedback_requested", "true" },
    { "channel_origin", "\"THIS_SYSTEM\"" },
    { "subjects", "[]" },
    END,
};

/* The purposes are those of the request: the client copies them. */
const struct preset presets_request[] = {
    PRESETS_OF_INTELLIGENCE,
    { R "attribution", "\"WITH_CONSENT\"" },
    { "reply_requested_by", "\"+21d\"" },
    { "intended_recipients", "[]" },
    { "already_shared_with", "[]" },
    { "feedback_offered", "true" },
    { "subjects", "[]" },
    END,
};

const struct preset presets_consultation[] = {
    PRESETS_OF_ALL_SETS,
    { R "purposes", "[\"MLA_PREPARATION\"]" },
    { R "actions", "\"PASSIVE\"" },
    { R "onward.mode", "\"LISTED\"" },
    { R "retain_until", "\"+18m\"" },
    { R "export", "\"PRINT_LOGGED\"" },
    { R "attribution", "\"WITH_CONSENT\"" },
    { "consult_type", "\"PRE_REQUEST\"" },
    { "requested_side_proceeding_kind", "\"NONE_KNOWN\"" },
    { "intended_recipients", "[]" },
    { "reply_requested_by", "\"+21d\"" },
    { "subjects", "[]" },
    END,
};

const struct preset presets_answer[] = {
    PRESETS_OF_INTELLIGENCE,
    { R "attribution", "\"WITH_CONSENT\"" },
    END,
};

const struct preset presets_plain[] = {
    { "urgency", "\"ROUTINE\"" },
    END,
};

const struct preset presets_receipt[] = {
    { "urgency", "\"ROUTINE\"" },
    { "receipt_type", "\"ACKNOWLEDGED\"" },
    { "restrictions_accepted", "true" },
    END,
};

const struct preset presets_close[] = {
    { "urgency", "\"ROUTINE\"" },
    { "restrictions_survive", "true" },
    END,
};

const struct preset presets_pre_refusal[] = {
    { "urgency", "\"ROUTINE\"" },
    { "non_coercive_available", "[]" },
    { "ways_to_cure", "[]" },
    { "respond_by", "\"+14d\"" },
    END,
};

const struct preset presets_conditions[] = {
    { "urgency", "\"ROUTINE\"" },
    { "respond_by", "\"+14d\"" },
    END,
};

const struct preset presets_refusal[] = {
    { "urgency", "\"ROUTINE\"" },
    { "scope", "\"ALL\"" },
    { "alternatives", "[]" },
    END,
};

const struct preset presets_delay[] = {
    { "urgency", "\"ROUTINE\"" },
    { "delay_kind", "\"EXTENSION\"" },
    { "partial_available", "false" },
    END,
};

const struct preset presets_cannot_comply[] = {
    { "urgency", "\"ROUTINE\"" },
    { "execution_started", "false" },
    { "options", "[\"OPT_PROCEED\", \"OPT_PROCEED_WITH_MEASURE\", "
      "\"OPT_MODIFY\", \"OPT_WITHDRAW\"]" },
    END,
};

const struct preset presets_consent_request[] = {
    { "urgency", "\"ROUTINE\"" },
    { "consent_type", "\"ONWARD\"" },
    { "proceedings", "[]" },
    { "needed_by", "\"+10d\"" },
    END,
};

const struct preset presets_consent[] = {
    { "urgency", "\"ROUTINE\"" },
    { "consent.valid_from", "\"+0h\"" },
    { "consent.max_uses", "1" },
    END,
};

const struct preset presets_revoke[] = {
    { "urgency", "\"ROUTINE\"" },
    { "effective_at", "\"+0h\"" },
    { "downstream", "[]" },
    END,
};

/* V-066: a copy goes no further unless the consent says so. */
const struct preset presets_onward[] = {
    PRESETS_OF_ALL_SETS,
    { R "actions", "\"DISCREET\"" },
    { R "onward.mode", "\"NEVER\"" },
    { R "retain_until", "\"+2y\"" },
    { R "export", "\"EXPORT_LOGGED\"" },
    { R "attribution", "\"MUST_NOT\"" },
    END,
};

const struct preset presets_exculpatory[] = {
    { "urgency", "\"ROUTINE\"" },
    { "advance_notice", "true" },
    { "planned_disclosure_at", "\"+72h\"" },
    END,
};

const struct preset presets_status[] = {
    { "urgency", "\"ROUTINE\"" },
    { "next_update_by", "\"+30d\"" },
    END,
};

const struct preset presets_feedback[] = {
    { "urgency", "\"ROUTINE\"" },
    { "content_disclosed_in_court", "false" },
    END,
};

const struct preset presets_withdrawal[] = {
    { "urgency", "\"ROUTINE\"" },
    { "destroy_requested", "true" },
    END,
};

const struct preset presets_formalise[] = {
    PRESETS_OF_INTELLIGENCE,
    { R "attribution", "\"WITH_CONSENT\"" },
    { "chapter_v", "false" },
    END,
};

const struct preset presets_recall[] = {
    { "urgency", "\"ROUTINE\"" },
    { "requested_action", "\"DESTROY\"" },
    { "respond_by", "\"+7d\"" },
    { "notify_downstream", "true" },
    END,
};

const struct preset presets_cert[] = {
    { "urgency", "\"ROUTINE\"" },
    { "method", "\"CRYPTO_ERASE\"" },
    { "exceptions", "[]" },
    { "downstream", "[]" },
    END,
};

/* Evidence (domain rows "EVIDENCE"): the client sets accept_first and
 * subject_notice by the proceeding, and the purposes as they were stated. */
#define PRESETS_OF_EVIDENCE \
    { R "actions", "\"OVERT\"" }, \
    { R "onward.mode", "\"LISTED\"" }, \
    { R "retain_until", "\"+2y\"" }, \
    { R "attribution", "\"MUST_CITE\"" }, \
    { R "export", "\"EXPORT_LOGGED\"" }

const struct preset presets_offer[] = {
    PRESETS_OF_EVERY_SET,
    PRESETS_OF_EVIDENCE,
    { "accept_by", "\"+14d\"" },
    END,
};

const struct preset presets_transfer[] = {
    PRESETS_OF_EVERY_SET,
    PRESETS_OF_EVIDENCE,
    END,
};
