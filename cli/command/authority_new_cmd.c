/*
 * valise authority new AUTHORITY: the root, and the first keeper.
 *
 * The custodians do this offline.  The root key stays with them; the folder
 * with the keeper's label goes to the keeper, whose file trusts the new root
 * from the start.
 */
#include <string.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "cli/trust/enrol.h"
#include "keys/root.h"

#define NEW_ARENA 16384

struct plan {
    struct enrol keeper;
    char folder[HOME_PATH_MAX];     /* the keeper's */
    char root[HOME_PATH_MAX];       /* path of root.key */
    const char *label;
    enum keyfile_cost root_cost;
    struct buf root_word, keeper_word;
};

/* What is wrong is found before anybody types a passphrase. */
static enum err
prepare(struct run *r, struct plan *p)
{
    const char *dir = command_option(r, "dir");
    const char *person = command_option(r, "person");
    enum err e;

    p->label = command_option(r, "keeper");
    if (p->label == NULL || person == NULL ||
        command_option(r, "network") == NULL)
        return command_fail(r, ERR_USAGE, "authority new",
            _("--network, --keeper and --person are needed"));
    dir = dir != NULL ? dir : ".";
    p->keeper.name = (struct person_name){ slice_str(r->arg[0]),
        slice_str(p->label), slice_str(person) };
    p->keeper.dir = p->folder;
    if ((e = enrol_path(r, dir, p->label, "", p->folder)) != OK ||
        (e = enrol_path(r, dir, "root", ".key", p->root)) != OK ||
        (e = enrol_cost(r, COST_SENSITIVE, &p->root_cost)) != OK ||
        (e = enrol_cost(r, COST_MODERATE, &p->keeper.cost)) != OK ||
        (e = enrol_check(r, &p->keeper.name, p->folder)) != OK ||
        (e = enrol_absent(r, p->root)) != OK)
        return e;
    return enrol_folder(r, p->folder, true);
}

static enum err
ask(struct run *r, struct plan *p)
{
    const struct prompt root = { "passphrase-file", "root", true };
    const struct prompt keeper = { "keeper-passphrase-file", p->label,
        true };
    enum err e;

    if ((e = prompt_passphrase(r, &root, &p->root_word)) != OK)
        return e;
    return prompt_passphrase(r, &keeper, &p->keeper_word);
}

static enum err
report(struct run *r, const struct plan *p, const struct root *root,
    const char *request)
{
    struct arena *a = arena_new(NEW_ARENA);
    char own[CARD_DIGITS_MAX], plain[DIGITS_SIDE + 1];
    struct sheet s;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    digits_of_root((struct digits_side){ sign_key_public(root_key(root)),
        root_authority(root) }, plain);
    digits_group(plain, own, sizeof(own));
    sheet_init(&s, a, _("The root of the authority and its first keeper."),
        "field value");
    sheet_row(&s, (const char *const[]){ "authority", r->arg[0] });
    sheet_row(&s, (const char *const[]){ "root", p->root });
    sheet_row(&s, (const char *const[]){ "root_digits", own });
    sheet_row(&s, (const char *const[]){ "keeper", p->folder });
    sheet_row(&s, (const char *const[]){ "request_digits", request });
    e = command_sheet(r, &s, "valise.authority_new");
    arena_free(a);
    return e;
}

static enum err
make(struct run *r, struct plan *p)
{
    const struct slice network = slice_str(command_option(r, "network"));
    char digits[CARD_DIGITS_MAX];
    struct root *root = NULL;
    enum err e;

    if ((e = root_new(p->keeper.name.authority, network, &root)) != OK)
        return command_fail(r, e, "--network",
            _("a network is one word of 1 to 32 letters"));
    if ((e = ask(r, p)) != OK)
        goto out;
    p->keeper.root_kid = sign_key_id(root_key(root));
    p->keeper.passphrase = slice_of_buf(&p->keeper_word);
    e = root_save(root, p->root, slice_of_buf(&p->root_word), p->root_cost);
    if (e != OK) {
        (void)command_fail(r, e, p->root, NULL);
        goto out;
    }
    /* A root without its keeper would only be in the way. */
    if ((e = enrol_make(r, &p->keeper, digits)) != OK)
        (void)unlink(p->root);
    else
        e = report(r, p, root, digits);
out:
    root_free(root);
    return e;
}

static enum err
run_new(struct run *r)
{
    struct plan p = { .label = NULL };
    enum err e;

    buf_init(&p.root_word, PASSPHRASE_MAX);
    buf_init(&p.keeper_word, PASSPHRASE_MAX);
    if ((e = prepare(r, &p)) == OK && (e = make(r, &p)) == OK)
        command_next(r, _("the administrator runs: valise node new; then "
            "valise authority certify"));
    buf_clear(&p.root_word);
    buf_clear(&p.keeper_word);
    return e;
}

static const struct option_row options[] = {
    { "network", N_("NETWORK"), N_("the network of authorities") },
    { "keeper", N_("LABEL"), N_("label of the first keeper") },
    { "person", N_("NAME"), N_("id of the person who is keeper") },
    { "dir", N_("DIR"), N_("folder of the custodians; here otherwise") },
    ENROL_KDF,
    { "passphrase-file", N_("FILE"),
      N_("read the passphrase of the root from a file") },
    { "keeper-passphrase-file", N_("FILE"),
      N_("read the passphrase of the keeper from a file") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise authority new QM-FIU --network uncac --keeper k-1 --person ana",
    "valise authority new QM-FIU --network uncac --keeper k-1 --person ana "
        "--dir /media/custodians",
    NULL
};

const struct command command_authority_new = {
    .name = "authority new", .run = run_new, .args = N_("AUTHORITY"),
    .least = 1, .most = 1, .options = options,
    .help = N_("make the root of an authority and its first keeper "
        "(custodians, offline)"),
    .examples = examples
};
