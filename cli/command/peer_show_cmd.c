/*
 * valise peer show AUTHORITY: its entry in the directory, with what it needs
 * in a request, and how its root was compared; of an authority without a
 * node, where the entry was taken from.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/entry.h"
#include "cli/trust/peers.h"

static void
row(struct sheet *sheet, struct arena *a, const char *name, struct slice s)
{
    struct slice copy;

    if (s.n > 0 && arena_copy(a, s, &copy) == OK)
        sheet_row(sheet, (const char *const[]){ name,
            (const char *)copy.p });
}

static void
time_row(struct sheet *sheet, const struct rec *r, const char *name,
    const char *label)
{
    char at[TIMES_LEN + 1];

    if (!record_has(r, name))
        return;
    times_format(record_uint(r, name), at);
    sheet_row(sheet, (const char *const[]){ label, at });
}

static void
serial_rows(struct sheet *sheet, struct session *s, struct slice peer)
{
    static const enum trust_kind kinds[] = { TRUST_CARD, TRUST_STAFF,
        TRUST_EPOCHS, TRUST_PIN, TRUST_CONTACT };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct rec *r = keeper_newest(s, kinds[i], peer, NULL);
        char name[32], serial[24];

        if (r == NULL)
            continue;
        (void)snprintf(name, sizeof(name), "serial.%s",
            trust_row(kinds[i])->name);
        (void)snprintf(serial, sizeof(serial), "%" PRIu64,
            record_uint(r, "serial"));
        row(sheet, session_arena(s), name, slice_str(serial));
    }
}

static void
pin_rows(struct sheet *sheet, struct session *s, const struct rec *pin)
{
    struct arena *a = session_arena(s);
    char groups[PEERS_DIGITS];

    peers_digits(s, record_bytes(pin, "root"), record_bytes(pin,
        "authority"), groups);
    row(sheet, a, "digits", slice_str(groups));
    row(sheet, a, "compared.how", record_bytes(pin, "how"));
    row(sheet, a, "compared.with", record_bytes(pin, "with"));
    time_row(sheet, pin, "at", "compared.at");
}

static void
node_rows(struct sheet *sheet, struct arena *a, const struct rec *card)
{
    const struct value *v = record_value(card, "endpoints");
    const struct value *logs = record_value(card, "logs");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        row(sheet, a, "endpoint", v->v[i].s);
    for (size_t i = 0; logs != NULL && i < logs->n; i++)
        row(sheet, a, "log", record_bytes(logs->v[i].r, "origin"));
}

static enum err
show(struct run *r, struct session *s)
{
    struct slice peer = slice_str(r->arg[0]);
    const struct rec *pin = keeper_newest(s, TRUST_PIN, peer, NULL);
    const struct rec *contact = directory_contact(session_directory(s),
        peer);
    const struct rec *entry = contact != NULL ? contact :
        keeper_newest(s, TRUST_CARD, peer, NULL);
    struct arena *a = session_arena(s);
    struct sheet sheet;

    if (pin == NULL && entry == NULL)
        return command_fail(r, E_UNKNOWN_AUTHORITY, r->arg[0],
            _("see who is known: valise peer list"));
    sheet_init(&sheet, a, _("What is known of this authority."),
        "field value");
    row(&sheet, a, "standing", slice_str(peers_standing(s, peer)));
    if (pin != NULL)
        pin_rows(&sheet, s, pin);
    row(&sheet, a, "source", record_bytes(contact, "source"));
    row(&sheet, a, "source.date", record_bytes(contact, "date"));
    serial_rows(&sheet, s, peer);
    if (entry != NULL) {
        row(&sheet, a, "authority", record_bytes(entry, "authority"));
        row(&sheet, a, "network", record_bytes(entry, "network"));
        time_row(&sheet, entry, "valid_from", "valid_from");
        time_row(&sheet, entry, "valid_until", "valid_until");
        node_rows(&sheet, a, entry);
        entry_rows(&sheet, a, entry, r->env->now);
    }
    return command_sheet(r, &sheet, "valise.peer-show");
}

static enum err
run_show(struct run *r)
{
    return session_with(r, show);
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise peer show QM-FIU",
    "valise peer show QM-FIU --json",
    NULL
};

const struct command command_peer_show = {
    .name = "peer show", .run = run_show, .args = N_("AUTHORITY"),
    .least = 1, .most = 1, .options = options,
    .help = N_("what an authority needs in a request, how to reach it, and "
      "how its root was compared"),
    .examples = examples
};
