/*
 * valise next ID: what this officer may lawfully do now in a thread: from
 * the table of states, folded over the thread.
 */
#include "cli/commands.h"
#include "cli/mail.h"
#include "cli/submit.h"
#include "cli/text.h"
#include "proto/enums.h"
#include "proto/rules.h"

/* The command that sends a kind. */
static const struct { unsigned kind; const char *command; } ways[] = {
    { KIND_REPLY, "valise reply %s FORM" },
    { KIND_CLARIFICATION_REQUEST, "valise clarify %s FORM" },
    { KIND_CLARIFICATION_REPLY, "valise clarify %s FORM" },
    { KIND_RECEIPT, "valise ack %s" },
    { KIND_CLOSE, "valise close %s --reason REASON" },
};

struct listing {
    struct run *r;
    struct session *s;
    struct mail mail;
    struct thread *t;
    struct thread_state state;
    struct sheet sheet;
    char due[MAIL_WHEN_MAX + 1];
};

/* Whether V-005 asks for a second person, by the own card. */
static bool
signs_twice(struct listing *x, const struct kind *kind)
{
    const struct rule_facts facts = { .now = x->r->env->now,
        .sender = directory_find(session_directory(x->s), TRUST_CARD,
        mail_own(x->s), 0, NULL) };
    const struct rule *rule = rule_find(x->r->env->domain, 5, 0);
    struct message m;

    return rule != NULL && message_new(session_arena(x->s), kind, &m) == OK
        && rule->check(&m, &facts, NULL) == E_FOUR_EYES;
}

/* "%s" of a way is the id. */
static void
put_command(const char *way, const char *id, char *out, size_t max)
{
    size_t n = 0;

    for (; *way != '\0' && n + 1 < max; way++) {
        if (way[0] == '%' && way[1] == 's') {
            for (const char *c = id; *c != '\0' && n + 1 < max; c++)
                out[n++] = *c;
            way++;
        } else {
            out[n++] = *way;
        }
    }
    out[n] = '\0';
}

/* Which message a step is about: the oldest open question of the others, the
 * opening message, or the one meant. */
static void
put_id(const struct listing *x, const struct step *step,
    char id[static MAIL_ID_LEN + 1])
{
    const struct thread_message *opening = thread_opening(x->t);
    bool by_me = opening != NULL && opening->out;

    for (size_t i = 0; step->kind == KIND_CLARIFICATION_REPLY &&
        i < x->state.n_open; i++) {
        if (x->state.open[i].by_opener != by_me) {
            hex_encode(slice_of(x->state.open[i].id, MAIL_ID_LEN / 2), id);
            return;
        }
    }
    if (opening != NULL && (step->kind == KIND_REPLY ||
        (step->guard & GUARD_OPENING)))
        mail_id(&opening->m, id);
    else
        mail_id(&x->mail.m, id);
}

static const char *
qualifier_name(const struct step *step)
{
    if (step->qualifier == 0)
        return "";
    return enum_name(step->kind == KIND_CLOSE ? &enum_close_reason :
        &enum_reply_type, step->qualifier);
}

/* What an acknowledgement needs: the message read, and an answer where
 * confidentiality is asked for. */
static void
complete_ack(const struct listing *x, const char *id, char *way, size_t max)
{
    const struct rec *set = record_rec(x->mail.m.common, "restrictions");
    const bool unread = mail_has_body(&x->mail) && !x->mail.out &&
        mail_at(&x->mail, EVENT_OPENED) == 0 &&
        x->mail.state != MESSAGE_STATE_OPENED &&
        record_uint(set, "accept_first") == 0;
    const bool conf = record_uint(record_rec(set, "conf"), "required") != 0;

    (void)snprintf(way, max, "%svalise ack %s%s",
        unread ? _("once read: ") : "", id,
        conf ? " --conf CAN_COMPLY" : "");
}

