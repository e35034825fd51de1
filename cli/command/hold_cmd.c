/*
 * valise hold ID: a legal hold keeps content past its end until a date, and
 * is lifted by a person.  The node tells its sender that it is so, and since
 * when, unless the limits on use say that he must not be named.
 */
#include <stdio.h>

#include "cli/act/mail.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/choice.h"
#include "cli/text/confirm.h"
#include "cli/text/text.h"
#include "cli/text/times.h"

struct holding {
    struct run *r;
    struct session *s;
    struct mail mail;
    bool lift;
    uint64_t until, reason;
};

static enum err
take_options(struct holding *x)
{
    enum err e;

    x->lift = command_option(x->r, "lift") != NULL;
    if (x->lift && (command_option(x->r, "until") != NULL ||
        command_option(x->r, "reason") != NULL))
        return command_fail(x->r, ERR_USAGE, "--lift", _("to lift a hold "
            "needs neither a reason nor a date"));
    if (x->lift)
        return OK;
    if ((e = choice_code(x->r, &enum_hold_reason, "reason",
        &x->reason)) != OK || (e = choice_time(x->r, "until",
        &x->until)) != OK)
        return e;
    if ((int64_t)x->until > x->r->env->now)
        return OK;
    return command_fail(x->r, ERR_USAGE, "--until",
        _("a day to come; the hold ends then, or when it is renewed"));
}

static enum err
tell(struct holding *x, const char *title)
{
    char id[MAIL_WHOLE_MAX + 1], from[MAIL_WHO_MAX + 1],
        until[MAIL_WHEN_MAX + 1];
    const char *reason = enum_name(&enum_hold_reason, x->reason);
    struct sheet s;

    mail_whole_id(&x->mail.m, id);
    mail_authority(session_directory(x->s), message_bytes(&x->mail.m,
        "from"), from);
    mail_when((int64_t)x->until, x->r->env->now, until);
    sheet_init(&s, session_arena(x->s), title, "field value");
    sheet_row(&s, (const char *const[]){ "message", id });
    sheet_row(&s, (const char *const[]){ "from", from });
    if (!x->lift) {
        sheet_row(&s, (const char *const[]){ "reason", reason });
        sheet_row(&s, (const char *const[]){ "until", until });
    }
    return command_sheet(x->r, &s, "valise.hold");
}

static enum err
ask(struct holding *x)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_hold), *result;
    const char *in = command_option(x->r, "in");
    struct entry entry;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest",
        SLICE(x->mail.digest))) != OK ||
        (!x->lift && ((e = record_put_uint(a, args, "until",
        x->until)) != OK || (e = record_put_uint(a, args, "reason",
        x->reason)) != OK)) || (in != NULL && (e = record_put_bytes(a, args,
        "proceeding", slice_str(in))) != OK))
        return e;
    if ((e = session_act(x->s, REQUEST_HOLD, ACT_HOLD, SLICE(x->mail.digest),
        args, &result)) == OK)
        e = session_receipt(x->s, record_bytes(result, "receipt"),
            x->mail.digest, x->lift ? EVENT_HOLD_LIFTED : EVENT_HOLD_SET,
            &entry);
    return session_fail(x->s, e);
}

static enum err
steps(struct run *r, struct session *s)
{
    struct holding all = { .r = r, .s = s }, *x = &all;
    enum err e;

    if ((e = take_options(x)) != OK ||
        (e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK)
        return e;
    if (command_option(x->r, "dry-run") != NULL)
        return tell(x, x->lift ? _("This hold would be lifted.") :
            _("This hold would be set."));
    if ((e = confirm(x->r, x->lift ? _("Lift the hold? What is past its time "
        "is destroyed then.") : _("Set a legal hold on this message? Its "
        "sender is told, unless its attribution is MUST_NOT."))) !=
        OK || (e = ask(x)) != OK)
        return e;
    return tell(x, x->lift ? _("The hold is lifted.") :
        _("The hold is set."));
}

static enum err
run_hold(struct run *r)
{
    return submit_with(r, steps);
}

static const struct option_row options[] = {
    { "reason", N_("CODE"), N_("why: COURT_ORDER, PROCEEDING, ARCHIVE_LAW, "
      "COMPLAINT, BREACH or OTHER") },
    { "until", N_("DATE"), N_("when it ends; at most a year ahead") },
    { "in", N_("PROCEEDING"), N_("in which proceeding") },
    { "lift", NULL, N_("lift the hold that is there") },
    { "dry-run", NULL, N_("show what would be done, and do nothing") },
    CONFIRM_OPTION, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise hold 3f0a1c22 --reason COURT_ORDER --until 2027-06-30",
    "valise hold 3f0a1c22 --lift",
    NULL
};

const struct command command_hold = {
    .name = "hold", .run = run_hold, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("keep a message past its end for a legal reason, or end that"),
    .examples = examples
};
