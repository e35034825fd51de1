/*
 * valise key trust CARD: remember the own root, once it was compared.  From
 * then on nothing is accepted that does not verify up to it.
 */
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "cli/trust/agent.h"
#include "cli/trust/config.h"
#include "cli/trust/enrol.h"
#include "keys/file.h"

#define TRUST_ARENA 16384

/* The passphrase, which seals the file again, and the person. */
static enum err
unlock(struct run *r, const struct home *h, const char *path,
    struct buf *word, struct person **out, enum keyfile_cost *cost)
{
    const struct prompt ask = { "passphrase-file", h->label, false };
    struct secret *s = NULL;
    struct buf file;
    enum err e;

    buf_init(&file, KEYFILE_MAX);
    if ((e = file_read_secret(path, &file)) != OK ||
        (e = keyfile_cost(slice_of_buf(&file), cost)) != OK) {
        (void)command_fail(r, e, path, NULL);
    } else if ((e = prompt_passphrase(r, &ask, word)) == OK &&
        ((e = keyfile_open(slice_of_buf(&file), slice_of_buf(word),
        &s)) != OK || (e = person_load(s, out)) != OK)) {
        (void)command_fail(r, e, h->label, NULL);
    }
    secret_free(s);
    buf_clear(&file);
    return e;
}

static enum err
check(struct run *r, const struct person *p, const struct card *c)
{
    const uint8_t *known = person_root(p);

    if (!slice_equal(record_bytes(c->rec, "authority"),
        person_name(p).authority))
        return command_fail(r, E_UNKNOWN_AUTHORITY, r->arg[0],
            _("this is the card of another authority"));
    if (known != NULL && memcmp(known, c->root_kid, HASH_LEN) != 0)
        return command_fail(r, ERR_EXISTS, "root",
            _("your keys trust another root already; a new root means new "
            "keys: tell the keeper"));
    return OK;
}

/* Card and address, then the key file, then an agent that knows less. */
static enum err
remember(struct run *r, const struct home *h, const struct card *c,
    struct slice word, struct person *p, enum keyfile_cost cost)
{
    const char *node = command_option(r, "node");
    char path[HOME_PATH_MAX], key[HOME_PATH_MAX];
    bool ended;
    enum err e;

    if ((e = enrol_path(r, h->dir, "valise", ".conf", path)) != OK ||
        (e = enrol_path(r, h->dir, h->label, ".key", key)) != OK ||
        (e = card_remember(r, h->dir, c)) != OK)
        return e;
    if (node != NULL && (e = config_write(path, node)) != OK)
        return command_fail(r, e, path, e == ERR_EXISTS ?
            _("it names another address: change it there") :
            _("for example tcp://192.0.2.7:7341 or ipc:///run/valise/o"));
    if (person_root(p) == NULL) {
        person_trust(p, c->root_kid);
        if ((e = enrol_save_key(p, key, word, cost, true)) != OK)
            return command_fail(r, e, key, NULL);
        if ((e = agent_end(h->dir, &ended)) != OK)
            return command_fail(r, e, h->dir, _("run: valise lock"));
    }
    return OK;
}

static enum err
report(struct run *r, const struct home *h, const struct card *c)
{
    struct arena *a = arena_new(TRUST_ARENA);
    const char *node = command_option(r, "node");
    char digits[CARD_DIGITS_MAX];
    struct sheet s;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    card_digits(c->rec, digits);
    sheet_init(&s, a, _("Your keys trust this root."), "field value");
    sheet_row(&s, (const char *const[]){ "label", h->label });
    sheet_row(&s, (const char *const[]){ "root_digits", digits });
    sheet_row(&s, (const char *const[]){ "node", node != NULL ? node :
        h->address[0] != '\0' ? h->address : _("not known yet") });
    e = command_sheet(r, &s, "valise.key_trust");
    arena_free(a);
    return e;
}

static enum err
run_trust(struct run *r)
{
    struct card c = { .d = NULL };
    struct person *p = NULL;
    struct home *h = NULL;
    enum keyfile_cost cost = COST_MODERATE;
    char key[HOME_PATH_MAX];
    struct buf word;
    enum err e;

    buf_init(&word, PASSPHRASE_MAX);
    if ((e = home_find(r, &h)) == OK &&
        (e = enrol_path(r, h->dir, h->label, ".key", key)) == OK &&
        (e = card_read(r, r->arg[0], &c)) == OK &&
        (e = unlock(r, h, key, &word, &p, &cost)) == OK &&
        (e = check(r, p, &c)) == OK && (e = card_confirm(r, &c)) == OK &&
        (e = remember(r, h, &c, slice_of_buf(&word), p, cost)) == OK)
        e = report(r, h, &c);
    if (e == OK)
        command_next(r, _("valise unlock"));
    buf_clear(&word);
    person_free(p);
    card_clear(&c);
    home_close(h);
    return e;
}

static const struct option_row options[] = {
    { "node", N_("ENDPOINT"), N_("where the node listens to officers") },
    { "yes", NULL, N_("the digits have been compared") },
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise key trust QM-FIU.card --node tcp://10.0.0.7:7341",
    "valise key trust QM-FIU.card --as o-1",
    NULL
};

const struct command command_key_trust = {
    .name = "key trust", .run = run_trust, .args = N_("CARD"), .least = 1,
    .most = 1, .options = options,
    .help = N_("remember the own authority's root, once it was compared"),
    .examples = examples
};
