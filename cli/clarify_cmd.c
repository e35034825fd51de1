/*
 * valise clarify ID [FILE|-]: ask what a message means, or answer such a
 * question when ID is one.
 */
#include "cli/acknowledge.h"
#include "cli/answering.h"
#include "cli/commands.h"
#include "cli/text.h"

static bool
is_question(const struct kind *kind)
{
    return kind->n == KIND_CLARIFICATION_REQUEST;
}

static bool
is_answer(const struct kind *kind)
{
    return kind->n == KIND_CLARIFICATION_REPLY;
}

static bool
(*fits(const struct mail *m))(const struct kind *kind)
{
    return !m->out && m->m.kind->n == KIND_CLARIFICATION_REQUEST ?
        is_answer : is_question;
}

static enum err
run_clarify(struct run *r)
{
    const struct answering_want w = { .id = r->arg[0],
        .path = r->n > 1 ? r->arg[1] : "-", .fits = fits,
        .hint = _("valise draft clarify asks; where ID is a question, "
        "valise draft clarification answers") };

    return answering_run(r, &w);
}

static const struct option_row options[] = {
    ACKNOWLEDGE_OPTIONS, SENDING_OPTIONS, HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise clarify 3f0a1c22 question.json",
    "valise clarify 9b77e0d1 - --yes < answer.json",
    NULL
};

const struct command command_clarify = {
    .name = "clarify", .run = run_clarify, .args = N_("ID [FILE|-]"),
    .least = 1, .most = 2, .options = options,
    .help = N_("ask what a message means, or answer such a question"),
    .examples = examples
};
