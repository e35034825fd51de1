/*
 * valise do ID ACT [FORM]: any act in the thread of a message, by its word.
 */
#include "cli/act/doing.h"
#include "cli/act/purpose.h"
#include "cli/command/commands.h"
#include "cli/files/attach.h"
#include "cli/files/custody.h"
#include "cli/text/text.h"

static enum err
run_do(struct run *r)
{
    const struct doing_want w = { .id = r->arg[0],
        .act = acts_find(r->env->domain, r->arg[1]),
        .path = r->n > 2 ? r->arg[2] : NULL, .to = command_option(r, "to") };

    return w.act == NULL ? acts_unknown(r, r->arg[1]) : doing_run(r, &w);
}

static const struct option_row options[] = {
    { "set", N_("FIELD=VALUE..."), N_("a code, date or id of the form, for "
      "example body.new_due=+14d") },
    DOING_TEXT,
    { "to", N_("AUTHORITY"), N_("whom it goes to, where it opens a thread; "
      "left out: the other side of this one") },
    { "with", N_("ID"), N_("pass on this decision of the originator, where a "
      "consent is asked of you for another") },
    { "purpose", N_("PURPOSE"), N_("open the request for this purpose, so "
      "that its subjects are known") },
    PURPOSE_IN,
    CUSTODY_OF_OPTION, ACKNOWLEDGE_OPTIONS, DOING_OPTIONS, ATTACH_OPTIONS,
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise do 3f0a1c22 reply --form > answer.json",
    "valise do 3f0a1c22 reply answer.json --conf CAN_COMPLY",
    "valise do 3f0a1c22 close --set body.close_reason=ANSWERED --yes",
    NULL
};

const struct command command_do = {
    .name = "do", .run = run_do, .args = N_("ID ACT [FORM|-|DRAFT]"),
    .least = 2, .most = 3, .options = options,
    .help = N_("any act in a thread, with what is known filled in"),
    .examples = examples
};
