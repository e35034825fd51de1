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

const struct acts_row acts_all[] = {
    { .word = "ack", .kind = KIND_RECEIPT, .rule = 50,
      .help = N_("acknowledge: you deal with it, and accept its limits") },
    { .word = "reply", .kind = KIND_REPLY, .qualifier = REPLY_TYPE_FULL,
      .options = OPTIONS({ "no-trace", NULL, NULL },
      { "searched", "body.searched", NULL }), .rule = 70,
      .source = "UNCAC 46(1), 48, 56",
      .help = N_("answer the request") },
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
    { .word = "close", .kind = KIND_CLOSE,
      .options = OPTIONS({ "reason", "body.close_reason", NULL },
      { "mla-ref", "body.mla_ref", NULL }), .rule = 50,
      .help = N_("end the thread; the limits on use go on") },
    { .word = "disclosure", .kind = KIND_SPONT_DISCLOSURE, .rule = 50,
      .source = "UNCAC 46(4), 56",
      .help = N_("tell more, in a thread of its own") },
    { .word = "request", .kind = KIND_INFO_REQUEST, .rule = 50,
      .source = "UNCAC 48, 58",
      .help = N_("ask a question that follows from it, in a thread of its "
      "own") },
    { .word = NULL }
};

/* What an act can be about. */
enum aim_side { AIM_EITHER, AIM_THEIRS, AIM_OURS };

struct aim {
    uint16_t kind;                  /* of the act */
    uint8_t side;                   /* enum aim_side */
    bool opening;                   /* the message that opened the thread */
    bool once;                      /* not what this side has answered */
    uint64_t kinds;                 /* besides; 0 without opening: any */
};

#define K(name) RULE_KIND(KIND_##name)

static const struct aim aims[] = {
    { KIND_RECEIPT, AIM_THEIRS, false, true, ~K(RECEIPT) },
    { KIND_REPLY, AIM_EITHER, true, false, 0 },
    { KIND_CLARIFICATION_REQUEST, AIM_THEIRS, true, false, K(REPLY) },
    { KIND_CLARIFICATION_REPLY, AIM_THEIRS, false, true,
      K(CLARIFICATION_REQUEST) },
};

const struct acts_row *
acts_find(const struct domain *d, const char *word)
{
    const struct kind *k = domain_kind_find(d, slice_str(word));

    for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
        if (strcmp(a->word, word) == 0)
            return a;
    }
    for (const struct acts_row *a = acts_all; k != NULL && a->word != NULL; a++) {
        if (a->kind == k->n)
            return a;
    }
    return NULL;
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
fits(const struct aim *aim, const struct thread *t,
    const struct thread_message *m)
{
    if (m->gone || m->place == 0 ||
        (aim->side == AIM_THEIRS && m->out) ||
        (aim->side == AIM_OURS && !m->out))
        return false;
    if (aim->opening && m == thread_opening(t))
        return true;
    if (aim->kinds == 0)
        return !aim->opening;
    return m->m.kind->n < 64 && (aim->kinds & RULE_KIND(m->m.kind->n)) != 0;
}

/* Whether this side has sent such an act about m. */
static bool
is_answered(const struct acts_row *act, const struct thread *t,
    const struct thread_message *m)
{
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);
        struct slice of = message_bytes(&o->m, "in_reply_to");

        if (of.n == 0)
            of = message_bytes(&o->m, "target_msg");
        if (o->m.kind->n == act->kind && o->out && !o->gone &&
            slice_equal(of, id))
            return true;
    }
    return false;
}

/* The oldest that is not answered, or the newest of all. */
static const struct thread_message *
choose(const struct acts_row *act, const struct aim *aim, const struct thread *t,
    bool fresh)
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

const struct thread_message *
acts_aim(const struct acts_row *act, const struct thread *t,
    const struct thread_state *state, const struct thread_message *meant)
{
    const struct aim *aim = NULL;
    const struct thread_message *m = NULL;
    bool good;

    for (size_t i = 0; i < sizeof(aims) / sizeof(aims[0]); i++) {
        if (aims[i].kind == act->kind)
            aim = &aims[i];
    }
    if (aim == NULL)
        return meant != NULL ? meant : thread_opening(t);
    good = meant != NULL && fits(aim, t, meant);
    /* An inability, or CAN_COMPLY, is owed of what was acknowledged. */
    if (good && (!aim->once || !is_answered(act, t, meant) ||
        (state->to_follow && meant == thread_opening(t))))
        return meant;
    if (aim->once)
        m = choose(act, aim, t, true);
    if (m == NULL)
        m = good ? meant : choose(act, aim, t, false);
    return m != NULL ? m : meant != NULL ? meant : thread_opening(t);
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

bool
acts_allowed(const struct acts_row *act, const struct acts_try *x)
{
    struct thread_state state;

    return acts_after(act, x, &state);
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
