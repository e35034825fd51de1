/*
 * valise key new AUTHORITY LABEL: a person makes the own keys, and a request
 * to be enrolled.
 */
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "cli/trust/config.h"
#include "cli/trust/enrol.h"

#define NEW_ARENA 16384

struct plan {
    struct enrol enrol;
    char dir[HOME_PATH_MAX];
    char config[HOME_PATH_MAX];
    const char *node;               /* NULL: not known yet */
    struct card card;               /* rec is NULL without --card */
};

static enum err
prepare(struct run *r, struct plan *p)
{
    const char *person = command_option(r, "person");
    enum err e;

    p->node = command_option(r, "node");
    if (person == NULL)
        return command_fail(r, ERR_USAGE, "key new",
            _("--person is needed: the id of the person"));
    if (p->node != NULL && !channel_dial_ok(p->node))
        return command_fail(r, ERR_USAGE, p->node,
            _("for example tcp://192.0.2.7:7341 or ipc:///run/valise/o"));
    p->enrol.name = (struct person_name){ slice_str(r->arg[0]),
        slice_str(r->arg[1]), slice_str(person) };
    p->enrol.dir = p->dir;
    if ((e = home_dir(r, p->dir)) != OK ||
        (e = enrol_path(r, p->dir, "valise", ".conf", p->config)) != OK ||
        (e = enrol_cost(r, COST_MODERATE, &p->enrol.cost)) != OK)
        return e;
    return enrol_check(r, &p->enrol.name, p->dir);
}

/* The card, if there is one, and that its root was compared. */
static enum err
compare(struct run *r, struct plan *p)
{
    const char *path = command_option(r, "card");
    enum err e;

    if (path == NULL)
        return OK;
    if ((e = card_read(r, path, &p->card)) != OK)
        return e;
    if (!slice_equal(record_bytes(p->card.rec, "authority"),
        p->enrol.name.authority))
        return command_fail(r, E_UNKNOWN_AUTHORITY, path,
            _("this is the card of another authority"));
    p->enrol.root_kid = p->card.root_kid;
    return card_confirm(r, &p->card);
}

/* What is beside the keys comes first, so that keys are made last. */
static enum err
make(struct run *r, struct plan *p, char digits[static CARD_DIGITS_MAX])
{
    const struct prompt ask = { "passphrase-file", r->arg[1], true };
    struct buf word;
    enum err e;

    if ((e = enrol_folder(r, p->dir, true)) != OK)
        return e;
    buf_init(&word, PASSPHRASE_MAX);
    e = prompt_passphrase(r, &ask, &word);
    if (e == OK && p->card.rec != NULL)
        e = card_remember(r, p->dir, &p->card);
    if (e == OK && p->node != NULL &&
        (e = config_write(p->config, p->node)) != OK)
        (void)command_fail(r, e, p->config, NULL);
    p->enrol.passphrase = slice_of_buf(&word);
    if (e == OK)
        e = enrol_make(r, &p->enrol, digits);
    buf_clear(&word);
    return e;
}

static enum err
report(struct run *r, const struct plan *p, const char *digits)
{
    struct arena *a = arena_new(NEW_ARENA);
    struct sheet s;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    sheet_init(&s, a, _("Your keys. Read these digits to the keeper when the "
        "request is enrolled."), "field value");
    sheet_row(&s, (const char *const[]){ "authority", r->arg[0] });
    sheet_row(&s, (const char *const[]){ "label", r->arg[1] });
    sheet_row(&s, (const char *const[]){ "folder", p->dir });
    sheet_row(&s, (const char *const[]){ "request_digits", digits });
    sheet_row(&s, (const char *const[]){ "root",
        p->card.rec != NULL ? _("compared") : _("not known yet") });
    sheet_row(&s, (const char *const[]){ "node",
        p->node != NULL ? p->node : _("not known yet") });
    e = command_sheet(r, &s, "valise.key_new");
    arena_free(a);
    return e;
}

static enum err
run_new(struct run *r)
{
    struct plan p = { .node = NULL };
    char digits[CARD_DIGITS_MAX];
    enum err e;

    if ((e = prepare(r, &p)) == OK && (e = compare(r, &p)) == OK &&
        (e = make(r, &p, digits)) == OK)
        e = report(r, &p, digits);
    if (e == OK)
        command_next(r, p.card.rec != NULL ?
            _("give LABEL.request to the keeper, who runs: valise officer "
            "add REQUEST") :
            _("give LABEL.request to the custodians; with their card: "
            "valise key trust CARD"));
    card_clear(&p.card);
    return e;
}

static const struct option_row options[] = {
    { "person", N_("NAME"), N_("id of the person, the same for all keys of "
      "one person") },
    { "card", N_("CARD"), N_("the authority's card, to compare its root "
      "now; without it: valise key trust, later") },
    { "node", N_("ENDPOINT"), N_("where the node listens to officers") },
    ENROL_KDF,
    { "home", N_("DIR"), N_("folder of your keys") },
    { "passphrase-file", N_("FILE"),
      N_("read the new passphrase from a file") },
    { "yes", NULL, N_("the digits have been compared") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise key new QM-FIU o-114 --person bela --card QM-FIU.card "
        "--node tcp://10.0.0.7:7341",
    "valise key new QM-FIU o-1 --person cora",
    NULL
};

const struct command command_key_new = {
    .name = "key new", .run = run_new, .args = N_("AUTHORITY LABEL"),
    .least = 2, .most = 2, .options = options,
    .help = N_("make your keys, and the request to be enrolled"),
    .examples = examples
};
