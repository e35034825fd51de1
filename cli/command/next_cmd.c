/*
 * valise next ID: what this officer may lawfully do now in a thread: the
 * acts of acts.c that the table of states allows, of his role, between these
 * two authorities.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/act/accepting.h"
#include "cli/act/acknowledge.h"
#include "cli/act/acts.h"
#include "cli/act/downstream.h"
#include "cli/act/mail.h"
#include "cli/act/offering.h"
#include "cli/act/relaying.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/carried.h"
#include "cli/files/room.h"
#include "cli/form/known.h"
#include "cli/text/text.h"
#include "proto/duty.h"
#include "proto/enums.h"
#include "proto/rules.h"

#define WAY_MAX 120
#define MEANING_MAX (160 + ROOM_TEXT_MAX)
#define DUTIES_MAX 32

struct listing {
    struct run *r;
    struct session *s;
    struct mail mail;
    struct thread *t;
    struct thread_state state;
    struct thread_state then;       /* once this side has acknowledged */
    bool owed;                      /* an acknowledgement is */
    struct rule_facts facts;        /* the two cards, and the time */
    struct sheet sheet;
    struct duty duties[DUTIES_MAX];
    size_t n_duties;
};

/* A message of the act with what its word says, for rules that ask who may
 * send it and who signs. */
static bool
make(struct listing *x, const struct acts_row *act, struct message *m)
{
    const struct kind *k = domain_kind(x->r->env->domain, act->kind);
    const struct compose_opts o = { .a = session_arena(x->s),
        .domain = x->r->env->domain, .now = x->r->env->now };
    const struct known known = { .act = act, .o = &o };
    struct findings *l = calloc(1, sizeof(*l));
    bool good = l != NULL && k != NULL && message_new(o.a, k, m) == OK &&
        known_word(&known, m, l) == OK && l->n == 0;

    free(l);
    return good;
}

/* Whether V-005 asks for a second person, by the own card. */
static bool
signs_twice(struct listing *x, const struct message *m)
{
    const struct rule *rule = rule_find(x->r->env->domain, 5, 0);

    return rule != NULL && rule->check(m, &x->facts, NULL) == E_FOUR_EYES;
}

static bool
is_meant(const struct listing *x, const struct thread_message *m)
{
    return slice_equal(message_bytes(&m->m, "msg_id"),
        message_bytes(&x->mail.m, "msg_id"));
}

/* For which purpose its files are opened to be checked, where its limits
 * leave more than one. */
static void
put_purpose(const struct listing *x, const struct thread_message *of,
    char *out, size_t max)
{
    const struct value *v = record_value(thread_governing(x->t, of),
        "purposes");

    out[0] = '\0';
    if (v != NULL && v->n > 1 && carried_has(&of->m) &&
        of->m.kind->n != KIND_EVIDENCE_OFFER)
        (void)snprintf(out, max, " --purpose %s",
            enum_name(&enum_open_purpose, v->v[0].u));
}

/* What an acknowledgement needs: the message read, and an answer where
 * confidentiality is asked for. */
static void
complete_ack(const struct listing *x, const struct thread_message *of,
    char *way)
{
    const struct rec *set = record_rec(of->m.common, "restrictions");
    const bool unread = is_meant(x, of) && mail_has_body(&x->mail) &&
        mail_at(&x->mail, EVENT_OPENED) == 0 &&
        x->mail.state != MESSAGE_STATE_OPENED &&
        record_uint(set, "accept_first") == 0;
    char id[MAIL_ID_LEN + 1], purpose[48];

    mail_id(&of->m, id);
    put_purpose(x, of, purpose, sizeof(purpose));
    (void)snprintf(way, WAY_MAX, "%svalise ack %s%s%s",
        unread ? _("once read: ") : "", id, purpose,
        record_uint(record_rec(set, "conf"), "required") != 0 ?
        " --conf CAN_COMPLY" : "");
}

/* The shortest command that does it. */
static void
put_command(const struct listing *x, const struct acts_row *act,
    const struct message *of, char *way)
{
    const struct command *own = command_of_act(x->r->env->commands,
        act->word);
    char id[MAIL_ID_LEN + 1];

    mail_id(of, id);
    if (own != NULL)
        (void)snprintf(way, WAY_MAX, "valise %s %s", own->name, id);
    else
        (void)snprintf(way, WAY_MAX, "valise do %s %s", id, act->word);
}

