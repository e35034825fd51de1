/*
 * valise peer list, valise peer remove AUTHORITY.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/peers.h"


/* The rows of those who have no node. */
struct listing {
    struct arena *a;
    struct sheet *sheet;
};

static void
list_contact(void *arg, const struct rec *entry)
{
    struct listing *l = arg;
    char serial[24];

    (void)snprintf(serial, sizeof(serial), "%" PRIu64,
        record_uint(entry, "serial"));
    sheet_row(l->sheet, (const char *const[]){
        sheet_text(l->a, record_bytes(entry, "authority")),
        sheet_text(l->a, record_bytes(entry, "name")), serial, "", "", "",
        _("no node: by hand") });
}

static enum err
list(struct run *r, struct session *s)
{
    size_t n;
    const struct slice *peers = session_peers(s, &n);
    struct arena *a = session_arena(s);
    struct sheet sheet;
    struct listing l = { a, &sheet };

    sheet_init(&sheet, a, _("The authorities whose root was compared, and "
        "those without a node."),
        "authority name card staff keys until state");
    for (size_t i = 0; i < n; i++) {
        const struct rec *card = keeper_newest(s, TRUST_CARD, peers[i],
            NULL);
        char serial[3][24], until[TIMES_LEN + 1] = "";

        for (unsigned k = 0; k < 3; k++)
            (void)snprintf(serial[k], sizeof(serial[k]), "%" PRIu64,
                record_uint(keeper_newest(s,
                (enum trust_kind)(TRUST_CARD + k), peers[i], NULL),
                "serial"));
        if (card != NULL)
            times_format(record_uint(card, "valid_until"), until);
        sheet_row(&sheet, (const char *const[]){ sheet_text(a, peers[i]),
            sheet_text(a, record_bytes(card, "name")), serial[0], serial[1],
            serial[2], until, peers_standing(s, peers[i]) });
    }
    directory_contacts(session_directory(s), list_contact, &l);
    return command_sheet(r, &sheet, "valise.peer-list");
}

static enum err
withdraw_pin(struct session *s, struct slice peer, const struct rec *pin)
{
    struct peers_pin p = { .authority = peer, .withdrawn = true,
        .root = record_bytes(pin, "root"), .how = record_bytes(pin, "how"),
        .with = record_bytes(pin, "with") };
    struct keeper_report report;
    enum err e = peers_pin(s, &p);

    return e != OK ? e : keeper_top_up(s, KEEPER_TOP_UP, NULL, 0, &report);
}

static enum err
withdraw(struct run *r, struct session *s)
{
    struct slice peer = slice_str(r->arg[0]);
    const struct rec *pin = keeper_newest(s, TRUST_PIN, peer, NULL);
    const struct rec *contact = directory_contact(session_directory(s),
        peer);
    char ask[160];
    enum err e;

    if ((e = keeper_check(s)) != OK)
        return e;
    if (contact == NULL && (pin == NULL || record_has(pin, "withdrawn")))
        return command_fail(r, E_UNKNOWN_AUTHORITY, r->arg[0],
            _("see who is a peer: valise peer list"));
    (void)snprintf(ask, sizeof(ask), contact != NULL ? _("Take %.20s out of "
        "the directory?") : _("Remove %.20s as a peer? Nothing is "
        "sent to it or accepted from it then."), r->arg[0]);
    if ((e = confirm(r, ask)) != OK)
        return e;
    e = contact != NULL ? peers_contact(s, peer, contact, true) :
        withdraw_pin(s, peer, pin);
    return e != OK ? session_fail(s, e) : peers_tell(s, peer,
        _("The authority was removed."), "valise.peer-remove");
}

static enum err
run_list(struct run *r)
{
    return session_with(r, list);
}

static enum err
run_remove(struct run *r)
{
    return session_with(r, withdraw);
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const struct option_row remove_options[] = {
    HOME_OPTIONS,
    CONFIRM_OPTION,
    { NULL, NULL, NULL }
};

static const char *const list_examples[] = {
    "valise peer list",
    "valise peer list --json",
    NULL
};

static const char *const remove_examples[] = {
    "valise peer remove QM-FIU",
    "valise peer remove QM-FIU --yes",
    NULL
};

const struct command command_peer_list = {
    .name = "peer list", .run = run_list, .args = "", .options = options,
    .help = N_("the authorities that you can exchange messages with or reach "
      "by hand"),
    .examples = list_examples
};

const struct command command_peer_remove = {
    .name = "peer remove", .run = run_remove, .args = N_("AUTHORITY"),
    .least = 1, .most = 1, .options = remove_options,
    .help = N_("end the exchange with a peer, or drop an authority without a "
      "node"),
    .examples = remove_examples
};