static void
add_step(const struct step *step, void *arg)
{
    struct listing *x = arg;
    const struct kind *kind = domain_kind(x->r->env->domain, step->kind);
    char act[64], id[MAIL_ID_LEN + 1], way[96] = "";
    const char *q = qualifier_name(step);

    if (kind == NULL)
        return;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (ways[i].kind != step->kind)
            continue;
        put_id(x, step, id);
        put_command(ways[i].command, id, way, sizeof(way));
    }
    if (step->kind == KIND_RECEIPT)
        complete_ack(x, id, way, sizeof(way));
    (void)snprintf(act, sizeof(act), "%s%s%s", kind->name,
        q != NULL && q[0] != '\0' ? " " : "", q != NULL ? q : "");
    sheet_row(&x->sheet, (const char *const[]){ act, way,
        signs_twice(x, kind) ? _("an approver") : "",
        step->kind == KIND_REPLY ? x->due : "", "V-050" });
}

/* To read is no message; the limits say whether it may be. */
static void
add_open(struct listing *x)
{
    const struct thread_message *at = thread_find(x->t,
        message_bytes(&x->mail.m, "msg_id"));
    const struct rec *set = at == NULL ? NULL : thread_governing(x->t, at);
    const struct value *v = record_value(set, "purposes");
    struct policy_facts facts;
    char id[MAIL_ID_LEN + 1], way[96];

    if (at == NULL || !mail_has_body(&x->mail))
        return;
    mail_facts(x->s, x->t, at, x->r->env->now, &facts);
    facts.purpose = v != NULL && v->n > 0 && !x->mail.out ?
        (uint16_t)v->v[0].u : PURPOSE_REGISTRATION;
    if (policy_check(set, MAY_OPEN, &facts).answer != VERDICT_YES)
        return;
    mail_id(&x->mail.m, id);
    (void)snprintf(way, sizeof(way), x->mail.out ? "valise read %s" :
        "valise read %s --purpose %s", id,
        enum_name(&enum_open_purpose, facts.purpose));
    sheet_row(&x->sheet, (const char *const[]){ _("read"), way, "", "",
        "V-043" });
}

static void
add_approve(struct listing *x)
{
    char id[MAIL_ID_LEN + 1], way[96];

    if (x->mail.state != MESSAGE_STATE_PENDING)
        return;
    mail_id(&x->mail.m, id);
    (void)snprintf(way, sizeof(way), "valise approve %s", id);
    sheet_row(&x->sheet, (const char *const[]){ _("approve"), way,
        _("another person"), "", "V-005" });
}

/* What an approver sent back is read, mended and sent as a new message. */
static void
add_mend(struct listing *x)
{
    if (x->mail.state == MESSAGE_STATE_RETURNED && x->mail.out)
        sheet_row(&x->sheet, (const char *const[]){ _("mend"),
            _("mend your form by the comment; valise send FORM"), "", "",
            "V-005" });
}

/* Whether this person may send at all. */
static bool
writes(struct session *s)
{
    const struct rec *hello = session_hello(s);

    return record_lists(hello, "roles", OFFICER_ROLE_OFFICER) ||
        record_lists(hello, "roles", OFFICER_ROLE_HEAD) ||
        record_lists(hello, "roles", OFFICER_ROLE_LIAISON);
}

static enum err
stages(struct listing *x)
{
    const struct thread_message *opening;
    const char *name;
    char title[128];
    enum err e;

    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = mail_thread(x->r, x->s, &x->mail, &x->t, &x->state)) != OK)
        return e;
    opening = thread_opening(x->t);
    name = states_name(x->state.machine, x->state.state);
    (void)snprintf(title, sizeof(title), _("The thread is %s."),
        name != NULL ? name : "DRAFT");
    sheet_init(&x->sheet, session_arena(x->s), title,
        "act command co-signer due rule");
    mail_when(session_due(x->s, x->t, &x->state), x->r->env->now, x->due);
    add_open(x);
    add_approve(x);
    add_mend(x);
    if (opening != NULL && writes(x->s))
        states_next(x->r->env->domain, &x->state, opening->out ?
            STEP_OPENER : STEP_OTHER, add_step, x);
    return command_sheet(x->r, &x->sheet, "valise.next");
}

static enum err
run_next(struct run *r)
{
    struct listing x = { .r = r };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    e = stages(&x);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise next 3f0a1c22",
    "valise next 3f0a1c22 --json",
    NULL
};

const struct command command_next_step = {
    .name = "next", .run = run_next, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("what you may lawfully do now, and how"),
    .examples = examples
};