static void
put_way(const struct listing *x, const struct acts_row *act,
    const struct thread_message *of, char *way)
{
    if (act->kind == KIND_RECEIPT)
        complete_ack(x, of, way);
    else
        put_command(x, act, &of->m, way);
}

/* What the act is about. */
static const struct thread_message *
target_of(const struct listing *x, const struct acts_row *act)
{
    return acts_aim(act, x->t, &x->state, thread_find(x->t,
        message_bytes(&x->mail.m, "msg_id")));
}

/* Whether a transfer of this offer was made: what is held goes by itself, and
 * another of the same roots cures no list (FORMAT.md section 5).  One that
 * came at no place of its own is none. */
static bool
has_transfer(const struct thread *t, const struct thread_message *offer)
{
    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->out && !m->gone && (m->place == 0 || m->allowed) &&
            m->m.kind->n == KIND_EVIDENCE_TRANSFER &&
            slice_equal(states_target(&m->m), message_bytes(&offer->m,
            "msg_id")))
            return true;
    }
    return false;
}

/* Whether the thread allows it: now, or when the same command has
 * acknowledged before. */
static bool
is_allowed(const struct listing *x, const struct acts_row *act,
    const struct thread_message *of)
{
    struct acts_try try = { x->r->env->domain, x->t, &x->state, of,
        x->r->env->now };

    if (of == NULL || !acts_suits(act, x->t, &x->state, of) ||
        (act->kind == KIND_EVIDENCE_TRANSFER && has_transfer(x->t, of)))
        return false;
    if (acts_allowed(act, &try))
        return true;
    try.state = &x->then;
    return x->owed && act->kind != KIND_RECEIPT && acts_allowed(act, &try);
}

/* When the act is owed, by this side: about that message, or at all. */
static void
put_due(const struct listing *x, const struct acts_row *act,
    const struct thread_message *of, char due[static MAIL_WHEN_MAX + 1])
{
    int64_t at = 0;

    for (size_t i = 0; i < x->n_duties; i++) {
        const struct duty *d = &x->duties[i];

        if (d->own && duty_row(d->what)->kind == act->kind && d->due > 0 &&
            (d->about == of || d->about == NULL ||
            act->kind == KIND_REPLY) && (at == 0 || d->due < at))
            at = d->due;
    }
    mail_when(at, x->r->env->now, due);
}

/* The row of a message of the thread, NULL where there is none. */
static const struct rec *
row_of(const struct listing *x, const struct thread_message *of)
{
    char id[MAIL_WHOLE_MAX + 1];
    struct rec *row = NULL;

    mail_whole_id(&of->m, id);
    return is_meant(x, of) ? x->mail.row : session_find(x->s, id, &row) ==
        OK ? row : NULL;
}

/* Whether nobody opens the content of this message of the thread any more. */
static enum err
shut_of(const struct listing *x, const struct thread_message *of)
{
    const struct rec *row = row_of(x, of);

    return row == NULL ? OK : mail_shut(row);
}

/* Whether the limits, and what became of its content, leave room for it. */
static bool
has_room(const struct listing *x, const struct acts_row *act,
    const struct thread_message *of)
{
    /* Who asks for a consent is the originator of the question alone. */
    return acts_fits(act, thread_target_set(x->t, of), mail_own(x->s),
        shut_of(x, of));
}

/* Whoever accepts knows whether it fits. */
static void
add_room(const struct listing *x, const struct thread_message *of,
    char out[static MEANING_MAX])
{
    const struct rec *row = row_of(x, of);
    const size_t n = strlen(out);
    char text[ROOM_TEXT_MAX];

    if (row == NULL || room_code(row) == OK)
        return;
    room_text(row, text);
    (void)snprintf(out + n, MEANING_MAX - n, "; %s", text);
}

