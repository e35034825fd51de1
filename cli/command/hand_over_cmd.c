/*
 * valise hand-over ID --to ENTRY --by WAY: pass content on by hand, to a
 * court, counsel, a party, or an authority without a node.  The same check as
 * for a forward, the same consent; a numbered copy with the page of
 * restrictions is written, and the log has to whom it went and how.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/files/copy_out.h"
#include "cli/text/choice.h"
#include "cli/text/confirm.h"
#include "cli/text/text.h"

/* A peer with a node gets it through the system, where its node enforces. */
static enum err
take_to(struct copying *x)
{
    const char *to = command_option(x->r, "to");
    const struct field *f = record_field(&record_ask_use, "to");
    const struct directory *d = session_directory(x->s);
    const struct rec *pin;

    if (to == NULL || record_check_item(f,
        (union item){ .s = slice_str(to) }) != OK)
        return command_fail(x->r, ERR_USAGE, "--to", _("an authority "
            "without a node, COURT:ID, OWN_COUNSEL:ID or OTHER_PARTY:ID, "
            "where ID is that of the proceeding"));
    x->to = slice_str(to);
    pin = directory_find(d, TRUST_PIN, x->to, 0, NULL);
    if (pin != NULL && record_uint(pin, "withdrawn") == 0)
        return command_fail(x->r, ERR_USAGE, to, _("this authority has a "
            "node, which enforces the limits: valise do ID forward"));
    if (strchr(to, ':') == NULL && directory_contact(d, x->to) == NULL)
        return command_fail(x->r, E_UNKNOWN_AUTHORITY, to, _("a keeper "
            "enters an authority without a node first: valise peer contact "
            "FORM"));
    return OK;
}

static enum err
ask(struct copying *x)
{
    char who[MAIL_WHO_MAX + 1], text[CONFIRM_QUESTION_MAX];
    struct sheet s;

    sheet_init(&s, session_arena(x->s), _("This will be handed over."),
        "field value");
    copying_rows(x, &s);
    if (s.fault != OK)
        return s.fault;
    if (!x->r->json)
        sheet_print(&s, &x->r->err);
    mail_authority(session_directory(x->s), x->to, who);
    (void)snprintf(text, sizeof(text), _("Hand it over to %.150s? It cannot "
        "be called back by this system."), who);
    return confirm(x->r, text);
}

static enum err
steps(struct copying *x)
{
    enum err e;

    x->row = copying_row_of(USE_HAND_OVER);
    if ((e = take_to(x)) != OK || (e = choice_code(x->r, &enum_way, "by",
        &x->way)) != OK ||
        (e = copy_out_check(x->r)) != OK ||
        (e = copying_find(x, x->r->arg[0])) != OK ||
        (e = copying_check(x)) != OK)
        return e;
    if (command_option(x->r, "dry-run") != NULL)
        return copying_tell(x, _("This copy would be logged and written."),
            "valise.hand-over");
    if ((e = ask(x)) != OK || (e = copying_open(x)) != OK ||
        (e = copying_log(x)) != OK || (e = copy_out_write(x)) != OK)
        return e;
    return command_option(x->r, "out") == NULL ? OK : copying_tell(x,
        _("The copy is written; hand it over with its first page."),
        "valise.hand-over");
}

static enum err
run_hand_over(struct run *r)
{
    return copying_run(r, steps);
}

static const struct option_row options[] = {
    { "to", N_("ENTRY"), N_("an authority without a node, COURT:ID, "
      "OWN_COUNSEL:ID or OTHER_PARTY:ID") },
    { "by", N_("WAY"), N_("PAPER, COURIER, ESW, DIPLOMATIC or OTHER") },
    { "out", N_("FILE"), N_("into this file, which is not there yet") },
    COPYING_OPTIONS, CONFIRM_OPTION, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise hand-over 3f0a1c22 --to QO-MOJ --by COURIER --out copy.txt",
    "valise hand-over 3f0a1c22 --to COURT:case-7 --by PAPER --in case-7 "
        "--dry-run",
    NULL
};

const struct command command_hand_over = {
    .name = "hand-over", .run = run_hand_over, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("pass a message on by hand, as a numbered copy; it is logged"),
    .examples = examples
};
