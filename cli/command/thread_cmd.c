/*
 * valise thread ID: the state of a thread, and its messages in their one
 * order, each with what became of it and when.
 *
 * That a peer stored or opened a message, or keeps it under a legal hold, is
 * its log's word: the receipt is asked for and verified under a checkpoint
 * that this peer's log key signed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/entry.h"
#include "cli/trust/proven.h"
#include "proto/duty.h"
#include "proto/enums.h"
#include "proto/rules.h"

#define OWED_MAX 32
#define FINDINGS_SHOWN 8                /* of one message */

struct view {
    struct run *r;
    struct session *s;
    struct mail mail;
    struct thread *t;
    struct thread_state state;
    struct mail *in, *out;          /* both boxes */
    size_t n_in, n_out;
};

/* What acknowledged or answered m, on the other side, a receipt that files do
 * not hold before others; NULL if nothing did. */
static const struct thread_message *
named_by(const struct thread *t, const struct thread_message *m,
    bool receipt)
{
    struct slice id = message_bytes(&m->m, "msg_id");
    const struct thread_message *found = NULL;

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);
        bool is_receipt = o->m.kind->n == KIND_RECEIPT;

        if (o->out != m->out && !o->gone && is_receipt == receipt &&
            (o->m.kind->flags & K_ANSWERS) &&
            slice_equal(message_bytes(&o->m, "in_reply_to"), id) &&
            (found == NULL || (mail_faulty_of(&o->m, &m->m) &&
            !mail_faulty(&found->m))))
            found = o;
    }
    return found;
}

static void
put_step(struct buf *b, const char *what, int64_t at)
{
    char text[TIMES_LEN + 1] = "";

    if (at == 0)
        return;
    times_format((uint64_t)at, text);
    buf_put_str(b, b->n > 0 ? " -> " : "");
    buf_put_str(b, what);
    buf_put_str(b, " ");
    buf_put_str(b, text);
}

static void
put_named(struct buf *b, const char *what, const struct thread_message *m,
    const struct thread_message *by)
{
    if (by != NULL)
        put_step(b, mail_faulty_of(&by->m, &m->m) ?
            _("acknowledged, files at fault") : what,
            (int64_t)message_uint(&by->m, "created_at"));
}

/* "queued T -> stored by peer T -> opened T -> acknowledged T". */
static void
put_progress(const struct view *x, const struct thread_message *m,
    const struct mail *row, const struct proven *p, struct buf *b)
{
    if (m->out) {
        put_step(b, m->place > 0 ? _("queued") : m->gone ? _("handed in") :
            mail_state(row->state), m->at);
        put_step(b, _("stored by peer"), p->stored);
        put_step(b, _("opened"), p->opened);
    } else {
        put_step(b, _("received"), m->at);
        put_step(b, _("opened"), mail_at(row, EVENT_OPENED));
        if (mail_fault(row) != OK)
            put_step(b, err_row(mail_fault(row))->name, mail_at(row,
                EVENT_ALARM));
    }
    put_named(b, _("acknowledged"), m, named_by(x->t, m, true));
    put_named(b, _("answered"), m, named_by(x->t, m, false));
    put_step(b, _("under a legal hold there"), p->held);
    put_step(b, _("hold lifted there"), p->lifted);
    if (m->gone) {
        const int64_t at = row->state == MESSAGE_STATE_RETURNED ?
            mail_at(row, EVENT_RETURNED) : 0;

        put_step(b, mail_state(row->state), at);
        if (at == 0) {
            buf_put_str(b, "; ");
            buf_put_str(b, mail_state(row->state));
        }
        if (mail_refused(row) != OK) {
            buf_put_str(b, ": ");
            buf_put_str(b, err_row(mail_refused(row))->name);
        }
    } else if (m->place > 0 && !m->allowed) {
        buf_put_str(b, "; ");
        buf_put_str(b, _("changes nothing at its place"));
    }
    buf_put_u8(b, '\0');
}