/* What it does, and to which message where that is not the one asked about. */
static void
put_meaning(const struct listing *x, const struct acts_row *act,
    const struct thread_message *of, char out[static MEANING_MAX])
{
    char id[MAIL_ID_LEN + 1];

    mail_id(&of->m, id);
    if (is_meant(x, of))
        (void)snprintf(out, MEANING_MAX, "%s", _(act->help));
    else
        (void)snprintf(out, MEANING_MAX, _("%s; about %s %s"), _(act->help),
            of->m.kind->name, id);
    if (accepting_is(act, of))
        add_room(x, of, out);
}

/* Whether the act may go now: to these two, and none of it waits. */
static bool
may_go(struct listing *x, const struct acts_row *act,
    const struct thread_message *of, struct message *m)
{
    return is_allowed(x, act, of) && make(x, act, m) &&
        acts_waits(act, x->t, of) == NULL &&
        acts_between(x->r->env->domain, m, &x->facts, NULL) == OK;
}

/* Who signs it besides; where that hangs on what it will say, for what one
 * person is enough. */
static void
put_signer(struct listing *x, const struct message *m,
    char out[static MEANING_MAX])
{
    const struct when *w = &m->kind->alone;
    const struct field *f = w->field == NULL ? NULL :
        record_field(m->own->schema, w->field);
    struct message one = *m;
    size_t n;

    out[0] = '\0';
    if (!signs_twice(x, m))
        return;
    n = (size_t)snprintf(out, MEANING_MAX, "%s", _("an approver"));
    if (f == NULL || f->type != FT_ENUM || record_has(m->own, w->field))
        return;
    for (uint64_t v = 0, some = 0; v < 64 && n < MEANING_MAX; v++) {
        const char *name = (w->values >> v & 1) != 0 ? enum_name(f->en, v) :
            NULL;

        if (name == NULL || record_put_uint(session_arena(x->s), one.own,
            w->field, v) != OK)
            continue;
        if (!signs_twice(x, &one))
            n += (size_t)snprintf(out + n, MEANING_MAX - n, "%s%s",
                some++ == 0 ? _(", but not for ") : ", ", name);
    }
    record_drop(one.own, w->field);
}

static void
put_act(struct listing *x, const struct acts_row *act,
    const struct message *m, const char *way, const char *due,
    const char *meaning)
{
    char rule[16], signer[MEANING_MAX];

    put_signer(x, m, signer);
    (void)snprintf(rule, sizeof(rule), "V-%03u", act->rule);
    sheet_row(&x->sheet, (const char *const[]){ act->word, way, signer, due,
        rule,
        act->source != NULL ? _(act->source) : _("default of this project"),
        meaning });
}

/* A row for the act, if it is owed or not as asked for. */
static void
add_about(struct listing *x, const struct acts_row *act, bool owed,
    const struct thread_message *of)
{
    char way[WAY_MAX] = "", due[MAIL_WHEN_MAX + 1], meaning[MEANING_MAX];
    struct message m;

    if (!may_go(x, act, of, &m) || !has_room(x, act, of))
        return;
    put_due(x, act, of, due);
    if ((due[0] != '\0') != owed)
        return;
    put_meaning(x, act, of, meaning);
    put_way(x, act, of, way);
    put_act(x, act, &m, way, due, meaning);
}

/* What is done with an offer leaves its files as they are: they are another
 * row. */
static void
add_act(struct listing *x, const struct acts_row *act, bool owed)
{
    const struct thread_message *of = target_of(x, act);
    const struct thread_message *files = acts_files(act->kind, x->t, of);

    add_about(x, act, owed, of);
    if (files != NULL)
        add_about(x, act, owed, files);
}

/* What a message of this thread asks of others, to whom its content was
 * passed on. */
