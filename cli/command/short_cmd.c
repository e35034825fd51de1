/*
 * Short names: `valise reply ID` is `valise do ID reply`.  A row has the
 * options that are frequent for its act; which field an option fills stands
 * in the row of the act (acts.c), and nothing else is added.
 */
#include "cli/act/doing.h"
#include "cli/act/purpose.h"
#include "cli/command/commands.h"
#include "cli/files/attach.h"
#include "cli/text/text.h"

#define EXAMPLES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define OPTIONS(...) (const struct option_row[]){ __VA_ARGS__, \
    HOME_OPTIONS, { NULL, NULL, NULL } }
#define SHORT(word, words, ...) { .name = word, .act = word, \
    .run = doing_run_short, \
    .args = N_("ID [FORM|-|DRAFT]"), .least = 1, .most = 2, .help = words, \
    .options = OPTIONS(__VA_ARGS__)

const struct command command_ack = {
    .name = "ack", .act = "ack", .run = doing_run_short, .args = N_("ID"),
    .least = 1, .most = 1,
    .help = N_("acknowledge a message: you deal with it"),
    .options = OPTIONS({ "purpose", N_("PURPOSE"), N_("open its files for "
    "this purpose, to check them") },
    PURPOSE_IN,
    { "wait", NULL, N_("wait for files that have not arrived yet") },
    { "progress", N_("json"), N_("tell on stderr how far the check is, one "
      "JSON object a line") },
    ACKNOWLEDGE_OPTIONS, SENDING_OPTIONS),
    .examples = EXAMPLES("valise ack 3f0a1c22",
    "valise ack 3f0a1c22 --conf CAN_COMPLY --due +21d --yes",
    "valise ack 9b77e0d1 --purpose PROSECUTION --wait --yes")
};

const struct command command_reply =
    SHORT("reply", N_("answer a request; acknowledges it first"),
    { "no-trace", NULL, N_("nothing was found; with --searched no form is "
      "needed") },
    { "searched", N_("PLACES"), N_("where it was looked for, for example "
      "FIU_DATABASE,BANK_QUERY") },
    { "purpose", N_("PURPOSE"), N_("open the request for this purpose, so "
      "that its subjects are known") },
    PURPOSE_IN,
    ACKNOWLEDGE_OPTIONS, DOING_OPTIONS, ATTACH_OPTIONS),
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

const struct command command_refuse =
    SHORT("refuse", N_("refuse a request, with a permitted ground"),
    { "ground", N_("CODE"), N_("the ground, for example RG_ORDRE_PUBLIC; "
      "see: valise explain ground") },
    ACKNOWLEDGE_OPTIONS, DOING_OPTIONS),
    .examples = EXAMPLES("valise refuse 3f0a1c22 --ground RG_ORDRE_PUBLIC",
    "valise refuse 3f0a1c22 refusal.json --dry-run")
};

const struct command command_delay =
    SHORT("delay", N_("say that an answer takes longer, why and until when"),
    { "until", N_("TIME"), N_("when it is due now, for example +14d") },
    { "reason", N_("CODE"), N_("why, for example DR_COURT_ORDER_PENDING") },
    { "partial", NULL, N_("a part can be given before") },
    DOING_TEXT, ACKNOWLEDGE_OPTIONS, DOING_OPTIONS),
    .examples = EXAMPLES("valise delay 3f0a1c22 --until +14d --reason "
    "DR_COURT_ORDER_PENDING --text why.txt --yes",
    "valise delay 3f0a1c22 delay.json")
};

const struct command command_pre_refusal =
    SHORT("pre-refusal", N_("consult before a refusal or a postponement"),
    { "ground", N_("CODE"), N_("the ground that stands in the way") },
    { "outcome", N_("OUTCOME"), N_("what would follow: REFUSE or "
      "POSTPONE") },
    { "until", N_("TIME"), N_("time for an answer, 10 days or more") },
    ACKNOWLEDGE_OPTIONS, DOING_OPTIONS),
    .examples = EXAMPLES("valise pre-refusal 3f0a1c22 --outcome REFUSE "
    "--ground RG_DE_MINIMIS",
    "valise pre-refusal 3f0a1c22 --form > consultation.json")
};

