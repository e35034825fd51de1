/*
 * valise peer list, valise peer show AUTHORITY, valise peer remove AUTHORITY.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/peers.h"
#include "cli/text.h"
#include "cli/times.h"


static const char *
cell(struct arena *a, struct slice s)
{
    struct slice copy;

    return arena_copy(a, s, &copy) == OK ? (const char *)copy.p : "";
}

static const char *
state_of(struct session *s, struct slice peer, const struct rec *card)
{
    const int64_t now = session_run(s)->env->now;

    if (record_has(keeper_newest(s, TRUST_PIN, peer, NULL), "withdrawn"))
        return _("removed");
    if (directory_find(session_directory(s), TRUST_PIN, peer, 0, NULL) ==
        NULL)
        return _("to be added anew: its keeper has left");
    if (card == NULL)
        return _("no card yet");
    return (int64_t)record_uint(card, "valid_until") <= now ?
        _("card ended") : _("peer");
}

static enum err
list(struct session *s)
{
    size_t n;
    const struct slice *peers = session_peers(s, &n);
    struct arena *a = session_arena(s);
    struct sheet sheet;

    sheet_init(&sheet, a, _("The authorities whose root was compared."),
        "authority name card staff keys until state");
    for (size_t i = 0; i < n; i++) {
        const struct rec *card = keeper_newest(s, TRUST_CARD, peers[i],
            NULL);
        char serial[3][24], until[TIMES_LEN + 1] = "";

        for (unsigned k = 0; k < 3; k++)
            (void)snprintf(serial[k], sizeof(serial[k]), "%llu",
                (unsigned long long)record_uint(keeper_newest(s,
                (enum trust_kind)(TRUST_CARD + k), peers[i], NULL),
                "serial"));
        if (card != NULL)
            times_format(record_uint(card, "valid_until"), until);
        sheet_row(&sheet, (const char *const[]){ cell(a, peers[i]),
            cell(a, record_bytes(card, "name")), serial[0], serial[1],
            serial[2], until, state_of(s, peers[i], card) });
    }
    return command_sheet(session_run(s), &sheet, "valise.peer-list");
}

/* Printing one value of the card. */
static void
put_item(struct buf *b, const struct field *f, union item item)
{
    char text[TIMES_LEN + 1];

    if (f->type == FT_ENUM) {
        const char *name = enum_name(f->en, item.u);

        buf_put_str(b, name != NULL ? name : "?");
    } else if (f->type == FT_TIME) {
        times_format(item.u, text);
        buf_put_str(b, text);
    } else if (f->type == FT_BOOL) {
        buf_put_str(b, item.u != 0 ? "yes" : "no");
    } else if (f->type == FT_UINT) {
        (void)snprintf(text, sizeof(text), "%llu",
            (unsigned long long)item.u);
        buf_put_str(b, text);
    } else {
        buf_put_slice(b, item.s);
    }
}

/* The fields of a record that people read, lists on one line. */
static void
show_record(struct sheet *sheet, struct arena *a, const struct rec *r,
    const char *prefix)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct value *v = &r->v[i];
        char name[64];
        struct buf b;

        if (v->f->type == FT_BIN)
            continue;
        (void)snprintf(name, sizeof(name), "%s%s", prefix, v->f->name);
        if (v->f->type == FT_RECORD) {
            for (size_t k = 0; k < v->n; k++) {
                (void)snprintf(name, sizeof(name), "%s.", v->f->name);
                show_record(sheet, a, v->v[k].r, name);
            }
            continue;
        }
        buf_init(&b, 8192);
        for (size_t k = 0; k < v->n; k++) {
            buf_put_str(&b, k > 0 ? ", " : "");
            put_item(&b, v->f, v->v[k]);
        }
        if (buf_done(&b) == OK)
            sheet_row(sheet, (const char *const[]){ cell(a, slice_str(name)),
                cell(a, slice_of_buf(&b)) });
        buf_clear(&b);
    }
}

static void
show_serials(struct sheet *sheet, struct session *s, struct slice peer)
{
    for (enum trust_kind k = TRUST_CARD; k <= TRUST_PIN; k++) {
        char name[32], serial[24];

        (void)snprintf(name, sizeof(name), "serial.%s", trust_row(k)->name);
        (void)snprintf(serial, sizeof(serial), "%llu",
            (unsigned long long)record_uint(keeper_newest(s, k, peer, NULL),
            "serial"));
        sheet_row(sheet, (const char *const[]){ cell(session_arena(s),
            slice_str(name)), serial });
    }
}

