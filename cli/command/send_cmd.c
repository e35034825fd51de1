/*
 * valise send [FILE|-|DRAFT]: seal the form of a message that opens a thread
 * and hand it to the own node.
 */
#include "cli/act/sending.h"
#include "cli/command/commands.h"
#include "cli/files/attach.h"
#include "cli/text/text.h"

static enum err
run_send(struct run *r)
{
    const struct sending_want w = { .path = r->n > 0 ? r->arg[0] : "-",
        .hint = _("evidence: valise offer AUTHORITY FORM; what belongs to a "
        "thread: valise do ID ACT FORM; what can be done: valise next ID")
        };
    struct session *s;
    enum err e;

    if ((e = submit_open(r, &s)) != OK)
        return e;
    e = sending_run(r, s, &w);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    SENDING_OPTIONS, ATTACH_OPTIONS, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise send disclosure.json --dry-run",
    "valise send --yes - < question.json",
    "valise send disclosure.json --attach-dir scans --doc-type "
        "BANK_STATEMENT --copy COPY --pages 0",
    NULL
};

const struct command command_send = {
    .name = "send", .run = run_send, .args = N_("[FILE|-|DRAFT]"),
    .most = 1, .options = options,
    .help = N_("seal a message and hand it to your node"),
    .examples = examples
};
