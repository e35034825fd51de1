/*
 * valise peer add CARD: pin the root of another authority.
 *
 * The card came by any way; it proves nothing but that its own root signed
 * it.  What makes it true is that two people compared 60 digits of both roots
 * by another channel, and that a keeper signs how and with whom.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/peers.h"
#include "keys/channel.h"
#include "keys/file.h"
#include "keys/object.h"

struct adding {
    struct run *r;
    struct session *s;
    struct slice object;
    uint8_t digest[HASH_LEN];
    struct rec *card;
    struct slice authority, root;
};

static enum err
read_card(struct adding *x, const char *path)
{
    struct arena *a = session_arena(x->s);
    struct fault f = { .e = OK };
    struct signed_object o;
    struct buf b;
    enum err e;

    buf_init(&b, TRUST_MAX);
    e = file_read(path, &b);
    if (e == OK)
        e = arena_copy(a, slice_of_buf(&b), &x->object);
    buf_clear(&b);
    if (e != OK)
        return command_fail(x->r, e, path, NULL);
    if ((e = trust_decode(TRUST_CARD, x->object, &o, &f)) != OK ||
        (e = trust_read(a, TRUST_CARD, &o, &x->card, &f)) != OK)
        return command_fail(x->r, e, path, _("this is no card"));
    x->authority = record_bytes(x->card, "authority");
    x->root = record_bytes(x->card, "root");
    memcpy(x->digest, o.digest, HASH_LEN);
    return object_signed_by(LABEL_ROOT, &o, 0, x->root) == OK ? OK :
        command_fail(x->r, E_SIGNATURE, path,
        _("its own root has not signed this card; ask for it anew"));
}

/* Who came first may have taken the other's key: people must find out. */
static enum err
check_key(struct adding *x)
{
    struct slice holder = directory_key_holder(session_directory(x->s),
        x->authority, x->card);
    char path[96];

    if (holder.n == 0)
        return OK;
    (void)snprintf(path, sizeof(path), "%s (%.*s)", "card.curve", (int)holder.n,
        (const char *)holder.p);
    return command_fail(x->r, E_DUPKEY, path,
        _("the card of the authority named has the same connection key, and "
        "one of the two is not its own: ask both sides; until then neither "
        "can be added beside the other"));
}

static enum err
check_endpoints(struct adding *x)
{
    char path[32];
    size_t at;

    if (channel_card_ok(x->card, &at))
        return OK;
    (void)snprintf(path, sizeof(path), "card.endpoints[%zu]", at);
    return command_fail(x->r, E_FIELD_RANGE, path,
        _("a card names addresses of the form tcp://HOST:PORT; ask for one "
        "that does"));
}

static enum err
check_card(struct adding *x, const char *path)
{
    const struct rec *own = keeper_newest(x->s, TRUST_CARD,
        person_name(session_home(x->s)->person).authority, NULL);
    /* One by a keeper who has left is made anew, and one whose card was not
     * taken. */
    const struct rec *pin = directory_find(session_directory(x->s),
        TRUST_PIN, x->authority, 0, NULL);
    enum err e;

    if (slice_equal(x->authority, record_bytes(own, "authority")))
        return command_fail(x->r, ERR_USAGE, path,
            _("this is the card of your own authority"));
    if (!slice_equal(record_bytes(x->card, "network"),
        record_bytes(own, "network")))
        return command_fail(x->r, E_NETWORK, path, NULL);
    if ((int64_t)record_uint(x->card, "valid_until") <= x->r->env->now)
        return command_fail(x->r, ERR_TRUST, path,
            _("this card has ended; ask for the one of today"));
    if (pin != NULL && !record_has(pin, "withdrawn") &&
        slice_equal(record_bytes(pin, "root"), x->root) &&
        keeper_newest(x->s, TRUST_CARD, x->authority, NULL) != NULL)
        return command_fail(x->r, ERR_EXISTS, path,
            _("this root is pinned already: valise peer show AUTHORITY"));
    e = check_endpoints(x);
    return e != OK ? e : check_key(x);
}

static void
print_codes(struct run *r, const char *what, const struct value *v)
{
    (void)fprintf(r->env->err, "%s: ", what);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const char *name = enum_name(v->f->en, v->v[i].u);

        (void)fprintf(r->env->err, "%s%s", i > 0 ? ", " : "",
            name != NULL ? name : "?");
    }
    (void)fputc('\n', r->env->err);
}