static enum err
show(struct session *s)
{
    struct run *r = session_run(s);
    struct slice peer = slice_str(r->arg[0]);
    const struct rec *pin = keeper_newest(s, TRUST_PIN, peer, NULL);
    const struct rec *card = keeper_newest(s, TRUST_CARD, peer, NULL);
    char groups[PEERS_DIGITS], at[TIMES_LEN + 1];
    struct arena *a = session_arena(s);
    struct sheet sheet;

    if (pin == NULL)
        return command_fail(r, E_UNKNOWN_AUTHORITY, r->arg[0], NULL);
    peers_digits(s, record_bytes(pin, "root"), peer, groups);
    times_format(record_uint(pin, "at"), at);
    sheet_init(&sheet, a, _("What is known of this authority."),
        "field value");
    sheet_row(&sheet, (const char *const[]){ "standing", state_of(s,
        peer, card) });
    sheet_row(&sheet, (const char *const[]){ "digits", groups });
    sheet_row(&sheet, (const char *const[]){ "compared.how",
        cell(a, record_bytes(pin, "how")) });
    sheet_row(&sheet, (const char *const[]){ "compared.with",
        cell(a, record_bytes(pin, "with")) });
    sheet_row(&sheet, (const char *const[]){ "compared.at", at });
    show_serials(&sheet, s, peer);
    if (card != NULL)
        show_record(&sheet, a, card, "");
    return command_sheet(r, &sheet, "valise.peer-show");
}

static enum err
withdraw(struct session *s)
{
    struct run *r = session_run(s);
    struct slice peer = slice_str(r->arg[0]);
    const struct rec *pin = keeper_newest(s, TRUST_PIN, peer, NULL);
    struct peers_pin p = { .authority = peer, .withdrawn = true };
    struct keeper_report report;
    char ask[160];
    enum err e;

    if ((e = keeper_check(s)) != OK)
        return e;
    if (pin == NULL || record_has(pin, "withdrawn"))
        return command_fail(r, E_UNKNOWN_AUTHORITY, r->arg[0],
            _("see who is a peer: valise peer list"));
    (void)snprintf(ask, sizeof(ask), _("Remove %.20s as a peer? Nothing is "
        "sent to it or accepted from it then."), r->arg[0]);
    if ((e = confirm(r, ask)) != OK)
        return e;
    p.root = record_bytes(pin, "root");
    p.how = record_bytes(pin, "how");
    p.with = record_bytes(pin, "with");
    if ((e = peers_pin(s, &p)) != OK ||
        (e = keeper_top_up(s, KEEPER_TOP_UP, NULL, 0, &report)) != OK)
        return session_fail(s, e);
    return peers_tell(s, peer, _("The peer was removed."),
        "valise.peer-remove");
}

static enum err
with_session(struct run *r, enum err (*f)(struct session *))
{
    struct session *s;
    enum err e;

    if ((e = session_open(r, &s)) != OK)
        return e;
    e = f(s);
    session_close(s);
    return e;
}

static enum err
run_list(struct run *r)
{
    return with_session(r, list);
}

static enum err
run_show(struct run *r)
{
    return with_session(r, show);
}

static enum err
run_remove(struct run *r)
{
    return with_session(r, withdraw);
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

static const char *const show_examples[] = {
    "valise peer show QM-FIU",
    "valise peer show QM-FIU --json",
    NULL
};

static const char *const remove_examples[] = {
    "valise peer remove QM-FIU",
    "valise peer remove QM-FIU --yes",
    NULL
};

const struct command command_peer_list = {
    .name = "peer list", .run = run_list, .args = "", .options = options,
    .help = N_("the authorities that you can exchange messages with"),
    .examples = list_examples
};

const struct command command_peer_show = {
    .name = "peer show", .run = run_show, .args = N_("AUTHORITY"),
    .least = 1, .most = 1, .options = options,
    .help = N_("the directory entry of a peer, and how its root was "
      "compared"),
    .examples = show_examples
};

const struct command command_peer_remove = {
    .name = "peer remove", .run = run_remove, .args = N_("AUTHORITY"),
    .least = 1, .most = 1, .options = remove_options,
    .help = N_("end the exchange with a peer"),
    .examples = remove_examples
};