/* By rank; what has no place yet comes last. */
static int
by_rank(const void *a, const void *b)
{
    const struct thread_message *x = *(const struct thread_message *const *)
        a;
    const struct thread_message *y = *(const struct thread_message *const *)
        b;
    bool px = x->place > 0 && !x->gone, py = y->place > 0 && !y->gone;

    if (px != py)
        return px ? -1 : 1;
    if (px && x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* What the node says of a message of the thread. */
static const struct mail *
row_of(const struct view *x, const struct thread_message *m)
{
    const struct mail *box = m->out ? x->out : x->in;

    for (size_t i = 0; i < (m->out ? x->n_out : x->n_in); i++) {
        if (memcmp(box[i].digest, m->digest, HASH_LEN) == 0)
            return &box[i];
    }
    return NULL;
}

static enum err
add_row(struct view *x, const struct thread_message *m, struct sheet *s)
{
    const struct mail *row = row_of(x, m);
    char id[MAIL_WHOLE_MAX + 1], who[MAIL_WHO_MAX + 1];
    char says[MAIL_SAYS_MAX + 1];
    struct slice from = message_bytes(&m->m, "from");
    struct proven proven;
    struct buf b;
    enum err e;

    mail_whole_id(&m->m, id);
    if (row == NULL)
        return command_fail(x->r, E_NOT_FOUND, id, NULL);
    if ((e = proven_ask(x->s, m, &proven)) != OK)
        return command_fail(x->r, e, id, NULL);
    (void)snprintf(who, sizeof(who), "%.*s", (int)from.n,
        (const char *)from.p);
    buf_init(&b, 512);
    put_progress(x, m, row, &proven, &b);
    mail_says(&m->m, says);
    sheet_row(s, (const char *const[]){ id, m->m.kind->name, who,
        mail_state_code(row->state), says, b.bad ? "" : (const char *)b.p });
    buf_clear(&b);
    return OK;
}

static enum err
fill_rows(struct view *x, struct sheet *s)
{
    size_t n = thread_count(x->t);
    const struct thread_message **all = arena_get(session_arena(x->s),
        n * sizeof(*all) + 1);
    enum err e;

    if (all == NULL)
        return ERR_NOMEM;
    if ((e = mail_list(x->s, x->r->env->domain, ASK_IN, &x->in,
        &x->n_in)) != OK ||
        (e = mail_list(x->s, x->r->env->domain, ASK_OUT, &x->out,
        &x->n_out)) != OK)
        return command_fail(x->r, e, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        all[i] = thread_at(x->t, i);
    qsort(all, n, sizeof(*all), by_rank);
    for (size_t i = 0; i < n; i++) {
        if ((e = add_row(x, all[i], s)) != OK)
            return e;
    }
    return s->fault;
}

/* What is owed, by whom, until when: what this side owes comes first. */
static void
fill_owed(struct view *x, struct sheet *s)
{
    struct duty all[OWED_MAX];
    const size_t n = session_duties(x->s, x->t, &x->state, all, OWED_MAX);

    for (size_t i = 0; i < 2 * n; i++) {
        const struct duty *d = &all[i % n];
        const struct duty_row *row = duty_row(d->what);
        char id[MAIL_WHOLE_MAX + 1] = "", due[MAIL_WHEN_MAX + 1];

        if (d->own != (i < n))
            continue;
        if (d->about != NULL)
            mail_whole_id(&d->about->m, id);
        mail_when(d->due, x->r->env->now, due);
        sheet_row(s, (const char *const[]){ d->own ? _("you") :
            _("they"), _(row->words), id, due, d->late ? "A_OVERDUE" : "",
            row->source });
    }
}

/* Why the other side returned what we sent, and what to do about it. */
static void
add_refusal(const struct view *x, const struct thread_message *m,
    const struct mail *row, struct sheet *s)
{
    const struct rec *instead;
    const struct err_row *code = err_row(row != NULL ? mail_refused(row) :
        OK);
    char id[MAIL_WHOLE_MAX + 1], rule[16] = "", text[512];
    char todo[HINT_MAX + 1], shown[MAIL_ID_LEN + 1];

    if (code->e == OK)
        return;
    mail_whole_id(&m->m, id);
    mail_id(&m->m, shown);
    hint_about(code->hint[0] != '\0' ? _(code->hint) : _("make it anew"),
        shown, todo);
    if (code->rule != 0)
        (void)snprintf(rule, sizeof(rule), "V-%03u", code->rule);
    (void)snprintf(text, sizeof(text), _("the other side returned it: %s; "
        "%.300s"), _(code->text), todo);
    sheet_row(s, (const char *const[]){ id, code->name, "", rule, text });
    if (code->e != E_COUNTERPART || (instead = entry_counterpart(
        session_directory(x->s), message_bytes(&m->m, "to"))) == NULL)
        return;
    (void)snprintf(text, sizeof(text), _("in that State %.*s takes messages "
        "of an authority like yours"),
        (int)record_bytes(instead, "authority").n,
        (const char *)record_bytes(instead, "authority").p);
    sheet_row(s, (const char *const[]){ id, code->name, "", rule, text });
}

/* What the rules find in a message that came in, and let pass: it is shown,
 * since the fact that it was sent must not be hidden. */
static void
fill_findings(struct view *x, struct sheet *s)
{
    const struct thread_message *opening = thread_opening(x->t);
    const struct directory *d = session_directory(x->s);

    for (size_t i = 0; i < thread_count(x->t); i++) {
        const struct thread_message *m = thread_at(x->t, i);
        const struct thread_message *of = thread_named(x->t, m);
        const struct rule_facts facts = { .known_thread = true,
            .now = m->at, .opening = opening != NULL ? &opening->m : NULL,
            .target = of != NULL ? &of->m : NULL,
            .thread = x->t, .state = &x->state,
            .sender = directory_find(d, TRUST_CARD,
            message_bytes(&m->m, "from"), 0, NULL),
            .recipient = directory_find(d, TRUST_CARD,
            message_bytes(&m->m, "to"), 0, NULL) };
        struct fault found[FINDINGS_SHOWN];
        char id[MAIL_WHOLE_MAX + 1], rule[16];
        size_t n = m->out ? 0 : rules_alerts(x->r->env->domain,
            RULE_RECIPIENT, &m->m, &facts, found, FINDINGS_SHOWN);

        add_refusal(x, m, row_of(x, m), s);
        mail_whole_id(&m->m, id);
        for (size_t k = 0; k < n; k++) {
            rule[0] = '\0';
            if (found[k].rule != 0)
                (void)snprintf(rule, sizeof(rule), "V-%03u", found[k].rule);
            sheet_row(s, (const char *const[]){ id,
                err_row(found[k].e)->name, found[k].path, rule,
                _(err_row(found[k].e)->text) });
        }
    }
}

/* A table of the JSON object that is open. */
static void
put_table(struct emit *w, const char *name, const struct sheet *s)
{
    emit_key(w, name);
    emit_object(w);
    sheet_members(s, w);
    emit_end(w);
}

static enum err
print(struct view *x, const struct sheet *s)
{
    struct sheet owed, found;
    const char *name = states_name(x->state.machine, x->state.state);
    char due[MAIL_WHEN_MAX + 1], since[MAIL_WHEN_MAX + 1];
    char id[2 * MSG_ID_LEN + 1];
    struct emit w;
    struct buf b;

    mail_when(session_due(x->s, x->t, &x->state), x->r->env->now, due);
    mail_when(x->state.stopped_since, x->r->env->now, since);
    hex_encode(message_bytes(&x->mail.m, "thread_id"), id);
    sheet_init(&owed, session_arena(x->s), _("Owed in this thread."),
        "who what about due late source");
    sheet_init(&found, session_arena(x->s),
        _("What the rules find."),
        "id code field rule meaning");
    fill_owed(x, &owed);
    fill_findings(x, &found);
    if (!x->r->json) {
        (void)fprintf(x->r->env->out, _("thread %s: %s\n"), id,
            name != NULL ? name : "DRAFT");
        if (due[0] != '\0')
            (void)fprintf(x->r->env->out, _("answer due: %s\n"), due);
        if (since[0] != '\0')
            (void)fprintf(x->r->env->out, _("clock stopped: %s\n"), since);
        sheet_print(s, &x->r->out);
        if (owed.n > 0)
            sheet_print(&owed, &x->r->out);
        if (found.n > 0)
            sheet_print(&found, &x->r->out);
        return OK;
    }
    command_json(x->r, &w, &b, "valise.thread");
    emit_member(&w, "thread", id);
    emit_member(&w, "state", name != NULL ? name : "DRAFT");
    emit_time(&w, "due", session_due(x->s, x->t, &x->state));
    emit_time(&w, "stopped_since", x->state.stopped_since);
    sheet_members(s, &w);
    put_table(&w, "owed", &owed);
    put_table(&w, "findings", &found);
    return command_json_end(x->r, &w);
}

static enum err
stages(struct run *r, struct session *s)
{
    struct view all = { .r = r, .s = s }, *x = &all;
    struct sheet sheet;
    char id[MAIL_ID_LEN + 1], next[64];
    enum err e;

    sheet_init(&sheet, session_arena(x->s), _("Messages in their order."),
        "id kind from state says progress");
    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = mail_thread(x->r, x->s, &x->mail, &x->t, &x->state)) != OK ||
        (e = fill_rows(x, &sheet)) != OK || (e = print(x, &sheet)) != OK)
        return e;
    mail_id(&x->mail.m, id);
    (void)snprintf(next, sizeof(next), "valise next %s", id);
    command_next(x->r, next);
    return OK;
}

static enum err
run_thread(struct run *r)
{
    return submit_with(r, stages);
}

static const struct option_row options[] = {
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise thread 3f0a1c22",
    "valise thread 3f0a1c22 --json",
    NULL
};

const struct command command_thread = {
    .name = "thread", .run = run_thread, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("the state of a thread, and its messages with proofs"),
    .examples = examples
};
