/*
 * valise ack ID: acknowledge a message.
 */
#include "cli/acknowledge.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/sending.h"
#include "cli/text.h"

static enum err
acknowledge(struct run *r, struct session *s, struct composed *c)
{
    struct thread_state state;
    struct compose_opts o;
    struct submitted done;
    struct thread *t;
    struct mail m;
    enum err e;

    if (c == NULL)
        return ERR_NOMEM;
    if ((e = mail_find(r, s, r->arg[0], &m)) != OK ||
        (e = mail_thread(r, s, &m, &t, &state)) != OK ||
        (e = acknowledge_make(r, s, t, &m, &o, c)) != OK ||
        (e = confirm(r, _("Acknowledge it? You say that you deal with it, "
        "and accept its limits on use."))) != OK ||
        (e = submit_composed(r, s, &o, c, &done)) != OK)
        return e;
    return submit_tell(r, c, &done);
}

static enum err
run_ack(struct run *r)
{
    struct composed *c = NULL;
    struct session *s;
    enum err e;

    if ((e = submit_open(r, &s)) != OK)
        return e;
    c = sending_new();
    e = acknowledge(r, s, c);
    sending_free(c);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    ACKNOWLEDGE_OPTIONS, SENDING_YES, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise ack 3f0a1c22",
    "valise ack 3f0a1c22 --conf CAN_COMPLY --due +21d --yes",
    NULL
};

const struct command command_ack = {
    .name = "ack", .run = run_ack, .args = N_("ID"), .least = 1, .most = 1,
    .options = options,
    .help = N_("acknowledge a message: you deal with it"),
    .examples = examples
};
