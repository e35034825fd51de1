/*
 * valise cancel ID: take back a message that has not been handed to the way
 * out yet.  What has left is called back by a recall.  With --upload: give up
 * files that were not handed in whole.
 */
#include <stdio.h>

#include "cli/act/mail.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/cancel_upload.h"
#include "cli/text/confirm.h"
#include "cli/text/text.h"
#include "proto/thread.h"

static bool
can_be(const struct mail *m)
{
    return m->out && (m->state == MESSAGE_STATE_PENDING ||
        m->state == MESSAGE_STATE_QUEUED ||
        m->state == MESSAGE_STATE_RETURNED);
}

static enum err
tell(struct run *r, struct session *s, const struct mail *m,
    const char *title)
{
    char id[MAIL_WHOLE_MAX + 1], to[MAIL_WHO_MAX + 1],
        leaves[MAIL_WHEN_MAX + 1];
    struct sheet sheet;

    mail_whole_id(&m->m, id);
    mail_authority(session_directory(s), message_bytes(&m->m, "to"), to);
    mail_when((int64_t)record_uint(m->row, "leaves_at"), r->env->now,
        leaves);
    sheet_init(&sheet, session_arena(s), title, "field value");
    sheet_row(&sheet, (const char *const[]){ "message", id });
    sheet_row(&sheet, (const char *const[]){ "kind", m->m.kind->name });
    sheet_row(&sheet, (const char *const[]){ "to", to });
    sheet_row(&sheet, (const char *const[]){ "state",
        mail_state(m->state) });
    if (leaves[0] != '\0')
        sheet_row(&sheet, (const char *const[]){ "leaves_at", leaves });
    return command_sheet(r, &sheet, "valise.cancel");
}

static enum err
cancel(struct session *s, struct mail *m)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_digest), *result;
    struct entry entry;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest", SLICE(m->digest))) == OK &&
        (e = session_act(s, REQUEST_CANCEL, ACT_CANCEL, SLICE(m->digest),
        args, &result)) == OK)
        e = session_receipt(s, record_bytes(result, "receipt"), m->digest,
            EVENT_CANCELLED, &entry);
    if (e == OK)
        m->state = MESSAGE_STATE_CANCELLED;
    return session_fail(s, e);
}

/* What is held goes and ends with its offer. */
static void
put_why_not(const struct mail *m, char *hint, size_t max)
{
    const struct slice offer = message_bytes(&m->m, "offer_msg");
    char id[MAIL_ID_LEN + 1];

    if (m->out && m->state == MESSAGE_STATE_HELD && offer.n == MSG_ID_LEN) {
        hex_encode(slice_of(offer.p, MAIL_ID_LEN / 2), id);
        (void)snprintf(hint, max, _("it is held for offer %s; end that: "
            "valise withdraw %s"), id, id);
        return;
    }
    (void)snprintf(hint, max, "%s", !m->out ?
        _("this message came from another authority") :
        m->state == MESSAGE_STATE_CANCELLED ?
        _("it was taken back already, or nobody approved it in time; nothing "
        "of it is sent") :
        _("it has left already: valise recall ID calls its content back, "
        "valise withdraw ID ends what was asked or offered"));
}

static enum err
steps(struct run *r, struct session *s)
{
    char ask[200], hint[200], id[MAIL_ID_LEN + 1];
    struct rec *row;
    struct mail m;
    enum err e;

    if (session_find(s, r->arg[0], &row) == E_NOT_FOUND &&
        cancel_upload_is(s, r->arg[0])) {
        (void)snprintf(ask, sizeof(ask), _("this is an upload: valise cancel "
            "%s --upload"), r->arg[0]);
        return command_fail(r, E_NOT_FOUND, r->arg[0], ask);
    }
    if ((e = mail_find(r, s, r->arg[0], &m)) != OK)
        return e;
    mail_id(&m.m, id);
    if (!can_be(&m)) {
        put_why_not(&m, hint, sizeof(hint));
        return command_fail(r, E_BAD_STATE, id, hint);
    }
    if (command_option(r, "dry-run") != NULL)
        return tell(r, s, &m, _("This message would be cancelled."));
    (void)snprintf(ask, sizeof(ask), _("Cancel %s %s? It is not sent then, "
        "and not sent again by itself."), m.m.kind->name, id);
    if ((e = confirm(r, ask)) != OK || (e = cancel(s, &m)) != OK)
        return e;
    if (thread_release(&m.m).n > 0)
        command_note(r, OK, "", _("its offer still stands, and an acceptance "
            "would be refused: valise withdraw, or valise offer --again"));
    if (m.m.kind->n == KIND_EVIDENCE_OFFER)
        command_note(r, OK, "", _("its files stay at your node for a week, "
            "to be offered again: valise offer --again; to free their room: "
            "valise transfers, and for each that it shows: valise cancel "
            "UPLOAD --upload"));
    return tell(r, s, &m, _("The message was cancelled."));
}

static enum err
run_cancel(struct run *r)
{
    if (command_option(r, "upload") != NULL)
        return cancel_upload(r);
    return submit_with(r, steps);
}

static const struct option_row options[] = {
    { "dry-run", NULL, N_("show what would be cancelled, and do nothing") },
    { "upload", NULL, N_("ID is of files that are handed in, were left "
      "half-way, or that no message names: valise transfers") },
    CONFIRM_OPTION, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise cancel 3f0a1c22",
    "valise cancel 3f0a1c22 --yes --json",
    "valise cancel 77a0b1c2 --upload",
    NULL
};

const struct command command_cancel = {
    .name = "cancel", .run = run_cancel, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("take back a message that has not been sent yet"),
    .examples = examples
};