static void
show(struct adding *x, const char *digits)
{
    const struct { const char *what; struct slice s; } lines[] = {
        { _("authority"), x->authority },
        { _("name"), record_bytes(x->card, "name") },
        { _("State"), record_bytes(x->card, "state") },
    };
    char until[TIMES_LEN + 1];
    FILE *to = x->r->env->err;

    for (size_t i = 0; i < 3; i++) {
        (void)fprintf(to, "%s: ", lines[i].what);
        out_text(&x->r->err, lines[i].s, false);
        (void)fputc('\n', to);
    }
    print_codes(x->r, _("kinds"), record_value(x->card, "kinds"));
    times_format(record_uint(x->card, "valid_until"), until);
    (void)fprintf(to, "%s: %s\n%s:\n    %s\n", _("valid until"), until,
        _("digits of both roots, to be compared by telephone or in person"),
        digits);
}

/* The digits given by --digits, blanks aside. */
static bool
same_digits(const char *given, const char *groups)
{
    for (;;) {
        while (*given == ' ')
            given++;
        while (*groups == ' ')
            groups++;
        if (*given != *groups)
            return false;
        if (*given == '\0')
            return true;
        given++;
        groups++;
    }
}

static enum err
compare(struct adding *x)
{
    const char *given = command_option(x->r, "digits");
    char groups[PEERS_DIGITS];

    peers_digits(x->s, x->root, x->authority, groups);
    show(x, groups);
    if (given == NULL)
        return confirm(x->r, _("Did the other side read the same digits to "
            "you?"));
    return same_digits(given, groups) ? OK : command_fail(x->r, ERR_TRUST,
        "--digits", _("these are not the digits of the two roots: this card "
        "may be false; nothing was done"));
}

static enum err
add(struct adding *x)
{
    struct peers_pin p = { .authority = x->authority, .root = x->root,
        .how = slice_str(command_option(x->r, "how")),
        .with = slice_str(command_option(x->r, "with")) };
    struct keeper_report report;
    enum err e;

    if ((e = peers_pin(x->s, &p)) != OK ||
        (e = directory_add(session_directory(x->s), TRUST_CARD,
        x->authority, x->object, NULL)) != OK ||
        (e = keeper_put(x->s, TRUST_CARD, ACT_PUT_CARD, x->object,
        x->digest)) != OK ||
        (e = keeper_top_up(x->s, KEEPER_TOP_UP, NULL, 0, &report)) != OK)
        return session_fail(x->s, e);
    return peers_tell(x->s, x->authority, _("The peer was added."),
        "valise.peer-add");
}

static enum err
steps(struct adding *x, const char *path)
{
    enum err e;

    if ((e = keeper_check(x->s)) != OK ||
        (e = read_card(x, path)) != OK || (e = check_card(x, path)) != OK ||
        (e = compare(x)) != OK)
        return e;
    return add(x);
}

static enum err
run_peer_add(struct run *r)
{
    struct adding x = { .r = r };
    enum err e;

    if (command_option(r, "how") == NULL || command_option(r, "with") == NULL)
        return command_fail(r, ERR_USAGE, command_option(r, "how") == NULL ?
            "--how" : "--with", _("say how the digits were compared, and "
            "with whom"));
    if ((e = session_open(r, &x.s)) != OK)
        return e;
    e = steps(&x, r->arg[0]);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { "how", N_("TEXT"), N_("how the digits were compared") },
    { "with", N_("TEXT"), N_("with whom") },
    { "digits", N_("DIGITS"), N_("the digits that the other side read; they "
      "must be equal") },
    CONFIRM_OPTION,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise peer add qm-fiu.card --how \"by telephone\" --with \"R. Blum\"",
    "valise peer add qm-fiu.card --how \"in person\" --with \"R. Blum\" "
    "--yes",
    NULL
};

const struct command command_peer_add = {
    .name = "peer add", .run = run_peer_add, .args = N_("CARD"), .least = 1,
    .most = 1, .options = options,
    .help = N_("compare the root of another authority and pin it"),
    .examples = examples
};
