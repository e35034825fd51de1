/*
 * valise lock: forget the unlocked keys now.
 */
#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/trust/agent.h"
#include "cli/trust/home.h"

#define LOCK_ARENA 4096

static enum err
run_lock(struct run *r)
{
    struct arena *a = NULL;
    char dir[HOME_PATH_MAX];
    struct sheet s;
    bool ended = false;
    enum err e;

    if ((e = home_dir(r, dir)) != OK)
        return e;
    if ((e = agent_end(dir, &ended)) != OK && e != ERR_NOTFOUND)
        return command_fail(r, e, dir, NULL);
    if ((a = arena_new(LOCK_ARENA)) == NULL)
        return ERR_NOMEM;
    sheet_init(&s, a, ended ? _("Your keys are locked.") :
        _("Your keys were locked already."), "field value");
    sheet_row(&s, (const char *const[]){ "was_unlocked",
        ended ? "yes" : "no" });
    e = command_sheet(r, &s, "valise.lock");
    arena_free(a);
    return e;
}

static const struct option_row options[] = {
    { "home", N_("DIR"), N_("folder of your keys") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise lock",
    "valise lock --home ~/desk",
    NULL
};

const struct command command_lock = {
    .name = "lock", .run = run_lock, .args = "", .options = options,
    .help = N_("forget the unlocked keys now"),
    .examples = examples
};
