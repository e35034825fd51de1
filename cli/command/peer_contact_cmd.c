/*
 * valise peer contact FORM: sign the entry of an authority without a node.
 *
 * It proves nothing about that authority: it is what a keeper took from a
 * source on a day, so that people can name it in limits, reach it by hand and
 * find its telephone number.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/trust/entry.h"
#include "cli/trust/peers.h"
#include "cli/trust/profile.h"

struct adding {
    struct run *r;
    struct session *s;
    struct rec *entry;              /* what the form says */
    struct slice authority;
};

/* Who has a card, or is ourselves, has no such entry. */
static enum err
check(struct adding *x)
{
    struct slice own = person_name(session_home(x->s)->person).authority;
    const struct rec *pin = directory_find(session_directory(x->s),
        TRUST_PIN, x->authority, 0, NULL);

    if (slice_equal(x->authority, own))
        return command_fail(x->r, ERR_USAGE, "auth_id",
            _("this is your own authority, which has a node"));
    if (pin != NULL && record_uint(pin, "withdrawn") == 0)
        return command_fail(x->r, ERR_EXISTS, "auth_id",
            _("this authority is a peer with a node: valise peer show "
            "AUTHORITY"));
    return OK;
}

static void
put_code_rows(struct sheet *s, struct arena *a, const struct adding *x)
{
    static const char *const names[] = { "auth_id", "source", "date" };
    struct slice copy;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (arena_copy(a, record_bytes(x->entry, names[i]), &copy) == OK)
            sheet_row(s, (const char *const[]){ names[i],
                (const char *)copy.p });
}

static enum err
show(struct adding *x, bool dry)
{
    struct arena *a = session_arena(x->s);
    struct sheet s;

    sheet_init(&s, a, dry ? _("This would be signed.") :
        _("This will be signed."), "field value");
    put_code_rows(&s, a, x);
    entry_rows(&s, a, x->entry, x->r->env->now);
    if (s.fault != OK)
        return s.fault;
    if (dry)
        return command_sheet(x->r, &s, "valise.peer-contact");
    if (!x->r->json)
        sheet_print(&s, &x->r->err);
    return OK;
}

static enum err
sign(struct adding *x)
{
    char ask[200];
    enum err e;

    (void)snprintf(ask, sizeof(ask), _("Does the source say this of %.20s? "
        "Your name stands under it."), (const char *)x->authority.p);
    if ((e = confirm(x->r, ask)) != OK)
        return e;
    if ((e = peers_contact(x->s, x->authority, x->entry, false)) != OK)
        return session_fail(x->s, e);
    return peers_tell(x->s, x->authority, _("The authority is in the "
        "directory; it is reached by hand."), "valise.peer-contact");
}

static enum err
steps(struct run *r, struct session *s)
{
    struct adding all = { .r = r, .s = s }, *x = &all;
    struct arena *a = session_arena(x->s);
    const bool dry = command_option(x->r, "dry-run") != NULL;
    enum err e;

    if ((e = keeper_check(x->s)) != OK ||
        (e = profile_read_contact(x->r, a, x->r->arg[0], x->r->n > 1 ?
        slice_str(x->r->arg[1]) : SLICE_EMPTY, &x->entry)) != OK ||
        (e = arena_copy(a, record_bytes(x->entry, "auth_id"),
        &x->authority)) != OK || (e = check(x)) != OK ||
        (e = show(x, dry)) != OK || dry)
        return e;
    return sign(x);
}

static enum err
run_peer_contact(struct run *r)
{
    return session_with(r, steps);
}

static const struct option_row options[] = {
    { "dry-run", NULL, N_("show what would be signed, and end") },
    CONFIRM_OPTION,
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise authority profile --contact > ministry.json",
    "valise peer contact ministry.json",
    "valise peer contact directory.json QO-MOJ --yes",
    NULL
};

const struct command command_peer_contact = {
    .name = "peer contact", .run = run_peer_contact,
    .args = N_("FORM [AUTHORITY]"), .least = 1, .most = 2,
    .options = options,
    .help = N_("put an authority without a node into the directory; it is "
      "reached by hand"),
    .examples = examples
};
