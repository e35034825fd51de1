/*
 * valise inbox: what came in, or with --sent what went out.  An
 * acknowledgement is the state of the message that it names; it is a row where
 * it says that files do not hold, since that is to be answered.
 */
#include "cli/act/mail.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

/* Both boxes, since what one side sent is the state of the other's. */
struct boxes {
    const struct mail *in, *out;
    size_t n_in, n_out;
};

/* What may name a message. */
enum naming { ANSWER, RECEIPT, FAULTY };

static bool
is_one(const struct message *o, enum naming how, const struct message *of)
{
    return (o->kind->n == KIND_RECEIPT) == (how != ANSWER) &&
        (how != FAULTY || mail_faulty_of(o, of)) &&
        (o->kind->flags & K_ANSWERS);
}

/* What names m so, on the other side: an acknowledgement, one that files do
 * not hold, or an answer of any kind; or NULL. */
static const struct message *
named_by(const struct boxes *b, enum naming how, const struct mail *m)
{
    const struct mail *all = m->out ? b->in : b->out;
    const size_t n = m->out ? b->n_in : b->n_out;
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; i < n; i++) {
        if (is_one(&all[i].m, how, &m->m) &&
            all[i].state != MESSAGE_STATE_REFUSED &&
            all[i].state != MESSAGE_STATE_CANCELLED &&
            all[i].state != MESSAGE_STATE_PENDING &&
            all[i].state != MESSAGE_STATE_RETURNED &&
            all[i].state != MESSAGE_STATE_NOT_DELIVERED &&
            slice_equal(message_bytes(&all[i].m, "in_reply_to"), id))
            return &all[i].m;
    }
    return NULL;
}

/* What became of the content here, where that says more; else NULL. */
static const char *
keeping(const struct mail *m)
{
    static const char *const words[] = {
        [RETENTION_READ_ONLY] = N_("to be read only"),
        [RETENTION_END_DUE] = N_("its time is over"),
        [RETENTION_SEALED] = N_("called back, closed"),
        [RETENTION_LEGAL_HOLD] = N_("on legal hold"),
        [RETENTION_DESTROYED] = N_("destroyed"),
        [RETENTION_RETURNED] = N_("given back"),
        [RETENTION_ARCHIVED] = N_("archived"),
        [RETENTION_CERTIFIED] = N_("destroyed and certified"),
    };
    const uint64_t code = record_uint(m->row, "keeping");

    return code < sizeof(words) / sizeof(words[0]) && words[code] != NULL ?
        _(words[code]) : NULL;
}

/* The furthest that a message has come, in words. */
static const char *
progress(const struct boxes *b, const struct mail *m)
{
    if (keeping(m) != NULL && m->state != MESSAGE_STATE_CANCELLED)
        return keeping(m);
    if (m->state != MESSAGE_STATE_DELIVERED &&
        m->state != MESSAGE_STATE_RECEIVED &&
        m->state != MESSAGE_STATE_OPENED &&
        m->state != MESSAGE_STATE_UNCONFIRMED)
        return mail_state(m->state);
    if (named_by(b, FAULTY, m) != NULL)
        return _("acknowledged, files at fault");
    if (named_by(b, ANSWER, m) != NULL)
        return _("answered");
    if (named_by(b, RECEIPT, m) != NULL)
        return _("acknowledged");
    return mail_fault(m) != OK ? _("opened, at fault") : mail_state(m->state);
}

/* What came back, or never arrived, is told although its thread is over. */
#define TOLD_FOR (14 * 86400)

static bool
came_back(const struct mail *m, int64_t now)
{
    return m->out && (m->state == MESSAGE_STATE_REFUSED ||
        m->state == MESSAGE_STATE_NOT_DELIVERED) &&
        (int64_t)record_uint(m->row, "at") + TOLD_FOR > now;
}

static bool
is_terminal(const struct mail *m, int64_t now)
{
    uint64_t machine = record_uint(m->row, "machine");
    uint64_t state = record_uint(m->row, "thread_state");

    if (came_back(m, now))
        return false;
    if (m->state == MESSAGE_STATE_DESTROYED ||
        m->state == MESSAGE_STATE_CANCELLED)
        return true;
    if (machine == MACHINE_REQUEST)
        return state == REQUEST_CLOSED || state == REQUEST_REJECTED;
    if (machine == MACHINE_EVIDENCE)
        return state == EVIDENCE_CLOSED || state == EVIDENCE_REJECTED;
    return machine == MACHINE_SPONTANEOUS &&
        (state == SPONTANEOUS_CLOSED || state == SPONTANEOUS_REJECTED);
}