static void
add_passed_on(struct listing *x, const struct mail_boxes *b,
    const struct mail *by)
{
    struct downstream owed[DOWNSTREAM_MAX];
    enum duty_what what = DUTIES;
    const size_t n = downstream_owed(b, by, &what, owed);
    const struct duty_row *row = duty_row(what);
    const struct acts_row *act = n == 0 ? NULL : acts_find(
        x->r->env->domain, domain_kind(x->r->env->domain, row->kind)->form);
    char way[WAY_MAX], rule[16], due[MAIL_WHEN_MAX + 1], signer[MEANING_MAX];
    struct message m;

    if (n == 0 || !make(x, act, &m))
        return;
    put_signer(x, &m, signer);
    mail_when((int64_t)message_uint(&by->m, "respond_by"), x->r->env->now,
        due);
    (void)snprintf(rule, sizeof(rule), "V-%03u", (unsigned)(row->rule != 0 ?
        row->rule : act->rule));
    for (size_t i = 0; i < n; i++) {
        put_command(x, act, &owed[i].transfer->m, way);
        sheet_row(&x->sheet, (const char *const[]){ act->word, way, signer,
            due, rule,
            _(row->source), _(row->words) });
    }
}

static enum err
add_downstream(struct listing *x)
{
    struct mail_boxes b;
    enum err e = mail_boxes(x->s, x->r->env->domain, &b);

    for (size_t i = 0; e == OK && i < b.n[0]; i++)
        if (slice_equal(message_bytes(&b.v[0][i].m, "thread_id"),
            message_bytes(&x->mail.m, "thread_id")))
            add_passed_on(x, &b, &b.v[0][i]);
    return e == OK ? OK : session_fail(x->s, e);
}

/* The state that an acknowledgement would lead to. */
static void
set_owed(struct listing *x)
{
    const struct thread_message *m = acknowledge_owed(x->t);
    const struct acts_row *ack = acts_find(x->r->env->domain, "ack");
    const struct acts_try try = { x->r->env->domain, x->t, &x->state, m,
        x->r->env->now };

    x->owed = m != NULL && ack != NULL && acts_after(ack, &try, &x->then);
}

/* Cards of both sides. */
static void
set_facts(struct listing *x)
{
    const struct directory *d = session_directory(x->s);

    x->facts = (struct rule_facts){ .now = x->r->env->now,
        .known_thread = true,
        .sender = directory_find(d, TRUST_CARD, mail_own(x->s), 0, NULL),
        .recipient = directory_find(d, TRUST_CARD,
        record_bytes(x->mail.row, "peer"), 0, NULL) };
}

/* Files are taken out as a copy. */
static void
add_save(struct listing *x, const struct rec *set,
    const struct policy_facts *facts)
{
    char id[MAIL_ID_LEN + 1], way[96];

    if (x->mail.out || !carried_has(&x->mail.m) ||
        x->mail.m.kind->n == KIND_EVIDENCE_OFFER ||
        policy_check(set, MAY_EXPORT, facts).answer != VERDICT_YES)
        return;
    mail_id(&x->mail.m, id);
    (void)snprintf(way, sizeof(way), "valise save %s DIR --purpose %s", id,
        enum_name(&enum_open_purpose, facts->purpose));
    sheet_row(&x->sheet, (const char *const[]){ "save", way, "", "", "V-043",
        "UNCAC 46(19)", _("take its files out, as a numbered copy") });
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

    if (at == NULL || !mail_has_body(&x->mail) ||
        mail_shut(x->mail.row) != OK)
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
    sheet_row(&x->sheet, (const char *const[]){ "read", way, "", "", "V-043",
        "UNCAC 46(19)", _("read it, which is logged") });
    add_save(x, set, &facts);
}

/* What is done with what was called back, before its result is said; NULL
 * where that is done, or a legal hold forbids it. */
static const char *
recall_way(const struct message *recall, const struct rec *row)
{
    static const char *const ways[] = { [RECALL_ACTION_DESTROY] = "",
        [RECALL_ACTION_RETURN] = " --returned",
        [RECALL_ACTION_SEAL] = " --seal" };
    const uint64_t action = message_uint(recall, "requested_action");
    const enum err shut = mail_shut(row);

    if (!record_has(row, "keeping") || record_uint(row, "keeping") ==
        RETENTION_LEGAL_HOLD || shut == E_DESTROYED ||
        (shut == E_SEALED && action == RECALL_ACTION_SEAL) ||
        action >= sizeof(ways) / sizeof(ways[0]))
        return NULL;
    return ways[action];
}

