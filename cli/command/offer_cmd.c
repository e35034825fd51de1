/*
 * valise offer AUTHORITY [FORM]: offer evidence, and hand in its transfer at
 * the same sitting; with --again, after other conditions were proposed or the
 * first offer came to nothing, a new one that names the thread of that and,
 * without --attach, has its files as they were sealed.
 */
#include "cli/act/doing.h"
#include "cli/act/offering.h"
#include "cli/act/purpose.h"
#include "cli/command/commands.h"
#include "cli/files/custody.h"
#include "cli/text/text.h"

static enum err
run_offer(struct run *r)
{
    const char *again = command_option(r, "again");
    const unsigned form = again == NULL ? 1 : 0;
    const struct sending_second second = offering_second(again);
    const struct doing_want w = { .id = again,
        .to = again == NULL && r->n > 0 ? r->arg[0] : NULL,
        .act = acts_find(r->env->domain, "offer"),
        .path = r->n > form ? r->arg[form] : NULL,
        .second = &second };

    if (again == NULL && r->n == 0)
        return command_fail(r, ERR_USAGE, "offer",
            _("name the authority that it is offered to"));
    if (r->n > form + 1)
        return command_fail(r, ERR_USAGE, r->arg[form + 1],
            _("with --again the authority is that of the first offer"));
    return w.act == NULL ? acts_unknown(r, "offer") : doing_run(r, &w);
}

static const struct option_row options[] = {
    { "again", N_("ID"), N_("a new offer in the place of this one, to the "
      "same authority; without files it has the same, as they were sealed") },
    CUSTODY_OF_OPTION, PURPOSE_OPTIONS, ATTACH_OPTIONS, DOING_OPTIONS,
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise offer QM-CA --form > offer.json",
    "valise offer QM-CA offer.json --attach-dir scans --doc-type "
        "BANK_STATEMENT --copy CERTIFIED_COPY --pages 0",
    "valise offer --again 3f0a1c22 --form > offer.json",
    "valise offer --again 3f0a1c22 offer.json",
    "valise offer QO-CA offer.json --parcel-of 3f0a1c22",
    "valise offer QO-CA --form --custody-of 3f0a1c22 --purpose PROSECUTION",
    NULL
};

const struct command command_offer = {
    .name = "offer", .run = run_offer,
    .args = N_("[AUTHORITY] [FORM|-|DRAFT]"), .most = 2, .options = options,
    .help = N_("offer evidence; its files go when it is accepted"),
    .examples = examples
};
