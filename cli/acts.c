#include <string.h>

#include "cli/acts.h"
#include "cli/near.h"
#include "cli/text.h"
#include "proto/enums.h"
#include "proto/rules.h"

#define VALUES(...) (const struct preset[]){ __VA_ARGS__, { NULL, NULL } }
#define OPTIONS(...) \
    (const struct acts_option[]){ __VA_ARGS__, { NULL, NULL, NULL } }
#define TYPE(type) VALUES({ "body.reply_type", "\"" #type "\"" })
#define DECIDE(decision) VALUES({ "body.decision", "\"" #decision "\"" })

const struct acts_row acts_all[] = {
    /* What every thread begins with, and the answer. */
    { .word = "ack", .kind = KIND_RECEIPT,
      .asks = N_("Acknowledge it? You say that you deal with it, "
      "and accept its limits on use."),
      .rule = 50,
      .help = N_("acknowledge: you deal with it, and accept its limits") },
    { .word = "reply", .kind = KIND_REPLY, .qualifier = REPLY_TYPE_FULL,
      .options = OPTIONS({ "no-trace", NULL, NULL },
      { "searched", "body.searched", NULL }), .rule = 70,
      .source = "UNCAC 46(1), 48, 56", .help = N_("answer the request") },
    { .word = "partial", .kind = KIND_REPLY,
      .qualifier = REPLY_TYPE_PARTIAL, .values = TYPE(PARTIAL), .rule = 72,
      .help = N_("answer a part of it; the rest follows") },
    { .word = "interim", .kind = KIND_REPLY,
      .qualifier = REPLY_TYPE_INTERIM, .values = TYPE(INTERIM), .rule = 72,
      .help = N_("say when the answer is expected") },
    { .word = "no-trace", .kind = KIND_REPLY,
      .qualifier = REPLY_TYPE_NEGATIVE,
      .values = VALUES({ "body.reply_type", "\"NEGATIVE\"" },
      { "body.negative_reason", "\"NG_NO_TRACE\"" }), .inherits = true,
      .options = OPTIONS({ "searched", "body.searched", NULL }),
      .rule = 71, .source = "UNCAC 46(23)",
      .help = N_("say that nothing was found, and where it was looked for") },
    { .word = "negative", .kind = KIND_REPLY,
      .qualifier = REPLY_TYPE_NEGATIVE, .values = TYPE(NEGATIVE),
      .inherits = true, .rule = 71, .source = "UNCAC 46(23)",
      .help = N_("say why else there is nothing") },
    { .word = "redirect", .kind = KIND_REPLY,
      .qualifier = REPLY_TYPE_REDIRECT, .values = TYPE(REDIRECT),
      .inherits = true, .rule = 70, .source = "UNCAC 46(13)",
      .help = N_("name who is to be asked instead") },
    { .word = "supplement", .kind = KIND_REPLY,
      .qualifier = REPLY_TYPE_SUPPLEMENT, .values = TYPE(SUPPLEMENT),
      .rule = 70, .help = N_("add to an answer that was final") },
    { .word = "clarify", .kind = KIND_CLARIFICATION_REQUEST,
      .turned = "clarification", .rule = 50, .source = "UNCAC 46(16)",
      .help = N_("ask what a message means") },
    { .word = "clarification", .kind = KIND_CLARIFICATION_REPLY, .rule = 50,
      .source = "UNCAC 46(16)", .help = N_("answer such a question") },

    /* Where help meets an obstacle. */
    { .word = "delay", .kind = KIND_DELAY_NOTICE,
      .qualifier = DELAY_KIND_EXTENSION,
      .values = VALUES({ "body.delay_kind", "\"EXTENSION\"" }),
      .options = OPTIONS({ "until", "body.new_due", NULL },
      { "reason", "body.reasons[0].code", NULL },
      { "partial", "body.partial_available", "yes" }),
      .text = "body.reasons[0].text", .rule = 54, .source = "UNCAC 46(24)",
      .help = N_("say that it takes longer, why, and until when") },
    { .word = "postpone", .kind = KIND_DELAY_NOTICE,
      .qualifier = DELAY_KIND_POSTPONEMENT,
      .values = VALUES({ "body.delay_kind", "\"POSTPONEMENT\"" },
      { "body.reasons[0].code", "\"DR_ONGOING_PROCEEDING\"" }),
      .text = "body.reasons[0].text", .rule = 51, .source = "UNCAC 46(25)",
      .help = N_("postpone it, because it would interfere with an ongoing "
      "proceeding") },
    { .word = "pre-refusal", .kind = KIND_PRE_REFUSAL_CONSULT,
      .options = OPTIONS({ "ground", "body.prospective[0].ground", NULL },
      { "outcome", "body.prospective_outcome", NULL },
      { "until", "body.respond_by", NULL }),
      .rule = 51, .source = "UNCAC 46(26)",
      .help = N_("consult before a refusal or a postponement") },
    { .word = "conditions", .kind = KIND_CONDITIONS_OFFER,
      .options = OPTIONS({ "condition", "body.conditions[0].code", NULL },
      { "until", "body.respond_by", NULL }),
      .text = "body.conditions[0].text", .rule = 50,
      .source = "UNCAC 46(26)",
      .help = N_("offer help under conditions") },
    { .word = "accept", .kind = KIND_CONDITIONS_DECISION,
      .qualifier = CONDITIONS_ANSWER_ACCEPT, .values = DECIDE(ACCEPT),
      .asks = N_("Accept them? It binds the State."),
      .rule = 63, .source = "UNCAC 46(26)",
      .help = N_("accept conditions: it binds the State") },
    { .word = "decline", .kind = KIND_CONDITIONS_DECISION,
      .qualifier = CONDITIONS_ANSWER_DECLINE, .values = DECIDE(DECLINE),
      .rule = 63, .source = "UNCAC 46(26)",
      .help = N_("decline conditions") },
    { .word = "counter", .kind = KIND_CONDITIONS_DECISION,
      .qualifier = CONDITIONS_ANSWER_COUNTER, .values = DECIDE(COUNTER),
      .rule = 63, .source = "UNCAC 46(26)",
      .help = N_("propose other conditions") },
    { .word = "refuse", .kind = KIND_REFUSAL,
      .qualifier = REFUSAL_SCOPE_ALL,
      .values = VALUES({ "body.scope", "\"ALL\"" }),
      .options = OPTIONS({ "ground", "body.grounds[0].ground", NULL }),
      .asks = N_("Refuse it?"),
      .rule = 52, .source = "UNCAC 46(21) to (23)",
      .help = N_("refuse, with a permitted ground and its reason") },
    { .word = "refuse-parts", .kind = KIND_REFUSAL,
      .qualifier = REFUSAL_SCOPE_PARTS,
      .values = VALUES({ "body.scope", "\"PARTS\"" }),
      .rule = 52, .source = "UNCAC 46(21) to (23)",
      .help = N_("refuse a part of it") },
    { .word = "cannot-comply", .kind = KIND_CONF_CANNOT_COMPLY,
      .options = OPTIONS({ "aspect", "body.aspect", NULL },
      { "reason", "body.reason_code", NULL }),
      .rule = 50, .source = "UNCAC 46(20)",
      .help = N_("say that it cannot be kept confidential, before anything "
      "is disclosed") },
    { .word = "conf-decision", .kind = KIND_CONF_DECISION,
      .rule = 50, .source = "UNCAC 46(20)",
      .help = N_("decide whether it goes on all the same") },

    /* What may be done with what was received. */
    { .word = "consent-request", .kind = KIND_CONSENT_REQUEST,
      .options = OPTIONS({ "to", "body.onward_to", NULL },
      { "type", "body.consent_type", NULL },
      { "for", "body.purpose_requested", NULL },
      { "level", "body.use_level_requested", NULL },
      { "actions", "body.actions_requested", NULL },
      { "parts", "body.parts", NULL },
      { "docs", "body.docs", NULL },
      { "behalf", "body.on_behalf_of", NULL },
      { "until", "body.needed_by", NULL }), .text = "body.reason",
      .needs = ACTS_HOLDER,
      .rule = 60,
      .source = "UNCAC 46(5), 46(19)",
      .help = N_("ask the originator to allow more") },
    { .word = "consent", .kind = KIND_CONSENT_DECISION,
      .qualifier = CONSENT_DECISION_GRANT,
      .options = OPTIONS({ "parts", "body.consent.parts", NULL },
      { "docs", "body.consent.docs", NULL },
      { "until", "body.consent.expires_at", NULL },
      { "uses", "body.consent.max_uses", NULL }), .needs = ACTS_ORIGINATOR,
      .rule = 61,
      .source = "UNCAC 46(5), 46(19)",
      .help = N_("allow more, as exactly as you say") },
    { .word = "consent-refuse", .kind = KIND_CONSENT_DECISION,
      .qualifier = CONSENT_DECISION_REFUSE, .without = "consent",
      .text = "body.explanation",
      .options = OPTIONS({ "ground", "body.refusal_ground", NULL }),
      .rule = 68, .source = N_("Egmont, Directive (EU) 2015/849 art. 55"),
      .help = N_("do not allow it, with a ground and its reason") },
    { .word = "need-info", .kind = KIND_CONSENT_DECISION,
      .qualifier = CONSENT_DECISION_NEED_INFO, .without = "consent",
      .text = "body.explanation",
      .values = VALUES({ "body.need_info", "true" }), .rule = 68,
      .help = N_("say what must be known before it can be allowed") },
    { .word = "consent-revoke", .kind = KIND_CONSENT_REVOKE,
      .options = OPTIONS({ "downstream", "body.downstream", NULL }),
      .text = "body.reason", .rule = 69,
      .help = N_("end a consent for the future") },
    { .word = "onward", .kind = KIND_ONWARD_TRANSFER, .needs = ACTS_HOLDER,
      .text = "body.cover_note",
      .rule = 61,
      .source = "UNCAC 46(5), 46(19)",
      .help = N_("pass it on to another authority, with the consent") },
    { .word = "exculpatory", .kind = KIND_EXCULPATORY_NOTICE,
      .options = OPTIONS({ "planned", "body.planned_disclosure_at", NULL }),
      .needs = ACTS_HOLDER,
      .rule = 81, .source = "UNCAC 46(5), 46(19)",
      .help = N_("announce that what helps an accused person is "
      "disclosed") },
    { .word = "exculpatory-response", .kind = KIND_EXCULPATORY_RESPONSE,
      .rule = 81, .source = "UNCAC 46(5), 46(19)",
      .help = N_("say what you think of such a disclosure") },

    /* How it goes, and what came of it. */
    { .word = "remind", .kind = KIND_STATUS_QUERY, .rule = 50,
      .source = "UNCAC 46(24)", .help = N_("ask how far it is") },
    { .word = "status", .kind = KIND_STATUS_REPORT,
      .options = OPTIONS({ "status", "body.status", NULL },
      { "progress", "body.progress", NULL },
      { "next", "body.next_update_by", NULL }),
      .text = "body.next_step", .rule = 50, .source = "UNCAC 46(24)",
      .help = N_("say how far it is") },
    { .word = "feedback", .kind = KIND_FEEDBACK,
      .options = OPTIONS({ "usefulness", "body.usefulness", NULL },
      { "used-for", "body.used_for", NULL },
      { "outcome", "body.outcome", NULL }),
      .text = "body.text", .rule = 82,
      .help = N_("say what came of a message") },
    { .word = "formalise", .kind = KIND_FORMALISE_NOTICE, .rule = 46,
      .source = "UNCAC 46(15)",
      .help = N_("say that a formal request was sent") },
    { .word = "withdraw", .kind = KIND_WITHDRAWAL,
      .options = OPTIONS({ "reason", "body.reason", NULL },
      { "keep", "body.destroy_requested", "no" }),
      .asks = N_("Withdraw it?"),
      .rule = 50, .source = "UNCAC 46(24)",
      .help = N_("withdraw: it is no longer needed") },

    /* What was sent, and how it is kept. */
    { .word = "restrict", .kind = KIND_RESTRICTION_UPDATE,
      .values = VALUES({ "body.direction", "\"TIGHTEN\"" }),
      .text = "body.reason", .needs = ACTS_CONTROL,
      .rule = 34, .source = "UNCAC 46(5), 46(19)",
      .help = N_("tighten the limits of what you sent") },
    { .word = "loosen", .kind = KIND_RESTRICTION_UPDATE,
      .values = VALUES({ "body.direction", "\"LOOSEN\"" }),
      .text = "body.reason", .needs = ACTS_ORIGINATOR,
      .rule = 34, .source = "UNCAC 46(5), 46(19)",
      .help = N_("loosen the limits of what you sent") },
    { .word = "recall", .kind = KIND_RECALL,
      .options = OPTIONS({ "reason", "body.reason_code", NULL },
      { "action", "body.requested_action", NULL },
      { "parts", "body.parts", NULL },
      { "until", "body.respond_by", NULL }),
      .needs = ACTS_CONTROL | ACTS_RECALLABLE,
      .asks = N_("Call it back?"),
      .rule = 31,
      .help = N_("call back what you sent") },
    { .word = "recall-result", .kind = KIND_RECALL_RESULT, .rule = 50,
      .help = N_("say what became of what was called back") },
    { .word = "certify", .kind = KIND_DESTRUCTION_CERT, .needs = ACTS_GONE,
      .rule = 80,
      .help = N_("certify that it was destroyed") },
    { .word = "correct", .kind = KIND_CORRECTION, .rule = 31,
      .help = N_("correct what you sent") },
    { .word = "breach", .kind = KIND_BREACH_NOTICE, .needs = ACTS_HOLDER,
      .rule = 50,
      .help = N_("tell the originator of a breach") },
    { .word = "close", .kind = KIND_CLOSE,
      .options = OPTIONS({ "reason", "body.close_reason", NULL },
      { "mla-ref", "body.mla_ref", NULL }), .asks = N_("End this thread?"),
      .rule = 50,
      .help = N_("end the thread; the limits on use go on") },

    /* What opens a thread of its own. */
    { .word = "disclosure", .kind = KIND_SPONT_DISCLOSURE, .rule = 50,
      .source = "UNCAC 46(4), 56",
      .help = N_("tell more, in a thread of its own") },
    { .word = "request", .kind = KIND_INFO_REQUEST, .rule = 50,
      .source = "UNCAC 48, 58",
      .help = N_("ask what follows from it, in a thread of its own") },
    { .word = "consultation", .kind = KIND_CONSULTATION, .rule = 13,
      .source = "UNCAC 46(13)",
      .help = N_("talk before a formal request, in a thread of its own") },
    { .word = "offer", .kind = KIND_EVIDENCE_OFFER,
      .asks = N_("Offer it? The files go when the offer is accepted."),
      .rule = 41, .source = "UNCAC 43(1), 46(3)(f)",
      .help = N_("offer evidence, in a thread of its own") },
    { .word = "question", .kind = KIND_CONSULTATION,
      .values = VALUES({ "body.consult_type", "\"REQUIREMENTS\"" },
      { "restrictions.use_level", "\"INTELLIGENCE_ONLY\"" },
      { "restrictions.legal_basis", "\"UNCAC_46\"" }),
      .options = OPTIONS({ "conf", "restrictions.conf.required", NULL },
      { "until", "body.reply_requested_by", NULL }),
      .brief = true, .rule = 13, .source = "UNCAC 46(13)",
      .help = N_("ask what a request must have") },

    { .word = "transfer", .kind = KIND_EVIDENCE_TRANSFER, .rule = 42,
      .source = "UNCAC 46(3)(f)",
      .help = N_("hand over the files of an offer that was accepted") },

    /* A kind as such, where each of its words says more. */
    { .word = "conditions-decision", .kind = KIND_CONDITIONS_DECISION,
      .general = true, .rule = 63, .help = N_("answer conditions") },
    { .word = "refusal", .kind = KIND_REFUSAL, .general = true, .rule = 52,
      .help = N_("refuse all of it or a part") },
    { .word = "restriction-update", .kind = KIND_RESTRICTION_UPDATE,
      .general = true, .rule = 34, .help = N_("other limits on use") },
    { .word = "consent-decision", .kind = KIND_CONSENT_DECISION,
      .general = true, .rule = 61, .help = N_("decide on such a request") },
    { .word = NULL }
};

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
    struct slice own, uint64_t keeping)
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
    return (act->needs & ACTS_GONE) == 0 || keeping == RETENTION_DESTROYED ||
        keeping == RETENTION_RETURNED || keeping == RETENTION_CERTIFIED;
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
