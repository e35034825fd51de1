/*
 * valise node install FOLDER CARD REQUEST: give a node its card and the first
 * keeper, whom it admits when it starts.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/trust/enrol.h"
#include "keys/file.h"
#include "keys/hpke.h"
#include "keys/node_keys.h"

#define INSTALL_ARENA (1u << 20)
#define REQUEST_MAX 65536

static bool
is_key(const struct rec *r, const char *name, const uint8_t *key)
{
    return slice_equal(record_bytes(r, name), slice_of(key, KEY_LEN));
}

/* The newest log of a card. */
static const struct rec *
newest_log(const struct rec *card)
{
    const struct value *v = record_value(card, "logs");

    return v->v[v->n - 1].r;
}

static enum err
check_keys(struct run *r, const struct node_keys *k, const struct rec *card)
{
    uint8_t curve[KEY_LEN];
    const char *wrong = NULL;

    hpke_public(node_keys_curve(k), curve);
    if (!slice_equal(record_bytes(card, "authority"),
        node_keys_authority(k)))
        wrong = "card.authority";
    else if (!is_key(card, "curve", curve))
        wrong = "card.curve";
    else if (!is_key(newest_log(card), "key",
        sign_key_public(node_keys_log(k))))
        wrong = "card.logs";
    else if (!is_key(card, "witness",
        sign_key_public(node_keys_witness(k))))
        wrong = "card.witness";
    if (wrong == NULL)
        return OK;
    return command_fail(r, ERR_TRUST, wrong, _("the card is not for the "
        "keys in this folder; certify its node.request"));
}

static enum err
check_keeper(struct run *r, const struct rec *card, const struct rec *request)
{
    const struct value *v = record_value(card, "keepers");

    for (size_t i = 0; i < v->n; i++) {
        if (slice_equal(record_bytes(v->v[i].r, "key"),
            record_bytes(request, "signing")) &&
            slice_equal(record_bytes(v->v[i].r, "person"),
            record_bytes(request, "person")) &&
            slice_equal(record_bytes(card, "authority"),
            record_bytes(request, "authority")))
            return OK;
    }
    return command_fail(r, E_ROLE, r->arg[2],
        _("the request is not of a keeper on this card"));
}

/* The request as it was checked, byte for byte. */
static enum err
copy_request(struct run *r, const char *to)
{
    struct buf b;
    enum err e;

    buf_init(&b, REQUEST_MAX);
    if ((e = file_read(r->arg[2], &b)) == OK)
        e = file_write(to, slice_of_buf(&b), 0600, false);
    buf_clear(&b);
    return e;
}

static enum err
put_files(struct run *r, const struct card *c)
{
    char dir[HOME_PATH_MAX], card[HOME_PATH_MAX], request[HOME_PATH_MAX];
    enum err e;

    if ((e = enrol_path(r, r->arg[0], "install", "", dir)) != OK ||
        (e = enrol_path(r, dir, "card", "", card)) != OK ||
        (e = enrol_path(r, dir, "keeper", ".request", request)) != OK ||
        (e = enrol_folder(r, dir, false)) != OK ||
        (e = enrol_absent(r, card)) != OK ||
        (e = enrol_absent(r, request)) != OK)
        return e;
    /* The card is last: a node that finds it finds the request too. */
    if ((e = copy_request(r, request)) != OK)
        return command_fail(r, e, request, NULL);
    if ((e = file_write(card, c->bytes, 0600, false)) != OK) {
        (void)unlink(request);
        return command_fail(r, e, card, NULL);
    }
    return OK;
}

static enum err
report(struct run *r, struct arena *a, const struct card *c,
    const char *keeper)
{
    char digits[CARD_DIGITS_MAX], serial[24];
    struct sheet s;

    card_digits(c->rec, digits);
    (void)snprintf(serial, sizeof(serial), "%" PRIu64,
        record_uint(c->rec, "serial"));
    sheet_init(&s, a, _("The node has its card. Write the digits of the root "
        "into the record of the installation."), "field value");
    sheet_row(&s, (const char *const[]){ "folder", r->arg[0] });
    sheet_row(&s, (const char *const[]){ "card_serial", serial });
    sheet_row(&s, (const char *const[]){ "root_digits", digits });
    sheet_row(&s, (const char *const[]){ "keeper_request_digits", keeper });
    return command_sheet(r, &s, "valise.node_install");
}

static enum err
run_install(struct run *r)
{
    struct arena *a = arena_new(INSTALL_ARENA);
    struct card c = { .d = NULL };
    struct node_keys *k = NULL;
    char key[HOME_PATH_MAX], keeper[CARD_DIGITS_MAX];
    struct rec *request;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = enrol_path(r, r->arg[0], "node", ".key", key)) == OK &&
        (e = node_keys_load(key, &k)) != OK)
        (void)command_fail(r, e, key, e == ERR_NOTFOUND ?
            _("run first: valise node new") : NULL);
    if (e == OK && (e = card_read(r, r->arg[1], &c)) == OK &&
        (e = check_keys(r, k, c.rec)) == OK &&
        (e = enrol_read(r, a, r->arg[2], TRUST_REQUEST, &request,
        keeper)) == OK &&
        (e = check_keeper(r, c.rec, request)) == OK &&
        (e = put_files(r, &c)) == OK)
        e = report(r, a, &c, keeper);
    if (e == OK)
        command_next(r, _("systemctl start valised@NAME, or: valised "
            "--config FOLDER/valised.conf"));
    card_clear(&c);
    node_keys_free(k);
    arena_free(a);
    return e;
}

static const char *const examples[] = {
    "valise node install /var/lib/valise QM-FIU.card k-1.request",
    "valise node install --json /var/lib/valise QM-FIU.card k-1.request",
    NULL
};

const struct command command_node_install = {
    .name = "node install", .run = run_install,
    .args = N_("FOLDER CARD REQUEST"), .least = 3, .most = 3,
    .help = N_("give a node its card and the first keeper (administrator)"),
    .examples = examples
};
