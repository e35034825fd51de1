/*
 * valise keeper card CARD: hand the renewed card of the own authority to the
 * node, which spreads it to peers.  The root has signed it, so nobody has to
 * compare digits again; a card of another root is refused.  The very card that
 * is in force is no fault: what a command that was cut had left to do is done.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/card.h"
#include "cli/trust/keeper.h"

static enum err
check(struct run *r, struct session *s, const struct card *c,
    const char *path, bool *in_force)
{
    struct slice own = person_name(session_home(s)->person).authority;
    uint8_t digest[HASH_LEN];
    const struct rec *old = keeper_newest(s, TRUST_CARD, own, digest);
    struct signed_object o;
    char hint[96];
    enum err e;

    *in_force = false;
    if (!slice_equal(record_bytes(c->rec, "authority"), own))
        return command_fail(r, E_UNKNOWN_AUTHORITY, path,
            _("this is not the card of your own authority; for a peer: "
            "valise peer add CARD"));
    if (memcmp(c->root_kid, person_root(session_home(s)->person),
        HASH_LEN) != 0)
        return command_fail(r, ERR_TRUST, path,
            _("another root has signed this card"));
    if ((e = trust_decode(TRUST_CARD, c->bytes, &o, NULL)) != OK)
        return command_fail(r, e, path, NULL);
    *in_force = old != NULL && memcmp(o.digest, digest, HASH_LEN) == 0;
    (void)snprintf(hint, sizeof(hint), _("this card has serial %" PRIu64
        ", the one in force %" PRIu64), record_uint(c->rec, "serial"),
        record_uint(old, "serial"));
    if (!*in_force && record_uint(c->rec, "serial") <=
        record_uint(old, "serial"))
        return command_fail(r, E_SERIAL, path, hint);
    if (!card_valid(c->rec, r->env->now))
        return command_fail(r, ERR_TRUST, path,
            _("this card has ended; ask the custodians for the one of "
            "today"));
    return OK;
}

static enum err
report(struct run *r, struct session *s, const struct card *c, bool before)
{
    char serial[24], until[TIMES_LEN + 1];
    struct sheet sheet;

    (void)snprintf(serial, sizeof(serial), "%" PRIu64,
        record_uint(c->rec, "serial"));
    times_format(record_uint(c->rec, "valid_until"), until);
    sheet_init(&sheet, session_arena(s), before ?
        _("This card is in force already; peers have it from your node.") :
        _("The card is in force; peers get it from your node."),
        "field value");
    sheet_row(&sheet, (const char *const[]){ "serial", serial });
    sheet_row(&sheet, (const char *const[]){ "valid_until", until });
    return command_sheet(r, &sheet, "valise.keeper.card");
}

static enum err
hand_in(struct run *r, struct session *s, const struct card *c)
{
    struct keeper_report weeks;
    struct signed_object o;
    bool before;
    enum err e;

    if ((e = keeper_check(s)) != OK ||
        (e = check(r, s, c, r->arg[0], &before)) != OK)
        return e;
    if (!before &&
        (e = trust_decode(TRUST_CARD, c->bytes, &o, NULL)) == OK)
        e = keeper_put(s, TRUST_CARD, ACT_PUT_CARD, c->bytes, o.digest);
    if (e == OK)
        e = keeper_top_up(s, KEEPER_TOP_UP, NULL, 0, &weeks);
    return e != OK ? session_fail(s, e) : report(r, s, c,
        before);
}

static enum err
run_keeper_card(struct run *r)
{
    struct session *s = NULL;
    struct card c = { .d = NULL };
    enum err e;

    if ((e = card_read(r, r->arg[0], &c)) == OK &&
        (e = session_open(r, &s)) == OK)
        e = hand_in(r, s, &c);
    session_close(s);
    card_clear(&c);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise keeper card QM-FIU.card",
    "valise keeper card --json QM-FIU.card",
    NULL
};

const struct command command_keeper_card = {
    .name = "keeper card", .run = run_keeper_card, .args = N_("CARD"),
    .least = 1, .most = 1, .options = options,
    .help = N_("give the node the renewed card of your authority"),
    .examples = examples
};
