/*
 * valise unlock: type the passphrase once, for the hours of a working day.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/agent.h"
#include "cli/trust/home.h"

#define UNLOCK_ARENA 4096

/* "8h", "30m" or "90s". */
static bool
parse_span(const char *text, unsigned *seconds)
{
    static const struct { char unit; unsigned n; } units[] = {
        { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
    char *end = NULL;
    unsigned long n;

    if (text[0] < '0' || text[0] > '9')
        return false;
    n = strtoul(text, &end, 10);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (end[0] != units[i].unit || end[1] != '\0')
            continue;
        *seconds = (unsigned)n * units[i].n;
        return n > 0 && n <= AGENT_MOST / units[i].n;
    }
    return false;
}

static enum err
report(struct run *r, const struct home *h, unsigned seconds)
{
    struct arena *a = arena_new(UNLOCK_ARENA);
    char until[TIMES_LEN + 1];
    struct sheet s;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    times_format((uint64_t)r->env->now + seconds, until);
    sheet_init(&s, a, _("Your keys are unlocked."), "field value");
    sheet_row(&s, (const char *const[]){ "label", h->label });
    sheet_row(&s, (const char *const[]){ "until", until });
    e = command_sheet(r, &s, "valise.unlock");
    arena_free(a);
    return e;
}

static enum err
run_unlock(struct run *r)
{
    const char *span = command_option(r, "for");
    unsigned seconds = AGENT_USUAL;
    struct secret *s = NULL;
    struct home *h = NULL;
    enum err e;

    if (span != NULL && !parse_span(span, &seconds))
        return command_fail(r, ERR_USAGE, span,
            _("a time such as 8h, 30m or 90s, and 24h at most"));
    if ((e = home_find(r, &h)) != OK)
        return e;
    if ((e = home_payload(r, h, &s)) == OK &&
        (e = agent_start(h->dir, h->label, s, seconds)) != OK)
        (void)command_fail(r, e, h->dir, NULL);
    if (e == OK)
        e = report(r, h, seconds);
    if (e == OK)
        command_next(r, _("valise inbox; valise lock when you leave"));
    home_close(h);
    return e;
}

static const struct option_row options[] = {
    { "for", N_("TIME"), N_("how long: 8h (unless you say otherwise), 30m; "
      "at most 24h, and until you log out here") },
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise unlock",
    "valise unlock --for 2h --as o-114",
    NULL
};

const struct command command_unlock = {
    .name = "unlock", .run = run_unlock, .args = "", .options = options,
    .help = N_("ask for the passphrase once; commands then do not"),
    .examples = examples
};