/* What was called back whole, while its result is owed. */
static void
add_destroy(struct listing *x)
{
    char id[MAIL_WHOLE_MAX + 1], way[96], due[MAIL_WHEN_MAX + 1];
    const char *how;
    struct rec *row;

    for (size_t i = 0; i < x->n_duties; i++) {
        const struct duty *d = &x->duties[i];
        const struct thread_message *of = d->what == DUTY_RECALL && d->own &&
            duty_recalls_all(d->about) ? thread_named(x->t, d->about) : NULL;

        if (of == NULL || of->out)
            continue;
        mail_whole_id(&of->m, id);
        if (session_find(x->s, id, &row) != OK ||
            (how = recall_way(&d->about->m, row)) == NULL)
            continue;
        id[MAIL_ID_LEN] = '\0';
        (void)snprintf(way, sizeof(way), "valise destroy %s%s", id, how);
        mail_when(d->due, x->r->env->now, due);
        sheet_row(&x->sheet, (const char *const[]){ "destroy", way, "", due,
            "V-050", _(duty_row(d->what)->source), _("it was called back: "
            "do so here, then say it with recall-result") });
    }
}

/* A message of ours that waits for a second person; one that nobody can sign
 * any more is taken back. */
static void
put_approve(struct listing *x, const struct message *m, const char *meaning)
{
    const bool late = accepting_too_late(m, &x->state, x->r->env->now);
    char id[MAIL_ID_LEN + 1], way[96];

    mail_id(m, id);
    (void)snprintf(way, sizeof(way), late ? "valise cancel %s" :
        "valise approve %s", id);
    sheet_row(&x->sheet, (const char *const[]){ late ? "cancel" : "approve",
        way, late ? "" : _("another person"), "", late ? "V-041" : "V-005",
        _("default of this project"), late ? _("take back an acceptance that "
        "nobody can approve any more: its offer is over") : meaning });
}

/* What waits for a second person: the message itself, and what would answer
 * one of this thread. */
static void
add_approve(struct listing *x)
{
    char id[MAIL_WHOLE_MAX + 1], meaning[MEANING_MAX];
    struct rec *row;

    if (x->mail.state == MESSAGE_STATE_PENDING)
        put_approve(x, &x->mail.m, _("sign it as the second person"));
    for (size_t i = 0; i < thread_count(x->t); i++) {
        const struct thread_message *m = thread_at(x->t, i);

        if (!m->out || m->gone || m->place > 0 || is_meant(x, m))
            continue;
        mail_whole_id(&m->m, id);
        if (session_find(x->s, id, &row) != OK ||
            record_uint(row, "state") != MESSAGE_STATE_PENDING)
            continue;
        (void)snprintf(meaning, sizeof(meaning), _("a %s of yours waits for "
            "an approver"), m->m.kind->name);
        put_approve(x, &m->m, meaning);
    }
}

/* What an approver sent back is read, mended and sent as a new message. */
static void
add_mend(struct listing *x)
{
    if (x->mail.state == MESSAGE_STATE_RETURNED && x->mail.out)
        sheet_row(&x->sheet, (const char *const[]){ "send",
            "valise send FORM", "", "", "V-005",
            _("default of this project"),
            _("mend your form by the comment of who returned it") });
}

/* How the files get into it: sealed anew where their list was wrong. */
static void
put_again(struct listing *x, const struct thread_message *of, char *way,
    char meaning[static MEANING_MAX])
{
    const struct thread_message *faulty = offering_faulty(x->t, &x->state);
    char id[MAIL_ID_LEN + 1], text[MAIL_WHO_MAX + 1];

    mail_id(&of->m, id);
    (void)snprintf(way, WAY_MAX, faulty != NULL ? "valise offer --again %s "
        "FORM --attach-dir DIR" : "valise offer --again %s", id);
    if (faulty != NULL) {
        mail_says(&faulty->m, text);
        (void)snprintf(meaning, MEANING_MAX, _("a new offer in its place, "
            "its files sealed anew: %s"), text);
    } else if (offering_author(x->s, &of->m, text)) {
        (void)snprintf(meaning, MEANING_MAX, _("a new offer in its place; "
            "nobody but %s has the keys of its files"), text);
    } else {
        (void)snprintf(meaning, MEANING_MAX, "%s",
            _("a new offer in its place, of the same files"));
    }
}

