/*
 * Short names: `valise reply ID` is `valise do ID reply`.  A row has the
 * options that are frequent for its act; which field an option fills stands
 * in the row of the act (acts.c), and nothing else is added.
 */
#include "cli/commands.h"
#include "cli/doing.h"
#include "cli/text.h"

static enum err
run_short(struct run *r)
{
    const struct doing_want w = { .id = r->arg[0],
        .act = acts_find(r->env->domain, r->c->name),
        .path = r->n > 1 ? r->arg[1] : NULL };

    return w.act == NULL ? acts_unknown(r, r->c->name) : doing_run(r, &w);
}

#define EXAMPLES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define OPTIONS(...) (const struct option_row[]){ __VA_ARGS__, \
    HOME_OPTIONS, { NULL, NULL, NULL } }
#define SHORT(word, words, ...) { .name = word, .run = run_short, \
    .args = N_("ID [FORM|-|DRAFT]"), .least = 1, .most = 2, .help = words, \
    .options = OPTIONS(__VA_ARGS__)

const struct command command_ack = {
    .name = "ack", .run = run_short, .args = N_("ID"), .least = 1,
    .most = 1, .help = N_("acknowledge a message: you deal with it"),
    .options = OPTIONS(ACKNOWLEDGE_OPTIONS, SENDING_OPTIONS),
    .examples = EXAMPLES("valise ack 3f0a1c22",
    "valise ack 3f0a1c22 --conf CAN_COMPLY --due +21d --yes")
};

const struct command command_reply =
    SHORT("reply", N_("answer a request; acknowledges it first"),
    { "no-trace", NULL, N_("nothing was found; with --searched no form is "
      "needed") },
    { "searched", N_("PLACES"), N_("where it was looked for, for example "
      "FIU_DATABASE,BANK_QUERY") },
    { "purpose", N_("PURPOSE"), N_("open the request for this purpose, so "
      "that its subjects are known") },
    { "proceeding", N_("ID"), N_("in which proceeding") },
    ACKNOWLEDGE_OPTIONS, DOING_OPTIONS),
    .examples = EXAMPLES("valise reply 3f0a1c22 answer.json",
    "valise reply 3f0a1c22 --no-trace --searched FIU_DATABASE,TAX --yes")
};

const struct command command_clarify =
    SHORT("clarify",
    N_("ask what a message means, or answer such a question"),
    ACKNOWLEDGE_OPTIONS, DOING_OPTIONS),
    .examples = EXAMPLES("valise clarify 3f0a1c22 question.json",
    "valise clarify 9b77e0d1 - --yes < answer.json")
};

const struct command command_close =
    SHORT("close", N_("end a thread; the limits on use go on"),
    { "reason", N_("REASON"), N_("why the thread ends, for example "
      "ANSWERED") },
    { "mla-ref", N_("REF"), N_("reference of the formal request") },
    DOING_OPTIONS),
    .examples = EXAMPLES("valise close 3f0a1c22 --reason ANSWERED",
    "valise close 3f0a1c22 --reason FORMALISED --mla-ref QM-2027-0042 --yes")
};
