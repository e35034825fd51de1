/*
 * valise reply ID [FILE|-]: answer a request.
 *
 * Subjects of an answer must be those of the request (V-073), which stand in
 * its body half: an answer with subjects needs --purpose, with which the
 * request is opened.
 */
#include "cli/acknowledge.h"
#include "cli/answering.h"
#include "cli/commands.h"
#include "cli/text.h"

static bool
is_reply(const struct kind *kind)
{
    return kind->n == KIND_REPLY;
}

static bool
(*fits(const struct mail *m))(const struct kind *kind)
{
    (void)m;
    return is_reply;
}

static enum err
run_reply(struct run *r)
{
    const struct answering_want w = { .id = r->arg[0],
        .path = r->n > 1 ? r->arg[1] : "-", .fits = fits, .opens = true,
        .hint = _("this is no answer; see: valise draft reply") };

    return answering_run(r, &w);
}

static const struct option_row options[] = {
    { "purpose", N_("PURPOSE"), N_("open the request for this purpose, so "
      "that its subjects are known") },
    { "proceeding", N_("ID"), N_("in which proceeding") },
    ACKNOWLEDGE_OPTIONS, SENDING_OPTIONS, HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise reply 3f0a1c22 answer.json",
    "valise reply 3f0a1c22 - --purpose ANALYSIS --yes < answer.json",
    NULL
};

const struct command command_reply = {
    .name = "reply", .run = run_reply, .args = N_("ID [FILE|-]"),
    .least = 1, .most = 2, .options = options,
    .help = N_("answer a request; acknowledges it first"),
    .examples = examples
};