/* Whether it was offered again, or nobody can say that it was not. */
static bool
may_stand(struct listing *x, const struct thread_message *of)
{
    char later[MAIL_ID_LEN + 1];
    bool found;

    return offering_later(x->r, x->s, &of->m, &found, later) != OK || found;
}

/* A new offer opens a thread of its own, in the place of this one. */
static void
add_again(struct listing *x)
{
    const struct acts_row *act = acts_find(x->r->env->domain, "offer");
    const struct thread_message *of = thread_opening(x->t);
    char way[WAY_MAX], meaning[MEANING_MAX];
    struct message m;

    if (of == NULL)
        of = thread_find(x->t, message_bytes(&x->mail.m, "msg_id"));
    if (act == NULL || of == NULL || !of->out ||
        of->m.kind->n != KIND_EVIDENCE_OFFER ||
        !offering_is_over(&x->state, of, x->r->env->now) ||
        may_stand(x, of) || !make(x, act, &m))
        return;
    put_again(x, of, way, meaning);
    put_act(x, act, &m, way, "", meaning);
}

/* What is another's nobody here can grant: its originator is asked, and his
 * decision passed on. */
static enum err
add_relay(struct listing *x)
{
    const struct acts_row *act = acts_find(x->r->env->domain, "consent");
    const struct acts_row *ask = acts_find(x->r->env->domain,
        "consent-request");
    const struct thread_message *of = target_of(x, act), *target;
    const struct mail *with;
    struct slice source;
    struct mail_boxes b;
    char way[WAY_MAX], id[MAIL_ID_LEN + 1], due[MAIL_WHEN_MAX + 1];
    struct message m;
    enum err e;

    if (!may_go(x, act, of, &m) || has_room(x, act, of) ||
        (target = thread_find(x->t, message_bytes(&of->m, "target_msg"))) ==
        NULL)
        return OK;
    if ((e = mail_boxes(x->s, x->r->env->domain, &b)) != OK)
        return session_fail(x->s, e);
    source = message_bytes(&target->m, "source_msg");
    put_due(x, act, of, due);
    if ((with = relaying_decided(&b, &of->m,
        x->r->env->now)) != NULL) {
        put_command(x, act, &of->m, way);
        mail_id(&with->m, id);
        (void)snprintf(way + strlen(way), WAY_MAX - strlen(way),
            " --with %s", id);
        put_act(x, act, &m, way, due,
            _("pass on the originator's own decision, as it is"));
    } else if (source.n == MSG_ID_LEN && !relaying_asked(&b, &of->m,
        source) && make(x, ask, &m)) {
        relaying_question(&of->m, source, WAY_MAX, way);
        put_act(x, ask, &m, way, due,
            _("ask its originator, whose decision is then passed on"));
    }
    return OK;
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
stages(struct run *r, struct session *s)
{
    struct listing all = { .r = r, .s = s }, *x = &all;
    const char *name;
    char title[128];
    enum err e;

    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = mail_thread(x->r, x->s, &x->mail, &x->t, &x->state)) != OK)
        return e;
    name = states_name(x->state.machine, x->state.state);
    (void)snprintf(title, sizeof(title), _("The thread is %s."),
        name != NULL ? name : "DRAFT");
    sheet_init(&x->sheet, session_arena(x->s), title,
        "act command co_signer due rule source meaning");
    x->n_duties = session_duties(x->s, x->t, &x->state, x->duties,
        DUTIES_MAX);
    add_open(x);
    add_approve(x);
    add_mend(x);
    set_facts(x);
    set_owed(x);
    /* What is owed stands first. */
    if (writes(x->s) && (e = add_downstream(x)) != OK)
        return e;
    if (writes(x->s) && (e = add_relay(x)) != OK)
        return e;
    if (writes(x->s))
        add_destroy(x);
    if (writes(x->s))
        add_again(x);
    for (int owed = 1; owed >= 0 && writes(x->s); owed--) {
        for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
            if (!a->general)
                add_act(x, a, owed != 0);
        }
    }
    return command_sheet(x->r, &x->sheet, "valise.next");
}

static enum err
run_next(struct run *r)
{
    return submit_with(r, stages);
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