const struct command command_conditions =
    SHORT("conditions", N_("offer help under conditions"),
    { "condition", N_("CODE"), N_("the condition, for example "
      "COND_CONFIDENTIAL") },
    { "until", N_("TIME"), N_("time for a decision") },
    DOING_TEXT, ACKNOWLEDGE_OPTIONS, DOING_OPTIONS),
    .examples = EXAMPLES("valise conditions 3f0a1c22 --condition "
    "COND_PURPOSE_ONLY --text condition.txt",
    "valise conditions 3f0a1c22 offer.json")
};

const struct command command_accept =
    SHORT("accept", N_("accept conditions: it binds the State"),
    { "purpose", N_("PURPOSE"), N_("open what is accepted for this purpose, "
      "to show it; left out: the one that its limits name") },
    PURPOSE_IN,
    { "files", NULL, N_("list all files of an offer, not the first ones "
      "alone") },
    { "no-room", NULL, N_("although your node has no room for its files, "
      "which wait until there is") },
    DOING_OPTIONS),
    .examples = EXAMPLES("valise accept 9b77e0d1",
    "valise accept 9b77e0d1 --purpose PROSECUTION --files",
    "valise accept 9b77e0d1 --dry-run")
};

const struct command command_decline =
    SHORT("decline", N_("decline conditions"), DOING_OPTIONS),
    .examples = EXAMPLES("valise decline 9b77e0d1",
    "valise decline 9b77e0d1 --yes")
};

const struct command command_remind =
    SHORT("remind", N_("ask how far it is"), DOING_OPTIONS),
    .examples = EXAMPLES("valise remind 3f0a1c22",
    "valise remind 3f0a1c22 --yes")
};

const struct command command_feedback =
    SHORT("feedback", N_("say what came of a message"),
    { "usefulness", N_("0..5"), N_("0 no use at all, 5 very useful") },
    { "used-for", N_("PURPOSES"), N_("what it was used for, for example "
      "ANALYSIS") },
    { "outcome", N_("OUTCOMES"), N_("what came of it, for example "
      "NEW_INVESTIGATION") },
    DOING_TEXT, DOING_OPTIONS),
    .examples = EXAMPLES("valise feedback 3f0a1c22 --usefulness 4 "
    "--used-for ANALYSIS --outcome NEW_INVESTIGATION",
    "valise feedback 3f0a1c22 feedback.json --yes")
};

const struct command command_withdraw =
    SHORT("withdraw", N_("withdraw what is no longer needed"),
    { "reason", N_("REASON"), N_("why, for example NO_LONGER_REQUIRED") },
    { "keep", NULL, N_("what was sent need not be destroyed") },
    DOING_OPTIONS),
    .examples = EXAMPLES("valise withdraw 3f0a1c22 --reason "
    "NO_LONGER_REQUIRED",
    "valise withdraw 3f0a1c22 --reason SENT_IN_ERROR --yes")
};

const struct command command_recall =
    SHORT("recall", N_("call back what you sent"),
    { "reason", N_("CODE"), N_("why, for example RC_WRONG_RECIPIENT") },
    { "action", N_("ACTION"), N_("DESTROY, RETURN or SEAL") },
    { "parts", N_("PARTS"), N_("only these parts, for example p1,p3") },
    { "until", N_("TIME"), N_("time for the result") },
    DOING_OPTIONS),
    .examples = EXAMPLES("valise recall 3f0a1c22 --reason "
    "RC_WRONG_RECIPIENT --yes",
    "valise recall 3f0a1c22 --reason RC_DATA_WRONG --parts p2")
};

static enum err
run_question(struct run *r)
{
    const struct doing_want w = { .to = r->arg[0],
        .act = acts_find(r->env->domain, r->c->act),
        .path = r->n > 1 ? r->arg[1] : NULL };

    return w.act == NULL ? acts_unknown(r, r->c->act) : doing_run(r, &w);
}

const struct command command_question = {
    .name = "question", .act = "question", .run = run_question,
    .args = N_("AUTHORITY [FORM|-|DRAFT]"), .least = 1, .most = 2,
    .help = N_("ask what a request must have: three answers and it is sent"),
    .options = OPTIONS(
    { "conf", N_("yes|no"), N_("must the question itself stay secret") },
    { "until", N_("TIME"), N_("answer needed by; left out: +21d") },
    DOING_OPTIONS),
    .examples = EXAMPLES("valise question QN-CA",
    "valise question QN-CA --conf no --form > question.json")
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
