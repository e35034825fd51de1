/*
 * valise verify-origin DIR: whether a folder of certify-origin proves what it
 * says; offline, for anybody.  It ends well only where the digits of all
 * roots were given, nothing lies there that the proof does not prove, and of
 * what its maker sent it proves that it arrived.
 */
#include "cli/command/commands.h"
#include "cli/files/origin_check.h"
#include "cli/text/text.h"

#define VERIFY_ARENA (64u << 20)

/* A folder names its own roots: what nobody has compared proves nothing yet,
 * and ends as an audit without a root does. */
static enum err
conclude(struct run *r, const struct origin_result *n)
{
    if (n->failed > 0)
        return command_fail(r, ERR_PROOF, r->arg[0], _("what does not hold "
            "proves nothing: ask who gave it to you"));
    if (n->unproven > 0)
        command_note(r, OK, "", _("something is not proven by this proof: "
            "its rows name it; take no more from it than from any other "
            "paper"));
    if (n->uncompared > 0)
        command_note(r, OK, "", _("all that could be checked holds, but "
            "whose roots these are was not compared: give --root DIGITS and "
            "--other-root DIGITS, once for each"));
    if (n->uncompared + n->unproven == 0)
        return OK;
    r->told = true;
    return E_PENDING;
}

static enum err
run_verify(struct run *r)
{
    struct origin_opts o = { .dir = r->arg[0], .root = {
        command_option(r, "root"), NULL } };
    struct arena *a = arena_new(VERIFY_ARENA);
    struct sheet s;
    struct origin_result n = { .failed = 0 };
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i <= COMMAND_REPEATED; i++)
        o.other[i] = command_option_at(r, "other-root", i);
    sheet_init(&s, a, _("Origin of the files."), ORIGIN_CHECK_COLUMNS);
    if ((e = origin_check(r, a, &o, &s, &n)) == OK)
        e = command_sheet(r, &s, "valise.origin");
    if (e == OK)
        e = conclude(r, &n);
    arena_free(a);
    return e;
}

static const struct option_row options[] = {
    { "root", N_("DIGITS"), N_("digits of the root of the authority that "
      "made it, as you were told") },
    { "other-root", N_("DIGITS..."), N_("digits of the root of the other one, "
      "and of each that consented to its passing") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise verify-origin court/12",
    "valise verify-origin court/12 --root \"39665 94171 74456 52353 98964 "
    "04630\" --other-root \"08633 18324 74550 12896 99120 15735\"",
    NULL
};

const struct command command_verify_origin = {
    .name = "verify-origin", .run = run_verify, .args = N_("DIR"),
    .least = 1, .most = 1, .options = options,
    .help = N_("check a folder of certify-origin, without a node and without "
      "keys"),
    .examples = examples
};