static void
add_row(struct run *r, const struct boxes *b, const struct mail *m,
    struct sheet *s)
{
    char id[MAIL_WHOLE_MAX + 1], due[MAIL_WHEN_MAX + 1];
    char peer[MAIL_WHO_MAX + 1], at[TIMES_LEN + 1];
    char says[MAIL_SAYS_MAX + 1];
    struct slice who = record_bytes(m->row, "peer");
    const struct message *faulty = named_by(b, FAULTY, m);
    const char *urgency = enum_name(&enum_urgency,
        message_uint(&m->m, "urgency"));
    const char *thread = states_name(
        (uint8_t)record_uint(m->row, "machine"),
        (uint8_t)record_uint(m->row, "thread_state"));

    mail_whole_id(&m->m, id);
    mail_when((int64_t)record_uint(m->row, "due"), r->env->now, due);
    times_format(record_uint(m->row, "at"), at);
    (void)snprintf(peer, sizeof(peer), "%.*s", (int)who.n,
        (const char *)who.p);
    mail_says(faulty != NULL ? faulty : &m->m, says);
    if (mail_refused(m) != OK || mail_fault(m) != OK)
        (void)snprintf(says, sizeof(says), "%s", err_row(m->out ?
            mail_refused(m) : mail_fault(m))->name);
    sheet_row(s, (const char *const[]){ id, m->m.kind->name, peer,
        progress(b, m), at, urgency != NULL ? urgency : "",
        thread != NULL ? thread : "", due, says });
}

/* Whether m is an acknowledgement that is a row: files came with what it
 * names, and are at fault. */
static bool
tells_faulty(const struct boxes *b, const struct mail *m)
{
    const struct mail *all = m->out ? b->in : b->out;
    const size_t n = mail_faulty(&m->m) ? m->out ? b->n_in : b->n_out : 0;

    for (size_t i = 0; i < n; i++)
        if (slice_equal(message_bytes(&all[i].m, "msg_id"),
            message_bytes(&m->m, "in_reply_to")))
            return mail_faulty_of(&m->m, &all[i].m);
    return false;
}

static enum err
list(struct run *r, struct session *s)
{
    bool sent = command_option(r, "sent") != NULL;
    bool all = command_option(r, "all") != NULL;
    struct mail *in, *out, *box;
    struct boxes b;
    struct sheet sheet;
    enum err e;

    if ((e = mail_list(s, r->env->domain, ASK_IN, &in, &b.n_in)) != OK ||
        (e = mail_list(s, r->env->domain, ASK_OUT, &out, &b.n_out)) != OK)
        return command_fail(r, e, NULL, NULL);
    b.in = in;
    b.out = out;
    box = sent ? out : in;
    sheet_init(&sheet, session_arena(s), sent ? _("Messages that were sent.")
        : _("Messages that came in."), sent ?
        "id kind to state at urgency thread due says" :
        "id kind from state at urgency thread due says");
    for (size_t i = 0; i < (sent ? b.n_out : b.n_in); i++) {
        if ((box[i].m.kind->n != KIND_RECEIPT || tells_faulty(&b, &box[i])) &&
            (all || !is_terminal(&box[i], r->env->now)))
            add_row(r, &b, &box[i], &sheet);
    }
    if ((e = command_sheet(r, &sheet, "valise.inbox")) == OK && sheet.n > 0)
        command_next(r, "valise read ID --purpose PURPOSE");
    return e;
}

static enum err
run_inbox(struct run *r)
{
    return submit_with(r, list);
}

static const struct option_row options[] = {
    { "all", NULL, N_("those of closed threads too") },
    { "sent", NULL, N_("what went out instead") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise inbox",
    "valise inbox --sent --all --json",
    NULL
};

const struct command command_inbox = {
    .name = "inbox", .run = run_inbox, .args = "", .options = options,
    .help = N_("list messages, with what became of them"),
    .examples = examples
};
